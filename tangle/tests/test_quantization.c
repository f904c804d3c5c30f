// Made from chapters/16-quantization.nw by tools/tangle: edit there.
#include "tt_test.h"
#include "tt/autograd.h"
#include <math.h>
#include <string.h>
#include <unistd.h>

static bool products_are_exact(void (*multiply)(const QGemm *g))
{
  enum { M = 9, N = 6, K = 70 };
  int8_t a[M * K], b[N * K];
  int32_t c[M * (N + 1)];
  for (int64_t k = 0; k <= 67; k++) {
    for (int i = 0; i < M * K; i++)
      a[i] = (int8_t)(i % 2 ? (int)tt_random(NULL) : i % 4 - 129);
    for (int i = 0; i < N * K; i++)
      b[i] = (int8_t)(i % 3 ? (int)tt_random(NULL)
                      : i % 2 ? 127 : -128);
    memset(c, 0x55, sizeof c);
    multiply(&(QGemm){ M, N, k, a, K, b, K, c, N + 1 });
    for (int i = 0; i < M; i++)
      for (int j = 0; j <= N; j++) {
        int64_t sum = j < N ? 0 : 0x55555555;
        for (int64_t p = 0; p < k && j < N; p++)
          sum += (int64_t)a[i * K + p] * b[j * K + p];
        if (c[i * (N + 1) + j] != sum)
          return false;
      }
  }
  return true;
}

static double real(const Quantized *q, int64_t i, int64_t k)
{
  int32_t zero = q->zero ? ((int32_t *)q->zero->data)[k] : 0;
  return tt_load(q->scale->dtype, q->scale->data, k)
         * (tt_load(q->q->dtype, q->q->data, i) - zero);
}

static Tensor *bytes_of(DType d, int64_t m, int64_t k)
{
  int low = d == TT_U8 ? 0 : -128;
  return tt_to(tt_randint(low, low + 256, TT_SHAPE(m, k), NULL), d);
}

static int64_t by_definition(const Tensor *a, int64_t za,
                             const Tensor *b, int64_t zb, int64_t i,
                             int64_t j)
{
  int64_t k = a->shape[1], sum = 0;
  for (int64_t p = 0; p < k; p++)
    sum += ((int64_t)tt_load(a->dtype, a->data, i * k + p) - za)
         * ((int64_t)tt_load(b->dtype, b->data, j * k + p) - zb);
  return sum;
}

static int64_t zero_at(const Tensor *zero, int64_t i)
{
  return zero ? (int64_t)tt_get(zero, TT_INDEX(zero->shape[0] > 1 ? i
                                                                  : 0))
              : 0;
}

static void expect_product(Tensor *a, Tensor *az, Tensor *b, Tensor *bz)
{
  Tensor *y = tt_qgemm(a, az, b, bz);
  int64_t m = a->shape[0], n = b->shape[0];
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      int64_t za = zero_at(az, i), zb = zero_at(bz, j);
      int64_t got = ((int32_t *)y->data)[i * n + j];
      int64_t want = by_definition(a, za, b, zb, i, j);
      tt_expect(got == want, "row %lld of %s, zero point %lld, by row"
                " %lld of %s, zero point %lld: %lld, not %lld",
                (long long)i, TT_TEXT(tt_shape(a)), (long long)za,
                (long long)j, TT_TEXT(tt_shape(b)), (long long)zb,
                (long long)got, (long long)want);
    }
}

static Gpt *small_gpt(bool untied)
{
  GptOptions o = { .vocab_size = 40, .context = 24, .dim = 64,
                   .layers = 2, .heads = 4, .untied = untied };
  TT_NO_GRAD;
  Gpt *m = tt_gpt_new(o, NULL);
  StateDict p = tt_module_parameters(m);
  for (int i = 0; i < p.n; i++) {  // with large ones, as if trained
    Tensor *t = *p.entry[i].slot;
    tt_copy_(t, tt_add(t, tt_mul_scalar(tt_randn(tt_shape(t), NULL),
                                        (Real)0.1)));
  }
  tt_module_eval(m);
  return tt_module_keep(m);
}

static Tensor *logits(Gpt *m, Tensor *ids)
{
  TT_NO_GRAD;
  return tt_keep(tt_forward(m, ids));
}

