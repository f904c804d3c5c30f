// Made from chapters/08-data.nw by tools/tangle: edit there.
// Sets of examples, transforms, and loaders that make batches of them.
#include "tt/data.h"
#include "tt/operation.h"
#include "tt/storage.h"
#include "tt/todo.h"
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { MOST_WORKERS = 64, AHEAD = 4, LINE = 64 };  // of the cache
static void rest_all(void);
static const char guarded[] = "tt_dataset_block";

static void (*others)(Tensor *);   // who else listens

typedef struct Guard {
  void (*end)(void *block);
  _Alignas(16) char block[];
} Guard;
static void hear(Tensor *t)
{
  if (t && t->name == guarded) {
    Guard *g = t->data;
    rest_all();
    if (g->end)
      g->end(g->block);
  } else if (others) {
    others(t);
  }
}

static void listen(void)             // threads may begin at once
{
  static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&one);
  if (tt_forgetter != hear) {
    others = tt_forgetter;
    tt_forgetter = hear;
  }
  pthread_mutex_unlock(&one);
}

void *tt_dataset_block(size_t bytes, void (*end)(void *block))
{
  listen();
  int64_t size = (int64_t)(sizeof(Guard) + bytes);
  Tensor *t = tt_empty(TT_U8, TT_SHAPE(size));
  memset(t->data, 0, (size_t)size);
  t->name = guarded;
  t->requires_grad = true;         // so the hook is called
  Guard *g = t->data;
  g->end = end;
  return g->block;
}

static int64_t count(Shape s)
{
  int64_t n = 1;
  for (int k = 0; k < s.rank; k++)
    n *= s.dim[k];
  return n;
}

static void check_number(const char *function, const Dataset *d,
                         int64_t i)
{
  if (i < 0 || i >= d->length)
    tt_fail(TT_EINDEX, "%s: example %lld of %lld; they count from 0",
            function, (long long)i, (long long)d->length);
}

Batch tt_dataset_get(const Dataset *d, int64_t i, uint64_t seed)
{
  check_number("tt_dataset_get", d, i);
  Batch b = { tt_empty(d->x_type, d->x), tt_empty(d->y_type, d->y) };
  d->get(d, (Example){ i, seed, b.x->data, b.y->data });
  return b;
}

typedef struct Held {              // numbers, whatever scope closes
  Storage    *storage;
  const char *data;
  size_t      bytes;               // of one example
} Held;

static Held hold(Tensor *t)
{
  TT_SCOPE;
  Tensor *c = tt_contiguous(t);
  c->storage->count++;
  int64_t n = t->shape[0] ? t->shape[0] : 1;
  return (Held){ c->storage, c->data,
                 (size_t)(tt_numel(c) / n) * tt_dtype_size(c->dtype) };
}

typedef struct TensorDataset {
  Dataset base;
  Held    x, y;
} TensorDataset;
static void tensor_get(const Dataset *d, Example e)
{
  const TensorDataset *t = (const TensorDataset *)d;
  size_t i = (size_t)e.i;
  if (e.x)
    memcpy(e.x, t->x.data + i * t->x.bytes, t->x.bytes);
  memcpy(e.y, t->y.data + i * t->y.bytes, t->y.bytes);
}

static const void *tensor_peek(const Dataset *d, int64_t i)
{
  const TensorDataset *t = (const TensorDataset *)d;
  return t->x.data + (size_t)i * t->x.bytes;
}

static void tensor_soon(const Dataset *d, int64_t i)
{
  const TensorDataset *t = (const TensorDataset *)d;
  const char *x = t->x.data + (size_t)i * t->x.bytes;
  for (size_t k = 0; k < t->x.bytes; k += LINE)
    __builtin_prefetch(x + k);
}

static void tensor_end(void *block)
{
  TensorDataset *t = block;
  tt_drop_storage(t->x.storage);
  tt_drop_storage(t->y.storage);
}

static Shape row_shape(const Tensor *t)
{
  Shape s = { .rank = t->rank - 1 };
  memcpy(s.dim, t->shape + 1, sizeof s.dim - sizeof *s.dim);
  return s;
}

Dataset *tt_tensor_dataset_new(Tensor *x, Tensor *y)
{
  if (x->rank == 0 || y->rank == 0 || x->shape[0] != y->shape[0])
    tt_fail(TT_ESHAPE, "tt_tensor_dataset_new: x is %s, y is %s; each"
            " must have as many rows as the other",
            TT_TEXT(tt_shape(x)), TT_TEXT(tt_shape(y)));
  TensorDataset *t = tt_dataset_block(sizeof *t, tensor_end);
  t->base = (Dataset){
    .length = x->shape[0], .get = tensor_get, .peek = tensor_peek,
    .soon = tensor_soon,
    .x = row_shape(x), .x_type = x->dtype,
    .y = row_shape(y), .y_type = y->dtype };
  t->x = hold(x);
  t->y = hold(y);
  return &t->base;
}

