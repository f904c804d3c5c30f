// Needs chapter 05: every rule against differences, on operands that lie
// in memory in every way, and against PyTorch 1.13.1 with gradients that
// differ from element to element (tests/reference/gradients.py).
// With TT_REAL=double differences are good to ten digits.
#include "tt_test.h"
#include "vectors.h"
#include "views.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOLERANCE (sizeof(Real) == 4 ? 4e-3 : 1e-7)

// ---- leaves ---------------------------------------------------------------
// Values that are distinct by 0.06 or more and stay as far from 0, so that a
// step of a difference crosses no kink of abs, relu or maximum.
typedef enum { ANY, POSITIVE, SHARE } Range;   // SHARE: between 0 and 1

static void fill(Tensor *t, uint64_t *state, Range range) {
  int64_t n = tt_numel(t);
  Real *x = t->data;
  for (int64_t i = 0; i < n; i++) {
    double v = 0.06 * (double)(i + 1) + 0.01 * (double)(*state % 3);
    x[i] = (Real)(range == SHARE ? 0.1 + 0.8 * (double)(i + 1) / (double)(n + 1)
                  : range == POSITIVE ? 0.5 + v / 2 : i % 2 ? v : -v);
  }
  for (int64_t i = n - 1; i > 0; i--) {          // shuffled
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    int64_t j = (int64_t)((*state >> 33) % (uint64_t)(i + 1));
    Real v = x[i];
    x[i] = x[j], x[j] = v;
  }
}

// How an operand lies in memory: the leaf has another shape, and the
// function that is checked computes the view.
typedef enum { PLAIN, TRANSPOSED, SLICED, EXPANDED, WAYS } Way;

static Shape leaf_shape(Shape s, Way way) {
  Shape l = s;
  for (int d = 0; d < s.rank; d++)
    l.dim[d] = way == TRANSPOSED ? s.dim[s.rank - 1 - d]
             : way == SLICED ? 2 * s.dim[d] + 1
             : way == EXPANDED && d % 2 == 0 && s.dim[d] ? 1 : s.dim[d];
  return l;
}

static Tensor *view(Tensor *leaf, Shape s, Way way) {
  Shape back = {.rank = s.rank};
  for (int d = 0; d < s.rank; d++) back.dim[d] = s.rank - 1 - d;
  if (way == TRANSPOSED) return tt_permute(leaf, back);
  if (way == EXPANDED) return tt_expand(leaf, s);
  for (int d = 0; way == SLICED && d < s.rank; d++)
    leaf = tt_slice(leaf, d, 1, 2 * s.dim[d] + 1, 2);
  return leaf;
}

// ---- the operations ---------------------------------------------------------
typedef struct Job {
  Tensor *(*op)(Tensor **x);
  int     n;
  Shape   shape[3];
  Tensor *leaf[3];
  Way     way[3];
} Job;

static Tensor *compute(void *arg) {
  Job *j = arg;
  Tensor *x[3];
  for (int i = 0; i < j->n; i++)
    x[i] = view(j->leaf[i], j->shape[i], j->way[i]);
  return j->op(x);
}

static Tensor *labels(Shape s, int classes) {
  Tensor *t = tt_empty(TT_I32, s);
  int32_t *v = t->data;
  for (int64_t i = 0, n = tt_numel(t); i < n; i++)
    v[i] = i % 4 == 3 ? -100 : (int32_t)(i * 7 % classes);
  return t;
}

#define S(...) TT_SHAPE(__VA_ARGS__)
#define NO (Shape){0}
#define CE(x, r, s, dims) tt_cross_entropy_with(x, labels(dims, 5), \
  (LabelOptions){.reduction = r, .label_smoothing = s})
#define WEIGHTED(f, x, s, dims) f(x, labels(dims, 5), (LabelOptions){ \
  .label_smoothing = s, \
  .weight = tt_arange(3, 0.5, -0.5)})