static double distance(Tensor *a, Tensor *b)   // of the deviation
{
  Tensor *d = tt_sub(a, b);
  return sqrt(tt_item(tt_mean(tt_mul(d, d), TT_ALL, false))
              / tt_item(tt_var(b, TT_ALL, 0, false)));
}

static void pairs_saturate(const QGemm *g)
{
  for (int64_t i = 0; i < g->m; i++)
    for (int64_t j = 0; j < g->n; j++) {
      const int8_t *a = g->a + i * g->a_row, *b = g->b + j * g->b_row;
      int32_t sum = 0;
      for (int64_t p = 0; p < g->k; p += 2) {
        bool two = p + 1 < g->k;
        int32_t s = (a[p] + 128) * b[p];
        s += two ? (a[p + 1] + 128) * b[p + 1] : 0;
        sum += s > 32767 ? 32767 : s < -32768 ? -32768 : s;
        sum -= 128 * (b[p] + (two ? b[p + 1] : 0));
      }
      g->c[i * g->c_row + j] = sum;
    }
}

TT(quantization, a_product_that_saturates_is_noticed)
{
  tt_expect_accepts(products_are_exact(tt_naive_qgemm));
  tt_expect_refuses(products_are_exact(pairs_saturate),
                    "cuts pairs of products off at 32,767");
}

TT(quantization, a_range_becomes_a_scale)
{
  static const struct { double low, high; bool affine, u8; double scale;
                        int zero; } want[] = {
    { -1, 2, false, false, 2 / 127.0, 0 },
    { -3, 2, false, false, 3 / 127.0, 0 },
    { -1, 2, true, true, 3 / 255.0, 85 },
    { -1, 2, true, false, 3 / 255.0, -43 },
    { 1, 2, true, true, 2 / 255.0, 0 },       // 0 is in the range
    { -4, -2, true, true, 4 / 255.0, 255 },
    { -4, -2, true, false, 4 / 255.0, 127 },
    { 0, 0, true, true, 1, 0 }, { 0, 0, false, false, 1, 0 },
  };
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    double scale;
    int32_t zero;
    tt_scale_of(want[i].low, want[i].high, (QuantScheme){
      .bits = 8, .affine = want[i].affine, .is_unsigned = want[i].u8 },
      &scale, &zero);
    const char *kind = !want[i].affine ? "symmetric"
                     : want[i].u8 ? "affine, u8" : "affine, i8";
    tt_expect(fabs(scale - want[i].scale) <= 1e-12 * want[i].scale,
              "%g to %g, %s: the scale is %.9g, not %.9g", want[i].low,
              want[i].high, kind, scale, want[i].scale);
    tt_expect(zero == want[i].zero,
              "%g to %g, %s: the zero point is %d, not %d", want[i].low,
              want[i].high, kind, zero, want[i].zero);
  }
}

TT(quantization, a_run_is_rounded_and_saturated)
{
  Tensor *one = tt_from(TT_SHAPE(1), (Real[]){ 0.5 });
  Tensor *zero = tt_from_int(TT_SHAPE(1), (int32_t[]){ 3 });
  Tensor *x = tt_from(TT_SHAPE(10), (Real[]){ 0.25, 0.75, 1.25, -0.25,
    -0.75, 70, -70, INFINITY, -INFINITY, 0.6875 });
  const int plain[] = { 0, 2, 2, 0, -2, 127, -127, 127, -127, 1 };
  const int moved[] = { 3, 5, 5, 3, 1, 127, -128, 127, -128, 4 };
  const int u8[] = { 3, 5, 5, 3, 1, 143, 0, 255, 0, 4 };
  Quantized s = tt_quantize_with(x, one, NULL, (QuantScheme){0});
  Quantized a = tt_quantize_with(x, one, zero, (QuantScheme){
    .affine = true });
  Quantized u = tt_quantize_with(x, one, zero, (QuantScheme){
    .affine = true, .is_unsigned = true });
  for (int64_t i = 0; i < 10; i++) {
    const Quantized *q[] = { &s, &a, &u };
    const char *how[] = { "zero 0", "zero 3", "zero 3, unsigned" };
    int want[] = { plain[i], moved[i], u8[i] };
    for (int k = 0; k < 3; k++)
      tt_expect(tt_get(q[k]->q, TT_INDEX(i)) == want[k],
                "%g / 0.5 with %s became %g, not %d",
                tt_get(x, TT_INDEX(i)), how[k],
                tt_get(q[k]->q, TT_INDEX(i)), want[k]);
  }
  tt_set_(x, TT_INDEX(4), NAN);
  tt_expect_fail(tt_quantize_with(x, one, NULL, (QuantScheme){0}),
                 "element [4] of [10] is NaN");
}

