// Made from chapters/15-memoization.nw by tools/tangle: edit there.
// Bytes of caches, measured, beside the formula.
#include <stdio.h>
#include "tt/tt.h"

static double held(int64_t kv_heads, KvOptions o, int64_t places)
{
  TT_SCOPE;
  Gpt *m = tt_gpt_new(tt_llama_like((GptOptions){ .vocab_size = 65,
    .context = 2048, .dim = 384, .layers = 6, .heads = 6,
    .kv_heads = kv_heads, .hidden = 32 }), NULL);
  tt_module_eval(m);
  int64_t before = tt_memory_stats().live_bytes;
  KvCache *c = tt_kv_cache_new(m, 1, o);
  for (int64_t n = 0; n < places; n += 32)
    tt_release(tt_kv_next(c, 0, tt_randint(0, 65, TT_SHAPE(32), NULL)));
  double all = (double)(tt_memory_stats().live_bytes - before);
  return all / 1e6;
}

int main(void)
{
  GptOptions o = { .dim = 384, .layers = 6, .heads = 6 };
  KvOptions plain = {0}, bytes = { .int8 = true };
  KvOptions window = { .window = 252, .sinks = 4 };
  double page = (double)tt_kv_page_bytes(o, plain) / 1e6;
  double grouped, packed;
  printf("n\tplain\tgrouped\tint8\twindow\tformula\n");
  for (int64_t n = 128; n <= 1024; n += 128) {
    grouped = held(2, plain, n), packed = held(6, bytes, n);
    printf("%lld\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\n", (long long)n,
           held(6, plain, n), grouped, packed, held(6, window, n),
           page * (double)n / 32);
  }
  printf("# cachememory.place\t%.1f kB\n# cachememory.packed\t%.1f\n"
         "# cachememory.window\t%.1f MB\n", page * 1e3 / 32,
         page * 1024 / 32 / packed, held(6, window, 1024));
  GptOptions gpt2 = { .dim = 768, .layers = 12, .heads = 12 };
  GptOptions seven = { .dim = 4096, .layers = 32, .heads = 32 };
  double place = (double)tt_kv_page_bytes(gpt2, plain) / 32;
  printf("# cachememory.gpt2\t%.1f kB\n# cachememory.gpt2all\t%.1f MB\n"
         "# cachememory.seven\t%.1f MB\n", place / 1e3,
         place * 1024 / 1e6,
         (double)tt_kv_page_bytes(seven, plain) / 32e6);
  tt_clear();
}
