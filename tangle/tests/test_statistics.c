// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
#include "tt_test.h"
#include "../programs/19/weather.h"

static int64_t drawn[100], all_drawn, distinct, samples;

static double count_drawn(int64_t n, const double *x)
{
  bool seen[100] = { false };
  for (int64_t i = 0; i < n; i++) {
    int64_t k = (int64_t)x[i];
    tt_expect(k >= 0 && k < n && (double)k == x[i],
              "drew %g, which is not in the sample", x[i]);
    distinct += !seen[k];
    seen[k] = true;
    drawn[k]++, all_drawn++;
  }
  samples++;
  return (double)samples;
}

TT(statistics, a_resample_draws_with_replacement)
{
  double x[100];
  for (int i = 0; i < 100; i++)
    x[i] = i;
  tt_bootstrap(100, x, count_drawn, (BootstrapOptions){
    .resamples = 1000 });
  tt_expect_int(samples, 1001);    // and once the sample itself
  for (int i = 0; i < 100; i++)
    tt_expect(drawn[i] > 850 && drawn[i] < 1150, "number %d was drawn"
              " %lld times of 100100; about 1001 are expected", i,
              (long long)drawn[i]);
  double share = (double)(distinct - 100) / 1000;
  tt_expect_close(share, 100 * (1 - exp(100 * log(0.99))), 0.01, 0);
}

TT(statistics, quantiles_are_between_neighbors)
{
  double x[4] = { 8, 1, 4, 2 };    // values as numpy.quantile has them
  tt_expect_close(tt_stat_quantile(4, x, 0), 1, 0, 0);
  tt_expect_close(tt_stat_quantile(4, x, 0.25), 1.75, 1e-15, 0);
  tt_expect_close(tt_stat_quantile(4, x, 0.5), 3, 0, 0);
  tt_expect_close(tt_stat_quantile(4, x, 0.9), 6.8, 1e-15, 0);
  tt_expect_close(tt_stat_quantile(4, x, 1), 8, 0, 0);
  tt_expect_close(tt_stat_median(1, x), 8, 0, 0);
  tt_expect_close(x[0], 8, 0, 0);  // as they were
  double far[3] = { 1, (double)INFINITY, (double)INFINITY };
  tt_expect_close(tt_stat_quantile(3, far, 0.75), (double)INFINITY, 0,
                  0);
}

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

TT(statistics, a_median_in_any_order)
{
  Generator g;
  tt_manual_seed(&g, 3);
  for (int64_t n = 1; n < 60; n++) {
    double x[60], sorted[60];
    for (int64_t i = 0; i < n; i++)
      x[i] = sorted[i] = floor(20 * chance(&g));
    qsort(sorted, (size_t)n, sizeof *sorted, by_value);
    tt_expect_close(tt_stat_median(n, x),
                    (sorted[(n - 1) / 2] + sorted[n / 2]) / 2, 0, 0);
  }
}

TT(statistics, means_and_deviations)
{
  double x[5] = { 2, 4, 4, 5, 10 }, one = 7;
  tt_expect_close(tt_stat_mean(5, x), 5, 0, 0);
  tt_expect_close(tt_stat_std(5, x), 3, 1e-15, 0);
  tt_expect_close(tt_stat_mad(5, x), 1, 0, 0);
  tt_expect_close(tt_stat_std(1, &one), 0, 0, 0);
  tt_expect_close(tt_stat_mad(1, &one), 0, 0, 0);
}

TT(statistics, a_nan_is_not_hidden)
{
  double x[3] = { 1, (double)NAN, 3 };
  tt_expect(isnan(tt_stat_median(3, x)), "a median without the NaN");
  tt_expect(isnan(tt_stat_mean(3, x)), "a mean without the NaN");
  tt_expect(isnan(tt_stat_std(3, x)), "a deviation without the NaN");
  tt_expect(isnan(tt_stat_mad(3, x)), "a deviation without the NaN");
  Interval i = tt_bootstrap(3, x, tt_stat_mean, (BootstrapOptions){0});
  tt_expect(isnan(i.value) && isnan(i.low) && isnan(i.high),
            "an interval from %g to %g without the NaN", i.low, i.high);
}

