#!/usr/bin/env bash
# Does the README say what is so? Its program compiles as it says and
# prints what it says; its folders, pictures and make targets exist.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

check() {                        # check WHAT COMMAND...
  if "${@:2}"; then passed=$((passed + 1)); return; fi
  failed=$((failed + 1))
  echo "FAILED: README.md: $1"
}
block() {                        # block LANGUAGE: what those blocks hold
  awk -v fence="\`\`\`$1" '
    $0 == "```" { on = 0 }
    on
    $0 == fence { on = 1 }' README.md
}
found() { grep -oE "$1" README.md | tr -d '`()]' | sort -u; }

ln -s "$PWD"/{tangle,build} "$work"
block c > "$work/hello.c"
block text > "$work/want"
command=$(block sh | grep '^cc -I')
run() { (cd "$work" && bash -euc "$command" > got); }
check "its program compiles and runs: $command" run
check "its program prints what it says" diff "$work/want" "$work/got"


# installed, then linked both ways, in a home of its own
installed=$(block sh | sed -n '/^make install/,$p' | sed 's/ -o hello$/& \&\& .\/hello/')
root=$PWD
make() { command make -s --no-print-directory -C "$root" "$@" > /dev/null; }
export -f make
export root
run_installed() { (cd "$work" && HOME=$work/home bash -euc "$installed" > got); }
check "it is linked from where it was installed" run_installed
check "and prints the same, static and shared" \
  diff <(cat "$work/want" "$work/want") "$work/got"

# the page for C programmers: each listing that has a main
listings=$(sed -n 's|^// \([a-z]*\)\.c: .*|\1|p' book/front/using.nw)
check "every listing of the page for C programmers names its file" \
  test "$(grep -c '^```c$' book/front/using.nw)" \
  = "$(grep -c '^// [a-z]*\.[ch]: ' book/front/using.nw)"
for name in $listings; do
  check "book/front/using.nw: $name.c prints what the page says" \
    diff <(figures/sessions/using.sh "$name" 2>&1) "figures/output/using-$name.txt"
done

# and as the page says, from where it was installed: static, then shared
links=$(awk '$0 == "```" { on = 0 } on; $0 == "```sh" { on = 1 }' book/front/using.nw |
  sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' | grep '^cc ')
check "the page links in two ways" test "$(wc -l <<< "$links")" = 2
linked() {                       # NAME COMMAND: its listing, linked as the page says
  (cd "build/sessions/using-$1" && export HOME=$work/home &&
    export PKG_CONFIG_PATH=$HOME/.local/lib/pkgconfig &&
    bash -euc "${2//train/$1}" && "./$1") > "$work/got" 2>&1
}
for name in $listings; do
  while read -r link; do
    check "book/front/using.nw: ${link//train/$name}" linked "$name" "$link"
    check "$name prints what the page says" \
      diff "$work/got" "figures/output/using-$name.txt"
  done <<< "$links"
done

while read -r path; do
  check "there is a $path" test -e "$path"
done < <(found '`([a-zA-Z-]+/)+[a-z.-]*`|\]\([a-z][^:)]*\)|`LICENSE[A-Z-]*`' |
  grep -v '^build/')

rules=$(cat Makefile -- */*.mk | grep -oE '^[a-z %-]+:' | tr -d : | tr ' ' '\n')
while read -r _ target; do
  check "there is a make target $target" \
    grep -qx "${target/[0-9][0-9]/%}" <<< "$rules"
done < <(found '(^|`)make [a-z][a-z0-9-]+')

echo "$passed passed, $failed failed"
[ $failed = 0 ]
