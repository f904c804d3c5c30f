// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// runtimes.c - the same forward pass, 400 times.
#include "tt/tt.h"
#include "tt/machine.h"
#include <math.h>

enum { RUNS = 400 };

int main(void)
{
  Sequential *net = TT_SEQUENTIAL(tt_linear_new(784, 256, NULL),
    tt_activation_new(tt_relu), tt_linear_new(256, 10, NULL));
  Tensor *x = tt_rand(TT_SHAPE(32, 784), NULL);
  double seconds[RUNS], sum = 0, squares = 0;
  for (int i = 0; i < RUNS; i++) {
    TT_SCOPE;
    double start = tt_machine_now();
    tt_forward(net, x);
    seconds[i] = tt_machine_now() - start;
    sum += seconds[i], squares += seconds[i] * seconds[i];
  }
  double mean = sum / RUNS, std = sqrt(squares / RUNS - mean * mean);
  printf("run\tus\n");
  for (int i = 0; i < RUNS; i++)
    printf("%d\t%.3f\n", i + 1, 1e6 * seconds[i]);
  double first = seconds[0];
  Latency l = tt_latency_of(RUNS, seconds);
  printf("# runtimes.first\t%.0f µs\n# runtimes.mean\t%.1f µs\n"
         "# runtimes.median\t%.1f µs\n# runtimes.low\t%.1f\n"
         "# runtimes.high\t%.1f µs\n# runtimes.p99\t%.0f µs\n"
         "# runtimes.most\t%.0f µs\n# runtimes.std\t%.1f µs\n",
         1e6 * first, 1e6 * mean, 1e6 * l.median, 1e6 * l.low,
         1e6 * l.high, 1e6 * l.p99, 1e6 * l.most, 1e6 * std);
  return 0;
}
