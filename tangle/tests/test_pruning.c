// Made from chapters/17-compression.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Linear *with_weights(int64_t out, int64_t in, const Real *w)
{
  Linear *l = tt_linear_new(in, out, NULL);
  TT_NO_GRAD;
  tt_copy_(l->weight, tt_from(TT_SHAPE(out, in), w));
  return l;
}

static void train_a_little(void *net, MagnitudePruner *p, int steps)
{
  tt_autograd_enable();
  TT_SCOPE;
  Optimizer *o = tt_sgd_new(tt_module_parameters(net),
                            (SgdOptions){ .lr = 0.05, .momentum = 0.9,
                                          .weight_decay = 0.01 });
  Tensor *x = tt_randn(TT_SHAPE(16, 4), NULL);
  Tensor *y = tt_randn(TT_SHAPE(16, 2), NULL);
  for (int i = 0; i < steps; i++) {
    TT_SCOPE;
    tt_optimizer_zero_grad(o);
    tt_backward(tt_mse_loss(tt_forward(net, x), y));
    tt_optimizer_step(o);
    tt_pruner_apply(p);
  }
}

TT(pruning, no_layer_is_emptied)
{
  Linear *small = with_weights(1, 3, (Real[]){ 0.01f, 0.03f, 0.02f });
  Linear *large = with_weights(3, 3, (Real[]){ 1, 2, 3, 4, 5, 6, 7, 8,
                                               9 });
  void *net = TT_SEQUENTIAL(large, small);
  MagnitudePruner *p = tt_magnitude_pruner_new(net, (PruneOptions){0});
  tt_prune(p, 0.5);                // 6 of 12: 2 small ones, 4 large
  tt_expect_values(small->weight, 0, 0, 0.03f, 0);
  tt_expect_int(p->tensor[0].kept, 5);
  tt_prune(p, 4. / 6);
  tt_expect_values(large->weight, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9);
  tt_expect_int(p->tensor[1].kept, 1);
  tt_expect_fail(tt_prune(p, 0.5), "0.weight, which has 1");
  PruneOptions o = { .by_layer = true };
  p = tt_magnitude_pruner_new(large, o);
  tt_prune(p, 0.99);
  tt_expect_int(p->tensor[0].kept, 1);
}

TT(pruning, the_smallest_go_whatever_their_sign)
{
  Linear *l = with_weights(2, 4, (Real[]){ -3, 1, 0.5, -0.25,
                                           2, -1, 4, -0.125 });
  Tensor *bias = tt_clone(l->bias);
  MagnitudePruner *p = tt_magnitude_pruner_new(l, (PruneOptions){0});
  tt_prune(p, 0.5);
  tt_expect_values(l->weight, 0, -3, 0, 0, 0, 2, -1, 4, 0);
  tt_expect_tensor(l->bias, bias, 0, 0);
  tt_prune(p, 0.5);
  tt_expect_values(l->weight, 0, -3, 0, 0, 0, 0, 0, 4, 0);
  tt_expect_close(tt_pruner_sparsity(p), 0.75, 0, 0);
}

static int64_t zeros_in(const Tensor *t)
{
  int64_t n = 0;
  for (int64_t i = 0; i < tt_numel(t); i++)
    n += memcmp((const Real *)t->data + i, &(Real){0}, sizeof(Real))
         == 0;                     // bits: -0 is none
  return n;
}

TT(pruning, no_step_brings_a_number_back)
{
  for (int by_layer = 0; by_layer < 2; by_layer++) {
    TT_SCOPE;
    void *net = TT_SEQUENTIAL(tt_linear_new(4, 50, NULL),
      tt_activation_new(tt_tanh), tt_linear_new(50, 2, NULL));
    MagnitudePruner *p = tt_magnitude_pruner_new(
      net, (PruneOptions){ .by_layer = by_layer });
    train_a_little(net, p, 3);
    tt_prune(p, 0.5);
    Tensor *before = tt_clone(tt_detach(*p->tensor[0].slot));
    Tensor *mask = tt_to(p->tensor[0].mask, TT_F32);
    train_a_little(net, p, 3);
    Tensor *w = tt_detach(*p->tensor[0].slot), *v = *p->tensor[1].slot;
    tt_expect_int(zeros_in(w) + zeros_in(v), 150);
    if (by_layer)
      tt_expect_int(zeros_in(w), 100);
    Tensor *moved = tt_ne(w, before);
    tt_expect_tensor(moved, mask, 0, 0);   // all others have moved
  }
}

