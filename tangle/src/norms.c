// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// Norms along rows: LayerNorm and RmsNorm, their kernels and modules.
#include "tt/transformers.h"
#include "tt/gradient.h"
#include "tt/locale.h"
#include "tt/todo.h"
#include <math.h>
#include <string.h>

typedef struct RowMoments {
  double mean;                     // 0 if it is not taken off
  double scale;                    // 1 / sqrt(variance + eps)
} RowMoments;
static RowMoments moments_of_row(int64_t n, const Real *x,
                                 bool centered, double eps)
{
  double mean = 0, variance = 0;
  if (centered) {
    #pragma omp simd reduction(+ : mean)
    for (int64_t i = 0; i < n; i++)
      mean += (double)x[i];
    mean /= (double)n;
  }
  #pragma omp simd reduction(+ : variance)
  for (int64_t i = 0; i < n; i++)
    variance += ((double)x[i] - mean) * ((double)x[i] - mean);
  variance /= (double)n;
  return (RowMoments){ mean, 1 / sqrt(variance + eps) };
}

void tt_naive_norm_rows(const NormRows *s, Real *y, const Real *x,
                        const Real *w, const Real *b)
{
  int64_t n = s->n;
  for (int64_t r = 0; r < s->rows; r++, x += n, y += n) {
    RowMoments m = moments_of_row(n, x, s->centered, s->eps);
    Real mean = (Real)m.mean, scale = (Real)m.scale;
    for (int64_t i = 0; i < n; i++)
      y[i] = (x[i] - mean) * scale * (w ? w[i] : 1) + (b ? b[i] : 0);
  }
}

static void back_of_row(const NormRows *s, RowMoments m, Real *dx,
                        double *dw, double *db, const Real *g,
                        const Real *x, const Real *w)
{
  Real mean = (Real)m.mean, scale = (Real)m.scale;
  for (int64_t i = 0; i < s->n; i++) {
    dw[i] += (double)(g[i] * (x[i] - mean) * scale);
    db[i] += (double)g[i];
  }
  double sum = 0, product = 0;
  for (int64_t i = 0; i < s->n; i++) {
    dx[i] = g[i] * (w ? w[i] : 1);
    sum += (double)dx[i];
    product += (double)(dx[i] * (x[i] - mean) * scale);
  }
  Real shift = s->centered ? (Real)(sum / (double)s->n) : 0;
  Real along = (Real)(product / (double)s->n);
  for (int64_t i = 0; i < s->n; i++)
    dx[i] = scale * (dx[i] - shift - (x[i] - mean) * scale * along);
}

void tt_naive_norm_rows_back(const NormRows *s, Real *dx, double *dw,
                             double *db, const Real *g, const Real *x,
                             const Real *w)
{
  int64_t n = s->n;
  for (int64_t r = 0; r < s->rows; r++, dx += n, g += n, x += n)
    back_of_row(s, moments_of_row(n, x, s->centered, s->eps), dx, dw,
                db, g, x, w);
}

static void check_row(const char *op, const char *name, const Tensor *t,
                      const Tensor *x)
{
  if (!t)
    return;
  tt_need_f32(op, t);
  int64_t n = x->shape[x->rank - 1];
  if (t->rank != 1 || t->shape[0] != n)
    tt_fail(TT_ESHAPE, "%s: input %s, %s %s; it has one number for each"
            " of the %lld in a row", op, TT_TEXT(tt_shape(x)), name,
            TT_TEXT(tt_shape(t)), (long long)n);
}

static void check_norm(const char *op, const Tensor *x, const Tensor *w,
                       const Tensor *b, double eps)
{
  tt_need_f32(op, x);
  if (x->rank < 1 || x->shape[x->rank - 1] < 1)
    tt_fail(TT_ESHAPE, "%s: input %s; it is (..,D), rows of 1 or more"
            " numbers", op, TT_TEXT(tt_shape(x)));
  check_row(op, "weight", w, x);
  check_row(op, "bias", b, x);
  if (!(eps >= 0 && isfinite(eps)))
    tt_fail(TT_EVALUE, "%s: eps %g; it is 0 or more, and finite", op,
            eps);
}

static NormRows rows_of(Shape x, double eps, bool centered)
{
  NormRows s = { 1, x.dim[x.rank - 1], eps, centered };
  for (int d = 0; d < x.rank - 1; d++)
    s.rows *= x.dim[d];
  return s;
}

static Tensor *sums(TapeNode *k, int i, const double *from)
{
  Tensor *t = tt_empty(TT_F32, tt_node_shape(k, i));
  for (int64_t j = 0; j < t->shape[0]; j++)
    ((Real *)t->data)[j] = (Real)from[j];
  return t;
}

