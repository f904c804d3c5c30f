// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// rungs: a product and steps of the book's models, by every backend.
#include "atbest.h"
#include "../14/models.h"

static Tensor *left, *right;

static void multiply(void *unused)
{
  TT_SCOPE;
  tt_matmul(left, right);
  (void)unused;
}

static double best_ms(void (*step)(void *), void *arg)
{
  double best = HUGE_VAL, until = tt_machine_now() + 0.5;
  step(arg);
  do {
    double start = tt_machine_now();
    step(arg);
    best = fmin(best, tt_machine_now() - start);
  } while (tt_machine_now() < until);
  return 1e3 * best;
}

enum { LOADS = 4, RUNGS = 9 };
static const char *const loads[] = { "product", "lenet", "cifar",
                                     "tinygpt" };
static const char *const rungs[] = { "formula", "naive", "blocked",
  "packed", "simd-128", "simd-256", "simd-512", "threads", "blas" };
static double ms[RUNGS][LOADS];

static bool runs(const char *name)
{
  const Backend *k;
  for (int i = 0; (k = tt_backend_at(i)); i++)
    if (strcmp(k->name, name) == 0)
      return true;
  return false;
}

static void climb(int rung)
{
  tt_backend_use(rungs[rung]);
  for (int i = 0; i < LOADS; i++) {
    TT_SCOPE;
    left = tt_rand(TT_SHAPE(512, 512), NULL);
    right = tt_rand(TT_SHAPE(512, 512), NULL);
    Model m = model_named(loads[i > 0 ? i : 1]);
    ms[rung][i] = best_ms(i > 0 ? step_of_model : multiply, &m);
  }
}

static void quote(const char *key, int digits, double x,
                  const char *unit)
{
  printf("# rungs.%s\t%.*f %s\n", key, digits, x, unit);
}

int main(void)
{
  enum { NAIVE = 1, WIDEST = 6, THREADS = 7 };
  tt_autograd_enable();
  printf("rung\tproduct\tlenet\tcifar\ttinygpt");
  for (int r = 0; r < RUNGS; r++)
    if (runs(rungs[r])) {
      climb(r);
      printf("\n%s", rungs[r]);
      for (int i = 0; i < LOADS; i++)
        printf("\t%.4g", ms[r][i]);
      fflush(stdout);
    }
  printf("\n");
  double best = peak();
  quote("peak", 0, best, "billion");
  quote("naive", 0, 100 * 2e-6 * 512 * 512 * 512
        / ms[NAIVE][0] / best, "%");
  quote("one", 0, ms[0][0] / ms[WIDEST][0], "times");
  quote("two", 0, ms[0][0] / ms[THREADS][0], "times");
  quote("lenet", 1, ms[NAIVE][1] / ms[THREADS][1], "times");
  quote("cifar", 1, ms[NAIVE][2] / ms[THREADS][2], "times");
  quote("tinygpt", 1, ms[NAIVE][3] / ms[THREADS][3], "times");
  quote("cifarms", 1, ms[THREADS][2], "ms");
  quote("tinygptms", 1, ms[THREADS][3], "ms");
  tt_clear();
}
