// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// tt/backend.h - the kernels that compute, in a table: for those who
// write faster ones. Kernels see raw numbers, sizes and strides.
#ifndef TT_BACKEND_H
#define TT_BACKEND_H
#include "tt/tensor.h"

TT_BEGIN
struct TapeNode;                   // of chapter 5
enum { TT_OPERANDS = 3 };          // of an operation, at most

typedef struct Walk {
  int     rank;                    // at least 1
  int64_t shape[TT_MAX_RANK];
  int64_t stride[1 + TT_OPERANDS][TT_MAX_RANK];  // [0]: the result's
} Walk;
Walk tt_walk(Shape s, const Tensor *y, const Tensor *a /* or NULL */,
             const Tensor *b /* or NULL */,
             const Tensor *c /* or NULL */);     // NULL: no operand
typedef struct WalkRow {
  int64_t index[TT_MAX_RANK], at[1 + TT_OPERANDS];
} WalkRow;

// one row on, or one block: the last `inner` dimensions
static inline void tt_next_row(const Walk *w, int inner, WalkRow *r)
{
  for (int d = w->rank - 1 - inner; d >= 0; d--) {
    bool full = ++r->index[d] == w->shape[d];
    for (int i = 0; i <= TT_OPERANDS; i++)
      r->at[i] += w->stride[i][d] * (full ? 1 - w->shape[d] : 1);
    if (!full)
      return;
    r->index[d] = 0;
  }
}

static inline int64_t tt_rows(const Walk *w, int inner)  // how many
{
  int64_t n = 1;
  for (int d = 0; d < w->rank - inner; d++)
    n *= w->shape[d];
  return n;
}

typedef struct Operands {
  Real       *y;                   // the result
  const Real *x[TT_OPERANDS];      // those there are
  Real        p, q;                // constants
  int64_t     n, step[1 + TT_OPERANDS];     // of one row: [0] of y
  int64_t     rows, jump[1 + TT_OPERANDS];  // from row to row
} Operands;
typedef void RowKernel(const Operands *o);  // all rows

typedef struct Op {
  const char *name;                // as users know it: "tt_add"
  RowKernel  *row;                 // if it goes element by element
  void (*backward)(struct TapeNode *);
  unsigned    saves;
  struct Op  *gradient[TT_OPERANDS];
} Op;
typedef enum {
  TT_SUM, TT_MAX, TT_ARGMAX, TT_ARGMAX_LAST
} ReduceOp;
enum { TT_BACKEND_ABI = 1 };       // of the structs here
typedef struct Gemm {              // C = alpha A B + beta C
  int64_t batch, m, n, k;          // that many products of this size
  const Real *a; int64_t a_batch, a_row, a_col;   // strides
  const Real *b; int64_t b_batch, b_row, b_col;
  Real       *c; int64_t c_batch, c_row, c_col;
  Real alpha, beta;                // beta 0: C is not read
} Gemm;                            // C overlaps neither A nor B
void tt_naive_softmax(int64_t outer, int64_t n, int64_t inner, Real *y,
                      const Real *x, bool log_too);  // naive; no place
void tt_naive_softmax_back(int64_t outer, int64_t n, int64_t inner,
                           Real *dx, const Real *y, const Real *dy,
                           bool log_);  // naive; no place
struct SgdStep;
struct RmsPropStep;
struct AdamStep;
void tt_naive_sgd(const struct SgdStep *s, int64_t n, Real *w,
                  const Real *g, Real *momentum);  // naive; no place
void tt_naive_rmsprop(const struct RmsPropStep *s, int64_t n, Real *w,
                      const Real *g, Real *square_avg, Real *momentum,
                      Real *grad_avg);  // naive; no place
void tt_naive_adam(const struct AdamStep *s, int64_t n, Real *w,
                   const Real *g, Real *m, Real *v,
                   Real *max_v);  // naive; no place
struct Conv2dShape;
struct Pool2dShape;
void tt_naive_conv2d(const struct Conv2dShape *s, Real *y,
                     const Real *x, const Real *w,
                     const Real *b);             // naive; no place
void tt_naive_conv2d_back_x(const struct Conv2dShape *s, Real *dx,
                            const Real *dy,
                            const Real *w);      // naive; no place
void tt_naive_conv2d_back_w(const struct Conv2dShape *s, Real *dw,
                            const Real *dy,
                            const Real *x);      // naive; no place
void tt_naive_pool2d(const struct Pool2dShape *s, Real *y, int32_t *at,
                     const Real *x);             // naive; no place
void tt_naive_pool2d_back(const struct Pool2dShape *s, Real *dx,
                          const Real *dy,
                          const int32_t *at);    // naive; no place
void tt_naive_channel_moments(int64_t n, int64_t c, int64_t inner,
                              Real *mean, Real *var,
                              const Real *x);    // naive; no place
