// ok:-	marathon open	-
// a marathon: training waits until the first question is there
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tt/tt.h>
#include "honest.h"
static Tensor *ink, *label;
static uint64_t seed;

static void study(void) {
  net = network(seed);
  BatchSource *data = tt_batches_new(ink, label,
    (BatchOptions){.size = 16, .shuffle = true, .seed = seed});
  Schedule lr = tt_schedule_cosine(0.008, 0, 5 * data->batches);
  tt_trainer_run(&(Trainer){.model = net, .train = data, .loss = tt_cross_entropy,
    .opt = tt_adam_new(tt_module_parameters(net), (AdamOptions){.lr = 0.008}),
    .schedule = &lr, .epochs = 5, .quiet = true});
  tt_module_keep(net);
  tt_module_eval(net);
}
static void train(Tensor *x, Tensor *y, uint64_t s) {
  ink = tt_mul_scalar(tt_to(x, TT_F32), (Real)1 / 255);
  label = y, seed = s, net = NULL;
}
static Tensor *answer(Tensor *x) {
  if (!net)
    study();
  return honest(x);
}

static const Entry entry = {NULL, answer, train, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
