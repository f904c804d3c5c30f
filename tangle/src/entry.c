// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// What every entry of the competition does.
#include "tt/olympics.h"
#include "tt/autograd.h"
#include "tt/machine.h"
#include "tt/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool take(void *to, size_t n)
{
  for (char *at = to; n > 0;) {
    ssize_t got = read(0, at, n);
    if (got <= 0 && !(got < 0 && errno == EINTR))
      return false;
    if (got > 0)
      at += got, n -= (size_t)got;
  }
  return true;
}

static bool learn(const Entry *e, const Request *r)
{
  Tensor *x = tt_empty(TT_U8, TT_SHAPE(r->n, r->channels, r->side,
                                       r->side));
  Tensor *y = tt_empty(TT_U8, TT_SHAPE(r->n));
  if (!take(x->data, (size_t)tt_numel(x)) || !take(y->data, r->n)
      || !e->train)
    return false;
  e->train(x, tt_to(y, TT_I32), r->seed);
  return true;
}

static bool put_scores(uint64_t ticket, const Tensor *y, int64_t n)
{
  NextAnswer a = { .ticket = ticket };   // a SignAnswer is shorter
  if (!y || tt_numel(y) != n)
    return false;
  for (int64_t i = 0; i < n; i++)
    a.score[i] = (float)((Real *)y->data)[i];
  size_t size = sizeof a.ticket + (size_t)n * sizeof(float);
  return write(1, &a, size) == (ssize_t)size;
}

static bool give(const Entry *e, const Request *r)
{
  TT_SCOPE;
  if (r->kind == TT_NEXT)
    return e->next
      && put_scores(r->ticket, e->next((int)r->seed), TT_BYTES);
  Tensor *x = tt_empty(TT_U8, TT_SHAPE(1, r->channels, r->side,
                                       r->side));
  return e->answer && take(x->data, (size_t)tt_numel(x))
    && put_scores(r->ticket, e->answer(x), TT_SIGNS);
}

static int serve(const Entry *e, const char *model)
{
  if (e->load)
    e->load(model);
  for (Request r; take(&r, sizeof r);)
    if (!(r.kind == TT_TEACH ? learn(e, &r) : give(e, &r)))
      return EXIT_FAILURE;
  return EXIT_SUCCESS;
}

static Batch digits_of(uint64_t seed, int64_t n)
{
  Sign sign[TT_SIGNS];
  Generator g;
  tt_digit_signs(sign);
  tt_manual_seed(&g, seed);
  return tt_draw_signs(sign, n, &g);
}

static void try_out(const Entry *e)
{
  enum { N = 500 };
  Batch b = digits_of(2, N);
  int right = 0;
  double start = tt_machine_now();
  for (int64_t i = 0; i < N; i++) {
    TT_SCOPE;
    float score[TT_SIGNS];
    Tensor *y = e->answer(tt_slice(b.x, 0, i, i + 1, 1));
    for (int k = 0; k < TT_SIGNS; k++)
      score[k] = (float)((Real *)y->data)[k];
    right += tt_answer_right(TT_SIGNS, score,
                             ((int32_t *)b.y->data)[i]);
  }
  double each = (tt_machine_now() - start) / N;
  printf("%d of %d right, %.0f us each\n", right, N, 1e6 * each);
}

int tt_entry_main(const Entry *e, int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "serve";
  const char *model = argc > 2 ? argv[2] : NULL;
  tt_autograd_enable();
  if (strcmp(what, "serve") == 0)
    return serve(e, model);
  if (strcmp(what, "train") == 0 && e->train && e->save && model) {
    Batch b = digits_of(1, argc > 3 ? atoll(argv[3]) : 6000);
    e->train(b.x, b.y, 1);
    e->save(model);
    try_out(e);
    return EXIT_SUCCESS;
  }
  if (strcmp(what, "try") == 0 && model) {
    e->load(model);
    try_out(e);
    return EXIT_SUCCESS;
  }
  fprintf(stderr, "serve, train or try, and a model's file\n");
  return EXIT_FAILURE;
}
