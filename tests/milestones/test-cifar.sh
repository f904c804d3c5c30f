#!/bin/sh
# The gate of the milestone of 2012, on its short form: it lets the program
# pass as it is, and not if labels are shuffled, evaluation mode is missing,
# the gradient of a weight is transposed, or test pictures are learned.
#   test-cifar.sh CC TREE LIBRARY
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
  $cc -std=gnu17 -O2 -I"$tree/include" $wraps "$tree/programs/cifar.c" \
    tests/milestones/sabotage-pictures.c "$library" -lm -o $work/cifar || exit
  got=0
  $work/cifar --short > $work/cifar.log 2>&1 || got=$?
  if [ $got = "$status" ] && grep -qF "$text" $work/cifar.log; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $*: status $got, wanted $status and \"$text\":"
    tail -n 4 $work/cifar.log | sed 's/^/    /'
  fi
}

gate 0 'unseen pictures are right'
gate 1 'too few are right' tt_cross_entropy
gate 1 'plain C has other answers' tt_module_eval
gate 1 'a gradient is not the slope' tt_naive_conv2d_back_w
gate 1 'test pictures are in the training set' tt_slice
echo "$passed passed, $failed failed"
[ $failed = 0 ]
