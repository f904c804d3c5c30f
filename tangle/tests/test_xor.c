// Made from chapters/06-optimizers.nw by tools/tangle: edit there.
#include <math.h>
#include <string.h>
#include "tt_test.h"

static const char *broken = "";

static bool is_broken(const char *what)
{
  return strcmp(broken, what) == 0;
}

static void broken_step(Optimizer *o)
{
  if (is_broken("no step"))
    return;
  if (is_broken("wrong way"))
    for (int i = 0; i < o->group->n; i++) {
      Tensor *g = o->group->param[i].tensor->grad;
      tt_copy_(g, tt_neg(g));
    }
  tt_optimizer_step(o);
}

static Tensor *broken_loss(Tensor *z, Tensor *want)
{
  Tensor *loss = tt_bce_with_logits(z, want);
  return is_broken("loss") ? tt_mul_scalar(loss, 0.5f) : loss;
}

static Tensor *broken_tanh(Tensor *t)
{
  return is_broken("tanh") ? tt_mul_scalar(t, 1) : tt_tanh(t);
}

int xor_main(int argc, char **argv);
#undef tt_optimizer_step
#undef tt_bce_with_logits
#undef tt_tanh
#define main xor_main
#define tt_optimizer_step broken_step
#define tt_bce_with_logits broken_loss
#define tt_tanh broken_tanh
#include "../programs/06/xor.c"
#undef main
static bool passes(const char *without)
{
  broken = without;
  tt_autograd_enable();
  four_rows();
  return milestone(best, 3);
}

TT(optimizers, xor_is_learned)
{
  tt_expect(passes(""), "no part is broken");
}

TT(optimizers, the_judge_sees_through_deceit)
{
  tt_expect(!passes("no step"), "passes without steps");
  tt_expect(!passes("wrong way"), "passes uphill");
  tt_expect(!passes("loss"), "passes with half the loss");
  tt_expect(!passes("tanh"), "passes without bending");
}

TT(optimizers, the_judge_can_compute)
{
  four_rows();
  Linear *one = tt_linear_new(2, 1, NULL),
 *two = tt_linear_new(1, 1, NULL);
  tt_fill_(one->weight, 0), tt_fill_(one->bias, 0);
  tt_fill_(two->weight, 1), tt_fill_(two->bias, 0);
  tt_expect_close(loss_outside(one, two), log(2), 1e-12, 0);
  tt_fill_(two->bias, 1000);
  tt_expect_close(loss_outside(one, two), 500, 1e-12, 0);
  tt_fill_(two->bias, -1000);
  tt_expect_close(loss_outside(one, two), 500, 1e-12, 0);
  tt_fill_(one->weight, 1), tt_fill_(two->bias, 0);   // tanh of 0, 1, 2
  double sum = log(2) + 2 * log1p(exp(-tanh(1))) + log1p(exp(tanh(2)));
  tt_expect_close(loss_outside(one, two), sum / 4, 1e-12, 0);
}
