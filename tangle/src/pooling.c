// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
// Poolings: windows as spans of rows and columns, the maximum or the
// average of each.
#include "tt/convolution.h"
#include "tt/gradient.h"
#include "tt/todo.h"
#include <string.h>

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static void complete_pool(const char *op, Pool2dOptions *o)
{
  o->kernel[1] = o->kernel[1] ? o->kernel[1] : o->kernel[0];
  for (int d = 0; d < 2; d++) {
    o->stride[d] = o->stride[d] ? o->stride[d] : o->kernel[d];
    o->dilation[d] = o->dilation[d] ? o->dilation[d] : 1;
    if (o->kernel[d] < 1 || o->stride[d] < 1 || o->dilation[d] < 1)
      tt_fail(TT_EVALUE, "%s: kernel %d, stride %d, dilation %d; each"
              " is 1 or more", op, o->kernel[d], o->stride[d],
              o->dilation[d]);
    int covers = o->dilation[d] * (o->kernel[d] - 1) + 1;
    for (int i = d; i < 4; i += 2)
      if (o->padding[i] < 0 || o->padding[i] >= covers)
        tt_fail(TT_EVALUE, "%s: padding %d for a window that covers %d;"
                " it is from 0 to one less, or a window would see"
                " nothing", op, o->padding[i], covers);
  }
  if (o->divisor < 0)
    tt_fail(TT_EVALUE, "%s: divisor %d; it is 1 or more, or 0 for the"
            " size of the window", op, o->divisor);
}

static int64_t even_places(const Pool2dOptions *o, int d, int64_t in)
{
  int64_t all = in + o->padding[d] + o->padding[2 + d];
  int64_t covers = o->dilation[d] * (o->kernel[d] - 1) + 1;
  int64_t step = o->stride[d], room = all - covers;
  if (room < 0 && !(o->ceil && room + step > 0))
    return 0;
  int64_t n = (room + (o->ceil ? step - 1 : 0)) / step + 1;
  return o->ceil && (n - 1) * step >= in + o->padding[d] ? n - 1 : n;
}

static void even_spans(const char *op, PoolSpan *s,
                       const Pool2dOptions *o, int d, int64_t in,
                       int64_t out)
{
  int64_t step = o->dilation[d];
  for (int64_t i = 0; i < out; i++) {
    int64_t from = i * o->stride[d] - o->padding[d];
    int64_t to = from + step * (o->kernel[d] - 1) + 1;
    int64_t size = smaller(to, in + o->padding[2 + d]) - from;
    while (from < 0)
      from += step;
    to = smaller(to, in);
    if (from >= to)
      tt_fail(TT_EVALUE, "%s: window %lld has no place inside of %lld;"
              " dilation %d is too large for so much padding", op,
              (long long)i, (long long)in, o->dilation[d]);
    s[i] = (PoolSpan){ from, to, o->exclude_pad ? to - from : size };
  }
}

static void adaptive_spans(PoolSpan *s, int64_t in, int64_t out)
{
  for (int64_t o = 0; o < out; o++) {
    s[o].from = o * in / out;
    s[o].to = ((o + 1) * in + out - 1) / out;
    s[o].size = s[o].to - s[o].from;
  }
}

static int64_t largest_at(const Pool2dShape *s, const Real *plane,
                          PoolSpan down, PoolSpan across)
{
  int64_t best = down.from * s->w + across.from;
  for (int64_t i = down.from; i < down.to; i += s->step_h)
    for (int64_t j = across.from; j < across.to; j += s->step_w) {
      int64_t at = i * s->w + j;
      if (plane[at] > plane[best] || plane[at] != plane[at])
        best = at;
    }
  return best;
}

static Real divisor(const Pool2dShape *s, PoolSpan down,
                    PoolSpan across)
{
  return (Real)(s->divisor ? s->divisor : down.size * across.size);
}

static Real average(const Pool2dShape *s, const Real *plane,
                    PoolSpan down, PoolSpan across)
{
  double sum = 0;
  for (int64_t i = down.from; i < down.to; i++)
    for (int64_t j = across.from; j < across.to; j++)
      sum += (double)plane[i * s->w + j];
  return (Real)(sum / (double)divisor(s, down, across));
}

static void share_out(const Pool2dShape *s, Real *plane, Real g,
                      PoolSpan down, PoolSpan across)
{
  Real each = g / divisor(s, down, across);
  for (int64_t i = down.from; i < down.to; i++)
    for (int64_t j = across.from; j < across.to; j++)
      plane[i * s->w + j] += each;
}

void tt_naive_pool2d(const Pool2dShape *s, Real *y, int32_t *at,
                     const Real *x)
{
  for (int64_t n = 0; n < s->planes; n++, x += s->h * s->w)
    for (int64_t p = 0; p < s->out_h; p++)
      for (int64_t q = 0; q < s->out_w; q++, y++)
        if (at) {
          *at = (int32_t)largest_at(s, x, s->down[p], s->across[q]);
          *y = x[*at++];
        } else {
          *y = average(s, x, s->down[p], s->across[q]);
        }
}

