// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// tt/measure.h - latency, memory, rooflines, counters, weights
#ifndef TT_MEASURE_H
#define TT_MEASURE_H
#include "tt/profiler.h"

TT_BEGIN
TT_END
#endif
