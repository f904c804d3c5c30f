// Made from chapters/17-compression.nw by tools/tangle: edit there.
// Digits: the k-th of every five, or the others.
#include "../01/digits.h"

static inline Batch fifth(Tensor *rows, int64_t k, bool others)
{
  Tensor *part[5];
  int n = 0;
  for (int64_t i = 0; i < 5; i++)
    if ((i == k) != others)
      part[n++] = tt_slice(rows, 0, i, ROWS, 5);
  Tensor *some = tt_cat(n, part, 0);
  return (Batch){ tt_mul_scalar(pixels(some), (Real)1 / 16),
                  tt_to(labels(some), TT_I32) };
}

static inline double right_of(void *net, Batch b)     // percent
{
  TT_NO_GRAD;
  return 100 * tt_accuracy(tt_forward(net, b.x), b.y);
}
