#!/bin/sh
# The harness itself: tests/harness/faulty.c misbehaves in every way that
# a student's code can, and what is reported is checked here.
#   tests/test_harness.sh CC TREE LIBRARY
set -u
cc=$1 tree=$2 library=$3
cd "$(dirname "$0")/.." || exit
work=build/test/harness
rm -rf $work && mkdir -p $work
. tests/lib/check.sh

build() { # NAME FLAGS SOURCES...
  name=$1; shift
  $cc -std=gnu17 -g -O1 -I"$tree/include" -Itests/harness \
    tests/harness/faulty.c tests/harness/tt_test.c tests/harness/tt_report.c \
    tests/harness/tt_record.c "$@" -lcriterion -lz -lm -o "$work/$name" ||
    exit
}
run() { # NAME FLAGS...: records in $work/NAME.tsv, what is printed in NAME.log
  name=$1; shift
  rm -f "$work/$name.tsv"
  TT_RECORDS=$work/$name.tsv "$work/$name" "$@" > "$work/$name.log" 2>&1
  status=$?
}
record() { # NAME TEST STATUS TEXT: that record has that status and text
  line=$(awk -F '\t' -v t="$2" '$2 == t' $work/"$1".tsv)
  case $line in
    *"	$3	"*"$4"*) ok ;;
    *) no "$2: wanted $3 with \"$4\", got: $line" ;;
  esac
}

# ---- every way to go wrong
build faulty -DTT_TIMEOUT=1 -DFAULTY_SLOW "$library"
run faulty
[ $status = 1 ] && ok || no "exit status $status"
while IFS='|' read -r name wanted text; do
  record faulty "$name" "$wanted" "$text"
done <<'END'
passes|pass|
returns|pass|
nan_equals_nan|pass|
fails_as_wanted|pass|
each_is_right|pass|
each_of_none|fail|0 of 0
each_is_wrong|fail|2 of 4 are off by more than is allowed\n  worst, x = 3: got 9, expected 3\n  nearest to 0, x = 2: got 4, expected 2
nan_is_no_number|fail|got      nan\n  expected 1
inf_is_no_number|fail|got      inf
wrong_integer|fail|got      4\n  expected 5
quotes|fail|a "quote", a \\, a tab\t, <]]>&
calls_exit|early-exit|exit(0)
calls_quick_exit|early-exit|exit(0)
exits_at_random|early-exit|exit(42)
crashes|crash|Segmentation fault
todo|todo|exercise 1.3 is not written yet
todo_in_expect_fail|todo|exercise 1.4 is not written yet
tt_fail|fail|add: [2] + [3]: sizes differ
fails_otherwise|fail|failed with
does_not_fail|fail|did not fail
exits_in_expect_fail|fail|exit code 3
check_that_is_right|pass|
check_accepts_all|fail|always(2)\n  accepts a broken version, which is version 2;
check_refuses_all|fail|refuses the right version
check_counts_calls|fail|refuses the right version
check_crashes|fail|falls(2)\n  must return false for this version, which is version 2\n  crashed: Segmentation fault
check_is_todo|todo|exercise 1.5 is not written yet
race|pass|
wrong_tensor|fail|2 of 6 elements are off
wrong_tensor|fail|first at [1,1]: got 5, expected 7, off by 2
wrong_tensor|fail|with 1 NaN and 0 Inf
wrong_shape|fail|got      [2,3]\n  expected [3,2]
wrong_count|fail|has 2 elements, expected are 1
null_tensor|fail|is NULL
prints_then_fails|fail|line 2, column 2
leaves_a_file_open|leak|(/proc/version) is still open
closes_its_file|pass|
keeps_a_tensor|leak|after tt_clear()
loops|timeout|still running after 1 s
END
line=$(grep -n 'TT_TODO("1.3")' tests/harness/faulty.c | cut -d : -f 1)
record faulty todo todo "faulty.c:$line"
grep -q "the learner's printf" $work/faulty.log && ok || no 'printf is lost'

# ---- a race is timed only where it is asked for, and fails nowhere
grep -q '^speed_race' $work/faulty.tsv && no 'a race was timed' || ok
build measured -DTT_MEASURE "$library"
run measured --filter 'speed/race'
grep -q '^speed_race.*note.*times as fast: .* not yet 1000000000' \
  $work/measured.tsv && [ $status = 0 ] && ok || no 'a race, timed'

# ---- the environment cannot make it pass; nothing matched is a failure
CRITERION_ALWAYS_SUCCEED=1; export CRITERION_ALWAYS_SUCCEED
run faulty --filter 'faulty/wrong_integer'
unset CRITERION_ALWAYS_SUCCEED
[ $status = 1 ] && ok || no "CRITERION_ALWAYS_SUCCEED: exit status $status"
run faulty --filter 'faulty/no_such_test'
[ $status = 4 ] && grep -q 'no test ran' $work/faulty.log && ok ||
  no "a filter that matches nothing: exit status $status"

