// tt_test.c - the expectations: compare, and say what is wrong in words
// that a learner can act on. Nothing here calls the code under test
// except tt_clear and tt_memory_stats at the end of a test.
#define _GNU_SOURCE
#include "tt_test.h"
#include "tt_report.h"
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// A growing text of one message
typedef struct Text { char s[4096]; size_t n; } Text;

__attribute__((format(printf, 2, 3)))
static void put(Text *t, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  int k = vsnprintf(t->s + t->n, sizeof t->s - t->n, format, ap);
  va_end(ap);
  t->n += (size_t)k;
  if (t->n >= sizeof t->s) t->n = sizeof t->s - 1;
}

_Noreturn static void fail(const char *file, int line, const Text *t) {
  tt_report_failure(file, line, t->s);
}

_Noreturn void tt_expect_failed(const char *file, int line,
                                const char *text, const char *format, ...) {
  Text t = {0};
  char message[2048];
  va_list ap;
  va_start(ap, format);
  vsnprintf(message, sizeof message, format, ap);
  va_end(ap);
  put(&t, "%s\n  expected to hold: %s", message, text);
  fail(file, line, &t);
}

void tt_say_of(const char *test, const char *file, int line,
               const char *format, ...) {
  char message[512];
  va_list ap;
  va_start(ap, format);
  vsnprintf(message, sizeof message, format, ap);
  va_end(ap);
  tt_record_put(test, "", "note", 0, file, line, message);
}

void tt_expect_int_at(const char *file, int line, const char *text,
                      int64_t got, int64_t want) {
  if (got == want) return;
  Text t = {0};
  put(&t, "%s\n  got      %lld\n  expected %lld", text, (long long)got,
      (long long)want);
  fail(file, line, &t);
}

void tt_expect_text_at(const char *file, int line, const char *text,
                       const char *got, const char *want) {
  if (strcmp(got, want) == 0) return;
  Text t = {0};
  size_t i = 0;
  int row = 1, column = 1;
  for (; got[i] && got[i] == want[i]; i++)
    if (got[i] == '\n') row++, column = 1; else column++;
  put(&t, "%s\n  first difference in line %d, column %d\n", text, row,
      column);
  put(&t, "  got (%zu bytes):\n%s\n  expected (%zu bytes):\n%s",
      strlen(got), got, strlen(want), want);
  fail(file, line, &t);
}

// ---- numbers --------------------------------------------------------
static bool close_to(double got, double want, double rtol, double atol) {
  if (isnan(got) || isnan(want)) return isnan(got) && isnan(want);
  if (isinf(got) || isinf(want)) return got == want;
  return fabs(got - want) <= rtol * fabs(want) + atol;
}

void tt_expect_close_at(const char *file, int line, const char *text,
                        double got, double want, double rtol, double atol) {
  if (close_to(got, want, rtol, atol)) return;
  Text t = {0};
  put(&t, "%s\n  got      %.9g\n  expected %.9g\n", text, got, want);
  put(&t, "  off by   %.3g; allowed are rtol %g * %.3g + atol %g = %.3g",
      fabs(got - want), rtol, fabs(want), atol, rtol * fabs(want) + atol);
  fail(file, line, &t);
}

// How wrong, on a scale where NaN against a number is the worst.
static double distance(double got, double want) {
  double d = fabs(got - want);
  if (isnan(got) != isnan(want)) return INFINITY;
  return isnan(d) ? 0 : d;
}

void tt_each(Each *e, double x, double got, double want, double rtol,
             double atol) {
  e->n++;
  if (close_to(got, want, rtol, atol)) return;
  double off = distance(got, want) / (rtol * fabs(want) + atol);
  if (!e->bad || off > e->off) {
    e->off = off;
    memcpy(e->worst, (double[]){x, got, want}, sizeof e->worst);
  }
  if (!e->bad++ || fabs(x) < fabs(e->nearest[0]))
    memcpy(e->nearest, (double[]){x, got, want}, sizeof e->nearest);
}

