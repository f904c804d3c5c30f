// Needs chapter 13: samplers beside Hugging Face's definitions, by value and by
// distribution; GPT-2's weights beside a model in PyTorch
// (reference/generation.py); texts that are written: stops, streams, windows,
// memory, errors in between; files of weights that are cut or lie.
#include "faults.h"
#include "files.h"
#include "vectors.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PATH "tests/reference/gpt2.safetensors"
#define KINDS " sample gpt2 greedy "
static double number(char **at) { return strtod(next_field(at), NULL); }
static Tensor *ids_of(int64_t n, const int32_t *id) {
  return tt_from_int(TT_SHAPE(n), id);
}
#define IDS(...) ids_of(sizeof((int32_t[]){__VA_ARGS__}) / 4, (int32_t[]){__VA_ARGS__})

static SamplingOptions sampling_of(const Sample *c) {
  char text[128], *at = strcpy(text, c->options);
  SamplingOptions o = {0};
  o.vocabulary = (int32_t)number(&at);
  o.repetition_penalty = number(&at);
  o.temperature = number(&at);
  o.top_k = (int64_t)number(&at);
  o.top_p = number(&at);
  o.min_p = number(&at);
  return o;
}

// ---- samplers -----------------------------------------------------------------
static void same_chances(Sample *c, bool views) {
  if (strcmp(c->kind, "sample") != 0) return;
  Tensor *x = find(c, "x"), *want = find(c, "y");
  if (views)
    x = tt_select(tt_stack(2, (Tensor *[]){x, tt_zeros(tt_shape(x))}, 1), 1, 0);
  Tensor *got = tt_token_chances(x, find(c, "i"), sampling_of(c));
  for (int64_t i = 0; i < tt_numel(want); i++) {
    double a = tt_peek(got, i), b = tt_peek(want, i);
    tt_expect((a == 0) == (b == 0) && fabs(a - b) <= 1e-6 + 1e-5 * b,
              "%s: chance %g of id %d, not %g", c->name, a, (int)i, b);
  }
}

TT(generation_values, samplers_as_defined) {
  int n = each_sample("generation.txt", KINDS, same_chances, false);
  tt_expect(n >= 45, "%d samples", n);
  each_sample("generation.txt", KINDS, same_chances, true);
}

// Drawn 3,000 times: those that have no chance never, the others as often as
// they should. By Wilson and Hilferty, chi-square is normal as a cube root.
static void as_often(Sample *c, bool views) {
  enum { N = 3000 };
  (void)views;
  if (strcmp(c->kind, "sample") != 0) return;
  Tensor *x = find(c, "x"), *p = find(c, "y");
  SamplingOptions o = sampling_of(c);
  Generator g;
  tt_manual_seed(&g, 11);
  o.generator = &g;
  int64_t v = tt_numel(x);
  int *count = calloc((size_t)v, sizeof *count);
  for (int i = 0; i < N; i++) {
    TokenChoice t = tt_next_token(x, find(c, "i"), o);
    count[t.id]++;
    tt_expect_close(t.chance, tt_peek(p, t.id), 1e-5, 1e-6);
  }
  double off = 0, rare = 0, rare_seen = 0;
  int cells = 0;
  for (int64_t i = 0; i < v; i++) {
    double want = N * tt_peek(p, i);
    tt_expect(want > 0 || count[i] == 0, "%s: id %d was drawn", c->name, (int)i);
    if (want < 5) {                    // together
      rare += want, rare_seen += count[i];
      continue;
    }
    off += (count[i] - want) * (count[i] - want) / want, cells++;
  }
  if (rare >= 5) off += (rare_seen - rare) * (rare_seen - rare) / rare, cells++;
  free(count);
  if (cells < 2) return;
  double k = cells - 1;
  double z = (cbrt(off / k) - (1 - 2 / (9 * k))) / sqrt(2 / (9 * k));
  tt_expect(z < 3.3, "%s: chi-square %g in %d cells", c->name, off, cells);
}

TT(generation_values, samplers_by_distribution) {
  each_sample("generation.txt", KINDS, as_often, false);
}

TT(generation_values, the_same_seed_the_same_token) {
  Tensor *x = tt_randn(TT_SHAPE(40), NULL);
  Generator a, b;
  tt_manual_seed(&a, 3), tt_manual_seed(&b, 3);
  SamplingOptions o = {.temperature = 1, .generator = &a};
  for (int i = 0; i < 20; i++) {
    o.generator = &a;
    int32_t id = tt_next_token(x, NULL, o).id;
    o.generator = &b;
    tt_expect_int(tt_next_token(x, NULL, o).id, id);
  }
  Generator was = a;                   // greedy takes none of its numbers
  o = (SamplingOptions){.generator = &a};
  tt_next_token(x, NULL, o);
  tt_expect(memcmp(&a, &was, sizeof a) == 0, "a number was drawn");
}

