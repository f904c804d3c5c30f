// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// tt/transformers.h - norms, blocks and Gpt, a model of language
#ifndef TT_TRANSFORMERS_H
#define TT_TRANSFORMERS_H
#include "tt/attention.h"

TT_BEGIN
TT_END
#endif
