// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// Memory and errors: scopes that own tensors, the pool of used blocks,
// tt_fail and tt_try.
#include "tt/operation.h"
#include "tt/storage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#ifndef __has_feature                // gcc has another way to ask
#define __has_feature(x) 0
#endif
#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define POISON   __asan_poison_memory_region
#define UNPOISON __asan_unpoison_memory_region
#define TT_DEBUG 1
#else
#define POISON(block, bytes)   ((void)0)
#define UNPOISON(block, bytes) ((void)0)
#endif
__thread TensorCall *tt_call;

static void name_the_call(TensorError *e, const char *function)
{
  size_t n = strlen(function), most = sizeof e->message - n - 3;
  if (n == 0 || (strncmp(e->message, function, n) == 0
                 && e->message[n] == ':'))
    return;
  memmove(e->message + n + 2, e->message, most);
  memcpy(e->message, function, n);
  memcpy(e->message + n, ": ", 2);
}

void tt_at(const char *file, int line)
{
  static _Thread_local TensorCall direct = { .function = "" };
  direct.file = file;
  direct.line = line;
  tt_call = &direct;
}

_Noreturn void tt_missing(const char *function, const char *what)
{
  tt_fail(TT_EVALUE, "%s: %s is NULL%s", function, what,
          strstr(what, "Tensor *") ? "; if it is a gradient, the"
          " gradient is not there yet: call tt_backward first" : "");
}

static _Thread_local Scope root, *opened;

Scope *tt_scope(void)
{
  return opened ? opened : &root;
}

void tt_scope_open(Scope *s)
{
  for (const Scope *o = tt_scope(); o; o = o->outer)
    if (o == s)
      tt_fail(TT_EVALUE, "tt_scope_open: this scope is open already;"
              " close it first, or open another");
  *s = (Scope){ .outer = tt_scope(), .no_grad = tt_scope()->no_grad };
  opened = s;
}

enum { SHELVES = 256 };
static _Thread_local Storage *shelf[SHELVES];
static _Thread_local MemoryStats stats;
static _Thread_local int64_t in_use, most_in_use, limit;

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
  if (stats.pool_bytes + in_use + (int64_t)bytes > 2 * most_in_use)
    tt_empty_pool();
  Storage *s = system_block(sizeof *s + bytes);
  if (!s) {
    tt_empty_pool();
    s = system_block(sizeof *s + bytes);
  }
  if (!s)
    tt_fail(TT_EMEM, "out of memory: %zu bytes asked for, %lld in use",
            bytes, (long long)stats.live_bytes);
  stats.mallocs++;
  s->bytes = bytes;
  return s;
}

static size_t whole_lines(size_t bytes)
{
  return (bytes + 63) & ~(size_t)63;
}

static Storage *take(size_t bytes)
{
  bytes = whole_lines(bytes);
  Storage *s = from_shelf(bytes);
  if (!s)
    s = from_system(bytes);
  in_use += (int64_t)bytes;
  if (most_in_use < in_use)
    most_in_use = in_use;
  UNPOISON(s->data, bytes);
  return s;
}

static void put(Storage *s)
{
  Storage **p = shelf_of(s->bytes);
  s->next = *p;
  *p = s;
  in_use -= (int64_t)s->bytes;
  stats.pool_bytes += (int64_t)s->bytes;
  POISON(s->data, s->bytes);
}

static void put_block_of(Tensor *t)
{
  put((Storage *)(void *)((char *)t - offsetof(Storage, data)));
}

#ifdef TT_DEBUG
enum { RESTING = 256 };
static _Thread_local Tensor *resting[RESTING];
static _Thread_local unsigned released;

static void put_handle(Tensor *t)
{
  Tensor **place = &resting[released++ % RESTING], *old = *place;
  *place = t;
  put_block_of(old);
}

static void prepare_rest(void)
{
  if (!resting[RESTING - 1])
    for (int i = 0; i < RESTING; i++)
      if (!resting[i])
        resting[i] = (void *)take(sizeof(Tensor))->data;
}

static void end_rest(void)
{
  for (int i = 0; i < RESTING; i++) {
    if (resting[i])
      put_block_of(resting[i]);
    resting[i] = NULL;
  }
}

#else
#define put_handle put_block_of
#define prepare_rest() ((void)0)
#define end_rest() ((void)0)
#endif
_Noreturn void tt_gone(const char *op, const Tensor *t)
{
  tt_fail(TT_EVALUE, "%s: the result of %s, made at %s:%d, went when"
          " its scope closed; make it in an outer scope, or take its"
          " number along with tt_item", op,
          t->name ? t->name : "an operation", t->file ? t->file : "?",
          t->line);
}

