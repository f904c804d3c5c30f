// What the library takes for operations on each element and for
// reductions, by size and by how the operands lie in memory, from 4
// elements, where the call is all, to 512 x 512, where memory is. Nanoseconds.
//   usage: elementwise [word: only cases whose "suite case" contains it]
#include "row.h"

typedef Tensor *Unary(Tensor *x);
typedef Tensor *Binary(Tensor *a, Tensor *b);
typedef struct Job {
  Unary  *unary;                   // one of the two
  Binary *binary;
  Tensor *a, *b;
} Job;
static const char *only = "";

static void apply(void *arg) {
  Job *j = arg;
  TT_SCOPE;
  if (j->unary) j->unary(j->a);
  else j->binary(j->a, j->b);
}

static void row(const char *suite, const char *op, const char *how, Job j) {
  char name[64];
  snprintf(name, sizeof name, "%s-%s", op, how);
  bench_row(only, suite, name, "ns", 1e9, apply, &j);
}

// ---- the operations
static Tensor *mul_scalar(Tensor *x) { return tt_mul_scalar(x, 1.5F); }
static Tensor *relu(Tensor *x) { return tt_relu(x); }
static Tensor *exp_(Tensor *x) { return tt_exp(x); }
static Tensor *gelu(Tensor *x) { return tt_gelu(x); }
static Tensor *add(Tensor *a, Tensor *b) { return tt_add(a, b); }
static Tensor *mul(Tensor *a, Tensor *b) { return tt_mul(a, b); }

static const struct Op_ { const char *name; Unary *unary; Binary *binary; }
  ops[] = {{"relu", relu, NULL}, {"exp", exp_, NULL}, {"gelu", gelu, NULL},
           {"mul-scalar", mul_scalar, NULL}, {"add", NULL, add},
           {"mul", NULL, mul}, {0}};

static Tensor *sum(Tensor *x) { return tt_sum(x, TT_ALL, false); }
static Tensor *sum_rows(Tensor *x) { return tt_sum(x, 1, false); }
static Tensor *sum_columns(Tensor *x) { return tt_sum(x, 0, false); }
static Tensor *mean_rows(Tensor *x) { return tt_mean(x, 1, false); }
static Tensor *max_rows(Tensor *x) { return tt_max(x, 1, false); }
static Tensor *max_columns(Tensor *x) { return tt_max(x, 0, false); }
static Tensor *argmax_rows(Tensor *x) { return tt_argmax(x, 1, false); }
static Tensor *softmax_rows(Tensor *x) { return tt_softmax(x, 1); }
static Tensor *log_softmax_rows(Tensor *x) { return tt_log_softmax(x, 1); }
static Tensor *clone(Tensor *x) { return tt_clone(x); }
static Tensor *clone_transposed(Tensor *x) {
  return tt_contiguous(tt_transpose(x, 0, 1));
}

static const struct Op_ folds[] = {
  {"sum", sum, NULL}, {"sum-rows", sum_rows, NULL},
  {"sum-columns", sum_columns, NULL}, {"mean-rows", mean_rows, NULL},
  {"max-rows", max_rows, NULL}, {"max-columns", max_columns, NULL},
  {"argmax-rows", argmax_rows, NULL}, {"softmax-rows", softmax_rows, NULL},
  {"log-softmax-rows", log_softmax_rows, NULL}, {"clone", clone, NULL},
  {"clone-transposed", clone_transposed, NULL}, {0}};

// ---- the operands
static void vectors(const struct Op_ *op, int64_t n) {
  TT_SCOPE;
  char how[48];
  Tensor *a = tt_randn(TT_SHAPE(n), NULL), *b = tt_randn(TT_SHAPE(n), NULL);
  Tensor *long_a = tt_randn(TT_SHAPE(2 * n), NULL),
         *long_b = tt_randn(TT_SHAPE(2 * n), NULL),
         *one = tt_randn(TT_SHAPE(1), NULL);
  snprintf(how, sizeof how, "%d", (int)n);
  row("elementwise", op->name, how, (Job){op->unary, op->binary, a, b});
  snprintf(how, sizeof how, "%d-one", (int)n);
  if (op->binary)
    row("elementwise", op->name, how, (Job){NULL, op->binary, a, one});
  snprintf(how, sizeof how, "%d-every-second", (int)n);
  row("elementwise", op->name, how,
      (Job){op->unary, op->binary, tt_slice(long_a, 0, 0, 2 * n, 2),
            tt_slice(long_b, 0, 0, 2 * n, 2)});
}

static void matrices(const struct Op_ *op, int64_t m, int64_t n) {
  TT_SCOPE;
  char how[48];
  Tensor *a = tt_randn(TT_SHAPE(m, n), NULL),
         *b = tt_randn(TT_SHAPE(m, n), NULL),
         *turned = tt_transpose(tt_randn(TT_SHAPE(n, m), NULL), 0, 1),
         *line = tt_expand(tt_randn(TT_SHAPE(n), NULL), TT_SHAPE(m, n)),
         *wide = tt_slice(tt_randn(TT_SHAPE(m, 2 * n), NULL), 1, 0, 2 * n, 2);
  const struct { const char *how; Tensor *x, *b; } lie[] = {
    {"", a, b}, {"-row", line, line}, {"-transposed", turned, turned},
    {"-every-second", wide, wide}};
  for (size_t i = 0; i < sizeof lie / sizeof *lie; i++) {
    snprintf(how, sizeof how, "%dx%d%s", (int)m, (int)n, lie[i].how);
    row("elementwise", op->name, how,
        (Job){op->unary, op->binary, op->binary ? a : lie[i].x, lie[i].b});
  }
}

static void fold(const struct Op_ *op, int64_t m, int64_t n) {
  TT_SCOPE;
  char how[48];
  snprintf(how, sizeof how, "%dx%d", (int)m, (int)n);
  row("reduce", op->name, how,
      (Job){op->unary, NULL, tt_randn(TT_SHAPE(m, n), NULL), NULL});
}

int main(int argc, char **argv) {
  if (argc > 1) only = argv[1];
  for (const struct Op_ *op = ops; op->name; op++) {
    vectors(op, 4);
    vectors(op, 64);
    vectors(op, 512);
    vectors(op, 4096);
    matrices(op, 1024, 4);
    matrices(op, 64, 64);
    matrices(op, 512, 512);
  }
  for (const struct Op_ *op = folds; op->name; op++) {
    fold(op, 2, 2);
    fold(op, 64, 64);
    fold(op, 512, 512);
  }
  tt_clear();
  return 0;
}
