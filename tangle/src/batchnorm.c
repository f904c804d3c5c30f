// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
// Batch normalization, with running values for evaluation; its module.
#include "tt/convolution.h"
#include "tt/gradient.h"
#include "tt/layers.h"
#include "tt/locale.h"
#include "tt/todo.h"
#include <math.h>

static double plane_sum(int64_t n, const Real *x)
{
  double sum = 0;
  #pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++)
    sum += (double)x[i];
  return sum;
}

static double plane_squares(int64_t n, const Real *x, double mu)
{
  double sum = 0;
  #pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++)
    sum += ((double)x[i] - mu) * ((double)x[i] - mu);
  return sum;
}

static double plane_product(int64_t n, const Real *g, const Real *x,
                            Real mean)
{
  double sum = 0;
  #pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++)
    sum += (double)(g[i] * (x[i] - mean));
  return sum;
}

void tt_naive_channel_moments(int64_t n, int64_t c, int64_t inner,
                              Real *mean, Real *var, const Real *x)
{
  double count = (double)(n * inner);
  for (int64_t i = 0; i < c; i++) {
    double sum = 0, squares = 0;
    for (int64_t k = 0; k < n; k++)
      sum += plane_sum(inner, x + (k * c + i) * inner);
    double mu = sum / count;
    for (int64_t k = 0; k < n; k++)
      squares += plane_squares(inner, x + (k * c + i) * inner, mu);
    mean[i] = (Real)mu;
    var[i] = (Real)(squares / count);
  }
}

void tt_naive_batch_norm(int64_t n, int64_t c, int64_t inner, Real *y,
                         const Real *x, const Real *mean,
                         const Real *rstd, const Real *w, const Real *b)
{
  for (int64_t p = 0; p < n * c; p++, x += inner, y += inner) {
    int64_t i = p % c;
    Real mu = mean[i], scale = rstd[i] * (w ? w[i] : 1);
    Real shift = b ? b[i] : 0;
    for (int64_t j = 0; j < inner; j++)
      y[j] = (x[j] - mu) * scale + shift;
  }
}

typedef struct ChannelBack {
  Real mean, rstd, weight;         // of one channel
  Real g_mean, gx_mean;            // of g, of g times x-hat; in eval 0
} ChannelBack;

static void plane_back(int64_t n, Real *dx, const Real *g,
                       const Real *x, ChannelBack k)
{
  for (int64_t i = 0; i < n; i++) {
    Real hat = (x[i] - k.mean) * k.rstd;
    dx[i] = k.weight * k.rstd * (g[i] - k.g_mean - hat * k.gx_mean);
  }
}

void tt_naive_batch_norm_back(int64_t n, int64_t c, int64_t inner,
                              Real *dx, Real *dw, Real *db,
                              const Real *g, const Real *x,
                              const Real *mean, const Real *rstd,
                              const Real *w, bool training)
{
  double count = (double)(n * inner);
  for (int64_t i = 0; i < c; i++) {
    double sum = 0, product = 0;
    for (int64_t k = 0; k < n; k++) {
      int64_t at = (k * c + i) * inner;
      sum += plane_sum(inner, g + at);
      product += plane_product(inner, g + at, x + at, mean[i]);
    }
    product *= (double)rstd[i];
    db[i] = (Real)sum, dw[i] = (Real)product;
    ChannelBack k = { mean[i], rstd[i], w ? w[i] : 1, 0, 0 };
    if (training)
      k.g_mean = (Real)(sum / count),
      k.gx_mean = (Real)(product / count);
    for (int64_t j = 0; dx && j < n; j++) {
      int64_t at = (j * c + i) * inner;
      plane_back(inner, dx + at, g + at, x + at, k);
    }
  }
}

static void update_running(Tensor *mean, Tensor *var, const Real *mu,
                           const Real *sigma2, double m, double count)
{
  Real *rm = mean->data, *rv = var->data;
  for (int64_t c = 0; c < mean->shape[0]; c++) {
    double unbiased = (double)sigma2[c] * count / (count - 1);
    rm[c] = (Real)((1 - m) * (double)rm[c] + m * (double)mu[c]);
    rv[c] = (Real)((1 - m) * (double)rv[c] + m * unbiased);
  }
}