TT(statistics, equal_seeds_give_equal_intervals)
{
  double x[6] = { 3, 1, 4, 1, 5, 9 };
  uint64_t before = tt_random(NULL);
  tt_manual_seed(tt_generator(NULL), 0);
  Interval a = tt_bootstrap(6, x, tt_stat_mean, (BootstrapOptions){0});
  Interval b = tt_bootstrap(6, x, tt_stat_mean, (BootstrapOptions){0});
  tt_expect(a.low == b.low && a.high == b.high, "they differ");
  tt_expect(tt_random(NULL) == before, "it drew from the thread's"
            " generator");
  b = tt_bootstrap(6, x, tt_stat_mean, (BootstrapOptions){ .seed = 1 });
  tt_expect(a.low != b.low || a.high != b.high, "equal for 0 and 1");
}

TT(statistics, of_a_bell_it_is_the_formula)
{
  double x[200];
  Generator g;
  tt_manual_seed(&g, 5);
  for (int i = 0; i < 200; i++)
    x[i] = 10 + 2 * bell(&g);
  double half = 1.96 * tt_stat_std(200, x) / sqrt(200);
  Interval i = tt_bootstrap(200, x, tt_stat_mean,
                            (BootstrapOptions){0});
  tt_expect_close(i.value, tt_stat_mean(200, x), 0, 0);
  tt_expect_close(i.high - i.value, half, 0.1, 0);
  tt_expect_close(i.value - i.low, half, 0.1, 0);
  Interval wide = tt_bootstrap(200, x, tt_stat_mean,
                               (BootstrapOptions){ .level = 0.99 });
  tt_expect_close((wide.high - wide.low) / (i.high - i.low), 1.314, 0.1,
                  0);
}

TT(statistics, it_contains_the_median_as_often_as_promised)
{
  Generator g;
  tt_manual_seed(&g, 11);
  int inside = 0;
  for (uint64_t k = 0; k < 400; k++) {
    double x[25];
    for (int i = 0; i < 25; i++)
      x[i] = exp(bell(&g));        // skewed; its median is 1
    Interval i = tt_bootstrap(25, x, tt_stat_median,
      (BootstrapOptions){ .resamples = 300, .seed = k });
    inside += i.low <= 1 && 1 <= i.high;
  }
  tt_expect(inside >= 366 && inside <= 394,
            "%d of 400 intervals contain it; 95 %% are 380", inside);
}

TT(statistics, a_pair_stays_a_pair)
{
  double x[30], y[30];
  Generator g;
  tt_manual_seed(&g, 2);
  for (int i = 0; i < 30; i++) {
    y[i] = 1 + 9 * chance(&g);
    x[i] = 1.25 * y[i];
  }
  BootstrapOptions o = {0};
  Interval pairs = tt_bootstrap_ratio(30, x, y, o);
  Interval apart = tt_bootstrap_apart(30, x, 30, y, o);
  tt_expect_close(pairs.low, 1.25, 1e-12, 0);
  tt_expect_close(pairs.high, 1.25, 1e-12, 0);
  tt_expect_close(apart.value, 1.25, 1e-12, 0);
  tt_expect(apart.low < 1 && apart.high > 1.5, "from %g to %g",
            apart.low, apart.high);
  for (int i = 0; i < 30; i++)
    x[i] = y[i] + 2;
  Interval off = tt_bootstrap_difference(30, x, y, tt_stat_mean, o);
  tt_expect_close(off.low, 2, 1e-12, 0);
  tt_expect_close(off.high, 2, 1e-12, 0);
}

TT(statistics, what_has_no_interval_is_refused)
{
  double x[2] = { 1, 0 };
  BootstrapOptions o = {0};
  tt_expect_fail(tt_stat_median(0, x), "0 numbers; one or more");
  tt_expect_fail(tt_stat_quantile(2, x, 90), "share 90");
  tt_expect_fail(tt_stat_quantile(2, x, (double)NAN), "share nan");
  tt_expect_fail(tt_bootstrap(0, x, tt_stat_mean, o), "0 numbers");
  tt_expect_fail(tt_bootstrap(2, x, tt_stat_mean,
                 (BootstrapOptions){ .level = 95 }), "level 95");
  tt_expect_fail(tt_bootstrap(2, x, tt_stat_mean,
                 (BootstrapOptions){ .resamples = 1 }), "1 resamples");
  tt_expect_fail(tt_bootstrap_ratio(2, x, x, o), "number 1 is 0");
  tt_expect_fail(tt_bootstrap_apart(2, x, 0, x, o), "0 numbers");
}
