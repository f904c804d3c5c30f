// Needs chapter 13: norms, blocks and models beside PyTorch
// (reference/transformers.py), values and gradients; each allocation failing in
// turn; what is refused; properties; files.
#include "faults.h"
#include "vectors.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static double number(char **at) { return strtod(next_field(at), NULL); }

static const double WITHIN = 3e-5;

// ---- norms --------------------------------------------------------------------
static void try_norm(Sample *c, bool views) {
  char text[128], *at = strcpy(text, c->options);
  bool rms = number(&at) != 0;
  double eps = number(&at);
  const char *key[] = {"x", "w", "b"}, *gradient[] = {"dx", "dw", "db"};
  Tensor *leaf[3], *in[3];
  for (int i = 0; i < 3; i++) {
    leaf[i] = find(c, key[i]);
    in[i] = leaf[i] ? tt_requires_grad_(leaf[i], true) : NULL;
    if (views && in[i] && in[i]->rank > 1) in[i] = turned(in[i]);
  }
  Tensor *y = rms ? tt_rms_norm(in[0], in[1], eps)
                  : tt_layer_norm(in[0], in[1], in[2], eps);
  expect_sample(c, "y", y, WITHIN);
  tt_backward_with(y, find(c, "g"));
  for (int i = 0; i < 3; i++)
    if (leaf[i]) expect_sample(c, gradient[i], leaf[i]->grad, WITHIN);
}

// ---- blocks and models: the parameters are one row of numbers -----------------
static GptOptions options_of(const Sample *c) {
  char text[128], *at = strcpy(text, c->options);
  GptOptions o = {.vocab_size = (int64_t)number(&at)};
  int64_t *whole[] = {&o.context, &o.dim, &o.layers, &o.heads, &o.kv_heads,
                      &o.hidden};
  for (int i = 0; i < 6; i++) *whole[i] = (int64_t)number(&at);
  o.rotary = number(&at);
  bool *flag[] = {&o.rms_norm, &o.swiglu, &o.no_bias, &o.untied};
  for (int i = 0; i < 4; i++) *flag[i] = number(&at) != 0;
  return o;
}

static void fill(Gpt *m, Tensor *w) {
  TT_NO_GRAD;
  StateDict p = tt_module_state_dict(m);
  int64_t at = 0;
  for (int i = 0; i < p.n; i++) {
    Tensor *t = *p.entry[i].slot;
    int64_t n = tt_numel(t);
    tt_copy_(t, tt_reshape(tt_slice(w, 0, at, at + n, 1), tt_shape(t)));
    at += n;
  }
  tt_expect_int(at, w->shape[0]);
}

static Tensor *gradients(Gpt *m) {     // zeros where there is none
  StateDict p = tt_module_state_dict(m);
  Tensor *all = tt_zeros(TT_SHAPE(0));
  for (int i = 0; i < p.n; i++) {
    Tensor *t = *p.entry[i].slot;
    Tensor *g = t->grad ? t->grad : tt_zeros(tt_shape(t));
    all = tt_cat(2, (Tensor *[]){all, tt_reshape(g, TT_SHAPE(-1))}, 0);
  }
  return all;
}

static void try_model(Sample *c, bool views) {
  (void)views;
  GptOptions o = options_of(c);
  Gpt *m = tt_gpt_new(o, NULL);
  tt_expect_int(tt_gpt_parameters(o), tt_numel(find(c, "w")));
  fill(m, find(c, "w"));
  Tensor *x = find(c, "x");
  if (x) tt_requires_grad_(x, true);
  Tensor *y = x ? tt_forward(m->block[0], x) : tt_forward(m, find(c, "i"));
  expect_sample(c, "y", y, WITHIN);
  tt_backward_with(y, find(c, "g"));
  expect_sample(c, "dw", gradients(m), WITHIN);
  if (x) expect_sample(c, "dx", x->grad, WITHIN);
}

