// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// The largest numbers along a dimension.
#include "tt/transformers.h"
#include "tt/error.h"
#include "tt/memory.h"
#include "tt/operation.h"
#include <math.h>
#include <stdlib.h>

typedef struct Ranked { Real value; int32_t at; } Ranked;

static int order(const Ranked *a, const Ranked *b)   // larger first
{
  if (isnan(a->value) || isnan(b->value))
    return isnan(b->value) - isnan(a->value);
  return (a->value < b->value) - (a->value > b->value);
}

static int falling(const void *a, const void *b)
{
  const Ranked *x = a, *y = b;
  int d = order(x, y);
  return d ? d : (x->at > y->at) - (x->at < y->at);
}

static int rising(const void *a, const void *b)
{
  const Ranked *x = a, *y = b;
  int d = order(y, x);
  return d ? d : (x->at > y->at) - (x->at < y->at);
}

static int checked_dim(const Tensor *x, int64_t k, int dim)
{
  tt_need_f32("tt_topk", x);
  if (dim < -x->rank || dim >= x->rank)
    tt_fail(TT_EINDEX, "tt_topk: dim %d of shape %s; expected %d to %d",
            dim, TT_TEXT(tt_shape(x)), -x->rank, x->rank - 1);
  dim = dim < 0 ? dim + x->rank : dim;
  if (k < 0 || k > x->shape[dim] || tt_numel(x) > INT32_MAX)
    tt_fail(TT_EVALUE, "tt_topk: %lld along dim %d of %s; k is from 0"
            " to %lld", (long long)k, dim, TT_TEXT(tt_shape(x)),
            (long long)x->shape[dim]);
  return dim;
}

static void rank_rows(Tensor *flat, Tensor *at, const Tensor *x,
                      int64_t n, int64_t k, bool largest)
{
  Ranked *r = tt_empty(TT_U8, TT_SHAPE(n * (int64_t)sizeof *r))->data;
  int32_t *to = flat->data, *place = at->data;
  const Real *row = x->data;
  for (int64_t i = 0, rows = k ? tt_numel(at) / k : 0; i < rows; i++) {
    for (int64_t j = 0; j < n; j++)
      r[j] = (Ranked){ row[i * n + j], (int32_t)j };
    qsort(r, (size_t)n, sizeof *r, largest ? falling : rising);
    for (int64_t j = 0; j < k; j++) {
      *place++ = r[j].at;
      *to++ = (int32_t)(i * n) + r[j].at;
    }
  }
}

Tensor *tt_topk(Tensor *x, int64_t k, int dim, bool largest,
                Tensor **at)
{
  dim = checked_dim(x, k, dim);
  TT_SCOPE;
  x = tt_contiguous(tt_transpose(x, dim, -1));
  int64_t n = x->shape[x->rank - 1];
  Shape s = tt_shape(x);
  s.dim[s.rank - 1] = k;
  Tensor *place = tt_empty(TT_I32, s);
  Tensor *flat = tt_empty(TT_I32, TT_SHAPE(tt_numel(place)));
  rank_rows(flat, place, x, n, k, largest);
  Tensor *y = tt_index_select(tt_reshape(x, TT_SHAPE(-1)), 0, flat);
  if (at)
    *at = tt_keep(tt_contiguous(tt_transpose(place, dim, -1)));
  return tt_keep(tt_transpose(tt_reshape(y, s), dim, -1));
}