TT(generation_values, probability_of_the_model_and_of_the_draw) {
  Tensor *x = tt_from(TT_SHAPE(3), (Real[]){0, (Real)log(2), 0});
  TokenChoice c = tt_next_token(x, NULL, (SamplingOptions){.temperature = 0.01});
  tt_expect_int(c.id, 1);
  tt_expect_close(c.p, 0.5, 1e-6, 0);
  tt_expect_close(c.chance, 1, 1e-9, 0);
  c = tt_next_token(x, NULL, (SamplingOptions){0});
  tt_expect_close(c.p, 0.5, 1e-6, 0);
  tt_expect_close(c.chance, 1, 0, 0);
}

// ---- a rule of one's own
typedef struct Rule { int calls; int32_t only; double seen; Real set; } Rule;
static void only_this(void *arg, Real *x, int64_t n) {
  Rule *r = arg;
  r->calls++;
  r->seen = (double)x[0];
  for (int64_t i = 0; i < n; i++) x[i] = i == r->only ? r->set : -INFINITY;
}

TT(generation_values, an_own_rule_comes_after_the_penalty) {
  Tensor *x = tt_from(TT_SHAPE(4), (Real[]){4, 1, 9, 3});
  Rule r = {.only = 1};
  SamplingOptions o = {.temperature = 1, .repetition_penalty = 2, .edit = only_this,
                       .arg = &r};
  TokenChoice c = tt_next_token(x, IDS(0), o);
  tt_expect_int(c.id, 1);
  tt_expect_int(r.calls, 1);
  tt_expect_close(r.seen, 2, 0, 0);
  tt_expect_close(tt_peek(x, 2), 9, 0, 0);     // it had a copy
  o.vocabulary = 3;
  r.only = 3;                          // of ids that are not there: refused
  tt_expect_fail(tt_next_token(x, NULL, o), "all 3 ids are -inf after .edit");
  r = (Rule){.only = 2, .set = NAN};
  tt_expect_fail(tt_next_token(x, NULL, o), "logit nan of id 2 after .edit");
  r.set = INFINITY;
  tt_expect_fail(tt_next_token(x, NULL, o), "logit inf of id 2 after .edit");
  x = tt_from(TT_SHAPE(2), (Real[]){3e38f, 0});      // a reward overflows
  o = (SamplingOptions){.temperature = 1, .repetition_penalty = 0.1};
  tt_expect_fail(tt_token_chances(x, IDS(0), o), "logit inf of id 0 after the penalty");
}

TT(generation_values, refusals_of_samplers) {
  Tensor *x = tt_zeros(TT_SHAPE(5)), *bad = tt_zeros(TT_SHAPE(5));
#define REFUSED(text, ...) \
  tt_expect_fail(tt_next_token(x, NULL, (SamplingOptions){__VA_ARGS__}), text); \
  tt_expect_fail(tt_token_chances(x, NULL, (SamplingOptions){__VA_ARGS__}), text)
  REFUSED("temperature is -1", .temperature = -1);
  REFUSED("temperature is nan", .temperature = (double)NAN);
  REFUSED("temperature is inf", .temperature = HUGE_VAL);
  REFUSED("top_k is -1", .top_k = -1);
  REFUSED("top_p is 1.5; it is from 0, which is off, to 1", .top_p = 1.5);
  REFUSED("top_p is -0.1", .top_p = -0.1);
  REFUSED("min_p is 2", .min_p = 2);
  REFUSED("repetition_penalty is -1", .repetition_penalty = -1);
  REFUSED("vocabulary is -3", .vocabulary = -3);
  SamplingOptions o = {0};
  tt_set_(bad, TT_INDEX(3), (double)NAN);
  tt_expect_fail(tt_next_token(bad, NULL, o), "logit nan of id 3");
  tt_expect_fail(tt_token_chances(bad, NULL, o), "logit nan of id 3");
  tt_set_(bad, TT_INDEX(3), HUGE_VAL);
  tt_expect_fail(tt_next_token(bad, NULL, o), "logit inf of id 3");
  tt_fill_(bad, -HUGE_VAL);
  tt_expect_fail(tt_next_token(bad, NULL, o), "all 5 ids are -inf");
  tt_expect_fail(tt_next_token(tt_zeros(TT_SHAPE(0)), NULL, o), "all 0 ids");
  tt_expect_fail(tt_next_token(tt_zeros(TT_SHAPE(1, 5)), NULL, o),
                 "logits [1,5]; they are (V)");
  tt_expect_fail(tt_next_token(IDS(1, 2), NULL, o), "arithmetic is done in");
  o.repetition_penalty = 1.1;
  tt_expect_fail(tt_next_token(x, IDS(1, 5), o), "id 5 at place 1 of those seen");
  tt_expect_fail(tt_next_token(x, IDS(-1), o), "id -1 at place 0");
  tt_expect_fail(tt_next_token(x, x, o), "seen is f32 [5]");
}

