// Made from chapters/05-autograd.nw by tools/tangle: edit there.
// tt/autograd.h - the tape, and gradients on the way back along it
#ifndef TT_AUTOGRAD_H
#define TT_AUTOGRAD_H
#include "tt/tensors.h"
#include "tt/activations.h"
#include "tt/layers.h"
#include "tt/losses.h"

typedef struct SavedTensor {       // a tensor as the tape remembers it
  Tensor   t;                      // its handle, copied
  Tensor  *leaf;                   // itself, if it is a leaf
  unsigned version;                // of its storage at that time
} SavedTensor;

typedef struct TapeNode {
  Op          *op;
  struct TapeNode *below;          // recorded just before
  bool         alive, spent;       // result exists; went back already
  int          n;                  // operands
  Attr         attr;
  Tensor      *grad;               // of the loss, by the result
  SavedTensor         edge[];      // the result, then its operands
} TapeNode;
void    tt_autograd_enable(void);      // once, when a program starts
// For each leaf x that y was made from: x->grad += dy/dx, in the shape
// of x. TT_EVALUE if nothing was recorded, if what was saved has been
// changed in place, or if it went this way before.
void    tt_backward(Tensor *y);        // y has one element
void    tt_backward_with(Tensor *y, Tensor *gradient);  // y's shape
Tensor *tt_requires_grad_(Tensor *t, bool on);   // an f32 leaf
Tensor *tt_detach(Tensor *x);          // same numbers, no past
void    tt_zero_grad(Tensor *t);       // t->grad = NULL
void    tt_module_zero_grad(void *m);  // of each parameter
void tt_no_grad_open(Scope *s);
#define TT_NO_GRAD TT_NO_GRAD_AT(__LINE__)
#define TT_NO_GRAD_AT(line) TT_NO_GRAD_NAMED(line)
#define TT_NO_GRAD_NAMED(line) \
  __attribute__((cleanup(tt_scope_close))) Scope tt_no_grad_##line; \
  tt_no_grad_open(&tt_no_grad_##line)
enum { TT_SAVES_NOTHING = 0, TT_SAVES_RESULT = 1 };
#define TT_SAVES(i) (1u << (i))    // operand i = 1, 2 ...
#define TT_SAVES_FACTORS (1u << 31)   // operand 1 only if operand 2
                                   // wants a gradient, and vice versa
typedef struct GradientRule {
  Op *op;
  void (*backward)(TapeNode *);
  unsigned saves;
} GradientRule;
extern const GradientRule tt_rules[];  // of chapters 1 to 4
void tt_op_backward(Op *op, void (*rule)(TapeNode *), unsigned saves);
// operands count from 1; 0 is the result
bool    tt_node_wants(const TapeNode *k, int i); // a gradient?
Shape   tt_node_shape(const TapeNode *k, int i);
Tensor *tt_node_saved(TapeNode *k, int i);     // if its Op saves it
void    tt_accumulate(TapeNode *k, int i, Tensor *g); // summed to shape
typedef struct GradCheck {
  double  error;                   // the largest disagreement
  int     tensor;                  // where: in x[tensor],
  int64_t element;                 // at this place,
  double  rule, slope;             // what the two said
} GradCheck;

typedef Tensor *GradFunction(void *arg);
// f(arg) computes from the leaves x, contiguous; their grad is cleared.
// error = |rule - slope| / max(1, |rule|, |slope|)
GradCheck tt_gradcheck(GradFunction *f, void *arg, int n,
                       Tensor *const x[]);
void    tt_graph(FILE *f, Tensor *y);  // how y was made, as SVG
int64_t tt_tape_length(void);          // nodes on this thread's tape
int64_t tt_tape_bytes(void);           // that they take
static inline Real tt_relu_back(Real u, Real v)
{
  return u <= 0 ? 0 : v;
}

static inline Real tt_withinf(Real u, Real most)
{
  return u > most ? most : u < -most ? -most : u;
}

static inline Real tt_gelu_slope(Real u)      // Phi(u) + u phi(u)
{
  u = tt_withinf(u, 40);               // or infinity times 0
  Real tail = tt_tailf(u < 0 ? -u : u);
  Real density = tt_expf(-u * u / 2) * (Real)0.3989422804014327;
  return (u < 0 ? tail : 1 - tail) + u * density;
}

static inline Real tt_silu_slope(Real u)
{
  u = tt_withinf(u, 800);
  Real s = tt_sigmoidf(u);
  return s * (1 + u * (1 - s));
}

static inline Real tt_gelu_tanh_slope(Real u)
{
  const Real c = (Real)0.7978845608028654, d = (Real)0.044715;
  u = tt_withinf(u, 40);
  Real t = tt_tanhf(c * (u + d * u * u * u));
  return (1 + t) / 2 + u * (1 - t * t) * c * (1 + 3 * d * u * u) / 2;
}

void tt_naive_softmax_back(int64_t outer, int64_t n, int64_t inner,
                           Real *dx, const Real *y, const Real *dy,
                           bool log_);
#endif
