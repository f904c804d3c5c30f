// Needs chapter 12: attention and its layer beside PyTorch
// (reference/attention.py), values and gradients, with every option; central
// differences; each allocation failing in turn; what is refused; properties.
#include "faults.h"
#include "vectors.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN ((AttentionOptions){0})
static double number(char **at) { return strtod(next_field(at), NULL); }

static Tensor *sdpa(const Sample *c) {
  char text[128], *at = strcpy(text, c->options);
  AttentionOptions o = {.mask = find(c, "mask"), .bias = find(c, "bias")};
  o.causal = number(&at) != 0;
  o.scale = number(&at);
  return tt_scaled_dot_product_attention(find(c, "q"), find(c, "k"),
                                         find(c, "v"), o);
}

static void put(const Sample *c, Linear *l, const char *weight,
                const char *bias) {
  l->weight = find(c, weight);
  if (l->bias) l->bias = find(c, bias);
}

// the operands themselves become the layer's parameters
static Tensor *layer(const Sample *c) {
  char text[128], *at = strcpy(text, c->options);
  Tensor *x = find(c, "x"), *context = find(c, "context");
  Tensor *mask = find(c, "mask");
  int heads = (int)number(&at);
  MultiHeadOptions o = {.kv_heads = (int)number(&at)};
  o.causal = number(&at) != 0;
  o.no_bias = !find(c, "bq");
  if (!context) context = x;
  o.context = context->shape[2];
  MultiHeadAttention *m = tt_multi_head_attention_new(x->shape[2], heads, o,
                                                      NULL);
  put(c, m->query, "wq", "bq"), put(c, m->key, "wk", "bk");
  put(c, m->value, "wv", "bv"), put(c, m->out, "wo", "bo");
  AttentionOptions a = {0};
  if (mask)
    a.mask = tt_reshape(mask, TT_SHAPE(mask->shape[0], 1, 1, mask->shape[1]));
  return tt_attend(m, x, tt_keys_values(m, context, NULL), a);
}

static const double WITHIN = 2e-5;

static void try_case(Sample *c, bool views) {
  Tensor *leaf[SAMPLE_KEYS] = {0};
  int n = c->n;
  for (int i = 0; i < n; i++) {
    char gradient[20];
    snprintf(gradient, sizeof gradient, "d%s", c->key[i]);
    if (!find(c, gradient)) continue;
    leaf[i] = tt_requires_grad_(c->t[i], true);
    if (views) c->t[i] = turned(leaf[i]);
  }
  Tensor *y = strcmp(c->kind, "sdpa") == 0 ? sdpa(c) : layer(c);
  expect_sample(c, "y", y, WITHIN);
  tt_backward_with(y, find(c, "g"));
  for (int i = 0; i < n; i++) {
    char gradient[20];
    snprintf(gradient, sizeof gradient, "d%s", c->key[i]);
    if (leaf[i]) expect_sample(c, gradient, leaf[i]->grad, WITHIN);
  }
}

static int all_cases(bool views) {
  tt_autograd_enable();
  return each_sample("attention.txt", " sdpa layer ", try_case, views);
}

TT(attention_values, as_in_pytorch) { tt_expect_int(all_cases(false), 34); }
TT(attention_values, as_in_pytorch_on_views) {
  tt_expect_int(all_cases(true), 34);
}

// ---- central differences ------------------------------------------------------
typedef struct Operation {
  Tensor *t[4];                        // q, k, v, bias
  Tensor *weight;                      // of each number of the result
  AttentionOptions o;
} Operation;

static Tensor *weighted(void *arg) {
  Operation *p = arg;
  AttentionOptions o = p->o;
  o.bias = p->t[3];
  Generator g;
  tt_manual_seed(&g, 4);               // the same weights dropped each time
  o.generator = &g;
  Tensor *y = tt_scaled_dot_product_attention(p->t[0], p->t[1], p->t[2], o);
  if (!p->weight) {
    p->weight = tt_randn(tt_shape(y), NULL);
    return y;
  }
  return tt_sum(tt_mul(y, p->weight), TT_ALL, false);
}

