// Needs chapter 07: edges. The last value that a check lets through and the
// first that it refuses, a file whose descriptor is 0, a text as long as its
// room, numbers in messages in their order, every byte of a picture and of
// what a training prints.
#define _GNU_SOURCE                  // terminals
#include "faults.h"
#include "files.h"
#include "tt/machine.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static Tensor *leaf(Shape s) { return tt_requires_grad_(tt_ones(s), true); }
static Tensor *zeros(Shape s) { return tt_zeros(s); }

// ---- tensors -----------------------------------------------------------------
TT(edges, randint_of_one_number_and_of_none) {
  Tensor *all = tt_randint(-1, 2, TT_SHAPE(300), NULL);
  int seen[3] = {0};
  for (int i = 0; i < 300; i++) {
    int v = ((int32_t *)all->data)[i];
    tt_expect(v >= -1 && v < 2, "%d of -1, 0, 1", v);
    seen[v + 1]++;
  }
  tt_expect(seen[0] && seen[1] && seen[2], "%d, %d, %d", seen[0], seen[1], seen[2]);
  Tensor *one = tt_randint(7, 8, TT_SHAPE(5), NULL);
  for (int i = 0; i < 5; i++) tt_expect_int(((int32_t *)one->data)[i], 7);
  Tensor *wide = tt_randint(INT32_MIN, INT32_MAX, TT_SHAPE(64), NULL);
  bool below_0 = false, above_0 = false;
  for (int i = 0; i < 64; i++) {
    int32_t v = ((int32_t *)wide->data)[i];
    below_0 |= v < 0, above_0 |= v > 0;
  }
  tt_expect(below_0 && above_0, "all of one sign");
  tt_expect_fail(tt_randint(3, 3, TT_SHAPE(1), NULL), "from 3 to 3; the first must be smaller");
  tt_expect_fail(tt_randint(4, 3, TT_SHAPE(1), NULL), "from 4 to 3;");
}

TT(edges, small_tensors_of_each_maker) {
  tt_expect_int(tt_numel(tt_eye(0)), 0);
  tt_expect_values(tt_eye(1), 0, 1);
  tt_expect_values(tt_eye(2), 0, 1, 0, 0, 1);
  tt_expect_int(tt_numel(tt_randperm(0, NULL)), 0);
  tt_expect_int(((int32_t *)tt_randperm(1, NULL)->data)[0], 0);
  tt_expect_int(tt_numel(tt_linspace(2, 3, 0)), 0);
  tt_expect_values(tt_linspace(2, 3, 1), 0, 2);
  tt_expect_values(tt_linspace(2, 3, 2), 0, 2, 3);
  tt_expect_int(tt_numel(tt_arange(0, 0, 1)), 0);
  for (int64_t n = 0; n < 4; n++)
    tt_expect_int(tt_numel(tt_randn(TT_SHAPE(n), NULL)), n);
}

// As many as an i32 can count are refused by the memory, not for their number.
TT(edges, as_many_as_an_i32_can_count) {
  Tensor *one = tt_ones(TT_SHAPE(1)), *most = tt_expand(one, TT_SHAPE(INT32_MAX));
  Tensor *more = tt_expand(one, TT_SHAPE(INT32_MAX + INT64_C(1)));
  tt_memory_limit(tt_memory_stats().live_bytes + (1 << 20));
  tt_expect_fail(tt_argmax(most, 0, false), "memory limit");
  tt_expect_fail(tt_argmax(more, 0, false), "2147483648 elements; an i32 cannot count");
  tt_expect_fail(tt_argmax_last(more, 0, false), "2147483648 elements; an i32 cannot count");
  tt_expect_fail(tt_max(more, 0, false), "memory limit");
  tt_expect_fail(tt_randperm(INT32_MAX, NULL), "memory limit");
  tt_expect_fail(tt_randperm(INT32_MAX + INT64_C(1), NULL), "an i32 cannot count");
  tt_memory_limit(0);
}

TT(edges, cat_of_more_than_can_be_counted) {
  Tensor *part = tt_expand(tt_ones(TT_SHAPE(1)), TT_SHAPE(INT64_C(1) << 59)), *parts[16];
  for (int i = 0; i < 16; i++) parts[i] = part;
  tt_expect_fail(tt_cat(16, parts, 0), "2^60 elements or more");
  tt_expect_fail(tt_cat(2, parts, 0), "2^60 elements or more");
  for (int i = 0; i < 16; i++)
    parts[i] = tt_expand(zeros(TT_SHAPE(1, 0)), TT_SHAPE(INT64_C(1) << 59, 0));
  tt_expect_fail(tt_cat(16, parts, 0), "2^60 elements or more");
}

TT(edges, batches_of_an_epoch_are_as_many_as_announced) {
  for (int n = 5; n < 8; n++)
    for (int drop = 0; drop < 2; drop++) {
      BatchSource *s = tt_batches_new(zeros(TT_SHAPE(n, 1)), zeros(TT_SHAPE(n, 1)),
                                      (BatchOptions){.size = 3, .drop_last = drop});
      int64_t seen = 0;
      while (tt_source_next(s).x) seen++;
      tt_expect_int(seen, drop ? n / 3 : (n + 2) / 3);
      tt_expect_int(s->batches, seen);
    }
}

