// Made from chapters/07-training.nw by tools/tangle: edit there.
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "tt_test.h"

static const char *beside(const char *name)
{
  static char path[8][256];
  static int n;
  char *p = path[n++ % 8];
  ssize_t end = readlink("/proc/self/exe", p, 200);
  snprintf(p + end, 256 - (size_t)end, ".%s", name);
  return p;
}

TT(training, every_order_is_equally_likely)
{
  Tensor *x = tt_arange(0, 3, 1);
  BatchSource *s = tt_batches_new(x, x, (BatchOptions){ .size = 3,
                                                .shuffle = true });
  int seen[9] = {0};
  for (int i = 0; i < 12000; i++, tt_source_reset(s)) {
    TT_SCOPE;
    Tensor *y = tt_source_next(s).x;
    seen[(int)tt_peek(y, 0) * 3 + (int)tt_peek(y, 1)]++;
  }
  for (int i = 0; i < 9; i++)
    tt_expect(i % 4 == 0 ? seen[i] == 0 : abs(seen[i] - 2000) < 150,
              "order %d,%d,.. came %d times", i / 3, i % 3, seen[i]);
}

static void expect_all_once(BatchSource *s, int64_t n, int64_t last)
{
  int64_t sum = 0, seen = 0, size = 0;
  for (Batch b; (b = tt_source_next(s)).x; seen += size) {
    size = b.x->shape[0];
    for (int64_t i = 0; i < size; i++) {
      sum += (int64_t)tt_peek(b.x, 2 * i);
      tt_expect_int((int64_t)tt_peek(b.y, i),
                    (int64_t)tt_peek(b.x, 2 * i) / 2);
    }
  }
  tt_expect_int(seen, n);
  tt_expect_int(size, last);
  if (n == 10)
    tt_expect_int(sum, 2 * 45);
}

TT(training, each_example_comes_once)
{
  Tensor *x = tt_reshape(tt_arange(0, 20, 1), TT_SHAPE(10, 2));
  Tensor *y = tt_to(tt_arange(0, 10, 1), TT_I32);
  BatchOptions o = { .size = 4, .shuffle = true };
  BatchSource *s = tt_batches_new(x, y, o);
  for (int epoch = 0; epoch < 3; epoch++, tt_source_reset(s))
    expect_all_once(s, 10, 2);
  o.drop_last = true;
  expect_all_once(tt_batches_new(x, y, o), 8, 4);
}

TT(training, a_source_goes_back_to_its_state)
{
  Tensor *x = tt_arange(0, 100, 1);
  BatchOptions o = { .size = 7, .shuffle = true, .seed = 5 };
  BatchSource *s = tt_batches_new(x, x, o),
 *other = tt_batches_new(x, x, o);
  for (int i = 0; i < 20; i++)
    if (!tt_source_next(s).x)
      tt_source_reset(s);
  other->restore(other, s->state(s));
  for (int i = 0; i < 40; i++) {
    Batch a = tt_source_next(s), b = tt_source_next(other);
    tt_expect(!a.x == !b.x, "batch %d: one has ended", i);
    if (a.x)
      tt_expect_tensor(b.x, a.x, 0, 0);
    else
      tt_source_reset(s), tt_source_reset(other);
  }
}

TT(training, a_cosine_falls_slowly_at_both_ends)
{
  Schedule s = tt_schedule_cosine(0.5, 0.1, 8);
  double want[] = { 0.5, 0.48477591, 0.44142136, 0.37653669, 0.3,
                    0.22346331, 0.15857864, 0.11522409, 0.1, 0.1 };
  for (int t = 0; t < 10; t++)
    tt_expect_close(tt_schedule_lr(&s, t), want[t], 1e-7, 0);
}

TT(training, a_warm_up_rises_evenly)
{
  Schedule s = tt_schedule_warmup(0.8, 0.25, 3);
  tt_expect_close(tt_schedule_lr(&s, 0), 0.2, 1e-12, 0);
  tt_expect_close(tt_schedule_lr(&s, 1), 0.4, 1e-12, 0);
  tt_expect_close(tt_schedule_lr(&s, 2), 0.6, 1e-12, 0);
  tt_expect_close(tt_schedule_lr(&s, 3), 0.8, 1e-12, 0);
  tt_expect_close(tt_schedule_lr(&s, 99), 0.8, 1e-12, 0);
}

