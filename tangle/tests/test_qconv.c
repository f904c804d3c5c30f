// Made from chapters/16-quantization.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <string.h>

static Tensor *channels_last(Tensor *x)
{
  x = tt_contiguous(tt_permute(x, TT_SHAPE(0, 2, 3, 1)));
  return tt_permute(x, TT_SHAPE(0, 3, 1, 2));
}

static Quantized kept_weight(const QuantConv2d *q)
{
  const int64_t *d = q->shape.dim;
  bool groups = q->format.group > 0;
  return (Quantized){ q->conv.weight, q->scale, NULL,
    TT_SHAPE(d[0], d[1] * d[2] * d[3]), {
      groups ? TT_PER_GROUP : TT_PER_CHANNEL, 0, q->format.group,
      q->format.bits, false, false } };
}

TT(requantization, a_sum_is_rounded_once)
{
  Multiplier m = { 1583594044, 40 };     // 7984 m = 11.4993
  tt_expect_int(tt_requantized(7984, m), 11);
  tt_expect_int(tt_requantized(-7984, m), -11);
  Multiplier half = tt_multiplier(0.5);
  int even[] = { 0, 0, 1, 2, 2, 2, 3, 4 };
  for (int i = 0; i < 8; i++) {
    tt_expect_int(tt_requantized(i, half), even[i]);
    tt_expect_int(tt_requantized(-i, half), -even[i]);
  }
}

TT(requantization, sums_of_any_size_times_ratios_of_any_size)
{
  for (int i = 0; i < 20000; i++) {
    int32_t sum = (int32_t)(tt_random(NULL) >> (32 + i % 32));
    sum = i % 3 == 0 ? -sum : i == 1 ? INT32_MIN : sum;
    double x = ldexp((double)(1 + tt_random(NULL) % 1000000),
                     i % 60 - 55);
    if (x >= ldexp(1, 30))
      continue;
    Multiplier m = tt_multiplier(x);
    tt_expect_close(ldexp(m.m, -m.shift), x, m.m ? 2.4e-10 : 1, 0);
    long double exact = (long double)sum * m.m;
    exact = rintl(ldexpl(exact, -m.shift));
    tt_expect(exact == (long double)tt_requantized(sum, m),
              "%d times %g: %lld", sum, x,
              (long long)tt_requantized(sum, m));
  }
}

// sum m / 2^shift, rounded twice; if shift is above 31
static int64_t rounded_twice(int32_t sum, Multiplier by)
{
  int64_t product = (int64_t)sum * by.m, one = 1;
  if (by.shift < 32)
    return tt_requantized(sum, by);
  int64_t high = (product + (one << 30)) >> 31;
  int more = by.shift - 31;
  return (high + (one << (more - 1))) >> more;
}

static bool rounds_well(int64_t (*f)(int32_t, Multiplier))
{
  for (int i = 0; i < 200000; i++) {
    int32_t sum = (int32_t)(tt_random(NULL) % (1 << 22)) - (1 << 21);
    Multiplier by = {
      (int32_t)((1u << 30) + tt_random(NULL) % (1u << 30)),
      32 + i % 12 };
    if (i % 4 == 0)
      by = (Multiplier){ 1 << 30, 31 + i % 3 };
    if ((double)f(sum, by) != rint(ldexp((double)sum * by.m, -by.shift)))
      return false;
  }
  return true;
}

static int64_t in_long_double(int32_t sum, Multiplier by)
{
  long double product = (long double)sum * by.m;
  return (int64_t)rintl(ldexpl(product, -by.shift));
}

static int64_t cut_off(int32_t sum, Multiplier by)
{
  return (int64_t)sum * by.m / (INT64_C(1) << by.shift);
}

TT(requantization, a_wrong_rounding_is_refused)
{
  tt_expect_accepts(rounds_well(tt_requantized));
  tt_expect_accepts(rounds_well(in_long_double));
  tt_expect_refuses(rounds_well(rounded_twice), "rounds twice");
  tt_expect_refuses(rounds_well(cut_off), "cuts off");
}

static Tensor *random_bytes(DType d, Shape s)
{
  return tt_to(tt_randint(d == TT_U8 ? 0 : -128, d == TT_U8 ? 256 : 128,
                          s, NULL), d);
}

static void expect_sums(Tensor *x, int32_t zx, Tensor *w, Tensor *zw,
                        Conv2dOptions o)
{
  TT_SCOPE;
  Tensor *fx = tt_add_scalar(tt_to(x, TT_F32), (Real)-zx);
  Tensor *fw = tt_to(w, TT_F32);
  if (zw)
    fw = tt_sub(fw, zw->rank == 0 ? tt_to(zw, TT_F32)
                : tt_reshape(tt_to(zw, TT_F32), TT_SHAPE(-1, 1, 1, 1)));
  Tensor *y = tt_qconv2d(x, zx, w, zw, o);
  tt_expect_tensor(tt_to(y, TT_F32), tt_conv2d(fx, fw, NULL, o), 0, 0);
}

