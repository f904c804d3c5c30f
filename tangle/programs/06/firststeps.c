// Made from chapters/06-optimizers.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>

int main(void)
{
  double g = 0.1, m = 0, v = 0;
  printf("%5s %9s %10s %12s %10s\n", "t", "m", "v", "m / root v",
         "corrected");
  for (int t = 1; t <= 5000; t++) {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    double first = 1 - pow(0.9, t), second = 1 - pow(0.999, t);
    if (t < 4 || t == 10 || t == 100 || t == 1000 || t == 5000)
      printf("%5d %9.6f %10.3g %12.3f %10.3f\n", t, m, v, m / sqrt(v),
             m / first / sqrt(v / second));
  }
}
