// Needs chapter 02: activations against PyTorch 1.13.1 (activations.txt,
// written by tests/reference/activations.py), against their definitions
// on thousands of random views, and at every edge of a float.
//
// Tolerances. Functions of one number: 4 EPS relative, where they are not
// limited by a formula (gelu: 3e-7 absolute, see the chapter). Softmax: a
// share is an exponential (EPS) over a sum (double), times 1 / sum rounded:
// 4 EPS relative, and what is subnormal may be 0. Its logarithm: x - max
// is rounded once, and so is the next difference, each by half a ulp of a
// number of that size.
#include "vectors.h"
#include "views.h"
#include "tt/scalar.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_double(void) { return sizeof(Real) > sizeof(float); }

typedef Tensor *Call(Tensor *);
static Tensor *leaky(Tensor *x) { return tt_leaky_relu(x, (Real)0.1); }
static const struct { const char *name; Call *call; } ops[] = {
  {"relu", tt_relu}, {"leaky_relu", leaky}, {"sigmoid", tt_sigmoid},
  {"tanh", tt_tanh}, {"gelu", tt_gelu}, {"gelu_tanh", tt_gelu_tanh},
  {"silu", tt_silu}};
enum { OPS = sizeof ops / sizeof *ops };

// ---- PyTorch ---------------------------------------------------------------
static void check_line(char *op, int dim, Shape s, char *in, char *out) {
  Tensor *x = reals_of(s, in), *want = reals_of(s, out), *y = NULL;
  if (strcmp(op, "softmax") == 0) y = tt_softmax(x, dim);
  if (strcmp(op, "log_softmax") == 0) y = tt_log_softmax(x, dim - s.rank);
  for (int i = 0; i < OPS; i++)
    if (strcmp(op, ops[i].name) == 0) y = ops[i].call(x);
  tt_expect(y, "no operation %s", op);
  bool gate = strstr(op, "elu") && !strstr(op, "relu");
  for (int64_t i = 0; i < tt_numel(x); i++) {
    double u = tt_peek(x, i), got = tt_peek(y, i), w = tt_peek(want, i);
    if ((gate || strcmp(op, "silu") == 0) && isinf(u) && u < 0) w = 0;
    double limit = 1e-6 * fabs(w) + 1e-6;
    tt_expect(got == w || (isnan(got) && isnan(w)) || fabs(got - w) <= limit,
              "%s(%g): %.9g, PyTorch says %.9g", op, u, got, w);
  }
}

TT(activation_values, as_pytorch) {
  FILE *f = open_reference("activations.txt");
  char *line = NULL;
  size_t size = 0;
  int lines = 0;
  for (; getline(&line, &size, f) > 0; lines++) {
    char *field[5], *rest = line;
    for (int i = 0; i < 5; i++) field[i] = next_field(&rest);
    Shape s = shape_of(field[2]);
    Scope scope;
    tt_scope_open(&scope);
    check_line(field[0], atoi(field[1]), s, field[3], field[4]);
    tt_scope_close(&scope);
  }
  free(line);
  fclose(f);
  tt_expect(lines > 100, "only %d lines", lines);
}

// ---- definitions --------------------------------------------------------------
static double defined(int op, double x) {
  double z = sqrt(2 / M_PI) * (x + 0.044715 * x * x * x);
  double gate = op == 4 ? erfc(-x * M_SQRT1_2) / 2
    : op == 5 ? (1 + tanh(z)) / 2 : 1 / (1 + exp(-x));
  switch (op) {
    case 0: return x < 0 ? 0 : x;
    case 1: return x < 0 ? (double)(Real)0.1 * x : x;
    case 2: return gate;
    case 3: return tanh(x);
    default: return isinf(x) && x < 0 ? 0 : x * gate;
  }
}

TT(activation_values, functions_on_views) {
  FORALL(c, 8000) {
    View x = random_view(&c, TT_F32, below(&c, 2) ? NORMAL : SPECIAL);
    int op = (int)below(&c, OPS);
    double *want = scratch((size_t)x.n * sizeof(double));
    double *limit = scratch((size_t)x.n * sizeof(double));
    for (int64_t i = 0; i < x.n; i++) {
      want[i] = defined(op, x.v[i]);
      limit[i] = op == 0 ? 0 : 4 * EPS * fabs(want[i]) + 2e-45;
      if (op == 4) limit[i] += is_double() ? 1e-14 : 3e-7;
      if (op == 5) limit[i] += is_double() ? 1e-9 : 3e-7;
    }
    Tensor *y = ops[op].call(x.t);
    expect_values(ops[op].name, y, x.s, TT_F32, want, limit);
    expect(y->storage != x.t->storage, "shares its operand's storage");
    expect_unchanged(&x);
  }
}

typedef struct Line { double most, sum; bool nan; } Line;

