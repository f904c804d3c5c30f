// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// Convolutions of bytes: patches as rows, products along them; and sums
// of integers that become bytes with one rounding.
#include "tt/autograd.h"
#include "tt/operation.h"
#include "tt/qat.h"
#include "tt/qconv.h"
#include "tt/todo.h"
#include <math.h>
#include <string.h>

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

Multiplier tt_multiplier(double x)
{
  int e;
  if (!(x >= 0 && x < ldexp(1, 30)))
    tt_fail(TT_EVALUE, "tt_multiplier: %g; a ratio of scales is from 0"
            " to 2^30", x);
  double m = rint(ldexp(frexp(x, &e), 31));
  if (m == ldexp(1, 31))           // rounded up to the next power
    m /= 2, e++;
  if (31 - e > 62)
    return (Multiplier){ 0, 1 };   // each product rounds to 0
  return (Multiplier){ (int32_t)m, 31 - e };
}

int64_t tt_requantized(int32_t sum, Multiplier by)
{
  int64_t product = (int64_t)sum * by.m;
  int64_t half = INT64_C(1) << (by.shift - 1), y = product;
  y = (product + half) >> by.shift;
  if ((product & (2 * half - 1)) == half)
    y &= ~INT64_C(1);                // a tie: to the even one
  return y;
}

static int64_t within(int64_t x, int64_t least, int64_t most)
{
  return x < least ? least : x > most ? most : x;
}

static void check_along(const char *what, const Tensor *sums, int axis,
                        const Tensor *t)
{
  if (t->rank != 1 || axis < 0 || axis >= sums->rank
      || t->shape[0] != sums->shape[axis])
    tt_fail(TT_ESHAPE, "tt_requantize: %s %s along axis %d of sums %s;"
            " there is one for each index", what, TT_TEXT(tt_shape(t)),
            axis, TT_TEXT(tt_shape(sums)));
}

static void check_requantize(const Tensor *sums, const Tensor *bias,
                             int axis, const Tensor *scale,
                             int32_t zero, DType to)
{
  if (sums->dtype != TT_I32 || (bias && bias->dtype != TT_I32)
      || (to != TT_U8 && to != TT_I8))
    tt_fail(TT_EDTYPE, "tt_requantize: of %s, to %s; sums and bias are"
            " i32 and become u8 or i8", tt_dtype_name(sums->dtype),
            tt_dtype_name(to));
  tt_need_f32("tt_requantize", scale);
  if (bias)
    check_along("bias", sums, axis, bias);
  if (scale->rank)
    check_along("scale", sums, axis, scale);
  int least = to == TT_U8 ? 0 : -128;
  if (zero < least || zero > least + 255)
    tt_fail(TT_EVALUE, "tt_requantize: zero %d; of %s it is from %d to"
            " %d", (int)zero, tt_dtype_name(to), least, least + 255);
}

static void requantize_run(int64_t n, const int32_t *sum, int64_t bias,
                           Multiplier m, int32_t zero, DType to,
                           uint8_t *y)
{
  int64_t least = to == TT_U8 ? 0 : -128, most = least + 255;
  for (int64_t i = 0; i < n; i++) {
    int64_t all = within(sum[i] + bias, INT32_MIN, INT32_MAX);
    int64_t q = tt_requantized((int32_t)all, m) + zero;
    y[i] = (uint8_t)within(q, least, most);
  }
}

Tensor *tt_requantize(Tensor *sums, Tensor *bias, int axis,
                      Tensor *scale, int32_t zero, DType to)
{
  check_requantize(sums, bias, axis, scale, zero, to);
  TT_NO_GRAD;
  sums = tt_contiguous(sums);
  bool each = bias || scale->rank;
  int64_t n = each ? sums->shape[axis] : 1, inner = 1;
  for (int d = each ? axis + 1 : 0; d < sums->rank; d++)
    inner *= sums->shape[d];
  Tensor *y = tt_empty(to, tt_shape(sums));
  for (int64_t i = 0; i * inner < tt_numel(sums); i++) {
    Shape at = TT_INDEX(i % n);
    double by = tt_get(scale, scale->rank ? at : TT_SCALAR);
    requantize_run(inner, (int32_t *)sums->data + i * inner,
                   bias ? (int64_t)tt_get(bias, at) : 0,
                   tt_multiplier(by), zero, to,
                   (uint8_t *)y->data + i * inner);
  }
  return tt_keep(y);
}

