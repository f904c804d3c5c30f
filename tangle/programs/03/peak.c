// Made from chapters/03-layers.nw by tools/tangle: edit there.
#include <stdio.h>
#include <string.h>
#include "tt/tt.h"

typedef struct Block { Module base; Linear *up, *down; } Block;

static Tensor *block_forward(Module *m, Tensor *x)
{
  Block *b = (Block *)m;
  Tensor *h = tt_linear(x, b->up->weight, b->up->bias);
  h = tt_relu(h);
  h = tt_linear(h, b->down->weight, b->down->bias);
  return tt_add(x, h);
}

static const ModuleField block_fields[] = {
  TT_CHILD(Block, up), TT_CHILD(Block, down), {0}
};
static const ModuleType block_type = {
  "Block", sizeof(Block), block_fields, block_forward, NULL
};
enum { BLOCKS = 8, WIDTH = 256, BATCH = 256, OPS = 4 * BLOCKS };
static void *block[BLOCKS];

static void no_scope(Tensor *x)
{
  for (int i = 0; i < BLOCKS; i++)
    x = block_forward(block[i], x);
}

static void scope_in_each(Tensor *x)
{
  for (int i = 0; i < BLOCKS; i++)
    x = tt_forward(block[i], x);
}

static void sequence(Tensor *x)
{
  tt_forward(tt_sequential_new(BLOCKS, block), x);
}

static int op;
static double mib[OPS];
static int64_t start;

static double in_mib(int64_t bytes)
{
  return (double)bytes / (1 << 20);
}

static Tensor *watch(Op *o, Tensor *y, int n, Tensor *const x[],
                     const Attr *attr)
{
  (void)o, (void)n, (void)x, (void)attr;
  mib[op++] = in_mib(tt_memory_stats().live_bytes - start);
  return y;
}

static double run(void (*through)(Tensor *), Tensor *x, double trace[])
{
  TT_SCOPE;
  op = 0, start = tt_memory_stats().live_bytes;
  tt_reset_peak_memory();
  through(x);
  memcpy(trace, mib, sizeof mib);
  return in_mib(tt_memory_stats().peak_bytes - start);
}

int main(void)
{
  for (int i = 0; i < BLOCKS; i++) {
    Block *b = block[i] = tt_module_new(&block_type);
    b->up = tt_linear_new(WIDTH, 4 * WIDTH, NULL);
    b->down = tt_linear_new(4 * WIDTH, WIDTH, NULL);
  }
  static double none[OPS], scope[OPS], ours[OPS];
  Tensor *x = tt_randn(TT_SHAPE(BATCH, WIDTH), NULL);
  tt_recorder = watch;
  double a = run(no_scope, x, none), b = run(scope_in_each, x, scope);
  double c = run(sequence, x, ours);
  printf("operation\tnone\tscope\tours\n");
  for (int i = 0; i < OPS; i++)
    printf("%d\t%.3f\t%.3f\t%.3f\n", i + 1, none[i], scope[i], ours[i]);
  printf("# peak.none\t%.1f MiB\n# peak.scope\t%.1f MiB\n"
         "# peak.ours\t%.1f MiB\n", a, b, c);
}
