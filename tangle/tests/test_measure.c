// Made from chapters/14-profiling.nw by tools/tangle: edit there.
#include "tt_test.h"
#include "tt/autograd.h"
#include "tt/machine.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

TT(measure, a_percentile_is_a_run)
{
  double x[100];
  for (int i = 0; i < 100; i++)
    x[i] = i + 1;                  // the k-th has the value k
  for (int k = 1; k <= 100; k++)
    tt_expect_close(tt_percentile(100, x, k / 100.0), k, 0, 0);
  tt_expect_close(tt_percentile(100, x, 0), 1, 0, 0);
  tt_expect_close(tt_percentile(10, x, 0.99), 10, 0, 0);
  tt_expect_close(tt_percentile(3, x, 0.5), 2, 0, 0);
  tt_expect_close(tt_percentile(1, x, 0.9), 1, 0, 0);
}

TT(measure, the_interval_holds_the_median)
{
  uint64_t state = 7;
  int hits = 0;
  double true_median = log(2), width = 0;
  for (int trial = 0; trial < 4000; trial++) {
    double x[40];                  // waiting times, very skew
    for (int i = 0; i < 40; i++)
      x[i] = -log(((double)(tt_machine_random(&state) >> 11) + 0.5)
                  / 0x1p53);
    Latency l = tt_latency_of(40, x);
    hits += l.low <= true_median && true_median <= l.high;
    width += (l.high - l.low) / 4000;
    tt_expect(l.least <= l.low && l.low <= l.median
              && l.median <= l.high && l.p90 <= l.p99
              && l.p99 <= l.most, "out of order");
  }
  tt_expect(hits > 0.94 * 4000 && hits < 0.985 * 4000,
            "%d of 4000 intervals hold the median; 3800 should", hits);
  tt_expect(width < 0.8, "%g wide on average", width);
}

TT(measure, a_drift_is_told_from_noise)
{
  uint64_t state = 1;
  double x[200], y[200];
  for (int i = 0; i < 200; i++) {
    x[i] = 1 + (double)(tt_machine_random(&state) % 100) / 1000;
    y[i] = x[i] * (i < 100 ? 1 : 1.2);
  }
  Latency steady = tt_latency_of(200, x);
  Latency slower = tt_latency_of(200, y);
  tt_expect_close(steady.drift, 0, 0, 0);
  tt_expect(!tt_latency_noise(&steady), "no noise expected");
  tt_expect_close(slower.drift, 0.2, 0, 0.03);
  tt_expect(strstr(tt_latency_noise(&slower), "second half"), "drift");
  for (int i = 0; i < 200; i++)
    x[i] = i % 5 ? 1 : 2;          // a fifth takes twice as long
  Latency spread = tt_latency_of(200, x);
  tt_expect(strstr(tt_latency_noise(&spread), "tenth"), "spread");
}

TT(measure, few_runs_promise_nothing)
{
  double x[] = { 3, 1, 2 };
  Latency l = tt_latency_of(3, x);
  tt_expect_close(l.median, 2, 0, 0);
  tt_expect(l.low <= 0 && isinf(l.high), "[%g,%g] of three runs", l.low,
            l.high);
  tt_expect_fail(tt_latency_of(0, x), "one or more are needed");
}

static int calls;

static void counted(void *arg)
{
  calls++;
  tt_zeros(TT_SHAPE(*(int64_t *)arg));
}

TT(measure, runs_are_counted_and_leave_nothing)
{
  int64_t n = 100000;
  MemoryStats before = tt_memory_stats();
  Latency l = tt_measure_work(counted, &n,
                              (LatencyOptions){ .most = 50 });
  tt_expect(l.runs >= 10 && l.runs <= 50, "%d runs", (int)l.runs);
  tt_expect_int(calls, 1 + 5 + l.runs * l.calls);   // warmed up
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
  tt_expect_int(tt_memory_stats().tensors, before.tensors);
  tt_expect(l.median > 0 && l.first > 0 && l.waited < 1, "times");
}

static void nothing(void *arg)
{
  (void)arg;
  calls++;
}

