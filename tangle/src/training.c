// Made from chapters/07-training.nw by tools/tangle: edit there.
// Training: batches, schedules, clipping, the loop, metrics, and
// checkpoints that survive a kill.
#include "tt/training.h"
#include "tt/autograd.h"
#include "tt/layers.h"
#include "tt/operation.h"
#include "tt/storage.h"
#include "tt/locale.h"
#include "tt/losses.h"
#include "tt/machine.h"
#include "tt/todo.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Batch tt_source_next (BatchSource *s) { return s->next(s); }
void  tt_source_reset(BatchSource *s) { s->reset(s); }

typedef struct Batches {
  BatchSource    base;
  Tensor   *x, *y;
  int32_t  *order;                 // NULL: as they come
  Generator g, began;              // now; when the epoch began
  int64_t   at, size;
  bool      drop_last;
} Batches;

static void shuffle(int32_t *order, int64_t n, Generator *g)
{
  for (int64_t i = 0; i < n; i++)
    order[i] = (int32_t)i;
  for (int64_t i = n - 1; i > 0; i--) {
    int64_t j = (int64_t)(tt_random(g) % (uint64_t)(i + 1));
    int32_t other = order[j];
    order[j] = order[i];
    order[i] = other;
  }
}

static void batches_reset(BatchSource *s)
{
  Batches *b = (Batches *)s;
  b->began = b->g;
  b->at = 0;
  if (b->order)
    shuffle(b->order, b->x->shape[0], &b->g);
}

static Tensor *rows(Tensor *t, const int32_t *order, int64_t at,
                    int64_t n)
{
  if (!order)
    return tt_slice(t, 0, at, at + n, 1);
  Shape s = tt_shape(t);
  s.dim[0] = n;
  Tensor *y = tt_empty(t->dtype, s);
  size_t bytes = (size_t)(tt_numel(t) / t->shape[0])
               * tt_dtype_size(t->dtype);
  for (int64_t i = 0; i < n; i++)
    memcpy((char *)y->data + (size_t)i * bytes,
           (char *)t->data + (size_t)order[at + i] * bytes, bytes);
  return y;
}

static Batch batches_next(BatchSource *s)
{
  Batches *b = (Batches *)s;
  int64_t left = b->x->shape[0] - b->at;
  int64_t n = left < b->size ? left : b->size;
  if (n == 0 || (b->drop_last && n < b->size))
    return (Batch){0};
  int64_t at = b->at;
  b->at += n;
  return (Batch){ rows(b->x, b->order, at, n),
                  rows(b->y, b->order, at, n) };
}

static BatchSourceState batches_state(BatchSource *s)
{
  Batches *b = (Batches *)s;
  return (BatchSourceState){ b->began, b->at };
}

static void batches_restore(BatchSource *s, BatchSourceState to)
{
  Batches *b = (Batches *)s;
  if (to.at < 0 || to.at > b->x->shape[0])
    tt_fail(TT_EVALUE, "batches: %lld examples taken of %lld; this"
            " state is of another data set", (long long)to.at,
            (long long)b->x->shape[0]);
  b->g = to.shuffle;
  batches_reset(s);
  b->at = to.at;
}

static void check_batches(const Tensor *x, const Tensor *y,
                          BatchOptions o)
{
  if (x->rank == 0 || y->rank == 0 || x->shape[0] != y->shape[0])
    tt_fail(TT_ESHAPE, "tt_batches_new: x is %s, y is %s; each must"
            " have as many rows as the other", TT_TEXT(tt_shape(x)),
            TT_TEXT(tt_shape(y)));
  int64_t n = x->shape[0];
  if (n == 0 || n > INT32_MAX)
    tt_fail(TT_EVALUE, "tt_batches_new: %lld examples; there must be"
            " from 1 to 2^31 - 1", (long long)n);
  if (o.size < 1 || (o.drop_last && o.size > n))
    tt_fail(TT_EVALUE, "tt_batches_new: batches of %lld from %lld"
            " examples%s; give .size from 1 to %lld", (long long)o.size,
            (long long)n, o.drop_last ? " with drop_last" : "",
            (long long)n);
}

static Tensor *without_gaps(Tensor *t)   // a handle of its own
{
  TT_NO_GRAD;
  return tt_keep(tt_is_contiguous(t) ? tt_alias(t) : tt_clone(t));
}