static void to_reals(Real *restrict y, const uint8_t *restrict x,
                     int64_t n, Real scale, Real shift)
{
  for (int64_t i = 0; i < n; i++)
    y[i] = (Real)x[i] * scale + shift;
}

typedef struct Transformed {
  Dataset        base;
  const Dataset *of;
  int64_t        n, numel;
  Shape          picture;          // (channels, height, width)
  int            steps;
  Transform      step[];
} Transformed;

static void normalize(const Transform *t, Shape s, Real *x,
                      Generator *g)
{
  (void)g;
  int64_t n = s.dim[1] * s.dim[2];
  for (int64_t c = 0; c < s.dim[0]; c++, x += n)
    for (int64_t i = 0; i < n; i++)
      x[i] = x[i] * t->scale[c] + t->shift[c];
}

static int read_bytes(const Transformed *t, Example e,
                      const uint8_t *x)
{
  const Transform *first = t->step;
  if (t->steps == 0 || first->apply != normalize) {
    to_reals(e.x, x, t->numel, 1 / (Real)255, 0);
    return 0;
  }
  int64_t n = t->numel / first->n;
  for (int64_t c = 0; c < first->n; c++)
    to_reals((Real *)e.x + c * n, x + c * n, n,
             first->scale[c] / 255, first->shift[c]);
  return 1;
}

static int read_source(const Transformed *t, Example e)
{
  const Dataset *of = t->of;
  if (of->x_type == TT_F32) {
    of->get(of, e);
    return 0;
  }
  Example y = e;
  y.x = NULL;
  if (of->peek) {
    of->get(of, y);
    return read_bytes(t, e, of->peek(of, e.i));
  }
  TT_SCOPE;
  y.x = tt_empty(of->x_type, of->x)->data;
  of->get(of, y);
  return read_bytes(t, e, y.x);
}

static void transformed_get(const Dataset *d, Example e)
{
  const Transformed *t = (const Transformed *)d;
  if (!e.x) {
    t->of->get(t->of, e);
    return;
  }
  int done = read_source(t, e);
  if (done == t->steps)
    return;
  Generator g;
  tt_manual_seed(&g, e.seed);
  for (int k = done; k < t->steps; k++)
    t->step[k].apply(&t->step[k], t->picture, e.x, &g);
}

static void transformed_soon(const Dataset *d, int64_t i)
{
  const Transformed *t = (const Transformed *)d;
  t->of->soon(t->of, i);
}

static Shape as_picture(const Dataset *d, int n, const Transform *t)
{
  Shape s = d->x;
  if (s.rank == 2)
    s = TT_SHAPE(1, s.dim[0], s.dim[1]);
  bool fits = s.rank == 3;
  for (int k = 0; k < n; k++)
    fits = fits && (t[k].apply != normalize || t[k].n == s.dim[0]);
  if ((n > 0 && !fits) || (d->x_type != TT_U8 && d->x_type != TT_F32))
    tt_fail(TT_ESHAPE, "tt_transformed_new: examples of %s, %s; a"
            " picture is (C,H,W) or (H,W), of u8 or f32, with a mean"
            " for each channel", tt_dtype_name(d->x_type),
            TT_TEXT(d->x));
  return s;
}

Dataset *tt_transformed_new(const Dataset *d, int n,
                            const Transform *t)
{
  Shape s = as_picture(d, n, t);
  Transformed *y = tt_dataset_block(sizeof *y
                           + (size_t)n * sizeof *t, NULL);
  *y = (Transformed){ .base = *d, .of = d, .steps = n, .picture = s,
                      .numel = count(d->x) };
  y->base.x_type = TT_F32;
  y->base.get = transformed_get;
  y->base.peek = NULL;
  y->base.soon = d->soon ? transformed_soon : NULL;
  if (n)
    memcpy(y->step, t, (size_t)n * sizeof *t);
  return &y->base;
}

static void move_row(Real *to, const Real *from, int64_t w,
                     int64_t right)
{
  int64_t left = right > 0 ? right : 0, cut = right < 0 ? -right : 0;
  int64_t n = w - left - cut;
  if (n <= 0) {
    memset(to, 0, (size_t)w * sizeof *to);
    return;
  }
  memmove(to + left, from + cut, (size_t)n * sizeof *to);
  memset(to, 0, (size_t)left * sizeof *to);
  memset(to + left + n, 0, (size_t)cut * sizeof *to);
}

