// Made from chapters/05-autograd.nw by tools/tangle: edit there.
// tt/autograd.h - gradients: what is computed is recorded on a tape,
// and tt_backward goes back along it.
#ifndef TT_AUTOGRAD_H
#define TT_AUTOGRAD_H
#include "tt/memory.h"

TT_BEGIN
void    tt_autograd_enable(void);      // once, when a program starts
// For each leaf x that y was made from: x->grad += dy/dx, in the shape
// of x. TT_EVALUE if nothing was recorded, if what was saved has been
// changed in place, or if it went this way before.
void    tt_backward(Tensor *y);        // y has one element
void    tt_backward_with(Tensor *y, Tensor *gradient);  // y's shape
Tensor *tt_requires_grad_(Tensor *t, bool on);   // an f32 leaf
Tensor *tt_detach(Tensor *x);          // same numbers, no past
void    tt_zero_grad(Tensor *t);       // t->grad = NULL
void tt_no_grad_open(Scope *s);
#define TT_NO_GRAD TT_NO_GRAD_AT(__LINE__)
#define TT_NO_GRAD_AT(line) TT_NO_GRAD_NAMED(line)
#define TT_NO_GRAD_NAMED(line) \
  __attribute__((cleanup(tt_scope_close))) Scope tt_no_grad_##line; \
  tt_no_grad_open(&tt_no_grad_##line)
typedef struct GradCheck {
  double  error;                   // the largest disagreement
  int     tensor;                  // where: in x[tensor],
  int64_t element;                 // at this place,
  double  analytical, numerical;   // by rule, by difference
} GradCheck;

typedef Tensor *GradFunction(void *arg);
// f(arg) computes from the leaves x, contiguous; their grad is cleared.
// error = |analytical - numerical| / max(1, |either|)
GradCheck tt_gradcheck(GradFunction *f, void *arg, int n,
                       Tensor *const x[]);
void    tt_graph(FILE *f, Tensor *y);  // how y was made, as SVG
int64_t tt_tape_length(void);          // nodes on this thread's tape
int64_t tt_tape_bytes(void);           // that they take
TT_END
#endif
