// runner.c - runs tests whose code may be hostile, and tells the grader.
//   runner SECONDS suite.test[=BLOCKS]... 3> records 4< nonce
// One process a test, forked from this one, which never runs a line of
// the student's. A record is: nonce, test, status, ms, blocks, message,
// and how many expectations held, with what each saw (see graded.h).
//   - The nonce comes from outside and is wiped in the test's process: a
//     line without it is no record.
//   - A test has passed when its process has written a random token into
//     its pipe: exit(0), or leaving otherwise, is no pass.
//   - BLOCKS is how many blocks the reference leaves allocated.
//   - SECONDS of processor time, three times as many on the clock.
//   - The test can make the system calls of a short list and no other
//     (seccomp): none makes memory executable, starts a
//     program, opens a socket, or sends a signal that this process heeds.
//     Nor can it look into this process (not dumpable).
#define _GNU_SOURCE
#include "tt_test.h"
#include "tt_report.h"
#include "graded.h"
#undef tt_expect_died_at
#undef tt_expect_shape_at
#undef tt_expect_tensor_at
#undef tt_expect_values_at
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <asm/termbits.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RECORDS = 3, NONCE = 4, TOKEN = 16, MESSAGE = 3000,
       PRINTED = 1 << 20 };

static PlainTest *tests, *running;
static char nonce[128];
static unsigned char token[TOKEN];
static int channel;
static long allowed_blocks, blocks;

void tt_plain_add(PlainTest *t) {
  t->next = tests;
  tests = t;
}

// ---- allocations of the library, counted (objcopy sends them here)
void *tt_grade_malloc(size_t n);
void *tt_grade_calloc(size_t n, size_t size);
void *tt_grade_realloc(void *p, size_t n);
void *tt_grade_reallocarray(void *p, size_t n, size_t size);
void *tt_grade_aligned_alloc(size_t a, size_t n);
int tt_grade_posix_memalign(void **p, size_t a, size_t n);
char *tt_grade_strdup(const char *s);
char *tt_grade_strndup(const char *s, size_t n);
void tt_grade_free(void *p);

static void *counted(void *p) {
  if (p) __atomic_add_fetch(&blocks, 1, __ATOMIC_RELAXED);
  return p;
}
void *tt_grade_malloc(size_t n) { return counted(malloc(n)); }
void *tt_grade_calloc(size_t n, size_t size) {
  return counted(calloc(n, size));
}
void *tt_grade_realloc(void *p, size_t n) {
  return p ? realloc(p, n) : counted(malloc(n));
}
void *tt_grade_reallocarray(void *p, size_t n, size_t size) {
  return p ? reallocarray(p, n, size) : counted(calloc(n, size));
}
void *tt_grade_aligned_alloc(size_t a, size_t n) {
  return counted(aligned_alloc(a, n));
}
int tt_grade_posix_memalign(void **p, size_t a, size_t n) {
  int status = posix_memalign(p, a, n);
  if (!status) counted(*p);
  return status;
}
char *tt_grade_strdup(const char *s) { return counted(strdup(s)); }
char *tt_grade_strndup(const char *s, size_t n) {
  return counted(strndup(s, n));
}
void tt_grade_free(void *p) {
  if (p) __atomic_sub_fetch(&blocks, 1, __ATOMIC_RELAXED);
  free(p);
}

// ---- in the process of the test
static void tell(const void *data, size_t size) {
  while (size) {
    ssize_t n = write(channel, data, size);
    if (n <= 0) return;
    data = (const char *)data + n;
    size -= (size_t)n;
  }
}

_Noreturn void tt_report_failure(const char *file, int line,
                                 const char *message) {
  char text[MESSAGE];
  snprintf(text, sizeof text, "F%s:%d: %s", file, line, message);
  tell(text, strlen(text));
  _exit(1);
}

