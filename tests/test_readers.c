// Needs chapter 08: readers of data files: right ones by other hands, and
// ones that lie, end early, or were changed on the way; each cut and
// flipped at every byte.
#define _GNU_SOURCE
#include "files.h"
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// ---- bytes in a file that is memory
static int memory;
static int open_memory(void) { return memory = memfd_create("file", 0); }
static void close_memory(int *fd) { close(*fd); }
#define MEMORY int fd_ __attribute__((cleanup(close_memory), unused)) = open_memory()

static const char *file_of(const void *at, size_t n) {
  static char path[40];
  snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
  tt_expect(ftruncate(memory, 0) == 0 && pwrite(memory, at, n, 0) == (ssize_t)n,
            "no memory");
  return path;
}

// packed as gzip does, by level; the name of a file
static const char *packed(const void *at, size_t n, const char *flags) {
  static char path[2][300], command[900];
  static int turn;
  turn ^= 1;
  snprintf(path[turn], 300, "%s-%d-%d", beside("gz"), (int)getpid(), turn);
  snprintf(command, sizeof command, "gzip -n %s > %s", flags, path[turn]);
  FILE *f = popen(command, "w");
  tt_expect(f && fwrite(at, 1, n, f) == n && pclose(f) == 0, "gzip");
  return path[turn];
}

typedef struct Job {
  const char *path;
  void (*load)(struct Job *j);
  Tensor *t[2];
} Job;
static void load_idx(Job *j) { j->t[0] = tt_load_idx(j->path); }
static void load_npy(Job *j) { j->t[0] = tt_load_npy(j->path); }
static void load_10(Job *j) { Batch b = tt_load_cifar(j->path, 10); j->t[0] = b.x, j->t[1] = b.y; }
static void load_100(Job *j) { Batch b = tt_load_cifar(j->path, 100); j->t[0] = b.x, j->t[1] = b.y; }
static CsvOptions csv;
static void load_csv(Job *j) {
  CsvTable c = tt_load_csv(j->path, csv);
  for (int64_t k = 0; c.name && k < c.columns; k++)
    tt_expect(strlen(c.name[k]) < 1 << 20, "no end");
  j->t[0] = c.values;
}
static void load_bytes(Job *j) { j->t[0] = tt_read_bytes(j->path); }
static void load_it(void *p) { ((Job *)p)->load(p); }

static uint64_t sum_of(const Tensor *t) {
  uint64_t h = TT_CHECKSUM;
  for (int k = 0; k < t->rank; k++) h = tt_checksum(h, &t->shape[k], 8);
  return tt_checksum(h, t->data, (size_t)tt_numel(t) * tt_dtype_size(t->dtype));
}

// NULL: it was loaded, *sum is of its numbers; otherwise why not
static const char *refusal(const char *path, void (*load)(Job *), uint64_t *sum) {
  static TensorError e;
  Job j = { path, load, {0} };
  int64_t before = tt_memory_stats().live_bytes;
  Scope s;
  tt_scope_open(&s);
  bool done = tt_try(load_it, &j, &e);
  if (done && sum) *sum = sum_of(j.t[0]);
  tt_scope_close(&s);
  tt_expect_int(tt_memory_stats().live_bytes, before);
  tt_expect(done || strstr(e.message, path), "no name of the file: %s", e.message);
  tt_expect(done || e.code == TT_EFORMAT || e.code == TT_EFILE, "code %d", e.code);
  return done ? NULL : e.message;
}

static void refused(const char *text, size_t n, void (*load)(Job *), const char *why) {
  const char *got = refusal(file_of(text, n), load, NULL);
  tt_expect(got && strstr(got, why), "'%s', expected '%s'", got ? got : "loaded", why);
}
#define TEXT(text) file_of(text, sizeof text - 1)
#define REFUSED(text, load, why) refused(text, sizeof text - 1, load, why)
#define LOAD(text, f) f(file_of(text, sizeof text - 1))

