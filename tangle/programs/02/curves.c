// Made from chapters/02-activations.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

static Tensor *leaky(Tensor *x)
{
  return tt_leaky_relu(x, (Real)0.1);
}

static Tensor *values(Tensor *(*f)(Tensor *), Tensor *x, bool slope)
{
  Real h = (Real)(1 / 64.0);
  if (!slope)
    return f(x);
  Tensor *right = f(tt_add_scalar(x, h));
  Tensor *left = f(tt_add_scalar(x, -h));
  return tt_mul_scalar(tt_sub(right, left), 1 / (2 * h));
}

int main(int argc, char **argv)
{
  (void)argv;
  Tensor *(*const f[])(Tensor *) = {
    tt_relu, leaky, tt_sigmoid, tt_tanh, tt_gelu, tt_silu };
  Tensor *x = tt_arange(-4.05, 4.1, 0.1), *y[6];
  printf("x\trelu\tleaky\tsigmoid\ttanh\tgelu\tsilu\n");
  for (int k = 0; k < 6; k++)
    y[k] = values(f[k], x, argc > 1);
  for (int64_t i = 0; i < tt_numel(x); i++) {
    printf("%.2f", tt_get(x, TT_INDEX(i)));
    for (int k = 0; k < 6; k++)
      printf("\t%.4f", tt_get(y[k], TT_INDEX(i)));
    printf("\n");
  }
}