TT(generation_values, a_vocabulary_of_50257_that_is_padded) {
  Tensor *x = tt_zeros(TT_SHAPE(50304));
  tt_set_(x, TT_INDEX(50300), 100);
  SamplingOptions o = {.vocabulary = 50257};
  tt_expect_int(tt_next_token(x, NULL, o).id, 0);
  o.temperature = 1, o.top_k = 40;
  for (int i = 0; i < 20; i++) {
    TT_SCOPE;
    int32_t id = tt_next_token(x, NULL, o).id;
    tt_expect(id < 40, "id %d", id);   // of equals the lowest
  }
}

// ---- a model that is a table: what follows depends on the last token alone ----
static Embedding *bigrams(int64_t v, const Real *logits) {
  Embedding *e = tt_embedding_new(v, v, (EmbeddingOptions){0}, NULL);
  TT_NO_GRAD;
  tt_copy_(e->weight, tt_from(TT_SHAPE(v, v), logits));
  return e;
}

static Embedding *circle(void) {       // 0 1 2 3 0 1 ..., or sometimes not
  Real x[16];
  for (int i = 0; i < 16; i++) x[i] = i % 4 == (i / 4 + 1) % 4 ? (Real)log(7) : 0;
  return bigrams(4, x);
}

TT(generation_values, a_table_goes_round) {
  WrittenTokens y = tt_generate(circle(), IDS(3, 2), 6, (GenerationOptions){0});
  int32_t want[] = {3, 0, 1, 2, 3, 0};
  for (int i = 0; i < 6; i++) {
    tt_expect_int((int64_t)tt_peek(y.ids, i), want[i]);
    tt_expect_close(tt_peek(y.p, i), 0.7, 1e-6, 0);
    tt_expect_close(tt_peek(y.chance, i), 1, 0, 0);
  }
  tt_expect(y.why == TT_WROTE_ALL && !y.text, "why %d", y.why);
  y = tt_generate(circle(), IDS(3), 0, (GenerationOptions){0});
  tt_expect_shape(y.ids, TT_SHAPE(0));
  tt_expect_shape(y.p, TT_SHAPE(0));
}

TT(generation_values, pairs_are_as_frequent_as_in_the_table) {
  Generator g;
  tt_manual_seed(&g, 8);
  WrittenTokens y = tt_generate(circle(), IDS(0), 6000, (GenerationOptions){
    .sampling = {.temperature = 1, .generator = &g}});
  int step[4] = {0};
  const int32_t *id = y.ids->data;
  for (int i = 1; i < 6000; i++) step[(id[i] - id[i - 1] + 4) % 4]++;
  double off = 0;
  for (int k = 0; k < 4; k++) {
    double want = 5999 * (k == 1 ? 0.7 : 0.1);
    off += (step[k] - want) * (step[k] - want) / want;
  }
  tt_expect(off < 16.3, "chi-square %g of 3 degrees of freedom", off);
}

TT(generation_values, ids_that_end) {
  int32_t stop[] = {9, 2};
  WrittenTokens y = tt_generate(circle(), IDS(2), 9, (GenerationOptions){
    .stop_ids = 2, .stop_id = stop});  // a stop id in the prompt is none
  tt_expect_int(y.why, TT_STOP_ID);
  tt_expect_values(tt_to(y.ids, TT_F32), 0, 3, 0, 1, 2);
}

static bool three(void *arg, TokenChoice c) {
  int *n = arg;
  tt_expect(c.p > 0, "p %g", c.p);
  return ++*n < 3;
}

TT(generation_values, asked_to_end) {
  int n = 0;
  WrittenTokens y = tt_generate(circle(), IDS(2), 9, (GenerationOptions){
    .token = three, .arg = &n});
  tt_expect_int(y.why, TT_STOP_ASKED);
  tt_expect_int(y.ids->shape[0], 3);
}

TT(generation_values, the_penalty_sees_the_prompt_and_the_text) {
  Real x[] = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3};
  GenerationOptions o = {.sampling = {.repetition_penalty = 100}, .context = 1};
  WrittenTokens y = tt_generate(bigrams(4, x), IDS(3, 0), 3, o);
  tt_expect_values(tt_to(y.ids, TT_F32), 0, 2, 1, 3);  // 0.03, 0.02, 0.01, 0
}

// ---- what the model is given --------------------------------------------------
typedef struct Watched { Module base; Tensor *seen; int calls, fail_at; int64_t last; }
  Watched;
