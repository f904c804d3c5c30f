// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
#define _GNU_SOURCE
#include "tt_test.h"
#include "tt/scalar.h"
#include "../programs/18/plugin_row.c"
#include <math.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool folds(FoldScores *fold)
{
  const Real no = -INFINITY, all[][6] = {
    { 1, 3, 5, 2, 0, 4 }, { 5, 1, 2, 0, 3, 1 }, { no, no, no, 1, no, 2 },
    { 1000, 999, 1001, 998, -1000, 1000 }, { no, no, no, no, no, no },
    { 2, no, no, no, no, no },
  };
  for (size_t k = 0; k < sizeof all / sizeof *all; k++)
    for (int a = 1; a < 5; a++)
      for (int b = a + 1; b < 6; b++) {
        RunningSum r = { no, 0 };
        r = fold(r, a, all[k]);
        r = fold(r, b - a, all[k] + a);
        r = fold(r, 6 - b, all[k] + b);
        double most = -INFINITY, sum = 0;
        for (int i = 0; i < 6; i++)
          most = (double)all[k][i] > most ? (double)all[k][i] : most;
        for (int i = 0; i < 6 && most > -INFINITY; i++)
          sum += exp((double)all[k][i] - most);
        if ((double)r.most != most
            || !(fabs((double)r.sum - sum) <= 1e-4 * sum))
          return false;
      }
  return true;
}

typedef Real Times(Real a, Real b);

static void two_results(const Real d[4], const Real g[3], Real y[2],
                        Times *times)
{
  Real half = (g[0] + g[2]) / 2;
  Real m0 = times(d[0] - d[2], g[0]);
  Real m1 = times(d[1] + d[2], half + g[1] / 2);
  Real m2 = times(d[2] - d[1], half - g[1] / 2);
  Real m3 = times(d[1] - d[3], g[2]);
  y[0] = m0 + m1 + m2;
  y[1] = m1 - m2 - m3;
}

static int products;

static Real counted(Real a, Real b)
{
  products++;
  return a * b;
}

TT(acceleration, two_results_take_four_products)
{
  for (int i = 0; i < 100; i++) {
    Real d[4], g[3], y[2];
    for (int j = 0; j < 7; j++)
      *(j < 4 ? &d[j] : &g[j - 4]) = (Real)((i * 37 + j * j * 11) % 23
                                           - 11);
    products = 0;
    two_results(d, g, y, counted);
    tt_expect_close(y[0], d[0] * g[0] + d[1] * g[1] + d[2] * g[2], 0,
                    1e-4);
    tt_expect_close(y[1], d[1] * g[0] + d[2] * g[1] + d[3] * g[2], 0,
                    1e-4);
    tt_expect(products == 4, "%d products", products);
  }
}

static Conv2dShape layer_of(int64_t in, int64_t out, int64_t size)
{
  return (Conv2dShape){ .n = 64, .groups = 1, .in = in, .h = size,
    .w = size, .out = out, .out_h = size, .out_w = size, .kh = 3,
    .kw = 3, .stride_h = 1, .stride_w = 1, .dilation_h = 1,
    .dilation_w = 1, .top = 1, .left = 1 };
}

TT(acceleration, tiles_pay_where_they_can)
{
  Conv2dShape s[9];
  for (int i = 0; i < 9; i++)
    s[i] = layer_of(64, 64, 16);
  tt_expect(tt_tiles_pay(&s[0]), "64 to 64 channels");
  s[1].kh = s[2].kw = 5, s[3].stride_h = s[4].stride_w = 2;
  s[5].dilation_h = s[6].dilation_w = 2, s[7].groups = 2;
  s[8].kh = s[8].kw = 1;
  for (int i = 1; i < 9; i++)
    tt_expect(!tt_tiles_pay(&s[i]), "the formula does not hold: %d", i);
}

