// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// The rungs that are no vectors: the formula, blocks, packed blocks,
// the choice of a level, threads, and OpenBLAS.
#include "tt/convolution.h"
#include "tt/error.h"
#include "tt/optimizers.h"
#include "tt/parallel.h"
#include "tt/todo.h"
#include "tt/transformers.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void formula_gemm(const Gemm *g)
{
  for (int64_t r = 0; r < g->batch * g->m * g->n; r++) {
    int64_t b = r / (g->m * g->n), i = r / g->n % g->m, j = r % g->n;
    const Real *x = g->a + b * g->a_batch + i * g->a_row;
    const Real *y = g->b + b * g->b_batch + j * g->b_col;
    Real *to = g->c + b * g->c_batch + i * g->c_row + j * g->c_col;
    Real sum = 0;
    for (int64_t p = 0; p < g->k; p++)
      sum += x[p * g->a_col] * y[p * g->b_row];
    *to = g->alpha * sum + (g->beta != 0 ? g->beta * *to : 0);
  }
}

const Backend tt_formula = {
  .name = "formula", .base = &tt_naive, .gemm = formula_gemm,
};
enum { ROWS = 64, COLUMNS = 512, DEPTH = 128 };

TT_INLINE int64_t least(int64_t a, int64_t b)
{
  return a < b ? a : b;
}

static void in_blocks(const Gemm *g, int64_t rows, int64_t columns,
                      int64_t depth, void (*kernel)(const Gemm *g))
{
  Gemm x = *g;
  for (int64_t i = 0; i < g->m; i += rows)
    for (int64_t j = 0; j < g->n; j += columns)
      for (int64_t p = 0; p == 0 || p < g->k; p += depth) {
        x.m = least(rows, g->m - i), x.n = least(columns, g->n - j);
        x.k = least(depth, g->k - p);
        x.a = g->a + i * g->a_row + p * g->a_col;
        x.b = g->b + p * g->b_row + j * g->b_col;
        x.c = g->c + i * g->c_row + j * g->c_col;
        x.beta = p == 0 ? g->beta : 1;
        kernel(&x);
      }
}

static Gemm one_of(const Gemm *g, int64_t r)   // r-th of the batch
{
  Gemm x = *g;
  x.batch = 1;
  x.a += r * g->a_batch, x.b += r * g->b_batch, x.c += r * g->c_batch;
  return x;
}

static void blocked_gemm(const Gemm *g)
{
  for (int64_t r = 0; r < g->batch; r++) {
    Gemm x = one_of(g, r);
    in_blocks(&x, ROWS, COLUMNS, DEPTH, tt_naive.gemm);
  }
}

const Backend tt_blocked = {
  .name = "blocked", .base = &tt_naive, .gemm = blocked_gemm,
};
enum { STRIP = 64, DEEP = 96 };    // 24 KiB: most of a first cache

TT_INLINE void add_four(const Real a[4], const Real *restrict b,
                        Real *restrict c)
{
  for (int64_t j = 0; j < STRIP; j++)
    c[j] += a[0] * b[j] + a[1] * b[j + STRIP] + a[2] * b[j + 2 * STRIP]
            + a[3] * b[j + 3 * STRIP];
}

static void packed_rows(const Gemm *g, const Real *strip)
{
  for (int64_t i = 0; i < g->m; i++) {
    const Real *a = g->a + i * g->a_row;
    Real c[STRIP] = {0}, *to = g->c + i * g->c_row;
    for (int64_t p = 0; p < g->k; p += 4) {
      Real four[4] = {0};
      for (int64_t q = 0; q < least(4, g->k - p); q++)
        four[q] = a[(p + q) * g->a_col];
      add_four(four, strip + p * STRIP, c);
    }
    for (int64_t j = 0; j < g->n; j++, to += g->c_col)
      *to = g->alpha * c[j] + (g->beta != 0 ? g->beta * *to : 0);
  }
}

static void packed_block(const Gemm *g)
{
  Real strip[DEEP * STRIP];
  for (int64_t p = 0; p < (g->k + 3) / 4 * 4; p++)
    for (int64_t j = 0; j < STRIP; j++)
      strip[p * STRIP + j] = p < g->k && j < g->n
        ? g->b[p * g->b_row + j * g->b_col] : 0;
  packed_rows(g, strip);
}

static void packed_gemm(const Gemm *g)
{
  for (int64_t r = 0; r < g->batch; r++) {
    Gemm x = one_of(g, r);
    in_blocks(&x, g->m, STRIP, DEEP, packed_block);
  }
}

const Backend tt_packed = {
  .name = "packed", .base = &tt_naive, .gemm = packed_gemm,
};
bool tt_runs_nowhere(void)
{
  return false;
}

