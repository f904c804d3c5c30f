// Needs chapter 20: a batcher with many guests at once, and versions that are
// swapped while others compute. Runs under ThreadSanitizer too.
#include "tt_test.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { GUESTS = 4, EACH = 300 };
typedef struct Guest { Ticket ticket; int x, y; atomic_int ended; } Guest;

static void square(void *arg, int n, Ticket *const t[]) {
  (void)arg;
  for (int i = 0; i < n; i++) {
    Guest *g = (Guest *)(void *)t[i];
    g->y = g->x * g->x;
    if (g->x % 97 == 0) tt_fail(TT_EVALUE, "not this one");
  }
}

static void done(void *arg, Ticket *t, TicketEnd end) {
  Guest *g = (Guest *)(void *)t;
  if (end != TT_SERVED) g->y = -1;
  atomic_fetch_add((atomic_int *)arg, 1);
  g->ended++;
}

static Batcher *batcher;
static atomic_int cancelled, refused;
static void *visit(void *arg) {
  Guest *g = arg;
  for (int i = 0; i < EACH; i++) {
    while (tt_batcher_submit(batcher, &g[i].ticket)) refused++;
    if (i % 7 == 0 && tt_batcher_cancel(batcher, &g[i].ticket)) {
      g[i].y = g[i].x % 97 ? g[i].x * g[i].x : -1;
      g[i].ended++;
      cancelled++;
    }
  }
  return NULL;
}

TT(serving, each_ticket_ends_once) {
  static Guest guest[GUESTS][EACH];
  atomic_int ended = 0;
  batcher = tt_batcher_new((BatchRules){.most = 8, .budget = 1e-4, .room = 64, .patience = 100},
                           (BatchWork){square, done, &ended});
  pthread_t thread[GUESTS];
  for (int k = 0; k < GUESTS; k++) {
    for (int i = 0; i < EACH; i++) guest[k][i].x = k * EACH + i + 1;
    pthread_create(&thread[k], NULL, visit, guest[k]);
  }
  for (int k = 0; k < GUESTS; k++) pthread_join(thread[k], NULL);
  tt_batcher_free(batcher);
  tt_expect_int(ended + cancelled, GUESTS * EACH);
  for (int k = 0; k < GUESTS; k++)
    for (int i = 0; i < EACH; i++) {
      const Guest *g = &guest[k][i];
      tt_expect(g->ended == 1 && g->y == (g->x % 97 ? g->x * g->x : -1),
                "guest %d ended %d times with %d", g->x, g->ended, g->y);
    }
}

// A version is a layer whose weights are its number, and its bias too: an
// answer that is mixed of two versions is not a multiple of three.
static void *numbered(void *arg) {
  Linear *m = tt_linear_new(2, 1, NULL);
  tt_fill_(m->weight, *(double *)arg), tt_fill_(m->bias, *(double *)arg);
  tt_module_eval(m);
  return m;
}

static ModelSlot *slot;
static atomic_bool stop;
static atomic_int mixed, asked;
static void *ask(void *arg) {
  while (!stop || asked < 30) {
    TT_SCOPE;
    ModelVersion *v = tt_slot_use(slot);
    double y = tt_get(tt_forward(v->model, tt_ones(TT_SHAPE(1, 2))), TT_INDEX(0, 0));
    mixed += y != 3 * (double)v->number;
    asked++;
    tt_slot_return(slot, v);
  }
  tt_clear();
  return arg;
}

TT(serving, an_answer_is_of_one_version) {
  slot = tt_slot_new();
  pthread_t thread[3];
  for (double i = 1; i <= 60; i++) {
    tt_expect(tt_slot_load(slot, numbered, &i, NULL), "version %g", i);
    if (i > 3) continue;
    pthread_create(&thread[(int)i - 1], NULL, ask, NULL);
  }
  stop = true;
  for (int k = 0; k < 3; k++) pthread_join(thread[k], NULL);
  tt_expect_int(mixed, 0);
  double last = 61;
  tt_slot_load(slot, numbered, &last, NULL);
  tt_expect_int(tt_slot_versions(slot), 2);
  tt_slot_free(slot);
}
