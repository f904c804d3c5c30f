// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// Training on many ranks: shares of batches, buckets of gradients that
// are summed on the way back, and what it costs.
#include "tt/distributed.h"
#include "tt/autograd.h"
#include "tt/gradient.h"
#include "tt/machine.h"
#include "tt/operation.h"
#include "tt/todo.h"
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static int64_t bytes_of(const Tensor *t)
{
  return tt_numel(t) * (int64_t)tt_dtype_size(t->dtype);
}

static void *blank(size_t bytes)   // lives in the innermost scope
{
  Tensor *t = tt_empty(TT_U8, TT_SHAPE((int64_t)bytes));
  return memset(t->data, 0, bytes);
}

static _Thread_local DataParallel *reducing;   // in its way back

static int parameter(const DataParallel *d, const Tensor *leaf)
{
  for (int i = 0; leaf && i < d->params.n; i++)
    if (*d->params.entry[i].slot == leaf)
      return i;
  return -1;                       // no parameter of this model
}

Share tt_share(int64_t n, int rank, int size)
{
  if (n < 0 || rank < 0 || rank >= size)
    tt_fail(TT_EVALUE, "tt_share: %lld examples, rank %d of %d; ranks"
            " count from 0", (long long)n, rank, size);
  Share s = { .from = 0, .n = n };
  int64_t more = n % size;
  s.n = n / size + (rank < more);
  s.from = n / size * rank + (rank < more ? rank : more);
  return s;
}

typedef struct Sharded {
  BatchSource   base;
  const Dataset *set;
  const ProcessGroup *group;
  BatchOptions  o;                 // .size: of all ranks together
  Generator     g, began;          // now; when the epoch began
  uint64_t      key;               // of this epoch
  int64_t       at;                // examples that all have taken
  int32_t       order[];
} Sharded;

static void sharded_reset(BatchSource *b)
{
  TT_SCOPE;
  Sharded *s = (Sharded *)b;
  int64_t n = s->set->length;
  s->began = s->g;
  s->at = 0;
  if (s->o.shuffle)
    memcpy(s->order, tt_randperm(n, &s->g)->data,
           (size_t)n * sizeof *s->order);
  s->key = tt_random(&s->g);
}

static Tensor *blank_rows(DType d, Shape row, int64_t n)
{
  Shape s = { .rank = row.rank + 1, .dim = { n } };
  memcpy(s.dim + 1, row.dim, sizeof s.dim - sizeof *s.dim);
  return tt_empty(d, s);
}

static Batch read_rows(const Sharded *s, int64_t from, int64_t n)
{
  const Dataset *d = s->set;
  Batch b = { blank_rows(d->x_type, d->x, n),
              blank_rows(d->y_type, d->y, n) };
  for (int64_t i = 0; i < n; i++) {
    int64_t e = s->order[from + i];
    d->get(d, (Example){ e, s->key + (uint64_t)e * 0x9e3779b97f4a7c15,
      (char *)b.x->data + bytes_of(b.x) / n * i,
      (char *)b.y->data + bytes_of(b.y) / n * i });
  }
  return b;
}

static Batch sharded_next(BatchSource *b)
{
  Sharded *s = (Sharded *)b;
  int64_t left = s->set->length - s->at;
  int64_t n = left < s->o.size ? left : s->o.size;
  if (n == 0 || (s->o.drop_last && n < s->o.size))
    return (Batch){0};
  Share mine = tt_share(n, s->group->rank, s->group->size);
  Batch y = read_rows(s, s->at + mine.from, mine.n);
  s->at += n;
  return y;
}

static BatchSourceState sharded_state(BatchSource *b)
{
  Sharded *s = (Sharded *)b;
  return (BatchSourceState){ s->began, s->at };
}

static void sharded_restore(BatchSource *b, BatchSourceState to)
{
  Sharded *s = (Sharded *)b;
  if (to.at < 0 || to.at > s->set->length)
    tt_fail(TT_EVALUE, "tt_sharded_new: %lld examples taken of %lld;"
            " this state is of another data set", (long long)to.at,
            (long long)s->set->length);
  s->g = to.shuffle;
  sharded_reset(b);
  s->at = to.at;
}

