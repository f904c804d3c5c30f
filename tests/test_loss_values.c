// Needs chapter 04: losses against PyTorch 1.13.1 (losses.txt, written by
// tests/reference/losses.py), against their definitions on thousands of
// random views, and what they refuse.
//
// Tolerances. A term of mse is rounded twice, so 2 EPS of it; of bce, each
// logarithm and the products: 8 EPS of the two parts' sizes; from logits:
// 6 EPS relative for 0 <= y <= 1 given exactly (y is 0, 1/2 or 1 here).
// A log-probability is off by up to 4 EPS (1 + |x - max|), see
// test_activation_values.c, and a loss of labels by as much.
#include "vectors.h"
#include "views.h"
#include "tt/logarithm.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"mean", "sum", "none"};

static Reduction reduction_of(const char *name) {
  for (int i = 0; i < 3; i++)
    if (strcmp(name, names[i]) == 0) return (Reduction)i;
  tt_expect(false, "no reduction %s", name);
  return TT_REDUCE_MEAN;
}

// ---- PyTorch ---------------------------------------------------------------
enum { OP, REDUCE, IGNORE, SMOOTH, XS, X, YS, Y, WS, W, WEIGHTS, FIELDS };

static Tensor *answer(char **f, Tensor *x, Tensor *y) {
  Reduction r = reduction_of(f[REDUCE]);
  if (strcmp(f[OP], "mse") == 0) return tt_mse_loss_with(x, y, r);
  if (strcmp(f[OP], "bce") == 0) return tt_bce_loss_with(x, y, r);
  if (strcmp(f[OP], "logits") == 0) return tt_bce_with_logits_with(x, y, r);
  LabelOptions o = {r, true, (int32_t)atol(f[IGNORE]), NULL, atof(f[SMOOTH])};
  if (f[WEIGHTS])
    o.weight = reals_of(TT_SHAPE(x->shape[x->rank > 1]), f[WEIGHTS]);
  if (strcmp(f[OP], "nll") == 0) return tt_nll_loss_with(x, y, o);
  return tt_cross_entropy_with(x, y, o);
}

static void check_line(int line, char **f) {
  bool labels = strcmp(f[OP], "nll") == 0
                || strcmp(f[OP], "cross_entropy") == 0;
  Tensor *x = reals_of(shape_of(f[XS]), f[X]);
  Shape s = shape_of(f[YS]);
  Tensor *y = labels ? ints_of(s, f[Y]) : reals_of(s, f[Y]);
  Tensor *want = reals_of(shape_of(f[WS]), f[W]), *got = answer(f, x, y);
  tt_expect_shape(got, tt_shape(want));
  for (int64_t i = 0; i < tt_numel(want); i++) {
    double w = tt_peek(want, i), g = tt_peek(got, i);
    if (sizeof(Real) > 4 && !isfinite(w)) continue;   // a float overflowed
    double limit = 2e-6 * fabs(w) + 2e-7;
    tt_expect(g == w || (isnan(g) && isnan(w)) || fabs(g - w) <= limit,
              "losses.txt:%d: %s, %s: %.9g, PyTorch says %.9g", line, f[OP],
              f[REDUCE], g, w);
  }
}

TT(loss_values, as_pytorch) {
  FILE *file = open_reference("losses.txt");
  char *line = NULL;
  size_t size = 0;
  int lines = 0, weighted = 0;
  while (getline(&line, &size, file) > 0) {
    char *f[FIELDS], *rest = line;
    for (int i = 0; i < WEIGHTS; i++) f[i] = next_field(&rest);
    f[WEIGHTS] = *rest ? next_field(&rest) : NULL;
    weighted += f[WEIGHTS] != NULL;
    Scope scope;
    tt_scope_open(&scope);
    check_line(++lines, f);
    tt_scope_close(&scope);
  }
  free(line);
  fclose(file);
  tt_expect(lines > 500, "only %d lines", lines);
  tt_expect(weighted > 400, "only %d lines with class weights", weighted);
}

// ---- definitions: pairs ----------------------------------------------------
typedef struct Terms { double *v, *limit, sum, sum_limit; } Terms;

