// Needs chapter 07: runs that are killed, at any moment, and go on as if
// nothing had happened; checkpoints of other runs; tables of metrics;
// what is printed on a terminal and in a file.
#define _GNU_SOURCE
#include "faults.h"
#include "files.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EPOCHS = 8, STEPS = EPOCHS * 11, KILLS = 20 };

// Against a kill fsync does nothing, and here it would only take time; that
// it is called, and when, is tested in the chapter.
int fsync(int fd) {
  (void)fd;
  return 0;
}

// ---- something small to train, with all there is -------------------------------
typedef struct Task { char checkpoint[256], metrics[256], log[256]; Schedule lr, fall; } Task;

static BatchSource *data(BatchOptions o) {
  Generator g;
  tt_manual_seed(&g, 3);
  Tensor *x = tt_randn(TT_SHAPE(84, 6), &g);
  Tensor *y = tt_to(tt_argmax(tt_slice(x, 1, 0, 3, 1), 1, false), TT_I32);
  return tt_batches_new(x, y, o);
}

// step and loss, as bits
static void log_loss(Trainer *t) {
  uint64_t bits;
  memcpy(&bits, &t->step_loss, 8);
  char line[64];
  int n = snprintf(line, sizeof line, "%lld %016llx\n", (long long)t->at.step,
                   (unsigned long long)bits);
  int fd = open(((Task *)t->user)->log, O_WRONLY | O_APPEND);
  if (write(fd, line, (size_t)n) != n) _exit(1);
  close(fd);
}

static int64_t often = 1;            // steps between checkpoints

static Trainer trainer(Task *task, uint64_t seed, int64_t hidden) {
  Generator g;
  tt_autograd_enable();
  tt_manual_seed(&g, seed);
  void *net = TT_SEQUENTIAL(tt_linear_new(6, hidden, &g),
                            tt_activation_new(tt_relu),
    tt_dropout_new(0.2, &g), tt_linear_new(hidden, hidden, &g),
                            tt_activation_new(tt_tanh),
    tt_dropout_new(0.1, &g), tt_linear_new(hidden, 3, &g));
  task->fall = tt_schedule_cosine(0.02, 0.001, STEPS - 30);
  task->lr = tt_schedule_then(tt_schedule_warmup(0.02, 0.1, 30), 30,
                              task->fall);
  return (Trainer){
    .model = net, .opt = tt_adam_new(tt_module_parameters(net), (AdamOptions){.lr = 0.02}),
    .train = data((BatchOptions){.size = 4, .shuffle = true, .seed = seed}),
    .valid = data((BatchOptions){.size = 50, .shuffle = true, .seed = seed + 1}),
    .loss = tt_cross_entropy, .metric = tt_accuracy, .epochs = EPOCHS,
    .schedule = &task->lr, .clip = 1, .accumulate = 2, .patience = EPOCHS, .quiet = true,
    .checkpoint = task->checkpoint, .metrics = task->metrics, .every = often,
    .after_step = log_loss, .user = task, .resume = true };
}

static Task task_named(const char *name) {
  Task t = {0};
  snprintf(t.checkpoint, sizeof t.checkpoint, "%s.checkpoint", beside(name));
  snprintf(t.metrics, sizeof t.metrics, "%s.metrics", beside(name));
  unlink(t.checkpoint);
  unlink(t.metrics);
  snprintf(t.log, sizeof t.log, "%s.log", beside(name));
  int fd = open(t.log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  tt_expect(fd >= 0 && close(fd) == 0, "cannot open %s", t.log);
  return t;
}

static pid_t start(Task *task, uint64_t seed) {
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    Trainer t = trainer(task, seed, 8);
    tt_trainer_run(&t);
    _exit(0);
  }
  return child;
}

static int wait_for(pid_t child) {
  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return status;
}

