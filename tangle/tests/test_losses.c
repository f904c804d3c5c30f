// Made from chapters/04-losses.nw by tools/tangle: edit there.
#include <math.h>
#include <string.h>
#include "tt_test.h"
#include "tt/logarithm.h"
#include "tt/scalar.h"

TT(losses, mean_of_squares)
{
  Tensor *x = tt_from(TT_SHAPE(2, 2), (Real[]){1, 2, 3, 4});
  Tensor *y = tt_from(TT_SHAPE(2, 2), (Real[]){1, 0, 4, 1});
  tt_expect_values(tt_mse_loss(x, y), 0, 3.5);
  tt_expect_shape(tt_mse_loss(x, y), TT_SCALAR);
  tt_expect_values(tt_mse_loss_with(x, y, TT_REDUCE_SUM), 0, 14);
  Tensor *each = tt_mse_loss_with(x, y, TT_REDUCE_NONE);
  tt_expect_shape(each, TT_SHAPE(2, 2));
  tt_expect_values(each, 0, 0, 4, 1, 9);
  tt_expect_values(tt_mse_loss(x, tt_transpose(y, 0, 1)), 0, 5.5);
  Tensor *many = tt_arange(0, 130, 1), *zero = tt_zeros(TT_SHAPE(130));
  each = tt_mse_loss_with(many, zero, TT_REDUCE_NONE);
  tt_expect_tensor(each, tt_mul(many, many), 0, 0);
  tt_expect_values(tt_mse_loss_with(many, zero, TT_REDUCE_SUM), 0,
                   129 * 130 * 259 / 6.0);
}

TT(losses, pairs_have_one_shape)
{
  Tensor *x = tt_zeros(TT_SHAPE(3, 1)), *y = tt_zeros(TT_SHAPE(3));
  tt_expect_fail(tt_mse_loss(x, y), "[3,1] against [3]");
  tt_expect_fail(tt_mse_loss_with(y, y, (Reduction)7), "7 is no");
  Tensor *none = tt_zeros(TT_SHAPE(0));
  tt_expect_values(tt_mse_loss(none, none), 0, NAN);
  tt_expect_values(tt_mse_loss_with(none, none, TT_REDUCE_SUM), 0, 0);
}

int weather_main(void);
#define main weather_main
#include "../programs/04/weather.c"
#undef main

TT(losses, the_price_of_a_belief)
{
  double p[] = { 0.5, 0.25, 0.125, 0.125 };
  double q[] = { 0.25, 0.25, 0.25, 0.25 };
  tt_expect_close(cross_entropy(p, p), 1.75, 1e-12, 0);
  tt_expect_close(cross_entropy(p, q), 2, 1e-12, 0);
  double sure[] = { 1, 0, 0, 0 }, wrong[] = { 0, 1, 0, 0 };
  tt_expect_close(cross_entropy(sure, sure), 0, 0, 0);
  tt_expect_close(cross_entropy(sure, wrong), INFINITY, 0, 0);
}

TT(losses, surprise_of_probabilities)
{
  Tensor *p = tt_from(TT_SHAPE(4), (Real[]){0.25, 0, 1, 0.5});
  Tensor *y = tt_from(TT_SHAPE(4), (Real[]){1, 1, 1, 0.5});
  Tensor *each = tt_bce_loss_with(p, y, TT_REDUCE_NONE);
  tt_expect_values(each, 1e-6, log(4), 100, 0, log(2));
  Tensor *no = tt_bce_loss_with(p, tt_zeros(TT_SHAPE(4)),
                                TT_REDUCE_NONE);
  tt_expect_values(no, 1e-6, log(4) - log(3), 0, 100, log(2));
  Tensor *rare = tt_full(TT_SCALAR, (Real)1e-9);  // 1 - p is 1
  double no_loss = tt_item(tt_bce_loss(rare, tt_zeros(TT_SCALAR)));
  tt_expect_close(no_loss, 1e-9, 1e-6, 0);
}

TT(losses, probabilities_are_checked)
{
  Tensor *p = tt_full(TT_SHAPE(2, 3), (Real)0.5);
  Tensor *y = tt_ones(TT_SHAPE(2, 3));
  tt_set_(p, TT_INDEX(1, 2), 1.5);
  tt_expect_fail(tt_bce_loss(p, y), "prediction at [1,2] is 1.5");
  tt_set_(p, TT_INDEX(1, 2), NAN);
  tt_expect_fail(tt_bce_loss(p, y), "prediction at [1,2] is nan");
  tt_set_(p, TT_INDEX(1, 2), 0);
  tt_set_(y, TT_INDEX(0, 1), 2);
  tt_expect_fail(tt_bce_loss(p, y), "target at [0,1] is 2");
}

