// Made from chapters/11-embeddings.nw by tools/tangle: edit there.
// Some rows of a table, as a leaf of their own.
#ifndef ROWS_H
#define ROWS_H
#include <tt/tt.h>

typedef struct Rows {
  Tensor *id, *place, *leaf;       // (M), of each id, (M,D)
} Rows;

static inline Rows rows_of(Tensor *table, Tensor *ids)
{
  Rows r;
  r.id = tt_unique(ids, &r.place);
  r.leaf = tt_requires_grad_(tt_index_select(tt_detach(table), 0, r.id),
                             true);
  return r;
}

static inline void step_rows(Tensor *table, Rows r, double lr)
{
  TT_NO_GRAD;
  tt_index_add_(table, 0, r.id,
                tt_mul_scalar(r.leaf->grad, (Real)-lr));
}
#endif
