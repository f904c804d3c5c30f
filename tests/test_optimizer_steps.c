// Needs chapter 06: a hundred steps of every optimizer with every option
// beside PyTorch 1.13.1 (tests/reference/optimizers.py tells the format);
// then what must hold for all of them, bad input, and too little memory.
#include "faults.h"
#include "vectors.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 11 };

// ---- one parameter list, made by hand ---------------------------------------
static Tensor *a, *b;
static StateEntry entry[2] = {{"a", TT_PARAM, &a}, {"b", TT_PARAM, &b}};
static const StateDict both = {2, entry};
static float start[N];

static void begin(void) {
  a = tt_zeros(TT_SHAPE(3, 2));
  b = tt_zeros(TT_SHAPE(5));
  for (int i = 0; i < N; i++)
    ((Real *)(i < 6 ? a : b)->data)[i < 6 ? i : i - 6] = (Real)start[i];
  a->requires_grad = b->requires_grad = true;
}

static Real weight(int i) {
  return i < 6 ? ((Real *)a->data)[i] : ((Real *)b->data)[i - 6];
}

static Real uniform(uint32_t n) {
  return (Real)((float)((n * 2654435761u) >> 8) * 0x1p-24f);
}

static Real gradient(const char *problem, int t, int i) {
  static const float scale[5] = {0.01F, 0.1F, 1, 10, 100};
  if (strcmp(problem, "bowl") == 0) {
    Real far = weight(i) - (Real)(i - 5);
    return (Real)ldexp(1, i % 4 - 2) * far;
  }
  Real u = uniform((uint32_t)(N * t + i)) - (Real)0.4F;
  return u * (Real)scale[i % 5];
}

static void lay_gradients(const char *problem, int t) {
  Real g[N];
  for (int i = 0; i < N; i++) g[i] = gradient(problem, t, i);
  bool rests = strcmp(problem, "late") == 0 && (t < 10 || (t >= 50 && t < 60));
  tt_zero_grad(a), tt_zero_grad(b);
  a->grad = tt_from(TT_SHAPE(3, 2), g);
  b->grad = rests ? NULL : tt_from(TT_SHAPE(5), g + 6);
}

// ---- options as they stand in the file ---------------------------------------
typedef struct Options {
  char kind[16], problem[16];
  double lr, momentum, dampening, decay, alpha, eps, beta1, beta2;
  int nesterov, centered, amsgrad;
} Options;

static Optimizer *make(const Options *o, StateDict p) {
  if (strcmp(o->kind, "sgd") == 0)
    return tt_sgd_new(p,
                      (SgdOptions){o->lr, o->momentum, o->dampening, o->decay,
                                      o->nesterov});
  if (strcmp(o->kind, "rmsprop") == 0)
    return tt_rmsprop_new(p,
                          (RmsPropOptions){o->lr, o->alpha, o->eps, o->momentum,
                                              o->decay, o->centered});
  AdamOptions s = {o->lr, o->beta1, o->beta2, o->eps, o->decay, o->amsgrad};
  return strcmp(o->kind, "adam") == 0 ? tt_adam_new(p, s) : tt_adamw_new(p, s);
}

static bool read_case(FILE *f, Options *o) {
  return fscanf(f, " case %15s %15s %lf %lf %lf %lf %d %lf %lf %d %lf %lf %d",
                o->kind, o->problem, &o->lr, &o->momentum, &o->dampening,
                &o->decay, &o->nesterov, &o->alpha, &o->eps, &o->centered,
                &o->beta1, &o->beta2, &o->amsgrad) == 13;
}

static void read_floats(FILE *f, float x[N]) {
  for (int i = 0; i < N; i++) {
    uint32_t u;
    tt_expect(fscanf(f, "%*[ ,]%x", &u) == 1, "a list of %d floats", N);
    memcpy(&x[i], &u, sizeof u);
  }
}

static FILE *open_steps(void) {
  FILE *f = open_reference("optimizers.txt");
  tt_expect(fscanf(f, "start") == 0, "no start");
  read_floats(f, start);
  return f;
}

