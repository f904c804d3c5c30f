// Needs chapter 07: files of tensors that lie, end early, were changed on
// the way, cannot be written; files by and for Python; and every
// allocation fails once. Files stand beside the test program.
#define _GNU_SOURCE
#include "faults.h"
#include "files.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// ---- bytes -----------------------------------------------------------------
static void write_bytes(const char *path, const void *at, size_t n) {
  FILE *f = fopen(path, "wb");
  tt_expect(f && fwrite(at, 1, n, f) == n, "cannot write %s", path);
  fclose(f);
}

// A file that takes thousands of changes in no time.
static int memory;
static const char *in_memory(void) {
  static char path[40];
  memory = memfd_create("file", 0);
  snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
  return path;
}

static void write_file(const char *path, const char *header, size_t length,
                       size_t data) {
  Bytes b = {calloc(1, 8 + length + data), 8 + length + data};
  uint64_t n = length;
  memcpy(b.at, &n, 8);
  memcpy(b.at + 8, header, length);
  for (size_t i = 0; i < data; i++) b.at[8 + length + i] = (unsigned char)i;
  write_bytes(path, b.at, b.n);
  free(b.at);
}

typedef struct Job { const char *path; StateDict sd; } Job;

static void load(void *job) { ((Job *)job)->sd = tt_load_file(((Job *)job)->path); }

// NULL: it was loaded; otherwise why not
static const char *refusal(const char *path) {
  static TensorError e;
  Job job = {.path = path};
  MemoryStats before = tt_memory_stats();
  Scope s;
  tt_scope_open(&s);
  bool done = tt_try(load, &job, &e);
  tt_scope_close(&s);
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
  tt_expect(done || e.message[0], "no reason");
  return done ? NULL : e.message;
}

static const char *refusal_of(const char *header, size_t data) {
  char name[40];                   // tests run side by side
  snprintf(name, sizeof name, "header-%d", (int)getpid());
  const char *path = beside(name);
  write_file(path, header, strlen(header), data);
  const char *why = refusal(path);
  unlink(path);
  return why;
}

#define U8(shape, offsets) "{\"dtype\":\"U8\",\"shape\":" shape \
  ",\"data_offsets\":" offsets "}"
#define A(shape, offsets) "{\"a\":" U8(shape, offsets) "}"

// ---- what is right ---------------------------------------------------------
TT(safetensors, headers_that_are_right) {
  static const char *const good[] = {
    A("[4]", "[0,4]"), A("[2,2]", "[0,4]"), A("[1,1,4,1,1,1]", "[0,4]"),
    A("[4]", "[0,4]") "    ", A("[4]", "[0,4]") "\n\t ",
    "{ \"a\" : { \"shape\" : [ 4 ] , \"data_offsets\" : [ 0 , 4 ] , \"dtype\" : \"U8\" } }",
    "{\"a\":" U8("[4]", "[0,4]") ",\"b\":" U8("[0]", "[4,4]") "}",
    "{\"b\":" U8("[0]", "[0,0]") ",\"a\":" U8("[4]", "[0,4]") "}",
    "{\"a\":" U8("[1]", "[3,4]") ",\"b\":" U8("[3]", "[0,3]") "}",
    "{\"a\":" U8("[4]", "[0,4]") ",\"c\":" U8("[0,9]", "[2,2]") "}",
    "{\"__metadata__\":{},\"a\":" U8("[4]", "[0,4]") "}",
    "{\"__metadata__\":{\"x\":\"\",\"\":\"y\"},\"a\":" U8("[4]", "[0,4]") "}",
    "{\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\":" U8("[4]", "[0,4]") "}",
    "{\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\":" U8("[4]", "[0,4]") "}",
    "{\"\":" U8("[4]", "[0,4]") "}",
    "{\"\xe0\xa4\x85\xe0\xbf\xbf\":" U8("[4]", "[0,4]") "}",
    "{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
  };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    const char *why = refusal_of(good[i], 4);
    if (i == 9) tt_expect(why, "%s: an empty tensor inside another", good[i]);
    else tt_expect(!why, "%s: %s", good[i], why);
  }
  tt_expect(!refusal_of("{}", 0), "a file of nothing");
  tt_expect(!refusal_of("{}      ", 0), "a file of nothing");
}

