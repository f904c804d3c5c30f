// Made from chapters/13-transformers.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Tensor *logits(int64_t n, const Real *x)
{
  return tt_from(TT_SHAPE(n), x);
}

static Tensor *shares(int64_t n, const double *p)    // as logits
{
  Tensor *x = tt_empty(TT_F32, TT_SHAPE(n));
  for (int64_t i = 0; i < n; i++)
    tt_set_(x, TT_INDEX(i), log(p[i]) + 3);
  return x;
}

TT(generation, a_penalty_makes_unlikely)
{
  Tensor *x = logits(4, (Real[]){ 2, -2, 1, 0 });
  Tensor *seen = tt_from_int(TT_SHAPE(4), (int32_t[]){ 1, 0, 1, 1 });
  SamplingOptions o = { .temperature = 1, .repetition_penalty = 1.5 };
  double e[] = { exp(2 / 1.5), exp(-3), exp(1), 1 };
  double sum = e[0] + e[1] + e[2] + e[3];
  tt_expect_values(tt_token_chances(x, seen, o), 1e-5, e[0] / sum,
                   e[1] / sum, e[2] / sum, e[3] / sum);
  tt_expect_values(x, 0, 2, -2, 1, 0);       // as it was
  x = logits(3, (Real[]){ 2, 1.5f, -1 });
  o = (SamplingOptions){ .repetition_penalty = 2 };
  tt_expect_int(tt_next_token(x, tt_slice(seen, 0, 1, 2, 1), o).id, 1);
}

TT(generation, the_nucleus_has_p_or_more)
{
  Tensor *x = shares(5, (double[]){ .125, .5, .0625, .25, .0625 });
  SamplingOptions o = { .temperature = 1, .top_p = .74 };
  tt_expect_values(tt_token_chances(x, NULL, o), 1e-6, 0, 2. / 3, 0,
                   1. / 3, 0);
  o.top_p = .9;                    // of two equals the first
  tt_expect_values(tt_token_chances(x, NULL, o), 1e-6, 2. / 15, 8. / 15,
                   1. / 15, 4. / 15, 0);
  o.top_p = 1e-9;                  // never none
  tt_expect_values(tt_token_chances(x, NULL, o), 1e-6, 0, 1, 0, 0, 0);
  o.top_p = .5;                    // two quarters are enough
  x = tt_zeros(TT_SHAPE(4));
  tt_expect_values(tt_token_chances(x, NULL, o), 0, .5, .5, 0, 0);
}

static Tensor *flat_logits(int64_t n, int64_t equal)  // then hopeless
{
  Tensor *x = tt_full(TT_SHAPE(n), -2000);
  tt_fill_(tt_slice(x, 0, n - equal - 1, n - 1, 1), 0);
  return x;
}

TT(generation, what_cannot_be_is_never_drawn)
{
  SamplingOptions o = { .temperature = 1 };
  Generator low = {{ 0, 1, 0, 0 }};            // its first u is 0,
  Generator high = {{ UINT64_MAX, 0, 0, 1 }};  // 1 - 2^-53
  for (int i = 0; i < 2; i++) {
    Generator g = i ? high : low;
    o.generator = &g;
    Tensor *x = logits(3, (Real[]){ -2000, 0, -2000 });
    tt_expect_int(tt_next_token(x, NULL, o).id, 1);
  }
  o.generator = &low;
  tt_expect_int(tt_next_token(flat_logits(12, 10), NULL, o).id, 1);
  o.generator = &high;                         // ten tenths: below u
  tt_expect_int(tt_next_token(flat_logits(12, 10), NULL, o).id, 10);
}

TT(generation, draws_are_as_frequent_as_their_chances)
{
  enum { N = 8000 };
  double p[] = { .1, .4, .05, .25, .2 }, off = 0;
  Generator g;
  tt_manual_seed(&g, 5);
  SamplingOptions o = { .temperature = 1, .generator = &g };
  Tensor *x = shares(5, p);
  int count[5] = { 0 };
  for (int i = 0; i < N; i++)
    count[tt_next_token(x, NULL, o).id]++;
  for (int i = 0; i < 5; i++)      // chi-square, 4 degrees of freedom
    off += (count[i] - N * p[i]) * (count[i] - N * p[i]) / (N * p[i]);
  tt_expect(off < 18.5, "chi-square %.1f: one in a thousand of right "
            "samplers has more than 18.5", off);
}

typedef struct Reciter { Module base; const char *text; } Reciter;

static Tensor *recite(Module *m, Tensor *ids)
{
  const char *text = ((Reciter *)m)->text;
  int64_t t = ids->shape[1];
  Tensor *y = tt_zeros(TT_SHAPE(1, t, 256));
  tt_set_(y, TT_INDEX(0, t - 1, (unsigned char)text[t - 1]), 9);
  return y;
}

