// Needs chapter 01: what must hold for all tensors, tried on thousands
// of random ones. Each operation is compared with its definition by
// indices, computed here in double from lists of elements (lib/views.h).
//
// Tolerances. A Real operation is rounded once, and + - * / sqrt of
// doubles rounded to Real is the same as the Real operation (53 >= 2*24
// + 2 bits), so these must be equal. A sum of n terms in any order is
// within (n-1) u sum|x| of the exact one, u = EPS/2; n EPS sum|x| leaves
// a factor of two for the double's own sum. exp and log: 4 EPS relative
// (libm gives 1 ulp; a vector version may give 2 to 4).
#include "views.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static Values any_values(Case *c) { return (Values)below(c, 3); }
static DType any_dtype(Case *c) { return (DType)below(c, 4); }
static double *numbers(int64_t n) {
  return scratch((size_t)n * sizeof(double));
}
static void expect_fresh(const char *what, const Tensor *t, const Tensor *x) {
  expect(t->storage != x->storage, "%s: the result shares its operand's "
         "storage", what);
}

// ---- views ---------------------------------------------------------------
TT(properties, views_alias_their_base) {
  FORALL(c, 8000) {
    View v = random_view(&c, any_dtype(&c), any_values(&c));
    expect_view(&v);
    v = random_step(&c, v);
    expect_view(&v);
  }
}

static bool repeats(const View *v) {   // two elements in one place
  for (int64_t i = 0; i < v->n; i++)
    for (int64_t j = 0; j < i; j++)
      if (v->at[i] == v->at[j]) return true;
  return false;
}

typedef struct Change { Tensor *t; Shape index; double value; } Change;
static void set_it(void *p) {
  Change *c = p;
  tt_set_(c->t, c->index, c->value);
}
static void fill_it(void *p) { tt_fill_(((Change *)p)->t, ((Change *)p)->value); }

TT(properties, get_and_set_through_views) {
  FORALL(c, 4000) {
    View v = random_view(&c, TT_F32, NORMAL);
    if (v.n == 0) continue;
    int64_t p = below(&c, v.n);
    Shape index = {.rank = v.s.rank};
    unravel(v.s, p, index.dim);
    for (int i = 0; i < index.rank; i++)
      if (below(&c, 2)) index.dim[i] -= v.s.dim[i];
    expect(tt_get(v.t, index) == v.v[p], "get: %g, expected %g",
           tt_get(v.t, index), v.v[p]);
    unsigned version = v.t->storage->version;
    bool bad = repeats(&v), done = tt_try(set_it, &(Change){v.t, index, 77},
                                          NULL);
    expect(done == !bad, "set_ %s", done ? "wrote a repeated element"
                                         : "was refused");
    expect(v.t->storage->version == version + done, "a change is not counted");
    for (int64_t i = 0; i < v.n; i++) {
      double w = done && i == p ? 77 : v.v[i];
      expect(tt_peek(v.t, i) == w, "after set: element %lld is %g, "
             "expected %g", (long long)i, tt_peek(v.t, i), w);
    }
    if (done) expect(tt_peek(v.base, v.at[p]) == 77, "the base is as before");
  }
}

// Writing to a view changes the elements it shows, and no others.
TT(properties, fill_changes_the_view_only) {
  FORALL(c, 4000) {
    View v = random_view(&c, any_dtype(&c), SMALL_INTS);
    int64_t n = tt_numel(v.base);
    double *want = numbers(n);
    for (int64_t i = 0; i < n; i++) want[i] = tt_peek(v.base, i);
    unsigned version = v.t->storage->version;
    bool bad = repeats(&v), done = tt_try(fill_it, &(Change){.t = v.t,
                                                             .value = 9}, NULL);
    expect(done == !bad, "fill_ %s", done ? "wrote repeated elements"
                                          : "was refused");
    for (int64_t p = 0; p < v.n && done; p++) want[v.at[p]] = 9;
    expect(v.t->storage->version == version + done, "a change is not counted");
    expect_values("fill_", v.base, tt_shape(v.base), v.base->dtype, want,
                  NULL);
  }
}