static void try_case(Sample *c, bool views) {
  (strcmp(c->kind, "norm") == 0 ? try_norm : try_model)(c, views);
}

TT(transformer_values, as_in_pytorch) {
  tt_autograd_enable();
  for (int views = 0; views < 2; views++)
    tt_expect_int(each_sample("transformers.txt", " norm block gpt ", try_case,
                              views), 29);
}

// ---- properties ---------------------------------------------------------------
static GptOptions small(bool llama) {
  GptOptions o = {.vocab_size = 11, .context = 8, .dim = 8, .layers = 2,
                  .heads = 4, .kv_heads = llama ? 2 : 0};
  return llama ? tt_llama_like(o) : o;
}

static Gpt *lively(GptOptions o) {     // weights that make a difference
  Gpt *m = tt_gpt_new(o, NULL);
  StateDict p = tt_module_parameters(m);
  for (int i = 0; i < p.n; i++) tt_normal_(*p.entry[i].slot, 0, 0.5, NULL);
  return m;
}

TT(transformer_values, nothing_before_a_change_changes) {
  for (int llama = 0; llama < 2; llama++) {
    Gpt *m = lively(small(llama));
    Tensor *ids = tt_randint(0, 11, TT_SHAPE(2, 8), NULL);
    Tensor *y = tt_forward(m, ids);
    tt_expect_tensor(tt_forward(m, ids), y, 0, 0);
    for (int64_t t = 0; t < 8; t++) {
      Tensor *other = tt_clone(ids);
      tt_set_(other, TT_INDEX(0, t), (int)(tt_get(ids, TT_INDEX(0, t)) + 1) % 11);
      Tensor *z = tt_forward(m, other);
      tt_expect_tensor(tt_slice(z, 1, 0, t, 1), tt_slice(y, 1, 0, t, 1), 0, 0);
      tt_expect_tensor(tt_select(z, 0, 1), tt_select(y, 0, 1), 0, 0);
      for (int64_t s = t; s < 8; s++)
        tt_expect(!tt_allclose(tt_select(tt_select(z, 0, 0), 0, s),
                               tt_select(tt_select(y, 0, 0), 0, s), 0, 1e-6),
                  "llama %d: %d does not reach %d", llama, (int)t, (int)s);
    }
  }
}

TT(transformer_values, eval_drops_nothing) {
  for (int llama = 0; llama < 2; llama++) {
    GptOptions o = small(llama);
    o.dropout = 0.5;
    Gpt *m = lively(o);
    Tensor *ids = tt_randint(0, 11, TT_SHAPE(1, 8), NULL);
    tt_expect(!tt_allclose(tt_forward(m, ids), tt_forward(m, ids), 1e-3, 1e-3),
              "twice the same in training");
    tt_module_eval(m);
    tt_expect_tensor(tt_forward(m, ids), tt_forward(m, ids), 0, 0);
  }
}

// GPT-2 drops at four places: seen by what is left if all is dropped there
TT(transformer_values, dropout_is_where_gpt2_has_it) {
  GptOptions o = small(false);
  o.dropout = 1;
  Gpt *m = lively(o);
  tt_normal_(((LayerNorm *)m->norm)->bias, 0, 1, NULL);
  Tensor *ids = tt_randint(0, 11, TT_SHAPE(1, 8), NULL);
  Tensor *x = tt_gpt_features(m, ids, (GptPass){0});
  Tensor *want = tt_expand(tt_reshape(((LayerNorm *)m->norm)->bias,
                                      TT_SHAPE(1, 1, 8)), TT_SHAPE(1, 8, 8));
  tt_expect_tensor(x, want, 1e-6, 1e-6);
  tt_expect_close(m->block[0]->attention->dropout, 1, 0, 0);
}

