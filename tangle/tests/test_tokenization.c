// Made from chapters/10-tokenization.nw by tools/tangle: edit there.
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tt_test.h"

static const char *piece_of(const Tokenizer *t, int32_t id);

// the most frequent pair of the row must be that of this id
static int merge_slowly(const Tokenizer *t, int32_t *row, int n,
                        int32_t id)
{
  static int count[300][300];
  int l = 0, r = 0, k = 0;
  memset(count, 0, sizeof count);
  for (int i = 0; i + 1 < n; i++) {
    bool odd = false;              // within a row of equal ones
    for (int j = i; j > 0 && row[j - 1] == row[i + 1]; j--)
      odd = !odd;
    count[row[i]][row[i + 1]] += row[i] != row[i + 1] || !odd;
  }
  for (int a = 0; a < 300; a++)
    for (int b = 0; b < 300; b++)
      if (count[a][b] > count[l][r])
        l = a, r = b;
  char both[1000];
  snprintf(both, sizeof both, "%s%s", piece_of(t, l), piece_of(t, r));
  tt_expect_text(piece_of(t, id), both);
  for (int i = 0; i < n; i++, k++) {
    bool pair = i + 1 < n && row[i] == l && row[i + 1] == r;
    row[k] = pair ? id : row[i];
    i += pair;
  }
  return k;
}

static char *text_of(const Tensor *t)
{
  return t->data;
}

static const char *piece_of(const Tokenizer *t, int32_t id)
{
  Tensor *one = tt_from_int(TT_SHAPE(1), &id);
  return text_of(tt_decode(t, one));
}

// the pieces of a text, with | between them
static const char *pieces_of(const Tokenizer *t, const char *text)
{
  Tensor *ids = tt_encode(t, text, -1);
  const int32_t *id = ids->data;
  char *y = tt_empty(TT_U8, TT_SHAPE(4 * (int64_t)strlen(text) + 1))
            ->data, *to = y;
  for (int64_t i = 0; i < ids->shape[0]; i++)
    to += sprintf(to, "%s%s", i ? "|" : "", piece_of(t, id[i]));
  *to = 0;
  return y;
}

static bool has_piece(const Tokenizer *t, const char *s, size_t n)
{
  for (int32_t id = 0; id < t->size; id++)
    if (strlen(piece_of(t, id)) == n
        && memcmp(piece_of(t, id), s, n) == 0)
      return true;
  return false;
}

static void expect_words(const char *text, const char *words)
{
  BpeOptions o = { .size = 1000, .least = 1 };
  Tokenizer *t = tt_bpe_train(text, -1, o);
  for (int32_t id = 256; id < t->size; id++)
    tt_expect(strstr(words, piece_of(t, id)),
              "\"%s\" is one piece; the words are \"%s\"",
              piece_of(t, id), words);
  for (const char *s = words; *s; s += strspn(s, "|")) {
    size_t n = strcspn(s, "|");
    tt_expect(has_piece(t, s, n), "\"%.*s\" is no piece; the words"
              " are \"%s\"", (int)n, s, words);
    s += n;
  }
}

// all bytes come back, and no piece but perhaps the last ends within a
// character; `pieces` are not empty, if that is known
static void expect_stream(const Tokenizer *t, const char *text,
                          int pieces)
{
  Tensor *ids = tt_encode(t, text, -1);
  const int32_t *id = ids->data;
  TextStream *s = tt_text_stream_new(t);
  int64_t at = 0, n = ids->shape[0];
  int count = 0;
  for (int64_t i = 0; i <= n; i++) {
    Piece p = i < n ? tt_stream_next(s, id[i]) : tt_stream_end(s);
    tt_expect(memcmp(p.at, text + at, (size_t)p.n) == 0 && !p.at[p.n],
              "piece %d is \"%s\"", (int)i, p.at);
    count += p.n > 0;
    at += p.n;
    if (pieces >= 0 && i < n)
      tt_expect((text[at] & 0xc0) != 0x80, "half a character");
  }
  tt_expect_int(at, (int64_t)strlen(text));
  if (pieces >= 0)
    tt_expect_int(count, pieces);
}

static const char *tricky(int cut)
{
  static const char middle[] = " don't we'll  \t\n \u00e9t\u00e9 "
                               "\u3000xxx\U0001d4b3y \u3000\u3000the  ";
  enum { PIECE = 1 << 16, N = PIECE + 200 };
  static char text[N + 1];
  for (int i = 0; i < N; i++)
    text[i] = "the cat is on the mat "[i % 22];
  memcpy(text + PIECE - 2 - cut, middle, sizeof middle - 1);
  memcpy(text + N - 3, " zq", 3);  // a word that only the end has
  return text;
}

