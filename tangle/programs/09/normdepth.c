// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

static void print_spreads(bool norm)
{
  Generator g;
  tt_manual_seed(&g, 1);
  Tensor *x = tt_randn(TT_SHAPE(8, 16, 16, 16), &g);
  printf("%-10s", norm ? "normalized" : "without");
  Conv2dOptions o = { .padding = TT_SIDES(1), .no_bias = true };
  for (int i = 0; i < 6; i++) {
    Conv2d *c = tt_conv2d_new(16, 16, 3, o, &g);
    tt_kaiming_normal_(c->weight, 0, &g);
    tt_copy_(tt_detach(c->weight), tt_mul_scalar(c->weight, 5));
    x = tt_forward(c, x);
    if (norm)
      x = tt_forward(tt_batch_norm2d_new(16), x);
    printf(" %7.3g", tt_item(tt_std(x, TT_ALL, 1, false)));
    x = tt_relu(x);
  }
  putchar('\n');
}

int main(void)
{
  print_spreads(false);
  print_spreads(true);
  return 0;
}
