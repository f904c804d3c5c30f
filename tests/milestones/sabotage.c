// Linked into a milestone with -Wl,--wrap=NAME: each of these does
// something else than the function of that name.
#include "tt/operation.h"
#include "tt/losses.h"
#include "tt/optimizers.h"

Tensor *__wrap_tt_relu(Tensor *x);
Tensor *__wrap_tt_relu(Tensor *x) { return x; }

__attribute__((weak))   // there only if it is wrapped
Tensor *__real_tt_cross_entropy(Tensor *logits, Tensor *target);
Tensor *__wrap_tt_cross_entropy(Tensor *logits, Tensor *target);
Tensor *__wrap_tt_cross_entropy(Tensor *logits, Tensor *target) {
  return tt_mul_scalar(__real_tt_cross_entropy(logits, target), (Real)0.5);
}

void __wrap_tt_optimizer_step(Optimizer *o);
void __wrap_tt_optimizer_step(Optimizer *o) { (void)o; }

double __wrap_tt_accuracy(Tensor *logits, Tensor *y);
double __wrap_tt_accuracy(Tensor *logits, Tensor *y) {
  (void)logits, (void)y;
  return 1;
}
