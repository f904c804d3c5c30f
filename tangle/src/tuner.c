// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// The tuner: recipes and ways to run, measured, within limits.
#include "tt/tuner.h"
#include "tt/autograd.h"
#include "tt/backend.h"
#include "tt/benchmark.h"
#include "tt/kvcache.h"
#include "tt/machine.h"
#include "tt/measure.h"
#include "tt/modelsize.h"
#include "tt/operation.h"
#include "tt/parallel.h"
#include "tt/todo.h"
#include "tt/training.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
typedef struct Copies {            // what is shared is copied once
  int n;
  struct { void *from, *to; size_t bytes; } *part;
} Copies;

static bool has_copy(const Copies *c, const void *from)
{
  for (int i = 0; i < c->n; i++)
    if (c->part[i].from == from)
      return true;
  return false;
}

static void note_copy(Copies *c, void *from, void *to, size_t bytes)
{
  c->part[c->n].from = from, c->part[c->n].to = to;
  c->part[c->n++].bytes = bytes;
}

static void copy_tensor(Copies *c, Tensor *old)
{
  Tensor *new = tt_clone(old);
  new->name = old->name;
  new->requires_grad = old->requires_grad;
  note_copy(c, old, new, 1);
}

static void copy_bytes(Copies *c, Module *m)
{
  size_t bytes = (size_t)tt_numel(m->block);
  Module *new = tt_module_new_with(m->type, bytes - m->type->size);
  note_copy(c, m->block, new->block, 1);
  note_copy(c, m, new, bytes);
  memcpy(new, m, bytes);           // sizes, options, generators
}

static void copy_part(void *arg, const char *name, FieldKind kind,
                      void *slot)
{
  Copies *c = arg;
  void *part = kind == TT_CHILD ? (void *)*(ChildModule *)slot
                                : (void *)*(Tensor **)slot;
  (void)name;
  if (kind == TT_GENERATOR || has_copy(c, part))
    return;
  if (kind == TT_CHILD)
    copy_bytes(c, part);
  else
    copy_tensor(c, part);
}

static void turn_pointers(const Copies *c, char *at, size_t bytes)
{
  for (char *end = at + bytes; at < end; at += sizeof(uintptr_t)) {
    uintptr_t word;
    memcpy(&word, at, sizeof word);
    for (int i = 0; i < c->n; i++) {
      uintptr_t inside = word - (uintptr_t)c->part[i].from;
      if (inside < c->part[i].bytes)
        word = (uintptr_t)c->part[i].to + inside;
    }
    memcpy(at, &word, sizeof word);
  }
}

static void count_part(void *arg, const char *name, FieldKind kind,
                       void *slot)
{
  (void)name, (void)kind, (void)slot;
  *(int *)arg += 2;                // a module and its block
}

void *tt_module_copy(void *m)
{
  if (!m)
    tt_missing("tt_module_copy", "m");
  TT_NO_GRAD;
  Copies c = {0};
  int n = 0;
  tt_module_walk(m, count_part, &n);
  c.part = tt_empty(TT_U8, TT_SHAPE(n * (int)sizeof *c.part))->data;
  tt_module_walk(m, copy_part, &c);
  void *copy = NULL;
  for (int i = 0; i < c.n; i++) {
    if (c.part[i].bytes > 1)       // a module
      turn_pointers(&c, c.part[i].to, c.part[i].bytes);
    copy = c.part[i].from == m ? c.part[i].to : copy;
  }
  return tt_module_keep(copy);
}

double tt_tune_excess(double value, double limit)
{
  if (limit == 0)
    return 0;
  if (isnan(value))
    return (double)INFINITY;
  return value > limit ? value / limit - 1 : 0;
}

double tt_tune_missed(const TuneCost *c, const TuneLimits *l)
{
  double seconds = tt_tune_excess(c->seconds, l->seconds);
  double bytes = tt_tune_excess((double)c->bytes, (double)l->bytes);
  double peak = tt_tune_excess((double)c->peak, (double)l->peak);
  return fmax(seconds, fmax(bytes, peak));
}

