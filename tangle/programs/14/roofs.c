// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// roofs.c - the roofs of this machine, and below them the operations
// of a step of TinyGPT and of the deep network.
#include "models.h"

static void points(const Roofline *r, const char *name)
{
  TT_SCOPE;
  Model m = model_named(name);
  Profile *p = tt_profile(step_of_model, &m, m.net, (ProfilerOptions){
    .warmup = 1, .active = 3, .events = -1 });
  for (int i = 0; i < p->n && i < 12; i++) {
    const ProfileCost *c = &p->row[i].cost;
    if (c->flops > 0 && c->kernels > 0)
      printf("%s\t%s\t%.4g\t%.4g\t%.4g\n", name, p->row[i].name,
             c->flops / c->bytes, c->flops / c->kernels / 1e9,
             100 * c->seconds / p->seconds);
  }
  (void)r;
}

int main(void)
{
  tt_autograd_enable();
  Roofline r = tt_roofline();
  printf("model\toperation\tintensity\tgflops\tshare\n");
  points(&r, "tinygpt");
  points(&r, "cifar");
  double memory = r.rate[TT_LEVELS - 1];
  printf("# roofs.gemm\t%.0f GFLOP/s\n# roofs.registers\t%.0f GFLOP/s\n"
         "# roofs.memory\t%.0f GB/s\n# roofs.cache\t%.0f GB/s\n"
         "# roofs.ridge\t%.1f\n", r.gemm / 1e9, r.peak / 1e9,
         memory / 1e9, r.rate[0] / 1e9, r.gemm / memory);
  return 0;
}
