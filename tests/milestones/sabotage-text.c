// Linked into the milestone of 2018 with -Wl,--wrap=NAME: each of these
// does something else than the function of that name.
#include "tt/attention.h"
#include "tt/backend.h"
#include "tt/losses.h"
#include "tt/module.h"
#include <string.h>

// targets shifted twice: the character after the next one
__attribute__((weak))   // these are there only if they are wrapped
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

// a mask that leaks
Tensor *__wrap_tt_scaled_dot_product_attention(Tensor *q, Tensor *k,
                                               Tensor *v, AttentionOptions o);
__attribute__((weak))
Tensor *__real_tt_scaled_dot_product_attention(Tensor *q, Tensor *k,
                                               Tensor *v, AttentionOptions o);
Tensor *__wrap_tt_scaled_dot_product_attention(Tensor *q, Tensor *k,
                                               Tensor *v, AttentionOptions o) {
  o.causal = false;
  return __real_tt_scaled_dot_product_attention(q, k, v, o);
}

// all places are place 0
Tensor *__wrap_tt_positions(int64_t from, int64_t n);
Tensor *__wrap_tt_positions(int64_t from, int64_t n) {
  (void)from;
  Tensor *t = tt_empty(TT_I32, TT_SHAPE(n));
  tt_fill_(t, 0);
  return t;
}

// a block that is not in the list is frozen
__attribute__((weak))
StateDict __real_tt_module_parameters(void *m);
StateDict __wrap_tt_module_parameters(void *m);
StateDict __wrap_tt_module_parameters(void *m) {
  StateDict all = __real_tt_module_parameters(m);
  int n = 0;
  for (int i = 0; i < all.n; i++)
    if (strncmp(all.entry[i].name, "block.1.", 8) != 0)
      all.entry[n++] = all.entry[i];
  all.n = n;
  return all;
}