TT(acceleration, tiles_pay_where_there_is_work)
{
  Conv2dShape yes[] = { layer_of(32, 32, 32), layer_of(64, 128, 8),
                        layer_of(256, 256, 15), layer_of(128, 64, 16) };
  Conv2dShape no[] = { layer_of(3, 32, 32), layer_of(1, 6, 28),
                       layer_of(64, 64, 1), layer_of(4, 1, 40),
                       layer_of(16, 16, 2) };
  for (int i = 0; i < 4; i++)
    tt_expect(tt_tiles_pay(&yes[i]), "layer %d", i);
  for (int i = 0; i < 5; i++)
    tt_expect(!tt_tiles_pay(&no[i]), "layer %d has little work", i);
}

TT(acceleration, weights_look_where_they_should)
{
  Conv2dShape s = layer_of(3, 5, 9);
  s.n = 2, s.kh = 2, s.w = 20, s.dilation_h = 3, s.dilation_w = 2;
  s.out_h = 9 + 2 - 3, s.out_w = 20 + 2 - 4;
  Tensor *x = tt_randn(TT_SHAPE(2, 3, 9, 20), NULL);
  Tensor *w = tt_randn(TT_SHAPE(5, 3, 2, 3), NULL);
  Tensor *y = tt_empty(TT_F32, TT_SHAPE(2, 5, s.out_h, s.out_w));
  Tensor *want = tt_empty(TT_F32, tt_shape(y));
  tt_simd_128.conv2d(&s, y->data, x->data, w->data, NULL);
  tt_conv2d_definition(&s, want->data, x->data, w->data, NULL);
  tt_expect_tensor(y, want, 1e-4, 1e-4);
}

static Gemm random_product(int64_t m, int64_t n, int64_t k, Tensor **c)
{
  Tensor *a = tt_to(tt_randint(-3, 4, TT_SHAPE(m, k), NULL), TT_F32);
  Tensor *b = tt_to(tt_randint(-3, 4, TT_SHAPE(k, n), NULL), TT_F32);
  *c = tt_to(tt_randint(-3, 4, TT_SHAPE(m, n), NULL), TT_F32);
  return (Gemm){
    .batch = 1, .m = m, .n = n, .k = k, .alpha = 2, .beta = -1,
    .a = a->data, .a_row = k, .a_col = 1,
    .b = b->data, .b_row = n, .b_col = 1,
    .c = (*c)->data, .c_row = n, .c_col = 1,
  };
}

TT(acceleration, blocks_make_the_same_product)
{
  for (int64_t size = 1; size < 600; size += size / 2 + 1) {
    TT_SCOPE;
    Tensor *c;
    Gemm g = random_product(71 + size % 3, size, 601 - size, &c);
    Tensor *want = tt_clone(c);
    Gemm w = g;
    w.c = want->data;
    tt_naive.gemm(&w);
    tt_blocked.gemm(&g);
    tt_expect_tensor(c, want, 0, 0);
  }
}

TT(acceleration, blocks_are_small_and_add_up)
{
  Tensor *c;
  Gemm g = random_product(65, 513, 130, &c);
  for (int k = 0; k < 2; k++) {    // of a product of nothing, too
    g.k *= k;
    Tensor *want = tt_clone(c);
    Gemm w = g;
    w.c = want->data;
    tt_formula.gemm(&w);
    tt_blocked.gemm(&g);
    tt_expect_tensor(c, want, 0, 0);
  }
}

TT(acceleration, rungs_have_names)
{
  const char *names[] = { "formula", "naive", "blocked", "packed",
                          "simd-128", "simd", "threads" };
  for (int i = 0; i < 7; i++) {
    tt_backend_use(names[i]);
    tt_expect_text(tt_backend->name, names[i]);
    tt_expect(tt_backend->gemm, "%s: no product", names[i]);
    tt_expect(tt_backend->copy == tt_naive.copy, "%s: another copy",
              names[i]);
  }
  tt_expect_fail(tt_backend_use("turbo"), "there are: naive formula");
}