// The variance of a gradient that hardly changes is a difference of nearly
// equal numbers: there PyTorch's float and double results are as far apart.
TT(optimizer_steps, equal_those_of_pytorch) {
  FILE *f = open_steps();
  Options o;
  int cases = 0, t, until;
  for (; read_case(f, &o); cases++) {
    TT_SCOPE;
    begin();
    Optimizer *opt = make(&o, both);
    for (t = 0; t < 100;) {
      float want[N];
      tt_expect(fscanf(f, " at %d", &until) == 1, "no snapshot");
      read_floats(f, want);
      for (; t < until; t++) {
        lay_gradients(o.problem, t);
        tt_optimizer_step(opt);
      }
      for (int i = 0; i < N; i++) {
        double got = (double)weight(i), ref = (double)want[i];
        double error = fabs(got - ref) / (1 + fabs(ref));
        double most = o.centered ? 1e-4 : sizeof(Real) == 4 ? 1e-6 : 1e-5;
        tt_expect(error <= most, "%s %s lr %g momentum %g decay %g eps %g "
                  "centered %d nesterov %d amsgrad %d: weight %d after %d "
                  "steps is %.9g, PyTorch's %.9g", o.kind, o.problem, o.lr,
                  o.momentum, o.decay, o.eps, o.centered, o.nesterov,
                  o.amsgrad, i, t, got, ref);
      }
    }
  }
  fclose(f);
  tt_expect_int(cases, 120);
}

// ---- for all options ------------------------------------------------------
static void all_options(void (*check)(const Options *o)) {
  FILE *f = open_steps();
  Options o;
  while (read_case(f, &o)) {
    for (int i = 0; i < 4; i++) tt_expect(fscanf(f, " at %*[^\n]") == 0, "?");
    TT_SCOPE;
    check(&o);
  }
  fclose(f);
}

static Optimizer *steps(Optimizer *opt, const Options *o, int from, int to) {
  for (int t = from; t < to; t++) {
    TT_SCOPE;
    lay_gradients(o->problem, t);
    tt_optimizer_step(opt);
    tt_optimizer_zero_grad(opt);
  }
  return opt;
}

static void keep_weights(Real w[N]) {
  for (int i = 0; i < N; i++) w[i] = weight(i);
}

static void expect_weights(const char *what, const Options *o, const Real w[N]) {
  for (int i = 0; i < N; i++)
    tt_expect(memcmp(&(Real){weight(i)}, &w[i], sizeof w[i]) == 0,
              "%s: %s %s: weight %d is %.9g, not %.9g", what, o->kind,
              o->problem, i, (double)weight(i), (double)w[i]);
}

// A run in two halves, the second with another optimizer that got the state
// of the first, is the same to the bit.
static void check_resume(const Options *o) {
  Real w[N];
  begin();
  steps(make(o, both), o, 0, 70);
  keep_weights(w);
  begin();
  for (int half = 3; half <= 55; half += 52) {
    begin();
    Optimizer *first = steps(make(o, both), o, 0, half);
    Optimizer *second = make(o, both);
    StateDict s = tt_optimizer_state_dict(first);
    for (int i = 0; i < s.n; i++) {            // as from a file: copies
      Tensor **copy = (Tensor **)tt_empty(TT_U8, TT_SHAPE(8))->data;
      *copy = tt_clone(*s.entry[i].slot);
      s.entry[i].slot = copy;
    }
    tt_optimizer_free(first);
    tt_optimizer_load_state_dict(second, s);
    steps(second, o, half, 70);
    expect_weights("resumed", o, w);
  }
}

TT(optimizer_steps, resume_to_the_bit) { all_options(check_resume); }

// Two groups with equal options are one group.
static void check_groups(const Options *o) {
  Real w[N];
  begin();
  steps(make(o, both), o, 0, 30);
  keep_weights(w);
  begin();
  StateDict second = {1, entry + 1};
  Optimizer *opt = make(o, (StateDict){1, entry});
  ParamGroup *k = opt->group;
  if (strcmp(o->kind, "sgd") == 0) tt_sgd_add_group(opt, second, k->sgd);
  else if (strcmp(o->kind, "rmsprop") == 0)
    tt_rmsprop_add_group(opt, second, k->rmsprop);
  else tt_adam_add_group(opt, second, k->adam);
  steps(opt, o, 0, 30);
  expect_weights("in two groups", o, w);
}

TT(optimizer_steps, do_not_depend_on_groups) { all_options(check_groups); }

