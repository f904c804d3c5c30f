// Needs chapter 16: halves are PyTorch's (reference/halves.py); a model that
// cannot be quantized to the end is whole.
#include "faults.h"
#include "tt_test.h"
#include <math.h>
#include <string.h>

static float float_of(uint32_t u) {
  float f;
  memcpy(&f, &u, sizeof f);
  return f != f ? 0 : f;           // a NaN has many patterns
}

TT(halves, a_million_floats_become_those_of_pytorch) {
  uint64_t f16 = TT_CHECKSUM, bf16 = TT_CHECKSUM;
  for (uint64_t i = 0; i < 1 << 20; i++) {
    double v = (double)float_of((uint32_t)(i << 12 | (i * 2654435761 & 4095)));
    uint16_t h = tt_to_f16(v), b = tt_to_bf16(v);
    f16 = tt_checksum(f16, &h, 2), bf16 = tt_checksum(bf16, &b, 2);
  }
  tt_expect(f16 == 0x48699af17772ef15, "f16: %jx", (uintmax_t)f16);
  tt_expect(bf16 == 0x409fbe0a2a7855e5, "bf16: %jx", (uintmax_t)bf16);
}

TT(halves, all_65536_become_those_of_pytorch) {
  uint64_t f16 = TT_CHECKSUM, bf16 = TT_CHECKSUM;
  for (int h = 0; h < 65536; h++) {
    float f = tt_from_f16((uint16_t)h), b = tt_from_bf16((uint16_t)h);
    f = f != f ? 0 : f, b = b != b ? 0 : b;
    f16 = tt_checksum(f16, &f, 4), bf16 = tt_checksum(bf16, &b, 4);
  }
  tt_expect(f16 == 0xa0750411cb2745, "f16: %jx", (uintmax_t)f16);
  tt_expect(bf16 == 0x159471259d56b7a5, "bf16: %jx", (uintmax_t)bf16);
}

// ---- memory that runs out -------------------------------------------------------
typedef struct Case { Gpt *m; QuantizeOptions o; } Case;

static Gpt *small(void) {
  Gpt *m = tt_gpt_new((GptOptions){.vocab_size = 30, .context = 8, .dim = 32,
                                   .layers = 1, .heads = 2}, NULL);
  tt_module_eval(m);
  return m;
}

static void quantize(void *arg) {
  Case *c = arg;
  tt_quantize(c->m, c->o);
}

static const char *const skip[] = {"head", NULL};

TT(quantization, a_model_is_of_bytes_or_as_it_was) {
  Tensor *ids = tt_randint(0, 30, TT_SHAPE(1, 8), NULL);
  for (int s = 0; s < 2; s++) {
    bool done = false;
    for (int k = 1; !done; k++) {
      TT_NO_GRAD;
      Case c = {small(), {.skip = s ? skip : NULL}};
      Tensor *want = tt_forward(c.m, ids);
      tt_empty_pool();             // so that memory is asked for
      MemoryStats before = tt_memory_stats();
      TensorError e;
      fail_from(k, 1000000);
      bool good = tt_try(quantize, &c, &e);
      done = stop_failing() == 0;
      tt_expect(good == done, "%d: %s", k, good ? "it went well" : e.message);
      if (!good) {
        expect_as_before("tt_quantize", k, before);
        tt_expect_tensor(tt_forward(c.m, ids), want, 0, 0);
      }
    }
  }
}

// ---- what others gave to it -----------------------------------------------------
static double apart(Tensor *a, Tensor *b) {
  return tt_item(tt_max(tt_abs(tt_sub(a, b)), TT_ALL, false));
}

TT(quantization, every_sharing_multiplies) {
  TT_NO_GRAD;
  Tensor *w = tt_add_scalar(tt_randn(TT_SHAPE(6, 5), NULL), 3);
  Tensor *x = tt_randn(TT_SHAPE(3, 5), NULL);
  Tensor *b = tt_slice(tt_randn(TT_SHAPE(12), NULL), 0, 0, 12, 2);
  Tensor *want = tt_linear(x, w, b);
  for (int i = 0; i < 12; i++) {
    QuantScheme s = {.sharing = i % 3, .axis = i / 3 % 2, .affine = i % 3 < 2 && i > 5};
    Quantized q = tt_quantize_tensor(w, s);
    Tensor *row = tt_empty(TT_F32, TT_SHAPE(2, 5));
    tt_widen_rows(&q, 3, 2, row->data);
    tt_expect_tensor(row, tt_slice(tt_dequantize(q), 0, 3, 5, 1), 0, 0);
    for (int only = 0; only < 2; only++)
      tt_expect(apart(tt_quant_linear(x, q, b, only), want) < 0.1, "%d, %d", i, only);
  }
  w = tt_zeros(TT_SHAPE(4, 0)), b = tt_ones(TT_SHAPE(4));
  Quantized none = tt_quantize_tensor(w, (QuantScheme){.sharing = TT_PER_CHANNEL});
  Tensor *y = tt_quant_linear(tt_zeros(TT_SHAPE(3, 0)), none, b, false);
  tt_expect_tensor(y, tt_ones(TT_SHAPE(3, 4)), 0, 0);
}

