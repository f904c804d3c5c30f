// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// Tensors: shapes and strides, views that move no number, one loop for
// all of them, arithmetic that broadcasts, sums, products, printing.
#include "tt/operation.h"
#include "tt/storage.h"
#include "tt/locale.h"
#include "tt/machine.h"
#include "tt/todo.h"
#include <string.h>
#include <tgmath.h>
const char TT_BUILT_FOR(TT_REAL) = 0;
Tensor *(*tt_recorder)(Op *, Tensor *, int, Tensor *const[],
                       const Attr *);
void (*tt_forgetter)(Tensor *);
void (*tt_guard)(const char *, const Tensor *, const Tensor *);
const Watch *tt_watch;
TT_OP(reshape) TT_OP(transpose) TT_OP(permute) TT_OP(slice)
TT_OP(select) TT_OP(expand) TT_OP(squeeze) TT_OP(unsqueeze)
TT_OP(clone) TT_OP(cat) TT_OP(matmul) TT_OP(sum) TT_OP(max)
TT_OP(argmax) TT_OP(argmax_last) TT_OP(cumsum)
const char *tt_shape_text(Shape s, char text[128])
{
  int at = snprintf(text, 128, "[");
  for (int d = 0; d < s.rank && d < TT_MAX_RANK; d++)
    at += snprintf(text + at, (size_t)(128 - at), "%s%lld",
                   d ? "," : "", (long long)s.dim[d]);
  snprintf(text + at, (size_t)(128 - at), "]");
  return text;
}

static _Noreturn void too_large(const char *op, Shape s)
{
  tt_fail(TT_ESHAPE, "%s: shape %s has 2^60 elements or more",
          op, TT_TEXT(s));
}

static void need_rank(const char *op, Shape s)
{
  if (s.rank < 0 || s.rank > TT_MAX_RANK)
    tt_fail(TT_ESHAPE, "%s: rank %d; ranks go from 0 to %d",
            op, s.rank, TT_MAX_RANK);
}

static const struct { const char *name; size_t size; bool whole; }
types[] = {
  [TT_F32] = { sizeof(Real) == 4 ? "f32" : "f64", sizeof(Real), false },
  [TT_I32] = { "i32", 4, true },
  [TT_U8] = { "u8", 1, true }, [TT_I8] = { "i8", 1, true },
  [TT_F16] = { "f16", 2, false }, [TT_BF16] = { "bf16", 2, false },
};
enum { TYPES = sizeof types / sizeof *types };
static int64_t count(const char *op, Shape s)
{
  need_rank(op, s);
  int64_t n = 1;
  for (int d = 0; d < s.rank; d++)
    if (s.dim[d] < 0)
      tt_fail(TT_ESHAPE, "%s: size %lld in shape %s is negative",
              op, (long long)s.dim[d], TT_TEXT(s));
  int64_t bytes = 8;
  bool empty = false;
  for (int d = 0; d < s.rank; d++)
    if (s.dim[d] == 0)
      empty = true;
    else if (__builtin_mul_overflow(bytes, s.dim[d], &bytes))
      too_large(op, s);
  n = empty ? 0 : bytes / 8;
  return n;
}

static void set_strides(Tensor *t)
{
  int64_t step = 1;
  for (int d = t->rank - 1; d >= 0; d--) {
    t->stride[d] = step;
    step *= t->shape[d];
  }
}

bool tt_is_contiguous(const Tensor *t)
{
  int64_t n = 1;
  bool dense = true;
  for (int d = t->rank - 1; d >= 0; d--) {
    dense = dense && (t->shape[d] == 1 || t->stride[d] == n);
    n *= t->shape[d];
  }
  return dense || n == 0;
}

int64_t tt_numel(const Tensor *t)
{
  int64_t n = 1;
  for (int d = 0; d < t->rank; d++)
    n *= t->shape[d];
  return n;
}

Shape tt_shape(const Tensor *t)
{
  const int64_t *n = t->shape;
  return (Shape){ t->rank, { n[0], n[1], n[2], n[3], n[4], n[5] } };
}

size_t      tt_dtype_size(DType d) { return types[d].size; }
const char *tt_dtype_name(DType d) { return types[d].name; }
double tt_load(DType d, const void *x, int64_t i)
{
  switch (d) {
  case TT_I32: return ((const int32_t *)x)[i];
  case TT_U8:  return ((const uint8_t *)x)[i];
  case TT_I8:  return ((const int8_t *)x)[i];
  case TT_F16:  return (double)tt_from_f16(((const uint16_t *)x)[i]);
  case TT_BF16: return (double)tt_from_bf16(((const uint16_t *)x)[i]);
  default: return (double)((const Real *)x)[i];
  }
}

static double clamp(double v, double low, double high)
{
  return v != v ? 0 : v < low ? low : v > high ? high : v;
}

void tt_store(DType d, void *x, int64_t i, double v)
{
  switch (d) {
  case TT_I32:
    ((int32_t *)x)[i] = (int32_t)clamp(v, INT32_MIN, INT32_MAX);
    break;
  case TT_U8: ((uint8_t *)x)[i] = (uint8_t)clamp(v, 0, 255); break;
  case TT_I8: ((int8_t *)x)[i] = (int8_t)clamp(v, -128, 127); break;
  case TT_F16:  ((uint16_t *)x)[i] = tt_to_f16(v); break;
  case TT_BF16: ((uint16_t *)x)[i] = tt_to_bf16(v); break;
  default: ((Real *)x)[i] = (Real)v;
  }
}

static int64_t wrap(const char *op, const char *what, int64_t i,
                    int64_t n, const Tensor *t)
{
  if (n == 0)
    tt_fail(TT_EINDEX, "%s: %s %lld of shape %s: there is none", op,
            what, (long long)i, TT_TEXT(tt_shape(t)));
  if (i < -n || i >= n)
    tt_fail(TT_EINDEX, "%s: %s %lld is out of range for shape %s;"
            " it goes from %lld to %lld", op, what, (long long)i,
            TT_TEXT(tt_shape(t)), (long long)-n, (long long)n - 1);
  return i < 0 ? i + n : i;
}