// Every cut is refused. Every flip of a bit is refused or loads something
// that can be read; what is under a checksum is refused or the same.
static void cut_and_flip(const unsigned char *at, size_t n, void (*load)(Job *),
                         bool cuts, bool summed) {
  unsigned char *copy = malloc(n);   // not longer: a sanitizer sees the end
  uint64_t right = 0, sum = 0;
  memcpy(copy, at, n);
  tt_expect(!refusal(file_of(at, n), load, &right), "the right one is refused");
  for (size_t k = 0; cuts && k < n; k++)
    tt_expect(refusal(file_of(at, k), load, NULL), "cut at byte %zu: loaded", k);
  for (size_t k = 0; k < n; k++)
    for (int bit = 0; bit < 8; bit++) {
      copy[k] ^= (unsigned char)(1 << bit);
      const char *why = refusal(file_of(copy, n), load, &sum);
      tt_expect(why || !summed || sum == right, "byte %zu, bit %d: other numbers",
                k, bit);
      copy[k] = at[k];
    }
  free(copy);
}

// ---- IDX
TT(readers, idx_of_all_types) {
  MEMORY;
  Tensor *t = LOAD("\0\0\x0c\1\0\0\0\3\0\0\0\5\xff\xff\xff\xfe\x7f\xff\xff\xff", tt_load_idx);
  tt_expect_values(t, 0, 5, -2, 2147483647);
  tt_expect_int(t->dtype, TT_I32);
  t = LOAD("\0\0\x08\2\0\0\0\2\0\0\0\3\1\2\3\4\5\xff", tt_load_idx);
  tt_expect_shape(t, TT_SHAPE(2, 3));
  tt_expect_values(t, 0, 1, 2, 3, 4, 5, 255);
  t = LOAD("\0\0\x09\1\0\0\0\2\x80\x7f", tt_load_idx);
  tt_expect_values(t, 0, -128, 127);
  t = LOAD("\0\0\x0d\1\0\0\0\2\x3f\xc0\0\0\xc0\0\0\0", tt_load_idx);
  tt_expect_values(t, 0, 1.5, -2);
  t = LOAD("\0\0\x08\1\0\0\0\0", tt_load_idx);
  tt_expect_shape(t, TT_SHAPE(0));
}

TT(readers, idx_that_lies) {
  MEMORY;
  REFUSED("", load_idx, "got no bytes");
  REFUSED("\1\0\x08\1\0\0\0\0", load_idx, "byte 0");
  REFUSED("\0\0\x0b\1\0\0\0\0", load_idx, "a type");
  REFUSED("\0\0\x08\0", load_idx, "0 dimensions");
  REFUSED("\0\0\x08\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", load_idx, "7 dimensions");
  REFUSED("\0\0\x08\3\0\0\0\1\0\0\0\1", load_idx, "got 12 bytes");
  REFUSED("\0\0\x08\1\0\0\0\3ab", load_idx, "byte 4: dimension 0 is 3");
  REFUSED("\0\0\x08\1\0\0\0\3abcd", load_idx, "byte 8: expected 3 bytes of numbers, got 4");
  // a product that is 0 modulo 2^64, and one of 2^32 times 2^32
  REFUSED("\0\0\x08\3\x80\0\0\0\x80\0\0\0\0\0\0\4", load_idx, "byte 4");
  REFUSED("\0\0\x08\2\xff\xff\xff\xff\xff\xff\xff\xff-", load_idx, "4294967295");
  REFUSED("<!DOCTYPE html>", load_idx, "got 3c 21 44 4f 43 54 59");
}

TT(readers, idx_cut_and_flipped) {
  MEMORY;
  unsigned char b[] = "\0\0\x0c\2\0\0\0\2\0\0\0\3abcdefghijklmnopqrstuvwx";
  cut_and_flip(b, sizeof b - 1, load_idx, true, false);
}

// ---- CIFAR
static unsigned char cifar[3 * 3074];

