// Made from chapters/16-quantization.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <unistd.h>

static Module *small_net(bool bias)
{
  Conv2dOptions o = { .padding = TT_SIDES(1), .no_bias = !bias };
  Module *body = &TT_SEQUENTIAL(
    tt_conv2d_new(4, 4, 3, o, NULL), tt_batch_norm2d_new(4),
    tt_activation_new(tt_relu))->base;
  return &TT_SEQUENTIAL(
    tt_conv2d_new(2, 4, 3, o, NULL), tt_batch_norm2d_new(4),
    tt_activation_new(tt_relu), tt_residual_new(body, NULL),
    tt_flatten_new(), tt_linear_new(4 * 36, 3, NULL))->base;
}

static Tensor *used_net(Module *m)   // with statistics of its own
{
  Tensor *x = tt_randn(TT_SHAPE(8, 2, 6, 6), NULL);
  StateDict d = tt_module_state_dict(m);
  for (int i = 0; i < 3; i++)
    tt_forward(m, x);
  for (int i = 0; i < d.n; i++)
    if ((*d.entry[i].slot)->dtype == TT_F32) {
      TT_NO_GRAD;
      Tensor *t = *d.entry[i].slot, *r = tt_rand(tt_shape(t), NULL);
      tt_copy_(t, tt_add(tt_mul_scalar(t, (Real)1.5),
                         tt_mul_scalar(r, (Real)0.1)));
    }
  tt_module_eval(m);
  return x;
}

TT(folding, the_network_computes_the_same)
{
  tt_autograd_enable();
  for (int bias = 0; bias < 2; bias++) {
    TT_SCOPE;
    Module *m = small_net(bias);
    Tensor *x = used_net(m), *want = tt_forward(m, x);
    int64_t before = tt_memory_stats().tensors;
    tt_expect_int(tt_fold_batch_norm(m), 2);
    tt_expect_tensor(tt_forward(m, x), want, 1e-4, 1e-5);
    tt_expect(tt_memory_stats().tensors < before, "parts are left");
    tt_expect_int(tt_module_state_dict(m).n, 6);
    tt_expect_int(tt_fold_batch_norm(m), 0);
  }
}

TT(qat, fake_is_rounded_and_clipped_and_lets_gradients_through)
{
  tt_autograd_enable();
  Tensor *x = tt_from(TT_SHAPE(8), (Real[]){
    -9, -2.1f, -0.8f, 0.2f, 0.25f, 0.75f, 3.6f, 7 });
  Tensor *scale = tt_full(TT_SHAPE(1), 0.5f);
  tt_requires_grad_(x, true);
  Tensor *y = tt_fake_quantize(x, scale, -4, 7);
  tt_expect_values(y, 0, -2, -2, -1, 0, 0, 1, 3.5, 3.5);
  tt_backward(tt_sum(tt_mul(y, y), TT_ALL, false));
  tt_expect_values(x->grad, 0, 0, -4, -2, 0, 0, 2, 7, 0);
}

TT(qat, each_row_has_its_scale)
{
  Tensor *x = tt_mul_scalar(tt_ones(TT_SHAPE(2, 3)), (Real)0.7);
  Tensor *scale = tt_from(TT_SHAPE(2, 1), (Real[]){ 0.5f, 0.25f });
  tt_expect_values(tt_fake_quantize(x, scale, -127, 127), 1e-7,
                   0.5, 0.5, 0.5, 0.75, 0.75, 0.75);
  Tensor *bad = tt_fake_quantize(tt_full(TT_SHAPE(1), (Real)NAN),
                                 tt_ones(TT_SHAPE(1)), -127, 127);
  tt_expect(isnan(tt_item(bad)), "NaN became %g", tt_item(bad));
}

static Module *ready_net(Tensor **x)   // folded, with real statistics
{
  Module *m = small_net(false);
  *x = used_net(m);
  tt_fold_batch_norm(m);
  return m;
}

