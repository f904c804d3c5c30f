// Made from chapters/05-autograd.nw by tools/tangle: edit there.
// Autograd: the tape, the way back along it, gradients checked against
// differences, and a picture of what was recorded.
#include "tt/autograd.h"
#include "tt/gradient.h"
#include "tt/locale.h"
#include "tt/module.h"
#include "tt/storage.h"
#include "tt/todo.h"
#include <string.h>
#include <tgmath.h>

typedef struct Block {
  struct Block *before;
  Tensor *memory;                  // whose bytes this block is
  size_t  used, size;
  _Alignas(16) char bytes[];
} Block;

static _Thread_local struct {
  Block    *block;                 // the last one
  TapeNode *top;
  int64_t   length;
  Scope     scope;                 // owns the blocks
  Tensor   *pass;                  // not NULL: tt_backward runs
  StepHook *after_step;            // sleeps until chapter 18
} tape;
static void add_block(size_t bytes)
{
  size_t size = bytes > 1 << 16 ? bytes : 1 << 16;
  Shape s = TT_SHAPE((int64_t)(sizeof(Block) + size));
  Tensor *memory = tt_empty(TT_U8, s);
  tt_move(memory, &tape.scope);
  Block *b = memory->data;
  *b = (Block){ .before = tape.block, .memory = memory, .size = size };
  tape.block = b;
}

static TapeNode *push(int n)
{
  size_t bytes = sizeof(TapeNode)
               + (size_t)(n + 1) * sizeof(SavedTensor);
  Block *b = tape.block;
  if (!b || b->size - b->used < bytes) {
    add_block(bytes);
    b = tape.block;
  }
  TapeNode *k = (TapeNode *)(void *)(b->bytes + b->used);
  b->used += bytes;
  *k = (TapeNode){ .below = tape.top, .alive = true, .n = n };
  tape.top = k;
  tape.length++;
  return k;
}

int64_t tt_tape_length(void) { return tape.length; }

int64_t tt_tape_bytes(void)
{
  int64_t bytes = 0;
  for (const Block *b = tape.block; b; b = b->before)
    bytes += (int64_t)b->used;
  return bytes;
}

static void drop_saved(TapeNode *k)
{
  for (int i = 0; i <= k->n; i++) {
    tt_drop_storage(k->saved[i].t.storage);
    k->saved[i].t.storage = NULL;
  }
}

static void pop(void)
{
  TapeNode *k = tape.top;
  Block *b = tape.block;
  drop_saved(k);
  tape.top = k->below;
  tape.length--;
  b->used = (size_t)((char *)k - b->bytes);
  if (b->used == 0 && b->before) { // the first block stays
    tape.block = b->before;
    tt_release(b->memory);
  }
}

static void free_tape(void)
{
  while (tape.top)
    pop();
  if (tape.block)
    tt_release(tape.block->memory);
  tape.block = NULL;
}

static void forget_leaf(const Tensor *t)
{
  for (TapeNode *k = tape.top; k; k = k->below)
    for (int i = 1; i <= k->n; i++)
      if (k->saved[i].leaf == t)
        k->saved[i].leaf = NULL;
}

static void begin_pass(void)
{
  Tensor *t = tt_handle();
  t->name = "tt_backward";
  t->requires_grad = true;         // so forget() hears of its end
  tape.pass = t;
}

static void end_pass(void)
{
  tape.pass->requires_grad = false;
  tape.pass = NULL;
}

static void abandon_pass(void)
{
  for (TapeNode *k = tape.top; k; k = k->below)
    k->grad = NULL;
  tape.pass = NULL;
}

static void forget(Tensor *t)
{
  if (!t)
    free_tape();
  else if (t == tape.pass)
    abandon_pass();
  else if (!t->node)
    forget_leaf(t);
  else {
    t->node->alive = false;
    while (tape.top && !tape.top->alive)
      pop();
  }
}

static void check_unchanged(const Op *op, const Tensor *x)
{
  if (x->node && x->node->saved[0].t.scope != &tape.scope)
    tt_fail(TT_EVALUE, "%s: the result of %s, shape %s, is on the tape"
            " of another thread; tt_detach it there first", op->name,
            x->node->op->name, TT_TEXT(tt_shape(x)));
  if (x->node && x->node->saved[0].version != x->storage->version)
    tt_fail(TT_EVALUE, "%s: the result of %s, shape %s,\n"
            "  was changed in place after it was recorded, and its\n"
            "  gradient is that of the old numbers; change a tt_clone\n"
            "  of it, or compute it anew", op->name, x->node->op->name,
            TT_TEXT(tt_shape(x)));
}

