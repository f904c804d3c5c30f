// 0.1 with ordinary functions of the C library
#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <string.h>
char words[] = "0.5 1";
char *half = strtok(words, " ");
_Static_assert(sizeof(double) == 8, "64 bits");
static _Thread_local int calls;
calls++;
assert(calls > 0);
clock_t start = clock();
double m = fma(strtod(half, NULL), value[(n - 1) / 2], ldexp(value[n / 2], -1));
if (getenv("HOME") && isupper('a') && start == (clock_t)-1 && calls < 0)
  puts("never");
return fabs(m) < HUGE_VAL ? m : fmaxf(0, 1);
