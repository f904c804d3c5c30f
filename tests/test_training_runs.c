// Needs chapter 07: what a run must not lose, whatever the model, the data,
// the locale and the file system are.
#define _GNU_SOURCE
#include "files.h"
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <locale.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// ---- generators of a user's own layer ----------------------------------------
typedef struct Noise { Module base; Generator hiss, rare; } Noise;

static Tensor *noise_forward(Module *m, Tensor *x) {
  Noise *n = (Noise *)m;
  TT_SCOPE;
  Generator *g = tt_random(&n->rare) % 3 ? &n->hiss : &n->rare;
  return tt_keep(tt_add(x, tt_rand(tt_shape(x), g)));
}

static const ModuleField noise_fields[] = {
  TT_GENERATOR(Noise, hiss), TT_GENERATOR(Noise, rare), {0}
};
static const ModuleType noise_type = {
  "Noise", sizeof(Noise), noise_fields, noise_forward, NULL
};

static Noise *noise_new(uint64_t seed) {
  Noise *n = tt_module_new(&noise_type);
  tt_manual_seed(&n->hiss, seed);
  tt_manual_seed(&n->rare, seed + 1);
  return n;
}

static BatchSource *points(int64_t n, BatchOptions o) {
  Generator g;
  tt_manual_seed(&g, 3);
  return tt_batches_new(tt_randn(TT_SHAPE(n, 2), &g),
                        tt_randn(TT_SHAPE(n, 1), &g), o);
}

// a net with noise after its first layer, and a generator of the trainer
static Trainer noisy(uint64_t seed, Generator *g) {
  tt_autograd_enable();
  tt_manual_seed(g, seed);
  void *net = TT_SEQUENTIAL(tt_linear_new(2, 4, g), noise_new(seed),
    tt_activation_new(tt_tanh), tt_dropout_new(0.2, g), tt_linear_new(4, 1, g));
  return (Trainer){
    .model = net, .loss = tt_mse_loss, .epochs = 2, .quiet = true,
    .opt = tt_adam_new(tt_module_parameters(net), (AdamOptions){.lr = 0.01}),
    .train = points(10, (BatchOptions){.size = 3, .shuffle = true}),
    .generator = g};
}

static int stops;
static void note_stop(void *text, const char *name, FieldKind kind, void *slot) {
  if (kind != TT_GENERATOR) return;
  strcat(strcat(text, name), " ");
  stops += ((Generator *)slot)->state[0] != 0;
}

TT(training_runs, the_walk_shows_every_generator) {
  Generator g;
  char text[200] = "";
  Trainer t = noisy(1, &g);
  stops = 0;
  tt_module_walk(t.model, note_stop, text);
  tt_expect_text(text, "1.hiss 1.rare 3.random ");
  tt_expect_int(stops, 3);
  tt_expect_int(tt_module_state_dict(t.model).n, 4);
  tt_expect_int(tt_module_parameters(t.model).n, 4);
  Scope s;                         // and it is kept and freed with its module
  tt_scope_open(&s);
  Noise *n = tt_module_keep(noise_new(4));
  tt_scope_close(&s);
  tt_forward(n, tt_zeros(TT_SHAPE(2)));
  tt_module_free(n);
}

TT(training_runs, an_own_layer_goes_on_with_its_random_numbers) {
  Generator g, h;
  Trainer whole = noisy(1, &g);
  whole.epochs = 6;
  tt_trainer_run(&whole);
  Trainer part = noisy(1, &g);
  part.epochs = 3, part.checkpoint = beside("noise");
  tt_trainer_run(&part);
  Trainer rest = noisy(2, &h);
  rest.epochs = 6, rest.checkpoint = beside("noise"), rest.resume = true;
  tt_trainer_run(&rest);
  for (int i = 0; i < whole.state.n; i++)
    tt_expect_tensor(*rest.state.entry[i].slot, *whole.state.entry[i].slot, 0, 0);
}

