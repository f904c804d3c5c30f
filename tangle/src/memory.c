// Made from chapters/01-tensors.nw by tools/tangle: edit there.
#include "tt/tensors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local Scope root, *opened;

static Scope *innermost(void)
{
  return opened ? opened : &root;
}

void tt_scope_open(Scope *s)
{
  if (s == opened)
    tt_fail(TT_EVALUE, "tt_scope_open: this scope is open already");
  *s = (Scope){ .outer = opened };
  opened = s;
}

enum { SHELVES = 256 };
static _Thread_local Storage *shelf[SHELVES];
static _Thread_local MemoryStats stats;
static _Thread_local int64_t in_use, most_in_use;
static _Atomic int64_t live, peak, limit;  // of all threads

static Storage *system_block(size_t bytes)
{
  return aligned_alloc(64, bytes);
}

void tt_empty_pool(void)
{
  for (int i = 0; i < SHELVES; i++)
    for (Storage *s; (s = shelf[i]);) {
      shelf[i] = s->next;
      free(s);
    }
  stats.pool_bytes = 0;
}

static Storage **shelf_of(size_t bytes)
{
  return &shelf[bytes / 64 * 0x9e3779b97f4a7c15u >> 56];
}

static Storage *from_shelf(size_t bytes)
{
  Storage **p = shelf_of(bytes), *s;
  while ((s = *p) && s->bytes != bytes)
    p = &s->next;
  if (s) {
    *p = s->next;
    stats.pool_bytes -= (int64_t)bytes;
    stats.reused++;
  }
  return s;
}

static Storage *from_system(size_t bytes)
{
  if (stats.pool_bytes + in_use + (int64_t)bytes > most_in_use)
    tt_empty_pool();
  Storage *s = system_block(sizeof *s + bytes);
  if (!s) {
    tt_empty_pool();
    s = system_block(sizeof *s + bytes);
  }
  if (!s)
    tt_fail(TT_EMEM, "out of memory: %zu bytes asked for, %lld in use",
            bytes, (long long)live);
  stats.mallocs++;
  s->bytes = bytes;
  return s;
}

static Storage *take(size_t bytes)
{
  bytes = (bytes + 63) & ~(size_t)63;
  Storage *s = from_shelf(bytes);
  if (!s)
    s = from_system(bytes);
  in_use += (int64_t)bytes;
  if (most_in_use < in_use)
    most_in_use = in_use;
  return s;
}

static void put(Storage *s)
{
  Storage **p = shelf_of(s->bytes);
  s->next = *p;
  *p = s;
  in_use -= (int64_t)s->bytes;
  stats.pool_bytes += (int64_t)s->bytes;
}

Tensor *tt_handle(void)
{
  Tensor *t = (void *)take(sizeof *t)->data;
  *t = (Tensor){ .scope = innermost() };
  t->next = t->scope->first;
  if (t->next)
    t->next->prev = t;
  t->scope->first = t;
  stats.tensors++;
  return t;
}

void tt_allocate(Tensor *t, size_t bytes)
{
  Storage *s = take(bytes);
  int64_t size = (int64_t)s->bytes, before = peak;
  int64_t now = atomic_fetch_add(&live, size) + size;
  if (limit && now > limit) {
    live -= size;
    put(s);
    tt_fail(TT_EMEM, "memory limit: %lld bytes asked for, %lld of %lld in"
            " use", (long long)size, (long long)(now - size),
            (long long)limit);
  }
  while (before < now
         && !atomic_compare_exchange_weak(&peak, &before, now))
    ;
  s->count = 1;
  s->version = 0;
  t->storage = s;
  t->data = s->data;
}

Tensor *tt_alias(const Tensor *of)
{
  Tensor *t = tt_handle();
  t->storage = of->storage;
  t->data = of->data;
  t->dtype = of->dtype;
  t->rank = of->rank;
  memcpy(t->shape, of->shape, sizeof t->shape);
  memcpy(t->stride, of->stride, sizeof t->stride);
  t->storage->count++;
  return t;
}

static void release(Tensor *t)
{
  *(t->prev ? &t->prev->next : &t->scope->first) = t->next;
  if (t->next)
    t->next->prev = t->prev;
  Storage *s = t->storage;
  if (s && --s->count == 0) {
    live -= (int64_t)s->bytes;
    put(s);
  }
  stats.tensors--;
  put((Storage *)(void *)((char *)t - offsetof(Storage, data)));
}

static void empty(Scope *s)
{
  while (s->first)
    release(s->first);
}

void tt_scope_close(Scope *s)
{
  if (s != opened)
    tt_fail(TT_EVALUE, "tt_scope_close: not the innermost scope;"
            " close scopes in the reverse order of opening");
  empty(s);
  opened = s->outer;
}

static void hand_out(Scope *s)
{
  opened = s->outer;
  Scope *to = innermost();
  for (Tensor *t = s->first, *next; t; t = next) {
    next = t->next;
    t->scope = to;
    t->prev = NULL;
    t->next = to->first;
    if (to->first)
      to->first->prev = t;
    to->first = t;
  }
}

typedef struct Frame {
  jmp_buf       jump;
  struct Frame *outer;
  Scope         scope;
} Frame;
static _Thread_local Frame *frame;     // of the innermost tt_try
static _Thread_local Error  failure;   // the last one

static _Thread_local struct { const char *file; int line; } caller;

void tt_where(const char *file, int line)
{
  caller.file = file;
  caller.line = line;
}

_Noreturn void tt_fail(ErrorCode code, const char *format, ...)
{
  failure = (Error){ code, caller.file, caller.line, "" };
  va_list args;
  va_start(args, format);
  vsnprintf(failure.message, sizeof failure.message, format, args);
  va_end(args);
  if (!frame) {
    fflush(stdout);
    if (failure.file)
      fprintf(stderr, "%s:%d: ", failure.file, failure.line);
    fprintf(stderr, "%s\n", failure.message);
    abort();
  }
  for (Scope *last = frame->scope.outer; opened != last;)
    tt_scope_close(opened);
  longjmp(frame->jump, 1);
}

bool tt_try(void (*f)(void *), void *arg, Error *e)
{
  Frame here = { .outer = frame };
  tt_scope_open(&here.scope);
  frame = &here;
  if (setjmp(here.jump) == 0) {
    f(arg);
    if (opened != &here.scope)
      tt_fail(TT_EVALUE, "tt_try: the function left a scope open; close"
              " each with tt_scope_close before returning");
    frame = here.outer;
    hand_out(&here.scope);
    return true;
  }
  frame = here.outer;
  if (e)
    *e = failure;
  return false;
}

MemoryStats tt_memory_stats(void)
{
  stats.live_bytes = live;
  stats.peak_bytes = peak;
  return stats;
}

void tt_memory_limit(int64_t bytes)
{
  limit = bytes;
}

void tt_reset_peak_memory(void)
{
  peak = live;
}

void tt_clear(void)
{
  empty(&root);
  tt_empty_pool();
}