TT(losses, logarithm_of_one_plus)
{
  tt_expect_each(u, (double u = 0; u <= 1; u += 1.0 / 1024),
                 (double)tt_log1pf((Real)u), log1p(u), 3e-7, 0);
  tt_expect_each(u, (double u = 0; u <= 1e-30; u += 1e-33),
                 (double)tt_log1pf((Real)u), (double)(Real)u, 3e-7, 0);
  double low = 0;                      // rounding errors cancel
  for (int i = 0; i < 1024; i++) {
    double u = 0.9 + 0.1 * i / 1024;
    low += (1 - (double)tt_log1pf((Real)u) / log1p((Real)u)) / 1024;
  }
  tt_expect(low < 5e-8, "%.2g too low on average: a term is missing?",
            low);
}

TT(losses, surprise_of_logits)
{
  Tensor *z = tt_from(TT_SHAPE(6), (Real[]){
    0, 2, -2, 10000, -10000, NAN});
  Tensor *zero = tt_zeros(TT_SHAPE(6)), *one = tt_ones(TT_SHAPE(6));
  tt_expect_values(tt_bce_with_logits_with(z, zero, TT_REDUCE_NONE),
                   4e-7, log(2), log1p(exp(2)), log1p(exp(-2)), 10000,
                   0, NAN);
  tt_expect_values(tt_bce_with_logits_with(z, one, TT_REDUCE_NONE),
                   4e-7, log(2), log1p(exp(-2)), log1p(exp(2)), 0,
                   10000, NAN);
  Tensor *two = tt_full(TT_SCALAR, 2), *half = tt_full(TT_SCALAR, 0.5);
  tt_expect_values(tt_bce_with_logits(two, half), 4e-7,
                   1 + log1p(exp(-2)));
  Tensor *sure = tt_full(TT_SCALAR, -20), *no = tt_zeros(TT_SCALAR);
  double small = tt_item(tt_bce_with_logits(sure, no));
  tt_expect_close(small, log1p(exp(-20)), 4e-7, 0);
  tt_expect_fail(tt_bce_with_logits(sure, two), "target");
}

TT(losses, labels_pick_log_probabilities)
{
  Tensor *logp = tt_from(TT_SHAPE(3, 2), (Real[]){
    -1, -2, -3, -4, -5, -6});
  Tensor *y = tt_from_int(TT_SHAPE(3), (int32_t[]){1, -100, 0});
  tt_expect_values(tt_nll_loss(logp, y), 0, 3.5);
  LabelOptions each = { .reduction = TT_REDUCE_NONE };
  LabelOptions sum = { .reduction = TT_REDUCE_SUM };
  tt_expect_values(tt_nll_loss_with(logp, y, each), 0, 2, 0, 5);
  tt_expect_values(tt_nll_loss_with(logp, y, sum), 0, 7);
  Tensor *none = tt_from_int(TT_SHAPE(3), (int32_t[]){7, 7, 7});
  LabelOptions seven = { .ignore = true, .ignore_index = 7 };
  tt_expect_values(tt_nll_loss_with(logp, none, seven), 0, NAN);
  LabelOptions weighted = { .weight = tt_arange(2, 6, 2) };  // 2, 4
  tt_expect_values(tt_nll_loss_with(logp, y, weighted), 1e-6,
                   (4 * 2 + 2 * 5) / 6.0);
}

TT(losses, classes_have_weights)
{
  Tensor *logp = tt_from(TT_SHAPE(3, 2), (Real[]){
    -1, -2, -3, -4, -5, -6});
  Tensor *y = tt_from_int(TT_SHAPE(3), (int32_t[]){1, 0, 0});
  LabelOptions o = { .weight = tt_from(TT_SHAPE(2), (Real[]){1, 6}) };
  tt_expect_values(tt_nll_loss_with(logp, y, o), 0, (12 + 3 + 5) / 8.0);
  o.ignore = true;                 // class 0
  tt_expect_values(tt_nll_loss_with(logp, y, o), 0, 2);
}

TT(losses, labels_are_checked)
{
  Tensor *z = tt_zeros(TT_SHAPE(4, 10));
  Tensor *y = tt_from_int(TT_SHAPE(4), (int32_t[]){9, 0, -100, 10});
  tt_expect_fail(tt_cross_entropy(z, y), "label 10 at [3]; there are"
                 " 10 classes, 0 to 9");
  tt_set_(y, TT_INDEX(3), -1);
  tt_expect_fail(tt_nll_loss(z, y), "label -1 at [3]");
  tt_expect_fail(tt_nll_loss(z, tt_unsqueeze(y, 1)), "labels [4,1]");
  tt_expect_fail(tt_nll_loss(z, tt_to(y, TT_F32)), "tt_to(t, TT_I32)");
  tt_expect_fail(tt_cross_entropy(tt_zeros(TT_SHAPE(4, 0)), y),
                 "[4,0] hold no classes");
}

