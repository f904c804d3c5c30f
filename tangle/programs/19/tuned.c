// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// One network for a microcontroller: what was tried, and how it ended.
#include <math.h>
#include "tuned.h"

static const char *verdict(const TuneTrial *t, const TuneLimits *l)
{
  if (isnan(t->cost.lost))
    return strcmp(t->why, "changes nothing") ? "fails" : t->why;
  if (!(t->cost.lost + t->cost.within <= l->lost))
    return "loses too much";
  return tt_tune_missed(&t->cost, l) > 0 ? "too large" : "fits";
}

static void print_row(const TuneTrial *t, const TuneLimits *l)
{
  if (isnan(t->cost.lost))
    printf("%-32s %6s %8s  %s\n", t->name, "", "", verdict(t, l));
  else
    printf("%-32s %6.1f %8.1f  %s%s\n", t->name[0] ? t->name
           : t->run.backend, 100 * t->cost.lost,
           (double)t->cost.bytes / 1024, verdict(t, l),
           t->kept ? ", kept" : "");
}

int main(void)
{
  tt_autograd_enable();
  TuneData d = tune_data();
  Generator g;
  tt_manual_seed(&g, 1);
  Module *m = &TT_SEQUENTIAL(
    tt_linear_new(64, 256, &g), tt_activation_new(tt_relu),
    tt_linear_new(256, 256, &g), tt_activation_new(tt_relu),
    tt_linear_new(256, 10, &g))->base;
  learn(m, &d, 20, 3e-3, 1);
  TuneResult *r = tt_optimization_pipeline(m, &d, TT_MICROCONTROLLER,
                                           0.02);
  TuneLimits l = tt_tune_target(TT_MICROCONTROLLER).limits;
  l.lost = 0.02;
  printf("%-32s %6s %8s\n", "tried", "lost", "KiB");
  for (int i = 0; i < r->n; i++)
    if (r->trial[i].kept || (r->trial[i].name[0]
                             && !strchr(r->trial[i].name, ',')))
      print_row(&r->trial[i], &l);
  printf("%d tried; chosen: %s\nlost %.1f points, on fresh digits %.1f\n",
         r->n, r->model ? r->name : r->missed, 100 * r->after.lost,
         100 * r->fresh.lost);
  tt_clear();
}
