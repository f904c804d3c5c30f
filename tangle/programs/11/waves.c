// Made from chapters/11-embeddings.nw by tools/tangle: edit there.
// What positions look like.
//   waves --table    sinusoidal positions
//   waves --scores   q k at distances, rotated and with waves added
#include <stdio.h>
#include <string.h>
#include <tt/tt.h>

enum { D = 64, LONG = 128 };

static void table(void)
{
  Tensor *t = tt_sinusoidal_positions(0, 32, 48);
  printf("position\tcolumn\tvalue\n");
  for (int p = 0; p < 32; p++)
    for (int i = 0; i < 48; i++)
      printf("%d\t%d\t%.2f\n", p, i, tt_get(t, TT_INDEX(p, i)));
}

static double rotated(Tensor *q, Tensor *k, int64_t at, int64_t from)
{
  TT_SCOPE;
  RotaryOptions o = {0};
  Tensor *a = tt_rotary(q, tt_positions(at, 1), o);
  Tensor *b = tt_rotary(k, tt_positions(from, 1), o);
  return tt_item(tt_sum(tt_mul(a, b), TT_ALL, false)) / D;
}

static double added(Tensor *q, Tensor *k, int64_t at, int64_t from)
{
  TT_SCOPE;
  Tensor *a = tt_add(q, tt_sinusoidal_positions(at, 1, D));
  Tensor *b = tt_add(k, tt_sinusoidal_positions(from, 1, D));
  return tt_item(tt_sum(tt_mul(a, b), TT_ALL, false)) / D;
}

static void scores(void)
{
  Generator g;
  tt_manual_seed(&g, 4);
  Tensor *q = tt_randn(TT_SHAPE(1, D), &g);
  Tensor *k = tt_randn(TT_SHAPE(1, D), &g);
  k = tt_add(q, tt_mul_scalar(k, (Real)0.5));  // they go together
  printf("distance\trotated\tlater\tadded\tadded_later\n");
  for (int d = 0; d <= LONG; d += 2)
    printf("%d\t%.4f\t%.4f\t%.4f\t%.4f\n", d, rotated(q, k, d, 0),
           rotated(q, k, 5000 + d, 5000), added(q, k, d, 0),
           added(q, k, 5000 + d, 5000));
}

int main(int argc, char **argv)
{
  if (argc > 1 && strcmp(argv[1], "--table") == 0)
    table();
  else
    scores();
  tt_clear();
}
