// Needs chapter 03: modules under hostile use: every allocation fails
// once, states that do not fit, modules that are gone, shared, replaced
// or one in the other.
#include "faults.h"
#include "vectors.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- a module of our own, with everything in it ----------------------------
typedef struct Pair {
  Module base;
  Tensor *scale, *count, *nothing;
  Module *left, *right;
  int n;
  Module **block;
} Pair;
static Tensor *pair_forward(Module *m, Tensor *x) {
  Pair *p = (Pair *)m;
  Tensor *y = tt_add(tt_forward(p->left, x), tt_forward(p->right, x));
  for (int i = 0; i < p->n; i++) y = tt_add(y, tt_forward(p->block[i], y));
  return tt_mul(y, p->scale);
}
static const ModuleField pair_fields[] = {
  TT_PARAM(Pair, scale), TT_BUFFER(Pair, count), TT_PARAM(Pair, nothing),
  TT_CHILD(Pair, left), TT_CHILD(Pair, right), TT_CHILDREN(Pair, block, n), {0}};
static const ModuleType pair_type = {
  .name = "Pair", .size = sizeof(Pair), .fields = pair_fields,
  .forward = pair_forward};

static Pair *pair_new(Generator *g) {
  Pair *p = tt_module_new_with(&pair_type, 2 * sizeof(Module *));
  p->scale = tt_parameter("scale", TT_SHAPE(3));
  tt_fill_(p->scale, 2);
  p->count = tt_zeros(TT_SCALAR);
  p->left = &tt_linear_new(3, 3, g)->base;
  p->right = &TT_SEQUENTIAL(tt_linear_new(3, 4, g), tt_activation_new(tt_relu),
                            tt_dropout_new(0.5, g),
                            tt_linear_new_no_bias(4, 3, g))->base;
  p->block = (Module **)(p + 1);
  p->block[p->n++] = &tt_linear_new(3, 3, g)->base;
  p->block[p->n++] = &tt_linear_new(3, 3, g)->base;
  return p;
}

static const char *const names[] = {
  "scale", "count", "left.weight", "left.bias", "right.0.weight",
  "right.0.bias", "right.3.weight", "block.0.weight", "block.0.bias",
  "block.1.weight", "block.1.bias"};
enum { NAMES = sizeof names / sizeof *names };

TT(modules, names_follow_the_tables) {
  Pair *p = pair_new(NULL);
  StateDict s = tt_module_state_dict(p), q = tt_module_parameters(p);
  tt_expect_int(s.n, NAMES);
  tt_expect_int(q.n, NAMES - 1);
  for (int i = 0; i < NAMES; i++) {
    tt_expect_text(s.entry[i].name, names[i]);
    tt_expect_int(s.entry[i].kind, i == 1 ? TT_BUFFER : TT_PARAM);
    tt_expect(*s.entry[i].slot != NULL, "an empty slot is listed");
  }
  for (int i = 0; i < q.n; i++) {
    Tensor *t = *q.entry[i].slot;
    const char *last = strrchr(q.entry[i].name, '.');
    tt_expect_text(t->name, last ? last + 1 : q.entry[i].name);
    tt_expect(t->requires_grad, "%s is not to be learned", q.entry[i].name);
  }
  tt_expect(!p->count->requires_grad, "a buffer is to be learned");
  tt_expect_int(tt_module_count(p), 3 + 12 + 16 + 12 + 12 + 12);
}

// ---- faults ------------------------------------------------------------------
static Pair *old;                    // made outside of what fails
static Tensor *input;