static void differences(const char *what, int heads, int kv, bool bias,
                        AttentionOptions o) {
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 7);
  Operation p = {.o = o,
                 .t = {tt_randn(TT_SHAPE(2, heads, 3, 2), &g),
                       tt_randn(TT_SHAPE(2, kv, 4, 2), &g),
                       tt_randn(TT_SHAPE(2, kv, 4, 3), &g),
                       bias ? tt_randn(TT_SHAPE(heads, 3, 4), &g) : NULL}};
  int n = bias ? 4 : 3;
  for (int i = 0; i < n; i++) tt_requires_grad_(p.t[i], true);
  weighted(&p);
  GradCheck c = tt_gradcheck(weighted, &p, n, p.t);
  tt_expect(c.error < 1e-2, "%s: tensor %d, element %d: %g by rule, %g by"
            " difference", what, c.tensor, (int)c.element, c.analytical,
            c.numerical);
}

TT(attention_values, gradients_are_those_of_differences) {
  tt_autograd_enable();
  Tensor *mask = tt_from(TT_SHAPE(2, 1, 1, 4),
                         (Real[]){1, 0, 1, 1, 1, 1, 0, 0});
  Tensor *none = tt_from(TT_SHAPE(3, 1), (Real[]){1, 0, 1});
  differences("plain", 2, 2, false, PLAIN);
  differences("scale", 2, 2, false, (AttentionOptions){.scale = 2});
  differences("causal", 2, 2, false, (AttentionOptions){.causal = true});
  differences("mask", 2, 2, false, (AttentionOptions){.mask = mask});
  differences("nothing to read", 2, 1, false, (AttentionOptions){.mask = none});
  differences("bias", 2, 2, true, PLAIN);
  differences("groups", 4, 2, false, PLAIN);
  differences("dropout", 2, 2, false, (AttentionOptions){.dropout = 0.4});
  differences("all", 4, 2, true, (AttentionOptions){
    .causal = true, .mask = mask, .scale = 0.3, .dropout = 0.2});
}

// ---- memory -----------------------------------------------------------------
static void one_step(void *arg) {
  (void)arg;
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 1);
  MultiHeadAttention *m = tt_multi_head_attention_new(8, 4,
    (MultiHeadOptions){.kv_heads = 2, .causal = true, .dropout = 0.1,
                       .rotary = 100}, &g);
  Tensor *x = tt_requires_grad_(tt_randn(TT_SHAPE(2, 5, 8), &g), true);
  Tensor *mask = tt_tril(tt_ones(TT_SHAPE(5, 5)), 0);
  Tensor *y = tt_attend(m, x, tt_keys_values(m, x, NULL),
                        (AttentionOptions){.mask = mask});
  tt_backward(tt_sum(tt_mul(y, y), TT_ALL, false));
}

TT(attention_values, every_allocation_fails_once) {
  tt_autograd_enable();
  one_step(NULL);                      // the tape keeps its first block
  survive_each_fault("a step", one_step, NULL);
}

TT(attention_values, no_malloc_after_the_first_step) {
  tt_autograd_enable();
  one_step(NULL), one_step(NULL);
  MemoryStats before = tt_memory_stats();
  for (int i = 0; i < 5; i++) one_step(NULL);
  tt_expect_int(tt_memory_stats().mallocs, before.mallocs);
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
  tt_expect_int(tt_memory_stats().tensors, before.tensors);
}

// heads that share are not copied: the peak grows by scores and queries
TT(attention_values, groups_are_not_copied) {
  TT_NO_GRAD;
  Tensor *q = tt_ones(TT_SHAPE(1, 16, 1, 64));
  Tensor *k = tt_ones(TT_SHAPE(1, 1, 512, 64));
  int64_t before = tt_memory_stats().live_bytes;
  tt_reset_peak_memory();
  tt_scaled_dot_product_attention(q, k, k, PLAIN);
  int64_t more = tt_memory_stats().peak_bytes - before;
  tt_expect(more < (int64_t)(512 * 64 * 2 * sizeof(Real)), "%lld bytes",
            (long long)more);
}