BatchSource *tt_batches_new(Tensor *x, Tensor *y, BatchOptions o)
{
  check_batches(x, y, o);
  int64_t n = x->shape[0];
  Batches *b = tt_empty(TT_U8, TT_SHAPE(sizeof *b))->data;
  *b = (Batches){
    .base = { batches_next, batches_reset, batches_state,
              batches_restore,
              o.drop_last ? n / o.size : (n + o.size - 1) / o.size },
    .x = without_gaps(x), .y = without_gaps(y),
    .size = o.size, .drop_last = o.drop_last };
  if (o.shuffle)
    b->order = tt_empty(TT_I32, TT_SHAPE(n))->data;
  tt_manual_seed(&b->g, o.seed);
  batches_reset(&b->base);
  return &b->base;
}

static double constant_at(const SchedulePart *s, int64_t t)
{
  (void)t;
  return s->lr;
}

static double stairs_at(const SchedulePart *s, int64_t t)
{
  return s->lr * pow(s->factor, (double)(t / s->steps));
}

static double cosine_at(const SchedulePart *s, int64_t t)
{
  double part = t < s->steps ? (double)t / (double)s->steps : 1;
  return s->low + (s->lr - s->low) * (1 + cos(M_PI * part)) / 2;
}

static double warmup_at(const SchedulePart *s, int64_t t)
{
  double part = t < s->steps ? (double)t / (double)s->steps : 1;
  return s->lr * (s->factor + (1 - s->factor) * part);
}

static void check_schedule(const char *op, double lr, double other,
                           int64_t steps)
{
  if (!(lr >= 0 && isfinite(lr) && other >= 0 && isfinite(other)))
    tt_fail(TT_EVALUE, "%s: a rate or factor of %g, %g; both are 0 or"
            " more", op, lr, other);
  if (steps < 1)
    tt_fail(TT_EVALUE, "%s: %lld steps; give 1 or more", op,
            (long long)steps);
}

Schedule tt_schedule_constant(double lr)
{
  check_schedule("tt_schedule_constant", lr, 0, 1);
  return (Schedule){ 1, { { constant_at, .lr = lr } } };
}

Schedule tt_schedule_step(double lr, int64_t every, double factor)
{
  check_schedule("tt_schedule_step", lr, factor, every);
  return (Schedule){ 1, { { stairs_at, .lr = lr, .factor = factor,
                            .steps = every } } };
}

Schedule tt_schedule_cosine(double lr, double low, int64_t steps)
{
  check_schedule("tt_schedule_cosine", lr, low, steps);
  return (Schedule){ 1, { { cosine_at, .lr = lr, .low = low,
                            .steps = steps } } };
}

Schedule tt_schedule_warmup(double lr, double from, int64_t steps)
{
  check_schedule("tt_schedule_warmup", lr, from, steps);
  return (Schedule){ 1, { { warmup_at, .lr = lr, .factor = from,
                            .steps = steps } } };
}

Schedule tt_schedule_then(Schedule first, int64_t length,
                          Schedule next)
{
  check_schedule("tt_schedule_then", 0, 0, length);
  int64_t left = length;
  for (int i = 0; i < first.n - 1; i++)
    left -= first.part[i].length;
  if (left < 1 || first.n + next.n > TT_SCHEDULE_PARTS)
    tt_fail(TT_EVALUE, "tt_schedule_then: %lld steps for the first %d"
            " parts, of which all but the last take %lld, and then %d"
            " more parts; there may be %d", (long long)length, first.n,
            (long long)(length - left), next.n, TT_SCHEDULE_PARTS);
  first.part[first.n - 1].length = left;
  for (int i = 0; i < next.n; i++)
    first.part[first.n++] = next.part[i];
  return first;
}

double tt_schedule_lr(const Schedule *s, int64_t t)
{
  const SchedulePart *p = s->part;
  for (; p->length && t >= p->length; p++)
    t -= p->length;
  return p->at(p, t);
}

