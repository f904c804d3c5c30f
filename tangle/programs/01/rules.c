// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// rules - which rules for the shape of a sum does the check accept?
#include <stdio.h>
#include "tt/tt.h"

static Shape larger(Shape a, Shape b)
{
  Shape r = a.rank > b.rank ? a : b;
  for (int d = 1; d <= a.rank && d <= b.rank; d++) {
    int64_t m = a.dim[a.rank - d], n = b.dim[b.rank - d];
    r.dim[r.rank - d] = m > n ? m : n;
  }
  return r;
}

static Shape of_sums(Shape a, Shape b)
{
  return tt_shape(tt_add(tt_zeros(a), tt_zeros(b)));
}

typedef Shape Rule(Shape a, Shape b);
typedef struct Question { Rule *rule; Shape a, b, answer; } Question;

static void ask(void *arg)
{
  Question *q = arg;
  q->answer = q->rule(q->a, q->b);
}

static inline bool refuses(Rule *rule, Shape a, Shape b)
{
  Question q = { .rule = rule, .a = a, .b = b };
  return !tt_try(ask, &q, NULL);
}

static inline bool gives(Rule *rule, Shape a, Shape b, Shape r)
{
  Question q = { .rule = rule, .a = a, .b = b };
  bool same = tt_try(ask, &q, NULL) && q.answer.rank == r.rank;
  for (int d = 0; same && d < r.rank; d++)
    same = q.answer.dim[d] == r.dim[d];
  return same;
}

static bool broadcasts(Rule *rule)
{
  Shape none = TT_SHAPE(0), one = TT_SHAPE(1), row = TT_SHAPE(3);
  Shape column = TT_SHAPE(2, 1), both = TT_SHAPE(2, 3);
  return gives(rule, none, one, none) && gives(rule, one, none, none)
         && gives(rule, column, row, both)
         && gives(rule, row, column, both)
         && gives(rule, both, row, both) && gives(rule, row, both, both)
         && refuses(rule, both, TT_SHAPE(2))
         && refuses(rule, TT_SHAPE(2), row) && refuses(rule, row, none);
}

int main(void)
{
  printf("tt_add: %s\n", broadcasts(of_sums) ? "right" : "wrong");
  printf("larger: %s\n", broadcasts(larger) ? "right" : "wrong");
  return 0;
}
