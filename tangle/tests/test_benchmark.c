// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
#include "tt_test.h"
#include "../programs/19/weather.h"
#include <stdlib.h>
#include <string.h>

typedef struct Job {
  Weather *w;
  double   seconds;
  int64_t  calls;
} Job;

static void do_job(void *arg)
{
  Job *j = arg;
  takes(j->w, j->seconds);
  j->calls++;
}

static Weather still(void)         // a machine without any noise
{
  return (Weather){ .n = 1 };
}

static void do_still(void *arg)    // exactly, and without chance
{
  Job *j = arg;
  j->w->now += j->seconds;
  j->calls++;
}

TT(benchmark, a_call_takes_what_the_clock_says)
{
  Weather w = still();
  Job j = { &w, 1e-3, 0 };
  Benchmark b = tt_benchmark("job", do_still, &j, (BenchmarkOptions){
    .clock = clock_of(&w) });
  tt_expect_text(b.name, "job");
  tt_expect_close(b.time.median, 1e-3, 1e-9, 0);
  tt_expect_close(b.time.low, 1e-3, 1e-9, 0);
  tt_expect_int(b.n, 10);          // narrow at once
  tt_expect_int(b.time.runs, 10);
  tt_expect_int(j.calls, 1 + 3 + 1 + 10);   // the first, warm, memory
  tt_expect(b.time.narrow, "not narrow");
}

static void slow_at_first(void *arg)
{
  Job *j = arg;
  j->w->now += j->calls++ ? 1e-3 : 50e-3;
}

TT(benchmark, the_first_call_is_kept_apart)
{
  Weather w = still();
  Job j = { &w, 0, 0 };
  Benchmark b = tt_benchmark("job", slow_at_first, &j,
    (BenchmarkOptions){ .clock = clock_of(&w) });
  tt_expect_close(b.time.first, 50e-3, 1e-9, 0);
  tt_expect_close(b.time.most, 1e-3, 1e-9, 0);
}

TT(benchmark, short_work_is_called_more_often_in_a_run)
{
  Weather w = still();
  Job j = { &w, 1e-7, 0 };
  Benchmark b = tt_benchmark("job", do_still, &j, (BenchmarkOptions){
    .clock = clock_of(&w) });
  tt_expect(b.time.calls >= 100 && b.time.calls <= 101,
            "%lld calls in a run; 100 take 10 us",
            (long long)b.time.calls);
  tt_expect_close(b.time.median, 1e-7, 1e-6, 0);
}

TT(benchmark, it_goes_on_until_it_is_narrow)
{
  Weather w = weather(1, 0, 1000);
  w.noise = 0.05;
  Job j = { &w, 1e-3, 0 };
  BenchmarkOptions o = { .clock = clock_of(&w), .seconds = 100 };
  Benchmark b = tt_benchmark("job", do_job, &j, o);
  tt_expect(b.n > 30 && b.n < 1000, "%lld runs", (long long)b.n);
  tt_expect(b.time.high - b.time.low <= 0.02 * b.time.median,
            "from %g to %g", b.time.low, b.time.high);
  o.seconds = 0.05;
  b = tt_benchmark("job", do_job, &j, o);
  tt_expect(b.n >= 10 && b.n < 60, "%lld runs in 50 ms",
            (long long)b.n);
  tt_expect(!b.time.narrow, "narrow after %lld runs", (long long)b.n);
  o.most = 20, o.seconds = 100;
  tt_expect_int(tt_benchmark("job", do_job, &j, o).n, 20);
}

static void needs_memory(void *arg)
{
  Job *j = arg;
  j->w->now += 1e-3;
  Tensor *a = tt_empty(TT_U8, TT_SHAPE(100000));
  tt_release(a);
  tt_empty(TT_U8, TT_SHAPE(40000));
}

TT(benchmark, memory_of_a_call)
{
  Weather w = still();
  Job j = { &w, 0, 0 };
  Benchmark b = tt_benchmark("job", needs_memory, &j,
    (BenchmarkOptions){ .clock = clock_of(&w) });
  tt_expect_close((double)b.peak, 100000, 0.01, 0);
  tt_expect_int(b.bytes, 0);       // its scope ended
  tt_expect_int(b.mallocs, 0);     // the pool had them
}

static Scope *far;                 // outside

