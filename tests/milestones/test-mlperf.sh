#!/bin/sh
# The gate of the milestone of MLPerf: it passes as it is, and not with
# shuffled labels, a network that does not bend, channels that stay, or
# numbers that are spoiled when they are packed.
#   test-mlperf.sh CC TREE LIBRARY
set -u
. tests/milestones/gate.sh
begin mlperf sabotage-small.c "$@"
short=
gate 0 'threads'
gate 1 'too few are right' tt_cross_entropy
gate 1 'plain C has other answers' tt_relu
gate 1 'it is not even 8 times smaller' tt_prune_channels
gate 1 'a stage has lost more than 2 points' tt_quantize
summary
