// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// What is measured around a piece of work: how long it takes, how that
// grows; and what is in the weights.
#include "tt/measure.h"
#include "tt/autograd.h"
#include "tt/error.h"
#include "tt/machine.h"
#include "tt/operation.h"
#include "tt/todo.h"
#include <math.h>
#include <string.h>
#include <time.h>

double tt_percentile(int64_t n, const double *sorted, double share)
{
  int64_t i = 0;                   // its place
  if (n < 1 || !(share >= 0 && share <= 1))
    tt_fail(TT_EVALUE, "tt_percentile: share %g of %lld numbers; there"
            " is one or more, and a share is from 0 to 1", share,
            (long long)n);
  i = (int64_t)ceil(share * (double)n - 1e-9) - 1;
  i = i < 0 ? 0 : i >= n ? n - 1 : i;
  return sorted[i];
}

static void median_interval(int64_t n, const double *sorted,
                            double *low, double *high)
{
  int64_t j = (int64_t)floor((double)n / 2 - 0.98 * sqrt((double)n));
  *low  = j >= 1 ? sorted[j - 1] : 0;
  *high = j >= 1 ? sorted[n - j] : (double)INFINITY;
}

Latency tt_latency_of(int64_t n, double *seconds)
{
  if (n < 1 || n > INT32_MAX)
    tt_fail(TT_EVALUE, "tt_latency_of: %lld times; one or more are"
            " needed", (long long)n);
  Latency l = { .runs = n, .calls = 1 };
  Latency half[2] = {{0}};
  int64_t m = n / 2;
  for (int k = 0; k < 2 && m > 0; k++) {
    half[k].median = tt_machine_median(seconds + k * m, (int)m);
    median_interval(m, seconds + k * m, &half[k].low, &half[k].high);
  }
  if (half[0].high < half[1].low || half[1].high < half[0].low)
    l.drift = half[1].median / half[0].median - 1;
  l.median = tt_machine_median(seconds, (int)n);   // sorts them
  median_interval(n, seconds, &l.low, &l.high);
  l.least = seconds[0];
  l.p90 = tt_percentile(n, seconds, 0.9);
  l.p99 = tt_percentile(n, seconds, 0.99);
  l.most = seconds[n - 1];
  return l;
}

typedef struct Timing {
  void  (*work)(void *);
  void   *arg;
  int64_t calls;                   // in a run
} Timing;

static double one_run(const Timing *t)  // seconds of a call
{
  double start = tt_machine_now();
  for (int64_t i = 0; i < t->calls; i++) {
    TT_SCOPE;
    t->work(t->arg);
  }
  return (tt_machine_now() - start) / (double)t->calls;
}

static void warm_up(Timing *t, int64_t runs)
{
  const double shortest = 1e-5;    // of a run: 400 looks at the clock
  double call = (double)INFINITY;
  for (int64_t i = 0; i < runs; i++)
    call = fmin(call, one_run(t));
  if (call < shortest)
    t->calls = (int64_t)ceil(shortest / fmax(call, 1e-9));
}

