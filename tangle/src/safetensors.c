// Made from chapters/07-training.nw by tools/tangle: edit there.
// Files of tensors, in the format safetensors: written whole or not at
// all, and read as if they were hostile.
#include "tt/safetensors.h"
#include "tt/autograd.h"
#include "tt/operation.h"
#include "tt/todo.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "safetensors are little-endian");
StateDict tt_state_dict_new(int n)
{
  int64_t size = (int64_t)(sizeof(StateEntry) + sizeof(Tensor *));
  StateDict sd = { .n = n };
  sd.entry = tt_empty(TT_U8, TT_SHAPE(n * size))->data;
  Tensor **place = (void *)(sd.entry + n);
  for (int i = 0; i < n; i++) {
    place[i] = NULL;
    sd.entry[i] = (StateEntry){ .kind = TT_BUFFER, .slot = &place[i] };
  }
  return sd;
}

void tt_check_metadata(const char *function, Metadata m)
{
  for (int i = 0; i < m.n; i++)
    if (!m.pair || !m.pair[i].key || !m.pair[i].value)
      tt_fail(TT_EVALUE, "%s: the %s of pair %d of the metadata is"
              " NULL", function, m.pair && m.pair[i].key ? "value"
              : "key", i);
}

const char *tt_metadata_get(Metadata m, const char *key)
{
  for (int i = 0; i < m.n; i++)
    if (strcmp(m.pair[i].key, key) == 0)
      return m.pair[i].value;
  return NULL;
}

StateDict tt_state_dict_part(StateDict all, const char *prefix)
{
  StateDict part = tt_state_dict_new(all.n);
  size_t skip = strlen(prefix);
  part.n = 0;
  for (int i = 0; i < all.n; i++) {
    const StateEntry *e = &all.entry[i];
    if (strncmp(e->name, prefix, skip) != 0)
      continue;
    StateEntry *to = &part.entry[part.n++];
    *to = *e;
    memmove(to->name, e->name + skip, strlen(e->name + skip) + 1);
  }
  return part;
}

#define AS_DOUBLE(name, type)                                      \
  static double name(const char *from)                             \
  {                                                                \
    type v;                                                        \
    memcpy(&v, from, sizeof v);                                    \
    return (double)v;                                              \
  }
AS_DOUBLE(f32, float)
AS_DOUBLE(f64, double)
AS_DOUBLE(i16, int16_t)
AS_DOUBLE(u16, uint16_t)
AS_DOUBLE(u32, uint32_t)
AS_DOUBLE(i64, int64_t)
AS_DOUBLE(u64, uint64_t)
static double bf16(const char *from)
{
  char whole[4] = { 0, 0, from[0], from[1] };
  return f32(whole);
}

static double f16(const char *from)
{
  int bits = (int)u16(from), e = bits >> 10 & 31, m = bits & 1023;
  double v = e == 0 ? ldexp(m, -24)
           : e < 31 ? ldexp(1024 + m, e - 25)
           : m ? (double)NAN : HUGE_VAL;
  return bits >> 15 ? -v : v;
}

