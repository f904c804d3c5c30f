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

static double flops_of(Gemm g)     // by what the profiler notes of it
{
  Tensor *a = tt_ones(TT_SHAPE(g.batch, g.m, g.k)),
         *b = tt_ones(TT_SHAPE(g.batch, g.k, g.n)),
         *c = tt_ones(TT_SHAPE(g.batch, g.m, g.n));
  g.a = a->data, g.a_batch = g.m * g.k, g.a_row = g.k, g.a_col = 1;
  g.b = b->data, g.b_batch = g.k * g.n, g.b_row = g.n, g.b_col = 1;
  g.c = c->data, g.c_batch = g.m * g.n, g.c_row = g.n, g.c_col = 1;
  Profiler *p = tt_profiler_new(NULL, (ProfilerOptions){0});
  tt_profiler_start(p);
  tt_backend->gemm(&g);
  return cost_of(tt_profiler_stop(p), "gemm", TT_OTHER).flops;
}

TT(profiling, a_product_is_counted)
{
  Gemm linear = { .batch = 1, .m = 4, .n = 16, .k = 8, .alpha = 1,
                  .beta = 1 };
  tt_expect_close(flops_of(linear), 1088, 0, 0);   // bias: 64 of them
  Gemm pairs = { .batch = 6, .m = 4, .n = 5, .k = 8, .alpha = 1 };
  tt_expect_close(flops_of(pairs), 2 * 960, 0, 0);
  Gemm vector = { .batch = 1, .m = 4, .n = 1, .k = 8, .alpha = 1 };
  tt_expect_close(flops_of(vector), 2 * 32, 0, 0);
  pairs.beta = 1;
  tt_expect_close(flops_of(pairs), 2 * 960 + 6 * 20, 0, 0);
}

static Tensor *operand[1];

static void both_ways(void *net)   // of operand[0]
{
  tt_zero_grad(operand[0]);        // or adding to it would count
  tt_module_zero_grad(net);
  Tensor *y = tt_forward(net, operand[0]);
  tt_backward_with(y, tt_ones(tt_shape(y)));
}

static bool is_honest(Profile *(*profile)(void (*step)(void *),
                                          void *arg, void *model))
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

static int64_t moment;             // of a clock that we move by hand

static int64_t by_hand(void)
{
  return moment;
}

static void operation_within(void *unused)   // a third is of outer
{
  static Op outer = { .name = "outer" }, inner = { .name = "inner" };
  (void)unused;
  Tensor *y = tt_ones(TT_SHAPE(4));
  moment += 100;
  for (int i = 0; i < 2; i++) {
    Tensor *z = tt_ones(TT_SHAPE(4));
    moment += 200;
    tt_record(&inner, z, 0, NULL, (Attr){0});
  }
  moment += 100;
  tt_record(&outer, y, 0, NULL, (Attr){0});
}

TT(profiling, an_operation_has_time_of_its_own)
{
  Profile *p = tt_profile(operation_within, NULL, NULL,
                          (ProfilerOptions){ .clock = by_hand });
  tt_expect_close(p->seconds, 600e-9, 1e-9, 0);
  tt_expect_close(cost_of(p, "outer", TT_OTHER).seconds, 200e-9, 1e-9,
                  0);
  tt_expect_close(cost_of(p, "inner", TT_OTHER).seconds, 400e-9, 1e-9,
                  0);
}

typedef struct Outer { Module base; Module *inner; } Outer;

static Tensor *breaks(Module *m, Tensor *x)
{
  (void)m;
  tt_span(TT_SPAN_NAMED, "second span of this scope");
  if (x->rank == 1)
    tt_matmul(x, tt_ones(TT_SHAPE(x->shape[0] + 1)));
  return tt_neg(x);
}

static Tensor *goes_on(Module *m, Tensor *x)
{
  return tt_exp(tt_forward(((Outer *)m)->inner, x));
}

static const ModuleField nothing[] = {{0}};
static const ModuleField outer_fields[] = {
  TT_CHILD(Outer, inner), {0}
};
static const ModuleType breaks_type = {
  "Breaks", sizeof(Module), nothing, breaks, NULL
};
static const ModuleType outer_type = {
  "Outer", sizeof(Outer), outer_fields, goes_on, NULL
};
static void fail_in_module(void *net)
{
  tt_forward(net, tt_ones(TT_SHAPE(3)));
}

static void deep(int levels)       // more than a profiler can hear
{
  TT_SPAN("deep");
  if (levels > 1)
    deep(levels - 1);
  tt_sqrt(tt_ones(TT_SHAPE(1)));
}

static const ProfileEvent *last_of(const Profile *p, const char *name)
{
  for (int64_t i = p->events - 1; i >= 0; i--)
    if (strcmp(p->event[i].name, name) == 0)
      return &p->event[i];
  return NULL;
}

TT(profiling, a_failure_ends_its_spans)
{
  Outer *net = tt_module_new(&outer_type);
  net->inner = tt_module_new(&breaks_type);
  Profiler *p = tt_profiler_new(NULL, (ProfilerOptions){0});
  tt_profiler_start(p);
  tt_expect(!tt_try(fail_in_module, net, NULL), "it did not fail");
  tt_forward(net, tt_ones(TT_SHAPE(3, 1)));
  deep(130);
  const Profile *f = tt_profiler_stop(p);
  const ProfileEvent *after = last_of(f, "tt_exp");
  tt_expect_int(after->module, 0);     // the inner one has ended
  tt_expect_int(after->depth, 1);
  tt_expect_int(last_of(f, "tt_sqrt")->depth, 1);
  tt_expect_int(last_of(f, "(Breaks)")->depth, 1);
  int spans = 0;
  for (int64_t i = 0; i < f->events; i++)
    spans += f->event[i].kind == TT_EVENT_SPAN;
  tt_expect_int(spans, 2 * 3 + 128);
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
