// Made from chapters/10-tokenization.nw by tools/tangle: edit there.
// The book reads itself: a tokenizer learned from the chapters before
// this one, and what it makes of this one.
#include "booktext.h"

static void print_text(Piece p)
{
  for (int64_t i = 0; i < p.n; i++)
    putchar(p.at[i]);
}

static void show_line(const Tokenizer *t, const char *text)
{
  Tensor *ids = tt_encode(t, text, -1);
  const int32_t *id = ids->data;
  for (int64_t i = 0; i < tt_numel(ids); i++) {
    printf("%s", i ? "|" : "");
    print_text(t->piece(t, id[i]));
  }
  printf("\n");
}

int main(void)
{
  Book b = read_book();
  const char *text = b.text + b.last;
  int64_t n = b.n - b.last;
  Tokenizer *t = tt_bpe_train(b.text, b.last,
                              (BpeOptions){ .size = 8192 });
  Tensor *ids = tt_encode(t, text, n);
  Tensor *back = tt_decode(t, ids);
  bool same = tt_numel(back) == n
              && memcmp(back->data, text, (size_t)n) == 0;
  printf("learned from %.1f MB\n", (double)b.last / 1e6);
  printf("this chapter: %lld bytes, %lld tokens, %s\n",
         (long long)n, (long long)tt_numel(ids),
         same ? "and back again" : "and something is lost");
  show_line(t, "Every tensor has a shape, and a backend computes it.");
  show_line(t, "    for (int64_t i = 0; i < n; i++)");
  show_line(t, "Shall I compare thee to a summer's day?");
  show_line(t, "Alle Menschen sind frei und gleich geboren.");
  free(b.text);
  tt_clear();
  return !same;
}
