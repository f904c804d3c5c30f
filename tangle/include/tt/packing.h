// Made from chapters/17-compression.nw by tools/tangle: edit there.
// tt/packing.h - weights that share few values, and a file in which
// frequent ones take few bits.
#ifndef TT_PACKING_H
#define TT_PACKING_H
#include "tt/safetensors.h"

TT_BEGIN
// The numbers of w that are not 0 become at most 2^bits values, bits 1
// to 8, by k-means: each becomes the mean of its group, and is in the
// group whose mean is nearest. Zeros stay. Gives how many values there
// are; w is as it was if they were so few before. TT_EVALUE: inf, NaN
int tt_share_weights_(Tensor *w, int bits);
// All tensors of sd, of any type, in few bytes: for those with at most
// 256 values besides 0, Huffman's words for the values and for the
// zeros between them; for others, words for their bytes. They come back
// bit by bit. The file is replaced in one go, as by tt_save_file
void tt_packed_save(const char *path, StateDict sd, Metadata m);
// TT_EFILE: it cannot be read; TT_EFORMAT: it is no such file
StateDict tt_packed_load(const char *path, Metadata *m /* or NULL */);
int64_t tt_packed_bits(Tensor *t); // that its numbers take there
typedef struct PackedGaps {        // of a tensor, as they are packed
  Tensor *gap;                     // u8: zeros before a number; 255 are
                                   // as many without one behind them
  Tensor *value;                   // the numbers that are not 0
} PackedGaps;
PackedGaps tt_packed_gaps(Tensor *t);
TT_END
#endif