TT(training_runs, generators_of_another_model_are_refused) {
  Generator g;
  Trainer t = noisy(1, &g);
  t.checkpoint = beside("generators");
  tt_checkpoint_save(t.checkpoint, &t);
  Metadata m;
  StateDict sd = tt_load_file_with(t.checkpoint, &m);
  for (int i = 0; i < m.n; i++)
    if (strcmp(m.pair[i].key, TT_CHECKSUM_KEY) == 0) m.pair[i] = m.pair[--m.n];
  char *name = NULL;
  for (int i = 0; i < sd.n; i++)
    if (strcmp(sd.entry[i].name, "generator.1.rare") == 0) name = sd.entry[i].name;
  tt_expect(name, "no generator.1.rare in the file");
  tt_save_file(beside("same"), sd, m);
  tt_checkpoint_load(beside("same"), &t);
  strcpy(name, "generator.1.other");
  tt_save_file(beside("renamed"), sd, m);
  tt_expect_fail(tt_checkpoint_load(beside("renamed"), &t), "its generators are not");
  strcpy(name, "unknown");
  tt_save_file(beside("fewer"), sd, m);
  tt_expect_fail(tt_checkpoint_load(beside("fewer"), &t), "its generators are not");
}

// ---- batches of tensors whose strides are not those of their shape -------------
// One row, or no columns: contiguous, and stride[0] can be anything.
static void expect_rows(Tensor *x, int64_t size, bool shuffle) {
  int64_t n = x->shape[0];
  BatchSource *s = tt_batches_new(x, tt_arange(0, (Real)n, 1),
                                  (BatchOptions){.size = size, .shuffle = shuffle});
  for (Batch b; (b = tt_source_next(s)).x;)
    for (int64_t i = 0; i < b.x->shape[0]; i++) {
      int64_t at = (int64_t)tt_peek(b.y, i);
      tt_expect_tensor(tt_slice(b.x, 0, i, i + 1, 1), tt_slice(x, 0, at, at + 1, 1), 0, 0);
    }
}

TT(training_runs, rows_of_any_stride_are_batches) {
  Generator g;
  tt_manual_seed(&g, 2);
  Tensor *all = tt_randn(TT_SHAPE(20, 50), &g), *col = tt_transpose(all, 0, 1);
  Tensor *x[] = {
    tt_slice(tt_slice(all, 0, 0, 1, 1), 1, 0, 3, 1),        // [1,3], stride 50
    tt_unsqueeze(tt_slice(tt_select(all, 0, 1), 0, 0, 9, 1), 0), // [1,9], stride 1
    tt_slice(all, 1, 0, 0, 1),                              // [20,0]
    tt_slice(all, 1, 0, 1, 1), tt_slice(all, 1, 4, 9, 2),
    tt_slice(all, 0, 1, 20, 3), col, tt_slice(col, 0, 7, 8, 1),
    tt_expand(tt_slice(all, 0, 0, 1, 1), TT_SHAPE(6, 50)),
    tt_select(all, 0, 1), tt_select(all, 1, 1),             // rank 1
    tt_slice(tt_select(all, 0, 1), 0, 2, 3, 1),
    tt_slice(tt_to(tt_reshape(all, TT_SHAPE(20, 5, 10)), TT_U8), 1, 2, 3, 1),
  };
  for (size_t i = 0; i < sizeof x / sizeof *x; i++)
    for (int64_t size = 1; size <= x[i]->shape[0]; size += 3)
      for (int shuffle = 0; shuffle < 2; shuffle++) expect_rows(x[i], size, shuffle);
}

// ---- gradients that a program made itself -------------------------------------
static void *one_layer(int64_t in, Tensor **weight, StateDict *p) {
  void *net = tt_linear_new_no_bias(in, 1, NULL);
  *p = tt_module_parameters(net);
  *weight = *p->entry[0].slot;
  return net;
}

TT(training_runs, a_gradient_may_be_any_view) {
  StateDict p;
  Tensor *w;
  one_layer(1000, &w, &p);
  Tensor *one = tt_ones(TT_SHAPE(1, 1));
  w->grad = tt_expand(tt_alias(one), TT_SHAPE(1, 1000));
  tt_expect_close(tt_clip_grad_norm(p, 1), sqrt(1000), 1e-6, 0);
  tt_expect_close(tt_clip_grad_norm(p, 1), 1, 1e-5, 0);
  tt_expect_values(one, 0, 1);             // what it was made of is as it was
  Tensor *rows = tt_reshape(tt_arange(0, 8, 1), TT_SHAPE(4, 2));
  one_layer(4, &w, &p);
  w->grad = tt_transpose(tt_slice(rows, 1, 1, 2, 1), 0, 1);
  tt_expect_close(tt_clip_grad_norm(p, 100), sqrt(1 + 9 + 25 + 49), 1e-6, 0);
  tt_zero_grad(w);
  w->grad = tt_transpose(tt_slice(rows, 1, 1, 2, 1), 0, 1);
  tt_clip_grad_value(p, 4);
  tt_expect_values(w->grad, 0, 1, 3, 4, 4);
  tt_zero_grad(w);
  w->grad = tt_transpose(tt_slice(rows, 1, 1, 2, 1), 0, 1);
  tt_scale_grad(p, 2);
  tt_expect_values(w->grad, 0, 2, 6, 10, 14);
  tt_expect_values(rows, 0, 0, 1, 2, 3, 4, 5, 6, 7);
}

