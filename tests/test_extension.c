// Needs chapter 05: operations that a program adds from outside, by the steps
// of chapters/README.md: one line, checked against differences on every kind
// of view; and backends chosen by name.
#include "tt_test.h"
#include "tt/scalar.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tgmath.h>
#include <unistd.h>

// ---- the steps -------------------------------------------------------------
Tensor *tt_softplus(Tensor *x);
Tensor *tt_hypotenuse(Tensor *a, Tensor *b);
TT_UNARY_GRAD(softplus, x > 20 ? x : (Real)log1p(exp(x)), x, g * tt_sigmoidf(x))
TT_BINARY_GRAD(hypotenuse, sqrt(a * a + b * b), a, b,
               g * a / sqrt(a * a + b * b), g * b / sqrt(a * a + b * b))

Tensor *tt_lerp(Tensor *a, Tensor *b, Tensor *weight);
TT_TERNARY(lerp, a + c * (b - a))  // without a gradient

#define TOLERANCE (sizeof(Real) == 4 ? 4e-3 : 1e-7)

static Tensor *leaf[2];

static Tensor *softplus_of_a_view(void *unused) {
  (void)unused;
  Tensor *v = tt_slice(tt_transpose(leaf[0], 0, 1), 0, 1, 4, 2);
  return tt_sum(tt_softplus(v), TT_ALL, false);
}

static Tensor *hypotenuse_of_stretched(void *unused) {
  (void)unused;
  Tensor *y = tt_hypotenuse(leaf[0], leaf[1]);
  return tt_sum(tt_mul(y, y), TT_ALL, false);
}

TT(extension, operations_from_outside_have_gradients) {
  tt_autograd_enable();
  leaf[0] = tt_requires_grad_(tt_add_scalar(tt_rand(TT_SHAPE(3, 4), NULL), 1),
                              true);
  leaf[1] = tt_requires_grad_(tt_add_scalar(tt_rand(TT_SHAPE(4), NULL), 1),
                              true);
  double e = tt_gradcheck(softplus_of_a_view, NULL, 1, leaf).error;
  tt_expect(e < TOLERANCE, "softplus: %g", e);
  e = tt_gradcheck(hypotenuse_of_stretched, NULL, 2, leaf).error;
  tt_expect(e < TOLERANCE, "hypotenuse: %g", e);
}

TT(extension, operations_from_outside_broadcast_and_refuse) {
  Tensor *a = tt_zeros(TT_SHAPE(2, 1)), *b = tt_ones(TT_SHAPE(3));
  Tensor *c = tt_from(TT_SCALAR, (Real[]){0.25});
  tt_expect_values(tt_lerp(a, b, c), 0, .25, .25, .25, .25, .25, .25);
  tt_expect_fail(tt_hypotenuse(b, tt_ones(TT_SHAPE(4))), "tt_hypotenuse: [3]");
  tt_expect_fail(tt_softplus(tt_to(b, TT_I32)), "tt_softplus: a tensor of i32");
  tt_expect_text(tt_softplus(b)->name, "tt_softplus");
}

// A rule written by hand whose gradient cannot belong to the operand.
static void crooked_backward(TapeNode *k) {
  tt_accumulate(k, 1, tt_ones(TT_SHAPE(2, 5)));
}

static Op crooked = {.name = "tt_crooked", .backward = crooked_backward};

TT(extension, a_gradient_of_another_shape_is_refused) {
  tt_autograd_enable();
  Tensor *x = tt_requires_grad_(tt_ones(TT_SHAPE(3)), true), *y = tt_clone(x);
  y = tt_record(&crooked, tt_zeros(TT_SHAPE(3)), 1, &x, (Attr){0});
  tt_expect_fail(tt_backward(tt_sum(y, TT_ALL, false)), "tt_crooked gives");
  tt_expect(!x->grad, "a gradient of [2,5] was added");
}

