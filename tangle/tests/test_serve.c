// Made from chapters/20-olympics.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Guest {
  Ticket ticket;                   // first, so one is the other
  int    number;
  _Atomic int ended;               // times
  TicketEnd end;
} Guest;

typedef struct Kitchen {
  _Atomic int batches, sizes[16], begun, finished;
  sem_t   gate;                    // of held ones: a post lets one run
  bool    held;
  int     poison;                  // a guest whose batch fails
} Kitchen;
static void cook(void *arg, int n, Ticket *const t[])
{
  Kitchen *k = arg;
  int i = k->batches++;
  k->sizes[i % 16] = n;
  k->begun += n;
  if (k->held)
    sem_wait(&k->gate);
  for (int j = 0; j < n; j++)
    if (((Guest *)(void *)t[j])->number == k->poison)
      tt_fail(TT_EVALUE, "guest %d is poison", k->poison);
}

static void bill(void *arg, Ticket *t, TicketEnd end)
{
  Guest *g = (Guest *)(void *)t;
  g->end = end;
  g->ended++;
  ((Kitchen *)arg)->finished++;
}

static Batcher *opens(Kitchen *k, BatchRules r)
{
  sem_init(&k->gate, 0, 0);
  return tt_batcher_new(r, (BatchWork){ cook, bill, k });
}

static void until(_Atomic int *x, int n)
{
  while (*x < n)
    usleep(200);
}

static void come(Batcher *b, Guest *g, int n)
{
  for (int i = 0; i < n; i++) {
    g[i] = (Guest){ .number = i + 1 };
    tt_expect_int(tt_batcher_submit(b, &g[i].ticket), 0);
  }
}

static const BatchRules four = { .most = 4, .budget = 0.01, .room = 8,
                                 .patience = 0.5 };

TT(batcher, a_batch_leaves_when_it_should)
{
  double left = tt_batch_wait(&four, 1, 0.004, false);
  tt_expect_close(left, 0.006, 1e-9, 0);
  tt_expect_close(tt_batch_wait(&four, 3, 0, false), 0.01, 1e-9, 0);
  tt_expect(tt_batch_wait(&four, 4, 0, false) <= 0, "4 of 4 wait");
  tt_expect(tt_batch_wait(&four, 9, 0, false) <= 0, "9 of 4 wait");
  tt_expect(tt_batch_wait(&four, 1, 0.01, false) <= 0,
            "the budget is used up, and it waits");
  tt_expect_close(tt_batch_wait(&four, 1, 7, false), 0, 0, 0);
}

TT(batcher, nobody_waits_for_nobody)
{
  tt_expect(isinf(tt_batch_wait(&four, 0, 0, false)),
            "without tickets a batch leaves after %g s",
            tt_batch_wait(&four, 0, 0, false));
  tt_expect(isinf(tt_batch_wait(&four, 0, 3, false)),
            "without tickets there is no age");
  tt_expect_close(tt_batch_wait(&four, 1, 0, true), 0, 0, 0);
}

TT(batcher, who_is_refused_when_the_house_is_full)
{
  for (int n = 0; n < 8; n++)
    tt_expect_int(tt_batch_refusal(&four, n, 0, false), 0);
  tt_expect_int(tt_batch_refusal(&four, 8, 0, false), 1);
  tt_expect_int(tt_batch_refusal(&four, 9, 1000, false), 1);
  tt_expect_int(tt_batch_refusal(&four, 0, 1000, true), 1);
  tt_expect_int(tt_batch_refusal(&four, 5, 2, true), 3);
}

TT(batcher, who_would_be_too_late_is_refused)
{
  tt_expect_int(tt_batch_refusal(&four, 6, 12, false), 0);
  tt_expect_int(tt_batch_refusal(&four, 7, 12, false), 1);
  tt_expect_int(tt_batch_refusal(&four, 7, 3, false), 3);
  tt_expect_int(tt_batch_refusal(&four, 8, 4, false), 2);
  tt_expect_int(tt_batch_refusal(&four, 7, 1e-3, false), 60);
  tt_expect_int(tt_batch_refusal(&four, 0, 1e-3, false), 0);
}

static const BatchRules patient = { .most = 4, .budget = 1000,
                                    .room = 8, .patience = 2000 };

