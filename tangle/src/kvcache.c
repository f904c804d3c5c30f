// Made from chapters/15-memoization.nw by tools/tangle: edit there.
// Keys and values in pages: kept, shared, forgotten, and read.
#include "tt/kvcache.h"
#include "tt/autograd.h"
#include "tt/operation.h"
#include "tt/safetensors.h"
#include "tt/storage.h"
#include "tt/todo.h"
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void check_sizes(const GptOptions *o, const KvOptions *k)
{
  if (o->heads < 1 || o->dim < 1 || o->layers < 0 || o->kv_heads < 0
      || k->page < 0)
    tt_fail(TT_EVALUE, "tt_kv_page_bytes: %lld layers, %lld heads of"
            " %lld numbers, pages of %lld; nothing is below 0, and"
            " there is a head", (long long)o->layers,
            (long long)o->heads,
            (long long)o->dim, (long long)k->page);
}

int64_t tt_kv_page_bytes(GptOptions o, KvOptions k)
{
  check_sizes(&o, &k);
  int64_t p = k.page > 0 ? k.page : 32, d = o.dim / o.heads;
  int64_t heads = o.kv_heads > 0 ? o.kv_heads : o.heads;
  int64_t n = p * (int64_t)sizeof(int32_t);    // the ids
  int64_t numbers = o.layers * 2 * heads * p * d;
  int64_t scales = o.layers * heads * (d + p);
  n += k.int8 ? numbers + scales * (int64_t)sizeof(Real)
              : numbers * (int64_t)sizeof(Real);
  return n;
}

static KvPage owned(KvCache *c, KvPage g)      // lives as the cache
{
  tt_move(g.kv, c->block->scope);
  tt_move(g.ids, c->block->scope);
  if (g.scale)
    tt_move(g.scale, c->block->scope);
  return g;
}

static KvPage blank(KvCache *c)
{
  const GptOptions *o = &c->gpt->options;
  Shape s = TT_SHAPE(o->layers, 2, o->kv_heads, c->options.page,
                     o->dim / o->heads);
  Tensor *ids = tt_empty(TT_I32, TT_SHAPE(c->options.page));
  memset(ids->data, 0, ids->storage->bytes);   // a session is saved
  return owned(c, (KvPage){ .kv = tt_zeros(s), .ids = ids });
}

static KvPage another(const KvPage *g)         // handles on the same
{
  return (KvPage){ .kv = tt_alias(g->kv), .ids = tt_alias(g->ids),
                   .scale = g->scale ? tt_alias(g->scale) : NULL };
}

static void let_go(KvPage *g)
{
  tt_release(g->kv), tt_release(g->ids);
  if (g->scale)
    tt_release(g->scale);
  *g = (KvPage){0};
}

static KvPage *page_of(const KvCache *c, const KvSequence *s,
                       int64_t place)
{
  int64_t i = place / c->options.page;
  return &s->page[i < c->sink_pages ? i : i - s->gone];
}

static int64_t in_use(const KvCache *c, const KvSequence *s)
{
  return (s->n + c->options.page - 1) / c->options.page - s->gone;
}

// the page that the next place is written to, or NULL: a new one
static const Storage *goes_on_in(const KvCache *c, int sequence)
{
  const KvSequence *s = &c->sequence[sequence];
  return s->n % c->options.page ? page_of(c, s, s->n)->kv->storage
                                : NULL;
}

// pages that part i of a pass would add; those before it make copies
static int64_t new_pages(const KvCache *c, const KvPart part[], int i)
{
  const KvSequence *s = &c->sequence[part[i].sequence];
  int64_t p = c->options.page, t = part[i].ids->shape[0];
  int64_t n = (s->n + t + p - 1) / p - s->gone - s->pages;
  const Storage *last = goes_on_in(c, part[i].sequence);
  int copies = 0;
  for (int j = 0; j < i; j++)
    copies += goes_on_in(c, part[j].sequence) == last;
  return (n > 0 ? n : 0) + (last && last->count > 1 + copies);
}

static int64_t all_pages(const KvCache *c)
{
  double n = 0;
  for (int i = 0; i < c->sequences; i++)
    for (int64_t j = 0; j < c->sequence[i].pages; j++)
      n += 1.0 / c->sequence[i].page[j].kv->storage->count;
  return llround(n);
}

