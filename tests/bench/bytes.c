// A network of 784-1024-1024-10 in floats and in bytes: how long is a
// forward pass? Rows as bench prints them; bytes.py does the same with
// PyTorch, whose bytes are those of quantize_dynamic.
//   usage: bytes [word: only cases whose "suite case" contains it]
#include "row.h"

typedef struct Pass { void *net; Tensor *x; } Pass;

static void forward(void *arg) {
  Pass *p = arg;
  TT_NO_GRAD;
  tt_forward(p->net, p->x);
}

int main(int argc, char **argv) {
  const char *only = argc > 1 ? argv[1] : "";
  static const QuantFormat format[] = {{.bits = 8},
                                       {.bits = 8, .weight_only = true},
                                       {.bits = 4}};
  static const char *name[] = {"floats", "bytes", "weights8", "weights4"};
  for (int b = 1; b <= 64; b *= 8)
    for (int i = 0; i < 4; i++) {
      TT_SCOPE;
      Sequential *net = TT_SEQUENTIAL(
        tt_linear_new(784, 1024, NULL), tt_activation_new(tt_relu),
        tt_linear_new(1024, 1024, NULL), tt_activation_new(tt_relu),
        tt_linear_new(1024, 10, NULL));
      if (i > 0)
        tt_quantize(net, (QuantizeOptions){.format = format[i - 1]});
      Pass p = {net, tt_rand(TT_SHAPE(b, 784), NULL)};
      char text[32];
      snprintf(text, sizeof text, "%s-%d", name[i], b);
      bench_row(only, "bytes", text, "us", 1e6, forward, &p);
    }
  tt_clear();
}
