// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// How often do rules for drift cry wolf? Clean digits only.
#include "serving.h"

enum { REFERENCE = 1000, WINDOW = 250, EXAMPLES = 20000, BINS = 10 };
enum { FEW = 50 };                 // of each window, for one rule
enum { PSI_FEW, PSI, KS, BONFERRONI, DEALT, RULES };
static const char *const rule_name[RULES] = {
  "PSI above 0.2, windows of 50", "PSI above 0.2",
  "KS, p below 0.05", "KS, p below 0.01/65", "least p, dealt",
};

static double psi_of_pixel(const DriftMonitor *m, int64_t f,
                           const Real *x, int64_t n)
{
  const Real *sorted = (Real *)m->sorted->data + f * m->rows;
  int64_t a[BINS] = { 0 }, b[BINS] = { 0 };
  for (int64_t i = 0; i < m->rows + n; i++) {
    Real v = i < m->rows ? sorted[i] : x[(i - m->rows) * PIXELS + f];
    int bin = 0;
    for (int k = 1; k < BINS; k++)
      bin += v > sorted[k * m->rows / BINS];
    (i < m->rows ? a : b)[bin]++;
  }
  return tt_psi(BINS, a, b);
}

static void judge(const DriftMonitor *m, const Real *x, int64_t *alarms)
{
  double most = 0, of_few = 0;
  for (int64_t f = 0; f < PIXELS; f++) {
    most = fmax(most, psi_of_pixel(m, f, x, WINDOW));
    of_few = fmax(of_few, psi_of_pixel(m, f, x, FEW));
  }
  alarms[PSI_FEW] += of_few > 0.2;
  alarms[PSI] += most > 0.2;
  alarms[KS] += m->report.p < 0.05;
  alarms[BONFERRONI] += m->report.p < 0.01 / (PIXELS + 1);
  alarms[DEALT] += m->report.alarm;
}

static void one_stream(uint64_t seed, int64_t *alarms)
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, seed);
  Shots all = all_shots(1), pool = some(all, REFERENCE, ROWS);
  void *net = reader_of_digits(1);
  Shots ref = shots_of(pool, REFERENCE, 0, &g);
  DriftMonitor *m = tt_drift_new(ref.x, classes_of(net, ref.x),
    (DriftOptions){ .window = WINDOW, .run_length = 100 * WINDOW,
                    .classes = CLASSES, .shuffles = 1999,
                    .seed = seed });
  for (int64_t i = 0; i < EXAMPLES; i += WINDOW) {
    TT_SCOPE;
    Shots s = shots_of(pool, WINDOW, 0, &g);
    const int32_t *class = classes_of(net, s.x)->data;
    const Real *x = s.x->data;
    for (int64_t k = 0; k < WINDOW; k++)
      tt_drift_add(m, x + k * PIXELS, class[k]);
    judge(m, x, alarms);
  }
}

static void print_rule(const char *rule, int64_t alarms, double windows)
{
  double part = 100 * (double)alarms / windows;
  int k = (int)(WINDOW * windows / fmax((double)alarms, 1) + 0.5);
  printf("# wolf.%s\t%.*f\n", rule, part < 10 ? 1 : 0, part);
  if (k < 1000)
    printf("# wolf.%s_length\t%d\n", rule, k);
  else
    printf("# wolf.%s_length\t%d,%03d\n", rule, k / 1000, k % 1000);
}

int main(int argc, char **argv)
{
  int streams = argc > 1 ? atoi(argv[1]) : 40;
  int64_t alarms[RULES] = { 0 };
  double all = (double)streams * EXAMPLES, windows = all / WINDOW;
  for (int i = 0; i < streams; i++)
    one_stream((uint64_t)i + 1, alarms);
  printf("rule\talarms in 20,000\tof its windows, %%\trun length\n");
  for (int r = 0; r < RULES; r++)
    printf("%s\t%.1f\t%.1f\t%.0f\n", rule_name[r],
           (double)alarms[r] / streams,
           100 * (double)alarms[r] / windows,
           all / fmax((double)alarms[r], 1));
  print_rule("psi", alarms[PSI_FEW], windows);
  print_rule("ks", alarms[KS], windows);
  print_rule("bonferroni", alarms[BONFERRONI], windows);
  print_rule("dealt", alarms[DEALT], windows);
  printf("# wolf.alarms\t%lld\n", (long long)alarms[DEALT]);
  tt_clear();
}