// ---- memory ------------------------------------------------------------------
TT(edges, the_limit_says_what_is_used_and_the_last_byte_is_given) {
  Tensor *held = tt_empty(TT_U8, TT_SHAPE(640));
  int64_t used = tt_memory_stats().live_bytes;
  char says[100];
  tt_memory_limit(used + 128);
  snprintf(says, sizeof says, "memory limit: 192 bytes asked for, %lld of %lld used",
           (long long)used, (long long)used + 128);
  tt_expect_fail(tt_empty(TT_U8, TT_SHAPE(129)), says);
  Tensor *fits = tt_empty(TT_U8, TT_SHAPE(128));
  tt_expect_int(tt_memory_stats().live_bytes, used + 128);
  tt_memory_limit(0);
  tt_release(fits), tt_release(held);
}

// The pool is kept as long as it and what is in use are not more than twice
// what was ever in use, and emptied by the first line more. (A debug build
// holds handles back.)
static void *fills_a_pool(void *more) {
  static int64_t left[2];
  Tensor *x = tt_empty(TT_U8, TT_SHAPE(640));
  tt_release(x);
  int64_t most = tt_memory_stats().pool_bytes;
  x = tt_empty(TT_U8, TT_SHAPE(most + (more ? 1 : 0)));
  left[!!more] = tt_memory_stats().pool_bytes;
  tt_clear();
  return &left[!!more];
}

TT(edges, the_pool_is_emptied_when_it_is_too_large) {
  for (int more = 0; more < 2; more++) {
    pthread_t t;
    void *left;
    tt_expect_int(pthread_create(&t, NULL, fills_a_pool, more ? &t : NULL), 0);
    tt_expect_int(pthread_join(t, &left), 0);
#if !defined TT_DEBUG && !defined __SANITIZE_ADDRESS__
    tt_expect_int(*(int64_t *)left, more ? 0 : 640);
#endif
  }
}

// tt_clear takes a tape along that was never walked back.
static void *records(void *unused) {
  Tensor *x = leaf(TT_SHAPE(100)), *y = x;
  for (int i = 0; i < 50; i++) y = tt_mul(y, x);
  bool whole = tt_tape_length() == 50;
  tt_clear();
  MemoryStats s = tt_memory_stats();
  return whole && s.live_bytes == 0 && s.tensors == 0 && tt_tape_bytes() == 0 ? unused : NULL;
}

TT(edges, a_thread_clears_its_tape) {
  tt_autograd_enable();
  char ok;
  for (int i = 0; i < 3; i++) {
    pthread_t t;
    void *got;
    tt_expect_int(pthread_create(&t, NULL, records, &ok), 0);
    tt_expect_int(pthread_join(t, &got), 0);
    tt_expect(got == &ok, "something is left");
  }
}

// ---- gradients ---------------------------------------------------------------
TT(edges, a_leaf_that_is_gone_gets_nothing_and_neither_does_its_place) {
  tt_autograd_enable();
  Tensor *x = leaf(TT_SHAPE(3)), *w = leaf(TT_SHAPE(3));
  Tensor *loss = tt_sum(tt_mul(x, w), TT_ALL, false);
  tt_release(x);
  Tensor *others[20];                // one of them has the place of x
  for (int i = 0; i < 20; i++) others[i] = leaf(TT_SHAPE(3));
  tt_backward(loss);
  tt_expect_values(w->grad, 0, 1, 1, 1);
  for (int i = 0; i < 20; i++)
    tt_expect(!others[i]->grad, "leaf %d, made later, has a gradient", i);
}

// log p and log(1 - p) end at -100, in the loss and in both gradients.
TT(edges, cross_entropy_of_certain_answers) {
  tt_autograd_enable();
  Tensor *p = tt_from(TT_SHAPE(4), (Real[]){0, 1, (Real)1e-44, (Real)0.5});
  for (int k = 0; k < 4; k++) {
    Tensor *one = tt_clone(tt_slice(p, 0, k, k + 1, 1)), *y = leaf(TT_SHAPE(1));
    tt_backward(tt_bce_loss(one, y));
    tt_expect_values(y->grad, 1e-5, ((double[]){100, -100, 100, 0})[k]);
    tt_release(y->grad), y->grad = NULL;
  }
}

static void step(void *optimizer) { tt_optimizer_step(optimizer); }
TT(edges, a_gradient_differs_in_any_dimension) {
  const Shape parameter = TT_SHAPE(2, 3, 4), other[] = {
    TT_SHAPE(1, 3, 4), TT_SHAPE(2, 1, 4), TT_SHAPE(2, 3, 1), TT_SHAPE(2, 3, 8),
    TT_SHAPE(2, 12), TT_SHAPE(1, 2, 3, 4), TT_SHAPE(24)};
  for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
    Tensor *w = leaf(parameter);
    StateEntry e = {"w", TT_PARAM, &w};
    Optimizer *o = tt_sgd_new((StateDict){1, &e}, (SgdOptions){.lr = 1});
    w->grad = tt_ones(other[i]);
    TensorError said = {0};
    char says[100];
    const char *real = tt_dtype_name(TT_F32);
    snprintf(says, sizeof says, "w is %s [2,3,4], its gradient %s %s", real, real,
             TT_TEXT(other[i]));
    bool passed = tt_try(step, o, &said);
    tt_expect(!passed && strstr(said.message, says), "%s: %s", says, said.message);
    tt_expect_close(tt_get(w, TT_INDEX(0, 0, 0)), 1, 0, 0);
  }
}