TT(safetensors, doubles_become_reals) {
  const char *path = beside("double");
  const char *h = "{\"a\":{\"dtype\":\"F64\",\"shape\":[3],\"data_offsets\":[0,24]}}";
  write_file(path, h, strlen(h), 24);
  Bytes b = read_bytes(path);
  memcpy(b.at + b.n - 24, (double[]){0.5, -3, 1e300}, 24);
  write_bytes(path, b.at, b.n);
  StateDict sd = tt_load_file(path);
  tt_expect_close(tt_peek(*sd.entry[0].slot, 0), 0.5, 0, 0);
  tt_expect_close(tt_peek(*sd.entry[0].slot, 1), -3, 0, 0);
  tt_expect(tt_peek(*sd.entry[0].slot, 2) > 1e30, "too large becomes inf");
}

// ---- what is wrong -----------------------------------------------------------
static const struct { const char *header, *why; } wrong[] = {
  // no JSON, or not this JSON
  {"", "must begin with {"}, {" ", "must begin with {"}, {"[]", "must begin"},
  {" {}", "must begin"}, {"{", "a \" should come"}, {"{}}", "something follows"},
  {"{}x", "something follows"}, {"{\"a\"}", "a : should"}, {"{\"a\":1}", "a { should"},
  {"{\"a\":{}}", "a \" should"}, {"{\"a\":null}", "a { should"},
  {A("[4]", "[0,4]") ",", "something follows"},
  {"{\"a\":" U8("[4]", "[0,4]") ",}", "a \" should"},
  {"{'a':" U8("[4]", "[0,4]") "}", "a \" should"},
  {"{\"a\":" U8("[4]", "[0,4]") " \"b\":1}", "a } should"},
  {"{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],}}", "a \" should"},
  {"{//\n\"a\":" U8("[4]", "[0,4]") "}", "a \" should"},
  // fields
  {"{\"a\":{\"dtype\":\"U8\",\"shape\":[4]}}", "lacks"},
  {"{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,4]}}", "lacks"},
  {"{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
   "'dtype' is unknown or comes twice"},
  {"{\"a\":{\"dtype\":\"U8\",\"size\":[4],\"data_offsets\":[0,4]}}", "'size' is unknown"},
  {"{\"a\":{\"dtype\":8,\"shape\":[4],\"data_offsets\":[0,4]}}", "a \" should"},
  {"{\"a\":{\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "no tensor of it can be read: a (f32)"},
  {"{\"a\":{\"dtype\":\"\",\"shape\":[1],\"data_offsets\":[0,4]}}", "a ()"},
  {"{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,5]}}", "the file has 4"},
  {"{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[4,0]}}", "should begin"},
  {"{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[2,4]}}", "should begin at 0"},
  {"{\"a\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[0,4]}}", "as many bytes"},
  {"{\"a\":{\"dtype\":\"U32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":" U8("[0]", "[4,4]") "}", "'a' comes twice"},
  // numbers
  {A("[-4]", "[0,4]"), "a number should"}, {A("[+4]", "[0,4]"), "a number should"},
  {A("[4.0]", "[0,4]"), "a ] should"}, {A("[4e0]", "[0,4]"), "a ] should"},
  {A("[04]", "[0,4]"), "a number should"}, {A("[0x4]", "[0,4]"), "a ] should"},
  {A("[\"4\"]", "[0,4]"), "a number should"}, {A("[4,]", "[0,4]"), "a number should"},
  {A("[,4]", "[0,4]"), "a number should"}, {A("4", "[0,4]"), "a [ should"},
  {A("[[4]]", "[0,4]"), "a number should"}, {A("[true]", "[0,4]"), "a number"},
  {A("[9223372036854775808]", "[0,4]"), "too large"},
  {A("[1152921504606846977]", "[0,4]"), "too large"},
  {A("[18446744073709551620]", "[0,4]"), "too large"},
  {A("[99999999999999999999999999999999999999999999999]", "[0,4]"), "too large"},
  {A("[4]", "[-4,0]"), "a number should"}, {A("[4]", "[0]"), "a , should"},
  {A("[4]", "[0,4,4]"), "a ] should"}, {A("[4]", "[]"), "a number should"},
  // shapes whose product is 4 modulo a power of two, or too large
  {A("[4294967297,4294967300]", "[0,4]"), "as many bytes"},
  {A("[65536,65536,65536,65536]", "[0,0]"), "as many bytes"},
  {A("[1152921504606846976,16]", "[0,0]"), "as many bytes"},
  {A("[1152921504606846976,8,0]", "[0,0]"), "as many bytes"},
  {A("[2,2,1,1,1,1,1]", "[0,4]"), "more than 6"},
  // offsets
  {A("[4]", "[0,5]"), "should begin at 0 and have"}, {A("[5]", "[0,5]"), "the file has 4"},
  {A("[3]", "[0,3]"), "the file has 4"}, {A("[3]", "[1,4]"), "begin at 0"},
  {A("[4]", "[4,0]"), "begin at 0"}, {A("[0]", "[0,0]"), "the file has 4"},
  {A("[4]", "[4,8]"), "begin at 0"}, {A("[4]", "[1152921504606846970,4]"), "begin at 0"},
  {"{\"a\":" U8("[2]", "[0,2]") ",\"b\":" U8("[3]", "[1,4]") "}", "'b' should begin at 2"},
  {"{\"a\":" U8("[1]", "[0,1]") ",\"b\":" U8("[2]", "[2,4]") "}", "'b' should begin at 1"},
  {"{\"a\":" U8("[4]", "[0,4]") ",\"b\":" U8("[4]", "[0,4]") "}", "should begin at 4"},
  // names
  {"{\"a\":" U8("[2]", "[0,2]") ",\"a\":" U8("[2]", "[2,4]") "}", "'a' comes twice"},
  {"{\"a\":" U8("[2]", "[0,2]") ",\"b\":" U8("[1]", "[2,3]") ",\"a\":" U8("[1]", "[3,4]") "}",
   "'a' comes twice"},
  {"{\"a\":" U8("[2]", "[0,2]") ",\"\\u0061\":" U8("[2]", "[2,4]") "}", "'a' comes twice"},
  {"{\"__metadata__\":{\"x\":\"1\",\"x\":\"1\"},\"a\":" U8("[4]", "[0,4]") "}", "'x' comes twice"},
  {"{\"__metadata__\":{},\"__metadata__\":{},\"a\":" U8("[4]", "[0,4]") "}", "comes twice"},
  {"{\"__metadata__\":{\"x\":1},\"a\":" U8("[4]", "[0,4]") "}", "a \" should"},
  {"{\"__metadata__\":[],\"a\":" U8("[4]", "[0,4]") "}", "a { should"},
  {"{\"__metadata__\":{\"x\":{}},\"a\":" U8("[4]", "[0,4]") "}", "a \" should"},
  {"{\"__metadata__\":{\"fnv1a64\":\"\"},\"a\":" U8("[4]", "[0,4]") "}", "checksum"},
  {"{\"__metadata__\":{\"fnv1a64\":\"00000000000000000\"},\"a\":" U8("[4]", "[0,4]") "}", "checksum"},
  {"{\"__metadata__\":{\"fnv1a64\":\"\\u0030000000000000000\"},\"a\":" U8("[4]", "[0,4]") "}", "checksum"},
  // strings
  {"{\"a", "does not end"}, {"{\"a\n\":" U8("[4]", "[0,4]") "}", "does not end"},
  {"{\"\\x\":" U8("[4]", "[0,4]") "}", "an escape"}, {"{\"\\", "an escape"},
  {"{\"\\u12", "four hexadecimal"}, {"{\"\\u12g4\":1}", "four hexadecimal"},
  {"{\"\\u0000\":" U8("[4]", "[0,4]") "}", "a zero"},
  {"{\"\\ud834\":" U8("[4]", "[0,4]") "}", "not UTF-8"},
  {"{\"\\udd1e\":" U8("[4]", "[0,4]") "}", "not UTF-8"},
  {"{\"\\ud834\\u0041\":" U8("[4]", "[0,4]") "}", "half a surrogate"},
  {"{\"\\ud834\\ud834\":" U8("[4]", "[0,4]") "}", "half a surrogate"},
  {"{\"\x80\":" U8("[4]", "[0,4]") "}", "UTF-8"}, {"{\"\xc0\x80\":" U8("[4]", "[0,4]") "}", "UTF-8"},
  {"{\"\xc1\xbf\":" U8("[4]", "[0,4]") "}", "UTF-8"}, {"{\"\xe0\x80\x80\":" U8("[4]", "[0,4]") "}", "UTF-8"},
  {"{\"\xed\xa0\x80\":" U8("[4]", "[0,4]") "}", "UTF-8"}, {"{\"\xf0\x80\x80\x80\":" U8("[4]", "[0,4]") "}", "UTF-8"},
  {"{\"\xf4\x90\x80\x80\":" U8("[4]", "[0,4]") "}", "UTF-8"}, {"{\"\xf5\x80\x80\x80\":" U8("[4]", "[0,4]") "}", "UTF-8"},
  {"{\"\xff\":" U8("[4]", "[0,4]") "}", "UTF-8"}, {"{\"\xe2\x82\":" U8("[4]", "[0,4]") "}", "UTF-8"},
  {"{\"\xc3\":" U8("[4]", "[0,4]") "}", "UTF-8"},
};

TT(safetensors, headers_that_are_wrong) {
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    const char *why = refusal_of(wrong[i].header, 4);
    tt_expect(why && strstr(why, wrong[i].why), "%s\n  wanted: %s\n  said:   %s",
              wrong[i].header, wrong[i].why, why ? why : "(loaded)");
    tt_expect(why && strstr(why, "header"), "no path: %s", why ? why : "");
  }
}