static _Atomic int done[1000];

static void once(int64_t i, void *arg)
{
  tt_expect(arg == done, "another argument");
  done[i]++;
}

TT(acceleration, each_chunk_is_done_once)
{
  for (int n = 1; n <= 4; n++) {
    tt_set_num_threads(n);
    for (int64_t chunks = 0; chunks <= 1000; chunks += 125) {
      tt_parallel(chunks, once, done);
      for (int64_t i = 0; i < 1000; i++)
        tt_expect(atomic_exchange(&done[i], 0) == (i < chunks),
                  "chunk %d of %d", (int)i, (int)chunks);
    }
  }
}

static void job_in_a_job(int64_t i, void *arg)
{
  tt_parallel(10, once, arg);
  (void)i;
}

TT(acceleration, a_job_in_a_job_is_done)
{
  tt_set_num_threads(3);
  tt_parallel(50, job_in_a_job, done);
  for (int i = 0; i < 10; i++)
    tt_expect_int(done[i], 50);
}

static void fail_at_70(int64_t i, void *arg)
{
  (void)arg;
  if (i >= 70)
    tt_fail(TT_EVALUE, "chunk %d is bad", i < 1000 ? 70 : 0);
}

static void failing_job(void *arg)
{
  tt_parallel(100, fail_at_70, arg);
}

TT(acceleration, an_error_in_a_chunk_is_the_callers)
{
  tt_set_num_threads(3);
  for (int i = 0; i < 100; i++) {
    TensorError e;
    tt_expect(!tt_try(failing_job, NULL, &e), "it did not fail");
    tt_expect_text(e.message, "tt_parallel: chunk 70 is bad");
    tt_parallel(1000, once, done);   // and the pool goes on
  }
  for (int i = 0; i < 1000; i++)
    tt_expect_int(done[i], 100);
  tt_expect_fail(failing_job(NULL), "chunk 70 is bad");
  tt_expect_fail(tt_set_num_threads(0), "from 1 to 256");
}

static int forked(void)            // its product is right
{
  Tensor *a = tt_ones(TT_SHAPE(300, 300)), *b = tt_matmul(a, a);
  tt_set_num_threads(2);
  return tt_item(tt_sum(b, TT_ALL, false)) == 27e6 ? 0 : 1;
}

TT(acceleration, a_child_has_a_pool_of_its_own)
{
  int status = -1;
  tt_backend_use("threads");
  tt_set_num_threads(2);
  tt_expect_int(forked(), 0);
  pid_t child = fork();
  if (child == 0)
    _exit(forked());
  waitpid(child, &status, 0);
  tt_expect_int(status, 0);
  tt_expect_int(forked(), 0);
}

static void ask_for_threads(void *unused)
{
  (void)unused;
  tt_get_num_threads();
}

