#!/bin/bash
# A server whose file of weights becomes noise, and good again.
set -eu
cd "$(dirname "$0")/../.."
make --no-print-directory -s tt-serve > /dev/null 2>&1
work=$(mktemp -d)
trap 'kill $server 2> /dev/null || :; rm -rf "$work"' EXIT
build/bin/tt-serve --port 0 --run_length 100000 --digits "$work/digits" --labels "$work/labels" > "$work/said" &
server=$!
lines() { while [ "$(wc -l < "$work/said")" -lt "$1" ]; do sleep 0.1; done; }
lines 2
url=$(sed -n 's/^tt-serve: //p' "$work/said")
digit=$(sed -n 8p build/data/digits.csv | awk -F, '{ for (i = 1; i <= 64; i++) printf "%s%g", (i > 1 ? "," : ""), $i / 16 }')
ask() { echo '$ curl -d @seven.json $url/predict'; curl -s -d "{\"x\":[$digit]}" "${url}predict"; }
load() { kill -HUP $server; lines "$1"; sed -n "$1p" "$work/said" | sed "s|$work/||" | fold -s -w 68; }
cp "$work/digits" "$work/good"
ask
echo '$ head -c 5000 /dev/zero > digits; kill -HUP $server'
head -c 5000 /dev/zero > "$work/noise" && mv "$work/noise" "$work/digits"
load 3
ask
echo '$ mv good digits; kill -HUP $server'
mv "$work/good" "$work/digits"
load 4
ask