static Real *numbers(const char *op, const StateEntry *e, int64_t *n)
{
  Tensor *w = *e->slot, *g = w->grad;
  if (!g)
    return NULL;
  if (g->dtype != TT_F32)
    tt_fail(TT_EDTYPE, "%s: the gradient of %s is a tensor of %s; it"
            " must be %s, as tt_backward makes it", op, e->name,
            tt_dtype_name(g->dtype), tt_dtype_name(TT_F32));
  if (!tt_is_contiguous(g)) {
    TT_NO_GRAD;
    g = tt_clone(g);
    tt_move(g, w->scope);
    tt_zero_grad(w);
    w->grad = g;
  }
  *n = tt_numel(g);
  return g->data;
}

static Real *to_change(const char *op, const StateEntry *e, int64_t *n)
{
  Real *x = numbers(op, e, n);
  if (x)
    tt_change(op, (*e->slot)->grad, NULL);
  return x;
}

static double sum_of_squares(int64_t n, const Real *g)
{
  double sum = 0;
  #pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; i++)
    sum += (double)g[i] * (double)g[i];
  return sum;
}

void tt_scale_grad(StateDict params, double factor)
{
  for (int p = 0; p < params.n; p++) {
    int64_t n = 0;
    Real *x = to_change("tt_scale_grad", &params.entry[p], &n);
    for (int64_t i = 0; i < n; i++)
      x[i] *= (Real)factor;
  }
}

void tt_clip_grad_value(StateDict params, double limit)
{
  if (!(limit > 0))
    tt_fail(TT_EVALUE, "tt_clip_grad_value: a limit of %g; it must be"
            " positive", limit);
  Real c = (Real)limit;
  for (int p = 0; p < params.n; p++) {
    int64_t n = 0;
    Real *x = to_change("tt_clip_grad_value", &params.entry[p], &n);
    for (int64_t i = 0; i < n; i++)
      x[i] = x[i] > c ? c : x[i] < -c ? -c : x[i];
  }
}

static double gradient_norm(StateDict params)
{
  double sum = 0;
  for (int p = 0; p < params.n; p++) {
    int64_t n = 0;
    const Real *g = numbers("tt_clip_grad_norm", &params.entry[p], &n);
    sum += sum_of_squares(n, g);
  }
  return sqrt(sum);
}

double tt_clip_grad_norm(StateDict params, double max)
{
  if (!(max > 0))
    tt_fail(TT_EVALUE, "tt_clip_grad_norm: a norm of at most %g; it"
            " must be positive", max);
  double norm = gradient_norm(params);
  double factor = max / (norm + 1e-6);
  if (isfinite(norm) && factor < 1)
    tt_scale_grad(params, factor);
  return norm;
}

static void erase_bar(Trainer *t)
{
  if (t->terminal && t->drawn > 0)
    fputs("\r\033[K", stdout);
  t->drawn = 0;
}

static void draw_bar(Trainer *t)
{
  if (!t->terminal || tt_machine_now() - t->drawn < 0.1)
    return;
  TT_C_LOCALE;
  int width = 24;
  double part = (double)t->at.batches / (double)t->train->batches;
  int full = (int)(width * (part < 1 ? part : 1));
  t->drawn = tt_machine_now();
  printf("\repoch %lld/%lld [%.*s%*s] %3.0f %%  loss %.4f\033[K",
         (long long)t->at.epoch + 1, (long long)t->epochs, full,
         "========================", width - full, "", 100 * part,
         t->step_loss);
  fflush(stdout);
}

static void report(Trainer *t, Metrics seen, Metrics unseen)
{
  erase_bar(t);
  if (t->quiet)
    return;
  TT_C_LOCALE;
  printf("epoch %lld/%lld: loss %.4f", (long long)t->at.epoch,
         (long long)t->epochs, seen.loss);
  if (t->metric)
    printf(", metric %.4f", seen.metric);
  if (t->valid)
    printf("; unseen %.4f", unseen.loss);
  if (t->valid && t->metric)
    printf(", %.4f", unseen.metric);
  puts(t->valid && t->at.best_epoch == t->at.epoch ? " *" : "");
  fflush(stdout);
}

static _Noreturn void stop(Trainer *t, const char *what, double value)
{
  char last[160] = "no checkpoint was kept";
  if (t->saved_step >= 0)
    snprintf(last, sizeof last, "%.99s has the state after step %lld",
             t->checkpoint, (long long)t->saved_step);
  erase_bar(t);
  tt_fail(TT_EVALUE, "tt_trainer_run: %s is %g at step %lld, epoch"
          " %lld; try a smaller learning rate, a warm-up, or clipping."
          " %s",
          what, value, (long long)t->at.step + 1,
          (long long)t->at.epoch + 1, last);
}