// a cache as chapter 15 has it: places one after the other, or in parts
typedef struct Past { KeysValues all[2]; int64_t n; } Past;
static Tensor *attend(void *memory, int layer, MultiHeadAttention *a, Tensor *x) {
  Past *p = memory;
  KeysValues made = tt_keys_values(a, x, tt_positions(p->n, x->shape[1]));
  KeysValues *all = &p->all[layer];
  int64_t end = p->n + made.k->shape[2];
  tt_copy_(tt_slice(all->k, 2, p->n, end, 1), made.k);
  tt_copy_(tt_slice(all->v, 2, p->n, end, 1), made.v);
  return tt_attend(a, x, (KeysValues){tt_slice(all->k, 2, 0, end, 1),
                                      tt_slice(all->v, 2, 0, end, 1)},
                   (AttentionOptions){0});
}

TT(transformer_values, a_pass_goes_on_where_it_stopped) {
  TT_NO_GRAD;
  for (int llama = 0; llama < 2; llama++) {
    Gpt *m = lively(small(llama));
    tt_module_eval(m);
    Tensor *ids = tt_randint(0, 11, TT_SHAPE(2, 8), NULL);
    Tensor *want = tt_forward(m, ids);
    for (int64_t size = 1; size <= 8; size++) {
      Past p = {.n = 0};
      Shape s = TT_SHAPE(2, llama ? 2 : 4, 8, 2);
      for (int i = 0; i < 2; i++)
        p.all[i] = (KeysValues){tt_zeros(s), tt_zeros(s)};
      for (; p.n < 8; p.n += size) {
        Tensor *part = tt_slice(ids, 1, p.n, p.n + size, 1);
        Tensor *y = tt_gpt_logits(m, tt_gpt_features(m, part, (GptPass){
          .places = tt_positions(p.n, part->shape[1]), .attend = attend,
          .memory = &p}));
        tt_expect_tensor(y, tt_slice(want, 1, p.n, p.n + size, 1), 1e-4,
                         1e-4);
      }
    }
  }
}

TT(transformer_values, a_tied_head_is_one_parameter) {
  Gpt *m = tt_gpt_new(small(false), NULL);
  StateDict p = tt_module_parameters(m), s = tt_module_state_dict(m);
  tt_expect_int(p.n, s.n);
  tt_expect_text(s.entry[0].name, "tokens.weight");
  tt_expect_text(s.entry[1].name, "places.weight");
  tt_expect_text(s.entry[2].name, "block.0.norm1.weight");
  Optimizer *o = tt_adamw_new(p, (AdamOptions){.lr = 1e-3});
  tt_expect_int(o->group->n, p.n);
  GptOptions two = small(true);
  two.untied = true;
  tt_expect_int(tt_gpt_parameters(two) - tt_gpt_parameters(small(true)),
                11 * 8);
}

static double std_of(Tensor *t) {
  return tt_item(tt_std(t, TT_ALL, 0, false));
}

TT(transformer_values, the_first_weights) {
  for (int llama = 0; llama < 2; llama++) {
    GptOptions o = {.vocab_size = 200, .context = 100, .dim = 64, .layers = 8,
                    .heads = 4, .untied = true};
    Gpt *m = tt_gpt_new(llama ? tt_llama_like(o) : o, NULL);
    StateDict s = tt_module_state_dict(m);
    for (int i = 0; i < s.n; i++) {
      const char *name = s.entry[i].name;
      Tensor *t = *s.entry[i].slot;
      bool last = strstr(name, ".out.") || strstr(name, ".down.");
      if (strstr(name, "norm"))
        tt_expect_close(tt_item(tt_mean(t, TT_ALL, false)),
                        strstr(name, "bias") ? 0 : 1, 0, 0);
      else if (strstr(name, "bias"))
        tt_expect_close(tt_item(tt_max(tt_abs(t), TT_ALL, false)), 0, 0, 0);
      else
        tt_expect(fabs(std_of(t) / (last ? 0.005 : 0.02) - 1) < 0.06,
                  "%s: std %g", name, std_of(t));
    }
  }
}

// the formula of products, beside a count of them
static double counted;
static Backend counting;
static const Backend *plain;
static void count_gemm(const Gemm *g) {
  counted += 2. * (double)g->batch * (double)g->m * (double)g->n * (double)g->k;
  plain->gemm(g);
}

