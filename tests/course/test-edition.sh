#!/bin/bash
# Tests of the archive for students: of an edition without solutions that
# is unpacked into a folder with a blank in its name. Whose code is tested,
# that the archive is the same wherever and whenever it is made, what must
# not be in it.
#   tests/course/test-edition.sh        chapters 01 and 10 of a book that ends
#                                       there; few further tests
#   tests/course/test-edition.sh whole  every chapter, as students test it
whole=${1-}
. "${0%/*}/books.sh"
news=(answers/1.txt notes.txt tools/answers tools/answers.mk tests/answers.txt
  tests/course/answers.sh .answers)
for new in "${news[@]}"; do mkdir -p "$work/one/$(dirname "$new")"; echo 'of instructors' > "$work/one/$new"; done
commit "$work/one"
[ "$whole" ] || (cd "$work/one" && git rm -q chapters/{,solutions/}{1[1-9],[2-9][0-9]}-*.nw &&
  git -c user.name=t -c user.email=t@t commit -qm 'up to 10')
kept=build/grade/objects              # of editions before this one
mkdir -p "$work/one/build/grade"
[ ! -d $kept ] || cp -r $kept "$work/one/build/grade"
"$work/one/tools/grade/edition" 2026.1 course "$kit" "$work/1.tar.gz" > "$work/log" 2>&1 ||
  { cat "$work/log"; no 'an edition'; summary; exit; }
rm -rf $kept
mv "$work/one/$kept" build/grade

# ---- The same commit makes the same bytes: elsewhere, by somebody with
# other habits. Of a book of three chapters, and each compiles everything.
small() {                           # DIR ARCHIVE: its edition
  commit "$1"
  (cd "$1" && git rm -q chapters/{,solutions/}{0[3-9],[1-9][0-9]}-*.nw &&
    GIT_COMMITTER_DATE='2026-01-02T03:04:05Z' git -c user.name=t -c user.email=t@t commit -qm small)
  "$1/tools/grade/edition" 2026.1 course "$kit" "$2"
}
small "$work/small" "$work/small.tar.gz" > "$work/log" 2>&1 || { cat "$work/log"; no 'a small edition'; }
(umask 077; mkdir "$work/elsewhere"; export TZ=Asia/Tokyo LANG=de_DE.UTF-8 LC_ALL=C LC_NUMERIC=de_DE.UTF-8
  small "$work/elsewhere/two" "$work/again.tar.gz") > "$work/log" 2>&1
if cmp "$work/small.tar.gz" "$work/again.tar.gz"; then ok; else no 'an edition made elsewhere differs'; cat "$work/log"; fi
is 'it has objects' "$(tar -tzf "$work/small.tar.gz" | grep -c '/reference/objects/.*\.o$')" \
  "$(ls "$work/elsewhere/two/$kept"/*.o | wc -l)"

mkdir "$work/a student"
tar -xzf "$work/1.tar.gz" -C "$work/a student"
cd "$work/a student/tinytorch-2026.1" || exit
cp -r chapters "$work/stubs"

# ---- What is in it: every exercise to be written, with hints; of their
# solutions nothing, nor of what grades them
all=$(tools/manifest exercises chapters/[0-9]*.nw)
is 'all are stubs' "$(cut -f 9 <<< "$all" | sort -u)" todo
is 'a second hint of each' "$(sed -n 's/^<<hint \([0-9.]*\)\.2>>=.*/\1/p' chapters/solutions/*.nw | sort)" \
  "$(cut -f 1 <<< "$all" | sort)"
while read -r id; do                # one of each chapter is shown
  tools/course/hint "$id" 2 > "$work/log" 2>&1 || { no "no second hint of $id"; cat "$work/log"; }
done < <(cut -f 1 <<< "$all" | sort -u -t . -k 1,1n)
if grep -rlE '^<<(solution: |hidden tests: )' chapters book figures data; then no 'solutions'; else ok; fi
for gone in "${news[@]}" tangle tools/grade/{kit,runner.c,extract-exercises} tools/grading.mk \
  tools/check-editions tests/course/{honest,wrong} book/front/teaching.nw; do
  if [ -e "$gone" ]; then no "$gone is in it"; else ok; fi
done
if sha256sum --quiet -c EDITION > "$work/log" 2>&1; then ok; else no 'sums'; cat "$work/log"; fi
m progress; has 'points' "$work/log" "0 of $(awk -F '\t' '{ n += $2 } END { print n }' <<< "$all") points"
m next; has 'next' "$work/log" 'exercise 0.1: not written yet'
m lint || { no 'lint'; cat "$work/log"; }
m solution EX=1.1 && no 'a solution' || has 'a solution' "$work/log" 'this edition has no solution'

