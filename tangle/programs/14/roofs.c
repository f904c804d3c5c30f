// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// roofs.c - the roofs of this machine, and below them the operations
// of a step of TinyGPT and of the deep network.
#include "models.h"

static double conv, pool;          // GFLOP/s, the faster direction

static void points(const char *name)
{
  TT_SCOPE;
  Model m = model_named(name);
  Profile *p = tt_profile(step_of_model, &m, m.net, (ProfilerOptions){
    .warmup = 1, .active = 3, .events = -1 });
  for (int i = 0; i < p->n && i < 12; i++) {
    const ProfileCost *c = &p->row[i].cost;
    double speed = c->flops / c->kernels / 1e9;
    if (strcmp(p->row[i].name, "tt_conv2d") == 0)
      conv = fmax(conv, speed);
    if (strcmp(p->row[i].name, "tt_max_pool2d") == 0)
      pool = fmax(pool, speed);
    if (c->flops > 0 && c->kernels > 0)
      printf("%s\t%s\t%.4g\t%.4g\t%.4g\n", name, p->row[i].name,
             c->flops / c->bytes, speed,
             100 * c->seconds / p->seconds);
  }
}

int main(void)
{
  tt_autograd_enable();
  Roofline r = tt_roofline();
  printf("model\toperation\tintensity\tgflops\tshare\n");
  points("tinygpt");
  points("cifar");
  double memory = r.rate[TT_LEVELS - 1];
  printf("# roofs.conv\t%.0f GFLOP/s\n# roofs.pool\t%.1g GFLOP/s\n",
         conv, pool);
  printf("# roofs.gemm\t%.0f GFLOP/s\n# roofs.registers\t%.0f GFLOP/s\n"
         "# roofs.memory\t%.0f GB/s\n# roofs.cache\t%.0f GB/s\n"
         "# roofs.ridge\t%.1f\n", r.gemm / 1e9, r.peak / 1e9,
         memory / 1e9, r.rate[0] / 1e9, r.gemm / memory);
  return 0;
}