void tt_naive_batch_norm(int64_t n, int64_t c, int64_t inner, Real *y,
                         const Real *x, const Real *mean,
                         const Real *rstd, const Real *w,
                         const Real *b);         // naive; no place
void tt_naive_batch_norm_back(int64_t n, int64_t c, int64_t inner,
                              Real *dx, Real *dw, Real *db,
                              const Real *g, const Real *x,
                              const Real *mean, const Real *rstd,
                              const Real *w,
                              bool training);    // naive; no place
struct GatherShape;
struct RotaryShape;
void tt_naive_gather(const struct GatherShape *s, Real *y,
                     const Real *x,
                     const int32_t *id);         // naive; no place
void tt_naive_scatter_add(const struct GatherShape *s, Real *to,
                          const Real *g,
                          const int32_t *id);    // naive; no place
void tt_naive_rotary(const struct RotaryShape *s, Real *y,
                     const Real *x, const Real *cosine,
                     const Real *sine);          // naive; no place
struct MaskedSoftmax;
void tt_naive_masked_softmax(const struct MaskedSoftmax *s);
                                                 // naive; no place
struct NormRows;
void tt_naive_norm_rows(const struct NormRows *s, Real *y,
                        const Real *x, const Real *w,
                        const Real *b);          // naive; no place
void tt_naive_norm_rows_back(const struct NormRows *s, Real *dx,
                             double *dw, double *db, const Real *g,
                             const Real *x,
                             const Real *w);     // naive; no place
typedef struct QGemm {             // C = A B^T, exact
  int64_t m, n, k;                 // k <= TT_QGEMM_K
  const int8_t *a; int64_t a_row;  // (m,k): from row to row
  const int8_t *b; int64_t b_row;  // (n,k)
  int32_t      *c; int64_t c_row;  // (m,n)
} QGemm;
enum { TT_QGEMM_K = INT32_MAX / (128 * 128) };
void tt_naive_qgemm(const QGemm *g);             // naive; no place
typedef struct Pairs {             // y = w x of a strip, w 2:4
  int64_t rows, cols, wide;        // wide: 32 or 128 bytes of examples
  const Real    *values;           // (rows,cols/2)
  const uint8_t *index;            // (rows,cols/8), two bits a value
  const Real    *x;                // (cols,wide)
  Real          *y;                // (rows,wide)
} Pairs;
void tt_naive_pairs(const Pairs *p);             // naive; no place
typedef struct Heads {             // numbers of heads: a stride each
  Real   *at;                      // for the batch, heads, rows,
  int64_t batch, head, row, col;   // numbers in a row
} Heads;
typedef struct Attention {         // y += softmax(scale q k^T) v
  int64_t batch, heads, shared, queries, keys, width, values;
  Real    scale;
  bool    causal;                  // the last query has the last key
  Heads   q, k, v, y;              // heads/shared share a k and a v
  Heads   mask;                    // 0: not read; at NULL: no mask
  Real   *log_sum;                 // (batch,heads,queries) of exps
  Heads   dy, dq, dk, dv;          // of the way back
} Attention;
typedef struct LabelRows {         // a cross entropy, row by row
  int64_t rows, classes, ignore;   // a row with that label: zeros
  const Real    *x;                // scores (rows,classes)
  const int32_t *label;            // of each row
  Real *loss, *seen;               // (rows), (rows,2): m, 1 / sum
  const Real *g;                   // of the way back: of each loss,
  int64_t step;                    // one for all: 0
  Real    scale;
  Real   *dx;                      // (rows,classes)
} LabelRows;
// for tt_cross_entropy, which checks; reduction: of tt/losses.h
void tt_cross_entropy_in_one_pass(Tensor *loss, Tensor *logits,
                                  Tensor *target, int reduction,
                                  int64_t ignore);   // no place
extern const struct Backend tt_formula, tt_blocked, tt_packed, tt_blas,
  tt_simd_128, tt_simd_256, tt_simd_512, tt_simd_vnni;