// The new shape can be a view if its elements lie at constant steps.
static bool can_be_view(const View *v, Shape s) {
  if (v->n == 0) return true;
  int64_t step[TT_MAX_RANK] = {0};
  for (int i = 0; i < s.rank; i++) {
    int64_t one[TT_MAX_RANK] = {0};
    if (s.dim[i] == 1) continue;
    one[i] = 1;
    step[i] = v->at[ravel(s, one)] - v->at[0];
  }
  for (int64_t p = 0; p < v->n; p++) {
    int64_t index[TT_MAX_RANK], at = v->at[0];
    unravel(s, p, index);
    for (int i = 0; i < s.rank; i++) at += index[i] * step[i];
    if (at != v->at[p]) return false;
  }
  return true;
}

static Shape other_shape(Case *c, const View *v) {
  Shape s = {0};
  int64_t rest = v->n;
  if (rest == 0) return v->s;
  while (s.rank < 5 && (rest > 1 || below(c, 2))) {
    int64_t d = 1 + below(c, rest);
    while (rest % d) d--;
    s.dim[s.rank++] = d;
    rest /= d;
  }
  if (rest > 1 || s.rank == 0) s.dim[s.rank++] = rest;
  return s;
}

TT(properties, reshape_views_when_it_can) {
  int views = 0, copies = 0;
  FORALL(c, 8000) {
    View v = random_view(&c, any_dtype(&c), any_values(&c));
    Shape s = other_shape(&c, &v), asked = s;
    if (v.n > 0 && s.rank > 0 && below(&c, 3) == 0)
      asked.dim[below(&c, s.rank)] = -1;
    note(" reshape to %d dimensions", s.rank);
    Tensor *t = tt_reshape(v.t, asked);
    expect_values("reshape", t, s, v.base->dtype, v.v, NULL);
    bool shares = t->storage == v.base->storage, can = can_be_view(&v, s);
    if (v.n == 0) continue;
    expect(shares == can, "shares storage: %d, possible: %d", shares, can);
    if (can) {
      View w = v;
      w.t = t, w.s = s;
      expect_view(&w);
      views++;
    } else copies++;
  }
  tt_expect(views > 500 && copies > 300, "%d views, %d copies: the test "
            "has lost its power", views, copies);
}

TT(properties, reshape_of_no_elements) {
  Tensor *x = tt_zeros(TT_SHAPE(5, 0)), *t = tt_transpose(x, 0, 1);
  tt_expect_shape(tt_reshape(x, TT_SHAPE(3, 0)), TT_SHAPE(3, 0));
  tt_expect_shape(tt_reshape(t, TT_SHAPE(0, 7)), TT_SHAPE(0, 7));
  tt_expect_shape(tt_reshape(tt_slice(t, 1, 0, 5, 2), TT_SHAPE(2, 0, 2)),
                  TT_SHAPE(2, 0, 2));
}

// ---- copies --------------------------------------------------------------
TT(properties, contiguous_and_clone) {
  FORALL(c, 4000) {
    DType d = any_dtype(&c);
    View v = random_view(&c, d, any_values(&c));
    bool was = tt_is_contiguous(v.t);
    Tensor *t = tt_contiguous(v.t), *u = tt_clone(v.t);
    expect_values("contiguous", t, v.s, d, v.v, NULL);
    expect_values("clone", u, v.s, d, v.v, NULL);
    expect((t == v.t) == was, "contiguous: %d, but was contiguous: %d",
           t == v.t, was);
    if (!was) expect_fresh("contiguous", t, v.t);
    expect_fresh("clone", u, v.t);
    expect(tt_is_contiguous(t) && tt_is_contiguous(u), "result is not");
  }
}

static double converted(double v, DType d) {
  static const double low[] = {0, INT32_MIN, 0, INT8_MIN},
                      high[] = {0, INT32_MAX, UINT8_MAX, INT8_MAX};
  if (d == TT_F32) return (double)(Real)v;
  if (isnan(v)) return 0;
  v = trunc(v);
  return v < low[d] ? low[d] : v > high[d] ? high[d] : v + 0.0;
}