TT(batcher, a_full_batch_waits_for_nobody)
{
  Kitchen k = { .poison = -1 };
  Guest g[4];
  Batcher *b = opens(&k, patient);
  come(b, g, 4);
  until(&k.finished, 4);
  tt_expect_int(k.sizes[0], 4);
  tt_expect_int(tt_batcher_stats(b).answered, 4);
  tt_batcher_free(b);
}

TT(batcher, a_single_guest_waits_for_the_budget)
{
  Kitchen k = { .poison = -1 };
  Guest g;
  BatchRules r = patient;
  r.budget = 0.02;
  Batcher *b = opens(&k, r);
  double start = tt_machine_now();
  come(b, &g, 1);
  until(&k.finished, 1);
  tt_expect(tt_machine_now() - start >= 0.019, "it left early");
  tt_batcher_free(b);
}

TT(batcher, closing_runs_whoever_waits)
{
  Kitchen k = { .poison = -1 };
  Guest g[3], late = { .number = 9 };
  Batcher *b = opens(&k, patient);
  come(b, g, 3);
  tt_batcher_close(b);
  tt_expect(tt_batcher_submit(b, &late.ticket) > 0, "it is closing");
  tt_batcher_free(b);
  for (int i = 0; i < 3; i++)
    tt_expect(g[i].ended == 1 && g[i].end == TT_SERVED,
              "guest %d ended %d times: %d", i, g[i].ended, g[i].end);
  tt_expect_int(late.ended, 0);
}

TT(batcher, poison_harms_only_who_takes_it)
{
  Kitchen k = { .poison = 3 };
  Guest g[4];
  Batcher *b = opens(&k, patient);
  come(b, g, 4);
  until(&k.finished, 4);
  for (int i = 0; i < 4; i++)
    tt_expect_int(g[i].end, i == 2 ? TT_BROKEN : TT_SERVED);
  BatcherStats s = tt_batcher_stats(b);
  tt_expect_int(s.broken, 1);
  tt_expect(strstr(s.error, "guest 3 is poison"), "%s", s.error);
  tt_batcher_free(b);
}

static const BatchRules singly = { .most = 1, .budget = 0, .room = 3,
                                   .patience = 2000 };

TT(batcher, who_leaves_is_never_served)
{
  Kitchen k = { .poison = -1, .held = true };
  Guest g[4];
  Batcher *b = opens(&k, singly);
  come(b, g, 1);
  until(&k.begun, 1);              // 1 is in the kitchen
  come(b, g + 1, 3);
  tt_expect(!tt_batcher_cancel(b, &g[0].ticket), "it is being run");
  tt_expect(tt_batcher_cancel(b, &g[2].ticket), "the middle waits");
  tt_expect(tt_batcher_cancel(b, &g[3].ticket), "the last waits");
  tt_expect(!tt_batcher_cancel(b, &g[3].ticket), "it is gone");
  g[3] = (Guest){ .number = 7 };
  tt_expect_int(tt_batcher_submit(b, &g[3].ticket), 0);
  for (int i = 0; i < 3; i++)
    sem_post(&k.gate);
  tt_batcher_free(b);
  tt_expect(g[0].ended == 1 && g[1].ended == 1 && g[2].ended == 0
            && g[3].ended == 1, "%d %d %d %d", g[0].ended, g[1].ended,
            g[2].ended, g[3].ended);
}

TT(batcher, a_full_house_refuses_and_recovers)
{
  Kitchen k = { .poison = -1, .held = true };
  Guest g[5];
  Batcher *b = opens(&k, singly);
  come(b, g, 1);
  until(&k.begun, 1);
  come(b, g + 1, 3);
  g[4] = (Guest){ .number = 5 };
  tt_expect(tt_batcher_submit(b, &g[4].ticket) >= 1, "no room");
  tt_expect_int(tt_batcher_stats(b).refused, 1);
  for (int i = 0; i < 5; i++)
    sem_post(&k.gate);
  until(&k.finished, 4);
  tt_expect_int(tt_batcher_submit(b, &g[4].ticket), 0);
  tt_batcher_free(b);
  tt_expect_int(g[4].ended, 1);
}

