// Made from chapters/12-attention.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>

#define NO_OPTIONS ((AttentionOptions){0})

static void doubles(double *to, Tensor *t)
{
  const Real *from = tt_contiguous(t)->data;
  for (int64_t i = 0, n = tt_numel(t); i < n; i++)
    to[i] = (double)from[i];
}

static MultiHeadAttention *plain_layer(int64_t e, int heads)
{
  MultiHeadAttention *m = tt_multi_head_attention_new(e, heads,
    (MultiHeadOptions){ .no_bias = true }, NULL);
  Linear *all[] = { m->query, m->key, m->value, m->out };
  TT_NO_GRAD;
  for (int i = 0; i < 4; i++)
    tt_copy_(all[i]->weight, tt_eye(e));
  return m;
}

static void look_up(int64_t n, int64_t d, int64_t e, double scale,
                    double *y, double *p, const double *q,
                    const double *k, const double *v)
{
  double most = -INFINITY, sum = 0;
  for (int64_t s = 0; s < n; s++) {
    p[s] = 0;
    for (int64_t i = 0; i < d; i++)
      p[s] += q[i] * k[s * d + i];
    p[s] *= scale;
    most = p[s] > most ? p[s] : most;
  }
  for (int64_t s = 0; s < n; s++)
    sum += p[s] = exp(p[s] - most);
  for (int64_t i = 0; i < e; i++) {
    y[i] = 0;
    for (int64_t s = 0; s < n; s++)
      y[i] += p[s] / sum * v[s * e + i];
  }
}

TT(attention, one_query_by_hand)
{
  double q[] = { 1, 0 }, k[] = { 0, 5, log(3), 1, 0, 0 }, p[3];
  double v[] = { 10, 0, 20, 1, 30, 0 }, y[2] = { 7, 7 };
  look_up(3, 2, 2, 1, y, p, q, k, v);       // weights 1/5 3/5 1/5
  tt_expect_close(y[0], 20, 1e-12, 0);
  tt_expect_close(y[1], 0.6, 1e-12, 0);
  look_up(3, 2, 2, 2, y, p, q, k, v);       // 1/11 9/11 1/11
  tt_expect_close(y[1], 9. / 11, 1e-12, 0);
  double far[] = { -4000, 4000 }, w[] = { 3, 5 };
  look_up(2, 1, 1, 1, y, p, (double[]){ 1 }, far, w);
  tt_expect_close(y[0], 5, 0, 0);
  look_up(2, 1, 1, 1, y, p, (double[]){ -1 }, far, w);
  tt_expect_close(y[0], 3, 0, 0);
}

TT(attention, is_a_lookup_for_each_query)
{
  enum { T = 3, S = 4, D = 5, E = 2 };
  Generator g;
  tt_manual_seed(&g, 12);
  Tensor *q = tt_randn(TT_SHAPE(2, T, D), &g);
  Tensor *k = tt_randn(TT_SHAPE(2, S, D), &g);
  Tensor *v = tt_randn(TT_SHAPE(2, S, E), &g);
  Tensor *y = tt_scaled_dot_product_attention(q, k, v, NO_OPTIONS);
  for (int b = 0; b < 2; b++)
    for (int t = 0; t < T; t++) {
      double at[D], keys[S * D], values[S * E], p[S], want[E];
      doubles(at, tt_select(tt_select(q, 0, b), 0, t));
      doubles(keys, tt_select(k, 0, b));
      doubles(values, tt_select(v, 0, b));
      look_up(S, D, E, 1 / sqrt(D), want, p, at, keys, values);
      for (int e = 0; e < E; e++)
        tt_expect_close(tt_get(y, TT_INDEX(b, t, e)), want[e], 1e-5,
                        1e-6);
    }
}

TT(attention, nothing_to_read_gives_zeros)
{
  Real no = -INFINITY;
  Tensor *x = tt_from(TT_SHAPE(4, 3), (Real[]){ 1, 2, 3, no, no, no,
    no, 7, no, 1, NAN, 2 });
  Tensor *p = tt_masked_softmax(x, NULL, false);
  double a = exp(-2), b = exp(-1), sum = a + b + 1;
  tt_expect_values(p, 1e-6, a / sum, b / sum, 1 / sum, 0, 0, 0, 0, 1,
                   0, NAN, NAN, NAN);
  Tensor *mask = tt_from(TT_SHAPE(4, 3), (Real[]){ 0, 0, 0, 1, 1, 1,
    1, 0, 1, 1, 0, 1 });
  p = tt_masked_softmax(x, mask, false);
  tt_expect_values(p, 1e-6, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                   1 / (1 + exp(1)), 0, exp(1) / (1 + exp(1)));
  x = tt_from(TT_SHAPE(1, 2), (Real[]){ NAN, no });
  tt_expect_values(tt_masked_softmax(x, NULL, false), 0, NAN, NAN);
  x = tt_from(TT_SHAPE(1, 2), (Real[]){ 3e38f, -3e38f });
  tt_expect_values(tt_masked_softmax(x, NULL, false), 0, 1, 0);
}

