// Made from chapters/17-compression.nw by tools/tangle: edit there.
#include "fifths.h"
#include "pruning.h"
#include <math.h>

enum { SEEDS = 10, HIDDEN = 256, WAYS = 7, SHARES = 5 };
static const char *const way[WAYS] = { "whole", "at once", "trained",
  "gradual", "ticket", "new start", "chance" };
static const double share[SHARES] = { 0.5, 0.8, 0.9, 0.95, 0.98 };

static Module *mlp(uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  return &TT_SEQUENTIAL(tt_linear_new(64, HIDDEN, &g),
                        tt_activation_new(tt_relu),
                        tt_linear_new(HIDDEN, 10, &g))->base;
}

static double learn(Module *net, Batch fit, Batch test, Pruning p)
{
  TT_SCOPE;
  BatchSource *data = tt_batches_new(fit.x, fit.y, (BatchOptions){
    .size = 32, .shuffle = true });
  Schedule lr = tt_schedule_cosine(0.01, 0, 40 * data->batches);
  tt_trainer_run(&(Trainer){
    .model = net, .loss = tt_cross_entropy, .train = data, .epochs = 40,
    .opt = tt_adam_new(tt_module_parameters(net),
                       (AdamOptions){ .lr = 0.01 }), .schedule = &lr,
    .after_step = p.pruner ? hold : NULL, .user = &p, .quiet = true });
  return percent(net, tt_batches_new(test.x, test.y, (BatchOptions){
    .size = 100 }));
}

static void set(Module *net, StateDict to)
{
  TT_SCOPE;
  tt_module_load_state_dict(net, to);
}

static StateDict copy_of(Module *net)
{
  StateDict now = tt_module_state_dict(net);
  StateDict d = tt_state_dict_new(now.n);
  for (int i = 0; i < now.n; i++) {
    memcpy(d.entry[i].name, now.entry[i].name, TT_NAME);
    *d.entry[i].slot = tt_clone(tt_detach(*now.entry[i].slot));
  }
  return d;
}

static void shuffle_masks(MagnitudePruner *p)
{
  Generator g;
  tt_manual_seed(&g, 0);
  for (int i = 0; i < p->n; i++) {
    uint8_t *m = p->tensor[i].mask->data, old;
    for (int64_t j = p->tensor[i].n - 1; j > 0; j--) {
      int64_t k = (int64_t)(tt_random(&g) % (uint64_t)(j + 1));
      old = m[j], m[j] = m[k], m[k] = old;
    }
  }
}

static void each_way(Module *net, StateDict trained, Batch fit,
                     Batch test, uint64_t seed, double to, double *got)
{
  TT_SCOPE;
  PruneOptions o = {0};
  MagnitudePruner *p = tt_magnitude_pruner_new(net, o);
  PruneSchedule rise = { .to = to, .end = 1200, .every = 20 };
  set(net, trained);
  got[3] = learn(net, fit, test, (Pruning){ p, &rise });
  p = tt_magnitude_pruner_new(net, o);
  set(net, copy_of(mlp(seed)));
  tt_pruner_remember(p);
  set(net, trained);
  tt_prune(p, to);
  got[1] = percent(net, tt_batches_new(test.x, test.y, (BatchOptions){
    .size = 100 }));
  got[2] = learn(net, fit, test, (Pruning){ p, NULL });
  tt_pruner_rewind(p);
  got[4] = learn(net, fit, test, (Pruning){ p, NULL });
  set(net, copy_of(mlp(seed + SEEDS)));
  tt_pruner_apply(p);
  got[5] = learn(net, fit, test, (Pruning){ p, NULL });
  shuffle_masks(p);
  tt_pruner_rewind(p);
  got[6] = learn(net, fit, test, (Pruning){ p, NULL });
}

