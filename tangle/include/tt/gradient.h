// Made from chapters/05-autograd.nw by tools/tangle: edit there.
// tt/gradient.h - for those who write operations that have a gradient.
#ifndef TT_GRADIENT_H
#define TT_GRADIENT_H
#include "tt/operation.h"

TT_BEGIN
typedef struct SavedTensor {       // a tensor as the tape remembers it
  Tensor   t;                      // its handle, copied
  Tensor  *leaf;                   // itself, if it is a leaf
  unsigned version;                // of its storage at that time
} SavedTensor;

typedef struct TapeNode {
  Op          *op;
  struct TapeNode *below;          // recorded just before
  bool         alive, spent;       // result exists; went back already
  uint16_t     origin;             // sleeps until chapter 14
  int          n;                  // operands
  Attr         attr;               // numbers, such as a dimension
  Tensor      *grad;               // the gradient of the result
  SavedTensor  saved[];            // the result, then its operands
} TapeNode;
enum { TT_SAVES_NOTHING = 0, TT_SAVES_RESULT = 1 };
#define TT_SAVES(i) (1u << (i))    // operand i = 1, 2 ...
#define TT_SAVES_FACTORS (1u << 31)   // operand 1 only if operand 2
                                   // wants a gradient, and vice versa
typedef struct GradientRule {
  Op *op;
  void (*backward)(TapeNode *);
  unsigned saves;
  Op *gradient[TT_OPERANDS];       // of tt_elementwise_backward
} GradientRule;
extern const GradientRule tt_rules[];  // of chapters 1 to 4
void tt_op_backward(Op *op, void (*rule)(TapeNode *), unsigned saves);
                                   // gives op its rule
// Gives operand i what gradient[i - 1] makes of all that the Op saves,
// in order, and of the gradient of the result.
void    tt_elementwise_backward(TapeNode *k);
// operands count from 1; 0 is the result
bool    tt_node_wants(const TapeNode *k, int i); // a gradient?
Shape   tt_node_shape(const TapeNode *k, int i);
Tensor *tt_node_saved(TapeNode *k, int i);     // if its Op saves it
void    tt_accumulate(TapeNode *k, int i, Tensor *g); // summed to shape
typedef void StepHook(const TapeNode *k);
// hears of each step of this thread's tt_backward when it is done
void    tt_on_step_back(StepHook *f /* or NULL */);   // no place
enum {                             // the names that a gradient may use
  TT_SAVES_y = TT_SAVES_RESULT,
  TT_SAVES_x = TT_SAVES(1), TT_SAVES_a = TT_SAVES(1),
  TT_SAVES_b = TT_SAVES(2)
};
// of f(x), with respect to x
#define TT_GRADIENT(id, saved, ...) \
  TT_ROW(id##_gradient, 2, saved, g, c_, p, q, __VA_ARGS__) \
  static Op op_##id##_gradient = { .name = "gradient of tt_" #id, \
                              .row = id##_gradient_row };
// of f(a, b), with respect to a and to b
#define TT_GRADIENTS(id, first, second, grad_a, grad_b) \
  TT_ROW(id##_gradient_a, 3, first, second, g, p, q, grad_a) \
  TT_ROW(id##_gradient_b, 3, first, second, g, p, q, grad_b) \
  static Op op_##id##_gradient_a = { .name = "gradient of tt_" #id, \
                                .row = id##_gradient_a_row }; \
  static Op op_##id##_gradient_b = { .name = "gradient of tt_" #id, \
                                .row = id##_gradient_b_row };
#define TT_UNARY_GRAD(id, f, saved, grad_) \
  TT_ROW(id, 1, x, b_, c_, p_, q_, f) \
  TT_GRADIENT(id, saved, grad_) \
  Op tt_op_##id = { \
    .name = "tt_" #id, .row = id##_row, .saves = TT_SAVES_##saved, \
    .backward = tt_elementwise_backward, \
    .gradient = { &op_##id##_gradient } }; \
  Tensor *tt_##id(Tensor *x) \
  { \
    return tt_map(&tt_op_##id, 1, &x, 0, 0); \
  }
#define TT_BINARY_GRAD(id, f, first, second, grad_a, grad_b) \
  TT_ROW(id, 2, a, b, c_, p_, q_, f) \
  TT_GRADIENTS(id, first, second, grad_a, grad_b) \
  Op tt_op_##id = { \
    .name = "tt_" #id, .row = id##_row, \
    .saves = TT_SAVES_##first | TT_SAVES_##second, \
    .backward = tt_elementwise_backward, \
    .gradient = { &op_##id##_gradient_a, &op_##id##_gradient_b } }; \
  Tensor *tt_##id(Tensor *a, Tensor *b) \
  { \
    return tt_map(&tt_op_##id, 2, (Tensor *[]){ a, b }, 0, 0); \
  }
TT_END
#endif
