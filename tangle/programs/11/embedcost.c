// Made from chapters/11-embeddings.nw by tools/tangle: edit there.
// A step of training a table, against its number of rows: the dense
// gradient with two optimizers, and only the rows that ids name.
#include <math.h>
#include <stdio.h>
#include "rows.h"

enum { D = 64, N = 512 };
typedef struct Run {
  Tensor    *table, *target;
  Optimizer *opt;                  // NULL: rows that are touched
  Generator  g;
  int64_t    rows;
} Run;

static Tensor *loss_of(Run *r, Tensor *y)
{
  return tt_mse_loss_with(y, r->target, TT_REDUCE_SUM);
}

static void one_step(Run *r)
{
  TT_SCOPE;
  Tensor *ids = tt_randint(0, (int32_t)r->rows, TT_SHAPE(N), &r->g);
  if (r->opt) {
    tt_optimizer_zero_grad(r->opt);
    tt_backward(loss_of(r, tt_embedding(ids, r->table)));
    tt_optimizer_step(r->opt);
    return;
  }
  Rows t = rows_of(r->table, ids);
  tt_backward(loss_of(r, tt_embedding(t.place, t.leaf)));
  step_rows(r->table, t, 0.01);
}

static double milliseconds(int64_t rows, int kind)
{
  TT_SCOPE;
  Embedding *e = tt_embedding_new(rows, D, (EmbeddingOptions){0}, NULL);
  Run r = { .table = e->weight, .rows = rows,
            .target = tt_zeros(TT_SHAPE(N, D)) };
  StateDict p = tt_module_parameters(e);
  r.opt = kind == 0 ? tt_sgd_new(p, (SgdOptions){ .lr = 0.01 })
        : kind == 1 ? tt_adam_new(p, (AdamOptions){ .lr = 0.01 })
                    : NULL;
  tt_manual_seed(&r.g, 3);
  double best = 1e9;
  for (int k = 0; k < 12; k++) {
    double start = tt_machine_now();
    one_step(&r);
    if (k > 1)
      best = fmin(best, tt_machine_now() - start);
  }
  return best * 1e3;
}

int main(void)
{
  tt_autograd_enable();
  printf("rows\tsgd\tadam\ttouched\n");
  double sgd = 0, adam = 0, touched = 0;
  for (int64_t rows = 1000; rows <= 256000; rows *= 2) {
    sgd = milliseconds(rows, 0);
    adam = milliseconds(rows, 1);
    touched = milliseconds(rows, 2);
    printf("%lld\t%.3f\t%.3f\t%.3f\n", (long long)rows, sgd, adam,
           touched);
  }
  printf("# embedcost.megabytes\t%.0f\n", 256e3 * D * 4 / 1e6);
  printf("# embedcost.sgd\t%.0f\n", sgd);
  printf("# embedcost.adam\t%.0f\n", adam);
  printf("# embedcost.touched\t%.2f\n", touched);
  printf("# embedcost.times\t%.0f\n", sgd / touched);
  tt_clear();
}
