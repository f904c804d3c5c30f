#!/usr/bin/env bash
# bare.sh [DIR]: does what the README promises hold on a fresh Debian 12
# with git, make, a C compiler and nothing else? Makes one in DIR
# (build/bare), clones the last commit into it and runs the commands.
# Needs root and debootstrap; apt and npm get this machine's settings.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$top/build/bare}
root=$dir/root
mkdir -p "$dir"

inside() {                       # inside USER COMMAND: in the clone
  unshare --mount --pid --fork --kill-child bash -euc '
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    home=/home/$2; [ "$2" != root ] || home=/root
    exec chroot --userspec="$2" "$1" env -i HOME="$home" USER="$2" \
      PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
      bash -c "cd /home/reader/book; $3"' - "$root" "$@" < /dev/null
}
note() { printf '\n== %s\n' "$*"; }
expect() {                       # expect WHAT CONDITION...
  if "${@:2}"; then note "as promised: $1"; else note "NOT: $1"; exit 1; fi
}

if [ ! -e "$dir/debian.tar" ]; then
  note "debootstrap, once"
  rm -rf "$root"
  debootstrap --variant=minbase \
    --include=git,make,gcc,libc6-dev,ca-certificates \
    bookworm "$root" > "$dir/debootstrap.log"
  rm "$root/etc/apt/sources.list"
  for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list \
    /etc/resolv.conf /etc/npmrc /usr/local/share/ca-certificates; do
    [ ! -e $file ] || cp -a $file "$root${file%/*}/"
  done
  chroot "$root" update-ca-certificates 2> /dev/null
  chroot "$root" useradd -m reader
  tar -C "$root" -cf "$dir/debian.tar" .
fi
rm -rf "$root"
mkdir "$root"
tar -C "$root" -xf "$dir/debian.tar"
git clone -q "$top" "$root/home/reader/book"
chroot "$root" chown -R reader: /home/reader/book

note "make, as an ordinary user"
status=0
inside reader 'make 2>&1' | tee "$dir/user.log" || status=$?
expect "it stops" test $status != 0
expect "it prints the line" grep -q '^sudo apt-get update && sudo apt-get install' "$dir/user.log"

note ".ci/run, as root"
status=0
inside root '.ci/run' 2>&1 | tee "$dir/root.log" || status=$?
expect "make and make test pass" test $status = 0
expect "the last line counts the tests" \
  bash -c 'tail -n 1 "$1" | grep -Eqx "[0-9]+ passed, 0 failed(, [0-9]+ skipped)?"' - "$dir/root.log"

note "a second make"
inside root 'time make' 2>&1 | tee "$dir/second.log"
expect "under 2 s" grep -Eq '^real	0m[01]\.' "$dir/second.log"

note "from nothing, as an ordinary user, now that the packages are there"
inside root 'chown -R reader: .'
inside reader 'make clean; make'
