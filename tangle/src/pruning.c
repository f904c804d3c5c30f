// Made from chapters/17-compression.nw by tools/tangle: edit there.
// Pruning by magnitude: which numbers go, masks that hold them at 0.
#include "tt/pruning.h"
#include "tt/autograd.h"
#include "tt/locale.h"
#include "tt/operation.h"
#include "tt/safetensors.h"
#include "tt/quantization.h"
#include "tt/todo.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tgmath.h>

static void need(const char *op, const void *p, const char *what)
{
  if (!p)
    tt_missing(op, what);
}

static Tensor *weights_of(const char *op, const PrunedTensor *t)
{
  Tensor *w = *t->slot;
  tt_need_f32(op, w);
  bool same = w->rank == t->mask->rank;
  for (int d = 0; same && d < w->rank; d++)
    same = w->shape[d] == t->mask->shape[d];
  if (!same || !tt_is_contiguous(w))
    tt_fail(TT_ESHAPE, "%s: %s is %s%s, and its mask %s; make a new"
            " pruner when a tensor was replaced", op, t->name,
            TT_TEXT(tt_shape(w)), same ? " with gaps" : "",
            TT_TEXT(tt_shape(t->mask)));
  return w;
}

static bool begins(const char *name, const char *part)
{
  size_t n = strlen(part);
  return strncmp(name, part, n) == 0
         && (name[n] == 0 || name[n] == '.');
}

static void check_options(const PruneOptions *o, StateDict all)
{
  const char *op = "tt_magnitude_pruner_new";
  if (o->least < 0)
    tt_fail(TT_EVALUE, "%s: .least %lld; a layer keeps 0 or more", op,
            (long long)o->least);
  for (const char *const *s = o->skip; s && *s; s++) {
    bool found = false;
    for (int i = 0; i < all.n; i++)
      found = found || begins(all.entry[i].name, *s);
    if (!found)
      tt_fail(TT_EVALUE, "%s: no parameter is, or begins with, '%s',"
              " which is to be skipped; tt_module_parameters lists the"
              " names", op, *s);
  }
}

static void add_tensor(MagnitudePruner *p, const StateEntry *e)
{
  PrunedTensor *t = &p->tensor[p->n++];
  memcpy(t->name, e->name, sizeof t->name);
  t->slot = e->slot;
  t->n = t->kept = tt_numel(*e->slot);
  t->mask = tt_empty(TT_U8, tt_shape(*e->slot));
  memset(t->mask->data, 1, (size_t)t->n);
  weights_of("tt_magnitude_pruner_new", t);
}

MagnitudePruner *tt_magnitude_pruner_new(void *model, PruneOptions o)
{
  StateDict all = tt_module_parameters(model);
  check_options(&o, all);
  int64_t bytes = (int64_t)(sizeof(MagnitudePruner)
                            + (size_t)all.n * sizeof(PrunedTensor));
  Tensor *block = tt_empty(TT_U8, TT_SHAPE(bytes));
  MagnitudePruner *p = block->data;
  *p = (MagnitudePruner){ .options = o, .block = block,
                          .tensor = (PrunedTensor *)(p + 1) };
  p->state = tt_module_state_dict(model);
  p->first = tt_state_dict_new(p->state.n);
  for (int i = 0; i < all.n; i++)
    if ((*all.entry[i].slot)->rank > 1
        && !tt_named(all.entry[i].name, o.skip))
      add_tensor(p, &all.entry[i]);
  if (p->n == 0)
    tt_fail(TT_EVALUE, "tt_magnitude_pruner_new: of %d parameters none"
            " is left; those of rank 2 and more are pruned, if they are"
            " not skipped", all.n);
  return p;
}

static int64_t may_go(const MagnitudePruner *p, const PrunedTensor *t)
{
  int64_t least = p->options.least > 0 ? p->options.least : 1;
  return t->kept > least ? t->kept - least : 0;
}