TT(quantization, numbers_come_back_within_half_a_step)
{
  QuantScheme all[] = { {0}, { .affine = true },
    { .affine = true, .is_unsigned = true },
    { .sharing = TT_PER_CHANNEL, .axis = 1 },
    { .sharing = TT_PER_CHANNEL, .axis = -1, .affine = true },
    { .sharing = TT_PER_CHANNEL, .axis = 0 } };
  Tensor *x = tt_mul(tt_randn(TT_SHAPE(3, 5, 7), NULL), tt_exp(
    tt_randn(TT_SHAPE(5, 1), NULL)));
  x = tt_transpose(tt_clone(tt_transpose(x, 0, 2)), 0, 2);  // strided
  for (size_t s = 0; s < sizeof all / sizeof *all; s++) {
    Quantized q = tt_quantize_tensor(x, all[s]);
    Tensor *back = tt_dequantize(q);
    for (int64_t i = 0; i < 105; i++) {
      int64_t k = s < 3 ? 0 : s == 3 ? i / 7 % 5 : s == 4 ? i % 7
                : i / 35;
      double v = tt_get(x, TT_INDEX(i / 35, i / 7 % 5, i % 7));
      double step = tt_load(TT_F32, q.scale->data, k);
      tt_expect_close(real(&q, i, k), v, 0, step / 2 * 1.0001);
      tt_expect_close(tt_load(TT_F32, back->data, i), real(&q, i, k),
                      1e-6, 0);
    }
  }
}

TT(quantization, every_scale_is_its_own_channels)
{
  Tensor *x = tt_randn(TT_SHAPE(2, 3, 4), NULL);
  for (int axis = 0; axis < 3; axis++) {
    Quantized q = tt_quantize_tensor(x, (QuantScheme){
      .sharing = TT_PER_CHANNEL, .axis = axis });
    tt_expect_shape(q.scale, TT_SHAPE(x->shape[axis]));
    for (int64_t c = 0; c < x->shape[axis]; c++) {
      Tensor *size = tt_abs(tt_select(x, axis, c));
      double most = tt_item(tt_max(size, TT_ALL, false));
      tt_expect_close(tt_get(q.scale, TT_INDEX(c)), most / 127, 1e-6,
                      0);
    }
  }
}

TT(quantization, four_bits_come_back)
{
  for (int64_t n = 1; n < 100; n += 7) {
    Tensor *x = tt_randn(TT_SHAPE(3, n), NULL);
    QuantScheme s = { .sharing = TT_PER_GROUP, .bits = 4 };
    int64_t groups = (n + 31) / 32;
    Quantized q = tt_quantize_tensor(x, s);
    tt_expect_shape(q.q, TT_SHAPE(3, groups * 16));
    tt_expect_shape(q.scale, TT_SHAPE(3, groups));
    Tensor *back = tt_dequantize(q);
    for (int64_t i = 0; i < 3 * n; i++) {
      int64_t g = i / n * groups + i % n / 32, j = i % n % 32;
      double scale = tt_load(TT_F16, q.scale->data, g);
      int byte = ((uint8_t *)q.q->data)[g * 16 + j % 16];
      double want = scale * ((j < 16 ? byte & 15 : byte >> 4) - 8);
      double v = tt_load(TT_F32, x->data, i);
      tt_expect_close(want, v, 0, scale * 0.51);
      tt_expect_close(tt_load(TT_F32, back->data, i), want, 1e-6, 0);
    }
  }
}

TT(quantization, a_row_of_zeros_comes_back_as_zeros)
{
  QuantScheme all[] = { {0}, { .affine = true },
    { .sharing = TT_PER_CHANNEL }, { .sharing = TT_PER_GROUP },
    { .sharing = TT_PER_GROUP, .bits = 4 } };
  Tensor *x = tt_mul(tt_randn(TT_SHAPE(4, 64), NULL), tt_from(
    TT_SHAPE(4, 1), (Real[]){ 1, 0, (Real)1e-20, 3 }));
  for (size_t s = 0; s < sizeof all / sizeof *all; s++) {
    Tensor *back = tt_dequantize(tt_quantize_tensor(x, all[s]));
    for (int64_t i = 0; i < 64; i++)
      tt_expect_close(tt_get(back, TT_INDEX(1, i)), 0, 0, 0);
    for (int64_t i = 0; i < 256; i++)
      tt_expect(isfinite(tt_load(TT_F32, back->data, i)), "scheme %zu",
                s);
  }
}