static double goal_of(const TuneCost *c, TuneGoal goal)
{
  return goal == TT_LEAST_BYTES ? (double)c->bytes
       : goal == TT_LEAST_PEAK ? (double)c->peak
       : goal == TT_LEAST_EACH ? c->each : c->seconds;
}

static bool too_inexact(const TuneCost *c, const TuneLimits *l)
{
  return !(c->lost + c->within <= l->lost);    // NaN is too inexact
}

bool tt_tune_better(const TuneCost *a, const TuneCost *b,
                    const TuneLimits *l, TuneGoal goal)
{
  if (too_inexact(a, l) != too_inexact(b, l))
    return too_inexact(b, l);
  double over_a = tt_tune_missed(a, l), over_b = tt_tune_missed(b, l);
  if (over_a != over_b)
    return over_a < over_b;
  return goal_of(a, goal) < goal_of(b, goal);
}

enum { BEAM = 2, RUNS = 64 };

typedef struct Variant {
  Module  *model;
  char     name[TT_TUNE_NAME];
  TuneRun  run;
  TuneCost cost;
  unsigned used;                   // a bit for each recipe in it
  int      trial;                  // its row in the table
} Variant;

typedef struct Beam { int n; Variant variant[BEAM]; } Beam;

typedef struct Tuner {
  Module         *model;           // the caller's: never changed
  const TuneData *data;
  TuneOptions     o;
  Tensor         *scores;          // of the model as it came
  TuneResult     *result;
  Variant         best, single;    // so far; with one recipe
  Variant         found;           // the best of this step
  TuneRun         home;            // as the caller computes
  TuneRun         runs[RUNS];
} Tuner;

static bool better(const Tuner *t, const Variant *a, const Variant *b)
{
  return tt_tune_better(&a->cost, &b->cost, &t->o.limits, t->o.goal);
}

enum { AT_ONCE = 100 };            // examples

Tensor *tt_scores(void *model, Tensor *x, Tensor *y, TuneScore *score)
{
  TT_NO_GRAD;
  int64_t n = x->shape[0];
  Tensor *all = tt_empty(TT_F32, TT_SHAPE(n));
  for (int64_t i = 0; i < n; i += AT_ONCE) {
    TT_SCOPE;
    Tensor *some = y ? tt_slice(y, 0, i, i + AT_ONCE, 1) : NULL;
    Tensor *s = score(tt_forward(model, tt_slice(x, 0, i, i + AT_ONCE,
                                                 1)), some);
    Tensor *to = tt_slice(all, 0, i, i + AT_ONCE, 1);
    if (s->rank != 1 || s->shape[0] != to->shape[0])
      tt_fail(TT_ESHAPE, "tt_scores: a score of %s for %lld examples;"
              " it has one number for each", TT_TEXT(tt_shape(s)),
              (long long)to->shape[0]);
    tt_copy_(to, s);
  }
  return tt_keep(all);
}

// the mean of what each example lost, and the standard error of it
static void compare_scores(const Tensor *before, const Tensor *after,
                           TuneCost *c)
{
  const Real *a = before->data, *b = after->data;
  double n = (double)tt_numel(before), sum = 0, squares = 0;
  for (int64_t i = 0; i < tt_numel(before); i++) {
    double d = (double)a[i] - (double)b[i];
    sum += d, squares += d * d;
  }
  c->lost = sum / n;
  double var = squares / n - c->lost * c->lost;
  c->within = n > 1 ? sqrt(fmax(var, 0) / (n - 1)) : 0;
}

typedef struct Work {
  Module  *model;
  const TuneRun *run;
  int64_t  tokens;
  Tensor  *x;
} Work;

static void one_run(void *arg)
{
  TT_NO_GRAD;
  const Work *w = arg;
  if (!w->tokens || w->model->type != &tt_gpt_type) {
    tt_forward(w->model, w->x);
    return;
  }
  Tensor *row = tt_contiguous(tt_select(w->x, 0, 0));
  int64_t most = row->shape[0] - w->tokens;
  tt_generate(w->model, tt_slice(row, 0, 0, most > 1 ? most : 1, 1),
              w->tokens, (GenerationOptions){
                .reader = w->run->cache ? &tt_cached_reader
                                        : &tt_rereader });
}

