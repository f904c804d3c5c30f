// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// Eighteen networks for the digits: which of them nothing else beats.
// front [--print]
#include "../01/digits.h"
#include "../16/digitnet.h"

typedef struct Kind { const char *name; QuantFormat f; bool change; }
  Kind;
static const Kind kinds[] = {
  { "f32", {0}, false }, { "int8", {0}, true },
  { "int4", { .bits = 4, .weight_only = true }, true } };
enum { KINDS = 3, WIDTHS = 6 };

typedef struct One { Module *net; Tensor *x; } One;

static void one_digit(void *arg)
{
  One *o = arg;
  TT_NO_GRAD;
  tt_forward(o->net, o->x);
}

static ParetoPoint point_of(const Digits *d, int64_t width,
                            const Kind *k)
{
  Generator g;
  tt_manual_seed(&g, 7);
  Module *net = &TT_SEQUENTIAL(tt_linear_new(PIXELS, width, &g),
                               tt_activation_new(tt_relu),
                               tt_linear_new(width, CLASSES, &g))->base;
  learn(net, d, 20, 3e-3, 7);
  if (k->change)
    net = tt_quantize(net, (QuantizeOptions){ .format = k->f });
  ParetoPoint p = { .accuracy = tt_item(tt_mean(right_digits(net, d),
                                                TT_ALL, false)) };
  One o = { net, tt_slice(d->test_x, 0, 0, 1, 1) };
  Benchmark b = tt_benchmark("one", one_digit, &o,
                             (BenchmarkOptions){ .width = 0.01 });
  p.seconds = b.time.median;
  p.bytes = (double)tt_tune_bytes(net);
  p.peak = (double)(tt_model_size(net).live + b.peak);
  snprintf(p.name, sizeof p.name, "%s %lld", k->name,
           (long long)width);
  return p;
}

int main(int argc, char **argv)
{
  (void)argv;
  ParetoPoint p[KINDS * WIDTHS];
  tt_autograd_enable();
  Digits d = shuffled_digits();
  for (int i = 0; i < KINDS * WIDTHS; i++)
    p[i] = point_of(&d, 8 << i / KINDS, &kinds[i % KINDS]);
  int front = tt_pareto(KINDS * WIDTHS, p);
  if (argc > 1) {
    tt_pareto_print(stdout, KINDS * WIDTHS, p);
    return 0;
  }
  tt_pareto_tsv(stdout, KINDS * WIDTHS, p);
  printf("# front.all\t%d\n# front.front\t%d\n", KINDS * WIDTHS, front);
}
