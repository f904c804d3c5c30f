// Needs chapter 18: every backend of this machine computes what the definition
// says, for one table of cases a kernel. A case is compared with sums in double
// precision; what lies around the result stays as it was.
//
// make conformance BACKEND=./mine.so: the same cases for a backend from a file.
// Whatever the file does, the case is named: on_case() comes before each call.
#include "tt_test.h"
#include <tt/convolution.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- which backends, and which case is being computed
static const char *plugin(void) { return getenv("TT_PLUGIN"); }

static char case_now[400];
static void died(int signal) {       // in the kernel of a plug-in
  static const char hang[] = ": it did not end in 5 seconds\n", crash[] = ": it crashed\n";
  const char *how = signal == SIGALRM ? hang : crash;
  if (write(2, case_now, strlen(case_now)) < 0 || write(2, how, strlen(how)) < 0) _exit(2);
  _exit(1);
}

__attribute__((format(printf, 2, 3)))
static void on_case(const Backend *k, const char *format, ...) {
  static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGALRM};
  int n = snprintf(case_now, sizeof case_now, "REFUSED: %s: ", k->name);
  va_list args;
  va_start(args, format);
  vsnprintf(case_now + n, sizeof case_now - (size_t)n, format, args);
  va_end(args);
  if (!plugin()) return;
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], died);
  alarm(5);
}

static const Backend *tested_at(int i) {
  const Backend *last = NULL, *k;
  if (!plugin()) return tt_backend_at(i);
  for (int j = 0; (k = tt_backend_at(j)); j++) last = k;
  return i == 0 ? last : NULL;
}
#define EACH_BACKEND(k)                                           \
  const Backend *k;                                               \
  for (int at_ = 0; (k = tested_at(at_)); at_++)

// |got - want| <= rtol |want| + atol, and NaN where NaN is wanted
static void expect_near(Tensor *got, Tensor *want, double rtol, double atol) {
  const Real *a = tt_contiguous(got)->data;
  const Real *b = tt_contiguous(want)->data;
  for (int64_t i = 0; i < tt_numel(want); i++) {
    double x = (double)a[i], y = (double)b[i];
    tt_expect(x == y || (isnan(x) && isnan(y)) || fabs(x - y) <= rtol * fabs(y) + atol,
              "%s: number %d is %.9g, not %.9g", case_now, (int)i, x, y);
  }
}

// ---- memory with a fence: what is written outside is seen, what is read
// ---- outside is NaN
enum { FENCE = 96 };
typedef struct Room {
  Real *all, *at;
  int64_t n;
} Room;

static Room room(int64_t n) {
  Room r = {.n = n};
  r.all = malloc(sizeof(Real) * (size_t)(n + 2 * FENCE));
  r.at = r.all + FENCE;
  for (int64_t i = 0; i < n + 2 * FENCE; i++) r.all[i] = (Real)NAN;
  return r;
}

static uint64_t state = 7;
static int64_t below(int64_t n) { return (int64_t)(tt_machine_random(&state) % (uint64_t)n); }
static Real number(void) { return (Real)(below(2001) - 1000) / 512; }

// ---- products ----------------------------------------------------------------
typedef struct Layout {              // of a matrix: strides for (rows, cols)
  const char *name;
  int64_t row, col, batch, size;
} Layout;

static Layout layout(int kind, int64_t batch, int64_t rows, int64_t cols) {
  int64_t gap = cols + 5, tall = rows + 3;
  Layout l[] = {
    {"rows", cols, 1, rows * cols, 0},
    {"transposed", 1, rows, rows * cols, 0},
    {"rows with gaps", gap, 1, rows * gap + 7, 0},
    {"transposed with gaps", 1, tall, cols * tall + 1, 0},
    {"every third", 3 * cols + 1, 3, rows * (3 * cols + 1), 0},
    {"rows, 1024 apart", 1024, 1, rows * 1024, 0},
    {"one row for all", 0, 1, 0, 0},
    {"one for the batch", cols, 1, 0, 0},
  };
  Layout x = l[kind];
  x.size = (batch - 1) * x.batch + (rows - 1) * x.row + (cols - 1) * x.col + 1;
  if (x.size < 1) x.size = 1;
  return x;
}

static void fill(Room r, Layout l, int64_t batch, int64_t rows, int64_t cols) {
  for (int64_t b = 0; b < batch; b++)
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < cols; j++)
        r.at[b * l.batch + i * l.row + j * l.col] = number();
}

typedef struct Wish {
  int64_t batch, m, n, k;
  int a, b, c;                       // layouts
  Real alpha, beta;
} Wish;

static void compare(const Backend *backend, Wish w) {
  Layout la = layout(w.a, w.batch, w.m, w.k), lb = layout(w.b, w.batch, w.k, w.n);
  Layout lc = layout(w.c, w.batch, w.m, w.n);
  Room a = room(la.size), b = room(lb.size), c = room(lc.size), want = room(lc.size);
  fill(a, la, w.batch, w.m, w.k), fill(b, lb, w.batch, w.k, w.n);
  if (w.beta != 0) fill(c, lc, w.batch, w.m, w.n);
  memcpy(want.all, c.all, sizeof(Real) * (size_t)(c.n + 2 * FENCE));
  double *size = calloc((size_t)lc.size, sizeof *size);
  for (int64_t g = 0; g < w.batch; g++)
    for (int64_t i = 0; i < w.m; i++)
      for (int64_t j = 0; j < w.n; j++) {
        double sum = 0, all = 0;
        for (int64_t p = 0; p < w.k; p++) {
          double x = (double)a.at[g * la.batch + i * la.row + p * la.col]
                     * (double)b.at[g * lb.batch + p * lb.row + j * lb.col];
          sum += x, all += fabs(x);
        }
        int64_t to = g * lc.batch + i * lc.row + j * lc.col;
        if (w.beta != 0) {
          double x = (double)w.beta * (double)c.at[to];
          sum = (double)w.alpha * sum + x, all = fabs((double)w.alpha) * all + fabs(x);
        } else
          sum *= (double)w.alpha, all *= fabs((double)w.alpha);
        want.at[to] = (Real)sum, size[to] = all;
      }
  on_case(backend, "gemm: batch %d, %dx%dx%d, A %s, B %s, C %s, alpha %g, beta %g",
          (int)w.batch, (int)w.m, (int)w.n, (int)w.k, la.name, lb.name, lc.name,
          (double)w.alpha, (double)w.beta);
  backend->gemm(&(Gemm){w.batch, w.m, w.n, w.k, a.at, la.batch, la.row, la.col,
                        b.at, lb.batch, lb.row, lb.col, c.at, lc.batch, lc.row,
                        lc.col, w.alpha, w.beta});
  double eps = sizeof(Real) == 4 ? 0x1p-23 : 0x1p-52;
  for (int64_t i = -FENCE; i < c.n + FENCE; i++) {
    double got = (double)c.at[i], right = (double)want.at[i];
    double off = i < 0 || i >= c.n ? 0 : (double)(w.k + 4) * eps * size[i];
    tt_expect((isnan(got) && isnan(right)) || fabs(got - right) <= off,
              "%s: number %d is %.9g, not %.9g", case_now, (int)i, got, right);
  }
  free(a.all), free(b.all), free(c.all), free(want.all), free(size);
}

