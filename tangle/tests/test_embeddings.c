// Made from chapters/11-embeddings.nw by tools/tangle: edit there.
#include <math.h>
#include "tt_test.h"

TT(embeddings, rows_are_looked_up)
{
  Tensor *w = tt_from(TT_SHAPE(4, 3), (Real[]){
    0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32 });
  Tensor *ids = tt_from_int(TT_SHAPE(2, 2), (int32_t[]){ 3, 0, 1, 3 });
  Tensor *y = tt_embedding(ids, w);
  tt_expect_shape(y, TT_SHAPE(2, 2, 3));
  tt_expect_values(y, 0, 30, 31, 32, 0, 1, 2, 10, 11, 12, 30, 31, 32);
  tt_expect_shape(tt_embedding(tt_select(ids, 0, 0), w),
                  TT_SHAPE(2, 3));
  tt_expect_tensor(y, tt_matmul(tt_one_hot(ids, 4), w), 0, 0);
}

TT(embeddings, ids_are_checked)
{
  Tensor *w = tt_zeros(TT_SHAPE(65, 4));
  Tensor *ids = tt_from_int(TT_SHAPE(2, 2), (int32_t[]){
    64, 0, 0, 65 });
  tt_expect_fail(tt_embedding(ids, w), "id 65 at [1,1]; the table has"
                 " 65 rows, 0 to 64");
  tt_set_(ids, TT_INDEX(1, 1), -1);
  tt_expect_fail(tt_embedding(ids, w), "id -1 at [1,1]");
  tt_expect_fail(tt_embedding(tt_to(ids, TT_F32), w),
                 "tt_to(ids, TT_I32)");
  tt_expect_fail(tt_embedding(w, ids), "tt_to(ids, TT_I32)");
  tt_expect_fail(tt_embedding(ids, tt_zeros(TT_SHAPE(4))),
                 "table [4]; it is (V,D)");
}

TT(embeddings, equal_ids_add_up)
{
  tt_autograd_enable();
  Tensor *w = tt_requires_grad_(tt_ones(TT_SHAPE(4, 2)), true);
  Tensor *ids = tt_from_int(TT_SHAPE(4), (int32_t[]){ 3, 0, 3, 1 });
  Tensor *g = tt_from(TT_SHAPE(4, 2), (Real[]){
    1, 2, 10, 20, 100, 200, 1000, 2000 });
  tt_backward_with(tt_embedding(ids, w), g);
  tt_expect_values(w->grad, 0, 10, 20, 1000, 2000, 0, 0, 101, 202);
  tt_zero_grad(w);
  EmbeddingOptions o = { .padding = true, .padding_idx = 3 };
  Tensor *y = tt_embedding_with(ids, w, o);
  tt_expect_values(tt_select(y, 0, 0), 0, 1, 1);   // it has a value
  tt_backward_with(y, g);
  tt_expect_values(w->grad, 0, 10, 20, 1000, 2000, 0, 0, 0, 0);
}

static Tensor *looked_up(void *arg)
{
  Tensor **x = arg;
  Tensor *y = tt_embedding(x[0], x[1]);
  return tt_sum(tt_mul(y, tt_mul(y, x[2])), TT_ALL, false);
}

TT(embeddings, the_gradient_is_right)
{
  tt_autograd_enable();
  Generator g;
  tt_manual_seed(&g, 11);
  Tensor *w = tt_requires_grad_(tt_randn(TT_SHAPE(5, 3), &g), true);
  Tensor *ids = tt_from_int(TT_SHAPE(2, 3), (int32_t[]){
    4, 1, 4, 0, 4, 1 });
  Tensor *arg[] = { ids, w, tt_randn(TT_SHAPE(2, 3, 3), &g) };
  GradCheck c = tt_gradcheck(looked_up, arg, 1, &w);
  tt_expect(c.error < 1e-2, "off by %g at %d", c.error, (int)c.element);
}

static void keeps_last(const GatherShape *s, Real *to, const Real *g,
                       const int32_t *id)
{
  for (int64_t k = 0; k < s->n; k++)
    if (id[k] != s->pad)
      for (int64_t i = 0; i < s->inner; i++)
        to[id[k] * s->inner + i] = g[k * s->inner + i];
}

