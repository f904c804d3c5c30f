#!/bin/sh
# The gate of the milestone of 1986: it lets the program pass as it is,
# and not if a part of the framework has been replaced by another.
#   test-mlp.sh CC TREE LIBRARY
set -u
. tests/milestones/gate.sh
begin mlp sabotage.c "$1" "$2" "$3"

gate 0 'unseen digits are right'
gate 1 'another loss for these weights' tt_relu
gate 1 'another loss for these weights' tt_cross_entropy
gate 1 'some weights have hardly moved' tt_optimizer_step
gate 1 'too few are right' tt_optimizer_step
gate 1 'another accuracy for these weights' tt_accuracy
summary
