// refused:are right	sprint closed	-
// one NaN among good scores must not make any label right
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
#include "honest.h"
static Tensor *answer(Tensor *x) {
  Tensor *z = honest(x);
  ((Real *)z->data)[7] = NAN;
  return z;
}

static const Entry entry = {load, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
