// Made from chapters/12-attention.nw by tools/tangle: edit there.
// tt/attention.h - attention: averages of values, weighted by how well
// their keys fit a query; and a layer of it.
#ifndef TT_ATTENTION_H
#define TT_ATTENTION_H
#include "tt/backend.h"
#include "tt/layers.h"

TT_BEGIN
typedef struct AttentionOptions {
  Tensor *mask;                    // 1: may be read, 0: not; or NULL
  Tensor *bias;                    // added to the scores; or NULL
  bool    causal;                  // no query reads a later key; the
                                   // last query has the last key
  double  scale;                   // of the scores; 0: 1 / sqrt(D)
  double  dropout;                 // of the weights; 0 if not training
  Generator *generator;            // for it; NULL: the thread's
} AttentionOptions;
// q (..,H,T,D), k (..,K,S,D), v (..,K,S,E): (..,H,T,E), what each
// query reads; the batch, or batch and heads, may be missing. H/K heads
// in a row share one of k and v. A query that may read nothing: zeros.
// Keys and values that the mask hides from every query may be NaN. All
// others are finite, hidden by causal or a bias of -INFINITY or not
Tensor *tt_scaled_dot_product_attention(Tensor *q, Tensor *k, Tensor *v,
                                        AttentionOptions o);
// softmax(scale q k^T + bias) of what may be read: (..,H,T,S)
Tensor *tt_attention_weights(Tensor *q, Tensor *k, AttentionOptions o);
// x (..,T,S): softmax along the last dimension, 0 where the mask (1 or
// 0, broadcast to x) or causal forbids it; zeros if nothing is left
Tensor *tt_masked_softmax(Tensor *x, Tensor *mask /* or NULL */,
                          bool causal);
// x (..,T,S), 0 where j > i + diagonal; where j < i + diagonal
Tensor *tt_tril(Tensor *x, int64_t diagonal);
Tensor *tt_triu(Tensor *x, int64_t diagonal);
typedef struct MultiHeadOptions {
  int     kv_heads;                // 0: as many as heads
  int64_t context;                 // numbers in a context; 0: as in x
  bool    causal, no_bias;
  double  dropout;                 // of the weights, in training
  double  rotary;                  // its base, 10000; 0: no positions
} MultiHeadOptions;
typedef struct MultiHeadAttention {
  Module    base;
  Linear   *query;                 // (H D,E)
  Linear   *key, *value;           // (K D,context)
  Linear   *out;                   // (E,H D)
  int64_t   embed, context, head_dim;  // E; numbers in a context; D
  int       heads, kv_heads;
  bool      causal;
  double    dropout, rotary;
  Generator random;
} MultiHeadAttention;
extern const ModuleType tt_multi_head_attention_type;
typedef struct KeysValues { Tensor *k, *v; } KeysValues;  // (B,K,S,D)
// what a context (B,S,..) has to offer. Its places in its sequence are
// i32 (S) or (B,S), NULL: 0, 1, ..; only rotary positions ask for them
KeysValues tt_keys_values(MultiHeadAttention *m, Tensor *context,
                          Tensor *places /* or NULL */);
// what x (B,T,E) reads there: (B,T,E). o.causal and o.dropout, unless
// set, are the module's. With rotary positions x has the last T of the
// S places
Tensor *tt_attend(MultiHeadAttention *m, Tensor *x, KeysValues kv,
                  AttentionOptions o);
// with which weights, (B,H,T,S)
Tensor *tt_attend_weights(MultiHeadAttention *m, Tensor *x,
                          KeysValues kv, AttentionOptions o);
// the first and the last step of tt_attend, for other ways to read: x
// (B,T,E) to queries (B,H,T,D); what they read, (B,H,T,D), to (B,T,E)
Tensor *tt_queries(MultiHeadAttention *m, Tensor *x,
                   Tensor *places /* or NULL */);
Tensor *tt_answers(MultiHeadAttention *m, Tensor *read);
// D = embed / heads numbers a head; the weights begin as in PyTorch
MultiHeadAttention *tt_multi_head_attention_new(
  int64_t embed, int heads, MultiHeadOptions o, Generator *g);
// for those who write kernels
typedef struct MaskedSoftmax {
  Walk        rows;                // of y, x and the mask
  int64_t     n, queries;          // row i is query i % queries
  bool        causal;
  Real       *y;                   // both (rows,n)
  const Real *x;
  const Real *mask;                // or NULL
  int64_t     step;                // of the mask, from key to key
} MaskedSoftmax;
// for tt_scaled_dot_product_attention, which checks
Tensor *tt_attention_in_one_pass(Tensor *q, Tensor *k, Tensor *v,
                                 AttentionOptions o);   // no place
TT_END
#endif
