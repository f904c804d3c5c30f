// Made from chapters/08-data.nw by tools/tangle: edit there.
// Files of examples: IDX, CIFAR, CSV, npy; plain or packed by gzip.
#include "tt/readers.h"
#include "tt/data.h"
#include "tt/operation.h"
#include "tt/scalar.h"
#include "tt/locale.h"
#include "tt/safetensors.h"
#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#define ZLIB_CONST                 // it only reads its input
#include <zlib.h>

#define MOST_ELEMENTS ((int64_t)1 << 56)
#define LARGEST_REAL (sizeof(Real) == 4 ? (double)FLT_MAX : DBL_MAX)
static void *zlib_memory(void *unused, unsigned n, unsigned size)
{
  (void)unused;
  return tt_empty(TT_U8, TT_SHAPE((int64_t)n * size))->data;
}

static void zlib_forget(void *unused, void *block)
{
  (void)unused, (void)block;       // its scope does
}

static int64_t some_of(int64_t n)  // zlib counts in 32 bits
{
  return n < 1 << 30 ? n : 1 << 30;
}

static Tensor *twice(Tensor *t)
{
  Tensor *y = tt_empty(TT_U8, TT_SHAPE(2 * tt_numel(t)));
  memcpy(y->data, t->data, (size_t)tt_numel(t));
  tt_release(t);
  return y;
}

static Tensor *gunzip(const char *path, const uint8_t *in, int64_t n)
{
  TT_SCOPE;
  z_stream z = { .zalloc = zlib_memory, .zfree = zlib_forget };
  Tensor *out = tt_empty(TT_U8, TT_SHAPE(4 * n + 64));
  int64_t at = 0, made = 0;
  int state = inflateInit2(&z, 16 + MAX_WBITS);    // 16: gzip alone
  while (state == Z_OK) {
    if (made == tt_numel(out))
      out = twice(out);
    uint8_t *to = out->data;
    z.next_in = in + at;
    z.next_out = to + made;
    z.avail_in = (unsigned)some_of(n - at);
    z.avail_out = (unsigned)some_of(tt_numel(out) - made);
    state = inflate(&z, Z_NO_FLUSH);
    at = z.next_in - in;
    made = z.next_out - to;
    if (state == Z_STREAM_END && at < n)
      state = inflateReset(&z);    // a file may have several parts
  }
  if (state != Z_STREAM_END)
    tt_fail(TT_EFORMAT, "%.200s: byte %lld of the gzip file: %s", path,
            (long long)at, state == Z_BUF_ERROR ? "it ends early"
            : z.msg ? z.msg : zError(state));
  return tt_keep(tt_slice(out, 0, 0, made, 1));
}

static Tensor *unpacked(const char *path, Tensor *t)
{
  const uint8_t *b = t->data;
  bool gzip = tt_numel(t) >= 2 && b[0] == 0x1f && b[1] == 0x8b;
  return gzip ? gunzip(path, b, tt_numel(t)) : t;
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
  TT_SCOPE;
  Reading r = { path, fopen(path, "rb"), NULL };
  if (!r.f)
    tt_fail(TT_EFILE, "%.200s: %s", path, strerror(errno));
  TensorError e;
  bool good = tt_try(read_it, &r, &e);
  fclose(r.f);
  if (!good)
    tt_fail(e.code, "%s", e.message);
  return tt_keep(unpacked(path, r.bytes));
}

static uint32_t big_endian(const uint8_t *b)
{
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16
       | (uint32_t)b[2] << 8 | b[3];
}