static const char columns[] = "epoch\tstep\tlr\ttrain_loss\t"
  "train_metric\tvalid_loss\tvalid_metric\n";

static int write_row(char row[256], const Trainer *t, Metrics seen,
                     Metrics unseen)
{
  double lr = tt_optimizer_lr(t->opt);
  TT_C_LOCALE;
  return snprintf(row, 256,
    "%lld\t%lld\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\n",
    (long long)t->at.epoch, (long long)t->at.step, lr, seen.loss,
    seen.metric, unseen.loss, unseen.metric);
}

static void metrics_append(const Trainer *t, Metrics seen,
                           Metrics unseen)
{
  char row[256];
  int n = write_row(row, t, seen, unseen);
  int fd = open(t->metrics, O_WRONLY | O_APPEND | O_CLOEXEC);
  bool good = fd >= 0 && write(fd, row, (size_t)n) == n
           && fsync(fd) == 0;
  int error = errno;
  if (fd >= 0)
    close(fd);
  if (!good)
    tt_fail(TT_EFILE, "%s: %s", t->metrics, strerror(error));
}

static int64_t good_bytes(FILE *f, int64_t epochs)
{
  char line[256];
  int64_t keep = 0;
  while (fgets(line, sizeof line, f)) {
    if (keep == 0 && strcmp(line, columns) != 0)
      return -1;
    if (!strchr(line, '\n') || (keep && atoll(line) > epochs))
      break;
    keep = ftell(f);
  }
  return keep;
}

static void metrics_begin(const char *path, int64_t epochs)
{
  FILE *f = fopen(path, "a+");
  if (!f)
    tt_fail(TT_EFILE, "%s: %s", path, strerror(errno));
  rewind(f);
  int64_t keep = good_bytes(f, epochs);
  bool good = keep >= 0 && ftruncate(fileno(f), keep) == 0
           && (keep > 0 || fputs(columns, f) >= 0);
  if (fclose(f) != 0 || !good)
    tt_fail(TT_EFILE, "%s: %s", path, keep < 0 ? "its first line is not"
            " the heading of metrics; this is another file"
            : strerror(errno));
}

typedef double Metric(Tensor *, Tensor *);

static double metric_of(Metric *metric, Tensor *y, Tensor *want)
{
  return metric ? metric(y, want) : (double)NAN;
}

static void add_score(Metrics *s, double loss, double metric, double n)
{
  s->loss += loss * n;
  s->metric += metric * n;
  s->n += (int64_t)n;
}

static Metrics mean_score(Metrics s)
{
  double n = s.n ? (double)s.n : 1;
  return (Metrics){ s.loss / n, s.metric / n, s.n };
}

typedef struct Modes { int n; bool *was, put_back; } Modes;

static void see_mode(void *modes, const char *name, FieldKind kind,
                     void *slot)
{
  (void)name;
  if (kind != TT_CHILD)
    return;
  Modes *m = modes;
  bool *now = &(*(ChildModule *)slot)->training;
  if (m->put_back)
    *now = m->was[m->n];
  else if (m->was)
    m->was[m->n] = *now;
  m->n++;
}

typedef struct Exam {
  void   *model;
  BatchSource *source;
  Tensor *(*loss)(Tensor *, Tensor *);
  Metric *metric;
  Metrics sum;
} Exam;

static void score(void *exam)
{
  Exam *e = exam;
  tt_source_reset(e->source);
  for (;;) {
    TT_NO_GRAD;
    Batch b = tt_source_next(e->source);
    if (!b.x)
      return;
    Tensor *y = tt_forward(e->model, b.x);
    add_score(&e->sum, tt_item(e->loss(y, b.y)),
              metric_of(e->metric, y, b.y), (double)b.x->shape[0]);
  }
}

void tt_in_eval_mode(void *model, void (*f)(void *), void *arg)
{
  Modes m = {0};
  tt_module_walk(model, see_mode, &m);
  Tensor *block = tt_empty(TT_U8, TT_SHAPE(m.n));
  m = (Modes){ .was = block->data };
  tt_module_walk(model, see_mode, &m);
  tt_module_eval(model);
  TensorError e;
  bool done = tt_try(f, arg, &e);
  tt_module_walk(model, see_mode, &(Modes){ 0, m.was, true });
  tt_release(block);
  if (!done)
    tt_at(e.file, e.line), tt_fail(e.code, "%s", e.message);
}