// the losses of the log; a step that was made twice must have the same
static void read_log(const Task *task, uint64_t losses[STEPS + 1]) {
  static char text[1 << 20];
  FILE *f = fopen(task->log, "r");
  tt_expect(f, "cannot read %s", task->log);
  text[fread(text, 1, sizeof text - 1, f)] = 0;
  fclose(f);
  memset(losses, 0, (STEPS + 1) * sizeof *losses);
  for (char *line = text; *line; line = strchr(line, '\n') + 1) {
    char *rest;
    long step = strtol(line, &rest, 10);
    tt_expect(step >= 1 && step <= STEPS, "step %ld", step);
    uint64_t bits = strtoull(rest, NULL, 16);
    tt_expect(!losses[step] || losses[step] == bits, "step %ld: %016llx, then %016llx",
              step, (unsigned long long)losses[step], (unsigned long long)bits);
    losses[step] = bits;
    if (!strchr(line, '\n')) break;
  }
}

static const char *text_of(const char *path) {
  return (char *)read_bytes(path).at;
}

static uint64_t undisturbed[STEPS + 1];
static Task whole(const char *name) {
  Task task = task_named(name);
  double from = tt_machine_now();
  tt_expect_int(wait_for(start(&task, 1)), 0);
  read_log(&task, undisturbed);
  for (int i = 1; i <= STEPS; i++) tt_expect(undisturbed[i], "no loss of step %d", i);
  task.lr.part[0].lr = tt_machine_now() - from; // how long it took
  return task;
}

static void expect_same(const Task *task, const Task *all, int kills) {
  uint64_t losses[STEPS + 1];
  read_log(task, losses);
  for (int i = 1; i <= STEPS; i++)
    tt_expect(losses[i] == undisturbed[i], "after %d kills, step %d: %016llx, not %016llx",
              kills, i, (unsigned long long)losses[i], (unsigned long long)undisturbed[i]);
  tt_expect_text(text_of(task->metrics), text_of(all->metrics));
  StateDict a = tt_load_file(all->checkpoint), b = tt_load_file(task->checkpoint);
  tt_expect_int(a.n, b.n);
  for (int i = 0; i < a.n; i++) {
    tt_expect_text(b.entry[i].name, a.entry[i].name);
    tt_expect_tensor(*b.entry[i].slot, *a.entry[i].slot, 0, 0);
  }
}

// Who goes on begins with other weights and another order: both come from
// the file. A checkpoint is written after each step, so many kills strike
// while one is being written. Rounds are run until there were enough kills.
TT(checkpoints, twenty_times_and_the_same_to_the_bit) {
  Task all = whole("all");
  Generator g;
  tt_manual_seed(&g, 5);
  int kills = 0;
  for (int round = 0; kills < KILLS; round++) {
    Task task = task_named("killed");
    for (int status = -1; status != 0;) {
      pid_t child = start(&task, access(task.checkpoint, F_OK) == 0 ? 99 : 1);
      double part = (double)(tt_random(&g) >> 40) * 0x1p-24;
      usleep((useconds_t)(1e6 * all.lr.part[0].lr * part / 6));
      kill(child, SIGKILL);
      status = wait_for(child);
      tt_expect(status == 0 || WIFSIGNALED(status), "status %x", (unsigned)status);
      kills += status != 0;
      tt_expect(kills < 300, "it never ends");
    }
    expect_same(&task, &all, kills);
    tt_expect(round < 30, "only %d kills", kills);
  }
}

TT(checkpoints, the_same_seed_the_same_losses) {
  often = 0;
  whole("first");
  uint64_t first[STEPS + 1];
  memcpy(first, undisturbed, sizeof first);
  whole("again");
  tt_expect(memcmp(first, undisturbed, sizeof first) == 0, "the losses differ");
  Task other = task_named("other");
  tt_expect_int(wait_for(start(&other, 2)), 0);
  uint64_t losses[STEPS + 1];
  read_log(&other, losses);
  tt_expect(losses[1] != first[1], "another seed, the same loss");
}

TT(checkpoints, a_run_that_is_over_stays_over) {
  Task all = whole("over");
  unsigned long long before = strlen(text_of(all.metrics));
  tt_expect_int(wait_for(start(&all, 5)), 0);
  uint64_t losses[STEPS + 1];
  read_log(&all, losses);
  tt_expect(memcmp(losses, undisturbed, sizeof losses) == 0, "it went on");
  tt_expect_int((int64_t)strlen(text_of(all.metrics)), (int64_t)before);
}

