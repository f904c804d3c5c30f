// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// What one thread can do at best.
#ifndef ATBEST_H
#define ATBEST_H
#include <tt/tt.h>

static inline double peak(void)    // GFLOP/s of one thread
{
  enum { ROUNDS = 20000, TIMES = 40 };
  Real (*chains)(int64_t) = tt_runs_v4() ? tt_chains_512
    : tt_runs_v3() ? tt_chains_256 : tt_chains_128;
  int lanes = (tt_runs_v4() ? 64 : tt_runs_v3() ? 32 : 16)
              / (int)sizeof(Real);
  double best = 1;
  for (int i = 0; i < TIMES; i++) {
    double start = tt_machine_now();
    volatile Real kept = chains(ROUNDS);
    double t = tt_machine_now() - start;
    best = t < best ? t : best;
    (void)kept;
  }
  return 24e-9 * lanes * ROUNDS / best;
}
#endif
