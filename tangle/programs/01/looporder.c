// Made from chapters/01-tensors.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

static int n;
static Real *a, *b, *c;

static void ijp(void *unused)
{
  (void)unused;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      Real sum = 0;
      for (int p = 0; p < n; p++)
        sum += a[i * n + p] * b[p * n + j];
      c[i * n + j] += sum;
    }
}

static void jpi(void *unused)
{
  (void)unused;
  for (int j = 0; j < n; j++)
    for (int p = 0; p < n; p++) {
      Real x = b[p * n + j];
      for (int i = 0; i < n; i++)
        c[i * n + j] += a[i * n + p] * x;
    }
}

static void ipj(void *unused)
{
  (void)unused;
  for (int i = 0; i < n; i++)
    for (int p = 0; p < n; p++) {
      Real x = a[i * n + p];
      for (int j = 0; j < n; j++)
        c[i * n + j] += x * b[p * n + j];
    }
}

static double gflops(void (*product)(void *))
{
  double flops = 2.0 * n * n * n;
  return flops / tt_machine_time(product, NULL) / 1e9;
}

int main(void)
{
  printf("n\tijp\tjpi\tipj\n");
  for (n = 32; n <= 512; n *= 2) {
    a = tt_rand(TT_SHAPE(n, n), NULL)->data;
    b = tt_rand(TT_SHAPE(n, n), NULL)->data;
    c = tt_zeros(TT_SHAPE(n, n))->data;
    double f = gflops(ijp), g = gflops(jpi), h = gflops(ipj);
    printf("%d\t%.3f\t%.3f\t%.3f\n", n, f, g, h);
    if (n == 512)
      printf("# looporder.n\t%d x %d\n# looporder.ratio\t%.0f\n"
             "# looporder.worst\t%.0f\n# looporder.best\t%.0f\n", n, n,
             h / f, h / g, h);
  }
}