static const char *first_bytes(const uint8_t *b, int64_t n)
{
  static _Thread_local char text[32];
  snprintf(text, sizeof text, "no bytes");
  for (int i = 0; i < n && i < 7; i++)
    snprintf(text + (i ? 3 * i - 1 : 0), 4, "%s%02x", i ? " " : "",
             b[i]);
  return text;
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

static _Noreturn void too_many(const char *path, int k, int64_t size,
                               int64_t left)
{
  tt_fail(TT_EFORMAT, "%.200s: byte %d: dimension %d is %lld; expected"
          " at most %lld elements in all, for so many follow", path,
          4 + 4 * k, k, (long long)size, (long long)left);
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
      too_many(path, k, s.dim[k], left);
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
            first_bytes(b, n));
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

typedef struct CifarFile {
  int     fd;
  int64_t rows;
  char    path[256];
} CifarFile;

typedef struct CifarFiles {
  Dataset   base;
  int       classes, labels, n;
  CifarFile file[];
} CifarFiles;
static void read_exactly(const CifarFile *f, uint8_t *to, int64_t n,
                         int64_t at)
{
  for (int64_t got = 0; got < n;) {
    ssize_t k = pread(f->fd, to + got, (size_t)(n - got), at + got);
    if (k < 0 && errno == EINTR)
      continue;
    if (k <= 0)
      tt_fail(TT_EFILE, "%.200s: byte %lld: expected %lld bytes, read"
              " %lld: %s", f->path, (long long)at, (long long)n,
              (long long)got, k < 0 ? strerror(errno) : "it has become"
              " shorter");
    got += k;
  }
}

static void files_get(const Dataset *d, Example e)
{
  const CifarFiles *c = (const CifarFiles *)d;
  const CifarFile *f = c->file;
  for (; e.i >= f->rows; f++)
    e.i -= f->rows;
  uint8_t record[2 + CIFAR_PIXELS];
  int64_t at = e.i * (c->labels + CIFAR_PIXELS);
  read_exactly(f, record, c->labels + (e.x ? CIFAR_PIXELS : 0), at);
  int label = record[c->labels - 1];
  if (label >= c->classes)
    tt_fail(TT_EFORMAT, "%.200s: byte %lld: expected a label from 0 to"
            " %d, got %d", f->path, (long long)(at + c->labels - 1),
            c->classes - 1, label);
  *(int32_t *)e.y = label;
  if (e.x)
    memcpy(e.x, record + c->labels, CIFAR_PIXELS);
}

static void files_end(void *block)
{
  CifarFiles *c = block;
  for (int k = 0; k < c->n; k++)
    close(c->file[k].fd);
}

static void open_file(CifarFiles *c, const char *path)
{
  CifarFile *f = &c->file[c->n];
  struct stat st;
  snprintf(f->path, sizeof f->path, "%s", path);
  f->fd = open(path, O_RDONLY | O_CLOEXEC);
  if (f->fd < 0)
    tt_fail(TT_EFILE, "%.200s: %s", path, strerror(errno));
  c->n++;                          // from now on it is closed
  int64_t row = c->labels + CIFAR_PIXELS;
  if (fstat(f->fd, &st) != 0 || st.st_size == 0 || st.st_size % row)
    tt_fail(TT_EFORMAT, "%.200s: expected whole records of %lld bytes,"
            " not packed, got %lld bytes", path, (long long)row,
            (long long)st.st_size);
  f->rows = st.st_size / row;
  c->base.length += f->rows;
}

Dataset *tt_cifar_files_new(int n, const char *const path[],
                            int classes)
{
  if (n < 1 || (classes != 10 && classes != 100))
    tt_fail(TT_EVALUE, "tt_cifar_files_new: %d files, %d classes; give"
            " a file at least, of 10 or 100 classes", n, classes);
  CifarFiles *c = tt_dataset_block(sizeof *c + (size_t)n
                                   * sizeof *c->file, files_end);
  c->base = (Dataset){ .x = TT_SHAPE(3, 32, 32), .x_type = TT_U8,
                       .y_type = TT_I32, .get = files_get };
  c->classes = classes;
  c->labels = classes == 100 ? 2 : 1;
  for (int k = 0; k < n; k++)
    open_file(c, path[k]);
  return &c->base;
}

bool tt_data_find(const char *name, char path[4096])
{
  const char *folder = getenv("TT_DATA"), *more = "";
  if (!folder || !*folder) {
    folder = getenv("XDG_CACHE_HOME");
    more = "/tinytorch";
    if (!folder || *folder != '/') {
      folder = getenv("HOME");
      more = "/.cache/tinytorch";
    }
  }
  for (int gz = 0; folder && gz < 2; gz++)
    if (snprintf(path, 4096, "%s%s/%s%s", folder, more, name,
                 gz ? ".gz" : "") < 4096 && access(path, R_OK) == 0)
      return true;
  return false;
}

typedef struct Csv {
  char *at, *end;                  // end: a byte that is ours
  char  separator;
  int64_t line, column;            // from 1, of the field
  int64_t line_ends;               // in this line's quotes
  char *field;                     // ends in 0
  bool  last;                      // of its line
  char  why[200];                  // "": nothing is wrong
} Csv;

static char *end_of_plain(Csv *c)
{
  while (c->at < c->end && *c->at != c->separator && *c->at != '\n')
    c->at++;
  return c->at > c->field && c->at[-1] == '\r'
         && (c->at == c->end || *c->at == '\n') ? c->at - 1 : c->at;
}

static char *end_of_quoted(Csv *c)     // "" is one quote
{
  char *to = c->field;
  bool closed = false;
  for (c->at++; c->at < c->end && !closed; c->at++) {
    c->line_ends += *c->at == '\n';
    if (*c->at != '"')
      *to++ = *c->at;
    else if (c->at[1] == '"')
      *to++ = *c->at++;
    else
      closed = true;
  }
  if (c->at < c->end && *c->at == '\r')
    c->at++;
  if (!closed || (c->at < c->end && *c->at != c->separator
                  && *c->at != '\n'))
    snprintf(c->why, sizeof c->why, "expected %s", closed
             ? "the end of the field after its closing quote"
             : "a closing quote before the end of the file");
  return to;
}

static void next_field(Csv *c)         // of this line
{
  c->column++;
  c->field = c->at;
  char *stop = c->at < c->end && *c->at == '"' ? end_of_quoted(c)
             : end_of_plain(c);
  c->last = c->at == c->end || *c->at == '\n';
  c->at += c->at < c->end;
  *stop = 0;
}

static bool is_number(const char *text)    // no hexadecimal
{
  size_t n = strlen(text);
  return n > 0 && (strspn(text, "0123456789+-.eE") == n
                   || strcasecmp(text, "nan") == 0
                   || strcasecmp(text + (*text == '-'), "inf") == 0);
}

static Real number_of(Csv *c, bool missing)
{
  char *text = c->field + strspn(c->field, " \t"), *end;
  size_t n = strlen(text);
  while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
    text[--n] = 0;
  if (n == 0 && missing)
    return (Real)NAN;
  Real v = (Real)strtod(text, &end);
  if (!is_number(text) || *end)
    snprintf(c->why, sizeof c->why, "expected a number, got %s%.60s%s",
             n ? "'" : "nothing", text, n ? "'" : "; with .missing it"
             " is NaN");
  else if (isinf(v) && !strpbrk(text, "fF"))
    snprintf(c->why, sizeof c->why, "expected a number up to %g, got"
             " %.60s", (double)LARGEST_REAL, text);
  return v;
}

typedef struct CsvRows {
  Real   *value;
  int64_t rows, columns;           // columns 0: not known yet
} CsvRows;

static void begin_line(Csv *c)
{
  c->line += c->line_ends + (c->column > 0);
  c->column = c->line_ends = 0;
}

static void end_line(Csv *c, CsvRows *r)
{
  if (r->columns && c->column != r->columns)
    snprintf(c->why, sizeof c->why, "expected %lld fields, got %lld",
             (long long)r->columns, (long long)c->column);
  r->columns = c->column;
  r->rows++;
}

static void read_rows(Csv *c, CsvRows *r, bool missing)
{
  TT_C_LOCALE;                     // nothing in here fails
  while (c->at < c->end && !*c->why) {
    if (*c->at == '\n' || (*c->at == '\r' && c->at[1] == '\n')) {
      c->at += 1 + (*c->at == '\r');   // an empty line
      c->line++;
      continue;
    }
    begin_line(c);
    do {
      next_field(c);
      if (!*c->why)
        *r->value++ = number_of(c, missing);
    } while (!c->last && !*c->why);
    if (!*c->why)
      end_line(c, r);
  }
}

static const char *const *read_names(Csv *c, CsvRows *r, int64_t room)
{
  const char **name = tt_keep(tt_empty(TT_U8, TT_SHAPE(room
                          * (int64_t)sizeof *name)))->data;
  begin_line(c);
  do {
    next_field(c);
    name[c->column - 1] = c->field;
  } while (!c->last && !*c->why);
  r->columns = c->column;
  return name;
}

static int64_t most_fields(const char *at, const char *end, char sep)
{
  int64_t n = 1;
  for (; at < end; at++)
    n += *at == sep || *at == '\n';
  return n;
}

static CsvTable parse_csv(const char *path, const uint8_t *bytes,
                          int64_t n, CsvOptions o)
{
  Tensor *copy = tt_empty(TT_U8, TT_SHAPE(n + 1));
  if (o.header)
    tt_keep(copy);                 // the names lie in it
  char *text = copy->data;
  memcpy(text, bytes, (size_t)n);
  text[n] = 0;
  Csv c = { .at = text, .end = text + n, .line = 1,
            .separator = o.separator ? o.separator : ',' };
  if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
    c.at += 3;                     // a mark that some editors write
  int64_t most = most_fields(c.at, c.end, c.separator);
  Tensor *v = tt_empty(TT_F32, TT_SHAPE(most));
  CsvRows r = { .value = v->data };
  CsvTable t = { .name = o.header ? read_names(&c, &r, most) : NULL };
  if (!*c.why)
    read_rows(&c, &r, o.missing);
  if (*c.why)
    tt_fail(TT_EFORMAT, "%.200s: line %lld, column %lld: %s", path,
            (long long)c.line, (long long)c.column, c.why);
  t.columns = r.columns;
  v = tt_slice(v, 0, 0, r.rows * r.columns, 1);
  t.values = tt_reshape(v, TT_SHAPE(r.rows, r.columns));
  return t;
}

CsvTable tt_load_csv(const char *path, CsvOptions o)
{
  TT_SCOPE;
  Tensor *b = tt_read_bytes(path);
  CsvTable t = parse_csv(path, b->data, tt_numel(b), o);
  tt_keep(t.values);
  return t;
}

typedef struct Npy {
  const char *path;
  const char *at, *end;            // of the header
  const uint8_t *file;
  char   kind, order;              // f i u b; < or >
  int    size;                     // bytes of an element
  bool   fortran;
  Shape  shape;
  unsigned seen;                   // which of its three keys
} Npy;

static _Noreturn void bad_npy(const Npy *p, const char *expected)
{
  int n = (int)(p->end - p->at < 20 ? p->end - p->at : 20);
  tt_fail(TT_EFORMAT, "%.200s: byte %lld: expected %s, got '%.*s'",
          p->path, (long long)((const uint8_t *)p->at - p->file),
          expected, n, p->at);
}

static bool npy_accept(Npy *p, const char *word)
{
  while (p->at < p->end && *p->at == ' ')
    p->at++;
  size_t n = strlen(word);
  bool is = (size_t)(p->end - p->at) >= n
         && memcmp(p->at, word, n) == 0;
  p->at += is ? n : 0;
  return is;
}

static void npy_expect(Npy *p, const char *word)
{
  if (!npy_accept(p, word))
    bad_npy(p, word);
}

static void npy_type(Npy *p)
{
  npy_expect(p, "'");
  if (p->end - p->at < 4 || !strchr("<>|=", p->at[0])
      || !strchr("fiub", p->at[1]) || !strchr("1248", p->at[2])
      || p->at[3] != '\'' || (p->at[1] == 'f' && p->at[2] < '4')
      || (p->at[1] == 'b' && p->at[2] != '1'))
    bad_npy(p, "a type of numbers, as '<f4'");
  p->order = p->at[0] == '>' ? '>' : '<';
  p->kind = p->at[1];
  p->size = p->at[2] - '0';
  p->at += 4;
}

static void npy_shape(Npy *p)
{
  npy_expect(p, "(");
  p->shape.rank = 0;
  while (!npy_accept(p, ")")) {
    if (p->shape.rank == TT_MAX_RANK)
      bad_npy(p, "at most 6 dimensions");
    int64_t v = 0;
    npy_accept(p, "");
    if (p->at == p->end || *p->at < '0' || *p->at > '9')
      bad_npy(p, "a size");
    for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) {
      if (v > MOST_ELEMENTS / 10)
        bad_npy(p, "a smaller size");
      v = 10 * v + (*p->at - '0');
    }
    p->shape.dim[p->shape.rank++] = v;
    if (!npy_accept(p, ",")) {
      npy_expect(p, ")");
      return;
    }
  }
}

