// Made from chapters/12-attention.nw by tools/tangle: edit there.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tt/tt.h"

enum { LONGEST = 10, COLUMNS = 2 * LONGEST, DIGITS = 10,
       WRITE = DIGITS, PADDING, TOKENS, WIDTH = 32, BATCH = 64 };

typedef struct Block {
  Module  base;
  MultiHeadAttention *attention;
  Linear *wide, *narrow;
} Block;

static const ModuleField block_fields[] = {
  TT_CHILD(Block, attention), TT_CHILD(Block, wide),
  TT_CHILD(Block, narrow), {0}
};
static const ModuleType block_type = {
  "Block", sizeof(Block), block_fields, NULL, NULL
};

typedef struct Net {
  Module     base;
  Embedding *token, *place;
  Module   **block;
  int        blocks;
  Linear    *out;
  bool       ordered;              // it has positions
} Net;

static const ModuleField net_fields[] = {
  TT_CHILD(Net, token), TT_CHILD(Net, place),
  TT_CHILDREN(Net, block, blocks), TT_CHILD(Net, out), {0}
};
static const ModuleType net_type = {
  "Net", sizeof(Net), net_fields, NULL, NULL
};

static Tensor *look(Net *n, Tensor *ids, Tensor **seen /* or NULL */)
{
  TT_SCOPE;
  Shape all = TT_SHAPE(ids->shape[0], 1, 1, ids->shape[1]);
  Tensor *text = tt_ne(tt_to(ids, TT_F32),
                       tt_full(TT_SCALAR, PADDING));
  AttentionOptions o = { .mask = tt_reshape(text, all) };
  Tensor *x = tt_forward(n->token, ids);
  if (n->ordered)
    x = tt_add(x, tt_forward(n->place, tt_positions(0, all.dim[3])));
  for (int i = 0; i < n->blocks; i++) {
    Block *b = (Block *)n->block[i];
    KeysValues kv = tt_keys_values(b->attention, x, NULL);
    if (seen)
      *seen = tt_keep(tt_attend_weights(b->attention, x, kv, o));
    x = tt_add(x, tt_attend(b->attention, x, kv, o));
    Tensor *wide = tt_relu(tt_forward(b->wide, x));
    x = tt_add(x, tt_forward(b->narrow, wide));
  }
  return tt_keep(tt_forward(n->out, x));
}

typedef struct Plan {
  const char *name;
  bool   sort;
  int    blocks, heads, steps;
  bool   unordered, unmasked;      // what is taken away
} Plan;

static Net *network(const Plan *p, Generator *g)
{
  Net *n = tt_module_new_with(&net_type,
    (size_t)p->blocks * sizeof(Module *));
  n->token = tt_embedding_new(TOKENS, WIDTH, (EmbeddingOptions){0}, g);
  n->place = tt_embedding_new(COLUMNS, WIDTH, (EmbeddingOptions){0}, g);
  n->out = tt_linear_new(WIDTH, DIGITS, g);
  n->ordered = !p->unordered;
  n->block = (Module **)(n + 1), n->blocks = p->blocks;
  MultiHeadOptions o = { .causal = !p->unmasked };
  for (int i = 0; i < n->blocks; i++) {
    Block *b = tt_module_new(&block_type);
    b->attention = tt_multi_head_attention_new(WIDTH, p->heads, o, g);
    b->wide = tt_linear_new(WIDTH, 4 * WIDTH, g);
    b->narrow = tt_linear_new(4 * WIDTH, WIDTH, g);
    n->block[i] = &b->base;
  }
  return n;
}

static int ascending(const void *a, const void *b)
{
  return *(const int32_t *)a - *(const int32_t *)b;
}

static void answer(bool sort, int n, const int32_t *x, int32_t *y)
{
  for (int i = 0; i < n; i++)
    y[i] = x[n - 1 - i];
  if (sort)
    qsort(y, (size_t)n, sizeof *y, ascending);
}

static bool for_tests(int n, const int32_t *x)
{
  int sum = n;
  for (int i = 0; i < n; i++)
    sum = (31 * sum + x[i]) % 1009;
  return sum % 5 == 0;
}

