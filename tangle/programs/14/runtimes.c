// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// runtimes.c - the same forward pass, many times.
//   runtimes             400 times alone and 400 beside a busy program,
//                        for the figure
//   runtimes --latency   measured alone, and beside a busy program
//   runtimes --counters  what the processor counts
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tt/tt.h"
#include "tt/machine.h"

enum { RUNS = 400 };
static Module *net;
static Tensor *x;

static void forward(void *arg)
{
  (void)arg;
  tt_forward(net, x);
}

static pid_t busy_program(void)
{
  fflush(stdout);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);   // both, from now on
  sched_setaffinity(0, sizeof one, &one);
  pid_t child = fork();
  while (child == 0)
    ;                              // busy, until it is killed
  return child;
}

static void end_of(pid_t child)
{
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

static double run_all(double seconds[RUNS])    // gives the mean
{
  double sum = 0;
  for (int i = 0; i < RUNS; i++) {
    TT_SCOPE;
    double start = tt_machine_now();
    forward(NULL);
    seconds[i] = tt_machine_now() - start;
    sum += seconds[i];
  }
  return sum / RUNS;
}

static void each_run(void)
{
  double alone[RUNS], beside[RUNS], mean = run_all(alone);
  pid_t child = busy_program();
  double their = run_all(beside);
  end_of(child);
  printf("run\talone\tbeside\n");
  for (int i = 0; i < RUNS; i++)
    printf("%d\t%.3f\t%.3f\n", i + 1, 1e6 * alone[i], 1e6 * beside[i]);
  Latency l = tt_latency_of(RUNS, alone);
  Latency b = tt_latency_of(RUNS, beside);
  printf("# runtimes.mean\t%.0f µs\n# runtimes.median\t%.1f µs\n"
         "# runtimes.low\t%.1f\n# runtimes.high\t%.1f µs\n"
         "# runtimes.theirmean\t%.0f µs\n"
         "# runtimes.theirmedian\t%.0f µs\n", 1e6 * mean,
         1e6 * l.median, 1e6 * l.low, 1e6 * l.high,
         1e6 * their, 1e6 * b.median);
}

static void alone_and_in_company(void)
{
  LatencyOptions o = { .seconds = 3 };
  Latency l = tt_measure_latency(net, x, o);
  printf("alone\n");
  tt_latency_print(stdout, &l);
  pid_t child = busy_program();
  l = tt_measure_latency(net, x, o);
  end_of(child);
  printf("\nbeside a busy program\n");
  tt_latency_print(stdout, &l);
}

int main(int argc, char *argv[])
{
  net = &TT_SEQUENTIAL(tt_linear_new(784, 256, NULL),
    tt_activation_new(tt_relu), tt_linear_new(256, 10, NULL))->base;
  x = tt_rand(TT_SHAPE(32, 784), NULL);
  if (argc > 1 && strcmp(argv[1], "--counters") == 0) {
    CounterReport r = tt_hardware_counters(forward, NULL);
    tt_counters_print(stdout, &r);
  } else if (argc > 1)
    alone_and_in_company();
  else
    each_run();
  return 0;
}