static double seconds_on_core(void)
{
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

Latency tt_measure_work(void (*work)(void *), void *arg,
                        LatencyOptions o)
{
  TT_SCOPE;
  if (!work)
    tt_missing("tt_measure_work", "work");
  o.warmup = o.warmup > 0 ? o.warmup : 5;
  o.least = o.least > 0 ? o.least : 10;
  o.most = o.most > 0 ? o.most : 10000;
  o.seconds = o.seconds > 0 ? o.seconds : 1;
  o.width = o.width > 0 ? o.width : 0.02;
  if (o.least > o.most || o.most > 1 << 24)
    tt_fail(TT_EVALUE, "tt_measure_work: from %lld to %lld runs; need"
            " least <= most <= %d", (long long)o.least, (long long)o.most,
            1 << 24);
  int64_t bytes = o.most * (int64_t)sizeof(double);
  double *seconds = tt_empty(TT_U8, TT_SHAPE(bytes))->data,
         *sorted = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  Timing t = { .work = work, .arg = arg, .calls = 1 };
  double first = one_run(&t);
  warm_up(&t, o.warmup);
  double start = tt_machine_now(), busy = seconds_on_core();
  Latency l = { .runs = 0 };
  for (int64_t n = 0, check = o.least; !l.narrow && n < o.most;) {
    seconds[n++] = one_run(&t);
    bool late = n >= o.least && tt_machine_now() - start > o.seconds;
    if (n < check && n < o.most && !late)
      continue;
    check = n + n / 2;
    memcpy(sorted, seconds, (size_t)n * sizeof *seconds);
    l = tt_latency_of(n, sorted);
    l.narrow = l.high - l.low <= o.width * l.median;
    if (late)
      break;
  }
  l.calls = t.calls, l.first = first;
  double passed = tt_machine_now() - start;
  l.waited = 1 - (seconds_on_core() - busy) / passed;
  return l;
}

typedef struct ForwardWork { void *m; Tensor *x; } ForwardWork;

static void forward_work(void *arg)
{
  ForwardWork *w = arg;
  TT_NO_GRAD;
  tt_forward(w->m, w->x);
}

Latency tt_measure_latency(void *m, Tensor *x, LatencyOptions o)
{
  return tt_measure_work(forward_work, &(ForwardWork){ m, x }, o);
}

const char *tt_latency_noise(const Latency *l)
{
  if (l->waited > 0.05)
    return "the core was not ours all the time, or the work waits";
  if (fabs(l->drift) > 0.05)
    return "the second half of the runs took another time";
  if (l->p90 > 1.5 * l->median)
    return "a tenth of the runs took half as long again, or more";
  return NULL;
}

static void print_seconds(FILE *f, const char *name, double s)
{
  const char *unit = s < 1e-6 ? "ns" : s < 1e-3 ? "us" : s < 1 ? "ms"
                                                               : "s";
  double factor = s < 1e-6 ? 1e9 : s < 1e-3 ? 1e6 : s < 1 ? 1e3 : 1;
  fprintf(f, "%-8s%9.4g %s\n", name, factor * s, unit);
}

void tt_latency_print(FILE *f, const Latency *l)
{
  const char *noise = tt_latency_noise(l);
  print_seconds(f, "median", l->median);
  print_seconds(f, "  from", l->low);
  print_seconds(f, "  to", l->high);
  print_seconds(f, "least", l->least);
  print_seconds(f, "p90", l->p90);
  print_seconds(f, "p99", l->p99);
  print_seconds(f, "first", l->first);
  fprintf(f, "%lld runs of %lld call%s%s\n", (long long)l->runs,
          (long long)l->calls, l->calls > 1 ? "s" : "",
          l->narrow ? "" : "; the interval is still wide");
  if (noise)
    fprintf(f, "noisy: %s\n", noise);
}

static int bin_of(double w, double largest)
{
  if (largest == 0)
    return TT_BINS / 2;
  int i = (int)floor((w / largest + 1) / 2 * TT_BINS);
  return i < 0 ? 0 : i >= TT_BINS ? TT_BINS - 1 : i;
}

static void spread(WeightStats *s, const Real *w)
{
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < s->n; i++) {
    double x = (double)w[i];
    if (!isfinite(x))
      s->bad++;
    else {
      sum += x;
      s->zeros += x == 0;
      s->least = fmin(s->least, x);
      s->most = fmax(s->most, x);
    }
  }
  int64_t good = s->n - s->bad;
  s->mean = good ? sum / (double)good : (double)NAN;
  for (int64_t i = 0; i < s->n; i++)
    if (isfinite((double)w[i]))
      squares += ((double)w[i] - s->mean) * ((double)w[i] - s->mean);
  s->std = good ? sqrt(squares / (double)good) : (double)NAN;
}

WeightStats tt_weight_stats(Tensor *w)
{
  TT_SCOPE;
  TT_NO_GRAD;
  tt_need_f32("tt_weight_stats", w);
  const Real *x = tt_contiguous(w)->data;
  WeightStats s = { .n = tt_numel(w), .least = (double)INFINITY,
                    .most = -(double)INFINITY };
  spread(&s, x);
  s.largest = s.n > s.bad ? fmax(fabs(s.least), fabs(s.most)) : 0;
  for (int64_t i = 0; i < s.n; i++)
    if (isfinite((double)x[i])) {
      s.small += fabs((double)x[i]) < s.largest / 100 || x[i] == 0;
      s.bin[bin_of((double)x[i], s.largest)]++;
    }
  return s;
}

