#!/bin/bash
# Weaving: a book of one chapter with each fault, and what must be said about
# it. Run from the root of the repository: tests/weave/test-weave.sh
set -u
root=$PWD
book=$(mktemp -d)
trap 'rm -rf "$book"' EXIT
passed=0 failed=0
make -s -f book/book.mk build/npm/node_modules

ok() {                                  # ok NAME STATUS [what was seen]
  if [ "$2" = 0 ]; then passed=$((passed + 1))
  else failed=$((failed + 1)); printf 'FAILED: %s\n%s\n' "$1" "${3-}"; fi
}
weave() {                               # weave GOAL [VARIABLE=...]
  (cd "$book" && make --no-print-directory -f "$root/book/book.mk" \
    CHAPTERS='01-a 02-b' NW='chapters/01-a.nw chapters/02-b.nw' \
    SOLUTIONS=chapters/solutions/01-a.nw NPM="$root/build/npm/node_modules" "$@" 2>&1)
}
fresh() {                               # the sound book
  rm -rf "${book:?}"/*
  mkdir -p "$book"/chapters/solutions "$book"/figures/{drawings,output,data/01}
  printf 'number\tslug\ttitle\ttier\tprerequisites\tmilestone\n01\ta\tFirst\tOne\t\t\n02\tb\tSecond\tOne\t01\t\n03\tlater\tLater\tTwo\t\t1957\n' \
    > "$book"/chapters/chapters.tsv
  printf 'x\ty\n1\t2\n# run.time\t7.9 ms\n' > "$book"/figures/data/01/run.tsv
  printf 'cpu\tmade of wood\n' > "$book"/figures/data/machine.tsv
  printf 'line one\n[[1, 2], [3, 4]]\nline three\n' > "$book"/figures/output/run.txt
  printf '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g id="g"/><use href="#g"/></svg>' \
    > "$book"/figures/drawings/pic.svg
  cp "$book"/figures/drawings/{pic,late}.svg
  cat > "$book"/chapters/01-a.nw <<'NW'
# First {#sec:a}

See @sec:a, @sec:sub, @fig:pic, @tbl:t, @eq:e, @exr:1.1, @chp:b, @chp:later
and [@knuth-vol1]. It took `run.time`{.num}. Here is [[x[i]]] and [[tt_go(1)]]. 8 x 8, an x 8.

```{.output src="run.txt" from=2}
```

```text
[[9, 8],
 [7, 6]]
```

## Sub {#sec:sub}

$$ a = b $$ {#eq:e}

![A caption.](pic.svg){#fig:pic alt="a picture"}

| a | b |
|---|---|
| 1 | 2 |

: A table. {#tbl:t}

<<src/a.c>>=
// tt_go in a comment
<<the middle>>
int y = tt_go("tt_go");
@

<<the middle>>=
int tt_go(int q) {
  <<exercise: fill it>>
  <<what is looked up>>
  return s.tt_go;
}
@ %def tt_go

::: {.exercise #exr:1.1 title="Fill it"}
Fill it.
:::

<<exercise: fill it>>=
TT_TODO("1.1");
@

<<exercises>>=
1.1 | 2 | auto | fill it | fills |
@

More in @sec:a-workshop, @sec:tool and @fig:again; [[tt_far]] helps.

# Workshop of [[a]] {#sec:a-workshop .workshop}

Of @sec:a; here [[tt_go]] is explained, with @fig:again and @eq:late.

```text
# No heading {.workshop}
```

## Tool {#sec:tool}

$$ c = d $$ {#eq:late}

![Another.](late.svg){#fig:again alt="a late picture"}

<<what is looked up>>=
q += tt_far(1);
<<and deeper>>
@

<<and deeper>>=
q -= 1;
@

<<src/far.c>>=
int tt_far(int q) { return q; }
<<the end of far>>
@ %def tt_far

<<the end of far>>=
int end;
@
NW
  printf '# Second {#sec:b}\n\nBack to @sec:sub and [[tt_go]].\n' > "$book"/chapters/02-b.nw
  cat > "$book"/chapters/solutions/01-a.nw <<'NW'
# Solutions

The secret is one line, see @eq:e.

<<solution: fill it>>=
q += SECRET;
@

<<hint 1.1.1>>=
Add HINTED to `q`.
@
NW
}
fault() {                               # fault NAME FILE sed-SCRIPT MESSAGE
  fresh
  mkdir -p "$book"/build/weave/reader && echo old > "$book"/build/weave/reader/01-a.json
  touch -d 2000-01-01 "$book"/build/weave/reader/01-a.json
  sed -i "$3" "$book/chapters/$2"
  local out status
  out=$(weave build/weave/reader/01-a.json); status=$?
  [ $status != 0 ]; ok "$1: exit status" $? "$out"
  grep -qF "$4" <<< "$out"; ok "$1: says $4" $? "$out"
  [ "$(cat "$book"/build/weave/reader/01-a.json)" = old ]; ok "$1: replaces nothing" $?
}

fault 'unresolved reference' 01-a.nw 's/@sec:sub,/@sec:nowhere,/' \
  'chapters/01-a.nw:3: unresolved reference @sec:nowhere'
fault 'unknown chapter' 01-a.nw 's/@chp:later/@chp:never/' \
  'chapters/01-a.nw:3: unresolved reference @chp:never'
fault 'unknown citation' 01-a.nw 's/@knuth-vol1/@nobody1999/' \
  'chapters/01-a.nw:4: unknown citation @nobody1999'
fault 'unknown number' 01-a.nw 's/run.time/run.tame/' \
  'chapters/01-a.nw:4: unknown number `run.tame`: no file of figures/data holds it'
fault 'unknown number, and the cure' 01-a.nw 's/run.time/run.tame/' \
  'cure: one of those there are (run.time), or let the program print it'
fault 'missing output' 01-a.nw 's/run.txt/ran.txt/' \
  'chapters/01-a.nw:6: missing output figures/output/ran.txt'
fault 'missing figure' 01-a.nw 's/(pic.svg)/(pix.svg)/' \
  'chapters/01-a.nw:18: missing figure pix.svg'
fault 'missing demo' 01-a.nw 's/^!\[A caption.*/::: {.demo src="no"}\n&\n:::/' \
  'chapters/01-a.nw:18: missing demo demos/no.js'
fault 'missing alt' 01-a.nw 's/ alt="a picture"//' \
  'chapters/01-a.nw:18: figure pic.svg has no alt="..."'
fault 'duplicate id' 02-b.nw 's/{#sec:b}/{#sec:sub}/' \
  'chapters/02-b.nw:1: id sec:sub is already defined at chapters/01-a.nw:14'
fault 'heading without id' 01-a.nw 's/## Sub {#sec:sub}/## Sub/' \
  'chapters/01-a.nw:14: heading "Sub" has no id'
fault 'exercise not in the manifest' 01-a.nw 's/^1\.1 |/1.2 |/' \
  'exercise 1.1 is not in <<exercises>>'
fault 'chunk never defined' 01-a.nw 's/^<<the middle>>$/<<the muddle>>/' \
  'chapters/01-a.nw:28: undefined chunk <<the muddle>>'
fault 'unescaped <<' 01-a.nw 's/^## Sub/## Sub << sub/' \
  'chapters/01-a.nw:14: unescaped <<'
fresh; sed -i 's/a = b/\\cancel{a} = b/' "$book"/chapters/01-a.nw
! out=$(weave html) && grep -qF 'style.css has no rule for .tml-cancel' <<< "$out"
ok 'a formula that needs a rule of style' $? "$out"

# ---- a demo is there where it is made; its figure always
fresh; mkdir "$book"/demos; touch "$book"/demos/try.js
sed -i 's/^!\[A caption.*/::: {.demo src="try"}\n&\n:::/' "$book"/chapters/01-a.nw
for made in '' try; do
  out=$(weave html DEMOS=$made 2>&1)
  [ "$made" ] || ! grep -q data-demo "$book"/build/html/01-a.html; ok 'a demo that is not made' $? "$out"
  grep -q '<figure id="fig:pic"' "$book"/build/html/01-a.html; ok "the figure of a demo ($made)" $? "$out"
done
grep -q '<div class=demo data-demo="try"><figure' "$book"/build/html/01-a.html; ok 'a demo that is made' $? "$out"

# ---- the sound book
fresh
out=$(weave html); ok 'the sound book is woven' $? "$out"
page=$book/build/html/01-a.html
nb=$'\u00a0'
has()  { grep -qF -- "$2" "$page"; ok "$1" $? "not in the page: $2"; }
hasnt() { ! grep -qF -- "$2" "$page"; ok "$1" $? "in the page: $2"; }
has 'reference to a section'  '<a href="#sec:sub" class="xref">Section'"$nb"'1.1</a>'
has 'reference to an equation' '<a href="#eq:e" class="xref">Equation'"$nb"'(1.1)</a>'
has 'reference to a chapter'  '<a href="02-b.html#sec:b" class="xref">Chapter'"$nb"'2</a>'
has 'a chapter to come is no link' ", Chapter${nb}3"
has 'citation'                '<a href="bibliography.html#ref-knuth-vol1" class="cite">'
grep -q 'id="ref-knuth-vol1"' "$book"/build/html/bibliography.html; ok 'the list of works' $?
has 'measured number'         '7.9 ms'
has 'captured output, from a line on' '<code>[[1, 2], [3, 4]]'
has 'the sign of multiplication' "8${nb}×${nb}8, an x 8."
has 'matrix in a fence'       '[[9, 8],'
has 'brackets in a quote'     '<code>x[i]</code>'
has 'identifier in a quote'   'class="ident"><code>tt_go</code></a><code>(1)</code>'
has 'chunk unfolds without JavaScript' '<details><summary>⟨the middle⟩</summary><pre class=fold>int tt_go(int q) {'
has 'identifier in code'      'y = <a href=#tt_go>tt_go</a>('
has 'no link in a string'     '<i class=st>"tt_go"</i>'
has 'no link in a comment'    '<i>// tt_go in a comment</i>'
has 'no link after a dot'     's.tt_go;'
has 'where a chunk is used'   'used in <a href="#chunk-src-a-c">1.1</a>'
has 'ids in a figure'         'href="#pic-g"'
has 'alt text'                'aria-label="a picture"'
has 'formula as MathML'       '<math alttext="a = b"'
has 'solution'                'SECRET'
has 'hint'                    'HINTED'
hasnt 'the manifest is not printed' '| auto |'
! grep -rqE '(src|href)="?https?:[^"]*\.(css|js|woff2?)|url\(https?:' "$book"/build/html; ok 'nothing loaded from elsewhere' $?

out=$(weave -n html); grep -q 'Nothing to be done' <<< "$out"; ok 'a second make does nothing' $? "$out"
sed -i 's/Back to/Back again to/' "$book"/chapters/02-b.nw
out=$(weave html)
! grep -q '01-a\.html' <<< "$out" && grep -q '02-b\.html' <<< "$out"; ok 'an edit of prose makes one page' $? "$out"
grep -q 'Back again' "$book"/build/html/02-b.html; ok 'and makes it' $?

# ---- its workshop is a page of its own, numbered with the chapter
has 'the chapter leads to its workshop' '<a href="01-a-workshop.html">The workshop of this chapter</a>'
has 'and to its sections'     '<a href="01-a-workshop.html#sec:tool"><span class="no">1.2</span> Tool</a>'
has 'reference to the workshop' '<a href="01-a-workshop.html#sec:a-workshop" class="xref">Workshop'"$nb"'1</a>'
has 'reference to a section there' '<a href="01-a-workshop.html#sec:tool" class="xref">Section'"$nb"'1.2</a>'
has 'reference to a figure there' '<a href="01-a-workshop.html#fig:again" class="xref">Figure'"$nb"'1.2</a>'
has 'identifier of the workshop' '<a href="01-a-workshop.html#chunk-src-far-c" class="ident"><code>tt_far</code></a>'
has 'a chunk of the workshop unfolds in place' '<summary>⟨what is looked up⟩</summary><div class=fold><pre><code>q += <a href=01-a-workshop.html#tt_far>tt_far</a>('
has 'and a chunk in it'       '<summary>⟨and deeper⟩</summary><div class=fold>'
hasnt 'the workshop is not in the chapter' 'src/far.c</code>'
page=$book/build/html/01-a-workshop.html
has 'the page has its own title' '<title>Workshop: First · TinyTorch in C</title>'
has 'the way back'            '<a href="01-a.html">Chapter 1 · First</a>'
has 'reference to the chapter' '<a href="01-a.html#sec:a" class="xref">Chapter'"$nb"'1</a>'
has 'figures go on counting'  '<a class="no" href="#fig:again">Figure 1.2</a>'
has 'equations go on counting' 'aria-label="Equation 1.2">(1.2)</a>'
has 'chunks go on counting'   '<a class=no href="#chunk-what-is-looked-up" title="chapters/01-a.nw, line 68">1.4</a>'
has 'used in the chapter'     'used in <a href="01-a.html#chunk-the-middle">1.2</a>'
has 'a heading in a fence is text' '# No heading {.workshop}'
hasnt 'the chapter is not in the workshop' 'A caption.'
grep -q '01-a-workshop.html">Workshop' "$book"/build/html/index.html; ok 'the workshop is in the contents' $?
grep -q '01-a-workshop.html#sec:tool' "$book"/build/html/assets/search.js; ok 'the workshop is found by search' $?
grep -q '"01-a-workshop.html#chunk-src-far-c"' "$book"/build/html/identifiers.html; ok 'and its names are in the index' $?
page=$book/build/html/02-b.html
hasnt 'a chapter without a workshop has none' 'orkshop of this chapter'
page=$book/build/html/01-a.html
# ---- in print, hints and solutions stand at the back
print() {                               # print PART: the chapter as LaTeX
  (cd "$book" && PART=$1 BOOKDB=build/weave/book.lua pandoc -f json -t latex \
    -L "$root/book/pdf/latex.lua" build/weave/reader/01-a.json)
}
out=$(print text); ! grep -qE 'SECRET|HINTED' <<< "$out" && grep -qF '\ttsolved{exr:1.1}{Hints and solution}' <<< "$out"
ok 'a printed exercise names the page of its solution' $? "$out"
out=$(print solutions); grep -q SECRET <<< "$out" && grep -q HINTED <<< "$out" && ! grep -q 'A caption' <<< "$out"
ok 'the solutions are a part of their own' $? "$out"
grep -q 'Exercise 1.1: Fill it' "$book"/build/html/assets/search.js; ok 'an exercise is found by its number' $?
grep -q 'Figure 1.1: A caption' "$book"/build/html/assets/search.js; ok 'and a figure' $?
grep -q 'Equation 1.1\\"' "$book"/build/html/assets/search.js; ok 'an equation' $?
grep -q '\\"1.1 ' "$book"/build/html/assets/search.js; ok 'a section' $?
fault 'a second workshop' 01-a.nw 's/^## Tool/# Tool/; s/{#sec:tool}/{#sec:tool .workshop}/' \
  'chapters/01-a.nw:62: a second title "Tool"'
fault 'a workshop in a section' 01-a.nw 's/^# Workshop/## Workshop/' \
  'the workshop is a page: its heading has one #'
fault 'an exercise in the workshop' 01-a.nw 's/^::: {.exercise #exr:1.1.*/# W {#sec:w .workshop}\n\n&/; s/^# Workshop .*//' \
  'exercise 1.1 stands in the workshop'
fresh; sed -i 's/@eq:late\./@eq:never./' "$book"/chapters/01-a.nw
out=$(weave html); grep -qF 'chapters/01-a.nw:56: unresolved reference @eq:never' <<< "$out"
ok 'an unresolved reference in the workshop, with its line' $? "$out"
fresh; weave html > /dev/null

# ---- terms, lists, previews
printf '\nA **View** and a [slice of it]{.term of="slice"}, **and no term.** It is in @sec:sub, see @exr:1.1.\n' >> "$book"/chapters/02-b.nw
out=$(weave html); ok 'a chapter with terms is woven' $? "$out"
page=$book/build/html/subjects.html
has 'a bold word is a subject'   '<dt>view</dt><dd><a href="02-b.html#term-2-view">'
has 'and so is one that is marked' '<dt>slice</dt><dd><a href="02-b.html#term-2-slice">'
hasnt 'a bold sentence is none'  'no term'
page=$book/build/html/figures.html
has 'the list of figures'        '<a href="01-a.html#fig:pic">Figure 1.1</a> A caption.'
page=$book/build/html/exercises.html
has 'the list of exercises'      '<a href="01-a.html#exr:1.1">Exercise 1.1</a> Fill it'
page=$book/build/html/assets/previews/01-a.js
has 'a preview of what another page refers to' '"sec:sub":"<p><b>1.1 Sub</b></p>'
has 'a preview of an exercise'   '"exr:1.1":"'
hasnt 'without its solution'     'SECRET'
page=$book/build/html/01-a.html
fresh; weave html > /dev/null

# ---- the table of names
mkdir -p "$book"/include/tt
printf '#include "tt/a.h"\n' > "$book"/include/tt/tt.h
cat > "$book"/include/tt/a.h <<'H'
// Made from chapters/01-a.nw by tools/tangle: edit there.
// tt/a.h - a few names.
#ifndef TT_A_H
#define TT_A_H
TT_BEGIN
#define TT_MOST 3                  // at most
#ifdef __cplusplus
#define TT_WORD cxx
#else
#define TT_WORD c
#endif
typedef struct Pair Pair;
typedef enum {
  TT_LEFT,                         // where one begins
  TT_RIGHT
} Side;                            // of a pair
// two numbers
typedef struct Pair {
  double left, right[2];           // both
  void (*swap)(struct Pair *p);
} Pair;
typedef void Work(int n);          // done for each
extern const Pair tt_zero, *tt_pair;
extern void (*tt_hook)(int n);     // NULL: none
// right before left, in a new one. More of it
Pair tt_swap(Pair p);
TT_END
#endif
H
gawk -v names="$book"/names -f book/functions.awk "$book"/include/tt/tt.h "$book"/include/tt/a.h > /dev/null
out=$(grep -v '_H' "$book"/names | diff - <(printf '%s\t%s\t%s\n' Pair 'struct Pair { left, right, swap() }' 'two numbers' \
  Side 'enum Side { TT_LEFT, TT_RIGHT }' 'of a pair' TT_LEFT 'enum Side { TT_LEFT, TT_RIGHT }' 'where one begins' \
  TT_MOST '#define TT_MOST 3' 'at most' TT_RIGHT 'enum Side { TT_LEFT, TT_RIGHT }' 'of a pair' TT_WORD '#define TT_WORD c' '' \
  Work 'typedef void Work(int n)' 'done for each' tt_hook 'extern void (*tt_hook)(int n)' 'NULL: none' \
  tt_pair 'extern const Pair *tt_pair' '' tt_swap 'Pair tt_swap(Pair p)' 'right before left, in a new one' \
  tt_zero 'extern const Pair tt_zero' ''))
ok 'each name, how it is declared, a line about it' $? "$out"

# ---- pages that are no chapters: one before them, one to read behind them, one to look up
mkdir -p "$book"/book/{front,back}
printf '# Before\n\nSee @chp:b.\n' > "$book"/book/front/before.nw
printf '# Afterword\n\nIt took `run.time`{.num}; see @sec:b.\n' > "$book"/book/back/epilogue.nw
printf '# Signs\n\n| Sign | Means |\n|---|---|\n| $a^2$ | squared, @sec:a |\n' > "$book"/book/back/signs.nw
out=$(weave html); ok 'pages that are no chapters' $? "$out"
page=$book/build/html/epilogue.html
has 'behind the last chapter'    '<a class="prev" rel="prev" href="02-b.html">'
has 'a measured number in it'    '7.9 ms'
has 'in the contents of each page' 'aria-current="page">Afterword</a>'
page=$book/build/html/signs.html
has 'a formula on a page to look up' '<math'
has 'and a link to a section'    'href="01-a.html#sec:a"'
page=$book/build/html/index.html
has 'the way there from the front page' '<a href="epilogue.html">Afterword</a>'
page=$book/build/html/assets/search.js
has 'and from the search'        'signs.html'
page=$book/build/html/01-a.html

# ---- the page of all kernels, and what is counted
mkdir -p "$book"/tree/{include/tt,src,programs,tests} "$book"/woven/tok
cat > "$book"/tree/include/tt/backend.h <<'H'
typedef struct Backend {
  const char *name;
  bool (*runs_here)(void);
  // y = x + x
  void (*twice)(int n,
                float *y);         // y may be x
  // the sum of x
  void (*sum)(int n);
} Backend;
H
cat > "$book"/tree/src/naive.c <<'C'
const Backend tt_naive = {
  .name = "naive", .twice = twice, .sum = sum,
};
#define TT_ROW .sum = fast_sum,
const Backend tt_fast = {
  .name = "fast",
  TT_ROW
};
C
printf '@file chapters/01-a.nw\n@begin code 1\n@defn open: backend kernels\n@text void (*twice)(int n,\n@nl\n@text            float *y);\n@nl\n@text void (*sum)(int n);\n@nl\n@end code 1\n' \
  > "$book"/woven/tok/01-a.tok
printf '{"names":{"open: backend kernels":["chunk-k"]},"chunks":{"chunk-k":{"chapter":"01-a","number":"1.2"}},"ids":{},"exercises":{"1.1":{}},"chapters":[{"exists":true}]}' \
  > "$book"/woven/book.json
kernels() { node book/backend.mjs "$book"/tree "$book"/woven 2>&1; }
page=$book/woven/backend.nw; kernels > "$page"
has 'a kernel: what it computes, where it is, who has another' \
  '| `sum` | The sum of x | [1.2](#chunk-k){.xref chapter="01-a"} | `fast` |'
has 'and one that nobody has another of' '{.xref chapter="01-a"} |  |'
has 'the struct, whole'          '                float *y);         // y may be x'
echo 'The 7 functions of the library' > "$book"/woven/functions.nw
printf '#line 1 "a"\nTT(a, b)\n\n{ }\n' > "$book"/tree/tests/test_a.c
node book/counts.mjs "$book"/tree "$book"/woven > "$book"/woven/counts
out=$(grep -E 'lines|tests|kernels|functions|exercises' "$book"/woven/counts | diff - <(printf 'count.%s\n' 'lines	17' 'program_lines	0' \
  'test_lines	2' 'functions	7' 'kernels	2' 'tests	1' 'exercises	1'))
ok 'what the epilogue counts' $? "$out"
sed -i '/the sum of x/d' "$book"/tree/include/tt/backend.h
out=$(kernels); test $? = 1 && grep -q 'says nothing about the kernel sum' <<< "$out"
ok 'a kernel about which its header says nothing' $? "$out"
sed -i 's/(\*sum)/(*total)/' "$book"/woven/tok/01-a.tok
out=$(kernels); test $? = 1 && grep -q 'no chunk <<open: backend kernels>> holds sum' <<< "$out"
ok 'a kernel that no chunk holds' $? "$out"
rm -rf "${book:?}"/{book,tree,woven}
page=$book/build/html/01-a.html

# ---- the edition for students
out=$(weave html EDITION=student); ok 'the edition for students is woven' $? "$out"
! grep -rqE 'SECRET|HINTED|secret' "$book"/build/html "$book"/build/weave/student
ok 'no solution in the edition for students' $?
has 'but a way to the hints' 'make hint EX=1.1'

echo "$passed passed, $failed failed"
[ $failed = 0 ]
