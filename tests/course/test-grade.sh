#!/bin/bash
# Tests of grading: every attack of attacks/ scores 0 on what it attacks
# and leaves its neighbor alone; every answer of honest/ has full points;
# archives that are none; late work, work done by hand, grading again.
#   tests/course/test-grade.sh        the small form
#   tests/course/test-grade.sh batch  200 submissions, killed half-way
. "${0%/*}/books.sh"
here=tests/course
grade() { make --no-print-directory -j2 grade GRADES="$grades" "$@" > "$work/log" 2>&1; }
row() { awk -F '\t' -v e="$2" -v c="$3" '$1 "" == e { print $c }' "$grades/results/$1/rows.tsv"; }
total() { awk -F '\t' -v id="$1" -v c="$2" '$1 == id { print $c }' "$grades/totals.tsv"; }

if ! tools/grade/safe 2> "$work/log"; then
  cat "$work/log"
  no 'no sandbox here'; summary; exit
fi
is 'every exercise has tests that can be kept apart from it' \
  "$(awk -F '\t' 'FNR == NR { t[$2]; next } $3 == "auto" && !($1 in t) { printf "%s ", $1 }' build/grade/kit/plan.tsv build/grade/kit/exercises.tsv)" ''
$here/compose base "$work/base"
mkdir "$work/zero"; cp "$work/base/00-setup.nw" "$work/zero"
# chapter 0: how many exercises and points
read -r rows points < <(awk -F '\t' '$1 < 1 { n++; p += $2 } END { print n, p }' build/grade/kit/exercises.tsv)

if [ "${1-}" = batch ]; then . $here/batch.sh; summary; exit; fi

# ---- attacks on 0.1; 0.2 is solved and must stay so
mkdir "$work/attacks"
mkdir "$work/attack"
cp $here/attacks/*.c "$work/attack"
# calls of the system by a computed address: of each line one
if [ "$(uname -m)" = x86_64 ]; then
  grep -v '^#' $here/attacks/syscalls.tsv | while IFS=$'\t' read -r name states arguments; do
    cat > "$work/attack/call-$name.c" <<C
// 0.1 $states: a system call by a computed address
const unsigned char code[] = {0x48, 0x89, 0xf8, 0x48, 0x89, 0xf7, 0x48, 0x89, 0xd6, 0x48, 0x89, 0xca,
  0x4d, 0x89, 0xc2, 0x4d, 0x89, 0xc8, 0x4c, 0x8b, 0x4c, 0x24, 0x08, 0x0f, 0x05};
const unsigned char *at = (const unsigned char *)(void *)puts;
while (memcmp(at, code, sizeof code)) at++;
long (*call)(long, ...) = (long (*)(long, ...))(unsigned long)at;
void *page = (void *)((unsigned long)value & ~4095ul);
long got = call($arguments);
return got == 12345 && page == 0;
C
  done
fi
attacks=("$work"/attack/*.c)
if [ ${#attacks[@]} -ge 110 ]; then ok; else no "attacks: ${#attacks[@]}"; fi
for f in "${attacks[@]}"; do
  n=${f##*/}
  $here/compose tar "$work/zero" "$work/attacks/${n%.c}.tar" 0.1="$f"
done
grades=$work/g1
grade SUBMISSIONS="$work/attacks" CH=0 ONLY='0.1 0.2' LIMIT=1 || { cat "$work/log"; no 'grading attacks'; }
for f in "${attacks[@]}"; do
  n=${f##*/} n=${n%.c}
  want=$(sed -n '1s|^// 0.1 \([a-z,-]*\).*|\1|p' "$f")
  is "attack $n: points" "$(row "$n" 0.1 3)" 0
  is "attack $n: its neighbor" "$(row "$n" 0.2 3)" 2
  state=$(row "$n" 0.1 5)
  case ,$want, in *",$state,"*) ok ;; *) no "attack $n: $state, wanted $want" ;; esac
  [ "$state" != forbidden ] || is "attack $n: for review" "$(row "$n" 0.1 8)" review
done

