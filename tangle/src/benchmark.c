// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// How long a piece of work takes, and whether another one is faster.
#include "tt/benchmark.h"
#include "tt/error.h"
#include "tt/machine.h"
#include "tt/todo.h"
#include <math.h>
#include <string.h>
#include <time.h>

static double seconds_on(const BenchClock *c)
{
  return c->now ? c->now(c->arg) : tt_machine_now();
}

static double seconds_on_core(void)
{
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int64_t calls_in_a_run(double call)
{
  const double shortest = 1e-5;    // 400 looks at the clock
  return call < shortest ? (int64_t)ceil(shortest / fmax(call, 1e-9))
                         : 1;
}

static void run_ended(BenchmarkLoop *l, double seconds)
{
  Benchmark *b = l->b;
  MemoryStats now = tt_memory_stats();
  if (l->run >= 0) {
    l->seconds[l->run] = seconds / (double)l->calls;
  } else if (l->run == -1) {
    b->bytes = now.live_bytes - l->memory.live_bytes;
    b->peak = now.peak_bytes - l->memory.live_bytes;
    b->mallocs = now.mallocs - l->memory.mallocs;
  } else {
    if (l->run == -(l->o.warmup + 2))
      b->time.first = seconds;
    l->fastest = fmin(l->fastest, seconds);
    l->calls = calls_in_a_run(l->fastest);
  }
  l->run++;
}

static void summarize(BenchmarkLoop *l)
{
  TT_SCOPE;
  int64_t n = l->run;
  double *sorted = tt_room(n, sizeof *sorted);
  double first = l->b->time.first;
  memcpy(sorted, l->seconds, (size_t)n * sizeof *sorted);
  Latency t = tt_latency_of(n, sorted);
  Interval i = tt_bootstrap(n, l->seconds, tt_stat_median,
                            (BootstrapOptions){ .level = l->o.level });
  double passed = seconds_on(&l->o.clock) - l->began;
  t.median = i.value, t.low = i.low, t.high = i.high;
  t.first = first, t.calls = l->calls;
  t.narrow = t.high - t.low <= l->o.width * t.median;
  if (!l->o.clock.now && passed > 0)
    t.waited = 1 - (seconds_on_core() - l->busy) / passed;
  l->b->time = t, l->b->n = n;
}

static bool enough_runs(BenchmarkLoop *l)
{
  int64_t n = l->run;
  bool late = n >= l->o.least
    && seconds_on(&l->o.clock) - l->began > l->o.seconds;
  if (n < l->check && n < l->o.most && !late)
    return false;
  l->check = n + n / 2;
  summarize(l);
  return late || n == l->o.most || l->b->time.narrow;
}

static bool next_run(BenchmarkLoop *l)
{
  if (l->run > INT64_MIN)
    run_ended(l, seconds_on(&l->o.clock) - l->start);
  else
    l->run = -(l->o.warmup + 2);   // the first, warm-ups, memory: -1
  if (l->run >= 0 && enough_runs(l))
    return false;
  if (l->run == -1)
    tt_reset_peak_memory(), l->memory = tt_memory_stats();
  if (l->run == 0)
    l->began = seconds_on(&l->o.clock), l->busy = seconds_on_core();
  l->left = l->run < 0 ? 1 : l->calls;
  l->start = seconds_on(&l->o.clock);
  return true;
}

bool tt_benchmark_next(BenchmarkLoop *l)
{
  if (l->open)
    tt_scope_close(&l->scope);
  l->open = l->left > 0 || next_run(l);
  if (l->open) {
    l->left--;
    tt_scope_open(&l->scope);
  }
  return l->open;
}

static void check_runs(const char *who, int64_t least, int64_t most,
                       double width, double level)
{
  if (least < 1 || least > most || most > 1 << 24)
    tt_fail(TT_EVALUE, "%s: from %lld to %lld times; need 1 <= least <="
            " most <= %d", who, (long long)least, (long long)most,
            1 << 24);
  if (!(width > 0) || !(level > 0 && level < 1))
    tt_fail(TT_EVALUE, "%s: width %g at level %g; a width is above 0,"
            " and a level between 0 and 1", who, width, level);
}

BenchmarkLoop tt_benchmark_begin(Benchmark *b, const char *name,
                                 BenchmarkOptions o)
{
  o.width = o.width != 0 ? o.width : 0.02;
  o.level = o.level != 0 ? o.level : 0.95;
  o.warmup = o.warmup > 0 ? o.warmup : 3;
  o.least = o.least ? o.least : 10;
  o.most = o.most ? o.most : 10000;
  o.seconds = o.seconds > 0 ? o.seconds : 1;
  check_runs("tt_benchmark", o.least, o.most, o.width, o.level);
  memset(b, 0, sizeof *b);
  snprintf(b->name, sizeof b->name, "%s", name);
  for (int i = 0; i < TT_COUNTERS; i++)
    b->counters.counter[i] = (Counter){ "", "not asked", (double)NAN,
                                        0 };
  b->seconds = tt_room(o.most, sizeof *b->seconds);
  return (BenchmarkLoop){ .b = b, .o = o, .run = INT64_MIN, .calls = 1,
                          .check = o.least, .seconds = b->seconds,
                          .fastest = (double)INFINITY };
}

void tt_benchmark_end(BenchmarkLoop *l)
{
  if (l->open)
    tt_scope_close(&l->scope);
  if (l->run > 0 && l->b->n != l->run)
    summarize(l);                  // the block was left early
}

__attribute__((noinline))
static void call_at(int64_t place, void (*work)(void *), void *arg)
{
  void *below = __builtin_alloca((size_t)(16 + place % 64 * 16));
  tt_use(below);
  work(arg);
  tt_use(below);                   // not a jump: the stack stays
}

Benchmark tt_benchmark(const char *name, void (*work)(void *),
                       void *arg, BenchmarkOptions o)
{
  if (!work)
    tt_missing("tt_benchmark", "work");
  Benchmark b;
  int64_t place = 0;
  TT_BENCHMARK(&b, name, o)
    call_at(37 * place++, work, arg);
  if (o.counters)
    b.counters = tt_hardware_counters(work, arg);
  return b;
}

static void print_bytes(FILE *f, const char *name, int64_t n)
{
  fprintf(f, "%-8s%9.4g KiB\n", name, (double)n / 1024);
}

void tt_benchmark_print(FILE *f, const Benchmark *b)
{
  fprintf(f, "%s\n", b->name);
  tt_latency_print(f, &b->time);
  print_bytes(f, "peak", b->peak);
  print_bytes(f, "kept", b->bytes);
  fprintf(f, "%-8s%9lld\n", "mallocs", (long long)b->mallocs);
  for (int i = 0; i < TT_COUNTERS; i++)
    if (!isnan(b->counters.counter[i].count))
      fprintf(f, "%-16s %12.0f\n", b->counters.counter[i].name,
              b->counters.counter[i].count);
}

typedef struct Turns {
  Generator g;
  int64_t   pair;                  // how many pairs were there so far
  bool      b_first;               // in the last one
} Turns;

static bool b_goes_first(Turns *t)
{
  if (t->pair++ % 2)
    t->b_first = !t->b_first;
  else
    t->b_first = tt_random(&t->g) >> 63;
  return t->b_first;
}

typedef struct Duel {
  Contender *who[2];
  int64_t    calls[2], n;
  double    *seconds[2];
  Turns      turns;
  BenchClock clock;
} Duel;

static double one_run(Duel *d, int k)
{
  const Contender *c = d->who[k];
  if (c->turn)
    c->turn(c->arg);
  double start = seconds_on(&d->clock);
  for (int64_t i = 0; i < d->calls[k]; i++) {
    TT_SCOPE;
    call_at(37 * d->n, c->work, c->arg);
  }
  return (seconds_on(&d->clock) - start) / (double)d->calls[k];
}

static void warm_up(Duel *d)
{
  double fastest[2] = { (double)INFINITY, (double)INFINITY };
  for (int i = 0; i < 8; i++)
    fastest[i % 2] = fmin(fastest[i % 2], one_run(d, i % 2));
  for (int k = 0; k < 2; k++)
    d->calls[k] = calls_in_a_run(fastest[k]);
}

static void measure_pair(Duel *d)
{
  bool b_first = b_goes_first(&d->turns);
  for (int k = 0; k < 2; k++) {
    int who = b_first != (k == 1); // 1: b
    d->seconds[who][d->n] = one_run(d, who);
  }
  d->n++;
}

Outcome tt_outcome(Interval ratio, double margin)
{
  Outcome o = TT_NO_DIFFERENCE;
  if (ratio.low <= ratio.high && ratio.high < 1 / (1 + margin))
    o = TT_FASTER;
  if (ratio.low <= ratio.high && ratio.low > 1 + margin)
    o = TT_SLOWER;
  return o;
}

// z such that a share `level` of a bell is from -z to z deviations
static double normal_width(double level)
{
  double low = 0, high = 40;
  for (int i = 0; i < 100; i++) {
    double z = (low + high) / 2;
    if (erf(z / sqrt(2)) < level)
      low = z;
    else
      high = z;
  }
  return high;
}

int64_t tt_pairs_for(double noise, double width, double level)
{
  if (!(noise >= 0 && width > 0 && level > 0 && level < 1))
    tt_fail(TT_EVALUE, "tt_pairs_for: noise %g, width %g, level %g;"
            " need noise >= 0, width > 0 and 0 < level < 1", noise,
            width, level);
  double error = sqrt(acos(-1) / 2) * noise;   // of a median, times
  double n = 2 * normal_width(level) * error / width;  // sqrt(n)
  return (int64_t)fmin(ceil(n * n), 1e15);
}

static CompareOptions compare_defaults(const char *who,
                                       CompareOptions o)
{
  o.level = o.level != 0 ? o.level : 0.99;
  o.width = o.width != 0 ? o.width : 0.01;
  o.least = o.least ? o.least : 30;
  o.most = o.most ? o.most : 1000;
  o.most = o.most > o.least ? o.most : o.least;
  o.seconds = o.seconds > 0 ? o.seconds : 5;
  check_runs(who, o.least, o.most, o.width, o.level);
  if (!(o.margin >= 0))
    tt_fail(TT_EVALUE, "%s: margin %g; 0.02 ignores differences of two"
            " percent", who, o.margin);
  return o;
}

// of the machine's speed: what both series did
static double drift_of(int64_t n, const double *a, const double *b)
{
  TT_SCOPE;
  double *both = tt_room(n, sizeof *both);
  for (int64_t i = 0; i < n; i++)
    both[i] = sqrt(a[i] * b[i]);
  return tt_latency_of(n, both).drift;
}

// of one ratio, as the standard deviation of a bell would be
static double noise_of(int64_t n, const double *a, const double *b)
{
  TT_SCOPE;
  double *ratio = tt_room(n, sizeof *ratio);
  for (int64_t i = 0; i < n; i++)
    ratio[i] = b[i] / a[i];
  return 1.4826 * tt_stat_mad(n, ratio) / tt_stat_median(n, ratio);
}

Comparison tt_compare_series(int64_t n, const double *a,
                             const double *b, CompareOptions o)
{
  o = compare_defaults("tt_compare_series", o);
  BootstrapOptions how = { o.level, o.resamples, o.seed };
  Comparison c = { .pairs = n, .level = o.level,
                   .ratio = tt_bootstrap_ratio(n, b, a, how) };
  c.a = tt_stat_median(n, a), c.b = tt_stat_median(n, b);
  c.noise = noise_of(n, a, b), c.drift = drift_of(n, a, b);
  c.narrow = c.ratio.high - c.ratio.low <= o.width;
  c.outcome = tt_outcome(c.ratio, o.margin);
  return c;
}

static int64_t next_look(const Comparison *c, const CompareOptions *o)
{
  int64_t n = c->pairs, half = n + n / 2;
  int64_t want = tt_pairs_for(c->noise * c->ratio.value, o->width,
                              o->level);
  want = want > half ? want : half;
  return want < o->most ? want : o->most;
}

Comparison tt_compare(Contender a, Contender b, CompareOptions o)
{
  TT_SCOPE;
  o = compare_defaults("tt_compare", o);
  if (!a.work || !b.work)
    tt_missing("tt_compare", "work of a contender");
  Duel d = { .who = { &a, &b }, .calls = { 1, 1 }, .clock = o.clock,
             .seconds = { tt_room(o.most, sizeof(double)),
                          tt_room(o.most, sizeof(double)) } };
  tt_manual_seed(&d.turns.g, o.seed);
  warm_up(&d);
  double began = seconds_on(&o.clock);
  Comparison c = {0};
  for (int64_t look = o.least; d.n < o.most;) {
    measure_pair(&d);
    bool late = d.n >= o.least
                && seconds_on(&o.clock) - began > o.seconds;
    if (d.n < look && !late)
      continue;
    c = tt_compare_series(d.n, d.seconds[0], d.seconds[1], o);
    if (c.narrow || late)
      break;
    look = next_look(&c, &o);
  }
  return c;
}

const char *tt_outcome_text(Outcome o)
{
  return o == TT_FASTER ? "faster" : o == TT_SLOWER ? "slower"
                                                    : "no difference";
}

const char *tt_comparison_noise(const Comparison *c)
{
  if (!c->narrow)
    return "the interval is wider than asked; more pairs would help";
  if (fabs(c->drift) > 0.05)
    return "the machine changed its speed; the ratio did not";
  if (c->noise > 0.2)
    return "two runs in a row differ by a fifth, or more";
  return NULL;
}

void tt_comparison_print(FILE *f, const Contender *a,
                         const Contender *b, const Comparison *c)
{
  const char *noise = tt_comparison_noise(c);
  fprintf(f, "%s against %s: %s\n", b->name, a->name,
          tt_outcome_text(c->outcome));
  fprintf(f, "ratio %.4f, from %.4f to %.4f at level %g; %lld pairs\n",
          c->ratio.value, c->ratio.low, c->ratio.high, c->level,
          (long long)c->pairs);
  fprintf(f, "%.4g us against %.4g us\n", 1e6 * c->b, 1e6 * c->a);
  if (noise)
    fprintf(f, "noisy: %s\n", noise);
}
