// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// Four numbers of a training, chosen by chance, by halving, and by a
// Gaussian process, each with the budget of twelve trainings.
#include <stdio.h>
#include <math.h>
#include <stdlib.h>
#include "../17/fifths.h"

enum { SEEDS = 10, BUDGET = 12, METHODS = 3, EPOCHS = 27 };
static const SearchRange range[] = {
  { "rate", 1e-4, 3, true, false },
  { "momentum", 0, 0.99, false, false },
  { "decay", 1e-6, 0.1, true, false },
  { "hidden", 4, 64, true, true }
};

typedef struct Sets { Batch fit, valid, test; uint64_t seed; } Sets;

static Module *trained(const Sets *s, const double *x, double share)
{
  Generator g;
  tt_manual_seed(&g, s->seed);
  int64_t h = (int64_t)x[3], epochs = llround(EPOCHS * share);
  Sequential *m = TT_SEQUENTIAL(tt_linear_new(64, h, &g),
                                tt_activation_new(tt_relu),
                                tt_linear_new(h, 10, &g));
  BatchOptions o = { .size = 32, .shuffle = true, .seed = s->seed };
  BatchSource *data = tt_batches_new(s->fit.x, s->fit.y, o);
  tt_trainer_run(&(Trainer){ .model = m, .loss = tt_cross_entropy,
    .train = data, .epochs = epochs, .quiet = true,
    .opt = tt_sgd_new(tt_module_parameters(m), (SgdOptions){
      .lr = x[0], .momentum = x[1], .weight_decay = x[2] }) });
  tt_module_eval(m);
  return &m->base;
}

static double loss_on(Module *m, Batch b)
{
  TT_NO_GRAD;
  return tt_item(tt_cross_entropy(tt_forward(m, b.x), b.y));
}

static double score(void *arg, const double *x, double share)
{
  const Sets *s = arg;
  return loss_on(trained(s, x, share), s->valid);
}

static Sets read_sets(void)
{
  Tensor *rows = read_digits("build/data/digits.csv"), *x[3], *y[3];
  Sets s = { .valid = fifth(rows, 3, false),
             .test = fifth(rows, 4, false) };
  for (int k = 0; k < 3; k++) {
    Batch b = fifth(rows, k, false);
    x[k] = b.x, y[k] = b.y;
  }
  s.fit = (Batch){ tt_cat(3, x, 0), tt_cat(3, y, 0) };
  return s;
}

typedef struct Course {            // of one method
  double best[BUDGET + 1][SEEDS];  // after so many trainings
  double valid[SEEDS], test[SEEDS], right[SEEDS];
} Course;

static void follow(Sets *s, SearchMethod method, int i, Course *c)
{
  TT_SCOPE;
  s->seed = (uint64_t)i;
  SearchOptions o = { .method = method, .n = 4, .range = range,
                      .budget = BUDGET, .seed = s->seed };
  SearchResult *r = tt_hyperparameter_search(score, s, o);
  double spent = 0, best = log(10);      // as good as a guess
  int at = 0;
  for (int k = 0; k < r->n; k++) {
    spent += r->tried[k].share;
    for (; at < spent - 1e-9 && at <= BUDGET; at++)
      c->best[at][i] = best;
    if (r->tried[k].share == 1)
      best = fmin(best, r->tried[k].score);
  }
  for (; at <= BUDGET; at++)
    c->best[at][i] = best;
  Module *m = trained(s, r->best.x, 1);
  c->valid[i] = r->best.score;
  c->test[i] = loss_on(m, s->test), c->right[i] = right_of(m, s->test);
}

// of the mean of a[i] - b[i], pairs with the same seed
static void print_difference(const char *what, const double *a,
                             const double *b)
{
  Interval d = tt_bootstrap_difference(SEEDS, a, b, tt_stat_mean,
                                       (BootstrapOptions){0});
  printf("# searchdigits.%s\t%.3f (%.3f to %.3f)\n", what, d.value,
         d.low, d.high);
}

static void print_course(const char *name, const Course *c)
{
  printf("# searchdigits.%s\t%.3f\n# searchdigits.%s_right\t%.1f %%\n",
         name, tt_stat_mean(SEEDS, c->test), name,
         tt_stat_mean(SEEDS, c->right));
}

int main(void)
{
  static Course c[METHODS];
  tt_autograd_enable();
  Sets s = read_sets();
  for (int i = 0; i < SEEDS; i++)
    for (int m = 0; m < METHODS; m++)
      follow(&s, (SearchMethod)m, i, &c[m]);
  printf("trainings\trandom\thalving\tprocess\n");
  for (int at = 1; at <= BUDGET; at++)
    printf("%d\t%.4f\t%.4f\t%.4f\n", at,
           tt_stat_mean(SEEDS, c[0].best[at]),
           tt_stat_mean(SEEDS, c[1].best[at]),
           tt_stat_mean(SEEDS, c[2].best[at]));
  print_course("random", &c[0]);
  print_course("halving", &c[1]);
  print_course("process", &c[2]);
  print_difference("halving_gain", c[0].test, c[1].test);
  print_difference("process_gain", c[0].test, c[2].test);
  print_difference("optimism", c[0].test, c[0].valid);
  tt_clear();
}
