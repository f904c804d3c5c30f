#!/bin/bash
# The tools themselves: each has its place in tools/README.md, shellcheck
# finds nothing in any script, and lines do not grow.
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
  (cd "$home" && find tools tests book figures -type f -size -200k -exec awk '
    FNR == 1 && (/^#!.*sh$/ || FILENAME ~ /[.]sh$/) { print FILENAME } { nextfile }' {} +) | sort > scripts
  (cd "$home" && xargs -d '\n' shellcheck -f gcc) < scripts > found 2>&1
  while read -r script; do
    check "shellcheck $script" same '' "$(grep -F -e "$script:" found)"
  done < scripts
  check 'scripts are found' test "$(wc -l < scripts)" -ge 40
else
  no 'shellcheck is missing: sudo apt-get install shellcheck'
fi

# ---- 100 columns, but in tables and what make help prints
(cd "$home" && find tools -type f ! -name '*.tsv' ! -name '*.md' ! -name '*.pyc' -exec gawk '
  length > 100 && !/^[^ \t]+:.* ## / { print FILENAME ":" FNR ": " length " columns" }' {} +) > long
check 'lines of tools are longer than 100 columns' same '' "$(cat long)"
summary