static const struct Kind {
  const char *name;
  DType dtype;
  size_t size;
  double (*value)(const char *from);   // NULL: as it lies there
} kinds[] = {
  { "F32", TT_F32, 4, f32 },   { "F64", TT_F32, 8, f64 },
  { "I32", TT_I32, 4, NULL },  { "U8", TT_U8, 1, NULL },
  { "I8", TT_I8, 1, NULL },    { "BOOL", TT_U8, 1, NULL },
  { "F16", TT_F32, 2, f16 },   { "BF16", TT_F32, 2, bf16 },
  { "I16", TT_I32, 2, i16 },   { "U16", TT_I32, 2, u16 },
  { "U32", TT_I32, 4, u32 },   { "I64", TT_I32, 8, i64 },
  { "U64", TT_I32, 8, u64 },
  { "F16", TT_F16, 2, NULL },  { "BF16", TT_BF16, 2, NULL },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const char *kind_of(const Tensor *t)
{
  int k = 0;
  while (kinds[k].dtype != t->dtype
         || kinds[k].size != tt_dtype_size(t->dtype))
    k++;
  return kinds[k].name;
}

#define ZEROS "0000000000000000"   // stands there while we count
enum { DIGITS = sizeof ZEROS - 1 };

uint64_t tt_checksum(uint64_t h, const void *data, size_t n)
{
  const unsigned char *byte = data;
  for (size_t i = 0; i < n; i++)
    h = (h ^ byte[i]) * 0x100000001b3;
  return h;
}

#define LARGEST ((int64_t)1 << 60)    // of any number in a header

typedef struct Parser {
  const char *path;
  char *start, *at, *end;
} Parser;

__attribute__((format(printf, 2, 3)))
static _Noreturn void refuse(const Parser *p, const char *format, ...)
{
  char why[300];
  va_list args;
  va_start(args, format);
  vsnprintf(why, sizeof why, format, args);
  va_end(args);
  tt_fail(TT_EFORMAT, "tt_load_file: %.99s: %s (byte %lld of the"
          " header)", p->path, why, (long long)(p->at - p->start));
}

static bool accept(Parser *p, char c)
{
  while (p->at < p->end && (*p->at == ' ' || *p->at == '\t'
                            || *p->at == '\n' || *p->at == '\r'))
    p->at++;
  bool is = p->at < p->end && *p->at == c;
  p->at += is;
  return is;
}

static void expect(Parser *p, char c)
{
  if (!accept(p, c))
    refuse(p, "a %c should come here", c);
}

static char *put_utf8(char *to, uint32_t u)
{
  int more = u < 0x80 ? 0 : u < 0x800 ? 1 : u < 0x10000 ? 2 : 3;
  static const unsigned char lead[] = { 0, 0xc0, 0xe0, 0xf0 };
  *to++ = (char)(lead[more] | u >> 6 * more);
  while (more-- > 0)
    *to++ = (char)(0x80 | (u >> 6 * more & 0x3f));
  return to;
}

static bool is_utf8(const char *s)
{
  static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
  for (const unsigned char *p = (const void *)s; *p;) {
    unsigned char c = *p++;
    int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    if ((c >= 0x80 && c < 0xc0) || c > 0xf4)
      return false;
    uint32_t u = more ? c & (0x3fu >> more) : c;
    for (int i = 0; i < more; i++, p++) {
      if ((*p & 0xc0) != 0x80)
        return false;
      u = u << 6 | (*p & 0x3f);
    }
    if (u < least[more] || u > 0x10ffff || u - 0xd800 < 0x800)
      return false;
  }
  return true;
}

typedef struct Text { char *at; size_t n, room; } Text;

__attribute__((format(printf, 2, 3)))
static void put(Text *t, const char *format, ...)
{
  size_t left = t->n < t->room ? t->room - t->n : 0;
  va_list args;
  va_start(args, format);
  t->n += (size_t)vsnprintf(left ? t->at + t->n : NULL, left, format,
                            args);
  va_end(args);
}

static void put_string(Text *t, const char *s)
{
  put(t, "\"");
  for (; *s; s++)
    if (*s == '"' || *s == '\\' || (unsigned char)*s < 0x20)
      put(t, "\\u%04x", (unsigned)*s);
    else
      put(t, "%c", *s);
  put(t, "\"");
}

static int64_t number(Parser *p)
{
  accept(p, ' ');
  const char *first = p->at;
  int64_t v = 0;
  for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) {
    int64_t digit = *p->at - '0';
    if (v > (LARGEST - digit) / 10)
      refuse(p, "a number is too large");
    v = 10 * v + digit;
  }
  if (p->at == first || (*first == '0' && p->at - first > 1))
    refuse(p, "a number should come here, 0 or more");
  return v;
}

