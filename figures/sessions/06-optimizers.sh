#!/bin/bash
# The small runs that chapter 6 prints: 06-optimizers.sh NAME
. "${0%/*}/lib.sh"
case $1 in
notleaf)
  build notleaf <<'C'
  tt_autograd_enable();
  Tensor *w = tt_requires_grad_(tt_ones(TT_SHAPE(3)), true);
  Tensor *half = tt_mul_scalar(w, (Real)0.5);
  StateDict list = { 1, &(StateEntry){ "half", TT_PARAM, &half } };
  tt_sgd_new(list, (SgdOptions){ .lr = 0.1 });
C
  show notleaf; aborts notleaf | fold -s -w 74 ;;
idle)
  build idle <<'C'
  tt_autograd_enable();
  Linear *net = tt_linear_new(2, 1, NULL);
  Optimizer *opt = tt_sgd_new(tt_module_parameters(net),
                              (SgdOptions){ .lr = 0.1 });
  Tensor *y = tt_forward(net, tt_ones(TT_SHAPE(3, 2)));
  tt_backward(tt_sum(y, TT_ALL, false));
  tt_optimizer_zero_grad(opt);
  tt_optimizer_step(opt);
C
  show idle; "$dir/idle" 2>&1 | fold -s -w 74 ;;
adamstates)
  compile adamstates <<'C'
#include <stdio.h>
#include "tt/tt.h"

int main(void)
{
  tt_autograd_enable();
  Linear *net = tt_linear_new(2, 1, NULL);
  Optimizer *opt = tt_adam_new(tt_module_parameters(net),
                               (AdamOptions){ .lr = 0.1 });
  Tensor *y = tt_forward(net, tt_ones(TT_SHAPE(3, 2)));
  tt_backward(tt_sum(y, TT_ALL, false));
  tt_optimizer_step(opt);
  StateDict s = tt_optimizer_state_dict(opt);
  for (int i = 0; i < s.n; i++) {
    const Tensor *t = *s.entry[i].slot;
    printf("%-18s %s %s\n", s.entry[i].name, tt_dtype_name(t->dtype),
           TT_TEXT(tt_shape(t)));
  }
}
C
  run adamstates ;;
*) unknown "$1" notleaf idle adamstates ;;
esac
