// Made from chapters/17-compression.nw by tools/tangle: edit there.
// tt/sparse.h - matrices most of whose numbers are zero: kept without
// their zeros, and multiplied so.
#ifndef TT_SPARSE_H
#define TT_SPARSE_H
#include "tt/layers.h"

TT_BEGIN
typedef enum {
  TT_CSR,                          // numbers one by one
  TT_BLOCKS,                       // 4 x 4 of them
  TT_TWO_OF_FOUR                   // two of each four in a row
} SparseFormat;
typedef struct SparseMatrix {      // rows x cols
  SparseFormat format;
  int64_t rows, cols;
  Tensor *values;                  // f32 (n), (n,4,4), (rows,cols/2)
  Tensor *index;                   // i32 (n): in which column; of
                                   // 2:4 u8, two bits for each value
  Tensor *start;                   // i32: where a row (of blocks)
                                   // begins, and the end; 2:4: NULL
} SparseMatrix;
// of w (rows,cols). 2:4: TT_EVALUE if four numbers of a row, counted
// from the first column, have more than two that are not zero
SparseMatrix tt_sparse_from(Tensor *w, SparseFormat format);
Tensor *tt_sparse_dense(const SparseMatrix *s);    // w again
int64_t tt_sparse_bytes(const SparseMatrix *s);    // of its tensors
// x (..,cols), bias (rows) or NULL: x w^T + bias, (..,rows).
// tt_backward refuses it
Tensor *tt_sparse_linear(Tensor *x, const SparseMatrix *w,
                         Tensor *bias /* or NULL */);
// u8, of w's shape, 1 for what stays: a share of single numbers, or of
// blocks, goes, the smallest first; or two of each four, whatever the
// share
Tensor *tt_sparse_mask(Tensor *w, SparseFormat format, double share);
typedef struct SparseLinear {      // y = x w^T + bias, w sparse
  Linear  linear;                  // its weight: the values
  SparseFormat format;
  int64_t in, out;
  Tensor *index, *start;
} SparseLinear;
extern const ModuleType tt_sparse_linear_type;
SparseLinear *tt_sparse_linear_new(Linear *of, SparseFormat format);
SparseMatrix tt_sparse_matrix(const SparseLinear *l);
typedef struct SparseOptions {
  SparseFormat format;
  int64_t batch;                   // rows that it will get; 0: 1
  const char *const *skip;         // names of modules, then NULL
  bool  (*faster)(void *arg, Linear *dense, SparseLinear *sparse);
  void   *arg;                     // NULL: both are measured
} SparseOptions;
// each Linear in m that is faster so; gives how many
int tt_sparsify(void *m, SparseOptions o);
TT_END
#endif
