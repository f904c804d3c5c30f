// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// Which models nothing else beats.
#include "tt/suite.h"
#include "tt/error.h"
#include "tt/locale.h"
#include "tt/todo.h"
#include <math.h>

bool tt_dominates(const ParetoPoint *a, const ParetoPoint *b)
{
  if (!a || !b)
    tt_missing("tt_dominates", "a point");
  bool no_worse = a->accuracy >= b->accuracy && a->seconds <= b->seconds
                  && a->bytes <= b->bytes && a->peak <= b->peak;
  bool better = a->accuracy > b->accuracy || a->seconds < b->seconds
                || a->bytes < b->bytes || a->peak < b->peak;
  return no_worse && better;
}

static bool complete(const ParetoPoint *p)
{
  return !isnan(p->accuracy + p->seconds + p->bytes + p->peak);
}

int tt_pareto(int n, ParetoPoint *p)
{
  int found = 0;
  for (int i = 0; i < n; i++) {
    p[i].front = complete(&p[i]);
    for (int j = 0; j < n && p[i].front; j++)
      p[i].front = !tt_dominates(&p[j], &p[i]);
    found += p[i].front;
  }
  return found;
}

void tt_pareto_print(FILE *f, int n, const ParetoPoint *p)
{
  fprintf(f, "%-20s %9s %9s %9s %9s\n", "", "accuracy", "us", "KiB",
          "peak KiB");
  for (int i = 0; i < n; i++)
    fprintf(f, "%-20s %9.4f %9.4g %9.4g %9.4g%s\n", p[i].name,
            p[i].accuracy, 1e6 * p[i].seconds, p[i].bytes / 1024,
            p[i].peak / 1024, p[i].front ? "  front" : "");
}

void tt_pareto_tsv(FILE *f, int n, const ParetoPoint *p)
{
  TT_C_LOCALE;
  fprintf(f, "name\taccuracy\tseconds\tbytes\tpeak\tfront\n");
  for (int i = 0; i < n; i++)
    fprintf(f, "%s\t%.6f\t%.9g\t%.9g\t%.9g\t%d\n", p[i].name,
            p[i].accuracy, p[i].seconds, p[i].bytes, p[i].peak,
            p[i].front);
}
