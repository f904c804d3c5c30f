#!/bin/bash
# Messages between two ranks on this machine, and steps with them.
set -eu
cd "$(dirname "$0")/../.."
make --no-print-directory -s build/bin/mpi-speed > /dev/null 2>&1
said=$(BIND=core tools/mpirun 2 build/bin/mpi-speed)
grep -v '^#' <<< "$said"
grep '^#' <<< "$said"
