// Made from chapters/15-memoization.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

enum { KINDS = 4 };

// learned places; rotary; as Llama has it; as GPT-2, untied
static Gpt *small(int kind)
{
  GptOptions o = { .vocab_size = 17, .context = 64, .dim = 16,
                   .layers = 2, .heads = 4,
                   .kv_heads = kind == 2 ? 2 : 0,
                   .rotary = kind == 1 ? 100 : 0, .untied = kind == 3 };
  Gpt *m = tt_gpt_new(kind == 2 ? tt_llama_like(o) : o, NULL);
  StateDict p = tt_module_parameters(m);
  for (int i = 0; i < p.n; i++)    // so that all of it matters
    tt_normal_(*p.entry[i].slot, 0.1, 0.4, NULL);
  tt_module_eval(m);
  return m;
}

static Tensor *random_ids(int64_t n)
{
  return tt_randint(0, 17, TT_SHAPE(n), NULL);
}

// the largest difference, of the largest number
static double off(Tensor *got, Tensor *want)
{
  TT_SCOPE;
  Tensor *e = tt_abs(tt_sub(got, want));
  double most = tt_item(tt_max(tt_abs(want), TT_ALL, false));
  return tt_item(tt_max(e, TT_ALL, false)) / most;
}

// each place by itself: it is given the keys that it may read, as if
// they were all there is
static Tensor *by_definition(Gpt *m, Tensor *ids, int64_t sinks,
                             int64_t window)
{
  TT_NO_GRAD;
  int64_t n = ids->shape[0];
  Tensor *x = tt_unsqueeze(tt_forward(m->tokens, ids), 0), *y[100];
  for (int i = 0; i < m->layers; i++) {
    TransformerBlock *b = m->block[i];
    Tensor *normed = tt_forward(b->norm1, x);
    for (int32_t t = 0; t < n; t++) {
      int32_t may[100], k = 0;
      for (int32_t j = 0; j <= t; j++)
        if (j < sinks || j > t - window)
          may[k++] = j;
      Tensor *read = tt_index_select(normed, 1,
                                     tt_from_int(TT_SHAPE(k), may));
      KeysValues kv = tt_keys_values(b->attention, read, NULL);
      y[t] = tt_attend(b->attention, tt_slice(normed, 1, t, t + 1, 1),
                       kv, (AttentionOptions){0});
    }
    x = tt_add(x, tt_cat((int)n, y, 1));
    x = tt_add(x, tt_forward(b->mlp, tt_forward(b->norm2, x)));
  }
  x = tt_gpt_logits(m, tt_forward(m->norm, x));
  return tt_keep(tt_select(x, 0, 0));
}

TT(memoization, a_page_weighs_what_the_formula_says)
{
  GptOptions o = { .vocab_size = 50257, .context = 1024, .dim = 768,
                   .layers = 12, .heads = 12 };  // GPT-2
  KvOptions k = { .page = 1 };
  tt_expect_int(tt_kv_page_bytes(o, k), 12 * 2 * 768 * 4 + 4);
  k.page = 16;
  tt_expect_int(tt_kv_page_bytes(o, k), 16 * (12 * 2 * 768 * 4 + 4));
  o.kv_heads = 3;
  tt_expect_int(tt_kv_page_bytes(o, k), 16 * (12 * 2 * 192 * 4 + 4));
  k.int8 = true;
  tt_expect_int(tt_kv_page_bytes(o, k), 16 * (12 * 2 * 192 + 4)
                                        + 12 * 3 * (64 + 16) * 4);
}

