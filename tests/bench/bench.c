// How fast is the backend in use, and how fast are others at the same
// work on the same machine in the same minute? The peers take turns, so
// that a busy neighbor disturbs all of them. Prints one row a peer:
//   suite  case  peer  threads  best  unit  median
// and on stderr the ratios of tinytorch to each of them, best to best, and
// of what multiplies the share of this machine's peak (peak.c).
//   usage: bench [word: only cases whose "suite case" contains it]
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tt/tt.h>
#include "peak.h"
#ifdef TT_BLAS
#include <cblas.h>
#endif
#ifdef TT_XSMM
#include <libxsmm.h>
#endif

_Static_assert(sizeof(Real) == sizeof(float), "the peers compute in float");

// One piece of work: what the peers read, and where they write.
typedef struct Work {
  Tensor *a, *b;                   // operands, perhaps views
  float  *x, *z, *y;               // operands and result of the peers
  int     m, n, k;
  bool    ta, tb;                  // a, b are transposed views
} Work;
typedef struct Peer {
  const char *name;
  int   threads;
  void (*run)(const Work *w);
} Peer;

enum { PEERS = 6, SAMPLES = 25 };
static const char *only = "";
static double peak;                // GFLOP/s of one thread
static volatile float sink;        // results go here: nothing is dead code
#define USED(p) __asm__ volatile("" : : "r"(p) : "memory")

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void use_threads(int n) {
#ifdef TT_BLAS
  openblas_set_num_threads(n);
#else
  (void)n;
#endif
}

static double seconds(const Peer *p, const Work *w, int times) {
  use_threads(p->threads);
  double start = now();
  for (int i = 0; i < times; i++) p->run(w);
  return (now() - start) / times;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double share(const char *unit, const Peer *p, double speed) {
  return strcmp(unit, "GFLOP/s") ? 0 : 100 * speed / (peak * p->threads);
}

// Times the peers in turns, without those that are not here; work is what
// one run does, in 1e9 units.
static void compare(const char *suite, const char *name,
                    const char *unit, double work,
                    const Peer peers[PEERS], const Work *w) {
  double t[PEERS][SAMPLES], slowest = 0;
  Peer here[PEERS];
  int times[PEERS], n = 0;
  char text[128];
  snprintf(text, sizeof text, "%s %s", suite, name);
  if (!strstr(text, only)) return;
  for (int i = 0; i < PEERS; i++) {
    if (!peers[i].run) continue;
    here[n] = peers[i];
    seconds(&here[n], w, 1);       // caches, pages, threads: warm
    double once = seconds(&here[n], w, 1);
    times[n++] = once > 1e-3 ? 1 : (int)(1e-3 / once) + 1;
    if (once > slowest) slowest = once;
  }
  int samples = slowest * SAMPLES < 1 ? SAMPLES : 5;
  for (int s = 0; s < samples; s++)
    for (int i = 0; i < n; i++) t[i][s] = seconds(&here[i], w, times[i]);
  for (int i = 0; i < n; i++) {
    qsort(t[i], (size_t)samples, sizeof(double), ascending);
    double best = work / t[i][0], of_peak = share(unit, &here[i], best);
    printf("%s\t%s\t%s\t%d\t%.3f\t%s\t%.3f\n", suite, name,
           here[i].name, here[i].threads, best, unit,
           work / t[i][samples / 2]);
    if (i == 0) fprintf(stderr, "%-28s %8.2f %-8s", text, best, unit);
    else fprintf(stderr, "  %5.2f of %s/%d", t[i][0] / t[0][0],
                 here[i].name, here[i].threads);
    if (of_peak > 0) fprintf(stderr, i ? " (%.0f %%)" : " %3.0f %%", of_peak);
  }
  fputc('\n', stderr);
  fflush(stdout);
}

// ---- the work of the peers ------------------------------------------
#define OURS(name, expression)                        \
  static void ours_##name(const Work *w) {            \
    Scope s;                                          \
    tt_scope_open(&s);                                \
    Tensor *y = expression;                           \
    sink = *(const float *)y->data;                   \
    tt_scope_close(&s);                               \
  }
