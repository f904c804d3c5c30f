// Made from the other headers by tools/tangle: edit there.
// Calls of the library tell where they stand.
#ifndef TT_LOCATE_H
#define TT_LOCATE_H
static inline Tensor *tt_relu_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_relu", x);
  return tt_relu(x);
}
#define tt_relu(...) tt_relu_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_leaky_relu_at(const char *file, int line,
  Tensor *x, Real slope)
{
  tt_at(file, line);
  tt_alive("tt_leaky_relu", x);
  return tt_leaky_relu(x, slope);
}
#define tt_leaky_relu(...) tt_leaky_relu_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sigmoid_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_sigmoid", x);
  return tt_sigmoid(x);
}
#define tt_sigmoid(...) tt_sigmoid_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_tanh_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_tanh", x);
  return tt_tanh(x);
}
#define tt_tanh(...) tt_tanh_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_gelu_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_gelu", x);
  return tt_gelu(x);
}
#define tt_gelu(...) tt_gelu_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_gelu_tanh_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_gelu_tanh", x);
  return tt_gelu_tanh(x);
}
#define tt_gelu_tanh(...) tt_gelu_tanh_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_silu_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_silu", x);
  return tt_silu(x);
}
#define tt_silu(...) tt_silu_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_softmax_at(const char *file, int line,
  Tensor *x, int dim)
{
  tt_at(file, line);
  tt_alive("tt_softmax", x);
  return tt_softmax(x, dim);
}
#define tt_softmax(...) tt_softmax_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_log_softmax_at(const char *file, int line,
  Tensor *x, int dim)
{
  tt_at(file, line);
  tt_alive("tt_log_softmax", x);
  return tt_log_softmax(x, dim);
}
#define tt_log_softmax(...) tt_log_softmax_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_backward_at(const char *file, int line,
  Tensor *y)
{
  tt_at(file, line);
  tt_alive("tt_backward", y);
  tt_backward(y);
}
#define tt_backward(...) tt_backward_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_backward_with_at(const char *file, int line,
  Tensor *y, Tensor *gradient)
{
  tt_at(file, line);
  tt_alive("tt_backward_with", y);
  tt_alive("tt_backward_with", gradient);
  tt_backward_with(y, gradient);
}
#define tt_backward_with(...) tt_backward_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_requires_grad__at(const char *file, int line,
  Tensor *t, bool on)
{
  tt_at(file, line);
  tt_alive("tt_requires_grad_", t);
  return tt_requires_grad_(t, on);
}
#define tt_requires_grad_(...) tt_requires_grad__at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_detach_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_detach", x);
  return tt_detach(x);
}
#define tt_detach(...) tt_detach_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_zero_grad_at(const char *file, int line,
  Tensor *t)
{
  tt_at(file, line);
  tt_alive("tt_zero_grad", t);
  tt_zero_grad(t);
}
#define tt_zero_grad(...) tt_zero_grad_at(__FILE__, __LINE__, __VA_ARGS__)
static inline GradCheck tt_gradcheck_at(const char *file, int line,
  GradFunction *f, void *arg, int n,Tensor *const x[])
{
  tt_at(file, line);
  return tt_gradcheck(f, arg, n, x);
}
#define tt_gradcheck(...) tt_gradcheck_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_graph_at(const char *file, int line,
  FILE *f, Tensor *y)
{
  tt_at(file, line);
  tt_alive("tt_graph", y);
  tt_graph(f, y);
}
#define tt_graph(...) tt_graph_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Walk tt_walk_at(const char *file, int line,
  Shape s, const Tensor *y, const Tensor *a,const Tensor *b, const Tensor *c)
{
  tt_at(file, line);
  tt_alive("tt_walk", y);
  tt_alive("tt_walk", a);
  tt_alive("tt_walk", b);
  tt_alive("tt_walk", c);
  return tt_walk(s, y, a, b, c);
}
#define tt_walk(...) tt_walk_at(__FILE__, __LINE__, __VA_ARGS__)
#define tt_fail(...) \
  (tt_at(__FILE__, __LINE__), tt_fail(__VA_ARGS__))
