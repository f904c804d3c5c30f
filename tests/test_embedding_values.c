// Needs chapter 11: lookups, selections, positions and rotations beside PyTorch
// (reference/embeddings.py), values and gradients; each allocation failing in
// turn; what is refused; a table of more than 2^31 numbers.
#include "faults.h"
#include "vectors.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static Tensor *apply(Sample *c) {
  Tensor *i = find(c, "i"), *x = find(c, "x"), *y = find(c, "y");
  double a = 0, b = 0;
  sscanf(c->options, "%lf %lf", &a, &b);
  if (strcmp(c->kind, "embedding") == 0)
    return tt_embedding_with(i, x, (EmbeddingOptions){
      .padding = a != 0, .padding_idx = (int32_t)b});
  if (strcmp(c->kind, "select") == 0) return tt_index_select(x, (int)a, i);
  if (strcmp(c->kind, "rotary") == 0)
    return tt_rotary(x, i, (RotaryOptions){.interleaved = a != 0, .base = b});
  return tt_sinusoidal_positions((int64_t)a, y->shape[0], y->shape[1]);
}

static void expect_near(Sample *c, const char *key, Tensor *got) {
  Tensor *want = find(c, key);
  tt_expect(got && want, "%s %s: no %s", c->kind, c->name, key);
  tt_expect_shape(got, tt_shape(want));
  // a copy is exact; a sum or a product of sines is rounded
  double tolerance = strcmp(c->kind, "rotary") == 0   ? 1e-6
                     : strcmp(c->kind, "sinusoids") == 0 ? 6e-8
                     : strcmp(key, "y") == 0             ? 0
                                                         : 2e-6;
  for (int64_t k = 0, n = tt_numel(want); k < n; k++) {
    double a = tt_load(TT_F32, got->data, k), b = tt_load(TT_F32, want->data, k);
    tt_expect(fabs(a - b) <= tolerance * fmax(1, fabs(b)),
              "%s %s: %s[%d] is %.9g, not %.9g", c->kind, c->name, key, (int)k, a, b);
  }
}

static void try_case(Sample *c, bool views) {
  Tensor *leaf = NULL;
  for (int k = 0; k < c->n; k++) {
    if (strcmp(c->key[k], "x") == 0) leaf = tt_requires_grad_(c->t[k], true);
    if (views && strcmp(c->key[k], "y") != 0 && strcmp(c->key[k], "dx") != 0)
      c->t[k] = turned(c->t[k]);
  }
  Tensor *y = apply(c);
  expect_near(c, "y", y);
  if (!leaf) return;
  tt_backward_with(y, find(c, "g"));
  expect_near(c, "dx", leaf->grad);
  if (views) return;
  tt_backward_with(apply(c), find(c, "g"));    // adds to what is there
  Tensor *twice = tt_mul_scalar(tt_detach(find(c, "dx")), 2);
  tt_expect_tensor(leaf->grad, twice, 1e-5, 1e-5);
}

static int all_cases(bool views) {
  tt_autograd_enable();
  return each_sample("embeddings.txt", " embedding select rotary sinusoids ", try_case, views);
}

TT(embedding_values, as_in_pytorch) { tt_expect_int(all_cases(false), 45); }
TT(embedding_values, as_in_pytorch_on_views) { tt_expect_int(all_cases(true), 45); }

// ---- every allocation fails once -------------------------------------------
static void one_step(void *arg) {
  (void)arg;
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, 1);
  Embedding *e = tt_embedding_new(5, 4, (EmbeddingOptions){.padding = true}, &g);
  Tensor *ids = tt_randint(0, 5, TT_SHAPE(2, 3), &g), *place;
  Tensor *y = tt_rotary(tt_forward(e, ids), tt_padded_positions(ids, 0),
                        (RotaryOptions){0});
  tt_unique(tt_select(ids, 0, 0), &place);
  tt_backward(tt_sum(tt_index_select(y, 1, place), TT_ALL, false));
  tt_multinomial(tt_ones(TT_SHAPE(3)), 4, &g);
  tt_pca(e->weight, 2, &place);
  tt_one_hot(ids, 5);
}