static double late(const Schedule *s, int64_t t)
{
  const SchedulePart *p = s->part;
  for (; p->length && t > p->length; p++)
    t -= p->length;
  return p->at(p, t);
}

static bool hands_over(double (*rate)(const Schedule *s, int64_t t))
{
  Schedule last = tt_schedule_constant(3);
  Schedule rest = tt_schedule_then(tt_schedule_step(2, 5, 0.5), 10, last);
  Schedule s = tt_schedule_then(tt_schedule_constant(1), 4, rest);
  const int64_t step[] = { 3, 4, 8, 9, 13, 14 };
  const double  want[] = { 1, 2, 2, 1, 1, 3 };
  for (int i = 0; i < 6; i++)
    if (rate(&s, step[i]) != want[i])
      return false;
  return true;
}

TT(training, a_wrong_hand_over_is_refused)
{
  tt_expect_accepts(hands_over(tt_schedule_lr));
  tt_expect_refuses(hands_over(late), "hands over a step late");
}

static double slow_squares(int64_t n, const Real *g)
{
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += (double)g[i] * (double)g[i];
  return sum;
}

static double fast_squares(int64_t n, const Real *g)
{
  double s[4] = { 0 };
  int64_t i = 0;
  for (; i + 4 <= n; i += 4)
    for (int k = 0; k < 4; k++)
      s[k] += (double)g[i + k] * (double)g[i + k];
  for (; i < n; i++)
    s[0] += (double)g[i] * (double)g[i];
  return (s[0] + s[1]) + (s[2] + s[3]);
}

TT(speed, squares_in_several_sums)
{
  const Tensor *x = tt_rand(TT_SHAPE(100000), NULL);
  int64_t n = tt_numel(x);
  const Real *g = x->data;
  for (int64_t k = 0; k < 99; k++)
    tt_expect_close(fast_squares(k, g), slow_squares(k, g), 1e-12, 0);
  Real *h = tt_ones(TT_SHAPE(100))->data;
  h[0] = h[99] = 1 << 27;           // large in front for either way
  tt_expect(fast_squares(100, h) > slow_squares(100, h),
            "each addition still waits for the one before");
  volatile double slow = 0, fast = 0;
  tt_race(2, slow = slow_squares(n, g), fast = fast_squares(n, g));
  tt_expect_close(fast, slow, 1e-12, 0);
}

static StateDict three_and_four(void)
{
  void *net = TT_SEQUENTIAL(tt_linear_new_no_bias(2, 1, NULL),
                            tt_linear_new_no_bias(1, 1, NULL));
  StateDict p = tt_module_parameters(net);
  (*p.entry[0].slot)->grad = tt_from(TT_SHAPE(1, 2), (Real[]){ 0, -4 });
  (*p.entry[1].slot)->grad = tt_from(TT_SHAPE(1, 1), (Real[]){ 3 });
  return p;
}

TT(training, a_long_gradient_is_shortened)
{
  StateDict p = three_and_four();
  tt_expect_close(tt_clip_grad_norm(p, 10), 5, 1e-12, 0);
  tt_expect_values((*p.entry[0].slot)->grad, 0, 0, -4);
  tt_expect_close(tt_clip_grad_norm(p, 1), 5, 1e-12, 0);
  tt_expect_values((*p.entry[0].slot)->grad, 1e-6, 0, -0.8);
  tt_expect_values((*p.entry[1].slot)->grad, 1e-6, 0.6);
  tt_expect_close(tt_clip_grad_norm(p, 1), 1, 1e-6, 0);
  tt_scale_grad(p, 1e-6);          // so short that the guard counts
  tt_clip_grad_norm(p, 5e-7);
  tt_expect_close(tt_peek((*p.entry[1].slot)->grad, 0), 1.5e-7, 1e-4,
                  0);
}

