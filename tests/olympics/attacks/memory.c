// refused:it ended	sprint open	-
// takes all memory there is
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
static void load(const char *model) {
  (void)model;
  for (;;)
    memset(tt_zeros(TT_SHAPE(64, 1024, 1024))->data, 1, 1 << 28);
}
static Tensor *answer(Tensor *x) {
  return x;
}

static const Entry entry = {load, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
