// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <string.h>

TT(adaptive, a_margin_is_a_difference_of_shares)
{
  Tensor *z = tt_log(tt_from(TT_SHAPE(4, 3), (Real[]){
    0.7f, 0.2f, 0.1f, 0.1f, 0.2f, 0.7f, 0.3f, 0.4f, 0.3f,
    0.3f, 0.35f, 0.35f }));
  tt_expect_values(tt_margin(z), 1e-5, 0.5, 0.5, 0.1, 0);
  z = tt_from(TT_SHAPE(1, 2), (Real[]){ 0, 0 });
  tt_expect_values(tt_margin(z), 1e-6, 0);
}

TT(adaptive, large_logits_have_a_margin)
{
  Tensor *z = tt_from(TT_SHAPE(3, 3), (Real[]){
    1000, 0, -1000, 500, 500, 0, NAN, 1, 2 });
  Tensor *m = tt_margin(z);
  tt_expect_close(tt_get(m, TT_INDEX(0)), 1, 1e-6, 0);
  tt_expect_close(tt_get(m, TT_INDEX(1)), 0, 0, 1e-6);
  tt_expect(isnan(tt_get(m, TT_INDEX(2))), "a row with NaN: %g",
            tt_get(m, TT_INDEX(2)));
  tt_expect_fail(tt_margin(tt_zeros(TT_SHAPE(3))), "they are (N,C)");
  tt_expect_fail(tt_margin(tt_zeros(TT_SHAPE(3, 1))), "two classes");
}

typedef struct Lessons { int calls; int64_t sizes[8]; Real last; }
  Lessons;

static Module *two_sides(void *arg, uint64_t seed)
{
  (void)arg, (void)seed;
  Linear *l = tt_linear_new_no_bias(1, 2, NULL);
  TT_NO_GRAD;
  tt_copy_(l->weight, tt_from(TT_SHAPE(2, 1), (Real[]){ -1, 1 }));
  return &l->base;
}

static void note_lesson(void *arg, Module *m, Batch known, int round)
{
  Lessons *n = arg;
  (void)m;
  if (round < 0)
    return;                        // the first model of a curriculum
  tt_expect_int(round, n->calls);
  n->sizes[n->calls++] = known.x->shape[0];
  n->last = ((Real *)known.x->data)[known.x->shape[0] - 1];
}

static AdaptiveOptions ordered(AdaptiveOrder order, Lessons *n)
{
  return (AdaptiveOptions){ .order = order, .first = 2, .each = 3,
    .most = 10, .make = two_sides, .train = note_lesson, .arg = n };
}

TT(adaptive, rounds_grow_to_the_end)
{
  Tensor *x = tt_reshape(tt_arange(1, 21, 1), TT_SHAPE(20, 1));
  Tensor *y = tt_to(tt_zeros(TT_SHAPE(20)), TT_I32);
  for (int order = 0; order < 3; order++) {
    Lessons n = {0};
    AdaptiveOptions o = ordered((AdaptiveOrder)order, &n);
    Adaptive a = tt_adaptive_training(x, y, o);
    tt_expect_int(n.calls, 4);
    tt_expect_int(a.rounds, 3);
    int64_t sizes[] = { 2, 5, 8, 10 };
    for (int i = 0; i < 4; i++)
      tt_expect_int(n.sizes[i], sizes[i]);
    tt_expect_shape(a.index, TT_SHAPE(10));
    bool seen[20] = { false };
    for (int i = 0; i < 10; i++) {
      int32_t at = ((int32_t *)a.index->data)[i];
      tt_expect(!seen[at], "example %d is there twice", at);
      seen[at] = true;
    }
  }
}

TT(adaptive, the_least_certain_are_asked)
{
  Tensor *x = tt_reshape(tt_linspace(-2, 2, 41), TT_SHAPE(41, 1));
  Tensor *y = tt_to(tt_zeros(TT_SHAPE(41)), TT_I32);
  Lessons n = {0};
  Adaptive a = tt_adaptive_training(x, y, ordered(TT_ACTIVE, &n));
  const int32_t *at = a.index->data;
  for (int i = 2; i < 10; i++)
    tt_expect(abs(at[i] - 20) <= 5, "question %d is example %d, at %g",
              i, at[i], -2 + 0.1 * at[i]);
}

TT(adaptive, what_is_not_asked_is_not_read)
{
  Tensor *x = tt_reshape(tt_linspace(-2, 2, 41), TT_SHAPE(41, 1));
  Tensor *y = tt_to(tt_zeros(TT_SHAPE(41)), TT_I32);
  for (int i = 0; i < 41; i++)     // labels that no loss would take
    ((int32_t *)y->data)[i] = 1000 + i;
  Lessons n = {0};
  tt_adaptive_training(x, y, ordered(TT_ACTIVE, &n));
  tt_expect_int(n.calls, 4);
}

TT(adaptive, a_curriculum_begins_with_what_is_easy)
{
  Tensor *x = tt_reshape(tt_linspace(-2, 2, 41), TT_SHAPE(41, 1));
  Tensor *y = tt_to(tt_ones(TT_SHAPE(41)), TT_I32);
  Lessons n = {0};
  Adaptive a = tt_adaptive_training(x, y, ordered(TT_CURRICULUM, &n));
  for (int i = 0; i < 10; i++)     // large x are class 1 for certain
    tt_expect_int(((int32_t *)a.index->data)[i], 40 - i);
  for (int i = 0; i < 41; i++)     // now -x is easy, too, for class 0
    ((int32_t *)y->data)[i] = i >= 20;
  n = (Lessons){0};
  a = tt_adaptive_training(x, y, ordered(TT_CURRICULUM, &n));
  for (int i = 0; i < 10; i += 2)
    tt_expect_int(abs(((int32_t *)a.index->data)[i] - 20)
                  + abs(((int32_t *)a.index->data)[i + 1] - 20),
                  40 - i);
  AdaptiveOptions o = ordered(TT_ACTIVE, &n);
  o.most = 42;
  tt_expect_fail(tt_adaptive_training(x, y, o), "42 in all, of 41");
  o.most = 1;
  tt_expect_fail(tt_adaptive_training(x, y, o), "1 in all");
  o.train = NULL;
  tt_expect_fail(tt_adaptive_training(x, y, o), "o.train");
}