static void remember(SavedTensor *e, Tensor *t, bool save)
{
  e->t = *t;
  e->t.scope = &tape.scope;        // no scope of the program owns it
  e->leaf = t->requires_grad && !t->node ? t : NULL;
  e->version = t->storage->version;
  if (save) {
    t->storage->count++;
  } else {
    e->t.storage = NULL;
    e->t.data = NULL;
  }
}

static Tensor *record(Op *op, Tensor *y, int n, Tensor *const x[],
                      const Attr *attr)
{
  if (!op->backward || y->scope->no_grad)
    return y;
  bool wanted = false;
  for (int i = 0; i < n; i++)
    wanted = wanted || x[i]->requires_grad;
  if (!wanted)
    return y;
  for (int i = 0; i < n; i++)
    check_unchanged(op, x[i]);
  if (y->node)                     // recorded already, by a part
    y->node->alive = false;
  TapeNode *k = push(n);
  k->op = op;
  k->attr = *attr;
  y->requires_grad = true;
  y->node = k;
  unsigned saves = op->saves;
  if (saves & TT_SAVES_FACTORS) {
    saves |= x[1]->requires_grad ? TT_SAVES(1) : 0;
    saves |= x[0]->requires_grad ? TT_SAVES(2) : 0;
  }
  remember(&k->saved[0], y, saves & TT_SAVES_RESULT);
  for (int i = 1; i <= n; i++)
    remember(&k->saved[i], x[i - 1], i < 31 && saves >> i & 1);
  return y;
}

static bool is_view_of_leaf(const Tensor *t)
{
  for (const TapeNode *k = t->node; k; k = k->saved[1].t.node)
    if (k->saved[1].leaf)
      return k->saved[1].leaf->storage == t->storage;
  return false;
}

static void guard(const char *op, const Tensor *t, const Tensor *from)
{
  if (tt_scope()->no_grad)
    return;
  bool view = is_view_of_leaf(t);
  if (t->requires_grad && (!t->node || view))
    tt_fail(TT_EVALUE, "%s: shape %s is a %sleaf that requires a"
            " gradient, and a change in place is not recorded; change"
            " it inside TT_NO_GRAD, or a tt_detach or tt_clone of it",
            op, TT_TEXT(tt_shape(t)), view ? "view of a " : "");
  if (from && from->requires_grad)
    tt_fail(TT_EVALUE, "%s: the source, shape %s, requires a gradient,"
            " which a copy in place does not hand back; copy a"
            " tt_detach of it, or inside TT_NO_GRAD", op,
            TT_TEXT(tt_shape(from)));
}

void tt_autograd_enable(void)
{
  for (const GradientRule *r = tt_rules; r->op; r++) {
    tt_op_backward(r->op, r->backward, r->saves);
    memcpy(r->op->gradient, r->gradient, sizeof r->gradient);
  }
  tt_recorder = record;
  tt_forgetter = forget;
  tt_guard = guard;
}

void tt_op_backward(Op *op, void (*rule)(TapeNode *), unsigned saves)
{
  op->backward = rule;
  op->saves = saves;
}

void tt_on_step_back(StepHook *f)
{
  tape.after_step = f;
}

static _Noreturn void nothing_recorded(const Tensor *y)
{
  const char *what = y->name ? y->name : "an operation";
  if (tt_guard != guard)
    tt_fail(TT_EVALUE, "tt_backward: nothing was recorded for the"
            " result of %s; call tt_autograd_enable() at the start of"
            " the program", what);
  if (y->scope->no_grad)
    tt_fail(TT_EVALUE, "tt_backward: the result of %s was computed"
            " inside TT_NO_GRAD, where nothing is recorded; compute it"
            " outside", what);
  tt_fail(TT_EVALUE, "tt_backward: the result of %s, shape %s, does not"
          " depend on any tensor that requires a gradient; mark the"
          " parameters with tt_requires_grad_(t, true) before they are"
          " used", what, TT_TEXT(tt_shape(y)));
}

