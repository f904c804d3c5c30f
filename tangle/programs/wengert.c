// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <stdio.h>

typedef struct Line {
  double value, slope;               // slope of the result by it
  int    from[2];                    // lines, or -1
  double by[2];                      // its own slopes by those
} Line;
static Line tape[100];
static int  lines;

static int put(double value, int a, double by_a, int b, double by_b)
{
  tape[lines] = (Line){ value, 0, { a, b }, { by_a, by_b } };
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
  tape[result].slope = 1;
  for (int i = result; i >= 0; i--)
    for (int j = 0; j < 2; j++)
      if (tape[i].from[j] >= 0)
        tape[tape[i].from[j]].slope = tape[i].slope * tape[i].by[j];
}

static void back(int result)
{
  tape[result].slope = 1;
  for (int i = result; i >= 0; i--)
    for (int j = 0; j < 2; j++)
      if (tape[i].from[j] >= 0)
        tape[tape[i].from[j]].slope += tape[i].slope * tape[i].by[j];
}

static void show(const char *how, void (*go)(int))
{
  lines = 0;
  int a = number(2), b = number(3), c = number(4), d = number(5);
  int v = add(mul(a, b), c), w = mul(v, d), l = mul(number(0.5), w);
  go(l);
  printf("%s\nL = %g\nslopes by a, b, c, d: %g %g %g %g\n", how,
         tape[l].value, tape[a].slope, tape[b].slope, tape[c].slope,
         tape[d].slope);
  lines = 0;
  int x = number(3), y = mul(x, x);
  go(y);
  printf("x * x = %g\nslope by x: %g\n", tape[y].value, tape[x].slope);
}

int main(void)
{
  show("each way stored:", back_wrong);
  printf("\n");
  show("all ways added up:", back);
}
