// Made from chapters/06-optimizers.nw by tools/tangle: edit there.
#include <float.h>
#include <math.h>
#include <string.h>
#include "tt_test.h"

static Tensor *w, *b;
static StateEntry   entry[2] = { { "w", TT_PARAM, &w },
                            { "b", TT_PARAM, &b } };
static const StateDict both = { 2, entry };

static void begin(void)
{
  w = tt_from(TT_SHAPE(2), (Real[]){1, -2});
  b = tt_from(TT_SHAPE(1), (Real[]){10});
  w->requires_grad = b->requires_grad = true;
}

static void step_with(Optimizer *o, double g0, double g1, double g2)
{
  w->grad = tt_from(TT_SHAPE(2), (Real[]){(Real)g0, (Real)g1});
  b->grad = tt_from(TT_SHAPE(1), (Real[]){(Real)g2});
  tt_optimizer_step(o);
}

TT(optimizers, sgd_goes_downhill)
{
  begin();
  Optimizer *o = tt_sgd_new(both, (SgdOptions){ .lr = 0.5 });
  unsigned version = w->storage->version;
  step_with(o, 1, -4, 0);
  tt_expect_values(w, 1e-6, 0.5, 0);
  tt_expect_values(b, 0, 10);
  tt_expect(w->storage->version > version, "nobody was told");
  tt_expect_int(tt_optimizer_state_dict(o).n, 0);
  tt_optimizer_zero_grad(o);
  tt_expect(!w->grad && !b->grad, "gradients are left over");
}

static void rest(ParamGroup *k, OptimizerParam *p) { (void)k, (void)p; }
TT(optimizers, frozen_and_forgotten_parameters_stay)
{
  static const OptimizerType idle = { .name = "idle", .update = rest };
  begin();
  Optimizer *o = tt_sgd_new(both, (SgdOptions){ .lr = 1 });
  o->type = &idle;
  const OptimizerParam *p = o->group->param;
  step_with(o, 1, 1, 1);
  tt_zero_grad(w);
  tt_requires_grad_(b, false);
  tt_optimizer_step(o);
  tt_expect(p[0].step == 1 && p[1].step == 1, "somebody moved");
  tt_requires_grad_(b, true);
  tt_optimizer_step(o);
  tt_expect(p[0].step == 1 && p[1].step == 2, "the wrong one moved");
}

TT(optimizers, memory_outlives_the_step)
{
  static const OptimizerType lazy = { "lazy", { "one", "two" }, rest };
  begin();
  Optimizer *o = tt_sgd_new(both, (SgdOptions){ .lr = 1,
                                             .momentum = 0.9 });
  o->type = &lazy;
  {
    TT_SCOPE;
    for (int i = 0; i < 8; i++)
      tt_full(TT_SHAPE(2), 7);
  }
  {
    TT_SCOPE;
    step_with(o, 1, 1, 1);
    tt_optimizer_zero_grad(o);
  }
  Tensor *v = o->group->param->state[0];
  tt_expect(v && v->scope == o->block->scope, "it went with the step");
  tt_expect_values(v, 0, 0, 0);
  tt_expect(!o->group->param->state[1], "a memory nobody asked for");
  o->group->keeps |= 2;                       // two memories
  step_with(o, 1, 1, 1);
  tt_expect(o->group->param->state[0] == v, "the first was made again");
  tt_expect(o->group->param->state[1], "there is no second memory");
}

TT(optimizers, a_bad_gradient_moves_nothing)
{
  begin();
  Optimizer *o = tt_sgd_new(both, (SgdOptions){ .lr = 0.5 });
  w->grad = tt_ones(TT_SHAPE(2));
  b->grad = tt_ones(TT_SHAPE(1, 1));
  TensorError e;
  tt_expect(!tt_try((void (*)(void *))tt_optimizer_step, o, &e),
            "worked");
  tt_expect(strstr(e.message, "b is f32 [1], its gradient f32 [1,1]"),
            "%s", e.message);
  tt_expect_values(w, 0, 1, -2);
}

