// Made from chapters/11-embeddings.nw by tools/tangle: edit there.
// The words of a text, in small letters, and a table of them.
#ifndef WORDS_H
#define WORDS_H
#include <ctype.h>
#include <math.h>
#include "../10/booktext.h"

enum { LEAST = 5 };                // a word that counts is so frequent

typedef struct Word { const char *at; int64_t n, count; } Word;

typedef struct Words {
  bool     plays;                  // of Shakespeare, else of this book
  int64_t  all, n;                 // words; those of the vocabulary
  int32_t  size;                   // of the vocabulary
  int32_t *id;                     // n of them, the most frequent 0
  Word    *word, *sorted;          // by frequency, by letters
} Words;

static inline int by_letters(const void *a, const void *b)
{
  const Word *x = a, *y = b;
  size_t n = (size_t)(x->n < y->n ? x->n : y->n);
  int c = memcmp(x->at, y->at, n);
  return c ? c : (x->n > y->n) - (x->n < y->n);
}

static inline int by_count(const void *a, const void *b)
{
  const Word *x = a, *y = b;
  int c = (x->count < y->count) - (x->count > y->count);
  return c ? c : by_letters(a, b);
}

static inline void *memory_for(int64_t n, size_t size)
{
  void *p = malloc((size_t)n * size);
  if (!p)
    exit(1);
  return p;
}

// letters, and an apostrophe between two of them
static inline bool in_word(const char *s, const char *end)
{
  return isalpha((unsigned char)*s)
         || (*s == '\'' && s + 1 < end && isalpha((unsigned char)s[1]));
}

static inline int64_t cut(char *s, const char *end, Word *to)
{
  int64_t n = 0;
  while (s < end) {
    if (!isalpha((unsigned char)*s)) {
      s++;
      continue;
    }
    char *from = s;
    for (; s < end && in_word(s, end); s++)
      *s = (char)tolower((unsigned char)*s);
    if (to)
      to[n] = (Word){ from, s - from, 1 };
    n++;
  }
  return n;
}

// each once, with its count, the most frequent first: how many
static inline int64_t count_words(Word *w, int64_t n)
{
  qsort(w, (size_t)n, sizeof *w, by_letters);
  int64_t m = 0;
  for (int64_t i = 0; i < n; i++)
    if (m > 0 && by_letters(&w[m - 1], &w[i]) == 0)
      w[m - 1].count++;
    else
      w[m++] = w[i];
  qsort(w, (size_t)m, sizeof *w, by_count);
  return m;
}

static inline int32_t id_of(const Words *w, Word one)  // or -1
{
  const Word *s = bsearch(&one, w->sorted, (size_t)w->size, sizeof *s,
                          by_letters);
  return s ? (int32_t)s->count : -1;
}

static inline Words read_words(void)
{
  char path[4096];
  Words w = { .plays = tt_data_find("text/tinyshakespeare.txt", path) };
  Book b = { NULL, 0, 0 };
  if (w.plays) {
    const Tensor *t = tt_read_bytes(path);
    b.text = t->data, b.n = tt_numel(t);
  } else {
    b = read_book();
  }
  char *end = b.text + b.n;
  w.all = cut(b.text, end, NULL);
  Word *each = memory_for(w.all, sizeof *each);
  w.word = memory_for(w.all, sizeof *each);
  cut(b.text, end, each);
  memcpy(w.word, each, (size_t)w.all * sizeof *each);
  int64_t different = count_words(w.word, w.all);
  while (w.size < different && w.word[w.size].count >= LEAST)
    w.size++;
  w.sorted = memory_for(w.size, sizeof *each);
  for (int32_t k = 0; k < w.size; k++)
    w.sorted[k] = (Word){ w.word[k].at, w.word[k].n, k };
  qsort(w.sorted, (size_t)w.size, sizeof *each, by_letters);
  w.id = memory_for(w.all, sizeof *w.id);
  for (int64_t i = 0; i < w.all; i++)
    if ((w.id[w.n] = id_of(&w, each[i])) >= 0)
      w.n++;
  free(each);
  return w;
}
#endif
