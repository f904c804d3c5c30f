// Made from chapters/07-training.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../01/digits.h"

typedef struct Digits { Tensor *x, *y; } Digits;   // (N,P), i32 (N)

static Digits all_digits(void)
{
  Tensor *rows = read_digits("build/data/digits.csv");
  return (Digits){ tt_mul_scalar(pixels(rows), (Real)1 / 16),
                   tt_to(labels(rows), TT_I32) };
}

static Tensor *pick(Tensor *t, const int32_t *row, int64_t n)
{
  Tensor **part = tt_empty(TT_U8, TT_SHAPE(n
                           * (int64_t)sizeof(Tensor *)))->data;
  for (int64_t i = 0; i < n; i++)
    part[i] = tt_slice(t, 0, row[i], row[i] + 1, 1);
  return tt_cat((int)n, part, 0);
}

static void put_aside(Digits all, int64_t want, Digits *rest,
                      Digits *part)
{
  int64_t n = all.x->shape[0], turn = 0, count[2] = { 0, 0 };
  const int32_t *label = all.y->data;
  int32_t *row[2];
  for (int k = 0; k < 2; k++)
    row[k] = tt_empty(TT_I32, TT_SHAPE(n))->data;
  for (int c = 0; c < 10; c++)
    for (int32_t i = 0; i < n; i++)
      if (label[i] == c) {
        int k = (turn + 1) * want / n > turn * want / n;
        turn++;
        row[k][count[k]++] = i;
      }
  *rest = (Digits){ pick(all.x, row[0], count[0]),
                    pick(all.y, row[0], count[0]) };
  *part = (Digits){ pick(all.x, row[1], count[1]),
                    pick(all.y, row[1], count[1]) };
}

static uint32_t big_endian(FILE *f)
{
  uint32_t v = 0;
  for (int i = 0; i < 4; i++)
    v = v << 8 | (uint32_t)(getc(f) & 0xff);
  return v;
}

static Tensor *read_idx(const char *name, uint32_t magic)
{
  char command[256];
  snprintf(command, sizeof command, "f=\"$TT_DATA/mnist/%s\"; "
           "if [ -e \"$f\" ]; then cat \"$f\"; "
           "else gzip -dc \"$f.gz\"; fi", name);
  FILE *f = popen(command, "r");
  uint32_t kind = f ? big_endian(f) : 0, n = f ? big_endian(f) : 0;
  if (kind != magic || n > 60000 || (kind == 0x803
      && (big_endian(f) != 28 || big_endian(f) != 28)))
    tt_fail(TT_EFORMAT, "TT_DATA/mnist/%s: no file of digits", name);
  Tensor *t = tt_empty(TT_U8, TT_SHAPE(n, kind == 0x803 ? 784 : 1));
  size_t got = fread(t->data, 1, (size_t)tt_numel(t), f);
  if (pclose(f) != 0 || got != (size_t)tt_numel(t))
    tt_fail(TT_EFORMAT, "TT_DATA/mnist/%s: it ends early", name);
  return t;
}

static Digits read_mnist(const char *part)
{
  char images[64], labels[64];
  snprintf(images, sizeof images, "%s-images-idx3-ubyte", part);
  snprintf(labels, sizeof labels, "%s-labels-idx1-ubyte", part);
  Tensor *x = tt_to(read_idx(images, 0x803), TT_F32);
  Tensor *y = tt_to(read_idx(labels, 0x801), TT_I32);
  if (x->shape[0] != y->shape[0])
    tt_fail(TT_EFORMAT, "TT_DATA/mnist: %s and %s differ in length",
            images, labels);
  return (Digits){ tt_mul_scalar(x, (Real)1 / 255),
                   tt_reshape(y, TT_SHAPE(-1)) };
}

static void *network(int64_t pixels, int64_t hidden, uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  return TT_SEQUENTIAL(tt_linear_new(pixels, hidden, &g),
    tt_activation_new(tt_relu), tt_linear_new(hidden, 10, &g));
}

typedef struct Plan {
  int64_t hidden, epochs;
  uint64_t seed;
  const char *metrics;
  bool quiet;
} Plan;

