// tt_report.h - between the expectations and what runs the tests
#ifndef TT_REPORT_H
#define TT_REPORT_H
#include <stdbool.h>
#include <stdio.h>

// Ends the running test as failed.
_Noreturn void tt_report_failure(const char *file, int line,
                                 const char *message);
// The first line that says "... exercise 1.3 is not written yet" or NULL
const char *tt_is_todo(const char *log);
// One record, tab separated: suite, name, status, ms, file:line, message
void tt_record_put(const char *suite, const char *name, const char *status,
                   double ms, const char *file, int line,
                   const char *message);
#endif