TT(attention, the_last_query_reads_all)
{
  Tensor *p = tt_masked_softmax(tt_zeros(TT_SHAPE(3, 3)), NULL, true);
  tt_expect_values(p, 1e-6, 1, 0, 0, .5, .5, 0, 1. / 3, 1. / 3, 1. / 3);
  p = tt_masked_softmax(tt_zeros(TT_SHAPE(2, 2, 4)), NULL, true);
  tt_expect_values(p, 1e-6, 1. / 3, 1. / 3, 1. / 3, 0, .25, .25, .25,
                   .25, 1. / 3, 1. / 3, 1. / 3, 0, .25, .25, .25, .25);
  p = tt_masked_softmax(tt_zeros(TT_SHAPE(1, 5)), NULL, true);
  tt_expect_values(p, 1e-6, .2, .2, .2, .2, .2);
}

TT(attention, what_is_not_read_gets_no_gradient)
{
  tt_autograd_enable();
  Real no = -INFINITY;
  Tensor *x = tt_from(TT_SHAPE(3, 3), (Real[]){ 0, 0, no, 1, 2, 3,
                                               5, 5, 5 });
  Tensor *mask = tt_from(TT_SHAPE(3, 1), (Real[]){ 1, 0, 1 });
  tt_requires_grad_(x, true);
  Tensor *p = tt_masked_softmax(x, mask, false);
  Tensor *g = tt_from(TT_SHAPE(3, 3), (Real[]){ 4, 1, 1, 2, 1, 1,
                                               9, 1, 4 });
  tt_backward_with(p, tt_transpose(g, 0, 1));
  double third = 1. / 3;
  tt_expect_values(x->grad, 1e-6, .5, -.5, 0, 0, 0, 0, -third, -third,
                   2 * third);
}

TT(attention, what_is_masked_may_be_anything)
{
  tt_autograd_enable();
  Tensor *q = tt_ones(TT_SHAPE(1, 2)), *mask;
  Tensor *k = tt_from(TT_SHAPE(3, 2), (Real[]){ 0, 0, NAN, 1, 0, 0 });
  Tensor *v = tt_from(TT_SHAPE(3, 1), (Real[]){ 1, INFINITY, 3 });
  Tensor *all[] = { q, k, v };
  for (int i = 0; i < 3; i++)
    tt_requires_grad_(all[i], true);
  mask = tt_from(TT_SHAPE(3), (Real[]){ 1, 0, 1 });
  Tensor *y = tt_scaled_dot_product_attention(q, k, v,
    (AttentionOptions){ .mask = mask });
  tt_expect_values(y, 1e-6, 2);
  tt_backward(tt_sum(y, TT_ALL, false));
  tt_expect_values(v->grad, 1e-6, .5, 0, .5);
  tt_expect_values(q->grad, 1e-6, 0, 0);
  double d = .5 / sqrt(2);
  tt_expect_values(k->grad, 1e-6, -d, -d, 0, 0, d, d);
}

static bool reads_the_past(
  Tensor *(*attend)(Tensor *q, Tensor *k, Tensor *v))
{
  enum { N = 5 };
  Tensor *q = tt_zeros(TT_SHAPE(N, 2)), *k = tt_ones(TT_SHAPE(N, 2));
  Tensor *v = tt_zeros(TT_SHAPE(N, 1));
  double sum = 0;
  for (int t = 0; t < N; t++)
    tt_set_(v, TT_INDEX(t, 0), t * t + 1);
  tt_set_(q, TT_INDEX(2, 0), 3);           // scores differ here,
  tt_set_(k, TT_INDEX(4, 0), 1e4);         // but only in the future
  Tensor *y = attend(q, k, v);
  for (int t = 0; t < N; t++) {
    sum += t * t + 1;
    if (!(fabs(tt_get(y, TT_INDEX(t, 0)) - sum / (t + 1)) < 1e-4))
      return false;
  }
  Tensor *z = attend(tt_slice(q, 0, 3, N, 1), k, v);
  return tt_allclose(z, tt_slice(y, 0, 3, N, 1), 1e-4, 1e-4);
}

