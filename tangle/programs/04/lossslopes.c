// Made from chapters/04-losses.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

static double squared(double z)
{
  Tensor *p = tt_sigmoid(tt_full(TT_SCALAR, (Real)z));
  return tt_item(tt_mse_loss(p, tt_ones(TT_SCALAR)));
}

static double entropy(double z)
{
  Tensor *logit = tt_full(TT_SCALAR, (Real)z);
  return tt_item(tt_bce_with_logits(logit, tt_ones(TT_SCALAR)));
}

static double slope(double (*loss)(double), double z)
{
  const double h = 1.0 / 32;
  return (loss(z + h) - loss(z - h)) / (2 * h);
}

int main(void)
{
  printf("z\tsquared\tentropy\tsquared_slope\tentropy_slope\n");
  for (double z = -8; z <= 8; z += 0.25)
    printf("%g\t%.6f\t%.6f\t%.6f\t%.6f\n", z, squared(z), entropy(z),
           slope(squared, z), slope(entropy, z));
  printf("# lossslopes.weaker\t%.0f00\n",
         slope(entropy, -8) / slope(squared, -8) / 100);
  return 0;
}
