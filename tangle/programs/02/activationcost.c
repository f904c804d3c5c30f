// Made from chapters/02-activations.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

static Tensor *softmax_rows(Tensor *x)
{
  return tt_softmax(tt_reshape(x, TT_SHAPE(-1, 256)), 1);
}

static Tensor *relu_in_place(Tensor *x)
{
  extern Op tt_op_relu;
  Walk w = tt_walk(tt_shape(x), x, x, NULL, NULL);
  tt_backend->map(&tt_op_relu, &w, &(Operands){
    .y = x->data, .x = { x->data } });
  return x;
}

typedef struct Job { Tensor *(*f)(Tensor *), *x; } Job;

static void run(void *arg)
{
  Job *job = arg;
  Scope s;
  tt_scope_open(&s);
  job->f(job->x);
  tt_scope_close(&s);
}

static double ns(Tensor *(*f)(Tensor *), Tensor *x)
{
  Job job = { f, x };
  return tt_machine_time(run, &job) * 1e9 / (double)tt_numel(x);
}

static void print_numbers(Tensor *x, const double each[6])
{
  Tensor *small = tt_randn(TT_SHAPE(16), NULL);
  const char *name[] = { "copy", "relu", "sigmoid", "gelu", "softmax",
                         "exp" };
  for (int k = 0; k < 6; k++)
    printf("# activationcost.%s\t%.2f ns\n", name[k], each[k]);
  printf("# activationcost.in_place\t%.2f ns\n"
         "# activationcost.small_neg\t%.0f ns\n"
         "# activationcost.small_tanh\t%.0f ns\n", ns(relu_in_place, x),
         ns(tt_neg, small) * 16, ns(tt_tanh, small) * 16);
}

int main(void)
{
  Tensor *(*const f[])(Tensor *) = {
    tt_clone, tt_relu, tt_sigmoid, tt_gelu, softmax_rows, tt_exp };
  printf("n\tcopy\trelu\tsigmoid\tgelu\tsoftmax\texp\n");
  for (int64_t n = 1024; n <= 1 << 24; n *= 4) {
    Scope s;
    tt_scope_open(&s);
    Tensor *x = tt_randn(TT_SHAPE(n), NULL);
    double each[6];
    printf("%lld", (long long)n);
    for (int k = 0; k < 6; k++)
      printf("\t%.4f", each[k] = ns(f[k], x));
    printf("\n");
    if (n == 1 << 20)
      print_numbers(x, each);
    tt_scope_close(&s);
  }
}
