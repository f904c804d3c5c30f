// Needs chapter 15: keys and values in pages: what is refused, memory that runs
// out, files that lie, guesses that are taken back, rooms that stay small.
#include "faults.h"
#include "files.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Gpt *lively(GptOptions o) {
  Gpt *m = tt_gpt_new(o, NULL);
  StateDict p = tt_module_parameters(m);
  for (int i = 0; i < p.n; i++) tt_normal_(*p.entry[i].slot, 0.05, 0.4, NULL);
  tt_module_eval(m);
  return m;
}

static GptOptions tiny(bool llama) {
  GptOptions o = {.vocab_size = 19, .context = 40, .dim = 16, .layers = 2, .heads = 4,
                  .kv_heads = 2};
  return llama ? tt_llama_like(o) : o;
}

static Tensor *random_ids(int64_t n) { return tt_randint(0, 19, TT_SHAPE(n), NULL); }

static double off(Tensor *got, Tensor *want) {
  TT_SCOPE;
  double most = tt_item(tt_max(tt_abs(want), TT_ALL, false));
  return tt_item(tt_max(tt_abs(tt_sub(got, want)), TT_ALL, false)) / most;
}

static Tensor *last_of(Gpt *m, Tensor *ids) {
  Tensor *y = tt_forward(m, tt_unsqueeze(ids, 0));
  return tt_select(tt_select(y, 0, 0), 0, -1);
}

// ---- any layout, page, split and company: as without a cache -------------------
TT(kvcache, any_layout_page_split_and_company) {
  for (int turn = 0; turn < 60; turn++) {
    TT_SCOPE;
    Generator g;
    tt_manual_seed(&g, (uint64_t)turn);
#define ANY(n) ((int64_t)(tt_random(&g) % (uint64_t)(n)))
    int64_t kv = 1 + ANY(3), heads = kv * (1 + ANY(2)), size = 2 * (1 + ANY(3));
    GptOptions o = {.vocab_size = 19, .context = 40, .dim = heads * size, .layers = ANY(4),
                    .heads = heads, .kv_heads = kv, .swiglu = ANY(2), .rms_norm = ANY(2),
                    .no_bias = ANY(2), .untied = ANY(2), .rotary = ANY(2) ? 50 : 0};
    Gpt *m = lively(o);
    KvCache *c = tt_kv_cache_new(m, 3, (KvOptions){.page = 1 + ANY(9)});
    Tensor *ids[3], *want[3];
    int64_t n[3] = {0};
    for (int i = 0; i < 3; i++) {
      ids[i] = random_ids(40);
      want[i] = tt_select(tt_forward(m, tt_unsqueeze(ids[i], 0)), 0, 0);
    }
    for (int pass = 0; pass < 12; pass++) {
      KvPart part[3];
      int k = 0;
      for (int i = 0; i < 3; i++) {
        int64_t t = ANY(6);
        if (t == 0 || n[i] + t > 40) continue;
        part[k++] = (KvPart){i, tt_slice(ids[i], 0, n[i], n[i] + t, 1)};
      }
      if (k == 0) continue;
      Tensor *y = tt_gpt_logits(m, tt_kv_features(c, k, part));
      for (int64_t i = 0, at = 0; i < k; i++) {
        int s = part[i].sequence;
        int64_t t = part[i].ids->shape[0];
        Tensor *mine = tt_slice(want[s], 0, n[s], n[s] + t, 1);
        double e = off(tt_slice(y, 0, at, at + t, 1), mine);
        // a norm of a row of two numbers makes much of their last bits
        tt_expect(e < 4e-5, "turn %d, sequence %d, place %d: %g", turn, s, (int)n[s], e);
        n[s] += t, at += t;
      }
    }
  }
}