typedef struct ByteConv {
  Conv2dShape   s;
  int64_t       depth, out;        // kw kh in, and out, of a group
  const int8_t *x;                 // (n,h,w,in)
  const int8_t *w;                 // (out,kh,kw,in/groups)
  int32_t       x_zero;
  const int32_t *w_zero;           // (out), or NULL
  const int32_t *w_sum;            // (out)
  int8_t       *patch;             // (block,depth)
  int32_t      *sum;               // (out,block), of a group
} ByteConv;
static void row_of_patch(const ByteConv *k, int64_t g, int64_t y,
                         int64_t x, const int8_t *image, int8_t *to)
{
  const Conv2dShape *s = &k->s;
  int64_t c = s->in / s->groups, run = s->kw * c;
  bool inside = y >= 0 && y < s->h;
  if (inside && c == s->in && s->dilation_w == 1 && x >= 0
      && x + s->kw <= s->w) {
    memcpy(to, image + (y * s->w + x) * c, (size_t)run);
    return;
  }
  for (int64_t j = 0; j < s->kw; j++, to += c) {
    int64_t at = x + j * s->dilation_w;
    if (inside && at >= 0 && at < s->w)
      memcpy(to, image + (y * s->w + at) * s->in + g * c, (size_t)c);
    else
      memset(to, k->x_zero, (size_t)c);    // 0, as a byte
  }
}

static void patches(const ByteConv *k, int64_t g, int64_t image,
                    int64_t from, int64_t count)
{
  const Conv2dShape *s = &k->s;
  const int8_t *x = k->x + image * s->h * s->w * s->in;
  int64_t row = s->kw * (s->in / s->groups);
  int8_t *to = k->patch;
  for (int64_t p = from; p < from + count; p++)
    for (int64_t i = 0; i < s->kh; i++, to += row)
      row_of_patch(k, g, p / s->out_w * s->stride_h - s->top
                         + i * s->dilation_h,
                   p % s->out_w * s->stride_w - s->left, x, to);
}

static void correct(const ByteConv *k, int64_t g, int64_t n)
{
  for (int64_t o = 0; o < k->out; o++) {
    int32_t *sum = k->sum + o * n, zw = 0;
    int64_t at = g * k->out + o;
    if (k->w_zero)
      zw = k->w_zero[at];
    for (int64_t p = 0; p < n; p++)
      sum[p] -= k->x_zero * k->w_sum[at];
    for (int64_t p = 0; zw && p < n; p++) {
      int32_t all = 0;
      for (int64_t i = 0; i < k->depth; i++)
        all += k->patch[p * k->depth + i] - k->x_zero;
      sum[p] -= zw * all;
    }
  }
}

typedef void Finish(void *to, int64_t channel, int64_t n,
                    const int32_t *sum, int64_t at);

static void keep_sums(void *to, int64_t channel, int64_t n,
                      const int32_t *sum, int64_t at)
{
  (void)channel;
  memcpy((int32_t *)to + at, sum, (size_t)n * sizeof *sum);
}

static int64_t block_of(const ByteConv *k)   // places of y, in a cache
{
  return smaller(larger(65536 / k->depth, 16),
                 k->s.out_h * k->s.out_w);
}

static void convolve(const ByteConv *k, Finish *finish, void *to)
{
  int64_t plane = k->s.out_h * k->s.out_w, n = block_of(k);
  for (int64_t image = 0; image < k->s.n; image++)
    for (int64_t at = 0; at < plane; at += n)
      for (int64_t g = 0; g < k->s.groups; g++) {
        int64_t count = smaller(n, plane - at);
        patches(k, g, image, at, count);
        tt_backend->qgemm(&(QGemm){
          k->out, count, k->depth, k->w + g * k->out * k->depth,
          k->depth, k->patch, k->depth, k->sum, count });
        correct(k, g, count);
        for (int64_t o = 0; o < k->out; o++) {
          int64_t channel = g * k->out + o;
          finish(to, channel, count, k->sum + o * count,
                 (image * k->s.out + channel) * plane + at);
        }
      }
}

