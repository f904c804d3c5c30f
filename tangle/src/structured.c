// Made from chapters/17-compression.nw by tools/tangle: edit there.
// Structured pruning: which rows and columns are of one channel, and
// how a model gets on without it.
#include "tt/pruning.h"
#include "tt/attention.h"
#include "tt/autograd.h"
#include "tt/convolution.h"
#include "tt/embeddings.h"
#include "tt/gradient.h"
#include "tt/safetensors.h"
#include "tt/quantization.h"
#include "tt/todo.h"
#include "tt/training.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
typedef struct Part {              // a tensor of the model
  const char *name;
  Tensor *t;
  bool    learned, makes, norm;    // a parameter; its rows make
                                   // channels; of a batch norm
  int32_t first[2];                // number of its row 0, column 0
} Part;
typedef struct Groups {
  StateDict state;                 // of the model
  int       parts;
  Part     *part;
  int32_t   n, *parent;            // of each number; a root's: itself
  const char **why;                // of a root: it stays
  uint8_t  *inside, *gone;         // of a root: of an attention; marked
} Groups;
static int32_t root_of(const Groups *g, int32_t i)
{
  while (g->parent[i] != i)
    i = g->parent[i] = g->parent[g->parent[i]];
  return i;
}

static void unite(const Groups *g, int32_t a, int32_t b)
{
  a = root_of(g, a), b = root_of(g, b);
  g->parent[b] = a;
  g->why[a] = g->why[a] ? g->why[a] : g->why[b];
  g->inside[a] |= g->inside[b];
}

static void freeze(const Groups *g, int32_t i, const char *why)
{
  i = root_of(g, i);
  if (!g->inside[i] && !g->why[i])
    g->why[i] = why;
}

static void *room(int64_t n, size_t size)
{
  int64_t bytes = (n > 0 ? n : 1) * (int64_t)size;
  Tensor *block = tt_empty(TT_U8, TT_SHAPE(bytes));
  return memset(block->data, 0, (size_t)bytes);
}

static Part *part_with(const Groups *g, const Tensor *t)
{
  for (int i = 0; t && i < g->parts; i++)
    if (g->part[i].t == t)
      return &g->part[i];
  return NULL;
}

static void add_part(Groups *g, const StateEntry *e)
{
  Tensor *t = *e->slot;
  if (part_with(g, t))
    return;
  Part *p = &g->part[g->parts++];
  *p = (Part){ .name = e->name, .t = t,
               .learned = e->kind == TT_PARAM };
  for (int d = 0; d < 2 && d < t->rank; d++) {
    p->first[d] = g->n;
    g->n += (int32_t)t->shape[d];
  }
}

static Groups *number_all(void *model)
{
  Groups *g = room(1, sizeof *g);
  g->state = tt_module_state_dict(model);
  g->part = room(g->state.n, sizeof *g->part);
  for (int i = 0; i < g->state.n; i++)
    add_part(g, &g->state.entry[i]);
  g->parent = room(g->n, sizeof *g->parent);
  g->why = room(g->n, sizeof *g->why);
  g->inside = room(g->n, 1), g->gone = room(g->n, 1);
  for (int32_t i = 0; i < g->n; i++)
    g->parent[i] = i;
  return g;
}

static void unite_rows(const Groups *g, const Part *a, const Part *b)
{
  for (int32_t c = 0; a && b && c < a->t->shape[0]; c++)
    unite(g, a->first[0] + c, b->first[0] + c);
}

// its rows, or columns, in order: each head has so many
static void unite_heads(const Groups *g, const MultiHeadAttention *m,
                        const Part *p, int dim, int64_t each)
{
  const Part *key = part_with(g, m->key->weight);
  int64_t d = m->key->weight->shape[0] / m->kv_heads;
  for (int64_t c = 0; key && p && c < p->t->shape[dim]; c++) {
    int32_t head = key->first[0] + (int32_t)(c / each * d);
    int32_t own = p->first[dim] + (int32_t)c;
    unite(g, head, own);
    g->inside[root_of(g, own)] = 1;
  }
}

