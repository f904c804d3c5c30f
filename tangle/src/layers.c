// Made from chapters/03-layers.nw by tools/tangle: edit there.
// Layers: modules that describe themselves by a table of fields, and
// the first of them: linear, sequential, activation, flatten, dropout.
#include "tt/layers.h"
#include "tt/locale.h"
#include "tt/operation.h"
#include "tt/storage.h"
#include "tt/todo.h"
#include <math.h>
#include <stdarg.h>
#include <string.h>
Tensor *tt_keep(Tensor *t)
{
  Scope *inner = tt_scope();
  if (t->scope == inner && inner->outer)
    tt_move(t, inner->outer);
  return t;
}

static void refuse_unfit(Tensor *x, Tensor *w, Tensor *b)
{
  tt_need_f32("tt_linear", x);
  tt_need_f32("tt_linear", w);
  if (x->rank < 1 || w->rank != 2)
    tt_fail(TT_ESHAPE, "tt_linear: input %s, weight %s; the input is"
            " (..,in), the weight (out,in)", TT_TEXT(tt_shape(x)),
            TT_TEXT(tt_shape(w)));
  int64_t in = x->shape[x->rank - 1];
  if (in != w->shape[1])
    tt_fail(TT_ESHAPE, "tt_linear: input %s, weight %s: the input's"
            " last size %lld is not the weight's %lld%s",
            TT_TEXT(tt_shape(x)), TT_TEXT(tt_shape(w)), (long long)in,
            (long long)w->shape[1], in == w->shape[0]
            ? "\n  did you mean tt_transpose(w, 0, 1)?" : "");
  if (!b)
    return;
  tt_need_f32("tt_linear", b);
  if (b->rank != 1 || b->shape[0] != w->shape[0])
    tt_fail(TT_ESHAPE, "tt_linear: weight %s, bias %s; the bias has one"
            " number for each of %lld outputs", TT_TEXT(tt_shape(w)),
            TT_TEXT(tt_shape(b)), (long long)w->shape[0]);
}

static void fill_rows(Tensor *y, const Tensor *b)
{
  int64_t n = b->shape[0], step = b->stride[0];
  const Real *from = b->data;
  Real *row = y->data, *end = row + tt_numel(y);
  for (; row < end; row += n)
    for (int64_t j = 0; j < n; j++)
      row[j] = from[j * step];
}

static void multiply_rows(int64_t m, Real *y, const Real *x,
                          int64_t x_row, int64_t x_col,
                          const Tensor *w, Real beta)
{
  Gemm g = { .batch = 1, .m = m, .alpha = 1, .beta = beta };
  g.n = w->shape[0], g.k = w->shape[1];
  g.a = x, g.a_row = x_row, g.a_col = x_col;
  g.b = w->data, g.b_row = w->stride[1], g.b_col = w->stride[0];
  g.c = y, g.c_row = g.n, g.c_col = 1;
  tt_backend->gemm(&g);
}

static void add_product(Tensor *y, const Tensor *x, const Tensor *w,
                        Real beta)
{
  int last = x->rank - 1;
  if (tt_is_contiguous(x)) {
    int64_t m = 1;
    for (int d = 0; d < last; d++)
      m *= x->shape[d];
    multiply_rows(m, y->data, x->data, x->shape[last], 1, w, beta);
    return;
  }
  Tensor to = *y, from = *x;           // without the last dimension
  to.rank = from.rank = last;
  Walk rows = tt_walk(tt_shape(&to), &to, &from, NULL, NULL);
  int run = rows.rank - 1;
  WalkRow r = {0};
  for (int64_t i = tt_rows(&rows, 1); i > 0; i--,
       tt_next_row(&rows, 1, &r))
    multiply_rows(rows.shape[run], (Real *)y->data + r.at[0],
                  (const Real *)x->data + r.at[1],
                  rows.stride[1][run], x->stride[last], w, beta);
}

Op tt_op_linear = { .name = "tt_linear" };

Tensor *tt_linear(Tensor *x, Tensor *w, Tensor *b)
{
  refuse_unfit(x, w, b);
  Shape s = tt_shape(x);
  s.dim[s.rank - 1] = w->shape[0];
  Tensor *y = tt_empty(TT_F32, s);
  if (b)
    fill_rows(y, b);
  if (tt_numel(y) > 0)
    add_product(y, x, w, b ? 1 : 0);
  return tt_record(&tt_op_linear, y, b ? 3 : 2, (Tensor *[]){x, w, b},
                   (Attr){0});
}

