// Made from chapters/02-activations.nw by tools/tangle: edit there.
#include <math.h>
#include "tt_test.h"

TT(activations, relu_lets_nan_through)
{
  Tensor *x = tt_from(TT_SHAPE(6), (Real[]){
    -2, -INFINITY, 3, INFINITY, NAN, 0});
  tt_expect_values(tt_relu(x), 0, 0, 0, 3, INFINITY, NAN, 0);
  tt_expect_values(tt_leaky_relu(x, (Real)0.5), 0, -1, -INFINITY, 3,
                   INFINITY, NAN, 0);
}

TT(activations, the_power_of_two)
{
  for (int k = -126; k <= 127; k++)
    tt_expect((double)tt_pow2(k) == ldexp(1, k), "2^%d", k);
}

TT(activations, an_exponent_is_split)
{
  for (double x = -104; x <= 89; x += 1.0 / 8) {
    int32_t k;
    double r = (double)tt_exp_split((float)x, &k);
    tt_expect(fabs(r) < 0.3467, "r = %g for x = %g", r, x);
    tt_expect_close(r + k * M_LN2, x, 0, 1e-7);
  }
}

TT(activations, the_series_is_summed)
{
  for (double r = -0.3467; r < 0.3467; r += 0.001)
    tt_expect_close((double)tt_exp_series((float)r),
                    expm1((double)(float)r), 2e-7, 0);
}

TT(activations, the_exponential_is_right_everywhere)
{
  for (double x = -110; x < 95; x += 1.0 / 64) {
    double want = (double)(Real)exp(x);
    tt_expect_close(tt_expf((Real)x), want, 2e-7, 2e-45);
  }
  tt_expect_close(tt_expf(0), 1, 0, 0);
  tt_expect_close(tt_expf(INFINITY), INFINITY, 0, 0);
  tt_expect_close(tt_expf(-INFINITY), 0, 0, 0);
  tt_expect_close(tt_expf(NAN), NAN, 0, 0);
}

TT(activations, sigmoid_and_its_ends)
{
  for (double x = -100; x < 100; x += 1.0 / 16)
    tt_expect_close(tt_sigmoidf((Real)x), 1 / (1 + exp(-x)), 3e-7,
                    2e-45);
  Tensor *x = tt_from(TT_SHAPE(3), (Real[]){-INFINITY, INFINITY, NAN});
  tt_expect_values(tt_sigmoid(x), 0, 0, 1, NAN);
}

TT(activations, tanh_keeps_small_numbers)
{
  for (double x = 1e-30; x < 30; x *= 1.01) {
    tt_expect_close(tt_tanhf((Real)x), tanh(x), 4e-7, 0);
    tt_expect_close(tt_tanhf((Real)-x), -tanh(x), 4e-7, 0);
  }
  Tensor *x = tt_from(TT_SHAPE(3), (Real[]){-INFINITY, INFINITY, NAN});
  tt_expect_values(tt_tanh(x), 0, -1, 1, NAN);
}

TT(activations, gates_at_their_ends)
{
  Tensor *x = tt_from(TT_SHAPE(5), (Real[]){
    -INFINITY, INFINITY, NAN, 0, -50});
  tt_expect_values(tt_gelu(x), 1e-12, 0, INFINITY, NAN, 0, 0);
  tt_expect_values(tt_gelu_tanh(x), 1e-12, 0, INFINITY, NAN, 0, 0);
  tt_expect_values(tt_silu(x), 1e-12, 0, INFINITY, NAN, 0, 0);
}

TT(activations, gelu_is_close_to_the_definition)
{
  for (double x = -12; x < 12; x += 1.0 / 64)
    tt_expect_close(tt_geluf((Real)x), x * erfc(-x * M_SQRT1_2) / 2,
                    2e-7, 3e-7);
}

TT(activations, softmax_of_a_row)
{
  Tensor *x = tt_log(tt_from(TT_SHAPE(3), (Real[]){1, 2, 5}));
  tt_expect_values(tt_softmax(x, 0), 2e-7, 0.125, 0.25, 0.625);
  x = tt_add_scalar(x, 1000);
  tt_expect_values(tt_softmax(x, -1), 1e-4, 0.125, 0.25, 0.625);
  tt_expect_values(tt_exp(tt_log_softmax(x, 0)), 1e-4, 0.125, 0.25,
                   0.625);
}

TT(activations, softmax_at_the_ends)
{
  Tensor *x = tt_from(TT_SHAPE(3, 2), (Real[]){
    -INFINITY, 0, -INFINITY, -INFINITY, 0, -200});
  tt_expect_values(tt_softmax(x, 1), 1e-30, 0, 1, NAN, NAN, 1, 0);
  tt_expect_values(tt_log_softmax(x, 1), 1e-7, -INFINITY, 0, NAN, NAN,
                   0, -200);
}

TT(activations, softmax_over_any_dimension)
{
  Tensor *x = tt_randn(TT_SHAPE(3, 4, 5), NULL);
  for (int d = 0; d < 3; d++) {
    Tensor *y = tt_softmax(x, d), *e = tt_exp(x);
    tt_expect_tensor(y, tt_div(e, tt_sum(e, d, true)), 1e-6, 0);
    tt_expect_tensor(tt_log_softmax(x, d), tt_log(y), 1e-5, 1e-6);
    Tensor *t = tt_transpose(x, 0, 2);
    tt_expect_tensor(tt_softmax(t, 2 - d), tt_transpose(y, 0, 2), 1e-6,
                     0);
  }
  tt_expect_fail(tt_softmax(x, 3), "dim 3");
  tt_expect_fail(tt_softmax(tt_ones(TT_SCALAR), 0), "tt_softmax");
  tt_expect_shape(tt_softmax(tt_zeros(TT_SHAPE(0, 3)), 1),
                  TT_SHAPE(0, 3));
}