// Sets the values of a view by hand
static void set_all(View *v, Case *c, double (*f)(Case *c)) {
  for (int64_t p = 0; p < v->n; p++) {
    double value = (double)(Real)f(c);
    tt_store(v->base->dtype, v->base->data, v->at[p], value);
    v->v[p] = value;
  }
  for (int64_t p = 0; p < v->n; p++)       // some may be one cell
    v->v[p] = tt_load(v->base->dtype, v->base->data, v->at[p]);
}
static double a_probability(Case *c) { return uniform(c); }
static double a_logit(Case *c) { return (uniform(c) - 0.5) * 60; }
static double an_answer(Case *c) { return (double)below(c, 3) / 2; }

static double clamped_log(double p) { return fmax(log(p), -100); }

static double term(int op, double x, double y, double *limit) {
  double v, size;
  if (op == 0) {
    v = size = (x - y) * (x - y);
    *limit = 3 * EPS * size;
  } else if (op == 1) {
    double a = -clamped_log(x), b = -clamped_log(1 - x);
    v = y * a + (1 - y) * b;
    *limit = 8 * EPS * (v + EPS);
  } else {
    v = ((1 - y) * x + fmax(-x, 0)) + log1p(exp(-fabs(x)));
    *limit = 8 * EPS * v + (y == 0 || y == 1 ? 0 : EPS * fabs(x));
  }
  return v;
}

static Tensor *of_pairs(int op, Tensor *x, Tensor *y, Reduction r) {
  return op == 0 ? tt_mse_loss_with(x, y, r)
       : op == 1 ? tt_bce_loss_with(x, y, r)
       : tt_bce_with_logits_with(x, y, r);
}

TT(loss_values, pairs_on_views) {
  FORALL(c, 6000) {
    Shape s = random_shape(&c, 6);
    View x = view_of(&c, s, TT_F32, NORMAL, true);
    View y = view_of(&c, s, TT_F32, NORMAL, true);
    int op = (int)below(&c, 3);
    Reduction r = (Reduction)below(&c, 3);
    if (op > 0) set_all(&x, &c, op == 1 ? a_probability : a_logit);
    if (op > 0) set_all(&y, &c, an_answer);
    note(" op %d, %s", op, names[r]);
    double *want = scratch((size_t)x.n * sizeof(double) + 8);
    double *limit = scratch((size_t)x.n * sizeof(double) + 8);
    double sum = 0, off = 0;
    for (int64_t i = 0; i < x.n; i++) {
      want[i] = term(op, x.v[i], y.v[i], &limit[i]);
      sum += want[i], off += limit[i];
    }
    if (r == TT_REDUCE_MEAN) sum /= (double)x.n, off /= (double)x.n;
    off += (EPS + (double)x.n * 0x1p-52) * fabs(sum);
    Tensor *l = of_pairs(op, x.t, y.t, r);
    if (r == TT_REDUCE_NONE)
      expect_values("loss", l, s, TT_F32, want, limit);
    else
      expect_values("loss", l, TT_SCALAR, TT_F32, &sum, &off);
    expect_unchanged(&x);
    expect_unchanged(&y);
  }
}

// ---- definitions: labels ---------------------------------------------------
static int32_t ignored;
static int64_t classes;
static double a_label(Case *c) {
  return below(c, 4) ? (double)below(c, classes) : ignored;
}

static double a_weight(Case *c) { return (double)below(c, 7) / 2; }

typedef struct OneLoss { double loss, limit; } OneLoss;

// -log softmax of the label at p (a position in the labels' order)
static OneLoss row(const View *x, int dim, Shape labels, int64_t p, int64_t t,
               double eps, bool soft, const double *w) {
  int64_t at[TT_MAX_RANK], index[TT_MAX_RANK];
  double most = -INFINITY, sum = 0, all = 0, picked = 0, sizes = 0;
  unravel(labels, p, at);
  for (int d = 0; d < x->s.rank; d++)
    if (d != dim) index[d] = at[d - (d > dim)];
  for (int pass = 0; pass < 3; pass++)
    for (index[dim] = 0; index[dim] < classes; index[dim]++) {
      double v = x->v[ravel(x->s, index)];
      double logp = soft ? v - most - log(sum) : v;
      if (pass == 0) most = fmax(most, v);
      if (pass == 1) sum += exp(v - most);
      if (pass == 2) all -= w[index[dim]] * logp;
      if (pass == 2) sizes += w[index[dim]] * (1 + fabs(logp));
      if (pass == 2 && index[dim] == t) picked = -w[t] * logp;
    }
  double loss = (1 - eps) * picked + eps * all / (double)classes;
  double size = (t < 0 ? 0 : w[t]) + fabs(picked) + sizes / (double)classes;
  return (OneLoss){loss, (soft ? 6 : 2) * EPS * size};
}