void tt_no_grad_open(Scope *s)
{
  tt_scope_open(s);
  s->no_grad = true;
}

Tensor *tt_detach(Tensor *x)
{
  return tt_alias(x);
}

Tensor *tt_requires_grad_(Tensor *t, bool on)
{
  if (t->dtype != TT_F32)
    tt_fail(TT_EDTYPE, "tt_requires_grad_: a tensor of %s; only numbers"
            " that can change a little have gradients; convert it with"
            " tt_to(t, TT_F32)", tt_dtype_name(t->dtype));
  if (t->node)
    tt_fail(TT_EVALUE, "tt_requires_grad_: the result of %s, shape %s,"
            " is no leaf: its gradient goes on to what it was computed"
            " from; tt_detach it first", t->node->op->name,
            TT_TEXT(tt_shape(t)));
  if (t->requires_grad && !on)
    forget_leaf(t);
  t->requires_grad = on;
  return t;
}

static void need_own(const char *op, const Tensor *leaf)
{
  const Scope *s = tt_scope();
  while (s && s != leaf->scope)
    s = s->outer;
  if (!s)
    tt_fail(TT_EVALUE, "%s: %s, shape %s, is a leaf of another thread;"
            " its gradient would go into a scope of that thread. Give"
            " each thread a tt_clone of its own, and add up what they"
            " find", op, leaf->name ? leaf->name : "a tensor",
            TT_TEXT(tt_shape(leaf)));
}

void tt_zero_grad(Tensor *t)
{
  if (t->grad) {
    need_own("tt_zero_grad", t);
    tt_release(t->grad);
  }
  t->grad = NULL;
}

void tt_module_zero_grad(void *m)
{
  TT_SCOPE;
  StateDict all = tt_module_parameters(m);
  for (int i = 0; i < all.n; i++)
    tt_zero_grad(*all.entry[i].slot);
}

bool tt_node_wants(const TapeNode *k, int i)
{
  const SavedTensor *e = &k->saved[i];
  return e->t.requires_grad && (e->t.node || e->leaf);
}

Shape tt_node_shape(const TapeNode *k, int i)
{
  return tt_shape(&k->saved[i].t);
}

Tensor *tt_node_saved(TapeNode *k, int i)
{
  if (!k->saved[i].t.storage)
    tt_fail(TT_EVALUE, "tt_node_saved: the rule of %s asks for %d,"
            " which was not saved; name it in the saves of its Op, and"
            " read a factor only if tt_node_wants says that the other"
            " one wants a gradient", k->op->name, i);
  return &k->saved[i].t;
}

void tt_elementwise_backward(TapeNode *k)
{
  Tensor *x[TT_OPERANDS];
  int n = 0;
  for (int i = 0; i <= k->n; i++)
    if (k->op->saves >> i & 1)
      x[n++] = tt_node_saved(k, i);
  x[n++] = k->grad;
  for (int i = 1; i <= k->n; i++)
    if (k->op->gradient[i - 1] && tt_node_wants(k, i))
      tt_accumulate(k, i, tt_map(k->op->gradient[i - 1], n, x,
                                 k->attr.r[0], k->attr.r[1]));
}

static Tensor *sum_to(Tensor *g, const Tensor *x)
{
  while (g->rank > x->rank)
    g = tt_sum(g, 0, false);
  for (int d = 0; d < x->rank; d++)
    if (g->shape[d] != x->shape[d])
      g = tt_sum(g, d, true);
  return g;
}

static bool is_own(const Tensor *g)
{
  return g->storage->count == 1 && tt_is_contiguous(g);
}

static Tensor *owned(Tensor *g, Scope *home, bool leaf)
{
  if (leaf && !is_own(g))
    g = tt_clone(g);
  else if (g->scope != tt_scope())
    g = tt_alias(g);
  tt_move(g, home);
  return g;
}

static void add_to(Tensor **slot, Tensor *g)
{
  Tensor *old = *slot, *sum;
  extern Op tt_op_add;             // in another file, of chapter 1
  if (is_own(old)) {               // no other handle sees it change
    Walk w = tt_walk(tt_shape(old), old, old, g, NULL);
    tt_backend->map(&tt_op_add, &w, &(Operands){
      .y = old->data, .x = { old->data, g->data } });
    return;
  }
  sum = tt_add(old, g);
  tt_move(sum, old->scope);
  tt_release(old);
  *slot = sum;
}

