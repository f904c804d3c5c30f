// Made from chapters/17-compression.nw by tools/tangle: edit there.
// From how many zeros on a sparse product is faster.
#include <math.h>
#include <stdio.h>
#include <time.h>
#include "tt/tt.h"

enum { N = 1024, SHARES = 11 };
static const double share[SHARES] = { 0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8,
                                      0.85, 0.9, 0.95, 0.98 };

typedef struct Product { Tensor *x, *w; SparseMatrix s; } Product;

static void dense(void *arg)
{
  Product *p = arg;
  TT_SCOPE;
  tt_linear(p->x, p->w, NULL);
}

static void sparse(void *arg)
{
  Product *p = arg;
  TT_SCOPE;
  tt_sparse_linear(p->x, &p->s, NULL);
}

// of this thread, so that a busy machine disturbs little
static double us(void (*f)(void *), Product *p)
{
  double best = HUGE_VAL;
  for (int i = 0; i < 7; i++) {
    clock_t start = clock(), end;
    int calls = 0;
    do
      f(p), calls++;
    while ((end = clock()) - start < CLOCKS_PER_SEC / 250);
    best = fmin(best, (double)(end - start) / calls);
  }
  return best / CLOCKS_PER_SEC * 1e6;
}

// the share of zeros at which the times cross, on a line between two
static double crossing(const double *time, double limit)
{
  int i = 0;
  while (i < SHARES && time[i] > limit)
    i++;
  if (i == 0 || i == SHARES)
    return i ? 1 : 0;
  double a = time[i - 1] - limit, b = limit - time[i];
  return share[i - 1] + (share[i] - share[i - 1]) * a / (a + b);
}

typedef struct Costs { double dense, csr[SHARES], blocks[SHARES]; }
  Costs;

static Costs costs(int64_t m)
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 1);
  Tensor *w = tt_randn(TT_SHAPE(N, N), &g);
  Product p = { .x = tt_randn(TT_SHAPE(m, N), &g), .w = w };
  Costs c = { .dense = us(dense, &p) };
  for (int i = 0; i < SHARES; i++)
    for (int f = TT_CSR; f <= TT_BLOCKS; f++) {
      TT_SCOPE;
      Tensor *stays = tt_sparse_mask(w, (SparseFormat)f, share[i]);
      p.s = tt_sparse_from(tt_mul(w, tt_to(stays, TT_F32)),
                           (SparseFormat)f);
      (f == TT_CSR ? c.csr : c.blocks)[i] = us(sparse, &p);
    }
  return c;
}

int main(void)
{
  double flops = 2.0 * N * N;
  double limit = 64 * flops / tt_roofline().peak * 1e6;
  Costs one = costs(1), eight = costs(8), many = costs(64);
  printf("zeros\tone\teight\tmany\tblocks\tpeak\n");
  for (int i = 0; i < SHARES; i++)
    printf("%g\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\n", 100 * share[i],
           one.csr[i] / one.dense, eight.csr[i] / eight.dense,
           many.csr[i] / many.dense, eight.blocks[i] / eight.dense,
           many.csr[i] / limit);
  printf("# sparsecost.one\t%.0f %%\n# sparsecost.gain\t%.1f\n"
         "# sparsecost.eight\t%.0f %%\n# sparsecost.peak\t%.0f %%\n"
         "# sparsecost.rate\t%.0f GFLOP/s\n"
         "# sparsecost.blocks\t%.1f\n",
         100 * crossing(one.csr, one.dense), one.dense / one.csr[8],
         100 * crossing(eight.csr, eight.dense),
         100 * crossing(many.csr, limit),
         64 * flops * (1 - share[8]) / many.csr[8] / 1e3,
         eight.csr[8] / eight.blocks[8]);
  tt_clear();
}
