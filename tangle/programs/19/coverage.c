// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// How often an interval at 95 % contains what it should, by its sample.
#include "weather.h"
#include <stdlib.h>

enum { TIMES = 2000, MOST = 320 };

static bool has(Interval i, double x)
{
  return i.low <= x && x <= i.high;
}

static Interval by_formula(int64_t n, const double *x)
{
  double half = 1.96 * tt_stat_std(n, x) / sqrt((double)n);
  double m = tt_stat_mean(n, x);
  return (Interval){ m, m - half, m + half };
}

static void cover(int n)
{
  int good[3] = { 0 };
  for (int k = 0; k < TIMES; k++) {
    double x[MOST];
    Generator g;
    tt_manual_seed(&g, (uint64_t)k);
    for (int i = 0; i < n; i++)
      x[i] = exp(bell(&g));
    BootstrapOptions o = { .resamples = 400, .seed = (uint64_t)k };
    good[0] += has(tt_bootstrap(n, x, tt_stat_median, o), 1);
    good[1] += has(tt_bootstrap(n, x, tt_stat_mean, o), exp(0.5));
    good[2] += has(by_formula(n, x), exp(0.5));
  }
  printf("%d\t%.2f\t%.2f\t%.2f\n", n, 100. * good[0] / TIMES,
         100. * good[1] / TIMES, 100. * good[2] / TIMES);
  if (n == 10 || n == 320)
    printf("# coverage.median%d\t%.1f %%\n# coverage.bell%d\t%.1f %%\n",
           n, 100. * good[0] / TIMES, n, 100. * good[2] / TIMES);
  fflush(stdout);
}

int main(void)
{
  int sizes[] = { 5, 7, 10, 14, 20, 28, 40, 57, 80, 113, 160, 226,
                  320 };
  printf("n\tmedian\tmean\tbell\n");
  for (int i = 0; i < 13; i++)
    cover(sizes[i]);
}
