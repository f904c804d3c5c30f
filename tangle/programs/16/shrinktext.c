// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// TinyGPT in fewer bytes: size, loss, time of a letter.
#include "quantmodel.h"
#include "tt/machine.h"
#include "shrink.h"

static Tensor *losses(Gpt *m, const Corpus *c)
{
  TT_NO_GRAD;
  int64_t t = m->options.context, n = c->valid->shape[0] / (t + 1);
  Tensor *all = tt_empty(TT_F32, TT_SHAPE(n));
  for (int64_t i = 0; i < n; i++) {
    TT_SCOPE;
    int64_t at = i * (t + 1);
    Tensor *x = tt_slice(c->valid, 0, at, at + t, 1);
    Tensor *y = tt_slice(c->valid, 0, at + 1, at + t + 1, 1);
    x = tt_unsqueeze(x, 0), y = tt_unsqueeze(y, 0);
    tt_set_(all, TT_INDEX(i),
            tt_item(tt_language_loss(tt_forward(m, x), y)));
  }
  return tt_keep(all);
}

static double time_of_letter(Gpt *m)
{
  double best = HUGE_VAL;
  Tensor *prompt = tt_from_int(TT_SHAPE(1), (int32_t[]){ 1 });
  for (int i = 0; i < 5; i++) {
    TT_SCOPE;
    Generator g;
    tt_manual_seed(&g, 1);
    double start = tt_machine_now();
    tt_generate(m, prompt, 100, (GenerationOptions){
      .sampling = { .temperature = 1, .generator = &g } });
    best = fmin(best, tt_machine_now() - start);
  }
  return best / 100;
}

static Tensor *measure_writer(const Corpus *c, const Format *f,
                              Tensor *exact, Result *r)
{
  Gpt *m = trained();
  if (exact)                       // else it is the first: f32
    m = tt_quantize(m, (QuantizeOptions){ .format = f->f });
  Tensor *loss = losses(m, c), *first = exact ? exact : loss;
  r->off = difference_of(tt_numel(loss), first->data, loss->data);
  r->file = bytes_on_disk(m, "text", f);
  r->seconds = time_of_letter(m);
  printf("%s\t%lld\t%lld\t%.4f\t%.4f\t%.4f\t%.1f\n", f->name,
         (long long)r->file, (long long)tt_model_size(m).live,
         tt_item(tt_mean(loss, TT_ALL, false)), r->off.mean,
         r->off.within, 1e6 * r->seconds);
  fflush(stdout);
  tt_module_free(m);
  return first;
}

int main(void)
{
  Corpus c = read_corpus(false);
  Tensor *exact = NULL;
  printf("format\tfile\tlive\tloss\tmore\twithin\tletter\n");
  Result r[FORMATS];
  for (int i = 0; i < FORMATS; i++)
    exact = measure_writer(&c, &formats[i], exact, &r[i]);
  print_results("shrinktext", 4, 1, r);
}