BatchSource *tt_sharded_new(const Dataset *d, BatchOptions o,
                            const ProcessGroup *g)
{
  int64_t n = d->length, size = o.size;
  if (n < 1 || n > INT32_MAX || size < 1 || (o.drop_last && size > n))
    tt_fail(TT_EVALUE, "tt_sharded_new: batches of %lld from %lld"
            " examples%s; there must be from 1 to 2^31 - 1, and .size"
            " is from 1%s", (long long)size, (long long)n,
            o.drop_last ? " with drop_last" : "",
            o.drop_last ? " to as many" : "");
  Sharded *s = tt_dataset_block(sizeof *s
                                + (size_t)n * sizeof *s->order, NULL);
  s->base = (BatchSource){ sharded_next, sharded_reset, sharded_state,
    sharded_restore, o.drop_last ? n / size : (n + size - 1) / size };
  s->set = d, s->group = g, s->o = o;
  for (int64_t i = 0; i < n; i++)
    s->order[i] = (int32_t)i;
  tt_manual_seed(&s->g, o.seed);
  sharded_reset(&s->base);
  return &s->base;
}

static StateDict backwards(void *model)   // those that learn
{
  StateDict all = tt_module_parameters(model);
  StateDict back = tt_state_dict_new(all.n);
  back.n = 0;
  for (int i = all.n - 1; i >= 0; i--)
    if ((*all.entry[i].slot)->requires_grad)
      back.entry[back.n++] = all.entry[i];
  if (back.n == 0)
    tt_fail(TT_EVALUE, "tt_data_parallel_new: no parameter of the"
            " model requires a gradient");
  return back;
}

static void fill_buckets(DataParallel *d)
{
  int64_t most = d->o.bucket / (int64_t)sizeof(Real), at = 0;
  for (int i = 0; i < d->params.n; i++) {
    int64_t n = tt_numel(*d->params.entry[i].slot);
    Bucket *b = &d->bucket[d->buckets - 1];
    if (d->buckets == 0 || (b->n > 0 && b->n + n > most))
      b = &d->bucket[d->buckets++], b->at = at;
    d->in[i] = d->buckets - 1;
    d->place[i] = at;
    b->n += n, b->params++;
    at += n;
  }
  d->flat = blank((size_t)at * sizeof(Real));
}

static void choose_owners(DataParallel *d)
{
  TT_SCOPE;
  int ranks = d->group->size;
  int64_t *has = blank((size_t)ranks * sizeof *has);
  for (int i = 0; i < d->params.n; i++) {
    int least = 0;
    for (int r = 1; r < ranks; r++)
      least = has[r] < has[least] ? r : least;
    d->owner[i] = least;
    has[least] += tt_numel(*d->params.entry[i].slot);
  }
}

static uint64_t hash_of(StateDict s, bool numbers)
{
  uint64_t h = 0;
  for (int i = 0; i < s.n; i++) {
    const Tensor *t = *s.entry[i].slot;
    Shape shape = tt_shape(t);
    h = tt_checksum(h, s.entry[i].name, strlen(s.entry[i].name));
    h = tt_checksum(h, shape.dim,
                    (size_t)shape.rank * sizeof *shape.dim);
    if (numbers)
      h = tt_checksum(h, t->data, (size_t)bytes_of(t));
  }
  return h;
}

static uint64_t compare(ProcessGroup *g, uint64_t mine,
                        const char *what)
{
  uint64_t first = mine;
  g->broadcast(g, &first, sizeof first, 0);
  if (mine != first)
    tt_fail(TT_EVALUE, "rank %d of %d: %s are not those of rank 0",
            g->rank, g->size, what);
  return mine;
}

uint64_t tt_data_parallel_check(const DataParallel *d)
{
  return compare(d->group, hash_of(d->params, true),
                 "the numbers of the parameters");
}

