// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// digitnet.h - a small network learns the digits, in seconds.
#include "tt/tt.h"

enum { HIDDEN = 256 };
typedef struct Digits { Tensor *x, *y, *test_x, *test_y; } Digits;

static inline Digits shuffled_digits(void)
{
  Tensor *rows = read_digits("build/data/digits.csv"), *part[5];
  for (int k = 0; k < 5; k++)
    part[k] = tt_slice(rows, 0, k, ROWS, 5);
  Tensor *fit = tt_cat(4, part, 0), *test = part[4];
  return (Digits){ tt_mul_scalar(pixels(fit), (Real)1 / 16),
                   tt_to(labels(fit), TT_I32),
                   tt_mul_scalar(pixels(test), (Real)1 / 16),
                   tt_to(labels(test), TT_I32) };
}

static inline void learn(void *net, const Digits *d, int64_t epochs,
                         double lr, uint64_t seed)
{
  BatchSource *data = tt_batches_new(d->x, d->y, (BatchOptions){
    .size = 32, .shuffle = true, .seed = seed });
  Schedule fall = tt_schedule_cosine(lr, 0, epochs * data->batches);
  tt_trainer_run(&(Trainer){
    .model = net, .loss = tt_cross_entropy, .train = data,
    .opt = tt_adam_new(tt_module_parameters(net),
                       (AdamOptions){ .lr = lr }),
    .schedule = &fall, .epochs = epochs, .clip = 5, .quiet = true });
  tt_module_eval(net);
}

static inline Module *digit_network(const Digits *d, uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  Sequential *net = TT_SEQUENTIAL(
    tt_linear_new(PIXELS, HIDDEN, &g), tt_activation_new(tt_relu),
    tt_linear_new(HIDDEN, HIDDEN, &g), tt_activation_new(tt_relu),
    tt_linear_new(HIDDEN, CLASSES, &g));
  learn(net, d, 20, 3e-3, seed);
  return &net->base;
}

// 1 for each right one
static inline Tensor *right_digits(void *net, const Digits *d)
{
  TT_NO_GRAD;
  Tensor *class = tt_argmax(tt_forward(net, d->test_x), 1, false);
  return tt_keep(tt_eq(tt_to(class, TT_F32), tt_to(d->test_y, TT_F32)));
}
