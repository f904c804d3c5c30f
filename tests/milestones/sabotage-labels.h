// sabotage-labels.h - each label is given to the example, or the place, before
// it: shuffled pictures, or targets that are shifted twice.
#include "tt/losses.h"

__attribute__((weak))   // there only if it is wrapped
Tensor *__real_tt_cross_entropy(Tensor *logits, Tensor *target);
Tensor *__wrap_tt_cross_entropy(Tensor *logits, Tensor *target);
Tensor *__wrap_tt_cross_entropy(Tensor *logits, Tensor *target) {
  Tensor *t = tt_clone(target);
  int32_t *label = t->data, first = label[0];
  int64_t n = tt_numel(t);
  for (int64_t i = 0; i + 1 < n; i++) label[i] = label[i + 1];
  label[n - 1] = first;
  return __real_tt_cross_entropy(logits, t);
}
