#!/bin/bash
# A semester, from the first edition to the last regrade, by the commands
# that an instructor and three students type. Ada goes in order and hands
# in early; Ben begins in the middle and is late; Cleo never tests.
#   tests/course/semester.sh        a course of two chapters
#   tests/course/semester.sh whole  of all chapters, with make student-edition
# What stands in tables below was worked out by hand. Last line: N passed,
# N failed.
set -u
. "${0%/*}/people.sh"
whole=${1-}
mkdir -p "$work"/{office,home,inbox}

# ==== September: the instructor makes a course of the book
did='git clone'
git clone -q "$project" "$clone" && cd "$clone" || exit
git -C "$project" diff --binary HEAD | git apply --allow-empty   # as it is here
git config user.name Teacher; git config user.email teacher@example.org
[ "$whole" ] || git rm -qf --ignore-unmatch 'chapters/*0[2-9]-*.nw' 'chapters/*[1-9][0-9]-*.nw'
# what there is beyond chapter 1: exercises, their points
beyond() { tools/manifest exercises chapters/[0-9]*.nw | grep -v '^[01]\.'; }
more=$(beyond | wc -l) later=$(beyond | awk -F '\t' '{ p += $2 } END { print p + 0 }')
# what there is up to there, and the exercise of two points that she adds
first() { tools/manifest exercises chapters/0[01]-*.nw; }
there=$(($(first | wc -l) + 1)) most=$(($(first | awk -F '\t' '{ p += $2 } END { print p }') + 2))
# of chapter 0: how many, and the number of hers, which is the next
zero=$(first | grep -c '^0\.') hers=0.$(($(first | grep -c '^0\.') + 1))
plus() { awk "BEGIN { print $1 + $later }"; }

# a test of hers, not in the book; that it is wrong she will see in October
cat >> chapters/solutions/00-setup.nw <<'NW'

<<hidden tests: 00>>=
#include "tt/machine.h"

// 0.2: the walk of nine places
TT(hidden, walk_of_nine)
{
  uint32_t next[9], want[9];
  uint64_t seed = 7;
  for (uint32_t i = 0; i < 9; i++) want[i] = i;
  for (uint32_t i = 9; i-- > 1;) {
    uint32_t j = (uint32_t)(tt_machine_random(&seed) % i), t = want[i];
    want[i] = want[j];
    want[j] = t;
  }
  tt_machine_cycle(next, 9, 7);
  for (int i = 0; i < 9; i++) tt_expect_int(next[i], want[i]);
}
@
NW
edition() {                         # VERSION
  echo "$1" > VERSION
  teacher git commit -qam "edition $1"
  if [ "$whole" ]; then
    teacher make -j2 student-edition VERSION="$1" OUT="$work/office/tinytorch-$1.tar.gz"
  else
    teacher make grading-kit
    teacher tools/grade/edition "$1" course build/grade/kit "$work/office/tinytorch-$1.tar.gz"
  fi
}
edition 2026.1

# ==== three students unpack it
for student in ada ben cleo; do
  arrives $student
  unpacks $student "$work/office/tinytorch-2026.1.tar.gz"
done
machine ada git status; status=$((status > 0)); is 'no git there' $status 1
machine ada ls "$work"; status=$((status > 0)); is 'nor what is the instructor'\''s' $status 1

# ==== Ada begins at the beginning
ada make next
tells 'exercise 0.1: not written yet, 1 point'
notes ada 00 '## Further reading {#sec:setup-reading}' <<'TEXT'
Most of these are in the library.
TEXT
ada make hint EX=0.1
writes ada 0.1 <<'C'
return value[n / 2];
C
cannot ada make test EX=0.1
tells 'off by   0.5'
honest median-odd-even | writes ada 0.1
ada make test EX=0.1
tells '1 passed, 0 failed'
writes ada 0.2 <<'C'
for (uint32_t i = 1; i < n; i++) {   // upward is as good as downward
  uint32_t j = (uint32_t)(tt_machine_random(&seed) % i), kept = next[j];
  next[j] = next[i];
  next[i] = kept;
}
C
ada make test EX=0.2
ada make chapter-00
ada make next
tells 'exercise 0.3: not written yet'
ada make submit WHO=ada
tells "edition 2026.1: 2 of $zero exercises written, 2 passed when packed"
hands_in ada 2026-10-07T15.00

