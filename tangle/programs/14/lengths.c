// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// lengths.c - TinyGPT on texts of growing length.
#include <math.h>
#include "tt/tt.h"

static Gpt *gpt;

static void forward(int64_t length, void *arg)
{
  (void)arg;
  TT_NO_GRAD;
  tt_forward(gpt, tt_randint(0, 65, TT_SHAPE(1, length), NULL));
}

int main(void)
{
  tt_autograd_enable();
  enum { N = 7 };
  int64_t length[N] = { 32, 64, 128, 256, 512, 1024, 2048 };
  gpt = tt_gpt_new(tt_llama_like((GptOptions){ .vocab_size = 65,
    .context = 2048, .dim = 128, .layers = 4, .heads = 4 }), NULL);
  ScalingPoint p[N];
  tt_profile_scaling(forward, NULL, N, length, p);
  Scaling s = tt_scaling_of(N, p);
  printf("length\tms\tlinear\tsquare\tmib\n");
  for (int i = 0; i < N; i++) {
    double t = (double)length[i];
    printf("%.0f\t%.3f\t%.4f\t%.4f\t%.3f\n", t, 1e3 * p[i].seconds,
           1e3 * s.linear * t, 1e3 * s.square * t * t,
           (double)p[i].peak / (1 << 20));
  }
  printf("# lengths.even\t%.0f\n# lengths.linear\t%.3g µs\n"
         "# lengths.square\t%.3g ns\n# lengths.last\t%.1f\n"
         "# lengths.first\t%.1f\n", 10 * round(s.even / 10),
         1e6 * s.linear,
         1e9 * s.square, p[N - 1].seconds / p[N - 2].seconds,
         p[1].seconds / p[0].seconds);
  return 0;
}