// ---- checkpoints of other runs --------------------------------------------------
static Trainer *subject;
static void load(void *path) { tt_checkpoint_load(path, subject); }

static const char *refusal(Trainer *t, const char *path) {
  static TensorError e;
  char copy[256];
  snprintf(copy, sizeof copy, "%s", path);
  subject = t;
  e.message[0] = 0;
  return tt_try(load, copy, &e) ? "(loaded)" : e.message;
}

static Trainer after_some_steps(Task *task, uint64_t seed, int64_t hidden) {
  Trainer t = trainer(task, seed, hidden);
  t.epochs = 2, t.every = 0, t.resume = false, t.after_step = NULL;
  tt_trainer_run(&t);
  return t;
}

TT(checkpoints, other_checkpoints_are_refused) {
  Task task = task_named("refused"), second = task_named("second");
  after_some_steps(&task, 1, 8);
  Trainer t = trainer(&second, 2, 9);
  const char *why = refusal(&t, task.checkpoint);
  tt_expect(strstr(why, "holds a Sequential of 6 tensors, 155 numbers, by adam")
            && strstr(why, "this is a Sequential of 6 tensors, 183 numbers, by adam"), "%s", why);
  t = trainer(&second, 2, 8);
  t.patience = 0, t.valid = NULL;
  tt_expect(strstr(refusal(&t, task.checkpoint), "(loaded)"), "more than is needed");
  Trainer plain = trainer(&second, 1, 8);
  plain.epochs = 1, plain.patience = 0, plain.valid = NULL, plain.resume = false;
  tt_trainer_run(&plain);
  t = trainer(&task, 2, 8);
  why = refusal(&t, second.checkpoint);
  tt_expect(strstr(why, "no 'valid'"), "%s", why);
  plain = trainer(&second, 1, 8);
  plain.epochs = 1, plain.patience = 0, plain.resume = false;
  tt_trainer_run(&plain);
  t = trainer(&task, 2, 8);
  why = refusal(&t, second.checkpoint);
  tt_expect(strstr(why, "no best weights"), "%s", why);
  t = trainer(&task, 2, 8);
  t.valid = NULL;
  t.train = tt_batches_new(tt_zeros(TT_SHAPE(20, 6)),
                           tt_to(tt_zeros(TT_SHAPE(20)), TT_I32),
                           (BatchOptions){.size = 4});
  t.patience = 0;
  why = refusal(&t, task.checkpoint);
  tt_expect(strstr(why, "another data set"), "%s", why);
}

TT(checkpoints, weights_alone_are_no_checkpoint) {
  Task task = task_named("alone");
  Trainer t = trainer(&task, 1, 8);
  tt_save_file(beside("weights"), tt_module_state_dict(t.model), (Metadata){0});
  tt_expect(strstr(refusal(&t, beside("weights")), "not a checkpoint"), "no reason");
  tt_expect(strstr(refusal(&t, "/nowhere"), "No such file"), "no reason");
}

