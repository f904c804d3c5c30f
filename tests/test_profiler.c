// Needs chapter 14: what a profile must not get wrong: work by hand counts,
// time that adds up, nothing of it left behind, whatever fails meanwhile.
#include "faults.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// ---- nets and steps ----------------------------------------------------------
static void *model;
static Tensor *x, *y;
static Optimizer *optimizer;

static void use(void *net, Tensor *input) {
  tt_autograd_enable();
  model = net, x = input;
}

static void forward(void *unused) {
  (void)unused;
  tt_forward(model, x);
}

static void train(void *unused) {
  (void)unused;
  tt_optimizer_zero_grad(optimizer);
  tt_backward(tt_mse_loss(tt_forward(model, x), y));
  tt_optimizer_step(optimizer);
}

static Sequential *mlp(void) {
  Sequential *net = TT_SEQUENTIAL(tt_linear_new(8, 16, NULL), tt_activation_new(tt_tanh),
                                  tt_dropout_new(0.5, NULL), tt_linear_new(16, 4, NULL));
  use(net, tt_ones(TT_SHAPE(4, 8)));
  y = tt_zeros(TT_SHAPE(4, 4));
  optimizer = tt_adam_new(tt_module_parameters(net), (AdamOptions){.lr = 0.01});
  return net;
}

static Sequential *convnet(void) {
  Sequential *net = TT_SEQUENTIAL(
    tt_conv2d_new(2, 4, 3, (Conv2dOptions){.padding = TT_SIDES(1)}, NULL),
    tt_batch_norm2d_new(4), tt_activation_new(tt_relu),
    tt_max_pool2d_new((Pool2dOptions){.kernel = {2, 2}}), tt_flatten_new(),
    tt_linear_new(4 * 3 * 3, 5, NULL));
  use(net, tt_rand(TT_SHAPE(2, 2, 6, 6), NULL));
  y = tt_zeros(TT_SHAPE(2, 5));
  optimizer = tt_sgd_new(tt_module_parameters(net), (SgdOptions){.lr = 0.01, .momentum = 0.9});
  return net;
}

static Gpt *gpt(int64_t t) {
  Gpt *m = tt_gpt_new(tt_llama_like((GptOptions){.vocab_size = 11, .context = 16, .dim = 8,
                                                 .layers = 2, .heads = 2}), NULL);
  use(m, tt_randint(0, 11, TT_SHAPE(3, t), NULL));
  y = tt_zeros(TT_SHAPE(3, t, 11));
  optimizer = tt_adamw_new(tt_module_parameters(m), (AdamOptions){.lr = 0.01});
  return m;
}

static ProfileCost cost(const Profile *p, const char *name, Phase phase) {
  ProfileCost all = {0};
  for (int i = 0; i < p->n; i++)
    if (p->row[i].phase == phase && (!name || strcmp(p->row[i].name, name) == 0))
      tt_profile_add(&all, &p->row[i].cost);
  return all;
}

static double kernel_flops(const Profile *p, const char *kernel) {
  double sum = 0;
  for (int64_t i = 0; i < p->events; i++)
    if (p->event[i].kind == TT_EVENT_KERNEL && (!kernel || strcmp(p->event[i].name, kernel) == 0))
      sum += p->event[i].flops;
  return sum;
}

static const ProfilerOptions once = {0}, thrice = {.warmup = 1, .active = 3};

// ---- time and work add up ----------------------------------------------------
static void adds_up(const char *what, const Profile *p) {
  double seconds = 0, flops = 0, bytes = 0, module = 0, in_modules = 0;
  for (int i = 0; i < p->n; i++) {
    const ProfileCost *c = &p->row[i].cost;
    seconds += c->seconds, flops += c->flops, bytes += c->bytes;
    tt_expect(c->seconds >= 0 && c->kernels >= 0, "%s: %s: %g s", what, p->row[i].name, c->seconds);
    tt_expect(c->kernels <= c->seconds * (1 + 1e-9), "%s: %s: %g s, kernels %g", what,
              p->row[i].name, c->seconds, c->kernels);
  }
  tt_expect_close(seconds, p->seconds, 1e-9, 0);
  double events = 0, event_bytes = 0;
  for (int64_t i = 0; i < p->events; i++)
    if (p->event[i].kind == TT_EVENT_KERNEL)
      events += p->event[i].flops, event_bytes += p->event[i].bytes;
  tt_expect_close(flops, events, 1e-12, 0);
  tt_expect_close(bytes, event_bytes, 1e-12, 0);
  for (int i = 0; i < p->modules; i++)
    for (int k = 0; k < TT_PHASES; k++) {
      module += p->module[i].self[k].seconds;
      in_modules += p->module[i].self[k].flops;
      tt_expect(p->module[i].self[k].seconds >= 0, "%s: module %s", what, p->module[i].name);
    }
  tt_expect(module <= p->seconds, "%s: modules have %g of %g s", what, module, p->seconds);
  tt_expect(in_modules <= flops, "%s: modules have %g of %g FLOPs", what, in_modules, flops);
}

