#!/bin/sh
# Tests of tools/setup with a table of its own and machines made of
# stubs: a user, root, no apt-get, an apt-get that fails, an old node.
set -u
home=$(cd "${0%/*}/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
passed=0 failed=0

check() {                        # check WHAT COMMAND...
  what=$1
  shift
  if "$@"; then passed=$((passed + 1)); return; fi
  failed=$((failed + 1))
  echo "FAILED: $what"
  sed 's/^/    /' said
}
said() { grep -qxF -e "$1" said; }
setup() { PATH=$work/bin "$work/tools/setup" "$@" > said 2>&1; }
refused() { ! setup "$@"; }
stub() {                         # stub NAME LINE...: a program
  name=$1
  shift
  { echo '#!/bin/sh'; printf '%s\n' "$@"; } > "bin/$name"
  chmod +x "bin/$name"
}

mkdir bin tools
cp "$home/tools/setup" tools/
for program in sh grep tr mkdir tail chmod touch; do
  ln -s "$(command -v $program)" bin/
done
row() { printf '%s\t%s\t%s\t%s\n' "$@" >> tools/packages.tsv; }
row level needs package for
row make grep grep 'searching'
row make "$work/lib/*/some.h" some-dev 'a header'
row make 'node>=18' nodejs 'the pages'
row test prove perl 'proving'

stub id 'echo 1000'
check 'another system: refused' refused make
check 'another system: the need is named' said "setup:   $work/lib/*/some.h [some-dev]: a header"
check 'another system: what is there is not' test "$(grep -c '\[' said)" = 2
check 'SETUP=no: nothing is looked at' env SETUP=no PATH="$work/bin" tools/setup make

stub apt-get 'echo "$@" >> '"$work/apt"
check 'a user: refused' refused make
check 'a user: the line for make' said \
  'sudo apt-get update && sudo apt-get install -y --no-install-recommends some-dev nodejs'
check 'a user: refused, tests too' refused make test
check 'a user: the line for make test' said \
  'sudo apt-get update && sudo apt-get install -y --no-install-recommends some-dev nodejs perl'
check 'a user: apt-get is not run' test ! -e apt

stub id 'echo 0'
stub apt-get 'echo "E: no route to the mirror"' 'exit 100'
check 'root, apt-get fails: refused' refused make
check 'root, apt-get fails: its reason is told' said 'E: no route to the mirror'
check 'root, apt-get fails: the log is named' said \
  'setup: apt-get failed; all it said is in build/log/apt.log'

stub apt-get
check 'root, still missing: refused' refused make
check 'root, still missing: named' grep -q 'some-dev nodejs' said

stub node 'echo v16.20.2'
stub apt-get 'case $1 in install)' \
  "  mkdir -p $work/lib/a; touch $work/lib/a/some.h" \
  "  echo '#!/bin/sh' > $work/bin/node" \
  "  echo 'echo v18.0.0' >> $work/bin/node" 'esac'
check 'root: an old node is replaced, a header installed' setup make
check 'root: said so' said 'setup:   some-dev nodejs'
check 'root: the second time nothing is said' setup make
check 'root: nothing at all' test ! -s said

start=$(date +%s%N)
"$home/tools/setup" --list make test more > said
took=$((($(date +%s%N) - start) / 1000000))
check "looking takes under 200 ms, not $took" test $took -lt 200
check 'every row has four fields' test -z \
  "$(awk -F '\t' 'NF != 4 || /\t\t/' "$home/tools/packages.tsv")"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
