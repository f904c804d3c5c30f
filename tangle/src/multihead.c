// Made from chapters/12-attention.nw by tools/tangle: edit there.
// A layer of attention in several heads.
#include "tt/attention.h"
#include "tt/autograd.h"
#include "tt/embeddings.h"
#include "tt/operation.h"
#include "tt/todo.h"
#include <math.h>

#define NO_MASK ((AttentionOptions){0})

static int64_t size_at(const Tensor *t, int from_end)
{
  return from_end > t->rank ? 1 : t->shape[t->rank - from_end];
}

static Tensor *split_heads(Tensor *x, int64_t heads)
{
  int64_t d = x->shape[2] / heads;
  Tensor *places = tt_reshape(x, TT_SHAPE(x->shape[0], x->shape[1], heads,
                                          d));
  return tt_transpose(places, 1, 2);
}

static Tensor *join_heads(Tensor *y)             // (B,H,T,D)
{
  Tensor *rows = tt_transpose(y, 1, 2);
  return tt_reshape(rows, TT_SHAPE(y->shape[0], y->shape[2],
                                   y->shape[1] * y->shape[3]));
}

static Tensor *placed(const MultiHeadAttention *m, Tensor *x,
                      Tensor *places)
{
  if (m->rotary == 0)
    return x;
  places = places ? places : tt_positions(0, x->shape[2]);
  return tt_rotary(x, places, (RotaryOptions){ .base = m->rotary });
}

static void need_layer(const char *op, const MultiHeadAttention *m)
{
  if (!m)
    tt_fail(TT_EVALUE, "%s: NULL is no layer", op);
}

static void check_context(const MultiHeadAttention *m,
                          const Tensor *context)
{
  need_layer("tt_keys_values", m);
  tt_need_f32("tt_keys_values", context);
  if (context->rank != 3 || size_at(context, 1) != m->context)
    tt_fail(TT_ESHAPE, "tt_keys_values: context %s; it is (B,S,%lld)%s",
            TT_TEXT(tt_shape(context)), (long long)m->context,
            context->rank == 2 ? "\n  one sequence becomes a batch with"
            " tt_unsqueeze(x, 0)" : "");
}

static void check_asking(const char *op, const MultiHeadAttention *m,
                         const Tensor *x)
{
  need_layer(op, m);
  tt_need_f32(op, x);
  if (x->rank != 3 || size_at(x, 1) != m->embed)
    tt_fail(TT_ESHAPE, "%s: x %s; it is (B,T,%lld)%s", op,
            TT_TEXT(tt_shape(x)), (long long)m->embed,
            x->rank == 2 ? "\n  one sequence becomes a batch with"
            " tt_unsqueeze(x, 0)" : "");
}

static void check_queries(const char *op, const MultiHeadAttention *m,
                          const Tensor *x, KeysValues kv)
{
  check_asking(op, m, x);
  if (!kv.k || !kv.v)
    tt_fail(TT_EVALUE, "%s: no keys or no values; tt_keys_values makes"
            " both", op);
  if (m->rotary != 0 && x->shape[1] > kv.k->shape[2])
    tt_fail(TT_ESHAPE, "%s: %lld places ask %lld; with rotary positions"
            " those that ask are the last of those that are asked", op,
            (long long)x->shape[1], (long long)kv.k->shape[2]);
}

static AttentionOptions options_of(MultiHeadAttention *m,
                                   AttentionOptions o)
{
  o.causal = o.causal || m->causal;
  if (m->base.training && o.dropout == 0) {
    o.dropout = m->dropout;
    o.generator = &m->random;
  }
  return o;
}

Tensor *tt_answers(MultiHeadAttention *m, Tensor *read)
{
  need_layer("tt_answers", m);
  tt_need_f32("tt_answers", read);
  int64_t d = m->head_dim;
  if (read->rank != 4 || read->shape[1] != m->heads
      || read->shape[3] != d)
    tt_fail(TT_ESHAPE, "tt_answers: %s; it is (B,%d,T,%lld)",
            TT_TEXT(tt_shape(read)), m->heads, (long long)d);
  TT_SCOPE;
  tt_span(TT_SPAN_MODULE, m);
  return tt_keep(tt_forward(m->out, join_heads(read)));
}

KeysValues tt_keys_values(MultiHeadAttention *m, Tensor *context,
                          Tensor *places)
{
  check_context(m, context);
  TT_SCOPE;
  tt_span(TT_SPAN_MODULE, m);
  KeysValues kv = {
    placed(m, split_heads(tt_forward(m->key, context), m->kv_heads),
           places),
    split_heads(tt_forward(m->value, context), m->kv_heads) };
  tt_keep(kv.k), tt_keep(kv.v);
  return kv;
}

Tensor *tt_queries(MultiHeadAttention *m, Tensor *x, Tensor *places)
{
  check_asking("tt_queries", m, x);
  TT_SCOPE;
  tt_span(TT_SPAN_MODULE, m);
  Tensor *q = split_heads(tt_forward(m->query, x), m->heads);
  return tt_keep(placed(m, q, places));
}

