// Needs chapter 01: every misuse is answered by an error that names the
// operation and the values, with the line of the caller. Each case runs
// under tt_try, and again without it, in a process that must print the
// message and abort.
#include "tt_test.h"
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BIG (INT64_C(1) << 40)
static Tensor *z(Shape s) { return tt_zeros(s); }
static Tensor *ints(void) {
  return tt_from_int(TT_SHAPE(3), (int32_t[]){1, 2, 3});
}

// Three scopes, of which one is opened again or closed too early. (They
// are static: a failure without tt_try looks at them after the call.)
static Scope inside[3];
static void open_three(void) {
  for (int i = 2; i >= 0; i--) tt_scope_open(&inside[i]), tt_ones(TT_SCALAR);
}
static void reopen(int i) { open_three(), tt_scope_open(&inside[i]); }
static void close_outer(void) { open_three(), tt_scope_close(&inside[1]); }
static Scope *root(void) {
  Scope *s = tt_scope();
  while (s->outer) s = s->outer;
  return s;
}

// X(name, code, words that the message must contain, what is done);
// words are separated by '|'
#define SHAPE_ERRORS(X) \
  X(add, ESHAPE, "add|[2,3]|[2,4]", \
    tt_add(z(TT_SHAPE(2, 3)), z(TT_SHAPE(2, 4)))) \
  X(sub, ESHAPE, "sub|[3]|[2]", tt_sub(z(TT_SHAPE(3)), z(TT_SHAPE(2)))) \
  X(div_0, ESHAPE, "div|[0]|[2]", tt_div(z(TT_SHAPE(0)), z(TT_SHAPE(2)))) \
  X(lt, ESHAPE, "lt|[2,1,3]|[2,2]", \
    tt_lt(z(TT_SHAPE(2, 1, 3)), z(TT_SHAPE(2, 2)))) \
  X(matmul, ESHAPE, "matmul|[2,3]|[4,5]|3|4", \
    tt_matmul(z(TT_SHAPE(2, 3)), z(TT_SHAPE(4, 5)))) \
  X(matmul_transposed, ESHAPE, "matmul|did you mean tt_transpose", \
    tt_matmul(z(TT_SHAPE(2, 3)), z(TT_SHAPE(4, 3)))) \
  X(matmul_vectors, ESHAPE, "matmul|[3]|[4]", \
    tt_matmul(z(TT_SHAPE(3)), z(TT_SHAPE(4)))) \
  X(matmul_batch, ESHAPE, "matmul|[2]|[3]", \
    tt_matmul(z(TT_SHAPE(2, 3, 4)), z(TT_SHAPE(3, 4, 5)))) \
  X(matmul_scalar, ESHAPE, "matmul|[]", \
    tt_matmul(z(TT_SCALAR), z(TT_SHAPE(3)))) \
  X(reshape, ESHAPE, "reshape|[2,3]|[4,2]", \
    tt_reshape(z(TT_SHAPE(2, 3)), TT_SHAPE(4, 2))) \
  X(reshape_two_unknown, ESHAPE, "reshape|-1", \
    tt_reshape(z(TT_SHAPE(2, 3)), TT_SHAPE(-1, -1))) \
  X(reshape_unknown, ESHAPE, "reshape|[2,3]|[4,-1]", \
    tt_reshape(z(TT_SHAPE(2, 3)), TT_SHAPE(4, -1))) \
  X(reshape_unknown_of_0, ESHAPE, "reshape|[0,3]|[0,-1]", \
    tt_reshape(z(TT_SHAPE(0, 3)), TT_SHAPE(0, -1))) \
  X(reshape_negative, ESHAPE, "reshape|-2", \
    tt_reshape(z(TT_SHAPE(2, 3)), TT_SHAPE(-2, -3))) \
  X(expand, ESHAPE, "expand|[2,3]|[2,6]", \
    tt_expand(z(TT_SHAPE(2, 3)), TT_SHAPE(2, 6))) \
  X(expand_fewer, ESHAPE, "expand|[2,3]|[3]", \
    tt_expand(z(TT_SHAPE(2, 3)), TT_SHAPE(3))) \
  X(expand_keep_new, ESHAPE, "expand|[3]|[-1,3]", \
    tt_expand(z(TT_SHAPE(3)), TT_SHAPE(-1, 3))) \
  X(expand_to_fewer_of_the_same, ESHAPE, "expand|[3,3]|[3]|from the right", \
    tt_expand(z(TT_SHAPE(3, 3)), TT_SHAPE(3))) \
  X(expand_rank_7, ESHAPE, "tt_expand: rank 7; ranks go from 0 to 6", \
    tt_expand(z(TT_SHAPE(1)), (Shape){.rank = 7, .dim = {1, 1, 1, 1, 1, 1}})) \
  X(expand_rank_minus_1, ESHAPE, "tt_expand: rank -1; ranks go from 0 to 6", \
    tt_expand(z(TT_SCALAR), (Shape){.rank = -1})) \
  X(reshape_rank_7, ESHAPE, "tt_reshape: rank 7; ranks go from 0 to 6", \
    tt_reshape(z(TT_SHAPE(1)), (Shape){.rank = 7, .dim = {1, 1, 1, 1, 1, 1}})) \
  X(cat, ESHAPE, "cat|[2,3]|[3,4]", \
    tt_cat(2, (Tensor *[]){z(TT_SHAPE(2, 3)), z(TT_SHAPE(3, 4))}, 0)) \
  X(cat_ranks, ESHAPE, "cat|[2,3]|[3]", \
    tt_cat(2, (Tensor *[]){z(TT_SHAPE(2, 3)), z(TT_SHAPE(3))}, 0)) \
  X(copy, ESHAPE, "copy|[2]|[2,3]", \
    tt_copy_(z(TT_SHAPE(2, 3)), z(TT_SHAPE(2)))) \
  X(copy_larger, ESHAPE, "copy|[2,3]|[3]", \
    tt_copy_(z(TT_SHAPE(3)), z(TT_SHAPE(2, 3)))) \
  X(item, ESHAPE, "item|[2]", tt_item(z(TT_SHAPE(2)))) \
  X(item_of_none, ESHAPE, "item|[0]", tt_item(z(TT_SHAPE(0)))) \
  X(negative_size, ESHAPE, "-3", z(TT_SHAPE(2, -3))) \
  X(rank_7, ESHAPE, "7|6", \
    z((Shape){.rank = 7, .dim = {1, 1, 1, 1, 1, 1}})) \
  X(rank_minus_1, ESHAPE, "-1", z((Shape){.rank = -1})) \
  X(unsqueeze_7, ESHAPE, "unsqueeze|6", \
    tt_unsqueeze(z(TT_SHAPE(1, 1, 1, 1, 1, 1)), 0)) \
  X(permute_few, ESHAPE, "permute|[2,3]", \
    tt_permute(z(TT_SHAPE(2, 3)), TT_SHAPE(0))) \
  X(permute_many, ESHAPE, "permute|[1,0,2]|[2,3]|each dimension once", \
    tt_permute(z(TT_SHAPE(2, 3)), TT_SHAPE(1, 0, 2)))