static void define_softmax(const View *x, int dim, double *want,
                           double *log_want, double *log_limit) {
  for (int64_t p = 0; p < x->n; p++) {
    int64_t index[TT_MAX_RANK];
    Line line = {-INFINITY, 0, false};
    unravel(x->s, p, index);
    for (int pass = 0; pass < 2; pass++)
      for (index[dim] = 0; index[dim] < x->s.dim[dim]; index[dim]++) {
        double v = x->v[ravel(x->s, index)];
        line.nan |= isnan(v);
        if (pass == 0) line.most = v > line.most ? v : line.most;
        else line.sum += exp(v - line.most);
      }
    double d = (double)(Real)(x->v[p] - line.most);
    want[p] = line.nan ? NAN : exp(d) / line.sum;
    log_want[p] = line.nan ? NAN : d - log(line.sum);
    log_limit[p] = 4 * EPS * (1 + (isinf(d) ? 0 : fabs(d)));
  }
}

TT(activation_values, softmax_on_views) {
  FORALL(c, 6000) {
    Values how = below(&c, 4) ? NORMAL : SPECIAL;
    View x = random_view(&c, TT_F32, how);
    if (x.s.rank == 0) continue;
    int dim = (int)below(&c, x.s.rank);
    double *a = scratch((size_t)x.n * sizeof *a);
    double *b = scratch((size_t)x.n * sizeof *b);
    double *l = scratch((size_t)x.n * sizeof *l);
    double *m = scratch((size_t)x.n * sizeof *m);
    define_softmax(&x, dim, a, b, m);
    for (int64_t i = 0; i < x.n; i++) l[i] = 4 * EPS * a[i] + 1e-37;
    note(" dim %d", dim);
    int d = below(&c, 2) ? dim : dim - x.s.rank;
    expect_values("softmax", tt_softmax(x.t, d), x.s, TT_F32, a, l);
    expect_values("log_softmax", tt_log_softmax(x.t, d), x.s, TT_F32, b, m);
    expect_unchanged(&x);
  }
}

// Every length near the widths of the loops, beside and along memory.
TT(activation_values, softmax_of_every_length) {
  for (int64_t n = 1; n <= 150; n++)
    for (int64_t inner = 1; inner <= 131; inner += 65) {
      Scope s;
      tt_scope_open(&s);
      Tensor *x = tt_randn(TT_SHAPE(n, inner), NULL), *e = tt_exp(x);
      Tensor *y = tt_div(e, tt_sum(e, 0, true));
      tt_expect_tensor(tt_softmax(x, 0), y, 2e-6, 0);
      tt_expect_tensor(tt_log_softmax(x, 0), tt_log(y), 2e-6, 2e-6);
      tt_scope_close(&s);
    }
}

TT(activation_values, softmax_may_work_in_place) {
  FORALL(c, 300) {
    int64_t outer = 1 + below(&c, 3), n = 1 + below(&c, 90);
    int64_t inner = 1 + (below(&c, 2) ? below(&c, 90) : 0);
    Tensor *x = tt_randn(TT_SHAPE(outer, n, inner), NULL);
    for (int log_too = 0; log_too < 2; log_too++) {
      Tensor *y = tt_empty(TT_F32, tt_shape(x)), *z = tt_clone(x);
      tt_backend->softmax(outer, n, inner, y->data, x->data, log_too);
      tt_backend->softmax(outer, n, inner, z->data, z->data, log_too);
      for (int64_t i = 0; i < tt_numel(x); i++)
        expect(tt_peek(y, i) == tt_peek(z, i), "[%lld,%lld,%lld] element "
               "%lld: %g, in place %g", (long long)outer, (long long)n,
               (long long)inner, (long long)i, tt_peek(y, i), tt_peek(z, i));
    }
  }
}

// Shares add up to 1, also of half a million scores.
TT(activation_values, a_long_row) {
  Tensor *x = tt_mul_scalar(tt_randn(TT_SHAPE(500000), NULL), 3);
  double sum = tt_item(tt_sum(tt_softmax(x, 0), 0, false));
  tt_expect_close(sum, 1, 0, is_double() ? 1e-12 : 4 * EPS);
  Tensor *y = tt_exp(tt_log_softmax(x, 0));
  tt_expect_close(tt_item(tt_sum(y, 0, false)), 1, 0, 1e-6);
}

// ---- the exponential ------------------------------------------------------------
static double ulp(double y) {
  int e = y > 0 ? ilogb(y) : -126;
  return ldexp(1, (e < -126 ? -126 : e) - 23);
}