static void check_values(const char *op, const char *what,
                         const Tensor *t, int64_t channels)
{
  if (!t)
    return;
  tt_need_f32(op, t);
  if (t->rank != 1 || t->shape[0] != channels || !tt_is_contiguous(t))
    tt_fail(TT_ESHAPE, "%s: %s %s; it is one number, side by side, for"
            " each of %lld channels", op, what, TT_TEXT(tt_shape(t)),
            (long long)channels);
}

static void check_norm(const char *op, const Tensor *x,
                       const Tensor *mean, const Tensor *var,
                       const Tensor *w, const Tensor *b, bool training)
{
  tt_need_f32(op, x);
  if (x->rank < 2)
    tt_fail(TT_ESHAPE, "%s: input %s; it is (N,C,..), and each of C"
            " channels is made standard", op, TT_TEXT(tt_shape(x)));
  if (!mean != !var || !w != !b || (!training && !mean))
    tt_fail(TT_EVALUE, "%s: give mean and variance together, weight and"
            " bias together, and in eval mode the running values", op);
  int64_t c = x->shape[1], values = c ? tt_numel(x) / c : 0;
  check_values(op, "running mean", mean, c);
  check_values(op, "running variance", var, c);
  check_values(op, "weight", w, c);
  check_values(op, "bias", b, c);
  if (training && values < 2)
    tt_fail(TT_EVALUE, "%s: input %s has %lld value for each channel in"
            " training, and a variance needs two\n  leave out a last"
            " batch of one (drop_last), or use eval mode", op,
            TT_TEXT(tt_shape(x)), (long long)values);
}

static int64_t inner_of(const Tensor *x)   // places of one channel
{
  int64_t planes = x->shape[0] * x->shape[1];
  return planes > 0 ? tt_numel(x) / planes : 0;
}

typedef struct Moments { Tensor *mean, *rstd; } Moments;
static Moments moments_of(Tensor *x, Tensor *mean, Tensor *var,
                          bool training, double momentum, double eps)
{
  int64_t n = x->shape[0], c = x->shape[1], inner = inner_of(x);
  Moments m = { tt_empty(TT_F32, TT_SHAPE(c)),
                tt_empty(TT_F32, TT_SHAPE(c)) };
  Real *mu = m.mean->data, *sigma2 = m.rstd->data;
  if (training)
    tt_backend->channel_moments(n, c, inner, mu, sigma2, x->data);
  if (training && mean) {
    tt_change("tt_batch_norm", mean, NULL);
    tt_change("tt_batch_norm", var, NULL);
    update_running(mean, var, mu, sigma2, momentum,
                   (double)(n * inner));
  }
  for (int64_t i = 0; i < c; i++) {
    if (!training)
      mu[i] = ((Real *)mean->data)[i],
      sigma2[i] = ((Real *)var->data)[i];
    sigma2[i] = (Real)(1 / sqrt((double)sigma2[i] + eps));
  }
  return m;
}

static void batch_norm_backward(TapeNode *k)
{
  Tensor *x = tt_node_saved(k, 1);
  int64_t n = x->shape[0], c = x->shape[1], inner = inner_of(x);
  Tensor *dx = tt_node_wants(k, 1) ? tt_empty(TT_F32, tt_shape(x))
                                   : NULL;
  Tensor *dw = tt_empty(TT_F32, TT_SHAPE(c));
  Tensor *db = tt_empty(TT_F32, TT_SHAPE(c));
  tt_backend->batch_norm_back(
    n, c, inner, dx ? dx->data : NULL, dw->data, db->data,
    tt_contiguous(k->grad)->data, x->data, tt_node_saved(k, 2)->data,
    tt_node_saved(k, 3)->data,
    k->n > 3 ? tt_node_saved(k, 4)->data : NULL, k->attr.i[0]);
  if (dx)
    tt_accumulate(k, 1, dx);
  if (k->n > 3 && tt_node_wants(k, 4))
    tt_accumulate(k, 4, dw);
  if (k->n > 3 && tt_node_wants(k, 5))
    tt_accumulate(k, 5, db);
}

