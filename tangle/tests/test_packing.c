// Made from chapters/17-compression.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TT(packing, groups_of_numbers)
{
  Tensor *w = tt_from(TT_SHAPE(3, 4), (Real[]){
    0, 1, 2, 15, 0, 16, 17, 0, -5, -5, -7, 30 });
  tt_expect_int(tt_share_weights_(w, 2), 4);
  double low = -17 / 3.;           // -7 -5 -5, 1 2, 15 16 17, 30
  tt_expect_values(w, 1e-6, 0, 1.5, 1.5, 16, 0, 16, 16, 0, low, low,
                   low, 30);
  Tensor *before = tt_clone(w);
  tt_expect_int(tt_share_weights_(w, 2), 4);   // again: nothing
  tt_expect_tensor(w, before, 0, 0);
  tt_expect_int(tt_share_weights_(w, 8), 4);
  tt_expect_tensor(w, before, 0, 0);
  tt_expect_int(tt_share_weights_(w, 1), 2);
  low = (3 * low + 2 * 1.5) / 5;
  tt_expect_values(w, 1e-6, 0, low, low, 19.5, 0, 19.5, 19.5, 0, low,
                   low, low, 19.5);
}

TT(packing, groups_of_many_numbers)
{
  Generator g;
  tt_manual_seed(&g, 1);
  Tensor *w = tt_randn(TT_SHAPE(5000), &g), *first = tt_clone(w);
  for (int64_t i = 0; i < 5000; i += 2)
    tt_set_(w, TT_INDEX(i), 0);
  first = tt_clone(w);
  int n = tt_share_weights_(w, 4);
  tt_expect(n > 12 && n <= 16, "%d values", n);
  // a number is in the group that is nearest, and a group's value is
  // the mean of its numbers
  Real *v = w->data, *old = first->data;
  for (int64_t i = 1; i < 200; i += 2) {
    double sum = 0, count = 0, nearest = HUGE_VAL;
    for (int64_t k = 0; k < 5000; k++) {
      tt_expect((v[k] == 0) == (k % 2 == 0), "number %lld",
                (long long)k);
      if (v[k] == v[i])
        sum += (double)old[k], count++;
      if (v[k] != 0)
        nearest = fmin(nearest, fabs((double)(old[i] - v[k])));
    }
    tt_expect_close((double)v[i], sum / count, 1e-4, 1e-4);
    tt_expect_close(fabs((double)(old[i] - v[i])), nearest, 1e-4, 1e-5);
  }
}

TT(packing, weights_that_cannot_be_shared)
{
  Tensor *w = tt_zeros(TT_SHAPE(3, 3));
  tt_expect_int(tt_share_weights_(w, 4), 0);
  tt_expect_fail(tt_share_weights_(w, 0), "1 to 8");
  tt_expect_fail(tt_share_weights_(w, 9), "1 to 8");
  tt_set_(w, TT_INDEX(1, 1), (double)NAN);
  tt_expect_fail(tt_share_weights_(w, 4), "number 4 is nan");
  tt_expect_int(tt_share_weights_(tt_zeros(TT_SHAPE(0)), 4), 0);
  Tensor *t = tt_randn(TT_SHAPE(6, 7), NULL), *u = tt_clone(t);
  tt_share_weights_(tt_transpose(t, 0, 1), 2);       // a view
  tt_share_weights_(u, 2);
  tt_expect_tensor(t, u, 1e-6, 0);
}

static const char *file_name(void)
{
  static char name[64];
  if (!name[0])                    // and not anew after a fork
    snprintf(name, sizeof name, "/tmp/tt_packed_%ld", (long)getpid());
  return name;
}

static bool same_bits(const Tensor *a, const Tensor *b)
{
  bool same = a->dtype == b->dtype && a->rank == b->rank;
  for (int d = 0; same && d < a->rank; d++)
    same = a->shape[d] == b->shape[d];
  return same && memcmp(a->data, b->data, (size_t)tt_numel(a)
                        * tt_dtype_size(a->dtype)) == 0;
}

static StateDict of_one(Tensor *t)
{
  StateDict sd = tt_state_dict_new(1);
  strcpy(sd.entry[0].name, "t");
  *sd.entry[0].slot = t;
  return sd;
}