TT(safetensors, a_name_is_as_long_as_it_may_be) {
  char header[400], name[200];
  for (int n = 100; n < 110; n++) {
    memset(name, 'n', 200);
    name[n] = 0;
    snprintf(header, sizeof header, "{\"%s\":" U8("[4]", "[0,4]") "}", name);
    const char *why = refusal_of(header, 4);
    tt_expect(n < 104 ? !why : why && strstr(why, "too long"), "%d: %s", n, why ? why : "");
  }
}

// The longest header is of 100,000,000 bytes: a file with one byte more is
// refused before it is read.
TT(safetensors, a_header_too_long) {
  const char *path = in_memory();
  uint64_t n = 100000001;
  tt_expect(pwrite(memory, &n, 8, 0) == 8 && ftruncate(memory, (off_t)n + 8) == 0,
            "cannot write %s", path);
  const char *why = refusal(path);
  close(memory);
  tt_expect(why && strstr(why, "no safetensors file"), "%s", why ? why : "it was loaded");
}

TT(safetensors, the_first_eight_bytes) {
  const char *path = beside("eight");
  const char *h = A("[4]", "[0,4]");
  write_file(path, h, strlen(h), 4);
  Bytes b = read_bytes(path);
  tt_expect(!refusal(path), "the file is good");
  uint64_t lengths[] = {0, 1, strlen(h) - 1, strlen(h) + 1, b.n, b.n - 7,
    100000000, 100000001, 1u << 31, UINT32_MAX, INT64_MAX, UINT64_MAX, UINT64_MAX - 7};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    memcpy(b.at, &lengths[i], 8);
    write_bytes(path, b.at, b.n);
    const char *why = refusal(path);
    tt_expect(why, "length %llu was believed", (unsigned long long)lengths[i]);
    tt_expect(lengths[i] <= b.n - 8 || strstr(why, "this is no safetensors file"), "%s", why);
  }
  tt_expect(strstr(refusal("/nowhere/x"), "No such file"), "a file that is not there");
  tt_expect(refusal("build"), "a directory");
  tt_expect(refusal("/dev/null"), "a device");
}