TT(pruning, of_equal_numbers_as_many_as_asked)
{
  Real same[12];
  for (int i = 0; i < 12; i++)
    same[i] = i % 2 ? 1 : -1;
  Linear *l = with_weights(3, 4, same);
  MagnitudePruner *p = tt_magnitude_pruner_new(l, (PruneOptions){0});
  tt_prune(p, 0.25);
  tt_expect_values(l->weight, 0, 0, 0, 0, 1, -1, 1, -1, 1, -1, 1, -1,
                   1);
  tt_prune_to(p, 0.25);
  tt_expect_int(p->tensor[0].kept, 9);
  tt_prune_to(p, 0.5);
  tt_expect_int(p->tensor[0].kept, 6);
  tt_prune_to(p, 0.1);
  tt_expect_int(p->tensor[0].kept, 6);
  tt_expect_int(zeros_in(l->weight), 6);
}

TT(pruning, what_is_skipped_stays)
{
  void *net = TT_SEQUENTIAL(tt_linear_new(4, 6, NULL),
                            tt_linear_new(6, 5, NULL),
                            tt_linear_new(5, 4, NULL));
  const char *skip[] = { "0", "2.weight", NULL };
  PruneOptions o = { .skip = skip };
  MagnitudePruner *p = tt_magnitude_pruner_new(net, o);
  tt_expect_int(p->n, 1);
  tt_expect_text(p->tensor[0].name, "1.weight");
  skip[1] = "3";
  tt_expect_fail(tt_magnitude_pruner_new(net, o), "'3'");
  const char *all[] = { "0", "1", "2", NULL };
  o.skip = all;
  tt_expect_fail(tt_magnitude_pruner_new(net, o), "none is left");
}

TT(pruning, what_cannot_be_ranked_is_refused)
{
  Linear *l = with_weights(1, 3, (Real[]){ 1, (Real)NAN, 3 });
  MagnitudePruner *p = tt_magnitude_pruner_new(l, (PruneOptions){0});
  tt_expect_fail(tt_prune(p, 0.5), "[0,1]");
  tt_expect_fail(tt_prune(p, -0.1), "-0.1");
  tt_expect_fail(tt_prune(p, NAN), "nan");
  tt_expect_fail(tt_pruner_rewind(p), "nothing was remembered");
  l->weight = tt_zeros(TT_SHAPE(2, 3));
  tt_expect_fail(tt_pruner_apply(p), "weight is [2,3]");
}

TT(pruning, zeros_come_fast_at_first)
{
  PruneSchedule s = { .from = 0.2, .to = 0.9, .begin = 100,
                      .end = 500 };
  double want[] = { 0.2, 0.2, 0.2 + 0.7 * (1 - 0.421875), 0.8125,
                    0.9 - 0.7 / 64, 0.9, 0.9 };
  for (int i = 0; i < 7; i++)
    tt_expect_close(tt_prune_schedule(&s, 100 * i), want[i], 1e-12, 0);
  s = (PruneSchedule){ .from = 0.5, .to = 0, .end = 2 };
  tt_expect_fail(tt_prune_schedule(&s, 1), "from 0.5 to 0");
}

TT(pruning, a_schedule_prunes_on_time)
{
  Linear *l = tt_linear_new(10, 10, NULL);
  MagnitudePruner *p = tt_magnitude_pruner_new(l, (PruneOptions){0});
  PruneSchedule s = { .to = 0.875, .begin = 4, .end = 14, .every = 4 };
  for (int64_t step = 0; step < 20; step++) {
    bool due = step == 4 || step == 8 || step == 12 || step == 14;
    tt_expect(tt_pruner_step(p, &s, step) == due, "step %d", (int)step);
    int64_t last = step < 4 ? 4 : step >= 14 ? 14 : step / 4 * 4;
    tt_expect_int(p->tensor[0].kept, 100
                  - llround(100 * tt_prune_schedule(&s, last)));
  }
}