// ---- what is refused, and with which words ---------------------------------
TT(attention_values, refusals) {
  Tensor *x = tt_zeros(TT_SHAPE(2, 4, 3, 5)), *ids = tt_randint(0, 2,
    TT_SHAPE(3, 3), NULL);
  Tensor *one = tt_zeros(TT_SHAPE(5));
#define SDPA tt_scaled_dot_product_attention
  tt_expect_fail(SDPA(one, one, one, PLAIN), "two to four dimensions");
  tt_expect_fail(SDPA(ids, ids, ids, PLAIN),
                 "tt_scaled_dot_product_attention");
  tt_expect_fail(SDPA(x, tt_select(x, 0, 0), x, PLAIN), "same batch");
  tt_expect_fail(SDPA(x, tt_zeros(TT_SHAPE(3, 4, 3, 5)), x, PLAIN),
                 "same batch");
  tt_expect_fail(SDPA(x, tt_zeros(TT_SHAPE(2, 4, 3, 4)), x, PLAIN),
                 "same number of elements");
  Tensor *three = tt_zeros(TT_SHAPE(2, 3, 3, 5));
  tt_expect_fail(SDPA(x, three, three, PLAIN),
                 "4 heads of queries cannot share 3");
  tt_expect_fail(SDPA(x, x, tt_zeros(TT_SHAPE(2, 4, 2, 5)), PLAIN),
                 "each key has a value");
  tt_expect_fail(SDPA(x, x, tt_zeros(TT_SHAPE(2, 2, 3, 5)), PLAIN),
                 "each key has a value");
  Tensor *bad = tt_ones(TT_SHAPE(2, 3));
  tt_expect_fail(SDPA(x, x, x, (AttentionOptions){.mask = bad}),
                 "padding (B,S) becomes (B,1,1,S)");
  tt_expect_fail(SDPA(x, x, x, (AttentionOptions){.bias = bad}), "bias [2,3]");
  bad = tt_ones(TT_SHAPE(1, 2, 4, 3, 3));
  tt_expect_fail(SDPA(x, x, x, (AttentionOptions){.mask = bad}), "mask");
  bad = tt_zeros(TT_SHAPE(3, 3));
  tt_set_(bad, TT_INDEX(1, 2), -INFINITY);
  tt_expect_fail(SDPA(x, x, x, (AttentionOptions){.mask = bad}),
                 "has a -inf at place 5");
  tt_expect_fail(SDPA(x, x, x, (AttentionOptions){.mask = tt_mul_scalar(
    tt_ones(TT_SHAPE(3)), 2)}), "what is added to the scores is the bias");
  tt_expect_fail(SDPA(x, x, x, (AttentionOptions){.mask = ids}),
                 "arithmetic is done in");
  Tensor *two = tt_zeros(TT_SHAPE(2, 4, 2, 5));
  tt_expect_fail(SDPA(x, two, two, (AttentionOptions){.causal = true}),
                 "never more queries than keys");
  tt_expect_fail(SDPA(x, x, x, (AttentionOptions){.dropout = 1.5}),
                 "tt_dropout");
  tt_expect_fail(tt_masked_softmax(tt_zeros(TT_SCALAR), NULL, false),
                 "keys are the last dimension");
  tt_expect_fail(tt_tril(one, 0), "tt_tril");
  tt_expect_fail(tt_triu(one, 0), "tt_triu");
}

