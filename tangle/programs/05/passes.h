// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <stdio.h>
#include "tt/tt.h"

typedef struct Job { Sequential *net; Tensor *x, *label; } Job;

static Job job_new(int64_t examples, int64_t inputs, int64_t hidden)
{
  return (Job){ TT_SEQUENTIAL(tt_linear_new(inputs, hidden, NULL),
                              tt_activation_new(tt_relu),
                              tt_linear_new(hidden, 10, NULL)),
                tt_rand(TT_SHAPE(examples, inputs), NULL),
                tt_to(tt_zeros(TT_SHAPE(examples)), TT_I32) };
}

static void there(void *arg)
{
  Job *j = arg;
  TT_NO_GRAD;
  tt_cross_entropy(tt_forward(j->net, j->x), j->label);
}

static void there_and_back(void *arg)
{
  Job *j = arg;
  TT_SCOPE;
  tt_backward(tt_cross_entropy(tt_forward(j->net, j->x), j->label));
}