static void table_of_products(const Backend *k) {
  static const Real factor[] = {1, 1, 0, (Real)-0.5, 2};
  // each size up to 67 on each side, the others by chance
  for (int side = 0; side < 3; side++)
    for (int64_t size = 1; size <= 67; size++) {
      Wish w = {1 + below(2), 1 + below(70), 1 + below(70), 1 + below(70),
                (int)below(8), (int)below(8), (int)below(5),
                factor[below(5)], factor[below(5)]};
      *(side == 0 ? &w.m : side == 1 ? &w.n : &w.k) = size;
      compare(k, w);
    }
  // each layout with each other
  for (int i = 0; i < 8 * 8 * 5; i++)
    compare(k, (Wish){2, 1 + below(40), 1 + below(80), 1 + below(50), i % 8,
                      i / 8 % 8, i / 64, 1, factor[i % 5]});
  // beyond a block in each size; few rows, few columns, and just more
  static const int64_t large[][3] = {
    {300, 40, 20}, {20, 2100, 9}, {17, 33, 900}, {9, 9, 1200}, {130, 65, 400},
    {131, 600, 30}, {70, 520, 400}, {1, 100, 500}, {100, 1, 500}, {8, 66, 385},
    {3, 2, 800}, {64, 34, 100}, {5, 66, 33}, {230, 36, 390}, {1, 1, 5000},
    {200, 513, 15},
  };
  for (size_t i = 0; i < sizeof large / sizeof *large; i++)
    for (int l = (int)i % 2; l < 6; l += 2)
      compare(k, (Wish){1, large[i][0], large[i][1], large[i][2], ((int)i + l) % 6,
                        l, l % 3, 1, factor[((int)i + l) % 5]});
  // nothing to add up; nothing at all
  for (int i = 0; i < 5; i++) {
    compare(k, (Wish){2, 3, 40, 0, 0, 0, 0, 2, factor[i]});
    compare(k, (Wish){1, 40, 3, 0, 0, 1, 0, 2, factor[i]});
    compare(k, (Wish){1, 0, 5, 3, 0, 0, 0, 1, factor[i]});
    compare(k, (Wish){1, 5, 0, 3, 0, 0, 0, 1, factor[i]});
    compare(k, (Wish){0, 5, 5, 3, 0, 0, 0, 1, factor[i]});
  }
}

// A backend that does not run here has nothing to show. On an emulated processor
// (TT_EMULATED) the long tables are those of kernels in vectors of one length.
static void by(const char *name, void (*table)(const Backend *)) {
  if (getenv("TT_EMULATED") && strncmp(name, "simd-", 5) != 0 && strcmp(name, "threads") != 0) return;
  EACH_BACKEND(k) if (strcmp(k->name, name) == 0) table(k);
}
static void products_by(const char *name) { by(name, table_of_products); }

TT(conformance, products_by_formula) { products_by("formula"); }
TT(conformance, products_by_naive) { products_by("naive"); }
TT(conformance, products_by_blocked) { products_by("blocked"); }
TT(conformance, products_by_packed) { products_by("packed"); }
TT(conformance, products_by_blas) { products_by("blas"); }
TT(conformance, products_by_simd_128) { products_by("simd-128"); }
TT(conformance, products_by_simd_256) { products_by("simd-256"); }
TT(conformance, products_by_simd_512) { products_by("simd-512"); }
TT(conformance, products_by_simd_512_vnni) { products_by("simd-512-vnni"); }
TT(conformance, products_by_simd) { products_by("simd"); }
TT(conformance, products_by_threads) {
  tt_set_num_threads(3);
  products_by("threads");
}

TT(conformance, products_by_a_plugin) { EACH_BACKEND(k) if (plugin()) table_of_products(k); }

TT(conformance, no_backend_is_forgotten) {
  if (plugin()) return;
  static const char *const tested[] = {
    "formula", "naive", "blocked", "packed", "blas",
    "simd-128", "simd-256", "simd-512", "simd-512-vnni", "simd", "threads"};
  EACH_BACKEND(k) {
    bool found = false;
    for (size_t i = 0; i < sizeof tested / sizeof *tested; i++)
      found |= strcmp(tested[i], k->name) == 0;
    tt_expect(found, "no test is called products_by_%s", k->name);
  }
}

// Infinity and NaN go where the definition has them and nowhere else, not
// through what a kernel adds to fill a vector up.
TT(conformance, products_with_nan_and_infinity) {
  EACH_BACKEND(k)
    for (int64_t size = 1; size < 70; size += 3)
      for (int turn = 0; turn < 4; turn++) {
        int64_t m = turn & 1 ? size : 9, n = turn & 1 ? 9 : size, p = size + 16;
        TT_SCOPE;
        Tensor *a = tt_ones(TT_SHAPE(m, p)), *b = tt_ones(TT_SHAPE(p, n));
        if (turn & 2) b = tt_transpose(tt_ones(TT_SHAPE(n, p)), 0, 1);
        Tensor *c = tt_full(TT_SHAPE(m, n), (double)NAN);
        tt_set_(a, TT_INDEX(m - 1, p - 1), NAN);
        tt_set_(b, TT_INDEX(0, n - 1), INFINITY);
        on_case(k, "gemm: %dx%dx%d with NaN and infinity, turn %d", (int)m, (int)n, (int)p, turn);
        k->gemm(&(Gemm){1, m, n, p, a->data, 0, p, 1, b->data, 0, b->stride[0],
                        b->stride[1], c->data, 0, n, 1, 1, 0});
        for (int64_t i = 0; i < m; i++)
          for (int64_t j = 0; j < n; j++) {
            double got = tt_get(c, TT_INDEX(i, j));
            bool right = i == m - 1 ? isnan(got) : j == n - 1 ? isinf(got)
                         : got == (double)p;
            tt_expect(right, "%s: (%d,%d) is %g", case_now, (int)i, (int)j, got);
          }
      }
}

// The gradients of a product are products of transposes.
static Tensor *leaves[2];
static Tensor *squares(void *unused) {
  (void)unused;
  Tensor *y = tt_matmul(leaves[0], tt_transpose(leaves[1], 0, 1));
  return tt_sum(tt_mul(y, y), TT_ALL, false);
}

TT(conformance, gradients_of_products) {
  tt_autograd_enable();
  leaves[0] = tt_requires_grad_(tt_rand(TT_SHAPE(5, 19), NULL), true);
  leaves[1] = tt_requires_grad_(tt_rand(TT_SHAPE(7, 19), NULL), true);
  EACH_BACKEND(k) {
    tt_backend_use(k->name);
    on_case(k, "gemm: gradients of a product");
    double e = tt_gradcheck(squares, NULL, 2, leaves).error;
    tt_expect(e < (sizeof(Real) == 4 ? 4e-3 : 1e-7), "%s: off by %g", case_now, e);
  }
}

// ---- products of bytes: exact -------------------------------------------------
static void compare_bytes(const Backend *backend, int64_t m, int64_t n, int64_t k, int gap,
                          bool extreme) {
  int64_t row = k + gap, c_row = n + gap;
  int8_t *a = malloc((size_t)(m * row + 1)), *b = malloc((size_t)(n * row + 1));
  int32_t *c = malloc(sizeof *c * (size_t)(m * c_row + 1));
  for (int64_t i = 0; i < m * row; i++) a[i] = (int8_t)(extreme ? -128 : below(256) - 128);
  for (int64_t i = 0; i < n * row; i++)
    b[i] = (int8_t)(extreme ? (i & 64 ? -128 : 127) : below(256) - 128);
  for (int64_t i = 0; i <= m * c_row; i++) c[i] = 77777;
  on_case(backend, "qgemm: %dx%dx%d, gap %d%s", (int)m, (int)n, (int)k, gap,
          extreme ? ", the largest bytes" : "");
  backend->qgemm(&(QGemm){m, n, k, a, row, b, row, c, c_row});
  for (int64_t i = 0; i < m * c_row; i++) {
    int64_t x = i / c_row, y = i % c_row, sum = 77777;
    if (y < n) {
      sum = 0;
      for (int64_t p = 0; p < k; p++) sum += a[x * row + p] * b[y * row + p];
    }
    tt_expect(c[i] == sum, "%s: (%d,%d) is %d, not %d", case_now, (int)x, (int)y, c[i],
              (int)sum);
  }
  tt_expect_int(c[m * c_row], 77777);
  free(a), free(b), free(c);
}

