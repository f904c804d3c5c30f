// How long is one step of training? Forward, backward and the optimizer,
// as a program writes them. Prints rows as bench does, in us or ns:
//   suite  case  peer  threads  best  unit  median
// tests/bench/steps.py does the same work with PyTorch.
//   usage: steps [word: only cases whose "suite case" contains it]
#include "row.h"

static const char *only = "";

static void row(const char *suite, const char *name, const char *unit,
                double scale, void (*work)(void *), void *arg) {
  bench_row(only, suite, name, unit, scale, work, arg);
}

typedef struct Job {
  void      *net;
  Optimizer *opt;
  Tensor    *x, *y;
  Tensor  *(*loss)(Tensor *z, Tensor *y);
} Job;

static void step(void *arg) {
  Job *j = arg;
  TT_SCOPE;
  tt_optimizer_zero_grad(j->opt);
  tt_backward(j->loss(tt_forward(j->net, j->x), j->y));
  tt_optimizer_step(j->opt);
}

static void forward(void *arg) {
  Job *j = arg;
  TT_NO_GRAD;
  j->loss(tt_forward(j->net, j->x), j->y);
}

static void optimizer_only(void *arg) { tt_optimizer_step(((Job *)arg)->opt); }

// Gradients for an optimizer that is timed alone. (Those of a network that
// has converged are 0, and moments that only decay become subnormal.)
static void lay_gradients(Job *j) {
  step(j);
  for (int i = 0; i < j->opt->group->n; i++)
    tt_uniform_(j->opt->group->param[i].tensor->grad, -1, 1, NULL);
}

// A step and its parts; the network's name stands in the cases' names.
static void network(const char *name, Job j) {
  char with_sgd[64], with_adam[64];
  snprintf(with_sgd, sizeof with_sgd, "%s-sgd", name);
  snprintf(with_adam, sizeof with_adam, "%s-adam", name);
  Optimizer *sgd = tt_sgd_new(tt_module_parameters(j.net),
                              (SgdOptions){.lr = 0.01});
  j.opt = sgd;
  row("step", with_sgd, "us", 1e6, step, &j);
  j.opt = tt_adam_new(tt_module_parameters(j.net), (AdamOptions){.lr = 1e-4});
  row("step", with_adam, "us", 1e6, step, &j);
  row("forward", name, "us", 1e6, forward, &j);
  lay_gradients(&j);
  row("optimizer", with_adam, "us", 1e6, optimizer_only, &j);
  j.opt = sgd;
  row("optimizer", with_sgd, "us", 1e6, optimizer_only, &j);
}

static void xor_steps(void) {
  network("xor-2-4-1", (Job){
    .net = TT_SEQUENTIAL(tt_linear_new(2, 4, NULL), tt_activation_new(tt_tanh),
                         tt_linear_new(4, 1, NULL)),
    .loss = tt_mse_loss,
    .x = tt_from(TT_SHAPE(4, 2), (Real[]){0, 0, 0, 1, 1, 0, 1, 1}),
    .y = tt_from(TT_SHAPE(4, 1), (Real[]){0, 1, 1, 0})});
}

static void mlp_steps(void) {
  int32_t label[64];
  for (int i = 0; i < 64; i++) label[i] = i % 10;
  network("mlp-784-128-10", (Job){
    .net = TT_SEQUENTIAL(tt_linear_new(784, 128, NULL),
                         tt_activation_new(tt_relu),
                         tt_linear_new(128, 10, NULL)),
    .loss = tt_cross_entropy, .x = tt_rand(TT_SHAPE(64, 784), NULL),
    .y = tt_from_int(TT_SHAPE(64), label)});
}

// Networks for pictures, 32 at a time: a step, and an answer.
#if __has_include(<tt/convolution.h>)
enum { PICTURES = 32 };

static void answer(void *arg) {
  Job *j = arg;
  TT_SCOPE;
  TT_NO_GRAD;
  tt_forward(j->net, j->x);
}

static void pictures(const char *name, void *net, int64_t channels,
                     int64_t size) {
  int32_t label[PICTURES];
  for (int i = 0; i < PICTURES; i++) label[i] = i % 10;
  Job j = {
    .net = net, .loss = tt_cross_entropy,
    .x = tt_rand(TT_SHAPE(PICTURES, channels, size, size), NULL),
    .y = tt_from_int(TT_SHAPE(PICTURES), label),
    .opt = tt_sgd_new(tt_module_parameters(net), (SgdOptions){.lr = 0.01})};
  row("step", name, "us/image", 1e6 / PICTURES, step, &j);
  tt_module_eval(net);
  row("inference", name, "us/image", 1e6 / PICTURES, answer, &j);
}

static Module *conv(int64_t in, int64_t out, int kernel, int padding) {
  return &tt_conv2d_new(in, out, kernel, (Conv2dOptions){
    .padding = TT_SIDES(padding)}, NULL)->base;
}
static Module *relu(void) { return tt_activation_new(tt_relu); }
static Module *largest(void) {
  return &tt_max_pool2d_new((Pool2dOptions){.kernel = {2}})->base;
}
static Module *average(void) {
  return &tt_avg_pool2d_new((Pool2dOptions){.kernel = {2}})->base;
}
static Module *block(int64_t in, int64_t out) {
  return &TT_SEQUENTIAL(conv(in, out, 3, 1), tt_batch_norm2d_new(out), relu(),
                        largest())->base;
}

