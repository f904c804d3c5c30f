// Made from chapters/17-compression.nw by tools/tangle: edit there.
// Pruned, shared, coded: bytes and right answers at each stage.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "fifths.h"
#include "pruning.h"

enum { STAGES = 5 };
static const char *const stage[STAGES] = { "whole", "pruned", "gaps",
                                           "shared", "coded" };
typedef struct Stages { double bytes[STAGES], right[STAGES]; } Stages;

static double living(const Tensor *t)
{
  double n = 0;
  for (int64_t i = 0; i < tt_numel(t); i++)
    n += tt_load(t->dtype, t->data, i) != 0;
  return n;
}

// small layers suffer more, and their bits are few
static int bits_for(const Tensor *t)
{
  int64_t n = tt_numel(t);
  return n < 1000 ? 5 : n < 50000 ? 4 : 3;
}

// Weights are pruned: as csr, a number and a column; as a number and a
// gap of a byte; as 3 to 5 bits and a gap. The rest is f32, and from
// the sharing on in halves
static void add_bytes(Stages *s, const Tensor *t)
{
  double n = (double)tt_numel(t), rows, k;
  if (t->rank < 2) {
    s->bytes[1] += 4 * n, s->bytes[2] += 4 * n, s->bytes[3] += 2 * n;
    return;
  }
  rows = (double)t->shape[0], k = living(t);
  s->bytes[1] += 8 * k + 4 * (rows + 1);
  s->bytes[2] += 5 * k;
  s->bytes[3] += (bits_for(t) / 8. + 1) * k + (4 << bits_for(t));
}

static double file_bytes(const char *path)
{
  struct stat s;
  if (stat(path, &s) != 0)
    tt_fail(TT_EFILE, "%s was written and is not there", path);
  return (double)s.st_size;
}

// A batch norm that has learned is two numbers a channel, not four: as
// if its mean were 0, and its variance 1
static void settle(void *arg, const char *name, FieldKind kind,
                   void *slot)
{
  (void)arg, (void)name;
  if (kind != TT_CHILD
      || (*(ChildModule *)slot)->type != &tt_batch_norm2d_type)
    return;
  const BatchNorm2d *b = *(void **)slot;
  Real *w = b->weight->data, *shift = b->bias->data;
  Real *mean = b->running_mean->data, *var = b->running_var->data;
  for (int64_t i = 0; i < tt_numel(b->weight); i++) {
    w[i] = (Real)((double)w[i] / sqrt((double)var[i] + b->eps));
    shift[i] -= mean[i] * w[i];
    mean[i] = 0, var[i] = (Real)(1 - b->eps);
  }
}

// weights share few values; the rest is rounded to the halves that have
// the exponents of f32, and so its range
static void share(StateDict d)
{
  TT_NO_GRAD;
  for (int i = 0; i < d.n; i++) {
    Tensor *t = *d.entry[i].slot;
    if (t->dtype != TT_F32)
      continue;
    if (t->rank > 1)
      tt_share_weights_(t, bits_for(t));
    else if (!strstr(d.entry[i].name, "running_var"))
      tt_copy_(t, tt_to(tt_to(t, TT_BF16), TT_F32));
  }
}

// net is pruned; again() makes one that is not trained
static Stages all_stages(const char *name, Module *net,
                         Module *(*again)(void), BatchSource *test)
{
  TT_SCOPE;
  Stages s = {0};
  char path[64];
  StateDict d = tt_module_state_dict(net);
  snprintf(path, sizeof path, "build/%s-pruned.safetensors", name);
  tt_save_file(path, d, (Metadata){0});
  s.bytes[0] = file_bytes(path);
  for (int i = 0; i < d.n; i++)
    add_bytes(&s, *d.entry[i].slot);
  s.right[1] = s.right[2] = percent(net, test);
  tt_module_walk(net, settle, NULL);
  share(d);
  snprintf(path, sizeof path, "build/%s.packed", name);
  tt_packed_save(path, d, (Metadata){0});
  s.bytes[4] = file_bytes(path);
  Module *read = again();
  tt_module_load_state_dict(read, tt_packed_load(path, NULL));
  s.right[3] = s.right[4] = percent(read, test);
  return s;
}

static void print_stages(const char *name, const Stages *s)
{
  for (int i = 0; i < STAGES; i++)
    printf("%s\t%s\t%.0f\t%.2f\t%.1f\n", name, stage[i], s->bytes[i],
           s->right[i], s->bytes[0] / s->bytes[i]);
  printf("# deep.%s_times\t%.0f\n# deep.%s_lost\t%.1f\n"
         "# deep.%s_kb\t%.1f kB\n# deep.%s_whole\t%.0f kB\n",
         name, s->bytes[0] / s->bytes[4],
         name, s->right[0] - s->right[4], name, s->bytes[4] / 1e3,
         name, s->bytes[0] / 1e3);
}

static Module *mlp(void)
{
  Generator g;
  tt_manual_seed(&g, 0);
  return &TT_SEQUENTIAL(tt_linear_new(64, 256, &g),
                        tt_activation_new(tt_relu),
                        tt_linear_new(256, 10, &g))->base;
}

static void learn(Module *net, Batch b, Pruning *p)
{
  BatchSource *data = tt_batches_new(b.x, b.y, (BatchOptions){
    .size = 32, .shuffle = true });
  Schedule lr = tt_schedule_cosine(0.01, 0, 40 * data->batches);
  AdamOptions o = { .lr = 0.01 };
  tt_trainer_run(&(Trainer){ .model = net, .loss = tt_cross_entropy,
    .opt = tt_adam_new(tt_module_parameters(net), o), .train = data,
    .schedule = &lr, .epochs = 40, .after_step = p ? hold : NULL,
    .user = p, .quiet = true });
}

static void of_digits(void)
{
  Tensor *rows = read_digits("build/data/digits.csv");
  Batch fit = fifth(rows, 4, true), b = fifth(rows, 4, false);
  BatchSource *test = tt_batches_new(b.x, b.y, (BatchOptions){
    .size = 100 });
  Module *net = mlp();
  learn(net, fit, NULL);
  double before = percent(net, test);
  MagnitudePruner *p = tt_magnitude_pruner_new(net, (PruneOptions){0});
  PruneSchedule rise = { .to = 0.9, .end = 1200, .every = 20 };
  learn(net, fit, &(Pruning){ p, &rise });
  Stages s = all_stages("digits", net, mlp, test);
  s.right[0] = before;
  print_stages("digits", &s);
}

static Module *untrained(void)
{
  return network(32, 0);
}

static void of_photographs(void)
{
  Plan plan = { .width = 32 };
  BatchSource *test = loader(photographs(5).test, &plan, false);
  Module *net = untrained();
  tt_load_model("build/cifar-zeros.safetensors", net);
  Stages s = all_stages("cifar", net, untrained, test);
  s.right[0] = percent(trained_network(), test);
  print_stages("cifar", &s);
  printf("# deep.shared\t%.1f\n", s.right[1] - s.right[3]);
}

int main(void)
{
  tt_autograd_enable();
  printf("net\tstage\tbytes\tright\ttimes\n");
  of_digits();
  if (access("build/cifar-zeros.safetensors", R_OK) == 0)
    of_photographs();
  else
    fprintf(stderr, "no photographs: `build/bin/prunecifar zeros` makes"
            " build/cifar-zeros.safetensors, in about 3 minutes\n");
  return EXIT_SUCCESS;
}
