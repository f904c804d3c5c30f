// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// What is learned, with which numbers, from which text.
#ifndef TINYGPT_H
#define TINYGPT_H
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../10/booktext.h"

typedef struct Plan {
  GptOptions model;
  int64_t  batch, steps, warmup, every;    // every: validation
  double   lr, low, decay, beta2;
  double   goal, leak;             // losses: at most, at least
  uint64_t seed;
} Plan;

static inline Plan full_plan(void)
{
  return (Plan){
    .model = tt_llama_like((GptOptions){
      .context = 128, .dim = 128, .layers = 4, .heads = 4 }),
    .batch = 8, .steps = 6000, .warmup = 100, .every = 500,
    .lr = 2e-3, .low = 2e-4, .decay = 0.1, .beta2 = 0.99,
    .goal = 1.65, .leak = 1.2 };
}

static inline double one_step(Gpt *m, Optimizer *adam, Tensor *ids,
                              const Plan *p, Generator *g)
{
  TT_SCOPE;
  Batch b = tt_windows(ids, p->batch, p->model.context, g);
  tt_optimizer_zero_grad(adam);
  Tensor *loss = tt_language_loss(tt_forward(m, b.x), b.y);
  tt_backward(loss);
  tt_clip_grad_norm(tt_module_parameters(m), 1);
  tt_optimizer_step(adam);
  return tt_item(loss);
}

typedef struct Corpus {
  bool       plays;                // the plays, not this book
  const char *text;
  int64_t    n;
  Tokenizer *letters;
  Tensor    *fit, *valid;          // ids: nine tenths, one tenth
} Corpus;

static inline Corpus read_corpus(bool shipped)
{
  char path[4096];
  Corpus c = { .plays = !shipped
                 && tt_data_find("text/tinyshakespeare.txt", path) };
  if (c.plays) {
    const Tensor *bytes = tt_read_bytes(path);
    c.text = bytes->data, c.n = tt_numel(bytes);
  } else {
    Book b = read_book();
    c.text = b.text, c.n = b.n;
  }
  c.letters = tt_char_tokenizer_new(c.text, c.n);
  Tensor *ids = tt_encode(c.letters, c.text, c.n);
  int64_t n = ids->shape[0], most = n * 9 / 10;
  c.fit = tt_slice(ids, 0, 0, most, 1);
  c.valid = tt_slice(ids, 0, most, n, 1);
  return c;
}
#endif
