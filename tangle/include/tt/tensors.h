// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// tt/tensors.h - shapes, views, arithmetic, memory, errors
#ifndef TT_TENSORS_H
#define TT_TENSORS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifndef TT_REAL
#define TT_REAL float              // -DTT_REAL=double: see below
#endif
typedef TT_REAL Real;
typedef enum { TT_F32, TT_I32, TT_U8, TT_I8 } DType;
enum { TT_MAX_RANK = 6, TT_ALL = INT32_MIN };

typedef struct Shape {
  int     rank;
  int64_t dim[TT_MAX_RANK];
} Shape;
#define TT_SHAPE(...) ((Shape){ \
  sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), {__VA_ARGS__}})
#define TT_SCALAR ((Shape){0})     // [], the shape of one number
#define TT_INDEX TT_SHAPE          // an index is written like a shape
const char *tt_shape_text(Shape s, char text[128]);
#define TT_TEXT(shape) tt_shape_text(shape, (char[128]){0})
typedef enum {
  TT_OK, TT_ESHAPE, TT_EINDEX, TT_EDTYPE, TT_EVALUE,
  TT_EMEM, TT_EFILE, TT_EFORMAT
} ErrorCode;

typedef struct TensorError {
  ErrorCode   code;
  const char *file;                // of the call that failed, or NULL
  int         line;
  char        message[512];        // operation, values, rule, cure
} TensorError;

_Noreturn void tt_fail(ErrorCode code, const char *format, ...)
  __attribute__((format(printf, 2, 3)));