// What cannot be counted in 63 bits is too large a shape; what can be
// counted but not be had is missing memory.
#define SIZE_ERRORS(X) \
  X(product_overflows, ESHAPE, "1099511627776", z(TT_SHAPE(BIG, BIG))) \
  X(product_wraps_to_0, ESHAPE, "1099511627776", \
    z(TT_SHAPE(BIG, BIG, BIG))) \
  X(bytes_overflow, ESHAPE, "4611686018427387904", \
    z(TT_SHAPE(INT64_C(1) << 62))) \
  X(one_byte_too_many, ESHAPE, "9223372036854775807", \
    tt_empty(TT_U8, TT_SHAPE(INT64_MAX))) \
  X(too_much_memory, EMEM, "", z(TT_SHAPE(INT64_C(1) << 50))) \
  X(arange_overflows, EVALUE, "arange", tt_arange(0, 1e300, 1e-9))

#define INDEX_ERRORS(X) \
  X(get, EINDEX, "get|index 2|[2,3]|from -2 to 1", \
    tt_get(z(TT_SHAPE(2, 3)), TT_INDEX(2, 0))) \
  X(get_negative, EINDEX, "get|index -4|[2,3]", \
    tt_get(z(TT_SHAPE(2, 3)), TT_INDEX(0, -4))) \
  X(get_rank, EINDEX, "get|[1]|[2,3]", \
    tt_get(z(TT_SHAPE(2, 3)), TT_INDEX(1))) \
  X(set, EINDEX, "set_|index 3|[2,3]", \
    tt_set_(z(TT_SHAPE(2, 3)), TT_INDEX(0, 3), 1)) \
  X(select, EINDEX, "select|3|[2,3]", tt_select(z(TT_SHAPE(2, 3)), 1, 3)) \
  X(select_negative, EINDEX, "select|-3|[2,3]", \
    tt_select(z(TT_SHAPE(2, 3)), 0, -3)) \
  X(select_dim, EINDEX, "select|2|[2,3]", tt_select(z(TT_SHAPE(2, 3)), 2, 0)) \
  X(select_scalar, EINDEX, "select|[]", tt_select(z(TT_SCALAR), 0, 0)) \
  X(slice_dim, EINDEX, "slice|-3|[2,3]", \
    tt_slice(z(TT_SHAPE(2, 3)), -3, 0, 1, 1)) \
  X(transpose_dim, EINDEX, "transpose|2|[2,3]", \
    tt_transpose(z(TT_SHAPE(2, 3)), 0, 2)) \
  X(permute_dim, EINDEX, "permute|5|[2,3]", \
    tt_permute(z(TT_SHAPE(2, 3)), TT_SHAPE(0, 5))) \
  X(squeeze_dim, EINDEX, "squeeze|4|[2,3]", tt_squeeze(z(TT_SHAPE(2, 3)), 4)) \
  X(unsqueeze_dim, EINDEX, "unsqueeze|3|[2,3]", \
    tt_unsqueeze(z(TT_SHAPE(2, 3)), 3)) \
  X(sum_dim, EINDEX, "sum|2|[2,3]", tt_sum(z(TT_SHAPE(2, 3)), 2, false)) \
  X(mean_dim, EINDEX, "mean|-3|[2,3]", tt_mean(z(TT_SHAPE(2, 3)), -3, 0)) \
  X(argmax_dim, EINDEX, "argmax|7|[2]", tt_argmax(z(TT_SHAPE(2)), 7, 0)) \
  X(cat_dim, EINDEX, "cat|1|[2]", \
    tt_cat(1, (Tensor *[]){z(TT_SHAPE(2))}, 1))