// One large tensor, whose length no vector divides, moves as its elements
// do alone.
static void check_sizes(const Options *o) {
  enum { LONG = 77 };
  Tensor *all = tt_randn(TT_SHAPE(LONG), NULL), *one[LONG];
  StateEntry e[LONG];
  all->requires_grad = true;
  for (int i = 0; i < LONG; i++) {
    one[i] = tt_clone(tt_slice(tt_detach(all), 0, i, i + 1, 1));
    one[i]->requires_grad = true;
    e[i] = (StateEntry){.kind = TT_PARAM, .slot = &one[i]};
    snprintf(e[i].name, sizeof e[i].name, "w%d", i);
  }
  Optimizer *whole = make(o,
                          (StateDict){1, &(StateEntry){"w", TT_PARAM, &all}});
  Optimizer *parts = make(o, (StateDict){LONG, e});
  for (int t = 0; t < 5; t++) {
    Tensor *g = tt_randn(TT_SHAPE(LONG), NULL);
    all->grad = g;
    for (int i = 0; i < LONG; i++)
      one[i]->grad = tt_slice(g, 0, i, i + 1, 1);
    tt_optimizer_step(whole);
    tt_optimizer_step(parts);
  }
  for (int i = 0; i < LONG; i++)
    tt_expect_close(tt_peek(one[i], 0), tt_peek(all, i), 2e-6, 2e-6);
}

TT(optimizer_steps, do_not_depend_on_the_size) { all_options(check_sizes); }

// A gradient may be any view.
TT(optimizer_steps, take_gradients_with_gaps) {
  begin();
  Optimizer *opt = tt_sgd_new(both, (SgdOptions){.lr = 1});
  tt_fill_(a, 0);
  a->grad = tt_transpose(tt_reshape(tt_arange(0, 6, 1), TT_SHAPE(2, 3)), 0, 1);
  tt_optimizer_step(opt);
  tt_expect_values(a, 0, 0, -3, -1, -4, -2, -5);
}

// Rescaled gradients, rescaled loss: the same steps.
TT(optimizer_steps, that_divide_do_not_see_the_scale) {
  for (int rule = 0; rule < 2; rule++) {
    Real w[2];
    for (int k = 0; k < 2; k++) {
      Tensor *x = tt_ones(TT_SHAPE(1));
      x->requires_grad = true;
      StateDict p = {1, &(StateEntry){"x", TT_PARAM, &x}};
      Optimizer *opt = rule ? tt_adam_new(p, (AdamOptions){.lr = 0.01})
                            : tt_rmsprop_new(p, (RmsPropOptions){.lr = 0.01});
      for (int t = 0; t < 50; t++) {
        x->grad = tt_full(TT_SHAPE(1), (uniform((uint32_t)t) + 1)
                                       * (k ? 4096 : 1));
        tt_optimizer_step(opt);
      }
      w[k] = *(Real *)x->data;
    }
    tt_expect_close((double)w[0], (double)w[1], 1e-6, 0);
  }
}

// Centered, and a gradient that never changes: its variance is 0, and where
// rounding makes it less than 0, it is taken for 0, so that the step is long.
TT(optimizer_steps, of_a_variance_below_0_are_long) {
  Tensor *x = tt_zeros(TT_SHAPE(1000));
  x->requires_grad = true;
  StateDict p = {1, &(StateEntry){"x", TT_PARAM, &x}};
  Optimizer *opt = tt_rmsprop_new(p, (RmsPropOptions){
    .lr = 1, .alpha = 0.5, .centered = true});
  x->grad = tt_add_scalar(tt_rand(TT_SHAPE(1000), NULL), 1);
  for (int t = 0; t < 100; t++) tt_optimizer_step(opt);
  tt_fill_(x, 0);
  tt_optimizer_step(opt);
  for (int64_t i = 0; i < 1000; i++)
    tt_expect(tt_peek(x, i) < -100, "step %lld is %g", (long long)i, tt_peek(x, i));
}

// ---- as a program uses it ------------------------------------------------
static double train(Sequential *net, Optimizer *opt, int n, Tensor *x,
                    Tensor *y) {
  double loss = 0;
  for (int t = 0; t < n; t++) {
    TT_SCOPE;
    tt_optimizer_zero_grad(opt);
    Tensor *l = tt_mse_loss(tt_forward(net, x), y);
    loss = tt_item(l);
    tt_backward(l);
    tt_optimizer_step(opt);
  }
  return loss;
}

