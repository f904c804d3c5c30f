// views.h - random tensors whose every element is known by definition.
//
// A View is a tensor made by a random chain of view operations, with a
// list that says for each of its elements, in row-major order, which
// element of the base tensor it is. The list is made from the definition
// of each operation on indices; nothing of it is asked of the library.
#ifndef VIEWS_H
#define VIEWS_H
#include "faults.h"

// ---- random numbers of the test's own (splitmix64) -----------------
typedef struct Case {
  int number, cases, size;           // sizes grow from 1 with the number
  uint64_t state;
  Scope scope;                       // released when the case ends
} Case;

// Runs its block for cases 1..n; TT_SEED=s chooses other cases. In each
// failure stand the seed, the case and how its tensors were made.
#define FORALL(c, n) \
  for (Case c = {.cases = (n)}; forall_next(&c);)
bool    forall_next(Case *c);
int64_t below(Case *c, int64_t n);           // 0..n-1
double  uniform(Case *c);                    // [0,1)
void    note(const char *format, ...)        // how the case was made
  __attribute__((format(printf, 1, 2)));
const char *notes(void);
void   *scratch(size_t bytes);               // lives until the case ends

#define expect(cond, ...) \
  do { \
    if (!(cond)) expect_failed(__FILE__, __LINE__, #cond, __VA_ARGS__); \
  } while (0)
_Noreturn void expect_failed(const char *file, int line, const char *text,
                             const char *format, ...)
  __attribute__((format(printf, 4, 5)));

// ---- shapes and indices --------------------------------------------
int64_t count_of(Shape s);
void    unravel(Shape s, int64_t position, int64_t *index);
int64_t ravel(Shape s, const int64_t *index);
Shape   random_shape(Case *c, int max_rank); // sizes 0 and 1 are frequent
Shape   without(Shape s, int dim);

// ---- views ----------------------------------------------------------
typedef struct View {
  Tensor  *t, *base;
  Shape    s;                        // what t's shape must be
  int64_t  n;                        // its count
  int64_t *at;                       // element p of t is base element at[p]
  double  *v;                        // and has this value
} View;
typedef enum { SMALL_INTS, NORMAL, SPECIAL } Values;

View random_view(Case *c, DType d, Values how); // any shape, any chain
View view_of(Case *c, Shape s, DType d, Values how, bool may_expand);
View random_step(Case *c, View v);           // one more view operation
void expect_view(const View *v);             // all of the above is so
void expect_unchanged(const View *v);
// values of t against definitions in row-major order; limit 0: equal;
// and nothing was written behind them
void expect_values(const char *what, const Tensor *t, Shape s, DType d,
                   const double *want, const double *limit);
double random_value(Case *c, Values how);
#define EPS (sizeof(Real) == 4 ? 0x1p-23 : 0x1p-52)  // spacing at 1
#endif
