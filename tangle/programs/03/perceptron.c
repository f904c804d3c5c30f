// Made from chapters/03-layers.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tt/tt.h"

enum { POINTS = 60, ENOUGH = 1000, NOTES = 4 * ENOUGH };
typedef struct Examples { int n; Tensor *x, *t; } Examples;

static int mistakes;                   // since the weights were 0
static double state[NOTES + 1][3];     // w1, w2, b after each
static Linear *perceptron_new(void)
{
  Linear *p = tt_linear_new(2, 1, NULL);
  tt_fill_(p->weight, 0);
  tt_fill_(p->bias, 0);
  mistakes = 0;
  return p;
}

static void learn(Linear *p, Tensor *x, double t)
{
  TT_SCOPE;
  tt_copy_(p->weight, tt_add(p->weight, tt_mul_scalar(x, (Real)t)));
  tt_copy_(p->bias, tt_add_scalar(p->bias, (Real)t));
}

static int pass(Linear *p, Examples e)
{
  int before = mistakes;
  for (int i = 0; i < e.n; i++) {
    TT_SCOPE;
    Tensor *x = tt_select(e.x, 0, i);
    double t = tt_get(e.t, TT_INDEX(i));
    if (t * tt_item(tt_forward(p, x)) > 0)
      continue;
    learn(p, x, t);
    if (++mistakes <= NOTES) {
      double *s = state[mistakes];
      s[0] = tt_get(p->weight, TT_INDEX(0, 0));
      s[1] = tt_get(p->weight, TT_INDEX(0, 1));
      s[2] = tt_item(p->bias);
    }
  }
  return mistakes - before;
}

static const double line[3] = { 0.8, -0.6, 0.15 };   // u1, u2, c
static const double margin = 0.1;

static double side(const double x[2])
{
  return line[0] * x[0] + line[1] * x[1] + line[2];
}

static Examples points(uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  Examples e = { POINTS, tt_zeros(TT_SHAPE(POINTS, 2)),
                 tt_zeros(TT_SHAPE(POINTS)) };
  for (int i = 0; i < POINTS;) {
    TT_SCOPE;
    Tensor *u = tt_rand(TT_SHAPE(2), &g);
    double x[2] = { 2 * tt_get(u, TT_INDEX(0)) - 1,
                    2 * tt_get(u, TT_INDEX(1)) - 1 };
    if (fabs(side(x)) < margin)
      continue;
    tt_set_(e.x, TT_INDEX(i, 0), x[0]);
    tt_set_(e.x, TT_INDEX(i, 1), x[1]);
    tt_set_(e.t, TT_INDEX(i++), side(x) > 0 ? 1 : -1);
  }
  return e;
}

static int wrong(const Linear *p, Examples e)
{
  const Real *w = p->weight->data, *b = p->bias->data;
  const Real *x = e.x->data, *t = e.t->data;
  int n = 0;
  for (int i = 0; i < e.n; i++) {
    double z = (double)w[0] * (double)x[2 * i]
             + (double)w[1] * (double)x[2 * i + 1] + (double)*b;
    n += !(z * (double)t[i] > 0);
  }
  return n;
}

static double bound(Examples e)
{
  double r = 0, gamma = HUGE_VAL;
  for (int i = 0; i < e.n; i++) {
    double x[2] = { tt_get(e.x, TT_INDEX(i, 0)),
                    tt_get(e.x, TT_INDEX(i, 1)) };
    r = fmax(r, x[0] * x[0] + x[1] * x[1] + 1);
    gamma = fmin(gamma, fabs(side(x)) / sqrt(1 + line[2] * line[2]));
  }
  return r / (gamma * gamma);
}

static bool separates(Examples e)
{
  Linear *p = perceptron_new();
  int at_first = wrong(p, e), passes = 1, last;
  for (; (last = pass(p, e)) > 0 && mistakes < NOTES; passes++)
    printf("pass %d: %d mistakes\n", passes, last);
  printf("pass %d: %d mistakes\n\n", passes, last);
  printf("of %d points %d are wrong, after %d mistakes; the theorem"
         " allows %.0f\n", e.n, wrong(p, e), mistakes, bound(e));
  printf("w = %.2f, %.2f  b = %.2f\n",
         tt_get(p->weight, TT_INDEX(0, 0)),
         tt_get(p->weight, TT_INDEX(0, 1)), tt_item(p->bias));
  return at_first == e.n && wrong(p, e) == 0 && mistakes <= bound(e);
}

static Examples table(const Real t[4])
{
  const Real x[8] = { 0, 0, 0, 1, 1, 0, 1, 1 };
  return (Examples){ 4, tt_from(TT_SHAPE(4, 2), x),
                     tt_from(TT_SHAPE(4), t) };
}

static bool learns(const char *name, Examples e)
{
  Linear *p = perceptron_new();
  for (int passes = 1; passes <= ENOUGH; passes++)
    if (pass(p, e) == 0 && wrong(p, e) == 0) {
      printf("%s  learned after %d mistakes\n", name, mistakes);
      return true;
    }
  printf("%s  not learned in %d passes, with %d mistakes\n", name,
         ENOUGH, mistakes);
  return false;
}

static bool goes_in_circles(void)
{
  int k = 0;
  do {
    printf("  after %d mistakes:  w = %g, %g  b = %g\n", k, state[k][0],
           state[k][1], state[k][2]);
    k++;
  } while (k < 8 && memcmp(state[k], state[0], sizeof *state) != 0);
  printf("  after %d mistakes:  the weights of the beginning\n", k);
  return k == 4 && mistakes == 4 * ENOUGH;     // all four, each time
}

static int print_lines(Examples e)
{
  Linear *p = perceptron_new();
  while (pass(p, e) > 0 && mistakes < NOTES)
    ;
  printf("kind\ta\tb\tc\n");
  for (int i = 0; i < e.n; i++)
    printf("%s\t%.4f\t%.4f\t0\n",
           tt_get(e.t, TT_INDEX(i)) > 0 ? "plus" : "minus",
           tt_get(e.x, TT_INDEX(i, 0)), tt_get(e.x, TT_INDEX(i, 1)));
  for (int k = 1; k <= mistakes && k <= NOTES; k++)
    printf("line%d\t%.4f\t%.4f\t%.4f\n", k, state[k][0], state[k][1],
           state[k][2]);
  return 0;
}

int main(int argc, char **argv)
{
  Examples e = points(1957);
  if (argc > 1 && strcmp(argv[1], "--table") == 0)
    return print_lines(e);
  bool good = separates(e);
  putchar('\n');
  good = learns("AND", table((Real[]){-1, -1, -1, 1})) && good;
  good = learns("OR ", table((Real[]){-1, 1, 1, 1})) && good;
  good = !learns("XOR", table((Real[]){-1, 1, 1, -1})) && good;
  good = goes_in_circles() && good;
  puts(good ? "\nas in 1957, and as in 1969" : "\nnot as it was");
  return good ? 0 : 1;
}