TT(transformer_values, products_by_formula_and_by_count) {
  tt_autograd_enable();
  tt_backend_use("naive");             // each product is a kernel
  plain = tt_backend;
  counting = *plain;
  counting.gemm = count_gemm;
  tt_backend = &counting;
  for (int llama = 0; llama < 2; llama++) {
    GptOptions o = small(llama);
    Gpt *m = tt_gpt_new(o, NULL);
    counted = 0;
    Tensor *y = tt_forward(m, tt_randint(0, 11, TT_SHAPE(3, 6), NULL));
    tt_expect_close(counted, 3 * tt_gpt_flops(o, 6), 0, 0);
    double forward = counted;
    tt_backward(tt_sum(tt_mul(y, y), TT_ALL, false));
    tt_expect_close(counted, 3 * forward, 0, 0);   // twice as many back
  }
  tt_backend = plain;
  GptOptions o = {.vocab_size = 65, .context = 64, .dim = 128, .layers = 4,
                  .heads = 4};
  double by_hand = 4 * (64. * 2 * (4 * 128 * 128 + 8 * 128 * 128)
                        + 4. * 64 * 64 * 128) + 2. * 64 * 65 * 128;
  tt_expect_close(tt_gpt_flops(o, 64), by_hand, 0, 0);
}

// ---- targets --------------------------------------------------------------------
TT(transformer_values, a_target_is_the_next_id) {
  Tensor *ids = tt_positions(100, 20);
  Generator g;
  tt_manual_seed(&g, 1);
  bool seen[21] = {0};
  for (int k = 0; k < 400; k++) {
    TT_SCOPE;
    Batch b = tt_windows(ids, 3, 5, &g);
    tt_expect_shape(b.x, TT_SHAPE(3, 5));
    for (int i = 0; i < 3; i++) {
      int first = (int)tt_get(b.x, TT_INDEX(i, 0));
      seen[first - 100] = true;
      for (int t = 0; t < 5; t++) {
        tt_expect_close(tt_get(b.x, TT_INDEX(i, t)), first + t, 0, 0);
        tt_expect_close(tt_get(b.y, TT_INDEX(i, t)), first + t + 1, 0, 0);
      }
    }
  }
  for (int i = 0; i < 21; i++)         // 15 windows, no more
    tt_expect(seen[i] == (i < 15), "a window at %d: %d", i, seen[i]);
}

TT(transformer_values, perfect_logits_lose_nothing) {
  Tensor *ids = tt_positions(0, 7);
  Batch b = tt_windows(ids, 2, 3, NULL);
  Tensor *logits = tt_mul_scalar(tt_one_hot(b.y, 7), 1000);
  tt_expect_close(tt_item(tt_language_loss(logits, b.y)), 0, 0, 0);
  tt_expect(tt_item(tt_language_loss(tt_mul_scalar(tt_one_hot(b.x, 7), 1000),
                                     b.y)) > 900, "shifted once, not twice");
}

