// Made from chapters/17-compression.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>

static Tensor *product_of(Svd d)   // u diag(s) vh
{
  return tt_matmul(tt_mul(d.u, d.s), d.vh);
}

static void expect_svd(Tensor *a)
{
  TT_SCOPE;
  Svd d = tt_svd(a);
  int64_t n = a->shape[0] < a->shape[1] ? a->shape[0] : a->shape[1];
  double most = tt_item(tt_max(tt_abs(a), TT_ALL, false));
  tt_expect_tensor(product_of(d), a, 0, 1e-5 * most);
  tt_expect_tensor(tt_matmul(tt_transpose(d.u, 0, 1), d.u), tt_eye(n),
                   0, 1e-5);
  tt_expect_tensor(tt_matmul(d.vh, tt_transpose(d.vh, 0, 1)),
                   tt_eye(n), 0, 1e-5);
  for (int64_t i = 1; i < n; i++)
    tt_expect(tt_get(d.s, TT_INDEX(i)) <= tt_get(d.s, TT_INDEX(i - 1)),
              "value %lld is larger than the one before", (long long)i);
}

TT(compression, singular_values_of_small_matrices)
{
  Tensor *a = tt_from(TT_SHAPE(2, 2), (Real[]){ 3, 0, 4, 5 });
  tt_expect_values(tt_svd(a).s, 1e-6, sqrt(45), sqrt(5));
  expect_svd(a);
  a = tt_from(TT_SHAPE(2, 2), (Real[]){ 2, 1, 1, 2 });
  tt_expect_values(tt_svd(a).s, 1e-6, 3, 1);
  expect_svd(a);
  a = tt_from(TT_SHAPE(3, 3), (Real[]){ 0, -7, 0, 2, 0, 0, 0, 0, 3 });
  tt_expect_values(tt_svd(a).s, 1e-6, 7, 3, 2);
  expect_svd(a);
  Generator g;
  tt_manual_seed(&g, 1);
  expect_svd(tt_randn(TT_SHAPE(17, 17), &g));
  expect_svd(tt_randn(TT_SHAPE(40, 7), &g));
  expect_svd(tt_randn(TT_SHAPE(7, 40), &g));
  expect_svd(tt_transpose(tt_randn(TT_SHAPE(9, 5), &g), 0, 1));
  expect_svd(tt_mul_scalar(tt_randn(TT_SHAPE(5, 5), &g), (Real)1e30));
  expect_svd(tt_mul_scalar(tt_randn(TT_SHAPE(5, 5), &g), (Real)1e-30));
}

TT(compression, singular_values_as_pytorch_has_them)
{
  Tensor *a = tt_from(TT_SHAPE(4, 3), (Real[]){
    1, -2, 0.5, 3, 0, 4, -1, 2.5, 6, 0.25, 7, -3 });
  tt_expect_values(tt_svd(a).s, 1e-6, 8.245412, 7.296752, 3.214512);
  Tensor *u = tt_abs(tt_svd(a).u);             // signs are free
  tt_expect_values(u, 1e-5,
    0.214826, 0.160675, 0.267218, 0.407414, 0.367541, 0.794513,
    0.344616, 0.785245, 0.476480, 0.817987, 0.471685, 0.265161);
}

TT(compression, a_matrix_with_fewer_directions)
{
  Generator g;
  tt_manual_seed(&g, 2);
  Tensor *a = tt_matmul(tt_randn(TT_SHAPE(12, 2), &g),
                        tt_randn(TT_SHAPE(2, 9), &g));
  Svd d = tt_svd(a);
  tt_expect_tensor(product_of(d), a, 0, 1e-5);
  for (int64_t i = 2; i < 9; i++)
    tt_expect_close(tt_get(d.s, TT_INDEX(i)), 0, 0, 1e-5);
  a = tt_zeros(TT_SHAPE(3, 2));
  tt_expect_tensor(product_of(tt_svd(a)), a, 0, 0);
  a = tt_ones(TT_SHAPE(3, 5));
  tt_expect_values(tt_svd(a).s, 1e-6, sqrt(15), 0, 0);
  tt_expect_tensor(product_of(tt_svd(a)), a, 0, 1e-6);
  a = tt_ones(TT_SHAPE(1, 1));
  tt_expect_tensor(product_of(tt_svd(a)), a, 0, 0);
  tt_set_(a, TT_INDEX(0, 0), (double)NAN);
  tt_expect_fail(tt_svd(a), "element [0,0] is nan; all must be finite");
  tt_expect_fail(tt_svd(tt_zeros(TT_SHAPE(0, 2))), "a matrix is (M,N)");
}

static double squares(Tensor *t)
{
  return tt_item(tt_sum(tt_mul(t, t), TT_ALL, false));
}