#ifdef __x86_64__
bool tt_runs_v3(void)
{
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
         && __builtin_cpu_supports("bmi2");
}

bool tt_runs_v4(void)
{
  return tt_runs_v3() && __builtin_cpu_supports("avx512f")
         && __builtin_cpu_supports("avx512bw")
         && __builtin_cpu_supports("avx512dq")
         && __builtin_cpu_supports("avx512vl");
}

bool tt_runs_vnni(void)
{
  return tt_runs_v4() && __builtin_cpu_supports("avx512vnni");
}

#else
bool tt_runs_v3(void) { return false; }
bool tt_runs_v4(void) { return false; }
bool tt_runs_vnni(void) { return false; }
#endif
static bool find_level(void)
{
  const Backend *const levels[] = {
    &tt_simd_vnni, &tt_simd_512, &tt_simd_256, &tt_simd_128
  };
  for (int i = 3; i >= 0; i--)
    if (!levels[i]->runs_here || levels[i]->runs_here())
      tt_simd.base = levels[i];
  return true;
}

Backend tt_simd = {
  .name = "simd", .runs_here = find_level, .base = &tt_simd_128
};
bool tt_tiles_pay(const Conv2dShape *s)
{
  int64_t down = (s->out_h + 1) / 2, across = (s->out_w + 1) / 2;
  int64_t tiles = down * across, seen = down * ((across + 15) / 16 * 16);
  int64_t cost = 16 * tiles * s->in * s->out
                 + 64 * (seen * s->in + tiles * s->out);
  return s->kh == 3 && s->kw == 3 && s->groups == 1
    && s->stride_h == 1 && s->stride_w == 1 && s->dilation_h == 1
    && s->dilation_w == 1
    && cost < 9 * s->in * s->out * s->out_h * s->out_w;
}

typedef struct Cut {
  const Gemm *g;
  int64_t batch, m, n, k;          // of a chunk
  int64_t down, across, deep;      // chunks of one product
  Real *parts;                     // of C, if deep > 1
  const QGemm *bytes;              // instead of g
} Cut;

static int64_t parts_of(int64_t n, int64_t size)
{
  return (n + size - 1) / size;
}

static int64_t half(int64_t n, int64_t unit)
{
  return parts_of(n, 2 * unit) * unit;
}

static void count_chunks(Cut *x)
{
  x->down = parts_of(x->g->m, x->m);
  x->across = parts_of(x->g->n, x->n);
}

static Cut cut_of(const Gemm *g)
{
  enum { SMALL = 1 << 21, ENOUGH = 16, DEPTHS = 16 };
  Cut x = { g, 1, g->m, g->n, g->k, 1, 1, 1, NULL, NULL };
  int64_t work = g->m * g->n * g->k;
  if (work < SMALL) {
    x.batch = SMALL / 2 / (work > 0 ? work : 1) + 1;
    return x;
  }
  x.m = parts_of(g->m, parts_of(g->m, 128));
  x.n = g->n > 512 ? 512 : g->n;
  for (count_chunks(&x); x.down * x.across * g->batch < ENOUGH
       && x.m * x.n * x.k >= SMALL; count_chunks(&x))
    if (x.n > 64 && x.n >= x.m)
      x.n = half(x.n, 64);
    else if (x.m > 32)
      x.m = half(x.m, 8);
    else
      break;
  while (x.m * x.n * x.k < SMALL / 4 && x.n < g->n)
    x.n *= 2;
  count_chunks(&x);
  if (x.down * x.across * g->batch < 4 && x.k > 2 * SMALL / x.m / x.n)
    x.deep = least(DEPTHS, work / SMALL);
  x.k = parts_of(g->k, x.deep);
  return x;
}

static void product_chunk(int64_t i, void *arg)
{
  const Cut *x = arg;
  const Gemm *g = x->g;
  int64_t p = i % x->deep * x->k, part = i % x->deep;
  int64_t q = i / x->deep % x->across * x->n;
  int64_t r = i / x->deep / x->across % x->down * x->m;
  int64_t b = i / x->deep / x->across / x->down * x->batch;
  Gemm y = *g;
  y.batch = least(x->batch, g->batch - b);
  y.m = least(x->m, g->m - r), y.n = least(x->n, g->n - q);
  y.k = least(x->k, g->k - p);
  y.a += b * g->a_batch + r * g->a_row + p * g->a_col;
  y.b += b * g->b_batch + p * g->b_row + q * g->b_col;
  y.c += b * g->c_batch + r * g->c_row + q * g->c_col;
  if (x->deep > 1) {               // then there is one product
    y.c = x->parts + part * g->m * g->n + r * g->n + q;
    y.c_row = g->n, y.c_col = 1, y.beta = 0;
  }
  tt_simd.base->gemm(&y);
}