TT(training, what_is_not_finite_is_left_alone)
{
  StateDict p = three_and_four();
  tt_clip_grad_value(p, 3.5);
  tt_expect_values((*p.entry[0].slot)->grad, 0, 0, -3.5);
  tt_set_((*p.entry[1].slot)->grad, TT_INDEX(0, 0), INFINITY);
  tt_expect(isinf(tt_clip_grad_norm(p, 1)), "the norm is finite");
  tt_expect_values((*p.entry[0].slot)->grad, 0, 0, -3.5);
  tt_zero_grad(*p.entry[0].slot);
  tt_expect(isinf(tt_clip_grad_norm(p, 1)), "the norm is finite");
  tt_expect_fail(tt_clip_grad_norm(p, 0), "at most 0");
}

TT(training, the_checksum_is_the_published_one)
{
  static const struct { const char *text; uint64_t sum; } want[] = {
    { "a", 0xaf63dc4c8601ec8c }, { "foobar", 0x85944171f73967e8 },
    { "\xff", 0xaf64724c8602eb6e },   // a byte of 255 is no -1
  };
  for (int i = 0; i < 3; i++) {
    const char *t = want[i].text;
    uint64_t got = tt_checksum(TT_CHECKSUM, t, strlen(t));
    tt_expect(got == want[i].sum, "of %s it is %016jx, not %016jx",
              i < 2 ? t : "the byte 255", (uintmax_t)want[i].sum,
              (uintmax_t)got);
  }
}

static char order[8], failing;

static void note(char c)
{
  size_t n = strlen(order);
  if (n + 1 < sizeof order)
    order[n] = c;
}

int fsync(int fd)
{
  struct stat s;
  fstat(fd, &s);
  char what = S_ISDIR(s.st_mode) ? 'd' : 'f';
  note(what);
  errno = EIO;
  return what == failing ? -1 : (int)syscall(SYS_fsync, fd);
}

int close(int fd)
{
  int done = (int)syscall(SYS_close, fd);
  errno = failing == 'c' ? ENOSPC : errno;
  return failing == 'c' ? -1 : done;
}

