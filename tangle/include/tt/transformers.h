// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// tt/transformers.h - norms, blocks and Gpt, a model of language
#ifndef TT_TRANSFORMERS_H
#define TT_TRANSFORMERS_H
#include "tt/attention.h"
#include "tt/embeddings.h"
#include "tt/training.h"

TT_BEGIN
// x (..,D), w and b (D) or NULL: each row minus its mean, divided by
// sqrt(variance + eps), times w, plus b
Tensor *tt_layer_norm(Tensor *x, Tensor *w /* or NULL */,
                      Tensor *b /* or NULL */, double eps);
// each row divided by sqrt(mean of squares + eps), times w
Tensor *tt_rms_norm(Tensor *x, Tensor *w /* or NULL */, double eps);
typedef struct LayerNorm {
  Module  base;
  Tensor *weight, *bias;           // (D), ones and zeros; or no bias
  double  eps;
} LayerNorm;
extern const ModuleType tt_layer_norm_type;
typedef struct RmsNorm {
  Module  base;
  Tensor *weight;                  // (D), ones
  double  eps;
} RmsNorm;
extern const ModuleType tt_rms_norm_type;
LayerNorm *tt_layer_norm_new(int64_t dim, double eps);  // 0: 1e-5
RmsNorm   *tt_rms_norm_new(int64_t dim, double eps);    // 0: 1e-5
// for those who write kernels
typedef struct NormRows {
  int64_t rows, n;                 // x: (rows,n)
  double  eps;
  bool    centered;                // LayerNorm; false: RmsNorm
} NormRows;                        // dw and db are added to
typedef struct Mlp {               // down(gelu(up(x))), tanh's form
  Module  base;
  Linear *up, *down;               // (H,D), (D,H)
} Mlp;
extern const ModuleType tt_mlp_type;
typedef struct SwiGlu {            // down(silu(gate(x)) * up(x))
  Module  base;
  Linear *gate, *up, *down;        // (H,D), (H,D), (D,H)
} SwiGlu;
extern const ModuleType tt_swiglu_type;
typedef struct TransformerBlock {  // pre-norm: x + f(norm(x)), twice
  Module  base;
  Module *norm1;                   // LayerNorm or RmsNorm
  MultiHeadAttention *attention;   // causal
  Module *norm2, *mlp;             // Mlp or SwiGlu
  double  dropout;                 // of what is added
  Generator random;
} TransformerBlock;
extern const ModuleType tt_transformer_block_type;
// One way through the blocks. {0}: a sequence from its first place on.
// A cache goes on at later places: it attends in place of
// tt_forward(a, x), and gives (B,T,D)
typedef struct GptPass {
  Tensor  *places;                 // i32 (T) or (B,T); NULL: 0, 1, ..
  Tensor *(*attend)(void *memory, int layer, MultiHeadAttention *a,
                    Tensor *x /* (B,T,D) */);
  void    *memory;
} GptPass;
Tensor *tt_block(TransformerBlock *m, Tensor *x /* (B,T,D) */,
                 GptPass p, int layer);
typedef struct GptOptions {
  int64_t vocab_size;              // ids are from 0 to this - 1
  int64_t context;                 // places in a sequence, at most
  int64_t dim, layers, heads;      // dim / heads numbers a head
  int64_t kv_heads;                // 0: as many as heads
  int64_t hidden;                  // of the MLP; 0: 4 dim, of SwiGLU
                                   // 8/3 dim, up to a multiple of 32
  double  dropout;                 // at GPT-2's places, in training
  double  eps;                     // of the norms; 0: 1e-5
  double  rotary;                  // its base, 10000; 0: learned places
  bool    rms_norm, swiglu, no_bias;   // as Llama has it
  bool    untied;                  // a head of its own
} GptOptions;
GptOptions tt_llama_like(GptOptions o);  // RmsNorm, SwiGLU, rotary
                                   // places, no biases
typedef struct Gpt {
  Module     base;
  Embedding *tokens;               // (V,D)
  Embedding *places;               // (context,D); NULL if rotary
  TransformerBlock **block;
  Module    *norm;
  Linear    *head;                 // (V,D); NULL: tokens once more
  int        layers;
  Generator  random;               // of its dropout
  GptOptions options;              // with nothing left at 0 that has
} Gpt;                             // another meaning
extern const ModuleType tt_gpt_type;
Gpt *tt_gpt_new(GptOptions o, Generator *g);  // weights as GPT-2's
// tt_forward(gpt, ids): ids i32 (B,T), T <= context, to logits (B,T,V);
// these are its two halves:
Tensor *tt_gpt_features(Gpt *m, Tensor *ids, GptPass p);   // (B,T,D)
Tensor *tt_gpt_logits(Gpt *m, Tensor *features);     // (..,D): (..,V)
int64_t tt_gpt_parameters(GptOptions o);     // by formula
double  tt_gpt_flops(GptOptions o, int64_t tokens);  // 2 mnk of each
                                   // product, of one sequence, forward
// safetensors; the options, and more if given, are in the metadata.
// A tied head is in it once
void tt_gpt_save(const char *path, Gpt *m, Metadata more);
// in eval mode. TT_EFILE, TT_EFORMAT: it cannot be read, or is not such
// a file; TT_EVALUE: no model has its options or names. *more, unless
// NULL, gets all metadata, which live as long as the model
Gpt *tt_gpt_load(const char *path, Metadata *more /* or NULL */);
// for those who read such files in another way: the options in the
// metadata, and a copy of all metadata for the scope outside
GptOptions tt_gpt_options(const char *path, Metadata m);
Metadata tt_keep_metadata(Metadata m);
// n windows of t ids at random places of ids i32 (N), N > t: x (n,t),
// and y (n,t), the id that follows each
Batch tt_windows(Tensor *ids, int64_t n, int64_t t, Generator *g);
// the mean of -log p of each target: logits (..,V), targets i32 (..)
Tensor *tt_language_loss(Tensor *logits, Tensor *targets);
// the mean over all ids but the first, in windows of the context side
// by side, in eval mode; then m has the mode that it had
double tt_gpt_loss(Gpt *m, Tensor *ids /* i32 (N), N >= 2 */);
// the k largest along dim, or smallest, in order, of equals the first
// first; NaN is the largest. *at, unless NULL, gets their places, i32
Tensor *tt_topk(Tensor *x, int64_t k, int dim, bool largest,
                Tensor **at /* or NULL */);
TT_END
#endif
