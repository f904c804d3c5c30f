// Made from chapters/03-layers.nw by tools/tangle: edit there.
#include <math.h>
#include <string.h>
#include "tt_test.h"

static int leave_early(int how)
{
  for (int i = 0; i < 3; i++) {
    TT_SCOPE;
    tt_ones(TT_SHAPE(3));
    if (how == 0)
      continue;
    if (how == 1)
      break;
    TT_SCOPE;
    tt_ones(TT_SHAPE(4));
    if (how == 2)
      return i;
  }
  return how;
}

TT(layers, a_block_closes_its_scope)
{
  Scope *outer = tt_scope();
  int64_t before = tt_memory_stats().tensors;
  for (int how = 0; how < 4; how++) {
    leave_early(how);
    tt_expect(tt_scope() == outer, "way %d left a scope open", how);
    tt_expect_int(tt_memory_stats().tensors, before);
  }
}

static Tensor *distance(Tensor *a, Tensor *b)
{
  TT_SCOPE;
  Tensor *d = tt_sub(a, b);
  return tt_keep(tt_sqrt(tt_sum(tt_mul(d, d), TT_ALL, false)));
}

static Tensor *same(Tensor *x)
{
  TT_SCOPE;
  return tt_keep(x);
}

TT(layers, keep_moves_one_scope_out)
{
  Tensor *a = tt_from(TT_SHAPE(2), (Real[]){3, 1});
  Tensor *b = tt_from(TT_SHAPE(2), (Real[]){0, 5});
  TT_SCOPE;
  int64_t before = tt_memory_stats().tensors;
  Tensor *d = distance(a, b);
  tt_expect_values(d, 1e-6, 5);
  tt_expect(d->scope == tt_scope(), "the distance is not the caller's");
  tt_expect_int(tt_memory_stats().tensors, before + 1);
  tt_expect(same(a) == a && a->scope != tt_scope(), "a was moved");
}

TT(layers, keep_at_the_root_moves_nothing)
{
  Tensor *a = tt_ones(TT_SHAPE(2));
  tt_expect(tt_keep(a) == a && a->scope == tt_scope(), "a was moved");
}

TT(layers, a_linear_layer_by_hand)
{
  Tensor *x = tt_from(TT_SHAPE(2, 2), (Real[]){1, 2, -3, 4});
  Tensor *w = tt_from(TT_SHAPE(3, 2), (Real[]){1, 0, 0, 1, 1, 1});
  Tensor *b = tt_from(TT_SHAPE(3), (Real[]){10, 20, 30});
  tt_expect_values(tt_linear(x, w, b), 0, 11, 22, 33, 7, 24, 31);
  tt_expect_values(tt_linear(x, w, NULL), 0, 1, 2, 3, -3, 4, 1);
  Tensor *one = tt_select(x, 0, 1);
  tt_expect_shape(tt_linear(one, w, b), TT_SHAPE(3));
  tt_expect_values(tt_linear(one, w, b), 0, 7, 24, 31);
  tt_expect_fail(tt_linear(x, tt_transpose(w, 0, 1), b),
                 "did you mean tt_transpose(w, 0, 1)?");
  tt_expect_fail(tt_linear(x, w, tt_ones(TT_SHAPE(1))), "3 outputs");
}

TT(layers, a_linear_layer_of_views)
{
  Tensor *x = tt_rand(TT_SHAPE(5, 3, 4, 2), NULL);
  Tensor *w = tt_rand(TT_SHAPE(4, 6), NULL), *b = tt_arange(0, 12, 1);
  w = tt_transpose(w, 0, 1);
  x = tt_permute(x, TT_SHAPE(3, 0, 1, 2));              // 2,5,3,4
  b = tt_slice(b, 0, 0, 12, 2);
  Tensor *y = tt_linear(x, w, b);
  tt_expect_shape(y, TT_SHAPE(2, 5, 3, 6));
  Tensor *want = tt_add(tt_matmul(x, tt_transpose(w, 0, 1)), b);
  tt_expect_tensor(y, want, 1e-5, 1e-5);
  x = tt_transpose(tt_rand(TT_SHAPE(4, 5), NULL), 0, 1);
  want = tt_add(tt_matmul(x, tt_transpose(w, 0, 1)), b);
  tt_expect_tensor(tt_linear(x, w, b), want, 1e-5, 1e-5);
}

