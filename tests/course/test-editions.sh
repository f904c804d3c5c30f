#!/bin/bash
# Tests of tools/check-editions: what it finds in a chapter whose exercises
# do not measure what they claim, and how much it does again after an edit.
# The chapter is of three exercises, behind chapter 00 of the book.
. "${0%/*}/books.sh"
book=$work/book
mkdir "$book"
cp -r tools tests Makefile VERSION "$book"
mkdir -p "$book/chapters/solutions"
cp chapters/chapters.tsv chapters/00-*.nw "$book/chapters"
cp chapters/solutions/00-*.nw "$book/chapters/solutions"
rm "$book"/tests/test_*.c
cat > "$book/chapters/01-tensors.nw" <<'NW'
# Numbers {#sec:numbers}

<<include/tt/numbers.h>>=
// Numbers: twice and three times as much, one more.
#ifndef TT_NUMBERS_H
#define TT_NUMBERS_H
#include "tt/todo.h"
int tt_twice(int x);
int tt_thrice(int x);
int tt_more(int x);
#endif
@

<<src/numbers.c>>=
#include "tt/numbers.h"

int tt_twice(int x)
{
  <<exercise: twice>>
}

int tt_thrice(int x)
{
  <<exercise: thrice>>
}

int tt_more(int x)
{
  <<exercise: more>>
}
@

<<tests/test_numbers.c>>=
#include "tt/numbers.h"
#include "tt_test.h"

TT(numbers, twice)
{
  tt_expect_int(tt_twice(3), 6);
}

TT(numbers, thrice)
{
  tt_expect_int(tt_thrice(3), 9);
}

TT(numbers, more)
{
  tt_expect_int(tt_more(3), 4);
}
@

::: {.exercise #exr:1.1 title="Twice"}
Twice.
:::

<<exercise: twice>>=
TT_TODO("1.1");
@

::: {.exercise #exr:1.2 title="Thrice"}
Thrice.
:::

<<exercise: thrice>>=
TT_TODO("1.2");
@

::: {.exercise #exr:1.3 title="More"}
More.
:::

<<exercise: more>>=
TT_TODO("1.3");
@

<<exercises>>=
1.1 | 1 | auto | twice | twice | | 5
1.2 | 1 | auto | thrice | thrice | 1.1 | 5
1.3 | 1 | auto | more | more | | 5
@
NW
for part in '1 twice:return 2 * x;' '2 thrice:return x + tt_twice(x);' '3 more:return x + 1;'; do
  n=${part%% *} name=${part%%:*}
  printf '<<solution: %s>>=\n%s\n@\n\n<<hint 1.%s.1>>=\nOne.\n@\n\n<<hint 1.%s.2>>=\nTwo.\n@\n\n' \
    "${name#* }" "${part#*:}" "$n" "$n"
done > "$book/chapters/solutions/01-tensors.nw"
cp -r "$book/chapters" "$work/sound"
export CC=gcc CSTD='-std=gnu17 -fopenmp-simd' OPT=-O0 LDLIBS='-lz -lm'
checked() { "$book/tools/check-editions" 01 > "$work/log" 2>&1; }
ran() { sort "$book/build/test/knockout-01.work/ran" | tr '\n' ' '; }
edit() { sed -i "$1" "$book/chapters/${2-}01-tensors.nw"; }
again() { rm -rf "$book/chapters"; cp -r "$work/sound" "$book/chapters"; }

# ---- each claim, broken
checked || { no 'a sound chapter'; cat "$work/log"; }
is 'everything was run' "$(ran)" '1.1 alone 1.1 out 1.2 alone 1.2 out 1.3 alone 1.3 out all solved none solved '
found() {                           # WHAT LINE: it is said, and nothing else
  checked && no "$1 passes"
  is "$1: what is said" "$(sed '$d' "$work/log")" "  $2"
  again
}
edit 's/tt_twice(3), 6/tt_more(3), 4/'
found 'tests that do not call it' '1.1: all its tests pass without it
  1.1: with it and what it needs, twice: todo'
edit 's/^1.2 .*/1.2 | 1 | auto | thrice | thrice | | 5/'
found 'a need that is not said' '1.2: with it and what it needs, thrice: todo'
edit 's/return x + 1/return x + 2/' solutions/
found 'a wrong solution' '1.3: with its solution, more: fail
  1.3: with it and what it needs, more: fail'
edit 's/tt_expect_int(tt_more(3), 4)/(void)0/'
found 'a test of nothing' '1.3: passes when nothing is written
  1.3: all its tests pass without it'
edit '/hint 1.3.2/,/^@/d' solutions/
found 'no second hint' '1.3: no <<hint 1.3.2>> in chapters/solutions/01-tensors.nw'
edit 's/return x + 1/return x + one/' solutions/
checked && no 'what does not compile passes'
has 'what does not compile' "$work/log" '1.3 with what it needs: does not build:'
again

# ---- what an edit has done again: only what depends on it
checked || no 'as it was'
is 'as it was, nothing is run' "$(ran)" ''
edit 's/^Twice\.$/Twice as much./'
echo >> "$book/chapters/00-setup.nw"
checked || no 'prose'
is 'prose' "$(ran)" ''
edit 's/return x + 1/return 1 + x/' solutions/
checked || no 'a solution that no other needs'
is 'a solution that no other needs' "$(ran)" '1.3 alone 1.3 out all solved '
edit 's/return 2 \* x/return x + x/' solutions/
checked || no 'a solution that another needs'
is 'a solution that another needs' "$(ran)" '1.1 alone 1.1 out 1.2 alone 1.2 out all solved '
edit 's/tt_more(3), 4/tt_more(4), 5/'
checked || no 'a test'
is 'a test: the file of all' "$(ran | wc -w)" 16
summary
