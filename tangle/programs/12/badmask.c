// Made from chapters/12-attention.nw by tools/tangle: edit there.
#include <float.h>
#include <math.h>
#include <stdio.h>
#include "tt/tt.h"

static void row(const char *name, Tensor *p)
{
  printf("  %-10s", name);
  for (int i = 0; i < 4; i++)
    if (isnan(tt_get(p, TT_INDEX(i))))
      printf("   NaN");
    else
      printf("  %4.2f", tt_get(p, TT_INDEX(i)));
  putchar('\n');
}

static void added(const char *name, double no)  // to scores of 0
{
  Tensor *x = tt_zeros(TT_SHAPE(4));
  tt_fill_(tt_slice(x, 0, 2, 4, 1), no);
  Tensor *all = tt_full(TT_SHAPE(4), (Real)no);
  printf("%s\n", name);
  row("half", tt_softmax(x, 0));
  row("all", tt_softmax(all, 0));
  row("all, twice", tt_softmax(tt_add(all, all), 0));
}

int main(void)
{
  added("adding -1e9", -1e9);
  added("adding the lowest float", (double)-FLT_MAX);
  added("adding -infinity", (double)-INFINITY);
  Tensor *x = tt_zeros(TT_SHAPE(4));
  Tensor *half = tt_from(TT_SHAPE(4), (Real[]){ 1, 1, 0, 0 });
  puts("a mask");
  row("half", tt_masked_softmax(x, half, false));
  row("all", tt_masked_softmax(x, tt_zeros(TT_SHAPE(4)), false));
  row("all, twice", tt_masked_softmax(x, tt_mul(half,
    tt_zeros(TT_SHAPE(4))), false));
  return 0;
}
