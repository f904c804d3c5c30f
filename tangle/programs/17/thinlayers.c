// Made from chapters/17-compression.nw by tools/tangle: edit there.
// How many directions a trained layer has.
#include <math.h>
#include <stdio.h>
#include "tt/machine.h"
#include "fifths.h"
#include "pruning.h"

enum { WIDE = 256, SEEDS = 5, RANKS = 6 };
static const int64_t rank[RANKS] = { 2, 4, 8, 16, 32, 64 };

static Sequential *mlp(uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  return TT_SEQUENTIAL(tt_linear_new(64, WIDE, &g),
    tt_activation_new(tt_relu), tt_linear_new(WIDE, WIDE, &g),
    tt_activation_new(tt_relu), tt_linear_new(WIDE, 10, &g));
}

static void learn(void *net, Batch b, double rate, int64_t epochs)
{
  BatchSource *data = tt_batches_new(b.x, b.y, (BatchOptions){
    .size = 32, .shuffle = true });
  Schedule lr = tt_schedule_cosine(rate, 0, epochs * data->batches);
  AdamOptions o = { .lr = rate };
  tt_trainer_run(&(Trainer){ .model = net, .loss = tt_cross_entropy,
    .opt = tt_adam_new(tt_module_parameters(net), o), .train = data,
    .schedule = &lr, .epochs = epochs, .quiet = true });
}

typedef struct Thin { double right, again, numbers, us; } Thin;

typedef struct Pass { Module *net; Tensor *x; } Pass;

static void run(void *arg)
{
  Pass *p = arg;
  TT_NO_GRAD;
  tt_forward(p->net, p->x);
}

static double us(void *net, Tensor *x)
{
  Pass p = { net, tt_slice(x, 0, 0, 64, 1) };
  double best = HUGE_VAL;
  for (int i = 0; i < 9; i++)
    best = fmin(best, tt_machine_time(run, &p));
  return best * 1e6;
}

static Thin one_rank(StateDict whole, int64_t r, Batch fit, Batch test)
{
  TT_SCOPE;
  Sequential *net = mlp(0);
  tt_module_load_state_dict(net, whole);
  if (r > 0)
    tt_low_rank(net, (LowRankOptions){ .rank = r });
  Thin t = { .right = right_of(net, test), .us = us(net, test.x),
             .numbers = (double)tt_module_count(net) };
  if (r > 0)
    learn(net, fit, 0.001, 10);
  t.again = right_of(net, test);
  return t;
}

static void add(Thin *sum, Thin t)
{
  sum->right += t.right / SEEDS, sum->again += t.again / SEEDS;
  sum->numbers = t.numbers;
  sum->us = sum->us > 0 ? fmin(sum->us, t.us) : t.us;
}

static void print_ranks(const Thin *t)         // t[RANKS]: whole
{
  puts("rank  numbers   right  tuned    us");
  for (int i = 0; i < RANKS; i++)
    printf("%4lld %8.0f %6.1f %6.1f %6.0f\n", (long long)rank[i],
           t[i].numbers, t[i].right, t[i].again, t[i].us);
  printf("all  %8.0f %6.1f %13.0f\n", t[RANKS].numbers, t[RANKS].right,
         t[RANKS].us);
}

int main(int argc, char **argv)
{
  bool picture = argc > 1 && argv[1][0] == '-';
  tt_autograd_enable();
  Tensor *rows = read_digits("build/data/digits.csv");
  Batch fit = fifth(rows, 4, true), test = fifth(rows, 4, false);
  Thin t[RANKS + 1] = {{0}};
  for (uint64_t seed = 0; seed < SEEDS; seed++) {
    TT_SCOPE;
    Sequential *net = mlp(seed);
    const Linear *l = (Linear *)net->layer[2];
    Tensor *before = tt_svd(l->weight).s, *after;
    learn(net, fit, 0.003, 40);
    after = tt_svd(l->weight).s;
    if (picture) {
      printf("i\tbefore\tafter\n");
      for (int i = 0; i < WIDE; i++)
        printf("%d\t%.4f\t%.4f\n", i + 1, tt_get(before, TT_INDEX(i)),
               tt_get(after, TT_INDEX(i)));
      return EXIT_SUCCESS;
    }
    for (int i = 0; i <= RANKS; i++)
      add(&t[i], one_rank(tt_module_state_dict(net),
                          i < RANKS ? rank[i] : 0, fit, test));
  }
  print_ranks(t);
  return EXIT_SUCCESS;
}
