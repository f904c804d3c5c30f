// tt_test.h - what a test of the book sees of the test harness.
//
//   TT(tensors, strides_row_major) {
//     Tensor *t = tt_zeros(TT_SHAPE(2, 3));
//     tt_expect_int(t->stride[0], 3);
//   }
//
// Underneath is Criterion, which runs every test in a process of its
// own. TT adds an exit code that only the end of the test gives, so a
// call of exit() in the code under test fails the test, and so does a
// sanitizer that ends the process with a code of its own.
#ifndef TT_TEST_H
#define TT_TEST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "tt/todo.h"
#if __has_include("tt/tensor.h")   // not yet in a build of chapter 0
#include "tt/tt.h"
#include "tt/storage.h"
#endif

#ifndef TT_NONCE                   // the exit code of a test that ended
#define TT_NONCE 83
#endif
#ifndef TT_TIMEOUT                 // seconds
#ifdef __clang__
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define TT_TIMEOUT 60
#else
#define TT_TIMEOUT 10
#endif
#endif

#ifdef TT_PLAIN                    // no Criterion: see tt_plain.c
typedef struct PlainTest {
  const char *suite, *name, *file;
  int line;
  void (*body)(void);
  struct PlainTest *next;
} PlainTest;
void tt_plain_add(PlainTest *t);
#define TT(suite, name) \
  static void suite##_##name(void); \
  __attribute__((constructor)) static void add_##suite##_##name(void) { \
    static PlainTest t = {#suite, #name, __FILE__, __LINE__, \
                          suite##_##name, 0}; \
    tt_plain_add(&t); \
  } \
  static void suite##_##name(void)
