// Made from chapters/06-optimizers.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tt/tt.h"

static Tensor *w, *curvature, *axes;

static void start(bool turned)
{
  static const Real start[2] = { -9, 1 };
  Real r = turned ? (Real)M_SQRT1_2 : 0, one = turned ? r : 1;
  axes = tt_from(TT_SHAPE(2, 2), (Real[]){ one, r, -r, one });
  curvature = tt_from(TT_SHAPE(2), (Real[]){ 1, 50 });
  w = tt_matmul(tt_transpose(axes, 0, 1),
                tt_from(TT_SHAPE(2), start));
  w->requires_grad = true;
}

static double height(bool slope)
{
  TT_SCOPE;
  Tensor *u = tt_matmul(axes, w);
  Tensor *loss = tt_sum(tt_mul(curvature, tt_mul(u, u)), 0, false);
  loss = tt_mul_scalar(loss, 0.5f);
  if (slope)
    tt_backward(loss);
  return tt_item(loss);
}

enum { RULES = 5 };
static const char *const rule_name[RULES] = {
  "sgd", "momentum", "nesterov", "rmsprop", "adam"
};

static Optimizer *make(int rule)
{
  StateDict p = { 1, &(Entry){ "w", TT_PARAM, &w } };
  switch (rule) {
  case 0: return sgd_new(p, (SgdOptions){ .lr = 0.038 });
  case 1: return sgd_new(p, (SgdOptions){ .lr = 0.02,
                                          .momentum = 0.75 });
  case 2: return sgd_new(p, (SgdOptions){ .lr = 0.015,
                                          .momentum = 0.75,
                                          .nesterov = true });
  case 3: return rmsprop_new(p, (RmsPropOptions){ .lr = 0.1,
                                                  .alpha = 0.9 });
  default: return adam_new(p, (AdamOptions){ .lr = 0.7, .beta1 = 0.8,
                                             .beta2 = 0.9 });
  }
}

static void step(Optimizer *o)
{
  optimizer_zero_grad(o);
  height(true);
  optimizer_step(o);
}

enum { STEPS = 40 };

static void print_paths(bool loss)
{
  double x[RULES][STEPS + 1], y[RULES][STEPS + 1], l[RULES][STEPS + 1];
  for (int r = 0; r < RULES; r++) {
    start(false);
    Optimizer *o = make(r);
    for (int t = 0; t <= STEPS; t++) {
      x[r][t] = tt_get(w, TT_INDEX(0));
      y[r][t] = tt_get(w, TT_INDEX(1));
      l[r][t] = height(false);
      step(o);
    }
  }
  printf("step");
  for (int r = 0; r < RULES; r++)
    printf(loss ? "\t%s" : "\t%s_x\t%s_y", rule_name[r], rule_name[r]);
  for (int t = 0; t <= STEPS; t++) {
    printf("\n%d", t);
    for (int r = 0; r < RULES; r++)
      if (loss)
        printf("\t%.4g", l[r][t]);
      else
        printf("\t%.4f\t%.4f", x[r][t], y[r][t]);
  }
  putchar('\n');
}

static int steps_down(Optimizer *o, double part)
{
  double goal = height(false) * part;
  for (int t = 0; t < 100000; t++) {
    double l = height(false);
    if (l <= goal)
      return t;
    if (!(l < 1e9))
      break;
    step(o);
  }
  return 0;
}

static int steps_at(double rate, double momentum)
{
  TT_SCOPE;
  start(false);
  StateDict p = { 1, &(Entry){ "w", TT_PARAM, &w } };
  return steps_down(sgd_new(p, (SgdOptions){
    .lr = rate / 50, .momentum = momentum }), 1e-6);
}

static void print_rates(void)
{
  int best = 0;
  double best_rate = 0;
  printf("rate\tsgd\tmomentum\n");
  for (double rate = 0.02; rate < 4; rate *= 1.02) {
    int plain = steps_at(rate, 0), ball = steps_at(rate, 0.9);
    printf("%.4f", rate);
    printf(plain ? "\t%d" : "\t-", plain);
    printf(ball ? "\t%d\n" : "\t-\n", ball);
    if (plain && (best == 0 || plain < best))
      best = plain, best_rate = rate;
  }
  printf("# stepsize.best\t%d\n# stepsize.best_rate\t%.2f\n", best,
         best_rate);
  printf("# stepsize.tenth\t%d\n", steps_at(best_rate / 10, 0));
}

static void print_turned(void)
{
  printf("%-12s %9s %9s\n", "steps", "straight", "turned");
  for (int r = 0; r < RULES; r++) {
    int n[2];
    for (int turned = 0; turned < 2; turned++) {
      TT_SCOPE;
      start(turned);
      n[turned] = steps_down(make(r), 1e-6);
    }
    printf("%-12s", rule_name[r]);
    for (int i = 0; i < 2; i++)
      printf(n[i] ? " %9d" : "     never", n[i]);
    putchar('\n');
  }
}

static void print_descent(double rate)
{
  static const int shown[] = { 0, 1, 2, 3, 4, 5, 20, 50, 100 };
  TT_SCOPE;
  start(false);
  StateDict p = { 1, &(Entry){ "w", TT_PARAM, &w } };
  Optimizer *o = sgd_new(p, (SgdOptions){ .lr = rate });
  printf("learning rate %g\nstep        x        y       loss\n", rate);
  for (int t = 0, i = 0; i < 9; t++) {
    if (t == shown[i]) {
      printf("%4d %8.3f %8.3f %10.4g\n", t, tt_get(w, TT_INDEX(0)),
             tt_get(w, TT_INDEX(1)), height(false));
      i++;
    }
    step(o);
  }
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  const char *what = argc > 1 ? argv[1] : "--paths";
  if (strcmp(what, "--rates") == 0) {
    print_rates();
  } else if (strcmp(what, "--turned") == 0) {
    print_turned();
  } else if (strcmp(what, "--descent") == 0) {
    print_descent(0.038);
    putchar('\n');
    print_descent(0.041);
  } else {
    print_paths(strcmp(what, "--loss") == 0);
  }
}
