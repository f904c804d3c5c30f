// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <tgmath.h>
#include "tt_test.h"
int elu_main(void);
#define main elu_main
#include "../programs/05/elu.c"
#undef main

static int64_t held_by(ActivationFunction *f)
{
  Tensor *w = tt_requires_grad_(tt_rand(TT_SHAPE(64, 64), NULL), true);
  Tensor *x = tt_sub(tt_rand(TT_SHAPE(64, 64), NULL),
                     tt_full(TT_SCALAR, (Real)0.5));
  tt_linear(x, w, NULL);           // the tape has its memory
  Sequential *net = TT_SEQUENTIAL(tt_linear_new(64, 64, NULL),
    tt_activation_new(f), tt_linear_new(64, 64, NULL));
  int64_t before = tt_memory_stats().live_bytes;
  tt_forward(net, x);
  return tt_memory_stats().live_bytes - before;
}

TT(autograd, an_operation_of_ones_own)
{
  tt_autograd_enable();
  Real in[] = { -100, -1, (Real)-1e-6, 0, 2, 100 };
  Real slope[] = { 0, exp((Real)-1), 1, 1, 1, 1 };
  Tensor *x = tt_requires_grad_(tt_from(TT_SHAPE(6), in), true);
  Tensor *y = elu(x);
  for (int i = 0; i < 6; i++)
    tt_expect_close(((Real *)y->data)[i],
                    in[i] > 0 ? in[i] : expm1(in[i]), 1e-5, 0);
  tt_backward_with(y, tt_ones(TT_SHAPE(6)));
  for (int i = 0; i < 6; i++)
    tt_expect_close(((Real *)x->grad->data)[i], slope[i], 1e-5, 1e-6);
  Tensor *leaf = tt_sub(tt_rand(TT_SHAPE(5, 7), NULL),
                        tt_full(TT_SCALAR, (Real)0.51));
  leaf = tt_requires_grad_(tt_clone(leaf), true);
  GradCheck c = tt_gradcheck(elu_of_transposed, &leaf, 1, &leaf);
  tt_expect(c.error < 4e-3, "at x = %g the rule says %g, differences %g",
            tt_get(leaf, TT_INDEX(c.element / 7, c.element % 7)),
            c.analytical, c.numerical);
  int64_t ours = held_by(elu), relu = held_by(tt_relu);
  tt_expect(ours <= relu, "with elu the tape holds %lld bytes, with"
            " relu %lld", (long long)ours, (long long)relu);
}
