// Needs chapter 08: loaders and their threads. Runs under ThreadSanitizer
// too (see tt_plain.c).
#include "tt_test.h"
#include <dirent.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int threads(void) {
  int n = 0;
  DIR *d = opendir("/proc/self/task");
  for (struct dirent *e; d && (e = readdir(d));) n += e->d_name[0] != '.';
  if (d) closedir(d);
  return n;
}

// A thread that was joined may be listed for a moment longer.
static void expect_alone(int before) {
  for (int i = 0; i < 2000 && threads() > before; i++) usleep(1000);
  tt_expect_int(threads(), before);
}

static Dataset *pictures(int64_t n) {
  Generator g;
  tt_manual_seed(&g, 1);
  Tensor *x = tt_to(tt_randint(0, 256, TT_SHAPE(n, 3, 8, 6), &g), TT_U8);
  Tensor *y = tt_to(tt_arange(0, (double)n, 1), TT_I32);
  const Real mean[] = {.5f, .4f, .3f}, std[] = {.2f, .3f, .4f};
  Transform t[] = { tt_random_crop(2), tt_random_horizontal_flip(.5), tt_cutout(3),
                    tt_normalize(3, mean, std) };
  return tt_transformed_new(tt_tensor_dataset_new(x, y), 4, t);
}

static uint64_t sum_of(uint64_t h, Batch b) {
  h = tt_checksum(h, b.x->data, (size_t)tt_numel(b.x) * sizeof(Real));
  return tt_checksum(h, b.y->data, (size_t)tt_numel(b.y) * sizeof(int32_t));
}

static uint64_t rest_of_epoch(BatchSource *s, uint64_t h, int64_t most) {
  for (int64_t k = 0; k < most; k++) {
    TT_SCOPE;
    Batch b = tt_source_next(s);
    if (!b.x) break;
    h = sum_of(h, b);
  }
  return h;
}

static DataLoaderOptions with(int workers, int prefetch) {
  return (DataLoaderOptions){ .size = 7, .shuffle = true, .seed = 9,
                              .workers = workers, .prefetch = prefetch };
}

TT(loaders, the_same_bits_for_any_number_of_workers) {
  Dataset *d = pictures(100);
  uint64_t want[3] = {0};
  for (int epoch = 0; epoch < 3; epoch++) {
    for (int w = 0; w <= 4; w++)
      for (int prefetch = 0; prefetch < 8; prefetch += 3) {
        TT_SCOPE;
        BatchSource *s = tt_data_loader_new(d, with(w, prefetch));
        for (int e = 0; e < epoch; e++) {
          rest_of_epoch(s, 0, 1 + 5 * w);    // a loop left early, too
          tt_source_reset(s);
        }
        uint64_t h = rest_of_epoch(s, TT_CHECKSUM, 1000);
        if (w == 0 && prefetch == 0) want[epoch] = h;
        tt_expect(h == want[epoch], "epoch %d, %d workers, %d ahead: other bits",
                  epoch, w, prefetch);
      }
  }
  tt_expect(want[0] != want[1] && want[1] != want[2], "epochs repeat themselves");
}

// The augmentation changes from epoch to epoch also where the order does not.
TT(loaders, without_shuffling_epochs_differ_in_what_is_random) {
  BatchSource *s = tt_data_loader_new(pictures(20), (DataLoaderOptions){ .size = 5 });
  uint64_t first = rest_of_epoch(s, TT_CHECKSUM, 100);
  tt_source_reset(s);
  tt_expect(rest_of_epoch(s, TT_CHECKSUM, 100) != first, "the same pictures again");
}

TT(loaders, going_on_in_the_middle_of_an_epoch) {
  Dataset *d = pictures(100);
  for (int w = 0; w <= 2; w++)
    for (int64_t taken = 0; taken <= 15; taken++) {
      TT_SCOPE;
      BatchSource *a = tt_data_loader_new(d, with(w, 0));
      BatchSource *b = tt_data_loader_new(d, with(2 - w, 3));
      rest_of_epoch(a, 0, 100);
      tt_source_reset(a);
      rest_of_epoch(a, 0, taken);
      rest_of_epoch(b, 0, 3);
      b->restore(b, a->state(a));
      for (int epoch = 0; epoch < 2; epoch++) {
        tt_expect(rest_of_epoch(a, TT_CHECKSUM, 100)
                  == rest_of_epoch(b, TT_CHECKSUM, 100),
                  "%d workers, %lld batches, epoch %d", w, (long long)taken, epoch);
        tt_source_reset(a), tt_source_reset(b);
      }
    }
}

