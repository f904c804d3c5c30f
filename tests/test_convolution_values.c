// Needs chapter 09: convolutions, poolings and batch normalization beside
// PyTorch (reference/convolution.py), values and gradients, with every
// option; each allocation failing in turn; what is refused.
#include "faults.h"
#include "vectors.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void numbers(char **at, int *to) {
  int64_t list[8];
  int n = list_of(next_field(at), list);
  for (int i = 0; i < n; i++) to[i] = (int)list[i];
}
static double number(char **at) { return strtod(next_field(at), NULL); }

static Tensor *conv(Sample *c) {
  char text[128], *at = strcpy(text, c->options);
  Conv2dOptions o = {0};
  numbers(&at, o.stride), numbers(&at, o.padding), numbers(&at, o.dilation);
  numbers(&at, &o.groups);
  o.same = number(&at) != 0;
  return tt_conv2d(find(c, "x"), find(c, "w"), find(c, "b"), o);
}

static Tensor *transposed(Sample *c) {
  char text[128], *at = strcpy(text, c->options);
  Conv2dOptions o = {0};
  int more[2];
  numbers(&at, o.stride), numbers(&at, o.padding), numbers(&at, o.dilation);
  numbers(&at, &o.groups), numbers(&at, more);
  return tt_conv_transpose2d(find(c, "x"), find(c, "w"), find(c, "b"), more[0],
                             more[1], o);
}

static Tensor *pooled(Sample *c) {
  char text[128], *at = strcpy(text, c->options);
  Tensor *x = find(c, "x");
  if (strncmp(c->kind, "adaptive", 8) == 0) {
    int size[2];
    numbers(&at, size);
    return strcmp(c->kind, "adaptive_max") == 0
      ? tt_adaptive_max_pool2d(x, size[0], size[1])
      : tt_adaptive_avg_pool2d(x, size[0], size[1]);
  }
  Pool2dOptions o = {0};
  numbers(&at, o.kernel), numbers(&at, o.stride), numbers(&at, o.padding);
  numbers(&at, o.dilation);
  o.ceil = number(&at) != 0, o.exclude_pad = number(&at) != 0;
  numbers(&at, &o.divisor);
  return strcmp(c->kind, "max") == 0 ? tt_max_pool2d(x, o)
                                     : tt_avg_pool2d(x, o);
}

static Tensor *norm(Sample *c) {
  char text[128], *at = strcpy(text, c->options);
  int how[2];
  numbers(&at, how);
  double momentum = number(&at), eps = number(&at);
  Tensor *mean = how[1] ? find(c, "mean") : NULL;
  Tensor *var = how[1] ? find(c, "var") : NULL;
  return tt_batch_norm(find(c, "x"), mean, var, find(c, "w"), find(c, "b"),
                       how[0], momentum, eps);
}

static Tensor *apply(Sample *c) {
  return strcmp(c->kind, "conv") == 0         ? conv(c)
    : strcmp(c->kind, "transposed") == 0 ? transposed(c)
    : strcmp(c->kind, "norm") == 0       ? norm(c)
                                         : pooled(c);
}

static const double WITHIN = 2e-5;

static void try_case(Sample *c, bool views) {
  static const char *const operand[] = {"x", "w", "b"};
  static const char *const gradient[] = {"dx", "dw", "db"};
  Tensor *leaf[3] = {0};
  for (int i = 0; i < c->n; i++)
    for (int k = 0; k < 3; k++)
      if (strcmp(c->key[i], operand[k]) == 0) {
        leaf[k] = tt_requires_grad_(c->t[i], true);
        if (views) c->t[i] = turned(leaf[k]);
      }
  Tensor *y = apply(c);
  expect_sample(c, "y", y, WITHIN);
  tt_backward_with(y, find(c, "g"));
  for (int k = 0; k < 3; k++)
    if (leaf[k]) expect_sample(c, gradient[k], leaf[k]->grad, WITHIN);
  if (find(c, "mean_after")) {
    expect_sample(c, "mean_after", find(c, "mean"), WITHIN);
    expect_sample(c, "var_after", find(c, "var"), WITHIN);
  }
}

static int all_cases(bool views) {
  tt_autograd_enable();
  return each_sample("convolution.txt", " conv transposed norm max avg adaptive_max adaptive_avg ",
                   try_case, views);
}

TT(conv_values, as_in_pytorch) { tt_expect_int(all_cases(false), 81); }
TT(conv_values, as_in_pytorch_on_views) { tt_expect_int(all_cases(true), 81); }

// ---- every allocation fails once -------------------------------------------
static Sequential *every_module(void) {
  Conv2dOptions pad = {.padding = TT_SIDES(1)};
  Pool2dOptions two = {.kernel = {2}};
  Conv2dOptions same = {.same = true, .no_bias = true};
  return TT_SEQUENTIAL(
    tt_conv2d_new(2, 4, 3, pad, NULL), tt_batch_norm2d_new(4),
    tt_max_pool2d_new(two),
    tt_residual_new(tt_conv2d_new(4, 4, 3, same, NULL), NULL),
    tt_conv_transpose2d_new(4, 2, 2, 0, 0, pad, NULL), tt_avg_pool2d_new(two),
    tt_adaptive_max_pool2d_new(2, 2), tt_adaptive_avg_pool2d_new(1, 1));
}

static void one_step(void *arg) {
  (void)arg;
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 1);
  Sequential *m = every_module();
  Tensor *x = tt_requires_grad_(tt_randn(TT_SHAPE(3, 2, 9, 8), &g), true);
  tt_backward(tt_sum(tt_forward(m, x), TT_ALL, false));
}