// One key of the metadata at a time is missing or nonsense.
TT(checkpoints, counters_are_not_believed) {
  Task task = task_named("counters");
  Trainer t = after_some_steps(&task, 1, 8);
  static const char *const nonsense[] = {"", "x", "epoch -1", "epoch 1, step 2", "1 2 3",
    "0 0 0 0 at -1", "zzzz", "1 1 1 1 at 99999999999", "1 1 1 1 at 0 and more",
    "epoch 1, step 2, batches 3, examples 4,"
    " loss 0, metric 0, best 0 in epoch -5", "epoch 1, step 2, batches 3, examples 4,"
    " loss 0, metric 0, best 0 in epoch 5 and more",
#define COUNTED(epoch, step, batches, examples) "epoch " #epoch ", step " #step ", batches " \
    #batches ", examples " #examples ", loss 0, metric 0, best 0 in epoch 0"
    COUNTED(-1, 2, 3, 4), COUNTED(1, -2, 3, 4), COUNTED(1, 2, -3, 4), COUNTED(1, 2, 3, -4)};
  static const char *const keys[] = {"tinytorch", "model", "progress", "train", "valid"};
  for (size_t k = 0; k < 5; k++)
    for (size_t i = 0; i <= sizeof nonsense / sizeof *nonsense; i++) {
      Scope s;
      tt_scope_open(&s);
      Metadata m;
      StateDict sd = tt_load_file_with(task.checkpoint, &m);
      int n = 0;
      for (int p = 0; p < m.n; p++) {
        bool ours = strcmp(m.pair[p].key, "fnv1a64") == 0, this = strcmp(m.pair[p].key, keys[k]) == 0;
        if (ours || (this && i == 0)) continue;
        m.pair[n] = m.pair[p];
        if (this) m.pair[n].value = nonsense[i - 1];
        n++;
      }
      m.n = n;
      tt_save_file(beside("nonsense"), sd, m);
      const char *why = refusal(&t, beside("nonsense"));
      tt_expect(strcmp(why, "(loaded)") != 0, "%s = '%s' was believed", keys[k],
                i ? nonsense[i - 1] : "(missing)");
      tt_scope_close(&s);
    }
}

// A refused file changes nothing, changed in any byte of its header or in
// some of its numbers, or cut off. The file is one in memory: a disk would
// take most of the time.
TT(checkpoints, a_damaged_checkpoint_changes_nothing) {
  Task task = task_named("damaged");
  Trainer t = after_some_steps(&task, 1, 8);
  Bytes file = read_bytes(task.checkpoint);
  unsigned char *bytes = file.at;
  size_t n = file.n;
  uint64_t header;
  memcpy(&header, bytes, 8);
  tt_expect(n < 1 << 16 && header > 500 && header + 8 < n, "a header of %d bytes in %d",
            (int)header, (int)n);
  StateDict before = tt_module_state_dict(t.model);
  Tensor *copy[16];
  for (int i = 0; i < before.n; i++) {
    copy[i] = tt_clone(tt_detach(*before.entry[i].slot));
    tt_fill_(tt_detach(*before.entry[i].slot), 0.25);
  }
  char path[40];
  int fd = memfd_create("damaged", 0);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  for (size_t i = 0; i < n; i += i < 8 + header ? 1 : 41)
    for (int cut = 0; cut <= (i % 5 == 0); cut++) {
      Scope s;
      tt_scope_open(&s);
      bytes[i] ^= 1;
      tt_expect(ftruncate(fd, cut ? (off_t)i : (off_t)n) == 0
                && pwrite(fd, bytes, cut ? i : n, 0) >= 0, "cannot write %s", path);
      bytes[i] ^= 1;
      tt_expect(strcmp(refusal(&t, path), "(loaded)") != 0, "byte %zu%s", i, cut ? ", cut" : "");
      tt_scope_close(&s);
    }
  for (int i = 0; i < before.n; i++)
    for (int64_t k = 0; k < tt_numel(copy[i]); k++)
      tt_expect_close(tt_peek(*before.entry[i].slot, k), 0.25, 0, 0);
  tt_expect(pwrite(fd, bytes, n, 0) == (ssize_t)n && ftruncate(fd, (off_t)n) == 0, "cannot write");
  tt_checkpoint_load(path, &t);
  close(fd);
  for (int i = 0; i < before.n; i++)
    tt_expect_tensor(*before.entry[i].slot, copy[i], 0, 0);
}

static Trainer *saver;
static void save(void *path) { tt_checkpoint_save(path, saver); }

TT(checkpoints, every_allocation_of_a_checkpoint_fails_once) {
  Task task = task_named("fault");
  static Trainer t;
  t = after_some_steps(&task, 1, 8);
  saver = subject = &t;
  survive_each_fault("saving", save, task.checkpoint);
  survive_each_fault("loading", load, task.checkpoint);
}

TT(checkpoints, ruined_weights_do_not_replace_a_good_file) {
  Task task = task_named("ruined");
  Trainer t = after_some_steps(&task, 1, 8);
  StateDict p = tt_module_parameters(t.model);
  tt_set_(tt_detach(*p.entry[3].slot), TT_INDEX(0), (double)NAN);
  tt_expect_fail(tt_checkpoint_save(task.checkpoint, &t), "3.bias is nan at"
                 " step");
  Trainer again = trainer(&task, 1, 8);
  tt_checkpoint_load(task.checkpoint, &again);
}

