// Needs chapter 08: sets of examples and what is done with them on the
// way: parts, labels as rows, transforms, samplers, hand-made batches.
#include "tt_test.h"
#include <math.h>
#include <string.h>

static Dataset *counted(int64_t n, int64_t classes) {  // x: i; y: i % classes
  Tensor *x = tt_reshape(tt_arange(0, (double)n, 1), TT_SHAPE(n, 1));
  Tensor *y = tt_empty(TT_I32, TT_SHAPE(n));
  for (int64_t i = 0; i < n; i++) ((int32_t *)y->data)[i] = (int32_t)(i % classes);
  return tt_tensor_dataset_new(x, y);
}

static double x_of(const Dataset *d, int64_t i) {
  TT_SCOPE;
  return tt_peek(tt_dataset_get(d, i, 0).x, 0);
}

// ---- tensors
TT(datasets, rows_of_a_view) {
  Tensor *x = tt_transpose(tt_reshape(tt_arange(0, 12, 1), TT_SHAPE(3, 4)), 0, 1);
  Tensor *y = tt_slice(tt_to(tt_arange(0, 8, 1), TT_I32), 0, 0, 8, 2);
  Dataset *d = tt_tensor_dataset_new(x, y);
  tt_expect_int(d->length, 4);
  Batch b = tt_dataset_get(d, 1, 0);
  tt_expect_shape(b.x, TT_SHAPE(3));
  tt_expect_shape(b.y, TT_SCALAR);
  tt_expect_values(b.x, 0, 1, 5, 9);
  tt_expect_values(b.y, 0, 2);
  tt_expect_fail(tt_dataset_get(d, 4, 0), "example 4 of 4");
  tt_expect_fail(tt_dataset_get(d, -1, 0), "example -1 of 4");
  tt_expect_fail(tt_tensor_dataset_new(x, tt_zeros(TT_SHAPE(3))),
                 "as many rows as the other");
}

// What a set is made of may be released: it holds the numbers.
TT(datasets, a_set_keeps_its_numbers) {
  Tensor *x = tt_full(TT_SHAPE(4, 2), 7), *y = tt_zeros(TT_SHAPE(4));
  Dataset *d = tt_tensor_dataset_new(x, y);
  tt_release(x), tt_release(y);
  for (int i = 0; i < 9; i++) tt_full(TT_SHAPE(4, 2), 1);
  tt_expect_values(tt_dataset_get(d, 3, 0).x, 0, 7, 7);
}

TT(datasets, nothing_is_left) {
  int64_t live = tt_memory_stats().live_bytes;
  for (int i = 0; i < 3; i++) {
    TT_SCOPE;
    Dataset *d = counted(9, 3);
    Dataset *all = tt_concat_new(2, (const Dataset *[]){ d, d });
    BatchSource *s = tt_data_loader_new(tt_transformed_new(all, 0, NULL),
      (DataLoaderOptions){ .size = 4, .workers = i });
    tt_source_next(s);
  }
  tt_expect_int(tt_memory_stats().live_bytes, live);
}

// ---- parts
TT(datasets, parts_and_sums) {
  Dataset *d = counted(10, 3);
  Dataset *part = tt_subset_new(d, tt_from_int(TT_SHAPE(3), (int32_t[]){ 9, 0, 9 }));
  tt_expect_int(part->length, 3);
  tt_expect_close(x_of(part, 0), 9, 0, 0);
  tt_expect_close(x_of(part, 1), 0, 0, 0);
  Dataset *all = tt_concat_new(3, (const Dataset *[]){ part, d, part });
  tt_expect_int(all->length, 16);
  double want[] = { 9, 0, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 0, 9 };
  for (int i = 0; i < 16; i++) tt_expect_close(x_of(all, i), want[i], 0, 0);
  BatchSource *s = tt_data_loader_new(all, (DataLoaderOptions){ .size = 16 });
  Tensor *x = tt_source_next(s).x;
  for (int i = 0; i < 16; i++) tt_expect_close(tt_peek(x, i), want[i], 0, 0);
  tt_expect_fail(tt_subset_new(d, tt_from_int(TT_SHAPE(1), (int32_t[]){ 10 })), "example 10 of 10");
  tt_expect_fail(tt_subset_new(d, tt_arange(0, 2, 1)), "it must be i32 (n)");
  Dataset *other = tt_transformed_new(tt_one_hot_new(d, 3), 0, NULL);
  tt_expect_fail(tt_concat_new(2, (const Dataset *[]){ d, other }), "must be alike");
  tt_expect_fail(tt_concat_new(0, NULL), "0 sets");
}