static bool adds_up(void (*scatter_add)(const GatherShape *s, Real *to,
                                        const Real *g,
                                        const int32_t *id))
{
  enum { ROWS = 4, WIDTH = 2, N = 6 };
  const int32_t id[N] = { 3, 0, 3, 1, 1, 3 };
  for (int pad = -1; pad < 2; pad++) {
    GatherShape s = { 1, ROWS, WIDTH, N, pad };
    Real to[ROWS * WIDTH], want[ROWS * WIDTH], g[N * WIDTH];
    for (int i = 0; i < ROWS * WIDTH; i++)
      to[i] = want[i] = (Real)(i + 1) * 4096;
    for (int i = 0; i < N * WIDTH; i++)
      g[i] = i ? 2 * g[i - 1] : 1;
    for (int i = 0; i < N * WIDTH; i++)
      if (id[i / WIDTH] != pad)
        want[id[i / WIDTH] * WIDTH + i % WIDTH] += g[i];
    scatter_add(&s, to, g, id);
    for (int i = 0; i < ROWS * WIDTH; i++)
      if (to[i] != want[i])
        return false;
  }
  return true;
}

TT(embeddings, a_wrong_way_back_is_refused)
{
  tt_expect_accepts(adds_up(tt_naive_scatter_add));
  tt_expect_refuses(adds_up(keeps_last), "keeps the last of equal ids");
}

TT(embeddings, the_row_of_padding_stays)
{
  tt_autograd_enable();
  Generator g;
  tt_manual_seed(&g, 3);
  EmbeddingOptions o = { .padding = true, .padding_idx = -1 };
  Embedding *e = tt_embedding_new(3, 2, o, &g);
  tt_expect_values(tt_select(e->weight, 0, 2), 0, 0, 0);
  Optimizer *sgd = tt_sgd_new(tt_module_parameters(e),
                              (SgdOptions){ .lr = 1 });
  Tensor *ids = tt_from_int(TT_SHAPE(3), (int32_t[]){ 2, 0, 2 });
  tt_backward(tt_sum(tt_forward(e, ids), TT_ALL, false));
  tt_expect_values(e->weight->grad, 0, 1, 1, 0, 0, 0, 0);
  tt_optimizer_step(sgd);
  tt_expect_values(tt_select(e->weight, 0, 2), 0, 0, 0);
}

typedef struct Tied {              // logits of the next token
  Module     base;
  Embedding *tokens;
} Tied;

static Tensor *tied_forward(Module *m, Tensor *ids)
{
  Embedding *e = ((Tied *)m)->tokens;
  return tt_linear(tt_tanh(tt_forward(e, ids)), e->weight, NULL);
}

static const ModuleField tied_fields[] = {
  TT_CHILD(Tied, tokens), {0}
};
static const ModuleType tied_type = { "Tied", sizeof(Tied), tied_fields,
                                      tied_forward, NULL };
TT(embeddings, tied_weights_are_one_tensor)
{
  tt_autograd_enable();
  Tied *t = tt_module_new(&tied_type);
  t->tokens = tt_embedding_new(5, 3, (EmbeddingOptions){0}, NULL);
  Tensor *w = t->tokens->weight;
  tt_expect_int(tt_module_count(t), 15);
  tt_expect_int(tt_module_state_dict(t).n, 1);
  tt_expect_text(tt_module_state_dict(t).entry->name, "tokens.weight");
  Tensor *ids = tt_from_int(TT_SHAPE(2), (int32_t[]){ 1, 1 });
  tt_backward(tt_sum(tt_forward(t, ids), TT_ALL, false));
  Tensor *both = w->grad;
  Tensor *in = tt_requires_grad_(tt_clone(tt_detach(w)), true);
  Tensor *out = tt_requires_grad_(tt_clone(tt_detach(w)), true);
  tt_backward(tt_sum(tt_linear(tt_tanh(tt_embedding(ids, in)), out,
                               NULL), TT_ALL, false));
  tt_expect_tensor(both, tt_add(in->grad, out->grad), 1e-6, 1e-6);
}

