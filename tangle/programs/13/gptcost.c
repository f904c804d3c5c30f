// Made from chapters/13-transformers.nw by tools/tangle: edit there.
#include <time.h>
#include "tinygpt.h"

enum { STEPS = 10 };
static const Backend *plain;
static double in_products;

static double now(void)            // seconds of this program
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void timed_gemm(const Gemm *g)
{
  double start = now();
  plain->gemm(g);
  in_products += now() - start;
}

int main(void)
{
  tt_autograd_enable();
  Plan p = full_plan();
  GptOptions o = p.model;
  o.vocab_size = 65;               // letters in the plays
  Gpt *m = tt_gpt_new(o, NULL);
  Optimizer *adam = tt_adamw_new(tt_module_parameters(m),
                                 (AdamOptions){ .lr = 1e-3 });
  Tensor *text = tt_randint(0, 65, TT_SHAPE(10000), NULL);
  plain = tt_backend;
  Backend watched = *plain;
  watched.gemm = timed_gemm;
  tt_backend = &watched;
  one_step(m, adam, text, &p, NULL);
  tt_reset_peak_memory();
  in_products = 0;
  double start = now();
  for (int i = 0; i < STEPS; i++)
    one_step(m, adam, text, &p, NULL);
  double all = (now() - start) / STEPS, gemm = in_products / STEPS;
  double flops = 3 * (double)p.batch * tt_gpt_flops(o, o.context);
  printf("gptcost.step\t%.0f ms\ngptcost.products\t%.0f %%\n"
         "gptcost.rate\t%.0f GFLOP/s\n", 1e3 * all,
         100 * gemm / all, flops / gemm / 1e9);
  printf("gptcost.weights\t%.1f MiB\ngptcost.peak\t%.0f MiB\n",
         (double)tt_module_count(m) * sizeof(Real) / (1 << 20),
         (double)tt_memory_stats().peak_bytes / (1 << 20));
  return 0;
}
