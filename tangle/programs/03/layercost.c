// Made from chapters/03-layers.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"
#include "tt/storage.h"

static Tensor *x, *w, *b;

static void by_linear(void *times)
{
  for (int64_t i = *(int64_t *)times; i > 0; i--) {
    TT_SCOPE;
    tt_linear(x, w, b);
  }
}

static void by_three(void *times)
{
  for (int64_t i = *(int64_t *)times; i > 0; i--) {
    TT_SCOPE;
    tt_add(tt_matmul(x, tt_transpose(w, 0, 1)), b);
  }
}

static void operands(int64_t m, int64_t k, int64_t n)
{
  x = tt_rand(TT_SHAPE(m, k), NULL);
  w = tt_rand(TT_SHAPE(n, k), NULL);
  b = tt_rand(TT_SHAPE(n), NULL);
}

static double ns(void (*layer)(void *), int64_t times)
{
  return tt_machine_time(layer, &times) * 1e9 / (double)times;
}

static void walk_once(void *net)
{
  TT_SCOPE;
  tt_module_parameters(net);
}

static void print_weights(void)
{
  enum { LAYERS = 50 };
  void *layer[LAYERS];
  for (int i = 0; i < LAYERS; i++)
    layer[i] = tt_linear_new(8, 8, NULL);
  Sequential *net = tt_sequential_new(LAYERS, layer);
  size_t handle = sizeof(Tensor) + 2 * sizeof(Storage);
  size_t module = (sizeof(Linear) + 63) / 64 * 64 + handle;
  printf("# layercost.handle\t%zu\n# layercost.overhead\t%zu\n",
         handle, 2 * handle + module);
  printf("# layercost.walk_layers\t%d\n# layercost.walk\t%.0f µs\n",
         LAYERS, tt_machine_time(walk_once, net) * 1e6);
}

enum { SIZES = 10 };               // batches of 1 to 512

static void print_batches(void)
{
  double us[SIZES];
  printf("batch\tus\n");
  for (int i = 0; i < SIZES; i++) {
    int64_t m = 1 << i;
    operands(m, 1024, 1024);
    us[i] = ns(by_linear, 1 + 32 / m) / 1e3 / (double)m;
    printf("%lld\t%.2f\n", (long long)m, us[i]);
  }
  printf("# layercost.one\t%.0f µs\n# layercost.many\t%.0f µs\n"
         "# layercost.gbs\t%.0f GB\n", us[0], us[SIZES - 1],
         4.0 * 1024 * 1024 / us[0] / 1e3);
}

int main(void)
{
  TT_SCOPE;
  print_batches();
  operands(64, 784, 128);
  printf("# layercost.linear\t%.0f µs\n", ns(by_linear, 5) / 1e3);
  printf("# layercost.three\t%.0f µs\n", ns(by_three, 5) / 1e3);
  operands(4, 2, 4);
  printf("# layercost.tiny\t%.0f ns\n", ns(by_linear, 10000));
  printf("# layercost.tiny_three\t%.0f ns\n", ns(by_three, 10000));
  print_weights();
}