// ---- the largest ------------------------------------------------------------------
TT(transformer_values, the_largest_and_their_places) {
  tt_autograd_enable();
  Tensor *x = tt_from(TT_SHAPE(2, 5), (Real[]){1, 3, 3, 2, 0, 5, -1, 5, 5, 7});
  tt_requires_grad_(x, true);
  Tensor *at, *y = tt_topk(x, 3, 1, true, &at);
  tt_expect_values(y, 0, 3, 3, 2, 7, 5, 5);
  tt_expect_values(tt_to(at, TT_F32), 0, 1, 2, 3, 4, 0, 2);
  tt_backward(tt_sum(tt_mul(y, y), TT_ALL, false));
  tt_expect_values(x->grad, 0, 0, 6, 6, 4, 0, 10, 0, 10, 0, 14);
  y = tt_topk(tt_detach(x), 2, -1, false, &at);
  tt_expect_values(y, 0, 0, 1, -1, 5);
  tt_expect_values(tt_to(at, TT_F32), 0, 4, 0, 1, 0);
  y = tt_topk(tt_transpose(tt_detach(x), 0, 1), 1, 0, true, &at);
  tt_expect_shape(y, TT_SHAPE(1, 2));
  tt_expect_values(y, 0, 3, 7);
  tt_expect_values(tt_to(at, TT_F32), 0, 1, 4);
  Tensor *nan = tt_from(TT_SHAPE(3), (Real[]){1, NAN, 2});
  tt_topk(nan, 1, 0, true, &at);
  tt_expect_values(tt_to(at, TT_F32), 0, 1);
  tt_expect_values(tt_topk(nan, 2, 0, false, NULL), 0, 1, 2);
  tt_expect_shape(tt_topk(nan, 0, 0, true, NULL), TT_SHAPE(0));
  tt_expect_fail(tt_topk(nan, 4, 0, true, NULL), "k is from 0 to 3");
  tt_expect_fail(tt_topk(nan, 1, 1, true, NULL), "dim 1 of shape [3]");
}

// ---- files ----------------------------------------------------------------------
#define ITS_FILE "build/test/gpt.safetensors"
#define LIE "build/test/lie.safetensors"

TT(transformer_values, saved_and_loaded) {
  for (int llama = 0; llama < 4; llama++) {
    GptOptions o = small(llama & 1);
    o.untied = llama & 2;
    o.dropout = 0.1;
    o.rotary = o.rotary > 0 ? 1e12 : 0;
    Gpt *m = lively(o);
    MetaPair pair = {"letters", "abc"};
    tt_gpt_save(ITS_FILE, m, (Metadata){.n = 1, .pair = &pair});
    Metadata more;
    Gpt *n = tt_gpt_load(ITS_FILE, &more);
    int64_t fill = 1 << 16;            // memory that was released is new now
    while (fill > 8) tt_full(TT_SHAPE(fill /= 2), NAN);
    tt_expect_text(tt_metadata_get(more, "letters"), "abc");
    tt_expect_text(tt_metadata_get(more, "gpt.vocab_size"), "11");
    GptOptions a = m->options, b = n->options;
    tt_expect(a.vocab_size == b.vocab_size && a.context == b.context
              && a.dim == b.dim && a.layers == b.layers && a.heads == b.heads
              && a.kv_heads == b.kv_heads && a.hidden == b.hidden
              && a.dropout == b.dropout && a.eps == b.eps
              && a.rotary == b.rotary && a.rms_norm == b.rms_norm
              && a.swiglu == b.swiglu && a.no_bias == b.no_bias
              && a.untied == b.untied, "other options");
    tt_expect(!n->base.training, "in training");
    tt_expect(!n->head == !o.untied, "another head");
    tt_module_eval(m);
    Tensor *ids = tt_randint(0, 11, TT_SHAPE(2, 8), NULL);
    tt_expect_tensor(tt_forward(n, ids), tt_forward(m, ids), 0, 0);
  }
  StateDict all = tt_load_file(ITS_FILE);
  tt_expect_fail(tt_gpt_load("build/test/none.safetensors", NULL), "none");
  tt_save_file(ITS_FILE, all, (Metadata){0});
  tt_expect_fail(tt_gpt_load(ITS_FILE, NULL), "gpt.vocab_size is not there");
  unlink(ITS_FILE);
}