int tt_analyze_weight_distribution(void *m, int n, WeightStats *s)
{
  TT_SCOPE;
  StateDict d = tt_module_parameters(m);
  for (int i = 0; i < d.n && i < n; i++) {
    s[i] = tt_weight_stats(*d.entry[i].slot);
    memcpy(s[i].name, d.entry[i].name, TT_NAME);
  }
  return d.n;
}

double tt_sparsity(void *m)
{
  TT_SCOPE;
  StateDict d = tt_module_parameters(m);
  int64_t zeros = 0, all = 0;
  for (int i = 0; i < d.n; i++) {
    WeightStats s = tt_weight_stats(*d.entry[i].slot);
    zeros += s.zeros, all += s.n;
  }
  return all ? (double)zeros / (double)all : 0;
}

void tt_weights_print(FILE *f, int n, const WeightStats *s)
{
  fprintf(f, "%-28s %8s %8s %8s %8s %6s %6s\n", "weights", "numbers",
          "mean", "std", "largest", "zero", "small");
  for (int i = 0; i < n; i++) {
    double all = s[i].n ? (double)s[i].n : 1;
    fprintf(f, "%-28s %8lld %8.4f %8.4f %8.4f %5.1f%% %5.1f%%\n",
            s[i].name, (long long)s[i].n, s[i].mean, s[i].std,
            s[i].largest, 100 * (double)s[i].zeros / all,
            100 * (double)s[i].small / all);
    if (s[i].bad)
      fprintf(f, "  %lld are infinite or NaN\n", (long long)s[i].bad);
  }
}

Scaling tt_scaling_of(int n, const ScalingPoint *p)
{
  Scaling s = { 0 };
  double uu = 0, uv = 0, vv = 0, u1 = 0, v1 = 0;
  for (int i = 0; i < n; i++) {
    double t = (double)p[i].length;
    double u = t / p[i].seconds, v = t * u;
    uu += u * u, uv += u * v, vv += v * v, u1 += u, v1 += v;
  }
  double d = uu * vv - uv * uv;
  s.linear = (u1 * vv - v1 * uv) / d;
  s.square = (v1 * uu - u1 * uv) / d;
  if (!(s.square > 0))
    s = (Scaling){ .linear = u1 / uu };
  else if (s.linear < 0)
    s = (Scaling){ .square = v1 / vv };
  s.even = s.square > 0 ? s.linear / s.square
                        : (double)INFINITY;
  return s;
}

typedef struct AtLength {
  LengthWork *work;
  void       *arg;
  int64_t     length;
} AtLength;

static void at_length(void *arg)
{
  AtLength *a = arg;
  a->work(a->length, a->arg);
}

void tt_profile_scaling(LengthWork *work, void *arg, int n,
                        const int64_t *length, ScalingPoint *p)
{
  if (!work)
    tt_missing("tt_profile_scaling", "work");
  for (int i = 0; i < n; i++) {
    AtLength a = { work, arg, length[i] };
    LatencyOptions o = { .warmup = 1, .least = 5, .seconds = 0.5 };
    Latency l = tt_measure_work(at_length, &a, o);
    p[i] = (ScalingPoint){ .length = length[i], .seconds = l.median };
    MemoryStats before = tt_memory_stats();
    tt_reset_peak_memory();
    one_run(&(Timing){ at_length, &a, 1 });
    p[i].peak = tt_memory_stats().peak_bytes - before.live_bytes;
  }
}

void tt_scaling_print(FILE *f, int n, const ScalingPoint *p)
{
  fprintf(f, "%8s %10s %8s %10s\n", "length", "ms", "times", "MiB");
  for (int i = 0; i < n; i++) {
    fprintf(f, "%8lld %10.3f ", (long long)p[i].length,
            1e3 * p[i].seconds);
    if (i)
      fprintf(f, "%8.2f", p[i].seconds / p[i - 1].seconds);
    else
      fprintf(f, "%8s", "");
    fprintf(f, " %10.2f\n", (double)p[i].peak / (1 << 20));
  }
  Scaling s = tt_scaling_of(n, p);
  fprintf(f, "%.3g us T + %.3g ns T^2", 1e6 * s.linear, 1e9 * s.square);
  if (isfinite(s.even))
    fprintf(f, ": both are equal at T = %.0f", s.even);
  fprintf(f, "\n");
}
