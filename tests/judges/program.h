/* A graph of operations as text: read, run by the library, and written as
 * numbers. One line makes one value; values are numbered from 0:
 *
 *     graph NAME
 *     leaf SHAPE NUMBERS         requires a gradient
 *     const SHAPE NUMBERS        does not
 *     ints SHAPE NUMBERS         i32
 *     OPERATION OPERANDS INTEGERS REALS
 *     backward K                 or backward K G: with value G as gradient
 *     end
 *
 * A list has commas and no blanks, "-" is the empty one. A row of
 * OPERATIONS makes an operation known: its name, and how it is called with
 * its operands a, b, c (all: in[n]), integers i, shape s (all integers)
 * and reals r. tests/judges/README.md says who uses it. */
#ifndef TT_JUDGES_PROGRAM_H
#define TT_JUDGES_PROGRAM_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include "tt/tt.h"

enum { MAX_VALUES = 512, MAX_OPERANDS = 64 };

#define OPERATIONS(OP) \
  /* chapter 1: views and copies */ \
  OP(transpose, tt_transpose(a, (int)i[0], (int)i[1])) \
  OP(permute, tt_permute(a, s)) \
  OP(slice, tt_slice(a, (int)i[0], i[1], i[2], i[3])) \
  OP(select, tt_select(a, (int)i[0], i[1])) \
  OP(expand, tt_expand(a, s)) \
  OP(squeeze, tt_squeeze(a, (int)i[0])) \
  OP(unsqueeze, tt_unsqueeze(a, (int)i[0])) \
  OP(reshape, tt_reshape(a, s)) \
  OP(contiguous, tt_contiguous(a)) \
  OP(clone, tt_clone(a)) \
  OP(cat, tt_cat(n, in, (int)i[0])) \
  OP(stack, tt_stack(n, in, (int)i[0])) \
  OP(to_i32, tt_to(a, TT_I32)) \
  OP(to_f32, tt_to(a, TT_F32)) \
  OP(full, tt_full(s, r[0])) \
  OP(eye, tt_eye(i[0])) \
  OP(linspace, tt_linspace((double)r[0], (double)r[1], i[0])) \
  OP(arange, tt_arange((double)r[0], (double)r[1], (double)r[2])) \
  /* elements */ \
  OP(add, tt_add(a, b)) \
  OP(sub, tt_sub(a, b)) \
  OP(mul, tt_mul(a, b)) \
  OP(div, tt_div(a, b)) \
  OP(pow, tt_pow(a, b)) \
  OP(maximum, tt_maximum(a, b)) \
  OP(minimum, tt_minimum(a, b)) \
  OP(eq, tt_eq(a, b)) \
  OP(ne, tt_ne(a, b)) \
  OP(lt, tt_lt(a, b)) \
  OP(le, tt_le(a, b)) \
  OP(gt, tt_gt(a, b)) \
  OP(ge, tt_ge(a, b)) \
  OP(where, tt_where(a, b, c)) \
  OP(neg, tt_neg(a)) \
  OP(abs, tt_abs(a)) \
  OP(exp, tt_exp(a)) \
  OP(log, tt_log(a)) \
  OP(sqrt, tt_sqrt(a)) \
  OP(sin, tt_sin(a)) \
  OP(cos, tt_cos(a)) \
  OP(logical_not, tt_logical_not(a)) \
  OP(add_scalar, tt_add_scalar(a, r[0])) \
  OP(mul_scalar, tt_mul_scalar(a, r[0])) \
  OP(clamp, tt_clamp(a, r[0], r[1])) \
  /* sums */ \
  OP(matmul, tt_matmul(a, b)) \
  OP(sum, tt_sum(a, (int)i[0], i[1] != 0)) \
  OP(mean, tt_mean(a, (int)i[0], i[1] != 0)) \
  OP(max, tt_max(a, (int)i[0], i[1] != 0)) \
  OP(min, tt_min(a, (int)i[0], i[1] != 0)) \
  OP(var, tt_var(a, (int)i[0], (int)i[2], i[1] != 0)) \
  OP(std, tt_std(a, (int)i[0], (int)i[2], i[1] != 0)) \
  OP(cumsum, tt_cumsum(a, (int)i[0])) \
  OP(argmax, tt_argmax(a, (int)i[0], i[1] != 0)) \
  OP(argmax_last, tt_argmax_last(a, (int)i[0], i[1] != 0)) \
  /* chapter 2: activations */ \
  OP(relu, tt_relu(a)) \
  OP(leaky_relu, tt_leaky_relu(a, r[0])) \
  OP(sigmoid, tt_sigmoid(a)) \
  OP(tanh, tt_tanh(a)) \
  OP(gelu, tt_gelu(a)) \
  OP(gelu_tanh, tt_gelu_tanh(a)) \
  OP(silu, tt_silu(a)) \
  OP(softmax, tt_softmax(a, (int)i[0])) \
  OP(log_softmax, tt_log_softmax(a, (int)i[0])) \
  /* chapter 3: layers */ \
  OP(linear, tt_linear(a, b, c)) \
  /* chapter 4: losses */ \
  OP(mse_loss, tt_mse_loss_with(a, b, (Reduction)i[0])) \
  OP(bce_loss, tt_bce_loss_with(a, b, (Reduction)i[0])) \
  OP(bce_with_logits, tt_bce_with_logits_with(a, b, (Reduction)i[0])) \
  OP(nll_loss, tt_nll_loss_with(a, b, (LabelOptions){ \
    .reduction = (Reduction)i[0], .ignore = true, \
    .ignore_index = (int32_t)i[1], .weight = c })) \
  OP(cross_entropy, tt_cross_entropy_with(a, b, (LabelOptions){ \
    .reduction = (Reduction)i[0], .ignore = true, \
    .ignore_index = (int32_t)i[1], .weight = c, \
    .label_smoothing = (double)r[0] })) \
  /* chapter 5: the tape */ \
  OP(detach, tt_detach(a)) \
  PICTURE_OPS(OP) \
  WORD_OPS(OP) \
  TRIANGLE_OPS(OP) \
  ROW_OPS(OP) \
  BYTE_OPS(OP)

