#!/bin/sh
# A chapter does not change what came before: the C of chapters 1..N and
# that of 1..N+1 are the same byte for byte, but for the files with open
# lists, and these only gain lines. (Each chapter's gradients, for one,
# are there without an edit in the chapters that compute.)
set -u
home=$(cd "${0%/*}/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$home" || exit
passed=0 failed=0 before=

for chapter in chapters/[0-9][0-9]-*.nw; do
  n=${chapter#chapters/} n=${n%%-*}
  tools/tangle --mode reference --clean --upto "$n" "$work/$n" \
    2> "$work/said" || { cat "$work/said"; exit 1; }
  if [ -n "$before" ]; then
    lost=$(diff -r "$work/$before" "$work/$n" | grep -E '^<|^Only in '"$work/$before")
    if [ -z "$lost" ]; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      echo "FAILED: chapter $n changes what chapters 00 to $before make:"
      printf '%s\n' "$lost" | head -n 20
      echo "  cure: an open list, a hook, or a new file"
    fi
    rm -rf "$work/$before"
  fi
  before=$n
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
