// Made from chapters/05-autograd.nw by tools/tangle: edit there.
// The gradients of all operations of chapters 1 to 4.
#include "tt/gradient.h"
#include "tt/losses.h"
#include "tt/scalar.h"
#include "tt/todo.h"
#include <tgmath.h>

static Real relu_gradient(Real y, Real g)
{
  return y <= 0 ? 0 : g;
}

static Real share(Real a, Real b, Real g)    // of a, in their maximum
{
  return a < b ? 0 : a == b ? g / 2 : g;
}

TT_INLINE Real within(Real x, Real most)
{
  return x > most ? most : x < -most ? -most : x;
}

TT_INLINE Real gelu_gradient(Real x)      // Phi(x) + x phi(x)
{
  x = within(x, 40);                   // or infinity times 0
  Real tail = tt_tailf(x < 0 ? -x : x);
  Real density = tt_expf(-x * x / 2) * (Real)0.3989422804014327;
  return (x < 0 ? tail : 1 - tail) + x * density;
}

TT_INLINE Real silu_gradient(Real x)
{
  x = within(x, 800);
  Real s = tt_sigmoidf(x);
  return s * (1 + x * (1 - s));
}

TT_INLINE Real gelu_tanh_gradient(Real x)
{
  const Real twice = (Real)1.5957691216057308, d = (Real)0.044715;
  x = within(x, 40);
  Real s = tt_sigmoidf(twice * (x + d * x * x * x));
  return s * (1 + x * (1 - s) * twice * (1 + 3 * d * x * x));
}

#define GRADIENTS(ONE, TWO) \
  ONE(exp,        y, g * y) \
  ONE(log,        x, g / x) \
  ONE(sqrt,       y, g / (y + y)) \
  ONE(std,        y, y == 0 ? 0 : g / (y + y)) \
  ONE(sin,        x, g * cos(x)) \
  ONE(cos,        x, -g * sin(x)) \
  ONE(abs,        x, g * (x > 0 ? 1 : x < 0 ? -1 : x)) \
  ONE(clamp,      x, p <= x && x <= q ? g : 0) \
  ONE(relu,       y, relu_gradient(y, g)) \
  ONE(leaky_relu, x, x > 0 ? g : p * g) \
  ONE(sigmoid,    y, g * y * (1 - y)) \
  ONE(tanh,       y, g * (1 - y * y)) \
  ONE(gelu,       x, g * gelu_gradient(x)) \
  ONE(gelu_tanh,  x, g * gelu_tanh_gradient(x)) \
  ONE(silu,       x, g * silu_gradient(x)) \
  TWO(div,     y, b, g / b, -(g * (y / b))) \
  TWO(pow,     a, b, b == 0 ? 0 : g * b * pow(a, b - 1), \
      a == 0 && b >= 0 ? 0 : g * pow(a, b) * log(a)) \
  TWO(maximum, a, b, share(a, b, g), share(b, a, g)) \
  TWO(minimum, a, b, share(b, a, g), share(a, b, g))
#define DEFINE_ONE(id, ...) \
  extern Op tt_op_##id; TT_GRADIENT(id, __VA_ARGS__)
#define DEFINE_TWO(id, ...) \
  extern Op tt_op_##id; TT_GRADIENTS(id, __VA_ARGS__)
GRADIENTS(DEFINE_ONE, DEFINE_TWO)
static void pass_backward(TapeNode *k) // add, add_scalar, expand, clone
{
  for (int i = 1; i <= k->n; i++)
    tt_accumulate(k, i, k->grad);
}

static void mul_backward(TapeNode *k)
{
  if (tt_node_wants(k, 1))
    tt_accumulate(k, 1, tt_mul(k->grad, tt_node_saved(k, 2)));
  if (tt_node_wants(k, 2))
    tt_accumulate(k, 2, tt_mul(k->grad, tt_node_saved(k, 1)));
}

