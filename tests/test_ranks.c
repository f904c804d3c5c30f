// Needs chapter 18: training on many ranks, as threads: the same as in one
// process, whatever the number of ranks; shares, uneven batches, checkpoints.
// Runs under ThreadSanitizer too.
#include "tt_test.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 103, SIZE = 20, IN = 6, CLASSES = 4, STEPS = 6 };  // 103 = 5 * 20 + 3

// f(group, arg) in each rank; an error is this thread's
typedef void RankWork(ProcessGroup *g, void *arg);

static void *network(uint64_t seed) {
  Generator g;
  tt_manual_seed(&g, seed);
  return TT_SEQUENTIAL(tt_linear_new(IN, 16, &g), tt_activation_new(tt_relu),
                       tt_linear_new(16, CLASSES, &g));
}

static Dataset *examples(void) {
  Generator g;
  tt_manual_seed(&g, 5);
  Tensor *x = tt_randn(TT_SHAPE(N, IN), &g);
  Tensor *y = tt_randint(0, CLASSES, TT_SHAPE(N), &g);
  for (int i = 0; i < N; i += 3) ((int32_t *)y->data)[i] = -100;
  return tt_tensor_dataset_new(x, y);
}

static int64_t valid(Tensor *y) {
  int64_t n = 0;
  for (int64_t i = 0; i < tt_numel(y); i++) n += ((int32_t *)y->data)[i] >= 0;
  return n;
}

static Real *numbers_of(void *net, int64_t *n) {
  StateDict s = tt_module_parameters(net);
  int64_t all = 0;
  for (int i = 0; i < s.n; i++) all += tt_numel(*s.entry[i].slot);
  Real *x = malloc((size_t)all * sizeof *x);
  *n = all, all = 0;
  for (int i = 0; i < s.n; i++) {
    Tensor *t = *s.entry[i].slot;
    memcpy(x + all, t->data, (size_t)tt_numel(t) * sizeof *x);
    all += tt_numel(t);
  }
  return x;
}

typedef struct Run {
  int     ranks, until;              // until: step after which all fail
  DataParallelOptions o;
  const char *checkpoint;
  Real   *w;                         // of rank 0 in the end
  int64_t n, state;                  // numbers; of rank 0's optimizer
  double  loss;
} Run;

static void end_early(Trainer *t) {
  const Run *r = t->user;
  if (r->until && t->at.step == r->until) tt_fail(TT_EVALUE, "enough");
}

static void train(ProcessGroup *g, void *arg) {
  Run *r = arg;
  void *net = network(g->rank == 0 ? 3 : 77);       // rank 0 decides
  DataParallelOptions o = r->o;
  o.targets = valid;
  DataParallel *d = tt_data_parallel_new(net, g, o);
  Optimizer *opt = tt_adam_new(o.shard ? tt_owned_parameters(d) : tt_module_parameters(net),
                               (AdamOptions){.lr = 0.01});
  Trainer t = {.model = net, .opt = opt, .loss = tt_cross_entropy, .epochs = 3, .quiet = true,
    .train = tt_sharded_new(examples(), (BatchOptions){.size = SIZE, .shuffle = true, .seed = 9}, g),
    .checkpoint = r->checkpoint, .every = r->checkpoint ? 4 : 0, .resume = r->checkpoint,
    .clip = 1, .after_step = end_early, .user = r};
  tt_data_parallel_run(&t, d);
  tt_data_parallel_check(d);
  if (g->rank == 0) {
    TT_SCOPE;
    r->w = numbers_of(net, &r->n);
    r->loss = t.train_score.loss;
    StateDict s = tt_optimizer_state_dict(opt);
    for (int i = 0; i < s.n; i++) r->state += tt_numel(*s.entry[i].slot);
  }
}

static void run(Run *r) { tt_autograd_enable(); tt_thread_group_run(r->ranks, train, r); }

