// Made from chapters/17-compression.nw by tools/tangle: edit there.
// What a teacher's logits tell a small network.
#include <math.h>
#include <stdio.h>
#include "fifths.h"

enum { STUDENTS = 10, TEACHER = 256, SMALL = 16, HEAT = 5 };
static const double heat[HEAT] = { 1, 2, 4, 10, 20 };
static double temperature;         // of the lesson that is going on

static Module *mlp(int64_t hidden, uint64_t seed)
{
  Generator g;
  tt_manual_seed(&g, seed);
  return &TT_SEQUENTIAL(tt_linear_new(64, hidden, &g),
                        tt_activation_new(tt_relu),
                        tt_linear_new(hidden, 10, &g))->base;
}

// y is (N,11): the label, then the teacher's logits
static Tensor *lesson(Tensor *logits, Tensor *y)
{
  Tensor *labels_ = tt_to(tt_select(y, 1, 0), TT_I32);
  return tt_distillation_loss(logits, tt_slice(y, 1, 1, 11, 1),
    labels_, (DistillationOptions){ temperature, 0.9 });
}

static Tensor *by_labels(Tensor *logits, Tensor *y)
{
  return tt_cross_entropy(logits, tt_to(tt_select(y, 1, 0), TT_I32));
}

static Module *learn(Module *m, Batch b, int64_t epochs, uint64_t seed,
                     Tensor *(*loss)(Tensor *, Tensor *))
{
  BatchSource *data = tt_batches_new(b.x, b.y, (BatchOptions){
    .size = 32, .shuffle = true, .seed = seed });
  Schedule lr = tt_schedule_cosine(0.01, 0, epochs * data->batches);
  AdamOptions o = { .lr = 0.01 };
  tt_trainer_run(&(Trainer){ .model = m, .loss = loss, .train = data,
    .opt = tt_adam_new(tt_module_parameters(m), o), .schedule = &lr,
    .epochs = epochs, .quiet = true });
  return m;
}

// the labels, and what the teacher answers, as targets
static Batch taught_by(Module *teacher, Batch b)
{
  TT_NO_GRAD;
  Tensor *y[2] = { tt_unsqueeze(tt_to(b.y, TT_F32), 1),
                   tt_forward(teacher, b.x) };
  return (Batch){ b.x, tt_keep(tt_cat(2, y, 1)) };
}

typedef struct Gain { double alone, taught, mean, half; } Gain;

// half of the interval that has the mean in 95 of 100 cases: 2.262 is
// Student's t for ten
static Gain compare(Batch fit, Batch test, int64_t epochs)
{
  Gain g = {0};
  double squares = 0;
  for (uint64_t seed = 0; seed < STUDENTS; seed++) {
    TT_SCOPE;
    double a = right_of(learn(mlp(SMALL, seed), fit, epochs, seed,
                             by_labels), test);
    double b = right_of(learn(mlp(SMALL, seed), fit, epochs, seed,
                             lesson), test);
    g.alone += a / STUDENTS, g.taught += b / STUDENTS;
    squares += (b - a) * (b - a);
  }
  g.mean = g.taught - g.alone;
  squares = (squares - STUDENTS * g.mean * g.mean) / (STUDENTS - 1);
  g.half = 2.262 * sqrt(squares / STUDENTS);
  return g;
}

static Batch every_tenth(Batch b)
{
  return (Batch){ tt_contiguous(tt_slice(b.x, 0, 0, INT64_MAX, 10)),
                  tt_contiguous(tt_slice(b.y, 0, 0, INT64_MAX, 10)) };
}

int main(void)
{
  tt_autograd_enable();
  Tensor *rows = read_digits("build/data/digits.csv");
  Batch all = fifth(rows, 4, true), test = fifth(rows, 4, false);
  Module *teacher = learn(mlp(TEACHER, 100), all, 40, 100,
                          tt_cross_entropy);
  Batch lessons = taught_by(teacher, all), few = every_tenth(lessons);
  Gain g[HEAT], best;
  printf("temperature\talone\ttaught\tgain\thalf\n");
  for (int i = 0; i < HEAT; i++) {
    temperature = heat[i];
    g[i] = compare(few, test, 200);
    printf("%g\t%.2f\t%.2f\t%.2f\t%.2f\n", heat[i], g[i].alone,
           g[i].taught, g[i].mean, g[i].half);
  }
  best = g[3];
  temperature = heat[3];
  Gain whole = compare(lessons, test, 40);
  printf("# teacher.pictures\t%lld\n# teacher.teacher\t%.1f %%\n"
         "# teacher.alone\t%.1f %%\n# teacher.taught\t%.1f %%\n"
         "# teacher.gain\t%.1f\n# teacher.half\t%.1f\n"
         "# teacher.cold\t%.1f\n# teacher.whole\t%.1f\n"
         "# teacher.whole_half\t%.1f\n# teacher.smaller\t%.0f\n",
         (long long)few.x->shape[0], right_of(teacher, test),
         best.alone, best.taught, best.mean, best.half, g[0].mean,
         whole.mean, whole.half, (double)tt_module_count(teacher)
         / (double)tt_module_count(mlp(SMALL, 0)));
  tt_clear();
}