TT(embeddings, padding_does_not_shift_positions)
{
  tt_expect_values(tt_positions(5, 3), 0, 5, 6, 7);
  Tensor *ids = tt_from_int(TT_SHAPE(3, 4), (int32_t[]){
    9, 9, 4, 0,   4, 0, 9, 9,   9, 4, 9, 5 });
  Tensor *p = tt_padded_positions(ids, 9);
  tt_expect_values(p, 0, 0, 0, 0, 1,   0, 1, 0, 0,   0, 0, 0, 1);
  p = tt_padded_positions(tt_transpose(ids, 0, 1), 9);
  tt_expect_values(tt_select(p, 0, 2), 0, 0, 0, 0);
}

TT(embeddings, waves_tell_positions)
{
  tt_expect_values(tt_sinusoidal_positions(0, 2, 4), 1e-6,
                   0, 1, 0, 1, sin(1), cos(1), sin(0.01), cos(0.01));
  Tensor *t = tt_sinusoidal_positions(100000, 1, 6);
  for (int i = 0; i < 3; i++) {
    double a = 100000 * pow(10000, -i / 3.0);
    tt_expect_close(tt_peek(t, 2 * i), sin(a), 0, 1e-6);
    tt_expect_close(tt_peek(t, 2 * i + 1), cos(a), 0, 1e-6);
  }
  tt_expect_fail(tt_sinusoidal_positions(0, 2, 5), "width 5");
}

TT(embeddings, pairs_are_turned)
{
  Tensor *x = tt_from(TT_SHAPE(2, 4), (Real[]){1, 2, 3, 4, 1, 2, 3, 4});
  Tensor *p = tt_positions(1, 2);
  Tensor *y = tt_rotary(x, p, (RotaryOptions){0});
  for (int t = 0; t < 2; t++)
    for (int i = 0; i < 2; i++) {
      double a = (t + 1) * (i ? 0.01 : 1), c = cos(a), s = sin(a);
      double u = i + 1, v = i + 3;
      tt_expect_close(tt_peek(y, 4 * t + i), u * c - v * s, 1e-6, 1e-6);
      tt_expect_close(tt_peek(y, 4 * t + 2 + i), u * s + v * c, 1e-6,
                      1e-6);
    }
  y = tt_rotary(x, p, (RotaryOptions){ .interleaved = true });
  tt_expect_close(tt_peek(y, 0), cos(1) - 2 * sin(1), 1e-6, 1e-6);
  tt_expect_close(tt_peek(y, 3), 4 * cos(.01) + 3 * sin(.01), 1e-6, 0);
  tt_expect_fail(tt_rotary(tt_zeros(TT_SHAPE(2, 3)), p,
                           (RotaryOptions){0}), "width 3");
}

static Tensor *turned(void *arg)
{
  Tensor **x = arg;
  Tensor *y = tt_rotary(x[0], x[1], (RotaryOptions){0});
  return tt_sum(tt_mul(y, x[2]), TT_ALL, false);
}

TT(embeddings, gradients_turn_back)
{
  tt_autograd_enable();
  Generator g;
  tt_manual_seed(&g, 4);
  Tensor *x = tt_requires_grad_(tt_randn(TT_SHAPE(2, 3, 4), &g), true);
  Tensor *arg[] = { x, tt_positions(7, 3),
                    tt_randn(TT_SHAPE(2, 3, 4), &g) };
  GradCheck c = tt_gradcheck(turned, arg, 1, &x);
  tt_expect(c.error < 1e-2, "off by %g at %d", c.error, (int)c.element);
}

static Tensor *restarts(Tensor *x, Tensor *positions)
{
  int64_t n = positions->shape[0];
  return tt_rotary(x, tt_positions(0, n), (RotaryOptions){0});
}