void tt_expect_each_at(const char *file, int line, const char *text,
                       const char *x, const Each *e) {
  if (e->n && !e->bad) return;
  Text t = {0};
  put(&t, "%s\n  %d of %d are off by more than is allowed\n", text, e->bad,
      e->n);
  put(&t, "  worst, %s = %.9g: got %.9g, expected %.9g", x, e->worst[0],
      e->worst[1], e->worst[2]);
  if (e->nearest[0] < e->worst[0] || e->nearest[0] > e->worst[0])
    put(&t, "\n  nearest to 0, %s = %.9g: got %.9g, expected %.9g", x,
        e->nearest[0], e->nearest[1], e->nearest[2]);
  fail(file, line, &t);
}

// ---- tensors --------------------------------------------------------
#ifdef TT_TENSOR_H

static int64_t count(const Tensor *t) {
  int64_t n = 1;
  for (int i = 0; i < t->rank; i++) n *= t->shape[i];
  return n;
}

static void index_of(const Tensor *t, int64_t position, int64_t *index) {
  for (int i = t->rank - 1; i >= 0; i--) {
    index[i] = position % t->shape[i];
    position /= t->shape[i];
  }
}

double tt_peek(const Tensor *t, int64_t position) {
  int64_t index[TT_MAX_RANK], at = 0;
  index_of(t, position, index);
  for (int i = 0; i < t->rank; i++) at += index[i] * t->stride[i];
  switch (t->dtype) {
    case TT_F32: return ((const Real *)t->data)[at];
    case TT_I32: return ((const int32_t *)t->data)[at];
    case TT_U8:  return ((const uint8_t *)t->data)[at];
    case TT_I8:  return ((const int8_t *)t->data)[at];
    default:     return tt_load(t->dtype, t->data, at);   // of later chapters
  }
}

static void put_list(Text *t, int n, const int64_t *list) {
  put(t, "[");
  for (int i = 0; i < n; i++)
    put(t, "%s%lld", i ? "," : "", (long long)list[i]);
  put(t, "]");
}

static void put_tensor(Text *t, const char *label, const Tensor *x) {
  put(t, "  %-8s %s ", label, tt_dtype_name(x->dtype));
  put_list(t, x->rank, x->shape);
  int64_t step = 1;
  bool dense = true;
  for (int i = x->rank - 1; i >= 0; step *= x->shape[i--])
    if (x->shape[i] != 1 && x->stride[i] != step) dense = false;
  if (!dense) {
    put(t, ", not contiguous: strides ");
    put_list(t, x->rank, x->stride);
  }
  int64_t nan = 0, inf = 0;
  for (int64_t i = 0; i < count(x); i++) {
    double v = tt_peek(x, i);
    nan += isnan(v) != 0, inf += isinf(v) != 0;
  }
  if (nan || inf) put(t, ", with %lld NaN and %lld Inf", (long long)nan,
                      (long long)inf);
  put(t, "\n");
}

static bool same_shape(const Tensor *a, int rank, const int64_t *dim) {
  if (a->rank != rank) return false;
  for (int i = 0; i < rank; i++)
    if (a->shape[i] != dim[i]) return false;
  return true;
}

static void need_tensor(const char *file, int line, const char *text,
                        const Tensor *t) {
  if (t) return;
  Text m = {0};
  size_t n = strlen(text);
  bool grad = n >= 6 && strcmp(text + n - 6, "->grad") == 0;
  put(&m, "%s\n  is NULL; %s", text, grad
      ? "no gradient has come this far on the way back"
      : "a function of the library returns a tensor or does not return");
  fail(file, line, &m);
}

void tt_expect_shape_at(const char *file, int line, const char *text,
                        const Tensor *t, Shape want) {
  need_tensor(file, line, text, t);
  if (same_shape(t, want.rank, want.dim)) return;
  Text m = {0};
  put(&m, "shape of %s\n  got      ", text);
  put_list(&m, t->rank, t->shape);
  put(&m, "\n  expected ");
  put_list(&m, want.rank, want.dim);
  fail(file, line, &m);
}