// ---- what the expectations saw (graded.h); in memory that the runner
// shares, so it is there whatever becomes of the process
enum { SEEN = 6000, LOOKS = 12 };
static struct { size_t n; long count; char text[SEEN]; } *seen;

__attribute__((format(printf, 1, 2)))
static void note(const char *format, ...) {
  char item[64];
  va_list ap;
  va_start(ap, format);
  int k = vsnprintf(item, sizeof item, format, ap);
  va_end(ap);
  seen->count++;
  if (k < 0 || k >= (int)sizeof item || seen->n + (size_t)k > SEEN) return;
  memcpy(seen->text + seen->n, item, (size_t)k);
  seen->n += (size_t)k;
}
static void note_number(double got, double tolerance) {
  note(" c%.6g~%.2g", got, tolerance);
}
void tt_saw(int line) { note(" l%d", line); }
void tt_saw_int(const char *file, int line, const char *text, int64_t got,
                int64_t want) {
  tt_expect_int_at(file, line, text, got, want);
  note(" i%lld", (long long)got);
}
void tt_saw_close(const char *file, int line, const char *text, double got,
                  double want, double rtol, double atol) {
  tt_expect_close_at(file, line, text, got, want, rtol, atol);
  note_number(got, rtol * fabs(want) + atol);
}
void tt_saw_text(const char *file, int line, const char *text,
                 const char *got, const char *want) {
  tt_expect_text_at(file, line, text, got, want);
  unsigned sum = 0;
  for (const char *c = got; *c; c++) sum = sum * 31 + (unsigned char)*c;
  note(" s%x", sum);
}
void tt_saw_death(const char *file, int line, const char *text,
                  const char *substring) {
  tt_expect_died_at(file, line, text, substring);
  note(" d%d", line);
}
#ifdef TT_TENSOR_H
static int64_t note_shape(const Tensor *t) {
  int64_t n = 1;
  for (int d = 0; d < t->rank; d++) {
    n *= t->shape[d];
    note(" i%lld", (long long)t->shape[d]);
  }
  return n;
}
// some of its elements, the first and the last among them
static void note_tensor(const Tensor *t, double rtol, double atol) {
  int64_t n = note_shape(t);
  for (int64_t i = 0; i < n && i < LOOKS; i++) {
    int64_t at = n <= LOOKS ? i : i * (n - 1) / (LOOKS - 1);
    double x = tt_peek(t, at);
    note_number(x, rtol * fabs(x) + atol);
  }
}
void tt_saw_shape(const char *file, int line, const char *text,
                  const Tensor *t, Shape want) {
  tt_expect_shape_at(file, line, text, t, want);
  note_shape(t);
}
void tt_saw_tensor(const char *file, int line, const char *text,
                   const Tensor *got, const Tensor *want, double rtol,
                   double atol) {
  tt_expect_tensor_at(file, line, text, got, want, rtol, atol);
  note_tensor(got, rtol, atol);
}
void tt_saw_values(const char *file, int line, const char *text,
                   const Tensor *got, double rtol, size_t n,
                   const double *want) {
  tt_expect_values_at(file, line, text, got, rtol, n, want);
  note_tensor(got, rtol, rtol);
}
#endif

_Noreturn static void finish(void) {
  tt_clear();
  MemoryStats m = tt_memory_stats();
  char text[200];
  if (m.tensors || m.live_bytes) {
    snprintf(text, sizeof text, "Lafter tt_clear() %lld tensors and %lld "
             "bytes are still there", (long long)m.tensors,
             (long long)m.live_bytes);
    tell(text, strlen(text));
  } else if (blocks > allowed_blocks) {
    snprintf(text, sizeof text, "L%ld blocks of malloc are never freed",
             blocks - allowed_blocks);
    tell(text, strlen(text));
  } else {
    tell("P", 1);
    tell(token, TOKEN);
    tell(&blocks, sizeof blocks);
  }
  _exit(0);
}