// ---- guesses: a draft that is always wrong changes nothing --------------------
TT(kvcache, a_draft_that_is_always_wrong) {
  for (int int8 = 0; int8 < 2; int8++) {
    TT_SCOPE;
    Gpt *m = lively(tiny(true));
    KvOptions o = {.page = 4, .int8 = int8};
    KvCache *plain = tt_kv_cache_new(m, 1, o), *c = tt_kv_cache_new(m, 1, o);
    Tensor *y = tt_kv_next(plain, 0, random_ids(1)), *z;
    tt_kv_next(c, 0, plain->sequence[0].page[0].ids->data
               ? tt_slice(plain->sequence[0].page[0].ids, 0, 0, 1, 1) : NULL);
    for (int i = 0; i < 20; i++) {
      int32_t id = tt_next_token(y, NULL, (SamplingOptions){0}).id;
      int32_t guess[] = {id, (id + 1) % 19, (id + 2) % 19, (id + 3) % 19};
      y = tt_kv_next(plain, 0, tt_from_int(TT_SHAPE(1), guess));
      int64_t n = c->sequence[0].n;
      z = tt_kv_features(c, 1, &(KvPart){0, tt_from_int(TT_SHAPE(4), guess)});
      z = tt_select(tt_gpt_logits(m, z), 0, 0);
      tt_kv_rollback(c, 0, n + 1);
      // packed when the guesses were there, so a little earlier
      tt_expect(off(z, y) < (int8 ? 0.05 : 1e-5), "token %d, int8 %d: %g", i, int8, off(z, y));
    }
  }
}

// ---- beams: prefix shared, as many pages as there must be ----------------------
TT(kvcache, a_prefix_is_there_once) {
  Gpt *m = lively(tiny(false));
  KvOptions o = {.page = 4};
  KvCache *c = tt_kv_cache_new(m, 8, o);
  tt_kv_next(c, 0, random_ids(32));
  tt_kv_reorder(c, 8, (int[8]){0});
  int64_t page = tt_kv_page_bytes(m->options, o);
  tt_expect_int(tt_kv_bytes(c), 8 * page);
  KvPart part[8];
  for (int i = 0; i < 8; i++) part[i] = (KvPart){i, random_ids(1)};
  tt_kv_logits(c, 8, part);
  tt_expect_int(tt_kv_bytes(c), 16 * page);
  int64_t live = tt_memory_stats().live_bytes;
  for (int i = 0; i < 3; i++) tt_kv_reorder(c, 8, (int[8]){7, 6, 5, 4, 3, 2, 1, 0});
  tt_expect_int(tt_memory_stats().live_bytes, live);
  tt_kv_reorder(c, 8, (int[8]){3, 3, 3, 3, 3, 3, 3, 3});
  tt_expect_int(tt_kv_bytes(c), 9 * page);
}

// ---- growth: no copy of what is there -----------------------------------------
TT(kvcache, growth_takes_a_page_and_no_more) {
  Gpt *m = lively(tiny(true));
  KvOptions o = {.page = 4};
  KvCache *c = tt_kv_cache_new(m, 1, o);
  tt_kv_next(c, 0, random_ids(1));
  int64_t page = tt_kv_page_bytes(m->options, o), work = 0;
  for (int64_t n = 2; n <= 40; n++) {
    TT_SCOPE;
    int64_t before = tt_memory_stats().live_bytes;
    tt_reset_peak_memory();
    tt_release(tt_kv_next(c, 0, random_ids(1)));
    int64_t peak = tt_memory_stats().peak_bytes - before;
    if (n == 2) work = peak;
    tt_expect(peak <= work + page + 64 * n * (int64_t)sizeof(Real),
              "%d bytes at place %d", (int)peak, (int)n);
    tt_expect_int(tt_kv_bytes(c), (n + 3) / 4 * page);
  }
}