TT(batcher, who_is_too_late_is_not_run)
{
  Kitchen k = { .poison = -1, .held = true };
  Guest g[2];
  BatchRules r = singly;
  r.patience = 0.01;
  Batcher *b = opens(&k, r);
  come(b, g, 1);
  until(&k.begun, 1);
  come(b, g + 1, 1);
  usleep(20000);
  sem_post(&k.gate);
  tt_batcher_free(b);
  tt_expect_int(g[0].end, TT_SERVED);
  tt_expect_int(g[1].end, TT_EXPIRED);
  tt_expect_int(k.begun, 1);
}

TT(batcher, rules_out_of_range_are_refused)
{
  BatchWork w = { cook, bill, NULL };
  BatchRules r = four;
  r.most = 0;
  tt_expect_fail(tt_batcher_new(r, w), "batches of 0");
  r.most = 1025;
  tt_expect_fail(tt_batcher_new(r, w), "1 to 1024");
  r = four, r.room = 0;
  tt_expect_fail(tt_batcher_new(r, w), "room for 0");
  r = four, r.budget = 1;
  tt_expect_fail(tt_batcher_new(r, w), "too late");
  r.budget = NAN;
  tt_expect_fail(tt_batcher_new(r, w), "budget of nan");
}

static void *constant_model(void *arg)     // gives *arg, three times
{
  Linear *m = tt_linear_new(2, 3, NULL);
  tt_fill_(m->weight, 0);
  tt_fill_(m->bias, *(double *)arg);
  tt_module_eval(m);
  return m;
}

static void *no_model(void *arg)
{
  constant_model(arg);
  tt_fail(TT_EFILE, "no such model");
}

static double answer(ModelVersion *v)
{
  TT_SCOPE;
  return tt_get(tt_forward(v->model, tt_ones(TT_SHAPE(1, 2))),
                TT_INDEX(0, 1));
}

static double now(ModelSlot *s)
{
  ModelVersion *v = tt_slot_use(s);
  double y = answer(v);
  tt_slot_return(s, v);
  return y;
}

TT(slot, versions_are_swapped_and_come_back)
{
  ModelSlot *s = tt_slot_new();
  double x[] = { 1, 2, 3 };
  tt_expect(!tt_slot_use(s), "nothing was loaded");
  tt_expect(!tt_slot_rollback(s), "there is no version before");
  for (int i = 0; i < 3; i++) {
    tt_expect(tt_slot_load(s, constant_model, x + i, NULL), "load");
    tt_expect_close(now(s), x[i], 0, 0);
    ModelVersion *v = tt_slot_use(s);
    tt_expect_int(v->number, i + 1);
    tt_slot_return(s, v);
  }
  tt_expect(tt_slot_rollback(s), "2 is there");
  tt_expect_close(now(s), 2, 0, 0);
  tt_expect(!tt_slot_rollback(s), "1 has gone");
  tt_expect(tt_slot_load(s, constant_model, x, NULL), "load");
  tt_expect_int(s ? tt_slot_use(s)->number : 0, 4);
  tt_slot_free(s);
}

TT(slot, a_load_that_fails_changes_nothing)
{
  ModelSlot *s = tt_slot_new();
  double x = 5;
  TensorError e;
  tt_expect(!tt_slot_load(s, no_model, &x, &e), "it failed");
  tt_expect(strstr(e.message, "no such model"), "%s", e.message);
  tt_slot_load(s, constant_model, &x, NULL);
  int64_t tensors = tt_memory_stats().tensors;
  tt_expect(!tt_slot_load(s, no_model, &x, NULL), "it failed");
  tt_expect_int(tt_memory_stats().tensors, tensors);
  tt_expect_close(now(s), 5, 0, 0);
  tt_expect_int(tt_slot_use(s)->number, 1);
  tt_slot_free(s);
}

TT(slot, a_version_in_use_stays)
{
  ModelSlot *s = tt_slot_new();
  double x[] = { 1, 2, 3, 4 };
  tt_slot_load(s, constant_model, x, NULL);
  ModelVersion *first = tt_slot_use(s);
  for (int i = 1; i < 4; i++)
    tt_slot_load(s, constant_model, x + i, NULL);
  tt_expect_int(tt_slot_versions(s), 3);
  tt_expect_close(answer(first), 1, 0, 0);
  tt_expect_close(now(s), 4, 0, 0);
  tt_slot_return(s, first);
  tt_slot_load(s, constant_model, x, NULL);
  tt_expect_int(tt_slot_versions(s), 2);
  tt_slot_free(s);
}

