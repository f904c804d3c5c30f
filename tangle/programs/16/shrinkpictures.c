// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// The network of chapter 9 in fewer bytes: size, answers, time.
#include "picturenet.h"
#include "shrink.h"

static Tensor *measure_pictures(const Pictures *d, const Format *f,
                                Tensor *exact, Result *r)
{
  Module *net = trained();
  if (exact) {                     // else it is the first: f32
    net = tt_prepare(net, (QuantizeOptions){ .format = f->f });
    tt_forward(net, d->some);
    tt_calibrate(net, TT_MIN_MAX);
    net = tt_quantize(net, (QuantizeOptions){ .format = f->f });
  }
  Tensor *right = right_ones(net, d->test);
  int64_t n = tt_numel(right);
  r->off = difference_of(n, (exact ? exact : right)->data,
                         right->data);
  r->file = bytes_on_disk(net, "pictures", f);
  r->seconds = time_of(net, tt_slice(d->some, 0, 0, 32, 1));
  printf("%s\t%lld\t%lld\t%.2f\t%.2f\t%.2f\t%.3f\t%.3f\n", f->name,
         (long long)r->file, (long long)tt_model_size(net).live,
         100 * tt_item(tt_mean(right, TT_ALL, false)),
         100 * r->off.mean, 100 * r->off.within,
         1e3 * time_of(net, tt_slice(d->some, 0, 0, 1, 1)),
         1e3 * r->seconds);
  fflush(stdout);
  tt_module_free(net);
  return exact ? exact : right;
}

int main(void)
{
  tt_autograd_enable();
  Pictures d = read_pictures();
  Tensor *exact = NULL;
  printf("format\tfile\tlive\tpercent\tpoints\twithin\tone\tbatch\n");
  Result r[FORMATS];
  for (int i = 0; i < FORMATS; i++)
    exact = measure_pictures(&d, &formats[i], exact, &r[i]);
  print_results("shrinkpictures", 2, 100, r);
}
