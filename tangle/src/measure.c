// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// what is measured from outside
#include "tt/measure.h"