#else
#include <criterion/criterion.h>
#define TT(suite, name) \
  static void suite##_##name(void); \
  Test(suite, name, .exit_code = TT_NONCE, .timeout = TT_TIMEOUT) { \
    tt_test_begin(#suite, #name); \
    suite##_##name(); \
    tt_test_end(); \
  } \
  static void suite##_##name(void)
#endif
void tt_test_begin(const char *suite, const char *name);
_Noreturn void tt_test_end(void);

// ---- expectations: the first that does not hold ends the test ------
// cond must hold; the message carries the values
#define tt_expect(cond, ...) \
  ((cond) ? (void)0 \
          : tt_expect_failed(__FILE__, __LINE__, #cond, __VA_ARGS__))
#define tt_expect_int(got, want) \
  tt_expect_int_at(__FILE__, __LINE__, #got, got, want)
// |got - want| <= rtol |want| + atol; NaN is equal to NaN
#define tt_expect_close(got, want, rtol, atol) \
  tt_expect_close_at(__FILE__, __LINE__, #got, got, want, rtol, atol)
// the same for every x of a loop: tt_expect_each(x, (double x = 0; x < 1;
// x += 0.1), f(x), sin(x), 1e-6, 0). It shows for which x, the worst first.
#define tt_expect_each(x, loop, got, want, rtol, atol) \
  do { \
    Each each_ = { .n = 0 }; \
    for loop tt_each(&each_, x, got, want, rtol, atol); \
    tt_expect_each_at(__FILE__, __LINE__, #got, #x, &each_); \
  } while (0)
typedef struct Each {
  int n, bad;
  double off, worst[3], nearest[3];  // x, got, expected; nearest to 0
} Each;
#define tt_expect_text(got, want) \
  tt_expect_text_at(__FILE__, __LINE__, #got, got, want)
#ifdef TT_TENSOR_H
// tt_expect_shape(t, TT_SHAPE(2, 3))
#define tt_expect_shape(tensor, ...) \
  tt_expect_shape_at(__FILE__, __LINE__, #tensor, tensor, __VA_ARGS__)
#define tt_expect_tensor(got, want, rtol, atol) \
  tt_expect_tensor_at(__FILE__, __LINE__, #got, got, want, rtol, atol)
// all elements in row-major order; atol is rtol, so that 0 can be met
#define tt_expect_values(got, rtol, ...) \
  tt_expect_values_at(__FILE__, __LINE__, #got, got, rtol, \
                      sizeof((double[]){__VA_ARGS__}) / sizeof(double), \
                      (double[]){__VA_ARGS__})
#endif
// the statement must end in tt_fail with this text in its message
#define tt_expect_fail(statement, substring) \
  do { \
    if (tt_fork()) { \
      statement; \
      tt_survived(); \
    } \
    tt_expect_died_at(__FILE__, __LINE__, #statement, substring); \
  } while (0)

// a check that a student wrote, called with a right or a broken version of
// what it checks: tt_expect_refuses(my_check(late), "hands over late"), the
// text as in printf. It is called in a process of its own, so what it
// remembers of earlier calls tells nothing.
#define tt_expect_accepts(check) \
  do { \
    tt_expect(check, "refuses the right version; it must return true"); \
    tt_expect_answer(check, true, "is right"); \
  } while (0)
#define tt_expect_refuses(check, ...) \
  tt_expect_answer(check, false, __VA_ARGS__)
#define tt_expect_answer(check, want, ...) \
  do { \
    if (tt_fork()) tt_answer(check); \
    tt_expect_answered_at(__FILE__, __LINE__, #check, want, __VA_ARGS__); \
  } while (0)

// which of two statements is faster, in turn, the best time of each: of a
// suite named `speed`, which `make test EX=` builds as the library is built.
// It says how many times, and whether that is `aim`; it never fails.
#define tt_race(aim, slow, fast) \
  for (Race race_ = {.test = __func__, .goal = aim, .turn = -1}; tt_race_on(&race_);) { \
    if (race_.turn % 2) { fast; } else { slow; } \
    __asm__ volatile("" ::: "memory"); \
  }
typedef struct Race {
  const char *test;
  double goal;
  int turn;                        // even: slow, odd: fast
  double best[2], began, start;
} Race;
bool tt_race_on(Race *r);

// a line for whoever solved the exercise of this test: call it in its body
#define tt_say(...) tt_say_of(__func__, __FILE__, __LINE__, __VA_ARGS__)
void tt_say_of(const char *test, const char *file, int line,
               const char *format, ...) __attribute__((format(printf, 4, 5)));

_Noreturn void tt_expect_failed(const char *file, int line,
                                const char *text, const char *format, ...)
  __attribute__((format(printf, 4, 5)));
void tt_expect_int_at(const char *file, int line, const char *text,
                      int64_t got, int64_t want);
void tt_expect_close_at(const char *file, int line, const char *text,
                        double got, double want, double rtol, double atol);
void tt_each(Each *e, double x, double got, double want, double rtol,
             double atol);
void tt_expect_each_at(const char *file, int line, const char *text,
                       const char *x, const Each *e);
void tt_expect_text_at(const char *file, int line, const char *text,
                       const char *got, const char *want);
#ifdef TT_TENSOR_H
void tt_expect_shape_at(const char *file, int line, const char *text,
                        const Tensor *t, Shape want);
void tt_expect_tensor_at(const char *file, int line, const char *text,
                         const Tensor *got, const Tensor *want,
                         double rtol, double atol);
void tt_expect_values_at(const char *file, int line, const char *text,
                         const Tensor *got, double rtol, size_t n,
                         const double *want);
// element at a row-major position, read without the library
double tt_peek(const Tensor *t, int64_t position);
#endif
void tt_expect_died_at(const char *file, int line, const char *text,
                       const char *substring);
bool tt_fork(void);                // true in the child
_Noreturn void tt_survived(void);  // the child was to fail and did not
_Noreturn void tt_answer(bool yes);
void tt_expect_answered_at(const char *file, int line, const char *text,
                           bool want, const char *format, ...)
  __attribute__((format(printf, 5, 6)));
#endif
