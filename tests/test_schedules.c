// Needs chapter 07: learning rates and clipped gradients as PyTorch 1.13.1
// computes them, from the file that tests/reference/training.py wrote.
#include "vectors.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>


typedef struct Fields { char *at; int seen; } Fields;

static const char *word(Fields *f) {
  return strtok_r(NULL, " \n", &f->at);
}

static double real(Fields *f) { return atof(word(f)); }

// ---- schedules ---------------------------------------------------------
static Schedule step_(Fields *f) {
  double lr = real(f);
  int64_t every = (int64_t)real(f);
  return tt_schedule_step(lr, every, real(f));
}

static Schedule cosine(Fields *f) {
  double lr = real(f), low = real(f);
  return tt_schedule_cosine(lr, low, (int64_t)real(f));
}

static Schedule warmup(Fields *f) {
  double lr = real(f), from = real(f);
  return tt_schedule_warmup(lr, from, (int64_t)real(f));
}

static Schedule warm_cosine(Fields *f) {
  double lr = real(f), from = real(f), steps = real(f), low = real(f);
  Schedule next = tt_schedule_cosine(lr, low, (int64_t)real(f));
  return tt_schedule_then(tt_schedule_warmup(lr, from, (int64_t)steps),
                          (int64_t)steps, next);
}

static Schedule warm_step(Fields *f) {
  double lr = real(f), from = real(f), steps = real(f), every = real(f);
  Schedule next = tt_schedule_step(lr, (int64_t)every, real(f));
  return tt_schedule_then(tt_schedule_warmup(lr, from, (int64_t)steps),
                          (int64_t)steps, next);
}

static const struct { const char *name; Schedule (*make)(Fields *); } kinds[] = {
  {"step", step_}, {"cosine", cosine}, {"warmup", warmup},
  {"warm_cosine", warm_cosine}, {"warm_step", warm_step},
};

static int64_t check_schedule(Fields *f) {
  const char *name = word(f);
  size_t k = 0;
  while (strcmp(kinds[k].name, name) != 0)
    tt_expect(++k < sizeof kinds / sizeof *kinds, "kind %s", name);
  Schedule s = kinds[k].make(f);
  int64_t n = (int64_t)real(f);
  for (int64_t t = 0; t < n; t++)
    tt_expect_close(tt_schedule_lr(&s, t), real(f), 1e-9, 1e-12);
  return n;
}

// ---- clipping ------------------------------------------------------------
static int64_t check_clip(Fields *f) {
  bool norm = strcmp(word(f), "norm") == 0;
  double limit = real(f), total = real(f);
  int64_t n = (int64_t)real(f), first = n / 3;
  void *net = TT_SEQUENTIAL(tt_linear_new_no_bias(first, 1, NULL),
                            tt_linear_new_no_bias(n - first, 1, NULL));
  StateDict p = tt_module_parameters(net);
  Tensor *g[2] = {tt_zeros(TT_SHAPE(1, first)), tt_zeros(TT_SHAPE(1, n - first))};
  for (int64_t i = 0; i < n; i++)
    tt_set_(g[i >= first], TT_INDEX(0, i < first ? i : i - first), real(f));
  for (int i = 0; i < 2; i++) (*p.entry[i].slot)->grad = g[i];
  if (norm) tt_expect_close(tt_clip_grad_norm(p, limit), total, 1e-6, 0);
  else tt_clip_grad_value(p, limit);
  for (int64_t i = 0; i < n; i++)
    tt_expect_close(tt_peek(g[i >= first], i < first ? i : i - first), real(f),
                    1e-6, 1e-9);
  for (int i = 0; i < 2; i++) (*p.entry[i].slot)->grad = NULL;
  return n;
}

static int64_t check_all(const char *what, int64_t (*check)(Fields *)) {
  FILE *f = open_reference("training.txt");
  static char line[1 << 16];
  int64_t n = 0;
  while (fgets(line, sizeof line, f)) {
    Fields fields = {line, 0};
    if (strcmp(strtok_r(line, " \n", &fields.at), what) == 0) n += check(&fields);
  }
  fclose(f);
  return n;
}

TT(schedules, as_pytorch_has_them) {
  tt_expect_int(check_all("schedule", check_schedule), 594);
}

TT(schedules, gradients_are_clipped_as_by_pytorch) {
  tt_expect_int(check_all("clip", check_clip), 150);
}

// ---- properties -------------------------------------------------------------
TT(schedules, the_ends_and_beyond) {
  Schedule c = tt_schedule_cosine(0.3, 0.01, 17);
  tt_expect_close(tt_schedule_lr(&c, 0), 0.3, 0, 0);
  tt_expect_close(tt_schedule_lr(&c, 17), 0.01, 1e-15, 0);
  tt_expect_close(tt_schedule_lr(&c, INT64_MAX), 0.01, 1e-15, 0);
  for (int t = 1; t <= 17; t++)
    tt_expect(tt_schedule_lr(&c, t) < tt_schedule_lr(&c, t - 1), "not falling"
              " at %d", t);
  Schedule s = tt_schedule_step(1, 1, 0.5);
  tt_expect_close(tt_schedule_lr(&s, INT64_MAX), 0, 0, 0);
}