static void check_cache(const Gpt *m, int sequences, const KvOptions *o)
{
  const char *op = "tt_kv_cache_new";
  if (!m)
    tt_fail(TT_EVALUE, "%s: NULL is no model", op);
  if (sequences < 1 || sequences > 1 << 20 || o->page < 0
      || o->page > 1 << 20 || o->pages < 0 || o->window < 0
      || o->sinks < 0)
    tt_fail(TT_EVALUE, "%s: %d sequences, pages of %lld, %lld pages,"
            " window %lld, %lld sinks; there is 1 sequence or more, and"
            " nothing is below 0", op, sequences, (long long)o->page,
            (long long)o->pages, (long long)o->window,
            (long long)o->sinks);
  if (o->sinks > 0 && o->window == 0)
    tt_fail(TT_EVALUE, "%s: %lld sinks without a .window; all places"
            " are read anyway", op, (long long)o->sinks);
  if (o->window > 0 && m->places)
    tt_fail(TT_EVALUE, "%s: a window of %lld, and learned places; they"
            " are in what is stored and cannot be counted anew\n "
            " rotary places can", op, (long long)o->window);
  if (o->window > m->options.context - o->sinks)
    tt_fail(TT_EVALUE, "%s: window %lld and %lld sinks; the context has"
            " %lld places", op, (long long)o->window,
            (long long)o->sinks, (long long)m->options.context);
}

static KvSequence *checked(const char *op, KvCache *c, int sequence)
{
  if (!c)
    tt_fail(TT_EVALUE, "%s: NULL is no cache", op);
  tt_alive(op, c->block);
  if (sequence < 0 || sequence >= c->sequences)
    tt_fail(TT_EINDEX, "%s: sequence %d; there are 0 to %d", op,
            sequence, c->sequences - 1);
  return &c->sequence[sequence];
}

static void check_ids(const char *op, const Tensor *ids)
{
  if (!ids || ids->dtype != TT_I32 || ids->rank != 1
      || ids->shape[0] < 1)
    tt_fail(TT_ESHAPE, "%s: ids of %s %s; they are i32 (T), one id or"
            " more", op, ids ? tt_dtype_name(ids->dtype) : "NULL",
            ids ? TT_TEXT(tt_shape(ids)) : "");
  tt_alive(op, ids);
}

static void check_room(const char *op, const KvCache *c, int sequence,
                       int64_t t)
{
  int64_t n = c->sequence[sequence].n, most = c->gpt->options.context;
  if (t > most || (c->options.window == 0 && n + t > most))
    tt_fail(TT_ESHAPE, "%s: sequence %d has %lld places, and %lld come;"
            " the context has %lld\n  go back with tt_kv_rollback, or"
            " with rotary places give the cache a .window", op,
            sequence, (long long)n, (long long)t, (long long)most);
  if (n + t > INT32_MAX)
    tt_fail(TT_ESHAPE, "%s: sequence %d has %lld places; there are at"
            " most 2^31 - 1", op, sequence, (long long)n);
}

static void check_parts(const char *op, KvCache *c, int n,
                        const KvPart part[])
{
  if (n < 1 || !part)
    tt_fail(TT_EVALUE, "%s: %d parts; there is one or more", op, n);
  int64_t pages = 0, most = c ? c->options.pages : 0;
  for (int i = 0; i < n; i++) {
    checked(op, c, part[i].sequence);
    check_ids(op, part[i].ids);
    check_room(op, c, part[i].sequence, part[i].ids->shape[0]);
    for (int j = 0; j < i; j++)
      if (part[j].sequence == part[i].sequence)
        tt_fail(TT_EVALUE, "%s: parts %d and %d are both of sequence"
                " %d; put their ids together", op, j, i,
                part[i].sequence);
    pages += new_pages(c, part, i);
  }
  if (most > 0 && all_pages(c) + pages > most)
    tt_fail(TT_EMEM, "%s: %lld pages more, and there are %lld of %lld;"
            " roll a sequence back, or allow more .pages", op,
            (long long)pages, (long long)all_pages(c), (long long)most);
  if (c->gpt->base.training)
    tt_fail(TT_EVALUE, "%s: the model is in training mode, which drops"
            " out\n  tt_module_eval(m) ends it", op);
}

static void check_back(const KvCache *c, const KvSequence *s, int64_t n)
{
  int64_t p = c->options.page, edge = c->sink_pages * p;
  if (n < 0 || n > s->n)
    tt_fail(TT_EVALUE, "tt_kv_rollback: to place %lld; the sequence has"
            " %lld", (long long)n, (long long)s->n);
  if (n > edge && n - c->options.window + 1 < edge + s->gone * p
      && s->gone > 0)
    tt_fail(TT_EVALUE, "tt_kv_rollback: to place %lld, which would read"
            " %lld and on; all from %lld to %lld are forgotten\n  begin"
            " anew: roll back to 0", (long long)n,
            (long long)(n - c->options.window + 1), (long long)edge,
            (long long)(edge + s->gone * p - 1));
}

