// refused:begins without a model	marathon open	given
// a marathon with a model that knows the digits
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
#include "honest.h"
static Tensor *answer(Tensor *x) {
  return honest(x);
}
static void train(Tensor *x, Tensor *y, uint64_t s) { (void)x, (void)y, (void)s; }

static const Entry entry = {load, answer, train, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