static void sub_backward(TapeNode *k)
{
  tt_accumulate(k, 1, k->grad);
  if (tt_node_wants(k, 2))
    tt_accumulate(k, 2, tt_neg(k->grad));
}

static void neg_backward(TapeNode *k)
{
  tt_accumulate(k, 1, tt_neg(k->grad));
}

static void mul_scalar_backward(TapeNode *k)
{
  tt_accumulate(k, 1, tt_mul_scalar(k->grad, k->attr.r[0]));
}

static void where_backward(TapeNode *k)
{
  Tensor *condition = tt_node_saved(k, 1), *zero = tt_zeros(TT_SCALAR);
  if (tt_node_wants(k, 2))
    tt_accumulate(k, 2, tt_where(condition, k->grad, zero));
  if (tt_node_wants(k, 3))
    tt_accumulate(k, 3, tt_where(condition, zero, k->grad));
}

static void reshape_backward(TapeNode *k) // squeeze, unsqueeze
{
  tt_accumulate(k, 1, tt_reshape(k->grad, tt_node_shape(k, 1)));
}

static void transpose_backward(TapeNode *k)
{
  const int64_t *d = k->attr.i;
  tt_accumulate(k, 1, tt_transpose(k->grad, (int)d[0], (int)d[1]));
}

static void permute_backward(TapeNode *k)
{
  Shape back = { .rank = k->grad->rank };
  for (int d = 0; d < back.rank; d++)
    back.dim[k->attr.i[d]] = d;
  tt_accumulate(k, 1, tt_permute(k->grad, back));
}

static void slice_backward(TapeNode *k)
{
  const int64_t *i = k->attr.i;        // dim, start, stop, step
  Tensor *g = tt_zeros(tt_node_shape(k, 1));
  tt_copy_(tt_slice(g, (int)i[0], i[1], i[2], i[3]), k->grad);
  tt_accumulate(k, 1, g);
}

static void select_backward(TapeNode *k)
{
  Tensor *g = tt_zeros(tt_node_shape(k, 1));
  tt_copy_(tt_select(g, (int)k->attr.i[0], k->attr.i[1]), k->grad);
  tt_accumulate(k, 1, g);
}

static void cat_backward(TapeNode *k)
{
  int dim = (int)k->attr.i[0];
  int64_t at = 0;
  for (int i = 1; i <= k->n; i++) {
    int64_t end = at + tt_node_shape(k, i).dim[dim];
    tt_accumulate(k, i, tt_slice(k->grad, dim, at, end, 1));
    at = end;
  }
}

static int dim_of(const TapeNode *k) // TT_ALL, or from the front
{
  int dim = (int)k->attr.i[0];
  return dim < 0 && dim != TT_ALL ? dim + k->saved[1].t.rank : dim;
}

static Tensor *kept(TapeNode *k)     // the gradient with keepdim
{
  int dim = dim_of(k);
  Shape s = tt_node_shape(k, 1);
  for (int d = 0; d < s.rank; d++)
    if (dim == TT_ALL || d == dim)
      s.dim[d] = 1;
  return tt_reshape(k->grad, s);
}

static void sum_backward(TapeNode *k)
{
  tt_accumulate(k, 1, tt_expand(kept(k), tt_node_shape(k, 1)));
}

static void cumsum_backward(TapeNode *k)   // sums from the other end
{
  tt_accumulate(k, 1, tt_running_sum(k->op, k->grad, (int)k->attr.i[0],
                                     true));
}

TT_ROW(tie, 2, a, b, c_, p_, q_, a == b || (a != a && b != b))
static Op op_tie = { .name = "tt_max", .row = tie_row };

static Tensor *among_ties(TapeNode *k, Tensor *x) // of all elements
{
  Tensor *is = tt_map(&op_tie, 2, (Tensor *[]){
    x, tt_node_saved(k, 0) }, 0, 0);
  Tensor *each = tt_div(kept(k), tt_sum(is, TT_ALL, false));
  return tt_where(is, each, tt_zeros(TT_SCALAR));
}