static void keeps_memory(void *arg)
{
  Job *j = arg;
  j->w->now += 1e-3;
  tt_move(tt_empty(TT_U8, TT_SHAPE(5000)), far);
}

TT(benchmark, what_a_call_keeps_is_counted)
{
  Weather w = still();
  Job j = { &w, 0, 0 };
  far = tt_scope();
  Benchmark b = tt_benchmark("job", keeps_memory, &j,
    (BenchmarkOptions){ .clock = clock_of(&w) });
  tt_expect_close((double)b.bytes, 5000, 0.05, 0);
}

TT(benchmark, a_block_is_measured)
{
  Weather w = still();
  Benchmark b;
  int64_t passes = 0, tensors = 0;
  BenchmarkOptions o = { .clock = clock_of(&w) };
  TT_BENCHMARK(&b, "block", o) {
    Tensor *x = tt_ones(TT_SHAPE(10));
    tensors = tt_memory_stats().tensors;
    w.now += 2e-3 * tt_get(x, TT_INDEX(0));
    passes++;
  }
  tt_expect_int(passes, 15);
  tt_expect_close(b.time.median, 2e-3, 1e-9, 0);
  tt_expect_int(tt_memory_stats().tensors, tensors - 1);
}

TT(benchmark, a_block_may_be_left)
{
  Weather w = still();
  Benchmark b;
  int64_t passes = 0;
  BenchmarkOptions o = { .clock = clock_of(&w), .least = 100 };
  Scope *here = tt_scope();
  TT_BENCHMARK(&b, "left", o) {
    w.now += 1e-3;
    if (++passes == 5 + 20)
      break;
  }
  tt_expect(tt_scope() == here, "a scope is still open");
  tt_expect_int(b.n, 19);          // the one that was left is none
  tt_expect_close(b.time.median, 1e-3, 1e-9, 0);
  TT_BENCHMARK(&b, "at once", o)
    break;
  tt_expect_int(b.n, 0);
}

TT(benchmark, an_unused_result_costs_what_a_used_one_does)
{
  enum { N = 1 << 16 };
  static double x[N];
  for (int i = 0; i < N; i++)
    x[i] = i;
  Benchmark b;
  TT_BENCHMARK(&b, "sum", (BenchmarkOptions){ .seconds = 0.05 }) {
    double sum = 0;
    for (int i = 0; i < N; i++)
      sum += x[i];
    tt_use(&sum);                  // without it, no time at all
  }
  tt_expect(b.time.least > 2e-6, "65536 additions took %g us",
            1e6 * b.time.least);
}

static uintptr_t place_of_call[64];
static int places;

static void note_place(void *arg)
{
  Job *j = arg;
  char here = 0;
  tt_use(&here);
  j->w->now += 1e-3;
  uintptr_t at = (uintptr_t)&here % 1024;
  for (int i = 0; i < places; i++)
    if (place_of_call[i] == at)
      return;
  place_of_call[places++] = at;
}

TT(benchmark, runs_lie_at_many_places_of_the_stack)
{
  Weather w = still();
  Job j = { &w, 0, 0 };
  tt_benchmark("job", note_place, &j, (BenchmarkOptions){
    .least = 40, .clock = clock_of(&w) });
  tt_expect(places >= 30, "%d places in 45 calls", places);
}

TT(benchmark, wrong_benchmarks_are_refused)
{
  Job j = {0};
  tt_expect_fail(tt_benchmark("x", NULL, &j, (BenchmarkOptions){0}),
                 "work)(void *) is NULL");
  tt_expect_fail(tt_benchmark("x", do_job, &j, (BenchmarkOptions){
    .least = 9, .most = 5 }), "from 9 to 5 times");
  tt_expect_fail(tt_benchmark("x", do_job, &j, (BenchmarkOptions){
    .width = -1 }), "width -1");
  tt_expect_fail(tt_benchmark("x", do_job, &j, (BenchmarkOptions){
    .level = 95 }), "level 95");
}

TT(benchmark, a_benchmark_is_printed)
{
  Weather w = still();
  Job j = { &w, 1e-3, 0 };
  Benchmark b = tt_benchmark("a job", do_still, &j, (BenchmarkOptions){
    .clock = clock_of(&w), .counters = true });
  char text[2000] = "";
  FILE *f = fmemopen(text, sizeof text, "w");
  tt_benchmark_print(f, &b);
  fclose(f);
  tt_expect(strstr(text, "a job\nmedian          1 ms\n")
            && strstr(text, "peak"), "%s", text);
}