typedef struct Net {
  Module base;
  Module *encoder, *head, *none;
  Tensor *scale, *seen;
} Net;
static const ModuleField net_fields[] = {
  TT_PARAM(Net, scale), TT_BUFFER(Net, seen), TT_CHILD(Net, none),
  TT_CHILD(Net, encoder), TT_CHILD(Net, head), {0}
};
static const ModuleType net_type = {
  .name = "Net", .size = sizeof(Net), .fields = net_fields
};

static Net *net_new(void)
{
  Net *n = tt_module_new(&net_type);
  n->encoder = &TT_SEQUENTIAL(tt_linear_new(3, 2, NULL),
                              tt_activation_new(tt_relu))->base;
  n->head = &tt_linear_new_no_bias(2, 1, NULL)->base;
  n->scale = tt_parameter("scale", TT_SCALAR);
  n->seen = tt_zeros(TT_SHAPE(4));
  return n;
}

static Module *new_head;

static void note(void *arg, const char *name, FieldKind kind,
                 void *slot)
{
  char *text = arg;
  if (new_head && strcmp(name, "head") == 0)
    *(ChildModule *)slot = new_head;
  snprintf(text + strlen(text), 200 - strlen(text), "%s:%d ", name,
           kind);
}

TT(layers, the_walk_names_every_field)
{
  char text[200] = "";
  tt_module_walk(net_new(), note, text);
  tt_expect_text(text, ":3 scale:1 seen:2 encoder:3 encoder.0:3 "
                 "encoder.0.weight:1 encoder.0.bias:1 encoder.1:3 "
                 "head:3 head.weight:1 ");
}

TT(layers, the_walk_reads_slots_when_it_comes_to_them)
{
  char text[200] = "";
  Net *n = net_new();
  n->encoder = NULL;
  new_head = &tt_linear_new(2, 1, NULL)->base;
  tt_module_walk(n, note, text);
  new_head = NULL;
  tt_expect_text(text, ":3 scale:1 seen:2 head:3 head.weight:1 "
                 "head.bias:1 ");
  Module gone = { .type = &tt_flatten_type }, *head = n->head;
  { TT_SCOPE; gone.block = tt_flatten_new()->base.block; }
  n->head = &gone;
  tt_expect_fail(tt_module_count(n), "the result of Flatten");
  n->head = head;
  { TT_SCOPE; n->scale = tt_parameter("scale", TT_SCALAR); }
  tt_expect_fail(tt_module_count(n), "the result of scale");
}

TT(layers, a_shared_parameter_is_counted_once)
{
  Net *n = net_new();
  Linear *a = tt_linear_new_no_bias(2, 2, NULL);
  Linear *b = tt_linear_new_no_bias(2, 2, NULL);
  b->weight = a->weight;
  n->encoder = &a->base, n->head = &b->base;
  StateDict p = tt_module_parameters(n), s = tt_module_state_dict(n);
  tt_expect_int(p.n, 2);
  tt_expect_text(p.entry[1].name, "encoder.weight");
  tt_expect_int(s.n, 4);
  tt_expect_text(s.entry[3].name, "head.weight");
  tt_expect_int(tt_module_count(n), 5);
  b->weight = n->scale;                // the first, and not the last
  tt_expect_int(tt_module_parameters(n).n, 2);
  tt_expect_int(tt_module_count(net_new()), 1 + 6 + 2 + 2);
}

static Net *make_and_keep(void)
{
  TT_SCOPE;
  tt_ones(TT_SHAPE(100));
  return tt_module_keep(net_new());
}

TT(layers, a_module_is_kept_or_freed_whole)
{
  TT_SCOPE;
  MemoryStats before = tt_memory_stats();
  Net *n = make_and_keep();
  n->scale->grad = tt_ones(TT_SCALAR);
  tt_expect_int(tt_module_count(n), 11);
  tt_expect_int(tt_memory_stats().tensors, before.tensors + 11);
  tt_expect(n->head->block->scope == tt_scope(), "the head stayed");
  tt_module_free(n);
  tt_expect_int(tt_memory_stats().tensors, before.tensors);
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
}