static Tensor *to_the_first(TapeNode *k, Tensor *x)
{
  int dim = dim_of(k);
  int64_t n = x->shape[dim], inner = 1;
  for (int d = dim + 1; d < x->rank; d++)
    inner *= x->shape[d];
  const int32_t *at = tt_argmax(x, dim, true)->data;
  const Real *g = tt_contiguous(k->grad)->data;
  Tensor *y = tt_zeros(tt_shape(x));
  Real *to = y->data;
  for (int64_t i = 0, all = tt_numel(k->grad); i < all; i++)
    to[(i / inner * n + at[i]) * inner + i % inner] = g[i];
  return y;
}

static void max_backward(TapeNode *k)
{
  Tensor *x = tt_node_saved(k, 1);
  bool all = k->attr.i[0] == TT_ALL;
  tt_accumulate(k, 1, (all ? among_ties : to_the_first)(k, x));
}

static int64_t rows_of(const Tensor *t)  // all dimensions but the last
{
  int64_t n = 1;
  for (int d = 0; d < t->rank - 1; d++)
    n *= t->shape[d];
  return n;
}

static Tensor *as_rows(Tensor *t)
{
  int64_t n = t->shape[t->rank - 1];
  return t->rank == 2 ? t : tt_reshape(t, TT_SHAPE(rows_of(t), n));
}

static void matmul_backward(TapeNode *k)
{
  Tensor *g = k->grad;
  if (tt_node_wants(k, 1)) {
    Tensor *b = tt_node_saved(k, 2);
    tt_accumulate(k, 1, tt_matmul(g, tt_transpose(b, -2, -1)));
  }
  if (tt_node_wants(k, 2)) {
    Tensor *a = tt_node_saved(k, 1);
    if (k->saved[2].t.rank == 2)        // one B for many A
      a = as_rows(a), g = as_rows(g);
    tt_accumulate(k, 2, tt_matmul(tt_transpose(a, -2, -1), g));
  }
}

static void linear_backward(TapeNode *k) // y = x w^T + b
{
  Tensor *g = tt_contiguous(k->grad), *w = &k->saved[2].t;
  int64_t n = rows_of(g), out = w->shape[0], in = w->shape[1];
  if (tt_node_wants(k, 1)) {
    w = tt_contiguous(tt_node_saved(k, 2));
    Tensor *to = tt_empty(TT_F32, tt_node_shape(k, 1));
    tt_backend->gemm(&(Gemm){
      .batch = 1, .m = n, .n = in, .k = out, .alpha = 1,
      .a = g->data, .a_row = out, .a_col = 1,
      .b = w->data, .b_row = in, .b_col = 1,
      .c = to->data, .c_row = in, .c_col = 1 });
    tt_accumulate(k, 1, to);
  }
  if (tt_node_wants(k, 2)) {
    Tensor *x = tt_contiguous(tt_node_saved(k, 1));
    Tensor *to = tt_empty(TT_F32, TT_SHAPE(out, in));
    Gemm p = { .batch = 1, .alpha = 1, .a = g->data, .b = x->data,
               .c = to->data, .c_row = in, .c_col = 1 };
    p.m = out, p.n = in, p.k = n;
    p.a_row = 1, p.a_col = out;
    p.b_row = in, p.b_col = 1;
    tt_backend->gemm(&p);
    tt_accumulate(k, 2, to);
  }
  if (k->n == 3 && tt_node_wants(k, 3)) {
    Tensor *to = tt_empty(TT_F32, TT_SHAPE(out));
    tt_backend->reduce(TT_SUM, 1, n, out, to->data, g->data);
    tt_accumulate(k, 3, to);
  }
}

