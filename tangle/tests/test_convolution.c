// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <stdio.h>

typedef struct Size { int64_t in, pad, kernel, dilation, stride, out; }
  Size;

static const Size sizes[] = {
  { 32, 0, 5, 1, 1, 28 }, { 32, 4, 5, 1, 1, 32 },
  { 28, 0, 2, 1, 2, 14 },
  { 7, 0, 3, 1, 2, 3 }, { 7, 0, 3, 2, 1, 3 }, { 7, 2, 3, 3, 2, 2 },
  { 5, 0, 5, 1, 3, 1 }, { 6, 1, 2, 3, 4, 1 }
};

TT(conv, a_window_has_so_many_places)
{
  for (int i = 0; i < 8; i++) {
    const Size *s = &sizes[i];
    Conv2dOptions o = { .stride = { (int)s->stride, 1 },
                        .padding = { (int)s->pad },
                        .dilation = { (int)s->dilation, 1 } };
    Tensor *x = tt_zeros(TT_SHAPE(0, 1, s->in, 1));   // no image
    Tensor *w = tt_zeros(TT_SHAPE(1, 1, s->kernel, 1));
    tt_expect_int(tt_conv2d(x, w, NULL, o)->shape[2], s->out);
  }
}

TT(conv, a_window_that_does_not_fit_is_refused)
{
  Tensor *x = tt_zeros(TT_SHAPE(1, 1, 2, 5));
  Tensor *w = tt_zeros(TT_SHAPE(1, 1, 3, 3));
  Conv2dOptions two = { .stride = TT_BOTH(2) };
  tt_expect_fail(tt_conv2d(x, w, NULL, two), "does not fit into 2 x 5");
}

TT(conv, seven_loops_by_hand)
{
  Conv2dShape s = { .n = 1, .groups = 1, .in = 1, .h = 2, .w = 3,
                    .out = 1, .out_h = 1, .out_w = 2, .kh = 2, .kw = 2,
                    .stride_h = 1, .stride_w = 1, .dilation_h = 1,
                    .dilation_w = 1 };
  Real y[4], b[] = { 100, 200 };
  tt_conv2d_definition(&s, y, (Real[]){ 1, 2, 3, 4, 5, 6 },
                       (Real[]){ 1, 10, 100, 1000 }, b);
  tt_expect_close(y[0], 1 + 20 + 400 + 5000 + 100, 0, 0);
  tt_expect_close(y[1], 2 + 30 + 500 + 6000 + 100, 0, 0);
  Conv2dShape g = { .n = 1, .groups = 2, .in = 2, .h = 1, .w = 3,
                    .out = 2, .out_h = 1, .out_w = 2, .kh = 1, .kw = 2,
                    .stride_h = 1, .stride_w = 1, .dilation_h = 1,
                    .dilation_w = 2, .left = 1 };
  tt_conv2d_definition(&g, y, (Real[]){ 1, 2, 3, 4, 5, 6 },
                       (Real[]){ 1, 10, 3, 5 }, NULL);
  tt_expect_close(y[0], 20, 0, 0);             // outside, 2
  tt_expect_close(y[1], 31, 0, 0);             // 1, 3
  tt_expect_close(y[2], 25, 0, 0);
  tt_expect_close(y[3], 42, 0, 0);
}

static Tensor *whole(Shape s, Generator *g)
{
  Tensor *t = tt_empty(TT_F32, s);
  for (int64_t i = 0, n = tt_numel(t); i < n; i++)
    ((Real *)t->data)[i] = (Real)((int)(tt_random(g) >> 40) % 7 - 3);
  return t;
}

static int pick(Generator *g, int from, int to)
{
  return from + (int)((tt_random(g) >> 33) % (uint64_t)(to - from + 1));
}

typedef struct Random {
  Conv2dOptions o;
  Tensor *x, *w, *b, *g;
} Random;

