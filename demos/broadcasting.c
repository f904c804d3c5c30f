// Two tensors of rank 0, 1 or 2 are added. In: for each its rank, its
// sizes, whether it is transposed. Out: the rank and the sizes of the sum;
// the strides of both, stretched to its shape; how many numbers a has in
// memory, and these; the same of b; the sum, row by row.
#include "tt/tt.h"
#include "demo.h"

static const double *from;
static double *to;

static void put(double v)
{
  *to++ = v;
}

static Tensor *take(double first, double step)
{
  Shape s = { .rank = (int)*from++ };
  int64_t n = 1;
  for (int d = 0; d < s.rank; d++)
    n *= s.dim[d] = (int64_t)*from++;
  Tensor *t = tt_arange(first, first + step * (double)n, step);
  t = tt_reshape(t, s);
  return *from++ ? tt_transpose(t, 0, 1) : t;
}

static void put_strides(Tensor *t, Shape s)
{
  t = tt_expand(t, s);
  for (int d = 0; d < s.rank; d++)
    put((double)t->stride[d]);
}

static void put_memory(const Tensor *t)
{
  put((double)tt_numel(t));
  for (int64_t i = 0; i < tt_numel(t); i++)
    put(tt_load(t->dtype, t->data, i));
}

int demo_run(int n)
{
  (void)n;
  Scope s;
  tt_scope_open(&s);
  from = demo_in, to = demo_out;
  Tensor *a = take(10, 10), *b = take(1, 1), *y = tt_add(a, b);
  put(y->rank);
  for (int d = 0; d < y->rank; d++)
    put((double)y->shape[d]);
  put_strides(a, tt_shape(y));
  put_strides(b, tt_shape(y));
  put_memory(a);
  put_memory(b);
  put_memory(y);
  tt_scope_close(&s);
  return (int)(to - demo_out);
}
