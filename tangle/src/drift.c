// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// Drift: distances of samples, how likely they are by chance, and a
// monitor whose false alarms are as rare as was asked for.
#include "tt/drift.h"
#include "tt/error.h"
#include "tt/memory.h"
#include "tt/todo.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

double tt_psi(int bins, const int64_t *a, const int64_t *b)
{
  double n = 0.5 * bins, m = 0.5 * bins, sum = 0;
  for (int i = 0; i < bins; i++)
    n += (double)a[i], m += (double)b[i];
  for (int i = 0; i < bins; i++) {
    double p = ((double)a[i] + 0.5) / n, q = ((double)b[i] + 0.5) / m;
    sum += (p - q) * log(p / q);
  }
  return sum;
}

double tt_ks(int64_t n, const Real *a, int64_t m, const Real *b)
{
  double most = 0;
  for (int64_t i = 0, j = 0; i < n && j < m;) {
    Real x = isnan(b[j]) || a[i] < b[j] ? a[i] : b[j];
    while (i < n && (isnan(x) || a[i] <= x))
      i++;
    while (j < m && (isnan(x) || b[j] <= x))
      j++;
    most = fmax(most, fabs((double)i / (double)n
                           - (double)j / (double)m));
  }
  return most;
}

double tt_ks_p(double d, int64_t n, int64_t m)
{
  double e = sqrt((double)n * (double)m / (double)(n + m)), sum = 0;
  double x = d * (e + 0.12 + 0.11 / e);
  if (x < 0.3)                     // 1 to five digits
    return 1;
  for (int k = 1; k <= 20; k++)
    sum += (k % 2 ? 2 : -2) * exp(-2 * x * x * k * k);
  return fmin(sum, 1);
}

double tt_chi2_p(double x, int degrees)
{
  bool odd = degrees % 2;
  double p = odd ? erfc(sqrt(x / 2)) : exp(-x / 2);
  double term = odd ? exp(-x / 2) * sqrt(2 * x / M_PI)
    : exp(-x / 2) * x / 2;
  for (int k = odd ? 1 : 2; k < degrees; k += 2) {
    p += term;
    term *= x / (k + 2);
  }
  return p;
}

typedef struct Deal {
  uint8_t *in;                     // 1: in the first pile, the window
} Deal;

static void *bytes_of(int64_t n)   // zeroed, of the innermost scope
{
  Tensor *t = tt_empty(TT_U8, TT_SHAPE(n));
  memset(t->data, 0, (size_t)n);
  return t->data;
}

static double distance_of_a_deal(const DriftMonitor *m, const Deal *d,
                                 int64_t f)
{
  const Real *x = (const Real *)m->sorted->data + f * m->rows;
  const int32_t *order = (const int32_t *)m->order->data + f * m->rows;
  int64_t in = 0, n = m->options.window, most = 0;
  for (int64_t i = 0; i < m->rows; i++) {
    in += d->in[order[i]];
    if (i + 1 == m->rows || x[i + 1] > x[i]) {
      int64_t far = in * m->rows - (i + 1) * n;
      most = far > most ? far : -far > most ? -far : most;
    }
  }
  return (double)most / (double)n / (double)(m->rows - n);
}

static double p_of_answers(const DriftMonitor *m, const int64_t *a,
                           const int64_t *b, double *psi)
{
  int64_t n = 0, k = 0;
  for (int c = 0; c < m->classes; c++)
    n += a[c], k += b[c];
  *psi = tt_psi(m->classes, a, b);
  return tt_chi2_p(*psi * (double)n * (double)k / (double)(n + k),
                   m->classes - 1);
}

static double classes_of_a_deal(const DriftMonitor *m, const Deal *d)
{
  TT_SCOPE;
  double psi;
  int64_t *count = bytes_of(2 * m->classes * (int64_t)sizeof *count);
  for (int64_t i = 0; i < m->rows; i++)
    count[m->label[i] + d->in[i] * m->classes]++;
  return p_of_answers(m, count, count + m->classes, &psi);
}

static int64_t rank_of_alarm(DriftOptions o)
{
  double k = (double)(o.shuffles + 1) * (double)o.window / o.run_length;
  return (int64_t)fmin(k, (double)o.shuffles);
}

static void check_drift(const Tensor *x, const Tensor *y,
                        DriftOptions o)
{
  if (x->rank != 2 || x->dtype != TT_F32)
    tt_fail(TT_ESHAPE, "tt_drift_new: x is %s %s; it must be f32 (R,F)",
            tt_dtype_name(x->dtype), TT_TEXT(tt_shape(x)));
  if (!!y != (o.classes > 0) || o.classes == 1
      || (y && (tt_numel(y) != x->shape[0] || y->dtype != TT_I32)))
    tt_fail(TT_ESHAPE, "tt_drift_new: %d classes, and %lld answers to"
            " %lld rows; give an i32 for each row, from 0 to classes"
            " - 1, or neither", o.classes,
            y ? (long long)tt_numel(y) : 0LL, (long long)x->shape[0]);
  if (o.window < 2 || 2 * o.window > x->shape[0])
    tt_fail(TT_EVALUE, "tt_drift_new: windows of %lld examples, and a"
            " reference of %lld; it needs twice a window",
            (long long)o.window, (long long)x->shape[0]);
  if (!(o.run_length >= (double)o.window) || rank_of_alarm(o) < 1)
    tt_fail(TT_EVALUE, "tt_drift_new: a run length of %g with windows"
            " of %lld needs %.0f shuffles or more", o.run_length,
            (long long)o.window,
            ceil(o.run_length / (double)o.window));
}

