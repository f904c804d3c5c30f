// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include "judge.h"
#include "photographs.h"
#include <time.h>

typedef struct Log { FILE *to; clock_t start; } Log;

static Log log_open(const char *path)
{
  FILE *f = fopen(path, "w");
  if (!f)
    tt_fail(TT_EFILE, "%s: it cannot be written", path);
  fprintf(f, "epoch\tseconds\ttrain\tunseen\n");
  return (Log){ f, clock() };
}

static void log_epoch(Trainer *t)
{
  Log *log = t->user;
  fprintf(log->to, "%lld\t%.0f\t%.4f\t%.4f\n",
          (long long)t->at.epoch,
          (double)(clock() - log->start) / CLOCKS_PER_SEC,
          t->train_score.metric, t->valid_score.metric);
  fflush(log->to);
}

static Module *train(Sets s, Plan p)
{
  Module *net = network(p.width, p.seed);
  BatchSource *data = loader(s.fit, &p, true);
  int64_t steps = p.epochs * data->batches, rise = steps / 4;
  Schedule lr = tt_schedule_then(
    tt_schedule_warmup(p.lr, 0.02, rise), rise,
    tt_schedule_cosine(p.lr, 0, steps - rise));
  SgdOptions o = { .lr = p.lr, .momentum = 0.9, .nesterov = true,
                   .weight_decay = 5e-4 };
  tt_trainer_run(&(Trainer){
    .model = net, .loss = tt_cross_entropy, .metric = tt_accuracy,
    .opt = tt_sgd_new(tt_module_parameters(net), o), .train = data,
    .valid = loader(s.valid, &p, false), .schedule = &lr,
    .epochs = p.epochs, .after_epoch = log_epoch, .user = p.log });
  return net;
}

static bool judge(Module *net, Sets s, const Plan *p)
{
  Metrics m = tt_evaluate(net, loader(s.test, p, false),
                          tt_cross_entropy, tt_accuracy);
  printf("%.2f %% of %lld unseen pictures are right\n", 100 * m.metric,
         (long long)s.test.x->shape[0]);
  fprintf(p->log->to, "# test %.2f\n", 100 * m.metric);
  bool good = apart(s.fit.x, s.test.x);
  Batch few = tt_source_next(loader(some(s.test, 0, 32), p, false));
  tt_module_eval(net);
  good &= same_by_hand(net, few.x, tt_forward(net, few.x), 16);
  good &= right_gradients(loss_of, net, few.x, few.y);
  return demand(100 * m.metric >= p->goal, "too few are right") && good;
}

typedef struct Summary { double seconds, to_75, percent; } Summary;

static Summary print_log(int seed, const char *path)
{
  Summary s = {0};
  char line[128];
  double e, seconds, fit, unseen;
  FILE *f = fopen(path, "r");
  while (f && fgets(line, sizeof line, f)) {
    sscanf(line, "# test %lf", &s.percent);
    if (sscanf(line, "%lf %lf %lf %lf", &e, &seconds, &fit, &unseen)
        != 4)
      continue;
    printf("%d\t%.0f\t%.0f\t%.4f\t%.4f\n", seed, e, seconds, fit,
           unseen);
    s.seconds = seconds;
    if (s.to_75 == 0 && unseen >= 0.75)
      s.to_75 = seconds;
  }
  if (f)
    fclose(f);
  return s;
}

static int print_logs(int argc, char **argv)
{
  double least = 100, longest = 0, to_75 = 0;
  printf("seed\tepoch\tseconds\ttrain\tunseen\n");
  for (int i = 2; i < argc; i++) {
    Summary s = print_log(i - 2, argv[i]);
    least = fmin(least, s.percent);
    longest = fmax(longest, s.seconds), to_75 = fmax(to_75, s.to_75);
  }
  printf("# cifarcurve.least\t%.1f\n# cifarcurve.minutes\t%.0f\n"
         "# cifarcurve.to_75\t%.0f\n", least, longest / 60, to_75);
  return EXIT_SUCCESS;
}

static bool has(int argc, char **argv, const char *word)
{
  for (int i = 1; i < argc; i++)
    if (strcmp(argv[i], word) == 0)
      return true;
  return false;
}

static Sets choose(bool brief, Plan *p)  // photographs, else digits
{
  Sets s;
  if (!read_cifar(brief ? 1 : 5, &s)) {
    printf("skipped: CIFAR-10 is not here (make data SET=cifar10 gets"
           " it); digits take its place\n");
    p->width = 8, p->epochs = 5, p->lr = 0.05, p->goal = 93;
    return read_digit_pictures();
  }
  if (brief) {
    p->epochs = 4, p->lr = 0.005, p->goal = 30;
    s.fit = some(s.fit, 0, 2000), s.test = some(s.test, 0, 1000);
  }
  return s;
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  if (has(argc, argv, "--logs"))
    return print_logs(argc, argv);
  Plan p = { .width = 32, .epochs = 13, .lr = 0.05, .goal = 82 };
  for (int i = 1; i < argc; i++)
    p.seed += strtoull(argv[i], NULL, 10);
  bool brief = has(argc, argv, "--short");
  Sets s = choose(brief, &p);
  char run[32], path[64];              // a short run spoils no long one
  snprintf(run, sizeof run, brief ? "build/cifar-short"
                                  : "build/cifar-%llu",
           (unsigned long long)p.seed);
  snprintf(path, sizeof path, "%s.log", run);
  Log log = log_open(path);
  p.log = &log;
  Module *net = train(s, p);
  snprintf(path, sizeof path, "%s.safetensors", run);
  tt_save_file(path, tt_module_state_dict(net), (Metadata){0});
  bool good = judge(net, s, &p);
  fclose(log.to);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