Metrics tt_evaluate(void *model, BatchSource *s,
                    Tensor *(*loss)(Tensor *, Tensor *),
                    double (*metric)(Tensor *, Tensor *))
{
  Exam exam = { .model = model, .source = s, .loss = loss,
                .metric = metric };
  tt_in_eval_mode(model, score, &exam);
  return mean_score(exam.sum);
}

double tt_accuracy(Tensor *logits, Tensor *y)
{
  if (logits->rank != 2 || y->rank != 1 || y->dtype != TT_I32
      || y->shape[0] != logits->shape[0])
    tt_fail(TT_ESHAPE, "tt_accuracy: logits %s, labels %s of %s; they"
            " must be (N,C), and (N) of i32", TT_TEXT(tt_shape(logits)),
            TT_TEXT(tt_shape(y)), tt_dtype_name(y->dtype));
  TT_SCOPE;
  const int32_t *guess = tt_argmax(logits, 1, false)->data;
  const int32_t *truth = tt_contiguous(y)->data;
  int64_t n = y->shape[0], right = 0;
  for (int64_t i = 0; i < n; i++)
    right += guess[i] == truth[i];
  return n ? (double)right / (double)n : 0;
}

static bool learn_from_batch(Trainer *t, Metrics *sum)
{
  TT_SCOPE;
  Batch b = tt_source_next(t->train);
  if (!b.x)
    return false;
  Tensor *output = tt_forward(t->model, b.x);
  Tensor *loss = t->loss(output, b.y);
  double value = tt_item(loss), n = (double)b.x->shape[0];
  if (!isfinite(value))
    stop(t, "the loss", value);
  if (t->accumulate > 1)
    tt_backward_with(loss, tt_full(tt_shape(loss), (Real)n));
  else
    tt_backward(loss);
  add_score(sum, value, metric_of(t->metric, output, b.y), n);
  t->at.batches++;
  return true;
}

static bool take_step(Trainer *t)
{
  Metrics sum = {0};
  int64_t want = t->accumulate > 1 ? t->accumulate : 1, got = 0;
  tt_optimizer_zero_grad(t->opt);
  while (got < want && learn_from_batch(t, &sum))
    got++;
  if (got == 0)
    return false;
  if (t->accumulate > 1)
    tt_scale_grad(t->parameters, 1 / (double)sum.n);
  if (t->clip > 0) {
    t->step_norm = tt_clip_grad_norm(t->parameters, t->clip);
    if (!isfinite(t->step_norm))
      stop(t, "the norm of the gradient", t->step_norm);
  }
  if (t->schedule)
    tt_optimizer_set_lr(t->opt, tt_schedule_lr(t->schedule, t->at.step));
  tt_optimizer_step(t->opt);
  add_score(&t->at.sum, sum.loss / (double)sum.n,
            sum.metric / (double)sum.n, (double)sum.n);
  t->step_loss = sum.loss / (double)sum.n;
  t->at.step++;
  return true;
}

static void copy_state(StateDict to, StateDict from)
{
  TT_NO_GRAD;
  for (int i = 0; i < to.n; i++)
    tt_copy_(*to.entry[i].slot, *from.entry[i].slot);
}

static void keep_the_best(Trainer *t, double loss)
{
  if (loss < t->at.best) {
    t->at.best = loss;
    t->at.best_epoch = t->at.epoch;
    if (t->patience)
      copy_state(t->best_state, t->state);
  }
}

static bool out_of_patience(const Trainer *t)
{
  return t->patience && t->at.epoch - t->at.best_epoch >= t->patience;
}

static void check_trainer(const Trainer *t)
{
  const char *lacks = !t->model ? ".model" : !t->opt ? ".opt"
                    : !t->train ? ".train" : !t->loss ? ".loss"
                    : t->epochs < 1 ? ".epochs"
                    : t->patience && !t->valid
                    ? ".valid, which .patience needs"
                    : (t->every || t->resume) && !t->checkpoint
                    ? ".checkpoint, which .every and .resume need" : 0;
  if (lacks)
    tt_fail(TT_EVALUE, "tt_trainer_run: the trainer has no %s", lacks);
  if (t->clip < 0 || t->accumulate < 0 || t->patience < 0
      || t->every < 0)
    tt_fail(TT_EVALUE, "tt_trainer_run: .clip, .accumulate, .patience"
            " and .every must not be negative; 0 is without");
}

