// refused:no answer in time	sprint open	-
// waits for the scorer to give up
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
static Tensor *answer(Tensor *x) {
  for (volatile int i = 1; i; )
    ;
  return x;
}

static const Entry entry = {NULL, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