static Tensor *with_mask(Tensor *q, Tensor *k, Tensor *v, int ahead)
{
  Tensor *may = tt_tril(tt_ones(TT_SHAPE(q->shape[0], k->shape[0])),
                        ahead);
  return tt_scaled_dot_product_attention(q, k, v,
    (AttentionOptions){ .mask = may });
}

static Tensor *right(Tensor *q, Tensor *k, Tensor *v)
{
  return tt_scaled_dot_product_attention(q, k, v,
    (AttentionOptions){ .causal = true });
}

static Tensor *one_ahead(Tensor *q, Tensor *k, Tensor *v)
{
  return with_mask(q, k, v, 1);
}

TT(attention, a_wrong_mask_is_refused)
{
  tt_expect_accepts(reads_the_past(right));
  tt_expect_refuses(reads_the_past(one_ahead), "reads the next key");
}

TT(attention, groups_of_heads_share)
{
  Tensor *q = tt_zeros(TT_SHAPE(1, 4, 1, 1));
  Tensor *k = tt_zeros(TT_SHAPE(1, 2, 1, 1));
  Tensor *v = tt_from(TT_SHAPE(1, 2, 1, 1), (Real[]){ 10, 20 });
  Tensor *y = tt_scaled_dot_product_attention(q, k, v, NO_OPTIONS);
  tt_expect_shape(y, TT_SHAPE(1, 4, 1, 1));
  tt_expect_values(y, 0, 10, 10, 20, 20);
  q = tt_randn(TT_SHAPE(2, 6, 3, 4), NULL);
  k = tt_randn(TT_SHAPE(2, 2, 5, 4), NULL);
  v = tt_randn(TT_SHAPE(2, 2, 5, 3), NULL);
  y = tt_scaled_dot_product_attention(q, k, v, NO_OPTIONS);
  tt_expect_tensor(tt_select(y, 0, 1), tt_scaled_dot_product_attention(
    tt_select(q, 0, 1), tt_select(k, 0, 1), tt_select(v, 0, 1),
    NO_OPTIONS), 1e-5, 1e-6);
  for (int h = 0; h < 6; h++)
    tt_expect_tensor(tt_select(y, 1, h),
      tt_scaled_dot_product_attention(tt_select(q, 1, h),
        tt_select(k, 1, h / 3), tt_select(v, 1, h / 3), NO_OPTIONS),
      1e-5, 1e-6);
}

TT(attention, heads_are_parts_of_each_place)
{
  Tensor *x = tt_from(TT_SHAPE(1, 2, 4), (Real[]){ 1, 2, 3, 4,
                                                   5, 6, 7, 8 });
  KeysValues kv = tt_keys_values(plain_layer(4, 2), x, NULL);
  tt_expect_shape(kv.v, TT_SHAPE(1, 2, 2, 2));
  tt_expect_values(kv.v, 0, 1, 2, 5, 6, 3, 4, 7, 8);
  x = tt_reshape(tt_arange(0, 36, 1), TT_SHAPE(2, 3, 6));
  kv = tt_keys_values(plain_layer(6, 3), x, NULL);
  tt_expect_shape(kv.k, TT_SHAPE(2, 3, 3, 2));
  for (int i = 0; i < 36; i++)
    tt_expect_close(tt_get(kv.k, TT_INDEX(i / 18, i / 2 % 3,
                                          i / 6 % 3, i % 2)), i, 0, 0);
}

static Tensor *next_place(MultiHeadAttention *m, KeysValues *past,
                          Tensor *x)          // x (B,1,E)
{
  int64_t place = past->k ? past->k->shape[2] : 0;
  KeysValues new = tt_keys_values(m, x, tt_positions(place, 1));
  if (past->k) {
    new.k = tt_cat(2, (Tensor *[]){ past->k, new.k }, 2);
    new.v = tt_cat(2, (Tensor *[]){ past->v, new.v }, 2);
  }
  *past = new;
  return tt_attend(m, x, *past, NO_OPTIONS);
}

