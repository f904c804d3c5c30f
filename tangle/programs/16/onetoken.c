// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// One letter more, with a KV cache: what is read for it.
#include <stdio.h>
#include "tt/machine.h"
#include "tt/tt.h"

typedef struct Writing { KvCache *cache; Tensor *id; } Writing;

static void write_one(void *writing)
{
  Writing *w = writing;
  tt_kv_next(w->cache, 0, w->id);
}

static double weights_in(void *m)  // bytes of its matrices
{
  StateDict s = tt_module_parameters(m);
  double n = 0;
  for (int i = 0; i < s.n; i++)
    n += (*s.entry[i].slot)->rank == 2
         ? 4 * (double)tt_numel(*s.entry[i].slot) : 0;
  return n;
}

int main(void)
{
  Gpt *m = tt_gpt_new((GptOptions){ .vocab_size = 65, .dim = 384,
    .context = 128, .layers = 6, .heads = 6 }, NULL);
  tt_module_eval(m);
  Writing w = { tt_kv_cache_new(m, 1, (KvOptions){0}),
                tt_from_int(TT_SHAPE(1), (int32_t[]){ 7 }) };
  tt_kv_next(w.cache, 0, tt_randint(0, 65, TT_SHAPE(64), NULL));
  Profile *p = tt_profile(write_one, &w, m, (ProfilerOptions){
    .warmup = 3, .active = 20 });
  tt_profile_print(p);
  Roofline r = tt_roofline();
  double s = p->seconds / (double)p->steps, bytes = weights_in(m);
  printf("\n%.1f MB of weights in %.2f ms: %.1f GB/s, and the memory"
         " gives %.1f\n", bytes / 1e6, s * 1e3, bytes / s / 1e9,
         r.rate[TT_LEVELS - 1] / 1e9);
  tt_clear();
}