static StateDict clone_state(StateDict from)
{
  StateDict to = tt_state_dict_new(from.n);
  for (int i = 0; i < from.n; i++) {
    strcpy(to.entry[i].name, from.entry[i].name);
    *to.entry[i].slot = tt_clone(tt_detach(*from.entry[i].slot));
  }
  return to;
}

static void prepare(Trainer *t)
{
  check_trainer(t);
  if (t->state.entry)
    return;
  Scope s;
  tt_scope_open(&s);
  StateDict parameters = tt_module_parameters(t->model);
  StateDict state = tt_module_state_dict(t->model);
  if (t->patience)
    t->best_state = clone_state(state);
  for (Scope *home = ((Module *)t->model)->block->scope; s.first;)
    tt_move(s.first, home);
  tt_scope_close(&s);
  t->parameters = parameters;
  t->state = state;
  t->at.best = HUGE_VAL;
  t->saved_step = -1;
  t->terminal = !t->quiet && isatty(fileno(stdout));
}

#define FORMAT "checkpoint 2"
typedef char Line[256];

static void write_progress(Line line, const TrainingProgress *p)
{
  TT_C_LOCALE;
  snprintf(line, sizeof(Line), "epoch %lld, step %lld, batches %lld,"
           " examples %lld, loss %a, metric %a, best %a in epoch %lld",
           (long long)p->epoch, (long long)p->step,
           (long long)p->batches, (long long)p->sum.n, p->sum.loss,
           p->sum.metric, p->best, (long long)p->best_epoch);
}

static bool read_progress(const char *line, TrainingProgress *p)
{
  long long n[5];
  double x[3];
  int end = 0;
  TT_C_LOCALE;
  sscanf(line, "epoch %lld, step %lld, batches %lld, examples %lld,"
         " loss %la, metric %la, best %la in epoch %lld%n", &n[0],
         &n[1], &n[2], &n[3], &x[0], &x[1], &x[2], &n[4], &end);
  if (end == 0 || line[end])
    return false;
  *p = (TrainingProgress){ n[0], n[1], n[2], { x[0], x[1], n[3] }, x[2],
                          n[4] };
  return n[0] >= 0 && n[1] >= 0 && n[2] >= 0 && n[3] >= 0 && n[4] >= 0;
}

static void write_state(Line line, BatchSourceState s)
{
  const uint64_t *w = s.shuffle.state;
  snprintf(line, sizeof(Line),
           "%016llx %016llx %016llx %016llx at %lld",
           (unsigned long long)w[0], (unsigned long long)w[1],
           (unsigned long long)w[2], (unsigned long long)w[3],
           (long long)s.at);
}

static bool read_state(const char *line, BatchSourceState *s)
{
  unsigned long long w[4];
  long long at;
  int end = 0;
  sscanf(line, "%16llx %16llx %16llx %16llx at %lld%n", &w[0], &w[1],
         &w[2], &w[3], &at, &end);
  if (end == 0 || line[end])
    return false;
  *s = (BatchSourceState){ { { w[0], w[1], w[2], w[3] } }, at };
  return true;
}

static void describe(Line line, const Trainer *t)
{
  int64_t numbers = 0;
  for (int i = 0; i < t->state.n; i++)
    numbers += tt_numel(*t->state.entry[i].slot);
  snprintf(line, sizeof(Line), "%.80s of %d tensors, %lld numbers, by"
           " %.80s", ((Module *)t->model)->type->name, t->state.n,
           (long long)numbers, t->opt->type->name);
}

typedef struct Draws { StateDict list; bool put_back; } Draws;

static void see_generator(void *draws, const char *name, FieldKind kind,
                          void *slot)
{
  if (kind != TT_GENERATOR)
    return;
  Draws *d = draws;
  int i = d->list.n++;
  if (!d->list.entry)
    return;
  StateEntry *e = &d->list.entry[i];
  if (d->put_back) {
    memcpy(slot, (*e->slot)->data, sizeof(Generator));
    return;
  }
  strcpy(e->name, name);
  *e->slot = tt_empty(TT_U8, TT_SHAPE(sizeof(Generator)));
  memcpy((*e->slot)->data, slot, sizeof(Generator));
}