TT(readers, cifar_of_both_kinds) {
  MEMORY;
  for (int labels = 1; labels <= 2; labels++) {
    TT_SCOPE;
    size_t row = (size_t)labels + 3072;
    for (size_t i = 0; i < 3; i++) {
      cifar[i * row] = cifar[i * row + (size_t)labels - 1] = (unsigned char)(3 * i);
      for (size_t k = 0; k < 3072; k++)
        cifar[i * row + (size_t)labels + k] = (unsigned char)(i + k);
    }
    if (labels == 2) cifar[2 * row + 1] = 99;
    int classes = labels == 1 ? 10 : 100;
    const char *path = file_of(cifar, 3 * row);
    Batch b = tt_load_cifar(path, classes);
    tt_expect_shape(b.x, TT_SHAPE(3, 3, 32, 32));
    tt_expect_values(b.y, 0, 0, 3, labels == 1 ? 6 : 99);
    Dataset *d = tt_cifar_files_new(2, (const char *[]){ path, path }, classes);
    tt_expect_int(d->length, 6);
    for (int64_t i = 0; i < 6; i++) {
      Batch e = tt_dataset_get(d, i, 0);
      tt_expect_tensor(e.x, tt_select(b.x, 0, i % 3), 0, 0);
      tt_expect_close(tt_item(e.y), tt_peek(b.y, i % 3), 0, 0);
    }
  }
}

TT(readers, cifar_that_lies) {
  MEMORY;
  TT_SCOPE;
  tt_expect(strstr(refusal(file_of(cifar, 0), load_10, NULL), "got 0 bytes"), "empty");
  tt_expect(strstr(refusal(file_of(cifar, 3072), load_10, NULL), "3072 more than"), "cut");
  cifar[3073] = 10;
  const char *path = file_of(cifar, 6146), *why = refusal(path, load_10, NULL);
  tt_expect(strstr(why, "byte 3073: expected a label from 0 to 9, got 10"), "%s", why);
  cifar[1] = 100;
  why = refusal(file_of(cifar, 3074), load_100, NULL);
  tt_expect(strstr(why, "byte 1: expected a label from 0 to 99, got 100"), "%s", why);
  path = file_of(cifar, 6146);
  Dataset *d = tt_cifar_files_new(1, &path, 10);
  tt_expect_fail(tt_dataset_get(d, 1, 0), "byte 3073: expected a label from 0 to 9, got 10");
  tt_expect(ftruncate(memory, 4000) == 0, "cut");
  tt_expect_fail(tt_dataset_get(d, 1, 0), "byte 3073: expected 3073 bytes, read 927");
  path = "/nowhere";
  tt_expect_fail(tt_cifar_files_new(1, &path, 10), "/nowhere: No such file");
  tt_expect_fail(tt_load_cifar("/nowhere", 10), "/nowhere: No such file");
  tt_expect_fail(tt_load_cifar("/nowhere", 11), "10 or 100");
}

TT(readers, cifar_cut) {
  MEMORY;
  for (size_t k = 0; k < 6146; k++)
    if (k % 3073)
      tt_expect(refusal(file_of(cifar, k), load_10, NULL), "cut at byte %zu", k);
}

// A file that could not be opened leaves no other one open.
TT(readers, no_file_stays_open) {
  MEMORY;
  const char *path[2] = { file_of(cifar, 3073), "/nowhere" };
  int first = dup(0);
  close(first);
  for (int i = 0; i < 20; i++) {
    TT_SCOPE;
    tt_cifar_files_new(1, path, 10);
    tt_expect_fail(tt_cifar_files_new(2, path, 10), "/nowhere");
  }
  int last = dup(0);
  close(last);
  tt_expect_int(last, first);
}

// ---- CSV
TT(readers, csv_of_all_kinds) {
  MEMORY;
  csv = (CsvOptions){0};
  Tensor *t = tt_load_csv(TEXT("1,2.5\n-3e2,\"4\"\n"), csv).values;
  tt_expect_shape(t, TT_SHAPE(2, 2));
  tt_expect_values(t, 0, 1, 2.5, -300, 4);
  t = tt_load_csv(TEXT("\xef\xbb\xbf 1 ,\t2\r\n\r\n3,4"), csv).values;
  tt_expect_values(t, 0, 1, 2, 3, 4);
  t = tt_load_csv(TEXT("nan,-inf,inf\n"), csv).values;
  tt_expect(isnan(tt_peek(t, 0)) && tt_peek(t, 1) < -1e30 && tt_peek(t, 2) > 1e30, "words");
  tt_expect_shape(tt_load_csv(TEXT(""), csv).values, TT_SHAPE(0, 0));
  csv.missing = true;
  csv.separator = ';';
  t = tt_load_csv(TEXT(";2;\n1;\"\";3\n"), csv).values;
  tt_expect(isnan(tt_peek(t, 0)) && isnan(tt_peek(t, 2)) && isnan(tt_peek(t, 4)), "missing");
  tt_expect_close(tt_peek(t, 5), 3, 0, 0);
}

