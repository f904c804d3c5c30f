// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// The loss of TinyGPT with rounded weights, by how many share a scale.
#include "quantmodel.h"
#include "quantshare.h"

static double loss_of(int bits, int64_t share, Tensor *valid)
{
  TT_SCOPE;
  TT_NO_GRAD;
  Gpt *m = trained();
  StateDict s = tt_module_parameters(m);
  for (int i = 0; i < s.n; i++)
    if ((*s.entry[i].slot)->rank == 2 && bits)
      round_shared(*s.entry[i].slot, (1 << (bits - 1)) - 1, share);
  return tt_gpt_loss(m, valid);
}

int main(void)
{
  static const int64_t share[] = { 8, 16, 32, 64, ROW, MATRIX };
  const char *name[] = { "8", "16", "32", "64", "row", "matrix" };
  Corpus c = read_corpus(false);
  Tensor *valid = unseen(&c, JUDGED);
  double whole = loss_of(0, 0, valid), loss[9][6];
  printf("place\tshare\tb3\tb4\tb5\tb6\tb8\n");
  for (int i = 0; i < 6; i++) {
    printf("%d\t%s", i, name[i]);
    for (int b = 3; b <= 8; b++) {
      if (b == 7)
        continue;
      loss[b][i] = loss_of(b, share[i], valid) - whole;
      printf("\t%.5f", fmax(loss[b][i], 1e-5));
    }
    puts("");
  }
  printf("# quantshare.four\t%.3f\n# quantshare.fourrow\t%.3f\n"
         "# quantshare.fourmatrix\t%.2f\n# quantshare.three\t%.2f\n"
         "# quantshare.eight\t%.4f\n", loss[4][2], loss[4][4],
         loss[4][5], loss[3][2], loss[8][5]);
  tt_clear();
}