static int wrap_dim(const char *op, const Tensor *t, int dim)
{
  return (int)wrap(op, "dim", dim, t->rank, t);
}

static int64_t step_of(const Tensor *t, Shape s, int d)
{
  if (!t)
    return 0;
  d -= s.rank - t->rank;           // shapes are matched from the right
  return d < 0 || t->shape[d] == 1 ? 0 : t->stride[d];
}

static void append(Walk *w, int64_t n,
                   const int64_t step[1 + TT_OPERANDS])
{
  int d = w->rank - 1;             // the dimension outside the new one
  bool melt = d >= 0;
  for (int i = 0; i <= TT_OPERANDS && melt; i++)
    melt = w->stride[i][d] == n * step[i];
  if (!melt)
    d = w->rank++;
  w->shape[d] = melt ? w->shape[d] * n : n;
  for (int i = 0; i <= TT_OPERANDS; i++)
    w->stride[i][d] = step[i];
}

Walk tt_walk(Shape s, const Tensor *y, const Tensor *a,
             const Tensor *b, const Tensor *c)
{
  const Tensor *t[] = { y, a, b, c };
  Walk w;
  w.rank = 0;
  bool some = true;
  for (int d = 0; d < s.rank; d++) {
    some = some && s.dim[d] != 0;
    if (s.dim[d] != 1) {
      int64_t step[1 + TT_OPERANDS];
      for (int i = 0; i <= TT_OPERANDS; i++)
        step[i] = step_of(t[i], s, d);
      append(&w, s.dim[d], step);
    }
  }
  if (w.rank == 0 || !some) {
    w.rank = 0;                    // one row, of one element or none
    append(&w, some, (int64_t[1 + TT_OPERANDS]){0});
  }
  return w;
}

static Tensor *make(const char *op, DType dtype, Shape s)
{
  if ((unsigned)dtype >= TYPES)
    tt_fail(TT_EDTYPE, "%s: %d is no element type", op, (int)dtype);
  int64_t n = count(op, s);
  Tensor *t = tt_handle();
  t->name = op;                    // of who made it
  t->dtype = dtype;
  t->rank = s.rank;
  memcpy(t->shape, s.dim, sizeof t->shape);
  tt_allocate(t, (size_t)n * tt_dtype_size(dtype));
  set_strides(t);
  return t;
}

Tensor *tt_empty(DType dtype, Shape s)
{
  return make("tt_empty", dtype, s);
}

static Tensor *filled(const char *op, Shape s, Real value)
{
  Tensor *t = make(op, TT_F32, s);
  Real *x = t->data;
  for (int64_t i = 0, n = tt_numel(t); i < n; i++)
    x[i] = value;
  return t;
}

Tensor *tt_full(Shape s, Real value)
{
  return filled("tt_full", s, value);
}

Tensor *tt_zeros(Shape s) { return filled("tt_zeros", s, 0); }
Tensor *tt_ones (Shape s) { return filled("tt_ones", s, 1); }
static Tensor *from(const char *op, DType d, Shape s,
                    const void *values)
{
  Tensor *t = make(op, d, s);
  int64_t n = tt_numel(t);
  if (n > 0 && !values)
    tt_fail(TT_EVALUE, "%s: no values for shape %s", op, TT_TEXT(s));
  if (n > 0)
    memcpy(t->data, values, (size_t)n * tt_dtype_size(d));
  return t;
}

Tensor *tt_from(Shape s, const Real *values)
{
  return from("tt_from", TT_F32, s, values);
}

Tensor *tt_from_int(Shape s, const int32_t *values)
{
  return from("tt_from_int", TT_I32, s, values);
}

Tensor *tt_arange(double start, double end, double step)
{
  double n = (end - start) / step;
  if (!(n >= 0 && n < 0x1p60))
    tt_fail(TT_EVALUE, "tt_arange: from %g to %g in steps of %g: the"
            " step must lead from start to end, in fewer than 2^60",
            start, end, step);
  Shape s = TT_SHAPE((int64_t)ceil(n));
  Tensor *t = make("tt_arange", TT_F32, s);
  Real *x = t->data;
  for (int64_t i = 0; i < t->shape[0]; i++)
    x[i] = (Real)(start + (double)i * step);
  return t;
}

Tensor *tt_linspace(double start, double end, int64_t n)
{
  Tensor *t = make("tt_linspace", TT_F32, TT_SHAPE(n));
  Real *x = t->data;
  double step = n > 1 ? (end - start) / (double)(n - 1) : 0;
  for (int64_t i = 0; i < n; i++)
    x[i] = (Real)(i << 1 < n ? start + (double)i * step
                             : end - (double)(n - 1 - i) * step);
  return t;
}

Tensor *tt_eye(int64_t n)
{
  Tensor *t = make("tt_eye", TT_F32, TT_SHAPE(n, n));
  memset(t->data, 0, (size_t)(n * n) * sizeof(Real));
  for (int64_t i = 0; i < n; i++)
    ((Real *)t->data)[i * (n + 1)] = 1;
  return t;
}

static _Thread_local Generator standard;   // for those who pass NULL

void tt_manual_seed(Generator *g, uint64_t seed)
{
  g = g ? g : &standard;
  for (int i = 0; i < 4; i++)
    g->state[i] = tt_machine_random(&seed);
}

Generator *tt_generator(Generator *g)
{
  const uint64_t *s = (g = g ? g : &standard)->state;
  if (!(s[0] | s[1] | s[2] | s[3]))
    tt_manual_seed(g, 0);
  return g;
}

static uint64_t rotate(uint64_t x, int k)
{
  return (x << k) | (x >> (64 - k));
}