typedef struct Deep { Module module; Tensor *w; } Deep;
static const ModuleField deep_fields[] = {TT_PARAM(Deep, w), {0}};
static const ModuleType deep_type = {.name = "Deep", .size = sizeof(Deep), .fields = deep_fields};

// What has as many dimensions as there can be: none is read behind the last.
TT(edges, all_dimensions_there_can_be) {
  tt_autograd_enable();
  Shape s = TT_SHAPE(2, 1, 2, 1, 2, 3);
  tt_expect_int(s.rank, TT_MAX_RANK);
  Deep *deep = tt_module_new(&deep_type);
  Tensor *w = deep->w = leaf(s), *saved = tt_full(s, 5);
  Tensor *turned = tt_slice(tt_full(TT_SHAPE(2, 1, 2, 1, 2, 6), 6), 5, 0, 6, 2);
  StateEntry e = {"w", TT_PARAM, &w}, f = {"w", TT_PARAM, &saved}, g = {"w", TT_PARAM, &turned};
  tt_module_load_state_dict(deep, (StateDict){1, &f});
  tt_expect_close(tt_get(w, TT_INDEX(1, 0, 1, 0, 1, 2)), 5, 0, 0);
  tt_module_load_state_dict(deep, (StateDict){1, &g});
  tt_expect_close(tt_get(w, TT_INDEX(1, 0, 1, 0, 1, 2)), 6, 0, 0);
  Optimizer *o = tt_sgd_new((StateDict){1, &e}, (SgdOptions){.lr = 1});
  w->grad = tt_expand(tt_ones(TT_SCALAR), s);
  tt_optimizer_step(o);
  tt_expect_close(tt_get(w, TT_INDEX(1, 0, 1, 0, 1, 2)), 5, 0, 0);
  tt_expect(tt_allclose(tt_add(w, w), tt_mul_scalar(w, 2), 0, 0), "w + w is not 2 w");
  tt_expect_int(tt_numel(tt_sum(tt_cat(2, (Tensor *[]){w, w}, 5), 5, true)), 8);
}

// ---- names -------------------------------------------------------------------
TT(edges, a_name_as_long_as_its_room) {
  Tensor *w = leaf(TT_SHAPE(1));
  StateEntry e = {.kind = TT_PARAM, .slot = &w};
  size_t most = sizeof e.name - sizeof ".max_exp_avg_sq";
  memset(e.name, 'n', most);
  Optimizer *o = tt_adam_new((StateDict){1, &e}, (AdamOptions){.lr = 1, .amsgrad = true});
  w->grad = tt_ones(TT_SHAPE(1));
  tt_optimizer_step(o);
  StateDict s = tt_optimizer_state_dict(o);
  bool whole = false;
  for (int i = 0; i < s.n; i++) {
    size_t n = strlen(s.entry[i].name);
    whole |= n == sizeof e.name - 1 && strcmp(s.entry[i].name + most, ".max_exp_avg_sq") == 0;
  }
  tt_expect(whole, "no name has all its letters");
  e.name[most] = 'n';
  char says[80];
  snprintf(says, sizeof says, "is too long, %zu characters; at most %zu leave room", most + 1,
           most);
  tt_expect_fail(tt_adam_new((StateDict){1, &e}, (AdamOptions){.lr = 1}), says);
}

TT(edges, a_field_with_a_name_as_long_as_its_room) {
  static char name[TT_NAME + 1];
  ModuleField fields[] = {{name, TT_PARAM, offsetof(Deep, w), 0}, {0}};
  ModuleType type = {.name = "Long", .size = sizeof(Deep), .fields = fields};
  Deep *m = tt_module_new(&type);
  m->w = leaf(TT_SHAPE(2));
  memset(name, 'n', TT_NAME - 1);
  StateDict s = tt_module_state_dict(m);
  tt_expect_text(s.entry[0].name, name);
  name[TT_NAME - 1] = 'n';
  tt_expect_fail(tt_module_state_dict(m), "is too long; it has at most 103 characters");
}

static void write_header(const char *path, const char *name) {
  char text[200];
  int n = snprintf(text, sizeof text, "{\"%s\":{\"dtype\":\"U8\",\"shape\":[1],"
                   "\"data_offsets\":[0,1]}}", name);
  uint64_t length = (uint64_t)n;
  FILE *f = fopen(path, "wb");
  fwrite(&length, 8, 1, f);
  fwrite(text, 1, (size_t)n + 1, f);
  fclose(f);
}

