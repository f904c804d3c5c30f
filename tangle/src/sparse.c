// Made from chapters/17-compression.nw by tools/tangle: edit there.
// Sparse matrices, their products, and layers of them.
#include "tt/sparse.h"
#include "tt/autograd.h"
#include "tt/compression.h"
#include "tt/machine.h"
#include "tt/operation.h"
#include "tt/pruning.h"
#include "tt/quantization.h"
#include "tt/todo.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static Real gather_row(int64_t n, const Real *v, const int32_t *index,
                       const Real *x)
{
  Real sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t j = 0; j < n; j++)
    sum += v[j] * x[index[j]];
  return sum;
}

typedef Real Lane __attribute__((vector_size(32), may_alias,
                                 aligned(sizeof(Real))));
enum { LANE = 32 / sizeof(Real), LANES = 4 };

TT_INLINE void row_times(int lanes, int64_t n, const Real *v,
                         const int32_t *index, const Real *xt, Real *y)
{
  Lane sum[LANES] = {{0}};
  for (int64_t j = 0; j < n; j++) {
    const Lane *x = (const Lane *)(xt + index[j] * (lanes * LANE));
    for (int i = 0; i < lanes; i++)
      sum[i] += v[j] * x[i];
  }
  for (int i = 0; i < lanes; i++)
    ((Lane *)y)[i] = sum[i];
}

enum { SIDE = 4 };                 // of a block

TT_INLINE void blocks_times(int lanes, int64_t n, const Real *v,
                            const int32_t *index, const Real *xt,
                            Real *y)
{
  Lane sum[SIDE] = {{0}};          // of one lane
  for (int64_t j = 0; j < n; j++, v += SIDE * SIDE)
    for (int c = 0; c < SIDE; c++) {
      Lane x = *(const Lane *)(xt + (index[j] + c) * (lanes * LANE));
      for (int r = 0; r < SIDE; r++)
        sum[r] += v[r * SIDE + c] * x;
    }
  for (int r = 0; r < SIDE; r++)
    *(Lane *)(y + r * lanes * LANE) = sum[r];
}

TT_INLINE void pairs_times(int lanes, int64_t cols, const Real *v,
                           const uint8_t *index, const Real *xt,
                           Real *y)
{
  Lane sum[LANES] = {{0}};
  for (int64_t j = 0; j < cols / 2; j++) {
    int64_t c = j / 2 * 4 + (index[j / 4] >> j % 4 * 2 & 3);
    const Lane *x = (const Lane *)(xt + c * (lanes * LANE));
    for (int i = 0; i < lanes; i++)
      sum[i] += v[j] * x[i];
  }
  for (int i = 0; i < lanes; i++)
    ((Lane *)y)[i] = sum[i];
}

void tt_naive_pairs(const Pairs *p)
{
  const Real *v = p->values;
  const uint8_t *index = p->index;
  for (int64_t r = 0; r < p->rows; r++) {
    Real *y = p->y + r * p->wide;
    if (p->wide == LANE)
      pairs_times(1, p->cols, v, index, p->x, y);
    else
      pairs_times(LANES, p->cols, v, index, p->x, y);
    v += p->cols / 2, index += p->cols / 8;
  }
}

static int64_t list_row(const Real *w, int64_t cols, Real *values,
                        int32_t *index)
{
  int64_t n = 0;
  for (int64_t j = 0; j < cols; j++)
    if (w[j] != 0) {
      values[n] = w[j];
      index[n++] = (int32_t)j;
    }
  return n;
}

static int64_t round_up(int64_t n, int64_t to)
{
  return (n + to - 1) / to * to;
}

static Tensor *dense_part(const SparseMatrix *s, Tensor *w)
{
  TT_NO_GRAD;                      // rows and columns of whole blocks
  Tensor *t = tt_zeros(TT_SHAPE(round_up(s->rows, SIDE),
                                round_up(s->cols, 2 * SIDE)));
  tt_copy_(tt_slice(tt_slice(t, 0, 0, s->rows, 1), 1, 0, s->cols, 1),
           tt_detach(w));
  return tt_keep(t);
}

