// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"
#include "tt/machine.h"

typedef struct Layer { const char *name; int64_t in, size, out, k; }
  Layer;

static const Layer layer[] = {
  { "LeNet 1", 1, 28, 6, 5 }, { "LeNet 2", 6, 14, 16, 5 },
  { "3 to 32", 3, 32, 32, 3 }, { "32 to 64", 32, 16, 64, 3 },
  { "64 to 128", 64, 8, 128, 3 }
};
enum { LAYERS = sizeof layer / sizeof *layer, IMAGES = 16 };

typedef struct Setup { Conv2dShape s; Real *x, *w, *y; } Setup;

static Setup set_up(const Layer *l)
{
  int64_t p = l->k == 3, n = l->size + 2 * p - l->k + 1;
  Setup u = { { IMAGES, 1, l->in, l->size, l->size, l->out, n, n, l->k,
                l->k, 1, 1, 1, 1, p, p }, NULL, NULL, NULL };
  u.x = tt_rand(TT_SHAPE(IMAGES, l->in, l->size, l->size), NULL)->data;
  u.w = tt_rand(TT_SHAPE(l->out, l->in, l->k, l->k), NULL)->data;
  u.y = tt_empty(TT_F32, TT_SHAPE(IMAGES, l->out, n, n))->data;
  return u;
}

static void by_product(const Setup *u)   // its product alone
{
  const Conv2dShape *s = &u->s;
  int64_t k = s->in * s->kh * s->kw;
  TT_SCOPE;
  Real *columns = tt_empty(TT_F32, TT_SHAPE(k, 128))->data;
  int64_t n = IMAGES * s->out_h * s->out_w;
  for (int64_t at = 0; at + 128 <= n; at += 128)
    tt_backend->gemm(&(Gemm){ .batch = 1, .m = s->out, .n = 128, .k = k,
      .a = u->w, .a_row = k, .a_col = 1, .b = columns, .b_row = 128,
      .b_col = 1, .c = u->y, .c_row = 128, .c_col = 1, .alpha = 1 });
}

static double best_of(const Setup *u, int how)
{
  double best = 1e9;
  for (int i = 0; i < (how == 0 ? 2 : 7); i++) {
    double t = tt_machine_now();
    if (how == 0)
      tt_conv2d_definition(&u->s, u->y, u->x, u->w, NULL);
    else if (how == 1)
      tt_backend->conv2d(&u->s, u->y, u->x, u->w, NULL);
    else
      by_product(u);
    t = tt_machine_now() - t;
    best = t < best ? t : best;
  }
  return best;
}

int main(void)
{
  double least = 1e9, most = 0;
  printf("layer\tloops\tcolumns\tproduct\n");
  for (int i = 0; i < LAYERS; i++) {
    TT_SCOPE;
    Setup u = set_up(&layer[i]);
    const Conv2dShape *s = &u.s;
    double flop = 2e-9 * (double)(IMAGES * s->out * s->out_h * s->out_w
                                  * s->in * s->kh * s->kw);
    double t[3];
    for (int how = 0; how < 3; how++)
      t[how] = best_of(&u, how);
    printf("%s\t%.3f\t%.1f\t%.1f\n", layer[i].name, flop / t[0],
           flop / t[1], flop / t[2]);
    double ratio = t[0] / t[1];
    least = ratio < least ? ratio : least;
    most = ratio > most ? ratio : most;
  }
  int64_t whole = 64 * 32 * 9 * 32 * 32 * (int64_t)sizeof(Real);
  int64_t block = 32 * 9 * 128 * (int64_t)sizeof(Real);
  printf("# convcost.slowest\t%.0f\n# convcost.fastest\t%.0f\n"
         "# convcost.whole_columns\t%.0f MiB\n"
         "# convcost.block_columns\t%.0f KiB\n", least, most,
         (double)whole / (1 << 20), (double)block / 1024);
  return 0;
}
