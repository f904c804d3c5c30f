// unbuilt:letters, digits	sprint open	-
// a team whose name leaves its folder
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
static Tensor *answer(Tensor *x) {
  return x;
}

static const Entry entry = {NULL, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
