#!/bin/bash
# The small runs that chapter 4 prints: 04-losses.sh NAME
. "${0%/*}/lib.sh"
case $1 in
stretch)
  build stretch <<'C'
  Tensor *x = tt_from(TT_SHAPE(4, 1), (Real[]){1, 2, 3, 4});
  Tensor *y = tt_from(TT_SHAPE(4), (Real[]){1, 2, 3, 4});
  Tensor *d = tt_sub(x, y);
  tt_print(tt_mean(tt_mul(d, d), TT_ALL, false));
  tt_print(tt_mse_loss(x, y));
C
  show stretch; aborts stretch ;;
logits)
  build logits <<'C'
  Tensor *z = tt_from(TT_SHAPE(3), (Real[]){-20, 2, 20});
  Tensor *no = tt_zeros(TT_SHAPE(3)), *p = tt_sigmoid(z);
  tt_print(tt_neg(tt_log(tt_add_scalar(tt_neg(p), 1))));
  tt_print(tt_bce_with_logits_with(z, no, TT_REDUCE_NONE));
C
  show logits; run logits ;;
improbable)
  build improbable <<'C'
  Tensor *p = tt_full(TT_SHAPE(2, 3), (Real)0.5);
  Tensor *y = tt_ones(TT_SHAPE(2, 3));
  tt_set_(p, TT_INDEX(1, 2), 1.5);
  tt_bce_loss(p, y);
C
  show improbable; aborts improbable | fold -s -w 74 ;;
label)
  build label <<'C'
  Tensor *scores = tt_zeros(TT_SHAPE(4, 10));
  Tensor *y = tt_from_int(TT_SHAPE(4), (int32_t[]){7, 1, 4, 10});
  tt_cross_entropy(scores, y);
C
  show label; aborts label ;;
*) unknown "$1" stretch logits improbable label ;;
esac