enum { MAX_INTEGERS = 16 };

#if __has_include("tt/convolution.h")
// chapter 9: windows over pictures, their integers as below
#define PICTURE_OPS(OP) \
  OP(conv2d, tt_conv2d(a, b, c, window_of(i))) \
  OP(conv_transpose2d, tt_conv_transpose2d(a, b, c, (int)i[9], (int)i[10], \
                                           window_of(i))) \
  OP(max_pool2d, tt_max_pool2d(a, pooling_of(i))) \
  OP(avg_pool2d, tt_avg_pool2d(a, pooling_of(i))) \
  OP(adaptive_max_pool2d, tt_adaptive_max_pool2d(a, i[0], i[1])) \
  OP(adaptive_avg_pool2d, tt_adaptive_avg_pool2d(a, i[0], i[1])) \
  OP(batch_norm, tt_batch_norm(a, b, c, in[3], in[4], false, 0.1, \
                               (double)r[0]))

// stride, padding (top, left, bottom, right), dilation, groups
static inline Conv2dOptions window_of(const int64_t *i) {
  return (Conv2dOptions){
    .stride = { (int)i[0], (int)i[1] },
    .padding = { (int)i[2], (int)i[3], (int)i[4], (int)i[5] },
    .dilation = { (int)i[6], (int)i[7] }, .groups = (int)i[8] };
}

// the same with ceil in the place of groups, then exclude_pad, the kernel
static inline Pool2dOptions pooling_of(const int64_t *i) {
  return (Pool2dOptions){
    .stride = { (int)i[0], (int)i[1] },
    .padding = { (int)i[2], (int)i[3], (int)i[4], (int)i[5] },
    .dilation = { (int)i[6], (int)i[7] }, .ceil = i[8] != 0,
    .exclude_pad = i[9] != 0, .kernel = { (int)i[10], (int)i[11] } };
}
#else
#define PICTURE_OPS(OP)
#endif

#if __has_include("tt/embeddings.h")
// chapter 11: rows by number
#define WORD_OPS(OP) \
  OP(embedding, tt_embedding(a, b)) \
  OP(index_select, tt_index_select(a, (int)i[0], b)) \
  OP(one_hot, tt_one_hot(a, i[0])) \
  OP(rotary, tt_rotary(b, a, (RotaryOptions){ .interleaved = i[0] != 0 }))
#else
#define WORD_OPS(OP)
#endif

#if __has_include("tt/attention.h")
// chapter 12: halves of matrices
#define TRIANGLE_OPS(OP) \
  OP(tril, tt_tril(a, i[0])) \
  OP(triu, tt_triu(a, i[0]))
#else
#define TRIANGLE_OPS(OP)
#endif