static Tensor *first_ones(Tensor *t, int64_t n)
{
  return tt_clone(tt_slice(t, 0, 0, n, 1));
}

static void to_csr(SparseMatrix *s, const Tensor *w)
{
  Tensor *values = tt_empty(TT_F32, TT_SHAPE(tt_numel(w)));
  Tensor *index = tt_empty(TT_I32, TT_SHAPE(tt_numel(w)));
  s->start = tt_empty(TT_I32, TT_SHAPE(s->rows + 1));
  int32_t *start = s->start->data, n = start[0] = 0;
  for (int64_t i = 0; i < s->rows; i++) {
    n += (int32_t)list_row((const Real *)w->data + i * w->shape[1],
                           s->cols, (Real *)values->data + n,
                           (int32_t *)index->data + n);
    start[i + 1] = n;
  }
  s->values = first_ones(values, n);
  s->index = first_ones(index, n);
}

// the numbers of a block, row by row; are there any but zeros?
static bool read_block(Real *to, const Real *from, int64_t row)
{
  bool any = false;
  for (int i = 0; i < SIDE * SIDE; i++) {
    to[i] = from[i / SIDE * row + i % SIDE];
    any |= to[i] != 0;
  }
  return any;
}

static void to_blocks(SparseMatrix *s, const Tensor *w)
{
  int64_t cols = w->shape[1], tall = w->shape[0] / SIDE;
  int64_t most = tall * (cols / SIDE);
  Tensor *values = tt_empty(TT_F32, TT_SHAPE(most, SIDE, SIDE));
  Tensor *index = tt_empty(TT_I32, TT_SHAPE(most));
  s->start = tt_empty(TT_I32, TT_SHAPE(tall + 1));
  int32_t *start = s->start->data, n = start[0] = 0;
  for (int64_t i = 0; i < tall; start[++i] = n)
    for (int64_t j = 0; j < cols; j += SIDE) {
      ((int32_t *)index->data)[n] = (int32_t)j;
      n += read_block((Real *)values->data + n * SIDE * SIDE,
                      (const Real *)w->data + i * SIDE * cols + j,
                      cols);
    }
  s->values = first_ones(values, n);
  s->index = first_ones(index, n);
}

// two of the four, those that are not zero among them
static int pick_two(const Real *w, int at[2])
{
  int n = 0, zero = 3;
  for (int k = 0; k < 4; k++)
    if (w[k] != 0 && n++ < 2)
      at[n - 1] = k;
  for (int k = n; k < 2; k++) {    // zeros fill up
    while (w[zero] != 0)
      zero--;
    at[k] = zero--;
  }
  return n;
}

static void to_pairs(SparseMatrix *s, const Tensor *w)
{
  int64_t cols = w->shape[1];
  s->values = tt_empty(TT_F32, TT_SHAPE(s->rows, cols / 2));
  s->index = tt_empty(TT_U8, TT_SHAPE(s->rows, cols / 8));
  Real *v = s->values->data;
  uint8_t *index = memset(s->index->data, 0,
                          (size_t)tt_numel(s->index));
  const Real *four = w->data;
  for (int64_t i = 0; i < s->rows * cols / 4; i++, four += 4) {
    int at[2];
    if (pick_two(four, at) > 2)
      tt_fail(TT_EVALUE, "tt_sparse_from: row %lld has more than two"
              " numbers that are not 0 in columns %lld to %lld; prune"
              " with tt_sparse_mask(w, TT_TWO_OF_FOUR, 0)",
              (long long)(i * 4 / cols), (long long)(i * 4 % cols),
              (long long)(i * 4 % cols + 3));
    for (int k = 0; k < 2; k++) {
      v[2 * i + k] = four[at[k]];
      index[i / 2] |= (uint8_t)(at[k] << (i % 2 * 4 + k * 2));
    }
  }
}

