// Linked into the milestone of 2018 with -Wl,--wrap=NAME: each of these
// does something else than the function of that name.
#include "tt/attention.h"
#include "tt/backend.h"
#include "tt/module.h"
#include <string.h>
#include "sabotage-labels.h"

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
