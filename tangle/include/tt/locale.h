// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// tt/locale.h - numbers in text have a point, in any locale.
#ifndef TT_LOCALE_H
#define TT_LOCALE_H
#include "tt/c.h"

TT_BEGIN
// no places: for the library alone
void *tt_locale_begin(void);           // gives the thread's old locale
void  tt_locale_end(void **old);
TT_END
// for the rest of the block, in which nothing may fail or return to
// tt_try: the old locale would not come back
#define TT_C_LOCALE                                                \
  __attribute__((cleanup(tt_locale_end), unused))                  \
  void *tt_old_locale = tt_locale_begin()
#endif
