// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// What is lost by rounding and by clipping, over the range.
#include "picturenet.h"
#include "shrink.h"

enum { CONVOLUTIONS = 5 };
typedef struct Layers { QatConv2d *layer[CONVOLUTIONS]; int n; } Layers;

static void find(void *arg, const char *name, FieldKind kind,
                 void *slot)
{
  (void)name;
  Layers *l = arg;
  Module *m = kind == TT_CHILD ? *(ChildModule *)slot : NULL;
  if (m && m->type == &tt_qat_conv2d_type)
    l->layer[l->n++] = (QatConv2d *)m;
}

static Module *looking(const Pictures *d, Layers *l)
{
  Module *net = tt_prepare(trained(), (QuantizeOptions){0});
  tt_forward(net, d->some);
  *l = (Layers){0};
  tt_module_walk(net, find, l);
  return net;
}

static void print_errors(const Pictures *d)
{
  Layers l;
  looking(d, &l);
  const Observer *o = l.layer[2]->seen->data;
  double n = (double)o->n, most = fmax(-o->least, o->most);
  printf("range\tround4\tclip\tround8\n");
  for (int i = 20; i <= 100; i++) {
    double t = most * i / 100, inside = 0, clip = 0;
    for (int k = 0; k < TT_RANGE_BINS; k++) {
      double x = (k + 0.5) * o->width, c = (double)o->bin[k];
      inside += x <= t ? c : 0;
      clip += x > t ? c * (x - t) * (x - t) : 0;
    }
    inside -= (double)o->zeros;
    double step = t / 15, fine = t / 255;
    printf("%.2f\t%.3g\t%.3g\t%.3g\n", t, inside / n * step * step / 12,
           clip / n, inside / n * fine * fine / 12);
  }
  for (int bits = 4; bits <= 8; bits += 4)
    printf("# twoerrors.best%d\t%.0f %%\n", bits,
           100 * tt_observer_range(o, TT_MSE, bits).high / most);
}

static void print_methods(const Pictures *d)
{
  static const char *const name[] = { "min-max", "percentile",
                                      "least squares", "entropy" };
  printf("inputs up to        1st    2nd    3rd    4th    5th"
         "   right\n");
  for (int method = TT_MIN_MAX; method <= TT_ENTROPY; method++) {
    TT_SCOPE;
    Layers l;
    Module *net = looking(d, &l);
    printf("%-16s", name[method]);
    for (int i = 0; i < l.n; i++)
      printf("%7.2f", tt_observer_range(l.layer[i]->seen->data,
                                        (RangeMethod)method, 8).high);
    tt_calibrate(net, (RangeMethod)method);
    net = tt_quantize(net, (QuantizeOptions){0});
    Tensor *right = right_ones(net, d->test);
    printf("%7.2f %%\n", 100 * tt_item(tt_mean(right, TT_ALL, false)));
    fflush(stdout);
  }
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  Pictures d = read_pictures();
  if (argc > 1 && strcmp(argv[1], "--methods") == 0)
    print_methods(&d);
  else
    print_errors(&d);
}
