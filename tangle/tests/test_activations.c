// Made from chapters/02-activations.nw by tools/tangle: edit there.
#include <math.h>
#include "tt_test.h"
#include "tt/scalar.h"

TT(activations, relu_lets_nan_through)
{
  Tensor *x = tt_from(TT_SHAPE(2, 3), (Real[]){
    -2, 3, NAN, -INFINITY, INFINITY, 0});
  tt_expect_values(tt_relu(x), 0, 0, 3, NAN, 0, INFINITY, 0);
  tt_expect_shape(tt_relu(x), TT_SHAPE(2, 3));
  tt_expect_values(tt_relu(tt_transpose(x, 0, 1)), 0, 0, 0, 3, INFINITY,
                   NAN, 0);
}

TT(activations, a_leak_keeps_a_slope)
{
  Tensor *x = tt_from(TT_SHAPE(4), (Real[]){-2, 3, NAN, -INFINITY});
  tt_expect_values(tt_leaky_relu(x, (Real)0.5), 0, -1, 3, NAN,
                   -INFINITY);
  tt_expect_fail(tt_relu(tt_to(x, TT_I32)), "tt_relu: a tensor of i32");
}

TT(activations, sigmoid_from_end_to_end)
{
  tt_expect_each(x, (double x = -100; x < 100; x += 1.0 / 16),
                 (double)tt_sigmoidf((Real)x), 1 / (1 + exp(-x)), 3e-7,
                 2e-45);
  Tensor *x = tt_from(TT_SHAPE(4), (Real[]){
    -INFINITY, INFINITY, NAN, 0});
  tt_expect_values(tt_sigmoid(x), 0, 0, 1, NAN, 0.5);
}

TT(activations, tanh_keeps_small_numbers)
{
  tt_expect_each(x, (double x = 1e-30; x < 30; x *= 1.01),
                 (double)tt_tanhf((Real)x), tanh(x), 4e-7, 0);
  tt_expect_each(x, (double x = -1e-30; x > -30; x *= 1.01),
                 (double)tt_tanhf((Real)x), tanh(x), 4e-7, 0);
  Tensor *x = tt_from(TT_SHAPE(3), (Real[]){-INFINITY, INFINITY, NAN});
  tt_expect_values(tt_tanh(x), 0, -1, 1, NAN);
}

TT(activations, gelu_is_close_to_its_definition)
{
  tt_expect_each(x, (double x = -12; x < 12; x += 1.0 / 64),
                 (double)tt_geluf((Real)x),
                 x * erfc(-x * M_SQRT1_2) / 2, 2e-7, 3e-7);
  tt_expect_close((double)tt_geluf(-5), -1.43325786e-6, 2e-3, 0);
}

TT(activations, the_other_gates)
{
  for (double x = -30; x < 30; x += 1.0 / 64) {
    double z = sqrt(2 / M_PI) * (x + 0.044715 * x * x * x);
    tt_expect_close((double)tt_siluf((Real)x), x / (1 + exp(-x)), 3e-7,
                    0);
    tt_expect_close((double)tt_gelu_tanhf((Real)x),
                    x * (1 + tanh(z)) / 2, 3e-7, 3e-7);
  }
}

TT(activations, gates_close_at_the_end)
{
  Tensor *x = tt_from(TT_SHAPE(6), (Real[]){
    -INFINITY, -1e30f, -0.0f, 1e30f, INFINITY, NAN});
  Tensor *y[] = { tt_gelu(x), tt_gelu_tanh(x), tt_silu(x) };
  for (int i = 0; i < 3; i++)
    tt_expect_values(y[i], 1e-12, 0, 0, 0, (double)1e30f, INFINITY,
                     NAN);
}

TT(activations, an_exponent_is_split)
{
  for (double x = -104; x <= 89; x += 1.0 / 8) {
    int32_t k;
    double r = (double)tt_exp_split((float)x, &k);
    tt_expect(fabs(r) < 0.3467, "r = %g for x = %g", r, x);
    tt_expect(fabs(r + k * M_LN2 - x) <= 1e-7, "x = %g is split into %g"
              " and %d log 2, which is %.9g", x, r, k, r + k * M_LN2);
  }
}

TT(activations, the_series_is_summed)
{
  tt_expect_each(r, (double r = -0.3467; r < 0.3467; r += 0.001),
                 (double)tt_exp_series((float)r),
                 expm1((double)(float)r), 2e-7, 0);
}

