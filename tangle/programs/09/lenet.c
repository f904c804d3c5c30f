// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include "judge.h"
#include "lenet.h"

static double percent(Module *net, Batch test, const LenetPlan *p)
{
  return 100 * tt_evaluate(net, loader(test, p, false),
                           tt_cross_entropy, tt_accuracy).metric;
}

static bool judge(Module *net, Batch fit, Batch test,
                  const LenetPlan *p, double goal)
{
  double got = percent(net, test, p);
  printf("%.2f %% of %lld unseen digits are right\n", got,
         (long long)test.x->shape[0]);
  bool good = apart(fit.x, test.x);
  tt_module_eval(net);
  Tensor *x = tt_slice(test.x, 0, 0, 32, 1);
  Tensor *y = tt_slice(test.y, 0, 0, 32, 1);
  good &= same_by_hand(net, x, tt_forward(net, x), 32);
  good &= right_gradients(loss_of, net, x, y);
  return demand(got >= goal, "too few are right") && good;
}

static bool with_mnist(void)
{
  TT_SCOPE;
  Batch fit, test;
  if (!find_mnist(&fit, &test)) {
    printf("skipped: MNIST is not here; make data SET=mnist gets it\n");
    return true;
  }
  LenetPlan p = plan_of_mnist(fit);
  bool part = fit.x->shape[0] <= 10000;
  printf("MNIST, %lld training pictures\n",
         (long long)fit.x->shape[0]);
  Module *net = train(fit, (Batch){0}, p);
  return judge(net, fit, test, &p, part ? 98.5 : 99);
}

static void print_seeds(Batch fit, Batch test)
{
  enum { SEEDS = 10 };
  double sum = 0, squares = 0, least = 100, most = 0;
  printf("seed\tpercent\n");
  for (uint64_t seed = 0; seed < SEEDS; seed++) {
    TT_SCOPE;
    LenetPlan p = plan_of_digits(seed);
    p.quiet = true;
    double got = percent(train(fit, (Batch){0}, p), test, &p);
    printf("%llu\t%.2f\n", (unsigned long long)seed, got);
    fflush(stdout);
    sum += got, squares += got * got;
    least = fmin(least, got), most = fmax(most, got);
  }
  double mean = sum / SEEDS;
  printf("# lenetseeds.mean\t%.2f %%\n# lenetseeds.min\t%.2f %%\n"
         "# lenetseeds.max\t%.2f %%\n# lenetseeds.deviation\t%.2f\n"
         "# lenetseeds.parameters\t%lld\n", mean, least, most,
         sqrt((squares - SEEDS * mean * mean) / (SEEDS - 1)),
         (long long)tt_module_count(lenet5(4, 0)));
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  Tensor *rows = read_digits("build/data/digits.csv");
  Batch fit = every(rows, 4, true), test = every(rows, 4, false);
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "--seeds") == 0) {
    print_seeds(fit, test);
    return EXIT_SUCCESS;
  }
  bool brief = strcmp(what, "--short") == 0;
  LenetPlan p = plan_of_digits(0);
  p.epochs = brief ? 5 : p.epochs;
  p.metrics = brief ? NULL : "build/lenet.tsv";
  Module *net = train(fit, (Batch){0}, p);
  bool good = judge(net, fit, test, &p, brief ? 92 : 98);
  good &= brief || with_mnist();
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
