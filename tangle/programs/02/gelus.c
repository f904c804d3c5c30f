// Made from chapters/02-activations.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include "tt/scalar.h"
#include "tt/tt.h"

static double by_sigmoid(double x) { return x / (1 + exp(-1.702 * x)); }

static double by_tanh(double x)
{
  return (double)tt_gelu_tanhf((Real)x);
}

static double by_erf(double x)
{
  float u = (float)x;
  return (double)(u / 2 * (1 + erff(u * (float)M_SQRT1_2)));
}

static double by_tail(double x) { return (double)tt_geluf((Real)x); }

static double worst(double (*f)(double), double from)
{
  double most = 1e-12;               // a logarithm will be taken
  for (int i = 0; i < 100; i++) {
    double x = (double)(float)(from + i / 1000.0);
    double off = fabs(f(x) - x * erfc(-x * M_SQRT1_2) / 2);
    most = off > most ? off : most;
  }
  return most;
}

int main(void)
{
  double (*const f[])(double) = {
    by_sigmoid, by_tanh, by_erf, by_tail };
  const char *name[] = { "sigmoid", "tanh", "erf", "tail" };
  double most[4] = {0};
  printf("x\tsigmoid\ttanh\terf\ttail\n");
  for (int i = -80; i < 60; i++) {
    printf("%g", (i + 0.5) / 10);
    for (int k = 0; k < 4; k++) {
      double off = worst(f[k], i / 10.0);
      printf("\t%.3g", off);
      most[k] = off > most[k] ? off : most[k];
    }
    printf("\n");
  }
  for (int k = 0; k < 4; k++)
    printf("# gelus.%s\t%.1g\n", name[k], most[k]);
}
