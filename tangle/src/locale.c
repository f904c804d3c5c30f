// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// The locale of a thread, for the length of a block.
#include "tt/locale.h"
#include <locale.h>

void *tt_locale_begin(void)
{
  return uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
}

void tt_locale_end(void **old)
{
  uselocale((locale_t)*old);
}