static void norm_backward(TapeNode *k)
{
  Tensor *x = tt_node_saved(k, 1);
  Tensor *w = k->n > 1 ? tt_node_saved(k, 2) : NULL;
  NormRows s = rows_of(tt_shape(x), (double)k->attr.r[0],
                       k->attr.i[0] != 0);
  Tensor *dx = tt_empty(TT_F32, tt_shape(x));
  size_t bytes = 2 * (size_t)s.n * sizeof(double);
  double *dw = tt_empty(TT_U8, TT_SHAPE((int64_t)bytes))->data;
  memset(dw, 0, bytes);
  tt_backend->norm_rows_back(&s, dx->data, dw, dw + s.n,
                             tt_contiguous(k->grad)->data, x->data,
                             w ? w->data : NULL);
  tt_accumulate(k, 1, dx);
  for (int i = 2; i <= k->n; i++)
    if (tt_node_wants(k, i))
      tt_accumulate(k, i, sums(k, i, dw + (i - 2) * s.n));
}

Op tt_op_layer_norm = { .name = "tt_layer_norm",
                        .backward = norm_backward,
                        .saves = TT_SAVES(1) | TT_SAVES(2) };
Op tt_op_rms_norm = { .name = "tt_rms_norm", .backward = norm_backward,
                      .saves = TT_SAVES(1) | TT_SAVES(2) };

static Tensor *normed(Op *op, Tensor *x, Tensor *w, Tensor *b,
                      double eps, bool centered)
{
  check_norm(op->name, x, w, b, eps);
  TT_SCOPE;
  if (b && !w)
    w = tt_ones(tt_shape(b));
  Tensor *in[] = { tt_contiguous(x), w ? tt_contiguous(w) : NULL,
                   b ? tt_contiguous(b) : NULL };
  NormRows s = rows_of(tt_shape(x), eps, centered);
  Tensor *y = tt_empty(TT_F32, tt_shape(x));
  tt_backend->norm_rows(&s, y->data, in[0]->data,
                        w ? in[1]->data : NULL, b ? in[2]->data : NULL);
  return tt_keep(tt_record(op, y, b ? 3 : w ? 2 : 1, in,
                           (Attr){ .i = { centered },
                                   .r = { (Real)eps } }));
}

Tensor *tt_layer_norm(Tensor *x, Tensor *w, Tensor *b, double eps)
{
  return normed(&tt_op_layer_norm, x, w, b, eps, true);
}

Tensor *tt_rms_norm(Tensor *x, Tensor *w, double eps)
{
  return normed(&tt_op_rms_norm, x, w, NULL, eps, false);
}

static Tensor *layer_norm_forward(Module *m, Tensor *x)
{
  LayerNorm *n = (LayerNorm *)m;
  return tt_layer_norm(x, n->weight, n->bias, n->eps);
}

static Tensor *rms_norm_forward(Module *m, Tensor *x)
{
  RmsNorm *n = (RmsNorm *)m;
  return tt_rms_norm(x, n->weight, n->eps);
}

static void layer_norm_describe(Module *m, FILE *f)
{
  TT_C_LOCALE;
  LayerNorm *n = (LayerNorm *)m;
  fprintf(f, "(%lld,), eps=%g", (long long)n->weight->shape[0], n->eps);
}

static void rms_norm_describe(Module *m, FILE *f)
{
  TT_C_LOCALE;
  RmsNorm *n = (RmsNorm *)m;
  fprintf(f, "(%lld,), eps=%g", (long long)n->weight->shape[0], n->eps);
}

static const ModuleField layer_norm_fields[] = {
  TT_PARAM(LayerNorm, weight), TT_PARAM(LayerNorm, bias), {0}
};
const ModuleType tt_layer_norm_type = {
  "LayerNorm", sizeof(LayerNorm), layer_norm_fields,
  layer_norm_forward, layer_norm_describe
};
static const ModuleField rms_norm_fields[] = {
  TT_PARAM(RmsNorm, weight), {0}
};
const ModuleType tt_rms_norm_type = {
  "RmsNorm", sizeof(RmsNorm), rms_norm_fields, rms_norm_forward,
  rms_norm_describe
};
static Tensor *row_parameter(const char *op, const char *name,
                             int64_t n, double value)
{
  if (n < 1)
    tt_fail(TT_EVALUE, "%s: rows of %lld numbers; give 1 or more", op,
            (long long)n);
  Tensor *t = tt_parameter(name, TT_SHAPE(n));
  tt_uniform_(t, value, value, NULL);
  return t;
}

LayerNorm *tt_layer_norm_new(int64_t dim, double eps)
{
  LayerNorm *m = tt_module_new(&tt_layer_norm_type);
  m->weight = row_parameter("tt_layer_norm_new", "weight", dim, 1);
  m->bias = row_parameter("tt_layer_norm_new", "bias", dim, 0);
  m->eps = eps == 0 ? 1e-5 : eps;
  return m;
}

RmsNorm *tt_rms_norm_new(int64_t dim, double eps)
{
  RmsNorm *m = tt_module_new(&tt_rms_norm_type);
  m->weight = row_parameter("tt_rms_norm_new", "weight", dim, 1);
  m->eps = eps == 0 ? 1e-5 : eps;
  return m;
}