// ---- what a test may ask of the system: this and nothing else
static const int allowed[] = {
  // memory, but see below
  SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk,
  // files, of which the sandbox has few
  SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64,
  SYS_close, SYS_lseek, SYS_fstat, SYS_openat, SYS_readlinkat, SYS_getcwd,
  SYS_unlinkat, SYS_renameat2, SYS_mkdirat, SYS_ftruncate, SYS_fsync,
  SYS_fchmod, SYS_umask, SYS_fdatasync, SYS_linkat, SYS_fallocate,
  SYS_fadvise64, SYS_flock, SYS_fcntl, SYS_dup, SYS_dup3, SYS_pipe2,
  SYS_memfd_create, SYS_getdents64,
#ifdef SYS_newfstatat
  SYS_newfstatat,
#endif
#ifdef __x86_64__
  SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_unlink,
  SYS_rename, SYS_mkdir, SYS_rmdir, SYS_link, SYS_chmod, SYS_dup2, SYS_pipe,
  SYS_poll,
#endif
  SYS_faccessat, SYS_faccessat2, SYS_statx, SYS_fstatfs, SYS_renameat, SYS_fchmodat,
  SYS_clock_nanosleep, SYS_ppoll,    // a pause: what waits for ever ends at its limit
  // its end, and that of a process that tt_expect_fail made
  SYS_exit, SYS_exit_group, SYS_wait4, SYS_set_robust_list, SYS_rseq,
  SYS_getpid, SYS_gettid, SYS_rt_sigaction, SYS_rt_sigprocmask,
  SYS_rt_sigreturn, SYS_futex,
  // the time, the machine, chance
  SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday, SYS_getrusage,
  SYS_sched_yield, SYS_sched_getaffinity, SYS_sysinfo, SYS_uname,
  SYS_getrandom,
};
enum { FILTER = 128,
       THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
                CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
                CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
       FORK = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD };
static struct sock_filter filter[FILTER];
static unsigned short steps;

static void step(int code, unsigned k, unsigned yes, unsigned no) {
  if (steps == FILTER) _exit(3);
  filter[steps++] = (struct sock_filter){(unsigned short)code,
    (unsigned char)yes, (unsigned char)no, k};
}
static void load(size_t at) { step(BPF_LD | BPF_W | BPF_ABS, (unsigned)at, 0, 0); }
static void decide(unsigned what) { step(BPF_RET | BPF_K, what, 0, 0); }

// The call nr, if `code k` holds for its argument i: yes, else no
static void only(int nr, int i, int code, unsigned k, unsigned yes,
                 unsigned no) {
  step(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 4);
  load(offsetof(struct seccomp_data, args) + 8 * (size_t)i);
  step(BPF_JMP | code | BPF_K, k, 0, 1);
  decide(yes);
  decide(no);
}

static void forbid(void) {
  enum { KILL = SECCOMP_RET_KILL_PROCESS, ALLOW = SECCOMP_RET_ALLOW };
  steps = 0;
#ifdef __x86_64__
  load(offsetof(struct seccomp_data, arch));
  step(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
  decide(KILL);
#endif
  load(offsetof(struct seccomp_data, nr));
  // what is mapped may be written or executed, and so it stays
  only(SYS_mmap, 2, BPF_JSET, PROT_EXEC, KILL, ALLOW);
  only(SYS_mprotect, 2, BPF_JSET, PROT_EXEC, KILL, ALLOW);
  // a process or a thread, as the C library asks for them
  step(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 5);
  load(offsetof(struct seccomp_data, args));
  step(BPF_JMP | BPF_JEQ | BPF_K, FORK, 1, 0);
  step(BPF_JMP | BPF_JEQ | BPF_K, THREAD, 0, 1);
  decide(ALLOW);
  decide(KILL);
  only(SYS_tgkill, 2, BPF_JEQ, SIGABRT, ALLOW, KILL);     // abort()
  only(SYS_prctl, 0, BPF_JEQ, PR_SET_PDEATHSIG, ALLOW,
       SECCOMP_RET_ERRNO | EINVAL);
  only(SYS_ioctl, 1, BPF_JEQ, TCGETS, ALLOW, SECCOMP_RET_ERRNO | ENOTTY);
  only(SYS_prlimit64, 2, BPF_JEQ, 0, ALLOW, KILL);        // only to ask
#ifdef SYS_clone3                  // the C library then takes clone
  only(SYS_clone3, 0, BPF_JSET, 0, KILL, SECCOMP_RET_ERRNO | ENOSYS);
#endif
  unsigned n = sizeof allowed / sizeof *allowed;
  for (unsigned i = 0; i < n; i++)
    step(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed[i], n - i, 0);
  decide(KILL);
  decide(ALLOW);
  struct sock_fprog p = {steps, filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p)) _exit(3);
}

