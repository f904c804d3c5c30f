// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// Letters by tables: the text of a table, and what unseen text costs.
#include "ngrams.h"

static void write_by_table(const Ngrams *g, int order,
                           const int32_t *from, const Corpus *c)
{
  enum { LENGTH = 200 };
  int32_t id[ORDERS + LENGTH];
  memcpy(id, from, ORDERS * sizeof *id);
  Generator random;
  tt_manual_seed(&random, 1);
  for (int i = ORDERS; i < ORDERS + LENGTH; i++) {
    double u = (double)(tt_random(&random) >> 11) * 0x1p-53;
    const Count *all = count_of(g, id + i, order, -1);
    for (id[i] = 0; id[i] < g->letters - 1; id[i]++) {
      u -= (double)count_of(g, id + i, order, id[i])->n
           / fmax(1, all->n);
      if (u < 0)
        break;
    }
  }
  Tensor *t = tt_from_int(TT_SHAPE(LENGTH), id + ORDERS);
  int column = 0;
  for (const char *s = tt_decode(c->letters, t)->data; *s; s++) {
    column = *s == '\n' ? 0 : column + 1;
    putchar(column > 56 && *s == ' ' ? column = 0, '\n' : *s);
  }
  putchar('\n');
}

int main(int argc, char **argv)
{
  bool table = argc > 1 && strcmp(argv[1], "--table") == 0;
  bool numbers = argc > 1 && strcmp(argv[1], "--numbers") == 0;
  Corpus c = read_corpus(false);
  Tensor *valid = tt_contiguous(c.valid);
  const int32_t *fit = tt_contiguous(c.fit)->data;
  Ngrams g = count_all(fit, c.fit->shape[0], c.letters->size);
  if (!g.slot)
    return EXIT_FAILURE;
  if (!table && !numbers) {
    write_by_table(&g, 4, fit, &c);
    return EXIT_SUCCESS;
  }
  int64_t n = valid->shape[0];
  if (table)
    printf("letters  never seen  bits a letter\n");
  for (int k = 0; k < ORDERS; k++) {
    int64_t new = 0;
    const int32_t *id = valid->data;
    for (int64_t i = ORDERS; i < n; i++)
      new += count_of(&g, id + i, k, -1)->n == 0;
    double share = 100. * (double)new / (double)(n - ORDERS);
    double b = bits(&g, valid->data, n, k);
    if (table)
      printf("%7d  %8.1f %%  %13.2f\n", k + 1, share, b);
    else if (k == 4 || k == 6)
      printf("ngrams.new%d\t%.0f %%\nngrams.bits%d\t%.2f\n", k + 1,
             share, k + 1, b);
  }
  free(g.slot);
  return EXIT_SUCCESS;
}
