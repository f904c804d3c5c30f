// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include "tt_test.h"
#include "../programs/05/numbertape.h"

static bool goes_back(void (*go)(int result))
{
  lines = 0;
  int a = number(3), b = number(5);
  int u = mul(a, b);                     // 15
  int v = add(mul(u, u), mul(a, number(2)));
  mul(v, a);                             // not part of v
  go(v);                                 // (ab)^2 + 2a
  return tape[a].grad == 2 * 15 * 5 + 2 && tape[b].grad == 2 * 15 * 3;
}

static void squares_only(int result)
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

static void factors_swapped(int result)
{
  tape[result].grad = 1;
  for (int i = result; i >= 0; i--)
    hand_on(i, 1);
}

static void upward(int result)
{
  tape[result].grad = 1;
  for (int i = 0; i <= result; i++)
    hand_on(i, 0);
}

static void from_the_last_line(int result)
{
  (void)result;
  tape[lines - 1].grad = 1;
  for (int i = lines - 1; i >= 0; i--)
    hand_on(i, 0);
}

static void until_an_input(int result)
{
  tape[result].grad = 1;
  for (int i = result; i >= 0 && tape[i].from[0] >= 0; i--)
    hand_on(i, 0);
}

static void right(int result) { back(result); }

TT(autograd, a_wrong_way_back_is_refused)
{
  struct { void (*go)(int); const char *mistake; } broken[] = {
    { back_wrong, "stores where it should add" },
    { squares_only, "stores, and doubles where both are the same" },
    { factors_swapped, "gives each operand the other's derivative" },
    { upward, "goes from the first line to the last" },
    { from_the_last_line, "begins at the last line, not at result" },
    { until_an_input, "stops at the first line without operands" },
  };
  int sum = mul(add(number(1), number(2)), number(3));
  tt_expect(tape[sum].value == 9, "(1 + 2) * 3 = %g", tape[sum].value);
  tt_expect(goes_back(right), "it refuses the right one");
  for (int i = 0; i < 6; i++)
    tt_expect(!goes_back(broken[i].go), "it accepts a way back that %s",
              broken[i].mistake);
}