TT(properties, to_every_dtype) {
  FORALL(c, 6000) {
    DType from = any_dtype(&c), to = any_dtype(&c);
    View v = random_view(&c, from, SPECIAL);
    note(" to %s", tt_dtype_name(to));
    double *want = numbers(v.n);
    for (int64_t i = 0; i < v.n; i++) want[i] = converted(v.v[i], to);
    Tensor *y = tt_to(v.t, to);
    expect_values("to", y, v.s, to, want, NULL);
    expect((y == v.t) == (to == from), "a copy though nothing is to do");
    expect_unchanged(&v);
  }
}

// The shapes that broadcast to s, and the element of one that is used
static Shape smaller(Case *c, Shape s) {
  for (int i = 0; i < s.rank; i++) if (below(c, 4) == 0) s.dim[i] = 1;
  int drop = (int)below(c, s.rank + 1);
  if (below(c, 3)) drop = 0;
  for (; drop > 0; drop--) s = without(s, 0);
  return s;
}

static int64_t broadcast_at(Shape from, Shape to, int64_t p) {
  int64_t index[TT_MAX_RANK], own[TT_MAX_RANK];
  unravel(to, p, index);
  for (int i = 0; i < from.rank; i++)
    own[i] = from.dim[i] == 1 ? 0 : index[i + to.rank - from.rank];
  return ravel(from, own);
}

typedef struct Pair { Tensor *a, *b; } Pair;
static void copy_pair(void *p) { tt_copy_(((Pair *)p)->a, ((Pair *)p)->b); }

TT(properties, copy_into_views) {
  int refused = 0;
  FORALL(c, 6000) {
    DType d = any_dtype(&c), e = any_dtype(&c);
    View v = random_view(&c, d, SMALL_INTS);
    View x = view_of(&c, smaller(&c, v.s), e, SPECIAL, true);
    int64_t n = tt_numel(v.base);
    double *want = numbers(n);
    for (int64_t i = 0; i < n; i++) want[i] = tt_peek(v.base, i);
    for (int64_t p = 0; p < v.n; p++)
      want[v.at[p]] = converted(x.v[broadcast_at(x.s, v.s, p)], d);
    if (v.n == 0) continue;            // nothing to write
    unsigned version = v.t->storage->version;
    bool bad = repeats(&v), done = tt_try(copy_pair, &(Pair){v.t, x.t}, NULL);
    expect(v.t->storage->version == version + done, "changes not counted");
    expect(done == !bad, "copy_ %s, though elements of the destination %s "
           "places", done ? "done" : "refused", bad ? "share" : "have own");
    if (done) expect_values("copy_", v.base, tt_shape(v.base), d, want, NULL);
    refused += bad;
  }
  tt_expect(refused > 100, "only %d expanded destinations", refused);
}

// Source and destination overlap: as if the source was read before, or
// an error. Half an answer is neither.
TT(properties, copy_between_overlapping_views) {
  FORALL(c, 4000) {
    int64_t n = 3 + below(&c, 40), m = 1 + below(&c, n - 1);
    Real *values = scratch((size_t)n * sizeof(Real));
    double *want = numbers(n);
    for (int64_t i = 0; i < n; i++) want[i] = values[i] = (Real)i;
    Tensor *base = tt_from((Shape){1, {n}}, values);
    int64_t a = below(&c, n - m + 1), b = below(&c, n - m + 1), s = 1;
    if (below(&c, 2) && 2 * m <= n) s = 2, a = below(&c, n - 2 * m + 1);
    Tensor *to = tt_slice(base, 0, a, a + m * s, s);
    Tensor *from = tt_slice(base, 0, b, b + m, 1);
    note(" %lld elements: %lld::%lld <- %lld", (long long)m, (long long)a,
         (long long)s, (long long)b);
    for (int64_t i = 0; i < m; i++) want[a + i * s] = (double)(b + i);
    if (!tt_try(copy_pair, &(Pair){to, from}, NULL))
      for (int64_t i = 0; i < n; i++) want[i] = (double)i;
    expect_values("copy_", base, tt_shape(base), TT_F32, want, NULL);
  }
}