// Calls f(arg). true: what it made belongs to the caller's scope.
// false: it failed, *e says why (e may be NULL), and everything that
// was made on the way has been released.
bool tt_try(void (*f)(void *), void *arg, TensorError *e);
typedef struct Storage Storage;
typedef struct Scope Scope;
struct Storage {
  _Atomic int count;               // handles on it
  unsigned    version;             // times it was changed in place
  size_t      bytes;
  Storage    *next;                // in the pool, when count is 0
  _Alignas(64) unsigned char data[];
};
typedef struct Tensor {
  Storage *storage;                // the numbers, shared by views
  void    *data;                   // element [0,0,...] of this view
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
struct Scope {
  Tensor *first;                   // made in it, the latest first
  Scope  *outer;
  bool    no_grad;                 // sleeps until chapter 5
};
void tt_scope_open (Scope *s);
void tt_scope_close(Scope *s);     // releases all that was made since
void tt_clear(void);               // empties this thread's root scope
                                   // and pool: call it before it ends
typedef struct MemoryStats {
  int64_t live_bytes, peak_bytes;  // in storages
  int64_t pool_bytes;              // kept for reuse
  int64_t tensors;                 // handles
  int64_t mallocs, reused;         // requests
} MemoryStats;                     // of this thread
MemoryStats tt_memory_stats(void);
void tt_reset_peak_memory(void);       // to what is live now
void tt_memory_limit(int64_t bytes);   // more is TT_EMEM; 0: no limit
void tt_empty_pool(void);              // back to the system
Tensor *tt_empty (DType d, Shape s);           // values undefined
Tensor *tt_full  (Shape s, Real value);
Tensor *tt_zeros (Shape s);
Tensor *tt_ones  (Shape s);
Tensor *tt_from  (Shape s, const Real *values);         // copied
Tensor *tt_from_int(Shape s, const int32_t *values);    // i32
Tensor *tt_arange(double start, double end, double step);
                                   // ceil((end-start)/step) values

typedef struct Generator { uint64_t state[4]; } Generator;
void tt_manual_seed(Generator *g, uint64_t seed);
Generator *tt_generator(Generator *g);         // g or the thread's
uint64_t tt_random(Generator *g);              // 64 random bits
Tensor *tt_rand (Shape s, Generator *g);       // uniform in [0,1)
Tensor *tt_randn(Shape s, Generator *g);       // mean 0, variance 1
                                   // g NULL: this thread's own, which
                                   // starts with seed 0
int64_t tt_numel(const Tensor *t);             // 1 for shape []
Shape   tt_shape(const Tensor *t);
bool    tt_is_contiguous(const Tensor *t);     // row-major, no gaps
size_t  tt_dtype_size(DType d);                // bytes per element
const char *tt_dtype_name(DType d);            // "f32" ...

// an index counts from the end if negative
double tt_get (const Tensor *t, Shape index);
double tt_item(const Tensor *t);               // the only element
double tt_load (DType d, const void *x, int64_t i);
void   tt_store(DType d, void *x, int64_t i, double v);
                                   // saturates; NaN becomes 0
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
// in place
void tt_set_ (Tensor *t, Shape index, double value);
void tt_fill_(Tensor *t, double value);
void tt_copy_(Tensor *t, Tensor *from);        // from is broadcast
// of two f32 tensors; shapes broadcast
Tensor *tt_add(Tensor *a, Tensor *b);
Tensor *tt_sub(Tensor *a, Tensor *b);
Tensor *tt_mul(Tensor *a, Tensor *b);
Tensor *tt_div(Tensor *a, Tensor *b);
Tensor *tt_maximum(Tensor *a, Tensor *b);      // NaN if either is
Tensor *tt_minimum(Tensor *a, Tensor *b);
Tensor *tt_eq(Tensor *a, Tensor *b);           // 1 or 0
Tensor *tt_lt(Tensor *a, Tensor *b);
// of one f32 tensor
Tensor *tt_neg (Tensor *x);
Tensor *tt_abs (Tensor *x);
Tensor *tt_exp (Tensor *x);
Tensor *tt_log (Tensor *x);
Tensor *tt_sqrt(Tensor *x);
Tensor *tt_add_scalar(Tensor *x, Real c);
Tensor *tt_mul_scalar(Tensor *x, Real c);
// (..,M,K) times (..,K,N) is (..,M,N); a vector is a row or a column
Tensor *tt_matmul(Tensor *a, Tensor *b);
Tensor *tt_sum   (Tensor *x, int dim, bool keepdim);
Tensor *tt_mean  (Tensor *x, int dim, bool keepdim);  // of none: NaN
Tensor *tt_max   (Tensor *x, int dim, bool keepdim);  // of none: error
Tensor *tt_argmax(Tensor *x, int dim, bool keepdim);  // i32, the first
typedef struct Walk {
  int     rank;                    // at least 1
  int64_t shape[TT_MAX_RANK];
  int64_t stride[3][TT_MAX_RANK];  // [0] result, [1] and [2] operands
} Walk;
Walk tt_walk(Shape s, const Tensor *y, const Tensor *a,
             const Tensor *b);
typedef struct WalkRow { int64_t index[TT_MAX_RANK], at[3]; } WalkRow;

static inline int64_t tt_rows(const Walk *w)
{
  int64_t n = 1;
  for (int d = 0; d < w->rank - 1; d++)
    n *= w->shape[d];
  return n;
}

static inline void tt_next_row(const Walk *w, WalkRow *r)
{
  for (int d = w->rank - 2; d >= 0; d--) {
    bool full = ++r->index[d] == w->shape[d];
    for (int i = 0; i < 3; i++)
      r->at[i] += w->stride[i][d] * (full ? 1 - w->shape[d] : 1);
    if (!full)
      return;
    r->index[d] = 0;
  }
}

typedef enum {
  TT_NEG, TT_ABS, TT_EXP, TT_LOG, TT_SQRT, TT_ADD_SCALAR, TT_MUL_SCALAR,
  TT_RELU, TT_LEAKY_RELU, TT_SIGMOID, TT_TANH, TT_GELU, TT_GELU_TANH,
  TT_SILU,
  TT_LEAKY_SLOPE,
} MapOp;
typedef enum {
  TT_ADD, TT_SUB, TT_MUL, TT_DIV, TT_MAXIMUM, TT_MINIMUM, TT_EQ, TT_LT,
  TT_SHARE, TT_TIE, TT_ABS_BACK, TT_SQRT_BACK,
  TT_RELU_BACK, TT_SIGMOID_BACK, TT_TANH_BACK,
  TT_GELU_BACK, TT_GELU_TANH_BACK, TT_SILU_BACK,
} ZipOp;
typedef enum { TT_SUM, TT_MAX, TT_ARGMAX } ReduceOp;
typedef struct Gemm {              // C = alpha A B + beta C
  int64_t batch, m, n, k;          // that many products of this size
  const Real *a; int64_t a_batch, a_row, a_col;   // strides
  const Real *b; int64_t b_batch, b_row, b_col;
  Real       *c; int64_t c_batch, c_row, c_col;
  Real alpha, beta;                // beta 0: C is not read
} Gemm;                            // C overlaps neither A nor B
typedef struct SgdStep {
  Real lr, decay;                  // learning rate, weight decay
  Real momentum, fresh;            // kept of the old, taken of the new
  bool nesterov;
} SgdStep;
typedef struct RmsPropStep {
  Real lr, decay;
  Real alpha, fresh;               // kept of the old, taken of the new
  Real eps, momentum;
} RmsPropStep;
typedef struct AdamStep {
  Real size, root, eps;            // as in the formula
  Real beta1, fresh1, beta2, fresh2;   // kept, taken of the new
  Real decay, keep;                // of the gradient, of the weight
} AdamStep;
typedef struct Backend {
  const char *name;
  void (*map)(MapOp op, const Walk *w, Real *y, const Real *x, Real c);
  void (*zip)(ZipOp op, const Walk *w, Real *y, const Real *a,
              const Real *b);
  void (*copy)(const Walk *w, DType yd, void *y, DType xd,
               const void *x);
  void (*reduce)(ReduceOp op, int64_t outer, int64_t n, int64_t inner,
                 void *y, const Real *x);
  void (*gemm)(const Gemm *g);
  void (*softmax)(int64_t outer, int64_t n, int64_t inner, Real *y,
                  const Real *x, bool log_too);  // y may be x
  void (*softmax_back)(int64_t outer, int64_t n, int64_t inner, Real *dx,
                       const Real *y, const Real *dy, bool log);
  void (*sgd)(const SgdStep *s, int64_t n, Real *w,
              const Real *g, Real *momentum);
  void (*rmsprop)(const RmsPropStep *s, int64_t n, Real *w,
                  const Real *g, Real *square, Real *momentum,
                  Real *mean);
  void (*adam)(const AdamStep *s, int64_t n, Real *w,
               const Real *g, Real *m, Real *v, Real *top);
} Backend;
extern const Backend  tt_naive;
extern const Backend *tt_backend;  // the one in use
struct TapeNode;
typedef struct Op {
  const char *name;
  void (*backward)(struct TapeNode *); // both are 0 until chapter 5
  unsigned    saves;
} Op;
typedef struct Attr { int64_t i[TT_MAX_RANK]; Real r[2]; } Attr;
extern Tensor *(*tt_recorder)(Op *op, Tensor *y, int n,
                              Tensor *const x[], const Attr *attr);
extern void (*tt_forgetter)(Tensor *t);  // before t is released;
                                   // NULL: the thread ends

static inline Tensor *tt_record(Op *op, Tensor *y, int n,
                                Tensor *const x[], Attr attr)
{
  y->name = op->name;
  return tt_recorder ? tt_recorder(op, y, n, x, &attr) : y;
}

Tensor *tt_handle(void);               // blank, in the innermost scope
void    tt_allocate(Tensor *t, size_t bytes);  // a storage of its own
Tensor *tt_alias(const Tensor *t);     // another handle on t's storage
void    tt_move(Tensor *t, Scope *to); // and its gradient
void    tt_release(Tensor *t);         // now, not with its scope
void    tt_drop_storage(Storage *s);   // one handle fewer, if any
Scope  *tt_scope(void);                // the innermost
void    tt_at(const char *file, int line);     // of the caller
void    tt_need_f32(const char *op, const Tensor *t);
Tensor *tt_map(Op *op, MapOp code, Tensor *x, Real c);
Tensor *tt_zip(Op *op, ZipOp code, Tensor *a, Tensor *b);
_Noreturn void tt_gone(const char *op, const Tensor *t);

static inline void tt_alive(const char *op, const Tensor *t)
{
  if (t && !t->scope)
    tt_gone(op, t);
}

extern Op tt_op_reshape, tt_op_transpose, tt_op_permute, tt_op_slice,
  tt_op_select, tt_op_expand, tt_op_squeeze, tt_op_unsqueeze,
  tt_op_clone, tt_op_cat, tt_op_add, tt_op_sub, tt_op_mul, tt_op_div,
  tt_op_maximum, tt_op_minimum, tt_op_eq, tt_op_lt, tt_op_neg,
  tt_op_abs, tt_op_exp, tt_op_log, tt_op_sqrt, tt_op_add_scalar,
  tt_op_mul_scalar, tt_op_matmul, tt_op_sum, tt_op_max, tt_op_argmax;
#endif