static void picture_steps(void) {
  pictures("lenet-5", TT_SEQUENTIAL(
    conv(1, 6, 5, 2), tt_activation_new(tt_tanh), average(),
    conv(6, 16, 5, 0), tt_activation_new(tt_tanh), average(),
    conv(16, 120, 5, 0), tt_activation_new(tt_tanh), tt_flatten_new(),
    tt_linear_new(120, 84, NULL), tt_activation_new(tt_tanh),
    tt_linear_new(84, 10, NULL)), 1, 28);
  pictures("32-64-128", TT_SEQUENTIAL(
    block(3, 32), block(32, 64), block(64, 128), tt_flatten_new(),
    tt_linear_new(2048, 10, NULL)), 3, 32);
  pictures("32-32-64-64", TT_SEQUENTIAL(
    conv(3, 32, 3, 1), relu(), conv(32, 32, 3, 1), relu(), largest(),
    conv(32, 64, 3, 1), relu(), conv(64, 64, 3, 1), relu(), largest(),
    tt_flatten_new(), tt_linear_new(4096, 10, NULL)), 3, 32);
}
#else
static void picture_steps(void) {}
#endif

// nanoGPT's configuration for a CPU: a step of 12 rows of 64 characters, and 64
// characters written, each after all before it, without a cache.
#if __has_include(<tt/generation.h>)
enum { ROWS = 12, PLACES = 64, LETTERS = 65 };

static Tensor *loss_of_letters(Tensor *z, Tensor *y) {
  return tt_cross_entropy(tt_reshape(z, TT_SHAPE(-1, LETTERS)), y);
}

static void write_letters(void *gpt) {
  TT_SCOPE;
  tt_generate(gpt, tt_from_int(TT_SHAPE(1), (int32_t[]){0}), PLACES,
              (GenerationOptions){.sampling = {.temperature = 1}});
}

static void letters(void) {
  Gpt *gpt = tt_gpt_new((GptOptions){.vocab_size = LETTERS, .context = PLACES,
    .dim = 128, .layers = 4, .heads = 4, .no_bias = true}, NULL);
  Job j = {.net = gpt, .loss = loss_of_letters,
           .x = tt_randint(0, LETTERS, TT_SHAPE(ROWS, PLACES), NULL),
           .y = tt_randint(0, LETTERS, TT_SHAPE(ROWS * PLACES), NULL),
           .opt = tt_adam_new(tt_module_parameters(gpt), (AdamOptions){.lr = 1e-4})};
  row("step", "nanogpt-cpu", "us", 1e6, step, &j);
  row("writing", "nanogpt-cpu", "us/token", 1e6 / PLACES, write_letters, gpt);
}
#else
static void letters(void) {}
#endif

// A text as tokens: 8,000 merges learned, and all of it encoded.
#if __has_include(<tt/tokenization.h>)
typedef struct Reading { const char *text; int64_t n; Tokenizer *t; } Reading;

static void learn_merges(void *arg) {
  Reading *r = arg;
  TT_SCOPE;
  tt_bpe_train(r->text, r->n, (BpeOptions){.size = 8256});
}

static void encode_all(void *arg) {
  Reading *r = arg;
  TT_SCOPE;
  tt_encode(r->t, r->text, r->n);
}

static void tokens(void) {
  char path[4096];
  bool plays = tt_data_find("text/tinyshakespeare.txt", path);
  Tensor *text = tt_read_bytes(plays ? path : "chapters/01-tensors.nw");
  Reading r = {text->data, tt_numel(text), NULL};
  row("tokens", plays ? "train-plays" : "train-chapter", "ms", 1e3, learn_merges, &r);
  r.t = tt_bpe_train(r.text, r.n, (BpeOptions){.size = 8256});
  row("tokens", plays ? "encode-plays" : "encode-chapter", "ns/byte",
      1e9 / (double)r.n, encode_all, &r);
}
#else
static void tokens(void) {}
#endif

// One operation on four numbers: made, recorded or not, and released.
static void add_recorded(void *x) {
  TT_SCOPE;
  tt_add(x, x);
}

static void add_unrecorded(void *x) {
  TT_NO_GRAD;
  tt_add(x, x);
}

int main(int argc, char **argv) {
  if (argc > 1) only = argv[1];
  tt_autograd_enable();
  xor_steps();
  mlp_steps();
  picture_steps();
  letters();
  tokens();
  Tensor *x = tt_parameter("x", TT_SHAPE(4));
  {
    TT_NO_GRAD;                    // a leaf is guarded elsewhere
    tt_fill_(x, 1);
  }
  row("op", "add-recorded", "ns", 1e9, add_recorded, x);
  row("op", "add-no-grad", "ns", 1e9, add_unrecorded, x);
  return 0;
}
