// tt_report.c - runs the tests of one binary under Criterion and writes
// a record for each. What Criterion 2.4.1 needs around it:
//   - its environment variables change a run (CRITERION_ALWAYS_SUCCEED):
//     they are cleared;
//   - a filter that matches nothing exits 0: here it fails;
//   - a test that calls exit(0) passes, a leak that LeakSanitizer finds
//     passes: a test must end with TT_NONCE instead (see TT);
//   - the output of a crashing test is lost among the others: each test
//     writes into a file of its own, and a crash is explained from it.
// A test that leaves a file open leaks, as one that leaves memory does.
#define _GNU_SOURCE
#include "tt_test.h"
#include "tt_report.h"
#include <criterion/event.h>
#include <criterion/hooks.h>
#include <criterion/options.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { LOG_MAX = 6000, OUTPUT_MAX = 1 << 28 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void log_path(char *path, size_t size, const char *suite,
                     const char *name) {
  snprintf(path, size, "%s/%s.%s", getenv("TT_LOGS"), suite, name);
}

// ---- in the process of the test --------------------------------------
enum { DESCRIPTORS = 1024 };
static bool was_open[DESCRIPTORS];

// Marks in `seen` what is open (none without /proc); the first of them
// that is not marked in was_open, or -1
static int open_now(bool *seen) {
  DIR *d = opendir("/proc/self/fd");
  int fresh = -1;
  for (struct dirent *e; d && (e = readdir(d));) {
    int fd = atoi(e->d_name);
    if (e->d_name[0] == '.' || fd == dirfd(d) || fd >= DESCRIPTORS) continue;
    if (!was_open[fd] && (fresh < 0 || fd < fresh)) fresh = fd;
    seen[fd] = true;
  }
  if (d) closedir(d);
  return fresh;
}

static void need_all_closed(void) {
  bool now[DESCRIPTORS] = {0};
  int fd = open_now(now);
  if (fd < 0) return;
  char link[32], path[512];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  path[n < 0 ? 0 : n] = 0;
  fprintf(stderr, "leak: descriptor %d (%s) is still open at the end of"
          " the test; what opens a file closes it\n", fd, path);
  exit(TT_NONCE + 1);
}

void tt_test_begin(const char *suite, const char *name) {
  char path[512];
  log_path(path, sizeof path, suite, name);
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (fd < 0) return;
  fflush(NULL);
  dup2(fd, 1);
  dup2(fd, 2);
  close(fd);
  struct rlimit most = {OUTPUT_MAX, OUTPUT_MAX}, none = {0, 0};
  setrlimit(RLIMIT_FSIZE, &most);        // a loop that prints
  setrlimit(RLIMIT_CORE, &none);
  open_now(was_open);
}

// Everything the test made must go with the root scope.
_Noreturn void tt_test_end(void) {
  need_all_closed();
#ifdef TT_TENSOR_H
  tt_clear();
  MemoryStats m = tt_memory_stats();
  if (m.tensors || m.live_bytes) {
    fprintf(stderr, "leak: after tt_clear() %lld tensors and %lld bytes "
            "are still there\n", (long long)m.tensors,
            (long long)m.live_bytes);
    exit(TT_NONCE + 1);
  }
#endif
  exit(TT_NONCE);
}

_Noreturn void tt_report_failure(const char *file, int line,
                                 const char *message) {
  fflush(NULL);
  struct criterion_assert_stats a = {
    .message = message, .line = (unsigned)line, .file = file};
  criterion_send_assert(&a);
  criterion_abort_test();
}

// ---- in the process that runs them -----------------------------------
static size_t read_log(const struct criterion_test *t, char *log) {
  char path[512];
  log_path(path, sizeof path, t->category, t->name);
  size_t n = 0;
  FILE *f = fopen(path, "r");
  if (f) {
    n = fread(log, 1, LOG_MAX - 1, f);
    fclose(f);
    unlink(path);
  }
  log[n] = 0;
  return n;
}

static void put_log(const struct criterion_test *t, const char *log) {
  if (log[0]) fprintf(stderr, "--- %s::%s wrote:\n%s---\n", t->category,
                      t->name, log);
}

// Why a test ended without the exit code of its end: the status, with
// the words that explain it before the log.
static const char *how_it_ended(const struct criterion_test_stats *s,
                                const char *log, char *why, size_t size) {
  const char *todo = tt_is_todo(log);
  why[0] = 0;
  if (s->timed_out) {
    snprintf(why, size, "still running after %g s: an endless loop?\n",
             s->test->data->timeout);
    return "timeout";
  }
  if (todo && s->signal == SIGABRT) return "todo";
  if (strstr(log, "LeakSanitizer") || strncmp(log, "leak: ", 6) == 0
      || strstr(log, "\nleak: ")) return "leak";
  if (strstr(log, "Sanitizer") || strstr(log, ": runtime error: "))
    return "crash";
  if (s->crashed) {
    if (s->signal != SIGABRT || !log[0])
      snprintf(why, size, "stopped by signal %d (%s)\n", s->signal,
               strsignal(s->signal));
    return "crash";
  }
  if (s->exit_code == 99) {              // as memcheck asks of it
    snprintf(why, size, "valgrind found an error; its report is above\n");
    return "crash";
  }
  snprintf(why, size, "the code under test called exit(%d)\n",
           s->exit_code);
  return "early-exit";
}

