// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// tt/qconv.h - convolutions of bytes, and sums that become bytes again.
#ifndef TT_QCONV_H
#define TT_QCONV_H
#include "tt/convolution.h"
#include "tt/quantization.h"

TT_BEGIN
typedef struct Multiplier {        // m / 2^shift
  int32_t m;                       // from 2^30 to 2^31 - 1, or 0
  int     shift;                   // from 1 to 62
} Multiplier;
typedef struct QuantConv2d {
  Conv2d      conv;                // its weight is packed, as rows of
  Tensor     *scale, *code;        // (kh,kw,in/groups)
  Tensor     *range;               // (2): low and high of its inputs;
  Shape       shape;               // both 0: of each image its own
  QuantFormat format;              // shape: of the weight, unpacked
} QuantConv2d;
extern const ModuleType tt_quant_conv2d_type;
// of x, from 0 to 2^30: within 2^-32 of it
Multiplier tt_multiplier(double x);
// sum m / 2^shift to the nearest integer, of two the even one; no place
int64_t tt_requantized(int32_t sum, Multiplier by);
// (sums + bias) times a scale, plus zero, as u8 or i8: rounded once,
// saturated. sums i32; bias i32, one for each index along axis; scale
// f32, [] or the same
Tensor *tt_requantize(Tensor *sums, Tensor *bias /* or NULL */,
                      int axis, Tensor *scale, int32_t zero, DType to);
// x (N,C,H,W), w (out,C/groups,kh,kw) of u8 or i8: exact i32 sums of
// (x - x_zero)(w - w_zero), x padded with x_zero; w_zero i32, [] or
// (out). Refused if a sum might not fit
Tensor *tt_qconv2d(Tensor *x, int32_t x_zero, Tensor *w,
                   Tensor *w_zero /* or NULL */, Conv2dOptions o);
// of a Conv2d: its weight in that format. For tt_quantize
Module *tt_quant_conv2d_new(Module *from, const QuantFormat *f);
TT_END
#endif