TT(attention_values, refusals_of_the_layer) {
  MultiHeadOptions o = {0};
#define NEW(e, h, ...) tt_multi_head_attention_new(e, h, \
  (MultiHeadOptions){__VA_ARGS__}, NULL)
  tt_expect_fail(NEW(6, 4, 0), "4 heads of 6 numbers");
  tt_expect_fail(NEW(6, 0, 0), "0 heads");
  tt_expect_fail(NEW(0, 1, 0), "1 heads of 0 numbers");
  tt_expect_fail(NEW(8, 4, .kv_heads = 3), "4 heads share 3");
  tt_expect_fail(NEW(8, 4, .kv_heads = -1), "4 heads share -1");
  tt_expect_fail(NEW(8, 4, .dropout = 2), "dropout 2");
  tt_expect_fail(NEW(8, 4, .context = -1), "context -1");
  tt_expect_fail(NEW(6, 2, .rotary = 100), "the numbers are pairs");
  tt_expect_fail(NEW(8, 2, .rotary = 0.5), "rotary base 0.5");
  MultiHeadAttention *m = tt_multi_head_attention_new(8, 2, o, NULL);
  Tensor *x = tt_zeros(TT_SHAPE(1, 3, 8));
  tt_expect_fail(tt_forward(m, tt_select(x, 0, 0)), "tt_unsqueeze(x, 0)");
  tt_expect_fail(tt_forward(m, tt_zeros(TT_SHAPE(1, 3, 7))), "(B,S,8)");
  KeysValues kv = tt_keys_values(m, x, NULL);
  tt_expect_fail(tt_attend(m, tt_select(x, 0, 0), kv, PLAIN), "(B,T,8)");
  o.rotary = 100;
  m = tt_multi_head_attention_new(8, 2, o, NULL);
  tt_expect_fail(tt_attend(m, x, tt_keys_values(m, tt_slice(x, 1, 0, 2, 1), NULL),
                           PLAIN), "3 places ask 2");
}

// nothing is no error: no batch, no queries, no keys
TT(attention_values, nothing_at_all) {
  tt_autograd_enable();
  Tensor *q = tt_requires_grad_(tt_ones(TT_SHAPE(2, 3, 4)), true);
  Tensor *k = tt_zeros(TT_SHAPE(2, 0, 4)), *v = tt_zeros(TT_SHAPE(2, 0, 5));
  Tensor *y = tt_scaled_dot_product_attention(q, k, v, PLAIN);
  tt_expect_shape(y, TT_SHAPE(2, 3, 5));
  tt_expect_close(tt_item(tt_max(tt_abs(y), TT_ALL, false)), 0, 0, 0);
  tt_backward(tt_sum(y, TT_ALL, false));
  tt_expect_close(tt_item(tt_max(tt_abs(q->grad), TT_ALL, false)), 0, 0, 0);
  y = tt_scaled_dot_product_attention(k, q, q, (AttentionOptions){
    .causal = true, .mask = tt_ones(TT_SHAPE(3))});
  tt_expect_shape(y, TT_SHAPE(2, 0, 4));
  y = tt_scaled_dot_product_attention(k, q, q, (AttentionOptions){
    .mask = tt_ones(TT_SHAPE(0, 3))});
  tt_expect_shape(y, TT_SHAPE(2, 0, 4));
  y = tt_scaled_dot_product_attention(q, q, q, (AttentionOptions){
    .mask = tt_zeros(TT_SCALAR)});     // one number for all
  tt_expect_close(tt_item(tt_max(tt_abs(y), TT_ALL, false)), 0, 0, 0);
  Tensor *no = tt_zeros(TT_SHAPE(0, 2, 3, 4));
  tt_expect_shape(tt_scaled_dot_product_attention(no, no, no, PLAIN),
                  TT_SHAPE(0, 2, 3, 4));
  MultiHeadAttention *m = tt_multi_head_attention_new(4, 2,
    (MultiHeadOptions){0}, NULL);
  tt_expect_shape(tt_forward(m, tt_zeros(TT_SHAPE(0, 3, 4))),
                  TT_SHAPE(0, 3, 4));
}

// ---- what holds for any numbers ----------------------------------------------
// one meaning of 1 everywhere: a comparison is a mask
TT(attention_values, a_comparison_is_a_mask) {
  Tensor *place = tt_arange(0, 3, 1);
  Tensor *may = tt_le(place, tt_unsqueeze(place, 1));
  Tensor *q = tt_zeros(TT_SHAPE(3, 1));
  Tensor *v = tt_from(TT_SHAPE(3, 1), (Real[]){1, 2, 3});
  Tensor *y = tt_scaled_dot_product_attention(q, q, v,
    (AttentionOptions){.mask = may});
  tt_expect_values(y, 1e-6, 1, 1.5, 2);
  tt_expect_tensor(tt_scaled_dot_product_attention(q, q, v,
    (AttentionOptions){.causal = true}), y, 0, 0);
}

