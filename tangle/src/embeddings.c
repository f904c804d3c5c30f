// Made from chapters/11-embeddings.nw by tools/tangle: edit there.
// Embeddings: rows that are looked up, positions, draws by weight, and
// principal components.
#include "tt/embeddings.h"
#include "tt/autograd.h"
#include "tt/gradient.h"
#include "tt/layers.h"
#include "tt/todo.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void tt_naive_gather(const GatherShape *s, Real *y, const Real *x,
                     const int32_t *id)
{
  for (int64_t o = 0; o < s->outer; o++, x += s->rows * s->inner)
    for (int64_t k = 0; k < s->n; k++, y += s->inner) {
      memcpy(y, x + id[k] * s->inner, (size_t)s->inner * sizeof *y);
    }
}

void tt_naive_scatter_add(const GatherShape *s, Real *to, const Real *g,
                          const int32_t *id)
{
  for (int64_t o = 0; o < s->outer; o++, to += s->rows * s->inner)
    for (int64_t k = 0; k < s->n; k++, g += s->inner) {
      if (id[k] == s->pad)
        continue;
      Real *row = to + id[k] * s->inner;
      for (int64_t i = 0; i < s->inner; i++)
        row[i] += g[i];
    }
}

static void need_ids(const char *op, const Tensor *ids)
{
  if (ids->dtype != TT_I32)
    tt_fail(TT_EDTYPE, "%s: ids of %s; an id is the number of a row, an"
            " i32, so convert them with tt_to(ids, TT_I32)", op,
            tt_dtype_name(ids->dtype));
}

// without gaps, each of them from 0 to rows - 1
static Tensor *checked_ids(const char *op, Tensor *ids, int64_t rows)
{
  need_ids(op, ids);
  ids = tt_contiguous(ids);
  const int32_t *id = ids->data;
  for (int64_t i = 0, n = tt_numel(ids); i < n; i++)
    if (id[i] < 0 || id[i] >= rows)
      tt_fail(TT_EINDEX, "%s: id %d at %s; the table has %lld rows, 0"
              " to %lld; was it made for another vocabulary?", op,
              (int)id[i], TT_TEXT(tt_index_of(ids, i)), (long long)rows,
              (long long)rows - 1);
  return ids;
}

static GatherShape shape_of_gather(Shape x, int dim, int64_t n,
                                   int64_t pad)
{
  GatherShape s = { 1, x.dim[dim], 1, n, pad };
  for (int d = 0; d < x.rank; d++)
    if (d != dim)
      *(d < dim ? &s.outer : &s.inner) *= x.dim[d];
  return s;
}

static Tensor *gathered(Op *op, Tensor *ids, Tensor *x, int dim,
                        Shape y, int64_t pad)
{
  GatherShape s = shape_of_gather(tt_shape(x), dim, tt_numel(ids), pad);
  Tensor *t = tt_empty(TT_F32, y);
  x = tt_contiguous(x);
  tt_backend->gather(&s, t->data, x->data, ids->data);
  return tt_record(op, t, 2, (Tensor *[]){ ids, x },
                   (Attr){ .i = { dim, pad } });
}

static void gather_backward(TapeNode *k)
{
  Tensor *ids = tt_node_saved(k, 1);
  Tensor *to = tt_zeros(tt_node_shape(k, 2));
  GatherShape s = shape_of_gather(tt_shape(to), (int)k->attr.i[0],
                                  tt_numel(ids), k->attr.i[1]);
  tt_backend->scatter_add(&s, to->data, tt_contiguous(k->grad)->data,
                          ids->data);
  tt_accumulate(k, 2, to);
}

Op tt_op_embedding = { .name = "tt_embedding", .saves = TT_SAVES(1),
                       .backward = gather_backward };
Op tt_op_index_select = { .name = "tt_index_select",
                          .saves = TT_SAVES(1),
                          .backward = gather_backward };
static int64_t row_of_padding(const char *op, const EmbeddingOptions *o,
                              int64_t rows)
{
  if (o->padding_idx != 0 && !o->padding)
    tt_fail(TT_EVALUE, "%s: padding_idx %d counts only with .padding ="
            " true", op, (int)o->padding_idx);
  if (o->padding && (o->padding_idx < -rows || o->padding_idx >= rows))
    tt_fail(TT_EINDEX, "%s: padding_idx %d; the table has %lld rows, 0"
            " to %lld, and -1 is the last", op, (int)o->padding_idx,
            (long long)rows, (long long)rows - 1);
  return !o->padding ? -1 : o->padding_idx < 0 ? o->padding_idx + rows
                                               : o->padding_idx;
}