OURS(gemm,      tt_matmul(w->a, w->b))
OURS(add,       tt_add(w->a, w->b))
OURS(scale,     tt_mul_scalar(w->a, 1.5F))
OURS(exp,       tt_exp(w->a))
OURS(sum,       tt_sum(w->a, TT_ALL, false))
OURS(sum_rows,  tt_sum(w->a, 1, false))
OURS(sum_cols,  tt_sum(w->a, 0, false))
OURS(max_rows,  tt_max(w->a, 1, false))
OURS(clone,    tt_clone(w->a))
OURS(transpose, tt_contiguous(tt_transpose(w->a, 0, 1)))

#define LOOP(name, body)                              \
  static void loop_##name(const Work *w) {            \
    const float *x = w->x, *z = w->z;                 \
    float *y = w->y;                                  \
    int m = w->m, n = w->n;                           \
    (void)z; (void)m; (void)n;                        \
    body                                              \
    USED(y);                                          \
  }
#define EACH(i, n) for (int i = 0; i < (n); i++)
LOOP(add,   EACH(i, m * n) y[i] = x[i] + z[i];)
LOOP(add_row, EACH(i, m) EACH(j, n) y[i * n + j] = x[i * n + j] + z[j];)
LOOP(scale, EACH(i, m * n) y[i] = 1.5F * x[i];)
LOOP(exp,   EACH(i, m * n) y[i] = expf(x[i]);)
LOOP(sum,   float s = 0; EACH(i, m * n) s += x[i]; sink = s;)
LOOP(sum_rows, EACH(i, m) { float s = 0;
               EACH(j, n) s += x[i * n + j]; y[i] = s; })
LOOP(sum_cols, EACH(j, n) y[j] = 0;
               EACH(i, m) EACH(j, n) y[j] += x[i * n + j];)
LOOP(max_rows, EACH(i, m) { float s = x[i * n];
               EACH(j, n) s = x[i * n + j] > s ? x[i * n + j] : s;
               y[i] = s; })
LOOP(copy,  memcpy(y, x, sizeof(float) * (size_t)(m * n));)
LOOP(transpose, EACH(j, n) EACH(i, m) y[j * m + i] = x[i * n + j];)

#ifdef TT_BLAS
static void blas_gemm(const Work *w) {
  cblas_sgemm(CblasRowMajor, w->ta ? CblasTrans : CblasNoTrans,
              w->tb ? CblasTrans : CblasNoTrans, w->m, w->n, w->k, 1,
              w->x, w->ta ? w->m : w->k, w->z, w->tb ? w->k : w->n,
              0, w->y, w->n);
  USED(w->y);
}
static void blas_add(const Work *w) {      // y += x: the same traffic
  cblas_saxpy(w->m * w->n, 1, w->x, 1, w->y, 1);
}
static void blas_scale(const Work *w) {    // in place: the same traffic
  cblas_sscal(w->m * w->n, 1.0000001F, w->y, 1);
}
static void blas_sum(const Work *w) {      // all are positive
  sink = cblas_sasum(w->m * w->n, w->x, 1);
}
static void blas_copy(const Work *w) {
  cblas_scopy(w->m * w->n, w->x, 1, w->y, 1);
}
static void blas_transpose(const Work *w) {
  cblas_somatcopy(CblasRowMajor, CblasTrans, w->m, w->n, 1, w->x,
                  w->n, w->y, w->m);
}
#else
#define blas_gemm NULL
#define blas_add NULL
#define blas_scale NULL
#define blas_sum NULL
#define blas_copy NULL
#define blas_transpose NULL
#endif

// oneDNN, which PyTorch brings along, needs no header: it is looked up.
static int (*dnnl_sgemm)(char ta, char tb, int64_t m, int64_t n, int64_t k,
                         float alpha, const float *a, int64_t a_row,
                         const float *b, int64_t b_row, float beta,
                         float *c, int64_t c_row);
static void dnnl_gemm(const Work *w) {
  dnnl_sgemm(w->ta ? 'T' : 'N', w->tb ? 'T' : 'N', w->m, w->n, w->k, 1,
             w->x, w->ta ? w->m : w->k, w->z, w->tb ? w->k : w->n, 0, w->y,
             w->n);
  USED(w->y);
}

