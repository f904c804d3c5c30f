#!/bin/sh
# figures/sessions/quickstart.sh CASE - what the students' quickstart prints,
# done for real in a copy of chapters 0 and 1: next, wrong, right, progress,
# reset, undo, update, conflict, submit, refused. What changes from day to day is
# shown as "...".
set -eu
here=build/session/quickstart-$1
rm -rf "$here" && mkdir -p "$here/build" "$here/chapters/solutions"
cp -r Makefile tools tests "$here"
cp chapters/chapters.tsv chapters/0[01]-*.nw "$here/chapters"
cp chapters/solutions/0[01]-*.nw "$here/chapters/solutions"
cd "$here"
unset EDITOR VISUAL MAKEFLAGS MAKELEVEL
echo 1.0 > VERSION
chapter=chapters/00-setup.nw
median='take the middle of the values' cycle='exchange each with an earlier one'

write() {                        # write EXERCISE < CODE
  cat > answer
  awk -v name="<<exercise: $1>>=" '
    $0 == name { print; while ((getline s < "answer") > 0) print s; skip = 1 }
    skip && $0 == "@" { skip = 0 }
    !skip' $chapter > new && cat new > $chapter
}
solve() { notangle -R"solution: $1" chapters/solutions/00-setup.nw | write "$1"; }
try()   { make -s --no-print-directory SETUP=no "$@" 2>&1 || :; }
show()  {                        # without what make and the compiler say
  sed '/^  cc /d; /^make\(\[1\]\)\?: \*\*\*/d
    s|\(saved/[0-9]*\)-20[-0-9.]*-|\1-...-|; s| of 20[-0-9]* [0-9:]*| of ...|
    s|([0-9]* bytes, sha256 .*)|(...)|'
}
tools/course/base

case $1 in
next) try next | show ;;
wrong) echo 'return value[n / 2];' | write "$median"; try test EX=0.1 | show ;;
right) solve "$median"; try test EX=0.1 | show ;;
progress)
  solve "$median"; echo 'next[0] = 0;' | write "$cycle"
  try chapter-00 > log; try progress | show ;;
reset|undo)
  echo 'return value[n / 2];' | write "$median"
  try reset EX=0.1 > log
  case $1 in reset) show < log ;; undo) try undo | show ;; esac ;;
update|conflict)
  mkdir edition; cp -r Makefile VERSION tools tests chapters edition
  echo 'return value[n / 2];' | write "$median"
  echo 1.1 > edition/VERSION
  sed -i 's/^Now the program\./Now to the program./' edition/$chapter
  [ "$1" = update ] || sed -i '/^TT_TODO("0.1")/i int half = n / 2;' edition/$chapter
  try update FROM=edition | show
  [ "$1" = update ] || awk '/^<<<<<<</, /^>>>>>>>/' $chapter ;;
refused)
  { echo 'FILE *log = fopen("values.log", "a");'; echo 'fclose(log);'
    notangle -R"solution: $median" chapters/solutions/00-setup.nw; } | write "$median"
  try test EX=0.1 | sed -n '/grading will refuse/,$p' | show ;;
submit)
  solve "$median"; try submit WHO=jane | show ;;
*) echo "no such case: $1" >&2; exit 2 ;;
esac
