// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// tt/quantization.h - numbers in fewer bits, products of bytes, and
// models made of them.
#ifndef TT_QUANTIZATION_H
#define TT_QUANTIZATION_H
#include "tt/backend.h"
#include "tt/embeddings.h"
#include "tt/layers.h"
#include "tt/safetensors.h"
#include "tt/transformers.h"

TT_BEGIN
typedef enum {
  TT_PER_TENSOR, TT_PER_CHANNEL, TT_PER_GROUP
} QuantSharing;
typedef struct QuantScheme {       // {0}: i8, symmetric, one scale
  QuantSharing sharing;
  int     axis;                    // of the channels
  int64_t group;                   // so many in a row; 0: 32
  int     bits;                    // 8; 4: two in a byte; 0: 8
  bool    affine;                  // with a zero point
  bool    is_unsigned;             // u8; only if affine
} QuantScheme;
typedef struct Quantized {         // x = scale (q - zero)
  Tensor *q;                       // i8 or u8; f16, bf16: x itself
  Tensor *scale;                   // f32, of groups f16; or NULL
  Tensor *zero;                    // i32 like scale; NULL: zeros
  Shape   shape;                   // of x
  QuantScheme scheme;
} Quantized;
// the least scale with which q of so many bits reaches low and high and
// 0 is 0, and the zero point; of a range that is 0: 1
void tt_scale_of(double low, double high, QuantScheme s, double *scale,
                 int32_t *zero);
// x f32: q = x / scale + zero, to the nearest, ties to even, saturated.
// Infinite numbers do not count for the range; NaN is refused. Of 4
// bits: (..,n/2), n up to whole groups; number i of a group and number
// i + group/2 share a byte, the first in its low half, both plus 8
Quantized tt_quantize_tensor(Tensor *x, QuantScheme s);
// the same with scale f32 and zero i32 given, [1], or (C) for
// PER_CHANNEL; 8 bits; zero NULL: 0
Quantized tt_quantize_with(Tensor *x, Tensor *scale,
                           Tensor *zero /* or NULL */, QuantScheme s);
Tensor *tt_dequantize(Quantized q);            // f32
// rows from, .., from + n - 1 of w (rows,k), as f32 (n,k)
void tt_widen_rows(const Quantized *w, int64_t from, int64_t n,
                   Real *y);       // no place
// each row of x (m,k) as bytes, symmetric, with a scale of its own
void tt_round_rows(int64_t m, int64_t k, const Real *x, int8_t *q,
                   Real *scale);   // no place
// sum over k of (a - a_zero) (b - b_zero): i32 (m,n), exact. a (m,k), b
// (n,k), i8 or u8; zeros i32 [1], or (m) and (n), or NULL. TT_EVALUE: k
// too large for i32
Tensor *tt_qgemm(Tensor *a, Tensor *a_zero /* or NULL */, Tensor *b,
                 Tensor *b_zero /* or NULL */);
typedef struct QuantFormat {       // of the weights of a layer
  int     bits;                    // 8, 4; 0: 8
  int64_t group;                   // that share a scale; 0: a row, or
                                   // 32 with 4 bits
  DType   type;                    // TT_F16, TT_BF16; 0: bits count
  bool    weight_only;             // products in f32; else of bytes,
} QuantFormat;                     // where a row shares a scale
typedef struct QuantLinear {
  Linear      linear;              // its weight is (out,in) packed
  Tensor     *scale, *code;        // code: the format, for files
  Shape       shape;               // of the weight, unpacked
  QuantFormat format;
} QuantLinear;
typedef struct QuantEmbedding {
  Embedding   embedding;
  Tensor     *scale, *code;
  Shape       shape;
  QuantFormat format;
} QuantEmbedding;
extern const ModuleType tt_quant_linear_type, tt_quant_embedding_type;
typedef struct LayerChange {       // the last one is {0}
  const ModuleType *type;          // of what is replaced
  Module *(*replace)(Module *from, const QuantFormat *f);
} LayerChange;
typedef struct QuantizeOptions {   // {0}: products of bytes
  QuantFormat format;
  const char *const *skip;         // modules that stay, and all in
} QuantizeOptions;                 // them; the last is NULL. Or NULL
// w (out,in) in that format
Quantized tt_pack(Tensor *w, QuantFormat f);
// for those who write layers: a format as numbers for files, in words,
// and a rule for operations on packed weights, which fails
Tensor *tt_format_code(const QuantFormat *f);    // i32 (4); no place
void tt_format_describe(const QuantFormat *f, FILE *to);  // no place
void tt_refuse_gradient(struct TapeNode *k);     // no place
// x (..,in) w^T + bias, (..,out); tt_backward refuses it. Rows of x
// become bytes if w has a scale for each row and no zero points, unless
// weight_only
Tensor *tt_quant_linear(Tensor *x, Quantized w,
                        Tensor *bias /* or NULL */, bool weight_only);
// Linear, Conv2d and Embedding in it give way to quantized ones, which
// have the same places and names; a Gpt's tied head shares the table's
// numbers. Layers of other types stay as they are. What held the floats
// is released, so make optimizers, caches and pointers to layers anew.
// The model; or the layer that takes its place if it is a layer itself
void *tt_quantize(void *model, QuantizeOptions o);
// saved as any model is, tt_save_file or tt_gpt_save. This reads it
// into a model of the same make, whose own numbers do not count, and
// gives it like tt_quantize
void *tt_load_quantized(const char *path, void *model);
// the same with other layers in their places, for those who write some
void *tt_change_layers(void *model, const LayerChange *change,
                       QuantizeOptions o);
// is it in the list, or in a module of it? "0.weight" is in "0"
bool tt_named(const char *name, const char *const *list /* or NULL */);
// make(arg, name, old) for each module in m, m itself excepted: what
// takes its place, or NULL. What is in several places is asked for
// once, and stays if one of its names is skipped. make gives the new
// one the tensors of the old that it goes on to use; the rest is freed.
// How many there were. If one cannot be made, m is as before
typedef Module *LayerMaker(void *arg, const char *name, Module *old);
int tt_exchange(void *m, const char *const *skip /* or NULL */,
                LayerMaker *make, void *arg);
Gpt *tt_load_quantized_gpt(const char *path,
                           Metadata *more /* or NULL */);
TT_END
#endif
