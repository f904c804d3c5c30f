# shellcheck shell=sh
# lib.sh: what the tests of the course share; sourced, run with sh.
# A small book of two chapters and five exercises is made in $work/base;
# copies of it are worked on.
set -u
export LC_ALL=C.UTF-8
unset EX CH L SKIP STUDENT FROM SURE EDITOR VISUAL MAKEFLAGS MAKELEVEL TT_ROOT
home=$(cd "${0%/*}/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export HOME="$work" GIT_CONFIG_NOSYSTEM=1
. "$home/tests/lib/check.sh"
tt() { command=$1; shift; TT_ROOT=$PWD/$book "$home/tools/course/$command" "$@" < /dev/null; }
refuses() {                         # WHAT TEXT CURE COMMAND...: says so, changes nothing
  what=$1 text=$2 cure=$3; shift 3
  before=$(state)
  check "$what is refused" exits 2 "$@"
  check "$what: says it" has log "$text"
  check "$what: says the cure" has log "$cure"
  check "$what: changes nothing" same "$(state)" "$before"
}
state() { (cd "$book" && find chapters -type f -exec cksum {} + | sort -k3); }
fresh() { book=$1; rm -rf "$1"; cp -R base "$1"; }
write() {                           # write NAME LINE...: an exercise of $book
  name=$1; shift
  printf '%s\n' "$@" > answer
  for f in "$book"/chapters/[0-9]*.nw; do
    awk -v name="<<exercise: $name>>=" '
      $0 == name { print; while ((getline s < "answer") > 0) print s; skip = 1 }
      skip && /^@/ { skip = 0 }
      !skip' "$f" > written.nw && cat written.nw > "$f"
  done
}
record() {                          # record ID VERDICT: as if a run had said so
  TT_ROOT=$PWD/$book "$home/tools/manifest" exercises "$book"/chapters/[0-9]*.nw |
    awk -F '\t' -v OFS='\t' -v id="$1" -v verdict="$2" '
      $1 "" == id { print id, $9 == "todo" ? "reference" : $9, verdict, $10 }' > run
  tt record "$PWD/run"
}

mkdir -p base/chapters/solutions
printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' \
  number slug title tier prerequisites milestone programs about picture \
  01 tensors Tensors Foundation '' '' '' '' '' \
  02 activations Activations Foundation 01 '1957 Perceptron' '' '' '' > base/chapters/chapters.tsv
echo 0.1 > base/VERSION
cat > base/chapters/01-tensors.nw <<'END'
# Tensors {#sec:tensors}

Some text about tensors, and `code`.

<<src/tensors.c>>=
#include "tt/twice.h"
int twice(int x) {
  <<exercise: twice a number>>
}
int thrice(int x) {
  <<exercise: thrice a number>>
}
int shift(int x) {
  <<exercise: shift a number>>
}
@ %def twice

## Doubling {#sec:doubling}

::: {.exercise #exr:1.1 title="Twice"}
Return twice the number.
:::

<<exercise: twice a number>>=
TT_TODO("1.1");
@

Between the two stands a paragraph that tells
why one would want three times a number, which
is no small question.

::: {.exercise #exr:1.2 title="Thrice"}
Return three times the number.
:::

<<exercise: thrice a number>>=
TT_TODO("1.2"), (void)x;
@

## Shifting {#sec:shifting}

::: {.exercise #exr:1.10 title="Shift"}
Shift it.
:::

<<exercise: shift a number>>=
TT_TODO("1.10");
@

<<exercises>>=
1.1 | 2 | auto | twice a number | twice_of_two |
1.2 | 1 | auto | thrice a number | thrice_of_two | 1.1
1.10 | 3 | auto | shift a number | shift_of_two | 1.1 1.2
@

<<tests/test_tensors.c>>=
#include "tt_test.h"
#include "tt/twice.h"
TT(tensors, twice_of_two) {
  tt_expect_int(twice(2), 4);
}
TT(tensors, thrice_of_two) {
  tt_expect_int(thrice(2), 6);
}
TT(tensors, shift_of_two) {
  tt_expect_int(shift(twice(1)), 4);
}
@

What the harness needs.

<<include/tt/twice.h>>=
#include "tt/todo.h"
int twice(int x);
int thrice(int x);
int shift(int x);
@

<<include/tt/todo.h>>=
#ifndef TT_TODO_H
#define TT_TODO_H
#define TT_TODO(exercise) tt_todo(exercise, __FILE__, __LINE__)
_Noreturn void tt_todo(const char *exercise, const char *file,
                       int line);
#endif
@

<<src/todo.c>>=
#include "tt/todo.h"
#include <stdio.h>
#include <stdlib.h>
void tt_todo(const char *exercise, const char *file, int line) {
  fprintf(stderr, "%s:%d: exercise %s is not written yet\n", file,
          line, exercise);
  abort();
}
@
END
cat > base/chapters/02-activations.nw <<'END'
# Activations {#sec:activations}

<<src/activations.c>>=
#include "tt/relu.h"
int relu(int x) {
  <<exercise: cut what is negative>>
}
@

::: {.exercise #exr:2.1 title="Cut"}
Cut.
:::

<<exercise: cut what is negative>>=
TT_TODO("2.1");
@

<<exercises>>=
2.1 | 2 | auto | cut what is negative | relu_of_minus_one | 1.1
2.2 | 2 | manual | say why | |
@

<<tests/test_activations.c>>=
#include "tt_test.h"
#include "tt/relu.h"
TT(activations, relu_of_minus_one) {
  tt_expect_int(relu(-1), 0);
  tt_expect_int(relu(twice(1)), 2);
}
@

<<include/tt/relu.h>>=
#include "tt/twice.h"
int relu(int x);
@

The end.
END
cat > base/chapters/solutions/01-tensors.nw <<'END'
# Solutions

Add it to itself,
which is cheaper.

<<solution: twice a number>>=
return x + x;
@

<<hint 1.1.1>>=
What is x plus x?
@

<<hint 1.1.2>>=
return x + x;
@

Once more.

<<solution: thrice a number>>=
return 3 * x;
@

<<hint 1.2.1>>=
Three.
@

<<solution: shift a number>>=
return x @<< 1;
@

<<hint 1.10.1>>=
Write it as @<<.
@
END
cat > base/chapters/solutions/02-activations.nw <<'END'
# Solutions
The larger one.
<<solution: cut what is negative>>=
return x > 0 ? x : 0;
@
<<hint 2.1.1>>=
Zero.
@
END
