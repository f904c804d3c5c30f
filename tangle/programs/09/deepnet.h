// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include "tt/tt.h"

static Module *block(int64_t in, int64_t out, Generator *g)
{
  Conv2dOptions o = { .padding = TT_SIDES(1), .no_bias = true };
  return &TT_SEQUENTIAL(tt_conv2d_new(in, out, 3, o, g),
                        tt_batch_norm2d_new(out),
                        tt_activation_new(tt_relu))->base;
}

static Module *network(int64_t n, uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  Pool2dOptions two = { .kernel = { 2 } };
  Sequential *around = TT_SEQUENTIAL(block(4 * n, 4 * n, &g),
                                     block(4 * n, 4 * n, &g));
  return &TT_SEQUENTIAL(
    block(3, n, &g), tt_max_pool2d_new(two),
    block(n, 2 * n, &g), tt_max_pool2d_new(two),
    block(2 * n, 4 * n, &g), tt_max_pool2d_new(two),
    tt_residual_new(around, NULL),
    tt_flatten_new(), tt_dropout_new(0.1, &g),
    tt_linear_new(16 * 4 * n, 10, &g))->base;
}