TT(conformance, products_of_bytes) {
  tt_set_num_threads(3);
  EACH_BACKEND(k) {
    if (k->qgemm == tt_naive.qgemm && k != tt_backend_at(0)) continue;
    for (int64_t size = 0; size <= 67; size++) {
      compare_bytes(k, 1 + below(30), 1 + below(70), size, (int)below(3), size & 1);
      compare_bytes(k, size, 1 + below(70), 1 + below(150), (int)below(3), false);
      compare_bytes(k, 1 + below(6), size, 1 + below(150), (int)below(3), false);
    }
    compare_bytes(k, 15, 33, 4100, 1, false), compare_bytes(k, 3, 40, 2049, 1, true);
    compare_bytes(k, 5, 3, 70000, 0, true), compare_bytes(k, 300, 530, 65, 3, false);
    compare_bytes(k, 29, 700, 450, 3, true), compare_bytes(k, 2, 9000, 500, 0, false);
  }
}

// ---- elements, rows ------------------------------------------------------------
// What a table gives is nearly what `naive` gives, on any view; the rest of the
// elements are those of a large tensor, which is cut into chunks.
static Tensor *spread(int64_t rows, int64_t cols) {
  Tensor *x = tt_mul_scalar(tt_randn(TT_SHAPE(rows, cols), NULL), 6);
  static const double ends[] = {0, -0.0, INFINITY, -INFINITY, NAN, 88.5, -87.5, 1e-30,
                                3e38, -3e38, -103.5, 1e-7};
  for (int64_t i = 0; i < 12 && i < rows; i++)
    tt_set_(x, TT_INDEX(rows - 1 - i, i % cols), (Real)ends[i]);
  return x;
}

TT(conformance, functions_of_one_number) {
  Tensor *(*const f[])(Tensor *) = {tt_exp, tt_sigmoid, tt_tanh, tt_gelu, tt_gelu_tanh,
                                    tt_silu, tt_relu, tt_neg};
  tt_set_num_threads(3);
  Tensor *x[] = {spread(300, 401), tt_transpose(spread(77, 530), 0, 1),
                 tt_slice(spread(1000, 90), 1, 3, 80, 7), tt_zeros(TT_SHAPE(0, 3)),
                 tt_expand(spread(13, 1), TT_SHAPE(13, 9000))};
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 5; j++) {
      tt_backend_use("naive");
      Tensor *want = f[i](x[j]);
      EACH_BACKEND(k) {
        tt_backend_use(k->name);
        double off = k->map == tt_naive.map ? 0 : sizeof(Real) == 4 ? 4e-7 : 1e-15;
        on_case(k, "map: function %d of tensor %d", i, j);
        expect_near(f[i](x[j]), want, off, off * 1e-6);
      }
    }
}

TT(conformance, sums_and_softmax) {
  tt_set_num_threads(3);
  Tensor *x = spread(301, 407), *small = spread(3, 5);
  Tensor *deep = tt_reshape(spread(60, 4000), TT_SHAPE(60, 40, 100));
  EACH_BACKEND(k)
    for (int way = 0; way < 5; way++) {
      Tensor *y[2];
      for (int own = 0; own < 2; own++) {
        tt_backend_use(own ? k->name : "naive");
        on_case(k, "reduce and softmax: way %d", way);
        Tensor *t = way == 0 ? x : way == 1 ? small : way == 2 ? deep : tt_exp(small);
        int dim = way == 2 ? 1 : way == 3 ? 0 : -1;
        y[own] = way == 4 ? tt_to(tt_argmax(x, 1, false), TT_F32)
          : tt_add(tt_sum(tt_softmax(t, dim), dim, true),
                   tt_max(tt_log_softmax(t, dim), dim, true));
      }
      double off = plugin() || (way == 3 && k->map != tt_naive.map) ? 1e-6 : 0;
      expect_near(y[1], y[0], off, off);
    }
}

// Two operands of different strides, cut along the longer dimension.
TT(conformance, sums_of_two_tensors) {
  tt_set_num_threads(3);
  Tensor *a = spread(3, 50000), *b = tt_rand(TT_SHAPE(50000), NULL);
  Tensor *c = tt_transpose(spread(600, 200), 0, 1), *d = tt_rand(TT_SHAPE(200, 1), NULL);
  tt_backend_use("naive");
  Tensor *first = tt_add(a, b), *second = tt_mul(c, d);
  EACH_BACKEND(k) {
    tt_backend_use(k->name);
    on_case(k, "map: sums and products of two tensors");
    expect_near(tt_add(a, b), first, 0, 0);
    expect_near(tt_mul(c, d), second, 0, 0);
  }
}

// ---- convolutions: the three kernels against seven loops in double -------------
typedef struct Terms {               // of the result: sums, and sums of sizes
  double *sum, *size;
} Terms;

static Terms terms(int64_t n) {
  return (Terms){calloc((size_t)n + 1, sizeof(double)), calloc((size_t)n + 1, sizeof(double))};
}

static inline void add_term(Terms t, int64_t at, Real a, Real b) {
  t.sum[at] += (double)a * (double)b, t.size[at] += fabs((double)a * (double)b);
}

// what one row of results has from one row of the image, by one weight
static void add_row(const Conv2dShape *s, Room x, Room w, Room y, int64_t ix, int64_t iw,
                    int64_t iy, int64_t left, Terms to[3]) {
  for (int64_t q = 0, col = left; q < s->out_w; q++, col += s->stride_w) {
    if (col < 0 || col >= s->w) continue;
    add_term(to[0], iy + q, x.at[ix + col], w.at[iw]);
    add_term(to[1], ix + col, y.at[iy + q], w.at[iw]);
    add_term(to[2], iw, y.at[iy + q], x.at[ix + col]);
  }
}

static void seven_loops(const Conv2dShape *s, Room x, Room w, Room y, Terms to[3]) {
  int64_t in = s->in / s->groups, out = s->out / s->groups;
  for (int64_t n = 0; n < s->n; n++)
    for (int64_t o = 0; o < s->out; o++)
      for (int64_t c = 0; c < in; c++)
        for (int64_t t = 0; t < s->kh * s->kw; t++)
          for (int64_t p = 0; p < s->out_h; p++) {
            int64_t row = p * s->stride_h - s->top + t / s->kw * s->dilation_h;
            if (row < 0 || row >= s->h) continue;
            int64_t ix = ((n * s->in + o / out * in + c) * s->h + row) * s->w;
            add_row(s, x, w, y, ix, (o * in + c) * s->kh * s->kw + t,
                    ((n * s->out + o) * s->out_h + p) * s->out_w,
                    t % s->kw * s->dilation_w - s->left, to);
          }
}

// Winograd's sums of neighbors lose some bits, whatever the terms of one place:
// `loose` allows for an error of the largest result.
static void near_terms(const Backend *k, const Conv2dShape *s, char which, Room got, Terms t,
                       double depth) {
  double eps = sizeof(Real) == 4 ? 0x1p-23 : 0x1p-52, most = 0;
  for (int64_t i = 0; i < got.n; i++) most = t.size[i] > most ? t.size[i] : most;
  bool loose = s->kh == 3 && s->kw == 3;
  for (int64_t i = -FENCE; i < got.n + FENCE; i++) {
    bool inside = i >= 0 && i < got.n;
    double right = inside ? t.sum[i] : (double)NAN, is = (double)got.at[i];
    double off = inside ? eps * (depth + 4) * t.size[i] + loose * 8 * eps * most : 0;
    tt_expect((isnan(is) && isnan(right)) || fabs(is - right) <= off,
              "%s: d%c, %d images, %d groups, %d of %dx%d to %d of %dx%d, kernel %dx%d,"
              " stride %d,%d, dilation %d,%d, border %d,%d: number %d is %.9g, not %.9g",
              k->name, which, (int)s->n, (int)s->groups, (int)s->in, (int)s->h, (int)s->w,
              (int)s->out, (int)s->out_h, (int)s->out_w, (int)s->kh, (int)s->kw,
              (int)s->stride_h, (int)s->stride_w, (int)s->dilation_h, (int)s->dilation_w,
              (int)s->top, (int)s->left, (int)i, is, right);
  }
  free(t.sum), free(t.size);
}

