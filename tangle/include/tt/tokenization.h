// Made from chapters/10-tokenization.nw by tools/tangle: edit there.
// tt/tokenization.h - text as numbers from a fixed list, and back to
// the last byte. A text is any bytes; n < 0 means up to its 0.
// Tokenizers live in the innermost scope; several threads may use one.
#ifndef TT_TOKENIZATION_H
#define TT_TOKENIZATION_H
#include "tt/tensor.h"

TT_BEGIN
typedef struct Piece {             // n bytes; a 0 is one as any other
  const char *at;
  int64_t     n;
} Piece;

struct Ids;                        // where encode puts its numbers
typedef struct Tokenizer {
  int32_t size;                    // ids are 0 <= id < size
  Tensor *block;                   // tt_keep it, and all is kept
  int     specials;
  const struct Special *special;     // tokens that no text contains
  // the bytes from, ..., to - 1 of text as ids: the rest looks after
  // special tokens
  void  (*encode)(const struct Tokenizer *t, const char *text,
                  int64_t from, int64_t to, struct Ids *out);
  Piece (*piece)(const struct Tokenizer *t, int32_t id);
  // a copy with other special tokens
  struct Tokenizer *(*with)(const struct Tokenizer *t, int32_t size,
                            int n, const struct Special *s);
} Tokenizer;
// n bytes of text as ids, i32 (N); n < 0: up to its 0
Tensor *tt_encode(const Tokenizer *t, const char *text, int64_t n);
// the bytes of ids, u8 (N), with a 0 behind them
Tensor *tt_decode(const Tokenizer *t, const Tensor *ids);
// where each of N ids begins among these bytes, and the end: i32 (N+1)
Tensor *tt_token_offsets(const Tokenizer *t, const Tensor *ids);
typedef struct EncodeOptions {
  bool    special;                 // special tokens are recognized
  int64_t limit;                   // stops after so many ids; 0: none
} EncodeOptions;
Tensor *tt_encode_with(const Tokenizer *t, const char *text, int64_t n,
                       EncodeOptions o);
// a copy of t that also has these, with ids from t->size on
Tokenizer *tt_with_special(const Tokenizer *t, int n,
                           const char *const text[]);
// how many ids the text has, or `limit` if that many or more: what
// comes after them is not read
int64_t tt_count_tokens(const Tokenizer *t, const char *text,
                        int64_t n, int64_t limit);
// each character of the text is a token, by code point; another one is
// an error when it is encoded
Tokenizer *tt_char_tokenizer_new(const char *text, int64_t n);
typedef struct BpeOptions {
  int32_t size;                    // of the vocabulary, 256 or more
  int64_t least;                   // occurrences of a pair; 0: 2
  bool    whole;                   // pairs may cross words
} BpeOptions;
// ids 0 to 255 are bytes, 256 + i is merge i. The most frequent pair is
// merged; of equally frequent ones that with the smaller left id, then
// with the smaller right id. Stops early if no pair occurs often enough
Tokenizer *tt_bpe_train(const char *text, int64_t n, BpeOptions o);
// the same for a file, of which it holds only the different words
Tokenizer *tt_bpe_train_file(const char *path, BpeOptions o);
typedef struct TextStream TextStream;
// lives in the innermost scope; t must not go before
TextStream *tt_text_stream_new(const Tokenizer *t);
// what may be printed now that id came: whole characters, and bytes
// that can never become one. Good until the next call; a 0 behind it
Piece tt_stream_next(TextStream *s, int32_t id);
Piece tt_stream_end(TextStream *s);    // what is still held
// TT_EFILE: it cannot be read; TT_EFORMAT: it is not what it says
// a text with a checksum; replaces the file in one go
void       tt_save_tokenizer(const char *path, const Tokenizer *t);
Tokenizer *tt_load_tokenizer(const char *path);
// vocab.json and merges.txt, as GPT-2 has them
Tokenizer *tt_load_gpt2(const char *vocab, const char *merges);
void tt_save_gpt2(const char *vocab, const char *merges,
                  const Tokenizer *t);
// a token and its rank a line, as tiktoken has them; no special tokens
Tokenizer *tt_load_tiktoken(const char *path);
void tt_save_tiktoken(const char *path, const Tokenizer *t);
TT_END
#endif
