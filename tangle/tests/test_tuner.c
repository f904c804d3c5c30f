// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static Sequential *small(void)
{
  Generator g;
  tt_manual_seed(&g, 5);
  return TT_SEQUENTIAL(tt_linear_new(8, 32, &g),
                       tt_activation_new(tt_relu),
                       tt_linear_new(32, 4, &g));
}

static Tensor *near(Tensor *out, Tensor *y)    // (N), 0 is best
{
  Tensor *d = tt_sub(out, y);
  return tt_neg(tt_mean(tt_mul(d, d), 1, false));
}

// what the model itself answers is right
static TuneData data_for(Module *m)
{
  Generator g;
  tt_manual_seed(&g, 6);
  TuneData d = { .x = tt_randn(TT_SHAPE(150, 8), &g),
                 .fresh_x = tt_randn(TT_SHAPE(150, 8), &g),
                 .train_x = tt_randn(TT_SHAPE(150, 8), &g),
                 .score = near, .loss = tt_mse_loss, .epochs = 1 };
  TT_NO_GRAD;
  d.y = tt_keep(tt_forward(m, d.x));
  d.fresh_y = tt_keep(tt_forward(m, d.fresh_x));
  d.train_y = tt_keep(tt_forward(m, d.train_x));
  return d;
}

// a clock for tests: a nanosecond for each byte, less for more threads
static void by_bytes(void *arg, void *model, const TuneRun *run,
                     TuneCost *c)
{
  (void)arg;
  ModelSize s = tt_model_size(model);
  c->peak = s.live;
  c->seconds = 1e-9 * (double)(s.weights + s.scales + s.rest)
               / (run->threads > 1 ? 1.5 : 1)
               * (double)(run->batch ? run->batch : 1);
}

static const TuneRun one[] = { { NULL, 1, 1, false } };

static TuneOptions plainly(double lost)
{
  return (TuneOptions){ .limits = { .lost = lost }, .runs = 1,
                        .run = one, .measure = by_bytes };
}

static int half_bytes(Module **m, const TuneData *d, double value)
{
  (void)d, (void)value;
  tt_quantize(*m, (QuantizeOptions){ .format = { .type = TT_F16 } });
  return 2;
}

static int spoil(Module **m, const TuneData *d, double value)
{
  (void)d;
  TT_NO_GRAD;
  Linear *l = (Linear *)((Sequential *)*m)->layer[0];
  tt_copy_(l->weight, tt_mul_scalar(l->weight, (Real)(1 - value)));
  return 1;
}

static int nothing(Module **m, const TuneData *d, double value)
{
  (void)m, (void)d, (void)value;
  return 0;
}

static int breaks(Module **m, const TuneData *d, double value)
{
  spoil(m, d, value);
  tt_fail(TT_EVALUE, "a recipe that breaks");
}

static const TuneRecipe known_recipes[] = {
  { "nothing", {0}, nothing }, { "breaks", { 0.5 }, breaks },
  { "spoil", { 0.9, 0.99 }, spoil }, { "half", {0}, half_bytes }, {0}
};
TT(tuner, a_copy_has_its_own_numbers)
{
  Sequential *m = small(), *c = tt_module_copy(m);
  Tensor *x = tt_ones(TT_SHAPE(2, 8));
  tt_expect_tensor(tt_forward(c, x), tt_forward(m, x), 0, 0);
  Tensor *before = tt_clone(tt_forward(m, x));
  StateDict d = tt_module_parameters(c);
  tt_expect_int(d.n, 4);
  for (int i = 0; i < d.n; i++) {
    tt_expect((*d.entry[i].slot)->requires_grad, "%s cannot learn",
              d.entry[i].name);
    TT_NO_GRAD;
    tt_fill_(*d.entry[i].slot, 0);
  }
  tt_expect_tensor(tt_forward(m, x), before, 0, 0);
  tt_module_free(c);
  tt_expect_tensor(tt_forward(m, x), before, 0, 0);
}

