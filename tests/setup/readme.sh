#!/usr/bin/env bash
# Does the README say what is so? Its program compiles as it says and
# prints what it says; its folders and its make targets exist.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
wrong() { printf 'README.md: %s\n' "$*" >&2; failed=1; }

block() {                        # block LANGUAGE: those blocks
  awk -v fence="\`\`\`$1" '
    $0 == "```" { on = 0 }
    on
    $0 == fence { on = 1 }' README.md
}

ln -s "$PWD"/{tangle,build} "$work"
block c > "$work/hello.c"
block text > "$work/want"
command=$(block sh | grep '^cc ')
(cd "$work" && bash -euc "$command") > "$work/got" ||
  wrong "its program does not compile or run: $command"
diff "$work/want" "$work/got" >&2 || wrong "its program prints something else"

while read -r path; do
  [ -e "$path" ] || wrong "there is no $path"
done < <(grep -oE '`[a-zA-Z-]+(/[a-z.-]*|\.md)`|\]\([a-z][^:)]*\)' README.md |
  tr -d '`()]' | grep -v '^build/')

rules=$(grep -hoE '^[a-z%-]+:' Makefile -- */*.mk)
while read -r _ target; do
  grep -qx "${target/[0-9][0-9]/%}:" <<< "$rules" ||
    wrong "there is no target $target"
done < <(grep -oE '(^|`)make [a-z][a-z0-9-]+' README.md | tr -d '`')
exit $failed