static void make(void *unused) { (void)unused; pair_new(NULL); }
static void make_and_keep(void *unused) {
  (void)unused;
  TT_SCOPE;
  tt_module_keep(pair_new(NULL));
}
static void make_and_free(void *unused) {
  (void)unused;
  Pair *p = pair_new(NULL);
  p->scale->grad = tt_zeros(TT_SHAPE(3));
  tt_module_free(p);
}
static void apply(void *unused) { (void)unused; tt_forward(old, input); }
static void list(void *unused) { (void)unused; tt_module_state_dict(old); }
static void count(void *unused) { (void)unused; tt_module_count(old); }
static void load(void *unused) {
  (void)unused;
  tt_module_load_state_dict(old, tt_module_state_dict(pair_new(NULL)));
}
static void draw(void *unused) {
  (void)unused;
  tt_kaiming_normal_(tt_parameter("w", TT_SHAPE(8, 8)), 0, NULL);
}
static void drop(void *unused) {
  (void)unused;
  tt_dropout(input, 0.5, true, NULL);
}
static void linear(void *unused) {
  (void)unused;
  Tensor *w = tt_ones(TT_SHAPE(5, 3));
  tt_linear(tt_transpose(tt_ones(TT_SHAPE(3, 7)), 0, 1), w,
            tt_ones(TT_SHAPE(5)));
}
static void switch_mode(void *unused) {
  (void)unused;
  tt_module_eval(old);
  tt_module_train(old);
}
static const struct { const char *name; void (*run)(void *); bool needs; }
  work[] = {
  {"make", make, 1}, {"make and keep", make_and_keep, 1},
  {"make and free", make_and_free, 1}, {"forward", apply, 1},
  {"list", list, 1}, {"count", count, 1}, {"load", load, 1},
  {"draw", draw, 1}, {"drop", drop, 1}, {"linear", linear, 1},
  {"train and eval", switch_mode, 0}};
enum { WORK = sizeof work / sizeof *work };

static int fail_each(int i, int row) {
  for (int k = 1; k < 400; k++) {
    TensorError e = {0};
    { TT_SCOPE; work[i].run(NULL); } // in debug builds, handles rest
    tt_empty_pool();
    MemoryStats before = tt_memory_stats();
    fail_from(k, row);
    TT_SCOPE;
    bool done = tt_try(work[i].run, NULL, &e), failed = stop_failing();
    if (done && !failed) return k - 1;
    if (done) continue;              // the pool gave what the system refused
    tt_expect(e.code == TT_EMEM, "%s, failure %d: code %d, %s", work[i].name, k,
              e.code, e.message);
    expect_as_before(work[i].name, k, before);
    apply(NULL);                     // the old module is as it was
  }
  tt_expect(false, "%s never succeeds", work[i].name);
}

TT(modules, every_allocation) {
  Generator g = {0};
  old = pair_new(&g);
  input = tt_ones(TT_SHAPE(2, 3));
  for (int i = 0; i < WORK; i++) {
    int all = fail_each(i, INT32_MAX);
    fail_each(i, 1);
    tt_expect((all > 0) == work[i].needs, "%s: %d allocations", work[i].name,
              all);
  }
}

TT(modules, every_memory_limit) {
  old = pair_new(NULL);
  input = tt_ones(TT_SHAPE(2, 3));
  for (int i = 0; i < WORK; i++) {
    bool done = false;
    for (int64_t limit = 1; !done; limit += 64) {
      TT_SCOPE;
      TensorError e = {0};
      MemoryStats before = tt_memory_stats();
      done = try_within(limit, work[i].run, NULL, &e);
      tt_expect(done || e.code == TT_EMEM, "%s: %s", work[i].name, e.message);
      if (!done) expect_as_before(work[i].name, limit, before);
      tt_expect(limit < 1 << 20, "%s: never enough", work[i].name);
    }
  }
}

// ---- scopes -------------------------------------------------------------------
static Tensor *down(int depth) {
  TT_SCOPE;
  Tensor *x = depth ? down(depth - 1) : tt_ones(TT_SHAPE(5));
  return tt_keep(tt_add_scalar(x, 1));
}

TT(modules, kept_through_many_scopes) {
  TT_SCOPE;
  int64_t before = tt_memory_stats().tensors;
  Tensor *x = down(200);
  tt_expect_close(tt_get(x, TT_INDEX(4)), 202, 0, 0);
  tt_expect(x->scope == tt_scope(), "it is not here");
  tt_expect_int(tt_memory_stats().tensors, before + 1);
}

TT(modules, module_keep_at_the_root_does_nothing) {
  Scope *root = tt_scope();
  Linear *l = tt_linear_new(1, 1, NULL);
  tt_expect(tt_module_keep(l) == l && l->weight->scope == root, "it moved");
}

