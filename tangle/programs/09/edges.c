// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include <stdio.h>
#include <string.h>
#include "../01/digits.h"

static void print_signs(const char *title, const Tensor *y)
{
  printf("%s\n", title);
  const Real *v = y->data;
  for (int64_t i = 0; i < y->shape[2]; i++) {
    for (int64_t j = 0; j < y->shape[3]; j++, v++)
      fputs(*v > 4 ? " +" : *v < -4 ? " -" : " .", stdout);
    putchar('\n');
  }
}

static void print_numbers(const char *title, const Tensor *y)
{
  printf("%s\n", title);
  const Real *v = y->data;
  for (int64_t i = 0; i < y->shape[2]; i++) {
    for (int64_t j = 0; j < y->shape[3]; j++)
      printf("%4g", (double)*v++);
    putchar('\n');
  }
}

static void print_pooled(Tensor *x)
{
  print_numbers("an 8 by 8 picture of a 0", x);
  Pool2dOptions two = { .kernel = { 2 } };
  print_numbers("the largest of two by two", tt_max_pool2d(x, two));
}

static void print_counts(void)
{
  tt_autograd_enable();
  Tensor *x = tt_requires_grad_(tt_zeros(TT_SHAPE(1, 1, 6, 7)), true);
  Tensor *y = tt_conv2d(x, tt_ones(TT_SHAPE(1, 1, 3, 3)), NULL,
                        (Conv2dOptions){0});
  tt_backward(tt_sum(y, TT_ALL, false));
  print_numbers("windows of 3 by 3 that see a pixel", x->grad);
}

int main(int argc, char **argv)
{
  Tensor *rows = read_digits("build/data/digits.csv");
  Tensor *x = tt_slice(pixels(rows), 0, 0, 1, 1);
  x = tt_reshape(x, TT_SHAPE(1, 1, 8, 8));
  if (argc > 1) {
    if (strcmp(argv[1], "--pooled") == 0)
      print_pooled(x);
    else
      print_counts();
    return 0;
  }
  Tensor *right = tt_from(TT_SHAPE(1, 1, 3, 3),
                          (Real[]){ -1, 0, 1, -1, 0, 1, -1, 0, 1 });
  right = tt_mul_scalar(right, (Real)(1. / 3));
  Conv2dOptions o = { .same = true };
  printf("a picture of a %g\n", tt_get(labels(rows), TT_INDEX(0)));
  print_signs("brighter on the right?", tt_conv2d(x, right, NULL, o));
  print_signs("brighter below?",
              tt_conv2d(x, tt_transpose(right, 2, 3), NULL, o));
  return 0;
}