TT(quantization, zero_points_and_ranges_have_ends) {
  double scale;
  int32_t zero, far[] = {128, -129};
  tt_expect_fail(tt_scale_of(-INFINITY, 1, (QuantScheme){.affine = true}, &scale, &zero),
                 "from -inf to 1");
  Tensor *x = tt_to(tt_ones(TT_SHAPE(1, 1, 3, 3)), TT_U8);
  Tensor *w = tt_to(tt_ones(TT_SHAPE(1, 1, 3, 3)), TT_I8);
  tt_expect_fail(tt_qconv2d(x, 256, w, NULL, (Conv2dOptions){0}), "zero 256");
  tt_expect_fail(tt_qconv2d(x, -1, w, NULL, (Conv2dOptions){0}), "zero -1");
  for (int i = 0; i < 2; i++)
    tt_expect_fail(tt_qconv2d(x, 0, w, tt_from_int(TT_SCALAR, &far[i]), (Conv2dOptions){0}),
                   "from -128 to 127");
}

TT(quantization, what_is_packed_has_no_gradient) {
  tt_autograd_enable();
  Linear *first = tt_linear_new(8, 8, NULL);
  Sequential *m = TT_SEQUENTIAL(first, tt_linear_new(8, 4, NULL), tt_linear_new(4, 2, NULL));
  static const char *const stay[] = {"0", "2", NULL};
  tt_quantize(m, (QuantizeOptions){.skip = stay});
  Tensor *y = tt_sum(tt_forward(m, tt_ones(TT_SHAPE(1, 8))), TT_ALL, false);
  tt_expect_fail(tt_backward(y), "tt_quant_linear has no gradient");
}

static Sequential *filters(void) {
  void *c = tt_conv2d_new(3, 4, 3, (Conv2dOptions){0}, NULL);
  return TT_SEQUENTIAL(c);
}

TT(quantization, a_file_may_lie_about_its_format) {
  TT_NO_GRAD;
  static const struct { QuantFormat f; int at, value; } lie[] = {
    {{.bits = 4}, 3, 0}, {{.type = TT_F16}, 3, 0}, {{.group = 4}, 3, 0},
    {{0}, 0, 0}, {{0}, 0, 16}, {{0}, 1, -7}, {{0}, 1, 1 << 30}, {{0}, 2, 99}, {{0}, 2, -1}};
  for (int i = 0; i < 9; i++) {
    Sequential *m = filters();
    tt_quantize(m, (QuantizeOptions){.format = lie[i].f});
    Tensor *x = tt_randn(TT_SHAPE(2, 3, 6, 6), NULL), *want = tt_forward(m, x);
    QuantConv2d *q = (QuantConv2d *)m->layer[0];
    ((int32_t *)q->code->data)[lie[i].at] = lie[i].value;
    tt_save_file("lies.safetensors", tt_module_state_dict(m), (Metadata){0});
    if (i < 3)                     // products of bytes: there are none
      tt_expect_tensor(tt_forward(tt_load_quantized("lies.safetensors", filters()), x), want, 0, 0);
    else
      tt_expect_fail(tt_load_quantized("lies.safetensors", filters()), i == 6 ? "groups" : "0.code");
  }
  remove("lies.safetensors");
}

TT(quantization, norms_and_convolutions_in_two_places_stay) {
  TT_NO_GRAD;
  for (int i = 0; i < 2; i++) {
    Conv2d *c = tt_conv2d_new(3, 3, 1, (Conv2dOptions){0}, NULL);
    Conv2d *d = i ? c : tt_conv2d_new(3, 3, 1, (Conv2dOptions){0}, NULL);
    BatchNorm2d *b = tt_batch_norm2d_new(3), *e = i ? tt_batch_norm2d_new(3) : b;
    tt_fill_(b->running_mean, (Real)0.5), tt_fill_(e->weight, 2);
    Sequential *m = TT_SEQUENTIAL(c, b, d, e);
    tt_module_eval(m);
    Tensor *x = tt_randn(TT_SHAPE(1, 3, 5, 5), NULL), *want = tt_forward(m, x);
    tt_expect_int(tt_fold_batch_norm(m), 0);
    tt_expect_tensor(tt_forward(m, x), want, 0, 0);
    tt_expect_int(m->n, 4);
  }
}

TT(quantization, what_is_skipped_in_one_place_stays_in_both) {
  for (int i = 0; i < 3; i++) {
    static const char *const names[][2] = {{"0", NULL}, {"2", NULL}, {"1", NULL}};
    void *l = tt_linear_new(8, 8, NULL), *f = tt_activation_new(tt_relu);
    Sequential *m = TT_SEQUENTIAL(l, f, l);
    tt_quantize(m, (QuantizeOptions){.skip = names[i]});
    tt_expect(m->layer[0] == m->layer[2], "one layer became two");
    tt_expect((m->layer[0] == l) == (i < 2), "%s", names[i][0]);
  }
}
