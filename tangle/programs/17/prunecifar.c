// Made from chapters/17-compression.nw by tools/tangle: edit there.
#include "pruning.h"
#include <math.h>
#include <time.h>

static const Plan plan = { .width = 32, .seed = 1 };
#define ZEROS made("build/cifar-zeros.safetensors", \
                   "build/bin/prunecifar zeros", 25)
#define NARROW made("build/cifar-narrow.safetensors", \
                    "build/bin/prunecifar narrow", 10)

static void tune(Module *net, Sets s, int64_t epochs, double rate,
                 Pruning *p)
{
  TT_SCOPE;
  BatchSource *data = loader(s.fit, &plan, true);
  Schedule lr = tt_schedule_cosine(rate, 0, epochs * data->batches);
  SgdOptions o = { .lr = rate, .momentum = 0.9, .nesterov = true,
                   .weight_decay = 5e-4 };
  tt_trainer_run(&(Trainer){
    .model = net, .loss = tt_cross_entropy, .metric = tt_accuracy,
    .opt = tt_sgd_new(tt_module_parameters(net), o), .train = data,
    .valid = loader(s.valid, &plan, false), .schedule = &lr,
    .epochs = epochs, .after_step = p ? hold : NULL, .user = p });
}

static void save(const char *path, Module *net)
{
  TT_SCOPE;
  tt_save_file(path, tt_module_state_dict(net), (Metadata){0});
}

static void make_zeros(Sets s)
{
  Module *net = trained_network();
  PruneOptions o = {0};
  MagnitudePruner *p = tt_magnitude_pruner_new(net, o);
  int64_t steps = s.fit.x->shape[0] / 64;
  PruneSchedule rise = { .to = 0.9, .end = 18 * steps / 10,
                         .every = 20 };
  tune(net, s, 2, 0.02, &(Pruning){ p, &rise });
  tune(net, s, 6, 0.04, &(Pruning){ p, NULL });
  save("build/cifar-zeros.safetensors", net);
}

static void print_layers(void)
{
  Module *net = trained_network();
  tt_load_model(ZEROS, net);
  PruneOptions o = {0};
  MagnitudePruner *p = tt_magnitude_pruner_new(net, o);
  tt_prune_to(p, 0.9);             // those that are 0
  tt_pruner_print(p);
}

static StructuredPruner *narrow_plan(Module *net)
{
  StructuredOptions o = { .multiple = 8 };
  StructuredPruner *p = tt_structured_pruner_new(net, two_pictures(),
                                                 o);
  tt_structured_choose(p, 0.33);
  return p;
}

static void make_narrow(Sets s)
{
  Module *net = trained_network();
  tt_structured_remove(narrow_plan(net));
  tune(net, s, 6, 0.04, NULL);
  save("build/cifar-narrow.safetensors", net);
}

static void print_plan(Sets s)
{
  Module *net = trained_network();
  BatchSource *valid = loader(s.valid, &plan, false);
  StructuredPruner *p = narrow_plan(net);
  tt_structured_print(p);
  printf("\nright of 1,000 others: %.1f %%\n", percent(net, valid));
  tt_structured_remove(p);
  printf("at once:               %.1f %%\n", percent(net, valid));
  net = network(32, 0);
  tt_load_pruned(NARROW, net);
  printf("six epochs later:      %.1f %%\n", percent(net, valid));
}

static double milliseconds(Module *net, Tensor *x)
{
  TT_NO_GRAD;
  double best = HUGE_VAL;
  for (int i = 0; i < 9; i++) {
    TT_SCOPE;
    clock_t start = clock();
    tt_forward(net, x);
    best = fmin(best, (double)(clock() - start));
  }
  return best / CLOCKS_PER_SEC * 1000;
}

typedef struct Facts {
  double numbers, nonzero, flops, one, many, right;
} Facts;
static Facts facts_of(Module *net, Sets s)
{
  TT_SCOPE;
  StateDict d = tt_module_parameters(net);
  Facts f = { .numbers = (double)tt_module_count(net) };
  for (int i = 0; i < d.n; i++) {
    Tensor *t = tt_detach(*d.entry[i].slot);
    t = tt_ne(t, tt_zeros(TT_SCALAR));
    f.nonzero += tt_item(tt_sum(t, TT_ALL, false));
  }
  tt_module_eval(net);
  Tensor *x = tt_rand(TT_SHAPE(64, 3, 32, 32), NULL);
  Tensor *one = tt_slice(x, 0, 0, 1, 1);
  f.flops = tt_count_flops(net, one);
  f.one = milliseconds(net, one), f.many = milliseconds(net, x);
  f.right = percent(net, loader(s.test, &plan, false));
  return f;
}