typedef struct Candidate {
  Real    size;                    // its magnitude
  int32_t tensor;
  int64_t at;                      // its place there
} Candidate;

static int by_size(const void *a, const void *b)
{
  const Candidate *x = a, *y = b;
  if (x->size != y->size)
    return x->size < y->size ? -1 : 1;
  if (x->tensor != y->tensor)
    return x->tensor < y->tensor ? -1 : 1;
  return (x->at > y->at) - (x->at < y->at);
}

static int64_t list_living(const MagnitudePruner *p, int i,
                           Candidate *to)
{
  const PrunedTensor *t = &p->tensor[i];
  const Real *w = weights_of("tt_prune", t)->data;
  const uint8_t *mask = t->mask->data;
  int64_t n = 0;
  for (int64_t j = 0; j < t->n; j++)
    if (mask[j]) {
      if (isnan(w[j]))
        tt_fail(TT_EVALUE, "tt_prune: %s has a NaN at %s, which has no"
                " magnitude; look for its cause first", t->name,
                TT_TEXT(tt_index_of(t->mask, j)));
      to[n++] = (Candidate){ fabs(w[j]), i, j };
    }
  return n;
}

static void prune_smallest(MagnitudePruner *p, int from, int to,
                           int64_t k)
{
  TT_SCOPE;
  int64_t n = 0;
  for (int i = from; i < to; i++)
    n += p->tensor[i].kept;
  Tensor *list = tt_empty(TT_U8, TT_SHAPE(n
                          * (int64_t)sizeof(Candidate)));
  Candidate *c = list->data;
  n = 0;
  for (int i = from; i < to; i++)
    n += list_living(p, i, c + n);
  qsort(c, (size_t)n, sizeof *c, by_size);
  for (int64_t j = 0; j < n && k > 0; j++) {
    PrunedTensor *t = &p->tensor[c[j].tensor];
    uint8_t *mask = t->mask->data;
    if (may_go(p, t) > 0) {
      mask[c[j].at] = 0;
      t->kept--, k--;
    }
  }
}

void tt_pruner_apply(MagnitudePruner *p)
{
  need("tt_pruner_apply", p, "pruner");
  TT_NO_GRAD;
  for (int i = 0; i < p->n; i++) {
    const PrunedTensor *t = &p->tensor[i];
    Tensor *w = weights_of("tt_pruner_apply", t);
    tt_change("tt_pruner_apply", w, NULL);
    const uint8_t *mask = t->mask->data;
    Real *x = w->data;
    for (int64_t j = 0; j < t->n; j++)
      x[j] = mask[j] ? x[j] : 0;
  }
}

static void refuse_empty(const MagnitudePruner *p, int64_t k,
                         int64_t kept)
{
  const PrunedTensor *t = p->tensor;
  for (int i = 1; i < p->n; i++)
    t = p->tensor[i].kept < t->kept ? &p->tensor[i] : t;
  tt_fail(TT_EVALUE, "tt_prune: %lld of the %lld numbers that are left"
          " are to go, but then %s, which has %lld, or another layer"
          " has fewer than %lld (.least); take a smaller share",
          (long long)k, (long long)kept, t->name, (long long)t->kept,
          (long long)(p->options.least > 0 ? p->options.least : 1));
}

static void prune(MagnitudePruner *p, double share, bool of_all)
{
  need("tt_prune", p, "pruner");
  if (!(share >= 0 && share <= 1))
    tt_fail(TT_EVALUE, "tt_prune: a share of %g; it is from 0 to 1",
            share);
  int step = p->options.by_layer ? 1 : p->n;
  for (int i = 0; i < p->n; i += step) {
    int64_t n = 0, kept = 0, most = 0;
    for (int j = i; j < i + step; j++) {
      n += p->tensor[j].n, kept += p->tensor[j].kept;
      most += may_go(p, &p->tensor[j]);
    }
    int64_t k = of_all ? llround(share * (double)n) - (n - kept)
                       : llround(share * (double)kept);
    if (k > most && !p->options.by_layer)
      refuse_empty(p, k, kept);
    if (k > 0)
      prune_smallest(p, i, i + step, k < most ? k : most);
  }
  tt_pruner_apply(p);
}

