// Made from chapters/08-data.nw by tools/tangle: edit there.
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tt_test.h"

TT(data, rows_of_two_tensors)
{
  Tensor *x = tt_to(tt_arange(0, 12, 1), TT_U8);
  x = tt_reshape(x, TT_SHAPE(3, 4));
  Tensor *y = tt_from_int(TT_SHAPE(3), (int32_t[]){ 7, 8, 9 });
  Dataset *d = tt_tensor_dataset_new(x, y);
  tt_expect_int(d->length, 3);
  for (int i = 0; i < 3; i++) {
    Batch b = tt_dataset_get(d, i, 0);
    tt_expect_values(b.x, 0, 4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3);
    tt_expect_values(b.y, 0, 7 + i);
    int32_t label = 0;
    d->get(d, (Example){ .i = i, .y = &label });
    tt_expect_int(label, 7 + i);
  }
}

static void seed_get(const Dataset *d, Example e)
{
  (void)d;
  *(Real *)e.x = (Real)(e.seed >> 40);
  *(int32_t *)e.y = (int32_t)e.i;
}

static const Dataset seeds = { .length = 50, .get = seed_get,
                               .x_type = TT_F32, .y_type = TT_I32 };

static void add_seeds(BatchSource *s, double of[50])
{
  memset(of, 0, 50 * sizeof *of);
  for (Batch b; (b = tt_source_next(s)).x;)
    for (int64_t i = 0; i < b.x->shape[0]; i++)
      of[(int)tt_peek(b.y, i)] = tt_peek(b.x, i);
  tt_source_reset(s);
}

TT(data, seeds_depend_on_epoch_and_example)
{
  double a[50], b[50], c[50];
  DataLoaderOptions o = { .size = 8, .seed = 1 };
  BatchSource *s = tt_data_loader_new(&seeds, o);
  add_seeds(s, a);
  add_seeds(s, b);
  for (int i = 0; i < 50; i++) {
    tt_expect(a[i] != b[i], "example %d: the epochs agree", i);
    tt_expect(i == 0 || a[i] != a[i - 1], "examples %d, %d agree", i,
              i - 1);
  }
  o.shuffle = true;                // an epoch that is restored repeats
  s = tt_data_loader_new(&seeds, o);
  BatchSourceState same = s->state(s);
  add_seeds(s, a);
  s->restore(s, same);
  add_seeds(s, c);
  tt_expect(memcmp(a, c, sizeof a) == 0, "an epoch is not repeated");
}

static void only_3(const Sampler *s, int32_t *order, Generator *g)
{
  (void)g;
  for (int64_t i = 0; i < s->length; i++)
    order[i] = 3;
}

TT(data, an_example_drawn_twice_has_two_seeds)
{
  Sampler three = { 10, only_3 };
  BatchSource *s = tt_data_loader_new(&seeds, (DataLoaderOptions){
    .size = 10, .sampler = &three });
  Tensor *x = tt_source_next(s).x;
  for (int i = 1; i < 10; i++)
    tt_expect(tt_peek(x, i) != tt_peek(x, i - 1), "the same crop");
}

static Dataset *numbered(int64_t n)  // x (2): i, -i; y: i
{
  Tensor *i = tt_arange(0, (double)n, 1);
  return tt_tensor_dataset_new(
    tt_stack(2, (Tensor *[]){ i, tt_neg(i) }, 1), tt_to(i, TT_I32));
}

static void expect_batches(int64_t n, bool drop_last, int64_t want)
{
  BatchSource *s = tt_data_loader_new(numbered(n), (DataLoaderOptions){
    .size = 8, .drop_last = drop_last });
  tt_expect_int(s->batches, want);
  for (int64_t at = drop_last ? n - n % 8 : n; at <= n; at++) {
    BatchSourceState end = { .at = at };
    s->restore(s, end);
    tt_expect(!tt_source_next(s).x, "a batch after %lld of %lld",
              (long long)at, (long long)n);
  }
}

TT(data, an_epoch_has_so_many_batches)
{
  expect_batches(64, false, 8);
  expect_batches(64, true, 8);
  expect_batches(65, false, 9);
  expect_batches(65, true, 8);
  expect_batches(7, false, 1);
  expect_batches(15, true, 1);
}

static void count_epoch(BatchSource *s, int seen[65])
{
  int64_t batches = 0;
  for (Batch b; (b = tt_source_next(s)).x; batches++)
    for (int64_t i = 0; i < b.x->shape[0]; i++) {
      int at = (int)tt_peek(b.y, i);
      seen[at]++;
      tt_expect_close(tt_peek(b.x, 2 * i + 1), -at, 0, 0);
    }
  tt_expect_int(batches, s->batches);
}