TT(qconv, sums_are_exact_for_all_shapes)
{
  for (int i = 0; i < 60; i++) {
    TT_SCOPE;
    int g = 1 + i % 3, c = 1 + i % 4, k = 1 + i % 3;
    DType d = i % 2 ? TT_U8 : TT_I8, e = i % 5 == 0 ? TT_U8 : TT_I8;
    Conv2dOptions o = { .groups = g,
      .stride = { 1 + i % 2, 1 + i / 7 % 2 },
      .padding = { i % 3, i / 2 % 3, i / 3 % 3, i / 5 % 3 },
      .dilation = { 1 + i / 4 % 2, 1 + i / 6 % 2 } };
    Tensor *x = random_bytes(d, TT_SHAPE(2, g * c, 9, 7 + i % 5));
    Tensor *w = random_bytes(e, TT_SHAPE(g * (1 + i / 8 % 3), c, k, 2));
    Tensor *zw = i % 4 == 1 ? tt_to(random_bytes(e, TT_SCALAR), TT_I32)
      : i % 4 == 2
      ? tt_to(random_bytes(e, TT_SHAPE(w->shape[0])), TT_I32) : NULL;
    int zx = (int)tt_item(random_bytes(d, TT_SCALAR));
    expect_sums(i % 3 ? x : channels_last(x), zx, w, zw, o);
  }
}

TT(qconv, bytes_are_those_of_pytorch)
{
  const uint8_t x[] = {
    0, 76, 153, 229, 178, 255, 51, 127, 76, 153, 229, 25, 255, 51, 127,
    204, 0, 25, 51, 76, 64, 89, 115, 140, 127, 153, 13, 38, 25, 51, 76,
    102 };
  const int8_t w[] = {
    -127, -95, -64, -64, -32, 0, 0, 32, 64, -32, 0, 32, 32, 64, 95, 95,
    127, -127, 32, 64, 95, 95, 127, -127, -127, -95, -64, 127, -127,
    -95, -95, -64, -32, -32, 0, 32 };
  const int y[] = {
    48, 47, 47, 48, 46, 49, 44, 41, 45, 41, 41, 44, 43, 39, 40, 40, 15,
    12, 13, 21, 17, 20, 16, 18, 16, 13, 20, 19, 21, 24, 22, 24 };
  Tensor *tx = tt_empty(TT_U8, TT_SHAPE(1, 2, 4, 4));
  Tensor *tw = tt_empty(TT_I8, TT_SHAPE(2, 2, 3, 3));
  memcpy(tx->data, x, sizeof x), memcpy(tw->data, w, sizeof w);
  Tensor *sums = tt_qconv2d(tx, 0, tw, NULL, (Conv2dOptions){
    .padding = TT_SIDES(1) });
  double scale = 0.08 / 127 / 255;       // of w times that of x
  Tensor *bias = tt_from_int(TT_SHAPE(2), (int32_t[]){
    (int32_t)rint(0.3 / scale), (int32_t)rint(-0.2 / scale) });
  Tensor *ratio = tt_full(TT_SHAPE(2), (Real)(scale / 0.02));
  Tensor *q = tt_requantize(sums, bias, 1, ratio, 30, TT_U8);
  for (int i = 0; i < 32; i++)
    tt_expect_int(((uint8_t *)q->data)[i], y[i]);
}

TT(requantization, bytes_saturate)
{
  Tensor *sums = tt_from_int(TT_SHAPE(2, 3), (int32_t[]){
    -1000, 7, 1000, INT32_MIN, 0, INT32_MAX });
  Tensor *bias = tt_from_int(TT_SHAPE(2), (int32_t[]){ 0, -2 });
  Tensor *scale = tt_from(TT_SHAPE(2), (Real[]){ 0.5f, 1 });
  Tensor *y = tt_requantize(sums, bias, 0, scale, 10, TT_U8);
  const int want[] = { 0, 14, 255, 0, 8, 255 };
  for (int i = 0; i < 6; i++)
    tt_expect_int(((uint8_t *)y->data)[i], want[i]);
  y = tt_requantize(sums, NULL, 0, tt_full(TT_SCALAR, 1), 0, TT_I8);
  const int some[] = { -128, 7, 127, -128, 0, 127 };
  for (int i = 0; i < 6; i++)
    tt_expect_int(((int8_t *)y->data)[i], some[i]);
}

static const QuantFormat formats[] = {
  {0}, { .weight_only = true }, { .bits = 4 },
  { .bits = 8, .group = 6 }, { .type = TT_F16 }, { .type = TT_BF16 }
};