TT(modules, a_kept_view_keeps_its_numbers) {
  Tensor *y;
  {
    TT_SCOPE;
    Tensor *x = tt_arange(0, 12, 1);
    y = tt_keep(tt_slice(x, 0, 3, 9, 3));
    y->grad = tt_full(TT_SHAPE(2), 8);
    tt_keep(y);
    tt_move(y, y->scope);
  }
  { TT_SCOPE; tt_full(TT_SHAPE(12), -1); }
  tt_expect_values(y, 0, 3, 6);
}

static void fail_in_scopes(void *p) {
  TT_SCOPE;
  Linear *l = tt_linear_new(3, 2, NULL);
  for (int i = 0; i < 2; i++) {
    TT_SCOPE;
    *(Tensor **)p = tt_forward(l, tt_ones(TT_SHAPE(1, 3 + i)));
  }
}

TT(modules, a_failure_closes_the_scopes_of_blocks) {
  Scope *here = tt_scope();
  MemoryStats before = tt_memory_stats();
  Tensor *last;
  TensorError e;
  for (int i = 0; i < 1000; i++) {
    tt_expect(!tt_try(fail_in_scopes, &last, &e), "it did not fail");
    tt_expect(tt_scope() == here, "a scope is open");
  }
  tt_expect(strstr(e.message, "[1,4]") && strstr(e.message, "[2,3]"), "%s",
            e.message);
  tt_expect_int(tt_memory_stats().tensors, before.tensors);
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
}

// ---- gone, shared, replaced ---------------------------------------------------
TT(modules, a_module_that_is_gone_is_reported) {
  Linear *l;
  Tensor *x = tt_ones(TT_SHAPE(2, 3));
  {
    TT_SCOPE;
    l = tt_linear_new(3, 2, NULL);
  }
#ifndef __SANITIZE_ADDRESS__         // which reports it first
  tt_expect_fail(tt_forward(l, x), "tt_forward: the result of Linear");
#endif
  l = tt_linear_new(3, 2, NULL);
  {
    TT_SCOPE;
    l->weight = tt_parameter("weight", TT_SHAPE(2, 3));
  }
  tt_expect_fail(tt_module_count(l), "the result of weight");
  tt_expect_fail(tt_module_free(l), "the result of weight");
  tt_expect_fail(tt_forward(NULL, x), "tt_forward: void *m is NULL");
  tt_expect_fail(TT_SEQUENTIAL(tt_flatten_new(), NULL), "NULL is no module");
  tt_expect_fail(tt_forward(tt_module_new(&(ModuleType){
    .name = "Mute", .size = sizeof(Module), .fields = pair_fields + 6}), x),
    "Mute has no forward");
}

TT(modules, what_is_shared_is_freed_once) {
  TT_SCOPE;
  MemoryStats before = tt_memory_stats();
  Pair *p = pair_new(NULL);
  p->block[1] = p->left;
  tt_module_free(p->block[0]);
  p->block[0] = p->left;
  Linear *l = (Linear *)p->left, *last = (Linear *)((Sequential *)p->right)->layer[3];
  tt_release(last->weight);
  last->weight = l->weight;
  tt_expect_int(tt_module_parameters(p).n, 5);
  tt_expect_int(tt_module_state_dict(p).n, 11);
  tt_expect_int(tt_module_count(p), 3 + 12 + 16);
  tt_expect_text(tt_module_parameters(p).entry[1].name, "left.weight");
  l->weight->grad = tt_ones(TT_SHAPE(3, 3));
  Tensor *x = tt_ones(TT_SHAPE(1));
  tt_module_free(p);
  int64_t left = 3 + 3 + 1;          // lists, block 1 that was, and x
  tt_expect_int(tt_memory_stats().tensors, before.tensors + left);
  tt_expect_values(x, 0, 1);
}

TT(modules, a_layer_can_be_replaced) {
  Sequential *s = TT_SEQUENTIAL(tt_linear_new(3, 4, NULL),
                                tt_linear_new(4, 2, NULL));
  tt_module_free(s->layer[0]);
  s->layer[0] = &tt_linear_new_no_bias(5, 4, NULL)->base;
  tt_expect_int(tt_module_count(s), 20 + 10);
  tt_expect_shape(tt_forward(s, tt_ones(TT_SHAPE(7, 5))), TT_SHAPE(7, 2));
  tt_expect_int(tt_module_state_dict(s).n, 3);
}

