// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// What numbers that vary can tell.
#include "tt/statistics.h"
#include "tt/error.h"
#include "tt/memory.h"
#include "tt/todo.h"
#include <math.h>
#include <string.h>

void *tt_room(int64_t n, size_t size)
{
  int64_t bytes = n * (int64_t)size;
  Tensor *t = tt_empty(TT_U8, TT_SHAPE(bytes > 0 ? bytes : 1));
  return memset(t->data, 0, (size_t)tt_numel(t));
}

// puts it at place k: before it none is larger, behind it none smaller
static double kth(double *x, int64_t n, int64_t k)
{
  int64_t from = 0, to = n - 1;
  while (from < to) {
    double pivot = x[(from + to) / 2];
    int64_t i = from, j = to;
    while (i <= j) {
      while (x[i] < pivot)
        i++;
      while (pivot < x[j])
        j--;
      if (i <= j) {
        double swap = x[i];
        x[i++] = x[j], x[j--] = swap;
      }
    }
    from = k >= i ? i : from;
    to = k <= j ? j : to;
    if (j < k && k < i)
      break;
  }
  return x[k];
}

static void check_numbers(const char *who, int64_t n, const double *x)
{
  if (n < 1 || n > INT32_MAX)
    tt_fail(TT_EVALUE, "%s: %lld numbers; one or more are needed", who,
            (long long)n);
  if (!x)
    tt_missing(who, "const double *x");
}

static bool any_nan(int64_t n, const double *x)
{
  for (int64_t i = 0; i < n; i++)
    if (isnan(x[i]))
      return true;
  return false;
}

double tt_stat_quantile(int64_t n, const double *x, double share)
{
  TT_SCOPE;
  check_numbers("tt_stat_quantile", n, x);
  if (!(share >= 0 && share <= 1))
    tt_fail(TT_EVALUE, "tt_stat_quantile: share %g; a share is from 0"
            " to 1, and the median is at 0.5", share);
  if (any_nan(n, x))
    return (double)NAN;
  double *y = memcpy(tt_room(n, sizeof *y), x, (size_t)n * sizeof *x);
  double place = share * (double)(n - 1);
  int64_t k = (int64_t)place;
  double low = kth(y, n, k), high = (double)INFINITY;
  if (k == n - 1 || place == (double)k)
    return low;
  for (int64_t i = k + 1; i < n; i++)
    high = fmin(high, y[i]);
  return low == high ? low : low + (place - (double)k) * (high - low);
}

double tt_stat_median(int64_t n, const double *x)
{
  check_numbers("tt_stat_median", n, x);
  return tt_stat_quantile(n, x, 0.5);
}

double tt_stat_mean(int64_t n, const double *x)
{
  check_numbers("tt_stat_mean", n, x);
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += x[i];
  return sum / (double)n;
}

double tt_stat_std(int64_t n, const double *x)
{
  check_numbers("tt_stat_std", n, x);
  double mean = tt_stat_mean(n, x), squares = 0;
  for (int64_t i = 0; i < n; i++)
    squares += (x[i] - mean) * (x[i] - mean);
  return n > 1 ? sqrt(squares / (double)(n - 1)) : 0 * mean;
}

double tt_stat_mad(int64_t n, const double *x)
{
  TT_SCOPE;
  check_numbers("tt_stat_mad", n, x);
  double *off = tt_room(n, sizeof *off), median = tt_stat_median(n, x);
  for (int64_t i = 0; i < n; i++)
    off[i] = fabs(x[i] - median);
  return tt_stat_median(n, off);
}

static void check_bootstrap(const char *who, int64_t n, const double *x,
                            BootstrapOptions *o)
{
  check_numbers(who, n, x);
  o->level = o->level != 0 ? o->level : 0.95;
  o->resamples = o->resamples ? o->resamples : 2000;
  if (!(o->level > 0 && o->level < 1) || o->resamples < 20)
    tt_fail(TT_EVALUE, "%s: level %g of %d resamples; a level is"
            " between 0 and 1, such as 0.95, and 20 resamples are the"
            " least", who, o->level, o->resamples);
}

static void check_positive(const char *who, int64_t n, const double *x)
{
  if (!x)
    tt_missing(who, "a series");
  for (int64_t i = 0; i < n; i++)
    if (x[i] <= 0)
      tt_fail(TT_EVALUE, "%s: number %lld is %g; ratios are of numbers"
              " above 0", who, (long long)i, x[i]);
}

static void draw_again(int64_t n, const double *x, double *y,
                       Generator *g)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = x[(int64_t)((tt_random(g) >> 32) * (uint64_t)n >> 32)];
}

static Interval middle_of(double value, const double *of,
                          const BootstrapOptions *o)
{
  double tail = (1 - o->level) / 2;
  return (Interval){ value,
                     tt_stat_quantile(o->resamples, of, tail),
                     tt_stat_quantile(o->resamples, of, 1 - tail) };
}

Interval tt_bootstrap(int64_t n, const double *x, Statistic *s,
                      BootstrapOptions o)
{
  TT_SCOPE;
  check_bootstrap("tt_bootstrap", n, x, &o);
  if (!s)
    tt_missing("tt_bootstrap", "Statistic *s");
  double *y = tt_room(n, sizeof *y);
  double *of = tt_room(o.resamples, sizeof *of);
  Generator g;
  tt_manual_seed(&g, o.seed);
  for (int i = 0; i < o.resamples; i++) {
    draw_again(n, x, y, &g);
    of[i] = s(n, y);
  }
  return middle_of(s(n, x), of, &o);
}

Interval tt_bootstrap_ratio(int64_t n, const double *x,
                            const double *y, BootstrapOptions o)
{
  TT_SCOPE;
  check_bootstrap("tt_bootstrap_ratio", n, x, &o);
  check_positive("tt_bootstrap_ratio", n, x);
  check_positive("tt_bootstrap_ratio", n, y);
  double *ratio = tt_room(n, sizeof *ratio);
  for (int64_t i = 0; i < n; i++)
    ratio[i] = x[i] / y[i];
  return tt_bootstrap(n, ratio, tt_stat_median, o);
}

Interval tt_bootstrap_difference(int64_t n, const double *x,
                                 const double *y, Statistic *s,
                                 BootstrapOptions o)
{
  TT_SCOPE;
  check_bootstrap("tt_bootstrap_difference", n, x, &o);
  check_numbers("tt_bootstrap_difference", n, y);
  double *off = tt_room(n, sizeof *off);
  for (int64_t i = 0; i < n; i++)
    off[i] = x[i] - y[i];
  return tt_bootstrap(n, off, s, o);
}

Interval tt_bootstrap_apart(int64_t n, const double *x,
                            int64_t m, const double *y,
                            BootstrapOptions o)
{
  TT_SCOPE;
  check_bootstrap("tt_bootstrap_apart", n, x, &o);
  check_numbers("tt_bootstrap_apart", m, y);
  check_positive("tt_bootstrap_apart", n, x);
  check_positive("tt_bootstrap_apart", m, y);
  double *a = tt_room(n, sizeof *a), *b = tt_room(m, sizeof *b);
  double *of = tt_room(o.resamples, sizeof *of);
  Generator g;
  tt_manual_seed(&g, o.seed);
  for (int i = 0; i < o.resamples; i++) {
    draw_again(n, x, a, &g);
    draw_again(m, y, b, &g);
    of[i] = tt_stat_median(n, a) / tt_stat_median(m, b);
  }
  return middle_of(tt_stat_median(n, x) / tt_stat_median(m, y), of, &o);
}
