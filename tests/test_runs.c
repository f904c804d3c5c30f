// Needs chapter 07: what a run must not lose, whatever the model, the data,
// the locale and the file system are.
#define _GNU_SOURCE
#include "files.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- generators of a user's own layer ----------------------------------------
typedef struct Noise { Module base; Generator hiss, rare; } Noise;

static Tensor *noise_forward(Module *m, Tensor *x) {
  Noise *n = (Noise *)m;
  TT_SCOPE;
  Generator *g = tt_random(&n->rare) % 3 ? &n->hiss : &n->rare;
  return tt_keep(tt_add(x, tt_rand(tt_shape(x), g)));
}

static const ModuleField noise_fields[] = {
  TT_GENERATOR(Noise, hiss), TT_GENERATOR(Noise, rare), {0}
};
static const ModuleType noise_type = {
  "Noise", sizeof(Noise), noise_fields, noise_forward, NULL
};

static Noise *noise_new(uint64_t seed) {
  Noise *n = tt_module_new(&noise_type);
  tt_manual_seed(&n->hiss, seed);
  tt_manual_seed(&n->rare, seed + 1);
  return n;
}

static BatchSource *points(int64_t n, BatchOptions o) {
  Generator g;
  tt_manual_seed(&g, 3);
  return tt_batches_new(tt_randn(TT_SHAPE(n, 2), &g),
                        tt_randn(TT_SHAPE(n, 1), &g), o);
}

// a net with noise after its first layer, and a generator of the trainer
static Trainer noisy(uint64_t seed, Generator *g) {
  tt_autograd_enable();
  tt_manual_seed(g, seed);
  void *net = TT_SEQUENTIAL(tt_linear_new(2, 4, g), noise_new(seed),
    tt_activation_new(tt_tanh), tt_dropout_new(0.2, g), tt_linear_new(4, 1, g));
  return (Trainer){
    .model = net, .loss = tt_mse_loss, .epochs = 2, .quiet = true,
    .opt = tt_adam_new(tt_module_parameters(net), (AdamOptions){.lr = 0.01}),
    .train = points(10, (BatchOptions){.size = 3, .shuffle = true}),
    .generator = g};
}

static int stops;
static void note_stop(void *text, const char *name, FieldKind kind, void *slot) {
  if (kind != TT_GENERATOR) return;
  strcat(strcat(text, name), " ");
  stops += ((Generator *)slot)->state[0] != 0;
}

TT(runs, the_walk_shows_every_generator) {
  Generator g;
  char text[200] = "";
  Trainer t = noisy(1, &g);
  stops = 0;
  tt_module_walk(t.model, note_stop, text);
  tt_expect_text(text, "1.hiss 1.rare 3.random ");
  tt_expect_int(stops, 3);
  tt_expect_int(tt_module_state_dict(t.model).n, 4);
  tt_expect_int(tt_module_parameters(t.model).n, 4);
  Scope s;                         // and it is kept and freed with its module
  tt_scope_open(&s);
  Noise *n = tt_module_keep(noise_new(4));
  tt_scope_close(&s);
  tt_forward(n, tt_zeros(TT_SHAPE(2)));
  tt_module_free(n);
}

TT(runs, an_own_layer_goes_on_with_its_random_numbers) {
  Generator g, h;
  Trainer whole = noisy(1, &g);
  whole.epochs = 6;
  tt_trainer_run(&whole);
  Trainer part = noisy(1, &g);
  part.epochs = 3, part.checkpoint = beside("noise");
  tt_trainer_run(&part);
  Trainer rest = noisy(2, &h);
  rest.epochs = 6, rest.checkpoint = beside("noise"), rest.resume = true;
  tt_trainer_run(&rest);
  for (int i = 0; i < whole.state.n; i++)
    tt_expect_tensor(*rest.state.entry[i].slot, *whole.state.entry[i].slot, 0, 0);
}

TT(runs, generators_of_another_model_are_refused) {
  Generator g;
  Trainer t = noisy(1, &g);
  t.checkpoint = beside("generators");
  tt_checkpoint_save(t.checkpoint, &t);
  Metadata m;
  StateDict sd = tt_load_file_with(t.checkpoint, &m);
  for (int i = 0; i < m.n; i++)
    if (strcmp(m.pair[i].key, TT_CHECKSUM_KEY) == 0) m.pair[i] = m.pair[--m.n];
  char *name = NULL;
  for (int i = 0; i < sd.n; i++)
    if (strcmp(sd.entry[i].name, "generator.1.rare") == 0) name = sd.entry[i].name;
  tt_expect(name, "no generator.1.rare in the file");
  tt_save_file(beside("same"), sd, m);
  tt_checkpoint_load(beside("same"), &t);
  strcpy(name, "generator.1.other");
  tt_save_file(beside("renamed"), sd, m);
  tt_expect_fail(tt_checkpoint_load(beside("renamed"), &t), "its generators are not");
  strcpy(name, "unknown");
  tt_save_file(beside("fewer"), sd, m);
  tt_expect_fail(tt_checkpoint_load(beside("fewer"), &t), "its generators are not");
}
