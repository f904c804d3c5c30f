// Made from chapters/04-losses.nw by tools/tangle: edit there.
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include "tt/todo.h"

enum { READINGS = 10 };
static const double reading[READINGS] = {
  20.1, 19.8, 20.4, 19.9, 20.2, 19.7, 20.0, 20.3, 19.6, 200.0
};

typedef double Penalty(double d, double *slope);

static double square(double d, double *slope)
{
  *slope = d;
  return d * d / 2;
}

static double huber(double d, double *slope)
{
  if (fabs(d) <= 1)
    return square(d, slope);
  *slope = d > 0 ? 1 : -1;
  return fabs(d) - 0.5;
}

static double best_answer(Penalty *loss)
{
  double x = 0;
  for (int step = 0; step < 1000; step++) {
    double sum = 0, slope;
    for (int i = 0; i < READINGS; i++) {
      loss(x - reading[i], &slope);
      sum += slope;
    }
    x -= 0.5 * sum / READINGS;
  }
  return x;
}

static double disagreement(Penalty *loss)
{
  const double h = 1.0 / 1024;
  double worst = 0, told, unused;
  for (double d = -3; d <= 3; d += 1.0 / 16) {
    double up = loss(d + h, &unused), down = loss(d - h, &unused);
    loss(d, &told);
    double off = fabs((up - down) / (2 * h) - told);
    worst = off > worst || isnan(off) ? off : worst;
  }
  return worst;
}

static void believe(const char *name, Penalty *loss)
{
  printf("%-20s %8.2f %18.4f\n", name, best_answer(loss),
         disagreement(loss));
}

int main(void)
{
  printf("loss of an error     believes   slopes differ by\n");
  believe("half the square", square);
  believe("straight beyond 1", huber);
  return 0;
}