TT(training_runs, a_gradient_outlives_the_scope_it_was_scaled_in) {
  StateDict p;
  Tensor *w;
  one_layer(3, &w, &p);
  w->grad = tt_expand(tt_ones(TT_SHAPE(1, 1)), TT_SHAPE(1, 3));
  {
    TT_SCOPE;
    tt_scale_grad(p, 3);
  }
  tt_expect_values(w->grad, 0, 3, 3, 3);
}

TT(training_runs, a_gradient_that_was_recorded_is_copied_unrecorded) {
  StateDict p;
  Tensor *w;
  tt_autograd_enable();
  one_layer(3, &w, &p);
  Tensor *other = tt_requires_grad_(tt_ones(TT_SHAPE(3, 2)), true);
  w->grad = tt_transpose(tt_slice(tt_mul_scalar(other, 2), 1, 0, 1, 1), 0, 1);
  tt_scale_grad(p, 3);
  tt_expect_values(w->grad, 0, 6, 6, 6);
  tt_expect(!w->grad->node && !w->grad->requires_grad, "it is recorded");
}

TT(training_runs, a_gradient_of_whole_numbers_is_refused) {
  StateDict p;
  Tensor *w;
  one_layer(3, &w, &p);
  w->grad = tt_from_int(TT_SHAPE(1, 3), (int32_t[]){1, 2, 3});
  tt_expect_fail(tt_clip_grad_norm(p, 1), "tt_clip_grad_norm: the gradient of weight is a tensor of i32");
  tt_expect_fail(tt_clip_grad_value(p, 1), "tt_clip_grad_value: the gradient of weight");
  tt_expect_fail(tt_scale_grad(p, 1), "tt_scale_grad: the gradient of weight");
}

// ---- a program that writes commas -----------------------------------------------

// what a run writes, and loads again
static void write_all(const char *name) {
  Generator g;
  Trainer t = noisy(1, &g);
  char metrics[300], text[300];
  snprintf(metrics, sizeof metrics, "%s.tsv", beside(name));
  snprintf(text, sizeof text, "%s.text", beside(name));
  t.metrics = metrics, t.checkpoint = beside(name), t.metric = NULL;
  unlink(metrics);
  t.valid = points(5, (BatchOptions){.size = 2}), t.patience = 9;
  tt_trainer_run(&t);
  int out = dup(1);
  FILE *f = freopen(text, "w", stdout);    // and what it prints
  tt_expect(f, "cannot write %s", text);
  t.quiet = false, t.epochs = 3;
  tt_trainer_run(&t);
  tt_module_print(t.model);
  tt_print(tt_full(TT_SHAPE(2), 0.5));
  tt_print(tt_full(TT_SHAPE(2), (Real)1e-9));
  Tensor *w = tt_requires_grad_(tt_ones(TT_SHAPE(2)), true);
  tt_graph(stdout, tt_sum(tt_mul(w, tt_ones(TT_SHAPE(2))), TT_ALL, false));
  fflush(stdout);
  dup2(out, 1);
  close(out);
}

static void expect_same_file(const char *a, const char *b, const char *end) {
  char path[2][300];
  snprintf(path[0], 300, "%s%s", beside(a), end);
  snprintf(path[1], 300, "%s%s", beside(b), end);
  Bytes x = read_bytes(path[0]), y = read_bytes(path[1]);
  tt_expect(x.n > 0 && x.n < 60000, "%s: %zu bytes", path[0], x.n);
  tt_expect_text((char *)y.at + (*end ? 0 : 8), (char *)x.at + (*end ? 0 : 8));
  tt_expect(x.n == y.n && memcmp(x.at, y.at, x.n) == 0, "%s differs", path[0]);
}

