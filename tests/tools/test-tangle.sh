#!/bin/sh
# Tests of tools/tangle: small books with one fault each, the modes, the
# line numbers that compilers and debuggers report, and the promise that
# a failed or killed run leaves the old files alone.
set -u
export LC_ALL=C
home=$(cd "${0%/*}/../.." && pwd)
tangle=$home/tools/tangle
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
. "$home/tests/lib/check.sh"
state() { (cd "$1" && find . -type f -printf '%p %T@\n' -exec cksum {} + |
  sort); }

# ---- a sound book of one chapter
mkdir -p base/chapters/solutions
book=$work/base
cp "$home/chapters/chapters.tsv" base/chapters/
cat > base/chapters/01-tensors.nw <<'END'
# Tensors {#sec:tensors}
The header says what there is, [[TT_TODO]] too.
<<include/tt/tensors.h>>=
#ifndef TT_TENSORS_H
#define TT_TENSORS_H
int tt_twice(int x);
_Noreturn void tt_missing(const char *f, const char *what);
_Noreturn void tt_todo(const char *id, const char *file, int line);
#define TT_TODO(id) tt_todo(id, __FILE__, __LINE__)
#endif
@ %def tt_twice tt_missing

The source, with a reference, an exercise, and an open list.
<<src/tensors.c>>=
#include "tt/tensors.h"
#include <stdio.h>
int tt_twice(int x) {
  <<say what is done>>
  <<exercise: twice a number>>
  return x;
}
enum {
  <<open: kinds>>
  KINDS = 1 @<< 4
};
@

<<say what is done>>=
printf("%d\n", x);

@

Now do it.
<<exercise: twice a number>>=
TT_TODO("1.1");
@

<<exercises>>=
1.1 | 2 | auto | twice a number | twice_of_two |
@

<<open: kinds>>=
TT_FIRST_KIND,
@

<<tests/test_tensors.c>>=
#include "tt_test.h"
<<the test of twice>>
@

<<the test of twice>>=
TT(tensors, twice_of_two) {
  tt_expect_int(tt_twice(2), 4);
}
@
END
cat > base/chapters/solutions/01-tensors.nw <<'END'
# Solutions
Add it to itself.

<<solution: twice a number>>=
x += x;
@

<<hint 1.1.1>>=
What is x plus x?
@
END
copy() { rm -rf "$1"; cp -R base "$1"; }

check 'a sound book tangles' "$tangle" --root base out
check 'and is silent' same "$(cat log)" ''
copy old; check 'committed form' "$tangle" --root old --clean old/tangle
before=$(state out)

# ---- faults: every snippet is chapter 2; TAB, CR, BLANK, BYTE and AT
# stand for what would not survive in this file
fault() {                           # LINE WHAT CURE [SOLUTIONS] < chapter
  copy bad
  sed -e 's/TAB/\t/; s/CR$/\r/; s/BLANK$/ /; s/BYTE/\xff/; s/^AT/@/' \
    > bad/chapters/02-activations.nw
  at=${FILE:-chapters/02-activations.nw}:$1
  if [ -n "${4-}" ]; then
    printf '%b' "$4" > bad/chapters/solutions/02-activations.nw
  fi
  "$tangle" --root bad out > log 2>&1
  got=$?
  [ $got = 2 ] && ok || no "$2: status $got"
  if grep -F "$at: " log | grep -qF -e "$2"; then ok
  else no "$at: $2"; cat log; fi
  if grep -A1 -F "$at: " log | grep -qF -e "$3"; then ok
  else no "$2: cure $3"; cat log; fi
  found=$(grep -c '^  cure' log)
  [ "$found" = "${COUNT:-1}" ] && ok || { no "$2: $found findings"; cat log; }
  [ "$(state out)" = "$before" ] && ok || no "$2: output was touched"
}

COUNT=2 fault 4 '<<retrun x>> is not defined' 'is `return x` meant?' <<'END'
Text.
<<src/b.c>>=
int b(void) {
  <<retrun x>>
}
@

<<return x>>=
return 1;
@
END
COUNT=2 fault 8 '<<return x>> is never used' 'is `retrun x` meant?' < bad/chapters/02-activations.nw
fault 2 '<<nobody wants this>> is never used' 'use it, or delete it' <<'END'
Text.
<<nobody wants this>>=
int x;
@
END
fault 8 '<<egg>> contains itself' 'break the circle' <<'END'
<<src/b.c>>=
<<egg>>
@
<<egg>>=
<<hen>>
@
<<hen>>=
<<egg>>
@
END
fault 5 'also a chunk of another chapter, at chapters/01-tensors.nw:28' 'another name' <<'END'
Text.
<<src/b.c>>=
<<say what is done>>
@
<<say what is done>>=
int x;
@
END
fault 2 'is a chunk of another chapter' 'share a C function' <<'END'
<<src/b.c>>=
<<say what is done>>
@
END
fault 2 'src/tensors.c has a root in two chapters, first at chapters/01-tensors.nw:14' 'files of its own' <<'END'
Text.
<<src/tensors.c>>=
int x;
@
END
fault 1 'not a place for a file' 'src/x.c' <<'END'
<<lib/b.c>>=
int x;
@
END
fault 1 'not a place for a file' 'src/x.c' <<'END'
<<src/../b.c>>=
int x;
@
END
fault 1 'locate.h is generated' 'otherwise' <<'END'
<<include/tt/locate.h>>=
int x;
@
END
fault 3 'noweb reads `<< 2 | y >>` as a chunk' '@<<' <<'END'
Text.
<<src/b.c>>=
int b(int x, int y) { return x << 2 | y >> 3; }
@
END
fault 2 'noweb reads `<< b; y = c >>`' '@<<' <<'END'
<<src/b.c>>=
a = a << b; y = c >> d;
@
END
fault 3 '`@` at the start of a line ends the chunk' '%def' <<'END'
<<src/b.c>>=
int x;
AT and this is lost
@
END
fault 3 'inside a macro' 'function' <<'END'
<<src/b.c>>=
#define B(x) \
  <<twice>> \
  x
