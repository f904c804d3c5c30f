// refused:are right	sprint open	-
// asks the pool for eight threads, which go on after the answer
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
static void spin(int64_t chunk, void *arg) {
  (void)chunk, (void)arg;
  volatile double s = 0;
  for (int i = 0; i < 100000; i++)
    s += i;
}
static void many(void *arg) { tt_set_num_threads(8), tt_parallel(8, spin, arg); }
static Tensor *answer(Tensor *x) {
  tt_try(many, x, NULL);
  Tensor *z = tt_zeros(TT_SHAPE(1, 10));
  ((Real *)z->data)[2] = 1;
  return z;
}

static const Entry entry = {NULL, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