TT(data, each_example_comes_once_an_epoch)
{
  DataLoaderOptions o = { .size = 8, .shuffle = true, .seed = 3 };
  BatchSource *s = tt_data_loader_new(numbered(65), o);
  for (int epoch = 1; epoch < 4; epoch++, tt_source_reset(s)) {
    int seen[65] = {0};
    count_epoch(s, seen);
    for (int i = 0; i < 65; i++)
      tt_expect_int(seen[i], 1);
  }
  o.drop_last = true;
  s = tt_data_loader_new(numbered(65), o);
  tt_expect_int(s->batches, 8);
  int seen[65] = {0};
  count_epoch(s, seen);
}

TT(data, an_epoch_goes_on_in_its_middle)
{
  DataLoaderOptions o = { .size = 8, .shuffle = true, .seed = 3 };
  BatchSource *a = tt_data_loader_new(numbered(65), o);
  BatchSource *b = tt_data_loader_new(numbered(65), o);
  for (int taken = 0; taken <= 9; taken++) {
    b->restore(b, a->state(a));
    int left = 0;
    while (tt_source_next(b).x)
      left++;
    tt_expect_int(left, 9 - taken);
    tt_source_next(a);
  }
}

static Dataset *one_picture(void)      // (2,2,3): 1 to 12
{
  Tensor *x = tt_reshape(tt_arange(1, 13, 1), TT_SHAPE(1, 2, 2, 3));
  return tt_tensor_dataset_new(x, tt_zeros(TT_SHAPE(1)));
}

TT(data, a_flip_is_a_mirror)
{
  Transform t = tt_random_horizontal_flip(1);
  Dataset *d = tt_transformed_new(one_picture(), 1, &t);
  tt_expect_values(tt_dataset_get(d, 0, 5).x, 0, 3, 2, 1, 6, 5, 4, 9, 8,
                   7, 12, 11, 10);
  t = tt_random_horizontal_flip(0.25);
  d = tt_transformed_new(one_picture(), 1, &t);
  int flipped = 0;
  for (uint64_t seed = 0; seed < 2000; seed++) {
    TT_SCOPE;
    Tensor *x = tt_dataset_get(d, 0, seed).x;
    tt_expect((tt_peek(x, 0) < 2) == (tt_peek(x, 11) > 11), "half");
    flipped += tt_peek(x, 0) > 2;
  }
  tt_expect(flipped > 420 && flipped < 580, "%d of 2000", flipped);
}

static double shifted(const Tensor *x, int64_t i, int down, int right)
{
  int64_t r = i / 3 % 2 - down, c = i % 3 - right;
  bool inside = r >= 0 && r < 2 && c >= 0 && c < 3;
  return inside ? tt_peek(x, i / 6 * 6 + r * 3 + c) : 0;
}

TT(data, a_crop_is_the_picture_shifted)
{
  Transform t = tt_random_crop(4);
  Dataset *d = tt_transformed_new(one_picture(), 1, &t);
  Tensor *x = tt_dataset_get(one_picture(), 0, 0).x;
  int places[81] = {0};
  for (uint64_t seed = 0; seed < 3000; seed++) {
    TT_SCOPE;
    Tensor *y = tt_dataset_get(d, 0, seed).x;
    int found = -1;
    for (int k = 0; k < 81 && found < 0; k++) {
      int64_t i = 0;
      while (i < 12 && tt_peek(y, i) == shifted(x, i, k / 9 - 4,
                                                k % 9 - 4))
        i++;
      found = i == 12 ? k : -1;
    }
    tt_expect(found >= 0, "seed %d: not the picture", (int)seed);
    places[found]++;
  }
  for (int k = 38; k <= 42; k++)   // sideways, within the rows
    tt_expect(places[k] > 10, "place %d: %d of 3000", k, places[k]);
}

static Tensor *idx_of(const void *bytes, size_t n)
{
  char path[100];
  snprintf(path, sizeof path, "/tmp/tt-idx-%d", (int)getpid());
  FILE *f = fopen(path, "wb");
  tt_expect(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0, "disk");
  Tensor *t = tt_load_idx(path);
  unlink(path);
  return t;
}

TT(data, idx_of_bytes)
{
  Tensor *t = idx_of("\0\0\x08\2\0\0\0\2\0\0\0\3abcdef", 18);
  tt_expect_shape(t, TT_SHAPE(2, 3));
  tt_expect_values(t, 0, 'a', 'b', 'c', 'd', 'e', 'f');
  t = idx_of("\0\0\x08\2\0\0\0\0\0\0\0\3", 12);
  tt_expect_shape(t, TT_SHAPE(0, 3));
  t = idx_of("\0\0\x0c\1\0\0\0\1\0\0\0\5", 12);
  tt_expect_values(t, 0, 5);
}

