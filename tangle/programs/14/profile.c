// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// profile.c - where the time and the memory of a model go.
//   profile lenet|cifar|tinygpt           one screen
//   profile lenet|cifar|tinygpt FOLDER    trace.json, flame.svg,
//                                         memory.tsv and page.txt there
//   profile --where                       all three, for the figure
#include "models.h"

static FILE *opened(const char *folder, const char *name)
{
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen(path, "w");
  if (!f)
    tt_fail(TT_EFILE, "%s: it cannot be written", path);
  return f;
}

static void closed(FILE *f)
{
  bool bad = ferror(f);
  if (fclose(f) || bad)
    tt_fail(TT_EFILE, "a file was not written whole: no room?");
}

static void page(const char *name, const char *folder)
{
  Model m = model_named(name);
  FILE *f = folder ? opened(folder, "page.txt") : stdout;
  Roofline r = tt_roofline();
  ProfilerOptions three = { .warmup = 2, .active = 3 };
  Profile *p = tt_profile(step_of_model, &m, m.net, three);
  FILE *trace = folder ? opened(folder, "memory.tsv") : NULL;
  MemoryUse u = tt_measure_memory(step_of_model, &m, (MemoryOptions){
    m.net, m.optimizer, trace });
  fprintf(f, "A step of %s, %lld parameters\n\n", name,
          (long long)tt_count_parameters(m.net));
  tt_profile_fprint(f, p);
  fprintf(f, "\n");
  tt_bottlenecks_print(f, &r, p, 6);
  fprintf(f, "\n");
  tt_memory_print(f, &u);
  if (!folder)
    return;
  closed(f), closed(trace);
  tt_profiler_trace(f = opened(folder, "trace.json"), p), closed(f);
  tt_profiler_flame(f = opened(folder, "flame.svg"), p), closed(f);
}

static const char *const kind[] = { "convolution", "products", "norms",
  "pools", "softmax and loss", "element by element", "update", "rest" };
enum { KINDS = 8 };

static int kind_of(const ProfileRow *r)
{
  static const struct { const char *word; int kind; } words[] = {
    { "conv2d", 0 }, { "linear", 1 }, { "matmul", 1 }, { "norm", 2 },
    { "pool", 3 }, { "softmax", 4 }, { "entropy", 4 }, { "tt_add", 5 },
    { "tt_mul", 5 }, { "tanh", 5 }, { "relu", 5 }, { "silu", 5 },
    { "dropout", 5 }, { "adam", 6 }, { "sgd", 6 }, { "", 7 } };
  int i = 0;
  while (!strstr(r->name, words[i].word))
    i++;
  return words[i].kind;
}

static double one_model(const char *name, double *ms)  // largest share
{
  TT_SCOPE;
  Model m = model_named(name);
  Profile *p = tt_profile(step_of_model, &m, m.net, (ProfilerOptions){
    .warmup = 2, .active = 5, .events = -1 });
  double share[KINDS] = { 0 }, most = 0;
  for (int r = 0; r < p->n; r++)
    share[kind_of(&p->row[r])] += p->row[r].cost.seconds;
  *ms = 1e3 * p->seconds / (double)p->steps;
  printf("\n%s\t%.3f", name, *ms);
  for (int k = 0; k < KINDS; k++) {
    double percent = 100 * share[k] / p->seconds;
    most = percent > most ? percent : most;
    printf("\t%.2f", percent);
  }
  return most;
}

static void where(void)
{
  static const char *const name[] = { "lenet", "cifar", "tinygpt" };
  printf("model\tms");
  for (int k = 0; k < KINDS; k++)
    printf("\t%s", kind[k]);
  double most[3], ms[3];
  for (int i = 0; i < 3; i++)
    most[i] = one_model(name[i], &ms[i]);
  printf("\n");
  for (int i = 0; i < 3; i++)
    printf("# where.%s\t%.0f %%\n# where.%sms\t%.3g ms\n", name[i],
           most[i], name[i], ms[i]);
}

int main(int argc, char *argv[])
{
  tt_autograd_enable();
  if (argc == 2 && strcmp(argv[1], "--where") == 0)
    where();
  else if (argc == 2 || argc == 3)
    page(argv[1], argv[2]);
  else {
    fprintf(stderr, "profile lenet|cifar|tinygpt [FOLDER]\n");
    return 1;
  }
  return 0;
}
