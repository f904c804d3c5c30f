// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
#include "tt_test.h"
#include <math.h>
#include <string.h>

// the least value is 0.398, at three places
static double branin(void *arg, const double *x, double share)
{
  (void)arg;
  double a = x[1] - 5.1 / (4 * M_PI * M_PI) * x[0] * x[0]
             + 5 / M_PI * x[0] - 6;
  return a * a + 10 * (1 - 1 / (8 * M_PI)) * cos(x[0]) + 10
         + 4 * (1 - share) * sin(9 * x[0]);    // until it is trained
}

static const SearchRange plane[] = {
  { "x", -5, 10, false, false }, { "y", 0, 15, false, false }
};

static SearchResult *find(SearchMethod method, uint64_t seed,
                          double budget)
{
  return tt_hyperparameter_search(branin, NULL, (SearchOptions){
    .method = method, .n = 2, .range = plane, .budget = budget,
    .seed = seed });
}

static double over_seeds(SearchMethod method, double budget)
{
  double sum = 0;
  for (uint64_t seed = 0; seed < 10; seed++) {
    TT_SCOPE;
    sum += find(method, seed, budget)->best.score / 10;
  }
  return sum;
}

TT(search, both_ways_are_better_than_chance)
{
  double chance = over_seeds(TT_RANDOM_SEARCH, 20);
  double halved = over_seeds(TT_SUCCESSIVE_HALVING, 20);
  double process = over_seeds(TT_BAYESIAN_SEARCH, 20);
  tt_expect(halved < 0.7 * chance, "%g by halving, %g by chance",
            halved, chance);
  tt_expect(process < 0.3 * chance, "%g by a process, %g by chance",
            process, chance);
}

TT(search, all_spend_the_same_budget)
{
  for (int m = TT_RANDOM_SEARCH; m <= TT_BAYESIAN_SEARCH; m++) {
    SearchResult *r = find((SearchMethod)m, 1, 18);
    tt_expect(r->spent <= 18 && r->spent > 16, "%g of 18 spent",
              r->spent);
    tt_expect(r->best.share == 1, "the best had a share of %g",
              r->best.share);
    for (int i = 0; i < r->n; i++)
      tt_expect(r->tried[i].share < 1
                || r->best.score <= r->tried[i].score,
                "try %d is better than the best", i);
  }
}

TT(search, halving_ends_most_tries_early)
{
  SearchResult *r = find(TT_SUCCESSIVE_HALVING, 0, 9);
  int at[3] = { 0 };               // at a ninth, a third, all
  for (int i = 0; i < r->n; i++)
    at[(int)lround(log(r->tried[i].share) / log(3)) + 2]++;
  tt_expect_int(at[0], 27);
  tt_expect_int(at[1], 9);
  tt_expect_int(at[2], 3);
  tt_expect_int(find(TT_SUCCESSIVE_HALVING, 0, 1)->n, 1);
}

TT(search, the_best_third_goes_on)
{
  SearchResult *r = find(TT_SUCCESSIVE_HALVING, 3, 9);
  for (int i = 27; i < 36; i++) {
    int rank = 0;
    double early = branin(NULL, r->tried[i].x, 1. / 9);
    for (int k = 0; k < 27; k++)
      rank += r->tried[k].score < early;
    tt_expect(rank < 9, "try %d was number %d of 27", i, rank + 1);
  }
}

static double fails_often(void *arg, const double *x, double share)
{
  int *calls = arg;
  ++*calls;
  if (*calls % 3 == 0)
    tt_fail(TT_EVALUE, "this one diverged");
  return *calls % 3 == 1 ? (double)NAN : branin(NULL, x, share);
}

TT(search, a_try_that_failed_never_wins)
{
  for (int m = TT_RANDOM_SEARCH; m <= TT_BAYESIAN_SEARCH; m++)
    for (int largest = 0; largest < 2; largest++) {
      int calls = 0;
      SearchResult *r = tt_hyperparameter_search(fails_often, &calls,
        (SearchOptions){ .method = (SearchMethod)m, .n = 2,
          .range = plane, .budget = 12, .largest = largest });
      tt_expect(isfinite(r->best.score), "the best has %g",
                r->best.score);
    }
}