TT(properties, cat) {
  FORALL(c, 4000) {
    DType d = any_dtype(&c);
    Shape s = random_shape(&c, 5), whole;
    if (s.rank == 0) continue;
    int n = 1 + (int)below(&c, 4), dim = (int)below(&c, s.rank);
    View part[4];
    Tensor *t[4];
    int64_t first[5] = {0};
    for (int i = 0; i < n; i++) {
      Shape own = s;
      own.dim[dim] = below(&c, 4);
      part[i] = view_of(&c, own, d, any_values(&c), true);
      t[i] = part[i].t;
      first[i + 1] = first[i] + own.dim[dim];
    }
    whole = s, whole.dim[dim] = first[n];
    double *want = numbers(count_of(whole));
    for (int64_t p = 0; p < count_of(whole); p++) {
      int64_t index[TT_MAX_RANK];
      int i = 0;
      unravel(whole, p, index);
      while (index[dim] >= first[i + 1]) i++;
      index[dim] -= first[i];
      want[p] = part[i].v[ravel(part[i].s, index)];
    }
    Tensor *y = tt_cat(n, t, below(&c, 2) ? dim : dim - s.rank);
    expect_values("cat", y, whole, d, want, NULL);
    for (int i = 0; i < n; i++) expect_fresh("cat", y, t[i]);
  }
}

// ---- arithmetic -------------------------------------------------------------
static double add(double a, double b) { return a + b; }
static double sub(double a, double b) { return a - b; }
static double mul(double a, double b) { return a * b; }
static double divide(double a, double b) { return a / b; }
static double most(double a, double b) {
  return isnan(a) ? a : isnan(b) ? b : a > b ? a : b;
}
static double least(double a, double b) {
  return isnan(a) ? a : isnan(b) ? b : a < b ? a : b;
}
static double equal(double a, double b) { return a == b; }
static double less(double a, double b) { return a < b; }

static Tensor *call_add(Tensor *a, Tensor *b) { return tt_add(a, b); }
static Tensor *call_sub(Tensor *a, Tensor *b) { return tt_sub(a, b); }
static Tensor *call_mul(Tensor *a, Tensor *b) { return tt_mul(a, b); }
static Tensor *call_div(Tensor *a, Tensor *b) { return tt_div(a, b); }
static Tensor *call_max(Tensor *a, Tensor *b) { return tt_maximum(a, b); }
static Tensor *call_min(Tensor *a, Tensor *b) { return tt_minimum(a, b); }
static Tensor *call_eq(Tensor *a, Tensor *b) { return tt_eq(a, b); }
static Tensor *call_lt(Tensor *a, Tensor *b) { return tt_lt(a, b); }

static const struct {
  const char *name;
  Tensor *(*call)(Tensor *, Tensor *);
  double (*define)(double, double);
} zips[] = {
  {"add", call_add, add}, {"sub", call_sub, sub}, {"mul", call_mul, mul},
  {"div", call_div, divide}, {"maximum", call_max, most},
  {"minimum", call_min, least}, {"eq", call_eq, equal},
  {"lt", call_lt, less}};

TT(properties, arithmetic_broadcasts) {
  FORALL(c, 12000) {
    Shape s = random_shape(&c, TT_MAX_RANK);
    Shape sa = below(&c, 2) ? s : smaller(&c, s), sb = s;
    if (sa.rank == s.rank) sb = smaller(&c, s);
    Shape out = s;                   // size 1 in both stays 1
    for (int i = 0; i < s.rank; i++) {
      int ia = i - s.rank + sa.rank, ib = i - s.rank + sb.rank;
      int64_t da = ia < 0 ? 1 : sa.dim[ia], db = ib < 0 ? 1 : sb.dim[ib];
      out.dim[i] = da == 1 ? db : da;
    }
    View a = view_of(&c, sa, TT_F32, any_values(&c), true);
    View b = view_of(&c, sb, TT_F32, any_values(&c), true);
    size_t op = (size_t)below(&c, 8);
    if (below(&c, 20) == 0) b = a, sb = sa, out = sa;
    int64_t n = count_of(out);
    double *want = numbers(n);
    for (int64_t p = 0; p < n; p++)
      want[p] = (double)(Real)zips[op].define(
        a.v[broadcast_at(sa, out, p)], b.v[broadcast_at(sb, out, p)]);
    Tensor *y = zips[op].call(a.t, b.t);
    expect_values(zips[op].name, y, out, TT_F32, want, NULL);
    expect_fresh(zips[op].name, y, a.t);
    expect_fresh(zips[op].name, y, b.t);
    expect_unchanged(&a);
    expect_unchanged(&b);
  }
}

