// Made from chapters/01-tensors.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

typedef struct Work { void (*run)(void *); void *arg; } Work;

static void in_a_scope(void *arg)
{
  Work *w = arg;
  Scope s;
  tt_scope_open(&s);
  w->run(w->arg);
  tt_scope_close(&s);
}

static double ns(void (*run)(void *), void *arg)
{
  return tt_machine_time(in_a_scope, &(Work){ run, arg }) * 1e9;
}

static void view(void *t)
{
  for (int i = 0; i < 1000; i++)
    tt_transpose(t, 0, 1);
}

static void copy(void *t)
{
  tt_clone(t);
}

static void copy_transposed(void *t)
{
  tt_clone(tt_transpose(t, 0, 1));
}

static void two_loops(void *arg)
{
  Tensor *t = arg;
  int64_t n = t->shape[0];
  const Real *x = t->data;
  Real *y = tt_empty(TT_F32, TT_SHAPE(n, n))->data;
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++)
      y[j * n + i] = x[i * n + j];
}

static void write_used(void *unused)
{
  (void)unused;
  tt_zeros(TT_SHAPE(4096, 4096));
}

static void write_fresh(void *unused)
{
  tt_empty_pool();
  write_used(unused);
}

int main(void)
{
  printf("elements\tview_ns\tcopy_ns\ttranspose_copy_ns\n");
  for (int64_t n = 32; n <= 4096; n *= 2) {
    Scope s;
    tt_scope_open(&s);
    Tensor *t = tt_zeros(TT_SHAPE(n, n));
    double v = ns(view, t) / 1000, c = ns(copy, t);
    printf("%lld\t%.1f\t%.1f\t%.1f\n", (long long)(n * n), v, c,
           ns(copy_transposed, t));
    if (n == 1024) {
      printf("# viewcost.view_1024\t%.0f ns\n", v);
      printf("# viewcost.loops_1024\t%.1f ms\n",
             ns(two_loops, t) / 1e6);
    }
    tt_scope_close(&s);
  }
  printf("# viewcost.used\t%.1f ms\n", ns(write_used, NULL) / 1e6);
  printf("# viewcost.fresh\t%.1f ms\n", ns(write_fresh, NULL) / 1e6);
}
