#!/bin/bash
# Tests of an examination, from the draw to the points: a variant is made
# and unpacked, someone works in it with the commands that are there, and
# what is handed in is graded with the line that make exam printed.
#   tests/course/test-exam.sh
. "${0%/*}/books.sh"
tree=$work/one
commit "$tree"
chmod 711 "$work"                   # for the user in the sandbox
mkdir -p "$tree/build/grade"
cp -r "$kit" "$tree/build/grade"
exam() { make -C "$tree" --no-print-directory SETUP=no exam "$@" > "$work/log" 2>&1; }

# ---- the draw
exam SEED=s VARIANT=1 PICK=5 CH="1 2" || { cat "$work/log"; no 'an exam'; summary; exit; }
cp "$work/log" "$work/said"
line=$(sed -n 's/^to grade it: make //p' "$work/said")
exam SEED=s VARIANT=2 PICK=5 CH="1 2"
if [ "$(sed -n 's/^to grade it.*ONLY=//p' "$work/log")" != "${line##*ONLY=}" ]; then ok; else no 'another variant is the same'; fi
exam VARIANT=1 && no 'without a seed' || has 'without a seed' "$work/log" 'SEED is missing'
exam SEED=s PICK=99 CH=1 && no 'too many' || has 'too many' "$work/log" 'PICK=99, but the pool has'

# ---- what a student has
mkdir "$work/a student"
tar -xzf "$tree/build/exam-1.tar.gz" -C "$work/a student"
cd "$work/a student"/* || exit
read -r -a ids <<< "$(sed -n 's/^- \([0-9.]*\) .*/\1/p' EXAM.md | tr '\n' ' ')"
is 'five exercises' ${#ids[@]} 5
max=$(sed -n 's/^Together: \([0-9]*\) points.*/\1/p' EXAM.md)
is 'no other is one' "$(tools/manifest exercises chapters/0*.nw | cut -f 1 | tr '\n' ' ')" "${ids[*]} "
for gone in chapters/solutions reference tangle tools/grade/{kit,runner.c,extract-exercises} tools/grading.mk; do
  if [ -e "$gone" ]; then no "$gone is in it"; else ok; fi
done
m next; has 'next' "$work/log" "exercise ${ids[0]}: not written yet"
m progress; has 'progress' "$work/log" "0 of $max points"
m hint EX="${ids[0]}" && no 'a hint' || has 'a hint' "$work/log" 'this edition has no hints'
m solution EX="${ids[0]}" && no 'a solution' || has 'a solution' "$work/log" 'this edition has no solution'
m chapter-00; is 'a chapter without exercises to write' "$(tail -n 1 "$work/log" | grep -c ' 0 failed$')" 1

# ---- two right, one wrong, the others not written
"$home/tests/course/compose" base "$work/solved"
answer() {                          # ID FILE
  IFS=$'\037' read -r _ _ _ name _ _ file _ < <(tools/manifest exercises chapters/0*.nw | tr '\t' '\037' | grep "^$1"$'\037')
  awk -v name="<<exercise: $name>>=" -v body="$2" '
    $0 == name { print; while ((getline s < body) > 0) print s; skip = 1 }
    skip && /^@( |$)/ { skip = 0 }
    !skip' "$file" > "$work/new" && cat "$work/new" > "$file"
}
solution() {                        # ID: the book's
  IFS=$'\037' read -r _ _ _ name _ _ file _ < <(tools/manifest exercises chapters/0*.nw | tr '\t' '\037' | grep "^$1"$'\037')
  "$home/tools/chunks" list "$work/solved/${file##*/}" | awk -F '\t' -v n="exercise: $name" '$1 == n { print $3, $4 }' |
    { read -r from to; sed -n "${from},${to}p" "$work/solved/${file##*/}"; } > "$work/body"
}
for id in "${ids[0]}" "${ids[1]}"; do
  solution "$id"; answer "$id" "$work/body"
  m test EX="$id" || { no "a right answer to $id"; cat "$work/log"; }
done
echo 'abort();' > "$work/wrong"
answer "${ids[2]}" "$work/wrong"
m test EX="${ids[2]}" && no 'a wrong answer passes' || has 'a wrong answer' "$work/log" '1 failed'
m next; has 'next, then' "$work/log" "exercise ${ids[2]}: its tests fail"
m reset EX="${ids[0]}"; has 'reset' "chapters/0${ids[0]%.*}"-*.nw "TT_TODO(\"${ids[0]}\")"
m undo || { no 'undo'; cat "$work/log"; }
right=$(awk -v a="${ids[0]}" -v b="${ids[1]}" '$1 == "-" && ($2 "" == a || $2 "" == b) { sub(/ points? .*/, ""); sub(/.*, /, ""); n += $0 } END { print n }' EXAM.md)
m progress; has 'progress, then' "$work/log" "$right of $max points"
m submit WHO=ada || { no 'submit'; cat "$work/log"; }
has 'what is open' "$work/log" "not written: ${ids[3]} ${ids[4]}"
mkdir "$work/inbox"
cp build/submission-ada.tar.gz "$work/inbox/ada.tar.gz"
cp EDITION "$work/inbox/ben.tar"

# ---- graded by the line that was printed
cd "$tree" || exit
eval "make --no-print-directory SETUP=no ${line/SUBMISSIONS=dir/SUBMISSIONS=\"\$work/inbox\"}" > "$work/log" 2>&1 || { cat "$work/log"; no 'grading'; }
row() { awk -F '\t' -v e="$1" -v c="$2" '$1 "" == e { print $c }' exam-1/results/ada/rows.tsv; }
is 'only these are graded' "$(cut -f 1 exam-1/results/ada/rows.tsv | tr '\n' ' ')" "${ids[*]} "
is 'two right' "$(row "${ids[0]}" 5) $(row "${ids[1]}" 5)" 'pass pass'
is 'one wrong' "$(row "${ids[2]}" 3) $(row "${ids[2]}" 5)" '0 fail'
is 'two not written' "$(row "${ids[3]}" 5) $(row "${ids[4]}" 5)" 'todo todo'
is 'the points, of those drawn' "$(awk -F '\t' '$1 == "ada" { print $4, $5 }' exam-1/totals.tsv)" "$right $max"
is 'of the right edition' "$(awk -F '\t' '$1 == "ada" { print $6 $7 }' exam-1/totals.tsv)" ''
is 'nothing handed in' "$(awk -F '\t' '$1 == "ben" { print $4, $5 }' exam-1/totals.tsv)" "0 $max"
summary