// the same in one process, by what chapters 4 to 6 have
static void run_plainly(Run *r) {
  static const ProcessGroup one = {.size = 1};
  TT_SCOPE;
  tt_autograd_enable();
  void *net = network(3);
  StateDict params = tt_module_parameters(net);
  Optimizer *opt = tt_adam_new(params, (AdamOptions){.lr = 0.01});
  BatchSource *s = tt_sharded_new(examples(),
    (BatchOptions){.size = SIZE, .shuffle = true, .seed = 9}, &one);
  for (int epoch = 0; epoch < 3; epoch++) {
    double sum = 0, n = 0;
    tt_source_reset(s);
    for (;;) {
      TT_SCOPE;
      Batch b = tt_source_next(s);
      if (!b.x) break;
      Tensor *loss = tt_cross_entropy(tt_forward(net, b.x), b.y);
      sum += tt_item(loss) * (double)valid(b.y), n += (double)valid(b.y);
      tt_optimizer_zero_grad(opt);
      tt_backward(loss);
      tt_clip_grad_norm(params, 1);
      tt_optimizer_step(opt);
    }
    r->loss = sum / n;
  }
  r->w = numbers_of(net, &r->n);
}

static void expect_same(const Run *a, const Run *b, double tolerance) {
  tt_expect_int(a->n, b->n);
  for (int64_t i = 0; i < a->n; i++)
    tt_expect(fabs((double)(a->w[i] - b->w[i])) <= tolerance, "%d and %d ranks: number %d is %g, %g",
              a->ranks, b->ranks, (int)i, (double)a->w[i], (double)b->w[i]);
  tt_expect(fabs(a->loss - b->loss) <= tolerance, "%d and %d ranks: loss %.9g, %.9g", a->ranks,
            b->ranks, a->loss, b->loss);
}

TT(ranks, many_learn_as_one) {
  Run want = {.ranks = 1};
  run_plainly(&want);
  for (int ranks = 1; ranks <= 5; ranks++)          // 5: the last batch has 3
    for (int way = 0; way < 4; way++) {
      Run got = {.ranks = ranks, .o = {.bucket = way == 1 ? 1 : way == 2 ? 300 : 0,
                                       .afterwards = way == 3}};
      run(&got);
      expect_same(&got, &want, 2e-5);
      free(got.w);
    }
  free(want.w);
}

TT(ranks, a_run_is_repeated_to_the_bit) {
  Run a = {.ranks = 3, .o = {.bucket = 256}}, b = a, c = a;
  c.o.shard = true;                                 // nor does it matter who steps
  run(&a), run(&b), run(&c);
  expect_same(&a, &b, 0);
  expect_same(&a, &c, 0);
  tt_expect(c.state < a.state * 3 / 5, "a share of the state has %d numbers of %d", (int)c.state,
            (int)a.state);
  free(a.w), free(b.w), free(c.w);
}

TT(ranks, another_number_of_ranks_goes_on) {
  char path[] = "/tmp/tt-ranks-XXXXXX";
  close(mkstemp(path));
  unlink(path);
  Run whole = {.ranks = 3}, first = {.ranks = 3, .until = 9, .checkpoint = path}, then = first;
  then.ranks = 2, then.until = 0;
  run(&whole);
  tt_expect_fail(run(&first), "enough");
  TensorError e;
  tt_expect(!tt_try((void (*)(void *))run, &first, &e), "it does not end early");
  tt_expect(access(path, F_OK) == 0, "no checkpoint");
  run(&then);
  expect_same(&then, &whole, 2e-5);
  unlink(path);
  free(whole.w), free(then.w);
}

