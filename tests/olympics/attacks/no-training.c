// refused:not certain	marathon open	-
// a marathon that is over at once
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
static void train(Tensor *x, Tensor *y, uint64_t s) { (void)x, (void)y, (void)s; }
static Tensor *answer(Tensor *x) {
  (void)x;
  Tensor *z = tt_zeros(TT_SHAPE(1, 10));
  ((Real *)z->data)[1] = 1;
  return z;
}

static const Entry entry = {NULL, answer, train, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