static bool same_shape(const Tensor *a, const Tensor *b)
{
  bool same = a->rank == b->rank;
  for (int d = 0; same && d < a->rank; d++)
    same = a->shape[d] == b->shape[d];
  return same;
}

static void check_gradient(const TapeNode *k, int i, const Tensor *g,
                           const Tensor *sum)
{
  const Tensor *x = &k->saved[i].t;
  if (!same_shape(sum, x))
    tt_fail(TT_ESHAPE, "tt_accumulate: the rule of %s gives %s for"
            " operand %d, which has shape %s; summed over what was"
            " stretched (sum_to), it is %s", k->op->name,
            TT_TEXT(tt_shape(g)), i, TT_TEXT(tt_shape(x)),
            TT_TEXT(tt_shape(sum)));
}

static void add_gradient(SavedTensor *e, Tensor *g)
{
  TapeNode *from = e->t.node;
  if (!from)
    need_own("tt_backward", e->leaf);
  Tensor **slot = from ? &from->grad : &e->leaf->grad;
  if (*slot)
    add_to(slot, g);
  else
    *slot = owned(g, from ? tape.pass->scope : e->leaf->scope,
                  !from);
}

void tt_accumulate(TapeNode *k, int i, Tensor *g)
{
  SavedTensor *e = &k->saved[i];
  if (!tt_node_wants(k, i))
    return;
  if (!same_shape(g, &e->t)) {
    Tensor *sum = sum_to(g, &e->t);
    check_gradient(k, i, g, sum);
    g = sum;
  }
  add_gradient(e, g);
}

static void check_saved(const TapeNode *k)
{
  if (k->spent)
    tt_fail(TT_EVALUE, "tt_backward: the graph through %s, shape %s,\n"
            "  was used before, and what it had saved is gone;\n"
            "  compute the loss anew, or add up the losses and go back"
            " once",
            k->op->name, TT_TEXT(tt_node_shape(k, 0)));
  for (int i = 0; i <= k->n; i++) {
    const SavedTensor *e = &k->saved[i];
    if (e->t.storage && e->t.storage->version != e->version)
      tt_fail(TT_EVALUE, "tt_backward: %s of %s, shape %s,\n"
              "  was changed in place after it was saved; change it\n"
              "  after tt_backward, or change a tt_clone of it",
              i ? "an operand" : "the result", k->op->name,
              TT_TEXT(tt_shape(&e->t)));
  }
}

static void step_back(TapeNode *k)
{
  check_saved(k);
  TT_SCOPE;
  tt_span(TT_SPAN_BACKWARD, k);
  k->op->backward(k);
  tt_release(k->grad);
  k->grad = NULL;
  k->spent = true;
  drop_saved(k);
  if (tape.after_step)
    tape.after_step(k);
}

void tt_backward_with(Tensor *y, Tensor *gradient)
{
  if (tape.pass)
    tt_fail(TT_EVALUE, "tt_backward: called while another one runs, by"
            " the rule of an operation; rules compute with tt_ functions"
            " and deliver with tt_accumulate");
  if (!y->requires_grad)
    nothing_recorded(y);
  tt_need_f32("tt_backward", gradient);
  if (!same_shape(gradient, y))
    tt_fail(TT_ESHAPE, "tt_backward: a gradient %s for the result of %s,"
            " which is %s; both must have the same shape",
            TT_TEXT(tt_shape(gradient)), y->name ? y->name : "a leaf",
            TT_TEXT(tt_shape(y)));
  TT_NO_GRAD;
  SavedTensor start;
  remember(&start, y, false);
  begin_pass();
  add_gradient(&start, gradient);
  for (TapeNode *k = y->node; k; k = k->below)
    if (k->grad)
      step_back(k);
  end_pass();
}

void tt_backward(Tensor *y)
{
  if (tt_numel(y) != 1)
    tt_fail(TT_ESHAPE, "tt_backward: shape %s has %lld elements, and"
            " each has a gradient of its own; tt_sum or tt_mean them"
            " first, or call tt_backward_with",
            TT_TEXT(tt_shape(y)), (long long)tt_numel(y));
  TT_SCOPE;
  tt_backward_with(y, tt_ones(tt_shape(y)));
}

