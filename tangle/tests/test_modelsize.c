// Made from chapters/16-quantization.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>

TT(sizes, each_tensor_counts_once)
{
  Module *a = &tt_linear_new(10, 4, NULL)->base;
  Linear *b = tt_linear_new_no_bias(10, 4, NULL);
  b->weight = ((Linear *)a)->weight;
  Module *m = &TT_SEQUENTIAL(a, tt_activation_new(tt_relu), b,
                             tt_batch_norm2d_new(3), a)->base;
  ModelSize s = tt_model_size(m);
  tt_expect_int(s.weights, (40 + 4 + 3 + 3) * (int)sizeof(Real));
  tt_expect_int(s.scales, 0);
  tt_expect_int(s.rest, 2 * 3 * (int)sizeof(Real) + 4);
  tt_expect(s.live > s.weights + s.rest + (int64_t)sizeof(Linear)
            && s.live < 2000, "%d bytes live", (int)s.live);
  ModulePart part[9];
  tt_expect_int(tt_module_sizes(m, 9, part), 2);
  tt_expect_text(part[0].name, "0");
  tt_expect_text(part[1].type, "BatchNorm2d");
  tt_expect_int(part[0].size.weights, 44 * (int)sizeof(Real));
  tt_expect_int(tt_module_sizes(m, 0, NULL), 2);
}

static double distance(void *model, void *arg)
{
  Tensor **xy = arg;
  Tensor *off = tt_sub(tt_forward(model, xy[0]), xy[1]);
  return tt_item(tt_max(tt_abs(off), TT_ALL, false));
}

static double fails(void *model, void *arg)
{
  (void)model, (void)arg;
  tt_fail(TT_EVALUE, "no score today");
}

static double by_hand(void *model, Linear *l, QuantFormat f, void *xy)
{
  TT_NO_GRAD;
  Tensor *was = tt_clone(l->weight);
  tt_copy_(l->weight, tt_dequantize(tt_pack(was, f)));
  double y = distance(model, xy);
  tt_copy_(l->weight, was);
  return y;
}

TT(sensitivity, each_layer_alone_and_all_as_before)
{
  Tensor *x = tt_randn(TT_SHAPE(4, 6), NULL);
  Linear *l[] = { tt_linear_new(6, 8, NULL), tt_linear_new(8, 9, NULL),
                  tt_linear_new(9, 2, NULL) };
  Module *m = &TT_SEQUENTIAL(l[0], tt_activation_new(tt_relu), l[1],
                             l[2])->base;
  Tensor *xy[] = { x, tt_forward(m, x) };
  Sensitivity s[4];
  MemoryStats before = tt_memory_stats();
  QuantFormat f = { .bits = 4, .group = 32, .weight_only = true };
  tt_expect_int(tt_sensitivity(m, f, distance, xy, 4, s), 3);
  tt_expect_int(tt_sensitivity(m, f, distance, xy, 0, NULL), 3);
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
  tt_expect_text(s[1].name, "2");
  for (int i = 0; i < 3; i++)
    tt_expect_close(s[i].score, by_hand(m, l[i], f, xy), 1e-4, 1e-7);
  tt_expect_int(s[0].before, (48 + 8) * (int)sizeof(Real));
  tt_expect_int(s[0].after, 8 * 16 + 8 * 2 + 8 * (int)sizeof(Real));
  tt_expect_tensor(tt_forward(m, x), xy[1], 0, 0);
  tt_expect_fail(tt_sensitivity(m, f, fails, xy, 4, s), "no score");
  tt_expect_tensor(tt_forward(m, x), xy[1], 0, 0);
  tt_expect_int(tt_sensitivity(l[2], f, distance, (Tensor *[]){
    tt_ones(TT_SHAPE(1, 9)), tt_zeros(TT_SHAPE(1, 2)) }, 4, s), 1);
}

static double loss_of(void *model, void *arg)
{
  Tensor *y = tt_forward(model, arg);
  return tt_item(tt_mean(tt_mul(y, y), TT_ALL, false));
}

TT(sensitivity, a_tied_head_is_in_the_scan)
{
  tt_autograd_enable();
  Gpt *g = tt_gpt_new((GptOptions){ .vocab_size = 11, .context = 8,
    .dim = 8, .layers = 2, .heads = 2 }, NULL);
  tt_module_eval(g);
  Tensor *ids = tt_randint(0, 11, TT_SHAPE(2, 8), NULL);
  double exact = loss_of(g, ids);
  Sensitivity s[20];
  int n = tt_sensitivity(g, (QuantFormat){ .bits = 4 }, loss_of, ids,
                         20, s);
  tt_expect(n >= 10, "%d layers", n);
  tt_expect_text(s[0].name, "tokens");
  for (int i = 0; i < n; i++)
    tt_expect((i > 0 || s[i].score != exact)
              && fabs(s[i].score / exact - 1) < 0.5,
              "%s: %g, %g", s[i].name, s[i].score, exact);
  tt_expect(!g->head, "a head is left");
  tt_expect_close(loss_of(g, ids), exact, 0, 0);
}