static char order[4096];
static int  turns_taken;

static void note_turn(void *arg)
{
  order[turns_taken++] = *(char *)arg;
}

static Weather quiet;

static void one_ms(void *arg)
{
  (void)arg;
  quiet.now += 1e-3;
}

static void take_turns(uint64_t seed)
{
  quiet = still(), turns_taken = 0;
  tt_compare((Contender){ "a", one_ms, &(char){ 'a' }, note_turn },
             (Contender){ "b", one_ms, &(char){ 'b' }, note_turn },
             (CompareOptions){ .least = 200, .clock = clock_of(&quiet),
                               .resamples = 20, .seed = seed });
}

TT(benchmark, each_goes_first_as_often_as_the_other)
{
  int b_first = 0, same = 0;
  take_turns(1);
  tt_expect_int(turns_taken, 8 + 400);
  for (int i = 8; i < turns_taken; i += 4) {
    tt_expect(order[i] != order[i + 1] && order[i + 2] != order[i + 3],
              "a pair is %c and %c", order[i], order[i + 1]);
    tt_expect(order[i] != order[i + 2], "of pairs %d and %d both begin"
              " with %c", (i - 8) / 2, (i - 8) / 2 + 1, order[i]);
    b_first += order[i] == 'b';
  }
  tt_expect(b_first > 30 && b_first < 70, "%d of 100 couples of pairs"
            " begin with b; a coin gives about 50", b_first);
  char before[408];
  memcpy(before, order, sizeof before);
  take_turns(1);
  tt_expect(memcmp(before, order, sizeof before) == 0,
            "another order for an equal seed");
  take_turns(2);
  for (int i = 8; i < 408; i++)
    same += before[i] == order[i];
  tt_expect(same < 300, "the seed does not change the order");
}

TT(benchmark, an_interval_says_faster_or_slower)
{
  Interval fast = { 0.95, 0.94, 0.96 }, slow = { 1.05, 1.04, 1.06 },
           both = { 1.01, 0.98, 1.04 }, edge = { 1.01, 1, 1.02 };
  tt_expect_int(tt_outcome(fast, 0), TT_FASTER);
  tt_expect_int(tt_outcome(slow, 0), TT_SLOWER);
  tt_expect_int(tt_outcome(both, 0), TT_NO_DIFFERENCE);
  tt_expect_int(tt_outcome(edge, 0), TT_NO_DIFFERENCE);
  tt_expect_int(tt_outcome(fast, 0.05), TT_NO_DIFFERENCE);
  tt_expect_int(tt_outcome(slow, 0.05), TT_NO_DIFFERENCE);
  tt_expect_int(tt_outcome(slow, 0.03), TT_SLOWER);
  Interval near = { 0.905, 0.903, 0.907 };     // 1 / 1.1 is 0.909
  tt_expect_int(tt_outcome(near, 0.1), TT_FASTER);
  tt_expect_text(tt_outcome_text(TT_FASTER), "faster");
  for (double x = 0.8; x < 1.25; x += 0.01) {   // swapped: the opposite
    Interval i = { x, x - 0.01, x + 0.01 };
    Outcome there = tt_outcome(i, 0.1);
    Outcome back = tt_outcome(
      (Interval){ 1 / x, 1 / (x + 0.01), 1 / (x - 0.01) }, 0.1);
    tt_expect_int(back, there == TT_FASTER ? TT_SLOWER
                        : there == TT_SLOWER ? TT_FASTER
                                             : TT_NO_DIFFERENCE);
  }
}

TT(benchmark, a_nan_never_wins)
{
  double nan = (double)NAN;
  Interval bad[] = { { nan, nan, nan }, { 0.5, nan, 0.6 },
                     { 0.5, 0.4, nan }, { 2, 1.9, nan },
                     { 2, nan, 2.1 } };
  for (int i = 0; i < 5; i++)
    tt_expect_int(tt_outcome(bad[i], 0), TT_NO_DIFFERENCE);
  tt_expect_int(tt_outcome((Interval){ 0.5, 0.4, 0.6 }, nan),
                TT_NO_DIFFERENCE);
}

static int differ[3];              // by outcome

