// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <stdio.h>
#include "numbertape.h"

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