static void check_zero(const char *op, const Tensor *t, double zero)
{
  int least = t->dtype == TT_U8 ? 0 : -128;
  if (zero < least || zero > least + 255)
    tt_fail(TT_EVALUE, "%s: zero %g; of %s it is from %d to %d",
            op, zero, tt_dtype_name(t->dtype), least, least + 255);
}

static void check_bytes(const char *op, const Tensor *x,
                        const Tensor *w, const Tensor *w_zero,
                        int64_t out)
{
  if ((x->dtype != TT_U8 && x->dtype != TT_I8)
      || (w->dtype != TT_U8 && w->dtype != TT_I8))
    tt_fail(TT_EDTYPE, "%s: input %s, weight %s; both are u8 or i8", op,
            tt_dtype_name(x->dtype), tt_dtype_name(w->dtype));
  if (w_zero && (w_zero->dtype != TT_I32 || w_zero->rank > 1
      || (w_zero->rank == 1 && w_zero->shape[0] != out)))
    tt_fail(TT_ESHAPE, "%s: zeros of the weight %s of %s; there is one,"
            " or one for each of %lld channels, i32", op,
            TT_TEXT(tt_shape(w_zero)), tt_dtype_name(w_zero->dtype),
            (long long)out);
  for (int64_t i = 0; w_zero && i < tt_numel(w_zero); i++)
    check_zero(op, w, tt_get(w_zero, w_zero->rank ? TT_INDEX(i)
                                                  : TT_SCALAR));
  int64_t depth = w->shape[1] * w->shape[2] * w->shape[3];
  if (depth > INT32_MAX / (255 * 255))
    tt_fail(TT_EVALUE, "%s: weight %s: a sum of %lld products of bytes"
            " may not fit into an int32; at most %d do", op,
            TT_TEXT(tt_shape(w)), (long long)depth,
            INT32_MAX / (255 * 255));
}

static Tensor *last_channels(Tensor *t)    // (N,C,H,W) to (N,H,W,C)
{
  return tt_contiguous(tt_permute(t, TT_SHAPE(0, 2, 3, 1)));
}

static int32_t shifted(const Tensor *t, int32_t zero)
{
  return t->dtype == TT_U8 ? zero - 128 : zero;
}

static Tensor *signed_bytes(Tensor *t)     // u8 less 128, as i8
{
  if (t->dtype == TT_I8)
    return t;
  Tensor *y = tt_empty(TT_I8, tt_shape(t));
  const uint8_t *x = t->data;
  uint8_t *to = y->data;
  for (int64_t i = 0, n = tt_numel(t); i < n; i++)
    to[i] = x[i] ^ 0x80;
  return y;
}

static const int32_t *zeros_of(const Tensor *w, const Tensor *w_zero)
{
  if (!w_zero && w->dtype == TT_I8)
    return NULL;
  int64_t out = w->shape[0];
  int32_t *zero = tt_empty(TT_I32, TT_SHAPE(out))->data;
  for (int64_t o = 0; o < out; o++) {
    Shape at = w_zero && w_zero->rank ? TT_INDEX(o) : TT_SCALAR;
    zero[o] = shifted(w, w_zero ? (int32_t)tt_get(w_zero, at) : 0);
  }
  return zero;
}

