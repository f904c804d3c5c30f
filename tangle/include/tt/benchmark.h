// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// tt/benchmark.h - how long a piece of work takes and what memory it
// needs; and whether another one is faster.
#ifndef TT_BENCHMARK_H
#define TT_BENCHMARK_H
#include "tt/measure.h"
#include "tt/memory.h"
#include "tt/statistics.h"

TT_BEGIN
// the compiler must believe that *p is read: work whose result is used
// by nothing else is left out otherwise
static inline void tt_use(const void *p)
{
  __asm__ volatile("" : : "r"(p) : "memory");
}

typedef struct BenchClock {        // all zero: the machine's
  double (*now)(void *arg);        // seconds
  void   (*wait)(void *arg, double until);   // until now is that
  void    *arg;
} BenchClock;
typedef struct BenchmarkOptions {
  double  width;                   // of (high - low) / median. 0: 0.02
  double  level;                   // 0: 0.95
  int64_t warmup, least, most;     // runs. 0: 3, 10, 10000
  double  seconds;                 // at most, from the least. 0: 1
  bool    counters;                // and one call with counters
  BenchClock clock;
} BenchmarkOptions;
typedef struct Benchmark {
  char     name[TT_NAME];
  Latency  time;                   // of a call
  int64_t  bytes;                  // of a call: kept when it is over,
  int64_t  peak;                   // and above the start at the most
  int64_t  mallocs;                // of a warm call
  CounterReport counters;          // NAN where there is none
  int64_t  n;                      // runs
  double  *seconds;                // of each, as they came; of the
} Benchmark;                       // scope where it was measured
// work(arg) again and again, each call in a scope of its own
Benchmark tt_benchmark(const char *name, void (*work)(void *),
                       void *arg, BenchmarkOptions o);
void tt_benchmark_print(FILE *f, const Benchmark *b);
typedef struct BenchmarkLoop {     // of the block
  Benchmark       *b;
  BenchmarkOptions o;
  Scope   scope;                   // of a pass
  bool    open;
  int64_t run, calls, left;        // < 0: it is not timed
  int64_t check;                   // when to look at the interval
  double  start, began, busy, fastest;
  double *seconds;
  MemoryStats memory;
} BenchmarkLoop;
// the block: TT_BENCHMARK(&b, "name", (BenchmarkOptions){0}) { ... }
// each pass in a scope; break ends it
#define TT_BENCHMARK(result, name, ...)                             \
  for (BenchmarkLoop tt_loop __attribute__((                        \
         cleanup(tt_benchmark_end)))                                \
         = tt_benchmark_begin(result, name, __VA_ARGS__);           \
       tt_benchmark_next(&tt_loop);)
BenchmarkLoop tt_benchmark_begin(Benchmark *b, const char *name,
                                 BenchmarkOptions o);
bool tt_benchmark_next(BenchmarkLoop *l);   // no place
void tt_benchmark_end (BenchmarkLoop *l);   // no place
typedef enum { TT_NO_DIFFERENCE, TT_FASTER, TT_SLOWER } Outcome;
typedef struct Contender {
  const char *name;
  void (*work)(void *arg);         // each call in a scope
  void  *arg;
  void (*turn)(void *arg);         // before each of its runs, not
} Contender;                       // timed; NULL: nothing
typedef struct CompareOptions {
  double   level;                  // 0: 0.99
  double   width;                  // of the ratio, high - low. 0: 0.01
  double   margin;                 // from 1 / (1 + margin) to 1 +
                                   // margin there is no difference
  int64_t  least, most;            // pairs. 0: 30, 1000
  double   seconds;                // at most, from the least. 0: 5
  int      resamples;              // 0: 2000
  uint64_t seed;                   // of the turns and the bootstrap
  BenchClock clock;
} CompareOptions;
typedef struct Comparison {
  int64_t  pairs;
  double   a, b;                   // medians, seconds of a call
  Interval ratio;                  // of b / a, in pairs
  double   level;
  double   noise;                  // spread of one ratio, relative
  double   drift;                  // of both, from half to half
  bool     narrow;                 // high - low is as small as asked
  Outcome  outcome;                // of b, against a
} Comparison;
typedef Comparison CompareSeries(int64_t n, const double *a,
                                 const double *b, CompareOptions o);
Comparison tt_compare(Contender a, Contender b, CompareOptions o);
// of times that were measured by turns, a[i] beside b[i]
Comparison tt_compare_series(int64_t n, const double *a,
                             const double *b, CompareOptions o);
// faster: the interval is below 1 / (1 + margin); slower: above 1 +
// margin. With a NaN there is no difference
Outcome tt_outcome(Interval ratio, double margin);
const char *tt_outcome_text(Outcome o);    // "faster" ..
const char *tt_comparison_noise(const Comparison *c);  // NULL: steady
void tt_comparison_print(FILE *f, const Contender *a,
                         const Contender *b, const Comparison *c);
// pairs until an interval has that width, if a ratio has that noise
int64_t tt_pairs_for(double noise, double width, double level);
TT_END
#endif