TT(activations, powers_of_two_are_exact)
{
  for (int k = -126; k <= 127; k++)
    tt_expect((double)tt_pow2(k) == ldexp(1, k), "2^%d is %g, not %g",
              k, ldexp(1, k), (double)tt_pow2(k));
}

TT(activations, the_exponential_is_right_to_its_ends)
{
  tt_expect_each(x, (double x = -110; x < 95; x += 1.0 / 64),
                 (double)tt_expf((Real)x), (double)(Real)exp(x),
                 1.2e-7, 1.5e-45);
  tt_expect((double)tt_expf(0) == 1, "e^0 is not 1");
  tt_expect(isinf(tt_expf(INFINITY)), "e^inf is finite");
  tt_expect((double)tt_expf(-INFINITY) == 0, "e^-inf is not 0");
  tt_expect(isnan(tt_expf(NAN)), "NaN was lost");
}

static Real flushes(Real x)            // right from -87 on
{
  return x < -87 ? 0 : tt_expf(x);
}

static bool is_exponential(Real (*f)(Real x))
{
  Real x[3000] = { NAN, -INFINITY, -1e30f, -105, 0, 88.5f, 89, 1e30f,
                   INFINITY };
  int n = 9;
  for (double at = -104; at < 88.7; at += 1.0 / 8)
    x[n++] = (Real)at;
  for (int i = 0; i < n; i++) {
    double want = (double)(Real)exp((double)x[i]), got = (double)f(x[i]);
    double most = 2.4e-7 * want + 2.8e-45;
    bool same = got == want || (isnan(got) && isnan(want));
    if (!same && !(isfinite(want) && fabs(got - want) <= most))
      return false;
  }
  return true;
}

static Real clamps(Real x)
{
  return tt_expf((Real)fmax(fmin((double)x, 89), -104));
}

static Real cuts(Real x)
{
  if (!(tt_absf(x) < 80))
    return tt_expf(x);
  int32_t k = (int32_t)((double)x / M_LN2);
  float r = (float)((double)x - k * M_LN2);
  return (Real)((1 + tt_exp_series(r)) * tt_pow2(k));
}

TT(activations, a_wrong_exponential_is_refused)
{
  tt_expect_accepts(is_exponential(tt_expf));
  tt_expect_refuses(is_exponential(flushes), "has no subnormals");
  tt_expect_refuses(is_exponential(clamps), "loses NaN");
  tt_expect_refuses(is_exponential(cuts), "cuts k off");
}

static Real softplus(Real u)           // log(1 + e^u)
{
  double e = (double)tt_expf(-tt_absf(u));
  return tt_reluf(u) + (Real)log1p(e);
}

TT(activations, a_corner_is_rounded)
{
  tt_expect_each(x, (double x = -100; x < 120; x += 1.0 / 16),
                 (double)softplus((Real)x), log1p(exp(x)), 4e-7, 2e-45);
  tt_expect((double)softplus(INFINITY) > 1e300, "at infinity");
  tt_expect((double)softplus(-INFINITY) == 0, "at -infinity");
  tt_expect(isnan(softplus(NAN)), "NaN was lost");
}

TT(activations, softmax_of_large_scores)
{
  Tensor *x = tt_log(tt_from(TT_SHAPE(3), (Real[]){1, 2, 5}));
  tt_expect_values(tt_softmax(x, 0), 2e-7, 0.125, 0.25, 0.625);
  tt_expect_values(tt_log_softmax(x, 0), 2e-7, log(0.125), log(0.25),
                   log(0.625));
  Tensor *y = tt_softmax(tt_add_scalar(x, 1000), -1);
  tt_expect_values(y, 1e-4, 0.125, 0.25, 0.625);
}

TT(activations, softmax_of_infinite_scores)
{
  Real oo = INFINITY;
  Tensor *x = tt_from(TT_SHAPE(5, 2), (Real[]){
    -oo, 0, -oo, -oo, oo, 0, NAN, 0, 0, -200});
  tt_expect_values(tt_softmax(x, 1), 1e-30, 0, 1, NAN, NAN, NAN, NAN,
                   NAN, NAN, 1, 0);
  tt_expect_values(tt_log_softmax(x, 1), 0, -INFINITY, 0, NAN, NAN,
                   NAN, NAN, NAN, NAN, 0, -200);
}