uint64_t tt_random(Generator *g)
{
  uint64_t *s = (g = tt_generator(g))->state;
  uint64_t result = rotate(s[0] + s[3], 23) + s[0];
  uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate(s[3], 45);
  return result;
}

Tensor *tt_rand(Shape s, Generator *g)
{
  Tensor *t = make("tt_rand", TT_F32, s);
  Real *x = t->data;
  for (int64_t i = 0, n = tt_numel(t); i < n; i++)
    x[i] = (Real)((double)(tt_random(g) >> 40) * 0x1p-24);
  return t;
}

Tensor *tt_randn(Shape s, Generator *g)
{
  Tensor *t = make("tt_randn", TT_F32, s);
  Real *x = t->data;
  for (int64_t i = 0, n = tt_numel(t); i < n; i += 2) {
    double u = (double)((tt_random(g) >> 11) + 1) * 0x1p-53;
    double v = (double)(tt_random(g) >> 11) * 0x1p-53;
    double r = sqrt(-2 * log(u)), angle = 2 * M_PI * v;
    x[i] = (Real)(r * cos(angle));
    if (i + 1 < n)
      x[i + 1] = (Real)(r * sin(angle));
  }
  return t;
}

Tensor *tt_randint(int32_t low, int32_t high, Shape s, Generator *g)
{
  if (low >= high)
    tt_fail(TT_EVALUE, "tt_randint: from %d to %d; the first must be"
            " smaller", (int)low, (int)high);
  Tensor *t = make("tt_randint", TT_I32, s);
  uint64_t range = (uint64_t)((int64_t)high - low);
  int32_t *x = t->data;
  for (int64_t i = 0, n = tt_numel(t); i < n; i++)
    x[i] = (int32_t)(low + (int64_t)(tt_random(g) % range));
  return t;
}

Tensor *tt_randperm(int64_t n, Generator *g)
{
  if (n > INT32_MAX)
    tt_fail(TT_ESHAPE, "tt_randperm: %lld numbers; an i32 cannot count"
            " them", (long long)n);
  Tensor *t = make("tt_randperm", TT_I32, TT_SHAPE(n));
  int32_t *x = t->data;
  for (int64_t i = 0; i < n; i++) {
    int64_t j = (int64_t)(tt_random(g) % (uint64_t)(i + 1));
    x[i] = x[j];
    x[j] = (int32_t)i;
  }
  return t;
}

void tt_change(const char *op, Tensor *t, const Tensor *from)
{
  for (int d = 0; d < t->rank; d++)
    if (t->stride[d] == 0 && t->shape[d] > 1 && tt_numel(t) > 0)
      tt_fail(TT_EVALUE, "%s: the destination %s repeats its elements"
              " along dim %d; tt_clone it first", op,
              TT_TEXT(tt_shape(t)), d);
  if (tt_guard)
    tt_guard(op, t, from);
  t->storage->version++;
}

static int64_t offset(const char *op, const Tensor *t, Shape index)
{
  if (index.rank != t->rank)
    tt_fail(TT_EINDEX, "%s: index %s for shape %s; give one index"
            " for each dimension", op, TT_TEXT(index),
            TT_TEXT(tt_shape(t)));
  int64_t at = 0;
  for (int d = 0; d < t->rank; d++)
    at += wrap(op, "index", index.dim[d], t->shape[d], t) * t->stride[d];
  return at;
}

double tt_get(const Tensor *t, Shape index)
{
  return tt_load(t->dtype, t->data, offset("tt_get", t, index));
}

void tt_set_(Tensor *t, Shape index, double value)
{
  int64_t at = offset("tt_set_", t, index);
  tt_change("tt_set_", t, NULL);
  tt_store(t->dtype, t->data, at, value);
}

double tt_item(const Tensor *t)
{
  if (tt_numel(t) != 1)
    tt_fail(TT_ESHAPE, "tt_item: shape %s has %lld elements, not 1",
            TT_TEXT(tt_shape(t)), (long long)tt_numel(t));
  return tt_load(t->dtype, t->data, 0);
}

static void drop_dim(Tensor *y, int dim)
{
  y->rank--;
  for (int d = dim; d < y->rank; d++) {
    y->shape[d] = y->shape[d + 1];
    y->stride[d] = y->stride[d + 1];
  }
}

static void insert_dim(Tensor *y, int dim)
{
  for (int d = y->rank++; d > dim; d--) {
    y->shape[d] = y->shape[d - 1];
    y->stride[d] = y->stride[d - 1];
  }
  y->shape[dim] = y->stride[dim] = 1;
}

static int64_t into_range(int64_t i, int64_t n)
{
  if (i < 0)
    i += n;
  return i < 0 ? 0 : i > n ? n : i;
}

static void shift(Tensor *y, int64_t elements)
{
  y->data = (char *)y->data
          + elements * (int64_t)tt_dtype_size(y->dtype);
}

static _Noreturn void cannot_permute(const Tensor *t, Shape dims)
{
  tt_fail(TT_ESHAPE, "tt_permute: dims %s for shape %s; name each"
          " dimension once", TT_TEXT(dims), TT_TEXT(tt_shape(t)));
}

static _Noreturn void cannot_expand(const Tensor *t, Shape s)
{
  tt_fail(TT_ESHAPE, "tt_expand: %s cannot become %s; only sizes of 1"
          " stretch, and dimensions are matched from the right",
          TT_TEXT(tt_shape(t)), TT_TEXT(s));
}

static bool restride(const Tensor *t, Tensor *y)
{
  Walk runs = tt_walk(tt_shape(t), t, NULL, NULL, NULL);
  int d = y->rank;
  int64_t step = 1;
  if (tt_numel(t) == 0)
    runs.rank = 0;                 // any strides will do
  for (int r = runs.rank - 1; r >= 0; r--) {
    int64_t left = runs.shape[r];
    step = left > 1 ? runs.stride[0][r] : 1;
    while (left > 1 && d > 0 && left % y->shape[d - 1] == 0) {
      left /= y->shape[--d];
      y->stride[d] = step;
      step *= y->shape[d];
    }
    if (left > 1)
      return false;
  }
  while (d > 0)
    y->stride[--d] = step;         // what is left has size 1
  return true;
}

