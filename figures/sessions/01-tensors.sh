#!/bin/bash
# The small runs that chapter 1 prints: 01-tensors.sh NAME
. "${0%/*}/lib.sh"
case $1 in
wrong-shape)
  build wrong <<'C'
  Tensor *w = tt_randn(TT_SHAPE(128, 784), NULL);
  Tensor *x = tt_zeros(TT_SHAPE(32, 784));
  tt_print(tt_matmul(x, w));
C
  show wrong; aborts wrong ;;
print)
  build print <<'C'
  Tensor *t = tt_reshape(tt_arange(0, 12, 1), TT_SHAPE(3, 4));
  tt_print(t);
  tt_print(tt_transpose(tt_mul_scalar(t, 0.25f), 0, 1));
  tt_print(tt_exp(t));
C
  show print; run print ;;
*) unknown "$1" wrong-shape print ;;
esac