TT(attention_values, the_future_is_not_read) {
  MultiHeadAttention *m = tt_multi_head_attention_new(8, 2,
    (MultiHeadOptions){.causal = true, .rotary = 1000}, NULL);
  Tensor *x = tt_randn(TT_SHAPE(1, 6, 8), NULL), *y = tt_forward(m, x);
  Tensor *other = tt_clone(x);
  tt_fill_(tt_slice(other, 1, 4, 6, 1), 9);
  Tensor *z = tt_forward(m, other);
  tt_expect_tensor(tt_slice(z, 1, 0, 4, 1), tt_slice(y, 1, 0, 4, 1), 0, 0);
  tt_expect(!tt_allclose(tt_slice(z, 1, 4, 6, 1), tt_slice(y, 1, 4, 6, 1),
                         1e-3, 1e-3), "the last two changed");
}

// padding in front or behind changes nothing for the others
TT(attention_values, padded_or_alone) {
  MultiHeadAttention *m = tt_multi_head_attention_new(8, 2,
    (MultiHeadOptions){.causal = true, .rotary = 1000, .kv_heads = 1}, NULL);
  Tensor *x = tt_randn(TT_SHAPE(1, 4, 8), NULL), *y = tt_forward(m, x);
  Tensor *pad = tt_full(TT_SHAPE(1, 3, 8), NAN);
  for (int front = 0; front < 2; front++) {
    Tensor *all = tt_cat(2, (Tensor *[]){front ? pad : x, front ? x : pad}, 1);
    Tensor *mask = tt_ones(TT_SHAPE(1, 1, 1, 7));
    int64_t from = front ? 3 : 0;
    tt_fill_(tt_slice(mask, 3, front ? 0 : 4, front ? 3 : 7, 1), 0);
    Tensor *z = tt_attend(m, all, tt_keys_values(m, all, NULL),
                          (AttentionOptions){.mask = mask});
    tt_expect_tensor(tt_slice(z, 1, from, from + 4, 1), y, 1e-4, 1e-5);
  }
}

// answers and gradients of 4 heads that share 2, with two texts
static void attend_to(Tensor *got[4], Tensor *const x[3], AttentionOptions o) {
  Tensor *leaf[3];
  for (int i = 0; i < 3; i++)
    leaf[i] = tt_requires_grad_(tt_clone(x[i]), true);
  got[3] = tt_scaled_dot_product_attention(leaf[0], leaf[1], leaf[2], o);
  tt_backward(tt_sum(tt_mul(got[3], got[3]), TT_ALL, false));
  for (int i = 0; i < 3; i++)
    got[i] = leaf[i]->grad;
}

static void hide(Tensor *x, int64_t text, int64_t head, int64_t place,
                 double with) {
  tt_fill_(tt_select(tt_select(tt_select(x, 0, text), 0, head), 0, place),
           with);
}

// a mask for all queries, for the heads that share, for each query: NaN behind
// it changes no bit, neither of an answer nor of a gradient
TT(attention_values, what_the_mask_hides_from_all_may_be_nan) {
  tt_autograd_enable();
  for (int kind = 0; kind < 3; kind++) {
    Tensor *x[] = {tt_randn(TT_SHAPE(2, 4, 3, 2), NULL),
                   tt_randn(TT_SHAPE(2, 2, 5, 2), NULL),
                   tt_randn(TT_SHAPE(2, 2, 5, 3), NULL)};
    Shape s[] = {TT_SHAPE(2, 1, 1, 5), TT_SHAPE(2, 4, 1, 5),
                 TT_SHAPE(2, 4, 3, 5)};
    Tensor *mask = tt_ones(s[kind]);     // text 1, heads 0 and 1, key 2
    Tensor *row = tt_select(tt_select(mask, 0, 1), 2, 2);
    tt_fill_(kind ? tt_slice(row, 0, 0, 2, 1) : row, 0);
    AttentionOptions o = {.mask = mask, .causal = true,
                          .bias = tt_randn(TT_SHAPE(3, 5), NULL)};
    Tensor *want[4], *got[4];
    attend_to(want, x, o);
    for (int i = 1; i < 3; i++)
      for (int head = 0; head < (kind ? 1 : 2); head++)
        hide(x[i], 1, head, 2, i == 1 ? NAN : INFINITY);
    attend_to(got, x, o);
    for (int i = 0; i < 4; i++)
      tt_expect_tensor(got[i], want[i], 0, 0);
  }
}