static int draw(bool tested, int least, int most, int32_t *x,
                Generator *g)
{
  int n;
  do {
    n = least + (int)(tt_random(g) % (uint64_t)(most - least + 1));
    for (int i = 0; i < n; i++)
      x[i] = (int32_t)(tt_random(g) % DIGITS);
  } while (for_tests(n, x) != tested);
  return n;
}

static void lay_out(bool sort, int n, const int32_t *x, int32_t *ids,
                    int32_t *labels)
{
  int32_t y[LONGEST];
  answer(sort, n, x, y);
  for (int i = 0; i < COLUMNS; i++)
    ids[i] = PADDING, labels[i] = TT_IGNORE;
  memcpy(ids + LONGEST - n, x, (size_t)n * sizeof *x);
  ids[LONGEST] = WRITE;
  memcpy(ids + LONGEST + 1, y, (size_t)(n - 1) * sizeof *y);
  memcpy(labels + LONGEST, y, (size_t)n * sizeof *y);
}

static void rows(bool sort, bool tested, int least, int most,
                 Tensor *ids, Tensor *labels, Generator *g)
{
  int32_t *id = ids->data, *label = labels->data, x[LONGEST];
  for (int64_t i = 0; i < ids->shape[0]; i++) {
    int n = draw(tested, least, most, x, g);
    lay_out(sort, n, x, id + i * COLUMNS, label + i * COLUMNS);
  }
}

static double learn(Net *n, const Plan *p, Generator *g)
{                                  // the loss after 300 steps
  Optimizer *adam = tt_adam_new(tt_module_parameters(n),
    (AdamOptions){ .lr = 3e-3, .beta2 = 0.99 });
  Schedule rest = tt_schedule_cosine(3e-3, 0, p->steps - 50);
  Schedule lr = tt_schedule_then(tt_schedule_warmup(3e-3, 0.02, 50), 50,
                                 rest);
  double early = 0;                // of steps 250 to 299
  for (int step = 0; step < p->steps; step++) {
    TT_SCOPE;
    Tensor *ids = tt_empty(TT_I32, TT_SHAPE(BATCH, COLUMNS));
    Tensor *labels = tt_empty(TT_I32, TT_SHAPE(BATCH * COLUMNS));
    rows(p->sort, false, 4, LONGEST, ids, labels, g);
    tt_optimizer_set_lr(adam, tt_schedule_lr(&lr, step));
    tt_optimizer_zero_grad(adam);
    Tensor *y = tt_reshape(look(n, ids, NULL), TT_SHAPE(-1, DIGITS));
    Tensor *loss = tt_cross_entropy(y, labels);
    tt_backward(loss);
    tt_clip_grad_norm(tt_module_parameters(n), 1);
    tt_optimizer_step(adam);
    early += step >= 250 && step < 300 ? tt_item(loss) / 50 : 0;
  }
  return early;
}

static void write_column(Net *n, Tensor *ids, int c, bool *wrong,
                         const int32_t *label)
{
  TT_SCOPE;
  Tensor *y = look(n, tt_slice(ids, 1, 0, c + 1, 1), NULL);
  Tensor *best = tt_argmax(tt_select(y, 1, c), 1, false);
  const int32_t *digit = best->data;
  for (int64_t i = 0; i < ids->shape[0]; i++) {
    int32_t right = label[i * COLUMNS + c];
    wrong[i] = wrong[i] || (right != TT_IGNORE && right != digit[i]);
  }
  if (c + 1 < COLUMNS)
    tt_copy_(tt_select(ids, 1, c + 1), best);
}

static double asked(Net *n, bool sort, int least, int most)
{
  enum { COUNT = 1000 };
  bool wrong[COUNT] = {0};
  TT_SCOPE;
  TT_NO_GRAD;
  Generator g;
  tt_manual_seed(&g, 2);
  Tensor *ids = tt_empty(TT_I32, TT_SHAPE(COUNT, COLUMNS));
  Tensor *labels = tt_empty(TT_I32, TT_SHAPE(COUNT, COLUMNS));
  rows(sort, true, least, most, ids, labels, &g);
  for (int c = LONGEST; c < COLUMNS; c++)
    write_column(n, ids, c, wrong, labels->data);
  int right = COUNT;
  for (int i = 0; i < COUNT; i++)
    right -= wrong[i];
  return 100. * right / COUNT;
}