static void add_parts(const Cut *x)
{
  const Gemm *g = x->g;
  for (int64_t i = 0; i < g->m; i++)
    for (int64_t j = 0; j < g->n; j++) {
      Real *to = g->c + i * g->c_row + j * g->c_col, sum = 0;
      for (int64_t p = 0; p < x->deep; p++)
        sum += x->parts[(p * g->m + i) * g->n + j];
      *to = sum + (g->beta != 0 ? g->beta * *to : 0);
    }
}

static void threads_gemm(const Gemm *g)
{
  enum { TINY = 64 };              // too few for panels and chunks
  if (g->batch * g->m * g->n * g->k <= TINY) {
    tt_naive.gemm(g);
    return;
  }
  Cut x = cut_of(g);
  if (g->batch != 1 && x.deep > 1)
    x.deep = 1, x.k = g->k;
  if (x.deep > 1)
    x.parts = tt_scratch(1, sizeof *x.parts
                         * (size_t)(x.deep * g->m * g->n));
  tt_parallel(parts_of(g->batch, x.batch) * x.down * x.across * x.deep,
              product_chunk, &x);
  if (x.deep > 1)
    add_parts(&x);
}

static void best_qgemm(const QGemm *g)
{
  (tt_simd.base->qgemm ? tt_simd.base : &tt_naive)->qgemm(g);
}

static void bytes_chunk(int64_t i, void *arg)
{
  const Cut *x = arg;
  const QGemm *g = x->bytes;
  int64_t q = i % x->across * x->n, r = i / x->across * x->m;
  QGemm y = *g;
  y.m = least(x->m, g->m - r), y.n = least(x->n, g->n - q);
  y.a += r * g->a_row, y.b += q * g->b_row, y.c += r * g->c_row + q;
  best_qgemm(&y);
}

static void threads_qgemm(const QGemm *g)
{
  enum { SMALL = 1 << 23 };
  Cut x = { .bytes = g, .m = g->m, .n = g->n };
  if (g->m * g->n * g->k >= SMALL) {
    x.m = parts_of(g->m, parts_of(g->m, 128));
    x.n = half(least(g->n, 256 * parts_of(128, x.m)), 32) * 2;
  }
  x.down = x.m > 0 ? parts_of(g->m, x.m) : 0;
  x.across = x.n > 0 ? parts_of(g->n, x.n) : 0;
  tt_parallel(x.down * x.across, bytes_chunk, &x);
}

enum { ENOUGH_NUMBERS = 1 << 15 };
typedef struct Rows {              // outer x n x inner, by outer
  int64_t outer, n, inner, chunk;
  ReduceOp op;
  bool log;
  char *y;
  const Real *x, *dy;
} Rows;

static void rows_in_chunks(Rows *r, ChunkWork *work)
{
  int64_t row = r->n * r->inner;
  r->chunk = ENOUGH_NUMBERS / (row > 0 ? row : 1) + 1;
  tt_parallel(parts_of(r->outer, r->chunk), work, r);
}

static void softmax_chunk(int64_t i, void *arg)
{
  const Rows *r = arg;
  int64_t from = i * r->chunk, n = least(r->chunk, r->outer - from);
  int64_t at = from * r->n * r->inner;
  Real *y = (Real *)(void *)r->y + at;
  const Backend *b = tt_simd.base->softmax ? tt_simd.base : &tt_naive;
  if (r->dy)
    b->softmax_back(n, r->n, r->inner, y, r->x + at, r->dy + at,
                    r->log);
  else
    b->softmax(n, r->n, r->inner, y, r->x + at, r->log);
}

static void threads_softmax(int64_t outer, int64_t n, int64_t inner,
                            Real *y, const Real *x, bool log_too)
{
  rows_in_chunks(&(Rows){ outer, n, inner, 0, TT_SUM, log_too,
                          (char *)y, x, NULL }, softmax_chunk);
}

static void threads_softmax_back(int64_t outer, int64_t n,
                                 int64_t inner, Real *dx, const Real *y,
                                 const Real *dy, bool log)
{
  rows_in_chunks(&(Rows){ outer, n, inner, 0, TT_SUM, log, (char *)dx,
                          y, dy }, softmax_chunk);
}

static void reduce_chunk(int64_t i, void *arg)
{
  const Rows *r = arg;
  int64_t from = i * r->chunk, n = least(r->chunk, r->outer - from);
  bool place = r->op == TT_ARGMAX || r->op == TT_ARGMAX_LAST;
  size_t cell = place ? sizeof(int32_t) : sizeof(Real);
  tt_naive.reduce(r->op, n, r->n, r->inner,
                  r->y + (size_t)(from * r->inner) * cell,
                  r->x + from * r->n * r->inner);
}

