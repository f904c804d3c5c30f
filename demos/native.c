// The same demo outside a page, for the test: a line of numbers in, the
// numbers that it answers out, exactly.
#include <stdio.h>
#include <stdlib.h>
#include "demo.h"

double demo_in[DEMO_MOST], demo_out[DEMO_MOST];

int main(void)
{
  for (int n = 0;;) {
    int c = getchar();
    if (c == EOF)
      return 0;
    if (c == '\n') {
      for (int i = 0, most = demo_run(n); i < most; i++)
        printf(i ? " %.17g" : "%.17g", demo_out[i]);
      putchar('\n');
      n = 0;
    } else if (c != ' ') {
      ungetc(c, stdin);
      if (n == DEMO_MOST || scanf("%lf", &demo_in[n++]) != 1)
        return EXIT_FAILURE;
    }
  }
}