TT(transformer_values, a_file_that_lies) {
  Gpt *m = lively(small(false));
  const char *key[] = {"gpt.vocab_size", "gpt.dim", "gpt.heads", "gpt.layers",
                       "gpt.untied", "gpt.rotary"};
  const char *lie[] = {"12", "0", "1e9", "-1", "nan", "abc", "2147483648", "8.5"};
  for (int k = 0; k < 6; k++)
    for (int i = 0; i < 8; i++) {
      TT_SCOPE;
      tt_gpt_save(LIE, m, (Metadata){0});
      Metadata all;
      StateDict sd = tt_load_file_with(LIE, &all);
      MetaPair pair[32];
      int n = 0;
      for (int j = 0; j < all.n; j++)
        if (strcmp(all.pair[j].key, TT_CHECKSUM_KEY) != 0) {
          pair[n] = all.pair[j];
          if (strcmp(pair[n].key, key[k]) == 0) pair[n].value = lie[i];
          n++;
        }
      tt_save_file(LIE, sd, (Metadata){.n = n, .pair = pair});
      if (i > 2 || k < 4 || (k == 4 && i != 1))   // untied by 12: true
        tt_expect_fail(tt_gpt_load(LIE, NULL), "tt_gpt");
    }
  unlink(LIE);
}

// ---- memory ---------------------------------------------------------------------
static void one_step(void *arg) {
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 1);
  GptOptions o = small(arg != NULL);
  o.dropout = 0.1;
  Gpt *m = tt_gpt_new(o, &g);
  Tensor *ids = tt_randint(0, 11, TT_SHAPE(20), &g);
  Batch b = tt_windows(ids, 2, 4, &g);
  tt_backward(tt_language_loss(tt_forward(m, b.x), b.y));
  tt_gpt_loss(m, ids);
}

TT(transformer_values, every_allocation_fails_once) {
  tt_autograd_enable();
  one_step(NULL), one_step("");
  survive_each_fault("a step", one_step, NULL);
  survive_each_fault("a step of the other kind", one_step, "");
}

TT(transformer_values, no_malloc_after_the_first_step) {
  tt_autograd_enable();
  one_step(NULL), one_step(NULL);
  MemoryStats before = tt_memory_stats();
  for (int i = 0; i < 5; i++) one_step(NULL);
  tt_expect_int(tt_memory_stats().mallocs, before.mallocs);
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
  tt_expect_int(tt_memory_stats().tensors, before.tensors);
}

TT(transformer_values, a_loss_leaves_all_modes_as_they_were) {
  Gpt *m = tt_gpt_new(small(false), NULL);
  tt_module_eval(m->block[1]);             // a part of it in another mode
  Tensor *ids = tt_positions(0, 11);
  for (int i = 0; i < 2; i++) {
    if (i) {
      tt_set_(ids, TT_INDEX(9), 11);       // an id that it lacks
      tt_expect_fail(tt_gpt_loss(m, ids), "id 11");
    } else
      tt_gpt_loss(m, ids);
    tt_expect(m->base.training && m->block[0]->base.training, "in eval mode");
    tt_expect(!m->block[1]->base.training, "in training");
  }
}

