#!/bin/bash
# make new-chapter: the skeleton builds and passes at once, and nothing that
# is there is touched; tools/budgets warns of each budget.
set -u
cd "${0%/*}/../.." || exit
home=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/lib/check.sh
mkdir "$work/tree"
git ls-files -coz --exclude-standard | grep -zv '^\(book\|figures\|tangle\)/' | xargs -0 cp --parents -t "$work/tree"
cp -r book "$work/tree"
cd "$work/tree" || exit
mkdir -p figures/drawings && cp "$home/figures/drawings/map.svg" figures/drawings
refused() { # TEXT ARGUMENT
  tools/new-chapter "$2" > log 2>&1 && no "new-chapter $2" && return
  grep -q "$1" log && ok || no "new-chapter $2: $(cat log)"
}

# ---- the last chapter of the table, where the first two are written: what
# else there is would only be compiled along. On the map it is to come.
rm -f chapters/{,solutions/}{0[2-9],[1-9][0-9]}-*.nw
last=$(tail -n 1 chapters/chapters.tsv | cut -f 1,2)
nn=${last%%$'\t'*} slug=${last#*$'\t'}
grep -l "^// Needs chapter $nn:" tests/test_*.c | xargs -r rm   # of the real one
map=figures/drawings/map.svg
grep "map-$nn" $map | grep -q dash ||
  sed -i "/id=\"map-$nn\"/s/fill-opacity=\"[0-9.]*\"/fill-opacity=\"0\" stroke-dasharray=\"4 4\"/" $map
cp $map "$work/map.svg"
cp chapters/chapters.tsv "$work"
refused 'CH is missing' ''
refused 'has no chapter' 99
refused 'has no chapter' no-such-slug
refused 'there already' 01
if tools/new-chapter "$nn" > log 2>&1; then ok; else no "new-chapter $nn: $(cat log)"; fi
refused 'there already' "$slug"
grep "map-$nn" $map | grep -q dash && no "the map draws chapter $nn as to come" || ok
[ "$(grep -c dash $map)" = $(($(grep -c dash "$work/map.svg") - 1)) ] && ok || no 'the map: others have changed'
tools/tangle --mode reference --line build/c/lint > log 2>&1 && ! grep -q "/$nn-" log && ok ||
  no "lint: $(grep -A1 "/$nn-" log)"
env -u MAKEFLAGS -u MAKELEVEL make -s SETUP=no "chapter-$nn" > log 2>&1 && grep -q '^1 passed, 0 failed' log && ok ||
  no "make chapter-$nn: $(tail -n 20 log)"
rm chapters/00-*.nw chapters/solutions/00-*.nw
refused 'comes before' 00              # whose files are gone
cmp -s chapters/chapters.tsv "$work/chapters.tsv" && ok ||
  no 'the table was changed'

# ---- budgets: words, chunks, lines a chunk
page() { # WORDS CHUNKS LINES
  awk -v words="$1" -v chunks="$2" -v lines="$3" 'BEGIN {
    while (words-- > 0) print "word"
    for (i = 1; i <= chunks; i++) {
      print "<<a chunk>>="; for (j = 1; j <= lines; j++) print "int x;"; print "@" }
    print "# Workshop {#sec:x .workshop}"
    for (i = 1; i <= 9999; i++) print "word" }' > chapters/98-x.nw
  "$home/tools/budgets" chapters/98-x.nw > log
}
page 5000 60 9
[ -s log ] && no "within: $(cat log)" || ok
while read -r words chunks lines text; do
  page "$words" "$chunks" "$lines"
  grep -q "warning: .*$text" log && ok || no "$words $chunks $lines: $(cat log)"
done <<'END'
4400 50 9 4400 words
7600 60 9 7600 words
7000 71 9 71 chunks
5000 60 7 chunks of 7 lines
5000 40 11 chunks of 11 lines
7000 40 20 with 20 lines or more
5000 70 9 7.9 words of prose
END
sed -i '/workshop/d' chapters/98-x.nw
"$home/tools/budgets" chapters/98-x.nw > log
[ "$(wc -l < log)" = 1 ] && grep -q 'without a workshop yet: 98' log && ok || no "no workshop: $(cat log)"
summary
