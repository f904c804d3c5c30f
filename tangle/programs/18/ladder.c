// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// ladder: products by every backend, and their share of the peak.
#include "atbest.h"
#include <stdio.h>
#include <string.h>

typedef struct Case {
  const char *name;
  int64_t m, n, k;
  bool ta, tb;                     // A, B are transposed
} Case;
static const Case cases[] = {
  { "square 64", 64, 64, 64, 0, 0 },
  { "square 256", 256, 256, 256, 0, 0 },
  { "square 512", 512, 512, 512, 0, 0 },
  { "square 1024", 1024, 1024, 1024, 0, 0 },
  { "gpt qkv", 768, 384, 128, 0, 0 },
  { "gpt projection", 768, 128, 128, 0, 0 },
  { "gpt mlp in, NT", 768, 512, 128, 0, 1 },
  { "gpt mlp out, NT", 768, 128, 512, 0, 1 },
  { "gpt dW, TN", 128, 512, 768, 1, 0 },
  { "gpt head", 768, 65, 128, 0, 0 },
  { "gpt scores, NT", 64, 64, 32, 0, 1 },
  { "gpt one token, NT", 1, 1152, 384, 0, 1 },
  { "mlp 784-128, NT", 64, 128, 784, 0, 1 },
  { "mlp dW, TN", 128, 784, 64, 1, 0 },
  { "lenet 16 of 150", 16, 4096, 150, 0, 0 },
  { "cifar 32 of 288", 32, 1024, 288, 0, 0 },
  { "cifar 64 of 576", 64, 256, 576, 0, 0 },
};
static Tensor *a, *b, *c;

static double run(const Backend *k, const Case *x, int times)
{
  double start = tt_machine_now();
  for (int i = 0; i < times; i++)
    k->gemm(&(Gemm){
      .batch = 1, .m = x->m, .n = x->n, .k = x->k, .alpha = 1,
      .a = a->data, .a_row = x->ta ? 1 : x->k,
      .a_col = x->ta ? x->m : 1,
      .b = b->data, .b_row = x->tb ? 1 : x->n,
      .b_col = x->tb ? x->k : 1,
      .c = c->data, .c_row = x->n, .c_col = 1 });
  return (tt_machine_now() - start) / times;
}

enum { MOST = 16 };

static void best_times(const Case *x, int n, const Backend *const k[],
                       double best[])
{
  int times[MOST];
  double until = tt_machine_now() + 1;
  for (int i = 0; i < n; i++) {
    best[i] = run(k[i], x, 1);
    times[i] = 1 + (int)(3e-4 / best[i]);
  }
  for (int r = 0; r < 60 && tt_machine_now() < until; r++)
    for (int i = 0; i < n; i++) {
      double t = best[i] < 0.1 ? run(k[i], x, times[i]) : 1;
      best[i] = t < best[i] ? t : best[i];
    }
}

int main(int argc, char **argv)
{
  const Backend *k[MOST], *at;
  int n = 0;
  for (int j = 1; j < argc; j++)
    if (strchr(argv[j], '/'))
      tt_backend_load(argv[j]);
  for (int i = 0; (at = tt_backend_at(i)); i++)
    for (int j = argc > 1 ? 1 : 0; j < argc && n < MOST; j++)
      if (argc == 1 || strcmp(strchr(argv[j], '/') ? tt_plugin.name
                              : argv[j], at->name) == 0)
        k[n++] = at;
  double most = peak();
  printf("one thread at best %.1f GFLOP/s; %d threads\n%-18s", most,
         tt_get_num_threads(), "GFLOP/s");
  for (int i = 0; i < n; i++)
    printf(" %12s", k[i]->name);
  printf("\n");
  for (size_t s = 0; n > 0 && s < sizeof cases / sizeof *cases; s++) {
    TT_SCOPE;
    const Case *x = &cases[s];
    double best[MOST], work = 2e-9 * (double)(x->m * x->n * x->k);
    a = tt_rand(TT_SHAPE(x->m * x->k), NULL);
    b = tt_rand(TT_SHAPE(x->k * x->n), NULL);
    c = tt_zeros(TT_SHAPE(x->m * x->n));
    best_times(x, n, k, best);
    printf("%-18s", x->name);
    for (int i = 0; i < n; i++)
      printf(" %6.1f %3.0f %%", work / best[i],
             100 * work / best[i] / most);
    printf("\n");
    fflush(stdout);
  }
}