TT(datasets, labels_as_rows) {
  Dataset *d = tt_one_hot_new(counted(10, 3), 3);
  tt_expect_values(tt_dataset_get(d, 5, 0).y, 0, 0, 0, 1);
  tt_expect_fail(tt_dataset_get(tt_one_hot_new(counted(10, 3), 2), 5, 0), "label 2 of 2 classes");
  tt_expect_fail(tt_one_hot_new(d, 3), "one i32, a label");
}

TT(datasets, each_class_is_split_alike) {
  Dataset *d = counted(103, 4);        // 26, 26, 26, 25
  Split s = tt_stratified_split(d, 0.25, 1);
  tt_expect_shape(s.first, TT_SHAPE(7 + 7 + 7 + 6));
  tt_expect_shape(s.second, TT_SHAPE(103 - 27));
  int seen[103] = {0}, first[4] = {0};
  for (int i = 0; i < 27; i++) seen[(int)tt_peek(s.first, i)]++, first[(int)tt_peek(s.first, i) % 4]++;
  for (int i = 0; i < 76; i++) seen[(int)tt_peek(s.second, i)]++;
  for (int i = 0; i < 103; i++) tt_expect_int(seen[i], 1);
  for (int c = 0; c < 4; c++) tt_expect_int(first[c], c < 3 ? 7 : 6);
  Split again = tt_stratified_split(d, 0.25, 1), other = tt_stratified_split(d, 0.25, 2);
  tt_expect_tensor(again.first, s.first, 0, 0);
  tt_expect(!tt_allclose(tt_to(other.first, TT_F32), tt_to(s.first, TT_F32), 0, 0), "one seed");
  tt_expect_shape(tt_stratified_split(d, 0, 1).first, TT_SHAPE(0));
  tt_expect_shape(tt_stratified_split(d, 1, 1).second, TT_SHAPE(0));
  tt_expect_fail(tt_stratified_split(d, 1.5, 1), "0 to 1");
}

// ---- samplers
TT(datasets, drawn_as_often_as_the_weights_say) {
  Dataset *d = counted(5, 5);
  Tensor *w = tt_from(TT_SHAPE(5), (Real[]){ 0, 1, 0, 3, 0 });
  Sampler *one = tt_weighted_sampler_new(w, 4000);
  BatchSource *s = tt_data_loader_new(d, (DataLoaderOptions){ .size = 4000, .sampler = one });
  Tensor *y = tt_source_next(s).y;
  int seen[5] = {0};
  for (int i = 0; i < 4000; i++) seen[(int)tt_peek(y, i)]++;
  tt_expect_int(seen[0] + seen[2] + seen[4], 0);
  tt_expect(abs(seen[1] - 1000) < 140, "1 of 4 came %d times of 4000", seen[1]);
  tt_expect_fail(tt_weighted_sampler_new(tt_zeros(TT_SHAPE(3)), 4), "all 3 weights are 0");
  tt_expect_fail(tt_weighted_sampler_new(tt_full(TT_SHAPE(3), -1), 4), "weight 0 is -1");
  tt_expect_fail(tt_weighted_sampler_new(tt_full(TT_SHAPE(3), NAN), 4), "weight 0 is nan");
  tt_expect_fail(tt_weighted_sampler_new(w, 0), "1 or more");
  tt_expect_fail(tt_data_loader_new(d, (DataLoaderOptions){ .size = 4, .shuffle = true,
                                                            .sampler = one }), "leave out .shuffle");
}

// An example that is drawn twice is not transformed twice in the same way.
TT(datasets, drawn_twice_is_not_the_same_picture) {
  Generator g;
  tt_manual_seed(&g, 1);
  Dataset *d = tt_tensor_dataset_new(tt_randn(TT_SHAPE(1, 9, 9), &g), tt_zeros(TT_SHAPE(1)));
  Transform crop = tt_random_crop(4);
  Sampler *one = tt_weighted_sampler_new(tt_ones(TT_SHAPE(1)), 8);
  BatchSource *s = tt_data_loader_new(tt_transformed_new(d, 1, &crop),
                                      (DataLoaderOptions){ .size = 8, .sampler = one });
  Tensor *x = tt_source_next(s).x;
  int same = 0;
  for (int i = 1; i < 8; i++)
    same += tt_allclose(tt_select(x, 0, i), tt_select(x, 0, 0), 0, 0);
  tt_expect(same < 7, "eight times the same");
}

