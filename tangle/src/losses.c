// Made from chapters/04-losses.nw by tools/tangle: edit there.
// Losses: of pairs (squared error, binary cross entropy) and of labels
// (negative log likelihood, cross entropy).
#include "tt/logarithm.h"
#include "tt/losses.h"
#include "tt/operation.h"
#include "tt/scalar.h"
#include "tt/todo.h"
#include <tgmath.h>

TT_OP(mse_loss) TT_OP(bce_loss) TT_OP(bce_with_logits) TT_OP(nll_loss)
TT_OP(cross_entropy)

static Tensor *loss_of(const char *op, const Tensor *what, Reduction r)
{
  if (r > TT_REDUCE_NONE)
    tt_fail(TT_EVALUE, "%s: %d is no reduction; there are"
            " TT_REDUCE_MEAN, TT_REDUCE_SUM, TT_REDUCE_NONE", op,
            (int)r);
  return tt_empty(TT_F32, r == TT_REDUCE_NONE ? tt_shape(what)
                                              : TT_SCALAR);
}

static void reduce(Tensor *loss, Reduction r, double sum, double n)
{
  if (r != TT_REDUCE_NONE)
    *(Real *)loss->data = (Real)(r == TT_REDUCE_SUM ? sum
                                 : n != 0 ? sum / n : (double)NAN);
}

static bool agree(const Tensor *a, int left_out, const Tensor *b)
{
  int rank = 0;
  for (int d = 0; d < a->rank; d++)
    if (d != left_out
        && (rank == b->rank || a->shape[d] != b->shape[rank++]))
      return false;
  return rank == b->rank;
}

static void check_pairs(const char *op, const Tensor *x,
                        const Tensor *y)
{
  tt_need_f32(op, x);
  tt_need_f32(op, y);
  if (!agree(x, -1, y))
    tt_fail(TT_ESHAPE, "%s: %s against %s; a loss needs equal shapes\n"
            "  tt_reshape one of them; nothing is stretched", op,
            TT_TEXT(tt_shape(x)), TT_TEXT(tt_shape(y)));
}

TT_INLINE Real squared_error(Real x, Real y)
{
  Real d = x - y;
  return d * d;
}

TT_INLINE Real or_nan(Real loss, Real y)      // NaN marks a bad target
{
  return y >= 0 && y <= 1 ? loss : (Real)NAN;
}

TT_INLINE Real surprise_of_probability(Real p, Real y)
{
  Real yes = log(p), no = log1p(-p);
  yes = yes < -100 ? -100 : yes;
  no = no < -100 ? -100 : no;
  return or_nan(-y * yes - (1 - y) * no, y);
}

TT_INLINE Real surprise_of_logit(Real z, Real y)
{
  Real tail = tt_log1pf(tt_expf(-fabs(z)));
  return or_nan((1 - y) * z + (z < 0 ? -z : 0) + tail, y);
}

typedef Real PairLoss(Real x, Real y);
enum { BLOCK = 64 };

TT_INLINE double add_up(PairLoss *loss, int64_t n, const Real *x,
                     const Real *y, Real *each)
{
  double sum = 0;
  for (int64_t i = 0; i < n; i += BLOCK) {
    Real block[BLOCK], *l = each ? each + i : block;
    int64_t m = n - i < BLOCK ? n - i : BLOCK;
    for (int64_t j = 0; j < m; j++)
      l[j] = loss(x[i + j], y[i + j]);
    #pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < m; j++)
      sum += (double)l[j];
  }
  return sum;
}

typedef double SumOfPairs(int64_t n, const Real *x, const Real *y,
                          Real *each);

#define SUM_OF(loss) \
  static double sum_of_##loss(int64_t n, const Real *x, const Real *y, \
                              Real *each) \
  { \
    return add_up(loss, n, x, y, each); \
  }
SUM_OF(squared_error)
SUM_OF(surprise_of_probability)
SUM_OF(surprise_of_logit)
static void need_probabilities(const char *op, const char *what,
                               const Tensor *t, const char *cure)
{
  const Real *p = t->data;
  for (int64_t i = 0, n = tt_numel(t); i < n; i++)
    if (!(p[i] >= 0 && p[i] <= 1))
      tt_fail(TT_EVALUE, "%s: the %s at %s is %g; probabilities go"
              " from 0 to 1%s", op, what, TT_TEXT(tt_index_of(t, i)),
              (double)p[i], cure);
}

static void look_for_improbable(const Op *op, const Tensor *x,
                                const Tensor *y)
{
  if (op == &tt_op_bce_loss)
    need_probabilities(op->name, "prediction", x,
                       "; for scores there is tt_bce_with_logits");
  if (op != &tt_op_mse_loss)
    need_probabilities(op->name, "target", y, "");
}

