// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// Who has the memory: each storage that is taken and given back while
// a piece of work runs, and whose it is.
#include "tt/measure.h"
#include "tt/error.h"
#include "tt/gradient.h"
#include "tt/machine.h"
#include "tt/storage.h"
#include "tt/todo.h"
#include <stdlib.h>
#include <string.h>

typedef struct Life {              // of a storage
  const Storage *s;
  int64_t bytes, born, died;       // numbers of events; born 0: before
  double  seconds[2];              // the first; died 0: it is alive
  const char *op;                  // that made it, once it is recorded
  const void *module;              // in which, or NULL
  MemoryPart part;
} Life;
static bool alive_at(const Life *l, int64_t event)
{
  return l->born <= event && (!l->died || l->died > event);
}

enum { LIVES = 1 << 16, PLACES = 2 * LIVES, SPANS = 128 };
typedef struct SpanOpen {
  SpanKind kind;
  const void *what;
  const Scope *scope;
} SpanOpen;

static _Thread_local bool measured;    // is it this thread's turn?
static struct {
  MemoryUse use;
  Life     *life;                  // of LIVES
  int      *place;                 // of PLACES, in life; -1: free
  int       n, depth;
  int64_t   live, event, peak;
  const Life *highest;             // that made the peak
  double    start;
  SpanOpen  span[SPANS];
  bool      recording;
  const Watch *watch;              // those that were there
  Tensor *(*recorder)(Op *, Tensor *, int, Tensor *const[],
                      const Attr *);
} m;
static int *place_of(const Storage *s)   // its own, or a free one
{
  uint64_t at = ((uintptr_t)s >> 6) * 0x9e3779b97f4a7c15u >> 47;
  while (m.place[at] >= 0 && m.life[m.place[at]].s != s)
    at = (at + 1) % PLACES;
  return &m.place[at];
}

static Life *life_of(const Storage *s)   // NULL: unknown, or over
{
  int i = *place_of(s);
  return i >= 0 && !m.life[i].died ? &m.life[i] : NULL;
}

static Life *new_life(const Storage *s, int64_t bytes)
{
  if (m.n == LIVES) {
    m.use.dropped++;
    return NULL;
  }
  Life *l = &m.life[m.n];
  *l = (Life){ .s = s, .bytes = bytes, .born = m.event, .op = "?",
               .part = m.recording ? TT_TAPE : TT_ACTIVATIONS };
  l->seconds[0] = tt_machine_now() - m.start;
  for (int i = m.depth; i-- > 0 && !l->module;)
    if (m.span[i].kind == TT_SPAN_MODULE)
      l->module = m.span[i].what;
  const SpanOpen *in = m.depth ? &m.span[m.depth - 1] : NULL;
  if (in && in->kind == TT_SPAN_BACKWARD) {
    const TapeNode *k = in->what;
    l->op = k->op->name;
    l->part = TT_TEMPORARY;
  } else if (in && in->kind == TT_SPAN_UPDATE) {
    l->op = "tt_optimizer_step";
    l->part = TT_TEMPORARY;
  }
  *place_of(s) = m.n++;
  return l;
}

static void taken(const Storage *s, int64_t bytes)
{
  m.use.taken++;
  m.live += bytes;
  Life *l = new_life(s, bytes);
  if (m.live > m.use.peak) {
    m.use.peak = m.live;
    m.peak = m.event;
    m.use.seconds = tt_machine_now() - m.start;
    m.highest = l;
    m.use.file = tt_call ? tt_call->file : NULL;
    m.use.line = tt_call ? tt_call->line : 0;
  }
}

static void returned(const Storage *s, int64_t bytes)
{
  m.use.returned++;
  m.live -= bytes;
  Life *l = life_of(s);
  if (l) {
    l->died = m.event;
    l->seconds[1] = tt_machine_now() - m.start;
  }
}

static void heard_memory(const Storage *s, int64_t bytes)
{
  if (m.watch)
    m.watch->memory(s, bytes);
  if (!measured)
    return;
  m.event++;
  if (bytes > 0)
    taken(s, bytes);
  else
    returned(s, -bytes);
}

