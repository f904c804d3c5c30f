// refused:order	sprint closed	-
// its answers depend on how many were asked before
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
#include "honest.h"
static Tensor *answer(Tensor *x) {
  static int asked;
  Tensor *z = honest(x);
  return ++asked > 2 && asked < 5 ? tt_neg(z) : z;
}

static const Entry entry = {load, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