SparseMatrix tt_sparse_from(Tensor *w, SparseFormat format)
{
  tt_need_f32("tt_sparse_from", w);
  if (w->rank != 2 || tt_numel(w) > INT32_MAX)
    tt_fail(TT_ESHAPE, "tt_sparse_from: shape %s; a matrix is"
            " (rows,cols), with less than 2^31 numbers",
            TT_TEXT(tt_shape(w)));
  SparseMatrix s = { format, w->shape[0], w->shape[1], NULL, NULL,
                     NULL };
  TT_SCOPE;
  w = dense_part(&s, w);
  (format == TT_CSR ? to_csr : format == TT_BLOCKS ? to_blocks
                                                   : to_pairs)(&s, w);
  tt_keep(s.values), tt_keep(s.index);
  if (s.start)
    tt_keep(s.start);
  return s;
}

int64_t tt_sparse_bytes(const SparseMatrix *s)
{
  int64_t n = tt_numel(s->values) * (int64_t)sizeof(Real);
  n += tt_numel(s->index) * (int64_t)tt_dtype_size(s->index->dtype);
  return n + (s->start ? 4 * tt_numel(s->start) : 0);
}

Tensor *tt_sparse_dense(const SparseMatrix *s)
{
  TT_SCOPE;
  int64_t cols = round_up(s->cols, 2 * SIDE);
  Tensor *w = tt_zeros(TT_SHAPE(round_up(s->rows, SIDE), cols));
  Real *to = w->data, *v = s->values->data;
  const int32_t *start = s->start ? s->start->data : NULL;
  const int32_t *index = s->index->data;
  const uint8_t *bits = s->index->data;
  if (s->format == TT_TWO_OF_FOUR)
    for (int64_t j = 0; j < tt_numel(s->values); j++)
      to[j / 2 * 4 + (bits[j / 4] >> j % 4 * 2 & 3)] = v[j];
  else if (s->format == TT_CSR)
    for (int64_t i = 0; i < s->rows; i++)
      for (int32_t j = start[i]; j < start[i + 1]; j++)
        to[i * cols + index[j]] = v[j];
  else
    for (int64_t i = 0; i + 1 < s->start->shape[0]; i++)
      for (int32_t j = start[i]; j < start[i + 1]; j++)
        for (int k = 0; k < SIDE * SIDE; k++)
          to[(i * SIDE + k / SIDE) * cols + index[j] + k % SIDE] =
            v[j * SIDE * SIDE + k];
  w = tt_slice(tt_slice(w, 0, 0, s->rows, 1), 1, 0, s->cols, 1);
  return tt_keep(tt_contiguous(w));
}

enum { TALL = 16 };                // rows that are collected

typedef struct Strip {
  const SparseMatrix *s;
  const Real *bias;                // or NULL
  int64_t count;                   // examples in it
  const Real *xt;
  Real   *y;                       // of the first of them
} Strip;
TT_INLINE void four_rows(int lanes, const Strip *p, int64_t row,
                         Real *to)
{
  const SparseMatrix *s = p->s;
  const int32_t *start = s->start ? s->start->data : NULL;
  const int32_t *index = s->index->data;
  const Real *v = s->values->data;
  if (s->format == TT_BLOCKS) {
    int32_t from = start[row / SIDE], n = start[row / SIDE + 1] - from;
    for (int i = 0; i < lanes; i++)
      blocks_times(lanes, n, v + from * SIDE * SIDE, index + from,
                   p->xt + i * LANE, to + i * LANE);
    return;
  }
  for (int64_t r = row; r < row + SIDE && r < s->rows;
       r++, to += lanes * LANE)
    row_times(lanes, start[r + 1] - start[r], v + start[r],
              index + start[r], p->xt, to);
}