static void threads_reduce(ReduceOp op, int64_t outer, int64_t n,
                           int64_t inner, void *y, const Real *x)
{
  rows_in_chunks(&(Rows){ outer, n, inner, 0, op, false, y, x, NULL },
                 reduce_chunk);
}

typedef struct MapJob {
  const Op *op;
  const Walk *w;
  const Operands *o;
  int dim;                         // that is cut
  int64_t chunk;
} MapJob;

static void best_map(const Op *op, const Walk *w, const Operands *o)
{
  (tt_simd.base->map ? tt_simd.base : &tt_naive)->map(op, w, o);
}

static void map_chunk(int64_t i, void *arg)
{
  const MapJob *m = arg;
  Walk w = *m->w;
  Operands o = *m->o;
  int64_t from = i * m->chunk;
  w.shape[m->dim] = least(m->chunk, w.shape[m->dim] - from);
  o.y += from * w.stride[0][m->dim];
  for (int x = 0; x < TT_OPERANDS; x++)
    if (o.x[x])
      o.x[x] += from * w.stride[x + 1][m->dim];
  best_map(m->op, &w, &o);
}

static void threads_map(const Op *op, const Walk *w, const Operands *o)
{
  MapJob m = { op, w, o, 0, 0 };
  int64_t all = 1;
  for (int d = 0; d < w->rank; d++) {
    all *= w->shape[d];
    if (w->shape[d] > w->shape[m.dim])
      m.dim = d;
  }
  int64_t n = w->shape[m.dim];
  if (all <= ENOUGH_NUMBERS) {
    best_map(op, w, o);
    return;
  }
  m.chunk = parts_of(n, parts_of(all, ENOUGH_NUMBERS));
  tt_parallel(parts_of(n, m.chunk), map_chunk, &m);
}

typedef struct Images {            // a convolution, cut
  Conv2dShape s;                   // of all
  int64_t images, out;             // of a chunk
  int64_t across;                  // chunks of one image
  Real *to;
  const Real *x, *w, *b;
} Images;

static const Backend *conv_level(void)
{
  return tt_simd.base->conv2d ? tt_simd.base : &tt_naive;
}

static int64_t cut_images(Images *k)     // gives the number of chunks
{
  enum { SMALL = 1 << 22, PARTS = 16, PLACES = 256 };
  const Conv2dShape *s = &k->s;
  int64_t work = s->out * s->out_h * s->out_w * s->in / s->groups
                 * s->kh * s->kw;
  int64_t enough = SMALL / (work + 1) + 1;
  int64_t places = PLACES / (s->out_h * s->out_w + 1) + 1;
  enough = enough > places ? enough : places;
  k->images = parts_of(s->n, PARTS);
  k->images = enough > k->images ? enough : k->images;
  k->out = s->out, k->across = 1;
  if (s->n == 1 && s->groups == 1 && work > 2 * SMALL) {
    k->out = half(s->out, 16);
    k->across = parts_of(s->out, k->out);
  }
  return parts_of(s->n, k->images) * k->across;
}

static Conv2dShape chunk_of(const Images *k, int64_t i, int64_t *x,
                            int64_t *y)
{
  Conv2dShape s = k->s;
  int64_t n = i / k->across * k->images;
  s.n = least(k->images, s.n - n);
  *x = n * s.in * s.h * s.w;
  *y = n * s.out * s.out_h * s.out_w;
  return s;
}

static void conv2d_chunk(int64_t i, void *arg)
{
  const Images *k = arg;
  int64_t x, y, o = i % k->across * k->out;
  Conv2dShape s = chunk_of(k, i, &x, &y);
  int64_t weights = s.in / s.groups * s.kh * s.kw;
  s.out = least(k->out, s.out - o);
  conv_level()->conv2d(&s, k->to + y + o * s.out_h * s.out_w, k->x + x,
                       k->w + o * weights, k->b ? k->b + o : NULL);
}

static void threads_conv2d(const Conv2dShape *s, Real *y, const Real *x,
                           const Real *w, const Real *b)
{
  Images k = { .s = *s, .to = y, .x = x, .w = w, .b = b };
  int64_t chunks = cut_images(&k);
  tt_parallel(chunks, conv2d_chunk, &k);
}

static void back_x_chunk(int64_t i, void *arg)
{
  const Images *k = arg;
  int64_t x, y;
  Conv2dShape s = chunk_of(k, i, &x, &y);
  conv_level()->conv2d_back_x(&s, k->to + x, k->x + y, k->w);
}