TT(tuner, what_is_shared_is_shared_in_the_copy)
{
  Module *twice = tt_activation_new(tt_relu);
  Linear *l = tt_linear_new(3, 3, NULL);
  Sequential *m = TT_SEQUENTIAL(l, twice, l, twice);
  Sequential *c = tt_module_copy(m);
  tt_expect(c->layer[0] == c->layer[2] && c->layer[0] != m->layer[0],
            "the layer that is there twice");
  tt_expect_int(tt_module_count(c), tt_module_count(m));
}

TT(tuner, models_of_all_kinds_can_be_copied)
{
  tt_autograd_enable();
  GptOptions o = tt_llama_like((GptOptions){ .vocab_size = 11,
    .context = 8, .dim = 32, .layers = 2, .heads = 2 });
  Gpt *g = tt_gpt_new(o, NULL);
  Tensor *ids = tt_from_int(TT_SHAPE(1, 4), (int32_t[]){ 1, 2, 3, 4 });
  TT_NO_GRAD;
  tt_module_eval(g);
  Gpt *c = tt_module_copy(g);
  tt_expect_tensor(tt_forward(c, ids), tt_forward(g, ids), 0, 0);
  tt_quantize(c, (QuantizeOptions){0});        // its head is shared
  Gpt *q = tt_module_copy(c);
  tt_expect_tensor(tt_forward(q, ids), tt_forward(c, ids), 0, 0);
  tt_expect(q->head->weight == q->tokens->weight, "the tied head");
  Module *s[] = { &tt_residual_new(tt_linear_new(4, 4, NULL),
                                   NULL)->base,
                  &tt_batch_norm2d_new(4)->base };
  for (int i = 0; i < 2; i++)
    tt_expect_int(tt_module_count(tt_module_copy(s[i])),
                  tt_module_count(s[i]));
}

TT(tuner, an_excess_is_a_share_of_the_limit)
{
  tt_expect_close(tt_tune_excess(3, 2), 0.5, 1e-12, 0);
  tt_expect_close(tt_tune_excess(2, 2), 0, 0, 0);
  tt_expect_close(tt_tune_excess(1, 2), 0, 0, 0);
  tt_expect_close(tt_tune_excess(1e9, 0), 0, 0, 0);
  tt_expect(tt_tune_excess((double)NAN, 2) == (double)INFINITY,
            "NaN is far");
  tt_expect_close(tt_tune_excess((double)NAN, 0), 0, 0, 0);
  tt_expect_close(tt_tune_excess(0.02, 0.01), 1, 1e-12, 0);
}

TT(tuner, the_worst_limit_counts)
{
  TuneLimits l = { .seconds = 2, .bytes = 100, .peak = 10 };
  TuneCost c = { .seconds = 3, .bytes = 120, .peak = 40 };
  tt_expect_close(tt_tune_missed(&c, &l), 3, 1e-12, 0);
  c.peak = 10;
  tt_expect_close(tt_tune_missed(&c, &l), 0.5, 1e-12, 0);
  l.seconds = 0;
  tt_expect_close(tt_tune_missed(&c, &l), 0.2, 1e-12, 0);
}

static bool judges_well(bool (*better)(const TuneCost *a,
    const TuneCost *b, const TuneLimits *l, TuneGoal goal))
{
  const TuneLimits l = { .lost = 1, .seconds = 2, .bytes = 100 };
  TuneCost good = { .lost = 0.5, .seconds = 1, .bytes = 100 };
  TuneCost fast = { .lost = 0.5, .seconds = 0.5, .bytes = 150 };
  TuneCost large = { .lost = 0.5, .seconds = 0.4, .bytes = 300 };
  TuneCost wrong = { .lost = 5, .seconds = 0.1, .bytes = 10 };
  TuneCost unsure = { .lost = 0.9, .within = 0.2, .seconds = 0.1,
                      .bytes = 10 };
  TuneCost lost = { .lost = (double)NAN, .seconds = 0.1, .bytes = 10 };
  TuneCost slower = good, smaller = good;
  slower.seconds = 1.5, smaller.bytes = 50, smaller.seconds = 1.5;
  const TuneCost *order[][2] = {     // the first is better
    { &good, &fast }, { &fast, &large }, { &large, &wrong },
    { &large, &unsure }, { &large, &lost }, { &good, &slower },
    { &good, &smaller }
  };
  for (int i = 0; i < 7; i++)
    if (!better(order[i][0], order[i][1], &l, TT_LEAST_SECONDS)
        || better(order[i][1], order[i][0], &l, TT_LEAST_SECONDS))
      return false;
  return better(&smaller, &good, &l, TT_LEAST_BYTES)
         && !better(&good, &good, &l, TT_LEAST_SECONDS);
}

