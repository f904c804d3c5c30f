// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// Kernels in vectors of TT_VECTOR bytes, as a backend: compiled for
// each level of processors. Nothing else belongs into this file, for
// all of it may use instructions that the machine does not have.
#include "tt/convolution.h"
#include "tt/embeddings.h"
#include "tt/operation.h"
#include "tt/parallel.h"
#include "tt/scalar.h"
#include "tt/todo.h"
#include "tt/transformers.h"
#include <math.h>
#include <string.h>
#ifndef TT_VECTOR
#define TT_VECTOR 16
#define TT_TABLE tt_simd_128
#define TT_TABLE_NAME "simd-128"
#define TT_RUNS NULL
#define TT_CHAINS tt_chains_128
#endif
#if TT_VECTOR == 16 || (TT_VECTOR == 32 && defined __AVX2__) \
    || (TT_VECTOR == 64 && defined __AVX512F__ \
        && (!defined TT_VNNI || defined __AVX512VNNI__))

#ifdef TT_ROLLED                   // sanitizers: clang takes long
#define UNROLL(n)
#elif defined __clang__
#define UNROLL(n) _Pragma("clang loop unroll(full)")
#else
#define PRAGMA(...) _Pragma(#__VA_ARGS__)
#define UNROLL(n) PRAGMA(GCC unroll n)
#endif
TT_INLINE int64_t least(int64_t a, int64_t b)
{
  return a < b ? a : b;
}

enum {
  LANES = TT_VECTOR / sizeof(Real),
  WIDTH = 2 * LANES,               // of a tile: two vectors
  #if TT_VECTOR == 64
  HEIGHT = 14,                     // 28 sums in 32 registers
  #elif defined __aarch64__
  HEIGHT = 12,                     // 24 sums in 32 registers
  #else
  HEIGHT = 6,                      // 12 sums in 16 registers
  #endif
};
typedef Real Vec __attribute__((vector_size(TT_VECTOR), may_alias,
                                aligned(sizeof(Real))));
TT_INLINE void write_tile(int h, int v, Real alpha, Real beta,
                          const Vec s[HEIGHT * 2], Real *c,
                          int64_t c_row)
{
  UNROLL(14)
  for (int i = 0; i < h; i++, c += c_row)
    UNROLL(2)
    for (int j = 0; j < v; j++) {
      Vec *to = (Vec *)(c + j * LANES), x = alpha * s[i * 2 + j];
      if (beta != 0)
        x += beta * *to;
      *to = x;
    }
}

TT_INLINE void add_up(int h, int v, const Real *a, int64_t a_row,
                      const Real *b, Vec s[HEIGHT * 2])
{
  Vec y[2];
  UNROLL(2)
  for (int j = 0; j < v; j++)
    y[j] = *(const Vec *)(b + j * LANES);
  UNROLL(14)
  for (int i = 0; i < h; i++)
    UNROLL(2)
    for (int j = 0; j < v; j++)
      s[i * 2 + j] += a[i * a_row] * y[j];
}

typedef struct Strip {             // what a tile reads
  int64_t rows, k;                 // rows: 1, or of a window
  const Real *a; int64_t a_row, a_col;
  const Real *b; int64_t b_row;    // whose columns are neighbors
  int64_t jump;                    // of b, from row to row
  Real alpha, beta;
} Strip;

TT_INLINE void tile(int h, int v, const Strip *x, int64_t a_row,
                    int64_t a_col, Real *c, int64_t c_row)
{
  Vec s[HEIGHT * 2] = {0};
  const Real *a = x->a, *b = x->b;
  int64_t b_row = x->b_row;
  for (int i = 0; i < h; i++)
    for (int j = 0; j < v; j++)
      __builtin_prefetch(c + i * c_row + j * LANES);
  for (int64_t r = x->rows; r > 0; r--, b += x->jump)
    for (int64_t p = x->k; p > 0; p--, a += a_col, b += b_row)
      add_up(h, v, a, a_row, b, s);
  write_tile(h, v, x->alpha, x->beta, s, c, c_row);
}

typedef void Tile(const Strip *x, Real *c, int64_t c_row);
#define TILE(h, v) \
  static void tile_##h##_##v(const Strip *x, Real *c, int64_t c_row) \
  { \
    enum { H = h < HEIGHT ? h : HEIGHT }; \
    if (x->a_row == 1) \
      tile(H, v, x, 1, x->a_col, c, c_row); \
    else \
      tile(H, v, x, x->a_row, 1, c, c_row); \
  }
#define HEIGHTS(X, v) X(1, v) X(2, v) X(3, v) X(4, v) X(5, v) \
  X(6, v) X(7, v) X(8, v) X(9, v) X(10, v) X(11, v) X(12, v) \
  X(13, v) X(14, v)
HEIGHTS(TILE, 1)
HEIGHTS(TILE, 2)
#define NAME(h, v) tile_##h##_##v,
static Tile *const tiles[2][14] = {
  { HEIGHTS(NAME, 1) }, { HEIGHTS(NAME, 2) },
};
typedef float Cards __attribute__((vector_size(TT_VECTOR)));
enum { DECK = TT_VECTOR / sizeof(float) };
#define PAIR(i) (i) / 2 + (i) % 2 * DECK
#define FOUR(i) PAIR(i), PAIR(i + 1), PAIR(i + 2), PAIR(i + 3)
#if TT_VECTOR == 64
#define LOW  FOUR(0), FOUR(4), FOUR(8), FOUR(12)
#define HIGH FOUR(16), FOUR(20), FOUR(24), FOUR(28)
#elif TT_VECTOR == 32
#define LOW  FOUR(0), FOUR(4)
#define HIGH FOUR(8), FOUR(12)
#else
#define LOW  FOUR(0)
#define HIGH FOUR(4)
#endif
TT_INLINE void zip(Vec a, Vec b, Vec *low, Vec *high)
{
  Cards x = (Cards)a, y = (Cards)b;
  *low = (Vec)__builtin_shufflevector(x, y, LOW);
  *high = (Vec)__builtin_shufflevector(x, y, HIGH);
}

TT_INLINE void transpose(Vec x[DECK])
{
  UNROLL(4)
  for (int round = 1; round < DECK; round *= 2) {
    Vec y[DECK];
    UNROLL(8)
    for (int i = 0; i < DECK / 2; i++)
      zip(x[i], x[i + DECK / 2], &y[2 * i], &y[2 * i + 1]);
    UNROLL(16)
    for (int i = 0; i < DECK; i++)
      x[i] = y[i];
  }
}

static void pack_along(int64_t w, int64_t k, const Real *x, int64_t col,
                       int64_t width, Real *y)
{
  for (int64_t p = 0; p < k; p++, x += col, y += width) {
    int64_t i = 0;
    for (; i + LANES <= w; i += LANES)
      *(Vec *)(y + i) = *(const Vec *)(x + i);
    for (; i < width; i++)
      y[i] = i < w ? x[i] : 0;
  }
}

static void pack_square(int64_t w, const Real *x, int64_t row,
                        int64_t width, Real *y)
{
  Vec v[DECK] = {0};
  if (w >= LANES)
    UNROLL(16)
    for (int i = 0; i < LANES; i++)
      v[i] = *(const Vec *)(x + i * row);
  else
    for (int i = 0; i < w; i++)
      v[i] = *(const Vec *)(x + i * row);
  transpose(v);
  UNROLL(16)
  for (int i = 0; i < LANES; i++)
    *(Vec *)(y + i * width) = v[i];
}

static void pack(int64_t w, int64_t k, const Real *x, int64_t row,
                 int64_t col, int64_t width, Real *y)
{
  if (row == 1 && col != 1) {
    pack_along(w, k, x, col, width, y);
    return;
  }
  bool squares = col == 1 && sizeof(Real) == sizeof(float);
  int64_t p = 0;
  for (; squares && p + LANES <= k; p += LANES, y += LANES * width)
    for (int64_t i = (w - 1) / LANES * LANES; i >= 0; i -= LANES)
      pack_square(w - i, x + i * row + p, row, width, y + i);
  for (; p < k; p++, y += width)
    for (int64_t i = 0; i < width; i++)
      y[i] = i < w ? x[i * row + p * col] : 0;
}

enum {
  K_BLOCK = 384,
  M_BLOCK = 16 * HEIGHT,
  N_BLOCK = 2048,
  SLACK = 64,                      // a store may write past a panel
};

static int64_t even(int64_t n, int64_t most)   // n in equal parts
{
  int64_t parts = (n + most - 1) / most;
  return parts > 0 ? (n + parts - 1) / parts : 1;
}

typedef struct Side {              // A or B, or a block of it
  bool packed;
  const Real *at;
  int64_t next, along;             // along: not packed
} Side;

static bool crowded(int64_t stride)
{
  return stride % (4096 / (int64_t)sizeof(Real)) == 0;
}

static bool read_a_in_place(const Gemm *g)
{
  int64_t stride = g->a_row == 1 ? g->a_col : g->a_row;
  return (g->a_row == 1 || g->a_col == 1) && g->n <= 512
         && !(crowded(stride) && g->n > WIDTH);
}

static bool read_b_in_place(const Gemm *g)
{
  return g->b_col == 1 && g->m <= 128
         && !(crowded(g->b_row) && g->m > 2 * HEIGHT);
}

typedef struct Block {
  int64_t m, n, k, h;              // h: of its tiles
  Side a, b;
  const Real *ends;
  Real beta;
} Block;
static void one_tile(const Gemm *g, const Strip *x, int64_t h,
                     int64_t w, Real *c)
{
  int64_t v = w <= LANES ? 1 : 2, width = v * LANES;
  Tile *compute = tiles[v - 1][h - 1];
  if (w == width && g->c_col == 1) {
    compute(x, c, g->c_row);
    return;
  }
  Real t[HEIGHT * WIDTH];
  Strip y = *x;
  y.beta = 0;
  compute(&y, t, width);
  for (int64_t i = 0; i < h; i++)
    for (int64_t j = 0; j < w; j++) {
      Real *to = c + i * g->c_row + j * g->c_col;
      *to = t[i * width + j] + (x->beta != 0 ? x->beta * *to : 0);
    }
}

static void tiles_of(const Gemm *g, const Block *x, Real *c)
{
  for (int64_t j = 0; j < x->n; j += WIDTH) {
    int64_t w = least(x->n - j, WIDTH);
    Strip s = { .rows = 1, .k = x->k, .alpha = g->alpha,
                .beta = x->beta, .b = x->b.at + j * x->b.next,
                .b_row = x->b.along };
    if (x->b.packed || w < WIDTH) {
      s.b = x->ends + j * x->k;
      s.b_row = w <= LANES ? LANES : WIDTH;
    }
    for (int64_t i = 0; i < x->m; i += x->h) {
      int64_t h = least(x->m - i, x->h);
      s.a = x->a.at + i * x->a.next;
      s.a_row = x->a.packed ? 1 : x->a.next;
      s.a_col = x->a.packed ? h : x->a.along;
      one_tile(g, &s, h, w, c + i * g->c_row + j * g->c_col);
    }
  }
}