// What no gradient changes, the running means of a batch norm, is that of rank 0.
static void with_running_means(ProcessGroup *g, void *arg) {
  Real *mean = arg;
  Tensor *x = tt_randn(TT_SHAPE(30, 3, 4, 4), NULL), *y = tt_zeros(TT_SHAPE(30, 3, 4, 4));
  BatchNorm2d *norm = tt_batch_norm2d_new(3);
  DataParallel *d = tt_data_parallel_new(norm, g, (DataParallelOptions){0});
  Trainer t = {.model = norm, .loss = tt_mse_loss, .epochs = 2, .quiet = true,
    .opt = tt_sgd_new(tt_module_parameters(norm), (SgdOptions){.lr = 0.1}),
    .train = tt_sharded_new(tt_tensor_dataset_new(x, y), (BatchOptions){.size = 8}, g)};
  tt_data_parallel_run(&t, d);
  mean[g->rank] = ((Real *)norm->running_mean->data)[1];
}

TT(ranks, running_means_are_those_of_rank_0) {
  Real mean[3];
  tt_autograd_enable();
  tt_thread_group_run(3, with_running_means, mean);
  tt_expect(mean[0] != 0 && mean[0] == mean[1] && mean[0] == mean[2], "%g, %g, %g",
            (double)mean[0], (double)mean[1], (double)mean[2]);
}

// Each example once an epoch, each epoch another order, all ranks as many batches.
typedef struct Seen { int32_t order[2][8][N]; int n[2][8], batches[2][8], empty[8]; } Seen;
static void look(ProcessGroup *g, void *arg) {
  Seen *s = arg;
  Tensor *x = tt_to(tt_arange(0, N, 1), TT_I32);
  BatchSource *b = tt_sharded_new(tt_tensor_dataset_new(x, x),
    (BatchOptions){.size = SIZE, .shuffle = true, .seed = 1}, g);
  tt_expect_int(b->batches, 6);
  for (int epoch = 0; epoch < 2; epoch++) {
    if (epoch) tt_source_reset(b);
    for (;; s->batches[epoch][g->rank]++) {
      TT_SCOPE;
      Batch y = tt_source_next(b);
      if (!y.x) break;
      s->empty[g->rank] += y.x->shape[0] == 0;
      for (int64_t i = 0; i < y.x->shape[0]; i++)
        s->order[epoch][g->rank][s->n[epoch][g->rank]++] = ((int32_t *)y.x->data)[i];
    }
  }
}

TT(ranks, each_example_once) {
  for (int ranks = 1; ranks <= 7; ranks += 2) {
    static Seen s;
    memset(&s, 0, sizeof s);
    tt_thread_group_run(ranks, look, &s);
    int times[2][N] = {0}, same = 0, empty = 0;
    for (int epoch = 0; epoch < 2; epoch++)
      for (int r = 0; r < ranks; r++) {
        tt_expect_int(s.batches[epoch][r], 6);
        for (int i = 0; i < s.n[epoch][r]; i++) {
          times[epoch][s.order[epoch][r][i]]++;
          same += epoch && i < s.n[0][r] && s.order[0][r][i] == s.order[1][r][i];
        }
      }
    for (int i = 0; i < 2 * N; i++)
      tt_expect(times[i / N][i % N] == 1, "%d ranks: example %d comes %d times", ranks, i % N,
                times[i / N][i % N]);
    for (int r = 0; r < ranks; r++) empty += s.empty[r];
    tt_expect_int(empty, ranks > 3 ? 2 * (ranks - 3) : 0);
    tt_expect(same < N / 4, "the second epoch has the order of the first");
  }
}