static void npy_key(Npy *p)
{
  static const char *const key[] = { "'descr'", "'fortran_order'",
                                     "'shape'" };
  unsigned k = 0;
  while (k < 3 && !npy_accept(p, key[k]))
    k++;
  if (k == 3 || p->seen >> k & 1)
    bad_npy(p, "'descr', 'fortran_order' and 'shape', once each");
  p->seen |= 1u << k;
  npy_expect(p, ":");
  if (k == 0)
    npy_type(p);
  else if (k == 2)
    npy_shape(p);
  else if (!(p->fortran = npy_accept(p, "True")))
    npy_expect(p, "False");
}

static void npy_header(Npy *p)
{
  npy_expect(p, "{");
  while (!npy_accept(p, "}")) {
    npy_key(p);
    if (!npy_accept(p, ",")) {
      npy_expect(p, "}");
      break;
    }
  }
  if (p->seen != 7)
    bad_npy(p, "'descr', 'fortran_order' and 'shape', once each");
}

static uint64_t npy_bits(const Npy *p, const uint8_t *b)
{
  uint64_t u = 0;
  for (int k = 0; k < p->size; k++)
    u = u << 8 | b[p->order == '>' ? k : p->size - 1 - k];
  return u;
}

static double npy_value(const Npy *p, const uint8_t *b)
{
  uint64_t u = npy_bits(p, b);
  int unused = 64 - 8 * p->size;
  double v;
  if (p->kind == 'f' && p->size == 4)
    return (double)tt_bits_float((uint32_t)u);
  if (p->kind == 'i')
    return (double)((int64_t)(u << unused) >> unused);
  if (p->kind != 'f')
    return (double)u;
  memcpy(&v, &u, sizeof v);
  return v;
}

