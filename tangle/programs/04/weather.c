// Made from chapters/04-losses.nw by tools/tangle: edit there.
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include "tt/todo.h"

enum { WEATHERS = 4 };

static double cross_entropy(const double p[], const double q[])
{
  double bits = 0;
  for (int k = 0; k < WEATHERS; k++)
    if (p[k] > 0)
      bits -= p[k] * log2(q[k]);
  return bits;
}

int main(void)
{
  static const struct { const char *who; double q[WEATHERS]; } all[] = {
    { "knows the climate",    { 0.5, 0.25, 0.125, 0.125 } },
    { "knows nothing",        { 0.25, 0.25, 0.25, 0.25 } },
    { "is sure of sun",       { 0.97, 0.01, 0.01, 0.01 } },
    { "has never seen snow",  { 0.5, 0.3, 0.2, 0 } },
  };
  printf("                        sun   rain    fog   snow"
         "   bits a day\n");
  for (int i = 0; i < 4; i++) {
    printf("%-21s", all[i].who);
    for (int k = 0; k < WEATHERS; k++)
      printf("%7.3f", all[i].q[k]);
    printf("%13.2f\n", cross_entropy(all[0].q, all[i].q));
  }
  return 0;
}