TT(memoization, a_place_goes_to_its_page)
{
  Gpt *m = small(2);
  KvCache *c = tt_kv_cache_new(m, 1, (KvOptions){ .page = 4 });
  Tensor *ids = random_ids(7), *x = tt_forward(m->tokens, ids);
  tt_kv_next(c, 0, tt_slice(ids, 0, 0, 2, 1));
  tt_kv_next(c, 0, tt_slice(ids, 0, 2, 7, 1));
  x = tt_forward(m->block[0]->norm1, tt_unsqueeze(x, 0));
  KeysValues kv = tt_keys_values(m->block[0]->attention, x, NULL);
  Tensor *rows_k = tt_select(kv.k, 0, 0);
  Tensor *rows_v = tt_select(kv.v, 0, 0);
  for (int64_t i = 0; i < 7; i++) {
    KvPage *g = &c->sequence[0].page[i / 4];
    Tensor *layer = tt_select(g->kv, 0, 0);
    Tensor *place = tt_select(layer, 2, i % 4);      // (2,K,D)
    tt_expect_tensor(tt_select(place, 0, 0),
                     tt_select(rows_k, 1, i), 1e-6, 1e-6);
    tt_expect_tensor(tt_select(place, 0, 1),
                     tt_select(rows_v, 1, i), 1e-6, 1e-6);
    tt_expect_close(tt_get(g->ids, TT_INDEX(i % 4)),
                    tt_get(ids, TT_INDEX(i)), 0, 0);
  }
}

TT(memoization, each_place_is_as_without_a_cache)
{
  for (int kind = 0; kind < KINDS; kind++) {
    TT_SCOPE;
    Gpt *m = small(kind);
    Tensor *ids = random_ids(24);
    Tensor *want = tt_select(tt_forward(m, tt_unsqueeze(ids, 0)), 0, 0);
    for (int split = 0; split < 12; split++) {
      KvCache *c = tt_kv_cache_new(m, 1, (KvOptions){ .page = 5 });
      for (int64_t at = 0, t; at < 24; at += t) {
        t = split == 0 ? 1 : 1 + (int64_t)(tt_random(NULL) % 9);
        t = split == 1 ? 24 : t < 24 - at ? t : 24 - at;
        Tensor *part = tt_slice(ids, 0, at, at + t, 1);
        Tensor *y = tt_gpt_logits(m, tt_kv_features(
          c, 1, &(KvPart){ 0, part }));
        tt_expect(off(y, tt_slice(want, 0, at, at + t, 1)) < 1e-5,
                  "kind %d, split %d, place %d", kind, split, (int)at);
      }
    }
  }
}

TT(memoization, sequences_of_different_lengths_share_a_pass)
{
  for (int kind = 0; kind < KINDS; kind++) {
    TT_SCOPE;
    Gpt *m = small(kind);
    KvCache *c = tt_kv_cache_new(m, 3, (KvOptions){ .page = 4 });
    Tensor *a = random_ids(12), *b = random_ids(12);
    Tensor *wa = tt_select(tt_forward(m, tt_unsqueeze(a, 0)), 0, 0);
    Tensor *wb = tt_select(tt_forward(m, tt_unsqueeze(b, 0)), 0, 0);
    Tensor *y = tt_kv_logits(c, 2, (KvPart[]){
      { 2, tt_slice(a, 0, 0, 3, 1) }, { 0, tt_slice(b, 0, 0, 9, 1) } });
    tt_expect(off(tt_select(y, 0, 0), tt_select(wa, 0, 2)) < 1e-5
              && off(tt_select(y, 0, 1), tt_select(wb, 0, 8)) < 1e-5,
              "kind %d: the first pass", kind);
    y = tt_kv_logits(c, 2, (KvPart[]){
      { 0, tt_slice(b, 0, 9, 10, 1) },
      { 2, tt_slice(a, 0, 3, 8, 1) } });
    tt_expect(off(tt_select(y, 0, 0), tt_select(wb, 0, 9)) < 1e-5
              && off(tt_select(y, 0, 1), tt_select(wa, 0, 7)) < 1e-5,
              "kind %d: one place here, five there", kind);
  }
}