Tensor *tt_dropout(Tensor *x, double p, bool training, Generator *g)
{
  tt_need_f32("tt_dropout", x);
  if (!(p >= 0 && p <= 1))
    tt_fail(TT_EVALUE, "tt_dropout: p = %g; a probability is from 0 to"
            " 1", p);
  if (!training || p == 0)
    return x;
  TT_SCOPE;
  Tensor *mask = tt_rand(tt_shape(x), g);
  Real *m = mask->data;
  int64_t n = tt_numel(mask);
  Real scale = p < 1 ? (Real)(1 / (1 - p)) : 0;
  for (int64_t i = 0; i < n; i++)
    m[i] = (double)m[i] < p ? 0 : scale;
  return tt_keep(tt_mul(x, mask));
}

typedef struct Fans { double in, out; } Fans;

static Fans fans(const char *op, const Tensor *w)
{
  if (w->rank < 2)
    tt_fail(TT_ESHAPE, "%s: shape %s; a weight is (out,in) or"
            " (out,in,..)", op, TT_TEXT(tt_shape(w)));
  Fans f = {0};
  double window = 1;
  for (int d = 2; d < w->rank; d++)
    window *= (double)w->shape[d];
  f.in = (double)w->shape[1] * window;
  f.out = (double)w->shape[0] * window;
  return f;
}

static double kaiming(const char *op, const Tensor *w, double a)
{
  Fans f = fans(op, w);
  double sigma = 0;
  sigma = sqrt(2 / ((1 + a * a) * f.in));
  return sigma;
}

static double xavier(const char *op, const Tensor *w, double gain)
{
  Fans f = fans(op, w);
  if (!isfinite(gain))
    tt_fail(TT_EVALUE, "%s: gain %g is not finite; give a factor for a"
            " fan-in of %g and a fan-out of %g", op, gain, f.in, f.out);
  return gain * sqrt(2 / (f.in + f.out));
}

static double uniform(Generator *g)
{
  return (double)(tt_random(g) >> 40) * 0x1p-24;
}

