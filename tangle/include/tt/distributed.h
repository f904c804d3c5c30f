// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// tt/distributed.h - training on many ranks, which may be processes on
// many machines: shares of batches, sums of gradients, and what it
// costs.
#ifndef TT_DISTRIBUTED_H
#define TT_DISTRIBUTED_H
#include "tt/data.h"

TT_BEGIN
struct TapeNode;
typedef struct ProcessGroup {
  int rank, size;                  // this one, from 0; all
  // begins: x[0..n) becomes the sum over all ranks, with the same bits
  // in each. It is there after finish; all begin in the same order
  void (*begin_sum)(struct ProcessGroup *g, Real *x, int64_t n);
  void (*go_on)(struct ProcessGroup *g);   // with what has begun
  void (*finish)(struct ProcessGroup *g);  // all that has begun
  // the bytes of rank `from` are then in all
  void (*broadcast)(struct ProcessGroup *g, void *at, int64_t bytes,
                    int from);
} ProcessGroup;
// ranks as threads: work(g, arg) in each. An error in one is the
// caller's; TT_EVALUE: size is not from 1 to 64
void tt_thread_group_run(int size,
                         void (*work)(ProcessGroup *g, void *arg),
                         void *arg);
typedef struct Share { int64_t from, n; } Share;
// what rank has of 0..n-1: runs in the order of ranks, each example
// once, and the lengths differ by 1 at most
Share tt_share(int64_t n, int rank, int size);
// o.size is of all ranks together, of which each gets its tt_share,
// maybe a batch of 0 rows. Lives in the innermost scope
BatchSource *tt_sharded_new(const Dataset *d, BatchOptions o,
                            const ProcessGroup *g);
typedef struct DataParallelOptions {
  int64_t bucket;                  // bytes; 0: 1 MiB
  bool    afterwards;              // send nothing on the way back
  bool    shard;                   // see tt_owned_parameters
  int64_t (*targets)(Tensor *y);   // that count; NULL: its rows
} DataParallelOptions;

typedef struct Bucket {
  int64_t at, n;                   // in the row of all gradients
  int     params, missing;         // without a gradient so far
} Bucket;

typedef struct DataParallel {
  ProcessGroup *group;
  DataParallelOptions o;
  StateDict  params;               // that learn, the last first
  int        buckets, begun;
  Bucket    *bucket;
  int       *in, *uses, *owner;    // of each parameter: bucket; nodes
  int64_t   *place;                // that use it; rank; place in flat
  Real      *flat, total[3];
  const struct TapeNode *next;     // not passed yet
  bool       passed;               // all of them
  double     waited;               // seconds, for sums
} DataParallel;
// All ranks call these in the same order. The model gets the numbers of
// rank 0; TT_EVALUE if it has other names or shapes there
DataParallel *tt_data_parallel_new(void *model, ProcessGroup *g,
                                   DataParallelOptions o);
// loss, metric: means over the n targets of this rank; NULL and 0: it
// has none. Then each parameter's grad is that of the mean over all
// targets of all ranks, and so is what it gives. The grads before are
// gone; TT_EVALUE: no rank has a target
Metrics tt_data_parallel_backward(DataParallel *d,
                                  Tensor *loss /* or NULL */,
                                  double metric, int64_t n);
// a checksum of the parameters; TT_EVALUE: not that of rank 0
uint64_t tt_data_parallel_check(const DataParallel *d);
// with .shard, each rank's optimizer has a share of the parameters
StateDict tt_owned_parameters(const DataParallel *d);
void tt_owned_step(DataParallel *d, Optimizer *o);
// as tt_trainer_run, with t->train from tt_sharded_new. Rank 0 prints
// and writes the checkpoint, from which any number of ranks goes on.
// TT_EVALUE: .valid, .patience, .accumulate, .metrics
void tt_data_parallel_run(Trainer *t, DataParallel *d);
// each x[r][0..n) becomes the sum of all: in pieces, from neighbor to
// neighbor; how many numbers the busiest sends
int64_t tt_ring_all_reduce(int ranks, int64_t n, Real *const x[]);
typedef struct Network {
  double latency, bandwidth;       // seconds, bytes a second
} Network;
typedef struct StepCost {
  double bytes, forward, back;     // of the gradients; seconds
} StepCost;
double tt_all_reduce_time(Network w, int ranks,
                          double bytes);       // no place
// forward, way back, and sums of buckets of so many bytes meanwhile
double tt_step_time(Network w, int ranks, StepCost s, double bucket);
double tt_best_bucket(Network w, int ranks, StepCost s);
TT_END
#endif