TT(measure, short_work_is_called_often)
{
  calls = 0;
  Latency l = tt_measure_work(nothing, NULL, (LatencyOptions){0});
  tt_expect(l.calls > 1, "%d calls in a run", (int)l.calls);
  tt_expect_int(calls, 1 + 5 + l.calls * l.runs);
  tt_expect(l.median < 1e-5, "%g s, of a run", l.median);
}

static void sleeps(void *arg)
{
  (void)arg;
  usleep(2000);
}

TT(measure, a_core_that_was_not_ours_is_noticed)
{
  Latency l = tt_measure_work(sleeps, NULL,
                              (LatencyOptions){ .most = 12 });
  tt_expect(l.waited > 0.5, "waited %g", l.waited);
  tt_expect(strstr(tt_latency_noise(&l), "not ours"), "noise");
  tt_expect(l.median > 0.0019, "%g s asleep", l.median);
}

static void fails(void *arg)
{
  (void)arg;
  if (++calls == 8)
    tt_add(tt_zeros(TT_SHAPE(2)), tt_zeros(TT_SHAPE(3)));
}

static void measure_failing(void *arg)
{
  (void)arg;
  tt_measure_work(fails, NULL, (LatencyOptions){0});
}

TT(measure, work_may_fail)
{
  TensorError e;
  MemoryStats before = tt_memory_stats();
  tt_expect(!tt_try(measure_failing, NULL, &e), "fails at call 8");
  tt_expect(strstr(e.message, "tt_add"), "%s", e.message);
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
}

TT(measure, a_forward_pass_is_not_recorded)
{
  tt_autograd_enable();
  Linear *m = tt_linear_new(8, 8, NULL);
  Tensor *x = tt_ones(TT_SHAPE(4, 8));
  Latency l = tt_measure_latency(m, x, (LatencyOptions){ .most = 20 });
  tt_expect(l.median > 0, "no time");
  tt_expect_int(tt_tape_length(), 0);
}

typedef struct TrainingStep {
  Sequential *net;
  Optimizer  *adam;
  Tensor     *x;
} TrainingStep;

static void training_step(void *arg)
{
  TrainingStep *s = arg;
  TT_SCOPE;
  tt_optimizer_zero_grad(s->adam);
  tt_backward(tt_mean(tt_forward(s->net, s->x), TT_ALL, false));
  tt_optimizer_step(s->adam);
}

static TrainingStep a_step(void)
{
  tt_autograd_enable();
  Sequential *net = TT_SEQUENTIAL(tt_linear_new(64, 256, NULL),
    tt_activation_new(tt_relu), tt_linear_new(256, 16, NULL));
  return (TrainingStep){ net, tt_adam_new(tt_module_parameters(net),
    (AdamOptions){ .lr = 0.01 }), tt_ones(TT_SHAPE(1024, 64)) };
}

static int64_t sum_of_parts(const MemoryUse *u)
{
  int64_t sum = 0;
  for (int k = 0; k < TT_PARTS; k++)
    sum += u->part[k];
  return sum;
}

TT(measure, every_byte_has_an_owner)
{
  TrainingStep s = a_step();
  int64_t numbers = tt_module_count(s.net), r = sizeof(Real);
  training_step(&s);               // the optimizer's state is there
  tt_reset_peak_memory();
  MemoryUse u = tt_measure_memory(training_step, &s, (MemoryOptions){
    .module = s.net, .optimizer = s.adam });
  tt_expect_int(u.peak, tt_memory_stats().peak_bytes);
  tt_expect_int(sum_of_parts(&u), u.peak);
  tt_expect_int(u.part[TT_PARAMETERS], r * numbers);
  tt_expect(u.part[TT_OPTIMIZER] >= 2 * r * numbers
            && u.part[TT_OPTIMIZER] < 2 * r * numbers + 4096,
            "optimizer: %lld", (long long)u.part[TT_OPTIMIZER]);
  int64_t hidden = r * 1024 * 256; // linear's and relu's results
  tt_expect(u.part[TT_ACTIVATIONS] >= hidden, "activations: %lld",
            (long long)u.part[TT_ACTIVATIONS]);
  tt_expect_int(u.dropped, 0);
  tt_expect(u.back, "the peak is on the way back");
}