static bool comes_back(Tensor *t)
{
  TT_SCOPE;
  tt_packed_save(file_name(), of_one(t), (Metadata){0});
  StateDict sd = tt_packed_load(file_name(), NULL);
  unlink(file_name());
  return sd.n == 1 && same_bits(*sd.entry[0].slot, t);
}

static void expect_gap(int64_t zeros, const char *want)
{
  Tensor *t = tt_zeros(TT_SHAPE(zeros + 9));
  tt_set_(t, TT_INDEX(zeros), -2);
  PackedGaps p = tt_packed_gaps(t);
  char got[64] = "";
  for (int64_t i = 0; i < tt_numel(p.gap) && i < 8; i++)
    snprintf(got + strlen(got), 8, " %d", ((uint8_t *)p.gap->data)[i]);
  tt_expect_text(got, want);
  tt_expect_values(p.value, 0, -2);
}

TT(packing, a_gap_is_the_zeros_before_a_number)
{
  PackedGaps p = tt_packed_gaps(tt_from(TT_SHAPE(7), (Real[]){
    0, 0, 0.5, 0.25, 0, 0.5, 0 }));
  tt_expect_tensor(tt_to(p.gap, TT_F32), tt_from(TT_SHAPE(3),
    (Real[]){ 2, 0, 1 }), 0, 0);
  tt_expect_values(p.value, 0, 0.5, 0.25, 0.5);
  expect_gap(0, " 0");
  expect_gap(253, " 253");
  expect_gap(254, " 254");
  expect_gap(255, " 255 0");
  expect_gap(256, " 255 1");
  expect_gap(509, " 255 254");
  expect_gap(510, " 255 255 0");
  expect_gap(766, " 255 255 255 1");
}

static Tensor *with_gap(int64_t zeros, int64_t behind)
{
  Tensor *t = tt_zeros(TT_SHAPE(2000 + zeros + behind));
  tt_set_(t, TT_INDEX(1999), 0.5);
  tt_set_(t, TT_INDEX(-1 - behind), -2);
  return t;
}

TT(packing, numbers_come_back_bit_by_bit)
{
  Generator g;
  tt_manual_seed(&g, 1);
  for (int64_t n = 0; n < 5; n++)
    tt_expect(comes_back(tt_zeros(TT_SHAPE(n, 400))), "%lld rows of"
              " zeros", (long long)n);
  static const int64_t zeros[] = { 1, 2, 253, 254, 255, 256, 257, 509,
                                   510, 511, 765, 766 };
  for (int i = 0; i < 12; i++)
    for (int k = 0; k < 12; k++)
      tt_expect(comes_back(with_gap(zeros[i], zeros[k] - 1)),
                "%lld zeros, then %lld", (long long)zeros[i],
                (long long)zeros[k] - 1);
  tt_expect(comes_back(tt_randn(TT_SHAPE(30, 40), &g)), "many values");
  tt_expect(comes_back(tt_randint(-3, 3, TT_SHAPE(900), &g)), "i32");
  tt_expect(comes_back(tt_to(tt_randint(0, 9, TT_SHAPE(9, 9), &g),
                             TT_U8)), "u8");
  tt_expect(comes_back(tt_to(tt_randint(-99, 99, TT_SHAPE(700), &g),
                             TT_I8)), "i8");
  tt_expect(comes_back(tt_to(tt_randn(TT_SHAPE(50), &g), TT_F16))
            && comes_back(tt_to(tt_randn(TT_SHAPE(50), &g), TT_BF16)),
            "halves");
  tt_expect(comes_back(tt_full(TT_SCALAR, 3)), "a scalar");
  tt_expect(comes_back(tt_full(TT_SHAPE(3000), 7)), "of one value");
}

static Tensor *of_values(int64_t n)  // so many, 20 of each, and zeros
{
  Tensor *t = tt_zeros(TT_SHAPE(n, 60));
  for (int64_t i = 0; i < n; i++)
    for (int64_t k = 0; k < 20; k++)
      tt_set_(t, TT_INDEX(i, 3 * k), sqrt((double)i + 2));
  return t;
}

