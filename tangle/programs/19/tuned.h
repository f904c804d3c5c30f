// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// Digits for a tuner: to learn from, to compare on, and fresh ones.
#ifndef TUNED_H
#define TUNED_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../17/fifths.h"

static inline Tensor *is_right(Tensor *out, Tensor *y)     // (N)
{
  Tensor *class = tt_argmax(out, 1, false);
  return tt_eq(tt_to(class, TT_F32), tt_to(y, TT_F32));
}

// of five parts, three are learned from; the fresh one is the last
static inline TuneData tune_data(void)
{
  Tensor *rows = read_digits("build/data/digits.csv");
  Batch part[5];
  for (int k = 0; k < 5; k++)
    part[k] = fifth(rows, k, false);
  Tensor *x[] = { part[0].x, part[1].x, part[2].x };
  Tensor *y[] = { part[0].y, part[1].y, part[2].y };
  return (TuneData){ .train_x = tt_cat(3, x, 0),
    .train_y = tt_cat(3, y, 0), .x = part[3].x, .y = part[3].y,
    .fresh_x = part[4].x, .fresh_y = part[4].y, .score = is_right,
    .loss = tt_cross_entropy, .epochs = 4 };
}

static inline void learn(void *net, const TuneData *d, int64_t epochs,
                         double lr, uint64_t seed)
{
  BatchSource *data = tt_batches_new(d->train_x, d->train_y,
    (BatchOptions){ .size = 32, .shuffle = true, .seed = seed });
  Schedule fall = tt_schedule_cosine(lr, 0, epochs * data->batches);
  AdamOptions o = { .lr = lr };
  tt_trainer_run(&(Trainer){ .model = net, .loss = d->loss,
    .train = data, .opt = tt_adam_new(tt_module_parameters(net), o),
    .schedule = &fall, .epochs = epochs, .clip = 5, .quiet = true });
  tt_module_zero_grad(net);
  tt_module_eval(net);
}

static inline double mean_score(void *m, const TuneData *d, Tensor *x,
                                Tensor *y)
{
  TT_NO_GRAD;
  return tt_item(tt_mean(d->score(tt_forward(m, x), y), TT_ALL,
                         false));
}
#endif
