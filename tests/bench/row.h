// A row of the bench: the library alone at one piece of work.
//   bench_row("elementwise", "relu-64", "ns", 1e9, work, arg);
// prints  suite  case  peer  threads  best  unit  median. With BENCH_ASKED
// in the environment it prints the name and waits: against.py asks two
// programs in turns for one sample each, so that what disturbs one of two
// builds of the library disturbs the other.
#ifndef BENCH_ROW_H
#define BENCH_ROW_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>

// The names of another edition, whose modules were not called tt_x.
#if __has_include(<tt/where.h>)
#define tt_linear_new linear_new
#undef TT_SEQUENTIAL
#define TT_SEQUENTIAL(...) sequential_new( \
  (int)(sizeof((void *[]){__VA_ARGS__}) / sizeof(void *)), \
  (void *[]){__VA_ARGS__})
#define tt_activation_new(f) activation_new_named(f, #f)
#define tt_sgd_new sgd_new
#define tt_adam_new adam_new
#define tt_optimizer_zero_grad optimizer_zero_grad
#define tt_optimizer_step optimizer_step
#define tt_module_parameters module_parameters
#define tt_machine_now machine_now
#endif

enum { BENCH_SAMPLES = 41 };
typedef void BenchWork(void *arg);

static inline double bench_sample(BenchWork *work, void *arg, long times) {
  double start = tt_machine_now();
  for (long i = 0; i < times; i++) work(arg);
  return (tt_machine_now() - start) / (double)times;
}

// So many times that a sample takes a while, in seconds.
static inline long bench_times(BenchWork *work, void *arg, double sample) {
  long times = 1;
  while (bench_sample(work, arg, times) * (double)times < sample) times *= 2;
  return times;
}

// "0": how many times for a sample; a number: a sample of so many.
static inline void bench_answer(BenchWork *work, void *arg) {
  char line[32];
  while (fgets(line, sizeof line, stdin) && line[0] != '\n') {
    long times = strtol(line, NULL, 10);
    if (times == 0) {
      printf("%ld\n", bench_times(work, arg, 4e-4));
    } else {
      work(arg);                   // caches, after the other's turn
      printf("%.6g\n", bench_sample(work, arg, times));
    }
    fflush(stdout);
  }
}

static inline int bench_ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// only: no more than the cases whose "suite case" contains it
static inline void bench_row(const char *only, const char *suite,
                             const char *name, const char *unit,
                             double scale, BenchWork *work, void *arg) {
  char text[128];
  snprintf(text, sizeof text, "%s %s", suite, name);
  if (!strstr(text, only)) return;
  if (getenv("BENCH_ASKED")) {
    printf("%s\t%s\t%s\t%g\n", suite, name, unit, scale);
    fflush(stdout);
    bench_answer(work, arg);
    return;
  }
  double t[BENCH_SAMPLES];
  long times = bench_times(work, arg, 1e-3);
  for (int s = 0; s < BENCH_SAMPLES; s++)
    t[s] = bench_sample(work, arg, times) * scale;
  qsort(t, BENCH_SAMPLES, sizeof *t, bench_ascending);
  printf("%s\t%s\ttinytorch\t1\t%.4g\t%s\t%.4g\n", suite, name, t[0], unit,
         t[BENCH_SAMPLES / 2]);
  fflush(stdout);
}
#endif