// the text misread: the goal first, and limits only among equals
static bool fastest(const TuneCost *a, const TuneCost *b,
                    const TuneLimits *l, TuneGoal goal)
{
  (void)goal;
  if (a->seconds != b->seconds)
    return a->seconds < b->seconds;
  return tt_tune_missed(a, l) < tt_tune_missed(b, l);
}

static bool forgets_accuracy(const TuneCost *a, const TuneCost *b,
                             const TuneLimits *l, TuneGoal goal)
{
  TuneLimits any = *l;
  any.lost = (double)INFINITY;
  return tt_tune_better(a, b, &any, goal);
}

static bool lets_equals_win(const TuneCost *a, const TuneCost *b,
                            const TuneLimits *l, TuneGoal goal)
{
  return !tt_tune_better(b, a, l, goal);
}

TT(tuner, a_wrong_judge_is_refused)
{
  tt_expect_accepts(judges_well(tt_tune_better));
  tt_expect_refuses(judges_well(fastest), "takes the fastest, whatever"
                    " the limits");
  tt_expect_refuses(judges_well(forgets_accuracy), "does not ask what"
                    " is lost");
  tt_expect_refuses(judges_well(lets_equals_win), "prefers equals");
}

TT(tuner, limits_come_before_goals)
{
  TuneLimits l = { .lost = 1, .bytes = 100 };
  TuneCost in = { .seconds = 9, .bytes = 100 };
  TuneCost out = { .seconds = 1, .bytes = 101 };
  tt_expect(tt_tune_better(&in, &out, &l, TT_LEAST_SECONDS), "inside");
  tt_expect(!tt_tune_better(&out, &in, &l, TT_LEAST_SECONDS), "out");
  in.lost = 0.9, in.within = 0.2;  // perhaps more than 1
  tt_expect(tt_tune_better(&out, &in, &l, TT_LEAST_SECONDS),
            "what may have lost too much wins");
  out.lost = (double)NAN;
  tt_expect(!tt_tune_better(&out, &in, &l, TT_LEAST_SECONDS), "NaN");
}

static const TuneTrial *trial(const TuneResult *r, const char *name)
{
  for (int i = 0; i < r->n; i++)
    if (strcmp(r->trial[i].name, name) == 0)
      return &r->trial[i];
  return NULL;
}

TT(tuner, the_table_says_what_was_tried_and_why_not)
{
  Sequential *m = small();
  TuneData d = data_for(&m->base);
  TuneOptions o = plainly(0.01);
  o.recipes = known_recipes;
  TuneResult *r = tt_auto_optimize(m, &d, o);
  tt_expect(r->model && !r->missed[0], "missed: %s", r->missed);
  tt_expect_text(r->name, "half");
  tt_expect_text(trial(r, "nothing")->why, "changes nothing");
  tt_expect_text(trial(r, "breaks 0.5")->why, "a recipe that breaks");
  tt_expect(strncmp(trial(r, "spoil 0.9")->why, "loses ", 6) == 0,
            "spoil: %s", trial(r, "spoil 0.9")->why);
  tt_expect(!trial(r, "spoil 0.99"), "a stronger one was tried");
  tt_expect(trial(r, "half")->kept && !trial(r, "spoil 0.9")->kept,
            "what is kept");
  tt_expect_int(r->after.bytes * 2 < r->before.bytes * 1.2, 1);
}

static double sum_of_bits(void *m)
{
  double sum = 0;
  StateDict d = tt_module_state_dict(m);
  for (int i = 0; i < d.n; i++)
    for (int64_t k = 0; k < tt_numel(*d.entry[i].slot); k++)
      sum += (double)(k % 97 + 1)
             * tt_load((*d.entry[i].slot)->dtype,
                       (*d.entry[i].slot)->data, k);
  return sum;
}

