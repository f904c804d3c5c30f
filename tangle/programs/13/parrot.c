// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// Repeats what it has read: the plays (make data SET=tinyshakespeare),
// else this book.
//   parrot                texts, by rules for the next character
//   parrot --rules        what the rules leave of some characters
//   parrot --surprise     the probability of each that was chosen
#include "tinygpt.h"

typedef struct Parrot {
  Module base;
  Tensor *ids;                     // all that it has read
  int    order;                    // characters that it looks back
  int64_t size;                    // of the vocabulary
} Parrot;

static Tensor *squawk(Module *base, Tensor *ids)    // (1,T): (1,1,V)
{
  const Parrot *m = (Parrot *)base;
  Tensor *count = tt_zeros(TT_SHAPE(1, 1, m->size));
  const int32_t *all = m->ids->data, *id = tt_contiguous(ids)->data;
  int64_t n = m->ids->shape[0], t = ids->shape[1], found = 0;
  Real *c = count->data;
  for (int64_t k = t < m->order ? t : m->order; found == 0; k--)
    for (int64_t i = k; i < n; i++)
      if (memcmp(all + i - k, id + t - k, (size_t)k * sizeof *id) == 0)
        c[all[i]]++, found++;
  return tt_log(count);            // never seen: -inf
}

static const ModuleField parrot_fields[] = { {0} };
static const ModuleType parrot_type = {
  "Parrot", sizeof(Parrot), parrot_fields, squawk, NULL
};

static Parrot *parrot_new(const Corpus *c, int order)
{
  Parrot *m = tt_module_new(&parrot_type);
  m->ids = tt_contiguous(c->fit), m->order = order;
  m->size = c->letters->size;
  return m;
}

static void text(const char *title, const Corpus *c,
                 SamplingOptions rules)
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 3);
  rules.generator = &g;
  printf("%s:\n", title);
  Tensor *prompt = tt_encode(c->letters, "First", -1);
  fputs("  First", stdout);
  tt_generate(parrot_new(c, 5), prompt, 66, (GenerationOptions){
    .tokenizer = c->letters, .text = tt_show_text, .arg = stdout,
    .sampling = rules });
  putchar('\n');
}

static void texts(const Corpus *c)
{
  text("always the most probable", c, (SamplingOptions){0});
  text("drawn", c, (SamplingOptions){ .temperature = 1 });
  text("drawn, at a temperature of 4", c,
       (SamplingOptions){ .temperature = 4 });
}

static const char *shown(const Corpus *c, int32_t id)
{
  const char *s = tt_decode(c->letters,
                            tt_from_int(TT_SHAPE(1), &id))->data;
  return *s == ' ' ? "\u00b7" : *s == '\n' ? "\u00b6" : s;
}

static int left(Tensor *p)
{
  TT_SCOPE;
  Tensor *some = tt_gt(p, tt_zeros(TT_SCALAR));
  return (int)tt_item(tt_sum(some, TT_ALL, false));
}

enum { RULES = 6, MOST = 12 };
static const struct Rule { const char *name; SamplingOptions o; }
rule[RULES] = {
  { "the model", { .temperature = 1 } },
  { "temperature 0.5", { .temperature = 0.5 } },
  { "temperature 2", { .temperature = 2 } },
  { "top-k 3", { .temperature = 1, .top_k = 3 } },
  { "top-p 0.8", { .temperature = 1, .top_p = 0.8 } },
  { "min-p 0.1", { .temperature = 1, .min_p = 0.1 } } };
static void rules(const Corpus *c)
{
  Parrot *m = parrot_new(c, 3);
  Tensor *ids = tt_unsqueeze(tt_encode(c->letters, "I s", -1), 0);
  Tensor *y = tt_reshape(tt_forward(m, ids), TT_SHAPE(-1));
  Tensor *p[RULES];
  for (int r = 0; r < RULES; r++)
    p[r] = tt_token_chances(y, NULL, rule[r].o);
  printf("rule\tplace\tchance\tcharacter\n");
  SamplingOptions next = {0};
  for (int k = 0; k < MOST; k++) {
    int32_t id = tt_next_token(y, NULL, next).id;
    for (int r = 0; r < RULES; r++)
      printf("%d\t%d\t%.4f\t%s\n", r, k, tt_get(p[r], TT_INDEX(id)),
             shown(c, id));
    tt_set_(y, TT_INDEX(id), (double)-INFINITY);
  }
  printf("# samplerules.top_p\t%d\n# samplerules.min_p\t%d\n",
         left(p[4]), left(p[5]));
}

static void surprise(const Corpus *c)
{
  enum { N = 64 };
  Generator g;
  tt_manual_seed(&g, 3);
  Parrot *m = parrot_new(c, 4);
  Tensor *prompt = tt_encode(c->letters, "First", -1);
  WrittenTokens w = tt_generate(m, prompt, N, (GenerationOptions){
    .tokenizer = c->letters,
    .sampling = { .temperature = 1, .generator = &g } });
  const int32_t *id = w.ids->data;
  int sure = 0;
  double least = 1;
  printf("place\tp\tcharacter\n");
  for (int i = 0; i < N; i++) {
    double p = tt_get(w.p, TT_INDEX(i));
    printf("%d\t%.4f\t%s\n", i, p, shown(c, id[i]));
    sure += p > 0.9;
    least = p < least ? p : least;
  }
  printf("# surprise.sure\t%d\n# surprise.all\t%d\n"
         "# surprise.least\t%.1f %%\n", sure, N, 100 * least);
}

int main(int argc, char **argv)
{
  TT_SCOPE;
  Corpus c = read_corpus(false);
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "--rules") == 0)
    rules(&c);
  else if (strcmp(what, "--surprise") == 0)
    surprise(&c);
  else
    texts(&c);
  return 0;
}
