// Needs chapter 01: two threads, each with its own scopes and pool, that
// share storage. Runs under ThreadSanitizer too (see tt_plain.c).
#include "tt_test.h"
#include <pthread.h>

enum { THREADS = 2, ROUNDS = 300 };
static Tensor *shared;
static pthread_barrier_t meet;
static double result[THREADS];

static void in_threads(void *(*work)(void *)) {
  pthread_t thread[THREADS];
  pthread_barrier_init(&meet, NULL, THREADS + 1);
  for (int i = 0; i < THREADS; i++)
    pthread_create(&thread[i], NULL, work, &result[i]);
  pthread_barrier_wait(&meet);       // all have begun
  pthread_barrier_wait(&meet);       // all have made their views
  for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
  pthread_barrier_destroy(&meet);
}

// Views of one storage are made and released in both threads at once.
static void *use_views(void *p) {
  double sum = 0;
  pthread_barrier_wait(&meet);
  for (int i = 0; i < ROUNDS; i++) {
    Scope s;
    tt_scope_open(&s);
    Tensor *row = tt_select(shared, 0, i % 4);
    sum += tt_item(tt_sum(tt_mul(row, row), TT_ALL, false));
    tt_scope_close(&s);
  }
  pthread_barrier_wait(&meet);
  *(double *)p = sum;
  tt_clear();
  return NULL;
}

TT(threads, views_of_shared_storage) {
  shared = tt_full(TT_SHAPE(4, 8), 2);
  in_threads(use_views);
  for (int i = 0; i < THREADS; i++)
    tt_expect_close(result[i], 32.0 * ROUNDS, 0, 0);
  tt_expect_close(tt_item(tt_sum(shared, TT_ALL, false)), 64, 0, 0);
}

// The handle that made the storage goes first; the views live on, and
// the last of them releases it, in another thread.
static _Atomic int64_t live;
static void *outlive(void *p) {
  Tensor *view = tt_slice(shared, 0, 1, 3, 1);
  pthread_barrier_wait(&meet);       // have a view
  pthread_barrier_wait(&meet);       // the first handle is gone
  *(double *)p = tt_item(tt_sum(view, TT_ALL, false));
  tt_clear();
  live += tt_memory_stats().live_bytes;
  return NULL;
}

static void *own_and_release(void *unused) {
  pthread_t thread[THREADS];
  Scope s;
  tt_scope_open(&s);
  shared = tt_full(TT_SHAPE(4, 100), 3);
  pthread_barrier_init(&meet, NULL, THREADS + 1);
  for (int i = 0; i < THREADS; i++)
    pthread_create(&thread[i], NULL, outlive, &result[i]);
  pthread_barrier_wait(&meet);
  tt_scope_close(&s);
  pthread_barrier_wait(&meet);
  for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
  pthread_barrier_destroy(&meet);
  tt_clear();
  live += tt_memory_stats().live_bytes;
  return unused;
}

// What one thread makes and another releases is in the figures of both.
TT(threads, storage_outlives_its_first_handle) {
  pthread_t owner;
  pthread_create(&owner, NULL, own_and_release, NULL);
  pthread_join(owner, NULL);
  for (int i = 0; i < THREADS; i++) tt_expect_close(result[i], 600, 0, 0);
  tt_expect_int(live, 0);
}

// Errors are the thread's own.
static void fail_here(void *unused) {
  (void)unused;
  tt_add(tt_zeros(TT_SHAPE(2)), tt_zeros(TT_SHAPE(3)));
}

static void *fail_and_go_on(void *p) {
  int failed = 0;
  pthread_barrier_wait(&meet);
  for (int i = 0; i < ROUNDS; i++) {
    TensorError e;
    failed += !tt_try(fail_here, NULL, &e) && e.code == TT_ESHAPE;
  }
  pthread_barrier_wait(&meet);
  *(double *)p = failed + (double)tt_memory_stats().tensors;
  tt_clear();
  return NULL;
}

TT(threads, errors_of_their_own) {
  in_threads(fail_and_go_on);
  for (int i = 0; i < THREADS; i++)
    tt_expect_close(result[i], ROUNDS, 0, 0);
}

static void *random_numbers(void *p) {
  Generator g;
  tt_manual_seed(&g, 5);
  pthread_barrier_wait(&meet);
  for (int i = 0; i < 50; i++) {
    Scope s;
    tt_scope_open(&s);
    tt_randn(TT_SHAPE(10), NULL);    // the default generator
    tt_scope_close(&s);
  }
  pthread_barrier_wait(&meet);
  *(double *)p = tt_item(tt_rand(TT_SCALAR, &g));
  tt_clear();
  return NULL;
}

TT(threads, random_numbers) {
  in_threads(random_numbers);
  tt_expect_close(result[0], result[1], 0, 0);
}