TT(layers, a_state_is_loaded_by_name)
{
  Net *a = net_new(), *b = net_new();
  tt_fill_(a->seen, 7);
  tt_module_load_state_dict(b, tt_module_state_dict(a));
  tt_expect_values(b->seen, 0, 7, 7, 7, 7);
  tt_expect_tensor(((Linear *)b->head)->weight,
                   ((Linear *)a->head)->weight, 0, 0);
  a->head = &tt_linear_new(3, 1, NULL)->base;
  a->scale = NULL;
  StateDict s = tt_module_state_dict(a);
  tt_expect_fail(tt_module_load_state_dict(b, s), "missing: scale");
  tt_expect_fail(tt_module_load_state_dict(b, s), "unexpected:"
                 " head.bias");
  tt_expect_fail(tt_module_load_state_dict(b, s),
                 "head.weight: [1,3] given, [1,2] needed");
}

static Tensor *plus_one(Tensor *x) { return tt_add_scalar(x, 1); }
static Tensor *as_it_is(Tensor *x) { return x; }

TT(layers, a_sequence_applies_its_layers)
{
  Linear *l = tt_linear_new(4, 2, NULL);
  Sequential *s = TT_SEQUENTIAL(tt_flatten_new(),
                                tt_activation_new(plus_one),
                                tt_activation_new(as_it_is), l);
  Tensor *x = tt_reshape(tt_arange(0, 12, 1), TT_SHAPE(3, 2, 2));
  Tensor *row = tt_reshape(tt_add_scalar(x, 1), TT_SHAPE(3, 4));
  Tensor *want = tt_linear(row, l->weight, l->bias);
  int64_t before = tt_memory_stats().tensors;
  Tensor *y = tt_forward(s, x);
  tt_expect_int(tt_memory_stats().tensors, before + 1);
  tt_expect_tensor(y, want, 0, 0);
  tt_expect(tt_forward(TT_SEQUENTIAL(tt_activation_new(as_it_is)),
                       x) == x,
            "the identity made a tensor");
}

TT(layers, a_sequence_needs_room_for_two)
{
  void *layer[10];
  for (int i = 0; i < 10; i++)
    layer[i] = tt_activation_new(plus_one);
  Sequential *s = tt_sequential_new(10, layer);
  Tensor *x = tt_ones(TT_SHAPE(1000));
  int64_t before = tt_memory_stats().live_bytes;
  tt_reset_peak_memory();
  tt_expect_close(tt_get(tt_forward(s, x), TT_INDEX(7)), 11, 0, 0);
  int64_t peak = tt_memory_stats().peak_bytes - before;
  tt_expect(peak < 9000, "a peak of %lld bytes", (long long)peak);
}

typedef struct Center { Module base; Tensor *mean; } Center;

static Tensor *center_forward(Module *m, Tensor *x)
{
  Center *c = (Center *)m;
  if (m->training) {
    Tensor *d = tt_sub(tt_mean(x, 0, false), c->mean);
    tt_copy_(c->mean, tt_add(c->mean, tt_mul_scalar(d, (Real)0.1)));
  }
  return tt_sub(x, c->mean);
}

static const ModuleField center_fields[] = {
  TT_BUFFER(Center, mean), {0}
};
static const ModuleType center_type = {
  "Center", sizeof(Center), center_fields, center_forward, NULL
};

TT(layers, a_layer_remembers_a_mean)
{
  Center *c = tt_module_new(&center_type);
  Tensor *mean = c->mean = tt_zeros(TT_SHAPE(2));
  Tensor *x = tt_from(TT_SHAPE(3, 2), (Real[]){1, 10, 2, 20, 6, 60});
  for (int use = 0; use < 2; use++) {
    Tensor *y = tt_forward(c, x);
    tt_expect(c->mean == mean, "the average is another tensor now");
    tt_expect_values(mean, 1e-6, 0.3, 3);
    tt_expect_values(y, 1e-6, 0.7, 7, 1.7, 17, 5.7, 57);
    tt_module_eval(c);
  }
  tt_module_train(c);
  int64_t before = tt_memory_stats().tensors;
  for (int i = 0; i < 200; i++) {
    TT_SCOPE;
    tt_forward(c, x);
  }
  tt_expect_int(tt_memory_stats().tensors, before);
  tt_expect_values(mean, 1e-4, 3, 30);
}