// A hundred thousand levels would overflow the stack of a recursive parser;
// a header of nothing but braces, colons or commas must not cost memory.
TT(safetensors, a_header_of_brackets) {
  static char deep[200000];
  static const char *const fill[] = {"[", "{", "\"", "{\"a\":", "{\"a\":{\"shape\":[", ",", ":"};
  for (size_t i = 0; i < sizeof fill / sizeof *fill; i++) {
    size_t n = strlen(fill[i]), at = 1;
    deep[0] = '{';
    for (; at + n < sizeof deep - 1; at += n) memcpy(deep + at, fill[i], n);
    deep[at] = 0;
    tt_expect(refusal_of(deep, 0), "%s...", fill[i]);
  }
}

TT(safetensors, many_tensors_take_little_time) {
  enum { MANY = 20000 };
  char *header = malloc(MANY * 100), *at = header;
  at += sprintf(at, "{");
  for (int i = 0; i < MANY; i++)
    at += sprintf(at, "%s\"t%d\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%d,%d]}",
                  i ? "," : "", i, MANY - 1 - i, MANY - i);
  sprintf(at, "}");
  const char *path = beside("many");
  write_file(path, header, strlen(header), MANY);
  StateDict sd = tt_load_file(path);
  tt_expect_int(sd.n, MANY);
  tt_expect_text(sd.entry[0].name, "t19999");
  tt_expect_int((int64_t)tt_peek(*sd.entry[300].slot, 0), 300 & 255);
  free(header);
}