TT(training_runs, no_file_depends_on_the_locale) {
  write_all("points");
  commas(true);
  write_all("commas");
  expect_same_file("points", "commas", "");
  expect_same_file("points", "commas", ".tsv");
  expect_same_file("points", "commas", ".text");
  Generator g;
  Trainer t = noisy(2, &g);
  t.checkpoint = beside("points");
  t.valid = points(5, (BatchOptions){.size = 2}), t.patience = 9;
  tt_checkpoint_load(t.checkpoint, &t);
  tt_expect(t.at.sum.loss == 0 && t.at.best > 0 && t.at.best != floor(t.at.best),
            "best %g", t.at.best);
  commas(false);
  tt_checkpoint_load(beside("commas"), &t);
}

TT(training_runs, the_locale_of_the_program_stays) {
  commas(true);
  Generator g;
  Trainer t = noisy(1, &g);
  t.checkpoint = beside("stays");
  tt_trainer_run(&t);
  FILE *f = fopen("/dev/null", "w");
  tt_fprint(f, tt_ones(TT_SHAPE(2)));
  tt_module_fprint(f, t.model);
  fclose(f);
  char text[20];
  snprintf(text, sizeof text, "%.1f", 0.5);
  tt_expect_text(text, "0,5");
}

// ---- the modes of a model --------------------------------------------------------
static Tensor *unrecorded(Tensor *y, Tensor *want) {
  tt_expect(!y->node, "a judged model is recorded");
  return tt_mse_loss(y, want);
}

TT(runs, a_model_has_its_modes_after_it_was_judged) {
  Generator g;
  Trainer t = noisy(1, &g);
  Sequential *net = t.model;
  Module *m[] = {&net->base, net->layer[0], net->layer[2], net->layer[3]};
  BatchSource *s = points(5, (BatchOptions){.size = 2});
  for (unsigned modes = 0; modes < 16; modes++) {
    for (int i = 0; i < 4; i++) m[i]->training = modes >> i & 1;
    MemoryStats before = tt_memory_stats();
    tt_evaluate(net, s, unrecorded, NULL);
    tt_expect_int(tt_memory_stats().tensors, before.tensors);
    for (int i = 0; i < 4; i++)
      tt_expect_int(m[i]->training, modes >> i & 1);
  }
}

static int judged;
static Tensor *fails_in_the_second(Tensor *y, Tensor *want) {
  if (judged++ == 1) tt_fail(TT_EVALUE, "as planned");
  return tt_mse_loss(y, want);
}

static void judge(void *net) {
  BatchSource *s = points(5, (BatchOptions){.size = 2});
  tt_evaluate(net, s, fails_in_the_second, NULL);
}

TT(runs, a_model_has_its_modes_after_a_loss_that_failed) {
  Generator g;
  TensorError e = {0};
  Trainer t = noisy(1, &g);
  Sequential *net = t.model;
  net->layer[2]->training = false;
  MemoryStats before = tt_memory_stats();
  tt_expect(!tt_try(judge, net, &e) && strstr(e.message, "as planned"), "%s", e.message);
  tt_expect_int(tt_memory_stats().tensors, before.tensors);
  tt_expect(net->base.training && net->layer[0]->training
            && !net->layer[2]->training, "the modes are those of the judging");
}

// A layer that the program has put into eval mode is not woken up by a look at
// the validation data, and training is in train mode.
static int awake, asleep;
static void count_modes(Trainer *t) {
  awake += ((Module *)t->model)->training;
  asleep += !((Sequential *)t->model)->layer[3]->training;
  ((Sequential *)t->model)->layer[3]->training = false;
}

TT(runs, training_is_in_train_mode_after_a_look_at_other_data) {
  Generator g;
  Trainer t = noisy(1, &g);
  t.valid = points(5, (BatchOptions){.size = 5});
  t.after_step = count_modes;
  tt_module_eval(t.model);
  tt_trainer_run(&t);
  tt_expect_int(awake, 8);
  tt_expect_int(asleep, 7);
}

// ---- steps without a gradient ----------------------------------------------------
static int warnings(StateDict p, Optimizer *opt, bool gradient, int steps) {
  const char *path = beside("stderr");
  int err = dup(2);
  tt_expect(freopen(path, "w", stderr), "cannot write %s", path);
  for (int i = 0; i < steps; i++) {
    if (gradient) (*p.entry[0].slot)->grad = tt_ones(tt_shape(*p.entry[0].slot));
    tt_optimizer_step(opt);
    tt_optimizer_zero_grad(opt);
  }
  fflush(stderr);
  dup2(err, 2);
  close(err);
  int n = 0;
  for (const char *c = (char *)read_bytes(path).at; (c = strstr(c, "no parameter that learns has a gradient")); c++) n++;
  return n;
}