TT(quantization, a_product_of_bytes_is_exact)
{
  for (int64_t k = 0; k <= 67; k++) {
    TT_SCOPE;
    expect_product(bytes_of(TT_I8, 1 + k % 14, k), NULL,
                   bytes_of(TT_I8, 1 + k % 9, k), NULL);
  }
  int64_t deep[] = { 1023, 1024, 1025, 2049, 5000 };
  for (int i = 0; i < 5; i++)
    expect_product(bytes_of(TT_I8, 9, deep[i]), NULL,
                   bytes_of(TT_I8, 5, deep[i]), NULL);
}

static Tensor *zeros_like(DType d, int64_t n)
{
  return tt_select(tt_to(bytes_of(d, 1, n), TT_I32), 0, 0);
}

TT(quantization, zero_points_are_corrected)
{
  for (int64_t k = 1; k <= 67; k += 3) {
    TT_SCOPE;
    DType da = k % 2 ? TT_U8 : TT_I8, db = k % 4 < 2 ? TT_U8 : TT_I8;
    int64_t m = 1 + k % 6, n = 1 + k % 5;
    Tensor *a = bytes_of(da, m, k), *b = bytes_of(db, n, k);
    Tensor *az = zeros_like(da, k % 3 ? 1 : m);
    Tensor *bz = zeros_like(db, n);
    expect_product(a, az, b, bz);
    expect_product(a, NULL, b, bz);
    expect_product(a, az, b, NULL);
    expect_product(bytes_of(TT_U8, m, k), NULL, bytes_of(TT_I8, n, k),
                   NULL);
  }
}

static Tensor *all_of(DType d, int64_t k, double v)
{
  return tt_to(tt_full(TT_SHAPE(1, k), (Real)v), d);
}

TT(quantization, sums_are_exact_or_refused)
{
  int64_t k = TT_QGEMM_K;          // (-128)^2, as often as it fits
  Tensor *y = tt_qgemm(all_of(TT_I8, k, -128), NULL,
                       all_of(TT_I8, k, -128), NULL);
  tt_expect_int(((int32_t *)y->data)[0], k * 16384);
  k++;
  tt_expect_fail(tt_qgemm(all_of(TT_I8, k, 1), NULL,
                          all_of(TT_I8, k, 1), NULL),
                 "sums of 131072 products; an i32 is certain to hold"
                 " 131071");
  k = INT32_MAX / (255 * 255);
  y = tt_qgemm(all_of(TT_U8, k, 255), NULL, all_of(TT_U8, k, 255),
               NULL);
  tt_expect_int(((int32_t *)y->data)[0], k * 65025);
  k++;
  tt_expect_fail(tt_qgemm(all_of(TT_U8, k, 255), NULL,
                          all_of(TT_U8, k, 255), NULL),
                 "sums of 33026 products");
}

TT(quantization, a_layer_of_bytes_is_nearly_the_layer)
{
  for (int64_t k = 1; k < 100; k += 14) {
    Tensor *w = tt_randn(TT_SHAPE(11, k), NULL);
    Tensor *b = k % 2 ? tt_randn(TT_SHAPE(11), NULL) : NULL;
    Tensor *x = tt_randn(TT_SHAPE(2, 3, k), NULL);
    Quantized q = tt_pack(w, (QuantFormat){ .bits = 8 });
    Tensor *wide = tt_dequantize(q);
    Tensor *rows = tt_dequantize(tt_quantize_tensor(
      tt_reshape(x, TT_SHAPE(6, k)), (QuantScheme){
        .sharing = TT_PER_CHANNEL }));
    Tensor *want = tt_reshape(tt_linear(rows, wide, b),
                              TT_SHAPE(2, 3, 11));
    tt_expect_tensor(tt_quant_linear(x, q, b, false), want, 1e-5, 1e-4);
    tt_expect_tensor(tt_quant_linear(x, q, b, true),
                     tt_linear(x, wide, b), 1e-5, 1e-4);
  }
}