// ---- a real file, cut off and changed ----------------------------------------
static StateDict three(void) {
  static Tensor *t[3];
  t[0] = tt_from(TT_SHAPE(2, 2), (Real[]){1, -2, (Real)0.1, 4});
  t[1] = tt_from_int(TT_SHAPE(3), (int32_t[]){7, 8, INT32_MIN});
  t[2] = tt_to(tt_arange(0, 5, 1), TT_U8);
  StateDict sd = tt_state_dict_new(3);
  static const char *const name[] = {"0.weight", "steps", "bytes"};
  for (int i = 0; i < 3; i++) {
    strcpy(sd.entry[i].name, name[i]);
    sd.entry[i].slot = &t[i];
  }
  return sd;
}

static void save_three(const char *path, const char *value) {
  MetaPair p = {"note", value};
  tt_save_file(path, three(), (Metadata){.n = 1, .pair = &p});
}

TT(safetensors, cut_off_at_every_byte) {
  save_three(beside("cut"), "x");
  Bytes b = read_bytes(beside("cut"));
  const char *path = in_memory();
  for (size_t n = 0; n < b.n; n++) {
    write_bytes(path, b.at, n);
    tt_expect(refusal(path), "%zu of %zu bytes were loaded", n, b.n);
  }
  b.at[b.n] = 0;
  write_bytes(path, b.at, b.n + 1);
  tt_expect(refusal(path), "a byte too many was accepted");
  close(memory);
}

// Only a change in the key of the checksum may pass: then the file is one
// of another program, and its tensors are what they were.
TT(safetensors, every_byte_is_changed) {
  save_three(beside("changed"), "x");
  Bytes b = read_bytes(beside("changed"));
  const char *path = in_memory();
  int passed = 0;
  for (size_t i = 0; i < b.n; i++)
    for (int how = 0; how < 4; how++) {
      unsigned char old = b.at[i];
      b.at[i] ^= (unsigned char[]){0x01, 0x20, 0x80, 0xff}[how];
      write_bytes(path, b.at, b.n);
      Job job = {.path = path};
      Scope s;
      tt_scope_open(&s);
      if (tt_try(load, &job, NULL)) {
        passed++;
        for (int t = 0; t < 3; t++)
          tt_expect_tensor(*job.sd.entry[t].slot, *three().entry[t].slot, 0, 0);
        tt_expect(strstr((char *)b.at + 8, "\"fnv1a64\":") == NULL, "byte %zu", i);
      }
      tt_scope_close(&s);
      b.at[i] = old;
    }
  close(memory);
  tt_expect(passed < 4 * 8, "%d changes were not noticed", passed);
}

// ---- what cannot be written --------------------------------------------------
static void expect_no_part(const char *name) {
  char pattern[300];
  snprintf(pattern, sizeof pattern, "%s.*", beside(name));
  glob_t left;
  tt_expect(glob(pattern, 0, NULL, &left) == GLOB_NOMATCH, "%s is still there", left.gl_pathv[0]);
}

static void save_long(void *path) { save_three(path, "a second version"); }

TT(safetensors, a_full_disk_leaves_the_old_file) {
  const char *path = beside("full");
  save_three(path, "x");
  Bytes old = read_bytes(path);
  const char *longer = beside("longer");
  save_three(longer, "a second version");
  rlim_t need = (rlim_t)read_bytes(longer).n;
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  for (rlim_t size = 0; size < need; size += 7) {
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){size, before.rlim_max});
    char copy[300];
    snprintf(copy, sizeof copy, "%s", path);
    TensorError e;
    bool done = tt_try(save_long, copy, &e);
    setrlimit(RLIMIT_FSIZE, &before);
    tt_expect(!done, "%d bytes were enough", (int)size);
    tt_expect(strstr(e.message, "File too large") && strstr(e.message, "as it was"),
              "%s", e.message);
    Bytes now = read_bytes(path);
    tt_expect(now.n == old.n && memcmp(now.at, old.at, old.n) == 0, "the old file changed");
    expect_no_part("full");
  }
}