// ---- keys round by channel -----------------------------------------------------
// one number of all keys is 50 times as large, and of the queries as small, so
// the model is the same: with a scale for each number nothing is lost
TT(kvcache, one_channel_of_the_keys_is_large) {
  Gpt *m = lively(tiny(false));
  Tensor *ids = random_ids(33), *want = last_of(m, ids);
  double e[2];
  for (int large = 0; large < 2; large++) {
    KvCache *c = tt_kv_cache_new(m, 1, (KvOptions){.page = 8, .int8 = true});
    tt_kv_next(c, 0, tt_slice(ids, 0, 0, 32, 1));
    tt_expect(c->sequence[0].page[2].scale, "packed");
    e[large] = off(tt_kv_next(c, 0, tt_slice(ids, 0, 32, 33, 1)), want);
    for (int i = 0; i < 2; i++) {
      MultiHeadAttention *a = m->block[i]->attention;
      Linear *linear[] = {a->key, a->query, a->query};
      int64_t row[] = {1, 1, 5};     // query heads 0 and 1 share key head 0
      for (int j = 0; j < 3; j++) {
        Tensor *w = tt_select(linear[j]->weight, 0, row[j]);
        Tensor *b = tt_slice(linear[j]->bias, 0, row[j], row[j] + 1, 1);
        Real by = j ? (Real)0.02 : 50;
        tt_copy_(w, tt_mul_scalar(w, by)), tt_copy_(b, tt_mul_scalar(b, by));
      }
    }
    tt_expect(off(last_of(m, ids), want) < 1e-4, "the same model");
  }
  tt_expect(e[1] < 2 * e[0] + 1e-3 && e[0] > 1e-6, "off by %g, then by %g", e[0], e[1]);
}

// a window over packed pages: no key is rotated again, so it works
TT(kvcache, a_window_over_packed_pages) {
  Gpt *m = lively(tiny(true));
  KvOptions o = {.page = 3, .window = 14, .sinks = 4};
  KvCache *plain = tt_kv_cache_new(m, 1, o);
  o.int8 = true;
  KvCache *c = tt_kv_cache_new(m, 1, o);
  double worst = 0;
  for (int i = 0; i < 200; i++) {
    TT_SCOPE;
    Tensor *id = random_ids(1);
    double e = off(tt_kv_next(c, 0, id), tt_kv_next(plain, 0, id));
    worst = e > worst ? e : worst;
  }
  tt_expect(worst > 1e-6 && worst < 0.1, "off by %g", worst);
  tt_expect(c->sequence[0].page[0].scale && c->sequence[0].page[2].scale, "packed");
  tt_expect_int(c->sequence[0].pages, plain->sequence[0].pages);
}