TT(profiler, the_rows_add_up_to_the_time) {
  mlp();
  adds_up("mlp", tt_profile(train, NULL, model, thrice));
  convnet();
  adds_up("convnet", tt_profile(train, NULL, model, thrice));
  gpt(7);
  adds_up("gpt", tt_profile(train, NULL, model, thrice));
  adds_up("without a model", tt_profile(train, NULL, NULL, once));
}

// Operations that the tape records have all of their kernels
TT(profiler, no_kernel_of_an_operation_is_left_over) {
  for (int i = 0; i < 3; i++) {
    i == 0 ? (void)mlp() : i == 1 ? (void)convnet() : (void)gpt(7);
    Profile *p = tt_profile(train, NULL, model, once);
    for (int k = 0; k < p->n; k++)
      tt_expect(p->row[k].phase != TT_OTHER || p->row[k].name[0] == '('
                || strcmp(p->row[k].name, optimizer->type->name) == 0,
                "net %d: a row %s of its own", i, p->row[k].name);
  }
}

typedef struct Paths { const Profile *p; int seen, n; } Paths;

static void look_for(void *arg, const char *name, FieldKind kind, void *slot) {
  Paths *paths = arg;
  (void)slot;
  if (kind != TT_CHILD)
    return;
  paths->n++;
  for (int i = 0; i < paths->p->modules; i++)
    paths->seen += strcmp(paths->p->module[i].name, name) == 0
                   && paths->p->module[i].self[TT_FORWARD].calls > 0
                   && paths->p->module[i].total[TT_FORWARD].seconds > 0;
}

TT(profiler, every_path_is_there) {
  for (int i = 0; i < 3; i++) {
    i == 0 ? (void)mlp() : i == 1 ? (void)convnet() : (void)gpt(7);
    Paths paths = {.p = tt_profile(train, NULL, model, once)};
    tt_module_walk(model, look_for, &paths);
    tt_expect_int(paths.seen, paths.n);
    tt_expect_int(paths.p->modules, paths.n);
    double self = 0;
    for (int k = 0; k < paths.p->modules; k++)
      self += paths.p->module[k].self[TT_BACKWARD].flops;
    tt_expect_close(paths.p->module[0].total[TT_BACKWARD].flops, self, 0, 0);
    tt_expect(self > 0, "net %d: no way back in modules", i);
  }
}

// The loss is outside of the model, and all else of the way back is in it.
TT(profiler, the_way_back_is_of_the_module_that_went_there) {
  mlp();
  Profile *p = tt_profile(train, NULL, model, once);
  double back = cost(p, NULL, TT_BACKWARD).flops, loss = cost(p, "tt_mse_loss", TT_BACKWARD).flops;
  tt_expect_close(p->module[0].total[TT_BACKWARD].flops, back - loss, 0, 0);
  tt_expect_close(p->module[4].self[TT_BACKWARD].flops, 2. * 2 * 4 * 16 * 4 + 16, 0, 0);
  tt_expect_int(p->module[4].self[TT_BACKWARD].calls, 1);
}

// ---- work, by hand -------------------------------------------------------------
static Tensor *(*apply)(Tensor *);
static void one(void *unused) { (void)unused, apply(x); }

static ProfileCost of_one(Tensor *(*f)(Tensor *), Tensor *input) {
  apply = f, x = input;
  Profile *p = tt_profile(one, NULL, NULL, once);
  ProfileCost all = {0};
  for (int i = 0; i < TT_PHASES; i++) {
    ProfileCost c = cost(p, NULL, (Phase)i);
    tt_profile_add(&all, &c);
  }
  return all;
}