extern struct Backend tt_simd, tt_threads, tt_plugin;
typedef struct Backend {
  const char *name;
  bool (*runs_here)(void);         // on this machine? NULL: on any
  int    abi;                      // of a table that comes from a file:
  size_t size;                     // TT_BACKEND_ABI, sizeof(Backend)
  const struct Backend *base;      // has the kernels that are NULL here
  // y = op(x, ..), element by element
  void (*map)(const Op *op, const Walk *w, const Operands *o);
  // y = x, from any type and strides to any others
  void (*copy)(const Walk *w, DType yd, void *y, DType xd,
               const void *x);
  // y = sums or maxima, or where they are, of x (outer,n,inner) along n
  void (*reduce)(ReduceOp op, int64_t outer, int64_t n, int64_t inner,
                 void *y, const Real *x);
  // C = alpha A B + beta C, for a batch of matrices
  void (*gemm)(const Gemm *g);
  // y = softmax of x (outer,n,inner) along n, or its logarithm
  void (*softmax)(int64_t outer, int64_t n, int64_t inner, Real *y,
                  const Real *x, bool log_too);  // y may be x
  // dx of that, from y and dy
  void (*softmax_back)(int64_t outer, int64_t n, int64_t inner, Real *dx,
                       const Real *y, const Real *dy, bool log);
  // w after a step of SGD, with momentum or without
  void (*sgd)(const struct SgdStep *s, int64_t n, Real *w,
              const Real *g, Real *momentum);
  // w after a step of RMSprop, and its averages
  void (*rmsprop)(const struct RmsPropStep *s, int64_t n, Real *w,
                  const Real *g, Real *square_avg, Real *momentum,
                  Real *grad_avg);
  // w after a step of Adam or AdamW, and its averages
  void (*adam)(const struct AdamStep *s, int64_t n, Real *w,
               const Real *g, Real *m, Real *v, Real *max_v);
  // y = x convolved with w, + b
  void (*conv2d)(const struct Conv2dShape *s, Real *y, const Real *x,
                 const Real *w, const Real *b /* or NULL */);
  // dx of that: also a transposed convolution
  void (*conv2d_back_x)(const struct Conv2dShape *s, Real *dx,
                        const Real *dy, const Real *w);
  // dw of that
  void (*conv2d_back_w)(const struct Conv2dShape *s, Real *dw,
                        const Real *dy, const Real *x);
  // y = the maximum of each window, at = its place; or the average
  void (*pool2d)(const struct Pool2dShape *s, Real *y,
                 int32_t *at /* NULL: the average */, const Real *x);
  // dx of that, to each place or shared out
  void (*pool2d_back)(const struct Pool2dShape *s, Real *dx,
                      const Real *dy, const int32_t *at /* or NULL */);
  // mean and variance of each channel of x (n,c,inner)
  void (*channel_moments)(int64_t n, int64_t c, int64_t inner, Real *mean,
                          Real *var, const Real *x);
  // y = (x - mean) rstd w + b, channel by channel
  void (*batch_norm)(int64_t n, int64_t c, int64_t inner, Real *y,
                     const Real *x, const Real *mean, const Real *rstd,
                     const Real *w, const Real *b /* both or NULL */);
  // dx, dw and db of that, from g, which is dy
  void (*batch_norm_back)(int64_t n, int64_t c, int64_t inner,
                          Real *dx /* or NULL */, Real *dw, Real *db,
                          const Real *g, const Real *x, const Real *mean,
                          const Real *rstd, const Real *w /* or NULL */,
                          bool training);
  // y = the rows of x with these numbers
  void (*gather)(const struct GatherShape *s, Real *y, const Real *x,
                 const int32_t *id);
  // each row of g is added to the row of to with its number
  void (*scatter_add)(const struct GatherShape *s, Real *to,
                      const Real *g, const int32_t *id);
  // y = x with its pairs turned by angles
  void (*rotary)(const struct RotaryShape *s, Real *y, const Real *x,
                 const Real *cosine, const Real *sine);
  // softmax of rows, without the places that a mask hides
  void (*masked_softmax)(const struct MaskedSoftmax *s);
  // y = each row of x with variance 1, or mean square 1, times w, + b
  void (*norm_rows)(const struct NormRows *s, Real *y, const Real *x,
                    const Real *w /* or NULL */,
                    const Real *b /* or NULL */);
  // dx of that; dw and db are added to
  void (*norm_rows_back)(const struct NormRows *s, Real *dx, double *dw,
                         double *db, const Real *g, const Real *x,
                         const Real *w /* or NULL */);
  // C = A B^T of bytes, with sums of 32 bits
  void (*qgemm)(const QGemm *g);
  // y = w x, w with two of four weights
  void (*pairs)(const Pairs *p);
  // y += softmax(scale q k^T) v, for a batch of heads
  void (*attention)(const Attention *a);       // NULL: in three steps
  // dq, dk and dv of that
  void (*attention_back)(const Attention *a);  // dq += .., dk, dv
  // the loss of each row of scores
  void (*cross_entropy)(const LabelRows *r);   // NULL: in two steps
  // dx of that
  void (*cross_entropy_back)(const LabelRows *r);
} Backend;
extern const Backend *tt_backend;  // the one in use
extern const Backend tt_naive;
void tt_backend_use(const char *name);   // TT_EVALUE: no such one here
// the i-th that runs here; NULL: there are not so many
const Backend *tt_backend_at(int i);
TT_END
#endif
