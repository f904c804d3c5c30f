// Made from chapters/01-tensors.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

static volatile int32_t sink;
static void add_up(void *arg)
{
  const Tensor *t = arg;
  const int32_t *x = t->data;
  int64_t s0 = t->stride[0], s1 = t->stride[1];
  int32_t sum = 0;
  for (int64_t i = 0; i < t->shape[0]; i++)
    for (int64_t j = 0; j < t->shape[1]; j++)
      sum += x[i * s0 + j * s1];
  sink = sum;
}

static double ns(Tensor *t)
{
  return tt_machine_time(add_up, t) * 1e9 / (double)tt_numel(t);
}

int main(void)
{
  double rows = 0, columns = 0;
  printf("kib\trow_ns\tcolumn_ns\n");
  for (int64_t n = 32; n <= 8192; n *= 2) {
    Scope s;
    tt_scope_open(&s);
    Tensor *t = tt_empty(TT_I32, TT_SHAPE(n, n));
    tt_fill_(t, 1);
    rows = ns(t), columns = ns(tt_transpose(t, 0, 1));
    printf("%lld\t%.4f\t%.4f\n", (long long)(n * n / 256), rows,
           columns);
    tt_scope_close(&s);
  }
  printf("# traverse.rows\t%.2f ns\n", rows);
  printf("# traverse.columns\t%.1f ns\n", columns);
  printf("# traverse.ratio\t%.0f\n", columns / rows);
}