static Tensor *soft(Tensor *t) { return tt_softmax(t, -1); }
static Tensor *log_soft(Tensor *t) { return tt_log_softmax(t, 0); }
static Tensor *total(Tensor *t) { return tt_sum(t, TT_ALL, false); }
static Tensor *largest(Tensor *t) { return tt_argmax(t, 1, false); }
static Tensor *causal(Tensor *t) { return tt_masked_softmax(t, NULL, true); }
static Tensor *layer(Tensor *t) { return tt_layer_norm(t, tt_ones(TT_SHAPE(8)), tt_ones(TT_SHAPE(8)), 0.1); }
static Tensor *rms(Tensor *t) { return tt_rms_norm(t, NULL, 0.1); }
static Tensor *turned(Tensor *t) { return tt_rotary(t, tt_positions(0, t->shape[t->rank - 2]), (RotaryOptions){0}); }
static Tensor *copied(Tensor *t) { return tt_contiguous(tt_transpose(t, 0, 1)); }
static Tensor *rows(Tensor *t) { return tt_index_select(t, 0, tt_from_int(TT_SHAPE(3), (int32_t[]){1, 0, 1})); }
static Tensor *wide(Tensor *t) { return tt_add(t, tt_ones(TT_SHAPE(1))); }
static Tensor *viewed(Tensor *t) { return tt_reshape(tt_transpose(tt_slice(t, 0, 0, 1, 1), 0, 1), TT_SHAPE(-1)); }
static Tensor *pooled(Tensor *t) { return tt_max_pool2d(t, (Pool2dOptions){.kernel = {3, 2}, .stride = {1, 1}, .padding = TT_SIDES(1)}); }
static Tensor *averaged(Tensor *t) { return tt_avg_pool2d(t, (Pool2dOptions){.kernel = {2, 2}}); }
static Tensor *normed(Tensor *t) { return tt_batch_norm(t, NULL, NULL, NULL, NULL, true, 0.1, 0.1); }
static Tensor *by_moments(Tensor *t) {
  Tensor *c = tt_ones(TT_SHAPE(t->shape[1]));
  return tt_batch_norm(t, c, c, c, c, false, 0.1, 0.1);
}
static Tensor *deep(Tensor *t) {
  Conv2dOptions o = {.groups = (int)t->shape[1], .dilation = TT_BOTH(2)};
  return tt_conv2d(t, tt_ones(TT_SHAPE(t->shape[1], 1, 3, 3)), NULL, o);
}

TT(profiler, work_is_as_counted_by_hand) {
  enum { R = sizeof(Real) };
  struct {
    const char *name;
    Tensor *(*f)(Tensor *);
    Shape s;
    double flops, bytes;
  } cases[] = {
    {"exp", tt_exp, TT_SHAPE(4, 8), 32, R * 64},
    {"add a number", wide, TT_SHAPE(4, 8), 32, R * 65},
    {"softmax", soft, TT_SHAPE(4, 8), 5 * 32, R * 64},
    {"log_softmax", log_soft, TT_SHAPE(4, 8), 6 * 32, R * 64},
    {"sum", total, TT_SHAPE(4, 8), 32, R * 33},
    {"argmax", largest, TT_SHAPE(4, 8), 32, R * 32 + 4 * 4},
    {"causal", causal, TT_SHAPE(2, 3, 5), 5 * 2 * (3 + 4 + 5), R * (2 * 12 + 30)},
    {"causal square", causal, TT_SHAPE(3, 3), 5 * 6, R * (6 + 9)},
    {"layer norm", layer, TT_SHAPE(4, 8), 8 * 32, R * (64 + 16)},
    {"rms norm", rms, TT_SHAPE(4, 8), 3 * 32, R * 64},
    {"batch norm", normed, TT_SHAPE(4, 8), 7 * 32, R * (32 + 2 * 8 + 64 + 2 * 8)},
    {"batch norm, moments", by_moments, TT_SHAPE(4, 8), 3 * 32, R * (64 + 4 * 8)},
    {"rotary", turned, TT_SHAPE(5, 4, 8), 3 * 160, R * (2 * 160 + 32)},
    {"copy", copied, TT_SHAPE(4, 8), 0, R * 64},
    {"gather", rows, TT_SHAPE(4, 8), 0, R * 2 * 24 + 4 * 3},
    {"views", viewed, TT_SHAPE(4, 8), 0, 0},
    // windows of 3 x 2: of rows 0-1, 0-2, 1-3, 2-3 of 4, and columns 0, 0-1, 1-2, 2 of 3
    {"max pool", pooled, TT_SHAPE(1, 2, 4, 3), 2 * 10 * 6, R * 24 + (R + 4) * 2 * 16},
    {"average", averaged, TT_SHAPE(1, 2, 4, 4), 2 * 16, R * (32 + 8)},
    {"depthwise", deep, TT_SHAPE(2, 3, 7, 6), 2 * 2 * 3 * (3 * 2) * 9, R * (252 + 36 + 27)},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Tensor *input = tt_ones(cases[i].s);
    ProfileCost c = of_one(cases[i].f, input);
    // ones and positions that a case makes are copies or fills
    tt_expect(c.flops == cases[i].flops, "%s: %g FLOPs, not %g", cases[i].name, c.flops, cases[i].flops);
    tt_expect(c.bytes == cases[i].bytes, "%s: %g bytes, not %g", cases[i].name, c.bytes, cases[i].bytes);
  }
}