# ---- at home: the same reasons, and none for what is honest
mkdir -p "$work/home/out/src"
cp -r Makefile VERSION tools chapters "$work/home"
at_home() {                         # FILE of 0.1
  $here/compose tar "$work/zero" "$work/home/x.tar" 0.1="$1"
  tar -xf "$work/home/x.tar" -C "$work/home" &&
    (cd "$work/home" && tools/tangle --mode auto --upto 00 --student-chapter 00 --line tree) \
      > /dev/null 2>&1
  rm -f "$work/home/out/src/machine.o"
  gcc -std=gnu17 -w -O1 -I"$work/home/tree/include" -c "$work/home/tree/src/machine.c" \
    -o "$work/home/out/src/machine.o" 2> /dev/null || :
  rm -f "$work/home/out/libtt.a"
  ar rcs "$work/home/out/libtt.a" "$kit"/object/*.o
  (cd "$work/home" && tools/course/refused 00 tree out gcc '-std=gnu17 -w -O1') |
    sed -n 's/.*will refuse exercise 0.1: //p' | sort -u
}
for f in "${attacks[@]}"; do
  n=${f##*/} n=${n%.c}
  case $n in call-*|include-neighbor) continue ;; esac      # no such file at home
  reason=$(row "$n" 0.1 10)
  case $(row "$n" 0.1 5)$reason in
    forbidden'a system call'*) continue ;;
    forbidden*) ;;
    *) continue ;;
  esac
  at_home "$f" > "$work/refused"
  echo "$reason" | sed 's/; /\n/g' | sort -u | comm -23 - "$work/refused" > "$work/unsaid"
  is "attack $n: told at home" "$(cat "$work/unsaid")" ''
done
while read -r f; do
  is "honest ${f##*/}: not refused at home" "$(at_home "$f")" ''
done < <(grep -l '^// 0.1 ' $here/honest/*.c)
is 'reasons, one after the other' "$(row kill-parent 0.1 10)" 'it calls getppid; it calls kill'
is 'no solution in a message' "$(cat "$grades"/results/*/rows.tsv | grep -c 'chapters/solutions\|root:')" 0

# ---- the sandbox: what may be written, and how much; what is seen
chmod 711 "$work"                   # for the user in the sandbox
mkdir -m 755 "$work/try"
cat > "$work/try/try.sh" <<'SH'
for f in /dev/shm/a /dev/a /a /usr/a /proc/sys/kernel/hostname; do
  if echo x > $f; then echo "can write $f"; fi
done 2> /dev/null
head -c 80000000 /dev/zero > /tmp/a 2> /dev/null
[ "$(wc -c < /tmp/a)" -le 67108864 ] || echo 'more than 64 MB in /tmp'
for f in /home /root /etc/passwd; do [ ! -e $f ] || echo "can see $f"; done
[ "$(id -u)" != 0 ] || echo 'is root'
[ "$(ls -d /proc/[0-9]* | wc -l)" -lt 9 ] || echo 'sees other processes'
ulimit -c
SH
is 'the sandbox' "$(tools/grade/box 10 --ro-bind "$work/try" /in -- sh /in/try.sh 2>&1)" 0
# one submission may not take for ever, whatever each of its tests takes
mkdir "$work/long"; cp "$work/attacks/loop.tar" "$work/long"
grades=$work/g8
grade SUBMISSIONS="$work/long" CH=0 LIMIT=1 TOTAL=1 || { cat "$work/log"; no 'TOTAL=1'; }
is 'TOTAL: no time for the second' "$(row loop 0.2 5) $(row loop 0.2 10)" \
  'timeout the 1 seconds for one submission are used up'

