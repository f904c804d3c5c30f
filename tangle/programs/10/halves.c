// Made from chapters/10-tokenization.nw by tools/tangle: edit there.
// An emoji in two tokens, printed at once and by a stream.
#include <stdio.h>
#include <string.h>
#include <tt/tt.h>

static void show(const char *what, Piece p)
{
  printf("%s", what);
  for (int64_t i = 0; i < p.n; i++)
    printf(" %02x", (unsigned)(unsigned char)p.at[i]);
  printf("%s\n", p.n ? "" : " -");
}

int main(void)
{
  const char *text = "\U0001f600\U0001f601";
  Tokenizer *t = tt_bpe_train("\U0001f600\U0001f601\U0001f602", -1,
                              (BpeOptions){ .size = 258 });
  Tensor *ids = tt_encode(t, text, -1);
  TextStream *s = tt_text_stream_new(t);
  const int32_t *id = ids->data;
  for (int64_t i = 0; i < tt_numel(ids); i++) {
    printf("token %d:", id[i]);
    show("", t->piece(t, id[i]));
    show("  the stream prints:", tt_stream_next(s, id[i]));
  }
  tt_clear();
}
