// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// tt/profiler.h - WRITE: what for
#ifndef TT_PROFILER_H
#define TT_PROFILER_H
#include "tt/tensor.h"

TT_BEGIN
double tt_profiling_twice(double x);
TT_END
#endif