#define VALUE_ERRORS(X) \
  X(arange_wrong_way_by_half, EVALUE, "arange", tt_arange(0, -0.5, 1)) \
  X(max_of_none_of_none, EVALUE, "max|[0,0]", \
    tt_max(z(TT_SHAPE(0, 0)), 1, false)) \
  X(infer_two, ESHAPE, "reshape|[-1,-1]|one", \
    tt_reshape(z(TT_SHAPE(4)), TT_SHAPE(-1, -1))) \
  X(permute_beyond_int, EINDEX, "permute|4294967297", \
    tt_permute(z(TT_SHAPE(2, 3)), \
               TT_SHAPE((INT64_C(1) << 32) + 1, INT64_C(1) << 32))) \
  X(full_names_itself, ESHAPE, "tt_full|-1", tt_full(TT_SHAPE(-1), 0)) \
  X(slice_step_0, EVALUE, "slice|step|0", \
    tt_slice(z(TT_SHAPE(3)), 0, 0, 3, 0)) \
  X(slice_step_back, EVALUE, "slice|step|-1", \
    tt_slice(z(TT_SHAPE(3)), 0, 0, 3, -1)) \
  X(permute_twice, ESHAPE, "permute|[0,0]", \
    tt_permute(z(TT_SHAPE(2, 3)), TT_SHAPE(0, 0))) \
  X(arange_step_0, EVALUE, "arange|step|0", tt_arange(0, 3, 0)) \
  X(arange_backward, EVALUE, "arange", tt_arange(0, 3, -1)) \
  X(arange_nan, EVALUE, "arange", tt_arange((double)NAN, 3, 1)) \
  X(cat_none, EVALUE, "cat|0", tt_cat(0, NULL, 0)) \
  X(max_of_none, EVALUE, "max|[0]", tt_max(z(TT_SHAPE(0)), TT_ALL, false)) \
  X(max_along_none, EVALUE, "max|[2,0]", tt_max(z(TT_SHAPE(2, 0)), 1, false)) \
  X(argmax_of_none, EVALUE, "argmax|[0,2]", \
    tt_argmax(z(TT_SHAPE(0, 2)), 0, true)) \
  X(copy_into_expanded, EVALUE, "copy_|[3]|repeats", \
    tt_copy_(tt_expand(z(TT_SHAPE(1)), TT_SHAPE(3)), z(TT_SHAPE(3)))) \
  X(fill_expanded, EVALUE, "tt_fill_: |[2,3]|repeats|along dim 0|tt_clone", \
    tt_fill_(tt_expand(z(TT_SHAPE(3)), TT_SHAPE(2, 3)), 1)) \
  X(set_expanded, EVALUE, "tt_set_: |[2,3]|repeats|along dim 1|tt_clone", \
    tt_set_(tt_expand(z(TT_SHAPE(2, 1)), TT_SHAPE(2, 3)), TT_INDEX(1, 1), 5)) \
  X(from_nothing, EVALUE, "tt_from: no values for shape [2]", \
    tt_from(TT_SHAPE(2), NULL)) \
  X(from_no_ints, EVALUE, "tt_from_int: no values for shape [3]", \
    tt_from_int(TT_SHAPE(3), NULL)) \
  X(open_the_innermost, EVALUE, "tt_scope_open|open already|close it first", \
    reopen(0)) \
  X(open_an_outer_one, EVALUE, "tt_scope_open|open already|close it first", \
    reopen(1)) \
  X(open_the_outermost, EVALUE, "tt_scope_open|open already|close it first", \
    reopen(2)) \
  X(open_the_root, EVALUE, "tt_scope_open|open already|close it first", \
    tt_scope_open(root())) \
  X(close_an_outer_one, EVALUE, "tt_scope_close|innermost|reverse order", \
    close_outer())

