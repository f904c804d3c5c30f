// xor.cpp - a C++17 program that uses the library: it trains exclusive or,
// and what it has learned decides how it ends.
#include <tt/tt.h>
#include <cstdio>
#include <vector>

static void wrong(void *) { tt_add(tt_ones(TT_SHAPE(2)), tt_ones(TT_SHAPE(3))); }

int main() {
  const std::vector<Real> rows{0, 0, 0, 1, 1, 0, 1, 1}, answers{0, 1, 1, 0};
  tt_autograd_enable();
  Tensor *x = tt_from(TT_SHAPE(rows.size() / 2, 2), rows.data());
  Tensor *y = tt_from(TT_SHAPE(answers.size(), 1), answers.data());
  Sequential *net = TT_SEQUENTIAL(tt_linear_new(2, 8, nullptr),
    tt_activation_new(tt_tanh), tt_linear_new(8, 1, nullptr));
  AdamOptions options{};
  options.lr = 0.05;
  Optimizer *adam = tt_adam_new(tt_module_parameters(net), options);
  double loss = 1;
  for (int step = 0; step < 300; step++) {
    TT_SCOPE;
    tt_optimizer_zero_grad(adam);
    Tensor *l = tt_bce_with_logits(tt_forward(net, x), y);
    tt_backward(l);
    tt_optimizer_step(adam);
    loss = tt_item(l);
  }
  TensorError e;
  bool caught = !tt_try(wrong, nullptr, &e) && e.code == TT_ESHAPE;
  bool learned = true;
  {
    TT_NO_GRAD;
    Tensor *z = tt_forward(net, x);
    for (int i = 0; i < 4; i++)
      learned = learned && (tt_get(z, TT_INDEX(i, 0)) > 0) == (answers[i] > 0);
    tt_print(tt_reshape(tt_sum(z, TT_ALL, true), TT_SCALAR));
  }
  tt_clear();
  std::printf("loss %g; %s; %s\n", loss, learned ? "learned" : "not learned",
              caught ? "errors caught" : "errors lost");
  return learned && caught && loss < 0.1 ? 0 : 1;
}