static Tensor *with_shape(const Tensor *t, Shape s)
{
  Tensor *y = tt_alias(t);
  y->rank = s.rank;
  memcpy(y->shape, s.dim, sizeof y->shape);
  return y;
}

static Shape infer_size(const Tensor *t, Shape s)
{
  Shape asked = s;
  int unknown = -1;
  for (int d = 0; d < s.rank && d < TT_MAX_RANK; d++)
    if (s.dim[d] == -1) {
      if (unknown >= 0)
        tt_fail(TT_ESHAPE, "tt_reshape: %s: only one size can be"
                " inferred", TT_TEXT(asked));
      unknown = d;
      s.dim[d] = 1;
    }
  int64_t n = tt_numel(t), known = count("tt_reshape", s);
  if (unknown >= 0 && known > 0)
    s.dim[unknown] = n / known;
  if (count("tt_reshape", s) != n || (unknown >= 0 && known == 0))
    tt_fail(TT_ESHAPE, "tt_reshape: %s has %lld elements, which %s"
            " cannot hold; the products must agree, and one -1 is"
            " inferred", TT_TEXT(tt_shape(t)), (long long)n,
            TT_TEXT(asked));
  return s;
}

Tensor *tt_transpose(Tensor *t, int a, int b)
{
  a = wrap_dim("tt_transpose", t, a);
  b = wrap_dim("tt_transpose", t, b);
  Tensor *y = tt_alias(t);
  int64_t size = y->shape[a], step = y->stride[a];
  y->shape[a] = y->shape[b];
  y->shape[b] = size;
  y->stride[a] = y->stride[b];
  y->stride[b] = step;
  return tt_record(&tt_op_transpose, y, 1, &t, (Attr){ .i = {a, b} });
}

Tensor *tt_slice(Tensor *t, int dim, int64_t start, int64_t stop,
                 int64_t step)
{
  dim = wrap_dim("tt_slice", t, dim);
  if (step < 1)
    tt_fail(TT_EVALUE, "tt_slice: step %lld; steps are 1 or more",
            (long long)step);
  int64_t n = t->shape[dim];
  start = into_range(start, n);
  stop = into_range(stop, n);
  step = step < n ? step : n > 0 ? n : 1;   // longer goes as far
  Tensor *y = tt_alias(t);
  int64_t size = stop > start ? (stop - start + step - 1) / step : 0;
  if (size > 0)
    shift(y, start * t->stride[dim]);
  y->shape[dim] = size;
  y->stride[dim] = step * t->stride[dim];
  Attr attr = { .i = {dim, start, stop, step} };
  return tt_record(&tt_op_slice, y, 1, &t, attr);
}

Tensor *tt_expand(Tensor *t, Shape s)
{
  need_rank("tt_expand", s);
  if (s.rank < t->rank)
    cannot_expand(t, s);
  Tensor *y = tt_alias(t);
  for (int d = s.rank - t->rank - 1; d >= 0; d--) {
    if (s.dim[d] < 0)
      cannot_expand(t, s);         // there is no size to keep
    insert_dim(y, 0);
  }
  for (int d = 0; d < s.rank; d++) {
    if (s.dim[d] == y->shape[d] || s.dim[d] == -1)
      continue;
    if (y->shape[d] != 1 || s.dim[d] < 0)
      cannot_expand(t, s);
    y->shape[d] = s.dim[d];
    y->stride[d] = 0;
  }
  count("tt_expand", tt_shape(y));  // refuses more than can be counted
  return tt_record(&tt_op_expand, y, 1, &t, (Attr){0});
}

Tensor *tt_permute(Tensor *t, Shape dims)
{
  if (dims.rank != t->rank)
    cannot_permute(t, dims);
  unsigned seen = 0;
  Attr attr = {0};
  Tensor *y = tt_alias(t);
  for (int d = 0; d < t->rank; d++) {
    int64_t from = wrap("tt_permute", "dim", dims.dim[d], t->rank, t);
    if (seen >> from & 1)
      cannot_permute(t, dims);
    seen |= 1u << from;
    y->shape[d] = t->shape[from];
    y->stride[d] = t->stride[from];
    attr.i[d] = from;
  }
  return tt_record(&tt_op_permute, y, 1, &t, attr);
}

Tensor *tt_select(Tensor *t, int dim, int64_t index)
{
  dim = wrap_dim("tt_select", t, dim);
  index = wrap("tt_select", "index", index, t->shape[dim], t);
  Tensor *y = tt_alias(t);
  shift(y, index * t->stride[dim]);
  drop_dim(y, dim);
  Attr attr = { .i = {dim, index} };
  return tt_record(&tt_op_select, y, 1, &t, attr);
}

Tensor *tt_squeeze(Tensor *t, int dim)
{
  if (dim != TT_ALL)
    dim = wrap_dim("tt_squeeze", t, dim);
  Tensor *y = tt_alias(t);
  for (int d = t->rank - 1; d >= 0; d--)
    if ((dim == TT_ALL || d == dim) && t->shape[d] == 1)
      drop_dim(y, d);
  return tt_record(&tt_op_squeeze, y, 1, &t, (Attr){ .i = {dim} });
}

Tensor *tt_unsqueeze(Tensor *t, int dim)
{
  if (t->rank == TT_MAX_RANK)
    tt_fail(TT_ESHAPE, "tt_unsqueeze: shape %s has %d dimensions"
            " already, the most there can be", TT_TEXT(tt_shape(t)),
            TT_MAX_RANK);
  dim = (int)wrap("tt_unsqueeze", "dim", dim, t->rank + 1, t);
  Tensor *y = tt_alias(t);
  insert_dim(y, dim);
  return tt_record(&tt_op_unsqueeze, y, 1, &t, (Attr){ .i = {dim} });
}

