// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// neighbor: steps while another program takes a core, the middle of
// 21, by one thread and by as many as there are.
#define _GNU_SOURCE
#include "../14/models.h"
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t eat_a_core(void)
{
  pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);    // and goes when we go
    for (volatile unsigned i = 0;; i++)
      ;
  }
  return child;
}

static int by_size(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median_ms(Model *m)
{
  enum { STEPS = 21 };
  double t[STEPS];
  for (int i = -2; i < STEPS; i++) {
    double start = tt_machine_now();
    step_of_model(m);
    t[i < 0 ? 0 : i] = 1e3 * (tt_machine_now() - start);
  }
  qsort(t, STEPS, sizeof *t, by_size);
  return t[STEPS / 2];
}

int main(void)
{
  tt_autograd_enable();
  int most = tt_get_num_threads();
  const char *const names[] = { "lenet", "tinygpt" };
  printf("%-22s %10s %22s\n", "milliseconds a step", "alone",
         "beside a busy program");
  for (int i = 0; i < 2; i++)
    for (int n = 1; n <= most; n += most > 1 ? most - 1 : 1) {
      TT_SCOPE;
      Model m = model_named(names[i]);
      tt_set_num_threads(n);
      double alone = median_ms(&m);
      pid_t child = eat_a_core();
      double beside = median_ms(&m);
      kill(child, SIGKILL);
      waitpid(child, NULL, 0);
      printf("%-8s %2d thread%-3s %10.2f %22.2f\n", names[i], n,
             n > 1 ? "s" : "", alone, beside);
    }
  tt_clear();
}