static void see_module(void *arg, const char *name, FieldKind kind,
                       void *slot)
{
  (void)name;
  const Groups *g = arg;
  Module *m = kind == TT_CHILD ? *(ChildModule *)slot : NULL;
  if (m && m->type == &tt_batch_norm2d_type) {
    const BatchNorm2d *n = (BatchNorm2d *)m;
    Part *w = part_with(g, n->weight);
    if (w)
      w->norm = true;
    unite_rows(g, w, part_with(g, n->running_mean));
    unite_rows(g, w, part_with(g, n->running_var));
  } else if (m && m->type == &tt_multi_head_attention_type) {
    const MultiHeadAttention *a = (MultiHeadAttention *)m;
    int64_t d = a->key->weight->shape[0] / a->kv_heads;
    int64_t shared = d * a->heads / a->kv_heads;
    unite_heads(g, a, part_with(g, a->key->weight), 0, d);
    unite_heads(g, a, part_with(g, a->value->weight), 0, d);
    unite_heads(g, a, part_with(g, a->query->weight), 0, shared);
    unite_heads(g, a, part_with(g, a->out->weight), 1, shared);
  }
}

typedef struct Channels {          // along one dimension
  int      dim;
  int64_t  n;
  int32_t *id;                     // numbers; NULL: it is not known
} Channels;
typedef struct Trace {
  const Groups *g;
  int        n;                    // nodes, the latest first
  TapeNode **node;
  Channels  *made;                 // by each of them
} Trace;
static const Channels none = { 0, 0, NULL };

static Channels channels(const Trace *r, const TapeNode *k, int i)
{
  const TapeNode *from = k->saved[i].t.node;
  for (int j = 0; from && j < r->n; j++)
    if (r->node[j] == from)
      return r->made[j];
  return none;
}

static const Part *part(const Trace *r, const TapeNode *k, int i)
{
  return part_with(r->g, k->saved[i].leaf);
}

static const char *maker_of(const TapeNode *k, int i)
{
  const TapeNode *from = k->saved[i].t.node;
  return from ? from->op->name : "an input";
}

static void freeze_dim(const Groups *g, const Part *p, int dim,
                       const char *why)
{
  for (int64_t c = 0; dim < p->t->rank && c < p->t->shape[dim]; c++)
    freeze(g, p->first[dim] + (int32_t)c, why);
}

static void freeze_operand(const Trace *r, const TapeNode *k, int i)
{
  Channels x = channels(r, k, i);
  const Part *p = part(r, k, i);
  for (int64_t c = 0; x.id && c < x.n; c++)
    freeze(r->g, x.id[c], k->op->name);
  for (int dim = 0; p && dim < 2; dim++)
    freeze_dim(r->g, p, dim, k->op->name);
}

static Channels unknown(Trace *r, TapeNode *k)
{
  for (int i = 1; i <= k->n; i++)
    freeze_operand(r, k, i);
  return none;
}

static Channels new_channels(int dim, int64_t n)
{
  return (Channels){ dim, n, room(n, sizeof(int32_t)) };
}

static Channels rows_of(const Part *p, int dim)
{
  Channels y = new_channels(dim, p->t->shape[0]);
  for (int64_t c = 0; c < y.n; c++)
    y.id[c] = p->first[0] + (int32_t)c;
  return y;
}

static int64_t product(Shape s, int from, int to)
{
  int64_t n = 1;
  for (int d = from; d < to; d++)
    n *= s.dim[d];
  return n;
}

static Channels merged(const Channels *x, int dim, int64_t before,
                       int64_t after)
{
  Channels y = new_channels(dim, before * x->n * after);
  for (int64_t a = 0; a < before; a++)
    for (int64_t c = 0; c < x->n; c++)
      for (int64_t b = 0; b < after; b++)
        y.id[(a * x->n + c) * after + b] = x->id[c];
  return y;
}

