// Needs chapter 05: two threads, each with its own tape, train from data
// and a weight that they share. Runs under ThreadSanitizer too.
#include "tt_test.h"
#include <pthread.h>

enum { THREADS = 2, ROUNDS = 200 };
static Tensor *data, *frozen;
typedef struct Outcome { double loss; int64_t nodes, live; } Outcome;

static void *train(void *p) {
  Outcome *o = p;
  Generator g;
  tt_manual_seed(&g, 1);
  Tensor *w = tt_requires_grad_(tt_rand(TT_SHAPE(3, 4), &g), true);
  for (int i = 0; i < ROUNDS; i++) {
    TT_SCOPE;
    Tensor *y = tt_tanh(tt_linear(tt_mul(data, frozen), w, NULL));
    Tensor *loss = tt_mean(tt_mul(y, y), TT_ALL, false);
    tt_zero_grad(w);
    tt_backward(loss);
    o->loss = tt_item(loss);
    TT_NO_GRAD;
    tt_copy_(w, tt_sub(w, tt_mul_scalar(w->grad, (Real)0.5)));
  }
  o->nodes = tt_tape_length();
  tt_clear();
  o->live = tt_memory_stats().live_bytes + tt_memory_stats().pool_bytes;
  return NULL;
}

TT(tape_threads, each_thread_has_its_own) {
  tt_autograd_enable();
  data = tt_rand(TT_SHAPE(5, 4), NULL);
  frozen = tt_full(TT_SHAPE(4), 2);
  pthread_t thread[THREADS];
  Outcome o[THREADS] = {{0}};
  for (int i = 0; i < THREADS; i++)
    pthread_create(&thread[i], NULL, train, &o[i]);
  for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
  tt_expect(o[0].loss < 0.05, "it learned to %g only", o[0].loss);
  tt_expect_close(o[0].loss, o[1].loss, 0, 0);
  for (int i = 0; i < THREADS; i++) {
    tt_expect_int(o[i].nodes, 0);
    tt_expect_int(o[i].live, 0);
  }
}
