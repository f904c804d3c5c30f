// Needs chapter 01: every allocation fails once: all answers of
// aligned_alloc from the k-th on are NULL, for k = 1, 2, ... until an
// operation succeeds. Each time tt_try must say TT_EMEM, and what was
// made before must be gone. (If only the k-th answer is NULL,
// the library may empty its pool and ask again.)
#include "faults.h"
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

// ---- operations, each with its operands ---------------------------------
static Tensor *x(void) { return tt_ones(TT_SHAPE(3, 4)); }
static Tensor *y(void) { return tt_transpose(tt_full(TT_SHAPE(4, 3), 2), 0, 1); }

#define OPERATIONS(X) \
  X(empty, tt_empty(TT_U8, TT_SHAPE(5))) \
  X(zeros, tt_zeros(TT_SHAPE(2, 2))) \
  X(arange, tt_arange(0, 9, 2)) \
  X(from, tt_from(TT_SHAPE(2), (Real[]){1, 2})) \
  X(from_int, tt_from_int(TT_SHAPE(2), (int32_t[]){1, 2})) \
  X(rand, tt_rand(TT_SHAPE(3), NULL)) \
  X(randn, tt_randn(TT_SHAPE(3), NULL)) \
  X(reshape_view, tt_reshape(x(), TT_SHAPE(2, -1))) \
  X(reshape_copy, tt_reshape(y(), TT_SHAPE(12))) \
  X(permute, tt_permute(x(), TT_SHAPE(1, 0))) \
  X(slice, tt_slice(x(), 0, 0, 3, 2)) \
  X(select, tt_select(x(), 0, 1)) \
  X(expand, tt_expand(x(), TT_SHAPE(2, 3, 4))) \
  X(squeeze, tt_squeeze(tt_unsqueeze(x(), 0), 0)) \
  X(contiguous, tt_contiguous(y())) \
  X(clone, tt_clone(y())) \
  X(to, tt_to(y(), TT_I8)) \
  X(cat, tt_cat(2, (Tensor *[]){x(), y()}, 1)) \
  X(copy, tt_copy_(x(), y())) \
  X(fill, tt_fill_(y(), 3)) \
  X(add, tt_add(x(), y())) \
  X(add_broadcast, tt_add(x(), tt_ones(TT_SHAPE(4)))) \
  X(maximum, tt_maximum(x(), y())) \
  X(eq, tt_eq(x(), y())) \
  X(exp, tt_exp(y())) \
  X(mul_scalar, tt_mul_scalar(y(), 3)) \
  X(matmul, tt_matmul(x(), tt_transpose(y(), 0, 1))) \
  X(matmul_batched, tt_matmul(tt_ones(TT_SHAPE(2, 3, 4)), \
                              tt_transpose(y(), 0, 1))) \
  X(matmul_vectors, tt_matmul(tt_ones(TT_SHAPE(4)), tt_ones(TT_SHAPE(4)))) \
  X(sum, tt_sum(y(), 1, true)) \
  X(sum_all, tt_sum(y(), TT_ALL, false)) \
  X(mean, tt_mean(y(), 0, false)) \
  X(max, tt_max(y(), 0, false)) \
  X(argmax, tt_argmax(y(), -1, true)) \
  X(argmax_last, tt_argmax_last(y(), -1, true)) \
  X(nested_scopes, nested(3))

static void nested(int depth) {
  Scope s;
  tt_scope_open(&s);
  x();
  if (depth > 0) nested(depth - 1);
  tt_add(x(), y());
  tt_scope_close(&s);
}

#define FUNCTION(name, call) \
  static void try_##name(void *unused) { (void)unused; (void)(call); }
OPERATIONS(FUNCTION)
#define ENTRY(name, call) {#name, try_##name},
static const struct { const char *name; void (*run)(void *); } operations[] =
  {OPERATIONS(ENTRY)};
enum { COUNT = sizeof operations / sizeof *operations };

static void after(void) {
  Scope s;
  tt_scope_open(&s);
  tt_expect_close(tt_item(tt_sum(tt_add(x(), y()), TT_ALL, false)), 36, 0, 0);
  tt_scope_close(&s);
}

static int fail_each(int i, int n) {
  for (int k = 1; k < 100; k++) {
    TensorError e = {0};
    tt_clear();                      // or the pool would have it
    after();                         // in debug builds, handles rest
    tt_empty_pool();
    MemoryStats before = tt_memory_stats();
    fail_from(k, n);
    bool done = tt_try(operations[i].run, NULL, &e), failed = stop_failing();
    if (done && !failed) return k - 1;
    if (done) continue;
    tt_expect(failed, "%s fails without a fault: %s", operations[i].name,
              e.message);
    tt_expect(e.code == TT_EMEM, "%s, failure %d: code %d, %s",
              operations[i].name, k, e.code, e.message);
    tt_expect(e.message[0], "%s: no message", operations[i].name);
    expect_as_before(operations[i].name, k, before);
    after();
  }
  tt_expect(false, "%s never succeeds", operations[i].name);
}

