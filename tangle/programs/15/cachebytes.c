// Made from chapters/15-memoization.nw by tools/tangle: edit there.
// Keys as bytes: a scale for each number, or one for each place?
#include <math.h>
#include <stdio.h>
#include "tt/tt.h"

enum { N = 96 };

static void round_run(Real *x, int64_t n, int64_t step)
{
  double most = 0;
  for (int64_t i = 0; i < n; i++)
    most = fmax(most, fabs((double)x[i * step]));
  for (int64_t i = 0; i < n && most > 0; i++)
    x[i * step] = (Real)(round((double)x[i * step] * 127 / most) * most
                         / 127);
}

static Tensor *rounded(void *by_number, int layer,
                       MultiHeadAttention *a, Tensor *x)
{
  KeysValues kv = tt_keys_values(a, x, NULL);
  kv.k = tt_clone(kv.k);                        // (1,H,N,D)
  int64_t d = kv.k->shape[3], rows = tt_numel(kv.k) / d;
  Real *k = kv.k->data;
  if (*(bool *)by_number)
    for (int64_t i = 0; i < rows; i += N)
      for (int64_t j = 0; j < d; j++)
        round_run(k + i * d + j, N, d);
  else
    for (int64_t i = 0; i < rows; i++)
      round_run(k + i * d, d, 1);
  return (void)layer, tt_attend(a, x, kv, (AttentionOptions){0});
}

static double off(Gpt *m, Tensor *ids, Tensor *want, bool by_number)
{
  TT_SCOPE;
  Tensor *y = tt_gpt_features(m, ids, (GptPass){
    .attend = rounded, .memory = &by_number });
  y = tt_sub(tt_gpt_logits(m, y), want);
  return sqrt(tt_item(tt_mean(tt_mul(y, y), TT_ALL, false))
              / tt_item(tt_mean(tt_mul(want, want), TT_ALL, false)));
}

static void times(Linear *l, Real by)          // what row 3 gives
{
  Tensor *w = tt_select(l->weight, 0, 3), *b = l->bias;
  tt_copy_(w, tt_mul_scalar(w, by));
  tt_set_(b, TT_INDEX(3), tt_get(b, TT_INDEX(3)) * (double)by);
}

static void enlarge(Gpt *m)        // one number of the keys of a head;
{                                  // the queries take it back
  for (int i = 0; i < m->layers; i++) {
    times(m->block[i]->attention->key, 50);
    times(m->block[i]->attention->query, (Real)0.02);
  }
}

int main(void)
{
  TT_NO_GRAD;
  Gpt *m = tt_gpt_new((GptOptions){ .vocab_size = 65, .context = N,
    .dim = 64, .layers = 4, .heads = 2 }, NULL);
  StateDict p = tt_module_parameters(m);
  for (int i = 0; i < p.n; i++)
    tt_normal_(*p.entry[i].slot, 0, 0.5, NULL);
  tt_module_eval(m);
  Tensor *ids = tt_randint(0, 65, TT_SHAPE(1, N), NULL);
  Tensor *want = tt_forward(m, ids);
  puts("a scale for each          place   number");
  for (int i = 0; i < 2; i++) {
    printf("%-22s %6.2f %% %6.2f %%\n",
           i ? "one number times 50" : "keys as they are",
           100 * off(m, ids, want, false),
           100 * off(m, ids, want, true));
    enlarge(m);
  }
}