static Work work_of(const Tuner *t, const Variant *v)
{
  int64_t n = v->run.batch ? v->run.batch : 1;
  return (Work){ v->model, &v->run, t->data->tokens,
                 tt_contiguous(tt_slice(t->data->x, 0, 0, n, 1)) };
}

static void use(const TuneRun *r)
{
  if (r->backend)
    tt_backend_use(r->backend);
  if (r->threads)
    tt_set_num_threads(r->threads);
}

static void measure_run(const Tuner *t, Variant *v)
{
  TT_SCOPE;
  use(&v->run);
  Work w = work_of(t, v);
  TuneCost *c = &v->cost;
  if (t->o.measure) {
    t->o.measure(t->o.arg, v->model, &v->run, c);
  } else {
    one_run(&w);                   // what is made once is made
    MemoryUse u = tt_measure_memory(one_run, &w, (MemoryOptions){0});
    c->peak = u.peak - u.start + tt_model_size(v->model).live;
    c->seconds = tt_measure_work(one_run, &w, (LatencyOptions){
      .warmup = 2, .least = 7, .seconds = 0.1, .width = 0.03 }).median;
  }
  c->each = c->seconds / (double)w.x->shape[0];
}

int64_t tt_tune_bytes(void *model)
{
  ModelSize s = tt_model_size(model);
  return s.weights + s.scales + s.rest;
}

static void measure(const Tuner *t, Variant *v)
{
  v->cost.bytes = tt_tune_bytes(v->model);
  measure_run(t, v);
  TT_SCOPE;
  const TuneData *d = t->data;
  compare_scores(t->scores, tt_scores(v->model, d->x, d->y, d->score),
                 &v->cost);
}

static TuneTrial *note(Tuner *t, Variant *v)
{
  TuneResult *r = t->result;
  v->trial = r->n < TT_TUNE_TRIALS ? r->n++ : TT_TUNE_TRIALS - 1;
  TuneTrial *row = &r->trial[v->trial];
  *row = (TuneTrial){ .run = v->run, .cost = v->cost };
  memcpy(row->name, v->name, sizeof row->name);
  return row;
}

static const char *limit_text(const TuneCost *c, const TuneLimits *l,
                              char *text, size_t n)
{
  double all = tt_tune_missed(c, l);
  if (all == 0)
    return strcpy(text, "");
  bool seconds = tt_tune_excess(c->seconds, l->seconds) == all;
  bool bytes = tt_tune_excess((double)c->bytes, (double)l->bytes)
               == all;
  double is = seconds ? c->seconds : (double)(bytes ? c->bytes
                                                    : c->peak);
  double most = seconds ? l->seconds : (double)(bytes ? l->bytes
                                                      : l->peak);
  snprintf(text, n, "%s: %.6g, and %.6g are allowed: %.6g too many",
           seconds ? "seconds" : bytes ? "bytes" : "peak bytes", is,
           most, is - most);
  return text;
}

static void say_why(Tuner *t, Variant *v)
{
  TuneTrial *row = note(t, v);
  if (too_inexact(&v->cost, &t->o.limits))
    snprintf(row->why, sizeof row->why, "loses %.3g ± %.3g, and %.3g"
             " is allowed", v->cost.lost, v->cost.within,
             t->o.limits.lost);
  else
    limit_text(&v->cost, &t->o.limits, row->why, sizeof row->why);
}

static Variant child_of(const Variant *parent, int recipe,
                        const TuneRecipe *r, double value)
{
  Variant v = *parent;
  v.used |= 1u << recipe;
  size_t at = strlen(v.name);
  const char *comma = at ? ", " : "";
  if (value != 0)
    snprintf(v.name + at, sizeof v.name - at, "%s%s %g", comma,
             r->name, value);
  else
    snprintf(v.name + at, sizeof v.name - at, "%s%s", comma, r->name);
  return v;
}

typedef struct Cooking {
  Tuner   *tuner;
  Variant *variant;
  const TuneRecipe *recipe;
  double   value;
  int      changed;
} Cooking;

