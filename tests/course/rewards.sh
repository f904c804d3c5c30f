#!/bin/bash
# rewards.sh: a milestone is reached only by right work. In a copy of the
# book in which a reader has written all exercises, every milestone is
# reached; then each exercise in turn gets a wrong answer, the first that
# tests/course/wrong has of it, and the first milestone that builds on it
# must fail, name the exercise and not say "reached". A milestone without a
# program is reached, or not, in make progress.
#
#   tests/course/rewards.sh              all (long)
#   tests/course/rewards.sh 03 6.3 ...   these chapters and exercises, and
#                                        their milestones; the others pass
#                                        unseen, as make test-unit found them
#   tests/course/rewards.sh --sample     two of a book of chapters 00 to 03,
#                                        with the milestone of 1957
#   EVERY=1 tests/course/rewards.sh 1.2  not only the first milestone
#
# A line an exercise says what showed it: the program of a milestone, which
# ended with an error or said something else than before, or tests alone.
# Last line: N passed, N failed.
set -u
export LC_ALL=C.UTF-8
unset MAKEFLAGS MAKELEVEL MFLAGS EX CH SKIP STUDENT TT_ROOT TT_DATA
cd "${0%/*}/../.." || exit
home=$PWD sample=
. tests/lib/check.sh
if [ "${1-}" = --sample ]; then sample=yes; set -- 1.2 3.12; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/none    # the data that ship, whatever there is
export TT_BACKEND=naive             # the faster kernels would do a wrong one's work
git clone -q "$home" "$work/book" || exit
git diff --binary HEAD | (cd "$work/book" && git apply --allow-empty) || exit
cd "$work/book" || exit
# in the sample, of the tests only those that the chapters print
[ ! "$sample" ] || git rm -qf --ignore-unmatch 'chapters/*0[4-9]-*.nw' \
  'chapters/*[1-9][0-9]-*.nw' 'tests/test_*.c'
tools/course/base
tests/course/compose base "$work/solved"
cp "$work"/solved/*.nw chapters
m() { timeout -k 9 "${LIMIT:-600}" make --no-print-directory SETUP=no "$@" > "$work/log" 2>&1 < /dev/null; }

# ---- which milestones build on which exercise: chapter, year, program,
# name; without a program, year and program are -
tools/manifest exercises chapters/[0-9]*.nw > "$work/exercises"
milestones() {                      # of exercise ID; of all, without
  awk -F '\t' -v id="${1-}" '
    NR == 1 || !system("test ! -f chapters/" $1 "-" $2 ".nw") { next }
    { needs[$1 + 0] = $5; many = split($7, m, " ")
      for (i = 1; i <= many; i++) row[++n] = $1 ":" m[i] ":" $6
      if ($6 != "" && !many) row[++n] = $1 ":-:-:" $6 }
    function builds_on(c, want,   part, k, i) {
      if (c + 0 == want + 0) return 1
      k = split(needs[c + 0], part, ",")
      for (i = 1; i <= k; i++) if (builds_on(part[i], want)) return 1
      return 0
    }
    END { for (i = 1; i <= n; i++) { split(row[i], f, ":")
      if (id == "" || builds_on(f[1], int(id))) print f[1], f[2], f[3], f[4] } }' chapters/chapters.tsv
}
said() {                            # PROGRAM FILE: and in a last line how it ended
  local status=0
  timeout -k 9 100 build/bin/"$1" > "$2" 2>&1 < /dev/null || status=$?
  echo "status $status" >> "$2"
}
seen() { if [ "${EVERY-}" ]; then cat; else head -n 1; fi; }
wanted() {                          # those asked for
  awk -F '\t' -v want=" $* " '$3 == "auto" && (want == "  " || index(want, " " $1 " ") ||
    index(want, sprintf(" %02d ", $1))) { print $1 "\037" $4 "\037" $7 }' "$work/exercises"
}
wanted "$@" > "$work/wanted"
if [ $# = 0 ]; then milestones; else
  cut -d $'\037' -f 1 "$work/wanted" | while read -r id; do milestones "$id" | seen; done
fi | sort -u > "$work/milestones"

# ---- all of it written: every milestone is reached
cut -f 1 "$work/exercises" | sed 's/[.].*//' | sort -nu | while read -r chapter; do
  grep -q "^${chapter}[.]" "$work/wanted" || awk -F '\t' -v OFS='\t' -v c="$chapter" \
    '$3 == "auto" && int($1) == c { print $1, "yours", "pass", $10 }' "$work/exercises"