static void halve(void *arg, const char *name, FieldKind kind, void *slot) {
  (void)arg, (void)name;
  if (kind == TT_CHILD) return;
  Tensor **t = slot;
  *t = tt_mul_scalar(*t, 0.5f);
}

TT(modules, a_visitor_may_replace_what_it_sees) {
  Sequential *s = TT_SEQUENTIAL(tt_linear_new(3, 4, NULL),
                                tt_linear_new(4, 2, NULL));
  Tensor *w = tt_clone(((Linear *)s->layer[1])->weight);
  tt_module_walk(s, halve, NULL);
  tt_expect_tensor(tt_mul_scalar(((Linear *)s->layer[1])->weight, 2), w, 0, 0);
}

TT(modules, cycles_and_depth) {
  Pair *p = pair_new(NULL);
  p->left = &p->base;
  tt_expect_fail(tt_module_parameters(p), "walk: left is a Pair that contains itself");
  tt_expect_fail(tt_module_eval(p), "contains itself");
  Sequential *s = TT_SEQUENTIAL(tt_flatten_new());
  s->layer[0] = &s->base;
  tt_expect_fail(tt_forward(s, tt_ones(TT_SHAPE(2))),
                 "tt_forward: Sequential is applied inside 1001 scopes; a module may"
                 " be in several places, but not inside itself");
  Pair *q = pair_new(NULL);
  p->left = &q->base, q->right = &p->base;
  tt_expect_fail(tt_module_count(p), "left.right is a Pair");
  tt_expect_fail(tt_module_print(q), "right.left is a Pair");
  p->left = q->right = NULL;
  p->left = q->left = q->right = tt_activation_new(tt_relu);   // shared, three times
  p->right = &q->base;
  tt_expect_int(tt_module_count(p), 2 * (3 + 2 * 12));
  void *deep = tt_linear_new(2, 2, NULL);
  for (int i = 0; i < 40; i++) deep = tt_sequential_new(1, &deep);
  tt_expect_int(tt_module_count(deep), 6);
  tt_expect_shape(tt_forward(deep, tt_ones(TT_SHAPE(1, 2))), TT_SHAPE(1, 2));
  for (int i = 0; i < 40; i++) deep = tt_sequential_new(1, &deep);
  tt_expect_fail(tt_module_count(deep), "too long; it has at most 103 characters");
}

TT(modules, training_is_told_to_all) {
  Pair *p = pair_new(NULL);
  Module *drop = ((Sequential *)p->right)->layer[2];
  tt_expect(p->base.training && drop->training, "at the start");
  tt_module_eval(p);
  tt_expect(!p->base.training && !drop->training, "eval");
  tt_expect(!p->block[1]->training, "eval, in an array");
  tt_module_train(p);
  tt_expect(p->base.training && drop->training, "train");
}

TT(modules, a_dropout_has_a_generator_of_its_own) {
  Tensor *x = tt_ones(TT_SHAPE(64));
  Generator g = {0}, h = {0};
  Dropout *a = tt_dropout_new(0.5, &g), *b = tt_dropout_new(0.5, &h);
  Tensor *first = tt_forward(a, x);
  tt_rand(TT_SHAPE(10), &h);
  tt_expect_tensor(tt_forward(b, x), first, 0, 0);
  Tensor *same = tt_eq(tt_forward(a, x), first);
  tt_expect(tt_item(tt_sum(same, 0, false)) < 60, "always one mask");
}

// ---- states ---------------------------------------------------------------------
static StateDict state(int n, Tensor **t, const char *const *name) {
  StateDict s = {n, tt_empty(TT_U8, TT_SHAPE(n * (int64_t)sizeof(StateEntry)))->data};
  for (int i = 0; i < n; i++) {
    snprintf(s.entry[i].name, sizeof s.entry[i].name, "%s", name[i]);
    s.entry[i].kind = TT_PARAM;
    s.entry[i].slot = &t[i];
  }
  return s;
}