static void cook(void *arg)
{
  Cooking *c = arg;
  Variant *v = c->variant;
  use(&c->tuner->home);            // it learns as fast as it can
  v->model = tt_module_copy(v->model);
  c->changed = c->recipe->apply(&v->model, c->tuner->data, c->value);
  tt_module_eval(v->model);
  if (c->changed)
    measure(c->tuner, v);
}

static bool try_recipe(Tuner *t, Variant *v, const TuneRecipe *r,
                       double value)
{
  TensorError e = {0};
  Cooking c = { t, v, r, value, 0 };
  if (tt_try(cook, &c, &e) && c.changed) {
    say_why(t, v);
    return true;
  }
  TuneTrial *row = note(t, v);
  row->cost.lost = row->cost.seconds = (double)NAN;
  snprintf(row->why, sizeof row->why, "%.119s", e.message[0]
           ? e.message : "changes nothing");
  return false;
}

static bool can_learn(void *model)     // has it floats in matrices?
{
  TT_SCOPE;
  StateDict d = tt_module_parameters(model);
  bool can = false;
  for (int i = 0; i < d.n; i++)
    can |= (*d.entry[i].slot)->rank > 1
           && (*d.entry[i].slot)->dtype == TT_F32;
  return can;
}

static bool among_best(const Tuner *t, Beam *next, const Variant *v)
{
  int at = next->n;
  while (at > 0 && better(t, v, &next->variant[at - 1]))
    at--;
  if (at == BEAM)
    return false;
  for (int i = BEAM - 1; i > at; i--)
    next->variant[i] = next->variant[i - 1];
  next->variant[at] = *v;
  next->n += next->n < BEAM;
  return true;
}

static void keep_if_good(Tuner *t, Beam *next, Variant *v)
{
  if (too_inexact(&v->cost, &t->o.limits))
    return;
  bool found = !t->found.model || better(t, v, &t->found);
  if (found)
    t->found = *v;
  if ((can_learn(v->model) && among_best(t, next, v)) || found) {
    tt_module_keep(v->model);
    t->result->trial[v->trial].kept = true;
  }
}

static void grow_from(Tuner *t, const Variant *parent, Beam *next)
{
  for (int i = 0; t->o.recipes[i].apply; i++) {
    const TuneRecipe *r = &t->o.recipes[i];
    if (parent->used >> i & 1)
      continue;
    for (int k = 0; k < 4 && (k == 0 || r->value[k] != 0); k++) {
      TT_SCOPE;
      Variant v = child_of(parent, i, r, r->value[k]);
      if (!try_recipe(t, &v, r, r->value[k]))
        continue;
      keep_if_good(t, next, &v);
      if (too_inexact(&v.cost, &t->o.limits))
        break;                     // stronger ones lose more
    }
  }
}

static void grow(Tuner *t)
{
  Beam now = { .n = 1, .variant = { t->best } };
  for (int depth = 0; depth < t->o.depth && now.n > 0; depth++) {
    Beam next = {0};
    t->found.model = NULL;
    for (int i = 0; i < now.n; i++)
      grow_from(t, &now.variant[i], &next);
    if (depth == 0)
      t->single = t->found;
    bool helps = t->found.model && better(t, &t->found, &t->best);
    if (helps)
      t->best = t->found;
    else if (depth > 0)
      return;
    now = next;
  }
}

static void add_run(Tuner *t, TuneRun r)
{
  if (t->o.runs < RUNS)
    t->runs[t->o.runs++] = r;
}

// each backend on one thread, the last one on all; a cache; batches
static void list_runs(Tuner *t)
{
  const Backend *b;
  t->o.run = t->runs;
  for (int i = 0; (b = tt_backend_at(i)); i++)
    add_run(t, (TuneRun){ b->name, 1, 1, false });
  add_run(t, (TuneRun){ tt_backend_at(t->o.runs - 1)->name,
                        tt_get_num_threads(), 1, false });
}