TT(profiler, a_batch_that_is_stretched_is_read_once) {
  ProfileCost c = of_one(tt_neg, tt_expand(tt_ones(TT_SHAPE(3)), TT_SHAPE(4, 3)));
  tt_expect_close(c.bytes, (double)sizeof(Real) * (12 + 3), 0, 0);
}

static void convolved(void *unused) {
  (void)unused;
  tt_conv2d(x, y, NULL, (Conv2dOptions){0});
}

TT(profiler, a_kernel_within_a_kernel_counts_once) {
  x = tt_ones(TT_SHAPE(2, 3, 8, 8)), y = tt_ones(TT_SHAPE(4, 3, 3, 3));
  Profile *p = tt_profile(convolved, NULL, NULL, once);
  tt_expect_close(cost(p, "tt_conv2d", TT_OTHER).flops, 2. * 2 * 4 * 36 * 27, 0, 0);
  tt_expect_close(kernel_flops(p, NULL), 2. * 2 * 4 * 36 * 27, 0, 0);
  tt_expect_close(kernel_flops(p, "gemm"), 0, 0, 0);
}

TT(profiler, a_gpt_has_the_products_of_its_formula) {
  tt_backend_use("naive");             // each product is a kernel
  double last = 0;
  for (int64_t t = 4; t <= 16; t *= 2) {
    Gpt *m = gpt(t);
    Profile *p = tt_profile(forward, NULL, model, once);
    tt_expect_close(kernel_flops(p, "gemm"), 3 * tt_gpt_flops(m->options, t), 0, 0);
    tt_expect_close(tt_count_flops(m, x), kernel_flops(p, NULL), 0, 0);
    double scores = cost(p, "tt_matmul", TT_FORWARD).flops;
    tt_expect(last == 0 || scores == 4 * last, "scores of %d: %g after %g", (int)t, scores, last);
    last = scores;
  }
}

TT(profiler, optimizers_have_a_row_with_all_of_their_work) {
  mlp();
  double n = (double)tt_module_count(model);
  Profile *p = tt_profile(train, NULL, model, thrice);
  ProfileCost c = cost(p, "adam", TT_OTHER);
  tt_expect_int(c.calls, 3);
  tt_expect_close(c.flops, 3 * 16 * n, 0, 0);
  convnet();
  n = (double)tt_module_count(model);
  p = tt_profile(train, NULL, model, thrice);
  tt_expect_close(cost(p, "sgd", TT_OTHER).flops, 3 * 7 * n, 0, 0);
  optimizer = tt_sgd_new(tt_module_parameters(model), (SgdOptions){.lr = 0.01});
  p = tt_profile(train, NULL, model, thrice);
  tt_expect_close(cost(p, "sgd", TT_OTHER).flops, 3 * 4 * n, 0, 0);
}

// ---- which steps count ---------------------------------------------------------
TT(profiler, wait_and_warmup_do_not_count) {
  mlp();
  ProfilerOptions o = {.wait = 2, .warmup = 1, .active = 3};
  Profiler *p = tt_profiler_new(model, o);
  tt_profiler_start(p);
  for (int i = 0; i < 10; i++) {
    tt_expect((tt_watch != NULL) == (i >= 2 && i < 6), "step %d: %s", i, tt_watch ? "on" : "off");
    for (int k = 0; k <= i; k++)       // step i has i + 1 calls
      tt_forward(model, x);
    tt_profiler_step(p);
  }
  Profile *f = tt_profiler_stop(p);
  tt_expect_int(f->steps, 3);
  tt_expect_int(cost(f, "tt_linear", TT_FORWARD).calls, 2 * (4 + 5 + 6));
  tt_expect_int(f->module[0].self[TT_FORWARD].calls, 4 + 5 + 6);
  adds_up("a window", f);
}

TT(profiler, a_full_buffer_changes_no_row) {
  mlp();
  tt_forward(model, x);                // makes the first block of the tape
  Profile *few = tt_profile(forward, NULL, model, (ProfilerOptions){.events = 5, .active = 2});
  Profile *all = tt_profile(forward, NULL, model, (ProfilerOptions){.active = 2});
  tt_expect_int(few->events, 5);
  tt_expect_int(few->events + few->dropped, all->events);
  tt_expect_int(all->dropped, 0);
  for (int i = 0; i < 5; i++)
    tt_expect_text(few->event[i].name, all->event[i].name);
  ProfileCost a = cost(few, "tt_linear", TT_FORWARD), b = cost(all, "tt_linear", TT_FORWARD);
  tt_expect_int(a.calls, b.calls);
  tt_expect_close(a.flops, b.flops, 0, 0);
  tt_expect_int(tt_profile(forward, NULL, model, (ProfilerOptions){.events = -1})->events, 0);
}

