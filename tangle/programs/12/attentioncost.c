// Made from chapters/12-attention.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "tt/tt.h"

enum { D = 64, LONGEST = 4096 };

typedef struct Cost {
  double forward, step;            // ms
  double asked, kept, peak;        // bytes: forward without a tape,
                                   // what a tape keeps, of a step
} Cost;

static double now(void)            // ms of this thread
{
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double bytes(bool peak)
{
  MemoryStats m = tt_memory_stats();
  return (double)(peak ? m.peak_bytes : m.live_bytes);
}

static void forward_alone(Tensor *x, Cost *c)
{
  TT_SCOPE;
  TT_NO_GRAD;
  double before = bytes(false), start = now();
  tt_reset_peak_memory();
  tt_scaled_dot_product_attention(x, x, x, (AttentionOptions){0});
  c->forward = fmin(c->forward, now() - start);
  c->asked = bytes(true) - before;
}

static void whole_step(Tensor *x, Cost *c)
{
  TT_SCOPE;
  double before = bytes(false), start = now();
  tt_reset_peak_memory();
  Tensor *y = tt_scaled_dot_product_attention(x, x, x,
    (AttentionOptions){0});
  c->kept = bytes(false) - before;
  tt_backward(tt_sum(y, TT_ALL, false));
  c->step = fmin(c->step, now() - start);
  c->peak = bytes(true) - before;
  tt_zero_grad(x);
}

static Cost cost_of(int64_t t)
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 1);
  Tensor *x = tt_requires_grad_(tt_randn(TT_SHAPE(t, D), &g), true);
  Cost c = { .forward = 1e9, .step = 1e9 };
  for (int64_t i = 0; i < 2 + 4096 / t; i++) {
    forward_alone(x, &c);
    whole_step(x, &c);
  }
  return c;
}

static double slope(double half, double whole)
{
  return log2(whole / half);
}

int main(int argc, char **argv)
{
  bool time = argc > 1 && strcmp(argv[1], "--time") == 0;
  tt_autograd_enable();
  printf(time ? "t\tforward\tstep\n" : "t\tforward\tkept\tpeak\n");
  Cost c = {0}, half = {0};
  for (int64_t t = 64; t <= LONGEST; t *= 2) {
    half = c, c = cost_of(t);
    if (time)
      printf("%lld\t%.4f\t%.4f\n", (long long)t, c.forward, c.step);
    else
      printf("%lld\t%.0f\t%.0f\t%.0f\n", (long long)t, c.asked, c.kept,
             c.peak);
    tt_empty_pool();
  }
  if (time)
    printf("# attentiontime.slope\t%.1f\n"
           "# attentiontime.step\t%.1f s\n"
           "# attentiontime.step_slope\t%.1f\n",
           slope(half.forward, c.forward), c.step / 1e3,
           slope(half.step, c.step));
  else
    printf("# attentionmemory.slope\t%.1f\n"
           "# attentionmemory.kept\t%.0f MiB\n"
           "# attentionmemory.peak\t%.0f MiB\n",
           slope(half.kept, c.kept), c.kept / (1 << 20),
           c.peak / (1 << 20));
  return 0;
}