// ---- the trainer's own checks -----------------------------------------------------
TT(checkpoints, a_trainer_says_what_it_lacks) {
  Task task = task_named("lacks");
  Trainer good = trainer(&task, 1, 8), t;
#define REFUSED(change, why) \
  do { t = good; change; tt_expect_fail(tt_trainer_run(&t), why); } while (0)
  REFUSED(t.model = NULL, "no .model");
  REFUSED(t.opt = NULL, "no .opt");
  REFUSED(t.train = NULL, "no .train");
  REFUSED(t.loss = NULL, "no .loss");
  REFUSED(t.epochs = 0, "no .epochs");
  REFUSED(t.valid = NULL, ".valid, which .patience");
  REFUSED(t.checkpoint = NULL, ".checkpoint, which .every");
  REFUSED(t.clip = -1, "must not be negative");
  REFUSED(t.accumulate = -1, "must not be negative");
  REFUSED(t.patience = -1, "must not be negative");
  REFUSED(t.every = -1, "must not be negative");
  REFUSED(t.metrics = "/nowhere/metrics", "No such file");
  REFUSED(t.checkpoint = "/nowhere/checkpoint", "No such file");
}

TT(checkpoints, an_infinite_gradient_stops_the_run) {
  if (sizeof(Real) > 4) return;      // the numbers below overflow a float
  Task task = task_named("infinite");
  Trainer t = trainer(&task, 1, 8);
  t.epochs = 1, t.every = 3, t.resume = false;
  t.clip = 1e-30;      // still a direction; and weights of 1e38 overflow
  StateDict p = tt_module_parameters(t.model);
  tt_fill_(tt_detach(*p.entry[4].slot), 1e38);
  tt_fill_(tt_detach(*p.entry[2].slot), 1e30);
  tt_expect_fail(tt_trainer_run(&t), "try a smaller learning rate");
}

// A finite loss whose gradient is not: the run ends before the step.
static Tensor *steep(Tensor *y, Tensor *want) {
  (void)want;
  Tensor *root = tt_sqrt(tt_mul_scalar(y, 0));     // 0, and its slope infinite
  return tt_mean(root, TT_ALL, false);
}

TT(checkpoints, a_gradient_that_is_no_number_stops_the_run) {
  Task task = task_named("steep");
  Trainer t = trainer(&task, 1, 8);
  t.checkpoint = NULL, t.every = 0, t.resume = false, t.loss = steep;
  tt_expect_fail(tt_trainer_run(&t), "the norm of the gradient is");
  tt_expect_fail(tt_trainer_run(&t), "at step 1, epoch 1");
}

static Tensor *overflow(Tensor *y, Tensor *want) {
  Tensor *loss = tt_cross_entropy(y, want);
  return subject->at.step < 11 ? loss : tt_mul_scalar(loss, (Real)INFINITY);
}

TT(checkpoints, a_loss_that_is_no_number_stops_the_run) {
  Task task = task_named("stop");
  Trainer t = trainer(&task, 1, 8);
  t.checkpoint = NULL, t.every = 0, t.resume = false, t.loss = overflow;
  subject = &t;
  tt_expect_fail(tt_trainer_run(&t), "loss is inf at step 12, epoch 2");
  tt_expect_fail(tt_trainer_run(&t), "no checkpoint was kept");
  Trainer again = trainer(&task, 1, 8);
  again.every = 5, again.loss = overflow;
  subject = &again;
  tt_expect_fail(tt_trainer_run(&again), "has the state after step 11"); // of the epoch's end
}

