// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// tt/tensor.h - tensors: blocks of numbers with a shape, and what can
// be done with them. Tensors that functions return belong to a scope
// (memory.h); what is wrong ends in tt_fail (error.h).
#ifndef TT_TENSOR_H
#define TT_TENSOR_H
#include "tt/c.h"
#include <float.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#if defined __FAST_MATH__ || defined __ASSOCIATIVE_MATH__ \
    || __FINITE_MATH_ONLY__
#error "wrong numbers: no -ffast-math, -Ofast; or add -fno-fast-math"
#elif FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16  // 16: of _Float16
#error "wrong numbers: x87 arithmetic; add -msse2 -mfpmath=sse"
#elif defined __clang__
#pragma clang fp reassociate(off)
#endif
TT_BEGIN
#ifndef TT_REAL
#define TT_REAL float              // -DTT_REAL=double: see below
#endif
typedef TT_REAL Real;
typedef enum {
  TT_F32, TT_I32, TT_U8, TT_I8,
  TT_F16, TT_BF16,
} DType;
#define TT_JOIN(a, b) a##b
#define TT_BUILT_FOR(type) TT_JOIN(tt_built_for_, type)
extern const char TT_BUILT_FOR(TT_REAL);
TT_USED static const char *const tt_built_for = &TT_BUILT_FOR(TT_REAL);
enum { TT_MAX_RANK = 6 };
enum { TT_ALL = INT32_MIN };       // as a dimension: all of them

typedef struct Shape {
  int     rank;
  int64_t dim[TT_MAX_RANK];
} Shape;
#define TT_SHAPE(...) ((Shape){ \
  sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), {__VA_ARGS__}})
#define TT_SCALAR ((Shape){0})     // [], the shape of one number
#define TT_INDEX TT_SHAPE          // an index is written like a shape
const char *tt_shape_text(Shape s, char text[128]);  // gives text
#ifndef __cplusplus                // which has no unnamed arrays
#define TT_TEXT(shape) tt_shape_text(shape, (char[128]){0})
#endif
#ifdef __cplusplus
extern "C++" {
template <typename... T> Shape tt_shape_of(T... n)
{
  return { sizeof...(n), { static_cast<int64_t>(n)... } };
}
}
#undef TT_SHAPE
#undef TT_SCALAR
#define TT_SHAPE(...) tt_shape_of(__VA_ARGS__)
#define TT_SCALAR tt_shape_of()
#endif
typedef struct Storage Storage;
typedef struct Scope Scope;
typedef struct Tensor {
  Storage *storage;                // the numbers, shared by views
  void    *data;                   // the element [0,0,...]
  DType    dtype;
  int      rank;
  int64_t  shape [TT_MAX_RANK];
  int64_t  stride[TT_MAX_RANK];    // in elements, not bytes
  bool           requires_grad;
  struct Tensor *grad;
  struct TapeNode   *node;           // how it was made
  Scope         *scope;              // NULL once it is released
  struct Tensor *prev, *next;        // its neighbors in the scope
  const char    *name, *file;        // what made it, and where
  int            line;
} Tensor;
// new ones, of the innermost scope
Tensor *tt_empty (DType d, Shape s);           // values undefined
Tensor *tt_full  (Shape s, Real value);
Tensor *tt_zeros (Shape s);
Tensor *tt_ones  (Shape s);
Tensor *tt_eye   (int64_t n);                  // [n,n]: 1 if i == j
Tensor *tt_from  (Shape s, const Real *values /* or NULL */);
Tensor *tt_from_int(Shape s, const int32_t *values /* or NULL */);
                                   // copied; NULL if there are none
Tensor *tt_arange(double start, double end, double step);
                                   // ceil((end-start)/step) values
Tensor *tt_linspace(double start, double end, int64_t n);
                                   // n values, both ends among them

typedef struct Generator { uint64_t state[4]; } Generator;
void tt_manual_seed(Generator *g, uint64_t seed);  // starts anew
Generator *tt_generator(Generator *g);         // g or the thread's
uint64_t tt_random(Generator *g);              // 64 bits; no place
Tensor *tt_rand (Shape s, Generator *g);       // uniform in [0,1)
Tensor *tt_randn(Shape s, Generator *g);       // mean 0, variance 1
Tensor *tt_randint(int32_t low, int32_t high, Shape s, Generator *g);
                                   // i32, low <= x < high
Tensor *tt_randperm(int64_t n, Generator *g);  // i32: 0..n-1, shuffled
                                   // g NULL: this thread's own, which
                                   // starts with seed 0
