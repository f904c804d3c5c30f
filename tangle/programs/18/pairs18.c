// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// pairs18: a 2:4 matrix against a dense one, by the number of examples.
#include <stdio.h>
#include <tt/tt.h>

enum { SIDE = 1024, WAYS = 3, LARGEST = 256 };
static const char *const ways[] = { "dense", "before", "here" };
static Tensor *dense, *x;
static SparseMatrix pairs;

static double best_us(const Backend *k[WAYS], int way, double best)
{
  TT_SCOPE;
  tt_backend = k[way];
  double start = tt_machine_now();
  if (way == 0)
    tt_linear(x, dense, NULL);
  else
    tt_sparse_linear(x, &pairs, NULL);
  double us = 1e6 * (tt_machine_now() - start);
  return us < best ? us : best;
}

int main(void)
{
  const Backend *now = tt_backend;
  Backend old = *now;
  const Backend *k[WAYS] = { now, &old, now };
  int even = 0;
  old.pairs = tt_naive.pairs;
  tt_set_num_threads(1);
  dense = tt_randn(TT_SHAPE(SIDE, SIDE), NULL);
  Tensor *mask = tt_sparse_mask(dense, TT_TWO_OF_FOUR, 0);
  dense = tt_mul(dense, tt_to(mask, TT_F32));
  pairs = tt_sparse_from(dense, TT_TWO_OF_FOUR);
  printf("examples\tdense\tbefore\there\n");
  for (int n = 8; n <= LARGEST; n *= 2) {
    TT_SCOPE;
    double us[WAYS] = { 1e9, 1e9, 1e9 };
    x = tt_randn(TT_SHAPE(n, SIDE), NULL);
    for (int r = 0; r < 60; r++)
      for (int way = 0; way < WAYS; way++)
        us[way] = best_us(k, way, us[way]);
    printf("%d\t%.0f\t%.0f\t%.0f\n", n, us[0], us[1], us[2]);
    if (1.05 * us[2] >= us[0])
      even = 0;                        // no more than noise
    else if (even == 0)
      even = n;
    for (int way = 1; way < WAYS && n == 64; way++)
      printf("# pairs.%s\t%.1f\n", ways[way], us[0] / us[way]);
  }
  printf("# pairs.even\t%d\n", even);
  tt_backend = now;
  tt_clear();
}
