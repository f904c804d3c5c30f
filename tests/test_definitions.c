// Needs chapter 01: operations that are one line each in the chapter,
// against their definitions, on random views (lib/views.h).
#include "views.h"
#include <math.h>
#include <string.h>

static double *numbers(int64_t n) {
  return scratch((size_t)n * sizeof(double) + 1);
}

static Values any(Case *c) {
  return (Values[]){SMALL_INTS, NORMAL, SPECIAL}[below(c, 3)];
}

// ---- of two, of one -----------------------------------------------------------
static double ne(double a, double b) { return a != b; }
static double le(double a, double b) { return a <= b; }
static double gt(double a, double b) { return a > b; }
static double ge(double a, double b) { return a >= b; }

TT(definitions, of_two) {
  static const struct {
    const char *name;
    Tensor *(*call)(Tensor *, Tensor *);
    double (*define)(double, double);
  } op[] = {{"pow", (tt_pow), pow}, {"ne", (tt_ne), ne}, {"le", (tt_le), le},
            {"gt", (tt_gt), gt}, {"ge", (tt_ge), ge}};
  FORALL(c, 4000) {
    View a = random_view(&c, TT_F32, any(&c));
    View b = view_of(&c, a.s, TT_F32, any(&c), true);
    int k = (int)below(&c, 5);
    double *want = numbers(a.n), *limit = numbers(a.n);
    for (int64_t i = 0; i < a.n; i++) {
      want[i] = (double)(Real)op[k].define(a.v[i], b.v[i]);
      limit[i] = k ? 0 : 2 * EPS * fabs(want[i]) + 1e-44;
    }
    expect_values(op[k].name, op[k].call(a.t, b.t), a.s, TT_F32, want, limit);
  }
}

static double clamp(double x, double low, double high) {
  return isnan(x) ? x : fmin(fmax(x, low), high);
}

TT(definitions, of_one) {
  static const char *const name[] = {"sin", "cos", "logical_not", "clamp"};
  FORALL(c, 4000) {
    View x = random_view(&c, TT_F32, any(&c));
    int k = (int)below(&c, 4);
    Real low = (Real)random_value(&c, SMALL_INTS), high = low + (Real)below(&c, 5) - 1;
    double *want = numbers(x.n), *limit = numbers(x.n);
    for (int64_t i = 0; i < x.n; i++) {
      double v = x.v[i];
      want[i] = (double)(Real)(k == 0 ? sin(v) : k == 1 ? cos(v) : k == 2 ? v == 0
                             : clamp(v, (double)low, (double)high));
      limit[i] = k < 2 ? EPS * fabs(want[i]) + 1e-44 : 0;
    }
    Tensor *y = k == 0 ? tt_sin(x.t) : k == 1 ? tt_cos(x.t)
              : k == 2 ? tt_logical_not(x.t) : tt_clamp(x.t, low, high);
    expect_values(name[k], y, x.s, TT_F32, want, limit);
  }
}

TT(definitions, of_three) {
  FORALL(c, 2000) {
    View a = random_view(&c, TT_F32, any(&c));
    View b = view_of(&c, a.s, TT_F32, any(&c), true);
    View if_ = view_of(&c, a.s, TT_F32, SMALL_INTS, true);
    double *want = numbers(a.n);
    for (int64_t i = 0; i < a.n; i++) want[i] = if_.v[i] != 0 ? a.v[i] : b.v[i];
    expect_values("where", tt_where(if_.t, a.t, b.t), a.s, TT_F32, want, NULL);
  }
  Tensor *y = tt_where(tt_from(TT_SHAPE(2, 1), (Real[]){1, 0}),
                       tt_from(TT_SHAPE(3), (Real[]){1, 2, 3}), tt_full(TT_SCALAR, 9));
  tt_expect_shape(y, TT_SHAPE(2, 3));
  tt_expect_values(y, 0, 1, 2, 3, 9, 9, 9);
}