Tensor *tt_reshape(Tensor *t, Shape s)
{
  s = infer_size(t, s);
  Tensor *y = with_shape(t, s);
  if (!restride(t, y)) {
    tt_release(y);
    Tensor *dense = tt_clone(t);
    y = tt_reshape(dense, s);
    tt_release(dense);             // y holds its numbers
    return y;
  }
  return tt_record(&tt_op_reshape, y, 1, &t, (Attr){0});
}

static Shape cat_shape(int n, Tensor *const t[], int dim)
{
  Shape s = tt_shape(t[0]);
  for (int i = 1; i < n; i++) {
    if (t[i]->dtype != t[0]->dtype)
      tt_fail(TT_EDTYPE, "tt_cat: tensor 0 is %s, tensor %d is %s;"
              " convert one with tt_to", tt_dtype_name(t[0]->dtype), i,
              tt_dtype_name(t[i]->dtype));
    bool same = t[i]->rank == s.rank;
    for (int d = 0; d < s.rank && same; d++)
      same = d == dim || t[i]->shape[d] == s.dim[d];
    if (!same)
      tt_fail(TT_ESHAPE, "tt_cat: tensor 0 is %s, tensor %d is %s; all"
              " sizes but that of dim %d must agree",
              TT_TEXT(tt_shape(t[0])), i, TT_TEXT(tt_shape(t[i])), dim);
    if (__builtin_add_overflow(s.dim[dim], t[i]->shape[dim],
                               &s.dim[dim]))
      too_large("tt_cat", s);
  }
  return s;
}

static Tensor *copy_as(DType d, const Tensor *t)
{
  Tensor *y = make("tt_to", d, tt_shape(t));
  Walk w = tt_walk(tt_shape(t), y, t, NULL, NULL);
  tt_backend->copy(&w, d, y->data, t->dtype, t->data);
  return y;
}

Tensor *tt_contiguous(Tensor *t)
{
  return tt_is_contiguous(t) ? t : tt_clone(t);
}

Tensor *tt_clone(Tensor *t)
{
  return tt_record(&tt_op_clone, copy_as(t->dtype, t), 1, &t,
                   (Attr){0});
}

Tensor *tt_to(Tensor *t, DType d)
{
  return d == t->dtype ? t : copy_as(d, t);
}

Tensor *tt_cat(int n, Tensor *const t[], int dim)
{
  if (n < 1)
    tt_fail(TT_EVALUE, "tt_cat: %d tensors; give 1 or more", n);
  dim = wrap_dim("tt_cat", t[0], dim);
  Tensor *y = make("tt_cat", t[0]->dtype, cat_shape(n, t, dim));
  Tensor window = *y;
  for (int i = 0; i < n; i++) {
    Walk w = tt_walk(tt_shape(t[i]), &window, t[i], NULL, NULL);
    tt_backend->copy(&w, y->dtype, window.data, y->dtype, t[i]->data);
    shift(&window, t[i]->shape[dim] * y->stride[dim]);
  }
  return tt_record(&tt_op_cat, y, n, t, (Attr){ .i = {dim} });
}

static int64_t size_from_right(Shape s, int d)
{
  return d <= s.rank ? s.dim[s.rank - d] : 1;
}

static _Noreturn void cannot_broadcast(const char *op, Shape a, Shape b)
{
  tt_fail(TT_ESHAPE, "%s: %s and %s do not match; aligned at the"
          " right, sizes must be equal or 1", op, TT_TEXT(a),
          TT_TEXT(b));
}

void tt_copy_(Tensor *y, Tensor *x)
{
  bool fits = x->rank <= y->rank;
  for (int d = 1; fits && d <= x->rank; d++) {
    int64_t n = size_from_right(tt_shape(x), d);
    fits = n == 1 || n == size_from_right(tt_shape(y), d);
  }
  if (!fits)
    tt_fail(TT_ESHAPE, "tt_copy_: %s does not fit into %s; aligned at"
            " the right, sizes must be equal, or 1 in the source",
            TT_TEXT(tt_shape(x)), TT_TEXT(tt_shape(y)));
  tt_change("tt_copy_", y, x);
  Scope aside;
  tt_scope_open(&aside);
  if (x->storage == y->storage)
    x = copy_as(x->dtype, x);
  Walk w = tt_walk(tt_shape(y), y, x, NULL, NULL);
  tt_backend->copy(&w, y->dtype, y->data, x->dtype, x->data);
  tt_scope_close(&aside);
}

void tt_fill_(Tensor *t, double value)
{
  Scope aside;
  tt_scope_open(&aside);
  Tensor *one = tt_empty(t->dtype, TT_SCALAR);
  tt_store(one->dtype, one->data, 0, value);
  tt_change("tt_fill_", t, NULL);
  Walk w = tt_walk(tt_shape(t), t, one, NULL, NULL);
  tt_backend->copy(&w, t->dtype, t->data, one->dtype, one->data);
  tt_scope_close(&aside);
}

static Shape broadcast(const char *op, Shape a, Shape b)
{
  Shape r = { .rank = a.rank > b.rank ? a.rank : b.rank };
  for (int d = 1; d <= r.rank; d++) {
    int64_t m = size_from_right(a, d), n = size_from_right(b, d);
    if (m != n && m != 1 && n != 1)
      cannot_broadcast(op, a, b);
    r.dim[r.rank - d] = m == 1 ? n : m;
  }
  return r;
}

bool tt_allclose(const Tensor *a, const Tensor *b, double rtol,
                 double atol)
{
  Shape s = broadcast("tt_allclose", tt_shape(a), tt_shape(b));
  Walk w = tt_walk(s, a, b, NULL, NULL);
  int last = w.rank - 1;
  bool close = true;
  WalkRow r = {0};
  for (int64_t i = tt_rows(&w, 1); i > 0; i--, tt_next_row(&w, 1, &r))
    for (int64_t j = 0; j < w.shape[last]; j++) {
      double u = tt_load(a->dtype, a->data,
                         r.at[0] + j * w.stride[0][last]);
      double v = tt_load(b->dtype, b->data,
                         r.at[1] + j * w.stride[1][last]);
      double apart = fabs(u - v);
      close = close && (u == v || (isfinite(apart)
                                   && apart <= atol + rtol * fabs(v)));
    }
  return close;
}

