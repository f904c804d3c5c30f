// Made from chapters/08-data.nw by tools/tangle: edit there.
// Files of examples: IDX, CIFAR.
#include "tt/readers.h"
#include "tt/operation.h"
#include "tt/scalar.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static Tensor *unpacked(const char *path, Tensor *t)
{
  const uint8_t *b = t->data;
  if (tt_numel(t) >= 2 && b[0] == 0x1f && b[1] == 0x8b)
    tt_fail(TT_EFORMAT, "%.200s: gzip", path);
  return t;
}

static Tensor *whole_file(const char *path, FILE *f)
{
  struct stat st;
  if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode))
    tt_fail(TT_EFILE, "%.200s: not a file to read from", path);
  Tensor *t = tt_empty(TT_U8, TT_SHAPE(st.st_size));
  size_t got = fread(t->data, 1, (size_t)st.st_size, f);
  if (got != (size_t)st.st_size)
    tt_fail(TT_EFILE, "%.200s: expected %lld bytes, read %zu", path,
            (long long)st.st_size, got);
  return t;
}

typedef struct Reading {
  const char *path;
  FILE       *f;
  Tensor     *bytes;
} Reading;

static void read_it(void *reading)
{
  Reading *r = reading;
  r->bytes = whole_file(r->path, r->f);
}

Tensor *tt_read_bytes(const char *path)
{
  Reading r = { path, fopen(path, "rb"), NULL };
  if (!r.f)
    tt_fail(TT_EFILE, "%.200s: %s", path, strerror(errno));
  TensorError e;
  bool good = tt_try(read_it, &r, &e);
  fclose(r.f);
  if (!good)
    tt_fail(e.code, "%s", e.message);
  return unpacked(path, r.bytes);
}

static uint32_t big_endian(const uint8_t *b)
{
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16
       | (uint32_t)b[2] << 8 | b[3];
}

static int idx_type(uint8_t code, DType *d)    // bytes of an element
{
  switch (code) {
  case 0x08: *d = TT_U8;  return 1;
  case 0x09: *d = TT_I8;  return 1;
  case 0x0c: *d = TT_I32; return 4;
  case 0x0d: *d = TT_F32; return 4;
  default:   return 0;
  }
}

static Shape idx_shape(const char *path, const uint8_t *b, int64_t n,
                       int64_t bytes)
{
  Shape s = { .rank = b[3] };
  if (s.rank < 1 || s.rank > TT_MAX_RANK || n < 4 + 4 * s.rank)
    tt_fail(TT_EFORMAT, "%.200s: byte 3: %d dimensions; expected 1 to"
            " %d and their sizes, got %lld bytes in all", path, s.rank,
            TT_MAX_RANK, (long long)n);
  int64_t left = (n - 4 - 4 * s.rank) / bytes, all = 1;
  for (int k = 0; k < s.rank; k++) {
    s.dim[k] = big_endian(b + 4 + 4 * k);
    if (s.dim[k] > 0 && all > left / s.dim[k])
      tt_fail(TT_EFORMAT, "%.200s: byte %d: dimension %d is %lld;"
              " expected at most %lld elements in all, for so many"
              " follow", path, 4 + 4 * k, k, (long long)s.dim[k],
              (long long)left);
    all *= s.dim[k];
  }
  if (n - 4 - 4 * s.rank != all * bytes)
    tt_fail(TT_EFORMAT, "%.200s: byte %d: expected %lld bytes of"
            " numbers, got %lld", path, 4 + 4 * s.rank,
            (long long)(all * bytes), (long long)(n - 4 - 4 * s.rank));
  return s;
}

static Tensor *parse_idx(const char *path, const uint8_t *b, int64_t n)
{
  DType d = TT_U8;
  int bytes = n >= 4 && b[0] == 0 && b[1] == 0 ? idx_type(b[2], &d) : 0;
  if (bytes == 0)
    tt_fail(TT_EFORMAT, "%.200s: byte 0: expected 00 00, a type (08,"
            " 09, 0c, 0d) and the number of dimensions, got %s", path,
            n < 4 ? "fewer than 4 bytes" : "other bytes");
  Shape s = idx_shape(path, b, n, bytes);
  Tensor *t = tt_empty(d, s);
  const uint8_t *from = b + 4 + 4 * s.rank;
  if (bytes == 1) {
    memcpy(t->data, from, (size_t)tt_numel(t));
    return t;
  }
  for (int64_t i = 0; i < tt_numel(t); i++) {
    uint32_t u = big_endian(from + 4 * i);
    tt_store(d, t->data, i, d == TT_I32 ? (double)(int32_t)u
                            : (double)tt_bits_float(u));
  }
  return t;
}

Tensor *tt_load_idx(const char *path)
{
  TT_SCOPE;
  Tensor *b = tt_read_bytes(path);
  return tt_keep(parse_idx(path, b->data, tt_numel(b)));
}

enum { CIFAR_PIXELS = 3 * 32 * 32 };

static int64_t cifar_rows(const char *path, const uint8_t *b,
                          int64_t n, int labels, int classes)
{
  int64_t row = labels + CIFAR_PIXELS;
  if (n == 0 || n % row)
    tt_fail(TT_EFORMAT, "%.200s: expected records of %lld bytes, got"
            " %lld bytes, %lld more than whole records", path,
            (long long)row, (long long)n, (long long)(n % row));
  for (int64_t i = 0; i < n; i += row)
    if (b[i + labels - 1] >= classes)
      tt_fail(TT_EFORMAT, "%.200s: byte %lld: expected a label from 0"
              " to %d, got %d", path, (long long)(i + labels - 1),
              classes - 1, b[i + labels - 1]);
  return n / row;
}

static Batch parse_cifar(const char *path, const uint8_t *b, int64_t n,
                         int classes)
{
  int labels = classes == 100 ? 2 : 1;
  int64_t rows = cifar_rows(path, b, n, labels, classes);
  Tensor *x = tt_empty(TT_U8, TT_SHAPE(rows, 3, 32, 32));
  Tensor *y = tt_empty(TT_I32, TT_SHAPE(rows));
  uint8_t *to = x->data;
  for (int64_t i = 0; i < rows; i++, b += labels + CIFAR_PIXELS) {
    memcpy(to + i * CIFAR_PIXELS, b + labels, CIFAR_PIXELS);
    ((int32_t *)y->data)[i] = b[labels - 1];
  }
  return (Batch){ x, y };
}

Batch tt_load_cifar(const char *path, int classes)
{
  TT_SCOPE;
  if (classes != 10 && classes != 100)
    tt_fail(TT_EVALUE, "tt_load_cifar: %d classes; CIFAR has 10 or 100",
            classes);
  Tensor *t = tt_read_bytes(path);
  Batch b = parse_cifar(path, t->data, tt_numel(t), classes);
  tt_keep(b.x);
  tt_keep(b.y);
  return b;
}