// Rank 0 gives its numbers to all: those that no gradient changes, such
// as the running means of a batch norm, or all.
static void give_numbers(const char *op, StateDict s, ProcessGroup *g,
                         bool all)
{
  TT_NO_GRAD;
  for (int i = 0; i < s.n; i++) {
    Tensor *t = *s.entry[i].slot;
    if (t->requires_grad && !all)
      continue;
    if (g->rank > 0)
      tt_change(op, t, NULL);
    g->broadcast(g, t->data, bytes_of(t), 0);
  }
}

static void begin_alike(void *model, ProcessGroup *g)
{
  StateDict s = tt_module_state_dict(model);
  compare(g, hash_of(s, false), "names and shapes of the model");
  give_numbers("tt_data_parallel_new", s, g, true);
}

DataParallel *tt_data_parallel_new(void *model, ProcessGroup *g,
                                   DataParallelOptions o)
{
  if (o.bucket < 0)
    tt_fail(TT_EVALUE, "tt_data_parallel_new: buckets of %lld bytes;"
            " give more, or 0 for 1 MiB", (long long)o.bucket);
  if (o.bucket == 0)
    o.bucket = 1 << 20;
  begin_alike(model, g);
  StateDict params = backwards(model);
  size_t n = (size_t)params.n;
  DataParallel *d = blank(sizeof *d);
  d->group = g, d->o = o, d->params = params;
  d->bucket = blank(n * sizeof *d->bucket);
  d->in = blank(n * sizeof *d->in);
  d->uses = blank(n * sizeof *d->uses);
  d->owner = blank(n * sizeof *d->owner);
  d->place = blank(n * sizeof *d->place);
  fill_buckets(d);
  choose_owners(d);
  return d;
}

static void send_full_buckets(DataParallel *d)
{
  while (d->begun < d->buckets && d->bucket[d->begun].missing == 0
         && (d->passed || !d->o.afterwards)) {
    Bucket *b = &d->bucket[d->begun++];
    d->group->begin_sum(d->group, d->flat + b->at, b->n);
  }
}

static void gradient_done(DataParallel *d, int i)   // of parameter i
{
  const Tensor *w = *d->params.entry[i].slot;
  size_t bytes = (size_t)tt_numel(w) * sizeof(Real);
  if (w->grad)
    memcpy(d->flat + d->place[i], w->grad->data, bytes);
  else
    memset(d->flat + d->place[i], 0, bytes);
  d->bucket[d->in[i]].missing--;
  send_full_buckets(d);
}

static void after_step(const TapeNode *k)
{
  DataParallel *d = reducing;
  if (!d)                          // another tt_backward
    return;
  for (; d->next != k->below; d->next = d->next->below)
    for (int i = 1; i <= d->next->n; i++) {
      int p = parameter(d, d->next->saved[i].leaf);
      if (p >= 0 && --d->uses[p] == 0)
        gradient_done(d, p);
    }
  d->group->go_on(d->group);
}

static void begin_pass(DataParallel *d, const TapeNode *top)
{
  d->next = top;
  d->begun = 0;
  d->passed = false;
  for (int i = 0; i < d->buckets; i++)
    d->bucket[i].missing = d->bucket[i].params;
  for (int i = 0; i < d->params.n; i++) {
    tt_zero_grad(*d->params.entry[i].slot);
    d->uses[i] = 0;
  }
  for (const TapeNode *k = top; k; k = k->below)
    for (int i = 1; i <= k->n; i++) {
      int p = parameter(d, k->saved[i].leaf);
      if (p >= 0)
        d->uses[p]++;
    }
}

typedef struct WayBack { Tensor *loss; int64_t n; } WayBack;
static void way_back(void *arg)
{
  TT_SCOPE;
  const WayBack *w = arg;
  tt_backward_with(w->loss, tt_full(tt_shape(w->loss), (Real)w->n));
}

static void go_back(DataParallel *d, Tensor *loss, int64_t n)
{
  for (int i = 0; i < d->params.n; i++)
    if (d->uses[i] == 0)           // it was not used
      gradient_done(d, i);
  if (n == 0)
    return;
  TensorError e;
  reducing = d;
  tt_on_step_back(after_step);
  bool done = tt_try(way_back, &(WayBack){ loss, n }, &e);
  tt_on_step_back(NULL);
  reducing = NULL;
  if (!done)
    tt_at(e.file, e.line), tt_fail(e.code, "%s", e.message);
}

