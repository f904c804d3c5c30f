#!/bin/bash
# The small runs that chapter 3 prints: 03-layers.sh NAME
. "${0%/*}/lib.sh"
case $1 in
leak)
  build leak <<'C'
  Tensor *x = tt_rand(TT_SHAPE(64, 784), NULL);
  Tensor *w1 = tt_randn(TT_SHAPE(784, 128), NULL);
  Tensor *w2 = tt_randn(TT_SHAPE(128, 10), NULL);
  Tensor *b1 = tt_zeros(TT_SHAPE(128)), *b2 = tt_zeros(TT_SHAPE(10));
  tt_memory_limit(256 << 20);
  for (int step = 1; step <= 10000; step++) {
    Tensor *h = tt_relu(tt_add(tt_matmul(x, w1), b1));
    Tensor *y = tt_add(tt_matmul(h, w2), b2);
    if (step % 1000 == 0)
      printf("step %d, %lld outputs\n", step, (long long)tt_numel(y));
  }
C
  show leak; aborts leak | fold -s -w 74 ;;
module)
  build module <<'C'
  Sequential *net = TT_SEQUENTIAL(
    tt_flatten_new(), tt_linear_new(64, 32, NULL),
    tt_activation_new(tt_relu), tt_dropout_new(0.1, NULL),
    tt_linear_new_no_bias(32, 10, NULL));
  tt_module_print(net);
  StateDict state = tt_module_state_dict(net);
  for (int i = 0; i < state.n; i++)
    printf("%-10s %s\n", state.entry[i].name,
           TT_TEXT(tt_shape(*state.entry[i].slot)));
  printf("%lld parameters\n", (long long)tt_module_count(net));
C
  show module; run module ;;
*) unknown "$1" leak module ;;
esac
