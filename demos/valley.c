// The valley of chapter 6, by its own program. In: the rule (0 to 4), the
// learning rate, how steep it is across, whether it is turned, the steps.
// Out: x, y and the loss, before the first step and after each.
// Of the rules for gradients a valley needs few; the others are left out.
#define tt_rules all_rules
#include "src/rules.c"
#undef tt_rules
#define main valley_main
#include "programs/06/valley.c"
#undef main
#include "demo.h"

const GradientRule tt_rules[] = {
  RULE(matmul, TT_SAVES_FACTORS), RULE(mul, TT_SAVES_FACTORS),
  RULE(sum, 0), RULE(mul_scalar, 0), SAME(squeeze, reshape, 0),
  SAME(unsqueeze, reshape, 0), {0}
};

int demo_run(int n)
{
  (void)n;
  tt_autograd_enable();
  TT_SCOPE;
  start(0, (Real)demo_in[2], demo_in[3] != 0);
  Optimizer *o = make((int)demo_in[0]);
  tt_optimizer_set_lr(o, demo_in[1]);
  double *to = demo_out;
  for (int i = 0; i <= (int)demo_in[4]; i++) {
    if (i > 0)
      step(o);
    *to++ = tt_get(w, TT_INDEX(0));
    *to++ = tt_get(w, TT_INDEX(1));
    *to++ = height(false);
  }
  return (int)(to - demo_out);
}