// Events have times in the window, and two of them are nested or apart.
TT(profiler, events_are_nested_or_apart) {
  gpt(5);
  Profile *p = tt_profile(train, NULL, model, (ProfilerOptions){.warmup = 1, .active = 2});
  const double eps = 1e-12;
  double live = -1;
  for (int64_t i = 0; i < p->events; i++) {
    const ProfileEvent *e = &p->event[i];
    tt_expect(e->start >= 0 && e->seconds >= 0 && e->start + e->seconds <= p->seconds + eps,
              "%s: from %g for %g of %g", e->name, e->start, e->seconds, p->seconds);
    if (e->kind == TT_EVENT_MEMORY) {
      tt_expect(live < 0 || e->live == live + e->bytes, "%g after %g and %g", e->live, live, e->bytes);
      live = e->live;
      continue;
    }
    for (int64_t k = 0; k < i; k++) {
      const ProfileEvent *f = &p->event[k];
      double es = e->start, ee = es + e->seconds, fs = f->start, fe = fs + f->seconds;
      bool apart = ee <= fs + eps || fe <= es + eps;
      bool nested = (es <= fs + eps && fe <= ee + eps) || (fs <= es + eps && ee <= fe + eps);
      tt_expect(apart || nested, "%s %.9g..%.9g and %s %.9g..%.9g", e->name, es, ee, f->name, fs, fe);
    }
  }
}

static void makes_and_keeps(void *unused) {
  (void)unused;
  tt_ones(TT_SHAPE(100));
  TT_SCOPE;
  tt_neg(tt_ones(TT_SHAPE(200)));
}

TT(profiler, memory_returns_to_its_start) {
  MemoryStats before = tt_memory_stats();
  Profile *p = tt_profile(makes_and_keeps, NULL, NULL, once);
  double sum = 0, most = 0;
  const char *calls[8] = {0};
  int n = 0;
  for (int64_t i = 0; i < p->events; i++)
    if (p->event[i].kind == TT_EVENT_MEMORY) {
      if (p->event[i].bytes > 0 && n < 8)
        calls[n++] = p->event[i].call;
      sum += p->event[i].bytes, most = fmax(most, sum);
    }
  tt_expect_int(n, 3);
  for (int i = 0; i < 3; i++)
    tt_expect_text(calls[i] ? calls[i] : "none", i < 2 ? "tt_ones" : "tt_neg");
  tt_expect_close(sum, 0, 0, 0);
  tt_expect(most >= 500 * sizeof(Real) && most < 500 * sizeof(Real) + 300, "peak %g", most);
  tt_release(p->block);
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
  tt_expect_int(tt_memory_stats().tensors, before.tensors);
}

// ---- nothing is left, and nothing is disturbed -----------------------------------
static void is_off(const char *when) {
  tt_expect(!tt_watch, "%s: tt_watch is set", when);
  mlp();
  Tensor *(*recorder)(Op *, Tensor *, int, Tensor *const[], const Attr *) = tt_recorder;
  const Backend *backend = tt_backend;
  tt_profile_forward_pass(model, x);
  tt_expect(tt_recorder == recorder, "%s: another recorder", when);
  tt_expect(tt_backend == backend, "%s: another backend", when);
}

static void fails(void *unused) {
  (void)unused;
  tt_forward(model, tt_ones(TT_SHAPE(3, 3)));
}

static void profile_failing(void *unused) {
  (void)unused;
  tt_profile(fails, NULL, model, once);
}

TT(profiler, a_failure_takes_the_hooks_with_it) {
  is_off("at first");
  TensorError e;
  tt_expect(!tt_try(profile_failing, NULL, &e), "it did not fail");
  tt_expect(strstr(e.message, "tt_linear"), "%s", e.message);
  is_off("after a failure");
  {
    TT_SCOPE;
    tt_profiler_start(tt_profiler_new(model, once));
    tt_forward(model, x);
  }
  is_off("after a scope");
}

static void profile_it(void *unused) {
  (void)unused;
  tt_profile_print_modules(tt_profile_forward_pass(model, x));
}

TT(profiler, memory_that_runs_out_is_reported) {
  gpt(7);
  survive_each_fault("tt_profile_forward_pass", profile_it, NULL);
  is_off("after faults");
}