static Tensor *watch(Module *base, Tensor *ids) {
  Watched *m = (Watched *)base;
  tt_expect(ids->rank == 2 && ids->dtype == TT_I32 && ids->shape[0] == 1, "ids %s",
            TT_TEXT(tt_shape(ids)));
  tt_expect(!base->training, "training");
  if (++m->calls == m->fail_at) tt_fail(TT_EVALUE, "watch: enough of this");
  m->last = ids->shape[1];
  int32_t id = ((int32_t *)ids->data)[m->last - 1];
  Tensor *y = tt_zeros(TT_SHAPE(1, m->calls % 2 ? m->last : 1, 50));
  tt_set_(y, TT_INDEX(0, y->shape[1] - 1, (id + 1) % 50), 5);
  tt_set_(y, TT_INDEX(0, y->shape[1] - 1, ((int32_t *)ids->data)[0] % 50), 4);
  return y;
}
static const ModuleField no_fields[] = {{0}};
static const ModuleType watched_type = {"Watched", sizeof(Watched), no_fields, watch, NULL};

TT(generation_values, a_window_begins_at_place_0) {
  Watched *m = tt_module_new(&watched_type);
  WrittenTokens y = tt_generate(m, IDS(1, 2, 3, 4, 5), 4, (GenerationOptions){.context = 3});
  tt_expect_values(tt_to(y.ids, TT_F32), 0, 6, 7, 8, 9);
  tt_expect_int(m->last, 3);
  tt_generate(m, IDS(1, 2), 4, (GenerationOptions){.context = 3});
  tt_expect_int(m->last, 3);
  tt_generate(m, IDS(1, 2), 4, (GenerationOptions){0});
  tt_expect_int(m->last, 5);
  tt_expect(m->base.training, "the mode is given back");
}

TT(generation_values, nothing_grows_with_the_text) {
  tt_autograd_enable();
  Gpt *gpt = tt_load_gpt2_weights(PATH, 2);
  tt_module_train(gpt);
  gpt->block[1]->mlp->training = false;        // one part in eval for good
  int64_t peak[2], mallocs = 0;
  for (int i = 0; i < 3; i++) {
    TT_SCOPE;
    tt_reset_peak_memory();
    int64_t live = tt_memory_stats().live_bytes;
    GenerationOptions o = {.sampling = {.temperature = 1, .top_p = 0.9}};
    WrittenTokens y = tt_generate(gpt, IDS(1, 2, 3), i == 0 ? 30 : 300, o);
    if (i < 2) peak[i] = tt_memory_stats().peak_bytes - live;
    tt_expect(!y.p->requires_grad && !gpt->tokens->weight->grad, "recorded");
    if (i == 2) tt_expect_int(tt_memory_stats().mallocs, mallocs);
    mallocs = tt_memory_stats().mallocs;
  }
  tt_expect(peak[1] - peak[0] <= 270 * 16, "%lld bytes for 30 tokens, %lld for 300",
            (long long)peak[0], (long long)peak[1]);
  tt_expect(gpt->base.training && !gpt->block[1]->mlp->training
            && gpt->block[0]->mlp->training, "modes");
}

// ---- texts --------------------------------------------------------------------
typedef struct Told { char text[400]; int pieces; } Told;
static void tell(void *arg, Piece p) {
  Told *t = arg;
  tt_expect(p.n > 0 && p.at[p.n] == 0, "a piece of %lld bytes", (long long)p.n);
  t->pieces++;
  strncat(t->text, p.at, (size_t)p.n);
}

typedef struct Reciter { Module base; const int32_t *id; int64_t prompt, n; int v; } Reciter;
static Tensor *recite(Module *base, Tensor *ids) {
  Reciter *m = (Reciter *)base;
  int64_t at = ids->shape[1] - m->prompt;
  if (at >= m->n) tt_fail(TT_EVALUE, "recite: no more");
  Tensor *y = tt_zeros(TT_SHAPE(1, 1, m->v));
  tt_set_(y, TT_INDEX(0, 0, m->id[at]), 5);
  return y;
}
static const ModuleType reciter_type = {"Reciter", sizeof(Reciter), no_fields, recite, NULL};

static WrittenTokens recited(Tokenizer *t, const char *text, int64_t more, int stops,
                             const char *const *stop, Told *told) {
  Tensor *ids = tt_encode(t, text, -1);
  Reciter *m = tt_module_new(&reciter_type);
  m->id = ids->data, m->prompt = 2, m->n = ids->shape[0], m->v = t->size;
  *told = (Told){0};
  return tt_generate(m, IDS(65, 66), m->n + more, (GenerationOptions){
    .tokenizer = t, .text = tell, .arg = told, .stop_texts = stops, .stop_text = stop});
}

