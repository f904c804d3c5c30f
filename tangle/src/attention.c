// Made from chapters/12-attention.nw by tools/tangle: edit there.
// Attention: a softmax that sees masks, and two products around it.
#include "tt/attention.h"
#include "tt/gradient.h"
#include "tt/scalar.h"
#include "tt/todo.h"
#include <math.h>

static int64_t size_at(const Tensor *t, int from_end)   // 1 if missing
{
  return from_end > t->rank ? 1 : t->shape[t->rank - from_end];
}

static void check_operand(const char *op, const char *name,
                          const Tensor *t, const Tensor *q)
{
  tt_need_f32(op, t);
  if (t->rank < 2 || t->rank > 4)
    tt_fail(TT_ESHAPE, "%s: %s %s; it has from two to four dimensions,"
            " (B,H,T,D), of which the first may be missing", op, name,
            TT_TEXT(tt_shape(t)));
  if (t->rank != q->rank || size_at(t, 4) != size_at(q, 4))
    tt_fail(TT_ESHAPE, "%s: q %s, %s %s; both have the same batch and"
            " the same number of dimensions", op, TT_TEXT(tt_shape(q)),
            name, TT_TEXT(tt_shape(t)));
}

static void check_keys(const char *op, const Tensor *q, const Tensor *k)
{
  check_operand(op, "q", q, q);
  check_operand(op, "k", k, q);
  if (size_at(q, 1) != size_at(k, 1) || size_at(q, 1) == 0)
    tt_fail(TT_ESHAPE, "%s: q %s, k %s; a query and a key have the same"
            " number of elements, 1 or more", op, TT_TEXT(tt_shape(q)),
            TT_TEXT(tt_shape(k)));
  int64_t h = size_at(q, 3), share = size_at(k, 3);
  if (h != share && (share == 0 || h % share != 0))
    tt_fail(TT_ESHAPE, "%s: q %s, k %s: %lld heads of queries cannot"
            " share %lld evenly", op, TT_TEXT(tt_shape(q)),
            TT_TEXT(tt_shape(k)), (long long)h, (long long)share);
}

static void check_values(const char *op, const Tensor *q,
                         const Tensor *k, const Tensor *v)
{
  check_operand(op, "v", v, q);
  if (size_at(v, 2) != size_at(k, 2) || size_at(v, 3) != size_at(k, 3))
    tt_fail(TT_ESHAPE, "%s: k %s, v %s; each key has a value", op,
            TT_TEXT(tt_shape(k)), TT_TEXT(tt_shape(v)));
}

static void check_fits(const char *op, const char *name,
                       const Tensor *t, Shape scores)
{
  tt_need_f32(op, t);
  bool fits = t->rank <= scores.rank;
  for (int d = 1; fits && d <= t->rank; d++)
    fits = size_at(t, d) == 1
           || size_at(t, d) == scores.dim[scores.rank - d];
  if (!fits)
    tt_fail(TT_ESHAPE, "%s: %s %s, scores %s; each size is that of the"
            " scores or 1\n  padding (B,S) becomes (B,1,1,S) with"
            " tt_reshape", op, name, TT_TEXT(tt_shape(t)),
            TT_TEXT(scores));
}

static void check_ones(const char *op, const Tensor *mask)
{
  TT_SCOPE;
  const Real *m = tt_contiguous((Tensor *)(uintptr_t)mask)->data;
  for (int64_t i = 0, n = tt_numel(mask); i < n; i++)
    if (m[i] != 0 && m[i] != 1)
      tt_fail(TT_EVALUE, "%s: the mask %s has a %g at place %lld; it"
              " holds 1 (may be read) or 0\n  what is added to the"
              " scores is the bias", op, TT_TEXT(tt_shape(mask)),
              (double)m[i], (long long)i);
}

static void check_masked(const char *op, const Tensor *x,
                         const Tensor *mask, bool causal)
{
  tt_need_f32(op, x);
  if (x->rank < 1 || (causal && x->rank < 2))
    tt_fail(TT_ESHAPE, "%s: scores %s; keys are the last dimension,"
            " queries the one before", op, TT_TEXT(tt_shape(x)));
  if (causal && size_at(x, 2) > size_at(x, 1))
    tt_fail(TT_ESHAPE, "%s: causal, %lld queries and %lld keys; the"
            " last query has the last key, so there are never more"
            " queries than keys", op, (long long)size_at(x, 2),
            (long long)size_at(x, 1));
  if (!mask)
    return;
  check_fits(op, "mask", mask, tt_shape(x));
  check_ones(op, mask);
}

