// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// tt/statistics.h - what numbers that vary can tell: medians,
// quantiles, and intervals by drawing again.
#ifndef TT_STATISTICS_H
#define TT_STATISTICS_H
#include "tt/tensor.h"

TT_BEGIN
// zeros for n >= 0 things of one size, in the innermost scope
void *tt_room(int64_t n, size_t size);   // no place
typedef struct Interval { double value, low, high; } Interval;

typedef double Statistic(int64_t n, const double *x);

typedef struct BootstrapOptions {
  double   level;                  // of the interval. 0: 0.95
  int      resamples;              // 0: 2000
  uint64_t seed;                   // equal seeds, equal intervals
} BootstrapOptions;
// of n >= 1 numbers in any order, which are not changed; NaN if one is
double tt_stat_mean  (int64_t n, const double *x);
double tt_stat_std   (int64_t n, const double *x);  // by n - 1; 1: 0
double tt_stat_median(int64_t n, const double *x);  // n even: between
                                   // the two in the middle
double tt_stat_mad   (int64_t n, const double *x);  // the median of
                                   // |x - median|
// at the place share (n - 1) of those in order, counted from 0; between
// two places, between the numbers. share: 0 to 1
double tt_stat_quantile(int64_t n, const double *x, double share);
// s of the numbers, and the middle `level` of what s gives for samples
// drawn from them
Interval tt_bootstrap(int64_t n, const double *x, Statistic *s,
                      BootstrapOptions o);
// of series that were measured in pairs: the median of x[i] / y[i],
// numbers > 0; and s of x[i] - y[i]
Interval tt_bootstrap_ratio(int64_t n, const double *x,
                            const double *y, BootstrapOptions o);
Interval tt_bootstrap_difference(int64_t n, const double *x,
                                 const double *y, Statistic *s,
                                 BootstrapOptions o);
// of series that were measured apart: median of x / median of y
Interval tt_bootstrap_apart(int64_t n, const double *x,
                            int64_t m, const double *y,
                            BootstrapOptions o);
TT_END
#endif