// name, range, operands, their shapes, the computation
#define OPERATIONS(X) \
  X(reshape, ANY, 1, S(3, 4), NO, NO, tt_reshape(x[0], S(2, 6))) \
  X(transpose, ANY, 1, S(2, 3, 4), NO, NO, tt_transpose(x[0], 0, -1)) \
  X(permute, ANY, 1, S(2, 3, 4), NO, NO, tt_permute(x[0], S(2, 0, 1))) \
  X(slice, ANY, 1, S(5, 3), NO, NO, tt_slice(x[0], 0, 1, 4, 1)) \
  X(slice_step, ANY, 1, S(2, 7), NO, NO, tt_slice(x[0], -1, 1, 7, 3)) \
  X(slice_none, ANY, 1, S(2, 7), NO, NO, tt_slice(x[0], 1, 5, 2, 1)) \
  X(select, ANY, 1, S(4, 3), NO, NO, tt_select(x[0], 0, -2)) \
  X(expand, ANY, 1, S(3, 1), NO, NO, tt_expand(x[0], S(2, 3, 4))) \
  X(squeeze, ANY, 1, S(1, 3, 1), NO, NO, tt_squeeze(x[0], 0)) \
  X(squeeze_all, ANY, 1, S(1, 3, 1), NO, NO, tt_squeeze(x[0], TT_ALL)) \
  X(unsqueeze, ANY, 1, S(2, 3), NO, NO, tt_unsqueeze(x[0], -1)) \
  X(clone, ANY, 1, S(2, 3), NO, NO, tt_clone(x[0])) \
  X(contiguous, ANY, 1, S(2, 3), NO, NO, tt_contiguous(x[0])) \
  X(cat, ANY, 3, S(2, 3), S(1, 3), S(3, 3), tt_cat(3, x, 0)) \
  X(cat_last, ANY, 2, S(2, 1), S(2, 3), NO, tt_cat(2, x, -1)) \
  X(cat_same, ANY, 1, S(2, 2), NO, NO, \
    tt_cat(3, ((Tensor *[]){x[0], x[0], x[0]}), 1)) \
  X(add, ANY, 2, S(3, 4), S(3, 4), NO, tt_add(x[0], x[1])) \
  X(add_row, ANY, 2, S(2, 3, 4), S(4), NO, tt_add(x[0], x[1])) \
  X(add_column, ANY, 2, S(3, 1), S(2, 1, 4), NO, tt_add(x[0], x[1])) \
  X(add_scalar_tensor, ANY, 2, NO, S(2, 2), NO, tt_add(x[0], x[1])) \
  X(sub, ANY, 2, S(3, 4), S(1, 4), NO, tt_sub(x[0], x[1])) \
  X(mul, ANY, 2, S(3, 4), S(3, 1), NO, tt_mul(x[0], x[1])) \
  X(mul_self, ANY, 1, S(3, 4), NO, NO, tt_mul(x[0], x[0])) \
  X(div, POSITIVE, 2, S(3, 4), S(4), NO, tt_div(x[0], x[1])) \
  X(div_row, POSITIVE, 2, S(4), S(3, 4), NO, tt_div(x[0], x[1])) \
  X(div_constant, POSITIVE, 1, S(3), NO, NO, \
    tt_div(x[0], tt_full(TT_SCALAR, 3))) \
  X(maximum, ANY, 2, S(3, 4), S(3, 4), NO, \
    tt_maximum(x[0], tt_add_scalar(x[1], (Real)0.03))) \
  X(minimum, ANY, 2, S(3, 4), S(4), NO, \
    tt_minimum(x[0], tt_add_scalar(x[1], (Real)0.03))) \
  X(neg, ANY, 1, S(3, 4), NO, NO, tt_neg(x[0])) \
  X(abs, ANY, 1, S(3, 4), NO, NO, tt_abs(x[0])) \
  X(exp, ANY, 1, S(3, 4), NO, NO, tt_exp(x[0])) \
  X(log, POSITIVE, 1, S(3, 4), NO, NO, tt_log(x[0])) \
  X(sqrt, POSITIVE, 1, S(3, 4), NO, NO, tt_sqrt(x[0])) \
  X(add_scalar, ANY, 1, S(3, 4), NO, NO, tt_add_scalar(x[0], 3)) \
  X(mul_scalar, ANY, 1, S(3, 4), NO, NO, tt_mul_scalar(x[0], -3)) \
  X(matmul, ANY, 2, S(3, 4), S(4, 2), NO, tt_matmul(x[0], x[1])) \
  X(matmul_self, ANY, 1, S(3, 3), NO, NO, tt_matmul(x[0], x[0])) \
  X(matmul_batches, ANY, 2, S(2, 3, 4), S(2, 4, 2), NO, \
    tt_matmul(x[0], x[1])) \
  X(matmul_stretched, ANY, 2, S(3, 1, 2, 4), S(2, 4, 2), NO, \
    tt_matmul(x[0], x[1])) \
  X(matmul_one_right, ANY, 2, S(2, 3, 4), S(4, 2), NO, tt_matmul(x[0], x[1])) \
  X(matmul_one_left, ANY, 2, S(3, 4), S(2, 4, 2), NO, tt_matmul(x[0], x[1])) \
  X(matmul_dot, ANY, 2, S(4), S(4), NO, tt_matmul(x[0], x[1])) \
  X(matmul_row, ANY, 2, S(4), S(4, 3), NO, tt_matmul(x[0], x[1])) \
  X(matmul_column, ANY, 2, S(3, 4), S(4), NO, tt_matmul(x[0], x[1])) \
  X(matmul_batch_column, ANY, 2, S(2, 3, 4), S(4), NO, tt_matmul(x[0], x[1])) \
  X(matmul_row_batch, ANY, 2, S(4), S(2, 4, 3), NO, tt_matmul(x[0], x[1])) \
  X(sum, ANY, 1, S(2, 3, 4), NO, NO, tt_sum(x[0], 1, false)) \
  X(sum_keep, ANY, 1, S(2, 3, 4), NO, NO, tt_sum(x[0], -1, true)) \
  X(sum_all, ANY, 1, S(2, 3, 4), NO, NO, tt_sum(x[0], TT_ALL, false)) \
  X(sum_all_keep, ANY, 1, S(2, 3), NO, NO, tt_sum(x[0], TT_ALL, true)) \
  X(mean, ANY, 1, S(2, 3, 4), NO, NO, tt_mean(x[0], -2, false)) \
  X(mean_all, ANY, 1, S(2, 3, 4), NO, NO, tt_mean(x[0], TT_ALL, false)) \
  X(max, ANY, 1, S(2, 3, 4), NO, NO, tt_max(x[0], 1, false)) \
  X(max_last, ANY, 1, S(3, 4), NO, NO, tt_max(x[0], -1, true)) \
  X(max_all, ANY, 1, S(3, 4), NO, NO, tt_max(x[0], TT_ALL, false)) \
  X(max_all_keep, ANY, 1, S(3, 4), NO, NO, tt_max(x[0], TT_ALL, true)) \
  X(relu, ANY, 1, S(3, 4), NO, NO, tt_relu(x[0])) \
  X(leaky_relu, ANY, 1, S(3, 4), NO, NO, tt_leaky_relu(x[0], (Real)0.3)) \
  X(sigmoid, ANY, 1, S(3, 4), NO, NO, tt_sigmoid(x[0])) \
  X(tanh, ANY, 1, S(3, 4), NO, NO, tt_tanh(x[0])) \
  X(gelu, ANY, 1, S(3, 14), NO, NO, tt_gelu(x[0])) \
  X(gelu_tanh, ANY, 1, S(3, 14), NO, NO, tt_gelu_tanh(x[0])) \
  X(silu, ANY, 1, S(3, 14), NO, NO, tt_silu(x[0])) \
  X(softmax, ANY, 1, S(3, 4), NO, NO, tt_softmax(x[0], -1)) \
  X(softmax_middle, ANY, 1, S(2, 3, 4), NO, NO, tt_softmax(x[0], 1)) \
  X(log_softmax, ANY, 1, S(3, 4), NO, NO, tt_log_softmax(x[0], 1)) \
  X(log_softmax_first, ANY, 1, S(3, 4), NO, NO, tt_log_softmax(x[0], 0)) \
  X(linear, ANY, 3, S(5, 4), S(3, 4), S(3), tt_linear(x[0], x[1], x[2])) \
  X(linear_bare, ANY, 2, S(2, 3, 4), S(3, 4), NO, \
    tt_linear(x[0], x[1], NULL)) \
  X(linear_one, ANY, 3, S(4), S(3, 4), S(3), tt_linear(x[0], x[1], x[2])) \
  X(mse, ANY, 2, S(3, 4), S(3, 4), NO, tt_mse_loss(x[0], x[1])) \
  X(mse_sum, ANY, 2, S(3, 4), S(3, 4), NO, \
    tt_mse_loss_with(x[0], x[1], TT_REDUCE_SUM)) \
  X(mse_none, ANY, 2, S(3, 4), S(3, 4), NO, \
    tt_mse_loss_with(x[0], x[1], TT_REDUCE_NONE)) \
  X(bce, SHARE, 2, S(3, 2), S(3, 2), NO, tt_bce_loss(x[0], x[1])) \
  X(bce_none, SHARE, 2, S(3, 2), S(3, 2), NO, \
    tt_bce_loss_with(x[0], x[1], TT_REDUCE_NONE)) \
  X(bce_logits, SHARE, 2, S(3, 2), S(3, 2), NO, \
    tt_bce_with_logits(tt_mul_scalar(x[0], 9), x[1])) \
  X(bce_logits_sum, SHARE, 2, S(3, 2), S(3, 2), NO, \
    tt_bce_with_logits_with(x[0], x[1], TT_REDUCE_SUM)) \
  X(bce_logits_none, SHARE, 2, S(3, 2), S(3, 2), NO, \
    tt_bce_with_logits_with(x[0], x[1], TT_REDUCE_NONE)) \
  X(nll, ANY, 1, S(6, 5), NO, NO, tt_nll_loss(x[0], labels(S(6), 5))) \
  X(nll_none, ANY, 1, S(3, 5, 2), NO, NO, \
    tt_nll_loss_with(x[0], labels(S(3, 2), 5), \
                     (LabelOptions){.reduction = TT_REDUCE_NONE})) \
  X(nll_weighted, ANY, 1, S(3, 5, 2), NO, NO, \
    WEIGHTED(tt_nll_loss_with, x[0], 0, S(3, 2))) \
  X(cross_entropy_weighted, ANY, 1, S(3, 5, 2), NO, NO, \
    WEIGHTED(tt_cross_entropy_with, x[0], 0.2, S(3, 2))) \
  X(cross_entropy, ANY, 1, S(6, 5), NO, NO, \
    CE(x[0], TT_REDUCE_MEAN, 0, S(6))) \
  X(cross_entropy_sum, ANY, 1, S(6, 5), NO, NO, \
    CE(x[0], TT_REDUCE_SUM, 0.2, S(6))) \
  X(cross_entropy_none, ANY, 1, S(6, 5), NO, NO, \
    CE(x[0], TT_REDUCE_NONE, 0.1, S(6))) \
  X(cross_entropy_one, ANY, 1, S(5), NO, NO, \
    CE(x[0], TT_REDUCE_MEAN, 0.1, NO)) \
  X(cross_entropy_pictures, ANY, 1, S(2, 5, 2, 3), NO, NO, \
    CE(x[0], TT_REDUCE_MEAN, 0.1, S(2, 2, 3))) \
  X(twice_and_again, ANY, 1, S(3, 4), NO, NO, \
    tt_add(tt_mul(x[0], tt_tanh(x[0])), tt_sub(x[0], tt_exp(x[0])))) \
  X(diamond, ANY, 1, S(3, 4), NO, NO, diamond(x[0], 4)) \
  X(residual, ANY, 1, S(3, 4), NO, NO, residual(x[0], 5)) \
  X(variance, ANY, 1, S(3, 4), NO, NO, variance(x[0])) \
  X(empty, ANY, 2, S(0, 3), S(3), NO, tt_tanh(tt_mul(x[0], x[1]))) \
  X(empty_product, ANY, 2, S(2, 0), S(0, 3), NO, tt_matmul(x[0], x[1])) \
  X(empty_layer, ANY, 3, S(0, 4), S(3, 4), S(3), \
    tt_linear(x[0], x[1], x[2])) \
  X(empty_stretched, ANY, 2, S(1, 3), S(0, 3), NO, tt_add(x[0], x[1])) \
  X(empty_sum, ANY, 1, S(0, 3), NO, NO, tt_sum(x[0], 0, false)) \
  X(empty_softmax, ANY, 1, S(0, 3), NO, NO, tt_softmax(x[0], 1)) \
  X(empty_max, ANY, 1, S(2, 0, 3), NO, NO, tt_max(x[0], 0, false))

