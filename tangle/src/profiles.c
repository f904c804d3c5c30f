// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// Profiles in one call, and what is printed of them.
#include "tt/profiler.h"
#include "tt/autograd.h"
#include "tt/locale.h"
#include "tt/machine.h"
#include "tt/memory.h"
#include "tt/todo.h"
#include <stdlib.h>
#include <string.h>

double tt_profiling_twice(double x)
{
  return x + x;
}

Profile *tt_profile(void (*step)(void *), void *arg,
                    void *model, ProfilerOptions o)
{
  TT_SCOPE;
  o.active = o.active > 0 ? o.active : 1;
  Profiler *p = tt_profiler_new(model, o);
  tt_profiler_start(p);
  for (int i = 0; i < o.wait + o.warmup + o.active; i++) {
    Scope s;
    tt_scope_open(&s);             // what a step makes goes with it
    step(arg);
    tt_scope_close(&s);
    tt_profiler_step(p);
  }
  Profile *f = tt_profiler_stop(p);
  tt_keep(f->block);
  return f;
}

typedef struct Pass { void *model; Tensor *x; } Pass;
static const ProfilerOptions some_steps = { .warmup = 3, .active = 10 };

static void forward_step(void *pass)
{
  Pass *p = pass;
  TT_NO_GRAD;
  tt_forward(p->model, p->x);
}

Profile *tt_profile_forward_pass(void *model, Tensor *x)
{
  return tt_profile(forward_step, &(Pass){ model, x }, model,
                    some_steps);
}

static void both_ways(void *pass)
{
  Pass *p = pass;
  tt_module_zero_grad(p->model);
  Tensor *y = tt_forward(p->model, p->x);
  tt_backward_with(y, tt_ones(tt_shape(y)));
}

Profile *tt_profile_backward_pass(void *model, Tensor *x)
{
  Profile *f = tt_profile(both_ways, &(Pass){ model, x }, model,
                          some_steps);
  tt_module_zero_grad(model);
  return f;
}

int64_t tt_count_parameters(void *model)
{
  return tt_module_count(model);
}

double tt_count_flops(void *model, Tensor *x)
{
  TT_SCOPE;
  double flops = 0;
  Profile *f = tt_profile(forward_step, &(Pass){ model, x }, model,
                          (ProfilerOptions){ .events = -1 });
  for (int i = 0; i < f->n; i++)
    flops += f->row[i].cost.flops;
  return flops;
}

static const char *const phases[] = { "forward", "backward", "other" };

void tt_profile_fprint(FILE *f, const Profile *p)
{
  TT_C_LOCALE;
  double steps = (double)p->steps;
  fprintf(f, "%-24s %-8s %7s %10s %6s %9s %8s\n", "operation", "phase",
          "calls", "time ms", "share", "GFLOP", "GFLOP/s");
  for (int i = 0; i < p->n && i < 20; i++) {
    const ProfileRow *r = &p->row[i];
    fprintf(f, "%-24s %-8s %7.5g %10.3f %5.1f%% %9.4f %8.2f\n", r->name,
            phases[r->phase], (double)r->cost.calls / steps,
            1e3 * r->cost.seconds / steps,
            100 * r->cost.seconds / p->seconds,
            1e-9 * r->cost.flops / steps,
            r->cost.seconds > 0 ? 1e-9 * r->cost.flops / r->cost.seconds
                                : 0);
  }
}

void tt_profile_print(const Profile *p)
{
  tt_profile_fprint(stdout, p);
}