static bool turns(Tensor *(*rotary)(Tensor *x, Tensor *positions))
{
  enum { T = 3, D = 6 };
  const int32_t at[T] = { 2, 7, 40 };
  Tensor *x = tt_empty(TT_F32, TT_SHAPE(T, D));
  for (int i = 0; i < T * D; i++)
    ((Real *)x->data)[i] = (Real)(i * i % 7 + 1);
  Tensor *y = rotary(x, tt_from_int(TT_SHAPE(T), at));
  for (int t = 0; t < T; t++)
    for (int i = 0; i < D / 2; i++) {
      double a = at[t] * pow(10000, -2.0 * i / D);
      double u = tt_get(x, TT_INDEX(t, i));
      double v = tt_get(x, TT_INDEX(t, i + D / 2));
      double first = u * cos(a) - v * sin(a);
      double second = u * sin(a) + v * cos(a);
      if (fabs(tt_get(y, TT_INDEX(t, i)) - first) > 1e-4
          || fabs(tt_get(y, TT_INDEX(t, i + D / 2)) - second) > 1e-4)
        return false;
    }
  return true;
}

static Tensor *right_rotary(Tensor *x, Tensor *positions)
{
  return tt_rotary(x, positions, (RotaryOptions){0});
}

TT(embeddings, a_wrong_rotation_is_refused)
{
  tt_expect_accepts(turns(right_rotary));
  tt_expect_refuses(turns(restarts), "counts from 0 in every call");
}

TT(embeddings, draws_follow_weights)
{
  Generator g;
  tt_manual_seed(&g, 5);
  Tensor *w = tt_from(TT_SHAPE(5), (Real[]){ 0, 1, 0, 3, 0 });
  const int32_t *k = tt_multinomial(w, 40000, &g)->data;
  int count[5] = {0};
  for (int i = 0; i < 40000; i++)
    count[k[i]]++;
  tt_expect_int(count[0] + count[2] + count[4], 0);
  tt_expect_close(count[3], 30000, 0, 500);    // six deviations
  w = tt_from(TT_SHAPE(3), (Real[]){ 0, 0, 2 });
  k = tt_multinomial(w, 100, &g)->data;
  for (int i = 0; i < 100; i++)
    tt_expect_int(k[i], 2);
  g = (Generator){ .state = { 0, 1, 2, 0 } };  // its first number is 0
  tt_expect_values(tt_multinomial(w, 1, &g), 0, 2);
  tt_expect_fail(tt_multinomial(tt_zeros(TT_SHAPE(3)), 1, &g), "all 0");
}

TT(embeddings, components_are_found)
{
  Generator g;
  tt_manual_seed(&g, 6);
  Tensor *x = tt_randn(TT_SHAPE(200, 3), &g);
  Real *r = x->data;
  for (int i = 0; i < 200; i++, r += 3) {
    Real a = r[0] * 5, b = r[1] * 2, c = r[2] / 2;
    r[0] = (3 * a - 4 * b) / 5 + 10;           // turned and moved
    r[1] = (4 * a + 3 * b) / 5;
    r[2] = c;
  }
  Tensor *var;
  Tensor *v = tt_pca(x, 3, &var);
  tt_expect_values(tt_abs(tt_matmul(v, tt_transpose(v, 0, 1))), 1e-5,
                   1, 0, 0, 0, 1, 0, 0, 0, 1);
  tt_expect_close(tt_peek(v, 0), 0.6, 0, 0.05);
  tt_expect_close(tt_peek(v, 1), 0.8, 0, 0.05);
  tt_expect_close(tt_peek(v, 8), 1, 0, 0.05);
  Tensor *y = tt_matmul(x, tt_transpose(v, 0, 1));
  tt_expect_tensor(tt_var(y, 0, 1, false), var, 1e-4, 1e-4);
}

TT(embeddings, each_id_once)
{
  Tensor *ids = tt_from_int(TT_SHAPE(2, 3), (int32_t[]){
    7, 2, 7, 7, 0, 2 });
  Tensor *inverse, *rows = tt_unique(ids, &inverse);
  tt_expect_shape(rows, TT_SHAPE(3));
  tt_expect_values(rows, 0, 0, 2, 7);
  tt_expect_shape(inverse, TT_SHAPE(2, 3));
  tt_expect_values(inverse, 0, 2, 1, 2, 2, 0, 1);
  tt_expect_int(tt_numel(tt_unique(tt_slice(ids, 1, 0, 0, 1), NULL)),
                0);
  tt_expect_values(tt_unique(tt_select(ids, 0, 0), NULL), 0, 2, 7);
}