static void try_run(Tuner *t, Variant *best, TuneRun run)
{
  Variant v = *best;
  v.run = run;
  measure_run(t, &v);
  say_why(t, &v);
  TuneTrial *row = &t->result->trial[v.trial];
  row->kept = better(t, &v, best);
  if (row->kept)
    *best = v;
  else if (!row->why[0])
    snprintf(row->why, sizeof row->why, "%s is better",
             best->run.backend ? best->run.backend : "the one before");
}

static void choose_run(Tuner *t, Variant *v)
{
  for (int i = 0; i < t->o.runs; i++)
    try_run(t, v, t->o.run[i]);
  TuneRun r = v->run;
  if (t->data->tokens && v->model->type == &tt_gpt_type && !r.cache)
    try_run(t, v, (TuneRun){ r.backend, r.threads, r.batch, true });
  for (int64_t n = 8; t->o.goal == TT_LEAST_EACH && n <= 64; n *= 2)
    try_run(t, v, (TuneRun){ r.backend, r.threads, n, v->run.cache });
}

static void score_fresh(Tuner *t)
{
  TuneResult *r = t->result;
  r->fresh = t->best.cost;
  r->fresh.lost = r->fresh.within = (double)NAN;
  if (!t->data->fresh_x)
    return;
  TT_SCOPE;
  const TuneData *d = t->data;
  Tensor *before = tt_scores(t->model, d->fresh_x, d->fresh_y,
                             d->score);
  Tensor *after = tt_scores(t->best.model, d->fresh_x, d->fresh_y,
                            d->score);
  compare_scores(before, after, &r->fresh);
  if (!(r->fresh.lost <= t->o.limits.lost))
    snprintf(r->missed, sizeof r->missed, "lost on fresh data: %.4g,"
             " and %.4g are allowed; %.4g on the data of the choice",
             r->fresh.lost, t->o.limits.lost, t->best.cost.lost);
}

static void begin_turn(void *arg)
{
  const Work *w = arg;
  use(w->run);
}

static double each_of(const Variant *v, double seconds)
{
  return seconds / (double)(v->run.batch ? v->run.batch : 1);
}

static void time_again(const Tuner *t, Variant *a, Variant *b)
{
  if (t->o.measure)
    return;
  TT_SCOPE;
  Work x = work_of(t, a), y = work_of(t, b);
  Comparison c = tt_compare(
    (Contender){ a->name, one_run, &x, begin_turn },
    (Contender){ b->name, one_run, &y, begin_turn },
    (CompareOptions){ .width = t->o.margin, .seconds = 0.5 });
  a->cost.seconds = c.a, a->cost.each = each_of(a, c.a);
  b->cost.seconds = c.b, b->cost.each = each_of(b, c.b);
}

static void compare_last(Tuner *t)
{
  if (!t->single.model)
    return;
  t->single.run = t->best.run;
  measure_run(t, &t->single);
  Variant v[] = { t->best, t->single };
  time_again(t, &v[0], &v[1]);
  t->best = v[0], t->single = v[1];
  v[1].cost.seconds *= 1 + t->o.margin;
  v[1].cost.each *= 1 + t->o.margin;
  if (better(t, &v[1], &v[0]))
    t->best = t->single;
}

static Variant as_it_came(Tuner *t)
{
  Variant v = { .model = tt_module_copy(t->model),
                .run = t->o.run[0] };
  tt_module_eval(v.model);
  use(&v.run);
  t->scores = tt_scores(v.model, t->data->x, t->data->y,
                        t->data->score);
  measure(t, &v);
  note(t, &v)->kept = true;
  snprintf(t->result->trial[v.trial].why, sizeof t->result->trial->why,
           "as it came");
  return v;
}

static void hand_over(Tuner *t)
{
  TuneResult *r = t->result;
  r->after = t->best.cost, r->single = t->single.cost;
  r->run = t->best.run;
  memcpy(r->name, t->best.name, sizeof r->name);
  if (too_inexact(&r->after, &t->o.limits))
    snprintf(r->missed, sizeof r->missed, "lost: %.4g ± %.4g, and %.4g"
             " is allowed", r->after.lost, r->after.within,
             t->o.limits.lost);
  else
    limit_text(&r->after, &t->o.limits, r->missed, sizeof r->missed);
  if (!r->missed[0])
    score_fresh(t);
  r->model = r->missed[0] ? NULL : tt_module_keep(t->best.model);
}