TT(faults, every_allocation) {
  int failures = 0;
  for (int i = 0; i < COUNT; i++) failures += fail_each(i, INT32_MAX);
  tt_expect(failures > COUNT, "only %d allocations in %d operations",
            failures, COUNT);
}

TT(faults, every_single_allocation) {
  for (int i = 0; i < COUNT; i++) fail_each(i, 1);
}

// ... and every two in a row, so that the second try fails as well
TT(faults, every_pair_of_allocations) {
  for (int i = 0; i < COUNT; i++) fail_each(i, 2);
}

// ---- the pool and the limit -------------------------------------------------
static void a_megabyte(void *unused) {
  (void)unused;
  tt_empty(TT_U8, TT_SHAPE(1 << 20));
}

static void in_a_scope(int64_t bytes) {
  Scope s;
  tt_scope_open(&s);
  tt_empty(TT_U8, TT_SHAPE(bytes));
  tt_scope_close(&s);
}

// Nothing is taken from the system, and the pool keeps nothing, for a
// request that the limit forbids.
TT(faults, the_limit_refuses_before_it_allocates) {
  TensorError e;
  in_a_scope(64);                    // a place for the handle
  MemoryStats before = tt_memory_stats();
  int asked = answered;
  tt_expect(!try_within(1 << 10, a_megabyte, NULL, &e), "beyond the limit");
  tt_expect_int(e.code, TT_EMEM);
  tt_expect(strstr(e.message, "1048576 bytes asked for"), "%s", e.message);
  MemoryStats now = tt_memory_stats();
  tt_expect_int(answered, asked);
  tt_expect_int(now.pool_bytes, before.pool_bytes);
  tt_expect_int(now.mallocs, before.mallocs);
  tt_expect_int(now.peak_bytes, before.peak_bytes);
}

// The limit is what may be used, to the byte.
TT(faults, the_limit_allows_what_it_says) {
  TensorError e;
  Scope s;
  tt_scope_open(&s);
  tt_expect(try_within(1 << 20, a_megabyte, NULL, &e), "%s", e.message);
  tt_expect(!try_within((1 << 20) - 1, a_megabyte, NULL, &e), "a byte more");
  tt_scope_close(&s);
}

// A block is on the shelf or in use, never both.
TT(faults, the_pool_counts_what_leaves_it) {
  in_a_scope(1 << 20);
  int64_t kept = tt_memory_stats().pool_bytes;
  tt_expect(kept >= 1 << 20, "the pool keeps %lld bytes", (long long)kept);
  for (int i = 0; i < 3; i++) {
    Scope s;
    tt_scope_open(&s);
    a_megabyte(NULL);
    int64_t left = tt_memory_stats().pool_bytes;
    tt_expect(left <= kept - (1 << 20), "%lld of %lld bytes left",
              (long long)left, (long long)kept);
    tt_scope_close(&s);
    tt_expect_int(tt_memory_stats().pool_bytes, kept);
  }
}

// What leaves the pool leaves the process.
TT(faults, an_emptied_pool_goes_back_to_the_system) {
  in_a_scope(64);                      // debug builds let handles rest
  tt_empty_pool();
  struct mallinfo2 before = mallinfo2();
  for (int i = 0; i < 20; i++) {
    in_a_scope((1 << 20) + 64 * i);
    in_a_scope(1000 + 64 * i);
    tt_empty_pool();
  }
  struct mallinfo2 now = mallinfo2();
  size_t kept = now.uordblks + now.hblkhd - before.uordblks - before.hblkhd;
  tt_expect(kept < 1 << 16, "%zu bytes are kept", kept);
}

// If the system has nothing, the pool gives back what it has before the
// second try; else it could not succeed.
TT(faults, the_pool_is_emptied_before_the_second_try) {
  in_a_scope(1 << 20);
  Scope s;
  tt_scope_open(&s);
  fail_from(1, 1);
  tt_empty(TT_U8, TT_SHAPE(1 << 10));
  tt_expect(stop_failing() == 1, "no allocation");
  tt_expect_int(tt_memory_stats().pool_bytes, 0);
  tt_scope_close(&s);
}

TT(faults, every_memory_limit) {
  for (int i = 0; i < COUNT; i++) {
    bool done = false;
    int failures = 0;
    for (int64_t limit = 1; !done; limit += 4) {
      TensorError e = {0};
      MemoryStats before = tt_memory_stats();
      done = try_within(limit, operations[i].run, NULL, &e);
      tt_expect(done || e.code == TT_EMEM, "%s, limit %lld: code %d, %s",
                operations[i].name, (long long)limit, e.code, e.message);
      if (!done) expect_as_before(operations[i].name, limit, before);
      if (!done) after();
      failures += !done;
      tt_expect(limit < 4000, "%s: never enough", operations[i].name);
    }
    tt_expect(failures, "%s needs no memory?", operations[i].name);
    tt_clear();
  }
}

