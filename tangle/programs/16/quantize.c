// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// Weights as bytes, in three ways, and as halves of a byte.
#include "quantmodel.h"
#include "quantshare.h"

typedef struct Way { const char *name; int levels; int64_t share; } Way;

static double zeros_in(StateDict s)
{
  double zeros = 0, all = 0;
  for (int i = 0; i < s.n; i++)
    if ((*s.entry[i].slot)->rank == 2) {
      Tensor *is = tt_eq(*s.entry[i].slot, tt_zeros(TT_SCALAR));
      zeros += tt_item(tt_sum(is, TT_ALL, false));
      all += (double)tt_numel(is);
    }
  return 100 * zeros / all;
}

static void show_text(Gpt *m, const Corpus *c)
{
  Tensor *prompt = tt_encode(c->letters, "First Citizen:\n", 15);
  Generator g;
  tt_manual_seed(&g, 3);
  WrittenTokens w = tt_generate(m, prompt, 36, (GenerationOptions){
    .tokenizer = c->letters,
    .sampling = { .temperature = 0.6, .generator = &g } });
  for (char *t = w.text->data; *t; t++)
    putchar(*t == '\n' ? '/' : *t);
}

int main(void)
{
  static const Way way[] = {
    { "as it is", 0, 0 }, { "8 bits, a cast", CAST, 0 },
    { "8 bits, a matrix", 127, MATRIX },
    { "4 bits, a matrix", 7, MATRIX }, { "4 bits, a row", 7, ROW },
    { "4 bits, 32", 7, 32 } };
  Corpus c = read_corpus(false);
  Tensor *valid = unseen(&c, JUDGED);
  puts("a scale for        zeros    loss   text");
  for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
    TT_SCOPE;
    TT_NO_GRAD;
    Gpt *m = trained();
    StateDict s = tt_module_parameters(m);
    for (int j = 0; j < s.n; j++)
      if ((*s.entry[j].slot)->rank == 2 && way[i].levels)
        round_shared(*s.entry[j].slot, way[i].levels, way[i].share);
    printf("%-16s %5.1f %%  %6.3f   ", way[i].name, zeros_in(s),
           tt_gpt_loss(m, valid));
    show_text(m, &c);
    puts("");
  }
  tt_clear();
}
