// Made from chapters/01-tensors.nw by tools/tangle: edit there.
#include <math.h>
#include <string.h>
#include "tt_test.h"

TT(tensors, strides_are_row_major)
{
  Tensor *t = tt_zeros(TT_SHAPE(2, 3, 4));
  tt_expect_int(t->stride[0], 12);
  tt_expect_int(t->stride[1], 4);
  tt_expect_int(t->stride[2], 1);
  tt_expect(tt_is_contiguous(t), "a new tensor is not contiguous");
  t = tt_zeros(TT_SCALAR);
  tt_expect(t->shape[TT_MAX_RANK - 1] == 0, "rank 0 has no strides, and"
            " stride[-1], which was written, is the last of the shape");
}

TT(tensors, numel_does_not_overflow)
{
  int64_t big = 1 << 16;
  tt_expect_fail(tt_zeros(TT_SHAPE(big, big, big, big)),
                 "[65536,65536,65536,65536]");
  tt_expect_fail(tt_zeros(TT_SHAPE(0, big, big, big, big)), "2^60");
  tt_expect_fail(tt_zeros(TT_SHAPE(big, big, big, big, 0)), "2^60");
  // 2^60 elements can be counted, their bytes cannot
  tt_expect_fail(tt_zeros(TT_SHAPE(big, big, 1 << 28)), "2^60");
  // 2^50 elements can be counted, but nobody has the memory
  tt_expect_fail(tt_zeros(TT_SHAPE(big, big, 1 << 18)),
                 "4503599627370496 bytes");
  Tensor t = { .rank = 1, .shape = {35}, .scope = tt_scope() };
  tt_expect_fail(tt_reshape(&t, TT_SHAPE(5, 0, 7)), "cannot hold");
}

TT(tensors, numel_is_the_product)
{
  int64_t big = 1 << 16;
  tt_expect_int(tt_numel(tt_zeros(TT_SHAPE(3, 4))), 12);
  tt_expect_int(tt_numel(tt_zeros(TT_SCALAR)), 1);
  tt_expect_int(tt_numel(tt_zeros(TT_SHAPE(5, 0, 7))), 0);
  tt_expect_int(tt_numel(tt_zeros(TT_SHAPE(0, big, big))), 0);
  int64_t before = tt_memory_stats().live_bytes;
  tt_expect_int(tt_numel(tt_zeros(TT_SHAPE(big, 5, 0))), 0);
  tt_expect(tt_memory_stats().live_bytes == before, "no elements, and"
            " yet memory for some: is n of exercise 1.1 zero?");
}

TT(tensors, a_handle_that_is_gone_is_reported)
{
  Scope s;
  tt_scope_open(&s);
  Tensor *x = tt_ones(TT_SHAPE(2)), *sum = tt_add(x, x);
  tt_scope_close(&s);
  tt_expect_fail(tt_item(sum), "tt_item: the result of tt_add");
  tt_expect_fail(tt_print(x), "result of tt_ones");
}

static void fail_halfway(void *arg)
{
  (void)arg;
  Tensor *a = tt_ones(TT_SHAPE(2, 3)), *b = tt_ones(TT_SHAPE(4, 5));
  tt_matmul(tt_add(a, a), b);
}

TT(tensors, a_failure_releases_everything)
{
  MemoryStats before = tt_memory_stats();
  TensorError e;
  tt_expect(!tt_try(fail_halfway, NULL, &e), "[2,3] x [4,5] worked");
  tt_expect_int(e.code, TT_ESHAPE);
  tt_expect(strstr(e.message, "[2,3]") && strstr(e.message, "[4,5]"),
            "both shapes should be in: %s", e.message);
  MemoryStats after = tt_memory_stats();
  tt_expect_int(after.tensors, before.tensors);
  tt_expect_int(after.live_bytes, before.live_bytes);
}