#if __has_include("tt/transformers.h")
// chapter 13: rows with one scale, and their largest numbers
#define ROW_OPS(OP) \
  OP(layer_norm, tt_layer_norm(a, b, c, (double)r[0])) \
  OP(rms_norm, tt_rms_norm(a, b, (double)r[0])) \
  OP(topk, tt_topk(a, i[1], (int)i[0], i[2] != 0, NULL)) \
  OP(topk_places, places_of_largest(a, i))

static inline Tensor *places_of_largest(Tensor *a, const int64_t *i) {
  Tensor *at;
  tt_topk(a, i[1], (int)i[0], i[2] != 0, &at);
  return at;
}
#else
#define ROW_OPS(OP)
#endif

#if __has_include("tt/qconv.h")
// chapter 16: bytes with a scale and a zero point, both of rank 0 or 1
#define BYTE_OPS(OP) \
  OP(to_u8, tt_to(a, TT_U8)) \
  OP(round, tt_fake_quantize(a, tt_ones(TT_SCALAR), INT32_MIN, INT32_MAX)) \
  OP(quantize, tt_quantize_with(a, flat(b), flat(tt_to(c, TT_I32)), \
                                scheme_of_bytes(b, c->dtype, (int)i[0])).q) \
  OP(dequantize, tt_dequantize((Quantized){ a, flat(b), flat(tt_to(c, TT_I32)), \
    tt_shape(a), scheme_of_bytes(b, a->dtype, (int)i[0]) })) \
  OP(dynamic_bytes, tt_quantize_tensor(a, BYTES_OF_ALL).q) \
  OP(dynamic_scale, tt_reshape(tt_quantize_tensor(a, BYTES_OF_ALL).scale, \
                               TT_SCALAR)) \
  OP(dynamic_zero, tt_reshape(tt_to(tt_quantize_tensor(a, BYTES_OF_ALL).zero, \
                                    TT_U8), TT_SCALAR)) \
  OP(qgemm, tt_qgemm(a, flat(tt_to(c, TT_I32)), tt_contiguous(tt_transpose(b, 0, 1)), \
                     flat(tt_to(in[3], TT_I32)))) \
  OP(qconv2d, tt_qconv2d(a, (int32_t)tt_item(c), b, tt_to(in[3], TT_I32), \
                         window_of(i))) \
  OP(requantize, tt_requantize(a, in[3], (int)i[0], tt_numel(b) > 1 \
    ? b : tt_reshape(b, TT_SCALAR), (int32_t)tt_item(c), c->dtype))
#define BYTES_OF_ALL ((QuantScheme){ .affine = true, .is_unsigned = true })

static inline Tensor *flat(Tensor *t) { return tt_reshape(t, TT_SHAPE(-1)); }

static inline QuantScheme scheme_of_bytes(const Tensor *scale, DType d, int axis) {
  return (QuantScheme){
    .sharing = tt_numel(scale) > 1 ? TT_PER_CHANNEL : TT_PER_TENSOR, .axis = axis,
    .affine = true, .is_unsigned = d == TT_U8 };
}
#else
#define BYTE_OPS(OP)
#endif

typedef struct Call {
  int      n;
  Tensor  *in[MAX_OPERANDS];
  Shape    s;
  int64_t  i[MAX_INTEGERS];
  Real     r[4];
} Call;

#define DEFINE(name, call) \
  static Tensor *judge_##name(Call *k) { \
    int n = k->n; \
    Tensor **in = k->in, *a = in[0], *b = in[1], *c = in[2]; \
    Shape s = k->s; \
    int64_t *i = k->i; \
    Real *r = k->r; \
    (void)n, (void)a, (void)b, (void)c, (void)s, (void)i, (void)r; \
    return call; \
  }
OPERATIONS(DEFINE)
#undef DEFINE

typedef struct Operation {
  const char *name;
  Tensor   *(*run)(Call *k);
  const char *code;                // as C, for a reader
} Operation;
#define ENTRY(name, call) { #name, judge_##name, #call },
static const Operation operations[] = { OPERATIONS(ENTRY) { 0 } };
#undef ENTRY

typedef struct Program {
  FILE   *from;
  char   *line;                    // the one that is being read
  size_t  room;
  char    name[64];
  int     n;
  Tensor *value[MAX_VALUES];
  bool    leaf[MAX_VALUES];
} Program;

_Noreturn static inline void bad_program(const Program *p, const char *why)
{
  fprintf(stderr, "graph %s, value %d: %s\n", p->name, p->n, why);
  exit(2);
}

// ---- reading ---------------------------------------------------------
static bool next_program_line(Program *p) {
  ssize_t n = getline(&p->line, &p->room, p->from);
  if (n > 0 && p->line[n - 1] == '\n')
    p->line[n - 1] = 0;
  return n >= 0;
}