void tt_naive_pool2d_back(const Pool2dShape *s, Real *dx,
                          const Real *dy, const int32_t *at)
{
  memset(dx, 0, (size_t)(s->planes * s->h * s->w) * sizeof *dx);
  for (int64_t n = 0; n < s->planes; n++, dx += s->h * s->w)
    for (int64_t p = 0; p < s->out_h; p++)
      for (int64_t q = 0; q < s->out_w; q++, dy++)
        if (at)
          dx[*at++] += *dy;
        else
          share_out(s, dx, *dy, s->down[p], s->across[q]);
}

typedef struct Pooling {
  const char *op;
  const Pool2dOptions *o;          // NULL: adaptive
  int64_t h, w;                    // of the result, if adaptive
  bool    max;
} Pooling;

static Tensor *spans_of(const Pooling *p, int d, int64_t in,
                        int64_t out)
{
  int64_t bytes = out * (int64_t)sizeof(PoolSpan);
  Tensor *t = tt_empty(TT_U8, TT_SHAPE(bytes));
  if (p->o)
    even_spans(p->op, t->data, p->o, d, in, out);
  else
    adaptive_spans(t->data, in, out);
  return t;
}

static Pool2dShape shape_of_pool(const Shape *x, const Shape *y,
                                 const Tensor *down,
                                 const Tensor *across, const int64_t *a)
{
  return (Pool2dShape){
    .planes = x->dim[0] * x->dim[1], .h = x->dim[2], .w = x->dim[3],
    .out_h = y->dim[2], .out_w = y->dim[3], .step_h = a[0],
    .step_w = a[1], .divisor = a[2], .down = down->data,
    .across = across->data };
}

static void check_pool(const char *op, const Tensor *x)
{
  tt_need_f32(op, x);
  if (x->rank != 4)
    tt_fail(TT_ESHAPE, "%s: input %s; maps are (N,C,H,W)%s", op,
            TT_TEXT(tt_shape(x)), x->rank == 3
            ? "\n  one image becomes a batch with tt_unsqueeze(x, 0)"
            : "");
  if (x->shape[2] < 1 || x->shape[3] < 1
      || x->shape[2] * x->shape[3] > INT32_MAX)
    tt_fail(TT_ESHAPE, "%s: input %s; a map has 1 to 2^31 - 1 places",
            op, TT_TEXT(tt_shape(x)));
}

static Shape shape_of_result(const char *op, const Tensor *x,
                             const Pooling *p)
{
  Shape s = tt_shape(x);
  for (int d = 0; d < 2; d++)
    s.dim[2 + d] = p->o ? even_places(p->o, d, s.dim[2 + d])
                 : d == 0 ? p->h : p->w;
  if (s.dim[2] < 1 || s.dim[3] < 1)
    tt_fail(TT_ESHAPE, "%s: input %s would become %s; the window is"
            " larger than the map", op, TT_TEXT(tt_shape(x)),
            TT_TEXT(s));
  return s;
}

static Tensor *pool(Op *op, Tensor *x, Pooling p)
{
  check_pool(op->name, x);
  Shape from = tt_shape(x), to = shape_of_result(op->name, x, &p);
  TT_SCOPE;
  p.op = op->name;
  x = tt_contiguous(x);
  Tensor *y = tt_empty(TT_F32, to);
  Tensor *down = spans_of(&p, 0, from.dim[2], to.dim[2]);
  Tensor *across = spans_of(&p, 1, from.dim[3], to.dim[3]);
  Tensor *at = p.max ? tt_empty(TT_I32, to) : NULL;
  Attr a = { .i = { p.o ? p.o->dilation[0] : 1,
                    p.o ? p.o->dilation[1] : 1,
                    p.o ? p.o->divisor : 0 } };
  Pool2dShape s = shape_of_pool(&from, &to, down, across, a.i);
  tt_backend->pool2d(&s, y->data, at ? at->data : NULL, x->data);
  return tt_keep(tt_record(op, y, at ? 4 : 3,
                           (Tensor *[]){x, down, across, at}, a));
}

static void pool_backward(TapeNode *k)
{
  Shape x = tt_node_shape(k, 1), y = tt_node_shape(k, 0);
  Pool2dShape s = shape_of_pool(&x, &y, tt_node_saved(k, 2),
                                tt_node_saved(k, 3), k->attr.i);
  Tensor *to = tt_empty(TT_F32, x);
  const int32_t *at = k->n > 3 ? tt_node_saved(k, 4)->data : NULL;
  tt_backend->pool2d_back(&s, to->data, tt_contiguous(k->grad)->data,
                          at);
  tt_accumulate(k, 1, to);
}

#define POOL(id, more) \
  Op tt_op_##id = { .name = "tt_" #id, .backward = pool_backward, \
    .saves = TT_SAVES(2) | TT_SAVES(3) | (more) };