static void threads_conv2d_back_x(const Conv2dShape *s, Real *dx,
                                  const Real *dy, const Real *w)
{
  Images k = { .s = *s, .to = dx, .x = dy, .w = w };
  int64_t chunks = cut_images(&k);
  chunks /= k.across;              // images are not cut
  k.across = 1;
  tt_parallel(chunks, back_x_chunk, &k);
}

static void back_w_chunk(int64_t i, void *arg)
{
  const Images *k = arg;
  int64_t x, y, weights = k->s.out * k->s.in / k->s.groups * k->s.kh
                          * k->s.kw;
  Conv2dShape s = chunk_of(k, i, &x, &y);
  conv_level()->conv2d_back_w(&s, k->to + i * weights, k->w + y,
                              k->x + x);
}

static void threads_conv2d_back_w(const Conv2dShape *s, Real *dw,
                                  const Real *dy, const Real *x)
{
  Images k = { .s = *s, .to = dw, .x = x, .w = dy };
  int64_t chunks = cut_images(&k);
  chunks /= k.across;              // images are not cut
  int64_t weights = s->out * s->in / s->groups * s->kh * s->kw;
  k.across = 1;
  if (chunks > 1)
    k.to = tt_scratch(1, sizeof *dw * (size_t)(chunks * weights));
  tt_parallel(chunks > 0 ? chunks : 1, back_w_chunk, &k);
  if (chunks > 1)
    memset(dw, 0, (size_t)weights * sizeof *dw);
  for (int64_t c = 0; chunks > 1 && c < chunks; c++)
    for (int64_t i = 0; i < weights; i++)
      dw[i] += k.to[c * weights + i];
}

typedef struct Maps {              // a pooling, cut
  Pool2dShape s;
  int64_t planes;
  Real *y;
  int32_t *at;
  const Real *x, *dy;
} Maps;

static void pool_chunk(int64_t i, void *arg)
{
  const Maps *k = arg;
  Pool2dShape s = k->s;
  int64_t from = i * k->planes, to = from * s.out_h * s.out_w;
  s.planes = least(k->planes, s.planes - from);
  from *= s.h * s.w;
  int32_t *at = k->at ? k->at + to : NULL;
  if (k->dy)
    tt_simd.base->pool2d_back(&s, k->y + from, k->dy + to, at);
  else
    tt_simd.base->pool2d(&s, k->y + to, at, k->x + from);
}

static void pool_in_chunks(Maps *k)
{
  k->planes = ENOUGH_NUMBERS / (k->s.h * k->s.w + 1) + 1;
  tt_parallel(parts_of(k->s.planes, k->planes), pool_chunk, k);
}

static void threads_pool2d(const Pool2dShape *s, Real *y, int32_t *at,
                           const Real *x)
{
  pool_in_chunks(&(Maps){ .s = *s, .y = y, .at = at, .x = x });
}

static void threads_pool2d_back(const Pool2dShape *s, Real *dx,
                                const Real *dy, const int32_t *at)
{
  Maps k = { .s = *s, .y = dx, .dy = dy };
  memcpy(&k.at, &at, sizeof k.at);  // which it only reads
  pool_in_chunks(&k);
}

typedef struct Channels {          // of a batch norm, cut
  int64_t n, c, inner, chunk;
  Real *y, *dw, *db;               // y: or dx
  const Real *x, *g, *mean, *rstd, *w, *b;
  bool training;
} Channels;

static double sum_of(const Channels *k, int64_t i, const Real *x,
                     double shift, const Real *times)
{
  double all = 0;
  for (int64_t n = 0; n < k->n; n++) {
    const Real *a = x + (n * k->c + i) * k->inner, *b = a;
    double sum = 0;
    if (times)
      b = times + (n * k->c + i) * k->inner;
    #pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < k->inner; j++)
      sum += ((double)a[j] - shift) * (times ? (double)b[j] : 1);
    all += sum;
  }
  return all;
}

static double spread_of(const Channels *k, int64_t i, double mean)
{
  double all = 0;
  for (int64_t n = 0; n < k->n; n++) {
    const Real *x = k->x + (n * k->c + i) * k->inner;
    double sum = 0;
    #pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < k->inner; j++)
      sum += ((double)x[j] - mean) * ((double)x[j] - mean);
    all += sum;
  }
  return all;
}

static void moments_chunk(int64_t at, void *arg)
{
  const Channels *k = arg;
  int64_t to = least(k->c, (at + 1) * k->chunk);
  double count = (double)(k->n * k->inner);
  for (int64_t i = at * k->chunk; i < to; i++) {
    double mean = sum_of(k, i, k->x, 0, NULL) / count;
    k->dw[i] = (Real)mean;
    k->db[i] = (Real)(spread_of(k, i, mean) / count);
  }
}