TT(properties, functions_of_one_tensor) {
  static const char *name[] = {"neg", "abs", "exp", "log", "sqrt",
                               "add_scalar", "mul_scalar"};
  FORALL(c, 8000) {
    View x = random_view(&c, TT_F32, any_values(&c));
    double *want = numbers(x.n), *limit = numbers(x.n);
    Real k = (Real)random_value(&c, any_values(&c));
    int op = (int)below(&c, 7);
    for (int64_t i = 0; i < x.n; i++) {
      double v = x.v[i];
      double y = op == 0 ? -v : op == 1 ? fabs(v) : op == 2 ? exp(v)
        : op == 3 ? log(v) : op == 4 ? sqrt(v) : op == 5 ? v + (double)k
        : v * (double)k;
      want[i] = (double)(Real)y;
      limit[i] = op == 2 || op == 3 ? 4 * EPS * fabs(want[i]) + 1e-44 : 0;
    }
    Tensor *y = op == 0 ? tt_neg(x.t) : op == 1 ? tt_abs(x.t)
      : op == 2 ? tt_exp(x.t) : op == 3 ? tt_log(x.t)
      : op == 4 ? tt_sqrt(x.t) : op == 5 ? tt_add_scalar(x.t, k)
      : tt_mul_scalar(x.t, k);
    expect_values(name[op], y, x.s, TT_F32, want, limit);
    expect_fresh(name[op], y, x.t);
    expect_unchanged(&x);
  }
}

// ---- reductions ---------------------------------------------------------------
typedef struct Reduced {             // of one line of elements
  double sum, size, max;             // size: sum of absolute values
  int64_t n, argmax, last;
} Reduced;

static void include(Reduced *r, double v) {
  if (r->n == 0 || (!isnan(r->max) && (isnan(v) || v > r->max)))
    r->max = v, r->argmax = r->n;
  if (v == r->max || (isnan(v) && isnan(r->max))) r->last = r->n;
  r->sum += v, r->size += fabs(v), r->n++;
}

static Shape reduced_shape(Shape s, int dim, bool keep) {
  if (dim != TT_ALL && !keep) return without(s, dim);
  for (int i = 0; i < s.rank; i++)
    if (dim == TT_ALL || i == dim) s.dim[i] = 1;
  if (dim == TT_ALL && !keep) s.rank = 0;
  return s;
}

typedef struct Folding { Tensor *x, *y; int dim; bool keep; int arg; } Folding;
static void call_max_of(void *p) {
  Folding *r = p;
  r->y = (r->arg == 0 ? tt_max : r->arg == 1 ? tt_argmax : tt_argmax_last)(
    r->x, r->dim, r->keep);
}

