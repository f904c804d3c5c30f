// files.h - files of a test stand beside its program.
#ifndef FILES_H
#define FILES_H
#include "tt_test.h"

// What these return is good until four more are asked for.
const char *beside(const char *name);        // program.name

typedef struct Bytes { unsigned char *at; size_t n; } Bytes;
Bytes read_bytes(const char *path);          // with a 0 behind them

// The locale's point becomes a comma; off: a point again.
void commas(bool on);
#endif
