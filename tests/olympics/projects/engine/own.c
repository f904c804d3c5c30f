// A GPT that reads bytes (train.c has trained it). Its weights are bytes,
// too; keys and values lie in pages, and those that have left the window
// are given back, so the text may be of any length.
#include <tt/tt.h>

static KvCache *cache;

static void load(const char *model) {
  Gpt *gpt = tt_load_quantized_gpt(model, NULL);
  int64_t sinks = 4, window = gpt->options.context - sinks;
  cache = tt_kv_cache_new(gpt, 1, (KvOptions){.window = window, .sinks = sinks});
}

static Tensor *next(int byte) {
  return tt_kv_next(cache, 0, tt_from_int(TT_SHAPE(1), (int32_t[]){byte}));
}

static const Entry entry = {load, NULL, NULL, NULL, next};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
