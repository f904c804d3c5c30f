// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// tt/gpt2.h - the weights of GPT-2, and of all that has its form, from
// a file of safetensors with Hugging Face's names.
#ifndef TT_GPT2_H
#define TT_GPT2_H
#include "tt/transformers.h"

TT_BEGIN
// in eval mode. Sizes are those of the file's tensors, the number of
// heads is in none of them; 0: 64 numbers a head, as all of OpenAI's
// have. Names may begin with "transformer.", masks are left out. A head
// that is missing, or equal to the table of tokens, is tied to it.
// TT_EFILE: it cannot be read. TT_EFORMAT: a name is missing, unknown
// or of another shape
Gpt *tt_load_gpt2_weights(const char *path, int64_t heads);
TT_END
#endif
