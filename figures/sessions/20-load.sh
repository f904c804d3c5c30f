#!/bin/bash
# Latency of tt-serve by the rate of requests, with two budgets: a table.
set -eu
cd "$(dirname "$0")/../.."
make --no-print-directory -s tt-serve > /dev/null 2>&1
work=$(mktemp -d) seconds=${SECONDS_EACH:-10}
trap 'kill $server 2> /dev/null || :; rm -rf "$work"' EXIT
measure() {                         # BUDGET: lines rate, median, p99, refused
  rm -f "$work/said"
  build/bin/tt-serve --port 0 --budget "$1" --digits "$work/digits" --labels "$work/labels" > "$work/said" &
  server=$!
  until grep -qs http "$work/said"; do sleep 0.1; done
  port=$(sed -n 's|.*:\([0-9]*\)/$|\1|p' "$work/said")
  for rate in 200 500 1000 2000 5000 8000; do
    build/bin/openloop "$port" $rate "$seconds" 256 | cut -f 1,3,5,6
  done
  kill $server && wait $server
}
measure 0 > "$work/none"
measure 0.0005 > "$work/half"
printf 'rate\tp50\tp99\tp50 waiting\tp99 waiting\n'
paste "$work/none" "$work/half" | awk -v OFS='\t' '{ print $1, $3, $4, $7, $8 }'
awk '$1 == 5000 { printf "# load.p50\t%.1f ms\n# load.p99\t%.1f ms\n", $3, $4 }' "$work/half"