# ---- Whose code is tested? In a chapter all exercises are solved, and
# nothing in the chapters before it. If KNOCK names an exercise, its code
# gives up: its tests must notice, or something else stood there.
"$home/tests/course/compose" base "$work/solved"
if [ ! "$whole" ]; then
  mkdir "$work/few"
  mv tests/test_{errors,faults}.c "$work/few"
  rm tests/test_*.c
  mv "$work"/few/*.c tests
fi
for file in chapters/[0-9][0-9]-*.nw; do
  nn=${file#chapters/} nn=${nn%%-*}
  [ "$whole" ] || [[ $nn = 01 || $nn = 10 ]] || continue
  cp "$work"/stubs/[0-9]*.nw chapters
  awk -v list="$(tools/manifest exercises "$file" | cut -f 1,4 | tr '\t\n' '|;')" '
    BEGIN { n = split(list, row, ";")
      for (i = 1; i < n; i++) { split(row[i], f, "|"); id["<<exercise: " f[2] ">>="] = f[1] } }
    held { outside = /^TT_[A-Z]+_GRAD/       # a definition: it has no body to give up in
      print (outside ? "__attribute__((constructor)) static void knocked_(void)" : "")
      print "{ extern char *getenv(const char *); extern void abort(void);"
      print "  const char *knock_ = getenv(\"KNOCK\");"
      print "  if (knock_ && !__builtin_strcmp(knock_, \"" held "\")) abort(); }"; held = "" }
    { print }
    $0 in id { held = id[$0] }' \
    "$work/solved/${file##*/}" > "$file"
  m "chapter-$nn" || { no "chapter $nn does not pass"; tail -n 20 "$work/log"; continue; }
  plan=build/c/student/$nn/plan.tsv
  for id in $(tools/manifest exercises "$file" | awk -F '\t' '$3 == "auto" { print $1 }'); do
    if grep -qE "exercise $id +done +yours" "$work/log"; then ok; else no "exercise $id is not done, in chapter $nn"; fi
    noticed=
    while IFS=$'\t' read -r program suite test; do
      program=${program##*/}
      KNOCK=$id "build/test/chapter-$nn/tests/${program%.c}" --filter "$suite/$test" > /dev/null 2>&1 || { noticed=yes; break; }
    done < <(awk -F '\t' -v id="$id" 'index(" " $5 " ", " " id " ") { print $1 "\t" $2 "\t" $3 }' "$plan")
    is "exercise $id: its tests see the student's code" "$noticed" yes
  done
done

# ---- objects are of one kind of machine; headers are installed from here
cp "$work"/stubs/[0-9]*.nw chapters
echo riscv64-linux-gnu > reference/machine
m chapter-01
has 'objects of another machine' "$work/log" "make: the book's objects are for riscv64-linux-gnu, this is $(gcc -dumpmachine)"
m install DESTDIR="$work/installed" PREFIX=/usr || { no 'make install'; cat "$work/log"; }
if [ -f "$work/installed/usr/include/tt/tensor.h" ]; then ok; else no 'no header is installed'; fi

# ---- make student-edition looks first whether the exercises are sound; of
# the small book, whose kit is soon made
cd "$work/small" || exit
gate() {                            # COMMANDS in place of the check
  printf '#!/bin/sh\n%s\n' "$1" > tools/check-editions
  git -c user.name=t -c user.email=t@t commit -qam gate
  m student-edition VERSION=9 KIND=selfstudy
}
gate 'echo "  1.1: all its tests pass without it"; exit 1' && no 'a check that fails'
has 'it says why' "$work/log" '1.1: all its tests pass without it'
if [ -e build/tinytorch-9.tar.gz ]; then no 'an archive all the same'; else ok; fi
gate 'echo "$1" >> ran; echo "2 passed, 0 failed"' || { no 'a check that passes'; cat "$work/log"; }
is 'each chapter once' "$(sort -u ran | wc -l) $(wc -l < ran)" "$(ls chapters/[0-9]*.nw | wc -l) $(ls chapters/[0-9]*.nw | wc -l)"
is 'for readers on their own it has the solutions' \
  "$(tar -tzf build/tinytorch-9.tar.gz | grep -c '/chapters/solutions/\|/tangle/src/tensors.c')" "$(($(ls chapters/solutions | wc -l) + 2))"
rm ran
echo >> chapters/01-tensors.nw
m student-edition VERSION=9 && no 'changes that are not committed'
has 'it says so' "$work/log" 'there are changes that are not committed'
if [ -e ran ]; then no 'it was checked before'; else ok; fi
git -c user.name=t -c user.email=t@t commit -qam more
m student-edition VERSION=9 KIND=selfstudy || { no 'again'; cat "$work/log"; }
is 'only chapters that come after a change' "$(sort ran | tr '\n' ' ')" \
  "$(printf '%s\n' chapters/[0-9]*.nw | sed 's|.*/||; s|-.*||' | awk '$1 >= 1' | tr '\n' ' ')"
for bad in VERSION= VERSION=a/b 'VERSION=1 KIND=other'; do
  read -r -a words <<< "$bad"
  m student-edition "${words[@]}" && no "$bad" || has "$bad" "$work/log" 'edition: '
done

# ---- a test that the book itself does not pass is not left out: nothing
# is graded with it
printf '%s\n' '' '<<hidden tests: 00>>=' '// 0.1: a test that is wrong' 'TT(hidden, wrong) { tt_expect_int(1, 2); }' '@' >> chapters/solutions/00-setup.nw
m grading-kit && no 'a kit with a wrong test'
has 'the kit is refused' "$work/log" 'grade: the book does not pass its own tests'
has 'it names the test' "$work/log" 'hidden.wrong does not pass with the solutions'
summary
