// Fewer channels and few, large steps.
#include <tt/tt.h>

static Module *net;

static Module *network(uint64_t seed) {
  Generator g;
  tt_manual_seed(&g, seed);
  Conv2dOptions none = {0};
  Pool2dOptions two = {.kernel = {2}};
  return &TT_SEQUENTIAL(
    tt_conv2d_new(1, 6, 5, none, &g), tt_activation_new(tt_relu), tt_max_pool2d_new(two),
    tt_conv2d_new(6, 12, 5, none, &g), tt_activation_new(tt_relu), tt_max_pool2d_new(two),
    tt_flatten_new(), tt_linear_new(192, 10, &g))->base;
}

static Tensor *answer(Tensor *x) {
  TT_NO_GRAD;
  return tt_keep(tt_forward(net, tt_mul_scalar(tt_to(x, TT_F32), (Real)1 / 255)));
}

static void train(Tensor *x, Tensor *y, uint64_t seed) {
  net = network(seed);
  Tensor *ink = tt_mul_scalar(tt_to(x, TT_F32), (Real)1 / 255);
  BatchSource *data = tt_batches_new(ink, y,
    (BatchOptions){.size = 16, .shuffle = true, .seed = seed});
  Schedule lr = tt_schedule_cosine(0.008, 0, 5 * data->batches);
  tt_trainer_run(&(Trainer){.model = net, .train = data, .loss = tt_cross_entropy,
    .opt = tt_adam_new(tt_module_parameters(net), (AdamOptions){.lr = 0.008}),
    .schedule = &lr, .epochs = 5, .quiet = true});
  tt_module_eval(net);
}

static const Entry entry = {NULL, answer, train, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