TT(quantization, a_row_of_the_input_has_its_own_scale)
{
  Quantized w = tt_pack(tt_eye(4), (QuantFormat){ .bits = 8 });
  Tensor *x = tt_from(TT_SHAPE(3, 4), (Real[]){
    1000, -500, 0, 0, (Real)0.001, (Real)-0.002, 0, 0,
    INFINITY, 2, -1, -INFINITY });
  Tensor *y = tt_quant_linear(x, w, NULL, false);
  for (int64_t i = 0; i < 4; i++) {
    Shape a = TT_INDEX(0, i), b = TT_INDEX(1, i);
    tt_expect_close(tt_get(y, a), tt_get(x, a), 0, 1000 / 253.0);
    tt_expect_close(tt_get(y, b), tt_get(x, b), 0, 0.002 / 253);
  }
  tt_expect_close(tt_get(y, TT_INDEX(2, 0)), 2, 1e-5, 0);  // saturated
  tt_expect_close(tt_get(y, TT_INDEX(2, 1)), 2, 1e-5, 0);
  tt_expect_close(tt_get(y, TT_INDEX(2, 3)), -2, 1e-5, 0);
  tt_set_(x, TT_INDEX(1, 2), NAN);
  tt_expect_fail(tt_quant_linear(x, w, NULL, false), "NaN in row 1");
}

TT(quantization, strips_are_the_weights_that_come_back)
{
  QuantFormat all[] = { { .bits = 8, .weight_only = true },
    { .bits = 4 }, { .bits = 4, .group = 16 },
    { .bits = 8, .group = 32 }, { .type = TT_F16 },
    { .type = TT_BF16 } };
  int64_t size[] = { 1, 31, 64, 100, 2000, 5000 };
  for (size_t f = 0; f < sizeof all / sizeof *all; f++)
    for (int i = 0; i < 6; i++) {
      TT_SCOPE;
      Tensor *w = tt_randn(TT_SHAPE(9, size[i]), NULL);
      Tensor *x = tt_randn(TT_SHAPE(i, size[i]), NULL);
      Tensor *b = tt_randn(TT_SHAPE(9), NULL);
      Quantized q = tt_pack(w, all[f]);
      tt_expect_tensor(tt_quant_linear(x, q, b, true),
                       tt_linear(x, tt_dequantize(q), b), 1e-4, 2e-3);
    }
}

static double half_by_definition(int bits, int exponent_bits)
{
  int digits = 15 - exponent_bits, most = (1 << exponent_bits) - 1;
  int e = bits >> digits & most, m = bits & ((1 << digits) - 1);
  double v = e == most ? (m ? (double)NAN : HUGE_VAL)
           : e == 0 ? ldexp(m, 1 - most / 2 - digits)
           : ldexp((1 << digits) + m, e - most / 2 - digits);
  return bits >> 15 ? -v : v;
}

TT(quantization, every_half_is_its_value_and_comes_back)
{
  int wrong = 0;
  for (int h = 0; h < 65536; h++) {
    double f = half_by_definition(h, 5), b = half_by_definition(h, 8);
    double from = (double)tt_from_f16((uint16_t)h);
    double from_b = (double)tt_from_bf16((uint16_t)h);
    wrong += isnan(f) ? !isnan(from) || !isnan((double)tt_from_f16(
      tt_to_f16(f))) : from != f || tt_to_f16(f) != h;
    wrong += isnan(b) ? !isnan(from_b) || !isnan((double)tt_from_bf16(
      tt_to_bf16(b))) : from_b != b || tt_to_bf16(b) != h;
  }
  tt_expect_int(wrong, 0);
}

// between neighbors, at the middle, and a little beside it
static int rounded_wrong(int h, int exponent_bits,
                         uint16_t (*to)(double), double end)
{
  double low = half_by_definition(h, exponent_bits);
  double high = half_by_definition(h + 1, exponent_bits);
  high = isinf(high) ? end : high;
  double middle = (low + high) / 2, tiny = (high - low) * 0x1p-40;
  int even = h % 2 ? h + 1 : h;
  return (to(middle) != even) + (to(middle + tiny) != h + 1)
       + (to(middle - tiny) != h) + (to(-middle) != (even | 0x8000))
       + (to(-middle - tiny) != ((h + 1) | 0x8000));
}

