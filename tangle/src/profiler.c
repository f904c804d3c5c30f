// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// WRITE: what for
#include "tt/profiler.h"
#include "tt/todo.h"

double tt_profiling_twice(double x)
{
  return x + x;
}
