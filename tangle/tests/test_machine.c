// Made from chapters/00-setup.nw by tools/tangle: edit there.
#include "tt_test.h"
#include "tt/machine.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
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

// wrong on purpose: a sanitizer need not say so
__attribute__((no_sanitize("float-cast-overflow")))
static int by_difference(const void *a, const void *b)
{
  return (int)(*(const double *)a - *(const double *)b);
}

static int sign(int (*by)(const void *a, const void *b), double x,
                double y)
{
  int r = by(&x, &y);
  return (r > 0) - (r < 0);
}

static bool compares(int (*by)(const void *a, const void *b))
{
  double x[] = { -INFINITY, -2, -0.5, 0, 0.25, 0.75, 1,
                 1 + DBL_EPSILON, 1e300, INFINITY };
  int n = sizeof x / sizeof *x;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n; k++)
      if (sign(by, x[i], x[k]) != (i > k) - (i < k))
        return false;
  return true;
}

static int by_order(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

TT(machine, a_wrong_comparison_is_refused)
{
  tt_expect_accepts(compares(by_order));
  tt_expect_refuses(compares(by_difference),
                    "compares the whole parts of differences");
}

enum { MOST = 1000000000 };

static int64_t enough(double (*seconds)(int64_t times, void *work),
                      void *work)
{
  int64_t times = 1;
  seconds(1, work);                  // the first is slow: not counted
  while (times < MOST && seconds(times, work) < 1e-3)
    times *= 2;
  return times < MOST ? times : MOST;
}

typedef struct Work {
  double each, first;              // of a run; more for the first
  double tick, spent;              // of the clock; so far
} Work;

static double run(int64_t times, void *work)
{
  Work *w = work;
  double took = (double)times * w->each;
  if (w->spent == 0) took += w->first;
  w->spent += took;
  return w->tick > 0 ? floor(took / w->tick) * w->tick : took;
}

TT(machine, enough_is_a_millisecond)
{
  Work works[] = {{.each = 1e-9}, {.each = 7e-6}, {.each = 0.4e-3},
                  {.each = 2}, {.each = 3e-8, .first = 1e-3},
                  {.each = 1e-9, .tick = 1e-3}};
  for (int k = 0; k < 6; k++) {
    int64_t times = enough(run, &works[k]);
    double took = (double)times * works[k].each;
    tt_expect(took >= 0.999e-3 && (times == 1 || took <= 10e-3),
              "work %d, %g s each: %lld times take %g s", k,
              works[k].each, (long long)times, took);
    tt_expect(works[k].spent < 0.1 || works[k].each > 1e-3,
              "work %d: the search took %g s", k, works[k].spent);
  }
  tt_expect_int(enough(run, &(Work){.each = 0}), MOST);
}

static int64_t lines(int64_t at, int64_t n, int64_t step)
{
  if (step >= 16 || n == 0)
    return n;
  return (at + (n - 1) * step * 4) / 64 - at / 64 + 1;
}

TT(machine, lines_are_counted)
{
  tt_expect_int(lines(0, 1024, 1), 64);        // a row
  tt_expect_int(lines(0, 1024, 1024), 1024);   // a column
  tt_expect_int(lines(4, 1024, 1), 65);        // a row, one float on
  tt_expect_int(lines(60, 1, 1), 1);
  tt_expect_int(lines(60, 2, 1), 2);
  tt_expect_int(lines(128, 16, 1), 1);
  tt_expect_int(lines(128, 17, 1), 2);
  tt_expect_int(lines(0, 8, 15), 7);           // two in the first line
  tt_expect_int(lines(60, 8, 15), 8);
  tt_expect_int(lines(60, 8, 17), 8);
  tt_expect_int(lines(64, 5, 0), 1);           // one float, five times
  tt_expect_int(lines(4, 0, 7), 0);
  tt_expect_int(lines(0, 0x10000000000, 1), 0x1000000000);
}

static int disturbed(int n, const double *seconds, double middle)
{
  double limit = 1.5 * middle;
  int many = 0;
  for (int i = 0; i < n; i++)
    if (seconds[i] > limit)
      many++;
  return many;
}

static int disturbed_of(int n, const double *run, double middle)
{
  double *copy = malloc((size_t)n * sizeof *copy);
  memcpy(copy, run, (size_t)n * sizeof *copy);
  int many = disturbed(n, copy, middle);
  free(copy);
  return many;
}

TT(machine, disturbed_runs_are_counted)
{
  double run[] = {2, 2.2, 9, 2, 2.4, 3, 1.9}, three[] = {2, 3, 2};
  tt_expect_int(disturbed_of(7, run, 2.2), 1);
  tt_expect_int(disturbed_of(3, three, 2), 0);   // not more than that
  tt_expect_int(disturbed_of(3, three, 1.9), 1);
  tt_expect_int(disturbed_of(3, three, 1), 3);
}