TT(pruning, survivors_have_their_first_bits)
{
  Generator g;
  tt_manual_seed(&g, 3);
  void *net = TT_SEQUENTIAL(tt_linear_new(4, 8, &g),
    tt_activation_new(tt_tanh), tt_linear_new(8, 2, &g));
  StateDict now = tt_module_state_dict(net);
  Tensor *first[4];
  for (int i = 0; i < 4; i++)
    first[i] = tt_clone(tt_detach(*now.entry[i].slot));
  MagnitudePruner *p = tt_magnitude_pruner_new(net, (PruneOptions){0});
  tt_pruner_remember(p);
  train_a_little(net, p, 20);
  tt_prune(p, 0.5);
  for (int k = 0; k < 8; k++) {        // four tensors, twice
    int i = k % 4;
    if (i == 0) {
      train_a_little(net, p, 20);
      tt_pruner_rewind(p);
    }
    Tensor *mask = i % 2 ? tt_ones(tt_shape(first[i]))
                         : tt_to(p->tensor[i / 2].mask, TT_F32);
    tt_expect_tensor(*now.entry[i].slot, tt_mul(first[i], mask), 0, 0);
  }
  tt_expect_close(tt_pruner_sparsity(p), 0.5, 0, 0);
}

static Conv2d *conv(int64_t in, int64_t out, int groups)
{
  return tt_conv2d_new(in, out, 3, (Conv2dOptions){
    .padding = TT_SIDES(1), .groups = groups }, NULL);
}

static BatchNorm2d *norm_of(int64_t n)   // as after some training
{
  BatchNorm2d *b = tt_batch_norm2d_new(n);
  TT_NO_GRAD;
  tt_uniform_(b->weight, 0.5, 1.5, NULL);
  tt_uniform_(b->bias, -1, 1, NULL);
  tt_uniform_(b->running_mean, -1, 1, NULL);
  tt_uniform_(b->running_var, 0.5, 2, NULL);
  return b;
}

static Module *relu(void) { return tt_activation_new(tt_relu); }
static void *photographs(int which)
{
  Pool2dOptions two = { .kernel = { 2 } };
  void *body = TT_SEQUENTIAL(conv(6, 4, 1), norm_of(4), relu(),
                             conv(4, 6, 1), norm_of(6));
  void *shortcut = which == 2 ? conv(6, 6, 1) : NULL;
  void *middle = which == 1 ? (void *)conv(6, 6, 6)
    : which == 3 ? (void *)conv(6, 6, 2)
    : (void *)tt_residual_new(body, shortcut);
  return TT_SEQUENTIAL(conv(3, 6, 1), norm_of(6), relu(),
    tt_max_pool2d_new(two), middle, relu(), tt_flatten_new(),
    tt_linear_new(6 * 4, 5, NULL), tt_activation_new(tt_gelu),
    tt_linear_new(5, 3, NULL));
}

typedef struct Joined {            // y = head(cat(a(x), b(x)))
  Module  base;
  Module *a, *b, *head;
} Joined;

static Tensor *joined_forward(Module *m, Tensor *x)
{
  Joined *j = (Joined *)m;
  Tensor *part[] = { tt_forward(j->a, x), tt_forward(j->b, x) };
  return tt_forward(j->head, tt_relu(tt_cat(2, part, 1)));
}

static const ModuleField joined_fields[] = {
  TT_CHILD(Joined, a), TT_CHILD(Joined, b), TT_CHILD(Joined, head), {0}
};
static const ModuleType joined_type = {
  "Joined", sizeof(Joined), joined_fields, joined_forward, NULL
};

