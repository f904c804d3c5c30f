// Made from chapters/04-losses.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include "tt/tt.h"

static double error(Tensor *loss, double z)
{
  double exact = log1p(exp(z));
  double e = fabs(tt_item(loss) - exact) / exact;
  return e < 1e-9 ? 1e-9 : e > 1 ? 1 : e;
}

int main(void)
{
  Tensor *no = tt_zeros(TT_SCALAR);
  printf("z\tplain\tbce\tlogit\n");
  for (double z = -30; z <= 30; z += 0.25) {
    TT_SCOPE;
    Tensor *x = tt_full(TT_SCALAR, (Real)z), *p = tt_sigmoid(x);
    Tensor *not_p = tt_add_scalar(tt_neg(p), 1);
    printf("%g\t%.3g\t%.3g\t%.3g\n", z, error(tt_neg(tt_log(not_p)), z),
           error(tt_bce_loss(p, no), z),
           error(tt_bce_with_logits(x, no), z));
  }
}
