// Needs chapter 18: the pool of threads, used hard: jobs that are too short for
// a worker to come in time, two programs' threads that have jobs at once, errors
// in the midst, and sleep between jobs. Runs under ThreadSanitizer too.
#include "tt_test.h"
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { CHUNKS = 64 };
typedef struct Sums {
  int64_t part[CHUNKS];
  int64_t factor;
} Sums;

static void part_of(int64_t i, void *arg) {
  Sums *s = arg;
  s->part[i] = i * s->factor;
}

static void sums(int64_t chunks, int64_t factor) {
  Sums s = {.factor = factor};
  tt_parallel(chunks, part_of, &s);
  int64_t sum = 0;                   // all is there when it returns
  for (int64_t i = 0; i < chunks; i++) sum += s.part[i];
  tt_expect_int(sum, factor * chunks * (chunks - 1) / 2);
}

TT(pool, many_short_jobs) {
  tt_set_num_threads(4);
  for (int i = 0; i < 3000; i++) sums(2 + i % (CHUNKS - 2), i);
}

TT(pool, jobs_after_a_sleep) {
  tt_set_num_threads(3);
  for (int i = 0; i < 60; i++) {
    usleep((useconds_t)(i % 3) * 400);
    sums(CHUNKS, i);
  }
}

static void *jobs_of_one(void *number) {
  for (int i = 0; i < 500; i++) sums(2 + i % 20, *(int *)number);
  tt_clear();
  return NULL;
}

TT(pool, threads_of_the_program_have_jobs_at_once) {
  pthread_t t[3];
  int number[3] = {3, 5, 7};
  tt_set_num_threads(3);
  for (int i = 0; i < 3; i++) pthread_create(&t[i], NULL, jobs_of_one, &number[i]);
  for (int i = 0; i < 3; i++) pthread_join(t[i], NULL);
}

// An error ends the job; tensors that chunks made go with their scopes.
static void fails_at_ten(int64_t i, void *arg) {
  TT_SCOPE;
  Tensor *t = tt_ones(TT_SHAPE(3));
  if (i == 10) tt_add(t, tt_ones(TT_SHAPE(4)));
  (void)arg;
}

static void failing(void *arg) { tt_parallel(CHUNKS, fails_at_ten, arg); }

TT(pool, errors_and_jobs_in_turn) {
  tt_set_num_threads(4);
  for (int i = 0; i < 200; i++) {
    TensorError e = {0};
    tt_expect(!tt_try(failing, NULL, &e) && e.code == TT_ESHAPE, "%s", e.message);
    sums(CHUNKS, i);
  }
}

// More threads and fewer, between jobs.
TT(pool, the_number_of_threads_changes) {
  for (int i = 0; i < 300; i++) {
    tt_set_num_threads(1 + i % 5);
    sums(CHUNKS, i);
  }
}

// A thread that is stopped within a chunk, as if another program had its core:
// the caller works alone for a while, and then asks for help again.
typedef struct Help {
  pthread_t caller;
  useconds_t stopped;
  _Atomic int chunks;                // of others
} Help;

static double clock_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void helps(int64_t i, void *arg) {
  Help *h = arg;
  (void)i;
  if (!pthread_equal(pthread_self(), h->caller)) {
    h->chunks++;
    usleep(h->stopped);
  }
  for (double from = clock_now(); clock_now() < from + 0.001;) {
  }
}

TT(pool, who_has_waited_for_nothing_works_alone) {
  Help h = {.caller = pthread_self(), .stopped = 30000};
  tt_set_num_threads(2);
  bool soon = false;
  for (int i = 0; i < 20 && !soon; i++) {
    for (h.chunks = 0; h.chunks == 0;) tt_parallel(4, helps, &h);
    double lost = clock_now();       // about 0.03 s: alone for 0.25 s and more
    h.chunks = 0;
    tt_parallel(8, helps, &h);
    soon = clock_now() - lost < 0.15;
  }
  tt_expect(!soon || h.chunks == 0, "%d chunks by a thread that was stopped", h.chunks);
  h.stopped = 0;
  double from = clock_now();
  for (h.chunks = 0; h.chunks == 0 && clock_now() - from < 30;) tt_parallel(8, helps, &h);
  tt_expect(h.chunks > 0, "no help in 30 s");
}

static double cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

TT(pool, nobody_spins_when_there_is_nothing_to_do) {
  tt_set_num_threads(4);
  sums(CHUNKS, 1);
  usleep(100000);                    // long enough to fall asleep
  double before = cpu();
  usleep(200000);
  double used = cpu() - before;
  tt_expect(used < 0.01, "%.3f s of 0.2 s", used);
}

// Products by the backend, in two threads of the program and by its pool.
static Tensor *left, *right, *product;
static void *multiply(void *differs) {
  for (int i = 0; i < 8; i++) {
    TT_SCOPE;
    Tensor *y = tt_matmul(left, right);
    *(bool *)differs |= !tt_allclose(y, product, 0, 0);
  }
  tt_clear();
  return NULL;
}

TT(pool, products_of_two_threads) {
  pthread_t t[2];
  bool differs[2] = {false, false};
  tt_backend_use("threads");
  tt_set_num_threads(3);
  left = tt_rand(TT_SHAPE(150, 200), NULL), right = tt_rand(TT_SHAPE(200, 190), NULL);
  product = tt_matmul(left, right);
  for (int i = 0; i < 2; i++) pthread_create(&t[i], NULL, multiply, &differs[i]);
  for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
  tt_expect(!differs[0] && !differs[1], "other bits");
}
