// Made from chapters/03-layers.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

enum { STEPS = 400, EVERY = 10 };
static Tensor *x, *w1, *b1, *w2, *b2;
static double mib[2][STEPS + 1];

static void step(int way, int i, int64_t start)
{
  Tensor *h = tt_relu(tt_add(tt_matmul(x, w1), b1));
  tt_add(tt_matmul(h, w2), b2);
  int64_t bytes = tt_memory_stats().live_bytes - start;
  mib[way][i] = (double)bytes / (1 << 20);
}

static int64_t run(int way)
{
  TT_SCOPE;
  MemoryStats start = tt_memory_stats();
  for (int i = 1; i <= STEPS; i++)
    if (way == 0) {
      step(way, i, start.live_bytes);
    } else {
      TT_SCOPE;
      step(way, i, start.live_bytes);
    }
  return tt_memory_stats().mallocs - start.mallocs;
}

int main(void)
{
  x = tt_rand(TT_SHAPE(64, 784), NULL);
  w1 = tt_randn(TT_SHAPE(784, 128), NULL), b1 = tt_zeros(TT_SHAPE(128));
  w2 = tt_randn(TT_SHAPE(128, 10), NULL), b2 = tt_zeros(TT_SHAPE(10));
  int64_t without = run(0);
  tt_empty_pool();
  int64_t with = run(1);
  printf("step\twithout\twith\n");
  for (int i = EVERY; i <= STEPS; i += EVERY)
    printf("%d\t%.3f\t%.3f\n", i, mib[0][i], mib[1][i]);
  printf("# scopes.step\t%.0f KiB\n", mib[0][1] * 1024);
  printf("# scopes.without\t%lld\n# scopes.with\t%lld\n"
         "# scopes.steps\t%d\n", (long long)without, (long long)with,
         STEPS);
}
