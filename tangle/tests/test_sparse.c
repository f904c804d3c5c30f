// Made from chapters/17-compression.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>

typedef struct Numbers {           // of a matrix in csr
  SparseMatrix s;
  int64_t taken;
} Numbers;

static Real take(Numbers *n, int64_t j, int64_t *column)
{
  n->taken++;
  *column = ((const int32_t *)n->s.index->data)[j];
  return ((const Real *)n->s.values->data)[j];
}

static void slow_product(Numbers *n, int64_t m, const Real *xt,
                         Real *yt)
{
  const int32_t *start = n->s.start->data;
  for (int64_t e = 0; e < m; e++)
    for (int64_t r = 0; r < n->s.rows; r++) {
      Real sum = 0;
      for (int64_t j = start[r], c; j < start[r + 1]; j++) {
        Real v = take(n, j, &c);
        sum += v * xt[c * m + e];
      }
      yt[r * m + e] = sum;
    }
}

static void quick_product(Numbers *n, int64_t m, const Real *xt,
                          Real *yt)
{
  const int32_t *start = n->s.start->data;
  for (int64_t r = 0; r < n->s.rows; r++) {
    Real *y = yt + r * m;
    for (int64_t e = 0; e < m; e++)
      y[e] = 0;
    for (int64_t j = start[r], c; j < start[r + 1]; j++) {
      Real v = take(n, j, &c);
      const Real *x = xt + c * m;
      for (int64_t e = 0; e < m; e++)
        y[e] += v * x[e];
    }
  }
}

static Tensor *sparse_of(int64_t rows, int64_t cols, SparseFormat f,
                         double share, uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  Tensor *w = tt_randn(TT_SHAPE(rows, cols), &g);
  Tensor *stays = tt_to(tt_sparse_mask(w, f, share), TT_F32);
  return tt_mul(w, stays);
}

TT(sparse, rows_without_their_zeros)
{
  Tensor *w = tt_from(TT_SHAPE(4, 5), (Real[]){
    0, 0, 3, 0, -1,  0, 0, 0, 0, 0,  7, 0, 0, 0, 0,  1, 2, 3, 4, 5 });
  SparseMatrix s = tt_sparse_from(w, TT_CSR);
  tt_expect_values(s.values, 0, 3, -1, 7, 1, 2, 3, 4, 5);
  tt_expect_values(s.index, 0, 2, 4, 0, 0, 1, 2, 3, 4);
  tt_expect_values(s.start, 0, 0, 2, 2, 3, 8);
  tt_expect_tensor(tt_sparse_dense(&s), w, 0, 0);
  tt_expect_int(tt_sparse_bytes(&s), 8 * (int)sizeof(Real) + 8 * 4
                + 5 * 4);
  w = tt_from(TT_SHAPE(1, 3), (Real[]){ (Real)NAN, 0, (Real)1e-38 });
  s = tt_sparse_from(w, TT_CSR);
  tt_expect_values(s.values, 0, (double)NAN, (double)(Real)1e-38);
}

TT(speed, products_by_numbers)
{
  enum { ROWS = 120, COLS = 90 };
  Numbers n = { tt_sparse_from(sparse_of(ROWS, COLS, TT_CSR, 0.7, 3),
                               TT_CSR), 0 };
  for (int64_t m = 64; m > 0; m = m > 1 ? m / 9 : 0) {
    Tensor *xt = tt_randn(TT_SHAPE(COLS, m), NULL);
    Tensor *yt = tt_full(TT_SHAPE(ROWS, m), (Real)NAN);
    Tensor *want = tt_matmul(tt_sparse_dense(&n.s), xt);
    n.taken = 0;
    quick_product(&n, m, xt->data, yt->data);
    tt_expect_tensor(yt, want, 1e-4, 1e-4);
    tt_expect_int(n.taken, tt_numel(n.s.values));
  }
  const Real *xt = tt_randn(TT_SHAPE(COLS, 64), NULL)->data;
  Real *yt = tt_empty(TT_F32, TT_SHAPE(ROWS, 64))->data;
  tt_race(2, slow_product(&n, 64, xt, yt),
          quick_product(&n, 64, xt, yt));
}

