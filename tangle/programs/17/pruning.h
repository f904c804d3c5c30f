// Made from chapters/17-compression.nw by tools/tangle: edit there.
// What programs of pruning share: nets that learn under masks.
#include "../09/photographs.h"
#include <stdlib.h>

typedef struct Pruning {           // .user of a Trainer
  MagnitudePruner     *pruner;
  const PruneSchedule *schedule;   // NULL: masks as they are
} Pruning;

static inline void hold(Trainer *t)
{
  const Pruning *p = t->user;
  if (p->schedule)
    tt_pruner_step(p->pruner, p->schedule, t->at.step);
  else
    tt_pruner_apply(p->pruner);
}

static inline double percent(void *net, BatchSource *s)
{
  return 100 * tt_evaluate(net, s, tt_cross_entropy,
                           tt_accuracy).metric;
}

static inline Tensor *two_pictures(void)
{
  return tt_zeros(TT_SHAPE(2, 3, 32, 32));
}