TT(optimizer_steps, train_a_network_without_malloc) {
  tt_autograd_enable();
  Generator g = {0};
  Tensor *x = tt_randn(TT_SHAPE(16, 3), &g), *y = tt_randn(TT_SHAPE(16, 2), &g);
  for (int k = 0; k < 4; k++) {
    TT_SCOPE;
    Sequential *net = TT_SEQUENTIAL(tt_linear_new(3, 16, &g),
                                    tt_activation_new(tt_tanh),
                                    tt_linear_new(16, 2, &g));
    StateDict p = tt_module_parameters(net);
    Optimizer *opt = k == 0 ? tt_sgd_new(p, (SgdOptions){.lr = 0.1})
      : k == 1 ? tt_sgd_new(p, (SgdOptions){.lr = 0.02, .momentum = 0.9})
      : k == 2 ? tt_rmsprop_new(p, (RmsPropOptions){.lr = 0.003})
               : tt_adam_new(p, (AdamOptions){.lr = 0.01});
    double first = train(net, opt, 2, x, y);
    MemoryStats before = tt_memory_stats();
    double last = train(net, opt, 500, x, y);
    MemoryStats after = tt_memory_stats();
    tt_expect(last < first / 3, "rule %d: loss %g became %g", k, first, last);
    tt_expect_int(after.mallocs, before.mallocs);
    tt_expect_int(after.live_bytes, before.live_bytes);
    tt_expect_int(after.tensors, before.tensors);
  }
}

TT(optimizer_steps, are_seen_by_backward) {
  tt_autograd_enable();
  begin();
  Tensor *loss = tt_sum(tt_mul(a, a), TT_ALL, false);
  a->grad = tt_ones(TT_SHAPE(3, 2));
  tt_optimizer_step(tt_sgd_new((StateDict){1, entry}, (SgdOptions){.lr = 0.1}));
  tt_expect_fail(tt_backward(loss), "changed");
}

TT(optimizer_steps, let_nan_and_infinity_through) {
  for (int k = 0; k < 3; k++) {
    begin();
    Optimizer *opt = k == 0 ? tt_sgd_new(both, (SgdOptions){.lr = 1})
      : k == 1 ? tt_rmsprop_new(both,
                                (RmsPropOptions){.lr = 1, .centered = true})
               : tt_adam_new(both, (AdamOptions){.lr = 1, .amsgrad = true});
    a->grad = tt_full(TT_SHAPE(3, 2), (Real)NAN);
    b->grad = tt_ones(TT_SHAPE(5));
    tt_optimizer_step(opt);
    tt_expect(isnan(tt_peek(a, 5)), "rule %d hides a gradient of nan", k);
    tt_expect(isfinite(tt_peek(b, 4)), "rule %d spreads it", k);
  }
}

// What PyTorch 1.13.1 gives: an infinite weight without decay stays infinite,
// and what is not a number is not hidden by a clamp.
static void expect_kinds(int rule, Optimizer *opt, Tensor *t, const char *want) {
  for (int step = 0; step < 2; step++) {
    t->grad = tt_from(TT_SHAPE(5), step ? (Real[]){1, 2, 3, 4, 5}
      : (Real[]){1, -1, INFINITY, -INFINITY, INFINITY});
    tt_optimizer_step(opt);
    for (int i = 0; i < 5; i++) {
      double w = tt_peek(t, i);
      char kind = isnan(w) ? 'n' : w == INFINITY ? '+' : w == -INFINITY ? '-' : '0';
      tt_expect(kind == want[i], "rule %d, step %d, weight %d is %g", rule, step, i, w);
    }
  }
}

TT(optimizer_steps, of_infinite_numbers_are_pytorchs) {
  const Real inf = INFINITY;
  for (int k = 0; k < 10; k++) {
    Tensor *t = tt_from(TT_SHAPE(5), (Real[]){inf, -inf, 1, 0, inf});
    t->requires_grad = true;
    StateEntry e = {"t", TT_PARAM, &t};
    StateDict s = {1, &e};
    SgdOptions sgd = {.lr = 0.1, .momentum = k > 0 ? 0.9 : 0, .nesterov = k == 2};
    RmsPropOptions rms = {.lr = 0.1, .centered = k > 3, .momentum = k == 5 ? 0.9 : 0};
    AdamOptions adam = {.lr = 0.1, .amsgrad = k == 7, .weight_decay = k > 7 ? 0.1 : 0};
    Optimizer *opt = k < 3 ? tt_sgd_new(s, sgd) : k < 6 ? tt_rmsprop_new(s, rms)
                   : k == 8 ? tt_adamw_new(s, adam) : tt_adam_new(s, adam);
    expect_kinds(k, opt, t, k < 3 ? "+--+n" : k < 9 ? "+-nnn" : "nnnnn");
  }
}

