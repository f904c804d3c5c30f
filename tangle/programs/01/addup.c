// Made from chapters/01-tensors.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include "tt/tt.h"

static void print_stall(void)
{
  volatile float sum = 0;
  for (int i = 0; i < 20000000; i++)
    sum += 1;
  int n = (int)sum;
  printf("# addup.stall\t%d,%03d,%03d\n", n / 1000000, n / 1000 % 1000,
         n % 1000);
}

static double error(double got, long double exact)
{
  return fabs((double)(((long double)got - exact) / exact));
}

static void compare(int64_t n)
{
  Tensor *t = tt_rand(TT_SHAPE(n), NULL);
  const Real *x = t->data;
  long double exact = 0;
  float naive = 0;
  for (int64_t i = 0; i < n; i++) {
    exact += (long double)x[i];
    naive += (float)x[i];
  }
  double ours = tt_item(tt_sum(t, 0, false));
  printf("%lld\t%.3g\t%.3g\n", (long long)n,
         error((double)naive, exact), error(ours, exact));
}

int main(void)
{
  printf("n\tnaive\ttt\n");
  for (int64_t n = 1 << 10; n <= 1 << 26; n *= 2) {
    Scope s;
    tt_scope_open(&s);
    compare(n);
    tt_scope_close(&s);
  }
  print_stall();
}