// 200 comparisons of work with work that takes `slower` times as long
static void compare_200(double slower, double drift)
{
  differ[0] = differ[1] = differ[2] = 0;
  for (uint64_t i = 0; i < 200; i++) {
    Weather w = weather(i, drift, 88);
    Job a = { &w, 1e-3, 0 }, b = { &w, slower * 1e-3, 0 };
    Comparison c = tt_compare(
      (Contender){ "a", do_job, &a, NULL },
      (Contender){ "b", do_job, &b, NULL },
      (CompareOptions){ .least = 40, .most = 40, .resamples = 400,
                        .seed = i, .clock = clock_of(&w) });
    differ[c.outcome]++;
  }
}

static void expect_few(void)
{
  tt_expect(differ[TT_FASTER] + differ[TT_SLOWER] <= 16,
            "of 200 comparisons of a program with itself %d say faster"
            " and %d slower; at most 16 may", differ[TT_FASTER],
            differ[TT_SLOWER]);
  tt_expect(abs(differ[TT_FASTER] - differ[TT_SLOWER]) <= 10,
            "%d say faster and %d slower: it leans", differ[TT_FASTER],
            differ[TT_SLOWER]);
}

TT(benchmark, a_program_is_as_fast_as_itself)
{
  compare_200(1, 0);
  expect_few();
}

TT(benchmark, also_while_the_machine_drifts)
{
  compare_200(1, 0.1);
  expect_few();
  compare_200(1, -0.1);
  expect_few();
}

TT(benchmark, three_percent_are_found)
{
  compare_200(1.03, 0.1);
  tt_expect(differ[TT_SLOWER] >= 196, "%d of 200 are slower",
            differ[TT_SLOWER]);
  compare_200(1 / 1.03, -0.1);
  tt_expect(differ[TT_FASTER] >= 196, "%d of 200 are faster",
            differ[TT_FASTER]);
}

TT(benchmark, one_after_the_other_is_no_way_to_compare)
{
  int wrong = 0;
  for (uint64_t i = 0; i < 200; i++) {
    double a[40], b[40];
    Weather w = weather(i, 0.1, 80);
    for (int k = 0; k < 80; k++)
      *(k < 40 ? &a[k] : &b[k - 40]) = takes(&w, 1);
    wrong += tt_outcome(tt_bootstrap_apart(40, b, 40, a,
      (BootstrapOptions){ .level = 0.99, .resamples = 300 }), 0)
      != TT_NO_DIFFERENCE;
  }
  tt_expect(wrong > 100, "only %d of 200 are wrong", wrong);
}

TT(benchmark, more_pairs_for_a_narrower_interval)
{
  // 4 times the pairs for half the width; a median needs pi / 2 times
  // as many as a mean
  tt_expect_int(tt_pairs_for(0.01, 0.02, 0.95), 7);
  tt_expect_int(tt_pairs_for(0.01, 0.01, 0.95), 25);
  tt_expect_int(tt_pairs_for(0.01, 0.001, 0.95), 2414);
  tt_expect(tt_pairs_for(0.01, 0.01, 0.99) > 40, "too few for 99 %%");
  tt_expect_int(tt_pairs_for(0, 0.01, 0.95), 0);
  Weather w = weather(4, 0, 4000);
  Job a = { &w, 1e-3, 0 }, b = a;
  Comparison c = tt_compare(
    (Contender){ "a", do_job, &a, NULL },
    (Contender){ "b", do_job, &b, NULL },
    (CompareOptions){ .width = 0.004, .most = 2000, .seconds = 1e9,
                      .clock = clock_of(&w) });
  tt_expect(c.narrow && c.ratio.high - c.ratio.low <= 0.004,
            "from %g to %g", c.ratio.low, c.ratio.high);
  int64_t want = tt_pairs_for(c.noise, 0.004, c.level);
  tt_expect(c.pairs > want / 2 && c.pairs < 3 * want,
            "%lld pairs, and %lld were foreseen", (long long)c.pairs,
            (long long)want);
}