Tensor *tt_embedding_with(Tensor *ids, Tensor *weight,
                          EmbeddingOptions o)
{
  TT_SCOPE;
  need_ids("tt_embedding", ids);
  tt_need_f32("tt_embedding", weight);
  if (weight->rank != 2)
    tt_fail(TT_ESHAPE, "tt_embedding: table %s; it is (V,D), a row for"
            " each id", TT_TEXT(tt_shape(weight)));
  Shape y = tt_shape(ids);
  if (y.rank == TT_MAX_RANK)
    tt_fail(TT_ESHAPE, "tt_embedding: ids %s; the result would have"
            " more than %d dimensions", TT_TEXT(y), TT_MAX_RANK);
  y.dim[y.rank++] = weight->shape[1];
  int64_t pad = row_of_padding("tt_embedding", &o, weight->shape[0]);
  ids = checked_ids("tt_embedding", ids, weight->shape[0]);
  return tt_keep(gathered(&tt_op_embedding, ids, weight, 0, y, pad));
}

Tensor *tt_embedding(Tensor *ids, Tensor *weight)
{
  return tt_embedding_with(ids, weight, (EmbeddingOptions){0});
}

static int checked_dim(const char *op, const Tensor *x, int dim,
                       const Tensor *index)
{
  need_ids(op, index);
  tt_need_f32(op, x);
  if (index->rank != 1)
    tt_fail(TT_ESHAPE, "%s: index %s; it has one dimension", op,
            TT_TEXT(tt_shape(index)));
  if (dim < -x->rank || dim >= x->rank)
    tt_fail(TT_EINDEX, "%s: dim %d of shape %s; expected %d to %d", op,
            dim, TT_TEXT(tt_shape(x)), -x->rank, x->rank - 1);
  return dim < 0 ? dim + x->rank : dim;
}

Tensor *tt_index_select(Tensor *x, int dim, Tensor *index)
{
  TT_SCOPE;
  dim = checked_dim("tt_index_select", x, dim, index);
  index = checked_ids("tt_index_select", index, x->shape[dim]);
  Shape y = tt_shape(x);
  y.dim[dim] = index->shape[0];
  return tt_keep(gathered(&tt_op_index_select, index, x, dim, y, -1));
}

void tt_index_add_(Tensor *t, int dim, Tensor *index, Tensor *source)
{
  TT_SCOPE;
  dim = checked_dim("tt_index_add_", t, dim, index);
  tt_need_f32("tt_index_add_", source);
  Shape s = tt_shape(t);
  s.dim[dim] = index->shape[0];
  bool fits = s.rank == source->rank;
  for (int d = 0; fits && d < s.rank; d++)
    fits = s.dim[d] == source->shape[d];
  if (!fits)
    tt_fail(TT_ESHAPE, "tt_index_add_: source %s; with %lld places"
            " along dim %d of %s it is %s",
            TT_TEXT(tt_shape(source)), (long long)index->shape[0], dim,
            TT_TEXT(tt_shape(t)), TT_TEXT(s));
  index = checked_ids("tt_index_add_", index, t->shape[dim]);
  tt_change("tt_index_add_", t, source);
  TT_NO_GRAD;
  Tensor *to = tt_contiguous(t);
  GatherShape g = shape_of_gather(tt_shape(t), dim, index->shape[0],
                                  -1);
  tt_backend->scatter_add(&g, to->data, tt_contiguous(source)->data,
                          index->data);
  if (to != t)
    tt_copy_(t, to);
}

Tensor *tt_one_hot(Tensor *ids, int64_t classes)
{
  TT_SCOPE;
  need_ids("tt_one_hot", ids);
  Shape s = tt_shape(ids);
  if (s.rank == TT_MAX_RANK || classes < 1)
    tt_fail(TT_ESHAPE, "tt_one_hot: ids %s, %lld classes; give fewer"
            " than %d dimensions, and 1 class or more", TT_TEXT(s),
            (long long)classes, TT_MAX_RANK);
  ids = checked_ids("tt_one_hot", ids, classes);
  s.dim[s.rank++] = classes;
  Tensor *y = tt_zeros(s);
  const int32_t *id = ids->data;
  Real *row = y->data;
  for (int64_t i = 0, n = tt_numel(ids); i < n; i++, row += classes)
    row[id[i]] = 1;
  return tt_keep(y);
}