static void take_one(void *s) {
  tt_source_next(s);
}

// ---- leaving
TT(loaders, a_loop_left_early_leaves_no_thread) {
  Dataset *d = pictures(60);
  int before = threads();
  int rounds = 300;
  for (int i = 0; i < rounds; i++) {
    TT_SCOPE;
    BatchSource *s = tt_data_loader_new(d, with(1 + i % 4, i % 5));
    for (int k = 0; k < i % 6; k++) tt_source_next(s);
  }
  expect_alone(before);
}

static void lives_and_fails(void *d) {
  TT_SCOPE;
  BatchSource *s = tt_data_loader_new(d, with(3, 0));
  tt_source_next(s);
  tt_fail(TT_EVALUE, "as intended");
}

static void makes_it(void *p) {
  void **both = p;
  both[1] = tt_data_loader_new(both[0], with(2, 0));
  tt_source_next(both[1]);
}

TT(loaders, an_error_leaves_no_thread) {
  Dataset *d = pictures(60);
  int before = threads();
  for (int i = 0; i < 50; i++) {
    TensorError e;
    tt_expect(!tt_try(lives_and_fails, d, &e), "no error");
    tt_expect_text(e.message, "as intended");
  }
  expect_alone(before);
}

// tt_try hands out what was made, in another order: threads end first.
static void makes_all(void *p) {
  BatchSource **s = p;
  *s = tt_data_loader_new(pictures(60), with(4, 7));
  tt_source_next(*s);
}

TT(loaders, what_a_try_hands_out_ends_well) {
  int before = threads();
  for (int i = 0; i < 50; i++) {
    TT_SCOPE;
    void *both[2] = { pictures(60), NULL };
    BatchSource *s;
    tt_expect(tt_try(makes_it, both, NULL), "failed");
    tt_expect(tt_try(makes_all, &s, NULL), "failed");
    tt_source_next(s);
    tt_source_next(both[1]);
  }
  expect_alone(before);
}

TT(loaders, autograd_that_wakes_up_later_changes_nothing) {
  int before = threads();
  {
    TT_SCOPE;
    BatchSource *s = tt_data_loader_new(pictures(60), with(2, 0));
    tt_source_next(s);
    tt_autograd_enable();
    tt_source_next(s);
  }
  expect_alone(before);
}

// ---- errors
typedef struct Fussy { Dataset base; int64_t bad; } Fussy;

static void fussy_get(const Dataset *d, Example e) {
  if (e.i == ((const Fussy *)d)->bad) tt_fail(TT_EFORMAT, "no picture in it");
  *(Real *)e.x = *(Real *)e.y = (Real)e.i;
}

TT(loaders, an_error_of_a_worker_names_the_example) {
  int before = threads();
  for (int w = 0; w <= 3; w++) {
    Fussy f = { { .length = 40, .x_type = TT_F32, .y_type = TT_F32, .get = fussy_get },
                23 };
    TT_SCOPE;                      // after f: the workers end before it
    BatchSource *s = tt_data_loader_new(&f.base, (DataLoaderOptions){
      .size = 10, .workers = w });
    rest_of_epoch(s, 0, 2);
    for (int again = 0; again < 2; again++) {
      TensorError e = {0};
      tt_expect(!tt_try(take_one, s, &e),
                "%d workers: no error", w);
      tt_expect(strstr(e.message, "example 23: no picture in it") && e.code == TT_EFORMAT,
                "%d workers: '%s'", w, e.message);
      tt_expect_int(s->state(s).at, 20);
    }
    f.bad = -1;                    // mended: it goes on where it was
    Batch b = tt_source_next(s);
    tt_expect_close(tt_peek(b.x, 3), 23, 0, 0);
  }
  expect_alone(before);
}

