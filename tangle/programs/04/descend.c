// Made from chapters/04-losses.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "../01/digits.h"

typedef struct Digits { Tensor *x, *y; } Digits;   // [N,64], [N]

static Digits part(Tensor *rows, int64_t from, int64_t to)
{
  rows = tt_slice(rows, 0, from, to, 1);
  return (Digits){ tt_mul_scalar(pixels(rows), (Real)1 / 16),
                   tt_to(labels(rows), TT_I32) };
}

static Linear *averages(Digits d)
{
  Tensor *digit = tt_unsqueeze(tt_arange(0, CLASSES, 1), 1);
  Tensor *is = tt_eq(digit, tt_to(d.y, TT_F32));      // [10,N]
  Tensor *m = tt_div(tt_matmul(is, d.x), tt_sum(is, 1, true));
  Tensor *size = tt_sum(tt_mul(m, m), 1, false);
  Linear *net = tt_linear_new(PIXELS, CLASSES, NULL);
  tt_copy_(net->weight, m);                           // [10,64]
  tt_copy_(net->bias, tt_mul_scalar(size, (Real)-0.5));
  return net;
}

static int64_t losses;             // counts how often it was asked

static double loss(void *net, Digits d)
{
  TT_SCOPE;
  losses++;
  return tt_item(tt_cross_entropy(tt_forward(net, d.x), d.y));
}

static double correct(void *net, Digits d)
{
  TT_SCOPE;
  Tensor *guess = tt_argmax(tt_forward(net, d.x), 1, false);
  Tensor *right = tt_eq(tt_to(guess, TT_F32), tt_to(d.y, TT_F32));
  return tt_item(tt_sum(right, TT_ALL, false));
}

static double fine_loss(void *net, Digits d)
{
  TT_SCOPE;
  Tensor *each = tt_cross_entropy_with(tt_forward(net, d.x), d.y,
    (LabelOptions){ .reduction = TT_REDUCE_NONE });
  const Real *l = each->data;
  double sum = 0;
  for (int64_t i = 0; i < tt_numel(each); i++)
    sum += (double)l[i];
  return sum / (double)tt_numel(each);
}

typedef double Measure(void *net, Digits d);

static void turn(const char *name, Measure *measure, Linear *net,
                 Digits d, int tally[3])
{
  Tensor *both[] = { net->weight, net->bias };
  double before = measure(net, d);
  for (int k = 0; k < 2; k++)
    for (int64_t i = 0; i < 2 * tt_numel(both[k]); i++) {
      Real *w = (Real *)both[k]->data + i / 2, was = *w;
      *w += (Real)(i % 2 ? 0.001 : -0.001);
      double after = measure(net, d);
      tally[after < before ? 0 : after == before ? 1 : 2]++;
      *w = was;
    }
  if (name)
    printf("%-14s %8d %8d %8d\n", name, tally[0], tally[1], tally[2]);
}

static void knobs(Linear *net, Digits d, bool quote)
{
  int count[3] = {0}, slope[3] = {0};
  if (!quote)
    printf("%.0f of %lld are named correctly; 650 weights, a"
           " thousandth less or more:\n\n                  lower"
           "     same   higher\n", correct(net, d),
           (long long)d.y->shape[0]);
  if (!quote)
    turn("right answers", correct, net, d, count);
  turn(quote ? NULL : "loss", fine_loss, net, d, slope);
  if (quote)
    printf("knobs.lower\t%d\nknobs.same\t%d\n", slope[0], slope[1]);
}

static void line(Linear *net, Digits d)
{
  printf("change\tcorrect\tloss\n");
  Real *w = (Real *)net->weight->data + 5 * PIXELS + 21, was = *w;
  for (int i = -250; i <= 250; i++) {
    *w = was + (Real)i / 250;
    printf("%.3f\t%.0f\t%.6f\n", i / 250.0, correct(net, d),
           loss(net, d));
  }
  *w = was;
}

static Digits threes_and_eights(Digits all)
{
  Tensor *halves = tt_reshape(all.x, TT_SHAPE(-1, 8, 2, 4));
  halves = tt_sum(tt_sum(halves, 3, false), 1, false);  // [N,2]
  Digits d = { tt_empty(TT_F32, tt_shape(all.y)),
               tt_empty(TT_F32, tt_shape(all.y)) };
  int64_t n = 0;
  for (int64_t i = 0; i < all.y->shape[0]; i++) {
    double digit = tt_get(all.y, TT_INDEX(i));
    if (digit == 3 || digit == 8) {
      double left = tt_get(halves, TT_INDEX(i, 0));
      double right = tt_get(halves, TT_INDEX(i, 1));
      tt_set_(d.x, TT_INDEX(n), (left - right) / 2);
      tt_set_(d.y, TT_INDEX(n++), digit == 8);
    }
  }
  return (Digits){ tt_slice(d.x, 0, 0, n, 1),
                   tt_slice(d.y, 0, 0, n, 1) };
}

typedef Tensor *Judge(Tensor *z, Tensor *y);

