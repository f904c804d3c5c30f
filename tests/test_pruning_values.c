// Needs chapter 17: models of which a part is in two places, of several
// kinds, or from files that lie.
#include "tt_test.h"
#include <math.h>

static double apart(Tensor *a, Tensor *b) {
  TT_NO_GRAD;
  return tt_item(tt_max(tt_abs(tt_sub(a, b)), TT_ALL, false));
}

// what is removed = what is masked
static void expect_removable(void *m, Tensor *x) {
  tt_autograd_enable();
  tt_module_eval(m);
  StructuredPruner *p = tt_structured_pruner_new(m, x, (StructuredOptions){0});
  tt_structured_choose(p, 0.5);
  tt_structured_mask(p);
  int64_t before = tt_module_count(m);
  Tensor *want = tt_forward(m, x);
  tt_structured_remove(p);
  tt_expect(tt_module_count(m) < before, "nothing went");
  tt_expect(apart(tt_forward(m, x), want) < 1e-6, "%g", apart(tt_forward(m, x), want));
}

TT(pruning_values, a_depthwise_convolution_in_two_places) {
  Conv2d *d = tt_conv2d_new(8, 8, 3, (Conv2dOptions){.groups = 8}, NULL);
  void *first = tt_conv2d_new(3, 8, 3, (Conv2dOptions){0}, NULL);
  void *last = tt_conv2d_new(8, 4, 1, (Conv2dOptions){0}, NULL);
  expect_removable(TT_SEQUENTIAL(first, d, tt_activation_new(tt_relu), d, last),
                   tt_randn(TT_SHAPE(1, 3, 9, 9), NULL));
  tt_expect_int(d->options.groups, 4);
}

TT(pruning_values, attention_in_two_places) {
  MultiHeadAttention *a = tt_multi_head_attention_new(32, 8,
    (MultiHeadOptions){.kv_heads = 4}, NULL);
  expect_removable(TT_SEQUENTIAL(a, a), tt_randn(TT_SHAPE(1, 5, 32), NULL));
  tt_expect_int(a->heads, 4);
  tt_expect_int(a->kv_heads, 2);
}

TT(pruning_values, what_is_packed_keeps_its_inputs) {
  for (int sparse = 0; sparse < 2; sparse++) {
    Linear *a = tt_linear_new(6, 8, NULL), *b = tt_linear_new(8, 8, NULL);
    void *packed = tt_linear_new(8, 8, NULL);
    packed = sparse ? (void *)tt_sparse_linear_new(packed, TT_CSR)
                    : tt_quantize(packed, (QuantizeOptions){0});
    expect_removable(TT_SEQUENTIAL(a, b, packed, tt_linear_new(8, 2, NULL)),
                     tt_randn(TT_SHAPE(2, 6), NULL));
    tt_expect_int(a->weight->shape[0], 4);
    tt_expect_int(b->weight->shape[0], 8);
  }
}

TT(pruning_values, an_example_and_numbers_are_needed) {
  tt_autograd_enable();
  Linear *a = tt_linear_new(4, 8, NULL);
  Sequential *m = TT_SEQUENTIAL(a, tt_flatten_new(), tt_linear_new(8, 2, NULL));
  tt_expect_fail(tt_structured_pruner_new(m, tt_zeros(TT_SHAPE(0, 4)),
                 (StructuredOptions){0}), "has no numbers");
  StructuredPruner *p = tt_structured_pruner_new(m, tt_ones(TT_SHAPE(1, 4)),
                                                 (StructuredOptions){0});
  ((Real *)a->weight->data)[7] = NAN;
  tt_expect_fail(tt_structured_choose(p, 0.5), "0.weight have a NaN");
}

TT(pruning_values, a_schedule_of_one_step_prunes) {
  PruneSchedule s = {0, 0.5, 5, 5, 1};
  tt_expect(tt_prune_schedule(&s, 4) == 0 && tt_prune_schedule(&s, 5) == 0.5, "step 5");
}

static Gpt *small(void) {
  return tt_gpt_new((GptOptions){.vocab_size = 30, .context = 40, .dim = 32, .layers = 3,
                                 .heads = 4, .rotary = 10000}, NULL);
}

