// Made from chapters/06-optimizers.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tt/tt.h"

typedef struct Recipe {
  const char *name;
  int       hidden;                // units
  ActivationFunction *bend;
  bool      logits;                // cross-entropy, not squares
  enum { PLAIN, BALL, ADAM } rule;
  double    lr;
} Recipe;
static const Recipe recipes[] = {
  { "1986: 2 units", 2, tt_sigmoid, false, PLAIN, 0.5 },
  { "momentum", 2, tt_sigmoid, false, BALL, 0.5 },
  { "cross-entropy", 2, tt_sigmoid, true, PLAIN, 0.5 },
  { "tanh", 2, tt_tanh, false, PLAIN, 0.5 },
  { "Adam", 2, tt_sigmoid, false, ADAM, 0.05 },
  { "4 units", 4, tt_sigmoid, false, PLAIN, 0.5 },
  { "8 units", 8, tt_sigmoid, false, PLAIN, 0.5 },
  { "all, 2 units", 2, tt_tanh, true, ADAM, 0.05 },
  { "all, 4 units", 4, tt_tanh, true, ADAM, 0.05 },
  { "all, 8 units", 8, tt_tanh, true, ADAM, 0.05 },
  { "the same, ReLU", 8, tt_relu, true, ADAM, 0.05 }
};
enum { RECIPES = sizeof recipes / sizeof *recipes, SEEDS = 100 };
static const Recipe *wide = &recipes[6], *best = &recipes[9];
static Tensor *x, *y;              // the four rows, the answers

static Sequential *net_of(const Recipe *r, Generator *g)
{
  return TT_SEQUENTIAL(tt_linear_new(2, r->hidden, g),
                       tt_activation_new(r->bend),
                       tt_linear_new(r->hidden, 1, g));
}

static Optimizer *optimizer_of(const Recipe *r, Sequential *net)
{
  StateDict p = tt_module_parameters(net);
  if (r->rule == ADAM)
    return tt_adam_new(p, (AdamOptions){ .lr = r->lr });
  return tt_sgd_new(p, (SgdOptions){
    .lr = r->lr, .momentum = r->rule == BALL ? 0.9 : 0 });
}

static Tensor *loss_of(const Recipe *r, Tensor *z)
{
  return r->logits ? tt_bce_with_logits(z, y)
                   : tt_mse_loss(tt_sigmoid(z), y);
}

static void four_rows(void)
{
  x = tt_from(TT_SHAPE(4, 2), (Real[]){ 0, 0, 0, 1, 1, 0, 1, 1 });
  y = tt_from(TT_SHAPE(4, 1), (Real[]){ 0, 1, 1, 0 });
}

static bool all_right(const Tensor *z)
{
  const Real *v = z->data, *want = y->data;
  double edge = log(0.6 / 0.4);
  bool right = true;
  for (int i = 0; i < 4; i++)
    right = right && (want[i] > 0 ? v[i] : -v[i]) > (Real)edge;
  return right;
}

static bool step(const Recipe *r, Sequential *net, Optimizer *opt)
{
  TT_SCOPE;
  tt_optimizer_zero_grad(opt);
  Tensor *z = tt_forward(net, x);
  bool solved = all_right(z);
  tt_backward(loss_of(r, z));
  tt_optimizer_step(opt);
  return solved;
}

static int train(const Recipe *r, Sequential *net, int steps)
{
  TT_SCOPE;
  Optimizer *opt = optimizer_of(r, net);
  for (int t = 0; t < steps; t++)
    if (step(r, net, opt))
      return t;
  return -1;                       // not solved
}

static double answer(const Linear *one, const Linear *two, int row)
{
  const Real *in = (const Real *)x->data + 2 * row;
  const Real *w = one->weight->data, *b = one->bias->data;
  const Real *out = two->weight->data;
  double z = (double)*(const Real *)two->bias->data;
  for (int64_t j = 0; j < one->weight->shape[0]; j++) {
    double sum = (double)b[j] + (double)w[2 * j] * (double)in[0]
               + (double)w[2 * j + 1] * (double)in[1];
    z += (double)out[j] * tanh(sum);
  }
  return z;
}

static double loss_outside(const Linear *one, const Linear *two)
{
  static const double want[4] = { 0, 1, 1, 0 };
  double sum = 0;
  for (int i = 0; i < 4; i++) {
    double z = answer(one, two, i);
    double a = want[i] > 0 ? z : -z;
    sum += fmax(-a, 0) + log1p(exp(-fabs(a)));
  }
  return sum / 4;
}

static bool all_moved(Sequential *net, Tensor *const before[4])
{
  TT_SCOPE;
  StateDict p = tt_module_parameters(net);
  bool moved = p.n == 4;
  for (int i = 0; i < p.n && moved; i++) {
    Tensor *t = *p.entry[i].slot;
    const Real *now = t->data, *then = before[i]->data;
    for (int64_t j = 0; j < tt_numel(t); j++)
      moved = moved && now[j] != then[j];
  }
  return moved;
}