Op tt_op_batch_norm = {
  .name = "tt_batch_norm", .backward = batch_norm_backward,
  .saves = TT_SAVES(1) | TT_SAVES(2) | TT_SAVES(3) | TT_SAVES(4) };
Tensor *tt_batch_norm(Tensor *x, Tensor *mean, Tensor *var, Tensor *w,
                      Tensor *b, bool training, double momentum,
                      double eps)
{
  check_norm("tt_batch_norm", x, mean, var, w, b, training);
  TT_SCOPE;
  x = tt_contiguous(x);
  Tensor *y = tt_empty(TT_F32, tt_shape(x));
  Moments m = moments_of(x, mean, var, training, momentum, eps);
  int64_t n = x->shape[0], c = x->shape[1];
  tt_backend->batch_norm(n, c, inner_of(x), y->data, x->data,
                         m.mean->data, m.rstd->data,
                         w ? w->data : NULL, b ? b->data : NULL);
  return tt_keep(tt_record(&tt_op_batch_norm, y, w ? 5 : 3,
                           (Tensor *[]){x, m.mean, m.rstd, w, b},
                           (Attr){ .i = {training} }));
}

static Tensor *batch_norm2d_forward(Module *m, Tensor *x)
{
  BatchNorm2d *k = (BatchNorm2d *)m;
  if (x->rank != 4)
    tt_fail(TT_ESHAPE, "BatchNorm2d: input %s; maps are (N,C,H,W)",
            TT_TEXT(tt_shape(x)));
  Tensor *y = tt_batch_norm(x, k->running_mean, k->running_var,
                            k->weight, k->bias, m->training,
                            k->momentum, k->eps);
  if (m->training)
    ++*(int32_t *)k->num_batches_tracked->data;
  return y;
}

static void batch_norm2d_describe(Module *m, FILE *f)
{
  TT_C_LOCALE;
  BatchNorm2d *k = (BatchNorm2d *)m;
  fprintf(f, "%lld, eps=%g, momentum=%g, affine=True,"
          " track_running_stats=True", (long long)k->weight->shape[0],
          k->eps, k->momentum);
}

static const ModuleField batch_norm2d_fields[] = {
  TT_PARAM(BatchNorm2d, weight), TT_PARAM(BatchNorm2d, bias),
  TT_BUFFER(BatchNorm2d, running_mean),
  TT_BUFFER(BatchNorm2d, running_var),
  TT_BUFFER(BatchNorm2d, num_batches_tracked), {0}
};
const ModuleType tt_batch_norm2d_type = {
  "BatchNorm2d", sizeof(BatchNorm2d), batch_norm2d_fields,
  batch_norm2d_forward, batch_norm2d_describe
};

static Tensor *constant_parameter(const char *name, int64_t n,
                                  double value)
{
  Tensor *t = tt_parameter(name, TT_SHAPE(n));
  tt_uniform_(t, value, value, NULL);
  return t;
}

BatchNorm2d *tt_batch_norm2d_new(int64_t channels)
{
  if (channels < 1)
    tt_fail(TT_EVALUE, "tt_batch_norm2d_new: %lld channels; give 1 or"
            " more", (long long)channels);
  BatchNorm2d *k = tt_module_new(&tt_batch_norm2d_type);
  k->weight = constant_parameter("weight", channels, 1);
  k->bias = constant_parameter("bias", channels, 0);
  k->running_mean = tt_zeros(TT_SHAPE(channels));
  k->running_var = tt_ones(TT_SHAPE(channels));
  k->num_batches_tracked = tt_from_int(TT_SCALAR, (int32_t[]){ 0 });
  k->eps = 1e-5;
  k->momentum = 0.1;
  return k;
}