static Tensor *loss_of_pairs(Op *op, SumOfPairs *sum, Tensor *x,
                             Tensor *y, Reduction r)
{
  check_pairs(op->name, x, y);
  TT_SCOPE;                        // of copies without gaps
  x = tt_contiguous(x);
  y = tt_contiguous(y);
  Tensor *loss = loss_of(op->name, x, r);
  Real *each = r == TT_REDUCE_NONE ? loss->data : NULL;
  int64_t n = tt_numel(x);
  double total = sum(n, x->data, y->data, each);
  if (total != total)
    look_for_improbable(op, x, y);
  reduce(loss, r, total, (double)n);
  return tt_keep(tt_record(op, loss, 2, (Tensor *[]){x, y},
                           (Attr){ .i = {r} }));
}

Tensor *tt_mse_loss_with(Tensor *x, Tensor *y, Reduction r)
{
  return loss_of_pairs(&tt_op_mse_loss, sum_of_squared_error, x, y, r);
}

Tensor *tt_mse_loss(Tensor *x, Tensor *y)
{
  return tt_mse_loss_with(x, y, TT_REDUCE_MEAN);
}

Tensor *tt_bce_loss_with(Tensor *p, Tensor *y, Reduction r)
{
  return loss_of_pairs(&tt_op_bce_loss, sum_of_surprise_of_probability,
                       p, y, r);
}

Tensor *tt_bce_with_logits_with(Tensor *z, Tensor *y, Reduction r)
{
  return loss_of_pairs(&tt_op_bce_with_logits, sum_of_surprise_of_logit,
                       z, y, r);
}

Tensor *tt_bce_loss(Tensor *p, Tensor *y)
{
  return tt_bce_loss_with(p, y, TT_REDUCE_MEAN);
}

Tensor *tt_bce_with_logits(Tensor *z, Tensor *y)
{
  return tt_bce_with_logits_with(z, y, TT_REDUCE_MEAN);
}

typedef struct Labels {
  const char   *op;
  const Tensor *target;            // (), (N) or (N,d1,..) of i32
  int64_t outer, classes, inner;   // of the scores (N,C,d1,..)
  int64_t ignore;                  // this label does not count
  const Real *weight;              // of each class, or NULL
  double  smoothing;               // see below; 0 for now
} Labels;

static void check_labels(const char *op, const Tensor *x, int dim,
                         const Tensor *target)
{
  tt_need_f32(op, x);
  if (target->dtype != TT_I32)
    tt_fail(TT_EDTYPE, "%s: labels of %s; a label is the number of a"
            " class, an i32, so convert it with tt_to(t, TT_I32)", op,
            tt_dtype_name(target->dtype));
  if (x->rank == 0 || x->shape[dim] == 0)
    tt_fail(TT_ESHAPE, "%s: scores %s hold no classes; give (C), (N,C)"
            " or (N,C,d1,..)", op, TT_TEXT(tt_shape(x)));
  if (!agree(x, dim, target))
    tt_fail(TT_ESHAPE, "%s: scores %s with labels %s; the shape of the"
            " labels is that of the scores without dim %d, the classes",
            op, TT_TEXT(tt_shape(x)), TT_TEXT(tt_shape(target)), dim);
}

static void check_options(const char *op, const LabelOptions *o,
                          int64_t classes)
{
  if (o->ignore_index != 0 && !o->ignore)
    tt_fail(TT_EVALUE, "%s: ignore_index %d counts only with .ignore ="
            " true", op, (int)o->ignore_index);
  if (!(o->label_smoothing >= 0 && o->label_smoothing <= 1))
    tt_fail(TT_EVALUE, "%s: label smoothing %g; it is a share, from 0"
            " to 1", op, o->label_smoothing);
  const Tensor *w = o->weight;
  if (!w)
    return;
  tt_need_f32(op, w);
  if (w->rank != 1 || w->shape[0] != classes)
    tt_fail(TT_ESHAPE, "%s: class weights %s for %lld classes; give one"
            " number for each class", op, TT_TEXT(tt_shape(w)),
            (long long)classes);
}

static Labels labels(const char *op, const Tensor *x, Tensor *target,
                     LabelOptions o)
{
  int dim = x->rank > 1;           // where the classes are
  check_labels(op, x, dim, target);
  check_options(op, &o, x->shape[dim]);
  Labels k = { op, tt_contiguous(target), 1, x->shape[dim], 1,
               o.ignore ? o.ignore_index : TT_IGNORE, NULL,
               o.label_smoothing };
  if (o.weight)
    k.weight = tt_contiguous(o.weight)->data;
  for (int d = 0; d < x->rank; d++)
    if (d != dim)
      *(d < dim ? &k.outer : &k.inner) *= x->shape[d];
  return k;
}