static void go_back(KvOptions o, int64_t least, double within)
{
  TT_SCOPE;
  KvCache *c = tt_kv_cache_new(small(2), 2, o);
  Tensor *ids = random_ids(20), *other = random_ids(9);
  Tensor *want = tt_kv_next(c, 1, tt_slice(ids, 0, 0, 16, 1));
  for (int64_t to = 15; to >= least; to--) {
    tt_kv_rollback(c, 0, 0);
    tt_kv_next(c, 0, tt_slice(ids, 0, 0, to, 1));
    tt_kv_next(c, 0, other);
    tt_kv_rollback(c, 0, to);
    tt_expect_int(c->sequence[0].n, to);
    tt_expect_int(c->sequence[0].pages, (to + 3) / 4);
    Tensor *y = tt_kv_next(c, 0, tt_slice(ids, 0, to, 16, 1));
    tt_expect(off(y, want) < within, "back to %d", (int)to);
  }
}

TT(memoization, a_sequence_goes_back)
{
  go_back((KvOptions){ .page = 4 }, 1, 1e-5);
}

TT(memoization, packed_pages_go_back)
{
  go_back((KvOptions){ .page = 4, .int8 = true }, 1, 0.1);
}

static void go_own_ways(int64_t n)
{
  TT_SCOPE;
  Gpt *m = small(2);
  Tensor *same = random_ids(n), *text[3], *want[3];
  for (int i = 0; i < 3; i++) {
    text[i] = tt_cat(2, (Tensor *[]){ same, random_ids(7) }, 0);
    want[i] = tt_forward(m, tt_unsqueeze(text[i], 0));
  }
  int64_t live = tt_memory_stats().live_bytes;
  KvCache *c = tt_kv_cache_new(m, 3, (KvOptions){ .page = 4 });
  tt_release(tt_kv_next(c, 0, same));
  int64_t one = tt_kv_bytes(c);
  tt_kv_copy(c, 1, 0), tt_kv_copy(c, 2, 1);
  tt_expect_int(tt_kv_bytes(c), one);
  for (int64_t k = 3 * n; k < 3 * (n + 7); k++) {
    TT_SCOPE;
    int i = k % 3;
    Tensor *new = tt_slice(text[i], 0, k / 3, k / 3 + 1, 1);
    Tensor *y = tt_select(tt_select(want[i], 0, 0), 0, k / 3);
    tt_expect(off(tt_kv_next(c, i, new), y) < 1e-5,
              "%d places, copy %d, place %d", (int)n, i, (int)k / 3);
  }
  for (int64_t k = 0; k < 3 * (n + 7); k++) {
    KvPage *g = &c->sequence[k % 3].page[k / 12];
    tt_expect_close(tt_get(g->ids, TT_INDEX(k / 3 % 4)),
                    tt_get(text[k % 3], TT_INDEX(k / 3)), 0, 0);
  }
  tt_kv_cache_free(c);
  tt_expect_int(tt_memory_stats().live_bytes, live);
}

TT(memoization, copies_go_their_own_ways)
{
  for (int64_t n = 5; n < 9; n++)
    go_own_ways(n);
}

static void slide(int kind, KvOptions o)
{
  TT_SCOPE;
  Gpt *m = small(kind);
  Tensor *ids = random_ids(60);
  Tensor *want = by_definition(m, ids, o.sinks, o.window);
  KvCache *c = tt_kv_cache_new(m, 1, o);
  for (int64_t at = 0, t; at < 60; at += t) {
    t = 1 + (int64_t)(tt_random(NULL) % 3 * 4);
    t = t < 60 - at ? t : 60 - at;
    Tensor *part = tt_slice(ids, 0, at, at + t, 1);
    Tensor *y = tt_gpt_logits(m, tt_kv_features(
      c, 1, &(KvPart){ 0, part }));
    tt_expect(off(y, tt_slice(want, 0, at, at + t, 1)) < 1e-5,
              "%d sinks, window %d, page %d, place %d", (int)o.sinks,
              (int)o.window, (int)o.page, (int)at);
    int64_t p = o.page, n = at + t, sinks = (o.sinks + p - 1) / p;
    int64_t first = n < o.window ? 0 : (n - o.window + 1) / p;
    int64_t gone = first > sinks ? first - sinks : 0;
    tt_expect_int(c->sequence[0].pages, (n + p - 1) / p - gone);
  }
}

