// An engine without a network: how often each byte came after the last
// three, two, one and none, mixed; it learns while it predicts.
#include <math.h>
#include <string.h>
#include <tt/tt.h>

enum { SLOTS = 1 << 15, ORDERS = 4 };
static struct Slot { uint16_t sum; uint8_t count[256]; } slot[ORDERS][SLOTS];
static uint32_t last;                // bytes so far, the newest lowest

static struct Slot *slot_of(int order) {
  uint32_t seen = order ? last & (0xffffffffu >> (32 - 8 * order)) : 0;
  return &slot[order][(seen * 2654435761u + (uint32_t)order) >> 17];
}

static void learn(struct Slot *s, int byte) {
  if (s->count[byte] == 255) {
    s->sum = 0;
    for (int i = 0; i < 256; i++)
      s->sum = (uint16_t)(s->sum + (s->count[i] /= 2));
  }
  s->count[byte]++, s->sum++;
}

static Tensor *next(int byte) {
  for (int o = 0; o < ORDERS; o++)
    learn(slot_of(o), byte);
  last = last << 8 | (uint32_t)byte;
  double p[256];
  for (int i = 0; i < 256; i++)
    p[i] = 1 / 256.;
  for (int o = 0; o < ORDERS; o++) {
    const struct Slot *s = slot_of(o);
    double trust = s->sum / (s->sum + 2.);
    for (int i = 0; i < 256 && s->sum; i++)
      p[i] = (1 - trust) * p[i] + trust * s->count[i] / s->sum;
  }
  Tensor *score = tt_empty(TT_F32, TT_SHAPE(256));
  for (int i = 0; i < 256; i++)
    ((Real *)score->data)[i] = (Real)log(p[i]);
  return score;
}

static const Entry entry = {NULL, NULL, NULL, NULL, next};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