static void channels_back_chunk(int64_t at, void *arg)
{
  const Channels *k = arg;
  int64_t to = least(k->c, (at + 1) * k->chunk);
  Real count = (Real)(k->n * k->inner);
  for (int64_t i = at * k->chunk; i < to; i++) {
    Real mean = k->mean[i], rstd = k->rstd[i];
    k->db[i] = (Real)sum_of(k, i, k->g, 0, NULL);
    k->dw[i] = (Real)sum_of(k, i, k->x, (double)mean, k->g) * rstd;
    Real g_mean = k->training ? k->db[i] / count : 0;
    Real gx_mean = k->training ? k->dw[i] / count * rstd : 0;
    Real scale = (k->w ? k->w[i] : 1) * rstd;
    for (int64_t n = 0; k->y && n < k->n; n++) {
      int64_t from = (n * k->c + i) * k->inner;
      const Real *g = k->g + from, *x = k->x + from;
      Real *dx = k->y + from;
      for (int64_t j = 0; j < k->inner; j++)
        dx[j] = scale * (g[j] - g_mean - (x[j] - mean) * gx_mean);
    }
  }
}

static void channels_chunk(int64_t at, void *arg)
{
  const Channels *k = arg;
  int64_t from = at * k->chunk, part = from * k->c * k->inner;
  tt_naive.batch_norm(least(k->chunk, k->n - from), k->c, k->inner,
                      k->y + part, k->x + part, k->mean, k->rstd, k->w,
                      k->b);
}

static void channels_in_chunks(Channels *k, int64_t n, ChunkWork *work)
{
  int64_t one = k->n * k->c * k->inner / (n > 0 ? n : 1);
  k->chunk = ENOUGH_NUMBERS / (one + 1) + 1;
  tt_parallel(parts_of(n, k->chunk), work, k);
}

static void threads_moments(int64_t n, int64_t c, int64_t inner,
                            Real *mean, Real *var, const Real *x)
{
  Channels k = { .n = n, .c = c, .inner = inner, .x = x, .dw = mean,
                 .db = var };
  channels_in_chunks(&k, c, moments_chunk);
}

static void threads_batch_norm(int64_t n, int64_t c, int64_t inner,
                               Real *y, const Real *x, const Real *mean,
                               const Real *rstd, const Real *w,
                               const Real *b)
{
  Channels k = { .n = n, .c = c, .inner = inner, .y = y, .x = x,
                 .mean = mean, .rstd = rstd, .w = w, .b = b };
  channels_in_chunks(&k, n, channels_chunk);
}

static void threads_batch_norm_back(
  int64_t n, int64_t c, int64_t inner, Real *dx, Real *dw, Real *db,
  const Real *g, const Real *x, const Real *mean, const Real *rstd,
  const Real *w, bool training)
{
  Channels k = { .n = n, .c = c, .inner = inner, .y = dx, .dw = dw,
                 .db = db, .g = g, .x = x, .mean = mean, .rstd = rstd,
                 .w = w, .training = training };
  channels_in_chunks(&k, c, channels_back_chunk);
}

enum { ENOUGH_SCORES = 1 << 14 };

static void attention_chunk(int64_t i, void *arg)
{
  const Attention *a = arg;
  int64_t blocks = parts_of(a->queries, TT_ASKING);
  int64_t t = i % blocks * TT_ASKING, h = i / blocks % a->heads;
  Attention x = tt_attention_part(a, i / blocks / a->heads, h, 1, t,
                                  least(TT_ASKING, a->queries - t));
  tt_simd.base->attention(&x);
}

static void attention_back_chunk(int64_t i, void *arg)
{
  const Attention *a = arg;
  int64_t group = a->heads / a->shared;
  Attention x = tt_attention_part(a, i / a->shared,
                                  i % a->shared * group, group, 0,
                                  a->queries);
  tt_simd.base->attention_back(&x);
}

static bool few_scores(const Attention *a)
{
  return a->batch * a->heads * a->queries * a->keys < ENOUGH_SCORES;
}

static void threads_attention(const Attention *a)
{
  if (few_scores(a))
    tt_simd.base->attention(a);
  else
    tt_parallel(a->batch * a->heads * parts_of(a->queries, TT_ASKING),
                attention_chunk, (void *)(uintptr_t)a);
}

static void threads_attention_back(const Attention *a)
{
  if (few_scores(a))
    tt_simd.base->attention_back(a);
  else
    tt_parallel(a->batch * a->shared, attention_back_chunk,
                (void *)(uintptr_t)a);
}

