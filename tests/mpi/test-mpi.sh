#!/bin/sh
# Training on many ranks by Open MPI, here: the same loss as in one process,
# the same bits in each rank and run, ranks that end as they should not, and
# a checkpoint from which another number of ranks goes on.
#   test-mpi.sh PROGRAM     build/bin/mpi-digits
set -u
. tests/lib/check.sh
digits=$PWD/$1
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/build" && ln -s "$here/build/data" "$work/build/data"
cd "$work" || exit

run() {                             # RANKS ARGUMENT...; out, err
  ranks=$1; shift
  timeout 60 "$here/tools/mpirun" "$ranks" "$digits" "$@" > out 2> err
}
near() {                            # do these losses agree to rounding?
  echo "$1 $2" | awk '{ d = $1 - $2; exit !(d < 2e-5 && d > -2e-5) }' || {
    echo "$1 is not $2"; false; }
}
loss() { sed -n 's/.*steps: loss \([0-9.]*\),.*/\1/p' out; }
bits() { sed -n 's/.*parameters \([0-9a-f]*\) in each/\1/p' out; }

# ---- 210 steps, the last of each epoch with 5 examples
check 'one rank' run 1 14
want=$(loss)
check 'one rank says its loss' test -n "$want"
for ranks in 2 4; do
  check "$ranks ranks" run $ranks 14
  check "$ranks ranks take 210 steps" has out "$ranks ranks, 210 steps"
  check "$ranks ranks have the loss of one" near "$(loss)" "$want"
  check "$ranks ranks: rank 0 alone speaks" same "$(wc -l < out)" 15
  check "$ranks ranks: no noise" same "$(cat err)" ''
done
first=$(bits)
check '4 ranks again' run 4 14
check '4 ranks again have the same bits' same "$(bits)" "$first"

# ---- more ranks than the last batch has examples
check '8 ranks' run 8 2
short=$(loss)
check 'one rank, 2 epochs' run 1 2
check '8 ranks, 3 of them without a batch, have the loss of one' near "$short" "$(loss)"

# ---- a rank that ends as it should not ends all
fast() {                            # WHAT COMMAND...: within 10 seconds
  start=$(date +%s)
  "$@" && { echo 'it ended well'; false; } || [ $(($(date +%s) - start)) -le 10 ]
}
check 'the whole run' run 1 4
whole=$(loss)
for how in kill exit fail; do
  rm -f ck
  check "$how: all end, soon" fast run 2 4 ck 1 27 $how
  check "$how: the run says so" grep -q 'mpirun \(noticed\|detected\)' err
  check "$how: there is a checkpoint" test -s ck
  [ $how = exit ] && next=1 || next=4
  check "$how: $next ranks go on" run "$next" 4 ck
  check "$how: only with the rest" lacks out 'epoch 1/4'
  check "$how: with the loss of the whole run" near "$(loss)" "$whole"
done

run 2 4 ck3 1 5 fail
check 'the message of a rank' has err 'rank 1 fails at step 5'
summary