// One float in 997, of both signs, all exponents. With fused
// multiplications and additions the worst is 0.93, without them 1.1.
TT(activation_values, exponential_within_little_more_than_an_ulp) {
  if (is_double()) return;
  for (uint64_t i = 0; i < UINT64_C(1) << 32; i += 997) {
    uint32_t bits = (uint32_t)i;
    float x;
    memcpy(&x, &bits, sizeof x);
    double got = (double)tt_expf((Real)x), want = exp((double)x);
    if (isnan(x)) {
      tt_expect(isnan(got), "e^NaN is %g", got);
    } else if (want > 0x1.ffffffp127) {
      tt_expect(isinf(got), "e^%.9g is %g", (double)x, got);
    } else {
      double off = fabs(got - want) / ulp(want);
      tt_expect(off < 1.2, "e^%.9g is %.9g, off by %.3f ulp", (double)x, got,
                off);
    }
  }
}

TT(activation_values, signs_and_bounds) {
  for (double x = -200; x < 200; x += 0.01) {
    Real u = (Real)x;
    double s = (double)tt_sigmoidf(u), t = (double)tt_tanhf(u);
    tt_expect(s >= 0 && s <= 1, "sigmoid(%g) is %g", x, s);
    tt_expect(fabs(t) <= 1, "tanh(%g) is %.9g", x, t);
    tt_expect((double)tt_tanhf(-u) == -t, "tanh is not odd at %g", x);
    tt_expect(fabs(s + (double)tt_sigmoidf(-u) - 1) < 2 * EPS,
              "sigmoid(x) + sigmoid(-x) is not 1 at %g", x);
    tt_expect((double)tt_geluf(u) >= -0.18 && (double)tt_siluf(u) >= -0.28,
              "a gate too low at %g", x);
  }
  tt_expect(signbit(tt_tanhf((Real)-0.0)), "tanh(-0) is 0");
}

// ---- what is recorded, and what is refused ----------------------------------------
static Op *told;
static Attr told_attr;
static Tensor *told_x;

static Tensor *tell(Op *op, Tensor *y, int n, Tensor *const x[],
                    const Attr *attr) {
  told = n == 1 ? op : NULL;
  told_x = x[0];
  told_attr = *attr;
  return y;
}

extern Op tt_op_relu, tt_op_leaky_relu, tt_op_sigmoid, tt_op_tanh, tt_op_gelu,
    tt_op_gelu_tanh, tt_op_silu, tt_op_softmax, tt_op_log_softmax;

TT(activation_values, each_is_recorded_once) {
  Tensor *x = tt_transpose(tt_randn(TT_SHAPE(3, 4), NULL), 0, 1);
  Op *const op[] = {&tt_op_relu, &tt_op_leaky_relu, &tt_op_sigmoid, &tt_op_tanh,
                    &tt_op_gelu, &tt_op_gelu_tanh, &tt_op_silu};
  tt_recorder = tell;
  for (int i = 0; i < OPS; i++) {
    Tensor *y = ops[i].call(x);
    tt_expect(told == op[i] && told_x == x, "%s tells of %s", ops[i].name,
              told ? told->name : "nothing");
    tt_expect(strcmp(y->name + 3, ops[i].name) == 0, "%s is named %s",
              ops[i].name, y->name);
    if (i == 1) tt_expect(told_attr.r[0] == (Real)0.1, "the slope");
  }
  tt_softmax(x, -1);
  tt_expect(told == &tt_op_softmax && told_x == x && told_attr.i[0] == 1,
            "softmax");
  tt_log_softmax(x, -2);
  tt_expect(told == &tt_op_log_softmax && told_x == x && told_attr.i[0] == 0,
            "log_softmax");
  tt_recorder = NULL;
}

TT(activation_values, refusals) {
  Tensor *x = tt_zeros(TT_SHAPE(2, 3)), *i = tt_to(x, TT_I32);
  tt_expect_fail(tt_softmax(x, 2), "tt_softmax: dim 2");
  tt_expect_fail(tt_softmax(x, -3), "[2,3]");
  tt_expect_fail(tt_softmax(x, TT_ALL), "tt_softmax");
  tt_expect_fail(tt_log_softmax(x, 7), "tt_log_softmax: dim 7");
  tt_expect_fail(tt_log_softmax(i, 0), "tt_log_softmax: a tensor of i32");
  tt_expect_fail(tt_gelu(tt_to(x, TT_U8)), "tt_gelu: a tensor of u8");
  tt_expect_fail(tt_leaky_relu(i, 1), "tt_leaky_relu: a tensor of i32");
}

static void too_large(void *x) { tt_softmax(x, 0); }

TT(activation_values, no_memory_is_an_error_and_no_leak) {
  Tensor *x = tt_transpose(tt_zeros(TT_SHAPE(300, 200)), 0, 1);
  MemoryStats before = tt_memory_stats();
  TensorError e = {0};
  tt_expect(!try_within(100000, too_large, x, &e), "there was memory");
  tt_expect_int(e.code, TT_EMEM);
  expect_as_before("too large", 1, before);
  tt_expect(tt_try(too_large, x, &e), "%s", e.message);
}
