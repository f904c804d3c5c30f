// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// Numbers in fewer bits: scales and zero points, groups, halves, and
// products of bytes.
#include "tt/quantization.h"
#include "tt/autograd.h"
#include "tt/operation.h"
#include "tt/todo.h"
#include <math.h>
#include <string.h>

// how vectors are passed without AVX2 matters in this file alone
#pragma GCC diagnostic ignored "-Wpsabi"
#define REAL_MAX (sizeof(Real) == 4 ? (Real)FLT_MAX : (Real)DBL_MAX)
enum { MOST_IN_GROUP = 1024 };

TT_INLINE uint32_t bits_of(float f)
{
  uint32_t u;
  memcpy(&u, &f, sizeof u);
  return u;
}

TT_INLINE float float_of(uint32_t u)
{
  float f;
  memcpy(&f, &u, sizeof f);
  return f;
}

TT_INLINE float from_f16(uint16_t h)
{
  uint32_t size = h & 0x7fff, u = (size << 13) + (112u << 23);
  float small = float_of(u + (1u << 23)) - 0x1p-14f;
  u = size >= 0x7c00 ? u + (112u << 23)       // inf, NaN
    : size < 0x0400 ? bits_of(small) : u;
  return float_of(u | (uint32_t)(h & 0x8000) << 16);
}

TT_INLINE float from_bf16(uint16_t h)
{
  return float_of((uint32_t)h << 16);
}

TT_INLINE uint16_t to_f16(float f)
{
  uint32_t size = bits_of(f) & 0x7fffffff, h;
  uint32_t small = bits_of(float_of(size) + 0.5f) - bits_of(0.5f);
  uint32_t usual = (size + 0xfff + (size >> 13 & 1) - (112u << 23))
                   >> 13;
  h = size > 0x7f800000 ? 0x7e00               // NaN
    : size >= 143u << 23 ? 0x7c00              // 2^16 and more
    : size < 113u << 23 ? small : usual;       // below 2^-14
  return (uint16_t)(h | (bits_of(f) >> 16 & 0x8000));
}

TT_INLINE uint16_t to_bf16(float f)
{
  uint32_t u = bits_of(f);
  return (uint16_t)(f != f ? u >> 16 | 0x40
                    : (u + 0x7fff + (u >> 16 & 1)) >> 16);
}

// toward 0, and odd if something was cut off: so the second rounding
// sees which side of a tie it is on
static float to_odd(double v)
{
  float f = (float)v;
  if ((double)f == v || v != v)
    return f;
  double size = (double)f;
  bool beyond = (size < 0 ? -size : size) > (v < 0 ? -v : v);
  return float_of((bits_of(f) - beyond) | 1);
}

uint16_t tt_to_f16 (double v) { return to_f16(to_odd(v)); }
uint16_t tt_to_bf16(double v) { return to_bf16(to_odd(v)); }
float tt_from_f16 (uint16_t bits) { return from_f16(bits); }
float tt_from_bf16(uint16_t bits) { return from_bf16(bits); }
typedef struct Levels { int32_t least, most; } Levels;

static Levels levels_of(QuantScheme s)
{
  return s.bits == 4 ? (Levels){ -7, 7 }
       : !s.affine ? (Levels){ -127, 127 }
       : s.is_unsigned ? (Levels){ 0, 255 } : (Levels){ -128, 127 };
}

void tt_scale_of(double low, double high, QuantScheme s, double *scale,
                 int32_t *zero)
{
  Levels l = levels_of(s);
  low = low < 0 ? low : 0, high = high > 0 ? high : 0;
  double most = -low > high ? -low : high;
  if (!isfinite(high - low))
    tt_fail(TT_EVALUE, "tt_scale_of: a range from %g to %g; both ends"
            " are finite", low, high);
  *scale = 1, *zero = 0;
  if (most == 0)
    return;
  *scale = most / l.most;
  if (s.affine) {
    *scale = (high - low) / (l.most - l.least);
    *zero = l.least + (int32_t)rint(-low / *scale);
  }
}

#define ROUND (sizeof(Real) == 4 ? (Real)0x1.8p23 : (Real)0x1.8p52)