static int threads_of_child(const char *wish, bool one_core)
{
  int status = -1;
  pid_t child = fork();
  if (child == 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(sched_getcpu(), &set);
    if (one_core)
      sched_setaffinity(0, sizeof set, &set);
    setenv("TT_THREADS", wish, 1);
    TensorError e;
    _exit(tt_try(ask_for_threads, NULL, &e) ? tt_get_num_threads() : 0);
  }
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TT(acceleration, as_many_threads_as_may_run)
{
  tt_expect_int(threads_of_child("", true), 1);
  tt_expect_int(threads_of_child("7", true), 7);
  tt_expect(threads_of_child("", false) >= 1, "none");
  tt_expect_int(threads_of_child("0", true), 0);
  tt_expect_int(threads_of_child("two", true), 0);
  tt_expect_int(threads_of_child("257", true), 0);
}

TT(acceleration, results_do_not_depend_on_threads)
{
  int64_t size[][3] = { { 300, 700, 200 }, { 9, 20, 60000 },
                        { 1, 3000, 800 }, { 512, 31, 257 } };
  tt_backend_use("threads");
  for (int i = 0; i < 4; i++) {
    int64_t m = size[i][0], n = size[i][1], k = size[i][2];
    Tensor *a = tt_randn(TT_SHAPE(m, k), NULL), *first = NULL;
    Tensor *b = tt_randn(TT_SHAPE(n, k), NULL);
    for (int t = 1; t <= 4; t++) {
      tt_set_num_threads(t);
      Tensor *c = tt_matmul(a, tt_transpose(b, 0, 1));
      first = t == 1 ? c : first;
      tt_expect_tensor(c, first, 0, 0);
    }
  }
}

TT(acceleration, shares_cover_all)
{
  for (int64_t n = 0; n < 30; n++)
    for (int size = 1; size < 9; size++) {
      int64_t next = 0, least = n, most = 0;
      for (int r = 0; r < size; r++) {
        Share s = tt_share(n, r, size);
        tt_expect(s.n == 0 || s.from == next, "%d of %d: rank %d begins"
                  " at %d, not %d", (int)n, size, r, (int)s.from,
                  (int)next);
        next += s.n;
        least = s.n < least ? s.n : least;
        most = s.n > most ? s.n : most;
      }
      tt_expect_int(next, n);
      tt_expect(most - least <= 1, "shares of %d to %d", (int)least,
                (int)most);
    }
  tt_expect_fail(tt_share(5, 3, 3), "rank 3 of 3");
}

static struct {
  DataParallel *d;
  int     sums, steps;
  int     at[16];                  // steps of the way back before
  bool    late[16];                // after the last
} noted;

static void note_sum(ProcessGroup *g, Real *x, int64_t n)
{
  (void)g, (void)x, (void)n;
  noted.at[noted.sums] = noted.steps;
  noted.late[noted.sums++] = noted.d->passed;
}

static void note_step(ProcessGroup *g)
{
  (void)g;
  noted.steps++;
}

static void note_nothing(ProcessGroup *g)
{
  (void)g;
}

static void note_broadcast(ProcessGroup *g, void *at, int64_t bytes,
                           int from)
{
  (void)g, (void)at, (void)bytes, (void)from;
}

static ProcessGroup noting = { 0, 1, note_sum, note_step, note_nothing,
                               note_broadcast };

static void go_back(void *net, Tensor *loss)
{
  DataParallelOptions o = { .bucket = 4 };   // each alone
  noted.d = tt_data_parallel_new(net, &noting, o);
  noted.sums = noted.steps = 0;
  tt_data_parallel_backward(noted.d, loss, 0, 3);
}

TT(acceleration, buckets_leave_when_complete)
{
  tt_autograd_enable();
  void *net = TT_SEQUENTIAL(tt_linear_new(3, 3, NULL),
                            tt_linear_new(3, 3, NULL));
  Tensor *x = tt_rand(TT_SHAPE(4, 3), NULL);
  go_back(net, tt_mean(tt_forward(net, x), TT_ALL, false));
  tt_expect_int(noted.sums, 5);    // the first is of the losses
  for (int i = 1; i < 5; i++)
    tt_expect(!noted.late[i], "bucket %d waits for the end", i - 1);
  tt_expect(noted.at[2] < noted.at[4], "all leave at once");
  void *layer = tt_linear_new(3, 3, NULL);
  Tensor *w = *tt_module_parameters(layer).entry[0].slot, *want = NULL;
  for (int by_bucket = 0; by_bucket < 2; by_bucket++) {
    TT_SCOPE;
    Tensor *h = tt_tanh(tt_forward(layer, x));
    Tensor *y = tt_mean(tt_forward(layer, h), TT_ALL, false);
    if (by_bucket)
      go_back(layer, y);
    else
      tt_backward(y);
    if (by_bucket)
      tt_expect_tensor(w->grad, want, 1e-5, 1e-6);
    else
      want = tt_keep(tt_clone(w->grad));
  }
  tt_expect(!noted.late[1] && !noted.late[2], "a bucket waits");
  Tensor *h = tt_forward(layer, x);
  Tensor *aside = tt_mul_scalar(w, 3);       // of no use for the loss
  go_back(layer, tt_sum(h, TT_ALL, false));
  tt_expect(!noted.late[1] && !noted.late[2], "a bucket waits for a node"
            " that takes no step back");
  tt_expect_int(aside->rank, 2);
}

TT(acceleration, a_ring_adds_up)
{
  for (int ranks = 1; ranks < 7; ranks++)
    for (int64_t n = 0; n < 40; n += 1 + n / 6) {
      Real x[6][40], *at[6];
      int64_t least = 2 * (ranks - 1) * ((n + ranks - 1) / ranks);
      for (int r = 0; r < ranks; r++, at[r - 1] = x[r - 1])
        for (int64_t i = 0; i < n; i++)
          x[r][i] = (Real)((r + 1) * (i + 3));
      int64_t sent = tt_ring_all_reduce(ranks, n, at);
      int sum = ranks * (ranks + 1) / 2;
      for (int r = 0; r < ranks; r++)
        for (int64_t i = 0; i < n; i++)
          tt_expect(x[r][i] == (Real)(sum * (i + 3)), "%d ranks: number"
                    " %d of rank %d is %g", ranks, (int)i, r,
                    (double)x[r][i]);
      tt_expect(sent <= least, "%d of %d ranks: one sends %d numbers;"
                " %d are enough", (int)n, ranks, (int)sent, (int)least);
    }
}

TT(acceleration, buckets_are_large_enough)
{
  const Network w[] = { { 1e-6, 1e10 }, { 5e-5, 1e9 }, { 1e-3, 1e8 } };
  const StepCost s[] = { { 1e5, 1e-3, 2e-3 }, { 5e8, 0.1, 0.2 },
                         { 4e6, 0.01, 0.5 }, { 1e7, 0, 0 } };
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 4; k++)
      for (int ranks = 1; ranks <= 1024; ranks *= 4) {
        double least = HUGE_VAL, t;
        for (double n = 1; n <= 1e4; n = ceil(n * 1.02)) {
          t = tt_step_time(w[i], ranks, s[k], s[k].bytes / n);
          least = t < least ? t : least;
        }
        double size = tt_best_bucket(w[i], ranks, s[k]);
        t = tt_step_time(w[i], ranks, s[k], size);
        tt_expect(t <= 1.03 * least, "network %d, model %d, %d ranks:"
                  " buckets of %g bytes take %g s, others %g s", i, k,
                  ranks, size, t, least);
      }
}

