// Made from chapters/16-quantization.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <string.h>

static Observer *seen(Tensor *x)
{
  int64_t bytes = (int64_t)sizeof(Observer);
  Observer *o = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  memset(o, 0, sizeof *o);
  tt_observe(o, x);
  return o;
}

static int64_t *counted(Tensor *x, double width)
{
  int64_t bytes = TT_RANGE_BINS * (int64_t)sizeof(int64_t);
  int64_t *bin = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  memset(bin, 0, (size_t)bytes);
  for (int64_t i = 0; i < tt_numel(x); i++)
    bin[(int64_t)(fabs(tt_get(x, TT_INDEX(i))) / width)]++;
  return bin;
}

TT(calibration, an_observer_counts_whatever_the_order)
{
  Tensor *x = tt_randn(TT_SHAPE(3000), NULL);
  for (int64_t i = 0; i < 3000; i++)
    tt_set_(x, TT_INDEX(i), i % 7 == 0 ? 0 : tt_get(x, TT_INDEX(i))
            * (i % 50 == 0 ? 900 : 0.001));
  Observer *all = seen(x), *parts = seen(tt_slice(x, 0, 1, 2, 1));
  tt_observe(parts, tt_slice(x, 0, 0, 1, 1));
  tt_observe(parts, tt_slice(x, 0, 2, 3000, 2));
  tt_observe(parts, tt_slice(x, 0, 3, 3000, 2));
  int64_t *bin = counted(x, all->width);
  for (int i = 0; i < TT_RANGE_BINS; i++)
    tt_expect(parts->bin[i] == bin[i], "bin %d counts %lld, and %lld"
              " numbers belong there", i, (long long)parts->bin[i],
              (long long)bin[i]);
  tt_expect(memcmp(all, parts, sizeof *all) == 0, "order matters");
  tt_expect_int(all->n, 3000);
  tt_expect_int(all->zeros, 429);
  double top = fmax(-all->least, all->most);
  tt_expect(top / all->width >= TT_RANGE_BINS / 2
            && top / all->width < TT_RANGE_BINS, "bins are used");
}

TT(calibration, what_is_not_finite_ruins_no_range)
{
  Observer *o = seen(tt_from(TT_SHAPE(5), (Real[]){
    -1, 0, 2, INFINITY, -INFINITY }));
  tt_expect_int(o->infinite, 2);
  tt_expect_int(o->n, 3);
  tt_expect_close(o->least, -1, 0, 0);
  tt_expect_close(o->most, 2, 0, 0);
  Observer was = *o;
  Tensor *bad = tt_from(TT_SHAPE(1, 3), (Real[]){ 7, NAN, 9 });
  tt_expect_fail(tt_observe(o, bad), "NaN");
  tt_expect(memcmp(o, &was, sizeof was) == 0, "a refused one counts");
}

TT(calibration, zero_is_in_every_range)
{
  for (int m = TT_MIN_MAX; m <= TT_ENTROPY; m++) {
    Tensor *x = tt_rand(TT_SHAPE(1000), NULL);
    QuantRange r = tt_observer_range(seen(tt_add_scalar(x, 3)), m, 8);
    tt_expect(r.low == 0 && r.high > 3, "method %d: %g, %g", m, r.low,
              r.high);
    x = tt_add_scalar(tt_neg(x), -3);
    r = tt_observer_range(seen(x), m, 8);
    tt_expect(r.high == 0 && r.low < -3, "method %d: %g, %g", m, r.low,
              r.high);
    r = tt_observer_range(seen(tt_zeros(TT_SHAPE(9))), m, 8);
    tt_expect(r.low == 0 && r.high == 0, "of zeros alone");
  }
}

static double true_error(Tensor *x, QuantRange r, double levels)
{
  double step = (r.high - r.low) / levels, low = r.low / step, sum = 0;
  const Real *from = x->data;
  for (int64_t i = 0, n = tt_numel(x); i < n; i++) {
    double v = (double)from[i], q = rint(v / step);
    q = fmin(fmax(q, rint(low)), rint(low) + levels);
    sum += (v - q * step) * (v - q * step);
  }
  return sum;
}