// q = x / scale + zero, to the nearest, ties to even; false: a NaN
static bool round_run(int64_t n, const Real *x, Real scale,
                      int32_t zero, Levels l, int8_t *q)
{
  Real least = (Real)(l.least - zero), most = (Real)(l.most - zero);
  int nan = 0;
  #pragma omp simd reduction(| : nan)
  for (int64_t i = 0; i < n; i++) {
    Real v = x[i] / scale;
    v = v < least ? least : v > most ? most : v;
    nan |= v != v;
    q[i] = (int8_t)((int32_t)(v != v ? 0 : v + ROUND - ROUND) + zero);
  }
  return !nan;
}

typedef struct Runs {              // of a contiguous tensor
  int64_t n, scales;               // scale of run i: i % scales
  int64_t row, each, length;       // runs of a row, numbers of a run
} Runs;

static Runs runs_of(Shape s, QuantScheme q)
{
  int64_t n = 1, inner = 1, last = s.rank ? s.dim[s.rank - 1] : 1;
  for (int d = 0; d < s.rank; d++)
    n *= s.dim[d], inner *= d > q.axis ? s.dim[d] : 1;
  if (q.sharing == TT_PER_TENSOR)
    return (Runs){ n > 0, 1, n, 1, n };
  if (q.sharing == TT_PER_CHANNEL)
    return (Runs){ inner ? n / inner : 0, s.dim[q.axis], inner, 1,
                   inner };
  int64_t each = last > 0 ? (last + q.group - 1) / q.group : 1;
  int64_t runs = last ? n / last * each : 0;
  return (Runs){ runs, runs, last, each, q.group };
}

static int64_t start_of(const Runs *r, int64_t i, int64_t *n)
{
  int64_t skip = i % r->each * r->length, left = r->row - skip;
  *n = left < r->length ? left : r->length;
  return i / r->each * r->row + skip;
}

typedef struct Range { Real low, high; bool nan; } Range;

static void include(Range *r, int64_t n, const Real *x)
{
  Real low = r->low, high = r->high, top = REAL_MAX;
  int nan = 0;
  for (int64_t i = 0; i < n; i++) {
    Real v = x[i] > top || x[i] < -top ? 0 : x[i];
    low = v < low ? v : low, high = v > high ? v : high;
    nan |= v != v;
  }
  *r = (Range){ low, high, r->nan || nan };
}

// of |x|: of floats without a sign, the larger has the larger bits;
// infinite numbers and NaN have the largest
static Real largest(int64_t n, const Real *x)
{
  uint32_t top = 0;
  #pragma omp simd reduction(max : top)
  for (int64_t i = 0; i < n; i++) {
    uint32_t size = bits_of((float)x[i]) & 0x7fffffff;
    top = size > top ? size : top;
  }
  return (Real)float_of(top);
}

static Real scale_of_row(int64_t k, const Real *x)
{
  const Real least = (Real)FLT_MIN;
  Real most = largest(k, x);
  if (!(most <= (Real)FLT_MAX)) {  // without the infinite ones
    Range r = {0};
    include(&r, k, x);
    most = -r.low > r.high ? -r.low : r.high;
  }
  return most == 0 ? 1 : most / 127 < least ? least : most / 127;
}

void tt_round_rows(int64_t m, int64_t k, const Real *x, int8_t *q,
                   Real *scale)
{
  Levels l = levels_of((QuantScheme){ .bits = 8 });
  for (int64_t i = 0; i < m; i++, x += k, q += k) {
    scale[i] = scale_of_row(k, x);
    if (!round_run(k, x, scale[i], 0, l, q))
      tt_fail(TT_EVALUE, "tt_round_rows: there is a NaN in row %lld of"
              " the input (%lld,%lld)", (long long)i, (long long)m,
              (long long)k);
  }
}

static void pack(int64_t half, const int8_t *q, uint8_t *byte)
{
  for (int64_t i = 0; i < half; i++)
    byte[i] = (uint8_t)((q[i] + 8) | (q[i + half] + 8) << 4);
}

TT_INLINE void unpack(int64_t half, const uint8_t *byte, Real scale,
                      Real *x)
{
  for (int64_t i = 0; i < half; i++) {
    x[i] = scale * (Real)((byte[i] & 15) - 8);
    x[i + half] = scale * (Real)((byte[i] >> 4) - 8);
  }
}