static Conv2dShape shape_from(const Random *r, Tensor *y)
{
  const int64_t *x = r->x->shape, *w = r->w->shape;
  const Conv2dOptions *o = &r->o;
  return (Conv2dShape){
    x[0], o->groups, x[1], x[2], x[3], w[0], y->shape[2], y->shape[3],
    w[2], w[3], o->stride[0], o->stride[1], o->dilation[0],
    o->dilation[1], o->padding[0], o->padding[1] };
}

static Random random_conv(Generator *g)
{
  int groups = pick(g, 1, 3), kh = pick(g, 1, 4), kw = pick(g, 1, 4);
  Random r = { .o = { .stride = { pick(g, 1, 3), pick(g, 1, 3) },
                      .dilation = { pick(g, 1, 3), pick(g, 1, 3) },
                      .groups = groups } };
  for (int i = 0; i < 4; i++)
    r.o.padding[i] = pick(g, 0, 4);
  int out = groups * pick(g, 1, 3), in = groups * pick(g, 1, 3);
  int h = r.o.dilation[0] * (kh - 1) + pick(g, 1, 9);
  int w = r.o.dilation[1] * (kw - 1) + pick(g, 1, 40);
  r.x = whole(TT_SHAPE(pick(g, 1, 4), in, h, w), g);
  r.w = whole(TT_SHAPE(out, in / groups, kh, kw), g);
  r.b = pick(g, 0, 1) ? whole(TT_SHAPE(out), g) : NULL;
  return r;
}

TT(conv, columns_are_the_definition)
{
  Generator g;
  tt_manual_seed(&g, 9);
  for (int i = 0; i < 400; i++) {
    TT_SCOPE;
    Random r = random_conv(&g);
    Tensor *y = tt_conv2d(r.x, r.w, r.b, r.o);
    Tensor *want = tt_empty(TT_F32, tt_shape(y));
    Conv2dShape s = shape_from(&r, y);
    tt_conv2d_definition(&s, want->data, r.x->data, r.w->data,
                         r.b ? r.b->data : NULL);
    tt_expect_tensor(y, want, 0, 0);
  }
}

static double inner(const Tensor *a, const Tensor *b)
{
  double sum = 0;
  for (int64_t i = 0, n = tt_numel(a); i < n; i++)
    sum += (double)((Real *)a->data)[i] * (double)((Real *)b->data)[i];
  return sum;
}

static void go_back(Random *r, Generator *g, Tensor **y)
{
  tt_autograd_enable();
  *y = tt_conv2d(r->x, r->w, NULL, r->o);
  r->g = whole(tt_shape(*y), g);
  tt_backward_with(*y, r->g);
}

TT(conv, the_gradient_of_the_weight)
{
  Generator g;
  tt_manual_seed(&g, 10);
  for (int i = 0; i < 100; i++) {
    TT_SCOPE;
    Random r = random_conv(&g);
    Tensor *y;
    tt_requires_grad_(r.w, true);
    go_back(&r, &g, &y);
    tt_expect(r.x->grad == NULL, "nobody asked for it");
    tt_expect_close(inner(r.w, r.w->grad), inner(r.g, y), 0, 0);
  }
}

TT(conv, the_gradient_of_the_image)
{
  Generator g;
  tt_manual_seed(&g, 11);
  for (int i = 0; i < 100; i++) {
    TT_SCOPE;
    Random r = random_conv(&g);
    Tensor *y;
    tt_requires_grad_(r.x, true);
    go_back(&r, &g, &y);
    tt_expect(r.w->grad == NULL, "nobody asked for it");
    tt_expect_close(inner(r.x, r.x->grad), inner(r.g, y), 0, 0);
  }
}

static void for_squares(const Conv2dShape *s, Real *y, const Real *x,
                        const Real *w, const Real *b)
{
  Conv2dShape t = *s;
  t.left = s->top;
  tt_conv2d_definition(&t, y, x, w, b);
}