// ---- along a dimension -----------------------------------------------------------
TT(definitions, along_a_dimension) {
  FORALL(c, 3000) {
    View x = random_view(&c, TT_F32, below(&c, 2) ? SMALL_INTS : NORMAL);
    if (x.s.rank == 0) continue;
    int dim = (int)below(&c, x.s.rank);
    bool keep = below(&c, 2);
    int correction = (int)below(&c, 2);
    int64_t n = x.s.dim[dim], inner = 1;
    for (int d = dim + 1; d < x.s.rank; d++) inner *= x.s.dim[d];
    Shape s = without(x.s, dim);
    int64_t lines = count_of(s);
    if (keep) s = x.s, s.dim[dim] = 1;
    double *sums = numbers(x.n), *off = numbers(x.n), *least = numbers(lines);
    double *var = numbers(lines), *far = numbers(lines);
    for (int64_t l = 0; l < lines && n > 0; l++) {
      int64_t at = l / inner * n * inner + l % inner;
      double sum = 0, size = 0, square = 0;
      for (int64_t i = 0; i < n; i++) {
        double v = x.v[at + i * inner];
        least[l] = i && least[l] < v ? least[l] : v;
        sums[at + i * inner] = sum += v;
        off[at + i * inner] = 2 * EPS * (double)n * (size += fabs(v));
      }
      for (int64_t i = 0; i < n; i++)
        square += pow(x.v[at + i * inner] - sum / (double)n, 2);
      var[l] = square / (double)(n - correction);
      far[l] = 20 * EPS * (var[l] + size * size);
    }
    note(" along %d", dim);
    expect_values("cumsum", tt_cumsum(x.t, dim), x.s, TT_F32, sums, off);
    if (n == 0) continue;
    expect_values("min", tt_min(x.t, dim - x.s.rank, keep), s, TT_F32, least, NULL);
    if (n == 1 && correction) continue;  // 0 / 0
    expect_values("var", tt_var(x.t, dim, correction, keep), s, TT_F32, var, far);
    for (int64_t l = 0; l < lines; l++)
      far[l] = var[l] > 0 ? fmin(sqrt(far[l]), far[l] / sqrt(var[l])) : sqrt(far[l]),
      var[l] = sqrt(var[l]);
    expect_values("std", tt_std(x.t, dim, correction, keep), s, TT_F32, var, far);
  }
  Tensor *x = tt_from(TT_SHAPE(2, 2), (Real[]){1, 2, 3, 6});
  tt_expect_values(tt_var(x, TT_ALL, 1, false), 1e-6, 14 / 3.0);
  tt_expect_values(tt_std(x, TT_ALL, 0, true), 1e-6, sqrt(3.5));
  tt_expect_values(tt_min(x, TT_ALL, false), 0, 1);
  tt_expect(isnan(tt_item(tt_var(tt_ones(TT_SHAPE(1)), 0, 1, false))), "0 / 0");
  tt_expect_fail(tt_cumsum(tt_full(TT_SCALAR, 3), 0), "dim 0 of shape []");
}

// Each half counts from its end, so the way back is the same numbers: the
// second of these four cancels, and shows which end it came from.
TT(definitions, linspace_is_the_same_backwards) {
  Tensor *up = tt_linspace(-0.1, 0.2, 4), *down = tt_linspace(0.2, -0.1, 4);
  for (int i = 0; i < 4; i++) {
    Real a = ((Real *)up->data)[i], b = ((Real *)down->data)[3 - i];
    tt_expect(a == b, "[%d]: %a, backwards %a", i, (double)a, (double)b);
  }
}

// Only a state of four zeros is none.
TT(definitions, a_state_with_one_bit_is_a_state) {
  for (int i = 0; i < 4; i++) {
    Generator g = {0};
    g.state[i] = 1;
    tt_generator(&g);
    for (int k = 0; k < 4; k++)
      tt_expect(g.state[k] == (k == i), "word %d was seeded anew", k);
  }
}

// ---- new ones ------------------------------------------------------------------
TT(definitions, evenly_spaced) {
  for (int64_t n = 0; n < 40; n++) {
    Tensor *t = tt_linspace(-1, 2, n);
    tt_expect_shape(t, TT_SHAPE(n));
    for (int64_t i = 0; i < n; i++)
      tt_expect_close(tt_peek(t, i), n == 1 ? -1 : -1 + 3 * (double)i / (double)(n - 1),
                      EPS, EPS);
    if (n > 1) tt_expect_close(tt_peek(t, n - 1), 2, 0, 0);   // to the bit
    if (n > 0) tt_expect_close(tt_peek(t, 0), -1, 0, 0);
  }
  // from both ends, so that it is the same backward
  Tensor *up = tt_linspace(0, (double)(Real)0.1, 1001);
  Tensor *down = tt_linspace((double)(Real)0.1, 0, 1001);
  for (int64_t i = 0; i < 1001; i++)
    tt_expect_close(tt_peek(down, 1000 - i), tt_peek(up, i), 0, 0);
  Tensor *e = tt_eye(3);
  tt_expect_shape(e, TT_SHAPE(3, 3));
  tt_expect_values(e, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1);
  tt_expect_shape(tt_eye(0), TT_SHAPE(0, 0));
}

TT(definitions, drawn_from_a_range) {
  Generator g;
  tt_manual_seed(&g, 1);
  int seen[5] = {0};
  Tensor *t = tt_randint(-2, 3, TT_SHAPE(50, 40), &g);
  for (int64_t i = 0; i < 2000; i++) {
    int v = (int)tt_peek(t, i) + 2;
    tt_expect(v >= 0 && v < 5, "%d is out of range", v - 2);
    seen[v]++;
  }
  for (int v = 0; v < 5; v++)
    tt_expect(seen[v] > 320 && seen[v] < 480, "%d came %d times", v - 2, seen[v]);
  t = tt_randint(INT32_MIN, INT32_MAX, TT_SHAPE(1000), &g);
  int negative = 0;
  for (int64_t i = 0; i < 1000; i++) negative += tt_peek(t, i) < 0;
  tt_expect(negative > 400 && negative < 600, "%d of 1000 are negative", negative);
  tt_expect_values(tt_randint(7, 8, TT_SHAPE(3), NULL), 0, 7, 7, 7);
}

