// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// What a sum costs whose result nobody reads.
#include <stdio.h>
#include "tt/tt.h"

enum { N = 1 << 16 };
static float  numbers[N];
static double last;

static inline double sum(void)
{
  double s = 0;
  for (int i = 0; i < N; i++)
    s += (double)numbers[i];
  return s;
}

int main(void)
{
  Benchmark a, b, c;
  for (int i = 0; i < N; i++)
    numbers[i] = (float)(i % 7);
  TT_BENCHMARK(&a, "unused", (BenchmarkOptions){0})
    sum();
  TT_BENCHMARK(&b, "tt_use", (BenchmarkOptions){0}) {
    double s = sum();
    tt_use(&s);
  }
  TT_BENCHMARK(&c, "stored", (BenchmarkOptions){0})
    *(volatile double *)&last = sum();
  const Benchmark *all[] = { &a, &b, &c };
  for (int i = 0; i < 3; i++)
    printf("%-8s %10.3f us\n", all[i]->name, 1e6 * all[i]->time.median);
}
