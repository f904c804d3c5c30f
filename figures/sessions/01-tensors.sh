#!/bin/bash
# The small runs that chapter 1 prints: 01-tensors.sh NAME
set -eu
dir=build/sessions; mkdir -p $dir
build() {   # NAME: main of the program comes on stdin
  { printf '#include "tt/tt.h"\n\nint main(void)\n{\n'; cat; echo '}'; } \
    > $dir/$1.c
  (cd $dir && gcc -std=gnu17 -I../c/ref/include $1.c \
    ../lib/libtinytorch.a -lm -o $1)
}
show() {    # NAME: its lines, as in the file
  grep -n . $dir/$1.c | sed '1,3d; $d; s/:/  /'
}
case $1 in
wrong-shape)
  build wrong <<'C'
  Tensor *w = tt_randn(TT_SHAPE(128, 784), NULL);
  Tensor *x = tt_zeros(TT_SHAPE(32, 784));
  tt_print(tt_matmul(x, w));
C
  echo '$ cat -n wrong.c'; show wrong
  echo '$ ./wrong'
  (cd $dir && ulimit -c 0 && ./wrong 2>&1; :) 2>/dev/null || true ;;
print)
  build print <<'C'
  Tensor *t = tt_reshape(tt_arange(0, 12, 1), TT_SHAPE(3, 4));
  tt_print(t);
  tt_print(tt_transpose(tt_mul_scalar(t, 0.25f), 0, 1));
  tt_print(tt_exp(t));
C
  echo '$ cat -n print.c'; show print
  echo '$ ./print'
  (cd $dir && ./print) ;;
*) echo "$0: no run called '$1'; there are: wrong-shape print" >&2; exit 2 ;;
esac