static Room filled(int64_t n) {
  Room r = room(n);
  for (int64_t i = 0; i < n; i++) r.at[i] = number();
  return r;
}

static void compare_conv(const Backend *k, Conv2dShape s) {
  int64_t in = s.in / s.groups, out = s.out / s.groups, taps = s.kh * s.kw;
  int64_t nx = s.n * s.in * s.h * s.w, ny = s.n * s.out * s.out_h * s.out_w;
  Room x = filled(nx), w = filled(s.out * in * taps), y = filled(ny), b = filled(s.out);
  Room to[3] = {room(ny), room(nx), room(s.out * in * taps)};
  Terms t[3] = {terms(ny), terms(nx), terms(s.out * in * taps)};
  Real *bias = below(2) ? b.at : NULL;
  seven_loops(&s, x, w, y, t);
  for (int64_t i = 0; bias && i < ny; i++)
    add_term(t[0], i, bias[i / (s.out_h * s.out_w) % s.out], 1);
  tt_backend_use(k->name);
  k->conv2d(&s, to[0].at, x.at, w.at, bias);
  k->conv2d_back_x(&s, to[1].at, y.at, w.at);
  k->conv2d_back_w(&s, to[2].at, y.at, x.at);
  near_terms(k, &s, 'y', to[0], t[0], (double)(in * taps));
  near_terms(k, &s, 'x', to[1], t[1], (double)(out * taps));
  near_terms(k, &s, 'w', to[2], t[2], (double)(s.n * s.out_h * s.out_w));
  free(x.all), free(w.all), free(y.all), free(b.all);
  for (int i = 0; i < 3; i++) free(to[i].all);
}

// A window that moves over h + border rows and so many columns, or sees none.
static Conv2dShape conv_shape(int64_t n, int64_t groups, int64_t in, int64_t out, int64_t h,
                              int64_t w, int64_t kh, int64_t kw) {
  return (Conv2dShape){.n = n, .groups = groups, .in = in * groups, .out = out * groups,
                       .h = h, .w = w, .kh = kh, .kw = kw, .stride_h = 1, .stride_w = 1,
                       .dilation_h = 1, .dilation_w = 1};
}

static bool set_places(Conv2dShape *s, int64_t bottom, int64_t right) {
  int64_t h = s->h + s->top + bottom - (s->kh - 1) * s->dilation_h - 1;
  int64_t w = s->w + s->left + right - (s->kw - 1) * s->dilation_w - 1;
  s->out_h = h / s->stride_h + 1, s->out_w = w / s->stride_w + 1;
  return h >= 0 && w >= 0;
}

static void table_of_convolutions(const Backend *k) {
  // any window: strides, dilations, groups, more border on one side
  for (int done = 0; done < 80;) {
    Conv2dShape s = conv_shape(1 + below(3), 1 + below(3), 1 + below(6), 1 + below(6),
                               1 + below(14), 1 + below(40), 1 + below(5), 1 + below(5));
    s.stride_h = 1 + below(3), s.stride_w = 1 + below(3);
    s.dilation_h = 1 + below(2), s.dilation_w = 1 + below(2);
    s.top = below(4), s.left = below(4);
    if (below(2)) s.stride_h = s.stride_w = 1;
    if (below(2)) s.dilation_h = s.dilation_w = 1;
    if (set_places(&s, below(4), below(4))) compare_conv(k, s), done++;
  }
  // three by three: all small sizes, tails of tiles, many channels
  for (int64_t size = 1; size <= 20; size++)
    for (int64_t border = 0; border < 2; border++) {
      Conv2dShape s = conv_shape(1 + below(3), 1, 12 + below(12), 14 + below(9), size,
                                 1 + below(20), 3, 3);
      s.top = border, s.left = below(2);
      if (set_places(&s, border, below(2))) compare_conv(k, s);
    }
  for (int i = 0; i < 6; i++) {
    Conv2dShape s = conv_shape(i < 3 ? 9 : 1, 1, 17, 18, i < 3 ? 8 : 33, i % 2 ? 34 : 7, 3, 3);
    s.top = s.left = 1;
    if (set_places(&s, 1, 1)) compare_conv(k, s);
  }
  // one image that is cut; depth beyond a block; no image; no channel; many places, few weights
  Conv2dShape odd[] = {conv_shape(1, 1, 16, 70, 30, 34, 3, 3), conv_shape(2, 1, 130, 5, 6, 5, 2, 2),
                       conv_shape(0, 1, 3, 4, 5, 5, 3, 3), conv_shape(1, 2, 65, 2, 7, 9, 3, 3),
                       conv_shape(40, 1, 1, 3, 5, 5, 5, 5), conv_shape(1, 40, 1, 1, 18, 19, 3, 3),
                       conv_shape(0, 1, 16, 16, 10, 10, 3, 3), conv_shape(2, 2, 1, 7, 40, 39, 4, 3),
                       // a window that sees all of the image: a product
                       conv_shape(9, 1, 5, 17, 5, 5, 5, 5), conv_shape(33, 1, 3, 20, 3, 2, 3, 2),
                       conv_shape(1, 1, 40, 9, 1, 1, 1, 1), conv_shape(0, 1, 4, 5, 3, 3, 3, 3),
                       conv_shape(3, 2, 4, 5, 4, 4, 4, 4)};
  for (int i = 0; i < 13; i++)
    if (set_places(&odd[i], 0, 0)) compare_conv(k, odd[i]);
  // strides: rows that are dealt out, kernels that see one column of each step
  for (int64_t step = 2; step < 5; step++)
    for (int64_t taps = 1; taps <= 5; taps += 2)
      for (int64_t size = 20; size < 60; size += 19) {
        Conv2dShape s = conv_shape(2, 1 + size % 2, 3, 7, 9, size, taps, taps);
        s.stride_h = s.stride_w = step, s.top = below(2), s.left = below(3);
        s.dilation_w = 1 + below(2);
        if (set_places(&s, below(2), below(3))) compare_conv(k, s);
      }
}

// Backends without kernels of their own take the naive one.
static void convolutions_by(const char *name) {
  tt_set_num_threads(3);
  by(name, table_of_convolutions);
}

TT(conformance, convolutions_by_naive) { convolutions_by("naive"); }
TT(conformance, convolutions_by_simd_128) { convolutions_by("simd-128"); }
TT(conformance, convolutions_by_simd_256) { convolutions_by("simd-256"); }
TT(conformance, convolutions_by_simd_512) { convolutions_by("simd-512"); }
TT(conformance, convolutions_by_threads) { convolutions_by("threads"); }
// ---- attention: in one pass or in three steps, the same numbers ----------------
typedef struct Sight {
  int64_t batch, heads, shared, queries, keys, width, values;
  bool causal;
  int mask;                          // 0: none, 1: of keys, 2: of each query, 3: hides all
} Sight;

// y, and the gradients of q, k, v
static void attend_by(const char *name, Sight s, Tensor *const x[3], Tensor *mask, Tensor *w,
                      Tensor *result[4]) {
  tt_backend_use(name);
  Tensor *leaf[3], *view[3];
  for (int i = 0; i < 3; i++) {
    leaf[i] = tt_requires_grad_(tt_clone(x[i]), true);
    view[i] = tt_transpose(leaf[i], 1, 2);     // (B,T,H,D) to (B,H,T,D)
  }
  result[0] = tt_scaled_dot_product_attention(view[0], view[1], view[2],
    (AttentionOptions){.mask = mask, .causal = s.causal});
  tt_backward(tt_sum(tt_mul(result[0], w), TT_ALL, false));
  for (int i = 0; i < 3; i++) result[i + 1] = leaf[i]->grad;
}

