// Made from chapters/08-data.nw by tools/tangle: edit there.
// An epoch of a set, seen: its first pictures, classes, its mean, and
// the pictures that come twice.
//   lookatdata           the digits of build/data/digits.csv
//   lookatdata mnist|fashion-mnist|cifar10     from `make data`: the
//                            test part
//   lookatdata --mean [SET]  the mean of each class, for gnuplot
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>

enum { WIDTH = 72, CLASSES = 10 };
static Dataset *open_digits(void)
{
  Tensor *t = tt_load_csv("build/data/digits.csv",
                          (CsvOptions){0}).values;
  int64_t n = t->shape[0];
  Tensor *x = tt_mul_scalar(tt_slice(t, 1, 0, 64, 1), (Real)255 / 16);
  Tensor *y = tt_to(tt_select(t, 1, 64), TT_I32);
  x = tt_reshape(tt_to(x, TT_U8), TT_SHAPE(n, 8, 8));
  return tt_tensor_dataset_new(x, y);
}

static Dataset *open_idx(const char *name)
{
  char file[100], x[4096], y[4096];
  snprintf(file, sizeof file, "%s/t10k-images-idx3-ubyte", name);
  bool found = tt_data_find(file, x);
  snprintf(file, sizeof file, "%s/t10k-labels-idx1-ubyte", name);
  if (!found || !tt_data_find(file, y))
    return NULL;
  return tt_tensor_dataset_new(tt_load_idx(x),
                               tt_to(tt_load_idx(y), TT_I32));
}

static Dataset *open_set(const char *name)
{
  char path[4096];
  const char *file = path;
  if (strcmp(name, "digits") == 0)
    return open_digits();
  if (strcmp(name, "cifar10") != 0)
    return open_idx(name);
  return tt_data_find("cifar-10-batches-bin/test_batch.bin", path)
       ? tt_cifar_files_new(1, &file, 10) : NULL;
}

static double gray(const Tensor *x, int64_t i, int64_t r, int64_t c)
{
  int64_t w = x->shape[x->rank - 1], h = x->shape[x->rank - 2];
  int64_t channels = x->rank == 4 ? x->shape[1] : 1;
  const Real *p = (const Real *)x->data + i * channels * h * w;
  double sum = 0;
  for (int64_t k = 0; k < channels; k++)
    sum += (double)p[(k * h + r) * w + c];
  return sum / (double)channels;
}

static void print_rows(const Tensor *x, int64_t i, int64_t r)
{
  static const char *const half[] = { " ", "▄", "▀", "█" };
  int64_t w = x->shape[x->rank - 1], h = x->shape[x->rank - 2];
  double mean = 0;
  for (int64_t k = 0; k < h * w; k++)
    mean += gray(x, i, k / w, k % w) / (double)(h * w);
  for (int64_t c = 0; c < w; c++)
    printf("%s", half[2 * (gray(x, i, r, c) > mean)
                      + (gray(x, i, r + 1, c) > mean)]);
  printf("  ");
}

static void print_first(Dataset *d)
{
  TT_SCOPE;
  BatchSource *s = tt_data_loader_new(d, (DataLoaderOptions){
    .size = 64, .shuffle = true, .seed = 8 });
  Batch b = tt_source_next(s);
  int64_t w = b.x->shape[b.x->rank - 1], h = b.x->shape[b.x->rank - 2];
  for (int64_t r = 0; r < h; r += 2, printf("\n"))
    for (int64_t i = 0; i < WIDTH / (w + 2); i++)
      print_rows(b.x, i, r);
}

