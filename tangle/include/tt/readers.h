// Made from chapters/08-data.nw by tools/tangle: edit there.
// tt/readers.h - files of examples, read as if they were hostile.
// TT_EFILE: it cannot be read; TT_EFORMAT: it is not what it says; the
// message names the file, the byte, what was expected and what came.
#ifndef TT_READERS_H
#define TT_READERS_H
#include "tt/data.h"

TT_BEGIN
// the bytes of a file, unpacked if it is gzip: u8 (N)
Tensor *tt_read_bytes(const char *path);
// an IDX file, the format of MNIST: u8, i8, i32 or f32, any shape
Tensor *tt_load_idx(const char *path);
// a binary file of CIFAR-10 or CIFAR-100 (classes): x u8 (N,3,32,32),
// y i32 (N), of 100 the fine labels
Batch   tt_load_cifar(const char *path, int classes);
// the records of files of CIFAR as a set, each read when it is asked
// for: for more than fits into memory
Dataset *tt_cifar_files_new(int n, const char *const path[],
                            int classes);
// the file `name` under the folder TT_DATA, else ~/.cache/tinytorch,
// plain or with .gz; false: neither is there
bool     tt_data_find(const char *name, char path[4096]);
typedef struct CsvOptions {
  char separator;                  // 0: a comma
  bool header;                     // the first line has names
  bool missing;                    // an empty field is NaN, no error
} CsvOptions;

typedef struct CsvTable {
  Tensor *values;                  // f32 (rows, columns)
  int64_t columns;
  const char *const *name;         // without a header NULL
} CsvTable;
// numbers with a point, whatever the locale; "..." around a field; what
// is wrong is named by line and column
CsvTable tt_load_csv(const char *path, CsvOptions o);
// an array of NumPy: bool, integers and floats, of either byte order
Tensor *tt_load_npy(const char *path);
// replaces the file in one go
void    tt_save_npy(const char *path, const Tensor *t);
TT_END
#endif
