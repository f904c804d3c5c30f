// Needs chapter 10: tokenizers: any bytes come back, by every way; encoding is
// what its definition says; files of vocabularies cut and changed at every
// byte; memory that runs out; special tokens in any order; ids of others.
#include "faults.h"
#include "files.h"
#include "views.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Tokenizer *learned(int32_t size, bool whole) {
  static const char text[] = "the other mother's theme: the they, \u00e9t\u00e9 \u00e9t\u00e9\n\n"
                             "  for (int i = 0; i < n; i++)\n  for (int j = 0; j < n; j++)\n";
  return tt_bpe_train(text, -1, (BpeOptions){.size = size, .whole = whole});
}

// bytes, letters, blanks and characters in any order
static char *random_text(Case *c, int64_t *n) {
  static const char *const part[] = {"the", " ", "\n", "\t", "'s", "'ll", "\u00e9", "\u3000",
    "\u4e16", "\U0001f600", "12", "\u00bd", "!?", "\xff", "\xe4\xb8", "other", "  ", "'"};
  char *text = scratch((size_t)c->size * 8 + 8);
  *n = 0;
  for (int64_t k = below(c, c->size + 1); k > 0; k--) {
    if (below(c, 8) == 0) {
      text[(*n)++] = (char)below(c, 256);
    } else {
      const char *p = part[below(c, sizeof part / sizeof *part)];
      memcpy(text + *n, p, strlen(p)), *n += (int64_t)strlen(p);
    }
  }
  return text;
}

TT(tokenizers, any_bytes_come_back_by_every_way) {
  FORALL(c, 400) {
    Tokenizer *t = learned(256 + (int32_t)below(&c, 60), below(&c, 4) == 0);
    int64_t n;
    const char *text = random_text(&c, &n);
    Tensor *ids = tt_encode(t, text, n), *back = tt_decode(t, ids);
    expect(tt_numel(back) == n && memcmp(back->data, text, (size_t)n) == 0, "decode");
    expect(((char *)back->data)[n] == 0, "no 0 behind it");
    const int32_t *id = ids->data, *at = tt_token_offsets(t, ids)->data;
    TextStream *s = tt_text_stream_new(t);
    int64_t done = 0, count = tt_numel(ids);
    for (int64_t i = 0; i <= count; i++) {
      if (i < count) {
        Piece p = t->piece(t, id[i]);
        expect(at[i + 1] - at[i] == p.n && !memcmp(text + at[i], p.at, (size_t)p.n), "offset");
      }
      Piece p = i < count ? tt_stream_next(s, id[i]) : tt_stream_end(s);
      expect(!memcmp(text + done, p.at, (size_t)p.n) && p.at[p.n] == 0, "stream, id %d", (int)i);
      done += p.n;
      expect(i == count || at[i + 1] - done < 4, "more than 3 bytes are held");
    }
    expect(done == n && at[count] == n, "%d of %d bytes", (int)done, (int)n);
    for (int64_t limit = 1; limit < 5; limit++)
      expect(tt_count_tokens(t, text, n, limit) == (count < limit ? count : limit), "limit");
  }
}

// ---- encoding by its definition: of all pairs in the row the one that was
// learned first, all of it from the left, until there is none
static int64_t by_definition(const Tokenizer *t, const char *text, int64_t n, int32_t *row) {
  for (int64_t i = 0; i < n; i++) row[i] = (uint8_t)text[i];
  for (int32_t id = 256; id < t->size; id++) {
    Piece p = t->piece(t, id);
    int64_t k = 0;
    for (int64_t i = 0; i < n; i++, k++) {
      bool pair = false;
      if (i + 1 < n) {
        Piece a = t->piece(t, row[i]), b = t->piece(t, row[i + 1]);
        pair = a.n + b.n == p.n && !memcmp(a.at, p.at, (size_t)a.n)
               && !memcmp(b.at, p.at + a.n, (size_t)b.n);
      }
      row[k] = pair ? id : row[i];
      i += pair;
    }
    n = k;
  }
  return n;
}

