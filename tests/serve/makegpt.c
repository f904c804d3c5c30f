// makegpt GPT TOKENIZER: a model that writes, with random weights.
#include "tt/tt.h"

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  Generator g;
  tt_manual_seed(&g, 1);
  Tokenizer *t = tt_char_tokenizer_new("abcdefghij klmnop\n", -1);
  Gpt *m = tt_gpt_new((GptOptions){.vocab_size = t->size, .context = 128, .dim = 32,
                                   .layers = 2, .heads = 2}, &g);
  tt_gpt_save(argv[1], m, (Metadata){0});
  tt_save_tokenizer(argv[2], t);
  tt_clear();
}
