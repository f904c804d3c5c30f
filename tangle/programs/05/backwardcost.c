// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include "passes.h"

static void additions(void *x)
{
  TT_SCOPE;
  for (int i = 0; i < 1000; i++)
    tt_add(x, x);
}

static void measure_additions(void)
{
  Tensor *x = tt_ones(TT_SHAPE(1));
  double plain = tt_machine_time(additions, x) * 1e6;
  tt_requires_grad_(x, true);
  double recorded = tt_machine_time(additions, x) * 1e6;
  int64_t before = tt_tape_bytes();
  tt_add(x, x);
  printf("backwardcost.add\t%.0f ns\n"
         "backwardcost.add_recorded\t%.0f ns\n"
         "backwardcost.record\t%.0f ns\n", plain, recorded,
         recorded - plain);
  printf("backwardcost.node\t%lld\nbackwardcost.saved\t%zu\n",
         (long long)(tt_tape_bytes() - before), sizeof(SavedTensor));
}

static void measure_network(void)
{
  Job j = job_new(64, 784, 128);
  double go = tt_machine_time(there, &j);
  double both = tt_machine_time(there_and_back, &j);
  tt_requires_grad_(j.x, true);
  double full = tt_machine_time(there_and_back, &j);
  printf("backwardcost.there\t%.0f µs\nbackwardcost.ratio\t%.1f\n"
         "backwardcost.full\t%.1f\n", go * 1e6, (both - go) / go,
         (full - go) / go);
}

int main(void)
{
  tt_autograd_enable();
  measure_additions();
  measure_network();
}