static ByteConv byte_conv(const Conv2dShape *s, const Tensor *x,
                          int32_t x_zero, const Tensor *w,
                          const Tensor *w_sum /* or NULL */)
{
  ByteConv k = { .s = *s, .x = x->data, .w = w->data,
                 .x_zero = x_zero, .out = s->out / s->groups };
  k.depth = s->in / s->groups * s->kh * s->kw;
  int64_t n = block_of(&k);
  k.patch = tt_empty(TT_I8, TT_SHAPE(n, k.depth))->data;
  k.sum = tt_empty(TT_I32, TT_SHAPE(k.out, n))->data;
  int32_t *sum = tt_empty(TT_I32, TT_SHAPE(s->out))->data;
  for (int64_t o = 0; !w_sum && o < s->out; o++) {
    sum[o] = 0;
    for (int64_t i = 0; i < k.depth; i++)
      sum[o] += k.w[o * k.depth + i];
  }
  k.w_sum = w_sum ? w_sum->data : sum;
  return k;
}

Tensor *tt_qconv2d(Tensor *x, int32_t x_zero, Tensor *w,
                   Tensor *w_zero, Conv2dOptions o)
{
  Conv2dShape s = tt_conv2d_shape("tt_qconv2d", x, w, NULL, &o);
  check_bytes("tt_qconv2d", x, w, w_zero, s.out);
  check_zero("tt_qconv2d", x, x_zero);
  TT_NO_GRAD;
  Tensor *y = tt_empty(TT_I32, TT_SHAPE(s.n, s.out, s.out_h, s.out_w));
  ByteConv k = byte_conv(&s, signed_bytes(last_channels(x)),
                         shifted(x, x_zero),
                         signed_bytes(last_channels(w)), NULL);
  k.w_zero = zeros_of(w, w_zero);
  convolve(&k, keep_sums, y->data);
  return tt_keep(y);
}

typedef struct ToFloats {
  Real       *y, input;            // the scale of the input
  const Real *scale, *bias;        // of each channel; bias or NULL
} ToFloats;

static void to_floats(void *to, int64_t channel, int64_t n,
                      const int32_t *sum, int64_t at)
{
  const ToFloats *t = to;
  Real scale = t->input * t->scale[channel], *y = t->y + at;
  Real bias = t->bias ? t->bias[channel] : 0;
  for (int64_t i = 0; i < n; i++)
    y[i] = (Real)sum[i] * scale + bias;
}

static Op op_quant_conv2d = { .name = "tt_quant_conv2d",
                              .backward = tt_refuse_gradient };

static Quantized packed(const QuantConv2d *m)
{
  const int64_t *d = m->shape.dim;
  bool groups = m->format.group > 0;
  return (Quantized){ m->conv.weight, m->scale, NULL,
    TT_SHAPE(d[0], d[1] * d[2] * d[3]), {
      groups ? TT_PER_GROUP : TT_PER_CHANNEL, 0, m->format.group,
      m->format.bits, false, false } };
}

static Quantized as_bytes(Tensor *x, const Real *range)
{
  QuantScheme s = { .affine = true };
  if (range[0] >= range[1]) {      // each image has its own
    s.sharing = TT_PER_CHANNEL;
    return tt_quantize_tensor(x, s);
  }
  double scale;
  int32_t zero;
  tt_scale_of((double)range[0], (double)range[1], s, &scale, &zero);
  return tt_quantize_with(x, tt_full(TT_SHAPE(1), (Real)scale),
                          tt_from_int(TT_SHAPE(1), &zero), s);
}

static Tensor *by_bytes(const Conv2dShape *s, Tensor *x,
                        const QuantConv2d *m)
{
  Quantized q = as_bytes(x, m->range->data);
  Tensor *y = tt_empty(TT_F32, TT_SHAPE(s->n, s->out, s->out_h,
                                        s->out_w));
  Conv2dShape one = *s;
  one.n = 1;
  ByteConv k = byte_conv(&one, last_channels(q.q), 0, m->conv.weight,
                         NULL);
  int64_t scales = tt_numel(q.scale);
  ToFloats to = { y->data, 0, m->scale->data,
                  m->conv.bias ? m->conv.bias->data : NULL };
  for (int64_t i = 0; i < s->n; i++) {
    k.x_zero = ((int32_t *)q.zero->data)[i % scales];
    to.input = ((Real *)q.scale->data)[i % scales];
    convolve(&k, to_floats, &to);
    k.x += s->in * s->h * s->w;
    to.y += s->out * s->out_h * s->out_w;
  }
  return y;
}