static void check_axis(const char *op, const Tensor *x, QuantScheme *s)
{
  if (s->axis < -x->rank || s->axis >= x->rank)
    tt_fail(TT_EINDEX, "%s: axis %d of shape %s; expected %d to %d", op,
            s->axis, TT_TEXT(tt_shape(x)), -x->rank, x->rank - 1);
  s->axis += s->axis < 0 ? x->rank : 0;
}

static void check_group(const char *op, const Tensor *x, QuantScheme *s)
{
  s->group = s->group ? s->group : 32;
  if (s->group < 2 || s->group > MOST_IN_GROUP || s->group % 2)
    tt_fail(TT_EVALUE, "%s: groups of %lld; they have 2 to %d numbers,"
            " an even number", op, (long long)s->group, MOST_IN_GROUP);
  if (x->rank < 1)
    tt_fail(TT_ESHAPE, "%s: groups of a single number; they lie along"
            " the last dimension", op);
}

static QuantScheme checked(const char *op, const Tensor *x,
                           QuantScheme s)
{
  tt_need_f32(op, x);
  s.bits = s.bits ? s.bits : 8;
  bool four = s.bits == 4, group = s.sharing == TT_PER_GROUP;
  if (s.bits != 8 && !four)
    tt_fail(TT_EVALUE, "%s: %d bits; there are 8 and 4", op, s.bits);
  if ((four || group) && s.affine)
    tt_fail(TT_EVALUE, "%s: groups are symmetric", op);
  if ((four && !group) || (s.is_unsigned && !s.affine))
    tt_fail(TT_EVALUE, "%s: %s", op, four ? "4 bits come in groups: set"
            " sharing to TT_PER_GROUP" : "u8 is affine: it has no"
            " negative numbers");
  if (s.sharing == TT_PER_CHANNEL)
    check_axis(op, x, &s);
  if (group)
    check_group(op, x, &s);
  return s;
}

static Quantized blank(Shape shape, QuantScheme s, const Runs *r)
{
  Quantized y = { .shape = shape, .scheme = s };
  Shape q = shape, scale = TT_SHAPE(r->scales);
  bool group = s.sharing == TT_PER_GROUP, four = s.bits == 4;
  if (group) {
    scale = shape;
    scale.dim[scale.rank - 1] = r->each;
  }
  if (four)
    q.dim[q.rank - 1] = r->each * s.group / 2;
  y.q = tt_empty(four || s.is_unsigned ? TT_U8 : TT_I8, q);
  y.scale = tt_empty(group ? TT_F16 : TT_F32, scale);
  y.zero = s.affine ? tt_empty(TT_I32, scale) : NULL;
  return y;
}

static void put_scale(Quantized *y, int64_t i, double scale,
                      int32_t zero)
{
  DType d = y->scale->dtype;
  if (d == TT_F16 && scale > 65504)
    tt_fail(TT_EVALUE, "tt_quantize_tensor: a scale of %g; scales of"
            " groups are f16, which end at 65504", scale);
  double least = d == TT_F16 ? 0x1p-24 : (double)FLT_MIN;
  tt_store(d, y->scale->data, i, scale < least ? least : scale);
  if (y->zero)
    ((int32_t *)y->zero->data)[i] = zero;
}

static _Noreturn void refuse_nan(const Tensor *x)
{
  int64_t i = 0;
  while (!isnan(((const Real *)x->data)[i]))
    i++;
  tt_fail(TT_EVALUE, "tt_quantize_tensor: element %s of %s is NaN; no"
          " integer stands for it", TT_TEXT(tt_index_of(x, i)),
          TT_TEXT(tt_shape(x)));
}

static Quantized keep(Quantized y)
{
  tt_keep(y.q), tt_keep(y.scale);
  if (y.zero)
    tt_keep(y.zero);
  return y;
}

static void choose_scales(Quantized *y, const Runs *r, const Tensor *x)
{
  int64_t bytes = r->scales * (int64_t)sizeof(Range), n;
  Range *range = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  memset(range, 0, (size_t)bytes);
  for (int64_t i = 0; i < r->n; i++) {
    const Real *from = (Real *)x->data + start_of(r, i, &n);
    include(&range[i % r->scales], n, from);
  }
  for (int64_t i = 0; i < r->scales; i++) {
    double scale;
    int32_t zero;
    if (range[i].nan)
      refuse_nan(x);
    tt_scale_of((double)range[i].low, (double)range[i].high, y->scheme,
                &scale, &zero);
    put_scale(y, i, scale, zero);
  }
}