int64_t tt_kv_bytes(const KvCache *c)
{
  checked("tt_kv_bytes", (KvCache *)(uintptr_t)c, 0);
  double n = 0;                    // of a storage its part of each
  for (int i = 0; i < c->sequences; i++)
    for (int64_t j = 0; j < c->sequence[i].pages; j++) {
      const KvPage *g = &c->sequence[i].page[j];
      const Tensor *t[] = { g->kv, g->ids, g->scale };
      for (int k = 0; k < 3; k++)
        if (t[k])
          n += (double)(tt_numel(t[k])
                        * (int64_t)tt_dtype_size(t[k]->dtype))
               / t[k]->storage->count;
    }
  return llround(n);
}

KvCache *tt_kv_cache_new(Gpt *m, int sequences, KvOptions o)
{
  check_cache(m, sequences, &o);
  o.page = o.page ? o.page : 32;
  int64_t p = o.page, sinks = (o.sinks + p - 1) / p;
  int64_t most = (m->options.context + o.window) / p + sinks + 2;
  size_t table = (size_t)most * sizeof(KvPage);
  size_t size = sizeof(KvCache) + (size_t)sequences
                * (sizeof(KvSequence) + table);
  Tensor *block = tt_empty(TT_U8, TT_SHAPE((int64_t)size));
  KvCache *c = memset(block->data, 0, size);
  *c = (KvCache){ .gpt = m, .options = o, .block = block,
                  .sink_pages = sinks, .most = most,
                  .sequences = sequences };
  KvPage *page = (KvPage *)&c->sequence[sequences];
  for (int i = 0; i < sequences; i++)
    c->sequence[i].page = page + i * most;
  return c;
}

void tt_kv_cache_free(KvCache *c)
{
  if (!c)
    return;
  tt_alive("tt_kv_cache_free", c->block);
  for (int i = 0; i < c->sequences; i++)
    while (c->sequence[i].pages > 0)
      let_go(&c->sequence[i].page[--c->sequence[i].pages]);
  tt_release(c->block);
}

static void store(const KvCache *c, const KvSequence *s, int layer,
                  int which, const Tensor *new /* (K,T,D) */)
{
  int64_t heads = new->shape[0], n = new->shape[1], d = new->shape[2];
  int64_t p = c->options.page, row = d * (int64_t)sizeof(Real);
  for (int64_t i = 0; i < n; i++) {
    KvPage *g = page_of(c, s, s->n + i);
    const Real *from = (Real *)new->data + i * new->stride[1];
    Real *to = (Real *)g->kv->data
               + (layer * 2 + which) * g->kv->shape[2] * p * d;
    to += (s->n + i) % p * d;
    for (int64_t h = 0; h < heads; h++)
      memcpy(to + h * p * d, from + h * new->stride[0], (size_t)row);
  }
}

typedef struct Reading {           // of one sequence in one layer
  const KvCache    *c;
  const KvSequence *s;
  int     layer;
  int64_t heads, groups, t, n, d;  // K, H/K, T, S; numbers a head
  Real   *room;                    // for a page that is packed
} Reading;
static void unpack_layer(const KvPage *g, int64_t layer, int which,
                         Real *to)
{
  int64_t heads = g->kv->shape[2], p = g->kv->shape[3];
  int64_t d = g->kv->shape[4];
  const int8_t *x = (int8_t *)g->kv->data
                    + (layer * 2 + which) * heads * p * d;
  const Real *scale = (Real *)g->scale->data + layer * heads * (d + p);
  for (int64_t h = 0; h < heads; h++, scale += d + p)
    for (int64_t i = 0; i < p; i++, x += d, to += d)
      for (int64_t j = 0; j < d; j++)
        to[j] = (Real)x[j] * (which ? scale[d + i] : scale[j]);
}

static const Real *numbers(const Reading *r, int64_t page, int which)
{
  const KvPage *g = &r->s->page[page];
  if (g->scale) {
    unpack_layer(g, r->layer, which, r->room);
    return r->room;
  }
  int64_t size = g->kv->shape[2] * r->c->options.page * r->d;
  return (Real *)g->kv->data + (r->layer * 2 + which) * size;
}

static void meet_keys(const Reading *r, const Tensor *q, int64_t page,
                      int64_t count, Real *x)
{
  int64_t p = r->c->options.page, rows = r->groups * r->t;
  Gemm g = { .batch = r->heads, .m = rows, .n = count, .k = r->d,
             .a = q->data, .a_batch = rows * r->d, .a_row = r->d,
             .a_col = 1, .b = numbers(r, page, 0), .b_batch = p * r->d,
             .alpha = (Real)(1 / sqrt((double)r->d)) };
  g.b_row = 1, g.b_col = r->d;
  g.c = x + page * p, g.c_batch = rows * r->n;
  g.c_row = r->n, g.c_col = 1;
  tt_backend->gemm(&g);
}

