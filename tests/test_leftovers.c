// Needs chapter 07: what a function leaves behind. After it the caller's
// scope holds its result and nothing else, nothing else is held elsewhere,
// the tape has the nodes of the result and no more, and the scope that was
// open is open. A function that the headers declare and that has no line
// here fails the test.
#include "files.h"
#include <stdlib.h>
#include <string.h>

// ---- operands, made before anything is counted -------------------------------
static Tensor *x, *y, *v, *w, *wide, *label, *bytes, *mask, *row, *column,
  *two[2], *leaf, *checked, *loss, *other, *logits, *logits_weight, *zero, *block, *none,
  *tilted, *tilted_zero, *gapped_label, *tilted_label, *gapped_weight, *gapped_grad;
static Linear *layer;
static Sequential *net;
static StateDict parameters, saved;
static Optimizer *sgd, *adam;
static BatchSource *source, *judge;
static Trainer trainer;
static FILE *null;
static Schedule rate;
static char path[300], weights[300];
static Op op = {.name = "tt_own"}, twice = {.name = "tt_twice"};

TT_ROW(twice, 1, x_, b_, c_, p_, q_, 2 * x_)

static Tensor *learning(Shape s) {
  return tt_requires_grad_(tt_rand(s, NULL), true);
}

static bool fills(int fd, const void *what) { return fd >= 0 && !what; }
static void does_nothing(void *arg) { (void)arg; }

static void prepare(void) {
  tt_autograd_enable();
  x = learning(TT_SHAPE(3, 4)), y = learning(TT_SHAPE(3, 4));
  v = learning(TT_SHAPE(4)), w = learning(TT_SHAPE(2, 4));
  wide = tt_transpose(tt_rand(TT_SHAPE(4, 3), NULL), 0, 1);
  label = tt_from_int(TT_SHAPE(3), (int32_t[]){0, 3, 1});
  bytes = tt_to(tt_ones(TT_SHAPE(3)), TT_U8), none = tt_zeros(TT_SHAPE(2));
  mask = tt_slice(tt_eye(4), 0, 0, 3, 1);
  row = learning(TT_SHAPE(1, 4)), column = learning(TT_SHAPE(3, 1));
  two[0] = x, two[1] = y, leaf = learning(TT_SHAPE(2));
  checked = learning(TT_SHAPE(2)), logits = tt_rand(TT_SHAPE(3, 4), NULL);
  logits_weight = tt_ones(TT_SHAPE(4)), zero = tt_transpose(tt_zeros(TT_SHAPE(4, 4)), 0, 1);
  tilted = tt_transpose(x, 0, 1), tilted_zero = tt_slice(zero, 1, 0, 3, 1);
  gapped_label = tt_slice(tt_randint(0, 4, TT_SHAPE(6), NULL), 0, 0, 6, 2);
  tilted_label = tt_slice(tt_randint(0, 3, TT_SHAPE(8), NULL), 0, 0, 8, 2);
  gapped_weight = tt_slice(tt_ones(TT_SHAPE(6)), 0, 0, 6, 2);
  gapped_grad = tt_transpose(tt_ones(TT_SHAPE(4, 2)), 0, 1);
  layer = tt_linear_new(4, 2, NULL);
  net = TT_SEQUENTIAL(tt_linear_new(4, 3, NULL), tt_activation_new(tt_tanh),
                      tt_dropout_new(0.1, NULL), tt_linear_new(3, 4, NULL));
  block = ((Module *)net)->block;
  parameters = tt_module_parameters(net), saved = tt_module_state_dict(net);
  sgd = tt_sgd_new(tt_module_parameters(layer), (SgdOptions){.lr = 0.1});
  adam = tt_adam_new(parameters, (AdamOptions){.lr = 0.01});
  Tensor *many = tt_rand(TT_SHAPE(10, 4), NULL);
  Tensor *class = tt_argmax(many, 1, false);
  source = tt_batches_new(many, class, (BatchOptions){.size = 4, .shuffle = true});
  judge = tt_batches_new(many, class, (BatchOptions){.size = 3});
  rate = tt_schedule_cosine(0.1, 0, 10);
  snprintf(path, sizeof path, "%s", beside("checkpoint"));
  snprintf(weights, sizeof weights, "%s", beside("weights"));
  twice.row = twice_row, null = fopen("/dev/null", "w");
  trainer = (Trainer){.model = net, .opt = adam, .train = source, .valid = judge,
    .loss = tt_cross_entropy, .metric = tt_accuracy, .epochs = 2, .clip = 1,
    .accumulate = 2, .patience = 50, .schedule = &rate, .checkpoint = path,
    .every = 1, .quiet = true};
  tt_trainer_run(&trainer);            // its states and those of adam are there
  for (int i = 0; i < parameters.n; i++)
    (*parameters.entry[i].slot)->grad = tt_ones(tt_shape(*parameters.entry[i].slot));
  leaf->grad = tt_ones(TT_SHAPE(2));
  loss = tt_sum(tt_mul(leaf, leaf), TT_ALL, false);
  other = tt_mul(leaf, leaf);
  tt_save_file(weights, saved, (Metadata){0});
}

static Tensor *squared(void *arg) { return tt_mul(arg, arg); }
static Tensor *fresh(void) { return tt_zeros(TT_SHAPE(2)); }
static void thing(void *arg) { (void)arg, fresh(); }
static void failing(void *arg) { thing(arg), tt_fail(TT_EVALUE, "as planned"); }
static void see(void *arg, const char *name, FieldKind kind, void *slot) {
  (void)arg, (void)name, (void)kind, (void)slot;
}
static void rule(TapeNode *k) { (void)k; }
static Optimizer *new_sgd(void) {
  return tt_sgd_new(parameters, (SgdOptions){.lr = 1});
}

// X(function, what the scope holds more than before, nodes likewise, call)
#define TENSORS(X) \
  X(tt_empty, 1, 0, tt_empty(TT_F32, TT_SHAPE(2))) \
  X(tt_full, 1, 0, tt_full(TT_SHAPE(2), 1)) \
  X(tt_zeros, 1, 0, tt_zeros(TT_SHAPE(2))) \
  X(tt_ones, 1, 0, tt_ones(TT_SHAPE(2))) \
  X(tt_eye, 1, 0, tt_eye(3)) \
  X(tt_from, 1, 0, tt_from(TT_SHAPE(2), (Real[]){1, 2})) \
  X(tt_from_int, 1, 0, tt_from_int(TT_SHAPE(2), (int32_t[]){1, 2})) \
  X(tt_arange, 1, 0, tt_arange(0, 3, 1)) \
  X(tt_linspace, 1, 0, tt_linspace(0, 1, 5)) \
  X(tt_rand, 1, 0, tt_rand(TT_SHAPE(3), NULL)) \
  X(tt_randn, 1, 0, tt_randn(TT_SHAPE(3), NULL)) \
  X(tt_randint, 1, 0, tt_randint(0, 5, TT_SHAPE(3), NULL)) \
  X(tt_randperm, 1, 0, tt_randperm(5, NULL)) \
  X(tt_numel, 0, 0, tt_numel(x)) \
  X(tt_shape, 0, 0, tt_shape(x)) \
  X(tt_is_contiguous, 0, 0, tt_is_contiguous(x)) \
  X(tt_shape_text, 0, 0, TT_TEXT(tt_shape(x))) \
  X(tt_get, 0, 0, tt_get(x, TT_INDEX(1, 1))) \
  X(tt_item, 0, 0, tt_item(loss)) \
  X(tt_allclose, 0, 0, tt_allclose(x, wide, 1, 1)) \
  X(tt_print, 0, 0, tt_print(wide)) \
  X(tt_fprint, 0, 0, tt_fprint(null, wide)) \
  X(tt_transpose, 1, 1, tt_transpose(x, 0, 1)) \
  X(tt_permute, 1, 1, tt_permute(x, TT_SHAPE(1, 0))) \
  X(tt_slice, 1, 1, tt_slice(x, 0, 0, 2, 1)) \
  X(tt_select, 1, 1, tt_select(x, 0, 1)) \
  X(tt_expand, 1, 1, tt_expand(row, TT_SHAPE(5, 4))) \
  X(tt_squeeze, 1, 1, tt_squeeze(row, 0)) \
  X(tt_unsqueeze, 1, 1, tt_unsqueeze(x, 0)) \
  X(tt_reshape, 1, 1, tt_reshape(x, TT_SHAPE(12))) \
  X(tt_contiguous, 0, 0, tt_contiguous(x)) \
  X(tt_contiguous, 1, 0, tt_contiguous(wide)) \
  X(tt_clone, 1, 1, tt_clone(x)) \
  X(tt_to, 0, 0, tt_to(x, TT_F32)) \
  X(tt_to, 1, 0, tt_to(x, TT_I32)) \
  X(tt_cat, 1, 1, tt_cat(2, two, 0)) \
  X(tt_stack, 1, 3, tt_stack(2, two, 0)) \
  X(tt_set_, 0, 0, tt_set_(wide, TT_INDEX(0, 0), 1)) \
  X(tt_fill_, 0, 0, tt_fill_(bytes, 1)) \
  X(tt_copy_, 0, 0, tt_copy_(wide, mask))
