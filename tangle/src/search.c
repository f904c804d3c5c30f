// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// Hyperparameter search: at random, by successive halving, and with a
// Gaussian process that says where to look next.
#include "tt/search.h"
#include "tt/error.h"
#include "tt/memory.h"
#include "tt/statistics.h"
#include "tt/todo.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 3, FACTOR = 3 };   // of halving

typedef struct Searching {
  SearchScore   *score;
  void          *arg;
  SearchOptions  o;
  Generator      random;
  SearchResult  *result;
  TensorError    error;            // the last one in score
} Searching;

static double uniform(Generator *g)
{
  return (double)(tt_random(g) >> 11) * 0x1p-53;
}

// NaN never wins, whichever direction is the better one
static bool beats(double a, double b, bool largest)
{
  if (isnan(a) || isnan(b))
    return !isnan(a);
  return largest ? a > b : a < b;
}

static double number_at(const SearchRange *r, double u)  // u in [0,1]
{
  double x = r->log ? r->low * pow(r->high / r->low, u)
                    : r->low + u * (r->high - r->low);
  x = r->whole ? round(x) : x;
  return fmin(fmax(x, r->low), r->high);
}

static double place_of(const SearchRange *r, double x)
{
  if (r->low == r->high)
    return 0;
  return r->log ? log(x / r->low) / log(r->high / r->low)
                : (x - r->low) / (r->high - r->low);
}

typedef struct Asking {
  const Searching *s;
  const SearchTry *t;
  double score;
} Asking;

static void ask(void *arg)
{
  TT_SCOPE;
  Asking *a = arg;
  a->score = a->s->score(a->s->arg, a->t->x, a->t->share);
}

static SearchTry *attempt(Searching *s, const double *x, double share)
{
  SearchResult *r = s->result;
  SearchTry *t = &r->tried[r->n++];
  memcpy(t->x, x, sizeof t->x);
  t->share = share, t->score = (double)NAN;
  Asking a = { s, t, (double)NAN };
  if (tt_try(ask, &a, &s->error) && isfinite(a.score))
    t->score = a.score;
  r->spent += share;
  if (share == 1 && beats(t->score, r->best.score, s->o.largest))
    r->best = *t;
  return t;
}

static void search_at_random(Searching *s)
{
  double x[TT_SEARCH_RANGES] = { 0 };
  for (int i = 0; i < (int)s->o.budget; i++) {
    for (int k = 0; k < s->o.n; k++)
      x[k] = number_at(&s->o.range[k], uniform(&s->random));
    attempt(s, x, 1);
  }
}

static int first_level(const SearchOptions *o, int levels)
{
  return (int)(o->budget / levels * pow(FACTOR, levels - 1) + 1e-9);
}

// and how many of them are left for the last one
static int last_level(const SearchOptions *o, int levels)
{
  return first_level(o, levels) / (int)pow(FACTOR, levels - 1);
}

static int by_least(const void *a, const void *b)
{
  const SearchTry *x = a, *y = b;
  return beats(y->score, x->score, false)
       - beats(x->score, y->score, false);
}

static int by_most(const void *a, const void *b)
{
  const SearchTry *x = a, *y = b;
  return beats(y->score, x->score, true)
       - beats(x->score, y->score, true);
}

static void halve(Searching *s)
{
  TT_SCOPE;
  int levels = LEVELS;
  while (levels > 1 && last_level(&s->o, levels) < 1)
    levels--;                      // none would be trained to the end
  int n = first_level(&s->o, levels);
  SearchTry *t = tt_room(n, sizeof *t);
  for (int i = 0; i < n; i++)
    for (int k = 0; k < s->o.n; k++)
      t[i].x[k] = number_at(&s->o.range[k], uniform(&s->random));
  for (int level = 1; level <= levels; level++, n /= FACTOR) {
    for (int i = 0; i < n; i++)
      t[i] = *attempt(s, t[i].x, pow(FACTOR, level - levels));
    qsort(t, (size_t)n, sizeof *t, s->o.largest ? by_most : by_least);
  }
}

