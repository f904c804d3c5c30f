// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

enum { DEPTH = 24, WIDTH = 256, BATCH = 1024 };

static int64_t start;              // live bytes before the walk
static double  most;
static int     step;
static Scope  *shelf;              // where gradients are kept, or NULL
static bool    quiet;

static void look(void)
{
  int64_t bytes = tt_memory_stats().live_bytes - start;
  double mib = (double)bytes / (1 << 20);
  if (!quiet)
    printf("%d\t%.3f\n", step++, mib);
  most = mib > most ? mib : most;
}

static void look_backward(TapeNode *k)
{
  look();
  if (shelf)
    tt_move(tt_alias(k->grad), shelf);
  tt_accumulate(k, 1, k->grad);
}

static Op op_look = { .name = "look", .backward = look_backward };

static Tensor *looked_at(Tensor *x)
{
  look();
  return tt_record(&op_look, tt_alias(x), 1, &x, (Attr){0});
}

static Sequential *deep(void)
{
  void *layer[4 * DEPTH];
  for (int i = 0; i < 4 * DEPTH; i += 4) {
    layer[i] = tt_linear_new(WIDTH, WIDTH, NULL);
    layer[i + 1] = tt_activation_new(looked_at);
    layer[i + 2] = tt_activation_new(tt_tanh);
    layer[i + 3] = tt_activation_new(looked_at);
  }
  return tt_sequential_new(4 * DEPTH, layer);
}

static double walk(Sequential *net, Tensor *x, bool back)
{
  TT_SCOPE;
  start = tt_memory_stats().live_bytes;
  most = 0, step = 0;
  Tensor *y = tt_sum(tt_forward(net, x), TT_ALL, false);
  if (back)
    tt_backward(y);
  printf(quiet ? "" : "\n\n");
  return most;
}

int main(void)
{
  tt_autograd_enable();
  Scope kept;
  Sequential *net = deep();
  Tensor *x = tt_randn(TT_SHAPE(BATCH, WIDTH), NULL);
  quiet = true;
  walk(net, x, true);
  quiet = false;
  double peak = walk(net, x, true);
  tt_scope_open(&kept);
  shelf = &kept;
  walk(net, x, true);
  shelf = NULL;
  tt_scope_close(&kept);
  TT_NO_GRAD;
  double use = walk(net, x, false);
  printf("# timeline.peak\t%.0f MiB\n# timeline.use\t%.0f MiB\n", peak,
         use);
}
