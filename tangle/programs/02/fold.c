// Made from chapters/02-activations.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include "tt/tt.h"

static void solve_xor(void)
{
  Tensor *x = tt_from(TT_SHAPE(4, 2),
                      (Real[]){0, 0, 0, 1, 1, 0, 1, 1});
  Tensor *w = tt_from(TT_SHAPE(2, 2), (Real[]){1, -1, -1, 1});
  Tensor *h = tt_relu(tt_matmul(x, w));
  Tensor *y = tt_matmul(h, tt_ones(TT_SHAPE(2, 1)));
  printf("inputs, hidden units, output\n");
  tt_print(tt_cat(3, (Tensor *[]){x, h, y}, 1));
}

static Tensor *sides;                // of each point, one bit a relu
static int relus;

static Tensor *bend(Tensor *u)
{
  Tensor *open = tt_lt(tt_zeros(TT_SCALAR), u);
  sides = tt_add(tt_mul_scalar(sides, 2), open);
  relus++;
  return tt_relu(u);
}

static Tensor *fold(Tensor *p, double degrees)        // p is [N,2]
{
  double a = degrees * M_PI / 180;
  Tensor *n = tt_from(TT_SHAPE(2, 1),
                      (Real[]){(Real)cos(a), (Real)sin(a)});
  Tensor *beyond = bend(tt_matmul(p, n));               // [N,1]
  Tensor *move = tt_mul(beyond, tt_transpose(n, 0, 1));
  return tt_sub(p, tt_mul_scalar(move, 2));
}

static Tensor *cut(Tensor *p, double x, double y, double c)
{
  Tensor *w = tt_from(TT_SHAPE(2, 1), (Real[]){(Real)x, (Real)y});
  return tt_add_scalar(tt_matmul(p, w), (Real)c);
}

static Tensor *both(Tensor *a, Tensor *b)     // min(a, b)
{
  return tt_sub(a, bend(tt_sub(a, b)));
}

static Tensor *either(Tensor *a, Tensor *b)   // max(a, b)
{
  return tt_add(a, bend(tt_sub(b, a)));
}

static Tensor *strip(Tensor *p, double x, double half, double length)
{
  double s = sin(M_PI / 3), c = 0.5;
  Tensor *left = cut(p, s, -c, half - x * s);
  Tensor *right = cut(p, -s, c, half + x * s);
  return both(both(left, right), cut(p, 0, -1, length));
}

static Tensor *paper(Tensor *p)                       // [N,2] to [N,1]
{
  double s = sin(M_PI / 3), c = 0.5;
  Tensor *spine = both(cut(p, 0, -1, 0.05), cut(p, -1, -c, 1));
  Tensor *ring = both(cut(p, -s, -c, 0.24), cut(p, s, c, -0.16));
  Tensor *branches = either(strip(p, 0.42, 0.045, 0.27),
                            strip(p, 0.68, 0.04, 0.19));
  return either(either(spine, ring), branches);
}

static Tensor *snowflake(Tensor *p, int folds)
{
  const double angle[] = { 180, 270, 150, 120 };
  for (int i = 0; i < folds; i++)
    p = fold(p, angle[i]);
  return paper(p);
}

static Tensor *axis(int64_t n)       // from -1.04 to 1.04
{
  double step = 2.08 / (double)n;
  return tt_arange(step / 2 - 1.04, 1.04, step);
}

static Tensor *points(int64_t rows, int64_t columns)
{
  Shape grid = TT_SHAPE(rows, columns);
  Tensor *up = tt_expand(tt_unsqueeze(axis(rows), 1), grid);
  Tensor *across = tt_expand(axis(columns), grid);
  Tensor *x = tt_reshape(up, TT_SHAPE(-1, 1));
  Tensor *y = tt_reshape(across, TT_SHAPE(-1, 1));
  return tt_cat(2, (Tensor *[]){x, y}, 1);
}

static void draw(void)
{
  static const char *const shade[] = { " ", "░", "▒", "▓", "█" };
  enum { ROWS = 29, COLUMNS = 66 };
  Tensor *p = points(ROWS * 7, COLUMNS * 3);
  sides = tt_zeros(TT_SCALAR);
  Tensor *in = tt_lt(tt_zeros(TT_SCALAR), snowflake(p, 4));
  in = tt_reshape(in, TT_SHAPE(ROWS, 7, COLUMNS, 3));
  in = tt_mean(tt_mean(in, 3, false), 1, false);
  for (int64_t i = ROWS - 1; i >= 0; i--) {
    for (int64_t j = 0; j < COLUMNS; j++)
      fputs(shade[(int)(4 * tt_get(in, TT_INDEX(i, j)) + 0.5)], stdout);
    putchar('\n');
  }
}

static int pieces(int folds)
{
  bool seen[1 << 13] = {0};
  int n = 0;
  Tensor *p = points(1000, 1000);
  sides = tt_zeros(TT_SHAPE(1000 * 1000, 1));
  relus = 0;
  snowflake(p, folds);
  const Real *s = sides->data;
  for (int64_t i = 0; i < tt_numel(sides); i++) {
    n += !seen[(int)s[i]];
    seen[(int)s[i]] = true;
  }
  return n;
}

static int print_table(void)
{
  enum { SIDE = 121 };
  sides = tt_zeros(TT_SCALAR);
  const Real *y = snowflake(points(SIDE, SIDE), 4)->data;
  for (int i = 0; i < SIDE * SIDE; i++)
    printf("%.3f\n%s", (double)y[i], (i + 1) % SIDE ? "" : "\n");
  int before = pieces(0), cuts = relus;
  int after = pieces(4), m = relus;
  printf("# fold.unfolded\t%d\n# fold.cuts\t%d\n", before, cuts);
  printf("# fold.pieces\t%d\n# fold.relus\t%d\n", after, m);
  printf("# fold.ratio\t%.0f\n", (double)after / before);
  printf("# fold.flat\t%d\n", 1 + m + m * (m - 1) / 2);
  return 0;
}

int main(int argc, char **argv)
{
  (void)argv;
  if (argc > 1)
    return print_table();
  solve_xor();
  putchar('\n');
  draw();
  return 0;
}