static double least_of_a_deal(DriftMonitor *m, Generator *g)
{
  TT_SCOPE;
  int64_t n = m->options.window;
  Deal d = { bytes_of(m->rows) };
  const int32_t *order = tt_randperm(m->rows, g)->data;
  for (int64_t i = 0; i < n; i++)
    d.in[order[i]] = 1;
  double most = 0;
  for (int64_t f = 0; f < m->features; f++)
    most = fmax(most, distance_of_a_deal(m, &d, f));
  double p = tt_ks_p(most, n, m->rows - n);
  return m->classes ? fmin(p, classes_of_a_deal(m, &d)) : p;
}

typedef struct Ranked { Real x; int32_t row; } Ranked;

static int order_of(Real x, Real y)      // NaN: the last
{
  return (x > y) - (x < y) + !!isnan(x) - !!isnan(y);
}

static int by_number(const void *a, const void *b)
{
  const Ranked *x = a, *y = b;
  return order_of(x->x, y->x);
}

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void sort_feature(DriftMonitor *m, const Real *x, int64_t f)
{
  TT_SCOPE;
  int64_t n = m->rows;
  Ranked *r = tt_empty(TT_U8, TT_SHAPE(n * (int64_t)sizeof *r))->data;
  for (int64_t i = 0; i < n; i++)
    r[i] = (Ranked){ x[i * m->features + f], (int32_t)i };
  qsort(r, (size_t)n, sizeof *r, by_number);
  for (int64_t i = 0; i < n; i++) {
    ((Real *)m->sorted->data)[f * n + i] = r[i].x;
    ((int32_t *)m->order->data)[f * n + i] = r[i].row;
  }
}

static void calibrate(DriftMonitor *m)
{
  TT_SCOPE;
  int64_t n = m->options.shuffles, k = rank_of_alarm(m->options);
  double *p = tt_empty(TT_U8, TT_SHAPE(n * (int64_t)sizeof *p))->data;
  Generator g;
  tt_manual_seed(&g, m->options.seed);
  for (int64_t i = 0; i < n; i++)
    p[i] = least_of_a_deal(m, &g);
  qsort(p, (size_t)n, sizeof *p, by_value);
  m->report.threshold = p[k - 1];
}

static int ascending(const void *a, const void *b)
{
  return order_of(*(const Real *)a, *(const Real *)b);
}

static void test_window(DriftMonitor *m)
{
  DriftReport *r = &m->report;
  int64_t n = m->options.window;
  r->p = 1, r->feature = -1, r->distance = 0;
  if (m->classes)
    r->p = p_of_answers(m, m->counts, m->counts + m->classes, &r->psi);
  for (int64_t f = 0; f < m->features; f++) {
    Real *x = (Real *)m->window->data + f * n;
    qsort(x, (size_t)n, sizeof *x, ascending);
    double d = tt_ks(n, x, m->rows,
                     (Real *)m->sorted->data + f * m->rows);
    double p = tt_ks_p(d, n, m->rows);
    if (p < r->p)
      r->p = p, r->feature = f, r->distance = d;
  }
  r->tests++;
  r->alarm = r->p < r->threshold;
  r->alarms += r->alarm;
}

bool tt_drift_add(DriftMonitor *m, const Real *x, int32_t answer)
{
  int64_t n = m->options.window;
  int64_t *now = m->counts + m->classes;
  if (m->classes && (answer < 0 || answer >= m->classes))
    tt_fail(TT_EVALUE, "tt_drift_add: answer %d of %d classes",
            (int)answer, m->classes);
  for (int64_t f = 0; f < m->features; f++)
    ((Real *)m->window->data)[f * n + m->at] = x[f];
  if (m->classes)
    now[answer]++;
  if (++m->at < n)
    return false;
  test_window(m);
  m->at = 0;
  for (int c = 0; c < m->classes; c++)
    now[c] = 0;
  return true;
}

static void count_answers(DriftMonitor *m, Tensor *answers)
{
  int64_t c = m->classes, word = sizeof(int64_t);
  m->counts = bytes_of(2 * c * word + word);
  m->label = c ? tt_clone(tt_contiguous(answers))->data : NULL;
  for (int64_t i = 0; c && i < m->rows; i++) {
    if (m->label[i] < 0 || m->label[i] >= c)
      tt_fail(TT_EVALUE, "tt_drift_new: answer %d of %lld classes",
              (int)m->label[i], (long long)c);
    m->counts[m->label[i]]++;
  }
}

DriftMonitor *tt_drift_new(Tensor *x, Tensor *answers, DriftOptions o)
{
  o.shuffles = o.shuffles ? o.shuffles : 2000;
  check_drift(x, answers, o);
  DriftMonitor *m = bytes_of(sizeof *m);
  m->options = o, m->classes = o.classes;
  m->rows = x->shape[0], m->features = x->shape[1];
  m->sorted = tt_empty(TT_F32, TT_SHAPE(m->features, m->rows));
  m->order = tt_empty(TT_I32, TT_SHAPE(m->features, m->rows));
  m->window = tt_empty(TT_F32, TT_SHAPE(m->features, o.window));
  count_answers(m, answers);
  const Real *rows = tt_contiguous(x)->data;
  for (int64_t f = 0; f < m->features; f++)
    sort_feature(m, rows, f);
  calibrate(m);
  return m;
}
