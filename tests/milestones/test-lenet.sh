#!/bin/sh
# The gate of the milestone of 1998. (LeNet-5 has nothing that evaluation mode
# changes; test-cifar.sh has.)
#   test-lenet.sh CC TREE LIBRARY
set -u
. tests/milestones/gate.sh
pictures lenet digits "$@"
summary
