// Made from chapters/10-tokenization.nw by tools/tangle: edit there.
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <tt/tt.h>

static const char *path(const char *name)
{
  static char text[4][64];
  static int k;
  snprintf(text[k], sizeof *text, "build/%d-%s", (int)getpid(), name);
  return text[k++];
}

// n lines from line `first` on
static void show(const char *name, const char *file, int first, int n)
{
  FILE *f = fopen(file, "r");
  char line[80];
  printf("%s\n", name);
  for (int i = 0; f && fgets(line, sizeof line, f) && i < first + n;
       i++)
    if (i >= first)
      printf("   %s", line);
  if (f)
    fclose(f);
  unlink(file);
}

// the last entries of JSON
static void show_end(const char *name, const char *file, int entries)
{
  const Tensor *t = tt_read_bytes(file);
  const char *text = t->data, *s = text + tt_numel(t);
  while (s > text && entries > 0)
    entries -= *--s == ',';
  printf("%s\n  %.*s", name, (int)(text + tt_numel(t) - s) - 1, s + 1);
  unlink(file);
}

int main(void)
{
  Tokenizer *t = tt_bpe_train("he sees the thesis, then the theme", -1,
                              (BpeOptions){ .size = 259 });
  const char *own = path("own"), *vocab = path("vocab");
  const char *merges = path("merges"), *ranks = path("ranks");
  tt_save_tokenizer(own, t);
  tt_save_gpt2(vocab, merges, t);
  tt_save_tiktoken(ranks, t);
  show("ours: merges of ids", own, 2, 4);
  show("GPT-2, merges.txt", merges, 1, 3);
  show_end("GPT-2, vocab.json", vocab, 3);
  show("tiktoken", ranks, 256, 3);
  tt_clear();
}
