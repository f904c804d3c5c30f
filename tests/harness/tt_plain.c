// tt_plain.c - the tests of one file in one process, without Criterion,
// which does not start under ThreadSanitizer. Compile with -DTT_PLAIN.
// The first failure ends the run; what did not run has no record, and
// the report counts that as a failure.
#include "tt_test.h"
#include "tt_report.h"
#include <stdlib.h>
#include <time.h>

static PlainTest *tests, *running;

void tt_plain_add(PlainTest *t) {
  t->next = tests;
  tests = t;
}

_Noreturn void tt_report_failure(const char *file, int line,
                                 const char *message) {
  fprintf(stderr, "%s:%d: %s.%s failed: %s\n", file, line, running->suite,
          running->name, message);
  tt_record_put(running->suite, running->name, "fail", 0, file, line,
                message);
  _Exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(void) {
  int n = 0;
  for (running = tests; running; running = running->next, n++) {
    double start = now();
    running->body();
    tt_clear();
    tt_record_put(running->suite, running->name, "pass", now() - start,
                  running->file, running->line, "");
  }
  printf("%d tests ended\n", n);
  return n ? 0 : 4;
}