static int walk_generators(Trainer *t, Draws d)
{
  d.list.n = 0;
  see_generator(&d, "", TT_GENERATOR, tt_generator(t->generator));
  tt_module_walk(t->model, see_generator, &d);
  return d.list.n;
}

static StateDict generators(Trainer *t)
{
  int n = walk_generators(t, (Draws){0});
  StateDict list = tt_state_dict_new(n);
  walk_generators(t, (Draws){ list, false });
  return list;
}

static void append(StateDict *all, const char *prefix, StateDict part)
{
  for (int i = 0; i < part.n; i++) {
    StateEntry *e = &all->entry[all->n++];
    int n = snprintf(e->name, sizeof e->name, "%s%s", prefix,
                     part.entry[i].name);
    if (n >= (int)sizeof e->name)
      tt_fail(TT_EVALUE, "tt_checkpoint_save: the name %s is too long",
              part.entry[i].name);
    e->slot = part.entry[i].slot;
  }
}

static StateDict everything(Trainer *t)
{
  StateDict opt = tt_optimizer_state_dict(t->opt);
  StateDict draws = generators(t);
  StateDict all = tt_state_dict_new(t->state.n + opt.n + t->best_state.n
                                    + draws.n);
  all.n = 0;
  append(&all, "generator.", draws);
  append(&all, "model.", t->state);
  append(&all, "optimizer.", opt);
  append(&all, "best.", t->best_state);
  return all;
}

static void check_weights(Trainer *t)
{
  for (int i = 0; i < t->parameters.n; i++) {
    Tensor *w = *t->parameters.entry[i].slot;
    if (w->dtype != TT_F32)
      continue;
    const Real *x = tt_contiguous(tt_detach(w))->data;
    for (int64_t k = 0, n = tt_numel(w); k < n; k++)
      if (!isfinite(x[k]))
        stop(t, t->parameters.entry[i].name, (double)x[k]);
  }
}

void tt_checkpoint_save(const char *path, Trainer *t)
{
  TT_SCOPE;
  prepare(t);
  check_weights(t);
  Line model, progress, train, valid;
  describe(model, t);
  write_progress(progress, &t->at);
  write_state(train, t->train->state(t->train));
  if (t->valid)
    write_state(valid, t->valid->state(t->valid));
  MetaPair pair[] = { { "tinytorch", FORMAT }, { "model", model },
    { "progress", progress }, { "train", train }, { "valid", valid } };
  Metadata m = { .n = t->valid ? 5 : 4, .pair = pair };
  tt_save_file(path, everything(t), m);
  t->saved_step = t->at.step;
}

static int load_by_name(StateDict to, StateDict from)
{
  int found = 0;
  for (int i = 0; i < to.n; i++)
    for (int k = 0; k < from.n; k++)
      if (strcmp(to.entry[i].name, from.entry[k].name) == 0)
        tt_copy_(*to.entry[i].slot, *from.entry[k].slot), found++;
  return found;
}

static void load_generators(const char *path, StateDict to,
                            StateDict from)
{
  bool good = from.n == to.n;
  for (int k = 0; k < from.n; k++) {
    const Tensor *t = *from.entry[k].slot;
    good = good && t->dtype == TT_U8 && t->rank == 1
        && t->shape[0] == sizeof(Generator);
  }
  if (!good || load_by_name(to, from) != to.n)
    tt_fail(TT_EFORMAT, "tt_checkpoint_load: %s: its generators are not"
            " those of this model", path);
}

static const char *get(const char *path, Metadata m, const char *key)
{
  const char *value = tt_metadata_get(m, key);
  if (!value)
    tt_fail(TT_EFORMAT, "tt_checkpoint_load: %s: no '%s' in it; this is"
            " not a checkpoint of the same kind of run", path, key);
  return value;
}

static void check_kind(const char *path, Metadata m, const Trainer *t)
{
  Line mine;
  describe(mine, t);
  const char *theirs = get(path, m, "model");
  if (strcmp(get(path, m, "tinytorch"), FORMAT) != 0)
    tt_fail(TT_EFORMAT, "tt_checkpoint_load: %s: its version is"
            " '%.60s', not '%s'", path, get(path, m, "tinytorch"),
            FORMAT);
  if (strcmp(theirs, mine) != 0)
    tt_fail(TT_EVALUE, "tt_checkpoint_load: %s holds a %.150s; this is"
            " a %s", path, theirs, mine);
  get(path, m, TT_CHECKSUM_KEY);
}

