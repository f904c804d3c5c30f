// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// tt/memory.h - how long tensors live: scopes own them, a pool keeps
// their memory for the next ones.
#ifndef TT_MEMORY_H
#define TT_MEMORY_H
#include "tt/tensor.h"

TT_BEGIN
struct Scope {
  Tensor *first;                   // made in it, the latest first
  Scope  *outer;
  bool    no_grad;                 // sleeps until chapter 5
  bool    watched;                 // sleeps until chapter 14
};
void tt_scope_open (Scope *s);     // what is made from now on is its
void tt_scope_close(Scope *s);     // releases all that was made since:
                                   // to use one later is an error in
                                   // debug builds; in others, once its
                                   // place is taken, it is another one
void tt_clear(void);               // empties this thread's root scope
                                   // and pool: call it before it ends,
                                   // with no scope open
Scope  *tt_scope(void);                // the innermost
void    tt_move(Tensor *t, Scope *to); // and its gradient
void    tt_release(Tensor *t);         // now, not with its scope; and
                                       // its gradient
TT_NORETURN void tt_gone(const char *op, const Tensor *t);  // fails
void tt_check_tensors(const char *op, int n, Tensor *const t[]);
                                   // tt_alive of each

// fails if t was released
static inline void tt_alive(const char *op, const Tensor *t)
{
  if (t && !t->scope)
    tt_gone(op, t);
}

// Whatever is made after it in the same block goes when the block ends.
#define TT_SCOPE TT_SCOPE_AT(__LINE__)
#define TT_SCOPE_AT(line) TT_SCOPE_NAMED(line)
#define TT_SCOPE_NAMED(line) \
  __attribute__((cleanup(tt_scope_close))) Scope tt_scope_##line; \
  tt_scope_open(&tt_scope_##line)
Tensor *tt_keep(Tensor *t);        // t; if it is of the innermost
                                   // scope, it moves one scope out
typedef struct MemoryStats {
  int64_t live_bytes, peak_bytes;  // in storages
  int64_t pool_bytes;              // kept for reuse
  int64_t tensors;                 // handles
  int64_t mallocs, reused;         // requests
} MemoryStats;                     // of this thread
MemoryStats tt_memory_stats(void);
void tt_reset_peak_memory(void);       // to what is live now
void tt_memory_limit(int64_t bytes);   // more live bytes: TT_EMEM;
                                       // 0: no limit
void tt_empty_pool(void);              // back to the system
TT_END
#endif