static Channels of_product(Trace *r, TapeNode *k, int dim)
{
  Channels x = channels(r, k, 1);
  const Part *w = part(r, k, 2), *b = k->n > 2 ? part(r, k, 3) : NULL;
  if (!w || !(b || k->n < 3))
    return unknown(r, k);
  if (x.id && x.dim == dim)
    for (int64_t c = 0; c < x.n; c++)
      unite(r->g, x.id[c], w->first[1] + (int32_t)c);
  else
    freeze_operand(r, k, 1),
    freeze_dim(r->g, w, 1, maker_of(k, 1));
  for (int64_t c = 0; b && c < b->t->shape[0]; c++)
    unite(r->g, w->first[0] + (int32_t)c, b->first[0] + (int32_t)c);
  r->g->part[w - r->g->part].makes = true;
  return rows_of(w, dim);
}

static Channels of_linear(Trace *r, TapeNode *k)
{
  return of_product(r, k, tt_node_shape(k, 1).rank - 1);
}

// one row for each map, or several: each map has its own filters
static Channels of_depthwise(Trace *r, TapeNode *k, const Part *w)
{
  Channels x = channels(r, k, 1);
  const Part *b = k->n > 2 ? part(r, k, 3) : NULL;
  int64_t each = w->t->shape[0] / (x.n > 0 ? x.n : 1);
  if (!x.id || x.dim != 1 || !(b || k->n < 3))
    return unknown(r, k);
  for (int64_t c = 0; c < w->t->shape[0]; c++)
    unite(r->g, x.id[c / each], w->first[0] + (int32_t)c);
  unite_rows(r->g, w, b);
  freeze_dim(r->g, w, 1, k->op->name);
  return rows_of(w, 1);
}

static Channels of_conv2d(Trace *r, TapeNode *k)
{
  const Part *w = part(r, k, 2);
  int64_t in = tt_node_shape(k, 1).dim[1];
  int64_t groups = in / tt_node_shape(k, 2).dim[1];
  if (groups == 1)
    return of_product(r, k, 1);
  return w && groups == in ? of_depthwise(r, k, w) : unknown(r, k);
}

static Channels of_batch_norm(Trace *r, TapeNode *k)
{
  Channels x = channels(r, k, 1);
  const Part *w = k->n == 5 ? part(r, k, 4) : NULL;
  const Part *b = k->n == 5 ? part(r, k, 5) : NULL;
  if (!x.id || x.dim != 1 || !w || !b)
    return unknown(r, k);
  for (int64_t c = 0; c < x.n; c++)
    unite(r->g, x.id[c], w->first[0] + (int32_t)c);
  unite_rows(r->g, w, b);
  return x;
}

static Channels of_pool(Trace *r, TapeNode *k)
{
  Channels x = channels(r, k, 1);
  return x.id && x.dim == 1 ? x : unknown(r, k);
}

// f(0) is 0, element by element
static Channels of_each(Trace *r, TapeNode *k)
{
  Channels x = channels(r, k, 1);
  return x.id ? x : unknown(r, k);
}

// the channels of one operand are known: does the other one fit?
static Channels of_one(Trace *r, TapeNode *k, int i, Channels x)
{
  Shape other = tt_node_shape(k, 3 - i);
  int dim = x.dim - tt_node_shape(k, 0).rank + other.rank;
  bool same_for_all = dim < 0 || other.dim[dim] == 1;
  const Part *p = part(r, k, 3 - i);
  if (!x.id || (same_for_all && strcmp(k->op->name, "tt_mul") != 0)
      || (!same_for_all && !(p && dim < 2)))
    return unknown(r, k);
  for (int64_t c = 0; !same_for_all && c < x.n; c++)
    unite(r->g, x.id[c], p->first[dim] + (int32_t)c);
  return x;
}