static bool convolves(void (*conv)(const Conv2dShape *s, Real *y,
                                   const Real *x, const Real *w,
                                   const Real *b))
{
  Conv2dShape s = { .n = 2, .groups = 2, .in = 4, .h = 9, .w = 12,
                    .out = 6, .out_h = 3, .out_w = 10, .kh = 2, .kw = 3,
                    .stride_h = 2, .stride_w = 1, .dilation_h = 3,
                    .dilation_w = 2, .top = 1, .left = 2 };
  const Real *x = tt_randn(TT_SHAPE(2, 4, 9, 12), NULL)->data;
  const Real *w = tt_randn(TT_SHAPE(6, 2, 2, 3), NULL)->data;
  const Real *b = tt_randn(TT_SHAPE(6), NULL)->data;
  Real *got = tt_zeros(TT_SHAPE(2, 6, 3, 10))->data;
  Real *want = tt_zeros(TT_SHAPE(2, 6, 3, 10))->data;
  conv(&s, got, x, w, b);
  tt_conv2d_definition(&s, want, x, w, b);
  for (int i = 0; i < 2 * 6 * 3 * 10; i++)
    if (fabs((double)(got[i] - want[i])) > 1e-4)
      return false;
  return true;
}

TT(conv, a_wrong_convolution_is_refused)
{
  tt_expect_accepts(convolves(tt_conv2d_definition));
  tt_expect_refuses(convolves(for_squares), "pads left as above");
}

typedef struct Products { int calls; } Products;

static void product(Products *p, Gemm g)
{
  tt_backend->gemm(&g);
  p->calls++;
}

static void slow_mix(Products *p, int64_t n, int64_t out, int64_t in,
                     int64_t places, Real *y, const Real *w,
                     const Real *x)
{
  for (int64_t i = 0; i < n; i++)
    for (int64_t q = 0; q < places; q++)
      product(p, (Gemm){ .batch = 1, .m = out, .n = 1, .k = in,
        .alpha = 1, .a = w, .a_row = in, .a_col = 1,
        .b = x + i * in * places + q, .b_row = places, .b_col = 1,
        .c = y + i * out * places + q, .c_row = places, .c_col = 1 });
}

static void fast_mix(Products *p, int64_t n, int64_t out, int64_t in,
                     int64_t places, Real *y, const Real *w,
                     const Real *x)
{
  product(p, (Gemm){ .batch = n, .m = out, .n = places, .k = in,
    .alpha = 1, .a = w, .a_row = in, .a_col = 1,
    .b = x, .b_batch = in * places, .b_row = places, .b_col = 1,
    .c = y, .c_batch = out * places, .c_row = places, .c_col = 1 });
}

TT(speed, channels_are_mixed_in_few_products)
{
  enum { N = 3, OUT = 24, IN = 16, PLACES = 200 };
  Generator g;
  tt_manual_seed(&g, 4);
  const Real *w = whole(TT_SHAPE(OUT, IN), &g)->data;
  const Real *x = whole(TT_SHAPE(N, IN, PLACES), &g)->data;
  Tensor *a = tt_zeros(TT_SHAPE(N, OUT, PLACES));
  Tensor *b = tt_ones(TT_SHAPE(N, OUT, PLACES));
  Products slow = { 0 }, fast = { 0 };
  slow_mix(&slow, N, OUT, IN, PLACES, a->data, w, x);
  fast_mix(&fast, N, OUT, IN, PLACES, b->data, w, x);
  tt_expect_tensor(b, a, 0, 0);
  tt_expect(fast.calls >= 1 && fast.calls <= N,
            "%d products for %d images", fast.calls, N);
  tt_race(2, slow_mix(&slow, N, OUT, IN, PLACES, a->data, w, x),
          fast_mix(&fast, N, OUT, IN, PLACES, b->data, w, x));
}

typedef struct Checked { Conv2dOptions o; Tensor *x[3]; } Checked;

