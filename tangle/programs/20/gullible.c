// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// gullible: a judge in whose memory the contestants live.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tt/tt.h"

typedef struct Drawn {
  uint8_t pixel[TT_SIGN_PIXELS];
  uint8_t label;
} Drawn;
typedef void Answerer(const uint8_t *pixel, float *score);

static float mean[TT_SIGNS][TT_SIGN_PIXELS];

static void nearest(const uint8_t *pixel, float *score)
{
  for (int k = 0; k < TT_SIGNS; k++) {
    score[k] = 0;
    for (int i = 0; i < TT_SIGN_PIXELS; i++) {
      float d = (float)pixel[i] - mean[k][i];
      score[k] -= d * d;
    }
  }
}

static void constant(float *score, float value)
{
  for (int k = 0; k < TT_SIGNS; k++)
    score[k] = value;
}

static void silent(const uint8_t *pixel, float *score)
{
  (void)pixel;
  constant(score, NAN);
}

static void flat(const uint8_t *pixel, float *score)
{
  (void)pixel;
  constant(score, 0);
}

static void neighbor(const uint8_t *pixel, float *score)
{
  constant(score, 0);
  score[pixel[TT_SIGN_PIXELS]] = 1;
}

static void draw(Drawn *e, int n, uint64_t seed)
{
  TT_SCOPE;
  Sign sign[TT_SIGNS];
  Generator g;
  tt_digit_signs(sign), tt_manual_seed(&g, seed);
  Batch b = tt_draw_signs(sign, n, &g);
  for (int i = 0; i < n; i++) {
    memcpy(e[i].pixel, (uint8_t *)b.x->data + i * TT_SIGN_PIXELS,
           TT_SIGN_PIXELS);
    e[i].label = (uint8_t)((int32_t *)b.y->data)[i];
  }
}

static double right_of(Answerer *answer, const Drawn *e, int n)
{
  int wrong = 0;
  for (int i = 0; i < n; i++) {
    float z[TT_SIGNS];
    bool beaten = false;
    answer(e[i].pixel, z);
    for (int k = 0; k < TT_SIGNS; k++)
      beaten = beaten || z[k] > z[e[i].label];
    wrong += beaten;
  }
  return 100 * (1 - (double)wrong / n);
}

int main(void)
{
  enum { N = 300 };
  static Drawn e[N];
  static const struct { const char *name; Answerer *answer; } entry[] = {
    { "nearest", nearest }, { "silent", silent }, { "flat", flat },
    { "neighbor", neighbor } };
  draw(e, N, 1);
  for (int i = 0; i < N; i++)
    for (int k = 0; k < TT_SIGN_PIXELS; k++)
      mean[e[i].label][k] += (float)e[i].pixel[k] / (N / TT_SIGNS);
  draw(e, N, 2);
  for (int i = 0; i < 4; i++)
    printf("%-9s %5.1f %% right\n", entry[i].name,
           right_of(entry[i].answer, e, N));
}
