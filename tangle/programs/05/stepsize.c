// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <float.h>
#include <math.h>
#include <stdio.h>

enum { PLACES = 100 };

static void quote(const char *key, double v)
{
  int e = (int)floor(log10(v));
  printf("# stepsize.%s\t%.0fe%d\n", key, v / pow(10, e), e);
}

static float in_float(float x, float h)
{
  volatile float right = x + h, left = x - h;
  return (expf(sinf(right)) - expf(sinf(left))) / (right - left);
}

static double in_double(double x, double h, double back)
{
  volatile double right = x + h, left = x - back;
  return (exp(sin(right)) - exp(sin(left))) / (right - left);
}

static void errors(double h, double e[3])
{
  double sum[3] = { 0 };
  for (int i = 0; i < PLACES; i++) {
    double x = 0.3 + 0.01 * i, slope = exp(sin(x)) * cos(x);
    double d[3] = { (double)in_float((float)x, (float)h),
                    in_double(x, h, 0), in_double(x, h, h) };
    for (int k = 0; k < 3; k++)
      sum[k] += (d[k] - slope) * (d[k] - slope) / PLACES;
  }
  for (int k = 0; k < 3; k++)
    e[k] = sqrt(sum[k]);
}

int main(void)
{
  double best[3] = { 1, 1, 1 }, at[3] = { 0 };
  printf("h\tfloat\tone_sided\tdouble\n");
  for (double h = 1; h > 1e-16; h /= sqrt(2)) {
    double e[3];
    errors(h, e);
    printf("%.4g\t%.4g\t%.4g\t%.4g\n", h, e[0], e[1], e[2]);
    for (int i = 0; i < 3; i++)
      if (e[i] < best[i])
        best[i] = e[i], at[i] = h;
  }
  quote("float_h", at[0]);
  quote("float_error", best[0]);
  quote("double_h", at[2]);
  quote("double_error", best[2]);
}
