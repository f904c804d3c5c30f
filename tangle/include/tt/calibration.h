// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// tt/calibration.h - the ranges of numbers that go through a model,
// found from data.
#ifndef TT_CALIBRATION_H
#define TT_CALIBRATION_H
#include "tt/tensor.h"

TT_BEGIN
enum { TT_RANGE_BINS = 4096 };
typedef struct Observer {          // of numbers that went by; {0}: none
  int64_t n, zeros, infinite;      // finite ones, zeros among them
  double  least, most;             // of the finite ones, and 0
  double  width;                   // of a bin, a power of two
  int64_t bin[TT_RANGE_BINS];      // |x| in [i width, (i + 1) width)
} Observer;
typedef enum {
  TT_MIN_MAX, TT_PERCENTILE, TT_MSE, TT_ENTROPY
} RangeMethod;
typedef struct QuantRange { double low, high; } QuantRange;
// counts the numbers of x, f32. Infinite ones are counted and change
// no range; NaN is refused, and o stays as it was
void tt_observe(Observer *o, Tensor *x);
// low <= 0 <= high: of o's numbers all, or without the rare large ones
// if so many bits, 2 to 8, do better then
QuantRange tt_observer_range(const Observer *o, RangeMethod method,
                             int bits);
TT_END
#endif
