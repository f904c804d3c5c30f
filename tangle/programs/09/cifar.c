// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include "judge.h"
#include "../01/digits.h"

typedef struct Sets { Batch fit, valid, test; } Sets;

typedef struct Plan {
  int64_t  width, epochs;
  double   lr, goal;
  uint64_t seed;
  const char *metrics;
  bool     quiet;
} Plan;

static Module *block(int64_t in, int64_t out, Generator *g)
{
  Conv2dOptions o = { .padding = TT_SIDES(1), .no_bias = true };
  return &TT_SEQUENTIAL(tt_conv2d_new(in, out, 3, o, g),
                        tt_batch_norm2d_new(out),
                        tt_activation_new(tt_relu))->base;
}

static Module *network(int64_t n, uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  Pool2dOptions two = { .kernel = { 2 } };
  Sequential *around = TT_SEQUENTIAL(block(4 * n, 4 * n, &g),
                                     block(4 * n, 4 * n, &g));
  return &TT_SEQUENTIAL(
    block(3, n, &g), tt_max_pool2d_new(two),
    block(n, 2 * n, &g), tt_max_pool2d_new(two),
    block(2 * n, 4 * n, &g), tt_max_pool2d_new(two),
    tt_residual_new(around, NULL),
    tt_flatten_new(), tt_dropout_new(0.2, &g),
    tt_linear_new(16 * 4 * n, 10, &g))->base;
}

static Batch some(Batch b, int64_t from, int64_t to)
{
  return (Batch){ tt_slice(b.x, 0, from, to, 1),
                  tt_slice(b.y, 0, from, to, 1) };
}

static Sets parted(Batch all, Batch test, int64_t valid)
{
  int64_t n = all.x->shape[0];
  return (Sets){ some(all, 0, n - valid), some(all, n - valid, n),
                 test };
}

static bool one_file(const char *name, Batch *b)    // false: not here
{
  char file[64], path[4096];
  snprintf(file, sizeof file, "cifar-10-batches-bin/%s.bin", name);
  if (!tt_data_find(file, path))
    return false;
  *b = tt_load_cifar(path, 10);
  return true;
}

static bool read_cifar(int files, Sets *s)
{
  Tensor *x[5], *y[5];
  Batch b;
  for (int i = 0; i < files; i++) {
    char name[32];
    snprintf(name, sizeof name, "data_batch_%d", i + 1);
    if (!one_file(name, &b))
      return false;
    x[i] = b.x, y[i] = b.y;
  }
  Batch all = { tt_cat(files, x, 0), tt_cat(files, y, 0) };
  if (!one_file("test_batch", &b))
    return false;
  *s = parted(all, b, 1000);
  return true;
}

static Tensor *enlarged(Tensor *rows)     // u8 (N,3,32,32)
{
  Tensor *x = tt_mul_scalar(pixels(rows), (Real)15.9);
  x = tt_reshape(x, TT_SHAPE(-1, 1, 8, 1, 8, 1));
  x = tt_expand(x, TT_SHAPE(-1, 3, -1, 4, -1, 4));
  x = tt_reshape(x, TT_SHAPE(-1, 3, 32, 32));
  return tt_to(x, TT_U8);
}

static Sets read_digit_pictures(void)
{
  Tensor *rows = read_digits("build/data/digits.csv"), *part[5];
  for (int k = 0; k < 5; k++)
    part[k] = tt_slice(rows, 0, k, ROWS, 5);
  Tensor *fit = tt_cat(4, part, 0), *test = tt_clone(part[4]);
  Batch all = { enlarged(fit), tt_to(labels(fit), TT_I32) };
  return parted(all, (Batch){ enlarged(test),
                              tt_to(labels(test), TT_I32) }, 100);
}