static Tokenizer *words(void) {        // " END" is in the midst of other tokens
  const char *text = "the ENDs the ENDs x EN x EN D. D. D. the ENDs é é é é é";
  return tt_bpe_train(text, -1, (BpeOptions){.size = 275});
}

static void expect_recited(const char *text, int stops, const char *const *stop,
                           const char *want, StopReason why) {
  Told told;
  for (int k = 0; k < 2; k++) {
    Tokenizer *t = k ? words() : tt_bpe_train("", 0, (BpeOptions){.size = 256});
    WrittenTokens y = recited(t, text, 0, stops, stop, &told);
    tt_expect_text(told.text, want);
    tt_expect_text((const char *)y.text->data, want);
    tt_expect_int(y.text->shape[0], (int64_t)strlen(want));
    tt_expect_int(y.why, why);
    tt_expect_int(y.ids->shape[0], y.p->shape[0]);
    if (why == TT_WROTE_ALL) tt_expect_text((char *)tt_decode(t, y.ids)->data, text);
  }
}

TT(generation_values, stop_texts_across_tokens) {
  const char *one[] = {" END"}, *two[] = {"bcd", "abcde"}, *equal[] = {"d", "bcd"};
  const char *long_[] = {"xyxyz", "yx!"};
  expect_recited("the ENDs x", 1, one, "the", TT_STOP_TEXT);
  expect_recited("x EN D. the EN", 1, one, "x EN D. the EN", TT_WROTE_ALL);
  expect_recited(" END", 1, one, "", TT_STOP_TEXT);
  expect_recited("x EN END", 1, one, "x EN", TT_STOP_TEXT);
  expect_recited("  ENENDEND END.", 1, one, "  ENENDEND", TT_STOP_TEXT);
  expect_recited("xabcdef", 2, two, "xa", TT_STOP_TEXT);   // complete first
  expect_recited("xabcdef", 2, equal, "xa", TT_STOP_TEXT); // of these the longest
  expect_recited("xyxyxyz.", 2, long_, "xy", TT_STOP_TEXT);
  expect_recited("xyxyx!.", 2, long_, "xyx", TT_STOP_TEXT);
  expect_recited("é END", 0, NULL, "é END", TT_WROTE_ALL);
}

TT(generation_values, whole_characters_only) {
  Tokenizer *bytes = tt_bpe_train("", 0, (BpeOptions){.size = 256});
  Told told;
  WrittenTokens y = recited(bytes, "a\u00e9\U0001f600.", 0, 0, NULL, &told);
  tt_expect_int(told.pieces, 4);
  tt_expect_text(told.text, "a\u00e9\U0001f600.");
  y = recited(bytes, "ab\xf0\x9f\x98", 0, 0, NULL, &told);   // half at the end
  tt_expect_text(told.text, "ab");
  tt_expect_text((const char *)y.text->data, "ab");
  tt_expect_int(y.ids->shape[0], 5);
  recited(bytes, "a\xff\xfe" "b", 0, 0, NULL, &told);  // never one: as it is
  tt_expect_text(told.text, "a\xff\xfe" "b");
  const char *half = "\xa9", *e = "\u00e9";
  tt_expect_fail(recited(bytes, "a", 0, 1, &half, &told), "begins inside a character");
  y = recited(bytes, "\u00e8\u00e9", 0, 1, &e, &told);
  tt_expect_text(told.text, "\u00e8");
}

// The model fails after five tokens, the last of them half a character.
typedef struct Broken { Told told; bool wrote; } Broken;
static void breaks(void *arg) {
  Broken *b = arg;
  Tokenizer *bytes = tt_bpe_train("", 0, (BpeOptions){.size = 256});
  recited(bytes, "abcd\xf0", 1, 0, NULL, &b->told);
  b->wrote = true;
}

TT(generation_values, an_error_leaves_whole_characters) {
  Broken b = {0};
  TensorError e;
  MemoryStats before = tt_memory_stats();
  tt_expect(!tt_try(breaks, &b, &e), "it is broken");
  tt_expect_text(e.message, "recite: no more");
  tt_expect_text(b.told.text, "abcd");
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
}

static void fails_at_three(void *m) { tt_generate(m, IDS(1), 9, (GenerationOptions){0}); }

TT(generation_values, the_mode_is_given_back_after_an_error) {
  Watched *m = tt_module_new(&watched_type);
  m->fail_at = 3;
  TensorError e;
  tt_expect(!tt_try(fails_at_three, m, &e), "it fails");
  tt_expect_text(e.message, "watch: enough of this");
  tt_expect(m->base.training, "training");
}

