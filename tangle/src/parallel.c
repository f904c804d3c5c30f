// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// A pool of threads that sleep when there is nothing to do.
#define _GNU_SOURCE
#include "tt/parallel.h"
#include "tt/error.h"
#include "tt/memory.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

TT_INLINE void tt_pause(void)      // in a loop that waits
{
#ifdef __x86_64__
  __builtin_ia32_pause();
#elif defined __aarch64__
  __asm__ volatile("yield");
#endif
}

enum { MOST_THREADS = 256, SPIN = 2000 };
static struct {
  pthread_mutex_t busy;            // held by the caller of a job
  pthread_mutex_t lock;            // for those who go to sleep
  pthread_cond_t  come, done;
  pthread_t worker[MOST_THREADS];
  int workers;                     // that were made
  _Atomic int wanted, asleep, inside;
  _Atomic bool open, waiting, quit;
  _Atomic unsigned jobs;           // counts them
  _Atomic int64_t next;            // chunk
  int64_t chunks;
  ChunkWork *work;
  void *arg;
  _Atomic bool failed;
  TensorError error;               // the first
  double alone_until;              // the caller works without workers
  double won;                      // in sum, by not working alone
  int    doubt;                    // tries in vain, one after another
} pool = {
  .busy = PTHREAD_MUTEX_INITIALIZER, .lock = PTHREAD_MUTEX_INITIALIZER,
  .come = PTHREAD_COND_INITIALIZER, .done = PTHREAD_COND_INITIALIZER,
};
static _Thread_local bool within;  // a chunk: no job in a job
static void take_chunks(void *taken)   // counts those it took
{
  int64_t i, *n = taken;
  for (; (i = atomic_fetch_add(&pool.next, 1)) < pool.chunks; ++*n)
    pool.work(i, pool.arg);
}

static int64_t work_on_job(void)   // chunks that this thread took
{
  TensorError e;
  int64_t taken = 0;
  within = true;
  bool done = tt_try(take_chunks, &taken, &e);
  within = false;
  if (!done) {
    atomic_store(&pool.next, pool.chunks);   // the others may stop
    if (!atomic_exchange(&pool.failed, true))
      pool.error = e;
  }
  return taken;
}

static void *worker(void *number)
{
  for (unsigned seen = 0; !pool.quit;) {
    for (int i = 0; i < SPIN && pool.jobs == seen; i++)
      tt_pause();
    if (pool.jobs == seen) {
      pthread_mutex_lock(&pool.lock);
      pool.asleep++;
      while (pool.jobs == seen && !pool.quit)
        pthread_cond_wait(&pool.come, &pool.lock);
      pool.asleep--;
      pthread_mutex_unlock(&pool.lock);
    }
    seen = pool.jobs;
    pool.inside++;
    if (pool.open && (intptr_t)number < pool.wanted - 1)
      work_on_job();
    if (--pool.inside == 0 && pool.waiting) {
      pthread_mutex_lock(&pool.lock);
      pthread_cond_signal(&pool.done);
      pthread_mutex_unlock(&pool.lock);
    }
  }
  tt_clear();
  return NULL;
}

static void wake_workers(void)
{
  pool.jobs++;
  if (pool.asleep > 0) {
    pthread_mutex_lock(&pool.lock);
    pthread_cond_broadcast(&pool.come);
    pthread_mutex_unlock(&pool.lock);
  }
}

static void wait_for_workers(void)
{
  for (int i = 0; i < SPIN && pool.inside > 0; i++)
    tt_pause();
  if (pool.inside > 0) {
    pthread_mutex_lock(&pool.lock);
    pool.waiting = true;
    while (pool.inside > 0)
      pthread_cond_wait(&pool.done, &pool.lock);
    pool.waiting = false;
    pthread_mutex_unlock(&pool.lock);
  }
}

