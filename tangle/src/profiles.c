// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// Profiles in one call, and what is printed of them.
#include "tt/profiler.h"
#include "tt/autograd.h"
#include "tt/locale.h"
#include "tt/machine.h"
#include "tt/memory.h"
#include "tt/todo.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void tt_profile_add(ProfileCost *to, const ProfileCost *c)
{
  to->calls += c->calls;
  to->seconds += c->seconds, to->kernels += c->kernels;
  to->flops += c->flops, to->bytes += c->bytes;
  to->memory += c->memory;
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

static double flops_of(const Profile *p)
{
  double flops = 0;
  for (int i = 0; i < p->n; i++)
    flops += p->row[i].cost.flops;
  return flops / (double)p->steps;
}

double tt_count_flops(void *model, Tensor *x)
{
  TT_SCOPE;
  return flops_of(tt_profile(forward_step, &(Pass){ model, x }, model,
                             (ProfilerOptions){ .events = -1 }));
}

const char *tt_phase_name(Phase p)
{
  return p == TT_FORWARD ? "forward"
       : p == TT_BACKWARD ? "backward" : "other";
}

static void print_cost(FILE *f, ProfileCost c, double steps,
                       double all)
{
  fprintf(f, "%7.5g %9.3f %5.1f%%", (double)c.calls / steps,
          1e3 * c.seconds / steps, all > 0 ? 100 * c.seconds / all : 0);
  if (c.flops > 0)
    fprintf(f, " %9.4g %8.2f", 1e-6 * c.flops / steps,
            1e-9 * c.flops / c.seconds);
  fputc('\n', f);
}

static const char heads[] =
  "  calls        ms  share     MFLOP  GFLOP/s";

static void print_rows(FILE *f, const Profile *p, int most)
{
  fprintf(f, "%-22s %-8s %s\n", "operation", "phase", heads);
  ProfileCost rest = {0};
  for (int i = 0; i < p->n; i++)
    if (i < most || p->n == most + 1)
      fprintf(f, "%-22s %-8s ", p->row[i].name,
              tt_phase_name(p->row[i].phase)),
      print_cost(f, p->row[i].cost, (double)p->steps, p->seconds);
    else
      tt_profile_add(&rest, &p->row[i].cost);
  if (p->n > most + 1) {
    char name[32];
    snprintf(name, sizeof name, "%d more", p->n - most);
    fprintf(f, "%-31s ", name);
    print_cost(f, rest, (double)p->steps, p->seconds);
  }
}

static ProfileCost all_phases(const ProfileCost c[TT_PHASES])
{
  ProfileCost all = {0};
  for (int i = 0; i < TT_PHASES; i++)
    tt_profile_add(&all, &c[i]);
  all.calls = c[TT_FORWARD].calls;
  return all;
}

void tt_profile_fprint_modules(FILE *f, const Profile *p)
{
  TT_C_LOCALE;
  fprintf(f, "%-31s %s\n", "module, with all in it", heads);
  for (int i = 0; i < p->modules; i++) {
    const ProfileModule *m = &p->module[i];
    char name[TT_NAME + 64];
    const char *path = m->name;
    int depth = 0;
    if (m->parent > 0)             // that of its parent is above
      path += strlen(p->module[m->parent].name) + 1;
    for (int k = m->parent; k >= 0; k = p->module[k].parent)
      depth++;
    snprintf(name, sizeof name, "%*s%s%s%s", depth, "", path,
             *path ? " " : "", m->type ? m->type : "");
    fprintf(f, "%-31.31s ", name);
    print_cost(f, all_phases(m->total), (double)p->steps, p->seconds);
  }
}

void tt_profile_fprint(FILE *f, const Profile *p)
{
  TT_C_LOCALE;
  print_rows(f, p, 16);
  fprintf(f, "a step: %.3f ms (%lld measured), peak %.2f MB\n",
          1e3 * p->seconds / (double)p->steps, (long long)p->steps,
          1e-6 * p->peak_bytes);
  if (p->dropped > 0)
    fprintf(f, "%lld of %lld events did not fit into the buffer\n",
            (long long)p->dropped, (long long)(p->events + p->dropped));
}

void tt_profile_print(const Profile *p)
{
  tt_profile_fprint(stdout, p);
}

void tt_profile_print_modules(const Profile *p)
{
  tt_profile_fprint_modules(stdout, p);
}

static ProfileCost of_a_step(ProfileCost c, int64_t steps)
{
  double n = (double)steps;
  return (ProfileCost){ c.calls / steps, c.seconds / n, c.kernels / n,
                        c.flops / n, c.bytes / n, c.memory / n };
}

static ProfileChange *change_of(ProfileDifference *d,
                                const ProfileRow *r)
{
  for (int i = 0; i < d->n; i++)
    if (d->change[i].phase == r->phase
        && strcmp(d->change[i].name, r->name) == 0)
      return &d->change[i];
  ProfileChange *c = &d->change[d->n++];
  *c = (ProfileChange){ .name = r->name, .phase = r->phase };
  return c;
}

static int largest_first(const void *a, const void *b)
{
  const ProfileChange *x = a, *y = b;
  double d = fabs(x->after.seconds - x->before.seconds);
  double e = fabs(y->after.seconds - y->before.seconds);
  return (d < e) - (d > e);
}

ProfileDifference *tt_profile_difference(const Profile *before,
                                         const Profile *after)
{
  ProfileDifference *d;
  int64_t most = before->n + after->n;
  int64_t bytes = (int64_t)sizeof *d
                + most * (int64_t)sizeof(ProfileChange);
  Tensor *block = tt_empty(TT_U8, TT_SHAPE(bytes));
  d = block->data;
  *d = (ProfileDifference){ .block = block,
    .before = before->seconds / (double)before->steps,
    .after = after->seconds / (double)after->steps,
    .change = (void *)(d + 1) };
  for (int i = 0; i < before->n; i++)
    change_of(d, &before->row[i])->before
      = of_a_step(before->row[i].cost, before->steps);
  for (int i = 0; i < after->n; i++)
    change_of(d, &after->row[i])->after
      = of_a_step(after->row[i].cost, after->steps);
  qsort(d->change, (size_t)d->n, sizeof *d->change, largest_first);
  return d;
}

void tt_profile_difference_print(const ProfileDifference *d)
{
  TT_C_LOCALE;
  printf("%-22s %-8s %9s %9s %9s\n", "operation", "phase",
         "before ms", "after ms", "change");
  for (int i = 0; i < d->n && i < 12; i++) {
    const ProfileChange *c = &d->change[i];
    printf("%-22s %-8s %9.3f %9.3f %+9.3f\n", c->name,
           tt_phase_name(c->phase), 1e3 * c->before.seconds,
           1e3 * c->after.seconds,
           1e3 * (c->after.seconds - c->before.seconds));
  }
  printf("%-31s %9.3f %9.3f %+9.3f\n", "a step", 1e3 * d->before,
         1e3 * d->after, 1e3 * (d->after - d->before));
}

static bool learns(void *model, Tensor *x)
{
  TT_SCOPE;
  return tt_forward(model, x)->requires_grad;
}

static void print_line(const char *what, const Profile *p)
{
  double ms = 1e3 * p->seconds / (double)p->steps;
  printf("%-20s %9.3f ms %10.4g MFLOP %7.2f GFLOP/s, peak %.2f MB\n",
         what, ms, 1e-6 * flops_of(p), 1e-6 * flops_of(p) / ms,
         1e-6 * p->peak_bytes);
}

void tt_quick_profile(void *model, Tensor *x)
{
  TT_SCOPE;
  TT_C_LOCALE;
  Profile *p = tt_profile_forward_pass(model, x);
  printf("%s, %lld parameters, input %s\n",
         ((Module *)model)->type->name,
         (long long)tt_module_count(model), TT_TEXT(tt_shape(x)));
  print_line("forward", p);
  if (learns(model, x)) {
    p = tt_profile_backward_pass(model, x);
    print_line("forward and backward", p);
  }
  print_rows(stdout, p, 10);
}
