// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// Batches under load: a queue, a thread that empties it, and the rules
// that say when a batch leaves and who is refused.
#include "tt/batcher.h"
#include "tt/error.h"
#include "tt/machine.h"
#include "tt/memory.h"
#include "tt/todo.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

double tt_batch_wait(const BatchRules *r, int waiting, double age,
                     bool closing)
{
  if (waiting == 0)
    return (double)INFINITY;
  if (closing || waiting >= r->most || age >= r->budget)
    return 0;
  return r->budget - age;
}

int tt_batch_refusal(const BatchRules *r, int waiting, double rate,
                     bool closing)
{
  double wait = rate > 0 ? waiting / rate : 0;
  if (!closing && waiting < r->room && wait <= r->patience)
    return 0;
  return (int)fmin(fmax(ceil(wait), 1), 60);
}

enum { MOST = 1024 };

struct Batcher {
  BatchRules rules;
  BatchWork  work;
  pthread_mutex_t lock;            // of all below
  pthread_cond_t  news;
  pthread_t  thread;
  Ticket    *first, **last;        // the queue, and where it ends
  bool       closing;
  double     recent, seconds;      // tickets run lately; and how long
  BatcherStats stats;
};
static void sleep_until_news(Batcher *b, double seconds)
{
  struct timespec t;
  if (seconds > 3600) {            // also INFINITY
    pthread_cond_wait(&b->news, &b->lock);
    return;
  }
  clock_gettime(CLOCK_MONOTONIC, &t);
  int64_t ns = t.tv_nsec + (int64_t)(seconds * 1e9);
  t.tv_sec += ns / 1000000000, t.tv_nsec = ns % 1000000000;
  pthread_cond_timedwait(&b->news, &b->lock, &t);
}

static int take(Batcher *b, Ticket **t)
{
  int n = 0;
  for (; b->first && n < b->rules.most; b->first = b->first->next)
    t[n++] = b->first;
  if (!b->first)
    b->last = &b->first;
  b->stats.waiting -= n;
  return n;
}

typedef struct BatchCall { Batcher *b; int n; Ticket **t; } BatchCall;

static void call_run(void *arg)
{
  const BatchCall *c = arg;
  c->b->work.run(c->b->work.arg, c->n, c->t);
}

static void end_all(Batcher *b, int n, Ticket **t, TicketEnd end)
{
  pthread_mutex_lock(&b->lock);
  *(end == TT_EXPIRED ? &b->stats.late : end == TT_BROKEN
    ? &b->stats.broken : &b->stats.answered) += n;
  pthread_mutex_unlock(&b->lock);
  for (int i = 0; i < n; i++)
    b->work.done(b->work.arg, t[i], end);
}

static void end_broken(Batcher *b, Ticket **t, const TensorError *e)
{
  pthread_mutex_lock(&b->lock);
  snprintf(b->stats.error, sizeof b->stats.error, "%s", e->message);
  pthread_mutex_unlock(&b->lock);
  end_all(b, 1, t, TT_BROKEN);
}

static void run(Batcher *b, int n, Ticket **t)
{
  BatchCall call = { b, n, t };
  TensorError e;
  if (tt_try(call_run, &call, &e))
    end_all(b, n, t, TT_SERVED);
  else if (n == 1)
    end_broken(b, t, &e);
  else
    for (int i = 0; i < n; i++)
      run(b, 1, t + i);
}

static void note_rate(Batcher *b, int n, double seconds)
{
  pthread_mutex_lock(&b->lock);
  b->stats.batches++;
  b->recent = 0.9 * b->recent + n;
  b->seconds = 0.9 * b->seconds + seconds;
  b->stats.rate = b->seconds > 0 ? b->recent / b->seconds : 0;
  pthread_mutex_unlock(&b->lock);
}

static void serve(Batcher *b, int n, Ticket **t)
{
  TT_SCOPE;
  double start = tt_machine_now();
  int in_time = 0;
  for (int i = 0; i < n; i++)
    if (t[i]->deadline < start)
      end_all(b, 1, t + i, TT_EXPIRED);
    else
      t[in_time++] = t[i];
  if (in_time == 0)
    return;
  run(b, in_time, t);
  note_rate(b, in_time, tt_machine_now() - start);
}

