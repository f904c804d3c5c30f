// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include "tt_test.h"
int wengert_main(void);
#define main wengert_main
#include "../programs/05/wengert.c"
#undef main

TT(autograd, a_wrong_way_back_is_refused)
{
  const struct { WayBack *go; const char *mistake; } broken[] = {
    { back_wrong, "stores where it should add" },
    { squares_are_doubled, "stores, and doubles squares" },
    { factors_are_swapped, "gives each operand the other's factor" },
    { goes_from_the_first_line_on, "goes from the first line on" },
    { begins_at_the_last_line, "begins at the last line of all" },
    { stops_at_an_input, "stops at the first line with no operand" },
  };
  tt_expect_accepts(goes_back(right));
  for (int i = 0; i < 6; i++)
    tt_expect_refuses(goes_back(broken[i].go), "%s", broken[i].mistake);
}