static Joined *joined(int64_t a, int64_t b)
{
  Joined *j = tt_module_new(&joined_type);
  j->a = &conv(3, a, 1)->base, j->b = &conv(3, b, 1)->base;
  j->head = &conv(a + b, 2, 1)->base;
  return j;
}

static StructuredPruner *mask(void *net, Tensor *x, double share,
                              StructuredOptions o)
{
  StructuredPruner *p = tt_structured_pruner_new(net, x, o);
  tt_structured_choose(p, share);
  tt_structured_mask(p);
  return p;
}

static int64_t channels_of(const StructuredPruner *p)
{
  int64_t n = 0;
  for (int i = 0; i < p->n; i++)
    n += p->width[i].kept;
  return n;
}

static void same_without(void *net, Tensor *x, int64_t channels,
                         StructuredOptions o)
{
  TT_SCOPE;
  StructuredPruner *p = mask(net, x, 0.5, o);
  tt_expect_int(channels_of(p), channels);
  tt_module_eval(net);
  Tensor *want = tt_forward(net, x);
  int64_t parameters = tt_module_count(net);
  tt_structured_remove(p);
  tt_expect(tt_module_count(net) < parameters, "nothing was removed");
  tt_expect_tensor(tt_forward(net, x), want, 1e-4, 1e-5);
  tt_expect(zeros_in(*tt_module_parameters(net).entry[0].slot) == 0,
            "a row of zeros is left");
  p = tt_structured_pruner_new(net, x, o);
  tt_expect_int(channels_of(p), channels);
}

TT(pruning, a_flattened_map_has_columns_of_each_channel)
{
  tt_autograd_enable();
  Conv2dOptions o = {0};
  Conv2d *first = tt_conv2d_new(1, 1, 1, o, NULL);
  Conv2d *c = tt_conv2d_new(1, 3, 1, o, NULL);
  Linear *l = tt_linear_new(12, 2, NULL);
  Tensor *w = tt_clone(tt_detach(l->weight));
  {
    TT_NO_GRAD;
    tt_copy_(c->weight, tt_from(TT_SHAPE(3, 1, 1, 1),
                                (Real[]){ 2, -0.5, 1 }));
  }
  void *net = TT_SEQUENTIAL(first, c, tt_flatten_new(), l);
  Tensor *x = tt_randn(TT_SHAPE(2, 1, 2, 2), NULL);
  tt_prune_channels(net, x, 1. / 3, (StructuredOptions){0});
  tt_expect_values(c->weight, 0, 2, 1);
  Tensor *part[] = { tt_slice(w, 1, 0, 4, 1),
                     tt_slice(w, 1, 8, 12, 1) };
  tt_expect_tensor(l->weight, tt_cat(2, part, 1), 0, 0);
  tt_expect(l->weight->requires_grad && c->bias->requires_grad,
            "they learn");
}

TT(pruning, channels_come_again_in_each_row)
{
  tt_autograd_enable();
  Linear *a = tt_linear_new(1, 3, NULL), *l = tt_linear_new(6, 2, NULL);
  Tensor *w = tt_clone(tt_detach(l->weight));
  {
    TT_NO_GRAD;
    tt_copy_(a->weight, tt_from(TT_SHAPE(3, 1),
                                (Real[]){ 2, -0.5, 1 }));
  }
  void *net = TT_SEQUENTIAL(a, tt_flatten_new(), l);
  Tensor *x = tt_randn(TT_SHAPE(2, 2, 1), NULL);
  tt_prune_channels(net, x, 1. / 3, (StructuredOptions){0});
  Tensor *part[] = { tt_slice(w, 1, 0, 1, 1), tt_slice(w, 1, 2, 4, 1),
                     tt_slice(w, 1, 5, 6, 1) };
  tt_expect_tensor(l->weight, tt_cat(3, part, 1), 0, 0);
}

static void expect_columns(void *net, Tensor *x, Tensor *rows,
                           Tensor *columns, const int *row)
{
  StructuredPruner *p = tt_structured_pruner_new(net, x,
    (StructuredOptions){0});
  for (int64_t k = 0; k < columns->shape[1]; k++)
    for (int c = 0; c < 3; c++) {
      bool same = tt_structured_group(p, columns, 1, k)
               == tt_structured_group(p, rows, 0, c);
      tt_expect(same == (row[k] == c), "column %lld, channel %d",
                (long long)k, c);
    }
}

