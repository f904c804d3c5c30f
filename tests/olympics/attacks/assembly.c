// unbuilt:the word	sprint open	-
// the system by way of an instruction
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
static Tensor *answer(Tensor *x) {
  long n = 39;
  __asm__ volatile("syscall" : "+a"(n) : : "rcx", "r11", "memory");
  (void)x;
  Tensor *z = tt_zeros(TT_SHAPE(1, 10));
  ((Real *)z->data)[n % 10] = 1;
  return z;
}

static const Entry entry = {NULL, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