TT(packing, up_to_256_values_are_in_a_book)
{
  int64_t few = tt_packed_bits(of_values(256));
  int64_t many = tt_packed_bits(of_values(257));
  tt_expect(comes_back(of_values(256)) && comes_back(of_values(257)),
            "values are lost");
  tt_expect(2 * few < many, "%lld bits for 256 values, %lld for 257",
            (long long)few, (long long)many);
  Tensor *t = tt_zeros(TT_SHAPE(500));
  Real odd[] = { -0.0f, (Real)NAN, (Real)INFINITY, FLT_MIN,
                 (Real)1e-44 };
  memcpy((Real *)t->data + 100, odd, sizeof odd);
  tt_expect(comes_back(t), "an odd number is another one");
}

TT(packing, frequent_symbols_have_short_words)
{
  static const int count[] = { 45, 13, 12, 16, 9, 5 };
  Tensor *t = tt_empty(TT_U8, TT_SHAPE(100));
  uint8_t *to = t->data;
  for (int s = 0; s < 6; s++)
    for (int i = 0; i < count[s]; i++)
      *to++ = (uint8_t)(s + 1);
  // 45 words of 1 bit, 41 of 3, 14 of 4; lengths of 7 symbols, a byte
  // for the last, a bit each: words, no values
  tt_expect_int(tt_packed_bits(t), 45 + 41 * 3 + 14 * 4 + 28 + 8 + 2);
}

TT(packing, words_can_be_told_apart)
{
  Generator g;
  tt_manual_seed(&g, 2);
  for (int k = 1; k <= 256; k = k < 4 ? k + 1 : k * 4) {
    Tensor *t = tt_empty(TT_U8, TT_SHAPE(3000));
    for (int64_t i = 0; i < 3000; i++)
      ((uint8_t *)t->data)[i] = (uint8_t)(tt_random(&g) % 7
        ? tt_random(&g) % 2 : tt_random(&g) % (uint64_t)k);
    tt_expect(tt_packed_bits(t) < 3000 * 4, "words are too long");
    tt_expect(comes_back(t), "%d symbols come back as others", k);
  }
}

TT(packing, no_word_is_too_long)
{
  int64_t n = 0, a = 1, b = 1;
  Tensor *t = tt_empty(TT_U8, TT_SHAPE(46367));
  for (int s = 0; s < 22; s++) {
    memset((uint8_t *)t->data + n, s + 1, (size_t)a);
    n += a;
    b += a, a = b - a;
  }
  tt_expect_int(n, 46367);
  t = tt_slice(t, 0, 0, n, 1);
  int64_t bits = tt_packed_bits(t);
  tt_expect(bits < 46367 * 2.64, "%lld bits", (long long)bits);
  tt_expect(comes_back(t), "it comes back as another");
}

TT(packing, models_come_back)
{
  Generator g;
  tt_manual_seed(&g, 3);
  Sequential *m = TT_SEQUENTIAL(tt_linear_new(40, 30, &g),
    tt_batch_norm2d_new(4), tt_linear_new(30, 20, &g));
  StateDict sd = tt_module_state_dict(m);
  Metadata own = { 1, &(MetaPair){ "net", "40-30-20" }, NULL }, meta;
  TT_NO_GRAD;
  tt_share_weights_(((Linear *)m->layer[0])->weight, 3);
  tt_packed_save(file_name(), sd, own);
  StateDict got = tt_packed_load(file_name(), &meta);
  unlink(file_name());
  tt_expect_int(got.n, sd.n);
  for (int i = 0; i < sd.n; i++) {
    tt_expect_text(got.entry[i].name, sd.entry[i].name);
    tt_expect(same_bits(*got.entry[i].slot, *sd.entry[i].slot),
              "%s is another", sd.entry[i].name);
  }
  tt_expect_text(tt_metadata_get(meta, "net"), "40-30-20");
  tt_module_load_state_dict(m, got);
}

static void load_forged(void *bits)
{
  StateDict sd = of_one(bits);
  Metadata m = { 1, &(MetaPair){ "tinytorch.packed", "1" }, NULL };
  strcpy(sd.entry[0].name, "packed");
  tt_save_file(file_name(), sd, m);
  tt_packed_load(file_name(), NULL);
}

