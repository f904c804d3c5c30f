// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// Attention as one operation, whose scores are never all there, and a
// cross entropy without the probabilities of all classes.
#include "tt/attention.h"
#include "tt/gradient.h"
#include "tt/losses.h"
#include "tt/parallel.h"
#include <math.h>

static int64_t size_at(const Tensor *t, int from_end)   // 1 if missing
{
  return from_end > t->rank ? 1 : t->shape[t->rank - from_end];
}

static int64_t step_at(const Tensor *t, int from_end)   // 0: for all
{
  return size_at(t, from_end) == 1 ? 0
                                   : t->stride[t->rank - from_end];
}

static Heads heads_of(const Tensor *t)
{
  return (Heads){ t->data, step_at(t, 4), step_at(t, 3), step_at(t, 2),
                  size_at(t, 1) == 1 ? 1 : step_at(t, 1) };
}

// zeros whose rows are apart as in (B,T,H,D), where heads are joined
static Tensor *zero_heads(Shape s)
{
  if (s.rank < 3)
    return tt_zeros(s);
  int64_t heads = s.dim[s.rank - 3];
  s.dim[s.rank - 3] = s.dim[s.rank - 2];
  s.dim[s.rank - 2] = heads;
  return tt_transpose(tt_zeros(s), -3, -2);
}

static Attention attention_of(const Tensor *q, const Tensor *k,
                              const Tensor *v, const Tensor *mask,
                              const Tensor *y, const Tensor *log_sum)
{
  Attention a = {
    .batch = size_at(q, 4), .heads = size_at(q, 3),
    .shared = size_at(k, 3), .queries = size_at(q, 2),
    .keys = size_at(k, 2), .width = size_at(q, 1),
    .values = size_at(v, 1), .q = heads_of(q), .k = heads_of(k),
    .v = heads_of(v), .y = heads_of(y), .log_sum = log_sum->data };
  if (mask) {
    a.mask = heads_of(mask);
    a.mask.col = step_at(mask, 1);
  }
  return a;
}

static void attention_backward(TapeNode *n)
{
  Tensor *q = tt_node_saved(n, 1), *k = tt_node_saved(n, 2);
  Tensor *v = tt_node_saved(n, 3);
  Tensor *dq = zero_heads(tt_shape(q)), *dk = zero_heads(tt_shape(k));
  Tensor *dv = zero_heads(tt_shape(v));
  Attention a = attention_of(q, k, v,
                             n->n > 4 ? tt_node_saved(n, 5) : NULL,
                             tt_node_saved(n, 0), tt_node_saved(n, 4));
  a.scale = n->attr.r[0], a.causal = n->attr.i[0] != 0;
  a.dy = heads_of(n->grad), a.dq = heads_of(dq);
  a.dk = heads_of(dk), a.dv = heads_of(dv);
  tt_backend->attention_back(&a);
  tt_accumulate(n, 1, dq);
  tt_accumulate(n, 2, dk);
  tt_accumulate(n, 3, dv);
}

static Op op_attention = {
  .name = "tt_scaled_dot_product_attention",
  .backward = attention_backward,
  .saves = TT_SAVES_RESULT | TT_SAVES(1) | TT_SAVES(2) | TT_SAVES(3)
           | TT_SAVES(4) | TT_SAVES(5)
};

Tensor *tt_attention_in_one_pass(Tensor *q, Tensor *k, Tensor *v,
                                 AttentionOptions o)
{
  TT_SCOPE;
  double d = (double)q->shape[q->rank - 1];
  Shape s = tt_shape(q);
  s.dim[s.rank - 1] = v->shape[v->rank - 1];
  Tensor *y = zero_heads(s);
  s.rank--;
  Tensor *log_sum = tt_empty(TT_F32, s);
  Attention a = attention_of(q, k, v, o.mask, y, log_sum);
  a.scale = (Real)(o.scale != 0 ? o.scale : 1 / sqrt(d));
  a.causal = o.causal;
  tt_backend->attention(&a);
  return tt_keep(tt_record(&op_attention, y, o.mask ? 5 : 4,
                           (Tensor *[]){ q, k, v, log_sum, o.mask },
                           (Attr){ .i = { o.causal },
                                   .r = { a.scale } }));
}

static LabelRows label_rows(const Tensor *x, const Tensor *target,
                            const Tensor *seen, int64_t ignore)
{
  return (LabelRows){ .rows = tt_numel(target), .ignore = ignore,
                      .classes = x->shape[x->rank > 1], .scale = 1,
                      .x = x->data, .label = target->data,
                      .seen = seen->data };
}

static double counted(const LabelRows *r)
{
  int64_t n = 0;
  for (int64_t i = 0; i < r->rows; i++)
    n += r->label[i] != r->ignore;
  return (double)n;
}

static void cross_entropy_backward(TapeNode *n)
{
  Tensor *x = tt_node_saved(n, 1);
  Tensor *dx = tt_empty(TT_F32, tt_shape(x));
  LabelRows r = label_rows(x, tt_node_saved(n, 2), tt_node_saved(n, 3),
                           n->attr.i[1]);
  r.g = tt_contiguous(n->grad)->data, r.dx = dx->data;
  r.step = n->attr.i[0] == TT_REDUCE_NONE;
  if (n->attr.i[0] == TT_REDUCE_MEAN)
    r.scale = (Real)(1 / counted(&r));
  tt_backend->cross_entropy_back(&r);
  tt_accumulate(n, 1, dx);
}

static Op op_cross_entropy = {
  .name = "tt_cross_entropy", .backward = cross_entropy_backward,
  .saves = TT_SAVES(1) | TT_SAVES(2) | TT_SAVES(3)
};

void tt_cross_entropy_in_one_pass(Tensor *loss, Tensor *x,
                                  Tensor *target, int reduction,
                                  int64_t ignore)
{
  TT_SCOPE;
  int64_t rows = tt_numel(target);
  Tensor *seen = tt_empty(TT_F32, TT_SHAPE(rows, 2));
  LabelRows r = label_rows(x, target, seen, ignore);
  r.loss = reduction == TT_REDUCE_NONE
           ? loss->data : tt_empty(TT_F32, TT_SHAPE(rows))->data;
  tt_backend->cross_entropy(&r);
  double sum = 0;
  for (int64_t i = 0; i < rows; i++)
    sum += (double)r.loss[i];
  if (reduction != TT_REDUCE_NONE)
    *(Real *)loss->data = (Real)(reduction == TT_REDUCE_SUM ? sum
                                 : sum / counted(&r));
  tt_record(&op_cross_entropy, loss, 3,
            (Tensor *[]){ x, target, seen },
            (Attr){ .i = { reduction, ignore } });
}