TT(tensors, the_second_round_takes_no_memory)
{
  int64_t mallocs = 0;
  for (int round = 0; round < 3; round++) {
    Scope s;
    tt_scope_open(&s);
    Tensor *a = tt_ones(TT_SHAPE(100, 100));
    tt_matmul(a, tt_transpose(a, 0, 1));
    tt_scope_close(&s);
    if (round == 0)
      mallocs = tt_memory_stats().mallocs;
  }
  tt_expect_int(tt_memory_stats().mallocs, mallocs);
}

TT(tensors, elements_are_found_by_index)
{
  Tensor *t = tt_reshape(tt_arange(0, 24, 1), TT_SHAPE(2, 3, 4));
  tt_expect_int((int64_t)tt_get(t, TT_INDEX(1, 2, 3)), 23);
  tt_expect_int((int64_t)tt_get(t, TT_INDEX(0, 1, 2)), 6);
  tt_expect_int((int64_t)tt_get(t, TT_INDEX(-1, 0, -4)), 12);
  tt_set_(t, TT_INDEX(0, 1, 2), -6);
  tt_expect_int((int64_t)tt_get(t, TT_INDEX(0, 1, 2)), -6);
  tt_expect_fail(tt_get(t, TT_INDEX(0, 3, 0)), "index 3");
  tt_expect_fail(tt_get(t, TT_INDEX(0, 3)), "[2,3,4]");
  t = tt_permute(t, TT_SHAPE(2, 0, 1));
  tt_expect_int((int64_t)tt_get(t, TT_INDEX(3, 1, 2)), 23);
  tt_expect_int((int64_t)tt_get(t, TT_INDEX(1, 0, 2)), 9);
}

TT(tensors, the_generator_is_the_published_one)
{
  Generator g = {{1, 2, 3, 4}};
  tt_expect(tt_random(&g) == 41943041u, "first number after 1,2,3,4");
  tt_expect(tt_random(&g) == 58720359u, "second number");
}

TT(tensors, random_numbers_have_the_right_moments)
{
  Generator g = {0};
  Tensor *u = tt_rand(TT_SHAPE(100000), &g);
  tt_expect_close(tt_item(tt_mean(u, 0, false)), 0.5, 0, 0.005);
  Tensor *x = tt_randn(TT_SHAPE(100001), &g);
  tt_expect_close(tt_item(tt_mean(x, 0, false)), 0, 0, 0.015);
  Tensor *v = tt_mean(tt_mul(x, x), 0, false);
  tt_expect_close(tt_item(v), 1, 0.02, 0);
}

TT(tensors, a_view_shares_its_numbers)
{
  Tensor *t = tt_reshape(tt_arange(0, 12, 1), TT_SHAPE(3, 4));
  Tensor *y = tt_transpose(t, 0, 1);
  tt_expect_shape(y, TT_SHAPE(4, 3));
  tt_expect_int((int64_t)tt_get(y, TT_INDEX(1, 2)), 9);
  tt_set_(y, TT_INDEX(1, 2), -1);
  tt_expect_int((int64_t)tt_get(t, TT_INDEX(2, 1)), -1);
  tt_expect(y->storage == t->storage, "the transpose was copied");
  y = tt_transpose(tt_zeros(TT_SHAPE(2, 3, 4)), -1, 1);
  tt_expect_shape(y, TT_SHAPE(2, 4, 3));
}

TT(tensors, a_slice_starts_stops_and_steps)
{
  Tensor *t = tt_reshape(tt_arange(0, 12, 1), TT_SHAPE(3, 4));
  Tensor *y = tt_slice(tt_slice(t, 0, 1, 3, 1), 1, 0, 4, 2);
  tt_expect_shape(y, TT_SHAPE(2, 2));
  tt_expect_values(y, 0, 4, 6, 8, 10);
  tt_expect_values(tt_slice(tt_select(t, 0, -1), 0, 1, 4, 2), 0, 9, 11);
  tt_expect_shape(tt_slice(t, 0, 2, 1, 1), TT_SHAPE(0, 4));
  tt_expect_shape(tt_slice(t, 0, -100, 100, 1), TT_SHAPE(3, 4));
}