_Noreturn static void child(int log, double seconds) {
  struct rlimit cpu = {(rlim_t)seconds, (rlim_t)seconds + 1},
                printed = {PRINTED, PRINTED}, open = {32, 32};
  setpgid(0, 0);
  close(RECORDS);
  explicit_bzero(nonce, sizeof nonce);
  dup2(log, 1);
  dup2(log, 2);
  close(log);
  setrlimit(RLIMIT_CPU, &cpu);
  setrlimit(RLIMIT_FSIZE, &printed);
  setrlimit(RLIMIT_NOFILE, &open);
  signal(SIGABRT, SIG_DFL);
  setvbuf(stdout, NULL, _IONBF, 0);
  forbid();
  running->body();
  finish();
}

// ---- in the process that runs them
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void escape(char *out, size_t size, const char *s) {
  size_t n = 0;
  for (; *s && n + 3 < size; s++) {
    unsigned char c = (unsigned char)*s;
    if (c == '\t' || c == '\n' || c == '\\') out[n++] = '\\';
    out[n++] = c == '\t' ? 't' : c == '\n' ? 'n'
             : c < ' ' || c == 127 ? '?' : (char)c;
  }
  out[n] = 0;
}

static void record(const char *status, double start, long live,
                   const char *message) {
  char text[2 * MESSAGE + SEEN + 1024], safe[2 * MESSAGE], saw[SEEN + 1];
  escape(safe, sizeof safe, message);
  size_t size = seen->n < SEEN ? seen->n : SEEN;
  memcpy(saw, seen->text, size);
  for (size_t i = 0; i < size; i++)
    if (saw[i] < ' ' || saw[i] > '~') saw[i] = '?';
  saw[size] = 0;
  int n = snprintf(text, sizeof text,
                   "%s\t%s.%s\t%s\t%.1f\t%ld\t%s\t%ld%s\n",
                   nonce, running->suite, running->name, status,
                   (now() - start) * 1e3, live, safe, seen->count, saw);
  if (write(RECORDS, text, (size_t)n) != n) _exit(4);
}

// What the process said until it ended or its time was up; its length
static size_t listen(pid_t pid, int from, double until, char *said,
                     size_t size, int *status, bool *late) {
  size_t n = 0;
  bool open = true;
  *late = false;
  for (;;) {
    struct pollfd p = {.fd = open ? from : -1, .events = POLLIN};
    poll(&p, 1, open ? 20 : 2);
    if (open && p.revents) {
      char more[4096];
      ssize_t k = read(from, more, sizeof more);
      if (k <= 0) open = false;
      else if (n + (size_t)k < size) memcpy(said + n, more, (size_t)k), n += (size_t)k;
      else memcpy(said + n, more, size - 1 - n), n = size - 1;
    }
    if (!open || !p.revents)
      if (waitpid(pid, status, WNOHANG) == pid) break;
    if (now() > until) {
      *late = true;
      kill(pid, SIGKILL);
      waitpid(pid, status, 0);
      break;
    }
  }
  kill(-pid, SIGKILL);                   // what it left behind
  fcntl(from, F_SETFL, O_NONBLOCK);
  ssize_t k = read(from, said + n, size - 1 - n);
  if (k > 0) n += (size_t)k;
  said[n] = 0;
  return n;
}

