// Made from chapters/10-tokenization.nw by tools/tangle: edit there.
// Tokenizers: characters, and byte pairs learned from a text.
#include "tt/tokenization.h"
#include "tt/error.h"
#include "tt/memory.h"
#include "tt/readers.h"
#include "tt/safetensors.h"
#include "tt/todo.h"
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// its length; 0: no character; -1: cut off by the end
static int utf8(const char *text, int64_t n, uint32_t *c)
{
  const uint8_t *s = (const uint8_t *)text;
  int b = s[0], size = b < 0x80 ? 1 : b < 0xc2 ? 0 : b < 0xe0 ? 2
                     : b < 0xf0 ? 3 : b < 0xf5 ? 4 : 0;
  int low = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
  int high = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
  *c = size < 2 ? (uint32_t)b : (uint32_t)b & (0x7fu >> size);
  for (int k = 1; k < size; k++) {
    if (k == n)
      return -1;
    if (s[k] < low || s[k] > high)
      return 0;
    *c = *c << 6 | (s[k] & 0x3f);
    low = 0x80;
    high = 0xbf;
  }
  return size;
}

static int put_utf8(char *to, uint32_t c)      // its length
{
  if (c < 0x80)
    return to[0] = (char)c, 1;
  int size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (int k = size - 1; k > 0; k--, c >>= 6)
    to[k] = (char)(0x80 | (c & 0x3f));
  to[0] = (char)((0xf00 >> size & 0xff) | (int)c);
  return size;
}

typedef struct Room { Tensor *block; } Room;

// at least so many bytes; those that were there stay
static void *room(Room *r, int64_t bytes)
{
  int64_t old = r->block ? r->block->shape[0] : 0;
  if (bytes > old) {
    int64_t more = bytes > 2 * old ? bytes : 2 * old;
    Tensor *t = tt_empty(TT_U8, TT_SHAPE(more > 64 ? more : 64));
    if (old) {
      memcpy(t->data, r->block->data, (size_t)old);
      tt_release(r->block);
    }
    r->block = t;
  }
  return r->block->data;
}

struct Ids {
  Room    room;
  int64_t n, limit;
};
typedef struct Ids Ids;

static int32_t *room_for_ids(Ids *o, int64_t n)      // n more
{
  int32_t *id = room(&o->room, (o->n + n) * (int64_t)sizeof *id);
  return id + o->n;
}

static bool full(const Ids *o)
{
  return o->limit > 0 && o->n >= o->limit;
}

static void *part(char *block, int64_t *at, int64_t n, size_t size)
{
  void *p = block ? block + *at : NULL;
  *at += (n * (int64_t)size + 15) / 16 * 16;
  return p;
}

typedef struct Special {
  Piece   text;
  int32_t id;
} Special;
static bool matches(const Special *s, const char *text, int64_t n)
{
  return s->text.n <= n
         && memcmp(text, s->text.at, (size_t)s->text.n) == 0;
}

static const Special *special_at(const Tokenizer *t, const char *text,
                                 int64_t n)
{
  const Special *best = NULL;
  for (int k = 0; k < t->specials; k++)
    if (matches(&t->special[k], text, n)
        && (!best || t->special[k].text.n > best->text.n))
      best = &t->special[k];
  return best;
}

// where the next one is, or `to`
static int64_t find_special(const Tokenizer *t, const char *text,
                            int64_t from, int64_t to,
                            const Special **which)
{
  bool first[256] = {0};
  for (int k = 0; k < t->specials; k++)
    first[(uint8_t)t->special[k].text.at[0]] = true;
  for (int64_t i = from; i < to; i++)
    if (first[(uint8_t)text[i]]
        && (*which = special_at(t, text + i, to - i)))
      return i;
  *which = NULL;
  return to;
}

static int64_t special_bytes(int n, const Special *s)
{
  int64_t bytes = 0;
  for (int k = 0; k < n; k++)
    bytes += s[k].text.n;
  return bytes;
}

// copies of them in the block of t
static void set_special(Tokenizer *t, char *block, int64_t *at, int n,
                        const Special *s)
{
  Special *to = part(block, at, n, sizeof *to);
  char *text = part(block, at, special_bytes(n, s), 1);
  for (int k = 0; block && k < n; k++) {
    to[k] = (Special){ { text, s[k].text.n }, s[k].id };
    memcpy(text, s[k].text.at, (size_t)s[k].text.n);
    text += s[k].text.n;
  }
  t->specials = n;
  t->special = to;
}

static void check_special(const Tokenizer *t, int n,
                          const char *const text[], int k)
{
  const char *s = text[k];
  bool twice = false;
  for (int j = 0; j < k; j++)
    twice = twice || strcmp(text[j], s) == 0;
  for (int j = 0; j < t->specials; j++)
    twice = twice || (t->special[j].text.n == (int64_t)strlen(s)
                      && matches(&t->special[j], s, INT64_MAX));
  if (twice || !*s)
    tt_fail(TT_EVALUE, "tt_with_special: text %d of %d is \"%.100s\","
            " which is %s; give each a text of its own", k, n, s,
            twice ? "there already" : "empty");
}

Tokenizer *tt_with_special(const Tokenizer *t, int n,
                           const char *const text[])
{
  TT_SCOPE;
  if (n < 0 || n > INT32_MAX - t->size)
    tt_fail(TT_EVALUE, "tt_with_special: n is %d; expected 0 or more, "
            "and fewer than 2^31 ids in all", n);
  int old = t->specials;
  Special *s = tt_empty(TT_U8, TT_SHAPE((old + (int64_t)n + 1)
                                        * (int64_t)sizeof *s))->data;
  if (old)
    memcpy(s, t->special, (size_t)old * sizeof *s);
  for (int k = 0; k < n; k++) {
    check_special(t, n, text, k);
    s[old + k] = (Special){ { text[k], (int64_t)strlen(text[k]) },
                            t->size + k };
  }
  Tokenizer *u = t->with(t, t->size + n, old + n, s);
  tt_keep(u->block);
  return u;
}

Tensor *tt_encode_with(const Tokenizer *t, const char *text, int64_t n,
                       EncodeOptions o)
{
  TT_SCOPE;
  if (o.limit < 0)
    tt_fail(TT_EVALUE, "tt_encode_with: limit is %lld; expected 0 for "
            "no limit, or more", (long long)o.limit);
  Ids out = { .limit = o.limit };
  n = n < 0 ? (int64_t)strlen(text) : n;
  for (int64_t at = 0; at < n && !full(&out);) {
    const Special *s = NULL;
    int64_t to = o.special && t->specials
                 ? find_special(t, text, at, n, &s) : n;
    if (to > at)
      t->encode(t, text, at, to, &out);
    if (s && !full(&out)) {
      *room_for_ids(&out, 1) = s->id;
      out.n++;
    }
    at = s ? to + s->text.n : to;
  }
  int64_t ids = full(&out) ? o.limit : out.n;
  Tensor *y = tt_empty(TT_I32, TT_SHAPE(ids));
  if (ids)
    memcpy(y->data, out.room.block->data, (size_t)ids * 4);
  return tt_keep(y);
}

Tensor *tt_encode(const Tokenizer *t, const char *text, int64_t n)
{
  return tt_encode_with(t, text, n, (EncodeOptions){0});
}

int64_t tt_count_tokens(const Tokenizer *t, const char *text,
                        int64_t n, int64_t limit)
{
  TT_SCOPE;
  return tt_numel(tt_encode_with(t, text, n, (EncodeOptions){
    .limit = limit }));
}

static Piece piece_of_id(const char *function, const Tokenizer *t,
                         int32_t id)
{
  Piece p = { NULL, 0 };
  if (id >= 0 && id < t->size)
    p = t->piece(t, id);
  for (int k = 0; !p.at && k < t->specials; k++)
    if (t->special[k].id == id)
      p = t->special[k].text;
  if (!p.at)
    tt_fail(TT_EINDEX, "%s: id %d is not in the vocabulary of %d; was "
            "it made by another tokenizer?", function, id, t->size);
  return p;
}

static Tensor *checked_ids(const char *function, const Tensor *ids)
{
  if (ids->dtype != TT_I32 || ids->rank != 1)
    tt_fail(TT_EDTYPE, "%s: ids are %s %s; expected i32 of one "
            "dimension, as tt_encode gives them", function,
            tt_dtype_name(ids->dtype), TT_TEXT(tt_shape(ids)));
  return tt_contiguous((Tensor *)(uintptr_t)ids);
}

Tensor *tt_token_offsets(const Tokenizer *t, const Tensor *ids)
{
  TT_SCOPE;
  const int32_t *id = checked_ids("tt_token_offsets", ids)->data;
  int64_t n = ids->shape[0], at = 0;
  Tensor *y = tt_empty(TT_I32, TT_SHAPE(n + 1));
  int32_t *to = y->data;
  to[0] = 0;
  for (int64_t i = 0; i < n; i++) {
    at += piece_of_id("tt_token_offsets", t, id[i]).n;
    if (at > INT32_MAX)
      tt_fail(TT_EVALUE, "tt_token_offsets: the text is longer than "
              "%d bytes; decode it in parts", INT32_MAX);
    to[i + 1] = (int32_t)at;
  }
  return tt_keep(y);
}

Tensor *tt_decode(const Tokenizer *t, const Tensor *ids)
{
  TT_SCOPE;
  const int32_t *id = checked_ids("tt_decode", ids)->data;
  int64_t n = ids->shape[0], bytes = 0;
  for (int64_t i = 0; i < n; i++)
    bytes += piece_of_id("tt_decode", t, id[i]).n;
  Tensor *y = tt_empty(TT_U8, TT_SHAPE(bytes + 1));
  char *to = y->data;
  for (int64_t i = 0; i < n; i++) {
    Piece p = piece_of_id("tt_decode", t, id[i]);
    memcpy(to, p.at, (size_t)p.n);
    to += p.n;
  }
  *to = 0;
  return tt_keep(tt_slice(y, 0, 0, bytes, 1));
}