POOL(max_pool2d, TT_SAVES(4))
POOL(avg_pool2d, 0u)
POOL(adaptive_max_pool2d, TT_SAVES(4))
POOL(adaptive_avg_pool2d, 0u)

Tensor *tt_max_pool2d(Tensor *x, Pool2dOptions o)
{
  complete_pool("tt_max_pool2d", &o);
  if (o.exclude_pad || o.divisor)
    tt_fail(TT_EVALUE, "tt_max_pool2d: exclude_pad and divisor are of"
            " tt_avg_pool2d");
  return pool(&tt_op_max_pool2d, x, (Pooling){ .o = &o, .max = true });
}

Tensor *tt_avg_pool2d(Tensor *x, Pool2dOptions o)
{
  complete_pool("tt_avg_pool2d", &o);
  if (o.dilation[0] != 1 || o.dilation[1] != 1)
    tt_fail(TT_EVALUE, "tt_avg_pool2d: dilation (%d,%d); only"
            " tt_max_pool2d has one", o.dilation[0], o.dilation[1]);
  return pool(&tt_op_avg_pool2d, x, (Pooling){ .o = &o });
}

Tensor *tt_adaptive_max_pool2d(Tensor *x, int64_t h, int64_t w)
{
  return pool(&tt_op_adaptive_max_pool2d, x,
              (Pooling){ .h = h, .w = w, .max = true });
}

Tensor *tt_adaptive_avg_pool2d(Tensor *x, int64_t h, int64_t w)
{
  return pool(&tt_op_adaptive_avg_pool2d, x,
              (Pooling){ .h = h, .w = w });
}

static const ModuleField none[] = { {0} };

static void print_pair(FILE *f, const char *name, int a, int b)
{
  fprintf(f, a == b ? "%s=%d" : "%s=(%d, %d)", name, a, b);
}

static void print_pool(const Pool2dOptions *given, FILE *f)
{
  Pool2dOptions o = *given;
  complete_pool("Pool2d", &o);
  print_pair(f, "kernel_size", o.kernel[0], o.kernel[1]);
  print_pair(f, ", stride", o.stride[0], o.stride[1]);
  if (o.padding[0] == o.padding[2] && o.padding[1] == o.padding[3])
    print_pair(f, ", padding", o.padding[0], o.padding[1]);
  else
    fprintf(f, ", padding=(%d, %d, %d, %d)", o.padding[0], o.padding[1],
            o.padding[2], o.padding[3]);
}

static void max_pool2d_describe(Module *m, FILE *f)
{
  const Pool2dOptions *o = &((Pool2d *)m)->options;
  print_pool(o, f);
  print_pair(f, ", dilation", o->dilation[0] ? o->dilation[0] : 1,
             o->dilation[1] ? o->dilation[1] : 1);
  fprintf(f, ", ceil_mode=%s", o->ceil ? "True" : "False");
}

static void avg_pool2d_describe(Module *m, FILE *f)
{
  print_pool(&((Pool2d *)m)->options, f);
}

static void adaptive_describe(Module *m, FILE *f)
{
  AdaptivePool2d *p = (AdaptivePool2d *)m;
  print_pair(f, "output_size", (int)p->h, (int)p->w);
}

#define POOL_MODULE(id, name) \
  static Tensor *id##_forward(Module *m, Tensor *x) \
  { \
    return tt_##id(x, ((Pool2d *)m)->options); \
  } \
  const ModuleType tt_##id##_type = { \
    name, sizeof(Pool2d), none, id##_forward, id##_describe \
  }; \
  Pool2d *tt_##id##_new(Pool2dOptions o) \
  { \
    complete_pool("tt_" #id "_new", &o); \
    Pool2d *p = tt_module_new(&tt_##id##_type); \
    p->options = o; \
    return p; \
  }
POOL_MODULE(max_pool2d, "MaxPool2d")
POOL_MODULE(avg_pool2d, "AvgPool2d")
#define ADAPTIVE_MODULE(id, name) \
  static Tensor *id##_forward(Module *m, Tensor *x) \
  { \
    AdaptivePool2d *p = (AdaptivePool2d *)m; \
    return tt_##id(x, p->h, p->w); \
  } \
  const ModuleType tt_##id##_type = { \
    name, sizeof(AdaptivePool2d), none, id##_forward, \
    adaptive_describe \
  }; \
  AdaptivePool2d *tt_##id##_new(int64_t h, int64_t w) \
  { \
    if (h < 1 || w < 1) \
      tt_fail(TT_EVALUE, "tt_" #id "_new: %lld x %lld places; each is" \
              " 1 or more", (long long)h, (long long)w); \
    AdaptivePool2d *p = tt_module_new(&tt_##id##_type); \
    p->h = h, p->w = w; \
    return p; \
  }
ADAPTIVE_MODULE(adaptive_max_pool2d, "AdaptiveMaxPool2d")
ADAPTIVE_MODULE(adaptive_avg_pool2d, "AdaptiveAvgPool2d")