static const char *file_with(const char *text)
{
  static char path[100];
  snprintf(path, sizeof path, "/tmp/tt-tokens-%d", (int)getpid());
  FILE *f = fopen(path, "wb");
  tt_expect(f && fputs(text, f) >= 0 && fclose(f) == 0, "disk");
  return path;
}

TT(tokenization, characters_have_numbers)
{
  Tokenizer *t = tt_char_tokenizer_new("h\u00e9llo \u4e16", -1);
  tt_expect_int(t->size, 6);       // blank h l o, then the others
  Tensor *ids = tt_encode(t, "hol\u00e9 \u4e16", -1);
  tt_expect_values(ids, 0, 1, 3, 2, 4, 0, 5);
  tt_expect_text(text_of(tt_decode(t, ids)), "hol\u00e9 \u4e16");
  tt_expect_fail(tt_encode(t, "hello", -1), "byte 1: U+0065");
  tt_expect_fail(tt_encode(t, "ho\xff", -1), "byte 2: 0xff");
  tt_expect_fail(tt_encode(t, "ho\u00e9x", -1), "byte 4: U+0078");
}

TT(tokenization, all_of_many_characters_are_found)
{
  enum { N = 3000 };
  char text[3 * N + 1];
  for (int i = 0; i < N; i++) {    // every third code point
    int c = 0x3000 + 3 * i;
    text[3 * i] = (char)(0xe0 | c >> 12);
    text[3 * i + 1] = (char)(0x80 | (c >> 6 & 63));
    text[3 * i + 2] = (char)(0x80 | (c & 63));
  }
  Tokenizer *t = tt_char_tokenizer_new(text, 3 * N);
  const int32_t *id = tt_encode(t, text, 3 * N)->data;
  for (int i = 0; i < N; i++)
    tt_expect_int(id[i], i);
  tt_expect_fail(tt_encode(t, "\u3001", -1), "U+3001");
}

static const char *first_merge(const char *text)
{
  BpeOptions o = { .size = 257, .whole = true };
  return piece_of(tt_bpe_train(text, -1, o), 256);
}

TT(tokenization, ties_go_to_the_smaller_ids)
{
  tt_expect_text(first_merge("ab1ab2zy3zy4zy"), "zy");
  tt_expect_text(first_merge("zb1za2yc3yb4zb5za6yc7yb"), "yb");
  tt_expect_text(first_merge("zb1za2yc3zb4za5yc"), "yc");
  tt_expect_text(first_merge("zb1za2zb3za"), "za");
}

TT(tokenization, pairs_are_merged_by_count)
{
  tt_expect_text(first_merge("aaaababab"), "ab");
  tt_expect_text(first_merge("aaab1ab"), "ab");    // aa only once
  tt_expect_text(first_merge("aaaaabbbb"), "aa");  // 2 of each
  tt_expect_text(first_merge("aaaabab"), "aa");    // also 2 of each
}

TT(tokenization, merges_leave_right_counts)
{
  enum { N = 400, SIZE = 300 };
  char text[N];
  for (int i = 0; i < N; i++)
    text[i] = "abcab"[(i * i / 3 + i / 7) % 5];
  BpeOptions o = { .size = SIZE, .whole = true };
  Tokenizer *t = tt_bpe_train(text, N, o);
  int32_t row[N];
  int n = N;
  for (int i = 0; i < N; i++)
    row[i] = (uint8_t)text[i];
  for (int32_t id = 256; id < t->size; id++)
    n = merge_slowly(t, row, n, id);
}

TT(tokenization, words_end_where_gpt2_ends_them)
{
  expect_words("Hello  World", "Hello| | World");
  expect_words("a\n\n\nb", "a|\n\n|\n|b");
  expect_words("  \t x\t\ty  ", "  \t| x|\t|\t|y|  ");
  expect_words("a\u3000\u3000b", "a|\u3000|\u3000|b");
  expect_words("don't we'll 'S", "don|'t| we|'ll| '|S");
  expect_words("In 1999, 3rd!?", "In| 1999|,| 3|rd|!?");
  expect_words("\u00e9t\u00e9 \u0661\u00bd \u4e16\u754c\u3000x",
               "\u00e9t\u00e9| \u0661\u00bd| \u4e16\u754c|\u3000|x");
}

