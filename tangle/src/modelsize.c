// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// The bytes of a model, by module.
#include "tt/locale.h"
#include "tt/modelsize.h"
#include "tt/operation.h"
#include "tt/storage.h"
#include <string.h>

typedef struct Counting {
  int n, seen;                     // modules, storages so far
  ModulePart     *part;
  const Storage **storage;
} Counting;

static void begin_module(Counting *c, const char *name, const Module *m)
{
  ModulePart *p = &c->part[c->n++];
  memset(p, 0, sizeof *p);
  memcpy(p->name, name, strlen(name) + 1);
  p->type = m->type->name;
}

static bool is_new(Counting *c, const Storage *s)
{
  for (int i = 0; i < c->seen; i++)
    if (c->storage[i] == s)
      return false;
  c->storage[c->seen++] = s;
  return true;
}

// the module of a field, which is the last one of that name
static int holder(const Counting *c, const char *name, FieldKind kind)
{
  const char *dot = strrchr(name, '.');
  size_t n = kind == TT_CHILD ? strlen(name)
                              : dot ? (size_t)(dot - name) : 0;
  int i = c->n - 1;
  while (i > 0 && (strncmp(c->part[i].name, name, n) != 0
                   || c->part[i].name[n] != 0))
    i--;
  return i;
}

static void count_slots(void *arg, const char *name, FieldKind kind,
                        void *slot)
{
  (void)name, (void)slot;
  *(int *)arg += kind != TT_GENERATOR;
}

static void count_bytes(void *arg, const char *name, FieldKind kind,
                        void *slot);
static Counting counted(void *model)
{
  int n = 0;
  tt_module_walk(model, count_slots, &n);
  Counting c = {0};
  c.part = tt_empty(TT_U8, TT_SHAPE(n * (int)sizeof *c.part))->data;
  c.storage = tt_empty(TT_U8, TT_SHAPE(n * (int)sizeof *c.storage))
                ->data;
  tt_module_walk(model, count_bytes, &c);
  return c;
}

static void add_size(ModelSize *to, const ModelSize *s)
{
  to->weights += s->weights, to->scales += s->scales;
  to->rest += s->rest, to->live += s->live;
}

static int64_t *kind_of(ModelSize *s, const char *name, FieldKind kind)
{
  const char *dot = strrchr(name, '.');
  name = dot ? dot + 1 : name;
  if (strcmp(name, "scale") == 0 || strcmp(name, "zero") == 0)
    return &s->scales;
  return kind == TT_PARAM || strcmp(name, "weight") == 0
    || strcmp(name, "bias") == 0 ? &s->weights : &s->rest;
}

static void count_bytes(void *arg, const char *name, FieldKind kind,
                        void *slot)
{
  Counting *c = arg;
  if (kind == TT_GENERATOR)
    return;
  if (kind == TT_CHILD)
    begin_module(c, name, *(ChildModule *)slot);
  const Tensor *t = kind == TT_CHILD ? (*(ChildModule *)slot)->block
                                     : *(Tensor **)slot;
  if (!is_new(c, t->storage))
    return;
  ModelSize *s = &c->part[holder(c, name, kind)].size;
  s->live += (int64_t)t->storage->bytes;
  if (kind != TT_CHILD)
    *kind_of(s, name, kind) += tt_numel(t)
                               * (int64_t)tt_dtype_size(t->dtype);
}

ModelSize tt_model_size(void *model)
{
  TT_SCOPE;
  Counting c = counted(model);
  ModelSize all = {0};
  for (int i = 0; i < c.n; i++)
    add_size(&all, &c.part[i].size);
  return all;
}

int tt_module_sizes(void *model, int n, ModulePart *part)
{
  TT_SCOPE;
  Counting c = counted(model);
  int k = 0;
  for (int i = 0; i < c.n; i++) {
    const ModelSize *s = &c.part[i].size;
    if (s->weights + s->scales + s->rest == 0)
      continue;
    if (k < n)
      part[k] = c.part[i];
    k++;
  }
  return k;
}

static void print_size(FILE *f, const char *name, const char *type,
                       const ModelSize *s)
{
  fprintf(f, "%-24s %-14s %9lld %8lld %7lld %9lld\n", name, type,
          (long long)s->weights, (long long)s->scales,
          (long long)s->rest, (long long)s->live);
}

void tt_model_size_print(FILE *f, void *model)
{
  TT_SCOPE;
  Counting c = counted(model);
  ModelSize all = {0};
  fprintf(f, "%-24s %-14s %9s %8s %7s %9s\n", "module", "bytes of",
          "weights", "scales", "rest", "live");
  for (int i = 0; i < c.n; i++) {
    const ModelSize *s = &c.part[i].size;
    add_size(&all, s);
    if (s->weights + s->scales + s->rest > 0)
      print_size(f, c.part[i].name, c.part[i].type, s);
  }
  print_size(f, "all", "", &all);
}
