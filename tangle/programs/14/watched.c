// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// watched.c - what a profiler costs an operation
#include <math.h>
#include <tt/tt.h>

enum { CALLS = 500, ROUNDS = 60 };

static void calls(Tensor *x)
{
  for (int i = 0; i < CALLS; i++) {
    TT_SCOPE;
    tt_add(x, x);
  }
}

static double best(Tensor *x, bool watched)
{
  TT_SCOPE;
  Profiler *p = tt_profiler_new(NULL, (ProfilerOptions){0});
  if (watched)
    tt_profiler_start(p);
  double start = tt_machine_now();
  calls(x);
  double seconds = (tt_machine_now() - start) / CALLS;
  tt_profiler_stop(p);
  return seconds;
}

static double clock_seconds(void)
{
  double least = 1;
  for (int k = 0; k < ROUNDS; k++) {
    double start = tt_machine_now(), end = start;
    for (int i = 0; i < CALLS; i++)
      end = tt_machine_now();
    least = fmin(least, (end - start) / CALLS);
  }
  return least;
}

int main(void)
{
  double sum = 0, share = 0;
  int sizes = 0;
  puts("microseconds\tpercent");
  for (int64_t n = 64; n <= 1 << 16; n *= 2, sizes++) {
    Tensor *x = tt_ones(TT_SHAPE(n));
    double off = 1, on = 1;
    for (int i = 0; i < ROUNDS; i++) {
      off = fmin(off, best(x, false));
      on = fmin(on, best(x, true));
    }
    printf("%.4f\t%.2f\n", 1e6 * off, 100 * (on / off - 1));
    sum += n <= 4096 ? on - off : 0;
    if (off > 2e-6 && share == 0)
      share = on / off - 1;
  }
  Profile *p = tt_profiler_stop(tt_profiler_new(NULL,
                                                (ProfilerOptions){0}));
  printf("# watched.each\t%.0f ns\n# watched.share\t%.1f %%\n"
         "# watched.gettime\t%.0f ns\n# watched.event\t%zu\n",
         1e9 * sum / 7, 100 * share, 1e9 * clock_seconds(),
         sizeof *p->event);
}