static void rows_of_pairs(const Strip *p, int64_t row, int64_t tall,
                          int64_t wide, Real *to)
{
  const SparseMatrix *s = p->s;
  int64_t cols = round_up(s->cols, 2 * SIDE);
  tt_backend->pairs(&(Pairs){
    .rows = tall, .cols = cols, .wide = wide, .x = p->xt, .y = to,
    .values = (const Real *)s->values->data + row * cols / 2,
    .index = (const uint8_t *)s->index->data + row * cols / 8 });
}

TT_INLINE void strip_times(int lanes, const Strip *p)
{
  Real out[TALL * LANES * LANE];
  int64_t wide = lanes * LANE;
  for (int64_t row = 0; row < p->s->rows; row += TALL) {
    int64_t tall = p->s->rows - row < TALL ? p->s->rows - row : TALL;
    if (p->s->format == TT_TWO_OF_FOUR)
      rows_of_pairs(p, row, tall, wide, out);
    else
      for (int64_t r = 0; r < tall; r += SIDE)
        four_rows(lanes, p, row + r, out + r * wide);
    for (int64_t e = 0; e < p->count; e++)
      for (int64_t r = 0; r < tall; r++)
        p->y[e * p->s->rows + row + r] = out[r * wide + e]
          + (p->bias ? p->bias[row + r] : 0);
  }
}

static void wide_strip(const Strip *p) { strip_times(LANES, p); }
static void narrow_strip(const Strip *p) { strip_times(1, p); }

static void transpose(int64_t wide, int64_t count, int64_t cols,
                      const Real *x, Real *xt)
{
  for (int64_t first = 0; first < cols; first += TALL)
    for (int64_t e = 0; e < wide; e++)
      for (int64_t c = first; c < cols && c < first + TALL; c++)
        xt[c * wide + e] = e < count ? x[e * cols + c] : 0;
}

static void by_strips(const SparseMatrix *s, const Real *bias,
                      int64_t m, const Real *x, Real *y)
{
  int64_t rows = round_up(s->cols, 2 * SIDE), size;
  size = rows * LANES * LANE;
  Real *xt = tt_zeros(TT_SHAPE(size))->data;
  for (int64_t e = 0, n; e < m; e += n) {
    int64_t wide = m - e > LANE ? LANES * LANE : LANE;
    n = m - e < wide ? m - e : wide;
    memset(xt + s->cols * wide, 0,
           (size_t)((rows - s->cols) * wide) * sizeof(Real));
    transpose(wide, n, s->cols, x + e * s->cols, xt);
    Strip p = { s, bias, n, xt, y + e * s->rows };
    (wide > LANE ? wide_strip : narrow_strip)(&p);
  }
}

static void by_gather(const SparseMatrix *s, const Real *bias,
                      int64_t m, const Real *x, Real *y)
{
  const int32_t *start = s->start->data, *index = s->index->data;
  const Real *v = s->values->data;
  for (int64_t e = 0; e < m; e++, x += s->cols, y += s->rows)
    for (int64_t r = 0; r < s->rows; r++)
      y[r] = (bias ? bias[r] : 0)
           + gather_row(start[r + 1] - start[r], v + start[r],
                        index + start[r], x);
}

Op tt_op_sparse_linear = { .name = "tt_sparse_linear",
                           .backward = tt_refuse_gradient };