TT(embedding_values, every_allocation_fails_once) {
  tt_autograd_enable();
  one_step(NULL);                    // the tape keeps its first block
  survive_each_fault("words", one_step, NULL);
}

// ---- more than 2^31 numbers: no page is touched but those of one row --------
TT(embedding_values, a_table_of_more_than_2_to_31_numbers) {
  int64_t rows = 3000, inner = 1 << 20, last = rows - 1;
  size_t bytes = (size_t)(rows * inner) * sizeof(Real);
  Real *table = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (table == MAP_FAILED) {
    fprintf(stderr, "no room for a table of 12 GB, not even in name\n");
    return;
  }
  GatherShape s = {1, rows, inner, 1, -1};
  Real *row = calloc((size_t)inner, sizeof *row);
  row[7] = 3;
  tt_naive_scatter_add(&s, table, row, &(int32_t){(int32_t)last});
  row[7] = 0;
  tt_naive_gather(&s, row, table, &(int32_t){(int32_t)last});
  tt_expect_close((double)row[7], 3, 0, 0);
  tt_expect_close((double)table[last * inner + 7], 3, 0, 0);
  free(row);
  munmap(table, bytes);
}

// ---- only distances count ----------------------------------------------------
static double score(Tensor *q, Tensor *k, int64_t m, int64_t n, bool interleaved) {
  TT_SCOPE;
  RotaryOptions o = {.interleaved = interleaved};
  return tt_item(tt_sum(tt_mul(tt_rotary(q, tt_positions(m, 1), o),
                               tt_rotary(k, tt_positions(n, 1), o)), TT_ALL, false));
}

TT(embedding_values, scores_depend_on_distances) {
  Generator g;
  tt_manual_seed(&g, 2);
  for (int how = 0; how < 2; how++) {
    Tensor *q = tt_randn(TT_SHAPE(1, 16), &g), *k = tt_randn(TT_SHAPE(1, 16), &g);
    double near = score(q, k, 5, 2, how), far = score(q, k, 5, 4, how);
    tt_expect_close(score(q, k, 1005, 1002, how), near, 0, 1e-4);
    tt_expect_close(score(q, k, 100003, 100000, how), near, 0, 1e-4);
    tt_expect(fabs(near - far) > 0.1, "the same at another distance: %g", far);
  }
}

// weights of one form, reordered, give the scores of the other
TT(embedding_values, both_forms_are_the_same_after_a_permutation) {
  Generator g;
  tt_manual_seed(&g, 9);
  Tensor *q = tt_randn(TT_SHAPE(1, 8), &g), *k = tt_randn(TT_SHAPE(1, 8), &g);
  Tensor *order = tt_from_int(TT_SHAPE(8), (int32_t[]){0, 2, 4, 6, 1, 3, 5, 7});
  tt_expect_close(score(tt_index_select(q, 1, order), tt_index_select(k, 1, order), 9, 4,
                        false), score(q, k, 9, 4, true), 1e-5, 1e-5);
}