void tt_checkpoint_load(const char *path, Trainer *t)
{
  TT_SCOPE;
  prepare(t);
  Metadata m;
  StateDict all = tt_load_file_with(path, &m);
  check_kind(path, m, t);
  TrainingProgress at;
  BatchSourceState train, valid = {0};
  if (!read_progress(get(path, m, "progress"), &at)
      || !read_state(get(path, m, "train"), &train)
      || (t->valid && !read_state(get(path, m, "valid"), &valid)))
    tt_fail(TT_EFORMAT, "tt_checkpoint_load: %s: counters that cannot"
            " be read", path);
  StateDict draws = generators(t);
  load_generators(path, draws, tt_state_dict_part(all, "generator."));
  StateDict best = tt_state_dict_part(all, "best.");
  if (t->patience && best.n != t->best_state.n)
    tt_fail(TT_EFORMAT, "tt_checkpoint_load: %s: no best weights in it;"
            " it is of a run without .patience", path);
  tt_module_load_state_dict(t->model, tt_state_dict_part(all, "model."));
  tt_optimizer_load_state_dict(t->opt,
                               tt_state_dict_part(all, "optimizer."));
  if (t->patience)
    load_by_name(t->best_state, best);
  walk_generators(t, (Draws){ draws, true });
  t->train->restore(t->train, train);
  if (t->valid)
    t->valid->restore(t->valid, valid);
  t->at = at;
  if (t->schedule && at.step > 0)
    tt_optimizer_set_lr(t->opt,
                        tt_schedule_lr(t->schedule, at.step - 1));
  t->saved_step = at.step;
}

void tt_load_model(const char *path, void *model)
{
  TT_SCOPE;
  Metadata m;
  StateDict all = tt_load_file_with(path, &m);
  if (m.left_out)
    tt_fail(TT_EFORMAT, "tt_load_model: %s: tensors that cannot be"
            " read: %.200s", path, m.left_out);
  const char *text = tt_metadata_get(m, "progress");
  TrainingProgress at;
  if (text && read_progress(text, &at)) {
    StateDict best = tt_state_dict_part(all, "best.");
    all = best.n && at.best_epoch > 0 ? best
        : tt_state_dict_part(all, "model.");
  }
  tt_module_load_state_dict(model, all);
  tt_module_eval(model);
}

static void finish_epoch(Trainer *t)
{
  t->train_score = mean_score(t->at.sum);
  t->valid_score = (Metrics){ (double)NAN, (double)NAN, 0 };
  if (t->valid)
    t->valid_score = tt_evaluate(t->model, t->valid, t->loss,
                                 t->metric);
  t->at.epoch++;
  t->at.batches = 0;
  t->at.sum = (Metrics){0};
  if (t->valid)
    keep_the_best(t, t->valid_score.loss);
  report(t, t->train_score, t->valid_score);
  if (t->metrics)
    metrics_append(t, t->train_score, t->valid_score);
  if (t->after_epoch)
    t->after_epoch(t);
  if (t->checkpoint)
    tt_checkpoint_save(t->checkpoint, t);
}

static void run_epoch(Trainer *t)
{
  if (t->at.batches == 0)
    tt_source_reset(t->train);
  while (take_step(t)) {
    draw_bar(t);
    if (t->after_step)
      t->after_step(t);
    if (t->checkpoint && t->every && t->at.step % t->every == 0)
      tt_checkpoint_save(t->checkpoint, t);
  }
  finish_epoch(t);
}

void tt_trainer_run(Trainer *t)
{
  prepare(t);
  if (t->resume && t->checkpoint && access(t->checkpoint, F_OK) == 0)
    tt_checkpoint_load(t->checkpoint, t);
  if (t->metrics)
    metrics_begin(t->metrics, t->at.epoch);
  tt_module_train(t->model);
  while (t->at.epoch < t->epochs && !out_of_patience(t))
    run_epoch(t);
  if (t->patience && t->at.best_epoch > 0)
    copy_state(t->state, t->best_state);
}
