// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// A stream of digits that begin to turn: the monitor, the trigger and a
// model that is trained anew. Prints a table, and what the text quotes.
#include "serving.h"

enum {
  EXAMPLES = 5000, CALM = 1500,    // before it turns
  TRAINED = 1000,                  // digits for the first model
  REFERENCE = 1000, WINDOW = 250,
  LATE = 200,                      // until a label comes
  NEED = 500, RECENT = 200,        // labels to train on; accuracy over
};

typedef struct Stream {
  int64_t   at;
  Generator g;
  Shots     base, pool;            // for training; for the stream
  ModelSlot *models, *monitors;
  ModelVersion *first, *before;    // of the models
  RetrainTrigger trigger;
  Shots     seen;                  // (EXAMPLES,..), in order
  int32_t  *right[2];              // of what served, of the first
  int64_t   alarm, swap;           // the first ones; 0: none yet
  int       alarms, swaps, rollbacks;
  Duel      duel;                  // the first
} Stream;

static double angle(int64_t i)     // a degree in 15 examples, up to 45
{
  return i < CALM ? 0 : fmin((double)(i - CALM) / 15, 45);
}

static void *first_model(void *arg)
{
  TT_SCOPE;
  Stream *s = arg;
  void *net = reader_of_digits(1);
  fit(net, shots_of(s->base, 4 * TRAINED, 0, &s->g), 12, 1);
  return tt_module_keep(net);
}

static void *zeros(int64_t n)
{
  return tt_to(tt_zeros(TT_SHAPE(n)), TT_I32)->data;
}

static void begin(Stream *s, uint64_t seed)
{
  tt_manual_seed(&s->g, seed);
  Shots all = all_shots(seed);
  s->base = some(all, 0, TRAINED), s->pool = some(all, TRAINED, ROWS);
  s->seen.x = tt_zeros(TT_SHAPE(EXAMPLES, PIXELS));
  s->seen.y = tt_to(tt_zeros(TT_SHAPE(EXAMPLES)), TT_I32);
  s->right[0] = zeros(EXAMPLES), s->right[1] = zeros(EXAMPLES);
  s->trigger = (RetrainTrigger){ .need = NEED, .probation = 300,
                                 .level = 0.01 };
  s->models = tt_slot_new(), s->monitors = tt_slot_new();
  tt_slot_load(s->models, first_model, s, NULL);
  s->first = tt_slot_use(s->models);
}

static Shots third(Shots s, int64_t k)         // k, k + 3, k + 6, ...
{
  int64_t n = s.x->shape[0];
  return (Shots){ tt_contiguous(tt_slice(s.x, 0, k, n, 3)),
                  tt_contiguous(tt_slice(s.y, 0, k, n, 3)) };
}

static void *candidate(void *arg)
{
  TT_SCOPE;
  Stream *s = arg;
  int64_t to = s->at - LATE + 1;   // labels that are there
  Shots news = some(s->seen, to - NEED, to);
  Shots fresh = joined(joined(third(news, 0), third(news, 1)),
    some(s->seen, s->alarm - LATE + 1, to - NEED));
  void *net = reader_of_digits(2 + (uint64_t)s->swaps);
  fit(net, joined(shots_of(s->base, 1000, 0, &s->g),
                  shots_of(fresh, 3000, 0, &s->g)), 12, 1);
  Duel d = compare(net, s->before->model, third(news, 2));
  s->duel = s->swaps ? s->duel : d;
  if (!tt_trigger_trained(&s->trigger, d.wins, d.losses))
    tt_fail(TT_EVALUE, "it won %lld and lost %lld",
            (long long)d.wins, (long long)d.losses);
  return tt_module_keep(net);
}

static void *monitor(void *arg)
{
  Stream *s = arg;
  int64_t to = s->at + 1, n = s->swaps ? 2 * WINDOW : REFERENCE;
  Shots seen = some(s->seen, to - n, to);
  ModelVersion *v = tt_slot_use(s->models);
  Tensor *y = classes_of(v->model, seen.x);
  tt_slot_return(s->models, v);
  return tt_drift_new(seen.x, y, (DriftOptions){ .window = WINDOW,
    .run_length = 25000, .classes = CLASSES, .shuffles = 1999 });
}

