// Made from chapters/17-compression.nw by tools/tangle: edit there.
// Thin matrices: singular values by rotations, and layers of low rank;
// the loss of a student.
#include "tt/compression.h"
#include "tt/activations.h"
#include "tt/autograd.h"
#include "tt/losses.h"
#include "tt/operation.h"
#include "tt/pruning.h"
#include "tt/quantization.h"
#include "tt/todo.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Vectors {           // n rows: m numbers of a, then n
  int64_t n, m;                    // that tell what was added to what
  double *at;
} Vectors;

static double dot(int64_t n, const double *x, const double *y)
{
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++)
    sum += x[i] * y[i];
  return sum;
}

static void turn(int64_t n, double *x, double *y, double c, double s)
{
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    double old = x[i];
    x[i] = c * old - s * y[i];
    y[i] = s * old + c * y[i];
  }
}

static bool make_orthogonal(const Vectors *v, int64_t p, int64_t q)
{
  double *x = v->at + p * (v->m + v->n), c = 1, s = 0;
  double *y = v->at + q * (v->m + v->n);
  double xx = dot(v->m, x, x), yy = dot(v->m, y, y);
  double xy = dot(v->m, x, y);
  if (fabs(xy) <= (double)v->m * 0x1p-52 * sqrt(xx * yy))
    return false;
  double half = (yy - xx) / (2 * xy);            // cot of twice the angle
  double t = copysign(1, half) / (fabs(half) + sqrt(1 + half * half));
  c = 1 / sqrt(1 + t * t);
  s = c * t;
  turn(v->m + v->n, x, y, c, s);
  return true;
}

enum { SWEEPS = 60 };              // 6 to 10 are needed

static void orthogonalize(const Vectors *v)
{
  bool turned = true;
  for (int sweep = 0; turned && sweep < SWEEPS; sweep++) {
    turned = false;
    for (int64_t p = 0; p < v->n; p++)
      for (int64_t q = p + 1; q < v->n; q++)
        turned |= make_orthogonal(v, p, q);
  }
}

static int64_t thinner(const Tensor *w)
{
  return w->shape[0] < w->shape[1] ? w->shape[0] : w->shape[1];
}

static Vectors vectors_of(const Tensor *a, double scale)
{
  bool tall = a->shape[0] >= a->shape[1];
  Vectors v = { .n = thinner(a), .m = a->shape[!tall] };
  int64_t row = v.m + v.n, size = row * v.n * (int64_t)sizeof(double);
  v.at = tt_empty(TT_U8, TT_SHAPE(size))->data;
  memset(v.at, 0, (size_t)size);
  const Real *from = a->data;
  for (int64_t i = 0; i < v.n; i++) {
    for (int64_t j = 0; j < v.m; j++)
      v.at[i * row + j] = (double)from[i * a->stride[tall]
                                       + j * a->stride[!tall]] / scale;
    v.at[i * row + v.m + i] = 1;
  }
  return v;
}

typedef struct SingularValue { double s; int64_t i; } SingularValue;

static int larger_first(const void *a, const void *b)
{
  const SingularValue *x = a, *y = b;
  return x->s > y->s ? -1 : x->s < y->s ? 1 : x->i < y->i ? -1 : 1;
}

static SingularValue *lengths(const Vectors *v)
{
  SingularValue *s = tt_empty(TT_U8, TT_SHAPE(v->n
                              * (int64_t)sizeof *s))->data;
  for (int64_t i = 0; i < v->n; i++) {
    const double *x = v->at + i * (v->m + v->n);
    s[i] = (SingularValue){ sqrt(dot(v->m, x, x)), i };
  }
  qsort(s, (size_t)v->n, sizeof *s, larger_first);
  return s;
}

// rows of y: n numbers from x, times c
static void put_row(Real *y, int64_t step, int64_t n, const double *x,
                    double c)
{
  for (int64_t i = 0; i < n; i++)
    y[i * step] = (Real)(x[i] * c);
}