// Characters at the edges of their lengths are written, read and told apart.
TT(edges, characters_of_each_length) {
  static const char *const good[] = {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
    "\xef\xbf\xbd", "\xee\x80\x80", "\xed\x9f\xbf", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
    "\xf4\x8f\xbf\xbf"};
  static const char *const bad[] = {"\x80", "\xbf\x80", "\xf8\x90\x80\x80", "\xc0\xaf", "\xc1\xbf", "\xc3(", "\xc3",
    "\xe0\x9f\xbf", "\xe2\x82", "\xe2(\xa1", "\xe2\x82(", "\xed\xa0\x80", "\xed\xbf\xbf",
    "\xf0\x8f\xbf\xbf", "\xf0\x90\x80(", "\xf0\x90(\xbc", "\xf0(\x8c\xbc", "\xf4\x90\x80\x80",
    "\xf5\x80\x80\x80", "\xff"};
  const char *path = beside("characters");
  Tensor *t = tt_ones(TT_SHAPE(1));
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    StateEntry e = {.slot = &t};
    snprintf(e.name, sizeof e.name, "%s", good[i]);
    tt_save_file(path, (StateDict){1, &e}, (Metadata){0});
    tt_expect_text(tt_load_file(path).entry[0].name, good[i]);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    StateEntry e = {.slot = &t};
    snprintf(e.name, sizeof e.name, "%s", bad[i]);
    fprintf(stderr, "bad character %zu\n", i);
    tt_expect_fail(tt_save_file(path, (StateDict){1, &e}, (Metadata){0}), "cannot be written");
  }
  static const char *const half[] = {"\\ud800\\ue000", "\\ud800\\udbff", "\\udbff\\uffff"};
  for (size_t i = 0; i < sizeof half / sizeof *half; i++) {
    write_header(path, half[i]);
    tt_expect_fail(tt_load_file(path), "half a surrogate");
  }
  static const struct { const char *escape, *is; } escapes[] = {
    {"\\u007f", "\x7f"}, {"\\u0080", "\xc2\x80"}, {"\\u07ff", "\xdf\xbf"},
    {"\\u0800", "\xe0\xa0\x80"}, {"\\uffff", "\xef\xbf\xbf"},
    {"\\ud800\\udc00", "\xf0\x90\x80\x80"}, {"\\udbff\\udfff", "\xf4\x8f\xbf\xbf"}};
  for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
    write_header(path, escapes[i].escape);
    tt_expect_text(tt_load_file(path).entry[0].name, escapes[i].is);
  }
}

// ---- descriptor 0 ------------------------------------------------------------
// A program may run with its standard input closed: the next file is 0.
static double first_metric(Tensor *y, Tensor *truth) { return tt_accuracy(y, truth); }
static Trainer small_trainer(void) {
  Sequential *net = TT_SEQUENTIAL(tt_linear_new(2, 2, NULL));
  Tensor *x = tt_from(TT_SHAPE(4, 2), (Real[]){0, 1, 1, 0, 0, 2, 2, 0});
  Tensor *y = tt_from_int(TT_SHAPE(4), (int32_t[]){0, 1, 0, 1});
  Optimizer *o = tt_sgd_new(tt_module_parameters(net), (SgdOptions){.lr = 0.1});
  return (Trainer){.model = net, .opt = o, .loss = tt_cross_entropy, .epochs = 2,
    .train = tt_batches_new(x, y, (BatchOptions){.size = 2}), .quiet = true};
}

static int open_files(void) {
  int n = 0;
  for (int fd = 0; fd < 256; fd++) n += fcntl(fd, F_GETFD) != -1;
  return n;
}

static int parts_beside(const char *path) {
  char command[600], line[20] = "";
  snprintf(command, sizeof command, "ls '%s'.%ld-*.part 2> /dev/null | wc -l", path,
           (long)getpid());
  FILE *f = popen(command, "r");
  char *got = fgets(line, sizeof line, f);
  pclose(f);
  return got ? atoi(line) : -1;
}

TT(edges, files_whose_descriptor_is_0) {
  tt_autograd_enable();
  char path[300], metrics[300];
  snprintf(path, sizeof path, "%s", beside("zero"));
  snprintf(metrics, sizeof metrics, "%s", beside("zero-metrics"));
  unlink(metrics), unlink(path);
  enum { TAKEN = 8 };                // names that others have begun with
  char part[TAKEN][400];
  for (int i = 0; i < TAKEN; i++) {
    snprintf(part[i], sizeof part[i], "%s.%ld-%d.part", path, (long)getpid(), i);
    close(open(part[i], O_CREAT | O_WRONLY, 0600));
  }
  Trainer t = small_trainer();
  t.metrics = metrics, t.checkpoint = path, t.every = 1;
  close(0);
  int before = open_files();
  tt_trainer_run(&t);
  tt_save_file(path, tt_module_state_dict(t.model), (Metadata){0});
  StateDict s = tt_load_file(path);
  tt_expect_int(s.n, 2);
  tt_expect(fcntl(0, F_GETFD) == -1, "descriptor 0 is open");
  tt_expect_int(open_files(), before);
  tt_expect_int(parts_beside(path), TAKEN);
  for (int i = 0; i < TAKEN; i++) unlink(part[i]);
  int rows = 0;
  Bytes b = read_bytes(metrics);
  for (size_t i = 0; i < b.n; i++) rows += b.at[i] == '\n';
  tt_expect_int(rows, 3);
}

// ---- a file system that gives less than was asked -----------------------------
static size_t at_most = SIZE_MAX;    // bytes that a write takes
static int interrupted, written, synced_wrong;

ssize_t write(int fd, const void *data, size_t n) {
  if (interrupted && written++ % 2) {
    errno = EINTR;
    return -1;
  }
  return syscall(SYS_write, fd, data, n < at_most ? n : at_most);
}