TT(compression, a_thin_layer_is_the_nearest)
{
  Generator g;
  tt_manual_seed(&g, 3);
  Linear *l = tt_linear_new(20, 12, &g);
  Tensor *s = tt_svd(l->weight).s, *x = tt_randn(TT_SHAPE(4, 20), &g);
  for (int64_t rank = 1; rank <= 12; rank += rank == 1 ? 4 : 7) {
    LowRankLinear *t = tt_low_rank_linear_new(l, rank);
    Tensor *w = tt_matmul(t->linear.weight, t->down);
    Tensor *left = tt_slice(s, 0, rank, 12, 1);
    tt_expect_close(squares(tt_sub(w, l->weight)), squares(left), 1e-4,
                    1e-10);
    tt_expect_tensor(tt_forward(t, x), tt_linear(x, w, l->bias), 1e-5,
                     1e-5);
    tt_expect_int(tt_module_count(t), rank * 32 + 12);
  }
  tt_expect_fail(tt_low_rank_linear_new(l, 13), "from 1 to 12");
  tt_expect_fail(tt_low_rank_linear_new(l, 0), "a rank of 0");
}

static Sequential *three_layers(Linear **twice)
{
  Generator g;
  tt_manual_seed(&g, 4);
  *twice = tt_linear_new(30, 30, &g);
  return TT_SEQUENTIAL(tt_linear_new(8, 30, &g), *twice,
                       tt_activation_new(tt_tanh), *twice,
                       tt_linear_new_no_bias(30, 2, &g));
}

TT(compression, layers_of_a_model_become_thin)
{
  Linear *twice;
  Sequential *m = three_layers(&twice);
  MemoryStats before = tt_memory_stats();
  tt_expect_int(tt_low_rank(m, (LowRankOptions){ .rank = 6 }), 2);
  // 8 x 30 at rank 6 has 228 numbers, not 240; 30 x 2 is as thin as
  // it can be; the shared layer is one layer still
  tt_expect(m->layer[0]->type == &tt_low_rank_linear_type
            && m->layer[1]->type == &tt_low_rank_linear_type
            && m->layer[1] == m->layer[3]
            && m->layer[4]->type == &tt_linear_type, "other layers");
  int64_t saved = (240 - 228 + 900 - 360) * (int64_t)sizeof(Real);
  int64_t now = tt_memory_stats().live_bytes;
  tt_expect(before.live_bytes - now > saved - 100, "%lld bytes saved",
            (long long)(before.live_bytes - now));
  tt_expect_int(tt_memory_stats().tensors, before.tensors + 2);
  tt_expect_shape(tt_forward(m, tt_ones(TT_SHAPE(5, 8))),
                  TT_SHAPE(5, 2));
  tt_expect_text(tt_module_state_dict(m).entry[2].name, "0.down");
}

TT(compression, rank_by_energy_and_layers_to_skip)
{
  Linear *twice;
  Sequential *m = three_layers(&twice);
  const char *skip[] = { "1", NULL };
  LowRankOptions o = { .energy = 1e-9, .skip = skip };
  tt_expect_int(tt_low_rank(m, o), 2);
  tt_expect_int(((LowRankLinear *)m->layer[0])->down->shape[0], 1);
  tt_expect(m->layer[1] == &twice->base, "skipped, and exchanged");
  o = (LowRankOptions){ .energy = 1 };
  tt_expect_int(tt_low_rank(m, o), 0);         // would save nothing
  Tensor *w = twice->weight;                   // 9, 4, 1 and zeros:
  tt_requires_grad_(w, false);                 // squares 81, 16, 1
  tt_copy_(w, tt_zeros(TT_SHAPE(30, 30)));
  for (int i = 0; i < 3; i++)
    tt_set_(w, TT_INDEX(i, i), (3 - i) * (3 - i));
  o.energy = 97 / 98. + 1e-6;
  tt_expect_int(tt_low_rank(m, o), 1);
  tt_expect_int(((LowRankLinear *)m->layer[1])->down->shape[0], 3);
  tt_expect_fail(tt_low_rank(m, (LowRankOptions){0}), "energy 0");
}

TT(compression, a_thin_layer_learns)
{
  tt_autograd_enable();
  Generator g;
  tt_manual_seed(&g, 5);
  LowRankLinear *t = tt_low_rank_linear_new(tt_linear_new(6, 5, &g), 2);
  Tensor *x = tt_randn(TT_SHAPE(3, 6), &g);
  tt_backward(tt_sum(tt_forward(t, x), TT_ALL, false));
  Tensor *ones = tt_ones(TT_SHAPE(3, 5));
  Tensor *h = tt_matmul(x, tt_transpose(tt_detach(t->down), 0, 1));
  tt_expect_tensor(t->linear.weight->grad,
                   tt_matmul(tt_transpose(ones, 0, 1), h), 1e-4, 1e-5);
  h = tt_matmul(ones, tt_detach(t->linear.weight));
  tt_expect_tensor(t->down->grad,
                   tt_matmul(tt_transpose(h, 0, 1), x), 1e-4, 1e-5);
  tt_expect_values(t->linear.bias->grad, 1e-6, 3, 3, 3, 3, 3);
}