TT(tuner, the_model_is_left_untouched)
{
  Sequential *m = small();
  TuneData d = data_for(&m->base);
  double before = sum_of_bits(m);
  const char *backend = tt_backend->name;
  TuneOptions o = plainly(0.01);
  TuneResult *r = tt_auto_optimize(m, &d, o);
  tt_expect(r->model != (void *)m, "the caller's own came back");
  tt_expect(sum_of_bits(m) == before, "its numbers have changed");
  o.limits.bytes = 10;             // which cannot be
  r = tt_auto_optimize(m, &d, o);
  tt_expect(!r->model, "there is a model of ten bytes");
  tt_expect(sum_of_bits(m) == before, "its numbers have changed");
  tt_expect(m->base.training, "its mode has changed");
  tt_expect_text(tt_backend->name, backend);
}

TT(tuner, what_cannot_be_met_is_named_with_its_amount)
{
  Sequential *m = small();
  TuneData d = data_for(&m->base);
  TuneOptions o = plainly(0.01);
  o.recipes = known_recipes, o.limits.bytes = 100;
  TuneResult *r = tt_auto_optimize(m, &d, o);
  char want[100];
  int64_t half = trial(r, "half")->cost.bytes;
  snprintf(want, sizeof want, "bytes: %lld, and 100 are allowed: %lld"
           " too many", (long long)half, (long long)half - 100);
  tt_expect_text(r->missed, want);
  o.limits.bytes = 0, o.limits.seconds = 1e-12;
  r = tt_auto_optimize(m, &d, o);
  tt_expect(strncmp(r->missed, "seconds: ", 9) == 0, "%s", r->missed);
  o.limits.seconds = 0, o.limits.peak = 1;
  r = tt_auto_optimize(m, &d, o);
  tt_expect(strncmp(r->missed, "peak bytes: ", 12) == 0, "%s",
            r->missed);
}

// better where the variants are compared than anywhere else
static int memorizes(Module **m, const TuneData *d, double value)
{
  (void)value;
  half_bytes(m, d, 0);
  TT_NO_GRAD;
  Linear *l = (Linear *)((Sequential *)*m)->layer[2];
  tt_fill_(l->bias, 1);
  return 1;
}

static Tensor *of_bias(Tensor *out, Tensor *y)  // where y is far off
{
  Tensor *d = tt_mean(tt_sub(out, y), 1, false);
  return tt_neg(tt_mul(d, tt_lt(tt_mean(y, 1, false),
                                tt_full(TT_SCALAR, 50))));
}

TT(tuner, fresh_data_have_the_last_word)
{
  static const TuneRecipe only[] = { { "memorizes", {0}, memorizes },
                                     {0} };
  Sequential *m = small();
  TuneData d = data_for(&m->base);
  TuneOptions o = plainly(0.1);
  o.recipes = only;
  d.score = of_bias;
  d.y = tt_add_scalar(d.y, 100);   // there nothing counts
  TuneResult *r = tt_auto_optimize(m, &d, o);
  tt_expect(!r->model, "it was not scored again");
  tt_expect(strncmp(r->missed, "lost on fresh data: ", 20) == 0, "%s",
            r->missed);
  d.fresh_x = d.fresh_y = NULL;
  r = tt_auto_optimize(m, &d, o);
  tt_expect(r->model && isnan(r->fresh.lost), "without fresh data");
}

TT(tuner, no_worse_than_the_best_single_recipe)
{
  for (int goal = TT_LEAST_SECONDS; goal <= TT_LEAST_PEAK; goal++) {
    TT_SCOPE;
    Sequential *m = small();
    TuneData d = data_for(&m->base);
    TuneOptions o = plainly(0.05);
    o.goal = (TuneGoal)goal;
    TuneResult *r = tt_auto_optimize(m, &d, o);
    tt_expect(r->model, "%s", r->missed);
    double after[] = { r->after.seconds, r->after.each,
                       (double)r->after.bytes, (double)r->after.peak };
    double single[] = { r->single.seconds, r->single.each,
                        (double)r->single.bytes,
                        (double)r->single.peak };
    tt_expect(after[goal] <= single[goal] * 1.03, "goal %d: %g, and %g"
              " with one recipe", goal, after[goal], single[goal]);
  }
}