static bool same_shape(const Tensor *a, const Tensor *b)
{
  size_t bytes = (size_t)a->rank * sizeof a->shape[0];
  return a->rank == b->rank && memcmp(a->shape, b->shape, bytes) == 0;
}

static bool alike(const Tensor *a, const Tensor *b)
{
  return same_shape(a, b) && tt_is_contiguous(a) && tt_is_contiguous(b);
}

static Tensor *make_like(const char *op, const Tensor *x, Walk *w)
{
  int64_t n = tt_numel(x);
  Tensor *y = tt_handle();
  y->name = op;
  y->rank = x->rank;
  memcpy(y->shape, x->shape, sizeof y->shape);
  set_strides(y);
  tt_allocate(y, (size_t)n * sizeof(Real));
  w->rank = 1;
  w->shape[0] = n;
  for (int i = 0; i <= TT_OPERANDS; i++)
    w->stride[i][0] = 1;
  return y;
}

static Tensor *result_of(const Op *op, int n, Tensor *const x[],
                         Walk *w)
{
  bool same = n > 1 || tt_is_contiguous(x[0]);
  for (int i = 1; i < n && same; i++)
    same = alike(x[0], x[i]);
  if (same)
    return make_like(op->name, x[0], w);
  Shape s = tt_shape(x[0]);
  for (int i = 1; i < n; i++)
    s = broadcast(op->name, s, tt_shape(x[i]));
  Tensor *y = make(op->name, TT_F32, s);
  *w = tt_walk(s, y, x[0], n > 1 ? x[1] : NULL, n > 2 ? x[2] : NULL);
  return y;
}

TT_BINARY(add, a + b)
TT_BINARY(sub, a - b)
TT_BINARY(mul, a * b)
TT_BINARY(div, a / b)
TT_BINARY(pow, pow(a, b))
TT_BINARY(maximum, a > b || a != a ? a : b)
TT_BINARY(eq, a == b)
TT_BINARY(lt, a < b)
TT_UNARY(neg,  -x)
TT_UNARY(exp,  exp(x))
TT_UNARY(log,  log(x))
TT_UNARY(sqrt, sqrt(x))
Tensor *tt_map(Op *op, int n, Tensor *const x[], Real p, Real q)
{
  Walk w;
  Operands o;
  o.p = p;
  o.q = q;
  for (int i = 0; i < n; i++)
    tt_need_f32(op->name, x[i]);
  for (int i = 0; i < TT_OPERANDS; i++)
    o.x[i] = i < n ? x[i]->data : NULL;
  Tensor *y = result_of(op, n, x, &w);
  o.y = y->data;
  tt_backend->map(op, &w, &o);
  return tt_record(op, y, n, x, (Attr){ .r = {p, q} });
}

TT_BINARY(minimum, a < b || a != a ? a : b)
TT_BINARY(ne, a != b)
TT_BINARY(le, a <= b)
TT_BINARY(gt, a > b)
TT_BINARY(ge, a >= b)

TT_UNARY(abs,  fabs(x))
TT_UNARY(sin,  sin(x))
TT_UNARY(cos,  cos(x))
TT_UNARY(logical_not, x == 0)
TT_UNARY_WITH(add_scalar, c, x + c)
TT_UNARY_WITH(mul_scalar, c, x * c)
TT_UNARY_BETWEEN(clamp, low, high, x < low ? (low < high ? low : high)
                 : x > high ? high : x)
TT_TERNARY(where, a != 0 ? b : c)

void tt_need_f32(const char *op, const Tensor *t)
{
  if (t->dtype != TT_F32)
    tt_fail(TT_EDTYPE, "%s: a tensor of %s; arithmetic is done in %s,"
            " so convert it with tt_to(t, TT_F32)", op,
            tt_dtype_name(t->dtype), tt_dtype_name(TT_F32));
}

static Tensor *reduce(Op *op, ReduceOp code, DType d, Tensor *x,
                      int dim, bool keepdim)
{
  tt_need_f32(op->name, x);
  int first = 0, last = x->rank;       // the dimensions that go
  if (dim != TT_ALL) {
    first = wrap_dim(op->name, x, dim);
    last = first + 1;
  }
  Shape s = { .rank = 0 };
  int64_t size[3] = { 1, 1, 1 };       // outer, n, inner
  for (int i = 0; i < x->rank; i++) {
    bool goes = first <= i && i < last;
    size[goes ? 1 : i < first ? 0 : 2] *= x->shape[i];
    if (!goes || keepdim)
      s.dim[s.rank++] = goes ? 1 : x->shape[i];
  }
  if (d == TT_I32 && size[1] > INT32_MAX)
    tt_fail(TT_ESHAPE, "%s: %lld elements; an i32 cannot count them",
            op->name, (long long)size[1]);
  if (code != TT_SUM && size[1] == 0)
    tt_fail(TT_EVALUE, "%s: shape %s has no elements to choose from",
            op->name, TT_TEXT(tt_shape(x)));
  Tensor *y = make(op->name, d, s);
  Tensor *c = tt_is_contiguous(x) ? x : copy_as(x->dtype, x);
  tt_backend->reduce(code, size[0], size[1], size[2], y->data, c->data);
  if (c != x)
    tt_release(c);
  return tt_record(op, y, 1, &x, (Attr){ .i = {dim, keepdim} });
}

Tensor *tt_sum(Tensor *x, int dim, bool keepdim)
{
  return reduce(&tt_op_sum, TT_SUM, TT_F32, x, dim, keepdim);
}

