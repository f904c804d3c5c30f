#!/bin/sh
# figures/sessions/teaching.sh CASE - what the guide for instructors prints,
# done for real in a copy of the tree: grade, again, stats, message,
# totals, review, claims. Rows of figures/outputs call it.
set -eu
here=build/session/teaching
mkdir -p "$here/build/grade"
make --no-print-directory SETUP=no grading-kit > "$here/log" 2>&1 || { cat "$here/log" >&2; exit 1; }
cp -r Makefile VERSION chapters tools tests "$here"
cp -r build/grade/kit "$here/build/grade"   # of the same texts: not made again
cd "$here"
rm -rf grades inbox base zero home submission hal* ida* signers
quiet() { make --no-print-directory SETUP=no JOBS=1 "$@" > log 2>&1 || { cat log >&2; exit 1; }; }
show() { make --no-print-directory SETUP=no JOBS=1 "$@" 2>&1 | grep -v '^make' || :; }
a=tests/course/attacks
quiet grading-kit
tests/course/compose base base
mkdir zero inbox
cp base/00-setup.nw zero
hand_in() { name=$1; shift; tests/course/compose tar zero "inbox/$name.tar" "$@"; }
hand_in 'ada@2026-10-01T18.00'
hand_in 'ben@2026-10-01T22.10' 0.1=$a/wrong.c
hand_in 'cleo@2026-10-04T09.00'
hand_in 'dan@2026-10-01T20.15' 0.1=$a/syntax.c
hand_in 'eve@2026-10-01T23.58' 0.1=$a/kill-parent.c
hand_in 'finn@2026-10-01T11.30' 0.2=-
echo 'this is my homework' > 'inbox/gus@2026-10-01T23.59.tar'
graded() {                          # HOW: show or quiet
  how=$1; shift
  $how grade SUBMISSIONS=inbox CH=0 DUE=2026-10-01T23:59 \
    LATE='grace=24h per_day=10% max=50%' "$@"
}
case $1 in
grade)   graded show ;;
again)   graded quiet
         hand_in 'dan@2026-10-01T23.20'
         show grade ;;
totals)  graded quiet
         column -t -s "$(printf '\t')" -N id,raw,penalty,final,max,flags,note grades/totals.tsv ;;
stats)   hand_in 'dan@2026-10-01T23.20'
         graded quiet HISTORY=yes
         show stats ;;
review)  graded quiet
         show manual
         cat grades/manual/0.1.md ;;
claims)  rm inbox/*
         for who in hal ida; do
           ssh-keygen -q -t ed25519 -N '' -f $who
           echo "$who $(cat $who.pub)" >> signers
         done
         mkdir -p home/chapters
         packs() {                    # NAME EDITION SCRIPT: of a tree with this text
           echo "$2" > home/VERSION; rm -rf home/.tt home/chapters/*
           cp chapters/chapters.tsv chapters/[0-9]*.nw home/chapters
           sed "$3" chapters/00-setup.nw > home/chapters/00-setup.nw
           TT_ROOT=home tools/course/base
           sed "$3" zero/00-setup.nw > home/chapters/00-setup.nw
           TT_ROOT=$PWD/home WHO=$1 KEY=$1 tools/submission pack "$PWD/inbox/$1.tar.gz"
         }
         packs hal 0.9 's/^The values are sorted/They are sorted/'
         packs ida "$(cat VERSION)" ''
         cp inbox/ida.tar.gz inbox/jon.tar.gz
         tar -xzf inbox/hal.tar.gz
         sed -i 's/^They are sorted/The values are sorted/' submission/chapters/00-setup.nw
         rm submission/MANIFEST.sig
         tar -czf inbox/kim.tar.gz submission
         show grade SUBMISSIONS=inbox CH=0 SIGNERS=signers
         awk -F '\t' '{ print $1 ": " $4 " points"; n = split($7, note, "; ")
           for (i = 1; i <= n; i++) print "    " note[i] }' grades/totals.tsv ;;
message) graded quiet
         cut -f 1,3-5,10 grades/results/dan/rows.tsv grades/results/ben/rows.tsv |
           awk -F '\t' '$4 != "pass" { gsub(/\\n/, "\n    ", $5); print $1 ", " $2 " of " $3 " points, " $4 ":\n    " $5 }' ;;
*) echo "no such case: $1" >&2; exit 2 ;;
esac
