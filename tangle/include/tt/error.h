// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// tt/error.h - when something is wrong: a message and the end of the
// program, or an error that tt_try catches.
#ifndef TT_ERROR_H
#define TT_ERROR_H
#include "tt/c.h"
#include <stdbool.h>

TT_BEGIN
typedef enum {
  TT_OK, TT_ESHAPE, TT_EINDEX, TT_EDTYPE, TT_EVALUE,
  TT_EMEM, TT_EFILE, TT_EFORMAT
} ErrorCode;

typedef struct TensorError {
  ErrorCode   code;
  const char *file;                // of your call that failed, or NULL
  int         line;
  char        message[512];        // function, values, rule, cure
} TensorError;

// ends in the nearest tt_try that is running, or prints and aborts
TT_NORETURN void tt_fail(ErrorCode code, const char *format, ...)
  __attribute__((format(printf, 2, 3)));
// Calls f(arg). true: what it made belongs to the caller's scope.
// false: it failed, *e says why (e may be NULL), and everything that
// was made on the way has been released.
bool tt_try(void (*f)(void *), void *arg,
            TensorError *e /* or NULL */);
typedef struct TensorCall {        // of this library, by a program
  struct TensorCall *outer;        // in which it was made
  const char *function, *file;
  int         line;
} TensorCall;
extern __thread TensorCall *tt_call;   // the innermost, or NULL

static inline void tt_leave(TensorCall *c)  // the call returns
{
  tt_call = c->outer;
}

#define TT_CALL(function, file, line) \
  TensorCall tt_here __attribute__((cleanup(tt_leave))) = \
    { tt_call, function, file, line }; \
  tt_call = &tt_here
void tt_at(const char *file, int line);        // no place: for tt_fail
TT_NORETURN void tt_missing(const char *function, const char *what);
                                   // fails: what is NULL
TT_END
#endif
