// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// A small Gpt learns to write, letter by letter: the plays (make data
// SET=tinyshakespeare), else this book.
//   tinygpt [SEED]        learns, and is judged: about 40 minutes
//   tinygpt --short       a minute
//   tinygpt --shipped     this book, whatever else is here
//   tinygpt --logs FILE.. the curves of some trainings as a table
//   tinygpt --texts FILE  what it wrote during a training
//   tinygpt --layouts     short trainings with one switch each
#include "gptjudge.h"
#include <time.h>

static Plan short_plan(void)       // less of everything
{
  return (Plan){
    .model = tt_llama_like((GptOptions){
      .context = 32, .dim = 64, .layers = 2, .heads = 4 }),
    .batch = 16, .steps = 600, .warmup = 50, .every = 200,
    .lr = 2e-3, .low = 2e-4, .decay = 0.1, .beta2 = 0.99,
    .goal = 2.4, .leak = 1.5 };
}

typedef struct Log { FILE *to; clock_t start; } Log;

static Log log_open(const char *run)
{
  char path[64];
  snprintf(path, sizeof path, "%s.log", run);
  FILE *f = fopen(path, "w");
  if (!f)
    tt_fail(TT_EFILE, "%s: it cannot be written", path);
  fprintf(f, "step\tseconds\ttrain\tunseen\n");
  return (Log){ f, clock() };
}

static void log_step(const Log *l, int64_t step, double train,
                     double unseen)
{
  double seconds = (double)(clock() - l->start) / CLOCKS_PER_SEC;
  fprintf(l->to, "%lld\t%.0f\t%.4f\t%.4f\n", (long long)step, seconds,
          train, unseen);
  fflush(l->to);
  printf("step %5lld  %5.0f s  loss %.4f, unseen %.4f\n",
         (long long)step, seconds, train, unseen);
  fflush(stdout);
}

static Optimizer *optimizer(Gpt *m, const Plan *p)
{
  StateDict all = tt_module_parameters(m), part[2];
  for (int matrix = 0; matrix < 2; matrix++) {
    part[matrix] = tt_state_dict_new(all.n);
    part[matrix].n = 0;
    for (int i = 0; i < all.n; i++)
      if (((*all.entry[i].slot)->rank >= 2) == matrix)
        part[matrix].entry[part[matrix].n++] = all.entry[i];
  }
  AdamOptions o = { .lr = p->lr, .beta2 = p->beta2 };
  Optimizer *adam = tt_adamw_new(part[0], o);
  o.weight_decay = p->decay;
  tt_adam_add_group(adam, part[1], o);
  return adam;
}

static void learn(Gpt *m, const Corpus *c, const Plan *p,
                  const Log *log /* or NULL */, Generator *g)
{
  Optimizer *adam = optimizer(m, p);
  Schedule lr = tt_schedule_then(
    tt_schedule_warmup(p->lr, 0.01, p->warmup), p->warmup,
    tt_schedule_cosine(p->lr, p->low, p->steps - p->warmup));
  double sum = 0;
  for (int64_t step = 0; step < p->steps; step++) {
    tt_optimizer_set_lr(adam, tt_schedule_lr(&lr, step));
    sum += one_step(m, adam, c->fit, p, g);
    if (log && (step + 1) % p->every == 0) {
      log_step(log, step + 1, sum / (double)p->every,
               tt_gpt_loss(m, c->valid));
      sum = 0;
    }
    if (log && step + 1 == p->steps / 10)
      sample("after a tenth of the steps", log->to, m, c, p->seed);
  }
}