static void train_anew(Stream *s)
{
  if (s->before)
    tt_slot_return(s->models, s->before);
  s->before = tt_slot_use(s->models);
  if (!tt_slot_load(s->models, candidate, s, NULL))
    return;
  s->swap = s->swap ? s->swap : s->at;
  s->swaps++;
  tt_slot_load(s->monitors, monitor, s, NULL);
}

static void watch(Stream *s, const Real *x, int32_t class)
{
  ModelVersion *v = tt_slot_use(s->monitors);
  if (!v && s->at + 1 == REFERENCE)
    tt_slot_load(s->monitors, monitor, s, NULL);
  if (!v)
    return;
  DriftMonitor *m = v->model;
  if (tt_drift_add(m, x, class) && m->report.alarm) {
    s->alarm = s->alarm ? s->alarm : s->at;
    s->alarms++;
    tt_trigger_alarm(&s->trigger);
  }
  tt_slot_return(s->monitors, v);
}

static bool is_right(ModelVersion *v, Shots one)
{
  const int32_t *class = classes_of(v->model, one.x)->data;
  return *class == *(int32_t *)one.y->data;
}

static void label_comes(Stream *s, int64_t i)
{
  Shots one = some(s->seen, i, i + 1);
  ModelVersion *v = tt_slot_use(s->models);
  bool before = s->before && is_right(s->before, one);
  TriggerAction act = tt_trigger_label(&s->trigger, is_right(v, one),
                                       before);
  tt_slot_return(s->models, v);
  if (act == TT_RETRAIN)
    train_anew(s);
  else if (act == TT_ROLL_BACK)
    s->rollbacks += tt_slot_rollback(s->models);
}

static void one_more(Stream *s)
{
  int64_t i = s->at;
  Shots one = shots_of(s->pool, 1, angle(i), &s->g);
  tt_copy_(tt_slice(s->seen.x, 0, i, i + 1, 1), one.x);
  ((int32_t *)s->seen.y->data)[i] = *(int32_t *)one.y->data;
  ModelVersion *v = tt_slot_use(s->models);
  int32_t class = *(int32_t *)classes_of(v->model, one.x)->data;
  tt_slot_return(s->models, v);
  s->right[0][i] = class == *(int32_t *)one.y->data;
  s->right[1][i] = is_right(s->first, one);
  watch(s, one.x->data, class);
  if (i >= LATE)
    label_comes(s, i - LATE);
}

static double share(const int32_t *right, int64_t from, int64_t to)
{
  double n = 0;
  for (int64_t i = from; i < to; i++)
    n += right[i];
  return 100 * n / (double)(to - from);
}

static void print_row(const Stream *s)
{
  int64_t to = s->at + 1, from = to - RECENT;
  printf("%lld\t%.1f\t%.1f\t%.1f\n", (long long)to, angle(s->at),
         share(s->right[0], from, to), share(s->right[1], from, to));
}

static void print_numbers(const Stream *s)
{
  double worst = 100;
  for (int64_t i = CALM; i + RECENT < EXAMPLES; i++)
    worst = fmin(worst, share(s->right[0], i, i + RECENT));
  int64_t end = EXAMPLES, last = EXAMPLES - 1000;
  printf("# drift.after\t%lld\n", (long long)(s->alarm + 1 - CALM));
  printf("# drift.alarm\t%lld\n", (long long)s->alarm + 1);
  printf("# drift.swap\t%lld\n", (long long)s->swap + 1);
  printf("# drift.angle\t%.0f degrees\n", angle(s->alarm));
  printf("# drift.calm\t%.1f %%\n", share(s->right[0], 0, CALM));
  printf("# drift.worst\t%.1f %%\n", worst);
  printf("# drift.served\t%.1f %%\n", share(s->right[0], last, end));
  printf("# drift.first\t%.1f %%\n", share(s->right[1], last, end));
  printf("# drift.wins\t%lld\n", (long long)s->duel.wins);
  printf("# drift.losses\t%lld\n", (long long)s->duel.losses);
}

int main(void)
{
  tt_autograd_enable();
  Stream s = { .at = 0 };
  begin(&s, 7);
  printf("example\tangle\tserved\tfirst\n");
  for (; s.at < EXAMPLES; s.at++) {
    TT_SCOPE;
    one_more(&s);
    if (s.at % 50 == 49 && s.at >= RECENT)
      print_row(&s);
  }
  print_numbers(&s);
  tt_slot_free(s.monitors);
  tt_slot_free(s.models);
  tt_clear();
}
