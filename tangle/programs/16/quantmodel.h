// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// The trained TinyGPT, its letters, and what it was not trained on.
#ifndef QUANTMODEL_H
#define QUANTMODEL_H
#include <unistd.h>
#include "../13/tinygpt.h"
#include "tt/tt.h"

enum { JUDGED = 10000 };           // letters of the text not seen

static inline Gpt *trained(void)
{
  const char *path = "build/tinygpt-0.safetensors";
  if (access(path, R_OK) != 0)
    tt_fail(TT_EFILE, "%s is not there; `build/bin/tinygpt 0` makes it,"
            " in about 40 minutes", path);
  return tt_gpt_load(path, NULL);
}

static inline Tensor *unseen(const Corpus *c, int64_t n)
{
  return tt_contiguous(tt_slice(c->valid, 0, 0, n, 1));
}

static inline int64_t bytes_of(void *m)        // of all its tensors
{
  TT_SCOPE;
  StateDict s = tt_module_state_dict(m);
  int64_t n = 0;
  for (int i = 0; i < s.n; i++)
    n += tt_numel(*s.entry[i].slot)
         * (int64_t)tt_dtype_size((*s.entry[i].slot)->dtype);
  return n;
}
#endif
