// faults.c - see faults.h
#include "faults.h"
#include <string.h>

int answered;
static int countdown, left, refused;  // countdown 0: never fail

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
  if (countdown > 1) countdown--;
  else if (countdown == 1 && left > 0) return left--, refused++, NULL;
  void *p = __real_aligned_alloc(alignment, size);
  if (p && size < 1 << 20) memset(p, GUARD, size);
  answered++;
  return p;
}

void fail_from(int k, int n) {
  countdown = k, left = n, refused = 0;
}

int stop_failing(void) {
  countdown = 0;
  return refused;
}

bool try_within(int64_t bytes, void (*f)(void *), void *arg, TensorError *e) {
  tt_memory_limit(tt_memory_stats().live_bytes + bytes);
  bool done = tt_try(f, arg, e);
  tt_memory_limit(0);
  return done;
}

void expect_as_before(const char *what, int64_t k, MemoryStats before) {
  MemoryStats now = tt_memory_stats();
  tt_expect(now.live_bytes == before.live_bytes, "%s, failure %lld: %lld bytes "
            "live, before %lld", what, (long long)k, (long long)now.live_bytes,
            (long long)before.live_bytes);
  tt_expect(now.tensors == before.tensors, "%s, failure %lld: %lld tensors, "
            "before %lld", what, (long long)k, (long long)now.tensors,
            (long long)before.tensors);
}

void survive_each_fault(const char *what, void (*f)(void *), void *arg) {
  int k = 1;
  for (bool more = true; more; k += more) {
    tt_expect(k < 400, "%s: never succeeds", what);
    tt_empty_pool();                 // or it would have the memory
    MemoryStats before = tt_memory_stats();
    TensorError e;
    Scope s;
    tt_scope_open(&s);
    fail_from(k, INT32_MAX);
    bool done = tt_try(f, arg, &e), failed = stop_failing();
    tt_scope_close(&s);
    expect_as_before(what, k, before);
    tt_expect(done || e.code == TT_EMEM, "%s, failure %d: %s", what, k,
              e.message);
    more = !done || failed;
  }
  tt_expect(k > 20, "%s: only %d allocations", what, k - 1);
}