typedef struct Window {            // one group of some images
  const Conv2dShape *s;
  int64_t channels, h, w;          // of an image with its border
  int64_t size, places;            // of one image, of one result
  int64_t images;                  // at once
  int64_t first;                   // place that is column 0
  int64_t *offset;                 // of each weight of a kernel
  Real *at;
} Window;

static Window window_of(const Conv2dShape *s)
{
  enum { ENOUGH = 3 * WIDTH };     // places, for one image at once
  Window v = { .s = s, .channels = s->in / s->groups };
  v.places = s->out_h * s->out_w;
  v.images = v.places < ENOUGH ? ENOUGH / (v.places + 1) + 1 : 1;
  v.h = (s->out_h - 1) * s->stride_h + (s->kh - 1) * s->dilation_h + 1;
  v.w = (s->out_w - 1) * s->stride_w + (s->kw - 1) * s->dilation_w + 1;
  v.w += (s->stride_w - v.w % s->stride_w) % s->stride_w;
  v.size = v.channels * v.h * v.w;
  return v;
}

static int64_t line(int64_t n)     // up to a line of the cache
{
  return (n + 7) / 8 * 8;
}

static int64_t between(int64_t low, int64_t n, int64_t high)
{
  return n < low ? low : n > high ? high : n;
}

static int64_t dealt(const Window *v, int64_t col)
{
  int64_t step = v->s->stride_w;
  return col % step * (v->w / step) + col / step;
}

static void deal_offsets(const Window *v)      // of a group
{
  int64_t taps = v->s->kh * v->s->kw;
  for (int64_t t = 0; t < v->channels * taps; t++) {
    int64_t col = v->offset[t] % v->w;
    v->offset[t] += dealt(v, col) - col;
  }
}

TT_INLINE void copy_every(int64_t step, int64_t n, const Real *from,
                          Real *restrict to)
{
  for (int64_t i = 0; i < n; i++)
    to[i] = from[i * step];
}

static void deal_row(const Window *v, int64_t from, int64_t until,
                     const Real *x, Real *to)
{
  int64_t step = v->s->stride_w;
  for (int64_t c = from; c < until && c < from + step; c++) {
    int64_t n = (until - c + step - 1) / step;
    if (v->s->kw == 1 && c % step != 0)
      continue;
    if (step == 2)
      copy_every(2, n, x + c - from, to + dealt(v, c));
    else
      copy_every(step, n, x + c - from, to + dealt(v, c));
  }
}

static void with_border(const Window *v, const Real *x, Real *to)
{
  const Conv2dShape *s = v->s;
  int64_t from = between(0, s->left, v->w);
  int64_t until = between(from, s->left + s->w, v->w);
  for (int64_t r = 0; r < v->channels * v->h; r++, to += v->w) {
    int64_t p = r % v->h, row = p - s->top;
    const Real *at = x + (r / v->h * s->h + row) * s->w + from
                     - s->left;
    if (s->kh == 1 && p % s->stride_h != 0)
      continue;
    memset(to, 0, (size_t)v->w * sizeof *to);
    if (row < 0 || row >= s->h || from == until)
      continue;
    if (s->stride_w == 1)
      memcpy(to + from, at, (size_t)(until - from) * sizeof *to);
    else
      deal_row(v, from, until, at, to);
  }
}

static void set_offsets(const Window *v)
{
  const Conv2dShape *s = v->s;
  int64_t *to = v->offset;
  for (int64_t c = 0; c < v->channels; c++)
    for (int64_t i = 0; i < s->kh; i++)
      for (int64_t j = 0; j < s->kw; j++) {
        *to++ = (c * v->h + i * s->dilation_h) * v->w + j * s->dilation_w;
      }
}

typedef struct Piece {             // neighbors in a row of the result
  int64_t lane;
  const Real *at;                  // what weight 0 sees
} Piece;

static int pieces_of(const Window *v, int64_t first, int64_t n,
                     Piece piece[WIDTH])
{
  const Conv2dShape *s = v->s;
  int pieces = 0;
  for (int64_t lane = 0; lane < n; pieces++) {
    int64_t f = first + lane, q = f % s->out_w;
    int64_t p = f / s->out_w % s->out_h;
    piece[pieces] = (Piece){ lane, v->at + f / v->places * v->size
      + p * s->stride_h * v->w + q };
    lane += least(LANES, s->out_w - q);
  }
  return pieces;
}

TT_INLINE void copy_pieces(int n, const Piece *x, int64_t k,
                           const int64_t *offset, int64_t width,
                           Real *y)
{
  for (; k > 0; k--, offset++, y += width)
    for (int i = 0; i < n; i++)
      *(Vec *)(y + x[i].lane) = *(const Vec *)(x[i].at + *offset);
}

static void gather(const Window *v, int64_t first, int64_t n, int64_t p,
                   int64_t k, int64_t width, Real *y)
{
  Piece piece[WIDTH];
  int pieces = pieces_of(v, first, n, piece);
  const int64_t *offset = v->offset + p;
  switch (pieces) {
  case 1: copy_pieces(1, piece, k, offset, width, y); break;
  case 2: copy_pieces(2, piece, k, offset, width, y); break;
  case 3: copy_pieces(3, piece, k, offset, width, y); break;
  case 4: copy_pieces(4, piece, k, offset, width, y); break;
  default: copy_pieces(pieces, piece, k, offset, width, y);
  }
}

static void row_of_blocks(const Gemm *g, Block *x, const Real *from,
                          Real *a, Real *c)
{
  int64_t rows = M_BLOCK / x->h * x->h;
  bool in_place = read_a_in_place(g);
  for (int64_t i = 0; i < g->m; i += rows) {
    const Real *at = from + i * g->a_row;
    x->m = least(g->m - i, rows);
    for (int64_t q = 0; q < x->m && !in_place; q += x->h) {
      int64_t h = least(x->m - q, x->h);
      pack(h, x->k, at + q * g->a_row, g->a_row, g->a_col, h,
           a + q * x->k);
    }
    x->a = in_place ? (Side){ false, at, g->a_row, g->a_col }
                    : (Side){ true, a, x->k, 0 };
    tiles_of(g, x, c + i * g->c_row);
  }
}

static void pack_columns(const Gemm *g, const Block *x, bool only_ends,
                         const Window *v, int64_t p, Real *b)
{
  for (int64_t j = only_ends ? x->n / WIDTH * WIDTH : 0; j < x->n;
       j += WIDTH) {
    int64_t w = least(x->n - j, WIDTH);
    int64_t width = w <= LANES ? LANES : WIDTH;
    if (v)
      gather(v, v->first + j, w, p, x->k, width, b + j * x->k);
    else
      pack(w, x->k, x->b.at + j * g->b_col, g->b_col, g->b_row, width,
           b + j * x->k);
  }
}

static void product(const Gemm *g, const Window *v, Real *a)
{
  Real *b = a + M_BLOCK * K_BLOCK + SLACK;
  int64_t depth = even(g->k, K_BLOCK);
  bool in_place = !v && read_b_in_place(g);
  Block x = { .h = even(g->m, HEIGHT) };
  for (int64_t j = 0; j < g->n; j += N_BLOCK)
    for (int64_t p = 0; p == 0 || p < g->k; p += depth) {
      const Real *from = g->b + p * g->b_row + j * g->b_col;
      x.n = least(g->n - j, N_BLOCK), x.k = least(g->k - p, depth);
      x.beta = p == 0 ? g->beta : 1;
      x.b = (Side){ !in_place, from, g->b_col, g->b_row };
      x.ends = b;
      pack_columns(g, &x, in_place, v, p, b);
      row_of_blocks(g, &x, g->a + p * g->a_col, a,
                    g->c + j * g->c_col);
    }
}

TT_INLINE Vec sum_each(Vec s[DECK])    // of lane i: all of s[i]
{
  Vec low, high, t = {0};
  if (sizeof(Real) == sizeof(float)) {
    UNROLL(4)
    for (int n = LANES / 2; n > 0; n /= 2)
      UNROLL(8)
      for (int i = 0; i < n; i++) {
        zip(s[i], s[i + n], &low, &high);
        s[i] = low + high;
      }
    return s[0];
  }
  for (int i = 0; i < LANES; i++)
    for (int j = 0; j < LANES; j++)
      t[i] += s[i][j];
  return t;
}

TT_INLINE void runs(int n, const Gemm *g, int64_t k, const Real *a,
                    const Real *b, Real beta, Real *c)
{
  Vec s[DECK] = {0};
  int64_t p = 0;
  for (; p + LANES <= k; p += LANES) {
    Vec x = *(const Vec *)(a + p);
    UNROLL(16)
    for (int j = 0; j < n; j++)
      s[j] += x * *(const Vec *)(b + j * g->b_col + p);
  }
  Vec all = sum_each(s);
  for (int j = 0; j < n; j++) {
    Real sum = all[j], *to = c + j * g->c_col;
    for (int64_t q = p; q < k; q++)
      sum += a[q] * b[j * g->b_col + q];
    *to = g->alpha * sum + (beta != 0 ? beta * *to : 0);
  }
}

static void thin(const Gemm *g, int64_t k, const Real *a, const Real *b,
                 Real beta, Real *c)
{
  Real copy[K_BLOCK];
  for (int64_t i = 0; i < g->m; i++, a += g->a_row, c += g->c_row) {
    const Real *x = a;
    for (int64_t p = 0; p < k && g->a_col != 1; p++)
      copy[p] = a[p * g->a_col], x = copy;
    int64_t j = 0;
    for (; j + LANES <= g->n; j += LANES)
      runs(LANES, g, k, x, b + j * g->b_col, beta, c + j * g->c_col);
    for (; j < g->n; j++)
      runs(1, g, k, x, b + j * g->b_col, beta, c + j * g->c_col);
  }
}

static void thin_product(const Gemm *g)
{
  int64_t depth = even(g->k, K_BLOCK);
  Gemm x = *g;
  for (int64_t j = 0; j < g->n; j += LANES)
    for (int64_t p = 0; p < g->k; p += depth) {
      x.n = least(LANES, g->n - j);
      thin(&x, least(depth, g->k - p), g->a + p * g->a_col,
           g->b + j * g->b_col + p, p == 0 ? g->beta : 1,
           g->c + j * g->c_col);
    }
}

static Gemm turned(const Gemm *g)
{
  Gemm x = *g;
  x.m = g->n, x.n = g->m;
  x.a = g->b, x.a_row = g->b_col, x.a_col = g->b_row;
  x.b = g->a, x.b_row = g->a_col, x.b_col = g->a_row;
  x.c_row = g->c_col, x.c_col = g->c_row;
  return x;
}

