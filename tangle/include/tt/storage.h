// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// tt/storage.h - the bytes under a tensor: for the library alone.
#ifndef TT_STORAGE_H
#define TT_STORAGE_H
#include "tt/tensor.h"

struct Storage {
  _Atomic int count;               // handles on it
  unsigned    version;             // times it was changed in place
  size_t      bytes;
  Storage    *next;                // in the pool, when count is 0
  _Alignas(64) unsigned char data[];
};
#endif