static double weight_of(const Labels *k, int64_t c)
{
  return k->weight ? (double)k->weight[c] : 1;
}

static double loss_of_label(const Labels *k, const Real *logp,
                            int64_t label)
{
  double loss = -weight_of(k, label) * (double)logp[label * k->inner];
  if (k->smoothing > 0) {
    double all = 0, e = k->smoothing;
    #pragma omp simd reduction(+ : all)
    for (int64_t c = 0; c < k->classes; c++)
      all += weight_of(k, c) * (double)logp[c * k->inner];
    loss = (1 - e) * loss - e * all / (double)k->classes;
  }
  return loss;
}

static _Noreturn void no_such_class(const Labels *k, int64_t i)
{
  const int32_t *label = k->target->data;
  tt_fail(TT_EINDEX, "%s: label %d at %s; there are %lld classes, 0 to"
          " %lld", k->op, (int)label[i],
          TT_TEXT(tt_index_of(k->target, i)), (long long)k->classes,
          (long long)k->classes - 1);
}

static double pick(const Labels *k, const Real *logp, Real *each,
                   double *counted)
{
  const int32_t *label = k->target->data;
  double sum = 0;
  int64_t i = 0;                   // counts labels
  for (int64_t o = 0; o < k->outer; o++)
    for (int64_t j = 0; j < k->inner; j++, i++) {
      const Real *row = logp + o * k->classes * k->inner + j;
      double loss = 0;
      if (label[i] != k->ignore) {
        if (label[i] < 0 || label[i] >= k->classes)
          no_such_class(k, i);
        loss = loss_of_label(k, row, label[i]);
        *counted += weight_of(k, label[i]);
      }
      sum += loss;
      if (each)
        each[i] = (Real)loss;
    }
  return sum;
}

static void pick_into(Tensor *loss, const Labels *k, const Tensor *logp,
                      Reduction r)
{
  Real *each = r == TT_REDUCE_NONE ? loss->data : NULL;
  double counted = 0, sum = pick(k, logp->data, each, &counted);
  reduce(loss, r, sum, counted);
}

Tensor *tt_nll_loss_with(Tensor *logp, Tensor *target, LabelOptions o)
{
  TT_SCOPE;
  Labels k = labels("tt_nll_loss", logp, target, o);
  if (o.label_smoothing > 0)
    tt_fail(TT_EVALUE, "tt_nll_loss: label smoothing %g; only"
            " tt_cross_entropy has it", o.label_smoothing);
  logp = tt_contiguous(logp);
  Tensor *loss = loss_of(k.op, k.target, o.reduction);
  pick_into(loss, &k, logp, o.reduction);
  return tt_keep(tt_record(&tt_op_nll_loss, loss, o.weight ? 3 : 2,
                           (Tensor *[]){logp, target, o.weight},
                           (Attr){ .i = {o.reduction, k.ignore} }));
}

Tensor *tt_cross_entropy_with(Tensor *logits, Tensor *target,
                              LabelOptions o)
{
  TT_SCOPE;
  Labels k = labels("tt_cross_entropy", logits, target, o);
  logits = tt_contiguous(logits);
  Tensor *loss = loss_of(k.op, k.target, o.reduction);
  if (tt_backend->cross_entropy && k.inner == 1 && !k.weight
      && k.smoothing == 0) {
    const int32_t *label = k.target->data;
    for (int64_t i = 0; i < k.outer; i++)
      if (label[i] != k.ignore && (label[i] < 0 || label[i] >= k.classes))
        no_such_class(&k, i);
    tt_cross_entropy_in_one_pass(loss, logits, tt_contiguous(target),
                                 (int)o.reduction, k.ignore);
    return tt_keep(loss);
  }
  Tensor *logp = tt_empty(TT_F32, tt_shape(logits));
  tt_backend->softmax(k.outer, k.classes, k.inner, logp->data,
                      logits->data, true);
  pick_into(loss, &k, logp, o.reduction);
  tt_record(&tt_op_cross_entropy, loss, o.weight ? 4 : 3,
            (Tensor *[]){logits, target, logp, o.weight},
            (Attr){ .i = {o.reduction, k.ignore},
                    .r = {(Real)o.label_smoothing} });
  return tt_keep(loss);            // a recorder holds what it wants
}

Tensor *tt_nll_loss(Tensor *logp, Tensor *target)
{
  return tt_nll_loss_with(logp, target, (LabelOptions){0});
}

Tensor *tt_cross_entropy(Tensor *logits, Tensor *target)
{
  return tt_cross_entropy_with(logits, target, (LabelOptions){0});
}