TT(modules, a_state_that_fits) {
  Linear *l = tt_linear_new(2, 1, NULL);
  Tensor *t[] = {tt_from_int(TT_SHAPE(1), (int32_t[]){9}),
                 tt_transpose(tt_from(TT_SHAPE(2, 1), (Real[]){4, 5}), 0, 1)};
  tt_module_load_state_dict(l, state(2, t, (const char *[]){"bias", "weight"}));
  tt_expect_values(l->weight, 0, 4, 5);
  tt_expect_values(l->bias, 0, 9);
  tt_expect(l->weight->requires_grad, "no longer to be learned");
  tt_module_load_state_dict(l, tt_module_state_dict(l));
  tt_expect_values(l->weight, 0, 4, 5);
  tt_module_load_state_dict(tt_flatten_new(), state(0, NULL, NULL));
}

TT(modules, a_state_that_does_not_fit_changes_nothing) {
  Linear *l = tt_linear_new(2, 1, NULL);
  tt_fill_(l->weight, 1), tt_fill_(l->bias, 2);
  Tensor *t[] = {tt_zeros(TT_SHAPE(1, 2)), tt_zeros(TT_SHAPE(2)),
                 tt_zeros(TT_SHAPE(1, 3)), tt_zeros(TT_SCALAR)};
  static const char *const some[] = {"weight", "bias", "Weight", "weight.0"};
  tt_expect_fail(tt_module_load_state_dict(l, state(1, t, some)),
                 "Linear:\n  missing: bias");
  tt_expect_fail(tt_module_load_state_dict(l, state(2, t, some)),
                 "bias: [2] given, [1] needed");
  tt_expect_fail(tt_module_load_state_dict(l, state(4, t, some)),
                 "unexpected: Weight\n  unexpected: weight.0");
  tt_expect_values(l->weight, 0, 1, 1);
  tt_expect_values(l->bias, 0, 2);
}

TT(modules, many_differences_end_in_dots) {
  Linear *l = tt_linear_new(2, 1, NULL);
  enum { MANY = 100 };
  static char text[MANY][32];
  const char *name[MANY];
  Tensor *t[MANY], *x = tt_zeros(TT_SCALAR);
  for (int i = 0; i < MANY; i++) {
    snprintf(text[i], sizeof text[i], "a.rather.long.name.%d", i);
    name[i] = text[i], t[i] = x;
  }
  for (int n = 1; n < MANY; n++)
    tt_expect_fail(tt_module_load_state_dict(l, state(n, t, name)),
                   "unexpected: a.rather.long.name.0");
  tt_expect_fail(tt_module_load_state_dict(l, state(MANY, t, name)), "\n  ...");
}

// ---- records ---------------------------------------------------------------------
static char told[400];
static Tensor *tell(Op *op, Tensor *y, int n, Tensor *const x[],
                    const Attr *attr) {
  (void)attr;
  size_t used = strlen(told);
  snprintf(told + used, sizeof told - used, "%s/%d%s ", op->name, n,
           x[n - 1] ? "" : "!");
  return y;
}

TT(modules, what_is_recorded) {
  Tensor *x = tt_ones(TT_SHAPE(2, 3)), *w = tt_ones(TT_SHAPE(4, 3));
  Tensor *view = tt_transpose(tt_ones(TT_SHAPE(3, 2)), 0, 1);
  Tensor *b = tt_ones(TT_SHAPE(4));
  Sequential *s = TT_SEQUENTIAL(tt_dropout_new(0.5, NULL),
                                tt_linear_new(3, 4, NULL));
  tt_recorder = tell;
  tt_linear(x, w, b), tt_linear(view, w, NULL), tt_forward(s, x);
  tt_module_eval(s);
  tt_forward(s, x);
  tt_recorder = NULL;
  tt_expect_text(told, "tt_linear/3 tt_linear/2 tt_mul/2 tt_linear/3 "
                 "tt_linear/3 ");
}