// libxsmm writes a kernel for one size of small products. By columns, C' is
// B' A'.
#ifdef TT_XSMM
static libxsmm_smmfunction xsmm;
static bool xsmm_has(const Work *w) {
  if (w->ta || w->tb || (double)w->m * w->n * w->k > 128 * 128 * 128)
    return false;
  const float one = 1, zero = 0;
  xsmm = libxsmm_smmdispatch(w->n, w->m, w->k, NULL, NULL, NULL, &one, &zero,
                             NULL, NULL);
  return xsmm != NULL;
}
static void xsmm_gemm(const Work *w) {
  xsmm(w->z, w->x, w->y);
  USED(w->y);
}
#else
static bool xsmm_has(const Work *w) { return w->m < 0; }
#define xsmm_gemm NULL
#endif

// The addresses of functions, without a cast that C does not know.
static bool look_up(void *library, const char *name, void *function) {
  void *address = library ? dlsym(library, name) : NULL;
  memcpy(function, &address, sizeof address);
  return address != NULL;
}

// Which code of each peer is it that runs here?
static void introduce(void) {
  double median;
  peak = bench_peak(&median);
  printf("limits\tf32-fma\tmachine\t1\t%.3f\tGFLOP/s\t%.3f\n", peak, median);
  fprintf(stderr, "machine    %.1f GFLOP/s: f32 multiply-add, one thread\n",
          peak);
#ifdef TT_BLAS
  fprintf(stderr, "openblas   kernel %s; %s\n", openblas_get_corename(),
          openblas_get_config());
#else
  fprintf(stderr, "openblas   not here: apt-get install libopenblas-dev\n");
#endif
  void *dnnl = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!dnnl) dnnl = dlopen("libdnnl.so.3", RTLD_NOW | RTLD_LOCAL);
  int (*isa)(void);
  if (look_up(dnnl, "dnnl_sgemm", &dnnl_sgemm) &&
      look_up(dnnl, "dnnl_get_effective_cpu_isa", &isa))
    fprintf(stderr, "onednn     kernel %s\n", (isa() & 0x27) == 0x27 ?
            "AVX-512" : (isa() & 7) == 7 ? "AVX2" : "older than AVX2");
  else
    fprintf(stderr, "onednn     not here: apt-get install libdnnl2\n");
#ifdef TT_XSMM
  libxsmm_init();
  fprintf(stderr, "libxsmm    kernel %s\n", libxsmm_get_target_arch());
#else
  fprintf(stderr, "libxsmm    not here: apt-get install libxsmm-dev\n");
#endif
}

// ---- the cases ------------------------------------------------------
static float *floats(size_t n) {
  float *p = aligned_alloc(64, (n * sizeof *p + 63) / 64 * 64);
  if (!p) { perror("bench"); exit(1); }
  for (size_t i = 0; i < n; i++) p[i] = 0;
  return p;
}

static Work work(int m, int n, int k, bool ta, bool tb) {
  Work w = {.m = m, .n = n, .k = k, .ta = ta, .tb = tb};
  Tensor *a = ta ? tt_rand(TT_SHAPE(k, m), NULL)
                 : tt_rand(TT_SHAPE(m, k), NULL);
  Tensor *b = tb ? tt_rand(TT_SHAPE(n, k), NULL)
                 : tt_rand(TT_SHAPE(k, n), NULL);
  w.x = a->data; w.z = b->data;
  w.y = floats((size_t)m * (size_t)n);
  w.a = ta ? tt_transpose(a, 0, 1) : a;
  w.b = tb ? tt_transpose(b, 0, 1) : b;
  return w;
}

// All libraries must mean the same product.
static void check(const Work *w, const Peer peers[PEERS]) {
  const float *ours = tt_matmul(w->a, w->b)->data;
  for (const Peer *p = peers + 1; p < peers + PEERS; p++) {
    if (!p->run) continue;
    p->run(w);
    for (int i = 0; i < w->m * w->n; i++)
      if (!(fabsf(ours[i] - w->y[i]) <= 1e-4F * (float)w->k)) {
        fprintf(stderr, "bench: the product of %s differs at %d: %g, %g\n",
                p->name, i, (double)ours[i], (double)w->y[i]);
        exit(1);
      }
  }
}