TT(tokenizers, encoding_is_its_definition) {
  FORALL(c, 200) {
    char seed[200], text[300];
    int letters = 1 + (int)below(&c, 4);
    for (int i = 0; i < 200; i++) seed[i] = (char)('a' + below(&c, letters));
    for (int i = 0; i < 300; i++) text[i] = (char)('a' + below(&c, letters));
    Tokenizer *t = tt_bpe_train(seed, 200, (BpeOptions){.size = 320, .whole = true});
    int32_t row[300];
    int64_t n = by_definition(t, text, 300, row);
    Tensor *ids = tt_encode(t, text, 300);
    expect(tt_numel(ids) == n && !memcmp(ids->data, row, (size_t)n * 4), "other ids");
  }
}

TT(tokenizers, special_tokens_in_any_order) {
  const char *name[] = {"<a>", "<a><b>", "a>", "<", "<a><b><c>"};
  FORALL(c, 100) {
    const char *order[5];
    for (int k = 0; k < 5; k++) order[k] = name[k];
    for (int k = 4; k > 0; k--) {
      int64_t j = below(&c, k + 1);
      const char *x = order[k];
      order[k] = order[j], order[j] = x;
    }
    Tokenizer *t = tt_with_special(learned(260, false), 5, order);
    const char *text = "x<a><b><c><a><b>.a><a>";
    Tensor *ids = tt_encode_with(t, text, -1, (EncodeOptions){.special = true});
    const int32_t *id = ids->data;
    const char *want[] = {"x", "<a><b><c>", "<a><b>", ".", "a>", "<a>"};
    expect(tt_numel(ids) == 6, "%d tokens", (int)tt_numel(ids));
    for (int k = 0; k < 6; k++) {
      Tensor *one = tt_from_int(TT_SHAPE(1), &id[k]);
      tt_expect_text(tt_decode(t, one)->data, want[k]);
    }
  }
  Tokenizer *t = tt_with_special(learned(256, false), 1, (const char *[]){"<e>"});
  tt_expect_fail(tt_with_special(t, 1, (const char *[]){"<e>"}), "there already");
  tt_expect_fail(tt_with_special(t, 2, (const char *[]){"<f>", "<f>"}), "text 1 of 2");
}

// ---- files: loaded or refused, never more
typedef struct Job { int kind; const char *path, *other; Tokenizer *t; } Job;
static void load_it(void *job) {
  Job *j = job;
  j->t = j->kind == 0 ? tt_load_tokenizer(j->path) : j->kind == 1 ? tt_load_tiktoken(j->path)
         : j->kind == 2 ? tt_load_gpt2(j->path, j->other) : tt_load_gpt2(j->other, j->path);
  tt_decode(j->t, tt_encode(j->t, "the <e> \xff\u00e9", -1));
}

static void rewrite(const char *path, const void *bytes, size_t n) {
  FILE *f = fopen(path, "wb");
  tt_expect(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0, "disk");
}

static void spoil(Job j, bool must_fail) {
  Bytes whole = read_bytes(j.path);
  unsigned char *b = malloc(whole.n + 1);
  memcpy(b, whole.at, whole.n);
  size_t step = whole.n / 120 + 1;
  for (size_t i = 0; i < whole.n; i += step)
    for (int how = 0; how < 4; how++) {
      TT_SCOPE;
      TensorError e = {0};
      unsigned char old = b[i];
      b[i] ^= (unsigned char)(how == 1 ? 1 : how == 2 ? 0x80 : how == 3 ? '\n' ^ old : 0);
      rewrite(j.path, b, how ? whole.n : i);
      bool good = tt_try(load_it, &j, &e);
      tt_expect(good || e.message[0], "no reason");
      tt_expect(good || strstr(e.message, j.path) || strstr(e.message, j.other ? j.other : "\1"),
                "%s: which file?", e.message);
      tt_expect(!good || !must_fail || b[i] == old, "byte %zu, %d: not noticed", i, how);
      tt_expect(!(good && must_fail && how == 0), "cut at %zu: not noticed", i);
      b[i] = old;
    }
  rewrite(j.path, b, whole.n);
  free(b);
  tt_expect(tt_try(load_it, &j, NULL), "whole again");
}

