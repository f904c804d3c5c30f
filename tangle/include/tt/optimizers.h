// Made from chapters/06-optimizers.nw by tools/tangle: edit there.
// tt/optimizers.h - optimizers: what to do with a gradient.
#ifndef TT_OPTIMIZERS_H
#define TT_OPTIMIZERS_H
#include "tt/module.h"

TT_BEGIN
typedef struct SgdOptions {
  double lr, momentum, dampening, weight_decay;
  bool   nesterov;
} SgdOptions;

typedef struct RmsPropOptions {
  double lr, alpha, eps;           // 0: must be given, 0.99, 1e-8
  double momentum, weight_decay;
  bool   centered;
} RmsPropOptions;

typedef struct AdamOptions {
  double lr, beta1, beta2, eps;    // 0: must be given, 0.9, 0.999, 1e-8
  double weight_decay;
  bool   amsgrad;
} AdamOptions;
enum { TT_STATES = 3 };
typedef struct OptimizerParam {
  Tensor     *tensor;
  Tensor     *state[TT_STATES];    // made at its first step
  int64_t     n, step;             // elements; steps taken so far
  const Real *gradient;            // for the step that runs, or NULL
  char        name[sizeof ((StateEntry *)0)->name];
} OptimizerParam;
typedef struct ParamGroup {
  struct ParamGroup *next;
  Tensor   *block;                 // the memory it lies in
  double    lr, first_lr;          // now; as it was given
  unsigned  keeps;                 // bit i: state i is kept
  union {
    SgdOptions     sgd;
    RmsPropOptions rmsprop;
    AdamOptions    adam;
  };
  struct { int64_t step; double first, second; } bias;
  int       n;
  OptimizerParam     param[];
} ParamGroup;
typedef struct OptimizerType {
  const char *name, *state[TT_STATES];
  void      (*update)(ParamGroup *k, OptimizerParam *p);
} OptimizerType;

typedef struct Optimizer {
  const OptimizerType *type;
  Tensor *block;                   // the memory it lies in
  ParamGroup  *group;              // the first
  bool    warned;                  // that no parameter has a gradient
} Optimizer;
// Each takes the list of parameters, not the module. With the gradient
// g and d = g + weight_decay w (adamw: d = g), a step is
//   sgd      v = momentum v + (1 - dampening) d, at first v = d;
//            w -= lr v, or lr (d + momentum v) if nesterov
//   rmsprop  s = alpha s + (1 - alpha) d^2; d /= sqrt(s) + eps, or
//            sqrt(s - mean(d)^2) if centered; v = momentum v + d;
//            w -= lr v
//   adam     m = beta1 m + (1 - beta1) d;
//            v = beta2 v + (1 - beta2) d^2;
//            at step t: w -= lr m / (1 - beta1^t)
//                            / (sqrt(v / (1 - beta2^t)) + eps)
//            with the largest v so far if amsgrad
//   adamw    w *= 1 - lr weight_decay, then as adam
// Errors: a number out of its range, no parameters, one that is NULL,
// no leaf, not f32, has gaps, or is there already (tensor or name).
Optimizer *tt_sgd_new    (StateDict params, SgdOptions s);
Optimizer *tt_rmsprop_new(StateDict params, RmsPropOptions s);
Optimizer *tt_adam_new   (StateDict params, AdamOptions s);
Optimizer *tt_adamw_new  (StateDict params, AdamOptions s);
void tt_sgd_add_group    (Optimizer *o, StateDict params, SgdOptions s);
void tt_rmsprop_add_group(Optimizer *o, StateDict params,
                          RmsPropOptions s);
void tt_adam_add_group   (Optimizer *o, StateDict params,
                          AdamOptions s);
                                   // to either kind of Adam
void   tt_optimizer_step(Optimizer *o); // passes over the frozen and
                                   // those without a gradient; if one
                                   // gradient has another shape or
                                   // type, fails and nothing moves;
                                   // without any, says so once
void   tt_optimizer_zero_grad(Optimizer *o);
double tt_optimizer_lr(const Optimizer *o);    // of the first group
void   tt_optimizer_set_lr(Optimizer *o, double lr);
                                   // the others in proportion
StateDict tt_optimizer_state_dict(Optimizer *o); // innermost scope
void   tt_optimizer_load_state_dict(Optimizer *o, StateDict from);
                                   // whole, or fails, with no change
Optimizer *tt_optimizer_keep(Optimizer *o);    // one scope out
void   tt_optimizer_free(Optimizer *o);

// for those who write kernels
typedef struct SgdStep {
  Real lr, weight_decay, momentum;
  Real one_minus_dampening;        // 1 at the first step
  bool nesterov;
} SgdStep;
typedef struct RmsPropStep {
  Real lr, weight_decay, momentum;
  Real alpha, one_minus_alpha, eps;
} RmsPropStep;
typedef struct AdamStep {
  Real step_size, v_scale, eps;    // as in the formula
  Real beta1, one_minus_beta1, beta2, one_minus_beta2;
  Real weight_decay;               // added to the gradient
  Real decay_factor;               // of the weight
} AdamStep;
TT_END
#endif