static void gemm(int m, int n, int k, bool ta, bool tb) {
  Scope s;
  tt_scope_open(&s);
  char name[64];
  snprintf(name, sizeof name, "%dx%dx%d%s%s%s", m, n, k,
           ta || tb ? "-" : "", ta ? "T" : tb ? "N" : "",
           tb ? "T" : ta ? "N" : "");
  Work w = work(m, n, k, ta, tb);
  Peer peers[PEERS] = {
    {"tinytorch", 1, ours_gemm}, {"openblas", 1, blas_gemm},
    {"openblas", 2, blas_gemm}, {"onednn", 1, dnnl_sgemm ? dnnl_gemm : NULL},
    {"libxsmm", 1, NULL}};
  if (xsmm_has(&w)) peers[4].run = xsmm_gemm;
  check(&w, peers);
  compare("gemm", name, "GFLOP/s", 2e-9 * m * n * k, peers, &w);
  free(w.y);
  tt_scope_close(&s);
}

typedef struct Stream {
  const char *suite, *name;
  int  bytes;                      // read and written per element
  bool row;                        // the second operand is one row
  void (*ours)(const Work *), (*loop)(const Work *),
       (*blas)(const Work *);
} Stream;
static const Stream streams[] = {
  {"map", "scale", 8, false, ours_scale, loop_scale, blas_scale},
  {"map", "exp", 8, false, ours_exp, loop_exp, NULL},
  {"zip", "add", 12, false, ours_add, loop_add, blas_add},
  {"zip", "add-row", 8, true, ours_add, loop_add_row, NULL},
  {"reduce", "sum", 4, false, ours_sum, loop_sum, blas_sum},
  {"reduce", "sum-rows", 4, false, ours_sum_rows, loop_sum_rows, NULL},
  {"reduce", "sum-columns", 4, false, ours_sum_cols, loop_sum_cols, NULL},
  {"reduce", "max-rows", 4, false, ours_max_rows, loop_max_rows, NULL},
  {"copy", "clone", 8, false, ours_clone, loop_copy, blas_copy},
  {"copy", "transposed", 8, false, ours_transpose, loop_transpose,
   blas_transpose},
  {0}
};

static void stream(const Stream *c, int m, int n) {
  Scope s;
  tt_scope_open(&s);
  char name[64];
  snprintf(name, sizeof name, "%s-%dx%d", c->name, m, n);
  Work w = {.m = m, .n = n, .y = floats((size_t)m * (size_t)n),
            .a = tt_rand(TT_SHAPE(m, n), NULL),
            .b = c->row ? tt_rand(TT_SHAPE(n), NULL)
                        : tt_rand(TT_SHAPE(m, n), NULL)};
  w.x = w.a->data; w.z = w.b->data;
  compare(c->suite, name, "GB/s", 1e-9 * c->bytes * m * n,
          (const Peer[PEERS]){{"tinytorch", 1, c->ours},
            {"loop", 1, c->loop}, {"openblas", 1, c->blas}}, &w);
  free(w.y);
  tt_scope_close(&s);
}

int main(int argc, char **argv) {
  if (argc > 1) only = argv[1];
  printf("suite\tcase\tpeer\tthreads\tbest\tunit\tmedian\n");
  introduce();
  fprintf(stderr, "%-28s %8s %-8s  and of the peak; speed over peer/threads\n",
          "suite case", "best", "");
  for (int n = 64; n <= 1024; n *= 2) gemm(n, n, n, false, false);
  gemm(512, 512, 512, true, false);
  gemm(512, 512, 512, false, true);
  gemm(512, 512, 512, true, true);
  gemm(64, 128, 784, false, true);         // a layer, one batch,
  gemm(128, 784, 64, true, false);         // the gradient of its weights
  gemm(64, 10, 128, false, true);          // and the layer that decides
  gemm(4, 4, 2, false, true);              // the smallest network
  gemm(4096, 16, 64, false, false);        // tall and thin
  gemm(1, 1024, 1024, false, false);       // one row
  gemm(1024, 1, 1024, false, false);       // one column
  gemm(127, 129, 131, false, false);       // nothing divides
  for (int n = 64; n <= 4096; n *= 8)
    for (const Stream *c = streams; c->suite; c++) stream(c, n, n);
  return 0;
}