static double infinite(void *arg, const double *x, double share)
{
  (void)arg, (void)share;
  return x[0] > 2 ? (double)INFINITY : -x[0];
}

TT(search, an_infinite_score_is_a_failure)
{
  SearchRange r = { "x", 0, 4, false, false };
  for (int m = 0; m < 3; m++) {
    SearchResult *s = tt_hyperparameter_search(infinite, NULL,
      (SearchOptions){ .method = (SearchMethod)m, .n = 1, .range = &r,
                       .budget = 12, .largest = true });
    tt_expect(s->best.score <= 0 && s->best.score >= -2, "best %g",
              s->best.score);
  }
}

static double always_nan(void *arg, const double *x, double share)
{
  (void)arg, (void)x, (void)share;
  return (double)NAN;
}

TT(search, if_all_fail_the_search_does)
{
  SearchOptions o = { .n = 2, .range = plane, .budget = 5 };
  tt_expect_fail(tt_hyperparameter_search(always_nan, NULL, o),
                 "none of 5 tries has a score");
  int calls = 2;                   // the first call fails by name
  o.budget = 1;
  tt_expect_fail(tt_hyperparameter_search(fails_often, &calls, o),
                 "this one diverged");
}

static double by_whole(void *arg, const double *x, double share)
{
  (void)arg, (void)share;
  tt_expect(x[0] == round(x[0]) && x[0] >= 1 && x[0] <= 6,
            "%g is no whole number from 1 to 6", x[0]);
  return fabs(x[0] - 4);
}

TT(search, the_same_point_is_not_asked_twice)
{
  SearchRange r = { "x", 1, 6, false, true };
  SearchResult *s = tt_hyperparameter_search(by_whole, NULL,
    (SearchOptions){ .method = TT_BAYESIAN_SEARCH, .n = 1, .range = &r,
                     .budget = 9, .seed = 4 });
  bool seen[7] = { false };
  for (int i = 0; i < s->n; i++)
    seen[(int)s->tried[i].x[0]] = true;
  for (int i = 1; i <= 6; i++)
    tt_expect(seen[i], "%d was never tried in nine tries", i);
  tt_expect_close(s->best.x[0], 4, 0, 0);
}

TT(search, all_scores_alike)
{
  SearchRange r = { "x", 2, 2, true, false };
  SearchResult *s = tt_hyperparameter_search(infinite, NULL,
    (SearchOptions){ .method = TT_BAYESIAN_SEARCH, .n = 1, .range = &r,
                     .budget = 8 });
  tt_expect_close(s->best.score, -2, 0, 0);
}

static double decades(void *arg, const double *x, double share)
{
  (void)share;
  int *of = arg;
  of[x[0] < 1e-3 ? 0 : x[0] < 1e-2 ? 1 : 2]++;
  return 1;
}

TT(search, logarithms_are_even)
{
  int of[3] = { 0 };
  SearchRange r = { "rate", 1e-4, 1e-1, true, false };
  tt_hyperparameter_search(decades, of, (SearchOptions){
    .n = 1, .range = &r, .budget = 3000 });
  for (int i = 0; i < 3; i++)
    tt_expect(of[i] > 900 && of[i] < 1100, "decade %d: %d of 3000", i,
              of[i]);
}

TT(search, equal_seeds_search_alike)
{
  for (int m = 0; m < 3; m++) {
    SearchResult *a = find((SearchMethod)m, 7, 9);
    SearchResult *b = find((SearchMethod)m, 7, 9);
    tt_expect_int(a->n, b->n);
    for (int i = 0; i < a->n; i++)
      tt_expect(a->tried[i].score == b->tried[i].score,
                "try %d: %g and %g", i, a->tried[i].score,
                b->tried[i].score);
  }
}

TT(search, a_root_times_itself_is_the_matrix)
{
  double a[] = { 4, 0, 0, 2, 5, 0, 6, -3, 30 };
  const double root[] = { 2, 0, 0, 1, 2, 0, 3, -3, sqrt(12) };
  tt_expect(tt_cholesky(3, a), "it has a root");
  for (int i = 0; i < 3; i++)
    for (int j = 0; j <= i; j++)
      tt_expect_close(a[i * 3 + j], root[i * 3 + j], 1e-12, 1e-12);
}