static DType npy_dtype(const Npy *p)
{
  return p->kind == 'f' ? TT_F32 : p->size > 1 ? TT_I32
       : p->kind == 'i' ? TT_I8 : TT_U8;
}

static Shape npy_memory(const Npy *p, int64_t bytes) // as it lies
{
  Shape s = p->shape;
  int64_t n = 1, got = bytes / p->size;
  bool none = false;
  for (int k = 0; k < s.rank; k++) {
    s.dim[k] = p->shape.dim[p->fortran ? s.rank - 1 - k : k];
    none = none || s.dim[k] == 0;
  }
  for (int k = 0; k < s.rank && !none; k++)
    n = n > MOST_ELEMENTS / s.dim[k] ? MOST_ELEMENTS : n * s.dim[k];
  n = none ? 0 : n;
  if (n * p->size != bytes)
    tt_fail(TT_EFORMAT, "%.200s: byte %lld: shape %s: expected %lld"
            " elements of %d bytes, read %lld", p->path,
            (long long)((const uint8_t *)p->end - p->file),
            TT_TEXT(p->shape), (long long)n, p->size, (long long)got);
  return s;
}

static Tensor *npy_tensor(const Npy *p, const uint8_t *b, int64_t bytes)
{
  DType d = npy_dtype(p);
  Tensor *t = tt_empty(d, npy_memory(p, bytes));
  for (int64_t i = 0; i < tt_numel(t); i++) {
    double v = npy_value(p, b + i * p->size);
    if (d == TT_I32 && (v < INT32_MIN || v > INT32_MAX))
      tt_fail(TT_EFORMAT, "%.200s: byte %lld: expected a number for"
              " i32, got %.0f", p->path,
              (long long)(b + i * p->size - p->file), v);
    tt_store(d, t->data, i, v);
  }
  if (!p->fortran || t->rank < 2)
    return t;
  Shape back = { .rank = t->rank };
  for (int k = 0; k < t->rank; k++)
    back.dim[k] = t->rank - 1 - k;
  return tt_contiguous(tt_permute(t, back));
}

