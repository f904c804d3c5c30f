// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// How fast this machine computes and moves bytes, and what its
// processor counts.
#include "tt/measure.h"
#include "tt/backend.h"
#include "tt/error.h"
#include "tt/machine.h"
#include "tt/memory.h"
#include "tt/todo.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#endif

double tt_roofline_rate(const Roofline *r, double bytes)
{
  int k = 0;
  while (k < TT_LEVELS - 1 && bytes > r->bytes[k])
    k++;
  return r->rate[k];
}

typedef Real Lanes __attribute__((vector_size(32)));
enum { LANES = sizeof(Lanes) / sizeof(Real), CHAINS = 12 };

static double flops_in_registers(void)   // FLOP/s
{
  enum { TURNS = 20000 };
  double best = (double)INFINITY;
  volatile Real half = (Real)0.5;
  for (int round = 0; round < 20; round++) {
    Lanes x[CHAINS], a = (Lanes){0} + half, b = a;
    for (int c = 0; c < CHAINS; c++)
      x[c] = a * (Real)c;
    double start = tt_machine_now();
    for (int t = 0; t < TURNS; t++)
#pragma GCC unroll 12
      for (int c = 0; c < CHAINS; c++)
        x[c] = x[c] * a + b;
    best = fmin(best, tt_machine_now() - start);
    for (int c = 1; c < CHAINS; c++)
      x[0] += x[c];
    half = x[0][0] > (Real)1e30 ? 0 : (Real)0.5;  // nothing is left out
  }
  return 2.0 * TURNS * CHAINS * LANES / best;
}

static double flops_of_gemm(void)
{
  enum { N = 256 };
  TT_SCOPE;
  Tensor *a = tt_rand(TT_SHAPE(N, N), NULL), *c = tt_empty(TT_F32,
    TT_SHAPE(N, N));
  Gemm g = { .batch = 1, .m = N, .n = N, .k = N, .a = a->data,
             .a_row = N, .a_col = 1, .b = a->data, .b_row = N,
             .b_col = 1, .c = c->data, .c_row = N, .c_col = 1,
             .alpha = 1 };
  double best = (double)INFINITY;
  for (int round = 0; round < 20; round++) {
    double start = tt_machine_now();
    tt_backend->gemm(&g);
    best = fmin(best, tt_machine_now() - start);
  }
  return 2.0 * N * N * N / best;
}

static double bytes_per_second(double bytes)  // that are worked on
{
  TT_SCOPE;
  int64_t n = (int64_t)bytes / 3 / (int64_t)sizeof(Real);
  Tensor *a = tt_ones(TT_SHAPE(n)), *b = tt_ones(TT_SHAPE(n)),
         *c = tt_ones(TT_SHAPE(n));
  const Real *x = a->data, *y = b->data;
  Real *restrict z = c->data;
  int64_t turns = 1 + (int64_t)(4e6 / bytes);
  double best = (double)INFINITY;
  for (int round = 0; round < 8; round++) {
    double start = tt_machine_now();
    for (int64_t t = 0; t < turns; t++)
      for (int64_t i = 0; i < n; i++)
        z[i] = x[i] + (Real)t * y[i];
    best = fmin(best, tt_machine_now() - start);
  }
  return 3.0 * (double)n * sizeof(Real) * (double)turns / best;
}

Roofline tt_roofline(void)
{
  Roofline r = { .peak = flops_in_registers(), .gemm = flops_of_gemm(),
                 .bytes = { 1 << 15, 1 << 19, 1 << 23, 1 << 27 } };
  for (int k = 0; k < TT_LEVELS; k++)
    r.rate[k] = bytes_per_second(r.bytes[k]);
  tt_empty_pool();                 // of blocks that large
  return r;
}

Verdict tt_roofline_verdict(const Roofline *r, double flops,
                            double bytes, double seconds)
{
  double compute = flops / r->gemm;
  double memory = bytes / tt_roofline_rate(r, bytes);
  Verdict v = { .intensity = flops / bytes };
  v.best = fmax(compute, memory);
  v.share = v.best / seconds;
  v.bound = v.share < 0.25 ? TT_NEITHER
            : compute >= memory ? TT_COMPUTE : TT_MEMORY;
  return v;
}

const char *tt_bound_text(Bound b)
{
  return b == TT_COMPUTE ? "compute" : b == TT_MEMORY ? "memory"
                                                      : "neither";
}

void tt_roofline_print(FILE *f, const Roofline *r)
{
  fprintf(f, "registers %8.1f GFLOP/s\nproducts  %8.1f GFLOP/s\n",
          r->peak / 1e9, r->gemm / 1e9);
  for (int k = 0; k < TT_LEVELS; k++)
    fprintf(f, "%6.0f KiB %7.1f GB/s\n", r->bytes[k] / 1024,
            r->rate[k] / 1e9);
}

