// Made from chapters/15-memoization.nw by tools/tangle: edit there.
// A token of a growing text, with a cache and without.
#include <math.h>
#include <stdio.h>
#include "tt/machine.h"
#include "tt/tt.h"

enum { AGAIN = 256, CACHED = 2048 };

typedef struct Clock { double start, at[CACHED + 1]; int n; } Clock;

static bool note(void *clock, TokenChoice c)
{
  Clock *k = clock;
  k->at[++k->n] = tt_machine_now() - k->start;
  return c.id >= 0;
}

static Clock write(Gpt *m, int64_t n, const TextReader *reader)
{
  TT_SCOPE;
  Clock k = { .start = tt_machine_now() };
  Tensor *prompt = tt_from_int(TT_SHAPE(1), (int32_t[]){ 1 });
  tt_generate(m, prompt, n, (GenerationOptions){
    .reader = reader, .token = note, .arg = &k });
  return k;
}

static double ms_at(const Clock *k, int n)     // of the last tokens
{
  int from = n - n / 8 - 1;
  return (k->at[n] - k->at[from]) / (n - from) * 1e3;
}

static double pass(Gpt *m, int64_t n)          // ms for n places
{
  double best = 1e9;
  for (int i = 0; i < (n > 256 ? 1 : 3); i++) {
    TT_NO_GRAD;
    Tensor *ids = tt_randint(0, 65, TT_SHAPE(1, n), NULL);
    double start = tt_machine_now();
    tt_gpt_logits(m, tt_select(tt_gpt_features(m, ids, (GptPass){0}),
                               1, -1));
    best = fmin(best, (tt_machine_now() - start) * 1e3);
  }
  return best;
}

static double times(Gpt *m, int n)  // as long without a cache
{
  double again = 1e9, cached = 1e9;
  for (int i = 0; i < 20; i++) {
    again = fmin(again, write(m, n, &tt_rereader).at[n]);
    cached = fmin(cached, write(m, n, &tt_cached_reader).at[n]);
  }
  return again / cached;
}

static void limits(Gpt *m, const Clock *again, const Clock *cached)
{
  Roofline r = tt_roofline();
  double weights = 4 * (double)(tt_module_count(m)   // a row of the
    - tt_numel(m->places->weight));                  // places is read
  double kv = (double)tt_kv_page_bytes(m->options, (KvOptions){0})
              / 32 * AGAIN;
  double s = ms_at(cached, AGAIN) / 1e3;
  double old = ms_at(again, AGAIN) / 1e3;
  printf("# cachecost.weights\t%.1f MB\n"
         "# cachecost.tokens\t%.0f\n"
         "# cachecost.rate\t%.1f GB/s\n"
         "# cachecost.limit\t%.1f GB/s\n"
         "# cachecost.share\t%.0f %%\n"
         "# cachecost.flops\t%.1f GFLOP/s\n"
         "# cachecost.gemm\t%.1f GFLOP/s\n", weights / 1e6, 1 / s,
         (weights + kv) / s / 1e9, r.rate[TT_LEVELS - 1] / 1e9,
         100 * (weights + kv) / s / r.rate[TT_LEVELS - 1],
         tt_gpt_flops(m->options, AGAIN) / old / 1e9, r.gemm / 1e9);
}

int main(void)
{
  Gpt *m = tt_gpt_new((GptOptions){ .vocab_size = 65, .dim = 384,
    .context = CACHED + 1, .layers = 6, .heads = 6 }, NULL);
  tt_module_eval(m);
  Clock cached = write(m, CACHED, &tt_cached_reader);
  Clock again = write(m, AGAIN, &tt_rereader);
  const double none = (double)NAN;
  printf("n\tagain\tcached\tall_again\tall_cached\n");
  for (int n = 1; n <= CACHED; n *= 2)
    printf("%d\t%.3f\t%.4f\t%.4f\t%.4f\n", n, n > 1024 ? none
           : n > AGAIN ? pass(m, n) : ms_at(&again, n),
           ms_at(&cached, n), n > AGAIN ? none : again.at[n],
           cached.at[n]);
  int fifty = 1;
  while (fifty < AGAIN && again.at[fifty] < 50 * cached.at[fifty])
    fifty++;
  printf("# cachecost.two\t%.1f\n# cachecost.all\t%.0f\n"
         "# cachecost.fifty\t%d\n# cachecost.again\t%.1f s\n"
         "# cachecost.cached\t%.2f s\n# cachecost.longest\t%.1f ms\n",
         times(m, 2), again.at[AGAIN] / cached.at[AGAIN], fifty,
         again.at[AGAIN],
         cached.at[AGAIN], ms_at(&cached, CACHED));
  limits(m, &again, &cached);
  tt_clear();
}
