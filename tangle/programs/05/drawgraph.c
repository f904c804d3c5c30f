// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

int main(void)
{
  tt_autograd_enable();
  Linear *layer = tt_linear_new(3, 2, NULL);
  Tensor *x = tt_ones(TT_SHAPE(4, 3));
  x->name = "x";
  Tensor *h = tt_tanh(tt_forward(layer, x));
  tt_graph(stdout, tt_sum(tt_mul(h, h), TT_ALL, false));
}