TT(sparse, blocks_and_pairs)
{
  Tensor *w = tt_zeros(TT_SHAPE(6, 9));        // two rows, three
  tt_set_(w, TT_INDEX(1, 2), 5);               // columns of blocks
  tt_set_(w, TT_INDEX(5, 8), -2);
  SparseMatrix s = tt_sparse_from(w, TT_BLOCKS);
  tt_expect_shape(s.values, TT_SHAPE(2, 4, 4));
  tt_expect_values(s.index, 0, 0, 8);
  tt_expect_values(s.start, 0, 0, 1, 2);
  tt_expect_close(tt_get(s.values, TT_INDEX(0, 1, 2)), 5, 0, 0);
  tt_expect_close(tt_get(s.values, TT_INDEX(1, 1, 0)), -2, 0, 0);
  tt_expect_tensor(tt_sparse_dense(&s), w, 0, 0);
  w = tt_from(TT_SHAPE(2, 8), (Real[]){ 0, 0, 7, 8,  3, 0, 0, 4,
                                        0, 0, 0, 0,  0, 6, 0, 0 });
  s = tt_sparse_from(w, TT_TWO_OF_FOUR);
  tt_expect_values(s.values, 0, 7, 8, 3, 4, 0, 0, 6, 0);
  tt_expect_shape(s.index, TT_SHAPE(2, 1));
  tt_expect_int(((uint8_t *)s.index->data)[0], 2 | 3 << 2 | 0 << 4
                | 3 << 6);
  tt_expect_tensor(tt_sparse_dense(&s), w, 0, 0);
  tt_expect_int(tt_sparse_bytes(&s), 8 * (int)sizeof(Real) + 2);
  tt_set_(w, TT_INDEX(1, 4), 1), tt_set_(w, TT_INDEX(1, 6), 1);
  tt_expect_fail(tt_sparse_from(w, TT_TWO_OF_FOUR),
                 "row 1 has more than two numbers that are not 0 in"
                 " columns 4 to 7");
  tt_expect_fail(tt_sparse_from(tt_zeros(TT_SHAPE(3)), TT_CSR),
                 "a matrix is (rows,cols)");
}

static void expect_product(SparseFormat f, int64_t m, int64_t rows,
                           int64_t cols, double share, bool with_bias)
{
  TT_SCOPE;
  Generator g;
  tt_manual_seed(&g, (uint64_t)(m * 100 + rows));
  Tensor *w = sparse_of(rows, cols, f, share, (uint64_t)cols);
  SparseMatrix s = tt_sparse_from(w, f);
  tt_expect_tensor(tt_sparse_dense(&s), w, 0, 0);
  Tensor *b = with_bias ? tt_randn(TT_SHAPE(rows), &g) : NULL;
  Tensor *x = tt_randn(TT_SHAPE(m, cols), &g);
  tt_expect_tensor(tt_sparse_linear(x, &s, b), tt_linear(x, w, b), 1e-4,
                   1e-4);
}

TT(sparse, products_are_those_of_the_dense_matrix)
{
  static const int64_t some[] = { 1, 2, 3, 8, 9, 31, 32, 33, 65 };
  static const SparseFormat format[] = { TT_CSR, TT_BLOCKS,
                                         TT_TWO_OF_FOUR };
  for (int f = 0; f < 3; f++)
    for (int i = 0; i < 9; i++) {
      int64_t n = some[i];
      expect_product(format[f], n, 17, 23, 0.7, true);
      expect_product(format[f], 5, n, 19, 0.7, false);
      expect_product(format[f], 33, 18, n, 0.5, true);
    }
  expect_product(TT_CSR, 40, 10, 10, 1, true);       // nothing left
  expect_product(TT_BLOCKS, 3, 10, 10, 1, true);
  expect_product(TT_CSR, 3, 10, 10, 0, true);        // all of it
  Tensor *x = tt_zeros(TT_SHAPE(2, 3, 8));
  SparseMatrix s = tt_sparse_from(tt_ones(TT_SHAPE(5, 8)), TT_CSR);
  tt_expect_shape(tt_sparse_linear(x, &s, NULL), TT_SHAPE(2, 3, 5));
  tt_expect_fail(tt_sparse_linear(tt_zeros(TT_SHAPE(7)), &s, NULL),
                 "weight (5,8)");
  tt_expect_fail(tt_sparse_linear(x, &s, tt_zeros(TT_SHAPE(4))),
                 "one f32 for each row");
}