TT(properties, reductions) {
  FORALL(c, 10000) {
    View x = random_view(&c, TT_F32, any_values(&c));
    bool keep = below(&c, 2), all = x.s.rank == 0 || below(&c, 5) == 0;
    int dim = all ? TT_ALL : (int)below(&c, x.s.rank);
    int asked = all || below(&c, 2) ? dim : dim - x.s.rank;
    Shape s = reduced_shape(x.s, dim, keep);
    Shape held = reduced_shape(x.s, dim, true);
    int64_t n = count_of(s);
    note(" over %d, keepdim %d", dim, keep);
    Reduced *r = scratch((size_t)n * sizeof *r);
    memset(r, 0, (size_t)n * sizeof *r);
    for (int64_t p = 0; p < x.n; p++)
      include(&r[broadcast_at(held, x.s, p)], x.v[p]);
    double *want = numbers(n), *limit = numbers(n);
    for (int64_t i = 0; i < n; i++) {
      want[i] = (double)(Real)r[i].sum;
      limit[i] = (double)r[i].n * EPS * r[i].size;
      if (r[i].size * (sizeof(Real) == 4 ? 1e-38 : 0) > 1)
        limit[i] = INFINITY;         // near overflow the order decides
    }
    Tensor *y = tt_sum(x.t, asked, keep);
    bool overflow = false;
    for (int64_t i = 0; i < n; i++) overflow |= isinf(limit[i]) != 0;
    if (!overflow) expect_values("sum", y, s, TT_F32, want, limit);
    expect_fresh("sum", y, x.t);
    for (int64_t i = 0; i < n; i++) {
      double count = (double)r[i].n;
      want[i] = (double)(Real)(r[i].sum / count);
      limit[i] = limit[i] / count + EPS * fabs(want[i]) + 1e-44;
    }
    y = tt_mean(x.t, asked, keep);
    if (!overflow) expect_values("mean", y, s, TT_F32, want, limit);

    int64_t length = all ? x.n : x.s.dim[dim];
    for (int arg = 0; arg < 3; arg++) {
      const char *what = arg == 0 ? "max" : arg == 1 ? "argmax" : "argmax_last";
      Folding m = {x.t, NULL, asked, keep, arg};
      bool done = tt_try(call_max_of, &m, NULL);
      if (length == 0 && n > 0)
        expect(!done, "%s over nothing", what);
      if (length == 0) continue;
      expect(done, "%s failed", what);
      for (int64_t i = 0; i < n; i++)
        want[i] = arg == 0 ? r[i].max : (double)(arg == 1 ? r[i].argmax : r[i].last);
      expect_values(what, m.y, s, arg ? TT_I32 : TT_F32,
                    want, NULL);
    }
    expect_unchanged(&x);
  }
}

// ---- matrix products ------------------------------------------------------
static int64_t size_of(Case *c) {
  return below(c, 16) == 0 ? 0 : 1 + below(c, 2 + 2 * c->size);
}

TT(properties, matmul) {
  FORALL(c, 6000) {
    int64_t m = size_of(&c), k = size_of(&c), n = size_of(&c);
    Shape batch = random_shape(&c, 3), sa, sb, out = batch;
    if (count_of(batch) > 12) batch.rank = 0, out = batch;
    bool va = below(&c, 6) == 0, vb = below(&c, 6) == 0;
    sa = va ? (Shape){0} : below(&c, 2) ? batch : smaller(&c, batch);
    sb = vb ? (Shape){0} : sa.rank == batch.rank && !va
       ? smaller(&c, batch) : batch;
    Shape left = sa, right = sb;
    out.rank = left.rank > right.rank ? left.rank : right.rank;
    for (int i = 0; i < out.rank; i++) {
      int ia = i - out.rank + left.rank, ib = i - out.rank + right.rank;
      int64_t da = ia < 0 ? 1 : left.dim[ia], db = ib < 0 ? 1 : right.dim[ib];
      out.dim[i] = da == 1 ? db : da;
    }
    Shape many = out;
    if (!va) sa.dim[sa.rank++] = m, out.dim[out.rank++] = m; else m = 1;
    sa.dim[sa.rank++] = k;
    sb.dim[sb.rank++] = k;
    if (!vb) sb.dim[sb.rank++] = n, out.dim[out.rank++] = n; else n = 1;
    Values how = below(&c, 2) ? SMALL_INTS : NORMAL;
    View a = view_of(&c, sa, TT_F32, how, true);
    View b = view_of(&c, sb, TT_F32, how, true);
    double *want = numbers(count_of(out)), *limit = numbers(count_of(out));
    for (int64_t p = 0; p < count_of(out); p++) {
      int64_t g = p / (m * n), i = p / n % m, j = p % n;
      const double *x = a.v + broadcast_at(left, many, g) * m * k + i * k;
      const double *y = b.v + broadcast_at(right, many, g) * k * n + j;
      double sum = 0, size = 0;
      for (int64_t l = 0; l < k; l++)
        sum += x[l] * y[l * n], size += fabs(x[l] * y[l * n]);
      want[p] = (double)(Real)sum;
      limit[p] = how == SMALL_INTS ? 0 : (double)k * EPS * size;
    }
    Tensor *y = tt_matmul(a.t, b.t);
    expect_values("matmul", y, out, TT_F32, want, limit);
    expect_fresh("matmul", y, a.t);
    expect_unchanged(&a);
    expect_unchanged(&b);
  }
}