TT(safetensors, what_cannot_be_written) {
  StateDict sd = three();
  tt_expect_fail(tt_save_file("/nowhere/x", sd, (Metadata){0}), "No such file");
  tt_expect_fail(tt_save_file("build", sd, (Metadata){0}), "as it was");
  strcpy(sd.entry[1].name, "0.weight");
  tt_expect_fail(tt_save_file(beside("w"), sd, (Metadata){0}), "'0.weight' comes twice");
  strcpy(sd.entry[1].name, "\xff");
  tt_expect_fail(tt_save_file(beside("w"), sd, (Metadata){0}), "cannot be written");
  strcpy(sd.entry[1].name, "__metadata__");
  tt_expect_fail(tt_save_file(beside("w"), sd, (Metadata){0}), "cannot be written");
  strcpy(sd.entry[1].name, "steps");
  MetaPair twice[] = {{"a", "1"}, {"a", "2"}}, bad[] = {{"a", "\xc3"}}, ours[] = {{"fnv1a64", "0"}};
  tt_expect_fail(tt_save_file(beside("w"), sd, (Metadata){.n = 2, .pair = twice}), "'a' comes twice");
  tt_expect_fail(tt_save_file(beside("w"), sd, (Metadata){.n = 1, .pair = bad}), "cannot be written");
  tt_expect_fail(tt_save_file(beside("w"), sd, (Metadata){.n = 1, .pair = ours}), "cannot be written");
  char path[6000];
  memset(path, 'p', sizeof path);
  path[sizeof path - 1] = 0;
  tt_expect_fail(tt_save_file(path, sd, (Metadata){0}), "cannot be followed");
}

// ---- what is there already stays what it is -------------------------------------
static mode_t mode_of(const char *path) {
  struct stat s;
  tt_expect_int(lstat(path, &s), 0);
  return s.st_mode;
}

TT(safetensors, a_link_is_followed_and_a_mode_kept) {
  const char *path = beside("target"), *link = beside("link"), *chain = beside("chain");
  unlink(path), unlink(link), unlink(chain);
  mode_t mask = umask(027);
  save_three(path, "x");
  umask(mask);
  tt_expect_int(mode_of(path) & 07777, 0640);
  tt_expect_int(chmod(path, 0600), 0);
  tt_expect_int(symlink(strrchr(path, '/') + 1, link), 0);     // a relative one
  tt_expect_int(symlink(link, chain), 0);
  save_three(chain, "a second version");
  tt_expect(S_ISLNK(mode_of(link)) && S_ISLNK(mode_of(chain)), "a link was replaced");
  tt_expect_int(mode_of(path) & 07777, 0600);
  tt_expect_int(tt_load_file(path).n, 3);
  Bytes now = read_bytes(path);
  tt_expect(memmem(now.at, now.n, "a second version", 16), "the target is as it was");
  tt_expect_int(chmod(path, 0444), 0);
  save_three(path, "x");
  tt_expect_int(mode_of(path) & 07777, 0444);
  unlink(path);                                     // now the link leads nowhere
  tt_expect_fail(save_three(link, "x"), "nor a link to one");
  tt_expect(S_ISLNK(mode_of(link)), "the link was replaced");
}

TT(safetensors, what_is_no_file_is_not_replaced) {
  const char *path = beside("pipe");
  unlink(path);
  tt_expect_int(mkfifo(path, 0600), 0);
  tt_expect_fail(save_three(path, "x"), "neither a regular file");
  tt_expect(S_ISFIFO(mode_of(path)), "the pipe was replaced");
  unlink(path);
  tt_expect_fail(save_three("/dev/null", "x"), "neither a regular file");
}