TT(activations, softmax_over_any_dimension)
{
  Tensor *x = tt_randn(TT_SHAPE(3, 20, 70), NULL), *e = tt_exp(x);
  for (int d = 0; d < 3; d++) {
    Tensor *y = tt_div(e, tt_sum(e, d, true));
    tt_expect_tensor(tt_softmax(x, d), y, 1e-6, 0);
    tt_expect_tensor(tt_log_softmax(x, d - 3), tt_log(y), 1e-6, 1e-6);
    Tensor *t = tt_transpose(x, 0, 2);
    tt_expect_tensor(tt_softmax(t, 2 - d), tt_transpose(y, 0, 2), 1e-6,
                     0);
  }
}

TT(activations, softmax_of_little)
{
  Tensor *x = tt_zeros(TT_SHAPE(2, 0, 3));
  for (int d = 0; d < 3; d++)
    tt_expect_shape(tt_softmax(x, d), TT_SHAPE(2, 0, 3));
  tt_expect_values(tt_softmax(tt_ones(TT_SHAPE(2, 1)), 1), 0, 1, 1);
  tt_expect_fail(tt_softmax(x, 3), "dim 3 is out of range");
  tt_expect_fail(tt_log_softmax(x, -4), "from -3 to 2");
  tt_expect_fail(tt_softmax(tt_ones(TT_SCALAR), 0), "single number");
}

static void slow_map(Real (*f)(Real u), int64_t n, Real *y,
                     const int8_t *x)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = f(x[i]);
}

static void fast_map(Real (*f)(Real u), int64_t n, Real *y,
                     const int8_t *x)
{
  Real table[256];
  bool known[256] = { false };
  for (int64_t i = 0; i < n; i++) {
    uint8_t at = (uint8_t)x[i];
    if (!known[at]) {
      known[at] = true;
      table[at] = f(x[i]);
    }
    y[i] = table[at];
  }
}

static int64_t asked;

static Real sure(Real u)               // a sigmoid, by the library
{
  asked++;
  return (Real)(1 / (1 + exp((double)-u / 16)));
}

static void expect_asked(int64_t n, const int8_t *x, int64_t calls)
{
  Real *y = tt_zeros(TT_SHAPE(n))->data;
  asked = 0;
  fast_map(sure, n, y, x);
  tt_expect(asked == calls, "of %lld numbers, %lld different, f was"
            " asked %lld times", (long long)n, (long long)calls,
            (long long)asked);
  for (int64_t i = 0; i < n; i++)
    tt_expect(y[i] == sure(x[i]), "of %d: %g", x[i], (double)y[i]);
}

TT(speed, each_byte_is_asked_once)
{
  int8_t all[300];
  for (int i = 0; i < 300; i++)
    all[i] = (int8_t)(i - 150);
  expect_asked(3, (int8_t[]){ -128, 127, -128 }, 2);
  expect_asked(5, (int8_t[]){ 0, 0, 1, -1, 1 }, 3);
  expect_asked(0, all, 0);
  expect_asked(300, all, 256);
  Tensor *x = tt_randint(-128, 128, TT_SHAPE(100000), NULL);
  Tensor *y = tt_zeros(tt_shape(x));
  int64_t n = tt_numel(x);
  const int8_t *bytes = tt_to(x, TT_I8)->data;
  tt_race(2, slow_map(sure, n, y->data, bytes),
          fast_map(sure, n, y->data, bytes));
}

int fold_main(int argc, char **argv);
#define main fold_main
#include "../programs/02/fold.c"
#undef main

TT(activations, paper_folds)
{
  sides = tt_zeros(TT_SCALAR);
  relus = 0;
  Tensor *p = tt_from(TT_SHAPE(3, 2), (Real[]){-2, 1, 3, 1, 0, -1});
  tt_expect_values(fold(p, 180), 1e-6, 2, 1, 3, 1, 0, -1);
  tt_expect_values(fold(p, 135), 1e-6, 1, -2, 3, 1, 0, -1);
  tt_expect(relus == 2, "two folds, and bend() has counted %d", relus);
  tt_expect_values(either(tt_ones(TT_SCALAR), tt_zeros(TT_SHAPE(1))), 0,
                   1);
}
