// Made from chapters/08-data.nw by tools/tangle: edit there.
// What loading costs: a timeline with and without workers, the page
// cache, read against mmap, workers, and the memory of the queue.
//   loadcost --timeline | --cache | --workers | --queue
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <tt/tt.h>

enum { IMAGES = 10000, RECORD = 3073, BATCH = 64 };
static char path[] = "build/loadcost-XXXXXX";

static void make_file(void)
{
  int fd = mkstemp(path);
  FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
  Generator g;
  tt_manual_seed(&g, 1);
  for (int i = 0; f && i < IMAGES * RECORD; i++)
    putc(i % RECORD == 0 ? i / RECORD % 10 : (int)(tt_random(&g) & 255),
         f);
  if (!f || fflush(f) || fsync(fd) || fclose(f))
    tt_fail(TT_EFILE, "%s: cannot be written", path);
}

static Dataset *file_set(void)
{
  const char *one = path;
  return tt_cifar_files_new(1, &one, 10);
}

static Dataset *augmented(const Dataset *d)
{
  const Real half[] = { 0.5f, 0.5f, 0.5f };
  Transform t[] = { tt_random_crop(4), tt_random_horizontal_flip(0.5),
                    tt_normalize(3, half, half) };
  return tt_transformed_new(d, 3, t);
}

typedef struct Timed {
  Dataset        base;
  const Dataset *of;
} Timed;

typedef struct Event {
  int    lane;                     // 0: the caller, 1, 2: workers
  const char *kind;
  double from, to;
} Event;
static Event event[4096];
static _Atomic int events, lanes;
static _Thread_local double reading, making, began;
static _Thread_local int lane;

static void note(int in, const char *kind, double from, double to)
{
  event[events++ % 4096] = (Event){ in, kind, from, to };
}

static void read_timed(const Dataset *d, Example e)
{
  double start = tt_machine_now();
  const Timed *t = (const Timed *)d;
  t->of->get(t->of, e);
  reading += tt_machine_now() - start;
}

static void make_timed(const Dataset *d, Example e)
{
  double start = tt_machine_now();
  if (began == 0)
    began = start;
  const Timed *t = (const Timed *)d;
  t->of->get(t->of, e);
  making += tt_machine_now() - start;
}

static Batch end_of_batch(Batch b, Generator *g, void *threads)
{
  (void)g;
  if (!lane)
    lane = *(int *)threads ? ++lanes : 0;
  note(lane, "read", began, began + reading);
  note(lane, "transform", began + reading, began + making);
  began = reading = making = 0;
  return b;
}

static Dataset *timed(const Dataset *d,
                      void (*get)(const Dataset *d, Example e))
{
  Timed *t = tt_dataset_block(sizeof *t, NULL);
  *t = (Timed){ .base = *d, .of = d };
  t->base.get = get;
  t->base.peek = NULL;
  t->base.soon = NULL;
  return &t->base;
}

static void *network(void)
{
  return TT_SEQUENTIAL(tt_flatten_new(), tt_linear_new(3072, 64, NULL),
                       tt_activation_new(tt_relu),
                       tt_linear_new(64, 10, NULL));
}

static void step(void *net, Optimizer *opt, Batch b)
{
  tt_optimizer_zero_grad(opt);
  tt_backward(tt_cross_entropy(tt_forward(net, b.x), b.y));
  tt_optimizer_step(opt);
}

static void forget(void)
{
  int fd = open(path, O_RDONLY);
  posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  close(fd);
}

static void print_run(int workers, double start, double ms_a_step,
                      double waited)
{
  printf("# timeline.wait_%d\t%.0f %%\n", workers, 100 * waited);
  printf("# timeline.ms_%d\t%.1f ms\n", workers, ms_a_step);
  for (int i = 0; i < events; i++)
    if (event[i].to - start < 0.12)
      printf("%d\t%d\t%s\t%.3f\t%.3f\n", workers, event[i].lane,
             event[i].kind, 1e3 * (event[i].from - start),
             1e3 * (event[i].to - start));
}

static double run(int workers, int64_t batches)
{
  TT_SCOPE;
  events = lanes = 0;
  void *net = network();
  Optimizer *opt = tt_sgd_new(tt_module_parameters(net),
                              (SgdOptions){ .lr = 0.01 });
  Dataset *d = timed(augmented(timed(file_set(), read_timed)),
                     make_timed);
  BatchSource *s = tt_data_loader_new(d, (DataLoaderOptions){
    .size = BATCH, .shuffle = true, .workers = workers, .prefetch = 4,
    .collate = end_of_batch, .arg = &workers });
  forget();
  double start = tt_machine_now(), waited = 0;
  for (int64_t k = 0; k < batches; k++) {
    TT_SCOPE;
    double asked = tt_machine_now();
    Batch b = tt_source_next(s);
    double got = tt_machine_now();
    step(net, opt, b);
    if (workers)
      note(0, "wait", asked, got);
    waited += got - asked;
    note(0, "step", got, tt_machine_now());
  }
  double all = tt_machine_now() - start;
  print_run(workers, start, 1e3 * all / (double)batches, waited / all);
  return all;
}

