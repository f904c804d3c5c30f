// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// Training with the rounding: batch norm folded, rounding that lets
// gradients through.
#include "tt/autograd.h"
#include "tt/convolution.h"
#include "tt/gradient.h"
#include "tt/layers.h"
#include "tt/qat.h"
#include "tt/qconv.h"
#include "tt/todo.h"
#include <string.h>
#include <tgmath.h>

static void fold(Conv2d *c, const BatchNorm2d *n)
{
  int64_t out = c->weight->shape[0];
  Tensor *factor = tt_div(n->weight, tt_sqrt(tt_add_scalar(
    n->running_var, (Real)n->eps)));
  Tensor *mean = n->running_mean, *bias = c->bias;
  if (!bias) {
    bias = tt_parameter("bias", TT_SHAPE(out));
    tt_fill_(bias, 0);
    tt_move(bias, c->weight->scope);
    c->bias = bias;
  }
  Tensor *each = tt_reshape(factor, TT_SHAPE(out, 1, 1, 1));
  tt_copy_(bias, tt_add(tt_mul(tt_sub(bias, mean), factor), n->bias));
  tt_copy_(c->weight, tt_mul(c->weight, each));
}

typedef struct Place { const Module *m; void *slot; int n; } Place;

static void find_place(void *arg, const char *name, FieldKind kind,
                       void *slot)
{
  (void)name;
  Place *p = arg;
  if (kind == TT_CHILD && *(ChildModule *)slot == p->m
      && slot != p->slot)
    p->slot = slot, p->n++;
}

// what is in two places would change in both
static bool has_one_place(void *model, const Module *m)
{
  Place p = { m, NULL, 0 };
  tt_module_walk(model, find_place, &p);
  return p.n == 1;
}

typedef struct Folding { void *model; int n; } Folding;

static void fold_in(void *arg, const char *name, FieldKind kind,
                    void *slot)
{
  (void)name;
  Folding *f = arg;
  Sequential *s = *(void **)slot;
  if (kind != TT_CHILD || s->base.type != &tt_sequential_type)
    return;
  for (int i = 0; i + 1 < s->n; i++) {
    Module *a = s->layer[i], *b = s->layer[i + 1];
    if (a->type != &tt_conv2d_type || b->type != &tt_batch_norm2d_type
        || !has_one_place(f->model, a) || !has_one_place(f->model, b))
      continue;
    fold((Conv2d *)a, (BatchNorm2d *)b);
    tt_module_free(b);
    memmove(s->layer + i + 1, s->layer + i + 2,
            (size_t)(--s->n - i - 1) * sizeof *s->layer);
    f->n++;
  }
}

int tt_fold_batch_norm(void *model)
{
  TT_NO_GRAD;
  Folding f = { model, 0 };
  tt_module_walk(model, fold_in, &f);
  return f.n;
}

TT_INLINE Real rounded(Real u, Real least, Real most)
{
  Real r = rint(u);                // NaN stays
  return r < least ? least : r > most ? most : r;
}

TT_INLINE Real through(Real x, Real scale, Real g, Real least,
                       Real most)
{
  Real r = rint(x / scale);
  return least <= r && r <= most ? g : 0;
}

TT_ROW(fake, 2, x, scale, c_, least, most,
       scale * rounded(x / scale, least, most))
TT_ROW(fake_gradient, 3, x, scale, g, least, most,
       through(x, scale, g, least, most))
static Op op_fake_gradient = { .name = "gradient of tt_fake_quantize",
                               .row = fake_gradient_row };
Op tt_op_fake_quantize = {
  .name = "tt_fake_quantize", .row = fake_row,
  .backward = tt_elementwise_backward,
  .gradient = { &op_fake_gradient },
  .saves = TT_SAVES_a | TT_SAVES_b };

Tensor *tt_fake_quantize(Tensor *x, Tensor *scale, int32_t least,
                         int32_t most)
{
  if (scale->requires_grad)
    tt_fail(TT_EVALUE, "tt_fake_quantize: the scale wants a gradient;"
            " it has none, so give tt_detach(scale)");
  return tt_map(&tt_op_fake_quantize, 2, (Tensor *[]){ x, scale },
                (Real)least, (Real)most);
}

static void straight_backward(TapeNode *k)
{
  tt_accumulate(k, 1, k->grad);
}

static Op op_straight = { .name = "tt_straight_through",
                          .backward = straight_backward };

// y, whose gradient goes to x as it is
static Tensor *straight_through(Tensor *x, Tensor *y)
{
  return tt_record(&op_straight, y, 1, &x, (Attr){0});
}

static Tensor *rounded_weight(Tensor *w, QuantFormat f)
{
  Tensor *rows = tt_reshape(tt_detach(w), TT_SHAPE(w->shape[0], -1));
  Tensor *y = tt_dequantize(tt_pack(rows, f));
  return straight_through(w, tt_reshape(y, tt_shape(w)));
}

static Tensor *rounded_rows(Tensor *x)
{
  Shape s = tt_shape(x);
  Tensor *rows = tt_reshape(tt_detach(x), TT_SHAPE(
    -1, s.dim[s.rank - 1]));
  Tensor *y = tt_dequantize(tt_quantize_tensor(rows, (QuantScheme){
    .sharing = TT_PER_CHANNEL }));
  return straight_through(x, tt_reshape(y, s));
}

static Tensor *rounded_images(Tensor *x)
{
  return tt_dequantize(tt_quantize_tensor(tt_detach(x), (QuantScheme){
    .sharing = TT_PER_CHANNEL, .affine = true }));
}