static Channels of_both(Trace *r, TapeNode *k)
{
  Channels a = channels(r, k, 1), b = channels(r, k, 2);
  Shape y = tt_node_shape(k, 0);
  a.dim += y.rank - tt_node_shape(k, 1).rank;   // counted in y
  b.dim += y.rank - tt_node_shape(k, 2).rank;
  if (!a.id || !b.id)
    return of_one(r, k, a.id ? 1 : 2, a.id ? a : b);
  if (a.dim != b.dim || a.n != b.n)
    return unknown(r, k);
  for (int64_t c = 0; c < a.n; c++)
    unite(r->g, a.id[c], b.id[c]);
  return a;
}

static Channels of_cat(Trace *r, TapeNode *k)
{
  int dim = (int)k->attr.i[0];
  Channels y = new_channels(dim, tt_node_shape(k, 0).dim[dim]);
  y.n = 0;
  for (int i = 1; i <= k->n; i++) {
    Channels x = channels(r, k, i);
    if (!x.id || x.dim != dim)
      return unknown(r, k);
    memcpy(y.id + y.n, x.id, (size_t)x.n * sizeof *x.id);
    y.n += x.n;
  }
  return y;
}

static Channels of_reshape(Trace *r, TapeNode *k)
{
  Channels x = channels(r, k, 1);
  Shape from = tt_node_shape(k, 1), to = tt_node_shape(k, 0);
  int64_t outer = product(from, 0, x.dim);
  int64_t inner = product(from, x.dim + 1, from.rank);
  for (int d = to.rank - 1; x.id && d >= 0; d--) {
    int64_t ahead = product(to, 0, d);
    int64_t behind = product(to, d + 1, to.rank);
    if (outer % ahead == 0 && inner % behind == 0
        && outer / ahead * x.n * (inner / behind) == to.dim[d])
      return merged(&x, d, outer / ahead, inner / behind);
  }
  return unknown(r, k);
}

typedef Channels Rule(Trace *r, TapeNode *k);
static const struct { const char *op; Rule *rule; } rules[] = {
  { "tt_linear", of_linear }, { "tt_conv2d", of_conv2d },
  { "tt_batch_norm", of_batch_norm }, { "tt_reshape", of_reshape },
  { "tt_squeeze", of_reshape }, { "tt_unsqueeze", of_reshape },
  { "tt_cat", of_cat },
  { "tt_add", of_both }, { "tt_sub", of_both }, { "tt_mul", of_both },
  { "tt_max_pool2d", of_pool }, { "tt_avg_pool2d", of_pool },
  { "tt_adaptive_max_pool2d", of_pool },
  { "tt_adaptive_avg_pool2d", of_pool },
  { "tt_relu", of_each }, { "tt_leaky_relu", of_each },
  { "tt_gelu", of_each }, { "tt_gelu_tanh", of_each },
  { "tt_silu", of_each }, { "tt_tanh", of_each },
  { "tt_neg", of_each }, { "tt_abs", of_each }, { "tt_sin", of_each },
  { "tt_mul_scalar", of_each }, { "tt_clone", of_each },
};

static Channels by_rule(Trace *r, TapeNode *k)
{
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (strcmp(rules[i].op, k->op->name) == 0)
      return rules[i].rule(r, k);
  return unknown(r, k);
}

typedef struct Pass { Groups *g; void *model; Tensor *x; } Pass;

static void trace(void *arg)
{
  const Pass *p = arg;
  TT_SCOPE;
  int64_t before = tt_tape_length();
  const Tensor *y = tt_forward(p->model, p->x);
  int n = (int)(tt_tape_length() - before);
  if (!y->node || n < 1)
    tt_fail(TT_EVALUE, "tt_structured_pruner_new: nothing was recorded;"
            " call tt_autograd_enable, be outside of TT_NO_GRAD, and"
            " let the parameters require gradients");
  Trace r = { .g = p->g, .n = n, .node = room(n, sizeof *r.node),
              .made = room(n, sizeof *r.made) };
  TapeNode *k = y->node;
  for (int i = 0; i < n; i++, k = k->below)
    r.node[i] = k;
  for (int i = n - 1; i >= 0; i--)
    r.made[i] = by_rule(&r, r.node[i]);
  for (int64_t c = 0; r.made[0].id && c < r.made[0].n; c++)
    freeze(p->g, r.made[0].id[c], "an output");
}