static inline bool tt_try_at(const char *file, int line,
  void (*f)(void *), void *arg, TensorError *e)
{
  tt_at(file, line);
  return tt_try(f, arg, e);
}
#define tt_try(...) tt_try_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_node_saved_at(const char *file, int line,
  TapeNode *k, int i)
{
  tt_at(file, line);
  return tt_node_saved(k, i);
}
#define tt_node_saved(...) tt_node_saved_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_accumulate_at(const char *file, int line,
  TapeNode *k, int i, Tensor *g)
{
  tt_at(file, line);
  tt_alive("tt_accumulate", g);
  tt_accumulate(k, i, g);
}
#define tt_accumulate(...) tt_accumulate_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Sequential *tt_sequential_new_at(const char *file, int line,
  int n, void *const m[])
{
  tt_at(file, line);
  return tt_sequential_new(n, m);
}
#define tt_sequential_new(...) tt_sequential_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Module *tt_activation_new_named_at(const char *file, int line,
  ActivationFunction *f,const char *name)
{
  tt_at(file, line);
  return tt_activation_new_named(f, name);
}
#define tt_activation_new_named(...) tt_activation_new_named_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Flatten *tt_flatten_new_at(const char *file, int line)
{
  tt_at(file, line);
  return tt_flatten_new();
}
#define tt_flatten_new() tt_flatten_new_at(__FILE__, __LINE__)
static inline Dropout *tt_dropout_new_at(const char *file, int line,
  double p, Generator *g)
{
  tt_at(file, line);
  return tt_dropout_new(p, g);
}
#define tt_dropout_new(...) tt_dropout_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Linear *tt_linear_new_at(const char *file, int line,
  int64_t in, int64_t out, Generator *g)
{
  tt_at(file, line);
  return tt_linear_new(in, out, g);
}
#define tt_linear_new(...) tt_linear_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Linear *tt_linear_new_no_bias_at(const char *file, int line,
  int64_t in, int64_t out, Generator *g)
{
  tt_at(file, line);
  return tt_linear_new_no_bias(in, out, g);
}
#define tt_linear_new_no_bias(...) tt_linear_new_no_bias_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_linear_at(const char *file, int line,
  Tensor *x, Tensor *w, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_linear", x);
  tt_alive("tt_linear", w);
  tt_alive("tt_linear", b);
  return tt_linear(x, w, b);
}
#define tt_linear(...) tt_linear_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_dropout_at(const char *file, int line,
  Tensor *x, double p, bool training, Generator *g)
{
  tt_at(file, line);
  tt_alive("tt_dropout", x);
  return tt_dropout(x, p, training, g);
}
#define tt_dropout(...) tt_dropout_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_kaiming_uniform__at(const char *file, int line,
  Tensor *w, double a, Generator *g)
{
  tt_at(file, line);
  tt_alive("tt_kaiming_uniform_", w);
  tt_kaiming_uniform_(w, a, g);
}
#define tt_kaiming_uniform_(...) tt_kaiming_uniform__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_kaiming_normal__at(const char *file, int line,
  Tensor *w, double a, Generator *g)
{
  tt_at(file, line);
  tt_alive("tt_kaiming_normal_", w);
  tt_kaiming_normal_(w, a, g);
}
#define tt_kaiming_normal_(...) tt_kaiming_normal__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_xavier_uniform__at(const char *file, int line,
  Tensor *w, double gain, Generator *g)
{
  tt_at(file, line);
  tt_alive("tt_xavier_uniform_", w);
  tt_xavier_uniform_(w, gain, g);
}
#define tt_xavier_uniform_(...) tt_xavier_uniform__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_xavier_normal__at(const char *file, int line,
  Tensor *w, double gain, Generator *g)
{
  tt_at(file, line);
  tt_alive("tt_xavier_normal_", w);
  tt_xavier_normal_(w, gain, g);
}
#define tt_xavier_normal_(...) tt_xavier_normal__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_uniform__at(const char *file, int line,
  Tensor *t, double low, double high, Generator *g)
{
  tt_at(file, line);
  tt_alive("tt_uniform_", t);
  tt_uniform_(t, low, high, g);
}
#define tt_uniform_(...) tt_uniform__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_normal__at(const char *file, int line,
  Tensor *t, double mean, double std, Generator *g)
{
  tt_at(file, line);
  tt_alive("tt_normal_", t);
  tt_normal_(t, mean, std, g);
}
#define tt_normal_(...) tt_normal__at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_mse_loss_at(const char *file, int line,
  Tensor *x, Tensor *y)
{
  tt_at(file, line);
  tt_alive("tt_mse_loss", x);
  tt_alive("tt_mse_loss", y);
  return tt_mse_loss(x, y);
}
#define tt_mse_loss(...) tt_mse_loss_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_bce_loss_at(const char *file, int line,
  Tensor *p, Tensor *y)
{
  tt_at(file, line);
  tt_alive("tt_bce_loss", p);
  tt_alive("tt_bce_loss", y);
  return tt_bce_loss(p, y);
}
#define tt_bce_loss(...) tt_bce_loss_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_bce_with_logits_at(const char *file, int line,
  Tensor *z, Tensor *y)
{
  tt_at(file, line);
  tt_alive("tt_bce_with_logits", z);
  tt_alive("tt_bce_with_logits", y);
  return tt_bce_with_logits(z, y);
}
#define tt_bce_with_logits(...) tt_bce_with_logits_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_mse_loss_with_at(const char *file, int line,
  Tensor *x, Tensor *y, Reduction r)
{
  tt_at(file, line);
  tt_alive("tt_mse_loss_with", x);
  tt_alive("tt_mse_loss_with", y);
  return tt_mse_loss_with(x, y, r);
}
#define tt_mse_loss_with(...) tt_mse_loss_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_bce_loss_with_at(const char *file, int line,
  Tensor *p, Tensor *y, Reduction r)
{
  tt_at(file, line);
  tt_alive("tt_bce_loss_with", p);
  tt_alive("tt_bce_loss_with", y);
  return tt_bce_loss_with(p, y, r);
}
#define tt_bce_loss_with(...) tt_bce_loss_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_bce_with_logits_with_at(const char *file, int line,
  Tensor *z, Tensor *y, Reduction r)
{
  tt_at(file, line);
  tt_alive("tt_bce_with_logits_with", z);
  tt_alive("tt_bce_with_logits_with", y);
  return tt_bce_with_logits_with(z, y, r);
}
#define tt_bce_with_logits_with(...) tt_bce_with_logits_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_nll_loss_at(const char *file, int line,
  Tensor *logp, Tensor *target)
{
  tt_at(file, line);
  tt_alive("tt_nll_loss", logp);
  tt_alive("tt_nll_loss", target);
  return tt_nll_loss(logp, target);
}
#define tt_nll_loss(...) tt_nll_loss_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_cross_entropy_at(const char *file, int line,
  Tensor *logits, Tensor *target)
{
  tt_at(file, line);
  tt_alive("tt_cross_entropy", logits);
  tt_alive("tt_cross_entropy", target);
  return tt_cross_entropy(logits, target);
}
#define tt_cross_entropy(...) tt_cross_entropy_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_nll_loss_with_at(const char *file, int line,
  Tensor *logp, Tensor *target, Reduction r,int32_t ignore_index)
{
  tt_at(file, line);
  tt_alive("tt_nll_loss_with", logp);
  tt_alive("tt_nll_loss_with", target);
  return tt_nll_loss_with(logp, target, r, ignore_index);
}
#define tt_nll_loss_with(...) tt_nll_loss_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_cross_entropy_with_at(const char *file, int line,
  Tensor *logits, Tensor *target,Reduction r, double label_smoothing,int32_t ignore_index)
{
  tt_at(file, line);
  tt_alive("tt_cross_entropy_with", logits);
  tt_alive("tt_cross_entropy_with", target);
  return tt_cross_entropy_with(logits, target, r, label_smoothing, ignore_index);
}
#define tt_cross_entropy_with(...) tt_cross_entropy_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_keep_at(const char *file, int line,
  Tensor *t)
{
  tt_at(file, line);
  tt_alive("tt_keep", t);
  return tt_keep(t);
}
#define tt_keep(...) tt_keep_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void *tt_module_new_at(const char *file, int line,
  const ModuleType *type)
{
  tt_at(file, line);
  return tt_module_new(type);
}
#define tt_module_new(...) tt_module_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void *tt_module_new_with_at(const char *file, int line,
  const ModuleType *type, size_t extra)
{
  tt_at(file, line);
  return tt_module_new_with(type, extra);
}
#define tt_module_new_with(...) tt_module_new_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void *tt_module_keep_at(const char *file, int line,
  void *m)
{
  tt_at(file, line);
  return tt_module_keep(m);
}
#define tt_module_keep(...) tt_module_keep_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_free_at(const char *file, int line,
  void *m)
{
  tt_at(file, line);
  tt_module_free(m);
}
#define tt_module_free(...) tt_module_free_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_parameter_at(const char *file, int line,
  const char *name, Shape s)
{
  tt_at(file, line);
  return tt_parameter(name, s);
}
#define tt_parameter(...) tt_parameter_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_walk_at(const char *file, int line,
  void *m, ModuleVisitor *see, void *arg)
{
  tt_at(file, line);
  tt_module_walk(m, see, arg);
}
#define tt_module_walk(...) tt_module_walk_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_forward_at(const char *file, int line,
  void *m, Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_forward", x);
  return tt_forward(m, x);
}
#define tt_forward(...) tt_forward_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_train_at(const char *file, int line,
  void *m)
{
  tt_at(file, line);
  tt_module_train(m);
}
#define tt_module_train(...) tt_module_train_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_eval_at(const char *file, int line,
  void *m)
{
  tt_at(file, line);
  tt_module_eval(m);
}
#define tt_module_eval(...) tt_module_eval_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_module_parameters_at(const char *file, int line,
  void *m)
{
  tt_at(file, line);
  return tt_module_parameters(m);
}
#define tt_module_parameters(...) tt_module_parameters_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_module_state_dict_at(const char *file, int line,
  void *m)
{
  tt_at(file, line);
  return tt_module_state_dict(m);
}
#define tt_module_state_dict(...) tt_module_state_dict_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_module_count_at(const char *file, int line,
  void *m)
{
  tt_at(file, line);
  return tt_module_count(m);
}
#define tt_module_count(...) tt_module_count_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_load_state_dict_at(const char *file, int line,
  void *m, StateDict from)
{
  tt_at(file, line);
  tt_module_load_state_dict(m, from);
}
#define tt_module_load_state_dict(...) tt_module_load_state_dict_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_print_at(const char *file, int line,
  void *m)
{
  tt_at(file, line);
  tt_module_print(m);
}
#define tt_module_print(...) tt_module_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_fprint_at(const char *file, int line,
  FILE *f, void *m)
{
  tt_at(file, line);
  tt_module_fprint(f, m);
}
#define tt_module_fprint(...) tt_module_fprint_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_zero_grad_at(const char *file, int line,
  void *m)
{
  tt_at(file, line);
  tt_module_zero_grad(m);
}
#define tt_module_zero_grad(...) tt_module_zero_grad_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_allocate_at(const char *file, int line,
  Tensor *t, size_t bytes)
{
  tt_at(file, line);
  tt_alive("tt_allocate", t);
  tt_allocate(t, bytes);
}
#define tt_allocate(...) tt_allocate_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_alias_at(const char *file, int line,
  const Tensor *t)
{
  tt_at(file, line);
  tt_alive("tt_alias", t);
  return tt_alias(t);
}
#define tt_alias(...) tt_alias_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_running_sum_at(const char *file, int line,
  Op *op, Tensor *x, int dim, bool from_end)
{
  tt_at(file, line);
  tt_alive("tt_running_sum", x);
  return tt_running_sum(op, x, dim, from_end);
}
#define tt_running_sum(...) tt_running_sum_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Optimizer *tt_sgd_new_at(const char *file, int line,
  StateDict params, SgdOptions s)
{
  tt_at(file, line);
  return tt_sgd_new(params, s);
}
#define tt_sgd_new(...) tt_sgd_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Optimizer *tt_rmsprop_new_at(const char *file, int line,
  StateDict params, RmsPropOptions s)
{
  tt_at(file, line);
  return tt_rmsprop_new(params, s);
}
#define tt_rmsprop_new(...) tt_rmsprop_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Optimizer *tt_adam_new_at(const char *file, int line,
  StateDict params, AdamOptions s)
{
  tt_at(file, line);
  return tt_adam_new(params, s);
}
#define tt_adam_new(...) tt_adam_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Optimizer *tt_adamw_new_at(const char *file, int line,
  StateDict params, AdamOptions s)
{
  tt_at(file, line);
  return tt_adamw_new(params, s);
}
#define tt_adamw_new(...) tt_adamw_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_sgd_add_group_at(const char *file, int line,
  Optimizer *o, StateDict params, SgdOptions s)
{
  tt_at(file, line);
  tt_sgd_add_group(o, params, s);
}
#define tt_sgd_add_group(...) tt_sgd_add_group_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_rmsprop_add_group_at(const char *file, int line,
  Optimizer *o, StateDict params,RmsPropOptions s)
{
  tt_at(file, line);
  tt_rmsprop_add_group(o, params, s);
}
#define tt_rmsprop_add_group(...) tt_rmsprop_add_group_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_adam_add_group_at(const char *file, int line,
  Optimizer *o, StateDict params,AdamOptions s)
{
  tt_at(file, line);
  tt_adam_add_group(o, params, s);
}
#define tt_adam_add_group(...) tt_adam_add_group_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_optimizer_step_at(const char *file, int line,
  Optimizer *o)
{
  tt_at(file, line);
  tt_optimizer_step(o);
}
#define tt_optimizer_step(...) tt_optimizer_step_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_optimizer_zero_grad_at(const char *file, int line,
  Optimizer *o)
{
  tt_at(file, line);
  tt_optimizer_zero_grad(o);
}
#define tt_optimizer_zero_grad(...) tt_optimizer_zero_grad_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_optimizer_lr_at(const char *file, int line,
  const Optimizer *o)
{
  tt_at(file, line);
  return tt_optimizer_lr(o);
}
#define tt_optimizer_lr(...) tt_optimizer_lr_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_optimizer_set_lr_at(const char *file, int line,
  Optimizer *o, double lr)
{
  tt_at(file, line);
  tt_optimizer_set_lr(o, lr);
}
#define tt_optimizer_set_lr(...) tt_optimizer_set_lr_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_optimizer_state_dict_at(const char *file, int line,
  Optimizer *o)
{
  tt_at(file, line);
  return tt_optimizer_state_dict(o);
}
#define tt_optimizer_state_dict(...) tt_optimizer_state_dict_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_optimizer_load_state_dict_at(const char *file, int line,
  Optimizer *o, StateDict from)
{
  tt_at(file, line);
  tt_optimizer_load_state_dict(o, from);
}
#define tt_optimizer_load_state_dict(...) tt_optimizer_load_state_dict_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Optimizer *tt_optimizer_keep_at(const char *file, int line,
  Optimizer *o)
{
  tt_at(file, line);
  return tt_optimizer_keep(o);
}
#define tt_optimizer_keep(...) tt_optimizer_keep_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_optimizer_free_at(const char *file, int line,
  Optimizer *o)
{
  tt_at(file, line);
  tt_optimizer_free(o);
}
#define tt_optimizer_free(...) tt_optimizer_free_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_empty_at(const char *file, int line,
  DType d, Shape s)
{
  tt_at(file, line);
  return tt_empty(d, s);
}
#define tt_empty(...) tt_empty_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_full_at(const char *file, int line,
  Shape s, Real value)
{
  tt_at(file, line);
  return tt_full(s, value);
}
#define tt_full(...) tt_full_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_zeros_at(const char *file, int line,
  Shape s)
{
  tt_at(file, line);
  return tt_zeros(s);
}
#define tt_zeros(...) tt_zeros_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_ones_at(const char *file, int line,
  Shape s)
{
  tt_at(file, line);
  return tt_ones(s);
}
#define tt_ones(...) tt_ones_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_eye_at(const char *file, int line,
  int64_t n)
{
  tt_at(file, line);
  return tt_eye(n);
}
#define tt_eye(...) tt_eye_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_from_at(const char *file, int line,
  Shape s, const Real *values)
{
  tt_at(file, line);
  return tt_from(s, values);
}
#define tt_from(...) tt_from_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_from_int_at(const char *file, int line,
  Shape s, const int32_t *values)
{
  tt_at(file, line);
  return tt_from_int(s, values);
}
#define tt_from_int(...) tt_from_int_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_arange_at(const char *file, int line,
  double start, double end, double step)
{
  tt_at(file, line);
  return tt_arange(start, end, step);
}
#define tt_arange(...) tt_arange_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_linspace_at(const char *file, int line,
  double start, double end, int64_t n)
{
  tt_at(file, line);
  return tt_linspace(start, end, n);
}
#define tt_linspace(...) tt_linspace_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_rand_at(const char *file, int line,
  Shape s, Generator *g)
{
  tt_at(file, line);
  return tt_rand(s, g);
}
#define tt_rand(...) tt_rand_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_randn_at(const char *file, int line,
  Shape s, Generator *g)
{
  tt_at(file, line);
  return tt_randn(s, g);
}
#define tt_randn(...) tt_randn_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_randint_at(const char *file, int line,
  int32_t low, int32_t high, Shape s, Generator *g)
{
  tt_at(file, line);
  return tt_randint(low, high, s, g);
}
#define tt_randint(...) tt_randint_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_randperm_at(const char *file, int line,
  int64_t n, Generator *g)
{
  tt_at(file, line);
  return tt_randperm(n, g);
}
#define tt_randperm(...) tt_randperm_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_numel_at(const char *file, int line,
  const Tensor *t)
{
  tt_at(file, line);
  tt_alive("tt_numel", t);
  return tt_numel(t);
}
#define tt_numel(...) tt_numel_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Shape tt_shape_at(const char *file, int line,
  const Tensor *t)
{
  tt_at(file, line);
  tt_alive("tt_shape", t);
  return tt_shape(t);
}
#define tt_shape(...) tt_shape_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_is_contiguous_at(const char *file, int line,
  const Tensor *t)
{
  tt_at(file, line);
  tt_alive("tt_is_contiguous", t);
  return tt_is_contiguous(t);
}
#define tt_is_contiguous(...) tt_is_contiguous_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_get_at(const char *file, int line,
  const Tensor *t, Shape index)
{
  tt_at(file, line);
  tt_alive("tt_get", t);
  return tt_get(t, index);
}
#define tt_get(...) tt_get_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_item_at(const char *file, int line,
  const Tensor *t)
{
  tt_at(file, line);
  tt_alive("tt_item", t);
  return tt_item(t);
}
#define tt_item(...) tt_item_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_allclose_at(const char *file, int line,
  const Tensor *a, const Tensor *b, double rtol,double atol)
{
  tt_at(file, line);
  tt_alive("tt_allclose", a);
  tt_alive("tt_allclose", b);
  return tt_allclose(a, b, rtol, atol);
}
#define tt_allclose(...) tt_allclose_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_print_at(const char *file, int line,
  const Tensor *t)
{
  tt_at(file, line);
  tt_alive("tt_print", t);
  tt_print(t);
}
#define tt_print(...) tt_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_fprint_at(const char *file, int line,
  FILE *f, const Tensor *t)
{
  tt_at(file, line);
  tt_alive("tt_fprint", t);
  tt_fprint(f, t);
}
#define tt_fprint(...) tt_fprint_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_transpose_at(const char *file, int line,
  Tensor *t, int a, int b)
{
  tt_at(file, line);
  tt_alive("tt_transpose", t);
  return tt_transpose(t, a, b);
}
#define tt_transpose(...) tt_transpose_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_permute_at(const char *file, int line,
  Tensor *t, Shape dims)
{
  tt_at(file, line);
  tt_alive("tt_permute", t);
  return tt_permute(t, dims);
}
#define tt_permute(...) tt_permute_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_slice_at(const char *file, int line,
  Tensor *t, int dim, int64_t start,int64_t stop, int64_t step)
{
  tt_at(file, line);
  tt_alive("tt_slice", t);
  return tt_slice(t, dim, start, stop, step);
}
#define tt_slice(...) tt_slice_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_select_at(const char *file, int line,
  Tensor *t, int dim, int64_t index)
{
  tt_at(file, line);
  tt_alive("tt_select", t);
  return tt_select(t, dim, index);
}
#define tt_select(...) tt_select_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_expand_at(const char *file, int line,
  Tensor *t, Shape s)
{
  tt_at(file, line);
  tt_alive("tt_expand", t);
  return tt_expand(t, s);
}
#define tt_expand(...) tt_expand_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_squeeze_at(const char *file, int line,
  Tensor *t, int dim)
{
  tt_at(file, line);
  tt_alive("tt_squeeze", t);
  return tt_squeeze(t, dim);
}
#define tt_squeeze(...) tt_squeeze_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_unsqueeze_at(const char *file, int line,
  Tensor *t, int dim)
{
  tt_at(file, line);
  tt_alive("tt_unsqueeze", t);
  return tt_unsqueeze(t, dim);
}
#define tt_unsqueeze(...) tt_unsqueeze_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_reshape_at(const char *file, int line,
  Tensor *t, Shape s)
{
  tt_at(file, line);
  tt_alive("tt_reshape", t);
  return tt_reshape(t, s);
}
#define tt_reshape(...) tt_reshape_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_contiguous_at(const char *file, int line,
  Tensor *t)
{
  tt_at(file, line);
  tt_alive("tt_contiguous", t);
  return tt_contiguous(t);
}
#define tt_contiguous(...) tt_contiguous_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_clone_at(const char *file, int line,
  Tensor *t)
{
  tt_at(file, line);
  tt_alive("tt_clone", t);
  return tt_clone(t);
}
#define tt_clone(...) tt_clone_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_to_at(const char *file, int line,
  Tensor *t, DType d)
{
  tt_at(file, line);
  tt_alive("tt_to", t);
  return tt_to(t, d);
}
#define tt_to(...) tt_to_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_cat_at(const char *file, int line,
  int n, Tensor *const t[], int dim)
{
  tt_at(file, line);
  return tt_cat(n, t, dim);
}
#define tt_cat(...) tt_cat_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_stack_at(const char *file, int line,
  int n, Tensor *const t[], int dim)
{
  tt_at(file, line);
  return tt_stack(n, t, dim);
}
#define tt_stack(...) tt_stack_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_set__at(const char *file, int line,
  Tensor *t, Shape index, double value)
{
  tt_at(file, line);
  tt_alive("tt_set_", t);
  tt_set_(t, index, value);
}
#define tt_set_(...) tt_set__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_fill__at(const char *file, int line,
  Tensor *t, double value)
{
  tt_at(file, line);
  tt_alive("tt_fill_", t);
  tt_fill_(t, value);
}
#define tt_fill_(...) tt_fill__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_copy__at(const char *file, int line,
  Tensor *t, Tensor *from)
{
  tt_at(file, line);
  tt_alive("tt_copy_", t);
  tt_alive("tt_copy_", from);
  tt_copy_(t, from);
}
#define tt_copy_(...) tt_copy__at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_add_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_add", a);
  tt_alive("tt_add", b);
  return tt_add(a, b);
}
#define tt_add(...) tt_add_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sub_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_sub", a);
  tt_alive("tt_sub", b);
  return tt_sub(a, b);
}
#define tt_sub(...) tt_sub_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_mul_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_mul", a);
  tt_alive("tt_mul", b);
  return tt_mul(a, b);
}
#define tt_mul(...) tt_mul_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_div_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_div", a);
  tt_alive("tt_div", b);
  return tt_div(a, b);
}
#define tt_div(...) tt_div_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_pow_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_pow", a);
  tt_alive("tt_pow", b);
  return tt_pow(a, b);
}
#define tt_pow(...) tt_pow_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_maximum_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_maximum", a);
  tt_alive("tt_maximum", b);
  return tt_maximum(a, b);
}
#define tt_maximum(...) tt_maximum_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_minimum_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_minimum", a);
  tt_alive("tt_minimum", b);
  return tt_minimum(a, b);
}
#define tt_minimum(...) tt_minimum_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_eq_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_eq", a);
  tt_alive("tt_eq", b);
  return tt_eq(a, b);
}
#define tt_eq(...) tt_eq_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_ne_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_ne", a);
  tt_alive("tt_ne", b);
  return tt_ne(a, b);
}
#define tt_ne(...) tt_ne_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_lt_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_lt", a);
  tt_alive("tt_lt", b);
  return tt_lt(a, b);
}
#define tt_lt(...) tt_lt_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_le_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_le", a);
  tt_alive("tt_le", b);
  return tt_le(a, b);
}
#define tt_le(...) tt_le_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_gt_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_gt", a);
  tt_alive("tt_gt", b);
  return tt_gt(a, b);
}
#define tt_gt(...) tt_gt_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_ge_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_ge", a);
  tt_alive("tt_ge", b);
  return tt_ge(a, b);
}
#define tt_ge(...) tt_ge_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_where_at(const char *file, int line,
  Tensor *condition, Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_where", condition);
  tt_alive("tt_where", a);
  tt_alive("tt_where", b);
  return tt_where(condition, a, b);
}
#define tt_where(...) tt_where_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_neg_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_neg", x);
  return tt_neg(x);
}
#define tt_neg(...) tt_neg_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_abs_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_abs", x);
  return tt_abs(x);
}
#define tt_abs(...) tt_abs_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_exp_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_exp", x);
  return tt_exp(x);
}
#define tt_exp(...) tt_exp_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_log_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_log", x);
  return tt_log(x);
}
#define tt_log(...) tt_log_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sqrt_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_sqrt", x);
  return tt_sqrt(x);
}
#define tt_sqrt(...) tt_sqrt_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sin_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_sin", x);
  return tt_sin(x);
}
#define tt_sin(...) tt_sin_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_cos_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_cos", x);
  return tt_cos(x);
}
#define tt_cos(...) tt_cos_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_logical_not_at(const char *file, int line,
  Tensor *x)
{
  tt_at(file, line);
  tt_alive("tt_logical_not", x);
  return tt_logical_not(x);
}
#define tt_logical_not(...) tt_logical_not_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_add_scalar_at(const char *file, int line,
  Tensor *x, Real c)
{
  tt_at(file, line);
  tt_alive("tt_add_scalar", x);
  return tt_add_scalar(x, c);
}
#define tt_add_scalar(...) tt_add_scalar_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_mul_scalar_at(const char *file, int line,
  Tensor *x, Real c)
{
  tt_at(file, line);
  tt_alive("tt_mul_scalar", x);
  return tt_mul_scalar(x, c);
}
#define tt_mul_scalar(...) tt_mul_scalar_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_clamp_at(const char *file, int line,
  Tensor *x, Real low, Real high)
{
  tt_at(file, line);
  tt_alive("tt_clamp", x);
  return tt_clamp(x, low, high);
}
#define tt_clamp(...) tt_clamp_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_matmul_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  tt_at(file, line);
  tt_alive("tt_matmul", a);
  tt_alive("tt_matmul", b);
  return tt_matmul(a, b);
}
#define tt_matmul(...) tt_matmul_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sum_at(const char *file, int line,
  Tensor *x, int dim, bool keepdim)
{
  tt_at(file, line);
  tt_alive("tt_sum", x);
  return tt_sum(x, dim, keepdim);
}
#define tt_sum(...) tt_sum_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_mean_at(const char *file, int line,
  Tensor *x, int dim, bool keepdim)
{
  tt_at(file, line);
  tt_alive("tt_mean", x);
  return tt_mean(x, dim, keepdim);
}
#define tt_mean(...) tt_mean_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_max_at(const char *file, int line,
  Tensor *x, int dim, bool keepdim)
{
  tt_at(file, line);
  tt_alive("tt_max", x);
  return tt_max(x, dim, keepdim);
}
#define tt_max(...) tt_max_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_min_at(const char *file, int line,
  Tensor *x, int dim, bool keepdim)
{
  tt_at(file, line);
  tt_alive("tt_min", x);
  return tt_min(x, dim, keepdim);
}
#define tt_min(...) tt_min_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_argmax_at(const char *file, int line,
  Tensor *x, int dim, bool keepdim)
{
  tt_at(file, line);
  tt_alive("tt_argmax", x);
  return tt_argmax(x, dim, keepdim);
}
#define tt_argmax(...) tt_argmax_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_var_at(const char *file, int line,
  Tensor *x, int dim, int correction, bool keepdim)
{
  tt_at(file, line);
  tt_alive("tt_var", x);
  return tt_var(x, dim, correction, keepdim);
}
#define tt_var(...) tt_var_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_std_at(const char *file, int line,
  Tensor *x, int dim, int correction, bool keepdim)
{
  tt_at(file, line);
  tt_alive("tt_std", x);
  return tt_std(x, dim, correction, keepdim);
}
#define tt_std(...) tt_std_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_cumsum_at(const char *file, int line,
  Tensor *x, int dim)
{
  tt_at(file, line);
  tt_alive("tt_cumsum", x);
  return tt_cumsum(x, dim);
}
#define tt_cumsum(...) tt_cumsum_at(__FILE__, __LINE__, __VA_ARGS__)
static inline BatchSource *tt_batches_new_at(const char *file, int line,
  Tensor *x, Tensor *y, BatchOptions o)
{
  tt_at(file, line);
  tt_alive("tt_batches_new", x);
  tt_alive("tt_batches_new", y);
  return tt_batches_new(x, y, o);
}
#define tt_batches_new(...) tt_batches_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_state_dict_new_at(const char *file, int line,
  int n)
{
  tt_at(file, line);
  return tt_state_dict_new(n);
}
#define tt_state_dict_new(...) tt_state_dict_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Metrics tt_evaluate_at(const char *file, int line,
  void *model, BatchSource *s,Tensor *(*loss)(Tensor *, Tensor *),double (*metric)(Tensor *, Tensor *))
{
  tt_at(file, line);
  return tt_evaluate(model, s, loss, metric);
}
#define tt_evaluate(...) tt_evaluate_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_accuracy_at(const char *file, int line,
  Tensor *logits, Tensor *y)
{
  tt_at(file, line);
  tt_alive("tt_accuracy", logits);
  tt_alive("tt_accuracy", y);
  return tt_accuracy(logits, y);
}
#define tt_accuracy(...) tt_accuracy_at(__FILE__, __LINE__, __VA_ARGS__)
#endif
