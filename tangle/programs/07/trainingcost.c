// Made from chapters/07-training.nw by tools/tangle: edit there.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tt/tt.h"

typedef struct Setup {
  void *net;
  Optimizer *opt;
  BatchSource *data;
} Setup;

static Setup setup(int64_t examples, int64_t batch, int64_t hidden)
{
  void *net = TT_SEQUENTIAL(tt_linear_new(784, hidden, NULL),
    tt_activation_new(tt_relu), tt_linear_new(hidden, 10, NULL));
  Tensor *x = tt_rand(TT_SHAPE(examples, 784), NULL);
  Tensor *y = tt_mul_scalar(tt_rand(TT_SHAPE(examples), NULL), 10);
  BatchOptions b = { .size = batch, .shuffle = true };
  AdamOptions o = { .lr = 1e-3 };
  return (Setup){ net, tt_adam_new(tt_module_parameters(net), o),
                  tt_batches_new(x, tt_to(y, TT_I32), b) };
}

enum { DATA, FORWARD, BACKWARD, STEP, PARTS, ROUNDS = 100 };

static void timed_step(Setup *s, double took[PARTS])
{
  TT_SCOPE;
  double at[PARTS + 1] = { tt_machine_now() };
  Batch b = tt_source_next(s->data);
  if (!b.x) {
    tt_source_reset(s->data);
    b = tt_source_next(s->data);
  }
  at[1] = tt_machine_now();
  Tensor *loss = tt_cross_entropy(tt_forward(s->net, b.x), b.y);
  at[2] = tt_machine_now();
  tt_optimizer_zero_grad(s->opt);
  tt_backward(loss);
  at[3] = tt_machine_now();
  tt_optimizer_step(s->opt);
  at[4] = tt_machine_now();
  for (int i = 0; i < PARTS; i++)
    took[i] = at[i + 1] - at[i];
}

static void print_times(void)
{
  double us[PARTS] = {0};
  printf("batch\tdata\tforward\tbackward\tstep\n");
  for (int64_t n = 1; n <= 1024; n *= 4) {
    TT_SCOPE;
    Setup s = setup(4096, n, 128);
    double took[PARTS], best[PARTS] = { 9, 9, 9, 9 };
    for (int r = 0; r < ROUNDS; r++) {
      timed_step(&s, took);
      for (int p = 0; p < PARTS; p++)
        best[p] = took[p] < best[p] ? took[p] : best[p];
    }
    printf("%lld", (long long)n);
    for (int p = 0; p < PARTS; p++)
      printf("\t%.3f", us[p] = best[p] * 1e6 / (double)n);
    printf("\n");
    double sum = us[DATA] + us[FORWARD] + us[BACKWARD] + us[STEP];
    if (n == 1 || n == 64)
      printf("# steptime.share_%lld\t%.0f %%\n"
             "# steptime.example_%lld\t%.1f µs\n", (long long)n,
             100 * us[STEP] / sum, (long long)n, sum);
    if (n == 64)
      printf("# steptime.ratio\t%.1f\n", us[BACKWARD] / us[FORWARD]);
  }
}

static int64_t base;
static bool watched;

static void moment(const char *name)
{
  MemoryStats m = tt_memory_stats();
  if (!watched)
    return;
  printf("%s\t%.1f\t%.1f\n", name,
         (double)(m.live_bytes - base) / 1024,
         (double)(m.peak_bytes - base) / 1024);
  tt_reset_peak_memory();
}

static void watched_step(Setup *s)
{
  TT_SCOPE;
  tt_optimizer_zero_grad(s->opt);
  moment("zero");
  Batch b = tt_source_next(s->data);
  moment("batch");
  Tensor *y = tt_forward(s->net, b.x);
  moment("forward");
  Tensor *loss = tt_cross_entropy(y, b.y);
  moment("loss");
  tt_backward(loss);
  moment("backward");
  tt_optimizer_step(s->opt);
  moment("step");
}

static void print_memory(void)
{
  Setup s = setup(4096, 512, 128);
  watched_step(&s);
  watched_step(&s);
  tt_optimizer_zero_grad(s.opt);
  MemoryStats before = tt_memory_stats();
  base = before.live_bytes;
  watched = true;
  printf("moment\tlive\tpeak\n");
  tt_reset_peak_memory();
  watched_step(&s);
  moment("end");
  tt_optimizer_zero_grad(s.opt);
  MemoryStats after = tt_memory_stats();
  printf("# trainingmemory.mallocs\t%lld\n",
         (long long)(after.mallocs - before.mallocs));
  printf("# trainingmemory.left\t%lld\n",
         (long long)(after.live_bytes - before.live_bytes));
}

