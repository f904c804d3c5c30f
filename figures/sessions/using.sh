#!/bin/sh
# figures/sessions/using.sh train|predict|caught|softplus - what the listing
# of that name on the page for C programmers prints. The listings are taken
# from the page, each block of C whose first line names a file.
set -eu
dir=build/sessions/using-$1
rm -rf "$dir" && mkdir -p "$dir"
awk -v dir="$dir" '
  $0 == "```" { file = "" }
  file != "" { print > (dir "/" file) }
  c && /^\/\/ [a-z]+\.[ch]: / { file = substr($2, 1, length($2) - 1); print > (dir "/" file) }
  { c = $0 == "```c" }' book/front/using.nw
gzip -dc data/digits.csv.gz > "$dir/digits.csv"
cd "$dir"
run() {
  gcc -std=c17 -Wall -Wextra -Wpedantic -Werror -I../../c/ref/include "$1.c" \
    ../../lib/libtinytorch.a -lz -lm -o "$1"
  "./$1"
}
case $1 in
predict) run train > train.txt; run predict ;;
*)       run "$1" ;;
esac
