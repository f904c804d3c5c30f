// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// Products of floats, of bytes, and of weights that become floats.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tt/machine.h"
#include "tt/tt.h"

enum { FORMATS = 5 };              // the first: floats
static const QuantFormat format[FORMATS] = {
  {0}, { .bits = 8 }, { .bits = 8, .weight_only = true },
  { .bits = 4 }, { .type = TT_F16 } };

static double once(Tensor *x, Tensor *w, const Quantized *q, int i)
{
  TT_NO_GRAD;
  double start = tt_machine_now();
  if (i == 0)
    tt_linear(x, w, NULL);
  else
    tt_quant_linear(x, q[i], NULL, format[i].weight_only);
  return tt_machine_now() - start;
}

static void times(int64_t m, int64_t n, int64_t k, double s[FORMATS])
{
  TT_NO_GRAD;
  Tensor *w = tt_randn(TT_SHAPE(n, k), NULL);
  Tensor *x = tt_randn(TT_SHAPE(m, k), NULL);
  Quantized q[FORMATS];
  for (int i = 0; i < FORMATS; i++) {
    s[i] = HUGE_VAL;
    if (i > 0)
      q[i] = tt_pack(w, format[i]);
  }
  double start = tt_machine_now();
  for (int r = 0; r < 400 && tt_machine_now() - start < 2; r++)
    for (int i = 0; i < FORMATS; i++)          // by turns
      s[i] = fmin(s[i], once(x, w, q, i));
}

int main(void)
{
  double one[FORMATS], s[FORMATS], large[FORMATS];
  const double ops = 2 * 1024 * 1024;
  printf("m\tfloats\tbytes\talone\tfour\thalves\n");
  for (int64_t m = 1; m <= 64; m *= 2) {
    times(m, 1024, 1024, s);
    printf("%lld", (long long)m);
    for (int i = 0; i < FORMATS; i++)
      printf("\t%.2f", ops * (double)m / s[i] / 1e9);
    puts("");
    if (m == 1)
      memcpy(one, s, sizeof s);
  }
  times(1, 4096, 4096, large);
  printf("# quantproducts.floats\t%.0f GFLOP/s\n",
         ops / one[0] / 1e9);
  printf("# quantproducts.one\t%.1f\n# quantproducts.many\t%.1f\n"
         "# quantproducts.large\t%.1f\n# quantproducts.alone\t%.1f\n"
         "# quantproducts.four\t%.1f\n", one[0] / one[1], s[0] / s[1],
         large[0] / large[1], one[0] / one[2], one[0] / one[3]);
  times(1, 64, 64, s);
  printf("# quantproducts.small\t%.1f\n", s[0] / s[1]);
  tt_clear();
}
