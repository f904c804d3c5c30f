// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
#include "tt_test.h"
#include "../programs/19/weather.h"
#include <stdlib.h>
#include <string.h>

typedef struct Hand {
  Weather w;
  double  call, query;             // seconds of each
  int64_t stalls;                  // this query, for a second
  int64_t answered, calls, largest;
  double *begun, *ended;           // when each was, or NULL
} Hand;

static void answer(int64_t first, int64_t n, void *arg)
{
  Hand *h = arg;
  bool warm = h->calls++ > 0;      // the first only warms it
  for (int64_t i = first; warm && h->begun && i < first + n; i++)
    h->begun[i] = h->w.now;
  h->w.now += h->call + (double)n * h->query;
  for (int64_t i = first; warm && h->ended && i < first + n; i++)
    h->ended[i] = h->w.now;
  if (warm) {
    tt_expect_int(first, h->answered);
    h->answered += n;
    h->largest = n > h->largest ? n : h->largest;
    if (first <= h->stalls && h->stalls < first + n)
      h->w.now += 1;
  }
}

static Hand hand(double call, double query)
{
  return (Hand){ .w = { .n = 1 }, .call = call, .query = query,
                 .stalls = -1 };
}

TT(scenario, a_tail_needs_many_queries)
{
  tt_expect_int(tt_queries_needed(0.9, 0.99), 64);     // as MLPerf has
  tt_expect_int(tt_queries_needed(0.99, 0.99), 662);
  tt_expect_int(tt_queries_needed(0.5, 0.99), 11);
  tt_expect_fail(tt_queries_needed(1, 0.99), "share 1 at");
  tt_expect_fail(tt_queries_needed(0.9, 1), "confidence 1");
  Hand h = hand(0, 1e-3);
  ScenarioOptions o = { .queries = 63, .rate = 100,
                        .clock = clock_of(&h.w) };
  tt_expect_fail(tt_single_stream(answer, &h, o),
                 "63 queries; the place 0.9 at confidence 0.99 needs"
                 " 64");
  tt_expect_fail(tt_server(answer, &h, o), "needs 64");
  o.queries = 640, o.share = 0.99;
  tt_expect_fail(tt_server(answer, &h, o), "needs 662");
}

TT(scenario, one_query_after_the_other)
{
  Hand h = hand(1e-3, 2e-3);
  ScenarioResult r = tt_single_stream(answer, &h, (ScenarioOptions){
    .clock = clock_of(&h.w) });
  tt_expect_int(r.queries, 64);
  tt_expect_int(h.answered, 64);
  tt_expect_int(r.calls, 64);
  tt_expect_close(r.tail, 3e-3, 1e-9, 0);
  tt_expect_close(r.bound, 3e-3, 1e-9, 0);
  tt_expect_close(r.throughput, 1 / 3e-3, 1e-9, 0);
  tt_expect_close(r.busy, 1, 1e-9, 0);
}

TT(scenario, all_queries_at_once)
{
  Hand h = hand(1, 1e-3);
  ScenarioResult r = tt_offline(answer, &h, (ScenarioOptions){
    .queries = 1000, .clock = clock_of(&h.w) });
  tt_expect_int(h.answered, 1000);
  tt_expect_int(r.calls, 1);
  tt_expect_close(r.seconds, 2, 1e-9, 0);
  tt_expect_close(r.throughput, 500, 1e-9, 0);
  tt_expect_close(r.p50, 2, 1e-9, 0);
}

TT(scenario, arrivals_come_by_chance)
{
  Hand h = hand(0, 0);             // answers at once
  ScenarioOptions o = { .queries = 20000, .rate = 50, .seed = 3,
                        .clock = clock_of(&h.w) };
  ScenarioResult r = tt_server(answer, &h, o);
  tt_expect_close(r.throughput, 50, 0.02, 0);
  tt_expect_close(r.worst, 0, 0, 1e-9);
  double again = tt_server(answer, &(Hand){ .w = { .n = 1 },
                           .stalls = -1 }, o).seconds;
  tt_expect(r.seconds > 0 && again > 0, "no time passed");
  h = hand(0, 10e-3);              // half of the time
  o.clock = clock_of(&h.w);
  r = tt_server(answer, &h, o);
  tt_expect_close(r.busy, 0.5, 0.02, 0);
  // a queue with one server and a fixed time: on average 10 ms and a
  // wait of rho / (2 (1 - rho)) times that; its median is less
  tt_expect(r.p50 > 10e-3 && r.p50 < 15e-3, "p50 %g", r.p50);
  tt_expect(r.tail > 20e-3 && r.tail < 35e-3, "p90 %g", r.tail);
}