static Tensor *mask_of(Sight s) {
  if (s.mask == 0) return NULL;
  Shape shape = s.mask == 1 ? TT_SHAPE(s.batch, 1, 1, s.keys)
                            : TT_SHAPE(s.batch, s.heads, s.queries, s.keys);
  return tt_to(tt_randint(0, s.mask == 3 ? 1 : 2, shape, NULL), TT_F32);
}

static void compare_attention(Sight s) {
  TT_SCOPE;
  Tensor *x[] = {tt_randn(TT_SHAPE(s.batch, s.queries, s.heads, s.width), NULL),
                 tt_randn(TT_SHAPE(s.batch, s.keys, s.shared, s.width), NULL),
                 tt_randn(TT_SHAPE(s.batch, s.keys, s.shared, s.values), NULL)};
  Tensor *w = tt_randn(TT_SHAPE(s.batch, s.heads, s.queries, s.values), NULL);
  Tensor *mask = mask_of(s), *want[4], *got[4];
  attend_by("naive", s, x, mask, w, want);
  EACH_BACKEND(k) {
    if (!k->attention) continue;
    attend_by(k->name, s, x, mask, w, got);
    for (int i = 0; i < 4; i++) {
      double e = tt_item(tt_max(tt_abs(tt_sub(got[i], want[i])), TT_ALL, false));
      double off = (sizeof(Real) == 4 ? 4e-6 : 1e-13) * (i == 0 ? 1 : 8);
      tt_expect(e <= off, "%s: %s: heads %d of %d, %d queries, %d keys, %d and %d numbers,"
                " causal %d, mask %d: off by %g", k->name, i ? i > 1 ? i > 2 ? "dv" : "dk"
                : "dq" : "y", (int)s.heads, (int)s.shared, (int)s.queries, (int)s.keys,
                (int)s.width, (int)s.values, s.causal, s.mask, e);
    }
  }
}

TT(conformance, attention_in_one_pass) {
  tt_autograd_enable();
  tt_set_num_threads(3);
  for (int64_t t = 1; t <= 67; t += t < 8 ? 1 : 7)
    compare_attention((Sight){1, 2, 1 + t % 2, t, t + t % 3, 1 + t % 20, 1 + t % 9, t & 1,
                              (int)(t / 2 % 3)});
  static const Sight more[] = {
    {2, 4, 4, 130, 130, 16, 16, true, 0}, {1, 4, 2, 70, 300, 8, 24, true, 1},
    {2, 6, 2, 129, 257, 33, 5, false, 2}, {1, 2, 1, 1, 400, 32, 32, true, 0},
    {1, 1, 1, 65, 129, 4, 4, false, 3}, {3, 2, 2, 200, 200, 32, 32, true, 2},
  };
  for (size_t i = 0; i < sizeof more / sizeof *more; i++) compare_attention(more[i]);
}

// Zeros where nothing may be read; a NaN that the mask hides stays hidden; scores
// that are far apart, and infinite after the scale, are no trouble for the others.
TT(conformance, attention_at_its_edges) {
  EACH_BACKEND(k) {
    TT_SCOPE;
    tt_backend_use(k->name);
    Tensor *q = tt_randn(TT_SHAPE(1, 2, 5, 4), NULL), *kk = tt_randn(TT_SHAPE(1, 2, 140, 4), NULL);
    Tensor *v = tt_randn(TT_SHAPE(1, 2, 140, 4), NULL), *mask = tt_ones(TT_SHAPE(1, 1, 5, 140));
    Tensor *want = tt_scaled_dot_product_attention(q, tt_slice(kk, 2, 0, 139, 1),
                                                   tt_slice(v, 2, 0, 139, 1), (AttentionOptions){0});
    for (int64_t i = 0; i < 5; i++) tt_set_(mask, TT_INDEX(0, 0, i, 139), 0);
    for (int h = 0; h < 2; h++)
      tt_set_(kk, TT_INDEX(0, h, 139, 0), NAN), tt_set_(v, TT_INDEX(0, h, 139, 1), NAN);
    Tensor *y = tt_scaled_dot_product_attention(q, kk, v, (AttentionOptions){.mask = mask});
    tt_expect_tensor(y, want, 1e-5, 1e-6);
    for (int64_t i = 0; i < 140; i++) tt_set_(mask, TT_INDEX(0, 0, 2, i), 0);
    y = tt_scaled_dot_product_attention(q, kk, v, (AttentionOptions){.mask = mask});
    for (int64_t i = 0; i < 5; i++)
      for (int64_t j = 0; j < 4; j++)
        tt_expect(i == 2 ? tt_get(y, TT_INDEX(0, 1, i, j)) == 0
                  : fabs(tt_get(y, TT_INDEX(0, 1, i, j)) - tt_get(want, TT_INDEX(0, 1, i, j))) < 1e-5,
                  "%s: query %d", k->name, (int)i);
    tt_expect_fail(tt_scaled_dot_product_attention(q, kk, v,
      (AttentionOptions){.mask = tt_mul_scalar(mask, 2)}), "it holds 1 (may be read) or 0");
    Tensor *far = tt_mul_scalar(tt_ones(TT_SHAPE(1, 200, 1)), -1e4), *n = tt_arange(0, 200, 1);
    tt_set_(far, TT_INDEX(0, 170, 0), 1e4);    // one key wins, in the second block
    y = tt_scaled_dot_product_attention(tt_ones(TT_SHAPE(1, 1, 1)), far,
                                        tt_reshape(n, TT_SHAPE(1, 200, 1)), (AttentionOptions){0});
    tt_expect_close(tt_item(y), 170, 1e-6, 0);
    Tensor *none = tt_scaled_dot_product_attention(q, tt_zeros(TT_SHAPE(1, 2, 0, 4)),
                     tt_zeros(TT_SHAPE(1, 2, 0, 3)), (AttentionOptions){0});
    tt_expect_tensor(none, tt_zeros(TT_SHAPE(1, 2, 5, 3)), 0, 0);
  }
}

// The scores are never all there: four times as long, and four times the memory.
TT(conformance, attention_needs_memory_for_rows) {
  EACH_BACKEND(k) {
    if (!k->attention) continue;
    tt_backend_use(k->name);
    int64_t peak[2];
    for (int i = 0; i < 2; i++) {
      TT_SCOPE;
      int64_t t = i ? 2048 : 512;
      tt_reset_peak_memory();
      int64_t before = tt_memory_stats().live_bytes;
      Tensor *x = tt_zeros(TT_SHAPE(2, t, 8));
      tt_scaled_dot_product_attention(x, x, x, (AttentionOptions){.causal = true});
      peak[i] = tt_memory_stats().peak_bytes - before;
    }
    tt_expect(peak[1] <= 4 * peak[0] && peak[1] < 2 * 2048 * 40 * (int64_t)sizeof(Real),
              "%s: %d and %d bytes", k->name, (int)peak[0], (int)peak[1]);
  }
}

// ---- losses of labels: one pass over a row, against sums in double precision ----
static const double unit = sizeof(Real) == 4 ? 0x1p-24 : 0x1p-53;

// scores that are far apart, whose largest comes late, and one with a NaN
static Tensor *scores_of(int64_t rows, int64_t classes, double spread) {
  Tensor *x = tt_mul_scalar(tt_randn(TT_SHAPE(rows, classes), NULL), (Real)spread);
  for (int64_t i = 0; i < classes; i++)
    tt_set_(x, TT_INDEX(0, i), (double)i * spread / (double)classes);
  if (rows > 2) tt_set_(x, TT_INDEX(2, classes / 2), -INFINITY);
  return x;
}