#define DTYPE_ERRORS(X) \
  X(add_ints, EDTYPE, "add|i32", tt_add(ints(), ints())) \
  X(add_mixed, EDTYPE, "add|i32", tt_add(z(TT_SHAPE(3)), ints())) \
  X(exp_ints, EDTYPE, "exp|i32", tt_exp(ints())) \
  X(matmul_bytes, EDTYPE, "matmul|u8", \
    tt_matmul(tt_to(ints(), TT_U8), z(TT_SHAPE(3)))) \
  X(sum_ints, EDTYPE, "sum|i32", tt_sum(ints(), 0, false)) \
  X(argmax_ints, EDTYPE, "argmax|i8", \
    tt_argmax(tt_to(ints(), TT_I8), 0, false)) \
  X(cat_mixed, EDTYPE, "cat|f32|i32", \
    tt_cat(2, (Tensor *[]){z(TT_SHAPE(3)), ints()}, 0)) \
  X(no_such_dtype, EDTYPE, "", tt_empty((DType)9, TT_SHAPE(3)))

#define ALL_ERRORS(X) \
  SHAPE_ERRORS(X) SIZE_ERRORS(X) INDEX_ERRORS(X) VALUE_ERRORS(X) \
  DTYPE_ERRORS(X)
#define FUNCTION(name, code, words, statement) \
  static void bad_##name(void *unused) { \
    (void)unused; \
    (void)(statement); \
  }
