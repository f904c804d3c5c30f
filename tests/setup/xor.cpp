// A program in C++ trains with the library: exclusive or.
#include <tt/tt.h>
#include <cstdio>

int main() {
  tt_autograd_enable();
  const Real in[] = {0, 0, 0, 1, 1, 0, 1, 1}, out[] = {0, 1, 1, 0};
  Tensor *x = tt_from(TT_SHAPE(4, 2), in), *y = tt_from(TT_SHAPE(4, 1), out);
  void *parts[] = {tt_linear_new(2, 8, nullptr), tt_activation_new(tt_tanh),
                   tt_linear_new(8, 1, nullptr)};
  Sequential *net = tt_sequential_new(3, parts);
  AdamOptions options = {};
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
  std::puts(loss < 0.1 ? "learned" : "not learned");
  tt_clear();
}