void tt_prune(MagnitudePruner *p, double share)
{
  prune(p, share, false);
}

void tt_prune_to(MagnitudePruner *p, double share)
{
  prune(p, share, true);
}

double tt_pruner_sparsity(const MagnitudePruner *p)
{
  need("tt_pruner_sparsity", p, "pruner");
  int64_t n = 0, kept = 0;
  for (int i = 0; i < p->n; i++)
    n += p->tensor[i].n, kept += p->tensor[i].kept;
  return n ? 1 - (double)kept / (double)n : 0;
}

void tt_pruner_fprint(FILE *f, const MagnitudePruner *p)
{
  need("tt_pruner_fprint", f, "FILE *");
  need("tt_pruner_fprint", p, "pruner");
  TT_C_LOCALE;
  fprintf(f, "%-24s %10s %10s %8s\n", "", "numbers", "kept", "zero");
  for (int i = 0; i < p->n; i++) {
    const PrunedTensor *t = &p->tensor[i];
    fprintf(f, "%-24s %10lld %10lld %6.1f %%\n", t->name,
            (long long)t->n, (long long)t->kept,
            100 * (1 - (double)t->kept / (double)t->n));
  }
  fprintf(f, "%-46s %6.1f %%\n", "all", 100 * tt_pruner_sparsity(p));
}

void tt_pruner_print(const MagnitudePruner *p)
{
  tt_pruner_fprint(stdout, p);
}

static void check_schedule(const PruneSchedule *s)
{
  need("tt_prune_schedule", s, "schedule");
  if (!(s->from >= 0 && s->from <= s->to && s->to <= 1)
      || s->begin > s->end || s->every < 0)
    tt_fail(TT_EVALUE, "tt_prune_schedule: shares from %g to %g, steps"
            " from %lld to %lld, every %lld; shares rise from 0 to 1,"
            " and steps do not fall", s->from, s->to,
            (long long)s->begin, (long long)s->end,
            (long long)s->every);
}

double tt_prune_schedule(const PruneSchedule *s, int64_t step)
{
  check_schedule(s);
  if (step >= s->end)
    return s->to;
  if (step <= s->begin)
    return s->from;
  double left = (double)(s->end - step) / (double)(s->end - s->begin);
  return s->to + (s->from - s->to) * left * left * left;
}

bool tt_pruner_step(MagnitudePruner *p, const PruneSchedule *s,
                    int64_t step)
{
  double share = tt_prune_schedule(s, step);
  int64_t every = s->every > 0 ? s->every : 1;
  bool due = step >= s->begin && step <= s->end
             && ((step - s->begin) % every == 0 || step == s->end);
  if (due)
    tt_prune_to(p, share);
  else
    tt_pruner_apply(p);
  return due;
}

void tt_pruner_remember(MagnitudePruner *p)
{
  need("tt_pruner_remember", p, "pruner");
  TT_NO_GRAD;
  for (int i = 0; i < p->state.n; i++) {
    Tensor *now = *p->state.entry[i].slot;
    Tensor **was = p->first.entry[i].slot;
    if (*was) {
      tt_copy_(*was, now);
    } else {
      *was = tt_clone(now);
      tt_move(*was, p->block->scope);
    }
  }
}

void tt_pruner_rewind(MagnitudePruner *p)
{
  need("tt_pruner_rewind", p, "pruner");
  if (!*p->first.entry[0].slot)
    tt_fail(TT_EVALUE, "tt_pruner_rewind: nothing was remembered; call"
            " tt_pruner_remember before the training");
  TT_NO_GRAD;
  for (int i = 0; i < p->state.n; i++)
    tt_copy_(*p->state.entry[i].slot, *p->first.entry[i].slot);
  tt_pruner_apply(p);
}