static void check_attention(const char *op, const Tensor *q,
                            const Tensor *k, const AttentionOptions *o)
{
  check_keys(op, q, k);
  Shape s = tt_shape(q);
  s.dim[s.rank - 1] = size_at(k, 2);
  if (o->mask)
    check_fits(op, "mask", o->mask, s);
  if (o->bias)
    check_fits(op, "bias", o->bias, s);
}

static int64_t keys_up_to(int64_t t, int64_t queries, int64_t keys)
{
  return keys - queries + t + 1;
}

static void softmax_of_read(int64_t n, Real *y, const Real *x,
                            const Real *mask, int64_t step)
{
  Real no = -INFINITY, most = no;
  for (int64_t i = 0; i < n; i++) {
    y[i] = !mask || mask[i * step] != 0 ? x[i] : no;
    most = y[i] > most ? y[i] : most;
  }
  Real shift = most == no ? 0 : most;
  double sum = 0;
  for (int64_t i = 0; i < n; i++) {
    y[i] = tt_expf(y[i] - shift);
    sum += (double)y[i];
  }
  Real scale = sum == 0 ? 0 : (Real)(1 / sum);
  for (int64_t i = 0; i < n; i++)
    y[i] *= scale;
}

void tt_naive_masked_softmax(const MaskedSoftmax *s)
{
  WalkRow r = {0};
  for (int64_t i = 0, all = tt_rows(&s->rows, 0); i < all; i++) {
    const Real *mask = s->mask ? s->mask + r.at[2] : NULL;
    Real *y = s->y + i * s->n;
    int64_t n = s->causal ? keys_up_to(i % s->queries, s->queries, s->n)
                          : s->n;
    softmax_of_read(n, y, s->x + i * s->n, mask, s->step);
    for (int64_t j = n; j < s->n; j++)
      y[j] = 0;
    tt_next_row(&s->rows, 0, &r);
  }
}

static Tensor without_last(const Tensor *t)
{
  Tensor rows = *t;
  rows.rank -= t->rank > 0;
  return rows;
}

static MaskedSoftmax rows_to_read(const Tensor *y, const Tensor *x,
                                  const Tensor *mask, bool causal)
{
  Tensor fy = without_last(y), fx = without_last(x), fm = {0};
  if (mask)
    fm = without_last(mask);
  MaskedSoftmax s = {
    .rows = tt_walk(tt_shape(&fy), &fy, &fx, mask ? &fm : NULL, NULL),
    .n = size_at(x, 1), .queries = size_at(x, 2), .causal = causal,
    .y = y->data, .x = x->data };
  if (mask) {
    s.mask = mask->data;
    s.step = size_at(mask, 1) > 1 ? mask->stride[mask->rank - 1] : 0;
  }
  return s;
}

static void masked_softmax_backward(TapeNode *k)
{
  Tensor *y = tt_node_saved(k, 0);
  int64_t n = y->shape[y->rank - 1];
  Tensor *g = tt_contiguous(k->grad);
  Tensor *to = tt_empty(TT_F32, tt_shape(y));
  if (n > 0)
    tt_backend->softmax_back(tt_numel(y) / n, n, 1, to->data, y->data,
                             g->data, false);
  tt_accumulate(k, 1, to);
}

Op tt_op_masked_softmax = { .name = "tt_masked_softmax",
                            .backward = masked_softmax_backward,
                            .saves = TT_SAVES_RESULT };

Tensor *tt_masked_softmax(Tensor *x, Tensor *mask, bool causal)
{
  check_masked("tt_masked_softmax", x, mask, causal);
  TT_SCOPE;
  x = tt_contiguous(x);
  Tensor *y = tt_empty(TT_F32, tt_shape(x));
  MaskedSoftmax s = rows_to_read(y, x, mask, causal);
  tt_backend->masked_softmax(&s);
  return tt_keep(tt_record(&tt_op_masked_softmax, y, 1, &x,
                           (Attr){0}));
}