static BatchSource *loader(Batch b, const Plan *p, bool train)
{
  static const Real mean[] = { 0.4914f, 0.4822f, 0.4465f };
  static const Real std[] = { 0.2470f, 0.2435f, 0.2616f };
  bool photographs = p->width >= 32;
  Transform t[] = { tt_normalize(3, mean, std), tt_random_crop(4),
                    tt_random_horizontal_flip(photographs ? 0.5 : 0) };
  Dataset *d = tt_tensor_dataset_new(b.x, b.y);
  return tt_data_loader_new(
    tt_transformed_new(d, train ? 3 : 1, t),
    (DataLoaderOptions){ .size = train ? photographs ? 128 : 32 : 250,
                         .shuffle = train, .drop_last = train,
                         .seed = p->seed });
}

static Module *train(Sets s, Plan p)
{
  Module *net = network(p.width, p.seed);
  BatchSource *data = loader(s.fit, &p, true);
  int64_t steps = p.epochs * data->batches, rise = steps / 4;
  Schedule lr = tt_schedule_then(
    tt_schedule_warmup(p.lr, 0.02, rise), rise,
    tt_schedule_cosine(p.lr, 0, steps - rise));
  SgdOptions o = { .lr = p.lr, .momentum = 0.9, .nesterov = true,
                   .weight_decay = 5e-4 };
  tt_trainer_run(&(Trainer){
    .model = net, .loss = tt_cross_entropy, .metric = tt_accuracy,
    .opt = tt_sgd_new(tt_module_parameters(net), o), .train = data,
    .valid = loader(s.valid, &p, false), .schedule = &lr,
    .epochs = p.epochs, .metrics = p.metrics, .quiet = p.quiet });
  return net;
}

static uint64_t sum_of(const Tensor *x, int64_t i)
{
  size_t size = 3 * 32 * 32;
  return tt_checksum(TT_CHECKSUM,
                     (const uint8_t *)x->data + (size_t)i * size, size);
}

static int by_value(const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static int64_t in_both(const Tensor *fit, const Tensor *test)
{
  TT_SCOPE;
  int64_t n = fit->shape[0], found = 0;
  uint64_t *seen = tt_empty(TT_U8, TT_SHAPE(8 * n))->data;
  for (int64_t i = 0; i < n; i++)
    seen[i] = sum_of(fit, i);
  qsort(seen, (size_t)n, sizeof *seen, by_value);
  for (int64_t i = 0; i < test->shape[0]; i++) {
    uint64_t sum = sum_of(test, i);
    found += bsearch(&sum, seen, (size_t)n, sizeof *seen, by_value)
             != NULL;
  }
  return found;
}

static bool judge(Module *net, Sets s, const Plan *p)
{
  Metrics m = tt_evaluate(net, loader(s.test, p, false),
                          tt_cross_entropy, tt_accuracy);
  printf("%.2f %% of %lld unseen pictures are right\n", 100 * m.metric,
         (long long)s.test.x->shape[0]);
  bool good = demand(in_both(s.fit.x, s.test.x)
                     <= s.test.x->shape[0] / 100,
                     "test pictures are in the training set");
  Batch few = tt_source_next(loader(some(s.test, 0, 32), p, false));
  tt_module_eval(net);
  good &= same_by_hand(net, few.x, tt_forward(net, few.x), 16);
  good &= right_gradients(net, few.x, few.y);
  return demand(100 * m.metric >= p->goal, "too few are right") && good;
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  bool brief = argc > 1 && strcmp(argv[1], "--short") == 0;
  Plan p = { .width = 32, .epochs = 10, .lr = 0.1, .goal = 82,
             .metrics = "build/cifar.tsv" };
  Plan small = { .width = 8, .epochs = 5, .lr = 0.05, .goal = 93,
                 .metrics = "build/cifar-short.tsv" };
  Sets s;
  if (!read_cifar(brief ? 1 : 5, &s)) {
    printf("skipped: CIFAR-10 is not here (make data SET=cifar10 gets"
           " it); digits take its place\n");
    p = small;
    s = read_digit_pictures();
  } else if (brief) {
    p.epochs = 4, p.goal = 30;
    s.fit = some(s.fit, 0, 2000), s.test = some(s.test, 0, 1000);
  }
  if (argc > 1 && !brief)
    p.seed = strtoull(argv[1], NULL, 10);
  Module *net = train(s, p);
  return judge(net, s, &p) ? EXIT_SUCCESS : EXIT_FAILURE;
}
