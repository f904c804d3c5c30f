// Made from chapters/05-autograd.nw by tools/tangle: edit there.
int descend_main(int argc, char **argv);
#define main descend_main
#include "../04/descend.c"
#undef main

static void step_by_tape(void *net, Digits d, Real rate)
{
  TT_SCOPE;
  Tensor *loss = tt_cross_entropy(tt_forward(net, d.x), d.y);
  tt_module_zero_grad(net);
  tt_backward(loss);
  TT_NO_GRAD;
  StateDict p = tt_module_parameters(net);
  for (int k = 0; k < p.n; k++) {
    Tensor *w = *p.entry[k].slot;
    tt_copy_(w, tt_sub(w, tt_mul_scalar(w->grad, rate)));
  }
}

static double difference(Linear *net, Digits d)
{
  TT_SCOPE;
  Tensor *felt = tt_empty(TT_F32, tt_shape(net->weight));
  feel(net, d, net->weight, felt);
  tt_module_zero_grad(net);
  tt_backward(tt_cross_entropy(tt_forward(net, d.x), d.y));
  Tensor *off = tt_abs(tt_sub(felt, net->weight->grad));
  return tt_item(tt_max(off, TT_ALL, false));
}

static Digits batch(Tensor *all, int i)
{
  int64_t from = i % (TRAIN / BATCH) * BATCH;
  return part(all, from, from + BATCH);
}

static void report(int i, void *net, Tensor *all)
{
  TT_NO_GRAD;
  Digits train = part(all, 0, TRAIN), test = part(all, TRAIN, ROWS);
  printf("%6d %9d %9.2f %11.0f %8.0f\n", i, i, loss(net, train),
         correct(net, train), correct(net, test));
}

static void walk_by_tape(Linear *net, Tensor *all)
{
  head();
  for (int i = 0; i <= STEPS; i++) {
    TT_SCOPE;
    if (i % 20 == 0)
      report(i, net, all);
    step_by_tape(net, batch(all, i), i < STEPS ? 1 : 0);
  }
}

static Sequential *with_hidden_layer(void)
{
  static Generator g;
  tt_manual_seed(&g, 5);
  return TT_SEQUENTIAL(tt_linear_new(PIXELS, 64, &g),
                       tt_activation_new(tt_relu),
                       tt_linear_new(64, CLASSES, &g));
}

static void learn(Sequential *net, Tensor *all, bool quiet)
{
  if (!quiet)
    head();
  for (int i = 0; i <= 2000; i++) {
    TT_SCOPE;
    if (i % 400 == 0 && !quiet)
      report(i, net, all);
    step_by_tape(net, batch(all, i), (Real)0.2);
  }
}

typedef struct Task { void *net; Digits d; } Task;

static void twenty_losses(void *arg)
{
  Task *t = arg;
  TT_NO_GRAD;
  for (int i = 0; i < 20; i++)
    loss(t->net, t->d);
}

static void twenty_steps(void *arg)
{
  Task *t = arg;
  for (int i = 0; i < 20; i++)
    step_by_tape(t->net, t->d, 0);
}

static void felt_step(void *arg)
{
  Task *t = arg;
  TT_NO_GRAD;
  step(t->net, t->d, 0);
}

static void print_hidden(Tensor *all)
{
  Sequential *net = with_hidden_layer();
  double start = tt_machine_now();
  learn(net, all, true);
  printf("hidden.seconds\t%.1f s\n", tt_machine_now() - start);
  double n = (double)tt_module_count(net);
  Task t = { net, batch(all, 0) };
  double m = 2 * n * 2000 * tt_machine_time(twenty_losses,
                                            &t) / 20 / 60;
  printf("hidden.weights\t%.0f\nhidden.felt\t%.0f minutes\n", n, m);
  printf("hidden.correct\t%.0f\n",
         correct(net, part(all, TRAIN, ROWS)));
}

static void print_numbers(Linear *net, Tensor *all)
{
  Task t = { net, batch(all, 0) };
  printf("tapedescent.off\t%.6f\n", difference(net, t.d));
  double felt = tt_machine_time(felt_step, &t);
  double taped = tt_machine_time(twenty_steps, &t) / 20;
  double one = tt_machine_time(twenty_losses, &t) / 20;
  int asked = 2 * STEPS * (int)tt_module_count(net);
  printf("tapedescent.asked\t%d,%03d\n", asked / 1000, asked % 1000);
  printf("tapedescent.felt\t%.0f ms\ntapedescent.taped\t%.0f µs\n",
         felt * 1e3, taped * 1e6);
  printf("tapedescent.ratio\t%.0f\ntapedescent.price\t%.1f\n",
         felt / taped, taped / one);
  print_hidden(all);
}

int main(int argc, char **argv)
{
  const char *mode = argc > 1 ? argv[1] : "";
  Tensor *all = read_digits("build/data/digits.csv");
  Linear *net = averages(part(all, 0, TRAIN));
  tt_autograd_enable();            // from here on leaves are guarded
  if (strcmp(mode, "--numbers") == 0)
    print_numbers(net, all);
  else if (strcmp(mode, "--hidden") == 0)
    learn(with_hidden_layer(), all, false);
  else
    walk_by_tape(net, all);
}