// The kernel itself: alpha A B + beta C, and beta 0 does not read C.
TT(properties, the_kernel_of_matrix_products) {
  static const Real factor[] = {0, 1, (Real)-0.5, 2};
  FORALL(c, 2000) {
    int64_t batch = 1 + below(&c, 3), m = 1 + below(&c, 9);
    int64_t n = 1 + below(&c, 20);
    int64_t k = below(&c, 16) ? below(&c, 9) : 250 + below(&c, 20);
    Real alpha = factor[below(&c, 4)], beta = factor[below(&c, 4)];
    View a = view_of(&c, TT_SHAPE(batch, m, k), TT_F32, SMALL_INTS, true);
    View b = view_of(&c, TT_SHAPE(batch, k, n), TT_F32, SMALL_INTS, true);
    View y = view_of(&c, TT_SHAPE(batch, m, n), TT_F32, SMALL_INTS, false);
    note(" alpha %g, beta %g", (double)alpha, (double)beta);
    double *want = numbers(y.n);
    for (int64_t p = 0; p < y.n; p++) {
      int64_t g = p / (m * n), i = p / n % m, j = p % n;
      want[p] = 0;
      for (int64_t l = 0; l < k; l++)
        want[p] += a.v[(g * m + i) * k + l] * b.v[(g * k + l) * n + j];
      want[p] = (double)alpha * want[p] + (double)beta * y.v[p];
    }
    if (beta == 0) tt_fill_(y.t, (double)NAN);
    Gemm gemm = {batch, m, n, k,
      a.t->data, a.t->stride[0], a.t->stride[1], a.t->stride[2],
      b.t->data, b.t->stride[0], b.t->stride[1], b.t->stride[2],
      y.t->data, y.t->stride[0], y.t->stride[1], y.t->stride[2],
      alpha, beta};
    tt_backend->gemm(&gemm);
    expect_values("gemm", y.t, y.s, TT_F32, want, NULL);
  }
}

// ---- printed ----------------------------------------------------------------
// Small numbers alone are printed in powers of ten; the text is PyTorch's.
TT(properties, printed_when_all_are_small) {
  char text[200] = "";
  FILE *f = fmemopen(text, sizeof text, "w");
  tt_fprint(f, tt_from(TT_SHAPE(2), (Real[]){(Real)1e-5, (Real)2e-5}));
  fclose(f);
  tt_expect_text(text, "tensor([1.0000e-05, 2.0000e-05])\n");
}

// ---- new tensors ------------------------------------------------------------
TT(properties, new_tensors) {
  FORALL(c, 1000) {
    Shape s = random_shape(&c, TT_MAX_RANK);
    int64_t n = count_of(s), ends = 1 + below(&c, 40);
    double *want = numbers(n > ends ? n : ends);
    int32_t *ints = scratch((size_t)n * sizeof *ints);
    for (int64_t i = 0; i < n; i++) want[i] = ints[i] = (int32_t)(i * 7 - 9);
    expect_values("from_int", tt_from_int(s, ints), s, TT_I32, want, NULL);
    for (int64_t i = 0; i < n; i++) want[i] = 2.5;
    expect_values("full", tt_full(s, 2.5), s, TT_F32, want, NULL);
    double start = (double)below(&c, 9) - 4, step = below(&c, 2) ? 2 : -0.25;
    for (int64_t i = 0; i < ends; i++) want[i] = start + (double)i * step;
    Tensor *t = tt_arange(start, start + (double)ends * step, step);
    expect_values("arange", t, (Shape){1, {ends}}, TT_F32, want, NULL);
    t = tt_randn(s, NULL);
    for (int64_t i = 0; i < n; i++) want[i] = tt_peek(t, i);
    expect_values("randn", t, s, TT_F32, want, NULL);
    for (int64_t i = 0; i < n; i++)
      expect(isfinite(want[i]) && fabs(want[i]) < 9, "randn: %g", want[i]);
    t = tt_rand(s, NULL);
    for (int64_t i = 0; i < n; i++) want[i] = tt_peek(t, i);
    expect_values("rand", t, s, TT_F32, want, NULL);
    expect(tt_numel(t) == n, "numel is %lld", (long long)tt_numel(t));
  }
}