TT(tokenization, merges_apply_in_order)
{
  Tokenizer *t = tt_bpe_train("ab1ab2ab3bc4bc5abc6abcd7abcd", -1,
    (BpeOptions){ .size = 270, .whole = true });
  tt_expect_text(pieces_of(t, "abc"), "abc");
  tt_expect_text(pieces_of(t, "bcb"), "bc|b");
  tt_expect_text(pieces_of(t, "abcdab"), "abcd|ab");
  t = tt_bpe_train("bc1bc2bc3ab4ab5", -1,
                   (BpeOptions){ .size = 258, .whole = true });
  tt_expect_text(pieces_of(t, "abc"), "a|bc");
  BpeOptions o = { .size = 258, .whole = true };
  t = tt_bpe_train("aaaaaaaa", -1, o);
  tt_expect_text(pieces_of(t, "aaaaaaa"), "aaaa|aa|a");
  tt_expect_text(pieces_of(t, "aaa"), "aa|a");
  tt_expect_text(pieces_of(t, "baaab"), "b|aa|a|b");
}

TT(tokenization, offsets_say_where_tokens_begin)
{
  BpeOptions o = { .size = 259 };
  Tokenizer *t = tt_bpe_train("the the", -1, o);
  Tensor *ids = tt_encode(t, "the the x", -1);
  tt_expect_values(tt_token_offsets(t, ids), 0,
                   0, 3, 4, 7, 8, 9);
  tt_expect_int(tt_count_tokens(t, "the the x", -1, 0), 5);
  tt_expect_int(tt_count_tokens(t, "the the x", -1, 2), 2);
  tt_expect_fail(tt_decode(t, tt_from_int(TT_SHAPE(1),
                           (int32_t[]){ 259 })), "id 259");
}

static bool gives_all_back(int64_t (*there_and_back)
                             (const char *text, int64_t n, char *to))
{
  enum { MOST = 1200 };
  char text[3][MOST], back[2 * MOST + 16];
  int64_t n[3] = { 1024, 0, 0 };
  for (int i = 0; i < 512; i++) {
    text[0][2 * i] = (char)i;
    text[0][2 * i + 1] = (char)(i * 7);
  }
  n[1] = sprintf(text[1], "  the  other\n\n\tthe \r\n the\u00e9 "
                          "\u4e16  \n ");
  for (int k = 0; k < 3; k++) {
    memset(back, '#', sizeof back);
    if (there_and_back(text[k], n[k], back) != n[k]
        || memcmp(back, text[k], (size_t)n[k]) != 0)
      return false;
  }
  return true;
}

static int64_t right_way(const char *text, int64_t n, char *to)
{
  TT_SCOPE;
  BpeOptions o = { .size = 270 };
  Tokenizer *t = tt_bpe_train("the other", -1, o);
  Tensor *y = tt_decode(t, tt_encode(t, text, n));
  memcpy(to, y->data, (size_t)tt_numel(y));
  return tt_numel(y);
}

static int64_t loses_lines(const char *text, int64_t n, char *to)
{
  for (int64_t i = 0; i < n; i++)
    to[i] = text[i] == '\n' ? ' ' : text[i];
  return n;
}

TT(tokenization, a_wrong_tokenizer_is_refused)
{
  tt_expect_accepts(gives_all_back(right_way));
  tt_expect_refuses(gives_all_back(loses_lines), "loses line breaks");
}

TT(tokenization, a_stream_never_shows_half_a_character)
{
  Tokenizer *t = tt_bpe_train("", 0, (BpeOptions){ .size = 256 });
  expect_stream(t, "a\u00e9\u4e16\U0001f600.", 5);
  expect_stream(t, "\xff" "a\xe4\xb8" "b\xf0\x9f\x98", -1);
  TextStream *s = tt_text_stream_new(t);
  tt_expect_int(tt_stream_next(s, 0xf0).n, 0);
  tt_expect_int(tt_stream_next(s, 0x9f).n, 0);
  tt_expect_int(tt_stream_next(s, 'x').n, 3);  // never to be whole
  tt_expect_int(tt_stream_next(s, 0xe4).n, 0);
  tt_expect_int(tt_stream_end(s).n, 1);
  tt_expect_int(tt_stream_end(s).n, 0);
}

