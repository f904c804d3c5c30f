// Made from chapters/11-embeddings.nw by tools/tangle: edit there.
// A sum of rows does not know their order; positions tell it.
#include <stdio.h>
#include <string.h>
#include <tt/tt.h>

static void show(const char *what, Tensor *rows)
{
  Tensor *y = tt_sum(tt_tanh(rows), 0, false);
  printf("%-24s", what);
  for (int64_t i = 0; i < 3; i++)
    printf(" %6.3f", tt_get(y, TT_INDEX(i)));
  printf("\n");
}

static void too_far(void *arg)
{
  tt_embedding(tt_positions(2, 2), arg);
}

int main(void)
{
  enum { DOG, BITES, MAN };
  Generator g;
  tt_manual_seed(&g, 2);
  Tensor *words = tt_randn(TT_SHAPE(3, 3), &g);
  Tensor *places = tt_randn(TT_SHAPE(3, 3), &g);
  int32_t one[] = { DOG, BITES, MAN }, two[] = { MAN, BITES, DOG };
  Tensor *x = tt_embedding(tt_from_int(TT_SHAPE(3), one), words);
  Tensor *y = tt_embedding(tt_from_int(TT_SHAPE(3), two), words);
  show("dog bites man", x);
  show("man bites dog", y);
  Tensor *at = tt_embedding(tt_positions(0, 3), places);
  show("dog bites man, placed", tt_add(x, at));
  show("man bites dog, placed", tt_add(y, at));
  Tensor *cut = tt_slice(places, 0, 2, 4, 1);
  Tensor *sum = tt_add(tt_slice(x, 0, 0, 2, 1), cut);
  printf("slice 2 to 4 of 3 rows: [%d,3], and the sum is [%d,3]\n",
         (int)cut->shape[0], (int)sum->shape[0]);
  TensorError e;
  if (!tt_try(too_far, places, &e)) {
    int half = (int)strcspn(e.message, ";") + 1;   // on two lines
    printf("%.*s\n  %s\n", half, e.message, e.message + half);
  }
  tt_clear();
}
