// refused:weights are given	sprint closed	given
// closed, but it brings a model
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
#include "honest.h"
static Tensor *answer(Tensor *x) {
  return honest(x);
}

static const Entry entry = {load, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
