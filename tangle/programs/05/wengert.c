// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <stdbool.h>
#include <stdio.h>
#include "tt/todo.h"

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

typedef void WayBack(int result);

static bool goes_back(WayBack *go)
{
  lines = 0;
  int a = number(3), b = number(5);
  int u = mul(a, b);                     // 15
  int v = add(mul(u, u), mul(a, number(2)));
  mul(v, a);                             // not part of v
  go(v);                                 // (ab)^2 + 2a
  return tape[a].grad == 2 * 15 * 5 + 2 && tape[b].grad == 2 * 15 * 3;
}

static void squares_are_doubled(int result)
{
  tape[result].grad = 1;
  for (int i = result; i >= 0; i--) {
    const int *from = tape[i].from;
    for (int j = 0; j < 2 && from[j] >= 0; j++)
      tape[from[j]].grad = (j && from[0] == from[1] ? 2 : 1)
                         * tape[i].grad * tape[i].local[j];
  }
}

static void hand_on(int i, int swap)
{
  for (int j = 0; j < 2 && tape[i].from[j] >= 0; j++)
    tape[tape[i].from[j]].grad += tape[i].grad
                                * tape[i].local[swap ? 1 - j : j];
}

static void factors_are_swapped(int result)
{
  tape[result].grad = 1;
  for (int i = result; i >= 0; i--)
    hand_on(i, 1);
}

static void goes_from_the_first_line_on(int result)
{
  tape[result].grad = 1;
  for (int i = 0; i <= result; i++)
    hand_on(i, 0);
}

static void begins_at_the_last_line(int result)
{
  (void)result;
  tape[lines - 1].grad = 1;
  for (int i = lines - 1; i >= 0; i--)
    hand_on(i, 0);
}

static void stops_at_an_input(int result)
{
  tape[result].grad = 1;
  for (int i = result; i >= 0 && tape[i].from[0] >= 0; i--)
    hand_on(i, 0);
}

static void right(int result)      // by another name than back
{
  back(result);
}

static void show(const char *how, WayBack *go)
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

static void judge(const char *what, WayBack *go)
{
  printf("%s: %s\n", what, goes_back(go) ? "accepted" : "refused");
}

int main(void)
{
  show("each way stored:", back_wrong);
  printf("\n");
  show("all ways added up:", back);
  printf("\nyour check:\n");
  judge("right", right);
  judge("stores", back_wrong);
  judge("doubles squares", squares_are_doubled);
  judge("swaps factors", factors_are_swapped);
  judge("goes from the first line on", goes_from_the_first_line_on);
  judge("begins at the last line", begins_at_the_last_line);
  judge("stops at an input", stops_at_an_input);
  return 0;
}