TT(optimizers, a_ball_gathers_speed)
{
  begin();
  Optimizer *o = tt_sgd_new(both, (SgdOptions){ .lr = 1,
                                             .momentum = 0.5 });
  for (int i = 0; i < 3; i++)
    step_with(o, 1, 0, 0);
  tt_expect_values(w, 1e-6, 1 - 4.25, -2);

  begin();
  o = tt_sgd_new(both, (SgdOptions){ .lr = 1, .momentum = 0.5,
                                  .dampening = 0.5 });
  for (int i = 0; i < 3; i++)
    step_with(o, 1, 0, 0);                    // speeds 1, 1, 1
  Tensor *with_dampening = w;
  tt_expect_values(with_dampening, 1e-6, 1 - 3, -2);

  begin();
  o = tt_sgd_new(both, (SgdOptions){ .lr = 1, .momentum = 0.5,
                                  .nesterov = true });
  step_with(o, 1, 0, 0);                      // 1 + 0.5
  step_with(o, 1, 0, 0);                      // 1 + 0.75
  Tensor *with_nesterov = w;
  tt_expect_values(with_nesterov, 1e-6, 1 - 3.25, -2);
}

TT(optimizers, rmsprop_divides_by_the_typical_size)
{
  begin();
  Optimizer *o = tt_rmsprop_new(both, (RmsPropOptions){
    .lr = 0.5, .alpha = 0.75 });
  step_with(o, 2, -2000, 0);
  tt_expect_values(w, 1e-6, 0, -1);           // both by 1
  step_with(o, 2, 0, 0);
  tt_expect_values(w, 1e-6, -1 / sqrt(1.75), -1);
  tt_expect_values(b, 0, 10);                 // 0 / (0 + eps)
  begin();
  o = tt_rmsprop_new(both, (RmsPropOptions){
    .lr = 0.5, .alpha = 0.75, .eps = 1 });
  step_with(o, 2, -2, 0);                     // eps beside the root
  tt_expect_values(w, 1e-6, 0.5, -1.5);
}

TT(optimizers, a_constant_gradient_has_no_variance)
{
  begin();
  Optimizer *o = tt_rmsprop_new(both, (RmsPropOptions){
    .lr = 1e-9, .alpha = 0.5, .centered = true });
  for (int i = 0; i < 100; i++) {
    double was = tt_peek(w, 1);
    step_with(o, 0.1, 0.3, -1e-3);           // 0.3 is rounded down
    tt_expect(isfinite(tt_peek(w, 1)), "a root of less than nothing");
    tt_expect(i < 23 || was - tt_peek(w, 1) > 0.029, "step %d: less"
              " than no variance is none, and leaves only eps", i + 1);
  }
}

TT(optimizers, centered_divides_by_the_deviation)
{
  begin();
  Optimizer *o = tt_rmsprop_new(both, (RmsPropOptions){
    .lr = 0.5, .alpha = 0.5, .centered = true });
  step_with(o, 2, 0, 0);                      // 2 - 1 under the root
  tt_expect_values(w, 1e-6, 0, -2);
  step_with(o, 4, 0, 0);                      // 9 - 2.5 * 2.5
  tt_expect_values(w, 1e-6, -2 / sqrt(2.75), -2);
}

TT(optimizers, the_means_fill_up)
{
  begin();
  w = tt_requires_grad_(tt_zeros(TT_SHAPE(0)), true);
  w->grad = tt_zeros(TT_SHAPE(0));
  Optimizer *o = tt_adam_new(both, (AdamOptions){
    .lr = 0.5, .beta1 = 0.5, .beta2 = 0.75 });
  tt_optimizer_step(o);
  tt_expect_close(o->group->bias.first, 0.5, 1e-12, 0);
  tt_expect_close(o->group->bias.second, 0.25, 1e-12, 0);
  tt_optimizer_step(o);
  tt_expect_close(o->group->bias.first, 0.75, 1e-12, 0);
}

TT(optimizers, adam_is_corrected_from_the_first_step)
{
  begin();
  Optimizer *o = tt_adam_new(both, (AdamOptions){
    .lr = 0.5, .beta1 = 0.5, .beta2 = 0.5 });
  step_with(o, 1000, -0.001, 0);
  tt_expect_values(w, 1e-5, 0.5, -1.5);
  tt_expect_values(b, 0, 10);
  step_with(o, 0, -0.001, 0);
  tt_expect_values(w, 1e-5, 0.5 - 0.5 * sqrt(1.0 / 3), -1);
}