// Up to 6x6 elements of the last two dimensions around a position
static void put_around(Text *t, const char *label, const Tensor *x,
                       int64_t position) {
  if (x->rank == 0) return;
  int64_t columns = x->shape[x->rank - 1];
  int64_t rows = x->rank > 1 ? x->shape[x->rank - 2] : 1;
  int64_t first = position - position % (rows * columns);
  int64_t r0 = position % (rows * columns) / columns, c0 = position % columns;
  r0 = r0 < 3 || rows <= 6 ? 0 : r0 + 3 > rows ? rows - 6 : r0 - 3;
  c0 = c0 < 3 || columns <= 6 ? 0 : c0 + 3 > columns ? columns - 6 : c0 - 3;
  put(t, "  %s, rows %lld.., columns %lld..:\n", label, (long long)r0,
      (long long)c0);
  for (int64_t r = r0; r < rows && r < r0 + 6; r++) {
    put(t, "   ");
    for (int64_t c = c0; c < columns && c < c0 + 6; c++) {
      int64_t at = first + r * columns + c;
      put(t, at == position ? " >%10.5g" : " %11.5g", tt_peek(x, at));
    }
    put(t, "\n");
  }
}

static void put_element(Text *t, const char *label, const Tensor *x,
                        int64_t at, double got, double want) {
  int64_t index[TT_MAX_RANK];
  index_of(x, at, index);
  put(t, "  %s at ", label);
  put_list(t, x->rank, index);
  put(t, ": got %.9g, expected %.9g, off by %.3g\n", got, want,
      fabs(got - want));
}

// want is a tensor, or values in row-major order
static void compare(const char *file, int line, const char *text,
                    const Tensor *got, const Tensor *want,
                    const double *values, double rtol, double atol) {
  int64_t n = count(got), wrong = 0, first = -1, worst = -1;
  double most = -1;
  for (int64_t i = 0; i < n; i++) {
    double g = tt_peek(got, i), w = want ? tt_peek(want, i) : values[i];
    if (close_to(g, w, rtol, atol)) continue;
    if (wrong++ == 0) first = i;
    if (distance(g, w) > most) most = distance(g, w), worst = i;
  }
  if (wrong == 0) return;
  Text t = {0};
  put(&t, "%s\n  %lld of %lld elements are off by more than "
      "rtol %g * |expected| + atol %g\n", text, (long long)wrong,
      (long long)n, rtol, atol);
  put_tensor(&t, "got", got);
  if (want) put_tensor(&t, "expected", want);
  put_element(&t, "first", got, first, tt_peek(got, first),
              want ? tt_peek(want, first) : values[first]);
  put_element(&t, "worst", got, worst, tt_peek(got, worst),
              want ? tt_peek(want, worst) : values[worst]);
  put_around(&t, "got", got, first);
  if (want) put_around(&t, "expected", want, first);
  fail(file, line, &t);
}

void tt_expect_tensor_at(const char *file, int line, const char *text,
                         const Tensor *got, const Tensor *want,
                         double rtol, double atol) {
  need_tensor(file, line, text, got);
  need_tensor(file, line, "the expected tensor", want);
  if (!same_shape(got, want->rank, want->shape) ||
      got->dtype != want->dtype) {
    Text t = {0};
    put(&t, "%s\n", text);
    put_tensor(&t, "got", got);
    put_tensor(&t, "expected", want);
    fail(file, line, &t);
  }
  compare(file, line, text, got, want, NULL, rtol, atol);
}

void tt_expect_values_at(const char *file, int line, const char *text,
                         const Tensor *got, double rtol, size_t n,
                         const double *want) {
  need_tensor(file, line, text, got);
  if (count(got) != (int64_t)n) {
    Text t = {0};
    put(&t, "%s\n", text);
    put_tensor(&t, "got", got);
    put(&t, "  has %lld elements, expected are %zu", (long long)count(got),
        n);
    fail(file, line, &t);
  }
  compare(file, line, text, got, NULL, want, rtol, rtol);
}
#endif