// The message of a line "chapters/01-tensors.nw:212: exercise 1.3 ..."
// (a column may follow the line), and its file and line; or NULL
static const char *located(const char *text, char *file, size_t size,
                           int *line) {
  size_t n = strcspn(text, ":\n");
  char *rest = NULL;
  if (text[n] != ':' || n >= size) return NULL;
  long number = strtol(text + n + 1, &rest, 10);
  if (rest == text + n + 1) return NULL;
  if (rest[0] == ':' && rest[1] != ' ') strtol(rest + 1, &rest, 10);
  if (strncmp(rest, ": ", 2) != 0) return NULL;
  snprintf(file, size, "%.*s", (int)n, text);
  *line = (int)number;
  return rest + 2;
}

static void put_ended(const struct criterion_test_stats *s,
                      const char *log, double ms) {
  char why[256], file[256], message[LOG_MAX + 256];
  int line = (int)s->test->data->line_;
  const char *status = how_it_ended(s, log, why, sizeof why);
  const char *text = log, *from = log, *found;
  bool todo = strcmp(status, "todo") == 0;
  snprintf(file, sizeof file, "%s", s->test->data->file_);
  if (todo) from = text = tt_is_todo(log);
  for (const char *l = from; l; l = strchr(l, '\n'), l = l ? l + 1 : l)
    if ((found = located(l, file, sizeof file, &line))) {
      from = l, text = found;
      if (todo) break;
    }
  if (text != log && strcmp(status, "crash") == 0 && s->signal == SIGABRT)
    status = "fail";                     // tt_fail: an answer, not a crash
  if (from != log && !todo) put_log(s->test, log);
  snprintf(message, sizeof message, "%s%.*s", why,
           todo ? (int)strcspn(text, "\n") : LOG_MAX, text);
  if (!getenv("TT_RECORDS"))
    fprintf(stderr, "%s:%d: %s::%s: %s: %s\n", file, line,
            s->test->category, s->test->name, status, message);
  tt_record_put(s->test->category, s->test->name, status, ms, file, line,
                message);
}

static void ended(const struct criterion_test_stats *s) {
  char log[LOG_MAX];
  const struct criterion_test *t = s->test;
  if (s->test_status == CR_STATUS_SKIPPED) return;  // not in the filter
  double *start = t->data->data, ms = start ? now() - *start : 0;
  read_log(t, log);
  if (s->test_status == CR_STATUS_PASSED) {
    tt_record_put(t->category, t->name, "pass", ms, t->data->file_,
                  (int)t->data->line_, "");
    return;
  }
  for (const struct criterion_assert_stats *a = s->asserts; a; a = a->next)
    if (!a->passed) {
      put_log(t, log);
      tt_record_put(t->category, t->name, "fail", ms, a->file,
                    (int)a->line, a->message);
      return;
    }
  put_ended(s, log, ms);
}

ReportHook(PRE_INIT)(struct criterion_test *t) {
  double *start = malloc(sizeof *start);
  *start = now();
  t->data->data = start;
}
ReportHook(POST_TEST)(struct criterion_test_stats *s) { ended(s); }
ReportHook(TEST_CRASH)(struct criterion_test_stats *s) { ended(s); }

static size_t ran;
ReportHook(POST_ALL)(struct criterion_global_stats *g) {
  ran = g->tests_passed + g->tests_failed + g->tests_crashed;
}

static void clear_environment(void) {
  for (char **e = environ; *e;)
    if (strncmp(*e, "CRITERION_", 10) == 0) {
      char name[128];
      snprintf(name, sizeof name, "%.*s", (int)strcspn(*e, "="), *e);
      unsetenv(name);
    } else e++;
}

int main(int argc, char **argv) {
  char logs[] = "/tmp/tt-test-XXXXXX";
  clear_environment();
  if (!mkdtemp(logs)) return perror(logs), 2;
  setenv("TT_LOGS", logs, 1);
  struct criterion_test_set *tests = criterion_initialize();
  if (!criterion_handle_args(argc, argv, true)) return rmdir(logs), 0;
  if (getenv("TT_RECORDS"))              // the report speaks, not Criterion
    criterion_options.logging_threshold = (enum criterion_logging_level)9;
  bool passed = criterion_run_all_tests(tests);
  criterion_finalize(tests);
  rmdir(logs);
  if (ran == 0) fprintf(stderr, "%s: no test ran: nothing matches\n",
                        argv[0]);
  return ran == 0 ? 4 : !passed;
}
