// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// weather.h - a machine made of numbers: how slow it is, call by call.
#ifndef WEATHER_H
#define WEATHER_H
#include <math.h>
#include "tt/tt.h"

typedef struct Weather {
  Generator g;
  double    drift;                 // from the first call to the last
  double    mood, noise;           // deviations, relative
  int64_t   i, n;                  // calls so far, in all
  double    now;                   // what its clock says
  double    slow;                  // the mood, in deviations
} Weather;

static inline double chance(Generator *g)    // in (0,1]
{
  return (double)((tt_random(g) >> 11) + 1) * 0x1p-53;
}

static inline double bell(Generator *g)
{
  return sqrt(-2 * log(chance(g))) * cos(2 * acos(-1) * chance(g));
}

static inline Weather weather(uint64_t seed, double drift, int64_t n)
{
  Weather w = { .drift = drift, .mood = 0.01, .noise = 0.01, .n = n };
  tt_manual_seed(&w.g, seed);
  w.slow = bell(&w.g);
  return w;
}

// the seconds that this much work takes now; its clock moves on
static inline double takes(Weather *w, double work)
{
  double t = work * (1 + w->drift * (double)w->i++ / (double)w->n);
  w->slow = 0.98 * w->slow + sqrt(1 - 0.98 * 0.98) * bell(&w->g);
  t *= exp(w->mood * w->slow + w->noise * bell(&w->g));
  if (chance(&w->g) < 0.03)        // something else wants the core
    t *= 1 + chance(&w->g);
  w->now += t;
  return t;
}

static inline double weather_now(void *w)
{
  return ((Weather *)w)->now;
}

static inline void weather_wait(void *w, double until)
{
  ((Weather *)w)->now = fmax(((Weather *)w)->now, until);
}

static inline BenchClock clock_of(Weather *w)
{
  return (BenchClock){ weather_now, weather_wait, w };
}
#endif
