// Made from chapters/13-transformers.nw by tools/tangle: edit there.
#include "../09/slopes.h"
#include "tinygpt.h"

// to the screen, and to the log, where its lines begin with a bar
static void sample(const char *when, FILE *log, Gpt *m, const Corpus *c,
                   uint64_t seed)
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, seed);
  SamplingOptions rules = { .temperature = 0.8, .generator = &g };
  Tensor *prompt = tt_encode(c->letters, "\n", 1);
  WrittenTokens w = tt_generate(m, prompt, 300, (GenerationOptions){
    .tokenizer = c->letters, .sampling = rules });
  const char *text = w.text->data;
  printf("\n%s:\n%s\n", when, text);
  fprintf(log, "# %s\n", when);
  for (size_t n; *text; text += n + (text[n] == '\n')) {
    n = strcspn(text, "\n");
    fprintf(log, "| %.*s\n", (int)n, text);
  }
}

static double price(const Real *row, int64_t v, int32_t target)
{
  double most = (double)row[0], sum = 0;
  for (int64_t i = 1; i < v; i++)
    most = fmax(most, (double)row[i]);
  for (int64_t i = 0; i < v; i++)
    sum += exp((double)row[i] - most);
  return log(sum) - ((double)row[target] - most);
}

static double loss_by_hand(Gpt *m, const Tensor *text)
{
  int64_t n = text->shape[0] - 1, v = m->options.vocab_size;
  const int32_t *id = text->data;
  double sum = 0;
  for (int64_t at = 0; at < n; at += m->options.context) {
    TT_SCOPE;
    TT_NO_GRAD;
    int64_t t = n - at < m->options.context ? n - at
                                            : m->options.context;
    Tensor *x = tt_from_int(TT_SHAPE(1, t), id + at);
    const Real *y = tt_contiguous(tt_forward(m, x))->data;
    for (int64_t i = 0; i < t; i++)
      sum += price(y + i * v, v, id[at + i + 1]);
  }
  return sum / (double)n;
}

static Tensor *answers(Gpt *m, const int32_t *id)
{
  Tensor *x = tt_from_int(TT_SHAPE(1, m->options.context), id);
  return tt_select(tt_forward(m, x), 0, 0);
}

static bool blind_to_the_future(Gpt *m, const int32_t *id)
{
  int64_t n = m->options.context, v = m->options.vocab_size;
  Tensor *y = answers(m, id);
  Tensor *copy = tt_from_int(TT_SHAPE(n), id);
  int32_t *changed = copy->data;
  changed[n / 2] = (changed[n / 2] + 1) % (int32_t)v;
  Tensor *z = answers(m, changed);
  return memcmp(tt_contiguous(y)->data, tt_contiguous(z)->data,
                (size_t)(n / 2 * v) * sizeof(Real)) == 0
      && !tt_allclose(tt_select(y, 0, n / 2), tt_select(z, 0, n / 2), 0,
                      1e-6);
}

static bool knows_places(Gpt *m)
{
  TransformerBlock *first = m->block[0];
  int64_t n = m->options.context;
  Tensor *same = tt_empty(TT_I32, TT_SHAPE(1, n));
  tt_fill_(same, 1);
  Tensor *x = tt_forward(m->tokens, same);
  if (m->places)
    x = tt_add(x, tt_forward(m->places, tt_positions(0, n)));
  x = tt_forward(first->norm1, x);
  KeysValues kv = tt_keys_values(first->attention, x, NULL);
  Tensor *p = tt_attend_weights(first->attention, x, kv,
                                (AttentionOptions){0});
  p = tt_select(p, 2, -1);         // those of the last place
  double most = tt_item(tt_max(p, TT_ALL, false));
  return most > 1.01 / (double)n;
}

static StateDict copies(StateDict from)
{
  StateDict to = tt_state_dict_new(from.n);
  int64_t bytes = from.n * (int64_t)sizeof(Tensor *);
  Tensor **slot = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  for (int i = 0; i < from.n; i++) {
    to.entry[i].slot = &slot[i];
    slot[i] = tt_clone(tt_detach(*from.entry[i].slot));
  }
  return to;
}

static double dot(Tensor *a, Tensor *b)
{
  TT_SCOPE;
  TT_NO_GRAD;
  return tt_item(tt_sum(tt_mul(a, b), TT_ALL, false));
}

static bool has_turned(StateDict first, StateDict now)
{
  bool good = true;
  for (int i = 0; i < now.n; i++) {
    Tensor *a = *first.entry[i].slot, *b = *now.entry[i].slot;
    if (a->rank < 2)
      continue;
    double cosine = dot(a, b) / sqrt(dot(a, a) * dot(b, b));
    if (!(cosine < 0.999))
      printf("%s has not moved\n", now.entry[i].name), good = false;
  }
  return good;
}

static Tensor *loss_of(Module *m, Tensor *x, Tensor *y)
{
  return tt_language_loss(tt_forward(m, x), y);
}

static bool judge(Gpt *m, StateDict first, const Corpus *c, double goal,
                  double leak)
{
  TT_SCOPE;
  double loss = loss_by_hand(m, c->valid), theirs;
  theirs = tt_gpt_loss(m, c->valid);
  printf("loss of the last tenth of the text: %.4f\n", loss);
  Tensor *some = tt_contiguous(c->valid);
  Generator g;
  tt_manual_seed(&g, 1);
  bool good = demand(fabs(loss - theirs) < 1e-3,
                     "the library has another loss");
  good &= demand(loss <= goal, "it has learned too little");
  good &= demand(loss >= leak,
                 "a loss this low: it has seen the answers");
  good &= demand(blind_to_the_future(m, some->data),
                 "a place has read what comes after it");
  good &= demand(knows_places(m), "it does not know where it is");
  good &= demand(has_turned(first, tt_module_state_dict(m)),
                 "a part of it has not learned");
  Batch b = tt_windows(c->valid, 4, m->options.context, &g);
  good &= right_gradients(loss_of, &m->base, b.x, b.y);
  return good;
}
