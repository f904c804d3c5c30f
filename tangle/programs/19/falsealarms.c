// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// A program against itself, one after the other and by turns.
#include "weather.h"
#include <stdlib.h>

enum { PAIRS = 40, ALL = 200 };
static double a[PAIRS], b[PAIRS];
static int    at95;                // that differ at this level

static Outcome apart(uint64_t seed)
{
  BootstrapOptions o = { .level = 0.99, .seed = seed };
  return tt_outcome(tt_bootstrap_apart(PAIRS, b, PAIRS, a, o), 0);
}

static Outcome by_turns(uint64_t seed, double level)
{
  CompareOptions o = { .seed = seed, .level = level };
  return tt_compare_series(PAIRS, a, b, o).outcome;
}

// b takes `slower` times as long
static void measure(Weather w, bool turns, double slower)
{
  for (int i = 0; i < PAIRS; i++)
    if (turns) {
      bool first = i % 2;
      b[i] = first ? takes(&w, slower) : 0;
      a[i] = takes(&w, 1);
      b[i] = first ? b[i] : takes(&w, slower);
    } else {
      a[i] = takes(&w, 1);
    }
  for (int i = 0; i < PAIRS && !turns; i++)
    b[i] = takes(&w, slower);
}

static void in_weather(int drift)
{
  int wrong = 0, turns = 0, found = 0;
  for (uint64_t i = 0; i < ALL; i++) {
    Weather w = weather(i, drift / 100., 2 * PAIRS);
    measure(w, false, 1);
    wrong += apart(i) != TT_NO_DIFFERENCE;
    measure(w, true, 1);
    turns += by_turns(i, 0.99) != TT_NO_DIFFERENCE;
    at95 += by_turns(i, 0.95) != TT_NO_DIFFERENCE;
    measure(w, true, 1.03);
    found += by_turns(i, 0.99) == TT_SLOWER;
  }
  printf("%d\t%d\t%d\t%d\n", drift, wrong, turns, found);
  if (drift == 0)
    printf("# falsealarms.apart0\t%d\n", wrong);
  if (drift == 10)
    printf("# falsealarms.apart10\t%d\n# falsealarms.turns10\t%d\n"
           "# falsealarms.found10\t%d\n", wrong, turns, found);
  fflush(stdout);
}

static Module *net;
static Tensor *x;

static void forward(void *arg)
{
  (void)arg;
  TT_NO_GRAD;
  tt_forward(net, x);
}

static double timed(void)
{
  TT_SCOPE;
  double start = tt_machine_now();
  for (int i = 0; i < 3; i++)
    forward(NULL);
  return tt_machine_now() - start;
}

static void make_network(void)
{
  Generator g;
  tt_manual_seed(&g, 1);
  net = &TT_SEQUENTIAL(tt_linear_new(64, 256, &g),
                       tt_activation_new(tt_relu),
                       tt_linear_new(256, 10, &g))->base;
  x = tt_ones(TT_SHAPE(32, 64));
}

static void on_this_machine(void)
{
  int wrong = 0, by[3] = { 0 };
  make_network();
  Contender me = { "itself", forward, NULL, NULL };
  for (uint64_t i = 0; i < ALL; i++) {
    for (int k = 0; k < 2 * PAIRS; k++)
      *(k < PAIRS ? &a[k] : &b[k - PAIRS]) = timed();
    wrong += apart(i) != TT_NO_DIFFERENCE;
    CompareOptions o = { .least = PAIRS, .most = PAIRS, .seed = i };
    by[tt_compare(me, me, o).outcome]++;
  }
  printf("# falsealarms.realapart\t%d\n# falsealarms.realturns\t%d\n",
         wrong, by[TT_FASTER] + by[TT_SLOWER]);
}

int main(void)
{
  printf("drift\tapart\tturns\tfound\n");
  for (int d = 0; d <= 20; d += 2)
    in_weather(d);
  printf("# falsealarms.at95\t%.1f %%\n", 100. * at95 / (11 * ALL));
  on_this_machine();
}