static void finish_pass(DataParallel *d)
{
  d->passed = true;
  for (int i = 0; i < d->params.n; i++)
    if (d->uses[i] > 0)
      d->uses[i] = 0, gradient_done(d, i);
  send_full_buckets(d);
  double start = tt_machine_now();
  d->group->finish(d->group);
  d->waited += tt_machine_now() - start;
}

static void take_means(DataParallel *d, Real factor)
{
  for (int i = 0; i < d->params.n; i++) {
    Tensor *w = *d->params.entry[i].slot;
    if (!w->grad) {
      TT_SCOPE;
      w->grad = tt_empty(TT_F32, tt_shape(w));
      tt_move(w->grad, w->scope);
    }
    Real *to = w->grad->data;
    const Real *sum = d->flat + d->place[i];
    for (int64_t k = 0, n = tt_numel(w); k < n; k++)
      to[k] = sum[k] * factor;
  }
}

static void check_part(const DataParallel *d, const Tensor *loss,
                       int64_t n)
{
  if (n < 0 || (n > 0) != (loss != NULL))
    tt_fail(TT_EVALUE, "tt_data_parallel_backward: %s and %lld"
            " targets in rank %d; a loss is a mean over 1 target or"
            " more, and a rank without one gives NULL and 0",
            loss ? "a loss" : "no loss", (long long)n, d->group->rank);
}

Metrics tt_data_parallel_backward(DataParallel *d,
                                  Tensor *loss /* or NULL */,
                                  double metric, int64_t n)
{
  check_part(d, loss, n);
  Real *total = d->total;
  double value = n > 0 ? tt_item(loss) : 0;
  total[0] = (Real)n;
  total[1] = (Real)(value * (double)n);
  total[2] = n > 0 ? (Real)(metric * (double)n) : 0;
  begin_pass(d, n > 0 ? loss->node : NULL);
  d->group->begin_sum(d->group, total, 3);
  go_back(d, loss, n);
  finish_pass(d);
  if (!(total[0] > 0))
    tt_fail(TT_EVALUE, "tt_data_parallel_backward: no rank has a"
            " target, so there is no mean");
  take_means(d, 1 / total[0]);
  return (Metrics){ (double)(total[1] / total[0]),
                    (double)(total[2] / total[0]), (int64_t)total[0] };
}

StateDict tt_owned_parameters(const DataParallel *d)
{
  StateDict own = tt_state_dict_new(d->params.n);
  own.n = 0;
  for (int i = 0; i < d->params.n; i++)
    if (d->owner[i] == d->group->rank)
      own.entry[own.n++] = d->params.entry[i];
  return own;
}

void tt_owned_step(DataParallel *d, Optimizer *o)
{
  tt_optimizer_step(o);
  TT_NO_GRAD;
  for (int i = 0; i < d->params.n; i++) {
    Tensor *w = *d->params.entry[i].slot;
    if (d->owner[i] != d->group->rank)
      tt_change("tt_owned_step", w, NULL);
    d->group->broadcast(d->group, w->data, bytes_of(w), d->owner[i]);
  }
}

static void check_run(const Trainer *t, const DataParallel *d)
{
  const char *has = t->valid ? ".valid" : t->patience ? ".patience"
    : t->accumulate > 1 ? ".accumulate" : t->metrics ? ".metrics"
    : t->checkpoint && d->o.shard ? ".checkpoint with .shard" : NULL;
  if (has)
    tt_fail(TT_EVALUE, "tt_data_parallel_run: the trainer has %s, which"
            " works in one process only", has);
  if (!t->model || !t->opt || !t->train || !t->loss || t->epochs < 1)
    tt_fail(TT_EVALUE, "tt_data_parallel_run: the trainer needs .model,"
            " .opt, .train, .loss and .epochs");
  if ((t->every || t->resume) && !t->checkpoint)
    tt_fail(TT_EVALUE, "tt_data_parallel_run: the trainer has no"
            " .checkpoint, which .every and .resume need");
}

