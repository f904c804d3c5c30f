// Made from chapters/04-losses.nw by tools/tangle: edit there.
// tt/losses.h - losses: how wrong an answer is, as one number.
#ifndef TT_LOSSES_H
#define TT_LOSSES_H
#include "tt/tensor.h"

TT_BEGIN
typedef enum {
  TT_REDUCE_MEAN, TT_REDUCE_SUM, TT_REDUCE_NONE
} Reduction;                       // NONE: the loss of each, not added
typedef struct LabelOptions {
  Reduction reduction;
  bool      ignore;                // the label ignore_index, not -100:
  int32_t   ignore_index;          // set both
  Tensor   *weight;                // (C), of each class; NULL: all 1
  double    label_smoothing;       // 0 to 1; of tt_cross_entropy
} LabelOptions;
// The result is the mean, of shape []. With a Reduction it is the mean
// or the sum, or the loss of each, in the shape of y or of the labels.

// of two f32 tensors of one shape; nothing is broadcast
Tensor *tt_mse_loss(Tensor *x, Tensor *y);             // (x - y)^2
Tensor *tt_bce_loss(Tensor *p, Tensor *y);
                     // -y log p - (1-y) log(1-p), each log >= -100;
                     // a p or y not from 0 to 1: error
Tensor *tt_bce_with_logits(Tensor *z, Tensor *y);
                     // the same of p = sigmoid(z), without a floor;
                     // a y not from 0 to 1: error
Tensor *tt_mse_loss_with(Tensor *x, Tensor *y, Reduction r);
Tensor *tt_bce_loss_with(Tensor *p, Tensor *y, Reduction r);
Tensor *tt_bce_with_logits_with(Tensor *z, Tensor *y, Reduction r);

// of f32 (C), (N,C) or (N,C,d1,..) and i32 labels (), (N) or (N,d1,..);
// a label not from 0 to C-1 is an error, unless it is to be ignored;
// those have loss 0, and the mean is over the others: of none, NaN.
// With weights w, a loss is multiplied by w[label], and a mean is the
// sum of the losses divided by that of their w.
enum { TT_IGNORE = -100 };
Tensor *tt_nll_loss(Tensor *logp, Tensor *target);  // -logp[label]
Tensor *tt_cross_entropy(Tensor *logits, Tensor *target);
                     // -log_softmax(logits)[label]; smoothing is the
                     // share that all C classes divide
Tensor *tt_nll_loss_with(Tensor *logp, Tensor *target, LabelOptions o);
Tensor *tt_cross_entropy_with(Tensor *logits, Tensor *target,
                              LabelOptions o);
TT_END
#endif
