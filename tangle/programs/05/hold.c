// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

static Tensor *(*recorder)(Op *, Tensor *, int, Tensor *const[],
                           const Attr *);
static int64_t all;

static Tensor *add_up(Op *op, Tensor *y, int n, Tensor *const x[],
                      const Attr *attr)
{
  all += tt_numel(y) * (int64_t)sizeof(Real);
  return recorder(op, y, n, x, attr);
}

int main(void)
{
  tt_autograd_enable();
  Sequential *net = TT_SEQUENTIAL(
    tt_linear_new(784, 512, NULL), tt_activation_new(tt_tanh),
    tt_linear_new(512, 512, NULL), tt_activation_new(tt_tanh),
    tt_linear_new(512, 10, NULL));
  Tensor *x = tt_rand(TT_SHAPE(512, 784), NULL);
  recorder = tt_recorder;
  tt_recorder = add_up;
  int64_t read = 0;
  for (int pass = 0; pass < 2; pass++) {
    TT_SCOPE;
    all = 0;
    int64_t before = tt_memory_stats().live_bytes;
    tt_forward(net, x);
    read = tt_memory_stats().live_bytes - before;
  }
  printf("hold.all\t%.2f MiB\nhold.read\t%.2f MiB\n",
         (double)all / (1 << 20), (double)read / (1 << 20));
}