static void add_up(Trainer *t, Metrics all)
{
  double n = (double)all.n;
  t->at.sum.loss += all.loss * n;
  t->at.sum.metric += all.metric * n;
  t->at.sum.n += all.n;
  t->step_loss = all.loss;
  t->at.batches++;
  t->at.step++;
}

static bool step_of_all(Trainer *t, DataParallel *d)
{
  TT_SCOPE;
  Batch b = tt_source_next(t->train);
  if (!b.x)
    return false;
  int64_t rows = b.x->shape[0];
  Tensor *y = rows ? tt_forward(t->model, b.x) : NULL;
  int64_t n = !rows ? 0 : d->o.targets ? d->o.targets(b.y) : rows;
  Tensor *loss = n ? t->loss(y, b.y) : NULL;
  double metric = !n ? 0 : t->metric ? t->metric(y, b.y) : (double)NAN;
  Metrics all = tt_data_parallel_backward(d, loss, metric, n);
  if (!isfinite(all.loss))
    tt_fail(TT_EVALUE, "tt_data_parallel_run: the loss is %g at step"
            " %lld", all.loss, (long long)t->at.step + 1);
  if (t->clip > 0)
    t->step_norm = tt_clip_grad_norm(d->params, t->clip);
  if (t->schedule)
    tt_optimizer_set_lr(t->opt, tt_schedule_lr(t->schedule,
                                               t->at.step));
  if (d->o.shard)
    tt_owned_step(d, t->opt);
  else
    tt_optimizer_step(t->opt);
  add_up(t, all);
  return true;
}

static void save(Trainer *t, const DataParallel *d)
{
  if (t->checkpoint && d->group->rank == 0)
    tt_checkpoint_save(t->checkpoint, t);
}

static void resume(Trainer *t, ProcessGroup *g)
{
  int there = t->resume && access(t->checkpoint, F_OK) == 0;
  g->broadcast(g, &there, sizeof there, 0);
  if (there)
    tt_checkpoint_load(t->checkpoint, t);
  Generator *own = tt_generator(t->generator);
  if (g->rank > 0)                 // other random numbers in each
    tt_manual_seed(own, tt_random(own) + (uint64_t)g->rank);
}

static void give_running_means(const Trainer *t, ProcessGroup *g)
{
  TT_SCOPE;
  give_numbers("tt_data_parallel_run", tt_module_state_dict(t->model),
               g, false);
}

static void end_epoch(Trainer *t, const DataParallel *d)
{
  Metrics s = t->at.sum;
  double n = s.n ? (double)s.n : 1;
  t->train_score = (Metrics){ s.loss / n, s.metric / n, s.n };
  t->at.epoch++;
  t->at.batches = 0;
  t->at.sum = (Metrics){0};
  give_running_means(t, d->group);
  if (d->group->rank == 0 && !t->quiet)
    printf("epoch %lld/%lld: loss %.4f, metric %.4f\n",
           (long long)t->at.epoch, (long long)t->epochs,
           t->train_score.loss, t->train_score.metric);
  fflush(stdout);
  if (t->after_epoch)
    t->after_epoch(t);
  save(t, d);
}

void tt_data_parallel_run(Trainer *t, DataParallel *d)
{
  check_run(t, d);
  resume(t, d->group);
  tt_module_train(t->model);
  while (t->at.epoch < t->epochs) {
    if (t->at.batches == 0)
      tt_source_reset(t->train);
    while (step_of_all(t, d)) {
      if (t->after_step)
        t->after_step(t);
      if (t->every && t->at.step % t->every == 0)
        save(t, d);
    }
    end_epoch(t, d);
  }
}

static void check_ring(int ranks, int64_t n)
{
  if (ranks < 1 || n < 0)
    tt_fail(TT_EVALUE, "tt_ring_all_reduce: %d ranks with %lld numbers;"
            " give 1 rank or more, and 0 numbers or more", ranks,
            (long long)n);
}

