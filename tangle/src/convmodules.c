// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
// Modules of convolutions, and a way around some layers.
#include "tt/convolution.h"
#include "tt/error.h"
#include "tt/layers.h"
#include "tt/operation.h"
#include "tt/todo.h"
#include <math.h>

static void print_window(FILE *f, const Tensor *w,
                         const Conv2dOptions *o, bool bias)
{
  fprintf(f, "kernel_size=(%lld, %lld), stride=(%d, %d)",
          (long long)w->shape[2], (long long)w->shape[3],
          o->stride[0] ? o->stride[0] : 1,
          o->stride[1] ? o->stride[1] : 1);
  const int *p = o->padding;
  if (o->same)
    fputs(", padding=same", f);
  else if (p[0] != p[2] || p[1] != p[3])
    fprintf(f, ", padding=(%d, %d, %d, %d)", p[0], p[1], p[2], p[3]);
  else if (p[0] || p[1])
    fprintf(f, ", padding=(%d, %d)", p[0], p[1]);
  if (o->dilation[0] > 1 || o->dilation[1] > 1)
    fprintf(f, ", dilation=(%d, %d)", o->dilation[0] ? o->dilation[0]
            : 1, o->dilation[1] ? o->dilation[1] : 1);
  if (o->groups > 1)
    fprintf(f, ", groups=%d", o->groups);
  if (!bias)
    fputs(", bias=False", f);
}

static Tensor *conv2d_forward(Module *m, Tensor *x)
{
  Conv2d *c = (Conv2d *)m;
  return tt_conv2d(x, c->weight, c->bias, c->options);
}

static void conv2d_describe(Module *m, FILE *f)
{
  Conv2d *c = (Conv2d *)m;
  int groups = c->options.groups ? c->options.groups : 1;
  fprintf(f, "%lld, %lld, ", (long long)c->weight->shape[1] * groups,
          (long long)c->weight->shape[0]);
  print_window(f, c->weight, &c->options, c->bias);
}

static const ModuleField conv2d_fields[] = {
  TT_PARAM(Conv2d, weight), TT_PARAM(Conv2d, bias), {0}
};
const ModuleType tt_conv2d_type = {
  "Conv2d", sizeof(Conv2d), conv2d_fields, conv2d_forward,
  conv2d_describe
};

static void check_sizes(const char *op, int64_t in, int64_t out,
                        int kernel, const Conv2dOptions *o)
{
  int g = o->groups ? o->groups : 1;
  if (in < 1 || out < 1 || kernel < 1 || o->kernel_width < 0)
    tt_fail(TT_EVALUE, "%s: %lld channels in, %lld out, kernel %d; each"
            " is 1 or more", op, (long long)in, (long long)out, kernel);
  if (g < 1 || in % g != 0 || out % g != 0)
    tt_fail(TT_EVALUE, "%s: %d groups of %lld channels in and %lld out;"
            " groups divide both numbers", op, g, (long long)in,
            (long long)out);
}

static Tensor *drawn(const char *name, Shape s, double bound,
                     Generator *g)
{
  Tensor *t = tt_parameter(name, s);
  tt_uniform_(t, -bound, bound, g);
  return t;
}

static Shape shape_of_weight(int64_t to, int64_t from, int kernel,
                             const Conv2dOptions *o)
{
  int g = o->groups ? o->groups : 1;
  return TT_SHAPE(to, from / g, kernel,
                  o->kernel_width ? o->kernel_width : kernel);
}

static double bound_of(Shape w)        // 1 / sqrt(fan-in)
{
  return 1 / sqrt((double)(w.dim[1] * w.dim[2] * w.dim[3]));
}

Conv2d *tt_conv2d_new(int64_t in, int64_t out, int kernel,
                      Conv2dOptions o, Generator *g)
{
  check_sizes("tt_conv2d_new", in, out, kernel, &o);
  Conv2d *c = tt_module_new(&tt_conv2d_type);
  c->options = o;
  Shape s = shape_of_weight(out, in, kernel, &o);
  c->weight = drawn("weight", s, bound_of(s), g);
  if (!o.no_bias)
    c->bias = drawn("bias", TT_SHAPE(out), bound_of(s), g);
  return c;
}

static Tensor *conv_transpose2d_forward(Module *m, Tensor *x)
{
  ConvTranspose2d *c = (ConvTranspose2d *)m;
  return tt_conv_transpose2d(x, c->weight, c->bias, c->bottom, c->right,
                             c->options);
}

static void conv_transpose2d_describe(Module *m, FILE *f)
{
  ConvTranspose2d *c = (ConvTranspose2d *)m;
  int groups = c->options.groups ? c->options.groups : 1;
  fprintf(f, "%lld, %lld, ", (long long)c->weight->shape[0],
          (long long)c->weight->shape[1] * groups);
  print_window(f, c->weight, &c->options, true);
  if (c->bottom || c->right)
    fprintf(f, ", output_padding=(%d, %d)", c->bottom, c->right);
  if (!c->bias)
    fputs(", bias=False", f);
}

static const ModuleField conv_transpose2d_fields[] = {
  TT_PARAM(ConvTranspose2d, weight), TT_PARAM(ConvTranspose2d, bias),
  {0}
};
const ModuleType tt_conv_transpose2d_type = {
  "ConvTranspose2d", sizeof(ConvTranspose2d), conv_transpose2d_fields,
  conv_transpose2d_forward, conv_transpose2d_describe
};
ConvTranspose2d *tt_conv_transpose2d_new(int64_t in, int64_t out,
                                         int kernel, int bottom,
                                         int right, Conv2dOptions o,
                                         Generator *g)
{
  check_sizes("tt_conv_transpose2d_new", in, out, kernel, &o);
  ConvTranspose2d *c = tt_module_new(&tt_conv_transpose2d_type);
  c->options = o;
  c->bottom = bottom, c->right = right;
  Shape s = shape_of_weight(in, out, kernel, &o);
  c->weight = drawn("weight", s, bound_of(s), g);
  if (!o.no_bias)
    c->bias = drawn("bias", TT_SHAPE(out), bound_of(s), g);
  return c;
}

static Tensor *residual_forward(Module *m, Tensor *x)
{
  Residual *r = (Residual *)m;
  Tensor *y = tt_forward(r->body, x);
  return tt_add(y, r->shortcut ? tt_forward(r->shortcut, x) : x);
}

static const ModuleField residual_fields[] = {
  TT_CHILD(Residual, body), TT_CHILD(Residual, shortcut), {0}
};
const ModuleType tt_residual_type = {
  "Residual", sizeof(Residual), residual_fields, residual_forward, NULL
};

Residual *tt_residual_new(void *body, void *shortcut)
{
  Residual *r = tt_module_new(&tt_residual_type);
  r->body = body, r->shortcut = shortcut;
  return r;
}