TT(data, idx_that_lies_about_its_size)
{
  tt_expect_fail(idx_of("\0\0\x08\1\0\0\0\3ab", 10),
                 "byte 4: dimension 0 is 3");
  tt_expect_fail(idx_of("\0\0\x08\2\0\0\0\2\0\0\0\3abcde", 17),
                 "byte 8: dimension 1 is 3");
  tt_expect_fail(idx_of("\0\0\x08\4\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0"
                        "abcdefgh", 28), "byte 4");
  tt_expect_fail(idx_of("\0\0\x08\3\0\0\0\1\xff\xff\xff\xff\xff\xff"
                        "\xff\xff" "ab", 18), "is 4294967295");
  tt_expect_fail(idx_of("\0\0\x08\1\0\0\0\1ab", 10),
                 "byte 8: expected 1 bytes of numbers, got 2");
}

static double sum_of_epoch(BatchSource *s)
{
  double sum = 0, weight = 1;
  for (;;) {
    TT_SCOPE;
    Batch b = tt_source_next(s);
    if (!b.x)
      return sum;
    for (int64_t i = 0; i < tt_numel(b.x); i++)
      sum += (weight *= 1.001) * tt_peek(b.x, i);
  }
}

static double in_a_child(const Dataset *d, int workers)
{
  double *sum = mmap(NULL, sizeof *sum, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (fork() == 0) {               // its threads end with it,
    prctl(PR_SET_PDEATHSIG, SIGKILL);        // and it with us
    *sum = sum_of_epoch(tt_data_loader_new(d, (DataLoaderOptions){
      .size = 7, .shuffle = true, .workers = workers }));
    _exit(0);
  }
  wait(NULL);
  double got = *sum;
  munmap(sum, sizeof *sum);
  return got;
}

TT(data, any_number_of_workers_makes_the_same_batches)
{
  Transform t[] = { tt_random_crop(1), tt_cutout(1) };
  Tensor *x = tt_rand(TT_SHAPE(60, 1, 3, 3), NULL);
  Dataset *d = tt_tensor_dataset_new(x, tt_zeros(TT_SHAPE(60)));
  d = tt_transformed_new(d, 2, t);
  double want = in_a_child(d, 0);
  tt_expect(want != 0, "no batches");
  for (int w = 1; w <= 4; w++)
    tt_expect_close(in_a_child(d, w), want, 0, 0);
}

static int threads(void)
{
  int n = 0;
  DIR *d = opendir("/proc/self/task");
  for (struct dirent *e; d && (e = readdir(d));)
    n += e->d_name[0] != '.';
  if (d)
    closedir(d);
  return n;
}

static _Atomic int inside;             // workers in slow_get

static void slow_get(const Dataset *d, Example e)
{
  inside++;
  usleep(300);
  seed_get(d, e);
  inside--;
}

static void leave_in_the_middle(void *set)
{
  TT_SCOPE;
  BatchSource *s = tt_data_loader_new(set, (DataLoaderOptions){
    .size = 7, .workers = 3 });
  tt_source_next(s);
  tt_fail(TT_EVALUE, "the loss is NaN");
}

TT(data, no_way_out_leaves_a_thread)
{
  Dataset slow = seeds;
  slow.get = slow_get;
  int before = threads();
  for (int i = 0; i < 100; i++) {
    TensorError e;
    tt_expect(!tt_try(leave_in_the_middle, &slow, &e), "no error");
    tt_expect_text(e.message, "the loss is NaN");
    tt_expect_int(inside, 0);      // nobody writes any more
  }
  for (int i = 0; i < 1000 && threads() > before; i++)
    usleep(1000);                  // joined ones may still be listed
  tt_expect_int(threads(), before);
}

TT(data, workers_that_sleep_are_woken)
{
  for (int i = 0; i < 5; i++) {
    TT_SCOPE;
    BatchSource *s = tt_data_loader_new(&seeds, (DataLoaderOptions){
      .size = 10, .workers = 3 });
    int64_t batches = 0;
    while (tt_source_next(s).x)
      batches++;
    tt_expect_int(batches, 5);
    usleep(10000);                 // so that they are asleep
  }
}

TT(data, a_million_weights_are_searched_by_halves)
{
  Sampler *s = tt_weighted_sampler_new(tt_ones(TT_SHAPE(1000000)),
                                       20000);
  int32_t *order = tt_empty(TT_I32, TT_SHAPE(20000))->data;
  s->draw(s, order, NULL);
  double sum = 0;
  for (int i = 0; i < 20000; i++)
    sum += order[i];
  tt_expect_close(sum / 20000, 500000, 0.02, 0);
}

static bool shuffles(const Sampler *s)
{
  Generator own, *g = &own;
  tt_manual_seed(g, 8);
  int32_t order[64];
  int32_t before[64] = {0};
  bool moved[64] = {0};
  for (int epoch = 0; epoch < 20; epoch++) {
    bool seen[64] = {0};
    s->draw(s, order, g);
    for (int64_t i = 0; i < s->length; i++) {
      if (order[i] < 0 || order[i] >= s->length || seen[order[i]])
        return false;
      seen[order[i]] = true;
      moved[i] = moved[i] || (epoch && order[i] != before[i]);
      before[i] = order[i];
    }
  }
  for (int64_t i = 0; i < s->length; i++)
    if (!moved[i])
      return false;
  return true;
}

static void hurried(const Sampler *s, int32_t *order, Generator *g)
{
  for (int64_t i = 0; i < s->length; i++)
    order[i] = (int32_t)(tt_random(g) % (uint64_t)s->length);
}

static void by_randperm(const Sampler *s, int32_t *order, Generator *g)
{
  TT_SCOPE;
  memcpy(order, tt_randperm(s->length, g)->data,
         (size_t)s->length * sizeof *order);
}

TT(data, a_wrong_sampler_is_refused)
{
  tt_expect_accepts(shuffles(&(Sampler){ 40, by_randperm }));
  tt_expect_refuses(shuffles(&(Sampler){ 40, hurried }),
                    "draws with replacement");
}

TT(data, examples_come_as_often_as_they_weigh)
{
  Tensor *w = tt_from(TT_SHAPE(6), (Real[]){ 0, 1, 0, 0, 3, 0 });
  Sampler *s = tt_weighted_sampler_new(w, 8000);
  int32_t *order = tt_empty(TT_I32, TT_SHAPE(8000))->data;
  s->draw(s, order, NULL);
  int seen[6] = {0};
  for (int i = 0; i < 8000; i++)
    seen[order[i]]++;
  tt_expect_int(seen[1] + seen[4], 8000);
  tt_expect(abs(seen[1] - 2000) < 250, "1 in 4 came %d times of 8000",
            seen[1]);
}

typedef struct Disk {                  // it takes its time
  const uint8_t *bytes;
  int64_t record, calls;
} Disk;

static void disk_read(Disk *d, int64_t first, int64_t n, uint8_t *to)
{
  for (volatile int wait = 0; wait < 300; wait++)
    continue;                          // the way into the kernel
  memcpy(to, d->bytes + first * d->record, (size_t)(n * d->record));
  d->calls++;
}

static void slow_fetch(Disk *d, int64_t n, const int32_t *index,
                       uint8_t *to)
{
  for (int64_t i = 0; i < n; i++)
    disk_read(d, index[i], 1, to + i * d->record);
}

static void fast_fetch(Disk *d, int64_t n, const int32_t *index,
                       uint8_t *to)
{
  for (int64_t i = 0, run; i < n; i += run) {
    for (run = 1; i + run < n && index[i + run] == index[i] + run; run++)
      continue;
    disk_read(d, index[i], run, to + i * d->record);
  }
}

TT(speed, runs_are_read_at_once)
{
  int32_t index[300];
  int n = 0;
  for (int i = 0; i < 400; i++)
    if (i % 4)
      index[n++] = i;                  // 1 2 3, 5 6 7, ...
  uint8_t *bytes = tt_empty(TT_U8, TT_SHAPE(400, 32))->data;
  for (int i = 0; i < 400 * 32; i++)
    bytes[i] = (uint8_t)(i * 7 / 3);
  uint8_t *a = tt_empty(TT_U8, TT_SHAPE(300, 32))->data;
  uint8_t *b = tt_full(TT_SHAPE(300, 32), 0)->data;
  Disk slow = { bytes, 32, 0 }, fast = { bytes, 32, 0 };
  slow_fetch(&slow, n, index, a);
  fast_fetch(&fast, n, index, b);
  tt_expect(memcmp(a, b, 300 * 32) == 0, "other records");
  tt_expect_int(fast.calls, 100);
  fast.calls = 0;
  fast_fetch(&fast, 0, index, b);
  tt_expect_int(fast.calls, 0);
  fast_fetch(&fast, 1, index, b);
  tt_expect_int(fast.calls, 1);
  tt_race(2, slow_fetch(&slow, n, index, a),
          fast_fetch(&fast, n, index, b));
}
