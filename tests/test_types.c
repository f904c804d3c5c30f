// Needs chapter 04: every operation refuses a tensor of the wrong type in
// every place, by an error that names the operation and the type.
#include "tt_test.h"
#include <string.h>

enum { MOST = 3 };
typedef struct Operation {
  const char *name;
  Shape shape[MOST];
  const char *types;                 // of each operand: f or i
} Operation;

#define S(...) {sizeof((int[]){__VA_ARGS__}) / sizeof(int), {__VA_ARGS__}}
#define PAIR {S(2, 3), S(2, 3)}, "ff"
#define ONE {S(2, 3)}, "f"
#define LABELED {S(2, 3), S(2)}, "fi"

// X(name, call, shapes of the operands, their types)
#define OPERATIONS(X) \
  X(add, tt_add(t[0], t[1]), PAIR) X(sub, tt_sub(t[0], t[1]), PAIR) \
  X(mul, tt_mul(t[0], t[1]), PAIR) X(div, tt_div(t[0], t[1]), PAIR) \
  X(pow, tt_pow(t[0], t[1]), PAIR) X(eq, tt_eq(t[0], t[1]), PAIR) \
  X(ne, tt_ne(t[0], t[1]), PAIR) X(lt, tt_lt(t[0], t[1]), PAIR) \
  X(le, tt_le(t[0], t[1]), PAIR) X(gt, tt_gt(t[0], t[1]), PAIR) \
  X(ge, tt_ge(t[0], t[1]), PAIR) \
  X(maximum, tt_maximum(t[0], t[1]), PAIR) \
  X(minimum, tt_minimum(t[0], t[1]), PAIR) \
  X(where, tt_where(t[0], t[1], t[2]), {S(2, 3), S(3), S(2, 1)}, "fff") \
  X(neg, tt_neg(t[0]), ONE) X(abs, tt_abs(t[0]), ONE) \
  X(exp, tt_exp(t[0]), ONE) X(log, tt_log(t[0]), ONE) \
  X(sqrt, tt_sqrt(t[0]), ONE) X(sin, tt_sin(t[0]), ONE) \
  X(cos, tt_cos(t[0]), ONE) X(logical_not, tt_logical_not(t[0]), ONE) \
  X(add_scalar, tt_add_scalar(t[0], 1), ONE) \
  X(mul_scalar, tt_mul_scalar(t[0], 2), ONE) \
  X(clamp, tt_clamp(t[0], 0, 1), ONE) \
  X(matmul, tt_matmul(t[0], t[1]), {S(2, 3), S(3, 2)}, "ff") \
  X(sum, tt_sum(t[0], 0, false), ONE) X(mean, tt_mean(t[0], 0, true), ONE) \
  X(max, tt_max(t[0], 0, false), ONE) X(min, tt_min(t[0], 0, false), ONE) \
  X(argmax, tt_argmax(t[0], 0, false), ONE) \
  X(argmax_last, tt_argmax_last(t[0], 0, false), ONE) \
  X(var, tt_var(t[0], 0, 1, false), ONE) \
  X(std, tt_std(t[0], 0, 1, false), ONE) \
  X(cumsum, tt_cumsum(t[0], 1), ONE) \
  X(relu, tt_relu(t[0]), ONE) X(leaky_relu, tt_leaky_relu(t[0], 0), ONE) \
  X(sigmoid, tt_sigmoid(t[0]), ONE) X(tanh, tt_tanh(t[0]), ONE) \
  X(gelu, tt_gelu(t[0]), ONE) X(gelu_tanh, tt_gelu_tanh(t[0]), ONE) \
  X(silu, tt_silu(t[0]), ONE) X(softmax, tt_softmax(t[0], 0), ONE) \
  X(log_softmax, tt_log_softmax(t[0], 1), ONE) \
  X(linear, tt_linear(t[0], t[1], t[2]), {S(2, 3), S(4, 3), S(4)}, "fff") \
  X(linear, tt_linear(t[0], t[1], NULL), {S(2, 3), S(4, 3)}, "ff") \
  X(dropout, tt_dropout(t[0], 0.5, true, NULL), ONE) \
  X(dropout, tt_dropout(t[0], 0, false, NULL), ONE) \
  X(mse_loss, tt_mse_loss(t[0], t[1]), PAIR) \
  X(bce_loss, tt_bce_loss(t[0], t[1]), PAIR) \
  X(bce_with_logits, tt_bce_with_logits(t[0], t[1]), PAIR) \
  X(nll_loss, tt_nll_loss(t[0], t[1]), LABELED) \
  X(cross_entropy, tt_cross_entropy(t[0], t[1]), LABELED) \
  X(cross_entropy_with, tt_cross_entropy_with(t[0], t[1], \
    (LabelOptions){.weight = t[2]}), {S(2, 3), S(2), S(3)}, "fif") \
  X(nll_loss_with, tt_nll_loss_with(t[0], t[1], \
    (LabelOptions){.weight = t[2]}), {S(2, 3), S(2), S(3)}, "fif") \
  X(kaiming_uniform_, (tt_kaiming_uniform_(t[0], 0, NULL), t[0]), ONE) \
  X(kaiming_normal_, (tt_kaiming_normal_(t[0], 0, NULL), t[0]), ONE) \
  X(xavier_uniform_, (tt_xavier_uniform_(t[0], 1, NULL), t[0]), ONE) \
  X(xavier_normal_, (tt_xavier_normal_(t[0], 1, NULL), t[0]), ONE) \
  X(uniform_, (tt_uniform_(t[0], 0, 1, NULL), t[0]), ONE) \
  X(normal_, (tt_normal_(t[0], 0, 1, NULL), t[0]), ONE)

