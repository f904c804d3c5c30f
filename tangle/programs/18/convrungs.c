// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// convrungs: convolutions of five layers, in shares of the peak.
#include "atbest.h"
#include <math.h>
#include <stdio.h>
#include <time.h>
#include <tt/convolution.h>
#include <tt/tt.h>

typedef struct Layer { const char *name; int64_t in, size, out, k; }
  Layer;

static const Layer layer[] = {
  { "LeNet 1", 1, 28, 6, 5 }, { "LeNet 2", 6, 14, 16, 5 },
  { "3 to 32", 3, 32, 32, 3 }, { "32 to 64", 32, 16, 64, 3 },
  { "64 to 128", 64, 8, 128, 3 }
};
enum { LAYERS = sizeof layer / sizeof *layer, IMAGES = 64 };

typedef struct Setup { Conv2dShape s; Real *x, *w, *y, *dw; } Setup;

static Setup set_up(const Layer *l)
{
  int64_t p = l->k == 3, n = l->size + 2 * p - l->k + 1;
  Setup u = { { IMAGES, 1, l->in, l->size, l->size, l->out, n, n, l->k,
                l->k, 1, 1, 1, 1, p, p }, NULL, NULL, NULL, NULL };
  u.x = tt_rand(TT_SHAPE(IMAGES, l->in, l->size, l->size), NULL)->data;
  u.w = tt_rand(TT_SHAPE(l->out, l->in, l->k, l->k), NULL)->data;
  u.dw = tt_rand(TT_SHAPE(l->out, l->in, l->k, l->k), NULL)->data;
  u.y = tt_rand(TT_SHAPE(IMAGES, l->out, n, n), NULL)->data;
  return u;
}

static double now(void)            // of this process, undisturbed
{
  return (double)clock() / CLOCKS_PER_SEC;
}

static void run(const Setup *u, int how)
{
  if (how == 0)
    tt_naive_conv2d(&u->s, u->y, u->x, u->w, NULL);
  else if (how == 1)
    tt_simd.base->conv2d(&u->s, u->y, u->x, u->w, NULL);
  else if (how == 2)
    tt_simd.base->conv2d_back_x(&u->s, u->x, u->y, u->w);
  else
    tt_simd.base->conv2d_back_w(&u->s, u->dw, u->y, u->x);
}

static void shares(const Setup *u, double top, double share[4])
{
  const Conv2dShape *s = &u->s;
  double work = 2e-9 * (double)(s->n * s->out * s->out_h * s->out_w
                                * s->in * s->kh * s->kw);
  double until = now() + 2, best[4] = { 9, 9, 9, 9 };
  tt_backend_use("naive");         // whose product has the columns
  for (int i = 0; i < 60 && now() < until; i++)
    for (int how = 0; how < 4; how++) {
      double t = now();
      run(u, how);
      t = now() - t;
      best[how] = t < best[how] ? t : best[how];
    }
  for (int how = 0; how < 4; how++)
    share[how] = work / best[how] / top;
}

static double off(void)            // in units of the largest result
{
  TT_SCOPE;
  Setup u = set_up(&layer[3]);
  u.s.n = 4;
  int64_t n = u.s.n * u.s.out * u.s.out_h * u.s.out_w;
  Real *want = tt_empty(TT_F32, TT_SHAPE(n))->data, most = 0, far = 0;
  for (int64_t i = 0; i < u.s.n * u.s.in * u.s.h * u.s.w; i++)
    u.x[i] -= (Real)0.5;
  tt_conv2d_definition(&u.s, want, u.x, u.w, NULL);
  run(&u, 1);
  for (int64_t i = 0; i < n; i++) {
    Real d = (Real)fabs((double)(u.y[i] - want[i]));
    Real size = (Real)fabs((double)want[i]);
    far = d > far ? d : far, most = size > most ? size : most;
  }
  return ceil((double)far / (double)most * 0x1p23);
}

int main(void)
{
  double top = peak() / 100, tiles = 0, direct = 0, columns = 0;
  printf("layer\tcolumns\tforward\timage\tweights\n");
  for (int i = 0; i < LAYERS; i++) {
    TT_SCOPE;
    Setup u = set_up(&layer[i]);
    double share[4];
    shares(&u, top, share);
    printf("%s\t%.1f\t%.1f\t%.1f\t%.1f\n", layer[i].name, share[0],
           share[1], share[2], share[3]);
    tiles = share[1] > tiles ? share[1] : tiles;
    direct = share[3] > direct ? share[3] : direct;
    columns = share[0] > columns ? share[0] : columns;
  }
  printf("# convrungs.tiles\t%.0f %%\n# convrungs.direct\t%.0f %%\n"
         "# convrungs.columns\t%.0f %%\n# convrungs.error\t%.0f\n",
         tiles, direct, columns, off());
}