bool tt_cholesky(int n, double *a)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j <= i; j++) {
      double left = a[i * n + j];
      for (int k = 0; k < j; k++)
        left -= a[i * n + k] * a[j * n + k];
      if (i == j && !(left > 0))         // NaN, too
        return false;
      a[i * n + j] = i == j ? sqrt(left) : left / a[j * n + j];
    }
  return true;
}

static double likeness(const GaussianProcess *g, const double *a,
                       const double *b)
{
  double square = 0;
  for (int d = 0; d < g->dim; d++)
    square += pow((a[d] - b[d]) / g->length[d], 2);
  double r = sqrt(5 * square);
  return (1 + r + r * r / 3) * exp(-r);
}

static GaussianProcess *empty_process(int n, int dim)
{
  size_t all = (size_t)(n * (dim + n + 1));
  Tensor *block = tt_empty(TT_U8, TT_SHAPE((int64_t)(
    sizeof(GaussianProcess) + all * sizeof(double))));
  GaussianProcess *g = memset(block->data, 0, sizeof *g);
  *g = (GaussianProcess){ .n = n, .dim = dim, .noise = 1e-2,
                          .std = 1, .block = block };
  g->x = (double *)(void *)(g + 1);
  g->weight = g->x + n * dim;
  g->root = g->weight + n;
  for (int d = 0; d < dim; d++)
    g->length[d] = 0.4;
  return g;
}

static void standardize(GaussianProcess *g, const double *y, double *z)
{
  double std = tt_stat_std(g->n, y) * sqrt((g->n - 1.) / g->n);
  g->mean = tt_stat_mean(g->n, y), g->std = std > 0 ? std : 1;
  for (int i = 0; i < g->n; i++)
    z[i] = (y[i] - g->mean) / g->std;
}

// x such that L x = y, or L^T x = y; x may be y
static void solve_lower(const GaussianProcess *g, const double *y,
                        double *x)
{
  for (int i = 0; i < g->n; i++) {
    double sum = y[i];
    for (int k = 0; k < i; k++)
      sum -= g->root[i * g->n + k] * x[k];
    x[i] = sum / g->root[i * g->n + i];
  }
}

static void solve_upper(const GaussianProcess *g, const double *y,
                        double *x)
{
  for (int i = g->n - 1; i >= 0; i--) {
    double sum = y[i];
    for (int k = i + 1; k < g->n; k++)
      sum -= g->root[k * g->n + i] * x[k];
    x[i] = sum / g->root[i * g->n + i];
  }
}

static void find_root(GaussianProcess *g)
{
  for (double noise = g->noise;; noise *= 10) {
    for (int i = 0; i < g->n; i++)
      for (int j = 0; j <= i; j++)
        g->root[i * g->n + j] = likeness(g, g->x + i * g->dim,
                                         g->x + j * g->dim)
                                + (i == j ? noise : 0);
    if (tt_cholesky(g->n, g->root))
      return;
  }
}

// log p(z), but for a constant, which also fills root and weight
static double fit(GaussianProcess *g, const double *z)
{
  double fit = 0;
  find_root(g);
  solve_lower(g, z, g->weight);
  for (int i = 0; i < g->n; i++)
    fit -= g->weight[i] * g->weight[i] / 2
           + log(g->root[i * g->n + i]);
  solve_upper(g, g->weight, g->weight);
  return fit;
}

static void choose(GaussianProcess *g, const double *z, double *number,
                   int n, const double *grid)
{
  double best = *number, most = (double)-INFINITY;
  for (int i = 0; i < n; i++) {
    *number = grid[i];
    double now = fit(g, z);
    if (now > most)
      best = grid[i], most = now;
  }
  *number = best;
}