// ---- refusals -------------------------------------------------------------------
TT(modules, bad_input_is_refused) {
  Tensor *x = tt_ones(TT_SHAPE(2, 3)), *w = tt_ones(TT_SHAPE(4, 3));
  Tensor *i = tt_from_int(TT_SHAPE(3), (int32_t[]){1, 2, 3});
  tt_expect_fail(tt_linear(tt_ones(TT_SCALAR), w, NULL), "(..,in)");
  tt_expect_fail(tt_linear(x, tt_ones(TT_SHAPE(3)), NULL), "weight [3]");
  tt_expect_fail(tt_linear(x, tt_ones(TT_SHAPE(5, 7)), NULL),
                 "last size 3 is not the weight's 7");
  tt_expect_fail(tt_linear(i, w, NULL), "i32");
  tt_expect_fail(tt_linear(x, tt_to(w, TT_I8), NULL), "i8");
  tt_expect_fail(tt_linear(x, w, i), "i32");
  tt_expect_fail(tt_linear(x, w, tt_ones(TT_SHAPE(1, 4))), "bias [1,4]");
  tt_expect_fail(tt_linear(x, w, tt_ones(TT_SHAPE(3))), "4 outputs");
  tt_expect_fail(tt_linear_new(0, 3, NULL), "0 inputs");
  tt_expect_fail(tt_linear_new(3, -1, NULL), "-1 outputs");
  tt_expect_fail(tt_linear_new((int64_t)1 << 40, (int64_t)1 << 40, NULL),
                 "2^60");
  tt_expect_fail(tt_dropout(x, -0.1, true, NULL), "p = -0.1");
  tt_expect_fail(tt_dropout(x, NAN, false, NULL), "nan");
  tt_expect_fail(tt_dropout(i, 0.5, false, NULL), "i32");
  tt_expect_fail(tt_dropout_new(1.5, NULL), "p = 1.5");
  tt_expect_fail(tt_dropout_new(NAN, NULL), "from 0 to 1");
  tt_expect_fail(tt_forward(tt_flatten_new(), i), "Flatten: input [3]");
  tt_expect_shape(tt_forward(tt_flatten_new(), w), tt_shape(w));
  tt_expect_fail(tt_sequential_new(-1, NULL), "-1 layers");
  tt_expect_fail(tt_kaiming_normal_(w, NAN, NULL), "not finite");
  tt_expect_fail(tt_xavier_uniform_(w, INFINITY, NULL), "not finite");
  tt_expect_fail(tt_xavier_normal_(i, 1, NULL), "(out,in)");
  tt_expect_fail(tt_uniform_(i, 0, 1, NULL), "i32");
  tt_expect_fail(tt_uniform_(w, 0, NAN, NULL), "to nan");
  tt_expect_fail(tt_uniform_(w, 1, 0, NULL), "from 1 to 0");
  tt_expect_fail(tt_normal_(w, 0, -1, NULL), "-1");
  tt_expect_fail(tt_normal_(w, INFINITY, 1, NULL), "not finite");
}

// Messages name the caller's line, through constructors too.
static void make_bad(void *line) {
  *(int *)line = __LINE__, tt_dropout_new(7, NULL);
}

TT(modules, a_message_names_the_callers_line) {
  int line;
  TensorError e;
  tt_expect(!tt_try(make_bad, &line, &e), "it did not fail");
  tt_expect(e.file && strstr(e.file, "test_modules.c"), "%s", e.file);
  tt_expect_int(e.line, line);
}

// ---- sequences --------------------------------------------------------------------
TT(modules, layers_are_made_from_left_to_right) {
  Generator g = {0}, h = {0};
  Sequential *s = TT_SEQUENTIAL(tt_linear_new(3, 4, &g),
                                tt_linear_new(4, 2, &g));
  Linear *a = tt_linear_new(3, 4, &h), *b = tt_linear_new(4, 2, &h);
  tt_expect_tensor(((Linear *)s->layer[0])->weight, a->weight, 0, 0);
  tt_expect_tensor(((Linear *)s->layer[1])->bias, b->bias, 0, 0);
}

TT(modules, a_sequence_of_none_is_the_identity) {
  Tensor *x = tt_ones(TT_SHAPE(2));
  tt_expect(tt_forward(tt_sequential_new(0, NULL), x) == x, "it is not");
}

static Linear *own;
static Tensor *give_weight(Tensor *x) { (void)x; return own->weight; }
static Tensor *scaled(Tensor *x) { return tt_mul_scalar(x, 3); }
static Tensor *itself(Tensor *x) { return x; }