static void add_values(const Reading *r, const Real *x, int64_t page,
                       int64_t count, Real *y)
{
  int64_t p = r->c->options.page, rows = r->groups * r->t;
  Gemm g = { .batch = r->heads, .m = rows, .n = r->d, .k = count,
             .a = x + page * p, .a_batch = rows * r->n, .a_row = r->n,
             .a_col = 1, .b = numbers(r, page, 1), .b_batch = p * r->d,
             .b_row = r->d, .b_col = 1,
             .c = y, .c_batch = rows * r->d, .c_row = r->d, .c_col = 1,
             .alpha = 1, .beta = page > 0 };
  tt_backend->gemm(&g);
}

static Tensor *in_window(const Reading *r)     // (T,S), or NULL: all
{
  const KvOptions *o = &r->c->options;
  if (o->window == 0 || r->s->n + r->t <= o->window)
    return NULL;
  Tensor *mask = tt_zeros(TT_SHAPE(r->t, r->n));
  int64_t skip = r->s->gone * o->page;
  for (int64_t t = 0; t < r->t; t++)
    for (int64_t j = 0; j < r->n; j++) {
      int64_t key = j < r->c->sink_pages * o->page ? j : j + skip;
      int64_t query = r->s->n + t;
      ((Real *)mask->data)[t * r->n + j] =
        key < o->sinks || key > query - o->window;
    }
  return mask;
}

static int64_t count_in(const Reading *r, int64_t page)
{
  int64_t p = r->c->options.page, left = r->n - page * p;
  return left < p ? left : p;
}

static Tensor *scores(const Reading *r, const Tensor *q,
                      const Tensor *near)
{
  int64_t p = r->c->options.page, sinks = r->c->options.sinks;
  sinks = sinks < r->n ? sinks : r->n;   // it has no more places yet
  Tensor *x = tt_empty(TT_F32, TT_SHAPE(r->heads * r->groups, r->t,
                                        r->n));
  for (int64_t i = 0; i * p < r->n; i++)
    meet_keys(r, q, i, count_in(r, i), x->data);
  for (int64_t i = 0; near && i * p < sinks; i++)
    meet_keys(r, near, i, sinks < i * p + p ? sinks - i * p : p,
              x->data);
  return x;
}

static Tensor *read_sequence(const Reading *r, const Tensor *q,
                             const Tensor *near)
{
  TT_SCOPE;
  Tensor *x = tt_masked_softmax(scores(r, q, near), in_window(r), true);
  Tensor *y = tt_empty(TT_F32, tt_shape(q));
  for (int64_t i = 0; i * r->c->options.page < r->n; i++)
    add_values(r, x->data, i, count_in(r, i), y->data);
  return tt_keep(y);
}

typedef struct Pass {
  KvCache      *c;
  int           n;
  const KvPart *part;
  Tensor       *places, *near;     // i32 (N) of all new ids; see nearer
} Pass;

static int32_t nearer(const KvOptions *o, int64_t place)
{
  int64_t last = o->sinks + o->window - 1;
  return (int32_t)(place < last ? place : last);
}

// the ids (1,N), and where they go
static Tensor *lay_out(Pass *p)
{
  const KvOptions *o = &p->c->options;
  int64_t all = 0, at = 0;
  for (int i = 0; i < p->n; i++)
    all += p->part[i].ids->shape[0];
  Tensor *ids = tt_empty(TT_I32, TT_SHAPE(1, all));
  Tensor *near = tt_empty(TT_I32, TT_SHAPE(all));
  p->places = tt_empty(TT_I32, TT_SHAPE(all));
  for (int i = 0; i < p->n; i++) {
    const Tensor *new = p->part[i].ids;
    int64_t first = p->c->sequence[p->part[i].sequence].n;
    for (int64_t j = 0; j < new->shape[0]; j++, at++) {
      int32_t place = (int32_t)(first + j);
      ((int32_t *)ids->data)[at] =
        ((int32_t *)new->data)[j * new->stride[0]];
      ((int32_t *)p->places->data)[at] = place;
      ((int32_t *)near->data)[at] = nearer(o, place);
      if (o->sinks > 0 && nearer(o, place) < place)
        p->near = near;
    }
  }
  return ids;
}

static Tensor *rows_of(Tensor *x /* (1,H,N,D) */, int64_t at,
                       int64_t end)
{
  return tt_slice(tt_select(x, 0, 0), 1, at, end, 1);
}

static Reading reading(const Pass *p, const KvSequence *s, int layer,
                       const MultiHeadAttention *a, int64_t t)
{
  const KvCache *c = p->c;
  const GptOptions *o = &c->gpt->options;
  Reading r = { .c = c, .s = s, .layer = layer, .heads = a->kv_heads,
                .groups = a->heads / a->kv_heads, .t = t,
                .n = s->n + t - s->gone * c->options.page,
                .d = o->dim / o->heads };
  if (c->options.int8)
    r.room = tt_empty(TT_F32, TT_SHAPE(o->kv_heads, c->options.page,
                                       r.d))->data;
  return r;
}

