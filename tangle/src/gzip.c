// Made from chapters/08-data.nw by tools/tangle: edit there.
// Unpacking gzip: RFC 1951 and 1952.
#include "tt/gzip.h"
#include "tt/error.h"
#include "tt/memory.h"
#include <string.h>

typedef struct Inflate {
  const char    *path;
  const uint8_t *in;
  int64_t  n, at;                  // bytes of input; taken
  uint64_t bits;                   // taken and not used, from below
  int      have;
  Tensor  *out;
  int64_t  made, member;           // bytes of output; where this begins
} Inflate;

static _Noreturn void damaged(const Inflate *z, const char *why)
{
  tt_fail(TT_EFORMAT, "%.200s: byte %lld of the gzip file: %s",
          z->path, (long long)(z->at - z->have / 8), why);
}

static uint32_t peek_bits(Inflate *z, int k)   // zeros after the end
{
  while (z->have < k && z->at < z->n) {
    z->bits |= (uint64_t)z->in[z->at++] << z->have;
    z->have += 8;
  }
  return (uint32_t)(z->bits & ((1u << k) - 1));
}

static void use_bits(Inflate *z, int k)
{
  if (z->have < k)
    damaged(z, "it ends early");
  z->bits >>= k;
  z->have -= k;
}

static uint32_t get_bits(Inflate *z, int k)
{
  uint32_t v = peek_bits(z, k);
  use_bits(z, k);
  return v;
}

static uint8_t *more_room(Inflate *z, int64_t n)   // where to write
{
  int64_t room = tt_numel(z->out);
  if (n > room - z->made) {
    while (n > room - z->made)
      room *= 2;
    Tensor *t = tt_empty(TT_U8, TT_SHAPE(room));
    memcpy(t->data, z->out->data, (size_t)z->made);
    tt_release(z->out);
    z->out = t;
  }
  return (uint8_t *)z->out->data + z->made;
}

enum { LONGEST = 15, SYMBOLS = 288 };

typedef struct Code {              // by the next bits: symbol, length
  int      bits;
  uint16_t entry[1 << LONGEST];
} Code;

static void fill_entries(Code *c, int symbol, int length, unsigned code)
{
  unsigned back = 0;               // its bits, last first
  for (int b = 0; b < length; b++)
    back |= (code >> b & 1) << (length - 1 - b);
  for (unsigned i = back; i < 1u << c->bits; i += 1u << length)
    c->entry[i] = (uint16_t)(symbol << 4 | length);
}

static void make_code(const Inflate *z, Code *c, const uint8_t *length,
                      int n)
{
  int count[LONGEST + 1] = {0}, left = 1, used = 0;
  unsigned next[LONGEST + 2] = {0};
  for (int s = 0; s < n; s++)
    count[length[s]]++;
  used = n - count[0];
  count[0] = 0;
  c->bits = 1;
  for (int b = 1; b <= LONGEST; b++) {
    left = 2 * left - count[b];
    if (left < 0)
      damaged(z, "a code has more words than there are");
    next[b + 1] = (next[b] + (unsigned)count[b]) << 1;
    if (count[b])
      c->bits = b;
  }
  if (left > 0 && (used > 1 || c->bits > 1))
    damaged(z, "a code has fewer words than there are");
  memset(c->entry, 0, sizeof *c->entry << c->bits);
  for (int s = 0; s < n; s++)
    if (length[s])
      fill_entries(c, s, length[s], next[length[s]]++);
}

static int get_symbol(Inflate *z, const Code *c)
{
  int entry = c->entry[peek_bits(z, c->bits)];
  if (entry == 0)
    damaged(z, "no word of the code");
  use_bits(z, entry & 15);
  return entry >> 4;
}

static int extended(Inflate *z, int i, int groups, int first)
{
  int bits = i < 2 * groups ? 0 : i / groups - 1;
  int low = i % groups + (i < 2 * groups ? i - i % groups : groups);
  return first + (low << bits) + (int)get_bits(z, bits);
}

static void copy_back(Inflate *z, int symbol, const Code *distance)
{
  if (symbol > 285)
    damaged(z, "a length that does not exist");
  int length = symbol == 285 ? 258 : extended(z, symbol - 257, 4, 3);
  int d = get_symbol(z, distance);
  if (d > 29)
    damaged(z, "a distance that does not exist");
  int64_t back = extended(z, d, 2, 1);
  if (back > z->made - z->member)
    damaged(z, "a copy from before the beginning");
  uint8_t *to = more_room(z, length);
  for (int i = 0; i < length; i++)
    to[i] = to[i - back];
  z->made += length;
}

static void coded_block(Inflate *z, const Code *literal,
                        const Code *distance)
{
  for (int s; (s = get_symbol(z, literal)) != 256;)
    if (s < 256)
      *more_room(z, 1) = (uint8_t)s, z->made++;
    else
      copy_back(z, s, distance);
}