TT(qat, a_prepared_model_looks_and_changes_nothing)
{
  tt_autograd_enable();
  Tensor *x;
  Module *m = ready_net(&x);
  Tensor *want = tt_forward(m, x);
  StateDict before = tt_module_parameters(m);
  Tensor *weight = *before.entry[0].slot;
  int64_t n = before.n;
  m = tt_prepare(m, (QuantizeOptions){0});
  tt_expect_fail(tt_calibrate(m, TT_MIN_MAX), "0 has seen no input");
  tt_expect_tensor(tt_forward(m, x), want, 0, 0);
  StateDict after = tt_module_parameters(m);
  tt_expect_int(after.n, n);
  tt_expect(*after.entry[0].slot == weight, "another parameter");
  tt_expect_int(tt_calibrate(m, TT_MIN_MAX), 2);
  tt_expect_int(tt_calibrate(m, TT_MIN_MAX), 0);
  QatConv2d *c = (QatConv2d *)((Sequential *)m)->layer[0];
  tt_expect_close(tt_get(c->range, TT_INDEX(0)),
                  tt_item(tt_min(x, TT_ALL, false)), 0, 0);
  tt_expect_close(tt_get(c->range, TT_INDEX(1)),
                  tt_item(tt_max(x, TT_ALL, false)), 0, 0);
  tt_expect_tensor(tt_forward(m, x), want, 0, 0);
}

TT(qat, training_rounds_as_the_quantized_model_will)
{
  tt_autograd_enable();
  const QuantFormat f[] = { {0}, { .bits = 4 }, { .type = TT_BF16 } };
  for (int i = 0; i < 6; i++) {
    TT_SCOPE;
    Tensor *x;
    Module *m = ready_net(&x);
    Tensor *exact = tt_forward(m, x);
    m = tt_prepare(m, (QuantizeOptions){ .format = f[i % 3] });
    tt_forward(m, x);
    if (i < 3)                     // else each image its own range
      tt_calibrate(m, TT_PERCENTILE);
    tt_round_forward(m, true);
    Tensor *y = tt_forward(m, x);
    tt_expect(!tt_allclose(y, exact, 1e-4, 1e-4), "nothing rounded");
    m = tt_quantize(m, (QuantizeOptions){ .format = f[i % 3] });
    tt_expect_tensor(tt_forward(m, x), y, 1e-4, 1e-4);
  }
}

TT(qat, training_goes_on_and_evaluation_stays)
{
  tt_autograd_enable();
  Tensor *x;
  Module *m = ready_net(&x);
  tt_module_train(m);
  Tensor *y = tt_randint(0, 3, TT_SHAPE(8), NULL);
  m = tt_prepare(m, (QuantizeOptions){ .format = { .bits = 4 } });
  tt_round_forward(m, true);
  StateDict p = tt_module_parameters(m);
  Optimizer *sgd = tt_sgd_new(p, (SgdOptions){ .lr = 0.02 });
  double first = 0, last = 0;
  for (int i = 0; i < 40; i++) {
    TT_SCOPE;
    Tensor *loss = tt_cross_entropy(tt_forward(m, x), y);
    last = tt_item(loss), first = i ? first : last;
    tt_optimizer_zero_grad(sgd), tt_backward(loss);
    for (int k = 0; i == 0 && k < p.n; k++)
      tt_expect((*p.entry[k].slot)->grad, "no gradient for %s",
                p.entry[k].name);
    tt_optimizer_step(sgd);
  }
  tt_expect(last < 0.7 * first, "from %g to %g", first, last);
  tt_module_eval(m);
  Tensor *once = tt_forward(m, x);
  tt_expect_tensor(tt_forward(m, x), once, 0, 0);
}

TT(qat, a_network_of_bytes_comes_back_from_its_file)
{
  Tensor *x;
  Module *m = ready_net(&x), *blank = small_net(false);
  tt_fold_batch_norm(blank);
  m = tt_prepare(m, (QuantizeOptions){0});
  tt_forward(m, x), tt_calibrate(m, TT_MIN_MAX);
  m = tt_quantize(m, (QuantizeOptions){0});
  char path[] = "/tmp/tt_bytes_XXXXXX";
  tt_expect(close(mkstemp(path)) == 0, "no file");
  tt_save_file(path, tt_module_state_dict(m), (Metadata){0});
  blank = tt_load_quantized(path, blank);
  remove(path);
  tt_module_eval(blank);
  tt_expect_tensor(tt_forward(blank, x), tt_forward(m, x), 0, 0);
  ModelSize s = tt_model_size(m);
  int real = (int)sizeof(Real);
  tt_expect_int(s.weights, 4 * 18 + 4 * 36 + 3 * 144 + 11 * real);
  tt_expect_int(s.scales, (4 + 4 + 3) * real);
}