# ==== Ben begins with chapter 1, and with its fourth exercise
ben make chapter-01 SKIP=0
keeps_quiet 'infinite recursion'
honest swap-macro | writes ben 1.4
ben make test EX=1.4
tells 'exercise 1.4    waits'
tells 'exercise 1.1 is not written yet'
solution 1.1 | writes ben 1.1
writes ben 1.2 <<'C'
int64_t step = 1;
for (int d = t->rank - 1; d >= 0; d--) {
  t->stride[d] = t->shape[d] == 1 ? 0 : step;   // it is never used
  step *= t->shape[d];
}
C
solution 1.3 | writes ben 1.3
ben make test EX=1.4 SKIP=0
tells '1 passed, 0 failed'
notes ben 01 'them? Such a tensor is **contiguous**. The stride of a dimension of size 1 is' <<'TEXT'
(Ask in class: why not a stride of 0 there?)

TEXT
notes ben 00 '## Further reading {#sec:setup-reading}' <<'TEXT'
To read until Friday: Drepper, the first half.
TEXT

# he loses a semicolon, then a line with a lone @
edits ben 01 's/^SWAP(y->stride);$/SWAP(y->stride)/'
cannot ben make test EX=1.4
tells "chapters/01-tensors.nw:$(line_of ben 01 'return tt_record(&tt_op_transpose, y'):"
edits ben 01 's/^SWAP(y->stride)$/SWAP(y->stride);/; /^#undef SWAP/ { n; d }'
cannot ben make test EX=1.4
tells 'chapters/01-tensors.nw:'
tells 'cure'
cannot ben make reset EX=1.4
tells 'write a line with a lone @ after your code'
cannot ben make submit
edits ben 01 's/^#undef SWAP$/&\n@/'
ben make test EX=1.4

# he begins anew, and changes his mind; then the power fails
parts_with ben 1.4
ben make reset EX=1.4
ben make progress CH=1
tells '1.4   todo'
ben make undo
dies 'chapters/.01-' ben make reset EX=1.3
ben make undo
tells 'finishing what was interrupted'
tells 'undone: reset 1.3'
ben make test EX=1.3

# ==== the middle of the semester: a second edition
cd "$clone" || exit
sed -i 's/^The last line is your first exercise\./The line in angle brackets is your first exercise./' chapters/00-setup.nw
sed -i 's/^the shape and the strides must change; the data does not\./the shape and the strides must change; the numbers stay where they are./
  s/^TT_TODO("1.4");$/int64_t kept = y->shape[a];\nTT_TODO("1.4"), (void)kept;/' chapters/01-tensors.nw
awk -v hers="$hers" '/^<<exercises>>=/ { print "::: {.exercise #exr:" hers " title=\"In your own words\"}"
    print "Why the median of several times, and not their average? Two sentences."; print ":::\n"
    print "<<exercise: why not the average>>=\nTT_TODO(\"" hers "\");\n@\n\nThat is all.\n"; list = 1 }
  list && /^@/ { print hers " | 2 | manual | why not the average | |"; list = 0 }
  { print }' chapters/00-setup.nw > new && mv new chapters/00-setup.nw
cat >> chapters/solutions/00-setup.nw <<NW

An average pays for every interruption; the median only for their number.

<<solution: why not the average>>=
One slow run moves the average and leaves the median where it was.
@

<<hint $hers.1>>=
What else does the machine do while you measure?
@

<<hint $hers.2>>=
One of ten runs takes ten times as long. What becomes of both?
@
NW
edition 2026.2
for student in ada ben; do cp "$work/office/tinytorch-2026.2.tar.gz" "$work/home/$student"; done