TT(tensors, expand_repeats_without_copying)
{
  Tensor *t = tt_from(TT_SHAPE(3, 1), (Real[]){1, 2, 3});
  Tensor *y = tt_expand(t, TT_SHAPE(2, -1, 2));
  tt_expect_shape(y, TT_SHAPE(2, 3, 2));
  tt_expect_values(y, 0, 1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3);
  tt_expect(y->storage == t->storage, "the numbers were copied");
  tt_expect_fail(tt_expand(t, TT_SHAPE(4, 2)), "[3,1]");
}

TT(tensors, reshape_copies_only_if_it_must)
{
  Tensor *t = tt_reshape(tt_arange(0, 24, 1), TT_SHAPE(2, 3, 4));
  Tensor *u = tt_transpose(t, 0, 1);          // 3, 2, 4
  Tensor *cut = tt_reshape(u, TT_SHAPE(3, 2, 2, 2));
  tt_expect(cut->storage == t->storage, "cutting a run was copied");
  Tensor *flat = tt_reshape(u, TT_SHAPE(-1));
  tt_expect(flat->storage != t->storage, "an impossible view");
  tt_expect_int((int64_t)tt_get(flat, TT_INDEX(4)), 12);
  tt_expect_fail(tt_reshape(t, TT_SHAPE(5, -1)), "[2,3,4]");
}

TT(tensors, a_column_plus_a_row)
{
  Tensor *column = tt_from(TT_SHAPE(3, 1), (Real[]){10, 20, 30});
  Tensor *row = tt_from(TT_SHAPE(4), (Real[]){1, 2, 3, 4});
  Tensor *y = tt_add(column, row);
  tt_expect_shape(y, TT_SHAPE(3, 4));
  tt_expect_values(y, 0, 11, 12, 13, 14, 21, 22, 23, 24,
                   31, 32, 33, 34);
}

TT(tensors, shapes_broadcast_from_the_right)
{
  Tensor *a = tt_zeros(TT_SHAPE(10, 1, 64));
  tt_expect_shape(tt_sub(a, tt_ones(TT_SHAPE(360, 64))),
                  TT_SHAPE(10, 360, 64));
  tt_expect_shape(tt_add(tt_ones(TT_SCALAR), a), tt_shape(a));
  tt_expect_shape(tt_add(tt_ones(TT_SHAPE(1)), tt_ones(TT_SHAPE(0))),
                  TT_SHAPE(0));
  tt_expect_fail(tt_add(a, tt_ones(TT_SHAPE(63))), "[10,1,64]");
  tt_expect_fail(tt_add(a, tt_ones(TT_SHAPE(0))), "[0]");
}

TT(tensors, operands_may_be_views)
{
  Tensor *t = tt_reshape(tt_arange(0, 6, 1), TT_SHAPE(2, 3));
  Tensor *y = tt_sub(tt_transpose(t, 0, 1),
                     tt_from(TT_SHAPE(1, 2), (Real[]){0, 3}));
  tt_expect_values(y, 0, 0, 0, 1, 1, 2, 2);
  tt_copy_(t, tt_slice(t, 1, 2, 3, 1));       // column 2 into all
  tt_expect_values(t, 0, 2, 2, 2, 5, 5, 5);
  tt_expect_fail(tt_copy_(tt_expand(tt_ones(TT_SCALAR), TT_SHAPE(2)),
                          tt_zeros(TT_SHAPE(2))), "repeats");
}

TT(tensors, not_a_number_is_not_lost)
{
  Tensor *x = tt_from(TT_SHAPE(3), (Real[]){NAN, 1, -1});
  Tensor *zero = tt_zeros(TT_SCALAR);
  tt_expect_values(tt_maximum(x, zero), 0, NAN, 1, 0);
  tt_expect_values(tt_maximum(zero, x), 0, NAN, 1, 0);
  tt_expect_values(tt_lt(x, zero), 0, 0, 0, 1);
}