TT(optimizer_steps, of_nothing_are_allowed) {
  Tensor *none = tt_zeros(TT_SHAPE(0, 3)), *one = tt_ones(TT_SCALAR);
  StateEntry e[2] = {{"none", TT_PARAM, &none}, {"one", TT_PARAM, &one}};
  none->requires_grad = one->requires_grad = true;
  none->grad = tt_zeros(TT_SHAPE(0, 3)), one->grad = tt_ones(TT_SCALAR);
  tt_optimizer_step(tt_adam_new((StateDict){2, e}, (AdamOptions){.lr = 0.5}));
  tt_expect_close(tt_item(one), 0.5, 1e-6, 0);
}

// ---- bad input ---------------------------------------------------------------
TT(optimizer_steps, refuse_what_cannot_learn) {
  begin();
  SgdOptions s = {.lr = 1};
  Tensor *t = NULL;
  StateDict p = {1, &(StateEntry){"odd", TT_PARAM, &t}};
  tt_expect_fail(tt_sgd_new(p, s), "odd is NULL");
  t = tt_zeros(TT_SHAPE(2));
  t = tt_to(t, TT_I32);
  tt_expect_fail(tt_sgd_new(p, s), "a tensor of i32");
  tt_autograd_enable();
  t = tt_exp(a);
  tt_expect_fail(tt_sgd_new(p, s), "odd is the result of tt_exp");
#if defined TT_DEBUG || defined __SANITIZE_ADDRESS__
  {
    TT_SCOPE;
    t = tt_ones(TT_SHAPE(2));
  }
  tt_expect_fail(tt_sgd_new(p, s), "went when its scope closed");
#endif
  t = a;
  snprintf(p.entry->name, sizeof p.entry->name, "%090d", 0);
  tt_expect_fail(tt_sgd_new(p, s), "too long");
  StateEntry twice[2] = {entry[0], entry[0]};
  tt_expect_fail(tt_sgd_new((StateDict){2, twice}, s), "already, as a");
  twice[1].slot = &b;
  tt_expect_fail(tt_sgd_new((StateDict){2, twice}, s), "two parameters");
}

static Optimizer *shared;
static void add_bad_group(void *p) {
  tt_sgd_add_group(shared, *(StateDict *)p, (SgdOptions){.lr = 1});
}

TT(optimizer_steps, survive_a_bad_group) {
  begin();
  shared = tt_sgd_new((StateDict){1, entry}, (SgdOptions){.lr = 0.5});
  Tensor *t = tt_to(b, TT_I8);
  StateEntry e[2] = {entry[1], {"t", TT_PARAM, &t}};
  MemoryStats before = tt_memory_stats();
  tt_expect(!tt_try(add_bad_group, &(StateDict){2, e}, NULL), "i8 learns");
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
  tt_sgd_add_group(shared, (StateDict){1, e}, (SgdOptions){.lr = 0.5});
  tt_fill_(b, 1);
  b->grad = tt_ones(TT_SHAPE(5));
  tt_optimizer_step(shared);
  tt_expect_values(b, 0, 0.5, 0.5, 0.5, 0.5, 0.5);
}