static double checked(const Tensor *a)         // its largest number
{
  tt_need_f32("tt_svd", a);
  if (a->rank != 2 || tt_numel(a) == 0)
    tt_fail(TT_ESHAPE, "tt_svd: shape %s; a matrix is (M,N), M and N"
            " at least 1", TT_TEXT(tt_shape(a)));
  double most = 0;
  for (int64_t i = 0; i < a->shape[0]; i++)
    for (int64_t j = 0; j < a->shape[1]; j++) {
      double v = (double)((const Real *)a->data)[i * a->stride[0]
                                               + j * a->stride[1]];
      if (!isfinite(v))
        tt_fail(TT_EVALUE, "tt_svd: element [%lld,%lld] is %g; all must"
                " be finite", (long long)i, (long long)j, v);
      most = fmax(most, fabs(v));
    }
  return most;
}

Svd tt_svd(Tensor *a)
{
  double most = checked(a), scale = most > 0 ? most : 1;
  int64_t n = thinner(a);
  Svd d = { tt_zeros(TT_SHAPE(a->shape[0], n)), tt_zeros(TT_SHAPE(n)),
            tt_zeros(TT_SHAPE(n, a->shape[1])) };
  TT_SCOPE;
  Vectors v = vectors_of(a, scale);
  orthogonalize(&v);
  SingularValue *s = lengths(&v);
  bool tall = a->shape[0] >= a->shape[1];
  for (int64_t k = 0; k < n; k++) {
    const double *x = v.at + s[k].i * (v.m + v.n);
    bool none = s[k].s <= (double)v.m * 0x1p-52 * s[0].s;
    Real *u = (Real *)d.u->data + k, *vh = (Real *)d.vh->data;
    vh += k * a->shape[1];
    ((Real *)d.s->data)[k] = (Real)(s[k].s * scale);
    put_row(tall ? u : vh, tall ? n : 1, v.m, x, none ? 0 : 1 / s[k].s);
    put_row(tall ? vh : u, tall ? 1 : n, v.n, x + v.m, 1);
  }
  return d;
}

static Tensor *low_rank_forward(Module *m, Tensor *x)
{
  LowRankLinear *l = (LowRankLinear *)m;
  x = tt_linear(x, l->down, NULL);
  return tt_linear(x, l->linear.weight, l->linear.bias);
}

static const ModuleField low_rank_fields[] = {
  { "up", TT_PARAM, offsetof(LowRankLinear, linear.weight), 0 },
  { "bias", TT_PARAM, offsetof(LowRankLinear, linear.bias), 0 },
  TT_PARAM(LowRankLinear, down), {0}
};

static void describe_low_rank(Module *m, FILE *f)
{
  const LowRankLinear *l = (LowRankLinear *)m;
  fprintf(f, "in_features=%lld, out_features=%lld, rank=%lld, bias=%s",
          (long long)l->down->shape[1],
          (long long)l->linear.weight->shape[0],
          (long long)l->down->shape[0],
          l->linear.bias ? "True" : "False");
}

const ModuleType tt_low_rank_linear_type = {
  "LowRankLinear", sizeof(LowRankLinear), low_rank_fields,
  low_rank_forward, describe_low_rank
};
static Tensor *thin(Tensor *from, Tensor *s, int dim, int64_t rank)
{
  TT_NO_GRAD;
  Tensor *root = tt_sqrt(tt_slice(s, 0, 0, rank, 1));
  Tensor *t = tt_slice(from, dim, 0, rank, 1);
  t = tt_mul(t, dim == 0 ? tt_unsqueeze(root, 1) : root);
  tt_requires_grad_(t, true);
  return tt_keep(t);
}

static LowRankLinear *from_parts(Linear *of, Svd d, int64_t rank)
{
  LowRankLinear *l = tt_module_new(&tt_low_rank_linear_type);
  l->linear.weight = thin(d.u, d.s, 1, rank);
  l->down = thin(d.vh, d.s, 0, rank);
  l->linear.bias = of->bias;
  return l;
}