static const ModuleField no_fields[] = { {0} };
static const ModuleType reciter_type = { "Reciter", sizeof(Reciter),
                                         no_fields, recite, NULL };

static void tell(void *told, Piece p)        // pieces, each in brackets
{
  char *s = told;
  snprintf(s + strlen(s), 200 - strlen(s), "[%.*s]", (int)p.n, p.at);
}

static WrittenTokens recited(const char *text, const char *stop,
                             char *told)
{
  Reciter *m = tt_module_new(&reciter_type);
  m->text = text;
  *told = 0;
  Tokenizer *bytes = tt_bpe_train("", 0, (BpeOptions){ .size = 256 });
  return tt_generate(m, tt_from_int(TT_SHAPE(1), (int32_t[]){ 0 }),
    (int64_t)strlen(text), (GenerationOptions){
      .tokenizer = bytes, .text = tell, .arg = told,
      .stop_texts = stop ? 1 : 0, .stop_text = &stop });
}

static void expect_told(const char *text, const char *stop,
                        const char *want)
{
  char told[200];
  recited(text, stop, told);
  tt_expect_text(told, want);
}

TT(generation, a_stop_text_is_not_shown)
{
  expect_told("ab END cd", " END", "[a][b]");
  expect_told("a Ebc", " END", "[a][ Eb][c]");
  expect_told("a EN", " END", "[a][ EN]");     // no more comes
  expect_told("aaaab.", "aab", "[a][a]");      // not [aaa], not []
  expect_told("ababac.", "abac", "[ab]");
  expect_told("\u00e9\u00e8\u00ea", "\u00ea", "[\u00e9][\u00e8]");
  expect_told("xyz", NULL, "[x][y][z]");
}

enum { E = 2, HIDDEN = 3, PLACES = 3, TOKENS = 5 };

static Tensor *counted(int64_t rows, int64_t columns)  // 10 i + j
{
  Tensor *t = tt_empty(TT_F32, TT_SHAPE(rows, columns));
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++)
      tt_set_(t, TT_INDEX(i, j), (double)(10 * i + j));
  return t;
}

static Gpt *loaded(void)
{
  Tensor *t[] = { counted(TOKENS, E), counted(PLACES, E),
    counted(E, 3 * E), tt_arange(0, 3 * E, 1), counted(E, E),
    counted(E, HIDDEN), counted(HIDDEN, E), tt_ones(TT_SHAPE(E)),
    tt_ones(TT_SHAPE(HIDDEN)) };
  struct { const char *name; int t; } file[] = {
    { "wte.weight", 0 }, { "wpe.weight", 1 },
    { "h.0.attn.c_attn.weight", 2 }, { "h.0.attn.c_attn.bias", 3 },
    { "h.0.attn.c_proj.weight", 4 }, { "h.0.attn.c_proj.bias", 7 },
    { "h.0.mlp.c_fc.weight", 5 }, { "h.0.mlp.c_fc.bias", 8 },
    { "h.0.mlp.c_proj.weight", 6 }, { "h.0.mlp.c_proj.bias", 7 },
    { "h.0.ln_1.weight", 7 }, { "h.0.ln_1.bias", 7 },
    { "h.0.ln_2.weight", 7 }, { "h.0.ln_2.bias", 7 },
    { "ln_f.weight", 7 }, { "ln_f.bias", 7 } };
  int n = sizeof file / sizeof *file;
  StateDict sd = tt_state_dict_new(n);
  for (int i = 0; i < n; i++) {
    snprintf(sd.entry[i].name, TT_NAME, "%s", file[i].name);
    sd.entry[i].slot = &t[file[i].t];
  }
  char path[] = "/tmp/tt-gpt2-XXXXXX";
  close(mkstemp(path));
  tt_save_file(path, sd, (Metadata){0});
  Gpt *gpt = tt_load_gpt2_weights(path, 1);
  remove(path);
  return gpt;
}

TT(generation, turned_weights)
{
  Gpt *gpt = loaded();
  TransformerBlock *b = gpt->block[0];
  tt_expect_values(b->attention->query->weight, 0, 0, 10, 1, 11);
  tt_expect_values(b->attention->value->weight, 0, 4, 14, 5, 15);
  tt_expect_values(b->attention->key->bias, 0, 2, 3);
  tt_expect_values(b->attention->out->weight, 0, 0, 10, 1, 11);
  Mlp *m = (Mlp *)b->mlp;
  tt_expect_values(m->up->weight, 0, 0, 10, 1, 11, 2, 12);
  tt_expect_values(gpt->places->weight, 0, 0, 1, 10, 11, 20, 21);
}