static int ascending(const void *a, const void *b)
{
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

static Tensor *places_of(Tensor *ids, const int32_t *a, int64_t m)
{
  Tensor *y = tt_empty(TT_I32, tt_shape(ids));
  const int32_t *id = ids->data;
  int32_t *to = y->data;
  for (int64_t i = 0, n = tt_numel(ids); i < n; i++) {
    const int32_t *at = bsearch(&id[i], a, (size_t)m, sizeof *a,
                                ascending);
    to[i] = (int32_t)(at - a);
  }
  return y;
}

Tensor *tt_unique(Tensor *ids, Tensor **inverse)
{
  TT_SCOPE;
  need_ids("tt_unique", ids);
  ids = tt_contiguous(ids);
  int64_t n = tt_numel(ids), m = 0;
  int32_t *a = tt_clone(ids)->data;
  if (n > 1)
    qsort(a, (size_t)n, sizeof *a, ascending);
  for (int64_t i = 0; i < n; i++)
    if (i == 0 || a[i] != a[i - 1])
      a[m++] = a[i];
  Tensor *rows = tt_from_int(TT_SHAPE(m), a);
  if (inverse)
    *inverse = tt_keep(places_of(ids, a, m));
  return tt_keep(rows);
}

static void check_positions(const char *op, int64_t from, int64_t n)
{
  if (from < 0 || n < 0 || from > INT32_MAX || n > INT32_MAX - from)
    tt_fail(TT_EVALUE, "%s: %lld positions from %lld on; they are from"
            " 0 to 2^31 - 1", op, (long long)n, (long long)from);
}

static void check_even(const char *op, int64_t width)
{
  if (width < 2 || width % 2 != 0)
    tt_fail(TT_ESHAPE, "%s: width %lld; numbers go in pairs, so it is"
            " even", op, (long long)width);
}

Tensor *tt_positions(int64_t from, int64_t n)
{
  check_positions("tt_positions", from, n);
  Tensor *t = tt_empty(TT_I32, TT_SHAPE(n));
  int32_t *p = t->data;
  for (int64_t i = 0; i < n; i++)
    p[i] = (int32_t)(from + i);
  return t;
}

Tensor *tt_padded_positions(Tensor *ids, int32_t padding)
{
  TT_SCOPE;
  ids = checked_ids("tt_padded_positions", ids, INT64_MAX);
  int64_t T = ids->rank ? ids->shape[ids->rank - 1] : 1;
  int64_t rows = T ? tt_numel(ids) / T : 0;
  Tensor *y = tt_empty(TT_I32, tt_shape(ids));
  const int32_t *id = ids->data;
  int32_t *to = y->data;
  for (int64_t r = 0; r < rows; r++, id += T, to += T) {
    int32_t next = 0;
    for (int64_t t = 0; t < T; t++)
      to[t] = id[t] == padding ? 0 : next++;
  }
  return tt_keep(y);
}

static double frequency(double base, int64_t i, int64_t dim)
{
  return pow(base, -2.0 * (double)i / (double)dim);
}

Tensor *tt_sinusoidal_positions(int64_t from, int64_t n, int64_t dim)
{
  check_positions("tt_sinusoidal_positions", from, n);
  check_even("tt_sinusoidal_positions", dim);
  Tensor *t = tt_empty(TT_F32, TT_SHAPE(n, dim));
  Real *y = t->data;
  for (int64_t p = from; p < from + n; p++, y += dim)
    for (int64_t i = 0; i < dim / 2; i++) {
      double w = frequency(10000, i, dim);
      y[2 * i] = (Real)sin((double)p * w);
      y[2 * i + 1] = (Real)cos((double)p * w);
    }
  return t;
}

static void turn_row(const RotaryShape *s, Real *y, const Real *x,
                     const Real *cosine, const Real *sine)
{
  Real way = s->back ? -1 : 1;
  int64_t step = s->interleaved ? 2 : 1;
  int64_t apart = s->interleaved ? 1 : s->half;
  for (int64_t i = 0; i < s->half; i++) {
    int64_t a = i * step, b = a + apart;
    Real c = cosine[i], w = way * sine[i];
    y[a] = x[a] * c - x[b] * w;
    y[b] = x[a] * w + x[b] * c;
  }
}

void tt_naive_rotary(const RotaryShape *s, Real *y, const Real *x,
                     const Real *cosine, const Real *sine)
{
  int64_t rows = s->batch * s->heads * s->n, width = 2 * s->half;
  for (int64_t r = 0; r < rows; r++, x += width, y += width) {
    int64_t b = r / (s->heads * s->n), t = r % s->n;
    int64_t at = (b * s->n + t) * s->half;
    turn_row(s, y, x, cosine + at, sine + at);
  }
}

static RotaryShape shape_of_rotary(Shape x, bool batched, Attr a)
{
  RotaryShape s = { 1, 1, x.dim[x.rank - 2], x.dim[x.rank - 1] / 2,
                    a.i[0] != 0, false };
  for (int d = 0; d < x.rank - 2; d++)
    *(d == 0 && batched ? &s.batch : &s.heads) *= x.dim[d];
  return s;
}

static void rotary_backward(TapeNode *k)
{
  Tensor *cosine = tt_node_saved(k, 2), *sine = tt_node_saved(k, 3);
  RotaryShape s = shape_of_rotary(tt_node_shape(k, 0),
                                  cosine->rank == 3, k->attr);
  s.back = true;
  Tensor *to = tt_empty(TT_F32, tt_node_shape(k, 1));
  tt_backend->rotary(&s, to->data, tt_contiguous(k->grad)->data,
                     cosine->data, sine->data);
  tt_accumulate(k, 1, to);
}

Op tt_op_rotary = { .name = "tt_rotary", .backward = rotary_backward,
                    .saves = TT_SAVES(2) | TT_SAVES(3) };
static void check_rotary(const Tensor *x, const Tensor *p, double base)
{
  tt_need_f32("tt_rotary", x);
  need_ids("tt_rotary", p);
  if (x->rank < 2)
    tt_fail(TT_ESHAPE, "tt_rotary: input %s; it is (..,T,D)",
            TT_TEXT(tt_shape(x)));
  check_even("tt_rotary", x->shape[x->rank - 1]);
  bool fits = p->rank == 1 || (p->rank == 2 && x->rank > 2
                               && p->shape[0] == x->shape[0]);
  if (!fits || p->shape[p->rank - 1] != x->shape[x->rank - 2])
    tt_fail(TT_ESHAPE, "tt_rotary: input %s, positions %s; for an input"
            " (B,..,T,D) they are (T) or (B,T)", TT_TEXT(tt_shape(x)),
            TT_TEXT(tt_shape(p)));
  if (!(base > 0 && isfinite(base)))
    tt_fail(TT_EVALUE, "tt_rotary: base %g; it is above 0 (0 means"
            " 10000)", base);
}

static void fill_angles(Tensor *cosine, Tensor *sine, const int32_t *p,
                        double base)
{
  int64_t half = cosine->shape[cosine->rank - 1];
  int64_t rows = half ? tt_numel(cosine) / half : 0;
  Real *c = cosine->data, *s = sine->data;
  for (int64_t i = 0; i < half; i++) {
    double w = frequency(base, i, 2 * half);
    for (int64_t r = 0; r < rows; r++) {
      double a = (double)p[r] * w;
      c[r * half + i] = (Real)cos(a);
      s[r * half + i] = (Real)sin(a);
    }
  }
}

Tensor *tt_rotary(Tensor *x, Tensor *positions, RotaryOptions o)
{
  TT_SCOPE;
  double base = o.base == 0 ? 10000 : o.base;
  check_rotary(x, positions, base);
  positions = checked_ids("tt_rotary", positions, INT64_MAX);
  x = tt_contiguous(x);
  Tensor *y = tt_empty(TT_F32, tt_shape(x));
  Shape angles = tt_shape(positions);
  angles.dim[angles.rank++] = x->shape[x->rank - 1] / 2;
  Tensor *cosine = tt_empty(TT_F32, angles);
  Tensor *sine = tt_empty(TT_F32, angles);
  fill_angles(cosine, sine, positions->data, base);
  Attr a = { .i = { o.interleaved } };
  RotaryShape s = shape_of_rotary(tt_shape(x), angles.rank == 3, a);
  tt_backend->rotary(&s, y->data, x->data, cosine->data, sine->data);
  return tt_keep(tt_record(&tt_op_rotary, y, 3,
                           (Tensor *[]){ x, cosine, sine }, a));
}

static int32_t drawn(const double *sums, int32_t n, double u)
{
  int32_t low = 0, high = n - 1;     // it is one of low, .., high
  while (low < high) {
    int32_t middle = low + (high - low) / 2;
    if (sums[middle] > u)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static double *running_sums(const Tensor *weights)
{
  int64_t n = weights->shape[0];
  double *sums = tt_empty(TT_U8, TT_SHAPE(n * 8))->data, sum = 0;
  const Real *w = weights->data;
  for (int64_t k = 0; k < n; k++) {
    if (!(w[k] >= 0 && isfinite(w[k])))
      tt_fail(TT_EVALUE, "tt_multinomial: weight %g at [%lld]; a weight"
              " is 0 or more, and finite", (double)w[k], (long long)k);
    sums[k] = sum += (double)w[k];
  }
  if (sum == 0)
    tt_fail(TT_EVALUE, "tt_multinomial: weights %s, all 0; nothing can"
            " be drawn", TT_TEXT(tt_shape(weights)));
  return sums;
}

Tensor *tt_multinomial(const Tensor *weights, int64_t n, Generator *g)
{
  TT_SCOPE;
  tt_need_f32("tt_multinomial", weights);
  if (weights->rank != 1 || weights->shape[0] > INT32_MAX || n < 0)
    tt_fail(TT_ESHAPE, "tt_multinomial: weights %s, %lld draws; the"
            " weights are (N), and draws 0 or more",
            TT_TEXT(tt_shape(weights)), (long long)n);
  Tensor *flat = tt_contiguous((Tensor *)(uintptr_t)weights);
  int32_t size = (int32_t)weights->shape[0];
  const double *sums = running_sums(flat);
  Tensor *y = tt_empty(TT_I32, TT_SHAPE(n));
  int32_t *to = y->data;
  g = tt_generator(g);
  for (int64_t i = 0; i < n; i++)
    to[i] = drawn(sums, size, (double)(tt_random(g) >> 11) * 0x1p-53
                              * sums[size - 1]);
  return tt_keep(y);
}

// v becomes a right angle to each of k rows, of length 1; its length
static double away_from(int64_t k, const double *found, int64_t d,
                        double *v)
{
  double length = 0;
  for (int64_t r = 0; r < k; r++) {
    const double *q = found + r * d;
    double along = 0;
    for (int64_t i = 0; i < d; i++)
      along += v[i] * q[i];
    for (int64_t i = 0; i < d; i++)
      v[i] -= along * q[i];
  }
  for (int64_t i = 0; i < d; i++)
    length += v[i] * v[i];
  length = sqrt(length);
  for (int64_t i = 0; i < d && length > 0; i++)
    v[i] /= length;
  return length;
}

static double *covariance(const Tensor *x)
{
  int64_t n = x->shape[0], d = x->shape[1];
  double *mean = tt_empty(TT_U8, TT_SHAPE(d * 8))->data;
  double *c = tt_empty(TT_U8, TT_SHAPE(d * d * 8))->data;
  memset(mean, 0, (size_t)d * sizeof *mean);
  memset(c, 0, (size_t)(d * d) * sizeof *c);
  const Real *row = x->data;
  for (int64_t r = 0; r < n; r++, row += d)
    for (int64_t i = 0; i < d; i++)
      mean[i] += (double)row[i] / (double)n;
  row = x->data;
  for (int64_t r = 0; r < n; r++, row += d)
    for (int64_t i = 0; i < d; i++) {
      double off = ((double)row[i] - mean[i]) / (double)(n - 1);
      for (int64_t j = 0; j < d; j++)
        c[i * d + j] += off * ((double)row[j] - mean[j]);
    }
  return c;
}

static double next_direction(int64_t d, const double *c, int64_t k,
                             const double *found, double *v,
                             double *next)
{
  double variance = 0, moved = 1, all = 0;
  for (int64_t i = 0; i < d; i++)
    all += c[i * d + i];           // the variance in all directions
  away_from(k, found, d, v);
  for (int step = 0; step < 10000 && moved > 1e-20; step++) {
    for (int64_t i = 0; i < d; i++) {
      next[i] = 0;
      for (int64_t j = 0; j < d; j++)
        next[i] += c[i * d + j] * v[j];
    }
    variance = away_from(k, found, d, next);
    if (variance <= 1e-14 * all)
      return 0;                    // no more than rounding varies
    away_from(k, found, d, next);  // what rounding left of them
    moved = 0;
    for (int64_t i = 0; i < d; i++) {
      moved += (next[i] - v[i]) * (next[i] - v[i]);
      v[i] = next[i];
    }
  }
  return variance;
}

static double *start_of(int64_t k, int64_t d)  // directions, at random
{
  Generator g;
  tt_manual_seed(&g, 0);
  double *v = tt_empty(TT_U8, TT_SHAPE((k + 1) * d * 8))->data;
  for (int64_t i = 0; i < k * d; i++)
    v[i] = (double)(tt_random(&g) >> 11) * 0x1p-53 - 0.5;
  return v;
}

static double sign_of(const double *v, int64_t d)  // of the largest
{
  double most = 0;
  for (int64_t i = 0; i < d; i++)
    most = fabs(v[i]) > fabs(most) ? v[i] : most;
  return most < 0 ? -1 : 1;
}

Tensor *tt_pca(Tensor *x, int64_t k, Tensor **variance)
{
  TT_SCOPE;
  tt_need_f32("tt_pca", x);
  if (x->rank != 2 || x->shape[0] < 2 || k < 1 || k > x->shape[1])
    tt_fail(TT_ESHAPE, "tt_pca: input %s, %lld directions; the input is"
            " (N,D), N 2 or more, with 1 to D directions",
            TT_TEXT(tt_shape(x)), (long long)k);
  int64_t d = x->shape[1];
  const double *c = covariance(tt_contiguous(x));
  double *v = start_of(k, d);
  Tensor *y = tt_empty(TT_F32, TT_SHAPE(k, d));
  Tensor *var = tt_empty(TT_F32, TT_SHAPE(k));
  for (int64_t i = 0; i < k; i++) {
    double *row = v + i * d;
    ((Real *)var->data)[i] = (Real)next_direction(d, c, i, v, row,
                                                  v + k * d);
    double sign = sign_of(row, d);
    for (int64_t j = 0; j < d; j++)
      ((Real *)y->data)[i * d + j] = (Real)(sign * row[j]);
  }
  if (variance)
    *variance = tt_keep(var);
  return tt_keep(y);
}

static Tensor *embedding_forward(Module *m, Tensor *ids)
{
  Embedding *e = (Embedding *)m;
  return tt_embedding_with(ids, e->weight, e->options);
}

static void embedding_describe(Module *m, FILE *f)
{
  Embedding *e = (Embedding *)m;
  fprintf(f, "%lld, %lld", (long long)e->weight->shape[0],
          (long long)e->weight->shape[1]);
  if (e->options.padding)
    fprintf(f, ", padding_idx=%d", (int)e->options.padding_idx);
}

static const ModuleField embedding_fields[] = {
  TT_PARAM(Embedding, weight), {0}
};
const ModuleType tt_embedding_type = {
  "Embedding", sizeof(Embedding), embedding_fields, embedding_forward,
  embedding_describe
};
Embedding *tt_embedding_new(int64_t num, int64_t dim,
                            EmbeddingOptions o, Generator *g)
{
  if (num < 1 || num > INT32_MAX || dim < 1)
    tt_fail(TT_EVALUE, "tt_embedding_new: %lld rows of %lld numbers; "
            "each is 1 or more", (long long)num, (long long)dim);
  int64_t pad = row_of_padding("tt_embedding_new", &o, num);
  Embedding *e = tt_module_new(&tt_embedding_type);
  e->options = o;
  e->options.padding_idx = o.padding ? (int32_t)pad : 0;
  e->weight = tt_parameter("weight", TT_SHAPE(num, dim));
  tt_normal_(e->weight, 0, 1, g);
  if (o.padding)
    memset((Real *)e->weight->data + pad * dim, 0,
           (size_t)dim * sizeof(Real));
  return e;
}