static void print_timeline(void)
{
  tt_autograd_enable();
  printf("workers\tlane\tkind\tfrom\tto\n");
  double alone = run(0, 150), together = run(1, 150);
  printf("# timeline.gain\t%.1f\n", alone / together);
}

static int64_t place(int i, bool shuffled)   // 7919 is prime
{
  return (int64_t)(shuffled ? (int64_t)i * 7919 % IMAGES : i) * RECORD;
}

static double by_read(int fd, bool shuffled)
{
  unsigned char record[RECORD];
  double start = tt_machine_now();
  unsigned sum = 0;
  for (int i = 0; i < IMAGES; i++)
    if (pread(fd, record, RECORD, place(i, shuffled)) == RECORD)
      for (int k = 0; k < RECORD; k += 64)
        sum += record[k];
  double seconds = tt_machine_now() - start;
  return sum ? seconds : 0;
}

static double by_map(int fd, bool shuffled)
{
  size_t bytes = (size_t)IMAGES * RECORD;
  double start = tt_machine_now();
  const unsigned char *p = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd,
                                0);
  if (p == MAP_FAILED)
    tt_fail(TT_EFILE, "%s: cannot be mapped", path);
  unsigned sum = 0;
  for (int i = 0; i < IMAGES; i++)
    for (int k = 0; k < RECORD; k += 64)
      sum += p[place(i, shuffled) + k];
  double seconds = tt_machine_now() - start;
  munmap((void *)(uintptr_t)p, bytes);
  return sum ? seconds : 0;
}

static void print_cache(void)
{
  int fd = open(path, O_RDONLY);
  printf("order\tcache\tread\tmmap\n");
  for (int shuffled = 0; shuffled < 2; shuffled++)
    for (int warm = 0; warm < 2; warm++) {
      double us[2];
      for (int m = 0; m < 2; m++) {
        double best = 1e9;
        for (int round = 0; round < (warm ? 5 : 3); round++) {
          if (!warm)
            forget();
          double t = (m ? by_map : by_read)(fd, shuffled);
          best = t < best ? t : best;
        }
        us[m] = best * 1e6 / IMAGES;
      }
      printf("%s\t%s\t%.3f\t%.3f\n", shuffled ? "shuffled" : "in order",
             warm ? "warm" : "cold", us[0], us[1]);
      printf("# cache.read_%d%d\t%.1f\n# cache.mmap_%d%d\t%.1f\n",
             shuffled, warm, us[0], shuffled, warm, us[1]);
    }
  close(fd);
}

static double images_a_second(const Dataset *d, int workers)
{
  TT_SCOPE;
  BatchSource *s = tt_data_loader_new(d, (DataLoaderOptions){
    .size = BATCH, .shuffle = true, .workers = workers });
  double best = 0;
  for (int round = 0; round < 5; round++, tt_source_reset(s)) {
    double start = tt_machine_now();
    for (bool more = true; more;) {
      TT_SCOPE;
      more = tt_source_next(s).x != NULL;
    }
    double rate = IMAGES / (tt_machine_now() - start);
    best = rate > best ? rate : best;
  }
  return best;
}

static void print_workers(void)
{
  const char *one = path;
  Batch all = tt_load_cifar(one, 10);
  Dataset *bytes = tt_tensor_dataset_new(all.x, all.y);
  Dataset *plain = tt_transformed_new(bytes, 0, NULL);
  Dataset *more = augmented(bytes);
  printf("workers\tplain\taugmented\n");
  for (int w = 0; w <= 6; w++) {
    double a = images_a_second(plain, w), b = images_a_second(more, w);
    printf("%d\t%.0f\t%.0f\n", w, a, b);
    if (w == 0)
      printf("# workers.plain_0\t%.2f\n", a / 1e6);
    if (w == 0 || w == 2)
      printf("# workers.augmented_%d\t%.2f\n", w, b / 1e6);
  }
}

static void print_queue(void)
{
  printf("ahead\tkib\n");
  for (int ahead = 1; ahead <= 16; ahead *= 2) {
    TT_SCOPE;
    int64_t before = tt_memory_stats().live_bytes;
    BatchSource *s = tt_data_loader_new(augmented(file_set()),
      (DataLoaderOptions){ .size = BATCH, .workers = 1,
                           .prefetch = ahead });
    tt_source_next(s);
    double kib = (double)(tt_memory_stats().live_bytes - before) / 1024;
    printf("%d\t%.0f\n", ahead, kib);
    if (ahead == 1 || ahead == 8)
      printf("# queue.mib_%d\t%.1f MiB\n", ahead, kib / 1024);
  }
}

int main(int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "--timeline";
  make_file();
  if (strcmp(what, "--cache") == 0)
    print_cache();
  else if (strcmp(what, "--workers") == 0)
    print_workers();
  else if (strcmp(what, "--queue") == 0)
    print_queue();
  else
    print_timeline();
  tt_clear();
  unlink(path);
}
