# shellcheck shell=bash
# books.sh: what tests of grading and of editions share; sourced, run with
# bash: a kit of this book, and its files as one commit, for an edition is
# made of one.
set -u
cd "${0%/*}/../.." || exit
export LC_ALL=C.UTF-8
unset MAKEFLAGS MAKELEVEL EX CH L WHO SKIP STUDENT KNOCK VERSION KIND OUT SEED PICK VARIANT
unset DUE LATE EXTENSIONS CREDIT LIMIT ONLY UNSAFE SUBMISSIONS GRADES FROM SIGNERS HISTORY
home=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
ok() { passed=$((passed + 1)); }
no() { failed=$((failed + 1)); echo "FAILED: $*"; }
is() { if [ "$2" = "$3" ]; then ok; else no "$1: got \"$2\", wanted \"$3\""; fi; }
has() { if grep -qF -e "$3" "$2"; then ok; else no "$1: no \"$3\" in"; head -n 20 "$2"; fi; }
summary() { echo "$passed passed, $failed failed"; [ $failed = 0 ]; }
m() { make --no-print-directory SETUP=no "$@" > "$work/log" 2>&1 < /dev/null; }
m grading-kit || { cat "$work/log"; no 'the kit'; summary; exit; }
kit=$home/build/grade/kit
commit() {                          # DIR
  mkdir -p "$1"
  (cd "$home" && git ls-files | while read -r f; do [ ! -f "$f" ] || echo "$f"; done | tar -c -T -) | tar -x -C "$1"
  (cd "$1" && git init -q && git add -A && GIT_COMMITTER_DATE='2026-01-02T03:04:05Z' \
    git -c user.name=t -c user.email=t@t -c commit.gpgsign=false commit -qm all)
}