int fsync(int fd) {                  // the k-th time it fails
  (void)fd;
  if (synced_wrong && --synced_wrong == 0) {
    errno = EIO;
    return -1;
  }
  return 0;
}

TT(edges, a_file_is_written_in_pieces) {
  const char *path = beside("pieces");
  Tensor *t = tt_randn(TT_SHAPE(301), NULL);
  StateEntry e = {"t", TT_PARAM, &t};
  for (size_t piece = 1; piece < 2000; piece = piece * 3 + 1)
    for (int broken = 0; broken < 2; broken++) {
      at_most = piece, interrupted = broken;
      tt_save_file(path, (StateDict){1, &e}, (Metadata){0});
      at_most = SIZE_MAX, interrupted = 0;
      tt_expect(tt_allclose(*tt_load_file(path).entry[0].slot, t, 0, 0), "pieces of %zu", piece);
    }
  at_most = 0;                       // a write that takes nothing, for ever
  tt_expect_fail(tt_save_file(path, (StateDict){1, &e}, (Metadata){0}), "the file is as it was");
  at_most = SIZE_MAX;
  tt_expect(tt_allclose(*tt_load_file(path).entry[0].slot, t, 0, 0), "other numbers");
  tt_expect_int(parts_beside(path), 0);
}

TT(edges, a_disk_that_fails_late) {
  const char *path = beside("late");
  Tensor *t = tt_ones(TT_SHAPE(3)), *u = tt_zeros(TT_SHAPE(3));
  StateEntry e = {"t", TT_PARAM, &t}, f = {"t", TT_PARAM, &u};
  tt_save_file(path, (StateDict){1, &e}, (Metadata){0});
  int before = open_files();
  synced_wrong = 1;                  // of the new file, before it has the name
  tt_expect_fail(tt_save_file(path, (StateDict){1, &f}, (Metadata){0}), "Input/output error; the"
                 " file is as it was");
  synced_wrong = 0;
  tt_expect_values(*tt_load_file(path).entry[0].slot, 0, 1, 1, 1);
  synced_wrong = 2;                  // of its directory
  tt_expect_fail(tt_save_file(path, (StateDict){1, &f}, (Metadata){0}), "Input/output error; the"
                 " new file is there, but may not survive a power failure");
  synced_wrong = 0;
  tt_save_file(path, (StateDict){1, &f}, (Metadata){0});
  tt_expect_values(*tt_load_file(path).entry[0].slot, 0, 0, 0, 0);
  tt_expect_int(parts_beside(path), 0);
  tt_expect_int(open_files(), before);
}

// ---- what is printed -----------------------------------------------------------
static const char *printed(void (*f)(void *), void *arg) {   // to stdout
  static char text[4096];
  FILE *to = tmpfile();              // of this process: tests run side by side
  fflush(stdout);
  int keep = dup(1);
  dup2(fileno(to), 1);
  f(arg);
  fflush(stdout);
  dup2(keep, 1), close(keep);
  ssize_t n = pread(fileno(to), text, sizeof text - 1, 0);
  tt_expect(n >= 0, "cannot be read");
  text[n] = 0;
  fclose(to);
  return text;
}

static void print_it(void *t) { tt_print(t); }
TT(edges, print_prints) {
  tt_expect_text(printed(print_it, tt_arange(0, 3, 1)), "tensor([0., 1., 2.])\n");
}

static void starts(Tensor *t, const char *want) {
  char got[200];
  snprintf(got, sizeof got, "%.*s", (int)strlen(want), printed(print_it, t));
  tt_expect_text(got, want);
}

// As PyTorch does: powers of ten from a ratio above 1000, above 1e8, and
// below 1e-4; three at each end of more than 1000.
TT(edges, print_changes_its_form) {
  Shape two = TT_SHAPE(2), one = TT_SHAPE(1);
  starts(tt_from(two, (Real[]){1, 1000}), "tensor([   1., 1000.])");
  starts(tt_from(two, (Real[]){1, 1001}), "tensor([1.0000e+00, 1.0010e+03])");
  starts(tt_from(one, (Real[]){1e8}), "tensor([100000000.])");
  starts(tt_from(one, (Real[]){(Real)1.5e8}), "tensor([1.5000e+08])");
  starts(tt_from(one, (Real[]){(Real)0.00011}), "tensor([0.0001])");
  starts(tt_from(one, (Real[]){(Real)0.00009}), "tensor([9.0000e-05])");
  starts(tt_from(one, (Real[]){(Real)0.00002}), "tensor([2.0000e-05])");
  starts(tt_zeros(TT_SHAPE(1000)), "tensor([0., 0., 0., 0.,");
  starts(tt_zeros(TT_SHAPE(1001)), "tensor([0., 0., 0.,  ..., 0., 0., 0.])\n");
  starts(tt_zeros(TT_SHAPE(6, 1000)), "tensor([[0., 0., 0.,  ..., 0., 0., 0.],");
}