TT(tokenizers, files_cut_and_changed) {
  Tokenizer *t = learned(290, false);
  Tokenizer *u = tt_with_special(t, 2, (const char *[]){"<e>", "<|\xff\n|>"});
  char path[300], other[300];
  snprintf(path, sizeof path, "%s", beside("vocabulary"));
  snprintf(other, sizeof other, "%s", beside("merges"));
  tt_save_tokenizer(path, u);
  spoil((Job){.kind = 0, .path = path}, true);
  tt_save_tokenizer(path, tt_char_tokenizer_new("some characters \u00e9\u4e16", -1));
  Job j = {.kind = 0, .path = path};
  tt_expect(!tt_try(load_it, &j, NULL), "<, 0xff are no characters of it");
  tt_save_tiktoken(path, t);
  spoil((Job){.kind = 1, .path = path}, false);
  tt_save_gpt2(path, other, u);
  spoil((Job){.kind = 2, .path = path, .other = other}, false);
  spoil((Job){.kind = 3, .path = other, .other = path}, false);
  unlink(path), unlink(other);
}

TT(tokenizers, what_is_wrong_is_named_by_line) {
  char path[300], json[300];
  snprintf(path, sizeof path, "%s", beside("bad"));
  snprintf(json, sizeof json, "%s", beside("json"));
#define FILE_OF(text) (rewrite(path, text, strlen(text)), path)
  tt_expect_fail(tt_load_tiktoken(FILE_OF("IQ== 0\nIg= 1\n")), "bad:2: expected base 64");
  tt_expect_fail(tt_load_tiktoken(FILE_OF("IQ== 0\nIg== 0\n")), ":2: the ranks do not go up");
  tt_expect_fail(tt_load_tiktoken(FILE_OF("IQ== 0\nISEh 1\n")), ":2: no two tokens");
  tt_expect_fail(tt_load_tiktoken(FILE_OF("IQ== 99999999999\n")), ":1: expected a number up to");
  tt_expect_fail(tt_load_tiktoken(FILE_OF("IQ== 0\n")), "without a rank for each");
  tt_expect_fail(tt_load_gpt2(json, FILE_OF("#version: 0.2\na b\nab x c\n")), ":3:");
  tt_expect_fail(tt_load_gpt2(json, FILE_OF("a b\nabc d\n")), ":2: a token that is neither");
  tt_expect_fail(tt_load_gpt2(json, FILE_OF("a b\na b\n")), ":2: a token that a line above");
  tt_expect_fail(tt_load_tokenizer(FILE_OF("tinytorch tokenizer 1\nwords\n")), "checksum");
  rewrite(path, "", 0);
  const char *half = "{\"a\": 1,\n \"ab\": 2";
  rewrite(json, half, strlen(half));
  tt_expect_fail(tt_load_gpt2(json, path), "json:2: a token that no merge makes");
  unlink(path), unlink(json);
}

// a file of merges, each of which doubles the one before, with its checksum
static const char *signed_file(const char *text) {
  static char path[300];
  snprintf(path, sizeof path, "%s", beside("signed"));
  FILE *f = fopen(path, "wb");
  fprintf(f, "%schecksum %016llx\n", text,
          (unsigned long long)tt_checksum(TT_CHECKSUM, text, strlen(text)));
  tt_expect(fclose(f) == 0, "disk");
  return path;
}

TT(tokenizers, a_petabyte_is_refused) {
  static char text[8000];
  int n = sprintf(text, "tinytorch tokenizer 1\nwords\nmerges 50\n97 97\n");
  for (int k = 1; k < 50; k++) n += sprintf(text + n, "%d %d\n", 255 + k, 255 + k);
  for (int k = 0; k < 306; k++) n += sprintf(text + n, "%d\n", k);
  sprintf(text + n, "ids 306\nspecial 0\n");
  tt_expect_fail(tt_load_tokenizer(signed_file(text)), "in all; use a smaller vocabulary");
#define HEAD "tinytorch tokenizer 1\n"
  tt_expect_fail(tt_load_tokenizer(signed_file(HEAD "words\nmerges 1\n97 256\n")),
                 ":4: expected a number up to 255");
  tt_expect_fail(tt_load_tokenizer(signed_file(HEAD "words\nmerges 999\n")), ":3: expected");
  tt_expect_fail(tt_load_tokenizer(signed_file(HEAD "words\nmerges 0\n")), ": expected a number");
  tt_expect_fail(tt_load_tokenizer(signed_file(HEAD "characters\nsize 2\n98\n97\n")),
                 ":5: the characters are not in order");
  tt_expect_fail(tt_load_tokenizer(signed_file(HEAD "characters\nsize 2\n98\n57343\n")),
                 ":5: half of a pair of UTF-16 is no character");
  tt_expect_fail(tt_load_tokenizer(signed_file(HEAD "pictures\n")), ":2: expected `words`");
  tt_expect_fail(tt_load_tokenizer(signed_file("tokens\n")), ":1: expected `tinytorch");
  unlink(signed_file(""));
}

