// Made from chapters/12-attention.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include "tt/tt.h"

enum { READINGS = 8 };
static const Real hour[READINGS] = { 0, 3, 6, 9, 12, 15, 18, 21 };
static const Real degrees[READINGS] = {
  9.1f, 8, 7.4f, 11.9f, 16.2f, 18, 15.3f, 11.6f };

static void plain(int at)
{
  for (int i = 0; i < READINGS; i++)
    if ((int)hour[i] == at) {
      printf("%2d h: %.1f\n", at, (double)degrees[i]);
      return;
    }
  printf("%2d h: not found\n", at);
}

static Tensor *on_the_dial(Tensor *hours)    // (n) to (n,2)
{
  Tensor *angle = tt_mul_scalar(hours, (Real)(M_PI / 12));
  return tt_stack(2, (Tensor *[]){ tt_cos(angle), tt_sin(angle) }, 1);
}

int main(void)
{
  plain(9), plain(11), putchar('\n');
  Tensor *k = on_the_dial(tt_from(TT_SHAPE(READINGS), hour));
  Tensor *v = tt_from(TT_SHAPE(READINGS, 1), degrees);
  Tensor *q = on_the_dial(tt_full(TT_SHAPE(1), 11));
  printf("  x");
  for (int i = 0; i < READINGS; i++)
    printf("%4.0f", (double)hour[i]);
  printf("  gives\n");
  for (double alpha = 1; alpha <= 100; alpha *= 10) {
    AttentionOptions o = { .scale = alpha };
    Tensor *p = tt_attention_weights(q, k, o);
    printf("%3.0f", alpha);
    for (int i = 0; i < READINGS; i++)
      printf("%4.0f", 100 * tt_get(p, TT_INDEX(0, i)));
    printf("%7.1f\n",
           tt_item(tt_scaled_dot_product_attention(q, k, v, o)));
  }
  return 0;
}
