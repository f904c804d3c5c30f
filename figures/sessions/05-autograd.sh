#!/bin/bash
# The small runs that chapter 5 prints: 05-autograd.sh NAME
. "${0%/*}/lib.sh"
case $1 in
changed)
  build changed <<'C'
  tt_autograd_enable();
  Linear *layer = tt_linear_new(3, 2, NULL);
  Tensor *x = tt_ones(TT_SHAPE(4, 3));
  Tensor *loss = tt_sum(tt_forward(layer, x), TT_ALL, false);
  tt_fill_(x, 0);
  tt_backward(loss);
C
  show changed; aborts changed ;;
*) unknown "$1" changed ;;
esac