static void tune(void *arg)
{
  TT_SCOPE;
  Tuner *t = arg;
  t->best = as_it_came(t);
  t->result->before = t->best.cost;
  choose_run(t, &t->best);
  grow(t);
  choose_run(t, &t->best);
  compare_last(t);
  hand_over(t);
}

static TuneResult *room_for_result(void)
{
  size_t rows = sizeof(TuneTrial) * TT_TUNE_TRIALS;
  Tensor *block = tt_empty(TT_U8, TT_SHAPE((int64_t)(
    sizeof(TuneResult) + rows)));
  TuneResult *r = memset(block->data, 0, sizeof *r + rows);
  r->trial = (TuneTrial *)(void *)(r + 1);
  r->block = block;
  return r;
}

static void refuse_data(const TuneData *d)
{
  if (!d)
    tt_missing("tt_auto_optimize", "d");
  if (!d->x || !d->y || !d->score)
    tt_missing("tt_auto_optimize", !d->score ? "d->score" : d->x
               ? "d->y" : "d->x");
  if (d->x->rank < 1 || d->y->rank < 1
      || d->x->shape[0] != d->y->shape[0] || d->x->shape[0] < 2)
    tt_fail(TT_ESHAPE, "tt_auto_optimize: x %s, y %s; they have one row"
            " for each of the same examples, at least two",
            TT_TEXT(tt_shape(d->x)), TT_TEXT(tt_shape(d->y)));
}

TuneResult *tt_auto_optimize(void *model, const TuneData *d,
                             TuneOptions o)
{
  TensorError e;
  if (!model)
    tt_missing("tt_auto_optimize", "model");
  refuse_data(d);
  tt_autograd_enable();
  o.recipes = o.recipes ? o.recipes : tt_tune_recipes;
  o.depth = o.depth ? o.depth : 3;
  o.margin = o.margin > 0 ? o.margin : 0.03;
  Tuner t = { .model = model, .data = d, .o = o,
              .result = room_for_result(),
              .home = { tt_backend->name, tt_get_num_threads(),
                        1, false } };
  if (o.runs == 0)
    list_runs(&t);
  bool well = tt_try(tune, &t, &e);
  use(&t.home);
  if (!well)
    tt_fail(e.code, "%s", e.message);
  return t.result;
}

static void print_cost(FILE *f, const char *name, const TuneCost *c)
{
  fprintf(f, "%-34s %8.4f %9.4f %9lld %9lld", name, c->lost,
          1e3 * c->seconds, (long long)c->bytes, (long long)c->peak);
}

void tt_tune_print(FILE *f, const TuneResult *r)
{
  if (!r)
    tt_missing("tt_tune_print", "r");
  fprintf(f, "%-34s %8s %9s %9s %9s\n", "tried", "lost", "ms", "bytes",
          "peak");
  for (int i = 0; i < r->n; i++) {
    const TuneTrial *t = &r->trial[i];
    print_cost(f, t->name[0] ? t->name : t->run.backend
                               ? t->run.backend : "as it came",
               &t->cost);
    fprintf(f, "  %s%s%s\n", t->kept ? "kept" : "", t->kept
            && t->why[0] ? ": " : "", t->why);
  }
  print_cost(f, r->model ? "chosen" : "nothing chosen", &r->after);
  fprintf(f, "  %s\n", r->missed[0] ? r->missed : r->name);
}

