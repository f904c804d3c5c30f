// Made from chapters/00-setup.nw by tools/tangle: edit there.
// machine.c - clocks, medians and random walks for measuring
#include "tt/machine.h"
#include "tt/todo.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void tt_todo(const char *exercise, const char *file, int line)
{
  fprintf(stderr, "%s:%d: exercise %s is not written yet\n"
          "  cure: write it in the chapter; make hint EX=%s"
          " gives a hint\n", file, line, exercise, exercise);
  abort();
}

double tt_machine_now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double tt_machine_median(double *value, int n)
{
  qsort(value, (size_t)n, sizeof *value, by_size);
  return (value[(n - 1) / 2] + value[n / 2]) / 2;
}

double tt_machine_time(void (*work)(void *), void *arg)
{
  enum { ROUNDS = 7 };
  double seconds[ROUNDS];
  work(arg);                              // warm up, not counted
  for (int r = 0; r < ROUNDS; r++) {
    double start = tt_machine_now();
    work(arg);
    seconds[r] = tt_machine_now() - start;
  }
  return tt_machine_median(seconds, ROUNDS);
}

uint64_t tt_machine_random(uint64_t *state)
{
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

void tt_machine_cycle(uint32_t *next, uint32_t n, uint64_t seed)
{
  for (uint32_t i = 0; i < n; i++) next[i] = i;
  for (uint32_t i = n; i-- > 1;) {
    uint32_t j = (uint32_t)(tt_machine_random(&seed) % i);
    uint32_t t = next[i];
    next[i] = next[j];
    next[j] = t;
  }
}