static void print_classes(Dataset *d)
{
  int64_t seen[CLASSES] = {0}, n = 0;
  double sum = 0, squares = 0;
  BatchSource *s = tt_data_loader_new(d, (DataLoaderOptions){
    .size = 64, .workers = 1 });
  for (;;) {
    TT_SCOPE;
    Batch b = tt_source_next(s);
    if (!b.x)
      break;
    for (int64_t i = 0; i < b.x->shape[0]; i++)
      seen[(int)tt_get(b.y, TT_INDEX(i)) % CLASSES]++;
    sum += tt_item(tt_sum(b.x, TT_ALL, false));
    squares += tt_item(tt_sum(tt_mul(b.x, b.x), TT_ALL, false));
    n += tt_numel(b.x);
  }
  for (int c = 0; c < CLASSES; c++)
    printf("class %d %5lld  %.*s\n", c, (long long)seen[c],
           (int)(seen[c] * 400 / d->length), "########################"
           "########################");
  double mean = sum / (double)n;
  printf("pixels: mean %.4f, standard deviation %.4f\n", mean,
         sqrt(squares / (double)n - mean * mean));
}

static void print_means(Dataset *d)
{
  int64_t h = d->x.dim[d->x.rank - 2], w = d->x.dim[d->x.rank - 1];
  Tensor *sum = tt_zeros(TT_SHAPE(CLASSES, h, w));
  double seen[CLASSES] = {0};
  Real *to = sum->data;
  for (int64_t i = 0; i < d->length; i++) {
    TT_SCOPE;
    Batch b = tt_dataset_get(d, i, 0);
    Tensor *x = tt_unsqueeze(b.x, 0);
    int y = (int)tt_item(b.y) % CLASSES;
    seen[y]++;
    for (int64_t k = 0; k < h * w; k++)
      to[y * h * w + k] += (Real)gray(x, 0, k / w, k % w);
  }
  printf("class\tcolumn\trow\tmean\n");
  for (int64_t k = 0; k < CLASSES * h * w; k++)
    printf("%lld\t%lld\t%lld\t%.3f\n", (long long)(k / (h * w)),
           (long long)(k % w), (long long)(k / w % h),
           (double)to[k] / seen[k / (h * w)]);
}

typedef struct Seen { uint64_t sum; int64_t i; int y; } Seen;

static int by_sum(const void *a, const void *b)
{
  const Seen *p = a, *q = b;
  return p->sum != q->sum ? (p->sum > q->sum ? 1 : -1)
       : (p->i > q->i) - (p->i < q->i);
}

static void print_twice(Dataset *d)
{
  Seen *seen = malloc((size_t)d->length * sizeof *seen);
  if (!seen)
    tt_fail(TT_EMEM, "no memory for %lld sums", (long long)d->length);
  for (int64_t i = 0; i < d->length; i++) {
    TT_SCOPE;
    Batch b = tt_dataset_get(d, i, 0);
    seen[i] = (Seen){ tt_checksum(TT_CHECKSUM, b.x->data,
      (size_t)tt_numel(b.x)), i, (int)tt_item(b.y) };
  }
  qsort(seen, (size_t)d->length, sizeof *seen, by_sum);
  int64_t twice = 0, quarrel = 0;
  for (int64_t k = 1; k < d->length; k++)
    if (seen[k].sum == seen[k - 1].sum) {
      twice++;
      quarrel += seen[k].y != seen[k - 1].y;
    }
  printf("pictures that were there before: %lld, with another label:"
         " %lld\n", (long long)twice, (long long)quarrel);
  free(seen);
}

int main(int argc, char **argv)
{
  bool mean = argc > 1 && strcmp(argv[1], "--mean") == 0;
  const char *name = argc > 1 + mean ? argv[1 + mean] : "digits";
  Dataset *d = open_set(name);
  if (!d) {
    printf("skipped: %s is not here; `make data` fetches it\n", name);
    return 0;
  }
  Dataset *x = tt_transformed_new(d, 0, NULL);
  if (mean) {
    print_means(x);
  } else {
    printf("%s: %lld examples of %s\n", name, (long long)d->length,
           TT_TEXT(d->x));
    print_first(x);
    print_classes(x);
    print_twice(d);
  }
  tt_clear();
}