static void add_seed(Tensor *rows, uint64_t seed,
                     double all[SHARES][WAYS][SEEDS])
{
  TT_SCOPE;
  Batch fit = fifth(rows, (int64_t)(seed % 5), true);
  Batch test = fifth(rows, (int64_t)(seed % 5), false);
  Module *net = mlp(seed);
  double whole = learn(net, fit, test, (Pruning){0});
  StateDict trained = copy_of(net);
  for (int s = 0; s < SHARES; s++) {
    double got[WAYS] = { whole };
    each_way(net, trained, fit, test, seed, share[s], got);
    for (int w = 0; w < WAYS; w++)
      all[s][w][seed] = got[w];
  }
}

static double mean(const double *x)
{
  double sum = 0;
  for (int i = 0; i < SEEDS; i++)
    sum += x[i] / SEEDS;
  return sum;
}

// of the mean of 10, with 95 %: 2.26 standard errors
static double interval(const double *x, const double *minus)
{
  double d[SEEDS], sum = 0;
  for (int i = 0; i < SEEDS; i++)
    d[i] = x[i] - (minus ? minus[i] : 0);
  double m = mean(d);
  for (int i = 0; i < SEEDS; i++)
    sum += (d[i] - m) * (d[i] - m);
  return 2.26 * sqrt(sum / (SEEDS - 1) / SEEDS);
}

static void print_values(double all[SHARES][WAYS][SEEDS])
{
  double (*at90)[SEEDS] = all[2], (*at95)[SEEDS] = all[3];
  printf("# prunedigits.whole\t%.1f %%\n# prunedigits.once\t%.1f %%\n"
         "# prunedigits.trained\t%.1f %%\n"
         "# prunedigits.gradual\t%.1f %%\n"
         "# prunedigits.gradual95\t%.1f %%\n"
         "# prunedigits.ticket95\t%.1f %%\n", mean(at90[0]),
         mean(at90[1]), mean(at90[2]), mean(at90[3]), mean(at95[3]),
         mean(at95[4]));
  printf("# prunedigits.lost\t%.1f\n# prunedigits.lost_by\t%.1f\n",
         mean(at90[0]) - mean(at90[3]), interval(at90[0], at90[3]));
  printf("# prunedigits.luck\t%.1f\n# prunedigits.luck_by\t%.1f\n",
         mean(at90[4]) - mean(at90[5]), interval(at90[4], at90[5]));
  printf("# prunedigits.luck95\t%.1f\n"
         "# prunedigits.luck95_by\t%.1f\n",
         mean(at95[4]) - mean(at95[5]), interval(at95[4], at95[5]));
}

static void print_table(Tensor *rows)
{
  static double all[SHARES][WAYS][SEEDS];
  for (uint64_t seed = 0; seed < SEEDS; seed++)
    add_seed(rows, seed, all);
  printf("zeros");
  for (int w = 0; w < WAYS; w++)
    printf("\t%s", way[w]);
  for (int s = 0; s < SHARES; s++) {
    printf("\n%g", 100 * share[s]);
    for (int w = 0; w < WAYS; w++)
      printf("\t%.2f", mean(all[s][w]));
  }
  printf("\n");
  print_values(all);
}

static void print_pixels(Tensor *rows)
{
  Batch fit = fifth(rows, 0, true), test = fifth(rows, 0, false);
  Module *net = mlp(0);
  learn(net, fit, test, (Pruning){0});
  PruneOptions o = {0};
  MagnitudePruner *p = tt_magnitude_pruner_new(net, o);
  PruneSchedule rise = { .to = 0.9, .end = 1200, .every = 20 };
  learn(net, fit, test, (Pruning){ p, &rise });
  const uint8_t *mask = p->tensor[0].mask->data;
  printf("column\trow\tneurons\n");
  for (int64_t i = 0; i < PIXELS; i++) {
    int n = 0;
    for (int64_t j = 0; j < HIDDEN; j++)
      n += mask[j * PIXELS + i];
    printf("%d\t%d\t%d\n", (int)i % 8, (int)i / 8, n);
  }
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  Tensor *rows = read_digits("build/data/digits.csv");
  if (argc > 1 && strcmp(argv[1], "--pixels") == 0)
    print_pixels(rows);
  else
    print_table(rows);
  return EXIT_SUCCESS;
}