// ---- random numbers ---------------------------------------------------------
TT(properties, random_numbers_have_their_moments) {
  Generator g;
  tt_manual_seed(&g, 42);
  enum { N = 40000 };                // 5 sigma: 5 / sqrt(N) of the spread
  Tensor *u = tt_rand((Shape){1, {N}}, &g), *z = tt_randn((Shape){1, {N}}, &g);
  double su = 0, sz = 0, szz = 0;
  for (int64_t i = 0; i < N; i++) {
    double a = tt_peek(u, i), b = tt_peek(z, i);
    tt_expect(a >= 0 && a < 1, "rand gave %.17g", a);
    su += a, sz += b, szz += b * b;
  }
  tt_expect_close(su / N, 0.5, 0, 5 * 0.29 / 200);
  tt_expect_close(sz / N, 0, 0, 5.0 / 200);
  tt_expect_close(szz / N, 1, 0, 5 * 1.42 / 200);
}

TT(properties, the_same_seed_gives_the_same_numbers) {
  Generator a, b;
  tt_manual_seed(&a, 7);
  tt_manual_seed(&b, 7);
  tt_expect_tensor(tt_randn(TT_SHAPE(7, 11), &a),
                   tt_randn(TT_SHAPE(7, 11), &b), 0, 0);
  tt_manual_seed(NULL, 3);
  double first = tt_item(tt_rand(TT_SCALAR, NULL));
  tt_manual_seed(NULL, 3);
  tt_expect_close(tt_item(tt_rand(TT_SCALAR, NULL)), first, 0, 0);
  tt_manual_seed(NULL, 4);
  tt_expect(tt_item(tt_rand(TT_SCALAR, NULL)) != first, "seed 4 as 3");
}

// ---- memory -------------------------------------------------------------------
// What a view no longer shows, it has not.
TT(properties, squeezed_again_and_again) {
  Tensor *t = tt_arange(0, 6, 1), *y;
  y = tt_squeeze(tt_reshape(t, TT_SHAPE(1, 2, 1, 3, 1)), TT_ALL);
  for (int i = 0; i < 3; i++, y = tt_squeeze(y, TT_ALL)) {
    tt_expect_shape(y, TT_SHAPE(2, 3));
    tt_expect_close(tt_get(y, TT_INDEX(1, 2)), 5, 0, 0);
  }
  y = tt_reshape(t, TT_SHAPE(1, 1, 6, 1));
  tt_expect_shape(tt_squeeze(y, 0), TT_SHAPE(1, 6, 1));
  tt_expect_shape(tt_squeeze(tt_squeeze(y, 0), 0), TT_SHAPE(6, 1));
  tt_expect_shape(tt_squeeze(tt_squeeze(tt_squeeze(y, 0), 0), 0), TT_SHAPE(6, 1));
  tt_expect_shape(tt_squeeze(tt_squeeze(y, -1), -1), TT_SHAPE(1, 1, 6));
  y = tt_squeeze(tt_reshape(t, TT_SHAPE(6, 1)), TT_ALL);
  tt_expect_shape(tt_squeeze(y, TT_ALL), TT_SHAPE(6));
}

TT(properties, a_closed_scope_leaves_nothing) {
  FORALL(c, 600) {
    MemoryStats before = tt_memory_stats();
    Scope s;
    tt_scope_open(&s);
    View v = random_view(&c, any_dtype(&c), NORMAL);
    tt_contiguous(v.t);
    tt_scope_close(&s);
    MemoryStats now = tt_memory_stats();
    expect(now.live_bytes == before.live_bytes &&
           now.tensors == before.tensors, "%lld bytes, %lld tensors more",
           (long long)(now.live_bytes - before.live_bytes),
           (long long)(now.tensors - before.tensors));
  }
}