// one layer has all its heads, the others half
static Gpt *uneven(Tensor *ids) {
  tt_autograd_enable();
  static const char *const stay[] = {"block.1.attention", NULL};
  Gpt *m = small();
  tt_module_eval(m);
  tt_prune_channels(m, ids, 0.5, (StructuredOptions){.skip = stay});
  tt_expect_int(m->block[0]->attention->heads, 2);
  tt_expect_int(m->block[1]->attention->heads, 4);
  return m;
}

TT(pruning_values, a_cache_of_layers_with_different_heads) {
  Tensor *ids = tt_randint(0, 30, TT_SHAPE(20), NULL);
  Gpt *m = uneven(tt_unsqueeze(ids, 0));
  TT_NO_GRAD;
  Tensor *want = tt_select(tt_select(tt_forward(m, tt_unsqueeze(ids, 0)), 0, 0), 0, 19);
  for (int bytes = 0; bytes < 2; bytes++) {
    KvCache *c = tt_kv_cache_new(m, 1, (KvOptions){.page = 4, .int8 = bytes});
    tt_kv_next(c, 0, tt_slice(ids, 0, 0, 15, 1));
    double far = apart(tt_kv_next(c, 0, tt_slice(ids, 0, 15, 20, 1)), want);
    tt_expect(far < (bytes ? 0.01 : 1e-5), "bytes %d: %g", bytes, far);
  }
}

TT(pruning_values, heads_in_a_file_are_whole) {
  Tensor *ids = tt_randint(0, 30, TT_SHAPE(1, 20), NULL);
  Gpt *m = uneven(ids), *other = small();
  tt_module_eval(other);
  TT_NO_GRAD;
  tt_save_file("heads.safetensors", tt_module_state_dict(m), (Metadata){0});
  tt_load_pruned("heads.safetensors", other);
  tt_expect_tensor(tt_forward(other, ids), tt_forward(m, ids), 0, 0);
  Linear *l[] = {m->block[0]->attention->query, m->block[0]->attention->key};
  for (int i = 0; i < 2; i++) {
    Tensor *whole = l[i]->weight;
    for (int n = 0; n < 6; n += 4) {    // no row; not a head of 8
      l[i]->weight = tt_contiguous(tt_slice(whole, 0, 0, n, 1));
      tt_save_file("heads.safetensors", tt_module_state_dict(m), (Metadata){0});
      tt_expect_fail(tt_load_pruned("heads.safetensors", small()), n ? "no heads of 8" : "fewer");
    }
    l[i]->weight = whole;
  }
  remove("heads.safetensors");
}

TT(pruning_values, counts_of_batches_come_back) {
  BatchNorm2d *a = tt_batch_norm2d_new(3), *b = tt_batch_norm2d_new(3);
  ((int32_t *)a->num_batches_tracked->data)[0] = 7;
  tt_save_file("norm.safetensors", tt_module_state_dict(a), (Metadata){0});
  tt_load_pruned("norm.safetensors", b);
  tt_expect_int(((int32_t *)b->num_batches_tracked->data)[0], 7);
  tt_expect(b->weight->requires_grad && !b->running_mean->requires_grad, "to be learned");
  remove("norm.safetensors");
}

TT(pruning_values, what_is_skipped_is_there_and_stays_everywhere) {
  for (int i = 0; i < 3; i++) {
    static const char *const skip[][2] = {{"0", NULL}, {"2", NULL}, {"1", NULL}};
    void *l = tt_linear_new(64, 64, NULL), *f = tt_activation_new(tt_relu);
    Sequential *m = TT_SEQUENTIAL(l, f, l);
    tt_expect_int(tt_low_rank(m, (LowRankOptions){.rank = 2, .skip = skip[i]}), i == 2);
    tt_expect(m->layer[0] == m->layer[2], "one layer became two");
  }
  static const char *const other[] = {"layer", NULL};
  void *l = tt_linear_new(8, 8, NULL);
  Sequential *m = TT_SEQUENTIAL(l);
  tt_expect_fail(tt_sparsify(m, (SparseOptions){.skip = other}), "no such module");
}