static void by_shape(Gemm g, Real *buffer)
{
  enum { FEW = 8, REST = LANES / 4 };
  bool long_runs = g.k >= LANES;
  if (g.n <= FEW && g.n < g.m)
    g = turned(&g);
  int64_t rest = g.n > WIDTH && long_runs && g.a_col == 1
                 && g.n % WIDTH <= REST ? g.n % WIDTH : 0;
  if (g.m <= FEW && g.b_row == 1 && long_runs) {
    thin_product(&g);
    return;
  }
  g.n -= rest;
  product(&g, NULL, buffer);
  g.b += g.n * g.b_col, g.c += g.n * g.c_col, g.n = rest;
  g = turned(&g);
  if (rest > 0)
    thin_product(&g);
}

static void simd_gemm(const Gemm *g)
{
  int64_t n = least((g->n + WIDTH - 1) / WIDTH * WIDTH, N_BLOCK);
  int64_t wide = least((g->m + WIDTH - 1) / WIDTH * WIDTH, N_BLOCK);
  n = n > wide || g->n > 8 ? n : wide;     // it may be turned
  Real *buffer = tt_scratch(0, sizeof *buffer * (size_t)(
    M_BLOCK * K_BLOCK + 2 * SLACK + n * least(g->k, K_BLOCK)));
  for (int64_t i = 0; i < g->batch; i++) {
    Gemm x = *g;
    x.a += i * g->a_batch, x.b += i * g->b_batch;
    x.c += i * g->c_batch;
    by_shape(x, buffer);
  }
}

static void convolve_group(Window *v, int64_t images, Real *y,
                           const Real *w, const Real *b, Real *beside,
                           Real *buffer)
{
  enum { COLUMNS = 4 * WIDTH };    // of one product
  const Conv2dShape *s = v->s;
  int64_t out = s->out / s->groups, row = images * v->places;
  int64_t depth = v->channels * s->kh * s->kw;
  Real *to = images == 1 ? y : beside;
  for (int64_t i = 0; b && i < out; i++)
    for (int64_t j = 0; j < row; j++)
      to[i * row + j] = b[i];
  for (v->first = 0; v->first < row; v->first += COLUMNS)
    product(&(Gemm){
      .m = out, .n = least(COLUMNS, row - v->first), .k = depth,
      .a = w, .a_row = depth, .a_col = 1, .b = v->at, .alpha = 1,
      .beta = b ? 1 : 0, .c = to + v->first, .c_row = row, .c_col = 1
    }, v, buffer);
  for (int64_t r = 0; images > 1 && r < images * out; r++)
    memcpy(y + (r / out * s->out + r % out) * v->places,
           to + r % out * row + r / out * v->places,
           (size_t)v->places * sizeof *y);
}

enum { PRODUCT_BUFFER = M_BLOCK * K_BLOCK + 4 * WIDTH * K_BLOCK
                        + 4 * SLACK };

static void convolve(const Conv2dShape *s, Real *y, const Real *x,
                     const Real *w, const Real *b, int64_t extra,
                     void turn(const Conv2dShape *, const Real *,
                               Real *))
{
  Window v = window_of(s);
  int64_t in = v.channels, out = s->out / s->groups;
  int64_t depth = in * s->kh * s->kw;
  int64_t beside = v.images > 1 ? v.images * v.places * out : 0;
  v.offset = tt_scratch(0, (size_t)line(depth) * sizeof *v.offset
    + sizeof(Real) * (size_t)(PRODUCT_BUFFER + v.images * v.size
                              + SLACK + beside + extra));
  Real *buffer = (Real *)(v.offset + line(depth)), *turned;
  v.at = buffer + PRODUCT_BUFFER;
  turned = v.at + v.images * v.size + SLACK + beside;
  set_offsets(&v);
  if (s->stride_w > 1)
    deal_offsets(&v);
  if (turn)
    turn(s, w, turned), w = turned;
  for (int64_t n = 0; n < s->n; n += v.images)
    for (int64_t g = 0; g < s->groups; g++) {
      int64_t images = least(v.images, s->n - n);
      for (int64_t i = 0; i < images; i++)
        with_border(&v, x + ((n + i) * s->in + g * in) * s->h * s->w,
                    v.at + i * v.size);
      convolve_group(&v, images, y + (n * s->out + g * out) * v.places,
                     w + g * out * depth, b ? b + g * out : NULL,
                     v.at + v.images * v.size + SLACK, buffer);
    }
}

static void channels_last(const Window *v, const Real *x, Real *to)
{
  const Conv2dShape *s = v->s;
  int64_t c = v->channels, from = between(0, s->left, v->w);
  int64_t until = between(from, s->left + s->w, v->w);
  for (int64_t r = 0; r < v->h; r++, to += v->w * c) {
    int64_t row = r - s->top, n = until - from;
    if (row < 0 || row >= s->h)
      n = 0;
    memset(to, 0, (size_t)((n ? from : v->w) * c) * sizeof *to);
    if (n == 0)
      continue;
    pack(c, n, x + row * s->w + from - s->left, s->h * s->w, 1, c,
         to + from * c);
    memset(to + until * c, 0, (size_t)((v->w - until) * c)
                              * sizeof *to);
  }
}

typedef struct WeightBack {
  Window v;
  int64_t out, taps, run;          // of weights that are neighbors
  Real *dw;                        // (out,taps,run)
  Real *panel;                     // of dy
} WeightBack;

static int64_t tap_at(const Window *v, int64_t tap)
{
  const Conv2dShape *s = v->s;
  int64_t kw = s->dilation_w == 1 ? 1 : s->kw;
  return tap / kw * s->dilation_h * v->w + tap % kw * s->dilation_w;
}

static void add_rows(const WeightBack *k, const Real *dy, int64_t p,
                     int64_t rows)
{
  const Conv2dShape *s = k->v.s;
  int64_t c = k->v.channels, h = even(k->out, HEIGHT);
  int64_t step = s->stride_w * c, row = s->stride_h * k->v.w * c;
  for (int64_t o = 0; o < k->out; o += h) {
    int64_t high = least(h, k->out - o);
    pack(high, rows * s->out_w, dy + o * k->v.places + p * s->out_w,
         k->v.places, 1, high, k->panel);
    for (int64_t t = 0; t < k->taps; t++)
      for (int64_t j = 0; j < k->run; j += WIDTH)
        one_tile(&(Gemm){ .c_row = k->taps * k->run, .c_col = 1 },
                 &(Strip){
          .rows = rows, .k = s->out_w, .a = k->panel, .a_row = 1,
          .a_col = high, .alpha = 1, .beta = 1, .b_row = step,
          .b = k->v.at + p * row + tap_at(&k->v, t) * c + j,
          .jump = row - s->out_w * step
        }, high, least(WIDTH, k->run - j),
        k->dw + (o * k->taps + t) * k->run + j);
  }
}

static void weights_of_group(const WeightBack *k, int64_t g, Real *dw,
                             const Real *dy, const Real *x)
{
  const Conv2dShape *s = k->v.s;
  int64_t c = k->v.channels, weights = k->out * k->taps * k->run;
  int64_t rows = 1024 / (s->out_w + 1) + 1, taps = s->kh * s->kw;
  memset(k->dw, 0, (size_t)weights * sizeof *dw);
  for (int64_t n = 0; n < s->n; n++) {
    channels_last(&k->v, x + (n * s->in + g * c) * s->h * s->w,
                  k->v.at);
    for (int64_t p = 0; p < s->out_h; p += rows)
      add_rows(k, dy + (n * s->out + g * k->out) * k->v.places, p,
               least(rows, s->out_h - p));
  }
  for (int64_t o = 0; o < k->out; o++)
    for (int64_t i = 0; i < c; i++)
      for (int64_t t = 0; t < taps; t++)
        *dw++ = k->dw[(o * taps + t) * c + i];
}

static void by_rows(const Conv2dShape *s, Real *dw, const Real *dy,
                    const Real *x)
{
  WeightBack k = { .v = window_of(s), .out = s->out / s->groups };
  bool near = s->dilation_w == 1;
  int64_t weights = k.out * k.v.channels * s->kh * s->kw;
  int64_t panel = (1024 + 2 * s->out_w) * HEIGHT + SLACK;
  k.taps = near ? s->kh : s->kh * s->kw;
  k.run = (near ? s->kw : 1) * k.v.channels;
  k.dw = tt_scratch(0, sizeof *k.dw * (size_t)(weights + panel
                                       + k.v.size + 2 * SLACK));
  k.panel = k.dw + weights, k.v.at = k.panel + panel;
  for (int64_t g = 0; g < s->groups; g++)
    weights_of_group(&k, g, dw + g * weights, dy, x);
}

typedef struct Dots {              // of runs of n numbers
  int64_t n, a_row, b_row, c_row;
} Dots;

TT_INLINE void dots(int h, const Dots *k, int64_t high, int64_t wide,
                    const Real *a, const Real *b, Real *c)
{
  int w = LANES / h;
  Vec s[DECK] = {0}, x[4];
  int64_t p = 0;
  for (; p + LANES <= k->n; p += LANES) {
    UNROLL(4)
    for (int i = 0; i < h; i++)
      x[i] = *(const Vec *)(a + least(i, high - 1) * k->a_row + p);
    UNROLL(8)
    for (int j = 0; j < w; j++)
      UNROLL(4)
      for (int i = 0; i < h; i++)
        s[i * w + j] += x[i] * *(const Vec *)(b + j * k->b_row + p);
  }
  Vec all = sum_each(s);
  for (int i = 0; i < high; i++)
    for (int j = 0; j < wide; j++) {
      Real sum = all[i * w + j];
      for (int64_t q = p; q < k->n; q++)
        sum += a[i * k->a_row + q] * b[j * k->b_row + q];
      c[i * k->c_row + j] += sum;
    }
}

enum { SIDE = LANES >= 8 ? 4 : 2, PLACES = 1024 };

static void all_dots(const Dots *k, int64_t out, const Real *dy,
                     const Real *seen, Real *dw)
{
  for (int64_t o = 0; o < out; o += out - o >= SIDE ? SIDE : 2) {
    int64_t high = out - o, h = high >= SIDE ? SIDE : 2;
    for (int64_t t = 0; t < k->c_row; t += LANES / h) {
      int64_t wide = least(LANES / h, k->c_row - t);
      const Real *a = dy + o * k->a_row, *b = seen + t * k->b_row;
      Real *c = dw + o * k->c_row + t;
      if (h == SIDE)
        dots(SIDE, k, least(SIDE, high), wide, a, b, c);
      else
        dots(2, k, least(2, high), wide, a, b, c);
    }
  }
}