static void example(Net *n, bool sort)
{
  TT_SCOPE;
  TT_NO_GRAD;
  bool wrong = false;
  int32_t x[] = { 7, 2, 9, 2, 4, 0 };
  Tensor *ids = tt_empty(TT_I32, TT_SHAPE(1, COLUMNS));
  Tensor *labels = tt_empty(TT_I32, TT_SHAPE(1, COLUMNS));
  lay_out(sort, 6, x, ids->data, labels->data);
  for (int c = LONGEST; c < LONGEST + 6; c++)
    write_column(n, ids, c, &wrong, labels->data);
  const int32_t *id = ids->data;
  for (int c = LONGEST - 6; c < LONGEST + 7; c++)
    if (c == LONGEST)
      printf(" ->");
    else
      printf(" %d", id[c]);
  putchar('\n');
}

static Net *report(const Plan *p)
{
  Generator g;
  tt_manual_seed(&g, 1);
  Net *n = network(p, &g);
  double loss = learn(n, p, &g);
  printf("%-20s  %.4f   %5.1f %%\n", p->name, loss,
         asked(n, p->sort, 4, LONGEST));
  return n;
}

static void print_map(const char *name, Tensor *seen, const int32_t *id,
                      const int32_t *label)
{
  double right = 0, near = 0;
  printf("query\tkey\tweight\treads\twrites\n");
  for (int t = LONGEST; t < COLUMNS; t++)
    for (int s = 0; s < COLUMNS; s++) {
      double w = tt_get(seen, TT_INDEX(t, s));
      printf("%d\t%d\t%.3f\t%d\t%d\n", t, s, w, id[s], label[t]);
      if (s < LONGEST) {
        right += id[s] == label[t] ? w / LONGEST : 0;
        near += id[s] == label[t] || id[s] == label[t] + 1
                ? w / LONGEST : 0;
      }
    }
  printf("# %s.right\t%.0f %%\n", name, 100 * right);
  if (strcmp(name, "sortmap") == 0)
    printf("# sortmap.near\t%.0f %%\n", 100 * near);
}

static void draw_map(const Plan *p)
{
  Generator g;
  tt_manual_seed(&g, 1);
  Net *n = network(p, &g);
  learn(n, p, &g);
  TT_NO_GRAD;
  int32_t x[] = { 3, 8, 1, 5, 0, 9, 6, 2, 7, 4 };
  Tensor *ids = tt_empty(TT_I32, TT_SHAPE(1, COLUMNS));
  Tensor *labels = tt_empty(TT_I32, TT_SHAPE(1, COLUMNS));
  lay_out(p->sort, LONGEST, x, ids->data, labels->data);
  Tensor *seen = NULL;
  look(n, ids, &seen);
  seen = tt_select(tt_mean(seen, 1, false), 0, 0);
  print_map(p->sort ? "sortmap" : "reversemap", seen, ids->data,
            labels->data);
}

int main(int argc, char **argv)
{
  static const Plan plan[] = {
    { .name = "reverse", .blocks = 1, .heads = 1, .steps = 300 },
    { .name = "  without positions", .blocks = 1, .heads = 1,
      .steps = 300, .unordered = true },
    { .name = "  without the mask", .blocks = 1, .heads = 1,
      .steps = 300, .unmasked = true },
    { .name = "sort", .sort = true, .blocks = 2, .heads = 4,
      .steps = 1500 },
    { .name = "  without positions", .sort = true, .blocks = 2,
      .heads = 4, .steps = 1200, .unordered = true },
    { .name = "  without the mask", .sort = true, .blocks = 2,
      .heads = 4, .steps = 300, .unmasked = true } };
  tt_autograd_enable();
  if (argc > 2 && strcmp(argv[1], "--map") == 0) {
    draw_map(&plan[strcmp(argv[2], "sort") == 0 ? 3 : 0]);
    return 0;
  }
  printf("%-17s loss at 300   right\n", "");
  for (int i = 0; i < 6; i++) {
    TT_SCOPE;
    Net *n = report(&plan[i]);
    if (!plan[i].unordered && !plan[i].unmasked) {
      example(n, plan[i].sort);
      printf("  lengths 1 to 3               %5.1f %%\n",
             asked(n, plan[i].sort, 1, 3));
    }
  }
  return 0;
}
