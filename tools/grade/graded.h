// graded.h - before each file of tests, when they grade (see kit): every
// expectation that held leaves what it saw, and tools/grade/score compares
// that, in a process that never ran a student's line, with what the book's
// own solutions let it see.
#ifndef TT_GRADED_H
#define TT_GRADED_H
#include "tt_test.h"
void tt_saw(int line);
void tt_saw_int(const char *file, int line, const char *text, int64_t got,
                int64_t want);
void tt_saw_close(const char *file, int line, const char *text, double got,
                  double want, double rtol, double atol);
void tt_saw_text(const char *file, int line, const char *text,
                 const char *got, const char *want);
void tt_saw_death(const char *file, int line, const char *text,
                  const char *substring);

#undef tt_expect
#define tt_expect(cond, ...) \
  ((cond) ? tt_saw(__LINE__) \
          : tt_expect_failed(__FILE__, __LINE__, #cond, __VA_ARGS__))
#undef tt_expect_int
#define tt_expect_int(got, want) \
  tt_saw_int(__FILE__, __LINE__, #got, got, want)
#undef tt_expect_close
#define tt_expect_close(got, want, rtol, atol) \
  tt_saw_close(__FILE__, __LINE__, #got, got, want, rtol, atol)
#undef tt_expect_each              // every value is looked at from outside
#define tt_expect_each(x, loop, got, want, rtol, atol) \
  do { for loop tt_expect_close(got, want, rtol, atol); } while (0)
#undef tt_expect_text
#define tt_expect_text(got, want) \
  tt_saw_text(__FILE__, __LINE__, #got, got, want)
#define tt_expect_died_at tt_saw_death
#ifdef TT_TENSOR_H
void tt_saw_shape(const char *file, int line, const char *text,
                  const Tensor *t, Shape want);
void tt_saw_tensor(const char *file, int line, const char *text,
                   const Tensor *got, const Tensor *want, double rtol,
                   double atol);
void tt_saw_values(const char *file, int line, const char *text,
                   const Tensor *got, double rtol, size_t n,
                   const double *want);
#define tt_expect_shape_at tt_saw_shape
#define tt_expect_tensor_at tt_saw_tensor
#define tt_expect_values_at tt_saw_values
#endif
#endif