TT(tuner, recipes_are_combined)
{
  static const TuneRecipe two[] = {
    { "half", {0}, half_bytes }, { "spoil", { 0.001 }, spoil },
    { "again", { 0.002 }, spoil }, {0} };
  Sequential *m = small();
  TuneData d = data_for(&m->base);
  TuneOptions o = plainly(0.01);
  o.recipes = two;
  TuneResult *r = tt_auto_optimize(m, &d, o);
  tt_expect(trial(r, "spoil 0.001, half"), "one after the other");
  tt_expect(trial(r, "spoil 0.001, again 0.002"), "two that change");
  tt_expect(trial(r, "again 0.002, spoil 0.001"), "in both orders");
  tt_expect(!trial(r, "half, spoil 0.001"), "of one that is packed");
  tt_expect_text(r->name, "half");
}

TT(tuner, ways_to_run_are_chosen)
{
  static const TuneRun runs[] = { { NULL, 1, 1, false },
                                  { "naive", 1, 1, false },
                                  { "naive", 2, 1, false } };
  Sequential *m = small();
  TuneData d = data_for(&m->base);
  TuneOptions o = plainly(0.01);
  o.recipes = known_recipes, o.runs = 3, o.run = runs;
  int before = tt_get_num_threads();
  TuneResult *r = tt_auto_optimize(m, &d, o);
  tt_expect_int(r->run.threads, 2);
  tt_expect_text(r->run.backend, "naive");
  tt_expect_int(tt_get_num_threads(), before);
}

TT(tuner, each_recipe_runs_or_says_why_not)
{
  Sequential *m = small();
  TuneData d = data_for(&m->base);
  TuneOptions o = plainly(100);
  o.depth = 1;
  TuneResult *r = tt_auto_optimize(m, &d, o);
  int ran = 0;
  for (int i = 0; i < r->n; i++)
    ran += isfinite(r->trial[i].cost.lost);
  tt_expect(ran > 12, "only %d trials ran", ran);
  tt_expect_text(trial(r, "folded")->why, "changes nothing");
  d.train_x = NULL;
  r = tt_auto_optimize(m, &d, o);
  tt_expect(strstr(trial(r, "taught 0.5")->why, "no examples"), "%s",
            trial(r, "taught 0.5")->why);
}

TT(tuner, thin_layers_are_quantized_too)
{
  Sequential *m = TT_SEQUENTIAL(tt_linear_new(8, 32, NULL),
                                tt_linear_new(32, 4, NULL));
  tt_low_rank(m, (LowRankOptions){ .rank = 2 });
  TuneData d = data_for(&m->base);
  for (const TuneRecipe *r = tt_tune_recipes; r->apply; r++)
    if (strcmp(r->name, "int8") == 0) {
      Module *c = tt_module_copy(m);
      tt_expect_int(r->apply(&c, &d, 0), 1);
      ModelSize s = tt_model_size(c), was = tt_model_size(m);
      tt_expect(s.weights * 2 < was.weights, "%lld bytes of %lld",
                (long long)s.weights, (long long)was.weights);
      tt_expect_tensor(tt_forward(c, d.x), tt_forward(m, d.x), 0, 0.05);
    }
}

TT(tuner, bad_data_are_refused)
{
  Sequential *m = small();
  TuneData d = data_for(&m->base);
  TuneOptions o = plainly(1);
  tt_expect_fail(tt_auto_optimize(NULL, &d, o), "model");
  tt_expect_fail(tt_auto_optimize(m, NULL, o), "d");
  d.y = tt_zeros(TT_SHAPE(3, 4));
  tt_expect_fail(tt_auto_optimize(m, &d, o), "x [150,8], y [3,4]");
  d.score = NULL;
  tt_expect_fail(tt_auto_optimize(m, &d, o), "d->score");
}

