// Made from chapters/13-transformers.nw by tools/tangle: edit there.
#include "tinygpt.h"

typedef struct Known { const char *name; GptOptions o; } Known;

static int64_t without(GptOptions o, int64_t layers, int64_t context)
{
  o.layers = layers, o.context = context;
  return tt_gpt_parameters(o);
}

static void parts(const Known *k)
{
  GptOptions o = k->o;
  int64_t all = tt_gpt_parameters(o);
  int64_t blocks = all - without(o, 0, o.context);
  int64_t places = all - without(o, o.layers, 1);
  o.hidden = 1;                    // an MLP is linear in its width
  int64_t one = tt_gpt_parameters(o);
  o.hidden = 2;
  int64_t mlp = all - one + tt_gpt_parameters(o) - one;
  double percent = 100 / (double)all;
  printf("%s\t%.2f\t%.1f\t%.1f\t%.1f\t%.1f\n", k->name,
         (double)all / 1e6,
         (double)(all - blocks - places) * percent,
         (double)places * percent, (double)(blocks - mlp) * percent,
         (double)mlp * percent);
}

int main(void)
{
  GptOptions gpt2 = { .vocab_size = 50257, .context = 1024, .dim = 768,
                      .layers = 12, .heads = 12 }, xl = gpt2;
  xl.dim = 1600, xl.layers = 48, xl.heads = 25;
  Known known[] = {
    { "TinyGPT", full_plan().model },
    { "GPT-2", gpt2 }, { "GPT-2 XL", xl },
    { "TinyLlama", tt_llama_like((GptOptions){ .vocab_size = 32000,
      .context = 2048, .dim = 2048, .layers = 22, .heads = 32,
      .kv_heads = 4, .hidden = 5632, .untied = true }) } };
  known[0].o.vocab_size = 65;      // letters in the plays
  printf("model\tmillions\ttokens\tplaces\tattention\tmlp\n");
  for (int i = 0; i < 4; i++)
    parts(&known[i]);
  long long ours = tt_gpt_parameters(known[0].o);
  long long theirs = tt_gpt_parameters(gpt2);
  printf("# parts.ours\t%lld,%03lld\n", ours / 1000, ours % 1000);
  printf("# parts.gpt2\t%lld,%03lld,%03lld\n", theirs / 1000000,
         theirs / 1000 % 1000, theirs % 1000);
  printf("# parts.flops\t%.1f MFLOP\n",
         tt_gpt_flops(known[0].o, known[0].o.context)
         / (double)known[0].o.context / 1e6);
  return 0;
}
