// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// A model is asked as its users will ask.
#include "tt/scenario.h"
#include "tt/error.h"
#include "tt/machine.h"
#include "tt/todo.h"
#include <math.h>
#include <time.h>

static void check_share(const char *who, double share,
                        double confidence)
{
  if (!(share > 0 && share <= 0.9999 && confidence > 0
        && confidence < 1))
    tt_fail(TT_EVALUE, "%s: share %g at confidence %g; a share is above"
            " 0 and at most 0.9999, a confidence between 0 and 1", who,
            share, confidence);
}

static ScenarioOptions scenario_defaults(const char *who,
                                         ScenarioOptions o, bool tail)
{
  o.share = o.share != 0 ? o.share : 0.9;
  o.confidence = o.confidence != 0 ? o.confidence : 0.99;
  check_share(who, o.share, o.confidence);
  int64_t least = tt_queries_needed(o.share, o.confidence);
  o.queries = o.queries ? o.queries : least;
  if (o.queries < (tail ? least : 1))
    tt_fail(TT_EVALUE, "%s: %lld queries; the place %g at confidence %g"
            " needs %lld", who, (long long)o.queries, o.share,
            o.confidence, (long long)least);
  o.batch = o.batch > 0 ? o.batch : 1;
  return o;
}

int64_t tt_queries_needed(double share, double confidence)
{
  check_share("tt_queries_needed", share, confidence);
  double n = 1;
  while (pow(share, n - 1) * (share + n * (1 - share))
         > 1 - confidence)
    n++;
  return (int64_t)n;
}

static double chance_of(int64_t n, int64_t k, double p)  // k of n
{
  double x = (double)n, y = (double)k;
  return exp(lgamma(x + 1) - lgamma(y + 1) - lgamma(x - y + 1)
             + y * log(p) + (x - y) * log1p(-p));
}

// the smallest place, from 1 to n, whose number is above the share's
// true value with this confidence; n + 1: there is none
static int64_t rank_above(int64_t n, double share, double confidence)
{
  int64_t k = n + 1;
  for (double sum = 0; k > 1; k--) {
    sum += chance_of(n, k - 1, share);
    if (sum > 1 - confidence)
      break;
  }
  return k;
}

static void plan_arrivals(int64_t n, double *planned, double rate,
                          uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  double at = 0;
  for (int64_t i = 0; i < n; i++) {
    double u = (double)(tt_random(&g) >> 11) * 0x1p-53;   // [0,1)
    at -= log1p(-u) / rate;
    planned[i] = at;
  }
}

typedef struct Serving {
  QueryWork *work;
  void      *arg;
  int64_t    n, batch;             // queries; at once, at most
  double    *planned, *latency;    // of each query, in seconds
  double     began;
  BenchClock clock;
  double     busy;                 // seconds in work
} Serving;

static double since(const Serving *s)  // the beginning
{
  return (s->clock.now ? s->clock.now(s->clock.arg) : tt_machine_now())
         - s->began;
}

static void wait_until(const Serving *s, double planned)
{
  const double early = 2e-4;
  if (s->clock.wait && since(s) < planned)
    s->clock.wait(s->clock.arg, s->began + planned);
  else if (!s->clock.now) {
    double left = planned - since(s) - early;
    if (left > 0)
      nanosleep(&(struct timespec){ (time_t)left,
                (long)(1e9 * (left - floor(left))) }, NULL);
    while (since(s) < planned)
      ;
  }
}

static Serving serving(const char *who, QueryWork *work, void *arg,
                       const ScenarioOptions *o)
{
  if (!work)
    tt_missing(who, "work");
  Serving s = { .work = work, .arg = arg, .n = o->queries,
                .batch = o->batch, .clock = o->clock,
                .planned = tt_room(o->queries, sizeof(double)),
                .latency = tt_room(o->queries, sizeof(double)) };
  for (int64_t i = 0; i < s.n; i++)
    s.planned[i] = 0;
  work(0, 1, arg);                 // warm
  s.began = since(&s);
  return s;
}

static int64_t serve(const Serving *s, int64_t done)
{
  int64_t n = 1;
  double now = since(s);
  while (n < s->batch && done + n < s->n && s->planned[done + n] <= now)
    n++;
  s->work(done, n, s->arg);
  double end = since(s);
  for (int64_t i = done; i < done + n; i++)
    s->latency[i] = end - s->planned[i];
  return n;
}

static ScenarioResult result_of(const char *name, const Serving *s,
                                int64_t calls, const ScenarioOptions *o)
{
  double seconds = since(s);
  ScenarioResult r = { .name = name, .queries = s->n, .calls = calls,
    .seconds = seconds, .throughput = (double)s->n / seconds,
    .busy = s->busy / seconds, .bound = (double)INFINITY };
  tt_machine_median(s->latency, (int)s->n);    // sorts them
  r.p50 = tt_percentile(s->n, s->latency, 0.5);
  r.tail = tt_percentile(s->n, s->latency, o->share);
  r.worst = s->latency[s->n - 1];
  int64_t k = rank_above(s->n, o->share, o->confidence);
  if (k <= s->n)
    r.bound = s->latency[k - 1];
  return r;
}

void tt_scenario_print(FILE *f, const ScenarioResult *r)
{
  fprintf(f, "%s: %lld queries, %.4g a second, busy %.0f %%\n", r->name,
          (long long)r->queries, r->throughput, 100 * r->busy);
  fprintf(f, "latency in ms: p50 %.3g, tail %.3g, at most %.3g\n",
          1e3 * r->p50, 1e3 * r->tail, 1e3 * r->bound);
}

ScenarioResult tt_single_stream(QueryWork *work, void *arg,
                                ScenarioOptions o)
{
  TT_SCOPE;
  o = scenario_defaults("tt_single_stream", o, true);
  Serving s = serving("tt_single_stream", work, arg, &o);
  for (int64_t i = 0; i < s.n; i++) {
    double start = since(&s);
    work(i, 1, arg);
    s.latency[i] = since(&s) - start;
    s.busy += s.latency[i];
  }
  return result_of("single stream", &s, s.n, &o);
}

ScenarioResult tt_offline(QueryWork *work, void *arg,
                          ScenarioOptions o)
{
  TT_SCOPE;
  o = scenario_defaults("tt_offline", o, false);
  Serving s = serving("tt_offline", work, arg, &o);
  work(0, s.n, arg);
  s.busy = since(&s);
  for (int64_t i = 0; i < s.n; i++)
    s.latency[i] = s.busy;
  return result_of("offline", &s, 1, &o);
}

ScenarioResult tt_server(QueryWork *work, void *arg, ScenarioOptions o)
{
  TT_SCOPE;
  o = scenario_defaults("tt_server", o, true);
  if (!(o.rate > 0 && o.rate <= 1e9))
    tt_fail(TT_EVALUE, "tt_server: %g arrivals a second; set rate above"
            " 0", o.rate);
  Serving s = serving("tt_server", work, arg, &o);
  plan_arrivals(s.n, s.planned, o.rate, o.seed);
  int64_t calls = 0;
  s.began = since(&s) + s.began;   // now: planning is over
  for (int64_t done = 0; done < s.n; calls++) {
    wait_until(&s, s.planned[done]);
    double from = since(&s);
    done += serve(&s, done);
    s.busy += since(&s) - from;
  }
  return result_of("server", &s, calls, &o);
}
