// Made from chapters/08-data.nw by tools/tangle: edit there.
// tt/gzip.h - unpacking what gzip packed: for the library alone.
#ifndef TT_GZIP_H
#define TT_GZIP_H
#include "tt/tensor.h"

TT_BEGIN
// n bytes of the file at path, unpacked: u8 (N), one or more members
Tensor *tt_gunzip(const char *path, const uint8_t *in, int64_t n);
TT_END
#endif