TT(slot, two_versions_stay_and_no_more)
{
  int64_t before = tt_memory_stats().tensors;
  ModelSlot *s = tt_slot_new();
  double x = 0;
  int64_t tensors[12];
  for (int i = 0; i < 12; i++, x++) {
    tt_slot_load(s, constant_model, &x, NULL);
    tensors[i] = tt_memory_stats().tensors;
    tt_expect_int(tt_slot_versions(s), i == 0 ? 1 : 2);
  }
  tt_expect_int(tensors[11], tensors[1]);
  tt_expect(tt_slot_rollback(s), "one is before");
  tt_expect_int(tt_slot_versions(s), 1);
  tt_expect_close(now(s), 10, 0, 0);
  tt_slot_free(s);
  tt_expect_int(tt_memory_stats().tensors, before);
}

TT(slot, several_that_are_not_used_go_at_once)
{
  ModelSlot *s = tt_slot_new();
  double x[] = { 1, 2, 3, 4, 5 };
  ModelVersion *used[5];
  for (int i = 0; i < 5; i++) {
    tt_slot_load(s, constant_model, x + i, NULL);
    used[i] = tt_slot_use(s);
  }
  tt_expect_int(tt_slot_versions(s), 5);
  for (int i = 0; i < 5; i++)
    if (i != 1)
      tt_slot_return(s, used[i]);
  tt_slot_load(s, constant_model, x, NULL);      // 1, 3, 4 may go
  tt_expect_int(tt_slot_versions(s), 3);
  tt_expect_close(answer(used[1]), 2, 0, 0);
  tt_slot_return(s, used[1]);
  tt_slot_free(s);
}

TT(trigger, the_sign_test_is_exact)
{
  tt_expect_close(tt_sign_test(5, 0), 1. / 32, 1e-9, 0);
  tt_expect_close(tt_sign_test(4, 1), 6. / 32, 1e-9, 0);
  tt_expect_close(tt_sign_test(0, 7), 1, 1e-9, 0);
  tt_expect_close(tt_sign_test(0, 0), 1, 1e-9, 0);
  tt_expect_close(tt_sign_test(15, 5), 0.02069473266, 1e-7, 0);
}

TT(trigger, the_sign_test_of_many)
{
  tt_expect_close(tt_sign_test(5000, 5000), 0.5039893, 1e-5, 0);
  tt_expect_close(tt_sign_test(5200, 4800), 3.3e-5, 0.05, 0);
  tt_expect(tt_sign_test(2000, 0) >= 0, "not a probability");
  tt_expect_close(tt_sign_test(60, 40) + tt_sign_test(41, 59), 1, 1e-9,
                  0);
}

static RetrainTrigger usual(void)
{
  return (RetrainTrigger){ .need = 3, .probation = 20, .level = 0.05 };
}

static TriggerAction labels(RetrainTrigger *t, int n, bool now,
                            bool before)
{
  for (int i = 0; i < n; i++) {
    TriggerAction a = tt_trigger_label(t, now, before);
    if (a != TT_NOTHING)
      return a;
  }
  return TT_NOTHING;
}

TT(trigger, an_alarm_collects_and_then_trains)
{
  RetrainTrigger t = usual();
  tt_expect_int(labels(&t, 100, false, true), TT_NOTHING);
  tt_trigger_alarm(&t);
  tt_expect_int(labels(&t, 2, false, false), TT_NOTHING);
  tt_trigger_alarm(&t);            // it goes on collecting
  tt_expect_int(labels(&t, 1, false, false), TT_RETRAIN);
  tt_trigger_alarm(&t);            // it trains already
  tt_expect_int(labels(&t, 100, false, true), TT_NOTHING);
  tt_expect(tt_trigger_trained(&t, 5, 0), "1/32 is below 0.05");
  tt_expect_int(t.phase, TT_PROBATION);
  tt_expect_int(labels(&t, 20, true, true), TT_NOTHING);
  tt_expect_int(t.phase, TT_WATCH);
}

static RetrainTrigger on_probation(void)
{
  RetrainTrigger t = usual();
  t.phase = TT_TRAINING;
  tt_trigger_trained(&t, 100, 0);
  return t;
}

