// Made from chapters/11-embeddings.nw by tools/tangle: edit there.
// tt/embeddings.h - rows of a table by number, positions, and what
// shows what was learned.
#ifndef TT_EMBEDDINGS_H
#define TT_EMBEDDINGS_H
#include "tt/module.h"

TT_BEGIN
typedef struct EmbeddingOptions {
  bool    padding;                 // padding_idx counts
  int32_t padding_idx;             // no gradient for it; -1: the last
} EmbeddingOptions;
// ids i32 (..), weight (V,D): at each place the row of its id, (..,D).
// Equal ids add up in the gradient. TT_EINDEX: an id that has no row
Tensor *tt_embedding(Tensor *ids, Tensor *weight);
Tensor *tt_embedding_with(Tensor *ids, Tensor *weight,
                          EmbeddingOptions o);
typedef struct Embedding {         // y = the rows of weight
  Module  base;
  Tensor *weight;                  // (V,D)
  EmbeddingOptions options;
} Embedding;
extern const ModuleType tt_embedding_type;
// num rows of dim numbers from a normal distribution; that of
// padding_idx is 0. A module takes ids: tt_forward(embedding, ids)
Embedding *tt_embedding_new(int64_t num, int64_t dim,
                            EmbeddingOptions o, Generator *g);
// from, from + 1, ..: i32 (n)
Tensor *tt_positions(int64_t from, int64_t n);
// of ids i32 (..,T): how many before it in its row are no padding, and
// 0 for the padding itself; i32 of the same shape
Tensor *tt_padded_positions(Tensor *ids, int32_t padding);
// row p: sin(p w), cos(p w) in turn, for w = 10000^(-2i/dim), i = 0..;
// p is from, from + 1, ..: f32 (n,dim), dim even
Tensor *tt_sinusoidal_positions(int64_t from, int64_t n, int64_t dim);
typedef struct RotaryOptions {
  double base;                     // 0: 10000
  bool   interleaved;              // pairs (2i,2i+1), as in the paper;
} RotaryOptions;                   // false: (i,i+D/2), as in GPT-NeoX
// x (..,T,D), D even; positions i32 (T), or (B,T) if x is (B,..,T,D).
// Turns pair i at position p by the angle p * base^(-2i/D)
Tensor *tt_rotary(Tensor *x, Tensor *positions, RotaryOptions o);
// index i32 (N): those places of x along dim, in this order
Tensor *tt_index_select(Tensor *x, int dim, Tensor *index);
// adds source to those places of t; of equal ones, each
void    tt_index_add_(Tensor *t, int dim, Tensor *index,
                      Tensor *source);
// ids i32 (..): 1 at its id, else 0, f32 (..,classes)
Tensor *tt_one_hot(Tensor *ids, int64_t classes);
// the different ids, ascending, i32 (M); *inverse, unless NULL, gets
// the place of each id among them, i32 (..)
Tensor *tt_unique(Tensor *ids, Tensor **inverse /* or NULL */);
// n draws of 0, .., N - 1 for weights (N), each as likely as its weight
// is large: i32 (n). Weights are 0 or more, and not all 0
Tensor *tt_multinomial(const Tensor *weights, int64_t n, Generator *g);
// the k directions along which the rows of x (N,D) vary most, as rows
// of length 1: (k,D). *variance, unless NULL, gets (k)
Tensor *tt_pca(Tensor *x, int64_t k, Tensor **variance /* or NULL */);
// for those who write kernels
typedef struct GatherShape {
  int64_t outer, rows, inner;      // the table: (outer,rows,inner)
  int64_t n;                       // ids; the result: (outer,n,inner)
  int64_t pad;                     // a row that gets no gradient, or -1
} GatherShape;
typedef struct RotaryShape {
  int64_t batch, heads, n, half;   // x: (batch,heads,n,2 * half)
  bool    interleaved;
  bool    back;                    // by the negative angles
} RotaryShape;                     // cos, sin: (batch,n,half)
TT_END
#endif