static void compare_loss(int64_t rows, int64_t classes, double spread, Reduction r) {
  TT_SCOPE;
  Tensor *x = scores_of(rows, classes, spread);
  Tensor *label = tt_randint(0, (int32_t)classes, TT_SHAPE(rows), NULL);
  int32_t *at = label->data;
  if (rows > 3) at[1] = TT_IGNORE;
  if (rows > 2 && at[2] == classes / 2) at[2] = 0;
  LabelOptions o = {.reduction = r};
  int64_t counted = rows - (rows > 3);
  EACH_BACKEND(k) {
    if (!k->cross_entropy) continue;
    tt_backend_use(k->name);
    Tensor *leaf = tt_requires_grad_(tt_clone(x), true);
    Tensor *loss = tt_cross_entropy_with(leaf, label, o);
    tt_backward(r == TT_REDUCE_NONE ? tt_sum(tt_mul_scalar(loss, 3), TT_ALL, false) : loss);
    on_case(k, "cross entropy: %dx%d, spread %g, reduction %d", (int)rows, (int)classes, spread,
            (int)r);
    double all = 0, g = r == TT_REDUCE_NONE ? 3 : r == TT_REDUCE_SUM ? 1 : 1 / (double)counted;
    for (int64_t i = 0; i < rows; i++) {
      const Real *row = (const Real *)x->data + i * classes;
      const Real *dx = (const Real *)leaf->grad->data + i * classes;
      double most = -INFINITY, sum = 0, want = 0;
      for (int64_t c = 0; c < classes; c++) most = fmax(most, (double)row[c]);
      for (int64_t c = 0; c < classes; c++) sum += exp((double)row[c] - most);
      if (at[i] != TT_IGNORE) want = most - (double)row[at[i]] + log(sum);
      all += want;
      for (int64_t c = 0; c < classes; c++) {
        double p = exp((double)row[c] - most) / sum;
        double right = at[i] == TT_IGNORE ? 0 : g * (p - (c == at[i]));
        double mine = (double)classes * 0x1p-53;   // what the sum here may lose
        double off = (unit + mine) * g * (4 + 12 * p + 2 * p * fmin(most - (double)row[c], 99));
        tt_expect(fabs((double)dx[c] - right) <= off, "%s: gradient (%d,%d) is %.9g, not %.9g",
                  case_now, (int)i, (int)c, (double)dx[c], right);
      }
      if (r == TT_REDUCE_NONE)
        tt_expect_close(tt_get(loss, TT_INDEX(i)), want, unit * 4, unit * 12);
    }
    if (r != TT_REDUCE_NONE)
      tt_expect_close(tt_item(loss), r == TT_REDUCE_SUM ? all : all / (double)counted, 16 * unit, 0);
  }
}

TT(conformance, losses_in_one_pass) {
  tt_autograd_enable();
  tt_set_num_threads(3);
  for (int64_t classes = 1; classes <= 67; classes += 1 + classes / 8)
    compare_loss(1 + classes % 7, classes, classes % 2 ? 1 : 30, (Reduction)(classes % 3));
  compare_loss(700, 129, 3, TT_REDUCE_MEAN);
  compare_loss(5, 50000, 5, TT_REDUCE_NONE);     // beyond a piece, beyond a chunk
  compare_loss(3, 3000, 80, TT_REDUCE_SUM);
}

// A label that is no class is refused before a kernel sees it; what is not finite
// is seen in the loss; (C) and (); weights, smoothing and pictures go in steps.
TT(conformance, losses_at_their_edges) {
  tt_autograd_enable();
  static const LabelOptions none = {.reduction = TT_REDUCE_NONE};
  EACH_BACKEND(k) {
    TT_SCOPE;
    tt_backend_use(k->name);
    Tensor *x = tt_zeros(TT_SHAPE(3, 4)), *bad = tt_from_int(TT_SHAPE(3), (int32_t[]){0, 4, 1});
    tt_expect_fail(tt_cross_entropy(x, bad), "label 4 at [1]");
    Tensor *y = tt_from_int(TT_SHAPE(3), (int32_t[]){0, 1, 2});
    tt_set_(x, TT_INDEX(0, 3), NAN), tt_set_(x, TT_INDEX(1, 3), INFINITY);
    Tensor *l = tt_cross_entropy_with(x, y, none);
    tt_expect(isnan(tt_get(l, TT_INDEX(0))) && isnan(tt_get(l, TT_INDEX(1))), "%s: no NaN", k->name);
    tt_expect_close(tt_get(l, TT_INDEX(2)), log(4), 1e-6, 0);
    tt_fill_(x, -INFINITY);
    tt_expect(isnan(tt_item(tt_cross_entropy(x, y))), "%s: nothing is possible", k->name);
    tt_expect_close(tt_item(tt_cross_entropy(tt_zeros(TT_SHAPE(4)), tt_from_int(TT_SCALAR,
                    (int32_t[]){3}))), log(4), 1e-6, 0);
    Tensor *nobody = tt_full(TT_SHAPE(3), TT_IGNORE);
    tt_expect(isnan(tt_item(tt_cross_entropy(tt_zeros(TT_SHAPE(3, 4)), tt_to(nobody, TT_I32)))),
              "%s: a mean of nothing", k->name);
    Tensor *pixels = tt_zeros(TT_SHAPE(2, 3, 2)), *two = tt_to(tt_zeros(TT_SHAPE(2, 2)), TT_I32);
    tt_expect_close(tt_item(tt_cross_entropy(pixels, two)), log(3), 1e-6, 0);
    Tensor *tilted = tt_transpose(tt_rand(TT_SHAPE(4, 3), NULL), 0, 1);
    tt_expect_tensor(tt_cross_entropy_with(tilted, y, none),
                     tt_nll_loss_with(tt_log_softmax(tilted, 1), y, none), 1e-6, 1e-6);
  }
}

// The probabilities are never all there.
TT(conformance, losses_need_memory_for_rows) {
  tt_autograd_enable();
  EACH_BACKEND(k) {
    if (!k->cross_entropy) continue;
    TT_SCOPE;
    tt_backend_use(k->name);
    Tensor *x = tt_requires_grad_(tt_zeros(TT_SHAPE(20, 5000)), true);
    Tensor *y = tt_to(tt_zeros(TT_SHAPE(20)), TT_I32);
    tt_reset_peak_memory();
    int64_t before = tt_memory_stats().live_bytes;
    Tensor *loss = tt_cross_entropy(x, y);
    int64_t more = tt_memory_stats().peak_bytes - before;
    tt_expect(more < 50000 * (int64_t)sizeof(Real), "%s: %d bytes", k->name, (int)more);
    tt_backward(loss);
  }
}

// ---- two of each four: rows of a strip, as the matrix with its zeros gives them ----
static void compare_pairs(const Backend *k, int64_t rows, int64_t cols, int64_t wide) {
  Room w = room(rows * cols), v = filled(rows * cols / 2), x = filled(cols * wide);
  Room y = room(rows * wide);
  uint8_t *index = calloc((size_t)(rows * cols / 8) + 1, 1);
  memset(w.at, 0, sizeof(Real) * (size_t)(rows * cols));
  for (int64_t i = 0; i < rows * cols / 2; i++) {
    int64_t place = below(3) + i % 2;  // the second may be behind the first, or the same
    index[i / 4] |= (uint8_t)(place << i % 4 * 2);
    w.at[i / 2 * 4 + place] += v.at[i];
  }
  on_case(k, "pairs: %dx%d, %d examples", (int)rows, (int)cols, (int)wide);
  k->pairs(&(Pairs){rows, cols, wide, v.at, index, x.at, y.at});
  for (int64_t i = -FENCE; i < y.n + FENCE; i++) {
    bool inside = i >= 0 && i < y.n;
    double sum = 0, size = 0;
    for (int64_t c = 0; inside && c < cols; c++) {
      double term = (double)w.at[i / wide * cols + c] * (double)x.at[c * wide + i % wide];
      sum += term, size += fabs(term) + fabs((double)x.at[c * wide + i % wide]);
    }
    tt_expect(inside ? fabs((double)y.at[i] - sum) <= (double)(cols + 4) * unit * (size + 4)
              : isnan(y.at[i]), "%s: number %d is %.9g, not %.9g", case_now, (int)i,
              (double)y.at[i], sum);
  }
  free(w.all), free(v.all), free(x.all), free(y.all), free(index);
}