Tensor *tt_sparse_linear(Tensor *x, const SparseMatrix *w, Tensor *bias)
{
  tt_need_f32("tt_sparse_linear", x);
  if (x->rank < 1 || x->shape[x->rank - 1] != w->cols)
    tt_fail(TT_ESHAPE, "tt_sparse_linear: input %s, weight (%lld,%lld):"
            " the input's last size is not the weight's",
            TT_TEXT(tt_shape(x)), (long long)w->rows,
            (long long)w->cols);
  if (bias && (bias->dtype != TT_F32 || bias->rank != 1
               || bias->shape[0] != w->rows))
    tt_fail(TT_ESHAPE, "tt_sparse_linear: weight (%lld,%lld), bias %s"
            " of %s; it has one f32 for each row", (long long)w->rows,
            (long long)w->cols, TT_TEXT(tt_shape(bias)),
            tt_dtype_name(bias->dtype));
  Shape s = tt_shape(x);
  s.dim[s.rank - 1] = w->rows;
  Tensor *y = tt_empty(TT_F32, s), *from = x;
  TT_SCOPE;
  x = tt_contiguous(tt_detach(x));
  int64_t m = w->cols ? tt_numel(x) / w->cols
                      : tt_numel(y) / (w->rows ? w->rows : 1);
  const Real *b = bias ? tt_contiguous(tt_detach(bias))->data : NULL;
  (w->format == TT_CSR && m <= 2 ? by_gather : by_strips)(
    w, b, m, x->data, y->data);
  return tt_record(&tt_op_sparse_linear, y, 1, &from, (Attr){0});
}

typedef struct UnitSize { double size; int64_t at; } UnitSize;

static int smaller_first(const void *a, const void *b)
{
  const UnitSize *x = a, *y = b;
  return x->size < y->size ? -1 : x->size > y->size ? 1
       : (x->at > y->at) - (x->at < y->at);
}

// in units of side x side: the smallest get 0
static void mask_units(const Tensor *w, int64_t side, double share,
                       uint8_t *mask)
{
  int64_t rows = w->shape[0], cols = w->shape[1];
  int64_t wide = (cols + side - 1) / side;
  int64_t n = (rows + side - 1) / side * wide;
  UnitSize *u = tt_empty(TT_U8, TT_SHAPE(n * (int64_t)sizeof *u))->data;
  for (int64_t i = 0; i < n; i++)
    u[i] = (UnitSize){ 0, i };
  for (int64_t i = 0; i < rows * cols; i++)
    u[i / cols / side * wide + i % cols / side].size +=
      fabs((double)((const Real *)w->data)[i]);
  qsort(u, (size_t)n, sizeof *u, smaller_first);
  for (int64_t k = 0; k < llround(share * (double)n); k++)
    for (int64_t i = 0; i < side * side; i++) {
      int64_t r = u[k].at / wide * side + i / side;
      int64_t c = u[k].at % wide * side + i % side;
      if (r < rows && c < cols)
        mask[r * cols + c] = 0;
    }
}

static void mask_pairs(const Tensor *w, uint8_t *mask)
{
  const Real *row = w->data;
  int64_t cols = w->shape[1];
  for (int64_t i = 0; i < w->shape[0]; i++, row += cols, mask += cols)
    for (int64_t c = 0; c < cols; c++) {
      int64_t four = c / 4 * 4, larger = 0;
      for (int64_t k = four; k < four + 4 && k < cols; k++) {
        double a = fabs((double)row[k]), b = fabs((double)row[c]);
        larger += a > b || (a == b && k < c);
      }
      mask[c] = larger < 2;
    }
}

Tensor *tt_sparse_mask(Tensor *w, SparseFormat format, double share)
{
  tt_need_f32("tt_sparse_mask", w);
  if (w->rank != 2)
    tt_fail(TT_ESHAPE, "tt_sparse_mask: shape %s; a matrix is"
            " (rows,cols)", TT_TEXT(tt_shape(w)));
  if (!(share >= 0 && share <= 1))
    tt_fail(TT_EVALUE, "tt_sparse_mask: a share of %g; it is from 0 to"
            " 1", share);
  TT_NO_GRAD;
  Tensor *mask = tt_to(tt_ones(tt_shape(w)), TT_U8);
  w = tt_contiguous(tt_detach(w));
  if (format == TT_TWO_OF_FOUR)
    mask_pairs(w, mask->data);
  else
    mask_units(w, format == TT_BLOCKS ? SIDE : 1, share, mask->data);
  return tt_keep(mask);
}