# ==== Ada takes it, and goes on
ada make update FROM=../tinytorch-2026.2.tar.gz
tells 'edition 2026.1 is now 2026.2'
tells 'yours, carried over: 0.1 0.2'
tells "new exercises: $hers"
keeps_quiet 'is not known'
shows 'her note is where it was' "$work/home/ada/book/chapters/00-setup.nw" 'Most of these are in the library.'
writes ada "$hers" <<'TEXT'
It's one slow run ("a video") that ruins an average, not a median.
TEXT
ada make chapter-00
honest numel-division | writes ada 1.1
honest strides-backward | writes ada 1.2
solution 1.3 | writes ada 1.3
for ex in 1.1 1.2 1.3; do ada make test EX=$ex; done
ada make progress CH=0
tells "$hers   by-hand"
for nn in $(beyond | sed 's/\..*//' | uniq); do     # and all that follows
  for ex in $(beyond | cut -f 1 | grep "^$nn\."); do solution "$ex" | writes ada "$ex"; done
  ada make "chapter-$(printf %02d "$nn")"
done
ada make submit WHO=ada
tells "edition 2026.2: $((5 + more)) of $((there + more)) exercises written, $((5 + more)) passed when packed"
hands_in ada 2026-10-16T20.00

# ==== Ben's power fails again; then he and the edition disagree
cp -R "$work/home/ben/book/chapters" "$work/old"
dies 'chapters/.01-' ben make update FROM=../tinytorch-2026.2.tar.gz
if cmp -s "$work/old/01-tensors.nw" "$work/home/ben/book/chapters/01-tensors.nw"; then ok; else no 'killed too late'; fi
cannot ben make test EX=1.4
tells 'finishing what was interrupted'
tells 'a merge was left unfinished here'
cannot ben make submit WHO=ben
edits ben 01 '/^<<<<<<< yours$/d; /^=======$/,/^>>>>>>> the new edition$/d'
ben make test EX=1.4
tells '1 passed, 0 failed'
writes ben "$hers" <<'TEXT'
The median ignores the slowest. I don't know why that is honest.
TEXT
ben make submit WHO=ben
tells 'not written: 0.1 0.2'
tells "read by a human: $hers"
tells "edition 2026.2: 4 of $there exercises written"
hands_in ben 2026-10-19T11.30

# ==== Cleo, that Friday night, never updated; she tests nothing
edits cleo 00 's/tt_expect_close(tt_machine_median(even, 4), 2.5/tt_expect_close(2.5, 2.5/'
attack exit-0 | writes cleo 0.1
solution 0.2 | writes cleo 0.2
honest numel-division | sed 's/bytes/room/g' | writes cleo 1.1
attack syntax | writes cleo 1.2
attack loop | writes cleo 1.3
cleo make submit WHO=cleo
tells 'chapters/00-setup.nw: warning: what it began as is not known'
keeps_quiet 'No such file'
tells 'chapter 01 DOES NOT BUILD'
tells "edition 2026.1: 5 of $((there - 1)) exercises written"
hands_in cleo 2026-10-16T23.58
came_with() { tar -xzOf "$1" submission/MANIFEST | sed -n 's/^edition	//p'; }
is 'it tells her edition' "$(came_with "$work/inbox/cleo@2026-10-16T23.58.tar.gz")" \
  "$(came_with "$work/inbox/ada@2026-10-07T15.00.tar.gz")"
solution 1.2 | writes cleo 1.2
solution 1.3 | writes cleo 1.3
cleo make submit WHO=cleo
hands_in cleo 2026-10-17T00.10

# ==== grading. Ben has a day more
printf 'ben\t24h\n' > "$work/office/extensions.tsv"
rules=(SUBMISSIONS="$work/inbox" DUE=2026-10-16T23:59 LATE='grace=12h per_day=10% max=50%'
  EXTENSIONS="$work/office/extensions.tsv" "LIMIT=$([ "$whole" ] || echo 1)")
