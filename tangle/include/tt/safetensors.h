// Made from chapters/07-training.nw by tools/tangle: edit there.
// tt/safetensors.h - tensors by name in a file, in the format
// safetensors, which PyTorch reads and writes, too.
#ifndef TT_SAFETENSORS_H
#define TT_SAFETENSORS_H
#include "tt/module.h"

TT_BEGIN
typedef struct MetaPair { const char *key, *value; } MetaPair;
typedef struct Metadata {
  int n;
  MetaPair *pair;
  const char *left_out;    // tensors of types that we lack; or NULL
} Metadata;
const char *tt_metadata_get(Metadata m, const char *key); // or NULL
// Fails, in the name of that function, if a key or a value is NULL.
void tt_check_metadata(const char *function, Metadata m);

// replaces the file in one go: the old one or the new one, never half.
// A link is followed; a file that is there keeps its mode
void      tt_save_file(const char *path, StateDict sd, Metadata m);
// the same for another format: fill writes `what` to fd and says if
// all went well. Fails in the name of that function
void      tt_replace_file(const char *function, const char *path,
                          bool (*fill)(int fd, const void *what),
                          const void *what /* or NULL */);
// all of it. TT_EFILE: it cannot be read; TT_EFORMAT: it is not what
// it says, or has tensors of types that we lack
StateDict tt_load_file(const char *path);
// what can be read of it; m->left_out names the rest
StateDict tt_load_file_with(const char *path,
                            Metadata *m /* or NULL */);
StateDict tt_state_dict_new(int n); // n blank entries
// those whose names begin so, with the rest of the name
StateDict tt_state_dict_part(StateDict all, const char *prefix);
#define TT_CHECKSUM_KEY "fnv1a64"        // in the metadata
#define TT_CHECKSUM 0xcbf29ce484222325   // of no bytes
uint64_t  tt_checksum(uint64_t h, const void *data, size_t n);
TT_END
#endif
