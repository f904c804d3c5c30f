// refused:are right	sprint open	-
// a guess without a model
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
static Tensor *answer(Tensor *x) {
  int ink = 0;
  for (int i = 0; i < 784; i++)
    ink += ((uint8_t *)x->data)[i];
  Tensor *z = tt_zeros(TT_SHAPE(1, 10));
  ((Real *)z->data)[ink / 7 % 10] = 1;
  return z;
}

static const Entry entry = {NULL, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
