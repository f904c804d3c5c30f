#!/bin/bash
# The milestones, unchanged, with the backend of chapter 1 and with the
# fastest: seconds of a whole run, the better of two.
set -eu
cd "$(dirname "$0")/../.."
seconds() {                          # BACKEND PROGRAM...
  for _ in 1 2; do
    start=$EPOCHREALTIME
    TT_BACKEND=$1 "${@:2}" > /dev/null 2>&1
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", b - a }'
  done | sort -n | head -n 1
}
row() {                              # YEAR PROGRAM...
  echo "$1 $2 $(seconds naive build/bin/"$2" "${@:3}") $(seconds '' build/bin/"$2" "${@:3}")"
}
{ row 1986 mlp; row 1998 lenet; row 2012 cifar --short; row 2018 tinygpt --short; } |
  awk 'BEGIN { print "year\tprogram\tnaive\tfastest" }
    { print $1 "\t" $2 "\t" $3 "\t" $4; gain[$1] = $3 / $4 }
    END { for (y in gain) printf "# milestones.%s\t%.1f times\n", y, gain[y] }'
