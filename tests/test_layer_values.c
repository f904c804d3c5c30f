// Needs chapter 03: tt_linear, tt_dropout and the initialization against
// their definitions, on thousands of random tensors (lib/views.h).
#include "views.h"
#include <math.h>
#include <string.h>

static double *numbers(int64_t n) {
  return scratch((size_t)n * sizeof(double) + 1);
}
static int64_t size_of(Case *c) {
  return below(c, 12) == 0 ? 0 : 1 + below(c, 2 * c->size);
}

// y = x w^T + b, any dimensions before the last, operands any views
TT(properties, linear) {
  FORALL(c, 6000) {
    int64_t in = size_of(&c), out = size_of(&c);
    Shape rows = random_shape(&c, TT_MAX_RANK - 1), sx = rows, sy = rows;
    sx.dim[sx.rank++] = in, sy.dim[sy.rank++] = out;
    Values how = below(&c, 2) ? SMALL_INTS : NORMAL;
    View x = view_of(&c, sx, TT_F32, how, true);
    View w = view_of(&c, TT_SHAPE(out, in), TT_F32, how, true);
    View b = view_of(&c, TT_SHAPE(out), TT_F32, how, true);
    bool bias = below(&c, 3) > 0;
    double *want = numbers(count_of(sy)), *limit = numbers(count_of(sy));
    for (int64_t p = 0; p < count_of(sy); p++) {
      double sum = bias ? b.v[p % out] : 0, size = fabs(sum);
      for (int64_t i = 0; i < in; i++) {
        double term = x.v[p / out * in + i] * w.v[p % out * in + i];
        sum += term, size += fabs(term);
      }
      want[p] = (double)(Real)sum;
      limit[p] = how == SMALL_INTS ? 0 : (double)(in + 1) * EPS * size;
    }
    Tensor *y = tt_linear(x.t, w.t, bias ? b.t : NULL);
    expect_values("linear", y, sy, TT_F32, want, limit);
    expect_unchanged(&x), expect_unchanged(&w), expect_unchanged(&b);
  }
}

// What is dropped is 0, what is not is x / (1 - p); the seed decides.
TT(properties, dropout) {
  FORALL(c, 2000) {
    View x = view_of(&c, random_shape(&c, 4), TT_F32, NORMAL, true);
    double p = below(&c, 5) ? uniform(&c) : (double)below(&c, 2);
    Generator g, h;
    tt_manual_seed(&g, (uint64_t)c.number);
    h = g;
    Tensor *y = tt_dropout(x.t, p, true, &g);
    Tensor *z = tt_dropout(x.t, p, true, &h);
    for (int64_t i = 0; i < x.n; i++) {
      double v = tt_peek(y, i), kept = x.v[i] * (double)(Real)(1 / (1 - p));
      expect(v == tt_peek(z, i), "two masks from one seed");
      expect(v == 0 || (p < 1 && fabs(v - kept) <= EPS * fabs(kept)),
             "p %g: %g became %g", p, x.v[i], v);
    }
    expect(tt_dropout(x.t, p, false, &g) == x.t, "not the identity in use");
    expect(p > 0 || y == x.t, "p = 0 is not the identity");
    expect_unchanged(&x);
  }
}

TT(properties, dropout_drops_as_many_as_it_should) {
  Tensor *x = tt_ones(TT_SHAPE(200000));
  for (int k = 1; k < 20; k++) {
    TT_SCOPE;
    double p = k / 20.0, n = 200000;
    Tensor *y = tt_dropout(x, p, true, NULL);
    double kept = 0;
    for (int64_t i = 0; i < 200000; i++) kept += tt_peek(y, i) > 0;
    double sigma = sqrt(n * p * (1 - p));
    tt_expect(fabs(kept - n * (1 - p)) < 5 * sigma, "p %g: %g of %g kept", p,
              kept, n);
  }
}

// What repeats its elements is no place for numbers, whichever rule draws.
static void draw_by(void *p) {
  int rule = *(int *)p;
  Tensor *t = tt_expand(tt_ones(TT_SHAPE(3, 1)), TT_SHAPE(3, 4));
  if (rule == 0) tt_uniform_(t, 0, 1, NULL);
  if (rule == 1) tt_normal_(t, 0, 1, NULL);
  if (rule == 2) tt_kaiming_uniform_(t, 0, NULL);
  if (rule == 3) tt_kaiming_normal_(t, 0, NULL);
  if (rule == 4) tt_xavier_uniform_(t, 1, NULL);
  if (rule == 5) tt_xavier_normal_(t, 1, NULL);
}

