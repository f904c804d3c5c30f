// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// Ten runs of everything: means of differences, with intervals.
#ifndef TENSEEDS_H
#define TENSEEDS_H
#include <math.h>
#include "../17/fifths.h"

enum { SEEDS = 10 };
typedef struct Mean { double mean, half; } Mean;

// of a[i] - b[i], pairs with the same seed; b may be NULL
static inline Mean mean_of(const double *a, const double *b)
{
  double sum = 0, squares = 0;
  for (int i = 0; i < SEEDS; i++) {
    double d = a[i] - (b ? b[i] : 0);
    sum += d, squares += d * d;
  }
  double mean = sum / SEEDS;
  double var = (squares - SEEDS * mean * mean) / (SEEDS - 1);
  return (Mean){ mean, 2.262 * sqrt(fmax(var, 0) / SEEDS) };
}
#endif