TT(profiler, results_are_the_same_to_the_bit) {
  Gpt *m = gpt(6);
  Tensor *off = tt_forward(m, x);
  Profiler *p = tt_profiler_new(m, once);
  tt_profiler_start(p);
  Tensor *on = tt_forward(m, x);
  tt_profiler_stop(p);
  tt_expect_tensor(on, off, 0, 0);
}

static void another(void *unused) {
  (void)unused;
  tt_profiler_start(tt_profiler_new(model, once));
}

TT(profiler, one_at_a_time) {
  mlp();
  Profiler *p = tt_profiler_new(model, once);
  tt_profiler_start(p);
  TensorError e;
  tt_expect(!tt_try(another, NULL, &e), "two profilers");
  tt_expect(strstr(e.message, "a profiler runs already"), "%s", e.message);
  tt_forward(model, x);
  tt_expect_int(cost(tt_profiler_stop(p), "tt_linear", TT_FORWARD).calls, 2);
}

TT(profiler, the_tape_says_what_it_says_without) {
  mlp();
  Profiler *p = tt_profiler_new(model, once);
  tt_profiler_start(p);
  tt_expect_fail(tt_backward(tt_sum(tt_ones(TT_SHAPE(3)), 0, false)),
                 "does not depend on any tensor that requires a gradient");
  tt_profiler_stop(p);
}

static void *elsewhere(void *unused) {
  for (int i = 0; i < 200; i++) {
    TT_SCOPE;
    tt_span(TT_SPAN_NAMED, "elsewhere");
    tt_matmul(tt_ones(TT_SHAPE(5, 5)), tt_ones(TT_SHAPE(5, 5)));
  }
  tt_clear();
  return unused;
}

TT(profiler, another_thread_passes_through) {
  mlp();
  Profiler *p = tt_profiler_new(model, once);
  pthread_t thread;
  tt_profiler_start(p);
  pthread_create(&thread, NULL, elsewhere, NULL);
  for (int i = 0; i < 50; i++)
    tt_forward(model, x);
  pthread_join(thread, NULL);
  Profile *f = tt_profiler_stop(p);
  tt_expect_int(cost(f, "tt_linear", TT_FORWARD).calls, 100);
  tt_expect_int(cost(f, "tt_matmul", TT_OTHER).calls, 0);
  tt_expect_int(f->modules, 5);
}

// ---- modules -------------------------------------------------------------------
static Linear *shared;
static Tensor *twice(Module *m, Tensor *input) {
  (void)m;
  return tt_forward(shared, tt_forward(shared, input));
}
typedef struct Twice { Module base; Linear *first, *second; } Twice;
static const ModuleField twice_fields[] = {TT_CHILD(Twice, first), TT_CHILD(Twice, second), {0}};
static const ModuleType twice_type = {"Twice", sizeof(Twice), twice_fields, twice, NULL};

TT(profiler, a_module_in_two_places_has_its_first_name) {
  Twice *t = tt_module_new(&twice_type);
  t->first = t->second = shared = tt_linear_new(4, 4, NULL);
  use(t, tt_ones(TT_SHAPE(2, 4)));
  Profile *p = tt_profile(forward, NULL, model, once);
  tt_expect_int(p->modules, 2);
  tt_expect_text(p->module[1].name, "first");
  tt_expect_int(p->module[1].self[TT_FORWARD].calls, 2);
  tt_expect_int(p->module[0].self[TT_FORWARD].calls, 1);
}

static void named(void *unused) {
  (void)unused;
  Linear *stranger = tt_linear_new(8, 8, NULL);
  TT_SPAN("data");
  tt_forward(stranger, x);
}

TT(profiler, strangers_and_names_have_rows) {
  mlp();
  Profile *p = tt_profile(named, NULL, model, once);
  tt_expect_int(p->modules, 7);
  tt_expect_text(p->module[5].name, "data");
  tt_expect_text(p->module[6].name, "(Linear)");
  tt_expect_int(p->module[6].self[TT_FORWARD].calls, 1);
  tt_expect(!p->module[5].type, "a name has a type");
  tt_expect(p->module[5].self[TT_FORWARD].flops == 0, "its work is that of a module in it");
}

