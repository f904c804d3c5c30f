#!/bin/bash
# The small runs that chapter 2 prints: 02-activations.sh NAME
set -eu
dir=build/sessions; mkdir -p $dir
build() {   # NAME: main of the program comes on stdin
  { printf '#include "tt/tt.h"\n\nint main(void)\n{\n'; cat; echo '}'; } \
    > $dir/$1.c
  (cd $dir && gcc -std=gnu17 -I../c/ref/include $1.c \
    ../lib/libtinytorch.a -lm -o $1)
}
show() {    # NAME: its lines, as in the file
  echo "\$ cat -n $1.c"
  grep -n . $dir/$1.c | sed '1,3d; $d; s/:/  /'
  echo "\$ ./$1"
  $dir/$1
}
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
  show sigmoid ;;
tanh-small)
  build tangent <<'C'
  Real x[] = { 1e-3f, 1e-5f, 1e-7f };
  Tensor *u = tt_from(TT_SHAPE(3), x);
  Tensor *s = tt_sigmoid(tt_mul_scalar(u, 2));
  tt_print(u);
  tt_print(tt_add_scalar(tt_mul_scalar(s, 2), -1));
C
  show tangent ;;
overflow)
  build shares <<'C'
  Tensor *x = tt_from(TT_SHAPE(3), (Real[]){ 1, 3, 2 });
  Tensor *e = tt_exp(x);
  tt_print(tt_div(e, tt_sum(e, 0, false)));
  e = tt_exp(tt_add_scalar(x, 90));
  tt_print(tt_div(e, tt_sum(e, 0, false)));
C
  show shares ;;
log-underflow)
  build surprise <<'C'
  Tensor *x = tt_from(TT_SHAPE(2), (Real[]){ 0, -120 });
  tt_print(tt_log(tt_softmax(x, 0)));
  tt_print(tt_log_softmax(x, 0));
C
  show surprise ;;
*) echo "$0: no run called '$1'; there are: sigmoid-ends tanh-small" \
     "overflow log-underflow" >&2; exit 2 ;;
esac