static Tensor *as_in_bytes(Tensor *x, Tensor *scale, Tensor *zero)
{
  QuantScheme s = { .affine = true };
  if (scale)
    return tt_dequantize(tt_quantize_with(x, scale, zero, s));
  s.sharing = TT_PER_CHANNEL;
  return tt_dequantize(tt_quantize_tensor(x, s));
}

static void compare_layer(QuantFormat f, Conv2dOptions o, double top)
{
  TT_NO_GRAD;
  Conv2d *c = tt_conv2d_new(6, 8, 3, o, NULL);
  tt_fill_(tt_select(c->weight, 0, 3), 0);       // a filter of zeros
  Tensor *x = tt_randn(TT_SHAPE(3, 6, 9, 11), NULL);
  x = tt_maximum(x, tt_zeros(TT_SCALAR));
  QuantConv2d *q = tt_quantize(c, (QuantizeOptions){ .format = f });
  tt_expect_text(q->conv.base.type->name, "QuantConv2d");
  Tensor *w = tt_permute(tt_reshape(tt_dequantize(kept_weight(q)),
    TT_SHAPE(8, 3, 3, 6 / (o.groups ? o.groups : 1))),
    TT_SHAPE(0, 3, 1, 2));
  Tensor *scale = tt_full(TT_SHAPE(1), (Real)(top / 255));
  Tensor *zero = tt_from_int(TT_SHAPE(1), (int32_t[]){ -128 });
  if (top > 0)
    tt_set_(q->range, TT_INDEX(1), top);
  Tensor *near = q->format.weight_only ? x
    : as_in_bytes(x, top > 0 ? scale : NULL, zero);
  Tensor *want = tt_conv2d(near, w, q->conv.bias, o);
  tt_expect_tensor(tt_forward(q, x), want, 1e-5, 1e-5);
  Tensor *none = tt_select(tt_forward(q, x), 1, 3);
  double bias = q->conv.bias ? tt_get(q->conv.bias, TT_INDEX(3)) : 0;
  tt_expect_tensor(none, tt_full(tt_shape(none), (Real)bias), 0, 0);
}

TT(qconv, a_layer_is_the_product_of_what_was_rounded)
{
  tt_autograd_enable();
  for (int i = 0; i < 6; i++)
    for (int k = 0; k < 4; k++)
      compare_layer(formats[i], (Conv2dOptions){
        .padding = { k % 3, k % 2, 1, k }, .groups = k % 2 ? 2 : 1,
        .stride = TT_BOTH(1 + k / 2), .no_bias = k == 2 },
        k % 3 ? 1.5 : 0);
}

TT(qconv, a_zero_point_is_a_byte)
{
  Tensor *x = random_bytes(TT_U8, TT_SHAPE(1, 1, 2, 2));
  Tensor *w = random_bytes(TT_I8, TT_SHAPE(1, 1, 1, 1));
  Tensor *zero = tt_from_int(TT_SHAPE(1), (int32_t[]){ 128 });
  Conv2dOptions o = {0};
  tt_expect_fail(tt_qconv2d(x, -1, w, NULL, o), "from 0 to 255");
  tt_expect_fail(tt_qconv2d(w, 128, w, NULL, o), "from -128 to 127");
  tt_expect_fail(tt_qconv2d(x, 0, w, zero, o), "from -128 to 127");
  Tensor *deep = random_bytes(TT_U8, TT_SHAPE(1, 33026, 1, 1));
  tt_expect_fail(tt_qconv2d(deep, 0, deep, NULL, o), "33025");
}

TT(qconv, a_bias_is_not_cut_off)
{
  Conv2d *c = tt_conv2d_new(1, 1, 1, (Conv2dOptions){0}, NULL);
  tt_fill_(c->weight, 1e-6), tt_fill_(c->bias, 5);
  Tensor *x = tt_full(TT_SHAPE(1, 1, 2, 2), (Real)1e-5);
  QuantConv2d *q = tt_quantize(c, (QuantizeOptions){0});
  tt_expect_tensor(tt_forward(q, x), tt_full(tt_shape(x), 5), 0, 0);
}

TT(qconv, each_image_of_a_batch_has_its_range)
{
  Conv2d *c = tt_conv2d_new(2, 3, 3, (Conv2dOptions){0}, NULL);
  Tensor *x = tt_randn(TT_SHAPE(2, 2, 8, 8), NULL);
  tt_copy_(tt_select(x, 0, 1), tt_mul_scalar(tt_select(x, 0, 1), 500));
  QuantConv2d *q = tt_quantize(c, (QuantizeOptions){0});
  Tensor *y = tt_forward(q, x), *first = tt_slice(x, 0, 0, 1, 1);
  tt_expect_tensor(tt_slice(y, 0, 0, 1, 1), tt_forward(q, first), 0, 0);
  tt_set_(first, TT_INDEX(0, 1, 3, 3), NAN);
  tt_expect_fail(tt_forward(q, first), "NaN");
}