static void by_places(const Conv2dShape *s, Real *dw, const Real *dy,
                      const Real *x)
{
  Window v = window_of(s);
  int64_t out = s->out / s->groups, depth = v.channels * s->kh * s->kw;
  Dots k = { .a_row = v.places, .b_row = PLACES + SLACK,
             .c_row = depth };
  v.offset = tt_scratch(0, (size_t)line(depth) * sizeof *v.offset
    + sizeof *x * (size_t)(v.size + SLACK + (depth + 8) * k.b_row));
  Real *seen = (Real *)(v.offset + line(depth));
  v.at = seen + (depth + 8) * k.b_row;
  set_offsets(&v);
  if (s->stride_w > 1)
    deal_offsets(&v);
  memset(dw, 0, (size_t)(s->out * depth) * sizeof *dw);
  for (int64_t i = 0; i < s->n * s->groups; i++) {
    with_border(&v, x + i * v.channels * s->h * s->w, v.at);
    for (int64_t p = 0; p < v.places; p += PLACES) {
      k.n = least(PLACES, v.places - p);
      for (int64_t j = 0; j < k.n; j += WIDTH)
        gather(&v, p + j, least(WIDTH, k.n - j), 0, depth, k.b_row,
               seen + j);
      all_dots(&k, out, dy + i * out * v.places + p, seen,
               dw + i % s->groups * out * depth);
    }
  }
}

static void turn_weights(const Conv2dShape *s, const Real *w, Real *to)
{
  int64_t in = s->out / s->groups, out = s->in / s->groups;
  int64_t taps = s->kh * s->kw;    // s is the way back
  for (int64_t g = 0; g < s->groups; g++, w += in * out * taps)
    for (int64_t c = 0; c < in; c++)
      for (int64_t o = 0; o < out; o++)
        for (int64_t t = 0; t < taps; t++)
          *to++ = w[(o * in + c) * taps + taps - 1 - t];
}

static Conv2dShape way_back(const Conv2dShape *s)
{
  Conv2dShape t = *s;
  t.in = s->out, t.h = s->out_h, t.w = s->out_w;
  t.out = s->in, t.out_h = s->h, t.out_w = s->w;
  t.top = (s->kh - 1) * s->dilation_h - s->top;
  t.left = (s->kw - 1) * s->dilation_w - s->left;
  return t;
}

#define SKIP(i) (i), (i) + 2, (i) + 4, (i) + 6
#if TT_VECTOR == 64
#define EVEN(i) SKIP(i), SKIP(i + 8), SKIP(i + 16), SKIP(i + 24)
#elif TT_VECTOR == 32
#define EVEN(i) SKIP(i), SKIP(i + 8)
#else
#define EVEN(i) SKIP(i)
#endif

TT_INLINE Vec combined(int i, const Real *d, int64_t w)
{
  const Vec *a = (const Vec *)d, *b = (const Vec *)(d + w);
  const Vec *c = (const Vec *)(d + 2 * w);
  const Vec *e = (const Vec *)(d + 3 * w);
  return i == 0 ? *a - *c : i == 1 ? *b + *c : i == 2 ? *c - *b
         : *b - *e;
}

TT_INLINE void deal(Vec a, Vec b, Vec *even, Vec *odd)
{
  Cards x = (Cards)a, y = (Cards)b;
  *even = (Vec)__builtin_shufflevector(x, y, EVEN(0));
  *odd = (Vec)__builtin_shufflevector(x, y, EVEN(1));
}

TT_INLINE void see_tiles(const Real *d, int64_t w, Real *v,
                         int64_t next)
{
  UNROLL(4)
  for (int i = 0; i < 4; i++, v += 4 * next) {
    Vec a, b, c, e;
    deal(combined(i, d, w), combined(i, d + LANES, w), &a, &b);
    deal(combined(i, d + 2, w), combined(i, d + 2 + LANES, w), &c, &e);
    *(Vec *)v = a - c;
    *(Vec *)(v + next) = b + c;
    *(Vec *)(v + 2 * next) = c - b;
    *(Vec *)(v + 3 * next) = b - e;
  }
}

TT_INLINE Vec from_sums(int i, const Real *m, int64_t next)
{
  const Vec *a = (const Vec *)m, *b = (const Vec *)(m + 4 * next);
  const Vec *c = (const Vec *)(m + 8 * next);
  const Vec *e = (const Vec *)(m + 12 * next);
  return i == 0 ? *a + *b + *c : *b - *c - *e;
}

static void four_results(const Real *m, int64_t next, Real bias,
                         Vec y[2][2])
{
  for (int i = 0; i < 2; i++) {
    Vec a = from_sums(i, m, next), b = from_sums(i, m + next, next);
    Vec c = from_sums(i, m + 2 * next, next);
    Vec e = from_sums(i, m + 3 * next, next);
    zip(a + b + c + bias, b - c - e + bias, &y[i][0], &y[i][1]);
  }
}

static void three_to_four(Vec a, Vec b, Vec c, Vec to[4])
{
  Vec half = (Real)0.5 * (a + c);
  to[0] = a, to[3] = c;
  to[1] = half + (Real)0.5 * b, to[2] = half - (Real)0.5 * b;
}

typedef struct Tiles {             // of two by two results
  Window v;
  int64_t down, across, lines;     // of an image; lines at once
  int64_t row, in, out;            // row: of seen and sums
  int64_t kernel, see, sum;        // from spot to spot of a tile
  Real *u;                         // 16 of (out,in), the kernels
  Real *seen, *sums;               // 16 of (in,row), of (out,row)
} Tiles;

static void taps_of(int64_t n, const Real *w, int64_t next, Vec *to)
{
  Real copy[LANES][16];
  if (n < LANES)
    memset(copy, 0, sizeof copy);
  for (int64_t l = 0; l < n; l++, w += next)
    memcpy(copy[l], w, 9 * sizeof *w);
  for (int t = 0; t < 9; t += LANES)
    pack_square(LANES, copy[0] + t, 16, LANES, (Real *)(to + t));
}

static void put_taps(int64_t n, const Vec *from, Real *w)
{
  Real copy[LANES][16];
  for (int t = 0; t < 9; t += LANES)
    pack_square(LANES, (const Real *)(from + t), LANES, 16,
                copy[0] + t);
  for (int64_t l = 0; l < n; l++)
    memcpy(w + 9 * l, copy[l], 9 * sizeof *w);
}

static void turn_kernels(const Tiles *k, const Real *w, bool back)
{
  int64_t next = 9 * (back ? k->out : 1), row = 9 * (back ? 1 : k->in);
  int from = back ? 8 : 0, on = back ? -1 : 1;
  for (int64_t o = 0; o < k->out; o++, w += row)
    for (int64_t i = 0; i < k->in; i += LANES) {
      Vec taps[16], *g = taps + from, half[3][4], all[4];
      taps_of(least(LANES, k->in - i), w + i * next, next, taps);
      for (int j = 0; j < 3; j++, g += on)
        three_to_four(g[0], g[3 * on], g[6 * on], half[j]);
      for (int r = 0; r < 4; r++) {
        three_to_four(half[0][r], half[1][r], half[2][r], all);
        for (int j = 0; j < 4; j++)
          *(Vec *)(k->u + (4 * r + j) * k->kernel + o * k->in + i)
            = all[j];
      }
    }
}

static void see_lines(const Tiles *k, int64_t first, int64_t n)
{
  const Window *v = &k->v;
  for (int64_t c = 0; c < k->in; c++)
    for (int64_t r = 0; r < n; r++) {
      int64_t line = first + r, image = line / k->down;
      const Real *from = v->at + image * v->size
        + (c * v->h + line % k->down * 2) * v->w;
      Real *to = k->seen + c * k->row + r * k->across;
      for (int64_t x = 0; x < k->across; x += LANES)
        see_tiles(from + 2 * x, v->w, to + x, k->see);
    }
}

typedef struct Place { int64_t p, x; Real *y; } Place;  // of a tile

static void put_tiles(const Tiles *k, Place *at, int64_t n,
                      const Real *even, const Real *odd)
{
  const Conv2dShape *s = k->v.s;
  for (int64_t lane = 0, few; lane < n; lane += few) {
    few = least(n - lane, k->across - at->x);
    Real *to = at->y + at->p * s->out_w + 2 * at->x;
    size_t bytes = (size_t)least(2 * few, s->out_w - 2 * at->x)
                   * sizeof *to;
    memcpy(to, even + 2 * lane, bytes);
    if (at->p + 1 < s->out_h)
      memcpy(to + s->out_w, odd + 2 * lane, bytes);
    at->x += few;
    if (at->x == k->across)
      at->x = 0, at->p += 2;
    if (at->p == 2 * k->down)
      at->p = 0, at->y += k->out * k->v.places;
  }
}

static void write_lines(const Tiles *k, int64_t first, int64_t n,
                        Real *y, const Real *b)
{
  y += first / k->down * k->out * k->v.places;
  for (int64_t o = 0; o < k->out; o++) {
    Place at = { first % k->down * 2, 0, y + o * k->v.places };
    for (int64_t t = 0; t < n * k->across; t += LANES) {
      Vec r[2][2];
      four_results(k->sums + o * k->row + t, k->sum, b ? b[o] : 0, r);
      put_tiles(k, &at, least(LANES, n * k->across - t),
                (const Real *)r[0], (const Real *)r[1]);
    }
  }
}

static void multiply_tiles(const Tiles *k, int64_t n, Real *buffer)
{
  for (int64_t i = 0; i < 16; i++)
    for (int64_t j = 0; j < n; j += 4 * WIDTH)
      product(&(Gemm){
        .m = k->out, .n = least(4 * WIDTH, n - j), .k = k->in,
        .a = k->u + i * k->kernel, .a_row = k->in, .a_col = 1,
        .b = k->seen + i * k->see + j, .b_row = k->row,
        .b_col = 1, .c = k->sums + i * k->sum + j,
        .c_row = k->row, .c_col = 1, .alpha = 1 }, NULL, buffer);
}

static Tiles tiles_for(const Conv2dShape *s)
{
  enum { AT_ONCE = 128 };
  Tiles k = { .v = window_of(s), .in = s->in, .out = s->out };
  k.down = (s->out_h + 1) / 2, k.across = (s->out_w + 1) / 2;
  k.v.h = 2 * k.down + 2, k.v.w = 2 * k.across + 2;
  k.v.size = s->in * k.v.h * k.v.w;
  k.lines = k.across < AT_ONCE ? AT_ONCE / k.across : 1;
  k.v.images = (k.lines - 1) / k.down + 1;
  k.row = (k.lines * k.across + 2 * LANES - 1) / LANES * LANES;
  k.kernel = k.in * k.out + LANES;
  k.see = k.in * k.row + LANES, k.sum = k.out * k.row + LANES;
  return k;
}