TT(trigger, who_is_not_better_is_not_kept)
{
  RetrainTrigger t = usual();
  t.phase = TT_TRAINING;
  tt_expect(!tt_trigger_trained(&t, 4, 0), "1/16 is no evidence");
  tt_expect_int(t.phase, TT_WATCH);
  t = usual();
  tt_expect(!tt_trigger_trained(&t, 30, 40), "it is worse");
}

TT(trigger, a_swap_that_harms_is_rolled_back)
{
  RetrainTrigger t = on_probation();
  tt_expect_int(labels(&t, 8, false, true), TT_NOTHING);   // 1/256
  tt_expect_int(labels(&t, 1, false, true), TT_ROLL_BACK); // 1/512
  tt_expect_int(t.phase, TT_WATCH);
  t = on_probation();
  tt_expect_int(labels(&t, 19, true, false), TT_NOTHING);
  t = on_probation();
  tt_trigger_alarm(&t);            // the world moves on
  tt_expect_int(t.phase, TT_COLLECT);
}

static Real pixels[4], seed;
static char prompt[9];
static RequestField field[] = {
  { .name = "x", .kind = TT_FIELD_NUMBERS, .required = true, .least = 2,
    .most = 4, .low = 0, .high = 16, .numbers = pixels },
  { .name = "seed", .kind = TT_FIELD_NUMBER, .low = 0, .high = 1e9,
    .numbers = &seed },
  { .name = "prompt", .kind = TT_FIELD_TEXT, .least = 1, .most = 8,
    .text = prompt },
};

static const char *said(const char *body, int64_t n)   // NULL: read
{
  static char why[128];
  Piece p = { body, n < 0 ? (int64_t)strlen(body) : n };
  return tt_request_read(p, 3, field, why) ? NULL : why;
}

TT(request, what_is_right_is_read)
{
  const char *no = said(" {\"x\" : [1,2.5e0, 16 ],\n\"seed\":7} ", -1);
  tt_expect(!no, "%s", no);
  tt_expect_int(field[0].n, 3);
  tt_expect_close((double)pixels[1], 2.5, 0, 0);
  tt_expect_close((double)seed, 7, 0, 0);
  tt_expect_int(field[2].n, -1);
  no = said("{\"prompt\":\"\\u00e9\\ud83d\\ude00\\n\","
            "\"x\":[0,-0]}", -1);
  tt_expect(!no, "%s", no);
  tt_expect_text(prompt, "\xc3\xa9\xf0\x9f\x98\x80\n");
}

TT(request, what_is_wrong_is_named)
{
  static const char *const wrong[][2] = {
    { "", "expected {" }, { "[1]", "expected {" },
    { "{}", "\"x\" is missing" }, { "{\"x\":[1]}", "more numbers" },
    { "{\"x\":[1,2,3,4,5]}", "no more numbers" },
    { "{\"x\":[1,17]}", "expected 0 to 16" },
    { "{\"x\":[1,NaN]}", "expected a number" },
    { "{\"x\":[1,1e999]}", "expected 0 to 16" },
    { "{\"x\":[1,.5]}", "expected a number" },
    { "{\"x\":[1,2],\"x\":[1,2]}", "each field once" },
    { "{\"y\":1,\"x\":[1,2]}", "name of a field" },
    { "{\"x\":[1,2]}{", "nothing after" },
    { "{\"x\":[1,2],}", "expected \"" },
    { "{\"x\":[1,2]", ", or }" }, { "{\"x\":[[1,2]]}", "a number" },
    { "{\"x\":\"1\"}", "expected [" },
    { "{\"x\":[1,2],\"prompt\":\"\"}", "a longer text" },
    { "{\"x\":[1,2],\"prompt\":\"123456789\"}", "end of this text" },
    { "{\"x\":[1,2],\"prompt\":\"\\ud800\"}", "another character" },
    { "{\"x\":[1,2],\"prompt\":\"\\u0000\"}", "another character" },
    { "{\"x\":[1,2],\"prompt\":\"a\nb\"}", "another character" },
    { "{\"x\":[1,2],\"prompt\":\"ab", "expected \"" },
    { "{\"a name that is too long for any field\":1}", "end of this" },
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    const char *no = said(wrong[i][0], -1);
    tt_expect(no && strstr(no, wrong[i][1]), "%s: \"%s\", not \"%s\"",
              wrong[i][0], no ? no : "read", wrong[i][1]);
  }
}