TT(sparse, numbers_of_a_strip_do_not_mix)
{
  Tensor *w = sparse_of(20, 30, TT_CSR, 0.5, 1);
  SparseMatrix s = tt_sparse_from(w, TT_CSR);
  Tensor *x = tt_transpose(tt_randn(TT_SHAPE(30, 40), NULL), 0, 1);
  tt_expect_tensor(tt_sparse_linear(x, &s, NULL),
                   tt_linear(x, w, NULL), 1e-4, 1e-4);
  x = tt_clone(x);
  tt_set_(x, TT_INDEX(7, 3), (double)INFINITY);
  Tensor *y = tt_sparse_linear(x, &s, NULL);
  for (int64_t i = 0; i < 40; i++) {
    double sum = tt_item(tt_sum(tt_select(y, 0, i), TT_ALL, false));
    tt_expect(isfinite(sum) == (i != 7), "example %lld: sum %g",
              (long long)i, sum);
  }
}

TT(sparse, what_a_mask_leaves)
{
  Tensor *w = tt_from(TT_SHAPE(2, 6), (Real[]){ 1, -9, 3, 4, -5, 6,
                                                2, 2, -2, 2, 0, 7 });
  tt_expect_values(tt_sparse_mask(w, TT_CSR, 0.5), 0,
                   0, 1, 1, 1, 1, 1,  0, 0, 0, 0, 0, 1);
  tt_expect_values(tt_sparse_mask(w, TT_TWO_OF_FOUR, 0), 0,
                   0, 1, 0, 1, 1, 1,  1, 1, 0, 0, 1, 1);
  Tensor *b = tt_ones(TT_SHAPE(8, 8));
  tt_set_(b, TT_INDEX(5, 1), 3);               // heavier: this block
  tt_set_(b, TT_INDEX(0, 6), 2);               // and this one
  Tensor *m = tt_to(tt_sparse_mask(b, TT_BLOCKS, 0.5), TT_F32);
  tt_expect_values(tt_sum(m, 1, false), 0, 4, 4, 4, 4, 4, 4, 4, 4);
  tt_expect_values(tt_sum(m, 0, false), 0, 4, 4, 4, 4, 4, 4, 4, 4);
  tt_expect_close(tt_get(m, TT_INDEX(7, 0)), 1, 0, 0);
  tt_expect_close(tt_get(m, TT_INDEX(7, 4)), 0, 0, 0);
  tt_expect_fail(tt_sparse_mask(w, TT_CSR, 1.5), "from 0 to 1");
}

static bool mostly_zeros(void *asked, Linear *dense,
                         SparseLinear *sparse)
{
  ++*(int *)asked;
  return 2 * tt_numel(sparse->linear.weight)
         < tt_numel(dense->weight);
}

TT(sparse, layers_become_sparse_where_that_is_faster)
{
  TT_NO_GRAD;
  Generator g;
  tt_manual_seed(&g, 1);
  Linear *a = tt_linear_new(20, 30, &g), *b = tt_linear_new(30, 10, &g);
  Sequential *m = TT_SEQUENTIAL(a, b);
  tt_copy_(a->weight, sparse_of(30, 20, TT_CSR, 0.9, 2));
  Tensor *x = tt_randn(TT_SHAPE(6, 20), &g), *want = tt_forward(m, x);
  int asked = 0;
  SparseOptions o = { .faster = mostly_zeros, .arg = &asked };
  int64_t before = tt_memory_stats().live_bytes;
  tt_expect_int(tt_sparsify(m, o), 1);
  tt_expect_int(asked, 2);
  tt_expect(tt_memory_stats().live_bytes < before - 1000,
            "the dense weight is still there");
  tt_expect(m->layer[0]->type == &tt_sparse_linear_type
            && m->layer[1] == &b->base, "other layers");
  tt_expect_tensor(tt_forward(m, x), want, 1e-4, 1e-5);
  tt_expect_fail(tt_sparsify(m, (SparseOptions){ .batch = -1 }),
                 "1 or more");
}

TT(sparse, a_chooser_that_measures)
{
  TT_NO_GRAD;
  Generator g;
  tt_manual_seed(&g, 1);
  Sequential *m = TT_SEQUENTIAL(tt_linear_new(64, 64, &g),
                                tt_linear_new(64, 64, &g));
  const char *skip[] = { "1", NULL };
  Tensor *x = tt_randn(TT_SHAPE(9, 64), &g), *want = tt_forward(m, x);
  int n = tt_sparsify(m, (SparseOptions){ .batch = 9, .skip = skip });
  tt_expect(n == 0 || n == 1, "%d layers of one", n);  // times decide
  tt_expect(m->layer[1]->type == &tt_linear_type, "it is skipped");
  tt_expect_tensor(tt_forward(m, x), want, 1e-4, 1e-5);
}