static bool remembers(Tensor *(*next)(MultiHeadAttention *m,
                                     KeysValues *past, Tensor *x))
{
  enum { T = 5, E = 8 };
  Generator g;
  tt_manual_seed(&g, 8);
  MultiHeadAttention *m = tt_multi_head_attention_new(E, 2,
    (MultiHeadOptions){ .causal = true, .rotary = 100 }, &g);
  Tensor *x = tt_mul_scalar(tt_randn(TT_SHAPE(2, T, E), &g), 3);
  Tensor *want = tt_forward(m, x);
  KeysValues past = { NULL, NULL };
  for (int t = 0; t < T; t++) {
    Tensor *y = next(m, &past, tt_slice(x, 1, t, t + 1, 1));
    if (!tt_allclose(y, tt_slice(want, 1, t, t + 1, 1), 1e-3, 1e-4))
      return false;
  }
  return true;
}

static Tensor *always_first(MultiHeadAttention *m, KeysValues *past,
                            Tensor *x)
{
  KeysValues new = tt_keys_values(m, x, NULL);
  if (past->k) {
    new.k = tt_cat(2, (Tensor *[]){ past->k, new.k }, 2);
    new.v = tt_cat(2, (Tensor *[]){ past->v, new.v }, 2);
  }
  *past = new;
  return tt_attend(m, x, *past, NO_OPTIONS);
}

TT(attention, a_wrong_cache_is_refused)
{
  tt_expect_accepts(remembers(next_place));
  tt_expect_refuses(remembers(always_first), "gives each key place 0");
}

TT(attention, heads_are_joined_as_they_were_split)
{
  MultiHeadAttention *m = plain_layer(4, 2);
  tt_fill_(tt_detach(m->query->weight), 0);  // so all is read evenly
  Tensor *x = tt_from(TT_SHAPE(1, 2, 4), (Real[]){ 1, 2, 3, 4,
                                                   5, 6, 7, 8 });
  tt_expect_values(tt_forward(m, x), 1e-6, 3, 4, 5, 6, 3, 4, 5, 6);
}

static Tensor *slow_window(Tensor *q, Tensor *k, Tensor *v, int64_t w)
{
  int64_t t = q->shape[0];
  Tensor *may = tt_tril(tt_ones(TT_SHAPE(t, t)), 0);
  return tt_scaled_dot_product_attention(q, k, v,
    (AttentionOptions){ .mask = tt_triu(may, 1 - w) });
}

static Tensor *fast_window(Tensor *q, Tensor *k, Tensor *v, int64_t w)
{
  int64_t t = q->shape[0];
  Tensor *y = tt_empty(TT_F32, TT_SHAPE(t, v->shape[1]));
  for (int64_t i = 0; i < t; i += w) {
    TT_SCOPE;
    int64_t end = i + w < t ? i + w : t;
    int64_t from = i - w + 1 > 0 ? i - w + 1 : 0, before = i - from;
    Tensor *may = tt_ones(TT_SHAPE(end - i, end - from));
    may = tt_triu(tt_tril(may, before), before - w + 1);
    Tensor *part = tt_scaled_dot_product_attention(
      tt_slice(q, 0, i, end, 1), tt_slice(k, 0, from, end, 1),
      tt_slice(v, 0, from, end, 1), (AttentionOptions){ .mask = may });
    tt_copy_(tt_slice(y, 0, i, end, 1), part);
  }
  return y;
}

TT(speed, a_window_costs_what_it_reads)
{
  enum { T = 515, D = 16 };
  Generator g;
  tt_manual_seed(&g, 9);
  Tensor *q = tt_randn(TT_SHAPE(T, D), &g);
  Tensor *k = tt_randn(TT_SHAPE(T, D), &g);
  Tensor *v = tt_randn(TT_SHAPE(T, 3), &g);
  for (int64_t w = 1; w <= 64; w = 4 * w) {
    Tensor *want = slow_window(q, k, v, w);
    int64_t live = tt_memory_stats().live_bytes;
    tt_reset_peak_memory();
    Tensor *y = fast_window(q, k, v, w);
    int64_t peak = tt_memory_stats().peak_bytes - live;
    tt_expect_tensor(y, want, 1e-4, 1e-5);
    tt_expect(peak < T * T * (int64_t)sizeof(Real) / 2,
              "w = %lld: %lld bytes, more than half of all scores",
              (long long)w, (long long)peak);
  }
  tt_race(2, TT_SCOPE; slow_window(q, k, v, 32),
          TT_SCOPE; fast_window(q, k, v, 32));
}
