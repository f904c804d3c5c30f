// Made from chapters/04-losses.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include "tt/tt.h"

static double worse(double so_far, Tensor *loss, double z)
{
  double exact = log1p(exp(z));
  double e = fabs(tt_item(loss) - exact) / exact;
  e = e > 1 ? 1 : e;
  return e > so_far ? e : so_far;
}

int main(void)
{
  Tensor *no = tt_zeros(TT_SCALAR);
  printf("z\tplain\tbce\tlogit\n");
  for (double z = -30; z < 30; z += 0.5) {
    double plain = 0, bce = 0, logit = 0;
    for (double v = z; v < z + 0.5; v += 1.0 / 128) {
      TT_SCOPE;
      Tensor *x = tt_full(TT_SCALAR, (Real)v), *p = tt_sigmoid(x);
      Tensor *not_p = tt_add_scalar(tt_neg(p), 1);
      plain = worse(plain, tt_neg(tt_log(not_p)), v);
      bce = worse(bce, tt_bce_loss(p, no), v);
      logit = worse(logit, tt_bce_with_logits(x, no), v);
    }
    printf("%g\t%.3g\t%.3g\t%.3g\n", z, plain, bce, logit);
  }
  return 0;
}