// what only the first query may not read: no bit of its answer changes if it
// is finite, by whichever option it is hidden; a NaN reaches all answers
TT(attention_values, what_is_hidden_from_some_is_finite) {
  Tensor *q = tt_randn(TT_SHAPE(2, 4), NULL), *k = tt_randn(TT_SHAPE(3, 4), NULL);
  Tensor *v = tt_randn(TT_SHAPE(3, 2), NULL), *may = tt_ones(TT_SHAPE(2, 3));
  tt_set_(may, TT_INDEX(0, 2), 0);
  Tensor *no = tt_zeros(TT_SHAPE(2, 3));
  tt_set_(no, TT_INDEX(0, 2), (double)-INFINITY);
  AttentionOptions o[] = {{.causal = true}, {.mask = may}, {.bias = no}};
  for (int i = 0; i < 3; i++) {
    Tensor *y = tt_scaled_dot_product_attention(q, k, v, o[i]);
    Tensor *k2 = tt_clone(k), *v2 = tt_clone(v);
    tt_fill_(tt_select(k2, 0, 2), 1e6);
    tt_fill_(tt_select(v2, 0, 2), -1e6);
    Tensor *z = tt_scaled_dot_product_attention(q, k2, v2, o[i]);
    tt_expect_tensor(tt_select(z, 0, 0), tt_select(y, 0, 0), 0, 0);
    tt_expect(!tt_allclose(tt_select(z, 0, 1), tt_select(y, 0, 1), 0.1, 0.1),
              "the second query reads it");
    tt_fill_(tt_select(v2, 0, 2), NAN);
    z = tt_scaled_dot_product_attention(q, k, v2, o[i]);
    tt_expect_values(z, 0, NAN, NAN, NAN, NAN);
  }
}

// without positions a layer sees a set; with them it does not
TT(attention_values, a_set_has_no_order) {
  for (int rotary = 0; rotary < 2; rotary++) {
    MultiHeadAttention *m = tt_multi_head_attention_new(8, 2,
      (MultiHeadOptions){.rotary = rotary ? 100 : 0}, NULL);
    Tensor *x = tt_randn(TT_SHAPE(1, 3, 8), NULL), *y = tt_forward(m, x);
    Tensor *turned = tt_cat(2, (Tensor *[]){tt_slice(x, 1, 1, 3, 1),
                                            tt_slice(x, 1, 0, 1, 1)}, 1);
    Tensor *z = tt_forward(m, turned);
    bool same = tt_allclose(tt_slice(z, 1, 0, 2, 1), tt_slice(y, 1, 1, 3, 1),
                            1e-4, 1e-5);
    tt_expect(same == !rotary, "rotary %d: same %d", rotary, same);
  }
}

// a past in parts of any size, with heads that share
TT(attention_values, a_past_in_parts) {
  MultiHeadAttention *m = tt_multi_head_attention_new(8, 4,
    (MultiHeadOptions){.causal = true, .rotary = 100, .kv_heads = 2}, NULL);
  Tensor *x = tt_randn(TT_SHAPE(2, 9, 8), NULL), *want = tt_forward(m, x);
  for (int64_t size = 1; size <= 9; size++) {
    KeysValues past = {NULL, NULL};
    for (int64_t t = 0; t < 9; t += size) {
      Tensor *part = tt_slice(x, 1, t, t + size, 1);
      KeysValues new = tt_keys_values(m, part, tt_positions(t, part->shape[1]));
      if (past.k) {
        new.k = tt_cat(2, (Tensor *[]){past.k, new.k}, 2);
        new.v = tt_cat(2, (Tensor *[]){past.v, new.v}, 2);
      }
      past = new;
      tt_expect_tensor(tt_attend(m, part, past, PLAIN),
                       tt_slice(want, 1, t, t + size, 1), 1e-4, 1e-5);
    }
  }
}