TT(checkpoints, batches_refuse_what_cannot_be) {
  Tensor *x = tt_zeros(TT_SHAPE(5, 2)), *y = tt_zeros(TT_SHAPE(5));
  BatchOptions o = {.size = 2};
  tt_expect_fail(tt_batches_new(x, tt_zeros(TT_SHAPE(4)), o), "y is [4]");
  tt_expect_fail(tt_batches_new(tt_zeros(TT_SHAPE(0, 2)), tt_zeros(TT_SHAPE(0)),
                                o), "0 examples");
  o.size = 0;
  tt_expect_fail(tt_batches_new(x, y, o), "batches of 0");
  o = (BatchOptions){.size = 6, .drop_last = true};
  tt_expect_fail(tt_batches_new(x, y, o), "6 from 5 examples");
}

TT(checkpoints, a_wrong_label_is_named) {
  tt_autograd_enable();
  void *net = TT_SEQUENTIAL(tt_linear_new(2, 3, NULL));
  Tensor *y = tt_to(tt_full(TT_SHAPE(5), 3), TT_I32);
  Trainer t = {.model = net, .opt = tt_adam_new(tt_module_parameters(net), (AdamOptions){.lr = 1}),
               .train = tt_batches_new(tt_zeros(TT_SHAPE(5, 2)), y,
                                       (BatchOptions){.size = 2}),
               .loss = tt_cross_entropy, .epochs = 1, .quiet = true};
  tt_expect_fail(tt_trainer_run(&t), "3");
  tt_expect_fail(tt_accuracy(tt_zeros(TT_SHAPE(5, 2)), tt_zeros(TT_SHAPE(5))), "of f");
  tt_expect_fail(tt_accuracy(tt_zeros(TT_SHAPE(4, 2)), y), "[4,2]");
}

// ---- accumulation, whatever the sizes ---------------------------------------------
TT(checkpoints, pieces_equal_the_batch_for_all_sizes) {
  tt_autograd_enable();
  for (int k = 1; k <= 7; k++) {
    Scope scope;
    tt_scope_open(&scope);
    StateDict p[2];
    for (int many = 0; many < 2; many++) {
      Generator g;
      tt_manual_seed(&g, 1);
      void *net = TT_SEQUENTIAL(tt_linear_new(6, 5, &g), tt_activation_new(tt_tanh), tt_linear_new(5, 3, &g));
      Trainer t = {.model = net,
        .opt = tt_sgd_new(tt_module_parameters(net),
                          (SgdOptions){.lr = 0.1, .momentum = 0.9}),
        .train = data((BatchOptions){.size = many ? 3 : 3 * k}), .accumulate = many ? k : 0,
        .loss = tt_cross_entropy, .epochs = 3, .quiet = true};
      tt_trainer_run(&t);
      p[many] = tt_module_parameters(net);
    }
    for (int i = 0; i < p[0].n; i++)
      tt_expect_tensor(*p[1].entry[i].slot, *p[0].entry[i].slot, 1e-5, 1e-6);
    tt_scope_close(&scope);
  }
}

// ---- the table of metrics -----------------------------------------------------------
TT(checkpoints, rows_after_the_checkpoint_are_cut_off) {
  Task task = task_named("rows");
  Trainer t = trainer(&task, 1, 8);
  t.epochs = 3;
  tt_trainer_run(&t);
  char want[4000];
  snprintf(want, sizeof want, "%s", text_of(task.metrics));
  FILE *f = fopen(task.metrics, "a");
  fputs("4\t44\t0.1\t1\t1\t1\t1\n5\t55\t0.1", f);   // a row too many, and half a row
  fclose(f);
  t = trainer(&task, 1, 8);
  t.epochs = 3;
  tt_trainer_run(&t);
  tt_expect_text(text_of(task.metrics), want);
  f = fopen(task.metrics, "w");
  fputs("dear diary\n", f);
  fclose(f);
  t = trainer(&task, 1, 8);
  t.epochs = 3;
  tt_expect_fail(tt_trainer_run(&t), "this is another file");
  tt_expect_text(text_of(task.metrics), "dear diary\n");
}

