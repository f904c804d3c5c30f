#!/bin/bash
# The tools themselves: each has its place in tools/README.md, shellcheck
# finds nothing, and lines do not grow.
set -u
cd "${0%/*}/../.." || exit
. tests/lib/check.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
home=$OLDPWD

# ---- the map: each tool is on it, and what is on it is there
(cd "$home/tools" && find . -type f ! -name '*.mk' ! -name README.md ! -name '*.pyc' | sed 's|^\./||' | sort) > there
grep -oE '`[^`]+`' "$home/tools/README.md" | tr -d '`' > named
while read -r tool; do
  check "tools/$tool is not in tools/README.md: what does it do, who calls it?" grep -qxF "$tool" named
done < there
grep -E '^(course|grade)/[a-z-]' named > paths
while read -r tool; do
  check "tools/README.md names $tool, which is not there" test -f "$home/tools/$tool"
done < paths

# ---- shellcheck: .shellcheckrc says what is off, and why
if command -v shellcheck > /dev/null; then
  while read -r tool; do
    case $tool in *.sh) ;; *) head -n 1 "$home/tools/$tool" | grep -qE '^#!.*sh$' || continue ;; esac
    (cd "$home" && shellcheck -f gcc "tools/$tool") > found 2>&1
    check "shellcheck tools/$tool" same '' "$(cat found)"
  done < there
else
  no 'shellcheck is missing: sudo apt-get install shellcheck'
fi

# ---- 100 columns: what was longer when this was written may only get less
long=$(cd "$home/tools" && xargs cat < <(grep -v "packages.tsv\|data.tsv" "$work/there") | awk 'length > 100' | wc -l)
check "$long lines of tools are longer than 100 columns" test "$long" -le 228
summary
