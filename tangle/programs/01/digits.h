// Made from chapters/01-tensors.nw by tools/tangle: edit there.
#ifndef DIGITS_H
#define DIGITS_H
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "tt/tt.h"

enum { ROWS = 1797, TRAIN = 1437, PIXELS = 64, CLASSES = 10 };

static inline Tensor *read_digits(const char *path)   // [1797,65]
{
  FILE *f = fopen(path, "r");
  if (!f)
    tt_fail(TT_EFILE, "%s: %s; `make data` unpacks it", path,
            strerror(errno));
  Tensor *rows = tt_empty(TT_F32, TT_SHAPE(ROWS, PIXELS + 1));
  Real *x = rows->data;
  for (int64_t i = 0; i < tt_numel(rows); i++) {
    int v, most = (i + 1) % (PIXELS + 1) ? 16 : CLASSES - 1;
    if (fscanf(f, "%d%*[,\n]", &v) != 1 || v < 0 || v > most)
      tt_fail(TT_EFORMAT, "%s: value %lld is not a number from 0 to"
              " %d", path, (long long)i + 1, most);
    x[i] = (Real)v;
  }
  fclose(f);
  return rows;
}

static Tensor *pixels(Tensor *rows)
{
  return tt_slice(rows, 1, 0, PIXELS, 1);             // [N,64]
}

static Tensor *labels(Tensor *rows)
{
  return tt_select(rows, 1, PIXELS);                  // [N]
}
#endif
