// Made from chapters/08-data.nw by tools/tangle: edit there.
// Whose random numbers? Where four workers would cut eight pictures,
// each with a copy of one generator, or with a seed for each example.
#include <stdio.h>
#include <tt/tt.h>

enum { WORKERS = 4, EXAMPLES = 8, BATCH = 2, PAD = 4 };

static void print_crop(Generator *g)
{
  int down = (int)(tt_random(g) % (2 * PAD + 1)) - PAD;
  int right = (int)(tt_random(g) % (2 * PAD + 1)) - PAD;
  printf("  %+d%+d", down, right);
}

static void copies(int epoch)          // of one generator
{
  printf("epoch %d", epoch);
  for (int w = 0; w < WORKERS; w++) {
    Generator g;
    tt_manual_seed(&g, 1);             // what a new worker inherits
    for (int i = 0; i < BATCH; i++)
      print_crop(&g);
  }
  printf("\n");
}

static void seeds(int epoch)           // of epoch and example
{
  printf("epoch %d", epoch);
  for (int i = 0; i < EXAMPLES; i++) {
    Generator g;
    tt_manual_seed(&g, (uint64_t)(epoch * 1000 + i));
    print_crop(&g);
  }
  printf("\n");
}

int main(int argc, char **argv)
{
  (void)argv;
  printf("worker   0     0     1     1     2     2     3     3\n");
  printf("picture  0     1     2     3     4     5     6     7\n");
  for (int epoch = 1; epoch <= 2; epoch++)
    (argc > 1 ? seeds : copies)(epoch);
}
