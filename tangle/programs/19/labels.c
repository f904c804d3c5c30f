// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// How many labels are needed: asked for at random, or where the network
// is least certain. And does it help to begin with what is easy?
#include <stdio.h>
#include <stdlib.h>
#include "../17/fifths.h"

enum { SEEDS = 10, FIRST = 40, EACH = 20, MOST = 320, ROUNDS = 15,
       HIDDEN = 64 };

typedef struct Lesson {
  Batch  test;
  int64_t steps;                   // in a round
  double *right;                   // percent after each round
} Lesson;

static Module *new_network(void *arg, uint64_t seed)
{
  (void)arg;
  Generator g;
  tt_manual_seed(&g, seed);
  return &TT_SEQUENTIAL(tt_linear_new(64, HIDDEN, &g),
                        tt_activation_new(tt_relu),
                        tt_linear_new(HIDDEN, 10, &g))->base;
}

static void teach(void *arg, Module *m, Batch known, int round)
{
  const Lesson *l = arg;
  BatchSource *data = tt_batches_new(known.x, known.y, (BatchOptions){
    .size = 20, .shuffle = true, .seed = 3 });
  int64_t epochs = l->steps / data->batches;
  Schedule fall = tt_schedule_cosine(0.01, 0, l->steps);
  Optimizer *adam = tt_adam_new(tt_module_parameters(m),
                                (AdamOptions){ .lr = 0.01 });
  tt_trainer_run(&(Trainer){ .model = m, .loss = tt_cross_entropy,
    .train = data, .epochs = epochs ? epochs : 1, .quiet = true,
    .schedule = &fall, .opt = adam });
  if (round >= 0)
    l->right[round] = right_of(m, l->test);
}

static double learned[2][ROUNDS][SEEDS];       // random, asked

static void ask_for_labels(Batch all, Batch test, int seed)
{
  for (int active = 0; active < 2; active++) {
    TT_SCOPE;
    double right[ROUNDS] = { 0 };
    Lesson l = { test, 300, right };
    tt_adaptive_training(all.x, all.y, (AdaptiveOptions){
      .order = active ? TT_ACTIVE : TT_RANDOM_ORDER, .first = FIRST,
      .each = EACH, .most = MOST, .anew = true,
      .seed = (uint64_t)seed, .make = new_network, .train = teach,
      .arg = &l });
    for (int r = 0; r < ROUNDS; r++)
      learned[active][r][seed] = right[r];
  }
}

// in six rounds of few steps, the examples at random or the easy first
static void in_order(Batch all, Batch test, AdaptiveOrder order,
                     int seed, double right[6])
{
  TT_SCOPE;
  Lesson l = { test, 40, right };
  int64_t n = all.x->shape[0];
  tt_adaptive_training(all.x, all.y, (AdaptiveOptions){
    .order = order, .first = n / 6, .each = n / 6 + 1, .most = n,
    .seed = (uint64_t)seed, .make = new_network, .train = teach,
    .arg = &l });
}

static const double *after(bool asked, int labels)
{
  return learned[asked][(labels - FIRST) / EACH];
}

static void print_rows(void)
{
  printf("labels\trandom\tlow\thigh\tasked\tlow\thigh\n");
  for (int n = FIRST; n <= MOST; n += EACH) {
    printf("%d", n);
    for (int asked = 0; asked < 2; asked++) {
      Interval i = tt_bootstrap(SEEDS, after(asked, n), tt_stat_mean,
                                (BootstrapOptions){0});
      printf("\t%.2f\t%.2f\t%.2f", i.value, i.low, i.high);
    }
    printf("\n");
  }
}

// of the mean of a[i] - b[i], pairs with the same seed
static void print_difference(const char *what, const double *a,
                             const double *b)
{
  Interval d = tt_bootstrap_difference(SEEDS, a, b, tt_stat_mean,
                                       (BootstrapOptions){0});
  printf("# labels.%s\t%+.1f (%+.1f to %+.1f)\n", what, d.value, d.low,
         d.high);
}

int main(void)
{
  tt_autograd_enable();
  Tensor *rows = read_digits("build/data/digits.csv");
  Batch all = fifth(rows, 4, true), test = fifth(rows, 4, false);
  double plain[SEEDS], easy[SEEDS];
  for (int i = 0; i < SEEDS; i++) {
    double right[6] = { 0 };
    ask_for_labels(all, test, i);
    in_order(all, test, TT_RANDOM_ORDER, i, right);
    plain[i] = right[5];
    in_order(all, test, TT_CURRICULUM, i, right);
    easy[i] = right[5];
  }
  print_rows();
  const double *few = after(true, MOST / 2), *many = after(false, MOST);
  printf("# labels.few\t%d\n# labels.many\t%d\n"
         "# labels.asked\t%.1f %%\n# labels.random\t%.1f %%\n",
         MOST / 2, MOST, tt_stat_mean(SEEDS, few),
         tt_stat_mean(SEEDS, many));
  print_difference("gain", few, many);
  print_difference("curriculum", easy, plain);
  tt_clear();
}