static Real *room_for(Tiles *k)
{
  Real *buffer = tt_scratch(0, sizeof *buffer * (size_t)(PRODUCT_BUFFER
    + 16 * (k->kernel + k->see + k->sum) + k->v.images * k->v.size
    + 3 * SLACK));
  k->u = buffer + PRODUCT_BUFFER, k->seen = k->u + 16 * k->kernel;
  k->sums = k->seen + 16 * k->see, k->v.at = k->sums + 16 * k->sum;
  return buffer;
}

static int64_t see_images(const Tiles *k, int64_t n, const Real *x)
{
  const Conv2dShape *s = k->v.s;
  int64_t images = least(k->v.images, s->n - n);
  for (int64_t i = 0; i < images; i++)
    with_border(&k->v, x + (n + i) * s->in * s->h * s->w,
                k->v.at + i * k->v.size);
  return images * k->down;         // lines of tiles
}

static void winograd(const Conv2dShape *s, Real *y, const Real *x,
                     const Real *w, const Real *b, bool back)
{
  Tiles k = tiles_for(s);
  Real *buffer = room_for(&k);
  turn_kernels(&k, w, back);
  for (int64_t n = 0; n < s->n; n += k.v.images) {
    int64_t lines = see_images(&k, n, x);
    for (int64_t r = 0; r < lines; r += k.lines) {
      int64_t few = least(k.lines, lines - r);
      see_lines(&k, r, few);
      multiply_tiles(&k, few * k.across, buffer);
      write_lines(&k, r, few, y + n * k.out * k.v.places, b);
    }
  }
}

TT_INLINE void spread(const Real *dy, int64_t w, int64_t left, Real *to,
                      int64_t next)
{
  Real copy[2][2 * LANES];
  Vec even[2], odd[2];
  for (int i = 0; i < 2; i++) {
    const Vec *row = (const Vec *)(dy + i * w);
    int64_t few = left - i * w;
    if (few < 2 * LANES) {
      memset(copy[i], 0, sizeof copy[i]);
      memcpy(copy[i], row, (size_t)few * sizeof *dy);
      row = (const Vec *)copy[i];
    }
    deal(row[0], row[1], &even[i], &odd[i]);
  }
  Real half = (Real)0.5;
  Vec a[4] = { even[0], half * (even[0] + even[1]),
               half * (even[0] - even[1]), even[1] };
  Vec b[4] = { odd[0], half * (odd[0] + odd[1]),
               half * (odd[0] - odd[1]), odd[1] };
  UNROLL(4)
  for (int i = 0; i < 4; i++, to += 4 * next) {
    *(Vec *)to = a[i];
    *(Vec *)(to + next) = half * (a[i] + b[i]);
    *(Vec *)(to + 2 * next) = half * (a[i] - b[i]);
    *(Vec *)(to + 3 * next) = b[i];
  }
}

static void spread_lines(const Tiles *k, int64_t first, int64_t n,
                         const Real *dy, const Real *end)
{
  const Conv2dShape *s = k->v.s;
  dy += first / k->down * k->out * k->v.places;
  for (int64_t o = 0; o < k->out; o++, dy += k->v.places)
    for (int64_t r = 0; r < n; r++) {
      int64_t line = first % k->down + r, image = line / k->down;
      const Real *from = dy + image * k->out * k->v.places
                         + line % k->down * 2 * s->out_w;
      Real *to = k->sums + o * k->row + r * k->across;
      for (int64_t x = 0; x < k->across; x += LANES, from += 2 * LANES)
        spread(from, s->out_w, end - from, to + x, k->sum);
    }
}

static void gradients_of_kernels(const Tiles *k, Real *dw)
{
  Vec m[4], half[3][4], g[16] = {0};
  for (int64_t o = 0; o < k->out; o++)
    for (int64_t i = 0; i < k->in; i += LANES) {
      const Real *u = k->u + o * k->in + i;
      for (int j = 0; j < 4; j++, u += k->kernel) {
        for (int r = 0; r < 4; r++)
          m[r] = *(const Vec *)(u + 4 * r * k->kernel);
        half[0][j] = m[0] + m[1] + m[2], half[1][j] = m[1] - m[2];
        half[2][j] = m[1] + m[2] - m[3];
      }
      for (int r = 0; r < 3; r++) {
        Vec *h = half[r];
        g[3 * r] = h[0] + h[1] + h[2], g[3 * r + 1] = h[1] - h[2];
        g[3 * r + 2] = h[1] + h[2] - h[3];
      }
      put_taps(least(LANES, k->in - i), g, dw + (o * k->in + i) * 9);
    }
}

static void add_tiles(const Tiles *k, int64_t n, Real beta,
                      Real *buffer)
{
  for (int64_t i = 0; i < 16; i++)
    for (int64_t j = 0; j < k->in; j += 4 * WIDTH)
      product(&(Gemm){
        .m = k->out, .n = least(4 * WIDTH, k->in - j), .k = n,
        .a = k->sums + i * k->sum, .a_row = k->row, .a_col = 1,
        .b = k->seen + i * k->see + j * k->row, .b_row = 1,
        .b_col = k->row, .c = k->u + i * k->kernel + j,
        .c_row = k->in, .c_col = 1, .alpha = 1, .beta = beta
      }, NULL, buffer);
}

static void by_tiles(const Conv2dShape *s, Real *dw, const Real *dy,
                     const Real *x)
{
  Tiles k = tiles_for(s);
  Real *buffer = room_for(&k);
  const Real *end = dy + s->n * s->out * k.v.places;
  for (int64_t n = 0; n < s->n; n += k.v.images) {
    int64_t lines = see_images(&k, n, x);
    for (int64_t r = 0, few; r < lines; r += few) {
      few = least(k.lines, lines - r);
      see_lines(&k, r, few);
      spread_lines(&k, r, few, dy + n * k.out * k.v.places, end);
      add_tiles(&k, few * k.across, n + r > 0, buffer);
    }
  }
  gradients_of_kernels(&k, dw);
}

static void without_border(const Window *v, const Real *from, Real *x)
{
  const Conv2dShape *s = v->s;
  int64_t first = between(0, s->left, v->w);
  int64_t until = between(first, s->left + s->w, v->w);
  for (int64_t r = 0; r < v->channels * s->h; r++, x += s->w) {
    int64_t row = r % s->h + s->top;
    memset(x, 0, (size_t)s->w * sizeof *x);
    if (row >= 0 && row < v->h && first < until)
      memcpy(x + first - s->left, from + (r / s->h * v->h + row) * v->w
                                  + first,
             (size_t)(until - first) * sizeof *x);
  }
}

static void add_columns(const Window *v, int64_t first, int64_t rows,
                        int64_t depth, const Real *restrict from)
{
  const Conv2dShape *s = v->s;
  int64_t n = s->out_w, step = s->stride_w, row = s->stride_h * v->w;
  for (int64_t t = 0; t < depth; t++) {
    Real *restrict to = v->at + v->offset[t] + first * row;
    for (int64_t p = 0; p < rows; p++, to += row, from += n)
      if (step == 1)
        for (int64_t q = 0; q < n; q++)
          to[q] += from[q];
      else
        for (int64_t q = 0; q < n; q++)
          to[q * step] += from[q];
  }
}

static void columns_of(const Conv2dShape *s, int64_t depth, int64_t n,
                       const Real *dy, const Real *w, Real *columns,
                       Real *buffer)
{
  for (int64_t j = 0; j < n; j += 4 * WIDTH)
    product(&(Gemm){
      .m = depth, .n = least(4 * WIDTH, n - j), .k = s->out / s->groups,
      .a = w, .a_row = 1, .a_col = depth, .b = dy + j,
      .b_row = s->out_h * s->out_w, .b_col = 1, .c = columns + j,
      .c_row = n, .c_col = 1, .alpha = 1 }, NULL, buffer);
}

static void from_columns(const Conv2dShape *s, Real *dx, const Real *dy,
                         const Real *w)
{
  Window v = window_of(s);
  int64_t depth = v.channels * s->kh * s->kw, out = s->out / s->groups;
  int64_t rows = s->out_w < 4 * WIDTH ? 4 * WIDTH / s->out_w : 1;
  v.offset = tt_scratch(0, (size_t)line(depth) * sizeof *v.offset
    + sizeof *dx * (size_t)(PRODUCT_BUFFER + rows * s->out_w * depth
                            + v.size + SLACK));
  Real *buffer = (Real *)(v.offset + line(depth));
  Real *columns = buffer + PRODUCT_BUFFER;
  v.at = columns + rows * s->out_w * depth;
  set_offsets(&v);
  for (int64_t i = 0; i < s->n * s->groups; i++, dy += out * v.places) {
    memset(v.at, 0, (size_t)v.size * sizeof *dx);
    for (int64_t p = 0, few; p < s->out_h; p += few) {
      few = least(rows, s->out_h - p);
      columns_of(s, depth, few * s->out_w, dy + p * s->out_w,
                 w + i % s->groups * out * depth, columns, buffer);
      add_columns(&v, p, few, depth, columns);
    }
    without_border(&v, v.at, dx + i * v.channels * s->h * s->w);
  }
}

static bool sees_all(const Conv2dShape *s)
{
  return s->groups == 1 && s->out_h == 1 && s->out_w == 1
         && s->top == 0 && s->left == 0 && s->kh == s->h
         && s->kw == s->w;
}

static Gemm linear_layer(const Conv2dShape *s, const Real *x,
                         const Real *w)
{
  int64_t k = s->in * s->h * s->w;
  return (Gemm){ .batch = 1, .m = s->n, .n = s->out, .k = k, .a = x,
                 .a_row = k, .a_col = 1, .b = w, .b_row = 1, .b_col = k,
                 .c_row = s->out, .c_col = 1, .alpha = 1 };
}

static void see_all(const Conv2dShape *s, Real *y, const Real *x,
                    const Real *w, const Real *b)
{
  Gemm g = linear_layer(s, x, w);
  g.c = y, g.beta = b ? 1 : 0;
  for (int64_t i = 0; b && i < s->n; i++)
    memcpy(y + i * s->out, b, (size_t)s->out * sizeof *y);
  simd_gemm(&g);
}

static void see_all_back_x(const Conv2dShape *s, Real *dx,
                           const Real *dy, const Real *w)
{
  Gemm g = linear_layer(s, dy, w);
  g.a_row = s->out, g.b_row = g.k, g.b_col = 1, g.c = dx;
  g.c_row = g.n = g.k, g.k = s->out;
  simd_gemm(&g);
}

static void see_all_back_w(const Conv2dShape *s, Real *dw,
                           const Real *dy, const Real *x)
{
  Gemm g = linear_layer(s, dy, x);
  g.m = s->out, g.a_row = 1, g.a_col = s->out;
  g.b_row = g.k, g.b_col = 1, g.c = dw;
  g.c_row = g.n = g.k, g.k = s->n;
  simd_gemm(&g);
}

