// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// tt/measure.h - what is measured around a piece of work: latency,
// memory, rooflines, counters; weights, scaling, traces and flames.
#ifndef TT_MEASURE_H
#define TT_MEASURE_H
#include "tt/optimizers.h"
#include "tt/profiler.h"

TT_BEGIN
typedef struct Latency {           // of a call, in seconds
  int64_t runs, calls;             // runs; calls in each of them
  double  first;                   // the first call, not among the runs
  double  low, median, high;       // median of the runs, and where that
                                   // of the work is, in 95 of 100 cases
  double  least, p90, p99, most;
  double  waited, drift;           // see tt_latency_noise
  bool    narrow;                  // high - low is as small as asked
} Latency;
typedef struct LatencyOptions {
  int64_t warmup, least, most;     // runs. 0: 5, 10, 10000
  double  seconds;                 // at most, from the least. 0: 1
  double  width;                   // of (high - low) / median. 0: 0.02
} LatencyOptions;
// the smallest of n numbers in order such that a share of all, from 0
// to 1, is not larger
double tt_percentile(int64_t n, const double *sorted, double share);
Latency tt_latency_of(int64_t n, double *seconds);  // sorts them
// work(arg) again and again, each call in a scope of its own
Latency tt_measure_work(void (*work)(void *), void *arg,
                        LatencyOptions o);
// the forward pass of module m, not recorded
Latency tt_measure_latency(void *m, Tensor *x, LatencyOptions o);
const char *tt_latency_noise(const Latency *l);  // or NULL: steady
void tt_latency_print(FILE *f, const Latency *l);
typedef enum {
  TT_PARAMETERS, TT_GRADIENTS, TT_OPTIMIZER, TT_BUFFERS,
  TT_ACTIVATIONS, TT_TEMPORARY, TT_TAPE, TT_UNKNOWN, TT_PARTS
} MemoryPart;                      // temporary: on the way back
typedef struct MemoryUse {         // bytes in storages
  int64_t part[TT_PARTS];          // at the peak; they add up to it
  int64_t start, peak, end, pool;  // pool: at the end
  double  seconds;                 // of the peak, from the start
  const char *op;                  // that made it, "?": not recorded
  bool    back;                    // by its gradient
  char    where[TT_NAME];          // in which module
  const char *file;                // your call that made it, or NULL
  int     line;
  int64_t taken, returned;         // storages
  int64_t mallocs, dropped;        // dropped: too many for the trace
} MemoryUse;
typedef struct MemoryOptions {     // each may be NULL
  void      *module;               // whose parameters, gradients ...
  Optimizer *optimizer;
  FILE      *trace;                // a line for each storage taken
} MemoryOptions;                   // (+) or given back (-)
// of work(arg) in this thread. A gradient is what a parameter has at
// the end
MemoryUse tt_measure_memory(void (*work)(void *), void *arg,
                            MemoryOptions o);
const char *tt_memory_part_name(MemoryPart part);
void tt_memory_print(FILE *f, const MemoryUse *u);
enum { TT_LEVELS = 4 };
typedef struct Roofline {
  double peak;                     // FLOP/s of one thread, in registers
  double gemm;                     // of the backend's products
  double bytes[TT_LEVELS];         // that a loop works on
  double rate[TT_LEVELS];          // bytes/s, read and written, then
} Roofline;
typedef enum { TT_COMPUTE, TT_MEMORY, TT_NEITHER } Bound;
typedef struct Verdict {
  double intensity;                // FLOP per byte
  double best;                     // seconds, at the roof
  double share;                    // best / seconds
  Bound  bound;
} Verdict;
Roofline tt_roofline(void);        // measured now, in about a second
double tt_roofline_rate(const Roofline *r, double bytes);
                                   // of memory, by what is worked on
// of work that took so many seconds; neither: under a quarter of both
Verdict tt_roofline_verdict(const Roofline *r, double flops,
                            double bytes, double seconds);
const char *tt_bound_text(Bound b);
void tt_roofline_print(FILE *f, const Roofline *r);
// the dearest operations of p, and what bounds each
void tt_bottlenecks_print(FILE *f, const Roofline *r, const Profile *p,
                          int most);
typedef enum {
  TT_INSTRUCTIONS, TT_CYCLES, TT_CACHE_MISSES, TT_BRANCH_MISSES,
  TT_PAGE_FAULTS, TT_COUNTERS
} CounterKind;
typedef struct Counter {
  const char *name, *missing;      // why there is none, or NULL
  double count;                    // NAN: none
  double ran;                      // share of the time it counted
} Counter;
typedef struct CounterReport {
  Counter counter[TT_COUNTERS];    // by kind
} CounterReport;
// of work(arg) in this thread; what the kernel refuses is missing
CounterReport tt_hardware_counters(void (*work)(void *), void *arg);
double tt_counter_scaled(uint64_t count, uint64_t enabled,
                         uint64_t running);  // NAN if it never ran
const char *tt_counter_refusal(int error);   // an errno, in words
void tt_counters_print(FILE *f, const CounterReport *r);
// the events as JSON, for Perfetto (ui.perfetto.dev) and
// chrome://tracing
void tt_profiler_trace(FILE *f, const Profile *p);
// the events as a picture, SVG: as wide as long
void tt_profiler_flame(FILE *f, const Profile *p);
// of two spans of time: not one that begins in the other and ends after
bool tt_nested_or_apart(int64_t from_a, int64_t to_a,
                        int64_t from_b, int64_t to_b);
enum { TT_BINS = 32 };
typedef struct WeightStats {
  char    name[TT_NAME];
  int64_t n, zeros, bad;           // bad: infinite or NaN, left out
  double  mean, std, least, most;
  double  largest;                 // of |w|
  int64_t small;                   // |w| < largest / 100, zeros too
  int64_t bin[TT_BINS];            // from -largest to largest
} WeightStats;
WeightStats tt_weight_stats(Tensor *w);  // f32
// of each parameter of m, the first n of them; how many there are
int  tt_analyze_weight_distribution(void *m, int n,
                                    WeightStats *s /* or NULL */);
double tt_sparsity(void *m);       // zeros among all parameters, 0..1
void tt_weights_print(FILE *f, int n, const WeightStats *s);
typedef void LengthWork(int64_t length, void *arg);
typedef struct ScalingPoint {
  int64_t length;
  double  seconds;                 // the median
  int64_t peak;                    // bytes, above what was live
} ScalingPoint;
typedef struct Scaling {           // seconds = linear T + square T^2
  double linear, square;
  double even;                     // T at which both are equal
} Scaling;
// work(length, arg) at n lengths
void tt_profile_scaling(LengthWork *work, void *arg, int n,
                        const int64_t *length, ScalingPoint *p);
Scaling tt_scaling_of(int n, const ScalingPoint *p);
void tt_scaling_print(FILE *f, int n, const ScalingPoint *p);
TT_END
#endif
