// A chain of layers of one number each, x -> f(w x). In: which f, how many
// layers, w, and one x. Out: the chain's result at POINTS places from -4 to
// 4, its slope there, and of the one x what comes out of each layer and the
// slope of the chain up to it.
#include "tt/tt.h"
#include "demo.h"

enum { POINTS = 161 };

static Tensor *leaky(Tensor *x)
{
  return tt_leaky_relu(x, (Real)0.1);
}

static Tensor *(*const function[])(Tensor *) = {
  tt_relu, leaky, tt_sigmoid, tt_tanh, tt_gelu, tt_silu
};

// by a difference, as program curves draws them
static Tensor *slope(Tensor *(*f)(Tensor *), Tensor *x)
{
  const Real h = (Real)(1 / 64.0);
  Tensor *right = f(tt_add_scalar(x, h)), *left = f(tt_add_scalar(x, -h));
  return tt_mul_scalar(tt_sub(right, left), 1 / (2 * h));
}

static double *put(double *to, const Tensor *t)
{
  for (int64_t i = 0; i < tt_numel(t); i++)
    *to++ = tt_get(t, TT_INDEX(i));
  return to;
}

int demo_run(int n)
{
  (void)n;
  Scope s;
  tt_scope_open(&s);
  Tensor *(*f)(Tensor *) = function[(int)demo_in[0]];
  Real w = (Real)demo_in[2];
  Tensor *x = tt_linspace(-4, 4, POINTS), *d = tt_ones(TT_SHAPE(POINTS));
  Tensor *one = tt_full(TT_SHAPE(1), (Real)demo_in[3]);
  Tensor *one_d = tt_ones(TT_SHAPE(1));
  double *to = demo_out + 2 * POINTS;
  for (int layer = 0; layer < (int)demo_in[1]; layer++) {
    x = tt_mul_scalar(x, w);
    d = tt_mul_scalar(tt_mul(d, slope(f, x)), w);
    x = f(x);
    one = tt_mul_scalar(one, w);
    one_d = tt_mul_scalar(tt_mul(one_d, slope(f, one)), w);
    one = f(one);
    to = put(put(to, one), one_d);
  }
  put(put(demo_out, x), d);
  tt_scope_close(&s);
  return (int)(to - demo_out);
}