TT(memoization, a_window_hides_what_is_older)
{
  for (int64_t sinks = 0; sinks < 6; sinks += 2)
    slide(1, (KvOptions){ .page = 64, .window = 8, .sinks = sinks });
}

TT(memoization, a_window_is_a_model_that_is_given_those_keys)
{
  for (int64_t sinks = 0; sinks < 6; sinks += 2)
    for (int64_t page = 1; page < 8; page += 3)
      slide(1 + (int)(sinks / 2) % 2, (KvOptions){
        .page = page, .window = 8 + page % 2, .sinks = sinks });
}

TT(memoization, bytes_are_near)
{
  for (int kind = 0; kind < KINDS; kind++) {
    TT_SCOPE;
    Gpt *m = small(kind);
    KvOptions o = { .page = 4, .int8 = true };
    KvCache *c = tt_kv_cache_new(m, 1, o);
    Tensor *ids = random_ids(24);
    Tensor *want = tt_forward(m, tt_unsqueeze(ids, 0));
    tt_kv_next(c, 0, tt_slice(ids, 0, 0, 23, 1));
    tt_expect(c->sequence[0].page[3].scale
              && !c->sequence[0].page[4].scale, "which are packed");
    Tensor *y = tt_kv_next(c, 0, tt_slice(ids, 0, 23, 24, 1));
    double e = off(y, tt_select(tt_select(want, 0, 0), 0, -1));
    tt_expect(e > 1e-7 && e < 0.05, "kind %d: off by %g", kind, e);
  }
}

static void expect_run(const KvPage *g, const KvPage *exact, int key,
                       int64_t h, int64_t i)
{
  Tensor *b = tt_select(tt_select(g->kv, 0, 1), 0, !key);
  Tensor *x = tt_select(tt_select(exact->kv, 0, 1), 0, !key);
  b = tt_select(tt_select(b, 0, h), key, i);
  x = tt_select(tt_select(x, 0, h), key, i);
  int64_t d = g->kv->shape[4];
  double scale = tt_get(g->scale, TT_INDEX(1, h, key ? i : d + i));
  double most = tt_item(tt_max(tt_abs(x), TT_ALL, false));
  tt_expect_close(scale, most / 127, 1e-6, 0);
  for (int64_t j = 0; j < tt_numel(x); j++)
    tt_expect_close(tt_get(b, TT_INDEX(j)) * scale,
                    tt_get(x, TT_INDEX(j)), 0, 0.501 * scale);
}

TT(memoization, a_scale_for_each_number_of_keys_and_place_of_values)
{
  Gpt *m = small(2);
  KvCache *c = tt_kv_cache_new(m, 1, (KvOptions){ .page = 3,
                                                  .int8 = true });
  KvCache *exact = tt_kv_cache_new(m, 1, (KvOptions){ .page = 3 });
  Tensor *ids = random_ids(7);
  Tensor *key = m->block[1]->attention->key->weight;
  tt_fill_(tt_slice(key, 0, 0, 3, 2), 0);        // a pair: runs of 0
  tt_kv_next(c, 0, ids), tt_kv_next(exact, 0, ids);
  const KvPage *g = c->sequence[0].page, *x = exact->sequence[0].page;
  for (int64_t h = 0; h < 2; h++) {
    for (int64_t i = 0; i < 4; i++)
      expect_run(g, x, 1, h, i);
    for (int64_t i = 0; i < 3; i++)
      expect_run(g, x, 0, h, i);
  }
}

static uint64_t bytes_of(const KvCache *c, int sequence)
{
  uint64_t h = TT_CHECKSUM;
  for (int64_t i = 0; i < c->sequence[sequence].pages; i++) {
    const KvPage *g = &c->sequence[sequence].page[i];
    if (g->scale) {
      h = tt_checksum(h, g->kv->data, (size_t)tt_numel(g->kv));
      h = tt_checksum(h, g->scale->data,
                      (size_t)tt_numel(g->scale) * sizeof(Real));
    }
  }
  return h;
}

