// refused:another question	sprint closed	-
// answers the next question while this one is answered
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
#include "honest.h"
static Tensor *answer(Tensor *x) {
  Tensor *z = honest(x);
  SignAnswer a = {.ticket = 0};
  memcpy(a.score, x->data, sizeof a.score);
  for (unsigned k = 0; k < sizeof a; k++)
    putchar(((const char *)&a)[k]);
  fflush(stdout);
  return z;
}

static const Entry entry = {load, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