TT(conv_values, every_allocation_fails_once) {
  tt_autograd_enable();
  one_step(NULL);                      // the tape keeps its first block
  survive_each_fault("a step", one_step, NULL);
}

TT(conv_values, no_malloc_after_the_first_step) {
  tt_autograd_enable();
  one_step(NULL), one_step(NULL);
  int64_t before = tt_memory_stats().mallocs;
  int64_t live = tt_memory_stats().live_bytes;
  for (int i = 0; i < 5; i++) one_step(NULL);
  tt_expect_int(tt_memory_stats().mallocs, before);
  tt_expect_int(tt_memory_stats().live_bytes, live);
}

// ---- what is refused, and with which words ---------------------------------
TT(conv_values, refusals) {
  Tensor *x = tt_zeros(TT_SHAPE(1, 4, 5, 5));
  Tensor *w = tt_zeros(TT_SHAPE(6, 4, 3, 3)), *b = tt_zeros(TT_SHAPE(5));
  Tensor *labels = tt_from_int(TT_SHAPE(2), (int32_t[]){1, 2});
  Conv2dOptions no = {0};
  tt_expect_fail(tt_conv2d(tt_select(x, 0, 0), w, NULL, no), "tt_unsqueeze");
  tt_expect_fail(tt_conv2d(labels, w, NULL, no), "tt_conv2d");
  tt_expect_fail(tt_conv2d(x, w, b, no), "bias [5]");
  tt_expect_fail(tt_conv2d(x, w, NULL, (Conv2dOptions){.groups = 2}),
                 "sees 2 channels, the weight has 4");
  tt_expect_fail(tt_conv2d(x, w, NULL, (Conv2dOptions){.groups = 3}),
                 "3 groups of 4 channels");
  tt_expect_fail(tt_conv2d(x, w, NULL, (Conv2dOptions){.stride = {-1}}),
                 "stride -1");
  tt_expect_fail(tt_conv2d(x, w, NULL, (Conv2dOptions){.padding = {-1}}),
                 "tt_slice");
  tt_expect_fail(tt_conv2d(x, w, NULL, (Conv2dOptions){
    .same = true, .stride = TT_BOTH(2)}), "same with stride (2,2)");
  tt_expect_fail(tt_conv2d(x, w, NULL, (Conv2dOptions){.dilation = {3}}),
                 "7 x 3 does not fit into 5 x 5");
  tt_expect_fail(tt_conv_transpose2d(x, w, NULL, 0, 0, no), "(in,out/groups");
  Tensor *v = tt_zeros(TT_SHAPE(4, 6, 3, 3));
  tt_expect_fail(tt_conv_transpose2d(x, v, NULL, 1, 0, no), "1 added");
  tt_expect_fail(tt_max_pool2d(x, (Pool2dOptions){0}), "kernel 0");
  tt_expect_fail(tt_max_pool2d(x, (Pool2dOptions){.kernel = {2},
                                                  .padding = {2}}),
                 "from 0 to one less");
  tt_expect_fail(tt_max_pool2d(x, (Pool2dOptions){
    .kernel = {2, 1}, .dilation = {6, 1}, .padding = {1, 0, 1, 0}}),
                 "window 0 has no place inside of 5");
  tt_expect_fail(tt_max_pool2d(x, (Pool2dOptions){.kernel = {6}}),
                 "larger than the map");
  tt_expect_fail(tt_max_pool2d(x, (Pool2dOptions){.kernel = {2},
                                                  .exclude_pad = true}),
                 "tt_avg_pool2d");
  tt_expect_fail(tt_avg_pool2d(x, (Pool2dOptions){.kernel = {2},
                                                  .dilation = {2}}),
                 "only tt_max_pool2d");
  tt_expect_fail(tt_adaptive_avg_pool2d(x, 0, 1), "would become [1,4,0,1]");
  tt_expect_fail(tt_batch_norm(x, NULL, NULL, NULL, NULL, false, 0.1, 1e-5),
                 "running values");
  tt_expect_fail(tt_batch_norm(x, b, b, NULL, NULL, false, 0.1, 1e-5),
                 "each of 4 channels");
  tt_expect_fail(tt_conv2d_new(4, 6, 3, (Conv2dOptions){.groups = 4}, NULL),
                 "4 groups");
  tt_expect_fail(tt_conv2d_new(0, 6, 3, no, NULL), "0 channels in");
  tt_expect_fail(tt_batch_norm2d_new(0), "0 channels");
}

// an empty batch is no error, here as elsewhere
TT(conv_values, no_images) {
  tt_autograd_enable();
  Tensor *x = tt_requires_grad_(tt_zeros(TT_SHAPE(0, 2, 5, 5)), true);
  Tensor *w = tt_requires_grad_(tt_ones(TT_SHAPE(3, 2, 3, 3)), true);
  Tensor *y = tt_conv2d(x, w, NULL, (Conv2dOptions){0});
  tt_expect_shape(y, TT_SHAPE(0, 3, 3, 3));
  y = tt_max_pool2d(y, (Pool2dOptions){.kernel = {2}});
  tt_expect_shape(y, TT_SHAPE(0, 3, 1, 1));
  tt_backward(tt_sum(y, TT_ALL, false));
  tt_expect_shape(x->grad, TT_SHAPE(0, 2, 5, 5));
  tt_expect_close(tt_item(tt_sum(w->grad, TT_ALL, false)), 0, 0, 0);
}
