# shellcheck shell=sh
# check.sh: how tests of tools count and look; sourced, run with sh. A
# check is named by what it is about; what its command prints is in log.
passed=0 failed=0
ok() { passed=$((passed + 1)); }
no() { failed=$((failed + 1)); echo "FAILED: $*"; }
check() {                           # WHAT COMMAND...
  what=$1; shift
  if "$@" > said 2>&1; then ok; else no "$what"; sed 's/^/    /' said; fi
  case $1 in has|lacks|same|says|test|alike) ;; *) mv said log ;; esac
}
has() {
  case $(cat "$1") in *"$2"*) ;; *) echo "no \"$2\" in $1:"; cat "$1"; false ;; esac
}
lacks() { ! grep -F -e "$2" "$1"; }
same() { [ "$1" = "$2" ] || { echo "got:    $1"; echo "wanted: $2"; false; }; }
alike() { diff -r "$1" "$2"; }
exits() {
  want=$1; shift
  "$@"
  got=$?
  [ $got = "$want" ] || { echo "status $got, wanted $want"; false; }
}
summary() { echo "$passed passed, $failed failed"; [ $failed = 0 ]; }