TT(readers, csv_with_names) {
  MEMORY;
  csv = (CsvOptions){ .header = true };
  CsvTable c = tt_load_csv(TEXT("a,\"b \"\"c\"\", d\"\n1,2\n"), csv);
  tt_expect_int(c.columns, 2);
  tt_expect_text(c.name[0], "a");
  tt_expect_text(c.name[1], "b \"c\", d");
  tt_expect_values(c.values, 0, 1, 2);
  c = tt_load_csv(TEXT("a,b\n"), csv);
  tt_expect_shape(c.values, TT_SHAPE(0, 2));
}

TT(readers, csv_that_is_wrong) {
  MEMORY;
  csv = (CsvOptions){0};
  REFUSED("1,,2\n", load_csv, "line 1, column 2: expected a number, got nothing");
  REFUSED("1,2\n3,4\n5\n", load_csv, "line 3, column 1: expected 2 fields, got 1");
  REFUSED("1,2\n3,4,5\n", load_csv, "line 2, column 3: expected 2 fields, got 3");
  REFUSED("1,2\n3,x\n", load_csv, "line 2, column 2: expected a number, got 'x'");
  REFUSED("1,0x10\n", load_csv, "got '0x10'");
  REFUSED("1,1e\n", load_csv, "got '1e'");
  REFUSED("1,2 3\n", load_csv, "got '2 3'");
  if (sizeof(Real) == 4)
    REFUSED("1,1e60\n", load_csv, "expected a number up to 3.40282e+38");
  REFUSED("1,1e600\n", load_csv, "expected a number up to");
  REFUSED("1,\"2\"3\n", load_csv, "line 1, column 2: expected the end of the field");
  REFUSED("1,\"2\n3,4", load_csv, "line 1, column 2: expected a closing quote");
  REFUSED("1,\"2\"\"", load_csv, "expected a closing quote");
  REFUSED("1\n\"2\n", load_csv, "line 2, column 1: expected a closing quote");
  REFUSED("1,2\n\n\n3\n", load_csv, "line 4, column 1");
  REFUSED("1;2\n", load_csv, "got '1;2'");
  REFUSED("1,1.000,00\n1,2\n", load_csv, "line 2");
  csv.header = true;
  REFUSED("\"a\nb\",c\n1,x\n", load_csv, "line 3, column 2");
  REFUSED("a,\"b\n1,2\n", load_csv, "line 1, column 2: expected a closing quote");
}

// A comma where the locale has one would be another file.
TT(readers, csv_in_a_locale_with_commas) {
  MEMORY;
  csv = (CsvOptions){0};
  commas(true);
  Tensor *t = tt_load_csv(TEXT("1.5,2\n"), csv).values;
  tt_expect_values(t, 0, 1.5, 2);
  REFUSED("1,,2\n", load_csv, "column 2");   // and the locale is back
  char text[8];
  snprintf(text, sizeof text, "%.1f", 1.5);
  tt_expect_text(text, "1,5");
}

TT(readers, csv_cut_and_flipped) {
  MEMORY;
  csv = (CsvOptions){ .header = true };
  unsigned char b[] = "a,\"b\"\"\"\n1,2.5\n\"3\",-4e2\r\n\n5,6\n";
  cut_and_flip(b, sizeof b - 1, load_csv, false, false);
  for (size_t k = 0; k < sizeof b - 1; k++) refusal(file_of(b, k), load_csv, NULL);
  csv.missing = true;
  cut_and_flip(b, sizeof b - 1, load_csv, false, false);
}

// ---- npy
#define NPY(header) "\x93NUMPY\1\0" header
static size_t npy(unsigned char *to, int version, const char *header, const void *data,
                  size_t n) {
  size_t h = strlen(header), at = version == 1 ? 10 : 12;
  memcpy(to, "\x93NUMPY", 6);
  to[6] = (unsigned char)version, to[7] = 0;
  to[8] = (unsigned char)h, to[9] = (unsigned char)(h >> 8);
  if (version > 1) to[10] = to[11] = 0;
  memcpy(to + at, header, h);
  memcpy(to + at + h, data, n);
  return at + h + n;
}
static unsigned char npy_bytes[4096];
static const char *npy_file(const char *header, const void *data, size_t n) {
  return file_of(npy_bytes, npy(npy_bytes, 1, header, data, n));
}
#define H(descr, order, shape) "{'descr': '" descr "', 'fortran_order': " order \
  ", 'shape': " shape ", }          \n"