int64_t tt_numel(const Tensor *t);             // 1 for shape []
Shape   tt_shape(const Tensor *t);             // as one value
bool    tt_is_contiguous(const Tensor *t);     // row-major, no gaps
size_t  tt_dtype_size(DType d);                // bytes per element
const char *tt_dtype_name(DType d);            // "f32" ...

// an index counts from the end if negative
double tt_get (const Tensor *t, Shape index);
double tt_item(const Tensor *t);               // the only element
double tt_load (DType d, const void *x, int64_t i);  // x[i]; no place
void   tt_store(DType d, void *x, int64_t i, double v); // no place
                                   // saturates; NaN becomes 0
bool   tt_allclose(const Tensor *a, const Tensor *b, double rtol,
                   double atol);   // |a - b| <= atol + rtol |b|
void tt_print (const Tensor *t);               // as PyTorch does
void tt_fprint(FILE *f, const Tensor *t);
// views: a new handle on the same numbers
Tensor *tt_transpose(Tensor *t, int a, int b);
Tensor *tt_permute  (Tensor *t, Shape dims);
Tensor *tt_slice    (Tensor *t, int dim, int64_t start,
                     int64_t stop, int64_t step);   // ends clamped
Tensor *tt_select   (Tensor *t, int dim, int64_t index);
Tensor *tt_expand   (Tensor *t, Shape s);      // -1: as it is
Tensor *tt_squeeze  (Tensor *t, int dim);      // if of size 1
Tensor *tt_unsqueeze(Tensor *t, int dim);
Tensor *tt_reshape  (Tensor *t, Shape s);      // one -1: inferred;
                                   // copies if no strides will do
// copies
Tensor *tt_contiguous(Tensor *t);              // t if it is
Tensor *tt_clone     (Tensor *t);
Tensor *tt_to        (Tensor *t, DType d);     // t if it is
Tensor *tt_cat       (int n, Tensor *const t[], int dim);
Tensor *tt_stack     (int n, Tensor *const t[], int dim);  // a new dim
// in place
void tt_set_ (Tensor *t, Shape index, double value);
void tt_fill_(Tensor *t, double value);
void tt_copy_(Tensor *t, Tensor *from);        // from is broadcast
// of f32 tensors; shapes broadcast
Tensor *tt_add(Tensor *a, Tensor *b);
Tensor *tt_sub(Tensor *a, Tensor *b);
Tensor *tt_mul(Tensor *a, Tensor *b);
Tensor *tt_div(Tensor *a, Tensor *b);
Tensor *tt_pow(Tensor *a, Tensor *b);          // a to the power of b
Tensor *tt_maximum(Tensor *a, Tensor *b);      // NaN if either is
Tensor *tt_minimum(Tensor *a, Tensor *b);
Tensor *tt_eq(Tensor *a, Tensor *b);           // 1 or 0
Tensor *tt_ne(Tensor *a, Tensor *b);
Tensor *tt_lt(Tensor *a, Tensor *b);
Tensor *tt_le(Tensor *a, Tensor *b);
Tensor *tt_gt(Tensor *a, Tensor *b);
Tensor *tt_ge(Tensor *a, Tensor *b);
Tensor *tt_where(Tensor *condition, Tensor *a, Tensor *b);
                                   // a where it is not 0, else b
Tensor *tt_neg (Tensor *x);
Tensor *tt_abs (Tensor *x);
Tensor *tt_exp (Tensor *x);
Tensor *tt_log (Tensor *x);
Tensor *tt_sqrt(Tensor *x);
Tensor *tt_sin (Tensor *x);
Tensor *tt_cos (Tensor *x);
Tensor *tt_logical_not(Tensor *x);             // 1 where x is 0
Tensor *tt_add_scalar(Tensor *x, Real c);
Tensor *tt_mul_scalar(Tensor *x, Real c);
Tensor *tt_clamp(Tensor *x, Real low, Real high);
// (..,M,K) times (..,K,N) is (..,M,N); a vector is a row or a column
Tensor *tt_matmul(Tensor *a, Tensor *b);
Tensor *tt_sum   (Tensor *x, int dim, bool keepdim);
Tensor *tt_mean  (Tensor *x, int dim, bool keepdim);  // of none: NaN
Tensor *tt_max   (Tensor *x, int dim, bool keepdim);  // of none: error
Tensor *tt_min   (Tensor *x, int dim, bool keepdim);
Tensor *tt_argmax(Tensor *x, int dim, bool keepdim);  // i32, the first
Tensor *tt_argmax_last(Tensor *x, int dim, bool keepdim);  // of equals
Tensor *tt_var   (Tensor *x, int dim, int correction, bool keepdim);
Tensor *tt_std   (Tensor *x, int dim, int correction, bool keepdim);
                                   // by n - correction
Tensor *tt_cumsum(Tensor *x, int dim);         // up to each element
TT_END
#endif