static bool columns_pay(const Conv2dShape *s)
{
  enum { ADD = 4, GATHER = 3 };    // and multiplications, of a number
  int64_t in = s->in / s->groups, out = s->out / s->groups;
  return s->out_h * s->out_w * in * (out + ADD)
         < s->h * s->w * out * (in + GATHER);
}

static bool tiles_pay(const Conv2dShape *s)
{
  return sizeof(Real) == sizeof(float) && tt_tiles_pay(s);
}

static void simd_conv2d_back_w(const Conv2dShape *s, Real *dw,
                               const Real *dy, const Real *x)
{
  int64_t run = s->in / s->groups * (s->dilation_w == 1 ? s->kw : 1);
  bool whole = s->n > 0 && s->out_h % 2 == 0 && s->out_w % 2 == 0;
  if (sees_all(s))
    see_all_back_w(s, dw, dy, x);
  else if (whole && tiles_pay(s))
    by_tiles(s, dw, dy, x);
  else if (run < LANES)
    by_places(s, dw, dy, x);
  else
    by_rows(s, dw, dy, x);
}

static void simd_conv2d(const Conv2dShape *s, Real *y, const Real *x,
                        const Real *w, const Real *b)
{
  if (sees_all(s))
    see_all(s, y, x, w, b);
  else if (tiles_pay(s))
    winograd(s, y, x, w, b, false);
  else
    convolve(s, y, x, w, b, 0, NULL);
}

static void simd_conv2d_back_x(const Conv2dShape *s, Real *dx,
                               const Real *dy, const Real *w)
{
  Conv2dShape back = way_back(s);
  bool steps = s->stride_h != 1 || s->stride_w != 1;
  if (sees_all(s))
    see_all_back_x(s, dx, dy, w);
  else if (!steps && tiles_pay(&back))
    winograd(&back, dx, dy, w, NULL, true);
  else if (steps || columns_pay(s))
    from_columns(s, dx, dy, w);
  else
    convolve(&back, dx, dy, w, NULL,
             s->in * s->out / s->groups * s->kh * s->kw, turn_weights);
}

typedef int32_t Whole __attribute__((vector_size(TT_VECTOR)));

TT_INLINE void pick(Vec x, Whole place, Vec *best, Whole *at)
{
  Whole larger = (Whole)((x > *best) | ((x != x) & (*best == *best)));
  *best = (Vec)(((Whole)x & larger) | ((Whole)*best & ~larger));
  *at = (place & larger) | (*at & ~larger);
}

TT_INLINE void largest(const Real *x, const Real *below, int32_t w,
                       Vec *best, Whole *at)
{
  Vec b, c, d;
  const Vec *up = (const Vec *)x, *down = (const Vec *)below;
  Whole first = {0};
  for (int32_t i = 0; i < DECK; i++)
    first[i] = 2 * i;
  *at = first;
  deal(up[0], up[1], best, &b);
  deal(down[0], down[1], &c, &d);
  pick(b, first + 1, best, at);
  pick(c, first + w, best, at);
  pick(d, first + w + 1, best, at);
}

static void pool_row(int64_t n, int64_t w, const Real *x, int32_t first,
                     int64_t left, Real *y, int32_t *at)
{
  for (int64_t q = 0; q < n; q += LANES) {
    const Real *a = x + 2 * q, *b = a + w;
    Real copy[2][2 * LANES] = {0};
    size_t few = (size_t)least(LANES, n - q) * sizeof *y;
    bool room = left - q >= LANES; // the next row writes over the rest
    if (!room) {
      memcpy(copy[0], a, 2 * few);
      memcpy(copy[1], b, 2 * few);
      a = copy[0], b = copy[1];
    }
    Vec best;
    Whole place;
    largest(a, b, (int32_t)w, &best, &place);
    place += first + 2 * (int32_t)q;
    memcpy(y + q, &best, room ? sizeof best : few);
    memcpy(at + q, &place, room ? sizeof place : few);
  }
}

static void average_row(int64_t n, int64_t w, const Real *x,
                        double divisor, Real *restrict y)
{
  const Real *below = x + w;
  for (int64_t q = 0; q < n; q++)
    y[q] = (Real)(((double)x[2 * q] + (double)x[2 * q + 1]
                   + (double)below[2 * q] + (double)below[2 * q + 1])
                  / divisor);
}

static bool by_twos(int64_t n, int64_t step, const PoolSpan *s)
{
  bool twos = step == 1 && sizeof(Real) == sizeof(int32_t);
  for (int64_t i = 0; i < n; i++)
    twos &= s[i].from == 2 * i && s[i].to == 2 * i + 2
            && s[i].size == 2;
  return twos;
}

static void simd_pool2d(const Pool2dShape *s, Real *y, int32_t *at,
                        const Real *x)
{
  int64_t n = s->out_w;
  if (!by_twos(s->out_h, s->step_h, s->down)
      || !by_twos(n, s->step_w, s->across)) {
    tt_naive.pool2d(s, y, at, x);
    return;
  }
  double divisor = s->divisor ? (double)s->divisor : 4;
  const Real *end = y + s->planes * s->out_h * n;
  for (int64_t i = 0; i < s->planes; i++, x += s->h * s->w)
    for (int64_t p = 0; p < s->out_h; p++, y += n)
      if (at) {
        pool_row(n, s->w, x + 2 * p * s->w,
                 (int32_t)(2 * p * s->w), end - y, y, at);
        at += n;
      } else {
        average_row(n, s->w, x + 2 * p * s->w, divisor, y);
      }
}

static void share_row(int64_t n, const Real *restrict dy, Real divisor,
                      Real *restrict dx, Real *restrict below)
{
  for (int64_t q = 0; q < n; q++) {
    Real g = dy[q] / divisor;
    dx[2 * q] = dx[2 * q + 1] = below[2 * q] = below[2 * q + 1] = g;
  }
}

static void simd_pool2d_back(const Pool2dShape *s, Real *dx,
                             const Real *dy, const int32_t *at)
{
  int64_t n = s->out_w;
  if (at || !by_twos(s->out_h, s->step_h, s->down)
      || !by_twos(n, s->step_w, s->across)) {
    tt_naive.pool2d_back(s, dx, dy, at);
    return;
  }
  Real divisor = s->divisor ? (Real)s->divisor : 4;
  if (2 * s->out_h < s->h || 2 * n < s->w)
    memset(dx, 0, (size_t)(s->planes * s->h * s->w) * sizeof *dx);
  for (int64_t i = 0; i < s->planes; i++, dx += s->h * s->w)
    for (int64_t p = 0; p < s->out_h; p++, dy += n)
      share_row(n, dy, divisor, dx + 2 * p * s->w,
                dx + (2 * p + 1) * s->w);
}

#ifdef TT_VNNI
#include <immintrin.h>
typedef int32_t Ints __attribute__((vector_size(TT_VECTOR), may_alias,
                                    aligned(1)));
enum { BYTES = 2048, GROUPS = BYTES / 4,    // of k in a block
       BOTH = 2 * DECK };          // int32 in two vectors

TT_INLINE Ints add_groups(Ints sum, Ints unsigned_, Ints signed_)
{
  return (Ints)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)unsigned_,
                                   (__m512i)signed_);
}

static void pack_bytes(int64_t w, int64_t k, const int8_t *b,
                       int64_t b_row, Ints *y)
{
  for (int64_t p = 0; p < k; p += TT_VECTOR, y += 2 * DECK) {
    int64_t n = least(TT_VECTOR, k - p);
    for (int half = 0; half < 2; half++) {
      Vec v[DECK] = {0};
      for (int64_t i = 0; i < least(w - half * DECK, DECK); i++)
        memcpy(&v[i], b + (half * DECK + i) * b_row + p, (size_t)n);
      transpose(v);
      for (int i = 0; i < DECK; i++)
        y[2 * i + half] = (Ints)v[i] ^ (int32_t)0x80808080;
    }
  }
}

typedef struct ByteStrip {
  int64_t k, a_row, c_row;
  const int8_t *a, *end;           // end: the last bytes, four a row
  const Ints *b;
  const int32_t *shift;            // of each row
  bool add;
  int32_t *c;
} ByteStrip;
TT_INLINE void add_step(int h, const int8_t *a, int64_t a_row,
                        const Ints *b, Ints s[HEIGHT * 2])
{
  Ints low = b[0], high = b[1];
  UNROLL(14)
  for (int i = 0; i < h; i++) {
    int32_t four;
    memcpy(&four, a + i * a_row, sizeof four);
    Ints x = four + (Ints){0};
    s[2 * i] = add_groups(s[2 * i], low, x);
    s[2 * i + 1] = add_groups(s[2 * i + 1], high, x);
  }
}

TT_INLINE void byte_tile(int h, const ByteStrip *x)
{
  Ints s[HEIGHT * 2] = {0};
  const Ints *b = x->b;
  int64_t p = 0;
  for (; p + 4 <= x->k; p += 4, b += 2)
    add_step(h, x->a + p, x->a_row, b, s);
  if (p < x->k)
    add_step(h, x->end, 4, b, s);
  UNROLL(14)
  for (int i = 0; i < h; i++)
    UNROLL(2)
    for (int j = 0; j < 2; j++) {
      Ints *to = (Ints *)(x->c + i * x->c_row + j * DECK);
      Ints sum = s[2 * i + j] - x->shift[i];
      if (x->add)
        sum += *to;
      *to = sum;
    }
}

#define BYTE_TILE(h, v) \
  static void byte_tile_##h(const ByteStrip *x) \
  { \
    byte_tile(h < HEIGHT ? h : HEIGHT, x); \
  }
HEIGHTS(BYTE_TILE, 0)
#define BYTE_NAME(h, v) byte_tile_##h,
static void (*const byte_tiles[])(const ByteStrip *x) = {
  HEIGHTS(BYTE_NAME, 0)
};
static void byte_panel(const QGemm *g, const ByteStrip *strip,
                       int64_t w)
{
  int64_t height = even(g->m, HEIGHT);
  int32_t beside[HEIGHT * BOTH];
  for (int64_t i = 0; i < g->m; i += height) {
    int64_t h = least(height, g->m - i);
    ByteStrip x = *strip;
    int32_t *c = x.c + i * x.c_row;
    x.a += i * x.a_row, x.end += 4 * i, x.shift += i, x.c = c;
    if (w < BOTH)
      x.c = beside, x.c_row = BOTH, x.add = false;
    byte_tiles[h - 1](&x);
    for (int64_t r = 0; r < h && w < BOTH; r++)
      for (int64_t j = 0; j < w; j++)
        c[r * g->c_row + j] = beside[r * BOTH + j]
          + (strip->add ? c[r * g->c_row + j] : 0);
  }
}

