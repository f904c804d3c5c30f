// faulty.c - tests that must not pass, each in its own way, and a few
// that must; tests/test_harness.sh checks what the harness says of them.
#include "tt_test.h"
#include <math.h>
#include <signal.h>
#include <stdlib.h>

#ifndef FAULTY_VANISHES            // planned, but not in this binary
TT(faulty, vanishes) { tt_expect(true, "never seen"); }
#endif
TT(faulty, passes) { tt_expect_int(2 + 2, 4); }
TT(faulty, returns) { return; }
TT(faulty, nan_equals_nan) { tt_expect_close((double)NAN, (double)NAN, 0, 0); }
TT(faulty, nan_is_no_number) { tt_expect_close((double)NAN, 1.0, 1, 1); }
TT(faulty, each_is_right) { tt_expect_each(x, (double x = 0; x < 9; x++), x * x, x * x, 0, 0); }
TT(faulty, each_of_none) { tt_expect_each(x, (double x = 0; x < 0; x++), x, x, 0, 0); }
TT(faulty, each_is_wrong) { tt_expect_each(x, (double x = 0; x < 4; x++), x * x, x, 0, 0.5); }
TT(faulty, inf_is_no_number) { tt_expect_close((double)INFINITY, 1e300, 1, 1); }
TT(faulty, wrong_integer) { tt_expect_int(2 + 2, 5); }
TT(faulty, quotes) { tt_expect(1 == 2, "a \"quote\", a \\, a tab\t, <]]>&"); }
TT(faulty, calls_exit) { exit(0); }
TT(faulty, calls_quick_exit) { _Exit(0); }
TT(faulty, exits_at_random) { exit(42); }
TT(faulty, crashes) { raise(SIGSEGV); }
TT(faulty, todo) { TT_TODO("1.3"); }
TT(faulty, todo_in_expect_fail) { tt_expect_fail(TT_TODO("1.4"), "x"); }
TT(faulty, tt_fail) { tt_fail(TT_ESHAPE, "add: [2] + [3]: sizes differ"); }
TT(faulty, fails_as_wanted) {
  tt_expect_fail(tt_fail(TT_ESHAPE, "add: [2] + [3]"), "[2] + [3]");
}
TT(faulty, fails_otherwise) {
  tt_expect_fail(tt_fail(TT_ESHAPE, "add: [2] + [3]"), "matmul");
}
TT(faulty, does_not_fail) { tt_expect_fail((void)0, "matmul"); }
TT(faulty, exits_in_expect_fail) { tt_expect_fail(exit(3), "matmul"); }
static bool always(int version) { return version >= 0; }
static bool at_first(int version) {
  static int calls;
  return version >= 0 && calls++ == 0;
}
static bool careful(int version) { return version == 1; }
static bool falls(int version) { return version == 1 || raise(SIGSEGV); }
static bool unwritten(int version) {
  if (version != 1) TT_TODO("1.5");
  return true;
}
TT(faulty, check_that_is_right) {
  tt_expect_accepts(careful(1));
  tt_expect_refuses(careful(2), "is version %d", 2);
  tt_expect_refuses(careful(3), "is version %d", 2);
}
TT(faulty, check_accepts_all) {
  tt_expect_accepts(always(1));
  tt_expect_refuses(always(2), "is version %d", 2);
}
TT(faulty, check_refuses_all) { tt_expect_accepts(!always(1)); }
TT(faulty, check_counts_calls) {
  tt_expect_accepts(at_first(1));
  tt_expect_refuses(at_first(2), "is version %d", 2);
}
TT(faulty, check_crashes) {
  tt_expect_accepts(falls(1));
  tt_expect_refuses(falls(2), "is version %d", 2);
}
TT(faulty, check_is_todo) {
  tt_expect_accepts(unwritten(1));
  tt_expect_refuses(unwritten(2), "is version %d", 2);
}
TT(speed, race) {                  // however it ends, it passes
  volatile int i = 0;
  tt_race(1e9, i = 0, while (i < 1000) i = i + 1);
}
TT(faulty, wrong_tensor) {
  const Real a[] = {1, 2, 3, 4, 5, 6}, b[] = {1, 2, 3, 4, 7, (Real)NAN};
  tt_expect_tensor(tt_from(TT_SHAPE(2, 3), a), tt_from(TT_SHAPE(2, 3), b),
                   1e-6, 0);
}
TT(faulty, wrong_shape) {
  tt_expect_shape(tt_zeros(TT_SHAPE(2, 3)), TT_SHAPE(3, 2));
}
TT(faulty, wrong_count) { tt_expect_values(tt_zeros(TT_SHAPE(2)), 0, 0.0); }
TT(faulty, null_tensor) { tt_expect_values((Tensor *)NULL, 0, 0.0); }
TT(faulty, prints_then_fails) {
  printf("the learner's printf\n");
  tt_expect_text("one\ntwo", "one\ntoo");
}
TT(faulty, leaves_a_file_open) {
  printf("opened and forgotten\n");
  tt_expect(fopen("/proc/version", "r"), "cannot open it");
}
TT(faulty, closes_its_file) { fclose(fopen("/proc/version", "r")); }
TT(faulty, keeps_a_tensor) {
  printf("kept\n");
  static Scope elsewhere;
  tt_move(tt_zeros(TT_SHAPE(2)), &elsewhere);
}
#ifdef FAULTY_SLOW
TT(faulty, loops) { for (volatile int i = 0;; i = i + 1) {} }
#endif
#ifdef FAULTY_LEAK
TT(faulty, leaks) {
  void *volatile p = malloc(123);
  p = NULL;
  (void)p;
}
TT(faulty, overflows) {
  volatile char *volatile p = malloc(8);
  p[8] = 1;
  free((void *)(uintptr_t)p);
}
TT(faulty, undefined) {
  volatile int big = INT32_MAX;
  volatile int more = big + 1;
  tt_expect(more < 0, "%d", more);
}
#endif