static Tensor *last_places(const MultiHeadAttention *m, const Tensor *x,
                           KeysValues kv)
{
  int64_t t = x->shape[1];
  return m->rotary == 0 ? NULL
                        : tt_positions(kv.k->shape[2] - t, t);
}

Tensor *tt_attend(MultiHeadAttention *m, Tensor *x, KeysValues kv,
                  AttentionOptions o)
{
  check_queries("tt_attend", m, x, kv);
  o = options_of(m, o);
  TT_SCOPE;
  tt_span(TT_SPAN_MODULE, m);
  Tensor *q = tt_queries(m, x, last_places(m, x, kv));
  return tt_keep(tt_answers(
    m, tt_scaled_dot_product_attention(q, kv.k, kv.v, o)));
}

static Tensor *multi_head_forward(Module *base, Tensor *x)
{
  MultiHeadAttention *m = (MultiHeadAttention *)base;
  return tt_attend(m, x, tt_keys_values(m, x, NULL), NO_MASK);
}

Tensor *tt_attend_weights(MultiHeadAttention *m, Tensor *x,
                          KeysValues kv, AttentionOptions o)
{
  check_queries("tt_attend_weights", m, x, kv);
  TT_SCOPE;
  Tensor *q = tt_queries(m, x, last_places(m, x, kv));
  return tt_keep(tt_attention_weights(q, kv.k, options_of(m, o)));
}

static void multi_head_describe(Module *base, FILE *f)
{
  MultiHeadAttention *m = (MultiHeadAttention *)base;
  fprintf(f, "%lld, heads=%d", (long long)m->embed, m->heads);
  if (m->kv_heads != m->heads)
    fprintf(f, ", kv_heads=%d", m->kv_heads);
  if (m->causal)
    fputs(", causal=True", f);
  if (m->dropout > 0)
    fprintf(f, ", dropout=%g", m->dropout);
  if (m->rotary > 0)
    fprintf(f, ", rotary=%g", m->rotary);
}

static const ModuleField multi_head_fields[] = {
  TT_CHILD(MultiHeadAttention, query),
  TT_CHILD(MultiHeadAttention, key),
  TT_CHILD(MultiHeadAttention, value),
  TT_CHILD(MultiHeadAttention, out),
  TT_GENERATOR(MultiHeadAttention, random), {0}
};
const ModuleType tt_multi_head_attention_type = {
  "MultiHeadAttention", sizeof(MultiHeadAttention), multi_head_fields,
  multi_head_forward, multi_head_describe
};
static void check_layer(int64_t e, int heads, const MultiHeadOptions *o)
{
  const char *op = "tt_multi_head_attention_new";
  int kv = o->kv_heads ? o->kv_heads : heads;
  if (heads < 1 || e < 1 || e % heads != 0)
    tt_fail(TT_EVALUE, "%s: %d heads of %lld numbers; the number of"
            " heads divides that of numbers", op, heads, (long long)e);
  if (kv < 1 || heads % kv != 0)
    tt_fail(TT_EVALUE, "%s: %d heads share %d; the second number"
            " divides the first", op, heads, kv);
  if (o->context < 0 || !(o->dropout >= 0 && o->dropout <= 1))
    tt_fail(TT_EVALUE, "%s: context %lld, dropout %g; the first is 0 or"
            " more, the second from 0 to 1", op, (long long)o->context,
            o->dropout);
  if (o->rotary != 0 && (o->rotary < 1 || e / heads % 2 != 0))
    tt_fail(TT_EVALUE, "%s: rotary base %g for heads of %lld numbers;"
            " the base is 1 or more, and the numbers are pairs", op,
            o->rotary, (long long)(e / heads));
}

static Linear *projection(int64_t in, int64_t out, double bound,
                          bool bias, Generator *g)
{
  Linear *l = (bias ? tt_linear_new : tt_linear_new_no_bias)(in, out,
                                                             g);
  if (bound > 0)
    tt_uniform_(l->weight, -bound, bound, g);
  if (bias) {
    TT_NO_GRAD;
    tt_fill_(l->bias, 0);
  }
  return l;
}

MultiHeadAttention *tt_multi_head_attention_new(
  int64_t embed, int heads, MultiHeadOptions o, Generator *g)
{
  check_layer(embed, heads, &o);
  int64_t from = o.context ? o.context : embed;
  MultiHeadAttention *m = tt_module_new(&tt_multi_head_attention_type);
  m->embed = embed, m->context = from, m->head_dim = embed / heads;
  m->heads = heads;
  m->kv_heads = o.kv_heads ? o.kv_heads : heads;
  m->causal = o.causal, m->dropout = o.dropout, m->rotary = o.rotary;
  int64_t kv = embed / heads * m->kv_heads;
  double bound = sqrt(6 / (double)(2 * embed + 2 * kv));
  m->query = projection(embed, embed, bound, !o.no_bias, g);
  m->key = projection(from, kv, bound, !o.no_bias, g);
  m->value = projection(from, kv, bound, !o.no_bias, g);
  m->out = projection(embed, embed, 0, !o.no_bias, g);
  tt_manual_seed(&m->random, tt_random(g));
  return m;
}
