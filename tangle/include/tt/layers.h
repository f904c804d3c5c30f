// Made from chapters/03-layers.nw by tools/tangle: edit there.
// tt/layers.h - the first layers: Linear, Sequential, Activation,
// Flatten, Dropout; and how weights begin.
#ifndef TT_LAYERS_H
#define TT_LAYERS_H
#include "tt/module.h"

TT_BEGIN
typedef struct Linear {            // y = x weight^T + bias
  Module  base;
  Tensor *weight;                  // (out,in)
  Tensor *bias;                    // (out), or NULL
} Linear;
extern const ModuleType tt_linear_type;
typedef struct Sequential {        // one layer after the other
  Module   base;
  int      n;
  Module **layer;
} Sequential;
extern const ModuleType tt_sequential_type;
Sequential *tt_sequential_new(int n, void *const m[]);  // one by one
#define TT_SEQUENTIAL(...) tt_sequential_new( \
  TT_COUNT(void *, __VA_ARGS__), TT_ARRAY(void *, __VA_ARGS__))
typedef Tensor *ActivationFunction(Tensor *x);
typedef struct Activation {        // y = f(x)
  Module      base;
  ActivationFunction   *f;
  const char *name;
} Activation;
extern const ModuleType tt_activation_type;
Module *tt_activation_new_named(ActivationFunction *f,
                                const char *name);  // to print
#define tt_activation_new(f) tt_activation_new_named(f, #f)  // f of x
typedef struct Flatten { Module base; } Flatten;   // (N,..) to (N,*)
extern const ModuleType tt_flatten_type;
Flatten *tt_flatten_new(void);     // examples as rows
typedef struct Dropout {           // 0 or x / (1 - p); in eval x
  Module    base;
  double    p;
  Generator random;
} Dropout;
extern const ModuleType tt_dropout_type;
Dropout *tt_dropout_new(double p, Generator *g);  // as tt_dropout
// in, out >= 1; all numbers uniform from -1/sqrt(in) to 1/sqrt(in)
Linear *tt_linear_new(int64_t in, int64_t out, Generator *g);
Linear *tt_linear_new_no_bias(int64_t in, int64_t out, Generator *g);
// x (..,in), w (out,in), b (out) or NULL: x w^T + b, (..,out)
Tensor *tt_linear(Tensor *x, Tensor *w, Tensor *b /* or NULL */);
// of each number 0 with probability p, else x / (1 - p), p from 0 to 1;
// x itself if not training or if p is 0
Tensor *tt_dropout(Tensor *x, double p, bool training, Generator *g);

// w (out,in,..); fan-in: size 1, fan-out: size 0, times all behind
void tt_kaiming_uniform_(Tensor *w, double a, Generator *g);
void tt_kaiming_normal_ (Tensor *w, double a, Generator *g);
                                   // variance 2 / (1 + a^2) / fan-in
void tt_xavier_uniform_ (Tensor *w, double gain, Generator *g);
void tt_xavier_normal_  (Tensor *w, double gain, Generator *g);
                                   // gain^2 * 2 / (fan-in + fan-out)
void tt_uniform_(Tensor *t, double low, double high, Generator *g);
void tt_normal_ (Tensor *t, double mean, double std, Generator *g);
TT_END
#endif