TT(faults, statistics_count_what_was_asked_for) {
  MemoryStats before = tt_memory_stats();
  int asked = answered;
  for (int i = 0; i < COUNT; i++) {
    Scope s;
    tt_scope_open(&s);
    operations[i].run(NULL);
    tt_scope_close(&s);
  }
  MemoryStats now = tt_memory_stats();
  tt_expect_int(now.mallocs - before.mallocs, answered - asked);
  tt_expect(now.reused > before.reused && now.pool_bytes > 0, "no reuse");
  tt_expect_int(now.live_bytes, before.live_bytes);
  tt_expect(now.peak_bytes >= before.live_bytes + 24, "a peak of %lld",
            (long long)now.peak_bytes);
}

// ---- tt_try -----------------------------------------------------------------
static void make_and_fail(void *unused) {
  (void)unused;
  x();
  tt_fail(TT_EVALUE, "as planned");
}

static void fail_inside_scopes(void *unused) {
  (void)unused;
  Scope a, b;
  tt_scope_open(&a);
  x();
  tt_scope_open(&b);
  make_and_fail(NULL);
}

typedef struct Trial { bool inner; TensorError error; Tensor *made,
                      *after; } Trial;

static void recover_inside(void *p) {
  Trial *t = p;
  t->made = x();
  t->inner = tt_try(fail_inside_scopes, NULL, &t->error);
  t->after = tt_add(t->made, y());
}

static void recover_then_fail(void *p) {
  recover_inside(p);
  tt_fail(TT_EINDEX, "and again");
}

TT(faults, failing_inside_scopes) {
  Scope s;
  tt_scope_open(&s);
  Tensor *mine = x();
  MemoryStats before = tt_memory_stats();
  TensorError e;
  tt_expect(!tt_try(fail_inside_scopes, NULL, &e), "it did not fail");
  tt_expect_int(e.code, TT_EVALUE);
  tt_expect_text(e.message, "as planned");
  expect_as_before("tt_try", 1, before);
  tt_expect(x()->scope == mine->scope, "another scope is open now");
  tt_expect(!tt_try(fail_inside_scopes, NULL, NULL), "without an Error");
  tt_scope_close(&s);
}

TT(faults, recovering_inside_a_try) {
  Trial t = {0};
  Tensor *mine = x();
  tt_expect(tt_try(recover_inside, &t, NULL), "the outer call failed");
  tt_expect(!t.inner, "the inner call did not fail");
  tt_expect_text(t.error.message, "as planned");
  tt_expect(t.after->scope == mine->scope && t.made->scope == mine->scope,
            "what it made is not the caller's");
  tt_expect_close(tt_get(t.after, TT_INDEX(2, 3)), 3, 0, 0);
}

TT(faults, failing_after_recovering) {
  Trial t = {0};
  TensorError e;
  MemoryStats before = tt_memory_stats();
  tt_expect(!tt_try(recover_then_fail, &t, &e), "it did not fail");
  tt_expect_int(e.code, TT_EINDEX);
  expect_as_before("tt_try", 1, before);
}

static void fall_down(void *p) {
  int *depth = p;
  if (--*depth == 0) tt_fail(TT_EVALUE, "at the bottom");
  x();
  TensorError e;
  if (!tt_try(fall_down, depth, &e)) tt_fail(e.code, "above %.40s", e.message);
}

TT(faults, many_levels_of_try) {
  int depth = 100;
  TensorError e;
  MemoryStats before = tt_memory_stats();
  tt_expect(!tt_try(fall_down, &depth, &e), "it did not fail");
  tt_expect_int(e.code, TT_EVALUE);
  expect_as_before("tt_try", 1, before);
}

// Thousands of failures: nothing is used up.
TT(faults, failing_again_and_again) {
  after();
  MemoryStats before = tt_memory_stats();
  for (int i = 0; i < 5000; i++) tt_try(fail_inside_scopes, NULL, NULL);
  expect_as_before("tt_try", 5000, before);
  MemoryStats now = tt_memory_stats();
  tt_expect(now.mallocs - before.mallocs < 20, "%lld mallocs",
            (long long)(now.mallocs - before.mallocs));
}

// Sizes that change by a little each round: what the pool keeps of earlier
// rounds must not come on top of what this round needs, but once.
TT(faults, pool_and_use_stay_within_twice_the_peak) {
  tt_empty_pool();
  tt_reset_peak_memory();
  for (int64_t n = 100000; n < 100100; n += 16) {
    Scope s;
    tt_scope_open(&s);
    tt_zeros(TT_SHAPE(n));
    MemoryStats now = tt_memory_stats();
    tt_expect(now.pool_bytes + now.live_bytes
                <= 2 * now.peak_bytes + (64 << 10),
              "pool %lld and live %lld, peak %lld", (long long)now.pool_bytes,
              (long long)now.live_bytes, (long long)now.peak_bytes);
    tt_scope_close(&s);
  }
}
