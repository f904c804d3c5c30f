// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
#include <unistd.h>
#include "lenet.h"

typedef struct Seen { Module *net; Batch test; } Seen;

static Seen trained(void)
{
  Batch fit, test;
  LenetPlan p = plan_of_digits(0);
  bool mnist = find_mnist(&fit, &test);
  if (mnist) {
    p = plan_of_mnist(fit);
  } else {
    Tensor *rows = read_digits("build/data/digits.csv");
    fit = every(rows, 4, true), test = every(rows, 4, false);
  }
  p.quiet = true;
  char file[128];                  // of this recipe and no other
  snprintf(file, sizeof file, "build/sees-%lld-%lld-%lld-%lld-%g-%g"
           ".safetensors", (long long)fit.x->shape[0],
           (long long)p.epochs, (long long)p.shift, (long long)p.cut,
           p.lr, p.decay);
  if (access(file, F_OK) != 0)
    tt_save_file(file, tt_module_state_dict(train(fit, (Batch){0}, p)),
                 (Metadata){0});
  Module *net = lenet5(p.padding, p.seed);
  tt_load_model(file, net);
  return (Seen){ net, test };
}

// each plane of (1,C,H,W) or (C,1,H,W), its largest number as 1 or -1
static void print_planes(const char *stage, Tensor *x, int64_t most)
{
  int64_t n = x->shape[0] * x->shape[1], h = x->shape[2];
  int64_t w = x->shape[3];
  const Real *v = tt_contiguous(x)->data;
  for (int64_t k = 0; k < n && k < most; k++, v += h * w) {
    double top = 1e-9;
    for (int64_t i = 0; i < h * w; i++)
      top = fmax(top, fabs((double)v[i]));
    for (int64_t i = 0; i < h * w; i++)
      printf("%s\t%lld\t%lld\t%lld\t%.3f\n", stage, (long long)k,
             (long long)(i % w), (long long)(i / w),
             (double)v[i] / top);
  }
}

static void print_maps(Seen s)
{
  Sequential *net = (Sequential *)s.net;
  Tensor *x = tt_slice(s.test.x, 0, 0, 1, 1);
  printf("stage\tmap\tcolumn\trow\tvalue\n");
  print_planes("picture", x, 1);
  print_planes("filter", ((Conv2d *)net->layer[0])->weight, 6);
  x = tt_forward(net->layer[1], tt_forward(net->layer[0], x));
  print_planes("map", x, 6);
  x = tt_forward(net->layer[2], x);
  print_planes("pooled", x, 6);
  for (int i = 3; i < 6; i++)
    x = tt_forward(net->layer[i], x);
  print_planes("second", x, 16);
  printf("# featuremaps.percent\t%.2f %%\n",
         100 * tt_evaluate(s.net, tt_batches_new(s.test.x, s.test.y,
           (BatchOptions){ .size = 100 }), tt_cross_entropy,
           tt_accuracy).metric);
}

typedef struct Answer { int64_t at; int truth, said; double sure; }
  Answer;

static int by_sureness(const void *a, const void *b)
{
  double x = ((const Answer *)a)->sure, y = ((const Answer *)b)->sure;
  return (x < y) - (x > y);
}

static Answer answer(Seen s, int64_t i)
{
  TT_SCOPE;
  Tensor *logits = tt_forward(s.net, tt_slice(s.test.x, 0, i, i + 1,
                                              1));
  const Real *p = tt_softmax(logits, 1)->data;
  Answer a = { .at = i, .truth = ((int32_t *)s.test.y->data)[i] };
  for (int k = 0; k < CLASSES; k++)
    if (p[k] > p[a.said])
      a.said = k;
  a.sure = (double)p[a.said];
  return a;
}

static void print_wrong(Seen s, Answer *wrong, int64_t n)
{
  qsort(wrong, (size_t)n, sizeof *wrong, by_sureness);
  int64_t h = s.test.x->shape[2], w = s.test.x->shape[3];
  const Real *x = s.test.x->data;
  printf("rank\tcolumn\trow\tvalue\ttruth\tsaid\tsure\n");
  for (int64_t k = 0; k < n && k < 8; k++)
    for (int64_t i = 0; i < h * w; i++)
      printf("%lld\t%lld\t%lld\t%.2f\t%d\t%d\t%.3f\n", (long long)k,
             (long long)(i % w), (long long)(i / w),
             (double)x[wrong[k].at * h * w + i], wrong[k].truth,
             wrong[k].said, wrong[k].sure);
}

static void print_answers(Seen s, bool pictures)
{
  int64_t n = s.test.x->shape[0], bad = 0;
  Answer *wrong = tt_empty(TT_U8, TT_SHAPE(n * (int64_t)sizeof *wrong))
                  ->data;
  int count[CLASSES][CLASSES] = {{ 0 }};
  for (int64_t i = 0; i < n; i++) {
    Answer a = answer(s, i);
    count[a.truth][a.said]++;
    if (a.truth != a.said)
      wrong[bad++] = a;
  }
  if (pictures) {
    print_wrong(s, wrong, bad);
    return;
  }
  printf("truth\tsaid\tcount\n");
  for (int k = 0; k < CLASSES * CLASSES; k++)
    printf("%d\t%d\t%d\n", k / CLASSES, k % CLASSES,
           count[k / CLASSES][k % CLASSES]);
  printf("# confusion.wrong\t%lld\n# confusion.tested\t%lld\n",
         (long long)bad, (long long)n);
}

static void print_layers(void)
{
  Sequential *net = (Sequential *)lenet5(2, 0);
  Tensor *x = tt_zeros(TT_SHAPE(1, 1, 28, 28));
  printf("%-12s %-14s %s\n", "layer", "result", "parameters");
  for (int i = 0; i < net->n; i++) {
    x = tt_forward(net->layer[i], x);
    if (net->layer[i]->type != &tt_activation_type)
      printf("%-12s %-14s %10lld\n", net->layer[i]->type->name,
             TT_TEXT(tt_shape(x)),
             (long long)tt_module_count(net->layer[i]));
  }
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  const char *what = argc > 1 ? argv[1] : "--maps";
  if (strcmp(what, "--layers") == 0) {
    print_layers();
    return 0;
  }
  Seen s = trained();
  TT_NO_GRAD;
  tt_module_eval(s.net);
  if (strcmp(what, "--maps") == 0)
    print_maps(s);
  else
    print_answers(s, strcmp(what, "--wrong") == 0);
  return 0;
}