static uint32_t hex4(Parser *p)
{
  uint32_t u = 0;
  for (int i = 0; i < 4; i++, p->at++) {
    if (p->at == p->end || !isxdigit((unsigned char)*p->at))
      refuse(p, "\\u wants four hexadecimal digits");
    int c = tolower((unsigned char)*p->at);
    u = u * 16 + (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return u;
}

static char *escape(Parser *p, char *to)
{
  static const char name[] = "\"\\/bfnrt", value[] = "\"\\/\b\f\n\r\t";
  char c = p->at < p->end ? *p->at++ : 0;
  const char *found = c ? strchr(name, c) : NULL;
  if (!found && c != 'u')
    refuse(p, "an escape that JSON does not have");
  if (found) {
    *to = value[found - name];
    return to + 1;
  }
  uint32_t u = hex4(p);
  if (u - 0xd800 < 0x400 && p->end - p->at > 6 && p->at[0] == '\\'
      && p->at[1] == 'u') {
    p->at += 2;
    uint32_t low = hex4(p) - 0xdc00;
    if (low >= 0x400)
      refuse(p, "half a surrogate pair");
    u = 0x10000 + ((u - 0xd800) << 10) + low;
  }
  if (u == 0)
    refuse(p, "a zero inside a string");
  return put_utf8(to, u);
}

static char *string(Parser *p)
{
  expect(p, '"');
  char *text = p->at, *to = text;
  for (;;) {
    if (p->at == p->end || (unsigned char)*p->at < 0x20)
      refuse(p, "a string does not end");
    char c = *p->at++;
    if (c == '"')
      break;
    if (c == '\\')
      to = escape(p, to);
    else
      *to++ = c;
  }
  *to = 0;
  if (!is_utf8(text))
    refuse(p, "a string is not UTF-8");
  return text;
}

typedef struct Item {
  char *name;
  const char *type;
  const struct Kind *kind;         // NULL: a type that we lack
  Shape shape;
  int64_t begin, end;
} Item;
static void parse_kind(Parser *p, Item *m)
{
  m->type = string(p), m->kind = NULL;
  for (int k = 0; k < KINDS && !m->kind; k++)   // the first so called
    if (strcmp(m->type, kinds[k].name) == 0)
      m->kind = &kinds[k];
}

static void parse_shape(Parser *p, Item *m)
{
  expect(p, '[');
  m->shape.rank = 0;
  if (accept(p, ']'))
    return;
  do {
    if (m->shape.rank == TT_MAX_RANK)
      refuse(p, "tensor '%.60s' has more than %d dimensions", m->name,
             TT_MAX_RANK);
    m->shape.dim[m->shape.rank++] = number(p);
  } while (accept(p, ','));
  expect(p, ']');
}

static void parse_offsets(Parser *p, Item *m)
{
  expect(p, '[');
  m->begin = number(p);
  expect(p, ',');
  m->end = number(p);
  expect(p, ']');
}

static void parse_field(Parser *p, Item *m, unsigned *seen)
{
  static const char *const field[] = { "dtype", "shape",
                                       "data_offsets" };
  const char *name = string(p);
  unsigned k = 0;
  while (k < 3 && strcmp(name, field[k]) != 0)
    k++;
  if (k == 3 || *seen >> k & 1)
    refuse(p, "tensor '%.60s': field '%.60s' is unknown or comes twice",
           m->name, name);
  *seen |= 1u << k;
  expect(p, ':');
  (k == 0 ? parse_kind : k == 1 ? parse_shape : parse_offsets)(p, m);
}

static void parse_item(Parser *p, Item *m)
{
  unsigned seen = 0;
  expect(p, '{');
  do
    parse_field(p, m, &seen);
  while (accept(p, ','));
  expect(p, '}');
  if (seen != 7)
    refuse(p, "tensor '%.60s' lacks dtype, shape or data_offsets",
           m->name);
}

typedef struct Header {
  int n;
  Tensor *block;                   // where the items lie
  Item *item;
  Metadata meta;
} Header;

static void parse_metadata(Parser *p, Metadata *m)
{
  if (m->pair)
    refuse(p, "__metadata__ comes twice");
  m->pair = tt_empty(TT_U8, TT_SHAPE(((p->end - p->at) / 5 + 1)
                     * (int64_t)sizeof(MetaPair)))->data;
  expect(p, '{');
  if (accept(p, '}'))
    return;
  do {
    char *key = string(p);
    expect(p, ':');
    m->pair[m->n++] = (MetaPair){ key, string(p) };
  } while (accept(p, ','));
  expect(p, '}');
}

static void parse_header(Parser *p, Header *h)
{
  int64_t room = (p->end - p->at) / 49 + 1;
  room *= (int64_t)sizeof(Item);
  h->block = tt_empty(TT_U8, TT_SHAPE(room));
  h->item = h->block->data;
  if (p->at == p->end || *p->at != '{')
    refuse(p, "the header must begin with {");
  expect(p, '{');
  if (!accept(p, '}')) {
    do {
      char *name = string(p);
      expect(p, ':');
      if (strcmp(name, "__metadata__") == 0) {
        parse_metadata(p, &h->meta);
      } else {
        h->item[h->n] = (Item){ .name = name };
        parse_item(p, &h->item[h->n++]);
      }
    } while (accept(p, ','));
    expect(p, '}');
  }
  accept(p, ' ');
  if (p->at != p->end)
    refuse(p, "something follows the header's last }");
}

static int by_offset(const void *a, const void *b)
{
  const Item *x = a, *y = b;
  return x->begin < y->begin ? -1 : x->begin > y->begin ? 1
       : (x->end > y->end) - (x->end < y->end);
}

static void check_offsets(Parser *p, Header *h, int64_t bytes)
{
  qsort(h->item, (size_t)h->n, sizeof(Item), by_offset);
  int64_t at = 0;
  for (int i = 0; i < h->n; i++) {
    const Item *m = &h->item[i];
    int64_t size = m->kind ? (int64_t)m->kind->size : 0;
    bool large = false;
    for (int d = 0; d < m->shape.rank; d++)
      large |= __builtin_mul_overflow(size, m->shape.dim[d], &size);
    if (!m->kind && m->end > m->begin)
      size = m->end - m->begin;    // nobody knows better
    if (large || m->begin != at || m->end - m->begin != size)
      refuse(p, "tensor '%.60s' should begin at %lld and have as many"
             " bytes as its shape asks for", m->name, (long long)at);
    at = m->end;
  }
  if (at != bytes)
    refuse(p, "the tensors have %lld bytes, the file has %lld",
           (long long)at, (long long)bytes);
}

static int by_name(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *repeated(void *first, int n, size_t size)
{
  if (n > 0)
    qsort(first, (size_t)n, size, by_name);
  for (int i = 1; i < n; i++) {
    const char *a = (char *)first + (size_t)i * size;
    if (by_name(a - size, a) == 0)
      return *(char *const *)a;
  }
  return NULL;
}

static void check_unique(Parser *p, void *first, int n, size_t size)
{
  const char *name = repeated(first, n, size);
  if (name)
    refuse(p, "the name '%.60s' comes twice", name);
}

typedef struct Reader {
  Parser   p;                      // of the header
  Tensor  *raw;                    // the header as it is in the file
  FILE    *f;
  uint64_t sum;
} Reader;

static void read_bytes(Reader *r, void *to, int64_t n)
{
  errno = 0;
  if (fread(to, 1, (size_t)n, r->f) != (size_t)n)
    tt_fail(TT_EFILE, "tt_load_file: %s: %s", r->p.path,
            errno ? strerror(errno) : "it became shorter while it was"
            " being read");
  r->sum = tt_checksum(r->sum, to, (size_t)n);
}

static int64_t read_header(Reader *r)
{
  struct stat s;
  int64_t size = fstat(fileno(r->f), &s) == 0 ? s.st_size : 0;
  uint64_t n = 0;
  if (size >= 8)
    read_bytes(r, &n, 8);
  if (size < 8 || n > 100000000 || (int64_t)n > size - 8)
    tt_fail(TT_EFORMAT, "tt_load_file: %s: %lld bytes, and the header"
            " should have %llu; this is no safetensors file, or its end"
            " is missing", r->p.path, (long long)size,
            (unsigned long long)n);
  r->raw = tt_empty(TT_U8, TT_SHAPE((int64_t)n));
  uint64_t sum = r->sum;
  read_bytes(r, r->raw->data, (int64_t)n);
  r->sum = sum;                    // see check_sum
  char *start = tt_clone(r->raw)->data;
  r->p = (Parser){ r->p.path, start, start, start + n };
  return size - 8 - (int64_t)n;
}

static void begin_sum(Reader *r, const char *digits)
{
  char *header = r->raw->data;
  if (digits && strlen(digits) == DIGITS)
    memcpy(header + (digits - r->p.start), ZEROS, DIGITS);
  r->sum = tt_checksum(r->sum, header, (size_t)tt_numel(r->raw));
  tt_release(r->raw);
}

static void check_sum(Reader *r, const char *digits)
{
  char want[DIGITS + 1];
  snprintf(want, sizeof want, "%016llx", (unsigned long long)r->sum);
  if (digits && strcmp(digits, want) != 0)
    refuse(&r->p, "the checksum is wrong: the file has changed since it"
           " was written");
}

static bool store(Tensor *t, int64_t i, double v)
{
  bool fits = t->dtype == TT_F32 || (v >= INT32_MIN && v <= INT32_MAX);
  if (t->dtype == TT_F32)
    ((Real *)t->data)[i] = (Real)v;
  else if (fits)
    ((int32_t *)t->data)[i] = (int32_t)v;
  return fits;
}

static bool convert(Reader *r, const struct Kind *k, Tensor *t)
{
  char buffer[4096];
  int64_t size = (int64_t)k->size, n = tt_numel(t), i = 0;
  int64_t room = (int64_t)sizeof buffer / size;
  bool fits = true;
  while (i < n) {
    int64_t some = n - i < room ? n - i : room;
    read_bytes(r, buffer, some * size);
    for (int64_t j = 0; j < some; j++)
      fits &= store(t, i++, k->value(buffer + j * size));
  }
  return fits;
}

static Tensor *read_tensor(Reader *r, const Item *m)
{
  const struct Kind *k = m->kind;
  Tensor *t = k ? tt_empty(k->dtype, m->shape)
                : tt_empty(TT_U8, TT_SHAPE(m->end - m->begin));
  bool same = !k || !k->value
           || (k->dtype == TT_F32 && k->size == sizeof(Real));
  if (same)
    read_bytes(r, t->data, m->end - m->begin);
  if (k && (same || convert(r, k, t)))
    return t;
  tt_release(t);
  return NULL;
}

static void leave_out(Text *out, const Parser *p, const Item *m)
{
  if (!out->at) {
    out->room = (size_t)(p->end - p->start);   // each has more there
    out->at = tt_empty(TT_U8, TT_SHAPE((int64_t)out->room))->data;
  }
  put(out, "%s%s (%s%s)", out->n ? ", " : "", m->name, m->type,
      m->kind ? " beyond i32" : "");
}

static StateDict make_tensors(Reader *r, Header *h)
{
  StateDict sd = tt_state_dict_new(h->n);
  Text out = {0};
  sd.n = 0;
  for (int i = 0; i < h->n; i++) {
    const Item *m = &h->item[i];
    StateEntry *e = &sd.entry[sd.n];
    if (strlen(m->name) >= sizeof e->name)
      refuse(&r->p, "the name '%.60s...' is too long", m->name);
    Tensor *t = read_tensor(r, m);
    if (!t) {
      leave_out(&out, &r->p, m);
      continue;
    }
    strcpy(e->name, m->name);
    *e->slot = t;
    sd.n++;
  }
  h->meta.left_out = out.at;
  if (h->n > 0 && sd.n == 0)
    refuse(&r->p, "no tensor of it can be read: %.200s", out.at);
  return sd;
}

typedef struct Loaded { Reader r; StateDict sd; Metadata m; } Loaded;

static void load(void *arg)
{
  Loaded *l = arg;
  Reader *r = &l->r;
  Header h = {0};
  int64_t bytes = read_header(r);
  parse_header(&r->p, &h);
  check_offsets(&r->p, &h, bytes);
  const char *digits = tt_metadata_get(h.meta, TT_CHECKSUM_KEY);
  begin_sum(r, digits);
  l->sd = make_tensors(r, &h);
  check_sum(r, digits);
  check_unique(&r->p, h.item, h.n, sizeof *h.item);
  check_unique(&r->p, h.meta.pair, h.meta.n, sizeof(MetaPair));
  tt_release(h.block);
  l->m = h.meta;
}

StateDict tt_load_file_with(const char *path, Metadata *m)
{
  Loaded l = { .r = { .p.path = path, .f = fopen(path, "rbe"),
                      .sum = TT_CHECKSUM } };
  if (!l.r.f)
    tt_fail(TT_EFILE, "tt_load_file: %s: %s", path, strerror(errno));
  TensorError e;
  bool done = tt_try(load, &l, &e);
  fclose(l.r.f);
  if (!done)
    tt_fail(e.code, "%s", e.message);
  *m = l.m;
  return l.sd;
}

StateDict tt_load_file(const char *path)
{
  Metadata m;
  StateDict sd = tt_load_file_with(path, &m);
  if (m.left_out)
    tt_fail(TT_EFORMAT, "tt_load_file: %s: tensors that cannot be read:"
            " %.200s; tt_load_file_with loads the others", path,
            m.left_out);
  return sd;
}

static void put_tensors(Text *h, int n, Tensor *const t[],
                        const char *const name[])
{
  int64_t at = 0;
  for (int i = 0; i < n; i++) {
    int64_t size = (int64_t)tt_dtype_size(t[i]->dtype);
    int64_t end = at + tt_numel(t[i]) * size;
    put(h, ",");
    put_string(h, name[i]);
    put(h, ":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":"
        "[%lld,%lld]}", kind_of(t[i]), TT_TEXT(tt_shape(t[i])),
        (long long)at, (long long)end);
    at = end;
  }
}

static void put_header(Text *h, int n, Tensor *const t[],
                       const char *const name[], Metadata m)
{
  h->n = 0;
  put(h, "{\"__metadata__\":{\"" TT_CHECKSUM_KEY "\":\"%s\"", ZEROS);
  for (int i = 0; i < m.n; i++) {
    put(h, ",");
    put_string(h, m.pair[i].key);
    put(h, ":");
    put_string(h, m.pair[i].value);
  }
  put(h, "}");
  put_tensors(h, n, t, name);
  put(h, "}");
  while (h->n % 8)
    put(h, " ");
}

typedef struct Writer { int fd; bool good; uint64_t sum; } Writer;

static void write_bytes(Writer *w, const void *data, size_t n)
{
  for (size_t at = 0; w->good && at < n;) {
    ssize_t k = write(w->fd, (const char *)data + at, n - at);
    if (k < 0 && errno == EINTR)
      continue;
    w->good = k > 0;
    at += (size_t)k;
  }
  if (w->good)
    w->sum = tt_checksum(w->sum, data, n);
}

typedef struct Contents {
  const Text *h;                   // the header
  int n;
  Tensor *const *t;
} Contents;

static bool write_file(int fd, const void *contents)
{
  const Contents *c = contents;
  const Text *h = c->h;
  Writer w = { fd, true, TT_CHECKSUM };
  uint64_t length = h->n;
  write_bytes(&w, &length, sizeof length);
  write_bytes(&w, h->at, h->n);
  for (int i = 0; i < c->n; i++)
    write_bytes(&w, c->t[i]->data, (size_t)tt_numel(c->t[i])
                * tt_dtype_size(c->t[i]->dtype));
  char digits[DIGITS + 1];
  snprintf(digits, sizeof digits, "%016llx", (unsigned long long)w.sum);
  return w.good && pwrite(fd, digits, DIGITS, (off_t)sizeof length
                          + (strstr(h->at, ZEROS) - h->at)) == DIGITS;
}

static bool sync_directory_of(const char *path)
{
  char name[PATH_MAX];
  snprintf(name, sizeof name, "%s", path);
  int fd = open(dirname(name), O_RDONLY | O_DIRECTORY);
  bool good = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0)
    close(fd);
  return good;
}

static bool find_target(const char *op, const char *path, char *target,
                        mode_t *mode)
{
  struct stat s;
  bool there = stat(path, &s) == 0;
  if (there ? !S_ISREG(s.st_mode) : lstat(path, &s) == 0)
    tt_fail(TT_EFILE, "%s: %s: neither a regular file nor a link to"
            " one; it is as it was", op, path);
  bool fits = there ? realpath(path, target) != NULL
            : snprintf(target, PATH_MAX, "%s", path) < PATH_MAX;
  if (!fits)
    tt_fail(TT_EFILE, "%s: the name %.60s... is too long, or cannot be"
            " followed", op, path);
  *mode = there ? s.st_mode & 07777 : 0666;
  return there;
}

static int open_part(const char *op, const char *path, char *part,
                     mode_t mode)
{
  static _Atomic unsigned turn;
  int fd;
  do {
    if (snprintf(part, PATH_MAX, "%s.%ld-%u.part", path, (long)getpid(),
                 turn++) >= PATH_MAX)
      tt_fail(TT_EFILE, "%s: the name %.60s... is too long", op, path);
    fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EEXIST);
  return fd;
}

void tt_replace_file(const char *op, const char *name,
                     bool (*fill)(int fd, const void *what),
                     const void *what)
{
  char path[PATH_MAX], part[PATH_MAX];
  mode_t mode;
  bool there = find_target(op, name, path, &mode);
  int fd = open_part(op, path, part, mode & 0777);
  bool good = fd >= 0 && fill(fd, what)
           && (!there || fchmod(fd, mode) == 0);
  good = good && fsync(fd) == 0;
  if (fd >= 0)
    good = close(fd) == 0 && good;
  good = good && rename(part, path) == 0 && sync_directory_of(path);
  if (!good) {
    int error = errno;
    bool renamed = fd >= 0 && unlink(part) != 0;
    tt_fail(TT_EFILE, "%s: %s: %s; %s", op, name, strerror(error),
            renamed ? "the new file is there, but may not survive a"
            " power failure" : "the file is as it was");
  }
}

static void check_names(const char *path, int n,
                        const char *const *name, const char *taken)
{
  int64_t bytes = n * (int64_t)sizeof *name;
  const char **copy = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  memcpy(copy, name, (size_t)n * sizeof *name);
  for (int i = 0; i < n; i++)
    if (!is_utf8(name[i]) || (taken && strcmp(name[i], taken) == 0))
      tt_fail(TT_EVALUE, "tt_save_file: %s: '%.60s' cannot be written:"
              " it is taken, or not UTF-8", path, name[i]);
  const char *twice = repeated(copy, n, sizeof *copy);
  if (taken && twice)
    tt_fail(TT_EVALUE, "tt_save_file: %s: the name '%.60s' comes twice",
            path, twice);
}

static void check_metadata(const char *path, Metadata m)
{
  int64_t bytes = m.n * (int64_t)sizeof(char *);
  const char **key = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  const char **value = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  for (int i = 0; i < m.n; i++) {
    key[i] = m.pair[i].key;
    value[i] = m.pair[i].value;
  }
  check_names(path, m.n, key, TT_CHECKSUM_KEY);
  check_names(path, m.n, value, NULL);
}

static void widest_first(const char *path, StateDict sd, Tensor **t,
                         const char **name)
{
  int n = 0;
  for (size_t width = 8; width > 0; width /= 2)
    for (int i = 0; i < sd.n; i++) {
      Tensor *x = *sd.entry[i].slot;
      if (tt_dtype_size(x->dtype) == width) {
        name[n] = sd.entry[i].name;
        t[n++] = tt_contiguous(tt_detach(x));
      }
    }
  check_names(path, n, name, "__metadata__");
}

void tt_save_file(const char *path, StateDict sd, Metadata m)
{
  TT_SCOPE;
  check_metadata(path, m);
  int64_t n = sd.n, size = n * (int64_t)sizeof(void *) + 1;
  Tensor **t = tt_empty(TT_U8, TT_SHAPE(size))->data;
  const char **name = tt_empty(TT_U8, TT_SHAPE(size))->data;
  widest_first(path, sd, t, name);
  Text h = {0};
  put_header(&h, sd.n, t, name, m);
  h.room = h.n + 1;
  h.at = tt_empty(TT_U8, TT_SHAPE((int64_t)h.room))->data;
  put_header(&h, sd.n, t, name, m);
  tt_replace_file("tt_save_file", path, write_file,
                  &(Contents){ &h, sd.n, t });
}
