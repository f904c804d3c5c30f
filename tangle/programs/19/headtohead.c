// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// Three backends on three kinds of work.
// headtohead [--html|--tsv]
#include <stdio.h>
#include <string.h>
#include "tt/tt.h"

typedef struct Factors { Tensor *a, *b; } Factors;

static void product(void *what, void *who)
{
  Factors *o = what;
  (void)who;
  tt_matmul(o->a, o->b);
}

static void softmax(void *what, void *who)
{
  (void)who;
  tt_softmax(((Factors *)what)->a, 1);
}

static void sum_up(void *what, void *who)
{
  Factors *o = what;
  (void)who;
  tt_add(o->a, o->b);
}

int main(int argc, char **argv)
{
  Factors large = { tt_ones(TT_SHAPE(256, 256)),
                     tt_ones(TT_SHAPE(256, 256)) };
  Factors thin = { tt_ones(TT_SHAPE(1, 256)), large.b };
  double flops = 2. * 256 * 256 * 256;
  SuiteCase cases[] = {
    { "product", product, &large, flops },
    { "one row", product, &thin, flops / 256 },
    { "softmax", softmax, &large, 256 * 256 },
    { "sum", sum_up, &large, 256 * 256 } };
  const char *const backends[] = { "naive", "simd", "threads" };
  SuiteTable *t = tt_suite_backends("backends", 4, cases, 3, backends,
    (SuiteOptions){ .compare = { .width = 0.02, .seconds = 2 } });
  if (argc > 1 && strcmp(argv[1], "--html") == 0)
    tt_suite_html(stdout, t);
  else if (argc > 1 && strcmp(argv[1], "--tsv") == 0)
    tt_suite_tsv(stdout, t);
  else
    tt_suite_print(stdout, t);
}