// ---- a loader
TT(datasets, the_last_batch) {
  Dataset *d = counted(65, 5);
  BatchSource *s = tt_data_loader_new(d, (DataLoaderOptions){ .size = 64 });
  tt_expect_int(s->batches, 2);
  tt_expect_int(tt_source_next(s).x->shape[0], 64);
  tt_expect_int(tt_source_next(s).x->shape[0], 1);
  tt_expect(!tt_source_next(s).x && !tt_source_next(s).x, "no end");
  s = tt_data_loader_new(d, (DataLoaderOptions){ .size = 64, .drop_last = true });
  tt_expect_int(s->batches, 1);
  tt_source_next(s);
  tt_expect(!tt_source_next(s).x, "no end");
}

TT(datasets, options_that_are_wrong) {
  Dataset *d = counted(5, 5);
  tt_expect_fail(tt_data_loader_new(d, (DataLoaderOptions){0}), "give .size from 1 to 5");
  tt_expect_fail(tt_data_loader_new(d, (DataLoaderOptions){ .size = 6, .drop_last = true }),
                 "with drop_last");
  tt_expect_fail(tt_data_loader_new(d, (DataLoaderOptions){ .size = 1, .workers = -1 }), "-1 workers");
  tt_expect_fail(tt_data_loader_new(d, (DataLoaderOptions){ .size = 1, .workers = 65 }), "0 to 64");
  tt_expect_fail(tt_data_loader_new(tt_subset_new(d, tt_from_int(TT_SHAPE(0), NULL)),
                 (DataLoaderOptions){ .size = 1 }), "from 1 to 2^31 - 1");
  BatchSource *s = tt_data_loader_new(d, (DataLoaderOptions){ .size = 2 });
  BatchSourceState st = s->state(s);
  st.at = 6;
  tt_expect_fail(s->restore(s, st), "6 examples taken of 5");
  st.at = -1;
  tt_expect_fail(s->restore(s, st), "another data set");
}

// Nobody else's random numbers are used: a loop over another set in between
// changes neither the batches nor the next number of the thread.
static double three_epochs(int validations) {
  tt_manual_seed(tt_generator(NULL), 4);
  DataLoaderOptions o = { .size = 4, .shuffle = true, .seed = 2 };
  BatchSource *train = tt_data_loader_new(counted(20, 3), o);
  BatchSource *valid = tt_data_loader_new(counted(20, 3), o);
  double sum = 0, weight = 1;
  for (int e = 0; e < 3; e++, tt_source_reset(train)) {
    for (Batch b; (b = tt_source_next(train)).x; weight *= 1.1)
      sum += weight * tt_peek(b.x, 0);
    for (int v = 0; v < validations; v++, tt_source_reset(valid))
      while (tt_source_next(valid).x) continue;
  }
  return sum + (double)(tt_random(NULL) >> 40);
}

TT(datasets, validating_changes_no_order) {
  tt_expect_close(three_epochs(1), three_epochs(0), 0, 0);
  tt_expect_close(three_epochs(5), three_epochs(0), 0, 0);
}

// ---- batches by hand
static Batch shorter(Batch b, Generator *g, void *arg) {
  (void)g, (void)arg;
  return (Batch){ tt_slice(b.x, 1, 0, 2, 1), b.y };
}
static Batch of_its_own(Batch b, Generator *g, void *arg) {
  (void)g, (void)arg;
  return (Batch){ tt_clone(b.x), b.y };
}

TT(datasets, a_batch_is_cut_to_what_is_needed) {
  Tensor *x = tt_reshape(tt_arange(0, 20, 1), TT_SHAPE(5, 4));
  Dataset *d = tt_tensor_dataset_new(x, tt_zeros(TT_SHAPE(5)));
  for (int w = 0; w < 3; w++) {
    {
      TT_SCOPE;                      // no thread is left when a failure forks
      BatchSource *s = tt_data_loader_new(d, (DataLoaderOptions){ .size = 2, .workers = w,
                                                                  .collate = shorter });
      tt_expect_values(tt_source_next(s).x, 0, 0, 1, 4, 5);
      tt_expect_values(tt_source_next(s).x, 0, 8, 9, 12, 13);
      tt_expect_values(tt_source_next(s).x, 0, 16, 17);
    }
    BatchSource *s = tt_data_loader_new(d, (DataLoaderOptions){ .size = 2, .workers = w,
                                                                .collate = of_its_own });
    tt_expect_fail(tt_source_next(s), "collate: it gave");
  }
}

