// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// The backend `naive`: each kernel is a formula as a loop, in the best
// order that a loop can have; and the choice of a backend by name.
#include "tt/backend.h"
#include "tt/error.h"
#include "tt/todo.h"
#include <stdlib.h>
#include <string.h>

static void naive_map(const Op *op, const Walk *w, const Operands *o)
{
  int last = w->rank - 1, outer = last > 0 ? last - 1 : 0;
  const Real *x[TT_OPERANDS];
  Operands block;
  block.p = o->p;
  block.q = o->q;
  block.n = w->shape[last];
  block.rows = last > 0 ? w->shape[outer] : 1;
  for (int i = 0; i <= TT_OPERANDS; i++) {
    block.step[i] = w->stride[i][last];
    block.jump[i] = w->stride[i][outer];
  }
  for (int i = 0; i < TT_OPERANDS; i++)
    x[i] = o->x[i] ? o->x[i] : o->x[0];   // not there: never used
  WalkRow r = {0};
  for (int64_t i = tt_rows(w, 2); i > 0; i--, tt_next_row(w, 2, &r)) {
    block.y = o->y + r.at[0];
    for (int j = 0; j < TT_OPERANDS; j++)
      block.x[j] = x[j] + r.at[j + 1];
    op->row(&block);
  }
}

#define COPY(Cell) \
  for (int64_t i = 0; i < n; i++) \
    ((Cell *)y)[y0 + i * sy] = ((const Cell *)x)[x0 + i * sx]

TT_INLINE void copy_row(int64_t n, DType yd, void *y, int64_t y0,
                     int64_t sy, DType xd, const void *x, int64_t x0,
                     int64_t sx)
{
  if (yd != xd)
    for (int64_t i = 0; i < n; i++)
      tt_store(yd, y, y0 + i * sy, tt_load(xd, x, x0 + i * sx));
  else if (yd == TT_F32)
    COPY(Real);
  else if (yd == TT_I32)
    COPY(int32_t);
  else if (tt_dtype_size(yd) == 2)
    COPY(uint16_t);
  else
    COPY(uint8_t);
}
#undef COPY
static void naive_copy(const Walk *w, DType yd, void *y, DType xd,
                       const void *x)
{
  int64_t n = w->shape[w->rank - 1];
  int64_t sy = w->stride[0][w->rank - 1];
  int64_t sx = w->stride[1][w->rank - 1];
  WalkRow r = {0};
  for (int64_t i = tt_rows(w, 1); i > 0; i--, tt_next_row(w, 1, &r))
    if (sy == 1 && sx == 1)
      copy_row(n, yd, y, r.at[0], 1, xd, x, r.at[1], 1);
    else if (sy == 1 && sx == 0)
      copy_row(n, yd, y, r.at[0], 1, xd, x, r.at[1], 0);
    else
      copy_row(n, yd, y, r.at[0], sy, xd, x, r.at[1], sx);
}

static Real sum_run(int64_t n, const Real *x)
{
  double s = 0;
  #pragma omp simd reduction(+ : s)
  for (int64_t i = 0; i < n; i++)
    s += (double)x[i];
  return (Real)s;
}

static Real max_run(int64_t n, const Real *x)
{
  Real best = x[0];
  for (int64_t i = 1; i < n; i++)
    best = x[i] > best || x[i] != x[i] ? x[i] : best;
  return best;
}

enum { LANES = 64 };

static void sum_lanes(int64_t n, int64_t inner, int64_t lanes, Real *y,
                      const Real *x)
{
  double s[LANES] = {0};
  for (int64_t k = 0; k < n; k++)
    for (int64_t j = 0; j < lanes; j++)
      s[j] += (double)x[k * inner + j];
  for (int64_t j = 0; j < lanes; j++)
    y[j] = (Real)s[j];
}

static void max_lanes(int64_t n, int64_t inner, int64_t lanes, Real *y,
                      const Real *x)
{
  for (int64_t j = 0; j < lanes; j++)
    y[j] = x[j];
  for (int64_t k = 1; k < n; k++)
    for (int64_t j = 0; j < lanes; j++) {
      Real v = x[k * inner + j];
      y[j] = v > y[j] || v != v ? v : y[j];
    }
}

static int32_t argmax_column(int64_t n, int64_t inner, const Real *x,
                             bool last)
{
  int64_t best = 0;
  for (int64_t k = 1; k < n; k++) {
    Real v = x[k * inner], top = x[best * inner];
    bool equal = v == top || (v != v && top != top);
    if (v > top || (v != v && top == top) || (equal && last))
      best = k;
  }
  return (int32_t)best;
}

static void naive_reduce(ReduceOp op, int64_t outer, int64_t n,
                         int64_t inner, void *y, const Real *x)
{
  bool last = op == TT_ARGMAX_LAST, arg = op == TT_ARGMAX || last;
  int64_t width = inner == 1 || arg ? 1 : LANES;
  for (int64_t o = 0; o < outer; o++)
    for (int64_t j = 0; j < inner; j += width) {
      const Real *from = x + o * n * inner + j;
      Real *to = (Real *)y + o * inner + j;
      int64_t lanes = inner - j < width ? inner - j : width;
      if (arg)
        ((int32_t *)y)[o * inner + j] = argmax_column(n, inner, from,
                                                      last);
      else if (inner == 1)
        *to = op == TT_SUM ? sum_run(n, from) : max_run(n, from);
      else
        (op == TT_SUM ? sum_lanes : max_lanes)(n, inner, lanes, to,
                                               from);
    }
}

