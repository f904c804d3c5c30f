// Made from chapters/08-data.nw by tools/tangle: edit there.
// tt/data.h - sets of examples, transforms on the way, and loaders that
// make batches of them: what the trainer learns from.
#ifndef TT_DATA_H
#define TT_DATA_H
#include "tt/training.h"

TT_BEGIN
typedef struct Example {           // what is asked of a set
  int64_t  i;                      // which, 0 <= i < length
  uint64_t seed;                   // of what is random about it
  void    *x, *y;                  // where to; x NULL: y alone
} Example;

typedef struct Dataset {
  int64_t length;
  Shape   x, y;                    // of one example
  DType   x_type, y_type;
  void  (*get)(const struct Dataset *d, Example e);  // may tt_fail
  // these two may be NULL: the x of i where it lies; i is wanted soon
  const void *(*peek)(const struct Dataset *d, int64_t i);
  void  (*soon)(const struct Dataset *d, int64_t i);
} Dataset;
// the rows of x (N,..) and y (N,..)
Dataset *tt_tensor_dataset_new(Tensor *x, Tensor *y);
// one example, as tensors; the seed is for random transforms
Batch    tt_dataset_get(const Dataset *d, int64_t i, uint64_t seed);
// zeroed bytes that live in the innermost scope. Before they go, the
// threads of all loaders of this thread end; then end(block) is called
void    *tt_dataset_block(size_t bytes,
                          void (*end)(void *block) /* or NULL */);
typedef struct Transform {
  void  (*apply)(const struct Transform *t, Shape s, Real *x,
                 Generator *g);    // s: (channels, height, width)
  int64_t n;                       // channels, pixels
  double  p;                       // how likely
  Real    scale[4], shift[4];      // of each channel
} Transform;
// x of d as numbers, bytes as 0 to 1, then each of the transforms in
// turn, on a picture (C,H,W) or (H,W)
Dataset  *tt_transformed_new(const Dataset *d, int n,
                             const Transform *t /* or NULL */);
Transform tt_normalize(int channels, const Real *mean,
                       const Real *std);       // (x - mean) / std
Transform tt_random_horizontal_flip(double p); // with probability p
// the picture inside a border of zeros, cut out anywhere
Transform tt_random_crop(int64_t padding);
Transform tt_cutout(int64_t size); // a square of zeros, anywhere
typedef struct Sampler {           // which examples an epoch has
  int64_t length;
  void  (*draw)(const struct Sampler *s, int32_t *order,
                Generator *g);
} Sampler;
typedef struct DataLoaderOptions {
  int64_t  size;                   // examples in a batch
  bool     shuffle, drop_last;     // drop_last: only full batches
  uint64_t seed;
  const Sampler *sampler;          // in place of shuffle; or NULL
  int      workers;                // threads; 0: the caller works
  int      prefetch;               // batches ahead; 0: 2 a worker
  // what else is done with a batch, by whoever makes it: changes its
  // numbers, or gives views of them; or NULL
  Batch  (*collate)(Batch b, Generator *g, void *arg);
  void    *arg;
} DataLoaderOptions;
// lives in the innermost scope; d must not go before. An error in
// d->get comes out of tt_source_next, with the example's number
BatchSource *tt_data_loader_new(const Dataset *d, DataLoaderOptions o);
// those of d with the numbers in index, i32 (n)
Dataset *tt_subset_new(const Dataset *d, const Tensor *index);
// one after the other; they must be of one kind
Dataset *tt_concat_new(int n, const Dataset *const d[]);
// y as a row of 0 and one 1, f32 (classes): what mix-up needs
Dataset *tt_one_hot_new(const Dataset *d, int64_t classes);
typedef struct Split { Tensor *first, *second; } Split;
// numbers of examples, i32: `part` of each class first, the rest second
Split tt_stratified_split(const Dataset *d, double part,
                          uint64_t seed);
// n examples an epoch, drawn again and again, each as often as its
// weight says: f32 (length of the set), 0 or more
Sampler *tt_weighted_sampler_new(const Tensor *weight, int64_t n);
// for .collate, with a double as .arg: each example with another, of
// weights drawn from Beta(alpha, alpha), alpha 0.01 to 1; x and y f32
Batch tt_mixup(Batch b, Generator *g, void *alpha);
TT_END
#endif
