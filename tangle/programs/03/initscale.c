// Made from chapters/03-layers.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include "tt/tt.h"

enum { RULES = 4, LAYERS = 50, WIDTH = 256, EXAMPLES = 64 };

static void by_rule(int rule, Tensor *w)
{
  switch (rule) {
  case 0: tt_normal_(w, 0, 1, NULL); break;
  case 1: tt_kaiming_normal_(w, 0, NULL); break;
  case 2: tt_xavier_normal_(w, 1, NULL); break;
  case 3: tt_kaiming_uniform_(w, sqrt(5), NULL); break;
  }
}

static double size[RULES][LAYERS + 1];

static double root_mean_square(Tensor *x)
{
  double sum = 0;
  const Real *v = x->data;
  for (int64_t i = 0; i < tt_numel(x); i++)
    sum += (double)v[i] * (double)v[i];
  return sqrt(sum / (double)tt_numel(x));
}

static Tensor *layer(int rule, Tensor *x)
{
  TT_SCOPE;
  Tensor *w = tt_empty(TT_F32, TT_SHAPE(WIDTH, WIDTH));
  by_rule(rule, w);
  return tt_keep(tt_relu(tt_linear(x, w, NULL)));
}

static void send(int rule)
{
  TT_SCOPE;
  Tensor *x = tt_randn(TT_SHAPE(EXAMPLES, WIDTH), NULL);
  size[rule][0] = root_mean_square(x);
  for (int l = 1; l <= LAYERS; l++) {
    x = layer(rule, x);
    size[rule][l] = root_mean_square(x);
  }
}

static void print_sizes(void)
{
  int full = LAYERS;
  printf("layer\tnormal\tkaiming\txavier\tdefault\n");
  for (int l = 0; l <= LAYERS; l++) {
    printf("%d", l);
    for (int rule = 0; rule < RULES; rule++)
      if (isfinite(size[rule][l]))
        printf("\t%.4g", size[rule][l]);
      else
        printf("\t-"), full = l - 1 < full ? l - 1 : full;
    putchar('\n');
  }
  printf("# initscale.width\t%d\n# initscale.inf\t%d\n", WIDTH, full);
  printf("# initscale.factor\t%.0f\n", pow(size[0][10], 0.1));
  printf("# initscale.xavier\t%d\n# initscale.default\t%d\n",
         (int)-log10(size[2][LAYERS]), (int)-log10(size[3][LAYERS]));
}

int main(void)
{
  for (int rule = 0; rule < RULES; rule++)
    send(rule);
  print_sizes();
}