TT(measure, gradients_are_told_from_what_passes)
{
  TrainingStep s = a_step();
  MemoryUse u = tt_measure_memory(training_step, &s, (MemoryOptions){
    .module = s.net, .optimizer = s.adam });
  int64_t last = (int64_t)sizeof(Real) * (256 * 16 + 16);
  tt_expect(u.part[TT_GRADIENTS] >= last
            && u.part[TT_GRADIENTS] <= u.part[TT_PARAMETERS],
            "gradients: %lld", (long long)u.part[TT_GRADIENTS]);
  tt_expect(u.part[TT_TEMPORARY] > 0, "on the way back");
  tt_expect(u.part[TT_TAPE] >= 65536, "tape: %lld",
            (long long)u.part[TT_TAPE]);   // its first block
  tt_expect_int(sum_of_parts(&u), u.peak);
  tt_expect(u.end > u.start, "gradients and states have stayed");
}

static Tensor *kept;

static void takes(void *arg)
{
  (void)arg;
  kept = tt_zeros(TT_SHAPE(1600));
}

static void gives_back(void *arg)
{
  (void)arg;
  tt_release(kept);
}

static void several(void *arg)
{
  (void)arg;
  for (int i = 1; i <= 4; i++) {
    TT_SCOPE;
    tt_zeros(TT_SHAPE(16 * i));
    tt_add(tt_zeros(TT_SHAPE(16)), tt_zeros(TT_SHAPE(16)));
  }
}

TT(measure, what_was_taken_may_go_elsewhere)
{
  int64_t bytes = 1600 * (int64_t)sizeof(Real);
  MemoryUse a = tt_measure_memory(takes, NULL, (MemoryOptions){0});
  MemoryUse b = tt_measure_memory(gives_back, NULL,
                                  (MemoryOptions){0});
  tt_expect_int(a.end - a.start, bytes);
  tt_expect_int(a.peak - a.start, bytes);
  tt_expect_int(a.part[TT_ACTIVATIONS], bytes);
  tt_expect_int(b.start, a.end);
  tt_expect_int(b.end, a.start);   // back to where it began
  tt_expect_int(b.peak, b.start);
  tt_expect_int(sum_of_parts(&b), b.peak);
  tt_expect_int(a.taken + b.taken, 1);
  tt_expect_int(a.returned + b.returned, 1);
}

TT(measure, only_what_was_there_together_counts)
{
  int64_t r = sizeof(Real);
  MemoryUse u = tt_measure_memory(several, NULL, (MemoryOptions){0});
  tt_expect_int(u.peak - u.start, r * (64 + 3 * 16));
  tt_expect_int(u.part[TT_ACTIVATIONS], r * (64 + 3 * 16));
  tt_expect_text(u.op, "tt_add");
  tt_expect_int(u.end, u.start);
  tt_expect_int(u.taken, 16);
  tt_expect_int(u.returned, 16);
}

typedef struct ForwardOf { Sequential *net; Tensor *x; } ForwardOf;

static void forward_of(void *arg)
{
  ForwardOf *w = arg;
  tt_forward(w->net, w->x);
}

TT(measure, the_trace_returns_to_its_start)
{
  FILE *f = tmpfile();
  MemoryUse u = tt_measure_memory(several, NULL,
                                  (MemoryOptions){ .trace = f });
  rewind(f);
  char line[400], part[20], op[40];
  double at, last = 0;
  long long bytes, live = u.start, told, most = u.start;
  int n = 0;
  tt_expect(fgets(line, sizeof line, f), "no head");
  while (fgets(line, sizeof line, f)) {
    int read = sscanf(line, "%lf\t%lld\t%lld\t%19s\t%39s", &at, &bytes,
                      &told, part, op);
    tt_expect_int(read, 5);
    live += bytes;
    tt_expect_int(told, live);
    tt_expect(at >= last, "time goes back");
    most = live > most ? live : most;
    last = at, n++;
  }
  fclose(f);
  tt_expect_int(n, 32);
  tt_expect_int(live, u.end);
  tt_expect_int(most, u.peak);
}

