// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include <math.h>
#include <stdlib.h>
#include "../01/digits.h"

static Tensor *bend(Tensor *x)
{
  return tt_mul_scalar(tt_tanh(tt_mul_scalar(x, (Real)(2. / 3))),
                       (Real)1.7159);
}

static Module *lenet5(int padding, uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  Conv2dOptions frame = { .padding = TT_SIDES(padding) }, none = {0};
  Pool2dOptions two = { .kernel = { 2 } };
  return &TT_SEQUENTIAL(
    tt_conv2d_new(1, 6, 5, frame, &g), tt_activation_new(bend),
    tt_avg_pool2d_new(two),
    tt_conv2d_new(6, 16, 5, none, &g), tt_activation_new(bend),
    tt_avg_pool2d_new(two),
    tt_conv2d_new(16, 120, 5, none, &g), tt_activation_new(bend),
    tt_flatten_new(),
    tt_linear_new(120, 84, &g), tt_activation_new(bend),
    tt_linear_new(84, 10, &g))->base;
}

static inline Batch every(Tensor *rows, int64_t first, bool others)
{
  Tensor *part[4] = { NULL };
  int n = 0;
  for (int64_t k = 0; k < 5; k++)
    if ((k == first) != others)
      part[n++] = tt_slice(rows, 0, k, ROWS, 5);
  Tensor *some = tt_cat(n, part, 0);
  Tensor *x = tt_mul_scalar(pixels(some), (Real)1 / 16);
  x = tt_reshape(x, TT_SHAPE(-1, 8, 1, 8, 1));
  x = tt_expand(x, TT_SHAPE(-1, -1, 3, -1, 3));
  return (Batch){ tt_reshape(x, TT_SHAPE(-1, 1, 24, 24)),
                  tt_to(labels(some), TT_I32) };
}

typedef struct LenetPlan {
  int64_t  epochs;
  int      padding;                // of the first layer
  int64_t  size, shift, cut;       // of a batch; pixels, at random
  double   lr, decay;
  uint64_t seed;
  const char *metrics;
  bool     quiet;
} LenetPlan;

static BatchSource *loader(Batch b, const LenetPlan *p, bool train)
{
  Transform t[] = { tt_random_crop(p->shift),
                    tt_cutout(p->cut ? p->cut : 1) };
  Dataset *d = tt_tensor_dataset_new(b.x, b.y);
  return tt_data_loader_new(
    tt_transformed_new(d, train ? 1 + (p->cut > 0) : 0, t),
    (DataLoaderOptions){ .size = train ? p->size : 200,
                         .shuffle = train, .seed = p->seed });
}

static inline Module *train(Batch fit, Batch test, LenetPlan p)
{
  Module *net = lenet5(p.padding, p.seed);
  BatchSource *data = loader(fit, &p, true);
  Schedule lr = tt_schedule_cosine(p.lr, 0, p.epochs * data->batches);
  AdamOptions o = { .lr = p.lr, .weight_decay = p.decay };
  tt_trainer_run(&(Trainer){
    .model = net, .loss = tt_cross_entropy, .metric = tt_accuracy,
    .opt = tt_adamw_new(tt_module_parameters(net), o), .train = data,
    .valid = test.x ? loader(test, &p, false) : NULL,
    .schedule = &lr, .epochs = p.epochs, .metrics = p.metrics,
    .quiet = p.quiet });
  return net;
}

static bool read_mnist(const char *part, Batch *b)  // false: not here
{
  char name[64], x[4096], y[4096];
  snprintf(name, sizeof name, "mnist/%s-images-idx3-ubyte", part);
  bool found = tt_data_find(name, x);
  snprintf(name, sizeof name, "mnist/%s-labels-idx1-ubyte", part);
  if (!found || !tt_data_find(name, y))
    return false;
  b->x = tt_reshape(tt_load_idx(x), TT_SHAPE(-1, 1, 28, 28));
  b->y = tt_to(tt_load_idx(y), TT_I32);
  return true;
}

static inline bool find_mnist(Batch *fit, Batch *test)
{
  if (!(read_mnist("train", fit) || read_mnist("train10k", fit))
      || !read_mnist("t10k", test))
    return false;
  test->x = tt_mul_scalar(tt_to(test->x, TT_F32), (Real)1 / 255);
  return true;
}

static inline LenetPlan plan_of_mnist(Batch fit)
{
  return (LenetPlan){
    .epochs = fit.x->shape[0] > 10000 ? 12 : 60, .padding = 2,
    .size = 64, .shift = 1, .cut = 6, .lr = 3e-3, .decay = 0.02 };
}

static inline LenetPlan plan_of_digits(uint64_t seed)
{
  return (LenetPlan){ .epochs = 20, .padding = 4, .size = 32,
                      .shift = 2, .lr = 2e-3, .seed = seed };
}