static void one_pass_as_three(int64_t keys, double spread, Tensor *mask)
{
  TT_SCOPE;
  tt_backend_use("simd");
  Tensor *q = tt_mul_scalar(tt_randn(TT_SHAPE(1, 70, 8), NULL),
                            (Real)spread);
  Tensor *k = tt_randn(TT_SHAPE(1, keys, 8), NULL);
  Tensor *v = tt_randn(TT_SHAPE(1, keys, 5), NULL);
  AttentionOptions o = { .mask = mask };
  tt_expect_tensor(tt_scaled_dot_product_attention(q, k, v, o),
                   tt_matmul(tt_attention_weights(q, k, o), v), 1e-5,
                   1e-5);
}

TT(acceleration, blocks_of_keys_make_one_softmax)
{
  for (int64_t keys = 5; keys <= 640; keys = 5 * keys + 3)
    for (double spread = 0.1; spread < 20; spread *= 10)
      one_pass_as_three(keys, spread, NULL);
}

TT(acceleration, a_hidden_block_is_no_trouble)
{
  Tensor *mask = tt_ones(TT_SHAPE(1, 400));
  tt_fill_(tt_slice(mask, 1, 0, 150, 1), 0);
  one_pass_as_three(400, 1, mask);
  tt_fill_(mask, 0);
  one_pass_as_three(400, 1, mask);
}

