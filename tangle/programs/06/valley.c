// Made from chapters/06-optimizers.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tt/tt.h"

static Tensor *w, *curvature, *axes;

static void start(int place, Real steep, bool turned)
{
  double angle = (place + 0.5) * M_PI / 4;     // place 0: the first run
  Real at[2] = { (Real)(9 * cos(angle)), (Real)(9 * sin(angle)) };
  if (place == 0)
    at[0] = -9, at[1] = 1;
  Real r = turned ? (Real)M_SQRT1_2 : 0, one = turned ? r : 1;
  axes = tt_from(TT_SHAPE(2, 2), (Real[]){ one, r, -r, one });
  curvature = tt_from(TT_SHAPE(2), (Real[]){ 1, steep });
  w = tt_matmul(tt_transpose(axes, 0, 1), tt_from(TT_SHAPE(2), at));
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
  StateDict p = { 1, &(StateEntry){ "w", TT_PARAM, &w } };
  switch (rule) {
  case 0: return tt_sgd_new(p, (SgdOptions){ .lr = 0.038 });
  case 1: return tt_sgd_new(p, (SgdOptions){ .lr = 0.01,
                                          .momentum = 0.9 });
  case 2: return tt_sgd_new(p, (SgdOptions){ .lr = 0.01,
                                          .momentum = 0.9,
                                          .nesterov = true });
  case 3: return tt_rmsprop_new(p, (RmsPropOptions){ .lr = 0.25,
                                                  .alpha = 0.9 });
  default: return tt_adam_new(p, (AdamOptions){ .lr = 0.6 });
  }
}

static void step(Optimizer *o)
{
  tt_optimizer_zero_grad(o);
  height(true);
  tt_optimizer_step(o);
}

enum { STEPS = 120 };
static double x[RULES][STEPS + 1], y[RULES][STEPS + 1];
static double loss[RULES][STEPS + 1];

static void walk(int steps)
{
  for (int r = 0; r < RULES; r++) {
    start(0, 50, false);
    Optimizer *o = make(r);
    for (int t = 0; t <= steps; t++) {
      x[r][t] = tt_get(w, TT_INDEX(0));
      y[r][t] = tt_get(w, TT_INDEX(1));
      loss[r][t] = height(false);
      step(o);
    }
  }
}

static void print_paths(bool heights)
{
  int steps = heights ? STEPS : 40;
  walk(steps);
  printf("step");
  for (int r = 0; r < RULES; r++)
    printf(heights ? "\t%s" : "\t%s_x\t%s_y", rule_name[r],
           rule_name[r]);
  for (int t = 0; t <= steps; t++) {
    printf("\n%d", t);
    for (int r = 0; r < RULES; r++)
      if (heights)
        printf("\t%.4g", loss[r][t]);
      else
        printf("\t%.4f\t%.4f", x[r][t], y[r][t]);
  }
  putchar('\n');
}

enum { MANY = 3000 };

static int steps_down(Optimizer *o, double goal, int limit)
{
  for (int t = 0; t < limit; t++) {
    double l = height(false);
    if (l <= goal)
      return t;
    if (!(l < 1e9))
      break;
    step(o);
  }
  return limit;
}

static int steps_at(double rate, double momentum)
{
  TT_SCOPE;
  start(0, 50, false);
  StateDict p = { 1, &(StateEntry){ "w", TT_PARAM, &w } };
  Optimizer *o = tt_sgd_new(p, (SgdOptions){ .lr = rate / 50,
                                          .momentum = momentum });
  return steps_down(o, height(false) * 1e-6, 20000);
}

static void print_rates(void)
{
  int best = 20000;
  double best_rate = 0;
  printf("rate\tsgd\tmomentum\n");
  for (double rate = 0.02; rate < 4; rate *= 1.02) {
    int plain = steps_at(rate, 0), ball = steps_at(rate, 0.9);
    printf("%.4f", rate);
    printf(plain < 20000 ? "\t%d" : "\t-", plain);
    printf(ball < 20000 ? "\t%d\n" : "\t-\n", ball);
    if (plain < best)
      best = plain, best_rate = rate;
  }
  printf("# steplength.best\t%d\n# steplength.best_rate\t%.2f\n", best,
         best_rate);
  printf("# steplength.tenth\t%d\n", steps_at(best_rate / 10, 0));
}

static int steps_from_four(int rule, double lr, bool turned, int limit)
{
  int sum = 0;
  for (int i = 1; i <= 4 && sum < limit; i++) {
    TT_SCOPE;
    start(i, 500, turned);
    Optimizer *o = make(rule);
    tt_optimizer_set_lr(o, lr);
    sum += steps_down(o, 1e-4, limit - sum);
  }
  return sum;
}

static void print_turned(void)
{
  printf("%-10s %10s %10s\n", "", "straight", "turned");
  for (int rule = 0; rule < RULES; rule++) {
    printf("%-10s", rule_name[rule]);
    for (int turned = 0; turned < 2; turned++) {
      int best = 4 * MANY;
      for (double lr = 1e-4; lr < 20; lr *= 1.25) {
        int n = steps_from_four(rule, lr, turned, best);
        best = n < best ? n : best;
      }
      printf(best < 4 * MANY ? " %10d" : "     > %d", best / 4);
    }
    putchar('\n');
  }
}

static void print_descent(double rate)
{
  static const int shown[] = { 0, 1, 2, 3, 4, 5, 20, 50, 100 };
  TT_SCOPE;
  start(0, 50, false);
  StateDict p = { 1, &(StateEntry){ "w", TT_PARAM, &w } };
  Optimizer *o = tt_sgd_new(p, (SgdOptions){ .lr = rate });
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