Tensor *tt_max(Tensor *x, int dim, bool keepdim)
{
  return reduce(&tt_op_max, TT_MAX, TT_F32, x, dim, keepdim);
}

Tensor *tt_argmax(Tensor *x, int dim, bool keepdim)
{
  return reduce(&tt_op_argmax, TT_ARGMAX, TT_I32, x, dim, keepdim);
}

Tensor *tt_argmax_last(Tensor *x, int dim, bool keepdim)
{
  return reduce(&tt_op_argmax_last, TT_ARGMAX_LAST, TT_I32, x, dim,
                keepdim);
}

Tensor *tt_running_sum(Op *op, Tensor *x, int dim, bool from_end)
{
  tt_need_f32(op->name, x);
  dim = wrap_dim(op->name, x, dim);
  Tensor *y = copy_as(TT_F32, x);
  int64_t n = x->shape[dim], inner = 1;
  for (int d = dim + 1; d < x->rank; d++)
    inner *= x->shape[d];
  Real *v = y->data;
  for (int64_t i = 0, lines = n ? tt_numel(x) / n : 0; i < lines; i++) {
    int64_t first = i / inner * n * inner + i % inner;
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
      Real *at = v + first + (from_end ? n - 1 - k : k) * inner;
      sum += (double)*at;
      *at = (Real)sum;
    }
  }
  return tt_record(op, y, 1, &x, (Attr){ .i = {dim} });
}

Tensor *tt_cumsum(Tensor *x, int dim)
{
  return tt_running_sum(&tt_op_cumsum, x, dim, false);
}

static int64_t numbers_along(const char *op, const Tensor *x, int dim)
{
  tt_need_f32(op, x);
  return dim == TT_ALL ? tt_numel(x) : x->shape[wrap_dim(op, x, dim)];
}

static Tensor *hand_out(Scope *s, Tensor *y)   // s closes
{
  tt_move(y, s->outer);
  tt_scope_close(s);
  return y;
}

Tensor *tt_mean(Tensor *x, int dim, bool keepdim)
{
  Scope s;
  tt_scope_open(&s);
  double n = (double)numbers_along("tt_mean", x, dim);
  Tensor *sum = tt_sum(x, dim, keepdim);
  return hand_out(&s, tt_div(sum, tt_full(TT_SCALAR, (Real)n)));
}

Tensor *tt_min(Tensor *x, int dim, bool keepdim)
{
  Scope s;
  tt_scope_open(&s);
  return hand_out(&s, tt_neg(tt_max(tt_neg(x), dim, keepdim)));
}

Tensor *tt_var(Tensor *x, int dim, int correction, bool keepdim)
{
  Scope s;
  tt_scope_open(&s);
  double n = (double)numbers_along("tt_var", x, dim) - correction;
  Tensor *d = tt_sub(x, tt_mean(x, dim, true));
  d = tt_sum(tt_mul(d, d), dim, keepdim);
  return hand_out(&s, tt_div(d, tt_full(TT_SCALAR, (Real)n)));
}

TT_ROW(std, 1, x, b_, c_, p_, q_, sqrt(x))
TT_OP_BY_ROW(std)
Tensor *tt_std(Tensor *x, int dim, int correction, bool keepdim)
{
  Scope s;
  tt_scope_open(&s);
  Tensor *var = tt_var(x, dim, correction, keepdim);
  return hand_out(&s, tt_map(&tt_op_std, 1, &var, 0, 0));
}

Tensor *tt_stack(int n, Tensor *const t[], int dim)
{
  Scope s;
  tt_scope_open(&s);
  int64_t bytes = n > 0 ? n * (int64_t)sizeof *t : 0;
  Tensor **u = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  for (int i = 0; i < n; i++) {
    if (!same_shape(t[i], t[0]))
      tt_fail(TT_ESHAPE, "tt_stack: tensor 0 is %s, tensor %d is %s;"
              " all shapes must be equal", TT_TEXT(tt_shape(t[0])), i,
              TT_TEXT(tt_shape(t[i])));
    u[i] = tt_unsqueeze(t[i], dim);
  }
  return hand_out(&s, tt_cat(n, u, n > 0 ? dim : 0));
}

static Shape batch_of(const Tensor *t)
{
  Shape s = tt_shape(t);
  s.rank -= 2;
  return s;
}

static void multiply(Shape batch, const Tensor *y, const Tensor *a,
                     const Tensor *b)
{
  if (tt_numel(y) == 0)
    return;
  Tensor fy = *y, fa = *a, fb = *b;
  fy.rank -= 2, fa.rank -= 2, fb.rank -= 2;
  Walk w = tt_walk(batch, &fy, &fa, &fb, NULL);
  WalkRow r = {0};
  int i = fy.rank, j = fa.rank, k = fb.rank, last = w.rank - 1;
  Gemm g = {
    .batch = w.shape[last], .alpha = 1, .beta = 0,
    .m = y->shape[i], .n = y->shape[i + 1], .k = a->shape[j + 1],
    .a_batch = w.stride[1][last], .a_row = a->stride[j],
    .a_col = a->stride[j + 1],
    .b_batch = w.stride[2][last], .b_row = b->stride[k],
    .b_col = b->stride[k + 1],
    .c_batch = w.stride[0][last], .c_row = y->stride[i],
    .c_col = y->stride[i + 1],
  };
  for (int64_t t = tt_rows(&w, 1); t > 0; t--, tt_next_row(&w, 1, &r)) {
    g.a = (const Real *)a->data + r.at[1];
    g.b = (const Real *)b->data + r.at[2];
    g.c = (Real *)y->data + r.at[0];
    tt_backend->gemm(&g);
  }
}

static Tensor *of_vectors(Tensor *a, Tensor *b)
{
  Scope s;
  tt_scope_open(&s);
  Tensor *y = tt_matmul(a->rank == 1 ? tt_unsqueeze(a, 0) : a,
                        b->rank == 1 ? tt_unsqueeze(b, 1) : b);
  y = b->rank == 1 ? tt_squeeze(y, -1) : y;
  return hand_out(&s, a->rank > 1 ? y
                  : tt_squeeze(y, b->rank == 1 ? -1 : -2));
}