#define OPERATIONS(X) \
  X(tt_add, 1, 1, tt_add(x, y)) \
  X(tt_sub, 1, 1, tt_sub(row, column)) \
  X(tt_mul, 1, 1, tt_mul(x, wide)) \
  X(tt_div, 1, 1, tt_div(x, y)) \
  X(tt_pow, 1, 1, tt_pow(x, y)) \
  X(tt_maximum, 1, 1, tt_maximum(x, y)) \
  X(tt_minimum, 1, 1, tt_minimum(x, y)) \
  X(tt_eq, 1, 0, tt_eq(x, y)) X(tt_ne, 1, 0, tt_ne(x, y)) \
  X(tt_lt, 1, 0, tt_lt(x, y)) X(tt_le, 1, 0, tt_le(x, y)) \
  X(tt_gt, 1, 0, tt_gt(x, y)) X(tt_ge, 1, 0, tt_ge(x, y)) \
  X(tt_where, 1, 1, tt_where(mask, x, y)) \
  X(tt_neg, 1, 1, tt_neg(x)) \
  X(tt_abs, 1, 1, tt_abs(x)) \
  X(tt_exp, 1, 1, tt_exp(x)) \
  X(tt_log, 1, 1, tt_log(x)) \
  X(tt_sqrt, 1, 1, tt_sqrt(x)) \
  X(tt_sin, 1, 1, tt_sin(x)) \
  X(tt_cos, 1, 1, tt_cos(x)) \
  X(tt_logical_not, 1, 0, tt_logical_not(x)) \
  X(tt_add_scalar, 1, 1, tt_add_scalar(x, 1)) \
  X(tt_mul_scalar, 1, 1, tt_mul_scalar(x, 2)) \
  X(tt_clamp, 1, 1, tt_clamp(x, 0, 1)) \
  X(tt_matmul, 1, 1, tt_matmul(column, row)) \
  X(tt_matmul, 1, 3, tt_matmul(x, v)) \
  X(tt_sum, 1, 1, tt_sum(x, 0, false)) \
  X(tt_mean, 1, 2, tt_mean(x, TT_ALL, true)) \
  X(tt_max, 1, 1, tt_max(x, 1, false)) \
  X(tt_min, 1, 3, tt_min(x, 1, false)) \
  X(tt_argmax, 1, 0, tt_argmax(x, 1, false)) \
  X(tt_argmax_last, 1, 0, tt_argmax_last(x, 1, false)) \
  X(tt_var, 1, 6, tt_var(x, 0, 1, false)) \
  X(tt_std, 1, 7, tt_std(x, 0, 1, false)) \
  X(tt_cumsum, 1, 1, tt_cumsum(x, 1)) \
  X(tt_relu, 1, 1, tt_relu(x)) \
  X(tt_leaky_relu, 1, 1, tt_leaky_relu(x, 1)) \
  X(tt_sigmoid, 1, 1, tt_sigmoid(x)) \
  X(tt_tanh, 1, 1, tt_tanh(x)) \
  X(tt_gelu, 1, 1, tt_gelu(x)) \
  X(tt_gelu_tanh, 1, 1, tt_gelu_tanh(x)) \
  X(tt_silu, 1, 1, tt_silu(x)) \
  X(tt_softmax, 1, 1, tt_softmax(x, 1)) \
  X(tt_log_softmax, 1, 1, tt_log_softmax(x, 0)) \
  X(tt_linear, 1, 1, tt_linear(x, w, NULL)) \
  X(tt_dropout, 1, 1, tt_dropout(x, 0.5, true, NULL)) \
  X(tt_dropout, 0, 0, tt_dropout(x, 0.5, false, NULL)) \
  X(tt_mse_loss, 1, 1, tt_mse_loss(x, y)) \
  X(tt_bce_loss, 1, 1, tt_bce_loss(x, mask)) \
  X(tt_bce_with_logits, 1, 1, tt_bce_with_logits(x, mask)) \
  X(tt_mse_loss_with, 1, 1, tt_mse_loss_with(x, y, TT_REDUCE_NONE)) \
  X(tt_bce_loss_with, 1, 1, tt_bce_loss_with(x, mask, TT_REDUCE_SUM)) \
  X(tt_bce_with_logits_with, 1, 1, \
    tt_bce_with_logits_with(x, mask, TT_REDUCE_NONE)) \
  X(tt_nll_loss, 1, 1, tt_nll_loss(x, label)) \
  X(tt_cross_entropy, 1, 1, tt_cross_entropy(x, label)) \
  X(tt_nll_loss_with, 1, 1, tt_nll_loss_with(x, label, (LabelOptions){ \
    .reduction = TT_REDUCE_NONE, .ignore = true, .ignore_index = 3})) \
  X(tt_cross_entropy_with, 1, 1, \
    tt_cross_entropy_with(x, label, (LabelOptions){.label_smoothing = 0.1, \
    .weight = logits_weight})) \
  /* what is copied first, because it has gaps, goes at once */ \
  X(tt_sum, 1, 0, tt_sum(wide, 0, false)) X(tt_mean, 1, 0, tt_mean(wide, 1, true)) \
  X(tt_max, 1, 0, tt_max(wide, 0, false)) X(tt_min, 1, 0, tt_min(wide, 0, true)) \
  X(tt_argmax, 1, 0, tt_argmax(wide, 0, false)) X(tt_var, 1, 0, tt_var(wide, 1, 0, true)) \
  X(tt_cumsum, 1, 0, tt_cumsum(wide, 1)) X(tt_exp, 1, 0, tt_exp(wide)) \
  X(tt_softmax, 1, 0, tt_softmax(wide, 1)) X(tt_log_softmax, 1, 0, tt_log_softmax(wide, 0)) \
  X(tt_matmul, 1, 0, tt_matmul(wide, zero)) X(tt_linear, 1, 0, tt_linear(wide, zero, NULL)) \
  X(tt_cat, 1, 0, tt_cat(2, (Tensor *[]){wide, mask}, 1)) \
  X(tt_dropout, 1, 0, tt_dropout(wide, 0.5, true, NULL)) \
  X(tt_reshape, 1, 0, tt_reshape(wide, TT_SHAPE(12))) \
  X(tt_reshape, 1, 2, tt_reshape(tilted, TT_SHAPE(12))) \
  X(tt_mse_loss, 1, 0, tt_mse_loss(wide, wide)) \
  X(tt_mse_loss, 1, 3, tt_mse_loss(tilted, tilted)) \
  X(tt_bce_loss, 1, 0, tt_bce_loss(zero, zero)) \
  X(tt_bce_with_logits, 1, 2, tt_bce_with_logits(tilted, tilted_zero)) \
  X(tt_nll_loss, 1, 0, tt_nll_loss(wide, gapped_label)) \
  X(tt_cross_entropy, 1, 0, tt_cross_entropy(wide, gapped_label)) \
  X(tt_cross_entropy_with, 1, 2, tt_cross_entropy_with(tilted, tilted_label, \
    (LabelOptions){.weight = gapped_weight})) \
  X(tt_handle, 1, 0, tt_handle()) \
  X(tt_allocate, 1, 0, tt_allocate(tt_handle(), 64)) \
  X(tt_alias, 1, 0, tt_alias(x)) \
  X(tt_need_f32, 0, 0, tt_need_f32("mine", x)) \
  X(tt_change, 0, 0, tt_change("mine", wide, NULL)) \
  X(tt_map, 1, 0, tt_map(&twice, 1, &x, 0, 0)) \
  X(tt_running_sum, 1, 0, tt_running_sum(&op, x, 0, true)) \
  X(tt_walk, 0, 0, tt_walk(tt_shape(x), x, x, NULL, NULL)) \
  X(tt_backend_use, 0, 0, tt_backend_use("naive")) \
  X(tt_backend_at, 0, 0, tt_backend_at(0))
#define MEMORY(X) \
  X(tt_scope_open, 0, 0, Scope s; tt_scope_open(&s); fresh(); tt_scope_close(&s)) \
  X(tt_scope_close, 0, 0, { TT_SCOPE; fresh(); }) \
  X(tt_no_grad_open, 0, 0, { TT_NO_GRAD; tt_exp(x); }) \
  X(tt_keep, 1, 0, { TT_SCOPE; fresh(); tt_keep(fresh()); }) \
  X(tt_move, 1, 0, { TT_SCOPE; tt_move(fresh(), tt_scope()->outer); }) \
  X(tt_release, 0, 0, tt_release(fresh())) \
  X(tt_try, 1, 0, tt_try(thing, NULL, NULL)) \
  X(tt_try, 0, 0, tt_try(failing, NULL, NULL)) \
  X(tt_parameter, 1, 0, tt_parameter("weight", TT_SHAPE(2))) \
  X(tt_module_new, 1, 0, tt_module_new(&tt_flatten_type)) \
  X(tt_module_new_with, 1, 0, tt_module_new_with(&tt_flatten_type, 64)) \
  X(tt_linear_new, 3, 0, tt_linear_new(4, 2, NULL)) \
  X(tt_linear_new_no_bias, 2, 0, tt_linear_new_no_bias(4, 2, NULL)) \
  X(tt_flatten_new, 1, 0, tt_flatten_new()) \
  X(tt_dropout_new, 1, 0, tt_dropout_new(0.5, NULL)) \
  X(tt_activation_new_named, 1, 0, tt_activation_new_named(tt_relu, "relu")) \
  X(tt_sequential_new, 1, 0, tt_sequential_new(1, (void *[]){layer})) \
  X(tt_module_free, 0, 0, tt_module_free(tt_linear_new(4, 2, NULL))) \
  X(tt_module_keep, 3, 0, { TT_SCOPE; tt_module_keep(tt_linear_new(4, 2, NULL)); }) \
  X(tt_module_walk, 0, 0, tt_module_walk(net, see, NULL)) \
  X(tt_forward, 1, 1, tt_forward(layer, mask)) \
  X(tt_forward, 1, 4, tt_forward(net, mask)) \
  X(tt_module_train, 0, 0, tt_module_train(net)) \
  X(tt_module_eval, 0, 0, tt_module_eval(layer)) \
  X(tt_module_parameters, 1, 0, tt_module_parameters(net)) \
  X(tt_module_state_dict, 1, 0, tt_module_state_dict(net)) \
  X(tt_check_state_dict, 0, 0, tt_check_state_dict("mine", parameters)) \
  X(tt_module_count, 0, 0, tt_module_count(net)) \
  X(tt_module_load_state_dict, 0, 0, tt_module_load_state_dict(net, saved)) \
  X(tt_module_print, 0, 0, tt_module_print(net)) \
  X(tt_module_fprint, 0, 0, tt_module_fprint(null, net)) \
  X(tt_kaiming_uniform_, 0, 0, tt_kaiming_uniform_(wide, 0, NULL)) \
  X(tt_kaiming_normal_, 0, 0, tt_kaiming_normal_(wide, 0, NULL)) \
  X(tt_xavier_uniform_, 0, 0, tt_xavier_uniform_(wide, 1, NULL)) \
  X(tt_xavier_normal_, 0, 0, tt_xavier_normal_(wide, 1, NULL)) \
  X(tt_uniform_, 0, 0, tt_uniform_(wide, 0, 1, NULL)) \
  X(tt_normal_, 0, 0, tt_normal_(wide, 0, 1, NULL))
#define LEARNING(X) \
  X(tt_backward, 0, 0, tt_backward(loss)) \
  X(tt_backward_with, 0, 0, tt_backward_with(other, none)) \
  X(tt_requires_grad_, 0, 0, tt_requires_grad_(leaf, true)) \
  X(tt_detach, 1, 0, tt_detach(x)) \
  X(tt_zero_grad, 0, 0, x->grad = fresh(); tt_zero_grad(x)) \
  X(tt_module_zero_grad, 0, 0, layer->weight->grad = tt_ones(TT_SHAPE(2, 4)); \
    tt_module_zero_grad(layer)) \
  X(tt_gradcheck, 0, 0, tt_gradcheck(squared, checked, 1, &checked)) \
  X(tt_graph, 0, 0, tt_graph(null, other)) \
  X(tt_tape_length, 0, 0, tt_tape_length()) \
  X(tt_tape_bytes, 0, 0, tt_tape_bytes()) \
  X(tt_on_step_back, 0, 0, tt_on_step_back(NULL)) \
  X(tt_op_backward, 0, 0, tt_op_backward(&op, rule, 0)) \
  X(tt_sgd_new, 2, 0, new_sgd()) \
  X(tt_rmsprop_new, 2, 0, tt_rmsprop_new(parameters, (RmsPropOptions){.lr = 1})) \
  X(tt_adam_new, 2, 0, tt_adam_new(parameters, (AdamOptions){.lr = 1})) \
  X(tt_adamw_new, 2, 0, tt_adamw_new(parameters, (AdamOptions){.lr = 1})) \
  X(tt_sgd_add_group, 3, 0, tt_sgd_add_group(new_sgd(), (StateDict){1, \
    &(StateEntry){"leaf", TT_PARAM, &leaf}}, (SgdOptions){.lr = 1})) \
  X(tt_rmsprop_add_group, 3, 0, tt_rmsprop_add_group( \
    tt_rmsprop_new(parameters, (RmsPropOptions){.lr = 1}), (StateDict){1, \
    &(StateEntry){"leaf", TT_PARAM, &leaf}}, (RmsPropOptions){.lr = 1})) \
  X(tt_adam_add_group, 3, 0, tt_adam_add_group( \
    tt_adam_new(parameters, (AdamOptions){.lr = 1}), (StateDict){1, \
    &(StateEntry){"leaf", TT_PARAM, &leaf}}, (AdamOptions){.lr = 1})) \
  X(tt_optimizer_step, 0, 0, tt_optimizer_step(adam)) \
  X(tt_optimizer_step, 0, 0, layer->weight->grad = gapped_grad; tt_optimizer_step(sgd); \
    layer->weight->grad = NULL) \
  X(tt_optimizer_zero_grad, 0, 0, layer->bias->grad = fresh(); \
    tt_optimizer_zero_grad(sgd)) \
  X(tt_optimizer_lr, 0, 0, tt_optimizer_lr(adam)) \
  X(tt_optimizer_set_lr, 0, 0, tt_optimizer_set_lr(adam, 0.1)) \
  X(tt_optimizer_state_dict, 5, 0, tt_optimizer_state_dict(adam)) \
  X(tt_optimizer_load_state_dict, 5, 0, \
    tt_optimizer_load_state_dict(adam, tt_optimizer_state_dict(adam))) \
  X(tt_optimizer_keep, 2, 0, { TT_SCOPE; tt_optimizer_keep(new_sgd()); }) \
  X(tt_optimizer_free, 0, 0, tt_optimizer_free(new_sgd())) \
  X(tt_batches_new, 3, 0, tt_batches_new(x, y, (BatchOptions){.size = 1})) \
  X(tt_batches_new, 3, 0, tt_batches_new(tilted, tilted_zero, (BatchOptions){.size = 1})) \
  X(tt_source_reset, 0, 0, tt_source_reset(source)) \
  X(tt_source_next, 2, 0, tt_source_next(source)) \
  X(tt_clip_grad_norm, 0, 0, tt_clip_grad_norm(parameters, 0.1)) \
  X(tt_clip_grad_value, 0, 0, tt_clip_grad_value(parameters, 0.1)) \
  X(tt_scale_grad, 0, 0, tt_scale_grad(parameters, 0.5)) \
  X(tt_save_file, 0, 0, tt_save_file(weights, saved, (Metadata){0})) \
  X(tt_load_file, 7, 0, tt_load_file(weights)) \
  X(tt_replace_file, 0, 0, tt_replace_file("mine", beside("filled"), fills, NULL)) \
  X(tt_load_file_with, 7, 0, tt_load_file_with(weights, &(Metadata){0})) \
  X(tt_state_dict_new, 1, 0, tt_state_dict_new(3)) \
  X(tt_state_dict_part, 1, 0, tt_state_dict_part(saved, "0."))
