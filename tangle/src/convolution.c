// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
// Convolutions: seven loops as the definition; columns and a product of
// matrices as the kernel; their gradients, which make the transposed
// convolution, too.
#include "tt/convolution.h"
#include "tt/gradient.h"
#include "tt/todo.h"
#include <string.h>

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

static int64_t places(int64_t in, int64_t padding, int64_t kernel,
                      int64_t dilation, int64_t stride)
{
  int64_t room = in + padding - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

static double at_place(const Conv2dShape *s, int64_t n, int64_t o,
                       int64_t p, int64_t q, const Real *x,
                       const Real *w)
{
  int64_t in = s->in / s->groups, out = s->out / s->groups;
  int64_t first = o / out * in;    // channel of the group of o
  double sum = 0;
  const Real *weight = w + o * in * s->kh * s->kw;
  for (int64_t c = 0; c < in; c++)
    for (int64_t i = 0; i < s->kh; i++)
      for (int64_t j = 0; j < s->kw; j++, weight++) {
        int64_t row = p * s->stride_h - s->top + i * s->dilation_h;
        int64_t col = q * s->stride_w - s->left + j * s->dilation_w;
        int64_t plane = n * s->in + first + c;
        if (row >= 0 && row < s->h && col >= 0 && col < s->w)
          sum += (double)*weight
            * (double)x[(plane * s->h + row) * s->w + col];
      }
  return sum;
}

void tt_conv2d_definition(const Conv2dShape *s, Real *y, const Real *x,
                          const Real *w, const Real *b)
{
  for (int64_t n = 0; n < s->n; n++)
    for (int64_t o = 0; o < s->out; o++)
      for (int64_t p = 0; p < s->out_h; p++)
        for (int64_t q = 0; q < s->out_w; q++)
          *y++ = (Real)at_place(s, n, o, p, q, x, w)
            + (b ? b[o] : 0);
}

static void complete(const char *op, Conv2dOptions *o)
{
  int *least_one[] = { &o->stride[0], &o->stride[1], &o->dilation[0],
                       &o->dilation[1], &o->groups };
  const char *name[] = { "stride", "stride", "dilation", "dilation",
                         "groups" };
  for (int i = 0; i < 5; i++) {
    if (*least_one[i] == 0)
      *least_one[i] = 1;
    if (*least_one[i] < 0)
      tt_fail(TT_EVALUE, "%s: %s %d; it is 1 or more (0 means 1)", op,
              name[i], *least_one[i]);
  }
  for (int i = 0; i < 4; i++)
    if (o->padding[i] < 0)
      tt_fail(TT_EVALUE, "%s: padding %d; it is 0 or more, and tt_slice"
              " cuts off", op, o->padding[i]);
}

static void pad_to_same(const char *op, Conv2dOptions *o,
                        const Tensor *w)
{
  if (!o->same)
    return;
  if (o->stride[0] != 1 || o->stride[1] != 1)
    tt_fail(TT_EVALUE, "%s: same with stride (%d,%d); only with stride"
            " 1 can y be as large as x", op, o->stride[0],
            o->stride[1]);
  for (int d = 0; d < 2; d++) {
    int all = o->dilation[d] * ((int)w->shape[2 + d] - 1);
    o->padding[d] = all / 2;
    o->padding[2 + d] = all - all / 2;
  }
}

static void check_operands(const char *op, const Tensor *x,
                           const Tensor *w, const Tensor *b,
                           int64_t out)
{
  if (x->rank != 4 || w->rank != 4)
    tt_fail(TT_ESHAPE, "%s: input %s, weight %s; both have four"
            " dimensions, the input (N,C,H,W)%s", op,
            TT_TEXT(tt_shape(x)), TT_TEXT(tt_shape(w)), x->rank == 3
            ? "\n  one image becomes a batch with tt_unsqueeze(x, 0)"
            : "");
  if (w->shape[2] < 1 || w->shape[3] < 1)
    tt_fail(TT_ESHAPE, "%s: weight %s; its window has no place", op,
            TT_TEXT(tt_shape(w)));
  if (!b)
    return;
  tt_need_f32(op, b);
  if (b->rank != 1 || b->shape[0] != out)
    tt_fail(TT_ESHAPE, "%s: bias %s; it has a number for each of %lld"
            " channels of the result", op, TT_TEXT(tt_shape(b)),
            (long long)out);
}

static void check_channels(const char *op, const Tensor *x,
                           const Tensor *w, int groups)
{
  int64_t in = x->shape[1];
  if (in % groups != 0 || w->shape[0] % groups != 0)
    tt_fail(TT_ESHAPE, "%s: %d groups of %lld channels in and %lld out;"
            " groups divide both numbers", op, groups, (long long)in,
            (long long)w->shape[0]);
  if (w->shape[1] != in / groups)
    tt_fail(TT_ESHAPE, "%s: input %s, weight %s, groups %d: a kernel"
            " sees %lld channels, the weight has %lld", op,
            TT_TEXT(tt_shape(x)), TT_TEXT(tt_shape(w)), groups,
            (long long)(in / groups), (long long)w->shape[1]);
}

static Conv2dShape window_of(const Tensor *w, const Conv2dOptions *o)
{
  return (Conv2dShape){
    .groups = o->groups, .kh = w->shape[2], .kw = w->shape[3],
    .stride_h = o->stride[0], .stride_w = o->stride[1],
    .dilation_h = o->dilation[0], .dilation_w = o->dilation[1],
    .top = o->padding[0], .left = o->padding[1] };
}

Conv2dShape tt_conv2d_shape(const char *op, const Tensor *x,
                            const Tensor *w, const Tensor *b,
                            Conv2dOptions *o)
{
  complete(op, o);
  check_operands(op, x, w, b, w->rank ? w->shape[0] : 0);
  check_channels(op, x, w, o->groups);
  pad_to_same(op, o, w);
  Conv2dShape s = window_of(w, o);
  s.n = x->shape[0], s.in = x->shape[1], s.out = w->shape[0];
  s.h = x->shape[2], s.w = x->shape[3];
  s.out_h = places(s.h, o->padding[0] + o->padding[2], s.kh,
                   s.dilation_h, s.stride_h);
  s.out_w = places(s.w, o->padding[1] + o->padding[3], s.kw,
                   s.dilation_w, s.stride_w);
  if (s.out_h < 1 || s.out_w < 1)
    tt_fail(TT_ESHAPE, "%s: a window of %lld x %lld does not fit into"
            " %lld x %lld; pad the image or use a smaller window", op,
            (long long)(s.dilation_h * (s.kh - 1) + 1),
            (long long)(s.dilation_w * (s.kw - 1) + 1),
            (long long)(s.h + o->padding[0] + o->padding[2]),
            (long long)(s.w + o->padding[1] + o->padding[3]));
  return s;
}

static Conv2dShape shape_of_conv(const char *op, const Tensor *x,
                                 const Tensor *w, const Tensor *b,
                                 Conv2dOptions *o)
{
  tt_need_f32(op, x);
  tt_need_f32(op, w);
  return tt_conv2d_shape(op, x, w, b, o);
}

typedef struct Kept { int stride[2], padding[4], dilation[2], groups; }
  Kept;
_Static_assert(sizeof(Kept) <= sizeof ((Attr *)0)->i, "fits");

static Attr attr_of(const Conv2dOptions *o)
{
  Kept k = { .groups = o->groups };
  memcpy(k.stride, o->stride, sizeof k.stride);
  memcpy(k.padding, o->padding, sizeof k.padding);
  memcpy(k.dilation, o->dilation, sizeof k.dilation);
  Attr a = {0};
  memcpy(a.i, &k, sizeof k);
  return a;
}

static Conv2dShape shape_of_node(const TapeNode *n, int image,
                                 int result)
{
  Kept k;
  memcpy(&k, n->attr.i, sizeof k);
  Conv2dOptions o = { .groups = k.groups };
  memcpy(o.stride, k.stride, sizeof k.stride);
  memcpy(o.padding, k.padding, sizeof k.padding);
  memcpy(o.dilation, k.dilation, sizeof k.dilation);
  Shape x = tt_node_shape(n, image), y = tt_node_shape(n, result);
  Conv2dShape s = window_of(&n->saved[2].t, &o);
  s.n = x.dim[0];
  s.in = x.dim[1], s.h = x.dim[2], s.w = x.dim[3];
  s.out = y.dim[1], s.out_h = y.dim[2], s.out_w = y.dim[3];
  return s;
}

enum { COLUMNS = 128 };            // about as many in a block

typedef struct Block {
  int64_t rows, columns;           // columns = rows * out_w
  int64_t image[COLUMNS], p[COLUMNS];  // of each row of y
} Block;

static void block_at(Block *b, const Conv2dShape *s, int64_t first)
{
  int64_t left = s->n * s->out_h - first;
  b->rows = smaller(larger(COLUMNS / s->out_w, 1), left);
  b->columns = b->rows * s->out_w;
  for (int64_t r = 0; r < b->rows; r++) {
    b->image[r] = (first + r) / s->out_h;
    b->p[r] = (first + r) % s->out_h;
  }
}

typedef struct Run { int64_t from, to, column; } Run;

static Run inside(const Conv2dShape *s, int64_t j)
{
  int64_t before = s->left - j * s->dilation_w;  // columns outside
  Run u = { 0, s->out_w, 0 };
  int64_t step = s->stride_w;
  u.from = (larger(before, 0) + step - 1) / step;
  u.to = (larger(s->w + before, 0) + step - 1) / step;
  u.to = smaller(u.to, s->out_w);
  u.from = smaller(u.from, u.to);
  u.column = u.from * s->stride_w - before;
  return u;
}

static int64_t row_seen(const Conv2dShape *s, const Block *b, int64_t r,
                        int64_t c, int64_t i)
{
  int64_t y = b->p[r] * s->stride_h - s->top + i * s->dilation_h;
  return y < 0 || y >= s->h ? -1
    : ((b->image[r] * s->in + c) * s->h + y) * s->w;
}

static void fetch(Real *to, const Conv2dShape *s, const Run *u,
                  const Real *x)
{
  for (int64_t q = 0; q < u->from; q++)
    to[q] = 0;
  if (s->stride_w == 1)
    memcpy(to + u->from, x, (size_t)(u->to - u->from) * sizeof *to);
  else
    for (int64_t q = u->from; q < u->to; q++)
      to[q] = x[(q - u->from) * s->stride_w];
  for (int64_t q = u->to; q < s->out_w; q++)
    to[q] = 0;
}

static int64_t row_of_y(const Conv2dShape *s, const Block *b, int64_t r,
                        int64_t o)
{
  return ((b->image[r] * s->out + o) * s->out_h + b->p[r]) * s->out_w;
}

static void put_rows(const Conv2dShape *s, const Block *b, int64_t g,
                     Real *y, const Real *from, const Real *bias)
{
  int64_t out = s->out / s->groups;
  for (int64_t o = g * out; o < (g + 1) * out; o++)
    for (int64_t r = 0; r < b->rows; r++, from += s->out_w) {
      Real *to = y + row_of_y(s, b, r, o), add = bias ? bias[o] : 0;
      for (int64_t q = 0; q < s->out_w; q++)
        to[q] = from[q] + add;
    }
}

static void get_rows(const Conv2dShape *s, const Block *b, int64_t g,
                     Real *to, const Real *y)
{
  int64_t out = s->out / s->groups;
  for (int64_t o = g * out; o < (g + 1) * out; o++)
    for (int64_t r = 0; r < b->rows; r++, to += s->out_w)
      memcpy(to, y + row_of_y(s, b, r, o),
             (size_t)s->out_w * sizeof *to);
}

typedef struct Matrix { const Real *at; int64_t row, col; } Matrix;

// c = a b + beta c, of m x n, without gaps
static void multiply(int64_t m, int64_t n, int64_t k, Matrix a,
                     Matrix b, Real *c, Real beta)
{
  tt_backend->gemm(&(Gemm){
    .batch = 1, .m = m, .n = n, .k = k, .alpha = 1, .beta = beta,
    .a = a.at, .a_row = a.row, .a_col = a.col,
    .b = b.at, .b_row = b.row, .b_col = b.col,
    .c = c, .c_row = n, .c_col = 1 });
}

static void im2col(const Conv2dShape *s, const Block *b, int64_t g,
                   Real *to, const Real *x)
{
  int64_t in = s->in / s->groups;
  const Run nothing = { s->out_w, s->out_w, 0 };
  for (int64_t c = g * in; c < (g + 1) * in; c++)
    for (int64_t i = 0; i < s->kh; i++)
      for (int64_t j = 0; j < s->kw; j++) {
        Run u = inside(s, j);
        for (int64_t r = 0; r < b->rows; r++, to += s->out_w) {
          int64_t at = row_seen(s, b, r, c, i);
          fetch(to, s, at < 0 ? &nothing : &u,
                at < 0 ? x : x + at + u.column);
        }
      }
}

typedef struct Work {
  int64_t out, depth;              // of one group
  Real   *columns, *rows;          // (depth,n), (out,n)
  Real   *turned;                  // (n,depth)
  Block   b;
} Work;

static Work work_for(const Conv2dShape *s)
{
  int64_t n = larger(COLUMNS, s->out_w);
  Work k = { .out = s->out / s->groups,
             .depth = s->in / s->groups * s->kh * s->kw };
  k.columns = tt_empty(TT_F32, TT_SHAPE(k.depth, n))->data;
  k.rows = tt_empty(TT_F32, TT_SHAPE(k.out, n))->data;
  k.turned = tt_empty(TT_F32, TT_SHAPE(n, k.depth))->data;
  return k;
}

void tt_naive_conv2d(const Conv2dShape *s, Real *y, const Real *x,
                     const Real *w, const Real *bias)
{
  TT_SCOPE;
  Work k = work_for(s);
  for (int64_t at = 0; at < s->n * s->out_h; at += k.b.rows) {
    block_at(&k.b, s, at);
    for (int64_t g = 0; g < s->groups; g++) {
      int64_t n = k.b.columns;
      im2col(s, &k.b, g, k.columns, x);
      multiply(k.out, n, k.depth,
               (Matrix){ w + g * k.out * k.depth, k.depth, 1 },
               (Matrix){ k.columns, n, 1 }, k.rows, 0);
      put_rows(s, &k.b, g, y, k.rows, bias);
    }
  }
}

static void turn(int64_t rows, int64_t columns, Real *to,
                 const Real *from)
{
  for (int64_t i = 0; i < rows; i += 8)
    for (int64_t j = 0; j < columns; j++)
      for (int64_t k = i; k < smaller(i + 8, rows); k++)
        to[j * rows + k] = from[k * columns + j];
}

void tt_naive_conv2d_back_w(const Conv2dShape *s, Real *dw,
                            const Real *dy, const Real *x)
{
  TT_SCOPE;
  Work k = work_for(s);
  memset(dw, 0, (size_t)(s->out * k.depth) * sizeof *dw);
  for (int64_t at = 0; at < s->n * s->out_h; at += k.b.rows) {
    block_at(&k.b, s, at);
    for (int64_t g = 0; g < s->groups; g++) {
      int64_t n = k.b.columns;
      get_rows(s, &k.b, g, k.rows, dy);
      im2col(s, &k.b, g, k.columns, x);
      turn(k.depth, n, k.turned, k.columns);
      Real *to = dw + g * k.out * k.depth;
      multiply(k.out, k.depth, n, (Matrix){ k.rows, n, 1 },
               (Matrix){ k.turned, k.depth, 1 }, to, 1);
    }
  }
}

static void add_run(Real *x, const Real *from, const Run *u,
                    int64_t stride)
{
  for (int64_t q = u->from; q < u->to; q++)
    x[(q - u->from) * stride] += from[q];
}

static void col2im(const Conv2dShape *s, const Block *b, int64_t g,
                   Real *x, const Real *from)
{
  int64_t in = s->in / s->groups;
  for (int64_t c = g * in; c < (g + 1) * in; c++)
    for (int64_t i = 0; i < s->kh; i++)
      for (int64_t j = 0; j < s->kw; j++) {
        Run u = inside(s, j);
        for (int64_t r = 0; r < b->rows; r++, from += s->out_w) {
          int64_t at = row_seen(s, b, r, c, i);
          if (at >= 0)
            add_run(x + at + u.column, from, &u, s->stride_w);
        }
      }
}

void tt_naive_conv2d_back_x(const Conv2dShape *s, Real *dx,
                            const Real *dy, const Real *w)
{
  TT_SCOPE;
  Work k = work_for(s);
  size_t size = (size_t)(s->n * s->in * s->h * s->w) * sizeof *dx;
  memset(dx, 0, size);
  for (int64_t at = 0; at < s->n * s->out_h; at += k.b.rows) {
    block_at(&k.b, s, at);
    for (int64_t g = 0; g < s->groups; g++) {
      int64_t n = k.b.columns;
      get_rows(s, &k.b, g, k.rows, dy);
      multiply(k.depth, n, k.out,
               (Matrix){ w + g * k.out * k.depth, 1, k.depth },
               (Matrix){ k.rows, n, 1 }, k.columns, 0);
      col2im(s, &k.b, g, dx, k.columns);
    }
  }
}

static Tensor *channel_sums(const Tensor *g)   // (N,C,H,W) to (C)
{
  int64_t n = g->shape[0], c = g->shape[1];
  int64_t inner = g->shape[2] * g->shape[3];
  Tensor *rows = tt_empty(TT_F32, TT_SHAPE(n, c));
  Tensor *sums = tt_empty(TT_F32, TT_SHAPE(c));
  tt_backend->reduce(TT_SUM, n * c, inner, 1, rows->data, g->data);
  tt_backend->reduce(TT_SUM, 1, n, c, sums->data, rows->data);
  return sums;
}

static void bias_backward(TapeNode *k)
{
  if (k->n == 3 && tt_node_wants(k, 3))
    tt_accumulate(k, 3, channel_sums(tt_contiguous(k->grad)));
}

static void conv2d_backward(TapeNode *k)
{
  Conv2dShape s = shape_of_node(k, 1, 0);
  const Real *g = tt_contiguous(k->grad)->data;
  if (tt_node_wants(k, 1)) {
    Tensor *to = tt_empty(TT_F32, tt_node_shape(k, 1));
    tt_backend->conv2d_back_x(&s, to->data, g,
                              tt_node_saved(k, 2)->data);
    tt_accumulate(k, 1, to);
  }
  if (tt_node_wants(k, 2)) {
    Tensor *to = tt_empty(TT_F32, tt_node_shape(k, 2));
    tt_backend->conv2d_back_w(&s, to->data, g,
                              tt_node_saved(k, 1)->data);
    tt_accumulate(k, 2, to);
  }
  bias_backward(k);
}

Op tt_op_conv2d = { .name = "tt_conv2d", .backward = conv2d_backward,
                    .saves = TT_SAVES_FACTORS };

Tensor *tt_conv2d(Tensor *x, Tensor *w, Tensor *b, Conv2dOptions o)
{
  Conv2dShape s = shape_of_conv("tt_conv2d", x, w, b, &o);
  TT_SCOPE;                        // of copies without gaps
  x = tt_contiguous(x), w = tt_contiguous(w);
  b = b ? tt_contiguous(b) : NULL;
  Tensor *y = tt_empty(TT_F32,
                       TT_SHAPE(s.n, s.out, s.out_h, s.out_w));
  tt_backend->conv2d(&s, y->data, x->data, w->data,
                     b ? b->data : NULL);
  return tt_keep(tt_record(&tt_op_conv2d, y, b ? 3 : 2,
                           (Tensor *[]){x, w, b}, attr_of(&o)));
}

static Conv2dShape shape_of_transpose(const char *op, const Tensor *x,
                                      const Tensor *w, const Tensor *b,
                                      int bottom, int right,
                                      Conv2dOptions *o)
{
  tt_need_f32(op, x);
  tt_need_f32(op, w);
  complete(op, o);
  int64_t out = w->rank > 1 ? w->shape[1] * o->groups : 0;
  check_operands(op, x, w, b, out);
  if (o->same)
    tt_fail(TT_EVALUE, "%s: same is of tt_conv2d; give the padding",
            op);
  if (x->shape[1] != w->shape[0] || w->shape[0] % o->groups != 0)
    tt_fail(TT_ESHAPE, "%s: input %s, weight %s, groups %d; the weight"
            " is (in,out/groups,kh,kw), and groups divide in", op,
            TT_TEXT(tt_shape(x)), TT_TEXT(tt_shape(w)), o->groups);
  int more[] = { bottom, right };
  for (int d = 0; d < 2; d++)
    if (more[d] < 0
        || (more[d] > 0 && more[d] >= larger(o->stride[d],
                                             o->dilation[d])))
      tt_fail(TT_EVALUE, "%s: %d added at the end; it is less than the"
              " stride or the dilation, %lld", op, more[d],
              (long long)larger(o->stride[d], o->dilation[d]));
  Conv2dShape s = window_of(w, o);
  s.n = x->shape[0], s.in = out, s.out = x->shape[1];
  s.out_h = x->shape[2], s.out_w = x->shape[3];
  s.h = (s.out_h - 1) * s.stride_h - o->padding[0] - o->padding[2]
    + s.dilation_h * (s.kh - 1) + bottom + 1;
  s.w = (s.out_w - 1) * s.stride_w - o->padding[1] - o->padding[3]
    + s.dilation_w * (s.kw - 1) + right + 1;
  if (s.h < 1 || s.w < 1)
    tt_fail(TT_ESHAPE, "%s: the padding leaves a result of %lld x %lld",
            op, (long long)s.h, (long long)s.w);
  return s;
}

static void conv_transpose2d_backward(TapeNode *k)
{
  Conv2dShape s = shape_of_node(k, 0, 1);
  const Real *g = tt_contiguous(k->grad)->data;
  if (tt_node_wants(k, 1)) {
    Tensor *to = tt_empty(TT_F32, tt_node_shape(k, 1));
    tt_backend->conv2d(&s, to->data, g, tt_node_saved(k, 2)->data,
                       NULL);
    tt_accumulate(k, 1, to);
  }
  if (tt_node_wants(k, 2)) {
    Tensor *to = tt_empty(TT_F32, tt_node_shape(k, 2));
    tt_backend->conv2d_back_w(&s, to->data, tt_node_saved(k, 1)->data,
                              g);
    tt_accumulate(k, 2, to);
  }
  bias_backward(k);
}

Op tt_op_conv_transpose2d = {
  .name = "tt_conv_transpose2d", .saves = TT_SAVES_FACTORS,
  .backward = conv_transpose2d_backward };

static void add_bias(Tensor *y, const Real *b)
{
  Real *to = y->data;
  int64_t n = y->shape[0] * y->shape[1];
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = y->shape[2] * y->shape[3]; j > 0; j--)
      *to++ += b[i % y->shape[1]];
}

Tensor *tt_conv_transpose2d(Tensor *x, Tensor *w, Tensor *b, int bottom,
                            int right, Conv2dOptions o)
{
  Conv2dShape s = shape_of_transpose("tt_conv_transpose2d", x, w, b,
                                     bottom, right, &o);
  TT_SCOPE;
  x = tt_contiguous(x), w = tt_contiguous(w);
  b = b ? tt_contiguous(b) : NULL;
  Tensor *y = tt_empty(TT_F32, TT_SHAPE(s.n, s.in, s.h, s.w));
  tt_backend->conv2d_back_x(&s, y->data, x->data, w->data);
  if (b)
    add_bias(y, b->data);
  return tt_keep(tt_record(&tt_op_conv_transpose2d, y, b ? 3 : 2,
                           (Tensor *[]){x, w, b}, attr_of(&o)));
}