TT(datasets, mixed_up) {
  Dataset *d = tt_one_hot_new(counted(6, 2), 2);
  double alpha = 0.4;
  DataLoaderOptions o = { .size = 6, .collate = tt_mixup, .arg = &alpha };
  BatchSource *s = tt_data_loader_new(d, o);
  bool far = false;
  for (int e = 0; e < 20; e++, tt_source_reset(s)) {
    Batch b = tt_source_next(s);
    double a = 1 - tt_peek(b.x, 0) / 5;      // of 0 and 5
    far = far || (a > 0.1 && a < 0.9);
    for (int i = 0; i < 6; i++) {
      tt_expect_close(tt_peek(b.x, i), a * i + (1 - a) * (5 - i), 1e-5, 1e-5);
      tt_expect_close(tt_peek(b.y, 2 * i + i % 2), a, 1e-5, 1e-5);
      tt_expect_close(tt_peek(b.y, 2 * i) + tt_peek(b.y, 2 * i + 1), 1, 1e-6, 0);
    }
  }
  tt_expect(far, "nothing was mixed");
  for (alpha = 0; alpha < 3; alpha += 1.5)     // 1e-300 would search for ever
    tt_expect_fail(tt_source_next(tt_data_loader_new(d, o)), "alpha from 0.01");
  alpha = 1e-300;
  tt_expect_fail(tt_source_next(tt_data_loader_new(d, o)), "alpha from 0.01");
  alpha = 1;
  tt_expect_fail(tt_source_next(tt_data_loader_new(counted(6, 2), o)), "tt_one_hot_new");
  Tensor *x = tt_ones(TT_SHAPE(2, 4)), *gaps = tt_slice(x, 1, 0, 4, 2);
  tt_expect_fail(tt_mixup((Batch){ gaps, x }, NULL, &alpha), "tt_contiguous");
  tt_expect_fail(tt_mixup((Batch){ x, gaps }, NULL, &alpha), "tt_contiguous");
  o.workers = 2;                     // last: expecting a failure forks, and a
  BatchSource *two = tt_data_loader_new(d, o);   // sanitizer's locks do not
  s->restore(s, two->state(two));
  tt_expect_tensor(tt_source_next(two).x, tt_source_next(s).x, 0, 0);
}

// ---- transforms
static Dataset *bytes_set(int64_t c, int64_t h, int64_t w) {
  Tensor *x = tt_empty(TT_U8, TT_SHAPE(2, c, h, w));
  for (int64_t i = 0; i < tt_numel(x); i++) ((uint8_t *)x->data)[i] = (uint8_t)(i * 7);
  return tt_tensor_dataset_new(x, tt_zeros(TT_SHAPE(2)));
}

TT(datasets, bytes_become_numbers) {
  Dataset *d = bytes_set(3, 2, 5), *t = tt_transformed_new(d, 0, NULL);
  const Real mean[] = { .5f, .25f, 0 }, std[] = { .5f, 2, 1 };
  Transform n = tt_normalize(3, mean, std), two[] = { tt_random_crop(0), n };
  Tensor *a = tt_dataset_get(t, 1, 0).x;
  Tensor *b = tt_dataset_get(tt_transformed_new(d, 1, &n), 1, 0).x;
  Tensor *c = tt_dataset_get(tt_transformed_new(d, 2, two), 1, 0).x;
  for (int i = 0; i < 30; i++) {
    double v = (uint8_t)((30 + i) * 7) / 255.0;
    tt_expect_close(tt_peek(a, i), v, 1e-6, 0);
    double want = (v - (double)mean[i / 10]) / (double)std[i / 10];
    tt_expect_close(tt_peek(b, i), want, 1e-5, 1e-6);
    tt_expect_close(tt_peek(c, i), want, 1e-5, 1e-6);
  }
  tt_expect_fail(tt_transformed_new(bytes_set(2, 2, 2), 1, &n), "a mean for each channel");
  tt_expect_fail(tt_normalize(1, mean, (Real[]){ 0 }), "std 0");
  tt_expect_fail(tt_normalize(5, mean, std), "5 channels");
}

// Every place that a crop can give, from the definition: the picture inside
// a border of zeros.
static double padded(const Tensor *x, int64_t c, int64_t i, int64_t j) {
  int64_t h = x->shape[1], w = x->shape[2];
  return i < 0 || j < 0 || i >= h || j >= w ? 0 : tt_peek(x, (c * h + i) * w + j);
}

static int place_of(const Tensor *y, const Tensor *x, int pad) {
  for (int k = 0; k < (2 * pad + 1) * (2 * pad + 1); k++) {
    bool same = true;
    for (int64_t p = 0; same && p < tt_numel(x); p++) {
      int64_t w = x->shape[2], h = x->shape[1], c = p / (h * w), i = p / w % h, j = p % w;
      same = fabs(tt_peek(y, p) - padded(x, c, i + k / (2 * pad + 1) - pad,
                                         j + k % (2 * pad + 1) - pad)) < 1e-7;
    }
    if (same) return k;
  }
  return -1;
}