static void round_all(Quantized *y, const Runs *r, const Tensor *x)
{
  Levels l = levels_of(y->scheme);
  int64_t n, half = y->scheme.group / 2;
  for (int64_t i = 0; i < r->n; i++) {
    int64_t at = start_of(r, i, &n), k = i % r->scales;
    const Real *from = (const Real *)x->data + at;
    int32_t zero = y->zero ? ((int32_t *)y->zero->data)[k] : 0;
    Real scale = (Real)tt_load(y->scale->dtype, y->scale->data, k);
    int8_t *to = (int8_t *)y->q->data + at, four[MOST_IN_GROUP] = {0};
    if (!round_run(n, from, scale, zero, l,
                   y->scheme.bits == 4 ? four : to))
      refuse_nan(x);
    if (y->scheme.bits == 4)
      pack(half, four, (uint8_t *)y->q->data + i * half);
  }
}

Quantized tt_quantize_tensor(Tensor *x, QuantScheme s)
{
  s = checked("tt_quantize_tensor", x, s);
  TT_NO_GRAD;
  x = tt_contiguous(x);
  Runs r = runs_of(tt_shape(x), s);
  Quantized y = blank(tt_shape(x), s, &r);
  choose_scales(&y, &r, x);
  round_all(&y, &r, x);
  return keep(y);
}

static void check_scales(const Tensor *scale, const Tensor *zero,
                         int64_t n, Levels l)
{
  const char *op = "tt_quantize_with";
  tt_need_f32(op, scale);
  if (tt_numel(scale) != n || (zero && tt_numel(zero) != n))
    tt_fail(TT_ESHAPE, "%s: scale %s%s%s; %lld are needed", op,
            TT_TEXT(tt_shape(scale)), zero ? ", zero point " : "",
            zero ? TT_TEXT(tt_shape(zero)) : "", (long long)n);
  if (zero && zero->dtype != TT_I32)
    tt_fail(TT_EDTYPE, "%s: zero points of %s; they are i32", op,
            tt_dtype_name(zero->dtype));
  for (int64_t i = 0; i < n; i++) {
    double v = tt_load(TT_F32, scale->data, i);
    int32_t z = zero ? ((int32_t *)zero->data)[i] : 0;
    if (!(v > 0 && isfinite(v)) || z < l.least || z > l.most)
      tt_fail(TT_EVALUE, "%s: scale %g, zero point %d at %lld; a scale"
              " is above 0 and finite, a zero point from %d to %d", op,
              v, (int)z, (long long)i, (int)l.least, (int)l.most);
  }
}

Quantized tt_quantize_with(Tensor *x, Tensor *scale, Tensor *zero,
                           QuantScheme s)
{
  const char *op = "tt_quantize_with";
  s = checked(op, x, s);
  if (s.sharing == TT_PER_GROUP || (zero && !s.affine))
    tt_fail(TT_EVALUE, "%s: %s", op, s.sharing == TT_PER_GROUP
            ? "groups choose their scales themselves"
            : "zero points, and the scheme is not affine");
  TT_NO_GRAD;
  x = tt_contiguous(x), scale = tt_contiguous(scale);
  zero = zero ? tt_contiguous(zero) : NULL;
  Runs r = runs_of(tt_shape(x), s);
  Quantized y = blank(tt_shape(x), s, &r);
  check_scales(scale, zero, r.scales, levels_of(s));
  for (int64_t i = 0; i < r.scales; i++)
    put_scale(&y, i, tt_load(TT_F32, scale->data, i),
              zero ? ((int32_t *)zero->data)[i] : 0);
  round_all(&y, &r, x);
  return keep(y);
}

static void widen_run(const Quantized *q, int64_t at, int64_t k,
                      int64_t n, Real *y)
{
  int32_t zero = q->zero ? ((int32_t *)q->zero->data)[k] : 0;
  Real scale = (Real)tt_load(q->scale->dtype, q->scale->data, k);
  const int8_t *from = (int8_t *)q->q->data + at;
  const uint8_t *plain = (uint8_t *)q->q->data + at;
  if (q->scheme.is_unsigned)
    for (int64_t i = 0; i < n; i++)
      y[i] = scale * (Real)(plain[i] - zero);
  else
    for (int64_t i = 0; i < n; i++)
      y[i] = scale * (Real)(from[i] - zero);
}