static double softmax_at(const Real *z, int64_t c, double t, int64_t i)
{
  double sum = 0;
  for (int64_t k = 0; k < c; k++)
    sum += exp((double)z[k] / t);
  return exp((double)z[i] / t) / sum;
}

static double lesson_by_hand(const Real *z, const Real *teacher,
                             const int32_t *label, int64_t n,
                             DistillationOptions o)
{
  double all = 0;
  for (int64_t r = 0; r < n; r++, z += 3, teacher += 3) {
    double soft = 0;
    for (int64_t c = 0; c < 3; c++) {
      double p = softmax_at(teacher, 3, o.temperature, c);
      soft += p * log(p / softmax_at(z, 3, o.temperature, c));
    }
    all += o.soft * o.temperature * o.temperature * soft
         - (1 - o.soft) * log(softmax_at(z, 3, 1, label[r]));
  }
  return all / (double)n;
}

static const Real pupil[] = { 1, -2, 0.5, 3, 0, 1, -1, 2.5, 0,
                              4, 4, 4 };
static const Real master[] = { 0, 1, -1, 2, 2, 5, 0.5, 0, 0, 9, -9, 0 };
static const int32_t label[] = { 2, 0, 1, 1 };

TT(compression, the_loss_of_a_student_is_its_formula)
{
  Tensor *z = tt_from(TT_SHAPE(4, 3), pupil);
  Tensor *t = tt_from(TT_SHAPE(4, 3), master);
  Tensor *y = tt_from_int(TT_SHAPE(4), label);
  for (int i = 0; i < 9; i++) {
    DistillationOptions o = { 1 + i % 3 * 3, i / 3 * 0.5 };
    double want = lesson_by_hand(pupil, master, label, 4, o);
    tt_expect_close(tt_item(tt_distillation_loss(z, t, y, o)), want,
                    1e-5, 1e-6);
  }
  DistillationOptions warm = { .soft = 0.9 }, four = { 4, 0.9 };
  tt_expect_close(tt_item(tt_distillation_loss(z, t, y, warm)),
                  lesson_by_hand(pupil, master, label, 4, four), 1e-5,
                  0);
}

TT(compression, a_teacher_may_rule_a_class_out)
{
  Tensor *y = tt_from_int(TT_SHAPE(1), (int32_t[]){ 1 });
  Tensor *z = tt_from(TT_SHAPE(1, 3), (Real[]){ 3, 1, 2 });
  Tensor *t = tt_from(TT_SHAPE(1, 3), (Real[]){ -INFINITY, 1, 2 });
  double share = exp(3) / (exp(3) + exp(1) + exp(2));
  tt_expect_close(tt_item(tt_distillation_loss(z, t, y,
    (DistillationOptions){ 1, 1 })), -log(1 - share), 1e-5, 0);
}

TT(compression, the_loss_of_a_student_as_pytorch_has_it)
{
  Tensor *z = tt_from(TT_SHAPE(4, 3), pupil);
  Tensor *t = tt_from(TT_SHAPE(4, 3), master);
  Tensor *y = tt_from_int(TT_SHAPE(4), label);
  DistillationOptions o = { 4, 0.7 };
  tt_expect_close(tt_item(tt_distillation_loss(z, t, y, o)), 3.217830,
                  1e-5, 0);
}

static Tensor *of_logits(void *arg)
{
  Tensor **t = arg;
  return tt_distillation_loss(t[0], t[1], t[2],
                              (DistillationOptions){ 3, 0.6 });
}

TT(compression, only_the_student_learns)
{
  tt_autograd_enable();
  Tensor *z = tt_from(TT_SHAPE(4, 3), pupil), *t[3] = {
    tt_requires_grad_(z, true),
    tt_requires_grad_(tt_from(TT_SHAPE(4, 3), master), true),
    tt_from_int(TT_SHAPE(4), label) };
  GradCheck c = tt_gradcheck(of_logits, t, 1, t);
  tt_expect(c.error < 2e-3, "element %lld: %g by rule, %g by"
            " difference", (long long)c.element, c.analytical,
            c.numerical);
  tt_backward(of_logits(t));
  tt_expect(t[0]->grad && !t[1]->grad, "who has a gradient?");
  Tensor *small = tt_zeros(TT_SHAPE(4, 2));
  DistillationOptions o = { .soft = 2 };
  tt_expect_fail(tt_distillation_loss(z, small, t[2], o), "both are");
  tt_expect_fail(tt_distillation_loss(z, z, t[2], o), "from 0 to 1");
  o = (DistillationOptions){ .temperature = -1 };
  tt_expect_fail(tt_distillation_loss(z, z, t[2], o), "is above 0");
}