// ---- what is refused ---------------------------------------------------------
TT(embedding_values, mistakes_are_named) {
  Tensor *w = tt_ones(TT_SHAPE(4, 2)), *x = tt_ones(TT_SHAPE(2, 3, 4));
  Tensor *ids = tt_from_int(TT_SHAPE(3), (int32_t[]){0, 3, 1});
  tt_expect_fail(tt_embedding_with(ids, w, (EmbeddingOptions){.padding_idx = 2}),
                 "counts only with .padding = true");
  tt_expect_fail(tt_embedding_with(ids, w, (EmbeddingOptions){true, 4}),
                 "padding_idx 4; the table has 4 rows");
  tt_expect_fail(tt_embedding_new(4, 2, (EmbeddingOptions){true, -5}, NULL),
                 "padding_idx -5");
  tt_expect_fail(tt_embedding(tt_from_int(TT_SHAPE(1, 1, 1, 1, 1, 1), (int32_t[]){0}), w),
                 "more than 6 dimensions");
  tt_expect_fail(tt_index_select(x, 1, ids), "id 3 at [1]; the table has 3 rows");
  tt_expect_fail(tt_index_add_(x, 1, ids, x), "id 3 at [1]");
  tt_expect_fail(tt_index_add_(x, 2, ids, x), "source [2,3,4]; with 3 places along dim 2 of"
                 " [2,3,4] it is [2,3,3]");
  tt_expect_fail(tt_one_hot(ids, 3), "id 3 at [1]");
  tt_expect_fail(tt_rotary(x, tt_positions(0, 2), (RotaryOptions){0}),
                 "input [2,3,4], positions [2]");
  tt_expect_fail(tt_rotary(x, tt_to(tt_zeros(TT_SHAPE(3, 3)), TT_I32), (RotaryOptions){0}),
                 "positions [3,3]");
  tt_expect_fail(tt_rotary(x, tt_positions(0, 3), (RotaryOptions){.base = -1}), "base -1");
  tt_expect_fail(tt_rotary(x, tt_from_int(TT_SHAPE(3), (int32_t[]){0, -1, 2}),
                           (RotaryOptions){0}), "-1 at [1]");
  tt_expect_fail(tt_multinomial(tt_from(TT_SHAPE(2), (Real[]){1, -1}), 1, NULL),
                 "weight -1 at [1]");
  tt_expect_fail(tt_multinomial(tt_from(TT_SHAPE(2), (Real[]){1, NAN}), 1, NULL), "nan at [1]");
  tt_expect_fail(tt_multinomial(tt_ones(TT_SHAPE(0)), 1, NULL), "nothing can be drawn");
  tt_expect_fail(tt_pca(w, 3, NULL), "input [4,2], 3 directions");
  tt_autograd_enable();
  Tensor *leaf = tt_requires_grad_(tt_ones(TT_SHAPE(4, 2)), true);
  tt_expect_fail(tt_index_add_(leaf, 0, ids, tt_ones(TT_SHAPE(3, 2))), "tt_index_add_");
  TT_NO_GRAD;
  tt_index_add_(leaf, 0, ids, tt_ones(TT_SHAPE(3, 2)));
  tt_expect_values(leaf, 0, 2, 2, 2, 2, 1, 1, 2, 2);
}

// ids that are changed between forward and backward
TT(embedding_values, changed_ids_are_noticed) {
  tt_autograd_enable();
  Tensor *w = tt_requires_grad_(tt_ones(TT_SHAPE(4, 2)), true);
  Tensor *ids = tt_from_int(TT_SHAPE(2), (int32_t[]){0, 3});
  Tensor *y = tt_sum(tt_embedding(ids, w), TT_ALL, false);
  tt_fill_(ids, 1);
  tt_expect_fail(tt_backward(y), "changed");
}

// what varies nowhere, and what varies in one direction only
TT(embedding_values, components_of_what_does_not_vary) {
  Tensor *var, *v = tt_pca(tt_ones(TT_SHAPE(3, 2)), 2, &var);
  tt_expect_values(var, 0, 0, 0);
  tt_expect_values(tt_matmul(v, tt_transpose(v, 0, 1)), 1e-6, 1, 0, 0, 1);
  Tensor *line = tt_from(TT_SHAPE(3, 2), (Real[]){0, 0, 3, 4, -3, -4});
  v = tt_pca(line, 2, &var);
  tt_expect_values(var, 1e-6, 25, 0);
  tt_expect_values(tt_abs(v), 1e-6, 0.6, 0.8, 0.8, 0.6);
  // whatever is rounded: of four directions, one or two have all the variance
  Generator g;
  tt_manual_seed(&g, 11);
  for (int round = 0; round < 40; round++) {
    int64_t rank = 1 + round % 2;
    Tensor *x = tt_matmul(tt_randn(TT_SHAPE(9, rank), &g), tt_randn(TT_SHAPE(rank, 4), &g));
    v = tt_pca(x, 4, &var);
    tt_expect_values(tt_matmul(v, tt_transpose(v, 0, 1)), 1e-5,
                     1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
    tt_expect_values(tt_select(var, 0, 2), 1e-5, 0);
    tt_expect_values(tt_select(var, 0, 3), 1e-5, 0);
  }
}