GaussianProcess *tt_gaussian_process_new(int n, int dim,
                                         const double *x,
                                         const double *y)
{
  static const double lengths[] = { 0.1, 0.16, 0.25, 0.4, 0.65, 1, 2 };
  static const double noises[] = { 1e-4, 1e-3, 1e-2, 0.1, 0.5 };
  if (n < 1 || dim < 1 || dim > TT_SEARCH_RANGES)
    tt_fail(TT_EVALUE, "tt_gaussian_process_new: %d points of %d numbers;"
            " there is at least one point, of 1 to %d numbers", n, dim,
            TT_SEARCH_RANGES);
  for (int i = 0; i < n * (dim + 1); i++)
    if (!isfinite(i < n ? y[i] : x[i - n]))
      tt_fail(TT_EVALUE, "tt_gaussian_process_new: %s of point %d is not"
              " finite; leave that point out", i < n ? "y" : "x",
              i < n ? i : (i - n) / dim);
  GaussianProcess *g = empty_process(n, dim);
  TT_SCOPE;
  double *z = tt_room(n, sizeof *z);
  memcpy(g->x, x, (size_t)(n * dim) * sizeof *x);
  standardize(g, y, z);
  for (int sweep = 0; sweep < 2; sweep++) {
    for (int d = 0; d < dim; d++)
      choose(g, z, &g->length[d], 7, lengths);
    choose(g, z, &g->noise, 5, noises);
  }
  g->fit = fit(g, z);
  return g;
}

Forecast tt_gaussian_process_at(const GaussianProcess *g,
                                const double *x)
{
  TT_SCOPE;
  double mean = 0, sure = 0;
  double *k = tt_room(g->n, sizeof *k);
  for (int i = 0; i < g->n; i++) {
    k[i] = likeness(g, g->x + i * g->dim, x);
    mean += k[i] * g->weight[i];
  }
  solve_lower(g, k, k);
  for (int i = 0; i < g->n; i++)
    sure += k[i] * k[i];
  return (Forecast){ g->mean + g->std * mean,
                     g->std * sqrt(fmax(1 - sure, 0)) };
}

double tt_expected_improvement(double mean, double std, double best)
{
  double gain = best - mean;
  if (!(std > 0))
    return fmax(gain, 0);
  double z = gain / std;
  double below = erfc(-z / sqrt(2)) / 2;
  double density = exp(-z * z / 2) / sqrt(2 * M_PI);
  return gain * below + std * density;
}

static void measure_from_best(const Searching *s, double *y)
{
  const SearchResult *r = s->result;
  double worst = 0;
  for (int i = 0; i < r->n; i++) {
    y[i] = fabs(r->tried[i].score - r->best.score);
    worst = fmax(worst, y[i]);     // which NaN never is
  }
  for (int i = 0; i < r->n; i++)
    y[i] = isnan(y[i]) ? worst : y[i];
  double median = tt_stat_median(r->n, y);
  for (int i = 0; i < r->n; i++)
    y[i] = log1p(y[i] / (median > 0 ? median : 1));
}

static const GaussianProcess *process_of(const Searching *s)
{
  const SearchResult *r = s->result;
  int n = r->n, dim = s->o.n;
  double *u = tt_room(n * dim, sizeof *u);
  double *y = tt_room(n, sizeof *y);
  measure_from_best(s, y);
  for (int i = 0; i < n; i++)
    for (int d = 0; d < dim; d++)
      u[i * dim + d] = place_of(&s->o.range[d], r->tried[i].x[d]);
  return tt_gaussian_process_new(n, dim, u, y);
}

static void draw_point(Searching *s, double *x)
{
  for (int i = 0; i < s->o.n; i++)
    x[i] = number_at(&s->o.range[i], uniform(&s->random));
}

static void draw_near(Searching *s, const double *at, double *x)
{
  for (int i = 0; i < s->o.n; i++) {
    const SearchRange *r = &s->o.range[i];
    double step = 0;               // -0.15 to 0.15, mostly small
    for (int k = 0; k < 3; k++)
      step += (uniform(&s->random) - 0.5) / 10;
    x[i] = number_at(r, fmin(fmax(place_of(r, at[i]) + step, 0), 1));
  }
}