static void sums_and_ends(const QGemm *g, int64_t k, const int8_t *a,
                          int32_t *shift, int8_t *end)
{
  for (int64_t i = 0; i < g->m; i++, a += g->a_row, end += 4) {
    int32_t sum = 0;
    for (int64_t p = 0; p < k; p++)
      sum += a[p];
    shift[i] = 128 * sum;
    memset(end, 0, 4);
    memcpy(end, a + k / 4 * 4, (size_t)(k % 4));
  }
}

static void simd_qgemm(const QGemm *g)
{
  size_t rows = (size_t)g->m * sizeof(int32_t);
  Ints *panel = tt_scratch(0, (GROUPS + DECK) * 2 * sizeof(Ints)
                              + 2 * rows);
  int32_t *shift = (int32_t *)(panel + (GROUPS + DECK) * 2);
  int8_t *end = (int8_t *)(shift + g->m);
  for (int64_t p = 0; p == 0 || p < g->k; p += BYTES) {
    int64_t k = least(BYTES, g->k - p);
    sums_and_ends(g, k, g->a + p, shift, end);
    for (int64_t j = 0; j < g->n; j += BOTH) {
      int64_t w = least(BOTH, g->n - j);
      pack_bytes(w, k, g->b + j * g->b_row + p, g->b_row, panel);
      byte_panel(g, &(ByteStrip){
        .k = k, .a = g->a + p, .a_row = g->a_row, .end = end,
        .b = panel, .shift = shift, .add = p > 0, .c = g->c + j,
        .c_row = g->c_row }, w);
    }
  }
}

TT_INLINE void byte_runs(int n, int64_t k, const int8_t *a,
                         const int8_t *b, int64_t b_row,
                         int32_t shift, int32_t *c)
{
  Ints s[DECK] = {0}, x = {0};
  int64_t p = 0;
  for (; p + TT_VECTOR <= k; p += TT_VECTOR) {
    x = *(const Ints *)(a + p);
    UNROLL(16)
    for (int j = 0; j < n; j++)
      s[j] = add_groups(s[j], *(const Ints *)(b + j * b_row + p)
                              ^ (int32_t)0x80808080, x);
  }
  x = (Ints){0};
  memcpy(&x, a + p, (size_t)(k - p));
  for (int j = 0; j < n && p < k; j++) {
    Ints y = {0};
    memcpy(&y, b + j * b_row + p, (size_t)(k - p));
    s[j] = add_groups(s[j], y ^ (int32_t)0x80808080, x);
  }
  for (int j = 0; j < n; j++)
    c[j] = (int32_t)((uint32_t)_mm512_reduce_add_epi32((__m512i)s[j])
                     - (uint32_t)shift);
}

static void thin_qgemm(const QGemm *g)
{
  for (int64_t j = 0; j < g->n; j += DECK)
    for (int64_t i = 0; i < g->m; i++) {
      const int8_t *a = g->a + i * g->a_row, *b = g->b + j * g->b_row;
      int32_t *c = g->c + i * g->c_row + j, sum = 0;
      for (int64_t p = 0; p < g->k; p++)
        sum += a[p];
      if (j + DECK <= g->n)
        byte_runs(DECK, g->k, a, b, g->b_row, 128 * sum, c);
      else
        for (int64_t q = 0; q < g->n - j; q++)
          byte_runs(1, g->k, a, b + q * g->b_row, g->b_row, 128 * sum,
                    c + q);
    }
}

static void vnni_qgemm(const QGemm *g)
{
  (g->m <= 8 ? thin_qgemm : simd_qgemm)(g);
}

#define TT_QGEMM .qgemm = vnni_qgemm,
#else
#define TT_QGEMM
#endif
extern Op tt_op_exp, tt_op_sigmoid, tt_op_tanh, tt_op_gelu,
  tt_op_gelu_tanh, tt_op_silu;
TT_ROW(exp, 1, x, b_, c_, p_, q_, tt_expf(x))
TT_ROW(sigmoid, 1, x, b_, c_, p_, q_, tt_sigmoidf(x))
TT_ROW(tanh, 1, x, b_, c_, p_, q_, tt_tanhf(x))
TT_ROW(gelu, 1, x, b_, c_, p_, q_, tt_geluf(x))
TT_ROW(gelu_tanh, 1, x, b_, c_, p_, q_, tt_gelu_tanhf(x))
TT_ROW(silu, 1, x, b_, c_, p_, q_, tt_siluf(x))

static void simd_map(const Op *op, const Walk *w, const Operands *o)
{
  static const struct { const Op *op; RowKernel *row; } rows[] = {
    { &tt_op_exp, exp_row }, { &tt_op_sigmoid, sigmoid_row },
    { &tt_op_tanh, tanh_row }, { &tt_op_gelu, gelu_row },
    { &tt_op_gelu_tanh, gelu_tanh_row }, { &tt_op_silu, silu_row },
  };
  Op here = *op;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (op == rows[i].op)
      here.row = rows[i].row;
  tt_naive.map(&here, w, o);
}

enum { ASKED = 128 };              // keys of a block: of 32 KiB
typedef struct View { Real *at; int64_t row, col; } View;

static View rows_from(Heads h, int64_t row)
{
  return (View){ h.at + row * h.row, h.row, h.col };
}

static View turn(View x)
{
  return (View){ x.at, x.col, x.row };
}

static void add_product(int64_t m, int64_t n, int64_t k, Real alpha,
                        View a, View b, Real beta, View c)
{
  simd_gemm(&(Gemm){ 1, m, n, k, a.at, 0, a.row, a.col,
                     b.at, 0, b.row, b.col, c.at, 0, c.row, c.col,
                     alpha, beta });
}

// of all queries and n keys from key j on; -infinity: not read
static void scores(const Attention *a, int64_t j, int64_t n, View s)
{
  add_product(a->queries, n, a->width, a->scale, rows_from(a->q, 0),
              turn(rows_from(a->k, j)), 0, s);
  for (int64_t t = 0; t < a->queries; t++) {
    Real *row = s.at + t * s.row;
    const Real *mask = a->mask.at;
    if (mask)
      for (int64_t i = 0; i < n; i++)
        if (mask[t * a->mask.row + (j + i) * a->mask.col] == 0)
          row[i] = -(Real)INFINITY;
    int64_t read = a->causal ? a->keys - a->queries + t + 1 - j : n;
    for (int64_t i = read < 0 ? 0 : read; i < n; i++)
      row[i] = -(Real)INFINITY;
  }
}

static Real exps(int64_t n, Real *s, Real shift)   // and their sum
{
  Real sum = 0;
  #pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++) {
    s[i] = tt_expf(s[i] - shift);
    sum += s[i];
  }
  return sum;
}

TT_INLINE void scale_row(int64_t n, Real *y, Real factor)
{
  for (int64_t i = 0; i < n; i++)
    y[i] *= factor;
}

// a lane a place: clang does not take a largest of floats apart
static Real largest_of(int64_t n, const Real *s, Real most)
{
  Real lane[LANES];
  for (int j = 0; j < LANES; j++)
    lane[j] = most;
  for (int64_t i = 0; i < n / LANES * LANES; i += LANES)
    for (int j = 0; j < LANES; j++)
      lane[j] = s[i + j] > lane[j] ? s[i + j] : lane[j];
  for (int64_t i = n / LANES * LANES; i < n; i++)
    lane[0] = s[i] > lane[0] ? s[i] : lane[0];
  for (int j = 0; j < LANES; j++)
    most = lane[j] > most ? lane[j] : most;
  return most;
}

// n more scores of a query, which become weights; y: its values so far
static void next_scores(RunningSum *r, int64_t n, Real *s,
                        int64_t values, Real *y)
{
  Real most = largest_of(n, s, r->most);
  Real shift = most == -(Real)INFINITY ? 0 : most;
  Real fade = tt_expf(r->most - shift);
  r->sum = fade * r->sum + exps(n, s, shift);
  if (fade != 1)
    scale_row(values, y, fade);
  r->most = most;
}

static void attend(const Attention *a, Real *at)
{
  RunningSum r[TT_ASKING];
  View s = { at, ASKED, 1 }, y = rows_from(a->y, 0);
  for (int64_t t = 0; t < a->queries; t++)
    r[t] = (RunningSum){ -(Real)INFINITY, 0 };
  for (int64_t j = 0; j < a->keys; j += ASKED) {
    int64_t n = least(ASKED, a->keys - j);
    scores(a, j, n, s);
    for (int64_t t = 0; t < a->queries; t++)
      next_scores(&r[t], n, at + t * ASKED, a->values,
                  y.at + t * y.row);
    add_product(a->queries, a->values, n, 1, s, rows_from(a->v, j), 1,
                y);
  }
  for (int64_t t = 0; t < a->queries; t++) {
    bool none = r[t].sum == 0;
    scale_row(a->values, y.at + t * y.row, none ? 0 : 1 / r[t].sum);
    a->log_sum[t] = none ? (Real)INFINITY
                    : r[t].most + (Real)log((double)r[t].sum);
  }
}

static void block_back(const Attention *a, int64_t j, View p, View d,
                       const Real delta[])
{
  int64_t m = a->queries, n = least(ASKED, a->keys - j);
  View q = rows_from(a->q, 0), dy = rows_from(a->dy, 0);
  View k = rows_from(a->k, j), v = rows_from(a->v, j);
  scores(a, j, n, p);
  for (int64_t t = 0; t < m; t++)
    exps(n, p.at + t * p.row, a->log_sum[t]);
  add_product(n, a->values, m, 1, turn(p), dy, 1, rows_from(a->dv, j));
  add_product(m, n, a->values, 1, dy, turn(v), 0, d);
  for (int64_t t = 0; t < m; t++)
    for (int64_t i = 0; i < n; i++) {
      Real *to = d.at + t * d.row + i;
      *to = p.at[t * p.row + i] * (*to - delta[t]);
    }
  add_product(m, a->width, n, a->scale, d, k, 1, rows_from(a->dq, 0));
  add_product(n, a->width, m, a->scale, turn(d), q, 1,
              rows_from(a->dk, j));
}

static void attend_back(const Attention *a, Real *at)
{
  Real delta[TT_ASKING];
  View p = { at, ASKED, 1 }, d = { at + TT_ASKING * ASKED, ASKED, 1 };
  View y = rows_from(a->y, 0), dy = rows_from(a->dy, 0);
  for (int64_t t = 0; t < a->queries; t++) {
    delta[t] = 0;
    for (int64_t i = 0; i < a->values; i++)
      delta[t] += y.at[t * y.row + i * y.col]
                  * dy.at[t * dy.row + i * dy.col];
  }
  for (int64_t j = 0; j < a->keys; j += ASKED)
    block_back(a, j, p, d, delta);
}

