// Made from chapters/02-activations.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

enum { NETS = 100000 };

static Tensor *layer(Tensor *x, int64_t in, int64_t out)
{
  Tensor *w = tt_randn(TT_SHAPE(NETS, in, out), NULL);
  Tensor *b = tt_randn(TT_SHAPE(NETS, 1, out), NULL);
  return tt_add(tt_matmul(x, w), b);
}

static void report(const char *name, Tensor *y)
{
  Tensor *truth = tt_from(TT_SHAPE(4, 1), (Real[]){0, 1, 1, 0});
  Tensor *yes = tt_lt(tt_zeros(TT_SCALAR), y);        // [N,4,1]
  Tensor *right = tt_sum(tt_eq(yes, truth), 1, false);
  printf("%-20s", name);
  for (int k = 0; k <= 4; k++) {
    Tensor *this_many = tt_eq(right, tt_full(TT_SCALAR, (Real)k));
    printf("%8.0f", tt_item(tt_sum(this_many, TT_ALL, false)));
  }
  printf("\n");
}

int main(void)
{
  Tensor *x = tt_from(TT_SHAPE(4, 2),
                      (Real[]){0, 0, 0, 1, 1, 0, 1, 1});
  printf("rows right                 0       1       2       3"
         "       4\n");
  report("one layer", layer(x, 2, 1));
  Tensor *y = x;
  for (int i = 0; i < 9; i++)
    y = layer(y, 2, 2);
  report("ten layers", layer(y, 2, 1));
  Tensor *bent = tt_relu(layer(x, 2, 8));
  report("two, relu between", layer(bent, 8, 1));
  return 0;
}