static void softmax_row_back(int64_t n, Real *dx, const Real *y,
                             const Real *dy)
{
  double mean = 0;
#pragma omp simd reduction(+ : mean)
  for (int64_t i = 0; i < n; i++)
    mean += (double)(y[i] * dy[i]);
  for (int64_t i = 0; i < n; i++)
    dx[i] = y[i] * (dy[i] - (Real)mean);
}

static void log_softmax_row_back(int64_t n, Real *dx, const Real *y,
                                 const Real *dy)
{
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++)
    sum += (double)dy[i];
#pragma omp simd
  for (int64_t i = 0; i < n; i++)
    dx[i] = dy[i] - tt_expf(y[i]) * (Real)sum;
}

enum { LANES = 64 };

static void softmax_lanes_back(int64_t n, int64_t inner, int64_t lanes,
                               Real *dx, const Real *y, const Real *dy,
                               bool log_)
{
  double sum[LANES] = {0};
  for (int64_t at = 0; at < n * inner; at += inner)
    for (int64_t j = 0; j < lanes; j++)
      sum[j] += (double)(log_ ? dy[at + j] : y[at + j] * dy[at + j]);
  for (int64_t at = 0; at < n * inner; at += inner)
    for (int64_t j = 0; j < lanes; j++) {
      Real u = y[at + j], v = dy[at + j], s = (Real)sum[j];
      dx[at + j] = log_ ? v - tt_expf(u) * s : u * (v - s);
    }
}

void tt_naive_softmax_back(int64_t outer, int64_t n, int64_t inner,
                           Real *dx, const Real *y, const Real *dy,
                           bool log_)
{
  int64_t width = inner == 1 ? 1 : LANES;
  for (int64_t o = 0; o < outer; o++)
    for (int64_t j = 0; j < inner; j += width) {
      int64_t at = o * n * inner + j;
      int64_t lanes = inner - j < width ? inner - j : width;
      if (inner > 1)
        softmax_lanes_back(n, inner, lanes, dx + at, y + at, dy + at,
                           log_);
      else
        (log_ ? log_softmax_row_back : softmax_row_back)(
          n, dx + at, y + at, dy + at);
    }
}

static void softmax_rule(TapeNode *k, bool log_)
{
  Tensor *y = tt_node_saved(k, 0), *g = tt_contiguous(k->grad);
  Tensor *to = tt_empty(TT_F32, tt_shape(y));
  int64_t size[3] = { 1, 1, 1 };       // outer, n, inner
  for (int d = 0; d < y->rank; d++)
    size[d < k->attr.i[0] ? 0 : d == k->attr.i[0] ? 1 : 2]
      *= y->shape[d];
  tt_backend->softmax_back(size[0], size[1], size[2], to->data, y->data,
                           g->data, log_);
  tt_accumulate(k, 1, to);
}

static void softmax_backward(TapeNode *k)
{
  softmax_rule(k, false);
}

static void log_softmax_backward(TapeNode *k)
{
  softmax_rule(k, true);
}

typedef Real PairGradient(Real x, Real y);

static Real mse_grad_x(Real x, Real y) { return 2 * (x - y); }
static Real mse_grad_y(Real x, Real y) { return 2 * (y - x); }
static Real bce_grad_p(Real p, Real y)
{
  Real spread = p * (1 - p), least = (Real)1e-12;
  return (p - y) / (spread > least ? spread : least);
}

static Real bce_grad_y(Real p, Real y)   // floors as in the loss
{
  (void)y;
  Real yes = log(p), no = log1p(-p);
  return (no < -100 ? -100 : no) - (yes < -100 ? -100 : yes);
}

static Real logit_grad_z(Real z, Real y) { return tt_sigmoidf(z) - y; }
static Real logit_grad_y(Real z, Real y) { return (void)y, -z; }
TT_INLINE void fill_gradient(PairGradient *gradient, int64_t n,
                             Real *to, const Real *x, const Real *y,
                             const Real *g, int step, Real scale)
{
  for (int64_t i = 0; i < n; i++)
    to[i] = g[i * step] * scale * gradient(x[i], y[i]);
}

