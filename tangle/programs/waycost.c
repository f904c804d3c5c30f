// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

static void additions(void *x)
{
  TT_SCOPE;
  for (int i = 0; i < 1000; i++)
    tt_add(x, x);
}

static void measure_additions(void)
{
  Tensor *x = tt_ones(TT_SHAPE(1));
  double plain = machine_time(additions, x) * 1e6;
  tt_requires_grad_(x, true);
  double recorded = machine_time(additions, x) * 1e6;
  int64_t before = tt_tape_bytes();
  tt_add(x, x);
  printf("waycost.add\t%.0f ns\nwaycost.add_recorded\t%.0f ns\n"
         "waycost.record\t%.0f ns\n", plain, recorded,
         recorded - plain);
  printf("waycost.node\t%lld\nwaycost.edge\t%zu\n",
         (long long)(tt_tape_bytes() - before), sizeof(Edge));
}

typedef struct Job { Sequential *net; Tensor *x, *label; } Job;

static void there(void *arg)
{
  Job *j = arg;
  TT_NO_GRAD;
  tt_cross_entropy(tt_forward(j->net, j->x), j->label);
}

static void there_and_back(void *arg)
{
  Job *j = arg;
  TT_SCOPE;
  tt_backward(tt_cross_entropy(tt_forward(j->net, j->x), j->label));
}

static void measure_network(void)
{
  Job j = { TT_SEQUENTIAL(linear_new(784, 128, NULL),
                          activation_new(tt_relu),
                          linear_new(128, 10, NULL)),
            tt_rand(TT_SHAPE(64, 784), NULL),
            tt_to(tt_zeros(TT_SHAPE(64)), TT_I32) };
  double go = machine_time(there, &j);
  double both = machine_time(there_and_back, &j);
  tt_requires_grad_(j.x, true);
  double full = machine_time(there_and_back, &j);
  printf("waycost.there\t%.0f µs\nwaycost.ratio\t%.1f\n"
         "waycost.full\t%.1f\n", go * 1e6, (both - go) / go,
         (full - go) / go);
}

int main(void)
{
  tt_autograd_enable();
  measure_additions();
  measure_network();
}