// ---- what is refused ----------------------------------------------------------
#define NEW(m, n, ...) tt_kv_cache_new(m, n, (KvOptions){__VA_ARGS__})
TT(kvcache, refusals) {
  Gpt *gpt = lively(tiny(false)), *m = lively(tiny(true));
  tt_expect_fail(NEW(NULL, 1, 0), "NULL");
  tt_expect_fail(NEW(m, 0, 0), "0 sequences, pages of 0");
  tt_expect_fail(NEW(m, 1, .sinks = 4), "4 sinks without a .window");
  tt_expect_fail(NEW(gpt, 1, .window = 8), "a window of 8, and learned places");
  tt_expect_fail(NEW(m, 1, .window = 38, .sinks = 3), "window 38 and 3 sinks; the context has 40");
  KvCache *c = NEW(m, 2, .page = 4, .pages = 5);
  Tensor *ids = random_ids(8);
  tt_expect_fail(tt_kv_next(c, 2, ids), "sequence 2; there are 0 to 1");
  tt_expect_fail(tt_kv_next(c, 0, tt_unsqueeze(ids, 0)), "ids of i32 [1,8]; they are i32 (T)");
  tt_expect_fail(tt_kv_next(c, 0, tt_slice(ids, 0, 0, 0, 1)), "one id or more");
  tt_expect_fail(tt_kv_logits(c, 2, (KvPart[]){{1, ids}, {1, ids}}),
                 "parts 0 and 1 are both of sequence 1; put their ids together");
  tt_expect_fail(tt_kv_next(c, 0, random_ids(41)), "has 0 places, and 41 come; the context has 40");
  tt_kv_next(c, 0, ids), tt_kv_next(c, 1, ids);
  tt_expect_fail(tt_kv_next(c, 0, ids), "2 pages more, and there are 4 of 5");
  tt_kv_next(c, 0, tt_slice(ids, 0, 0, 4, 1));
  tt_expect_fail(tt_kv_next(c, 1, tt_slice(ids, 0, 0, 1, 1)), "1 pages more, and there are 5 of 5");
  tt_expect_fail(tt_kv_rollback(c, 0, 13), "to place 13; the sequence has 12");
  tt_kv_rollback(c, 0, 2), tt_kv_copy(c, 1, 0);
  tt_expect_int(tt_kv_bytes(c), tt_kv_page_bytes(m->options, (KvOptions){.page = 4}));
  tt_module_train(m);
  tt_expect_fail(tt_kv_next(c, 0, ids), "training mode");
  tt_module_eval(m);
  c = NEW(m, 1, .page = 4, .window = 8, .sinks = 2);
  for (int i = 0; i < 4; i++) tt_kv_next(c, 0, ids);
  tt_expect_fail(tt_kv_rollback(c, 0, 20), "would read 13 and on; all from 4 to 23 are forgotten");
  tt_kv_rollback(c, 0, 31), tt_kv_rollback(c, 0, 3);
  tt_expect_int(c->sequence[0].gone, 0);
  c = NEW(gpt, 1, 0);
  tt_kv_next(c, 0, random_ids(40));
  tt_expect_fail(tt_kv_next(c, 0, random_ids(1)), "40 places, and 1 come");
  tt_kv_cache_free(c);
}

TT(kvcache, requests_that_are_refused) {
  Gpt *m = lively(tiny(true));
  KvRequest r = {.prompt = random_ids(30), .n = 12};
  tt_expect_fail(tt_generate_all(m, 1, &r, 1, (KvOptions){0}), "request 0 has 41 places; the context has 40");
  r.n = 11;
  tt_expect_fail(tt_generate_all(m, 1, &r, 1, (KvOptions){.page = 4, .pages = 9}),
                 "request 0 takes 10 pages, and there are 9");
  tt_generate_all(m, 1, &r, 1, (KvOptions){.page = 4, .pages = 10});
  tt_expect_int(r.written, 11);
  int32_t first = ((int32_t *)r.ids->data)[0];
  r = (KvRequest){.prompt = r.prompt, .n = 5, .stop_ids = 1, .stop_id = &first};
  tt_generate_all(m, 1, &r, 4, (KvOptions){0});
  tt_expect_int(r.written, 1);
}

TT(kvcache, a_failed_pass_leaves_all_as_it_was) {
  Gpt *m = lively(tiny(true));
  KvCache *c = NEW(m, 2, .page = 4);
  Tensor *ids = random_ids(6);
  tt_kv_next(c, 0, ids), tt_kv_copy(c, 1, 0);
  Tensor *bad = tt_from_int(TT_SHAPE(2), (int32_t[]){1, 77});
  tt_expect_fail(tt_kv_next(c, 0, bad), "77");
  Tensor *all = tt_cat(2, (Tensor *[]){ids, ids}, 0);
  tt_expect(off(tt_kv_next(c, 0, ids), last_of(m, all)) < 1e-5, "goes on");
  tt_expect(off(tt_kv_next(c, 1, ids), last_of(m, all)) < 1e-5, "and the copy");
}

// ---- memory that runs out -----------------------------------------------------
typedef struct Fault { Gpt *m; KvCache *c; Tensor *ids, *want; bool int8; } Fault;

