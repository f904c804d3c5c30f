// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// guess.c - the share of each operation of LeNet in the FLOPs, and in
// the time.
#include "models.h"

int main(void)
{
  tt_autograd_enable();
  Model m = model_named("lenet");
  Profile *p = tt_profile(step_of_model, &m, m.net,
    (ProfilerOptions){ .warmup = 3, .active = 20 });
  ProfileCost all = {0}, pool = {0};
  for (int i = 0; i < p->n; i++)
    tt_profile_add(&all, &p->row[i].cost);
  puts("operation        phase     FLOPs    time");
  for (int i = 0; i < p->n; i++) {
    const ProfileRow *r = &p->row[i];
    if (strstr(r->name, "pool"))
      tt_profile_add(&pool, &r->cost);
    if (i < 10)
      printf("%-16s %-8s %5.1f %% %5.1f %%\n", r->name,
             r->phase == TT_FORWARD ? "forward"
             : r->phase == TT_BACKWARD ? "backward" : "",
             100 * r->cost.flops / all.flops,
             100 * r->cost.seconds / all.seconds);
  }
  printf("# guess.poolflops\t%.1f %%\n# guess.pooltime\t%.0f %%\n",
         100 * pool.flops / all.flops,
         100 * pool.seconds / all.seconds);
  tt_clear();
}