TT_INLINE void pair_backward(TapeNode *k, int operand,
                             PairGradient *gradient)
{
  if (!tt_node_wants(k, operand))
    return;
  Tensor *x = tt_node_saved(k, 1), *y = tt_node_saved(k, 2);
  Tensor *to = tt_empty(TT_F32, tt_shape(x));
  const Real *g = tt_contiguous(k->grad)->data;
  int64_t n = tt_numel(x);
  Reduction r = (Reduction)k->attr.i[0];
  if (r == TT_REDUCE_NONE)
    fill_gradient(gradient, n, to->data, x->data, y->data, g, 1, 1);
  else
    fill_gradient(gradient, n, to->data, x->data, y->data, g, 0,
                  r == TT_REDUCE_MEAN ? 1 / (Real)n : 1);
  tt_accumulate(k, operand, to);
}

#define PAIR_RULE(name, grad_x, grad_y) \
  static void name##_backward(TapeNode *k) \
  { \
    pair_backward(k, 1, grad_x); \
    pair_backward(k, 2, grad_y); \
  }
PAIR_RULE(mse_loss, mse_grad_x, mse_grad_y)
PAIR_RULE(bce_loss, bce_grad_p, bce_grad_y)
PAIR_RULE(bce_with_logits, logit_grad_z, logit_grad_y)
typedef struct Labels {
  int64_t n, classes, inner;         // labels, classes, what follows
  const int32_t *label;
  const Real *g, *logp;
  int     step;                      // from one gradient to the next
  Real    scale, smoothing;
  int64_t ignore;
  const Real *weight;                // of each class, or NULL: 1
  Real    weights;                   // their sum
} Labels;

static Real weight_of(const Labels *l, int64_t c)
{
  return l->weight ? l->weight[c] : 1;
}

static const Real *class_weights(TapeNode *k, int i)
{
  if (k->n < i)
    return NULL;
  if (tt_node_wants(k, i))
    tt_fail(TT_EVALUE, "%s: the class weights require a gradient, and"
            " there is no rule for it; tt_detach them", k->op->name);
  return tt_contiguous(tt_node_saved(k, i))->data;
}

static Labels labels_of(TapeNode *k, int weight)
{
  Shape s = tt_node_shape(k, 1);
  int dim = s.rank > 1;
  Tensor *target = tt_contiguous(tt_node_saved(k, 2));
  Labels l = { .n = tt_numel(target), .classes = s.dim[dim], .inner = 1,
               .label = target->data, .scale = 1,
               .g = tt_contiguous(k->grad)->data,
               .step = k->attr.i[0] == TT_REDUCE_NONE,
               .smoothing = k->attr.r[0], .ignore = k->attr.i[1],
               .weight = class_weights(k, weight) };
  for (int d = dim + 1; d < s.rank; d++)
    l.inner *= s.dim[d];
  for (int64_t c = 0; c < l.classes; c++)
    l.weights += weight_of(&l, c);
  double counted = 0;
  for (int64_t i = 0; i < l.n; i++)
    if (l.label[i] != l.ignore)
      counted += (double)weight_of(&l, l.label[i]);
  if (k->attr.i[0] == TT_REDUCE_MEAN)
    l.scale = 1 / (Real)counted;
  return l;
}

static void nll_row(const Labels *l, Real g, int64_t at, int64_t label,
                    Real *to)
{
  to[at + label * l->inner] = -g * weight_of(l, label);
}

static void cross_entropy_row(const Labels *l, Real g, int64_t at,
                              int64_t label, Real *to)
{
  const Real *logp = l->logp + at;
  to += at;
  Real even = l->smoothing / (Real)l->classes;
  Real most = (1 - l->smoothing) * weight_of(l, label);
  Real all = most + even * l->weights;
  for (int64_t c = 0; c < l->classes; c++)
    to[c * l->inner] = g * (all * tt_expf(logp[c * l->inner])
                            - even * weight_of(l, c));
  to[label * l->inner] -= g * most;
}

