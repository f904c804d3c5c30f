#!/bin/sh
# The gate of the milestone of 2012, on its short form: it lets the program
# pass as it is, and not if labels are shuffled, evaluation mode is missing,
# the gradient of a weight is transposed, or test pictures are learned.
#   test-cifar.sh CC TREE LIBRARY
set -u
. tests/milestones/gate.sh
short=--short
begin cifar sabotage-pictures.c "$1" "$2" "$3"

gate 0 'unseen pictures are right'
gate 1 'too few are right' tt_cross_entropy
gate 1 'plain C has other answers' tt_module_eval
gate 1 'a gradient is not the slope' tt_naive_conv2d_back_w
gate 1 'test pictures are in the training set' tt_slice
summary