static Tensor *heavy(bool one_side)
{
  Tensor *x = tt_randn(TT_SHAPE(20000), NULL);
  Tensor *far = tt_mul(x, tt_mul(x, x));       // the tails are long
  return one_side ? tt_maximum(far, tt_zeros(TT_SCALAR)) : far;
}

TT(calibration, the_least_error_is_nearly_the_least)
{
  for (int bits = 4; bits < 9; bits++) {
    Tensor *x = heavy(bits % 2);
    Observer *o = seen(x);
    QuantRange r = tt_observer_range(o, TT_MSE, bits);
    double levels = ldexp(1, bits) - 1, least = HUGE_VAL;
    double e = true_error(x, r, levels);
    for (double t = o->width; t < o->most + o->width; t *= 1.03) {
      QuantRange c = { fmax(o->least, -t), fmin(o->most, t) };
      least = fmin(least, true_error(x, c, levels));
    }
    tt_expect(e < (bits < 7 ? 1.12 : 1.02) * least,
              "%d bits: squared errors of %g; %g is possible", bits, e,
              least);
    r = tt_observer_range(o, TT_MIN_MAX, bits);
    double all = true_error(x, r, levels);
    tt_expect(e < all * (bits < 5 ? 0.6 : 1),
              "%d bits: %g, and without clipping %g", bits, e, all);
  }
}

TT(calibration, a_percentile_leaves_out_one_of_10000)
{
  Tensor *x = tt_linspace(-1, 1, 30000);
  tt_set_(x, TT_INDEX(7), 50), tt_set_(x, TT_INDEX(9), -80);
  tt_set_(x, TT_INDEX(11), 60);
  QuantRange r = tt_observer_range(seen(x), TT_PERCENTILE, 8);
  double width = 128.0 / TT_RANGE_BINS;
  tt_expect_close(r.low, -1, 0, width);
  tt_expect_close(r.high, 1, 0, width);
  tt_set_(x, TT_INDEX(13), 70);
  r = tt_observer_range(seen(x), TT_PERCENTILE, 8);
  tt_expect_close(r.high, 50, 0, width);
}

// how much less the bins up to n say with so many levels: sums over i
// of P log(P / Q), Q spread over those of its level that are not empty
static double lost(const Observer *o, int64_t n, int64_t levels)
{
  double p[TT_RANGE_BINS] = {0}, raw[TT_RANGE_BINS], all = 0, in = 0;
  for (int64_t i = 0; i < TT_RANGE_BINS; i++) {
    raw[i] = (double)(o->bin[i] - (i == 0 ? o->zeros : 0));
    p[i < n ? i : n - 1] += raw[i];
    all += raw[i], in += i < n ? raw[i] : 0;
  }
  double sum = 0;
  for (int64_t i = 0, from = 0, l = 0; i < n; i++) {
    while ((l + 1) * n / levels <= i)
      from = ++l * n / levels;
    double together = 0, filled = 0;
    for (int64_t k = from; k < (l + 1) * n / levels; k++)
      together += raw[k], filled += p[k] > 0;
    double q = together / filled / in;
    sum += p[i] > 0 ? p[i] / all * log(p[i] / all / q) : 0;
  }
  return sum;
}

TT(calibration, entropy_is_least_where_it_is_chosen)
{
  Observer *o = seen(heavy(true));
  double t = tt_observer_range(o, TT_ENTROPY, 6).high, least = INFINITY;
  int64_t used = (int64_t)(o->most / o->width) + 1;
  int64_t chosen = llround(t / o->width);
  tt_expect(chosen < used, "nothing is cut off");
  for (int64_t n = used; n >= 63; n -= 16)
    least = fmin(least, lost(o, n, 63));
  tt_expect_close(lost(o, chosen, 63), least, 1e-9, 0);
}

TT(calibration, entropy_cuts_long_tails_and_nothing_else)
{
  Tensor *even = tt_rand(TT_SHAPE(50000), NULL);
  QuantRange r = tt_observer_range(seen(even), TT_ENTROPY, 8);
  tt_expect(r.high > 0.97, "uniform numbers, cut at %g", r.high);
  Tensor *x = tt_randn(TT_SHAPE(50000), NULL);
  tt_set_(x, TT_INDEX(100), 40);
  r = tt_observer_range(seen(x), TT_ENTROPY, 8);
  tt_expect(r.high > 2 && r.high < 8, "a far one, cut at %g", r.high);
}