static void print_facts(Sets s)
{
  Module *net = trained_network();
  Facts whole = facts_of(net, s);
  tt_load_model(ZEROS, net);
  Facts zeros = facts_of(net, s);
  tt_load_pruned(NARROW, net);
  Facts narrow = facts_of(net, s);
  const Facts *all[] = { &whole, &zeros, &narrow };
  printf("network\tnumbers\tnonzero\tMFLOP\tone\tmany\tright\n");
  for (int i = 0; i < 3; i++)
    printf("%d\t%.0f\t%.0f\t%.2f\t%.3f\t%.2f\t%.2f\n", i,
           all[i]->numbers, all[i]->nonzero, all[i]->flops / 1e6,
           all[i]->one, all[i]->many, all[i]->right);
  printf("# prunecifar.whole\t%.1f %%\n# prunecifar.zeros\t%.1f %%\n"
         "# prunecifar.narrow\t%.1f %%\n", whole.right, zeros.right,
         narrow.right);
  printf("# prunecifar.nonzero\t%.0f,%03d\n"
         "# prunecifar.lost_zeros\t%.1f\n"
         "# prunecifar.lost_narrow\t%.1f\n",
         floor(zeros.nonzero / 1000), (int)zeros.nonzero % 1000,
         whole.right - zeros.right, whole.right - narrow.right);
  printf("# prunecifar.numbers\t%.0f %%\n# prunecifar.flops\t%.0f %%\n"
         "# prunecifar.faster\t%.1f\n# prunecifar.one\t%.1f\n",
         100 * narrow.numbers / whole.numbers,
         100 * narrow.flops / whole.flops, whole.many / narrow.many,
         whole.one / narrow.one);
}

enum { BINS = 81 };

static void count_weights(Module *net, double *bin)
{
  TT_SCOPE;
  StateDict d = tt_module_parameters(net);
  for (int i = 0; i < d.n; i++) {
    const Tensor *t = *d.entry[i].slot;
    const Real *w = t->data;
    for (int64_t j = 0; t->rank == 4 && j < tt_numel(t); j++) {
      int k = (int)floor(((double)w[j] + 0.2025) / 0.005);
      if (w[j] != 0 && k >= 0 && k < BINS)
        bin[k] += 1e-3;
    }
  }
}

static void print_weights(Module *whole, Module *zeros)
{
  double before[BINS] = {0}, after[BINS] = {0};
  count_weights(whole, before), count_weights(zeros, after);
  printf("weight\tbefore\tafter\n");
  for (int i = 0; i < BINS; i++)
    printf("%.3f\t%.3f\t%.3f\n", 0.005 * (i - BINS / 2), before[i],
           after[i]);
}

static void print_filters(Module *net, int which)
{
  const Tensor *t = *tt_module_parameters(net).entry[0].slot;
  const Real *w = t->data;             // (32,3,3,3)
  for (int k = 0; k < 32; k++, w += 27) {
    double most = 0;
    for (int i = 0; i < 27; i++)
      most = fmax(most, fabs((double)w[i]));
    for (int i = 0; i < 27; i++)
      printf("%d\t%d\t%d\t%d\t%.3f\n", which, k, i % 3, i / 3,
             (double)w[i] / most);
  }
}

static void print_pictures(bool filters)
{
  Module *whole = trained_network(), *zeros = network(32, 0);
  tt_load_model(ZEROS, zeros);
  if (!filters) {
    print_weights(whole, zeros);
    return;
  }
  printf("which\tfilter\tcolumn\trow\tvalue\n");
  print_filters(whole, 0);
  print_filters(zeros, 1);
}

static void print_widths(void)
{
  Tensor *x = tt_rand(TT_SHAPE(64, 3, 32, 32), NULL);
  Module *net = network(32, 0);
  tt_module_eval(net);
  double all = tt_count_flops(net, two_pictures());
  printf("multiple\toperations\tms\n");
  static const int multiple[] = { 1, 8, 16 };
  for (int i = 0; i < 3; i++)
    for (double share = 0; share < 0.8; share += 0.06) {
      TT_SCOPE;
      StructuredOptions o = { .multiple = multiple[i] };
      net = network(32, 0);
      tt_prune_channels(net, two_pictures(), share, o);
      tt_module_eval(net);
      printf("%d\t%.1f\t%.2f\n", multiple[i],
             100 * tt_count_flops(net, two_pictures()) / all,
             milliseconds(net, x));
    }
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "zeros") == 0)
    make_zeros(photographs(5));
  else if (strcmp(what, "narrow") == 0)
    make_narrow(photographs(5));
  else if (strcmp(what, "--layers") == 0)
    print_layers();
  else if (strcmp(what, "--plan") == 0)
    print_plan(photographs(5));
  else if (strcmp(what, "--weights") == 0)
    print_pictures(false);
  else if (strcmp(what, "--filters") == 0)
    print_pictures(true);
  else if (strcmp(what, "--widths") == 0)
    print_widths();
  else
    print_facts(photographs(5));
  return EXIT_SUCCESS;
}