// ---- memory that runs out
static const char *fault_path, *fault_other;
static void all_of_it(void *unused) {
  (void)unused;
  Tokenizer *t = tt_with_special(learned(270, false), 1, (const char *[]){"<e>"});
  tt_save_tokenizer(fault_path, t);
  Tokenizer *u = tt_load_tokenizer(fault_path);
  Tensor *ids = tt_encode_with(u, "the <e> other", -1, (EncodeOptions){.special = true});
  TextStream *s = tt_text_stream_new(u);
  tt_stream_next(s, ((int32_t *)ids->data)[0]);
  tt_decode(u, ids), tt_token_offsets(u, ids);
  tt_save_gpt2(fault_path, fault_other, u), tt_load_gpt2(fault_path, fault_other);
  tt_save_tiktoken(fault_path, u), tt_load_tiktoken(fault_path);
  tt_bpe_train_file(fault_path, (BpeOptions){.size = 260});
  tt_encode(tt_char_tokenizer_new("the other", -1), "the", -1);
}

TT(tokenizers, memory_that_runs_out) {
  char path[300], other[300];
  snprintf(path, sizeof path, "%s", beside("fault"));
  snprintf(other, sizeof other, "%s", beside("faults"));
  fault_path = path, fault_other = other;
  survive_each_fault("tokenizers", all_of_it, NULL);
  unlink(path), unlink(other);
}

// ---- training: the same for any order of words of equal counts; nothing left
static void expect_same_pieces(const Tokenizer *u, const Tokenizer *t) {
  tt_expect_int(u->size, t->size);
  for (int32_t id = 256; id < t->size; id++) {
    Piece a = t->piece(t, id), b = u->piece(u, id);
    tt_expect(a.n == b.n && !memcmp(a.at, b.at, (size_t)a.n), "token %d", id);
  }
}

TT(tokenizers, training_has_one_answer) {
  const char *text = "bbbaaaddddcccc";
  char ten[200] = "";
  for (int k = 0; k < 10; k++) strcat(ten, text);
  BpeOptions o = {.size = 300, .whole = true};
  Tokenizer *t = tt_bpe_train(ten, -1, o);
  for (int k = 0; k < 10; k++) expect_same_pieces(tt_bpe_train(ten, -1, o), t);
  // the words decide, not their order
  o = (BpeOptions){.size = 290};
  t = tt_bpe_train("one two three two one", -1, o);
  tt_expect(t->size > 256, "nothing was learned");
  expect_same_pieces(tt_bpe_train("one one two three two", -1, o), t);
  o.whole = true;
  tt_expect_int(tt_bpe_train("", -1, o)->size, 256);
  tt_expect_int(tt_bpe_train("a", -1, o)->size, 256);
  tt_expect_int(tt_bpe_train("ab", -1, o)->size, 256);
  tt_expect_int(tt_bpe_train("ab", -1, (BpeOptions){.size = 300, .least = 1})->size, 257);
  tt_expect_fail(tt_bpe_train_file("/no/such/file", o), "/no/such/file");
  tt_expect_fail(tt_bpe_train_file("/", o), "/");
}

// a million letters without a blank: not a square of them
TT(tokenizers, a_million_letters_without_a_blank) {
  enum { N = 1000000 };
  char *text = tt_empty(TT_U8, TT_SHAPE(N))->data;
  memset(text, '^', N);
  Tokenizer *t = tt_bpe_train("^^^^^^^^", -1, (BpeOptions){.size = 258, .whole = true});
  tt_expect_int(tt_numel(tt_encode(t, text, N)), N / 4);
}

TT(tokenizers, a_million_words_are_not_remembered) {
  enum { N = 1000000 };
  char *text = tt_empty(TT_U8, TT_SHAPE(N * 8))->data, *to = text;
  for (int i = 0; i < N; i++) to += sprintf(to, " %06x", i * 13 & 0xffffff);
  Tokenizer *t = learned(256, false);
  tt_reset_peak_memory();
  MemoryStats before = tt_memory_stats();
  tt_expect_int(tt_count_tokens(t, text, to - text, 1), 1);
  int64_t peak = tt_memory_stats().peak_bytes - before.live_bytes;
  tt_expect(peak < 2 << 20, "%lld bytes for one token", (long long)peak);
}
