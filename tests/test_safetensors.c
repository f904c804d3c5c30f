// Needs chapter 07: files of tensors that lie, end early, were changed on
// the way, cannot be written; files by and for Python; and every
// allocation fails once. Files stand beside the test program.
#define _GNU_SOURCE
#include "faults.h"
#include "files.h"
#include <ctype.h>
#include <errno.h>
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
static const char *in_memory(void) {
  static char path[40];
  snprintf(path, sizeof path, "/proc/self/fd/%d", memfd_create("file", 0));
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
  {"{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}", "type 'BF16'"},
  {"{\"a\":{\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "type 'f32'"},
  {"{\"a\":{\"dtype\":\"\",\"shape\":[1],\"data_offsets\":[0,4]}}", "type ''"},
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
    tt_expect(refusal(path), "length %llu was believed", (unsigned long long)lengths[i]);
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
  tt_save_file(path, three(), (Metadata){1, &p});
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
  tt_expect(passed < 4 * 8, "%d changes were not noticed", passed);
}

// ---- what cannot be written --------------------------------------------------
static void save_long(void *path) { save_three(path, "a second version"); }

TT(safetensors, a_full_disk_leaves_the_old_file) {
  const char *path = beside("full");
  char part[300];
  snprintf(part, sizeof part, "%s.part", path);
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
    tt_expect(access(part, F_OK) != 0, "%s is still there", part);
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
  tt_expect_fail(tt_save_file(beside("w"), sd, (Metadata){2, twice}), "'a' comes twice");
  tt_expect_fail(tt_save_file(beside("w"), sd, (Metadata){1, bad}), "cannot be written");
  tt_expect_fail(tt_save_file(beside("w"), sd, (Metadata){1, ours}), "cannot be written");
  char path[6000];
  memset(path, 'p', sizeof path);
  path[sizeof path - 1] = 0;
  tt_expect_fail(tt_save_file(path, sd, (Metadata){0}), "too long");
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
  tt_save_file(path, three(), (Metadata){2, p});
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
