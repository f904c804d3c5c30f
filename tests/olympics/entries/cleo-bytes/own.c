// A small network whose weights are bytes, one scale for each tensor.
#include <tt/tt.h>

static Module *net;

static Module *network(uint64_t seed) {
  Generator g;
  tt_manual_seed(&g, seed);
  Conv2dOptions none = {0};
  Pool2dOptions two = {.kernel = {2}};
  return &TT_SEQUENTIAL(
    tt_conv2d_new(1, 6, 5, none, &g), tt_activation_new(tt_relu), tt_max_pool2d_new(two),
    tt_conv2d_new(6, 12, 5, none, &g), tt_activation_new(tt_relu), tt_max_pool2d_new(two),
    tt_flatten_new(), tt_linear_new(192, 10, &g))->base;
}

static Tensor *answer(Tensor *x) {
  TT_NO_GRAD;
  return tt_keep(tt_forward(net, tt_mul_scalar(tt_to(x, TT_F32), (Real)1 / 255)));
}

static void train(Tensor *x, Tensor *y, uint64_t seed) {
  net = network(seed);
  Tensor *ink = tt_mul_scalar(tt_to(x, TT_F32), (Real)1 / 255);
  BatchSource *data = tt_batches_new(ink, y,
    (BatchOptions){.size = 32, .shuffle = true, .seed = seed});
  Schedule lr = tt_schedule_cosine(0.004, 0, 6 * data->batches);
  tt_trainer_run(&(Trainer){.model = net, .train = data, .loss = tt_cross_entropy,
    .opt = tt_adam_new(tt_module_parameters(net), (AdamOptions){.lr = 0.004}),
    .schedule = &lr, .epochs = 6, .quiet = true});
  tt_module_eval(net);
}

static Real largest(const Tensor *t) {
  Real most = 0;
  for (int64_t i = 0; i < tt_numel(t); i++) {
    Real v = ((const Real *)t->data)[i];
    most = v > most ? v : -v > most ? -v : most;
  }
  return most > 0 ? most : 1;
}

// all weights in a row, a byte each, and the scales
static void save(const char *model) {
  StateDict p = tt_module_state_dict(net), d = tt_state_dict_new(2);
  Tensor *w = tt_empty(TT_U8, TT_SHAPE(tt_module_count(net)));
  Tensor *s = tt_zeros(TT_SHAPE(p.n));
  int64_t at = 0;
  for (int i = 0; i < p.n; i++) {
    Tensor *t = *p.entry[i].slot;
    Real most = ((Real *)s->data)[i] = largest(t);
    for (int64_t k = 0; k < tt_numel(t); k++)
      ((uint8_t *)w->data)[at++] = (uint8_t)(128.5f + 127 * ((Real *)t->data)[k] / most);
  }
  d.entry[0].name[0] = 'w', d.entry[0].slot = &w;
  d.entry[1].name[0] = 's', d.entry[1].slot = &s;
  tt_save_file(model, d, (Metadata){0});
}

static void load(const char *model) {
  net = network(0);
  StateDict p = tt_module_state_dict(net), d = tt_load_file(model);
  int which = d.entry[0].name[0] == 'w' ? 0 : 1;
  const uint8_t *w = (*d.entry[which].slot)->data;
  const Real *s = (*d.entry[1 - which].slot)->data;
  for (int i = 0; i < p.n; i++) {
    Tensor *t = *p.entry[i].slot;
    for (int64_t k = 0; k < tt_numel(t); k++)
      ((Real *)t->data)[k] = ((Real)*w++ - 128) * s[i] / 127;
  }
  tt_module_eval(net);
}

static const Entry entry = {load, answer, train, save, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
