// The most that one thread of this machine computes: multiply-adds on f32
// that wait for nothing, in the widest registers the compiler may use.
// Compiled with -march=native, whatever the library is compiled with.
#include <time.h>
#include "peak.h"

#if defined __AVX512F__
enum { LANES = 16 };
#elif defined __AVX__
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
// An instruction takes 4 or 5 cycles and two begin in each: 10 are under
// way. 12 accumulators leave registers for the operands in every case.
enum { CHAINS = 12, ROUNDS = 100000, SAMPLES = 200 };
typedef float Lanes __attribute__((vector_size(LANES * sizeof(float))));

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static Lanes multiply_add(Lanes a, Lanes b) {
  Lanes s[CHAINS];
  for (int i = 0; i < CHAINS; i++) s[i] = b * (float)i;   // all different
  for (int r = 0; r < ROUNDS; r++) {
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++) s[i] = s[i] * a + b;
  }
  for (int i = 1; i < CHAINS; i++) s[0] += s[i];
  return s[0];
}

double bench_peak(double *median) {
  static volatile float operand[2] = {0.999F, 1e-4F}, result;
  double t[SAMPLES];
  for (int i = 0; i < SAMPLES; i++) {
    Lanes zero = {0};
    double start = seconds();
    result = multiply_add(zero + operand[0], zero + operand[1])[0];
    t[i] = seconds() - start;
    for (int j = i; j > 0 && t[j] < t[j - 1]; j--) {
      double swap = t[j];
      t[j] = t[j - 1];
      t[j - 1] = swap;
    }
  }
  (void)result;
  const double work = 2e-9 * LANES * CHAINS * ROUNDS;
  *median = work / t[SAMPLES / 2];
  return work / t[0];
}