void tt_check_tensors(const char *op, int n, Tensor *const t[])
{
  for (int i = 0; i < n; i++) {
    if (!t[i])
      tt_fail(TT_EVALUE, "%s: tensor %d of %d is NULL", op, i, n);
    tt_alive(op, t[i]);
  }
}

static void link_into(Scope *s, Tensor *t)
{
  t->scope = s;
  t->prev = NULL;
  t->next = s->first;
  if (t->next)
    t->next->prev = t;
  s->first = t;
}

static void unlink_from_scope(Tensor *t)
{
  *(t->prev ? &t->prev->next : &t->scope->first) = t->next;
  if (t->next)
    t->next->prev = t->prev;
}

void tt_move(Tensor *t, Scope *to)
{
  unlink_from_scope(t);
  link_into(to, t);
  if (t->grad)
    tt_move(t->grad, to);
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

static void tell_watch(const Storage *s, int64_t bytes);

void tt_drop_storage(Storage *s)
{
  if (s && (s->count == 1 || --s->count == 0)) {
    stats.live_bytes -= (int64_t)s->bytes;
    if (tt_watch)                  // before it is another's
      tell_watch(s, -(int64_t)s->bytes);
    put(s);
  }
}

static void release(Tensor *t)
{
  if (t->requires_grad && tt_forgetter)
    tt_forgetter(t);
  unlink_from_scope(t);
  tt_drop_storage(t->storage);
  t->scope = NULL;
  stats.tensors--;
  put_handle(t);
}

Tensor *tt_handle(void)
{
  prepare_rest();
  Tensor *t = (void *)take(sizeof *t)->data;
  *t = (Tensor){ .file = tt_call ? tt_call->file : NULL,
                 .line = tt_call ? tt_call->line : 0 };
  link_into(tt_scope(), t);
  stats.tensors++;
  return t;
}

void tt_allocate(Tensor *t, size_t bytes)
{
  int64_t now = stats.live_bytes + (int64_t)whole_lines(bytes);
  if (limit && now > limit)
    tt_fail(TT_EMEM, "memory limit: %lld bytes asked for, %lld of %lld"
            " used", (long long)(now - stats.live_bytes),
            (long long)stats.live_bytes, (long long)limit);
  Storage *s = take(bytes);
  stats.live_bytes = now;
  if (stats.peak_bytes < now)
    stats.peak_bytes = now;
  s->count = 1;
  s->version = 0;
  t->storage = s;
  t->data = s->data;
  if (tt_watch)
    tell_watch(s, (int64_t)s->bytes);
}

__attribute__((cold, noinline))
static void tell_watch(const Storage *s, int64_t bytes)
{
  tt_watch->memory(s, bytes);      // see the watch that sleeps
}

void tt_release(Tensor *t)
{
  if (t->grad && t->grad->scope)   // a scope that closes has both
    release(t->grad);
  release(t);
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
  if (s->watched && tt_watch)
    tt_watch->end(s);
}

static void hand_out(Scope *s)
{
  opened = s->outer;
  while (s->first)
    tt_move(s->first, s->outer);
}

typedef struct Frame {
  jmp_buf       jump;
  struct Frame *outer;
  TensorCall   *call;                  // that runs outside
  Scope         scope;
} Frame;
static _Thread_local Frame *frame;     // of the innermost tt_try
static _Thread_local TensorError  failure; // the last one

_Noreturn void tt_fail(ErrorCode code, const char *format, ...)
{
  failure = (TensorError){ .code = code };
  va_list args;
  va_start(args, format);
  vsnprintf(failure.message, sizeof failure.message, format, args);
  va_end(args);
  if (tt_call) {
    failure.file = tt_call->file;
    failure.line = tt_call->line;
    name_the_call(&failure, tt_call->function);
  }
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

bool tt_try(void (*f)(void *), void *arg, TensorError *e)
{
  Frame here = { .outer = frame, .call = tt_call };
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
  tt_call = here.call;
  if (e)
    *e = failure;
  return false;
}

MemoryStats tt_memory_stats(void)
{
  return stats;
}

void tt_memory_limit(int64_t bytes)
{
  limit = bytes;
}

void tt_reset_peak_memory(void)
{
  stats.peak_bytes = stats.live_bytes;
}

void tt_clear(void)
{
  if (tt_scope() != &root)
    tt_fail(TT_EVALUE, "tt_clear: a scope is open, whose tensors may"
            " rest on what would go; call it after the scope's block,"
            " or outside tt_try");
  empty(&root);
  if (tt_forgetter)
    tt_forgetter(NULL);
  end_rest();
  tt_empty_pool();
}