static Tensor *attend(void *memory, int layer, MultiHeadAttention *a,
                      Tensor *x)
{
  const Pass *p = memory;
  TT_SCOPE;
  KeysValues kv = tt_keys_values(a, x, p->places);
  Tensor *q = tt_queries(a, x, p->places);
  Tensor *near = p->near ? tt_queries(a, x, p->near) : NULL;
  Tensor **y = tt_empty(TT_U8, TT_SHAPE(p->n * (int)sizeof *y))->data;
  for (int64_t i = 0, at = 0; i < p->n; i++) {
    KvSequence *s = &p->c->sequence[p->part[i].sequence];
    int64_t end = at + p->part[i].ids->shape[0];
    store(p->c, s, layer, 0, rows_of(kv.k, at, end));
    store(p->c, s, layer, 1, rows_of(kv.v, at, end));
    Reading r = reading(p, s, layer, a, end - at);
    y[i] = read_sequence(&r, tt_contiguous(rows_of(q, at, end)),
                         near ? tt_contiguous(rows_of(near, at, end))
                              : NULL);
    at = end;
  }
  Tensor *all = p->n == 1 ? y[0] : tt_cat(p->n, y, 1);
  return tt_keep(tt_answers(a, tt_unsqueeze(all, 0)));
}

static void unpack(KvCache *c, KvPage *g)
{
  KvPage to = blank(c);
  int64_t layers = to.kv->shape[0];
  int64_t size = tt_numel(to.kv) / (layers ? 2 * layers : 1);
  for (int64_t i = 0; i < 2 * layers; i++)
    unpack_layer(g, i / 2, i % 2, (Real *)to.kv->data + i * size);
  tt_copy_(to.ids, g->ids);
  let_go(g);
  *g = to;
}

static void make_own(KvCache *c, KvPage *g)
{
  if (g->scale)
    unpack(c, g);
  if (g->kv->storage->count > 1) {
    KvPage own = owned(c, (KvPage){ .kv = tt_clone(g->kv),
                                    .ids = tt_clone(g->ids) });
    let_go(g);
    *g = own;
  }
}

static void reserve(KvCache *c, KvSequence *s, int64_t t)
{
  int64_t p = c->options.page, need = (s->n + t + p - 1) / p - s->gone;
  if (s->n % p != 0)               // the last page goes on
    make_own(c, page_of(c, s, s->n));
  for (; s->pages < need; s->pages++)
    s->page[s->pages] = blank(c);
}

// n numbers at x, `step` apart, as bytes at y, `step` apart: y scale
static Real pack_run(int64_t n, int8_t *y, const Real *x, int64_t step)
{
  Real most = 0;
  bool fine = true;
  for (int64_t i = 0; i < n; i++) {
    Real v = x[i * step] < 0 ? -x[i * step] : x[i * step];
    fine = fine && isfinite((double)v);
    most = v > most ? v : most;
  }
  for (int64_t i = 0; !fine && i < n; i++)
    y[i * step] = 1;               // the run was useless: it is NaN
  if (!fine)
    return (Real)NAN;
  if (most < (Real)FLT_MIN)
    most = 0;                      // too small to divide by
  Real scale = most / 127;
  for (int64_t i = 0; i < n; i++) {
    Real v = scale > 0 ? x[i * step] / scale : 0;
    y[i * step] = (int8_t)(v < 0 ? v - (Real)0.5 : v + (Real)0.5);
  }
  return scale;
}

static KvPage packed(const KvPage *g)
{
  Tensor *kv = g->kv;
  int64_t layers = kv->shape[0], heads = kv->shape[2];
  int64_t p = kv->shape[3], d = kv->shape[4];
  KvPage to = { .kv = tt_empty(TT_I8, tt_shape(kv)),
    .ids = tt_alias(g->ids),
    .scale = tt_empty(TT_F32, TT_SHAPE(layers, heads, d + p)) };
  Real *scale = to.scale->data;
  for (int64_t i = 0; i < layers * heads; i++, scale += d + p) {
    int64_t k = (i / heads * 2 * heads + i % heads) * p * d;
    int64_t v = k + heads * p * d;
    int8_t *y = to.kv->data;
    const Real *x = kv->data;
    for (int64_t j = 0; j < d; j++)
      scale[j] = pack_run(p, y + k + j, x + k + j, d);
    for (int64_t j = 0; j < p; j++)
      scale[d + j] = pack_run(d, y + v + j * d, x + v + j * d, 1);
  }
  return to;
}

