#!/bin/bash
# The small runs that chapter 7 prints: 07-training.sh NAME
. "${0%/*}/lib.sh"
bin=build/bin/mlp
case $1 in
overfit-loss)
  $bin --overfit | awk -F'\t' '!/^#/ && (NR == 1 || $1 % 50 == 0) {
    printf "%5s   %s\n", $1, $2 }' ;;
overfit)
  $bin --overfit | awk -F'\t' '!/^#/ && (NR == 1 || $1 % 50 == 0 || $1 == 10 || $1 == 25) {
    printf "%5s   %s   %-6s   %s\n", $1, NR == 1 ? "loss  " : $2, NR == 1 ? "unseen" : $3, NR == 1 ? "right" : $4 }' ;;
*) unknown "$1" overfit-loss overfit ;;
esac
