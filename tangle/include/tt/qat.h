// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// tt/qat.h - training with the rounding, before it is done for good.
#ifndef TT_QAT_H
#define TT_QAT_H
#include "tt/calibration.h"
#include "tt/convolution.h"
#include "tt/quantization.h"

TT_BEGIN
typedef struct QatLinear {         // rounds as a QuantLinear will
  Linear      linear;
  bool        rounds;
  QuantFormat format;
} QatLinear;
typedef struct QatConv2d {
  Conv2d      conv;
  bool        rounds;
  Tensor     *range;               // (2) of its inputs; 0, 0: none yet
  Tensor     *seen;                // an Observer, while it looks
  QuantFormat format;
} QatConv2d;
extern const ModuleType tt_qat_linear_type, tt_qat_conv2d_type;
// in each Sequential, the batch norm after a Conv2d goes into it, as it
// is in evaluation: the module is freed. Of what is in two places none
// goes. How many
int tt_fold_batch_norm(void *model);
// scale round(x / scale), x / scale rounded to a whole number from
// least to most; the gradient goes through where it was not clipped.
// scale is broadcast
Tensor *tt_fake_quantize(Tensor *x, Tensor *scale, int32_t least,
                         int32_t most);
// Linear and Conv2d give way to layers that have the same parameters,
// look at their inputs, and can round as tt_quantize will. For
// calibration, for training with the rounding, or both; then
// tt_quantize. What is skipped, and what is given, as there
void *tt_prepare(void *model, QuantizeOptions o);
// each Conv2d that looked has the range of its inputs from now on, and
// looks no more: of how many. Fails if one has seen nothing
int tt_calibrate(void *model, RangeMethod method);
// if forward passes round weights and inputs; gradients go through
void tt_round_forward(void *model, bool on);
TT_END
#endif
