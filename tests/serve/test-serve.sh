#!/bin/sh
# The server of chapter 20 with real clients, under load, and in a browser.
#   test-serve.sh CC TREE LIBRARY    as the Makefile has them
set -u
. tests/lib/check.sh
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2> /dev/null; rm -rf "$work"' EXIT
cc=$1 tree=$PWD/$2 library=$PWD/$3
for d in build demos tests; do ln -s "$PWD/$d" "$work/$d"; done
cd "$work" || exit                  # check.sh leaves files where it is
add() {                             # the sum of a script, and what failed
  grep -v ' passed, ' "$1"
  counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' "$1" | tail -n 1)
  [ -n "$counts" ] || { no "$1 did not end"; return; }
  passed=$((passed + ${counts% *})) failed=$((failed + ${counts#* }))
}

check 'a model that writes is made' "$cc" -std=gnu17 -I"$tree/include" tests/serve/makegpt.c \
  "$library" -lz -lm -o "$work/makegpt"
timeout 1200 python3 tests/serve/serve.py build/bin/tt-serve "$work/makegpt" > "$work/serve"
add "$work/serve"

build/bin/tt-serve --port 0 --patience 30 --digits "$work/digits" --labels "$work/labels" \
  > "$work/server" 2>&1 &
server=$!
for _ in $(seq 600); do grep -q http "$work/server" && break; sleep 0.1; done
url=$(sed -n 's/^tt-serve: //p' "$work/server")
port=${url##*:} port=${port%/}
check 'a load that does not wait' build/bin/openloop "$port" 200 2 32
check 'requests are answered' test "$(cut -f 2 log)" -gt 100
check 'none is refused, none wrong' same "$(cut -f 3,4 log)" "$(printf '0\t0')"
if [ -e build/npm/node_modules ] && command -v chromium > /dev/null; then
  timeout 600 node tests/serve/draw.mjs "$url" > "$work/draw"
  add "$work/draw"
else
  echo 'SKIPPED: no chromium here, or no node_modules: the page on which one draws a digit'
fi
if command -v systemd-analyze > /dev/null; then
  sed "s|/usr/local/bin/tt-serve|$PWD/build/bin/tt-serve|" \
    demos/serve/tt-serve.service > tt-serve.service
  check 'the unit for systemd' same '' "$(systemd-analyze verify "$PWD/tt-serve.service" 2>&1)"
else
  echo 'SKIPPED: no systemd-analyze: the unit of demos/serve'
fi
check 'it ends' kill "$server"
wait "$server"
check 'and well' same $? 0
server=
summary