static void *train(Digits d, Plan p)
{
  Digits fit, valid;
  put_aside(d, d.x->shape[0] / 5, &fit, &valid);
  void *net = network(d.x->shape[1], p.hidden, p.seed);
  BatchSource *data = tt_batches_new(fit.x, fit.y, (BatchOptions){
    .size = 32, .shuffle = true, .seed = p.seed });
  int64_t steps = p.epochs * data->batches;
  Schedule fall = tt_schedule_cosine(0.01, 0, steps - 50);
  Schedule rise = tt_schedule_warmup(0.01, 0.1, 50);
  Schedule lr = tt_schedule_then(rise, 50, fall);
  AdamOptions o = { .lr = 0.01 };
  tt_trainer_run(&(Trainer){
    .model = net, .loss = tt_cross_entropy, .metric = tt_accuracy,
    .opt = tt_adam_new(tt_module_parameters(net), o), .train = data,
    .valid = tt_batches_new(valid.x, valid.y,
                            (BatchOptions){ .size = 256 }),
    .schedule = &lr, .epochs = p.epochs, .clip = 5,
    .patience = 10, .metrics = p.metrics, .quiet = p.quiet });
  return net;
}

static void row_times(const Tensor *w, const Tensor *b, const double *x,
                      double *y)
{
  const Real *weight = w->data, *bias = b->data;
  for (int64_t i = 0, n = w->shape[1]; i < w->shape[0]; i++) {
    y[i] = (double)bias[i];
    for (int64_t k = 0; k < n; k++)
      y[i] += (double)weight[i * n + k] * x[k];
  }
}

static double loss_of(StateDict p, const Real *pixel, int label,
                      bool *right)
{
  double x[784], h[1024], z[10], sum = 0;
  int64_t n = (*p.entry[0].slot)->shape[1], best = 0;
  for (int64_t i = 0; i < n; i++)
    x[i] = (double)pixel[i];
  row_times(*p.entry[0].slot, *p.entry[1].slot, x, h);
  for (int64_t i = 0; i < (*p.entry[0].slot)->shape[0]; i++)
    h[i] = h[i] > 0 ? h[i] : 0;
  row_times(*p.entry[2].slot, *p.entry[3].slot, h, z);
  for (int c = 0; c < 10; c++) {
    sum += exp(z[c]);
    best = z[c] > z[best] ? c : best;
  }
  *right = best == label;
  return log(sum) - z[label];
}

static bool demand(bool good, const char *what)
{
  if (!good)
    printf("FAILED: %s\n", what);
  return good;
}

static bool moved(StateDict now, StateDict before)
{
  bool all = true;
  for (int i = 0; i < now.n; i++) {
    Tensor *d = tt_sub(tt_detach(*now.entry[i].slot),
                       tt_detach(*before.entry[i].slot));
    all = all && tt_item(tt_max(tt_abs(d), TT_ALL, false)) > 0.01;
  }
  return all;
}

static bool judge(void *net, Plan p, Digits test, double goal)
{
  StateDict now = tt_module_parameters(net);
  int64_t n = test.x->shape[0], pixels = test.x->shape[1], hits = 0;
  const Real *x = test.x->data;
  double loss = 0;
  for (int64_t i = 0; i < n; i++) {
    bool right;
    loss += loss_of(now, x + i * pixels,
                    (int)tt_load(TT_I32, test.y->data, i), &right);
    hits += right;
  }
  loss /= (double)n;
  double part = (double)hits / (double)n;
  Metrics s = tt_evaluate(net, tt_batches_new(test.x, test.y,
    (BatchOptions){ .size = 100 }), tt_cross_entropy, tt_accuracy);
  printf("%lld of %lld unseen digits are right: %.2f %%\n",
         (long long)hits, (long long)n, 100 * part);
  bool good = demand(moved(now, tt_module_parameters(network(pixels,
                           p.hidden, p.seed))),
                     "some weights have hardly moved");
  good &= demand(fabs(s.loss - loss) < 1e-4 * (1 + loss),
                 "plain C has another loss for these weights");
  good &= demand(fabs(s.metric - part) * (double)n < 1.5,
                 "plain C has another accuracy for these weights");
  return demand(part >= goal, "too few are right") && good;
}