static Tensor *flat_answer(Module *m, Tensor *ids) {
  (void)m;
  return tt_zeros(TT_SHAPE(ids->shape[1], 5));
}
static Tensor *not_a_number(Module *m, Tensor *ids) {
  (void)m;
  return tt_full(TT_SHAPE(1, ids->shape[1], 5), NAN);
}
static const ModuleType flat_type = {"Flat", sizeof(Module), no_fields, flat_answer, NULL};
static const ModuleType nan_type = {"NaN", sizeof(Module), no_fields, not_a_number, NULL};

TT(generation_values, refusals_of_generation) {
  Embedding *m = circle();
  Tokenizer *bytes = tt_bpe_train("", 0, (BpeOptions){.size = 256});
  const char *none[] = {NULL}, *empty[] = {""}, *word[] = {"x"};
#define WRITE(prompt, n, ...) tt_generate(m, prompt, n, (GenerationOptions){__VA_ARGS__})
  tt_expect_fail(WRITE(tt_empty(TT_I32, TT_SHAPE(0)), 3, 0), "one id or more");
  tt_expect_fail(WRITE(tt_zeros(TT_SHAPE(3)), 3, 0), "a prompt of f32 [3]");
  tt_expect_fail(WRITE(tt_unsqueeze(IDS(1, 2), 0), 3, 0), "a prompt of i32 [1,2]");
  tt_expect_fail(WRITE(IDS(1), -1, 0), "-1 tokens");
  tt_expect_fail(WRITE(IDS(1), INT64_MAX, 0), "tokens, a context");
  tt_expect_fail(WRITE(IDS(1), 1, .context = -2), "a context of -2");
  tt_expect_fail(WRITE(IDS(1), 1, .text = tell), "they need a .tokenizer");
  tt_expect_fail(WRITE(IDS(1), 1, .stop_texts = 1, .stop_text = word), "need a .tokenizer");
  tt_expect_fail(WRITE(IDS(1), 1, .tokenizer = bytes, .stop_texts = 1, .stop_text = none),
                 "stop text 0 is NULL");
  tt_expect_fail(WRITE(IDS(1), 1, .tokenizer = bytes, .stop_texts = 1, .stop_text = empty),
                 "stop text 0 is empty");
  tt_expect_fail(WRITE(IDS(1), 1, .stop_ids = 1), ".stop_id is NULL");
  tt_expect_fail(WRITE(IDS(1), 1, .tokenizer = bytes, .stop_texts = 1),
                 ".stop_text is NULL");
  tt_expect_fail(WRITE(IDS(1), 1, .sampling = {.top_p = 2}), "top_p is 2");
  tt_expect_fail(WRITE(IDS(4), 1, 0), "4");
  tt_expect_fail(tt_generate(tt_module_new(&flat_type), IDS(1), 1, (GenerationOptions){0}),
                 "the model gave [1,5]");
  tt_expect_fail(tt_generate(tt_module_new(&nan_type), IDS(1), 1, (GenerationOptions){0}),
                 "logit nan of id 0");
}

TT(generation_values, ids_that_the_tokenizer_lacks_never_come) {
  Tokenizer *t = tt_char_tokenizer_new("ab", -1);
  Told told = {0};
  GenerationOptions o = {.tokenizer = t, .text = tell, .arg = &told};
  o.sampling.temperature = 1;
  Tensor *y = tt_generate(circle(), IDS(1), 50, o).ids;
  tt_expect(tt_item(tt_max(tt_to(y, TT_F32), TT_ALL, false)) == 1, "an id above 1");
  tt_expect_int((int64_t)strlen(told.text), 50);
}

static void write_some(void *m) {
  TT_SCOPE;
  Tokenizer *t = words();
  const char *stop[] = {"the END"};
  Told told = {0};
  tt_generate(m, IDS(3, 2), 4, (GenerationOptions){.tokenizer = t, .text = tell,
    .arg = &told, .stop_texts = 1, .stop_text = stop,
    .sampling = {.temperature = 1, .top_k = 3, .top_p = 0.9, .repetition_penalty = 1.1}});
}

TT(generation_values, every_allocation_fails_once) {
  Embedding *m = circle();
  write_some(m);
  survive_each_fault("a text", write_some, m);
  tt_expect(m->base.training, "training");
}

// ---- GPT-2 ----------------------------------------------------------------------
static void same_logits(Sample *c, bool views) {
  (void)views;
  if (strcmp(c->kind, "gpt2") != 0) return;
  Gpt *gpt = tt_load_gpt2_weights(PATH, atoi(c->options));
  Tensor *y = tt_forward(gpt, find(c, "i")), *want = find(c, "y");
  tt_expect_shape(y, tt_shape(want));
  for (int64_t i = 0; i < tt_numel(want); i++)
    tt_expect(fabs(tt_peek(y, i) - tt_peek(want, i)) < 1e-4, "%s: logit %d is %g, not %g",
              c->name, (int)i, tt_peek(y, i), tt_peek(want, i));
}