#define RUNS(X) \
  X(tt_trainer_run, 0, 0, trainer.epochs++; tt_trainer_run(&trainer)) \
  X(tt_evaluate, 0, 0, tt_evaluate(net, judge, tt_cross_entropy, tt_accuracy)) \
  X(tt_in_eval_mode, 0, 0, tt_in_eval_mode(net, does_nothing, NULL)) \
  X(tt_accuracy, 0, 0, tt_accuracy(logits, label)) \
  X(tt_checkpoint_save, 0, 0, tt_checkpoint_save(path, &trainer)) \
  X(tt_checkpoint_load, 0, 0, tt_checkpoint_load(path, &trainer)) \
  X(tt_load_model, 0, 0, tt_load_model(path, net))

// these have to do with no tensor, or end the work of the library
#define OTHERS(X) \
  X(tt_machine_now) X(tt_machine_median) X(tt_machine_time) \
  X(tt_machine_random) X(tt_machine_cycle) X(tt_clear) X(tt_scope) \
  X(tt_memory_stats) X(tt_reset_peak_memory) X(tt_memory_limit) \
  X(tt_empty_pool) X(tt_manual_seed) X(tt_generator) X(tt_random) \
  X(tt_dtype_size) X(tt_dtype_name) X(tt_load) X(tt_store) X(tt_at) \
  X(tt_drop_storage) X(tt_autograd_enable) X(tt_schedule_constant) \
  X(tt_schedule_step) X(tt_schedule_cosine) X(tt_schedule_warmup) \
  X(tt_schedule_lr) X(tt_schedule_then) X(tt_metadata_get) X(tt_checksum) \
  X(tt_locale_begin) X(tt_locale_end) X(tt_naive_softmax) \
  X(tt_naive_softmax_back) X(tt_naive_sgd) X(tt_naive_rmsprop) X(tt_naive_adam) \
  /* which rules call while the tape goes back: test_extension.c */ \
  X(tt_elementwise_backward) X(tt_node_wants) X(tt_node_shape) \
  X(tt_node_saved) X(tt_accumulate)

// ---- counting ------------------------------------------------------------------
static char report[8192];
static int complaints;
static void expect_equal(const char *name, int line, const char *what,
                         int64_t got, int64_t want) {
  size_t n = strlen(report);
  if (got == want) return;
  snprintf(report + n, sizeof report - n, "%d, %s: %lld %s, expected %lld\n", line,
           name, (long long)got, what, (long long)want);
  complaints++;
}

typedef struct Before { MemoryStats memory; int64_t nodes; Scope *scope; } Before;
static Before before(void) {
  return (Before){tt_memory_stats(), tt_tape_length(), tt_scope()};
}

static void after(const char *name, int line, const Before *b, Scope *s, int tensors,
                  int nodes) {
  int held = 0;
  for (const Tensor *t = s->first; t; t = t->next) held++;
  tt_expect(tt_scope() == s, "%s leaves another scope open", name);
  expect_equal(name, line, "tensors in the scope", held, tensors);
  expect_equal(name, line, "nodes on the tape", tt_tape_length() - b->nodes, nodes);
  tt_scope_close(s);
  MemoryStats now = tt_memory_stats();
  expect_equal(name, line, "tensors elsewhere", now.tensors - b->memory.tensors, 0);
  expect_equal(name, line, "bytes elsewhere", now.live_bytes - b->memory.live_bytes, 0);
  expect_equal(name, line, "nodes after the scope", tt_tape_length(), b->nodes);
}

