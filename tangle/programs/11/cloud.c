// Made from chapters/11-embeddings.nw by tools/tangle: edit there.
// Points in two dimensions, and a direction that turns to their length.
#include <math.h>
#include <stdio.h>
#include <tt/tt.h>

int main(void)
{
  enum { N = 150 };
  Generator g;
  tt_manual_seed(&g, 12);
  Tensor *z = tt_randn(TT_SHAPE(N, 2), &g);
  double c[2][2] = {{0}}, v[2] = { 0.6, -0.8 };
  printf("kind\tx\ty\n");
  for (int i = 0; i < N; i++) {
    double a = 1.7 * tt_get(z, TT_INDEX(i, 0));
    double b = 0.8 * tt_get(z, TT_INDEX(i, 1));
    double x = 0.8 * a - 0.6 * b, y = 0.6 * a + 0.8 * b;
    printf("point\t%.3f\t%.3f\n", x, y);
    c[0][0] += x * x, c[0][1] += x * y, c[1][1] += y * y;
  }
  c[1][0] = c[0][1];
  for (int k = 0; k < 6; k++) {
    printf("step%d\t%.4f\t%.4f\n", k, v[0], v[1]);
    double x = c[0][0] * v[0] + c[0][1] * v[1];
    double y = c[1][0] * v[0] + c[1][1] * v[1], n = hypot(x, y);
    v[0] = x / n, v[1] = y / n;
  }
  tt_clear();
}
