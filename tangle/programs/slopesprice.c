// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

typedef struct Job { Sequential *net; Tensor *x, *label; } Job;

static void one_loss(void *arg)
{
  Job *j = arg;
  TT_NO_GRAD;
  tt_cross_entropy(tt_forward(j->net, j->x), j->label);
}

static void one_gradient(void *arg)
{
  Job *j = arg;
  TT_SCOPE;
  tt_backward(tt_cross_entropy(tt_forward(j->net, j->x), j->label));
}

static double felt_seconds(Job *j)
{
  int64_t n = 2 * module_count(j->net);
  double start = machine_now();
  for (int64_t i = 0; i < n; i++)
    one_loss(j);
  return machine_now() - start;
}

int main(void)
{
  tt_autograd_enable();
  printf("weights\tloss_us\ttape_us\tdifferences_us\n");
  for (int width = 2; width <= 2048; width *= 2) {
    TT_SCOPE;
    Job j = { TT_SEQUENTIAL(linear_new(64, width, NULL),
                            activation_new(tt_relu),
                            linear_new(width, 10, NULL)),
              tt_rand(TT_SHAPE(128, 64), NULL),
              tt_to(tt_zeros(TT_SHAPE(128)), TT_I32) };
    int64_t n = module_count(j.net);
    double loss = machine_time(one_loss, &j) * 1e6;
    double felt = 2e-6 * loss * (double)n < 3
                ? felt_seconds(&j) * 1e6 : 2 * loss * (double)n;
    printf("%lld\t%.1f\t%.1f\t%.0f\n", (long long)n, loss,
           machine_time(one_gradient, &j) * 1e6, felt);
  }
}