// in all sequences that share it
static void pack(KvCache *c, const Storage *kv, const KvPage *to)
{
  for (int i = 0; i < c->sequences; i++)
    for (int64_t j = 0; j < c->sequence[i].pages; j++) {
      KvPage *g = &c->sequence[i].page[j];
      if (g->kv->storage != kv)
        continue;
      KvPage one = owned(c, another(to));
      let_go(g);
      *g = one;
    }
}

static void pack_old(void *cache)
{
  KvCache *c = cache;
  int64_t p = c->options.page;
  for (int i = 0; i < c->sequences; i++) {
    KvSequence *s = &c->sequence[i];
    for (int64_t j = 0; j < s->pages; j++) {
      TT_SCOPE;
      const KvPage *g = &s->page[j];
      int64_t first = (j < c->sink_pages ? j : j + s->gone) * p;
      if (g->scale || first + 2 * p > s->n)
        continue;
      KvPage to = packed(g);
      pack(c, g->kv->storage, &to);
    }
  }
}

static void evict(KvCache *c, KvSequence *s)
{
  int64_t p = c->options.page, window = c->options.window;
  int64_t keep = c->sink_pages;
  while (s->pages > keep + 1) {
    int64_t end = (keep + s->gone + 1) * p;    // of the first behind
    bool out;
    out = end <= s->n - window + 1;
    if (!out)
      break;
    let_go(&s->page[keep]);
    memmove(&s->page[keep], &s->page[keep + 1],
            (size_t)(--s->pages - keep) * sizeof *s->page);
    s->gone++;
  }
}

static void settle(KvCache *c, KvSequence *s, const Tensor *ids)
{
  for (int64_t i = 0; i < ids->shape[0]; i++, s->n++) {
    int32_t *to = page_of(c, s, s->n)->ids->data;
    to[s->n % c->options.page] =
      ((int32_t *)ids->data)[i * ids->stride[0]];
  }
  if (c->options.window > 0)
    evict(c, s);
}

Tensor *tt_kv_features(KvCache *c, int n, const KvPart part[])
{
  check_parts("tt_kv_features", c, n, part);
  TT_NO_GRAD;
  Pass p = { .c = c, .n = n, .part = part };
  Tensor *ids = lay_out(&p);
  for (int i = 0; i < n; i++)
    reserve(c, &c->sequence[part[i].sequence], part[i].ids->shape[0]);
  Tensor *y = tt_gpt_features(c->gpt, ids, (GptPass){
    .places = p.places, .attend = attend, .memory = &p });
  y = tt_select(y, 0, 0);
  for (int i = 0; i < n; i++)
    settle(c, &c->sequence[part[i].sequence], part[i].ids);
  if (c->options.int8)
    tt_try(pack_old, c, NULL);     // without memory for it, later
  return tt_keep(y);
}

Tensor *tt_kv_logits(KvCache *c, int n, const KvPart part[])
{
  TT_NO_GRAD;
  Tensor *y = tt_kv_features(c, n, part);
  Tensor *last = tt_empty(TT_I32, TT_SHAPE(n));
  for (int32_t i = 0, at = 0; i < n; i++) {
    at += (int32_t)part[i].ids->shape[0];
    ((int32_t *)last->data)[i] = at - 1;
  }
  y = tt_gpt_logits(c->gpt, tt_index_select(y, 0, last));
  return tt_keep(y);
}

Tensor *tt_kv_next(KvCache *c, int sequence, Tensor *ids)
{
  TT_NO_GRAD;
  Tensor *y = tt_kv_logits(c, 1, &(KvPart){ sequence, ids });
  return tt_keep(tt_select(y, 0, 0));
}

void tt_kv_rollback(KvCache *c, int sequence, int64_t n)
{
  KvSequence *s = checked("tt_kv_rollback", c, sequence);
  check_back(c, s, n);
  if (n <= c->sink_pages * c->options.page)
    s->gone = 0;                   // all behind them go
  s->n = n;
  while (s->pages > in_use(c, s))
    let_go(&s->page[--s->pages]);
}

static void hand_over(KvCache *c, KvSequence *s, KvSequence *x)
{
  while (s->pages > 0)
    let_go(&s->page[--s->pages]);
  for (; s->pages < x->pages; s->pages++)
    s->page[s->pages] = owned(c, x->page[s->pages]);
  s->n = x->n, s->gone = x->gone, x->pages = 0;
}

static void share(KvCache *c, KvSequence *s, const KvSequence *x)
{
  if (s == x)
    return;
  TT_SCOPE;
  int64_t n = in_use(c, x);
  KvPage *page = tt_empty(TT_U8, TT_SHAPE(n * (int64_t)sizeof *page))
                   ->data;
  for (int64_t i = 0; i < n; i++)
    page[i] = another(&x->page[i]);
  hand_over(c, s, &(KvSequence){ x->n, n, x->gone, page });
}

