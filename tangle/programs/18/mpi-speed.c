// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// mpi-speed: messages between ranks, steps with and without them, and
// what many ranks would make of it.
#include <math.h>
#include <stdio.h>
#include <tt/machine.h>
#include "mpi.h"

static ProcessGroup *group;

static double one_way(int times)   // of 8 bytes
{
  double at = 0, start = tt_machine_now();
  int other = 1 - group->rank;
  for (int i = 0; i < times; i++)
    for (int turn = 0; turn < 2; turn++)
      if (group->rank == turn)
        MPI_Send(&at, 8, MPI_BYTE, other, 0, MPI_COMM_WORLD);
      else
        MPI_Recv(&at, 8, MPI_BYTE, other, 0, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
  return (tt_machine_now() - start) / times / 2;
}

static double one_sum(Real *x, int64_t n)
{
  MPI_Barrier(MPI_COMM_WORLD);
  double start = tt_machine_now();
  group->begin_sum(group, x, n);
  group->finish(group);
  return tt_machine_now() - start;
}

static Network measure_network(void)
{
  TT_SCOPE;
  enum { LARGE = 1 << 20 };
  Real *x = tt_zeros(TT_SHAPE(LARGE))->data;
  double small = 1, large = 1, n = group->size;
  for (int i = 0; i < 30; i++) {
    large = fmin(large, one_sum(x, LARGE));
    if (group->rank < 2)
      small = fmin(small, one_way(200));
  }
  Network w = { small, 2 * (n - 1) / n * LARGE * sizeof *x / large };
  if (group->rank == 0)
    printf("# network.latency\t%.2f\n# network.bandwidth\t%.1f\n",
           1e6 * w.latency, 1e-9 * w.bandwidth);
  group->broadcast(group, &w, sizeof w, 0);
  return w;
}

static void nothing_to_add(ProcessGroup *g, Real *x, int64_t n)
{
  (void)g, (void)x, (void)n;
}

static void nothing_to_do(ProcessGroup *g)
{
  (void)g;
}

static void nothing_to_tell(ProcessGroup *g, void *at, int64_t bytes,
                            int from)
{
  (void)g, (void)at, (void)bytes, (void)from;
}

static ProcessGroup alone = { 0, 1, nothing_to_add, nothing_to_do,
                              nothing_to_do, nothing_to_tell };
static void *network(void)         // 670,000 numbers
{
  return TT_SEQUENTIAL(tt_linear_new(784, 512, NULL),
    tt_activation_new(tt_relu), tt_linear_new(512, 512, NULL),
    tt_activation_new(tt_relu), tt_linear_new(512, 10, NULL));
}

static double step(void *net, DataParallel *d, int64_t rows,
                   double *forward)
{
  TT_SCOPE;
  Tensor *x = tt_zeros(TT_SHAPE(rows, 784));
  Tensor *y = tt_to(tt_zeros(TT_SHAPE(rows)), TT_I32);
  MPI_Barrier(MPI_COMM_WORLD);
  double start = tt_machine_now();
  Tensor *loss = tt_cross_entropy(tt_forward(net, x), y);
  *forward = fmin(*forward, tt_machine_now() - start);
  tt_data_parallel_backward(d, loss, 0, rows);
  return tt_machine_now() - start;
}

enum { WAYS = 3, TIMES = 60, BUCKET = 512 << 10 };
static double best[WAYS];

static void measure_steps(int64_t rows, StepCost *s)
{
  TT_SCOPE;
  void *net = network();
  double forward = 1;
  DataParallel *d[WAYS];
  for (int i = 0; i < WAYS; i++) {
    best[i] = 1;
    d[i] = tt_data_parallel_new(net, i ? group : &alone,
      (DataParallelOptions){ .bucket = i == 1 ? 1 << 30 : BUCKET,
                             .afterwards = i == 1 });
  }
  for (int r = 0; r < TIMES; r++)
    for (int i = 0; i < WAYS; i++)
      best[i] = fmin(best[i], step(net, d[i], rows, &forward));
  *s = (StepCost){ (double)tt_module_count(net) * sizeof(Real),
                   forward, best[0] - forward };
}

static void print_steps(Network w, StepCost s)
{
  const char *way[] = { "alone", "after", "overlap" };
  for (int i = 0; i < WAYS && group->rank == 0; i++)
    printf("# mpistep.%s\t%.1f\n", way[i], 1e3 * best[i]);
  if (group->rank == 0)
    printf("# mpistep.efficiency\t%.0f\n# mpistep.predicted\t%.1f\n",
           100 * best[0] / best[2],
           1e3 * tt_step_time(w, group->size, s, BUCKET));
}

static double megabytes_of_state(bool shard)
{
  TT_SCOPE;
  void *net = network();
  DataParallel *d = tt_data_parallel_new(net, group,
    (DataParallelOptions){ .shard = shard });
  Optimizer *o = tt_adam_new(shard ? tt_owned_parameters(d)
    : tt_module_parameters(net), (AdamOptions){ .lr = 0.001 });
  double forward = 1, numbers = 0;
  step(net, d, 8, &forward);
  if (shard)
    tt_owned_step(d, o);
  else
    tt_optimizer_step(o);
  StateDict s = tt_optimizer_state_dict(o);
  for (int i = 0; i < s.n; i++)
    numbers += (double)tt_numel(*s.entry[i].slot);
  return numbers * sizeof(Real) / 1e6;
}

static void measure_state(void)
{
  double all = megabytes_of_state(false);
  double own = megabytes_of_state(true), most = 0;
  MPI_Reduce(&own, &most, 1, MPI_DOUBLE, MPI_MAX, 0, MPI_COMM_WORLD);
  if (group->rank == 0)
    printf("# optimizerstate.all\t%.1f\n# optimizerstate.own\t%.1f\n",
           all, most);
}

static void predict(Network w, StepCost few, StepCost many)
{
  const Network ether = { 20e-6, 1.25e9 }, net[] = { w, ether };
  const StepCost step[] = { few, many };
  printf("ranks\there_few\there_many\tether_few\tether_many\n");
  for (int ranks = 1; ranks <= 1024; ranks *= 2) {
    printf("%d", ranks);
    for (int i = 0; i < 4; i++) {
      StepCost s = step[i % 2];
      double t = tt_step_time(net[i / 2], ranks, s,
        tt_best_bucket(net[i / 2], ranks, s));
      printf("\t%.1f", 100 * (s.forward + s.back) / t);
    }
    printf("\n");
  }
}

int main(int argc, char **argv)
{
  group = mpi_begin(&argc, &argv);
  tt_autograd_enable();
  if (group->size < 2) {
    fprintf(stderr, "mpi-speed: tools/mpirun 2 build/bin/mpi-speed\n");
    return 1;
  }
  Network w = measure_network();
  StepCost few = {0}, many = {0};
  measure_steps(16, &few);
  print_steps(w, few);
  measure_steps(64, &many);
  measure_state();
  if (group->rank == 0)
    predict(w, few, many);
  MPI_Finalize();
}
