// Made from chapters/13-transformers.nw by tools/tangle: edit there.
#include <stdio.h>

int main(void)
{
  for (float from = 0; from < 1e6f; from = from > 0 ? 16 * from : 16) {
    float sum = 0, squares = 0, mean, twice = 0;
    for (int i = 0; i < 4; i++) {
      float x = from + (float)i;
      sum += x, squares += x * x;
    }
    mean = sum / 4;
    for (int i = 0; i < 4; i++)
      twice += (from + (float)i - mean) * (from + (float)i - mean);
    printf("%6.0f to %6.0f:  one pass %6.3f, two passes %5.3f\n",
           (double)from, (double)from + 3,
           (double)(squares / 4 - mean * mean), (double)(twice / 4));
  }
  return 0;
}
