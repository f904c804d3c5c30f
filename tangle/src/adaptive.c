// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// Adaptive training: a curriculum, and questions to one who knows.
#include "tt/adaptive.h"
#include "tt/activations.h"
#include "tt/autograd.h"
#include "tt/losses.h"
#include "tt/operation.h"
#include "tt/todo.h"
#include "tt/tuner.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

Tensor *tt_margin(Tensor *logits)
{
  TT_NO_GRAD;
  tt_need_f32("tt_margin", logits);
  if (logits->rank != 2 || logits->shape[1] < 2)
    tt_fail(TT_ESHAPE, "tt_margin: logits %s; they are (N,C), of at least"
            " two classes", TT_TEXT(tt_shape(logits)));
  Tensor *margin = tt_empty(TT_F32, TT_SHAPE(logits->shape[0]));
  Tensor *p = tt_softmax(logits, 1);
  const Real *row = p->data;
  int64_t classes = p->shape[1];
  for (int64_t i = 0; i < p->shape[0]; i++, row += classes) {
    Real first = row[0] > row[1] ? row[0] : row[1];
    Real second = row[0] > row[1] ? row[1] : row[0];
    for (int64_t c = 2; c < classes; c++)
      if (row[c] > first)
        second = first, first = row[c];
      else if (row[c] > second)
        second = row[c];
    ((Real *)margin->data)[i] = first - second;
  }
  return tt_keep(margin);
}

static Tensor *rows_of(Tensor *t, Tensor *index, int64_t n)
{
  TT_SCOPE;
  const int32_t *at = index->data;
  Shape s = tt_shape(t);
  s.dim[0] = n;
  Tensor *rows = tt_empty(t->dtype, s), *all = tt_contiguous(t);
  size_t bytes = tt_dtype_size(t->dtype);
  for (int d = 1; d < t->rank; d++)
    bytes *= (size_t)t->shape[d];
  for (int64_t i = 0; i < n; i++)
    memcpy((char *)rows->data + (size_t)i * bytes,
           (const char *)all->data + (size_t)at[i] * bytes, bytes);
  return tt_keep(rows);
}

typedef struct Ranked { double size; int32_t example; } Ranked;

// the smallest first; of equals the first; NaN before all: it knows
// nothing there
static int by_size(const void *a, const void *b)
{
  const Ranked *x = a, *y = b;
  if (isnan(x->size) != isnan(y->size))
    return isnan(x->size) ? -1 : 1;
  if (x->size < y->size || x->size > y->size)
    return x->size < y->size ? -1 : 1;
  return (x->example > y->example) - (x->example < y->example);
}

// index from `known` on in the order of size, one for each example
static void sort_rest(Tensor *index, int64_t known, const Real *size)
{
  TT_SCOPE;
  int32_t *at = (int32_t *)index->data + known;
  int64_t n = index->shape[0] - known;
  Ranked *r = tt_empty(TT_U8, TT_SHAPE(n * (int64_t)sizeof *r))->data;
  for (int64_t i = 0; i < n; i++)
    r[i] = (Ranked){ (double)size[at[i]], at[i] };
  qsort(r, (size_t)n, sizeof *r, by_size);
  for (int64_t i = 0; i < n; i++)
    at[i] = r[i].example;
}

static void start_again(Adaptive *a, const AdaptiveOptions *o)
{
  if (a->model)
    tt_module_free(a->model);
  a->model = o->make(o->arg, o->seed);
}

static void learn_from(Adaptive *a, Tensor *x, Tensor *y, int64_t n,
                       const AdaptiveOptions *o)
{
  TT_SCOPE;
  Batch b = { rows_of(x, a->index, n), rows_of(y, a->index, n) };
  o->train(o->arg, a->model, b, a->rounds);
}

static Tensor *of_answers(Module *m, Tensor *x, Tensor *y,
                          TuneScore *score)
{
  tt_module_eval(m);
  Tensor *all = tt_scores(m, x, y, score);
  tt_module_train(m);
  return all;
}

