// views.c - see views.h
#include "views.h"
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

// ---- cases -----------------------------------------------------------
enum { SCRATCH = 1 << 23, NOTES = 2000 };
static char   pool[SCRATCH] __attribute__((aligned(64)));
static size_t used, noted;
static char   text[NOTES];
static uint64_t seed = 1;
static int64_t  reused;              // by the pool, when the case began

static uint64_t bits(Case *c) {
  uint64_t z = c->state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

bool forall_next(Case *c) {
  if (c->number > 0) tt_scope_close(&c->scope);
  if (c->number++ == c->cases) return false;
  const char *chosen = getenv("TT_SEED");
  if (chosen) seed = strtoull(chosen, NULL, 10);
  c->state = seed * 0x100000001b3u + (uint64_t)c->number;
  c->size = 1 + 6 * c->number / c->cases;
  used = noted = 0;
  note("TT_SEED=%llu, case %d:", (unsigned long long)seed, c->number);
  tt_empty_pool();                   // all memory is new and guarded
  reused = tt_memory_stats().reused;
  tt_scope_open(&c->scope);
  return true;
}

int64_t below(Case *c, int64_t n) {
  return (int64_t)(bits(c) % (uint64_t)n);
}

double uniform(Case *c) { return (double)(bits(c) >> 11) * 0x1p-53; }

void note(const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(text + noted, NOTES - noted, format, ap);
  va_end(ap);
  noted = noted + (size_t)n < NOTES ? noted + (size_t)n : NOTES - 1;
}

const char *notes(void) { return text; }

static void note_shape(const char *word, Shape s) {
  char shape[128];
  size_t n = 0;
  for (int i = 0; i < s.rank; i++)
    n += (size_t)snprintf(shape + n, sizeof shape - n, "%s%lld",
                          i ? "," : "", (long long)s.dim[i]);
  shape[n] = 0;
  note("%s[%s]", word, shape);
}

void *scratch(size_t bytes) {
  void *p = pool + used;
  used += (bytes + 63) / 64 * 64;
  if (used > SCRATCH) abort();
  return p;
}

_Noreturn void expect_failed(const char *file, int line, const char *cond,
                             const char *format, ...) {
  char message[1000];
  va_list ap;
  va_start(ap, format);
  vsnprintf(message, sizeof message, format, ap);
  va_end(ap);
  tt_expect_failed(file, line, cond, "%s\n  in %s", message, text);
}

// ---- shapes ------------------------------------------------------------
int64_t count_of(Shape s) {
  int64_t n = 1;
  for (int i = 0; i < s.rank; i++) n *= s.dim[i];
  return n;
}

void unravel(Shape s, int64_t position, int64_t *index) {
  for (int i = s.rank - 1; i >= 0; position /= s.dim[i--])
    index[i] = position % s.dim[i];
}

int64_t ravel(Shape s, const int64_t *index) {
  int64_t p = 0;
  for (int i = 0; i < s.rank; i++) p = p * s.dim[i] + index[i];
  return p;
}

Shape random_shape(Case *c, int max_rank) {
  Shape s = {.rank = (int)below(c, max_rank + 1)};
  int64_t n = 1;
  for (int i = 0; i < s.rank; i++) {
    int64_t r = below(c, 24);
    s.dim[i] = r == 0 ? 0 : r < 6 ? 1 : 1 + below(c, c->size);
    if (n * s.dim[i] > 300) s.dim[i] = 1;
    n *= s.dim[i] ? s.dim[i] : 1;
  }
  return s;
}

Shape without(Shape s, int dim) {
  for (int i = dim; i < s.rank - 1; i++) s.dim[i] = s.dim[i + 1];
  s.rank--;
  return s;
}

static Shape with(Shape s, int dim, int64_t size) {
  for (int i = s.rank++; i > dim; i--) s.dim[i] = s.dim[i - 1];
  s.dim[dim] = size;
  return s;
}

// ---- values ------------------------------------------------------------
double random_value(Case *c, Values how) {
  static const double special[] = {
    0, -0.0, 1, -1, 1e-40, -1e-40, 3e38, -3e38, 1e-30, 300, -300, 0.5,
    2147483648.0, -2147483904.0, 127.5, -128.5, 255.9, 1e9};
  if (how == SMALL_INTS) return (double)below(c, 9) - 4;
  if (how == SPECIAL && below(c, 3) == 0) {
    int64_t k = below(c, 21);
    return k == 18 ? (double)NAN : k == 19 ? (double)INFINITY
         : k == 20 ? -(double)INFINITY : special[k];
  }
  double v = 0;                      // nearly normal
  for (int i = 0; i < 4; i++) v += uniform(c) - 0.5;
  return (double)(Real)(v * 2);
}

static Tensor *random_base(Case *c, Shape s, DType d, Values how) {
  int64_t n = count_of(s);
  Real *v = scratch((size_t)n * sizeof(Real));
  for (int64_t i = 0; i < n; i++) v[i] = (Real)random_value(c, how);
  Tensor *t = tt_from(s, v);
  note_shape(" base", s);
  return d == TT_F32 ? t : tt_to(t, d);
}

static View whole(Tensor *base, Shape s) {
  View v = {.t = base, .base = base, .s = s, .n = count_of(s)};
  v.at = scratch((size_t)v.n * sizeof *v.at);
  v.v = scratch((size_t)v.n * sizeof *v.v);
  for (int64_t i = 0; i < v.n; i++) v.at[i] = i, v.v[i] = tt_peek(base, i);
  return v;
}

// ---- steps: an operation, and what it means for indices ----------------
typedef struct Step {
  enum { PERMUTE, SLICE, SELECT, EXPAND, UNSQUEEZE, SQUEEZE } kind;
  int     dim, from[TT_MAX_RANK];    // PERMUTE: where dimensions come from
  int64_t start, step;
} Step;

static void old_index(const Step *p, Shape old, Shape new,
                      const int64_t *in, int64_t *out) {
  int extra = new.rank - old.rank;
  for (int i = 0; i < old.rank; i++)
    switch (p->kind) {
      case PERMUTE:   out[p->from[i]] = in[i]; break;
      case SLICE:     out[i] = in[i]; break;
      case SELECT:
      case SQUEEZE:                  // start is 0
        out[i] = i == p->dim ? p->start : in[i < p->dim ? i : i - 1];
        break;
      case EXPAND:    out[i] = old.dim[i] == 1 ? 0 : in[i + extra]; break;
      case UNSQUEEZE: out[i] = in[i < p->dim ? i : i + 1]; break;
    }
  if (p->kind == SLICE) out[p->dim] = p->start + in[p->dim] * p->step;
}

static View after(View v, const Step *p, Tensor *t, Shape s) {
  View w = {.t = t, .base = v.base, .s = s, .n = count_of(s)};
  w.at = scratch((size_t)w.n * sizeof *w.at);
  w.v = scratch((size_t)w.n * sizeof *w.v);
  for (int64_t i = 0; i < w.n; i++) {
    int64_t in[TT_MAX_RANK], out[TT_MAX_RANK];
    unravel(s, i, in);
    old_index(p, v.s, s, in, out);
    int64_t j = ravel(v.s, out);
    w.at[i] = v.at[j], w.v[i] = v.v[j];
  }
  return w;
}

// A dimension is named from the front or from the end.
static int either(Case *c, int dim, int rank) {
  return below(c, 2) ? dim : dim - rank;
}

static View permuted(Case *c, View v) {
  Step p = {.kind = PERMUTE};
  Shape dims = {.rank = v.s.rank}, s = v.s;
  for (int i = 0; i < s.rank; i++) p.from[i] = i;
  for (int i = s.rank - 1; i > 0; i--) {
    int j = (int)below(c, i + 1), k = p.from[i];
    p.from[i] = p.from[j], p.from[j] = k;
  }
  for (int i = 0; i < s.rank; i++) {
    s.dim[i] = v.s.dim[p.from[i]];
    dims.dim[i] = either(c, p.from[i], s.rank);
  }
  note_shape(" permute", dims);
  return after(v, &p, tt_permute(v.t, dims), s);
}

static View transposed(Case *c, View v) {
  Step p = {.kind = PERMUTE};
  Shape s = v.s;
  int a = (int)below(c, s.rank), b = (int)below(c, s.rank);
  for (int i = 0; i < s.rank; i++) p.from[i] = i == a ? b : i == b ? a : i;
  s.dim[a] = v.s.dim[b], s.dim[b] = v.s.dim[a];
  a = either(c, a, s.rank), b = either(c, b, s.rank);
  note(" transpose(%d,%d)", a, b);
  return after(v, &p, tt_transpose(v.t, a, b), s);
}

static View sliced(Case *c, View v, int dim, int64_t start, int64_t stop,
                   int64_t step) {
  Step p = {.kind = SLICE, .dim = dim, .start = start, .step = step};
  Shape s = v.s;
  s.dim[dim] = stop > start ? (stop - start + step - 1) / step : 0;
  dim = either(c, dim, s.rank);
  note(" slice(%d,%lld:%lld:%lld)", dim, (long long)start,
       (long long)stop, (long long)step);
  return after(v, &p, tt_slice(v.t, dim, start, stop, step), s);
}

static View selected(Case *c, View v, int dim) {
  Step p = {.kind = SELECT, .dim = dim, .start = below(c, v.s.dim[dim])};
  int64_t index = p.start - (below(c, 2) ? v.s.dim[dim] : 0);
  int d = either(c, dim, v.s.rank);
  note(" select(%d,%lld)", d, (long long)index);
  return after(v, &p, tt_select(v.t, d, index), without(v.s, dim));
}

static View expanded(View v, Shape s) {
  Step p = {.kind = EXPAND};
  note_shape(" expand", s);
  return after(v, &p, tt_expand(v.t, s), s);
}

static View expanded_at_random(Case *c, View v) {
  Shape s = v.s;
  for (int i = 0; i < s.rank; i++)
    if (s.dim[i] == 1 && below(c, 2)) s.dim[i] = below(c, 4);
  if (s.rank < TT_MAX_RANK && below(c, 2)) s = with(s, 0, 1 + below(c, 2));
  return expanded(v, s);
}

static View unsqueezed(Case *c, View v) {
  Step p = {.kind = UNSQUEEZE, .dim = (int)below(c, v.s.rank + 1)};
  int d = either(c, p.dim, v.s.rank + 1);
  note(" unsqueeze(%d)", d);
  return after(v, &p, tt_unsqueeze(v.t, d), with(v.s, p.dim, 1));
}

static View squeezed(Case *c, View v, int dim) {
  Step p = {.kind = SQUEEZE, .dim = dim};
  int d = either(c, dim, v.s.rank);
  note(" squeeze(%d)", d);
  return after(v, &p, tt_squeeze(v.t, d), without(v.s, dim));
}

View random_step(Case *c, View v) {
  int kind = (int)below(c, 7), r = v.s.rank;
  int dim = r ? (int)below(c, r) : 0;
  if (kind == 5 && r < TT_MAX_RANK) return unsqueezed(c, v);
  if (kind == 4 && v.n < 300) return expanded_at_random(c, v);
  if (r == 0) return v;
  int64_t size = v.s.dim[dim];
  if (kind == 0) return transposed(c, v);
  if (kind == 2) {
    int64_t start = below(c, size + 1);
    return sliced(c, v, dim, start, start + below(c, size - start + 1),
                  1 + below(c, 3));
  }
  if (kind == 3 && size > 0) return selected(c, v, dim);
  if (kind == 6 && size == 1) return squeezed(c, v, dim);
  return permuted(c, v);
}

View random_view(Case *c, DType d, Values how) {
  Shape s = random_shape(c, TT_MAX_RANK);
  View v = whole(random_base(c, s, d, how), s);
  for (int64_t k = below(c, 5); k > 0; k--) v = random_step(c, v);
  return v;
}

// A view of a given shape: base dimensions in another order, some larger
// (cut by slices with steps), some of size 1 (repeated by expand).
View view_of(Case *c, Shape s, DType d, Values how, bool may_expand) {
  Step order = {.kind = PERMUTE};
  Shape base = {.rank = s.rank}, dims = base, now = base;
  int64_t start[TT_MAX_RANK], step[TT_MAX_RANK];
  bool plain = below(c, 4) == 0, wide = count_of(s) < 4000;
  for (int i = 0; i < s.rank; i++) order.from[i] = i;
  for (int i = s.rank - 1; i > 0 && !plain; i--) {
    int j = (int)below(c, i + 1), k = order.from[i];
    order.from[i] = order.from[j], order.from[j] = k;
  }
  for (int i = 0; i < s.rank; i++) {           // i of the result
    int b = order.from[i];
    bool one = may_expand && !plain && below(c, 5) == 0;
    int64_t size = one && s.dim[i] ? 1 : s.dim[i];
    bool cut = !plain && wide && below(c, 4) == 0;
    start[b] = cut ? below(c, 2) : 0, step[b] = cut ? 1 + below(c, 2) : 1;
    base.dim[b] = start[b] + size * step[b];
    now.dim[i] = size, dims.dim[i] = b;
  }
  View v = whole(random_base(c, base, d, how), base);
  for (int b = 0; b < s.rank; b++)
    if (start[b] || step[b] > 1)
      v = sliced(c, v, b, start[b], base.dim[b], step[b]);
  if (!plain) v = after(v, &order, tt_permute(v.t, dims), now);
  note_shape(" view", s);
  return may_expand && !plain ? expanded(v, s) : v;
}

// ---- what must hold -------------------------------------------------------
static void expect_shape(const char *what, const Tensor *t, Shape s) {
  bool same = t->rank == s.rank;
  for (int i = 0; same && i < s.rank; i++) same = t->shape[i] == s.dim[i];
  char a[128], b[128];
  expect(same, "%s: shape %s, expected %s", what,
         tt_shape_text(tt_shape(t), a), tt_shape_text(s, b));
}

void expect_view(const View *v) {
  expect_shape("view", v->t, v->s);
  expect(v->t->storage == v->base->storage, "a view has its own storage");
  bool in_order = true;
  size_t size = tt_dtype_size(v->base->dtype);
  for (int64_t p = 0; p < v->n; p++) {
    int64_t index[TT_MAX_RANK], at = 0;
    unravel(v->s, p, index);
    for (int i = 0; i < v->s.rank; i++) at += index[i] * v->t->stride[i];
    const char *here = (const char *)v->t->data + at * (int64_t)size;
    const char *there = (const char *)v->base->data
                        + v->at[p] * (int64_t)size;
    expect(here == there, "element %lld of the view is not element %lld "
           "of the base", (long long)p, (long long)v->at[p]);
    if (v->at[p] != v->at[0] + p) in_order = false;
  }
  expect(tt_is_contiguous(v->t) == in_order, "contiguous is %d, expected %d",
         tt_is_contiguous(v->t), in_order);
}

void expect_unchanged(const View *v) {
  for (int64_t p = 0; p < v->n; p++) {
    double now = tt_peek(v->t, p);
    expect(now == v->v[p] || isnan(v->v[p]), "an operand was changed from "
           "%g to %g", v->v[p], now);
  }
}

// The bytes between the last element and the end of its storage
static void expect_guarded(const char *what, const Tensor *t) {
  if (tt_memory_stats().reused != reused || t->storage->count > 1)
    return;
  size_t end = (size_t)tt_numel(t) * tt_dtype_size(t->dtype);
  for (size_t i = end; i < t->storage->bytes; i++)
    expect(t->storage->data[i] == GUARD, "%s wrote %zu bytes behind its "
           "result", what, i - end + 1);
}

void expect_values(const char *what, const Tensor *t, Shape s, DType d,
                   const double *want, const double *limit) {
  expect_shape(what, t, s);
  expect(t->dtype == d, "%s: dtype %s, expected %s", what,
         tt_dtype_name(t->dtype), tt_dtype_name(d));
  for (int64_t p = 0; p < count_of(s); p++) {
    double g = tt_peek(t, p), w = want[p], off = fabs(g - w);
    bool good = g == w || (isnan(g) && isnan(w))
                || (limit && off <= limit[p]);
    expect(good, "%s: element %lld is %.17g, expected %.17g, off by %.3g, "
           "allowed %.3g", what, (long long)p, g, w, off,
           limit ? limit[p] : 0.0);
  }
  expect_guarded(what, t);
}