static const TuneTarget targets[] = {
  { .name = "this machine" },
  { .name = "laptop", .limits = { .bytes = 1 << 30, .peak = 1 << 30,
                                  .seconds = 0.05 },
    .threads = 4, .level = 256 },
  { .name = "phone", .limits = { .bytes = 16 << 20, .peak = 64 << 20,
                                 .seconds = 0.02 },
    .threads = 2, .level = 128 },
  { .name = "microcontroller", .goal = TT_LEAST_BYTES,
    .limits = { .bytes = 64 << 10, .peak = 192 << 10, .seconds = 0.2 },
    .threads = 1, .level = 0 }
};
TuneTarget tt_tune_target(TargetKind kind)
{
  if (kind < TT_THIS_MACHINE || kind > TT_MICROCONTROLLER)
    tt_fail(TT_EVALUE, "tt_tune_target: target %d; there are this"
            " machine, a laptop, a phone and a microcontroller",
            (int)kind);
  TuneTarget t = targets[kind];
  if (kind == TT_THIS_MACHINE) {
    int64_t pages = sysconf(_SC_PHYS_PAGES);
    t.limits.bytes = t.limits.peak = pages / 2 * sysconf(_SC_PAGESIZE);
    t.threads = tt_get_num_threads();
    t.level = 512;
  }
  return t;
}

// of simd-256 256, of others that compute in vectors 512, else 0
static int level_of(const char *backend)
{
  if (strncmp(backend, "simd-", 5) == 0)
    return atoi(backend + 5);
  return strcmp(backend, "naive") == 0 ? 0 : 512;
}

static void list_runs_of(Tuner *t, const TuneTarget *target)
{
  const Backend *b;
  const char *last = "naive";
  t->o.run = t->runs;
  for (int i = 0; (b = tt_backend_at(i)); i++)
    if (level_of(b->name) <= target->level)
      add_run(t, (TuneRun){ last = b->name, 1, 1, false });
  if (target->threads > 1)
    add_run(t, (TuneRun){ last, target->threads, 1, false });
}

static rlim_t data_of_this_process(void)       // bytes, its stack too
{
  unsigned long long pages = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  if (!f)
    return 0;                      // then nothing runs: not a proof
  if (fscanf(f, "%*u %*u %*u %*u %*u %llu", &pages) != 1)
    pages = 0;
  fclose(f);
  return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static int in_small_process(int64_t bytes, void (*work)(void *),
                            void *arg)
{
  tt_set_num_threads(1);
  tt_empty_pool();
  tt_memory_limit(tt_memory_stats().live_bytes + bytes);
  rlim_t most = data_of_this_process() + (rlim_t)bytes;
  if (setrlimit(RLIMIT_DATA, &(struct rlimit){ most, most }) != 0)
    return 2;
  return tt_try(work, arg, NULL) ? 0 : 1;
}

bool tt_runs_within(int64_t bytes, void (*work)(void *), void *arg)
{
  if (!work)
    tt_missing("tt_runs_within", "work");
  fflush(NULL);                    // or the child writes it again
  pid_t child = fork();
  if (child < 0)
    tt_fail(TT_EMEM, "tt_runs_within: no process: %s", strerror(errno));
  if (child == 0)
    _exit(in_small_process(bytes, work, arg));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// The search has gone back to the kernels of its caller.
static void run_as_chosen(void *arg)
{
  const Work *w = arg;
  if (w->run->backend)
    tt_backend_use(w->run->backend);
  one_run(arg);
}

static void prove_small(TuneResult *r, const TuneData *d,
                        const TuneTarget *t)
{
  TT_SCOPE;
  Work w = { r->model, &r->run, d->tokens,
             tt_contiguous(tt_slice(d->x, 0, 0, 1, 1)) };
  int64_t room = t->limits.peak - tt_model_size(r->model).live;
  if (tt_runs_within(room, run_as_chosen, &w))
    return;
  snprintf(r->missed, sizeof r->missed, "peak bytes: it does not run in"
           " a process with %lld more", (long long)room);
  tt_module_free(r->model);
  r->model = NULL;
}

TuneResult *tt_optimization_pipeline(void *model, const TuneData *d,
                                     TargetKind kind, double lost)
{
  TuneTarget target = tt_tune_target(kind);
  Tuner t = {0};
  list_runs_of(&t, &target);
  TuneOptions o = { .limits = target.limits, .goal = target.goal,
                    .runs = t.o.runs, .run = t.runs };
  o.limits.lost = lost;
  TuneResult *r = tt_auto_optimize(model, d, o);
  if (r->model && kind != TT_THIS_MACHINE)
    prove_small(r, d, &target);
  return r;
}