static void other_model(ProcessGroup *g, void *arg) {
  (void)arg;
  void *net = tt_linear_new(3, 2 + g->rank, NULL);
  tt_data_parallel_new(net, g, (DataParallelOptions){0});
}
static void one_drifts(ProcessGroup *g, void *arg) {
  (void)arg;
  void *net = tt_linear_new(3, 2, NULL);
  DataParallel *d = tt_data_parallel_new(net, g, (DataParallelOptions){0});
  tt_data_parallel_check(d);
  if (g->rank == 1) ((Real *)(*d->params.entry[1].slot)->data)[5] += (Real)1e-6;
  tt_data_parallel_check(d);
}
static void no_target(ProcessGroup *g, void *arg) {
  (void)arg;
  void *net = tt_linear_new(3, 2, NULL);
  DataParallel *d = tt_data_parallel_new(net, g, (DataParallelOptions){0});
  tt_data_parallel_backward(d, NULL, 0, 0);
}
static void one_fails(ProcessGroup *g, void *arg) {
  (void)arg;
  if (g->rank == 2) tt_fail(TT_EFILE, "the disk of rank 2");
  Real x[2] = {0};
  g->begin_sum(g, x, 2);
  g->finish(g);
}
static void one_ends(ProcessGroup *g, void *arg) {
  (void)arg;
  Real x[2] = {0};
  for (int i = 0; i < 3 + (g->rank != 1); i++) {
    g->begin_sum(g, x, 2);
    g->finish(g);
  }
}
static void one_has_more(ProcessGroup *g, void *arg) {
  (void)arg;
  Real x[2] = {0};
  if (g->rank == 2) g->begin_sum(g, x, 2);
  g->finish(g);
}
static void with_more(ProcessGroup *g, void *arg) {
  void *net = network(1);
  DataParallel *d = tt_data_parallel_new(net, g, (DataParallelOptions){0});
  Trainer t = *(Trainer *)arg;
  t.model = net, t.epochs = 1, t.loss = tt_cross_entropy;
  tt_data_parallel_run(&t, d);
}

TT(ranks, mistakes_end_all) {
  tt_autograd_enable();
  tt_expect_fail(tt_thread_group_run(3, other_model, NULL), "names and shapes of the model");
  tt_expect_fail(tt_thread_group_run(2, one_drifts, NULL), "numbers of the parameters");
  tt_expect_fail(tt_thread_group_run(2, no_target, NULL), "no rank has a target");
  tt_expect_fail(tt_thread_group_run(4, one_fails, NULL), "the disk of rank 2");
  tt_expect_fail(tt_thread_group_run(3, one_ends, NULL), "another rank has ended its work");
  tt_expect_fail(tt_thread_group_run(3, one_has_more, NULL), "the sums of rank 2 are not");
  tt_expect_fail(tt_thread_group_run(2, with_more, &(Trainer){.accumulate = 2}), "has .accumulate");
  tt_expect_fail(tt_thread_group_run(2, with_more, &(Trainer){0}), "the trainer needs .model");
  tt_expect_fail(tt_thread_group_run(0, one_fails, NULL), "0 ranks");
}

// A parameter that a rank does not use has a gradient of what the others found.
static void half_used(ProcessGroup *g, void *arg) {
  Tensor *x = tt_ones(TT_SHAPE(1, 3));
  void *a = tt_linear_new(3, 1, NULL), *b = tt_linear_new(3, 1, NULL);
  void *net = TT_SEQUENTIAL(a, b);
  DataParallel *d = tt_data_parallel_new(net, g, (DataParallelOptions){.bucket = 1});
  Tensor *loss = tt_sum(tt_forward(g->rank ? a : b, x), TT_ALL, false);
  Metrics m = tt_data_parallel_backward(d, loss, g->rank, g->rank ? 3 : 1);
  tt_expect_int(m.n, 4);
  tt_expect_close(m.metric, 0.75, 1e-6, 0);
  for (int i = 0; i < 4; i++) {      // the last first: b, then a
    Tensor *w = *d->params.entry[i].slot;
    for (int64_t k = 0; k < tt_numel(w); k++)
      tt_expect_close(((Real *)w->grad->data)[k], i < 2 ? 0.25 : 0.75, 1e-6, 0);
  }
  (void)arg;
}
TT(ranks, what_one_does_not_use) {
  tt_autograd_enable();
  tt_thread_group_run(2, half_used, NULL);
}