TT(checkpoints, metrics_are_what_was_measured) {
  Task task = task_named("measured");
  Trainer t = trainer(&task, 1, 8);
  t.epochs = 2, t.patience = 0;
  tt_trainer_run(&t);
  long long epoch, step;
  double lr, loss, metric, unseen, unseen_metric;
  char *row = strchr(strchr(text_of(task.metrics), '\n') + 1, '\n') + 1;
  tt_expect_int(sscanf(row, "%lld %lld %lf %lf %lf %lf %lf", &epoch, &step, &lr, &loss, &metric,
                       &unseen, &unseen_metric), 7);
  tt_expect_int(epoch, 2);
  tt_expect_int(step, 22);
  tt_expect_close(lr, tt_schedule_lr(&task.lr, 21), 1e-8, 0);
  Metrics s = tt_evaluate(t.model, t.valid, tt_cross_entropy, tt_accuracy);
  tt_expect_close(unseen, s.loss, 1e-6, 0);
  tt_expect_close(unseen_metric, s.metric, 1e-6, 0);
  tt_expect_int(s.n, 84);
}

// ---- what people see ------------------------------------------------------------------
// there are ten bars a second: one for the end of each epoch, too
static void dawdle(Trainer *t) {
  if (t->at.step % 11 == 9) usleep(110000);
}

static void talk(int out, const char *name) {
  dup2(out, 1);
  Task task = task_named(name);
  Trainer t = trainer(&task, 1, 8);
  t.quiet = false, t.epochs = 2, t.every = 0;
  t.metric = tt_accuracy, t.after_step = dawdle;
  tt_trainer_run(&t);
  fflush(stdout);
  _exit(0);
}

static size_t said(int from, char *text, size_t room) {
  size_t n = 0;
  for (ssize_t k; n < room - 1 && (k = read(from, text + n, room - 1 - n)) > 0;) n += (size_t)k;
  text[n] = 0;
  return n;
}

static bool epoch_lines(const char *text) {
  return strstr(text, "epoch 1/2: loss ") && strstr(text, "epoch 2/2: loss ")
      && strstr(text, "; unseen ");
}

TT(checkpoints, a_file_gets_lines_and_nothing_else) {
  int ends[2];
  tt_expect_int(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) talk(ends[1], "pipe");
  close(ends[1]);
  char text[10000];
  said(ends[0], text, sizeof text);
  close(ends[0]);
  tt_expect_int(wait_for(child), 0);
  tt_expect(epoch_lines(text), "%s", text);
  tt_expect(!strpbrk(text, "\r\033\b"), "control characters in a file: %s", text);
  int lines = 0;
  for (char *c = text; *c; c++) lines += *c == '\n';
  tt_expect_int(lines, 2);
}

TT(checkpoints, a_terminal_gets_a_bar) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return;
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  if (slave < 0) return;
  pid_t child = fork();
  if (child == 0) talk(slave, "terminal");
  close(slave);
  char text[100000];
  said(master, text, sizeof text);
  close(master);
  tt_expect_int(wait_for(child), 0);
  tt_expect(epoch_lines(text), "%s", text);
  tt_expect(strstr(text, "\repoch 1/2 [") && strstr(text, "\033[K"), "no bar: %s", text);
  tt_expect(strstr(text, "\r\033[Kepoch 1/2: loss"), "the bar was not erased: %s", text);
  // of each bar: a part of 24 places, the same part of 100, and the loss
  int bars = 0, late = 0;
  for (char *bar = text; (bar = strstr(bar, "\repoch ")) != NULL; bar++) {
    int from = -1, to = -1, end = -1, percent = -1;
    sscanf(bar, "\repoch %*d/2 [%n%*[=]%n", &from, &to);
    if (from < 0) continue;              // the line of an epoch
    if (to < from) to = from;            // less than a place
    tt_expect(sscanf(bar + from + 24, "] %d %%  loss %*f%n", &percent, &end) == 1 && end > 0,
              "a bar of another form: %.90s", bar + 1);
    bool is_part = false;                // of 21 batches
    for (int k = 1; k <= 21; k++)
      is_part = is_part || (to - from == 24 * k / 21 && abs(percent * 21 - 100 * k) <= 11);
    tt_expect(is_part, "%d of 24, %d %%", to - from, percent);
    bars++, late += percent > 70;
  }
  tt_expect(bars >= 4 && late >= 2, "%d bars, %d late ones: %s", bars, late, text);
}
