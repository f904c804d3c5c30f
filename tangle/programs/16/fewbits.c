// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// The digits with weights of 2 to 8 bits: rounded after training, and
// trained with the rounding.
#include <math.h>
#include "../01/digits.h"
#include "digitnet.h"

typedef struct FewBits { Linear linear; int bits; } FewBits;

static Tensor *few_forward(Module *base, Tensor *x)
{
  FewBits *m = (FewBits *)base;
  Tensor *w = m->linear.weight, *size = tt_abs(tt_detach(w));
  int32_t most = (1 << (m->bits - 1)) - 1;
  Tensor *scale = tt_mul_scalar(tt_max(size, 1, true), (Real)1 / most);
  w = tt_fake_quantize(w, scale, -most, most);
  return tt_linear(x, w, m->linear.bias);
}

static const ModuleField few_fields[] = {
  { "weight", TT_PARAM, offsetof(FewBits, linear.weight), 0 },
  { "bias", TT_PARAM, offsetof(FewBits, linear.bias), 0 }, {0}
};
static const ModuleType few_type = {
  "FewBits", sizeof(FewBits), few_fields, few_forward, NULL
};

static Module *few_new(Module *from, const QuantFormat *f)
{
  FewBits *m = tt_module_new(&few_type);
  m->linear.weight = ((Linear *)from)->weight;
  m->linear.bias = ((Linear *)from)->bias, m->bits = f->bits;
  return &m->linear.base;
}

typedef struct Spread { double mean, least, most; } Spread;

static void note(Spread *s, double x, int i)
{
  s->mean += (x - s->mean) / (i + 1);
  s->least = i ? fmin(s->least, x) : x;
  s->most = i ? fmax(s->most, x) : x;
}

static double percent(void *net, const Digits *d)
{
  TT_SCOPE;
  return 100 * tt_item(tt_mean(right_digits(net, d), TT_ALL, false));
}

static void print_bits(const Digits *d, int bits, Spread s[3])
{
  static const LayerChange change[] = {
    { &tt_linear_type, few_new }, {0}
  };
  memset(s, 0, 3 * sizeof *s);
  for (int i = 0; i < 5; i++) {
    TT_SCOPE;
    void *net = digit_network(d, (uint64_t)i);
    note(&s[0], percent(net, d), i);
    net = tt_change_layers(net, change, (QuantizeOptions){
      .format = { .bits = bits } });
    note(&s[1], percent(net, d), i);
    tt_module_train(net);
    learn(net, d, 5, 1e-3, 100 + (uint64_t)i);
    note(&s[2], percent(net, d), i);
  }
  printf("%d", bits);
  for (int k = 1; k < 3; k++)
    printf("\t%.2f\t%.2f\t%.2f", s[k].mean, s[k].least, s[k].most);
  printf("\n");
  fflush(stdout);
}

int main(void)
{
  tt_autograd_enable();
  Digits d = shuffled_digits();
  printf("bits\tafter\tleast\tmost\ttrained\tleast\tmost\n");
  Spread first[3] = {{0}}, s[3];   // exact, after, trained
  for (int bits = 2; bits <= 8; bits++) {
    print_bits(&d, bits, s);
    if (bits == 2)
      memcpy(first, s, sizeof s);
  }
  printf("# fewbits.after2\t%.1f %%\n# fewbits.trained2\t%.1f %%\n"
         "# fewbits.float\t%.1f %%\n", first[1].mean, first[2].mean,
         first[0].mean);
}
