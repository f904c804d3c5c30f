#!/bin/sh
# The gate of the milestone of 2018, on its short form: it passes as it is,
# and not with targets that are shifted twice, a mask that leaks, without
# positions, or with a block that does not learn.
#   test-tinygpt.sh CC TREE LIBRARY
set -u
export TT_BACKEND=simd               # with naive it takes five times as long
. tests/milestones/gate.sh
begin tinygpt sabotage-text.c "$@"
short=--shipped
gate 0 'loss of the last tenth'
gate 1 'it has learned too little' tt_cross_entropy
gate 1 'it has seen the answers' tt_scaled_dot_product_attention
gate 1 'it does not know where it is' tt_positions
gate 1 'a part of it has not learned' tt_module_parameters
summary
