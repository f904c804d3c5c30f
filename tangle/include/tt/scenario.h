// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// tt/scenario.h - a model is asked as its users will ask: one query
// after the other, all at once, or whenever somebody comes.
#ifndef TT_SCENARIO_H
#define TT_SCENARIO_H
#include "tt/benchmark.h"

TT_BEGIN
// answers queries first to first + n - 1; opens a scope if it makes
// tensors, or they pile up until the scenario is over
typedef void QueryWork(int64_t first, int64_t n, void *arg);
typedef struct ScenarioOptions {
  int64_t queries;                 // 0: what the share needs
  double  share, confidence;       // of the tail. 0: 0.9, 0.99
  double  rate;                    // server: arrivals a second
  int64_t batch;                   // server: at most at once. 0: 1
  uint64_t seed;                   // of the arrivals
  BenchClock clock;
} ScenarioOptions;
typedef struct ScenarioResult {
  const char *name;
  int64_t queries, calls;          // calls of work
  double  seconds, throughput;     // of all; queries a second
  double  p50, tail, worst;        // latencies; tail: at the share
  double  bound;                   // the share's true value is below it
  double  busy;                    // share of the time in work
} ScenarioResult;
// one query at a time, the next when the last is answered
ScenarioResult tt_single_stream(QueryWork *work, void *arg,
                                ScenarioOptions o);
// all at once, in one call
ScenarioResult tt_offline(QueryWork *work, void *arg,
                          ScenarioOptions o);
// when the plan says, whether or not the last is answered: arrivals by
// chance, `rate` a second. Latency counts from the planned arrival
ScenarioResult tt_server(QueryWork *work, void *arg, ScenarioOptions o);
// the fewest with which a bound of the share exists that leaves out one
int64_t tt_queries_needed(double share, double confidence);
void tt_scenario_print(FILE *f, const ScenarioResult *r);
TT_END
#endif
