// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include <stdio.h>
#include "../01/digits.h"

static Module *dense(Generator *g)
{
  return &TT_SEQUENTIAL(tt_flatten_new(), tt_linear_new(64, 64, g),
                        tt_activation_new(tt_relu),
                        tt_linear_new(64, 10, g))->base;
}

static Module *windows(Generator *g)
{
  Conv2dOptions o = { .padding = TT_SIDES(1) };
  return &TT_SEQUENTIAL(
    tt_conv2d_new(1, 16, 3, o, g), tt_activation_new(tt_relu),
    tt_max_pool2d_new((Pool2dOptions){ .kernel = { 2 } }),
    tt_conv2d_new(16, 16, 3, o, g), tt_activation_new(tt_relu),
    tt_adaptive_max_pool2d_new(1, 1), tt_flatten_new(),
    tt_linear_new(16, 10, g))->base;
}

static Tensor *moved(Tensor *x, int64_t right)   // by some pixels
{
  Tensor *y = tt_zeros(tt_shape(x));
  int64_t from = right < 0 ? -right : 0, to = right > 0 ? right : 0;
  tt_copy_(tt_slice(y, 3, to, 8 - from, 1),
           tt_slice(x, 3, from, 8 - to, 1));
  return y;
}

static void train_and_ask(const char *name, Module *net, Batch all)
{
  Tensor *x = tt_slice(all.x, 0, 0, 1500, 1);
  Tensor *y = tt_slice(all.y, 0, 0, 1500, 1);
  BatchSource *data = tt_batches_new(x, y, (BatchOptions){
    .size = 32, .shuffle = true, .seed = 1 });
  Schedule lr = tt_schedule_cosine(0.01, 0, 30 * data->batches);
  AdamOptions o = { .lr = 0.01 };
  tt_trainer_run(&(Trainer){ .model = net, .train = data, .epochs = 30,
    .opt = tt_adam_new(tt_module_parameters(net), o), .schedule = &lr,
    .loss = tt_cross_entropy, .quiet = true });
  x = tt_slice(all.x, 0, 1500, ROWS, 1);
  y = tt_slice(all.y, 0, 1500, ROWS, 1);
  printf("%s, %lld weights:\n", name,
         (long long)tt_module_count(net));
  for (int64_t right = 0; right >= -1; right--)
    printf("  %s %.1f %%", right ? "moved" : "in place",
           100 * tt_evaluate(net, tt_batches_new(moved(x, right), y,
             (BatchOptions){ .size = 100 }), tt_cross_entropy,
             tt_accuracy).metric);
  putchar('\n');
}

int main(void)
{
  tt_autograd_enable();
  Tensor *rows = read_digits("build/data/digits.csv");
  Tensor *x = tt_mul_scalar(pixels(rows), (Real)1 / 16);
  Batch all = { tt_reshape(x, TT_SHAPE(-1, 1, 8, 8)),
                tt_to(labels(rows), TT_I32) };
  Generator g;
  tt_manual_seed(&g, 1);
  train_and_ask("a weight per pixel", dense(&g), all);
  train_and_ask("windows", windows(&g), all);
  return 0;
}