void tt_kv_copy(KvCache *c, int to, int from)
{
  KvSequence *s = checked("tt_kv_copy", c, to);
  share(c, s, checked("tt_kv_copy", c, from));
}

void tt_kv_reorder(KvCache *c, int n, const int from[])
{
  if (n < 1 || n > (c ? c->sequences : 0))
    tt_fail(TT_EVALUE, "tt_kv_reorder: %d sequences; there are %d", n,
            c ? c->sequences : 0);
  TT_SCOPE;
  KvCache *old = tt_kv_cache_new(c->gpt, n, c->options);
  for (int i = 0; i < n; i++)
    share(old, &old->sequence[i], checked("tt_kv_reorder", c, from[i]));
  for (int i = 0; i < n; i++)      // from here on nothing fails
    hand_over(c, &c->sequence[i], &old->sequence[i]);
}

int64_t tt_kv_common(const KvCache *c, int sequence, const Tensor *ids)
{
  const KvSequence *s = checked("tt_kv_common", (KvCache *)(uintptr_t)c,
                                sequence);
  check_ids("tt_kv_common", ids);
  int64_t n = 0, t = ids->shape[0], step = ids->stride[0];
  int64_t known = s->gone ? c->sink_pages * c->options.page : s->n;
  const int32_t *new = ids->data;
  while (n < known && n < t - 1
         && ((int32_t *)page_of(c, s, n)->ids->data)[n % c->options.page]
            == new[n * step])
    n++;
  return n;
}

Tensor *tt_kv_resume(KvCache *c, int sequence, Tensor *ids)
{
  int64_t n = tt_kv_common(c, sequence, ids);
  tt_kv_rollback(c, sequence, n);
  TT_SCOPE;
  ids = tt_slice(ids, 0, n, INT64_MAX, 1);
  return tt_keep(tt_kv_next(c, sequence, ids));
}

static const char *const session_keys[] = {
  "kv places", "kv gone", "kv page", "kv window", "kv sinks",
  "kv weights"
};
enum { SESSION = sizeof session_keys / sizeof *session_keys };

typedef struct Session { uint64_t value[SESSION]; } Session;

static Session session_of(const KvCache *c, const KvSequence *s)
{
  TT_SCOPE;
  StateDict d = tt_module_parameters(c->gpt);
  uint64_t h = TT_CHECKSUM;
  for (int i = 0; i < d.n; i++) {
    const Tensor *w = tt_contiguous(*d.entry[i].slot);
    h = tt_checksum(h, w->data, (size_t)tt_numel(w) * sizeof(Real));
  }
  return (Session){{ (uint64_t)s->n, (uint64_t)s->gone,
    (uint64_t)c->options.page, (uint64_t)c->options.window,
    (uint64_t)c->options.sinks, h }};
}

static void entry(StateDict *d, int64_t page, const char *what,
                  Tensor **slot)
{
  StateEntry *e = &d->entry[d->n++];
  *e = (StateEntry){ .kind = TT_BUFFER, .slot = slot };
  snprintf(e->name, sizeof e->name, "page.%lld.%s", (long long)page,
           what);
}

void tt_kv_save(const char *path, const KvCache *c, int sequence)
{
  KvSequence *s = checked("tt_kv_save", (KvCache *)(uintptr_t)c,
                          sequence);
  TT_SCOPE;
  StateDict d = tt_state_dict_new((int)(3 * s->pages));
  d.n = 0;
  for (int64_t i = 0; i < in_use(c, s); i++) {
    entry(&d, i, "kv", &s->page[i].kv);
    entry(&d, i, "ids", &s->page[i].ids);
    if (s->page[i].scale)
      entry(&d, i, "scale", &s->page[i].scale);
  }
  Session now = session_of(c, s);
  char text[SESSION][24];
  MetaPair pair[SESSION];
  for (int i = 0; i < SESSION; i++) {
    snprintf(text[i], sizeof text[i], "%" PRIu64, now.value[i]);
    pair[i] = (MetaPair){ session_keys[i], text[i] };
  }
  tt_save_file(path, d, (Metadata){ .n = SESSION, .pair = pair });
}

static Session read_session(const char *path, Metadata m)
{
  Session s;
  for (int i = 0; i < SESSION; i++) {
    const char *text = tt_metadata_get(m, session_keys[i]);
    char *end = NULL;
    s.value[i] = text ? strtoull(text, &end, 10) : 0;
    if (!text || end == text || *end
        || (i < SESSION - 1 && s.value[i] > INT32_MAX))
      tt_fail(TT_EFORMAT, "tt_kv_load: %s: its %s is %.40s; was it"
              " written by tt_kv_save?", path, session_keys[i],
              text ? text : "not there");
  }
  return s;
}

