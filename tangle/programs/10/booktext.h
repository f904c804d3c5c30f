// Made from chapters/10-tokenization.nw by tools/tangle: edit there.
// The chapters of this book, from the folder in which it is built.
#ifndef BOOKTEXT_H
#define BOOKTEXT_H
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>

typedef struct Book { char *text; int64_t n, last; } Book;
// without those to come; last: where this chapter begins
static inline Book read_book(void)
{
  glob_t g;
  if (glob("chapters/[0-9][0-9]-*.nw", 0, NULL, &g) != 0) {
    fprintf(stderr, "no chapters here: start it in the book's root\n");
    exit(1);
  }
  Book b = { NULL, 0, 0 };
  for (size_t i = 0; i < g.gl_pathc; i++) {
    if (strcmp(g.gl_pathv[i], "chapters/11") > 0)
      break;
    const Tensor *t = tt_read_bytes(g.gl_pathv[i]);
    b.last = b.n;
    b.n += tt_numel(t);
    b.text = realloc(b.text, (size_t)b.n);
    if (!b.text)
      exit(1);
    memcpy(b.text + b.last, t->data, (size_t)(b.n - b.last));
  }
  globfree(&g);
  return b;
}
#endif