static Tensor *surprise(Tensor *z, Tensor *y)
{
  return tt_bce_with_logits(z, y);
}

static Tensor *squares(Tensor *z, Tensor *y)
{
  return tt_mse_loss(tt_sigmoid(z), y);
}

static double height(Judge *judge, Digits d, double w, double b)
{
  TT_SCOPE;
  Tensor *z = tt_mul_scalar(d.x, (Real)w);
  return tt_item(judge(tt_add_scalar(z, (Real)b), d.y));
}

static void walk_in_plane(Judge *judge, Digits d, int steps)
{
  const double h = 1.0 / 32, rate = 0.5;
  double w = -3, b = 3;
  for (int i = 0; i <= steps; i++) {
    printf("%.4f\t%.4f\n", w, b);
    double dw = height(judge, d, w + h, b) - height(judge, d, w - h, b);
    double db = height(judge, d, w, b + h) - height(judge, d, w, b - h);
    w -= rate * dw / (2 * h);
    b -= rate * db / (2 * h);
  }
  printf("\n\n");
}

static void plane(Digits d)
{
  for (double w = -4; w <= 4; w += 0.125, printf("\n"))
    for (double b = -2; b <= 5; b += 0.125)
      printf("%g\t%g\t%.4f\n", w, b, height(surprise, d, w, b));
  printf("\n\n");
  walk_in_plane(surprise, d, 40);
  walk_in_plane(squares, d, 40);
}

static const Real H = (Real)1 / 64;

static void feel(void *net, Digits d, Tensor *weight, Tensor *grad)
{
  Real *w = weight->data, *g = grad->data;
  for (int64_t i = 0; i < tt_numel(weight); i++) {
    Real was = w[i];
    w[i] = was + H;
    double up = loss(net, d);
    w[i] = was - H;
    double down = loss(net, d);
    w[i] = was;
    g[i] = (Real)((up - down) / (2 * (double)H));
  }
}

static void step(void *net, Digits d, Real rate)
{
  TT_SCOPE;
  StateDict p = tt_module_parameters(net);
  int64_t bytes = p.n * (int64_t)sizeof(Tensor *);
  Tensor **grad = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  for (int k = 0; k < p.n; k++) {
    Tensor *w = *p.entry[k].slot;
    grad[k] = tt_empty(TT_F32, tt_shape(w));
    feel(net, d, w, grad[k]);
  }
  for (int k = 0; k < p.n; k++) {
    Tensor *w = *p.entry[k].slot;
    tt_copy_(w, tt_sub(w, tt_mul_scalar(grad[k], rate)));
  }
}

enum { STEPS = 200, BATCH = 128 };

static void walk(void *net, Tensor *rows, bool quiet)
{
  Digits train = part(rows, 0, TRAIN), test = part(rows, TRAIN, ROWS);
  losses = 0;
  for (int i = 0; i <= STEPS; i++) {
    TT_SCOPE;
    int64_t asked = losses, from = i % (TRAIN / BATCH) * BATCH;
    if (i % 20 == 0 && !quiet)
      printf("%6d %9lld %9.2f %11.0f %8.0f\n", i, (long long)asked,
             loss(net, train), correct(net, train), correct(net, test));
    losses = asked;
    if (i < STEPS)
      step(net, part(rows, from, from + BATCH), 1);
  }
}

static void numbers(Linear *net, Tensor *rows)
{
  Digits train = part(rows, 0, TRAIN), test = part(rows, TRAIN, ROWS);
  knobs(net, train, true);
  printf("descend.unseen_before\t%.0f\n", correct(net, test));
  printf("descend.bits_before\t%.2f\n", loss(net, train) / M_LN2);
  printf("descend.pairs\t%lld\n",
         (long long)threes_and_eights(train).x->shape[0]);
  double start = tt_machine_now();
  walk(net, rows, true);
  double s = tt_machine_now() - start;
  printf("descend.seconds\t%.1f s\n", s);
  printf("descend.step\t%.0f ms\n", s / STEPS * 1e3);
  double scale = 1e6 / 650;
  printf("descend.million\t%.0f hours\n",
         s / STEPS * scale * scale / 3600);
  printf("descend.unseen_after\t%.0f\n", correct(net, test));
  printf("descend.bits_after\t%.2f\n", loss(net, train) / M_LN2);
}

static void head(void)
{
  printf("                         named correctly:\n");
  printf("  step    losses      loss     of 1437   of 360\n");
}

int main(int argc, char **argv)
{
  const char *mode = argc > 1 ? argv[1] : "";
  Tensor *rows = read_digits("build/data/digits.csv");
  Digits train = part(rows, 0, TRAIN);
  Linear *net = averages(train);
  if (strcmp(mode, "--knobs") == 0)
    knobs(net, train, false);
  else if (strcmp(mode, "--line") == 0)
    line(net, train);
  else if (strcmp(mode, "--plane") == 0)
    plane(threes_and_eights(train));
  else if (strcmp(mode, "--numbers") == 0)
    numbers(net, rows);
  else {
    head();
    walk(net, rows, false);
  }
  return 0;
}