TT(pruning, columns_belong_to_channels)
{
  tt_autograd_enable();
  Conv2d *first = tt_conv2d_new(1, 1, 1, (Conv2dOptions){0}, NULL);
  Conv2d *c = tt_conv2d_new(1, 3, 1, (Conv2dOptions){0}, NULL);
  Linear *l = tt_linear_new(12, 2, NULL);
  Linear *a = tt_linear_new(1, 3, NULL), *b = tt_linear_new(6, 2, NULL);
  expect_columns(TT_SEQUENTIAL(first, c, tt_flatten_new(), l),
                 tt_randn(TT_SHAPE(2, 1, 2, 2), NULL), c->weight,
                 l->weight,
                 (int[]){ 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2 });
  expect_columns(TT_SEQUENTIAL(a, tt_flatten_new(), b),
                 tt_randn(TT_SHAPE(2, 2, 1), NULL), a->weight,
                 b->weight, (int[]){ 0, 1, 2, 0, 1, 2 });
}

TT(pruning, channels_stay_in_multiples)
{
  tt_autograd_enable();
  Linear *up = tt_linear_new(3, 50, NULL);
  void *net = TT_SEQUENTIAL(up, relu(), tt_linear_new(50, 2, NULL));
  Tensor *x = tt_randn(TT_SHAPE(2, 3), NULL);
  struct { double share; int64_t multiple, least, stay; } want[] = {
    { 0, 8, 0, 50 }, { 0.5, 8, 0, 24 }, { 0.4, 8, 0, 32 },
    { 0.99, 8, 0, 8 }, { 0.8, 8, 12, 12 }, { 0.99, 0, 0, 1 },
    { 0.05, 8, 0, 48 }, { 0.5, 0, 0, 25 }, { 0.5, 64, 0, 50 },
    { 0.224, 7, 0, 42 } };             // 38.8 of 50
  for (int i = 0; i < 10; i++) {
    StructuredOptions o = { .multiple = want[i].multiple,
                            .least = want[i].least };
    StructuredPruner *p = tt_structured_pruner_new(net, x, o);
    tt_structured_choose(p, want[i].share);
    tt_expect(p->width[0].kept == want[i].stay, "case %d: %d", i,
              (int)p->width[0].kept);
  }
}

TT(pruning, what_is_removed_computed_nothing)
{
  tt_autograd_enable();
  int64_t left[] = { 3 + 2 + 3 + 3, 3 + 3 + 3, 3 + 2 + 3 + 3 + 3,
                     6 + 3 + 3 };
  ChannelScore how[] = { TT_SCORE_L1, TT_SCORE_L2, TT_SCORE_NORM };
  for (int which = 0; which < 4; which++)
    for (int i = 0; i < 3; i++) {
      TT_SCOPE;
      Tensor *x = tt_randn(TT_SHAPE(2, 3, 4, 4), NULL);
      same_without(photographs(which), x, left[which],
                   (StructuredOptions){ .score = how[i] });
    }
}

TT(pruning, joined_channels_go_apart)
{
  tt_autograd_enable();
  Joined *j = joined(3, 16);
  Tensor *x = tt_randn(TT_SHAPE(2, 3, 5, 5), NULL);
  same_without(j, x, 2 + 8 + 2, (StructuredOptions){ .multiple = 2 });
  tt_expect_shape(((Conv2d *)j->a)->weight, TT_SHAPE(2, 3, 3, 3));
  tt_expect_shape(((Conv2d *)j->head)->weight, TT_SHAPE(2, 10, 3, 3));
  j = joined(4, 1);                // one map is no depthwise filter
  same_without(j, x, 2 + 1 + 2, (StructuredOptions){0});
}

