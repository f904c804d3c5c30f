// runner.c - runs tests whose code may be hostile, and tells the grader.
//   runner SECONDS suite.test[=BLOCKS]... 3> records 4< nonce
// One process a test, forked from this one, which never runs a line of
// the student's. A record is: nonce, test, status, ms, blocks, message.
//   - The nonce comes from outside and is wiped in the test's process: a
//     line without it is no record.
//   - A test has passed when its process has written a random token into
//     its pipe: exit(0), or leaving otherwise, is no pass.
//   - BLOCKS is how many blocks the reference leaves allocated.
//   - SECONDS of processor time, three times as many on the clock.
//   - The test cannot debug, kill, execute, open sockets or make memory
//     executable (seccomp), nor look into this process (not dumpable).
#define _GNU_SOURCE
#include "tt_test.h"
#include "tt_report.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
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

#define KILL(name) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), \
  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
static void forbid(void) {
  struct sock_filter f[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
#ifdef __x86_64__
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
#endif
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef __x86_64__                  // no x32
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
#endif
    KILL(ptrace), KILL(process_vm_readv), KILL(process_vm_writev),
    KILL(kill), KILL(tkill), KILL(pidfd_open), KILL(pidfd_send_signal),
    KILL(execve), KILL(execveat), KILL(socket), KILL(socketpair),
    KILL(connect), KILL(bpf), KILL(keyctl), KILL(perf_event_open),
    KILL(mount), KILL(unshare), KILL(setns), KILL(io_uring_setup),
    KILL(userfaultfd), KILL(setsid), KILL(pidfd_getfd),
    // a new mapping may be written or executed: no executable one
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
             offsetof(struct seccomp_data, args[2])),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog p = {sizeof f / sizeof *f, f};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p)) _exit(3);
}

_Noreturn static void child(int log, double seconds) {
  struct rlimit cpu = {(rlim_t)seconds, (rlim_t)seconds + 1},
                printed = {PRINTED, PRINTED};
  setpgid(0, 0);
  close(RECORDS);
  explicit_bzero(nonce, sizeof nonce);
  dup2(log, 1);
  dup2(log, 2);
  close(log);
  setrlimit(RLIMIT_CPU, &cpu);
  setrlimit(RLIMIT_FSIZE, &printed);
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
  char text[2 * MESSAGE + 1024], safe[2 * MESSAGE];
  escape(safe, sizeof safe, message);
  int n = snprintf(text, sizeof text, "%s\t%s.%s\t%s\t%.1f\t%ld\t%s\n",
                   nonce, running->suite, running->name, status,
                   (now() - start) * 1e3, live, safe);
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
