// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// tt/generation.h - which token comes next: samplers, generation
#ifndef TT_GENERATION_H
#define TT_GENERATION_H
#include "tt/transformers.h"

TT_BEGIN
TT_END
#endif
