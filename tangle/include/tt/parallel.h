// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// tt/parallel.h - work in chunks, for several threads; and the backends
// that are faster than `naive`.
#ifndef TT_PARALLEL_H
#define TT_PARALLEL_H
#include "tt/backend.h"

TT_BEGIN
typedef void ChunkWork(int64_t chunk, void *arg);
// work(chunk, arg) for each chunk from 0 to chunks - 1, in any order,
// several at once. An error in one ends in the caller's tt_try, after
// all that have begun are done. Within work it calls work in turn
void tt_parallel(int64_t chunks, ChunkWork *work, void *arg);
// how many threads compute: as many as this process may use cores, or
// TT_THREADS
int  tt_get_num_threads(void);
void tt_set_num_threads(int n);    // TT_EVALUE: under 1 or over 256
// loads a shared library with tt_backend_entry (tt/plugin.h) and gives
// its backend a place in the list; TT_PLUGIN=file does so at the start.
// TT_EFILE: it cannot be loaded; TT_EFORMAT: it is not for this
// library; TT_EVALUE: there is one already, or its name is taken
void tt_backend_load(const char *path);
enum { TT_ASKING = 64 };           // queries of a block
static inline void tt_move_heads(Heads *x, int64_t batch,
                                 int64_t head, int64_t row)
{
  if (x->at)
    x->at += batch * x->batch + head * x->head + row * x->row;
}

// n heads of one batch, from head h on, m queries from t on
static inline Attention tt_attention_part(const Attention *a,
                                          int64_t b, int64_t h,
                                          int64_t n, int64_t t,
                                          int64_t m)
{
  Attention x = *a;
  Heads *own[] = { &x.q, &x.y, &x.mask, &x.dy, &x.dq };
  Heads *shared[] = { &x.k, &x.v, &x.dk, &x.dv };
  x.batch = x.shared = 1, x.heads = n, x.queries = m;
  if (a->causal)
    x.keys = a->keys - a->queries + t + m;
  for (int i = 0; i < 5; i++)
    tt_move_heads(own[i], b, h, t);
  for (int i = 0; i < 4; i++)
    tt_move_heads(shared[i], b, h / (a->heads / a->shared), 0);
  x.log_sum += (b * a->heads + h) * a->queries + t;
  return x;
}

typedef struct RunningSum {        // of e^(s - most), of scores s
  Real most, sum;                  // before the first: -INFINITY, 0
} RunningSum;
typedef RunningSum FoldScores(RunningSum r, int64_t n, const Real *s);
// memory of this thread, for kernels; until the next call for the same
// which, 0: in kernels that call no other, 1: around these
void *tt_scratch(int which, size_t bytes);   // no place: of kernels
// is a convolution in tiles of four results less work?
struct Conv2dShape;
bool tt_tiles_pay(const struct Conv2dShape *s);  // no place
bool tt_runs_nowhere(void);        // no place: these cannot fail
bool tt_runs_v3(void);             // no place
bool tt_runs_v4(void);             // no place
bool tt_runs_vnni(void);           // no place
Real tt_chains_128(int64_t rounds);   // no place: they measure
Real tt_chains_256(int64_t rounds);   // no place
Real tt_chains_512(int64_t rounds);   // no place
Real tt_chains_vnni(int64_t rounds);  // no place
TT_END
#endif