static void run(void *t) { tt_trainer_run(t); }
TT(edges, a_line_tells_what_there_is) {
  tt_autograd_enable();
  for (int valid = 0; valid < 2; valid++)
    for (int metric = 0; metric < 2; metric++) {
      Trainer t = small_trainer();
      t.epochs = 1, t.quiet = false;
      if (metric) t.metric = first_metric;
      if (valid) t.valid = tt_batches_new(tt_ones(TT_SHAPE(3, 2)), tt_from_int(TT_SHAPE(3),
        (int32_t[]){0, 0, 1}), (BatchOptions){.size = 2});
      const char *text = printed(run, &t);
      char want[200];
      Metrics seen = t.train_score, unseen = t.valid_score;
      int n = snprintf(want, sizeof want, "epoch 1/1: loss %.4f", seen.loss);
      if (metric) n += snprintf(want + n, sizeof want - (size_t)n, ", metric %.4f", seen.metric);
      if (valid) n += snprintf(want + n, sizeof want - (size_t)n, "; unseen %.4f", unseen.loss);
      if (valid && metric)
        n += snprintf(want + n, sizeof want - (size_t)n, ", %.4f", unseen.metric);
      snprintf(want + n, sizeof want - (size_t)n, valid ? " *\n" : "\n");
      tt_expect_text(text, want);
    }
}

// The bar of a terminal: drawn, erased once, and then comes the line; and
// nothing is erased where nothing was drawn.
static int losses_left;
static Tensor *ends_in_nan(Tensor *y, Tensor *truth) {
  Tensor *loss = tt_cross_entropy(y, truth);
  return losses_left-- > 0 ? loss : tt_mul_scalar(loss, NAN);
}

static bool on_terminal(void (*f)(void *), void *arg, char *text, size_t room) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return false;
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY), keep = dup(1);
  if (slave < 0) return false;
  fflush(stdout);
  dup2(slave, 1);
  TensorError e;
  tt_try(f, arg, &e);
  fflush(stdout);
  dup2(keep, 1), close(keep), close(slave);
  size_t n = 0;
  for (ssize_t k; n < room - 1 && (k = read(master, text + n, room - 1 - n)) > 0;) n += (size_t)k;
  text[n] = 0;
  close(master);
  return true;
}

static int count(const char *text, const char *what) {
  int n = 0;
  for (const char *p = text; (p = strstr(p, what)); p++) n++;
  return n;
}

TT(edges, a_terminal_gets_these_bytes) {
  tt_autograd_enable();
  for (int nan = 0; nan < 3; nan++) {  // none; before a bar; behind one
    Trainer t = small_trainer();
    t.quiet = false, t.epochs = 3;
    losses_left = 1 + nan;
    if (nan) t.loss = ends_in_nan;
    char text[8192];
    if (!on_terminal(run, &t, text, sizeof text)) return;
    int lines = nan ? 1 : 3;
    tt_expect_int(count(text, ": loss "), lines);
    tt_expect_int(count(text, "\r\033[Kepoch "), lines);
    tt_expect_int(count(text, "\r\033[K"), lines + (nan == 2));
    tt_expect(count(text, "\repoch ") >= lines, "no bar: %s", text);
    for (const char *p = text; (p = strstr(p, "\repoch ")); p++) {
      const char *next = strchr(p + 1, '\r');
      tt_expect(next && (next[1] == 'e' || strncmp(next, "\r\033[K", 4) == 0),
                "a line stands behind a bar: %s", p);
    }
  }
}

// However many batches there are, it is drawn ten times a second at most.
TT(edges, a_bar_is_drawn_now_and_then) {
  tt_autograd_enable();
  Trainer t = small_trainer();
  enum { EXAMPLES = 1500, EPOCHS = 2 };
  t.quiet = false, t.epochs = EPOCHS;
  t.train = tt_batches_new(tt_ones(TT_SHAPE(EXAMPLES, 2)), tt_to(zeros(TT_SHAPE(EXAMPLES)), TT_I32),
                           (BatchOptions){.size = 1});
  const char *path = beside("drawn");
  int keep = dup(1), master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return;
  pid_t reader = fork();             // a terminal that is not read stands still
  if (reader == 0) {
    FILE *f = fopen(path, "w");
    char text[4096];
    for (ssize_t n; (n = read(master, text, sizeof text)) > 0;) fwrite(text, 1, (size_t)n, f);
    fclose(f);
    _exit(0);
  }
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  dup2(slave, 1), close(slave);
  double start = tt_machine_now();
  tt_trainer_run(&t);
  fflush(stdout);
  double took = tt_machine_now() - start;
  dup2(keep, 1), close(keep);
  waitpid(reader, NULL, 0);
  close(master);
  int drawn = count((char *)read_bytes(path).at, "\repoch ");
  tt_expect(drawn >= EPOCHS, "no bar");
  tt_expect(drawn <= EPOCHS + took / 0.1, "%d bars in %.2f s", drawn, took);
}

// ---- training ------------------------------------------------------------------
TT(edges, accuracy_counts_what_is_right) {
  Tensor *logits = tt_from(TT_SHAPE(4, 3), (Real[]){9, 0, 0, 0, 9, 0, 0, 0, 9, 9, 0, 0});
  tt_expect_close(tt_accuracy(logits, tt_from_int(TT_SHAPE(4), (int32_t[]){0, 1, 2, 2})), 0.75, 0,
                  0);
  tt_expect_close(tt_accuracy(logits, tt_from_int(TT_SHAPE(4), (int32_t[]){1, 0, 0, 0})), 0.25, 0,
                  0);
  tt_expect_close(tt_accuracy(zeros(TT_SHAPE(0, 3)), tt_from_int(TT_SHAPE(0), NULL)), 0, 0, 0);
}