int rules_main(void);
#define main rules_main
#include "../programs/01/rules.c"
#undef main

static Shape from_the_left(Shape a, Shape b)
{
  Shape r = a.rank > b.rank ? a : b;
  for (int d = 0; d < a.rank && d < b.rank; d++)
    r.dim[d] = a.dim[d] == 1 ? b.dim[d] : a.dim[d];
  return r;
}

static Shape only_the_second(Shape a, Shape b)  // stretches
{
  Shape r = of_sums(a, b);
  for (int d = 1; d <= r.rank; d++)
    if (d > a.rank || a.dim[a.rank - d] != r.dim[r.rank - d])
      tt_fail(TT_ESHAPE, "a does not stretch");
  return r;
}

static Shape strict(Shape a, Shape b)  // takes one rank only
{
  if (a.rank != b.rank)
    tt_fail(TT_ESHAPE, "ranks %d and %d", a.rank, b.rank);
  return of_sums(a, b);
}

TT(tensors, a_wrong_rule_is_refused)
{
  tt_expect_accepts(broadcasts(of_sums));
  tt_expect_refuses(broadcasts(larger), "takes the larger size");
  tt_expect_refuses(broadcasts(from_the_left), "aligns at the left");
  tt_expect_refuses(broadcasts(only_the_second), "never stretches a");
  tt_expect_refuses(broadcasts(strict), "refuses different ranks");
}

TT(tensors, sums_over_each_dimension)
{
  Tensor *t = tt_reshape(tt_arange(0, 24, 1), TT_SHAPE(2, 3, 4));
  tt_expect_values(tt_sum(t, 0, false), 0, 12, 14, 16, 18, 20, 22, 24,
                   26, 28, 30, 32, 34);
  tt_expect_values(tt_sum(t, 1, false), 0, 12, 15, 18, 21, 48, 51, 54,
                   57);
  tt_expect_values(tt_sum(t, -1, false), 0, 6, 22, 38, 54, 70, 86);
  tt_expect_values(tt_sum(t, TT_ALL, false), 0, 276);
  tt_expect_values(tt_sum(tt_arange(0, 7, 1), 0, false), 0, 21);
  tt_expect_shape(tt_sum(t, 1, true), TT_SHAPE(2, 1, 4));
  tt_expect_values(tt_sum(tt_zeros(TT_SHAPE(0, 2)), 0, false), 0, 0, 0);
}

TT(tensors, twenty_million_ones_add_up)
{
  Tensor *ones = tt_expand(tt_ones(TT_SCALAR), TT_SHAPE(20000000));
  tt_expect_int((int64_t)tt_item(tt_sum(ones, 0, false)), 20000000);
  Tensor *tenths = tt_mul_scalar(tt_ones(TT_SCALAR), (Real)0.1);
  tenths = tt_expand(tenths, TT_SHAPE(20000000));
  tt_expect_close(tt_item(tt_sum(tenths, 0, false)), 2e6, 1e-6, 0);
}

TT(tensors, the_largest_and_its_place)
{
  Tensor *t = tt_from(TT_SHAPE(2, 3), (Real[]){1, 7, 7, -2, -9, -2});
  tt_expect_values(tt_max(t, 1, false), 0, 7, -2);
  tt_expect_values(tt_argmax(t, 1, false), 0, 1, 0);
  tt_expect_values(tt_max(t, 0, false), 0, 1, 7, 7);
  tt_expect_values(tt_argmax(t, TT_ALL, false), 0, 1);
  tt_expect_fail(tt_max(tt_zeros(TT_SHAPE(2, 0)), 1, false), "[2,0]");
  tt_set_(t, TT_INDEX(1, 1), NAN);
  tt_expect_values(tt_max(t, 1, false), 0, 7, NAN);
  tt_expect_values(tt_argmax(t, 1, false), 0, 1, 1);
}