static void build_and_share(void *arg) {
  Fault *f = arg;
  KvCache *c = NEW(f->m, 2, .page = 4, .int8 = f->int8);
  tt_kv_next(c, 0, f->ids);
  tt_kv_copy(c, 1, 0);
  tt_kv_next(c, 1, tt_slice(f->ids, 0, 0, 3, 1));
  tt_kv_rollback(c, 1, 2);
  tt_kv_next(c, 1, tt_slice(f->ids, 0, 0, 1, 1));
  tt_kv_cache_free(c);
}

TT(kvcache, each_allocation_fails) {
  for (int i = 0; i < 2; i++) {
    Fault f = {.m = lively(tiny(true)), .ids = random_ids(10), .int8 = i};
    survive_each_fault("a cache", build_and_share, &f);
  }
}

static void goes_on(void *arg) {
  Fault *f = arg;
  tt_kv_next(f->c, 0, tt_slice(f->ids, 0, 10, 19, 1));
}

TT(kvcache, without_memory_for_a_pass_nothing_changes) {
  Gpt *m = lively(tiny(true));
  Tensor *ids = random_ids(20), *want = last_of(m, ids);
  Fault f = {.m = m, .ids = ids};
  int failed = 0;
  for (int64_t room = 0; room < 60000; room += 997) {
    TT_SCOPE;
    f.c = NEW(m, 2, .page = 4);
    tt_kv_next(f.c, 0, tt_slice(ids, 0, 0, 10, 1));
    tt_kv_copy(f.c, 1, 0);
    TensorError e;
    if (!try_within(room, goes_on, &f, &e)) {
      failed++;
      tt_expect_int(f.c->sequence[0].n, 10);
      tt_kv_next(f.c, 0, tt_slice(ids, 0, 10, 19, 1));
    }
    double far = off(tt_kv_next(f.c, 0, tt_slice(ids, 0, 19, 20, 1)), want);
    tt_expect(far < 1e-5, "with %d bytes: %g", (int)room, far);
    far = off(tt_kv_next(f.c, 1, tt_slice(ids, 0, 10, 20, 1)), want);
    tt_expect(far < 1e-5, "the copy, with %d bytes: %g", (int)room, far);
  }
  tt_expect(failed > 5, "%d passes failed", failed);
}

// ---- files that lie -----------------------------------------------------------
static void load_into(void *arg) {
  Fault *f = arg;
  tt_kv_load(beside("session"), f->c, 0);
}

TT(kvcache, sessions_of_other_caches) {
  Gpt *m = lively(tiny(true)), *other = lively(tiny(true));
  KvCache *c = NEW(m, 1, .page = 4);
  tt_kv_next(c, 0, random_ids(10));
  tt_kv_save(beside("others"), c, 0);
  tt_expect_fail(tt_kv_load(beside("others"), NEW(other, 1, .page = 4), 0), "its kv weights is");
  tt_expect_fail(tt_kv_load(beside("others"), NEW(m, 1, .page = 5), 0), "its kv page is 4, here it is 5");
  tt_expect_fail(tt_kv_load(beside("others"), NEW(m, 1, .page = 4, .window = 5), 0),
                 "its kv window is 0, here it is 5");
  tt_gpt_save(beside("model"), m, (Metadata){0});
  tt_expect_fail(tt_kv_load(beside("model"), c, 0), "its kv places is not there");
  tt_expect_fail(tt_kv_load(beside("none"), c, 0), "none");
}

