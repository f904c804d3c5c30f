// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include "passes.h"

static double felt_seconds(Job *j)
{
  int64_t n = 2 * tt_module_count(j->net);
  double start = tt_machine_now();
  for (int64_t i = 0; i < n; i++)
    there(j);
  return tt_machine_now() - start;
}

int main(void)
{
  tt_autograd_enable();
  printf("weights\tloss_us\ttape_us\tdifferences_us\n");
  double loss = 1, tape = 1;
  for (int width = 2; width <= 2048; width *= 2) {
    TT_SCOPE;
    Job j = job_new(128, 64, width);
    int64_t n = tt_module_count(j.net);
    loss = tt_machine_time(there, &j) * 1e6;
    tape = tt_machine_time(there_and_back, &j) * 1e6;
    double felt = 2e-6 * loss * (double)n < 3
                ? felt_seconds(&j) * 1e6 : 2 * loss * (double)n;
    printf("%lld\t%.1f\t%.1f\t%.0f\n", (long long)n, loss, tape, felt);
  }
  printf("# gradcost.price\t%.1f\n", tape / loss);
}