@
<<twice>>=
x +
@
END
fault 3 'inside a macro' 'function' <<'END'
<<src/b.c>>=
#define B(x) x + \
  <<twice>>
@
<<twice>>=
x
@
END
fault 2 'inside a string' '@<<' <<'END'
<<src/b.c>>=
char *s = "<<twice>>";
@
<<twice>>=
x
@
END
fault 2 'inside a comment' '@<<' <<'END'
<<src/b.c>>=
int x; // as in <<twice>>
@
<<twice>>=
x
@
END
fault 3 'inside a comment' '@<<' <<'END'
<<src/b.c>>=
int x; /* as "in"
  <<twice>>
*/
@
<<twice>>=
x
@
END
fault 2 'not alone on its line' 'line of its own' <<'END'
<<src/b.c>>=
int x = <<twice>>;
@
<<twice>>=
x
@
END
for head in 'if (f(a))' 'else' '} else if (a)' 'for (;;)' 'while (a &&\n  f(b))' \
  'if (a) // no brace' 'TT_SCOPE(s)' 'do'; do
  case $head in *'\n'*) at=4 ;; *) at=3 ;; esac
  fault $at 'without braces' 'braces' <<END
<<src/b.c>>=
$(printf %b "$head")
  <<shrink it>>
@
<<shrink it>>=
x = 1;
@
END
done
fault 3 'a tab' 'blanks' <<'END'
Text.
<<src/b.c>>=
TABint x;
@
END
fault 1 '3 lines end in CR' 'sed -i' <<'END'
<<src/b.c>>=CR
int x;CR
@CR
END
COUNT=2 fault 2 'blanks in the chunk name' 'one between words' <<'END'
<<src/b.c>>=
<<two  blanks>>
@
<<two blanks>>=
int x;
@
END
COUNT=2 fault 4 'blanks in the chunk name `at the end `' 'none at the ends' <<'END'
<<src/b.c>>=
<<at the end>>
@
<<at the end >>=
int x;
@
END
fault 2 'blanks at the end of the line' 'delete' <<'END'
<<src/b.c>>=
int x;BLANK
@
END
fault 1 'blanks at the end of the line' 'delete' <<'END'
<<src/b.c>>=BLANK
int x;
@
END
fault 1 'not UTF-8' 'UTF-8' <<'END'
Caf BYTE. But café is.
END
fault 2 '73 columns' 'at most 72' <<'END'
<<src/b.c>>=
//34567890123456789012345678901234567890123456789012345678901234567890123
//é34567890123456789012345678901234567890123456789012345678901234567890
@
END
fault 1 'a chunk of 41 lines' 'split' <<END
<<src/b.c>>=
$(seq -f 'int x%g;' 41)
@
END
COUNT=3 fault 3 'merge was left unfinished' 'choose one side' <<'END'
Text.
<<src/b.c>>=
<<<<<<< ours
int x;
||||||| base
int z;
=======
int y;
>>>>>>> theirs
@
END
fault 3 '%def of `x1`' 'three letters' <<'END'
<<src/b.c>>=
int x1;
@ %def x1
END
fault 3 '`tt_twice` is defined (%def) a second time, first at chapters/01-tensors.nw:11' 'keep the one' <<'END'
<<src/b.c>>=
int x;
@ %def tt_twice
END
fault 3 'which is no identifier' 'no commas' <<'END'
<<src/b.c>>=
int abc, def;
@ %def abc, def
END
fault 3 '`[[` is never closed' '@[[' <<'END'
Text.