int rename(const char *from, const char *to)
{
  note('r');
  return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

TT(training, a_file_is_replaced_in_the_right_order)
{
  StateDict none = {0};
  glob_t left;
  glob(beside("order.*"), 0, NULL, &left);   // of an earlier answer
  for (size_t i = 0; i < left.gl_pathc; i++)
    unlink(left.gl_pathv[i]);
  globfree(&left);
  tt_save_file(beside("order"), none, (Metadata){0});
  tt_expect_text(order, "frd");
  tt_expect(glob(beside("order.*"), 0, NULL, &left) == GLOB_NOMATCH,
            "the other file is still there");
  tt_load_file(beside("order"));
}

static void save_nothing(void *path)
{
  tt_save_file(path, (StateDict){0}, (Metadata){0});
}

TT(training, what_is_not_on_the_disk_gets_no_name)
{
  char *path = strdup(beside("unsynced"));
  int next = dup(1);
  close(next);
  TensorError e;
  failing = 'f';
  tt_expect(!tt_try(save_nothing, path, &e), "it was saved");
  tt_expect(strstr(e.message, "the file is as it was"), "%s",
            e.message);
  tt_expect_text(order, "f");
  int again = dup(1);
  close(again);
  tt_expect(again == next, "descriptor %d was not closed", next);
  failing = 'c';
  tt_expect_fail(save_nothing(path), "the file is as it was");
  failing = 'd';
  tt_expect_fail(save_nothing(path), "the new file is there");
  free(path);
}

TT(training, what_is_saved_comes_back)
{
  Tensor *x = tt_from(TT_SHAPE(2, 3), (Real[]){ 1, -0.0f, NAN, INFINITY,
                                                (Real)1e-40, 3 });
  Tensor *y = tt_from_int(TT_SHAPE(2), (int32_t[]){ INT32_MIN, 7 });
  Tensor *z = tt_to(tt_arange(0, 3, 1), TT_U8);
  Tensor *one = tt_ones(TT_SCALAR), *none = tt_zeros(TT_SHAPE(0, 4));
  Tensor *view = tt_transpose(x, 0, 1);
  StateDict sd = { 6, (StateEntry[]){ { "z \"\\\n", TT_BUFFER, &z },
    { "größe", TT_PARAM, &x }, { "y", TT_BUFFER, &y },
    { "", TT_PARAM, &one }, { "none", TT_BUFFER, &none },
    { "view", TT_BUFFER, &view } } };
  MetaPair pair[] = { { "who", "a \"b\" \t c" }, { "Ω", "∑" } };
  tt_save_file(beside("round-trip"), sd,
               (Metadata){ .n = 2, .pair = pair });
  Metadata m;
  StateDict back = tt_load_file_with(beside("round-trip"), &m);
  tt_expect_int(back.n, 6);
  tt_expect_text(tt_metadata_get(m, "who"), "a \"b\" \t c");
  tt_expect_text(tt_metadata_get(m, "Ω"), "∑");
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      if (strcmp(back.entry[i].name, sd.entry[j].name) == 0)
        tt_expect_tensor(*back.entry[i].slot, *sd.entry[j].slot, 0, 0);
}

static void write_header(const char *path, const char *header,
                         int64_t data)
{
  FILE *f = fopen(path, "wb");
  uint64_t n = strlen(header);
  fwrite(&n, 8, 1, f);
  fwrite(header, 1, n, f);
  for (int64_t i = 0; i < data; i++)
    fputc((int)i, f);
  fclose(f);
}

TT(training, a_file_by_another_hand)
{
  const char *path = beside("by-hand");
  write_header(path, "{\"b\":{\"shape\":[2],\"data_offsets\":[4,6],"
               "\"dtype\":\"U8\"} , \"\\u0061\\ud834\\udd1e\":\n"
               "{\"dtype\":\"I32\",\"shape\":[],"
               "\"data_offsets\":[0,4]},\"__metadata__\":{}}  ", 6);
  StateDict sd = tt_load_file(path);
  tt_expect_int(sd.n, 2);
  tt_expect_text(sd.entry[0].name, "a\xf0\x9d\x84\x9e");
  tt_expect_values(*sd.entry[0].slot, 0, 0x03020100);
  tt_expect_values(*sd.entry[1].slot, 0, 4, 5);
}

#define ENTRY(shape, offsets) \
  "{\"a\":{\"dtype\":\"U8\",\"shape\":" shape \
  ",\"data_offsets\":" offsets "}}"

static void expect_refused(const char *header, const char *why)
{
  const char *path = beside("lies");
  write_header(path, header, 4);
  tt_expect_fail(tt_load_file(path), why);
}

TT(training, a_file_that_lies_is_refused)
{
  write_header(beside("truth"), ENTRY("[4]", "[0,4]"), 4);
  tt_load_file(beside("truth"));
  expect_refused(ENTRY("[4]", "[0,5]"), "as many bytes");
  expect_refused(ENTRY("[3]", "[0,3]"), "the file has 4");
  expect_refused(ENTRY("[3]", "[1,4]"), "should begin at 0");
  expect_refused(ENTRY("[-4]", "[0,4]"), "a number should come");
  expect_refused(ENTRY("[04]", "[0,4]"), "a number should come");
  expect_refused(ENTRY("[18446744073709551620]", "[0,4]"), "too large");
  expect_refused(ENTRY("[9223372036854775808]", "[0,4]"), "too large");
  expect_refused(ENTRY("[1152921504606846977]", "[0,4]"), "too large");
  expect_refused(ENTRY("[1152921504606846976]", "[0,4]"), "begin");
  expect_refused(ENTRY("[65536,65536,65536,65536]", "[0,0]"), "begin");
  expect_refused(ENTRY("[4,[4]]", "[0,4]"), "a number should come");
  expect_refused("[]", "must begin with {");
  expect_refused("{\"a\xff\":{}}", "not UTF-8");
  Tensor *dirt[8];                   // digits behind the end
  for (int i = 0; i < 8; i++)
    dirt[i] = tt_to(tt_full(TT_SHAPE(64), '9'), TT_U8);
  for (int i = 0; i < 8; i++)
    tt_release(dirt[i]);
  expect_refused("{\"a\":{\"data_offsets\":[0,4", "should come");
}

static double losses[200];
static MemoryStats memory[200];

static void note_step(Trainer *t)
{
  losses[t->at.step - 1] = t->step_loss;
  memory[t->at.step - 1] = tt_memory_stats();
}

static BatchSource *points(BatchOptions o)
{
  Generator g;
  tt_manual_seed(&g, 7);
  Tensor *x = tt_randn(TT_SHAPE(50, 3), &g);
  Tensor *y = tt_mul(tt_slice(x, 1, 0, 1, 1), tt_slice(x, 1, 1, 2, 1));
  return tt_batches_new(x, y, o);
}

static Trainer small_run(uint64_t seed, double drop, Generator *g)
{
  tt_autograd_enable();
  tt_manual_seed(g, seed);
  void *net = TT_SEQUENTIAL(tt_linear_new(3, 8, g),
    tt_activation_new(tt_relu), tt_dropout_new(drop, g),
                            tt_linear_new(8, 1, g));
  AdamOptions o = { .lr = 0.02 };
  return (Trainer){ .model = net, .loss = tt_mse_loss, .epochs = 5,
    .opt = tt_adam_new(tt_module_parameters(net), o),
    .train = points((BatchOptions){ .size = 8 }), .quiet = true,
    .generator = g, .after_step = note_step };
}

TT(training, small_pieces_equal_one_batch)
{
  Generator g;
  Trainer one = small_run(1, 0, &g), four = small_run(1, 0, &g);
  one.train = points((BatchOptions){ .size = 16 });
  four.train = points((BatchOptions){ .size = 4 });
  four.accumulate = 4;
  tt_trainer_run(&one);
  tt_trainer_run(&four);
  tt_expect_int(one.at.step, 5 * 4);
  tt_expect_int(four.at.step, 5 * 4);
  for (int i = 0; i < one.state.n; i++)
    tt_expect_tensor(*four.state.entry[i].slot,
                     *one.state.entry[i].slot, 1e-5, 1e-6);
  Trainer none = small_run(1, 0, &g);
  Tensor *first = *tt_module_parameters(none.model).entry[0].slot;
  tt_expect(!tt_allclose(*one.state.entry[0].slot, first, 1e-3, 1e-3),
            "20 steps moved no weight: did the loss go back?");
}

static const double script[] = { 5, 3, 4, 3, 1, 1, 1, 1 };
static Trainer *played;
static double weight_after[9];

static Tensor *play(Tensor *y, Tensor *want)
{
  if (((Module *)played->model)->training)
    return tt_mse_loss(y, want);
  int64_t epoch = played->at.epoch;
  weight_after[epoch] = tt_peek(*played->state.entry[0].slot, 0);
  return tt_full(TT_SCALAR, (Real)script[epoch]);
}

TT(training, patience_ends_and_the_best_comes_back)
{
  Generator g;
  Trainer t = small_run(1, 0, &g);
  t.valid = points((BatchOptions){ .size = 50 });
  t.loss = play, t.patience = 2, t.epochs = 8;
  played = &t;
  tt_trainer_run(&t);
  tt_expect_int(t.at.epoch, 4);
  tt_expect_int(t.at.best_epoch, 2);
  tt_expect_close(t.at.best, 3, 0, 0);
  tt_expect(weight_after[1] != weight_after[3], "nothing was learned");
  tt_expect_close(tt_peek(*t.state.entry[0].slot, 0), weight_after[1],
                  0, 0);
}

TT(training, a_step_leaves_the_memory_as_it_was)
{
  Generator g;
  Trainer t = small_run(1, 0.1, &g);
  tt_trainer_run(&t);
  tt_expect_int(t.at.step, 35);
  for (int i = 8; i < 35; i++) {
    tt_expect_int(memory[i].mallocs, memory[7].mallocs);
    tt_expect_int(memory[i].live_bytes, memory[7].live_bytes);
    tt_expect_int(memory[i].tensors, memory[7].tensors);
  }
}

static Trainer long_run(uint64_t seed, Generator *g)
{
  Trainer t = small_run(seed, 0.1, g);
  static Schedule lr;
  lr = tt_schedule_cosine(0.02, 0.001, 56);
  t.schedule = &lr;
  t.train = points((BatchOptions){ .size = 8, .shuffle = true,
                                   .seed = seed });
  t.clip = 1;
  t.epochs = 8;
  t.every = 5;
  t.checkpoint = beside("small");
  return t;
}

static void stop_at_33(Trainer *t)
{
  note_step(t);
  if (t->at.step == 33)
    tt_fail(TT_EVALUE, "killed");
}

static void run(void *t) { tt_trainer_run(t); }

TT(training, a_run_goes_on_bit_by_bit)
{
  Generator g, h;
  Trainer whole = long_run(1, &g);
  tt_trainer_run(&whole);
  double want[200];
  memcpy(want, losses, sizeof want);
  Trainer part = long_run(1, &g);
  part.after_step = stop_at_33;
  tt_expect(!tt_try(run, &part, NULL), "it was not stopped");
  memset(losses, 0, sizeof losses);
  Trainer rest = long_run(2, &h);
  rest.resume = true;
  tt_trainer_run(&rest);
  tt_expect_int(rest.at.step, whole.at.step);
  for (int i = 30; i < whole.at.step; i++)
    tt_expect(losses[i] == want[i], "step %d: %a, not %a", i + 1,
              losses[i], want[i]);
}

static int64_t last_step;

static void save_and_stop(Trainer *t)
{
  note_step(t);
  if (t->at.step < last_step)
    return;
  tt_checkpoint_save(t->checkpoint, t);
  tt_fail(TT_EVALUE, "broken off");
}

// runs t up to that step and saves; returns the name of the file
static const char *break_off(Trainer *t, int64_t step)
{
  char name[32];
  snprintf(name, sizeof name, "broken.%d", (int)step);
  t->checkpoint = beside(name);
  last_step = step;
  t->after_step = save_and_stop;
  tt_expect(!tt_try(run, t, NULL), "it was not stopped");
  t->after_step = note_step;
  return t->checkpoint;
}

static void without_averages(const char *path, Trainer *t)
{
  tt_checkpoint_load(path, t);
  StateDict s = tt_optimizer_state_dict(t->opt);
  for (int i = 0; i < s.n; i++)
    if (strstr(s.entry[i].name, "exp_avg")) {
      Tensor *w = *s.entry[i].slot;
      memset(w->data, 0, (size_t)tt_numel(w) * sizeof(Real));
    }
}

static bool goes_on(void (*load)(const char *path, Trainer *t))
{
  Generator g;
  Trainer t[3];                      // whole, first half, second half
  double want[200];
  const char *file = NULL;
  for (int i = 0; i < 3; i++) {
    t[i] = long_run(i < 2 ? 1 : 2, &g);
    t[i].valid = points((BatchOptions){ .size = 50 });
    t[i].loss = play, t[i].patience = 2, played = &t[i];
    if (i == 1) {
      memcpy(want, losses, sizeof want);
      file = break_off(&t[i], 24);
      continue;
    }
    if (i == 2)
      load(file, &t[i]);
    t[i].checkpoint = NULL, t[i].every = 0;
    tt_trainer_run(&t[i]);
  }
  bool same = t[2].at.step == t[0].at.step
           && t[2].train_score.loss == t[0].train_score.loss;
  for (int64_t i = 24; i < t[0].at.step; i++)
    same = same && losses[i] == want[i];
  for (int i = 0; i < t[0].state.n; i++)
    same = same && tt_allclose(*t[2].state.entry[i].slot,
                               *t[0].state.entry[i].slot, 0, 0);
  return same;
}

TT(training, a_load_that_forgets_is_refused)
{
  tt_expect_accepts(goes_on(tt_checkpoint_load));
  tt_expect_refuses(goes_on(without_averages), "begins with empty"
                    " averages");
}

int mlp_main(int argc, char **argv);
#define main mlp_main
#include "../programs/07/mlp.c"
#undef main

TT(training, each_class_has_its_share)
{
  Digits all = { tt_arange(0, 30, 1), tt_empty(TT_I32, TT_SHAPE(30)) };
  for (int i = 0; i < 30; i++)
    tt_set_(all.y, TT_INDEX(i), i % 6 == 0 ? 0 : i % 6 < 3 ? 1 : 2);
  Digits rest, part;
  put_aside(all, 6, &rest, &part);
  tt_expect_shape(rest.x, TT_SHAPE(24));
  tt_expect_values(part.y, 0, 0, 1, 1, 2, 2, 2);
  double sum = tt_item(tt_sum(rest.x, 0, false))
             + tt_item(tt_sum(part.x, 0, false));
  tt_expect_close(sum, 29 * 30 / 2, 0, 0);     // each in one of them
}
