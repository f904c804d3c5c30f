// Made from chapters/08-data.nw by tools/tangle: edit there.
// tt/readers.h - files of examples, read as if they were hostile.
// TT_EFILE: it cannot be read; TT_EFORMAT: it is not what it says; the
// message names the file, the byte, what was expected and what came.
#ifndef TT_READERS_H
#define TT_READERS_H
#include "tt/training.h"

TT_BEGIN
// the bytes of a file, unpacked if it is gzip: u8 (N)
Tensor *tt_read_bytes(const char *path);
// an IDX file, the format of MNIST: u8, i8, i32 or f32, any shape
Tensor *tt_load_idx(const char *path);
// a binary file of CIFAR-10 or CIFAR-100 (classes): x u8 (N,3,32,32),
// y i32 (N), of 100 the fine labels
Batch   tt_load_cifar(const char *path, int classes);
TT_END
#endif