static void widen_four(const Quantized *q, int64_t run, int64_t n,
                       Real *y)
{
  int64_t half = q->scheme.group / 2;
  const uint8_t *from = (uint8_t *)q->q->data + run * half;
  Real scale = (Real)from_f16(((uint16_t *)q->scale->data)[run]);
  Real all[MOST_IN_GROUP];
  if (half == 16 && n == 32) {
    unpack(16, from, scale, y);
  } else {
    unpack(half, from, scale, all);
    memcpy(y, all, (size_t)n * sizeof *y);
  }
}

static void widen_halves(DType d, int64_t n, const uint16_t *h, Real *y)
{
  if (d == TT_F16)
    for (int64_t i = 0; i < n; i++)
      y[i] = (Real)from_f16(h[i]);
  else
    for (int64_t i = 0; i < n; i++)
      y[i] = (Real)from_bf16(h[i]);
}

static void widen_runs(const Quantized *q, const Runs *r, int64_t from,
                       int64_t rows, Real *y)
{
  for (int64_t i = from; i < from + rows; i++)
    for (int64_t j = 0; j < r->each; j++) {
      int64_t run = i * r->each + j, skip = j * r->length;
      int64_t n = r->row - skip < r->length ? r->row - skip : r->length;
      if (q->scheme.bits == 4)
        widen_four(q, run, n, y);
      else
        widen_run(q, i * r->row + skip, r->each > 1 ? run
                  : run % r->scales, n, y);
      y += n;
    }
}

void tt_widen_rows(const Quantized *w, int64_t from, int64_t n, Real *y)
{
  int64_t k = w->shape.dim[1];
  if (!w->scale) {
    widen_halves(w->q->dtype, n * k, (uint16_t *)w->q->data + from * k,
                 y);
    return;
  }
  Runs r = runs_of(w->shape, w->scheme);
  if (w->scheme.sharing == TT_PER_TENSOR)      // one run is all
    widen_run(w, from * k, 0, n * k, y);
  else if (n > 0) {                // of axis 1 a number is a run
    int64_t each = r.n / r.each / w->shape.dim[0];
    widen_runs(w, &r, from * each, n * each, y);
  }
}

Tensor *tt_dequantize(Quantized q)
{
  tt_alive("tt_dequantize", q.q);
  if (!q.q)
    tt_fail(TT_EVALUE, "tt_dequantize: there are no numbers");
  Tensor *y = tt_empty(TT_F32, q.shape);
  if (!q.scale) {
    widen_halves(q.q->dtype, tt_numel(y), q.q->data, y->data);
    return y;
  }
  Runs r = runs_of(q.shape, q.scheme);
  widen_runs(&q, &r, 0, r.n / r.each, y->data);
  return y;
}

typedef int32_t Eight __attribute__((vector_size(32)));
typedef int16_t Sixteen __attribute__((vector_size(32), may_alias));
typedef int8_t  Bytes __attribute__((vector_size(16), aligned(1),
                                     may_alias));

TT_INLINE Eight pairs(Sixteen a, Sixteen b)
{
#ifdef __AVX2__
  return (Eight)__builtin_ia32_pmaddwd256(a, b);
#else
  Eight x = (Eight)a << 16, y = (Eight)b << 16;  // of each two, one
  return (x >> 16) * (y >> 16) + ((Eight)a >> 16) * ((Eight)b >> 16);
#endif
}

TT_INLINE int32_t sum_of(Eight s)
{
  int32_t sum = 0;
  for (int i = 0; i < 8; i++)
    sum += s[i];
  return sum;
}

enum { DEEP = 1024, TALL = 8 };    // of A as 16 bits: 16 KiB

TT_INLINE void add_pairs(int m, int n, const Sixteen *a,
                         const int8_t *b, int64_t b_row,
                         Eight s[4][4])
{
  for (int j = 0; j < n; j++) {
    Bytes y = *(const Bytes *)(b + j * b_row);
    Sixteen wide = __builtin_convertvector(y, Sixteen);
    for (int i = 0; i < m; i++)
      s[i][j] += pairs(a[i * DEEP / 16], wide);
  }
}

