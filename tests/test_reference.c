// Needs chapter 01: the same answers as PyTorch 1.13.1, from files that
// tests/reference/generate.py wrote and that describes their format.
#include "vectors.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_IN = 4 };
#define EPS 0x1p-23

// ---- reading ---------------------------------------------------------
static Tensor *operand(char *line) {
  int64_t start[TT_MAX_RANK], step[TT_MAX_RANK];
  Shape base = shape_of(next_field(&line));
  list_of(next_field(&line), start);
  list_of(next_field(&line), step);
  Shape perm = shape_of(next_field(&line));
  Shape shape = shape_of(next_field(&line));
  Tensor *t = reals_of(base, line);
  for (int i = 0; i < base.rank; i++)
    if (start[i] > 0 || step[i] > 1)
      t = tt_slice(t, i, start[i], base.dim[i], step[i]);
  return tt_expand(tt_permute(t, perm), shape);
}

static Tensor *answer(char *line) {
  bool ints = strcmp(next_field(&line), "i32") == 0;
  Shape s = shape_of(next_field(&line));
  return ints ? ints_of(s, line) : reals_of(s, line);
}

// ---- operations by name --------------------------------------------------
typedef struct Call {
  const char *op;
  int         n;
  Tensor     *in[MAX_IN];
  int64_t     i[4];
  Real        r[4];
} Call;

static Tensor *run_zip(const Call *c) {
  Tensor *a = c->in[0], *b = c->in[1];
  const char *op = c->op;
  if (strcmp(op, "add") == 0) return tt_add(a, b);
  if (strcmp(op, "sub") == 0) return tt_sub(a, b);
  if (strcmp(op, "mul") == 0) return tt_mul(a, b);
  if (strcmp(op, "div") == 0) return tt_div(a, b);
  if (strcmp(op, "maximum") == 0) return tt_maximum(a, b);
  if (strcmp(op, "minimum") == 0) return tt_minimum(a, b);
  if (strcmp(op, "eq") == 0) return tt_eq(a, b);
  if (strcmp(op, "lt") == 0) return tt_lt(a, b);
  if (strcmp(op, "matmul") == 0) return tt_matmul(a, b);
  return NULL;
}

static Tensor *run_map(const Call *c) {
  Tensor *x = c->in[0];
  const char *op = c->op;
  if (strcmp(op, "neg") == 0) return tt_neg(x);
  if (strcmp(op, "abs") == 0) return tt_abs(x);
  if (strcmp(op, "exp") == 0) return tt_exp(x);
  if (strcmp(op, "log") == 0) return tt_log(x);
  if (strcmp(op, "sqrt") == 0) return tt_sqrt(x);
  if (strcmp(op, "add_scalar") == 0) return tt_add_scalar(x, c->r[0]);
  if (strcmp(op, "mul_scalar") == 0) return tt_mul_scalar(x, c->r[0]);
  if (strcmp(op, "to_i32") == 0) return tt_to(x, TT_I32);
  return NULL;
}

static Tensor *run_other(const Call *c) {
  Tensor *x = c->in[0];
  int dim = (int)c->i[0];
  bool keep = c->i[1];
  const char *op = c->op;
  if (strcmp(op, "sum") == 0) return tt_sum(x, dim, keep);
  if (strcmp(op, "mean") == 0) return tt_mean(x, dim, keep);
  if (strcmp(op, "max") == 0) return tt_max(x, dim, keep);
  if (strcmp(op, "argmax") == 0) return tt_argmax(x, dim, keep);
  if (strcmp(op, "cat") == 0) return tt_cat(c->n, c->in, dim);
  if (strcmp(op, "arange") == 0)
    return tt_arange((double)c->r[0], (double)c->r[1],
                     (double)(float)c->r[2] == (double)0.1f ? 0.1
                     : (double)c->r[2]);
  return NULL;
}

// Exact, except: exp and log (both sides up to 2 ulp), sums and products
// (n terms of about 1 in any order: n EPS, n <= 561 here), arange (the
// product with a step that is rounded on one side).
static double tolerance(const char *op) {
  if (strcmp(op, "exp") == 0 || strcmp(op, "log") == 0) return 4 * EPS;
  if (strcmp(op, "matmul") == 0 || strcmp(op, "arange") == 0) return 40 * EPS;
  if (strcmp(op, "sum") == 0 || strcmp(op, "mean") == 0) return 561 * EPS;
  return 0;
}

// 0 and -0 are equal to a comparison, so their signs are looked at too.
static void expect_signs(const char *name, const Tensor *y, const Tensor *w) {
  for (int64_t i = 0; i < tt_numel(w); i++) {
    double a = tt_peek(y, i), b = tt_peek(w, i);
    tt_expect(isnan(b) || !signbit(a) == !signbit(b),
              "%s: element %lld is %g, PyTorch's is %g", name, (long long)i,
              a, b);
  }
}

static void check(const char *name, const Call *c, const Tensor *want) {
  Tensor *y = run_zip(c);
  if (!y) y = run_map(c);
  if (!y) y = run_other(c);
  tt_expect(y, "%s: no operation %s here", name, c->op);
  double t = tolerance(c->op);
  fprintf(stderr, "%s\n", name);         // seen if the next line fails
  tt_expect_tensor(y, want, t, t);
  // the sign of a zero maximum of 0 and -0 is free in IEEE 754
  if (t == 0 && !strstr(c->op, "max") && !strstr(c->op, "min") &&
      strcmp(c->op, "to_i32") != 0)
    expect_signs(name, y, want);
}