static int owner_of(int *owner, int i)
{
  while (owner[i] != i)
    i = owner[i];
  return i;
}

// tensors whose rows make the same channels have one owner
static int *find_owners(const Groups *g)
{
  int *owner = room(g->parts, sizeof *owner);
  int *first = room(g->n, sizeof *first);      // part + 1 of a root
  for (int i = 0; i < g->parts; i++) {
    owner[i] = i;
    const Part *p = &g->part[i];
    for (int32_t c = 0; p->makes && c < p->t->shape[0]; c++) {
      int *other = &first[root_of(g, p->first[0] + c)];
      if (*other)
        owner[owner_of(owner, i)] = owner_of(owner, *other - 1);
      *other = i + 1;
    }
  }
  return owner;
}

static void add_groups(const Groups *g, PrunedWidth *w, uint8_t *seen,
                       const Part *p)
{
  for (int32_t c = 0; c < p->t->shape[0]; c++) {
    int32_t root = root_of(g, p->first[0] + c);
    if (seen[root])
      continue;
    seen[root] = 1;
    w->group[w->n++] = root;
    if (g->why[root])
      w->fixed++, w->why = g->why[root];
  }
}

static void find_widths(StructuredPruner *p)
{
  const Groups *g = p->groups;
  int *owner = find_owners(g);
  int32_t *group = room(g->n, sizeof *group);
  uint8_t *seen = room(g->n, 1);
  p->width = room(g->parts, sizeof *p->width);
  for (int i = 0; i < g->parts; i++) {
    if (!g->part[i].makes || owner_of(owner, i) != i)
      continue;
    PrunedWidth *w = &p->width[p->n++];
    *w = (PrunedWidth){ .name = g->part[i].name, .group = group };
    for (int j = 0; j < g->parts; j++)
      if (g->part[j].makes && owner_of(owner, j) == i)
        add_groups(g, w, seen, &g->part[j]);
    w->kept = w->n, group += w->n;
  }
}

static double row_score(const Part *p, int64_t row, ChannelScore how)
{
  int64_t n = tt_numel(p->t) / p->t->shape[0];
  const Real *w = (const Real *)p->t->data + row * n;
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += how == TT_SCORE_L2 ? (double)w[i] * (double)w[i]
                              : fabs((double)w[i]);
  return sum;
}

// of each root
static double *scores_of(const Groups *g, ChannelScore how)
{
  double *score = room(g->n, sizeof *score);
  for (int i = 0; i < g->parts; i++) {
    const Part *p = &g->part[i];
    if (how == TT_SCORE_NORM ? p->norm : p->makes)
      for (int32_t c = 0; c < p->t->shape[0]; c++)
        score[root_of(g, p->first[0] + c)] += row_score(p, c, how);
  }
  for (int32_t i = 0; how == TT_SCORE_L2 && i < g->n; i++)
    score[i] = sqrt(score[i]);
  return score;
}

static int64_t that_stay(const StructuredOptions *o, int64_t n,
                         double wanted)
{
  int64_t multiple = o->multiple > 0 ? o->multiple : 1;
  int64_t least = o->least > 0 ? o->least : multiple;
  if (wanted >= (double)n)
    return n;
  int64_t k = llround(wanted / (double)multiple) * multiple;
  k = k > least ? k : least;
  return k < n ? k : n;
}

typedef struct Ranked { double score; int32_t root; int width; } Ranked;

static int by_score(const void *a, const void *b)
{
  const Ranked *x = a, *y = b;
  if (x->score != y->score)
    return x->score < y->score ? -1 : 1;
  return (x->root > y->root) - (x->root < y->root);
}

