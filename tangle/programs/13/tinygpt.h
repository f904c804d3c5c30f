// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// A text, its characters as tokens, and both its parts.
#ifndef TINYGPT_H
#define TINYGPT_H
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../10/booktext.h"

typedef struct Corpus {
  bool       plays;                // the plays, not this book
  const char *text;
  int64_t    n;
  Tokenizer *letters;
  Tensor    *fit, *valid;          // ids: nine tenths, one tenth
} Corpus;

static inline Corpus read_corpus(bool shipped)
{
  char path[4096];
  Corpus c = { .plays = !shipped
                 && tt_data_find("text/tinyshakespeare.txt", path) };
  if (c.plays) {
    const Tensor *bytes = tt_read_bytes(path);
    c.text = bytes->data, c.n = tt_numel(bytes);
  } else {
    Book b = read_book();
    c.text = b.text, c.n = b.n;
  }
  c.letters = tt_char_tokenizer_new(c.text, c.n);
  Tensor *ids = tt_encode(c.letters, c.text, c.n);
  int64_t n = ids->shape[0], most = n * 9 / 10;
  c.fit = tt_slice(ids, 0, 0, most, 1);
  c.valid = tt_slice(ids, 0, most, n, 1);
  return c;
}

static inline void write_on(FILE *f, Gpt *m, const Corpus *c,
                            int64_t letters, double temperature,
                            Generator *g)
{
  TT_SCOPE;
  TT_NO_GRAD;
  bool training = m->base.training;
  tt_module_eval(m);
  Tensor *ids = tt_encode(c->letters, "\n", 1);
  int64_t context = m->options.context;
  for (int64_t i = 0; i < letters; i++) {
    Tensor *seen = tt_slice(ids, 0, -context, INT64_MAX, 1);
    Tensor *y = tt_forward(m, tt_unsqueeze(seen, 0));
    y = tt_select(tt_select(y, 0, 0), 0, -1);
    y = tt_softmax(tt_mul_scalar(y, (Real)(1 / temperature)), 0);
    ids = tt_cat(2, (Tensor *[]){ ids, tt_multinomial(y, 1, g) }, 0);
  }
  fprintf(f, "%s\n", (char *)tt_decode(c->letters, ids)->data + 1);
  if (training)
    tt_module_train(m);
}
#endif