static int print_logs(int argc, char **argv)
{
  double most = 0, minutes = 0;
  printf("seed\tstep\tseconds\ttrain\tunseen\n");
  for (int i = 2; i < argc; i++) {
    char line[256];
    double step, seconds, train, unseen, last = 0;
    FILE *f = fopen(argv[i], "r");
    while (f && fgets(line, sizeof line, f))
      if (sscanf(line, "%lf %lf %lf %lf", &step, &seconds, &train,
                 &unseen) == 4) {
        printf("%d\t%.0f\t%.0f\t%.4f\t%.4f\n", i - 2, step, seconds,
               train, unseen);
        last = unseen, minutes = fmax(minutes, seconds / 60);
      }
    most = fmax(most, last);
    if (f)
      fclose(f);
  }
  printf("# gptcurve.most\t%.2f\n# gptcurve.minutes\t%.0f\n",
         ceil(100 * most) / 100, minutes);
  return EXIT_SUCCESS;
}

static int print_texts(const char *path)
{
  char line[512];
  int left = 0;                    // lines of each text, some
  FILE *f = fopen(path, "r");
  while (f && fgets(line, sizeof line, f))
    if (line[0] == '#')
      printf("%s%s", left > 0 ? "\n" : "", line + 2), left = 7;
    else if (line[0] == '|' && line[2] != '\n' && left-- > 1)
      printf("  %.60s\n", strtok(line + 2, "\n"));
  if (f)
    fclose(f);
  return f ? EXIT_SUCCESS : EXIT_FAILURE;
}

static double short_loss(const Corpus *c, GptOptions o)
{
  TT_SCOPE;
  Plan p = short_plan();
  o.vocab_size = c->letters->size, o.context = p.model.context;
  o.dim = p.model.dim, o.layers = p.model.layers, o.heads = 4;
  p.model = o;
  Generator g;
  tt_manual_seed(&g, 0);
  Gpt *m = tt_gpt_new(o, &g);
  learn(m, c, &p, NULL, &g);
  return tt_gpt_loss(m, c->valid);
}

static int print_layouts(const Corpus *c)
{
  struct { const char *name; GptOptions o; } layout[] = {
    { "GPT-2", {0} }, { "  RMSNorm", { .rms_norm = true } },
    { "  SwiGLU", { .swiglu = true } },
    { "  no biases", { .no_bias = true } },
    { "  rotary positions", { .rotary = 10000 } },
    { "Llama", tt_llama_like((GptOptions){0}) } };
  for (int i = 0; i < 6; i++)
    printf("%-20s %.3f\n", layout[i].name,
           short_loss(c, layout[i].o));
  return EXIT_SUCCESS;
}

static bool has(int argc, char **argv, const char *word)
{
  for (int i = 1; i < argc; i++)
    if (strcmp(argv[i], word) == 0)
      return true;
  return false;
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  if (has(argc, argv, "--logs"))
    return print_logs(argc, argv);
  if (argc > 2 && has(argc, argv, "--texts"))
    return print_texts(argv[2]);
  Corpus c = read_corpus(has(argc, argv, "--shipped"));
  if (has(argc, argv, "--layouts"))
    return print_layouts(&c);
  Plan p = has(argc, argv, "--short") || !c.plays ? short_plan()
                                                  : full_plan();
  for (int i = 1; i < argc; i++)
    p.seed += strtoull(argv[i], NULL, 10);
  p.model.vocab_size = c.letters->size;
  Generator g;
  tt_manual_seed(&g, p.seed);
  Gpt *m = tt_gpt_new(p.model, &g);
  char run[32];                        // a short one spoils no long one
  snprintf(run, sizeof run, p.model.layers < 4 ? "build/tinygpt-short"
                                               : "build/tinygpt-%llu",
           (unsigned long long)p.seed);
  Log log = log_open(run);
  StateDict first = copies(tt_module_state_dict(m));
  if (!c.plays)
    printf("the plays are not here (make data SET=tinyshakespeare gets"
           " them); this book takes their place\n");
  sample("before", log.to, m, &c, p.seed);
  learn(m, &c, &p, &log, &g);
  sample("after", log.to, m, &c, p.seed);
  tt_module_eval(m);
  bool good = judge(m, first, &c, p.goal, p.leak);
  char path[64];
  snprintf(path, sizeof path, "%s.safetensors", run);
  tt_gpt_save(path, m, (Metadata){0});
  fclose(log.to);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
