// Made from chapters/01-tensors.nw by tools/tangle: edit there.
#include <stdio.h>
#include <string.h>
#include "tt/tt.h"

static int n;
static Real *a, *b, *c;

static void ijp(void *unused)
{
  (void)unused;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      for (int p = 0; p < n; p++)
        c[i * n + j] += a[i * n + p] * b[p * n + j];
}

static void jpi(void *unused)
{
  (void)unused;
  for (int j = 0; j < n; j++)
    for (int p = 0; p < n; p++)
      for (int i = 0; i < n; i++)
        c[i * n + j] += a[i * n + p] * b[p * n + j];
}
static void ipj(void *unused)
{
  (void)unused;
  Gemm g = { .batch = 1, .m = n, .n = n, .k = n, .alpha = 1, .beta = 1,
             .a = a, .a_row = n, .a_col = 1, .b = b, .b_row = n,
             .b_col = 1, .c = c, .c_row = n, .c_col = 1 };
  tt_backend->gemm(&g);
}

static double gflops(void (*product)(void *))
{
  double flops = 2.0 * n * n * n;
  return flops / machine_time(product, NULL) / 1e9;
}

int main(int argc, char **argv)
{
  bool numbers = argc > 1 && strcmp(argv[1], "--numbers") == 0;
  if (!numbers)
    printf("n\tijp\tjpi\tipj\n");
  for (n = numbers ? 512 : 32; n <= 512; n *= 2) {
    a = tt_rand(TT_SHAPE(n, n), NULL)->data;
    b = tt_rand(TT_SHAPE(n, n), NULL)->data;
    c = tt_zeros(TT_SHAPE(n, n))->data;
    double f = gflops(ijp), g = gflops(jpi), h = gflops(ipj);
    if (numbers)
      printf("looporder.n\t%d x %d\nlooporder.ratio\t%.0f\n"
             "looporder.worst\t%.0f\nlooporder.best\t%.0f\n", n, n,
             h / f, h / g, h);
    else
      printf("%d\t%.3f\t%.3f\t%.3f\n", n, f, g, h);
  }
}
