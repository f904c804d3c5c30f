// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// Weights rounded to levels, `share` of them with one scale.
#ifndef QUANTSHARE_H
#define QUANTSHARE_H
#include "tt/tt.h"

enum { CAST = -1, ROW = -1, MATRIX = -2 };

static inline void round_run(Real *w, int64_t n, int levels)
{
  double most = 0;
  for (int64_t i = 0; i < n; i++)
    most = fmax(most, fabs((double)w[i]));
  double scale = levels == CAST ? 1 : most / levels;
  for (int64_t i = 0; i < n && most > 0; i++)
    w[i] = (Real)(levels == CAST ? trunc((double)w[i])
                  : rint((double)w[i] / scale) * scale);
}

static inline void round_shared(Tensor *w, int levels, int64_t share)
{
  int64_t all = tt_numel(w), row = w->shape[w->rank - 1], n;
  int64_t run = share == MATRIX ? all : row;
  share = share > 0 && share < run ? share : run;
  for (int64_t i = 0; i < all; i += run)
    for (int64_t j = 0; j < run; j += n) {
      n = run - j < share ? run - j : share;
      round_run((Real *)w->data + i + j, n, levels);
    }
}
#endif