static Tensor *one_conv(void *arg)
{
  Checked *c = arg;
  Tensor *y = tt_conv2d(c->x[0], c->x[1], c->x[2], c->o);
  return tt_mean(tt_mul(y, y), TT_ALL, false);
}

static Tensor *one_transposed(void *arg)
{
  Checked *c = arg;
  Tensor *y = tt_conv_transpose2d(c->x[0], c->x[1], c->x[2], 1, 0,
                                  c->o);
  return tt_mean(tt_mul(y, y), TT_ALL, false);
}

TT(conv, differences_agree)
{
  tt_autograd_enable();
  Generator g;
  tt_manual_seed(&g, 12);
  for (int i = 0; i < 16; i++) {
    TT_SCOPE;
    int groups = i & 1 ? 2 : 1, stride = i & 2 ? 2 : 1;
    Conv2dOptions o = { .stride = { stride, 2 }, .groups = groups,
                        .dilation = { i & 4 ? 2 : 1, 1 },
                        .padding = { i & 8 ? 2 : 0, 1, 1, 0 } };
    Checked c = { o, { tt_randn(TT_SHAPE(2, 2, 5, 6), &g),
                       tt_randn(TT_SHAPE(4, 2 / groups, 2, 3), &g),
                       tt_randn(TT_SHAPE(4), &g) } };
    for (int k = 0; k < 3; k++)
      tt_requires_grad_(c.x[k], true);
    tt_expect_close(tt_gradcheck(one_conv, &c, 3, c.x).error, 0, 0,
                    2e-3);
    Checked t = { o, { tt_randn(TT_SHAPE(2, 4, 2, 3), &g),
                       tt_randn(TT_SHAPE(4, 2, 2, 3), &g),
                       tt_randn(TT_SHAPE(2 * groups), &g) } };
    t.o.stride[0] = 2;
    for (int k = 0; k < 3; k++)
      tt_requires_grad_(t.x[k], true);
    tt_expect_close(tt_gradcheck(one_transposed, &t, 3, t.x).error, 0,
                    0, 2e-3);
  }
}

static Tensor *row_of(int64_t n, const Real *x)
{
  return tt_from(TT_SHAPE(1, 1, 1, n), x);
}

TT(pool, adaptive_windows)
{
  tt_autograd_enable();
  Tensor *x = row_of(5, (Real[]){ 0, 1, 2, 3, 4 });
  tt_requires_grad_(x, true);
  Tensor *y = tt_adaptive_avg_pool2d(x, 1, 3);
  tt_expect_values(y, 0, 0.5, 2, 3.5);
  tt_backward(tt_sum(y, TT_ALL, false));
  tt_expect_values(x->grad, 1e-6, 0.5, 0.83333333, 0.33333333,
                   0.83333333, 0.5);
  tt_expect_values(tt_adaptive_avg_pool2d(x, 1, 2), 1e-6, 1, 3);
  tt_expect_values(tt_adaptive_avg_pool2d(x, 1, 1), 0, 2);
}

TT(pool, the_largest_or_a_nan)
{
  tt_autograd_enable();
  Pool2dOptions two = { .kernel = { 1, 2 }, .stride = TT_BOTH(1) };
  Tensor *x = row_of(5, (Real[]){ 5, 3, 1, 2, 5 });
  tt_requires_grad_(x, true);
  Tensor *y = tt_max_pool2d(x, two);
  tt_expect_values(y, 0, 5, 3, 2, 5);
  tt_expect_values(tt_adaptive_max_pool2d(x, 1, 2), 0, 5, 5);
  tt_backward(tt_sum(y, TT_ALL, false));
  tt_expect_values(x->grad, 0, 1, 1, 0, 1, 1);
  Tensor *z = tt_max_pool2d(row_of(4, (Real[]){ 1, NAN, 2, -INFINITY }),
                            two);
  const Real *v = z->data;
  tt_expect(isnan(v[0]) && isnan(v[1]), "a NaN has disappeared");
  tt_expect_close(v[2], 2, 0, 0);
  Tensor *low = tt_full(TT_SHAPE(1, 1, 2, 2), -INFINITY);
  Tensor *m = tt_max_pool2d(low, (Pool2dOptions){ .kernel = { 2 } });
  tt_expect(isinf(((Real *)m->data)[0]), "-inf is a number, too");
}