#define ENTRY(name, code, words, statement) \
  {#name, TT_##code, words, bad_##name},
ALL_ERRORS(FUNCTION)
static const struct {
  const char *name;
  ErrorCode code;
  const char *words;
  void (*run)(void *);
} cases[] = {ALL_ERRORS(ENTRY)};
enum { COUNT = sizeof cases / sizeof *cases };

// in this order: a message with two numbers exchanged is wrong
static const char *missing_word(const char *words, const char *message) {
  static char word[64];
  while (*words) {
    size_t n = strcspn(words, "|");
    snprintf(word, sizeof word, "%.*s", (int)n, words);
    const char *found = strstr(message, word);
    if (!found) return word;
    message = found + n;
    words += n + (words[n] == '|');
  }
  return NULL;
}

static char report[16384];           // all that is wrong, told at once
static int  wrong;

__attribute__((format(printf, 2, 3)))
static void complain(const char *name, const char *format, ...) {
  size_t n = strlen(report);
  va_list ap;
  va_start(ap, format);
  n += (size_t)snprintf(report + n, sizeof report - n, "%s: ", name);
  if (n < sizeof report - 1)
    n += (size_t)vsnprintf(report + n, sizeof report - n, format, ap);
  if (n < sizeof report - 1) strcat(report, "\n");
  va_end(ap);
  wrong++;
}

TT(errors, under_tt_try) {
  for (int i = 0; i < COUNT; i++) {
    TensorError e = {0};
    MemoryStats before = tt_memory_stats();
    bool done = tt_try(cases[i].run, NULL, &e);
    MemoryStats now = tt_memory_stats();
    const char *name = cases[i].name, *word;
    if (done) {
      complain(name, "did not fail");
      continue;
    }
    if (e.code != cases[i].code)
      complain(name, "code %d, expected %d: %s", e.code, cases[i].code,
               e.message);
    if ((word = missing_word(cases[i].words, e.message)))
      complain(name, "no \"%s\" in: %s", word, e.message);
    if (!e.file || !strstr(e.file, "test_errors.c"))
      complain(name, "at %s:%d, not in this file", e.file ? e.file : "NULL",
               e.line);
    if (now.live_bytes != before.live_bytes || now.tensors != before.tensors)
      complain(name, "leaves %lld bytes, %lld tensors",
               (long long)(now.live_bytes - before.live_bytes),
               (long long)(now.tensors - before.tensors));
  }
  fputs(report, stderr);
  tt_expect(wrong == 0, "%d complaints about %d errors:\n%s", wrong, COUNT,
            report);
}

TT(errors, without_tt_try) {
  for (int i = 0; i < COUNT; i++) {
    char first[64];
    snprintf(first, sizeof first, "%.*s", (int)strcspn(cases[i].words, "|"),
             cases[i].words);
    fprintf(stderr, "%s\n", cases[i].name);
    tt_expect_fail(cases[i].run(NULL), first);
  }
}

// ---- where -------------------------------------------------------------------
static int here;
static void fails_in_its_third_line(void *unused) {
  (void)unused;
  Tensor *a = tt_zeros(TT_SHAPE(2, 3)), *b = tt_zeros(TT_SHAPE(4, 5));
  here = __LINE__; tt_matmul(a, b);
}
static void fails_in_a_nested_call(void *unused) {
  (void)unused;
  here = __LINE__; tt_exp(tt_matmul(tt_zeros(TT_SHAPE(1)), tt_zeros(TT_SHAPE(2))));
}

static Tensor *calls_from_another_line(Tensor *x) { return tt_neg(x); }
static void fails_after_its_argument(void *unused) {
  (void)unused;
  Tensor *a = tt_zeros(TT_SHAPE(2, 3));
  here = __LINE__; tt_matmul(a, calls_from_another_line(a));
}

TT(errors, line_of_the_caller) {
  TensorError e;
  tt_expect(!tt_try(fails_after_its_argument, NULL, &e), "did not fail");
  tt_expect_int(e.line, here);
  tt_expect(!tt_try(fails_in_its_third_line, NULL, &e), "did not fail");
  tt_expect_text(e.file, __FILE__);
  tt_expect_int(e.line, here);
  tt_expect(!tt_try(fails_in_a_nested_call, NULL, &e), "did not fail");
  tt_expect_int(e.line, here);
}

// A cure that would not cure is worse than none.
static void transposing_does_not_help(void *unused) {
  (void)unused;
  tt_matmul(tt_zeros(TT_SHAPE(2, 3)), tt_zeros(TT_SHAPE(4, 5)));
}

TT(errors, no_wrong_cures) {
  TensorError e;
  tt_expect(!tt_try(transposing_does_not_help, NULL, &e), "did not fail");
  tt_expect(!strstr(e.message, "did you mean"), "%s", e.message);
}

TT(errors, printed_by_the_default_handler) {
  char where[256];
  tt_try(fails_in_its_third_line, NULL, NULL);     // sets here
  snprintf(where, sizeof where, "%s:%d: tt_matmul: [2,3] x [4,5]", __FILE__,
           here);
  tt_expect_fail(fails_in_its_third_line(NULL), where);
}

// A program that fails has said what it had to say: what waits in the
// buffer of stdout goes out before abort() would drop it.
TT(errors, what_was_printed_before_is_not_lost) {
  int end[2];
  char text[64] = "";
  fflush(NULL);
  tt_expect(pipe(end) == 0, "no pipe");
  pid_t child = fork();
  if (child == 0) {
    dup2(end[1], STDOUT_FILENO);
    if (!freopen("/dev/null", "w", stderr)) _exit(1);
    printf("said before");
    tt_fail(TT_EVALUE, "as planned");
  }
  close(end[1]);
  waitpid(child, NULL, 0);
  ssize_t n = read(end[0], text, sizeof text - 1);
  close(end[0]);
  tt_expect(n >= 0, "cannot read");
  tt_expect_text(text, "said before");
}

// An unwritten exercise is no error to recover from: tt_try does not
// catch it, so that a test of failures cannot pass by it.
static void unwritten(void *unused) {
  (void)unused;
  TT_TODO("9.9");
}

TT(errors, unwritten_exercise_is_not_caught) {
  int status = 0;
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    if (!freopen("/dev/null", "w", stderr)) _exit(0); // or this test would be to do
    tt_try(unwritten, NULL, NULL);
    _exit(0);
  }
  waitpid(child, &status, 0);
  tt_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
            "tt_try caught an unwritten exercise");
}