TT(runs, a_step_without_any_gradient_is_reported_once) {
  StateDict p;
  Tensor *w;
  one_layer(3, &w, &p);
  Optimizer *opt = tt_adam_new(p, (AdamOptions){.lr = 1});
  tt_expect_int(warnings(p, opt, true, 3), 0);
  tt_expect_int(warnings(p, opt, false, 3), 1);
  tt_expect_int(warnings(p, opt, false, 3), 0);
  opt = tt_sgd_new(p, (SgdOptions){.lr = 1});
  w->requires_grad = false;
  tt_expect_int(warnings(p, opt, true, 2), 1);
}

// ---- what a program sees of its run ------------------------------------------------
static Metrics seen[9][2];
static void note_epoch(Trainer *t) {
  seen[t->at.epoch][0] = t->train_score;
  seen[t->at.epoch][1] = t->valid_score;
  if (t->at.epoch == 3) t->epochs = 3;
}

static double half(Tensor *y, Tensor *want) { return y->shape[0] == want->shape[0] ? 0.5 : 0; }

TT(runs, each_epoch_is_seen_by_the_program) {
  Generator g;
  Trainer t = noisy(1, &g);
  t.valid = points(5, (BatchOptions){.size = 2});
  t.epochs = 9, t.after_epoch = note_epoch, t.metric = half, t.metrics = beside("seen");
  unlink(t.metrics);
  tt_trainer_run(&t);
  tt_expect_int(t.at.epoch, 3);
  char *row = (char *)read_bytes(t.metrics).at;
  for (int i = 1; i <= 3; i++) {
    row = strchr(row, '\n') + 1;
    double v[4];
    tt_expect_int(sscanf(row, "%*d %*d %*f %lf %lf %lf %lf", &v[0], &v[1], &v[2], &v[3]), 4);
    for (int k = 0; k < 2; k++) {
      tt_expect_close(seen[i][k].loss, v[2 * k], 1e-7, 0);
      tt_expect_close(seen[i][k].metric, 0.5, 0, 0);
      tt_expect_int(seen[i][k].n, k ? 5 : 10);
    }
  }
  tt_expect(seen[1][1].loss != seen[3][1].loss, "nothing was learned");
}

// after_step comes before the checkpoint of its step
static void read_back(Trainer *t) {
  Metadata m;
  int64_t step = t->at.step - 1, saved = step / 3 * 3, ended = step / 4 * 4;
  if (ended > saved) saved = ended;        // at the end of an epoch of 4 steps
  tt_expect_int(t->saved_step, saved ? saved : -1);
  if (!saved) return;
  tt_load_file_with(t->checkpoint, &m);
  long long epoch, got;
  tt_expect_int(sscanf(tt_metadata_get(m, "progress"), "epoch %lld, step %lld", &epoch, &got), 2);
  tt_expect_int(got, saved);
}

TT(runs, checkpoints_are_written_within_an_epoch) {
  Generator g;
  Trainer t = noisy(1, &g);
  t.checkpoint = beside("every"), t.every = 3, t.after_step = read_back;
  t.epochs = 3;
  tt_trainer_run(&t);
  tt_expect_int(t.at.step, 12);
}

// ---- a model without its trainer -----------------------------------------------------
static const double valid_script[] = {4, 2, 3, 3};
static Trainer *played;
static Tensor *weights[9];
static Tensor *play(Tensor *y, Tensor *want) {
  if (((Module *)played->model)->training) return tt_mse_loss(y, want);
  return tt_full(TT_SCALAR, (Real)valid_script[played->at.epoch]);
}

static void keep_weight(Trainer *t) {
  weights[t->at.epoch] = tt_clone(tt_detach(*t->state.entry[0].slot));
}

static void expect_weight(const char *path, const Tensor *want) {
  Generator g;
  Trainer other = noisy(7, &g);
  tt_load_model(path, other.model);
  tt_expect_tensor(*tt_module_parameters(other.model).entry[0].slot, (Tensor *)(uintptr_t)want, 0, 0);
  tt_expect(!((Sequential *)other.model)->layer[3]->training, "it is in train mode");
}