static bool was_there(const Searching *s, const double *x)
{
  const SearchResult *r = s->result;
  for (int i = 0; i < r->n; i++)
    if (memcmp(r->tried[i].x, x, (size_t)s->o.n * sizeof *x) == 0)
      return true;
  return false;
}

static void next_point(Searching *s, double *x)
{
  TT_SCOPE;
  double most = -1, u[TT_SEARCH_RANGES], y[TT_SEARCH_RANGES];
  const GaussianProcess *g = process_of(s);
  for (int i = 0; i < 1200; i++) {
    if (i < 1000 || isnan(s->result->best.score))
      draw_point(s, y);
    else
      draw_near(s, s->result->best.x, y);
    if (was_there(s, y))
      continue;
    for (int k = 0; k < s->o.n; k++)
      u[k] = place_of(&s->o.range[k], y[k]);
    Forecast f = tt_gaussian_process_at(g, u);
    double gain = tt_expected_improvement(f.mean, f.std, 0);
    if (gain > most)
      most = gain, memcpy(x, y, (size_t)s->o.n * sizeof *x);
  }
}

static void search_by_process(Searching *s)
{
  double x[TT_SEARCH_RANGES] = { 0 };
  for (int i = 0; i < (int)s->o.budget; i++) {
    draw_point(s, x);              // the next one, if there is no new
    if (i >= s->o.n + 2 && !isnan(s->result->best.score))
      next_point(s, x);
    attempt(s, x, 1);
  }
}

static void refuse_options(const SearchOptions *o)
{
  if (o->n < 1 || o->n > TT_SEARCH_RANGES || !o->range)
    tt_fail(TT_EVALUE, "tt_hyperparameter_search: %d ranges; there are"
            " 1 to %d", o->n, TT_SEARCH_RANGES);
  for (int i = 0; i < o->n; i++) {
    const SearchRange *r = &o->range[i];
    if (!(isfinite(r->low) && isfinite(r->high) && r->low <= r->high)
        || (r->log && r->low <= 0))
      tt_fail(TT_EVALUE, "tt_hyperparameter_search: %s from %g to %g;"
              " the first is not larger%s", r->name ? r->name : "range",
              r->low, r->high, r->log ? ", and above 0 for logarithms"
                                      : "");
  }
  if (!(o->budget >= 1 && o->budget <= 1e6))
    tt_fail(TT_EVALUE, "tt_hyperparameter_search: a budget of %g; give"
            " that of at least one full training", o->budget);
  if (o->method < TT_RANDOM_SEARCH || o->method > TT_BAYESIAN_SEARCH)
    tt_fail(TT_EVALUE, "tt_hyperparameter_search: method %d; there are"
            " random search, successive halving, and the Bayesian one",
            (int)o->method);
}

static SearchResult *empty_result(const SearchOptions *o)
{
  size_t most = (size_t)(o->budget * FACTOR * FACTOR) + LEVELS;
  SearchResult *r;
  Tensor *block = tt_empty(TT_U8, TT_SHAPE((int64_t)(
    sizeof *r + most * sizeof *r->tried)));
  r = memset(block->data, 0, sizeof *r + most * sizeof *r->tried);
  r->tried = (SearchTry *)(void *)(r + 1);
  r->best.score = (double)NAN, r->block = block;
  return r;
}

SearchResult *tt_hyperparameter_search(SearchScore *score,
                                       void *arg, SearchOptions o)
{
  static void (*const search[])(Searching *) = {
    search_at_random, halve, search_by_process };
  if (!score)
    tt_missing("tt_hyperparameter_search", "score");
  refuse_options(&o);
  Searching s = { .score = score, .arg = arg, .o = o,
                  .result = empty_result(&o) };
  tt_manual_seed(&s.random, o.seed);
  search[o.method](&s);
  if (isnan(s.result->best.score))
    tt_fail(TT_EVALUE, "tt_hyperparameter_search: none of %d tries has"
            " a score; %s", s.result->n, s.error.message[0]
            ? s.error.message : "all are infinite or NaN");
  return s.result;
}