# ---- honest answers: the k-th of each exercise in one submission
mkdir "$work/honest"
ids=$(sed -n '1s|^// \([0-9.]*\) .*|\1|p' $here/honest/*.c | sort -u)
for k in 1 2 3 4 5 6 7 8 9 10 11 12; do
  args=()
  for id in $ids; do
    f=$(grep -l "^// $id " $here/honest/*.c | sed -n ${k}p)
    [ -z "$f" ] || args+=("$id=$f")
  done
  [ ${#args[@]} = 0 ] || $here/compose tar "$work/base" "$work/honest/honest-$k.tar" "${args[@]}"
done
# the solutions; one syntax error among them; nothing written; a chapter
# whose text was changed, a chunk given twice, one taken away, tests of
# its own
$here/compose tar "$work/base" "$work/honest/solved.tar"
$here/compose tar "$work/base" "$work/honest/syntax.tar" 1.2=$here/attacks/syntax.c
cp -r "$work/base" "$work/strange"
sed -i 's/^The values are sorted.*/Other text./' "$work/strange/00-setup.nw"
printf '\n<<exercise: exchange each with an earlier one>>=\n(void)n;\n@\n<<tests/test_machine.c>>=\nTT(machine, median_takes_the_middle) {}\n@\n' >> "$work/strange/00-setup.nw"
sed -i '/^<<exercise: add up the offset>>=/,/^@$/d' "$work/strange/01-tensors.nw"
$here/compose tar "$work/strange" "$work/honest/strange.tar"
tar -cJf "$work/honest/packed.tar.xz" -C "$work" base
grades=$work/g2
grade SUBMISSIONS="$work/honest" CH="0 1" || { cat "$work/log"; no 'grading honest answers'; }
for f in "$work"/honest/honest-*.tar "$work"/honest/solved.tar; do
  n=${f##*/} n=${n%.tar}
  is "$n: full points" "$(total "$n" 4)" "$(total "$n" 5)"
  is "$n: nothing to review" "$(total "$n" 6)" ''
done
is 'packed: full points' "$(total packed 4)" "$(total packed 5)"
is 'a syntax error costs one exercise' "$(total syntax 4)" "$(($(total syntax 5) - 1))"
has 'with its line' "$grades/results/syntax/rows.tsv" 'chapters/01-tensors.nw:'
is 'other text is ignored' "$(row strange 0.1 5)" pass
is 'a chunk twice: both' "$(row strange 0.2 5)" pass
has 'and said so' "$grades/results/strange/rows.tsv" 'defined twice'
is 'a chunk gone' "$(row strange 1.3 5)" missing

# ---- all chapters: the book's own solutions have full points, and what
# stands in a header is the student's also in files of earlier chapters
mkdir "$work/whole"
echo 'abort();' > "$work/abort.c"
cp "$work/honest/solved.tar" "$work/whole"
$here/compose tar "$work/base" "$work/whole/inlined.tar" 2.1="$work/abort.c" 5.7="$work/abort.c"
grades=$work/whole.grades
grade SUBMISSIONS="$work/whole" || { cat "$work/log"; no 'grading all chapters'; }
is 'solutions: all points' "$(total solved 4)" "$(total solved 5)"
is 'a wrong line in a header' "$(awk -F '\t' '$5 != "pass" { printf "%s %s ", $1, $5 }' "$grades/results/inlined/rows.tsv")" '2.1 fail 5.7 fail '

# ---- what is no submission
mkdir "$work/bad" "$work/d"
: > "$work/bad/empty.tar"
echo hello > "$work/bad/text.tar"
head -c 6000000 /dev/zero > "$work/bad/large.tar"
ln -s /etc/passwd "$work/bad/link.tar"
(cd "$work/d" && mkdir -p chapters ../e && cp ../zero/*.nw chapters && tar -cPf ../bad/outside.tar ../e chapters &&
  tar -cf ../bad/twice.tar chapters/00-setup.nw && tar -rf ../bad/twice.tar chapters/00-setup.nw &&
  ln -s /etc/passwd chapters/01-tensors.nw && tar -cf ../bad/symlink.tar chapters && rm chapters/01-tensors.nw &&
  mkfifo chapters/pipe && tar -cf ../bad/device.tar chapters && rm chapters/pipe &&
  head -c 9000000 /dev/zero > chapters/zeros && tar -cJf ../bad/bomb.tar.xz chapters && rm chapters/zeros &&
  echo x > x && tar -cf ../bad/nothing.tar x && tar -cf '../bad/a b;c.tar' x &&
  head -c 99999 /dev/urandom > chapters/00-setup.nw && tar -cf ../bad/noise.tar chapters)
# of make submit, in a tree with an older text; and changed afterwards
mkdir -p "$work/old/chapters"
older() { sed 's/^The values are sorted.*/Older text./' "$1" > "$work/old/chapters/00-setup.nw"; }
echo 0.0 > "$work/old/VERSION"
grep -E "^(number|00)" chapters/chapters.tsv > "$work/old/chapters/chapters.tsv"
older chapters/00-setup.nw; TT_ROOT=$work/old tools/course/base; older "$work/zero/00-setup.nw"
TT_ROOT=$work/old tools/submission pack "$work/bad/old.tar.gz" 0
tar -xzf "$work/bad/old.tar.gz" -C "$work/d"
echo >> "$work/d/submission/chapters/00-setup.nw"
tar -cf "$work/bad/changed.tar" -C "$work/d" submission
grades=$work/g3
grade SUBMISSIONS="$work/bad" CH=0 || { cat "$work/log"; no 'grading what is none'; }
while IFS='|' read -r id reason; do has "$id" "$grades/results/$id/reason" "$reason"; is "$id: a row" "$(total "$id" 4)" 0; done <<'LIST'
empty|empty
text|not a tar, a zip or a chapter
large|larger than 5 MB
link|not a file
outside|a path that leads outside
symlink|a link or device
device|a link or device
bomb|unpacks to more than 5 MB
nothing|no chapter in it
LIST
is 'an older edition: points' "$(total old 4) $(total old 6)" "$points "
has 'an older edition: a note' "$grades/totals.tsv" "edition 0.0, not $(head -n 1 VERSION)"
is 'changed by hand: points, and for review' "$(total changed 4) $(total changed 6)" "$points archive"
has 'changed by hand: said at once' "$work/log" 'review: not as packed: chapters/00-setup.nw'
is 'changed by hand: in each row' "$(grep -c '^changed,.*,review,"not as packed' "$grades/gradebook.csv")" "$rows"
has 'changed by hand: counted' "$work/log" '1 to review'
has 'of two copies the later' "$grades/totals.tsv" '00-setup.nw is in it 2 times: the latest'
is 'two copies: points' "$(total twice 4)" "$points"
is 'noise: a row' "$(total noise 4)" 0
is 'a strange name: a row' "$(grep -c '^a_b_c-[0-9a-f]*,a b;c,' "$grades/matrix.csv")" 1
grade SUBMISSIONS="$work/none" && no 'no folder' || has 'no folder' "$work/log" 'there is no folder'
grades=$work/g0
grade && no 'nothing' || has 'nothing' "$work/log" 'SUBMISSIONS is missing'

# ---- late, several, by hand, again
mkdir "$work/late"
cp "$work/attacks/wrong.tar" "$work/late/anna@2026-11-30T20.00.tar"
$here/compose tar "$work/zero" "$work/late/anna@2026-12-02T20.00.tar"
cp "$work/late/anna@2026-12-02T20.00.tar" "$work/late/ben@2026-12-02T20.00.tar"
cp "$work/late/anna@2026-12-02T20.00.tar" "$work/late/cleo@2026-12-02T20.00.tar"
cp "$work/late/anna@2026-12-02T20.00.tar" "$work/late/dan@2027-12-02T20.00.tar"
printf '# who may be late\ncleo\t72h\n' > "$work/more"
grades=$work/g4
late() {                            # of two exercises, with 3 points
  grade SUBMISSIONS="$work/late" CH=0 ONLY='0.1 0.2' DUE=2026-11-30T23:59 EXTENSIONS="$work/more" \
    LATE='grace=24h per_day=10% max=50%' "$@"
}
late || { cat "$work/log"; no 'late work'; }
is 'the last in time counts' "$(total anna 4)" 2
has 'and says so' "$grades/totals.tsv" '2 submissions, this is number 1'
is '45 h late, 24 h of grace' "$(total ben 3) $(total ben 4)" '0.3 2.7'
is 'a note, and nothing after it' "$(total ben 7)" '45 h late'
is 'an extension' "$(total cleo 4)" 3
is 'a year late: 50 %' "$(total dan 4)" 1.5
before=$(stat -c %Y.%i "$grades/results/ben/rows.tsv")
printf 'ben\t0.1\t0.5\tnice try\n' > "$grades/manual.tsv"
late
is 'not graded twice' "$(stat -c %Y.%i "$grades/results/ben/rows.tsv")" "$before"
is 'points by hand' "$(total ben 2)" 2.5
adds_up() { make --no-print-directory gradebook GRADES="$grades" > "$work/log" 2>&1; }
for bad in 'ben	0.1	9' 'eve	0.1	1' 'ben	99.1	1' 'ben	0.1	x'; do
  cp "$grades/gradebook.csv" "$work/before"
  echo "$bad" > "$grades/manual.tsv"
  adds_up && no "by hand: $bad" || has "by hand: $bad" "$work/log" 'manual.tsv:1:'
  if cmp -s "$work/before" "$grades/gradebook.csv"; then ok; else no "by hand: $bad: the gradebook changed"; fi
done
rm "$grades/manual.tsv"
adds_up || { cat "$work/log"; no 'adding up anew'; }
is 'adding up anew, by the same rules' "$(total ben 3)" 0.3
LATE_BAD=$(make --no-print-directory gradebook GRADES="$grades" LATE='grace=a' 2>&1)
case $LATE_BAD in *"no rule"*|*"no number"*) ok ;; *) no "LATE=grace=a: $LATE_BAD" ;; esac
late DUE=yesterdayish && no 'DUE' || has 'DUE' "$work/log" 'is no date'

[ ! -f $here/grade-more.sh ] || . $here/grade-more.sh
summary
