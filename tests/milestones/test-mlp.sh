#!/bin/sh
# The gate of the milestone of 1986: it lets the program pass as it is,
# and not if a part of the framework has been replaced by another.
#   test-mlp.sh CC TREE LIBRARY
set -u
cc=$1 tree=$2 library=$3
work=build/test/milestones
mkdir -p $work
passed=0 failed=0
unset TT_DATA

gate() { # STATUS TEXT WRAPPED...: the program with these functions replaced
  status=$1 text=$2; shift 2
  wraps=
  for name; do wraps="$wraps -Wl,--wrap=$name"; done
  # shellcheck disable=SC2086
  $cc -std=gnu17 -O2 -I"$tree/include" $wraps "$tree/programs/mlp.c" \
    tests/milestones/sabotage.c "$library" -lm -o $work/mlp || exit
  got=0
  $work/mlp > $work/mlp.log 2>&1 || got=$?
  if [ $got = "$status" ] && grep -qF "$text" $work/mlp.log; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $*: status $got, wanted $status and \"$text\":"
    tail -n 4 $work/mlp.log | sed 's/^/    /'
  fi
}

gate 0 'unseen digits are right'
gate 1 'another loss for these weights' tt_relu
gate 1 'another loss for these weights' tt_cross_entropy
gate 1 'some weights have hardly moved' tt_optimizer_step
gate 1 'too few are right' tt_optimizer_step
gate 1 'another accuracy for these weights' tt_accuracy
echo "$passed passed, $failed failed"
[ $failed = 0 ]
