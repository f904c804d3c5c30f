// CIFAR-10 to 75 %: few maps where they are large, a batch that is moved
// and mirrored on its way, one cycle of the rate. To answer, the picture
// and its mirror image are looked at.
#include <tt/tt.h>

#ifndef EPOCHS
#define EPOCHS 3
#endif
static Module *net;

static Module *block(int64_t in, int64_t out, Generator *g) {
  Conv2dOptions o = {.same = true, .no_bias = true};
  return &TT_SEQUENTIAL(tt_conv2d_new(in, out, 3, o, g), tt_batch_norm2d_new(out),
                        tt_activation_new(tt_relu))->base;
}

static Module *network(int64_t channels, Generator *g) {
  Pool2dOptions two = {.kernel = {2}};
  return &TT_SEQUENTIAL(
    block(channels, 16, g), tt_max_pool2d_new(two),
    block(16, 48, g), tt_max_pool2d_new(two),
    block(48, 96, g), tt_max_pool2d_new(two),
    block(96, 128, g), tt_adaptive_max_pool2d_new(2, 2),
    tt_flatten_new(), tt_linear_new(512, 10, g))->base;
}

static Tensor *mirrored(Tensor *x) {
  Tensor *y = tt_clone(x);
  int64_t n = tt_numel(x), w = x->shape[3];
  for (int64_t i = 0; i < n; i++)
    ((Real *)y->data)[i] = ((Real *)x->data)[i / w * w + (w - 1 - i % w)];
  return y;
}

static Tensor *answer(Tensor *x) {
  TT_NO_GRAD;
  Tensor *ink = tt_mul_scalar(tt_add_scalar(tt_to(x, TT_F32), -128), (Real)1 / 64);
  Tensor *y = tt_forward(net, ink);
  if (x->shape[1] == 3)                // a photograph; a sign would be another sign
    y = tt_add(y, tt_forward(net, mirrored(ink)));
  return tt_keep(y);
}

static Tensor *smooth_loss(Tensor *z, Tensor *y) {
  return tt_cross_entropy_with(z, y, (LabelOptions){.label_smoothing = 0.1});
}

static void train(Tensor *x, Tensor *y, uint64_t seed) {
  const Real mean[] = {128.f / 255, 128.f / 255, 128.f / 255};
  const Real std[] = {64.f / 255, 64.f / 255, 64.f / 255};
  int64_t channels = x->shape[1], epochs = x->shape[0] < 10000 ? 4 * EPOCHS : EPOCHS;
  double lr = 0.08;
  Generator g;
  tt_manual_seed(&g, seed);
  net = network(channels, &g);
  Transform moved[] = {tt_normalize((int)channels, mean, std), tt_random_crop(2),
                       tt_random_horizontal_flip(channels == 3 ? 0.5 : 0)};
  BatchSource *data = tt_data_loader_new(
    tt_transformed_new(tt_tensor_dataset_new(x, y), 3, moved),
    (DataLoaderOptions){.size = 64, .shuffle = true, .drop_last = true, .seed = seed});
  int64_t steps = epochs * data->batches, rise = steps / 5;
  Schedule cycle = tt_schedule_then(tt_schedule_warmup(lr, 0.1, rise), rise,
                                    tt_schedule_cosine(lr, 0, steps - rise));
  SgdOptions sgd = {.lr = lr, .momentum = 0.9, .nesterov = true, .weight_decay = 5e-4};
  tt_trainer_run(&(Trainer){.model = net, .train = data, .loss = smooth_loss,
    .opt = tt_sgd_new(tt_module_parameters(net), sgd), .schedule = &cycle,
    .epochs = epochs, .quiet = true});
  tt_module_eval(net);
}

static const Entry entry = {NULL, answer, train, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