TT(pruning, heads_and_neurons_go)
{
  tt_autograd_enable();
  for (int llama = 0; llama < 2; llama++) {
    GptOptions o = { .vocab_size = 7, .context = 5, .dim = 16,
                     .layers = 2, .heads = 4, .kv_heads = 2 };
    Gpt *m = tt_gpt_new(llama ? tt_llama_like(o) : o, NULL);
    Tensor *ids = tt_randint(0, 7, TT_SHAPE(2, 5), NULL);
    int64_t hidden = m->options.hidden / 2;
    same_without(m, ids, 7 + 2 * (1 + 16 + hidden + 16),
                 (StructuredOptions){0});
    tt_expect_int(m->block[1]->attention->heads, 2);
    tt_expect_int(m->block[1]->attention->kv_heads, 1);
    tt_expect_shape(m->block[0]->attention->out->weight,
                    TT_SHAPE(16, 8));
  }
}

TT(pruning, a_smaller_model_comes_back_from_its_file)
{
  tt_autograd_enable();
  char path[] = "/tmp/tt_narrow_XXXXXX";
  tt_expect(close(mkstemp(path)) == 0, "no file");
  for (int which = 0; which < 3; which++) {
    TT_SCOPE;
    void *net = photographs(which), *other = photographs(which);
    Tensor *x = tt_randn(TT_SHAPE(2, 3, 4, 4), NULL);
    tt_prune_channels(net, x, 0.5, (StructuredOptions){0});
    tt_save_file(path, tt_module_state_dict(net), (Metadata){0});
    tt_load_pruned(path, other);
    tt_module_eval(net), tt_module_eval(other);
    tt_expect_tensor(tt_forward(other, x), tt_forward(net, x), 0, 0);
    tt_expect_int(tt_module_count(other), tt_module_count(net));
    Tensor *w = *tt_module_parameters(other).entry[0].slot;
    tt_expect(w->requires_grad, "it learns");
    other = tt_linear_new(2, 2, NULL);
    tt_expect_fail(tt_load_pruned(path, other), "weight is not there");
    tt_prune_channels(net, x, 0.5, (StructuredOptions){ .least = 1 });
    tt_expect_fail(tt_load_pruned(path, net), "can only be fewer");
  }
  remove(path);
}

TT(pruning, what_is_not_known_stays)
{
  tt_autograd_enable();
  Tensor *x = tt_randn(TT_SHAPE(2, 3), NULL);
  ActivationFunction *f[] = { tt_sigmoid, tt_exp, tt_relu };
  for (int i = 0; i < 3; i++) {
    void *net = TT_SEQUENTIAL(tt_linear_new(3, 8, NULL),
      tt_activation_new_named(f[i], "f"), tt_linear_new(8, 4, NULL));
    const char *skip[] = { "0.weight", NULL };
    StructuredPruner *p = tt_structured_pruner_new(net, x,
      (StructuredOptions){ .skip = i < 2 ? NULL : skip });
    tt_expect_int(p->width[0].fixed, 8);
    tt_expect_text(p->width[0].why, i == 0 ? "tt_sigmoid"
                   : i == 1 ? "tt_exp" : "a name to skip");
    tt_structured_choose(p, 0.5);
    tt_structured_remove(p);
    tt_expect_int(tt_module_count(net), 3 * 8 + 8 + 8 * 4 + 4);
    tt_expect_fail(tt_structured_choose(p, 0.5), "removed already");
  }
}

TT(pruning, the_lowest_scores_go)
{
  tt_autograd_enable();
  Tensor *x = tt_randn(TT_SHAPE(2, 2), NULL);
  for (int l1 = 0; l1 < 2; l1++) {   // L2: 3 and 2.8; L1: 3 and 4
    Linear *a = with_weights(2, 2, (Real[]){ 3, 0, 2, -2 });
    void *net = TT_SEQUENTIAL(a, tt_linear_new(2, 1, NULL));
    tt_prune_channels(net, x, 0.5, (StructuredOptions){
      .score = l1 ? TT_SCORE_L1 : TT_SCORE_L2 });
    tt_expect_values(a->weight, 0, l1 ? 2 : 3, l1 ? -2 : 0);
  }
}