TT(readers, npy_of_all_types) {
  MEMORY;
  Tensor *t = tt_load_npy(npy_file(H("<f4", "False", "(2,)"), (float[]){ 1.5f, -2 }, 8));
  tt_expect_values(t, 0, 1.5, -2);
  t = tt_load_npy(npy_file(H("<f8", "False", "(2,)"), (double[]){ 1.5, -2 }, 16));
  tt_expect_values(t, 0, 1.5, -2);
  t = tt_load_npy(npy_file(H(">f4", "False", "(1,)"), "\x3f\xc0\0\0", 4));
  tt_expect_values(t, 0, 1.5);
  t = tt_load_npy(npy_file(H("<i8", "False", "(2,)"), (int64_t[]){ 7, -8 }, 16));
  tt_expect_values(t, 0, 7, -8);
  t = tt_load_npy(npy_file(H("|i1", "False", "(2,)"), "\x80\x7f", 2));
  tt_expect_values(t, 0, -128, 127);
  tt_expect_int(t->dtype, TT_I8);
  t = tt_load_npy(npy_file(H("|b1", "False", "(3,)"), "\1\0\1", 3));
  tt_expect_values(t, 0, 1, 0, 1);
  tt_expect_int(t->dtype, TT_U8);
  t = tt_load_npy(npy_file(H("<u2", "False", "(1, 1)"), "\xfe\xff", 2));
  tt_expect_values(t, 0, 65534);
  t = tt_load_npy(npy_file(H("<i2", "False", "()"), "\xfe\xff", 2));
  tt_expect_shape(t, TT_SCALAR);
  tt_expect_values(t, 0, -2);
}

TT(readers, npy_in_the_order_of_fortran) {
  MEMORY;
  int32_t six[] = { 0, 1, 2, 3, 4, 5 };
  Tensor *t = tt_load_npy(npy_file(H("<i4", "True", "(2, 3)"), six, 24));
  tt_expect_shape(t, TT_SHAPE(2, 3));
  tt_expect_values(t, 0, 0, 2, 4, 1, 3, 5);
  size_t n = npy(npy_bytes, 3, H("<i4", "False", "(2, 3)"), six, 24);
  tt_expect_values(tt_load_npy(file_of(npy_bytes, n)), 0, 0, 1, 2, 3, 4, 5);
}

static void npy_refused(const char *header, size_t n, const char *why) {
  static char data[64];
  const char *got = refusal(npy_file(header, data, n), load_npy, NULL);
  tt_expect(got && strstr(got, why), "'%s', expected '%s'", got ? got : "loaded", why);
}

TT(readers, npy_that_lies) {
  MEMORY;
  npy_refused(H("<f4", "False", "(3, 4)"), 44, "expected 12 elements of 4 bytes, read 11");
  npy_refused(H("<f4", "False", "(3,)"), 16, "expected 3 elements of 4 bytes, read 4");
  npy_refused(H("<f4", "False", "(4294967296, 4294967296)"), 0, "elements of 4 bytes, read 0");
  npy_refused(H("<f4", "False", "(99999999999999999999,)"), 0, "a smaller size");
  npy_refused(H("<f4", "False", "(1,1,1,1,1,1,1)"), 4, "at most 6 dimensions");
  npy_refused(H("<f4", "False", "(-1,)"), 4, "a size");
  npy_refused(H("<f4", "Maybe", "(1,)"), 4, "expected False, got 'Maybe");
  npy_refused(H("<f2", "False", "(1,)"), 2, "a type of numbers");
  npy_refused(H("<c8", "False", "(1,)"), 8, "a type of numbers");
  npy_refused(H("|b4", "False", "(1,)"), 4, "a type of numbers");
  npy_refused(H("|O8", "False", "(1,)"), 8, "a type of numbers");
  npy_refused("{'descr': '<f4', 'shape': (1,)}", 4, "once each");
  npy_refused("{'descr': '<f4', 'descr': '<f4'}", 4, "once each");
  npy_refused("{'descr': '<f4'", 4, "expected }");
  npy_refused("", 0, "fewer than 12");
  REFUSED("\x93NUMPY\4\0\0\0\0\0", load_npy, "version");
  REFUSED("\x93NUMPY\1\0\xff\xff{}", load_npy, "expected a header of 65535 bytes, got 2");
  int64_t big = (int64_t)1 << 40;
  const char *why = refusal(npy_file(H("<i8", "False", "(1,)"), &big, 8), load_npy, NULL);
  tt_expect(why && strstr(why, "expected a number for i32, got 1099511627776"), "%s", why);
}

