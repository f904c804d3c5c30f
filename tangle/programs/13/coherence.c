// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// Is it a text? coherence [MODEL]: words, bits, copies.
#include <ctype.h>
#include <zlib.h>
#include "ngrams.h"

enum { LETTERS = 10000, STREAMS = 50 };

// LETTERS characters, as STREAMS texts that go on side by side
static char *text_of(Gpt *m, const Corpus *c, double temperature)
{
  TT_SCOPE;
  TT_NO_GRAD;
  enum { N = LETTERS / STREAMS };
  Generator g;
  tt_manual_seed(&g, 1);
  Tensor *ids = tt_empty(TT_I32, TT_SHAPE(STREAMS, N + 1));
  tt_fill_(ids, tt_item(tt_encode(c->letters, "\n", 1)));
  for (int64_t t = 1; t <= N; t++) {
    TT_SCOPE;
    int64_t from = t > m->options.context ? t - m->options.context : 0;
    Tensor *x = tt_gpt_features(m, tt_slice(ids, 1, from, t, 1),
                                (GptPass){0});
    x = tt_gpt_logits(m, tt_select(x, 1, -1));
    SamplingOptions o = { .temperature = temperature, .generator = &g };
    for (int i = 0; i < STREAMS; i++)
      tt_set_(ids, TT_INDEX(i, t),
              tt_next_token(tt_select(x, 0, i), NULL, o).id);
  }
  Tensor *all = tt_reshape(tt_slice(ids, 1, 1, N + 1, 1), TT_SHAPE(-1));
  return strdup(tt_decode(c->letters, all)->data);
}

typedef struct Spelling { const char *at; int n; } Spelling;

static int by_letters(const void *a, const void *b)
{
  const Spelling *x = a, *y = b;
  int d = memcmp(x->at, y->at, (size_t)(x->n < y->n ? x->n : y->n));
  return d ? d : x->n - y->n;
}

static int64_t words_of(const char *s, int64_t n, Spelling *w)
{
  int64_t k = 0;
  for (int64_t i = 0; i < n;) {
    int64_t from = i;
    while (i < n && (isalpha((unsigned char)s[i]) || s[i] == '\''))
      i++;
    if (i > from)
      w[k++] = (Spelling){ s + from, (int)(i - from) };
    else
      i++;
  }
  return k;
}

static double known_words(const char *text, const Spelling *word,
                          int64_t n)
{
  Spelling *w = malloc((size_t)LETTERS * sizeof *w);
  int64_t k = w ? words_of(text, (int64_t)strlen(text), w) : 0, in = 0;
  for (int64_t i = 0; i < k; i++)
    in += bsearch(&w[i], word, (size_t)n, sizeof *w, by_letters)
          != NULL;
  free(w);
  return 100. * (double)in / (double)k;
}

static int by_end(const void *a, const void *b)
{
  return strncmp(*(const char *const *)a, *(const char *const *)b, 400);
}

static int common(const char *a, const char *b)
{
  int n = 0;
  while (a[n] && a[n] == b[n])
    n++;
  return n;
}

static int longest_copy(const char *text, int64_t n,
                        const char *from, int64_t size)
{
  const char **end = malloc((size_t)(n + size) * sizeof *end);
  int most = 0;
  for (int64_t i = 0; end && i < n + size; i++)
    end[i] = i < n ? text + i : from + (i - n);
  qsort(end, (size_t)(n + size), sizeof *end, by_end);
  for (int64_t i = 0; i + 1 < n + size; i++) {
    bool a = end[i] >= text && end[i] < text + n;
    bool b = end[i + 1] >= text && end[i + 1] < text + n;
    int k = a != b ? common(end[i], end[i + 1]) : 0;
    most = k > most ? k : most;
  }
  free(end);
  return most;
}

static double gzip_bits(const char *valid, int64_t n)
{
  uLongf room = compressBound((uLong)n), size = room;
  unsigned char *to = malloc(room);
  if (!to || compress2(to, &size, (const unsigned char *)valid,
                       (uLong)n, 9) != Z_OK)
    exit(EXIT_FAILURE);
  free(to);
  return 8. * (double)size / (double)n;
}

int main(int argc, char **argv)
{
  Corpus c = read_corpus(false);
  Gpt *m = tt_gpt_load(argc > 1 ? argv[1]
                                : "build/tinygpt-0.safetensors", NULL);
  int64_t cut = c.fit->shape[0];   // letters are bytes in the plays
  char *fit = strndup(c.text, (size_t)cut);
  Tensor *valid = tt_contiguous(c.valid);
  Spelling *word = malloc((size_t)c.n * sizeof *word);
  int64_t words = words_of(c.text, c.n, word);
  qsort(word, (size_t)words, sizeof *word, by_letters);
  double loss = tt_gpt_loss(m, valid);
  Ngrams g = count_all(tt_contiguous(c.fit)->data, cut,
                       c.letters->size);
  double at[] = { 0.5, 0.8, 1 };
  const char *name[] = { "half", "eight", "one" };
  for (int i = 0; i < 3; i++) {
    char *text = text_of(m, &c, at[i]);
    printf("coherence.%s\t%.0f %%\n", name[i],
           known_words(text, word, words));
    if (at[i] > 0.6 && at[i] < 0.9)
      printf("coherence.copied\t%d\n",
             longest_copy(text, (int64_t)strlen(text), fit, cut));
    free(text);
  }
  char *held = strndup(c.text + cut, LETTERS);
  printf("coherence.held\t%d\n", longest_copy(held, LETTERS, fit, cut));
  printf("coherence.bits\t%.2f\ncoherence.five\t%.2f\n"
         "coherence.gzip\t%.2f\n", loss / log(2),
         bits(&g, valid->data, valid->shape[0], 4),
         gzip_bits(c.text + cut, c.n - cut));
  return EXIT_SUCCESS;
}
