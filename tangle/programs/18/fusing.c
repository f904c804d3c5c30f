// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// What could be fused to a product?
#include <stdio.h>
#include <tt/tt.h>

static Tensor *x, *w, *b, *y;
static void product(void) { tt_linear(x, w, NULL); }
static void bias(void) { tt_linear(x, w, b); }
static void gelu(void) { tt_gelu_tanh(tt_linear(x, w, b)); }
static void alone(void) { tt_gelu_tanh(y); }

int main(void)
{
  void (*const work[])(void) = { product, bias, gelu, alone };
  const char *const name[] = { "product", "bias", "gelu", "alone" };
  double best[4] = { 1, 1, 1, 1 };
  x = tt_randn(TT_SHAPE(768, 128), NULL);
  w = tt_mul_scalar(tt_randn(TT_SHAPE(512, 128), NULL), (Real)0.09);
  b = tt_zeros(TT_SHAPE(512));
  y = tt_randn(TT_SHAPE(768, 512), NULL);
  tt_set_num_threads(1);
  for (int r = 0; r < 300; r++)
    for (int i = 0; i < 4; i++) {
      TT_SCOPE;
      double start = tt_machine_now();
      work[i]();
      double t = tt_machine_now() - start;
      best[i] = t < best[i] ? t : best[i];
    }
  printf("work\tus\n");
  for (int i = 0; i < 4; i++)
    printf("%s\t%.0f\n", name[i], 1e6 * best[i]);
  for (int i = 0; i < 4; i++)
    printf("# fusing.%s\t%.0f µs\n", name[i], 1e6 * best[i]);
  tt_clear();
}
