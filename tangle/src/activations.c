// Made from chapters/02-activations.nw by tools/tangle: edit there.
// Activations: an exponential of our own, relu, sigmoid, tanh, gelu and
// silu by a line each, softmax along any dimension.
#include "tt/activations.h"
#include "tt/operation.h"
#include "tt/scalar.h"

enum { LANES = 64 };                 // columns that are done together

TT_OP(softmax) TT_OP(log_softmax)

TT_UNARY(relu,      tt_reluf(x))
TT_UNARY(sigmoid,   tt_sigmoidf(x))
TT_UNARY(tanh,      tt_tanhf(x))
TT_UNARY(gelu,      tt_geluf(x))
TT_UNARY(gelu_tanh, tt_gelu_tanhf(x))
TT_UNARY(silu,      tt_siluf(x))
TT_UNARY_WITH(leaky_relu, slope, tt_leaky_reluf(x, slope))
static void largest(int64_t n, int64_t inner, int64_t lanes, Real *most,
                    const Real *x)
{
  for (int64_t j = 0; j < lanes; j++)
    most[j] = -INFINITY;
  for (int64_t k = 0; k < n; k++) {
#pragma omp simd
    for (int64_t j = 0; j < lanes; j++) {
      Real v = x[k * inner + j];
      most[j] = v > most[j] ? v : most[j];
    }
  }
}

static Real largest_of_row(int64_t n, const Real *x)
{
  enum { WIDE = 16 };
  Real most[WIDE], best = -INFINITY;
  largest(n / WIDE, WIDE, WIDE, most, x);
  for (int64_t j = 0; j < WIDE; j++)
    best = most[j] > best ? most[j] : best;
  for (int64_t i = n / WIDE * WIDE; i < n; i++)
    best = x[i] > best ? x[i] : best;
  return best;
}

static double sum_of_row(int64_t n, const Real *x)
{
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++)
    sum += (double)x[i];
  return sum;
}

static void softmax_row(int64_t n, Real *y, const Real *x)
{
  Real most = largest_of_row(n, x);
  #pragma omp simd
  for (int64_t i = 0; i < n; i++)
    y[i] = tt_expf(x[i] - most);
  Real scale = (Real)(1 / sum_of_row(n, y));
  for (int64_t i = 0; i < n; i++)
    y[i] *= scale;
}

static void log_softmax_row(int64_t n, Real *y, const Real *x)
{
  Real most = largest_of_row(n, x);
  double sum = 0;
  for (int64_t i = 0; i < n; i += LANES) {
    Real e[LANES];
    int64_t m = n - i < LANES ? n - i : LANES;
    for (int64_t j = 0; j < m; j++)
      e[j] = tt_expf(x[i + j] - most);
    sum += sum_of_row(m, e);
  }
  Real shift = (Real)log(sum);
#pragma omp simd
  for (int64_t i = 0; i < n; i++)
    y[i] = x[i] - most - shift;
}

static void softmax_lanes(int64_t n, int64_t inner, int64_t lanes,
                          Real *y, const Real *x, bool log_too)
{
  Real most[LANES], e[LANES];
  double sum[LANES] = {0};
  largest(n, inner, lanes, most, x);
  for (int64_t k = 0; k < n; k++) {
  #pragma omp simd
    for (int64_t j = 0; j < lanes; j++) {
      Real d = x[k * inner + j] - most[j];
      e[j] = tt_expf(d);
      y[k * inner + j] = log_too ? d : e[j];
    }
    for (int64_t j = 0; j < lanes; j++)
      sum[j] += (double)e[j];
  }
  for (int64_t j = 0; j < lanes; j++)
    e[j] = (Real)(log_too ? log(sum[j]) : 1 / sum[j]);
  for (int64_t k = 0; k < n; k++)
    for (int64_t j = 0; j < lanes; j++) {
      Real *v = &y[k * inner + j];
      *v = log_too ? *v - e[j] : *v * e[j];
    }
}

void tt_naive_softmax(int64_t outer, int64_t n, int64_t inner, Real *y,
                      const Real *x, bool log_too)
{
  int64_t width = inner == 1 ? 1 : LANES;
  for (int64_t o = 0; o < outer; o++)
    for (int64_t j = 0; j < inner; j += width) {
      int64_t at = o * n * inner + j;
      int64_t lanes = inner - j < width ? inner - j : width;
      if (inner > 1)
        softmax_lanes(n, inner, lanes, y + at, x + at, log_too);
      else
        (log_too ? log_softmax_row : softmax_row)(n, y + at, x + at);
    }
}

static int from_the_front(const Op *op, const Tensor *x, int dim)
{
  if (x->rank == 0)
    tt_fail(TT_EINDEX, "%s: a single number has no dim %d to go along;"
            " tt_unsqueeze it first", op->name, dim);
  if (dim < -x->rank || dim >= x->rank)
    tt_fail(TT_EINDEX, "%s: dim %d is out of range for shape %s; it"
            " goes from %d to %d", op->name, dim,
            TT_TEXT(tt_shape(x)), -x->rank, x->rank - 1);
  return dim < 0 ? dim + x->rank : dim;
}

static Tensor *softmax(Op *op, Tensor *x, int dim, bool log_too)
{
  tt_need_f32(op->name, x);
  dim = from_the_front(op, x, dim);
  int64_t size[3] = { 1, 1, 1 };     // outer, n, inner
  for (int d = 0; d < x->rank; d++)
    size[d < dim ? 0 : d == dim ? 1 : 2] *= x->shape[d];
  Tensor *y = tt_empty(TT_F32, tt_shape(x));
  const Real *from = x->data;
  if (!tt_is_contiguous(x)) {
    Walk w = tt_walk(tt_shape(x), y, x, NULL, NULL);
    tt_backend->copy(&w, TT_F32, y->data, TT_F32, x->data);
    from = y->data;
  }
  tt_backend->softmax(size[0], size[1], size[2], y->data, from,
                      log_too);
  return tt_record(op, y, 1, &x, (Attr){ .i = {dim} });
}

Tensor *tt_softmax(Tensor *x, int dim)
{
  return softmax(&tt_op_softmax, x, dim, false);
}

Tensor *tt_log_softmax(Tensor *x, int dim)
{
  return softmax(&tt_op_log_softmax, x, dim, true);
}