#define ENTRY(id, call, ...) {"tt_" #id, __VA_ARGS__},
static const Operation operation[] = {OPERATIONS(ENTRY)};
enum { COUNT = sizeof operation / sizeof *operation };

static Tensor *run(int which, Tensor *const t[]) {
  int k = 0;
#define CALL(id, call, ...) if (k++ == which) return call;
  OPERATIONS(CALL)
  return NULL;
}

typedef struct Trial { int which; Tensor *t[MOST]; } Trial;
static void attempt(void *arg) {
  Trial *c = arg;
  run(c->which, c->t);
}

// The i-th operand of type d, all others as they should be
static bool passes(int which, int i, DType d, TensorError *e) {
  const Operation *o = &operation[which];
  Trial c = {.which = which};
  for (int k = 0; o->types[k]; k++) {
    DType right = o->types[k] == 'f' ? TT_F32 : TT_I32;
    c.t[k] = tt_to(tt_ones(o->shape[k]), k == i ? d : right);
  }
  return tt_try(attempt, &c, e);
}

TT(types, what_is_right_is_computed) {
  TensorError e;
  for (int w = 0; w < COUNT; w++)
    tt_expect(passes(w, -1, TT_F32, &e), "%s: %s", operation[w].name, e.message);
}

TT(types, what_is_wrong_is_refused_in_every_place) {
  int wrong = 0;
  for (int w = 0; w < COUNT; w++)
    for (int i = 0; operation[w].types[i]; i++)
      for (DType d = TT_F32; d <= TT_I8; d++) {
        TensorError e = {0};
        const char *name = operation[w].name;
        if (d == (operation[w].types[i] == 'f' ? TT_F32 : TT_I32)) continue;
        Scope s;
        tt_scope_open(&s);
        bool passed = passes(w, i, d, &e);
        tt_scope_close(&s);
        if (!passed && e.code == TT_EDTYPE && strstr(e.message, tt_dtype_name(d))
            && strncmp(e.message, name, strlen(name)) == 0) continue;
        fprintf(stderr, "%s, operand %d of %s: code %d, %s\n", name, i,
                tt_dtype_name(d), (int)e.code, passed ? "no error" : e.message);
        wrong++;
      }
  tt_expect(wrong == 0, "%d complaints", wrong);
}
