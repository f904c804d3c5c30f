// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// tt/drift.h - are these examples of the same kind as those before?
#ifndef TT_DRIFT_H
#define TT_DRIFT_H
#include "tt/tensor.h"

TT_BEGIN
// Σ (p - q) ln(p / q) of two histograms, with half an example more in
// each bin of both
double tt_psi(int bins, const int64_t *a, const int64_t *b);
// the largest distance of two distribution functions; a and b sorted,
// NaN last, as if it were larger than any number
double tt_ks(int64_t n, const Real *a, int64_t m, const Real *b);
// P(a distance of at least d), if both samples, of n and m, are from
// one continuous distribution: Kolmogorov's series; with ties too large
double tt_ks_p(double d, int64_t n, int64_t m);
// P(at least x) of a chi-squared variable
double tt_chi2_p(double x, int degrees);
typedef struct DriftOptions {
  int64_t  window;                 // examples in a test
  double   run_length;             // examples from one false alarm to
                                   // the next, on average
  int64_t  shuffles;               // to calibrate; 0: 2,000
  int      classes;                // of the answers; 0: none are given
  uint64_t seed;
} DriftOptions;
typedef struct DriftReport {
  int64_t tests, alarms;
  bool    alarm;                   // of the last test
  double  p, threshold;            // its smallest p; alarm below this
  int64_t feature;                 // which; of the answers: -1
  double  distance, psi;           // of that feature; of the answers
} DriftReport;
typedef struct DriftMonitor {
  DriftOptions options;
  int64_t rows, features, at;      // at: examples in the window
  Tensor *sorted;                  // (F,R), each row ascending
  Tensor *order;                   // i32 (F,R), of which row it was
  Tensor *window;                  // (F,W)
  int32_t *label;                  // (R), answers of the reference
  int64_t *counts;                 // (2,C): reference, window
  int      classes;
  DriftReport report;
} DriftMonitor;
// x (R,F) and the answers to it, i32 (R) or NULL, are how it was when
// all was well; lives in the innermost scope. TT_EVALUE: a window is
// larger than half of R, or run_length / window larger than shuffles
DriftMonitor *tt_drift_new(Tensor *x, Tensor *answers /* or NULL */,
                           DriftOptions o);
// one more example (F) and its answer; true: it was the last of a
// window, which m->report judges
bool tt_drift_add(DriftMonitor *m, const Real *x, int32_t answer);
TT_END
#endif