TT(tensors, a_mean_leaves_one_tensor)
{
  Tensor *x = tt_arange(0, 6, 1);
  Scope *caller = tt_scope();
  int64_t before = tt_memory_stats().tensors;
  Tensor *y = tt_mean(x, 0, false);
  tt_expect(y->scope, "the mean was released with its parts");
  tt_expect(y->scope == caller, "the mean is not in the scope in which"
            " tt_mean was called");
  tt_expect(tt_scope() == caller, "the scope of tt_mean is still open");
  int more = (int)(tt_memory_stats().tensors - before);
  tt_expect(more == 1, "%d tensors stay behind, and not one", more);
  tt_expect_values(y, 0, 2.5);
}

TT(tensors, a_product_of_matrices)
{
  Tensor *a = tt_reshape(tt_arange(1, 7, 1), TT_SHAPE(2, 3));
  Tensor *b = tt_reshape(tt_arange(1, 7, 1), TT_SHAPE(3, 2));
  tt_expect_values(tt_matmul(a, b), 0, 22, 28, 49, 64);
  Tensor *t = tt_transpose(a, 0, 1);
  tt_expect_values(tt_matmul(a, t), 0, 14, 32, 32, 77);
  tt_expect_values(tt_matmul(t, a), 0, 17, 22, 27, 22, 29, 36, 27, 36,
                   45);
  tt_expect_fail(tt_matmul(a, a), "did you mean tt_transpose");
}

TT(tensors, vectors_and_batches)
{
  Tensor *v = tt_arange(0, 3, 1), *m = tt_ones(TT_SHAPE(3, 2));
  tt_expect_values(tt_matmul(v, v), 0, 5);
  tt_expect_shape(tt_matmul(v, v), TT_SCALAR);
  tt_expect_values(tt_matmul(v, m), 0, 3, 3);
  Tensor *a = tt_rand(TT_SHAPE(5, 1, 4, 3), NULL);
  Tensor *y = tt_matmul(a, tt_rand(TT_SHAPE(7, 3, 2), NULL));
  tt_expect_shape(y, TT_SHAPE(5, 7, 4, 2));
  tt_expect_shape(tt_matmul(a, v), TT_SHAPE(5, 1, 4));
  tt_expect_values(tt_matmul(tt_zeros(TT_SHAPE(1, 0)),
                             tt_zeros(TT_SHAPE(0, 1))), 0, 0);
}

enum { TALL = 96, INNER = 192, WIDE = 160 };
static Tensor *tall, *wide;

static void by_the_formula(Real *c)
{
  const Real *a = tall->data, *b = wide->data;
  for (int64_t i = 0; i < TALL; i++)
    for (int64_t j = 0; j < WIDE; j++) {
      Real sum = 0;
      for (int64_t p = 0; p < INNER; p++)
        sum += a[i * INNER + p] * b[p * WIDE + j];
      c[i * WIDE + j] = sum;
    }
}

static void by_matmul(void)
{
  Scope s;
  tt_scope_open(&s);
  tt_matmul(tall, wide);
  tt_scope_close(&s);
}

TT(speed, a_product_by_rows)
{
  tall = tt_randint(0, 2, TT_SHAPE(TALL, INNER), NULL);
  tall = tt_to(tall, TT_F32);
  wide = tt_arange(0, INNER * WIDE, 1);
  wide = tt_reshape(wide, TT_SHAPE(INNER, WIDE));
  Tensor *y = tt_matmul(tall, wide), *c = tt_zeros(tt_shape(y));
  by_the_formula(c->data);
  tt_expect_tensor(y, c, 0, 0);
  Tensor *t = tt_clone(tt_transpose(tall, 0, 1));
  tt_expect_tensor(tt_matmul(tt_transpose(t, 0, 1), wide), c, 0, 0);
  tt_race(2, by_the_formula(c->data), by_matmul());
}

