// For a demo that nothing can go wrong in, and that must be small: what was
// wrong is not said. (-include it; but not in memory.c, which has tt_fail.)
#include "tt/error.h"
#define tt_fail(code, ...) tt_fail(code, "an error of the library")