static void heard_begin(SpanKind kind, const void *what, Scope *s)
{
  if (m.watch)
    m.watch->begin(kind, what, s);
  if (measured && m.depth < SPANS)
    m.span[m.depth++] = (SpanOpen){ kind, what, s };
}

static void heard_end(Scope *s)
{
  if (m.watch)
    m.watch->end(s);
  while (measured && m.depth && m.span[m.depth - 1].scope == s)
    m.depth--;
}

static const Watch watch = { heard_memory, heard_begin, heard_end };
static Tensor *heard_record(Op *op, Tensor *y, int n,
                            Tensor *const x[], const Attr *attr)
{
  Life *l = measured ? life_of(y->storage) : NULL;
  if (l && l->part == TT_ACTIVATIONS && l->op[0] == '?')
    l->op = op->name;
  if (!m.recorder)
    return y;
  bool before = m.recording;
  m.recording = measured;
  y = m.recorder(op, y, n, x, attr);
  m.recording = before;
  return y;
}

static void belongs(const Tensor *t, MemoryPart part)
{
  Life *l = t && t->storage ? life_of(t->storage) : NULL;
  if (l)
    l->part = part;
  else if (t && t->storage && m.event == 0) {
    l = new_life(t->storage, (int64_t)t->storage->bytes);
    if (l)
      l->part = part;
  }
}

static void parts_of_module(void *arg, const char *name,
                            FieldKind kind, void *slot)
{
  (void)arg, (void)name;
  if (kind != TT_PARAM && kind != TT_BUFFER)
    return;
  const Tensor *t = *(Tensor **)slot;
  belongs(t, kind == TT_PARAM ? TT_PARAMETERS : TT_BUFFERS);
  if (t && t->grad)
    belongs(t->grad, TT_GRADIENTS);
}

static void whose(MemoryOptions o)
{
  if (o.module)
    tt_module_walk(o.module, parts_of_module, NULL);
  if (!o.optimizer)
    return;
  belongs(o.optimizer->block, TT_OPTIMIZER);
  for (ParamGroup *g = o.optimizer->group; g; g = g->next) {
    belongs(g->block, TT_OPTIMIZER);
    for (int i = 0; i < g->n; i++)
      for (int k = 0; k < TT_STATES; k++)
        belongs(g->param[i].state[k], TT_OPTIMIZER);
  }
}

static void add_up(void)
{
  int64_t known = 0;
  for (const Life *l = m.life; l < m.life + m.n; l++)
    if (alive_at(l, m.peak)) {
      m.use.part[l->part] += l->bytes;
      known += l->bytes;
    }
  m.use.part[TT_UNKNOWN] += m.use.peak - known;
}

typedef struct Search {
  const void *module;
  char name[TT_NAME];
} Search;

static void compare(void *arg, const char *name, FieldKind kind,
                    void *slot)
{
  Search *s = arg;
  if (kind == TT_CHILD && *(ChildModule *)slot == s->module) {
    snprintf(s->name, sizeof s->name, "%s", name);
    s->module = NULL;              // its first name counts
  }
}

static void path_of(void *root, const void *module, char name[TT_NAME])
{
  Search s = { .module = module };
  if (root && module && root != module)
    tt_module_walk(root, compare, &s);
  memcpy(name, s.name, TT_NAME);
}

static void write_event(FILE *f, void *root, const Life *l, bool born,
                        int64_t *live)
{
  char where[TT_NAME];
  path_of(root, l->module, where);
  *live += born ? l->bytes : -l->bytes;
  fprintf(f, "%.9f\t%c%lld\t%lld\t%s\t%s\t%s\n",
          l->seconds[born ? 0 : 1], born ? '+' : '-',
          (long long)l->bytes, (long long)*live,
          tt_memory_part_name(l->part), l->op, where);
}

