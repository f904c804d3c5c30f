// Linked into the milestone of 2012 with -Wl,--wrap=NAME: each of these
// does something else than the function of that name.
#include "tt/convolution.h"
#include "tt/module.h"
#include <string.h>
#include "sabotage-labels.h"

void __wrap_tt_module_eval(void *m);
void __wrap_tt_module_eval(void *m) { (void)m; }

// each window of the gradient, transposed
__attribute__((weak))
void __real_tt_naive_conv2d_back_w(const Conv2dShape *s, Real *dw,
                                   const Real *dy, const Real *x);
void __wrap_tt_naive_conv2d_back_w(const Conv2dShape *s, Real *dw,
                                   const Real *dy, const Real *x);
void __wrap_tt_naive_conv2d_back_w(const Conv2dShape *s, Real *dw,
                                   const Real *dy, const Real *x) {
  __real_tt_naive_conv2d_back_w(s, dw, dy, x);
  for (int64_t o = 0; o < s->out * s->in / s->groups; o++)
    for (int64_t i = 0; i < s->kh; i++)
      for (int64_t j = 0; j < i; j++) {
        Real *w = dw + o * s->kh * s->kw, swapped = w[i * s->kw + j];
        w[i * s->kw + j] = w[j * s->kw + i];
        w[j * s->kw + i] = swapped;
      }
}

// of five parts, the first is the last: that of the test
__attribute__((weak))
Tensor *__real_tt_slice(Tensor *t, int dim, int64_t start, int64_t stop,
                        int64_t step);
Tensor *__wrap_tt_slice(Tensor *t, int dim, int64_t start, int64_t stop,
                        int64_t step);
Tensor *__wrap_tt_slice(Tensor *t, int dim, int64_t start, int64_t stop,
                        int64_t step) {
  return __real_tt_slice(t, dim, step == 5 && start == 0 ? 4 : start, stop,
                         step);
}
