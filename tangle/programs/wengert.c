// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <stdio.h>

typedef struct Line {
  double value, grad;                // gradient of the result
  int    from[2];                    // lines, or -1
  double local[2];                   // derivatives for those
} Line;
static Line tape[100];
static int  lines;

static int put(double value, int a, double da, int b, double db)
{
  tape[lines] = (Line){ value, 0, { a, b }, { da, db } };
  return lines++;
}

static int number(double v)
{
  return put(v, -1, 0, -1, 0);
}

static int add(int a, int b)
{
  return put(tape[a].value + tape[b].value, a, 1, b, 1);
}

static int mul(int a, int b)
{
  double x = tape[a].value, y = tape[b].value;
  return put(x * y, a, y, b, x);
}

static void back_wrong(int result)
{
  tape[result].grad = 1;
  for (int i = result; i >= 0; i--)
    for (int j = 0; j < 2; j++)
      if (tape[i].from[j] >= 0)
        tape[tape[i].from[j]].grad = tape[i].grad * tape[i].local[j];
}

static void back(int result)
{
  tape[result].grad = 1;
  for (int i = result; i >= 0; i--)
    for (int j = 0; j < 2; j++)
      if (tape[i].from[j] >= 0)
        tape[tape[i].from[j]].grad += tape[i].grad * tape[i].local[j];
}

static void show(const char *how, void (*go)(int))
{
  lines = 0;
  int a = number(2), b = number(3), c = number(4), d = number(5);
  int v = add(mul(a, b), c), w = mul(v, d), l = mul(number(0.5), w);
  go(l);
  printf("%s\nL = %g\ngradients of a, b, c, d: %g %g %g %g\n", how,
         tape[l].value, tape[a].grad, tape[b].grad, tape[c].grad,
         tape[d].grad);
  lines = 0;
  int x = number(3), y = mul(x, x);
  go(y);
  printf("x * x = %g\ngradient of x: %g\n", tape[y].value,
         tape[x].grad);
}

int main(void)
{
  show("each way stored:", back_wrong);
  printf("\n");
  show("all ways added up:", back);
}