TT(layer_values, no_draw_into_repeated_elements) {
  for (int rule = 0; rule < 6; rule++) {
    TensorError e;
    tt_expect(!tt_try(draw_by, &rule, &e), "rule %d wrote", rule);
    tt_expect(strstr(e.message, "[3,4] repeats its elements along dim 1"),
              "%s", e.message);
  }
}

// A draw into a view writes its elements, each once, and no others.
TT(properties, numbers_are_drawn_into_views_only) {
  FORALL(c, 3000) {
    View v = view_of(&c, random_shape(&c, 4), TT_F32, NORMAL, false);
    double low = uniform(&c) - 2, high = low + uniform(&c);
    Generator g, h;
    tt_manual_seed(&g, (uint64_t)c.number);
    h = g;
    unsigned version = v.t->storage->version;
    bool normal = below(&c, 2);
    if (normal) tt_normal_(v.t, low, high - low, &g);
    else tt_uniform_(v.t, low, high, &g);
    expect(v.t->storage->version == version + 1, "a change is not counted");
    Tensor *again = tt_empty(TT_F32, v.s);   // the same numbers, in order
    if (normal) tt_normal_(again, low, high - low, &h);
    else tt_uniform_(again, low, high, &h);
    for (int64_t i = 0; i < v.n; i++) {
      double x = tt_peek(v.t, i);
      expect(x == tt_peek(again, i), "element %lld", (long long)i);
      expect(normal || (x >= (double)(Real)low && x <= (double)(Real)high),
             "%g is not from %g to %g", x, low, high);
    }
    int64_t count = tt_numel(v.base);
    for (int64_t p = 0; p < count; p++) {    // what the view does not show
      bool shown = false;
      for (int64_t i = 0; i < v.n && !shown; i++) shown = v.at[i] == p;
      if (shown) continue;
      double was = tt_peek(v.base, p);
      tt_fill_(v.t, 12345);
      expect(tt_peek(v.base, p) == was, "element %lld of the base was written",
             (long long)p);
    }
  }
}

// Mean and variance of each rule, for weights of two to four dimensions.
TT(properties, rules_of_initialization) {
  static const Shape shapes[] = {{2, {300, 100}}, {2, {40, 900}},
                                 {3, {50, 40, 7}}, {4, {24, 32, 5, 6}}};
  for (int k = 0; k < 4; k++) {
    TT_SCOPE;
    Shape s = shapes[k];
    double window = 1, n = 1;
    for (int d = 0; d < s.rank; d++) n *= (double)s.dim[d];
    for (int d = 2; d < s.rank; d++) window *= (double)s.dim[d];
    double in = window * (double)s.dim[1], out = window * (double)s.dim[0];
    Tensor *w = tt_empty(TT_F32, s);
    for (int rule = 0; rule < 8; rule++) {
      double a = rule & 4 ? 0.5 : 0, gain = rule & 4 ? 3 : 1, sigma;
      switch (rule & 3) {
      case 0: tt_kaiming_uniform_(w, a, NULL); break;
      case 1: tt_kaiming_normal_(w, a, NULL); break;
      case 2: tt_xavier_uniform_(w, gain, NULL); break;
      case 3: tt_xavier_normal_(w, gain, NULL); break;
      }
      sigma = rule & 2 ? gain * sqrt(2 / (in + out))
                       : sqrt(2 / (1 + a * a) / in);
      double sum = 0, square = 0, most = 0;
      for (int64_t i = 0; i < (int64_t)n; i++) {
        double x = tt_peek(w, i);
        sum += x, square += x * x, most = fmax(most, fabs(x));
      }
      tt_expect_close(sum / n, 0, 0, 5 * sigma / sqrt(n));
      tt_expect_close(square / n, sigma * sigma, 0.05, 0);
      if (rule & 1) tt_expect(most > 3 * sigma, "not normal: %g", most / sigma);
      else tt_expect_close(most, sqrt(3) * sigma, 0.001, 0);
    }
  }
}
