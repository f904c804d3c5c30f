// Needs chapter 06: every optimizer with every option out of its range,
// groups of every kind added to optimizers of every kind, what is gone,
// and states of an optimizer that has not begun.
#include "tt_test.h"
#include <math.h>
#include <string.h>

// ---- families ------------------------------------------------------------------
typedef struct Numbers {             // the options of all families
  double lr, momentum, weight_decay, alpha, eps, beta1, beta2, dampening;
} Numbers;

static Tensor *a, *b;
static StateEntry entry[2] = {{"a", TT_PARAM, &a}, {"b", TT_PARAM, &b}};
static const StateDict first = {1, entry}, second = {1, entry + 1};

#define SGD_OPTIONS(n) \
  (SgdOptions){.lr = n.lr, .momentum = n.momentum, .dampening = n.dampening, \
               .weight_decay = n.weight_decay}
#define RMS_OPTIONS(n) \
  (RmsPropOptions){.lr = n.lr, .alpha = n.alpha, .eps = n.eps, \
                   .momentum = n.momentum, .weight_decay = n.weight_decay}
#define ADAM_OPTIONS(n) \
  (AdamOptions){.lr = n.lr, .beta1 = n.beta1, .beta2 = n.beta2, .eps = n.eps, \
                .weight_decay = n.weight_decay}
static Optimizer *new_sgd(Numbers n) { return tt_sgd_new(first, SGD_OPTIONS(n)); }
static Optimizer *new_rms(Numbers n) {
  return tt_rmsprop_new(first, RMS_OPTIONS(n));
}
static Optimizer *new_adam(Numbers n) { return tt_adam_new(first, ADAM_OPTIONS(n)); }
static Optimizer *new_adamw(Numbers n) {
  return tt_adamw_new(first, ADAM_OPTIONS(n));
}
static void add_sgd(Optimizer *o, Numbers n) {
  tt_sgd_add_group(o, second, SGD_OPTIONS(n));
}
static void add_rms(Optimizer *o, Numbers n) {
  tt_rmsprop_add_group(o, second, RMS_OPTIONS(n));
}
static void add_adam(Optimizer *o, Numbers n) {
  tt_adam_add_group(o, second, ADAM_OPTIONS(n));
}

typedef struct Family {
  const char *name, *has;            // the letters of its options
  Optimizer *(*make)(Numbers n);
  void (*add)(Optimizer *o, Numbers n);
  const char *add_name;
} Family;
static const Family family[] = {
  {"tt_sgd_new", "lmwd", new_sgd, add_sgd, "tt_sgd_add_group"},
  {"tt_rmsprop_new", "lmwae", new_rms, add_rms, "tt_rmsprop_add_group"},
  {"tt_adam_new", "lwe12", new_adam, add_adam, "tt_adam_add_group"},
  {"tt_adamw_new", "lwe12", new_adamw, add_adam, "tt_adam_add_group"},
};
enum { FAMILIES = 4 };

static void begin(void) {
  tt_autograd_enable();
  a = tt_requires_grad_(tt_ones(TT_SHAPE(3)), true);
  b = tt_requires_grad_(tt_ones(TT_SHAPE(2)), true);
}

// ---- options --------------------------------------------------------------------
// X(letter, field, values that are refused)
#define OPTIONS(X) \
  X('l', lr, 0, -1, INFINITY, NAN) \
  X('m', momentum, -0.5, INFINITY, NAN) \
  X('w', weight_decay, -0.1, INFINITY, NAN) \
  X('d', dampening, INFINITY, -INFINITY, NAN) \
  X('a', alpha, -0.1, 1, 2, NAN) \
  X('e', eps, -1e-8, INFINITY, NAN) \
  X('1', beta1, -0.1, 1, 2, NAN) \
  X('2', beta2, -0.1, 1, 2, NAN)

typedef struct Trial { const Family *f; Numbers n; Optimizer *to; } Trial;
static void attempt(void *arg) {
  const Trial *t = arg;
  if (t->to) t->f->add(t->to, t->n);
  else t->f->make(t->n);
}

static int wrong;
static void expect_refused(const Family *f, Numbers n, Optimizer *to, char letter,
                           const char *what, double value) {
  Trial t = {f, n, to};
  TensorError e = {0};
  char says[64];
  Scope s;
  tt_scope_open(&s);
  const char *name = to ? f->add_name : f->name;
  bool passed = tt_try(attempt, &t, &e), has = strchr(f->has, letter);
  tt_scope_close(&s);
  snprintf(says, sizeof says, "%s is %g", what, value);
  if (has ? !passed && strstr(e.message, says)
            && strncmp(e.message, name, strlen(name)) == 0 : passed) return;
  fprintf(stderr, "%s with %s: %s\n", name, says, passed ? "no error" : e.message);
  wrong++;
}

