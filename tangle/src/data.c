// Made from chapters/08-data.nw by tools/tangle: edit there.
// Sets of examples, transforms, and loaders that make batches of them.
#include "tt/data.h"
#include "tt/operation.h"
#include "tt/storage.h"
#include "tt/todo.h"
#include <string.h>

enum { MOST_WORKERS = 64 };
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

static void listen(void)
{
  if (tt_forgetter == hear)
    return;
  others = tt_forgetter;
  tt_forgetter = hear;
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
  if (e.x)
    memcpy(e.x, t->x.data + (size_t)e.i * t->x.bytes, t->x.bytes);
  memcpy(e.y, t->y.data + (size_t)e.i * t->y.bytes, t->y.bytes);
}

static const void *tensor_peek(const Dataset *d, int64_t i)
{
  const TensorDataset *t = (const TensorDataset *)d;
  return t->x.data + (size_t)i * t->x.bytes;
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
  if (uniform(g) >= t->p)
    return;
  int64_t rows = s.dim[0] * s.dim[1], width = s.dim[2];
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
} DataLoader;
static _Thread_local DataLoader *loaders;

static void rest(DataLoader *l)
{
  (void)l;
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
  l->made = l->given;              // next time again
  for (int i = 0; i < l->slots; i++)
    l->slot[i].ready = false;
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
              o.drop_last ? n / o.size : (n + o.size - 1) / o.size },
    .set = d, .o = o, .length = n, .slots = slots, .next = loaders };
  loaders = l;
  l->slot = (Slot *)(l + 1);
  l->order = (int32_t *)(l->slot + slots);
  tt_manual_seed(&l->g, o.seed);
  begin_at(l, 0);
  return &l->base;
}
