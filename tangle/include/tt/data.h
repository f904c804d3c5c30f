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
  const void *(*peek)(const struct Dataset *d, int64_t i);
                                   // its x in memory; or no function
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
TT_END
#endif