TT(readers, npy_cut_and_flipped) {
  MEMORY;
  int16_t six[] = { 0, 1, 2, 3, 4, 5 };
  size_t n = npy(npy_bytes, 1, H("<i2", "True", "(2, 3)"), six, 12);
  unsigned char *copy = malloc(n);
  memcpy(copy, npy_bytes, n);
  cut_and_flip(copy, n, load_npy, true, false);
  free(copy);
}

TT(readers, npy_there_and_back) {
  const char *path = beside("there.npy");
  Tensor *all[] = { tt_randn(TT_SHAPE(3, 4, 2), NULL), tt_randint(-9, 9, TT_SHAPE(5), NULL),
                    tt_to(tt_arange(0, 9, 1), TT_U8), tt_to(tt_arange(-4, 4, 1), TT_I8),
                    tt_full(TT_SCALAR, 3), tt_zeros(TT_SHAPE(0, 3)),
                    tt_transpose(tt_randn(TT_SHAPE(3, 4), NULL), 0, 1) };
  for (int i = 0; i < 7; i++) {
    tt_save_npy(path, all[i]);
    Tensor *t = tt_load_npy(path);
    tt_expect_int(t->dtype, all[i]->dtype);
    tt_expect_tensor(t, all[i], 0, 0);
    struct stat st;
    tt_expect(stat(path, &st) == 0, "gone");
    int64_t data = tt_numel(t) * (int64_t)tt_dtype_size(t->dtype);
    tt_expect_int((st.st_size - data) % 64, 0);
  }
  // as tt_save_file: a link is followed, a mode kept
  const char *link = beside("link.npy");
  unlink(link);
  tt_expect_int(chmod(path, 0600) + symlink(path, link), 0);
  tt_save_npy(link, all[1]);
  struct stat st;
  tt_expect(lstat(link, &st) == 0 && S_ISLNK(st.st_mode), "the link was replaced");
  tt_expect(stat(path, &st) == 0, "gone");
  tt_expect_int(st.st_mode & 07777, 0600);
  tt_expect_tensor(tt_load_npy(path), all[1], 0, 0);
  unlink(path), unlink(link);
  tt_expect_fail(tt_save_npy("/nowhere/x.npy", all[0]),
                 "tt_save_npy: /nowhere/x.npy: No such file");
}

// ---- gzip
TT(readers, what_gzip_packed) {
  Generator g;
  tt_manual_seed(&g, 3);
  for (size_t n = 0; n < 140000; n = n * 19 + 1)
    for (int kind = 0; kind < 4; kind++) {
      TT_SCOPE;
      unsigned char *b = malloc(n + 1);
      for (size_t i = 0; i < n; i++)
        b[i] = (unsigned char)(kind == 0 ? tt_random(&g)       // stored
             : kind == 1 ? (uint64_t)"abcab"[i % 5]            // fixed
             : kind == 2 ? tt_random(&g) % 7 * (i % 100 < 50)
             : i == 0 ? 0u : b[tt_random(&g) % i] + tt_random(&g) % 50 / 49);
      for (int level = 1; level <= 9; level += 8) {
        const char *path = packed(b, n, level == 1 ? "-1" : "-9");
        Tensor *t = tt_read_bytes(path);
        tt_expect_int(tt_numel(t), (int64_t)n);
        tt_expect(n == 0 || memcmp(t->data, b, n) == 0, "%zu bytes, kind %d: others", n, kind);
        unlink(path);
      }
      free(b);
    }
}