TT(datasets, a_crop_comes_from_everywhere) {
  for (int pad = 0; pad <= 2; pad++) {
    Generator g;
    tt_manual_seed(&g, 1);
    Dataset *d = tt_tensor_dataset_new(tt_rand(TT_SHAPE(1, 2, 3, 4), &g), tt_zeros(TT_SHAPE(1)));
    Transform t = tt_random_crop(pad);
    Dataset *y = tt_transformed_new(d, 1, &t);
    Tensor *x = tt_dataset_get(d, 0, 0).x;
    int seen[25] = {0}, places = (2 * pad + 1) * (2 * pad + 1);
    for (uint64_t s = 0; s < 1000; s++) {
      TT_SCOPE;
      int k = place_of(tt_dataset_get(y, 0, s).x, x, pad);
      tt_expect(k >= 0, "seed %d: not a part of the picture", (int)s);
      seen[k]++;
    }
    for (int k = 0; k < places; k++)
      tt_expect(seen[k] > 1000 / places / 2, "pad %d: place %d came %d times", pad, k, seen[k]);
  }
  tt_expect_fail(tt_random_crop(-1), "padding -1");
}

// Padding wider than the picture: nothing is read or written outside.
TT(datasets, a_crop_wider_than_the_picture) {
  Dataset *d = tt_tensor_dataset_new(tt_ones(TT_SHAPE(1, 1, 2, 3)), tt_zeros(TT_SHAPE(1)));
  Transform t = tt_random_crop(9);
  Dataset *y = tt_transformed_new(d, 1, &t);
  int empty = 0;
  for (uint64_t s = 0; s < 200; s++) {
    TT_SCOPE;
    Tensor *x = tt_dataset_get(y, 0, s).x;
    tt_expect(place_of(x, tt_dataset_get(d, 0, 0).x, 9) >= 0, "seed %d", (int)s);
    empty += tt_item(tt_sum(x, TT_ALL, false)) == 0;
  }
  tt_expect(empty > 100, "%d empty", empty);
}

TT(datasets, a_flip_is_a_mirror) {
  Dataset *d = tt_tensor_dataset_new(tt_reshape(tt_arange(0, 12, 1), TT_SHAPE(1, 2, 2, 3)),
                                     tt_zeros(TT_SHAPE(1)));
  Transform t = tt_random_horizontal_flip(1);
  tt_expect_values(tt_dataset_get(tt_transformed_new(d, 1, &t), 0, 0).x, 0,
                   2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9);
  int flipped = 0;
  t = tt_random_horizontal_flip(.25);
  Dataset *y = tt_transformed_new(d, 1, &t);
  for (uint64_t s = 0; s < 2000; s++) {
    TT_SCOPE;
    flipped += tt_peek(tt_dataset_get(y, 0, s).x, 0) == 2;
  }
  tt_expect(abs(flipped - 500) < 80, "%d of 2000", flipped);
  t = tt_random_horizontal_flip(0);
  tt_expect_close(tt_peek(tt_dataset_get(tt_transformed_new(d, 1, &t), 0, 0).x, 0), 0, 0, 0);
  tt_expect_fail(tt_random_horizontal_flip(2), "probability 2");
}

TT(datasets, a_square_is_cut_out) {
  Dataset *d = tt_tensor_dataset_new(tt_ones(TT_SHAPE(1, 2, 6, 5)), tt_zeros(TT_SHAPE(1)));
  Transform t = tt_cutout(3);
  Dataset *y = tt_transformed_new(d, 1, &t);
  int least = 99, most = 0, corner = 0;
  for (uint64_t s = 0; s < 500; s++) {
    TT_SCOPE;
    Tensor *x = tt_dataset_get(y, 0, s).x;
    int zeros = 0;
    for (int i = 0; i < 30; i++) {
      zeros += tt_peek(x, i) == 0;
      tt_expect_close(tt_peek(x, i), tt_peek(x, 30 + i), 0, 0);
    }
    least = zeros < least ? zeros : least;
    most = zeros > most ? zeros : most;
    corner += tt_peek(x, 0) == 0;
  }
  tt_expect_int(most, 9);              // whole
  tt_expect_int(least, 4);             // its center in a corner
  tt_expect(corner > 20 && corner < 150, "the corner: %d of 500", corner);
  tt_expect_fail(tt_cutout(0), "a square of 0");
}
