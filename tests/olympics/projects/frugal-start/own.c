// A small network with three convolutions, for pictures of any size and
// number of channels; EPOCHS says how long it learns.
#include <tt/tt.h>

#ifndef EPOCHS
#define EPOCHS 8
#endif
static Module *net;

static Module *network(int64_t channels, uint64_t seed) {
  Generator g;
  tt_manual_seed(&g, seed);
  Conv2dOptions same = {.same = true};
  Pool2dOptions two = {.kernel = {2}};
  return &TT_SEQUENTIAL(
    tt_conv2d_new(channels, 32, 3, same, &g), tt_batch_norm2d_new(32),
    tt_activation_new(tt_relu), tt_max_pool2d_new(two),
    tt_conv2d_new(32, 64, 3, same, &g), tt_batch_norm2d_new(64),
    tt_activation_new(tt_relu), tt_max_pool2d_new(two),
    tt_conv2d_new(64, 128, 3, same, &g), tt_batch_norm2d_new(128),
    tt_activation_new(tt_relu), tt_adaptive_max_pool2d_new(1, 1),
    tt_flatten_new(), tt_linear_new(128, 10, &g))->base;
}

static Tensor *ink(Tensor *x) {
  return tt_add_scalar(tt_mul_scalar(tt_to(x, TT_F32), (Real)1 / 64), -2);
}

static Tensor *answer(Tensor *x) {
  TT_NO_GRAD;
  return tt_keep(tt_forward(net, ink(x)));
}

static void train(Tensor *x, Tensor *y, uint64_t seed) {
  net = network(x->shape[1], seed);
  BatchSource *data = tt_batches_new(ink(x), y,
    (BatchOptions){.size = 64, .shuffle = true, .seed = seed});
  Schedule fall = tt_schedule_cosine(0.004, 0, EPOCHS * data->batches);
  tt_trainer_run(&(Trainer){.model = net, .train = data, .loss = tt_cross_entropy,
    .opt = tt_adam_new(tt_module_parameters(net), (AdamOptions){.lr = 0.004}),
    .schedule = &fall, .epochs = EPOCHS, .quiet = true});
  tt_module_eval(net);
}

static const Entry entry = {NULL, answer, train, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