TT(request, nothing_is_nested)
{
  enum { DEEP = 60000 };
  char *body = malloc(DEEP + 6);
  memset(body, '[', DEEP + 6);
  tt_expect(said(body, DEEP), "it was read");
  memcpy(body, "{\"x\":", 5);
  tt_expect(said(body, DEEP), "it was read");
  memset(body, '{', DEEP);
  tt_expect(said(body, DEEP), "it was read");
  free(body);
}

TT(request, whatever_comes_is_read_or_refused)
{
  static const char good[] =
    "{\"x\":[1,2.5,3],\"seed\":12,\"prompt\":\"a\\u00e9\"}";
  static const char bytes[] = "\"\\{}[],:0-+.eEu9\n\x80\xff";
  Generator g;
  tt_manual_seed(&g, 3);
  for (int round = 0; round < 20000; round++) {
    char *body = malloc(sizeof good - 1);     // no 0 behind it
    memcpy(body, good, sizeof good - 1);
    for (int i = 0; i < 1 + round % 4; i++)
      body[tt_random(&g) % (sizeof good - 1)] =
        bytes[tt_random(&g) % sizeof bytes];
    said(body, (int64_t)(tt_random(&g) % sizeof good));
    free(body);
  }
}

TT(drift, psi_of_known_counts)
{
  int64_t a[] = { 10, 30, 60 }, b[] = { 60, 30, 10 };
  double p = 10.5 / 101.5, q = 60.5 / 101.5;
  tt_expect_close(tt_psi(3, a, b), 2 * (q - p) * log(q / p), 1e-9, 0);
  tt_expect_close(tt_psi(3, a, a), 0, 0, 1e-12);
  tt_expect_close(tt_psi(3, a, b), tt_psi(3, b, a), 1e-12, 0);
}

TT(drift, psi_does_not_grow_with_the_sample)
{
  int64_t few[10], many[10];
  for (int i = 0; i < 10; i++)
    few[i] = 10, many[i] = 100;
  tt_expect_close(tt_psi(10, few, many), 0, 0, 1e-12);
  int64_t a[] = { 200, 800 }, b[] = { 20, 80 }, c[] = { 2000, 8000 };
  tt_expect(tt_psi(2, a, c) < 1e-5, "%g", tt_psi(2, a, c));
  tt_expect(tt_psi(2, a, b) < 1e-3, "%g", tt_psi(2, a, b));
}

TT(drift, psi_of_an_empty_bin)
{
  int64_t a[] = { 0, 100 }, b[] = { 50, 50 }, none[] = { 0, 0 };
  double p = 0.5 / 101;
  tt_expect_close(tt_psi(2, a, b), (0.5 - p) * log(0.5 / p)
                  + (0.5 - p) * log((1 - p) / 0.5), 1e-9, 0);
  tt_expect_close(tt_psi(2, none, b), 0, 0, 1e-12);
}

TT(drift, distances_of_samples)
{
  Real a[] = { 1, 2, 3, 4 }, b[] = { 5, 6 }, c[] = { 2, 3 };
  Real ties[] = { 1, 1, 1, 2 }, same[] = { 1, 1, 2, 2 };
  tt_expect_close(tt_ks(4, a, 2, b), 1, 0, 0);
  tt_expect_close(tt_ks(4, a, 4, a), 0, 0, 0);
  tt_expect_close(tt_ks(4, a, 2, c), 0.25, 1e-12, 0);
  tt_expect_close(tt_ks(4, ties, 4, same), 0.25, 1e-12, 0);
  tt_expect_close(tt_ks(4, same, 4, ties), 0.25, 1e-12, 0);
  Real none[] = { (Real)NAN, (Real)NAN }, some[] = { 1, (Real)NAN };
  tt_expect_close(tt_ks(4, a, 2, some), 0.5, 0, 0);
  tt_expect_close(tt_ks(2, some, 4, a), 0.5, 0, 0);
  tt_expect_close(tt_ks(4, a, 2, none), 1, 0, 0);
  tt_expect_close(tt_ks(2, none, 2, none), 0, 0, 0);
}

