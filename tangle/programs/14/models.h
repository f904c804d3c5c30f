// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// The LeNet, the deep network and the TinyGPT of the reader, each with
// a step of its training.
#ifndef MODELS_H
#define MODELS_H
#include "../09/deepnet.h"
#include "../09/lenet.h"
#include "../13/tinygpt.h"

typedef struct Model {
  const char *name;
  Module     *net;
  Optimizer  *optimizer;
  Tensor     *ids;                 // of TinyGPT
  Batch       batch;               // of the others
} Model;

static inline Batch pictures(int64_t n, int64_t channels, int64_t size)
{
  return (Batch){ tt_rand(TT_SHAPE(n, channels, size, size), NULL),
                  tt_randint(0, 10, TT_SHAPE(n), NULL) };
}

static inline Model model_named(const char *name)
{
  Model m = { .name = name };
  if (strcmp(name, "lenet") == 0) {
    m.net = lenet5(2, 0);
    m.batch = pictures(64, 1, 28);
  } else if (strcmp(name, "cifar") == 0) {
    m.net = network(32, 0);
    m.batch = pictures(64, 3, 32);
  } else if (strcmp(name, "tinygpt") == 0) {
    GptOptions o = full_plan().model;
    o.vocab_size = 65;
    m.net = &tt_gpt_new(o, NULL)->base;
    m.ids = tt_randint(0, 65, TT_SHAPE(10000), NULL);
  } else
    tt_fail(TT_EVALUE, "%s: lenet, cifar or tinygpt", name);
  StateDict d = tt_module_parameters(m.net);
  m.optimizer = strcmp(name, "cifar") == 0
    ? tt_sgd_new(d, (SgdOptions){ .lr = 0.05, .momentum = 0.9,
                                  .nesterov = true })
    : tt_adamw_new(d, (AdamOptions){ .lr = 1e-3 });
  return m;
}

static inline void step_of_model(void *arg)
{
  TT_SCOPE;
  Model *m = arg;
  Plan p = full_plan();
  if (m->ids) {
    one_step((Gpt *)m->net, m->optimizer, m->ids, &p, NULL);
    return;
  }
  tt_optimizer_zero_grad(m->optimizer);
  tt_backward(tt_cross_entropy(tt_forward(m->net, m->batch.x),
                               m->batch.y));
  tt_optimizer_step(m->optimizer);
}
#endif