TT(optimizer_options, are_refused_by_each_family_that_has_them) {
  begin();
  for (const Family *f = family; f < family + FAMILIES; f++)
    for (int group = 0; group < 2; group++) {
#define REFUSE(letter, field, ...) \
      for (size_t i = 0; i < sizeof((double[]){__VA_ARGS__}) / sizeof(double); i++) { \
        double value = ((double[]){__VA_ARGS__})[i]; \
        if (group && !strchr(f->has, letter)) continue; \
        Numbers n = {.lr = 0.1}; \
        n.field = value; \
        expect_refused(f, n, group ? f->make((Numbers){.lr = 1}) : NULL, letter, \
                       #field, value); \
      }
      OPTIONS(REFUSE)
    }
  tt_expect(wrong == 0, "%d complaints", wrong);
}

// What is allowed at the edge of each range
TT(optimizer_options, have_edges) {
  begin();
  new_sgd((Numbers){.lr = 1e-30, .momentum = 2, .dampening = -3});
  new_rms((Numbers){.lr = 1, .alpha = 0x1.fffffffffffffp-1, .momentum = 1});
  new_adam((Numbers){.lr = 1, .beta1 = 0x1p-1074, .beta2 = 0.5, .weight_decay = 9});
  tt_expect_fail(tt_sgd_new(first, (SgdOptions){.lr = 1, .nesterov = true}),
                 "nesterov with momentum 0");
  tt_sgd_new(first, (SgdOptions){.lr = 1, .momentum = 0.1, .nesterov = true});
}

// ---- groups -------------------------------------------------------------------
TT(optimizer_options, groups_have_the_kind_of_their_optimizer) {
  begin();
  for (const Family *f = family; f < family + FAMILIES; f++)
    for (const Family *g = family; g < family + FAMILIES; g++) {
      Optimizer *o = f->make((Numbers){.lr = 1});
      Trial t = {g, {.lr = 1}, o};
      TensorError e = {0};
      bool passed = tt_try(attempt, &t, &e);
      tt_expect(passed == (f->add == g->add), "%s to one of %s: %s", g->add_name,
                f->name, passed ? "no error" : e.message);
      tt_expect(passed || strstr(e.message, "a group has the kind of its optimizer"),
                "%s", e.message);
      tt_expect((o->group->next != NULL) == passed, "%s to one of %s: half added",
                g->add_name, f->name);
    }
}

static double moved(const Tensor *t) { return 1 - tt_get(t, TT_INDEX(0)); }
static void gradients(void) {
  tt_zero_grad(a), tt_zero_grad(b);
  a->grad = tt_ones(TT_SHAPE(3)), b->grad = tt_ones(TT_SHAPE(2));
}

// A group, and the states of its first step, live as long as the optimizer.
TT(optimizer_options, groups_outlive_the_scope_they_were_added_in) {
  for (const Family *f = family; f < family + FAMILIES; f++) {
    begin();
    Numbers n = {.lr = 0.5, .momentum = 0.9};
    Optimizer *o = f->make(n);
    {
      TT_SCOPE;
      f->add(o, n);
      a->grad = tt_ones(TT_SHAPE(3)), b->grad = tt_ones(TT_SHAPE(2));
      tt_optimizer_step(o);
      a->grad = b->grad = NULL;
      tt_fill_(tt_zeros(TT_SHAPE(1000)), NAN);
    }
    for (int i = 0; i < 40; i++) tt_fill_(tt_zeros(TT_SHAPE(8)), NAN);
    for (int i = 0; i < 3; i++) {
      gradients();
      tt_optimizer_step(o);
    }
    tt_expect_close(moved(b), moved(a), 1e-6, 0);
    tt_expect(moved(b) > 0.9, "%s: moved by %g", f->name, moved(b));
    tt_expect_int(o->group->next->param[0].step, 4);
  }
}

// ---- states ---------------------------------------------------------------------
// One that has run for a while and loads the states of one that has not is
// as new, to the bit, and has nothing more in memory.
TT(optimizer_options, the_states_of_a_fresh_one_begin_anew) {
  for (const Family *f = family; f < family + FAMILIES; f++) {
    Numbers n = {.lr = 0.25, .momentum = 0.9};
    double at[2];
    for (int used = 0; used < 2; used++) {
      begin();
      Optimizer *o = f->make(n), *fresh = f->make(n);
      MemoryStats before = tt_memory_stats();
      for (int i = 0; i < 3 * used; i++) {
        gradients();
        tt_optimizer_step(o);
      }
      tt_fill_(tt_detach(a), 1);
      tt_zero_grad(a), tt_zero_grad(b);
      StateDict s = tt_optimizer_state_dict(fresh);
      tt_optimizer_load_state_dict(o, s);
      tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
      tt_expect_int(tt_memory_stats().tensors, before.tensors + 2); // s, the view
      for (int i = 0; i < 2; i++) {
        a->grad = tt_full(TT_SHAPE(3), (Real)0.5);
        tt_optimizer_step(o);
        tt_zero_grad(a);
      }
      at[used] = tt_get(a, TT_INDEX(1));
    }
    tt_expect_close(at[1], at[0], 0, 0);
  }
}

// ---- what is gone ----------------------------------------------------------------
TT(optimizer_options, one_that_is_gone_is_reported_by_all) {
#ifndef __SANITIZE_ADDRESS__         // which reports the struct itself
  begin();
  Optimizer *o;
  {
    TT_SCOPE;
    o = new_sgd((Numbers){.lr = 1});
  }
  StateDict none = {0};
#define GONE(call) tt_expect_fail(call, "went when its scope closed")
  GONE(tt_optimizer_step(o));
  GONE(tt_optimizer_zero_grad(o));
  GONE(tt_optimizer_lr(o));
  GONE(tt_optimizer_set_lr(o, 1));
  GONE(tt_optimizer_state_dict(o));
  GONE(tt_optimizer_load_state_dict(o, none));
  GONE(add_sgd(o, (Numbers){.lr = 1}));
#endif
}

TT(optimizer_options, a_tensor_that_is_gone_is_reported) {
  begin();
  Optimizer *o = new_sgd((Numbers){.lr = 1, .momentum = 0.5});
  gradients();
  tt_optimizer_step(o);
  StateDict s = tt_optimizer_state_dict(o);
  {
    TT_SCOPE;
    *s.entry[1].slot = tt_ones(TT_SHAPE(3));
    b = tt_ones(TT_SHAPE(2));
  }
  tt_expect_fail(tt_optimizer_load_state_dict(o, s), "went when its scope closed");
  tt_expect_fail(add_sgd(o, (Numbers){.lr = 1}), "went when its scope closed");
  tt_expect_int(o->group->param[0].step, 1);
}

// ---- kernels write what is theirs -------------------------------------------------
enum { LENGTH = 19, ARRAYS = 5 };
static const Real CANARY = (Real)0.125;
static Real array[ARRAYS][LENGTH + 2];
static void expect_inside(const char *kernel, int n) {
  for (int a_ = 0; a_ < n; a_++)
    tt_expect(array[a_][0] == CANARY && array[a_][LENGTH + 1] == CANARY, "%s writes outside"
              " of array %d", kernel, a_);
  for (int a_ = 0; a_ < n; a_++)
    for (int i = 1; i <= LENGTH; i++)
      tt_expect(array[a_][i] != CANARY, "%s leaves element %d of array %d out", kernel,
                i - 1, a_);
  for (int a_ = 0; a_ < ARRAYS; a_++)
    for (int i = 0; i < LENGTH + 2; i++) array[a_][i] = CANARY;
}

TT(optimizer_options, kernels_write_their_elements_and_no_others) {
  Real g[LENGTH], *to[ARRAYS];
  for (int i = 0; i < LENGTH; i++) g[i] = (Real)(i - 3) + (Real)0.5;
  for (int i = 0; i < ARRAYS; i++) to[i] = array[i] + 1;
  expect_inside("nothing", 0);
  const Backend *k = tt_backend;
  k->sgd(&(SgdStep){.lr = 1}, LENGTH, to[0], g, NULL);
  expect_inside("sgd", 1);
  k->sgd(&(SgdStep){.lr = 1, .momentum = (Real)0.5, .one_minus_dampening = 1}, LENGTH,
         to[0], g, to[1]);
  expect_inside("sgd with momentum", 2);
  RmsPropStep r = {.lr = 1, .alpha = (Real)0.5, .one_minus_alpha = (Real)0.5, .eps = 1,
                   .momentum = (Real)0.5};
  k->rmsprop(&r, LENGTH, to[0], g, to[1], NULL, NULL);
  expect_inside("rmsprop", 2);
  k->rmsprop(&r, LENGTH, to[0], g, to[1], to[2], to[3]);
  expect_inside("rmsprop with all", 4);
  AdamStep s = {.step_size = 1, .v_scale = 1, .eps = 1, .beta1 = (Real)0.5,
                .one_minus_beta1 = (Real)0.5, .beta2 = (Real)0.5,
                .one_minus_beta2 = (Real)0.5, .decay_factor = 1};
  k->adam(&s, LENGTH, to[0], g, to[1], to[2], NULL);
  expect_inside("adam", 3);
  k->adam(&s, LENGTH, to[0], g, to[1], to[2], to[3]);
  expect_inside("adam with all", 4);
}
