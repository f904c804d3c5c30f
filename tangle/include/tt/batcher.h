// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// tt/batcher.h - requests of many threads, run in batches: who waits,
// who is refused, and that each is done exactly once.
#ifndef TT_BATCHER_H
#define TT_BATCHER_H
#include "tt/c.h"
#include <stdbool.h>
#include <stdint.h>

TT_BEGIN
typedef struct Ticket {            // a request, until it is done
  struct Ticket *next;
  double arrived, deadline;        // as tt_machine_now
} Ticket;

typedef struct BatchRules {
  int    most;                     // tickets in a batch, 1 to 1024
  double budget;                   // seconds the first one may wait
                                   // for others to come
  int    room;                     // tickets that may wait
  double patience;                 // seconds, after which an answer
} BatchRules;                      // is of no use
typedef enum {
  TT_SERVED, TT_EXPIRED, TT_BROKEN // run; too late; failed
} TicketEnd;
typedef struct BatchWork {
  void (*run)(void *arg, int n, Ticket *const t[]);   // may tt_fail;
                                   // then each alone is run again
  void (*done)(void *arg, Ticket *t, TicketEnd end);  // from now on t
  void  *arg;                      // is the caller's
} BatchWork;

typedef struct BatcherStats {
  int     waiting;
  int64_t batches, answered, late, broken, refused, cancelled;
  double  rate;                    // tickets in a second of work
  char    error[512];              // of the last that broke
} BatcherStats;
typedef struct Batcher Batcher;
// seconds until a batch should leave: 0 now, INFINITY with none waiting
double tt_batch_wait(const BatchRules *r, int waiting,
                     double age /* of the first, seconds */,
                     bool closing);
// 0: there is room; else seconds, 1 to 60, after which to ask again
int tt_batch_refusal(const BatchRules *r, int waiting,
                     double rate /* tickets a second; 0: not known */,
                     bool closing);
// a queue and a thread that runs batches of it, until it is freed.
// TT_EVALUE: a rule is out of its range
Batcher *tt_batcher_new(BatchRules r, BatchWork w);
// 0: t waits, and w.done(t) is called once; else as tt_batch_refusal,
// and t remains the caller's. Any thread may call it
int  tt_batcher_submit(Batcher *b, Ticket *t);
// true: t left the queue, and w.done(t) is never called; false: it is
// being run, or is done
bool tt_batcher_cancel(Batcher *b, const Ticket *t);
void tt_batcher_close(Batcher *b); // no more; those that wait are run
void tt_batcher_free(Batcher *b);  // closes, waits until all are done
BatcherStats tt_batcher_stats(Batcher *b);
TT_END
#endif