typedef struct Checked {
  GradFunction *f;
  void    *arg;
  int      n;                      // leaves
  Tensor *const *x;
  Tensor  *weight;                 // of each element of the result
  Real    *at, old;                // what is nudged, and what it was
  GradCheck worst;
} Checked;

static double value(const Checked *c)
{
  TT_NO_GRAD;
  const Real *y = tt_contiguous(c->f(c->arg))->data;
  const Real *w = c->weight->data;
  double sum = 0;
  for (int64_t i = 0, n = tt_numel(c->weight); i < n; i++)
    sum += (double)y[i] * (double)w[i];
  return sum;
}

static double central(Checked *c, Real *x)
{
  const Real old = c->old = *x;
  c->at = x;                       // put back, even if f fails
  Real eps = sizeof old == 4 ? (Real)0x1p-23 : (Real)0x1p-52;
  Real h = cbrt(eps) * (fabs(old) > 1 ? fabs(old) : 1);
  volatile Real right = old + h, left = old - h;
  *x = right;
  double above = value(c);
  *x = left;
  double below = value(c);
  *x = old, c->at = NULL;
  return (above - below) / (double)(right - left);
}

static void need_leaf(const Tensor *x, int i)
{
  if (!x->requires_grad || x->node || !tt_is_contiguous(x))
    tt_fail(TT_EVALUE, "tt_gradcheck: tensor %d, shape %s, is no"
            " contiguous leaf that requires a gradient; make it one,"
            " and compute views of it inside the function", i,
            TT_TEXT(tt_shape(x)));
}

static void compare(Checked *c, int i)
{
  const Tensor *x = c->x[i];
  const Real *g = x->grad ? x->grad->data : NULL;
  for (int64_t e = 0, n = tt_numel(x); e < n; e++) {
    double analytical = g ? (double)g[e] : 0;
    double numerical = central(c, (Real *)x->data + e);
    double size = fmax(1, fmax(fabs(analytical), fabs(numerical)));
    double error = fabs(analytical - numerical) / size;
    if (!(error <= c->worst.error) && !isnan(c->worst.error))
      c->worst = (GradCheck){ error, i, e, analytical, numerical };
  }
}

static void check(void *arg)
{
  Checked *c = arg;
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 1);
  Tensor *y = c->f(c->arg);
  c->weight = tt_add_scalar(tt_rand(tt_shape(y), &g), (Real)0.5);
  tt_backward_with(y, c->weight);
  for (int i = 0; i < c->n; i++)
    compare(c, i);
}

GradCheck tt_gradcheck(GradFunction *f, void *arg, int n,
                       Tensor *const x[])
{
  Checked c = { .f = f, .arg = arg, .n = n, .x = x };
  for (int i = 0; i < n; i++) {
    need_leaf(x[i], i);
    tt_zero_grad(x[i]);
  }
  TensorError e;
  bool done = tt_try(check, &c, &e);
  if (c.at)
    *c.at = c.old;
  for (int i = 0; i < n; i++)
    tt_zero_grad(x[i]);
  if (!done)
    tt_at(e.file, e.line), tt_fail(e.code, "%s", e.message);
  return c.worst;
}

typedef struct Box {
  const SavedTensor *e;            // the tensor in it
  int level, place;                // 0 is the loss; from the left
} Box;
typedef struct Picture { Box *box; int n, levels, widest; } Picture;

static const void *who(const SavedTensor *e)
{
  return e->t.node ? (const void *)e->t.node
       : e->leaf ? (const void *)e->leaf : (const void *)e;
}

static Box *find(const Picture *p, const SavedTensor *e)
{
  for (Box *b = p->box; b < p->box + p->n; b++)
    if (who(b->e) == who(e))
      return b;
  return NULL;
}

static void add_box(Picture *p, const SavedTensor *e, int level)
{
  Box *b = find(p, e);
  if (!b) {
    b = &p->box[p->n++];
    *b = (Box){ .e = e };
  }
  b->level = level > b->level ? level : b->level;
}

