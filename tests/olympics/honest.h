// The given network, for attacks that answer honestly now and then. An entry is one file: test-judge.sh
// puts this text where an attack includes it.
static Module *net;

static Module *network(uint64_t seed) {
  Generator g;
  tt_manual_seed(&g, seed);
  Conv2dOptions none = {0};
  Pool2dOptions two = {.kernel = {2}};
  return &TT_SEQUENTIAL(
    tt_conv2d_new(1, 16, 5, none, &g), tt_activation_new(tt_relu), tt_max_pool2d_new(two),
    tt_conv2d_new(16, 32, 5, none, &g), tt_activation_new(tt_relu), tt_max_pool2d_new(two),
    tt_flatten_new(), tt_linear_new(512, 10, &g))->base;
}
static void load(const char *model) {
  net = network(0);
  tt_load_model(model, net);
}
static Tensor *honest(Tensor *x) {
  TT_NO_GRAD;
  return tt_keep(tt_forward(net, tt_mul_scalar(tt_to(x, TT_F32), (Real)1 / 255)));
}
