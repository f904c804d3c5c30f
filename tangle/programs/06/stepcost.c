// Made from chapters/06-optimizers.nw by tools/tangle: edit there.
#include <stdio.h>
#include <string.h>
#include "tt/tt.h"

enum { SGD, MOMENTUM, RMSPROP, ADAM, AMSGRAD, KINDS };
static Optimizer *make(int kind, StateDict p)
{
  switch (kind) {
  case SGD:
    return tt_sgd_new(p, (SgdOptions){ .lr = 1e-9 });
  case MOMENTUM:
    return tt_sgd_new(p, (SgdOptions){ .lr = 1e-9, .momentum = 0.9 });
  case RMSPROP:
    return tt_rmsprop_new(p, (RmsPropOptions){ .lr = 1e-9 });
  default:
    return tt_adam_new(p, (AdamOptions){ .lr = 1e-9,
                                      .amsgrad = kind == AMSGRAD });
  }
}

static double mib(int64_t bytes) { return (double)bytes / (1 << 20); }

static void weigh(const char *name, int kind)
{
  TT_SCOPE;
  int64_t start = tt_memory_stats().live_bytes;
  Linear *l = tt_linear_new(1023, 1024, NULL);
  StateDict p = tt_module_parameters(l);
  int64_t model = tt_memory_stats().live_bytes;
  for (int i = 0; i < p.n; i++)
    (*p.entry[i].slot)->grad = tt_zeros(tt_shape(*p.entry[i].slot));
  int64_t gradients = tt_memory_stats().live_bytes;
  tt_optimizer_step(make(kind, p));
  int64_t all = tt_memory_stats().live_bytes;
  printf("%s\t%.4f\t%.4f\t%.4f\n", name, mib(model - start),
         mib(gradients - model), mib(all - gradients));
  if (kind == ADAM) {
    int n = (int)tt_module_count(l);
    printf("# statesize.count\t%d,%03d,%03d\n", n / 1000000,
           n / 1000 % 1000, n % 1000);
    printf("# statesize.adam_state\t%.1f MiB\n", mib(all - gradients));
    printf("# statesize.adam_ratio\t%.3f\n",
           (double)(all - gradients + model - start)
           / (double)(model - start));
  }
}

static Tensor *weight, *gradient, *m, *v;

static void by_operations(void *unused)
{
  (void)unused;
  TT_SCOPE;
  Tensor *g = gradient;
  tt_copy_(m, tt_add(tt_mul_scalar(m, 0.9f), tt_mul_scalar(g, 0.1f)));
  tt_copy_(v, tt_add(tt_mul_scalar(v, 0.999f),
                     tt_mul_scalar(tt_mul(g, g), 0.001f)));
  Tensor *root = tt_add_scalar(tt_sqrt(v), 1e-8f);
  Tensor *step = tt_mul_scalar(tt_div(m, root), 1e-9f);
  tt_copy_(weight, tt_sub(weight, step));
}

typedef struct Job { Optimizer *o; int times; } Job;

static void run(void *arg)
{
  Job *j = arg;
  for (int i = 0; i < j->times; i++)
    tt_optimizer_step(j->o);
}

static double ns(int kind, StateDict p)    // for a step
{
  int64_t n = 0;
  for (int i = 0; i < p.n; i++)
    n += tt_numel(*p.entry[i].slot);
  Job j = { make(kind, p), (int)(1 + 10000 / n) };
  return tt_machine_time(run, &j) * 1e9 / j.times;
}

static Tensor *learner(Shape s)
{
  Tensor *t = tt_randn(s, NULL);
  t->requires_grad = true;
  t->grad = tt_full(s, 1e-3f);
  return t;
}

static void scale(void *unused)
{
  (void)unused;
  Real *x = weight->data;
  for (int64_t i = 0, n = tt_numel(weight); i < n; i++)
    x[i] *= 1.0000001f;
}

static void print_dead(void)
{
  enum { N = 1 << 14 };
  Tensor *t = learner(TT_SHAPE(N));
  StateDict p = { 1, &(StateEntry){ "w", TT_PARAM, &t } };
  Job j = { make(ADAM, p), 1500 };
  double live = tt_machine_time(run, &j) / j.times;
  tt_fill_(t->grad, 0);
  run(&j);
  double dead = tt_machine_time(run, &j) / j.times;
  printf("# stepcost.live_adam\t%.2f ns\n"
         "# stepcost.dead_adam\t%.2f ns\n", live * 1e9 / N,
         dead * 1e9 / N);
}

static void print_tiny(void)
{
  Tensor *t[4] = { learner(TT_SHAPE(4, 2)), learner(TT_SHAPE(4)),
                   learner(TT_SHAPE(1, 4)), learner(TT_SHAPE(1)) };
  StateEntry e[4] = { { "0.weight", TT_PARAM, &t[0] },
                 { "0.bias", TT_PARAM, &t[1] },
                 { "2.weight", TT_PARAM, &t[2] },
                 { "2.bias", TT_PARAM, &t[3] } };
  StateDict p = { 4, e };
  printf("# stepcost.xor_sgd\t%.0f ns\n", ns(SGD, p));
  printf("# stepcost.xor_adam\t%.0f ns\n", ns(ADAM, p));
}

static void print_times(void)
{
  static const int kind[3] = { SGD, MOMENTUM, ADAM };
  static const char *const name[3] = { "sgd", "momentum", "adam" };
  double t[3] = {0};
  printf("parameters\tsgd\tmomentum\tadam\n");
  for (int64_t n = 1 << 10; n <= 1 << 26; n *= 4) {
    TT_SCOPE;
    Tensor *big = learner(TT_SHAPE(n));
    StateDict p = { 1, &(StateEntry){ "w", TT_PARAM, &big } };
    printf("%lld", (long long)n);
    for (int i = 0; i < 3; i++)
      printf("\t%.4f", t[i] = ns(kind[i], p) / (double)n);
    putchar('\n');
    if (n == 1 << 10)
      printf("# stepcost.small_sgd\t%.2f ns\n"
             "# stepcost.small_adam\t%.2f ns\n", t[0], t[2]);
  }
  for (int i = 0; i < 3; i++)
    printf("# stepcost.%s_gbs\t%.0f\n", name[i], (12 + 8 * i) / t[i]);
  int64_t n = 1 << 26;
  weight = learner(TT_SHAPE(n)), gradient = weight->grad;
  weight = tt_detach(weight);          // nothing is to be recorded
  m = tt_zeros(TT_SHAPE(n)), v = tt_zeros(TT_SHAPE(n));
  double seconds = tt_machine_time(scale, NULL);
  printf("# stepcost.scale_gbs\t%.0f\n", 8 * (double)n / seconds / 1e9);
  printf("# stepcost.by_operations\t%.1f ns\n"
         "# stepcost.by_loop\t%.1f ns\n",
         tt_machine_time(by_operations, NULL) * 1e9 / (double)n, t[2]);
  print_dead();
  print_tiny();
}

int main(int argc, char **argv)
{
  if (argc > 1 && strcmp(argv[1], "--memory") == 0) {
    printf("rule\tparameters\tgradients\tstate\n");
    weigh("SGD", SGD);
    weigh("momentum", MOMENTUM);
    weigh("RMSprop", RMSPROP);
    weigh("Adam", ADAM);
    weigh("AMSGrad", AMSGRAD);
  } else {
    print_times();
  }
}