static void labels_chunk(int64_t i, void *arg)
{
  LabelRows r = *(const LabelRows *)arg;
  int64_t chunk = ENOUGH_NUMBERS / r.classes + 1, from = i * chunk;
  r.rows = least(chunk, r.rows - from);
  r.x += from * r.classes, r.label += from, r.seen += 2 * from;
  if (r.dx) {
    r.g += from * r.step, r.dx += from * r.classes;
    tt_simd.base->cross_entropy_back(&r);
    return;
  }
  r.loss += from;
  tt_simd.base->cross_entropy(&r);
}

static void threads_cross_entropy(const LabelRows *r)
{
  tt_parallel(parts_of(r->rows, ENOUGH_NUMBERS / r->classes + 1),
              labels_chunk, (void *)(uintptr_t)r);
}

typedef struct NormJob {
  NormRows s;                      // of all rows
  int64_t chunk, chunks;
  Real *y;                         // or dx, on the way back
  const Real *g, *x, *w, *b;
  double *sums;                    // dw and db of each chunk
} NormJob;

static NormJob norm_job(const NormRows *s, Real *y, const Real *x,
                        const Real *w)
{
  NormJob j = { .s = *s, .y = y, .x = x, .w = w };
  j.chunk = ENOUGH_NUMBERS / s->n + 1;
  j.chunks = parts_of(s->rows, j.chunk);
  return j;
}

static void norm_chunk(int64_t i, void *arg)
{
  const NormJob *j = arg;
  int64_t row = i * j->chunk, at = row * j->s.n;
  NormRows s = j->s;
  s.rows = least(j->chunk, s.rows - row);
  if (!j->g) {
    tt_simd.base->norm_rows(&s, j->y + at, j->x + at, j->w, j->b);
    return;
  }
  double *dw = j->sums + 2 * i * s.n;
  memset(dw, 0, 2 * (size_t)s.n * sizeof *dw);
  tt_simd.base->norm_rows_back(&s, j->y + at, dw, dw + s.n, j->g + at,
                               j->x + at, j->w);
}

static void threads_norm_rows(const NormRows *s, Real *y, const Real *x,
                              const Real *w, const Real *b)
{
  NormJob j = norm_job(s, y, x, w);
  j.b = b;
  tt_parallel(j.chunks, norm_chunk, &j);
}

static void threads_norm_rows_back(const NormRows *s, Real *dx,
                                   double *dw, double *db,
                                   const Real *g, const Real *x,
                                   const Real *w)
{
  enum { MOST = 64 };              // each has its sums
  NormJob j = norm_job(s, dx, x, w);
  j.g = g;
  if (j.chunks > MOST)
    j.chunk = parts_of(s->rows, MOST);
  j.chunks = parts_of(s->rows, j.chunk);
  j.sums = tt_scratch(1, (size_t)(2 * j.chunks * s->n)
                         * sizeof *j.sums);
  tt_parallel(j.chunks, norm_chunk, &j);
  for (int64_t i = 0; i < j.chunks; i++)
    for (int64_t p = 0; p < s->n; p++) {
      dw[p] += j.sums[2 * i * s->n + p];
      db[p] += j.sums[2 * i * s->n + s->n + p];
    }
}

typedef struct Update {            // of n weights, by one of the steps
  const SgdStep *sgd;
  const RmsPropStep *rmsprop;
  const AdamStep *adam;
  int64_t n;
  Real *w, *state[3];              // NULL: it keeps less
  const Real *g;
} Update;

static void update_chunk(int64_t i, void *arg)
{
  const Update *u = arg;
  int64_t at = i * ENOUGH_NUMBERS, n = least(ENOUGH_NUMBERS, u->n - at);
  Real *s[3];
  for (int k = 0; k < 3; k++)
    s[k] = u->state[k] ? u->state[k] + at : NULL;
  if (u->adam)
    tt_naive_adam(u->adam, n, u->w + at, u->g + at, s[0], s[1], s[2]);
  else if (u->rmsprop)
    tt_naive_rmsprop(u->rmsprop, n, u->w + at, u->g + at, s[0], s[1],
                     s[2]);
  else
    tt_naive_sgd(u->sgd, n, u->w + at, u->g + at, s[0]);
}

static void update(Update u)
{
  tt_parallel(parts_of(u.n, ENOUGH_NUMBERS), update_chunk, &u);
}

static void threads_sgd(const SgdStep *s, int64_t n, Real *w,
                        const Real *g, Real *momentum)
{
  update((Update){ .sgd = s, .n = n, .w = w, .g = g,
                   .state = { momentum } });
}

static void threads_rmsprop(const RmsPropStep *s, int64_t n, Real *w,
                            const Real *g, Real *square_avg,
                            Real *momentum, Real *grad_avg)
{
  update((Update){ .rmsprop = s, .n = n, .w = w, .g = g,
                   .state = { square_avg, momentum, grad_avg } });
}

