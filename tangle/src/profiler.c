// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// The profiler: time and work of operations, kernels, modules.
#include "tt/profiler.h"
#include "tt/attention.h"
#include "tt/convolution.h"
#include "tt/embeddings.h"
#include "tt/gradient.h"
#include "tt/machine.h"
#include "tt/memory.h"
#include "tt/optimizers.h"
#include "tt/storage.h"
#include "tt/transformers.h"
#include "tt/todo.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined __x86_64__
#include <cpuid.h>
#endif

#if defined __x86_64__
static bool steady;                // the counter never changes its rate
#endif
static double seconds_per_tick;
static int64_t (*asked)(void);     // a clock of the program's, or NULL

static inline int64_t now(void)
{
  if (asked)
    return asked();
#if defined __x86_64__
  if (steady)
    return (int64_t)__builtin_ia32_rdtsc();
#endif
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static const char *calibrate(void)
{
  const char *name = "clock_gettime";
  seconds_per_tick = 1e-9;
  if (asked)
    return "of the program";
#if defined __x86_64__
  unsigned a, b, c, d = 0;
  steady = __get_cpuid(0x80000007, &a, &b, &c, &d) && d >> 8 & 1;
  name = steady ? "rdtsc" : name;
#endif
  double from = tt_machine_now(), to = from;
  int64_t start = now();
  while (to - from < 2e-3)
    to = tt_machine_now();
  seconds_per_tick = (to - from) / (double)(now() - start);
  return name;
}

typedef struct Cost {              // so far, of everything
  int64_t ticks;
  double  flops, bytes;
} Cost;

typedef struct Made {              // a storage that was taken
  const Storage *storage;
  int64_t at, claimed;             // time; ticks in rows by then
} Made;

typedef struct KernelRun {         // that no operation claimed yet
  const char *name;
  int64_t calls, first;            // when the first of them began
  Cost    cost;
} KernelRun;
typedef struct Span {
  SpanKind    kind;
  Scope      *scope;               // that it ends with
  const char *name;
  const void *what;
  int         module;              // its row, or -1
  bool        again;               // the module around it, once more
  int64_t     start;
  int64_t     inner_ticks;         // of the spans within it,
  Cost        inner, ran;          // their kernels; those before it
} Span;

typedef struct Key { const void *what; int phase, index; } Key;
enum { MADE = 64, WAITING = 32, DEEP = 128, ROWS = 512 };
struct Profiler {
  ProfilerOptions options;
  Tensor *block;                   // the memory it lies in
  int64_t step, steps, from, ticks; // ticks: of counted steps
  Cost    ran;                     // kernels, whoever called them
  int64_t claimed;                 // ticks in rows
  Made      made[MADE];
  unsigned  makes;
  KernelRun waiting[WAITING];
  int       waits, kernels;        // kernels that run now
  Span      span[DEEP];
  int       depth;
  int64_t   last_start, last_end;  // of the last operation
  double    live, peak, cost_of_span;
  const char *clock;
  double     tick;                 // in seconds
  Key      *key;
  uint64_t  keys;                  // a power of 2
  int       rows, modules, room, known;  // known: before it ran
  int       origin;                // its modules' numbers on the tape
  ProfileRow     row[ROWS];
  ProfileModule *module;
  int64_t        events, dropped;
  ProfileEvent  *event, spare;     // spare: of those dropped
};

static _Thread_local Profiler *mine;   // of this thread, if it counts
static Profiler *hooked;               // of any
static int origins;                    // that profilers have taken
static Key *find(Profiler *p, const void *what, int phase)
{
  uint64_t h = ((uintptr_t)what >> 3) + (unsigned)phase;
  h *= 0x9e3779b97f4a7c15u;
  for (h >>= 32;; h++) {
    Key *k = &p->key[h & (p->keys - 1)];
    if (!k->what || (k->what == what && k->phase == phase))
      return k;
  }
}

static ProfileRow *row_of(Profiler *p, const void *what, Phase phase,
                          const char *name)
{
  Key *k = find(p, what, phase);
  if (!k->what && p->rows == ROWS - 1)
    return &p->row[ROWS - 1];      // all others share it
  if (!k->what) {
    *k = (Key){ what, phase, p->rows };
    p->row[p->rows++] = (ProfileRow){ .name = name, .phase = phase };
  }
  return &p->row[k->index];
}

enum { A_MODULE = TT_PHASES };     // in the place of a phase

static int new_module(Profiler *p, const void *what, const char *name,
                      const char *type)
{
  Key *k = find(p, what, A_MODULE);
  if (k->what || p->modules == p->room)
    return k->what ? k->index : -1;
  *k = (Key){ what, A_MODULE, p->modules };
  ProfileModule *m = &p->module[p->modules];
  *m = (ProfileModule){ .type = type, .parent = -1 };
  snprintf(m->name, sizeof m->name, "%s", name);
  return p->modules++;
}

static bool has_name(const Profiler *p, int i, const char *name)
{
  const ProfileModule *m = &p->module[i];
  return !m->type && strncmp(m->name, name, sizeof m->name - 1) == 0;
}

static int named(Profiler *p, Key *k, const char *name)
{
  if (k->what && has_name(p, k->index, name))
    return k->index;
  for (int i = 0; i < p->modules; i++)
    if (has_name(p, i, name))      // at another address
      return i;
  if (p->modules == p->room)
    return -1;
  k->what = NULL;                  // another name stands there now
  return new_module(p, name, name, NULL);
}

static int module_of(Profiler *p, SpanKind kind, const void *what)
{
  Key *k = find(p, what, A_MODULE);
  if (kind == TT_SPAN_NAMED)
    return named(p, k, what);
  if (k->what)
    return k->index;
  const ModuleType *type = ((const Module *)what)->type;
  char name[TT_NAME];              // not of the model: by its type
  snprintf(name, sizeof name, "(%s)", type->name);
  return new_module(p, type, name, type->name);
}

static void add_cost(ProfileCost *to, int64_t calls, int64_t ticks,
                     Cost kernels)
{
  to->calls += calls;
  to->seconds += (double)ticks;    // ticks until the end
  to->kernels += (double)kernels.ticks;
  to->flops += kernels.flops;
  to->bytes += kernels.bytes;
}

static Cost since(Cost now, Cost then)
{
  return (Cost){ now.ticks - then.ticks, now.flops - then.flops,
                 now.bytes - then.bytes };
}

static void add(Cost *to, Cost c)
{
  to->ticks += c.ticks;
  to->flops += c.flops;
  to->bytes += c.bytes;
}

static const Span *innermost(const Profiler *p, bool module)
{
  for (int i = p->depth - 1; i >= 0; i--) {
    const Span *s = &p->span[i];
    if (module == (s->kind == TT_SPAN_MODULE
                   || s->kind == TT_SPAN_NAMED))
      return s;
  }
  return NULL;
}

static ProfileEvent *new_event(Profiler *p, EventKind kind,
                               const char *name, int64_t from,
                               int64_t to)
{
  if (p->events == p->options.events) {
    p->dropped++;
    return &p->spare;
  }
  const Span *m = innermost(p, true);
  ProfileEvent *e = &p->event[p->events++];
  memset(e, 0, offsetof(ProfileEvent, shape));   // not the shapes
  e->kind = kind, e->name = name, e->depth = p->depth;
  e->module = m ? m->module : -1;
  e->start = (double)(from - p->from);   // ticks until the end
  e->seconds = (double)(to - from);
  return e;
}

static void flush(Profiler *p)     // those that no operation claimed
{
  const Span *owner = innermost(p, false);
  for (int i = 0; !owner && i < p->waits; i++) {
    KernelRun *k = &p->waiting[i];
    add_cost(&row_of(p, k->name, TT_OTHER, k->name)->cost, k->calls,
             k->cost.ticks, k->cost);
    p->claimed += k->cost.ticks;
  }
  p->waits = 0;
}

static bool goes_on(const Profiler *p, const char *name)
{
  const KernelRun *k = &p->waiting[p->waits - 1];
  return k->name == name
         && (p->makes == 0
             || p->made[(p->makes - 1) % MADE].at < k->first);
}

static void kernel_ran(Profiler *p, const char *name, int64_t start,
                       double flops, double bytes)
{
  int64_t end = now();
  Cost c = { end - start, flops, bytes };
  add(&p->ran, c);
  if (p->waits == 0 || !goes_on(p, name)) {
    if (p->waits == WAITING)
      flush(p);
    p->waiting[p->waits++] = (KernelRun){ .name = name,
                                          .first = start };
  }
  KernelRun *k = &p->waiting[p->waits - 1];
  k->calls++;
  add(&k->cost, c);
  ProfileEvent *e = new_event(p, TT_EVENT_KERNEL, name, start, end);
  e->flops = flops, e->bytes = bytes;
}

static Backend table;              // of kernels that are timed
static const Backend *computes;    // the one in use before

#define TIMED(kernel, parameters, arguments, flops, bytes) \
  static void timed_##kernel parameters \
  { \
    Profiler *p = mine; \
    bool outermost = p && p->kernels++ == 0; \
    int64_t start = outermost ? now() : 0; \
    computes->kernel arguments; \
    if (outermost) \
      kernel_ran(p, #kernel, start, flops, bytes); \
    if (p) \
      p->kernels--; \
  }
enum { R = sizeof(Real) };

static double elements(const Walk *w, int operand)   // different ones
{
  double n = 1;
  for (int d = 0; d < w->rank; d++)
    n *= w->stride[operand][d] != 0 || w->shape[d] == 0
       ? (double)w->shape[d] : 1;
  return n;
}

static double steps_of(const Walk *w)
{
  double n = 1;
  for (int d = 0; d < w->rank; d++)
    n *= (double)w->shape[d];
  return n;
}

static double map_bytes(const Walk *w, const Operands *o)
{
  double n = elements(w, 0);
  for (int i = 0; i < TT_OPERANDS; i++)
    n += o->x[i] ? elements(w, i + 1) : 0;
  return R * n;
}

TIMED(map, (const Op *op, const Walk *w, const Operands *o),
      (op, w, o), steps_of(w), map_bytes(w, o))
TIMED(copy, (const Walk *w, DType yd, void *y, DType xd, const void *x),
      (w, yd, y, xd, x), 0,
      elements(w, 0) * (double)tt_dtype_size(yd)
      + elements(w, 1) * (double)tt_dtype_size(xd))
static double product(int64_t a, int64_t b, int64_t c)
{
  return (double)a * (double)b * (double)c;
}

TIMED(reduce, (ReduceOp op, int64_t outer, int64_t n, int64_t inner,
               void *y, const Real *x), (op, outer, n, inner, y, x),
      product(outer, n, inner),
      R * product(outer, n, inner) + product(outer, inner, 1)
      * (op == TT_SUM || op == TT_MAX ? (double)R : 4))

static double gemm_flops(const Gemm *g)
{
  double each = 2 * product(g->m, g->n, g->k);
  if (g->beta != 0)
    each += product(g->m, g->n, 1);
  return (double)g->batch * each;
}

static double gemm_bytes(const Gemm *g)
{
  double a = product(g->m, g->k, g->a_batch ? g->batch : 1);
  double b = product(g->k, g->n, g->b_batch ? g->batch : 1);
  double c = product(g->m, g->n, g->batch);
  return R * (a + b + c * (g->beta != 0 ? 2 : 1));
}

TIMED(gemm, (const Gemm *g), (g), gemm_flops(g), gemm_bytes(g))
TIMED(softmax, (int64_t outer, int64_t n, int64_t inner, Real *y,
                const Real *x, bool log_too),
      (outer, n, inner, y, x, log_too),
      (log_too ? 6 : 5) * product(outer, n, inner),
      2 * R * product(outer, n, inner))
TIMED(softmax_back, (int64_t outer, int64_t n, int64_t inner, Real *dx,
                     const Real *y, const Real *dy, bool log),
      (outer, n, inner, dx, y, dy, log), 4 * product(outer, n, inner),
      3 * R * product(outer, n, inner))
TIMED(sgd, (const SgdStep *s, int64_t n, Real *w, const Real *g,
            Real *momentum), (s, n, w, g, momentum),
      (double)n * (4 + (momentum ? 3 + 2 * s->nesterov : 0)),
      R * (double)n * (momentum ? 5 : 3))
TIMED(rmsprop, (const RmsPropStep *s, int64_t n, Real *w, const Real *g,
                Real *square_avg, Real *momentum, Real *grad_avg),
      (s, n, w, g, square_avg, momentum, grad_avg),
      (double)n * (11 + (momentum ? 2 : 0) + (grad_avg ? 6 : 0)),
      R * (double)n * (5 + (momentum ? 2 : 0) + (grad_avg ? 2 : 0)))
TIMED(adam, (const AdamStep *s, int64_t n, Real *w, const Real *g,
             Real *m, Real *v, Real *max_v), (s, n, w, g, m, v, max_v),
      (double)n * (16 + (max_v ? 1 : 0)),
      R * (double)n * (7 + (max_v ? 2 : 0)))
static double conv2d_flops(const Conv2dShape *s)
{
  return 2 * product(s->n, s->out, s->out_h * s->out_w)
           * product(s->in / s->groups, s->kh, s->kw);
}

static double conv2d_bytes(const Conv2dShape *s)
{
  return R * (product(s->n, s->in, s->h * s->w)
              + product(s->n, s->out, s->out_h * s->out_w)
              + product(s->out, s->in / s->groups, s->kh * s->kw));
}

TIMED(conv2d, (const Conv2dShape *s, Real *y, const Real *x,
               const Real *w, const Real *b), (s, y, x, w, b),
      conv2d_flops(s)
      + (b ? product(s->n, s->out, s->out_h * s->out_w) : 0),
      conv2d_bytes(s) + (b ? R * (double)s->out : 0))
TIMED(conv2d_back_x, (const Conv2dShape *s, Real *dx, const Real *dy,
                      const Real *w), (s, dx, dy, w),
      conv2d_flops(s), conv2d_bytes(s))
TIMED(conv2d_back_w, (const Conv2dShape *s, Real *dw, const Real *dy,
                      const Real *x), (s, dw, dy, x),
      conv2d_flops(s), conv2d_bytes(s))
static double windows(const Pool2dShape *s, bool max)  // their elements
{
  double down = 0, across = 0;
  int64_t dh = max ? s->step_h : 1, dw = max ? s->step_w : 1;
  for (int64_t i = 0; i < s->out_h; i++)
    down += (double)((s->down[i].to - s->down[i].from + dh - 1) / dh);
  for (int64_t i = 0; i < s->out_w; i++)
    across += (double)((s->across[i].to - s->across[i].from + dw - 1)
                       / dw);
  return (double)s->planes * down * across;
}

static double pool_bytes(const Pool2dShape *s, bool max)
{
  return R * product(s->planes, s->h, s->w)
       + (R + (max ? 4 : 0)) * product(s->planes, s->out_h, s->out_w);
}

TIMED(pool2d, (const Pool2dShape *s, Real *y, int32_t *at,
               const Real *x), (s, y, at, x), windows(s, at),
      pool_bytes(s, at))
TIMED(pool2d_back, (const Pool2dShape *s, Real *dx, const Real *dy,
                    const int32_t *at), (s, dx, dy, at),
      at ? product(s->planes, s->out_h, s->out_w) : windows(s, false),
      pool_bytes(s, at))
TIMED(channel_moments, (int64_t n, int64_t c, int64_t inner, Real *mean,
                        Real *var, const Real *x),
      (n, c, inner, mean, var, x), 4 * product(n, c, inner),
      R * (product(n, c, inner) + 2 * (double)c))
TIMED(batch_norm, (int64_t n, int64_t c, int64_t inner, Real *y,
                   const Real *x, const Real *mean, const Real *rstd,
                   const Real *w, const Real *b),
      (n, c, inner, y, x, mean, rstd, w, b), 3 * product(n, c, inner),
      R * (2 * product(n, c, inner) + (w ? 4 : 2) * (double)c))
TIMED(batch_norm_back, (int64_t n, int64_t c, int64_t inner, Real *dx,
                        Real *dw, Real *db, const Real *g,
                        const Real *x, const Real *mean,
                        const Real *rstd, const Real *w, bool training),
      (n, c, inner, dx, dw, db, g, x, mean, rstd, w, training),
      (dx ? 10 : 4) * product(n, c, inner),
      R * ((dx ? 3 : 2) * product(n, c, inner)
           + (w ? 5 : 4) * (double)c))
TIMED(gather, (const GatherShape *s, Real *y, const Real *x,
               const int32_t *id), (s, y, x, id), 0,
      2 * R * product(s->outer, s->n, s->inner) + 4 * (double)s->n)
TIMED(scatter_add, (const GatherShape *s, Real *to, const Real *g,
                    const int32_t *id), (s, to, g, id),
      product(s->outer, s->n, s->inner),
      3 * R * product(s->outer, s->n, s->inner) + 4 * (double)s->n)

static double pairs(const RotaryShape *s)
{
  return product(s->batch * s->heads, s->n, s->half);
}

TIMED(rotary, (const RotaryShape *s, Real *y, const Real *x,
               const Real *cosine, const Real *sine),
      (s, y, x, cosine, sine), 6 * pairs(s),
      R * (4 * pairs(s) + 2 * product(s->batch, s->n, s->half)))
static double keys_read(const MaskedSoftmax *s)
{
  double rows = steps_of(&s->rows), n = (double)s->n;
  double t = (double)s->queries, first = n - t;
  if (!s->causal || t == 0)
    return rows * n;
  return rows / t * (first >= 0 ? t * first + t * (t + 1) / 2
                                : n * (n + 1) / 2);
}

TIMED(masked_softmax, (const MaskedSoftmax *s), (s), 5 * keys_read(s),
      R * (keys_read(s) + steps_of(&s->rows) * (double)s->n
           + (s->mask ? elements(&s->rows, 2)
                        * (s->step ? (double)s->n : 1) : 0)))
TIMED(norm_rows, (const NormRows *s, Real *y, const Real *x,
                  const Real *w, const Real *b), (s, y, x, w, b),
      product(s->rows, s->n, (s->centered ? 6 : 3) + !!w + !!b),
      R * (2 * product(s->rows, s->n, 1) + (!!w + !!b) * (double)s->n))
TIMED(norm_rows_back, (const NormRows *s, Real *dx, double *dw,
                       double *db, const Real *g, const Real *x,
                       const Real *w), (s, dx, dw, db, g, x, w),
      product(s->rows, s->n, (s->centered ? 20 : 14) + !!w),
      R * (3 * product(s->rows, s->n, 1) + !!w * (double)s->n)
      + 4 * sizeof(double) * (double)s->n)
TIMED(qgemm, (const QGemm *g), (g), 2 * product(g->m, g->n, g->k),
      product(g->m + g->n, g->k, 1) + 4 * product(g->m, g->n, 1))
TIMED(pairs, (const Pairs *s), (s), product(s->rows, s->cols, s->wide),
      (R / 2 + 1 / 8.0) * product(s->rows, s->cols, 1)
      + R * product(s->rows + s->cols, s->wide, 1))
static double scores_read(const Attention *a)
{
  double t = (double)a->queries, n = (double)a->keys;
  return product(a->batch, a->heads, a->queries)
         * (a->causal ? n - (t - 1) / 2 : n);
}

TIMED(attention, (const Attention *a), (a),
      scores_read(a) * (5 + 2 * (double)(a->width + a->values)),
      R * product(a->batch, a->width + a->values,
                  a->heads * a->queries + a->shared * a->keys))
TIMED(attention_back, (const Attention *a), (a),
      scores_read(a) * (5 + (double)(6 * a->width + 4 * a->values)),
      R * 2 * product(a->batch, a->width + a->values,
                      a->heads * a->queries + a->shared * a->keys))
TIMED(cross_entropy, (const LabelRows *r), (r),
      5 * product(r->rows, r->classes, 1),
      R * product(r->rows, r->classes + 3, 1))
TIMED(cross_entropy_back, (const LabelRows *r), (r),
      3 * product(r->rows, r->classes, 1),
      R * product(r->rows, 2 * r->classes + 2, 1))
static bool is_view(const Tensor *y, int n, Tensor *const x[])
{
  for (int i = 0; i < n; i++)
    if (x[i]->storage == y->storage)
      return true;
  return false;
}

static const Made *made_of(const Profiler *p, const Storage *s)
{
  for (unsigned i = 1; i <= MADE && i <= p->makes; i++)
    if (p->made[(p->makes - i) % MADE].storage == s)
      return &p->made[(p->makes - i) % MADE];
  return NULL;
}

static int64_t own_ticks(const Profiler *p, const Made *m, int64_t end)
{
  int64_t own = end - m->at - (p->claimed - m->claimed);
  return own > 0 ? own : 0;
}

static Cost claim(Profiler *p, int64_t from)   // kernels since then
{
  Cost c = {0};
  while (p->waits && p->waiting[p->waits - 1].first >= from)
    add(&c, p->waiting[--p->waits].cost);
  return c;
}

static void note_shapes(ProfileEvent *e, const Tensor *y, int n,
                        Tensor *const x[])
{
  e->shapes = n < 2 ? 1 + n : 3;
  for (int i = 0; i < e->shapes; i++) {
    const Tensor *t = i ? x[i - 1] : y;
    e->shape[i].rank = t->rank;
    memcpy(e->shape[i].dim, t->shape, sizeof t->shape);
  }
}

static void operation_ended(Profiler *p, Op *op, Tensor *y, int n,
                            Tensor *const x[])
{
  int64_t end = now(), start = end, own = 0;
  Cost c = {0};
  const Made *m = is_view(y, n, x) ? NULL : made_of(p, y->storage);
  if (m) {
    c = claim(p, m->at);
    own = own_ticks(p, m, end);
    start = m->at < p->last_end && p->last_start < m->at ? p->last_end
                                                         : m->at;
  }
  p->last_start = start, p->last_end = end;
  const Span *module = innermost(p, true);
  const Span *owner = innermost(p, false);
  Phase phase = owner ? owner->kind == TT_SPAN_BACKWARD ? TT_BACKWARD
                                                        : TT_OTHER
              : module || y->node ? TT_FORWARD : TT_OTHER;
  if (y->node && module && module->module >= 0)
    y->node->origin = (uint16_t)(p->origin + module->module + 1);
  if (!owner) {
    ProfileCost *to = &row_of(p, op, phase, op->name)->cost;
    add_cost(to, 1, own, c);
    to->memory += m ? (double)y->storage->bytes : 0;
    p->claimed += own;
  }
  ProfileEvent *e = new_event(p, TT_EVENT_OPERATION, op->name, start,
                              end);
  e->phase = phase, e->flops = c.flops, e->bytes = c.bytes;
  note_shapes(e, y, n, x);
}

static Tensor *(*before)(Op *, Tensor *, int, Tensor *const[],
                         const Attr *);

static Tensor *hear(Op *op, Tensor *y, int n, Tensor *const x[],
                    const Attr *attr)
{
  if (before)
    y = before(op, y, n, x, attr); // the tape
  if (mine)
    operation_ended(mine, op, y, n, x);
  return y;
}

static void span_began(SpanKind kind, const void *what, Scope *scope)
{
  Profiler *p = mine;
  if (!p || p->depth == DEEP)
    return;
  flush(p);
  p->kernels = 0;                  // a failure may have left one
  const Span *around = innermost(p, true);
  Span s = { .kind = kind, .scope = scope, .what = what, .module = -1 };
  if (kind == TT_SPAN_BACKWARD) {
    const TapeNode *k = what;
    s.what = k->op, s.name = k->op->name;
    s.module = k->origin - p->origin - 1;
    if (k->origin == 0 || s.module < 0 || s.module >= p->modules)
      s.module = -1;               // recorded before it started
  } else if (kind == TT_SPAN_UPDATE) {
    s.what = s.name = ((const Optimizer *)what)->type->name;
  } else {
    s.module = module_of(p, kind, what);
    s.again = around && around->module == s.module;
    s.name = s.module < 0 ? "?" : p->module[s.module].name;
  }
  s.ran = p->ran;
  s.start = now();
  p->span[p->depth++] = s;
}

static void count_span(Profiler *p, const Span *s, Cost ran,
                       int64_t ticks)
{
  Phase phase = s->kind == TT_SPAN_BACKWARD ? TT_BACKWARD
              : s->kind == TT_SPAN_UPDATE ? TT_OTHER : TT_FORWARD;
  bool owns = phase != TT_FORWARD;
  if (owns && !innermost(p, false)) {
    add_cost(&row_of(p, s->what, phase, s->name)->cost, 1, ticks, ran);
    p->claimed += ticks;
  }
  if (s->module >= 0)
    add_cost(&p->module[s->module].self[phase], !s->again,
             ticks - s->inner_ticks, since(ran, s->inner));
  if (p->depth > 0) {
    Span *around = &p->span[p->depth - 1];
    around->inner_ticks += ticks;
    add(&around->inner, ran);
  }
}

static void end_innermost(Profiler *p)
{
  int64_t end = now();
  flush(p);
  const Span s = p->span[--p->depth];
  Cost ran = since(p->ran, s.ran);
  count_span(p, &s, ran, end - s.start);
  ProfileEvent *e = new_event(p, TT_EVENT_SPAN, s.name, s.start, end);
  e->span = s.kind, e->module = s.module;
  e->phase = s.kind == TT_SPAN_BACKWARD ? TT_BACKWARD
           : s.kind == TT_SPAN_UPDATE ? TT_OTHER : TT_FORWARD;
  e->flops = ran.flops, e->bytes = ran.bytes;
}

static int spans_left(const Profiler *p, const Scope *scope)
{
  int left = p->depth;
  while (left > 0 && p->span[left - 1].scope != scope)
    left--;
  if (left == 0)
    return p->depth;                 // it was never heard
  while (left > 0 && p->span[left - 1].scope == scope)
    left--;
  return left;
}

static void span_ended(Scope *scope)
{
  Profiler *p = mine;
  int left = p ? spans_left(p, scope) : 0;
  while (p && p->depth > left)
    end_innermost(p);
}

static void unhook(Profiler *p);

static void memory_moved(const Storage *s, int64_t bytes)
{
  Profiler *p = mine;
  if (hooked && s == hooked->block->storage)
    unhook(hooked);                // it is released while it runs
  if (!p || p != mine)
    return;
  int64_t t = now();
  if (bytes > 0)
    p->made[p->makes++ % MADE] = (Made){ s, t, p->claimed };
  p->live += (double)bytes;
  p->peak = p->live > p->peak ? p->live : p->peak;
  ProfileEvent *e = new_event(p, TT_EVENT_MEMORY, "memory", t, t);
  e->bytes = (double)bytes, e->live = p->live, e->storage = s;
  if (tt_call)
    e->call = tt_call->function, e->file = tt_call->file,
    e->line = tt_call->line;
}

static const Watch watch = { memory_moved, span_began, span_ended };
static void use_clock(const Profiler *p /* or NULL */)
{
  if (!p)
    return;
  asked = p->options.clock;
  seconds_per_tick = p->tick;
}

static void hook(Profiler *p)
{
  if (hooked)
    tt_fail(TT_EVALUE, "tt_profiler_start: a profiler runs already;"
            " stop it first");
  use_clock(p);
  if (tt_watch && tt_watch != &watch)
    tt_fail(TT_EVALUE, "tt_profiler_start: tt_measure_memory listens;"
            " start the profiler before it, or after");
  if (origins + p->room > UINT16_MAX)
    origins = 0;
  p->origin = origins, origins += p->room;
  p->depth = p->waits = p->kernels = 0;
  p->makes = 0, p->last_start = p->last_end = 0;
  p->live = (double)tt_memory_stats().live_bytes
            - (double)p->block->storage->bytes;    // but for its own
  p->peak = p->live;
  if (tt_recorder != hear)         // one of before may still listen
    before = tt_recorder;
  computes = tt_backend;
  table = *computes;
  table.map = timed_map;
  table.copy = timed_copy;
  table.reduce = timed_reduce;
  table.gemm = timed_gemm;
  table.softmax = timed_softmax;
  table.softmax_back = timed_softmax_back;
  table.sgd = timed_sgd;
  table.rmsprop = timed_rmsprop;
  table.adam = timed_adam;
  table.conv2d = timed_conv2d;
  table.conv2d_back_x = timed_conv2d_back_x;
  table.conv2d_back_w = timed_conv2d_back_w;
  table.pool2d = timed_pool2d;
  table.pool2d_back = timed_pool2d_back;
  table.channel_moments = timed_channel_moments;
  table.batch_norm = timed_batch_norm;
  table.batch_norm_back = timed_batch_norm_back;
  table.gather = timed_gather;
  table.scatter_add = timed_scatter_add;
  table.rotary = timed_rotary;
  table.masked_softmax = timed_masked_softmax;
  table.norm_rows = timed_norm_rows;
  table.norm_rows_back = timed_norm_rows_back;
  table.qgemm = timed_qgemm;
  table.pairs = timed_pairs;
  table.cross_entropy = computes->cross_entropy ? timed_cross_entropy
                                                : NULL;
  table.cross_entropy_back = timed_cross_entropy_back;
  table.attention = computes->attention ? timed_attention : NULL;
  table.attention_back = timed_attention_back;
  tt_recorder = hear, tt_backend = &table, tt_watch = &watch;
  mine = hooked = p;
  p->from = now();
}

static void unhook(Profiler *p)
{
  while (p->depth > 0)             // the program is still in these
    end_innermost(p);
  flush(p);
  p->ticks = now() - p->from;
  if (tt_recorder == hear)
    tt_recorder = before;
  if (tt_backend == &table)
    tt_backend = computes;
  tt_watch = NULL;
  mine = hooked = NULL;
}

static void forget_all(Profiler *p)    // of steps that do not count
{
  for (int i = 0; i < p->rows; i++)
    p->row[i].cost = (ProfileCost){0};
  for (int i = 0; i < p->modules; i++)
    memset(p->module[i].self, 0, sizeof p->module[i].self);
  p->events = p->dropped = p->steps = 0;
  p->peak = p->live;
  p->from = now();
  for (int i = 0; i < p->depth; i++) {   // open ones begin anew
    Span *s = &p->span[i];
    s->start = p->from, s->ran = p->ran;
    s->inner_ticks = 0, s->inner = (Cost){0};
  }
}

static void measure_a_span(Profiler *p)
{
  enum { SPANS = 1000 };
  static const OptimizerType type = { .name = "nothing" };
  static const Optimizer none = { .type = &type };
  Scope s;
  int64_t start = now();
  for (int i = 0; i < SPANS; i++) {
    span_began(TT_SPAN_UPDATE, &none, &s);
    end_innermost(p);
  }
  p->cost_of_span = (double)(now() - start) / SPANS * seconds_per_tick;
}

static void check_thread(const char *op, const Profiler *p)
{
  if (hooked == p && mine != p)
    tt_fail(TT_EVALUE, "%s: the profiler runs in another thread, which"
            " has to do that", op);
}

static bool is_on(const Profiler *p)   // in this step?
{
  const ProfilerOptions *o = &p->options;
  int64_t counted = p->step - o->wait - o->warmup;
  return p->step >= o->wait && (o->active == 0 || counted < o->active);
}

void tt_profiler_start(Profiler *p)
{
  hook(p);
  measure_a_span(p);
  forget_all(p);
  p->step = 0;
  if (!is_on(p))
    unhook(p);
}

void tt_profiler_step(Profiler *p)
{
  const ProfilerOptions *o = &p->options;
  check_thread("tt_profiler_step", p);
  if (hooked == p)
    flush(p);
  p->steps += p->step >= o->wait + o->warmup && hooked == p;
  p->step++;
  if (is_on(p) && hooked != p)
    hook(p);
  if (is_on(p) && p->step == o->wait + o->warmup)
    forget_all(p);
  if (!is_on(p) && hooked == p)
    unhook(p);
}

typedef struct Count { int modules; } Count;

static void count_module(void *count, const char *name, FieldKind kind,
                         void *slot)
{
  (void)name, (void)slot;
  ((Count *)count)->modules += kind == TT_CHILD;
}

static void enter_module(void *profiler, const char *name,
                         FieldKind kind, void *slot)
{
  Profiler *p = profiler;
  Module *m = kind == TT_CHILD ? *(ChildModule *)slot : NULL;
  if (!m || find(p, m, A_MODULE)->what)
    return;
  int i = new_module(p, m, name, m->type->name), k = i - 1;
  for (; k >= 0; k--) {
    size_t n = strlen(p->module[k].name);
    if (n == 0 || (strncmp(name, p->module[k].name, n) == 0
                   && name[n] == '.'))
      break;
  }
  p->module[i].parent = k;
}

Profiler *tt_profiler_new(void *model, ProfilerOptions o)
{
  Count count = {0};
  if (o.wait < 0 || o.warmup < 0 || o.active < 0
      || o.events > INT32_MAX)
    tt_fail(TT_EVALUE, "tt_profiler_new: %d, %d and %d steps, %lld"
            " events; no number of steps is below 0, and there are"
            " fewer than 2^31 events", o.wait, o.warmup, o.active,
            (long long)o.events);
  if (model)
    tt_module_walk(model, count_module, &count);
  int room = count.modules + 64;
  uint64_t keys = 1;
  while (keys < 2 * (uint64_t)(room + ROWS))
    keys *= 2;
  o.events = o.events == 0 ? 20000 : o.events < 0 ? 0 : o.events;
  size_t at[4] = { sizeof(Profiler),
                   (size_t)room * sizeof(ProfileModule),
                   keys * sizeof(Key),
                   (size_t)o.events * sizeof(ProfileEvent) };
  Tensor *block = tt_empty(TT_U8, TT_SHAPE(
    (int64_t)(at[0] + at[1] + at[2] + at[3])));
  char *memory = block->data;
  memset(memory, 0, at[0] + at[1] + at[2] + at[3]);  // touched once
  Profiler *p = block->data;
  *p = (Profiler){ .options = o, .block = block, .room = room,
                   .keys = keys };
  asked = o.clock;
  p->clock = calibrate(), p->tick = seconds_per_tick;
  use_clock(hooked);
  p->module = (void *)(memory + at[0]);
  p->key = (void *)(memory + at[0] + at[1]);
  p->event = (void *)(memory + at[0] + at[1] + at[2]);
  if (model)
    tt_module_walk(model, enter_module, p);
  return p;
}

static void scale(ProfileCost *c)  // from ticks to seconds
{
  c->seconds *= seconds_per_tick;
  c->kernels *= seconds_per_tick;
}

static int dearest_first(const void *a, const void *b)
{
  double x = ((const ProfileRow *)a)->cost.seconds;
  double y = ((const ProfileRow *)b)->cost.seconds;
  return (x < y) - (x > y);
}

static void take_rows(Profile *f, const Profiler *p)
{
  double rest = f->seconds;
  for (int i = 0; i < p->rows; i++)
    if (p->row[i].cost.calls > 0) {
      ProfileRow *r = &f->row[f->n++];
      *r = p->row[i];
      scale(&r->cost);
      rest -= r->cost.seconds;
    }
  f->row[f->n++] = (ProfileRow){ "(between operations)", TT_OTHER,
                                 { .seconds = rest } };
  qsort(f->row, (size_t)f->n, sizeof *f->row, dearest_first);
}

static void add_up_modules(int n, ProfileModule *m)
{
  bool within = false;             // another one? Else we are done
  for (int i = 0; i < n; i++) {
    memcpy(m[i].total, m[i].self, sizeof m[i].total);
    within |= m[i].parent >= 0;
  }
  if (within) {
    for (int i = n - 1; i >= 0; i--)
      for (int k = 0; m[i].parent >= 0 && k < TT_PHASES; k++) {
        ProfileCost inner = m[i].total[k];
        inner.calls = 0;
        tt_profile_add(&m[m[i].parent].total[k], &inner);
      }
  }
}

static void take_modules(Profile *f, const Profiler *p)
{
  f->modules = p->modules;
  for (int i = 0; i < f->modules; i++) {
    f->module[i] = p->module[i];
    for (int k = 0; k < TT_PHASES; k++)
      scale(&f->module[i].self[k]);
  }
  add_up_modules(f->modules, f->module);
}

static void take_events(Profile *f, const Profiler *p)
{
  f->events = p->events, f->dropped = p->dropped;
  for (int64_t i = 0; i < f->events; i++) {
    ProfileEvent *e = &f->event[i];
    *e = p->event[i];
    e->start *= seconds_per_tick;
    e->seconds *= seconds_per_tick;
    if (e->kind == TT_EVENT_SPAN && e->module >= 0
        && e->span != TT_SPAN_BACKWARD)
      e->name = f->module[e->module].name;   // that of p goes
  }
}

Profile *tt_profiler_stop(Profiler *p)
{
  check_thread("tt_profiler_stop", p);
  if (hooked == p)
    unhook(p);
  if (p->step < p->options.wait + p->options.warmup)
    forget_all(p), p->ticks = 0;   // no step counted so far
  use_clock(p);
  size_t rows = (size_t)(p->rows + 1) * sizeof(ProfileRow);
  size_t modules = (size_t)p->modules * sizeof(ProfileModule);
  size_t events = (size_t)p->events * sizeof(ProfileEvent);
  size_t all = sizeof(Profile) + rows + modules + events;
  Tensor *block = tt_empty(TT_U8, TT_SHAPE((int64_t)all));
  Profile *f = block->data;
  char *memory = (char *)(f + 1);
  *f = (Profile){ .block = block, .clock = p->clock,
    .seconds = (double)p->ticks * seconds_per_tick,
    .steps = p->steps > 0 ? p->steps : 1, .peak_bytes = p->peak,
    .span_seconds = p->cost_of_span };
  f->row = (void *)memory;
  f->module = (void *)(memory + rows);
  f->event = (void *)(memory + rows + modules);
  take_rows(f, p);
  take_modules(f, p);
  take_events(f, p);
  use_clock(hooked);
  return f;
}