TT(pool, the_first_of_equals)
{
  tt_autograd_enable();
  Tensor *x = row_of(4, (Real[]){ 2, 2, 2, 1 });
  tt_requires_grad_(x, true);
  Pool2dOptions all = { .kernel = { 1, 4 } };
  tt_backward(tt_sum(tt_max_pool2d(x, all), TT_ALL, false));
  tt_expect_values(x->grad, 0, 1, 0, 0, 0);
}

TT(pool, padding_is_no_maximum)
{
  Tensor *x = tt_from(TT_SHAPE(1, 1, 2, 2), (Real[]){ -1, -2, -3, -4 });
  Pool2dOptions o = { .kernel = { 3 }, .stride = TT_BOTH(1),
                      .padding = TT_SIDES(1) };
  tt_expect_values(tt_max_pool2d(x, o), 0, -1, -1, -1, -1);
}

TT(pool, a_window_begins_inside)
{
  Pool2dOptions o = { .kernel = { 1 }, .stride = TT_BOTH(2),
                      .ceil = true };
  Tensor *y = tt_max_pool2d(tt_zeros(TT_SHAPE(1, 1, 6, 7)), o);
  tt_expect_shape(y, TT_SHAPE(1, 1, 3, 4));
  Pool2dOptions two = { .kernel = { 1, 2 }, .ceil = true };
  Tensor *five = row_of(5, (Real[]){ 1, 2, 3, 4, 5 });
  tt_expect_values(tt_avg_pool2d(five, two), 0, 1.5, 3.5, 5);
}

TT(pool, what_an_average_counts)
{
  Tensor *x = row_of(4, (Real[]){ 1, 2, 3, 4 });
  Pool2dOptions o = { .kernel = { 1, 3 }, .stride = { 1, 2 },
                      .padding = { 0, 1, 0, 1 }, .ceil = true };
  tt_expect_values(tt_avg_pool2d(x, o), 0, 1, 3, 2);
  o.exclude_pad = true;
  tt_expect_values(tt_avg_pool2d(x, o), 0, 1.5, 3, 4);
  Pool2dOptions end = { .kernel = { 2 }, .stride = TT_BOTH(1),
                        .padding = { 0, 0, 1, 1 } };
  Tensor *ones = tt_ones(TT_SHAPE(1, 1, 2, 2));
  tt_expect_values(tt_avg_pool2d(ones, end), 0, 1, 0.5, 0.5, 0.25);
}

typedef struct PoolCheck { Pool2dOptions o; Tensor *x; bool max; }
  PoolCheck;

static Tensor *one_pool(void *arg)
{
  PoolCheck *c = arg;
  Tensor *y = c->max ? tt_max_pool2d(c->x, c->o)
                     : tt_avg_pool2d(c->x, c->o);
  return tt_sum(tt_mul(y, y), TT_ALL, false);
}

TT(pool, differences_agree)
{
  tt_autograd_enable();
  for (int i = 0; i < 16; i++) {
    TT_SCOPE;
    PoolCheck c = {
      { .kernel = { 3, 2 }, .stride = { i & 1 ? 2 : 1, 1 + (i & 1) },
        .padding = { 1, 0, 1, 1 }, .ceil = i & 2 },
      tt_to(tt_randperm(60, NULL), TT_F32), i & 4 };
    if (c.max && i & 8)
      c.o.dilation[0] = 2;
    if (!c.max)
      c.o.exclude_pad = i & 8;
    c.x = tt_reshape(tt_mul_scalar(c.x, (Real)0.1),
                     TT_SHAPE(1, 2, 5, 6));
    tt_requires_grad_(c.x, true);
    tt_expect_close(tt_gradcheck(one_pool, &c, 1, &c.x).error, 0, 0,
                    2e-3);
  }
}

