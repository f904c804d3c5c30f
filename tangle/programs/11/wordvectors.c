// Made from chapters/11-embeddings.nw by tools/tangle: edit there.
// Words by their neighbors: skip-grams with negative sampling on the
// plays (make data SET=tinyshakespeare), else on this book.
//   wordvectors          neighbors of some words
//   wordvectors --map    some words in two dimensions
//   wordvectors --speed  what there was to learn, and how long it took
#include <time.h>
#include "rows.h"
#include "words.h"

enum { DIM = 64, WINDOW = 5, NOISE = 5, BATCH = 256, EPOCHS = 10 };
static const double first_lr = 0.05, rare = 1e-3;

typedef struct Learner {
  const Words *words;
  Generator g;
  Tensor *in, *out;                // a row for each word, each (V,DIM)
  Tensor *noise;                   // weights of the words to draw
  Tensor *truth;                   // 1 and NOISE times 0, (BATCH,1+..)
  int     n;                       // pairs that wait for a step
  int32_t center[BATCH], other[BATCH];
  double  lr, loss;
} Learner;
static double cpu(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static Learner learner_of(const Words *w)
{
  Learner l = { .words = w };
  tt_manual_seed(&l.g, 1);
  l.in = tt_empty(TT_F32, TT_SHAPE(w->size, DIM));
  tt_uniform_(l.in, -0.5 / DIM, 0.5 / DIM, &l.g);
  l.out = tt_zeros(TT_SHAPE(w->size, DIM));
  l.noise = tt_empty(TT_F32, TT_SHAPE(w->size));
  for (int32_t k = 0; k < w->size; k++)
    ((Real *)l.noise->data)[k] = (Real)pow((double)w->word[k].count,
                                           0.75);
  l.truth = tt_zeros(TT_SHAPE(BATCH, 1 + NOISE));
  tt_fill_(tt_slice(l.truth, 1, 0, 1, 1), 1);
  return l;
}

static void learn(Learner *l)
{
  TT_SCOPE;
  Tensor *center = tt_from_int(TT_SHAPE(BATCH), l->center);
  Tensor *others[] = {
    tt_from_int(TT_SHAPE(BATCH, 1), l->other),
    tt_reshape(tt_multinomial(l->noise, BATCH * NOISE, &l->g),
               TT_SHAPE(BATCH, NOISE)) };
  Tensor *other = tt_cat(2, others, 1);          // (BATCH,1+NOISE)
  Rows in = rows_of(l->in, center), out = rows_of(l->out, other);
  Tensor *v = tt_embedding(in.place, in.leaf);   // (BATCH,DIM)
  Tensor *u = tt_embedding(out.place, out.leaf);
  Tensor *score = tt_matmul(u, tt_unsqueeze(v, 2));
  Tensor *loss = tt_bce_with_logits_with(tt_squeeze(score, 2), l->truth,
                                         TT_REDUCE_SUM);
  tt_backward(loss);
  step_rows(l->in, in, l->lr);
  step_rows(l->out, out, l->lr);
  l->loss += tt_item(loss);
}

static void pair(Learner *l, int32_t center, int32_t other)
{
  l->center[l->n] = center, l->other[l->n] = other;
  if (++l->n == BATCH) {
    learn(l);
    l->n = 0;
  }
}

static double chance(Learner *l)   // from 0 to 1
{
  return (double)(tt_random(&l->g) >> 11) * 0x1p-53;
}

// the words of one epoch, frequent ones only now and then
static int64_t sample(Learner *l, int32_t *to)
{
  const Words *w = l->words;
  int64_t n = 0;
  for (int64_t i = 0; i < w->n; i++) {
    double share = (double)w->word[w->id[i]].count / (double)w->n;
    if (chance(l) < sqrt(rare / share))
      to[n++] = w->id[i];
  }
  return n;
}

static void train(Learner *l)
{
  int32_t *id = memory_for(l->words->n, sizeof *id);
  for (int epoch = 0; epoch < EPOCHS; epoch++) {
    int64_t n = sample(l, id);
    l->loss = 0;
    for (int64_t i = 0; i < n; i++) {
      double done = (epoch + (double)i / (double)n) / EPOCHS;
      l->lr = first_lr * fmax(1 - done, 0.01);
      int64_t reach = 1 + (int64_t)(tt_random(&l->g) % WINDOW);
      for (int64_t j = i - reach; j <= i + reach; j++)
        if (j != i && j >= 0 && j < n)
          pair(l, id[i], id[j]);
    }
    fprintf(stderr, "epoch %d of %d\n", epoch + 1, EPOCHS);
  }
  free(id);
}

static Tensor *of_length_one(Tensor *x)
{
  Tensor *square = tt_sum(tt_mul(x, x), 1, true);
  return tt_div(x, tt_sqrt(tt_add_scalar(square, (Real)1e-20)));
}

static Word named(const char *s)
{
  return (Word){ s, (int64_t)strlen(s), 0 };
}

// the nearest by the cosine, among words that came 20 times or more
static void near(const Words *w, Tensor *x, const char *name)
{
  int32_t id = id_of(w, named(name)), most = 0;
  if (id < 0)
    return;
  while (most < w->size && w->word[most].count >= 20)
    most++;
  TT_SCOPE;
  Tensor *score = tt_matmul(tt_slice(x, 0, 0, most, 1),
                            tt_select(x, 0, id));
  score = tt_contiguous(score);
  printf("%-8s", name);
  if (id < most)
    tt_set_(score, TT_INDEX(id), -1);
  for (int k = 0; k < 5; k++) {
    int64_t at = (int64_t)tt_item(tt_argmax(score, 0, false));
    printf(" %.*s", (int)w->word[at].n, w->word[at].at);
    tt_set_(score, TT_INDEX(at), -1);
  }
  printf("\n");
}

static const char *const play_words[] = { "romeo", "king", "father",
  "two", "blood", "sword", "night", "sea", "thou", NULL };
static const char *const book_words[] = { "gradient", "two", "file",
  "left", "float", "memory", "learning", "byte", NULL };

typedef struct Family { const char *words[9]; } Family;
static const Family play_map[] = {
  {{ "father", "mother", "son", "brother", "wife", "uncle", NULL }},
  {{ "two", "three", "five", "twenty", "hundred", "thousand", NULL }},
  {{ "romeo", "juliet", "tybalt", "benvolio", "nurse", "montague",
     NULL }},
  {{ "king", "richard", "edward", "henry", "york", "clarence", NULL }},
  {{ "thou", "thee", "thy", "art", "dost", "hast", NULL }} };
static const Family book_map[] = {
  {{ "two", "three", "four", "five", "six", "ten", "hundred", NULL }},
  {{ "file", "path", "line", "byte", "directory", "csv", NULL }},
  {{ "gradient", "backward", "tape", "leaf", "node", "rule", NULL }},
  {{ "left", "right", "top", "bottom", "above", "below", NULL }},
  {{ "float", "double", "exponent", "rounding", "digits", NULL }} };
static void map(const Words *w, Tensor *x)
{
  const Family *family = w->plays ? play_map : book_map;
  int32_t id[64];
  int n = 0, of[64];
  for (int f = 0; f < 5; f++)
    for (const char *const *s = family[f].words; *s; s++)
      if ((id[n] = id_of(w, named(*s))) >= 0)
        of[n++] = f;
  Tensor *rows = tt_embedding(tt_from_int(TT_SHAPE(n), id), x);
  Tensor *var, *all;
  Tensor *v = tt_pca(rows, 2, &var);
  tt_pca(rows, DIM, &all);
  Tensor *y = tt_matmul(rows, tt_transpose(v, 0, 1));
  printf("family\tx\ty\tword\n");
  for (int i = 0; i < n; i++)
    printf("%d\t%.3f\t%.3f\t%.*s\n", of[i] + 1,
           tt_get(y, TT_INDEX(i, 0)), tt_get(y, TT_INDEX(i, 1)),
           (int)w->word[id[i]].n, w->word[id[i]].at);
  printf("# wordmap.share\t%.0f\n",
         100 * tt_item(tt_sum(var, TT_ALL, false))
         / tt_item(tt_sum(all, TT_ALL, false)));
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  Words w = read_words();
  Learner l = learner_of(&w);
  double start = cpu();
  train(&l);
  double seconds = cpu() - start;
  Tensor *x = of_length_one(l.in);
  if (argc > 1 && strcmp(argv[1], "--map") == 0) {
    map(&w, x);
  } else if (argc > 1 && strcmp(argv[1], "--speed") == 0) {
    printf("# wordvectors.words\t%lld,%03d\n", (long long)w.all / 1000,
           (int)(w.all % 1000));
    printf("# wordvectors.vocabulary\t%d,%03d\n", w.size / 1000,
           w.size % 1000);
    printf("# wordvectors.seconds\t%.0f\n", seconds);
  } else {
    const char *const *s = w.plays ? play_words : book_words;
    for (; *s; s++)
      near(&w, x, *s);
  }
  tt_clear();
}
