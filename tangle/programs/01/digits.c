// Made from chapters/01-tensors.nw by tools/tangle: edit there.
#include <stdio.h>
#include <string.h>
#include "digits.h"

static Tensor *one_hot(Tensor *digits)
{
  Tensor *row = tt_unsqueeze(digits, 0);              // [1,N]
  Tensor *column = tt_unsqueeze(tt_arange(0, CLASSES, 1), 1);
  return tt_eq(column, row);                          // [10,N]
}

static Tensor *average(Tensor *rows)
{
  Tensor *is = one_hot(labels(rows));                 // [10,N]
  Tensor *sums = tt_matmul(is, pixels(rows));         // [10,64]
  return tt_div(sums, tt_sum(is, 1, true));
}

static void draw(Tensor *means, int64_t first)
{
  static const char *const shade[] = { " ", "░", "▒", "▓", "█" };
  Tensor *five = tt_slice(means, 0, first, first + 5, 1);
  five = tt_reshape(five, TT_SHAPE(5, 8, 8));
  five = tt_permute(tt_slice(five, 2, 1, 8, 1), TT_SHAPE(1, 0, 2));
  Tensor *lines = tt_reshape(five, TT_SHAPE(8, 5 * 7));
  for (int64_t i = 0; i < 8; i++) {
    for (int64_t j = 0; j < 5 * 7; j++) {
      double ink = tt_get(lines, TT_INDEX(i, j)) / 16;
      const char *c = shade[(int)(4 * ink + 0.5)];
      printf("%s%s", c, c);
    }
    putchar('\n');
  }
  putchar('\n');
}

static Tensor *score(Tensor *x, Tensor *means)
{
  Tensor *product = tt_matmul(x, tt_transpose(means, 0, 1));
  Tensor *square = tt_sum(tt_mul(means, means), 1, false);
  return tt_sub(product, tt_mul_scalar(square, (Real)0.5));
}

static Tensor *score_by_differences(Tensor *x, Tensor *means)
{
  Tensor *d = tt_sub(tt_unsqueeze(x, 1), means);      // [N,10,64]
  return tt_neg(tt_sum(tt_mul(d, d), 2, false));      // [N,10]
}

static Tensor *guess(Tensor *scores)
{
  return tt_to(tt_argmax(scores, 1, false), TT_F32);  // [N]
}

static double correct(Tensor *guesses, Tensor *truth)
{
  return tt_item(tt_sum(tt_eq(guesses, truth), TT_ALL, false));
}

static void report(Tensor *test, Tensor *means)
{
  Tensor *g = guess(score(pixels(test), means));
  printf("%g of %lld are named correctly\n\n",
         correct(g, labels(test)), (long long)test->shape[0]);
  printf("rows: what it is; columns: what it was taken for\n");
  tt_print(tt_to(tt_matmul(one_hot(labels(test)),
                           tt_transpose(one_hot(g), 0, 1)), TT_I32));
}

typedef Tensor *Score(Tensor *, Tensor *);
typedef struct Job { Score *score; Tensor *x, *means; } Job;

static void run(void *arg)
{
  Job *job = arg;
  Scope s;
  tt_scope_open(&s);
  job->score(job->x, job->means);
  tt_scope_close(&s);
}

static void cost(const char *key, Score *how, Tensor *x, Tensor *means)
{
  Job job = { how, x, means };
  int64_t before = tt_memory_stats().live_bytes;
  tt_reset_peak_memory();
  run(&job);
  int64_t peak = tt_memory_stats().peak_bytes - before;
  double us = tt_machine_time(run, &job) * 1e6;
  printf("digits.%s\t%.0f µs\ndigits.%s_bytes\t%lld KiB\n", key, us,
         key, (long long)(peak / 1024));
}

static void print_numbers(Tensor *test, Tensor *means)
{
  Tensor *x = pixels(test), *truth = labels(test);
  Tensor *fast = guess(score(x, means));
  Tensor *slow = guess(score_by_differences(x, means));
  double right = correct(fast, truth);
  printf("digits.correct\t%.0f\n", right);
  printf("digits.percent\t%.1f %%\n",
         100 * right / (double)tt_numel(truth));
  printf("digits.same\t%.0f\n", correct(fast, slow));
  cost("slow", score_by_differences, x, means);
  cost("fast", score, x, means);
}

int main(int argc, char **argv)
{
  bool numbers = argc > 1 && strcmp(argv[1], "--numbers") == 0;
  Tensor *all = read_digits("build/data/digits.csv");
  Tensor *train = tt_slice(all, 0, 0, TRAIN, 1);
  Tensor *test = tt_slice(all, 0, TRAIN, ROWS, 1);
  Tensor *means = average(train);
  if (numbers) {
    print_numbers(test, means);
  } else {
    draw(means, 0);
    draw(means, 5);
    report(test, means);
  }
  return 0;
}
