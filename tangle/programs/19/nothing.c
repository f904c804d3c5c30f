// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// A network is measured, and once more; nothing changed meanwhile.
#include <stdio.h>
#include "tt/tt.h"

static Module *network_to_time(void)
{
  Generator g;
  tt_manual_seed(&g, 1);
  Sequential *net = TT_SEQUENTIAL(
    tt_linear_new(64, 256, &g), tt_activation_new(tt_relu),
    tt_linear_new(256, 10, &g));
  return tt_module_eval(net), &net->base;
}

int main(void)
{
  Module *net = network_to_time();
  Tensor *x = tt_ones(TT_SHAPE(32, 64));
  LatencyOptions o = { .seconds = 0.3, .width = 0.005 };
  int differ = 0;
  printf("%25s %26s\n", "first, us", "again, us");
  for (int i = 0; i < 8; i++) {
    Latency a = tt_measure_latency(net, x, o);
    Latency b = tt_measure_latency(net, x, o);
    bool apart = a.high < b.low || b.high < a.low;
    differ += apart;
    printf("%7.2f (%6.2f to %6.2f) %7.2f (%6.2f to %6.2f) %+5.1f %%%s"
           "\n",
           1e6 * a.median, 1e6 * a.low, 1e6 * a.high, 1e6 * b.median,
           1e6 * b.low, 1e6 * b.high, 100 * (b.median / a.median - 1),
           apart ? "  apart" : "");
  }
  printf("%d of 8 pairs of intervals are apart\n", differ);
}