TT(conformance, two_of_each_four) {
  int64_t narrow = 32 / (int64_t)sizeof(Real);
  EACH_BACKEND(k) {
    for (int64_t rows = 0; rows <= 17; rows++)
      for (int64_t cols = rows % 2 ? 8 : 0; cols <= 400; cols += 8 + cols / 3 / 8 * 8)
        compare_pairs(k, rows, cols, rows % 3 ? 4 * narrow : narrow);
    compare_pairs(k, 16, 1024, 4 * narrow);
  }
}

// ---- rows that are normed, weights that are updated -----------------------------
static void norm_by(const char *name, Tensor *x0, bool rms, Tensor *result[3]) {
  tt_backend_use(name);
  int64_t n = x0->shape[1];
  Tensor *x = tt_requires_grad_(tt_clone(x0), true);
  Tensor *w = tt_add_scalar(tt_mul_scalar(tt_arange(0, (double)n, 1), 1 / (Real)n), 1);
  Tensor *b = tt_requires_grad_(tt_ones(TT_SHAPE(n)), true);
  tt_requires_grad_(w, true);
  Tensor *y = rms ? tt_rms_norm(x, w, 1e-5) : tt_layer_norm(x, w, b, 1e-5);
  tt_backward(tt_sum(tt_mul(y, tt_sin(y)), TT_ALL, false));
  result[0] = y, result[1] = x->grad, result[2] = w->grad;
}

TT(conformance, norms_of_rows) {
  tt_autograd_enable();
  tt_set_num_threads(3);
  static const int64_t size[][2] = {{1, 1}, {3, 67}, {700, 129}, {1, 70000}, {70000, 1}, {0, 5}};
  for (int i = 0; i < 12; i++) {
    TT_SCOPE;
    Tensor *x = tt_randn(TT_SHAPE(size[i / 2][0], size[i / 2][1]), NULL), *want[3], *got[3];
    norm_by("naive", x, i & 1, want);
    EACH_BACKEND(k) {
      norm_by(k->name, x, i & 1, got);
      for (int j = 0; j < 3; j++) tt_expect_tensor(got[j], want[j], 4e-6, j == 1 ? 2e-5 : 2e-6);
    }
  }
}

// Sums of each chunk on the way back: they do not grow with the number of rows.
static int64_t pages_in_use(void) {
  long all = 0, here = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  if (f && fscanf(f, "%ld %ld", &all, &here) != 2) here = 0;
  if (f) fclose(f);
  return here;
}

TT(conformance, norms_need_little_beside) {
  int64_t rows = 300, n = 20000, all = rows * n;
  Real *x = malloc((size_t)(3 * all) * sizeof *x);
  double *sums = calloc((size_t)(2 * n), sizeof *sums);
  for (int64_t i = 0; i < all; i++) x[i] = (Real)(i % 7), x[all + i] = x[2 * all + i] = 1;
  tt_backend_use("threads");
  int64_t before = pages_in_use();
  tt_backend->norm_rows_back(&(NormRows){rows, n, 1e-5, true}, x + 2 * all, sums, sums + n,
                             x + all, x, NULL);
  int64_t more = (pages_in_use() - before) * 4096;
  tt_expect(sums[n] == (double)rows, "a sum is %g", sums[n]);
  tt_expect(more < 64 * 2 * n * 8 + (4 << 20), "%lld bytes", (long long)more);
  free(x), free(sums);
}

// In units of the last place of the largest: a norm by its definition, in double.
static void norm_by_definition(const Backend *k, int64_t n, int way) {
  TT_SCOPE;
  bool centered = way & 1;
  int64_t rows = 1 + n % 5;
  Room x = filled(rows * n), g = filled(rows * n), y = room(rows * n), dx = room(rows * n);
  Room w = filled(n), b = filled(n);
  NormRows s = {rows, n, 1e-5, centered};
  double *sums = calloc((size_t)(2 * n), sizeof *sums);
  on_case(k, "norm: %dx%d, way %d", (int)rows, (int)n, way);
  tt_backend_use(k->name);
  tt_backend->norm_rows(&s, y.at, x.at, way > 1 ? w.at : NULL, way > 3 ? b.at : NULL);
  tt_backend->norm_rows_back(&s, dx.at, sums, sums + n, g.at, x.at, way > 1 ? w.at : NULL);
  for (int64_t r = 0; r < rows; r++) {
    double mean = 0, var = 0, sum = 0, along = 0, m = (double)n;
    const Real *a = x.at + r * n, *d = g.at + r * n;
    for (int64_t i = 0; centered && i < n; i++) mean += (double)a[i] / m;
    for (int64_t i = 0; i < n; i++) var += pow((double)a[i] - mean, 2) / m;
    double scale = 1 / sqrt(var + 1e-5);
    for (int64_t i = 0; i < n; i++) {
      double h = ((double)a[i] - mean) * scale, f = way > 1 ? (double)w.at[i] : 1;
      sum += centered ? (double)d[i] * f / m : 0, along += (double)d[i] * f * h / m;
      double want = h * f + (way > 3 ? (double)b.at[i] : 0);
      double size = (fabs((double)a[i]) + fabs(mean)) * scale * fabs(f) + 2;
      tt_expect(fabs((double)y.at[r * n + i] - want) <= 6 * unit * size,
                "%s: number %d is %.9g, not %.9g", case_now, (int)i,
                (double)y.at[r * n + i], want);
    }
    for (int64_t i = 0; i < n; i++) {
      double h = ((double)a[i] - mean) * scale, f = way > 1 ? (double)w.at[i] : 1;
      double want = scale * ((double)d[i] * f - sum - h * along);
      double size = scale * (8 + 4 * (fabs((double)a[i]) + fabs(mean)) * scale * 4);
      tt_expect(fabs((double)dx.at[r * n + i] - want) <= 8 * unit * size,
                "%s: gradient %d is %.9g, not %.9g", case_now, (int)i,
                (double)dx.at[r * n + i], want);
    }
  }
  tt_expect(isnan(y.at[rows * n]) && isnan(dx.at[rows * n]), "%s: beyond its end", case_now);
  free(x.all), free(g.all), free(y.all), free(dx.all), free(w.all), free(b.all), free(sums);
}

TT(conformance, norms_are_near_their_definition) {
  tt_set_num_threads(3);
  EACH_BACKEND(k)
    for (int64_t n = 1; n <= 300; n += 1 + n / 4)
      for (int way = 0; way < 6; way++) norm_by_definition(k, n, way);
}

// ---- turned pairs, rows that are looked up: nearly and exactly what `naive` gives
TT(conformance, turned_pairs) {
  tt_autograd_enable();
  Tensor *positions = tt_positions(5, 7), *batched = tt_randint(0, 90, TT_SHAPE(3, 7), NULL);
  for (int64_t half = 1; half <= 67; half += 1 + half / 6)
    for (int way = 0; way < 4; way++) {
      TT_SCOPE;
      Tensor *x = tt_randn(TT_SHAPE(3, 2, 7, 2 * half), NULL), *got[2][2];
      RotaryOptions o = {.interleaved = way & 1};
      EACH_BACKEND(k) {
        for (int own = 0; own < 2; own++) {
          tt_backend_use(own ? k->name : "naive");
          Tensor *leaf = tt_requires_grad_(tt_clone(x), true);
          got[own][0] = tt_rotary(leaf, way & 2 ? batched : positions, o);
          tt_backward(tt_sum(tt_mul(got[own][0], x), TT_ALL, false));
          got[own][1] = leaf->grad;
        }
        on_case(k, "rotary: %d pairs, way %d", (int)half, way);
        for (int i = 0; i < 2; i++) expect_near(got[1][i], got[0][i], 4 * unit, 8 * unit);
      }
    }
}

