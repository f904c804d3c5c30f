// Made from chapters/02-activations.nw by tools/tangle: edit there.
#include "tt/activations.h"

#define OP(id) Op op_##id = { .name = "tt_" #id };
OP(relu) OP(leaky_relu) OP(sigmoid) OP(tanh) OP(gelu) OP(gelu_tanh)
OP(silu) OP(softmax) OP(log_softmax)

#define MAP(name, code) \
  Tensor *tt_##name(Tensor *x) \
  { \
    return tt_map(&op_##name, code, x, 0); \
  }
MAP(relu, TT_RELU)
MAP(sigmoid, TT_SIGMOID)
MAP(tanh, TT_TANH)
MAP(gelu, TT_GELU)
MAP(gelu_tanh, TT_GELU_TANH)
MAP(silu, TT_SILU)

Tensor *tt_leaky_relu(Tensor *x, Real slope)
{
  return tt_map(&op_leaky_relu, TT_LEAKY_RELU, x, slope);
}

static void largest(int64_t n, int64_t inner, int64_t lanes, Real *most,
                    const Real *x)
{
  for (int64_t j = 0; j < lanes; j++)
    most[j] = -INFINITY;
  for (int64_t k = 0; k < n; k++)
    for (int64_t j = 0; j < lanes; j++) {
      Real v = x[k * inner + j];
      most[j] = v > most[j] ? v : most[j];
    }
}

static Real max_of(int64_t n, const Real *x)
{
  enum { W = 16 };
  Real most[W], best = -INFINITY;
  largest(n / W, W, W, most, x);
  for (int64_t j = 0; j < W; j++)
    best = most[j] > best ? most[j] : best;
  for (int64_t i = n / W * W; i < n; i++)
    best = x[i] > best ? x[i] : best;
  return best;
}

static void softmax_row(int64_t n, Real *y, const Real *x)
{
  Real most = max_of(n, x);
  double sum = 0;
  #pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) {
    y[i] = tt_expf(x[i] - most);
    sum += (double)y[i];
  }
  Real scale = (Real)(1 / sum);
  #pragma omp simd
  for (int64_t i = 0; i < n; i++)
    y[i] *= scale;
}

static void log_softmax_row(int64_t n, Real *y, const Real *x)
{
  Real most = max_of(n, x);
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++)
    sum += (double)tt_expf(x[i] - most);
  Real shift = (Real)log(sum);
#pragma omp simd
  for (int64_t i = 0; i < n; i++)
    y[i] = x[i] - most - shift;
}

enum { LANES = 64 };

static void softmax_lanes(int64_t n, int64_t inner, int64_t lanes,
                          Real *y, const Real *x, bool log_)
{
  Real most[LANES];
  double sum[LANES] = {0};
  largest(n, inner, lanes, most, x);
    for (int64_t k = 0; k < n; k++) {
  #pragma omp simd
      for (int64_t j = 0; j < lanes; j++) {
        Real d = x[k * inner + j] - most[j], e = tt_expf(d);
        y[k * inner + j] = log_ ? d : e;
        sum[j] += (double)e;
      }
    }
    for (int64_t j = 0; j < lanes; j++)
      most[j] = (Real)(log_ ? log(sum[j]) : 1 / sum[j]);
    for (int64_t k = 0; k < n; k++)
      for (int64_t j = 0; j < lanes; j++) {
        Real *v = &y[k * inner + j];
        *v = log_ ? *v - most[j] : *v * most[j];
      }
}

void tt_naive_softmax(int64_t outer, int64_t n, int64_t inner, Real *y,
                      const Real *x, bool log_)
{
  int64_t width = inner == 1 ? 1 : LANES;
  for (int64_t o = 0; o < outer; o++)
    for (int64_t j = 0; j < inner; j += width) {
      int64_t at = o * n * inner + j;
      int64_t lanes = inner - j < width ? inner - j : width;
      if (inner == 1)
        (log_ ? log_softmax_row : softmax_row)(n, y + at, x + at);
      else
        softmax_lanes(n, inner, lanes, y + at, x + at, log_);
    }
}

static int from_the_front(const Op *op, const Tensor *x, int dim)
{
  int r = x->rank;
  if (dim < -r || dim >= r)
    tt_fail(TT_EINDEX, "%s: dim %d is out of range for shape %s; there"
            " are %d dimensions", op->name, dim, TT_TEXT(tt_shape(x)),
            r);
  return dim < 0 ? dim + r : dim;
}

static Tensor *softmax(Op *op, Tensor *x, int dim, bool log_)
{
  tt_need_f32(op->name, x);
  dim = from_the_front(op, x, dim);
  int64_t outer = 1, inner = 1;
  for (int d = 0; d < x->rank; d++)
    *(d < dim ? &outer : &inner) *= d == dim ? 1 : x->shape[d];
  Tensor *y = tt_empty(TT_F32, tt_shape(x));
  const Real *from = x->data;
  if (!tt_is_contiguous(x)) {
    Walk w = tt_walk(tt_shape(x), y, x, x);
    tt_backend->copy(&w, TT_F32, y->data, TT_F32, x->data);
    from = y->data;
  }
  if (tt_numel(x) > 0)
    tt_backend->softmax(outer, x->shape[dim], inner, y->data, from,
                        log_);
  return tt_record(op, y, 1, &x, (Attr){ .i = {dim} });
}

Tensor *tt_softmax(Tensor *x, int dim)
{
  return softmax(&op_softmax, x, dim, false);
}

Tensor *tt_log_softmax(Tensor *x, int dim)
{
  return softmax(&op_log_softmax, x, dim, true);
}