TT(tokenization, special_tokens_are_asked_for)
{
  Tokenizer *t = tt_bpe_train("", 0, (BpeOptions){ .size = 256 });
  const char *two[] = { "<a>", "<a><b>" }, *owt[] = { two[1], two[0] };
  Tokenizer *u = tt_with_special(t, 2, two);
  Tokenizer *v = tt_with_special(t, 2, owt);
  tt_expect_int(u->size, 258);
  EncodeOptions o = { .special = true };
  tt_expect_values(tt_encode_with(u, "x<a><b>y<a><", -1, o), 0,
                   'x', 257, 'y', 256, '<');
  tt_expect_values(tt_encode_with(v, "<a><b><a>", -1, o), 0, 256, 257);
  tt_expect_values(tt_encode(u, "<a>", -1), 0, '<', 'a', '>');
  tt_expect_values(tt_encode_with(u, "<a", -1, o), 0, '<', 'a');
  Tensor *ids = tt_encode_with(u, "<a>.", -1, o);
  tt_expect_text(text_of(tt_decode(u, ids)), "<a>.");
}

TT(tokenization, a_file_is_read_in_parts)
{
  for (int cut = 0; cut < 40; cut++) {
    BpeOptions o = { .size = 2000, .least = 1 };
    Tokenizer *a = tt_bpe_train(tricky(cut), -1, o);
    const char *file = file_with(tricky(cut));
    Tokenizer *b = tt_bpe_train_file(file, o);
    unlink(file);
    tt_expect_int(b->size, a->size);
    for (int32_t id = 256; id < a->size; id++)
      tt_expect_text(piece_of(b, id), piece_of(a, id));
    tt_expect_int(tt_numel(tt_encode(b, " zq", 3)), 1);
  }
}

static void expect_same(const Tokenizer *a, const Tokenizer *b)
{
  tt_expect_int(b->size, a->size);
  for (int32_t id = 0; id < a->size; id++)
    tt_expect_text(piece_of(b, id), piece_of(a, id));
  const char *text = "the other\n\n  one's mother <|end|> \xff\u00e9";
  EncodeOptions o = { .special = true };
  Tensor *x = tt_encode_with(a, text, -1, o);
  Tensor *y = tt_encode_with(b, text, -1, o);
  tt_expect_tensor(y, x, 0, 0);
}

TT(tokenization, vocabularies_are_saved_and_loaded)
{
  Tokenizer *t = tt_bpe_train("the other mother's one, the \"\\ one",
                              -1, (BpeOptions){ .size = 280 });
  const char *end[] = { "<|end|>" };
  Tokenizer *u = tt_with_special(t, 1, end);
  const char *path = file_with("");
  char other[110];
  snprintf(other, sizeof other, "%s.json", path);
  tt_save_tokenizer(path, u);
  expect_same(u, tt_load_tokenizer(path));
  tt_save_gpt2(other, path, u);
  expect_same(u, tt_load_gpt2(other, path));
  tt_save_tiktoken(path, u);
  expect_same(t, tt_load_tiktoken(path));
  Tokenizer *c = tt_char_tokenizer_new("abc\u00e9", -1);
  tt_save_tokenizer(path, c);
  tt_expect_text(pieces_of(tt_load_tokenizer(path), "b\u00e9"),
                 "b|\u00e9");
  unlink(path);
  unlink(other);
}

static bool slow_fits(const Tokenizer *t, const char *text, int64_t n,
                      int64_t most)
{
  TT_SCOPE;
  return tt_numel(tt_encode(t, text, n)) <= most;
}

static bool fast_fits(const Tokenizer *t, const char *text, int64_t n,
                      int64_t most)
{
  return tt_count_tokens(t, text, n, most + 1) <= most;
}

TT(speed, what_fits_is_known_early)
{
  Tokenizer *c = tt_char_tokenizer_new("ab", 2);
  tt_expect(fast_fits(c, "abab", 4, 4), "4 of 4 fit");
  tt_expect(!fast_fits(c, "abab", 4, 3), "4 do not fit into 3");
  tt_expect(fast_fits(c, "", 0, 0), "nothing fits into nothing");
  tt_expect(!fast_fits(c, "abxxxxx", 7, 1), "2 of 7 were to be read");
  int64_t n = 20000;
  char *text = tt_empty(TT_U8, TT_SHAPE(n))->data;
  for (int64_t i = 0; i < n; i++)
    text[i] = "abba abab bab"[i % 13];
  Tokenizer *t = tt_bpe_train(text, n, (BpeOptions){ .size = 258 });
  tt_expect(fast_fits(t, text, 400, 399), "tokens, not bytes");
  volatile bool a = true, b = true;
  tt_race(2, a = slow_fits(t, text, n, 1000),
          b = fast_fits(t, text, n, 1000));
  tt_expect(!a && !b, "so many do not fit into 1000");
}
