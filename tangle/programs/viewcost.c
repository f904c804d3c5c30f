// Made from chapters/01-tensors.nw by tools/tangle: edit there.
#include <stdio.h>
#include <string.h>
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
  return machine_time(in_a_scope, &(Work){ run, arg }) * 1e9;
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
static void write_used(void *unused)
{
  (void)unused;
  tt_zeros(TT_SHAPE(1024, 1024));
}

static void write_fresh(void *unused)
{
  tt_empty_pool();
  write_used(unused);
}

int main(int argc, char **argv)
{
  bool numbers = argc > 1 && strcmp(argv[1], "--numbers") == 0;
  if (!numbers)
    printf("elements\tview_ns\tcopy_ns\ttranspose_copy_ns\n");
  for (int64_t n = numbers ? 1024 : 32; n <= 4096; n *= 2) {
    Scope s;
    tt_scope_open(&s);
    Tensor *t = tt_zeros(TT_SHAPE(n, n));
    double v = ns(view, t) / 1000, c = ns(copy, t);
    double u = ns(copy_transposed, t);
    if (numbers) {
      printf("viewcost.view_1024\t%.0f ns\n", v);
      printf("viewcost.copy_1024\t%.1f ms\n", u / 1e6);
      printf("viewcost.straight_1024\t%.2f ms\n", c / 1e6);
      printf("viewcost.used\t%.2f ms\n", ns(write_used, NULL) / 1e6);
      printf("viewcost.fresh\t%.2f ms\n", ns(write_fresh, NULL) / 1e6);
      return 0;
    }
    printf("%lld\t%.1f\t%.1f\t%.1f\n", (long long)(n * n), v, c, u);
    tt_scope_close(&s);
  }
}