static void stored_block(Inflate *z)
{
  get_bits(z, z->have % 8);
  uint32_t n = get_bits(z, 16), check = get_bits(z, 16);
  if ((n ^ check) != 0xffff)
    damaged(z, "the length of a stored block and its complement");
  uint8_t *to = more_room(z, n);
  for (uint32_t i = 0; i < n; i++)
    to[i] = (uint8_t)get_bits(z, 8);
  z->made += n;
}

static void fixed_codes(Inflate *z, Code *literal, Code *distance)
{
  uint8_t length[SYMBOLS];
  for (int s = 0; s < SYMBOLS; s++)
    length[s] = s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : 8;
  make_code(z, literal, length, SYMBOLS);
  memset(length, 5, 32);
  make_code(z, distance, length, 32);
}

static void read_lengths(Inflate *z, const Code *c, uint8_t *length,
                         int n)
{
  for (int i = 0; i < n;) {
    int s = get_symbol(z, c), times = 1;
    if (s == 16 && i == 0)
      damaged(z, "nothing to repeat");
    if (s >= 16)
      times = s == 18 ? 11 + (int)get_bits(z, 7)
            : 3 + (int)get_bits(z, s == 16 ? 2 : 3);
    if (times > n - i)
      damaged(z, "more lengths than symbols");
    memset(length + i, s < 16 ? s : s == 16 ? length[i - 1] : 0,
           (size_t)times);
    i += times;
  }
}

static void dynamic_codes(Inflate *z, Code *literal, Code *distance)
{
  static const uint8_t order[] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11,
                                   4, 12, 3, 13, 2, 14, 1, 15 };
  uint8_t length[SYMBOLS + 32] = {0};
  int nl = 257 + (int)get_bits(z, 5), nd = 1 + (int)get_bits(z, 5);
  int nc = 4 + (int)get_bits(z, 4);
  if (nl > 286 || nd > 30)
    damaged(z, "more symbols than exist");
  for (int i = 0; i < nc; i++)
    length[order[i]] = (uint8_t)get_bits(z, 3);
  make_code(z, literal, length, 19);
  read_lengths(z, literal, length, nl + nd);
  if (length[256] == 0)
    damaged(z, "no word for the end of a block");
  make_code(z, distance, length + nl, nd);
  make_code(z, literal, length, nl);
}

static void inflate(Inflate *z, Code *literal, Code *distance)
{
  for (uint32_t last = 0; !last;) {
    last = get_bits(z, 1);
    uint32_t kind = get_bits(z, 2);
    if (kind == 3)
      damaged(z, "a block of no known kind");
    if (kind == 0) {
      stored_block(z);
      continue;
    }
    (kind == 1 ? fixed_codes : dynamic_codes)(z, literal, distance);
    coded_block(z, literal, distance);
  }
}

static uint32_t crc32_of(const uint8_t *p, int64_t n)
{
  uint32_t table[256], crc = ~0u;
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++)
      c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
    table[i] = c;
  }
  for (int64_t i = 0; i < n; i++)
    crc = table[(crc ^ p[i]) & 255] ^ crc >> 8;
  return ~crc;
}

static void skip_header(Inflate *z)
{
  if (get_bits(z, 16) != 0x8b1f || get_bits(z, 8) != 8)
    damaged(z, "expected 1f 8b 08, the mark of gzip");
  uint32_t flags = get_bits(z, 8);
  if (flags & 0xe0)
    damaged(z, "flags that do not exist");
  for (int i = 0; i < 6; i++)
    get_bits(z, 8);
  if (flags & 4)
    for (uint32_t left = get_bits(z, 16); left > 0; left--)
      get_bits(z, 8);
  for (uint32_t text = (flags >> 3 & 1) + (flags >> 4 & 1); text > 0;)
    text -= get_bits(z, 8) == 0;
  if (flags & 2)
    get_bits(z, 16);
}

static void unpack_member(Inflate *z, Code *literal, Code *distance)
{
  z->member = z->made;
  skip_header(z);
  inflate(z, literal, distance);
  get_bits(z, z->have % 8);
  uint32_t crc = get_bits(z, 16);
  crc |= get_bits(z, 16) << 16;
  uint32_t size = get_bits(z, 16);
  size |= get_bits(z, 16) << 16;
  const uint8_t *from = (uint8_t *)z->out->data + z->member;
  if (size != (uint32_t)(z->made - z->member))
    damaged(z, "it holds more or less than it says at its end");
  if (crc != crc32_of(from, z->made - z->member))
    damaged(z, "its checksum is not that of what it holds");
}

Tensor *tt_gunzip(const char *path, const uint8_t *in, int64_t n)
{
  TT_SCOPE;
  Inflate z = { .path = path, .in = in, .n = n,
                .out = tt_empty(TT_U8, TT_SHAPE(4 * n + 64)) };
  Code *code = tt_empty(TT_U8, TT_SHAPE(2 * sizeof *code))->data;
  do
    unpack_member(&z, code, code + 1);
  while (z.at - z.have / 8 < n);
  return tt_keep(tt_slice(z.out, 0, 0, z.made, 1));
}
