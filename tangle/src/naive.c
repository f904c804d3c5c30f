// Made from chapters/01-tensors.nw by tools/tangle: edit there.
#include "tt/tensors.h"
#include "tt/activations.h"
#include "tt/autograd.h"
#include "tt/optimizers.h"
#include "tt/todo.h"
#include <tgmath.h>

#define INLINE static inline __attribute__((always_inline))

#define EACH(expression) \
  for (int64_t i = 0; i < n; i++) { \
    Real u = x[i * sx]; \
    y[i * sy] = (expression); \
  } \
  break

INLINE void map_row(MapOp op, int64_t n, Real *y, int64_t sy,
                    const Real *x, int64_t sx, Real c)
{
  switch (op) {
  case TT_NEG: EACH(-u);
  case TT_ABS: EACH(fabs(u));
  case TT_EXP: EACH(exp(u));
  case TT_LOG: EACH(log(u));
  case TT_SQRT: EACH(sqrt(u));
  case TT_ADD_SCALAR: EACH(u + c);
  case TT_MUL_SCALAR: EACH(u * c);
  case TT_RELU: EACH(tt_reluf(u));
  case TT_LEAKY_RELU: EACH(tt_leaky_reluf(u, c));
  case TT_SIGMOID: EACH(tt_sigmoidf(u));
  case TT_TANH: EACH(tt_tanhf(u));
  case TT_GELU: EACH(tt_geluf(u));
  case TT_GELU_TANH: EACH(tt_gelu_tanhf(u));
  case TT_SILU: EACH(tt_siluf(u));
  case TT_LEAKY_SLOPE: EACH(u > 0 ? 1 : c);
  }
}
#undef EACH
static void naive_map(MapOp op, const Walk *w, Real *y, const Real *x,
                      Real c)
{
  int64_t n = w->shape[w->rank - 1];
  int64_t sy = w->stride[0][w->rank - 1];
  int64_t sx = w->stride[1][w->rank - 1];
  WalkRow r = {0};
  for (int64_t i = tt_rows(w); i > 0; i--, tt_next_row(w, &r))
    if (sy == 1 && sx == 1)
      map_row(op, n, y + r.at[0], 1, x + r.at[1], 1, c);
    else
      map_row(op, n, y + r.at[0], sy, x + r.at[1], sx, c);
}

#define EACH(expression) \
  for (int64_t i = 0; i < n; i++) { \
    Real u = a[i * sa], v = b[i * sb]; \
    y[i * sy] = (expression); \
  } \
  break

INLINE void zip_row(ZipOp op, int64_t n, Real *y, int64_t sy,
                    const Real *a, int64_t sa,
                    const Real *b, int64_t sb)
{
  switch (op) {
  case TT_ADD: EACH(u + v);
  case TT_SUB: EACH(u - v);
  case TT_MUL: EACH(u * v);
  case TT_DIV: EACH(u / v);
  case TT_MAXIMUM: EACH(u > v || u != u ? u : v);
  case TT_MINIMUM: EACH(u < v || u != u ? u : v);
  case TT_EQ: EACH(u == v);
  case TT_LT: EACH(u < v);
  case TT_SHARE: EACH(u < v ? 0 : u == v ? (Real)0.5 : 1);
  case TT_TIE: EACH(u == v || (u != u && v != v));
  case TT_ABS_BACK: EACH(u > 0 ? v : u < 0 ? -v : 0);
  case TT_SQRT_BACK: EACH(v / (u + u));
  case TT_RELU_BACK: EACH(tt_relu_back(u, v));
  case TT_SIGMOID_BACK: EACH(v * u * (1 - u));
  case TT_TANH_BACK: EACH(v * (1 - u * u));
  case TT_GELU_BACK: EACH(v * tt_gelu_slope(u));
  case TT_GELU_TANH_BACK: EACH(v * tt_gelu_tanh_slope(u));
  case TT_SILU_BACK: EACH(v * tt_silu_slope(u));
  }
}
#undef EACH
static void naive_zip(ZipOp op, const Walk *w, Real *y, const Real *a,
                      const Real *b)
{
  int last = w->rank - 1;
  int64_t n = w->shape[last], sy = w->stride[0][last];
  int64_t sa = w->stride[1][last], sb = w->stride[2][last];
  WalkRow r = {0};
  for (int64_t i = tt_rows(w); i > 0; i--, tt_next_row(w, &r)) {
    Real *row = y + r.at[0];
    const Real *u = a + r.at[1], *v = b + r.at[2];
    if (sy == 1 && sa == 1 && sb == 1)
      zip_row(op, n, row, 1, u, 1, v, 1);
    else if (sy == 1 && sa == 1 && sb == 0)
      zip_row(op, n, row, 1, u, 1, v, 0);
    else if (sy == 1 && sa == 0 && sb == 1)
      zip_row(op, n, row, 1, u, 0, v, 1);
    else
      zip_row(op, n, row, sy, u, sa, v, sb);
  }
}