struct TextStream {
  const Tokenizer *of;
  int64_t shown, held;             // bytes at the front; behind them
  char    aside;                   // what the 0 covers
  char    buffer[];
};

static char *held_to_front(TextStream *s)
{
  char *b = s->buffer;
  b[s->shown] = s->aside;
  memmove(b, b + s->shown, (size_t)s->held);
  return b;
}

static Piece shown(TextStream *s, int64_t n)
{
  s->shown = n;
  s->aside = s->buffer[n];
  s->buffer[n] = 0;
  return (Piece){ s->buffer, n };
}

static int64_t unfinished(const char *s, int64_t n)
{
  for (int64_t i = n > 3 ? n - 3 : 0; i < n; i++) {
    uint32_t c;
    if (utf8(s + i, n - i, &c) < 0)
      return n - i;
  }
  return 0;
}

Piece tt_stream_next(TextStream *s, int32_t id)
{
  Piece p = piece_of_id("tt_stream_next", s->of, id);
  char *b = held_to_front(s);
  memcpy(b + s->held, p.at, (size_t)p.n);
  int64_t n = s->held + p.n;
  s->held = unfinished(b, n);
  return shown(s, n - s->held);
}

TextStream *tt_text_stream_new(const Tokenizer *t)
{
  int64_t longest = 0;
  for (int32_t id = 0; id < t->size; id++) {
    int64_t n = t->piece(t, id).n;
    longest = n > longest ? n : longest;
  }
  for (int k = 0; k < t->specials; k++)
    if (t->special[k].text.n > longest)
      longest = t->special[k].text.n;
  int64_t size = (int64_t)sizeof(TextStream) + longest + 4;
  TextStream *s = tt_empty(TT_U8, TT_SHAPE(size))->data;
  *s = (TextStream){ .of = t };
  s->buffer[0] = 0;
  return s;
}

Piece tt_stream_end(TextStream *s)
{
  held_to_front(s);
  int64_t n = s->held;
  s->held = 0;
  return shown(s, n);
}

typedef struct CharTokenizer {
  Tokenizer base;
  int32_t   n;
  uint32_t *code;                  // of each character, ascending
  char    (*bytes)[4];             // as UTF-8
} CharTokenizer;

