// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "slopes.h"

typedef struct Map { int64_t c, h, w; double *v; } Map;   // one picture

static Map new_map(int64_t c, int64_t h, int64_t w)
{
  Map m = { c, h, w, calloc((size_t)(c * h * w), sizeof(double)) };
  if (!m.v)
    exit(EXIT_FAILURE);
  return m;
}

static double at(const Map *m, int64_t c, int64_t i, int64_t j)
{
  bool in = i >= 0 && i < m->h && j >= 0 && j < m->w;
  return in ? m->v[(c * m->h + i) * m->w + j] : 0;
}

static double weight(const Tensor *t, int64_t i)
{
  return t ? (double)((const Real *)t->data)[i] : 0;
}

static double one_place(const Conv2d *k, const Map *x, int64_t o,
                        int64_t p, int64_t q)
{
  const int64_t *n = k->weight->shape;
  double sum = weight(k->bias, o);
  int64_t i = o * n[1] * n[2] * n[3];
  for (int64_t c = 0; c < n[1]; c++)
    for (int64_t a = 0; a < n[2]; a++)
      for (int64_t b = 0; b < n[3]; b++)
        sum += weight(k->weight, i++)
          * at(x, c, p + a - k->options.padding[0],
               q + b - k->options.padding[1]);
  return sum;
}

static Map conv_by_hand(const Conv2d *k, Map x)
{
  const int64_t *n = k->weight->shape;
  const int *p = k->options.padding;
  Map y = new_map(n[0], x.h + p[0] + p[2] - n[2] + 1,
                  x.w + p[1] + p[3] - n[3] + 1);
  double *to = y.v;
  for (int64_t o = 0; o < y.c; o++)
    for (int64_t i = 0; i < y.h; i++)
      for (int64_t j = 0; j < y.w; j++)
        *to++ = one_place(k, &x, o, i, j);
  return y;
}

static Map pool_by_hand(Map x, int64_t size, bool largest)
{
  Map y = new_map(x.c, x.h / size, x.w / size);
  double *to = y.v;
  for (int64_t c = 0; c < y.c; c++)
    for (int64_t i = 0; i < y.h; i++)
      for (int64_t j = 0; j < y.w; j++, to++) {
        *to = largest ? -HUGE_VAL : 0;
        for (int64_t k = 0; k < size * size; k++) {
          double v = at(&x, c, i * size + k / size,
                        j * size + k % size);
          *to = !largest ? *to + v / (double)(size * size)
              : v > *to ? v : *to;
        }
      }
  return y;
}

static Map norm_by_hand(const BatchNorm2d *k, Map x)
{
  Map y = new_map(x.c, x.h, x.w);
  for (int64_t i = 0; i < x.c * x.h * x.w; i++) {
    int64_t c = i / (x.h * x.w);
    y.v[i] = (x.v[i] - weight(k->running_mean, c))
      / sqrt(weight(k->running_var, c) + k->eps)
      * weight(k->weight, c) + weight(k->bias, c);
  }
  return y;
}

static Map linear_by_hand(const Linear *k, Map x)
{
  Map y = new_map(k->weight->shape[0], 1, 1);
  int64_t n = k->weight->shape[1];
  for (int64_t o = 0; o < y.c; o++) {
    y.v[o] = weight(k->bias, o);
    for (int64_t i = 0; i < n; i++)
      y.v[o] += weight(k->weight, o * n + i) * x.v[i];
  }
  return y;
}

static Map activation_by_hand(const Activation *k, Map x)
{
  Map y = new_map(x.c, x.h, x.w);
  for (int64_t i = 0; i < x.c * x.h * x.w; i++)
    y.v[i] = strcmp(k->name, "tt_relu") == 0
      ? (x.v[i] > 0 ? x.v[i] : 0) : 1.7159 * tanh(x.v[i] * 2 / 3);
  return y;
}

static Map by_hand(Module *m, Map x);

static Map residual_by_hand(const Residual *r, Map x)
{
  Map y = by_hand(r->body, x);
  for (int64_t i = 0; i < y.c * y.h * y.w; i++)
    y.v[i] += x.v[i];
  return y;
}

static Map sequence_by_hand(const Sequential *s, Map x)
{
  Map first = x;
  for (int i = 0; i < s->n; i++) {
    Map y = by_hand(s->layer[i], x);
    if (x.v != first.v && x.v != y.v)
      free(x.v);
    x = y;
  }
  return x;
}

static Map by_hand(Module *m, Map x)
{
  const ModuleType *t = m->type;
  return t == &tt_sequential_type ? sequence_by_hand((void *)m, x)
    : t == &tt_conv2d_type ? conv_by_hand((void *)m, x)
    : t == &tt_batch_norm2d_type ? norm_by_hand((void *)m, x)
    : t == &tt_activation_type ? activation_by_hand((void *)m, x)
    : t == &tt_max_pool2d_type
    ? pool_by_hand(x, ((Pool2d *)m)->options.kernel[0], true)
    : t == &tt_avg_pool2d_type
    ? pool_by_hand(x, ((Pool2d *)m)->options.kernel[0], false)
    : t == &tt_linear_type ? linear_by_hand((void *)m, x)
    : t == &tt_residual_type ? residual_by_hand((void *)m, x) : x;
}

// logits (N,10) of pictures x (N,C,H,W): the same by hand?
static bool same_by_hand(Module *net, const Tensor *x,
                         const Tensor *logits, int64_t n)
{
  double worst = 0, largest = 1;
  for (int64_t i = 0; i < n; i++) {
    Map m = new_map(x->shape[1], x->shape[2], x->shape[3]);
    int64_t size = m.c * m.h * m.w;
    for (int64_t k = 0; k < size; k++)
      m.v[k] = weight(x, i * size + k);
    Map y = by_hand(net, m);
    for (int64_t k = 0; k < 10; k++) {
      double v = weight(logits, i * 10 + k);
      worst = fmax(worst, fabs(v - y.v[k]));
      largest = fmax(largest, fabs(y.v[k]));
    }
    free(m.v), free(y.v);
  }
  return demand(worst < 1e-3 * largest,
                "plain C has other answers for these weights");
}

static Tensor *loss_of(Module *net, Tensor *x, Tensor *y)
{
  return tt_cross_entropy(tt_forward(net, x), y);
}

static size_t picture_bytes(const Tensor *x)
{
  return (size_t)(tt_numel(x) / x->shape[0]) * tt_dtype_size(x->dtype);
}

static uint64_t sum_of(const Tensor *x, int64_t i)
{
  size_t size = picture_bytes(x);
  return tt_checksum(TT_CHECKSUM,
                     (const uint8_t *)x->data + (size_t)i * size, size);
}

static int by_value(const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static bool apart(Tensor *fit, Tensor *test)
{
  TT_SCOPE;
  fit = tt_contiguous(fit), test = tt_contiguous(test);
  int64_t n = fit->shape[0], found = 0;
  uint64_t *seen = tt_empty(TT_U8, TT_SHAPE(8 * n))->data;
  for (int64_t i = 0; i < n; i++)
    seen[i] = sum_of(fit, i);
  qsort(seen, (size_t)n, sizeof *seen, by_value);
  for (int64_t i = 0; i < test->shape[0]; i++) {
    uint64_t sum = sum_of(test, i);
    found += bsearch(&sum, seen, (size_t)n, sizeof *seen, by_value)
             != NULL;
  }
  return demand(found <= test->shape[0] / 100,
                "test pictures are in the training set");
}
