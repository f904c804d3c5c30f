// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// A step of attention, in three steps and in one pass.
#include <stdio.h>
#include <time.h>
#include <tt/tt.h>

typedef struct Cost { double ms, mib; } Cost;

static double now(void)            // ms of this thread
{
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void step(Tensor *x, Cost *best)
{
  TT_SCOPE;
  tt_reset_peak_memory();
  double before = (double)tt_memory_stats().live_bytes;
  double start = now();
  Tensor *y = tt_scaled_dot_product_attention(x, x, x,
    (AttentionOptions){ .causal = true });
  tt_backward(tt_sum(tt_mul(y, y), TT_ALL, false));
  double ms = now() - start;
  double peak = (double)tt_memory_stats().peak_bytes - before;
  best->ms = best->ms == 0 || ms < best->ms ? ms : best->ms;
  best->mib = peak / 0x1p20;
}

int main(void)
{
  enum { LONG = 2048 };
  const Backend *once = tt_backend;
  Backend steps = *once;
  Cost c[2] = {0};
  double brief = 0;
  steps.attention = NULL;
  tt_autograd_enable();
  tt_set_num_threads(1);
  printf("T\tsteps\tonce\tsteps MiB\tonce MiB\n");
  for (int64_t t = 64; t <= LONG; t *= 2) {
    TT_SCOPE;
    Tensor *x = tt_randn(TT_SHAPE(4, t, 32), NULL);
    tt_requires_grad_(x, true);
    c[0] = c[1] = (Cost){0};
    for (int r = 0; r < (t < 1024 ? 40 : 6); r++)
      for (int i = 0; i < 2; i++) {
        tt_backend = i ? once : &steps;
        step(x, &c[i]);
      }
    printf("%d\t%.4f\t%.4f\t%.4f\t%.4f\n", (int)t, c[0].ms, c[1].ms,
           c[0].mib, c[1].mib);
    if (t == 64)
      brief = c[0].ms / c[1].ms;
  }
  printf("# onepass.short\t%.1f\n# onepass.long\t%d\n"
         "# onepass.steps\t%.0f MiB\n# onepass.once\t%.1f MiB\n"
         "# onepass.faster\t%.1f\n", brief, LONG, c[0].mib, c[1].mib,
         c[0].ms / c[1].ms);
  tt_backend = once;
  tt_clear();
}