static int64_t most_similar(const Real *x, int64_t n, int64_t i)
{
  int64_t best = i;
  double least = HUGE_VAL;
  for (int64_t j = 0; j < n; j++) {
    double sum = 0;
    for (int64_t k = 0; k < 64; k++) {
      double d = (double)(x[i * 64 + k] - x[j * 64 + k]);
      sum += d * d;
    }
    if (j != i && sum < least)
      least = sum, best = j;
  }
  return best;
}

static void print_near(Digits all)
{
  int64_t n = all.x->shape[0], near = 0;
  for (int64_t i = 0; i < n; i++)
    near += llabs(most_similar(all.x->data, n, i) - i) <= 70;
  printf("# digitseeds.near\t%.0f %%\n# digitseeds.chance\t%.0f %%\n",
         100 * (double)near / (double)n, 100 * 140 / (double)n);
}

static double percent(void *net, Digits test)
{
  BatchOptions o = { .size = 100 };
  BatchSource *s = tt_batches_new(test.x, test.y, o);
  return 100 * tt_evaluate(net, s, tt_cross_entropy,
                           tt_accuracy).metric;
}

static void print_seeds(Digits all)
{
  Digits rest, test;
  put_aside(all, 360, &rest, &test);
  double sum = 0, min = 100;
  printf("seed\tpercent\n");
  for (uint64_t seed = 0; seed < 10; seed++) {
    TT_SCOPE;
    Plan p = { .hidden = 64, .epochs = 40, .seed = seed,
               .quiet = true };
    double got = percent(train(rest, p), test);
    printf("%llu\t%.2f\n", (unsigned long long)seed, got);
    sum += got;
    min = got < min ? got : min;
  }
  printf("# digitseeds.mean\t%.1f %%\n# digitseeds.min\t%.1f %%\n",
         sum / 10, min);
  Digits first = { tt_slice(all.x, 0, 0, TRAIN, 1),
                   tt_slice(all.y, 0, 0, TRAIN, 1) };
  Digits last = { tt_slice(all.x, 0, TRAIN, ROWS, 1),
                  tt_slice(all.y, 0, TRAIN, ROWS, 1) };
  Plan p = { .hidden = 64, .epochs = 40, .quiet = true };
  printf("# digitseeds.last\t%.1f %%\n", percent(train(first, p), last));
  print_near(all);
}

typedef struct Way {
  const char *name;
  bool rise, fall;
  double clip;
} Way;

static double train_one(Digits d, Digits test, Way w, uint64_t seed)
{
  void *net = network(64, 64, seed);
  SgdOptions o = { .lr = 0.5, .momentum = 0.9 };
  BatchSource *data = tt_batches_new(d.x, d.y,
                                     (BatchOptions){ .size = 32,
    .shuffle = true, .seed = seed });
  int64_t first = w.rise ? 50 : 1, steps = 20 * data->batches - first;
  Schedule rise = tt_schedule_warmup(0.5, 0.02, first);
  Schedule rest = w.fall ? tt_schedule_cosine(0.5, 0, steps)
                         : tt_schedule_constant(0.5);
  Schedule lr = w.rise ? tt_schedule_then(rise, first, rest) : rest;
  tt_trainer_run(&(Trainer){ .model = net, .train = data, .epochs = 20,
    .opt = tt_sgd_new(tt_module_parameters(net), o), .schedule = &lr,
    .loss = tt_cross_entropy, .clip = w.clip, .quiet = true });
  return percent(net, test);
}

static void print_rates(Digits all)
{
  static const Way way[] = { { "constant", 0, 0, 0 },
    { "warm-up", 1, 0, 0 }, { "cosine", 0, 1, 0 },
    { "warm-up and cosine", 1, 1, 0 }, { "constant, clipped", 0, 0, 1 },
    { "warm-up and cosine, clipped", 1, 1, 1 } };
  Digits rest, test;
  put_aside(all, 360, &rest, &test);
  printf("%-29s mean   worst\n", "0.5 is used");
  for (int i = 0; i < 6; i++) {
    double sum = 0, worst = 100;
    for (uint64_t seed = 0; seed < 10; seed++) {
      TT_SCOPE;
      double got = train_one(rest, test, way[i], seed);
      sum += got;
      worst = got < worst ? got : worst;
    }
    printf("%-29s %4.1f   %4.1f\n", way[i].name, sum / 10, worst);
  }
}