TT(tensors, a_kernel_scales_and_adds)
{
  Real a[] = {1, 2, 3, 4, 5, 6}, b[] = {1, 0, 2, 0, 1, 3};
  Real c[] = {1, 1, 1, 1};
  tt_backend->gemm(&(Gemm){
    .batch = 1, .m = 2, .n = 2, .k = 3, .alpha = 2, .beta = 3,
    .a = a, .a_row = 3, .a_col = 1, .b = b, .b_row = 2, .b_col = 1,
    .c = c, .c_row = 2, .c_col = 1 });
  tt_expect_values(tt_from(TT_SHAPE(2, 2), c), 0, 19, 21, 43, 39);
}

static const char *told;

static Tensor *tell(Op *op, Tensor *y, int n, Tensor *const x[],
                    const Attr *attr)
{
  (void)attr;
  told = n == 2 && x[0]->rank == 1 && x[1]->rank == 0 ? op->name : "?";
  return y;
}

TT(tensors, the_recorder_sleeps_until_it_is_set)
{
  Tensor *a = tt_ones(TT_SHAPE(2)), *b = tt_ones(TT_SCALAR);
  Tensor *y = tt_mul(a, b);
  tt_expect(!y->requires_grad && !y->grad && !y->node, "a field woke");
  tt_recorder = tell;
  tt_mul(a, b);
  tt_recorder = NULL;
  tt_expect(told && strcmp(told, "tt_mul") == 0, "told of %s", told);
}

static int64_t held;
static int begun, ended;

static void memory_moves(const Storage *s, int64_t bytes)
{
  (void)s;
  held += bytes;
}

static void span_begins(SpanKind k, const void *what, Scope *s)
{
  begun += k == TT_SPAN_NAMED && *(const char *)what == 'n'
           && s == tt_scope();
}

static void span_ends(Scope *s)
{
  ended += s->watched;
}

static void fails_in_a_span(void *arg)
{
  (void)arg;
  Scope s;
  tt_scope_open(&s);
  tt_span(TT_SPAN_NAMED, "n");
  tt_matmul(tt_ones(TT_SHAPE(2, 3)), tt_ones(TT_SHAPE(2, 3)));
}

TT(tensors, the_watch_hears_of_spans_and_of_memory)
{
  static const Watch watch = { memory_moves, span_begins, span_ends };
  tt_watch = &watch;
  tt_expect(!tt_try(fails_in_a_span, NULL, NULL), "it did not fail");
  Tensor *t = tt_ones(TT_SHAPE(100));
  tt_expect(held >= 100 * (int64_t)sizeof(Real), "%d bytes", (int)held);
  tt_release(t);
  tt_watch = NULL;
  tt_expect_int(begun, 1);
  tt_expect_int(ended, 1);
  tt_expect_int(held, 0);
}

int digits_main(int argc, char **argv);
#define main digits_main
#include "../programs/01/digits.c"
#undef main

TT(tensors, nearest_mean_scores)
{
  Tensor *x = tt_from(TT_SHAPE(4, 2), (Real[]){
    1, 1, 3, 1, 2, 0, 1, -2});
  Tensor *means = tt_from(TT_SHAPE(3, 2), (Real[]){0, 0, 4, 2, 2, -2});
  Tensor *y = score(x, means);
  tt_expect(y->scope, "the scores went when a scope in score closed");
  tt_expect_shape(y, TT_SHAPE(4, 3));
  tt_expect_values(y, 0, 0, -4, -4, 0, 4, 0, 0, -2, 0, 0, -10, 2);
  y = score_by_differences(x, means);
  tt_expect_values(y, 0, -2, -10, -10, -10, -2, -10, -4, -8, -4,
                   -5, -25, -1);
  tt_expect_values(guess(y), 0, 0, 1, 0, 2);
}
