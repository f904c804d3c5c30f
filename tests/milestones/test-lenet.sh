#!/bin/sh
# The gate of the milestone of 1998, on its short form: it lets the program
# pass as it is, and not if labels are shuffled, the gradient of a weight is
# transposed, or test pictures are learned. (LeNet-5 has nothing that
# evaluation mode changes; test-cifar.sh has.)
#   test-lenet.sh CC TREE LIBRARY
set -u
. tests/milestones/gate.sh
short=--short
begin lenet sabotage-pictures.c "$1" "$2" "$3"

gate 0 'unseen digits are right'
gate 1 'too few are right' tt_cross_entropy
gate 1 'a gradient is not the slope' tt_naive_conv2d_back_w
gate 1 'test pictures are in the training set' tt_slice
summary
