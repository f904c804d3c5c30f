// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include "deepnet.h"
#include "tt/gradient.h"
#include "tt/operation.h"

enum { PROBES = 16, IMAGES = 64 };

typedef struct Note { const char *name; double live, peak; } Note;

static Note note[2 * PROBES];
static int notes;
static int64_t before;             // parameters, batch

static void take_note(int64_t name)
{
  static const char *const part[] = { "32 maps", "pooled", "64 maps",
    "pooled", "128 maps", "pooled", "residual", "logits" };
  MemoryStats m = tt_memory_stats();
  note[notes++] = (Note){ part[name],
    (double)(m.live_bytes - before) / (1 << 20),
    (double)(m.peak_bytes - before) / (1 << 20) };
  tt_reset_peak_memory();
}

static void probe_backward(TapeNode *k)
{
  take_note(k->attr.i[0]);
  tt_accumulate(k, 1, k->grad);
}

static Op probe_op = { .name = "probe", .backward = probe_backward };

static Tensor *probe(Tensor *x, int64_t name)
{
  take_note(name);
  return tt_record(&probe_op, tt_alias(x), 1, (Tensor *[]){x},
                   (Attr){ .i = { name } });
}

static void one_step(Sequential *net, Batch b)
{
  TT_SCOPE;
  notes = 0;
  tt_module_zero_grad(net);
  before = tt_memory_stats().live_bytes;
  tt_reset_peak_memory();
  Tensor *x = b.x;
  for (int i = 0; i < 7; i++)
    x = probe(tt_forward(net->layer[i], x), i);
  for (int i = 7; i < net->n; i++)
    x = tt_forward(net->layer[i], x);
  tt_backward(tt_cross_entropy(probe(x, 7), b.y));
}

int main(void)
{
  tt_autograd_enable();
  Sequential *net = (Sequential *)network(32, 0);
  Tensor *y = tt_randint(0, 10, TT_SHAPE(IMAGES), NULL);
  Batch b = { tt_rand(TT_SHAPE(IMAGES, 3, 32, 32), NULL),
              tt_to(y, TT_I32) };
  one_step(net, b), one_step(net, b);
  int64_t before_third = tt_memory_stats().mallocs;
  one_step(net, b);
  printf("layer\tlive\tpeak\n");
  double peak = 0;
  for (int i = 0; i < notes; i++) {
    printf("%s\t%.1f\t%.1f\n", note[i].name, note[i].live,
           note[i].peak);
    peak = fmax(peak, note[i].peak);
  }
  double columns = 27 * 1024 + 288 * 256 + 576 * 64 + 2 * 1152 * 16;
  columns *= IMAGES * sizeof(Real) / 1048576.;
  printf("# layermemory.columns\t%.0f MiB\n"
         "# layermemory.peak\t%.0f MiB\n"
         "# layermemory.mallocs\t%lld\n", columns, peak,
         (long long)(tt_memory_stats().mallocs - before_third));
  return 0;
}
