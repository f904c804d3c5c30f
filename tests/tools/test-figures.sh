#!/bin/bash
# Measuring one chapter again draws its plots again and no others; a number
# that nobody quotes, or that is stored twice, is found. A small book with
# two chapters, each with a program and a plot.
set -u
root=$(cd "${0%/*}/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$root/tests/lib/check.sh"
cd "$work" || exit
mkdir -p tools chapters figures/{plots,data/{01,02},drawings,output,outputs,measurements} build/bin build/weave
cp "$root"/figures/{style.gp,figures.mk} figures
cp "$root"/tools/plot tools
printf '#!/bin/sh\nprintf "cpu\\tmade of wood\\n"\n' > tools/machine
chmod +x tools/machine
printf 'name\tcommand\tdeterministic\tstatus\n' > figures/outputs/01.tsv
printf 'table\tcommand\none\tbuild/bin/one\n' > figures/measurements/01.tsv
printf 'table\tcommand\ntwo\tbuild/bin/two\n' > figures/measurements/02.tsv
program() {                         # program NAME SLOPE
  printf '#!/bin/sh\nprintf "x\\ty\\n1\\t1\\n2\\t%s\\n# %s.slope\\t%s\\n"\n' "$2" "$1" "$2" > build/bin/"$1"
  chmod +x build/bin/"$1"
}
for p in one two; do
  program $p 2
  build/bin/$p > "figures/data/$([ $p = one ] && echo 01 || echo 02)/$p.tsv"
  printf '# A line\nf = data . "/%s.tsv"\nset terminal svg size 640,300 dynamic enhanced font "inherit,17" name name\nplot f using 1:2 with lines ls 1\n' $p \
    > figures/plots/$p.gp
done
tools/machine > figures/data/machine.tsv
# what the book's Makefile has
cat > Makefile <<'MK'
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
NW := chapters/01-a.nw
MEASURED := $(if $(wildcard build/measured/machine.tsv),build/measured,figures/data)
NUMBERS_TSV := build/weave/numbers.tsv
$(NUMBERS_TSV): FORCE
	@sed -n 's/^# //p' $(MEASURED)/*.tsv $(MEASURED)/*/*.tsv > $@
include figures/figures.mk
.PHONY: digits
digits:
MK
cat > chapters/01-a.nw <<'NW'
It is `one.slope`{.num}, or `two.slope`{.num}.
NW
drawn() { grep -o 'build/figures/[a-z]*' log | sort -u | tr '\n' ' '; }
run() { make --no-print-directory "$@" > log 2>&1; }

run plots
check 'first, all are drawn' same "$(drawn)" 'build/figures/one build/figures/two '
run plots
check 'then none' same "$(drawn)" ''
program one 3
run figures-01
check 'a chapter that is measured: its plot' same "$(drawn)" 'build/figures/one '
check 'and its numbers' has build/measured/01/one.tsv '# one.slope	3'
check 'the others stay' cmp build/measured/02/two.tsv figures/data/02/two.tsv
program two 5
run figures-reference ONLY=one
check 'one program on the reference machine' has figures/data/01/one.tsv '# one.slope	3'
check 'and no other' has figures/data/02/two.tsv '# two.slope	2'
check 'a program that measures nothing' exits 2 make -s figures-reference ONLY=three
check 'is told' has log 'no row of figures/measurements runs build/bin/three'
sed -i 's/wood/steel/' tools/machine
check 'on another machine' exits 2 make -s figures-reference ONLY=one
check 'not one table alone' has log 'this is not the machine of figures/data/machine.tsv'
sed -i 's/steel/wood/' tools/machine
program one 2
run figures-reference ONLY=one
rm -r build/measured
run plots
check 'back to the reference' same "$(drawn)" 'build/figures/one '
touch figures/plots/two.gp
run plots
check 'a script that is newer' same "$(drawn)" 'build/figures/two '
run check-figures
check 'all numbers are quoted' same "$(grep -c quotes log)" 0
# the map of all chapters: a dashed rim is a chapter to come, no other is
map() {
  printf '<svg><title>All</title>\n<circle id="map-01"%s/>\n<circle id="map-02"%s/></svg>\n' "$1" "$2" > figures/drawings/map.svg
  run check-figures
}
printf 'number\tslug\n01\ta\n02\tb\n' > chapters/chapters.tsv
map '' ' stroke-dasharray="4"'
check 'a map that is right' same "$(grep -c 'map.svg' log)" 0
map '' ''
check 'a chapter to come that looks written' has log 'chapter 02 is to come, and its rim is not dashed'
map ' stroke-dasharray="4"' ' stroke-dasharray="4"'
check 'a chapter that is there and looks to come' has log 'chapter 01 is there, and its rim is dashed'
rm figures/drawings/map.svg
sed -i 's/two.slope/two/' chapters/01-a.nw
run check-figures
check 'one that is not' has log 'no chapter quotes two.slope'
printf 'one.slope\t2\n' > figures/data/01/numbers-one.tsv
run check-figures
check 'one that is stored twice' has log 'one.slope is stored twice'
summary
