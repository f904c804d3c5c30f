// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// mpi-digits EPOCHS [CHECKPOINT [RANK STEP kill|exit|fail]]: digits on
// many ranks; after STEP steps RANK ends, as it should not.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../01/digits.h"
#include "mpi.h"

static ProcessGroup *group;
static int dying = -1;
static int64_t last_step;
static const char *how = "";

static void maybe_end(Trainer *t)
{
  if (group->rank != dying || t->at.step != last_step)
    return;
  if (strcmp(how, "kill") == 0)
    raise(SIGKILL);
  if (strcmp(how, "exit") == 0)
    exit(1);
  tt_fail(TT_EVALUE, "rank %d fails at step %lld", group->rank,
          (long long)t->at.step);
}

static Dataset *all_digits(void)
{
  Tensor *rows = read_digits("build/data/digits.csv");
  return tt_tensor_dataset_new(tt_mul_scalar(pixels(rows),
                                             (Real)1 / 16),
                               tt_to(labels(rows), TT_I32));
}

static void learn(int epochs, const char *checkpoint)
{
  Generator random;
  tt_manual_seed(&random, 1 + (uint64_t)group->rank);
  void *net = TT_SEQUENTIAL(tt_linear_new(64, 128, &random),
    tt_activation_new(tt_relu), tt_linear_new(128, 10, &random));
  DataParallel *d = tt_data_parallel_new(net, group,
    (DataParallelOptions){ .bucket = 16 << 10 });
  Trainer t = {
    .model = net, .loss = tt_cross_entropy, .metric = tt_accuracy,
    .opt = tt_adam_new(tt_module_parameters(net),
                       (AdamOptions){ .lr = 0.003 }),
    .train = tt_sharded_new(all_digits(), (BatchOptions){
      .size = 128, .shuffle = true, .seed = 1 }, group),
    .epochs = epochs, .checkpoint = checkpoint, .resume = checkpoint,
    .every = checkpoint ? 10 : 0, .after_step = maybe_end };
  tt_data_parallel_run(&t, d);
  uint64_t hash = tt_data_parallel_check(d);
  if (group->rank == 0)
    printf("%d ranks, %lld steps: loss %.6f, parameters %016llx in"
           " each\n", group->size, (long long)t.at.step,
           t.train_score.loss, (unsigned long long)hash);
}

int main(int argc, char **argv)
{
  group = mpi_begin(&argc, &argv);
  tt_autograd_enable();
  if (argc == 6)
    dying = atoi(argv[3]), last_step = atoi(argv[4]), how = argv[5];
  learn(argc > 1 ? atoi(argv[1]) : 5, argc > 2 ? argv[2] : NULL);
  MPI_Finalize();
}
