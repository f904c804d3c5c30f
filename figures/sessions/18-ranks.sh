#!/bin/bash
# The same training by one rank, two and four.
set -eu
cd "$(dirname "$0")/../.."
make --no-print-directory -s build/bin/mpi-digits > /dev/null 2>&1
for ranks in 1 2 4; do
  echo "$ tools/mpirun $ranks build/bin/mpi-digits 14 | tail -n 1"
  tools/mpirun $ranks build/bin/mpi-digits 14 2> /dev/null | tail -n 1
done
