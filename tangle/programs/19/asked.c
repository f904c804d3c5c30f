// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// A network is asked one by one, all at once, and by chance.
#include <stdio.h>
#include "tt/tt.h"

typedef struct Model { Module *net; Tensor *x; } Model;

static void answer(int64_t first, int64_t n, void *arg)
{
  Model *m = arg;
  TT_SCOPE;
  TT_NO_GRAD;
  (void)first;
  tt_forward(m->net, tt_slice(m->x, 0, 0, n, 1));
}

static void line(const char *how, ScenarioResult r)
{
  printf("%-20s %8.0f %9.3f %9.3f %9.3f %6.0f\n", how, r.throughput,
         1e3 * r.p50, 1e3 * r.tail, 1e3 * r.bound, 100 * r.busy);
}

int main(void)
{
  Generator g;
  tt_manual_seed(&g, 1);
  Model m = { &TT_SEQUENTIAL(tt_linear_new(64, 1024, &g),
                             tt_activation_new(tt_relu),
                             tt_linear_new(1024, 1024, &g),
                             tt_activation_new(tt_relu),
                             tt_linear_new(1024, 10, &g))->base,
              tt_ones(TT_SHAPE(2000, 64)) };
  ScenarioOptions o = { .queries = 2000, .share = 0.99 };
  printf("%-20s %8s %9s %9s %9s %6s\n", "", "a second", "p50, ms",
         "p99, ms", "at most", "busy");
  ScenarioResult s = tt_single_stream(answer, &m, o);
  line("one by one", s);
  line("all at once", tt_offline(answer, &m, o));
  double share[] = { 0.5, 0.9, 1.5 };
  for (int i = 0; i < 6; i++) {
    char how[40];
    o.rate = share[i % 3] * s.throughput, o.batch = i < 3 ? 1 : 32;
    snprintf(how, sizeof how, "%.1f times, by %lld", share[i % 3],
             (long long)o.batch);
    line(how, tt_server(answer, &m, o));
  }
}