TT(schedules, parts_count_from_their_own_start) {
  for (int seed = 0; seed < 50; seed++) {
    Generator g;
    tt_manual_seed(&g, (uint64_t)seed);
    int64_t a = 1 + (int64_t)(tt_random(&g) % 20), b = 1 + (int64_t)(tt_random(&g) % 20);
    Schedule last = tt_schedule_cosine(1, 0, 9),
                                         mid = tt_schedule_step(1, 3, 0.7);
    Schedule first = tt_schedule_warmup(1, 0.2, a),
                                         alone[] = {first, mid, last};
    mid = tt_schedule_then(mid, b, last);
    first = tt_schedule_then(first, a, mid);
    for (int64_t t = 0; t < a + b + 20; t++) {
      int part = t < a ? 0 : t < a + b ? 1 : 2;
      int64_t own = part == 0 ? t : part == 1 ? t - a : t - a - b;
      tt_expect_close(tt_schedule_lr(&first, t),
                      tt_schedule_lr(&alone[part], own), 0, 0);
    }
  }
}

// then(then(a, b), c): the lengths count from the start of all
TT(schedules, a_composition_is_composed_again) {
  Schedule abc = tt_schedule_then(tt_schedule_constant(0.1), 10,
                                  tt_schedule_constant(0.2));
  abc = tt_schedule_then(abc, 20, tt_schedule_cosine(0.3, 0, 10));
  double want[] = {0.1, 0.1, 0.2, 0.2, 0.3, 0.15, 0};
  for (int i = 0; i < 7; i++)
    tt_expect_close(tt_schedule_lr(&abc, 5 * i), want[i], 1e-12, 1e-12);
  tt_expect_fail(tt_schedule_then(abc, 20, abc), "all but the last take 20");
  Schedule many = tt_schedule_constant(1);
  for (int i = 1; i < TT_SCHEDULE_PARTS; i++)
    many = tt_schedule_then(many, i, tt_schedule_constant(1 + i));
  for (int i = 0; i < 20; i++)
    tt_expect_close(tt_schedule_lr(&many, i), i < 8 ? 1 + i : 8, 0, 0);
  tt_expect_fail(tt_schedule_then(many, 99, abc), "there may be 8");
}

TT(schedules, what_cannot_be_is_refused) {
  Schedule s = tt_schedule_constant(1);
  tt_expect_fail(tt_schedule_constant(-1), "tt_schedule_constant: a rate or"
                 " factor of -1");
  tt_expect_fail(tt_schedule_constant((double)INFINITY), "rate or factor of"
                 " inf");
  tt_expect_fail(tt_schedule_step(1, -3, 0.1), "tt_schedule_step: -3 steps");
  tt_expect_fail(tt_schedule_step(1, 3, -0.1), "factor of 1, -0.1");
  tt_expect_fail(tt_schedule_cosine(1, (double)NAN, 3), "tt_schedule_cosine");
  tt_expect_fail(tt_schedule_warmup(1, 0, 0), "tt_schedule_warmup: 0 steps");
  tt_expect_fail(tt_schedule_then(s, 0, s), "tt_schedule_then: 0 steps");
}

TT(schedules, clipping_refuses_what_is_not_positive) {
  StateDict none = {0};
  tt_expect_fail(tt_clip_grad_norm(none, (double)NAN), "at most nan");
  tt_expect_fail(tt_clip_grad_norm(none, -1), "at most -1");
  tt_expect_fail(tt_clip_grad_value(none, 0), "limit of 0");
  tt_expect_close(tt_clip_grad_norm(none, 1), 0, 0, 0);
}

// A gradient that was used in something recorded must not change unseen.
static void scale(StateDict p) { tt_scale_grad(p, 0.5); }
static void cut(StateDict p) { tt_clip_grad_value(p, 0.5); }
static void clip(StateDict p) { tt_clip_grad_norm(p, 0.5); }
static void measure(StateDict p) { tt_clip_grad_norm(p, 100); }
static void back(void *loss) { tt_backward(loss); }

TT(schedules, a_change_of_a_gradient_is_noticed_by_what_saved_it) {
  static void (*const change[])(StateDict) = {scale, cut, clip, measure};
  tt_autograd_enable();
  Tensor *w = tt_requires_grad_(tt_ones(TT_SHAPE(3)), true);
  Tensor *v = tt_requires_grad_(tt_ones(TT_SHAPE(3)), true);
  StateDict p = {1, &(StateEntry){"w", TT_PARAM, &w}};
  for (int i = 0; i < 4; i++) {
    TT_SCOPE;
    TensorError e = {0};
    w->grad = tt_ones(TT_SHAPE(3));
    Tensor *loss = tt_sum(tt_mul(v, w->grad), TT_ALL, false);
    change[i](p);
    bool done = tt_try(back, loss, &e);
    tt_expect(done == (i == 3), "change %d is not noticed: %s", i, e.message);
    tt_expect(done || strstr(e.message, "changed in place after it was saved"),
              "%s", e.message);
    w->grad = NULL;
  }
}