static RunningSum folded(RunningSum r, int64_t n, const Real *s,
                         bool fade)
{
  Real most = r.most;
  for (int64_t i = 0; i < n; i++)
    most = s[i] > most ? s[i] : most;
  Real shift = most == -INFINITY ? 0 : most;
  Real sum = fade ? r.sum * tt_expf(r.most - shift) : r.sum;
  for (int64_t i = 0; i < n; i++)
    sum += tt_expf(s[i] - shift);
  return (RunningSum){ most, sum };
}

static RunningSum fades(RunningSum r, int64_t n, const Real *s)
{
  return folded(r, n, s, true);
}

static RunningSum stays(RunningSum r, int64_t n, const Real *s)
{
  return folded(r, n, s, false);
}

TT(acceleration, a_sum_that_does_not_fade_is_refused)
{
  tt_expect_accepts(folds(fades));
  tt_expect_refuses(folds(stays), "does not fade");
}

static int handed_over;
static void host_gemm(const Gemm *g)
{
  handed_over++;
  tt_naive.gemm(g);
}

static double off_by(Gemm g)       // from what naive gives
{
  static const Backend here = { .gemm = host_gemm };
  enum { MOST = 2000 };
  Real want[MOST], *c = g.c;
  memcpy(want, c, sizeof want);
  g.c = want;
  tt_naive.gemm(&g);
  g.c = c;
  host = &here, handed_over = 0;
  row_gemm(&g);
  double most = 0;
  for (int i = 0; i < MOST; i++) {
    double off = fabs((double)(c[i] - want[i]));
    if (isnan(c[i]) != isnan(want[i]) || off > most)
      most = isnan(off) ? INFINITY : off;
  }
  return most;
}

static Real row_a[2000], row_b[9000], row_c[2000];

static Gemm a_row(int64_t n, int64_t k, Real alpha, Real beta)
{
  for (int i = 0; i < 2000; i++) {
    row_a[i] = (Real)(i % 7 - 3);
    row_c[i] = beta != 0 ? (Real)(i % 5) : (Real)NAN;
  }
  for (int i = 0; i < 9000; i++)
    row_b[i] = (Real)(i % 11 - 5);
  return (Gemm){ .batch = 1, .m = 1, .n = n, .k = k, .alpha = alpha,
                 .beta = beta, .a = row_a, .a_row = k, .a_col = 1,
                 .b = row_b, .b_row = 1, .b_col = k, .c = row_c,
                 .c_row = n, .c_col = 1 };
}

TT(acceleration, products_of_one_row_are_taken)
{
  for (int64_t k = 0; k < 40; k++)
    for (int way = 0; way < 8; way++) {
      Gemm g = a_row(1 + k % 6, k, way & 1 ? 2 : 1,
                     way & 2 ? 3 : 0);
      if (way & 4)
        g.c_col = 2, g.b_col = k + 3;
      double off = off_by(g);
      tt_expect(off < 1e-3, "n %d, k %d, alpha %g, beta %g, c_col %d:"
                " off by %g", (int)g.n, (int)k, (double)g.alpha,
                (double)g.beta, (int)g.c_col, off);
      tt_expect(handed_over == 0, "handed over to the host");
    }
}

TT(acceleration, other_products_are_the_hosts)
{
  Gemm g[] = { a_row(5, 9, 1, 0), a_row(5, 9, 1, 0),
               a_row(5, 9, 1, 0), a_row(5, 9, 1, 0) };
  g[0].m = 3;
  g[1].batch = 2, g[1].a_batch = 9, g[1].c_batch = 5;
  g[2].a_col = 2;
  g[3].b_row = 5, g[3].b_col = 1;
  for (int i = 0; i < 4; i++) {
    a_row(5, 9, 1, 0);
    double off = off_by(g[i]);
    tt_expect(off < 1e-3, "case %d: off by %g", i, off);
  }
}