// each byte changed: refused, or as before; never a crash
TT(kvcache, each_byte_of_a_session) {
  GptOptions o = tt_llama_like((GptOptions){.vocab_size = 5, .context = 9, .dim = 4,
                                            .layers = 1, .heads = 2});
  Gpt *m = lively(o);
  Fault f = {.m = m, .c = NEW(m, 1, .page = 2, .window = 3)};
  Tensor *ids = tt_randint(0, 5, TT_SHAPE(7), NULL);
  tt_kv_next(f.c, 0, ids);
  tt_kv_save(beside("session"), f.c, 0);
  Bytes b = read_bytes(beside("session"));
  for (size_t i = 0; i < b.n; i += i < 900 ? 1 : 7) {
    TT_SCOPE;
    FILE *to = fopen(beside("session"), "wb");
    unsigned char was = b.at[i];
    b.at[i] ^= (unsigned char)(1 << i % 8);
    tt_expect(to && fwrite(b.at, 1, i % 3 ? b.n : i, to) == (i % 3 ? b.n : i), "written");
    fclose(to);
    b.at[i] = was;
    TensorError e;
    if (!tt_try(load_into, &f, &e)) continue;
    tt_kv_next(f.c, 0, tt_slice(ids, 0, 0, 1, 1));
    tt_kv_rollback(f.c, 0, 0);
  }
}

// ---- texts beyond the context ---------------------------------------------------
TT(kvcache, a_text_longer_than_its_context) {
  Gpt *m = lively(tiny(true));
  Tensor *prompt = random_ids(90);
  GenerationOptions o = {.reader = &tt_streaming_reader};
  Tensor *y = tt_generate(m, prompt, 30, o).ids;
  KvCache *c = NEW(m, 1, .sinks = 4, .window = 36);
  Tensor *logits = NULL;
  for (int64_t at = 0; at < 90; at++)
    logits = tt_kv_next(c, 0, tt_slice(prompt, 0, at, at + 1, 1));
  for (int i = 0; i < 30; i++) {
    int32_t id = tt_next_token(logits, NULL, (SamplingOptions){0}).id;
    tt_expect_int(((int32_t *)y->data)[i], id);
    logits = tt_kv_next(c, 0, tt_from_int(TT_SHAPE(1), &id));
  }
  Gpt *gpt = lively(tiny(false));
  tt_expect_fail(tt_generate(gpt, prompt, 3, o), "this .reader is not for this model");
  tt_generate(gpt, prompt, 3, (GenerationOptions){0});
  tt_expect_fail(tt_generate(gpt, prompt, 3, (GenerationOptions){.context = 41}), "has 40 places");
}

// ---- readers leave the model's mode and the tape alone ----------------------------
TT(kvcache, nothing_is_recorded) {
  tt_autograd_enable();
  Gpt *m = lively(tiny(false));
  KvCache *c = NEW(m, 1, .page = 4);
  Tensor *y = tt_kv_next(c, 0, random_ids(5));
  tt_expect(!y->node && !y->requires_grad, "recorded");
  tt_module_train(m);
  tt_generate(m, random_ids(3), 4, (GenerationOptions){0});
  tt_expect(m->base.training, "the mode is given back");
}

// ---- numbers that no byte can say ---------------------------------------------
TT(kvcache, packed_numbers_that_are_none) {
  Real bad[] = {NAN, INFINITY, -INFINITY};
  for (int i = 0; i < 3; i++) {
    TT_SCOPE;
    Gpt *m = lively(tiny(true));
    *(Real *)m->block[0]->attention->value->weight->data = bad[i];
    KvCache *c = NEW(m, 1, .page = 4, .int8 = true);
    Tensor *y = tt_kv_next(c, 0, random_ids(17));
    tt_expect(isnan(*(Real *)y->data), "without bytes");
    tt_expect(c->sequence[0].page[0].scale, "packed");
    y = tt_kv_next(c, 0, random_ids(1));
    tt_expect(isnan(*(Real *)y->data), "what is no number stays none");
  }
  Gpt *m = lively(tiny(true));       // too small to be divided by 127
  tt_fill_(m->block[0]->attention->value->weight, (Real)1e-43);
  KvCache *c = NEW(m, 1, .page = 4, .int8 = true);
  tt_kv_next(c, 0, random_ids(17));
  KvPage *g = &c->sequence[0].page[0];
  tt_expect(g->scale, "packed");
  for (int64_t i = 4; i < 8; i++)    // of the values of the first head
    tt_expect_close(((Real *)g->scale->data)[i], 0, 0, 0);
}

