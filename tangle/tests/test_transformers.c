// Made from chapters/13-transformers.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>

typedef struct Normed { Tensor *t[3], *weight; } Normed;

static Tensor *layer_normed(void *arg)
{
  Normed *n = arg;
  Tensor *y = tt_layer_norm(n->t[0], n->t[1], n->t[2], 1e-5);
  return tt_sum(tt_mul(y, n->weight), TT_ALL, false);
}

static Tensor *rms_normed(void *arg)
{
  Normed *n = arg;
  Tensor *y = tt_rms_norm(n->t[0], n->t[1], 1e-5);
  return tt_sum(tt_mul(y, n->weight), TT_ALL, false);
}

TT(transformers, a_row_is_normalized_in_two_passes)
{
  Tensor *x = tt_from(TT_SHAPE(3, 4), (Real[]){
    4096, 4097, 4098, 4099, 1e-3f, -1e-3f, 1e-3f, -1e-3f, 5, 5, 5, 5 });
  Real big = 1.341636f, small = 0.447212f, tiny = 0.301511f;
  Tensor *y = tt_layer_norm(x, NULL, NULL, 1e-5);
  tt_expect_values(y, 1e-4, -big, -small, small, big, tiny, -tiny, tiny,
                   -tiny, 0, 0, 0, 0);
  Tensor *z = tt_rms_norm(tt_slice(x, 0, 1, 3, 1), NULL, 1e-5);
  tt_expect_values(z, 1e-4, tiny, -tiny, tiny, -tiny, 1, 1, 1, 1);
  Tensor *w = tt_arange(1, 5, 1), *b = tt_full(TT_SHAPE(4), 7);
  tt_expect_values(tt_layer_norm(tt_select(x, 0, 0), w, b, 1e-5), 1e-4,
                   7 - big, 7 - 2 * small, 7 + 3 * small, 7 + 4 * big);
}

TT(transformers, norms_have_the_gradient_of_differences)
{
  tt_autograd_enable();
  Normed n = { .weight = tt_randn(TT_SHAPE(3, 5), NULL) };
  for (int i = 0; i < 3; i++) {
    Shape s = i ? TT_SHAPE(5) : TT_SHAPE(3, 5);
    n.t[i] = tt_requires_grad_(tt_randn(s, NULL), true);
  }
  tt_expect(tt_gradcheck(layer_normed, &n, 3, n.t).error < 1e-2,
            "LayerNorm");
  tt_expect(tt_gradcheck(rms_normed, &n, 2, n.t).error < 1e-2,
            "RmsNorm");
  n.t[1] = n.t[2] = NULL;
  tt_expect(tt_gradcheck(layer_normed, &n, 1, n.t).error < 1e-2,
            "without a weight");
}

static TransformerBlock *one_block(double dropout)
{
  GptOptions o = { .vocab_size = 2, .context = 8, .dim = 8, .layers = 1,
                   .heads = 2, .dropout = dropout };
  return tt_gpt_new(o, NULL)->block[0];
}

static bool unchanged(TransformerBlock *m, Tensor *x)
{
  return tt_allclose(tt_forward(m, x), x, 0, 0);
}

static Tensor *added(TransformerBlock *m, Tensor *x)
{
  return tt_sub(tt_forward(m, x), x);
}

TT(transformers, a_block_adds_to_the_stream)
{
  Tensor *x = tt_randn(TT_SHAPE(1, 4, 8), NULL);
  tt_expect(unchanged(one_block(1), x), "all that is added is dropped");
  TransformerBlock *m = one_block(0);
  Linear *down = ((Mlp *)m->mlp)->down, *out = m->attention->out;
  TT_NO_GRAD;
  tt_fill_(down->weight, 0);
  tt_expect(!unchanged(m, x), "attention adds nothing");
  tt_expect_tensor(added(m, tt_mul_scalar(x, 100)), added(m, x), 1e-2,
                   1e-4);
  tt_fill_(out->weight, 0);
  tt_expect(unchanged(m, x), "nothing is left to add");
  tt_fill_(out->bias, 3), tt_fill_(down->bias, 4);
  tt_expect_tensor(tt_forward(m, x), tt_add_scalar(x, 7), 1e-6, 1e-6);
  tt_normal_(down->weight, 0, 1, NULL);
  tt_fill_(((LayerNorm *)m->norm2)->weight, 0);    // the MLP sees 0
  tt_expect_tensor(tt_forward(m, x), tt_add_scalar(x, 7), 1e-6, 1e-6);
  tt_fill_(((LayerNorm *)m->norm2)->weight, 1);
  tt_set_(out->bias, TT_INDEX(0), 1e4);    // all places look alike now
  Tensor *y = tt_slice(added(m, x), 2, 1, 8, 1);
  tt_expect_tensor(tt_select(y, 1, 0), tt_select(y, 1, 3), 1e-2, 1e-2);
}

TT(transformers, parameters_by_formula_and_by_count)
{
  GptOptions gpt2 = { .vocab_size = 50257, .context = 1024, .dim = 768,
                      .layers = 12, .heads = 12 };
  tt_expect_int(tt_gpt_parameters(gpt2), 124439808);
  GptOptions llama = tt_llama_like((GptOptions){ .vocab_size = 32000,
    .context = 2048, .dim = 2048, .layers = 22, .heads = 32,
    .kv_heads = 4, .hidden = 5632, .untied = true });
  tt_expect_int(tt_gpt_parameters(llama), 1100048384);
  for (int i = 0; i < 64; i++) {
    TT_SCOPE;
    GptOptions o = { .vocab_size = 5, .context = 7, .dim = 12,
      .layers = i % 3, .heads = 6, .kv_heads = i % 4, .swiglu = i & 4,
      .rotary = i & 8 ? 100 : 0, .rms_norm = i & 16, .no_bias = i & 32,
      .untied = i & 1 };
    tt_expect_int(tt_gpt_parameters(o),
                  tt_module_count(tt_gpt_new(o, NULL)));
  }
}

