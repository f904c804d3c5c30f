// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// plugin_row: a backend of one function, from a file.
#include "tt/plugin.h"
#include "tt/todo.h"

static const Backend *host;        // has all kernels

static void row_gemm(const Gemm *g)
{
  if (g->batch != 1 || g->m != 1 || g->a_col != 1 || g->b_row != 1) {
    host->gemm(g);
    return;
  }
  for (int64_t j = 0; j < g->n; j++) {
    const Real *b = g->b + j * g->b_col;
    Real s[8] = {0}, sum = 0, *c = g->c + j * g->c_col;
    int64_t p = 0;
    for (; p + 8 <= g->k; p += 8)
      for (int i = 0; i < 8; i++)
        s[i] += g->a[p + i] * b[p + i];
    for (; p < g->k; p++)
      sum += g->a[p] * b[p];
    for (int i = 0; i < 8; i++)
      sum += s[i];
    *c = g->alpha * sum + (g->beta != 0 ? g->beta * *c : 0);
  }
}

const Backend *tt_backend_entry(const Backend *from)
{
  static const Backend mine = {
    .name = "row", .abi = TT_BACKEND_ABI, .size = sizeof(Backend),
    .gemm = row_gemm,
  };
  host = from;
  return &mine;
}
