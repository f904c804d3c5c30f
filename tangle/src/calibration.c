// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// Ranges of numbers: observers, and four ways to choose.
#include "tt/autograd.h"
#include "tt/calibration.h"
#include "tt/operation.h"
#include "tt/todo.h"
#include <math.h>

static Observer look(const char *op, const Tensor *x)
{
  tt_need_f32(op, x);
  Observer o = {0};
  const Real *v = x->data;
  for (int64_t i = 0, n = tt_numel(x); i < n; i++) {
    double a = (double)v[i];
    if (isnan(a))
      tt_fail(TT_EVALUE, "%s: number %s of %s is NaN; no range holds"
              " it, so look where it comes from", op,
              TT_TEXT(tt_index_of(x, i)), TT_TEXT(tt_shape(x)));
    o.infinite += isinf(a) != 0;
    if (isinf(a))
      continue;
    o.n++, o.zeros += a == 0;
    o.least = a < o.least ? a : o.least;
    o.most = a > o.most ? a : o.most;
  }
  return o;
}

static void widen(Observer *o)     // bins twice as wide
{
  int64_t *bin = o->bin;
  o->width *= 2;
  for (int64_t i = 0; i < TT_RANGE_BINS; i++)
    bin[i] = 2 * i < TT_RANGE_BINS ? bin[2 * i] + bin[2 * i + 1] : 0;
}

static void make_room(Observer *o, double top)
{
  int e;
  frexp(top, &e);                  // top is below 2^e
  double width = ldexp(1.0 / TT_RANGE_BINS, e);
  if (top > 0 && !(o->width > 0))
    o->width = width;              // so far there were zeros alone
  while (o->width < width && top > 0)
    widen(o);
}

void tt_observe(Observer *o, Tensor *x)
{
  TT_NO_GRAD;
  Observer new = look("tt_observe", x = tt_contiguous(x));
  const Real *v = x->data;
  make_room(o, fmax(-new.least, new.most));
  for (int64_t i = 0, n = tt_numel(x); i < n; i++)
    if (isfinite((double)v[i]))
      o->bin[o->width > 0 ? (int64_t)(fabs((double)v[i]) / o->width)
                          : 0]++;
  o->n += new.n, o->zeros += new.zeros, o->infinite += new.infinite;
  o->least = fmin(o->least, new.least);
  o->most = fmax(o->most, new.most);
}

static QuantRange clipped(const Observer *o, double t)
{
  return (QuantRange){ fmax(o->least, -t), fmin(o->most, t) };
}

static double step_of(QuantRange r, int bits)
{
  return (r.high - r.low) / (ldexp(1, bits) - 1);
}

static double percentile(const Observer *o)
{
  int64_t outside = o->n / 10000, i = TT_RANGE_BINS;
  while (i > 1 && outside >= o->bin[i - 1])
    outside -= o->bin[--i];
  return (double)i * o->width;
}

static double least_squares(const Observer *o, int bits)
{
  double best = (double)INFINITY, at = 0, out = 0, sum = 0, squares = 0;
  for (int64_t i = TT_RANGE_BINS; i > 0; i--) {
    double t = (double)i * o->width, n = (double)(o->n - o->zeros);
    double step = step_of(clipped(o, t), bits), e;
    e = (n - out) * step * step / 12
      + squares - 2 * t * sum + t * t * out;
    if (e < best)
      best = e, at = t;
    double c = (double)o->bin[i - 1], x = t - o->width / 2;
    out += c, sum += c * x, squares += c * x * x;
  }
  return at;
}

static int64_t used_bins(const Observer *o)
{
  int64_t n = TT_RANGE_BINS;
  while (n > 1 && o->bin[n - 1] == 0)
    n--;
  return n;
}

// of what is left of n bins when it has so many levels; p: the bins,
// zeros left out
static double divergence(int64_t n, const double *p, int64_t levels,
                         double outside)
{
  double total = 0, inside = 0, sum = 0;
  for (int64_t i = 0; i < n; i++)
    inside += p[i];
  total = inside + outside;
  for (int64_t l = 0, from = 0, to; l < levels; l++, from = to) {
    double all = 0, some = 0;
    to = (l + 1) * n / levels;
    for (int64_t i = from; i < to; i++)
      all += p[i], some += p[i] + (i == n - 1 ? outside : 0) > 0;
    for (int64_t i = from; i < to; i++) {
      double a = (p[i] + (i == n - 1 ? outside : 0)) / total;
      double b = all / some / inside;
      sum += a > 0 ? a * log(a / b) : 0;
    }
  }
  return sum;
}

static double least_divergence(const Observer *o, int bits)
{
  TT_SCOPE;
  int64_t used = used_bins(o), bytes = used * (int64_t)sizeof(double);
  double *p = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  double best = (double)INFINITY, at = (double)used * o->width, out = 0;
  for (int64_t i = 0; i < used; i++)
    p[i] = (double)o->bin[i];
  p[0] -= (double)o->zeros;
  for (int64_t i = used; i > 0; out += p[--i]) {
    double t = (double)i * o->width;
    int64_t levels = llround(t / step_of(clipped(o, t), bits));
    if (i < levels || (used - i) % 16 != 0)
      continue;
    double e = divergence(i, p, levels, out);
    if (e < best)
      best = e, at = t;
  }
  return at;
}

QuantRange tt_observer_range(const Observer *o, RangeMethod method,
                             int bits)
{
  if (bits < 2 || bits > 8)
    tt_fail(TT_EVALUE, "tt_observer_range: %d bits; there are 2 to 8",
            bits);
  if (!o || o->n == 0)
    tt_fail(TT_EVALUE, "tt_observer_range: no finite number was"
            " observed; show it some data first");
  if (method == TT_MIN_MAX || o->n == o->zeros)
    return clipped(o, (double)INFINITY);
  return clipped(o, method == TT_PERCENTILE ? percentile(o)
                    : method == TT_MSE ? least_squares(o, bits)
                    : least_divergence(o, bits));
}
