// Made from chapters/02-activations.nw by tools/tangle: edit there.
// tt/activations.h - functions that bend what layers compute, and
// softmax, which turns scores into shares.
#ifndef TT_ACTIVATIONS_H
#define TT_ACTIVATIONS_H
#include "tt/tensor.h"

TT_BEGIN
// of each element of an f32 tensor; NaN gives NaN; shape as x;
// another type is TT_EDTYPE
Tensor *tt_relu      (Tensor *x);              // max(x, 0)
Tensor *tt_leaky_relu(Tensor *x, Real slope);  // slope x where x < 0
Tensor *tt_sigmoid   (Tensor *x);              // 1 / (1 + e^-x)
Tensor *tt_tanh      (Tensor *x);              // 2 sigmoid(2x) - 1
// gates: 0 at -inf; z = sqrt(2 / pi) (x + 0.044715 x^3)
Tensor *tt_gelu      (Tensor *x);              // x Phi(x)
Tensor *tt_gelu_tanh (Tensor *x);              // x sigmoid(2z): GPT-2
Tensor *tt_silu      (Tensor *x);              // x sigmoid(x)
// along dim, which counts from the end if negative (none such is
// TT_EINDEX); NaN, +inf or nothing but -inf: all shares are NaN
Tensor *tt_softmax    (Tensor *x, int dim);    // e^x / sum of e^x
Tensor *tt_log_softmax(Tensor *x, int dim);    // its logarithm
TT_END
#endif