static double seconds(clockid_t clock)
{
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void settle(double won, double now)
{
  const double credit = 5e-3, overdraft = 1e-4;
  pool.won += won;
  if (pool.won >= credit) {
    pool.won = credit;
    pool.doubt = 0;
  } else if (pool.won < -overdraft) {
    pool.alone_until = now - 20 * pool.won * (1 << pool.doubt);
    pool.won = 0;
    pool.doubt += pool.doubt < 4;
  }
}

static void run_job(int64_t chunks, ChunkWork *work, void *arg)
{
  double begin = seconds(CLOCK_MONOTONIC);
  double used = -seconds(CLOCK_THREAD_CPUTIME_ID);
  pool.chunks = chunks, pool.work = work, pool.arg = arg;
  pool.next = 0;
  pool.failed = false;
  pool.open = begin >= pool.alone_until;
  if (pool.open)
    wake_workers();
  int64_t taken = work_on_job();
  pool.open = false;
  used += seconds(CLOCK_THREAD_CPUTIME_ID);
  wait_for_workers();
  double end = seconds(CLOCK_MONOTONIC);
  if (taken > 0 && begin >= pool.alone_until)
    settle(used * (double)chunks / (double)taken - (end - begin), end);
}

static int read_numbers(const char *group, const char *name,
                        double n[2])
{
  char path[800];
  snprintf(path, sizeof path, "%s/%s", group, name);
  FILE *f = fopen(path, "re");
  int found = f ? fscanf(f, "%lf %lf", &n[0], &n[1]) : 0;
  if (f)
    fclose(f);
  return found;
}

static double quota_of(const char *group)      // cores; 0: no limit
{
  double max[2], quota[2], period[2];
  if (read_numbers(group, "cpu.max", max) == 2)
    return max[0] > 0 && max[1] > 0 ? max[0] / max[1] : 0;
  if (read_numbers(group, "cpu.cfs_quota_us", quota) < 1
      || read_numbers(group, "cpu.cfs_period_us", period) < 1)
    return 0;
  return quota[0] > 0 && period[0] > 0 ? quota[0] / period[0] : 0;
}

static bool limits_cpu(char *controllers)      // or is version 2
{
  char *rest, *name = strtok_r(controllers, ",", &rest);
  if (!name)
    return true;
  while (name && strcmp(name, "cpu") != 0)
    name = strtok_r(NULL, ",", &rest);
  return name;
}

static int least_quota(const char *root, char *group, int cores)
{
  char path[640];
  for (char *end = group + strlen(group); end; ) {
    snprintf(path, sizeof path, "%s%s", root, group);
    double q = quota_of(path);
    if (q > 0 && q < cores)
      cores = q < 1 ? 1 : (int)q;
    if ((end = strrchr(group, '/')))
      *end = 0;
  }
  return cores;
}

static int quota(int cores)        // of the groups that we are in
{
  char line[512];
  FILE *f = fopen("/proc/self/cgroup", "re");
  while (f && fgets(line, sizeof line, f)) {
    line[strcspn(line, "\n")] = 0;
    char *names = strchr(line, ':');
    char *group = names ? strchr(names + 1, ':') : NULL;
    if (!group)
      continue;
    *group++ = 0;
    const char *root = names[1] ? "/sys/fs/cgroup/cpu"
                                : "/sys/fs/cgroup";
    if (limits_cpu(names + 1))
      cores = least_quota(root, group, cores);
  }
  if (f)
    fclose(f);
  return cores;
}

static int cores_of_ours(void)
{
  const char *wish = getenv("TT_THREADS");
  char *end = NULL;
  cpu_set_t set;
  if (wish && *wish) {
    long n = strtol(wish, &end, 10);
    if (*end || n < 1 || n > MOST_THREADS)
      tt_fail(TT_EVALUE, "TT_THREADS=%s: the number of threads is from"
              " 1 to %d", wish, MOST_THREADS);
    return (int)n;
  }
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    return 1;
  int n = CPU_COUNT(&set);
  return quota(n < MOST_THREADS ? n : MOST_THREADS);
}

int tt_get_num_threads(void)
{
  if (pool.wanted == 0)
    pool.wanted = cores_of_ours();
  return pool.wanted;
}

void tt_set_num_threads(int n)
{
  if (n < 1 || n > MOST_THREADS)
    tt_fail(TT_EVALUE, "tt_set_num_threads: %d; the number of threads"
            " is from 1 to %d", n, MOST_THREADS);
  pool.wanted = n;
}

static void hire(int n)
{
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (; pool.workers < n; pool.workers++)
    if (pthread_create(&pool.worker[pool.workers], NULL, worker,
                       (void *)(intptr_t)pool.workers) != 0)
      break;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

__attribute__((destructor)) static void dismiss(void)
{
  if (within || pool.workers == 0)
    return;
  pthread_mutex_lock(&pool.lock);
  pool.quit = true;
  pthread_cond_broadcast(&pool.come);
  pthread_mutex_unlock(&pool.lock);
  while (pool.workers > 0)
    pthread_join(pool.worker[--pool.workers], NULL);
}

static void forget_workers(void)   // in a child, which has none
{
  pthread_mutex_init(&pool.busy, NULL);
  pthread_mutex_init(&pool.lock, NULL);
  pthread_cond_init(&pool.come, NULL);
  pthread_cond_init(&pool.done, NULL);
  pool.workers = 0;
  pool.asleep = 0;
  pool.inside = 0;
  pool.open = false;
  pool.waiting = false;
}

__attribute__((constructor)) static void watch_forks(void)
{
  pthread_atfork(NULL, NULL, forget_workers);
}

void tt_parallel(int64_t chunks, ChunkWork *work, void *arg)
{
  bool alone = chunks < 2 || within || tt_get_num_threads() == 1;
  if (alone || pthread_mutex_trylock(&pool.busy) != 0) {
    for (int64_t i = 0; i < chunks; i++)
      work(i, arg);
    return;
  }
  hire(tt_get_num_threads() - 1);
  run_job(chunks, work, arg);
  TensorError e = pool.error;
  bool failed = pool.failed;
  pthread_mutex_unlock(&pool.busy);
  if (failed)
    tt_fail(e.code, "%s", e.message);
}

enum { SCRATCHES = 2 };
static _Thread_local struct { void *at; size_t bytes; }
  scratch[SCRATCHES];
static pthread_key_t keys[SCRATCHES];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void make_keys(void)
{
  for (int i = 0; i < SCRATCHES; i++)
    pthread_key_create(&keys[i], free);
}

void *tt_scratch(int which, size_t bytes)
{
  if (bytes <= scratch[which].bytes)
    return scratch[which].at;
  bytes = (bytes + 4095) / 4096 * 4096;
  void *p = NULL;
  if (posix_memalign(&p, 64, bytes) != 0)
    tt_fail(TT_EMEM, "tt_scratch: no %zu bytes for a kernel", bytes);
  pthread_once(&made, make_keys);
  free(scratch[which].at);
  scratch[which].at = p, scratch[which].bytes = bytes;
  pthread_setspecific(keys[which], p);
  return p;
}
