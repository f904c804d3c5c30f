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