TT(optimizer_steps, refuse_bad_options) {
  begin();
#define SGD(...) tt_sgd_new(both, (SgdOptions){__VA_ARGS__})
#define RMS(...) tt_rmsprop_new(both, (RmsPropOptions){__VA_ARGS__})
#define ADAM(...) tt_adam_new(both, (AdamOptions){__VA_ARGS__})
  tt_expect_fail(SGD(.momentum = 0.9), "lr is 0; give a learning rate");
  tt_expect_fail(SGD(.lr = -1), "lr is -1");
  tt_expect_fail(SGD(.lr = INFINITY), "lr is inf");
  tt_expect_fail(SGD(.lr = 1, .momentum = -0.5), "momentum is -0.5");
  tt_expect_fail(SGD(.lr = 1, .momentum = NAN), "momentum is nan");
  tt_expect_fail(SGD(.lr = 1, .weight_decay = -1), "weight_decay is -1");
  tt_expect_fail(SGD(.lr = 1, .dampening = NAN), "dampening is nan");
  tt_expect_fail(SGD(.lr = 1, .momentum = 0.9, .dampening = 0.5,
                     .nesterov = true), "no dampening");
  tt_expect_fail(RMS(.lr = 1, .alpha = 1), "alpha is 1");
  tt_expect_fail(RMS(.lr = 1, .alpha = -0.1), "alpha is -0.1");
  tt_expect_fail(RMS(.lr = 1, .eps = -1e-8), "eps is -1e-08");
  tt_expect_fail(RMS(.lr = 1, .momentum = -1), "momentum is -1");
  tt_expect_fail(ADAM(.lr = 0), "lr is 0");
  tt_expect_fail(ADAM(.lr = 1, .beta1 = 1), "beta1 is 1");
  tt_expect_fail(ADAM(.lr = 1, .beta2 = NAN), "beta2 is nan");
  tt_expect_fail(ADAM(.lr = 1, .eps = NAN), "eps is nan");
  tt_expect_fail(ADAM(.lr = 1, .weight_decay = INFINITY),
                 "weight_decay is inf");
  tt_expect_fail(tt_optimizer_set_lr(SGD(.lr = 1), -1), "lr is -1");
  tt_optimizer_set_lr(SGD(.lr = 1), 0);        // a schedule may end there
}

// A rate that is set is the rate, to the bit, though the other groups follow
// in proportion: 0.003 (0.1 / 0.003) is not 0.1. A schedule sets it every step.
TT(optimizer_steps, set_the_rate_to_the_bit) {
  begin();
  int rounded = 0;
  for (int i = 0; i < 400; i++) {
    TT_SCOPE;
    double first = 1e-3 + 0.1 * (double)uniform((uint32_t)i);
    double lr = 1e-4 + 0.1 * (double)uniform((uint32_t)(i + 1000));
    Optimizer *o = tt_sgd_new((StateDict){1, entry}, (SgdOptions){.lr = first});
    tt_sgd_add_group(o, (StateDict){1, entry + 1}, (SgdOptions){.lr = first / 4});
    tt_optimizer_set_lr(o, lr);
    tt_expect(tt_optimizer_lr(o) == lr, "%a was set, it is %a", lr, tt_optimizer_lr(o));
    tt_expect_close(o->group->next->lr, lr / 4, 0, 1e-15);
    rounded += first * (lr / first) != lr;
  }
  tt_expect(rounded > 10, "%d of 400 are rounded: this test sees nothing", rounded);
}

TT(optimizer_steps, refuse_the_wrong_gradient) {
  begin();
  Optimizer *opt = tt_sgd_new(both, (SgdOptions){.lr = 1});
  a->grad = tt_ones(TT_SHAPE(2, 3));
  tt_expect_fail(tt_optimizer_step(opt), "[3,2], its gradient f");
  a->grad = tt_to(tt_ones(TT_SHAPE(3, 2)), TT_I32);
  tt_expect_fail(tt_optimizer_step(opt), "gradient i32 [3,2]");
}

TT(optimizer_steps, report_what_is_gone) {
  begin();
  Optimizer *opt;
#ifndef __SANITIZE_ADDRESS__       // which reports the struct itself
  {
    TT_SCOPE;
    opt = tt_sgd_new(both, (SgdOptions){.lr = 1});
  }
  tt_expect_fail(tt_optimizer_step(opt), "went when its scope closed");
  tt_expect_fail(tt_optimizer_set_lr(opt, 1), "went when its scope closed");
  tt_expect_fail(tt_optimizer_state_dict(opt), "went when its scope closed");
#endif
  {
    TT_SCOPE;
    a = tt_ones(TT_SHAPE(2));
    opt = tt_optimizer_keep(tt_sgd_new(both, (SgdOptions){.lr = 1}));
  }
  tt_expect_fail(tt_optimizer_step(opt), "went when its scope closed");
}

