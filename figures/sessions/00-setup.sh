#!/bin/sh
# figures/sessions/00-setup.sh CASE - what chapter 0 prints of a student's
# day, done for real in a copy of the tree: chapter-01, todo,
# semicolon, wrong-shuffle, sanitizer, gdb. Rows of figures/outputs call it.
set -eu
chapter=chapters/00-setup.nw
here=build/session/$1
rm -rf "$here" && mkdir -p "$here/build"
cp -r Makefile VERSION chapters tools tests "$here"
cd "$here"
tools/course/base                # nothing is written yet

write() {                        # write EXERCISE FILE: fill its chunk
  awk -v name="<<exercise: $1>>=" -v file="$2" '
    $0 == name { print; while ((getline s < file) > 0) print s; skip = 1 }
    skip && $0 == "@" { skip = 0 }
    !skip' $chapter > new && mv new $chapter
}
case $1 in chapter-01) number=01 ;; *) number=00 ;; esac
run() {                          # make chapter-NN, from its report on
  make SETUP=no chapter-$number "$@" > log 2>&1 || :
  grep -q "^chapter-$number\$" log || { cat log >&2; exit 1; }
  sed -n "/^chapter-$number\$/,\$p" log | grep -v '^make'
}

cycle='exchange each with an earlier one'
shuffle() {                      # shuffle FIRST PARTNERS
  cat > answer <<C
for (uint32_t i = $1; i-- > 0;) {
  uint32_t j = (uint32_t)(tt_machine_random(&seed) % $2);
  uint32_t t = next[i];
  next[i] = next[j];
  next[j] = t;
}
C
  write "$cycle" answer
}
library() {                      # library FLAGS: tangle, compile a test
  tools/tangle --mode auto --upto 00 --line build/c
  gcc -std=gnu17 -g "$@" -Ibuild/c/include build/c/src/machine.c \
    trial.c -o trial
}

case $1 in
chapter-01) run ;;
todo) run STUDENT=1 ;;
semicolon)
  echo 'return value[0]' > answer
  write 'take the middle of the values' answer
  tools/tangle --mode auto --upto 00 --line build/c
  gcc -std=gnu17 -fdiagnostics-color=never -Ibuild/c/include \
    -c build/c/src/machine.c -o trial.o 2>&1 || : ;;
wrong-shuffle) shuffle n '(i + 1)'; run ;;
sanitizer)
  cat > trial.c <<'C'
#include "tt/machine.h"
#include <stdlib.h>
int main(void) {
  uint32_t *next = malloc(8 * sizeof *next);
  tt_machine_cycle(next, 8, 1);
  free(next);
}
C
  shuffle 'n + 1' '(i + 1)'
  library -fsanitize=address
  ./trial 2> log && exit 1
  sed "s|^=*[0-9]*==||; s| on address.*||; s| at 0x.* thr| thr|
    s|^0x[0-9a-f]* |0x... |; s|\(#[0-9]*\) 0x[0-9a-f]* |\1 |
    s|\[0x.*|[...]|; s|$PWD/||; /SUMMARY/,\$d
    /^=*\$/d; /libc\|_start\|interceptor/d" log ;;
gdb)
  cat > trial.c <<'C'
#include "tt/machine.h"
#include <stdio.h>
int main(void) {
  double value[] = {3, 1, 4, 1, 5, 9, 2};
  printf("median %g\n", tt_machine_median(value, 7));
}
C
  library
  line=$(awk '/^<<find the median/ { on = 1 }
              on && /qsort/ { print NR; exit }' $chapter)
  gdb -q -batch -ex 'set trace-commands on' -ex "break $chapter:$line" \
    -ex run -ex 'print value[0]@n' -ex up -ex 'info locals' ./trial 2>&1 |
    sed 's/^+/(gdb) /; s/0x[0-9a-f]*/0x.../; /debuginfod\|libthread_db/d' ;;
*) echo "no such case: $1" >&2; exit 2 ;;
esac