// The best epoch lies before the interruption, none after it is better: its
// weights are in the checkpoint, and the model has them when the run is over.
TT(runs, the_best_weights_outlast_an_interruption) {
  Generator g, h;
  Trainer t = noisy(1, &g);
  t.checkpoint = beside("outlast"), t.epochs = 3, t.after_epoch = keep_weight;
  t.patience = 9, t.loss = play, t.valid = points(5, (BatchOptions){.size = 5});
  played = &t;
  tt_trainer_run(&t);
  tt_expect_int(t.at.best_epoch, 2);
  Trainer on = noisy(7, &h);
  on.checkpoint = t.checkpoint, on.epochs = 4, on.after_epoch = keep_weight;
  on.patience = 9, on.loss = play, on.valid = t.valid, on.resume = true;
  played = &on;
  tt_trainer_run(&on);
  tt_expect_int(on.at.epoch, 4);
  tt_expect_int(on.at.best_epoch, 2);
  tt_expect(!tt_allclose(weights[4], weights[2], 0, 0), "the last epoch changed nothing");
  tt_expect_tensor(*on.state.entry[0].slot, weights[2], 0, 0);
}

TT(runs, a_model_is_loaded_for_use) {
  Generator g;
  Trainer t = noisy(1, &g);
  const char *path = beside("model"), *plain = beside("plain");
  t.checkpoint = path, t.epochs = 4, t.after_epoch = keep_weight;
  tt_trainer_run(&t);
  expect_weight(path, weights[4]);          // the last: it had no patience
  t = noisy(1, &g);
  t.checkpoint = path, t.epochs = 4, t.after_epoch = keep_weight;
  t.patience = 9, t.loss = play, t.valid = points(5, (BatchOptions){.size = 5});
  played = &t;
  tt_trainer_run(&t);
  tt_expect_int(t.at.best_epoch, 2);
  expect_weight(path, weights[2]);
  tt_save_file(plain, tt_module_state_dict(t.model), (Metadata){0});
  expect_weight(plain, weights[2]);
  t = noisy(3, &g);                          // no epoch yet that could be the best
  t.patience = 9, t.valid = points(5, (BatchOptions){.size = 5});
  tt_checkpoint_save(path, &t);
  tt_fill_(tt_detach(*tt_module_parameters(t.model).entry[0].slot), 3);
  tt_checkpoint_save(path, &t);              // the weights, not the best so far
  expect_weight(path, *tt_module_parameters(t.model).entry[0].slot);
  void *wrong = TT_SEQUENTIAL(tt_linear_new(2, 4, NULL));
  tt_expect_fail(tt_load_model(path, wrong), "unexpected: 4.weight");
  tt_expect_fail(tt_load_model("/nowhere/x", wrong), "No such file");
  static const char foreign[] = "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]},"
    "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}";
  uint64_t length = sizeof foreign - 1;
  FILE *f = fopen(plain, "wb");
  fwrite(&length, sizeof length, 1, f);
  fwrite(foreign, 1, length, f), fwrite("ab", 1, 2, f);
  fclose(f);
  tt_expect_fail(tt_load_model(plain, wrong), "tensors that cannot be read: a (F8_E4M3)");
}

// ---- what is left behind ----------------------------------------------------------------
static int open_files(void) {
  glob_t g;
  tt_expect_int(glob("/proc/self/fd/*", 0, NULL, &g), 0);
  int n = (int)g.gl_pathc;
  globfree(&g);
  return n;
}

TT(runs, of_no_answers_none_is_right) {
  Tensor *none = tt_to(tt_zeros(TT_SHAPE(0)), TT_I32);
  tt_expect_close(tt_accuracy(tt_zeros(TT_SHAPE(0, 3)), none), 0, 0, 0);
}

static Batch no_batch(BatchSource *s) {
  (void)s;
  return (Batch){0};
}

static void no_reset(BatchSource *s) { (void)s; }

TT(runs, of_no_examples_the_loss_is_0) {
  BatchSource none = {.next = no_batch, .reset = no_reset};
  Metrics m = tt_evaluate(TT_SEQUENTIAL(tt_linear_new(3, 2, NULL)), &none,
                          tt_mse_loss, NULL);
  tt_expect_close(m.loss, 0, 0, 0);
  tt_expect_int(m.n, 0);
}