// All cases whose operation is among the words
static void run_cases(const char *words, int at_least) {
  FILE *f = open_reference("vectors.txt");
  char *line = NULL, name[64] = "", op[64] = "";
  size_t size = 0;
  int n = 0;
  Scope scope;
  Call c = {0};
  tt_scope_open(&scope);
  while (getline(&line, &size, f) > 0) {
    char *rest = line, *word = next_field(&rest);
    if (strcmp(word, "case") == 0) {
      tt_scope_close(&scope);
      tt_scope_open(&scope);
      snprintf(name, sizeof name, "%s", next_field(&rest));
      snprintf(op, sizeof op, " %s ", next_field(&rest));
      c = (Call){.op = op};
      list_of(next_field(&rest), c.i);
      for (int i = 0; rest[9 * i] && i < 4 && isxdigit(rest[0]); i++) {
        c.r[i] = (Real)float_of(rest + 9 * i);
        if (strlen(rest + 9 * i) <= 9) break;
      }
      if (!strstr(words, op)) op[0] = 0;
    } else if (op[0] && strcmp(word, "in") == 0) {
      c.in[c.n++] = operand(rest);
    } else if (op[0] && strcmp(word, "out") == 0) {
      char bare[64];
      snprintf(bare, sizeof bare, "%.*s", (int)strlen(op) - 2, op + 1);
      c.op = bare;
      check(name, &c, answer(rest));
      n++;
    }
  }
  tt_scope_close(&scope);
  free(line);
  fclose(f);
  tt_expect(n >= at_least, "only %d cases of%s", n, words);
}

TT(reference, arithmetic) {
  run_cases(" add sub mul div maximum minimum eq lt ", 56);
}
TT(reference, functions) {
  run_cases(" neg abs exp log sqrt add_scalar mul_scalar to_i32 ", 29);
}
TT(reference, sums) { run_cases(" sum mean ", 150); }
TT(reference, maxima) { run_cases(" max argmax ", 140); }
TT(reference, matrix_products) { run_cases(" matmul ", 14); }
TT(reference, cat_and_arange) { run_cases(" cat arange ", 8); }

// Terms of one sign, added one after the other: the error of each of the
// n steps is up to u times the sum so far, and if these are independent
// they add up to about sqrt(n) u, u = EPS / 2. Twice that is granted; the
// centered sum may be off by as much, measured by sum |x| = n / 4.
TT(reference, a_million_terms) {
  enum { N = 1000000 };
  Real *v = malloc(N * sizeof *v);
  for (uint64_t i = 0; i < N; i++)
    v[i] = (Real)(float)((uint32_t)(i * 2654435761u) >> 8) * (Real)0x1p-24;
  Tensor *x = tt_from((Shape){1, {N}}, v);
  free(v);
  FILE *f = open_reference("vectors.txt");
  char *line = NULL;
  size_t size = 0;
  float sum = 0, centered = 0;
  while (getline(&line, &size, f) > 0)
    if (strncmp(line, "case million ", 13) == 0) {
      char *hex = strrchr(line, ' ') + 1;
      sum = float_of(hex), centered = float_of(hex + 9);
    }
  free(line);
  fclose(f);
  tt_expect(sum > 0, "no case million");
  double s = tt_item(tt_sum(x, TT_ALL, false));
  tt_expect_close(s, (double)sum, 1000 * EPS, 0);
  s = tt_item(tt_sum(tt_add_scalar(x, (Real)-0.5), TT_ALL, false));
  tt_expect_close(s, (double)centered, 0, 1000 * EPS * N / 4);
}

// ---- printing ----------------------------------------------------------
static Tensor *read_shown(char *rest) {
  static const char *const name[] = {"f32", "i32", "u8", "i8"};
  char *dtype = next_field(&rest);
  Shape s = shape_of(next_field(&rest));
  Tensor *t = reals_of(s, rest);
  for (int d = TT_I32; d <= TT_I8; d++)
    if (strcmp(dtype, name[d]) == 0) t = tt_to(t, (DType)d);
  return t;
}

TT(reference, printing) {
  FILE *f = open_reference("prints.txt");
  char *line = NULL, want[8192], got[8192], name[64];
  size_t size = 0;
  int n = 0;
  while (getline(&line, &size, f) > 0) {
    int lines = atoi(strrchr(line, ' ') + 1);
    char *rest = line;
    next_field(&rest);
    snprintf(name, sizeof name, "%s", next_field(&rest));
    Tensor *t = read_shown(rest);
    want[0] = 0;
    for (int i = 0; i < lines && getline(&line, &size, f) > 0; i++)
      strncat(want, line, sizeof want - strlen(want) - 1);
    FILE *m = fmemopen(got, sizeof got, "w");
    tt_fprint(m, t);
    fclose(m);
    fprintf(stderr, "%s\n", name);
    tt_expect_text(got, want);
    n++;
  }
  free(line);
  fclose(f);
  tt_expect(n >= 30, "only %d cases", n);
}