static void same_text(Sample *c, bool views) {
  (void)views;
  if (strcmp(c->kind, "greedy") != 0) return;
  Gpt *gpt = tt_load_gpt2_weights(PATH, atoi(c->options));
  Tensor *all = find(c, "i");
  WrittenTokens y = tt_generate(gpt, tt_slice(all, 0, 0, 5, 1), 20, (GenerationOptions){0});
  for (int i = 0; i < 20; i++) {
    tt_expect_int((int64_t)tt_peek(y.ids, i), (int64_t)tt_peek(all, 5 + i));
    tt_expect_close(tt_peek(y.p, i), tt_peek(find(c, "p"), i), 1e-4, 1e-6);
  }
}

TT(generation_values, gpt2_as_in_pytorch) {
  each_sample("generation.txt", KINDS, same_logits, false);
}
TT(generation_values, gpt2_writes_as_in_pytorch) {
  each_sample("generation.txt", KINDS, same_text, false);
}

// the file again, with a change
typedef void Change(StateDict *sd);
static const char *changed(Change *change) {
  StateDict sd = tt_load_file(PATH);
  change(&sd);
  const char *path = beside("gpt2.safetensors");
  tt_save_file(path, sd, (Metadata){0});
  return path;
}
static int at(StateDict *sd, const char *name) {
  int i = 0;
  while (strcmp(sd->entry[i].name, name) != 0) i++;
  return i;
}
static void put(StateDict *sd, const char *name, Tensor *t) {
  *sd->entry[at(sd, name)].slot = t;
}
static void add(StateDict *sd, const char *name, Tensor *t) {
  StateDict more = tt_state_dict_new(sd->n + 1);
  memcpy(more.entry, sd->entry, (size_t)sd->n * sizeof *more.entry);
  static Tensor *kept[4];
  static int n;
  kept[n++ % 4] = t;
  more.entry[sd->n] = (StateEntry){.kind = TT_PARAM, .slot = &kept[(n - 1) % 4]};
  strcpy(more.entry[sd->n].name, name);
  *sd = more;
}
static void drop(StateDict *sd, const char *name) {
  sd->entry[at(sd, name)] = sd->entry[sd->n - 1];
  sd->n--;
}

static void prefixed(StateDict *sd) {
  for (int i = 0; i < sd->n; i++) {
    char name[TT_NAME];
    snprintf(name, sizeof name, "transformer.%.80s", sd->entry[i].name);
    strcpy(sd->entry[i].name, name);
  }
}
static void without_masks(StateDict *sd) {
  for (int i = sd->n - 1; i >= 0; i--)
    if (strstr(sd->entry[i].name, ".attn.bias") || strstr(sd->entry[i].name, "masked"))
      drop(sd, sd->entry[i].name);
}
static void masks_of_bytes(StateDict *sd) {
  put(sd, "h.0.attn.bias", tt_empty(TT_U8, TT_SHAPE(1, 1, 12, 12)));
}
static void tied_head(StateDict *sd) {
  add(sd, "lm_head.weight", tt_clone(*sd->entry[at(sd, "wte.weight")].slot));
}
static void own_head(StateDict *sd) {
  add(sd, "lm_head.weight", tt_ones(TT_SHAPE(37, 16)));
}

TT(generation_values, names_and_heads_of_gpt2) {
  Tensor *ids = tt_unsqueeze(IDS(1, 2, 3, 4), 0);
  Tensor *want = tt_forward(tt_load_gpt2_weights(PATH, 2), ids);
  Change *same[] = {prefixed, without_masks, masks_of_bytes, tied_head};
  for (int i = 0; i < 4; i++) {
    Gpt *gpt = tt_load_gpt2_weights(changed(same[i]), 2);
    tt_expect(!gpt->head && !gpt->base.training, "change %d", i);
    tt_expect_tensor(tt_forward(gpt, ids), want, 0, 0);
  }
  Gpt *gpt = tt_load_gpt2_weights(changed(own_head), 2);
  tt_expect(gpt->head, "a head of its own");
  Tensor *y = tt_forward(gpt, ids);
  tt_expect_close(tt_peek(y, 0), tt_peek(y, 36), 1e-6, 0);
  tt_expect_int(gpt->options.layers, 2);
  tt_expect_int(gpt->options.hidden, 64);
}