TT(optimizers, decay_is_decoupled_in_adamw)
{
  AdamOptions s = { .lr = 0.125, .weight_decay = 0.5 };
  begin();
  step_with(tt_adam_new(both, s), 0, 0, 0);
  tt_expect_values(w, 1e-5, 1 - 0.125, -2 + 0.125);
  tt_expect_values(b, 1e-5, 10 - 0.125);
  begin();
  step_with(tt_adamw_new(both, s), 0, 0, 0);
  tt_expect_values(w, 1e-6, 1 - 0.0625, -2 + 0.125);
  tt_expect_values(b, 1e-6, 10 - 0.625);
}

static double climb(bool amsgrad)
{
  begin();
  Optimizer *o = tt_adam_new(both, (AdamOptions){
    .lr = 0.01, .beta1 = DBL_MIN, .beta2 = 0.1, .amsgrad = amsgrad });
  for (int t = 0; t < 300; t++)
    step_with(o, t % 3 == 0 ? 3 : -1, 0, 0);
  return tt_get(w, TT_INDEX(0)) - 1;
}

TT(optimizers, adam_can_walk_the_wrong_way)
{
  tt_expect(climb(false) > 0.1, "Adam fell");
  tt_expect(climb(true) < -0.1, "AMSGrad climbed");
}

TT(optimizers, groups_have_rates_of_their_own)
{
  begin();
  Optimizer *o = tt_sgd_new((StateDict){ 1, entry },
                            (SgdOptions){ .lr = 0.5 });
  tt_sgd_add_group(o, (StateDict){ 1, entry + 1 },
                   (SgdOptions){ .lr = 0.125, .weight_decay = 0.5 });
  step_with(o, 1, 1, 1);
  tt_expect_values(w, 1e-6, 0.5, -2.5);
  tt_expect_values(b, 1e-6, 10 - 0.125 * 6);
  tt_optimizer_set_lr(o, 2);
  tt_expect_close(tt_optimizer_lr(o), 2, 0, 0);
  tt_expect_close(o->group->next->lr, 0.5, 0, 0);
  tt_expect_fail(tt_sgd_add_group(o, both, (SgdOptions){ .lr = 1 }),
                 "w is in the optimizer already, as w");
  tt_expect_fail(tt_adam_add_group(o, both, (AdamOptions){ .lr = 1 }),
                 "the optimizer is sgd");
}

TT(optimizers, options_are_checked)
{
  begin();
  tt_expect_fail(tt_sgd_new(both, (SgdOptions){0}), "lr is 0");
  tt_expect_fail(tt_sgd_new(both, (SgdOptions){ .lr = NAN }),
                 "lr is nan");
  tt_expect_fail(tt_sgd_new(both, (SgdOptions){ .lr = 1,
                                             .nesterov = true }),
                 "momentum above 0");
  tt_expect_fail(tt_adam_new(both,
                             (AdamOptions){ .lr = 1, .beta2 = 1 }),
                 "beta2 is 1");
  tt_expect_fail(tt_rmsprop_new(both, (RmsPropOptions){
                   .lr = 1, .weight_decay = -1 }),
                 "weight_decay is -1");
  tt_expect_fail(tt_sgd_new((StateDict){0}, (SgdOptions){ .lr = 1 }),
                 "no parameters");
  entry[1].slot = &(Tensor *){ tt_transpose(tt_ones(TT_SHAPE(2, 3)),
                                            0, 1) };
  tt_expect_fail(tt_sgd_new(both, (SgdOptions){ .lr = 1 }), "has gaps");
}

static Optimizer *some_adam(void)
{
  return tt_adam_new(both,
                     (AdamOptions){ .lr = 0.01, .amsgrad = true });
}

static Optimizer *steps(Optimizer *o, int from, int to)
{
  for (int t = from; t < to; t++) {
    TT_SCOPE;
    step_with(o, sin(t), cos(2 * t), 0.1);
    tt_optimizer_zero_grad(o);
  }
  return o;
}

