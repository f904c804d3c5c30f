#!/bin/bash
# A rank that is killed ends all; four go on where two have been.
set -eu
cd "$(dirname "$0")/../.."
make --no-print-directory -s build/bin/mpi-digits > /dev/null 2>&1
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
echo '$ tools/mpirun 2 build/bin/mpi-digits 3 run.ckpt 1 27 kill'
tools/mpirun 2 build/bin/mpi-digits 3 "$dir/run.ckpt" 1 27 kill 2>&1 |
  grep -E '^(epoch|mpirun)' | sed 's/ with PID [0-9]* on node [^ ]*//'
echo '$ tools/mpirun 4 build/bin/mpi-digits 3 run.ckpt'
tools/mpirun 4 build/bin/mpi-digits 3 "$dir/run.ckpt" 2> /dev/null
