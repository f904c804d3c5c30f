// How long does an image take from a shuffled set of bytes to a batch of
// 64 in floats? Prints rows as bench does, in ns an image:
//   suite  case  peer  threads  best  unit  median
// tests/bench/loading.py does the same work with PyTorch.
//   usage: loading [word: only cases whose "suite case" contains it]
#include "row.h"

enum { BATCH = 64 };

static void next_batch(void *s) {
  TT_SCOPE;
  if (!tt_source_next(s).x) tt_source_reset(s);
}

static void set(const char *only, const char *name, int64_t n, Shape picture) {
  TT_SCOPE;
  Shape s = { .rank = 4, .dim = { n, picture.dim[0], picture.dim[1], picture.dim[2] } };
  Tensor *x = tt_empty(TT_U8, s), *y = tt_to(tt_randint(0, 10, TT_SHAPE(n), NULL), TT_I32);
  Generator g;
  tt_manual_seed(&g, 1);
  for (int64_t i = 0; i < tt_numel(x); i++)
    ((uint8_t *)x->data)[i] = (uint8_t)tt_random(&g);
  Dataset *bytes = tt_tensor_dataset_new(x, y);
  DataLoaderOptions o = { .size = BATCH, .shuffle = true, .drop_last = true };
  char text[64];
  bench_row(only, "data", name, "ns/image", 1e9 / BATCH, next_batch,
            tt_data_loader_new(tt_transformed_new(bytes, 0, NULL), o));
  const Real half[] = { 0.5f, 0.5f, 0.5f };
  Transform t[] = { tt_normalize((int)picture.dim[0], half, half),
                    tt_random_crop(4), tt_random_horizontal_flip(0.5) };
  snprintf(text, sizeof text, "%s-normalized", name);
  bench_row(only, "data", text, "ns/image", 1e9 / BATCH, next_batch,
            tt_data_loader_new(tt_transformed_new(bytes, 1, t), o));
  snprintf(text, sizeof text, "%s-augmented", name);
  bench_row(only, "data", text, "ns/image", 1e9 / BATCH, next_batch,
            tt_data_loader_new(tt_transformed_new(bytes, 3, t), o));
}

int main(int argc, char **argv) {
  const char *only = argc > 1 ? argv[1] : "";
  set(only, "60000x28x28", 60000, TT_SHAPE(1, 28, 28));
  set(only, "50000x3x32x32", 50000, TT_SHAPE(3, 32, 32));
  tt_clear();
  return 0;
}