#define COPY(Cell) \
  for (int64_t i = 0; i < n; i++) \
    ((Cell *)y)[y0 + i * sy] = ((const Cell *)x)[x0 + i * sx]

INLINE void copy_row(int64_t n, DType yd, void *y, int64_t y0,
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
  for (int64_t i = tt_rows(w); i > 0; i--, tt_next_row(w, &r))
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

static int32_t argmax_column(int64_t n, int64_t inner, const Real *x)
{
  int64_t best = 0;
  for (int64_t k = 1; k < n; k++) {
    Real v = x[k * inner], top = x[best * inner];
    if (v > top || (v != v && top == top))
      best = k;
  }
  return (int32_t)best;
}

static void naive_reduce(ReduceOp op, int64_t outer, int64_t n,
                         int64_t inner, void *y, const Real *x)
{
  int64_t width = inner == 1 || op == TT_ARGMAX ? 1 : LANES;
  for (int64_t o = 0; o < outer; o++)
    for (int64_t j = 0; j < inner; j += width) {
      const Real *from = x + o * n * inner + j;
      Real *to = (Real *)y + o * inner + j;
      int64_t lanes = inner - j < width ? inner - j : width;
      if (op == TT_ARGMAX)
        ((int32_t *)y)[o * inner + j] = argmax_column(n, inner, from);
      else if (inner == 1)
        *to = op == TT_SUM ? sum_run(n, from) : max_run(n, from);
      else
        (op == TT_SUM ? sum_lanes : max_lanes)(n, inner, lanes, to,
                                               from);
    }
}

static void axpy(int64_t n, Real a, const Real *restrict x,
                 Real *restrict y)
{
  for (int64_t j = 0; j < n; j++)
    y[j] += a * x[j];
}

static Real dot(int64_t n, const Real *a, const Real *b)
{
  Real s = 0;
#pragma omp simd reduction(+ : s)
  for (int64_t p = 0; p < n; p++)
    s += a[p] * b[p];
  return s;
}

static void row_times_matrix(const Gemm *g, const Real *a,
                             const Real *b, Real *c)
{
  for (int64_t j = 0; j < g->n; j++)
    c[j * g->c_col] = g->beta != 0 ? g->beta * c[j * g->c_col] : 0;
  if (g->a_col == 1 && g->b_row == 1)
    for (int64_t j = 0; j < g->n; j++)
      c[j * g->c_col] += g->alpha * dot(g->k, a, b + j * g->b_col);
  else                             // b_col and c_col are 1
    for (int64_t p = 0; p < g->k; p++)
      axpy(g->n, g->alpha * a[p * g->a_col], b + p * g->b_row, c);
}

enum { ROWS = 4, COLUMNS = 64 / sizeof(Real), DEPTH = 256 };
typedef Real Line[COLUMNS];        // as long as a cache line

static void multiply_tile(int64_t k, const Real *const a[ROWS],
                          int64_t step, Line *restrict b,
                          Line *restrict tile)
{
  Line t[ROWS];
  for (int i = 0; i < ROWS; i++)
    for (int j = 0; j < COLUMNS; j++)
      t[i][j] = 0;
  for (int64_t p = 0; p < k; p++)
    for (int j = 0; j < COLUMNS; j++)
      for (int i = 0; i < ROWS; i++)
        t[i][j] += a[i][p * step] * b[p][j];
  for (int i = 0; i < ROWS; i++)
    for (int j = 0; j < COLUMNS; j++)
      tile[i][j] = t[i][j];
}

static int64_t least(int64_t a, int64_t b)
{
  return a < b ? a : b;
}

static void pack(const Gemm *g, int64_t k, int64_t n,
                 const Real *restrict b, Line *restrict panel)
{
  if (g->b_col == 1 && n == COLUMNS)
    for (int64_t p = 0; p < k; p++)
      for (int64_t j = 0; j < COLUMNS; j++)
        panel[p][j] = b[p * g->b_row + j];
  else
    for (int64_t p = 0; p < k; p++)
      for (int64_t j = 0; j < COLUMNS; j++)
        panel[p][j] = j < n ? b[p * g->b_row + j * g->b_col] : 0;
}

static void put(const Gemm *g, Real beta, Real sum, Real *c)
{
  *c = g->alpha * sum + (beta != 0 ? beta * *c : 0);
}

static void rows_times_panel(const Gemm *g, Real beta, int64_t n,
                             int64_t k, const Real *a, Line *panel,
                             Real *c)
{
  for (int64_t i = 0; i < g->m; i += ROWS) {
    const Real *row[ROWS];
    Line t[ROWS];
    for (int64_t r = 0; r < ROWS; r++)
      row[r] = a + least(i + r, g->m - 1) * g->a_row;
    multiply_tile(k, row, g->a_col, panel, t);
    for (int64_t r = 0; r < ROWS && i + r < g->m; r++)
      for (int64_t j = 0; j < n; j++)
        put(g, beta, t[r][j], c + (i + r) * g->c_row + j * g->c_col);
  }
}

static void by_tiles(const Gemm *g, const Real *a, const Real *b,
                     Real *c)
{
  _Alignas(64) Line panel[DEPTH];
  for (int64_t j = 0; j < g->n; j += COLUMNS)
    for (int64_t p = 0; p < g->k; p += DEPTH) {
      int64_t n = least(g->n - j, COLUMNS), k = least(g->k - p, DEPTH);
      pack(g, k, n, b + p * g->b_row + j * g->b_col, panel);
      rows_times_panel(g, p > 0 ? 1 : g->beta, n, k,
                       a + p * g->a_col, panel, c + j * g->c_col);
    }
}

static void by_formula(const Gemm *g, const Real *a, const Real *b,
                       Real *restrict c)
{
  int64_t along = g->a_col, down = g->b_row;
  for (int64_t i = 0; i < g->m; i++, a += g->a_row, c += g->c_row)
    for (int64_t j = 0; j < g->n; j++) {
      const Real *x = a, *y = b + j * g->b_col;
      Real sum = 0;
      for (int64_t p = 0; p < g->k; p++, x += along, y += down)
        sum += *x * *y;
      put(g, g->beta, sum, c + j * g->c_col);
    }
}

static Gemm turned(const Gemm *g)
{
  return (Gemm){
    g->batch, g->n, g->m, g->k,
    g->b, g->b_batch, g->b_col, g->b_row,
    g->a, g->a_batch, g->a_col, g->a_row,
    g->c, g->c_batch, g->c_col, g->c_row, g->alpha, g->beta
  };
}

static void naive_gemm(const Gemm *g)
{
  bool small = g->m * g->n * g->k <= 64;
  if (!small && g->n == 1 && g->m > 1) {
    Gemm t = turned(g);
    naive_gemm(&t);
    return;
  }
  bool row = g->m == 1 && ((g->a_col == 1 && g->b_row == 1)
                           || (g->b_col == 1 && g->c_col == 1));
  for (int64_t i = 0; i < g->batch; i++)
    (small ? by_formula : row ? row_times_matrix : by_tiles)(
      g, g->a + i * g->a_batch, g->b + i * g->b_batch,
      g->c + i * g->c_batch);
}

const Backend tt_naive = {
  .name = "naive",
  .map = naive_map,
  .zip = naive_zip,
  .copy = naive_copy,
  .reduce = naive_reduce,
  .gemm = naive_gemm,
  .softmax = tt_naive_softmax,
  .softmax_back = tt_naive_softmax_back,
  .sgd = tt_naive_sgd,
  .rmsprop = tt_naive_rmsprop,
  .adam = tt_naive_adam,
};
const Backend *tt_backend = &tt_naive;
