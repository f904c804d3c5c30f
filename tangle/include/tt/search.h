// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// tt/search.h - numbers that training does not learn, such as its rate:
// chosen by trial.
#ifndef TT_SEARCH_H
#define TT_SEARCH_H
#include "tt/tensor.h"

TT_BEGIN
enum { TT_SEARCH_RANGES = 8 };     // at most
typedef struct SearchRange {
  const char *name;
  double low, high;                // both included
  bool   log;                      // even in its logarithm
  bool   whole;                    // 1, 2, 3
} SearchRange;
typedef struct SearchTry {
  double x[TT_SEARCH_RANGES];
  double share;                    // of a full training that it had
  double score;                    // NaN: it failed
} SearchTry;
// how good these numbers are after that share of a full training
typedef double SearchScore(void *arg, const double *x, double share);
typedef enum {
  TT_RANDOM_SEARCH, TT_SUCCESSIVE_HALVING, TT_BAYESIAN_SEARCH
} SearchMethod;
typedef struct SearchOptions {
  SearchMethod method;
  int      n;                      // ranges
  const SearchRange *range;
  double   budget;                 // in full trainings
  bool     largest;                // the best score is the largest
  uint64_t seed;
} SearchOptions;
typedef struct SearchResult {
  SearchTry  best;                 // of those with a full training
  int        n;
  SearchTry *tried;                // in their order
  double     spent;                // full trainings
  Tensor    *block;                // the memory it lies in
} SearchResult;
// asks score for numbers of the ranges until the budget is spent; lives
// in the innermost scope. An error in score, an infinite score and NaN
// are a try that failed, and never the best. TT_EVALUE: all failed, or
// options that are no search
SearchResult *tt_hyperparameter_search(SearchScore *score,
                                       void *arg, SearchOptions o);
// a (n,n), symmetric: its lower triangle becomes L, a = L L^T. false:
// it is not positive definite, and is lost
bool tt_cholesky(int n, double *a);
typedef struct GaussianProcess {   // over points from 0 to 1
  int     n, dim;
  double *x, *root, *weight;       // (n,dim); (n,n); (n)
  double  length[TT_SEARCH_RANGES];     // over which y changes
  double  noise;                   // its variance, if that of y is 1
  double  mean, std;               // of y
  double  fit;                     // log p(y)
  Tensor *block;
} GaussianProcess;
// of n values y at points x (n,dim), all finite; lengths and noise are
// those of a grid that make y most probable. Lives in the innermost
// scope
GaussianProcess *tt_gaussian_process_new(int n, int dim,
                                         const double *x,
                                         const double *y);
typedef struct Forecast { double mean, std; } Forecast;
// of y at x (dim)
Forecast tt_gaussian_process_at(const GaussianProcess *g,
                                const double *x);
// E max(0, best - y), y normal with this mean and deviation
double tt_expected_improvement(double mean, double std, double best);
TT_END
#endif