TT(scenario, latency_counts_from_the_plan)
{
  Hand h = hand(0, 1e-3);
  h.stalls = 1000;                 // one answer of 5000 takes a second
  ScenarioOptions o = { .queries = 5000, .share = 0.99, .rate = 100,
                        .clock = clock_of(&h.w) };
  ScenarioResult r = tt_server(answer, &h, o);
  tt_expect_int(h.answered, 5000);
  tt_expect_close(r.worst, 1, 0.1, 0);
  // about a hundred more came in that second, and waited
  tt_expect(r.tail > 0.3, "p99 %g: those who came during the stall"
            " count from their arrival", r.tail);
  h = hand(0, 1e-3), h.stalls = 1000;
  o.clock = clock_of(&h.w);
  r = tt_single_stream(answer, &h, o);
  tt_expect_close(r.tail, 1e-3, 1e-6, 0);    // nobody came meanwhile
  tt_expect_close(r.worst, 1.001, 1e-6, 0);
}

TT(scenario, a_call_takes_those_who_have_come)
{
  Hand h = hand(20e-3, 0);         // one or eight, as long
  ScenarioOptions o = { .queries = 2000, .rate = 200, .batch = 8,
                        .clock = clock_of(&h.w) };
  ScenarioResult r = tt_server(answer, &h, o);
  tt_expect_int(h.answered, 2000);
  tt_expect_int(h.largest, 8);
  tt_expect(r.calls > 250 && r.calls < 1000, "%lld calls",
            (long long)r.calls);
  tt_expect(r.tail < 0.1, "p90 %g", r.tail);
  tt_expect(r.throughput > 180, "%g a second", r.throughput);
  h = hand(20e-3, 0);
  o.clock = clock_of(&h.w), o.batch = 1;
  r = tt_server(answer, &h, o);    // four times too slow
  tt_expect_int(r.calls, 2000);
  tt_expect_close(r.throughput, 50, 0.01, 0);
  tt_expect(r.worst > 25, "worst %g", r.worst);
}

TT(scenario, each_latency_counts_from_its_own_arrival)
{
  enum { N = 700 };
  static double planned[N], ended[N], late[N];
  ScenarioOptions o = { .queries = N, .rate = 150, .batch = 3 };
  Hand h = hand(0, 0);             // answers when they come
  h.begun = planned, o.clock = clock_of(&h.w);
  tt_server(answer, &h, o);
  h = hand(10e-3, 3e-3);
  h.ended = ended, o.clock = clock_of(&h.w);
  ScenarioResult r = tt_server(answer, &h, o);
  tt_expect_int(h.answered, N);
  for (int i = 0; i < N; i++)      // it began after a call to warm it
    late[i] = ended[i] - (planned[i] + 13e-3);
  tt_expect_close(r.worst, tt_stat_quantile(N, late, 1), 1e-9, 0);
  tt_expect_close(r.p50, tt_stat_quantile(N, late, 349. / 699), 1e-9,
                  0);
  tt_expect_close(r.tail, tt_stat_quantile(N, late, 629. / 699), 1e-9,
                  0);
}

TT(scenario, the_bound_is_above_the_tail)
{
  int above = 0;
  for (uint64_t seed = 0; seed < 200; seed++) {
    Hand h = hand(0, 10e-3);
    ScenarioResult r = tt_server(answer, &h, (ScenarioOptions){
      .queries = 200, .rate = 1e-3, .seed = seed,
      .clock = clock_of(&h.w) });
    tt_expect(r.bound >= r.tail, "%g is below %g", r.bound, r.tail);
    above++;
  }
  tt_expect_int(above, 200);
  Hand h = hand(0, 1);
  tt_expect_fail(tt_server(answer, &h, (ScenarioOptions){0}),
                 "0 arrivals a second");
  tt_expect_fail(tt_server(NULL, &h, (ScenarioOptions){ .rate = 1 }),
                 "work is NULL");
  tt_expect_fail(tt_offline(answer, &h, (ScenarioOptions){
    .queries = -1 }), "-1 queries");
}