TT(benchmark, drift_and_noise_are_noticed)
{
  double a[60], b[60];
  CompareOptions o = { .width = 0.1 };
  for (int i = 0; i < 60; i++)
    a[i] = b[i] = 1 + 0.001 * (i % 7);
  Comparison c = tt_compare_series(60, a, b, o);
  tt_expect(!tt_comparison_noise(&c), "%s", tt_comparison_noise(&c));
  for (int i = 0; i < 60; i++)
    a[i] *= 1 + 0.2 * i / 60, b[i] = 1.02 * a[i];
  c = tt_compare_series(60, a, b, o);
  tt_expect(c.drift > 0.05 && c.drift < 0.15, "drift %g", c.drift);
  tt_expect(strstr(tt_comparison_noise(&c), "changed its speed"), "%s",
            tt_comparison_noise(&c));
  tt_expect_int(c.outcome, TT_SLOWER);
  tt_expect_close(c.ratio.value, 1.02, 1e-12, 0);
  o.width = 1;
  for (int i = 0; i < 60; i++)
    a[i] = 1, b[i] = 1 + 0.5 * (i % 3 - 1);
  c = tt_compare_series(60, a, b, o);
  tt_expect(strstr(tt_comparison_noise(&c), "by a fifth"), "%g",
            c.noise);
}

static int untimed;

static void costs_time(void *w)
{
  ((Weather *)w)->now += 5;
  untimed++;
}

static void a_second(void *w)
{
  ((Weather *)w)->now += 1;
}

TT(benchmark, a_turn_is_not_timed)
{
  Weather w = still();
  Comparison c = tt_compare(
    (Contender){ "a", a_second, &w, NULL },
    (Contender){ "b", a_second, &w, costs_time },
    (CompareOptions){ .clock = clock_of(&w), .seconds = 1e9 });
  tt_expect_close(c.b, 1, 1e-9, 0);
  tt_expect_int(c.outcome, TT_NO_DIFFERENCE);
  tt_expect_int(untimed, c.pairs + 4);
}

TT(benchmark, wrong_comparisons_are_refused)
{
  double x[2] = { 1, 1 }, zero[2] = { 1, 0 };
  Contender good = { "a", a_second, NULL, NULL };
  Contender none = { .name = "b" };
  tt_expect_fail(tt_compare(good, none, (CompareOptions){0}),
                 "work of a contender is NULL");
  tt_expect_fail(tt_compare_series(2, x, zero, (CompareOptions){0}),
                 "number 1 is 0");
  tt_expect_fail(tt_compare_series(0, x, x, (CompareOptions){0}),
                 "0 numbers");
  tt_expect_fail(tt_compare_series(2, x, x, (CompareOptions){
    .margin = -1 }), "margin -1");
  tt_expect_fail(tt_pairs_for(0.1, 0, 0.95), "width 0");
}

// b takes `slower` times as long as a; the machine drifts by 10 %
static Outcome compared(CompareSeries *compare, uint64_t seed,
                        double slower)
{
  enum { PAIRS = 40 };
  double a[PAIRS], b[PAIRS];
  Weather w = weather(seed, 0.1, 2 * PAIRS);
  for (int i = 0; i < PAIRS; i++) {
    if (i % 2)
      b[i] = takes(&w, slower), a[i] = takes(&w, 1);
    else
      a[i] = takes(&w, 1), b[i] = takes(&w, slower);
  }
  return compare(PAIRS, a, b, (CompareOptions){
    .resamples = 400, .seed = seed }).outcome;
}

static bool fair(CompareSeries *compare)
{
  int faster = 0, slower = 0, found = 0;
  for (uint64_t i = 0; i < 200; i++) {
    Outcome o = compared(compare, i, 1);
    faster += o == TT_FASTER, slower += o == TT_SLOWER;
  }
  for (uint64_t i = 0; i < 20; i++) {
    found += compared(compare, 300 + i, 1.03) == TT_SLOWER;
    found += compared(compare, 400 + i, 1 / 1.03) == TT_FASTER;
  }
  return faster + slower <= 16 && abs(faster - slower) <= 10
         && found >= 38;
}

static Comparison hasty(int64_t n, const double *a, const double *b,
                        CompareOptions o)
{
  o.level = 0.5;
  return tt_compare_series(n, a, b, o);
}

static Comparison crossed(int64_t n, const double *a, const double *b,
                          CompareOptions o)
{
  return tt_compare_series(n, b, a, o);
}

TT(benchmark, comparisons_that_cry_wolf_are_caught)
{
  tt_expect_accepts(fair(tt_compare_series));
  tt_expect_refuses(fair(hasty), "is sure of one half");
  tt_expect_refuses(fair(crossed), "says faster for slower");
}
