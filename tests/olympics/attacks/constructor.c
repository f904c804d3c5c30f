// unbuilt:attribute constructor	sprint open	-
// code that runs before main
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
__attribute__((constructor)) static void early(void) { setenv("UNSTEADY", "yes", 1); }
static Tensor *answer(Tensor *x) {
  (void)x;
  Tensor *z = tt_zeros(TT_SHAPE(1, 10));
  return z;
}

static const Entry entry = {NULL, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