#define COUNT(name, tensors, nodes, ...) \
  { \
    Before b = before(); \
    Scope here; \
    tt_scope_open(&here); \
    { __VA_ARGS__; } \
    after(#name, __LINE__, &b, &here, tensors, nodes); \
  }

static void finish(void) {
  fclose(null);
  tt_expect(complaints == 0, "%s", report);
}

TT(leftovers, of_tensors) { prepare(); TENSORS(COUNT) finish(); }
TT(leftovers, of_operations) { prepare(); OPERATIONS(COUNT) finish(); }
TT(leftovers, of_scopes_and_modules) { prepare(); MEMORY(COUNT) finish(); }
TT(leftovers, of_learning) { prepare(); LEARNING(COUNT) finish(); }
TT(leftovers, of_runs) {
  prepare();
  tt_optimizer_zero_grad(adam);        // as a run does at its end
  RUNS(COUNT)
  finish();
}

#if __has_include("tt/data.h")
// sets, samplers and loaders are blocks of the scope: a tensor each
#define DATA(X) \
  X(tt_tensor_dataset_new, 1, 0, tt_tensor_dataset_new(x, label)) \
  X(tt_dataset_get, 2, 0, tt_dataset_get(set, 1, 0)) \
  X(tt_dataset_block, 1, 0, tt_dataset_block(8, NULL)) \
  X(tt_transformed_new, 1, 0, tt_transformed_new(set, 0, NULL)) \
  X(tt_normalize, 0, 0, tt_normalize(1, &(Real){0}, &(Real){1})) \
  X(tt_random_horizontal_flip, 0, 0, tt_random_horizontal_flip(0.5)) \
  X(tt_random_crop, 0, 0, tt_random_crop(1)) \
  X(tt_cutout, 0, 0, tt_cutout(1)) \
  X(tt_data_loader_new, 1, 0, tt_data_loader_new(set, (DataLoaderOptions){.size = 1})) \
  X(tt_subset_new, 1, 0, tt_subset_new(set, chosen)) \
  X(tt_concat_new, 1, 0, tt_concat_new(2, (const Dataset *[]){set, set})) \
  X(tt_one_hot_new, 1, 0, tt_one_hot_new(set, 4)) \
  X(tt_stratified_split, 2, 0, tt_stratified_split(set, 0.5, 1)) \
  X(tt_weighted_sampler_new, 1, 0, tt_weighted_sampler_new(logits_weight, 4)) \
  X(tt_mixup, 2, 0, tt_mixup((Batch){tt_ones(TT_SHAPE(2)), tt_ones(TT_SHAPE(2))}, \
    &ours, &(double){1})) \
  X(tt_save_npy, 0, 0, tt_save_npy(beside("npy"), mask)) \
  X(tt_read_bytes, 1, 0, tt_read_bytes(beside("npy"))) \
  X(tt_load_npy, 1, 0, tt_load_npy(beside("npy"))) \
  X(tt_load_idx, 1, 0, tt_load_idx(written("idx", 10, (char[]){0, 0, 8, 1, 0, 0, 0, 2, 3, 4}))) \
  X(tt_load_cifar, 2, 0, tt_load_cifar(written("cifar", 3073, (char[3073]){0}), 10)) \
  X(tt_cifar_files_new, 1, 0, tt_cifar_files_new(1, (const char *[]){ \
    written("cifar", 3073, (char[3073]){0})}, 10)) \
  X(tt_load_csv, 1, 0, tt_load_csv(written("csv", 4, "1,2\n"), (CsvOptions){0})) \
  X(tt_load_csv, 3, 0, tt_load_csv(written("csv", 8, "a,b\n1,2\n"), \
    (CsvOptions){.header = true})) \
  X(tt_data_find, 0, 0, tt_data_find("no such set", path_of_4096))
static Dataset *set;
static Tensor *chosen;
static Generator ours;
static char path_of_4096[4096], written_path[300];
static const char *written(const char *name, size_t n, const char *content) {
  snprintf(written_path, sizeof written_path, "%s", beside(name));
  FILE *f = fopen(written_path, "wb");
  fwrite(content, 1, n, f);
  fclose(f);
  return written_path;
}
static void prepare_data(void) {
  set = tt_tensor_dataset_new(tt_detach(x), label);
  chosen = tt_from_int(TT_SHAPE(2), (int32_t[]){2, 0});
}
#else
#define DATA(X)
#define prepare_data()
#endif
#if __has_include("tt/convolution.h")
#define PICTURES(X) \
  X(tt_conv2d, 1, 1, tt_conv2d(picture, filter, NULL, (Conv2dOptions){0})) \
  X(tt_conv_transpose2d, 1, 1, tt_conv_transpose2d(picture, filter, NULL, 0, 0, \
    (Conv2dOptions){0})) \
  X(tt_max_pool2d, 1, 1, tt_max_pool2d(picture, (Pool2dOptions){.kernel = {2}})) \
  X(tt_avg_pool2d, 1, 1, tt_avg_pool2d(picture, (Pool2dOptions){.kernel = {2}})) \
  X(tt_adaptive_max_pool2d, 1, 1, tt_adaptive_max_pool2d(picture, 2, 2)) \
  X(tt_adaptive_avg_pool2d, 1, 1, tt_adaptive_avg_pool2d(picture, 2, 2)) \
  X(tt_batch_norm, 1, 1, tt_batch_norm(picture, NULL, NULL, NULL, NULL, true, 0.1, 1e-5)) \
  X(tt_conv2d_new, 3, 0, tt_conv2d_new(2, 2, 3, (Conv2dOptions){0}, NULL)) \
  X(tt_conv_transpose2d_new, 3, 0, tt_conv_transpose2d_new(2, 2, 3, 0, 0, \
    (Conv2dOptions){0}, NULL)) \
  X(tt_max_pool2d_new, 1, 0, tt_max_pool2d_new((Pool2dOptions){.kernel = {2}})) \
  X(tt_avg_pool2d_new, 1, 0, tt_avg_pool2d_new((Pool2dOptions){.kernel = {2}})) \
  X(tt_adaptive_max_pool2d_new, 1, 0, tt_adaptive_max_pool2d_new(1, 1)) \
  X(tt_adaptive_avg_pool2d_new, 1, 0, tt_adaptive_avg_pool2d_new(1, 1)) \
  X(tt_batch_norm2d_new, 6, 0, tt_batch_norm2d_new(2)) \
  X(tt_residual_new, 1, 0, tt_residual_new(layer, NULL)) \
  X(tt_conv2d_shape, 0, 0, tt_conv2d_shape("mine", picture, filter, NULL, \
    &(Conv2dOptions){0}))
#define KERNELS(X) \
  X(tt_conv2d_definition) X(tt_naive_conv2d) X(tt_naive_conv2d_back_w) \
  X(tt_naive_conv2d_back_x) X(tt_naive_pool2d) X(tt_naive_pool2d_back) \
  X(tt_naive_channel_moments) X(tt_naive_batch_norm) X(tt_naive_batch_norm_back)
static Tensor *picture, *filter;
static void prepare_pictures(void) {
  picture = learning(TT_SHAPE(2, 2, 4, 4)), filter = learning(TT_SHAPE(2, 2, 3, 3));
}
#else
#define PICTURES(X)
#define KERNELS(X)
#define prepare_pictures()
#endif

#if __has_include("tt/tokenization.h")
#define TEXTS(X) \
  X(tt_encode, 1, 0, tt_encode(bytes_of_texts, "the other", -1)) \
  X(tt_encode_with, 1, 0, tt_encode_with(special_of_texts, "a<e>b", -1, \
    (EncodeOptions){.special = true})) \
  X(tt_count_tokens, 0, 0, tt_count_tokens(bytes_of_texts, "the other", -1, 2)) \
  X(tt_decode, 1, 0, tt_decode(bytes_of_texts, ids_of_texts)) \
  X(tt_token_offsets, 1, 0, tt_token_offsets(bytes_of_texts, ids_of_texts)) \
  X(tt_with_special, 1, 0, tt_with_special(bytes_of_texts, 1, (const char *[]){"<e>"})) \
  X(tt_char_tokenizer_new, 1, 0, tt_char_tokenizer_new("abc", -1)) \
  X(tt_bpe_train, 1, 0, tt_bpe_train("the other", -1, (BpeOptions){.size = 260})) \
  X(tt_bpe_train_file, 1, 0, tt_bpe_train_file(written("txt", 9, "the other"), \
    (BpeOptions){.size = 260})) \
  X(tt_text_stream_new, 1, 0, tt_text_stream_new(bytes_of_texts)) \
  X(tt_stream_next, 0, 0, tt_stream_next(stream_of_texts, 'a')) \
  X(tt_stream_end, 0, 0, tt_stream_end(stream_of_texts)) \
  X(tt_save_tokenizer, 0, 0, tt_save_tokenizer(beside("tok"), special_of_texts)) \
  X(tt_load_tokenizer, 1, 0, tt_load_tokenizer(beside("tok"))) \
  X(tt_save_gpt2, 0, 0, tt_save_gpt2(beside("json"), beside("merges"), special_of_texts)) \
  X(tt_load_gpt2, 1, 0, tt_load_gpt2(beside("json"), beside("merges"))) \
  X(tt_save_tiktoken, 0, 0, tt_save_tiktoken(beside("ranks"), bytes_of_texts)) \
  X(tt_load_tiktoken, 1, 0, tt_load_tiktoken(beside("ranks")))
static Tokenizer *bytes_of_texts, *special_of_texts;
static Tensor *ids_of_texts;
static TextStream *stream_of_texts;
static void prepare_texts(void) {
  bytes_of_texts = tt_bpe_train("the other", -1, (BpeOptions){.size = 258});
  special_of_texts = tt_with_special(bytes_of_texts, 1, (const char *[]){"<e>"});
  ids_of_texts = tt_encode(bytes_of_texts, "the other one", -1);
  stream_of_texts = tt_text_stream_new(bytes_of_texts);
}
#else
#define TEXTS(X)
#define prepare_texts()
#endif

#if __has_include("tt/embeddings.h")
#define WORDS(X) \
  X(tt_embedding, 1, 1, tt_embedding(ids_of_words, table_of_words)) \
  X(tt_embedding_with, 1, 1, tt_embedding_with(ids_of_words, table_of_words, \
    (EmbeddingOptions){.padding = true})) \
  X(tt_embedding_new, 2, 0, tt_embedding_new(3, 2, (EmbeddingOptions){0}, NULL)) \
  X(tt_positions, 1, 0, tt_positions(2, 3)) \
  X(tt_padded_positions, 1, 0, tt_padded_positions(ids_of_words, 0)) \
  X(tt_sinusoidal_positions, 1, 0, tt_sinusoidal_positions(2, 3, 4)) \
  X(tt_rotary, 1, 1, tt_rotary(table_of_words, places_of_words, (RotaryOptions){0})) \
  X(tt_multinomial, 1, 0, tt_multinomial(draws_of_words, 3, NULL)) \
  X(tt_pca, 1, 0, tt_pca(weights_of_words, 1, NULL)) \
  X(tt_pca, 2, 0, tt_pca(weights_of_words, 1, &second_of_words)) \
  X(tt_index_select, 1, 1, tt_index_select(table_of_words, 1, ids_of_words)) \
  X(tt_index_add_, 0, 0, tt_index_add_(weights_of_words, 1, ids_of_words, weights_of_words)) \
  X(tt_one_hot, 1, 0, tt_one_hot(ids_of_words, 2)) \
  X(tt_unique, 1, 0, tt_unique(ids_of_words, NULL)) \
  X(tt_unique, 2, 0, tt_unique(ids_of_words, &second_of_words))
#define KERNELS_OF_WORDS(X) \
  X(tt_naive_gather) X(tt_naive_scatter_add) X(tt_naive_rotary)
static Tensor *ids_of_words, *table_of_words, *places_of_words, *weights_of_words;
static Tensor *second_of_words, *draws_of_words;
static void prepare_words(void) {
  ids_of_words = tt_from_int(TT_SHAPE(2), (int32_t[]){1, 0});
  table_of_words = learning(TT_SHAPE(3, 2));
  places_of_words = tt_positions(0, 3);
  weights_of_words = tt_ones(TT_SHAPE(3, 2)), draws_of_words = tt_ones(TT_SHAPE(2));
}
#else
#define WORDS(X)
#define KERNELS_OF_WORDS(X)
#define prepare_words()
#endif

#if __has_include("tt/attention.h")
#define HEADS(X) \
  X(tt_scaled_dot_product_attention, 1, 11, tt_scaled_dot_product_attention(asking, asked, \
    asked, (AttentionOptions){0})) \
  X(tt_attention_weights, 1, 8, tt_attention_weights(asking, asked, \
    (AttentionOptions){.mask = may_be_read})) \
  X(tt_masked_softmax, 1, 1, tt_masked_softmax(asking, NULL, false)) \
  X(tt_tril, 1, 1, tt_tril(asking, 0)) X(tt_triu, 1, 1, tt_triu(asking, 1)) \
  X(tt_multi_head_attention_new, 13, 0, tt_multi_head_attention_new(4, 2, \
    (MultiHeadOptions){0}, NULL)) \
  X(tt_keys_values, 2, 6, tt_keys_values(heads_of_all, asked, NULL)) \
  X(tt_queries, 1, 3, tt_queries(heads_of_all, asking, NULL)) \
  X(tt_answers, 1, 4, tt_answers(heads_of_all, read_by_heads)) \
  X(tt_attend, 1, 18, tt_attend(heads_of_all, asking, kept_of_all, (AttentionOptions){0})) \
  X(tt_attend_weights, 1, 10, tt_attend_weights(heads_of_all, asking, kept_of_all, \
    (AttentionOptions){0}))
#define KERNELS_OF_HEADS(X) X(tt_naive_masked_softmax)
static Tensor *asking, *asked, *may_be_read, *read_by_heads;
static MultiHeadAttention *heads_of_all;
static KeysValues kept_of_all;
static void prepare_heads(void) {
  asking = learning(TT_SHAPE(1, 2, 4)), asked = learning(TT_SHAPE(1, 3, 4));
  may_be_read = tt_from(TT_SHAPE(3), (Real[]){1, 0, 1});
  read_by_heads = learning(TT_SHAPE(1, 2, 2, 2));
  heads_of_all = tt_multi_head_attention_new(4, 2, (MultiHeadOptions){0}, NULL);
  kept_of_all = tt_keys_values(heads_of_all, asked, NULL);
}
#else
#define HEADS(X)
#define KERNELS_OF_HEADS(X)
#define prepare_heads()
#endif

#if __has_include("tt/generation.h")
#define TINY ((GptOptions){.vocab_size = 3, .context = 2, .dim = 4, .layers = 1, .heads = 2})
#define WRITING(X) \
  X(tt_layer_norm, 1, 1, tt_layer_norm(row_of_next, NULL, NULL, 1e-5)) \
  X(tt_rms_norm, 1, 1, tt_rms_norm(row_of_next, NULL, 1e-5)) \
  X(tt_layer_norm_new, 3, 0, tt_layer_norm_new(4, 0)) \
  X(tt_rms_norm_new, 2, 0, tt_rms_norm_new(4, 0)) \
  X(tt_block, 1, 31, tt_block(gpt_of_next->block[0], row_of_next, (GptPass){0}, 0)) \
  X(tt_llama_like, 0, 0, tt_llama_like(TINY)) \
  X(tt_gpt_new, 35, 0, tt_gpt_new(TINY, NULL)) \
  X(tt_gpt_features, 1, 35, tt_gpt_features(gpt_of_next, ids_of_next, (GptPass){0})) \
  X(tt_gpt_logits, 1, 1, tt_gpt_logits(gpt_of_next, row_of_next)) \
  X(tt_gpt_parameters, 0, 0, tt_gpt_parameters(TINY)) \
  X(tt_gpt_flops, 0, 0, tt_gpt_flops(TINY, 2)) \
  X(tt_gpt_save, 0, 0, tt_gpt_save(beside("gpt"), gpt_of_next, (Metadata){0})) \
  X(tt_gpt_load, 35, 0, tt_gpt_load(beside("gpt"), NULL)) \
  X(tt_gpt_options, 0, 0, tt_gpt_options("gpt", metadata_of_next)) \
  X(tt_keep_metadata, 1, 0, keeps_metadata()) \
  X(tt_windows, 2, 0, tt_windows(prompt_of_next, 1, 1, NULL)) \
  X(tt_language_loss, 1, 2, tt_language_loss(scores_of_next, ids_of_next)) \
  X(tt_gpt_loss, 0, 0, tt_gpt_loss(gpt_of_next, prompt_of_next)) \
  X(tt_topk, 1, 0, tt_topk(logits_of_next, 2, 0, true, NULL)) \
  X(tt_next_token, 0, 0, tt_next_token(logits_of_next, NULL, (SamplingOptions){.top_k = 2})) \
  X(tt_token_chances, 1, 0, tt_token_chances(logits_of_next, NULL, (SamplingOptions){0})) \
  X(tt_generate, 3, 0, tt_generate(writes_of_next, prompt_of_next, 2, \
    (GenerationOptions){0})) \
  X(tt_generate, 4, 0, tt_generate(writes_of_next, prompt_of_next, 2, \
    (GenerationOptions){.tokenizer = letters_of_next})) \
  X(tt_show_text, 0, 0, tt_show_text(stderr, (Piece){"", 0})) \
  X(tt_load_gpt2_weights, 62, 0, tt_load_gpt2_weights( \
    "tests/reference/gpt2.safetensors", 2))
#define KERNELS_OF_WRITING(X) X(tt_naive_norm_rows) X(tt_naive_norm_rows_back)
static Tensor *logits_of_next, *prompt_of_next, *row_of_next, *ids_of_next, *scores_of_next;
static Gpt *gpt_of_next;
static Metadata metadata_of_next;
static void keeps_metadata(void) {
  TT_SCOPE;
  tt_keep_metadata(metadata_of_next);
}
static Embedding *writes_of_next;
static Tokenizer *letters_of_next;
static void prepare_writing(void) {
  logits_of_next = tt_ones(TT_SHAPE(3));
  prompt_of_next = tt_from_int(TT_SHAPE(2), (int32_t[]){1, 0});
  writes_of_next = tt_embedding_new(3, 3, (EmbeddingOptions){0}, NULL);
  letters_of_next = tt_char_tokenizer_new("abc", -1);
  row_of_next = learning(TT_SHAPE(1, 2, 4));
  scores_of_next = learning(TT_SHAPE(1, 2, 3));
  ids_of_next = tt_unsqueeze(prompt_of_next, 0);
  gpt_of_next = tt_gpt_new(TINY, NULL);
  tt_gpt_save(beside("gpt"), gpt_of_next, (Metadata){0});
  tt_gpt_load(beside("gpt"), &metadata_of_next);
}
#else
#define WRITING(X)
#define KERNELS_OF_WRITING(X)
#define prepare_writing()
#endif

#if __has_include("tt/kvcache.h")
#define CACHES(X) \
  X(tt_kv_cache_new, 1, 0, tt_kv_cache_new(gpt_kept, 2, (KvOptions){0})) \
  X(tt_kv_cache_free, 0, 0, tt_kv_cache_free(tt_kv_cache_new(gpt_kept, 2, (KvOptions){0}))) \
  X(tt_kv_features, 1, 0, tt_kv_features(cache_kept, 1, &(KvPart){0, ids_kept})) \
  X(tt_kv_logits, 1, 0, tt_kv_logits(cache_kept, 1, &(KvPart){0, ids_kept})) \
  X(tt_kv_next, 1, 0, tt_kv_next(cache_kept, 0, ids_kept)) \
  X(tt_kv_common, 0, 0, tt_kv_common(cache_kept, 0, ids_kept)) \
  X(tt_kv_resume, 1, 0, tt_kv_resume(cache_kept, 0, ids_kept)) \
  X(tt_kv_rollback, 0, 0, tt_kv_rollback(cache_kept, 0, 1)) \
  X(tt_kv_copy, 0, 0, tt_kv_copy(shared_kept, 1, 0)) \
  X(tt_kv_reorder, 0, 0, tt_kv_reorder(cache_kept, 2, (int[]){1, 0})) \
  X(tt_kv_bytes, 0, 0, tt_kv_bytes(cache_kept)) \
  X(tt_kv_page_bytes, 0, 0, tt_kv_page_bytes(gpt_kept->options, (KvOptions){0})) \
  X(tt_kv_save, 0, 0, tt_kv_save(beside("session"), cache_kept, 0)) \
  X(tt_kv_load, 0, 0, tt_kv_load(beside("session"), cache_kept, 0)) \
  X(tt_generate_all, 1, 0, tt_generate_all(gpt_kept, 1, &(KvRequest){.prompt = ids_kept, \
    .n = 3}, 2, (KvOptions){0}))
static Gpt *gpt_kept;
static KvCache *cache_kept, *shared_kept;
static Tensor *ids_kept;
static void prepare_caches(void) {
  gpt_kept = tt_gpt_new((GptOptions){.vocab_size = 3, .context = 64, .dim = 4, .layers = 1,
                                     .heads = 2}, NULL);
  tt_module_eval(gpt_kept);
  ids_kept = tt_from_int(TT_SHAPE(2), (int32_t[]){1, 0});
  cache_kept = tt_kv_cache_new(gpt_kept, 2, (KvOptions){.page = 64});
  for (int i = 0; i < 2; i++) tt_kv_next(cache_kept, i, ids_kept);
  shared_kept = tt_kv_cache_new(gpt_kept, 2, (KvOptions){0});
  tt_kv_next(shared_kept, 0, ids_kept), tt_kv_copy(shared_kept, 1, 0);
}
#else
#define CACHES(X)
#define prepare_caches()
#endif

#if __has_include("tt/qconv.h")
#define BYTES(X) \
  X(tt_to_f16, 0, 0, tt_to_f16(1)) X(tt_to_bf16, 0, 0, tt_to_bf16(1)) \
  X(tt_from_f16, 0, 0, tt_from_f16(1)) X(tt_from_bf16, 0, 0, tt_from_bf16(1)) \
  X(tt_scale_of, 0, 0, tt_scale_of(0, 1, (QuantScheme){0}, &(double){0}, &(int32_t){0})) \
  X(tt_quantize_tensor, 2, 0, tt_quantize_tensor(x, (QuantScheme){0})) \
  X(tt_quantize_with, 2, 0, tt_quantize_with(x, one_kept, NULL, (QuantScheme){0})) \
  X(tt_dequantize, 1, 0, tt_dequantize(bytes_kept)) \
  X(tt_widen_rows, 0, 0, tt_widen_rows(&bytes_kept, 0, 1, (Real[64]){0})) \
  X(tt_round_rows, 0, 0, tt_round_rows(1, 3, (Real[3]){1}, (int8_t[3]){0}, (Real[1]){0})) \
  X(tt_qgemm, 1, 0, tt_qgemm(bytes_kept.q, NULL, bytes_kept.q, NULL)) \
  X(tt_pack, 2, 0, tt_pack(x, (QuantFormat){0})) \
  X(tt_format_code, 1, 0, tt_format_code(&(QuantFormat){.bits = 8})) \
  X(tt_format_describe, 0, 0, tt_format_describe(&(QuantFormat){.bits = 8}, null)) \
  X(tt_quant_linear, 1, 1, tt_quant_linear(x, bytes_kept, NULL, false)) \
  X(tt_quantize, 0, 0, tt_quantize(stays_kept, (QuantizeOptions){0})) \
  X(tt_change_layers, 0, 0, tt_change_layers(stays_kept, (LayerChange[]){{0}}, \
    (QuantizeOptions){0})) \
  X(tt_load_quantized, 0, 0, tt_load_quantized(beside("bytes"), stays_kept)) \
  X(tt_load_quantized_gpt, gpt_parts, 0, tt_load_quantized_gpt(beside("writer"), NULL)) \
  X(tt_observe, 0, 0, tt_observe(&observer_kept, x)) \
  X(tt_observer_range, 0, 0, tt_observer_range(&observer_kept, TT_ENTROPY, 8)) \
  X(tt_multiplier, 0, 0, tt_multiplier(0.5)) \
  X(tt_requantized, 0, 0, tt_requantized(1, (Multiplier){1, 1})) \
  X(tt_requantize, 1, 0, tt_requantize(label, NULL, 0, scalar_kept, 0, TT_U8)) \
  X(tt_qconv2d, 1, 0, tt_qconv2d(picture_kept, 0, picture_kept, NULL, (Conv2dOptions){0})) \
  X(tt_quant_conv2d_new, 5, 0, tt_quant_conv2d_new(&conv_kept->base, &(QuantFormat){.bits = 8})) \
  X(tt_fold_batch_norm, 0, 0, tt_fold_batch_norm(stays_kept)) \
  X(tt_fake_quantize, 1, 1, tt_fake_quantize(x, one_kept, -1, 1)) \
  X(tt_prepare, 0, 0, tt_prepare(stays_kept, (QuantizeOptions){0})) \
  X(tt_calibrate, 0, 0, tt_calibrate(stays_kept, TT_MSE)) \
  X(tt_round_forward, 0, 0, tt_round_forward(stays_kept, true)) \
  X(tt_model_size, 0, 0, tt_model_size(net)) \
  X(tt_module_sizes, 0, 0, tt_module_sizes(net, 0, NULL)) \
  X(tt_model_size_print, 0, 0, tt_model_size_print(null, net)) \
  X(tt_sensitivity, 0, 0, tt_sensitivity(net, (QuantFormat){0}, score_of_bytes, NULL, 9, \
    (Sensitivity[9]){{{0}, NULL, 0, 0, 0}}))
#define KERNELS_OF_BYTES(X) X(tt_naive_qgemm) X(tt_naive_pairs) X(tt_refuse_gradient) \
  X(tt_runs_nowhere) X(tt_runs_v3) X(tt_runs_v4) X(tt_runs_vnni) X(tt_tiles_pay) \
  X(tt_backend_entry) X(tt_chains_128) X(tt_chains_256) X(tt_chains_512) X(tt_chains_vnni)
static Tensor *one_kept, *scalar_kept, *picture_kept;
static Quantized bytes_kept;
static Module *stays_kept;
static Conv2d *conv_kept;
static Observer observer_kept;
static int64_t gpt_parts;
static double score_of_bytes(void *model, void *arg) { return (void)model, (void)arg, 1; }
static void prepare_bytes(void) {
  one_kept = tt_ones(TT_SHAPE(1)), scalar_kept = tt_ones(TT_SCALAR);
  bytes_kept = tt_quantize_tensor(x, (QuantScheme){.sharing = TT_PER_CHANNEL});
  picture_kept = tt_to(tt_zeros(TT_SHAPE(1, 1, 2, 2)), TT_U8);
  stays_kept = &TT_SEQUENTIAL(tt_activation_new(tt_relu))->base;
  conv_kept = tt_conv2d_new(1, 2, 1, (Conv2dOptions){0}, NULL);
  tt_observe(&observer_kept, x);
  tt_save_file(beside("bytes"), tt_module_state_dict(stays_kept), (Metadata){0});
  Gpt *g = tt_gpt_new((GptOptions){.vocab_size = 3, .context = 4, .dim = 4, .layers = 1,
                                   .heads = 1}, NULL);
  tt_gpt_save(beside("writer"), tt_quantize(g, (QuantizeOptions){0}), (Metadata){0});
  gpt_parts = -tt_memory_stats().tensors;
  tt_load_quantized_gpt(beside("writer"), NULL);
  gpt_parts += tt_memory_stats().tensors;
}
#else
#define BYTES(X)
#define KERNELS_OF_BYTES(X)
#define prepare_bytes()
#endif

#if __has_include("tt/packing.h")
#define COMPRESSIONS(X) \
  X(tt_svd, 3, 0, tt_svd(x)) \
  X(tt_low_rank_linear_new, 3, 0, tt_low_rank_linear_new(layer, 1)) \
  X(tt_low_rank, 0, 0, tt_low_rank(net, (LowRankOptions){.energy = 1})) \
  X(tt_distillation_loss, 1, 0, tt_distillation_loss(logits, logits, label, \
    (DistillationOptions){.soft = 0.5})) \
  X(tt_exchange, 0, 0, tt_exchange(net, NULL, stays, NULL)) \
  X(tt_sparse_from, 3, 0, tt_sparse_from(x, TT_CSR)) \
  X(tt_sparse_from, 3, 0, tt_sparse_from(x, TT_BLOCKS)) \
  X(tt_sparse_dense, 1, 0, tt_sparse_dense(&sparse_kept)) \
  X(tt_sparse_bytes, 0, 0, tt_sparse_bytes(&sparse_kept)) \
  X(tt_sparse_linear, 1, 1, tt_sparse_linear(x, &sparse_kept, NULL)) \
  X(tt_sparse_mask, 1, 0, tt_sparse_mask(x, TT_TWO_OF_FOUR, 0)) \
  X(tt_sparse_linear_new, 4, 0, tt_sparse_linear_new(layer, TT_CSR)) \
  X(tt_sparse_matrix, 0, 0, tt_sparse_matrix(&(SparseLinear){.in = 1})) \
  X(tt_sparsify, 0, 0, tt_sparsify(net, (SparseOptions){.faster = never})) \
  X(tt_share_weights_, 0, 0, tt_share_weights_(wide, 2)) \
  X(tt_packed_save, 0, 0, tt_packed_save(beside("packed"), saved, (Metadata){0})) \
  X(tt_packed_load, saved.n + 4, 0, tt_packed_load(beside("packed"), NULL)) \
  X(tt_packed_bits, 0, 0, tt_packed_bits(x)) \
  X(tt_packed_gaps, 2, 0, tt_packed_gaps(x))
static SparseMatrix sparse_kept;
static Module *stays(void *arg, const char *name, Module *old) {
  return (void)arg, (void)name, (void)old, NULL;
}
static bool never(void *arg, Linear *dense, SparseLinear *sparse) {
  return (void)arg, (void)dense, !sparse;
}
static void prepare_compressions(void) {
  sparse_kept = tt_sparse_from(x, TT_CSR);
}
#else
#define COMPRESSIONS(X)
#define prepare_compressions()
#endif

#if __has_include("tt/scenario.h")
#define BENCHMARKS(X) \
  X(tt_room, 1, 0, tt_room(2, 8)) \
  X(tt_stat_mean, 0, 0, tt_stat_mean(2, times_of_next)) \
  X(tt_stat_std, 0, 0, tt_stat_std(2, times_of_next)) \
  X(tt_stat_median, 0, 0, tt_stat_median(2, times_of_next)) \
  X(tt_stat_mad, 0, 0, tt_stat_mad(2, times_of_next)) \
  X(tt_stat_quantile, 0, 0, tt_stat_quantile(2, times_of_next, 0.3)) \
  X(tt_bootstrap, 0, 0, tt_bootstrap(2, times_of_next, tt_stat_mean, (BootstrapOptions){0})) \
  X(tt_bootstrap_ratio, 0, 0, \
    tt_bootstrap_ratio(2, times_of_next, times_of_next, (BootstrapOptions){0})) \
  X(tt_bootstrap_difference, 0, 0, tt_bootstrap_difference(2, times_of_next, times_of_next, \
    tt_stat_mean, (BootstrapOptions){0})) \
  X(tt_bootstrap_apart, 0, 0, \
    tt_bootstrap_apart(2, times_of_next, 2, times_of_next, (BootstrapOptions){0})) \
  X(tt_benchmark, 1, 0, tt_benchmark("x", does_nothing, NULL, few_runs)) \
  X(tt_benchmark_begin, 1, 0, tt_benchmark_begin(&benchmark_of_next, "x", few_runs)) \
  X(tt_benchmark_next, 1, 0, benchmark_block()) \
  X(tt_benchmark_end, 1, 0, benchmark_block()) \
  X(tt_benchmark_print, 0, 0, tt_benchmark_print(null, &benchmark_of_next)) \
  X(tt_compare, 0, 0, tt_compare(idle_one, idle_one, few_pairs)) \
  X(tt_compare_series, 0, 0, tt_compare_series(2, times_of_next, times_of_next, few_pairs)) \
  X(tt_outcome, 0, 0, tt_outcome((Interval){1, 1, 1}, 0)) \
  X(tt_outcome_text, 0, 0, tt_outcome_text(TT_FASTER)) \
  X(tt_comparison_noise, 0, 0, tt_comparison_noise(&(Comparison){0})) \
  X(tt_comparison_print, 0, 0, \
    tt_comparison_print(null, &idle_one, &idle_one, &(Comparison){0})) \
  X(tt_pairs_for, 0, 0, tt_pairs_for(0.1, 0.1, 0.9)) \
  X(tt_machine_identity, 0, 0, tt_machine_identity()) \
  X(tt_suite_run, 5, 0, tt_suite_run("x", 1, &one_case, 1, &one_contender, one_suite)) \
  X(tt_suite_backends, 7, 0, tt_suite_backends("x", 1, &one_case, 1, \
    (const char *const[]){"naive"}, one_suite)) \
  X(tt_suite_forward, 0, 0, tt_suite_forward(wide, net)) \
  X(tt_suite_print, 0, 0, tt_suite_print(null, suite_of_next)) \
  X(tt_suite_tsv, 0, 0, tt_suite_tsv(null, suite_of_next)) \
  X(tt_suite_html, 0, 0, tt_suite_html(null, suite_of_next)) \
  X(tt_baseline_save, 0, 0, tt_baseline_save(path, suite_of_next)) \
  X(tt_baseline_compare, 0, 0, (tt_baseline_save(path, suite_of_next), \
    tt_baseline_compare(path, suite_of_next, 0, 0, NULL))) \
  X(tt_dominates, 0, 0, tt_dominates(&(ParetoPoint){0}, &(ParetoPoint){0})) \
  X(tt_pareto, 0, 0, tt_pareto(1, &(ParetoPoint){0})) \
  X(tt_pareto_print, 0, 0, tt_pareto_print(null, 1, &(ParetoPoint){0})) \
  X(tt_pareto_tsv, 0, 0, tt_pareto_tsv(null, 1, &(ParetoPoint){0})) \
  X(tt_single_stream, 0, 0, tt_single_stream(no_answer, NULL, (ScenarioOptions){0})) \
  X(tt_offline, 0, 0, tt_offline(no_answer, NULL, (ScenarioOptions){0})) \
  X(tt_server, 0, 0, tt_server(no_answer, NULL, (ScenarioOptions){.rate = 1e6})) \
  X(tt_queries_needed, 0, 0, tt_queries_needed(0.9, 0.9)) \
  X(tt_scenario_print, 0, 0, tt_scenario_print(null, &(ScenarioResult){.name = "x"}))
static const BenchmarkOptions few_runs = {.most = 10};
static const CompareOptions few_pairs = {.least = 2, .most = 2, .resamples = 20};
static const SuiteOptions one_suite = {.bench = {.most = 10}};
static const Contender idle_one = {"x", does_nothing, NULL, NULL};
static Benchmark benchmark_of_next;
static SuiteTable *suite_of_next;
static void suite_work(void *what, void *who) { (void)what, (void)who; }
static const SuiteCase one_case = {"x", suite_work, NULL, 1};
static const SuiteContender one_contender = {"x", NULL, NULL};
static void no_answer(int64_t first, int64_t n, void *arg) { (void)first, (void)n, (void)arg; }
static void benchmark_block(void) {
  TT_BENCHMARK(&benchmark_of_next, "x", few_runs) fresh();
}
static void prepare_benchmarks(void) {
  snprintf(path, sizeof path, "%s", beside("baseline"));   // others write checkpoints
  benchmark_of_next = tt_benchmark("x", does_nothing, NULL, few_runs);
  suite_of_next = tt_suite_run("x", 1, &one_case, 1, &one_contender, one_suite);
}
#else
#define BENCHMARKS(X)
#define prepare_benchmarks()
#endif

// of chapters that are here
TT(leftovers, of_bytes) { prepare(); prepare_bytes(); BYTES(COUNT) finish(); }
TT(leftovers, of_caches) { prepare(); prepare_caches(); CACHES(COUNT) finish(); }
#if __has_include("tt/pruning.h")
#define PRUNING(X) \
  X(tt_magnitude_pruner_new, 5, 0, tt_magnitude_pruner_new(layer, (PruneOptions){0})) \
  X(tt_prune, 0, 0, tt_prune(pruner_kept, 0.1)) \
  X(tt_prune_to, 0, 0, tt_prune_to(pruner_kept, 0.5)) \
  X(tt_pruner_apply, 0, 0, tt_pruner_apply(pruner_kept)) \
  X(tt_pruner_sparsity, 0, 0, tt_pruner_sparsity(pruner_kept)) \
  X(tt_pruner_print, 0, 0, tt_pruner_print(pruner_kept)) \
  X(tt_pruner_fprint, 0, 0, tt_pruner_fprint(null, pruner_kept)) \
  X(tt_pruner_remember, 0, 0, tt_pruner_remember(pruner_kept)) \
  X(tt_pruner_rewind, 0, 0, tt_pruner_rewind(pruner_kept)) \
  X(tt_named, 0, 0, tt_named("a.b", NULL)) \
  X(tt_prune_schedule, 0, 0, tt_prune_schedule(&(PruneSchedule){.to = 1, .end = 2}, 1)) \
  X(tt_pruner_step, 0, 0, tt_pruner_step(pruner_kept, &(PruneSchedule){.to = 0.5}, 1)) \
  X(tt_structured_pruner_new, 13, 0, tt_structured_pruner_new(layer, many_kept, \
    (StructuredOptions){0})) \
  X(tt_structured_choose, 0, 0, tt_structured_choose(channels_kept, 0.5)) \
  X(tt_structured_group, 0, 0, tt_structured_group(channels_kept, *parameters.entry[0].slot, 0, 0)) \
  X(tt_structured_mask, 0, 0, tt_structured_mask(channels_kept)) \
  X(tt_structured_print, 0, 0, tt_structured_print(channels_kept)) \
  X(tt_structured_fprint, 0, 0, tt_structured_fprint(null, channels_kept)) \
  X(tt_structured_remove, 0, 0, tt_structured_remove(spare_kept)) \
  X(tt_prune_channels, 0, 0, tt_prune_channels(narrow_kept, many_kept, 0, \
    (StructuredOptions){0})) \
  X(tt_load_pruned, 0, 0, tt_load_pruned(weights, whole_kept))
static MagnitudePruner *pruner_kept;
static StructuredPruner *channels_kept, *spare_kept;
static Sequential *narrow_kept, *whole_kept;  // of net's sizes, and no trainer has it
static Tensor *many_kept;
static void prepare_pruning(void) {
  many_kept = tt_rand(TT_SHAPE(2, 4), NULL);
  whole_kept = TT_SEQUENTIAL(tt_linear_new(4, 3, NULL), tt_activation_new(tt_tanh),
                             tt_dropout_new(0.1, NULL), tt_linear_new(3, 4, NULL));
  narrow_kept = TT_SEQUENTIAL(tt_linear_new(4, 8, NULL), tt_linear_new(8, 2, NULL));
  tt_module_zero_grad(net);
  spare_kept = tt_structured_pruner_new(layer, many_kept, (StructuredOptions){0});
  pruner_kept = tt_magnitude_pruner_new(net, (PruneOptions){0});
  tt_pruner_remember(pruner_kept);
  channels_kept = tt_structured_pruner_new(net, many_kept, (StructuredOptions){0});
}
#else
#define PRUNING(X)
#define prepare_pruning()
#endif

// of chapters that are here
TT(leftovers, of_pruning) { prepare(); prepare_pruning(); PRUNING(COUNT) finish(); }

#if __has_include("tt/parallel.h")
static void no_plugin(void *arg) { (void)arg, tt_backend_load("./not_there.so"); }
static void chunk_of_next(int64_t i, void *arg) { (void)i, (void)arg, fresh(); }
#define THREADS(X) \
  X(tt_parallel, 1, 0, tt_parallel(1, chunk_of_next, NULL)) \
  X(tt_get_num_threads, 0, 0, tt_get_num_threads()) \
  X(tt_set_num_threads, 0, 0, tt_set_num_threads(1)) \
  X(tt_scratch, 0, 0, tt_scratch(0, 64)) \
  X(tt_attention_in_one_pass, 1, 1, (tt_backend_use("simd"), tt_attention_in_one_pass( \
    layer->weight, x, x, (AttentionOptions){0}))) \
  X(tt_cross_entropy_in_one_pass, 1, 1, (tt_backend_use("simd"), tt_cross_entropy_in_one_pass( \
    tt_zeros(TT_SCALAR), x, label, 0, -100))) \
  X(tt_backend_load, 0, 0, tt_try(no_plugin, NULL, NULL))
#else
#define THREADS(X)
#endif

#if __has_include("tt/distributed.h")
static void sums_nothing(ProcessGroup *g, Real *a, int64_t n) { (void)g, (void)a, (void)n; }
static void goes_on(ProcessGroup *g) { (void)g; }
static void tells(ProcessGroup *g, void *at, int64_t n, int from) {
  (void)g, (void)at, (void)n, (void)from;
}
static ProcessGroup one_rank = {0, 1, sums_nothing, goes_on, goes_on, tells};
static void rank_of_next(ProcessGroup *g, void *arg) { (void)g, (void)arg; }
static DataParallel *ranks_of_next;
static Trainer learns_alone;
static Real ring_of_next[2] = {1, 2};
static Tensor *rank_loss;
static void prepare_ranks(void) {
  ranks_of_next = tt_data_parallel_new(net, &one_rank, (DataParallelOptions){0});
  learns_alone = (Trainer){.model = net, .opt = sgd, .loss = tt_cross_entropy, .epochs = 1,
    .quiet = true, .train = source};
  rank_loss = tt_sum(tt_mul(leaf, leaf), TT_ALL, false);
}
#define RANKS(X) \
  X(tt_thread_group_run, 0, 0, tt_thread_group_run(2, rank_of_next, NULL)) \
  X(tt_share, 0, 0, tt_share(5, 1, 2)) \
  X(tt_sharded_new, 1, 0, tt_sharded_new(set, (BatchOptions){.size = 1}, &one_rank)) \
  X(tt_data_parallel_new, 10, 0, \
    tt_data_parallel_new(net, &one_rank, (DataParallelOptions){0})) \
  X(tt_data_parallel_backward, 0, 0, \
    tt_data_parallel_backward(ranks_of_next, rank_loss, 0, 1)) \
  X(tt_data_parallel_check, 0, 0, tt_data_parallel_check(ranks_of_next)) \
  X(tt_owned_parameters, 1, 0, tt_owned_parameters(ranks_of_next)) \
  X(tt_owned_step, 0, 0, tt_owned_step(ranks_of_next, sgd)) \
  X(tt_data_parallel_run, 0, 0, learns_alone.at.epoch = 0; \
    tt_data_parallel_run(&learns_alone, ranks_of_next)) \
  X(tt_ring_all_reduce, 0, 0, tt_ring_all_reduce(1, 2, (Real *[]){ring_of_next})) \
  X(tt_all_reduce_time, 0, 0, tt_all_reduce_time((Network){1, 1}, 2, 1)) \
  X(tt_step_time, 0, 0, tt_step_time((Network){1, 1}, 2, (StepCost){1, 1, 1}, 1)) \
  X(tt_best_bucket, 0, 0, tt_best_bucket((Network){1, 1}, 2, (StepCost){1, 1, 1}))
#else
#define RANKS(X)
#define prepare_ranks()
#endif

#if __has_include("tt/serve.h")
static Batcher *batcher_of_next;
static ModelSlot *slot_of_next;
static DriftMonitor *drift_of_next;
static Tensor *rows_of_next;
static Ticket ticket_of_next;
static ModelVersion version_of_next;
static RetrainTrigger trigger_of_next;
static RequestField field_of_next;
static char why_of_next[128];
static const BatchRules rules_of_next = {1000, 1000, 1, 2000};
static const DriftOptions window_of_next = {.window = 2, .run_length = 4, .shuffles = 9};
static void runs(void *arg, int n, Ticket *const t[]) { (void)arg, (void)n, (void)t; }
static void is_done(void *arg, Ticket *t, TicketEnd end) { (void)arg, (void)t, (void)end; }
static void *loads_none(void *arg) { return (void)arg, NULL; }
static void prepare_serving(void) {
  rows_of_next = tt_rand(TT_SHAPE(8, 2), NULL);
  batcher_of_next = tt_batcher_new(rules_of_next, (BatchWork){runs, is_done, NULL});
  slot_of_next = tt_slot_new();
  drift_of_next = tt_drift_new(rows_of_next, NULL, window_of_next);
}
#define SERVING(X) \
  X(tt_batch_wait, 0, 0, tt_batch_wait(&rules_of_next, 1, 0, false)) \
  X(tt_batch_refusal, 0, 0, tt_batch_refusal(&rules_of_next, 1, 0, false)) \
  X(tt_batcher_new, 0, 0, \
    tt_batcher_free(tt_batcher_new(rules_of_next, (BatchWork){runs, is_done, NULL}))) \
  X(tt_batcher_submit, 0, 0, tt_batcher_submit(batcher_of_next, &ticket_of_next)) \
  X(tt_batcher_cancel, 0, 0, tt_batcher_cancel(batcher_of_next, &ticket_of_next)) \
  X(tt_batcher_close, 0, 0, tt_batcher_close(batcher_of_next)) \
  X(tt_batcher_stats, 0, 0, tt_batcher_stats(batcher_of_next)) \
  X(tt_batcher_free, 0, 0, \
    tt_batcher_free(tt_batcher_new(rules_of_next, (BatchWork){runs, is_done, NULL}))) \
  X(tt_slot_new, 0, 0, tt_slot_free(tt_slot_new())) \
  X(tt_slot_load, 0, 0, tt_slot_load(slot_of_next, loads_none, NULL, NULL)) \
  X(tt_slot_rollback, 0, 0, tt_slot_rollback(slot_of_next)) \
  X(tt_slot_use, 0, 0, tt_slot_use(slot_of_next)) \
  X(tt_slot_return, 0, 0, tt_slot_return(slot_of_next, &version_of_next)) \
  X(tt_slot_versions, 0, 0, tt_slot_versions(slot_of_next)) \
  X(tt_slot_free, 0, 0, tt_slot_free(tt_slot_new())) \
  X(tt_trigger_alarm, 0, 0, tt_trigger_alarm(&trigger_of_next)) \
  X(tt_trigger_label, 0, 0, tt_trigger_label(&trigger_of_next, true, true)) \
  X(tt_trigger_trained, 0, 0, tt_trigger_trained(&trigger_of_next, 1, 0)) \
  X(tt_sign_test, 0, 0, tt_sign_test(3, 1)) \
  X(tt_request_read, 0, 0, tt_request_read((Piece){"{}", 2}, 0, &field_of_next, why_of_next)) \
  X(tt_psi, 0, 0, tt_psi(2, (int64_t[]){1, 2}, (int64_t[]){2, 1})) \
  X(tt_ks, 0, 0, tt_ks(2, (Real[]){1, 2}, 2, (Real[]){1, 3})) \
  X(tt_ks_p, 0, 0, tt_ks_p(0.5, 9, 9)) \
  X(tt_chi2_p, 0, 0, tt_chi2_p(2, 3)) \
  X(tt_drift_new, 5, 0, tt_drift_new(rows_of_next, NULL, window_of_next)) \
  X(tt_drift_add, 0, 0, tt_drift_add(drift_of_next, rows_of_next->data, 0))
#else
#define SERVING(X)
#define prepare_serving()
#endif

#if __has_include("tt/profiler.h")
#define PROFILES(X) \
  X(tt_profiler_new, 1, 0, tt_profiler_new(net, (ProfilerOptions){.events = 10})) \
  X(tt_profiler_start, 0, 0, tt_profiler_start(profiler_of_next); \
    tt_release(tt_profiler_stop(profiler_of_next)->block)) \
  X(tt_profiler_step, 0, 0, tt_profiler_step(profiler_of_next)) \
  X(tt_profiler_stop, 1, 0, tt_profiler_stop(profiler_of_next)) \
  X(tt_profile, 1, 0, tt_profile(does_nothing, NULL, net, (ProfilerOptions){0})) \
  X(tt_profile_forward_pass, 1, 0, tt_profile_forward_pass(net, x)) \
  X(tt_profile_backward_pass, 1, 0, tt_profile_backward_pass(net, wide)) \
  X(tt_count_parameters, 0, 0, tt_count_parameters(net)) \
  X(tt_count_flops, 0, 0, tt_count_flops(net, x)) \
  X(tt_profile_add, 0, 0, tt_profile_add(&(ProfileCost){0}, &profile_of_next->row[0].cost)) \
  X(tt_profile_print, 0, 0, tt_profile_print(profile_of_next)) \
  X(tt_profile_fprint, 0, 0, tt_profile_fprint(null, profile_of_next)) \
  X(tt_profile_print_modules, 0, 0, tt_profile_print_modules(profile_of_next)) \
  X(tt_profile_fprint_modules, 0, 0, tt_profile_fprint_modules(null, profile_of_next)) \
  X(tt_quick_profile, 0, 0, tt_quick_profile(net, wide)) \
  X(tt_profile_difference, 1, 0, tt_profile_difference(profile_of_next, profile_of_next)) \
  X(tt_profile_difference_print, 0, 0, tt_profile_difference_print(difference_of_next))
static Profiler *profiler_of_next;
static Profile *profile_of_next;
static ProfileDifference *difference_of_next;
static void prepare_profiles(void) {
  tt_module_zero_grad(net);
  profiler_of_next = tt_profiler_new(net, (ProfilerOptions){0});
  profile_of_next = tt_profile(does_nothing, NULL, net, (ProfilerOptions){0});
  difference_of_next = tt_profile_difference(profile_of_next, profile_of_next);
}
#else
#define PROFILES(X)
#define prepare_profiles()
#endif

#if __has_include("tt/measure.h")
#define MEASURES(X) \
  X(tt_percentile, 0, 0, tt_percentile(2, times_of_next, 0.5)) \
  X(tt_latency_of, 0, 0, tt_latency_of(2, times_of_next)) \
  X(tt_measure_work, 0, 0, tt_measure_work(does_nothing, NULL, few_of_next)) \
  X(tt_measure_latency, 0, 0, tt_measure_latency(net, wide, few_of_next)) \
  X(tt_latency_noise, 0, 0, tt_latency_noise(&latency_of_next)) \
  X(tt_latency_print, 0, 0, tt_latency_print(null, &latency_of_next)) \
  X(tt_measure_memory, 1, 0, tt_measure_memory(thing, NULL, (MemoryOptions){0})) \
  X(tt_memory_part_name, 0, 0, tt_memory_part_name(TT_TAPE)) \
  X(tt_memory_print, 0, 0, tt_memory_print(null, &(MemoryUse){.op = "?"})) \
  X(tt_roofline, 0, 0, tt_roofline()) \
  X(tt_roofline_rate, 0, 0, tt_roofline_rate(&(Roofline){.gemm = 1}, 1)) \
  X(tt_roofline_verdict, 0, 0, tt_roofline_verdict(&(Roofline){.gemm = 1}, 1, 1, 1)) \
  X(tt_bound_text, 0, 0, tt_bound_text(TT_MEMORY)) \
  X(tt_phase_name, 0, 0, tt_phase_name(TT_BACKWARD)) \
  X(tt_roofline_print, 0, 0, tt_roofline_print(null, &(Roofline){.gemm = 1})) \
  X(tt_bottlenecks_print, 0, 0, tt_bottlenecks_print(null, &(Roofline){.gemm = 1}, \
    &(Profile){0}, 1)) \
  X(tt_hardware_counters, 0, 0, tt_hardware_counters(does_nothing, NULL)) \
  X(tt_counter_scaled, 0, 0, tt_counter_scaled(1, 1, 1)) \
  X(tt_counter_refusal, 0, 0, tt_counter_refusal(1)) \
  X(tt_counters_print, 0, 0, tt_counters_print(null, &counters_of_next)) \
  X(tt_profiler_trace, 0, 0, tt_profiler_trace(null, profile_of_next)) \
  X(tt_profiler_flame, 0, 0, tt_profiler_flame(null, profile_of_next)) \
  X(tt_nested_or_apart, 0, 0, tt_nested_or_apart(0, 1, 2, 3)) \
  X(tt_weight_stats, 0, 0, tt_weight_stats(wide)) \
  X(tt_analyze_weight_distribution, 0, 0, tt_analyze_weight_distribution(net, 0, NULL)) \
  X(tt_sparsity, 0, 0, tt_sparsity(net)) \
  X(tt_weights_print, 0, 0, tt_weights_print(null, 1, &(WeightStats){.n = 1})) \
  X(tt_profile_scaling, 0, 0, tt_profile_scaling(at_length, NULL, 1, (int64_t[]){1}, \
    &(ScalingPoint){0})) \
  X(tt_scaling_of, 0, 0, tt_scaling_of(1, &(ScalingPoint){1, 1, 1})) \
  X(tt_scaling_print, 0, 0, tt_scaling_print(null, 1, &(ScalingPoint){1, 1, 1}))
static double times_of_next[] = {1, 2};
static const LatencyOptions few_of_next = {.most = 10};
static Latency latency_of_next;
static CounterReport counters_of_next;
static void at_length(int64_t length, void *arg) { (void)length, (void)arg, fresh(); }
static void prepare_measures(void) {
  prepare_profiles();
  latency_of_next = tt_latency_of(2, times_of_next);
  counters_of_next = tt_hardware_counters(does_nothing, NULL);
}
#else
#define MEASURES(X)
#define prepare_measures()
#endif

#if __has_include("tt/olympics.h")
#define OLYMPICS(X) \
  X(tt_digit_signs, 0, 0, tt_digit_signs(signs)) \
  X(tt_new_signs, 0, 0, tt_new_signs(signs, NULL)) \
  X(tt_draw_sign, 0, 0, tt_draw_sign(signs, NULL, sign_drawn)) \
  X(tt_draw_signs, 2, 0, tt_draw_signs(signs, 10, NULL)) \
  X(tt_answer_state_text, 0, 0, tt_answer_state_text(TT_LATE)) \
  X(tt_contestant_start, 0, 0, contestant = tt_contestant_start("/bin/cat")) \
  X(tt_ask, 0, 0, tt_ask(&contestant, sign_drawn, signs_scores, 5)) \
  X(tt_ask_next, 0, 0, tt_ask_next(&contestant, 7, byte_scores, 5)) \
  X(tt_contestant_seconds, 0, 0, tt_contestant_seconds(&contestant)) \
  X(tt_byte_loss, 0, 0, tt_byte_loss(byte_scores, 7)) \
  X(tt_teach, 0, 0, tt_teach(&contestant, few_signs, 0, 0.001)) \
  X(tt_contestant_pause, 0, 0, tt_contestant_pause(&contestant)) \
  X(tt_contestant_resume, 0, 0, tt_contestant_resume(&contestant)) \
  X(tt_read_until, 0, 0, tt_read_until(contestant.from, sign_drawn, 1, 0)) \
  X(tt_contestant_end, 0, 0, tt_contestant_end(&contestant)) \
  X(tt_answer_right, 0, 0, tt_answer_right(2, signs_scores, 0)) \
  X(tt_share_interval, 0, 0, tt_share_interval(1, 2)) \
  X(tt_ranks, 0, 0, tt_ranks(1, &(Interval){1, 1, 1}, &place_of_next)) \
  X(tt_fronts, 0, 0, tt_fronts(1, &(ParetoPoint){.accuracy = 1}, &place_of_next)) \
  X(tt_volume, 0, 0, tt_volume(&(ParetoPoint){.accuracy = 1}, 0.5)) \
  X(tt_sha256, 0, 0, tt_sha256("", 0, seal_of_next)) \
  X(tt_ledger_seal, 0, 0, tt_ledger_seal(NULL, "a", seal_of_next)) \
  X(tt_ledger_check, 0, 0, tt_ledger_check("a\n")) \
  X(tt_ledger_append, 0, 0, tt_ledger_append(beside("ledger"), "a", seal_of_next)) \
  X(tt_entry_main, 0, 0, tt_entry_main(&(Entry){0}, 2, (char *[]){"", "no"})) \
  X(tt_category_name, 0, 0, tt_category_name(TT_SPRINT)) \
  X(tt_submission_read, 0, 0, tt_try(no_submission, NULL, NULL))
static Sign signs[TT_SIGNS];
static uint8_t sign_drawn[TT_SIGN_PIXELS];
static float signs_scores[TT_SIGNS];
static float byte_scores[TT_BYTES];
static Contestant contestant;
static Batch few_signs;
static int place_of_next;
static char seal_of_next[TT_SEAL];
static void no_submission(void *arg) { (void)arg, tt_submission_read("./not_there"); }
static void prepare_olympics(void) {
  tt_digit_signs(signs), few_signs = tt_draw_signs(signs, 10, NULL);
}
#else
#define OLYMPICS(X)
#define prepare_olympics()
#endif

// of chapters that are here
TT(leftovers, of_threads) { prepare(); THREADS(COUNT) finish(); }
TT(leftovers, of_ranks) { prepare(); prepare_data(); prepare_ranks(); RANKS(COUNT) finish(); }
TT(leftovers, of_olympics) { prepare(); prepare_olympics(); OLYMPICS(COUNT) finish(); }
TT(leftovers, of_serving) { prepare(); prepare_serving(); SERVING(COUNT) finish(); }
TT(leftovers, of_measures) { prepare(); prepare_measures(); MEASURES(COUNT) finish(); }
TT(leftovers, of_benchmarks) { prepare(); prepare_benchmarks(); BENCHMARKS(COUNT) finish(); }
TT(leftovers, of_compressions) {
  prepare(); prepare_compressions(); COMPRESSIONS(COUNT) finish();
}
TT(leftovers, of_profiles) { prepare(); prepare_profiles(); PROFILES(COUNT) finish(); }
TT(leftovers, of_writing) { tt_backend_use("naive"), prepare(); prepare_writing(); WRITING(COUNT) finish(); }
TT(leftovers, of_heads) { tt_backend_use("naive"), prepare(); prepare_heads(); HEADS(COUNT) finish(); }
TT(leftovers, of_words) { prepare(); prepare_words(); WORDS(COUNT) finish(); }
TT(leftovers, of_texts) { prepare(); prepare_texts(); TEXTS(COUNT) finish(); }
TT(leftovers, of_data) { prepare(); prepare_data(); DATA(COUNT) finish(); }
TT(leftovers, of_pictures) { prepare(); prepare_pictures(); PICTURES(COUNT) finish(); }

#if __has_include("tt/tuner.h")
#define TUNERS(X) \
  X(tt_hyperparameter_search, 1, 0, tt_hyperparameter_search(score_of_next, NULL, \
    search_of_next)) \
  X(tt_cholesky, 0, 0, tt_cholesky(1, (double[]){4})) \
  X(tt_gaussian_process_new, 1, 0, tt_gaussian_process_new(1, 1, (double[]){0}, \
    (double[]){1})) \
  X(tt_gaussian_process_at, 0, 0, tt_gaussian_process_at(process_of_next, (double[]){1})) \
  X(tt_expected_improvement, 0, 0, tt_expected_improvement(1, 1, 1)) \
  X(tt_module_copy, 3, 0, tt_module_copy(layer)) \
  X(tt_auto_optimize, 4, 0, tt_auto_optimize(layer, &tuned_of_next, tuning_of_next)) \
  X(tt_optimization_pipeline, 4, 0, tt_optimization_pipeline(layer, &tuned_of_next, \
    TT_THIS_MACHINE, 1e9)) \
  X(tt_tune_print, 0, 0, tt_tune_print(null, &(TuneResult){.n = 0})) \
  X(tt_tune_excess, 0, 0, tt_tune_excess(2, 1)) \
  X(tt_tune_bytes, 0, 0, tt_tune_bytes(layer)) \
  X(tt_scores, 1, 0, tt_scores(layer, tuned_of_next.x, tuned_of_next.y, rated_of_next)) \
  X(tt_tune_missed, 0, 0, tt_tune_missed(&(TuneCost){0}, &(TuneLimits){0})) \
  X(tt_tune_better, 0, 0, tt_tune_better(&(TuneCost){0}, &(TuneCost){0}, \
    &(TuneLimits){0}, TT_LEAST_BYTES)) \
  X(tt_tune_target, 0, 0, tt_tune_target(TT_PHONE)) \
  X(tt_runs_within, 0, 0, tt_runs_within(1 << 20, does_nothing, NULL)) \
  X(tt_adaptive_training, 5, 0, tt_adaptive_training(tuned_of_next.x, tuned_of_next.x, \
    rounds_of_next)) \
  X(tt_margin, 1, 0, tt_margin(logits))
static double score_of_next(void *arg, const double *at, double share) {
  return (void)arg, fresh(), at[0] + share;
}
static const SearchOptions search_of_next = {.n = 1, .budget = 2,
  .range = (SearchRange[]){{"x", 1, 2, false, false}}};
static GaussianProcess *process_of_next;
static Tensor *rated_of_next(Tensor *out, Tensor *target) {
  return tt_neg(tt_mean(tt_abs(tt_sub(out, target)), 1, false));
}
static int spoils_nothing(Module **m, const TuneData *d, double value) {
  return (void)d, (void)value, (void)tt_module_count(*m), 1;
}
static const TuneRecipe recipe_of_next[] = {{"none", {0}, spoils_nothing}, {0}};
static void costs_of_next(void *arg, void *m, const TuneRun *r, TuneCost *c) {
  (void)arg, (void)m, (void)r, c->seconds = 1, c->peak = 1;
}
static const TuneRun runs_of_next[] = {{"naive", 1, 1, false}};
static const TuneOptions tuning_of_next = {.limits = {.lost = 1e9}, .runs = 1,
  .run = runs_of_next, .recipes = recipe_of_next, .measure = costs_of_next};
static TuneData tuned_of_next;
static Module *model_of_next(void *arg, uint64_t seed) {
  return (void)arg, (void)seed, &tt_linear_new(4, 3, NULL)->base;
}
static void lesson_of_next(void *arg, Module *m, Batch b, int round) {
  (void)arg, (void)m, (void)b, (void)round;
}
static const AdaptiveOptions rounds_of_next = {.first = 1, .each = 1, .most = 2,
  .make = model_of_next, .train = lesson_of_next};
static void prepare_tuners(void) {
  tuned_of_next = (TuneData){.x = tt_rand(TT_SHAPE(2, 4), NULL),
    .y = tt_rand(TT_SHAPE(2, 2), NULL), .score = rated_of_next};
  process_of_next = tt_gaussian_process_new(1, 1, (double[]){0}, (double[]){1});
}
#else
#define TUNERS(X)
#define prepare_tuners()
#endif
TT(leftovers, of_tuners) { prepare(); prepare_tuners(); TUNERS(COUNT) finish(); }

// ---- all of them -----------------------------------------------------------------
#define WORD(...) FIRST(__VA_ARGS__, 0)
#define FIRST(name, ...) #name,
static const char *const counted[] = {
  TENSORS(WORD) OPERATIONS(WORD) MEMORY(WORD) LEARNING(WORD) RUNS(WORD) OTHERS(WORD)
  DATA(WORD) PICTURES(WORD) KERNELS(WORD) TEXTS(WORD)
  WORDS(WORD) KERNELS_OF_WORDS(WORD) HEADS(WORD) KERNELS_OF_HEADS(WORD)
  WRITING(WORD) KERNELS_OF_WRITING(WORD)
  PROFILES(WORD) MEASURES(WORD) BENCHMARKS(WORD)
  CACHES(WORD) BYTES(WORD) KERNELS_OF_BYTES(WORD)
  COMPRESSIONS(WORD)
  PRUNING(WORD) THREADS(WORD) RANKS(WORD) TUNERS(WORD)
  OLYMPICS(WORD) SERVING(WORD)
};
static const char *const functions[] = {TT_FUNCTIONS(WORD) TT_FUNCTIONS_WITHOUT(WORD)};

TT(leftovers, each_function_is_counted) {
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    size_t k = 0, n = sizeof counted / sizeof *counted;
    while (k < n && strcmp(counted[k], functions[i]) != 0) k++;
    tt_expect(k < n, "%s: a new function; add a line for it to %s", functions[i],
              __FILE__);
  }
}
