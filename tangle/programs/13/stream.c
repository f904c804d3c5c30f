// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// stream --size    how large the stream is after each block
// stream --norm    the gradient of each block: norms before, or after
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tt/tt.h"

enum { LAYERS = 48, DEPTH = 18, DIM = 128, PLACES = 32, VOCAB = 65 };

static Gpt *model(int64_t layers)
{
  Generator g;
  tt_manual_seed(&g, 1);
  return tt_gpt_new((GptOptions){ .vocab_size = VOCAB,
    .context = PLACES, .dim = DIM, .layers = layers, .heads = 4 }, &g);
}

static double size(Tensor *x)      // root of the mean square
{
  return sqrt(tt_item(tt_mean(tt_mul(x, x), TT_ALL, false)));
}

static void follow(Gpt *m, double *to)
{
  TT_SCOPE;
  TT_NO_GRAD;
  Generator g;
  tt_manual_seed(&g, 2);
  Tensor *ids = tt_randint(0, VOCAB, TT_SHAPE(8, PLACES), &g);
  Tensor *x = tt_add(tt_forward(m->tokens, ids), m->places->weight);
  to[0] = size(x);
  for (int i = 0; i < LAYERS; i++) {
    x = tt_forward(m->block[i], x);
    to[i + 1] = size(x);
  }
}

static void sizes(void)
{
  double plain[LAYERS + 1], scaled[LAYERS + 1];
  Gpt *m = model(LAYERS);
  follow(m, scaled);
  for (int i = 0; i < LAYERS; i++) {
    Mlp *mlp = (Mlp *)m->block[i]->mlp;
    tt_normal_(mlp->down->weight, 0, 0.02, NULL);
    tt_normal_(m->block[i]->attention->out->weight, 0, 0.02, NULL);
  }
  follow(m, plain);
  printf("block\tplain\tscaled\n");
  for (int i = 0; i <= LAYERS; i++)
    printf("%d\t%.4f\t%.4f\n", i, plain[i], scaled[i]);
  printf("# stream.plain\t%.0f\n# stream.scaled\t%.1f\n",
         plain[LAYERS] / plain[0], scaled[LAYERS] / scaled[0]);
}

static Tensor *post_norm(TransformerBlock *m, Tensor *x)
{
  x = tt_forward(m->norm1, tt_add(x, tt_forward(m->attention, x)));
  return tt_forward(m->norm2, tt_add(x, tt_forward(m->mlp, x)));
}

static void pull(Gpt *m, bool after, double *to)
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 2);
  Tensor *text = tt_randint(0, VOCAB, TT_SHAPE(1000), &g);
  Batch b = tt_windows(text, 8, PLACES, &g);
  Tensor *x = tt_add(tt_forward(m->tokens, b.x), m->places->weight);
  for (int i = 0; i < DEPTH; i++)
    x = after ? post_norm(m->block[i], x) : tt_forward(m->block[i], x);
  x = after ? x : tt_forward(m->norm, x);
  tt_module_zero_grad(m);
  tt_backward(tt_language_loss(tt_gpt_logits(m, x), b.y));
  for (int i = 0; i < DEPTH; i++) {
    Linear *down = ((Mlp *)m->block[i]->mlp)->down;
    to[i] = size(tt_detach(down->weight->grad));
  }
}

static void gradients(void)
{
  double before[DEPTH], after[DEPTH];
  Gpt *m = model(DEPTH);
  for (int i = 0; i < DEPTH; i++) {          // as in 2017
    TransformerBlock *b = m->block[i];
    Linear *l[] = { b->attention->query, b->attention->key,
                    b->attention->value, b->attention->out,
                    ((Mlp *)b->mlp)->up, ((Mlp *)b->mlp)->down };
    for (int k = 0; k < 6; k++)
      tt_xavier_normal_(l[k]->weight, 1, NULL);
  }
  pull(m, false, before);
  pull(m, true, after);
  printf("block\tbefore\tafter\n");
  for (int i = 0; i < DEPTH; i++)
    printf("%d\t%.3e\t%.3e\n", i + 1, before[i], after[i]);
  printf("# norms.before\t%.1f\n# norms.last\t%.1f\n",
         before[0] / before[DEPTH - 1],
         after[DEPTH - 1] / before[DEPTH - 1]);
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  if (argc > 1 && strcmp(argv[1], "--norm") == 0)
    gradients();
  else
    sizes();
  return 0;
}