// ---- a fork has no threads; its loader starts them again
TT(loaders, a_child_process_goes_on) {
  Dataset *d = pictures(100);
  BatchSource *s = tt_data_loader_new(d, with(2, 4));
  BatchSource *alone = tt_data_loader_new(d, with(0, 0));
  rest_of_epoch(s, 0, 3), rest_of_epoch(alone, 0, 3);
  uint64_t want = rest_of_epoch(alone, TT_CHECKSUM, 100);
#ifndef TT_PLAIN                   // a sanitizer of threads does not fork
  fflush(stdout);
  pid_t child = fork();
  if (child == 0)
    _exit(rest_of_epoch(s, TT_CHECKSUM, 100) == want ? 7 : 8);
  int status = 0;
  waitpid(child, &status, 0);
  tt_expect(WIFEXITED(status) && WEXITSTATUS(status) == 7, "the child: %d", status);
#endif
  tt_expect(rest_of_epoch(s, TT_CHECKSUM, 100) == want, "the parent");
}

// ---- memory: from the second epoch on nothing is asked of the system
TT(loaders, memory_is_used_again) {
  for (int w = 0; w <= 2; w++) {
    TT_SCOPE;
    BatchSource *s = tt_data_loader_new(pictures(70), with(w, 0));
    rest_of_epoch(s, 0, 100);
    int64_t mallocs = tt_memory_stats().mallocs, live = tt_memory_stats().live_bytes;
    for (int e = 0; e < 4; e++) {
      tt_source_reset(s);
      rest_of_epoch(s, 0, 100);
      tt_expect_int(tt_memory_stats().live_bytes, live);
    }
    tt_expect_int(tt_memory_stats().mallocs, mallocs);
  }
}

// Too little memory is an error, and after it the loader goes on.
TT(loaders, too_little_memory_loses_no_batch) {
  for (int w = 0; w <= 2; w += 2) {
    TT_SCOPE;
    Dataset *d = pictures(70);
    BatchSource *s = tt_data_loader_new(d, with(w, 0));
    BatchSource *t = tt_data_loader_new(d, with(0, 0));
    uint64_t want = rest_of_epoch(t, TT_CHECKSUM, 100), got = TT_CHECKSUM;
    tt_memory_limit(tt_memory_stats().live_bytes + 100);
    TensorError e = {0};
    tt_expect(!tt_try(take_one, s, &e), "enough");
    tt_expect_int(e.code, TT_EMEM);
    tt_memory_limit(0);
    tt_expect(rest_of_epoch(s, got, 100) == want, "%d workers: other batches", w);
  }
}

// A loader listens in front of the tape, and it is still known that there is one.
static void back_through_nothing(void *unused) {
  (void)unused;
  tt_backward(tt_neg(tt_ones(TT_SHAPE(1))));
}

TT(loaders, a_loader_does_not_hide_the_tape) {
  tt_autograd_enable();
  TT_SCOPE;
  tt_source_next(tt_data_loader_new(pictures(7), with(0, 0)));
  TensorError e = {0};
  tt_expect(!tt_try(back_through_nothing, NULL, &e), "no error");
  tt_expect(strstr(e.message, "does not depend on any tensor"), "%s", e.message);
}

// Nobody listens yet, and both threads find that out (ThreadSanitizer sees it);
// none may listen in front of itself, or the end of a loader has no end.
static void *make_and_leave(void *unused) {
  (void)unused;
  { TT_SCOPE; tt_source_next(tt_data_loader_new(pictures(7), with(1, 0))); }
  tt_clear();
  return NULL;
}

TT(loaders, threads_that_begin_to_listen_at_once) {
  int before = 0;                      // after the first: a sanitizer has a thread of its own
  for (int i = 0; i < 20; i++) {
    tt_autograd_enable();              // the tape listens, no loader
    pthread_t t[2];
    for (int k = 0; k < 2; k++) pthread_create(&t[k], NULL, make_and_leave, NULL);
    for (int k = 0; k < 2; k++) pthread_join(t[k], NULL);
    before = i ? before : threads();
  }
  expect_alone(before);
}