TT(edges, accuracy_refuses_each_wrong_shape) {
  Tensor *y = tt_from_int(TT_SHAPE(4), (int32_t[]){0, 1, 1, 0});
  Tensor *column = tt_reshape(y, TT_SHAPE(4, 1));
  tt_expect_fail(tt_accuracy(zeros(TT_SHAPE(4)), y), "logits [4], labels [4] of i32");
  tt_expect_fail(tt_accuracy(zeros(TT_SHAPE(4, 2, 1)), y), "logits [4,2,1], labels [4] of i32");
  tt_expect_fail(tt_accuracy(zeros(TT_SHAPE(4, 2)), column), "logits [4,2], labels [4,1] of i32");
  tt_expect_fail(tt_accuracy(zeros(TT_SHAPE(4, 2)), tt_to(y, TT_U8)), "labels [4] of u8");
  tt_expect_fail(tt_accuracy(zeros(TT_SHAPE(3, 2)), y), "logits [3,2], labels [4] of i32");
}

// Of several that disagree, the worst is told, wherever it stands.
static int wrong_at;
static void wrong_backward(TapeNode *k) {
  Tensor *g = tt_full(TT_SHAPE(3), 1);
  for (int i = 0; i < 3; i++) ((Real *)g->data)[i] = 1 + (i == wrong_at ? 4 : (Real)0.5);
  tt_accumulate(k, 1, g);
}
static Op wrong_op = {.name = "tt_wrong", .backward = wrong_backward};
static Tensor *wrongly(void *x) {
  return tt_record(&wrong_op, tt_clone(tt_detach(x)), 1, (Tensor *[]){x}, (Attr){0});
}
static Tensor *weightless(void *x) { return tt_sum(wrongly(x), TT_ALL, false); }

TT(edges, the_worst_of_several_gradients_is_told) {
  tt_autograd_enable();
  for (wrong_at = 0; wrong_at < 3; wrong_at++) {
    Tensor *x = leaf(TT_SHAPE(3));
    GradCheck c = tt_gradcheck(weightless, x, 1, &x);
    tt_expect_int(c.element, wrong_at);
    tt_expect_close(c.analytical, 5, 0, 0);
    tt_expect(c.error > 0.6 && c.error < 1, "%g", c.error);
  }
}

// What is not f32 has no numbers that could be not finite.
typedef struct Odd { Module module; Linear *linear; Tensor *places; } Odd;
static const ModuleField odd_fields[] = {TT_CHILD(Odd, linear), TT_PARAM(Odd, places), {0}};
static Tensor *odd_forward(Module *m, Tensor *x) { return tt_forward(((Odd *)m)->linear, x); }
static const ModuleType odd_type = {.name = "Odd", .size = sizeof(Odd), .fields = odd_fields,
  .forward = odd_forward};

TT(edges, integers_are_always_finite) {
  tt_autograd_enable();
  Trainer t = small_trainer();
  Odd *m = tt_module_new(&odd_type);
  m->linear = tt_linear_new(2, 2, NULL);
  m->places = tt_from_int(TT_SHAPE(3), (int32_t[]){-1, 0, -1});
  t.model = m, t.opt = tt_sgd_new(tt_module_parameters(m->linear), (SgdOptions){.lr = 0.1});
  const char *path = beside("odd");
  tt_checkpoint_save(path, &t);
  m->places = tt_from_int(TT_SHAPE(3), (int32_t[]){5, 5, 5});
  tt_checkpoint_load(path, &t);
  tt_expect_int(((int32_t *)m->places->data)[2], -1);
}

// ---- time ----------------------------------------------------------------------
static int calls;
static void count_call(void *unused) { (void)unused, calls++; }
TT(edges, the_clock_is_that_of_the_system) {
  for (int i = 0; i < 50; i++) {
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    double now = tt_machine_now();
    clock_gettime(CLOCK_MONOTONIC, &b);
    double first = (double)a.tv_sec + (double)a.tv_nsec * 1e-9,
           last = (double)b.tv_sec + (double)b.tv_nsec * 1e-9;
    tt_expect(first - 1e-6 <= now && now <= last + 1e-6, "%.9f, not in %.9f..%.9f", now, first,
              last);
  }
}

TT(edges, the_middle_of_seven_after_a_first_that_does_not_count) {
  double start = tt_machine_now();
  double middle = tt_machine_time(count_call, NULL);
  double all = tt_machine_now() - start;
  tt_expect_int(calls, 8);
  tt_expect(middle >= 0 && middle <= all, "%g s of %g", middle, all);
}

