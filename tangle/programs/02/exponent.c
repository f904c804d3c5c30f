// Made from chapters/02-activations.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include "tt/scalar.h"
#include "tt/tt.h"

static double ulp(double y)          // between floats at y
{
  int e = ilogb(y);
  return ldexp(1, (e < -126 ? -126 : e) - 23);
}

static double worst(float (*f)(float), double from, double step)
{
  double most = 0;
  for (int i = 0; i < 1000; i++) {
    float x = (float)(from + step * i / 1000);
    double right = exp((double)x);
    double off = fabs((double)f(x) - right) / ulp(right);
    most = off > most ? off : most;
  }
  return most;
}

float in[4096], out[4096];

static void with_ours(void *unused)
{
  (void)unused;
  for (int i = 0; i < 4096; i++)
    out[i] = (float)tt_expf((Real)in[i]);
}

static void with_libm(void *unused)
{
  (void)unused;
  for (int i = 0; i < 4096; i++)
    out[i] = expf(in[i]);
}

static int print_series(void)
{
  printf("r\tthree\tfive\tseven\n");
  for (int i = -50; i <= 50; i++) {
    double r = i / 50.0, sum = 1, term = 1;
    printf("%g", r);
    for (int n = 1; n <= 7; n++) {
      sum += term *= r / n;
      if (n == 3 || n == 5 || n == 7)
        printf("\t%.3g", fabs(sum / exp(r) - 1) + 1e-16);
    }
    printf("\n");
  }
  return 0;
}

static float ours(float v) { return (float)tt_expf((Real)v); }
int main(int argc, char **argv)
{
  (void)argv;
  if (argc > 1)
    return print_series();
  double a = 0, b = 0;
  for (int i = 0; i < 4096; i++)
    in[i] = (float)(i - 2048) / 64;
  printf("x\tours\tlibm\n");
  for (double from = -104; from < 88; from++) {
    double u = worst(ours, from, 1), v = worst(expf, from, 1);
    printf("%g\t%.3f\t%.3f\n", from + 0.5, u, v);
    a = u > a ? u : a, b = v > b ? v : b;
  }
  double s = tt_machine_time(with_ours, NULL) / 4096 * 1e9;
  double t = tt_machine_time(with_libm, NULL) / 4096 * 1e9;
  printf("# exponent.worst\t%.2f ulp\n# exponent.libm_worst\t%.2f ulp\n"
         "# exponent.ours\t%.2f ns\n# exponent.libm\t%.1f ns\n"
         "# exponent.ratio\t%.0f\n", a, b, s, t, t / s);
}