// ---- what is no error ------------------------------------------------------
TT(errors, empty_tensors_are_tensors) {
  Tensor *none = tt_zeros(TT_SHAPE(2, 0, 3));
  tt_expect_int(tt_numel(none), 0);
  tt_expect_shape(tt_add(none, none), TT_SHAPE(2, 0, 3));
  tt_expect_shape(tt_reshape(none, TT_SHAPE(0)), TT_SHAPE(0));
  tt_expect_shape(tt_slice(none, 0, 1, 1, 1), TT_SHAPE(0, 0, 3));
  tt_expect_close(tt_item(tt_sum(none, TT_ALL, false)), 0, 0, 0);
  tt_expect_close(tt_item(tt_mean(none, TT_ALL, false)), (double)NAN, 0, 0);
  tt_expect_shape(tt_max(none, 2, false), TT_SHAPE(2, 0));
  tt_expect_shape(tt_matmul(tt_zeros(TT_SHAPE(2, 0)), tt_zeros(TT_SHAPE(0, 3))),
                  TT_SHAPE(2, 3));
  tt_expect_shape(tt_arange(3, 3, 1), TT_SHAPE(0));
}

// Slices are cut to what is there, as in Python.
TT(errors, slices_are_clamped) {
  Tensor *t = tt_arange(0, 5, 1);
  tt_expect_values(tt_slice(t, 0, 1, 99, 1), 0, 1.0, 2.0, 3.0, 4.0);
  tt_expect_values(tt_slice(t, 0, -2, 5, 1), 0, 3.0, 4.0);
  tt_expect_values(tt_slice(t, 0, 0, -1, 2), 0, 0.0, 2.0);
  tt_expect_shape(tt_slice(t, 0, 4, 2, 1), TT_SHAPE(0));
  tt_expect_shape(tt_slice(t, 0, 99, INT64_MAX, 1), TT_SHAPE(0));
  tt_expect_values(tt_slice(t, 0, 1, INT64_MAX, INT64_MAX), 0, 1.0);
}

// What a function leaves behind it in tt_try.
static Scope left;
static void leaves_a_scope_open(void *unused) {
  (void)unused;
  tt_scope_open(&left);
  tt_zeros(TT_SHAPE(1000));
}

TT(errors, a_scope_left_open_is_a_failure) {
  MemoryStats before = tt_memory_stats();
  TensorError e;
  tt_expect(!tt_try(leaves_a_scope_open, NULL, &e), "did not fail");
  tt_expect(strstr(e.message, "scope"), "%s", e.message);
  tt_expect_int(tt_memory_stats().tensors, before.tensors);
  tt_expect_int(tt_memory_stats().live_bytes, before.live_bytes);
}

// Strides double with each of these slices, if the only element left
// still has one.
TT(errors, slices_of_slices_do_not_overflow) {
  Tensor *t = tt_arange(0, 4, 1);
  for (int i = 0; i < 100; i++) t = tt_slice(t, 0, 0, t->shape[0], 2);
  tt_expect_int(tt_numel(t), 1);
  tt_expect_close(tt_item(t), 0, 0, 0);
}

// No element, no work: these would run for minutes.
TT(errors, nothing_takes_no_time) {
  int64_t many = INT64_C(1) << 40;
  Tensor *none = tt_empty(TT_F32, TT_SHAPE(many, 0));
  tt_expect_int(tt_numel(tt_exp(tt_add(none, none))), 0);
  Tensor *y = tt_matmul(none, tt_empty(TT_F32, TT_SHAPE(0, 0)));
  tt_expect_int(tt_numel(y), 0);
  tt_expect_int(tt_numel(tt_clone(tt_transpose(none, 0, 1))), 0);
  FILE *f = tmpfile();
  tt_fprint(f, none);
  tt_expect(ftell(f) < 100, "%ld characters", ftell(f));
  fclose(f);
}
