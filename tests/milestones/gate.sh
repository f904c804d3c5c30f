# shellcheck shell=sh
# gate.sh: what tests of milestones share; sourced, run with sh.
#   . gate.sh; begin PROGRAM SABOTAGE CC TREE LIBRARY
#   gate STATUS TEXT WRAPPED...: the program with these functions replaced
# The data are those that ship, whatever the machine has.
work=build/test/milestones
mkdir -p $work
passed=0 failed=0
unset TT_DATA
export XDG_CACHE_HOME=/nonexistent

begin() { program=$1 sabotage=$2 cc=$3 tree=$4 library=$5; }
gate() {
  status=$1 text=$2; shift 2
  wraps=
  for name; do wraps="$wraps -Wl,--wrap=$name"; done
  # shellcheck disable=SC2086
  $cc -std=gnu17 -O2 -I"$tree/include" $wraps "$tree/programs/$program.c" \
    tests/milestones/"$sabotage" "$library" -lz -lm -o "$work/$program" || exit
  got=0
  # shellcheck disable=SC2086
  "$work/$program" ${short-} > "$work/$program.log" 2>&1 || got=$?
  if [ $got = "$status" ] && grep -qF "$text" "$work/$program.log"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $*: status $got, wanted $status and \"$text\":"
    tail -n 4 "$work/$program.log" | sed 's/^/    /'
  fi
}
# A program that learns pictures, on its short form: it passes as it is, and
# not if labels are shuffled, the gradient of a weight is transposed, or test
# pictures are learned.
pictures() {                        # PROGRAM, what it counts, CC TREE LIBRARY
  short=--short
  begin "$1" sabotage-pictures.c "$3" "$4" "$5"
  gate 0 "unseen $2 are right"
  gate 1 'too few are right' tt_cross_entropy
  gate 1 'a gradient is not the slope' tt_naive_conv2d_back_w
  gate 1 'test pictures are in the training set' tt_slice
}
summary() {
  echo "$passed passed, $failed failed"
  [ $failed = 0 ]
}