TT(search, what_is_not_positive_has_no_root)
{
  tt_expect(!tt_cholesky(2, (double[]){ 1, 0, 2, 1 }), "1 2 2 1");
  tt_expect(!tt_cholesky(2, (double[]){ 1, 0, 1, 1 }), "1 1 1 1");
  tt_expect(!tt_cholesky(1, (double[]){ -1 }), "-1");
  tt_expect(!tt_cholesky(1, (double[]){ (double)NAN }), "NaN");
  tt_expect(tt_cholesky(1, (double[]){ 9 }), "9");
}

TT(search, a_process_passes_through_its_points)
{
  double x[12], y[12];
  for (int i = 0; i < 12; i++)
    x[i] = i / 11., y[i] = sin(5 * x[i]);
  GaussianProcess *g = tt_gaussian_process_new(12, 1, x, y);
  tt_expect_each(at, (double at = 0; at <= 1; at += 0.05),
                 tt_gaussian_process_at(g, &at).mean, sin(5 * at), 0,
                 0.02);
  double beside = 0.51, far = 4;
  tt_expect(tt_gaussian_process_at(g, &beside).std < 0.05,
            "it is not sure between two points");
  tt_expect_close(tt_gaussian_process_at(g, &far).std, g->std, 0.01, 0);
  tt_expect_close(tt_gaussian_process_at(g, &far).mean, g->mean, 0,
                  0.01);
}

TT(search, a_process_of_two_points_by_hand)
{
  double x[] = { 0, 1 }, y[] = { -1, 1 }, half = 0.25;
  GaussianProcess *g = tt_gaussian_process_new(2, 1, x, y);
  double r = sqrt(5.) / g->length[0];
  double k = (1 + r + r * r / 3) * exp(-r), d = 1 + g->noise;
  double ra = r / 4, rb = r * 3 / 4;
  double a = (1 + ra + ra * ra / 3) * exp(-ra);
  double b = (1 + rb + rb * rb / 3) * exp(-rb);
  double det = d * d - k * k;
  Forecast f = tt_gaussian_process_at(g, &half);
  tt_expect_close(f.mean, (b - a) * (d + k) / det, 1e-9, 0);
  tt_expect_close(f.std, sqrt(1 - (d * (a * a + b * b) - 2 * k * a * b)
                                  / det), 1e-9, 0);
}

TT(search, the_same_point_many_times)
{
  double x[17], y[17];
  for (int i = 0; i < 17; i++)
    x[i] = 0.5, y[i] = i % 2;
  GaussianProcess *g = tt_gaussian_process_new(17, 1, x, y);
  tt_expect_close(tt_gaussian_process_at(g, x).mean, 8. / 17, 0, 0.01);
  y[3] = (double)NAN;
  tt_expect_fail(tt_gaussian_process_new(17, 1, x, y),
                 "y of point 3 is not finite");
  tt_expect_fail(tt_gaussian_process_new(1, 9, x, y), "9 numbers");
}

static double integral(double mean, double std, double best)
{
  double sum = 0, step = std / 500;
  for (double y = mean - 9 * std + step / 2; y < best; y += step)
    sum += step * (best - y) / std / sqrt(2 * M_PI)
           * exp(-(y - mean) * (y - mean) / (2 * std * std));
  return sum;
}

TT(search, expected_improvement_is_its_integral)
{
  tt_expect_each(mean, (double mean = -2; mean <= 3; mean += 0.25),
                 tt_expected_improvement(mean, 0.7, 0.5),
                 integral(mean, 0.7, 0.5), 1e-4, 1e-6);
  tt_expect_close(tt_expected_improvement(1, 2, 1),
                  2 / sqrt(2 * M_PI), 1e-9, 0);
}

TT(search, what_is_certain_gains_its_difference)
{
  tt_expect_close(tt_expected_improvement(1, 0, 3), 2, 0, 0);
  tt_expect_close(tt_expected_improvement(3, 0, 1), 0, 0, 0);
  tt_expect_close(tt_expected_improvement(1, 0, 1), 0, 0, 0);
  double far = tt_expected_improvement(30, 1, 0);
  tt_expect(far >= 0 && far < 1e-100, "far above the best: %g", far);
}