TT(norm, running_values)
{
  Tensor *x = tt_from(TT_SHAPE(1, 1, 2, 2), (Real[]){ 1, 2, 3, 4 });
  BatchNorm2d *k = tt_batch_norm2d_new(1);
  Tensor *y = tt_forward(k, x);
  tt_expect_values(y, 1e-5, -1.341635, -0.4472118, 0.4472118, 1.341635);
  tt_expect_values(k->running_mean, 1e-6, 0.25);
  tt_expect_values(k->running_var, 1e-6, 1.0666667);
  tt_module_eval(k);
  y = tt_forward(k, x);
  tt_expect_values(y, 1e-5, 0.7261808, 1.694422, 2.662663, 3.630904);
  tt_expect_values(k->running_mean, 1e-6, 0.25);
  tt_expect_close(tt_item(k->num_batches_tracked), 1, 0, 0);
}

TT(norm, large_numbers_close_together)
{
  Tensor *x = tt_from(TT_SHAPE(2, 1, 2, 1),
                      (Real[]){ 4096, 4097, 4098, 4099 });
  Tensor *y = tt_batch_norm(x, NULL, NULL, NULL, NULL, true, 0.1, 1e-5);
  tt_expect_values(y, 1e-4, -1.34164, -0.447214, 0.447214, 1.34164);
}

TT(norm, one_value_is_refused)
{
  BatchNorm2d *k = tt_batch_norm2d_new(3);
  tt_expect_fail(tt_forward(k, tt_ones(TT_SHAPE(1, 3, 1, 1))),
                 "a variance needs two");
  tt_module_eval(k);
  Tensor *y = tt_forward(k, tt_ones(TT_SHAPE(1, 3, 1, 1)));
  tt_expect_shape(y, TT_SHAPE(1, 3, 1, 1));
}

static Tensor *always_trains(Tensor *x, Tensor *mean, Tensor *var,
                             Tensor *w, Tensor *b, bool training,
                             double momentum, double eps)
{
  return training
    ? tt_batch_norm(x, mean, var, w, b, true, momentum, eps)
    : tt_batch_norm(x, NULL, NULL, w, b, true, momentum, eps);
}

static bool normalizes(Tensor *(*norm)(Tensor *x, Tensor *mean,
                                       Tensor *var, Tensor *w,
                                       Tensor *b, bool training,
                                       double momentum, double eps))
{
  Tensor *x = tt_from(TT_SHAPE(1, 1, 2, 2), (Real[]){ 1, 2, 3, 4 });
  Tensor *mean = tt_zeros(TT_SHAPE(1)), *var = tt_ones(TT_SHAPE(1));
  Tensor *w = tt_full(TT_SHAPE(1), 2), *b = tt_full(TT_SHAPE(1), 3);
  const Real *m = mean->data, *v = var->data;
  const Real *y = norm(x, mean, var, w, b, true, 0.1, 1e-5)->data;
  bool good = true;
  for (int i = 0; i < 4; i++) {
    double want = (i - 1.5) / sqrt(1.25 + 1e-5) * 2 + 3;
    good = good && fabs((double)y[i] - want) < 1e-4;
  }
  y = norm(x, mean, var, w, b, false, 0.1, 1e-5)->data;
  for (int i = 0; i < 4; i++) {
    double want = (i + 1 - 0.25) / sqrt(0.9 + 0.1 * 5 / 3 + 1e-5) * 2 + 3;
    good = good && fabs((double)y[i] - want) < 1e-4;
  }
  return good && fabs((double)m[0] - 0.25) < 1e-5
    && fabs((double)v[0] - (0.9 + 0.1 * 5 / 3)) < 1e-5;
}

