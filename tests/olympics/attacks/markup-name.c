// unbuilt:letters, digits	sprint open	-
// a name that is a script for the page
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
static Tensor *answer(Tensor *x) {
  return x;
}

static const Entry entry = {NULL, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
