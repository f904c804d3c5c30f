// CIFAR-10 to 75 % on two threads: seconds of learning, and how many of the
// test pictures are right. The network and its recipe are those of the entry
// of chapter 20's project, with an epoch less; cifar75.py is the same in PyTorch.
//   cifar75 [SEED]    rows  suite  case  peer  threads  seconds  unit  right
//   cifar75 where     the folder of the data
#define EPOCHS 2
int entry_main(int argc, char **argv);
#define main entry_main
#include "../olympics/projects/frugal/own.c"
#undef main
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Batch part(const char *name) {
  char file[64], path[4096];
  snprintf(file, sizeof file, "cifar-10-batches-bin/%s.bin", name);
  if (!tt_data_find(file, path))
    tt_fail(TT_EFILE, "CIFAR-10 is not here; make data SET=cifar10 gets it");
  return tt_load_cifar(path, 10);
}

static void where(void) {
  char path[4096];
  if (!tt_data_find("cifar-10-batches-bin/test_batch.bin", path))
    tt_fail(TT_EFILE, "CIFAR-10 is not here; make data SET=cifar10 gets it");
  *strrchr(path, '/') = 0;
  puts(path);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "where") == 0) return where(), 0;
  enum { FILES = 5, TEST = 10000, AT_ONCE = 250 };
  tt_autograd_enable();
  tt_set_num_threads(2);
  Tensor *x[FILES], *y[FILES];
  for (int i = 0; i < FILES; i++) {
    char name[32];
    snprintf(name, sizeof name, "data_batch_%d", i + 1);
    Batch b = part(name);
    x[i] = b.x, y[i] = b.y;
  }
  Batch test = part("test_batch");
  double start = tt_machine_now(), right = 0;
  train(tt_cat(FILES, x, 0), tt_cat(FILES, y, 0), argc > 1 ? strtoull(argv[1], NULL, 10) : 0);
  double seconds = tt_machine_now() - start;
  for (int64_t i = 0; i < TEST; i += AT_ONCE) {
    TT_SCOPE;
    Tensor *z = answer(tt_slice(test.x, 0, i, i + AT_ONCE, 1));
    right += AT_ONCE * tt_accuracy(z, tt_slice(test.y, 0, i, i + AT_ONCE, 1));
  }
  printf("train\tcifar-75\ttinytorch\t2\t%.4g\ts\t%.2f %%\n", seconds, 100 * right / TEST);
}