// Many processes save to one path, again and again: it is always whole.
TT(safetensors, savers_do_not_meet) {
  enum { SAVERS = 4, TIMES = 30 };
  const char *path = beside("shared");
  save_three(path, "x");
  for (int p = 0; p < SAVERS; p++)
    if (fork() == 0) {
      char value[3000];
      memset(value, 'a' + p, sizeof value);
      value[500 + 600 * p] = 0;
      for (int i = 0; i < TIMES; i++) save_three(path, value);
      _exit(0);
    }
  int status, ended = 0;
  while (ended < SAVERS) {
    tt_load_file(path);
    while (waitpid(-1, &status, WNOHANG) > 0) {
      tt_expect_int(status, 0);
      ended++;
    }
  }
  tt_load_file(path);
  expect_no_part("shared");
}

// ---- descriptors -----------------------------------------------------------------
static int open_files(void) {
  glob_t g;
  tt_expect_int(glob("/proc/self/fd/*", 0, NULL, &g), 0);
  int n = (int)g.gl_pathc;
  globfree(&g);
  return n;
}

TT(safetensors, nothing_stays_open) {
  int before = open_files();
  const char *path = beside("open");
  save_three(path, "x");
  tt_load_file(path);
  tt_expect_fail(tt_load_file("/nowhere/x"), "No such file");
  tt_expect_fail(tt_load_file("build"), "directory");
  tt_expect_fail(save_three("build", "x"), "neither a regular file");
  tt_expect_fail(save_three("/nowhere/x", "x"), "No such file");
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    write_file(path, wrong[i].header, strlen(wrong[i].header), 4);
    tt_expect(refusal(path), "%s", wrong[i].header);
  }
  save_three(path, "x");
  truncate(path, 500);
  tt_expect(refusal(path), "half a file");
  tt_expect_int(open_files(), before);
}

// ---- types that we lack ---------------------------------------------------------
static int python(const char *what, const char *path);
static Tensor *named(StateDict sd, const char *name) {
  for (int i = 0; i < sd.n; i++)
    if (strcmp(sd.entry[i].name, name) == 0) return *sd.entry[i].slot;
  tt_expect(false, "no tensor '%s'", name);
  return NULL;
}