// those that may go, the lowest score first
static Ranked *rank(const StructuredPruner *p, int64_t *n)
{
  const Groups *g = p->groups;
  const double *score = scores_of(g, p->options.score);
  Ranked *r = room(g->n, sizeof *r);
  *n = 0;
  for (int i = 0; i < p->n; i++) {
    const PrunedWidth *w = &p->width[i];
    double mean = 0;
    for (int64_t j = 0; j < w->n; j++)
      mean += score[w->group[j]] / (double)w->n;
    for (int64_t j = 0; j < w->n; j++)
      if (isnan(score[w->group[j]]))
        tt_fail(TT_EVALUE, "tt_structured_choose: channels of %s have a"
                " NaN; look for its cause first", w->name);
      else if (!g->why[w->group[j]])
        r[(*n)++] = (Ranked){
          score[w->group[j]] / (mean > 0 ? mean : 1), w->group[j], i };
  }
  qsort(r, (size_t)*n, sizeof *r, by_score);
  return r;
}

static void check_use(const char *op, const StructuredPruner *p)
{
  if (!p)
    tt_missing(op, "pruner");
  const Groups *g = p->groups;
  if (!g)
    tt_fail(TT_EVALUE, "%s: its channels are removed already; make a"
            " new pruner for what is left", op);
  for (int i = 0; i < g->state.n; i++)
    if (!part_with(g, *g->state.entry[i].slot))
      tt_fail(TT_EVALUE, "%s: %s was replaced since this pruner was"
              " made; make a new one", op, g->state.entry[i].name);
}

int32_t tt_structured_group(const StructuredPruner *p, const Tensor *t,
                            int dim, int64_t at)
{
  check_use("tt_structured_group", p);
  const Part *of = part_with(p->groups, t);
  if (!of || dim < 0 || dim > 1 || dim >= t->rank || at < 0
      || at >= t->shape[dim])
    tt_fail(TT_EVALUE, "tt_structured_group: index %lld of dimension %d"
            " of a tensor %s; %s", (long long)at, dim,
            TT_TEXT(tt_shape(t)), of ? "0 has the rows, 1 the columns"
            : "it is none of the pruner's model");
  return root_of(p->groups, of->first[dim] + (int32_t)at);
}

void tt_structured_choose(StructuredPruner *p, double share)
{
  check_use("tt_structured_choose", p);
  if (!(share >= 0 && share < 1))
    tt_fail(TT_EVALUE, "tt_structured_choose: a share of %g; it is from"
            " 0 on, and less than 1", share);
  TT_SCOPE;
  int64_t n;
  const Ranked *r = rank(p, &n);
  int64_t *go = room(p->n, sizeof *go);
  for (int64_t i = 0; i < llround(share * (double)n); i++)
    go[r[i].width]++;
  memset(p->groups->gone, 0, (size_t)p->groups->n);
  for (int i = 0; i < p->n; i++) {
    PrunedWidth *w = &p->width[i];
    double rest = p->options.global ? (double)(w->n - go[i])
                                    : (1 - share) * (double)w->n;
    w->kept = that_stay(&p->options, w->n, rest);
    w->kept = w->kept > w->fixed ? w->kept : w->fixed;
    go[i] = w->n - w->kept;
  }
  for (int64_t i = 0; i < n; i++)
    p->groups->gone[r[i].root] = go[r[i].width]-- > 0;
}

static Tensor *without(const Groups *g, const Part *p)
{
  Tensor *t = p->t;
  for (int d = 0; d < 2 && d < t->rank; d++) {
    Tensor *index = tt_empty(TT_I32, TT_SHAPE(t->shape[d]));
    int32_t *at = index->data, n = 0;
    for (int32_t c = 0; c < t->shape[d]; c++)
      if (!g->gone[root_of(g, p->first[d] + c)])
        at[n++] = c;
    if (n < t->shape[d])
      t = tt_index_select(t, d, tt_slice(index, 0, 0, n, 1));
  }
  return t;
}

typedef struct Resized {           // a model, and what its tensors were
  StateDict state;                 // are exchanged for, entry by entry
  Tensor  **new;
  int       done;                  // modules; one may be in two places
  Module  **module;
} Resized;