static void measure_pieces(int64_t pieces)
{
  TT_SCOPE;
  Setup s = setup(4096, 2048 / pieces, 128);
  Trainer t = { .model = s.net, .opt = s.opt, .train = s.data,
                .loss = tt_cross_entropy, .accumulate = pieces,
                .epochs = 2, .quiet = true };
  tt_trainer_run(&t);
  int64_t before = tt_memory_stats().live_bytes;
  tt_reset_peak_memory();
  t.epochs = 5;
  double start = tt_machine_now();
  tt_trainer_run(&t);
  double ms = (tt_machine_now() - start) * 1e3 / 6;
  double kib = (double)(tt_memory_stats().peak_bytes - before) / 1024;
  printf("%lld\t%.0f\t%.2f\n", (long long)pieces, kib, ms);
  if (pieces == 1 || pieces == 32)
    printf("# pieces.kib_%lld\t%.1f MiB\n# pieces.ms_%lld\t%.0f ms\n",
           (long long)pieces, kib / 1024, (long long)pieces, ms);
}

static void print_pieces(void)
{
  printf("pieces\tkib\tms\n");
  for (int64_t n = 1; n <= 64; n *= 2)
    measure_pieces(n);
}

static void save(void *t)
{
  tt_checkpoint_save("build/cost.safetensors", t);
}

static void add_up(void *all)
{
  Tensor *t = all;
  volatile uint64_t h = tt_checksum(TT_CHECKSUM, t->data,
                                    (size_t)tt_numel(t));
  (void)h;
}

static void print_checkpoints(void)
{
  printf("kib\tsave_ms\tchecksum_ms\n");
  for (int64_t hidden = 8; hidden <= 2048; hidden *= 4) {
    TT_SCOPE;
    Setup s = setup(256, 64, hidden);
    Trainer t = { .model = s.net, .opt = s.opt, .train = s.data,
                  .loss = tt_cross_entropy, .epochs = 1,
                  .quiet = true };
    tt_trainer_run(&t);
    int64_t bytes = 12 * tt_module_count(s.net);
    double sum = tt_machine_time(add_up,
                                 tt_empty(TT_U8, TT_SHAPE(bytes)));
    double ms = tt_machine_time(save, &t) * 1e3;
    printf("%.1f\t%.3f\t%.3f\n", (double)bytes / 1024, ms, sum * 1e3);
    long long h = (long long)hidden;
    if (hidden == 8 || hidden == 2048)
      printf("# checkpoint.mib_%lld\t%.1f MiB\n"
             "# checkpoint.ms_%lld\t%.1f ms\n", h,
             (double)bytes / 1048576, h, ms);
    if (hidden == 2048)
      printf("# checkpoint.sum_2048\t%.1f ms\n", sum * 1e3);
  }
  unlink("build/cost.safetensors");
}

static void print_schedules(void)
{
  Schedule stairs = tt_schedule_step(0.1, 250, 0.5);
  Schedule cosine = tt_schedule_cosine(0.1, 0, 1000);
  Schedule fall = tt_schedule_cosine(0.1, 0, 900);
  Schedule slow = tt_schedule_step(0.1, 200, 0.3);
  Schedule level = tt_schedule_then(tt_schedule_constant(0.1), 300,
                                    slow);
  Schedule warm = tt_schedule_warmup(0.1, 0.01, 100);
  Schedule a = tt_schedule_then(warm, 100, fall);
  Schedule b = tt_schedule_then(warm, 100, level);
  printf("step\tstairs\tcosine\twarm_cosine\twarm_stairs\n");
  for (int64_t t = 0; t <= 1000; t += 5)
    printf("%lld\t%.5f\t%.5f\t%.5f\t%.5f\n", (long long)t,
           tt_schedule_lr(&stairs, t), tt_schedule_lr(&cosine, t),
           tt_schedule_lr(&a, t), tt_schedule_lr(&b, t));
}

int main(int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "--time";
  tt_autograd_enable();
  if (strcmp(what, "--time") == 0)
    print_times();
  else if (strcmp(what, "--memory") == 0)
    print_memory();
  else if (strcmp(what, "--pieces") == 0)
    print_pieces();
  else if (strcmp(what, "--checkpoint") == 0)
    print_checkpoints();
  else
    print_schedules();
  tt_clear();
}