TT(norm, a_wrong_normalization_is_refused)
{
  tt_expect_accepts(normalizes(tt_batch_norm));
  tt_expect_refuses(normalizes(always_trains),
                    "takes the batch in evaluation");
}

typedef struct NormCheck { Tensor *x[3], *mean, *var, *to; bool train; }
  NormCheck;

static Tensor *one_norm(void *arg)
{
  NormCheck *c = arg;
  Tensor *y = tt_batch_norm(c->x[0], c->train ? NULL : c->mean,
                            c->train ? NULL : c->var, c->x[1], c->x[2],
                            c->train, 0.1, 1e-5);
  return tt_sum(tt_mul(y, tt_mul(y, c->to)), TT_ALL, false);
}

TT(norm, the_gradient_of_a_batch_norm)
{
  tt_autograd_enable();
  for (int train = 0; train < 2; train++) {
    Generator g;
    tt_manual_seed(&g, 5);
    NormCheck c = { .train = train };
    c.x[0] = tt_randn(TT_SHAPE(3, 2, 2, 3), &g);
    c.x[1] = tt_rand(TT_SHAPE(2), &g);
    c.x[2] = tt_rand(TT_SHAPE(2), &g);
    c.mean = tt_rand(TT_SHAPE(2), &g), c.var = tt_rand(TT_SHAPE(2), &g);
    c.to = tt_randn(TT_SHAPE(3, 2, 2, 3), &g);
    for (int k = 0; k < 3; k++)
      tt_requires_grad_(c.x[k], true);
    tt_expect_close(tt_gradcheck(one_norm, &c, 3, c.x).error, 0, 0,
                    5e-3);
  }
}

TT(norm, a_checkpoint_has_the_running_values)
{
  StateDict d = tt_module_state_dict(tt_batch_norm2d_new(2));
  const char *name[] = { "weight", "bias", "running_mean",
                         "running_var", "num_batches_tracked" };
  tt_expect_int(d.n, 5);
  for (int i = 0; i < d.n && i < 5; i++)
    tt_expect_text(d.entry[i].name, name[i]);
  tt_expect_int(tt_module_parameters(tt_batch_norm2d_new(2)).n, 2);
}

TT(modules, around_the_body)
{
  tt_autograd_enable();
  Conv2d *one = tt_conv2d_new(1, 1, 1, (Conv2dOptions){0}, NULL);
  tt_uniform_(one->weight, 3, 3, NULL);
  tt_uniform_(one->bias, 10, 10, NULL);
  Tensor *x = tt_full(TT_SHAPE(1, 1, 1, 2), 2);
  tt_requires_grad_(x, true);
  Tensor *y = tt_forward(tt_residual_new(one, NULL), x);
  tt_expect_values(y, 0, 18, 18);
  tt_backward(tt_sum(y, TT_ALL, false));
  tt_expect_values(x->grad, 0, 4, 4);
  y = tt_forward(tt_residual_new(one, one), x);
  tt_expect_values(y, 0, 32, 32);
}

TT(modules, they_print_as_in_pytorch)
{
  char text[256] = "";
  FILE *f = fmemopen(text, sizeof text, "w");
  tt_module_fprint(f, tt_conv2d_new(4, 6, 3, (Conv2dOptions){
    .stride = TT_BOTH(2), .padding = TT_SIDES(1), .groups = 2,
    .no_bias = true }, NULL));
  tt_module_fprint(f, tt_max_pool2d_new((Pool2dOptions){
    .kernel = { 3 }, .stride = TT_BOTH(2) }));
  fclose(f);
  tt_expect_text(text, "Conv2d(4, 6, kernel_size=(3, 3), stride=(2, 2),"
                 " padding=(1, 1), groups=2, bias=False)\n"
                 "MaxPool2d(kernel_size=3, stride=2, padding=0,"
                 " dilation=1, ceil_mode=False)\n");
}
