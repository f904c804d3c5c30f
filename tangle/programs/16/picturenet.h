// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// The network of chapter 9, trained, and pictures for it.
#include "../09/photographs.h"

static inline Module *trained(void)
{
  Module *net = trained_network();
  tt_module_eval(net);
  tt_fold_batch_norm(net);
  return net;
}

typedef struct Pictures { Tensor *some; BatchSource *test; } Pictures;

static inline Pictures read_pictures(void)
{
  Sets s = photographs(1);
  Plan p = { .width = 32 };
  BatchSource *fit = loader(some(s.fit, 0, 500), &p, false);
  Tensor *a = tt_source_next(fit).x, *b = tt_source_next(fit).x;
  return (Pictures){ tt_cat(2, (Tensor *[]){ a, b }, 0),
                     loader(s.test, &p, false) };
}

// 1 for each right one
static inline Tensor *right_ones(Module *net, BatchSource *s)
{
  TT_NO_GRAD;
  Tensor *right[256];
  int n = 0;
  tt_source_reset(s);
  for (Batch b; (b = tt_source_next(s)).x && n < 256; n++) {
    Tensor *class = tt_argmax(tt_forward(net, b.x), 1, false);
    right[n] = tt_eq(tt_to(class, TT_F32), tt_to(b.y, TT_F32));
  }
  return tt_keep(tt_cat(n, right, 0));
}
