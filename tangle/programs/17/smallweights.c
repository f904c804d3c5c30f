// Made from chapters/17-compression.nw by tools/tangle: edit there.
#include "pruning.h"

static const Plan plan = { .width = 32 };

static double all_numbers(Module *net, const char *under)
{
  TT_SCOPE;
  StateDict d = tt_module_parameters(net);
  const char *list[] = { under, NULL };
  double n = 0;
  for (int i = 0; i < d.n; i++)
    if (!*under || tt_named(d.entry[i].name, list))
      n += (double)tt_numel(*d.entry[i].slot);
  return n;
}

static void print_parts(Module *net)
{
  TT_SCOPE;
  const Profile *p = tt_profile_forward_pass(net, two_pictures());
  double numbers = all_numbers(net, "");
  double flops = p->module[0].total[TT_FORWARD].flops;
  printf("profile first        bytes   FLOP\n");
  for (int i = 1; i < p->modules; i++) {
    const ProfileModule *m = &p->module[i];
    const char *t = m->type;
    if (strcmp(t, "Conv2d") == 0 || strcmp(t, "Linear") == 0)
      printf("%-10s %-6s %6.1f %% %4.1f %%\n", m->name, t,
             100 * all_numbers(net, m->name) / numbers,
             100 * m->self[TT_FORWARD].flops / flops);
  }
}

static double squares(Module *net)
{
  TT_SCOPE;
  StateDict d = tt_module_parameters(net);
  double sum = 0;
  for (int i = 0; i < d.n; i++) {
    Tensor *t = tt_detach(*d.entry[i].slot);
    if (t->rank > 1)
      sum += tt_item(tt_sum(tt_mul(t, t), TT_ALL, false));
  }
  return sum;
}

static void print_zeros(Sets s)
{
  static const double share[] = { 0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9 };
  Batch test = { tt_slice(s.test.x, 0, 0, 2000, 1),
                 tt_slice(s.test.y, 0, 0, 2000, 1) };
  double all = squares(trained_network());
  printf("\nset to 0   squares lost    right\n");
  for (int i = 0; i < 7; i++) {
    TT_SCOPE;
    Module *net = trained_network();
    PruneOptions o = {0};
    tt_prune(tt_magnitude_pruner_new(net, o), share[i]);
    printf("%5.0f %%   %9.1f %%  %7.1f %%\n", 100 * share[i],
           100 * (1 - squares(net) / all),
           percent(net, loader(test, &plan, false)));
  }
}

int main(void)
{
  tt_autograd_enable();
  print_parts(trained_network());
  print_zeros(photographs(5));
  return EXIT_SUCCESS;
}