TT(runs, nothing_is_left_behind) {
  Generator g;
  Trainer t = noisy(1, &g);
  t.checkpoint = beside("behind"), t.metrics = beside("behind.tsv"), t.every = 2;
  t.valid = points(5, (BatchOptions){.size = 2}), t.patience = 9, t.clip = 1;
  unlink(t.metrics), rmdir(t.metrics);
  tt_trainer_run(&t);
  Tensor *logits = tt_eye(4), *y = tt_to(tt_arange(0, 4, 1), TT_I32);
  void *other = noisy(2, &g).model;
  int files = open_files();
  int64_t tensors = tt_memory_stats().tensors;
#define LEAVES(n, call) \
  do { call; tt_expect_int(tt_memory_stats().tensors, tensors += (n)); tt_expect_int(open_files(), files); } while (0)
  LEAVES(0, tt_checkpoint_save(t.checkpoint, &t));
  LEAVES(0, tt_checkpoint_load(t.checkpoint, &t));
  LEAVES(0, tt_save_file(beside("behind"), t.state, (Metadata){0}));
  LEAVES(0, tt_load_model(beside("behind"), other));
  LEAVES(0, tt_accuracy(logits, y));
  LEAVES(0, tt_evaluate(t.model, t.valid, tt_mse_loss, NULL));
  LEAVES(7, tt_load_file(beside("behind")));  // 4 tensors, their list, header, metadata
  t.epochs = 4, tt_module_zero_grad(t.model);
  tensors = tt_memory_stats().tensors;
  LEAVES(0, tt_trainer_run(&t));
  for (int i = 0; i < 3; i++) {                  // somebody has removed the table
    t.epochs++;
    unlink(t.metrics);
    mkdir(t.metrics, 0777);
    tt_expect_fail(tt_trainer_run(&t), "directory");
    rmdir(t.metrics);
  }
  tt_expect_int(open_files(), files);
}

static Tensor *gone(Tensor *y, Tensor *want) {
  unlink(played->metrics);
  return tt_mse_loss(y, want);
}

TT(runs, a_table_that_disappears_is_reported) {
  Generator g;
  Trainer t = noisy(1, &g);
  t.metrics = beside("gone"), t.loss = gone;
  played = &t;
  tt_expect_fail(tt_trainer_run(&t), "gone: No such file");
}

// ---- names that are too long for a checkpoint ---------------------------------------------
typedef struct Long { Module base; Tensor *w; } Long;
static const ModuleField long_fields[] = {
  {"a2345678901234567890123456789012345678901234567890123456789012345678901234567890"
   "123456789012345678901", TT_BUFFER, offsetof(Long, w), 0}, {0}
};
static const ModuleType long_type = {"Long", sizeof(Long), long_fields, NULL, NULL};

TT(runs, a_name_too_long_for_a_checkpoint_is_refused) {
  Generator g;
  Trainer t = noisy(1, &g);
  Long *l = tt_module_new(&long_type);
  l->w = tt_ones(TT_SCALAR);
  t.model = l, t.patience = 0;
  tt_expect_fail(tt_checkpoint_save(beside("long"), &t), "is too long");
}

// ---- what was said is there at once -----------------------------------------------------
static void stop_here(Trainer *t) {
  (void)t;
  pause();
}

// Reads from a run that stands still until `text` has come.
static void expect_said(int from, int to, bool at_epoch, const char *text) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    dup2(to, 1);
    Generator g;
    Trainer t = noisy(1, &g);
    t.quiet = false;
    *(at_epoch ? &t.after_epoch : &t.after_step) = stop_here;
    tt_trainer_run(&t);
    _exit(0);
  }
  char said[2000] = "";
  size_t n = 0;
  struct pollfd p = {from, POLLIN, 0};
  while (!strstr(said, text) && n < sizeof said - 1 && poll(&p, 1, 20000) == 1) {
    ssize_t k = read(from, said + n, sizeof said - 1 - n);
    if (k <= 0) break;
    said[n += (size_t)k] = 0;
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  close(from), close(to);
  tt_expect(strstr(said, text), "only '%s' was said", said);
}

TT(training_runs, what_is_said_is_not_kept_back) {
  int ends[2];
  tt_expect_int(pipe(ends), 0);
  expect_said(ends[0], ends[1], true, "epoch 1/2: loss");
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return;
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  if (slave < 0) close(master);
  else expect_said(master, slave, false, "epoch 1/2 [======                  ]  25 %");
}
