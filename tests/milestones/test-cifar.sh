#!/bin/sh
# The gate of the milestone of 2012, which also falls if evaluation mode is
# missing.
#   test-cifar.sh CC TREE LIBRARY
set -u
. tests/milestones/gate.sh
pictures cifar pictures "$@"
gate 1 'plain C has other answers' tt_module_eval
summary
