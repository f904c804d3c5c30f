// Made from chapters/04-losses.nw by tools/tangle: edit there.
// tt/logarithm.h - the logarithm of 1 + u, fast enough for the inner
// loop of a loss.
#ifndef TT_LOGARITHM_H
#define TT_LOGARITHM_H
#include <math.h>
#include "tt/tensor.h"
#include "tt/todo.h"

static inline Real tt_log1pf(Real u)     // log(1 + u), u from 0 to 1
{
  if (sizeof(Real) > 4)
    return (Real)log1p((double)u);
  Real s = u / (2 + u), q = s * s, sum;
  sum = (Real)1 / 13;
  for (int odd = 11; odd > 0; odd -= 2)
    sum = sum * q + (Real)1 / (Real)odd;
  return 2 * s * sum;
}
#endif
