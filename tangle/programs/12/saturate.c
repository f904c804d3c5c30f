// Made from chapters/12-attention.nw by tools/tangle: edit there.
#include <math.h>
#include <stdio.h>
#include "tt/tt.h"

enum { KEYS = 16, SETS = 400, QUERIES = 4 };

typedef struct Seen { double largest, slope; } Seen;

static Seen look(Tensor *q, Tensor *k, double scale)
{
  TT_SCOPE;
  Tensor *p = tt_attention_weights(q, k,
    (AttentionOptions){ .scale = scale });
  Tensor *slope = tt_sub(p, tt_mul(p, p));
  return (Seen){
    tt_item(tt_mean(tt_max(p, -1, false), TT_ALL, false)),
    tt_item(tt_sum(slope, TT_ALL, false)) / (SETS * QUERIES) };
}

int main(void)
{
  Generator g;
  tt_manual_seed(&g, 1);
  Seen raw = {0}, scaled = {0};
  printf("d\traw\tscaled\traw_slope\tslope\n");
  for (int64_t d = 1; d <= 1024; d *= 2) {
    TT_SCOPE;
    Tensor *k = tt_randn(TT_SHAPE(SETS, KEYS, d), &g);
    Tensor *q = tt_randn(TT_SHAPE(SETS, QUERIES, d), &g);
    Seen r = look(q, k, 1), s = look(q, k, 0);
    printf("%lld\t%.4f\t%.4f\t%.4f\t%.4f\n", (long long)d, r.largest,
           s.largest, r.slope, s.slope);
    if (d == 512)
      raw = r, scaled = s;
  }
  printf("# saturate.raw\t%.0f %%\n# saturate.slope_raw\t%.2f\n"
         "# saturate.slope\t%.2f\n", 100 * raw.largest, raw.slope,
         scaled.slope);
  return 0;
}