TT(tuner, targets_have_their_limits)
{
  TuneTarget here = tt_tune_target(TT_THIS_MACHINE);
  tt_expect(here.threads >= 1 && here.limits.bytes > 1 << 20,
            "%d threads, %lld bytes", here.threads,
            (long long)here.limits.bytes);
  for (int k = TT_LAPTOP; k < TT_MICROCONTROLLER; k++) {
    TuneTarget a = tt_tune_target((TargetKind)k);
    TuneTarget b = tt_tune_target((TargetKind)(k + 1));
    tt_expect(a.limits.bytes > b.limits.bytes
              && a.limits.peak > b.limits.peak && a.level > b.level,
              "%s is not larger than %s", a.name, b.name);
  }
  tt_expect_fail(tt_tune_target((TargetKind)9), "target 9");
}

TT(tuner, a_target_allows_what_it_has)
{
  Sequential *m = small();
  TuneData d = data_for(&m->base);
  d.epochs = 1;
  TuneResult *r = tt_optimization_pipeline(m, &d, TT_MICROCONTROLLER,
                                           0.05);
  tt_expect(r->model, "%s", r->missed);
  for (int i = 0; i < r->n; i++) {
    tt_expect_text(r->trial[i].run.backend, "naive");
    tt_expect_int(r->trial[i].run.threads, 1);
  }
}

static struct Seen {
  pid_t  parent;
  char   backend[32];
  rlim_t data;
} *seen;

static Tensor *telling(Tensor *x)
{
  struct rlimit most = {0};
  if (getpid() != seen->parent && getrlimit(RLIMIT_DATA, &most) == 0) {
    snprintf(seen->backend, sizeof seen->backend, "%s",
             tt_backend->name);
    seen->data = most.rlim_cur;
  }
  return tt_relu(x);
}

static void proves(TargetKind kind, int64_t width, const char *with)
{
  Generator g;
  tt_manual_seed(&g, 5);
  Sequential *m = TT_SEQUENTIAL(tt_linear_new(8, width, &g),
    tt_activation_new(telling), tt_linear_new(width, width, &g),
    tt_linear_new(width, 4, &g));
  TuneData d = data_for(&m->base);
  *seen = (struct Seen){ .parent = getpid() };
  TuneResult *r = tt_optimization_pipeline(m, &d, kind, 1);
  tt_expect(r->model, "%s", r->missed);
  tt_expect_text(seen->backend, r->run.backend);
  bool tried = false;
  for (int i = 0; i < r->n; i++) {
    const char *b = r->trial[i].run.backend;
    tried |= strcmp(b, with) == 0;
    tt_expect(strcmp(b, with) == 0 || strcmp(b, "naive") == 0, "%s", b);
  }
  tt_expect(tried, "%s was not tried", with);
  tt_expect(seen->data != 0 && seen->data != RLIM_INFINITY,
            "the process has no limit");
}

TT(tuner, a_target_proves_with_its_own_kernels)
{
  seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  tt_expect(seen != MAP_FAILED, "no shared memory");
  tt_backend_use("threads");
  proves(TT_PHONE, 256, "simd-128");
  proves(TT_MICROCONTROLLER, 32, "naive");
  tt_expect_text(tt_backend->name, "threads");
  munmap(seen, sizeof *seen);
}

static void take(void *arg)
{
  tt_ones(TT_SHAPE(*(int64_t *)arg / (int64_t)sizeof(Real)));
}

static void take_beside(void *arg)     // not through tensors
{
  int64_t n = *(int64_t *)arg;
  char *p = malloc((size_t)n);
  if (!p)
    tt_fail(TT_EMEM, "none left");
  memset(p, 1, (size_t)n);
  tt_use(p);                       // or clang leaves all of it out
  free(p);
}

TT(tuner, what_needs_more_does_not_run)
{
  int64_t bytes = 1 << 20;
  tt_expect(tt_runs_within(2 << 20, take, &bytes), "1 MB in 2");
  tt_expect(!tt_runs_within(1 << 19, take, &bytes), "1 MB in 0.5");
  bytes = 64 << 20;
  tt_expect(!tt_runs_within(1 << 20, take_beside, &bytes),
            "64 MB beside the tensors, in 1");
  tt_expect_int(tt_memory_stats().live_bytes < 1 << 20, 1);
}