TT(safetensors, what_can_be_converted_is_read) {
  if (system("command -v python3 > /dev/null") != 0) return;
  const char *path = beside("types");
  tt_expect_int(python("types", path), 0);
  Metadata m;
  int64_t before = tt_memory_stats().tensors;
  StateDict sd = tt_load_file_with(path, &m);
  // what was loaded, its list, the header, the metadata, the names left out
  tt_expect_int(tt_memory_stats().tensors, before + 16 + 4);
  tt_expect_text(m.left_out, "i64 large (I64 beyond i32), i64 small (I64 beyond i32), "
    "u64 large (U64 beyond i32), c64 (C64), u32 large (U32 beyond i32), f8 (F8_E4M3), f8 too (F8_E5M2)");
  tt_expect_int(sd.n, 16);
  tt_expect_fail(tt_load_file(path), "i64 large (I64 beyond i32)");
  tt_expect_fail(tt_load_file(path), "tt_load_file_with loads the others");
  static const struct { const char *name; DType dtype; } types[] = {
    {"f64", TT_F32}, {"i64", TT_I32}, {"u64", TT_I32}, {"f32", TT_F32}, {"i32", TT_I32},
    {"u32", TT_I32}, {"f16", TT_F32}, {"bf16", TT_F32}, {"i16", TT_I32}, {"u16", TT_I32},
    {"bool", TT_U8}, {"u8", TT_U8}, {"i8", TT_I8}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    tt_expect_int(named(sd, types[i].name)->dtype, types[i].dtype);
  double h = 0x1p-24;
  tt_expect_values(named(sd, "f16"), 0, 0, 0, 1, -2.5, 65504, 0x1p-14, h, -1023 * h,
                   HUGE_VAL, -HUGE_VAL, 1365.0 / 4096);
  tt_expect(signbit(tt_peek(named(sd, "f16"), 1)), "minus zero");
  for (int i = 0; i < 2; i++) tt_expect(isnan(tt_peek(named(sd, "f16 nan"), i)), "nan");
  tt_expect_shape(named(sd, "bf16"), TT_SHAPE(2, 2));
  tt_expect_values(named(sd, "bf16"), 0, 1, -0.15625, 0x1p100, HUGE_VAL);
  tt_expect(isnan(tt_peek(named(sd, "bf16 nan"), 0)), "nan");
  tt_expect_values(named(sd, "i64"), 0, INT32_MIN, INT32_MAX, 7);
  tt_expect_values(named(sd, "u64"), 0, 0, 5);
  tt_expect_values(named(sd, "u32"), 0, 0, INT32_MAX);
  tt_expect_values(named(sd, "i16"), 0, -32768, 32767, 0);
  tt_expect_values(named(sd, "u16"), 0, 0, 65535);
  tt_expect_values(named(sd, "bool"), 0, 1, 0);
  tt_expect_values(named(sd, "u8"), 0, 255);
  tt_expect_values(named(sd, "i8"), 0, -1);
  tt_expect_close(tt_peek(named(sd, "f64"), 0), 0.1, 1e-7, 0);
  tt_expect_close(tt_peek(named(sd, "f32"), 0), 0.1, 1e-7, 0);
  for (int i = 0; i < 5000; i++) tt_expect_close(tt_peek(named(sd, "many"), i), i, 0, 0);
}

// a model is as large as it is: reading takes no second copy of it
TT(safetensors, a_file_is_never_in_memory_twice) {
  Tensor *x = tt_zeros(TT_SHAPE(1 << 20)), *y = tt_zeros(TT_SHAPE(1 << 20));
  StateDict sd = {2, (StateEntry[]){{"x", TT_BUFFER, &x}, {"y", TT_BUFFER, &y}}};
  int64_t bytes = 2 * (int64_t)sizeof(Real) << 20;
  for (int load = 0; load < 2; load++) {
    int64_t before = tt_memory_stats().live_bytes;
    tt_reset_peak_memory();
    if (load) tt_load_file(beside("large"));
    else tt_save_file(beside("large"), sd, (Metadata){0});
    int64_t peak = tt_memory_stats().peak_bytes - before;
    tt_expect(peak < (load ? bytes : 0) + 10000, "%d: %lld bytes", load, (long long)peak);
  }
  unlink(beside("large"));
}

// ---- Python --------------------------------------------------------------------
static int python(const char *what, const char *path) {
  char command[600];
  snprintf(command, sizeof command,
           "python3 tests/reference/safetensors.py %s '%s'", what, path);
  return system(command);
}

TT(safetensors, python_reads_what_we_write) {
  if (system("command -v python3 > /dev/null") != 0) return;
  const char *path = beside("python");
  MetaPair p[] = {{"note", "\"quoted\" \\ \t ä"}, {"step", "12345678901234567890"}};
  tt_save_file(path, three(), (Metadata){.n = 2, .pair = p});
  tt_expect_int(python("read", path), 0);
}

TT(safetensors, we_read_what_python_writes) {
  if (system("command -v python3 > /dev/null") != 0) return;
  const char *path = beside("by-python");
  tt_expect_int(python("write", path), 0);
  Metadata m;
  StateDict sd = tt_load_file_with(path, &m);
  tt_expect_text(tt_metadata_get(m, "format"), "pt");
  tt_expect_text(tt_metadata_get(m, "ä\n"), "\"𝄞\"");
  tt_expect(!tt_metadata_get(m, "nothing"), "a key that is not there");
  tt_expect_int(sd.n, 4);
  for (int i = 0; i < 4; i++) {
    Tensor *t = *sd.entry[i].slot;
    if (strcmp(sd.entry[i].name, "größe") == 0) {
      tt_expect_shape(t, TT_SHAPE(2, 3));
      tt_expect_values(t, 0, 0, 0.5, 1, 1.5, 2, 2.5);
    } else if (strcmp(sd.entry[i].name, "count") == 0) {
      tt_expect_shape(t, TT_SCALAR);
      tt_expect_values(t, 0, -7);
    } else if (strcmp(sd.entry[i].name, "empty") == 0) {
      tt_expect_shape(t, TT_SHAPE(0, 3));
    } else {
      tt_expect_text(sd.entry[i].name, "bytes");
      tt_expect_values(t, 0, 0, 128, 255);
    }
  }
}

// ---- memory --------------------------------------------------------------------
static const char *fault_path;
static void save_and_load(void *unused) {
  (void)unused;
  save_three(fault_path, "x");
  tt_load_file(fault_path);
}

TT(safetensors, every_allocation_fails_once) {
  fault_path = beside("fault");
  survive_each_fault("a file", save_and_load, NULL);
}