TT(loss_values, labels_on_views) {
  FORALL(c, 5000) {
    Shape s = random_shape(&c, 5);
    int dim = s.rank > 1;
    if (s.rank == 0) s.rank = 1, s.dim[0] = 1;
    if (s.dim[dim] == 0) s.dim[dim] = 1 + below(&c, 9);
    Shape ls = without(s, dim);
    classes = s.dim[dim];
    ignored = below(&c, 2) ? -100 : (int32_t)below(&c, classes);
    View x = view_of(&c, s, TT_F32, NORMAL, true);
    View y = view_of(&c, ls, TT_I32, SMALL_INTS, true);
    View w = view_of(&c, TT_SHAPE(classes), TT_F32, NORMAL, true);
    set_all(&w, &c, a_weight);
    bool weighted = below(&c, 2);
    for (int64_t k = 0; k < classes && !weighted; k++) w.v[k] = 1;
    set_all(&y, &c, a_label);
    bool soft = below(&c, 3) > 0;
    double eps = soft && below(&c, 2) ? uniform(&c) : 0;
    Reduction r = (Reduction)below(&c, 3);
    note(" %s, ignore %d, smoothing %g, soft %d", names[r], ignored, eps,
         soft);
    double *want = scratch((size_t)y.n * sizeof(double) + 8);
    double *limit = scratch((size_t)y.n * sizeof(double) + 8);
    double sum = 0, off = 0, n = 0;
    for (int64_t i = 0; i < y.n; i++) {
      bool counts = y.v[i] != ignored;
      OneLoss one = row(&x, dim, ls, i, (int64_t)y.v[i], eps, soft, w.v);
      want[i] = counts ? one.loss : 0, limit[i] = counts ? one.limit : 0;
      sum += want[i], off += limit[i];
      if (counts) n += w.v[(int64_t)y.v[i]];
    }
    if (r == TT_REDUCE_MEAN)
      sum = n == 0 ? (double)NAN : sum / n, off = n == 0 ? 0 : off / n;
    off += (EPS + (double)y.n * 0x1p-52) * fabs(sum);
    LabelOptions o = {r, true, ignored, weighted ? w.t : NULL, eps};
    Tensor *l = soft ? tt_cross_entropy_with(x.t, y.t, o)
                     : tt_nll_loss_with(x.t, y.t, o);
    if (r == TT_REDUCE_NONE)
      expect_values("loss", l, ls, TT_F32, want, limit);
    else
      expect_values("loss", l, TT_SCALAR, TT_F32, &sum, &off);
    expect_unchanged(&x);
    expect_unchanged(&y);
  }
}

// ---- ends -------------------------------------------------------------------
// Every float from 0 to 1, one in 997
TT(loss_values, logarithm_of_one_plus_everywhere) {
  for (uint32_t u = 0; u <= 0x3f800000; u += 997) {
    float f;
    memcpy(&f, &u, sizeof f);
    double want = log1p((double)f), got = (double)tt_log1pf((Real)f);
    tt_expect(fabs(got - want) <= 3e-7 * want + 2e-45, "log1p(%g): %.9g, "
              "not %.9g", (double)f, got, want);
  }
  tt_expect_close(tt_log1pf(NAN), NAN, 0, 0);
}