TT(measure, the_peak_has_a_place)
{
  TrainingStep s = a_step();
  TT_NO_GRAD;
  Linear *wide = tt_linear_new(64, 4096, NULL);
  Sequential *net = TT_SEQUENTIAL(tt_activation_new(tt_relu), wide,
                                  tt_linear_new(4096, 4, NULL));
  ForwardOf w = { net, s.x };
  MemoryUse u = tt_measure_memory(forward_of, &w,
                                  (MemoryOptions){ .module = net });
  tt_expect_text(u.where, "1");
  tt_expect_text(u.op, "tt_linear");
  tt_expect(u.file && u.line > 0, "no call of ours");
  tt_expect(!u.back, "there is no way back");
  tt_expect_int(u.part[TT_TAPE], 0);
}

static void measure_a_failure(void *arg)
{
  calls = 7;
  tt_measure_memory(fails, arg, (MemoryOptions){0});
}

static void measure_in_a_measure(void *arg)
{
  tt_measure_memory(takes, arg, (MemoryOptions){0});
}

TT(measure, a_failure_ends_the_watch)
{
  tt_autograd_enable();
  Tensor *(*recorder)(Op *, Tensor *, int, Tensor *const[],
                      const Attr *) = tt_recorder;
  TensorError e;
  tt_expect(!tt_try(measure_a_failure, NULL, &e), "it fails");
  tt_expect(strstr(e.message, "tt_add"), "%s", e.message);
  tt_expect(!tt_watch && tt_recorder == recorder, "still watching");
  MemoryOptions none = {0};
  tt_expect_fail(tt_measure_memory(measure_in_a_measure, NULL, none),
                 "one at a time");
  MemoryUse u = tt_measure_memory(several, NULL, (MemoryOptions){0});
  tt_expect_int(u.taken, 16);
}

static void very_many(void *arg)
{
  (void)arg;
  for (int i = 0; i < 70000; i++) {
    TT_SCOPE;
    tt_zeros(TT_SHAPE(16));
  }
  tt_zeros(TT_SHAPE(16000));
}

TT(measure, too_many_are_counted_and_said)
{
  MemoryUse u = tt_measure_memory(very_many, NULL, (MemoryOptions){0});
  tt_expect_int(u.taken, 70001);
  tt_expect_int(u.dropped, 70001 - 65536);
  tt_expect_int(u.peak - u.start, 16000 * (int64_t)sizeof(Real));
  tt_expect_int(sum_of_parts(&u), u.peak);
}

static const Roofline made_up = {
  .peak = 100e9, .gemm = 50e9, .bytes = { 1e4, 1e6, 1e7, 1e9 },
  .rate = { 200e9, 100e9, 50e9, 10e9 } };

TT(measure, a_roof_has_two_sides)
{
  // 1e9 FLOP: 20 ms; 1e6 bytes from the second cache: 10 us
  Verdict v = tt_roofline_verdict(&made_up, 1e9, 1e6, 0.025);
  tt_expect_close(v.best, 0.02, 1e-12, 0);
  tt_expect_close(v.share, 0.8, 1e-12, 0);
  tt_expect_int(v.bound, TT_COMPUTE);
  // 1e8 bytes from memory: 10 ms
  v = tt_roofline_verdict(&made_up, 1e7, 1e8, 0.02);
  tt_expect_close(v.best, 0.01, 1e-12, 0);
  tt_expect_close(v.share, 0.5, 1e-12, 0);
  tt_expect_int(v.bound, TT_MEMORY);
  // the same, but it took 50 ms: neither was in the way
  v = tt_roofline_verdict(&made_up, 1e7, 1e8, 0.05);
  tt_expect_int(v.bound, TT_NEITHER);
  v = tt_roofline_verdict(&made_up, 0, 1e8, 0.011);  // a copy
  tt_expect_int(v.bound, TT_MEMORY);
  tt_expect_close(v.intensity, 0, 0, 0);
}