static const ModuleField sparse_fields[] = {
  { "values", TT_BUFFER, offsetof(SparseLinear, linear.weight), 0 },
  { "bias", TT_PARAM, offsetof(SparseLinear, linear.bias), 0 },
  TT_BUFFER(SparseLinear, index), TT_BUFFER(SparseLinear, start), {0}
};

SparseMatrix tt_sparse_matrix(const SparseLinear *l)
{
  return (SparseMatrix){ l->format, l->out, l->in, l->linear.weight,
                         l->index, l->start };
}

static Tensor *sparse_forward(Module *m, Tensor *x)
{
  SparseLinear *l = (SparseLinear *)m;
  SparseMatrix w = tt_sparse_matrix(l);
  return tt_sparse_linear(x, &w, l->linear.bias);
}

static void describe_sparse(Module *m, FILE *f)
{
  static const char *const name[] = { "csr", "blocks", "2:4" };
  const SparseLinear *l = (SparseLinear *)m;
  fprintf(f, "in_features=%lld, out_features=%lld, values=%lld, %s,"
          " bias=%s", (long long)l->in, (long long)l->out,
          (long long)tt_numel(l->linear.weight), name[l->format],
          l->linear.bias ? "True" : "False");
}

const ModuleType tt_sparse_linear_type = {
  "SparseLinear", sizeof(SparseLinear), sparse_fields, sparse_forward,
  describe_sparse
};

SparseLinear *tt_sparse_linear_new(Linear *of, SparseFormat format)
{
  SparseLinear *l = tt_module_new(&tt_sparse_linear_type);
  SparseMatrix s = tt_sparse_from(of->weight, format);
  l->format = format, l->in = s.cols, l->out = s.rows;
  l->linear.weight = s.values, l->linear.bias = of->bias;
  l->index = s.index, l->start = s.start;
  return l;
}

typedef struct Contest { Module *m; Tensor *x; } Contest;

static void one_pass(void *arg)
{
  Contest *c = arg;
  TT_NO_GRAD;
  tt_forward(c->m, c->x);
}

static bool is_faster(Linear *dense, SparseLinear *sparse,
                      int64_t batch)
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 0);
  Tensor *x = tt_randn(TT_SHAPE(batch, sparse->in), &g);
  Contest c[] = { { &dense->base, x }, { &sparse->linear.base, x } };
  double best[2] = { HUGE_VAL, HUGE_VAL };
  for (int turn = 0; turn < 9; turn++)
    for (int k = 0; k < 2; k++)
      best[k] = fmin(best[k], tt_machine_time(one_pass, &c[k]));
  return best[1] < best[0];
}

static bool fits(Tensor *w, SparseFormat format)
{
  TT_SCOPE;
  if (format != TT_TWO_OF_FOUR)
    return true;
  Tensor *stays = tt_to(tt_sparse_mask(w, format, 0), TT_F32);
  Tensor *lost = tt_where(stays, tt_zeros(TT_SCALAR), tt_detach(w));
  return tt_item(tt_max(tt_abs(lost), TT_ALL, false)) == 0;
}

static Module *make_sparse(void *arg, const char *name, Module *old)
{
  const SparseOptions *o = arg;
  Linear *dense = (Linear *)old;
  (void)name;
  if (old->type != &tt_linear_type || !fits(dense->weight, o->format))
    return NULL;
  SparseLinear *s = tt_sparse_linear_new(dense, o->format);
  bool faster = o->faster ? o->faster(o->arg, dense, s)
                          : is_faster(dense, s, o->batch);
  return faster ? &s->linear.base : NULL;
}

int tt_sparsify(void *m, SparseOptions o)
{
  if (o.batch < 0)
    tt_fail(TT_EVALUE, "tt_sparsify: a batch of %lld; it is 1 or more",
            (long long)o.batch);
  o.batch = o.batch ? o.batch : 1;
  return tt_exchange(m, o.skip, make_sparse, &o);
}