TT(losses, cross_entropy_of_logits)
{
  Tensor *z = tt_from(TT_SHAPE(2, 3), (Real[]){
    0, 0, 0, 10000, -10000, 0});
  Tensor *y = tt_from_int(TT_SHAPE(2), (int32_t[]){2, 1});
  LabelOptions o = { .reduction = TT_REDUCE_NONE };
  tt_expect_values(tt_cross_entropy_with(z, y, o), 1e-6, log(3), 20000);
  Tensor *first = tt_from_int(TT_SCALAR, (int32_t[]){0});
  Tensor *one = tt_cross_entropy(tt_select(z, 0, 1), first);
  tt_expect_shape(one, TT_SCALAR);
  tt_expect_values(one, 0, 0);
  o.label_smoothing = 1.5;
  tt_expect_fail(tt_cross_entropy_with(z, y, o), "smoothing 1.5");
}

TT(losses, smoothing_gives_every_class_a_little)
{
  Tensor *z = tt_log(tt_from(TT_SHAPE(4), (Real[]){
    0.125, 0.125, 0.25, 0.5}));
  Tensor *y = tt_from_int(TT_SCALAR, (int32_t[]){3});
  LabelOptions o = { .label_smoothing = 0.2 };
  tt_expect_values(tt_cross_entropy_with(z, y, o), 1e-6,
                   (0.8 * 1 + 0.05 * 9) * log(2));
  o.weight = tt_from(TT_SHAPE(4), (Real[]){1, 2, 1, 2});
  tt_expect_values(tt_cross_entropy_with(z, y, o), 1e-6,
                   (0.8 * 2 * 1 + 0.05 * 13) / 2 * log(2));
}

TT(losses, classes_are_dimension_one)
{
  Tensor *z = tt_randn(TT_SHAPE(2, 3, 2, 2), NULL);
  Tensor *y = tt_from_int(TT_SHAPE(2, 2, 2), (int32_t[]){
    0, 1, 2, 0, -100, 1, 1, 2});
  Tensor *rows = tt_reshape(tt_permute(z, TT_SHAPE(0, 2, 3, 1)),
                            TT_SHAPE(8, 3));
  Tensor *flat = tt_reshape(y, TT_SHAPE(8));
  for (double eps = 0; eps < 0.5; eps += 0.2) {
    LabelOptions o = { .label_smoothing = eps };
    tt_expect_tensor(tt_cross_entropy_with(z, y, o),
                     tt_cross_entropy_with(rows, flat, o), 1e-6, 0);
  }
}

static int times, operands;

static Tensor *listen(Op *op, Tensor *y, int n, Tensor *const x[],
                      const Attr *attr)
{
  (void)x, (void)attr;
  times++;
  operands = strcmp(op->name, "tt_cross_entropy") ? -1 : n;
  return y;
}

TT(losses, a_loss_is_one_operation)
{
  Tensor *z = tt_zeros(TT_SHAPE(5, 3));
  Tensor *y = tt_empty(TT_I32, TT_SHAPE(5));
  tt_fill_(y, 1);
  int64_t before = tt_memory_stats().tensors;
  tt_recorder = listen;
  tt_cross_entropy(z, y);
  tt_recorder = NULL;
  tt_expect_int(times, 1);
  tt_expect_int(operands, 3);
  tt_expect_int(tt_memory_stats().tensors, before + 1);
}

int outlier_main(void);
#define main outlier_main
#include "../programs/04/outlier.c"
#undef main

static double slope_at(double d)
{
  double slope = (double)NAN;
  huber(d, &slope);
  return slope;
}

TT(losses, far_out_it_is_straight)
{
  double slope;
  tt_expect_each(d, (double d = -1; d <= 1; d += 0.125),
                 huber(d, &slope), square(d, &slope), 1e-12, 0);
  tt_expect_close(huber(3, &slope) - huber(2, &slope), 1, 1e-12, 0);
  tt_expect_close(huber(3, &slope), 2.5, 1e-12, 0);
  tt_expect_close(huber(-180, &slope), 179.5, 1e-12, 0);
  tt_expect_close(slope_at(0.5), 0.5, 1e-12, 0);
  tt_expect_close(slope_at(-0.5), -0.5, 1e-12, 0);
  tt_expect_close(slope_at(7), 1, 1e-12, 0);
  tt_expect_close(slope_at(-7), -1, 1e-12, 0);
  double off = disagreement(huber);
  tt_expect(off < 1e-3, "the slope is off by %g", off);
  tt_expect_close(best_answer(huber), 20 + 1 / 9.0, 1e-6, 0);
}