TT(measure, caches_have_rates)
{
  tt_expect_close(tt_roofline_rate(&made_up, 1e3), 200e9, 0, 0);
  tt_expect_close(tt_roofline_rate(&made_up, 1e4), 200e9, 0, 0);
  tt_expect_close(tt_roofline_rate(&made_up, 1.1e4), 100e9, 0, 0);
  tt_expect_close(tt_roofline_rate(&made_up, 1e12), 10e9, 0, 0);
}

TT(measure, a_roofline_is_of_this_machine)
{
  MemoryStats before = tt_memory_stats();
  Roofline r = tt_roofline();
  tt_expect(r.gemm > 0 && r.peak > 0 && fmax(r.gemm, r.peak) < 1e13,
            "registers %g, products %g", r.peak, r.gemm);
  for (int k = 0; k < TT_LEVELS; k++)
    tt_expect(r.rate[k] > 1e8 && r.rate[k] < 1e13, "level %d: %g", k,
              r.rate[k]);
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
}

TT(measure, counts_are_scaled)
{
  tt_expect_close(tt_counter_scaled(1000, 100, 100), 1000, 0, 0);
  tt_expect_close(tt_counter_scaled(1000, 300, 100), 3000, 0, 0);
  tt_expect(isnan(tt_counter_scaled(0, 100, 0)), "it never ran");
  double large = tt_counter_scaled(1ull << 62, 1ull << 62, 1ull << 61);
  tt_expect_close(large, 0x1p63, 1e-12, 0);
}

TT(measure, a_refusal_has_words)
{
  tt_expect(strstr(tt_counter_refusal(ENOENT), "virtual"), "ENOENT");
  tt_expect(strstr(tt_counter_refusal(EACCES), "paranoid"), "EACCES");
  tt_expect(strstr(tt_counter_refusal(EPERM), "paranoid"), "EPERM");
  tt_expect(strlen(tt_counter_refusal(E2BIG)) > 0, "others");
}

static void touches(void *arg)
{
  volatile char *page = arg;
  for (int i = 0; i < 256; i++)
    page[4096 * i] = 1;
}

TT(measure, what_is_not_counted_is_not_zero)
{
  void *pages = mmap(NULL, 256 * 4096, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  madvise(pages, 256 * 4096, MADV_NOHUGEPAGE);
  CounterReport r = tt_hardware_counters(touches, pages);
  for (int k = 0; k < TT_COUNTERS; k++) {
    const Counter *c = &r.counter[k];
    tt_expect(c->missing ? isnan(c->count) : c->count >= 0, "%s: %g",
              c->name, c->count);
  }
  const Counter *faults = &r.counter[TT_PAGE_FAULTS];
  tt_expect(faults->missing || faults->count >= 256, "%g page faults",
            faults->count);
  const Counter *all = &r.counter[TT_INSTRUCTIONS];
  tt_expect(all->missing || all->count >= 256, "%g", all->count);
}

static int open_files(void)
{
  int n = 0;
  for (int fd = 0; fd < 64; fd++)
    n += fcntl(fd, F_GETFD) != -1;
  return n;
}

static void count_failing(void *arg)
{
  (void)arg;
  calls = 7;
  tt_hardware_counters(fails, NULL);
}

TT(measure, counters_are_closed)
{
  TensorError e;
  int before = open_files();
  tt_hardware_counters(nothing, NULL);
  tt_expect(!tt_try(count_failing, NULL, &e), "it fails");
  tt_expect(strstr(e.message, "tt_add"), "%s", e.message);
  tt_expect_int(open_files(), before);
}

static int found_in(const char *text, const char *what)
{
  int n = 0;
  for (const char *s = text; (s = strstr(s, what)); s++)
    n++;
  return n;
}

static char *written(void (*write)(FILE *, const Profile *),
                     const Profile *p)
{
  FILE *f = tmpfile();
  write(f, p);
  long n = ftell(f);
  char *text = calloc((size_t)n + 1, 1);
  rewind(f);
  tt_expect_int((long)fread(text, 1, (size_t)n, f), n);
  fclose(f);
  return text;
}

static Profile made_of_events(int n, ProfileEvent *e)
{
  static ProfileModule model = { .type = "Net" };
  return (Profile){ .steps = 1, .events = n, .event = e, .modules = 1,
                    .module = &model };
}

TT(measure, spans_are_nested_or_apart)
{
  static const struct { int a, b, c, d; bool fine; } pair[] = {
    { 0, 4, 5, 9, true }, { 0, 4, 4, 9, true }, { 0, 9, 2, 4, true },
    { 0, 9, 0, 4, true }, { 0, 9, 5, 9, true }, { 0, 9, 0, 9, true },
    { 3, 3, 3, 3, true }, { 0, 9, 9, 9, true }, { 0, 9, 0, 0, true },
    { 0, 5, 4, 9, false }, { 0, 5, 1, 6, false } };
  for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
    int a = pair[i].a, b = pair[i].b, c = pair[i].c, d = pair[i].d;
    tt_expect(tt_nested_or_apart(a, b, c, d) == pair[i].fine
              && tt_nested_or_apart(c, d, a, b) == pair[i].fine,
              "[%d,%d] and [%d,%d]", a, b, c, d);
  }
}

