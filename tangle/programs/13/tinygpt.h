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
#endif
