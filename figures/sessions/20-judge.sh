#!/bin/bash
# What make judge says of the sample entries.
set -eu
cd "$(dirname "$0")/../.."
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
chmod 711 "$dir"
make --no-print-directory -s SETUP=no olympics-kit sample-entries build/olympics/reference.tt > /dev/null 2>&1
echo '$ make judge'
make --no-print-directory -s SETUP=no judge OLYMPICS="$dir/olympics" 2>&1 |
  sed "s|$dir/||; /^[0-9]* judged/d; s/  */ /" | fold -s -w 72