typedef struct Seen { double ts, dur; } Seen;

static int spans_of(const char *trace, Seen *seen)
{
  int n = 0;
  for (const char *s = trace; (s = strstr(s, "\"ts\":")); s++)
    n += sscanf(s, "\"ts\":%lf,\"dur\":%lf", &seen[n].ts,
                &seen[n].dur) == 2;
  return n;
}

static bool well_placed(int n, const Seen *s)
{
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n; k++) {
      double a = s[i].ts, b = a + s[i].dur, c = s[k].ts,
             d = c + s[k].dur, eps = 1e-9;
      if (a < c - eps && c < b - eps && b < d - eps)
        return false;              // one begins in it and ends after
    }
  return true;
}

TT(measure, a_trace_is_nested)
{
  ProfileEvent e[] = {
    { .kind = TT_EVENT_KERNEL, .name = "gemm", .start = 2e-6,
      .seconds = 1e-6 },
    { .kind = TT_EVENT_OPERATION, .name = "inner", .start = 1e-6,
      .seconds = 3e-6 },
    { .kind = TT_EVENT_OPERATION, .name = "late", .start = 6e-6,
      .seconds = 4e-6 },           // ends after the span around it
    { .kind = TT_EVENT_SPAN, .span = TT_SPAN_MODULE, .name = "",
      .start = 0, .seconds = 8e-6 },
    { .kind = TT_EVENT_OPERATION, .name = "next", .start = 8e-6,
      .seconds = 10 } };
  Profile p = made_of_events(5, e);
  char *text = written(tt_profiler_trace, &p);
  Seen seen[8];
  tt_expect_int(spans_of(text, seen), 5);
  tt_expect(well_placed(5, seen), "%s", text);
  tt_expect_close(seen[0].ts, 0, 0, 0);        // the span comes first,
  tt_expect_close(seen[0].dur, 8, 0, 1e-9);    // in microseconds
  tt_expect_close(seen[3].ts + seen[3].dur, 8, 0, 1e-9);   // cut
  tt_expect_close(seen[4].dur, 1e7, 0, 1e-9);  // 10 s
  tt_expect(strstr(text, "\"name\":\"Net\""), "%s", text);
  free(text);
}

static void a_pass(void *arg)
{
  TrainingStep *s = arg;
  tt_optimizer_zero_grad(s->adam);
  tt_backward(tt_mean(tt_forward(s->net, s->x), TT_ALL, false));
  tt_optimizer_step(s->adam);
}