// What lives elsewhere is not released, wherever it stands in the sequence.
TT(modules, a_sequence_releases_only_its_own) {
  own = tt_linear_new(2, 2, NULL);
  Tensor *w = tt_clone(own->weight), *x = tt_ones(TT_SHAPE(2, 2));
  Sequential *s = TT_SEQUENTIAL(
    tt_activation_new(itself), tt_activation_new(scaled),
                                tt_activation_new(itself),
    tt_activation_new(give_weight), tt_activation_new(itself),
                                tt_activation_new(scaled),
    tt_activation_new(itself));
  for (int i = 0; i < 3; i++) {
    TT_SCOPE;
    int64_t before = tt_memory_stats().tensors;
    Tensor *y = tt_forward(s, x);
    tt_expect_int(tt_memory_stats().tensors, before + 1);
    tt_expect_tensor(y, tt_mul_scalar(w, 3), 0, 0);
  }
  tt_expect_tensor(own->weight, w, 0, 0);
  tt_expect_values(x, 0, 1, 1, 1, 1);
}

TT(modules, empty_batches_pass) {
  Sequential *s = TT_SEQUENTIAL(tt_flatten_new(), tt_linear_new(6, 4, NULL),
                                tt_activation_new(tt_relu),
                                tt_dropout_new(0.5, NULL),
                                tt_linear_new(4, 2, NULL));
  tt_expect_shape(tt_forward(s, tt_zeros(TT_SHAPE(0, 2, 3))), TT_SHAPE(0, 2));
  tt_expect_values(tt_linear(tt_zeros(TT_SHAPE(2, 0)), tt_zeros(TT_SHAPE(2, 0)),
                             tt_arange(1, 3, 1)), 0, 1, 2, 1, 2);
}

// The second round of anything takes no memory from the system.
TT(modules, the_second_step_takes_no_memory) {
  Pair *p = pair_new(NULL);
  Tensor *x = tt_ones(TT_SHAPE(16, 3));
  int64_t mallocs = 0, live = 0;
  for (int step = 0; step < 5; step++) {
    TT_SCOPE;
    tt_forward(p, x);
    tt_module_count(p);
    MemoryStats now = tt_memory_stats();
    if (step > 0) {
      tt_expect_int(now.mallocs, mallocs);
      tt_expect_int(now.live_bytes, live);
    }
    mallocs = now.mallocs, live = now.live_bytes;
  }
}

// ---- printing ---------------------------------------------------------------------
TT(modules, printed_as_pytorch_prints) {
  char *text = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&text, &size);
  tt_module_fprint(f, TT_SEQUENTIAL(
    tt_flatten_new(), TT_SEQUENTIAL(tt_linear_new(6, 4, NULL), tt_dropout_new(0.25, NULL)),
    tt_sequential_new(0, NULL), tt_linear_new_no_bias(4, 2, NULL)));
  tt_module_fprint(f, tt_linear_new(1, 2, NULL));
  fclose(f);
  tt_expect_text(text,
    "Sequential(\n"
    "  (0): Flatten(start_dim=1, end_dim=-1)\n"
    "  (1): Sequential(\n"
    "    (0): Linear(in_features=6, out_features=4, bias=True)\n"
    "    (1): Dropout(p=0.25, inplace=False)\n"
    "  )\n"
    "  (2): Sequential()\n"
    "  (3): Linear(in_features=4, out_features=2, bias=False)\n"
    ")\n"
    "Linear(in_features=1, out_features=2, bias=True)\n");
  free(text);
}

// ---- PyTorch: states, outputs, printed form, initialization -----------------------
// tests/reference/layers.py describes the file that it writes.
static FILE *reference;
static char line[8000];

static bool next_line(void) {
  bool more = fgets(line, sizeof line, reference);
  line[strcspn(line, "\n")] = 0;
  return more;
}

