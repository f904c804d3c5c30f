#!/bin/bash
# The small runs that chapter 2 prints: 02-activations.sh NAME
. "${0%/*}/lib.sh"
case $1 in
sigmoid-ends)
  build sigmoid <<'C'
  Real x[] = { 100, 10, -10, -100 };
  Tensor *u = tt_from(TT_SHAPE(4), x), *one = tt_ones(TT_SCALAR);
  Tensor *e = tt_exp(u), *f = tt_exp(tt_neg(u));
  tt_print(tt_div(e, tt_add(e, one)));
  tt_print(tt_div(one, tt_add(one, f)));
  tt_print(tt_sigmoid(u));
C
  show sigmoid; run sigmoid ;;
tanh-small)
  build tangent <<'C'
  Real x[] = { 1e-3f, 1e-5f, 1e-7f };
  Tensor *u = tt_from(TT_SHAPE(3), x);
  Tensor *s = tt_sigmoid(tt_mul_scalar(u, 2));
  tt_print(u);
  tt_print(tt_add_scalar(tt_mul_scalar(s, 2), -1));
C
  show tangent; run tangent ;;
overflow)
  build shares <<'C'
  Tensor *x = tt_from(TT_SHAPE(3), (Real[]){ 1, 3, 2 });
  Tensor *e = tt_exp(x);
  tt_print(tt_div(e, tt_sum(e, 0, false)));
  e = tt_exp(tt_add_scalar(x, 90));
  tt_print(tt_div(e, tt_sum(e, 0, false)));
C
  show shares; run shares ;;
log-underflow)
  build surprise <<'C'
  Tensor *x = tt_from(TT_SHAPE(2), (Real[]){ 0, -120 });
  tt_print(tt_log(tt_softmax(x, 0)));
  tt_print(tt_log_softmax(x, 0));
C
  show surprise; run surprise ;;
*) unknown "$1" sigmoid-ends tanh-small overflow log-underflow ;;
esac
