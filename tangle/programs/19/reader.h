// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// A model that its reader wrote.
#ifndef READER_H
#define READER_H
#include "tt/tt.h"

typedef struct WideAndDeep {
  Module  base;
  Linear *wide, *deep, *deeper;
} WideAndDeep;

static Tensor *wide_and_deep(Module *base, Tensor *x)
{
  WideAndDeep *m = (WideAndDeep *)base;
  Tensor *h = tt_relu(tt_forward(m->deep, x));
  return tt_add(tt_forward(m->wide, x), tt_forward(m->deeper, h));
}

static const ModuleField wide_and_deep_fields[] = {
  TT_CHILD(WideAndDeep, wide), TT_CHILD(WideAndDeep, deep),
  TT_CHILD(WideAndDeep, deeper), {0}
};
static const ModuleType wide_and_deep_type = {
  "WideAndDeep", sizeof(WideAndDeep), wide_and_deep_fields,
  wide_and_deep, NULL
};

static inline Module *readers_model(Generator *g)
{
  WideAndDeep *m = tt_module_new(&wide_and_deep_type);
  m->wide = tt_linear_new(64, 10, g);
  m->deep = tt_linear_new(64, 128, g);
  m->deeper = tt_linear_new(128, 10, g);
  return &m->base;
}
#endif
