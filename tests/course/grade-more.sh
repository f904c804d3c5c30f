# shellcheck shell=bash
# grade-more.sh: part of test-grade.sh, sourced: what is made of results.
grades=${work:?}/g4
late
tool() { make --no-print-directory "$@" GRADES="$grades" > "$work/log" 2>&1; }
for t in export feedback stats manual; do
  if tool $t; then ok; else no "make $t"; cat "$work/log"; fi
done
for f in "$grades"/export/*/{results.json,autograding.json,autolab}; do
  if /usr/bin/python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$f" 2> "$work/log"; then ok; else no "$f"; fi
done
for f in "$grades"/export/*/junit.xml; do
  if /usr/bin/python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' "$f" 2> "$work/log"; then ok; else no "$f"; fi
done
has 'Gradescope' "$grades/export/ben/results.json" '"score": 2.7'
has 'feedback' "$grades/feedback/anna.html" 'median_takes_the_middle'
has 'feedback shows their code' "$grades/feedback/anna.html" 'return value[0];'
tool stats
has 'the test that fails' "$work/log" 'test machine.median_takes_the_middle of exercise 0.1: 3 of 4 pass'
is 'stats' "$(awk -F '\t' '$1 == "0.1" { print $3, $4 }' "$grades/stats.tsv")" '4 3'

# ---- how long it took: 0.1 is written in the second of four, right in the
# third, two days later; then it is forgotten
mkdir "$work/tries"
at() { "${here:?}"/compose tar "$work/zero" "$work/tries/gil@2026-11-$1.tar" 0.1="$2"; }
echo 'return value[n / 2];' > "$work/half"
at 20T10.00 -; at 21T10.00 "$work/half"; at 24T10.00 -
"$here"/compose tar "$work/zero" "$work/tries/gil@2026-11-23T10.00.tar"
"$here"/compose tar "$work/zero" "$work/tries/hana@2026-11-24T10.00.tar"
grades=$work/g6
grade SUBMISSIONS="$work/tries" CH=0 ONLY='0.1 0.2' HISTORY=yes || { cat "$work/log"; no 'grading all versions'; }
tool stats
is 'tries and hours' "$(awk -F '\t' '$1 ~ /^(exercise|0.[12])$/ { printf "%s %s %s, ", $1, $6, $7 }' "$grades/stats.tsv")" \
  'exercise tries hours, 0.1 1.5 24, 0.2 1 0, '
is 'points are those of the last' "$(total gil 4)" 2
is 'each test' "$(awk -F '\t' '/median/ { print $2, $4, $5, $6 }' "$grades/tests.tsv")" '0.1 1 1 100'
grade SUBMISSIONS="$work/tries" CH=0 ONLY='0.1 0.2'
tool stats
has 'without all versions nothing is said of it' "$grades/stats.tsv" 'percent	most often'

# ---- a hidden test: its title, nothing else
mkdir "$work/hidden"
printf 'for (int d = 0; d < t->rank; d++)\n  t->stride[d] = d == 0 ? 12 : d == 1 ? 4 : 1;\n' > "$work/fitted"
"$here"/compose tar "$work/base" "$work/hidden/fitted.tar" 1.2="$work/fitted"
grades=$work/g5
grade SUBMISSIONS="$work/hidden" CH=1 ONLY='1.2 1.3' || { cat "$work/log"; no 'grading with hidden tests'; }
is 'fitted to the test in the book' "$(row fitted 1.2 3)" 0
has 'its title is told' "$grades/results/fitted/rows.tsv" 'strides'
is 'only what was asked for' "$(wc -l < "$grades/results/fitted/rows.tsv")" 2
tool feedback
is 'no text of a hidden test' "$(grep -c 'stride\[0\], 5\|strides_of_thin' "$grades/feedback/fitted.html")" 0

# ---- similar; to be read by a human
grades=$work/g1
if command -v sim_c > /dev/null; then
  grades=$work/g2
  if tool similarity; then ok; else no similarity; cat "$work/log"; fi
  has 'equal ones are a pair' "$grades/similarity.tsv" 'solved'
fi
grades=$work/g1
tool manual
has 'sheets of what is flagged' "$grades/manual/0.1.md" '## kill-parent'
grades=$work/g3
tool manual
has 'archives' "$grades/manual/archives.md" '- changed: not as packed: chapters/00-setup.nw; '
has 'archives: counted' "$work/log" 'archives that are not what they claim: 1, in '
grades=$work/g9
tool stats && no 'stats of nothing' || has 'stats of nothing' "$work/log" 'nothing is graded'

# ---- grading again
grades=$work/g4
mv "$work/late/ben@2026-12-02T20.00.tar" "$work/late/ben@2026-12-01T20.00.tar"
if tool -j2 regrade; then ok; else no regrade; cat "$work/log"; fi
has 'by the rules of the last time' "$work/log" "as the last time: "
has 'what has changed' "$work/log" 'ben                        2.7 ->     3 (+0.3)'
has 'and how many' "$work/log" '1 of 4 students changed'
tool grade LATE='grace=0h per_day=1% max=50%' || no 'another rule'
is 'a rule typed anew replaces the old one' "$(total ben 3)" 0.03
tool gradebook LATE='per_day=x%' && no 'no rule' || has 'no rule' "$work/log" "'x%' is no number"
tool gradebook
is 'what is no rule is not remembered' "$(total ben 3)" 0.03
LATE='per_day=2%' tool gradebook
is 'the environment counts, too' "$(total ben 3)" 0.06
tool -j2 grade DUE= || no 'no date'
is 'DUE= forgets the date' "$(total ben 3) $(total dan 3)" '0 0'

# ---- an edition needs a version, a kind, a clean tree
for bad in 'VERSION=a/b' 'VERSION=1 KIND=x'; do
  read -r -a words <<< "$bad"
  make --no-print-directory student-edition "${words[@]}" > "$work/log" 2>&1 && no "edition $bad" || has "edition $bad" "$work/log" ' is no '
done