TT(drift, probabilities_of_tables)
{
  double d = 1.3580986 / sqrt(5e5);        // n, m large: the limit
  tt_expect_close(tt_ks_p(d, 1000000, 1000000), 0.05, 2e-3, 0);
  tt_expect_close(tt_ks_p(0, 10, 10), 1, 0, 0);
  tt_expect(tt_ks_p(1, 500, 500) < 1e-100, "two samples apart");
  tt_expect_close(tt_chi2_p(3.841458821, 1), 0.05, 1e-8, 0);
  tt_expect_close(tt_chi2_p(5.991464547, 2), 0.05, 1e-8, 0);
  tt_expect_close(tt_chi2_p(16.918977605, 9), 0.05, 1e-8, 0);
  tt_expect_close(tt_chi2_p(18.307038053, 10), 0.05, 1e-8, 0);
  tt_expect_close(tt_chi2_p(0, 9), 1, 1e-12, 0);
}

static int alarms(int64_t features, int tests, double shift)
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 11);
  DriftMonitor *m = tt_drift_new(tt_randn(TT_SHAPE(400, features), &g),
    NULL, (DriftOptions){ .window = 40, .run_length = 400,
                          .shuffles = 199 });
  for (int i = 0; i < 40 * tests; i++) {
    TT_SCOPE;
    Tensor *x = tt_randn(TT_SHAPE(features), &g);
    ((Real *)x->data)[features - 1] += (Real)shift;
    bool full = tt_drift_add(m, x->data, 0);
    tt_expect_int(full, i % 40 == 39);
  }
  tt_expect_int(m->report.tests, tests);
  return (int)m->report.alarms;
}

TT(drift, alarms_do_not_grow_with_the_features)
{
  int one = alarms(1, 200, 0), many = alarms(30, 200, 0);
  tt_expect(one >= 5 && one <= 45, "%d alarms of 200, not 20", one);
  tt_expect(many >= 5 && many <= 45, "%d alarms of 200, not 20", many);
}

TT(drift, one_feature_of_thirty_is_found)
{
  tt_expect_int(alarms(30, 5, 2), 5);
}

TT(drift, answers_alone_can_drift)
{
  Generator g;
  tt_manual_seed(&g, 2);
  Tensor *x = tt_full(TT_SHAPE(300, 1), 1);    // a pixel always white
  Tensor *y = tt_randint(0, 3, TT_SHAPE(300), &g);
  DriftMonitor *m = tt_drift_new(x, y, (DriftOptions){ .window = 50,
    .run_length = 5000, .shuffles = 199, .classes = 3 });
  for (int i = 0; i < 50; i++)
    tt_drift_add(m, x->data, i % 3);
  tt_expect(!m->report.alarm, "as many of each: p %g", m->report.p);
  for (int i = 0; i < 50; i++)
    tt_drift_add(m, x->data, 1);
  tt_expect(m->report.alarm, "one answer: p %g", m->report.p);
  tt_expect_int(m->report.feature, -1);
  tt_expect(m->report.psi > 1, "psi %g", m->report.psi);
  for (int i = 0; i < 50; i++)
    tt_drift_add(m, x->data, i % 3);
  tt_expect(!m->report.alarm, "the window is a new one");
}

TT(drift, what_cannot_be_watched_is_refused)
{
  Tensor *x = tt_ones(TT_SHAPE(100, 2));
  Tensor *y = tt_to(tt_zeros(TT_SHAPE(100)), TT_I32);
  DriftOptions o = { .window = 40, .run_length = 4000 };
  Tensor *flat = tt_ones(TT_SHAPE(100));
  tt_expect_fail(tt_drift_new(flat, NULL, o), "(R,F)");
  tt_expect_fail(tt_drift_new(x, y, o), "0 classes");
  o.window = 60;
  tt_expect_fail(tt_drift_new(x, NULL, o), "twice a window");
  o.window = 40, o.run_length = 1e6;
  tt_expect_fail(tt_drift_new(x, NULL, o), "25000 shuffles");
  o.run_length = 10;
  tt_expect_fail(tt_drift_new(x, NULL, o), "run length of 10");
  o.run_length = o.window;         // an alarm at each test: all p
  tt_expect_close(tt_drift_new(x, NULL, o)->report.threshold, 1, 0, 0);
  o.run_length = 4000, o.classes = 2;
  ((int32_t *)y->data)[7] = 2;
  tt_expect_fail(tt_drift_new(x, y, o), "answer 2 of 2");
  ((int32_t *)y->data)[7] = 0;
  tt_expect_fail(tt_drift_add(tt_drift_new(x, y, o), x->data, 2),
                 "answer 2 of 2");
}