TT(layers, dropout_keeps_the_mean)
{
  Tensor *x = tt_ones(TT_SHAPE(100, 100));
  Dropout *d = tt_dropout_new(0.2, NULL);
  Tensor *y = tt_forward(d, x);
  double zeros = tt_item(tt_sum(tt_eq(y, tt_zeros(TT_SCALAR)), TT_ALL,
                                false));
  tt_expect_close(zeros, 2000, 0, 200);
  tt_expect_close(tt_item(tt_max(y, TT_ALL, false)), 1.25, 1e-6, 0);
  tt_expect_close(tt_item(tt_mean(y, TT_ALL, false)), 1, 0.03, 0);
  tt_expect_values(tt_dropout(tt_ones(TT_SHAPE(2)), 1, true, NULL), 0,
                   0, 0);
  d->base.training = false;
  tt_expect(tt_forward(d, x) == x, "in use it is not the identity");
}

TT(layers, a_mask_ends_with_its_last_element)
{
  for (int i = 0; i < 4; i++) {      // what the pool has is full of 7
    TT_SCOPE;
    for (int k = 0; k < 4; k++)
      tt_full(TT_SHAPE(16), 7);
  }
  tt_dropout(tt_ones(TT_SHAPE(15)), 0.5, true, NULL);
  for (int k = 0; k < 2; k++)        // the mask's block is among them
    tt_expect(tt_peek(tt_empty(TT_F32, TT_SHAPE(16)), 15) == 7, "m[15]"
              " of 15 numbers was written; the last of n is m[n - 1]");
}

static Tensor *same_each_time(Tensor *x, double p, bool training,
                              Generator *g)
{
  Generator copy = *tt_generator(g);
  return tt_dropout(x, p, training, &copy);
}

static bool drops(Tensor *(*dropout)(Tensor *x, double p,
                                     bool training, Generator *g))
{
  Generator g;
  tt_manual_seed(&g, 1);
  Tensor *x = tt_full(TT_SHAPE(100, 100), 2);
  Tensor *y[3];
  for (int i = 0; i < 3; i++) {
    if (i == 2)
      tt_manual_seed(&g, 1);             // the first again
    y[i] = dropout(x, 0.2, true, &g);
  }
  const Real *in = x->data, *a = y[0]->data, *b = y[1]->data;
  const Real *use = dropout(x, 0.2, false, &g)->data, *c = y[2]->data;
  int zeros = 0, both = 0, row = 0;
  for (int i = 0; i < 10000; i++) {
    if (in[i] != 2 || use[i] != 2 || a[i] != c[i])
      return false;
    if (a[i] != 0 && fabs((double)a[i] - 2.5) > 1e-5)
      return false;
    zeros += a[i] == 0;
    both += a[i] == 0 && b[i] == 0;
    row = i % 100 ? row + (a[i] == 0) : a[i] == 0;
    if (i % 100 == 99 && (row == 0 || row == 100))
      return false;
  }
  return abs(zeros - 2000) <= 200 && abs(both - 400) <= 100;
}

TT(layers, a_wrong_dropout_is_refused)
{
  tt_expect_accepts(drops(tt_dropout));
  tt_expect_refuses(drops(same_each_time),
                    "draws the same mask at each call");
}

static void slow_mask(int64_t n, Real *m, double p,
                      uint64_t (*bits)(Generator *g), Generator *g)
{
  Real scale = (Real)(1 / (1 - p));
  for (int64_t i = 0; i < n; i++)
    m[i] = (double)(bits(g) >> 40) * 0x1p-24 < p ? 0 : scale;
}

static void fast_mask(int64_t n, Real *m, double p,
                      uint64_t (*bits)(Generator *g), Generator *g)
{
  const Real value[2] = { 0, (Real)(1 / (1 - p)) };
  uint64_t limit = (uint64_t)(p * 0x1p16 + 0.5), u = 0;
  for (int64_t i = 0; i < n; i++) {
    u = i % 4 ? u >> 16 : bits(g);
    m[i] = value[(u & 0xffff) >= limit];
  }
}

static int64_t calls;

static uint64_t counted_bits(Generator *g)
{
  calls++;
  return tt_random(g);
}