static void check_step(Network w, int ranks, StepCost s, double bucket)
{
  if (!(w.latency >= 0 && w.bandwidth > 0 && ranks >= 1 && bucket > 0
        && s.bytes >= 1 && s.forward >= 0 && s.back >= 0))
    tt_fail(TT_EVALUE, "tt_step_time: a latency of %g s, %g bytes a"
            " second, %d ranks, %g bytes in buckets of %g; these are"
            " positive, and times are not negative", w.latency,
            w.bandwidth, ranks, s.bytes, bucket);
}

typedef struct Ring {
  int     ranks;
  int64_t n;
  Real  *const *x;                 // of each rank, n numbers
  int64_t *sent;                   // by each
} Ring;

// a piece of what rank `from` has goes to its neighbor, which adds it
// to its own, or puts it in the place of its own
static void pass_on(Ring *g, int from, int piece, bool add)
{
  Share s = tt_share(g->n, piece, g->ranks);
  const Real *x = g->x[from] + s.from;
  Real *y = g->x[(from + 1) % g->ranks] + s.from;
  for (int64_t i = 0; i < s.n; i++)
    y[i] = add ? y[i] + x[i] : x[i];
  g->sent[from] += s.n;
}

int64_t tt_ring_all_reduce(int ranks, int64_t n, Real *const x[])
{
  check_ring(ranks, n);
  TT_SCOPE;
  int64_t *sent = blank((size_t)ranks * sizeof *sent), most = 0;
  Ring g = { ranks, n, x, sent };
  for (int s = 0; s < ranks - 1; s++)
    for (int r = 0; r < ranks; r++)
      pass_on(&g, r, (r - s + ranks) % ranks, true);
  for (int s = 0; s < ranks - 1; s++)
    for (int r = 0; r < ranks; r++)
      pass_on(&g, r, (r + 1 - s + ranks) % ranks, false);
  for (int r = 0; r < ranks; r++)
    most = sent[r] > most ? sent[r] : most;
  return most;
}

double tt_all_reduce_time(Network w, int ranks, double bytes)
{
  int rounds = 0;
  while (1 << rounds < ranks)
    rounds++;
  double moved = 2 * bytes * (ranks - 1) / ranks;
  return 2 * rounds * w.latency + moved / w.bandwidth;
}

double tt_step_time(Network w, int ranks, StepCost s, double bucket)
{
  check_step(w, ranks, s, bucket);
  double buckets = ceil(s.bytes / bucket), done = 0;
  double each = tt_all_reduce_time(w, ranks, s.bytes / buckets);
  for (double i = 1; i <= buckets; i++) {
    double ready = s.forward + s.back * i / buckets;
    done = (done > ready ? done : ready) + each;
  }
  return done;
}

double tt_best_bucket(Network w, int ranks, StepCost s)
{
  check_step(w, ranks, s, 1);
  double best = s.bytes, least = tt_step_time(w, ranks, s, best);
  for (double k = 2; k <= 4096; k = ceil(k * 1.2)) {
    double t = tt_step_time(w, ranks, s, s.bytes / k);
    if (t < least)
      least = t, best = s.bytes / k;
  }
  return best;
}

typedef struct Meeting {           // of all ranks
  pthread_mutex_t lock;
  pthread_cond_t  all_here;
  int      size, here;
  unsigned turn;
  bool     ended, failed;          // a rank has
  TensorError error;               // the first
  struct ThreadGroup *member;
  void   (*work)(ProcessGroup *g, void *arg);
  void    *arg;
} Meeting;

enum { SUMS = 1024 };              // under way
typedef struct ThreadGroup {
  ProcessGroup base;
  Meeting  *m;
  int       sums;
  Real     *x[SUMS];
  int64_t   n[SUMS];
  void     *shown;                 // to the others
  pthread_t thread;
} ThreadGroup;
static void meet(Meeting *m)
{
  pthread_mutex_lock(&m->lock);
  unsigned turn = m->turn;
  if (++m->here == m->size) {
    m->here = 0;
    m->turn++;
    pthread_cond_broadcast(&m->all_here);
  }
  while (m->turn == turn && !m->failed && !m->ended)
    pthread_cond_wait(&m->all_here, &m->lock);
  bool failed = m->failed, alone = m->turn == turn;
  pthread_mutex_unlock(&m->lock);
  if (failed)
    tt_fail(TT_EVALUE, "another rank has failed");
  if (alone)
    tt_fail(TT_EVALUE, "another rank has ended its work; all begin the"
            " same sums in the same order");
}

