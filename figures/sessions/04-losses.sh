#!/bin/bash
# The small runs that chapter 4 prints: 04-losses.sh NAME
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
}
case $1 in
stretch)
  build stretch <<'C'
  Tensor *x = tt_from(TT_SHAPE(4, 1), (Real[]){1, 2, 3, 4});
  Tensor *y = tt_from(TT_SHAPE(4), (Real[]){1, 2, 3, 4});
  Tensor *d = tt_sub(x, y);
  tt_print(tt_mean(tt_mul(d, d), TT_ALL, false));
  tt_print(tt_mse_loss(x, y));
C
  show stretch ;;
logits)
  build logits <<'C'
  Tensor *z = tt_from(TT_SHAPE(3), (Real[]){-20, 2, 20});
  Tensor *no = tt_zeros(TT_SHAPE(3)), *p = tt_sigmoid(z);
  tt_print(tt_neg(tt_log(tt_add_scalar(tt_neg(p), 1))));
  tt_print(tt_bce_with_logits_with(z, no, TT_REDUCE_NONE));
C
  show logits ;;
label)
  build label <<'C'
  Tensor *scores = tt_zeros(TT_SHAPE(4, 10));
  Tensor *y = tt_from_int(TT_SHAPE(4), (int32_t[]){7, 1, 4, 10});
  tt_cross_entropy(scores, y);
C
  show label ;;
*) echo "$0: no run called '$1'; there are: stretch logits label" >&2; exit 2 ;;
esac
(cd $dir && ulimit -c 0 && ./$1 2>&1; :) 2>/dev/null || true