static void expect_refusal_or_model(Tensor *bits)
{
  TT_SCOPE;
  TensorError e;
  bool good = tt_try(load_forged, bits, &e);
  tt_expect(good || e.code == TT_EFORMAT || e.code == TT_EMEM,
            "error %d: %s", (int)e.code, e.message);
}

TT(packing, a_packed_file_that_lies)
{
  Generator g;
  tt_manual_seed(&g, 3);
  Tensor *t = of_values(5);
  tt_packed_save(file_name(), of_one(t), (Metadata){0});
  Tensor *bits = *tt_load_file(file_name()).entry[0].slot;
  uint8_t *byte = bits->data;
  for (int64_t i = 0; i < tt_numel(bits); i++) {
    uint8_t old = byte[i];
    byte[i] = (uint8_t)(old ^ 1 << i % 8);
    expect_refusal_or_model(bits);
    byte[i] = old;
  }
  for (int64_t n = 0; n < tt_numel(bits); n += 3)
    tt_expect(!tt_try(load_forged, tt_slice(bits, 0, 0, n, 1), NULL),
              "%lld bytes are enough", (long long)n);
  tt_save_file(file_name(), of_one(t), (Metadata){0});
  tt_expect_fail(tt_packed_load(file_name(), NULL),
                 "not a packed file");
  unlink(file_name());
}

static Tensor *by_file(Tensor *t)
{
  tt_packed_save(file_name(), of_one(t), (Metadata){0});
  StateDict sd = tt_packed_load(file_name(), NULL);
  unlink(file_name());
  return *sd.entry[0].slot;
}

static Tensor *drops_the_end(Tensor *t)        // zeros at the end
{
  int64_t n = tt_numel(t);
  const Real *x = t->data;
  while (n > 0 && x[n - 1] == 0)
    n--;
  return tt_clone(tt_slice(tt_reshape(t, TT_SHAPE(-1)), 0, 0, n, 1));
}

static Tensor *counts_to_256(Tensor *t)        // 255 zeros are 256
{
  Tensor *y = tt_clone(t);
  Real *to = y->data;
  int64_t zeros = 0, n = tt_numel(t);
  for (int64_t i = 0; i < n; i++) {
    zeros = to[i] == 0 ? zeros + 1 : 0;
    if (zeros == 255 && i + 2 < n && to[i + 1] != 0)
      to[i + 2] = to[i + 1], to[i + 1] = 0;
  }
  return y;
}

static Tensor *knows_one_zero(Tensor *t)       // -0 becomes 0
{
  Tensor *y = tt_clone(t);
  Real *to = y->data;
  for (int64_t i = 0; i < tt_numel(y); i++)
    to[i] = to[i] == 0 ? 0 : to[i];
  return y;
}

static bool is_lossless(Tensor *(*there_and_back)(Tensor *t))
{
  bool right = true;
  for (int64_t k = 0; k < 6; k++) {
    TT_SCOPE;
    static const int64_t zeros[] = { 0, 254, 255, 256, 510, 700 };
    int64_t size = k == 0 ? 300 : zeros[k] + 9;
    Tensor *t = k == 0 ? tt_rand(TT_SHAPE(size), NULL)   // many values
                       : tt_zeros(TT_SHAPE(size));
    Real *x = t->data;
    x[0] = 1, x[zeros[k] + 1] = 2, x[zeros[k] + 2] = 3;
    x[zeros[k] + 3] = (Real)-0.0, x[zeros[k] + 4] = (Real)NAN;
    Tensor *y = there_and_back(t);
    right = right && y->dtype == TT_F32 && tt_numel(y) == size
      && memcmp(y->data, x, (size_t)size * sizeof(Real)) == 0;
  }
  return right;
}

TT(packing, a_wrong_file_is_refused)
{
  tt_expect_accepts(is_lossless(by_file));
  tt_expect_refuses(is_lossless(drops_the_end), "loses zeros at the"
                    " end");
  tt_expect_refuses(is_lossless(counts_to_256), "has a zero too many"
                    " after 255");
  tt_expect_refuses(is_lossless(knows_one_zero), "makes -0 a 0");
}
