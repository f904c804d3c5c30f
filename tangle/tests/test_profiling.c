// Made from chapters/14-profiling.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <string.h>

static ProfileCost cost_of(const Profile *p, const char *name,
                           Phase phase)
{
  ProfileCost all = {0};
  for (int i = 0; i < p->n; i++)
    if (p->row[i].phase == phase
        && (!name || strcmp(p->row[i].name, name) == 0))
      tt_profile_add(&all, &p->row[i].cost);
  return all;
}

static Tensor *operand[3];

static void product_step(void *unused)
{
  (void)unused;
  if (operand[2])
    tt_linear(operand[0], operand[1], operand[2]);
  else
    tt_matmul(operand[0], operand[1]);
}

static double flops_of(Shape a, Shape b, bool bias)
{
  operand[0] = tt_ones(a), operand[1] = tt_ones(b);
  operand[2] = bias ? tt_ones(TT_SHAPE(b.dim[0])) : NULL;
  Profile *p = tt_profile(product_step, NULL, NULL,
                          (ProfilerOptions){0});
  return cost_of(p, bias ? "tt_linear" : "tt_matmul", TT_OTHER).flops;
}

TT(profiling, a_product_is_counted)
{
  double flops = flops_of(TT_SHAPE(4, 8), TT_SHAPE(16, 8), true);
  tt_expect_close(flops, 1088, 0, 0);  // 2 * 4*8*16, and 4*16 added to
  flops = flops_of(TT_SHAPE(2, 1, 4, 8), TT_SHAPE(3, 8, 5), false);
  tt_expect_close(flops, 2 * 960, 0, 0);
  flops = flops_of(TT_SHAPE(4, 8), TT_SHAPE(8), false);
  tt_expect_close(flops, 2 * 32, 0, 0);
}

static void work(double seconds)
{
  double end = tt_machine_now() + seconds;
  while (tt_machine_now() < end)
    ;
}

static void operation_within(void *unused)   // a third is of outer
{
  static Op outer = { .name = "outer" }, inner = { .name = "inner" };
  (void)unused;
  Tensor *y = tt_ones(TT_SHAPE(4));
  work(1e-4);
  for (int i = 0; i < 2; i++) {
    Tensor *z = tt_ones(TT_SHAPE(4));
    work(2e-4);
    tt_record(&inner, z, 0, NULL, (Attr){0});
  }
  work(1e-4);
  tt_record(&outer, y, 0, NULL, (Attr){0});
}

TT(profiling, an_operation_has_time_of_its_own)
{
  double share = 1;                // the best: other programs run, too
  for (int i = 0; i < 50 && share > 0.01; i++) {
    Profile *p = tt_profile(operation_within, NULL, NULL,
                            (ProfilerOptions){ .events = -1 });
    double outer = cost_of(p, "outer", TT_OTHER).seconds;
    double inner = cost_of(p, "inner", TT_OTHER).seconds;
    tt_expect_close(cost_of(p, NULL, TT_OTHER).seconds, p->seconds,
                    1e-9, 0);
    share = fmin(share, fabs(outer / (outer + inner) - 1. / 3));
  }
  tt_expect(share < 0.05, "outer is a third, off by %g", share);
}

static Tensor *breaks(Module *m, Tensor *x)
{
  (void)m;
  tt_span(TT_SPAN_NAMED, "first");
  tt_span(TT_SPAN_NAMED, "second");
  if (x->rank == 1)
    tt_matmul(x, tt_ones(TT_SHAPE(x->shape[0] + 1)));
  return tt_neg(x);
}

static const ModuleField nothing[] = {{0}};
static const ModuleType breaks_type = {
  "Breaks", sizeof(Module), nothing, breaks, NULL
};

static void fail_in_module(void *net)
{
  tt_forward(net, tt_ones(TT_SHAPE(3)));
}

TT(profiling, a_failure_ends_its_spans)
{
  Sequential *net = TT_SEQUENTIAL(tt_module_new(&breaks_type));
  Profiler *p = tt_profiler_new(net, (ProfilerOptions){0});
  {
    TT_SCOPE;
    tt_span(TT_SPAN_NAMED, "before");      // not heard
    tt_profiler_start(p);
    tt_expect(!tt_try(fail_in_module, net, NULL), "it did not fail");
  }
  TT_SCOPE;
  tt_span(TT_SPAN_NAMED, "last");
  tt_forward(net, tt_ones(TT_SHAPE(3, 1)));
  Profile *f = tt_profiler_stop(p);
  int depth[2] = { -1, -1 }, n = 0;
  for (int64_t i = 0; i < f->events; i++)
    if (f->event[i].kind == TT_EVENT_SPAN && n++ >= 0
        && strcmp(f->event[i].name, "0") == 0)
      depth[depth[0] >= 0] = f->event[i].depth;
  tt_expect_int(n, 9);             // the net, 0 and its two, and "last"
  tt_expect_int(depth[0], 1);      // in the net
  tt_expect_int(depth[1], 2);      // in the net in "last"
}