static int gather(Batcher *b, Ticket **t)      // 0: it is over
{
  for (;;) {
    double age = b->first ? tt_machine_now() - b->first->arrived : 0;
    double wait = !b->first && b->closing ? 0
      : tt_batch_wait(&b->rules, b->stats.waiting, age, b->closing);
    if (wait <= 0)
      return take(b, t);
    sleep_until_news(b, wait);
  }
}

static void *worker(void *arg)
{
  Batcher *b = arg;
  Ticket *t[MOST];
  pthread_mutex_lock(&b->lock);
  for (int n; (n = gather(b, t)) > 0;) {
    pthread_mutex_unlock(&b->lock);
    serve(b, n, t);
    pthread_mutex_lock(&b->lock);
  }
  pthread_mutex_unlock(&b->lock);
  tt_clear();
  return NULL;
}

int tt_batcher_submit(Batcher *b, Ticket *t)
{
  pthread_mutex_lock(&b->lock);
  int later = tt_batch_refusal(&b->rules, b->stats.waiting,
                               b->stats.rate, b->closing);
  if (later)
    b->stats.refused++;
  else {
    t->next = NULL;
    t->arrived = tt_machine_now();
    t->deadline = t->arrived + b->rules.patience;
    *b->last = t, b->last = &t->next;
    b->stats.waiting++;
    if (b->stats.waiting == 1 || b->stats.waiting >= b->rules.most)
      pthread_cond_signal(&b->news);
  }
  pthread_mutex_unlock(&b->lock);
  return later;
}

bool tt_batcher_cancel(Batcher *b, const Ticket *t)
{
  pthread_mutex_lock(&b->lock);
  Ticket **p = &b->first;
  while (*p && *p != t)
    p = &(*p)->next;
  bool found = *p;
  if (found) {
    *p = t->next;
    if (!t->next)
      b->last = p;
    b->stats.waiting--;
    b->stats.cancelled++;
  }
  pthread_mutex_unlock(&b->lock);
  return found;
}

void tt_batcher_close(Batcher *b)
{
  pthread_mutex_lock(&b->lock);
  b->closing = true;
  pthread_cond_signal(&b->news);
  pthread_mutex_unlock(&b->lock);
}

void tt_batcher_free(Batcher *b)
{
  tt_batcher_close(b);
  pthread_join(b->thread, NULL);
  pthread_cond_destroy(&b->news);
  pthread_mutex_destroy(&b->lock);
  free(b);
}

BatcherStats tt_batcher_stats(Batcher *b)
{
  pthread_mutex_lock(&b->lock);
  BatcherStats s = b->stats;
  pthread_mutex_unlock(&b->lock);
  return s;
}

static void check_rules(const BatchRules *r)
{
  if (r->most < 1 || r->most > MOST || r->room < 1)
    tt_fail(TT_EVALUE, "tt_batcher_new: batches of %d and room for %d;"
            " a batch has 1 to %d tickets, and there must be room for"
            " one", r->most, r->room, MOST);
  if (!(r->budget >= 0 && r->patience > r->budget))
    tt_fail(TT_EVALUE, "tt_batcher_new: a budget of %g s and a patience"
            " of %g s; a batch must leave before its tickets are too"
            " late", r->budget, r->patience);
}

Batcher *tt_batcher_new(BatchRules r, BatchWork w)
{
  check_rules(&r);
  Batcher *b = calloc(1, sizeof *b);
  if (!b)
    tt_fail(TT_EMEM, "tt_batcher_new: no memory for a batcher");
  b->rules = r, b->work = w, b->last = &b->first;
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&b->news, &monotonic);
  pthread_condattr_destroy(&monotonic);
  pthread_mutex_init(&b->lock, NULL);
  if (pthread_create(&b->thread, NULL, worker, b) != 0) {
    free(b);
    tt_fail(TT_EMEM, "tt_batcher_new: no thread to be had");
  }
  return b;
}