TT_INLINE void tile(int m, int n, int64_t k, bool add,
                    const Sixteen *a, const int8_t *b, int64_t b_row,
                    int32_t *c, int64_t c_row)
{
  Eight s[4][4] = {0};
  int64_t p = 0;
  for (; p + 16 <= k; p += 16)
    add_pairs(m, n, a + p / 16, b + p, b_row, s);
  if (p < k) {
    int8_t end[4][16] = {0};
    for (int j = 0; j < n; j++)
      memcpy(end[j], b + j * b_row + p, (size_t)(k - p));
    add_pairs(m, n, a + p / 16, end[0], 16, s);
  }
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++)
      c[i * c_row + j] = sum_of(s[i][j]) + (add ? c[i * c_row + j] : 0);
}

static void strip(const QGemm *g, int64_t k, bool add, int64_t rows,
                  const Sixteen *a, const int8_t *b, int32_t *c)
{
  int64_t r = g->b_row, j = 0, i = 0;
  for (; i + 4 <= rows; i += 4, a += 4 * DEEP / 16, c += 4 * g->c_row) {
    for (j = 0; j + 2 <= g->n; j += 2)
      tile(4, 2, k, add, a, b + j * r, r, c + j, g->c_row);
    if (j < g->n)
      tile(4, 1, k, add, a, b + j * r, r, c + j, g->c_row);
  }
  for (; i < rows; i++, a += DEEP / 16, c += g->c_row) {
    for (j = 0; j + 4 <= g->n; j += 4)
      tile(1, 4, k, add, a, b + j * r, r, c + j, g->c_row);
    for (; j < g->n; j++)
      tile(1, 1, k, add, a, b + j * r, r, c + j, g->c_row);
  }
}

static void widen(int64_t k, const int8_t *from, Sixteen *to)
{
  int16_t *a = (int16_t *)to;
  for (int64_t p = 0; p < k; p++)
    a[p] = from[p];
  for (int64_t p = k; p % 16; p++)
    a[p] = 0;
}

void tt_naive_qgemm(const QGemm *g)
{
  Sixteen a[TALL * DEEP / 16];
  if (g->k == 0)
    for (int64_t i = 0; i < g->m; i++)
      memset(g->c + i * g->c_row, 0, (size_t)g->n * sizeof *g->c);
  for (int64_t p = 0; p < g->k; p += DEEP) {
    int64_t k = g->k - p < DEEP ? g->k - p : DEEP;
    for (int64_t i = 0; i < g->m; i += TALL) {
      int64_t rows = g->m - i < TALL ? g->m - i : TALL;
      for (int64_t r = 0; r < rows; r++)
        widen(k, g->a + (i + r) * g->a_row + p, a + r * DEEP / 16);
      strip(g, k, p > 0, rows, a, g->b + p, g->c + i * g->c_row);
    }
  }
}

typedef struct ZeroPoints {        // of a's rows and b's, and the sums
  const int32_t *a, *b;            // of a's numbers and of b's
  const int32_t *a_sum, *b_sum;
} ZeroPoints;

static void subtract_zeros(int64_t m, int64_t n, int64_t k,
                           const ZeroPoints *z, int32_t *c)
{
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++, c++) {
      int64_t za = z->a[i], zb = z->b[j], sum = *c;
      sum += k * za * zb - za * z->b_sum[j] - zb * z->a_sum[i];
      *c = (int32_t)sum;
    }
}

Op tt_op_qgemm = { .name = "tt_qgemm" };

static void check_zeros(const char *name, const Tensor *t,
                        const Tensor *zero)
{
  if (zero->dtype != TT_I32 || zero->rank > 1
      || (tt_numel(zero) != 1 && tt_numel(zero) != t->shape[0]))
    tt_fail(TT_ESHAPE, "tt_qgemm: zero points of %s: %s %s; they are"
            " i32, one, or %lld", name, tt_dtype_name(zero->dtype),
            TT_TEXT(tt_shape(zero)), (long long)t->shape[0]);
  int low = t->dtype == TT_U8 ? 0 : -128;
  for (int64_t i = 0, n = tt_numel(zero); i < n; i++) {
    double v = tt_get(zero, zero->rank ? TT_INDEX(i) : TT_SCALAR);
    if (v < low || v > low + 255)
      tt_fail(TT_EVALUE, "tt_qgemm: a zero point of %g for %s, %s; it"
              " is from %d to %d", v, name, tt_dtype_name(t->dtype),
              low, low + 255);
  }
}