static void move_plane(Real *x, int64_t h, int64_t w, int64_t down,
                       int64_t right)
{
  for (int64_t k = 0; k < h; k++) {
    int64_t to = down > 0 ? h - 1 - k : k, from = to - down;
    if (from >= 0 && from < h)
      move_row(x + to * w, x + from * w, w, right);
    else
      memset(x + to * w, 0, (size_t)w * sizeof *x);
  }
}

Transform tt_normalize(int channels, const Real *mean, const Real *std)
{
  if (channels < 1 || channels > 4)
    tt_fail(TT_EVALUE, "tt_normalize: %d channels; 1 to 4", channels);
  Transform t = { .apply = normalize, .n = channels };
  for (int c = 0; c < channels; c++) {
    if (!(std[c] > 0))
      tt_fail(TT_EVALUE, "tt_normalize: channel %d has std %g; it must"
              " be positive", c, (double)std[c]);
    t.scale[c] = 1 / std[c];
    t.shift[c] = -mean[c] / std[c];
  }
  return t;
}

static double uniform(Generator *g)            // in [0, 1)
{
  return (double)(tt_random(g) >> 11) * 0x1p-53;
}

static void flip(const Transform *t, Shape s, Real *x, Generator *g)
{
  int64_t rows = s.dim[0] * s.dim[1], width = s.dim[2];
  if (uniform(g) >= t->p)
    return;
  for (int64_t r = 0; r < rows; r++, x += width)
    for (int64_t i = 0, j = width - 1; i < j; i++, j--) {
      Real other = x[i];
      x[i] = x[j];
      x[j] = other;
    }
}

Transform tt_random_horizontal_flip(double p)
{
  if (!(p >= 0 && p <= 1))
    tt_fail(TT_EVALUE, "tt_random_horizontal_flip: probability %g;"
            " it must be from 0 to 1", p);
  return (Transform){ .apply = flip, .p = p };
}

static void crop(const Transform *t, Shape s, Real *x, Generator *g)
{
  uint64_t places = (uint64_t)(2 * t->n + 1);
  int64_t down = (int64_t)(tt_random(g) % places) - t->n;
  int64_t right = (int64_t)(tt_random(g) % places) - t->n;
  for (int64_t c = 0; c < s.dim[0]; c++)
    move_plane(x + c * s.dim[1] * s.dim[2], s.dim[1], s.dim[2], down,
               right);
}

Transform tt_random_crop(int64_t padding)
{
  if (padding < 0 || padding > 1 << 20)
    tt_fail(TT_EVALUE, "tt_random_crop: padding %lld; give 0 to 2^20",
            (long long)padding);
  return (Transform){ .apply = crop, .n = padding };
}

static void cut(const Transform *t, Shape s, Real *x, Generator *g)
{
  int64_t h = s.dim[1], w = s.dim[2], half = t->n / 2;
  int64_t top = (int64_t)(tt_random(g) % (uint64_t)h) - half;
  int64_t left = (int64_t)(tt_random(g) % (uint64_t)w) - half;
  for (int64_t c = 0; c < s.dim[0]; c++)
    for (int64_t i = top < 0 ? 0 : top; i < top + t->n && i < h; i++)
      for (int64_t j = left < 0 ? 0 : left; j < left + t->n && j < w;
           j++)
        x[(c * h + i) * w + j] = 0;
}

Transform tt_cutout(int64_t size)
{
  if (size < 1 || size > 1 << 20)
    tt_fail(TT_EVALUE, "tt_cutout: a square of %lld; give 1 to 2^20",
            (long long)size);
  return (Transform){ .apply = cut, .n = size };
}

typedef struct Slot {              // a batch in the making
  Tensor  x, y;                    // handles of no scope
  int64_t n;
  bool    ready, failed;
  int64_t at;                      // the example in the making
  TensorError error;
} Slot;
typedef struct DataLoader {
  BatchSource       base;
  const Dataset    *set;
  DataLoaderOptions o;
  Generator g, began;              // now; when the epoch began
  uint64_t  key;                   // of this epoch
  int64_t   length, start;         // examples of an epoch; taken before
  int64_t   given;                 // batches since
  int64_t   made, room;            // begun; may be begun
  int       slots;
  Slot     *slot;                  // of batch k: slot[k % slots]
  int32_t  *order;
  struct DataLoader *next;           // of this thread's loaders
  pthread_mutex_t lock;              // for made, room, slots, stop
  pthread_cond_t  wake, done;        // there is work; a batch is ready
  bool      stop;
  int       running;                 // threads
  pid_t     pid;                     // of the process that has them
  pthread_t thread[MOST_WORKERS];
} DataLoader;
static void end_workers(DataLoader *l)
{
  pthread_mutex_lock(&l->lock);
  l->stop = true;
  pthread_cond_broadcast(&l->wake);
  pthread_mutex_unlock(&l->lock);
  while (l->running > 0)
    pthread_join(l->thread[--l->running], NULL);
  l->stop = false;
}