TT(measure, a_training_step_has_a_trace)
{
  TrainingStep s = a_step();
  Profile *p = tt_profile(a_pass, &s, s.net, (ProfilerOptions){
    .warmup = 1, .active = 1 });
  char *text = written(tt_profiler_trace, p);
  Seen *seen = calloc((size_t)p->events, sizeof *seen);
  int n = spans_of(text, seen);
  tt_expect(n > 20 && n < p->events, "%d events", n);
  tt_expect(well_placed(n, seen), "some overlap");
  tt_expect_int(found_in(text, "\"ph\":\"X\""), n);
  tt_expect_int(found_in(text, "\"ph\":\"C\""), p->events - n);
  tt_expect_int(found_in(text, "\"name\":\"0 (Linear)\""), 1);
  tt_expect_int(found_in(text, "\"name\":\"gradient of tt_linear\""),
                2);
  free(seen), free(text);
}

TT(measure, names_do_not_break_a_file)
{
  ProfileEvent e[] = {
    { .kind = TT_EVENT_SPAN, .span = TT_SPAN_NAMED, .seconds = 1e-3,
      .name = "<&\"'>\x1b\\\n\x80\xc3\xa9\xf0\x9f\x94\xa5\xed\xa0\x80"
              "\xef\xbf\xbe"
    } };
  Profile p = made_of_events(1, e);
  char *json = written(tt_profiler_trace, &p);
  tt_expect(strstr(json, "\"name\":\"<&\\\"'>\\u001b\\\\\\u000a\\ufffd"
                   "\\u00e9\\ud83d\\udd25\\ufffd\\ufffd\\ufffd"
                   "\\ufffe\""),
            "%s", json);
  char *svg = written(tt_profiler_flame, &p);
  tt_expect_int(found_in(svg, "&#x3C;&#x26;&#x22;&#x27;&#x3E;&#xFFFD;"
                         "\\\n&#xFFFD;&#xE9;&#x1F525;&#xFFFD;&#xFFFD;"
                         "&#xFFFD;&#xFFFD;"), 2);
  for (const char *s = svg; *s; s++)
    tt_expect(*s == '\n' || (*s >= ' ' && *s < 0x7F), "byte %d", *s);
  free(json), free(svg);
}

TT(measure, a_flame_adds_up_what_has_one_name)
{
  ProfileEvent e[] = {
    { .kind = TT_EVENT_OPERATION, .name = "tt_a", .start = 0,
      .seconds = 1e-3 },
    { .kind = TT_EVENT_OPERATION, .name = "tt_b", .start = 1e-3,
      .seconds = 2e-3 },
    { .kind = TT_EVENT_OPERATION, .name = "tt_a", .start = 3e-3,
      .seconds = 3e-3 },
    { .kind = TT_EVENT_SPAN, .span = TT_SPAN_MODULE, .name = "",
      .start = 0, .seconds = 8e-3 } };
  Profile p = made_of_events(4, e);
  char *svg = written(tt_profiler_flame, &p);
  tt_expect_int(found_in(svg, "<rect"), 3);
  tt_expect(strstr(svg, "tt_a, 4.000 ms, 50.0 %"), "%s", svg);
  tt_expect(strstr(svg, "tt_b, 2.000 ms, 25.0 %"), "%s", svg);
  tt_expect(strstr(svg, "Net, 8.000 ms, 100.0 %"), "%s", svg);
  tt_expect(strstr(svg, "x=\"400.00\" y=\"0\" width=\"200.00\""),
            "%s", svg);
  free(svg);
}

TT(measure, weights_fall_into_bins)
{
  Tensor *w = tt_linspace(-1, 1, 64 * 32 + 1);
  WeightStats s = tt_weight_stats(w);
  int64_t sum = 0;
  for (int i = 0; i < TT_BINS; i++) {
    tt_expect(s.bin[i] >= 63 && s.bin[i] <= 66, "bin %d: %d", i,
              (int)s.bin[i]);
    sum += s.bin[i];
  }
  tt_expect_int(sum, s.n);
  s = tt_weight_stats(tt_from(TT_SHAPE(3), (Real[]){ -4, 0, 4 }));
  tt_expect_int(s.bin[0], 1);
  tt_expect_int(s.bin[TT_BINS - 1], 1);
  tt_expect_int(s.bin[TT_BINS / 2], 1);
  s = tt_weight_stats(tt_zeros(TT_SHAPE(5)));
  tt_expect_int(s.bin[TT_BINS / 2], 5);
}