// ---- a page that two share, and both write to -----------------------------------
TT(kvcache, the_last_of_a_page_needs_no_copy) {
  Gpt *m = lively(tiny(true));
  KvCache *c = NEW(m, 3, .page = 4, .pages = 3);
  tt_kv_next(c, 0, random_ids(2));
  tt_kv_copy(c, 1, 0), tt_kv_copy(c, 2, 0);
  KvPart part[3];
  for (int i = 0; i < 3; i++) part[i] = (KvPart){i, random_ids(1)};
  tt_kv_logits(c, 3, part);
  c = NEW(m, 3, .page = 4, .pages = 2);
  tt_kv_next(c, 0, random_ids(2));
  tt_kv_copy(c, 1, 0), tt_kv_copy(c, 2, 0);
  tt_expect_fail(tt_kv_logits(c, 3, part), "2 pages more, and there are 1 of 2");
  tt_kv_logits(c, 1, part);
  tt_expect_fail(tt_kv_logits(c, 2, part + 1), "1 pages more, and there are 2 of 2");
}

// ---- all sequences are exchanged, or none ----------------------------------------
enum { MANY = 24 };

static void turn_round(void *arg) {
  int from[MANY];
  for (int i = 0; i < MANY; i++) from[i] = MANY - 1 - i;
  tt_kv_reorder(((Fault *)arg)->c, MANY, from);
}

TT(kvcache, an_exchange_that_fails_changes_nothing) {
  Gpt *m = lively(tiny(true));
  Fault f = {.m = m, .c = NEW(m, MANY, .page = 1)};
  for (int i = 0; i < MANY; i++) {
    TT_SCOPE;
    tt_kv_next(f.c, i, tt_from_int(TT_SHAPE(16), (int32_t[16]){i % 19}));
    tt_kv_rollback(f.c, i, 10 + i % 6);
  }
  int failed = 0;
  bool done = false;
  for (int k = 1; !done; k++) {
    TT_SCOPE;
    tt_empty_pool();
    TensorError e;
    fail_from(k, INT32_MAX);
    done = tt_try(turn_round, &f, &e);
    stop_failing();
    failed += !done;
    for (int i = 0; i < MANY; i++) {
      int was = done ? MANY - 1 - i : i;
      KvSequence *s = &f.c->sequence[i];
      tt_expect_int(s->n, 10 + was % 6);
      tt_expect_int(s->pages, s->n);
      tt_expect_int(*(int32_t *)s->page[0].ids->data, was % 19);
    }
  }
  tt_expect(failed > 1, "%d exchanges failed", failed);
}

// ---- a session that no cache has: more pages than there are places for ------------
static void write_session(int64_t places, int copies) {
  TT_SCOPE;
  Metadata old = {0};
  StateDict d = tt_load_file_with(beside("short"), &old), e = tt_state_dict_new(2 * copies);
  MetaPair pair[8];
  char text[24];
  int n = 0;
  for (int i = 0; i < old.n; i++)
    if (strncmp(old.pair[i].key, "kv ", 3) == 0) pair[n++] = old.pair[i];
  snprintf(text, sizeof text, "%d", (int)places);
  for (int i = 0; i < n; i++)
    if (strcmp(pair[i].key, "kv places") == 0) pair[i].value = text;
  e.n = 0;
  for (int i = 0; i < copies; i++)
    for (int k = 0; k < d.n; k++) {
      e.entry[e.n] = d.entry[k];
      snprintf(e.entry[e.n++].name, TT_NAME, "page.%d%s", i, strrchr(d.entry[k].name, '.'));
    }
  tt_save_file(beside("long"), e, (Metadata){.n = n, .pair = pair});
}

