// Made from chapters/13-transformers.nw by tools/tangle: edit there.
#include <stdio.h>
#include <time.h>
#include "tt/tt.h"

enum { BATCH = 8, STEPS = 10 };
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

static void step(Gpt *m, Optimizer *adam, Tensor *text)
{
  TT_SCOPE;
  Batch b = tt_windows(text, BATCH, m->options.context, NULL);
  tt_optimizer_zero_grad(adam);
  tt_backward(tt_language_loss(tt_forward(m, b.x), b.y));
  tt_clip_grad_norm(tt_module_parameters(m), 1);
  tt_optimizer_step(adam);
}

int main(void)
{
  tt_autograd_enable();
  GptOptions o = tt_llama_like((GptOptions){ .vocab_size = 65,
    .context = 128, .dim = 128, .layers = 4, .heads = 4 });
  Gpt *m = tt_gpt_new(o, NULL);
  Optimizer *adam = tt_adamw_new(tt_module_parameters(m),
                                 (AdamOptions){ .lr = 1e-3 });
  Tensor *text = tt_randint(0, 65, TT_SHAPE(10000), NULL);
  plain = tt_backend;
  Backend watched = *plain;
  watched.gemm = timed_gemm;
  tt_backend = &watched;
  step(m, adam, text);
  tt_reset_peak_memory();
  in_products = 0;
  double start = now();
  for (int i = 0; i < STEPS; i++)
    step(m, adam, text);
  double all = (now() - start) / STEPS, gemm = in_products / STEPS;
  double flops = 3 * BATCH * tt_gpt_flops(o, o.context);
  printf("gptcost.step\t%.0f ms\ngptcost.products\t%.0f %%\n"
         "gptcost.rate\t%.0f GFLOP/s\n", 1e3 * all,
         100 * gemm / all, flops / gemm / 1e9);
  printf("gptcost.weights\t%.1f MiB\ngptcost.peak\t%.0f MiB\n",
         (double)tt_module_count(m) * sizeof(Real) / (1 << 20),
         (double)tt_memory_stats().peak_bytes / (1 << 20));
  return 0;
}