TT_INLINE void rows_by_columns(const Gemm *g, const Real *a, int64_t sa,
                               const Real *b, int64_t sb, Real *c)
{
  for (int64_t i = 0; i < g->m; i++, a += g->a_row, c += g->c_row)
    for (int64_t j = 0; j < g->n; j++) {
      const Real *column = b + j * g->b_col;
      Real *to = c + j * g->c_col, sum = 0;
#pragma omp simd reduction(+ : sum)
      for (int64_t p = 0; p < g->k; p++)
        sum += a[p * sa] * column[p * sb];
      *to = g->alpha * sum + (g->beta != 0 ? g->beta * *to : 0);
    }
}

static void by_formula(const Gemm *g, const Real *a, const Real *b,
                       Real *c)
{
  if (g->a_col == 1 && g->b_row == 1)
    rows_by_columns(g, a, 1, b, 1, c);
  else
    rows_by_columns(g, a, g->a_col, b, g->b_row, c);
}

static void axpy(int64_t n, Real a, const Real *restrict x,
                 Real *restrict y)
{
  for (int64_t j = 0; j < n; j++)
    y[j] += a * x[j];
}

static void by_rows(const Gemm *g, const Real *a, const Real *b,
                    Real *c)
{
  for (int64_t i = 0; i < g->m; i++, a += g->a_row, c += g->c_row) {
    for (int64_t j = 0; j < g->n; j++)
      c[j] = g->beta != 0 ? g->beta * c[j] : 0;
    for (int64_t p = 0; p < g->k; p++)
      axpy(g->n, g->alpha * a[p * g->a_col], b + p * g->b_row, c);
  }
}

static void naive_gemm(const Gemm *g)
{
  bool rows = g->n > 1 && g->b_col == 1 && g->c_col == 1;
  for (int64_t i = 0; i < g->batch; i++)
    (rows ? by_rows : by_formula)(
      g, g->a + i * g->a_batch, g->b + i * g->b_batch,
      g->c + i * g->c_batch);
}

const Backend tt_naive = {
  .name = "naive",
  .map = naive_map,
  .copy = naive_copy,
  .reduce = naive_reduce,
  .gemm = naive_gemm,
  .softmax = tt_naive_softmax,
  .softmax_back = tt_naive_softmax_back,
  .sgd = tt_naive_sgd,
  .rmsprop = tt_naive_rmsprop,
  .adam = tt_naive_adam,
  .conv2d = tt_naive_conv2d,
  .conv2d_back_x = tt_naive_conv2d_back_x,
  .conv2d_back_w = tt_naive_conv2d_back_w,
  .pool2d = tt_naive_pool2d,
  .pool2d_back = tt_naive_pool2d_back,
  .channel_moments = tt_naive_channel_moments,
  .batch_norm = tt_naive_batch_norm,
  .batch_norm_back = tt_naive_batch_norm_back,
  .gather = tt_naive_gather,
  .scatter_add = tt_naive_scatter_add,
  .rotary = tt_naive_rotary,
  .masked_softmax = tt_naive_masked_softmax,
  .norm_rows = tt_naive_norm_rows,
  .norm_rows_back = tt_naive_norm_rows_back,
  .qgemm = tt_naive_qgemm,
  .pairs = tt_naive_pairs,
};
const Backend *tt_backend = &tt_naive;
static const Backend *const backends[] = {
  &tt_naive,
  &tt_formula, &tt_blocked, &tt_packed, &tt_blas,
  &tt_simd_128, &tt_simd_256, &tt_simd_512, &tt_simd_vnni,
  &tt_simd, &tt_threads, &tt_plugin,
};
enum { BACKENDS = sizeof backends / sizeof *backends };
static Backend whole[BACKENDS];    // those in use, without gaps

static void fill(Backend *b, const Backend *base)
{
  void (*kernel)(void), (*const none)(void) = NULL;
  char *to = (char *)b;
  const char *from = (const char *)base;
  for (size_t i = offsetof(Backend, map); i < sizeof *b;
       i += sizeof kernel)
    if (memcmp(to + i, &none, sizeof none) == 0)
      memcpy(to + i, from + i, sizeof kernel);
}

static const Backend *ready(int i) // NULL: not on this machine
{
  const Backend *b = backends[i];
  if (b->runs_here && !b->runs_here())
    return NULL;
  if (!whole[i].name)
    for (whole[i] = *b; b->base; b = b->base)
      fill(&whole[i], b->base);
  return &whole[i];
}

const Backend *tt_backend_at(int i)
{
  const Backend *b;
  for (int j = 0; j < BACKENDS; j++)
    if ((b = ready(j)) && i-- == 0)
      return b;
  return NULL;
}

void tt_backend_use(const char *name)
{
  char known[512] = "";
  const Backend *b;
  for (int i = 0; i < BACKENDS; i++)
    if (strcmp(name, backends[i]->name) == 0 && (b = ready(i))) {
      tt_backend = b;
      return;
    }
  for (int i = 0; (b = tt_backend_at(i)); i++) {
    size_t n = strlen(known);
    snprintf(known + n, sizeof known - n, " %s", b->name);
  }
  tt_fail(TT_EVALUE, "tt_backend_use: no backend is called '%s'; there"
          " are:%s", name, known);
}

__attribute__((constructor)) static void choose_backend(void)
{
  const char *wish = getenv("TT_BACKEND");
#ifdef TT_OWN_KERNELS  // a reader's are to run
  wish = wish ? wish : "naive";
#endif
  const Backend *b = NULL;
  if (wish && *wish)
    tt_backend_use(wish);
  for (int i = BACKENDS - 1; !(wish && *wish) && !b; i--)
    if ((b = ready(i)))
      tt_backend = b;
}