static Tensor *triangle(const char *op, Tensor *x, int64_t diagonal,
                        bool upper)
{
  tt_need_f32(op, x);
  if (x->rank < 2)
    tt_fail(TT_ESHAPE, "%s: %s; rows and columns are the last two"
            " dimensions", op, TT_TEXT(tt_shape(x)));
  TT_SCOPE;
  double rows = (double)size_at(x, 2), far = (double)diagonal;
  Tensor *i = tt_arange(far, far + rows, 1);
  Tensor *j = tt_arange(0, (double)size_at(x, 1), 1);
  i = tt_unsqueeze(i, 1);
  Tensor *in = upper ? tt_le(i, j) : tt_ge(i, j);
  return tt_keep(tt_where(in, x, tt_zeros(TT_SCALAR)));
}

Tensor *tt_tril(Tensor *x, int64_t diagonal)
{
  return triangle("tt_tril", x, diagonal, false);
}

Tensor *tt_triu(Tensor *x, int64_t diagonal)
{
  return triangle("tt_triu", x, diagonal, true);
}

static Tensor *without_unread(Tensor *x, Tensor *mask)
{
  if (!mask || tt_numel(mask) == 0)
    return x;
  Tensor *read = mask->rank < 2 ? mask : tt_max(mask, -2, false);
  int64_t heads = size_at(read, 2), shared = size_at(x, 3);
  if (heads > 1 && heads != shared) {
    Shape s = tt_shape(read);            // (..,H,S) to (..,K,H/K,S)
    s.dim[s.rank] = s.dim[s.rank - 1];
    s.dim[s.rank - 1] = heads / shared;
    s.dim[s.rank - 2] = shared;
    s.rank++;
    read = tt_max(tt_reshape(read, s), -2, false);
  }
  return tt_where(tt_unsqueeze(read, -1), x, tt_zeros(TT_SCALAR));
}

static Tensor *in_groups(Tensor *x, const Tensor *k)
{
  if (x->rank < 3)
    return x;
  Shape s = tt_shape(x);
  int last = s.rank - 1;
  int64_t shared = k->shape[last - 2], group = s.dim[last - 2] / shared;
  s.dim[last + 1] = s.dim[last];
  s.dim[last] = s.dim[last - 1];
  s.dim[last - 1] = group;
  s.dim[last - 2] = shared;
  s.rank++;
  return tt_reshape(x, s);
}

Tensor *tt_attention_weights(Tensor *q, Tensor *k, AttentionOptions o)
{
  check_attention("tt_attention_weights", q, k, &o);
  TT_SCOPE;
  double d = (double)q->shape[q->rank - 1];
  double scale = o.scale != 0 ? o.scale : 1 / sqrt(d);
  Shape s = tt_shape(q);
  s.dim[s.rank - 1] = k->shape[k->rank - 2];
  k = without_unread(k, o.mask);
  Tensor *x = tt_matmul(in_groups(tt_mul_scalar(q, (Real)scale), k),
                        tt_transpose(in_groups(k, k), -2, -1));
  x = tt_reshape(x, s);
  x = o.bias ? tt_add(x, o.bias) : x;
  return tt_keep(tt_masked_softmax(x, o.mask, o.causal));
}

Tensor *tt_scaled_dot_product_attention(Tensor *q, Tensor *k, Tensor *v,
                                        AttentionOptions o)
{
  const char *op = "tt_scaled_dot_product_attention";
  check_attention(op, q, k, &o);
  check_values(op, q, k, v);
  TT_SCOPE;
  if (tt_backend->attention && !o.bias && o.dropout == 0) {
    Tensor scores = *q;
    scores.shape[q->rank - 1] = size_at(k, 2);
    check_masked(op, &scores, o.mask, o.causal);
    return tt_keep(tt_attention_in_one_pass(
      q, without_unread(k, o.mask), without_unread(v, o.mask), o));
  }
  Tensor *p = tt_attention_weights(q, k, o);
  p = tt_dropout(p, o.dropout, true, o.generator);
  v = without_unread(v, o.mask);
  Shape s = tt_shape(q);
  s.dim[s.rank - 1] = v->shape[v->rank - 1];
  return tt_keep(tt_reshape(tt_matmul(in_groups(p, v),
                                      in_groups(v, v)), s));
}