static bool judge(const Recipe *r, Sequential *net, double first,
                  Tensor *const before[4])
{
  TT_SCOPE;
  const Linear *one = (Linear *)net->layer[0];
  const Linear *two = (Linear *)net->layer[2];
  Tensor *z = tt_forward(net, x);
  double loss = loss_outside(one, two);
  bool good = all_moved(net, before) && loss < first
           && fabs(tt_item(loss_of(r, z)) - loss) < 1e-4;
  for (int i = 0; i < 4; i++) {
    double want = i == 1 || i == 2, here = answer(one, two, i);
    double p = 1 / (1 + exp(-here));
    good = good && fabs(p - want) < 0.1
        && fabs(tt_get(z, TT_INDEX(i, 0)) - here) < 1e-3;
  }
  return good;
}

enum { STEPS = 200 };

static bool learn(const Recipe *r, uint64_t seed)
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, seed);
  Sequential *net = net_of(r, &g);
  StateDict p = tt_module_parameters(net);
  Tensor *before[4] = {0};
  for (int i = 0; i < p.n && i < 4; i++)
    before[i] = tt_clone(tt_detach(*p.entry[i].slot));
  double first = loss_outside((Linear *)net->layer[0],
                              (Linear *)net->layer[2]);
  Optimizer *opt = optimizer_of(r, net);
  for (int t = 0; t < STEPS; t++)
    step(r, net, opt);
  return judge(r, net, first, before);
}

static int passed(const Recipe *r, int seeds)
{
  int n = 0;
  for (int s = 0; s < seeds; s++)
    n += learn(r, (uint64_t)s);
  return n;
}

static bool milestone(const Recipe *r, int seeds)
{
  int n = passed(r, seeds);
  printf("XOR with %d hidden units, %d steps for each network\n"
         "%d of %d networks have convinced the judge\n", r->hidden,
         STEPS, n, seeds);
  return n == seeds;
}

static int after(const Recipe *r, uint64_t seed, int steps)
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, seed);
  return train(r, net_of(r, &g), steps);
}

static int by_size(const void *a, const void *b)
{
  return *(const int *)a - *(const int *)b;
}

static int middle(const Recipe *r)       // of the steps of a hundred
{
  int t[SEEDS];
  for (int s = 0; s < SEEDS; s++)
    t[s] = after(r, (uint64_t)s, 30000);
  qsort(t, SEEDS, sizeof *t, by_size);
  return t[SEEDS / 2];
}

static void print_recipes(void)
{
  enum { FAST = 3000, SLOW = 30000 };
  int first[2] = {0};
  printf("recipe\tfast\tslow\tstuck\n");
  for (int i = 0; i < RECIPES; i++) {
    int fast = 0, slow = 0;
    for (int s = 0; s < SEEDS; s++) {
      int t = after(&recipes[i], (uint64_t)s, SLOW);
      fast += t >= 0 && t < FAST, slow += t >= FAST;
    }
    int stuck = SEEDS - fast - slow;
    printf("%s\t%d\t%d\t%d\n", recipes[i].name, fast, slow, stuck);
    if (i == 0)
      first[0] = slow + stuck, first[1] = stuck;
  }
  printf("# xor.slow\t%d\n# xor.stuck\t%d\n", first[0], first[1]);
  printf("# xor.thousand\t%d\n", passed(best, 1000));
  printf("# xor.middle_wide\t%d\n# xor.middle_best\t%d\n",
         middle(wide), middle(best));
}

static void print_answers(Sequential *net, int t)
{
  TT_SCOPE;
  Tensor *z = tt_forward(net, x), *p = tt_sigmoid(z);
  StateDict list = tt_module_parameters(net);
  double largest = 0;
  for (int i = 0; i < list.n; i++)
    largest = fmax(largest, tt_item(tt_max(tt_abs(*list.entry[i].slot),
                                           TT_ALL, false)));
  printf("%8d", t);
  for (int i = 0; i < 4; i++)
    printf(" %6.3f", tt_get(p, TT_INDEX(i, 0)));
  printf(" %9.5f %9.2f\n", tt_item(tt_mse_loss(p, y)), largest);
}

static void print_stuck(void)
{
  uint64_t seed = 0;
  while (after(&recipes[0], seed, 30000) >= 0)
    seed++;
  Generator g;
  tt_manual_seed(&g, seed);
  Sequential *net = net_of(&recipes[0], &g);
  Optimizer *opt = optimizer_of(&recipes[0], net);
  printf("%8s %6s %6s %6s %6s %9s %9s\n", "step", "0 0", "0 1", "1 0",
         "1 1", "loss", "largest");
  for (int t = 0, next = 1000; t <= 1000000; t++) {
    if (t == 0 || t == next)
      print_answers(net, t);
    if (t == next)
      next *= 10;
    step(&recipes[0], net, opt);
  }
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  four_rows();
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "--recipes") == 0)
    print_recipes();
  else if (strcmp(what, "--stuck") == 0)
    print_stuck();
  else
    return milestone(best, SEEDS) ? 0 : 1;
  return 0;
}
