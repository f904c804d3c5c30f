// Made from chapters/14-profiling.nw by tools/tangle: edit there.
#include "tt_test.h"

TT(profiling, profiling_twice_is_a_sum)
{
  for (int i = -3; i <= 3; i++)
    tt_expect_close(tt_profiling_twice(i), (double)i + i, 0, 0);
}