So [[tt_twice is.

<<src/b.c>>=
int x;
@
END
fault 2 '`<<` in prose' '@<<' <<'END'
Text.
A shift is x << 2.
END
fault 3 '`<<` in prose' '@<<' <<'END'
Text.
```sh
cat <<EOF
```
END
fault 1 'prose quotes <<nothing at all>>, which is no chunk' '@<<' <<'END'
See [[<<nothing at all>>]] and [[<<src/b.c>>]], [[a @<< b @>> c]].
<<src/b.c>>=
int x;
@
END
fault 3 'inside the fence of line 2' '@<<' <<'END'
Text.
```c
<<src/b.c>>=
int x;
@
END
fault 2 'never closed' 'end it' <<'END'
Text.
```c
END
fault 2 'a definition that does not begin in column 1' 'left margin' <<'END'
<<src/b.c>>=
 <<twice>>=
@
<<twice>>=
int x;
@
END
FILE=chapters/03-nothing.nw
copy base2; cp -R base2 keep; echo 'Text.' > base/chapters/03-nothing.nw
fault 1 'no row of chapters/chapters.tsv' 'add a row' < /dev/null
rm base/chapters/03-nothing.nw; echo > base/chapters/tensors.nw
FILE=chapters/tensors.nw
fault 1 'no row of chapters/chapters.tsv' 'NN-slug.nw' < /dev/null
rm base/chapters/tensors.nw
FILE=chapters/chapters.tsv
echo '21 x' >> base/chapters/chapters.tsv
fault 23 'a row of 1 columns' 'tabs' < /dev/null
cp "$home/chapters/chapters.tsv" base/chapters/

# ---- exercises: the fault is in chapter 2 or in its solutions
exercise='<<src/b.c>>=\nint b(void) {\n  <<exercise: e>>\n}\n@\n'
stub='<<exercise: e>>=\nTT_TODO("2.1");\n@\n'
list='<<exercises>>=\n2.1 | 1 | auto | e | t | 1.1\n@\n'
tests='<<tests/b.c>>=\nTT(b, t) {\n}\n@\n'
solution='Text.\n<<solution: e>>=\nreturn 1;\n@\n'
hint='<<hint 2.1.1>>=\nOne.\n@\n'
chapter2() { printf %b "$1"; }
unset FILE
all="$exercise$stub$list$tests"
chapter2 "$all" > sound.nw
copy good; cp sound.nw good/chapters/02-activations.nw
printf %b "$solution$hint" > good/chapters/solutions/02-activations.nw
check 'a sound exercise' exits 0 "$tangle" --root good out2
chapter2 "$exercise$stub$tests<<exercise: why>>=\nTT_TODO(\"2.2\");\n@\n<<exercises>>=\n2.1 | 1 | auto | e | t | 1.1\n2.2 | 1 | manual | why | |\n@\n" > words.nw
copy good; cp words.nw good/chapters/02-activations.nw
printf %b "$solution${hint}\n<<solution: why>>=\nBecause.\n@\n<<hint 2.2.1>>=\nWhy not?\n@\n" > good/chapters/solutions/02-activations.nw
check 'one that a human reads, in no program' exits 0 "$tangle" --root good out2
sed -i "s|^TT_TODO(\"2.2\").*|It's simple (\"twice\": 2 x 3); in doubt, don't {ask.|" good/chapters/02-activations.nw
check 'and its answer, in words' exits 0 "$tangle" --root good --mode auto out2
chapter2 "$all$stub" | fault 16 'is defined a second time, first at chapters/02-activations.nw:6' 'keep one' "$solution$hint"
FILE=chapters/solutions/02-activations.nw
fault 9 'is defined a second time, first at chapters/solutions/02-activations.nw:2' 'keep one' "$solution$hint$solution" < sound.nw
fault 3 'TT_TODO in a solution' 'solve it' "Text.\n<<solution: e>>=\nTT_TODO(\"2.1\");\n@\n$hint" < sound.nw
fault 9 'there is no <<exercise: f>>' 'is `exercise: e` meant?' "$solution$hint\n<<solution: f>>=\n@\n" < sound.nw
fault 9 'belongs to no exercise' 'hint ID.1' "$solution$hint\n<<hint 2.9.1>>=\n@\n" < sound.nw
fault 9 'an exercise among the solutions' 'chapters/02-activations.nw' "$solution$hint\n<<exercise: e>>=\n@\n" < sound.nw
unset FILE
fault 6 'exercise 2.1 has no solution' 'chapters/solutions/02-activations.nw' "$hint" < sound.nw
fault 6 'exercise 2.1 has no hint' '<<hint 2.1.1>>=' "$solution" < sound.nw
chapter2 "$exercise$stub$tests" | COUNT=2 fault 6 'does not list `e`' 'id | points | auto | e' "$solution$hint"
chapter2 "$all$list" | COUNT=2 fault 17 'listed twice' 'anew' "$solution$hint"
chapter2 "$exercise$stub$list" | fault 10 'names a test `t`' 'TT(suite, t)' "$solution$hint"
chapter2 "$exercise$stub$list<<tests/b.c>>=\nTT(b, tee) {\n}\n@\n" | fault 10 'names a test `t`' 'TT(suite, t)' "$solution$hint"
sed 's/TODO("2.1/TODO("2.2/' sound.nw | fault 7 'TT_TODO says 2.2, the manifest says 2.1' 'TT_TODO("2.1")' "$solution$hint"
sed 's/^2.1 |/3.1 |/' sound.nw | COUNT=4 fault 10 'no id of this chapter' '2.1, 2.2' "$solution$hint"
sed 's/| 1 |/| one |/' sound.nw | fault 10 '`one` points' 'whole number' "$solution$hint"
sed 's/| auto |/| car |/' sound.nw | fault 10 'kind `car`' 'manual' "$solution$hint"
sed 's/| t |/| |/' sound.nw | fault 10 'has no test' 'at least one' "$solution$hint"
meets='::: {.exercise #exr:2.2 title="b"}\n:::\n::: {.exercise #exr:2.1 title="a"}\n:::\n'
chapter2 "$all$meets" | fault 19 'exercise 2.1 is read after exercise 2.2' 'in the order' "$solution$hint"
sed 's/| 1.1$/| 2.7/' sound.nw | fault 10 'needs 2.7' 'earlier' "$solution$hint"
sed 's/| e | t | 1.1/| e/' sound.nw | COUNT=3 fault 10 'of 4 fields' 'id | points' "$solution$hint"
sed 's/| e |/| ee |/' sound.nw | COUNT=2 fault 10 'has no chunk <<exercise: ee>>' 'is `exercise: e` meant?' "$solution$hint"
chapter2 "$all\n<<src/c.c>>=\n<<exercise: e>>\n@\n" | fault 6 'is used 2 times' 'once' "$solution$hint"
chapter2 "$all$solution" | COUNT=1 fault 17 '`solution: e` in a chapter' 'chapters/solutions/02-activations.nw' "$hint"

# ---- what is allowed
allowed() {
  copy fine; cat > fine/chapters/02-activations.nw
  check "$1" exits 0 "$tangle" --root fine out2
}
allowed 'code that looks like faults but is none' <<'END'
# Fine {#sec:fine}
```python
[[1, 2],
 [3, 4]]
```
<<src/b.c>>=
int b(int x) {
  if (x @<< 2) {
    <<one of [[a + b]] or so>>
  }
  do {
    <<two>>
  } while (x);
  const char *s = "// no comment /*";
  <<two>>
  int y = x << 2;
  /* an apostrophe's comment */
  <<two>>
}
@

Later, more.
<<two>>=
x--;
@
Between.
<<one of [[a + b]] or so>>=
x++;
@
<<two>>=
@@param();
@
END
mv fine pieces
copy fine; { echo '<<src/b.c>>='; seq -f 'int x%g;' 31; echo @; } \
  > fine/chapters/02-activations.nw
check '31 lines pass' exits 0 "$tangle" --root fine out2
check 'without a warning' lacks log 'warning'
check 'in make lint' exits 0 env TT_WARN=all "$tangle" --root fine out2
check 'with a warning' has log ':1: warning: a chunk of 31 lines'

# ---- modes
fill() { sed -i 's|^TT_TODO("1.1");|x = 2 * x; // mine|' "$1/chapters/01-tensors.nw"; }
mode() {                            # BOOK WORD PROVENANCE ARGUMENTS...
  dir=$1 word=$2 from=$3; shift 3
  rm -rf m
  check "$* tangles" exits 0 "$tangle" --root "$dir" "$@" m
  check "$* has $word" has m/src/tensors.c "$word"
  check "$* says $from" same "$(cut -f1,9 m/exercises.tsv | head -n 1)" "1.1	$from"
}
copy filled; fill filled
mode base   'x += x'  reference --mode reference
mode base   'x += x'  reference --mode auto
mode base   'TT_TODO' todo      --mode student
mode filled 'x += x'  reference --mode reference
mode filled '// mine' yours     --mode auto
mode filled '// mine' yours     --mode student
copy two; cp sound.nw two/chapters/02-activations.nw
printf %b "$solution$hint" > two/chapters/solutions/02-activations.nw
mode two 'x += x'  reference --mode student --student-chapter 02
check 'chapter 2 as it stands' has m/src/b.c 'TT_TODO'
mode two 'TT_TODO' todo      --mode student --student-chapter 01
check 'chapter 2 from the book' has m/src/b.c 'return 1'
mode two 'TT_TODO' todo      --mode student --upto 01
check 'chapter 2 not made' exits 1 test -e m/src/b.c
sed -i 's|^TT_TODO.*|// TT_TODO("1.1"); done|' filled/chapters/01-tensors.nw
mode filled 'x = 2' yours --mode auto
rm base2/chapters/solutions/01-tensors.nw
mode base2 'TT_TODO' todo --mode auto
check 'the reference needs solutions' exits 2 "$tangle" --root base2 m
copy fine; { echo '<<src/b.c>>='; seq -f 'int x%g; ' 50; echo @; } \
  > fine/chapters/02-activations.nw
check 'style only warns a student' exits 0 "$tangle" --root fine --mode auto m

# ---- tables
"$tangle" --root two m
check 'exercises.tsv' same "$(cut -f1-9 m/exercises.tsv)" \
"1.1	2	auto	twice a number	twice_of_two		chapters/01-tensors.nw	34	reference
2.1	1	auto	e	t	1.1	chapters/02-activations.nw	6	reference"
check 'plan.tsv' same "$(cat m/plan.tsv)" \
"tests/test_tensors.c	tensors	twice_of_two	01	1.1
tests/b.c	b	t	02	2.1"
check 'manifest by hand' same "$("$home/tools/manifest" plan two/chapters/02*.nw)" \
"tests/b.c	b	t	02	2.1"
check 'locate.h has each function' has m/include/tt/locate.h 'define tt_twice(...)'
check 'locate.h wraps what is included' has m/include/tt/locate.h '#ifdef TT_TENSORS_H'
check 'locate.h spares tt_todo' lacks m/include/tt/locate.h 'define tt_todo'

cat > hard.h <<'END'
#define tt_no(x) \
  tt_never(x)
TT_BEGIN
/* tt_comment(int); */
__attribute__((malloc)) Tensor *tt_one(int f);
Tensor *tt_none(void);
_Noreturn void tt_fail(int code, const char *format, ...);
TT_NORETURN void tt_missing(const char *function, const char *what);
static inline int tt_two(int x) { if (x) { return tt_inner(x); } return 1; }
__attribute__((noreturn)) void tt_ends(int x);
TT_INLINE int tt_inline(int x) { return x; }
extern Tensor *(*tt_hook)(Op *op, int n);
typedef int tt_fn(int);
struct S { int (*tt_field)(int); };
int tt_three(const Tensor *const a[],
  int b) __attribute__((format(printf, 1, 2)));  // tt_four(int);
void tt_at(const char *, int);     // no place: it is used here
int tt_quick(int *x);              // 1; no place
int tt_placed(int x);              // there is no places like it
void tt_five (Tensor *t, double x[2]);
Layer *tt_layer_new(int n);  Layer *tt_layer_new_bare(int n);  Layer *tt_empty_new(void);
void tt_six(Tensor *b /* or NULL */, void (*f)(void *, int), void *arg,
            Generator *g, Tensor *const t[] /* or NULL */);
void tt_seven(int n, Tensor *const t[], char text[8]);
void tt_check_pack(const char *function, Pack p);
void tt_eight(Pack p, Pack *q);
TT_END
// no places: kernels
void tt_kernel(Tensor *t);  void tt_kernels(Tensor *t);
END
awk -f "$home/tools/locate" hard.h > hard-locate.h
check 'locate.h has functions, nothing else' same "$(
  sed -n 's/#define \(tt_[a-z_]*\)(.*/\1/p' hard-locate.h | tr '\n' ' ')" \
  'tt_one tt_none tt_fail tt_three tt_placed tt_five tt_layer_new tt_layer_new_bare tt_empty_new tt_six tt_seven tt_eight '
check 'locate.h lists them' same "$(sed -n '/TT_FUNCTIONS(F)/,/^$/s/  F(\(.*\)).*/\1/p' \
  hard-locate.h | tr '\n' ' ')" \
  'tt_one tt_none tt_three tt_placed tt_five tt_layer_new tt_layer_new_bare tt_empty_new tt_six tt_seven tt_eight '
check 'locate.h lists those without' same "$(sed -n '/FUNCTIONS_WITHOUT(F)/,$s/  F(\(.*\)).*/\1/p' \
  hard-locate.h | tr '\n' ' ')" 'tt_at tt_quick tt_kernel tt_kernels '
check 'locate.h passes the arguments on' has hard-locate.h 'return tt_three(a, b);'
check 'locate.h returns nothing of void' has hard-locate.h '  tt_five(t, x);'
check 'locate.h of a function without arguments' has hard-locate.h \
  '#define tt_empty_new() tt_empty_new_at(__FILE__, __LINE__)'
check 'locate.h notes the call' has hard-locate.h 'TT_CALL("tt_five", file, line);'
check 'locate.h refuses NULL' has hard-locate.h 'if (!t) tt_missing("tt_five", "Tensor *t");'
check 'locate.h looks at tensors' has hard-locate.h 'tt_alive("tt_five", t);'
check 'an array may not be NULL' has hard-locate.h 'if (!x) tt_missing("tt_five", "double x[2]");'
for p in 'Tensor *b' 'Generator *g' 'void *arg' 'Tensor *const t'; do
  check "or NULL: $p" lacks hard-locate.h "tt_missing(\"tt_six\", \"$p"
done
check 'or NULL is looked at' has hard-locate.h '  tt_alive("tt_six", b);'
check 'a function may not be NULL' has hard-locate.h 'if (!f) tt_missing("tt_six", "void (*f)(void *, int)");'
check 'a counted array may' has hard-locate.h 'if (n > 0 && !t) tt_missing("tt_seven"'
check 'its tensors may not' has hard-locate.h 'tt_check_tensors("tt_seven", n, t);'
check 'its neighbor may not' has hard-locate.h 'if (!text) tt_missing("tt_seven"'
check 'a type with a check' same "$(grep -c 'tt_check_pack("tt_eight", p);' hard-locate.h)" 1

# ---- forms
rm -rf m c; "$tangle" --root base m; "$tangle" --root base --clean c
check 'no #line in headers' lacks m/include/tt/tensors.h '#line'
check '#line in sources' has m/src/tensors.c '#line 5 "chapters/solutions/01-tensors.nw"'
check 'none when clean' lacks c/src/tensors.c '#line'
check 'first line' same "$(head -n 1 c/src/tensors.c)" \
  '// Made from chapters/01-tensors.nw by tools/tangle: edit there.'
check 'no blanks at ends' lacks c/src/tensors.c ' $'
copy shared
printf '\n<<programs/shared.h>>=\nint shared;\n@\n' >> shared/chapters/01-tensors.nw
check 'programs share a header' "$tangle" --root shared m
check '#line in it' has m/programs/shared.h '#line 58 "chapters/01-tensors.nw"'
printf '\n<<programs/uses.c>>=\n#include "shared.h"\n@\n' | tee -a shared/chapters/01-tensors.nw |
  sed 's/uses/later/' >> shared/chapters/02-activations.nw
printf '\n<<tests/test_later.c>>=\n#include "../programs/later.c"\n@\n' >> shared/chapters/02-activations.nw
"$tangle" --root shared --clean m
check 'as plain C, a folder a chapter' same "$(cd m && echo programs/*/*)" \
  'programs/01/shared.h programs/01/uses.c programs/02/later.c'
check 'includes within it' has m/programs/01/uses.c '#include "shared.h"'
check 'and of another' has m/programs/02/later.c '#include "../01/shared.h"'
check 'and by a test' has m/tests/test_later.c '#include "../programs/02/later.c"'
"$tangle" --root shared m
warned() {                          # COMPILER FLAGS...
  with=$1; shift
  "$with" -std=gnu17 -Wall -Wextra -Wpedantic -Werror "$@" -o x.o
}
for cc in gcc clang; do
  command -v $cc > /dev/null || continue
  check "$cc, with lines" warned $cc -Im/include -c m/src/tensors.c
  check "$cc, clean" warned $cc -Ic/include -c c/src/tensors.c
done
copy prefix
printf '<<open: kinds>>=\nTT_SECOND_KIND,\n@\n' > prefix/chapters/02-activations.nw
sed -i '/^<<open: kinds>>=/,/^@/d' prefix/chapters/01-tensors.nw
check 'an open list without entries' exits 0 "$tangle" --root prefix --upto 01 m
check 'is empty' lacks m/src/tensors.c SECOND
check 'with entries' exits 0 "$tangle" --root prefix m
check 'has them' has m/src/tensors.c SECOND
sed -i '/^<<open: kinds>>=/,/^@/d' prefix/chapters/02-activations.nw
check 'without it a chapter that is not there may fill it' exits 0 "$tangle" --root prefix m
tail -n +2 base/chapters/chapters.tsv | while read -r nn slug rest; do
  [ -f "prefix/chapters/$nn-$slug.nw" ] || : > "prefix/chapters/$nn-$slug.nw"
done
check 'if all are there nobody fills it' exits 2 "$tangle" --root prefix m
copy prefix; echo '# Setup {#sec:setup}' > prefix/chapters/00-setup.nw
check 'a chapter without code' exits 0 "$tangle" --root prefix --upto 00 m
check 'leaves no file of before' exits 1 test -e m/src/tensors.c
copy bare; printf %s "$(cat base/chapters/01-tensors.nw)" > bare/chapters/01-tensors.nw
check 'no newline at the end' exits 0 "$tangle" --root bare m
rm -rf 'a b'; cp -R base 'a b'
check 'a path with blanks' exits 0 "$tangle" --root 'a b' 'a b/out put'
check 'TT_ROOT' exits 0 env TT_ROOT=base "$tangle" m
check 'unknown chapter' exits 2 "$tangle" --root base --upto 07 m
check 'says so' has log 'no chapter 07'
check 'unknown mode' exits 2 "$tangle" --root base --mode teacher m
check 'no OUTDIR' exits 2 "$tangle" --root base
check '--check and OUTDIR' exits 2 "$tangle" --root base --check old/tangle m
check 'student chapter beyond' exits 2 "$tangle" --root two --upto 01 --student-chapter 02 m

# ---- lines: a fault in the chapter and one in the solution
line_of() { grep -nF -e "$2" "$1" | head -n 1 | cut -d: -f1; }
says() { has "$1" "$2:$(line_of "wrong/$2" "$3")"; }
copy wrong
sed -i 's|^  return x;|  return y;|' wrong/chapters/01-tensors.nw
sed -i 's|^x += x;|x += z;|' wrong/chapters/solutions/01-tensors.nw
"$tangle" --root wrong w
for cc in gcc clang; do
  command -v $cc > /dev/null || continue
  $cc -Iw/include -c w/src/tensors.c -o x.o > errors 2>&1
  check "$cc: the chapter's line" \
    says errors chapters/01-tensors.nw 'return y'
  check "$cc: the solution's line" \
    says errors chapters/solutions/01-tensors.nw 'x += z'
done

# Every line of C must be, but for indentation, the line that it names.
true_lines() {                      # ROOT DIR
  find "$2" -name '*.c' -exec awk -v root="$1" '
    FNR == 1 { at = 0 }
    /^#line / { at = $2; file = root "/" $3; gsub(/"/, "", file); next }
    at && NF {
      if (!(file in read)) {
        read[file]
        for (n = 1; (getline s < file) > 0; n++) {
          sub(/^@@/, "@", s); gsub(/@<</, "<<", s); gsub(/@>>/, ">>", s)
          gsub(/^ +/, "", s); line[file, n] = s
        }
      }
      s = $0; gsub(/^ +/, "", s); lines++
      if (line[file, at] != s) { print file ":" at ": " s; bad = 1 }
    }
    { at += at > 0 }
    END { exit bad || !lines }' {} +
}
for name in base two pieces; do
  "$tangle" --root $name --mode auto m
  check "$name: all lines are where they say" true_lines $name m
done
sed -i 's/#line 5/#line 6/' m/src/tensors.c
check 'this check sees a wrong one' exits 1 true_lines pieces m

copy wrong                          # at run time
sed -i 's|^x += x;|x += ((int *)p)[x];|' \
  wrong/chapters/solutions/01-tensors.nw
sed -i 's|^int tt_twice(int x) {|&\n  char p[4] = {0};|' \
  wrong/chapters/01-tensors.nw
"$tangle" --root wrong w
echo 'int tt_twice(int); int main(void) { return tt_twice(1); }
void tt_todo(const char *i, const char *f, int l);
void tt_todo(const char *i, const char *f, int l) {(void)i;(void)f;(void)l;}' > main.c
gcc -g -fsanitize=address -Iw/include w/src/tensors.c main.c -o x
./x > errors 2>&1
check 'address sanitizer' says errors chapters/solutions/01-tensors.nw 'x += '
if command -v gdb > /dev/null; then
  gcc -g -Iw/include w/src/tensors.c main.c -o x
  at=$(line_of wrong/chapters/solutions/01-tensors.nw 'x += ')
  gdb -nx -batch -ex "break chapters/solutions/01-tensors.nw:$at" -ex run \
    -ex 'info line' ./x > errors 2>&1
  check 'gdb' has errors "tt_twice (x=1) at chapters/solutions/01-tensors.nw:$at"
fi

# ---- what lint cannot see, the compiler sees in the clean form
copy fine; cat > fine/chapters/02-activations.nw <<'END'
<<src/b.c>>=
int b(int x);
int b(int x) {
  <<if it is large>>
    <<shrink it>>
  return x;
}
@
<<if it is large>>=
if (x > 3)
@
<<shrink it>>=
x--;
x /= 2;
@
END
"$tangle" --root fine m; "$tangle" --root fine --clean c
misled() { gcc -Wall -Werror=misleading-indentation -c -o x.o "$1"; }
check 'misled, but for the lines' exits 0 misled m/src/b.c
check 'misleading indentation' exits 1 misled c/src/b.c
check 'by name' has log misleading-indentation

# ---- an exercise in a header: a student's has the chapter's line, the rest the header's
copy within
cat >> within/chapters/01-tensors.nw <<'END'

<<include/tt/inner.h>>=
#ifndef TT_INNER_H
#define TT_INNER_H
static inline int tt_inner(int x)
{
  <<exercise: an inner number>>
  return x;
}
<<after the exercise>>
#endif
@

<<exercise: an inner number>>=
x += 1
@

<<exercises>>=
1.2 | 1 | auto | an inner number | twice_of_two |
@

<<after the exercise>>=
static inline int tt_outer(int x)
{
  return x
}
@
END
printf '\n<<solution: an inner number>>=\nx += 1;\n@\n\n<<hint 1.2.1>>=\nMore.\n@\n' >> within/chapters/solutions/01-tensors.nw
line() { grep -nF -- "$2" "$1" | tail -n 1 | cut -d: -f1; }
chapter=within/chapters/01-tensors.nw
rm -rf m; "$tangle" --root within --mode auto m
echo '#include "tt/inner.h"' > inner.c
check 'a mistake in it' exits 1 gcc -Im/include -c inner.c
check 'is of the chapter' has log "chapters/01-tensors.nw:$(line $chapter 'x += 1'):7: error"
check 'the next is of the header' has log "m/include/tt/inner.h:$(line m/include/tt/inner.h 'return x'):11: error"
rm -rf m; "$tangle" --root within m 2> /dev/null
check "the book's has none" lacks m/include/tt/inner.h '#line'
sed -i 's/^x += 1$/TT_TODO("1.2");/' $chapter
"$tangle" --root within --mode student m 2> /dev/null
check 'a stub has it' has m/include/tt/inner.h "#line $(line $chapter '"1.2"') \"chapters/01-tensors.nw\""

# ---- what a student hears: of the chapter at hand, style stops nothing, errors come last
rm -rf styled; cp -R two styled
wide='x += 1 /* a line that is longer than a line of the book may be, by the rule of 72 */;'
sed -i "s|^TT_TODO(\"1.1\");|$wide|" styled/chapters/01-tensors.nw
at=chapters/01-tensors.nw:$(line styled/chapters/01-tensors.nw "$wide")
for mode in auto student; do
  check "a line too long, $mode" exits 0 "$tangle" --root styled --mode $mode --student-chapter 01 m
  check 'is a warning' has log "$at: warning: "
  check 'and all' same "$(grep -c '^  cure' log)" 1
  check "work on another chapter, $mode" exits 0 "$tangle" --root styled --mode $mode --student-chapter 02 m
  check 'hears nothing of it' same "$(cat log)" ''
done
check 'lint of all' exits 0 env TT_WARN=all "$tangle" --root styled --mode auto m
check 'hears of it' has log "$at: warning: "
sed -i '2i <<src/none.c>>=\n<<nothing there>>\n@\n' styled/chapters/01-tensors.nw
check 'an error' exits 2 "$tangle" --root styled --mode auto --student-chapter 01 m
check 'is marked, and last' same "$(grep -v '^  cure' log | sed 's/.*: \([a-z]*\): .*/\1/' | tr '\n' ' ')" 'warning error '

# ---- only what differs is touched, and only if all went well
rm -rf m; "$tangle" --root two m; was=$(state m)
check 'again' exits 0 "$tangle" --root two m
check 'nothing touched' same "$(state m)" "$was"
copy edited; cp two/chapters/02* edited/chapters/
cp two/chapters/solutions/02* edited/chapters/solutions/
sed -i 's/^Now do it/\n&/' edited/chapters/01-tensors.nw
sleep 0.01; touch now
"$tangle" --root edited m
check 'prose moves sources, not headers' \
  same "$(cd m && find . -type f -newer ../now -print | sort | tr '\n' ' ')" \
  './exercises.tsv ./src/tensors.c ./tests/test_tensors.c '
echo 'int mine;' > m/src/mine.c
"$tangle" --root base m
check 'a file that is no root any more goes' exits 1 test -e m/src/b.c
check 'a file of someone else stays' exits 0 test -e m/src/mine.c
check 'an unknown OUTDIR is not left behind' exits 2 "$tangle" --root bad new/dir
check 'really' exits 1 test -d new/dir

# another noweb, whose mnt does what FAKE says before it makes the tests
noweb=$(sed -n 's/^LIB=//p' "$(command -v notangle)")
mkdir fake
ln -s "$noweb"/* fake
rm fake/mnt
cat > fake/mnt <<END
#!/bin/sh
case \$* in *tests/*) \$FAKE ;; esac
exec $noweb/mnt "\$@"
END
echo "LIB=$PWD/fake" > fake/notangle
chmod +x fake/notangle fake/mnt
rm -rf m; "$tangle" --root base m; was=$(state m)
check 'mnt fails' exits 2 env PATH="$PWD/fake:$PATH" FAKE='exit 3' \
  "$tangle" --root edited m
check 'and it is said' has log 'mnt of noweb failed'
check 'the old files stand' same "$(state m)" "$was"
PATH="$PWD/fake:$PATH" FAKE='sleep 1' "$tangle" --root edited m 2> /dev/null &
victim=$!
sleep 0.4
check 'half-way' test -d m/.new.$victim
{ kill -9 $victim; wait $victim; } 2> /dev/null
check 'killed: the old files stand' \
  same "$(state m | grep -v '\./\.new')" "$was"
check 'the next run' exits 0 "$tangle" --root edited m
check 'cleans up' same "$(ls -A m | tr '\n' ' ')" \
  'exercises.tsv include plan.tsv src tests '

# ---- a tree that another run has made, or somebody edited
rm -rf m; "$tangle" --root two m
echo '// edited' >> m/src/tensors.c
check 'again' "$tangle" --root two m
check 'an edited file is made anew' lacks m/src/tensors.c edited
for word in two three; do
  printf '<<open: kinds>>=\nTT_%s_KIND,\n@\n' $word >> two/chapters/02-activations.nw
  check 'an entry of chapter 2' "$tangle" --root two m
  check 'is in a file of chapter 1' has m/src/tensors.c "TT_${word}_KIND,"
done
check 'another mode' "$tangle" --root two --mode student --student-chapter 01 m
check 'is made' has m/src/tensors.c 'TT_TODO'
mkdir m/.made
check 'the reference' "$tangle" --root two m
check 'is made' has m/src/tensors.c 'x += x'
check 'a store of earlier editions goes' exits 1 test -e m/.made
check 'as plain C' "$tangle" --root two --clean m
check 'no lines are left' lacks m/src/tensors.c '#line'

# ---- --check
check 'fresh' exits 0 "$tangle" --root old --check old/tangle
check 'silently' same "$(cat log)" ''
sed -i 's/^x += x;/x *= 2;/' old/chapters/solutions/01-tensors.nw
check 'stale' exits 1 "$tangle" --root old --check old/tangle
check 'shows what' has log '+  x *= 2;'
check 'and the cure' has log 'make tangle'
"$tangle" --root old --clean old/tangle
echo '// edited' >> old/tangle/src/tensors.c
check 'edited by hand' exits 1 "$tangle" --root old --check old/tangle
"$tangle" --root old --clean old/tangle
rm old/tangle/include/tt/tensors.h
check 'missing' exits 1 "$tangle" --root old --check old/tangle
check 'a stub that is filled in is not as stored' exits 2 \
  "$tangle" --root filled --check old/tangle
check 'by line' has log 'chapters/01-tensors.nw:34: error: `exercise: twice a number`'

# ---- a book of twenty chapters
copy long
rm long/chapters/*.nw long/chapters/solutions/*.nw
tail -n +3 "$home/chapters/chapters.tsv" | while read -r nn slug rest; do
  {
    echo "# Chapter $nn {#sec:c$nn}"
    printf '<<include/tt/h%s.h>>=\nvoid f%s(void);\n@\n' "$nn" "$nn"
    for root in src/a programs/p tests/t; do
      echo "<<$root$nn.c>>="
      seq -f "<<step %g of $root $nn>>" 19
      echo @
      for i in $(seq 19); do
        seq -f 'In [[this]] line %g of prose nothing happens for so long.' 16
        echo "<<step $i of $root $nn>>="
        seq -f 'x%g = call(y, "a"); // and so on' 8
        echo @
      done
    done
  } > "long/chapters/$nn-$slug.nw"
done
start=$(date +%s%N)
check 'twenty chapters' exits 0 "$tangle" --root long m
took=$((($(date +%s%N) - start) / 1000000))
echo "20 chapters, $(cat long/chapters/*.nw | wc -l) lines," \
  "$(wc -l < log) findings: $took ms"

summary
