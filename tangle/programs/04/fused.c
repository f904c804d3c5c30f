// Made from chapters/04-losses.nw by tools/tangle: edit there.
#include <stdio.h>
#include <tgmath.h>
#include "tt/logarithm.h"
#include "tt/scalar.h"
#include "tt/tt.h"
#undef tt_cross_entropy            // as functions, to be pointed at
#undef tt_mse_loss

static Tensor *in_steps(Tensor *z, Tensor *label)
{
  Tensor *logp = tt_log(tt_softmax(z, 1));
  Tensor *number = tt_arange(0, (double)z->shape[1], 1);
  Tensor *is = tt_eq(tt_unsqueeze(tt_to(label, TT_F32), 1), number);
  Tensor *sum = tt_sum(tt_mul(is, logp), TT_ALL, false);
  return tt_mul_scalar(sum, (Real)-1 / (Real)z->shape[0]);
}

static Tensor *logarithms(Tensor *shares, Tensor *unused)
{
  (void)unused;
  return tt_log(shares);
}

static Tensor *squares_in_steps(Tensor *x, Tensor *y)
{
  Tensor *d = tt_sub(x, y);
  return tt_mean(tt_mul(d, d), TT_ALL, false);
}

typedef struct Work {
  Tensor *(*loss)(Tensor *x, Tensor *y);
  Tensor *x, *y;
  int     times;
} Work;

static void run(void *arg)
{
  Work *w = arg;
  for (int i = 0; i < w->times; i++) {
    TT_SCOPE;
    w->loss(w->x, w->y);
  }
}

static double seconds(Work w)
{
  double best = tt_machine_time(run, &w) / w.times;
  for (int i = 0; i < 2; i++) {
    double t = tt_machine_time(run, &w) / w.times;
    best = t < best ? t : best;
  }
  return best;
}

static double mebibytes(Work w)
{
  int64_t before = tt_memory_stats().live_bytes;
  tt_reset_peak_memory();
  run(&w);
  return (double)(tt_memory_stats().peak_bytes - before) / 0x1p20;
}

static void quote(const char *key, double value, const char *unit)
{
  printf("# fused.%s\t%.*f%s%s\n", key, value < 10 ? 1 : 0, value,
         *unit ? " " : "", unit);
}

enum { N = 512 };

static void compare(int64_t classes)
{
  TT_SCOPE;
  Tensor *x = tt_randn(TT_SHAPE(N, classes), NULL);
  Tensor *y = tt_empty(TT_I32, TT_SHAPE(N));
  for (int64_t i = 0; i < N; i++)
    tt_set_(y, TT_INDEX(i), (double)(i * 97 % classes));
  int times = classes < 1000 ? 20 : 1;
  Work steps = { in_steps, x, y, times };
  Work one = { tt_cross_entropy, x, y, times };
  double slow = seconds(steps), fast = seconds(one);
  double per = 1e9 / (double)tt_numel(x);
  printf("%lld\t%.3f\t%.3f\n", (long long)classes, slow * per,
         fast * per);
  if (classes > 50000) {
    quote("scores", (double)tt_numel(x) * 4 / 0x1p20, "MiB");
    quote("steps_peak", mebibytes(steps), "MiB");
    quote("one_peak", mebibytes(one), "MiB");
    quote("steps", slow * 1e3, "ms");
    quote("one", fast * 1e3, "ms");
    quote("ratio", slow / fast, "");
    Work logs = { logarithms, tt_softmax(x, 1), y, 1 };
    quote("logs", 100 * seconds(logs) / slow, "%");
  }
}

static void compare_small(void)
{
  Tensor *x = tt_rand(TT_SHAPE(4), NULL), *y = tt_ones(TT_SHAPE(4));
  quote("mse_calls", seconds((Work){ squares_in_steps, x, y, 1000 })
                     * 1e9, "ns");
  quote("mse_one", seconds((Work){ tt_mse_loss, x, y, 1000 }) * 1e9,
        "ns");
  x = tt_randn(TT_SHAPE(64, 10), NULL);
  y = tt_empty(TT_I32, TT_SHAPE(64));
  tt_fill_(y, 3);
  quote("small_steps", seconds((Work){ in_steps, x, y, 100 }) * 1e6,
        "µs");
  quote("small", seconds((Work){ tt_cross_entropy, x, y, 100 }) * 1e6,
        "µs");
}

enum { LOGS = 4096 };
Real in[LOGS], out[LOGS];

static void library(void *unused)
{
  (void)unused;
  for (int i = 0; i < LOGS; i++)
    out[i] = log1p(in[i]);
}

static void series(void *unused)
{
  (void)unused;
  for (int i = 0; i < LOGS; i++)
    out[i] = tt_log1pf(in[i]);
}

int main(void)
{
  static const int64_t classes[] = {
    10, 30, 100, 300, 1000, 3000, 10000, 30000, 50257
  };
  printf("classes\tsteps\tone\n");
  for (int i = 0; i < 9; i++)
    compare(classes[i]);
  compare_small();
  for (int i = 0; i < LOGS; i++)
    in[i] = (Real)i / LOGS;
  quote("log1p", tt_machine_time(library, NULL) * 1e9 / LOGS, "ns");
  quote("series", tt_machine_time(series, NULL) * 1e9 / LOGS, "ns");
  return 0;
}