static void threads_begin_sum(ProcessGroup *g, Real *x, int64_t n)
{
  ThreadGroup *t = (ThreadGroup *)g;
  if (t->sums == SUMS)
    tt_fail(TT_EVALUE, "tt_thread_group_run: %d sums are under way;"
            " finish them first", SUMS);
  t->x[t->sums] = x;
  t->n[t->sums++] = n;
}

static void threads_go_on(ProcessGroup *g)
{
  (void)g;
}

static void add_all(const Meeting *m)
{
  TT_SCOPE;
  Real **x = blank((size_t)m->size * sizeof *x);
  const ThreadGroup *a = m->member;
  for (int r = 0; r < m->size; r++)
    if (a[r].sums != a->sums
        || memcmp(a[r].n, a->n, (size_t)a->sums * sizeof *a->n) != 0)
      tt_fail(TT_EVALUE, "the sums of rank %d are not those of rank 0;"
              " all begin the same sums in the same order", r);
  for (int i = 0; i < a->sums; i++) {
    for (int r = 0; r < m->size; r++)
      x[r] = a[r].x[i];
    tt_ring_all_reduce(m->size, a->n[i], x);
  }
}

static void threads_finish(ProcessGroup *g)
{
  ThreadGroup *t = (ThreadGroup *)g;
  meet(t->m);
  if (g->rank == 0)
    add_all(t->m);
  meet(t->m);
  t->sums = 0;
}

static void threads_broadcast(ProcessGroup *g, void *at, int64_t bytes,
                              int from)
{
  ThreadGroup *t = (ThreadGroup *)g;
  t->shown = at;
  meet(t->m);
  if (from != g->rank)
    memcpy(at, t->m->member[from].shown, (size_t)bytes);
  meet(t->m);
}

static void rank_work(void *group)
{
  ThreadGroup *t = group;
  t->m->work(&t->base, t->m->arg);
}

static void *rank_thread(void *group)
{
  ThreadGroup *t = group;
  Meeting *m = t->m;
  TensorError e;
  bool done = tt_try(rank_work, t, &e);
  pthread_mutex_lock(&m->lock);
  if (!done && !m->failed)
    m->error = e, m->failed = true;
  m->ended = true;                 // who waits for it waits in vain
  pthread_cond_broadcast(&m->all_here);
  pthread_mutex_unlock(&m->lock);
  tt_clear();
  return NULL;
}

static bool begin_ranks(Meeting *m)
{
  int begun = 0;
  for (; begun < m->size; begun++) {
    ThreadGroup *t = &m->member[begun];
    t->base = (ProcessGroup){ begun, m->size, threads_begin_sum,
      threads_go_on, threads_finish, threads_broadcast };
    t->m = m;
    if (pthread_create(&t->thread, NULL, rank_thread, t) != 0)
      break;
  }
  if (begun < m->size) {           // the others wait in vain
    pthread_mutex_lock(&m->lock);
    m->failed = true;
    m->error = (TensorError){ .code = TT_EMEM, .message =
      "tt_thread_group_run: a thread cannot be made" };
    pthread_cond_broadcast(&m->all_here);
    pthread_mutex_unlock(&m->lock);
  }
  for (int r = 0; r < begun; r++)
    pthread_join(m->member[r].thread, NULL);
  return !m->failed;
}

void tt_thread_group_run(int size,
                         void (*work)(ProcessGroup *g, void *arg),
                         void *arg)
{
  if (size < 1 || size > 64)
    tt_fail(TT_EVALUE, "tt_thread_group_run: %d ranks; give 1 to 64",
            size);
  TT_SCOPE;
  Meeting m = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .size = size, .work = work,
    .all_here = PTHREAD_COND_INITIALIZER, .arg = arg,
    .member = blank((size_t)size * sizeof(ThreadGroup)) };
  if (!begin_ranks(&m))
    tt_fail(m.error.code, "%s", m.error.message);
}