TT(kvcache, a_session_that_is_too_long) {
  GptOptions o = tiny(true);
  o.context = 16;
  Gpt *m = lively(o);
  KvCache *c = NEW(m, 1, .page = 4, .window = 8);
  tt_kv_next(c, 0, random_ids(4));
  tt_kv_save(beside("short"), c, 0);
  write_session(32, 8);
  tt_expect_fail(tt_kv_load(beside("long"), c, 0), "32 places, 0 pages gone; no sequence");
  write_session(10, 3);              // the first page can go only after 11
  tt_kv_load(beside("long"), c, 0);
  write_session(11, 3);
  tt_expect_fail(tt_kv_load(beside("long"), c, 0), "11 places, 0 pages gone; no sequence");
  tt_kv_next(c, 0, random_ids(16));
  for (int i = 0; i < 40; i++) {     // each that there is can be loaded
    TT_SCOPE;
    tt_kv_next(c, 0, random_ids(1 + i % 5));
    tt_kv_save(beside("long"), c, 0);
    tt_kv_load(beside("long"), c, 0);
    KvSequence *s = &c->sequence[0];
    if (s->n - 8 >= 4 * s->gone) tt_kv_rollback(c, 0, s->n - 1);
    tt_kv_save(beside("long"), c, 0);
    tt_kv_load(beside("long"), c, 0);
  }
}

TT(kvcache, a_session_takes_pages) {
  Gpt *m = lively(tiny(true));
  KvCache *c = NEW(m, 1, .page = 4), *to = NEW(m, 2, .page = 4, .pages = 5);
  Tensor *ids = random_ids(16);
  tt_kv_next(c, 0, ids);
  tt_kv_save(beside("full"), c, 0);
  tt_kv_next(to, 1, tt_slice(ids, 0, 0, 8, 1));
  tt_expect_fail(tt_kv_load(beside("full"), to, 0), "4 pages, and others have 2 of 5");
  tt_expect_int(to->sequence[1].n, 8);
  tt_kv_load(beside("full"), to, 1); // its own two are free then
  tt_kv_load(beside("full"), to, 1);
  tt_expect_fail(tt_kv_load(beside("full"), to, 0), "4 pages, and others have 4 of 5");
}

// ---- one text is beyond its window, and one has not even the sinks -----------------
TT(kvcache, a_short_text_beside_one_that_slides) {
  Gpt *m = lively(tiny(true));
  for (int64_t page = 1; page < 6; page++) {
    KvOptions o = {.page = page, .window = 6, .sinks = 4};
    KvCache *c = tt_kv_cache_new(m, 2, o), *alone = tt_kv_cache_new(m, 2, o);
    for (int i = 0; i < 30; i++) {
      TT_SCOPE;
      Tensor *ids[2] = {random_ids(2), random_ids(1)};
      if (i < 20) ids[1] = NULL;
      Tensor *y = tt_kv_logits(c, i < 20 ? 1 : 2, (KvPart[]){{0, ids[0]}, {1, ids[1]}});
      for (int k = 0; k < 2 && ids[k]; k++) {
        double e = off(tt_select(y, 0, k), tt_kv_next(alone, k, ids[k]));
        tt_expect(e < 1e-5, "page %d, pass %d, text %d: %g", (int)page, i, k, e);
      }
    }
  }
}

// ---- a page has nothing of those who had its memory before ------------------------
TT(kvcache, a_new_page_is_empty) {
  KvCache *c = NEW(lively(tiny(true)), 1, .page = 4);
  tt_empty_pool();                   // so it is full of GUARD
  tt_kv_next(c, 0, random_ids(1));
  KvPage *g = &c->sequence[0].page[0];
  for (int64_t i = 1; i < 4; i++) {
    tt_expect_int(((int32_t *)g->ids->data)[i], 0);
    Tensor *rest = tt_slice(g->kv, 3, 1, 4, 1);
    tt_expect_close(tt_item(tt_max(tt_abs(rest), TT_ALL, false)), 0, 0, 0);
  }
}
