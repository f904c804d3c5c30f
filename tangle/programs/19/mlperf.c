// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// The MLPerf era: one network, made faster and smaller by everything in
// this book; what each step gives, and what it costs.
#include <math.h>
#include "tuned.h"

enum { HIDDEN = 512, STAGES = 6, TOGETHER = 256 };

typedef struct Stage {
  const char *name;
  TuneRun run;
  const char *recipe;              // or NULL: another way to run
  double  value;
  double  flops;                   // of a digit
  double  p90, each;               // seconds: one alone; one of many
  int64_t bytes;
  double  right;                   // percent of the fresh digits
} Stage;

static Stage stage[STAGES] = {
  { .name = "as written", .run = { "naive", 1, 1, false } },
  { .name = "vectors", .run = { "simd", 1, 1, false } },
  { .name = "narrow", .run = { "simd", 1, 1, false },
    .recipe = "taught", .value = 0.75 },
  { .name = "int8", .run = { "simd", 1, 1, false },
    .recipe = "int8" },
  { .name = "batches", .run = { "simd", 1, TOGETHER, false } },
  { .name = "threads", .run = { "threads", 2, TOGETHER, false } }
};

static Module *network(uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  return &TT_SEQUENTIAL(
    tt_linear_new(64, HIDDEN, &g), tt_activation_new(tt_relu),
    tt_linear_new(HIDDEN, HIDDEN, &g), tt_activation_new(tt_relu),
    tt_linear_new(HIDDEN, 10, &g))->base;
}

static void layer(const Linear *l, double *x, bool last)
{
  double y[HIDDEN];
  int64_t out = l->weight->shape[0], in = l->weight->shape[1];
  for (int64_t i = 0; i < out; i++) {
    y[i] = tt_get(l->bias, TT_INDEX(i));
    for (int64_t k = 0; k < in; k++)
      y[i] += x[k] * (double)((Real *)l->weight->data)[i * in + k];
    y[i] = last || y[i] > 0 ? y[i] : 0;
  }
  memcpy(x, y, (size_t)out * sizeof *y);
}

static double farthest_from_plain_c(Module *m, Tensor *rows)
{
  TT_NO_GRAD;
  double far = 0, x[HIDDEN];
  Tensor *out = tt_forward(m, rows);
  Module **l = ((Sequential *)m)->layer;
  for (int64_t i = 0; i < rows->shape[0]; i++) {
    for (int64_t k = 0; k < 64; k++)
      x[k] = tt_get(rows, TT_INDEX(i, k));
    for (int k = 0; k < 5; k += 2)
      layer((Linear *)l[k], x, k == 4);
    for (int64_t c = 0; c < 10; c++)
      far = fmax(far, fabs(tt_get(out, TT_INDEX(i, c)) - x[c]));
  }
  return far;
}

static void use(const TuneRun *r)  // or what this machine has
{
  const Backend *b;
  tt_backend_use("naive");
  for (int i = 0; (b = tt_backend_at(i)); i++)
    if (strcmp(b->name, r->backend) == 0)
      tt_backend_use(b->name);
  tt_set_num_threads(r->threads);
}

static void apply_recipe(Module **m, const TuneData *d, const Stage *s)
{
  for (const TuneRecipe *r = tt_tune_recipes; r->apply; r++)
    if (s->recipe && strcmp(r->name, s->recipe) == 0)
      r->apply(m, d, s->value);
}

typedef struct Asked { Module *net; Tensor *x; int64_t batch; } Asked;

static void answer(int64_t first, int64_t n, void *arg)
{
  TT_NO_GRAD;
  const Asked *a = arg;
  for (int64_t i = first; i < first + n; i += a->batch) {
    TT_SCOPE;
    int64_t at = i % TOGETHER, left = first + n - i;
    tt_forward(a->net, tt_slice(a->x, 0, at, at + (left < a->batch
                                ? left : a->batch), 1));
  }
}

static void measure(Stage *s, Module *m, const TuneData *d)
{
  TT_SCOPE;
  use(&s->run);
  s->bytes = tt_tune_bytes(m);
  s->right = 100 * mean_score(m, d, d->fresh_x, d->fresh_y);
  Asked a = { m, tt_contiguous(tt_slice(d->fresh_x, 0, 0, TOGETHER,
                                        1)), s->run.batch };
  s->flops = tt_count_flops(m, tt_slice(a.x, 0, 0, 1, 1));
  s->p90 = tt_single_stream(answer, &a, (ScenarioOptions){
    .queries = 1000 }).tail;
  s->each = 1 / tt_offline(answer, &a, (ScenarioOptions){
    .queries = 64 * TOGETHER }).throughput;
}

static int refuse(const char *why)
{
  printf("%s\n", why);
  tt_clear();
  return EXIT_FAILURE;
}

static void print_stages(void)
{
  printf("%-12s %8s %10s %10s %9s %8s\n", "stage", "FLOP", "p90, us",
         "each, us", "bytes", "right, %");
  for (int i = 0; i < STAGES; i++) {
    const Stage *s = &stage[i];
    printf("%-12s %8.0f %10.2f %10.3f %9lld %8.1f\n", s->name,
           s->flops, 1e6 * s->p90, 1e6 * s->each, (long long)s->bytes,
           s->right);
  }
}

// a row a stage for the figure, and the values of the text
static void print_table(void)
{
  printf("stage\tbefore\tafter\tbytes\tright\n");
  for (int i = 0; i < STAGES; i++)
    printf("%s\t%.4f\t%.4f\t%lld\t%.2f\n", stage[i].name,
           1e6 * stage[i ? i - 1 : 0].each, 1e6 * stage[i].each,
           (long long)stage[i].bytes, stage[i].right);
  const Stage *a = &stage[0], *b = &stage[STAGES - 1];
  printf("# mlperf.times\t%.0f\n# mlperf.smaller\t%.1f\n"
         "# mlperf.lost\t%.1f\n# mlperf.first\t%.1f µs\n"
         "# mlperf.last\t%.2f µs\n", a->each / b->each,
         (double)a->bytes / (double)b->bytes, a->right - b->right,
         1e6 * a->each, 1e6 * b->each);
}

static const char *what_is_wrong(void)
{
  const Stage *first = &stage[0], *last = &stage[STAGES - 1];
  if (first->right < 93)
    return "too few are right: below 93 % before anything is changed";
  for (int i = 1; i < STAGES; i++)
    if (stage[i].right < first->right - 2)
      return "a stage has lost more than 2 points";
  if (last->bytes * 8 > first->bytes)
    return "it is not even 8 times smaller";
  if (last->flops * 8 > first->flops)
    return "it does not even take 8 times fewer operations";
  return NULL;
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  TuneData d = tune_data();
  d.epochs = 20, d.lr = 3e-3;
  Module *m = network(1);
  learn(m, &d, 20, 3e-3, 1);
  if (farthest_from_plain_c(m, tt_slice(d.x, 0, 0, 20, 1)) > 1e-3)
    return refuse("plain C has other answers");
  for (int i = 0; i < STAGES; i++) {
    apply_recipe(&m, &d, &stage[i]);
    measure(&stage[i], m, &d);
  }
  if (argc > 1 && strcmp(argv[1], "--table") == 0)
    print_table();
  else
    print_stages();
  const char *wrong = what_is_wrong();
  if (wrong)
    return refuse(wrong);
  tt_clear();
}