static void write_trace(FILE *f, void *root)
{
  int64_t live = m.use.start;
  size_t n = (size_t)m.event + 1;
  int *of = calloc(n, sizeof *of); // event: 1 + its life; < 0: an end
  if (!of)
    return;
  for (int i = 0; i < m.n; i++) {
    if (m.life[i].born)
      of[m.life[i].born] = i + 1;
    if (m.life[i].died)
      of[m.life[i].died] = -i - 1;
  }
  fprintf(f, "seconds\tbytes\tlive\tpart\toperation\tmodule\n");
  for (size_t e = 1; e < n; e++)
    if (of[e])
      write_event(f, root, &m.life[abs(of[e]) - 1], of[e] > 0, &live);
  free(of);
}

static void begin_measuring(MemoryOptions o)
{
  Life *life = malloc(LIVES * sizeof *life);
  int *place = malloc(PLACES * sizeof *place);
  if (!life || !place) {
    free(life), free(place);
    tt_fail(TT_EMEM, "tt_measure_memory: no memory for its notes");
  }
  memset(place, 0xff, PLACES * sizeof *place);   // -1
  memset(&m, 0, sizeof m);
  m.life = life, m.place = place;
  m.live = m.use.start = m.use.peak = tt_memory_stats().live_bytes;
  m.use.mallocs = -tt_memory_stats().mallocs;
  m.use.op = "?";
  whose(o);
  m.watch = tt_watch, m.recorder = tt_recorder;
  m.start = tt_machine_now();
  tt_watch = &watch, tt_recorder = heard_record;
  measured = true;
}

static void end_measuring(MemoryOptions o)
{
  measured = false;
  tt_watch = m.watch, tt_recorder = m.recorder;
  m.use.end = tt_memory_stats().live_bytes;
  m.use.pool = tt_memory_stats().pool_bytes;
  m.use.mallocs += tt_memory_stats().mallocs;
  whose(o);
  add_up();
  if (m.highest) {
    m.use.op = m.highest->op;
    m.use.back = m.highest->part == TT_TEMPORARY
                 || m.highest->part == TT_GRADIENTS;
    path_of(o.module, m.highest->module, m.use.where);
  }
  if (o.trace)
    write_trace(o.trace, o.module);
  free(m.life), free(m.place);
}

MemoryUse tt_measure_memory(void (*work)(void *), void *arg,
                            MemoryOptions o)
{
  TensorError e;
  if (!work)
    tt_missing("tt_measure_memory", "work");
  if (measured || tt_watch == &watch)
    tt_fail(TT_EVALUE, "tt_measure_memory: memory is being measured;"
            " one at a time");
  begin_measuring(o);
  bool fine = tt_try(work, arg, &e);
  end_measuring(o);
  MemoryUse use = m.use;
  if (!fine)
    tt_fail(e.code, "%s", e.message);
  return use;
}

const char *tt_memory_part_name(MemoryPart part)
{
  static const char *const name[TT_PARTS] = {
    "parameters", "gradients", "optimizer", "buffers", "activations",
    "temporary", "tape", "other"
  };
  return name[part];
}

void tt_memory_print(FILE *f, const MemoryUse *u)
{
  double mib = 1 << 20, peak = u->peak ? (double)u->peak : 1;
  for (int k = 0; k < TT_PARTS; k++)
    if (u->part[k])
      fprintf(f, "%-12s %9.2f MiB %5.1f%%\n",
              tt_memory_part_name((MemoryPart)k),
              (double)u->part[k] / mib,
              100 * (double)u->part[k] / peak);
  fprintf(f, "%-12s %9.2f MiB, in %s%s%s%s, after %.3g ms\n", "peak",
          (double)u->peak / mib, u->back ? "the gradient of " : "",
          u->op, u->where[0] ? " of " : "", u->where,
          1e3 * u->seconds);
  if (u->file)
    fprintf(f, "%-12s %s:%d\n", "  called at", u->file, u->line);
  fprintf(f, "%-12s %9.2f MiB, at the end %.2f; in the pool %.2f\n",
          "at first", (double)u->start / mib, (double)u->end / mib,
          (double)u->pool / mib);
  fprintf(f, "%lld storages taken, %lld given back, %lld mallocs\n",
          (long long)u->taken, (long long)u->returned,
          (long long)u->mallocs);
  if (u->dropped)
    fprintf(f, "%lld were too many: they are in `other`\n",
            (long long)u->dropped);
}