sums() {                            # EXERCISES: id, raw, penalty, final, max
  awk -F , -v those="$1" 'NR > 1 && $2 ~ those { r[$1] += $3; p[$1] += $4; f[$1] += $5; m[$1] += $6 }
    END { for (id in r) print id, r[id], p[id], f[id], m[id] }' "$clone/grades/gradebook.csv" | sort
}
totals() {                          # WHAT TABLE, of chapters 0 and 1
  is "$1" "$(sums '^[01][.]')" "$2"
  is "$1: the sums of all rows" "$(cut -f 1-5 grades/totals.tsv | tr '\t' ' ')" "$(sums .)"
}
earned() { cut -d , -f 1-7 "$clone/grades/gradebook.csv" | grep ',[01]\.' | grep -v ',\(todo\|missing\)$'; }
teacher make -j2 grade "${rules[@]}"
totals 'Ben is 36 hours late, which is 24 beyond the grace, a day' \
'ada 5 0 5 '$most'
ben 4 0.4 3.6 '$most'
cleo 4 0 4 '$most''
shows 'Ada: the second' grades/totals.tsv '2 submissions, this is number 2'
shows 'Cleo: the one in time' grades/totals.tsv '2 submissions, this is number 1'

# ==== another one by Ben, with an exercise more and a day of penalty more
honest slice-counting | writes ben 1.5
ben make test EX=1.5
ben make submit WHO=ben
hands_in ben 2026-10-19T13.30
teacher make -j2 grade
keeps_quiet 'ada  '
totals 'the last counts, 38 hours late' \
'ada 5 0 5 '$most'
ben 6 1.2 4.8 '$most'
cleo 4 0 4 '$most''
shows 'Cleo: the edition of September' grades/totals.tsv 'edition 2026.1, not 2026.2; not in that edition: '"$hers"
hides 'of the others it is the right one' <(grep -v ^cleo grades/totals.tsv) edition
is 'every exercise, but those not written' "$(earned)" \
'ada,0.1,1,0,1,1,pass
ada,0.2,0,0,0,2,fail
ada,'$hers',0,0,0,2,manual
ada,1.1,2,0,2,2,pass
ada,1.2,1,0,1,1,pass
ada,1.3,1,0,1,1,pass
ben,'$hers',0,0,0,2,manual
ben,1.1,2,0.4,1.6,2,pass
ben,1.2,0,0,0,1,fail
ben,1.3,1,0.2,0.8,1,pass
ben,1.4,1,0.2,0.8,1,pass
ben,1.5,2,0.4,1.6,2,pass
cleo,0.1,0,0,0,1,early-exit
cleo,0.2,2,0,2,2,pass
cleo,1.1,2,0,2,2,pass
cleo,1.2,0,0,0,1,error
cleo,1.3,0,0,0,1,timeout'
is 'a row for each exercise' "$(grep -c '^[abc]' grades/gradebook.csv)" $((3 * (there + more)))
is 'all of what follows passes' "$(grep '^ada,[2-9]' grades/gradebook.csv | awk -F , '{ p += $3 } END { print p + 0 }')" "$later"

