// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <stdio.h>
#include <tgmath.h>
#include "tt/scalar.h"
#include "tt/todo.h"
#include "tt/tt.h"

Tensor *tt_elu(Tensor *x);
TT_UNARY_GRAD(elu, x > 0 ? x : expm1(x), y, y > 0 ? g : g * (y + 1))

static Tensor *elu(Tensor *x)
{
  return tt_elu(x);
}

static Tensor *elu_of_transposed(void *x)
{
  return elu(tt_transpose(*(Tensor **)x, 0, 1));
}

int main(void)
{
  tt_autograd_enable();
  Tensor *x = tt_requires_grad_(tt_randn(TT_SHAPE(5, 7), NULL), true);
  GradCheck c = tt_gradcheck(elu_of_transposed, &x, 1, &x);
  printf("at %g: %g by rule, %g by difference\n",
         tt_get(x, TT_INDEX(c.element / 7, c.element % 7)),
         c.analytical, c.numerical);
  return 0;
}