static Tensor *unpacked(const QuantConv2d *m)
{
  const int64_t *d = m->shape.dim;
  Quantized w = packed(m);
  Tensor *rows = tt_reshape(tt_dequantize(w), TT_SHAPE(d[0], d[2], d[3],
                                                       d[1]));
  return tt_contiguous(tt_permute(rows, TT_SHAPE(0, 3, 1, 2)));
}

static Tensor *quant_conv2d_forward(Module *base, Tensor *x)
{
  QuantConv2d *m = (QuantConv2d *)base;
  Tensor like = { .rank = 4 }, *bias = m->conv.bias;
  memcpy(like.shape, m->shape.dim, sizeof like.shape);
  Conv2dOptions o = m->conv.options;
  tt_need_f32("QuantConv2d", x);
  Conv2dShape s = tt_conv2d_shape("QuantConv2d", x, &like, bias, &o);
  TT_NO_GRAD;
  Tensor *y = m->format.weight_only
    ? tt_conv2d(x, unpacked(m), bias, o)
    : by_bytes(&s, tt_contiguous(x), m);
  return tt_record(&op_quant_conv2d, tt_keep(y), 1, &x, (Attr){0});
}

static Tensor *as_rows(Tensor *w)  // (out,in,kh,kw) to (out,kh kw in)
{
  Tensor *last = tt_contiguous(tt_permute(w, TT_SHAPE(0, 2, 3, 1)));
  return tt_reshape(last, TT_SHAPE(w->shape[0], -1));
}

static Quantized packed_rows(Tensor *w, QuantFormat f)
{
  TT_NO_GRAD;
  Quantized q = tt_pack(as_rows(w), f);
  tt_keep(q.q);
  if (q.scale)
    tt_keep(q.scale);
  return q;
}

Module *tt_quant_conv2d_new(Module *from, const QuantFormat *f)
{
  Conv2d *old = (Conv2d *)from;
  QuantConv2d *m = tt_module_new(&tt_quant_conv2d_type);
  Quantized w = packed_rows(old->weight, *f);
  if (w.shape.dim[1] > INT32_MAX / (255 * 127))
    tt_fail(TT_EVALUE, "tt_quantize: weight %s: an i32 is certain to"
            " hold a sum of %d products of bytes, not more",
            TT_TEXT(tt_shape(old->weight)), INT32_MAX / (255 * 127));
  m->conv.weight = w.q, m->conv.bias = old->bias;
  m->conv.options = old->options;
  m->scale = w.scale, m->format = *f;
  m->shape = tt_shape(old->weight);
  m->code = tt_format_code(f);
  m->range = from->type == &tt_qat_conv2d_type
    ? tt_clone(((QatConv2d *)from)->range) : tt_zeros(TT_SHAPE(2));
  return &m->conv.base;
}

static void quant_conv2d_describe(Module *base, FILE *f)
{
  QuantConv2d *m = (QuantConv2d *)base;
  const int64_t *d = m->shape.dim;
  fprintf(f, "%lld, %lld, kernel_size=(%lld, %lld)",
          (long long)(d[1] * m->conv.options.groups), (long long)d[0],
          (long long)d[2], (long long)d[3]);
  tt_format_describe(&m->format, f);
}

static const ModuleField quant_conv2d_fields[] = {
  { "weight", TT_BUFFER, offsetof(QuantConv2d, conv.weight), 0 },
  TT_BUFFER(QuantConv2d, scale),
  { "bias", TT_PARAM, offsetof(QuantConv2d, conv.bias), 0 },
  TT_BUFFER(QuantConv2d, code), TT_BUFFER(QuantConv2d, range), {0}
};
const ModuleType tt_quant_conv2d_type = {
  "QuantConv2d", sizeof(QuantConv2d), quant_conv2d_fields,
  quant_conv2d_forward, quant_conv2d_describe
};