static Tensor *parse_npy(const char *path, const uint8_t *b, int64_t n)
{
  bool one = n >= 10 && b[6] == 1;
  int64_t at = one ? 10 : 12;
  if (n < 12 || memcmp(b, "\x93NUMPY", 6) != 0 || b[6] < 1 || b[6] > 3)
    tt_fail(TT_EFORMAT, "%.200s: byte 0: expected 93 NUMPY and version"
            " 1 to 3, got %s", path, n < 12 ? "fewer than 12 bytes"
            : first_bytes(b, 7));
  int64_t size = b[8] | b[9] << 8;
  if (!one)
    size |= (int64_t)b[10] << 16 | (int64_t)b[11] << 24;
  if (size > n - at)
    tt_fail(TT_EFORMAT, "%.200s: byte 8: expected a header of %lld"
            " bytes, got %lld", path, (long long)size,
            (long long)(n - at));
  Npy p = { .path = path, .file = b, .at = (const char *)b + at,
            .end = (const char *)b + at + size };
  npy_header(&p);
  return npy_tensor(&p, b + at + size, n - at - size);
}

Tensor *tt_load_npy(const char *path)
{
  TT_SCOPE;
  Tensor *b = tt_read_bytes(path);
  return tt_keep(parse_npy(path, b->data, tt_numel(b)));
}