TT(conformance, rows_that_are_looked_up) {
  tt_autograd_enable();
  for (int64_t n = 1; n <= 67; n += 1 + n / 6) {
    TT_SCOPE;
    Tensor *ids = tt_randint(0, 9, TT_SHAPE(4, 11), NULL), *got[2];
    Tensor *w = tt_randn(TT_SHAPE(9, n), NULL), *g = tt_randn(TT_SHAPE(4, 11, n), NULL);
    EACH_BACKEND(k) {
      for (int own = 0; own < 2; own++) {
        tt_backend_use(own ? k->name : "naive");
        Tensor *leaf = tt_requires_grad_(tt_clone(w), true);
        tt_backward(tt_sum(tt_mul(tt_embedding_with(ids, leaf, (EmbeddingOptions){
          .padding = n & 1, .padding_idx = n & 1 ? 3 : 0}), g), TT_ALL, false));
        got[own] = leaf->grad;
      }
      on_case(k, "gather and scatter_add: rows of %d", (int)n);
      expect_near(got[1], got[0], 0, 0);
    }
  }
}

static void update_by(const char *name, int way, int64_t n, Tensor *result[1]) {
  tt_backend_use(name);
  Generator g;
  tt_manual_seed(&g, 9);
  Linear *l = tt_linear_new_no_bias(n, 1, &g);
  Tensor *w = l->weight;
  StateDict all = tt_module_parameters(l);
  Optimizer *o = way < 2 ? tt_sgd_new(all, (SgdOptions){.lr = 0.1, .momentum = way})
    : way < 4 ? tt_rmsprop_new(all, (RmsPropOptions){.lr = 0.1, .momentum = way - 2,
                                                     .centered = way == 3})
    : tt_adam_new(all, (AdamOptions){.lr = 0.1, .amsgrad = way == 5, .weight_decay = 0.1});
  for (int step = 0; step < 3; step++) {
    TT_SCOPE;
    tt_optimizer_zero_grad(o);
    tt_backward(tt_sum(tt_mul(w, tt_mul(w, w)), TT_ALL, false));
    tt_optimizer_step(o);
  }
  result[0] = w;
}

// A weight by itself: the same bits, however many there are and wherever they are cut.
TT(conformance, updates_of_weights) {
  tt_autograd_enable();
  tt_set_num_threads(3);
  static const int64_t size[] = {1, 67, 32768, 32769, 100003};
  for (int way = 0; way < 6; way++)
    for (int i = 0; i < 5; i++) {
      Tensor *want, *got;
      update_by("naive", way, size[i], &want);
      EACH_BACKEND(k) {
        if (k->map != tt_naive.map && strcmp(k->name, "threads") != 0) continue;
        update_by(k->name, way, size[i], &got);
        tt_expect_tensor(got, want, 0, 0);
      }
}
}

// ---- poolings: the same numbers and the same places ----------------------------
static void compare_pool(const Backend *k, Tensor *x, Pool2dOptions o, bool max) {
  Tensor *y[2], *dx[2];
  for (int own = 0; own < 2; own++) {
    tt_backend_use(own ? k->name : "naive");
    Tensor *leaf = tt_requires_grad_(tt_clone(x), true);
    y[own] = max ? tt_max_pool2d(leaf, o) : tt_avg_pool2d(leaf, o);
    tt_backward(tt_sum(tt_mul(y[own], tt_add_scalar(y[own], 1)), TT_ALL, false));
    dx[own] = leaf->grad;
  }
  double off = max ? 0 : sizeof(Real) == 4 ? 1e-6 : 1e-14;
  tt_expect_tensor(y[1], y[0], off, off);
  tt_expect_tensor(dx[1], dx[0], off, off);
}

TT(conformance, poolings) {
  tt_autograd_enable();
  tt_set_num_threads(3);
  EACH_BACKEND(k)
    if (k->pool2d != tt_naive.pool2d)
      for (int64_t size = 2; size <= 67; size += 1 + size / 9)
        for (int way = 0; way < 4; way++) {
          TT_SCOPE;
          Tensor *x = tt_rand(TT_SHAPE(2, size > 40 ? 20 : 3, 2 + size % 7, size), NULL);
          Real *at = x->data;         // ties, and a NaN that is not the first
          for (int64_t i = 0; i < tt_numel(x); i += 3) at[i] = (Real)0.5;
          if (way == 0) at[size + 1] = (Real)NAN, at[1] = (Real)-INFINITY;
          Pool2dOptions o = {.kernel = {2}, .ceil = way == 1, .divisor = way == 2 ? 3 : 0};
          if (way == 3) o.padding[0] = o.padding[1] = 1;
          if (way != 2) compare_pool(k, x, o, true);
          if (way != 0) compare_pool(k, x, o, false);
        }
}

// ---- batch norms: sums of channels over all images ------------------------------
static void compare_norm(const Backend *k, int64_t n, int64_t c, int64_t side, bool training,
                         bool weighted) {
  Tensor *x = tt_add_scalar(tt_randn(TT_SHAPE(n, c, side, side + 1), NULL), 50), *got[2][6];
  for (int own = 0; own < 2; own++) {
    tt_backend_use(own ? k->name : "naive");
    Tensor *leaf = tt_requires_grad_(tt_clone(x), true), *w = NULL, *b = NULL;
    if (weighted) {
      w = tt_full(TT_SHAPE(c), 0.75);
      tt_set_(w, TT_INDEX(c - 1), -0.5);
      w = tt_requires_grad_(w, true);
      b = tt_requires_grad_(tt_ones(TT_SHAPE(c)), true);
    }
    Tensor *mean = tt_full(TT_SHAPE(c), 49), *var = tt_full(TT_SHAPE(c), 2);
    Tensor *y = tt_batch_norm(leaf, mean, var, w, b, training, 0.1, 1e-5);
    tt_backward(tt_sum(tt_mul(y, tt_mul(y, y)), TT_ALL, false));
    Tensor *all[] = {y, leaf->grad, mean, var, w ? w->grad : y, b ? b->grad : y};
    memcpy(got[own], all, sizeof all);
  }
  for (int i = 0; i < 6; i++) tt_expect_tensor(got[1][i], got[0][i], 2e-4, 2e-4);
}

TT(conformance, batch_norms) {
  tt_autograd_enable();
  tt_set_num_threads(3);
  EACH_BACKEND(k)
    if (k->channel_moments != tt_naive.channel_moments)
      for (int way = 0; way < 4; way++) {
        TT_SCOPE;
        compare_norm(k, 2 + way, 3, 1 + way, way & 1, way & 2);
        compare_norm(k, 5, 40, 40, way & 1, way & 2);
      }
}

// The same bits for any number of threads, also where chunks are added up.
TT(conformance, convolutions_do_not_depend_on_threads) {
  Conv2dShape s = conv_shape(20, 1, 16, 17, 12, 12, 3, 3);
  if (!set_places(&s, 0, 0)) return;
  Room x = filled(s.n * s.in * 144), y = filled(s.n * s.out * 100), w = filled(s.out * s.in * 9);
  Room first[3] = {room(y.n), room(x.n), room(w.n)}, to[3] = {room(y.n), room(x.n), room(w.n)};
  tt_backend_use("threads");
  for (int t = 1; t <= 4; t++) {
    Room *r = t == 1 ? first : to;
    tt_set_num_threads(t);
    tt_backend->conv2d(&s, r[0].at, x.at, w.at, NULL);
    tt_backend->conv2d_back_x(&s, r[1].at, y.at, w.at);
    tt_backend->conv2d_back_w(&s, r[2].at, y.at, x.at);
    for (int i = 0; t > 1 && i < 3; i++)
      tt_expect(memcmp(first[i].at, to[i].at, sizeof(Real) * (size_t)to[i].n) == 0,
                "kernel %d has other bits with %d threads", i, t);
  }
  for (int i = 0; i < 3; i++) free(first[i].all), free(to[i].all);
  free(x.all), free(y.all), free(w.all);
}
