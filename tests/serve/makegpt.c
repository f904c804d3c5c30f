// makegpt GPT TOKENIZER [DIM LAYERS CONTEXT]: a model that writes, with random weights.
#include <stdlib.h>
#include "tt/tt.h"

int main(int argc, char **argv) {
  if (argc != 3 && argc != 6) return 2;
  const int64_t dim = argc == 6 ? atoll(argv[3]) : 32, layers = argc == 6 ? atoll(argv[4]) : 2;
  Generator g;
  tt_manual_seed(&g, 1);
  Tokenizer *t = tt_char_tokenizer_new("abcdefghij klmnop\n", -1);
  Gpt *m = tt_gpt_new((GptOptions){.vocab_size = t->size, .dim = dim, .layers = layers, .heads = 2,
                                   .context = argc == 6 ? atoll(argv[5]) : 128}, &g);
  tt_gpt_save(argv[1], m, (Metadata){0});
  tt_save_tokenizer(argv[2], t);
  tt_clear();
}
