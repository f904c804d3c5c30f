// Made from chapters/00-setup.nw by tools/tangle: edit there.
#include "tt_test.h"
#include "tt/machine.h"
#include <string.h>

TT(machine, median_takes_the_middle)
{
  double odd[] = {9, 1, 4}, even[] = {9, 1, 2, 3}, one[] = {7};
  tt_expect_close(tt_machine_median(odd, 3), 4, 0, 0);
  tt_expect_close(tt_machine_median(even, 4), 2.5, 0, 0);
  tt_expect_close(tt_machine_median(one, 1), 7, 0, 0);
}

static uint32_t walk_home(const uint32_t *next, uint32_t n)
{
  uint32_t at = 0, steps = 0;
  do {
    at = next[at];
    steps++;
  } while (at != 0 && at < n && steps <= n);
  return at == 0 ? steps : n + 1;         // n + 1: never came home
}

TT(machine, cycle_visits_every_place)
{
  uint32_t next[1000], size[] = {1, 2, 3, 8, 1000};
  for (int k = 0; k < 5; k++)
    for (uint64_t seed = 0; seed < 20; seed++) {
      tt_machine_cycle(next, size[k], seed);
      uint32_t steps = walk_home(next, size[k]);
      tt_expect(steps == size[k],
                "n = %u, seed %d: the walk from place 0 came home "
                "after %u of %u steps",
                size[k], (int)seed, steps, size[k]);
    }
}

TT(machine, cycle_depends_on_the_seed)
{
  uint32_t a[1000], again[1000], other[1000];
  tt_machine_cycle(a, 1000, 1);
  tt_machine_cycle(again, 1000, 1);
  tt_machine_cycle(other, 1000, 2);
  tt_expect(memcmp(a, again, sizeof a) == 0,
            "seed 1 gave two different cycles");
  tt_expect(memcmp(a, other, sizeof a) != 0,
            "seeds 1 and 2 gave the same cycle");
}
