// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
// Is each gradient the slope of the loss?
#include <math.h>
#include <stdio.h>
#include "tt/tt.h"

static bool demand(bool good, const char *what)
{
  if (!good)
    printf("FAILED: %s\n", what);
  return good;
}

typedef Tensor *LossOf(Module *net, Tensor *x, Tensor *y);

static double loss_at(LossOf *loss, Module *net, Tensor *x, Tensor *y)
{
  TT_SCOPE;
  TT_NO_GRAD;
  return tt_item(loss(net, x, y));
}

static void add_to(Tensor *w, const Tensor *g, double factor)
{
  for (int64_t i = 0, n = tt_numel(w); i < n; i++)
    ((Real *)w->data)[i] += (Real)(factor
                                   * (double)((Real *)g->data)[i]);
}

static bool right_gradients(LossOf *loss, Module *net, Tensor *x,
                            Tensor *y)
{
  bool good = true;
  tt_module_zero_grad(net);
  tt_backward(loss(net, x, y));
  StateDict p = tt_module_parameters(net);
  for (int i = 0; i < p.n; i++) {
    Tensor *w = *p.entry[i].slot, *g = tt_detach(w->grad);
    double square = tt_item(tt_sum(tt_mul(g, g), TT_ALL, false));
    double step = 2e-3 / sqrt(square + 1e-12);
    add_to(w, g, step);
    double up = loss_at(loss, net, x, y);
    add_to(w, g, -2 * step);
    double rise = (up - loss_at(loss, net, x, y)) / (2 * step);
    add_to(w, g, step);
    good &= fabs(rise - square) < 0.1 * square + 2e-4;
  }
  return demand(good, "a gradient is not the slope of the loss");
}
