// Made from chapters/17-compression.nw by tools/tangle: edit there.
// tt/pruning.h - fewer numbers in a model: zeros by magnitude, and
// channels, neurons and heads that are really gone.
#ifndef TT_PRUNING_H
#define TT_PRUNING_H
#include "tt/module.h"

TT_BEGIN
typedef struct PruneOptions {
  bool    by_layer;                // each layer loses the same share;
                                   // false: all are ranked together
  int64_t least;                   // that a layer keeps; 0: 1
  const char *const *skip;         // names, such as "0" or "0.weight",
} PruneOptions;                    // the last is NULL; or NULL: none
typedef struct PrunedTensor {
  char     name[TT_NAME];
  Tensor **slot;                   // where the module keeps it
  Tensor  *mask;                   // u8, of its shape: 1 is kept
  int64_t  n, kept;
} PrunedTensor;
typedef struct MagnitudePruner {
  PruneOptions options;
  StateDict    state, first;       // of the model; as remembered
  Tensor      *block;              // the memory of the tensors
  int          n;
  PrunedTensor *tensor;
} MagnitudePruner;
// of the model's parameters of rank 2 and more, without those to skip;
// lives in the innermost scope. TT_EVALUE: a name to skip that is none
MagnitudePruner *tt_magnitude_pruner_new(void *model, PruneOptions o);
// the smallest go, in magnitude: this share of those that are left, to
// the nearest number; of equal ones the first. TT_EVALUE: a share that
// is not from 0 to 1, a NaN, or .least cannot be kept
void tt_prune   (MagnitudePruner *p, double share);
// so many that this share of all is zero; what is gone stays so
void tt_prune_to(MagnitudePruner *p, double share);
void tt_pruner_apply(MagnitudePruner *p);  // 0 where the mask is: after
                                   // each step of an optimizer
double tt_pruner_sparsity(const MagnitudePruner *p);  // share of zeros
void tt_pruner_print(const MagnitudePruner *p);
void tt_pruner_fprint(FILE *f, const MagnitudePruner *p);
// parameters and buffers as they are now, and back to it, without what
// was pruned since
void tt_pruner_remember(MagnitudePruner *p);
void tt_pruner_rewind  (MagnitudePruner *p);
typedef struct PruneSchedule {     // of steps
  double  from, to;                // shares of zeros
  int64_t begin, end;              // steps
  int64_t every;                   // steps between two prunings; 0: 1
} PruneSchedule;
// to + (from - to) (1 - (step - begin) / (end - begin))^3 in between
double tt_prune_schedule(const PruneSchedule *s, int64_t step);
// prunes if it is time, and applies the masks; true: it was
bool tt_pruner_step(MagnitudePruner *p, const PruneSchedule *s,
                    int64_t step);
typedef enum { TT_SCORE_L2, TT_SCORE_L1, TT_SCORE_NORM } ChannelScore;
typedef struct StructuredOptions {
  ChannelScore score;              // of rows, or a batch norm's scale
  bool    global;                  // all widths are ranked together
  int64_t multiple;                // of channels that stay; 0: 1
  int64_t least;                   // that stay; 0: one multiple
  const char *const *skip;         // as in PruneOptions
} StructuredOptions;
typedef struct PrunedWidth {       // channels that come and go together
  const char *name;                // of the weight that makes them
  int64_t n, kept, fixed;          // fixed: they have to stay ...
  const char *why;                 // ... since this is made of them
  int32_t *group;                  // n of them
} PrunedWidth;
typedef struct StructuredPruner {
  void    *model;
  StructuredOptions options;
  int      n;
  PrunedWidth *width;
  struct Groups *groups;
} StructuredPruner;
// of one pass of x through the model in eval mode, which autograd
// records; lives in the innermost scope. x is not changed, nor the
// sizes of what the model takes and gives
StructuredPruner *tt_structured_pruner_new(void *model, Tensor *x,
                                           StructuredOptions o);
// the number of the group of a row (dim 0) or column (1) of a tensor of
// the model; they go together. TT_EVALUE: there is none
int32_t tt_structured_group(const StructuredPruner *p, const Tensor *t,
                            int dim, int64_t at);
// marks the channels with the lowest scores, this share of each width,
// or of all. TT_EVALUE: a share below 0, or of 1 and more
void tt_structured_choose(StructuredPruner *p, double share);
// 0 in all parameters of what is marked
void tt_structured_mask  (StructuredPruner *p);
// smaller tensors in its place; then p is done, and so is an optimizer
void tt_structured_remove(StructuredPruner *p);
void tt_structured_print (const StructuredPruner *p);
void tt_structured_fprint(FILE *f, const StructuredPruner *p);
// all of it
void tt_prune_channels(void *model, Tensor *x, double share,
                       StructuredOptions o);
// a file of a state dict into a model that was made with all channels:
// its tensors get the sizes that they have in the file
void tt_load_pruned(const char *path, void *model);
TT_END
#endif