static Tensor *through_softmax(Tensor *z, Tensor *label)
{
  return tt_nll_loss(tt_log(tt_softmax(z, 1)), label);
}

static bool measures_surprise(Tensor *(*ce)(Tensor *z, Tensor *label))
{
  Tensor *z = tt_from(TT_SHAPE(2, 3, 2), (Real[]){
    200, 1, -3, 0.5, 0, 2, 1, 0, 3, -1, 0.25, 1 });
  Tensor *label = tt_from_int(TT_SHAPE(2, 2), (int32_t[]){
    1, 0, -100, 2 });
  double got = tt_item(ce(z, label));
  double want = tt_item(tt_cross_entropy(z, label));
  return fabs(got - want) <= 1e-4 * want;
}

static Tensor *ours(Tensor *z, Tensor *label)
{
  return tt_cross_entropy(z, label);
}

TT(losses, a_wrong_cross_entropy_is_refused)
{
  tt_expect_accepts(measures_surprise(ours));
  tt_expect_refuses(measures_surprise(through_softmax),
                    "takes the logarithm of a probability");
}

static double slow_entropy(int64_t n, const Real *z,
                           double (*e)(double), double (*ln)(double))
{
  double most = (double)z[0], sum = 0, h = 0;
  for (int64_t i = 1; i < n; i++)
    most = fmax(most, (double)z[i]);
  for (int64_t i = 0; i < n; i++)
    sum += e((double)z[i] - most);
  for (int64_t i = 0; i < n; i++) {
    double p = e((double)z[i] - most) / sum;
    h -= p > 0 ? p * ln(p) : 0;
  }
  return h;
}

static double fast_entropy(int64_t n, const Real *z,
                           double (*e)(double), double (*ln)(double))
{
  double most = (double)z[0], sum = 0, mean = 0;
  for (int64_t i = 1; i < n; i++)
    most = fmax(most, (double)z[i]);
  for (int64_t i = 0; i < n; i++) {
    double x = (double)z[i] - most, w = e(x);
    sum += w;
    mean += w > 0 ? w * x : 0;
  }
  return ln(sum) - mean / sum;
}

static int64_t calls;

static double counted_exp(double x)
{
  calls++;
  return exp(x);
}

static double counted_log(double x)
{
  calls++;
  return log(x);
}

TT(speed, an_entropy_with_one_logarithm)
{
  const Tensor *x = tt_randn(TT_SHAPE(20000), NULL);
  const Real *z = x->data;
  for (int64_t k = 1; k < 99; k++)
    tt_expect_close(fast_entropy(k, z, exp, log),
                    slow_entropy(k, z, exp, log), 1e-9, 1e-12);
  Real far[] = { -(Real)INFINITY, 10000, 10000, -10000 };
  tt_expect_close(fast_entropy(4, far, exp, log), log(2), 1e-9, 0);
  calls = 0;
  fast_entropy(99, z, counted_exp, counted_log);
  tt_expect(calls >= 99 && calls <= 101, "%lld calls of e and ln for"
            " 99 scores; 99 and one are enough", (long long)calls);
  int64_t n = tt_numel(x);
  volatile double slow = 0, fast = 0;
  tt_race(2, slow = slow_entropy(n, z, exp, log),
          fast = fast_entropy(n, z, exp, log));
  tt_expect_close(fast, slow, 1e-9, 0);
}

int descend_main(int argc, char **argv);
#define main descend_main
#include "../programs/04/descend.c"
#undef main

TT(losses, the_gradient_with_respect_to_each_weight)
{
  Linear *net = tt_linear_new(2, 3, NULL);
  double w = (double)(Real)0.001;
  tt_fill_(net->weight, w);
  tt_fill_(net->bias, 0);
  Digits d = { tt_from(TT_SHAPE(2, 2), (Real[]){3, 0, 0, 6}),
               tt_from_int(TT_SHAPE(2), (int32_t[]){0, 2}) };
  Tensor *grad = tt_empty(TT_F32, TT_SHAPE(3, 2));
  feel(net, d, net->weight, grad);
  tt_expect_values(grad, 2e-3, -1, 1, 0.5, 1, 0.5, -2);
  tt_expect_values(net->weight, 0, w, w, w, w, w, w);
  double before = loss(net, d);
  step(net, d, (Real)0.1);
  tt_expect(loss(net, d) < before, "a step downhill led up");
}