static int integers(const Program *p, char *text, int most, int64_t *to) {
  int n = 0;
  if (!text)
    bad_program(p, "a list is missing");
  if (strcmp(text, "-") == 0)
    return 0;
  for (char *end = text; ; text = end + 1) {
    if (n == most)
      bad_program(p, "too many numbers");
    to[n++] = strtoll(text, &end, 10);
    if (end == text || (*end && *end != ','))
      bad_program(p, "not a list of integers");
    if (!*end)
      return n;
  }
}

static Shape shape_in(const Program *p, char *text) {
  Shape s = { 0 };
  s.rank = integers(p, text, TT_MAX_RANK, s.dim);
  return s;
}

static void data_in(const Program *p, Tensor *t, char *text) {
  int64_t n = tt_numel(t);
  char *end = text;
  for (int64_t i = 0; i < n; i++, text = end + 1) {
    double v = text ? strtod(text, &end) : 0;
    if (end == text || *end != (i + 1 < n ? ',' : 0))
      bad_program(p, "not as many numbers as the shape asks for");
    tt_store(t->dtype, t->data, i, v);
  }
}

static Tensor *leaf_in(Program *p, const char *kind) {
  char *shape = strtok(NULL, " "), *data = strtok(NULL, " ");
  DType d = strcmp(kind, "ints") == 0 ? TT_I32 : strcmp(kind, "u8") == 0 ? TT_U8
          : strcmp(kind, "i8") == 0 ? TT_I8 : TT_F32;
  Tensor *t = tt_empty(d, shape_in(p, shape));
  data_in(p, t, data);
  if (strcmp(kind, "leaf") == 0) {
    tt_requires_grad_(t, true);
    p->leaf[p->n] = true;
  }
  return t;
}

static Tensor *run_operation(Program *p, const char *name) {
  const Operation *o = operations;
  int64_t in[MAX_OPERANDS];
  Call k = { 0 };
  while (o->name && strcmp(o->name, name) != 0)
    o++;
  if (!o->name)
    bad_program(p, "no operation of this name");
  k.n = integers(p, strtok(NULL, " "), MAX_OPERANDS, in);
  for (int j = 0; j < k.n; j++) {
    if (in[j] < 0 || in[j] >= p->n)
      bad_program(p, "an operand that is not there");
    k.in[j] = p->value[in[j]];
  }
  int given = integers(p, strtok(NULL, " "), MAX_INTEGERS, k.i);
  if (given <= TT_MAX_RANK) {
    k.s.rank = given;
    memcpy(k.s.dim, k.i, sizeof k.s.dim);
  }
  char *real = strtok(NULL, " ");
  for (int j = 0; j < 4 && real && *real && strcmp(real, "-") != 0; j++) {
    k.r[j] = (Real)strtod(real, &real);
    real += *real == ',';
  }
  return o->run(&k);
}

static void run_backward(Program *p) {
  int64_t at[2];
  int n = integers(p, strtok(NULL, " "), 2, at);
  for (int i = 0; i < n; i++)
    if (at[i] < 0 || at[i] >= p->n)
      bad_program(p, "backward from a value that is not there");
  if (n == 2)
    tt_backward_with(p->value[at[0]], p->value[at[1]]);
  else
    tt_backward(p->value[at[0]]);
}

// Runs the lines after "graph"; for tt_try: what fails is in p->n.
static void run_program(void *arg) {
  Program *p = arg;
  while (next_program_line(p)) {
    const char *word = strtok(p->line, " ");
    if (!word || strcmp(word, "end") == 0)
      return;
    if (strcmp(word, "backward") == 0) {
      run_backward(p);
      continue;
    }
    if (p->n == MAX_VALUES)
      bad_program(p, "too many values");
    bool made = strcmp(word, "leaf") == 0 || strcmp(word, "const") == 0 ||
                strcmp(word, "ints") == 0 || strcmp(word, "u8") == 0 ||
                strcmp(word, "i8") == 0;
    p->value[p->n] = made ? leaf_in(p, word) : run_operation(p, word);
    p->n++;
  }
}

// Finds the next "graph NAME"; false: there is none.
static bool next_program(Program *p) {
  p->n = 0;
  memset(p->leaf, 0, sizeof p->leaf);
  while (next_program_line(p))
    if (strncmp(p->line, "graph ", 6) == 0) {
      snprintf(p->name, sizeof p->name, "%s", p->line + 6);
      return true;
    }
  return false;
}
#endif