# ---- what vanishes between plan and records
sed -n 's|^TT(\([a-z0-9_]*\), *\([a-z0-9_]*\)).*|faulty.c\t\1\t\2\t01\t1.3|p' \
  tests/harness/faulty.c | grep -E 'passes|returns|vanishes' > $work/plan.tsv
build vanishing -DFAULTY_VANISHES "$library"
run vanishing --filter 'faulty/@(passes|returns|vanishes)'
[ $status = 0 ] && ok || no "tests that pass: exit status $status"
printf '1.3\t2\tauto\tthe exercise\tvanishes\t\tchapters/01-x.nw\t12\tyours\n' \
  > $work/exercises.tsv
report() {
  tools/report title=t junit=$work/t.xml kind=plan $work/plan.tsv \
    kind=exercises $work/exercises.tsv kind=records "$@" > $work/report.txt
}
report $work/vanishing.tsv && no 'a test vanished, the report passes' || ok
said() { grep -qF -e "$1" $work/report.txt && ok || { no "no \"$1\" in"
  cat $work/report.txt; }; }
said 'faulty.vanishes'
said 'never reported'
said 'hint: make hint EX=1.3'
said '2 passed, 1 failed'
: > $work/nothing.tsv
report $work/nothing.tsv && no 'no records, the report passes' || ok
said '0 passed, 3 failed'
: > $work/plan.tsv
report $work/nothing.tsv && no 'an empty plan passes' || ok
report $work/vanishing.tsv && no 'unplanned tests pass' || ok
said 'not in the plan'

# ---- an exercise whose tests pass, and that nothing works with
judged() {                         # judged STATUS..., of the tests a b c d: "pass" or "fail"
  : > $work/plan.tsv; : > $work/records.tsv
  for t in a b c d; do
    printf 't.c\tx\t%s\t01\t1.%s\n' $t "$(echo $t | tr abcd 1234)" >> $work/plan.tsv
    printf 'x\t%s\t%s\t1\tt.c:1\t\n' $t "$1" >> $work/records.tsv
    shift
  done
  for i in 1 2 3 4; do
    printf '1.%s\t1\tauto\tn\t%s\t%s\tchapters/01-x.nw\t%s0\t%s\n' $i "$(echo $i | tr 1234 abcd)" \
      "$([ $i = 1 ] || [ $i = 4 ] || echo 1.$((i - 1)))" $i "${whose-yours}"
  done > $work/exercises.tsv
  tools/report title=t chapter=01 kind=plan $work/plan.tsv kind=exercises $work/exercises.tsv \
    kind=records $work/records.tsv > $work/report.txt || :
}
judged pass fail fail pass         # 1.3 needs 1.2, which needs 1.1
said 'chapters/01-x.nw:10: note: exercise 1.1 is needed by 1.2 1.3, and none of these passes'
said 'chapters/01-x.nw:10: begin with exercise 1.1'
judged pass pass fail pass
said 'begin with exercise 1.3'
! grep -q 'is needed by' $work/report.txt && ok || no 'one that fails is its own fault'
judged pass fail pass pass
said 'begin with exercise 1.2'
! grep -q 'is needed by' $work/report.txt && ok || no 'one that passes is enough'
whose=reference judged pass fail fail pass
! grep -q 'is needed by' $work/report.txt && ok || no 'the book is never suspect'
judged pass pass fail pass
sed -i '/^1.3/s/yours/reference/' $work/exercises.tsv
tools/report title=t chapter=01 kind=plan $work/plan.tsv kind=exercises $work/exercises.tsv \
  kind=records $work/records.tsv > $work/report.txt || :
said 'note: exercise 1.2 is needed by 1.3, and none of these passes'

# ---- the report of everything: its XML is XML
run faulty
cut -f 1,2 $work/faulty.tsv | sed 's/^/faulty.c\t/; s/$/\t01\t/' > $work/plan.tsv
report $work/faulty.tsv && no 'failures, the report passes' || ok
said '3 skipped'
/usr/bin/python3 -c 'import sys, xml.dom.minidom as x
x.parse(sys.argv[1])' $work/t.xml 2> $work/xml.log && ok || { no 'not XML:'
  cat $work/xml.log; }
report $work/faulty.tsv $work/faulty.tsv && no 'twice reported passes' || ok
said 'reported twice'

# ---- sanitizers: a leak, an overflow, undefined behavior
build sanitized -fsanitize=address,undefined -fno-sanitize-recover=all \
  -DFAULTY_LEAK "$tree"/src/*.c
run sanitized --filter 'faulty/@(leaks|overflows|undefined|passes)'
record sanitized passes pass ''
record sanitized leaks leak '123 byte(s)'
record sanitized overflows crash heap-buffer-overflow
record sanitized undefined crash 'signed integer overflow'

summary
