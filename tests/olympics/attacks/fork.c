// unbuilt:it calls fork	sprint open	-
// a child that goes on when it is not its turn
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
int fork(void);
static Tensor *answer(Tensor *x) {
  (void)x;
  Tensor *z = tt_zeros(TT_SHAPE(1, 10));
  ((Real *)z->data)[fork() % 10] = 1;
  return z;
}

static const Entry entry = {NULL, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
