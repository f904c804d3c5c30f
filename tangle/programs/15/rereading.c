// Made from chapters/15-memoization.nw by tools/tangle: edit there.
// One letter more: what is computed, and by whom.
#include <stdio.h>
#include "tt/tt.h"

enum { LETTERS = 128 };

static void write_one(void *gpt)   // the last of 128
{
  Tensor *ids = tt_randint(0, 65, TT_SHAPE(LETTERS), NULL);
  tt_generate(gpt, ids, 1, (GenerationOptions){
    .reader = &tt_rereader });
}

static void at_length(int64_t n, void *gpt)
{
  TT_SCOPE;
  TT_NO_GRAD;
  tt_forward(gpt, tt_randint(0, 65, TT_SHAPE(1, n), NULL));
}

int main(void)
{
  Gpt *m = tt_gpt_new(tt_llama_like((GptOptions){ .vocab_size = 65,
    .context = 512, .dim = 128, .layers = 4, .heads = 4 }), NULL);
  tt_module_eval(m);
  tt_profile_print(tt_profile(write_one, m, m, (ProfilerOptions){
    .warmup = 3, .active = 20 }));
  ScalingPoint p[5];
  int64_t length[] = { 32, 64, 128, 256, 512 };
  tt_profile_scaling(at_length, m, 5, length, p);
  puts("");
  tt_scaling_print(stdout, 5, p);
  printf("\n%d letters: %d places are computed, %d are new\n", LETTERS,
         LETTERS * (LETTERS + 1) / 2, LETTERS);
  tt_clear();
}