TT(attention_values, dropout_is_for_training) {
  MultiHeadAttention *m = tt_multi_head_attention_new(8, 2,
    (MultiHeadOptions){.dropout = 0.5}, NULL);
  Tensor *x = tt_randn(TT_SHAPE(1, 6, 8), NULL), *y = tt_forward(m, x);
  tt_expect(!tt_allclose(tt_forward(m, x), y, 1e-4, 1e-4), "both the same");
  tt_module_eval(m);
  tt_expect_tensor(tt_forward(m, x), tt_forward(m, x), 0, 0);
  enum { N = 20000 };                  // on average nothing is lost
  Tensor *q = tt_zeros(TT_SHAPE(N, 1)), *k = tt_zeros(TT_SHAPE(4, 1));
  Tensor *d = tt_scaled_dot_product_attention(q, k, tt_ones(TT_SHAPE(4, 1)),
    (AttentionOptions){.dropout = 0.25});
  tt_expect_close(tt_item(tt_mean(d, TT_ALL, false)), 1, 0.02, 0);
  tt_expect_close(tt_item(tt_max(d, TT_ALL, false)), 4. / 3, 1e-6, 0);
}

// it begins as PyTorch's does: Xavier's bound of (3E,E), biases 0
TT(attention_values, the_first_weights) {
  Generator g;
  tt_manual_seed(&g, 3);
  MultiHeadAttention *m = tt_multi_head_attention_new(64, 4,
    (MultiHeadOptions){0}, &g);
  Linear *l[] = {m->query, m->key, m->value};
  for (int i = 0; i < 3; i++) {
    double most = tt_item(tt_max(tt_abs(l[i]->weight), TT_ALL, false));
    double bound = sqrt(6. / (64 + 3 * 64));
    tt_expect(most <= bound && most > 0.98 * bound, "largest %g of %g", most,
              bound);
    tt_expect_close(tt_item(tt_max(tt_abs(l[i]->bias), TT_ALL, false)), 0, 0,
                    0);
  }
  tt_expect_close(tt_item(tt_max(tt_abs(m->out->bias), TT_ALL, false)), 0, 0,
                  0);
  tt_expect_int(tt_module_count(m), 4 * (64 * 64 + 64));
  StateDict d = tt_module_state_dict(m);
  tt_expect_int(d.n, 8);
  tt_expect_text(d.entry[2].name, "key.weight");
}

TT(attention_values, triangles) {
  tt_autograd_enable();
  Tensor *x = tt_reshape(tt_arange(1, 13, 1), TT_SHAPE(1, 3, 4));
  tt_requires_grad_(x, true);
  Tensor *low = tt_tril(x, 0), *high = tt_triu(x, 2);
  tt_expect_values(low, 0, 1, 0, 0, 0, 5, 6, 0, 0, 9, 10, 11, 0);
  tt_expect_values(high, 0, 0, 0, 3, 4, 0, 0, 0, 8, 0, 0, 0, 0);
  tt_expect_values(tt_tril(x, -2), 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0);
  tt_expect_values(tt_triu(x, -1), 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 10, 11, 12);
  tt_backward(tt_sum(tt_add(low, tt_mul(high, high)), TT_ALL, false));
  tt_expect_values(x->grad, 0, 1, 0, 6, 8, 1, 1, 0, 16, 1, 1, 1, 0);
  Tensor *nan = tt_full(TT_SHAPE(2, 2), NAN);
  tt_expect_values(tt_tril(nan, -2), 0, 0, 0, 0, 0);
}