static double normal(Generator *g)
{
  double u = (double)((tt_random(g) >> 11) + 1) * 0x1p-53;
  double v = (double)(tt_random(g) >> 11) * 0x1p-53;
  return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static void draw(const char *op, Tensor *t, double number(Generator *),
                 Generator *g, double scale, double shift)
{
  tt_need_f32(op, t);
  if (tt_numel(t) > 0 && !(isfinite(scale) && isfinite(shift)))
    tt_fail(TT_EVALUE, "%s: numbers of scale %g around %g are not"
            " finite; choose smaller ones", op, scale, shift);
  TT_SCOPE;
  tt_scope()->no_grad = true;
  tt_change(op, t, NULL);
  Walk w = tt_walk(tt_shape(t), t, NULL, NULL, NULL);
  int64_t n = w.shape[w.rank - 1], step = w.stride[0][w.rank - 1];
  WalkRow r = {0};
  for (int64_t i = tt_rows(&w, 1); i > 0; i--, tt_next_row(&w, 1, &r))
    for (int64_t j = 0; j < n; j++)
      ((Real *)t->data)[r.at[0] + j * step] =
        (Real)(shift + scale * number(g));
}

void tt_kaiming_uniform_(Tensor *w, double a, Generator *g)
{
  double c = sqrt(3) * kaiming("tt_kaiming_uniform_", w, a);
  draw("tt_kaiming_uniform_", w, uniform, g, 2 * c, -c);
}

void tt_kaiming_normal_(Tensor *w, double a, Generator *g)
{
  double sigma = kaiming("tt_kaiming_normal_", w, a);
  draw("tt_kaiming_normal_", w, normal, g, sigma, 0);
}

void tt_xavier_uniform_(Tensor *w, double gain, Generator *g)
{
  double c = sqrt(3) * xavier("tt_xavier_uniform_", w, gain);
  draw("tt_xavier_uniform_", w, uniform, g, 2 * c, -c);
}

void tt_xavier_normal_(Tensor *w, double gain, Generator *g)
{
  double sigma = xavier("tt_xavier_normal_", w, gain);
  draw("tt_xavier_normal_", w, normal, g, sigma, 0);
}

void tt_uniform_(Tensor *t, double low, double high, Generator *g)
{
  if (!(low <= high))
    tt_fail(TT_EVALUE, "tt_uniform_: from %g to %g; the first must not"
            " be larger", low, high);
  draw("tt_uniform_", t, uniform, g, high - low, low);
}

void tt_normal_(Tensor *t, double mean, double std, Generator *g)
{
  if (!(std >= 0))
    tt_fail(TT_EVALUE, "tt_normal_: a standard deviation of %g; it is"
            " 0 or more", std);
  draw("tt_normal_", t, normal, g, std, mean);
}

static void need_module(const char *op, const Module *m)
{
  if (!m)
    tt_fail(TT_EVALUE, "%s: NULL is no module", op);
  tt_alive(op, m->block);
}

void *tt_module_new_with(const ModuleType *type, size_t extra)
{
  int64_t bytes = (int64_t)(type->size + extra);
  Tensor *block = tt_empty(TT_U8, TT_SHAPE(bytes));
  Module *m = memset(block->data, 0, (size_t)bytes);
  block->name = type->name;
  *m = (Module){ .type = type, .training = true, .block = block };
  return m;
}

void *tt_module_new(const ModuleType *type)
{
  return tt_module_new_with(type, 0);
}

Tensor *tt_parameter(const char *name, Shape s)
{
  Tensor *t = tt_empty(TT_F32, s);
  t->name = name;
  t->requires_grad = true;
  return t;
}

typedef struct Level {             // of the way down
  const Module *m;
  const struct Level *above;
} Level;

typedef struct Walker {
  ModuleVisitor *see;
  void    *arg;
  const Level *level;              // where the walk is
  char     name[TT_NAME];
} Walker;

static char *append(Walker *w, char *end, const char *text)
{
  size_t room = (size_t)(w->name + sizeof w->name - end);
  const char *dot = end > w->name && *text ? "." : "";
  int n = snprintf(end, room, "%s%s", dot, text);
  if ((size_t)n >= room)
    tt_fail(TT_EVALUE, "tt_module_walk: the name %s... is too long; it"
            " has at most %d characters, so nest less deeply or give"
            " shorter names", w->name, TT_NAME - 1);
  return end + n;
}

static void refuse_circle(const Walker *w, const Module *m)
{
  for (const Level *l = w->level; l; l = l->above)
    if (l->m == m)
      tt_fail(TT_EVALUE, "tt_module_walk: %s is a %s that contains"
              " itself; a module may be in several places, but not"
              " inside itself", w->name, m->type->name);
}

static void visit(Walker *w, FieldKind kind, void *slot, char *end);
static void walk(Walker *w, Module *m, char *end)
{
  refuse_circle(w, m);
  Level here = { m, w->level };
  w->level = &here;
  for (const ModuleField *f = m->type->fields; f->kind; f++) {
    char *at = (char *)m + f->offset;
    char *stop = append(w, end, f->name);
    char number[12];
    if (f->kind == TT_GENERATOR)
      w->see(w->arg, w->name, f->kind, at);
    else if (f->kind != TT_CHILDREN)
      visit(w, f->kind, at, stop);
    else
      for (int i = 0; i < *(int *)((char *)m + f->count); i++) {
        snprintf(number, sizeof number, "%d", i);
        visit(w, TT_CHILD, *(Module ***)at + i,
              append(w, stop, number));
      }
  }
  w->level = here.above;
}

static void visit(Walker *w, FieldKind kind, void *slot, char *end)
{
  ChildModule *child = slot;
  Tensor **tensor = slot;
  if (kind == TT_CHILD && *child) {
    need_module("tt_module_walk", *child);
    w->see(w->arg, w->name, kind, slot);
    walk(w, *child, end);
  } else if (kind != TT_CHILD && *tensor) {
    tt_alive("tt_module_walk", *tensor);
    w->see(w->arg, w->name, kind, slot);
  }
}

void tt_module_walk(void *m, ModuleVisitor *see, void *arg)
{
  need_module("tt_module_walk", m);
  Walker w = { .see = see, .arg = arg };
  Module *root = m;
  visit(&w, TT_CHILD, &root, w.name);
}

static void set_training(void *arg, const char *name, FieldKind kind,
                         void *slot)
{
  (void)name;
  if (kind == TT_CHILD)
    (*(ChildModule *)slot)->training = *(bool *)arg;
}

void tt_module_train(void *m)
{
  tt_module_walk(m, set_training, &(bool){true});
}

void tt_module_eval(void *m)
{
  tt_module_walk(m, set_training, &(bool){false});
}

typedef struct Collector {
  StateDict list;
  bool      state;                 // buffers too, and each name
} Collector;

static void collect(void *arg, const char *name, FieldKind kind,
                    void *slot)
{
  Collector *c = arg;
  if (kind != TT_PARAM && (kind != TT_BUFFER || !c->state))
    return;
  StateDict *list = &c->list;
  if (list->entry) {
    for (int i = 0; !c->state && i < list->n; i++)
      if (*list->entry[i].slot == *(Tensor **)slot)
        return;
    StateEntry *e = &list->entry[list->n];
    memcpy(e->name, name, strlen(name) + 1);
    e->kind = kind;
    e->slot = slot;
  }
  list->n++;
}

static StateDict collected(void *m, bool state)
{
  Collector c = { .state = state };
  tt_module_walk(m, collect, &c);
  int64_t bytes = (int64_t)sizeof(StateEntry) * c.list.n;
  c.list.n = 0;
  c.list.entry = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  tt_module_walk(m, collect, &c);
  return c.list;
}

StateDict tt_module_parameters(void *m) { return collected(m, false); }
StateDict tt_module_state_dict(void *m) { return collected(m, true); }
void tt_check_state_dict(const char *function, StateDict d)
{
  for (int i = 0; i < d.n; i++) {
    const StateEntry *e = d.entry ? &d.entry[i] : NULL;
    if (!e || !e->slot || !*e->slot)
      tt_fail(TT_EVALUE, "%s: entry %d of %d%s%s is NULL", function, i,
              d.n, e ? ", " : "", e ? e->name : "");
    tt_alive(function, *e->slot);
  }
}

int64_t tt_module_count(void *m)
{
  TT_SCOPE;
  StateDict list = tt_module_parameters(m);
  int64_t n = 0;
  for (int i = 0; i < list.n; i++)
    n += tt_numel(*list.entry[i].slot);
  return n;
}

typedef struct Journey { Scope *from, *to; } Journey;

static void move(void *arg, const char *name, FieldKind kind,
                 void *slot)
{
  (void)name;
  if (kind == TT_GENERATOR)
    return;                        // it goes with its block
  Journey *j = arg;
  Tensor *t = kind == TT_CHILD ? (*(ChildModule *)slot)->block
                               : *(Tensor **)slot;
  if (!j->from || t->scope == j->from)
    tt_move(t, j->to);
}

void *tt_module_keep(void *m)
{
  Scope *inner = tt_scope();
  if (inner->outer)
    tt_module_walk(m, move, &(Journey){ inner, inner->outer });
  return m;
}

void tt_module_free(void *m)
{
  TT_SCOPE;
  tt_module_walk(m, move, &(Journey){ NULL, tt_scope() });
}

enum { LISTED = 400 };

static Tensor *find(StateDict list, const char *name)
{
  for (int i = 0; i < list.n; i++)
    if (strcmp(list.entry[i].name, name) == 0)
      return *list.entry[i].slot;
  return NULL;
}

static bool same_shape(const Tensor *a, const Tensor *b)
{
  bool same = a->rank == b->rank;
  for (int d = 0; same && d < a->rank; d++)
    same = a->shape[d] == b->shape[d];
  return same;
}

__attribute__((format(printf, 2, 3)))
static void add_to(char *text, const char *format, ...)
{
  size_t used = strlen(text), room = LISTED - 8 - used;
  if (used > 3 && strcmp(text + used - 3, "...") == 0)
    return;
  va_list args;
  va_start(args, format);
  int n = vsnprintf(text + used, room, format, args);
  va_end(args);
  if ((size_t)n >= room)
    strcpy(text + used, "\n  ...");
}

static void compare(StateDict own, StateDict from, char *text)
{
  for (int i = 0; i < own.n; i++)
    if (!find(from, own.entry[i].name))
      add_to(text, "\n  missing: %s", own.entry[i].name);
  for (int i = 0; i < from.n; i++)
    if (!find(own, from.entry[i].name))
      add_to(text, "\n  unexpected: %s", from.entry[i].name);
  for (int i = 0; i < own.n; i++) {
    Tensor *to = *own.entry[i].slot;
    Tensor *t = find(from, own.entry[i].name);
    if (t && !same_shape(to, t))
      add_to(text, "\n  %s: %s given, %s needed", own.entry[i].name,
             TT_TEXT(tt_shape(t)), TT_TEXT(tt_shape(to)));
  }
}

void tt_module_load_state_dict(void *m, StateDict from)
{
  TT_SCOPE;
  StateDict own = tt_module_state_dict(m);
  char text[LISTED] = "";
  compare(own, from, text);
  if (text[0])
    tt_fail(TT_EVALUE, "tt_module_load_state_dict: %s:%s",
            ((Module *)m)->type->name, text);
  tt_scope()->no_grad = true;      // not recorded: see Autograd
  for (int i = 0; i < own.n; i++)
    tt_copy_(*own.entry[i].slot, find(from, own.entry[i].name));
}

typedef struct Listing { FILE *f; int depth; } Listing;

static void close_to(Listing *l, int depth)
{
  if (l->depth >= depth)
    fputs(")\n", l->f);
  for (int d = l->depth - 1; d >= depth; d--)
    fprintf(l->f, "%*s)\n", 2 * d, "");
  if (l->depth < depth && depth > 0)
    fputs("\n", l->f);
}

static void list(void *arg, const char *name, FieldKind kind,
                 void *slot)
{
  if (kind != TT_CHILD)
    return;
  Listing *l = arg;
  Module *m = *(ChildModule *)slot;
  int depth = *name != 0;
  const char *last = name;
  for (const char *c = name; *c; c++)
    if (*c == '.')
      depth++, last = c + 1;
  close_to(l, depth);
  fprintf(l->f, *name ? "%*s(%s): " : "%*s%s", 2 * depth, "", last);
  fprintf(l->f, "%s(", m->type->name);
  if (m->type->describe)
    m->type->describe(m, l->f);
  l->depth = depth;
}

void tt_module_fprint(FILE *f, void *m)
{
  Listing l = { f, -1 };
  tt_module_walk(m, list, &l);
  close_to(&l, 0);
}

void tt_module_print(void *m)
{
  tt_module_fprint(stdout, m);
}

static void refuse_endless(const Module *m)
{
  int depth = 0;
  for (const Scope *s = tt_scope(); s; s = s->outer)
    depth++;
  if (depth > 1000)
    tt_fail(TT_EVALUE, "tt_forward: %s is applied inside %d scopes; a"
            " module may be in several places, but not inside itself",
            m->type->name, depth);
}

Tensor *tt_forward(void *m, Tensor *x)
{
  Module *module = m;
  need_module("tt_forward", module);
  if (!module->type->forward)
    tt_fail(TT_EVALUE, "tt_forward: %s has no forward function",
            module->type->name);
  refuse_endless(module);
  TT_SCOPE;
  tt_span(TT_SPAN_MODULE, module);
  Tensor *y = module->type->forward(module, x);
  if (!y)
    tt_fail(TT_EVALUE, "tt_forward: the forward function of %s gives"
            " NULL", module->type->name);
  return tt_keep(y);
}

static Tensor *linear_forward(Module *m, Tensor *x)
{
  Linear *l = (Linear *)m;
  return tt_linear(x, l->weight, l->bias);
}

static void linear_describe(Module *m, FILE *f)
{
  Linear *l = (Linear *)m;
  fprintf(f, "in_features=%lld, out_features=%lld, bias=%s",
          (long long)l->weight->shape[1],
          (long long)l->weight->shape[0], l->bias ? "True" : "False");
}

static const ModuleField linear_fields[] = {
  TT_PARAM(Linear, weight), TT_PARAM(Linear, bias), {0}
};
const ModuleType tt_linear_type = {
  "Linear", sizeof(Linear), linear_fields, linear_forward,
  linear_describe
};
static Linear *make_linear(const char *op, int64_t in, int64_t out,
                           bool bias, Generator *g)
{
  if (in < 1 || out < 1)
    tt_fail(TT_EVALUE, "%s: %lld inputs, %lld outputs; a layer has 1 or"
            " more of both", op, (long long)in, (long long)out);
  double bound = 1 / sqrt((double)in);
  Linear *l = tt_module_new(&tt_linear_type);
  l->weight = tt_parameter("weight", TT_SHAPE(out, in));
  tt_uniform_(l->weight, -bound, bound, g);
  if (bias) {
    l->bias = tt_parameter("bias", TT_SHAPE(out));
    tt_uniform_(l->bias, -bound, bound, g);
  }
  return l;
}

Linear *tt_linear_new(int64_t in, int64_t out, Generator *g)
{
  return make_linear("tt_linear_new", in, out, true, g);
}

Linear *tt_linear_new_no_bias(int64_t in, int64_t out, Generator *g)
{
  return make_linear("tt_linear_new_no_bias", in, out, false, g);
}

static Tensor *sequential_forward(Module *m, Tensor *x)
{
  Sequential *s = (Sequential *)m;
  for (int i = 0; i < s->n; i++) {
    Tensor *y = tt_forward(s->layer[i], x);
    if (y != x && x->scope == tt_scope())
      tt_release(x);
    x = y;
  }
  return x;
}

static const ModuleField sequential_fields[] = {
  { "", TT_CHILDREN, offsetof(Sequential, layer),
    offsetof(Sequential, n) }, {0}
};
const ModuleType tt_sequential_type = {
  "Sequential", sizeof(Sequential), sequential_fields,
  sequential_forward, NULL
};
Sequential *tt_sequential_new(int n, void *const m[])
{
  if (n < 0)
    tt_fail(TT_EVALUE, "tt_sequential_new: %d layers", n);
  size_t array = (size_t)n * sizeof(Module *);
  Sequential *s = tt_module_new_with(&tt_sequential_type, array);
  s->n = n;
  s->layer = (Module **)(s + 1);
  for (int i = 0; i < n; i++) {
    need_module("tt_sequential_new", m[i]);
    s->layer[i] = m[i];
  }
  return s;
}

static const ModuleField no_fields[] = { {0} };

static Tensor *activation_forward(Module *m, Tensor *x)
{
  return ((Activation *)m)->f(x);
}

static void activation_describe(Module *m, FILE *f)
{
  fputs(((Activation *)m)->name, f);
}

const ModuleType tt_activation_type = {
  "Activation", sizeof(Activation), no_fields, activation_forward,
  activation_describe
};

Module *tt_activation_new_named(ActivationFunction *f, const char *name)
{
  Activation *a = tt_module_new(&tt_activation_type);
  a->f = f;
  a->name = name;
  return &a->base;
}

static Tensor *flatten_forward(Module *m, Tensor *x)
{
  (void)m;
  if (x->rank < 2)
    tt_fail(TT_ESHAPE, "Flatten: input %s; the first of 2 or more"
            " dimensions stays", TT_TEXT(tt_shape(x)));
  int64_t row = 1;
  for (int d = 1; d < x->rank; d++)
    row *= x->shape[d];
  return tt_reshape(x, TT_SHAPE(x->shape[0], row));
}

static void flatten_describe(Module *m, FILE *f)
{
  (void)m;
  fputs("start_dim=1, end_dim=-1", f);
}

const ModuleType tt_flatten_type = {
  "Flatten", sizeof(Flatten), no_fields, flatten_forward,
  flatten_describe
};

Flatten *tt_flatten_new(void)
{
  return tt_module_new(&tt_flatten_type);
}

static Tensor *dropout_forward(Module *m, Tensor *x)
{
  Dropout *d = (Dropout *)m;
  return tt_dropout(x, d->p, m->training, &d->random);
}

static void dropout_describe(Module *m, FILE *f)
{
  TT_C_LOCALE;
  fprintf(f, "p=%g, inplace=False", ((Dropout *)m)->p);
}

static const ModuleField dropout_fields[] = {
  TT_GENERATOR(Dropout, random), {0}
};
const ModuleType tt_dropout_type = {
  "Dropout", sizeof(Dropout), dropout_fields, dropout_forward,
  dropout_describe
};

Dropout *tt_dropout_new(double p, Generator *g)
{
  if (!(p >= 0 && p <= 1))
    tt_fail(TT_EVALUE, "tt_dropout_new: p = %g; a probability is from 0"
            " to 1", p);
  Dropout *d = tt_module_new(&tt_dropout_type);
  d->p = p;
  tt_manual_seed(&d->random, tt_random(g));
  return d;
}
