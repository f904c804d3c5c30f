// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// Six models for four machines: what the tuner makes of each.
//   sixmodels [MODEL [TARGET]]
#include <math.h>
#include "../09/deepnet.h"
#include "../13/tinygpt.h"
#include "tuned.h"
#include "reader.h"

typedef struct Model {
  const char *name;
  Module     *net;
  TuneData    data;
  double      lost;                // that may be lost
} Model;

static Model a_model(const char *name, Module *net, double lost)
{
  return (Model){ name, net, tune_data(), lost };
}

static Model an_mlp(Generator *g)
{
  Model m = a_model("mlp", &TT_SEQUENTIAL(
    tt_linear_new(64, 256, g), tt_activation_new(tt_relu),
    tt_linear_new(256, 256, g), tt_activation_new(tt_relu),
    tt_linear_new(256, 10, g))->base, 0.02);
  learn(m.net, &m.data, 20, 3e-3, 1);
  return m;
}

static Model of_a_reader(Generator *g)
{
  Model m = a_model("reader's", readers_model(g), 0.02);
  learn(m.net, &m.data, 20, 3e-3, 1);
  return m;
}

static Tensor *how_near(Tensor *out, Tensor *y)     // (N)
{
  Tensor *d = tt_sub(out, y);
  return tt_neg(tt_mean(tt_mul(d, d), 1, false));
}

static Model an_autoencoder(Generator *g)
{
  Model m = a_model("autoencoder", &TT_SEQUENTIAL(
    tt_linear_new(64, 64, g), tt_activation_new(tt_relu),
    tt_linear_new(64, 12, g), tt_linear_new(12, 64, g),
    tt_activation_new(tt_relu), tt_linear_new(64, 64, g))->base, 2e-3);
  TuneData *d = &m.data;
  d->y = d->x, d->fresh_y = d->fresh_x, d->train_y = d->train_x;
  d->score = how_near, d->loss = tt_mse_loss;
  learn(m.net, d, 60, 3e-3, 1);
  return m;
}

// each pixel becomes a square, in so many channels
static Tensor *enlarge(Tensor *x, int64_t channels, int64_t by)
{
  x = tt_reshape(x, TT_SHAPE(-1, 1, 8, 1, 8, 1));
  x = tt_expand(x, TT_SHAPE(-1, channels, -1, by, -1, by));
  return tt_contiguous(tt_reshape(x, TT_SHAPE(-1, channels, 8 * by,
                                              8 * by)));
}

static void enlarge_all(TuneData *d, int64_t channels, int64_t by)
{
  d->x = enlarge(d->x, channels, by);
  d->fresh_x = enlarge(d->fresh_x, channels, by);
  d->train_x = enlarge(d->train_x, channels, by);
}

static Model a_lenet(Generator *g)
{
  Pool2dOptions two = { .kernel = { 2 } };
  Conv2dOptions none = {0};
  Model m = a_model("lenet", &TT_SEQUENTIAL(
    tt_conv2d_new(1, 6, 5, none, g), tt_activation_new(tt_tanh),
    tt_avg_pool2d_new(two), tt_conv2d_new(6, 16, 5, none, g),
    tt_activation_new(tt_tanh), tt_avg_pool2d_new(two),
    tt_flatten_new(), tt_linear_new(144, 84, g),
    tt_activation_new(tt_tanh), tt_linear_new(84, 10, g))->base, 0.02);
  enlarge_all(&m.data, 1, 3);
  m.data.epochs = 2;
  learn(m.net, &m.data, 6, 3e-3, 1);
  return m;
}

static Model a_deep_network(Generator *g)
{
  (void)g;
  Model m = a_model("photographs", network(8, 1), 0.02);
  enlarge_all(&m.data, 3, 4);
  m.data.epochs = 1;
  learn(m.net, &m.data, 3, 3e-3, 1);
  return m;
}

static Tensor *mean_log_p(Tensor *logits, Tensor *y)    // (N)
{
  int64_t n = y->shape[0], t = y->shape[1], v = logits->shape[2];
  Tensor *all = tt_cross_entropy_with(
    tt_reshape(logits, TT_SHAPE(n * t, v)), tt_reshape(y,
    TT_SHAPE(n * t)), (LabelOptions){ .reduction = TT_REDUCE_NONE });
  return tt_neg(tt_mean(tt_reshape(all, TT_SHAPE(n, t)), 1, false));
}

