// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// weightbins.c - the weights of a layer of LeNet, before and after it
// learned the digits that the book ships with.
#include "../09/lenet.h"

static WeightStats stats_of(Module *net)   // of the hidden layer
{
  WeightStats all[16];
  int n = tt_analyze_weight_distribution(net, 16, all), i = 0;
  while (i < n - 1 && strcmp(all[i].name, "9.weight") != 0)
    i++;
  return all[i];
}

static void print_bin(const WeightStats *s, int i)  // its middle, share
{
  double wide = 2 * s->largest / TT_BINS;
  printf("%.5f\t%.5f", -s->largest + (i + 0.5) * wide,
         (double)s->bin[i] / (double)s->n / wide);
}

int main(void)
{
  tt_autograd_enable();
  Batch fit = every(read_digits("build/data/digits.csv"), 4, true);
  LenetPlan p = plan_of_digits(0);
  p.epochs = 8, p.quiet = true;
  WeightStats before = stats_of(lenet5(p.padding, p.seed)),
              after = stats_of(train(fit, (Batch){0}, p));
  printf("first\tbefore\tthen\tafter\n");
  for (int i = 0; i < TT_BINS; i++) {
    print_bin(&before, i);
    printf("\t");
    print_bin(&after, i);
    printf("\n");
  }
  printf("# weightbins.before\t%.3f\n# weightbins.after\t%.3f\n"
         "# weightbins.largest\t%.2f\n# weightbins.small\t%.1f %%\n",
         before.std, after.std, after.largest,
         100 * (double)after.small / (double)after.n);
  return 0;
}