TT(embeddings, places_are_selected_and_added_to)
{
  tt_autograd_enable();
  Tensor *x = tt_reshape(tt_arange(0, 12, 1), TT_SHAPE(2, 3, 2));
  Tensor *at = tt_from_int(TT_SHAPE(2), (int32_t[]){ 2, 0 });
  Tensor *y = tt_index_select(x, 1, at);
  tt_expect_values(y, 0, 4, 5, 0, 1, 10, 11, 6, 7);
  tt_expect_values(tt_index_select(x, -1, tt_from_int(TT_SHAPE(1),
                   (int32_t[]){1})), 0, 1, 3, 5, 7, 9, 11);
  Tensor *t = tt_zeros(TT_SHAPE(3, 2));
  Tensor *twice = tt_from_int(TT_SHAPE(2), (int32_t[]){ 1, 1 });
  tt_index_add_(t, 0, twice, tt_ones(TT_SHAPE(2, 2)));
  tt_expect_values(t, 0, 0, 0, 2, 2, 0, 0);
  tt_index_add_(tt_transpose(t, 0, 1), 1, twice,
                tt_ones(TT_SHAPE(2, 2)));
  tt_expect_values(t, 0, 0, 0, 4, 4, 0, 0);
}

static void slow_adagrad(Tensor *w, Tensor *squares, Tensor *ids,
                         Tensor *g, Real lr)
{
  Tensor *dense = tt_zeros(tt_shape(w));
  tt_index_add_(dense, 0, ids, g);
  Real *row = w->data, *s = squares->data, *d = dense->data;
  for (int64_t i = 0; i < tt_numel(w); i++) {
    s[i] += d[i] * d[i];
    row[i] -= lr * d[i] / ((Real)sqrt((double)s[i]));
  }
  tt_release(dense);
}

static void fast_adagrad(Tensor *w, Tensor *squares, Tensor *ids,
                         Tensor *g, Real lr)
{
  TT_SCOPE;
  Tensor *place, *rows = tt_unique(ids, &place);
  int64_t d = w->shape[1], n = tt_numel(rows);
  Tensor *sums = tt_zeros(TT_SHAPE(n, d));
  tt_index_add_(sums, 0, place, g);
  const int32_t *id = rows->data;
  const Real *from = sums->data;
  for (int64_t k = 0; k < n; k++, from += d) {
    Real *row = (Real *)w->data + id[k] * d;
    Real *s = (Real *)squares->data + id[k] * d;
    for (int64_t i = 0; i < d; i++) {
      s[i] += from[i] * from[i];
      row[i] -= lr * from[i] / ((Real)sqrt((double)s[i]));
    }
  }
}

TT(speed, only_touched_rows_are_updated)
{
  enum { V = 20000, D = 16, N = 64 };
  Generator r;
  tt_manual_seed(&r, 8);
  Tensor *ids = tt_randint(0, 50, TT_SHAPE(N), &r);
  Tensor *g = tt_randn(TT_SHAPE(N, D), &r);
  Tensor *w = tt_ones(TT_SHAPE(V, D)), *s = tt_ones(TT_SHAPE(V, D));
  Tensor *w2 = tt_clone(w), *s2 = tt_clone(s);
  slow_adagrad(w, s, ids, g, (Real)0.1);
  fast_adagrad(w2, s2, ids, g, (Real)0.1);
  tt_expect_tensor(w2, w, 1e-5, 1e-6);
  tt_expect_tensor(s2, s, 1e-5, 1e-6);
  tt_fill_(tt_slice(s2, 0, 50, V, 1), NAN);    // rows of no id
  fast_adagrad(w2, s2, ids, g, (Real)0.1);
  tt_expect(!isnan(tt_item(tt_sum(w2, TT_ALL, false))),
            "rows were computed that no id names");
  tt_race(2, slow_adagrad(w, s, ids, g, 0),
          fast_adagrad(w2, s2, ids, g, 0));
}