Tensor *tt_matmul(Tensor *a, Tensor *b)
{
  tt_need_f32("tt_matmul", a);
  tt_need_f32("tt_matmul", b);
  if (a->rank == 0 || b->rank == 0)
    tt_fail(TT_ESHAPE, "tt_matmul: %s x %s: a single number has no"
            " rows; use tt_mul", TT_TEXT(tt_shape(a)),
            TT_TEXT(tt_shape(b)));
  int64_t k = a->shape[a->rank - 1];
  int64_t other = b->shape[b->rank == 1 ? 0 : b->rank - 2];
  if (k != other)
    tt_fail(TT_ESHAPE, "tt_matmul: %s x %s: inner sizes %lld and %lld"
            " differ%s", TT_TEXT(tt_shape(a)), TT_TEXT(tt_shape(b)),
            (long long)k, (long long)other,
            b->rank > 1 && k == b->shape[b->rank - 1]
            ? "\n  did you mean tt_transpose(b, -2, -1)?" : "");
  if (a->rank == 1 || b->rank == 1)
    return of_vectors(a, b);
  Shape batch = broadcast("tt_matmul, sizes before the last two",
                          batch_of(a), batch_of(b));
  Shape s = batch;
  s.dim[s.rank++] = a->shape[a->rank - 2];
  s.dim[s.rank++] = b->shape[b->rank - 1];
  Tensor *y = make("tt_matmul", TT_F32, s);
  multiply(batch, y, a, b);
  return tt_record(&tt_op_matmul, y, 2, (Tensor *[]){a, b}, (Attr){0});
}

typedef struct Printer {
  FILE *f;
  const Tensor *t;
  bool brief, whole, powers;
  double low, high;                    // of what is finite and not 0
  int width;
} Printer;

static int number(const Printer *p, double v, char text[32])
{
  if (types[p->t->dtype].whole)
    return snprintf(text, 32, "%.0f", v);
  if (!isfinite(v))
    return snprintf(text, 32, v != v ? "nan" : v > 0 ? "inf" : "-inf");
  return snprintf(text, 32, p->powers ? "%.4e"
                  : p->whole ? "%.0f." : "%.4f", v);
}

static void note_range(Printer *p, double v)
{
  double size = fabs(v);
  if (size == 0 || !isfinite(size))
    return;
  p->whole = p->whole && v == ceil(v);
  p->low = size < p->low ? size : p->low;
  p->high = size > p->high ? size : p->high;
}

static void note_width(Printer *p, double v)
{
  char text[32];
  int n = number(p, v, text);
  bool counts = types[p->t->dtype].whole || (v != 0 && isfinite(v));
  if (counts && n > p->width)
    p->width = n;
}

static int64_t next(const Printer *p, int d, int64_t i)
{
  int64_t n = p->t->shape[d];
  return p->brief && n > 6 && i == 2 ? n - 3 : i + 1;
}

static void visit(Printer *p, int d, int64_t at,
                  void (*see)(Printer *, double))
{
  const Tensor *t = p->t;
  if (d == t->rank)
    see(p, tt_load(t->dtype, t->data, at));
  else
    for (int64_t i = 0; i < t->shape[d]; i = next(p, d, i))
      visit(p, d + 1, at + i * t->stride[d], see);
}

static void separate(const Printer *p, int d, int64_t shown)
{
  int per_line = (80 - 7 - d) / (p->width + 2);
  bool row = d == p->t->rank - 1;
  bool turn = !row || shown % (per_line > 1 ? per_line : 1) == 0;
  fputs(turn ? "," : ", ", p->f);
  for (int i = row ? 1 : p->t->rank - 1 - d; turn && i > 0; i--)
    fputc('\n', p->f);
  if (turn)
    fprintf(p->f, "%*s", 8 + d, "");
}

static void write_out(const Printer *p, int d, int64_t at)
{
  const Tensor *t = p->t;
  if (d == t->rank) {
    char text[32];
    number(p, tt_load(t->dtype, t->data, at), text);
    fprintf(p->f, "%*s", p->width, text);
    return;
  }
  fputc('[', p->f);
  for (int64_t i = 0, shown = 1; i < t->shape[d]; shown++) {
    write_out(p, d + 1, at + i * t->stride[d]);
    int64_t after = next(p, d, i);
    if (after < t->shape[d])
      separate(p, d, shown);
    if (after > i + 1) {
      fputs(d == t->rank - 1 ? " ..." : "...", p->f);
      separate(p, d, ++shown);
    }
    i = after;
  }
  fputc(']', p->f);
}

static void show(Printer *p)
{
  visit(p, 0, 0, note_range);
  p->powers = p->high > 0 && (p->high / p->low > 1000 || p->high > 1e8
              || (!p->whole && p->low < 1e-4));
  visit(p, 0, 0, note_width);
  write_out(p, 0, 0);
}

void tt_fprint(FILE *f, const Tensor *t)
{
  Printer p = { .f = f, .t = t, .brief = tt_numel(t) > 1000,
                .whole = true, .low = HUGE_VAL, .width = 1 };
  TT_C_LOCALE;
  fputs("tensor(", f);
  if (tt_numel(t) > 0)
    show(&p);
  else
    fputs("[]", f);
  for (int d = 0; tt_numel(t) == 0 && t->rank > 1 && d < t->rank; d++)
    fprintf(f, "%s%lld%s", d ? ", " : ", size=(",
            (long long)t->shape[d], d == t->rank - 1 ? ")" : "");
  if (t->dtype != TT_F32)
    fprintf(f, ", dtype=%s", tt_dtype_name(t->dtype));
  fputs(")\n", f);
}

void tt_print(const Tensor *t)
{
  tt_fprint(stdout, t);
}