LowRankLinear *tt_low_rank_linear_new(Linear *of, int64_t rank)
{
  int64_t most = thinner(of->weight);
  if (rank < 1 || rank > most)
    tt_fail(TT_EVALUE, "tt_low_rank_linear_new: a rank of %lld for a"
            " weight of %s; it is from 1 to %lld", (long long)rank,
            TT_TEXT(tt_shape(of->weight)), (long long)most);
  TT_SCOPE;
  LowRankLinear *l = from_parts(of, tt_svd(of->weight), rank);
  tt_keep(l->linear.weight), tt_keep(l->down);
  tt_keep(l->linear.base.block);
  return l;
}

static int64_t rank_for(const Tensor *s, double energy)
{
  const Real *v = s->data;
  double all = 0, kept = 0;
  int64_t rank = 0;
  for (int64_t i = 0; i < s->shape[0]; i++)
    all += (double)v[i] * (double)v[i];
  while (rank < s->shape[0] && (rank == 0 || kept < energy * all)) {
    kept += (double)v[rank] * (double)v[rank];
    rank++;
  }
  return rank;
}

static Module *make_thin(void *arg, const char *name, Module *old)
{
  const LowRankOptions *o = arg;
  Linear *l = (Linear *)old;
  (void)name;
  if (old->type != &tt_linear_type)
    return NULL;
  Svd d = tt_svd(l->weight);
  int64_t out = l->weight->shape[0], in = l->weight->shape[1];
  int64_t rank = o->rank ? o->rank : rank_for(d.s, o->energy);
  if (rank * (in + out) >= in * out)
    return NULL;
  return &from_parts(l, d, rank)->linear.base;
}

int tt_low_rank(void *m, LowRankOptions o)
{
  if (o.rank < 0 || (o.rank == 0 && !(o.energy > 0 && o.energy <= 1)))
    tt_fail(TT_EVALUE, "tt_low_rank: rank %lld, energy %g; give a rank"
            " above 0, or a share of the energy above 0, at most 1",
            (long long)o.rank, o.energy);
  return tt_exchange(m, o.skip, make_thin, &o);
}

static void check_lesson(const Tensor *student, const Tensor *teacher,
                         DistillationOptions *o)
{
  tt_need_f32("tt_distillation_loss", student);
  tt_need_f32("tt_distillation_loss", teacher);
  bool same = student->rank == 2 && teacher->rank == 2
              && student->shape[0] == teacher->shape[0]
              && student->shape[1] == teacher->shape[1];
  if (!same)
    tt_fail(TT_ESHAPE, "tt_distillation_loss: a student's logits %s,"
            " the teacher's %s; both are (N,C)",
            TT_TEXT(tt_shape(student)), TT_TEXT(tt_shape(teacher)));
  if (o->temperature == 0)
    o->temperature = 4;
  if (!(o->temperature > 0 && isfinite(o->temperature)))
    tt_fail(TT_EVALUE, "tt_distillation_loss: a temperature of %g; it"
            " is above 0", o->temperature);
  if (!(o->soft >= 0 && o->soft <= 1))
    tt_fail(TT_EVALUE, "tt_distillation_loss: soft = %g; the teacher's"
            " weight is from 0 to 1", o->soft);
}

Tensor *tt_distillation_loss(Tensor *student, Tensor *teacher,
                             Tensor *labels, DistillationOptions o)
{
  check_lesson(student, teacher, &o);
  Real cold = (Real)(1 / o.temperature);
  TT_SCOPE;
  Tensor *hard = tt_cross_entropy(student, labels);
  Tensor *log_q = tt_log_softmax(tt_mul_scalar(student, cold), 1);
  teacher = tt_mul_scalar(tt_detach(teacher), cold);
  Tensor *log_p = tt_log_softmax(teacher, 1);
  log_p = tt_clamp(log_p, -FLT_MAX, 0);          // 0 log 0 is 0
  Tensor *soft;
  soft = tt_mul(tt_exp(log_p), tt_sub(log_p, log_q));
  soft = tt_mean(tt_sum(soft, 1, false), 0, false);
  soft = tt_mul_scalar(soft, (Real)(o.temperature * o.temperature));
  return tt_keep(tt_add(tt_mul_scalar(soft, (Real)o.soft),
                        tt_mul_scalar(hard, (Real)(1 - o.soft))));
}