static double learn_once(void *net, Optimizer *opt, Digits *d)
{
  TT_SCOPE;
  tt_optimizer_zero_grad(opt);
  Tensor *loss = tt_cross_entropy(tt_forward(net, d->x), d->y);
  tt_backward(loss);
  tt_optimizer_step(opt);
  return tt_item(loss);
}

static void print_overfit(Digits all)
{
  Digits rest, test, few;
  put_aside(all, 360, &rest, &test);
  put_aside(rest, 205, &rest, &few);
  Generator g;
  tt_manual_seed(&g, 1);
  int32_t *label = few.y->data;
  for (int i = 0; i < 205; i += 5)
    label[i] = (int32_t)((label[i] + 1 + tt_random(&g) % 9) % 10);
  void *net = network(64, 64, 1);
  Optimizer *opt = tt_adam_new(tt_module_parameters(net),
                               (AdamOptions){ .lr = 0.01 });
  BatchSource *unseen = tt_batches_new(test.x, test.y,
                                       (BatchOptions){ .size = 360 });
  double best = 0, last = 0, lowest = HUGE_VAL;
  int best_epoch = 0;
  printf("epoch\tloss\tunseen_loss\tunseen_right\n");
  for (int epoch = 1; epoch <= 300; epoch++) {
    double loss = learn_once(net, opt, &few);
    Metrics s = tt_evaluate(net, unseen, tt_cross_entropy,
                            tt_accuracy);
    printf("%d\t%.4f\t%.4f\t%.4f\n", epoch, loss, s.loss, s.metric);
    last = 100 * s.metric;
    if (s.loss < lowest)
      lowest = s.loss, best = last, best_epoch = epoch;
  }
  printf("# overfit.best_epoch\t%d\n# overfit.best\t%.1f %%\n"
         "# overfit.last\t%.1f %%\n", best_epoch, best, last);
}

static bool is_there(const char *folder, const char *name)
{
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return access(path, F_OK) == 0;
}

static bool with_mnist(const char *folder)
{
  bool whole = is_there(folder, "mnist/train-images-idx3-ubyte")
            || is_there(folder, "mnist/train-images-idx3-ubyte.gz");
  Plan p = { .hidden = 128, .epochs = 10 };
  Digits digits = read_mnist(whole ? "train" : "train10k");
  return judge(train(digits, p), p, read_mnist("t10k"),
               whole ? 0.97 : 0.94);
}

static int milestone(Digits all)
{
  Digits rest, test;
  put_aside(all, 360, &rest, &test);
  Plan p = { .hidden = 64, .epochs = 40, .metrics = "build/mlp.tsv" };
  bool good = judge(train(rest, p), p, test, 0.95);
  if (getenv("TT_DATA"))
    good &= with_mnist(getenv("TT_DATA"));
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int print_curve(Digits all)
{
  Digits rest, test;
  put_aside(all, 360, &rest, &test);
  Plan p = { .hidden = 64, .epochs = 40, .quiet = true,
             .metrics = "build/mlp-curve.tsv" };
  double got = percent(train(rest, p), test);
  FILE *f = fopen(p.metrics, "r");
  for (int c; f && (c = getc(f)) != EOF;)
    putchar(c);
  printf("# digitscurve.percent\t%.1f %%\n", got);
  return f ? fclose(f) : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "";
  tt_autograd_enable();
  Digits all = all_digits();
  if (strcmp(what, "--overfit") == 0)
    print_overfit(all);
  else if (strcmp(what, "--seeds") == 0)
    print_seeds(all);
  else if (strcmp(what, "--rates") == 0)
    print_rates(all);
  else if (strcmp(what, "--curve") == 0)
    return print_curve(all);
  else
    return milestone(all);
  return EXIT_SUCCESS;
}
