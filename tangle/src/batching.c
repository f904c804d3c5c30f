// Made from chapters/15-memoization.nw by tools/tangle: edit there.
// Texts side by side, and readers that remember.
#include "tt/kvcache.h"
#include "tt/autograd.h"
#include "tt/operation.h"
#include "tt/todo.h"
#include "tt/training.h"
#include <string.h>

static void *bytes(int64_t n)      // until the scope closes
{
  return tt_empty(TT_U8, TT_SHAPE(n))->data;
}

static int64_t pages_for(const KvCache *c, const KvRequest *r)
{
  int64_t n = r->prompt->shape[0] + r->n - 1, p = c->options.page;
  int64_t all = (n + p - 1) / p;   // the last token is not read
  return all < c->most ? all : c->most;
}

static void check_request(const KvCache *c, int i, const KvRequest *r)
{
  const char *op = "tt_generate_all";
  const Tensor *t = r->prompt;
  int64_t most = c->gpt->options.context, limit = c->options.pages;
  if (!t || t->dtype != TT_I32 || t->rank != 1 || t->shape[0] < 1)
    tt_fail(TT_ESHAPE, "%s: request %d has a prompt of %s %s; it is i32"
            " (T), one id or more", op, i,
            t ? tt_dtype_name(t->dtype) : "NULL",
            t ? TT_TEXT(tt_shape(t)) : "");
  if (r->n < 1 || r->n > INT32_MAX || (r->stop_ids > 0 && !r->stop_id))
    tt_fail(TT_EVALUE, "%s: request %d is for %lld tokens and has %d"
            " stop ids; there is one token or more, and .stop_id lists"
            " the others", op, i, (long long)r->n, r->stop_ids);
  int64_t all = t->shape[0] + r->n - 1;
  if (t->shape[0] > most || (c->options.window == 0 && all > most))
    tt_fail(TT_ESHAPE, "%s: request %d has %lld places; the context has"
            " %lld", op, i, (long long)all, (long long)most);
  if (limit > 0 && pages_for(c, r) > limit)
    tt_fail(TT_EMEM, "%s: request %d takes %lld pages, and there are"
            " %lld", op, i, (long long)pages_for(c, r),
            (long long)limit);
}

typedef struct Batching {
  KvCache    *c;
  KvRequest  *r;                   // of these n the first `begun` had
  int         n, begun;            // a turn
  KvRequest **slot;                // who is in a sequence, or NULL
  int64_t     pass;
} Batching;
static void admit(Batching *b)
{
  const KvCache *c = b->c;
  int64_t free = c->options.pages > 0 ? c->options.pages : INT64_MAX;
  for (int i = 0; i < c->sequences; i++)
    if (b->slot[i])
      free -= pages_for(c, b->slot[i]);
  for (int i = 0; i < c->sequences && b->begun < b->n; i++) {
    KvRequest *next = &b->r[b->begun];
    if (b->slot[i])
      continue;
    if (pages_for(c, next) > free)
      break;
    b->slot[i] = next, b->begun++;
    next->first = b->pass;
    free -= pages_for(c, next);
  }
}

static int gather_parts(const Batching *b, KvPart part[])
{
  int k = 0;
  for (int i = 0; i < b->c->sequences; i++) {
    const KvRequest *r = b->slot[i];
    if (!r)
      continue;
    int64_t read = b->c->sequence[i].n;
    int64_t t = r->prompt->shape[0] + r->written;
    part[k++] = (KvPart){ i, tt_slice(r->ids, 0, read, t, 1) };
  }
  return k;
}

static void choose(Batching *b, int i, const Tensor *logits)
{
  KvRequest *r = b->slot[i];
  int64_t t = r->prompt->shape[0] + r->written++;
  const Tensor *seen = tt_slice(r->ids, 0, 0, t, 1);
  int32_t id = tt_next_token(logits, seen, r->sampling).id;
  ((int32_t *)r->ids->data)[t] = id;
  bool ends = r->written == r->n;
  for (int j = 0; j < r->stop_ids; j++)
    ends |= r->stop_id[j] == id;
  if (!ends)
    return;
  b->slot[i] = NULL;
  tt_kv_rollback(b->c, i, 0);
}

static bool pass(Batching *b)
{
  TT_NO_GRAD;
  admit(b);
  KvPart *part = bytes(b->c->sequences * (int64_t)sizeof *part);
  int n = gather_parts(b, part);
  if (n == 0)
    return false;
  Tensor *y = tt_kv_logits(b->c, n, part);
  for (int i = 0; i < n; i++)
    choose(b, part[i].sequence, tt_select(y, 0, i));
  b->pass++;
  return true;
}

static void write_all(void *batching)
{
  Batching *b = batching;
  while (pass(b))
    ;
}

void tt_generate_all(Gpt *m, int n, KvRequest r[], int slots,
                     KvOptions o)
{
  TT_SCOPE;
  KvCache *c = tt_kv_cache_new(m, slots, o);
  for (int i = 0; i < n; i++)
    check_request(c, i, &r[i]);
  for (int i = 0; i < n; i++) {
    int64_t t = r[i].prompt->shape[0];
    r[i].first = r[i].written = 0;
    r[i].ids = tt_empty(TT_I32, TT_SHAPE(t + r[i].n));
    tt_copy_(tt_slice(r[i].ids, 0, 0, t, 1), r[i].prompt);
  }
  Batching b = { .c = c, .r = r, .n = n,
                 .slot = bytes(slots * (int64_t)sizeof *b.slot) };
  memset(b.slot, 0, (size_t)slots * sizeof *b.slot);
  tt_in_eval_mode(m, write_all, &b);
  for (int i = 0; i < n; i++) {
    int64_t t = r[i].prompt->shape[0];
    r[i].ids = tt_keep(tt_slice(r[i].ids, 0, t, t + r[i].written, 1));
  }
}

typedef struct Remembered {
  KvCache *c;
  void    *again;                  // beyond the context
  int64_t  context;
} Remembered;

static void *begin_cached(Gpt *m, int64_t context)
{
  if (context > m->options.context)
    return NULL;
  Remembered *r = bytes(sizeof *r);
  *r = (Remembered){ tt_kv_cache_new(m, 1, (KvOptions){0}),
                     tt_rereader.begin(m, context), context };
  return r;
}

static Tensor *read_cached(void *memory, Tensor *ids)
{
  Remembered *r = memory;
  int64_t n = ids->shape[0], known = r->c->sequence[0].n;
  if (n > r->context)
    return tt_rereader.logits(r->again, ids);
  return tt_kv_next(r->c, 0, tt_slice(ids, 0, known, n, 1));
}

const TextReader tt_cached_reader = { begin_cached, read_cached };
static void *begin_streaming(Gpt *m, int64_t context)
{
  enum { SINKS = 4 };
  if (m->places || context > m->options.context || context <= SINKS)
    return NULL;
  return tt_kv_cache_new(m, 1, (KvOptions){
    .sinks = SINKS, .window = context - SINKS });
}

static Tensor *read_streaming(void *memory, Tensor *ids)
{
  KvCache *c = memory;
  int64_t n = ids->shape[0], most = c->gpt->options.context;
  for (;;) {
    int64_t at = c->sequence[0].n, end = n - at > most ? at + most : n;
    Tensor *y = tt_kv_next(c, 0, tt_slice(ids, 0, at, end, 1));
    if (end == n)
      return y;
  }
}

const TextReader tt_streaming_reader = { begin_streaming,
                                         read_streaming };