TT(quantization, halves_are_rounded_once)
{
  int wrong = 0;
  for (int h = 0; h < 0x7c00; h++)
    wrong += rounded_wrong(h, 5, tt_to_f16, 65536);
  for (int h = 0; h < 0x7f80; h++)
    wrong += rounded_wrong(h, 8, tt_to_bf16, 0x1p128);
  tt_expect_int(wrong, 0);
  tt_expect_int(tt_to_f16(1e300), 0x7c00);
  tt_expect_int(tt_to_f16(-1e300), 0xfc00);
  tt_expect_int(tt_to_f16(1e-300), 0);
  tt_expect_int(tt_to_bf16(1e300), 0x7f80);
}

TT(quantization, halves_are_stored_copied_and_printed)
{
  DType all[] = { TT_F16, TT_BF16 };
  for (int i = 0; i < 2; i++) {
    Tensor *x = tt_from(TT_SHAPE(2, 3), (Real[]){ 1, -0.5, 1024, 0.25,
                                                  -3, INFINITY });
    Tensor *h = tt_to(x, all[i]);
    tt_expect_int((int64_t)tt_dtype_size(h->dtype), 2);
    tt_expect_tensor(tt_to(h, TT_F32), x, 0, 0);
    h = tt_contiguous(tt_transpose(h, 0, 1));
    tt_expect_tensor(tt_to(h, TT_F32), tt_transpose(x, 0, 1), 0, 0);
    tt_set_(h, TT_INDEX(0, 0), 7);
    tt_expect_close(tt_get(h, TT_INDEX(0, 0)), 7, 0, 0);
    char text[300] = "";
    FILE *f = fmemopen(text, sizeof text, "w");
    tt_fprint(f, tt_select(h, 1, 0));
    fclose(f);
    tt_expect_text(text, i ? "tensor([ 7.0000e+00, -5.0000e-01, "
                   " 1.0240e+03], dtype=bf16)\n" : "tensor([ 7.0000e"
                   "+00, -5.0000e-01,  1.0240e+03], dtype=f16)\n");
    tt_expect_fail(tt_add(h, h), i ? "bf16" : "f16");
  }
}

static const QuantFormat formats[] = {
  {0}, { .weight_only = true }, { .bits = 4 },
  { .bits = 8, .group = 32 }, { .type = TT_F16 }, { .type = TT_BF16 }
};
static const double near[] = { 0.035, 0.02, 0.45, 0.015, 0.001, 0.006 };
enum { FORMATS = sizeof formats / sizeof *formats };

TT(quantization, a_quantized_model_is_nearly_the_model)
{
  Tensor *ids = tt_randint(0, 40, TT_SHAPE(2, 24), NULL);
  for (int f = 0; f < FORMATS; f++)
    for (int untied = 0; untied < 2; untied++) {
      TT_SCOPE;
      Gpt *m = small_gpt(untied);
      Tensor *want = logits(m, ids);
      tt_expect(tt_quantize(m, (QuantizeOptions){
      .format = formats[f] }) == m,
                "another model");
      double d = distance(logits(m, ids), want);
      tt_expect(d > 0 && d < near[f], "format %d: %g", f, d);
    }
}

static int floats_in(void *m)      // of rank 2: weights that stayed
{
  TT_SCOPE;
  StateDict s = tt_module_state_dict(m);
  int n = 0;
  for (int i = 0; i < s.n; i++)
    n += (*s.entry[i].slot)->rank == 2
         && (*s.entry[i].slot)->dtype == TT_F32;
  return n;
}

TT(quantization, what_held_the_floats_is_given_back)
{
  for (int f = 0; f < FORMATS; f++) {
    TT_SCOPE;
    int64_t before = tt_memory_stats().live_bytes;
    Gpt *m = small_gpt(false);
    int64_t floats = tt_memory_stats().live_bytes - before;
    int64_t handles = tt_memory_stats().tensors;
    tt_quantize(m, (QuantizeOptions){
      .format = formats[f] });
    int64_t bytes = tt_memory_stats().live_bytes - before;
    double less = (double)floats / (double)bytes;
    tt_expect_int(floats_in(m), 0);
    tt_expect(less > (formats[f].type ? 1.7 : f == 2 ? 4.5 : 2.9),
              "format %d: only %g times smaller", f, less);
    tt_expect(tt_memory_stats().tensors < handles + 60, "handles");
    tt_module_free(m);
    tt_expect_int(tt_memory_stats().live_bytes, before);
  }
}