static Resized resized(StateDict state)
{
  Resized r = { .state = state,
                .new = room(state.n, sizeof(Tensor *)),
                .module = room(state.n, sizeof(Module *)) };
  return r;
}

static Tensor *instead(const Resized *r, const Tensor *old)
{
  for (int i = 0; i < r->state.n; i++)
    if (*r->state.entry[i].slot == old)
      return r->new[i];
  return NULL;
}

static int scaled(const Resized *r, int count, const Tensor *rows)
{
  const Tensor *new = instead(r, rows);
  return new ? (int)(count * new->shape[0] / rows->shape[0]) : count;
}

static bool is_done(Resized *r, Module *m)
{
  for (int i = 0; i < r->done; i++)
    if (r->module[i] == m)
      return true;
  r->module[r->done++] = m;
  return false;
}

static void resize_module(void *arg, const char *name, FieldKind kind,
                          void *slot)
{
  (void)name;
  Resized *r = arg;
  Module *m = kind == TT_CHILD ? *(ChildModule *)slot : NULL;
  if (m && m->type == &tt_conv2d_type) {
    Conv2d *c = (Conv2d *)m;
    if (c->options.groups > 1 && !is_done(r, m))
      c->options.groups = scaled(r, c->options.groups, c->weight);
  } else if (m && m->type == &tt_multi_head_attention_type
             && !is_done(r, m)) {
    MultiHeadAttention *a = (MultiHeadAttention *)m;
    a->heads = scaled(r, a->heads, a->query->weight);
    a->kv_heads = scaled(r, a->kv_heads, a->key->weight);
  }
}

static void exchange(void *model, Resized *r)
{
  tt_module_walk(model, resize_module, r);
  for (int i = 0; i < r->state.n; i++) {
    Tensor *old = *r->state.entry[i].slot, *new = r->new[i];
    if (new == old || !old->scope)
      continue;
    new->name = old->name;
    if (old->requires_grad)
      tt_requires_grad_(new, true);
    tt_move(new, old->scope);
    for (int j = r->state.n - 1; j >= i; j--)
      if (*r->state.entry[j].slot == old)
        *r->state.entry[j].slot = new;
    tt_release(old);
  }
}

void tt_structured_mask(StructuredPruner *p)
{
  check_use("tt_structured_mask", p);
  const Groups *g = p->groups;
  TT_NO_GRAD;
  for (int i = 0; i < g->parts; i++) {
    const Part *t = &g->part[i];
    for (int32_t c = 0; t->t->rank > 0 && c < t->t->shape[0]; c++)
      if (t->learned && g->gone[root_of(g, t->first[0] + c)])
        tt_fill_(tt_select(t->t, 0, c), 0);
  }
}

void tt_structured_remove(StructuredPruner *p)
{
  check_use("tt_structured_remove", p);
  TT_NO_GRAD;
  const Groups *g = p->groups;
  Resized r = resized(g->state);
  for (int i = 0; i < g->state.n; i++) {
    Tensor *old = *g->state.entry[i].slot, *new = instead(&r, old);
    r.new[i] = new ? new : without(g, part_with(g, old));
  }
  exchange(p->model, &r);
  p->groups = NULL;
}

static void check_structured(const StructuredOptions *o)
{
  if (o->multiple < 0 || o->least < 0)
    tt_fail(TT_EVALUE, "tt_structured_pruner_new: .multiple %lld,"
            " .least %lld; both are 0 or more",
            (long long)o->multiple, (long long)o->least);
}

StructuredPruner *tt_structured_pruner_new(void *model, Tensor *x,
                                           StructuredOptions o)
{
  check_structured(&o);
  if (tt_numel(x) == 0)
    tt_fail(TT_ESHAPE, "tt_structured_pruner_new: x %s has no numbers;"
            " one example is enough", TT_TEXT(tt_shape(x)));
  StructuredPruner *p = room(1, sizeof *p);
  Groups *g = number_all(model);
  *p = (StructuredPruner){ .model = model, .options = o, .groups = g };
  tt_module_walk(model, see_module, g);
  tt_in_eval_mode(model, trace, &(Pass){ g, model, x });
  for (int i = 0; i < g->parts; i++) {
    const Part *t = &g->part[i];
    for (int32_t c = 0; t->makes && c < t->t->shape[0]; c++)
      if (tt_named(t->name, o.skip))
        g->why[root_of(g, t->first[0] + c)] = "a name to skip";
  }
  find_widths(p);
  return p;
}