static Tensor *margin_of(Tensor *logits, Tensor *unused)
{
  (void)unused;
  return tt_margin(logits);
}

static Tensor *loss_of(Tensor *logits, Tensor *y)
{
  return tt_cross_entropy_with(logits, y,
           (LabelOptions){ .reduction = TT_REDUCE_NONE });
}

static void ask_next(Adaptive *a, Tensor *x, int64_t known)
{
  TT_SCOPE;
  sort_rest(a->index, known,
            of_answers(a->model, x, NULL, margin_of)->data);
}

// the first of each class, then the second of each class ...
static void take_turns(Tensor *index, Tensor *y)
{
  TT_SCOPE;
  int64_t classes = (int64_t)tt_item(tt_max(tt_to(y, TT_F32), TT_ALL,
                                            false)) + 1;
  Tensor *turn = tt_zeros(TT_SHAPE(y->shape[0]));
  Tensor *count = tt_zeros(TT_SHAPE(classes));
  const int32_t *at = index->data;
  for (int64_t i = 0; i < index->shape[0]; i++) {
    int64_t class = (int64_t)tt_get(y, TT_INDEX(at[i]));
    ((Real *)turn->data)[at[i]] = ((Real *)count->data)[class]++;
  }
  sort_rest(index, 0, turn->data);
}

static void easy_first(Tensor *index, Tensor *x, Tensor *y,
                       const AdaptiveOptions *o)
{
  TT_SCOPE;
  Module *first = o->make(o->arg, o->seed);
  o->train(o->arg, first, (Batch){ x, y }, -1);
  sort_rest(index, 0, of_answers(first, x, y, loss_of)->data);
  if (y->dtype == TT_I32 && y->rank == 1)
    take_turns(index, y);
}

static void learn_in_rounds(Adaptive *a, Tensor *x, Tensor *y,
                            const AdaptiveOptions *o)
{
  int64_t known = o->first;
  for (;; a->rounds++) {
    if (o->anew || !a->model)
      start_again(a, o);
    learn_from(a, x, y, known, o);
    if (known == o->most)
      return;
    int64_t more = o->each < o->most - known ? o->each
                                             : o->most - known;
    if (o->order == TT_ACTIVE)
      ask_next(a, x, known);
    known += more;
  }
}

static void refuse_options(Tensor *x, Tensor *y,
                           const AdaptiveOptions *o)
{
  if (!x || !y || !o->make || !o->train)
    tt_missing("tt_adaptive_training", !x ? "x" : !y ? "y" : !o->make
               ? "o.make" : "o.train");
  if (x->rank < 1 || y->rank < 1 || x->shape[0] != y->shape[0])
    tt_fail(TT_ESHAPE, "tt_adaptive_training: x %s, y %s; they have a"
            " row for each of the same examples",
            TT_TEXT(tt_shape(x)), TT_TEXT(tt_shape(y)));
  if (o->first < 1 || o->each < 1 || o->most < o->first
      || o->most > x->shape[0])
    tt_fail(TT_EVALUE, "tt_adaptive_training: %lld examples first, %lld"
            " more a round, %lld in all, of %lld; all are at least 1,"
            " and the numbers do not fall", (long long)o->first,
            (long long)o->each, (long long)o->most,
            (long long)x->shape[0]);
}

Adaptive tt_adaptive_training(Tensor *x, Tensor *y, AdaptiveOptions o)
{
  refuse_options(x, y, &o);
  Generator g;
  tt_manual_seed(&g, o.seed);
  Adaptive a = { .index = tt_randperm(x->shape[0], &g) };
  if (o.order == TT_CURRICULUM)
    easy_first(a.index, x, y, &o);
  learn_in_rounds(&a, x, y, &o);
  tt_module_eval(a.model);
  a.index = tt_slice(a.index, 0, 0, o.most, 1);
  return a;
}