// ---- states from somewhere else ------------------------------------------
TT(optimizer_steps, refuse_a_state_that_does_not_fit) {
  begin();
  Options o = {.kind = "adam", .problem = "noise", .lr = 0.1, .beta1 = 0.9,
               .beta2 = 0.99, .eps = 1e-8};
  Optimizer *opt = steps(make(&o, both), &o, 0, 3), *fresh = make(&o, both);
  StateDict s = tt_optimizer_state_dict(opt);
  tt_expect_int(s.n, 6);
  Tensor **slot = s.entry[0].slot, *step = *slot;
  tt_expect_text(s.entry[0].name, "a.step");
#define REFUSED(text) \
  tt_expect_fail(tt_optimizer_load_state_dict(fresh, s), text)
  *slot = tt_from_int(TT_SCALAR, &(int32_t){0});
  REFUSED("a.step is 0");
  *slot = tt_ones(TT_SCALAR);
  REFUSED("[]; i32 [] is needed");
  *slot = tt_from_int(TT_SHAPE(2), (int32_t[]){1, 2});
  REFUSED("a.step is i32 [2]");
  *slot = step;
  char *name = s.entry[1].name;
  tt_expect_text(name, "a.exp_avg");
  strcpy(name, "a.exp_avg.x");
  REFUSED("a.exp_avg.x has no place");
  strcpy(name, "a.exp_av");
  REFUSED("a.exp_av has no place");
  strcpy(name, "c.exp_avg");
  REFUSED("c.exp_avg has no place");
  strcpy(name, "a.max_exp_avg_sq");
  REFUSED("a.max_exp_avg_sq has no place");
  strcpy(name, "a.exp_avg_sq");
  REFUSED("a.exp_avg is missing");
  strcpy(name, "a.exp_avg");
  strcpy(s.entry[0].name, "a.exp_avg");
  REFUSED("a.exp_avg is i32 []; ");
  s.entry++, s.n--;                            // no step
  REFUSED("a.step is missing");
}

TT(optimizer_steps, loading_replaces_all) {
  begin();
  Options o = {.kind = "sgd", .problem = "late", .lr = 0.1, .momentum = 0.9};
  Optimizer *early = steps(make(&o, both), &o, 0, 3);
  Optimizer *later = steps(make(&o, both), &o, 0, 30);
  tt_expect_int(tt_optimizer_state_dict(early).n, 2); // b has rested so far
  tt_expect_int(tt_optimizer_state_dict(later).n, 4);
  tt_optimizer_load_state_dict(later, tt_optimizer_state_dict(early));
  tt_expect_int(tt_optimizer_state_dict(later).n, 2);
  tt_expect_int(later->group->param[0].step, 3);
  tt_optimizer_load_state_dict(later, (StateDict){0});
  tt_expect_int(tt_optimizer_state_dict(later).n, 0);
}

// ---- too little memory ---------------------------------------------------
static void make_and_step(void *arg) {
  const Options *o = arg;
  Optimizer *opt = make(o, both);
  lay_gradients("noise", 0);
  tt_optimizer_step(opt);
  StateDict s = tt_optimizer_state_dict(opt);
  tt_optimizer_load_state_dict(make(o, both), s);
  tt_optimizer_free(opt);
}

static void check_memory(const Options *o) {
  begin();
  Real w[N];
  tt_zero_grad(a), tt_zero_grad(b);
  keep_weights(w);
  MemoryStats before = tt_memory_stats();
  for (int64_t more = 0; more < 100000; more += 64) {
    TensorError e;
    bool done = try_within(more, make_and_step, (void *)(uintptr_t)o, &e);
    a->grad = b->grad = NULL;
    if (done) return;
    tt_expect(e.code == TT_EMEM, "%s", e.message);
    expect_as_before(o->kind, more, before);
  }
  tt_expect(false, "never enough memory");
}

TT(optimizer_steps, survive_too_little_memory) { all_options(check_memory); }

// If there is no memory for the states, nothing has moved.
static void step_shared(void *unused) {
  (void)unused;
  tt_optimizer_step(shared);
}

TT(optimizer_steps, are_whole_or_not_at_all) {
  Options o = {.kind = "adam", .problem = "noise", .lr = 0.1};
  Real w[N];
  begin();
  shared = make(&o, both);
  lay_gradients("noise", 0);
  keep_weights(w);
  int refused = 0;
  for (int64_t more = 0;; more += 64, refused++) {
    if (try_within(more, step_shared, NULL, NULL)) break;
    expect_weights("after a step that failed", &o, w);
  }
  tt_expect(refused > 0, "no step failed");
}