// ---- what is refused, and with which words --------------------------------------
TT(transformer_values, refusals) {
  Tensor *x = tt_zeros(TT_SHAPE(2, 3)), *w = tt_zeros(TT_SHAPE(2));
  tt_expect_fail(tt_layer_norm(x, w, NULL, 1e-5), "input [2,3], weight [2]");
  tt_expect_fail(tt_layer_norm(x, NULL, w, 1e-5), "bias [2]");
  tt_expect_fail(tt_layer_norm(x, NULL, NULL, -1), "eps -1");
  tt_expect_fail(tt_rms_norm(tt_zeros(TT_SCALAR), NULL, 0), "tt_rms_norm");
  tt_expect_fail(tt_rms_norm(tt_zeros(TT_SHAPE(2, 0)), NULL, 0),
                 "1 or more numbers");
  tt_expect_fail(tt_layer_norm(tt_positions(0, 3), NULL, NULL, 0),
                 "tt_layer_norm");
  tt_expect_fail(tt_layer_norm_new(0, 0), "rows of 0 numbers");
  tt_expect_shape(tt_layer_norm(tt_zeros(TT_SHAPE(0, 3)), NULL, NULL, 0),
                  TT_SHAPE(0, 3));
#define NEW(...) tt_gpt_new((GptOptions){__VA_ARGS__}, NULL)
#define SIZES .vocab_size = 5, .context = 4, .layers = 1
  tt_expect_fail(NEW(.vocab_size = 5), "context 0");
  tt_expect_fail(NEW(.context = 5), "vocab_size 0");
  tt_expect_fail(NEW(SIZES, .dim = 6, .heads = 4), "4 heads of 6 numbers");
  tt_expect_fail(NEW(SIZES, .dim = 6), "0 heads");
  tt_expect_fail(NEW(SIZES, .dim = 8, .heads = 4, .kv_heads = 3), "4 heads share 3");
  tt_expect_fail(NEW(SIZES, .dim = 8, .heads = 4, .dropout = 2), "dropout 2");
  tt_expect_fail(NEW(SIZES, .dim = 8, .heads = 4, .hidden = -2), "hidden -2");
  tt_expect_fail(NEW(SIZES, .dim = 6, .heads = 2, .rotary = 100), "are pairs");
  tt_expect_fail(NEW(SIZES, .dim = 8, .heads = 4, .rotary = INFINITY), "rotary inf");
  tt_expect_fail(NEW(SIZES, .dim = 8, .heads = 4, .hidden = INT64_MAX), "is at most");
  tt_expect_fail(NEW(SIZES, .dim = 1ll << 62, .heads = 1), "is at most");
  tt_expect_fail(NEW(.vocab_size = 1ll << 31, .context = 1), "vocab_size 2147483648");
  GptOptions most = {.vocab_size = INT32_MAX, .context = INT32_MAX, .dim = 1 << 22,
                     .layers = 10000, .heads = 1, .hidden = 1 << 22, .swiglu = true,
                     .untied = true};   // the largest count fits
  tt_expect(tt_gpt_parameters(most) > 1ll << 60, "it overflows");
  Gpt *m = tt_gpt_new(small(false), NULL);
  tt_expect_fail(tt_forward(m, tt_positions(0, 4)), "tt_unsqueeze(ids, 0)");
  tt_expect_fail(tt_forward(m, tt_zeros(TT_SHAPE(1, 4))), "ids of f32");
  Tensor *ids = tt_randint(0, 11, TT_SHAPE(1, 9), NULL);
  tt_expect_fail(tt_forward(m, ids), "ids [1,9]; the context has 8 places"
                 "\n  keep the last: tt_slice(ids, 1, -8, INT64_MAX, 1)");
  tt_expect_shape(tt_forward(m, tt_slice(ids, 1, -8, INT64_MAX, 1)),
                  TT_SHAPE(1, 8, 11));
  tt_expect_fail(tt_gpt_features(m, tt_slice(ids, 1, 0, 2, 1),
                                 (GptPass){.places = tt_positions(7, 2)}),
                 "ids [1,2], places [2] without .attend");
  tt_expect_fail(tt_gpt_features(m, tt_slice(ids, 1, 0, 2, 1),
                                 (GptPass){.places = tt_positions(0, 3), .attend = attend}),
                 "ids [1,2], places [3]; places are (T) or (B,T)");
  tt_fill_(ids, 11);
  tt_expect_fail(tt_forward(m, tt_slice(ids, 1, 0, 2, 1)), "id 11 at [0,0]");
  tt_expect_shape(tt_forward(m, tt_slice(ids, 1, 0, 0, 1)),
                  TT_SHAPE(1, 0, 11));
  Tensor *text = tt_positions(0, 5);
  tt_expect_fail(tt_windows(text, 2, 5, NULL), "a text of 5 ids; a window of 5");
  tt_expect_fail(tt_windows(text, 0, 2, NULL), "0 windows");
  tt_expect_fail(tt_windows(tt_zeros(TT_SHAPE(9)), 1, 2, NULL), "f32");
  tt_expect_fail(tt_gpt_loss(m, tt_positions(0, 1)), "a text of 1 ids");
  tt_expect_fail(tt_gpt_loss(NULL, text), "NULL");
}
