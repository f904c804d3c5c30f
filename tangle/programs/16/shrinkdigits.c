// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// The network of chapter 7 in fewer bytes, over five trainings.
#include "../01/digits.h"
#include "digitnet.h"
#include "shrink.h"

static Tensor *measure_digits(const Digits *d, const Format *f,
                              Tensor *exact, Result *r)
{
  enum { SEEDS = 5 };
  Tensor *right[SEEDS];
  Module *net = NULL;
  for (int i = 0; i < SEEDS; i++) {
    net = digit_network(d, (uint64_t)i);
    if (exact)                     // else it is the first: f32
      net = tt_quantize(net, (QuantizeOptions){ .format = f->f });
    right[i] = right_digits(net, d);
  }
  Tensor *all = tt_cat(SEEDS, right, 0), *first = exact ? exact : all;
  r->off = difference_of(tt_numel(all), first->data, all->data);
  r->file = bytes_on_disk(net, "digits", f);
  r->seconds = time_of(net, tt_slice(d->test_x, 0, 0, 64, 1));
  printf("%s\t%lld\t%lld\t%.2f\t%.2f\t%.2f\t%.4f\t%.4f\n", f->name,
         (long long)r->file, (long long)tt_model_size(net).live,
         100 * tt_item(tt_mean(all, TT_ALL, false)), 100 * r->off.mean,
         100 * r->off.within,
         1e3 * time_of(net, tt_slice(d->test_x, 0, 0, 1, 1)),
         1e3 * r->seconds);
  fflush(stdout);
  return first;
}

int main(void)
{
  tt_autograd_enable();
  Digits d = shuffled_digits();
  printf("format\tfile\tlive\tpercent\tpoints\twithin\tone\tbatch\n");
  Tensor *exact = NULL;
  Result r[FORMATS];
  for (int i = 0; i < FORMATS; i++)
    exact = measure_digits(&d, &formats[i], exact, &r[i]);
  print_results("shrinkdigits", 2, 100, r);
}