// Ten million small losses add up.
TT(loss_values, sums_are_in_double) {
  Tensor *x = tt_expand(tt_full(TT_SCALAR, (Real)0.125), TT_SHAPE(1 << 22));
  Tensor *y = tt_expand(tt_zeros(TT_SCALAR), TT_SHAPE(1 << 22));
  tt_expect_close(tt_item(tt_mse_loss_with(x, y, TT_REDUCE_SUM)), 65536, 0, 0);
  Tensor *z = tt_zeros(TT_SHAPE(1 << 20, 2));
  Tensor *labels = tt_expand(tt_from_int(TT_SCALAR, (int32_t[]){1}),
                             TT_SHAPE(1 << 20));
  tt_expect_close(tt_item(tt_cross_entropy(z, labels)), log(2), 1e-7, 0);
}

// PyTorch's floor of -100 for the logarithm begins there, not lower.
TT(loss_values, of_a_share_that_is_nearly_0) {
  Tensor *p = tt_from(TT_SHAPE(1), (Real[]){(Real)2.1e-44});
  tt_expect_values(tt_bce_loss(p, tt_ones(TT_SHAPE(1))), 1e-6, 100);
}

// ---- refusals ----------------------------------------------------------------
static Tensor *zeros(Shape s) { return tt_zeros(s); }
static Tensor *ints(Shape s, int value) {
  Tensor *t = tt_empty(TT_I32, s);
  tt_fill_(t, value);
  return t;
}
static Tensor *full(Shape s, double v) { return tt_full(s, (Real)v); }
#define Y4 ints(TT_SHAPE(4), 1)
#define Z10 zeros(TT_SHAPE(4, 10))