static void check_operand(const char *name, const Tensor *t,
                          const Tensor *zero)
{
  if (t->dtype != TT_I8 && t->dtype != TT_U8)
    tt_fail(TT_EDTYPE, "tt_qgemm: %s is %s; it is i8 or u8", name,
            tt_dtype_name(t->dtype));
  if (t->rank != 2)
    tt_fail(TT_ESHAPE, "tt_qgemm: %s %s; it has rows and columns", name,
            TT_TEXT(tt_shape(t)));
  if (zero)
    check_zeros(name, t, zero);
}

static void check_product(Tensor *a, Tensor *a_zero, Tensor *b,
                          Tensor *b_zero)
{
  check_operand("a", a, a_zero);
  check_operand("b", b, b_zero);
  int64_t k = a->shape[1];
  if (k != b->shape[1])
    tt_fail(TT_ESHAPE, "tt_qgemm: a %s, b %s; both have their k numbers"
            " in rows, and %lld is not %lld", TT_TEXT(tt_shape(a)),
            TT_TEXT(tt_shape(b)), (long long)k, (long long)b->shape[1]);
  int64_t each = a_zero || a->dtype == TT_U8 ? 255 : 128;
  each *= b_zero || b->dtype == TT_U8 ? 255 : 128;
  if (k > INT32_MAX / each)
    tt_fail(TT_EVALUE, "tt_qgemm: sums of %lld products; an i32 is"
            " certain to hold %lld of them", (long long)k,
            (long long)(INT32_MAX / each));
}

static Tensor *as_i8(Tensor *t)    // u8: less 128
{
  t = tt_contiguous(t);
  if (t->dtype == TT_I8)
    return t;
  Tensor *y = tt_empty(TT_I8, tt_shape(t));
  const uint8_t *from = t->data;
  int8_t *to = y->data;
  for (int64_t i = 0, n = tt_numel(t); i < n; i++)
    to[i] = (int8_t)(from[i] ^ 0x80);
  return y;
}

static int32_t *zeros_of(const Tensor *t, const Tensor *zero)
{
  int64_t n = t->shape[0], less = t->dtype == TT_U8 ? 128 : 0;
  int32_t *z = tt_empty(TT_I32, TT_SHAPE(n))->data;
  bool one = zero && tt_numel(zero) == 1;
  int64_t step = zero && !one ? zero->stride[0] : 0;
  for (int64_t i = 0; i < n; i++)
    z[i] = (int32_t)((zero ? ((int32_t *)zero->data)[i * step] : 0)
                     - less);
  return z;
}

static int32_t *sums_of(const Tensor *t)
{
  int64_t n = t->shape[0], k = t->shape[1];
  int32_t *sum = tt_empty(TT_I32, TT_SHAPE(n))->data;
  const int8_t *row = t->data;
  for (int64_t i = 0; i < n; i++, row += k) {
    sum[i] = 0;
    for (int64_t p = 0; p < k; p++)
      sum[i] += row[p];
  }
  return sum;
}

Tensor *tt_qgemm(Tensor *a, Tensor *a_zero, Tensor *b, Tensor *b_zero)
{
  check_product(a, a_zero, b, b_zero);
  TT_SCOPE;
  int64_t m = a->shape[0], n = b->shape[0], k = a->shape[1];
  Tensor *y = tt_empty(TT_I32, TT_SHAPE(m, n));
  Tensor *as = as_i8(a), *bs = as_i8(b);
  tt_backend->qgemm(&(QGemm){ m, n, k, as->data, k, bs->data, k,
                              y->data, n });
  if (a_zero || b_zero || a->dtype == TT_U8 || b->dtype == TT_U8) {
    ZeroPoints z = { zeros_of(a, a_zero), zeros_of(b, b_zero),
                     sums_of(as), sums_of(bs) };
    subtract_zeros(m, n, k, &z, y->data);
  }
  return tt_keep(tt_record(&tt_op_qgemm, y, 2, (Tensor *[]){ a, b },
                           (Attr){0}));
}