void tt_bottlenecks_print(FILE *f, const Roofline *r, const Profile *p,
                          int most)
{
  fprintf(f, "%-22s %-9s%9s%10s%10s  %s\n", "operation", "phase",
          "share", "FLOP/byte", "of roof", "bound by");
  for (int i = 0; i < p->n && i < most; i++) {
    const ProfileCost *c = &p->row[i].cost;
    if (c->calls == 0 || c->bytes <= 0)
      continue;
    double n = (double)c->calls;
    Verdict v = tt_roofline_verdict(r, c->flops / n, c->bytes / n,
                                    c->seconds / n);
    fprintf(f, "%-22s %-9s%8.1f%%%10.2f%9.0f%%  %s\n", p->row[i].name,
            tt_phase_name(p->row[i].phase),
            100 * c->seconds / p->seconds, v.intensity, 100 * v.share,
            tt_bound_text(v.bound));
  }
}

double tt_counter_scaled(uint64_t count, uint64_t enabled,
                         uint64_t running)
{
  return running ? (double)count * (double)enabled / (double)running
                 : (double)NAN;
}

const char *tt_counter_refusal(int error)
{
  switch (error) {
  case ENOENT: case ENODEV: case EOPNOTSUPP:
    return "this machine shows none; a virtual one mostly does not";
  case EACCES: case EPERM:
    return "not allowed; root may: sysctl"
           " kernel.perf_event_paranoid=2";
  case ENOSYS:
    return "this system has no perf_event_open";
  case EMFILE: case EBUSY:
    return "all counters are in use by others";
  default:
    return strerror(error);
  }
}

static const char *const counter_name[TT_COUNTERS] = {
  "instructions", "cycles", "cache misses", "branch misses",
  "page faults"
};

#ifdef __linux__
static const struct { unsigned type; uint64_t config; } event[] = {
  { PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS },
  { PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES },
  { PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES },
  { PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES },
  { PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS }
};

static int open_counter(CounterKind k)
{
  struct perf_event_attr a = {
    .size = sizeof a, .type = event[k].type, .config = event[k].config,
    .exclude_kernel = 1, .exclude_hv = 1,
    .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED
                   | PERF_FORMAT_TOTAL_TIME_RUNNING };
  return (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);
}

#else
static int open_counter(CounterKind k)
{
  (void)k;
  errno = ENOSYS;
  return -1;
}
#endif

typedef struct Reading { uint64_t count, enabled, running; } Reading;

typedef struct Counting {
  int     fd[TT_COUNTERS];
  Reading from[TT_COUNTERS];
  CounterReport *report;
} Counting;

static Reading read_counter(int fd)
{
  Reading r = { 0 };
  if (fd >= 0 && read(fd, &r, sizeof r) != sizeof r)
    r = (Reading){ 0 };
  return r;
}

static void count_from_now(Counting *c)
{
  for (int k = 0; k < TT_COUNTERS; k++) {
    c->fd[k] = open_counter((CounterKind)k);
    c->report->counter[k] = (Counter){
      .name = counter_name[k], .count = (double)NAN,
      .missing = c->fd[k] < 0 ? tt_counter_refusal(errno) : NULL };
  }
  for (int k = TT_COUNTERS; k-- > 0;)
    c->from[k] = read_counter(c->fd[k]);
}

static void count_until_now(Counting *c)
{
  for (int k = 0; k < TT_COUNTERS; k++) {
    if (c->fd[k] < 0)
      continue;
    Reading now = read_counter(c->fd[k]), *from = &c->from[k];
    uint64_t enabled = now.enabled - from->enabled,
             running = now.running - from->running;
    Counter *to = &c->report->counter[k];
    to->count = tt_counter_scaled(now.count - from->count, enabled,
                                  running);
    to->ran = enabled ? (double)running / (double)enabled : 0;
    if (!running)
      to->missing = "other counters had its place all the time";
    close(c->fd[k]);
  }
}

CounterReport tt_hardware_counters(void (*work)(void *), void *arg)
{
  CounterReport r;
  Counting c = { .report = &r };
  TensorError e;
  if (!work)
    tt_missing("tt_hardware_counters", "work");
  count_from_now(&c);
  bool fine = tt_try(work, arg, &e);
  count_until_now(&c);
  if (!fine)
    tt_fail(e.code, "%s", e.message);
  return r;
}

void tt_counters_print(FILE *f, const CounterReport *r)
{
  for (int k = 0; k < TT_COUNTERS; k++) {
    const Counter *c = &r->counter[k];
    if (c->missing)
      fprintf(f, "%-14s not counted: %s\n", c->name, c->missing);
    else
      fprintf(f, "%-14s %.4g%s\n", c->name, c->count,
              c->ran < 0.99 ? ", scaled: it took turns with others"
                            : "");
  }
  double cycles = r->counter[TT_CYCLES].count,
         all = r->counter[TT_INSTRUCTIONS].count;
  if (cycles > 0 && all > 0)
    fprintf(f, "instructions in a cycle: %.2f\n", all / cycles);
}