// ---- differences ---------------------------------------------------------------
TT(profiler, a_difference_is_of_one_step) {
  mlp();
  Profile *a = tt_profile(forward, NULL, model, (ProfilerOptions){.active = 4});
  ProfileDifference *d = tt_profile_difference(a, a);
  tt_expect_int(d->n, a->n);
  for (int i = 0; i < d->n; i++)
    tt_expect(d->change[i].before.seconds == d->change[i].after.seconds, "%s", d->change[i].name);
  tt_expect_close(d->before, a->seconds / 4, 1e-12, 0);
  Profile *b = tt_profile(train, NULL, model, (ProfilerOptions){.active = 2});
  d = tt_profile_difference(a, b);
  double sum = 0, last = INFINITY;
  for (int i = 0; i < d->n; i++) {
    double change = d->change[i].after.seconds - d->change[i].before.seconds;
    sum += change;
    tt_expect(fabs(change) <= last, "%s: not in order", d->change[i].name);
    last = fabs(change);
    if (strcmp(d->change[i].name, "tt_linear") == 0 && d->change[i].phase == TT_FORWARD)
      tt_expect_int(d->change[i].after.calls, 2);
  }
  tt_expect_close(sum, d->after - d->before, 1e-6, 1e-12);
}

TT(profiler, quick_and_counts) {
  Gpt *m = gpt(6);
  tt_expect_int(tt_count_parameters(m), tt_gpt_parameters(m->options));
  tt_quick_profile(m, x);
  tt_profile_print_modules(tt_profile_forward_pass(m, x));
  for (int i = 0; i < tt_module_parameters(m).n; i++)
    tt_expect(!(*tt_module_parameters(m).entry[i].slot)->grad, "a gradient is left");
}

static void slow_operation(void *n) {
  for (int i = 0; i < *(int *)n; i++) {
    TT_SCOPE;
    tt_neg(x);
  }
}

// A clock of which each reading takes 10 ns: a span reads it twice.
static int64_t ticking(void) {
  static int64_t now;
  return now += 10;
}

TT(profiler, a_span_costs_what_it_says) {
  int n = 10;
  x = tt_ones(TT_SHAPE(4));
  Profile *p = tt_profile(slow_operation, &n, NULL,
                          (ProfilerOptions){.events = 10, .clock = ticking});
  tt_expect_close(p->span_seconds, 20e-9, 0.02, 0);
  p = tt_profile(slow_operation, &n, NULL, (ProfilerOptions){.events = 10});
  tt_expect(p->span_seconds > 0, "%g s", p->span_seconds);
}

// ---- what others left on the tape, and in the hooks ------------------------------
TT(profiler, a_tape_of_an_earlier_profile_has_other_modules) {
  Gpt *m = gpt(5);
  Profiler *p = tt_profiler_new(m, (ProfilerOptions){0});
  tt_profiler_start(p);
  Tensor *loss = tt_sum(tt_forward(m, x), TT_ALL, false);
  tt_profiler_stop(p);
  Linear *other = tt_linear_new(2, 2, NULL);
  p = tt_profiler_new(other, (ProfilerOptions){0});
  tt_profiler_start(p);
  tt_forward(other, tt_ones(TT_SHAPE(1, 2)));
  tt_backward(loss);
  Profile *f = tt_profiler_stop(p);
  tt_expect_int(f->modules, 1);
  tt_expect_int(f->module[0].self[TT_BACKWARD].calls, 0);
  tt_expect_close(f->module[0].total[TT_BACKWARD].flops, 0, 0, 0);
  for (int64_t i = 0; i < f->events; i++)
    tt_expect(f->event[i].module < 1, "event %d is of module %d", (int)i, f->event[i].module);
}

static Profiler *within;

static void stop_within(void *unused) {
  (void)unused;
  tt_profiler_stop(within);
}

static void start_within(void *unused) {
  (void)unused;
  tt_profiler_start(within);
}

TT(profiler, memory_is_measured_around_its_end) {
  x = tt_ones(TT_SHAPE(4));
  for (int i = 0; i < 3; i++) {
    within = tt_profiler_new(NULL, (ProfilerOptions){0});
    tt_profiler_start(within);
    tt_neg(x);
    tt_measure_memory(stop_within, NULL, (MemoryOptions){0});
    tt_neg(x);
  }
  within = tt_profiler_new(NULL, (ProfilerOptions){0});
  tt_expect_fail(tt_measure_memory(start_within, NULL, (MemoryOptions){0}),
                 "tt_measure_memory listens");
  tt_profiler_start(within);
  tt_neg(x);
  Profile *f = tt_profiler_stop(within);
  tt_expect_int(f->row[0].cost.calls + f->row[1].cost.calls, 1);
}