// ---- a picture -----------------------------------------------------------------
static const char picture[] =
  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 450 480\" font-family=\"inherit\""
  " font-size=\"17\" text-anchor=\"middle\" fill=\"currentColor\">\n"
  "  <title>How tt_sum was computed</title>\n"
  "  <g stroke-width=\"1.6\">\n"
  "  <path d=\"M225 362 C225 386 225 376 225 398\" fill=\"none\""
  " stroke=\"currentColor\"/>\n"
  "  <path d=\"M225 406 l-5 -9 h10 z\"/>\n"
  "  <path d=\"M225 170 C225 194 210 280 210 302\" fill=\"none\""
  " stroke=\"currentColor\"/>\n"
  "  <path d=\"M210 310 l-5 -9 h10 z\"/>\n"
  "  <path d=\"M225 266 C225 290 240 280 240 302\" fill=\"none\""
  " stroke=\"currentColor\"/>\n"
  "  <path d=\"M240 310 l-5 -9 h10 z\"/>\n"
  "  <path d=\"M225 170 C225 194 225 184 225 206\" fill=\"none\""
  " stroke=\"currentColor\"/>\n"
  "  <path d=\"M225 214 l-5 -9 h10 z\"/>\n"
  "  <path d=\"M75 74 C75 98 205 88 205 110\" fill=\"none\""
  " stroke=\"currentColor\"/>\n"
  "  <path d=\"M205 118 l-5 -9 h10 z\"/>\n"
  "  <path d=\"M225 74 C225 98 225 88 225 110\" fill=\"none\""
  " stroke=\"currentColor\"/>\n"
  "  <path d=\"M225 118 l-5 -9 h10 z\"/>\n"
  "  <path d=\"M375 74 C375 98 245 88 245 110\" fill=\"none\""
  " stroke=\"currentColor\"/>\n"
  "  <path d=\"M245 118 l-5 -9 h10 z\"/>\n"
  "  <rect x=\"161\" y=\"406\" width=\"128\" height=\"52\" rx=\"8\""
  " fill=\"var(--series-1, #2678c8)\" fill-opacity=\"0.15\""
  " stroke=\"var(--series-1, #2678c8)\"/>\n"
  "  <text x=\"225\" y=\"428\">sum</text>\n"
  "  <text x=\"225\" y=\"450\">[]</text>\n"
  "  <rect x=\"161\" y=\"310\" width=\"128\" height=\"52\" rx=\"8\""
  " fill=\"var(--series-1, #2678c8)\" fill-opacity=\"0.15\""
  " stroke=\"var(--series-1, #2678c8)\"/>\n"
  "  <text x=\"225\" y=\"332\">mul</text>\n"
  "  <text x=\"225\" y=\"354\">[4,2]</text>\n"
  "  <rect x=\"161\" y=\"118\" width=\"128\" height=\"52\" rx=\"8\""
  " fill=\"var(--series-1, #2678c8)\" fill-opacity=\"0.15\""
  " stroke=\"var(--series-1, #2678c8)\"/>\n"
  "  <text x=\"225\" y=\"140\">linear</text>\n"
  "  <text x=\"225\" y=\"162\">[4,2]</text>\n"
  "  <rect x=\"161\" y=\"214\" width=\"128\" height=\"52\" rx=\"8\""
  " fill=\"var(--series-1, #2678c8)\" fill-opacity=\"0.15\""
  " stroke=\"var(--series-1, #2678c8)\"/>\n"
  "  <text x=\"225\" y=\"236\">tanh</text>\n"
  "  <text x=\"225\" y=\"258\">[4,2]</text>\n"
  "  <rect x=\"11\" y=\"22\" width=\"128\" height=\"52\" rx=\"8\""
  " fill=\"var(--fig-muted, #6b7078)\" fill-opacity=\"0.15\""
  " stroke=\"var(--fig-muted, #6b7078)\"/>\n"
  "  <text x=\"75\" y=\"44\">ones</text>\n"
  "  <text x=\"75\" y=\"66\">[4,3]</text>\n"
  "  <rect x=\"161\" y=\"22\" width=\"128\" height=\"52\" rx=\"8\""
  " fill=\"var(--series-2, #cf5a12)\" fill-opacity=\"0.15\""
  " stroke=\"var(--series-2, #cf5a12)\"/>\n"
  "  <text x=\"225\" y=\"44\">ones</text>\n"
  "  <text x=\"225\" y=\"66\">[2,3]</text>\n"
  "  <rect x=\"311\" y=\"22\" width=\"128\" height=\"52\" rx=\"8\""
  " fill=\"var(--series-2, #cf5a12)\" fill-opacity=\"0.15\""
  " stroke=\"var(--series-2, #cf5a12)\"/>\n"
  "  <text x=\"375\" y=\"44\">ones</text>\n"
  "  <text x=\"375\" y=\"66\">[2]</text>\n"
  "  </g>\n</svg>\n";

typedef struct { const void *e; int level, place; } Trap;    // as a box is

// To the byte; and what lies behind the boxes in memory is not in it.
TT(edges, a_picture_to_the_byte) {
  tt_autograd_enable();
  Tensor *w = leaf(TT_SHAPE(2, 3)), *b = leaf(TT_SHAPE(2)), *x = tt_ones(TT_SHAPE(4, 3));
  Tensor *h = tt_linear(x, w, b), *loss = tt_sum(tt_mul(h, tt_tanh(h)), TT_ALL, false);
  for (int level = -1; level < 5; level++) {
    for (int n = 1; n < 40; n++) {   // one of these blocks is used again
      Tensor *block = tt_empty(TT_U8, TT_SHAPE(n * (int64_t)sizeof(Trap)));
      for (int i = 0; i < n; i++) ((Trap *)block->data)[i] = (Trap){NULL, level, 90};
      tt_release(block);
    }
    char text[16384] = "";
    FILE *f = fmemopen(text, sizeof text, "w");
    tt_graph(f, loss);
    fclose(f);
    tt_expect_text(text, picture);
  }
}
