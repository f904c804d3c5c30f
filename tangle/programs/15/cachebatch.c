// Made from chapters/15-memoization.nw by tools/tangle: edit there.
// Where a cache helps less: texts side by side, with a naive product.
#include <math.h>
#include <stdio.h>
#include "tt/machine.h"
#include "tt/tt.h"

enum { PLACES = 64, MOST = 32 };

static double pass(KvCache *c, int n)          // ms for a token of each
{
  KvPart part[MOST];
  double best = 1e9;
  for (int k = 0; k < 5; k++) {
    TT_SCOPE;
    for (int i = 0; i < n; i++)
      part[i] = (KvPart){ i, tt_randint(0, 65, TT_SHAPE(1), NULL) };
    double start = tt_machine_now();
    tt_kv_logits(c, n, part);
    best = fmin(best, (tt_machine_now() - start) * 1e3);
  }
  return best;
}

static double alone(Gpt *m, const TextReader *reader)  // one after one
{
  double best = 1e9;
  for (int i = 0; i < 30; i++) {
    TT_SCOPE;
    Tensor *prompt = tt_randint(0, 65, TT_SHAPE(1), NULL);
    double start = tt_machine_now();
    tt_generate(m, prompt, 1, (GenerationOptions){ .reader = reader });
    best = fmin(best, (tt_machine_now() - start) * 1e3);
  }
  return best;
}

int main(void)
{
  Gpt *m = tt_gpt_new((GptOptions){ .vocab_size = 65, .context = 256,
    .dim = 384, .layers = 6, .heads = 6 }, NULL);
  tt_module_eval(m);
  KvCache *c = tt_kv_cache_new(m, MOST, (KvOptions){0});
  puts("texts   ms a pass   tokens/s   MB of pages   MB of weights");
  for (int n = 1; n <= MOST; n *= 2) {
    for (int i = 0; i < n; i++)
      if (c->sequence[i].n == 0)
        tt_kv_next(c, i, tt_randint(0, 65, TT_SHAPE(PLACES), NULL));
    double ms = pass(c, n);
    printf("%5d %11.1f %10.0f %13.1f %15.1f\n", n, ms, n / ms * 1e3,
           (double)tt_kv_bytes(c) / 1e6,
           4 * (double)tt_module_count(m) / 1e6);
  }
  printf("\none token after one: %.2f ms with a cache, %.2f without\n",
         alone(m, &tt_cached_reader), alone(m, &tt_rereader));
  tt_clear();
}