// ---- a backend may replace the kernel of any operation ---------------------
static const Backend *before;
static int mapped;

static void count_map(const Op *op, const Walk *w, const Operands *o) {
  mapped += strcmp(op->name, "tt_hypotenuse") == 0;
  before->map(op, w, o);
}

TT(extension, a_backend_sees_every_operation) {
  Backend counting = *(before = tt_backend);
  counting.map = count_map;
  tt_backend = &counting;
  tt_expect_values(tt_hypotenuse(tt_full(TT_SCALAR, 3), tt_full(TT_SCALAR, 4)),
                   1e-6, 5);
  tt_backend = before;
  tt_expect_int(mapped, 1);
}

// ---- a kernel gets blocks of rows: a short row is not worth a call ---------
static int blocks;
static int64_t reached;
TT_ROW(plus, 2, a, b, c_, p_, q_, a + b)
static void count_rows(const Operands *o) {
  blocks++, reached += o->n * o->rows;
  plus_row(o);
}
static Op plus = {.name = "tt_plus", .row = count_rows};

static void in_blocks(Tensor *a, Tensor *b, int want) {
  blocks = 0, reached = 0;
  Tensor *y = tt_map(&plus, 2, (Tensor *[]){a, b}, 0, 0);
  tt_expect_int(blocks, want);
  tt_expect_int(reached, tt_numel(y));
  tt_expect(tt_allclose(y, tt_add(tt_contiguous(a), tt_contiguous(b)), 0, 0),
            "other values, shape %s", TT_TEXT(tt_shape(y)));
}

TT(extension, short_rows_are_walked_in_blocks) {
  Tensor *deep = tt_rand(TT_SHAPE(4, 3, 5, 2), NULL);
  Tensor *tall = tt_rand(TT_SHAPE(1024, 4), NULL), *line = tt_rand(TT_SHAPE(4), NULL);
  in_blocks(line, line, 1);
  in_blocks(tall, line, 1);
  in_blocks(tt_transpose(tt_rand(TT_SHAPE(4, 1024), NULL), 0, 1), tall, 1);
  in_blocks(tt_slice(deep, 2, 0, 5, 2), tt_rand(TT_SHAPE(4, 3, 3, 2), NULL), 12);
  in_blocks(deep, tt_rand(TT_SHAPE(3, 1, 1), NULL), 4);
  in_blocks(deep, tt_rand(TT_SHAPE(4, 1, 5, 1), NULL), 12);
  in_blocks(tt_zeros(TT_SHAPE(0, 4)), line, 1);
}

// ---- backends by name ------------------------------------------------------
TT(extension, backends_are_chosen_by_name) {
  static Backend mine = {.name = "mine"};
  tt_backend = &mine;
  tt_backend_use("naive");
  tt_expect(tt_backend != &mine, "the other is still in use");
  tt_expect_text(tt_backend->name, "naive");
  tt_expect_fail(tt_backend_use("turbo"), "no backend is called 'turbo'; there"
                 " are: naive");
  tt_expect_fail(tt_backend_use(""), "no backend is called ''");
}

// The environment is read before main.
TT(extension, backends_are_chosen_by_the_environment) {
  char self[4096], command[8192], said[512] = "";
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  tt_expect(n > 0, "no /proc/self/exe");
  self[n] = 0;
  snprintf(command, sizeof command,
           "env -i TT_BACKEND=turbo '%s' --list 2>&1", self);
  FILE *f = popen(command, "r");
  size_t got = fread(said, 1, sizeof said - 1, f);
  said[got] = 0;
  int status = pclose(f);
  tt_expect(status != 0, "it went on");
  tt_expect(strstr(said, "no backend is called 'turbo'"), "it said: %s", said);
  snprintf(command, sizeof command,
           "env -i ASAN_OPTIONS=detect_leaks=0 TT_BACKEND=naive '%s' --list > /dev/null 2>&1", self);
  tt_expect_int(system(command), 0);
}