TT(optimizers, a_state_goes_on_where_it_stopped)
{
  begin();
  steps(some_adam(), 0, 100);
  Tensor *w1 = w, *b1 = b;
  begin();
  StateDict s = tt_optimizer_state_dict(steps(some_adam(), 0, 50));
  tt_expect_int(s.n, 8);
  tt_expect_text(s.entry[2].name, "w.exp_avg_sq");
  Optimizer *o = some_adam();
  tt_optimizer_load_state_dict(o, s);
  steps(o, 50, 100);
  tt_expect_tensor(w, w1, 0, 0);
  tt_expect_tensor(b, b1, 0, 0);
}

TT(optimizers, a_wrong_state_is_refused)
{
  begin();
  StateDict s = tt_optimizer_state_dict(steps(some_adam(), 0, 1));
  Optimizer *sgd = tt_sgd_new(both, (SgdOptions){ .lr = 1,
                                               .momentum = 1 });
  tt_expect_fail(tt_optimizer_load_state_dict(sgd, s),
                 "w.exp_avg has no place");
  s.n--;
  tt_expect_fail(tt_optimizer_load_state_dict(some_adam(), s),
                 "b.max_exp_avg_sq is missing");
  strcpy(s.entry[1].name, "b.exp_avg");
  tt_expect_fail(tt_optimizer_load_state_dict(some_adam(), s),
                 "b.exp_avg is f32 [2]; f32 [1] is needed");
}

TT(optimizers, an_optimizer_goes_whole)
{
  begin();
  MemoryStats before = tt_memory_stats();
  Optimizer *o;
  {
    TT_SCOPE;
    o = tt_optimizer_keep(steps(some_adam(), 0, 3));
  }
  steps(o, 3, 5);
  tt_optimizer_free(o);
  tt_expect_int(tt_memory_stats().tensors, before.tensors);
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
}

static bool is_vector(const Tensor *t)
{
  return t->rank < 2;
}

static void split_off(StateDict *all, StateDict *rest,
                      bool (*goes)(const Tensor *t))
{
  *rest = (StateDict){ 0, all->entry };
  int n = 0;
  for (int i = 0; i < all->n; i++) {
    StateEntry e = all->entry[i];
    if (!goes(*e.slot)) {
      memmove(&all->entry[n + 1], &all->entry[n],
              (size_t)(i - n) * sizeof e);
      all->entry[n++] = e;
    }
  }
  *rest = (StateDict){ all->n - n, all->entry + n };
  all->n = n;
}

TT(optimizers, a_list_is_split)
{
  Tensor *t[5];
  StateEntry e[6] = {{ .slot = NULL }};
  for (int i = 0; i < 5; i++) {
    t[i] = i % 3 ? tt_ones(TT_SHAPE(2)) : tt_ones(TT_SHAPE(2, 1));
    e[i] = (StateEntry){ .kind = TT_PARAM, .slot = &t[i] };
    e[i].name[0] = "abcde"[i];               // vectors: b, c, e
  }
  StateDict all = { 5, e }, rest, more;
  split_off(&all, &rest, is_vector);
  tt_expect_int(all.n, 2);
  tt_expect_int(rest.n, 3);
  for (int i = 0; i < 5; i++) {
    StateEntry *s = i < 2 ? &all.entry[i] : &rest.entry[i - 2];
    int want = "adbce"[i] - 'a';
    tt_expect_int(s->name[0], 'a' + want);
    tt_expect(s->slot == &t[want], "%s has another's tensor", s->name);
  }
  split_off(&rest, &more, is_vector);
  tt_expect_int(more.n, 3);
  tt_expect_int(rest.n, 0);
  split_off(&all, &more, is_vector);
  tt_expect_int(more.n, 0);
  tt_expect_int(all.n, 2);
}

static void zero_for_none(Optimizer *o)
{
  for (ParamGroup *k = o->group; k; k = k->next)
    for (int i = 0; i < k->n; i++) {
      Tensor *t = k->param[i].tensor;
      if (!t->grad)
        t->grad = tt_zeros(tt_shape(t));
    }
  tt_optimizer_step(o);
}

