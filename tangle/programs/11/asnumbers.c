// Made from chapters/11-embeddings.nw by tools/tangle: edit there.
// Which character follows which in a sonnet: the id as a number, and
// as a choice among all.
//   asnumbers          the losses
//   asnumbers --cost   a product that picks a row, and a lookup
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <tt/tt.h>
#include "../10/sonnet.h"

static const char sonnet[] = TEN_LINES FOUR_LINES;
static double loss_of(Tensor *x, Tensor *next, int64_t size)
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 1);
  Sequential *net = TT_SEQUENTIAL(
    tt_linear_new(x->shape[1], 32, &g), tt_activation_new(tt_tanh),
    tt_linear_new(32, size, &g));
  Optimizer *adam = tt_adam_new(tt_module_parameters(net),
                                (AdamOptions){ .lr = 0.03 });
  double last = 0;
  for (int step = 0; step < 1000; step++) {
    TT_SCOPE;
    tt_optimizer_zero_grad(adam);
    Tensor *loss = tt_cross_entropy(tt_forward(net, x), next);
    tt_backward(loss);
    tt_optimizer_step(adam);
    last = tt_item(loss);
  }
  return last;
}

static double least(Tensor *ids, Tensor *next, int64_t size)
{
  Tensor *pairs = tt_matmul(
    tt_transpose(tt_one_hot(ids, size), 0, 1), tt_one_hot(next, size));
  double sum = 0;
  for (int64_t i = 0; i < size; i++) {
    double all = tt_item(tt_sum(tt_select(pairs, 0, i), TT_ALL, false));
    for (int64_t j = 0; j < size; j++) {
      double n = tt_get(pairs, TT_INDEX(i, j));
      sum += n > 0 ? n * log(all / n) : 0;
    }
  }
  return sum / (double)tt_numel(ids);
}

// one number an id, from -1 to 1, in the order of `row`
static Tensor *numbers(Tensor *ids, Tensor *row, int64_t size)
{
  Tensor *table = tt_reshape(tt_to(row, TT_F32), TT_SHAPE(size, 1));
  Tensor *x = tt_embedding(ids, table);
  return tt_add_scalar(tt_mul_scalar(x, 2 / (Real)(size - 1)), -1);
}

static void losses(void)
{
  Tokenizer *t = tt_char_tokenizer_new(sonnet, -1);
  Tensor *all = tt_encode(t, sonnet, -1);
  int64_t n = tt_numel(all), size = t->size;
  Tensor *ids = tt_contiguous(tt_slice(all, 0, 0, n - 1, 1));
  Tensor *next = tt_contiguous(tt_slice(all, 0, 1, n, 1));
  Generator g;
  tt_manual_seed(&g, 5);
  Tensor *order = tt_randperm(size, &g);
  printf("the id as a number          %.2f\n",
         loss_of(numbers(ids, tt_positions(0, size), size), next,
                 size));
  printf("the ids dealt out anew      %.2f\n",
         loss_of(numbers(ids, order, size), next, size));
  printf("a column of its own         %.2f\n",
         loss_of(tt_one_hot(ids, size), next, size));
  printf("the best there is           %.2f\n", least(ids, next, size));
}

enum { V = 50257, D = 64, N = 256 };

static double product(Tensor *ids, Tensor *w)
{
  double start = tt_machine_now();
  TT_SCOPE;
  tt_matmul(tt_one_hot(ids, V), w);
  return tt_machine_now() - start;
}

static double lookup(Tensor *ids, Tensor *w)
{
  double start = tt_machine_now();
  TT_SCOPE;
  tt_embedding(ids, w);
  return tt_machine_now() - start;
}

static void cost(void)
{
  Generator g;
  tt_manual_seed(&g, 1);
  Tensor *w = tt_randn(TT_SHAPE(V, D), &g);
  Tensor *ids = tt_randint(0, V, TT_SHAPE(N), &g);
  double slow = 1e9, fast = 1e9;
  for (int k = 0; k < 50; k++) {
    fast = fmin(fast, lookup(ids, w));
    slow = k < 7 ? fmin(slow, product(ids, w)) : slow;
  }
  printf("# onehot.product\t%.0f\n", slow * 1e3);
  printf("# onehot.lookup\t%.0f\n", fast * 1e6);
  printf("# onehot.megabytes\t%.0f\n", (double)V * N * 4 / 1e6);
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  if (argc > 1 && strcmp(argv[1], "--cost") == 0)
    cost();
  else
    losses();
  tt_clear();
}
