// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// entrant: the reference of the competition, and a template for yours.
#include <stdlib.h>
#include "tt/tt.h"

static Module *net;

static Module *network(uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  Conv2dOptions none = {0};
  Pool2dOptions two = { .kernel = { 2 } };
  return &TT_SEQUENTIAL(
    tt_conv2d_new(1, 16, 5, none, &g), tt_activation_new(tt_relu),
    tt_max_pool2d_new(two),
    tt_conv2d_new(16, 32, 5, none, &g), tt_activation_new(tt_relu),
    tt_max_pool2d_new(two),
    tt_flatten_new(), tt_linear_new(512, 10, &g))->base;
}

static Tensor *answer(Tensor *x)
{
  TT_NO_GRAD;
  Tensor *ink = tt_mul_scalar(tt_to(x, TT_F32), (Real)1 / 255);
  return tt_keep(tt_forward(net, ink));
}

static void train(Tensor *x, Tensor *y, uint64_t seed)
{
  net = network(seed);
  int64_t n = x->shape[0], epochs = n < 2000 ? 8 : 4;
  Tensor *ink = tt_mul_scalar(tt_to(x, TT_F32), (Real)1 / 255);
  BatchSource *data = tt_batches_new(ink, y, (BatchOptions){
    .size = 32, .shuffle = true, .seed = seed });
  Schedule lr = tt_schedule_cosine(0.003, 0, epochs * data->batches);
  tt_trainer_run(&(Trainer){ .model = net, .train = data,
    .opt = tt_adam_new(tt_module_parameters(net),
                       (AdamOptions){ .lr = 0.003 }),
    .loss = tt_cross_entropy, .schedule = &lr, .epochs = epochs,
    .quiet = true });
  tt_module_eval(net);
}

static void load(const char *model)
{
  net = network(0);
  tt_load_model(model, net);
}

static void save(const char *model)
{
  tt_save_file(model, tt_module_state_dict(net), (Metadata){0});
}

const Entry tt_entry = { load, answer, train, save, NULL };

int main(int argc, char **argv)
{
  return tt_entry_main(&tt_entry, argc, argv);
}