# ==== what a human reads
teacher make manual
tells 'answers to read: 2, without points yet: 2'
shows 'Ada'\''s words' grades/manual/$hers.md "It's one slow run (\"a video\") that ruins an average"
printf 'ada\t%s\t1.5\tshort and right\nben\t%s\t1\tthink again\n' "$hers" "$hers" > grades/manual.tsv
teacher make gradebook
totals 'with points by hand' \
'ada 6.5 0 6.5 '$most'
ben 7 1.4 5.6 '$most'
cleo 4 0 4 '$most''
teacher make manual
tells 'answers to read: 2, without points yet: 0'

# ==== what students are told
teacher make feedback
tells '3 pages'
shows 'Ada: her points' grades/feedback/ada.html "ada: $(plus 6.5) of $(plus $most) points"
shows 'Ada: the title of a test' grades/feedback/ada.html 'the walk of nine places'
shows 'Ada: her own code' grades/feedback/ada.html 'Your code:'
shows 'Ada: a word' grades/feedback/ada.html 'by hand: short and right'
shows 'Ben: late' grades/feedback/ben.html '7 points less 1.4 for handing in late'
shows 'Ben: how late' grades/feedback/ben.html '38 h late'
shows 'Ben: the title of a test' grades/feedback/ben.html 'strides where a size is 0 or 1'
shows 'Cleo: exit(0)' grades/feedback/cleo.html 'ends the program'
shows 'Cleo: the line' grades/feedback/cleo.html "chapters/01-tensors.nw:$(line_of cleo 01 '<<exercise: fill in row-major strides>>=' | awk '{ print $1 + 1 }'):"
shows 'Cleo: a loop' grades/feedback/cleo.html 'does not come to an end'
teacher make export
shows 'Ben, for Gradescope' grades/export/ben/results.json '"score": 5.6'
secrets() {                         # WHO: what no page may show
  cat chapters/solutions/[0-9]*.nw | awk '
    /^<<(hidden tests|solution): / { on = 1; next } /^@/ { on = 0 }
    on && length($0) > 15 { sub(/^ +/, ""); print }' |
    grep -vxF -f <(cat "$wrote/$1"/* chapters/[0-9]*.nw | sed 's/^ *//') | grep -v '^//'
}
for student in ada ben cleo; do
  secrets $student | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g' > "$work/secrets"
  [ -s "$work/secrets" ] || no 'there are no secrets'
  is "nothing secret is told to $student" "$(cat grades/feedback/$student.html grades/export/$student/* | grep -F -f "$work/secrets")" ''
  hides 'nor the name of a hidden test' grades/feedback/$student.html walk_of_nine
  [ $student = cleo ] ||            # both failed in hidden tests alone
    hides 'nor what one expected' <(cat grades/feedback/$student.html grades/export/$student/*) expected
done
teacher make stats
is 'exercise 1.2: three wrote it, Ada passed' "$(grep '^1\.2	' grades/stats.tsv | cut -f 3-4)" '3	1'
if command -v sim_c > /dev/null; then
  teacher make similarity
  shows 'Cleo has read Ada'\''s' grades/similarity.tsv 'cleo	ada'
fi

# ==== Ada writes a letter: her walk is a cycle, too. The test was wrong
cp grades/totals.tsv "$work/totals"; earned > "$work/earned"; cp grades/manual.tsv "$work"
awk '/^  uint32_t next\[9\], want/ { print "  uint32_t next[9], at = 0;"; skip = 1 }
  /^  tt_machine_cycle\(next, 9, 7\)/ { print; print "  for (int i = 0; i < 8; i++)"
    print "    tt_expect((at = next[at]) != 0, \"at home after %d steps\", i + 1);"
    print "  tt_expect_int(next[at], 0);"; next }
  skip && /^}/ { skip = 0 }
  !skip' chapters/solutions/00-setup.nw > new && mv new chapters/solutions/00-setup.nw
teacher make -j2 regrade
tells "$(printf 'ada %20s %5g -> %5g (+2)' '' "$(plus 6.5)" "$(plus 8.5)")"
tells '1 of 3 students changed'
is 'nothing else moves' "$(earned | diff "$work/earned" -)" \
'2c2
< ada,0.2,0,0,0,2,fail
---
> ada,0.2,2,0,2,2,pass'
is 'nor do points by hand' "$(diff grades/manual.tsv "$work/manual.tsv")" ''
teacher make feedback
shows 'the page is a new one' grades/feedback/ada.html "ada: $(plus 8.5) of $(plus $most) points"
hides 'without the complaint' grades/feedback/ada.html 'the walk of nine places'

# ==== the end: all that each of them wrote is where it was, or kept
for student in ada ben cleo; do
  $student make clean
  is "$student has lost nothing" "$(lost $student)" ''
done
summary
