#!/bin/bash
# The small runs that chapter 5 prints: 05-autograd.sh NAME
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
changed)
  build changed <<'C'
  tt_autograd_enable();
  Linear *layer = linear_new(3, 2, NULL);
  Tensor *x = tt_ones(TT_SHAPE(4, 3));
  Tensor *loss = tt_sum(tt_forward(layer, x), TT_ALL, false);
  tt_fill_(x, 0);
  tt_backward(loss);
C
  echo '$ cat -n changed.c'; show changed
  echo '$ ./changed'
  (cd $dir && ulimit -c 0 && ./changed 2>&1; :) 2>/dev/null || true ;;
*) echo "$0: no run called '$1'; there is: changed" >&2; exit 2 ;;
esac
