// refused:are right	sprint closed	-
// gives the answer to the question before, and computes this one after it
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
#include "honest.h"
static Tensor *answer(Tensor *x) {
  static Real before[10];
  Tensor *now = tt_from(TT_SHAPE(1, 10), before);
  memcpy(before, honest(x)->data, sizeof before);
  return now;
}

static const Entry entry = {load, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