// X(name, code, words that the message must contain, call)
#define REFUSALS(X) \
  X(mse_shapes, ESHAPE, "tt_mse_loss|[4,1]|[4]", \
    tt_mse_loss(zeros(TT_SHAPE(4, 1)), zeros(TT_SHAPE(4)))) \
  X(mse_ranks, ESHAPE, "[1]|[]", \
    tt_mse_loss(zeros(TT_SHAPE(1)), zeros(TT_SCALAR))) \
  X(mse_dtype, EDTYPE, "tt_mse_loss|i32", \
    tt_mse_loss(ints(TT_SHAPE(2), 1), zeros(TT_SHAPE(2)))) \
  X(mse_target_dtype, EDTYPE, "i32", \
    tt_mse_loss(zeros(TT_SHAPE(2)), ints(TT_SHAPE(2), 1))) \
  X(reduction, EVALUE, "tt_bce_loss|3 is no reduction", \
    tt_bce_loss_with(zeros(TT_SHAPE(2)), zeros(TT_SHAPE(2)), 3)) \
  X(reduction_of_labels, EVALUE, "tt_nll_loss|9 is no", \
    tt_nll_loss_with(Z10, Y4, (LabelOptions){.reduction = 9})) \
  X(bce_shapes, ESHAPE, "tt_bce_loss|[2,3]|[3,2]", \
    tt_bce_loss(zeros(TT_SHAPE(2, 3)), zeros(TT_SHAPE(3, 2)))) \
  X(bce_above, EVALUE, "tt_bce_loss|prediction at [0,0]|1.5", \
    tt_bce_loss(full(TT_SHAPE(2, 3), 1.5), zeros(TT_SHAPE(2, 3)))) \
  X(bce_below, EVALUE, "prediction at []|-0.5", \
    tt_bce_loss(full(TT_SCALAR, -0.5), zeros(TT_SCALAR))) \
  X(bce_infinite, EVALUE, "prediction at [0]|inf", \
    tt_bce_loss_with(full(TT_SHAPE(3), INFINITY), zeros(TT_SHAPE(3)), \
                     TT_REDUCE_NONE)) \
  X(bce_target, EVALUE, "target at [0]|-1", \
    tt_bce_loss(full(TT_SHAPE(3), 0.5), full(TT_SHAPE(3), -1))) \
  X(logits_target, EVALUE, "tt_bce_with_logits|target at [0]|255", \
    tt_bce_with_logits(zeros(TT_SHAPE(3)), full(TT_SHAPE(3), 255))) \
  X(logits_target_nan, EVALUE, "target at [0]|nan", \
    tt_bce_with_logits(zeros(TT_SHAPE(3)), full(TT_SHAPE(3), NAN))) \
  X(label_above, EINDEX, "tt_cross_entropy|label 10 at [0]|10 classes, 0 to 9", \
    tt_cross_entropy(Z10, ints(TT_SHAPE(4), 10))) \
  X(label_below, EINDEX, "tt_nll_loss|label -1 at [0]", \
    tt_nll_loss(Z10, ints(TT_SHAPE(4), -1))) \
  X(label_least, EINDEX, "-2147483648", \
    tt_cross_entropy(Z10, ints(TT_SHAPE(4), INT32_MIN))) \
  X(label_not_ignored, EINDEX, "label -100", \
    tt_cross_entropy_with(Z10, ints(TT_SHAPE(4), -100), \
                          (LabelOptions){.ignore = true})) \
  X(label_of_pixel, EINDEX, "label 3 at [0,0,0]|3 classes", \
    tt_cross_entropy(zeros(TT_SHAPE(2, 3, 4, 5)), \
                     ints(TT_SHAPE(2, 4, 5), 3))) \
  X(label_of_one, EINDEX, "label 7 at []|5 classes", \
    tt_cross_entropy(zeros(TT_SHAPE(5)), ints(TT_SCALAR, 7))) \
  X(labels_dtype, EDTYPE, "labels of f|tt_to(t, TT_I32)", \
    tt_cross_entropy(Z10, zeros(TT_SHAPE(4)))) \
  X(labels_shape, ESHAPE, "[4,10]|[4,1]|dim 1", \
    tt_cross_entropy(Z10, ints(TT_SHAPE(4, 1), 1))) \
  X(labels_few, ESHAPE, "[4,10]|[3]", \
    tt_cross_entropy(Z10, ints(TT_SHAPE(3), 1))) \
  X(labels_many, ESHAPE, "[4,10]|[4,10]", \
    tt_cross_entropy(Z10, ints(TT_SHAPE(4, 10), 1))) \
  X(labels_of_row, ESHAPE, "[10]|[1]|dim 0", \
    tt_cross_entropy(zeros(TT_SHAPE(10)), ints(TT_SHAPE(1), 1))) \
  X(labels_of_pixels, ESHAPE, "[2,3,4,5]|[2,3,4]", \
    tt_nll_loss(zeros(TT_SHAPE(2, 3, 4, 5)), ints(TT_SHAPE(2, 3, 4), 1))) \
  X(scores_dtype, EDTYPE, "tt_nll_loss|i32", \
    tt_nll_loss(ints(TT_SHAPE(4, 10), 1), ints(TT_SHAPE(4), 1))) \
  X(scores_scalar, ESHAPE, "[]|no classes", \
    tt_cross_entropy(zeros(TT_SCALAR), ints(TT_SCALAR, 0))) \
  X(scores_of_none, ESHAPE, "[4,0]|no classes", \
    tt_cross_entropy(zeros(TT_SHAPE(4, 0)), ints(TT_SHAPE(4), 0))) \
  X(smoothing_above, EVALUE, "smoothing 1.5", \
    tt_cross_entropy_with(Z10, Y4, (LabelOptions){.label_smoothing = 1.5})) \
  X(smoothing_below, EVALUE, "smoothing -0.1", \
    tt_cross_entropy_with(Z10, Y4, (LabelOptions){.label_smoothing = -0.1})) \
  X(smoothing_nan, EVALUE, "smoothing nan", \
    tt_cross_entropy_with(Z10, Y4, (LabelOptions){ \
      .label_smoothing = (double)NAN})) \
  X(smoothing_of_nll, EVALUE, "tt_nll_loss: label smoothing 0.1|tt_cross", \
    tt_nll_loss_with(Z10, Y4, (LabelOptions){.label_smoothing = 0.1})) \
  X(ignore_unsaid, EVALUE, "tt_nll_loss: ignore_index 7|.ignore = true", \
    tt_nll_loss_with(Z10, Y4, (LabelOptions){.ignore_index = 7})) \
  X(weights_few, ESHAPE, "tt_cross_entropy: class weights [9]|10 classes", \
    tt_cross_entropy_with(Z10, Y4, (LabelOptions){ \
      .weight = zeros(TT_SHAPE(9))})) \
  X(weights_rank, ESHAPE, "class weights [10,1]", \
    tt_cross_entropy_with(Z10, Y4, (LabelOptions){ \
      .weight = zeros(TT_SHAPE(10, 1))})) \
  X(weights_dtype, EDTYPE, "tt_nll_loss|i32", \
    tt_nll_loss_with(Z10, Y4, (LabelOptions){ \
      .weight = ints(TT_SHAPE(10), 1)}))