static int32_t find_code(const uint32_t *code, int32_t n, uint32_t c)
{
  int32_t low = 0, high = n;
  while (low < high) {
    int32_t middle = low + (high - low) / 2;
    if (code[middle] == c)
      return middle;
    if (code[middle] < c)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

static _Noreturn void unknown(const CharTokenizer *t, const char *text,
                              int64_t i, int n, uint32_t c)
{
  if (n < 1)
    tt_fail(TT_EVALUE, "tt_encode: byte %lld: 0x%02x is no character "
            "of UTF-8; a tokenizer of bytes (tt_bpe_train) takes any",
            (long long)i, (uint8_t)text[i]);
  tt_fail(TT_EVALUE, "tt_encode: byte %lld: U+%04X '%.*s' is not among "
          "the %d characters of the vocabulary; a tokenizer of bytes "
          "(tt_bpe_train) takes any", (long long)i, c, n, text + i,
          t->n);
}

static void char_encode(const Tokenizer *base, const char *text,
                        int64_t from, int64_t to, Ids *out)
{
  const CharTokenizer *t = (const CharTokenizer *)base;
  for (int64_t i = from; i < to && !full(out);) {
    uint32_t c;
    int n = utf8(text + i, to - i, &c);
    int32_t id = n > 0 ? find_code(t->code, t->n, c) : -1;
    if (id < 0)
      unknown(t, text, i, n, c);
    *room_for_ids(out, 1) = id;
    out->n++;
    i += n;
  }
}

static Piece char_piece(const Tokenizer *base, int32_t id)
{
  const CharTokenizer *t = (const CharTokenizer *)base;
  if (id >= t->n)
    return (Piece){ NULL, 0 };
  uint32_t c = t->code[id];
  return (Piece){ t->bytes[id], c < 0x80 ? 1 : c < 0x800 ? 2
                                : c < 0x10000 ? 3 : 4 };
}

static CharTokenizer *char_layout(CharTokenizer *t, int64_t *at,
                                  int n, const Special *s)
{
  char *block = t->base.block ? t->base.block->data : NULL;
  *at = 0;
  CharTokenizer *to = part(block, at, 1, sizeof *to);
  t->code = part(block, at, t->n, sizeof *t->code);
  t->bytes = part(block, at, t->n, sizeof *t->bytes);
  set_special(&t->base, block, at, n, s);
  return to;
}

static Tokenizer *char_with(const Tokenizer *base, int32_t size, int n,
                            const Special *s);

static Tokenizer *char_new(int32_t n, const uint32_t *code,
                           int32_t size, int specials,
                           const Special *s)
{
  CharTokenizer t = { .n = n, .base = { .size = size,
    .encode = char_encode, .piece = char_piece, .with = char_with } };
  int64_t bytes;
  char_layout(&t, &bytes, specials, s);
  t.base.block = tt_empty(TT_U8, TT_SHAPE(bytes));
  CharTokenizer *to = char_layout(&t, &bytes, specials, s);
  *to = t;
  for (int32_t i = 0; i < n; i++) {
    to->code[i] = code[i];
    put_utf8(to->bytes[i], code[i]);
  }
  return &to->base;
}

static Tokenizer *char_with(const Tokenizer *base, int32_t size, int n,
                            const Special *s)
{
  const CharTokenizer *t = (const CharTokenizer *)base;
  return char_new(t->n, t->code, size, n, s);
}

Tokenizer *tt_char_tokenizer_new(const char *text, int64_t n)
{
  TT_SCOPE;
  enum { POINTS = 0x110000 };
  bool *seen = tt_to(tt_zeros(TT_SHAPE(POINTS)), TT_U8)->data;
  n = n < 0 ? (int64_t)strlen(text) : n;
  int32_t count = 0;
  for (int64_t i = 0; i < n;) {
    uint32_t c;
    int size = utf8(text + i, n - i, &c);
    if (size < 1)
      tt_fail(TT_EVALUE, "tt_char_tokenizer_new: byte %lld: 0x%02x is "
              "no character of UTF-8; for any bytes, tt_bpe_train",
              (long long)i, (uint8_t)text[i]);
    count += !seen[c];
    seen[c] = true;
    i += size;
  }
  uint32_t *code = tt_empty(TT_I32, TT_SHAPE(count))->data;
  for (uint32_t c = 0, k = 0; c < POINTS; c++)
    if (seen[c])
      code[k++] = c;
  Tokenizer *t = char_new(count, code, count, 0, NULL);
  tt_keep(t->block);
  return t;
}

static const char runs_text[] =
  "bWVHcAGcAbVCHFBCDDACBHBbUBcKBbjGEYOKHCBCeZKBECIBCGCBGBCBbOBgKB"
  "kSImUBcYCCGdEcTcCEIbTdIVVEEBhQBCPEHEAVAGCCQCBcIbDgWLCOVAcOJEEC"
  "FbSECJCDCXbYHWFbWBMRdGcGeEDCSCHUEVBbGEQCECbSBOBCDIDCQCNEBGEVAE"
  "CNCCIMEECbSBOBEBEBEbFIBCHVCGQSBGBbSBOBEBKDCSCPEEVJCLQCECbSBOBE"
  "BKDCbEEBGEVBCANLCBMDGBIDEBCBEDEDGDYWCVbBSQBGBbUBbGDCbAGCCCEEVI"
  "PBCEQBGBbUBUBKDCbFEBEEVBERSBGBdECCQCFGBPAGEbNBMFbKDbWBSBCCObFV"
  "RdSBEMOJVbNEBCBKBbWBCBUBEJCCKBCJVCIbGCbFbPMQBcUbBKeLdIUCAVGMEI"
  "DCDEHGEbAMCBVGcYBCFCCdIBzQBICOBCBICdEBICcOBICOBCBICbEBeKBICfEO"
  "bPDbGQgQCMDbvSCbIBcAFfUDHAQHbKNbMObKObABGPeAbJCECDVGVWVGgWHKC"
  "cQBCFfKKcKbNVAcICKLdKEcAGXbLbUJeCbRVGVNCdPdQRQDVbPcINEAVAdKbA"
  "cUbCVDGAVAcUCSHdICGbPIBMBEDCFoUcMvKCMCcYCMCQBCBCBCBcKCeCBOBCDG"
  "BODICMEbAFGBOeLDACCNFCAVGbAdXCECCUBCDKGCBCBCBIBWCIFKECBdZAEAL"
  "bbYeRdAbTyGcJbrOrQGIDEJDCcYBCFCCeIHCQbUJOBOBOBOBOBOBOBOdCCsBEA"
  "DZTHKCHAEEgQGGBgYBIFdIBhGDJKcMbWbGbGVbERBbFbGVbNbFmItnCcMcnoK"
  "cPdOCuSDbGAVAEUdQQcKCfKAVbNSChYCeYFEBCBKYbGBGBIBbUNNKeAOdWbCVY"
  "MDCBEBVAcEKbUZcGHdQbCCAVGKBUAVAKBdEXGBQEVGbUDCDdWBCDECKCCBCYGC"
  "WHGMMCMCMJOBOBdIBbCGiWNVGbhbKMbUEdUmnCbcECiEbMOMKFCBUBbABKBCBE"
  "BEBiIbHbbYSeYCeEbOYeMKBkKTVHcAGcALgWDMCMCMCGbJYBcABbMBEBbECbC"
  "bIjMMdNMeLRFjKcGDdUQcDEcMAJJbOADAQADFcYKcICcUEQBLbQmECVGcUEcUE"
  "dCIeAMWBbEBOBEBWBbEBOBEcPxYJbSKQYMBdGBScRMCCBdKBEDCCbUCRAbUCPA"
  "cKITbWbMBEFLAbSANEcAcSeIEFAEAbHCdPACPIBGBcGKTXcGAFBcGAHbGQBcEG"
  "LQeEKbSCRAbMFRAbKXPdCfQcDdYNdYHNAcUMVlIcLBdGGEdAcGAVACIbSLJbB"
  "bKbUbQAPUbUMeCbAcJBECCNdMbGbYHVJcUPVECCCIcSDCMdSOILVACBCEbPLbK"
  "BbYTEcLOBCBIBbEBUHdQRVLQCECbSBOBEBKDCSCMKgCeCSIFVFGbEdSUEBCIV"
  "gKdQbPIbKdSUCLVbMdINCHVcCcCVZEOhDdKeMeYAbNMQCCCQBEBbWPCBCOVcSQ"
  "CdAQCBCbCCKdCHCVCLdOTCSfQkDSBcWRCPcHFcIeIOBEBcYVCJVGMBEBcMOCHV"
  "lYbMPCBbABcQbCVdICPbRbRcsYdYiPRpCdxKhMPdeMRMfyVbsWmuBbrUHcKBVG"
  "gCBVGcISdSQIMVBPBbQFbMbaMeYAbVeBfUFCcObAcMEBCbCseAIdrGbQSnfRIB"
  "OBEBwKPCbDGCCOIIbeMdkUiGFbADSHUikCbPMbPeEbZfFgOBfMBECCCECIBYBC"
  "BOBfABICQBOBcEBIBKBCDOBbaECbYBbYBcKBbYBcKBbYBcKBbYBcKBbYBQCdX"
  "cqYcKGMkBeUfQdMKOCVECmJcISdKEVsCcEEVbcOOBIBEBbEBpECTbWfGHCEV"
  "beLePBHBJcYdNBbFhMIBcCBEBCCCBUBIBCBCGCECBCBCBGBEBCCCBCBCBCBCBE"
  "BCCIBOBIBIBCBUBbIFGBKBbIwIbBedFVbnQewkEbGmhOGrCCrbGOwcWepJbpS"
  "cfYopYFmkM";
enum { OTHER, LETTER, NUMBER, SPACE, RUNS = 2 * 796 };
typedef struct Classes {
  uint8_t  kind[128];              // of ASCII
  uint32_t run[RUNS];              // code point * 4 + kind, ascending
} Classes;

static bool is_space(uint32_t c)   // White_Space: 25 code points
{
  return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xa0
         || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028
         || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

static int kind_of(const Classes *p, uint32_t c)
{
  if (is_space(c))
    return SPACE;
  int low = 0, high = RUNS;        // runs before low begin up to c
  while (low < high) {
    int middle = (low + high) / 2;
    if (p->run[middle] >> 2 <= c)
      low = middle + 1;
    else
      high = middle;
  }
  return low ? (int)(p->run[low - 1] & 3) : OTHER;
}

static uint32_t next_run(const char **s)
{
  uint32_t n = 0;
  for (; **s >= 'a'; ++*s)
    n = n * 26 + (uint32_t)(**s - 'a');
  return n * 26 + (uint32_t)(*(*s)++ - 'A');
}

static void split_init(Classes *p)
{
  const char *s = runs_text;
  uint32_t c = 0;
  for (int k = 0; k < RUNS; k += 2) {
    c += next_run(&s);
    uint32_t run = next_run(&s);
    p->run[k] = c << 2 | (run & 1 ? NUMBER : LETTER);
    c += run >> 1;
    p->run[k + 1] = c << 2 | OTHER;
  }
  for (uint32_t a = 0; a < 128; a++)
    p->kind[a] = (uint8_t)kind_of(p, a);
}

static inline int kind_at(const Classes *p, const char *s, int64_t i,
                          int64_t n, int *step)
{
  uint8_t b = (uint8_t)s[i];
  *step = 1;
  if (b < 128)
    return p->kind[b];
  uint32_t c;
  int size = utf8(s + i, n - i, &c);
  if (size < 1)
    return OTHER;                  // a byte that is no character
  *step = size;
  return kind_of(p, c);
}

static int ending(const char *s, int64_t n)    // bytes of 's, 're, ...
{
  char a = n > 1 ? s[1] : 0, b = n > 2 ? s[2] : 0;
  if (a == 's' || a == 't' || a == 'm' || a == 'd')
    return 2;
  return (a == 'r' && b == 'e') || (a == 'v' && b == 'e')
         || (a == 'l' && b == 'l') ? 3 : 0;
}

static int64_t word_end(const Classes *p, const char *s, int64_t i,
                        int64_t n)
{
  int step, k;
  if (s[i] == '\'' && (k = ending(s + i, n - i)) > 0)
    return i + k;
  int kind = kind_at(p, s, i, n, &step);
  if (s[i] == ' ' && i + 1 < n
      && (k = kind_at(p, s, i + 1, n, &step)) != SPACE) {
    kind = k;
    i++;
  }
  int64_t j = i, last = i;
  for (; j < n && kind_at(p, s, j, n, &step) == kind; j += step)
    last = j;
  if (kind == SPACE && j < n && last > i)
    return last;
  return j;
}

typedef struct Merge { int32_t left, right; } Merge;
typedef struct Slot { Merge pair; int32_t rank; } Slot;  // -1: free
typedef struct Merges {
  int32_t n;
  int     bits;                    // 2^bits slots
  Merge  *merge;
  Slot   *slot;
  uint8_t *filter;                 // 8 bits for each slot
} Merges;

static int bits_for(int64_t n)     // 2^bits is 2 n or more
{
  int bits = 1;
  while ((int64_t)1 << bits < 2 * n)
    bits++;
  return bits;
}

static inline uint64_t place_of(int32_t left, int32_t right, int bits)
{
  uint64_t key = (uint64_t)left << 32 | (uint32_t)right;
  return key * 0x9e3779b97f4a7c15 >> (64 - bits);
}

static inline int32_t find_merge(const Merges *m, int32_t left,
                                 int32_t right)
{
  uint64_t mask = ((uint64_t)1 << m->bits) - 1;
  uint64_t i = place_of(left, right, m->bits + 3);
  if (!(m->filter[i >> 3] >> (i & 7) & 1))
    return -1;
  for (i >>= 3;; i++) {
    const Slot *s = &m->slot[i & mask];
    if (s->rank < 0 || (s->pair.left == left && s->pair.right == right))
      return s->rank;
  }
}

static void add_merge(Merges *m, Merge p)
{
  uint64_t mask = ((uint64_t)1 << m->bits) - 1;
  uint64_t i = place_of(p.left, p.right, m->bits + 3);
  m->filter[i >> 3] |= (uint8_t)(1 << (i & 7));
  for (i >>= 3; m->slot[i & mask].rank >= 0; i++)
    continue;
  m->slot[i & mask] = (Slot){ p, m->n };
  m->merge[m->n++] = p;
}

static void clear_merges(Merges *m)
{
  memset(m->filter, 0, (size_t)1 << m->bits);
  for (int64_t i = 0; i < (int64_t)1 << m->bits; i++)
    m->slot[i].rank = -1;
  m->n = 0;
}

typedef struct BpeTokenizer {
  Tokenizer base;
  bool      whole;                 // words are not split
  Merges    merges;
  int32_t  *id;                    // of byte or 256 + merge
  int32_t  *number;                // of an id; -1: it has none
  int64_t  *start;                 // where the bytes of a number are
  char     *bytes;
  Classes   split;
} BpeTokenizer;

static Piece bpe_piece(const Tokenizer *base, int32_t id)
{
  const BpeTokenizer *t = (const BpeTokenizer *)base;
  int32_t k = t->number[id];
  if (k < 0)
    return (Piece){ NULL, 0 };
  return (Piece){ t->bytes + t->start[k],
                  t->start[k + 1] - t->start[k] };
}

enum { MOST_BYTES = 1 << 30 };     // of all tokens

static void set_starts(const char *function, int32_t n, const Merge *m,
                       int64_t *start)
{
  for (int32_t k = 0; k < 256 + n; k++) {
    const Merge *p = &m[k - 256];
    int64_t size = k < 256 ? 1
      : start[p->left + 1] - start[p->left]
        + start[p->right + 1] - start[p->right];
    start[k + 1] = (k ? start[k] : 0) + size;
    if (start[k + 1] > MOST_BYTES)
      tt_fail(TT_EVALUE, "%s: the tokens up to merge %d have more than "
              "%d bytes in all; use a smaller vocabulary", function,
              k - 256, MOST_BYTES);
  }
}

static void set_bytes(BpeTokenizer *t)
{
  for (int32_t k = 0; k < 256; k++)
    t->bytes[k] = (char)k;
  for (int32_t k = 0; k < t->merges.n; k++) {
    char *to = t->bytes + t->start[256 + k];
    int32_t half[2] = { t->merges.merge[k].left,
                        t->merges.merge[k].right };
    for (int h = 0; h < 2; h++) {
      int64_t from = t->start[half[h]];
      int64_t size = t->start[half[h] + 1] - from;
      memcpy(to, t->bytes + from, (size_t)size);
      to += size;
    }
  }
}

typedef struct Plan {              // what a tokenizer is made of
  const char    *function;
  int32_t        n, size;          // merges, ids
  const Merge   *merge;
  const int32_t *id;               // NULL: as they are numbered
  bool           whole;
  int            specials;
  const Special *special;
} Plan;

static BpeTokenizer *bpe_layout(BpeTokenizer *t, const Plan *p,
                                int64_t bytes, int64_t *at)
{
  char *block = t->base.block ? t->base.block->data : NULL;
  *at = 0;
  BpeTokenizer *to = part(block, at, 1, sizeof *to);
  t->merges.merge = part(block, at, p->n, sizeof(Merge));
  t->merges.slot = part(block, at, (int64_t)1 << t->merges.bits,
                        sizeof(Slot));
  t->merges.filter = part(block, at, (int64_t)1 << t->merges.bits, 1);
  t->id = part(block, at, 256 + p->n, sizeof *t->id);
  t->number = part(block, at, p->size, sizeof *t->number);
  t->start = part(block, at, 257 + p->n, sizeof *t->start);
  t->bytes = part(block, at, bytes, 1);
  set_special(&t->base, block, at, p->specials, p->special);
  return to;
}

typedef struct Work {
  Room      room;
  int32_t  *symbol, *before, *next;
  uint64_t *heap;                  // rank and place, smallest first
  int64_t   waiting;
} Work;

static void heap_put(Work *w, uint64_t x)
{
  int64_t i = w->waiting++;
  for (int64_t up; i > 0 && w->heap[up = (i - 1) / 2] > x; i = up)
    w->heap[i] = w->heap[up];
  w->heap[i] = x;
}

static uint64_t heap_take(Work *w)
{
  uint64_t top = w->heap[0], x = w->heap[--w->waiting];
  int64_t n = w->waiting, i = 0;
  for (int64_t down; (down = 2 * i + 1) < n; i = down) {
    down += down + 1 < n && w->heap[down + 1] < w->heap[down];
    if (w->heap[down] >= x)
      break;
    w->heap[i] = w->heap[down];
  }
  w->heap[i] = x;
  return top;
}

static bool is_stale(const Merge *m, const Work *w, int32_t i)
{
  int32_t j = w->next[i];
  return w->symbol[i] != m->left || j < 0 || w->symbol[j] != m->right;
}

static void offer(const BpeTokenizer *t, Work *w, int32_t i)
{
  int32_t j = w->next[i];
  int32_t rank = j < 0 ? -1 : find_merge(&t->merges, w->symbol[i],
                                         w->symbol[j]);
  if (rank >= 0)
    heap_put(w, (uint64_t)rank << 32 | (uint32_t)i);
}

static void merge_word(const BpeTokenizer *t, Work *w)
{
  while (w->waiting > 0) {
    uint64_t top = heap_take(w);
    int32_t rank = (int32_t)(top >> 32), i = (int32_t)(uint32_t)top;
    if (is_stale(&t->merges.merge[rank], w, i))
      continue;
    int32_t j = w->next[i], k = w->next[j];
    w->symbol[i] = 256 + rank;
    w->symbol[j] = -1;
    w->next[i] = k;
    if (k >= 0)
      w->before[k] = i;
    if (w->before[i] >= 0)
      offer(t, w, w->before[i]);
    offer(t, w, i);
  }
}

typedef struct Seen {              // a word, and what became of it
  int32_t at, out;                 // where in the text, in the ids
  uint8_t n, ids;                  // bytes, ids; n = 0: empty
} Seen;

static bool recall(const Seen *s, const char *text, int64_t at,
                   int64_t n, Ids *out)
{
  if (s->n != n || memcmp(text + s->at, text + at, (size_t)n) != 0)
    return false;
  int32_t *to = room_for_ids(out, s->ids);
  const int32_t *from = to - out->n + s->out;
  for (int k = 0; k < s->ids; k++)
    to[k] = from[k];
  out->n += s->ids;
  return true;
}

static void encode_bytes(const BpeTokenizer *t, Work *w, const char *s,
                         int64_t n)
{
  if (n > INT32_MAX / 2)
    tt_fail(TT_EVALUE, "tt_encode: a word of %lld bytes; expected at "
            "most %d", (long long)n, INT32_MAX / 2);
  w->heap = room(&w->room, n * 36);            // 3 candidates a byte
  w->symbol = (int32_t *)(w->heap + 3 * n);
  w->before = w->symbol + n;
  w->next = w->before + n;
  w->waiting = 0;
  for (int32_t i = 0; i < n; i++) {
    w->symbol[i] = (uint8_t)s[i];
    w->before[i] = i - 1;
    w->next[i] = i + 1 < n ? i + 1 : -1;
  }
  for (int32_t i = 0; i + 1 < n; i++)
    offer(t, w, i);
  merge_word(t, w);
}

static uint64_t hash_of(const char *s, int64_t n)
{
  uint64_t h = (uint64_t)n, x;
  for (; n >= 8; n -= 8, s += 8) {
    memcpy(&x, s, 8);
    h = (h ^ x) * 0x9e3779b97f4a7c15;
    h ^= h >> 32;
  }
  for (x = 0; n > 0; n--)
    x = x << 8 | (uint8_t)*s++;
  h = (h ^ x) * 0x9e3779b97f4a7c15;
  return h;                        // its upper bits are the best
}

static void encode_word(const BpeTokenizer *t, Work *w, const char *s,
                        int64_t n, Ids *out)
{
  encode_bytes(t, w, s, n);
  int32_t *to = room_for_ids(out, n), *first = to;
  for (int32_t i = 0; i >= 0; i = w->next[i])
    *to++ = t->id[w->symbol[i]];
  out->n += to - first;
}

enum { MOST_SEEN = 15, MOST_WORD = 255 };      // bits; bytes

static void bpe_encode(const Tokenizer *base, const char *text,
                       int64_t from, int64_t to, Ids *out)
{
  const BpeTokenizer *t = (const BpeTokenizer *)base;
  Work w = {0};
  int bits = bits_for((to - from) / 8);
  bits = bits < MOST_SEEN ? bits : MOST_SEEN;
  int64_t bytes = (int64_t)sizeof(Seen) << bits;
  Seen *seen = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  memset(seen, 0, (size_t)bytes);
  for (int64_t i = from, end; i < to && !full(out); i = end) {
    end = t->whole ? to : word_end(&t->split, text, i, to);
    int64_t n = end - i, first = out->n;
    if (n == 1) {
      *room_for_ids(out, 1) = t->id[(uint8_t)text[i]];
      out->n++;
      continue;
    }
    Seen *s = &seen[hash_of(text + i, n < MOST_WORD ? n : MOST_WORD)
                    >> (64 - bits)];
    if (recall(s, text, i, n, out))
      continue;
    encode_word(t, &w, text + i, n, out);
    if (n <= MOST_WORD && i <= INT32_MAX && first <= INT32_MAX)
      *s = (Seen){ (int32_t)i, (int32_t)first, (uint8_t)n,
                   (uint8_t)(out->n - first) };
  }
}

static Tokenizer *bpe_with(const Tokenizer *base, int32_t size, int n,
                           const Special *s);

static Tokenizer *bpe_new(const Plan *p)
{
  int64_t *start = tt_empty(TT_U8, TT_SHAPE((257 + (int64_t)p->n)
                            * (int64_t)sizeof *start))->data, bytes;
  start[0] = 0;
  set_starts(p->function, p->n, p->merge, start);
  BpeTokenizer t = { .whole = p->whole, .merges.bits = bits_for(p->n),
    .base = { .size = p->size, .encode = bpe_encode,
              .piece = bpe_piece, .with = bpe_with } };
  bpe_layout(&t, p, start[256 + p->n], &bytes);
  t.base.block = tt_empty(TT_U8, TT_SHAPE(bytes));
  BpeTokenizer *to = bpe_layout(&t, p, start[256 + p->n], &bytes);
  *to = t;
  memcpy(to->start, start, (257 + (size_t)p->n) * sizeof *start);
  clear_merges(&to->merges);
  for (int32_t k = 0; k < p->n; k++)
    add_merge(&to->merges, p->merge[k]);
  for (int32_t id = 0; id < p->size; id++)
    to->number[id] = -1;
  for (int32_t k = 0; k < 256 + p->n; k++) {
    to->id[k] = p->id ? p->id[k] : k;
    to->number[to->id[k]] = k;
  }
  set_bytes(to);
  split_init(&to->split);
  return &to->base;
}

static Tokenizer *bpe_with(const Tokenizer *base, int32_t size, int n,
                           const Special *s)
{
  const BpeTokenizer *t = (const BpeTokenizer *)base;
  return bpe_new(&(Plan){ "tt_with_special", t->merges.n, size,
                          t->merges.merge, t->id, t->whole, n, s });
}

typedef struct Counted {           // a word
  int64_t  at, n, count;
  uint64_t hash;
} Counted;

typedef struct Counts {
  Classes split;
  bool    whole;
  Room    bytes, words, slots;     // int32_t: word + 1
  int64_t used, n;                 // bytes, words
  int     bits;
} Counts;

static void place_words(Counts *c)             // in a larger table
{
  c->bits = c->bits ? c->bits + 1 : 10;
  int64_t size = (int64_t)sizeof(int32_t) << c->bits;
  int32_t *slot = room(&c->slots, size);
  memset(slot, 0, (size_t)size);
  const Counted *w = c->words.block ? c->words.block->data : NULL;
  uint64_t mask = ((uint64_t)1 << c->bits) - 1;
  for (int64_t k = 0; k < c->n; k++) {
    uint64_t i = w[k].hash >> (64 - c->bits);
    while (slot[i])
      i = (i + 1) & mask;
    slot[i] = (int32_t)k + 1;
  }
}

static void new_word(Counts *c, int32_t *slot, const char *s, int64_t n,
                     uint64_t hash)
{
  Counted *w = room(&c->words, (c->n + 1) * (int64_t)sizeof *w);
  char *b = room(&c->bytes, c->used + n);
  memcpy(b + c->used, s, (size_t)n);
  w[c->n] = (Counted){ c->used, n, 1, hash };
  c->used += n;
  *slot = (int32_t)++c->n;
}

// its place in the table, or a free one, which is 0
static int32_t *find_word(Counts *c, const char *s, int64_t n,
                          uint64_t hash)
{
  if (!c->bits || c->n * 2 >= (int64_t)1 << c->bits)
    place_words(c);
  uint64_t mask = ((uint64_t)1 << c->bits) - 1;
  uint64_t i = hash >> (64 - c->bits);
  int32_t *slot = c->slots.block->data;
  for (; slot[i]; i = (i + 1) & mask) {
    const Counted *w = (Counted *)c->words.block->data + (slot[i] - 1);
    const char *b = (char *)c->bytes.block->data + w->at;
    if (w->hash == hash && w->n == n && !memcmp(b, s, (size_t)n))
      break;
  }
  return &slot[i];
}

static void count_word(Counts *c, const char *s, int64_t n)
{
  uint64_t hash = hash_of(s, n);
  int32_t *slot = find_word(c, s, n, hash);
  if (*slot)
    ((Counted *)c->words.block->data)[*slot - 1].count++;
  else
    new_word(c, slot, s, n, hash);
}

static bool is_certain(int64_t end, int64_t n)
{
  return end + 8 <= n;
}

static int64_t count_words(Counts *c, const char *s, int64_t n,
                           bool last)
{
  int64_t i = 0;
  while (i < n) {
    int64_t end = c->whole ? n : word_end(&c->split, s, i, n);
    if (!last && !is_certain(end, n))
      break;
    count_word(c, s + i, end - i);
    i = end;
  }
  return i;                        // the rest comes again, with more
}

static int64_t pairs_in(int64_t run)
{
  return run / 2;
}

typedef struct Candidate {
  int64_t count;
  int32_t left, right;             // the ids
  int32_t pair;                    // where more is known about it
} Candidate;

static bool better(Candidate a, Candidate b)
{
  if (a.count != b.count)
    return a.count > b.count;
  if (a.left != b.left)
    return a.left < b.left;
  return a.right < b.right;
}

typedef struct Pair {
  int32_t left, right;
  int32_t first;                   // one place where it is, or -1
  int64_t count;
} Pair;

typedef struct Learner {           // of each place in the words:
  int32_t *symbol;                 // its id; -1: merged away
  int32_t *before, *next;          // places in the same word, or -1
  int32_t *word;
  int32_t *pair;                   // which pair begins here
  int32_t *earlier, *later;        // places with the same pair
  const Counted *counted;          // the words
  Room     pair_room, slot_room, heap_room;
  Pair    *pairs;
  int32_t *slot;                     // pair + 1
  int32_t  n;                        // pairs
  int      bits;
  int64_t  waiting;                  // in the heap
  int32_t *places;                   // of the pair that is merged
} Learner;
static void place_pairs(Learner *l)
{
  l->bits = l->bits ? l->bits + 1 : 12;
  int64_t size = (int64_t)sizeof *l->slot << l->bits;
  l->slot = room(&l->slot_room, size);
  memset(l->slot, 0, (size_t)size);
  uint64_t mask = ((uint64_t)1 << l->bits) - 1;
  for (int32_t k = 0; k < l->n; k++) {
    const Pair *p = &l->pairs[k];
    uint64_t i = place_of(p->left, p->right, l->bits);
    while (l->slot[i])
      i = (i + 1) & mask;
    l->slot[i] = k + 1;
  }
}

static int32_t pair_of(Learner *l, int32_t left, int32_t right)
{
  if ((int64_t)l->n * 2 >= (int64_t)1 << l->bits)
    place_pairs(l);
  uint64_t mask = ((uint64_t)1 << l->bits) - 1;
  uint64_t i = place_of(left, right, l->bits);
  for (; l->slot[i]; i = (i + 1) & mask) {
    const Pair *p = &l->pairs[l->slot[i] - 1];
    if (p->left == left && p->right == right)
      return l->slot[i] - 1;
  }
  l->pairs = room(&l->pair_room, (l->n + 1) * (int64_t)sizeof(Pair));
  l->pairs[l->n] = (Pair){ left, right, -1, 0 };
  l->slot[i] = l->n + 1;
  return l->n++;
}

static int64_t weight(const Learner *l, int32_t at)
{
  return l->counted[l->word[at]].count;
}

// the place begins a pair with the one behind it
static void enter(Learner *l, int32_t at)
{
  int32_t k = pair_of(l, l->symbol[at], l->symbol[l->next[at]]);
  Pair *p = &l->pairs[k];
  l->pair[at] = k;
  l->earlier[at] = -1;
  l->later[at] = p->first;
  if (p->first >= 0)
    l->earlier[p->first] = at;
  p->first = at;
  p->count += weight(l, at);
}

static void leave(Learner *l, int32_t at)
{
  Pair *p = &l->pairs[l->pair[at]];
  int32_t e = l->earlier[at], a = l->later[at];
  if (e >= 0)
    l->later[e] = a;
  else
    p->first = a;
  if (a >= 0)
    l->earlier[a] = e;
  p->count -= weight(l, at);
}

static void merge_at(Learner *l, int32_t at, int32_t id)
{
  int32_t a = l->before[at], b = l->next[at], c = l->next[b];
  if (a >= 0)
    leave(l, a);
  leave(l, at);
  if (c >= 0) {
    leave(l, b);
    l->before[c] = at;
  }
  l->symbol[at] = id;
  l->symbol[b] = -1;
  l->next[at] = c;
  if (a >= 0)
    enter(l, a);
  if (c >= 0)
    enter(l, at);
}

static int64_t true_count(const Learner *l, int32_t pair)
{
  const Pair *p = &l->pairs[pair];
  if (p->left != p->right)
    return p->count;
  int64_t count = 0;
  for (int32_t i = p->first; i >= 0; i = l->later[i]) {
    int32_t b = l->before[i];
    if (b >= 0 && l->symbol[b] == p->left)
      continue;                    // not the first of its row
    int64_t run = 0;
    for (int32_t j = i; j >= 0 && l->symbol[j] == p->left;
         j = l->next[j])
      run++;
    count += weight(l, i) * pairs_in(run);
  }
  return count;
}

static int ascending(const void *a, const void *b)
{
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

static void merge_all(Learner *l, int32_t pair, int32_t id)
{
  int32_t left = l->pairs[pair].left, right = l->pairs[pair].right;
  int32_t n = 0;
  for (int32_t i = l->pairs[pair].first; i >= 0; i = l->later[i])
    l->places[n++] = i;
  if (left == right)               // aaa: from the left, as encode does
    qsort(l->places, (size_t)n, sizeof *l->places, ascending);
  for (int32_t k = 0; k < n; k++) {
    int32_t i = l->places[k], j = l->next[i];
    if (l->symbol[i] == left && j >= 0 && l->symbol[j] == right)
      merge_at(l, i, id);
  }
}

static void put_candidate(Learner *l, Candidate c)
{
  Candidate *h = room(&l->heap_room, (l->waiting + 1)
                                     * (int64_t)sizeof *h);
  int64_t i = l->waiting++;
  for (int64_t up; i > 0 && better(c, h[up = (i - 1) / 2]); i = up)
    h[i] = h[up];
  h[i] = c;
}

static Candidate take_best(Learner *l)
{
  Candidate *h = l->heap_room.block->data;
  Candidate top = h[0], c = h[--l->waiting];
  int64_t n = l->waiting, i = 0;
  for (int64_t down; (down = 2 * i + 1) < n; i = down) {
    down += down + 1 < n && better(h[down + 1], h[down]);
    if (!better(h[down], c))
      break;
    h[i] = h[down];
  }
  h[i] = c;
  return top;
}

static void put_new(Learner *l, int32_t from)  // pairs that came up
{
  for (int32_t k = from; k < l->n; k++)
    if (l->pairs[k].count > 0)
      put_candidate(l, (Candidate){ l->pairs[k].count,
        l->pairs[k].left, l->pairs[k].right, k });
}

static bool next_merge(Learner *l, int64_t least, Candidate *best)
{
  while (l->waiting > 0) {
    Candidate c = take_best(l);
    int64_t count = true_count(l, c.pair);
    *best = c;
    if (c.count == count)
      return count >= least;
    c.count = count;
    if (count >= least)
      put_candidate(l, c);
  }
  return false;
}

static void learner_init(Learner *l, const Counts *c)
{
  int32_t **all[] = { &l->symbol, &l->before, &l->next, &l->word,
                      &l->pair, &l->earlier, &l->later, &l->places };
  for (int k = 0; k < 8; k++)
    *all[k] = tt_empty(TT_I32, TT_SHAPE(c->used))->data;
  place_pairs(l);
  if (c->n == 0)
    return;
  const uint8_t *b = c->bytes.block->data;
  l->counted = c->words.block->data;
  for (int32_t w = 0, i = 0; w < c->n; w++)
    for (int64_t k = 0, n = l->counted[w].n; k < n; k++, i++) {
      l->symbol[i] = b[i];
      l->word[i] = w;
      l->before[i] = k ? i - 1 : -1;
      l->next[i] = k + 1 < n ? i + 1 : -1;
    }
  for (int32_t i = 0; i < c->used; i++)
    if (l->next[i] >= 0)
      enter(l, i);
  put_new(l, 0);
}

static Tokenizer *learn(const char *function, const Counts *c,
                        BpeOptions o)
{
  if (c->used > INT32_MAX / 2)
    tt_fail(TT_EVALUE, "%s: the different words have %lld bytes in all;"
            " expected at most %d", function, (long long)c->used,
            INT32_MAX / 2);
  Learner l = {0};
  learner_init(&l, c);
  int64_t least = o.least ? o.least : 2, most = o.size - 256;
  most = most < c->used ? most : c->used;      // each removes a place
  Merge *m = tt_empty(TT_I32, TT_SHAPE(most, 2))->data;
  int32_t n = 0;
  Candidate best;
  while (n < most && next_merge(&l, least, &best)) {
    m[n] = (Merge){ best.left, best.right };
    if (++n == most)
      break;                       // nothing will be counted any more
    int32_t old = l.n;
    merge_all(&l, best.pair, 255 + n);
    put_new(&l, old);
  }
  return bpe_new(&(Plan){ .function = function, .n = n, .merge = m,
                          .size = 256 + n, .whole = o.whole });
}

static void counts_init(Counts *c, const char *function, BpeOptions o)
{
  if (o.size < 256 || o.least < 0)
    tt_fail(TT_EVALUE, "%s: size is %d, least %lld; expected a size of "
            "256 or more, for the bytes, and a least of 0 or more",
            function, o.size, (long long)o.least);
  *c = (Counts){ .whole = o.whole };
  split_init(&c->split);
}

Tokenizer *tt_bpe_train(const char *text, int64_t n, BpeOptions o)
{
  TT_SCOPE;
  Counts *c = tt_empty(TT_U8, TT_SHAPE(sizeof *c))->data;
  counts_init(c, "tt_bpe_train", o);
  n = n < 0 ? (int64_t)strlen(text) : n;
  if (n)
    count_words(c, text, n, true);
  Tokenizer *t = learn("tt_bpe_train", c, o);
  tt_keep(t->block);
  return t;
}

typedef struct Reading {
  const char *path;
  FILE       *f;
  Counts     *counts;
} Reading;

static void count_file(void *reading)
{
  const Reading *r = reading;
  int64_t size = 1 << 16, have = 0;
  Room text = {0};
  for (bool last = false; !last;) {
    char *s = room(&text, size);
    size_t got = fread(s + have, 1, (size_t)(size - have), r->f);
    if (ferror(r->f))
      tt_fail(TT_EFILE, "tt_bpe_train_file: %.200s: %s", r->path,
              strerror(errno));
    have += (int64_t)got;
    last = feof(r->f);
    int64_t done = have ? count_words(r->counts, s, have, last) : 0;
    memmove(s, s + done, (size_t)(have - done));
    have -= done;
    size = have == size ? 2 * size : size;
  }
}

Tokenizer *tt_bpe_train_file(const char *path, BpeOptions o)
{
  TT_SCOPE;
  Counts *c = tt_empty(TT_U8, TT_SHAPE(sizeof *c))->data;
  counts_init(c, "tt_bpe_train_file", o);
  Reading r = { path, fopen(path, "rb"), c };
  if (!r.f)
    tt_fail(TT_EFILE, "tt_bpe_train_file: %.200s: %s", path,
            strerror(errno));
  TensorError e;
  bool good = tt_try(count_file, &r, &e);
  fclose(r.f);
  if (!good)
    tt_fail(e.code, "%s", e.message);
  Tokenizer *t = learn("tt_bpe_train_file", c, o);
  tt_keep(t->block);
  return t;
}

typedef struct Lines {
  const char *path, *at, *stop;    // what is left of the line
  const char *next, *end;          // the lines behind it
  int64_t     line;
} Lines;

static _Noreturn void wrong(const Lines *l, const char *what)
{
  tt_fail(TT_EFORMAT, "%.200s:%lld: %s", l->path, (long long)l->line,
          what);
}

static Lines lines_of(const char *path)
{
  const Tensor *t = tt_read_bytes(path);
  const char *at = t->data;
  return (Lines){ path, at, at, at, at + tt_numel(t), 0 };
}

static bool next_line(Lines *l)
{
  l->line++;
  l->at = l->stop = l->next;
  if (l->at == l->end)
    return false;
  const char *stop = memchr(l->at, '\n', (size_t)(l->end - l->at));
  l->stop = stop ? stop : l->end;
  l->next = stop ? stop + 1 : l->end;
  if (l->stop > l->at && l->stop[-1] == '\r')
    l->stop--;                     // of a file from elsewhere
  return true;
}

static int32_t number_up_to(Lines *l, int32_t most)
{
  int64_t x = 0;
  const char *s = l->at;
  for (; s < l->stop && *s >= '0' && *s <= '9' && x <= most; s++)
    x = x * 10 + (*s - '0');
  if (s == l->at || x > most) {
    char what[80];
    snprintf(what, sizeof what, "expected a number up to %d", most);
    wrong(l, what);
  }
  l->at = s;
  return (int32_t)x;
}

static bool eat(Lines *l, const char *word)
{
  size_t n = strlen(word);
  bool there = (size_t)(l->stop - l->at) >= n
               && memcmp(l->at, word, n) == 0;
  if (there)
    l->at += n;
  return there;
}

static void expect_end(Lines *l)
{
  if (l->at != l->stop)
    wrong(l, "more on the line than expected");
}

static int32_t header(Lines *l, const char *word, int32_t most)
{
  char what[80];
  snprintf(what, sizeof what, "expected `%s` and a number", word);
  if (!next_line(l) || !eat(l, word) || !eat(l, " "))
    wrong(l, what);
  int32_t n = number_up_to(l, most);
  expect_end(l);
  return n;
}

typedef struct Text { Room room; int64_t n; } Text;

static void put_bytes(Text *t, const char *s, int64_t n)
{
  char *b = room(&t->room, t->n + n);
  memcpy(b + t->n, s, (size_t)n);
  t->n += n;
}

static void put(Text *t, const char *format, ...)
  __attribute__((format(printf, 2, 3)));
static void put(Text *t, const char *format, ...)
{
  char line[128];                  // longer ones go by put_bytes
  va_list v;
  va_start(v, format);
  int n = vsnprintf(line, sizeof line, format, v);
  va_end(v);
  put_bytes(t, line, n);
}

static bool write_all(int fd, const void *what)
{
  const Text *t = what;
  const char *b = t->room.block->data;
  for (int64_t i = 0; i < t->n;) {
    ssize_t n = write(fd, b + i, (size_t)(t->n - i));
    if (n < 0 && errno != EINTR)
      return false;
    i += n > 0 ? n : 0;
  }
  return true;
}

enum { LETTERS = 256 + 68 };
typedef struct Alphabet {
  uint32_t letter[256];            // of a byte
  int16_t  byte[LETTERS];          // of a letter, or -1
} Alphabet;

static Alphabet alphabet(void)
{
  Alphabet a;
  memset(a.byte, -1, sizeof a.byte);
  uint32_t other = 256;
  for (int b = 0; b < 256; b++) {
    bool seen = (b > 32 && b < 127) || (b > 160 && b != 173);
    a.letter[b] = seen ? (uint32_t)b : other++;
    a.byte[a.letter[b]] = (int16_t)b;
  }
  return a;
}

static void put_letters(Text *t, const Alphabet *a, Piece p)
{
  for (int64_t i = 0; i < p.n; i++) {
    char c[4];
    put_bytes(t, c, put_utf8(c, a->letter[(uint8_t)p.at[i]]));
  }
}

// the bytes that letters from l->at to stop mean, in *to
static Piece take_letters(Lines *l, const Alphabet *a, const char *stop,
                          Room *to)
{
  char *b = room(to, stop - l->at + 1);
  int64_t n = 0;
  while (l->at < stop) {
    uint32_t c;
    int size = utf8(l->at, stop - l->at, &c);
    if (size < 1 || c >= LETTERS || a->byte[c] < 0)
      wrong(l, "a character that stands for no byte");
    b[n++] = (char)a->byte[c];
    l->at += size;
  }
  return (Piece){ b, n };
}

static const BpeTokenizer *as_bpe(const Tokenizer *t)  // or NULL
{
  return t->encode == bpe_encode ? (const BpeTokenizer *)t : NULL;
}

static void put_numbers(Text *x, const BpeTokenizer *t)
{
  put(x, "%s\nmerges %d\n", t->whole ? "texts" : "words", t->merges.n);
  for (int32_t k = 0; k < t->merges.n; k++)
    put(x, "%d %d\n", t->merges.merge[k].left,
        t->merges.merge[k].right);
  for (int32_t k = 0; k < 256 + t->merges.n; k++)
    put(x, "%d\n", t->id[k]);
}

static void put_characters(Text *x, const CharTokenizer *t)
{
  put(x, "characters\nsize %d\n", t->n);
  for (int32_t i = 0; i < t->n; i++)
    put(x, "%u\n", t->code[i]);
}

void tt_save_tokenizer(const char *path, const Tokenizer *t)
{
  TT_SCOPE;
  Text x = {0};
  Alphabet a = alphabet();
  put(&x, "tinytorch tokenizer 1\n");
  if (as_bpe(t))
    put_numbers(&x, as_bpe(t));
  else
    put_characters(&x, (const CharTokenizer *)t);
  put(&x, "ids %d\nspecial %d\n", t->size, t->specials);
  for (int k = 0; k < t->specials; k++) {
    put(&x, "%d ", t->special[k].id);
    put_letters(&x, &a, t->special[k].text);
    put(&x, "\n");
  }
  uint64_t sum = tt_checksum(TT_CHECKSUM, x.room.block->data,
                             (size_t)x.n);
  put(&x, "checksum %016llx\n", (unsigned long long)sum);
  tt_replace_file("tt_save_tokenizer", path, write_all, &x);
}

enum { MOST_IDS = 1 << 20 };     // four times the largest in use

static int32_t lines_left(const Lines *l)      // at most
{
  return l->end - l->next < MOST_IDS ? (int32_t)(l->end - l->next)
                                     : MOST_IDS;
}

static void check_sum(const Lines *l)          // of the last line
{
  const char *start = l->next;
  enum { LENGTH = 9 + 16 + 1 };
  int64_t n = l->end - start - LENGTH;
  char last[LENGTH + 1] = "";
  if (n > 0)
    snprintf(last, sizeof last, "checksum %016llx\n", (unsigned long
             long)tt_checksum(TT_CHECKSUM, start, (size_t)n));
  if (n <= 0 || memcmp(l->end - LENGTH, last, LENGTH) != 0)
    tt_fail(TT_EFORMAT, "%.200s: the checksum at its end is not that "
            "of the file: it was cut or changed", l->path);
}

static void check_id(const Lines *l, bool *taken, int32_t id)
{
  if (taken[id])
    wrong(l, "an id that another token has");
  taken[id] = true;
}

static int32_t take_number(Lines *l, int32_t most)   // a line of one
{
  if (!next_line(l))
    wrong(l, "the file ends early");
  int32_t x = number_up_to(l, most);
  expect_end(l);
  return x;
}

static Merge take_merge(Lines *l, int32_t most)
{
  if (!next_line(l))
    wrong(l, "the file ends early");
  Merge m = { .left = number_up_to(l, most) };
  if (!eat(l, " "))
    wrong(l, "expected two numbers");
  m.right = number_up_to(l, most);
  expect_end(l);
  return m;
}

static Special *take_special(Lines *l, int n, int32_t size)
{
  Special *s = tt_empty(TT_U8, TT_SHAPE((n + (int64_t)1)
                                        * (int64_t)sizeof *s))->data;
  Alphabet a = alphabet();
  for (int k = 0; k < n; k++) {
    if (!next_line(l))
      wrong(l, "the file ends early");
    s[k].id = number_up_to(l, size - 1);
    Room text = {0};
    if (!eat(l, " ") || l->at == l->stop)
      wrong(l, "expected a text after the number");
    s[k].text = take_letters(l, &a, l->stop, &text);
  }
  return s;
}

static Tokenizer *load_characters(Lines *l)
{
  int32_t n = header(l, "size", lines_left(l));
  uint32_t *code = tt_empty(TT_I32, TT_SHAPE(n))->data;
  for (int32_t i = 0; i < n; i++) {
    code[i] = (uint32_t)take_number(l, 0x10ffff);
    if (i && code[i] <= code[i - 1])
      wrong(l, "the characters are not in order");
    if (code[i] >= 0xd800 && code[i] < 0xe000)
      wrong(l, "half of a pair of UTF-16 is no character");
  }
  int32_t size = header(l, "ids", MOST_IDS);
  int specials = header(l, "special", lines_left(l));
  if (size != n + specials)
    wrong(l, "as many ids as characters and special tokens expected");
  Special *s = take_special(l, specials, size);
  for (int k = 0; k < specials; k++)
    if (s[k].id != n + k)
      wrong(l, "the ids of special tokens are not in order");
  return char_new(n, code, size, specials, s);
}

static Tokenizer *load_merges(Lines *l, bool whole)
{
  int32_t n = header(l, "merges", lines_left(l));
  Merge *m = tt_empty(TT_I32, TT_SHAPE(n, 2))->data;
  int32_t *id = tt_empty(TT_I32, TT_SHAPE(256 + n))->data;
  for (int32_t k = 0; k < n; k++)
    m[k] = take_merge(l, 255 + k);
  for (int32_t k = 0; k < 256 + n; k++)
    id[k] = take_number(l, MOST_IDS - 1);
  int32_t size = header(l, "ids", MOST_IDS);
  int specials = header(l, "special", lines_left(l));
  Special *s = take_special(l, specials, size);
  bool *taken = tt_to(tt_zeros(TT_SHAPE(size)), TT_U8)->data;
  for (int32_t k = 0; k < 256 + n; k++) {
    if (id[k] >= size)
      wrong(l, "an id that is too large");
    check_id(l, taken, id[k]);
  }
  for (int k = 0; k < specials; k++)
    check_id(l, taken, s[k].id);
  return bpe_new(&(Plan){ "tt_load_tokenizer", n, size, m, id, whole,
                          specials, s });
}

Tokenizer *tt_load_tokenizer(const char *path)
{
  TT_SCOPE;
  Lines l = lines_of(path);
  check_sum(&l);
  if (!next_line(&l) || !eat(&l, "tinytorch tokenizer 1"))
    wrong(&l, "expected `tinytorch tokenizer 1`");
  expect_end(&l);
  Tokenizer *t = NULL;
  if (!next_line(&l))
    wrong(&l, "the file ends early");
  if (eat(&l, "characters"))
    t = load_characters(&l);
  else if (eat(&l, "words"))
    t = load_merges(&l, false);
  else if (eat(&l, "texts"))
    t = load_merges(&l, true);
  else
    wrong(&l, "expected `words`, `texts` or `characters`");
  tt_keep(t->block);
  return t;
}

static Counts *bytes_as_words(void)
{
  Counts *c = tt_empty(TT_U8, TT_SHAPE(sizeof *c))->data;
  *c = (Counts){0};
  for (int b = 0; b < 256; b++)
    count_word(c, (char[]){ (char)b }, 1);
  return c;
}

static int32_t number_of(Counts *c, Piece p)   // or -1
{
  return *find_word(c, p.at, p.n, hash_of(p.at, p.n)) - 1;
}

static void read_merge(Lines *l, const Alphabet *a, Counts *c,
                       Room space[2], Merge *m)
{
  const char *blank = memchr(l->at, ' ', (size_t)(l->stop - l->at));
  if (!blank)
    wrong(l, "expected two tokens with a blank between them");
  Piece p = take_letters(l, a, blank, &space[0]);
  l->at++;
  Piece q = take_letters(l, a, l->stop, &space[1]);
  m->left = number_of(c, p);
  m->right = number_of(c, q);
  if (m->left < 0 || m->right < 0)
    wrong(l, "a token that is neither a byte nor made by a line above");
  char *both = room(&space[0], p.n + q.n);
  memcpy(both + p.n, q.at, (size_t)q.n);
  if (number_of(c, (Piece){ both, p.n + q.n }) >= 0)
    wrong(l, "a token that a line above has made");
  count_word(c, both, p.n + q.n);
}

static int32_t read_merges(const char *path, Counts *c, Room *merges)
{
  Lines l = lines_of(path);
  Alphabet a = alphabet();
  Room space[2] = {0};
  int32_t n = 0;
  while (next_line(&l)) {
    if (l.line == 1 && eat(&l, "#version"))
      continue;
    Merge *m = room(merges, (n + 1) * (int64_t)sizeof *m);
    read_merge(&l, &a, c, space, &m[n++]);
  }
  return n;
}

static void skip_blanks(Lines *l)
{
  for (; l->at < l->stop && *l->at && strchr(" \t\r\n", *l->at);
       l->at++)
    l->line += *l->at == '\n';
}

static void need(Lines *l, const char *what)
{
  skip_blanks(l);
  char text[60];
  snprintf(text, sizeof text, "expected `%s`", what);
  if (!eat(l, what))
    wrong(l, text);
}

static uint32_t hex_digits(Lines *l, int n)
{
  uint32_t c = 0;
  for (int k = 0; k < n; k++, l->at++) {
    int d = l->at < l->stop ? (uint8_t)*l->at : 0;
    if (!isxdigit(d))
      wrong(l, "expected four hexadecimal digits after \\u");
    c = c * 16 + (uint32_t)(d <= '9' ? d - '0' : (d | 32) - 'a' + 10);
  }
  return c;
}

static uint32_t escaped(Lines *l)
{
  char c = l->at < l->stop ? *l->at++ : 0;
  const char *code = "\"\\/bfnrt", *means = "\"\\/\b\f\n\r\t";
  if (c == 'u')
    return hex_digits(l, 4);
  const char *k = c ? strchr(code, c) : NULL;
  if (!k)
    wrong(l, "a \\ with no meaning in JSON");
  return (uint8_t)means[k - code];
}

static Piece take_string(Lines *l, const Alphabet *a, Room *to)
{
  need(l, "\"");
  int64_t n = 0;
  for (;;) {
    uint32_t c = 0;
    int size = l->at < l->stop ? utf8(l->at, l->stop - l->at, &c) : 0;
    if (size < 1 || c < 32)
      wrong(l, "a string that does not end, or is no UTF-8");
    l->at += size;
    if (c == '"')
      return (Piece){ room(to, 1), n };
    c = c == '\\' ? escaped(l) : c;
    if (c >= LETTERS || a->byte[c] < 0)
      wrong(l, "a character that stands for no byte");
    char *b = room(to, n + 1);
    b[n++] = (char)a->byte[c];
  }
}

typedef struct Vocabulary {
  int32_t *id;                     // of each number, -1: not yet
  int32_t  size;
  Room     specials, taken;
  int      n;
} Vocabulary;

static void add_special(Lines *l, Vocabulary *v, Piece p, int32_t id)
{
  if (p.n < 3 || p.at[0] != '<' || p.at[p.n - 1] != '>')
    wrong(l, "a token that no merge makes; is merges.txt complete?");
  char *text = tt_empty(TT_U8, TT_SHAPE(p.n))->data;
  memcpy(text, p.at, (size_t)p.n);
  Special *s = room(&v->specials, (v->n + 1) * (int64_t)sizeof *s);
  for (int k = 0; k < v->n; k++)
    if (s[k].text.n == p.n && !memcmp(s[k].text.at, p.at, (size_t)p.n))
      wrong(l, "a token that is there already");
  s[v->n++] = (Special){ { text, p.n }, id };
}

static void take_entry(Lines *l, const Alphabet *a, Counts *c,
                       Vocabulary *v, Room *space)
{
  Piece p = take_string(l, a, space);
  need(l, ":");
  skip_blanks(l);
  int32_t id = number_up_to(l, MOST_IDS - 1);
  int64_t old = v->size;
  v->size = id < v->size ? v->size : id + 1;
  bool *taken = room(&v->taken, v->size);
  memset(taken + old, 0, (size_t)(v->size - old));
  check_id(l, taken, id);
  int32_t k = p.n ? number_of(c, p) : -1;
  if (k < 0)
    add_special(l, v, p, id);
  else if (v->id[k] >= 0)
    wrong(l, "a token that is there already");
  else
    v->id[k] = id;
}

static Vocabulary read_vocabulary(const char *path, Counts *c)
{
  Lines l = lines_of(path);
  l.line = 1;
  l.stop = l.end;                  // JSON knows no lines
  Vocabulary v = { .id = tt_empty(TT_I32, TT_SHAPE(c->n))->data };
  for (int64_t k = 0; k < c->n; k++)
    v.id[k] = -1;
  Alphabet a = alphabet();
  Room space = {0};
  need(&l, "{");
  do
    take_entry(&l, &a, c, &v, &space);
  while (skip_blanks(&l), eat(&l, ","));
  need(&l, "}");
  skip_blanks(&l);
  expect_end(&l);
  for (int64_t k = 0; k < c->n; k++)
    if (v.id[k] < 0)
      wrong(&l, "ends without a byte, or a token that a merge makes");
  return v;
}

Tokenizer *tt_load_gpt2(const char *vocab, const char *merges)
{
  TT_SCOPE;
  Counts *c = bytes_as_words();
  Room m = {0};
  int32_t n = read_merges(merges, c, &m);
  Vocabulary v = read_vocabulary(vocab, c);
  Tokenizer *t = bpe_new(&(Plan){ "tt_load_gpt2", n, v.size,
    m.block ? m.block->data : NULL, v.id, false, v.n,
    v.n ? v.specials.block->data : NULL });
  tt_keep(t->block);
  return t;
}

static const BpeTokenizer *need_bpe(const char *function,
                                    const Tokenizer *t)
{
  if (!as_bpe(t) || as_bpe(t)->whole)
    tt_fail(TT_EVALUE, "%s: this tokenizer %s, which the format cannot "
            "say; use tt_save_tokenizer", function, as_bpe(t)
            ? "does not split words" : "has characters, not bytes");
  return as_bpe(t);
}

static Piece bytes_of(const BpeTokenizer *t, int32_t k)
{
  return (Piece){ t->bytes + t->start[k],
                  t->start[k + 1] - t->start[k] };
}

static bool is_special(const Tokenizer *t, int32_t id)
{
  int k = 0;
  while (k < t->specials && t->special[k].id != id)
    k++;
  return k < t->specials;
}

static void put_json(Text *x, const Alphabet *a, Piece p)
{
  for (int64_t i = 0; i < p.n; i++) {
    uint32_t c = a->letter[(uint8_t)p.at[i]];
    put(x, c == '"' || c == '\\' ? "\\%c" : c < 127 ? "%c" : "\\u%04x",
        (int)c);
  }
}

void tt_save_gpt2(const char *vocab, const char *merges,
                  const Tokenizer *t)
{
  TT_SCOPE;
  const BpeTokenizer *b = need_bpe("tt_save_gpt2", t);
  Text x = {0}, y = {0};
  Alphabet a = alphabet();
  put(&x, "#version: 0.2\n");
  for (int32_t k = 0; k < b->merges.n; k++) {
    put_letters(&x, &a, bytes_of(b, b->merges.merge[k].left));
    put(&x, " ");
    put_letters(&x, &a, bytes_of(b, b->merges.merge[k].right));
    put(&x, "\n");
  }
  for (int32_t id = 0; id < t->size; id++) {
    if (b->number[id] < 0 && !is_special(t, id))
      continue;
    put(&y, y.n ? ", \"" : "{\"");
    put_json(&y, &a, piece_of_id("tt_save_gpt2", t, id));
    put(&y, "\": %d", id);
  }
  put(&y, "}\n");
  tt_replace_file("tt_save_gpt2", merges, write_all, &x);
  tt_replace_file("tt_save_gpt2", vocab, write_all, &y);
}

static void recover_merge(BpeTokenizer *t, Work *w, Lines *l, Piece p)
{
  encode_bytes(t, w, p.at, p.n);
  int32_t left = w->symbol[0], j = w->next[0];
  if (j < 0 || w->next[j] >= 0)
    wrong(l, "no two tokens before it make this one");
  add_merge(&t->merges, (Merge){ left, w->symbol[j] });
}

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
  "abcdefghijklmnopqrstuvwxyz0123456789+/";

static void put_base64(Text *x, Piece p)
{
  for (int64_t i = 0; i < p.n; i += 3) {
    uint32_t v = 0;
    for (int k = 0; k < 3; k++)
      v = v << 8 | (i + k < p.n ? (uint8_t)p.at[i + k] : 0);
    char four[4];
    for (int k = 0; k < 4; k++)
      four[k] = i + k > p.n ? '=' : digits64[v >> (18 - 6 * k) & 63];
    put_bytes(x, four, 4);
  }
}

static Piece take_base64(Lines *l, Room *to)
{
  char *b = room(to, (l->stop - l->at) * 3 / 4 + 1);
  int64_t n = 0;
  uint32_t v = 0;
  int k = 0;
  const char *d;
  for (; l->at < l->stop && *l->at && (d = strchr(digits64, *l->at));
       l->at++, k++) {
    v = v << 6 | (uint32_t)(d - digits64);
    if (k % 4)
      b[n++] = (char)(v >> (6 - 2 * (k % 4)));
  }
  for (; k % 4 && eat(l, "="); k++)
    continue;
  if (n == 0 || k % 4 || !eat(l, " "))
    wrong(l, "expected base 64, a blank and a rank");
  return (Piece){ b, n };
}

static int32_t count_lines(const Lines *l)
{
  int64_t n = 1;
  for (const char *s = l->next; s < l->end; s++)
    n += *s == '\n';
  if (n > MOST_IDS)
    tt_fail(TT_EFORMAT, "%.200s: %lld lines; expected at most %d",
            l->path, (long long)n, MOST_IDS);
  return (int32_t)n;
}

static void take_rank(Lines *l, BpeTokenizer *t, Work *w, Room *space)
{
  Piece p = take_base64(l, space);
  int32_t rank = number_up_to(l, MOST_IDS - 1);
  expect_end(l);
  if (rank < t->base.size)
    wrong(l, "the ranks do not go up");
  t->base.size = rank + 1;
  int32_t k = (uint8_t)*p.at;
  if (p.n == 1 && t->id[k] >= 0)
    wrong(l, "a byte that is there already");
  if (p.n > 1) {
    k = 256 + t->merges.n;
    recover_merge(t, w, l, p);
  }
  t->id[k] = rank;
}

Tokenizer *tt_load_tiktoken(const char *path)
{
  TT_SCOPE;
  Lines l = lines_of(path);
  int32_t n = count_lines(&l);
  BpeTokenizer t = { .merges.bits = bits_for(n) };
  t.merges.merge = tt_empty(TT_I32, TT_SHAPE(n, 2))->data;
  t.merges.slot = tt_empty(TT_I32, TT_SHAPE((int64_t)1
                                    << t.merges.bits, 3))->data;
  t.merges.filter = tt_empty(TT_U8, TT_SHAPE((int64_t)1
                                    << t.merges.bits))->data;
  t.id = tt_empty(TT_I32, TT_SHAPE(256 + (int64_t)n))->data;
  for (int b = 0; b < 256; b++)
    t.id[b] = -1;
  clear_merges(&t.merges);
  Work w = {0};
  Room space = {0};
  while (next_line(&l))
    take_rank(&l, &t, &w, &space);
  for (int b = 0; b < 256; b++)
    if (t.id[b] < 0)
      wrong(&l, "ends without a rank for each of the 256 bytes");
  Tokenizer *y = bpe_new(&(Plan){ "tt_load_tiktoken", t.merges.n,
    t.base.size, t.merges.merge, t.id, false, 0, NULL });
  tt_keep(y->block);
  return y;
}

void tt_save_tiktoken(const char *path, const Tokenizer *t)
{
  TT_SCOPE;
  const BpeTokenizer *b = need_bpe("tt_save_tiktoken", t);
  for (int32_t k = 1; k < b->merges.n; k++)
    if (b->id[256 + k] < b->id[255 + k])
      tt_fail(TT_EVALUE, "tt_save_tiktoken: merge %d has id %d, and %d "
              "before it %d; in this format ids are ranks and go up; "
              "use tt_save_tokenizer", k, b->id[256 + k], k - 1,
              b->id[255 + k]);
  Text x = {0};
  for (int32_t id = 0; id < t->size; id++)
    if (b->number[id] >= 0) {
      put_base64(&x, bytes_of(b, b->number[id]));
      put(&x, " %d\n", id);
    }
  tt_replace_file("tt_save_tiktoken", path, write_all, &x);
}
