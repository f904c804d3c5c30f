// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// besidetorch.c - a profile to compare with PyTorch's: operation,
// phase; of a step the calls, MFLOP, share of the time
#include <tt/tt.h>

typedef struct Beside {
  Sequential *net;
  Optimizer  *sgd;
  Tensor     *x, *y;
} Beside;

static void step(void *beside)
{
  Beside *b = beside;
  tt_optimizer_zero_grad(b->sgd);
  tt_backward(tt_cross_entropy(tt_forward(b->net, b->x), b->y));
  tt_optimizer_step(b->sgd);
}

int main(void)
{
  tt_autograd_enable();
  Beside b = { .net = TT_SEQUENTIAL(
    tt_linear_new(784, 512, NULL), tt_activation_new(tt_relu),
    tt_linear_new(512, 512, NULL), tt_activation_new(tt_relu),
    tt_linear_new(512, 10, NULL)) };
  b.sgd = tt_sgd_new(tt_module_parameters(b.net),
                     (SgdOptions){ .lr = 0.01 });
  b.x = tt_rand(TT_SHAPE(256, 784), NULL);
  b.y = tt_randint(0, 10, TT_SHAPE(256), NULL);
  Profile *p = tt_profile(step, &b, b.net, (ProfilerOptions){
    .warmup = 3, .active = 5 });
  for (int i = 0; i < p->n; i++) {
    ProfileCost c = p->row[i].cost;
    printf("%s\t%d\t%g\t%.6f\t%.4f\n", p->row[i].name, p->row[i].phase,
           (double)c.calls / 5, 1e-6 * c.flops / 5,
           c.seconds / p->seconds);
  }
  tt_clear();
}