static void *net_called(const char *name) {
  if (strcmp(name, "linear") == 0) return tt_linear_new(5, 3, NULL);
  if (strcmp(name, "no_bias") == 0) return tt_linear_new_no_bias(5, 3, NULL);
  if (strcmp(name, "mlp") == 0)
    return TT_SEQUENTIAL(tt_flatten_new(), tt_linear_new(6, 16, NULL),
                         tt_activation_new(tt_relu), tt_dropout_new(0.25, NULL),
                         tt_linear_new_no_bias(16, 3, NULL));
  if (strcmp(name, "nested") == 0)
    return TT_SEQUENTIAL(
      TT_SEQUENTIAL(tt_linear_new(4, 8, NULL), tt_activation_new(tt_relu)),
      tt_sequential_new(0, NULL), tt_linear_new(8, 2, NULL));
  Linear *both = tt_linear_new(4, 4, NULL);
  return TT_SEQUENTIAL(both, tt_activation_new(tt_relu), both);
}

static void expect_printed(void *net, int lines) {
  char *text = NULL, want[2000] = "";
  size_t size = 0;
  FILE *f = open_memstream(&text, &size);
  tt_module_fprint(f, net);
  fclose(f);
  while (lines-- > 0 && next_line()) strcat(strcat(want, line), "\n");
  tt_expect_text(text, want);
  free(text);
}

static void expect_as_pytorch(void) {
  void *net = net_called(line + 4);
  enum { MOST = 20 };
  const char *name[MOST];
  static char text[MOST][104];
  Tensor *t[MOST], *x = NULL;
  StateDict mine = tt_module_state_dict(net);
  int n = 0;
  while (next_line() && strncmp(line, "output ", 7) != 0)
    if (strncmp(line, "tensor ", 7) == 0) {
      snprintf(text[n], sizeof *text, "%.*s", (int)strcspn(line + 7, " "),
               line + 7);
      tt_expect(n < mine.n, "PyTorch has more than %d", n);
      tt_expect_text(mine.entry[n].name, text[n]);
      t[n] = tensor_of(strchr(line + 7, ' ') + 1);
      name[n] = text[n];
      n++;
    } else if (strncmp(line, "count ", 6) == 0) {
      tt_expect_int(tt_module_count(net), strtoll(line + 6, NULL, 10));
    } else if (strncmp(line, "print ", 6) == 0) {
      expect_printed(net, (int)strtol(line + 6, NULL, 10));
    } else if (strncmp(line, "input ", 6) == 0) {
      x = tensor_of(line + 6);
    }
  tt_expect_int(mine.n, n);
  tt_module_load_state_dict(net, state(n, t, name));
  tt_module_eval(net);
  tt_expect_tensor(tt_forward(net, x), tensor_of(line + 7), 2e-6, 1e-6);
}

static void expect_rule(void) {
  char rule[16], shape[64];
  double a, sigma;
  tt_expect(sscanf(line, "rule %15s %lf %63s %lf", rule, &a, shape, &sigma) == 4,
            "%s", line);
  Shape s = shape_of(shape);
  Generator g = {0}, h = {0};
  Tensor *z = tt_empty(TT_F32, s), *w = tt_empty(TT_F32, s);
  tt_normal_(z, 0, 1, &g);
  if (rule[0] == 'k') tt_kaiming_normal_(w, a, &h);
  else tt_xavier_normal_(w, a, &h);
  for (int64_t i = 0; i < tt_numel(z); i++)
    tt_expect_close(tt_peek(w, i), sigma * tt_peek(z, i), 2e-7, 0);
  g = h = (Generator){0};
  tt_uniform_(z, -1, 1, &g);
  if (rule[0] == 'k') tt_kaiming_uniform_(w, a, &h);
  else tt_xavier_uniform_(w, a, &h);
  for (int64_t i = 0; i < tt_numel(z); i++)
    tt_expect_close(tt_peek(w, i), sqrt(3) * sigma * tt_peek(z, i), 1e-6, 1e-7);
}

TT(modules, as_pytorch) {
  reference = open_reference("layers.txt");
  int nets = 0, rules = 0;
  while (next_line()) {
    TT_SCOPE;
    if (strncmp(line, "net ", 4) == 0) nets++, expect_as_pytorch();
    else rules++, expect_rule();
  }
  fclose(reference);
  tt_expect_int(nets, 5);
  tt_expect_int(rules, 30);
}