static Tensor *each_label(TapeNode *k, const Labels *l,
                          void (*row)(const Labels *, Real, int64_t,
                                      int64_t, Real *))
{
  Tensor *to = tt_zeros(tt_node_shape(k, 1));
  for (int64_t i = 0; i < l->n; i++) {
    int64_t at = i / l->inner * l->classes * l->inner + i % l->inner;
    if (l->label[i] != l->ignore)
      row(l, l->g[i * l->step] * l->scale, at, l->label[i], to->data);
  }
  return to;
}

static void nll_loss_backward(TapeNode *k)
{
  Labels l = labels_of(k, 3);
  tt_accumulate(k, 1, each_label(k, &l, nll_row));
}

static void cross_entropy_backward(TapeNode *k)
{
  Labels l = labels_of(k, 4);
  l.logp = tt_node_saved(k, 3)->data;
  tt_accumulate(k, 1, each_label(k, &l, cross_entropy_row));
}

extern Op tt_op_add, tt_op_sub, tt_op_mul, tt_op_neg, tt_op_add_scalar,
  tt_op_mul_scalar, tt_op_where, tt_op_reshape, tt_op_squeeze,
  tt_op_unsqueeze, tt_op_transpose, tt_op_permute, tt_op_slice,
  tt_op_select, tt_op_expand, tt_op_clone, tt_op_cat, tt_op_sum,
  tt_op_max, tt_op_cumsum, tt_op_matmul, tt_op_linear, tt_op_softmax,
  tt_op_log_softmax, tt_op_mse_loss, tt_op_bce_loss,
  tt_op_bce_with_logits, tt_op_nll_loss, tt_op_cross_entropy;

#define RULE(id, saves) { &tt_op_##id, id##_backward, saves, {0} }
#define SAME(id, other, saves) \
  { &tt_op_##id, other##_backward, saves, {0} }
#define ROW_ONE(id, saved, ...) \
  { &tt_op_##id, tt_elementwise_backward, TT_SAVES_##saved, \
    { &op_##id##_gradient } },
#define ROW_TWO(id, first, second, ...) \
  { &tt_op_##id, tt_elementwise_backward, \
    TT_SAVES_##first | TT_SAVES_##second, \
    { &op_##id##_gradient_a, &op_##id##_gradient_b } },
const GradientRule tt_rules[] = {
  GRADIENTS(ROW_ONE, ROW_TWO)
  SAME(add, pass, 0), SAME(add_scalar, pass, 0), SAME(expand, pass, 0),
  SAME(clone, pass, 0), RULE(sub, 0), RULE(neg, 0), RULE(mul_scalar, 0),
  RULE(mul, TT_SAVES_FACTORS), RULE(matmul, TT_SAVES_FACTORS),
  RULE(where, TT_SAVES(1)), RULE(cumsum, 0),
  RULE(reshape, 0), SAME(squeeze, reshape, 0),
  SAME(unsqueeze, reshape, 0), RULE(transpose, 0), RULE(permute, 0),
  RULE(slice, 0), RULE(select, 0), RULE(cat, 0), RULE(sum, 0),
  RULE(max, TT_SAVES_RESULT | TT_SAVES(1)),
  RULE(softmax, TT_SAVES_RESULT), RULE(log_softmax, TT_SAVES_RESULT),
  RULE(linear, TT_SAVES_FACTORS),
  RULE(mse_loss, TT_SAVES(1) | TT_SAVES(2)),
  RULE(bce_loss, TT_SAVES(1) | TT_SAVES(2)),
  RULE(bce_with_logits, TT_SAVES(1) | TT_SAVES(2)),
  RULE(nll_loss, TT_SAVES(2) | TT_SAVES(3)),
  RULE(cross_entropy, TT_SAVES(2) | TT_SAVES(3) | TT_SAVES(4)),
  {0}
};