static bool is_sound(Tensor *(*model)(Tensor *ids))
{
  int32_t id[12] = { 0, 1, 2, 3, 4, 0, 3, 3, 1, 0, 2, 4 };
  Tensor *ids = tt_from_int(TT_SHAPE(2, 6), id), *y = model(ids);
  for (int i = 0; i < 12; i++) {
    id[i] = (id[i] + 1) % 5;
    Tensor *z = model(tt_from_int(TT_SHAPE(2, 6), id));
    id[i] = (id[i] + 4) % 5;
    for (int k = 0; k < 12; k++) {
      bool same = tt_allclose(tt_select(tt_select(z, 0, k / 6), 0, k % 6),
                              tt_select(tt_select(y, 0, k / 6), 0, k % 6),
                              0, 0);
      if (same != (k / 6 != i / 6 || k < i))
        return false;
    }
  }
  int32_t swapped[12] = { 1, 0, 2, 3, 4, 0, 3, 3, 1, 0, 2, 4 };
  Tensor *z = model(tt_from_int(TT_SHAPE(2, 6), swapped));
  return !tt_allclose(tt_select(tt_select(z, 0, 0), 0, 5),
                      tt_select(tt_select(y, 0, 0), 0, 5), 0, 0);
}

static Gpt *trained(void)          // the same weights each time
{
  Generator g;
  tt_manual_seed(&g, 6);
  Gpt *m = tt_gpt_new(tt_llama_like((GptOptions){ .vocab_size = 5,
    .context = 6, .dim = 8, .layers = 2, .heads = 2 }), &g);
  StateDict p = tt_module_parameters(m);
  for (int i = 0; i < p.n; i++)
    tt_normal_(*p.entry[i].slot, 0, 1, &g);
  return m;
}

static Tensor *sound(Tensor *ids) { return tt_forward(trained(), ids); }

static Tensor *looks_ahead(Tensor *ids)
{
  Tensor *y = sound(ids), *last = tt_slice(y, 1, 5, 6, 1);
  return tt_cat(2, (Tensor *[]){ tt_slice(y, 1, 1, 6, 1), last }, 1);
}

static Tensor *leaks(Tensor *ids)
{
  Tensor *y = sound(ids), *last = tt_slice(y, 1, 5, 6, 1);
  return tt_add(y, tt_mul_scalar(last, 1e-5f));
}

static Tensor *counts(Tensor *ids) // what came, but not when
{
  return tt_cumsum(tt_one_hot(ids, 5), 1);
}

static Tensor *forgets(Tensor *ids)
{
  Tensor *now = tt_one_hot(ids, 5);
  Tensor *first = tt_zeros(TT_SHAPE(2, 1, 5));
  Tensor *before = tt_cat(2, (Tensor *[]){ first,
                          tt_slice(now, 1, 0, 5, 1) }, 1);
  return tt_add(now, tt_mul_scalar(before, 0.5f));
}

static Tensor *mixes(Tensor *ids)
{
  Tensor *y = sound(ids), *other = tt_slice(y, 0, 1, 2, 1);
  return tt_add(y, tt_mul_scalar(other, 1e-6f));
}

TT(transformers, a_model_that_looks_ahead_is_refused)
{
  tt_expect_accepts(is_sound(sound));
  tt_expect_refuses(is_sound(looks_ahead), "reads the next letter");
  tt_expect_refuses(is_sound(leaks), "hears of the last, faintly");
  tt_expect_refuses(is_sound(counts), "does not know the order");
  tt_expect_refuses(is_sound(forgets), "reads two letters only");
  tt_expect_refuses(is_sound(mixes), "reads the other text");
}

TT(transformers, each_target_counts_once)
{
  Gpt *m = tt_gpt_new((GptOptions){ .vocab_size = 11, .context = 4,
    .dim = 8, .layers = 1, .heads = 2, .dropout = 0.5 }, NULL);
  tt_normal_(m->tokens->weight, 0, 1, NULL);
  for (int64_t n = 2; n < 99; n = n < 12 ? n + 1 : n + 17) {
    TT_SCOPE;
    Tensor *ids = tt_randint(0, 11, TT_SHAPE(n), NULL);
    double got = tt_gpt_loss(m, ids), want = 0;
    tt_expect(m->base.training, "it is in training, as before");
    tt_module_eval(m);
    for (int64_t at = 0; at < n - 1; at += 4) {   // one by one
      Tensor *x = tt_slice(ids, 0, at, at + 4 < n ? at + 4 : n - 1, 1);
      Tensor *p = tt_log_softmax(tt_select(tt_forward(m,
        tt_unsqueeze(x, 0)), 0, 0), 1);
      for (int64_t t = 0; t < x->shape[0]; t++)
        want -= tt_get(p, TT_INDEX(t, (int64_t)tt_get(ids,
                       TT_INDEX(at + t + 1))));
    }
    tt_module_train(m);
    tt_expect_close(got, want / (double)(n - 1), 1e-5, 0);
  }
}