static void no_proj(StateDict *sd) { drop(sd, "h.1.attn.c_proj.bias"); }
static void no_tokens(StateDict *sd) { drop(sd, "wte.weight"); }
static void no_places(StateDict *sd) { drop(sd, "wpe.weight"); }
static void unknown(StateDict *sd) { add(sd, "h.0.attn.rotary", tt_ones(TT_SHAPE(3))); }
static void third(StateDict *sd) { add(sd, "h.3.ln_1.weight", tt_ones(TT_SHAPE(16))); }
static void twice(StateDict *sd) { add(sd, "transformer.ln_f.bias", tt_ones(TT_SHAPE(16))); }
static void turned_already(StateDict *sd) {
  int i = at(sd, "h.1.attn.c_attn.weight");
  *sd->entry[i].slot = tt_contiguous(tt_transpose(*sd->entry[i].slot, 0, 1));
}
static void narrow(StateDict *sd) { put(sd, "h.0.mlp.c_fc.weight", tt_ones(TT_SHAPE(16, 63))); }
static void whole(StateDict *sd) { put(sd, "ln_f.bias", tt_empty(TT_I32, TT_SHAPE(16))); }
static void row(StateDict *sd) { put(sd, "wte.weight", tt_ones(TT_SHAPE(16))); }
static void none_of_it(StateDict *sd) { put(sd, "wpe.weight", tt_ones(TT_SHAPE(0, 16))); }
static void wide_head(StateDict *sd) {
  add(sd, "lm_head.weight", tt_ones(TT_SHAPE(38, 16)));
}
static void other_width(StateDict *sd) { put(sd, "wpe.weight", tt_ones(TT_SHAPE(12, 8))); }
static void none_left(StateDict *sd) { sd->n = 0; }

TT(generation_values, refusals_of_files_of_gpt2) {
  struct { Change *change; const char *text; } c[] = {
    {no_proj, "no h.1.attn.c_proj.bias among its"}, {no_tokens, "no wte.weight"},
    {no_places, "no wpe.weight"}, {unknown, "h.0.attn.rotary [3] has no place"},
    {third, "h.3.ln_1.weight [16] has no place"}, {twice, "ln_f.bias [16] has no place"},
    {turned_already, "h.1.attn.c_attn.weight is [48,16]; expected [16,48]"},
    {narrow, "h.0.mlp.c_fc.bias is [64]; expected [63]"}, {whole, "ln_f.bias is of i32"},
    {row, "wte.weight is [16]; it is a matrix"}, {none_of_it, "wpe.weight is [0,16]"},
    {wide_head, "lm_head.weight is [38,16]; expected [37,16]"},
    {other_width, "wpe.weight is [12,8]; expected [12,16]"}, {none_left, "among its 0"}};
  for (size_t i = 0; i < sizeof c / sizeof *c; i++)
    tt_expect_fail(tt_load_gpt2_weights(changed(c[i].change), 2), c[i].text);
  tt_expect_fail(tt_load_gpt2_weights(PATH, 0), "0 heads of 16 numbers");
  tt_expect_fail(tt_load_gpt2_weights(PATH, 3), "3 heads of 16 numbers");
  tt_expect_fail(tt_load_gpt2_weights(PATH, -2), "-2 heads of 16");
  tt_expect_fail(tt_load_gpt2_weights("/no/such/file", 2), "/no/such/file");
}

// Cut anywhere, or with any byte of its first part changed, it is an error or a
// model, and all memory comes back.
static void load_it(void *path) {
  TT_SCOPE;
  tt_load_gpt2_weights(path, 2);
}

TT(generation_values, files_of_gpt2_that_are_cut_or_lie) {
  Bytes b = read_bytes(PATH);
  const char *path = beside("cut.safetensors");
  int64_t live = tt_memory_stats().live_bytes;
  int loaded = 0, refused = 0;
  for (size_t i = 0; i < 8600; i += i < 3000 ? 13 : 97)
    for (int lie = 0; lie < 2; lie++) {
      FILE *f = fopen(path, "wb");
      unsigned char was = b.at[i];
      if (lie) b.at[i] = (unsigned char)(was == '1' ? '9' : was == '6' ? '1' : was ^ 4);
      fwrite(b.at, 1, lie ? b.n : i, f);
      fclose(f);
      b.at[i] = was;
      TensorError e = {0};
      bool done = tt_try(load_it, (void *)(uintptr_t)path, &e);
      loaded += done, refused += !done;
      tt_expect(done || e.message[0], "no reason");
      tt_expect_int(tt_memory_stats().live_bytes, live);
    }
  tt_expect(refused > 300 && loaded > 20, "%d refused, %d loaded", refused, loaded);
}

static void load_whole(void *unused) {
  (void)unused;
  load_it((void *)(uintptr_t)PATH);
}

TT(generation_values, every_allocation_of_loading_fails_once) {
  load_whole(NULL);
  survive_each_fault("loading", load_whole, NULL);
}