static void each_block(const Attention *a,
                       void (*work)(const Attention *a, Real *at))
{
  Real *at = tt_scratch(1, 2 * TT_ASKING * ASKED * sizeof *at);
  for (int64_t b = 0; b < a->batch; b++)
    for (int64_t h = 0; h < a->heads; h++)
      for (int64_t t = 0; t < a->queries; t += TT_ASKING) {
        Attention x = tt_attention_part(
          a, b, h, 1, t, least(TT_ASKING, a->queries - t));
        work(&x, at);
      }
}

static void simd_attention(const Attention *a)
{
  each_block(a, attend);
}

static void simd_attention_back(const Attention *a)
{
  each_block(a, attend_back);
}

static Real sum_of_exps(int64_t n, const Real *x, Real shift)
{
  Real sum = 0;
  #pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++)
    sum += tt_expf(x[i] - shift);
  return sum;
}

static double see_row(int64_t n, const Real *x, Real *most)
{
  enum { AT_ONCE = 1024 };
  double sum = 0;
  *most = -(Real)INFINITY;
  for (int64_t i = 0; i < n; i += AT_ONCE) {
    int64_t few = least(AT_ONCE, n - i);
    Real next = largest_of(few, x + i, *most);
    Real shift = next == -(Real)INFINITY ? 0 : next;
    sum = sum * (double)tt_expf(*most - shift)
          + (double)sum_of_exps(few, x + i, shift);
    *most = next;
  }
  return sum;
}

static void simd_cross_entropy(const LabelRows *r)
{
  const Real *x = r->x;
  for (int64_t i = 0; i < r->rows; i++, x += r->classes) {
    Real *seen = r->seen + 2 * i;
    r->loss[i] = seen[0] = seen[1] = 0;
    if (r->label[i] == r->ignore)
      continue;
    double sum = see_row(r->classes, x, &seen[0]);
    seen[1] = (Real)(1 / sum);
    r->loss[i] = (Real)((double)seen[0] - (double)x[r->label[i]]
                        + log(sum));
  }
}

static void simd_cross_entropy_back(const LabelRows *r)
{
  const Real *restrict x = r->x;
  Real *restrict dx = r->dx;
  int64_t n = r->classes;
  for (int64_t i = 0; i < r->rows; i++, x += n, dx += n) {
    bool counts = r->label[i] != r->ignore;
    Real most = r->seen[2 * i], g = r->g[i * r->step] * r->scale;
    Real factor = g * r->seen[2 * i + 1];
    for (int64_t j = 0; j < n; j++)
      dx[j] = counts ? tt_expf(x[j] - most) * factor : 0;
    if (counts)
      dx[r->label[i]] -= g;
  }
}

typedef struct RowMoments { double mean, scale; } RowMoments;

static RowMoments moments_of(const NormRows *s, const Real *x)
{
  double mean = 0, variance = 0, n = (double)s->n;
  if (s->centered) {
    #pragma omp simd reduction(+ : mean)
    for (int64_t i = 0; i < s->n; i++)
      mean += (double)x[i];
    mean /= n;
  }
  #pragma omp simd reduction(+ : variance)
  for (int64_t i = 0; i < s->n; i++)
    variance += ((double)x[i] - mean) * ((double)x[i] - mean);
  return (RowMoments){ mean, 1 / sqrt(variance / n + s->eps) };
}

static void simd_norm_rows(const NormRows *s, Real *restrict y,
                           const Real *restrict x,
                           const Real *restrict w,
                           const Real *restrict b)
{
  for (int64_t r = 0; r < s->rows; r++, x += s->n, y += s->n) {
    RowMoments m = moments_of(s, x);
    Real mean = (Real)m.mean, scale = (Real)m.scale;
    for (int64_t i = 0; i < s->n; i++)
      y[i] = (x[i] - mean) * scale * (w ? w[i] : 1) + (b ? b[i] : 0);
  }
}

TT_INLINE void norm_row_back(const NormRows *s, RowMoments m,
                             Real *restrict dx, double *restrict dw,
                             double *restrict db,
                             const Real *restrict g,
                             const Real *restrict x, const Real *w)
{
  Real mean = (Real)m.mean, scale = (Real)m.scale;
  double sum = 0, product = 0;
  #pragma omp simd reduction(+ : sum, product)
  for (int64_t i = 0; i < s->n; i++) {
    Real normed = (x[i] - mean) * scale, d = w ? g[i] * w[i] : g[i];
    dw[i] += (double)(g[i] * normed), db[i] += (double)g[i];
    sum += (double)d, product += (double)(d * normed);
    dx[i] = d;
  }
  Real shift = s->centered ? (Real)(sum / (double)s->n) : 0;
  Real along = (Real)(product / (double)s->n);
  for (int64_t i = 0; i < s->n; i++)
    dx[i] = scale * (dx[i] - shift - (x[i] - mean) * scale * along);
}

static void simd_norm_rows_back(const NormRows *s, Real *dx, double *dw,
                                double *db, const Real *g,
                                const Real *x, const Real *w)
{
  int64_t n = s->n;
  for (int64_t r = 0; r < s->rows; r++, dx += n, g += n, x += n)
    if (w)
      norm_row_back(s, moments_of(s, x), dx, dw, db, g, x, w);
    else
      norm_row_back(s, moments_of(s, x), dx, dw, db, g, x, NULL);
}

TT_INLINE void turn_pairs(int64_t half, int64_t step, Real way,
                          Real *restrict low, Real *restrict high,
                          const Real *restrict x,
                          const Real *restrict beside,
                          const Real *restrict cosine,
                          const Real *restrict sine)
{
  for (int64_t i = 0; i < half; i++) {
    Real a = x[i * step], b = beside[i * step];
    low[i * step] = a * cosine[i] - b * (way * sine[i]);
    high[i * step] = a * (way * sine[i]) + b * cosine[i];
  }
}

static void simd_rotary(const RotaryShape *s, Real *y, const Real *x,
                        const Real *cosine, const Real *sine)
{
  int64_t rows = s->batch * s->heads * s->n, h = s->half;
  Real way = s->back ? -1 : 1;
  for (int64_t r = 0; r < rows; r++, x += 2 * h, y += 2 * h) {
    int64_t t = r / (s->heads * s->n) * s->n + r % s->n;
    const Real *c = cosine + t * h, *w = sine + t * h;
    if (s->interleaved)
      turn_pairs(h, 2, way, y, y + 1, x, x + 1, c, w);
    else
      turn_pairs(h, 1, way, y, y + h, x, x + h, c, w);
  }
}

static void simd_scatter_add(const GatherShape *s, Real *to,
                             const Real *restrict g, const int32_t *id)
{
  for (int64_t o = 0; o < s->outer; o++, to += s->rows * s->inner)
    for (int64_t k = 0; k < s->n; k++, g += s->inner) {
      Real *restrict row = to + id[k] * s->inner;
      for (int64_t i = 0; id[k] != s->pad && i < s->inner; i++)
        row[i] += g[i];
    }
}

enum { SUMS = 8, ACROSS = 128 / TT_VECTOR, DOWN = SUMS / ACROSS };

TT_INLINE void add_four(const Real *v, unsigned places, const Real *x,
                        int64_t wide, Vec s[ACROSS])
{
  UNROLL(4)
  for (int k = 0; k < 4; k++) {
    int64_t col = k / 2 * 4 + (places >> 2 * k & 3);
    const Vec *at = (const Vec *)(x + col * wide);
    UNROLL(8)
    for (int i = 0; i < ACROSS; i++)
      s[i] += v[k] * at[i];
  }
}

// so many rows of p from row on, through columns 8 * from to 8 * to
TT_INLINE void add_pairs(int rows, const Pairs *p, int64_t row,
                         int64_t from, int64_t to)
{
  int64_t bytes = p->cols / 8;
  const uint8_t *index = p->index + row * bytes;
  const Real *v = p->values + row * 4 * bytes;
  const Real *x = p->x + from * 8 * p->wide;
  Vec s[SUMS] = {0}, *y = (Vec *)(p->y + row * p->wide);
  for (int i = 0; i < rows * ACROSS && from > 0; i++)
    s[i] = y[i];
  for (int64_t q = from; q < to; q++, x += 8 * p->wide)
    UNROLL(4)
    for (int r = 0; r < rows; r++)
      add_four(v + (r * bytes + q) * 4, index[r * bytes + q], x,
               p->wide, s + r * ACROSS);
  for (int i = 0; i < rows * ACROSS; i++)
    y[i] = s[i];
}

static void simd_pairs(const Pairs *p)
{
  enum { NEAR = 16 };              // bytes of a row's index
  if (p->wide * (int64_t)sizeof(Real) != ACROSS * TT_VECTOR) {
    tt_naive_pairs(p);
    return;
  }
  for (int64_t q = 0; q == 0 || q < p->cols / 8; q += NEAR) {
    int64_t r = 0, to = least(q + NEAR, p->cols / 8);
    for (; r + DOWN <= p->rows; r += DOWN)
      add_pairs(DOWN, p, r, q, to);
    for (; r < p->rows; r++)
      add_pairs(1, p, r, q, to);
  }
}

Real TT_CHAINS(int64_t rounds)     // 2 * 12 * LANES operations a round
{
  static volatile Real operand[2] = { (Real)0.999, (Real)1e-4 };
  Vec s[12], x = {0}, y = {0};
  x += operand[0], y += operand[1];
  for (int i = 0; i < 12; i++)
    s[i] = y * (Real)i;
  for (int64_t r = 0; r < rounds; r++)
    UNROLL(12)
    for (int i = 0; i < 12; i++)
      s[i] = s[i] * x + y;
  for (int i = 1; i < 12; i++)
    s[0] += s[i];
  return s[0][0];
}

const Backend TT_TABLE = {
  .name = TT_TABLE_NAME, .runs_here = TT_RUNS, .base = &tt_packed,
  .gemm = simd_gemm, .map = simd_map, TT_QGEMM
  .conv2d = simd_conv2d, .conv2d_back_x = simd_conv2d_back_x,
  .attention = simd_attention, .attention_back = simd_attention_back,
  .cross_entropy = simd_cross_entropy,
  .cross_entropy_back = simd_cross_entropy_back,
  .norm_rows = simd_norm_rows, .norm_rows_back = simd_norm_rows_back,
  .rotary = simd_rotary, .scatter_add = simd_scatter_add,
  .pairs = simd_pairs,
  .conv2d_back_w = simd_conv2d_back_w, .pool2d = simd_pool2d,
  .pool2d_back = simd_pool2d_back,
};
#else
const Backend TT_TABLE = {
  .name = TT_TABLE_NAME, .runs_here = tt_runs_nowhere,
  .base = &tt_packed,
};
Real TT_CHAINS(int64_t rounds)
{
  return (Real)rounds;
}
#endif