TT(memoization, beams_are_swapped_and_no_byte_changes)
{
  Gpt *m = small(2);
  KvOptions o = { .page = 4, .int8 = true };
  KvCache *c = tt_kv_cache_new(m, 2, o);
  Tensor *ids = random_ids(15), *other = random_ids(14);
  tt_kv_next(c, 0, ids), tt_kv_next(c, 1, other);
  uint64_t a = bytes_of(c, 0), b = bytes_of(c, 1);
  tt_expect(a != b && a != TT_CHECKSUM, "there is something to change");
  int64_t live = tt_memory_stats().live_bytes;
  for (int i = 0; i < 50; i++)
    tt_kv_reorder(c, 2, (int[]){ 1, 0 });
  tt_expect(bytes_of(c, 0) == a && bytes_of(c, 1) == b, "50 swaps");
  tt_expect_int(tt_memory_stats().live_bytes, live);
  tt_kv_reorder(c, 2, (int[]){ 1, 1 });
  tt_expect(bytes_of(c, 0) == b && bytes_of(c, 1) == b, "both of one");
  tt_expect_int(c->sequence[0].n, 14);
}

TT(memoization, a_prompt_that_is_all_there)
{
  Gpt *m = small(0);
  KvCache *c = tt_kv_cache_new(m, 1, (KvOptions){ .page = 4 });
  Tensor *ids = random_ids(12), *other = tt_clone(ids);
  Tensor *first = tt_kv_resume(c, 0, ids);
  tt_expect_int(tt_kv_common(c, 0, ids), 11);
  tt_expect_tensor(tt_kv_resume(c, 0, ids), first, 1e-5, 1e-5);
  tt_set_(other, TT_INDEX(6), (int)(tt_get(ids, TT_INDEX(6)) + 1) % 17);
  tt_expect_int(tt_kv_common(c, 0, other), 6);
  tt_expect_int(tt_kv_common(c, 0, tt_slice(ids, 0, 0, 4, 1)), 3);
  Tensor *y = tt_kv_resume(c, 0, other);
  Tensor *want = tt_forward(m, tt_unsqueeze(other, 0));
  tt_expect(off(y, tt_select(tt_select(want, 0, 0), 0, -1)) < 1e-5,
            "after the place where they part");
  tt_expect_int(tt_kv_common(c, 0, tt_cat(2, (Tensor *[]){ other, ids },
                                          0)), 12);
}

TT(memoization, requests_come_and_go)
{
  Gpt *m = small(2);
  KvRequest r[6];
  int64_t all = 0;
  for (int i = 0; i < 6; i++) {
    r[i] = (KvRequest){ .prompt = random_ids(1 + 3 * i % 7),
                        .n = 1 + i * 5 % 9 };
    all += r[i].n;
  }
  tt_generate_all(m, 6, r, 2, (KvOptions){ .page = 4 });
  int64_t busy[64] = {0};
  for (int i = 0; i < 6; i++) {
    Tensor *want = tt_generate(m, r[i].prompt, r[i].n,
      (GenerationOptions){ .reader = &tt_rereader }).ids;
    tt_expect_tensor(tt_to(r[i].ids, TT_F32), tt_to(want, TT_F32), 0,
                     0);
    tt_expect(i == 0 || r[i].first >= r[i - 1].first, "in turn");
    for (int64_t t = 0; t < r[i].n; t++)
      busy[r[i].first + t]++;
    all -= r[i].written;
  }
  tt_expect_int(all, 0);
  for (int i = 0; i < r[5].first; i++)
    tt_expect_int(busy[i], 2);     // nobody waits beside an empty seat
}

TT(memoization, only_those_begin_who_can_end)
{
  Gpt *m = small(2);
  KvRequest r[5];
  for (int i = 0; i < 5; i++)
    r[i] = (KvRequest){ .prompt = random_ids(3), .n = 5 };
  r[3].prompt = random_ids(9), r[3].n = 7;
  tt_generate_all(m, 5, r, 5, (KvOptions){ .page = 4, .pages = 4 });
  int64_t first[] = { 0, 0, 5, 10, 17 };
  for (int i = 0; i < 5; i++) {
    tt_expect_int(r[i].written, r[i].n);
    tt_expect_int(r[i].first, first[i]);
  }
}