static bool keeps_promises(void (*step)(Optimizer *o))
{
  Tensor *t[2][3];
  for (int who = 0; who < 2; who++) {
    StateEntry e[3];
    for (int i = 0; i < 3; i++) {
      t[who][i] = tt_requires_grad_(tt_ones(TT_SHAPE(2)), true);
      e[i] = (StateEntry){ "?", TT_PARAM, &t[who][i] };
      e[i].name[0] = (char)('a' + i);
    }
    AdamOptions s = { .lr = 0.1 };
    Optimizer *o = tt_adam_new((StateDict){ 2, e }, s);
    tt_adam_add_group(o, (StateDict){ 1, e + 2 }, s);
    for (int k = 0; k < 4; k++) {
      for (int i = 0; i < 3; i++)
        t[who][i]->grad = k % 3 == i ? NULL : tt_full(TT_SHAPE(2), k + 1);
      t[who][0]->requires_grad = k != 2;
      if (who == 0)
        step(o);
      else
        tt_optimizer_step(o);
    }
  }
  for (int i = 0; i < 3; i++)
    if (!(fabs(tt_get(t[0][i], TT_INDEX(1))
               - tt_get(t[1][i], TT_INDEX(1))) <= 1e-5))
      return false;
  return true;
}

static void ours(Optimizer *o) { tt_optimizer_step(o); }

TT(optimizers, a_wrong_step_is_refused)
{
  tt_expect_accepts(keeps_promises(ours));
  tt_expect_refuses(keeps_promises(zero_for_none), "takes a parameter"
                    " without a gradient for one whose gradient is 0");
}

static void slow_lion(Real lr, Tensor *weight, Tensor *grad, Tensor *m)
{
  TT_SCOPE;
  Tensor *zero = tt_zeros(TT_SCALAR);
  Tensor *c = tt_add(tt_mul_scalar(m, (Real)0.9),
                     tt_mul_scalar(grad, (Real)0.1));
  Tensor *sign = tt_sub(tt_lt(zero, c), tt_lt(c, zero));
  tt_copy_(weight, tt_sub(weight, tt_mul_scalar(sign, lr)));
  tt_copy_(m, tt_add(tt_mul_scalar(m, (Real)0.99),
                     tt_mul_scalar(grad, (Real)0.01)));
}

static void fast_lion(Real lr, Tensor *weight, Tensor *grad, Tensor *m)
{
  Real *x = weight->data, *v = m->data;
  const Real *d = grad->data;
  for (int64_t i = 0, n = tt_numel(weight); i < n; i++) {
    Real c = (Real)0.9 * v[i] + (Real)0.1 * d[i];
    x[i] -= lr * (Real)((c > 0) - (c < 0));
    v[i] = (Real)0.99 * v[i] + (Real)0.01 * d[i];
  }
}

static int64_t requests(void)
{
  MemoryStats s = tt_memory_stats();
  return s.mallocs + s.reused;
}

TT(speed, a_lion_in_one_pass)
{
  enum { N = 10000 };
  Tensor *g = tt_randn(TT_SHAPE(N), NULL);
  Tensor *w1 = tt_randn(TT_SHAPE(N), NULL), *w2 = tt_clone(w1);
  Tensor *m1 = tt_mul_scalar(tt_randn(TT_SHAPE(N), NULL), (Real)0.1);
  Tensor *m2 = tt_clone(m1);
  tt_fill_(tt_slice(g, 0, 0, 9, 1), 0);
  tt_set_(g, TT_INDEX(9), (double)INFINITY);
  tt_set_(g, TT_INDEX(10), (double)NAN);
  for (int step = 0; step < 3; step++) {
    slow_lion((Real)0.01, w1, g, m1);
    int64_t before = requests();
    fast_lion((Real)0.01, w2, g, m2);
    tt_expect_int(requests() - before, 0);
    tt_expect_tensor(w2, w1, 1e-6, 1e-6);
    tt_expect_tensor(m2, m1, 1e-6, 1e-6);
    tt_copy_(g, tt_neg(g));
  }
  tt_race(4, slow_lion(0, w1, g, m1), fast_lion(0, w2, g, m2));
}