static Model a_gpt(Generator *g)
{
  enum { CONTEXT = 32, N = 100 };
  Corpus c = read_corpus(true);
  GptOptions o = tt_llama_like((GptOptions){ .context = CONTEXT,
    .dim = 64, .layers = 2, .heads = 2,
    .vocab_size = c.letters->size });
  Model m = { "gpt", &tt_gpt_new(o, g)->base, {
    .score = mean_log_p, .loss = tt_language_loss, .epochs = 1,
    .tokens = 16 }, 0.02 };
  Batch fit = tt_windows(c.fit, 12 * N, CONTEXT, g);
  Batch a = tt_windows(c.valid, N, CONTEXT, g);
  Batch b = tt_windows(c.valid, N, CONTEXT, g);
  m.data.train_x = fit.x, m.data.train_y = fit.y;
  m.data.x = a.x, m.data.y = a.y;
  m.data.fresh_x = b.x, m.data.fresh_y = b.y;
  learn(m.net, &m.data, 6, 3e-3, 1);
  return m;
}

static void print_result(const Model *m, const TuneTarget *t,
                         const TuneResult *r)
{
  static const char *const kind[] = { "here", "laptop", "phone",
                                      "micro" };
  int k = 0;
  while (k < 3 && strcmp(t->name, tt_tune_target(k).name) != 0)
    k++;
  printf("%-11s %-6s %-33s %6.3f %6.1f %6.1f\n", m->name, kind[k],
         r->name[0] ? r->name : "as it is", isnan(r->fresh.lost)
         ? r->after.lost : r->fresh.lost,
         (double)r->after.bytes / 1024,
         r->before.seconds / r->after.seconds);
  size_t first = strcspn(r->missed, ";");      // on two lines
  const char *rest = r->missed + first;
  if (!r->model)
    printf("%11s no: %.*s%s%s\n", "", (int)first, r->missed,
           *rest ? ";\n           " : "", *rest ? rest + 1 : "");
  fflush(stdout);
}

static int all, met, alone;        // rows of the table; that met their
                                   // limits; one recipe was better
static void count_row(const Model *m, TuneTarget t, const TuneResult *r)
{
  TuneCost one = r->single;
  one.seconds *= 1.03, one.each *= 1.03;
  t.limits.lost = m->lost;
  all++, met += r->model != NULL;
  alone += one.bytes > 0           // there was one
           && tt_tune_better(&one, &r->after, &t.limits, t.goal);
}

static void tune_for(const Model *m, TargetKind kind, bool more)
{
  TT_SCOPE;
  TuneTarget t = tt_tune_target(kind);
  double start = tt_machine_now();
  TuneResult *r = tt_optimization_pipeline(m->net, &m->data, kind,
                                           m->lost);
  print_result(m, &t, r);
  count_row(m, t, r);
  if (!more)
    return;
  tt_tune_print(stdout, r);
  printf("%s, %d threads, %.4f ms, at first %.4f, with one recipe %.4f;"
         " %d tried in %.0f s\n", r->run.backend, r->run.threads,
         1e3 * r->after.seconds, 1e3 * r->before.seconds,
         1e3 * r->single.seconds, r->n, tt_machine_now() - start);
}

int main(int argc, char **argv)
{
  static Model (*const make[])(Generator *g) = { an_mlp, a_lenet,
    a_deep_network, a_gpt, an_autoencoder, of_a_reader };
  static const char *const name[] = { "mlp", "lenet", "photographs",
    "gpt", "autoencoder", "reader's" };
  tt_autograd_enable();
  printf("%-11s %-6s %-33s %6s %6s %6s\n", "model", "target",
         "done to it", "lost", "KiB", "faster");
  for (int i = 0; i < 6; i++) {
    if (argc > 1 && strcmp(argv[1], name[i]) != 0)
      continue;
    TT_SCOPE;
    Generator g;
    tt_manual_seed(&g, 1);
    Model m = make[i](&g);
    for (int k = TT_THIS_MACHINE; k <= TT_MICROCONTROLLER; k++)
      if (argc < 3 || strcmp(argv[2], tt_tune_target(k).name) == 0)
        tune_for(&m, (TargetKind)k, argc > 2);
  }
  printf("%d of %d within all limits; better with one recipe: %d\n",
         met, all, alone);
}
