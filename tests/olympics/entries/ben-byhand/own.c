// The given weights, and the whole network as loops whose bounds a
// compiler knows: no handles, no checks, no copies.
#include <string.h>
#include <tt/tt.h>

static float w1[16][25], b1[16], w2[25][16][32], b2[32], w3[512][10], b3[10];

static const Real *named(StateDict d, const char *name) {
  for (int i = 0; i < d.n; i++)
    if (strcmp(d.entry[i].name, name) == 0)
      return (*d.entry[i].slot)->data;
  tt_fail(TT_EFORMAT, "no %s", name);
}

static void load(const char *model) {
  StateDict d = tt_load_file(model);
  memcpy(w1, named(d, "0.weight"), sizeof w1), memcpy(b1, named(d, "0.bias"), sizeof b1);
  const Real *w = named(d, "3.weight");
  for (int o = 0; o < 32; o++)
    for (int c = 0; c < 16; c++)
      for (int k = 0; k < 25; k++)
        w2[k][c][o] = (float)w[(o * 16 + c) * 25 + k];
  memcpy(b2, named(d, "3.bias"), sizeof b2), memcpy(b3, named(d, "7.bias"), sizeof b3);
  w = named(d, "7.weight");
  for (int o = 0; o < 10; o++)
    for (int i = 0; i < 512; i++)
      w3[i][o] = (float)w[o * 512 + i];
}

static float h1[12][12][16];

static void first(const float (*x)[28]) {
  static float row[24][24];
  for (int c = 0; c < 16; c++) {
    for (int y = 0; y < 24; y++) {
      for (int i = 0; i < 24; i++)
        row[y][i] = b1[c];
      for (int k = 0; k < 25; k++)
        for (int i = 0; i < 24; i++)
          row[y][i] += w1[c][k] * x[y + k / 5][i + k % 5];
    }
    for (int y = 0; y < 12; y++)
      for (int i = 0; i < 12; i++) {
        float m = 0;
        for (int k = 0; k < 4; k++) {
          float v = row[2 * y + k / 2][2 * i + k % 2];
          m = v > m ? v : m;
        }
        h1[y][i][c] = m;
      }
  }
}

static void second(float h2[4][4][32]) {
  memset(h2, 0, 4 * 4 * 32 * sizeof(float));
  for (int y = 0; y < 8; y++)
    for (int i = 0; i < 8; i++) {
      float sum[32];
      memcpy(sum, b2, sizeof sum);
      for (int k = 0; k < 25; k++)
        for (int c = 0; c < 16; c++) {
          float v = h1[y + k / 5][i + k % 5][c];
          for (int o = 0; o < 32; o++)
            sum[o] += v * w2[k][c][o];
        }
      float *to = h2[y / 2][i / 2];
      for (int o = 0; o < 32; o++)
        to[o] = sum[o] > to[o] ? sum[o] : to[o];
    }
}

static Tensor *answer(Tensor *pixels) {
  static float x[28][28], h2[4][4][32];
  for (int i = 0; i < 784; i++)
    (&x[0][0])[i] = (float)((uint8_t *)pixels->data)[i] / 255;
  first((const float (*)[28])x);
  second(h2);
  Tensor *scores = tt_zeros(TT_SHAPE(1, 10));
  Real *z = scores->data;
  for (int o = 0; o < 10; o++)
    z[o] = b3[o];
  for (int o = 0; o < 32; o++)       // flattened: channel, row, column
    for (int p = 0; p < 16; p++)
      for (int k = 0; k < 10; k++)
        z[k] += h2[p / 4][p % 4][o] * w3[o * 16 + p][k];
  return scores;
}

static const Entry entry = {load, answer, NULL, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