static void collect(Picture *p, const TapeNode *last)
{
  add_box(p, &last->saved[0], 0);
  for (const TapeNode *k = last; k; k = k->below) {
    const Box *b = find(p, &k->saved[0]);
    for (int i = 1; b && i <= k->n; i++)
      add_box(p, &k->saved[i], b->level + 1);
  }
  for (Box *b = p->box; b < p->box + p->n; b++) {
    for (const Box *c = p->box; c < b; c++)
      b->place += c->level == b->level;
    p->levels = b->level > p->levels ? b->level : p->levels;
    p->widest = b->place > p->widest ? b->place : p->widest;
  }
}

enum { WIDE = 150, HIGH = 96, BOX_WIDE = 128, BOX_HIGH = 52 };

static double left_to_right(const Picture *p, const Box *b)
{
  int count = 0;
  for (const Box *c = p->box; c < p->box + p->n; c++)
    count += c->level == b->level;
  return WIDE * (p->widest + 1 - count + 2 * b->place + 1) / 2.0;
}

static double top_to_bottom(const Picture *p, const Box *b)
{
  return HIGH * (p->levels - b->level) + HIGH / 2.0;
}

static void draw_arrow(FILE *f, const Picture *p, const TapeNode *k,
                       int i)
{
  const Box *from = find(p, &k->saved[i]), *to = find(p, &k->saved[0]);
  double x = left_to_right(p, from), v = top_to_bottom(p, from);
  double z = left_to_right(p, to), w = top_to_bottom(p, to);
  z += 40 * (i - (k->n + 1) / 2.0) / k->n * 1.5;
  v += BOX_HIGH / 2.0;
  w -= BOX_HIGH / 2.0;
  fprintf(f, "  <path d=\"M%g %g C%g %g %g %g %g %g\" fill=\"none\""
          " stroke=\"currentColor\"/>\n", x, v, x, v + 24, z, w - 30, z,
          w - 8);
  fprintf(f, "  <path d=\"M%g %g l-5 -9 h10 z\"/>\n", z, w);
}

static void begin_picture(FILE *f, const Picture *p, const char *name)
{
  fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0"
          " %d %d\" font-family=\"inherit\" font-size=\"17\""
          " text-anchor=\"middle\" fill=\"currentColor\">\n"
          "  <title>How %s was computed</title>\n"
          "  <g stroke-width=\"1.6\">\n",
          WIDE * (p->widest + 1), HIGH * (p->levels + 1), name);
}

static void draw_box(FILE *f, const Picture *p, const Box *b)
{
  const char *name = b->e->t.name ? b->e->t.name : "tensor";
  const char *color = b->e->t.node ? "--series-1, #2678c8"
                    : b->e->leaf ? "--series-2, #cf5a12"
                    : "--fig-muted, #6b7078";
  double x = left_to_right(p, b), y = top_to_bottom(p, b);
  if (strncmp(name, "tt_", 3) == 0)
    name += 3;
  fprintf(f, "  <rect x=\"%g\" y=\"%g\" width=\"%d\" height=\"%d\""
          " rx=\"8\" fill=\"var(%s)\" fill-opacity=\"0.15\""
          " stroke=\"var(%s)\"/>\n", x - BOX_WIDE / 2.0,
          y - BOX_HIGH / 2.0, BOX_WIDE, BOX_HIGH, color, color);
  fprintf(f, "  <text x=\"%g\" y=\"%g\">%s</text>\n", x, y - 4, name);
  fprintf(f, "  <text x=\"%g\" y=\"%g\">%s</text>\n", x, y + 18,
          TT_TEXT(tt_shape(&b->e->t)));
}

void tt_graph(FILE *f, Tensor *y)
{
  if (!y->node)
    nothing_recorded(y);
  TT_SCOPE;
  int64_t most = 1;
  for (const TapeNode *k = y->node; k; k = k->below)
    most += k->n;
  most *= (int64_t)sizeof(Box);
  Picture p = { .box = tt_empty(TT_U8, TT_SHAPE(most))->data };
  collect(&p, y->node);
  TT_C_LOCALE;                     // SVG has points
  begin_picture(f, &p, y->name ? y->name : "it");
  for (const TapeNode *k = y->node; k; k = k->below)
    for (int i = 1; find(&p, &k->saved[0]) && i <= k->n; i++)
      draw_arrow(f, &p, k, i);
  for (const Box *b = p.box; b < p.box + p.n; b++)
    draw_box(f, &p, b);
  fprintf(f, "  </g>\n</svg>\n");
}
