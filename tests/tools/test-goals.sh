#!/bin/bash
# Any command may be the first in a fresh clone: what is made does not hang
# on the name of the goal. Told by make -n, which must itself be right (nothing
# to do where all is done); .ci/run does so for make and make test. And: make
# uses the cores that there are, unless -j is given.
set -u
home=$(cd "${0%/*}/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
. "$home/tests/lib/check.sh"
unset MAKEFLAGS MAKELEVEL MFLAGS EX CH STUDENT
mkdir tree
tar -C "$home" -cf - --exclude=./{build,grades,.git,.tt} . | tar -xf - -C tree
m() { make -C tree --no-print-directory SETUP=no "$@" < /dev/null; }

# ---- each goal first
made() { grep -oE -e "$1" log | sort -u; }
plots='tools/plot figures/plots/[a-z0-9-]+\.gp'
check 'html' m -n html
made "$plots" > plots
made ' -o build/weave/reader/[a-z0-9-]+\.json\.new' > pages
made '-o build/obj/[a-z0-9_-]+\.o' > none
check 'a book has plots and pages' test -s plots -a -s pages
check 'pages need no library' test ! -s none
first() { # WHAT'S-MADE GOAL: the plots, the pages, the objects of the library
  rm -rf tree/build
  check "make $2" m -n "$2"
  case $1 in *p*) made "$plots" > got; check "make $2: plots" alike plots got ;; esac
  case $1 in *h*) made ' -o build/weave/reader/[a-z0-9-]+\.json\.new' > got
    check "make $2: pages" alike pages got ;; esac
  case $1 in *o*) check "make $2: objects" has log '-o build/obj/tensors.o' ;; esac
}
first pho all
first ph  book
first ph  test-pages
first ph  test-print
first ph  pdf
first ph  epub
first p   check-figures
first o   test-install
for goal in pdf-01 check-tangle check-outputs build/html/index.html \
  build/html/01-tensors.html build/bin/mlp tangle lint progress; do
  first '' "$goal"
done
# only make data asks the network for anything
check 'make data fetches' m -n data
check 'make data fetches: with its tool' has log 'tools/get-data'
for goal in all milestone-1986 milestone-2012 figures-07 outputs chapter-01; do
  m -n "$goal" > log 2>&1
  check "make $goal fetches no data" lacks log 'tools/get-data'
done
# what reads the tangled C cannot be told before it is there
m -n -k test > log 2>&1
made "$plots" > got
check 'make test: plots' alike plots got
check 'make test: its parts' has log 'node tests/pages/gate.mjs links'
m -n pdf-01 > log 2>&1
made "$plots" > got
check 'a chapter has some of the plots' test "$(wc -l < got)" -lt "$(wc -l < plots)"
check 'nothing asks what the goal is' same '' "$(cd tree && grep -n MAKECMDGOALS Makefile ./*/*.mk |
  grep -v -e '(word 2,$(MAKECMDGOALS))' -e 'tools/course/unknown')"

# ---- make -n says what is true: of pages that are kept, too
page=build/html/colophon.html
check 'a page' m EDITION=reader "$page"
check 'a page is made once' m "$page"
check 'and it says so' has log "'$page' is up to date"
check 'make -n' m -n "$page"
check 'says so, too' has log "'$page' is up to date"
check 'in another edition' m -n "$page" EDITION=student
check 'it is made again' has log "student build/npm/node_modules build/weave/version colophon $page"
echo 9.9 > tree/VERSION
check 'in another version' m -n "$page"
check 'it is made again' has log "colophon $page"

# ---- how many at once
cores=$(nproc)
show() { # WANT ARGUMENTS...: the jobs of a make, and of one that it starts
  want=$1; shift
  m -s -f Makefile -f show.mk "$@" > log 2>&1
  same "$want" "$(cat log)"
}
cat > tree/show.mk <<'END'
show: ; @echo "$(filter -j%,$(MAKEFLAGS))"
sub: ; @$(MAKE) -f Makefile -f show.mk $(PARALLEL) show
END
check 'make uses the cores' show "-j$cores" show
check 'a make that it starts, too' show "-j$cores" sub
check '-j1 is one' show '-j1' -j1 show
check '-j1 is one below' show '-j1' -j1 sub
check '-j3 is three' show '-j3' -j3 sub
check 'two goals are made in a row' show "
-j$cores" show sub
check 'the environment is asked, too' env MAKEFLAGS=-j1 bash -c "$(declare -f m show same); show -j1 sub"
summary
