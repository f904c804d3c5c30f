// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// tt/plugin.h - for those who write a backend in a file of its own,
// which includes this and defines tt_backend_entry.
#ifndef TT_PLUGIN_H
#define TT_PLUGIN_H
#include "tt/backend.h"

TT_BEGIN
// gives the table; host has all kernels
const Backend *tt_backend_entry(const Backend *host); // no place
// what tensor.h asks for, so that a mixture of floats and doubles is
// noticed
#ifdef __cplusplus                 // there a constant is static, else
extern
#endif
__attribute__((weak)) const char TT_BUILT_FOR(TT_REAL) = 0;
TT_END
#endif
