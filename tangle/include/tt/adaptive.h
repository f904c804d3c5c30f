// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// tt/adaptive.h - training that chooses what it learns from, and when.
#ifndef TT_ADAPTIVE_H
#define TT_ADAPTIVE_H
#include "tt/training.h"

TT_BEGIN
typedef enum {
  TT_RANDOM_ORDER,                 // the next examples at random
  TT_CURRICULUM,                   // those that were easy for a first
                                   // model
  TT_ACTIVE                        // those of which the model is least
} AdaptiveOrder;                   // certain, without their labels
typedef struct AdaptiveOptions {
  AdaptiveOrder order;
  int64_t  first, each, most;      // examples: at first, more a round,
                                   // and in all
  bool     anew;                   // each round begins with a new model
  uint64_t seed;
  Module *(*make)(void *arg, uint64_t seed);     // a new model
  void    (*train)(void *arg, Module *m, Batch known, int round);
  void     *arg;
} AdaptiveOptions;
typedef struct Adaptive {
  Module *model;                   // in eval mode
  Tensor *index;                   // i32 (most): examples in the order
                                   // in which they were learned from
  int     rounds;
} Adaptive;
// of x (N,..), y (N,..): y is read of those examples alone that are in
// the index, except for TT_CURRICULUM, whose first model learns from
// all. Lives in the innermost scope
Adaptive tt_adaptive_training(Tensor *x, Tensor *y, AdaptiveOptions o);
// of each row of logits (N,C), C >= 2: the softmax of the largest, less
// that of the second; NaN for a row with NaN. f32 (N)
Tensor *tt_margin(Tensor *logits);
TT_END
#endif
