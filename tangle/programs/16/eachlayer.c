// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// The network of chapter 9, each layer alone in 4 bits.
#include "picturenet.h"
#include "shrink.h"

static double mistakes(void *net, void *arg)   // the mean loss
{
  const Pictures *d = arg;
  return tt_evaluate(net, d->test, tt_cross_entropy, NULL).loss;
}

int main(void)
{
  tt_autograd_enable();
  Pictures d = read_pictures();
  Module *net = trained();
  double before = mistakes(net, &d);
  Sensitivity s[16];
  int n = tt_sensitivity(net, (QuantFormat){ .bits = 4 }, mistakes, &d,
                         16, s);
  printf("layer\tbefore\tafter\tmore\n");
  int worst = 0;
  double bytes = 0;
  for (int i = 0; i < n; i++) {
    printf("%s\t%lld\t%lld\t%.4f\n", s[i].name,
           (long long)s[i].before, (long long)s[i].after,
           s[i].score - before);
    worst = s[i].score > s[worst].score ? i : worst;
    bytes += (double)s[i].before;
  }
  printf("# eachlayer.worst\t%s\n# eachlayer.most\t%.4f\n"
         "# eachlayer.bytes\t%.1f %%\n", s[worst].name,
         s[worst].score - before,
         100 * (double)s[worst].before / bytes);
}