// ---- failures that are wanted ---------------------------------------
static int   child_log;
static pid_t child;

bool tt_fork(void) {
  child_log = memfd_create("stderr", 0);
  fflush(NULL);
  child = fork();
  if (child != 0) return false;
  prctl(PR_SET_PDEATHSIG, SIGKILL);      // a loop ends with the test
  dup2(child_log, 1);
  dup2(child_log, 2);
  return true;
}

_Noreturn void tt_survived(void) {
  fflush(NULL);
  _exit(0);
}

// Waits for the child, gives its status and what it said
static int child_ended(char *said, size_t size) {
  int status = 0;
  waitpid(child, &status, 0);
  ssize_t n = pread(child_log, said, size - 1, 0);
  close(child_log);
  said[n < 0 ? 0 : n] = 0;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
      tt_is_todo(said)) {                // unwritten: not our verdict
    fputs(said, stderr);
    abort();
  }
  return status;
}

static void put_ending(Text *t, int status, const char *said) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT)
    put(t, "  failed with: %s", said);
  else if (WIFSIGNALED(status))
    put(t, "  crashed: %s\n%s", strsignal(WTERMSIG(status)), said);
  else put(t, "  exit code %d\n%s", WEXITSTATUS(status), said);
}

void tt_expect_died_at(const char *file, int line, const char *text,
                       const char *substring) {
  char said[4096];
  int status = child_ended(said, sizeof said);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
      strstr(said, substring)) return;
  Text t = {0};
  put(&t, "%s\n  expected to fail with: %s\n", text, substring);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    put(&t, "  did not fail\n%s", said);
  else put_ending(&t, status, said);
  fail(file, line, &t);
}

// ---- checks that are checked ----------------------------------------
enum { YES = 71, NO = 70 };

_Noreturn void tt_answer(bool yes) {
  fflush(NULL);
  _exit(yes ? YES : NO);
}

void tt_expect_answered_at(const char *file, int line, const char *text,
                           bool want, const char *format, ...) {
  char said[4096], mistake[512];
  int status = child_ended(said, sizeof said);
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (code == (want ? YES : NO)) return;
  Text t = {0};
  va_list ap;
  va_start(ap, format);
  vsnprintf(mistake, sizeof mistake, format, ap);
  va_end(ap);
  put(&t, "%s\n", text);
  if (code == YES)
    put(&t, "  accepts a broken version, which %s; it must return false\n%s",
        mistake, said);
  else if (code == NO)
    put(&t, "  refuses the right version; it must return true\n%s", said);
  else {
    put(&t, "  must return %s for this version, which %s\n",
        want ? "true" : "false", mistake);
    put_ending(&t, status, said);
  }
  fail(file, line, &t);
}

// ---- two statements, which is faster? -------------------------------
// In turn, so that a disturbance meets both; the best time of each, since
// a disturbance only makes it longer.
#ifdef TT_MEASURE
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

bool tt_race_on(Race *r) {
  enum { TURNS = 20 };
  const double ENOUGH = 0.3, MOST = 3;   // seconds in all
  double time = now(), took = time - r->start, all = time - r->began;
  double *best = &r->best[r->turn & 1];
  if (r->turn < 0) r->began = time;
  else if (r->turn < 4 || took < *best) *best = took;  // 0, 1: to warm up
  if (r->turn >= 3 && r->turn % 2 &&
      ((r->turn >= TURNS && all > ENOUGH) || all > MOST)) {
    double times = r->best[0] / r->best[1];
    tt_say_of(r->test, __FILE__, __LINE__, "%.1f times as fast: %.3g ms"
              " instead of %.3g; %s %.1f", times, 1e3 * r->best[1],
              1e3 * r->best[0], times + 0.05 >= r->goal ? "reached:" :
              "not yet", r->goal);
    return false;
  }
  r->turn++;
  r->start = now();
  return true;
}
#else
bool tt_race_on(Race *r) { return ++r->turn < 2; }    // once each
#endif