done > "$work/unseen"
tools/course/record "$work/unseen"
sed 's/[.].*//' "$work/wanted" | sort -nu | while read -r chapter; do printf '%02d\n' "$chapter"; done > "$work/seen"
while read -r chapter; do
  m "chapter-$chapter" || tail -n 30 "$work/log"
  check "chapter $chapter, with all exercises" has "$work/log" ' passed, 0 failed'
done < "$work/seen"
while read -r _ year program name; do
  if [ "$program" != - ]; then
    m "build/bin/$program"
    m "milestone-$year-$program" || cat "$work/log"
    check "$name, $year, with all exercises" grep -qx "$year .*: reached, and all of its exercises are yours" "$work/log"
    said "$program" "$work/$program.said"
    said "$program" "$work/again"   # with times in it, only how it ends tells
    cmp -s "$work/again" "$work/$program.said" || tail -n 1 "$work/again" > "$work/$program.said"
  fi
  check "$name, in make progress" grep -qx "milestone $name: reached" <(tools/course/progress)
done < "$work/milestones"
reached() { tools/course/progress | grep '^milestone ' | grep -vc ': reached$'; }
check 'all are reached' same "$(reached)" 0
[ "$failed" = 0 ] || { summary; exit; }

# ---- each exercise with a wrong answer
wrong() {                           # ID: the first wrong answer
  awk -v id="$1" '/^== / { if (on) exit; on = $2 "" == id ""; next } on' \
    "$(printf '%s/tests/course/wrong/%02d.txt' "$home" "${1%%.*}")"
}
while IFS=$'\037' read -r id name file; do
  wrong "$id" > "$work/answer"
  check "$id: a wrong answer is in tests/course/wrong" test -s "$work/answer"
  awk -v name="<<exercise: $name>>=" -v file="$work/answer" '
    $0 == name { print; while ((getline s < file) > 0) print s; skip = 1 }
    skip && /^@( |$)/ { skip = 0 }
    !skip' "$work/solved/${file##*/}" > "$work/broken"
  cat "$work/broken" > "$file"
  shown= none=yes
  while read -r nn year program title; do
    none= status=0
    if [ "$program" = - ]; then     # the tests of its chapter say so
      nn=$(printf %02d "${id%%.*}")
      m "chapter-$nn" || status=$?
      check "$id: chapter $nn fails" test $status != 0
      check "$id: chapter $nn names it" grep -qE "^ *exercise $id +FAILING +yours" "$work/log"
    else
      m "milestone-$year-$program" || status=$?
      check "$id: $program fails" test $status != 0
      check "$id: $program is not reached" lacks "$work/log" ': reached'
      check "$id: $program names it" grep -qx "  make test EX=$id" "$work/log"
      said "$program" "$work/now"
      [ "$(wc -l < "$work/$program.said")" -gt 1 ] || sed -i '$!d' "$work/now"
      cmp -s "$work/now" "$work/$program.said" || shown="$shown $program"
    fi
    check "$id: $title, in make progress" lacks <(tools/course/progress) "milestone $title: reached"
  done < <(milestones "$id" | seen)
  check "$id: a milestone builds on it" test ! "$none"
  cat "$work/solved/${file##*/}" > "$file"
  check "$id: right again, all are reached" same "$(reached)" 0
  echo "$id:${shown:+$shown and} tests show it"
done < "$work/wanted"
summary