#define FUNCTION(name, code, words, call) \
  static void try_##name(void *unused) { (void)unused; call; }
REFUSALS(FUNCTION)
#define ENTRY(name, code, words, call) {#name, TT_##code, words, try_##name},
static const struct {
  const char *name;
  ErrorCode   code;
  const char *words;
  void      (*run)(void *);
} refusals[] = {REFUSALS(ENTRY)};

TT(loss_values, what_is_refused) {
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
    TensorError e = {0};
    MemoryStats before = tt_memory_stats();
    char words[128], *rest = words;
    snprintf(words, sizeof words, "%s", refusals[i].words);
    tt_expect(!tt_try(refusals[i].run, NULL, &e), "%s: no error",
              refusals[i].name);
    tt_expect(e.code == refusals[i].code, "%s: code %d: %s",
              refusals[i].name, e.code, e.message);
    for (char *w; (w = strsep(&rest, "|"));)
      tt_expect(strstr(e.message, w), "%s: no %s in: %s", refusals[i].name, w,
                e.message);
    expect_as_before(refusals[i].name, i, before);
  }
}

// A NaN or an infinity that the network made is passed on, not blamed on
// the targets.
TT(loss_values, nan_of_the_network) {
  Tensor *bad = full(TT_SHAPE(3), NAN), *y = tt_ones(TT_SHAPE(3));
  tt_expect_close(tt_item(tt_bce_with_logits(bad, y)), NAN, 0, 0);
  tt_expect_close(tt_item(tt_mse_loss(bad, y)), NAN, 0, 0);
  Tensor *inf = full(TT_SHAPE(3), INFINITY);
  tt_expect_close(tt_item(tt_mse_loss(inf, inf)), NAN, 0, 0);
  tt_expect_close(tt_item(tt_cross_entropy(bad, ints(TT_SCALAR, 1))), NAN, 0,
                  0);
}

// ---- memory -------------------------------------------------------------------
static void all_losses(void *unused) {
  (void)unused;
  Tensor *x = tt_transpose(full(TT_SHAPE(3, 4), 0.25), 0, 1);
  Tensor *y = ints(TT_SHAPE(4), 2);
  tt_mse_loss(x, x);
  tt_bce_loss_with(x, x, TT_REDUCE_NONE);
  tt_bce_with_logits_with(x, x, TT_REDUCE_SUM);
  LabelOptions o = {TT_REDUCE_NONE, true, 2,
                    tt_slice(full(TT_SHAPE(6), 2), 0, 0, 6, 2), 0};
  tt_nll_loss_with(x, y, o);
  o.label_smoothing = 0.1;
  tt_cross_entropy_with(x, y, o);
  tt_cross_entropy(x, tt_slice(ints(TT_SHAPE(8), 1), 0, 0, 8, 2));
}

TT(loss_values, every_memory_limit) {
  bool done = false;
  int failures = 0;
  for (int64_t limit = 1; !done; limit += 16) {
    TensorError e = {0};
    MemoryStats before = tt_memory_stats();
    done = try_within(limit, all_losses, NULL, &e);
    tt_expect(done || e.code == TT_EMEM, "limit %lld: %s", (long long)limit,
              e.message);
    if (!done) expect_as_before("limit", limit, before);
    failures += !done;
    tt_expect(limit < 100000, "never enough");
  }
  tt_expect(failures > 10, "%d failures", failures);
}

// Without a recorder the log-probabilities go at once.
TT(loss_values, nothing_but_the_loss_is_left) {
  Tensor *z = zeros(TT_SHAPE(64, 1000)), *y = ints(TT_SHAPE(64), 1);
  int64_t before = tt_memory_stats().live_bytes;
  tt_cross_entropy(z, y);
  int64_t more = tt_memory_stats().live_bytes - before;
  tt_expect(more <= 64, "%lld bytes are left", (long long)more);
}
