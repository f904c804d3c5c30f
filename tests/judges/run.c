/* Runs graphs (program.h) from standard input and writes what came out to
 * standard output, for library.py to read. --rows lists the operations.
 * A graph's answer, in native numbers: int32 failed, count, length
 * and the message; then each value, then a gradient for each value that
 * is a leaf: int32 dtype (-1: there is none), rank, int64 shape, doubles;
 * at last int32: tensors that were left over. */
#include "program.h"

static void put(const void *x, size_t n) {
  if (n && fwrite(x, n, 1, stdout) != 1)
    exit(1);
}

static void put_int(int32_t x) { put(&x, sizeof x); }

static void put_tensor(Tensor *t) {
  TT_SCOPE;
  put_int(t ? (int32_t)t->dtype : -1);
  if (!t)
    return;
  put_int(t->rank);
  put(t->shape, (size_t)t->rank * sizeof *t->shape);
  TT_NO_GRAD;
  Tensor *flat = tt_contiguous(t);
  for (int64_t i = 0, n = tt_numel(flat); i < n; i++) {
    double v = tt_load(flat->dtype, flat->data, i);
    put(&v, sizeof v);
  }
}

static void answer(Program *p) {
  int64_t before = tt_memory_stats().tensors;
  TensorError e = { 0 };
  bool fine;
  {
    TT_SCOPE;
    fine = tt_try(run_program, p, &e);
    put_int(!fine);
    put_int(p->n);
    put_int((int32_t)strlen(e.message));
    put(e.message, strlen(e.message));
    for (int i = 0; i < p->n && fine; i++)
      put_tensor(p->value[i]);
    for (int i = 0; i < p->n && fine; i++)
      if (p->leaf[i]) {
        put_tensor(p->value[i]->grad);
        tt_zero_grad(p->value[i]);
      }
  }
  put_int((int32_t)(tt_memory_stats().tensors - before));
  fflush(stdout);
}

// The tape keeps its first block.
static void warm_up(void) {
  TT_SCOPE;
  Tensor *x = tt_requires_grad_(tt_ones(TT_SHAPE(1)), true);
  tt_backward(tt_neg(x));
  tt_zero_grad(x);
}

int main(int n, char **arg) {
  static Program p;
  if (n > 1 && strcmp(arg[1], "--rows") == 0) {
    for (const Operation *o = operations; o->name; o++)
      printf("%s\t%s\n", o->name, o->code);
    return 0;
  }
  tt_autograd_enable();
  warm_up();
  p.from = stdin;
  while (next_program(&p))
    answer(&p);
  free(p.line);
  tt_clear();
}