TT(profiler, a_profile_that_ends_too_early_is_empty) {
  x = tt_ones(TT_SHAPE(4));
  for (int steps = 0; steps < 6; steps++) {
    Profiler *p = tt_profiler_new(NULL, (ProfilerOptions){.wait = 2, .warmup = 2, .active = 2});
    tt_profiler_start(p);
    for (int i = 0; i < steps; i++) tt_neg(x), tt_profiler_step(p);
    tt_neg(x);
    Profile *f = tt_profiler_stop(p);
    tt_expect((f->seconds > 0) == (steps >= 4), "%d steps: %g s", steps, f->seconds);
    tt_expect_int(f->n, steps >= 4 ? 2 : 1);
    tt_expect((f->events > 0) == (steps >= 4), "%d steps: %d events", steps, (int)f->events);
  }
}

TT(profiler, options_and_shares_that_are_none) {
  tt_expect_fail(tt_profiler_new(NULL, (ProfilerOptions){.wait = -3}), "-3, 0 and 0 steps");
  tt_expect_fail(tt_profiler_new(NULL, (ProfilerOptions){.warmup = -1}), "0, -1 and 0 steps");
  tt_expect_fail(tt_profiler_new(NULL, (ProfilerOptions){.active = -1}), "0, 0 and -1 steps");
  tt_expect_fail(tt_profiler_new(NULL, (ProfilerOptions){.events = INT64_MAX / 64}),
                 "fewer than 2^31 events");
  double one = 1;
  tt_expect_fail(tt_percentile(0, &one, 0.5), "share 0.5 of 0 numbers");
  tt_expect_fail(tt_percentile(1, &one, NAN), "a share is from 0 to 1");
  tt_expect_fail(tt_percentile(1, &one, 90), "share 90 of 1 numbers");
}

TT(profiler, a_flame_of_no_time) {
  ProfileEvent e[2] = {{.kind = TT_EVENT_KERNEL, .name = "map"},
                       {.kind = TT_EVENT_KERNEL, .name = "gemm"}};
  char *text = NULL;
  size_t n = 0;
  FILE *f = open_memstream(&text, &n);
  tt_profiler_flame(f, &(Profile){.steps = 1, .events = 2, .event = e});
  fclose(f);
  tt_expect(!strstr(text, "nan") && strstr(text, "</svg>"), "%s", text);
  free(text);
}

TT(profiler, a_name_is_what_it_says_not_where) {
  char name[32];
  Profiler *p = tt_profiler_new(NULL, (ProfilerOptions){0});
  tt_profiler_start(p);
  for (int i = 0; i < 1000; i++) {
    snprintf(name, sizeof name, "layer %d", i % 90);
    TT_SPAN(name);
    tt_ones(TT_SHAPE(3));
  }
  for (int i = 0; i < 2; i++) {
    char again[] = "layer 1";
    TT_SPAN(again);
  }
  Profile *f = tt_profiler_stop(p);
  tt_expect_int(f->modules, 64);     // for more there is no room
  for (int i = 0; i < f->modules; i++) {
    snprintf(name, sizeof name, "layer %d", i);
    tt_expect(strcmp(f->module[i].name, name) == 0, "%d is %s", i, f->module[i].name);
    tt_expect_int(f->module[i].self[TT_FORWARD].calls, (i < 10 ? 12 : 11) + 2 * (i == 1));
  }
}

TT(profiler, a_span_around_the_steps_has_those_that_count) {
  x = tt_ones(TT_SHAPE(4));
  Profiler *p = tt_profiler_new(NULL, (ProfilerOptions){.warmup = 3, .active = 2});
  tt_profiler_start(p);
  {
    TT_SPAN("all steps");
    for (int i = 0; i < 5; i++) {
      for (int k = 0; k < (i < 3 ? 3000 : 1); k++) tt_release(tt_neg(x));
      tt_profiler_step(p);
    }
  }
  Profile *f = tt_profiler_stop(p);
  const ProfileCost *all = &f->module[0].self[TT_FORWARD];
  tt_expect(all->seconds <= f->seconds * 1.001, "%g s of %g", all->seconds, f->seconds);
  tt_expect_close(all->flops, 2 * 4, 0, 0);
}

static void *stop_elsewhere(void *unused) {
  (void)unused;
  tt_expect_fail(tt_profiler_step(within), "runs in another thread");
  tt_expect_fail(tt_profiler_stop(within), "runs in another thread");
  tt_clear();
  return NULL;
}

TT(profiler, another_thread_does_not_stop_it) {
  x = tt_ones(TT_SHAPE(4));
  within = tt_profiler_new(NULL, (ProfilerOptions){0});
  tt_profiler_start(within);
  pthread_t other;
  tt_expect(pthread_create(&other, NULL, stop_elsewhere, NULL) == 0, "a thread");
  pthread_join(other, NULL);
  tt_neg(x);
  tt_expect_int(tt_profiler_stop(within)->n, 2);
}