static Tensor *diamond(Tensor *x, int depth) {
  Tensor *left = tt_tanh(x), *right = tt_mul_scalar(x, (Real)0.5);
  Tensor *y = tt_add(left, right);
  return depth ? diamond(y, depth - 1) : y;
}

static Tensor *residual(Tensor *x, int depth) {
  for (int i = 0; i < depth; i++)
    x = tt_add(x, tt_mul_scalar(tt_silu(tt_relu(x)), (Real)0.3));
  return x;
}

static Tensor *variance(Tensor *x) {
  Tensor *d = tt_sub(x, tt_mean(x, -1, true));
  return tt_mean(tt_mul(d, d), -1, false);
}

#define FUNCTION(name, range, n, a, b, c, call) \
  static Tensor *op_of_##name(Tensor **x) { return call; }
OPERATIONS(FUNCTION)
static void nothing(void) {}
#define ENTRY(name, range, n, a, b, c, call) \
  {#name, range, n, op_of_##name},
static const struct {
  const char *name;
  Range range;
  int n;
  Tensor *(*op)(Tensor **x);
} operation[] = {OPERATIONS(ENTRY)};
enum { COUNT = sizeof operation / sizeof *operation };

static Job job_of(int i) {
  int at = 0;
#define JOB(name_, range_, n_, a_, b_, c_, call) \
  if (at++ == i) \
    return (Job){.op = operation[i].op, .n = n_, .shape = {a_, b_, c_}};
  OPERATIONS(JOB)
  nothing();
  return (Job){0};
}

static void check_one(int i, Way way, uint64_t seed, double *worst) {
  TT_SCOPE;
  Job j = job_of(i);
  for (int k = 0; k < j.n; k++) {
    j.way[k] = k ? (Way)((way + k) % WAYS) : way;
    j.leaf[k] = tt_zeros(leaf_shape(j.shape[k], j.way[k]));
    fill(j.leaf[k], &seed, operation[i].range);
    tt_requires_grad_(j.leaf[k], true);
  }
  GradCheck c = tt_gradcheck(compute, &j, j.n, j.leaf);
  tt_expect(c.error < TOLERANCE, "%s, operands in way %d: the rule says %g, "
            "the difference %g, at element %lld of leaf %d", operation[i].name,
            way, c.analytical, c.numerical, (long long)c.element, c.tensor);
  if (c.error > *worst) *worst = c.error;
}

TT(gradients, of_every_operation_on_every_view) {
  tt_autograd_enable();
  double worst = 0;
  for (int i = 0; i < COUNT; i++)
    for (Way way = PLAIN; way < WAYS; way++)
      check_one(i, way, 1 + (uint64_t)way, &worst);
  fprintf(stderr, "largest error %.3g\n", worst);
  tt_expect_int(tt_tape_length(), 0);
}

// Each operand alone: what the others do not save must not be missed.
TT(gradients, of_one_operand_alone) {
  tt_autograd_enable();
  for (int i = 0; i < COUNT; i++)
    for (int k = 0; k < operation[i].n; k++) {
      TT_SCOPE;
      Job j = job_of(i);
      uint64_t seed = 3;
      for (int l = 0; l < j.n; l++) {
        j.leaf[l] = tt_zeros(j.shape[l]);
        fill(j.leaf[l], &seed, operation[i].range);
      }
      tt_requires_grad_(j.leaf[k], true);
      GradCheck c = tt_gradcheck(compute, &j, 1, &j.leaf[k]);
      tt_expect(c.error < TOLERANCE, "%s by operand %d alone: rule %g, "
                "difference %g", operation[i].name, k, c.analytical,
                c.numerical);
    }
}

extern Op tt_op_add;

// Every operation that this program was linked with has a gradient, by the
// table of chapter 5 or its own initializer, except those whose derivative is
// 0 everywhere. nm knows where each lies, as far from tt_op_add as here.
TT(gradients, every_operation_has_a_rule) {
  static const char flat[] = " eq ne lt le gt ge logical_not argmax argmax_last qgemm ";
  tt_autograd_enable();
  char command[64], line[256], name[100][64];
  unsigned long at[100], add = 0;
  int n = 0;
  snprintf(command, sizeof command, "nm /proc/%d/exe", (int)getpid());
  FILE *f = popen(command, "r");
  while (n < 100 && fgets(line, sizeof line, f)) {
    if (sscanf(line, "%lx %*[BD] tt_op_%63s", &at[n], name[n]) != 2) continue;
    if (strcmp(name[n], "add") == 0) add = at[n];
    n++;
  }
  pclose(f);
  tt_expect(add && n > 40 && n < 100, "%d operations were found", n);
  for (int i = 0; i < n; i++) {
    const Op *op = (const Op *)((uintptr_t)&tt_op_add + at[i] - add);
    char word[80], called[80];
    snprintf(word, sizeof word, " %.63s ", name[i]);
    snprintf(called, sizeof called, "tt_%.63s", name[i]);
    tt_expect(strcmp(op->name, called) == 0, "tt_op_%s is %s", name[i], op->name);
    tt_expect(!op->backward == !!strstr(flat, word), "tt_%s has %s rule", name[i],
              op->backward ? "a" : "no");
  }
}

// ---- PyTorch ----------------------------------------------------------------
#define EPS_F32 0x1p-23

static Tensor *labels_of(char *line) {
  Shape s = shape_of(next_field(&line));
  return ints_of(s, line);
}

typedef struct Reference {
  char     name[64], op[32];
  int64_t  i[4];
  Real     r[2];
  Tensor  *in[3], *label, *weight, *y;
  int      n, graded;
} Reference;

static Tensor *run_one(const Reference *c) {
  Tensor *x = c->in[0];
  const char *op = c->op;
#define IS(word) (strcmp(op, word) == 0)
#define ONE(word) if (IS(#word)) return tt_##word(x)
  ONE(neg); ONE(abs); ONE(exp); ONE(log); ONE(sqrt); ONE(relu);
  ONE(sigmoid); ONE(tanh); ONE(gelu); ONE(gelu_tanh); ONE(silu);
  if (IS("leaky_relu")) return tt_leaky_relu(x, c->r[0]);
  if (IS("softmax")) return tt_softmax(x, (int)c->i[0]);
  if (IS("log_softmax")) return tt_log_softmax(x, (int)c->i[0]);
  if (IS("sum")) return tt_sum(x, (int)c->i[0], c->i[1]);
  if (IS("mean")) return tt_mean(x, (int)c->i[0], c->i[1]);
  if (IS("max")) return tt_max(x, (int)c->i[0], c->i[1]);
  return NULL;
}

static Tensor *run_two(Reference *c) {
  Tensor *a = c->in[0], *b = c->in[1];
  const char *op = c->op;
  Reduction r = (Reduction)c->i[0];
#define TWO(word) if (IS(#word)) return tt_##word(a, b)
  TWO(add); TWO(sub); TWO(mul); TWO(div); TWO(maximum); TWO(minimum);
  TWO(matmul);
  if (IS("cat")) return tt_cat(c->n, c->in, (int)c->i[0]);
  if (IS("linear")) return tt_linear(a, b, c->in[2]);
  if (IS("mse")) return tt_mse_loss_with(a, b, r);
  if (IS("bce")) return tt_bce_loss_with(a, b, r);
  if (IS("bce_logits")) return tt_bce_with_logits_with(a, b, r);
  LabelOptions o = {r, .weight = c->weight};
  if (IS("nll")) return tt_nll_loss_with(a, c->label, o);
  o.label_smoothing = (double)c->r[0];
  if (IS("cross_entropy")) return tt_cross_entropy_with(a, c->label, o);
  return NULL;
}

// Both sides add up to 33 terms, and their exp, erf and tanh differ by 2 ulp.
static void expect_near(const char *name, const char *what, const Tensor *y,
                        const Tensor *want) {
  fprintf(stderr, "%s, %s\n", name, what);        // seen if the next fails
  tt_expect_tensor(y, want, 80 * EPS_F32, 24 * EPS_F32);
}

static void run_line(Reference *c, char *word, char *rest) {
  if (strcmp(word, "in") == 0)
    c->in[c->n++] = tt_requires_grad_(tensor_of(rest), true);
  else if (strcmp(word, "label") == 0)
    c->label = labels_of(rest);
  else if (strcmp(word, "weight") == 0)
    c->weight = tensor_of(rest);
  else if (strcmp(word, "out") == 0) {
    c->y = run_one(c);
    if (!c->y) c->y = run_two(c);
    tt_expect(c->y, "%s: no operation %s here", c->name, c->op);
    expect_near(c->name, "result", c->y, tensor_of(rest));
  } else if (strcmp(word, "up") == 0) {
    tt_backward_with(c->y, tensor_of(rest));
  } else if (strcmp(word, "grad") == 0) {
    Tensor *g = c->in[c->graded++]->grad, *want = tensor_of(rest);
    expect_near(c->name, "gradient", g ? g : tt_zeros(tt_shape(want)), want);
  }
}

TT(gradients, as_pytorch) {
  tt_autograd_enable();
  FILE *f = open_reference("gradients.txt");
  char *line = NULL;
  size_t size = 0;
  int n = 0;
  Reference c = {0};
  Scope scope;
  tt_scope_open(&scope);
  while (getline(&line, &size, f) > 0) {
    char *rest = line, *word = next_field(&rest);
    if (strcmp(word, "case") == 0) {
      tt_scope_close(&scope);
      tt_scope_open(&scope);
      c = (Reference){0};
      snprintf(c.name, sizeof c.name, "%s", next_field(&rest));
      snprintf(c.op, sizeof c.op, "%s", next_field(&rest));
      list_of(next_field(&rest), c.i);
      if (rest[0] != '-') c.r[0] = (Real)float_of(rest);
      n++;
    } else {
      run_line(&c, word, rest);
    }
  }
  tt_scope_close(&scope);
  free(line);
  fclose(f);
  tt_expect(n >= 140, "only %d cases", n);
}

// ---- random expressions -------------------------------------------------------
// A straight-line program of random operations over a few tensors of one
// shape, each operand drawn from all earlier results, against differences.
typedef struct Program {
  Tensor *leaf[3];
  int     length;
  int     code[24], a[24], b[24];
} Program;

static Tensor *step(int code, Tensor *a, Tensor *b) {
  switch (code) {
  case 0: return tt_add(a, b);
  case 1: return tt_sub(a, b);
  case 2: return tt_mul(a, tt_tanh(b));
  case 3: return tt_tanh(a);
  case 4: return tt_sigmoid(tt_mul(a, b));
  case 5: return tt_div(a, tt_add_scalar(tt_mul(b, b), 1));
  case 6: return tt_softmax(a, -1);
  case 7: return tt_tanh(tt_matmul(a, tt_transpose(b, 0, 1)));
  case 8: return tt_add(tt_slice(a, 0, 0, 1, 1), b);
  case 9: return tt_mul_scalar(tt_sum(tt_cat(2, (Tensor *[]){a, b}, 1), 1, true),
                               (Real)0.1);
  case 10: return tt_gelu(tt_linear(a, b, tt_select(b, 0, 1)));
  default: return tt_sub(a, tt_mean(b, 0, false));
  }
}

static Tensor *run_program(void *arg) {
  Program *p = arg;
  Tensor *v[27];
  Shape s = TT_SHAPE(3, 3);
  for (int i = 0; i < 3; i++) v[i] = p->leaf[i];
  for (int i = 0; i < p->length; i++)
    v[i + 3] = tt_expand(step(p->code[i], v[p->a[i]], v[p->b[i]]), s);
  return tt_add(v[p->length + 2], tt_mul(v[p->length], v[p->length + 1]));
}

TT(gradients, of_random_expressions) {
  tt_autograd_enable();
  FORALL(c, 60) {
    Program p = {.length = 2 + (int)below(&c, 20)};
    for (int i = 0; i < p.length; i++) {
      p.code[i] = (int)below(&c, 12);
      p.a[i] = (int)below(&c, i + 3), p.b[i] = (int)below(&c, i + 3);
      note(" %d(%d,%d)", p.code[i], p.a[i], p.b[i]);
    }
    for (int i = 0; i < 3; i++) {
      p.leaf[i] = tt_zeros(TT_SHAPE(3, 3));
      for (int j = 0; j < 9; j++)
        ((Real *)p.leaf[i]->data)[j] = (Real)(2 * uniform(&c) - 1);
      tt_requires_grad_(p.leaf[i], true);
    }
    GradCheck k = tt_gradcheck(run_program, &p, 3, p.leaf);
    expect(k.error < 10 * TOLERANCE, "rule %g, difference %g", k.analytical,
           k.numerical);
    expect(tt_tape_length() == 0, "%lld nodes are left",
           (long long)tt_tape_length());
  }
}

// ---- a function that fails --------------------------------------------------
static Tensor *picky(void *x) {
  double v = tt_get(x, TT_INDEX(1));
  if (v > 2) tt_fail(TT_EVALUE, "picky: %g is more than 2", v);
  return tt_mul(x, x);
}

static void check_picky(void *x) {
  tt_gradcheck(picky, x, 1, (Tensor *[]){x});
}

TT(gradients, of_what_fails_leave_the_numbers) {
  tt_autograd_enable();
  Tensor *x = tt_requires_grad_(tt_full(TT_SHAPE(3), 2), true);
  tt_release(tt_exp(x));           // the tape has its first block
  int64_t live = tt_memory_stats().live_bytes;
  TensorError e = {0};
  tt_expect(!tt_try(check_picky, x, &e), "it did not fail");
  tt_expect(strncmp(e.message, "picky: 2.", 9) == 0, "%s", e.message);
  tt_expect_values(x, 0, 2, 2, 2);
  tt_expect(!x->grad, "a gradient is left");
  tt_expect_int(tt_memory_stats().live_bytes, live);
  tt_expect_int(tt_tape_length(), 0);
}

// 0 times infinity is not a number: the smaller operand gets 0.
TT(gradients, of_a_maximum_goes_to_the_larger_alone) {
  tt_autograd_enable();
  Tensor *(*f[2])(Tensor *, Tensor *) = { tt_maximum, tt_minimum };
  for (int i = 0; i < 2; i++) {
    Tensor *a = tt_requires_grad_(tt_full(TT_SHAPE(1), 1), true);
    Tensor *b = tt_requires_grad_(tt_full(TT_SHAPE(1), 2), true);
    tt_backward_with(f[i](a, b), tt_full(TT_SHAPE(1), INFINITY));
    tt_expect(isinf(tt_item((i ? a : b)->grad)), "the winner's gradient");
    tt_expect_values((i ? b : a)->grad, 0, 0);
  }
  Tensor *(*of_all[2])(Tensor *, int, bool) = { tt_max, tt_min };
  for (int i = 0; i < 2; i++) {
    Tensor *x = tt_from(TT_SHAPE(2), (Real[]){1, 2});
    tt_backward_with(of_all[i](tt_requires_grad_(x, true), TT_ALL, false),
                     tt_full(TT_SCALAR, INFINITY));
    tt_expect(isinf(tt_get(x->grad, TT_INDEX(!i))), "the winner's gradient");
    tt_expect(tt_get(x->grad, TT_INDEX(i)) == 0, "the loser's is not 0");
  }
}

// ---- at the ends --------------------------------------------------------------
// Far out a gate is the identity or nothing; so is its gradient, and neither
// is infinity times 0.
TT(gradients, of_gates_at_infinity) {
  tt_autograd_enable();
  Tensor *(*const gate[])(Tensor *) = {tt_relu, tt_gelu, tt_gelu_tanh, tt_silu};
  const Real far[] = {40, 50, 800, 900, 1e4f, 1e30f, INFINITY};
  for (int i = 0; i < 4; i++)
    for (size_t k = 0; k < sizeof far / sizeof *far; k++) {
      TT_SCOPE;
      Tensor *x = tt_from(TT_SHAPE(2), (Real[]){-far[k], far[k]});
      tt_requires_grad_(x, true);
      tt_backward(tt_sum(gate[i](x), 0, false));
      fprintf(stderr, "gate %d at %g\n", i, (double)far[k]);
      tt_expect_values(x->grad, 1e-12, 0, 1);
    }
  Tensor *x = tt_requires_grad_(tt_from(TT_SHAPE(2), (Real[]){-INFINITY, INFINITY}), true);
  tt_backward(tt_sum(tt_sigmoid(x), 0, false));
  tt_backward(tt_sum(tt_tanh(x), 0, false));
  tt_expect_values(x->grad, 0, 0, 0);
}

// At either end of clamp the operand is its own clamp, as PyTorch has it.
TT(gradients, of_clamp_at_its_ends) {
  tt_autograd_enable();
  Tensor *x = tt_from(TT_SHAPE(5), (Real[]){-2, -1, 0, 3, 4});
  tt_requires_grad_(x, true);
  tt_backward(tt_sum(tt_clamp(x, -1, 3), 0, false));
  tt_expect_values(x->grad, 0, 0, 1, 1, 1, 0);
}

// Where the gate is nearly shut, 1 + tanh would lose every digit; the values
// are PyTorch's, in double.
TT(gradients, of_a_gate_that_is_nearly_shut) {
  tt_autograd_enable();
  const double want[] = {-5.514079766e-07, -0.000335123197, -6.583528748e-12};
  Tensor *x = tt_from(TT_SHAPE(3), (Real[]){-5.15625f, -4, -6.5f});
  tt_requires_grad_(x, true);
  tt_backward(tt_sum(tt_gelu_tanh(x), 0, false));
  for (int i = 0; i < 3; i++)
    tt_expect_close(tt_get(x->grad, TT_INDEX(i)), want[i], 2e-5, 0);
}

// ---- ties ------------------------------------------------------------------------
// The largest of all: those that are as large share the gradient, NaN
// among them; along a dimension the first has it.
TT(gradients, of_the_largest_of_all) {
  tt_autograd_enable();
  Tensor *x = tt_requires_grad_(tt_from(TT_SHAPE(2, 3), (Real[]){1, 3, 2, 3, 3, -1}), true);
  tt_backward(tt_mul_scalar(tt_max(x, TT_ALL, false), 6));
  tt_expect_values(x->grad, 1e-6, 0, 2, 0, 2, 2, 0);
  tt_zero_grad(x);
  tt_backward(tt_mul_scalar(tt_min(x, TT_ALL, false), 6));
  tt_expect_values(x->grad, 1e-6, 0, 0, 0, 0, 0, 6);
  tt_zero_grad(x);
  tt_backward_with(tt_max(x, 0, false), tt_from(TT_SHAPE(3), (Real[]){1, 2, 4}));
  tt_expect_values(x->grad, 1e-6, 0, 2, 4, 1, 0, 0);
  x = tt_requires_grad_(tt_from(TT_SHAPE(4), (Real[]){1, NAN, 9, NAN}), true);
  tt_backward(tt_max(x, TT_ALL, false));
  tt_expect_values(x->grad, 1e-6, 0, 0.5, 0, 0.5);
}

TT(gradients, of_class_weights_there_are_none) {
  tt_autograd_enable();
  Tensor *z = tt_requires_grad_(tt_ones(TT_SHAPE(2, 3)), true);
  Tensor *y = tt_from_int(TT_SHAPE(2), (int32_t[]){0, 2});
  Tensor *w = tt_requires_grad_(tt_ones(TT_SHAPE(3)), true);
  LabelOptions o = {.weight = w};
  tt_expect_fail(tt_backward(tt_cross_entropy_with(z, y, o)), "class weights require");
  tt_expect_fail(tt_backward(tt_nll_loss_with(z, y, o)), "class weights require");
}

// ---- kernels write what is theirs ----------------------------------------------------
enum { ROWS = 3, LONG = 11, ALL = ROWS * LONG };

static void expect_inside(const char *kernel, const Real *around) {
  for (int i = 0; i < 2; i++)
    tt_expect(around[i * (ALL + 1)] == 7, "%s writes %s its elements", kernel,
              i ? "behind" : "before");
  for (int i = 1; i <= ALL; i++)
    tt_expect(around[i] != 7, "%s leaves element %d out", kernel, i - 1);
}

TT(gradients, kernels_write_their_elements_and_no_others) {
  Real y[ALL], dy[ALL], to[ALL + 2];
  for (int i = 0; i < ALL; i++) y[i] = (Real)0.1, dy[i] = (Real)(i % 5);
  static const int shape[][3] = {{1, ALL, 1}, {ROWS, LONG, 1}, {1, LONG, ROWS}, {1, 1, ALL}};
  for (int s = 0; s < 4; s++)
    for (int log = 0; log < 2; log++) {
      const int *n = shape[s];
      for (int i = 0; i < ALL + 2; i++) to[i] = 7;
      tt_backend->softmax_back(n[0], n[1], n[2], to + 1, y, dy, log);
      expect_inside("softmax_back", to);
      for (int i = 0; i < ALL + 2; i++) to[i] = 7;
      tt_backend->softmax(n[0], n[1], n[2], to + 1, y, log);
      expect_inside("softmax", to);
    }
}