static void threads_adam(const AdamStep *s, int64_t n, Real *w,
                         const Real *g, Real *m, Real *v, Real *max_v)
{
  update((Update){ .adam = s, .n = n, .w = w, .g = g,
                   .state = { m, v, max_v } });
}

Backend tt_threads = {
  .name = "threads", .runs_here = find_level, .base = &tt_simd,
  .gemm = threads_gemm, .qgemm = threads_qgemm, .map = threads_map,
  .reduce = threads_reduce, .softmax = threads_softmax,
  .softmax_back = threads_softmax_back,
  .conv2d = threads_conv2d, .conv2d_back_x = threads_conv2d_back_x,
  .conv2d_back_w = threads_conv2d_back_w,
  .norm_rows = threads_norm_rows, .sgd = threads_sgd,
  .norm_rows_back = threads_norm_rows_back, .adam = threads_adam,
  .rmsprop = threads_rmsprop, .attention = threads_attention,
  .attention_back = threads_attention_back,
  .cross_entropy = threads_cross_entropy,
  .cross_entropy_back = threads_cross_entropy,
  .pool2d = threads_pool2d, .pool2d_back = threads_pool2d_back,
  .channel_moments = threads_moments, .batch_norm = threads_batch_norm,
  .batch_norm_back = threads_batch_norm_back,
};
enum { BY_ROWS = 101, AS_IS = 111, TRANSPOSED = 112 };
typedef void SGemm(int order, int ta, int tb, int m, int n, int k,
                   Real alpha, const Real *a, int a_row, const Real *b,
                   int b_row, Real beta, Real *c, int c_row);
static SGemm *blas;
extern void *dlsym(void *handle, const char *name)
  __attribute__((weak));
typedef void *OpenLibrary(const char *file, int mode);

static OpenLibrary *find_dlopen(void)  // NULL: in a static program
{
  void *f = dlsym ? dlsym(NULL, "dlopen") : NULL;
  OpenLibrary *open;
  memcpy(&open, &f, sizeof open);  // C has no cast from object to code
  return open;
}

// rows of cols numbers as the BLAS wants them; 0: they are not so
static int blas_side(int64_t rows, int64_t cols, int64_t row,
                     int64_t col, int *distance)
{
  bool as_is = (col == 1 || cols == 1) && (row >= cols || rows == 1);
  bool turned = (row == 1 || rows == 1) && (col >= rows || cols == 1);
  int64_t d = as_is ? (rows == 1 ? cols : row)
                    : cols == 1 ? rows : col;
  *distance = (int)d;
  return d > INT_MAX || d < 1 ? 0 : as_is ? AS_IS
         : turned ? TRANSPOSED : 0;
}

static void blas_gemm(const Gemm *g)
{
  int da, db, dc;
  int a = blas_side(g->m, g->k, g->a_row, g->a_col, &da);
  int b = blas_side(g->k, g->n, g->b_row, g->b_col, &db);
  int c = blas_side(g->m, g->n, g->c_row, g->c_col, &dc);
  if (!a || !b || c != AS_IS || g->k == 0
      || g->m > INT_MAX || g->n > INT_MAX || g->k > INT_MAX) {
    tt_packed.gemm(g);
    return;
  }
  for (int64_t i = 0; i < g->batch; i++)
    blas(BY_ROWS, a, b, (int)g->m, (int)g->n, (int)g->k, g->alpha,
         g->a + i * g->a_batch, da, g->b + i * g->b_batch, db, g->beta,
         g->c + i * g->c_batch, dc);
}

static void *load_with(const char *name, const char *value,
                       void *(*load)(void))
{
  const char *own = getenv(name);
  if (!own && value)
    setenv(name, value, 1);
  void *p = load();
  if (!own && value)
    unsetenv(name);
  return p;
}

static void *open_blas(void)
{
  return find_dlopen()("libopenblas.so.0", 2 /* RTLD_NOW */);
}

static void *open_with_core(void)
{
  return load_with("OPENBLAS_CORETYPE", tt_runs_v4() ? "SkylakeX"
                   : tt_runs_v3() ? "Haswell" : NULL, open_blas);
}

static bool find_blas(void)
{
  if (blas || !find_dlopen())
    return blas;
  void *lib = load_with("OPENBLAS_NUM_THREADS", "1", open_with_core);
  void *f = lib ? dlsym(lib, sizeof(Real) == sizeof(float)
                        ? "cblas_sgemm" : "cblas_dgemm") : NULL;
  memcpy(&blas, &f, sizeof blas);  // C has no cast from object to code
  return blas;
}

const Backend tt_blas = {
  .name = "blas", .runs_here = find_blas, .base = &tt_packed,
  .gemm = blas_gemm,
};
