// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
// CIFAR-10, or digits in its place, in batches.
#include <unistd.h>
#include "../01/digits.h"
#include "deepnet.h"

typedef struct Sets { Batch fit, valid, test; } Sets;

typedef struct Plan {
  int64_t  width, epochs;
  double   lr, goal;
  uint64_t seed;
  struct Log *log;
} Plan;

static Batch some(Batch b, int64_t from, int64_t to)
{
  return (Batch){ tt_slice(b.x, 0, from, to, 1),
                  tt_slice(b.y, 0, from, to, 1) };
}

static Sets parted(Batch all, Batch test, int64_t valid)
{
  int64_t n = all.x->shape[0];
  return (Sets){ some(all, 0, n - valid), some(all, n - valid, n),
                 test };
}

static bool one_file(const char *name, Batch *b)    // false: not here
{
  char file[64], path[4096];
  snprintf(file, sizeof file, "cifar-10-batches-bin/%s.bin", name);
  if (!tt_data_find(file, path))
    return false;
  *b = tt_load_cifar(path, 10);
  return true;
}

static inline bool read_cifar(int files, Sets *s)
{
  Tensor *x[5], *y[5];
  Batch b;
  for (int i = 0; i < files; i++) {
    char name[32];
    snprintf(name, sizeof name, "data_batch_%d", i + 1);
    if (!one_file(name, &b))
      return false;
    x[i] = b.x, y[i] = b.y;
  }
  Batch all = { tt_cat(files, x, 0), tt_cat(files, y, 0) };
  if (!one_file("test_batch", &b))
    return false;
  *s = parted(all, b, 1000);
  return true;
}

static Tensor *enlarged(Tensor *rows)     // u8 (N,3,32,32)
{
  Tensor *x = tt_mul_scalar(pixels(rows), (Real)15.9);
  x = tt_reshape(x, TT_SHAPE(-1, 1, 8, 1, 8, 1));
  x = tt_expand(x, TT_SHAPE(-1, 3, -1, 4, -1, 4));
  x = tt_reshape(x, TT_SHAPE(-1, 3, 32, 32));
  return tt_to(x, TT_U8);
}

static inline Sets read_digit_pictures(void)
{
  Tensor *rows = read_digits("build/data/digits.csv"), *part[5];
  for (int k = 0; k < 5; k++)
    part[k] = tt_slice(rows, 0, k, ROWS, 5);
  Tensor *fit = tt_cat(4, part, 0), *test = tt_clone(part[4]);
  Batch all = { enlarged(fit), tt_to(labels(fit), TT_I32) };
  return parted(all, (Batch){ enlarged(test),
                              tt_to(labels(test), TT_I32) }, 100);
}

static inline BatchSource *loader(Batch b, const Plan *p, bool train)
{
  static const Real mean[] = { 0.4914f, 0.4822f, 0.4465f };
  static const Real std[] = { 0.2470f, 0.2435f, 0.2616f };
  bool photographs = p->width >= 32;
  Transform t[] = { tt_normalize(3, mean, std), tt_random_crop(2),
                    tt_random_horizontal_flip(photographs ? 0.5 : 0) };
  Dataset *d = tt_tensor_dataset_new(b.x, b.y);
  return tt_data_loader_new(
    tt_transformed_new(d, train ? 3 : 1, t),
    (DataLoaderOptions){ .size = train ? photographs ? 64 : 32 : 250,
                         .shuffle = train, .drop_last = train,
                         .seed = p->seed });
}

static inline const char *made(const char *path, const char *command,
                               int minutes)
{
  if (access(path, R_OK) != 0)
    tt_fail(TT_EFILE, "%s is not there; `%s` makes it, in about %d"
            " minutes", path, command, minutes);
  return path;
}

static inline Module *trained_network(void)
{
  Module *net = network(32, 0);
  tt_load_model(made("build/cifar-0.safetensors", "build/bin/cifar 0",
                     40), net);
  return net;
}

static inline Sets photographs(int files)
{
  Sets s;
  if (!read_cifar(files, &s))
    tt_fail(TT_EFILE, "CIFAR-10 is not here; make data SET=cifar10 gets"
            " it");
  return s;
}