TT(measure, weights_in_numbers)
{
  Tensor *w = tt_from(TT_SHAPE(2, 4), (Real[]){
    0, -2, 1, 0.005f, 0, 3, -1, -1 });
  WeightStats s = tt_weight_stats(tt_transpose(w, 0, 1));
  tt_expect_int(s.n, 8);
  tt_expect_int(s.zeros, 2);
  tt_expect_int(s.small, 3);
  tt_expect_close(s.mean, 0.005 / 8, 1e-6, 0);
  tt_expect_close(s.std, sqrt(2), 1e-3, 0);
  tt_expect_close(s.least, -2, 0, 0);
  tt_expect_close(s.most, 3, 0, 0);
  tt_expect_close(s.largest, 3, 0, 0);
  w = tt_from(TT_SHAPE(4), (Real[]){ NAN, 1, -INFINITY, 3 });
  s = tt_weight_stats(w);
  tt_expect_int(s.bad, 2);
  tt_expect_close(s.mean, 2, 0, 0);
  tt_expect_close(s.std, 1, 1e-12, 0);
  tt_expect_close(s.largest, 3, 0, 0);
}

TT(measure, sparsity_is_of_all_parameters)
{
  Linear *a = tt_linear_new(6, 4, NULL), *b = tt_linear_new(4, 6, NULL);
  Sequential *net = TT_SEQUENTIAL(a, b, a);     // a twice, counted once
  tt_fill_(a->weight, 0);
  tt_expect_close(tt_sparsity(net), 24.0 / 58, 1e-12, 0);
  WeightStats s[8];
  tt_expect_int(tt_analyze_weight_distribution(net, 8, s), 4);
  tt_expect_text(s[0].name, "0.weight");
  tt_expect_text(s[3].name, "1.bias");
  tt_expect_int(s[0].zeros, 24);
  tt_expect_int(tt_analyze_weight_distribution(net, 0, NULL), 4);
}

static Scaling of_times(double linear, double square, double noise)
{
  ScalingPoint p[6];
  for (int i = 0; i < 6; i++) {
    double t = 128 << i;
    p[i].length = 128 << i;
    p[i].seconds = (linear * t + square * t * t)
                   * (i == 5 ? 1 + noise : 1);
  }
  return tt_scaling_of(6, p);
}

TT(measure, lines_and_squares_are_told_apart)
{
  Scaling s = of_times(3e-6, 2e-9, 0);
  tt_expect_close(s.linear, 3e-6, 1e-9, 0);
  tt_expect_close(s.square, 2e-9, 1e-9, 0);
  tt_expect_close(s.even, 1500, 1e-9, 0);
  s = of_times(3e-6, 0, 0);                    // rounding is no square
  tt_expect(s.square >= 0 && s.even > 1e9, "T^2: %g", s.square);
  s = of_times(0, 2e-9, 0.01);
  tt_expect(s.linear >= 0 && s.even < 10, "T: %g", s.linear);
  s = of_times(3e-6, 2e-9, 0.1);               // short lengths count
  tt_expect_close(s.linear, 3e-6, 0.05, 0);    // as much as long ones
}

static void pairs(int64_t length, void *arg)
{
  (void)arg;
  Tensor *x = tt_ones(TT_SHAPE(length, 1));
  tt_add(x, tt_transpose(x, 0, 1));            // (length,length)
}

TT(measure, a_square_is_measured)
{
  int64_t length[] = { 256, 512, 1024, 2048 };
  ScalingPoint p[4];
  tt_profile_scaling(pairs, NULL, 4, length, p);
  for (int i = 0; i < 4; i++) {
    double bytes = (double)length[i] * (double)(length[i] + 1)
                   * sizeof(Real);
    tt_expect_int(p[i].length, length[i]);
    tt_expect(p[i].seconds > 0, "no time");
    tt_expect((double)p[i].peak >= bytes
              && (double)p[i].peak < bytes + 1000, "%d bytes",
              (int)p[i].peak);
  }
  tt_expect(p[3].seconds > 8 * p[0].seconds, "no growth");
}
