// Made from chapters/13-transformers.nw by tools/tangle: edit there.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "tt/tt.h"

static const char usage[] =
  "gpt2 FOLDER \"text\" [options]: writes on, with the GPT-2 of\n"
  "FOLDER: model.safetensors, vocab.json, merges.txt\n"
  "  -n 100     tokens at most\n"
  "  -t 0.8     temperature; 0: always the most probable token\n"
  "  -k 40      of the k most probable; 0: of all\n"
  "  -p 0.95    of the fewest that have this probability together\n"
  "  -m 0.05    of those with this part of the largest, or more\n"
  "  -r 1.1     penalty for what came before\n"
  "  -s 1       seed of the draws\n"
  "  -e TEXT    ends before this text\n"
  "  -H 12      heads, if not of 64 numbers each\n"
  "  -v         the probability of each token, and tokens a second\n";

typedef struct Wish {
  const char *folder, *prompt, *stop;
  int64_t tokens, heads, seed;
  bool    verbose;
  SamplingOptions sampling;
} Wish;

static double number(const char *text, int option)
{
  char *end;
  double x = strtod(text, &end);
  if (end == text || *end) {
    fprintf(stderr, "gpt2: -%c %s: not a number\n", option, text);
    exit(2);
  }
  return x;
}

static void set(Wish *w, int option, const char *text)
{
  if (option == 'v' || option == 'e') {
    w->verbose = w->verbose || option == 'v';
    w->stop = option == 'e' ? text : w->stop;
    return;
  }
  double x = number(text, option);
  switch (option) {
  case 'n': w->tokens = (int64_t)x; break;
  case 't': w->sampling.temperature = x; break;
  case 'k': w->sampling.top_k = (int64_t)x; break;
  case 'p': w->sampling.top_p = x; break;
  case 'm': w->sampling.min_p = x; break;
  case 'r': w->sampling.repetition_penalty = x; break;
  case 's': w->seed = (int64_t)x; break;
  default: w->heads = (int64_t)x;
  }
}

static Wish read_options(int argc, char **argv)
{
  Wish w = { .tokens = 100, .seed = 1, .prompt = "",
             .sampling = { .temperature = 0.8, .top_k = 40 } };
  const char *known = "n:t:k:p:m:r:s:e:H:v";
  for (int o; (o = getopt(argc, argv, known)) != -1;)
    if (o == '?')
      exit(2);
    else
      set(&w, o, optarg);
  if (optind == argc || argc > optind + 2) {
    fputs(usage, stderr);
    exit(2);
  }
  w.folder = argv[optind];
  if (optind + 1 < argc)
    w.prompt = argv[optind + 1];
  return w;
}

static const char *in(const char *folder, const char *name)
{
  int64_t n = (int64_t)(strlen(folder) + strlen(name)) + 2;
  char *path = tt_empty(TT_U8, TT_SHAPE(n))->data;
  snprintf(path, (size_t)n, "%s/%s", folder, name);
  return path;
}

static bool tell(void *tokenizer, TokenChoice c)
{
  TT_SCOPE;
  Tensor *text = tt_decode(tokenizer,
                           tt_from_int(TT_SHAPE(1), &c.id));
  printf("%6.2f %%  %6d  \"%s\"\n", 100 * c.p, c.id,
         (const char *)text->data);
  return true;
}

static int32_t end_of_texts(const Tokenizer *t)      // -1: has none
{
  Tensor *id = tt_encode_with(t, "<|endoftext|>", -1,
                              (EncodeOptions){ .special = true });
  return id->shape[0] == 1 ? *(int32_t *)id->data : -1;
}

static void write_on(const Wish *w, Gpt *gpt, const Tokenizer *t)
{
  int32_t end = end_of_texts(t);
  Generator g;
  tt_manual_seed(&g, (uint64_t)w->seed);
  GenerationOptions o = { .sampling = w->sampling, .tokenizer = t,
    .stop_ids = 1, .stop_id = &end, .stop_texts = w->stop ? 1 : 0,
    .stop_text = &w->stop, .text = tt_show_text, .arg = stdout };
  o.sampling.generator = &g;
  if (w->verbose)
    o.text = NULL, o.token = tell, o.arg = (void *)(uintptr_t)t;
  fputs(w->prompt, stdout);
  fputs(w->verbose ? "\n" : "", stdout);
  double start = tt_machine_now();
  Tensor *prompt = w->prompt[0] || end < 0
    ? tt_encode(t, w->prompt, -1) : tt_from_int(TT_SHAPE(1), &end);
  WrittenTokens y = tt_generate(gpt, prompt, w->tokens, o);
  double time = tt_machine_now() - start;
  putchar('\n');
  if (w->verbose)
    printf("%.1f tokens a second\n", (double)y.ids->shape[0] / time);
}

static void run(void *wish)
{
  const Wish *w = wish;
  TT_SCOPE;
  const Tokenizer *t = tt_load_gpt2(in(w->folder, "vocab.json"),
                                    in(w->folder, "merges.txt"));
  Gpt *gpt = tt_load_gpt2_weights(in(w->folder, "model.safetensors"),
                                  w->heads);
  write_on(w, gpt, t);
}

int main(int argc, char **argv)
{
  Wish w = read_options(argc, argv);
  TensorError e = {0};
  if (!tt_try(run, &w, &e)) {
    fprintf(stderr, "gpt2: %s\n", e.message);
    if (e.code == TT_EFILE)
      fputs("the folder is that of a model on Hugging Face's hub, such"
            " as openai-community/gpt2, with the three files\n"
            "model.safetensors, vocab.json and merges.txt\n", stderr);
  }
  return e.code != TT_OK;
}
