// Made from chapters/10-tokenization.nw by tools/tangle: edit there.
// A tokenizer that cuts at blanks: what comes back of a sonnet.
//   blanks          ten lines to learn from, four to read
//   blanks --book   how many words of this chapter are new
#include <ctype.h>
#include "booktext.h"
#include "sonnet.h"

static const char sonnet[] = TEN_LINES, rest[] = FOUR_LINES;
typedef struct Word { const char *at; size_t n; } Word;
static Word word[1 << 20];
static int words;

static int compare(const void *a, const void *b)
{
  const Word *x = a, *y = b;
  int c = memcmp(x->at, y->at, x->n < y->n ? x->n : y->n);
  return c ? c : (x->n > y->n) - (x->n < y->n);
}

static const char *next_word(const char *s, const char *end, Word *w)
{
  while (s < end && isspace((unsigned char)*s))
    s++;
  w->at = s;
  while (s < end && !isspace((unsigned char)*s))
    s++;
  w->n = (size_t)(s - w->at);
  return s;
}

static void learn(const char *s, const char *end)
{
  Word w;
  while (s = next_word(s, end, &w), w.n > 0)
    word[words++] = w;
  qsort(word, (size_t)words, sizeof *word, compare);
  int n = 0;
  for (int i = 0; i < words; i++)
    if (n == 0 || compare(&word[i], &word[n - 1]))
      word[n++] = word[i];
  words = n;
}

static bool known(Word w)
{
  return bsearch(&w, word, (size_t)words, sizeof w, compare) != NULL;
}

static void book(void)
{
  Book b = read_book();
  learn(b.text, b.text + b.last);
  Word w;
  int all = 0, unknown = 0;
  const char *s = b.text + b.last;
  for (; s = next_word(s, b.text + b.n, &w), w.n > 0; all++)
    unknown += !known(w);
  printf("# blanks.unknown\t%d\n", (100 * unknown + all / 2) / all);
  printf("# blanks.words\t%d,%03d\n", words / 1000, words % 1000);
}

int main(int argc, char **argv)
{
  (void)argv;
  if (argc > 1)
    return book(), 0;
  learn(sonnet, sonnet + strlen(sonnet));
  const char *s = rest, *end = rest + strlen(rest);
  size_t column = 0;
  for (Word w; s = next_word(s, end, &w), w.n > 0;) {
    column = column + w.n > 34 ? printf("\n"), 0 : column;
    column += (size_t)(known(w) ? printf("%.*s ", (int)w.n, w.at)
                                : printf("? "));
  }
  printf("\n");
}