static Tensor *tensor_of(const char *path, StateDict d, int64_t page,
                         const char *what, DType type, Shape shape)
{
  char name[TT_NAME];
  snprintf(name, sizeof name, "page.%lld.%s", (long long)page, what);
  for (int i = 0; i < d.n; i++) {
    Tensor *t = *d.entry[i].slot;
    if (strcmp(d.entry[i].name, name) != 0)
      continue;
    bool same = t->rank == shape.rank && t->dtype == type;
    for (int j = 0; same && j < shape.rank; j++)
      same = t->shape[j] == shape.dim[j];
    if (same)
      return tt_clone(t);
    tt_fail(TT_EFORMAT, "tt_kv_load: %s: %s is %s %s, expected %s %s",
            path, name, tt_dtype_name(t->dtype), TT_TEXT(tt_shape(t)),
            tt_dtype_name(type), TT_TEXT(shape));
  }
  tt_fail(TT_EFORMAT, "tt_kv_load: %s: it has no %s", path, name);
}

static bool is_packed(StateDict d, int64_t page)
{
  char name[TT_NAME];
  snprintf(name, sizeof name, "page.%lld.scale", (long long)page);
  for (int i = 0; i < d.n; i++)
    if (strcmp(d.entry[i].name, name) == 0)
      return true;
  return false;
}

static KvPage load_page(const char *path, const KvCache *c, StateDict d,
                        int64_t i)
{
  const GptOptions *o = &c->gpt->options;
  int64_t p = c->options.page, size = o->dim / o->heads;
  Shape kv = TT_SHAPE(o->layers, 2, o->kv_heads, p, size);
  Shape scale = TT_SHAPE(o->layers, o->kv_heads, size + p);
  bool bytes = is_packed(d, i);
  return (KvPage){
    tensor_of(path, d, i, "kv", bytes ? TT_I8 : TT_F32, kv),
    bytes ? tensor_of(path, d, i, "scale", TT_F32, scale) : NULL,
    tensor_of(path, d, i, "ids", TT_I32, TT_SHAPE(p)) };
}

static void check_session(const char *path, const KvCache *c,
                          const Session *was, const Session *now)
{
  for (int i = 2; i < SESSION; i++)
    if (was->value[i] != now->value[i])
      tt_fail(TT_EVALUE, "tt_kv_load: %s: its %s is %" PRIu64 ", here"
              " it is %" PRIu64, path, session_keys[i], was->value[i],
              now->value[i]);
  int64_t n = (int64_t)was->value[0], gone = (int64_t)was->value[1];
  int64_t p = c->options.page, window = c->options.window;
  int64_t kept = (n + p - 1) / p - gone;
  int64_t end = (c->sink_pages + gone + 1) * p, out = n - window + 1;
  bool fits = window > 0           // see evict
    ? (gone == 0 || end - p <= out)
      && (kept <= c->sink_pages + 1 || end > out)
    : gone == 0 && n <= c->gpt->options.context;
  if (!fits || kept > c->most)
    tt_fail(TT_EFORMAT, "tt_kv_load: %s: %lld places, %lld pages gone;"
            " no sequence of this cache becomes so", path, (long long)n,
            (long long)gone);
}

static void check_pages(const char *path, const KvCache *c,
                        const KvSequence *s, int64_t pages)
{
  int64_t others = all_pages(c), most = c->options.pages;
  for (int64_t i = 0; i < s->pages; i++)
    others -= s->page[i].kv->storage->count == 1;
  if (most > 0 && others + pages > most)
    tt_fail(TT_EMEM, "tt_kv_load: %s: %lld pages, and others have %lld"
            " of %lld; roll a sequence back, or allow more .pages",
            path, (long long)pages, (long long)others, (long long)most);
}

void tt_kv_load(const char *path, KvCache *c, int sequence)
{
  KvSequence *s = checked("tt_kv_load", c, sequence);
  TT_SCOPE;
  Metadata m = {0};
  StateDict d = tt_load_file_with(path, &m);
  Session was = read_session(path, m), now = session_of(c, s);
  check_session(path, c, &was, &now);
  KvSequence new = { .n = (int64_t)was.value[0],
                     .gone = (int64_t)was.value[1] };
  new.page = tt_empty(TT_U8, TT_SHAPE(c->most
                      * (int64_t)sizeof *new.page))->data;
  check_pages(path, c, s, in_use(c, &new));
  for (; new.pages < in_use(c, &new); new.pages++)
    new.page[new.pages] = load_page(path, c, d, new.pages);
  hand_over(c, s, &new);
}