TT(quantization, a_table_and_its_head_are_kept_once)
{
  TT_SCOPE;
  Gpt *m = small_gpt(false);
  tt_quantize(m, (QuantizeOptions){0});
  tt_expect(m->head->weight == m->tokens->weight, "two tables");
  StateDict s = tt_module_state_dict(m);
  int tables = 0;
  for (int i = 0; i < s.n; i++)
    tables += *s.entry[i].slot == m->tokens->weight;
  tt_expect_int(tables, 1);
}

TT(quantization, what_is_to_stay_stays_in_its_bits)
{
  const char *skip[] = { "head", "block.1.attention", NULL };
  for (int untied = 0; untied < 2; untied++) {
    TT_SCOPE;
    Gpt *m = small_gpt(untied);
    const Tensor *head = untied ? m->head->weight : m->tokens->weight;
    Linear *query = m->block[1]->attention->query;
    tt_quantize(m, (QuantizeOptions){ .skip = skip });
    tt_expect(m->head->weight == head, "another head");
    tt_expect(m->block[1]->attention->query == query, "a new query");
    tt_expect_int(floats_in(m), 5);
    logits(m, tt_randint(0, 40, TT_SHAPE(1, 9), NULL));
    const char *wrong[] = { "heads", NULL };
    tt_expect_fail(tt_quantize(m, (QuantizeOptions){ .skip = wrong }),
                   "skip has 'heads', and the model no such module");
  }
}

TT(quantization, a_quantized_model_comes_back_from_its_file)
{
  char path[] = "/tmp/tt-quant-XXXXXX";
  close(mkstemp(path));
  const char *skip[] = { "block.0.mlp.up", "head", NULL };
  Tensor *ids = tt_randint(0, 40, TT_SHAPE(2, 24), NULL);
  for (int f = 0; f < 2 * FORMATS; f++) {
    TT_SCOPE;
    Gpt *m = small_gpt(f % 3 == 1);
    tt_quantize(m, (QuantizeOptions){ formats[f % FORMATS],
                                      f < FORMATS ? NULL : skip });
    MetaPair pair = { "of", "a test" };
    tt_gpt_save(path, m, (Metadata){ .n = 1, .pair = &pair });
    Metadata more;
    Gpt *back = tt_load_quantized_gpt(path, &more);
    tt_expect_text(tt_metadata_get(more, "of"), "a test");
    tt_expect_tensor(logits(back, ids), logits(m, ids), 0, 0);
    tt_expect_int(floats_in(back), floats_in(m));
    tt_expect_fail(tt_gpt_load(path, NULL), "tt_gpt_load");
  }
  unlink(path);
}

TT(quantization, layers_alone_and_in_two_places)
{
  TT_SCOPE;
  Linear *one = tt_linear_new(8, 8, NULL);
  Tensor *x = tt_randn(TT_SHAPE(3, 8), NULL);
  Sequential *twice = TT_SEQUENTIAL(one, tt_activation_new(tt_relu),
                                    one);
  Tensor *want = tt_detach(tt_forward(twice, x));
  tt_quantize(twice, (QuantizeOptions){0});
  tt_expect(twice->layer[0] == twice->layer[2], "two of one");
  tt_expect(distance(tt_forward(twice, x), want) < 0.03, "far away");
  Linear *alone = tt_linear_new(8, 4, NULL);
  want = tt_detach(tt_forward(alone, x));
  Module *m = tt_quantize(alone, (QuantizeOptions){0});
  tt_expect(m->type == &tt_quant_linear_type, "%s", m->type->name);
  tt_expect(distance(tt_forward(m, x), want) < 0.03, "far away");
}

TT(quantization, bytes_have_no_gradient)
{
  tt_autograd_enable();
  TT_SCOPE;
  Module *m = tt_quantize(tt_linear_new(8, 4, NULL),
                          (QuantizeOptions){0});
  Tensor *x = tt_requires_grad_(tt_randn(TT_SHAPE(3, 8), NULL), true);
  tt_expect_fail(tt_backward(tt_sum(tt_forward(m, x), TT_ALL, false)),
                 "tt_backward");
}