static void forward_step(void *net)
{
  tt_forward(net, operand[0]);
}

TT(profiling, a_module_has_all_that_is_in_it)
{
  Sequential *deep = TT_SEQUENTIAL(tt_linear_new(8, 16, NULL),
                                   tt_activation_new(tt_relu));
  Sequential *net = TT_SEQUENTIAL(deep, tt_linear_new(16, 4, NULL));
  operand[0] = tt_ones(TT_SHAPE(4, 8));
  Profile *p = tt_profile(forward_step, net, net,
                          (ProfilerOptions){0});
  const ProfileModule *m = p->module;    // net, 0, 0.0, 0.1, 1
  double flops[] = { 1088 + 64 + 528, 1088 + 64, 1088, 64, 528 };
  tt_expect_int(p->modules, 5);
  double self = 0;
  for (int i = 0; i < 5; i++) {
    self += m[i].self[TT_FORWARD].seconds;
    tt_expect_close(m[i].total[TT_FORWARD].flops, flops[i], 0, 0);
    tt_expect_int(m[i].total[TT_FORWARD].calls, 1);
  }
  tt_expect_close(m[0].total[TT_FORWARD].seconds, self, 1e-9, 0);
}

typedef Profile *ProfileOf(void (*step)(void *), void *arg,
                           void *model);

static void both_ways(void *net)   // of operand[0]
{
  tt_zero_grad(operand[0]);        // or adding to it would count
  tt_module_zero_grad(net);
  Tensor *y = tt_forward(net, operand[0]);
  tt_backward_with(y, tt_ones(tt_shape(y)));
}

static bool is_honest(ProfileOf *profile)
{
  (void)both_ways;
  tt_autograd_enable();
  Sequential *net = TT_SEQUENTIAL(tt_linear_new(8, 16, NULL),
                                  tt_activation_new(tt_relu));
  operand[0] = tt_requires_grad_(tt_ones(TT_SHAPE(4, 8)), true);
  double start = tt_machine_now();
  Profile *p = profile(both_ways, net, net);
  double passed = tt_machine_now() - start, sum = 0;
  for (int i = 0; i < p->n; i++)
    sum += p->row[i].cost.seconds;
  ProfileCost there = cost_of(p, "tt_linear", TT_FORWARD);
  ProfileCost back = cost_of(p, "tt_linear", TT_BACKWARD);
  ProfileCost bend = cost_of(p, "tt_relu", TT_FORWARD);
  double n = (double)p->steps;
  return p->seconds > 0 && p->seconds <= passed
         && fabs(sum / p->seconds - 1) < 1e-6 && p->modules == 3
         && there.flops == 1088 * n && back.flops == 2112 * n
         && bend.flops == 64 * n && there.calls == p->steps
         && back.calls == p->steps && bend.calls == p->steps
         && p->module[0].total[TT_FORWARD].flops == (1088 + 64) * n;
}

static Profile *honest(void (*step)(void *), void *arg, void *model)
{
  return tt_profile(step, arg, model,
                    (ProfilerOptions){ .warmup = 1, .active = 3 });
}

static Profile *forgets_between(void (*step)(void *), void *arg,
                                void *model)
{
  Profile *p = honest(step, arg, model);
  int n = 0;
  for (int i = 0; i < p->n; i++)
    if (p->row[i].name[0] != '(')
      p->row[n++] = p->row[i];
  p->n = n;
  return p;
}

static Profile *counts_products(void (*step)(void *), void *arg,
                                void *model)
{
  Profile *p = honest(step, arg, model);
  for (int i = 0; i < p->n; i++)
    p->row[i].cost.flops /= 2;
  return p;
}

static Profile *loses_backward(void (*step)(void *), void *arg,
                               void *model)
{
  Profile *p = honest(step, arg, model);
  for (int i = 0; i < p->n; i++)
    if (p->row[i].phase == TT_BACKWARD)
      p->row[i].cost.flops = 0;
  return p;
}

static Profile *drops_the_last(void (*step)(void *), void *arg,
                               void *model)
{
  Profile *p = honest(step, arg, model);
  p->modules--;
  return p;
}

TT(profiling, a_profile_that_lies_is_refused)
{
  tt_expect_accepts(is_honest(honest));
  tt_expect_refuses(is_honest(forgets_between),
                    "shares without the time between operations");
  tt_expect_refuses(is_honest(counts_products),
                    "a product and an addition counted as one");
  tt_expect_refuses(is_honest(loses_backward),
                    "the way back has no FLOPs");
  tt_expect_refuses(is_honest(drops_the_last), "a module is missing");
}