// false if it ran out of time: then so will the others
static bool judge(size_t n, char *said, const char *log, int status,
                  bool late, double start) {
  char text[MESSAGE + 200];
  int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  long live = 0;
  if (late || sig == SIGXCPU || sig == SIGKILL) {
    record("timeout", start, 0, "still running: an endless loop?");
    return false;
  } else if (n == 1 + TOKEN + sizeof live && said[0] == 'P' &&
             memcmp(said + 1, token, TOKEN) == 0 && !sig) {
    memcpy(&live, said + 1 + TOKEN, sizeof live);
    record("pass", start, live, "");
  } else if (sig == SIGSYS) {
    record("forbidden", start, 0, "a system call that no exercise needs");
  } else if (sig == SIGXFSZ) {
    record("fail", start, 0, "printed more than 1 MB");
  } else if (sig) {
    const char *todo = tt_is_todo(log);
    snprintf(text, sizeof text, "%s%s%s", sig == SIGABRT && *log ? "" :
             strsignal(sig), sig == SIGABRT && *log ? "" : "\n", log);
    record(todo && sig == SIGABRT ? "todo" : sig == SIGABRT ? "fail"
           : "crash", start, 0, text);
  } else if (n && (said[0] == 'F' || said[0] == 'L')) {
    record(said[0] == 'F' ? "fail" : "leak", start, 0, said + 1);
  } else {
    snprintf(text, sizeof text, "the code under test ended the program "
             "(exit code %d)\n%s", WEXITSTATUS(status), log);
    record("early-exit", start, 0, text);
  }
  return true;
}

static bool run(double seconds) {
  int ends[2], status = 0;
  bool late = false;
  char said[MESSAGE + 64], log[MESSAGE];
  double start = now();
  int file = memfd_create("log", MFD_CLOEXEC);
  if (pipe(ends) || file < 0 ||
      getrandom(token, TOKEN, 0) != TOKEN) exit(5);
  fflush(NULL);
  memset(seen, 0, sizeof *seen);
  pid_t pid = fork();
  if (pid < 0) {
    record("fail", start, 0, "no process for this test");
    exit(5);
  }
  if (pid == 0) {
    close(ends[0]);
    channel = ends[1];
    child(file, seconds);
  }
  close(ends[1]);
  size_t n = listen(pid, ends[0], start + 3 * seconds, said, sizeof said,
                    &status, &late);
  ssize_t k = pread(file, log, sizeof log - 1, 0);
  log[k < 0 ? 0 : k] = 0;
  close(file);
  close(ends[0]);
  return judge(n, said, log, status, late, start);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGABRT, SIG_IGN);              // the one signal a test may send
  seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (seen == MAP_FAILED) return 5;
  fcntl(RECORDS, F_SETFD, FD_CLOEXEC);
  ssize_t n = read(NONCE, nonce, sizeof nonce - 1);
  close(NONCE);
  if (n <= 0) return 3;
  nonce[strcspn(nonce, "\n")] = 0;
  int ran = 0;
  for (int i = 2; i < argc; i++) {
    char *equals = strchr(argv[i], '=');
    allowed_blocks = equals ? atol(equals + 1) : 1L << 40;
    if (equals) *equals = 0;
    for (running = tests; running; running = running->next) {
      char name[256];
      snprintf(name, sizeof name, "%s.%s", running->suite, running->name);
      if (strcmp(name, argv[i])) continue;
      blocks = 0;
      if (!run(atof(argv[1]))) return 6;
      ran++;
    }
  }
  return ran == argc - 2 ? 0 : 4;
}