static _Thread_local DataLoader *loaders;

static void begin_anew(DataLoader *l)  // from the first not given
{
  l->made = l->room = l->given;
  for (int i = 0; i < l->slots; i++)
    l->slot[i].ready = false;
}

static void make_locks(DataLoader *l)
{
  pthread_mutex_init(&l->lock, NULL);
  pthread_cond_init(&l->wake, NULL);
  pthread_cond_init(&l->done, NULL);
}

static void rest(DataLoader *l)
{
  if (l->running && l->pid != getpid()) {  // forked: they stayed there
    l->running = 0;
    make_locks(l);
    begin_anew(l);
    return;
  }
  if (l->running)
    end_workers(l);
}

static void rest_all(void)
{
  for (DataLoader *l = loaders; l; l = l->next)
    rest(l);
}

static uint64_t mix(uint64_t a, uint64_t b)    // two seeds into one
{
  uint64_t z = a + (b + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

static uint64_t seed_of(const DataLoader *l, int64_t at)
{
  uint64_t seed = mix(l->key, (uint64_t)l->order[at]);
  return l->o.sampler ? mix(seed, (uint64_t)at) : seed;
}

static void take_view(Tensor *t, const Tensor *view)
{
  if (view->storage != t->storage || view->dtype != t->dtype)
    tt_fail(TT_EVALUE, "collate: it gave %s of its own; change the"
            " batch it got, or give a view of it",
            TT_TEXT(tt_shape(view)));
  t->data = view->data;
  t->rank = view->rank;
  memcpy(t->shape, view->shape, sizeof t->shape);
  memcpy(t->stride, view->stride, sizeof t->stride);
}

static void shape_by_hand(const DataLoader *l, Slot *s, uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  Batch b = l->o.collate((Batch){ tt_alias(&s->x), tt_alias(&s->y) },
                         &g, l->o.arg);
  take_view(&s->x, b.x);
  take_view(&s->y, b.y);
}

static int64_t first_of(const DataLoader *l, int64_t k)
{
  return l->start + k * l->o.size;
}

typedef struct Job { const DataLoader *l; Slot *s; int64_t k; } Job;
static void collect(void *job)
{
  TT_SCOPE;
  Job j = *(Job *)job;
  const DataLoader *l = j.l;
  size_t x = (size_t)count(l->set->x) * tt_dtype_size(l->set->x_type);
  size_t y = (size_t)count(l->set->y) * tt_dtype_size(l->set->y_type);
  for (int64_t i = 0; i < j.s->n; i++) {
    int64_t at = first_of(l, j.k) + i;
    j.s->at = l->order[at];
    if (l->set->soon && i + AHEAD < j.s->n)
      l->set->soon(l->set, l->order[at + AHEAD]);
    l->set->get(l->set, (Example){ j.s->at, seed_of(l, at),
      (char *)j.s->x.data + (size_t)i * x,
      (char *)j.s->y.data + (size_t)i * y });
  }
  j.s->at = -1;
  if (l->o.collate)
    shape_by_hand(l, j.s, mix(l->key, (uint64_t)~j.k));
}

static void make(DataLoader *l, int64_t k)
{
  Slot *s = &l->slot[k % l->slots];
  s->failed = !tt_try(collect, &(Job){ l, s, k }, &s->error);
}

static void make_next(DataLoader *l)   // with the lock, as it comes
{
  int64_t k = l->made++;
  pthread_mutex_unlock(&l->lock);
  make(l, k);
  pthread_mutex_lock(&l->lock);
  l->slot[k % l->slots].ready = true;
  pthread_cond_signal(&l->done);
}

static void *work(void *loader)
{
  DataLoader *l = loader;
  pthread_mutex_lock(&l->lock);
  while (!l->stop)
    if (l->made == l->room)
      pthread_cond_wait(&l->wake, &l->lock);
    else
      make_next(l);
  pthread_mutex_unlock(&l->lock);
  tt_clear();                      // this thread's pool
  return NULL;
}

static void start(DataLoader *l)
{
  sigset_t all, old;
  sigfillset(&all);                // signals are for the caller
  pthread_sigmask(SIG_SETMASK, &all, &old);
  int bad = 0;
  l->pid = getpid();
  while (l->running < l->o.workers && !bad) {
    bad = pthread_create(&l->thread[l->running], NULL, work, l);
    l->running += !bad;
  }
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  if (!bad)
    return;
  int had = l->running;
  rest(l);
  tt_fail(TT_EMEM, "tt_data_loader_new: %d of %d workers started: %s;"
          " give fewer .workers", had, l->o.workers, strerror(bad));
}

static void wait_for(DataLoader *l, int64_t k, int64_t room)
{
  if (l->running && l->pid != getpid())
    rest(l);
  if (!l->running)
    start(l);
  pthread_mutex_lock(&l->lock);
  l->room = room;
  pthread_cond_broadcast(&l->wake);
  while (!l->slot[k % l->slots].ready)
    pthread_cond_wait(&l->done, &l->lock);
  pthread_mutex_unlock(&l->lock);
}

static Tensor batch_memory(DType d, Shape row, int64_t n)
{
  TT_SCOPE;
  Shape s = { .rank = row.rank + 1, .dim = { n } };
  memcpy(s.dim + 1, row.dim, sizeof s.dim - sizeof *s.dim);
  Tensor *t = tt_empty(d, s);
  t->storage->count++;             // for the copy
  return *t;
}

static void drop(Slot *s)
{
  tt_drop_storage(s->x.storage);
  tt_drop_storage(s->y.storage);
  *s = (Slot){0};
}

static void prepare(DataLoader *l, int64_t k)
{
  Slot *s = &l->slot[k % l->slots];
  if (s->y.storage)
    return;
  int64_t left = l->length - first_of(l, k);
  s->n = left < l->o.size ? left : l->o.size;
  s->x = batch_memory(l->set->x_type, l->set->x, s->n);
  s->y = batch_memory(l->set->y_type, l->set->y, s->n);
}

static void draw_order(DataLoader *l)
{
  TT_SCOPE;
  if (l->o.sampler)
    l->o.sampler->draw(l->o.sampler, l->order, &l->g);
  else if (l->o.shuffle)
    memcpy(l->order, tt_randperm(l->length, &l->g)->data,
           (size_t)l->length * sizeof *l->order);
  else
    for (int64_t i = 0; i < l->length; i++)
      l->order[i] = (int32_t)i;
}

static int64_t batches_left(const DataLoader *l)
{
  int64_t n = l->length - l->start, size = l->o.size;
  return l->o.drop_last ? n / size : (n + size - 1) / size;
}

static void begin_at(DataLoader *l, int64_t at)
{
  rest(l);
  for (int i = 0; i < l->slots; i++)
    drop(&l->slot[i]);
  l->began = l->g;
  l->start = at;
  l->given = l->made = l->room = 0;
  draw_order(l);
  l->key = tt_random(&l->g);
}

static void loader_reset(BatchSource *base)
{
  begin_at((DataLoader *)base, 0);
}

static Tensor *hand_over(Tensor *from)
{
  Tensor *t = tt_alias(from);
  tt_drop_storage(from->storage);
  from->storage = NULL;
  return t;
}

static _Noreturn void pass_on(DataLoader *l, Slot *s)
{
  rest(l);
  begin_anew(l);
  if (s->at < 0)
    tt_fail(s->error.code, "%s", s->error.message);
  tt_fail(s->error.code, "example %lld: %s", (long long)s->at,
          s->error.message);
}

static Batch loader_next(BatchSource *base)
{
  DataLoader *l = (DataLoader *)base;
  int64_t k = l->given, all = batches_left(l);
  if (k == all)
    return (Batch){0};
  listen();
  int64_t room = k + l->slots < all ? k + l->slots : all;
  for (int64_t i = k; i < room; i++)
    prepare(l, i);
  if (l->o.workers)
    wait_for(l, k, room);
  else
    make(l, k);
  Slot *s = &l->slot[k % l->slots];
  if (s->failed)
    pass_on(l, s);
  l->given++;
  s->ready = false;
  return (Batch){ hand_over(&s->x), hand_over(&s->y) };
}

static BatchSourceState loader_state(BatchSource *base)
{
  DataLoader *l = (DataLoader *)base;
  int64_t at = first_of(l, l->given);
  if (at > l->length)              // the last batch was short
    at = l->length;
  return (BatchSourceState){ l->began, at };
}

static void loader_restore(BatchSource *base, BatchSourceState to)
{
  DataLoader *l = (DataLoader *)base;
  if (to.at < 0 || to.at > l->length)
    tt_fail(TT_EVALUE, "tt_data_loader_new: %lld examples taken of"
            " %lld; this state is of another data set",
            (long long)to.at, (long long)l->length);
  l->g = to.shuffle;
  begin_at(l, to.at);
}

static void check_options(const Dataset *d, DataLoaderOptions o,
                          int64_t n)
{
  if (n < 1 || n > INT32_MAX || d->length > INT32_MAX)
    tt_fail(TT_EVALUE, "tt_data_loader_new: %lld examples of %lld;"
            " there must be from 1 to 2^31 - 1", (long long)n,
            (long long)d->length);
  if (o.size < 1 || (o.drop_last && o.size > n))
    tt_fail(TT_EVALUE, "tt_data_loader_new: batches of %lld from %lld"
            " examples%s; give .size from 1 to %lld", (long long)o.size,
            (long long)n, o.drop_last ? " with drop_last" : "",
            (long long)n);
  if (o.sampler && o.shuffle)
    tt_fail(TT_EVALUE, "tt_data_loader_new: .shuffle and a .sampler;"
            " the sampler decides the order, so leave out .shuffle");
  if (o.workers < 0 || o.workers > MOST_WORKERS || o.prefetch < 0)
    tt_fail(TT_EVALUE, "tt_data_loader_new: %d workers, %d batches"
            " ahead; give 0 to %d workers, and 0 or more batches",
            o.workers, o.prefetch, MOST_WORKERS);
}

static void loader_end(void *block)
{
  DataLoader *l = block, **p = &loaders;
  while (*p != l)
    p = &(*p)->next;
  *p = l->next;
  for (int i = 0; i < l->slots; i++)
    drop(&l->slot[i]);
  pthread_mutex_destroy(&l->lock);
  pthread_cond_destroy(&l->wake);
  pthread_cond_destroy(&l->done);
}

BatchSource *tt_data_loader_new(const Dataset *d, DataLoaderOptions o)
{
  int64_t n = o.sampler ? o.sampler->length : d->length;
  check_options(d, o, n);
  int slots = o.workers ? 1 + (o.prefetch ? o.prefetch : 2 * o.workers)
            : 1;
  DataLoader *l = tt_dataset_block(sizeof *l
    + (size_t)slots * sizeof(Slot) + (size_t)n * sizeof(int32_t),
    loader_end);
  *l = (DataLoader){
    .base = { loader_next, loader_reset, loader_state, loader_restore,
              0 },         // counted below
    .set = d, .o = o, .length = n, .slots = slots, .next = loaders };
  loaders = l;
  l->slot = (Slot *)(l + 1);
  l->order = (int32_t *)(l->slot + slots);
  make_locks(l);
  tt_manual_seed(&l->g, o.seed);
  begin_at(l, 0);
  l->base.batches = batches_left(l);
  return &l->base;
}

typedef struct Subset {
  Dataset        base;
  const Dataset *of;
  int32_t        index[];
} Subset;

static void subset_get(const Dataset *d, Example e)
{
  const Subset *s = (const Subset *)d;
  e.i = s->index[e.i];
  s->of->get(s->of, e);
}

static const void *subset_peek(const Dataset *d, int64_t i)
{
  const Subset *s = (const Subset *)d;
  return s->of->peek(s->of, s->index[i]);
}

static void subset_soon(const Dataset *d, int64_t i)
{
  const Subset *s = (const Subset *)d;
  s->of->soon(s->of, s->index[i]);
}

Dataset *tt_subset_new(const Dataset *d, const Tensor *index)
{
  if (index->dtype != TT_I32 || index->rank != 1)
    tt_fail(TT_ESHAPE, "tt_subset_new: an index of %s, %s; it must be"
            " i32 (n)", tt_dtype_name(index->dtype),
            TT_TEXT(tt_shape(index)));
  int64_t n = index->shape[0];
  Subset *s = tt_dataset_block(sizeof *s + (size_t)n * sizeof(int32_t),
                               NULL);
  s->base = *d;
  s->base.length = n;
  s->base.get = subset_get;
  s->base.peek = d->peek ? subset_peek : NULL;
  s->base.soon = d->soon ? subset_soon : NULL;
  s->of = d;
  const int32_t *from = index->data;
  for (int64_t k = 0; k < n; k++) {
    s->index[k] = from[k * index->stride[0]];
    check_number("tt_subset_new", d, s->index[k]);
  }
  return &s->base;
}

typedef struct Concat {
  Dataset base;
  int     n;
  const Dataset *of[];
} Concat;

static const Dataset *part_with(const Dataset *d, int64_t *i)
{
  const Concat *c = (const Concat *)d;
  int k = 0;
  while (*i >= c->of[k]->length)
    *i -= c->of[k++]->length;
  return c->of[k];
}

static void concat_get(const Dataset *d, Example e)
{
  const Dataset *of = part_with(d, &e.i);
  of->get(of, e);
}

static const void *concat_peek(const Dataset *d, int64_t i)
{
  const Dataset *of = part_with(d, &i);
  return of->peek(of, i);
}

static void concat_soon(const Dataset *d, int64_t i)
{
  const Dataset *of = part_with(d, &i);
  of->soon(of, i);
}

static bool same_kind(const Dataset *a, const Dataset *b)
{
  bool same = a->x_type == b->x_type && a->y_type == b->y_type
           && a->x.rank == b->x.rank && a->y.rank == b->y.rank;
  for (int k = 0; same && k < TT_MAX_RANK; k++)
    same = (k >= a->x.rank || a->x.dim[k] == b->x.dim[k])
        && (k >= a->y.rank || a->y.dim[k] == b->y.dim[k]);
  return same;
}

Dataset *tt_concat_new(int n, const Dataset *const d[])
{
  if (n < 1)
    tt_fail(TT_EVALUE, "tt_concat_new: %d sets; give one at least", n);
  for (int k = 0; k < n; k++)
    if (!d[k])
      tt_fail(TT_EVALUE, "tt_concat_new: set %d is NULL", k);
  Concat *c = tt_dataset_block(sizeof *c + (size_t)n * sizeof *d, NULL);
  c->base = *d[0];
  c->n = n;
  c->base.length = 0;
  c->base.get = concat_get;
  for (int k = 0; k < n; k++) {
    if (!same_kind(d[0], d[k]))
      tt_fail(TT_ESHAPE, "tt_concat_new: set %d has examples of %s %s,"
              " set 0 of %s %s, or other y; all must be alike", k,
              tt_dtype_name(d[k]->x_type), TT_TEXT(d[k]->x),
              tt_dtype_name(d[0]->x_type), TT_TEXT(d[0]->x));
    c->of[k] = d[k];
    c->base.length += d[k]->length;
    c->base.peek = c->base.peek && d[k]->peek ? concat_peek : NULL;
    c->base.soon = c->base.soon && d[k]->soon ? concat_soon : NULL;
  }
  return &c->base;
}

typedef struct OneHot { Dataset base; const Dataset *of; } OneHot;

static void one_hot_get(const Dataset *d, Example e)
{
  const OneHot *h = (const OneHot *)d;
  Real *row = e.y;
  int32_t label = 0;
  e.y = &label;
  h->of->get(h->of, e);
  if (label < 0 || label >= d->y.dim[0])
    tt_fail(TT_EINDEX, "tt_one_hot_new: label %d of %lld classes",
            label, (long long)d->y.dim[0]);
  memset(row, 0, (size_t)d->y.dim[0] * sizeof *row);
  row[label] = 1;
}

static const void *one_hot_peek(const Dataset *d, int64_t i)
{
  const OneHot *h = (const OneHot *)d;
  return h->of->peek(h->of, i);
}

static void one_hot_soon(const Dataset *d, int64_t i)
{
  const OneHot *h = (const OneHot *)d;
  h->of->soon(h->of, i);
}

static void need_labels(const char *function, const Dataset *d)
{
  if (d->y_type != TT_I32 || count(d->y) != 1)
    tt_fail(TT_ESHAPE, "%s: y is %s %s; it must be one i32, a label",
            function, tt_dtype_name(d->y_type), TT_TEXT(d->y));
}

Dataset *tt_one_hot_new(const Dataset *d, int64_t classes)
{
  need_labels("tt_one_hot_new", d);
  if (classes < 1 || classes > INT32_MAX)
    tt_fail(TT_EVALUE, "tt_one_hot_new: %lld classes; give 1 or more",
            (long long)classes);
  OneHot *h = tt_dataset_block(sizeof *h, NULL);
  *h = (OneHot){ *d, d };
  h->base.y = TT_SHAPE(classes);
  h->base.y_type = TT_F32;
  h->base.get = one_hot_get;
  h->base.peek = d->peek ? one_hot_peek : NULL;
  h->base.soon = d->soon ? one_hot_soon : NULL;
  return &h->base;
}

static int32_t *labels_of(const Dataset *d, int32_t *classes)
{
  int32_t *y = tt_empty(TT_I32, TT_SHAPE(d->length))->data;
  *classes = 0;
  for (int64_t i = 0; i < d->length; i++) {
    d->get(d, (Example){ .i = i, .y = &y[i] });
    if (y[i] < 0 || y[i] > 1 << 20)
      tt_fail(TT_EINDEX, "tt_stratified_split: example %lld has the"
              " label %d; it must be 0 to 2^20", (long long)i, y[i]);
    if (y[i] >= *classes)
      *classes = y[i] + 1;
  }
  return y;
}

Split tt_stratified_split(const Dataset *d, double part, uint64_t seed)
{
  TT_SCOPE;
  need_labels("tt_stratified_split", d);
  if (!(part >= 0 && part <= 1) || d->length > INT32_MAX)
    tt_fail(TT_EVALUE, "tt_stratified_split: %g of %lld examples; a"
            " part is from 0 to 1, of at most 2^31 - 1", part,
            (long long)d->length);
  int64_t n = d->length, first = 0;
  int32_t classes, *y = labels_of(d, &classes);
  Generator g;
  tt_manual_seed(&g, seed);
  const int32_t *order = tt_randperm(n, &g)->data;
  int64_t *left = tt_empty(TT_U8, TT_SHAPE(classes * 8 + 1))->data;
  memset(left, 0, (size_t)classes * sizeof *left);
  for (int64_t i = 0; i < n; i++)
    left[y[i]]++;
  for (int32_t c = 0; c < classes; c++)
    first += left[c] = (int64_t)(part * (double)left[c] + 0.5);
  Split s = { tt_empty(TT_I32, TT_SHAPE(first)),
              tt_empty(TT_I32, TT_SHAPE(n - first)) };
  int32_t *a = s.first->data, *b = s.second->data;
  for (int64_t i = 0; i < n; i++)
    *(left[y[order[i]]]-- > 0 ? a++ : b++) = order[i];
  tt_keep(s.first);
  tt_keep(s.second);
  return s;
}

typedef struct WeightedSampler {
  Sampler base;
  int64_t n;                       // of the set
  double  sum[];                   // of the weights up to each
} WeightedSampler;
static int64_t find_sum(const double *sum, int64_t n, double u)
{
  int64_t low = 0, high = n - 1;
  while (low < high) {
    int64_t middle = (low + high) / 2;
    if (sum[middle] > u)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static void weighted_draw(const Sampler *s, int32_t *order,
                          Generator *g)
{
  const WeightedSampler *w = (const WeightedSampler *)s;
  for (int64_t i = 0; i < s->length; i++)
    order[i] = (int32_t)find_sum(w->sum, w->n,
                                 uniform(g) * w->sum[w->n - 1]);
}

Sampler *tt_weighted_sampler_new(const Tensor *weight, int64_t n)
{
  int64_t all = weight->rank == 1 ? weight->shape[0] : 0;
  if (weight->dtype != TT_F32 || all == 0 || all > INT32_MAX || n < 1)
    tt_fail(TT_ESHAPE, "tt_weighted_sampler_new: weights of %s %s for"
            " %lld examples; give f32 (length of the set), and 1 or"
            " more", tt_dtype_name(weight->dtype),
            TT_TEXT(tt_shape(weight)), (long long)n);
  int64_t bytes = all * (int64_t)sizeof(double);
  WeightedSampler *w = tt_empty(TT_U8, TT_SHAPE(
                         (int64_t)sizeof *w + bytes))->data;
  *w = (WeightedSampler){ { n, weighted_draw }, all };
  double sum = 0;
  for (int64_t i = 0; i < all; i++) {
    double v = tt_load(TT_F32, weight->data, i * weight->stride[0]);
    if (!(v >= 0 && isfinite(v)))
      tt_fail(TT_EVALUE, "tt_weighted_sampler_new: weight %lld is %g;"
              " give 0 or more", (long long)i, v);
    w->sum[i] = sum += v;
    if (v > 0)
      w->n = i + 1;                // those behind it are never drawn
  }
  if (!(sum > 0))
    tt_fail(TT_EVALUE, "tt_weighted_sampler_new: all %lld weights are"
            " 0; nothing can be drawn", (long long)all);
  return &w->base;
}

static double beta(Generator *g, double alpha)   // of (alpha, alpha)
{
  for (;;) {
    double u = pow(uniform(g), 1 / alpha);
    double v = pow(uniform(g), 1 / alpha);
    if (u + v <= 1 && u + v > 0)
      return u / (u + v);
  }
}

static void mix_rows(Tensor *t, Real a)
{
  int64_t n = t->shape[0], row = n ? tt_numel(t) / n : 0;
  Real *x = t->data;
  for (int64_t i = 0, j = n - 1; i < j; i++, j--)
    for (int64_t k = 0; k < row; k++) {
      Real p = x[i * row + k], q = x[j * row + k];
      x[i * row + k] = a * p + (1 - a) * q;
      x[j * row + k] = a * q + (1 - a) * p;
    }
}

Batch tt_mixup(Batch b, Generator *g, void *alpha)
{
  double a = *(const double *)alpha;
  if (!b.x || !b.y)
    tt_fail(TT_EVALUE, "tt_mixup: a batch without x or without y");
  if (b.x->dtype != TT_F32 || b.y->dtype != TT_F32
      || !(a >= 0.01 && a <= 1))
    tt_fail(TT_EVALUE, "tt_mixup: x %s, y %s, alpha %g; both must be"
            " f32 (tt_one_hot_new), and alpha from 0.01 to 1",
            tt_dtype_name(b.x->dtype), tt_dtype_name(b.y->dtype), a);
  if (!tt_is_contiguous(b.x) || !tt_is_contiguous(b.y))
    tt_fail(TT_EVALUE, "tt_mixup: x or y is a view with gaps; it is"
            " blended in place, so give a tt_contiguous one");
  Real part = (Real)beta(g, a);
  mix_rows(b.x, part);
  mix_rows(b.y, part);
  return b;
}
