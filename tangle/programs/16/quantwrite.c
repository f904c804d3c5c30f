// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// Tokens a second of models in several formats, with a KV cache.
#include <string.h>
#include "quantmodel.h"
#include "tt/machine.h"

enum { FORMATS = 5, LETTERS = 64 };
static const char *const name[FORMATS] = {
  "floats", "bytes", "bytes, weights alone", "4 bits", "f16" };
static const QuantFormat format[FORMATS] = {
  {0}, { .bits = 8 }, { .bits = 8, .weight_only = true },
  { .bits = 4 }, { .type = TT_F16 } };

static double write_one(Gpt *m)    // seconds for a letter
{
  TT_SCOPE;
  Tensor *prompt = tt_from_int(TT_SHAPE(1), (int32_t[]){ 1 });
  double start = tt_machine_now();
  tt_generate(m, prompt, LETTERS, (GenerationOptions){
    .reader = &tt_cached_reader });
  return (tt_machine_now() - start) / LETTERS;
}

static Gpt *six(void)              // 6 layers of 384
{
  Gpt *m = tt_gpt_new((GptOptions){ .vocab_size = 65, .dim = 384,
    .context = 128, .layers = 6, .heads = 6 }, NULL);
  tt_module_eval(m);
  return m;
}

static void compare(Gpt *(*make)(void), double s[FORMATS],
                    int64_t bytes[FORMATS])
{
  Gpt *m[FORMATS];
  for (int i = 0; i < FORMATS; i++) {
    m[i] = make(), s[i] = HUGE_VAL;
    if (i > 0)
      tt_quantize(m[i], (QuantizeOptions){ .format = format[i] });
    bytes[i] = bytes_of(m[i]);
  }
  for (int r = 0; r < 9; r++)      // by turns
    for (int i = 0; i < FORMATS; i++)
      s[i] = fmin(s[i], write_one(m[i]));
  for (int i = 0; i < FORMATS; i++)
    tt_module_free(m[i]);
}

int main(void)
{
  Gpt *(*make[])(void) = { trained, six };
  const char *model[] = { "TinyGPT", "6 x 384" };
  double s[2][FORMATS];
  int64_t b[2][FORMATS];
  puts("                                MB   tokens/s   times as fast");
  for (int k = 0; k < 2; k++) {
    compare(make[k], s[k], b[k]);
    for (int i = 0; i < FORMATS; i++)
      printf("%-8s %-20s %5.2f %10.0f %15.2f\n", i ? "" : model[k],
             name[i], (double)b[k][i] / 1e6, 1 / s[k][i],
             s[k][0] / s[k][i]);
  }
  tt_clear();
}
