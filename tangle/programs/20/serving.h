// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// Digits as a camera sees them, the network that reads them, and how it
// is trained anew: shared by the programs of chapter 20.
#ifndef SERVING_H
#define SERVING_H
#include <math.h>
#include <stdlib.h>
#include "../01/digits.h"

static inline Real pixel_at(const Real *x, double row, double column)
{
  int r = (int)floor(row), c = (int)floor(column);
  double dr = row - r, dc = column - c, sum = 0;
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++)
      if (r + i >= 0 && r + i < 8 && c + j >= 0 && c + j < 8)
        sum += (i ? dr : 1 - dr) * (j ? dc : 1 - dc)
               * (double)x[(r + i) * 8 + c + j];
  return (Real)sum;
}

static inline void turn(const Real *x, double degrees, double light,
                        Real *to)
{
  double a = degrees * M_PI / 180;
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++) {
      double r = i - 3.5, c = j - 3.5;
      to[i * 8 + j] = (Real)light
        * pixel_at(x, 3.5 + r * cos(a) - c * sin(a),
                   3.5 + r * sin(a) + c * cos(a));
    }
}

static inline double unit(Generator *g)    // 0 to 1
{
  return (double)(tt_random(g) >> 11) * 0x1p-53;
}

static inline void shoot(const Real *x, double degrees, Generator *g,
                         Real *to)
{
  double shake = 12 * unit(g) - 6, light = 0.9 + 0.2 * unit(g);
  turn(x, degrees + shake, light, to);
}

typedef struct Shots {             // pictures and what they show
  Tensor *x, *y;                   // (N,64), i32 (N)
} Shots;

static inline Shots all_shots(uint64_t seed)   // of the file, shuffled
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, seed);
  Tensor *rows = read_digits("build/data/digits.csv");
  Tensor *x = tt_mul_scalar(pixels(rows), (Real)1 / 16);
  Tensor *y = tt_to(tt_contiguous(labels(rows)), TT_I32);
  const int32_t *order = tt_randperm(ROWS, &g)->data;
  Shots s = { tt_empty(TT_F32, TT_SHAPE(ROWS, PIXELS)),
              tt_empty(TT_I32, TT_SHAPE(ROWS)) };
  for (int64_t i = 0; i < ROWS; i++) {
    memcpy((Real *)s.x->data + i * PIXELS,
           (Real *)x->data + order[i] * PIXELS, PIXELS * sizeof(Real));
    ((int32_t *)s.y->data)[i] = ((int32_t *)y->data)[order[i]];
  }
  return (Shots){ tt_keep(s.x), tt_keep(s.y) };
}

static inline Shots some(Shots s, int64_t from, int64_t to)  // views
{
  return (Shots){ tt_slice(s.x, 0, from, to, 1),
                  tt_slice(s.y, 0, from, to, 1) };
}

static inline Shots shots_of(Shots s, int64_t n, double degrees,
                             Generator *g)
{
  Shots to = { tt_empty(TT_F32, TT_SHAPE(n, PIXELS)),
               tt_empty(TT_I32, TT_SHAPE(n)) };
  for (int64_t i = 0; i < n; i++) {
    int64_t k = (int64_t)(tt_random(g) % (uint64_t)s.x->shape[0]);
    shoot((Real *)s.x->data + k * PIXELS, degrees, g,
          (Real *)to.x->data + i * PIXELS);
    ((int32_t *)to.y->data)[i] = ((int32_t *)s.y->data)[k];
  }
  return to;
}

static inline Shots joined(Shots a, Shots b)
{
  return (Shots){ tt_cat(2, (Tensor *[]){ a.x, b.x }, 0),
                  tt_cat(2, (Tensor *[]){ a.y, b.y }, 0) };
}

static inline void *reader_of_digits(uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  return TT_SEQUENTIAL(tt_linear_new(PIXELS, 32, &g),
    tt_activation_new(tt_relu), tt_linear_new(32, CLASSES, &g));
}

static inline Tensor *classes_of(void *net, Tensor *x)   // i32 (N)
{
  TT_NO_GRAD;
  return tt_keep(tt_argmax(tt_forward(net, x), 1, false));
}

static inline void fit(void *net, Shots s, int64_t epochs,
                       uint64_t seed)
{
  TT_SCOPE;
  BatchSource *data = tt_batches_new(s.x, s.y, (BatchOptions){
    .size = 32, .shuffle = true, .seed = seed });
  int64_t steps = epochs * data->batches;
  Schedule lr = tt_schedule_cosine(0.01, 0, steps);
  tt_trainer_run(&(Trainer){
    .model = net, .loss = tt_cross_entropy, .train = data,
    .opt = tt_adam_new(tt_module_parameters(net),
                       (AdamOptions){ .lr = 0.01 }),
    .schedule = &lr, .epochs = epochs, .quiet = true });
  tt_module_eval(net);
}

typedef struct Duel { int64_t n, wins, losses; double a, b; } Duel;

static inline Duel compare(void *a, void *b, Shots s)  // does a win?
{
  TT_SCOPE;
  const int32_t *x = classes_of(a, s.x)->data, *y = s.y->data;
  const int32_t *z = classes_of(b, s.x)->data;
  Duel d = { .n = s.x->shape[0] };
  for (int64_t i = 0; i < d.n; i++) {
    d.wins += x[i] == y[i] && z[i] != y[i];
    d.losses += x[i] != y[i] && z[i] == y[i];
    d.a += (x[i] == y[i]) / (double)d.n;
    d.b += (z[i] == y[i]) / (double)d.n;
  }
  return d;
}
#endif