static void expect_mask(int64_t n, const Real *m, double p)
{
  double zeros = 0, twice[9] = {0};
  for (int64_t i = 0; i < n; i++) {
    zeros += m[i] == 0;
    if (m[i] != 0)
      tt_expect_close((double)m[i], 1 / (1 - p), 1e-6, 0);
    for (int k = 1; k < 9 && k <= i; k++)
      twice[k] += m[i] == 0 && m[i - k] == 0;
  }
  double pp = p * p, wide = 5 * sqrt((double)n);
  tt_expect_close(zeros / (double)n, p, 0,
                  wide * sqrt(p * (1 - p)) / (double)n);
  for (int k = 1; k < 9; k++)
    tt_expect_close(twice[k] / (double)n, pp, 0,
                    2 * wide * sqrt(pp) / (double)n);
}

TT(speed, a_mask_in_half_the_time)
{
  Generator g;
  tt_manual_seed(&g, 311);
  int64_t n = tt_numel(tt_empty(TT_U8, TT_SHAPE(100000)));
  Real *m = tt_empty(TT_F32, TT_SHAPE(n))->data;
  for (int64_t k = 1; k < 20; k++) {
    m[k - 1] = m[k] = 7;
    fast_mask(k, m, 0.5, tt_random, &g);
    tt_expect(m[k - 1] != 7, "the last of %d is left out", (int)k);
    tt_expect(m[k] == 7, "more than %d numbers are written", (int)k);
  }
  const double p[] = { 0.5, 0.1, 0.001 };
  for (int i = 0; i < 3; i++) {
    calls = 0;
    fast_mask(n, m, p[i], counted_bits, &g);
    expect_mask(n, m, p[i]);
    tt_expect(calls <= n / 2 + 1, "%lld calls of bits for %lld numbers",
              (long long)calls, (long long)n);
  }
  tt_race(2, slow_mask(n, m, 0.5, tt_random, &g),
          fast_mask(n, m, 0.5, tt_random, &g));
}

static double spread(Tensor *t)    // root of the mean of the squares
{
  return sqrt(tt_item(tt_mean(tt_mul(t, t), TT_ALL, false)));
}

static double largest(Tensor *t)
{
  return tt_item(tt_max(tt_abs(t), TT_ALL, false));
}

TT(layers, weights_have_the_right_spread)
{
  Tensor *w = tt_empty(TT_F32, TT_SHAPE(64, 200));
  tt_kaiming_normal_(w, 0, NULL);
  tt_expect_close(spread(w), 0.1, 0.03, 0);
  tt_kaiming_uniform_(w, 0, NULL);
  tt_expect_close(spread(w), 0.1, 0.03, 0);
  tt_expect_close(largest(w), 0.1 * sqrt(3), 0.002, 0);
  tt_kaiming_normal_(w, 3, NULL);
  tt_expect_close(spread(w), 0.1 / sqrt(10), 0.03, 0);
  tt_kaiming_uniform_(w, sqrt(5), NULL);
  tt_expect_close(largest(w), 1 / sqrt(200), 0.002, 0);
  w = tt_empty(TT_F32, TT_SHAPE(8, 4, 5, 5));
  tt_kaiming_uniform_(w, 0, NULL);
  tt_expect_close(largest(w), sqrt(6.0 / 100), 0.01, 0);
}

TT(layers, fans_count_windows)
{
  Tensor *w = tt_empty(TT_F32, TT_SHAPE(8, 4, 5, 5));
  tt_xavier_uniform_(w, 1, NULL);
  tt_expect_close(largest(w), sqrt(6.0 / (100 + 200)), 0.01, 0);
  tt_xavier_normal_(w, 2, NULL);
  tt_expect_close(spread(w), 2 * sqrt(2.0 / 300), 0.1, 0);
  tt_expect_fail(tt_xavier_normal_(w, NAN, NULL),
                 "a fan-in of 100 and a fan-out of 200");
  tt_expect_fail(tt_kaiming_normal_(tt_ones(TT_SHAPE(3)), 0, NULL),
                 "(out,in)");
}

int perceptron_main(int argc, char **argv);
#define main perceptron_main
#include "../programs/03/perceptron.c"
#undef main

TT(layers, the_perceptron_learns_from_a_mistake)
{
  Linear *p = perceptron_new();
  learn(p, tt_from(TT_SHAPE(2), (Real[]){0.5, -2}), -1);
  tt_expect_values(p->weight, 0, -0.5, 2);
  tt_expect_values(p->bias, 0, -1);
  Examples and = table((Real[]){-1, -1, -1, 1});
  tt_expect_int(wrong(p, and), 1);
  while (pass(p, and) > 0)
    ;
  tt_expect_int(wrong(p, and), 0);
}