TT(readers, gzip_with_a_name_and_in_two_parts) {
  char command[900];
  const char *path = beside("two.gz");
  snprintf(command, sizeof command, "cd %.*s && echo one > two && gzip -fk two && "
           "echo more | gzip >> two.gz && mv two.gz %s", (int)(strrchr(path, '/') - path), path,
           path);
  tt_expect(system(command) == 0, "gzip");
  Tensor *t = tt_read_bytes(path);
  tt_expect(tt_numel(t) == 9 && memcmp(t->data, "one\nmore\n", 9) == 0, "not both");
  unlink(path);
}

TT(readers, gzip_cut_and_flipped) {
  MEMORY;
  char idx[] = "\0\0\x08\2\0\0\0\x0a\0\0\0\x0a" "abcabcabcdabcabcabcaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
               "aaaaaaaaaabbbbbbbbbbbbbbbbbbbbcdefghijkl";
  idx[7] = 10, idx[11] = 10;
  const char *flags[] = { "-9", "-1" };
  for (int i = 0; i < 2; i++) {
    const char *path = packed(idx, 112, flags[i]);
    Bytes b = read_bytes(path);
    cut_and_flip(b.at, b.n, load_idx, true, true);
    unlink(path);
  }
  // a block with codes of its own: text of many letters
  char text[912] = "\0\0\x08\2\0\0\0\x1e\0\0\0\x1e";
  Generator g;
  tt_manual_seed(&g, 1);
  for (int i = 12; i < 912; i++) text[i] = (char)('a' + tt_random(&g) % 5 * (tt_random(&g) % 5));
  const char *path = packed(text, sizeof text, "-9");
  Bytes b = read_bytes(path);
  cut_and_flip(b.at, b.n, load_idx, true, true);
  unlink(path);
}

TT(readers, gzip_with_something_behind_it) {
  MEMORY;
  const char *path = packed("abc", 3, "-9");
  Bytes b = read_bytes(path);
  unsigned char more[100];
  memcpy(more, b.at, b.n);
  for (int i = 0; i < 20; i++) more[b.n + (size_t)i] = (unsigned char)(i == 1 ? 0x8b : 0x1f);
  for (size_t k = 1; k < 20; k++)
    tt_expect(refusal(file_of(more, b.n + k), load_bytes, NULL), "%zu bytes more", k);
  unlink(path);
}

// A kilobyte may hold a megabyte and no more: that is in the format.
TT(readers, a_small_file_that_holds_much) {
  unsigned char *zeros = calloc(1, 5000000);
  const char *path = packed(zeros, 5000000, "-9");
  Tensor *t = tt_read_bytes(path);
  tt_expect_int(tt_numel(t), 5000000);
  tt_memory_limit(tt_memory_stats().live_bytes + 1000000);
  TensorError e;
  Job j = { path, load_bytes, {0} };
  tt_expect(!tt_try(load_it, &j, &e) && e.code == TT_EMEM, "no limit");
  tt_memory_limit(0);
  unlink(path);
  free(zeros);
}

TT(readers, no_files) {
  tt_expect_fail(tt_read_bytes("/nowhere"), "/nowhere: No such file");
  tt_expect_fail(tt_read_bytes("/"), "/: not a file to read from");
  tt_expect_fail(tt_load_idx("/dev/zero"), "/dev/zero: not a file to read from");
}

// ---- where data are
TT(readers, data_are_found) {
  char path[4096], dir[400];
  snprintf(dir, sizeof dir, "%s-%d", beside("data"), (int)getpid());
  char cache[500], set[600];
  snprintf(cache, sizeof cache, "%s/tinytorch", dir);
  snprintf(set, sizeof set, "%s/a.gz", cache);
  mkdir(dir, 0755), mkdir(cache, 0755);
  fclose(fopen(set, "w"));
  setenv("TT_DATA", cache, 1);
  tt_expect(tt_data_find("a", path), "not under TT_DATA");
  tt_expect_text(path, set);
  setenv("TT_DATA", "", 1);
  setenv("XDG_CACHE_HOME", dir, 1);
  tt_expect(tt_data_find("a", path) && strcmp(path, set) == 0, "not in the cache");
  tt_expect(!tt_data_find("b", path), "found what is not there");
  unsetenv("XDG_CACHE_HOME");
  unsetenv("HOME");
  tt_expect(!tt_data_find("a", path), "found without a home");
}