void tt_prune_channels(void *model, Tensor *x, double share,
                       StructuredOptions o)
{
  TT_SCOPE;
  StructuredPruner *p = tt_structured_pruner_new(model, x, o);
  tt_structured_choose(p, share);
  tt_structured_remove(p);
}

void tt_structured_fprint(FILE *f, const StructuredPruner *p)
{
  if (!f || !p)
    tt_missing("tt_structured_fprint", f ? "pruner" : "FILE *");
  fprintf(f, "%-28s %8s %8s\n", "channels made by", "", "kept");
  for (int i = 0; i < p->n; i++) {
    const PrunedWidth *w = &p->width[i];
    fprintf(f, "%-28s %8lld %8lld", w->name, (long long)w->n,
            (long long)w->kept);
    if (w->fixed > 0)
      fprintf(f, "  %lld fixed by %s", (long long)w->fixed, w->why);
    fputc('\n', f);
  }
}

void tt_structured_print(const StructuredPruner *p)
{
  tt_structured_fprint(stdout, p);
}

static Tensor *smaller(const char *path, StateDict file,
                       const StateEntry *e)
{
  const Tensor *own = *e->slot;
  Tensor *t = NULL;
  for (int i = 0; i < file.n; i++)
    if (strcmp(file.entry[i].name, e->name) == 0)
      t = *file.entry[i].slot;
  if (!t)
    tt_fail(TT_EFORMAT, "tt_load_pruned: %s: %s is not there", path,
            e->name);
  bool fits = t->rank == own->rank && t->dtype == own->dtype;
  for (int d = 0; fits && d < t->rank; d++)
    fits = t->shape[d] <= own->shape[d] && t->shape[d] > 0
           && (d < 2 || t->shape[d] == own->shape[d]);
  if (!fits)
    tt_fail(TT_EFORMAT, "tt_load_pruned: %s: %s is %s %s, and the model"
            " has %s %s; channels can only be fewer", path, e->name,
            tt_dtype_name(t->dtype), TT_TEXT(tt_shape(t)),
            tt_dtype_name(own->dtype), TT_TEXT(tt_shape(own)));
  return t;
}

static void check_heads(void *arg, const char *name, FieldKind kind,
                        void *slot)
{
  const Resized *r = arg;
  const MultiHeadAttention *a = *(void **)slot;
  if (kind != TT_CHILD
      || a->base.type != &tt_multi_head_attention_type)
    return;
  const Tensor *q = instead(r, a->query->weight);
  const Tensor *k = instead(r, a->key->weight);
  const Tensor *v = instead(r, a->value->weight);
  int64_t d = a->head_dim;
  if (q->shape[0] % d || k->shape[0] % d || k->shape[0] != v->shape[0]
      || q->shape[0] % k->shape[0])
    tt_fail(TT_EFORMAT, "tt_load_pruned: %s has rows for queries %s,"
            " keys %s and values %s, which are no heads of %lld", name,
            TT_TEXT(tt_shape(q)), TT_TEXT(tt_shape(k)),
            TT_TEXT(tt_shape(v)), (long long)d);
}

void tt_load_pruned(const char *path, void *model)
{
  TT_NO_GRAD;
  StateDict file = tt_load_file(path);
  Resized r = resized(tt_module_state_dict(model));
  for (int i = 0; i < r.state.n; i++) {
    Tensor *new = instead(&r, *r.state.entry[i].slot);
    r.new[i] = new ? new
                   : tt_clone(smaller(path, file, &r.state.entry[i]));
  }
  tt_module_walk(model, check_heads, &r);
  exchange(model, &r);
}