TT(memoization, generation_writes_the_same_text)
{
  for (int kind = 0; kind < KINDS; kind++) {
    TT_SCOPE;
    Gpt *m = small(kind);
    Generator a, b;
    tt_manual_seed(&a, 5), tt_manual_seed(&b, 5);
    GenerationOptions o = { .sampling = { .temperature = 1,
      .generator = &a, .repetition_penalty = 1.1 } };
    Tensor *prompt = random_ids(kind < 2 ? 3 : 40);
    Tensor *y = tt_generate(m, prompt, 40, o).ids;
    o.reader = &tt_rereader, o.sampling.generator = &b;
    Tensor *want = tt_generate(m, prompt, 40, o).ids;
    tt_expect_tensor(tt_to(y, TT_F32), tt_to(want, TT_F32), 0, 0);
  }
}

TT(memoization, a_session_goes_on_another_day)
{
  for (int kind = 0; kind < 3; kind++) {
    TT_SCOPE;
    Gpt *m = small(kind);
    KvOptions o = { .page = 4, .window = kind == 1 ? 6 : 0,
                    .sinks = kind == 1 ? 3 : 0, .int8 = kind == 2 };
    KvCache *c = tt_kv_cache_new(m, 2, o);
    Tensor *ids = random_ids(21), *next = random_ids(1);
    tt_kv_next(c, 1, ids);
    char path[] = "/tmp/tt_session_XXXXXX";
    tt_expect(close(mkstemp(path)) == 0, "no file");
    tt_kv_save(path, c, 1);
    Tensor *want = tt_kv_next(c, 1, next);
    c = tt_kv_cache_new(m, 2, o);
    tt_kv_load(path, c, 0);
    int64_t bytes = tt_kv_bytes(c);
    tt_expect_tensor(tt_kv_next(c, 0, next), want, 0, 0);
    tt_kv_load(path, c, 0);
    tt_expect_int(tt_kv_bytes(c), bytes);
    remove(path);
  }
}

static bool is_sound(Tensor *(*next)(KvCache *c, int sequence,
                                    Tensor *ids))
{
  Gpt *m = small(2);
  Tensor *ids = random_ids(24), *other = random_ids(24);
  Tensor *want = tt_select(tt_forward(m, tt_unsqueeze(ids, 0)), 0, 0);
  Tensor *wanted = tt_select(tt_forward(m, tt_unsqueeze(other, 0)), 0, 0);
  KvCache *c = tt_kv_cache_new(m, 2, (KvOptions){ .page = 4 });
  bool good = true;
  for (int64_t at = 0, t = 1; at + t <= 24; at += t, t = t % 7 + 2) {
    Tensor *a = tt_slice(ids, 0, at, at + t, 1);
    Tensor *b = tt_slice(other, 0, at, at + t, 1);
    Tensor *y = tt_select(want, 0, at + t - 1);
    good &= off(next(c, 0, a), y) < 1e-5;
    y = tt_select(wanted, 0, at + t - 1);
    good &= off(next(c, 1, b), y) < 1e-5;
  }
  return good;
}

static Tensor *last_alone(KvCache *c, int sequence, Tensor *ids)
{
  return tt_kv_next(c, sequence, tt_slice(ids, 0, -1, INT64_MAX, 1));
}

static Tensor *one_for_all(KvCache *c, int sequence, Tensor *ids)
{
  return (void)sequence, tt_kv_next(c, 0, ids);
}

static Tensor *starts_anew(KvCache *c, int sequence, Tensor *ids)
{
  if (ids->shape[0] > 1)
    tt_kv_rollback(c, sequence, 0);
  return tt_kv_next(c, sequence, ids);
}

TT(memoization, a_wrong_cache_is_refused)
{
  tt_expect_accepts(is_sound(tt_kv_next));
  tt_expect_refuses(is_sound(last_alone), "reads the last of the new");
  tt_expect_refuses(is_sound(one_for_all), "has one past for all");
  tt_expect_refuses(is_sound(starts_anew), "forgets before a part");
}
