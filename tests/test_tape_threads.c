// Needs chapter 05: two threads, each with its own tape, train from data
// and a weight that they share. Runs under ThreadSanitizer too.
#include "tt_test.h"
#include <pthread.h>
#include <string.h>

enum { THREADS = 2, ROUNDS = 200 };
static Tensor *data, *frozen;
typedef struct Trained { double loss; int64_t nodes, live; } Trained;

static void *train(void *p) {
  Trained *o = p;
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

// A parameter of the main thread: other threads may compute with it, and
// not learn; each can learn a copy.
static Tensor *shared, *result;
typedef struct Refusal { TensorError back, zero, foreign; double copied; } Refusal;

static void go_back(void *w) {
  tt_backward(tt_mean(tt_matmul(data, w), TT_ALL, false));
}
static void zero(void *w) { tt_zero_grad(w); }
static void go_on(void *y) { tt_neg(y); }

static void *learn_shared(void *p) {
  Refusal *r = p;
  for (int i = 0; i < ROUNDS; i++) {
    TT_SCOPE;
    tt_expect(!tt_try(go_back, shared, &r->back), "went back");
    tt_expect(!tt_try(zero, shared, &r->zero), "zeroed");
    tt_expect(!tt_try(go_on, result, &r->foreign), "recorded");
    Tensor *own = tt_requires_grad_(tt_clone(tt_detach(shared)), true);
    go_back(own);
    r->copied = tt_item(tt_sum(own->grad, TT_ALL, false));
  }
  tt_clear();
  return NULL;
}

TT(tape_threads, a_leaf_learns_in_its_own_thread) {
  tt_autograd_enable();
  data = tt_ones(TT_SHAPE(5, 4));
  shared = tt_requires_grad_(tt_rand(TT_SHAPE(4, 2), NULL), true);
  result = tt_exp(shared);
  go_back(shared);                   // it has a gradient
  pthread_t thread[THREADS];
  Refusal r[THREADS] = {{.copied = 0}};
  for (int i = 0; i < THREADS; i++)
    pthread_create(&thread[i], NULL, learn_shared, &r[i]);
  for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
  for (int i = 0; i < THREADS; i++) {
    tt_expect(strstr(r[i].back.message, "tt_backward: tt_rand, shape [4,2]"),
              "%s", r[i].back.message);
    tt_expect(strstr(r[i].zero.message, "leaf of another thread"), "%s",
              r[i].zero.message);
    tt_expect(strstr(r[i].foreign.message, "the tape of another thread"), "%s",
              r[i].foreign.message);
    tt_expect_close(r[i].copied, 4, 1e-6, 0);
  }
  tt_expect_close(tt_item(tt_sum(shared->grad, TT_ALL, false)), 4, 1e-6, 0);
}

static Sequential *net;

static double ask(void) {
  TT_NO_GRAD;
  return tt_item(tt_sum(tt_forward(net, data), TT_ALL, false));
}

static void *answer(void *p) {
  for (int i = 0; i < ROUNDS; i++) *(double *)p = ask();
  tt_clear();
  return NULL;
}

TT(tape_threads, threads_share_a_network_that_answers) {
  tt_autograd_enable();
  data = tt_ones(TT_SHAPE(5, 4));
  net = TT_SEQUENTIAL(tt_linear_new(4, 8, NULL), tt_activation_new(tt_tanh),
                      tt_dropout_new(0.5, NULL), tt_linear_new(8, 1, NULL));
  tt_module_eval(net);
  pthread_t thread[THREADS];
  double y[THREADS] = {0}, own = ask();
  for (int i = 0; i < THREADS; i++)
    pthread_create(&thread[i], NULL, answer, &y[i]);
  for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
  for (int i = 0; i < THREADS; i++) tt_expect_close(y[i], own, 0, 0);
}

TT(tape_threads, each_thread_has_its_own) {
  tt_autograd_enable();
  data = tt_rand(TT_SHAPE(5, 4), NULL);
  frozen = tt_full(TT_SHAPE(4), 2);
  pthread_t thread[THREADS];
  Trained o[THREADS] = {{0}};
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