// groups of weights are of (kh,kw,in), as a QuantConv2d packs them
static Tensor *rounded_filters(Tensor *w, QuantFormat f)
{
  const int64_t *d = w->shape;
  Tensor *last = tt_permute(tt_detach(w), TT_SHAPE(0, 2, 3, 1));
  Tensor *rows = tt_reshape(last, TT_SHAPE(d[0], -1));
  Tensor *y = tt_reshape(tt_dequantize(tt_pack(rows, f)),
                         TT_SHAPE(d[0], d[2], d[3], d[1]));
  y = tt_contiguous(tt_permute(y, TT_SHAPE(0, 3, 1, 2)));
  return straight_through(w, y);
}

static Tensor *qat_linear_forward(Module *base, Tensor *x)
{
  QatLinear *m = (QatLinear *)base;
  Linear *l = &m->linear;
  if (!m->rounds)
    return tt_linear(x, l->weight, l->bias);
  return tt_linear(m->format.weight_only ? x : rounded_rows(x),
                   rounded_weight(l->weight, m->format), l->bias);
}

static Tensor *rounded_input(const QatConv2d *m, Tensor *x)
{
  const Real *r = m->range->data;
  if (r[0] >= r[1])
    return straight_through(x, rounded_images(x));
  double scale;
  int32_t zero;
  tt_scale_of((double)r[0], (double)r[1],
              (QuantScheme){ .affine = true }, &scale, &zero);
  return tt_fake_quantize(x, tt_full(TT_SHAPE(1), (Real)scale),
                          -128 - zero, 127 - zero);
}

static Tensor *qat_conv2d_forward(Module *base, Tensor *x)
{
  QatConv2d *m = (QatConv2d *)base;
  Tensor *w = m->conv.weight;
  if (m->seen)
    tt_observe(m->seen->data, x);
  if (m->rounds) {
    x = m->format.weight_only ? x : rounded_input(m, x);
    w = rounded_filters(w, m->format);
  }
  return tt_conv2d(x, w, m->conv.bias, m->conv.options);
}

static const ModuleField qat_linear_fields[] = {
  { "weight", TT_PARAM, offsetof(QatLinear, linear.weight), 0 },
  { "bias", TT_PARAM, offsetof(QatLinear, linear.bias), 0 }, {0}
};
const ModuleType tt_qat_linear_type = {
  "QatLinear", sizeof(QatLinear), qat_linear_fields,
  qat_linear_forward, NULL
};

static const ModuleField qat_conv2d_fields[] = {
  { "weight", TT_PARAM, offsetof(QatConv2d, conv.weight), 0 },
  { "bias", TT_PARAM, offsetof(QatConv2d, conv.bias), 0 },
  TT_BUFFER(QatConv2d, range), TT_BUFFER(QatConv2d, seen), {0}
};
const ModuleType tt_qat_conv2d_type = {
  "QatConv2d", sizeof(QatConv2d), qat_conv2d_fields,
  qat_conv2d_forward, NULL
};
static Module *qat_linear_new(Module *from, const QuantFormat *f)
{
  QatLinear *m = tt_module_new(&tt_qat_linear_type);
  Linear *old = (Linear *)from;
  m->linear.weight = old->weight, m->linear.bias = old->bias;
  m->format = *f;
  return &m->linear.base;
}

static Module *qat_conv2d_new(Module *from, const QuantFormat *f)
{
  QatConv2d *m = tt_module_new(&tt_qat_conv2d_type);
  Conv2d *old = (Conv2d *)from;
  m->conv.weight = old->weight, m->conv.bias = old->bias;
  m->conv.options = old->options, m->format = *f;
  m->range = tt_zeros(TT_SHAPE(2));
  m->seen = tt_empty(TT_U8, TT_SHAPE((int64_t)sizeof(Observer)));
  memset(m->seen->data, 0, sizeof(Observer));
  return &m->conv.base;
}

void *tt_prepare(void *model, QuantizeOptions o)
{
  static const LayerChange change[] = {
    { &tt_linear_type, qat_linear_new },
    { &tt_conv2d_type, qat_conv2d_new }, {0}
  };
  return tt_change_layers(model, change, o);
}

typedef struct Calibrating { RangeMethod method; int n; } Calibrating;

static void set_range(void *arg, const char *name, FieldKind kind,
                      void *slot)
{
  Calibrating *c = arg;
  if (kind != TT_CHILD
      || (*(ChildModule *)slot)->type != &tt_qat_conv2d_type)
    return;
  QatConv2d *m = (QatConv2d *)*(ChildModule *)slot;
  if (!m->seen)
    return;
  const Observer *o = m->seen->data;
  if (o->n == 0)
    tt_fail(TT_EVALUE, "tt_calibrate: %s has seen no input; show the"
            " model some data first", *name ? name : "the model");
  QuantRange r = tt_observer_range(o, c->method, 8);
  Real *range = m->range->data;
  range[0] = (Real)r.low, range[1] = (Real)r.high;
  tt_release(m->seen);
  m->seen = NULL, c->n++;
}

int tt_calibrate(void *model, RangeMethod method)
{
  Calibrating c = { method, 0 };
  tt_module_walk(model, set_range, &c);
  return c.n;
}

static void set_rounds(void *arg, const char *name, FieldKind kind,
                       void *slot)
{
  (void)name;
  if (kind != TT_CHILD)
    return;
  Module *m = *(ChildModule *)slot;
  if (m->type == &tt_qat_linear_type)
    ((QatLinear *)m)->rounds = *(bool *)arg;
  if (m->type == &tt_qat_conv2d_type)
    ((QatConv2d *)m)->rounds = *(bool *)arg;
}

void tt_round_forward(void *model, bool on)
{
  tt_module_walk(model, set_rounds, &on);
}