static int npy_text(char *text, size_t room, const Tensor *t)
{
  static const char *const type[] = { sizeof(Real) == 4 ? "<f4" : "<f8",
                                      "<i4", "|u1", "|i1" };
  int n = snprintf(text, room, "{'descr': '%s', 'fortran_order': False,"
                   " 'shape': (", type[t->dtype]);
  for (int k = 0; k < t->rank; k++)
    n += snprintf(text + n, room - (size_t)n, "%lld, ",
                  (long long)t->shape[k]);
  n += snprintf(text + n, room - (size_t)n, "), }");
  while ((10 + n + 1) % 64)
    text[n++] = ' ';
  text[n++] = '\n';
  return n;
}

static bool put_npy(int fd, const void *what)
{
  const Tensor *t = what;
  FILE *f = fdopen(dup(fd), "wb");
  char head[512] = "\x93NUMPY\x01";
  int n = npy_text(head + 10, sizeof head - 10, t);
  head[8] = (char)(n & 255);
  head[9] = (char)(n >> 8);
  size_t bytes = (size_t)tt_numel(t) * tt_dtype_size(t->dtype);
  bool good = f && fwrite(head, 1, (size_t)n + 10, f) == (size_t)n + 10
           && fwrite(t->data, 1, bytes, f) == bytes;
  return f && fclose(f) == 0 && good;
}

void tt_save_npy(const char *path, const Tensor *t)
{
  TT_SCOPE;
  tt_replace_file("tt_save_npy", path, put_npy,
                  tt_contiguous(tt_alias(t)));
}
