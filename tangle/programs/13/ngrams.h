// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// What follows some letters, counted in a hash table.
#ifndef NGRAMS_H
#define NGRAMS_H
#include "tinygpt.h"

enum { SLOTS = 1 << 22, ORDERS = 7 };

typedef struct Count { uint64_t key; uint32_t n, kinds; } Count;

typedef struct Ngrams {
  Count  *slot;
  int64_t used, letters;
} Ngrams;

static inline Count *count_of(const Ngrams *g, const int32_t *id, int n,
                              int32_t next)     // of next; < 0: of all
{
  uint64_t key = (uint64_t)n + 1;
  for (int i = 0; i <= n; i++) {
    key += (uint64_t)(i ? id[-i] : next) + 2;
    key *= 0x9e3779b97f4a7c15;
    key ^= key >> 29;
  }
  key += key == 0;
  uint64_t at = key * 0xbf58476d1ce4e5b9 >> 42;
  while (g->slot[at].key && g->slot[at].key != key)
    at = (at + 1) % SLOTS;
  g->slot[at].key = key;
  return &g->slot[at];
}

static inline Ngrams count_all(const int32_t *id, int64_t n,
                               int64_t letters)
{
  Ngrams g = { calloc(SLOTS, sizeof *g.slot), 0, letters };
  for (int64_t i = ORDERS; g.slot && i < n; i++)
    for (int k = 0; k < ORDERS; k++) {
      Count *all = count_of(&g, id + i, k, -1);
      Count *one = count_of(&g, id + i, k, id[i]);
      all->n++, all->kinds += one->n == 0, one->n++;
    }
  return g;
}

// the probability of id[0] after those before it, by n of them at most
static inline double chance(const Ngrams *g, const int32_t *id, int n)
{
  double p = 1 / (double)g->letters;
  for (int k = 0; k <= n; k++) {
    const Count *all = count_of(g, id, k, -1);
    if (all->n == 0)
      break;
    double one = count_of(g, id, k, id[0])->n;
    p = (one + all->kinds * p) / (all->n + all->kinds);
  }
  return p;
}

static inline double bits(const Ngrams *g, const int32_t *id, int64_t n,
                          int order)
{
  double sum = 0;
  for (int64_t i = ORDERS; i < n; i++)
    sum -= log2(chance(g, id + i, order));
  return sum / (double)(n - ORDERS);
}
#endif