// Each order of three is as likely as any other, and each number comes once.
TT(definitions, every_order_is_as_likely) {
  Generator g;
  tt_manual_seed(&g, 2);
  int seen[27] = {0}, orders = 0;
  for (int i = 0; i < 6000; i++) {
    Scope s;
    tt_scope_open(&s);
    Tensor *t = tt_randperm(3, &g);
    seen[(int)(9 * tt_peek(t, 0) + 3 * tt_peek(t, 1) + tt_peek(t, 2))]++;
    tt_scope_close(&s);
  }
  for (int i = 0; i < 27; i++) {
    tt_expect(!seen[i] || (seen[i] > 850 && seen[i] < 1150), "order %d: %d times", i,
              seen[i]);
    orders += seen[i] > 0;
  }
  tt_expect_int(orders, 6);
  Tensor *t = tt_randperm(100, &g), *sum = tt_sum(tt_to(t, TT_F32), 0, false);
  tt_expect_int(t->dtype, TT_I32);
  tt_expect_values(sum, 0, 4950);
  tt_expect_shape(tt_randperm(0, &g), TT_SHAPE(0));
}

TT(definitions, of_a_stack) {
  FORALL(c, 1000) {
    Shape s = random_shape(&c, TT_MAX_RANK - 1);
    int n = 1 + (int)below(&c, 3), dim = (int)below(&c, s.rank + 1);
    View v[3];
    Tensor *t[3];
    for (int i = 0; i < n; i++)
      v[i] = view_of(&c, s, TT_F32, SMALL_INTS, true), t[i] = v[i].t;
    Tensor *y = tt_stack(n, t, below(&c, 2) ? dim : dim - s.rank - 1);
    expect(y->rank == s.rank + 1 && y->shape[dim] == n, "a new dim");
    for (int i = 0; i < n; i++) {
      Tensor *part = tt_select(y, dim, i);
      expect_values("stack", part, s, TT_F32, v[i].v, NULL);
    }
  }
}

// |a - b| <= atol + rtol |b|, the infinite close to themselves alone
TT(definitions, of_what_is_close) {
  static const struct { double a, b, rtol, atol; bool close; } pair[] = {
    {1, 1, 0, 0, true}, {1, 1.25, 0, 0.25, true}, {1, 1.25, 0, 0.125, false},
    {1.25, 1, 0, 0.25, true}, {4, 5, 0.2, 0, true}, {5, 4, 0.2, 0, false},
    {5, 4, 0.25, 0, true}, {-4, -5, 0.2, 0, true}, {4, 8, 0.25, 2, true},
    {4, 8, 0.25, 1, false}, {INFINITY, INFINITY, 0, 0, true},
    {INFINITY, -INFINITY, 1, 1, false}, {INFINITY, 1, 1, 1, false},
    {1, INFINITY, 1, 1, false}, {1, INFINITY, 0, INFINITY, false},
    {NAN, NAN, 1, 1, false}, {NAN, 1, 1, 1, false}};
  for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
    Tensor *a = tt_full(TT_SHAPE(2, 3), 1), *b = tt_full(TT_SHAPE(2, 3), 1);
    for (int at = 0; at < 6; at++) {
      tt_fill_(a, 1), tt_fill_(b, 1);
      tt_set_(a, TT_INDEX(at / 3, at % 3), pair[i].a);
      tt_set_(b, TT_INDEX(at / 3, at % 3), pair[i].b);
      bool close = tt_allclose(a, b, pair[i].rtol, pair[i].atol);
      tt_expect(close == pair[i].close, "%g and %g, %g, %g, at %d", pair[i].a,
                pair[i].b, pair[i].rtol, pair[i].atol, at);
    }
  }
  Tensor *row = tt_arange(0, 3, 1), *both = tt_expand(row, TT_SHAPE(2, 3));
  tt_expect(tt_allclose(row, both, 0, 0) && tt_allclose(both, row, 0, 0),
            "shapes broadcast");
  tt_expect(tt_allclose(tt_to(row, TT_I32), tt_to(row, TT_U8), 0, 0), "types");
  Tensor *t = tt_transpose(tt_reshape(tt_arange(0, 6, 1), TT_SHAPE(2, 3)), 0, 1);
  Tensor *dense = tt_contiguous(t);
  tt_expect(tt_allclose(t, dense, 0, 0) && tt_allclose(dense, t, 0, 0), "strides");
  tt_set_(dense, TT_INDEX(2, 1), 9);
  tt_expect(!tt_allclose(t, dense, 0, 0) && !tt_allclose(dense, t, 0, 0), "strides");
}

// The generator of a thread, and one of zeros, begin as seed 0 does.
TT(definitions, generators_begin_with_seed_0) {
  Generator g, zeros = {0};
  tt_manual_seed(&g, 0);
  for (int i = 0; i < 10; i++) {
    uint64_t want = tt_random(&g);
    tt_expect(tt_random(NULL) == want && tt_random(&zeros) == want, "number %d", i);
  }
}
