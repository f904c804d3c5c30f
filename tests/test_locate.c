// Needs chapter 07: errors name the user's line and the user's function. Every
// public function is called wrongly here, if that can be done: a function that
// the headers declare and this file does not know fails the test.
#include "tt_test.h"
#include <math.h>
#include <string.h>

// ---- the cases ---------------------------------------------------------------
typedef struct Case {
  const char *name, *why;            // why: it cannot fail
  void (*run)(void *), (*bare)(void *);
  int line;
  struct Case *next;
} Case;
static Case *cases;

#define PASTE(a, b) a##b
#define NAME(a, b) PASTE(a, b)
#define CASE(f, reason, run_, bare_) \
  __attribute__((constructor)) static void NAME(add_, __LINE__)(void) { \
    static Case c = {#f, reason, run_, bare_, __LINE__, NULL}; \
    c.next = cases, cases = &c; \
  }
#define RUN(prefix, ...) \
  static void NAME(prefix, __LINE__)(void *unused) { \
    (void)unused; \
    __VA_ARGS__; \
  }
// It refuses these arguments itself: with its macro, and without.
#define WRONG(f, args) \
  RUN(run_, f args) RUN(bare_, (f)args) \
  CASE(f, NULL, NAME(run_, __LINE__), NAME(bare_, __LINE__))
// Its macro refuses them, or a function below it, under another name.
#define BELOW(f, args) RUN(run_, f args) CASE(f, NULL, NAME(run_, __LINE__), NULL)
#define NEVER(f, why) CASE(f, why, NULL, NULL)

static Tensor *x, *y, *cube, *ints, *leaf, *result, *none;
static Linear *layer;
static StateDict parameters, hole, blank;
static Optimizer *sgd, *adam;
static BatchSource *source;
static Trainer trainer;
static Scope other;
static Op op;
static TapeNode *node;
static const SgdOptions slow = {.lr = 0.1};
static void idle(void *arg) { (void)arg; }
static Tensor *identity(void *arg) { return arg; }
static Tensor *relu_of(Tensor *t) { return tt_relu(t); }
static void backward(TapeNode *k) { (void)k; }
static bool fills(int fd, const void *what) { return fd >= 0 && !what; }
static void see(void *arg, const char *name, FieldKind kind, void *slot) {
  (void)arg, (void)name, (void)kind, (void)slot;
}

static void prepare(void) {
  tt_autograd_enable();
  x = tt_zeros(TT_SHAPE(2, 3)), y = tt_zeros(TT_SHAPE(4, 5));
  cube = tt_zeros(TT_SHAPE(2, 3, 4)), none = tt_zeros(TT_SHAPE(2, 0));
  ints = tt_from_int(TT_SHAPE(2), (int32_t[]){0, 7});
  leaf = tt_requires_grad_(tt_ones(TT_SHAPE(2)), true);
  result = tt_exp(leaf);
  layer = tt_linear_new(3, 2, NULL);
  parameters = tt_module_parameters(layer);
  hole = tt_state_dict_new(1), blank = (StateDict){2, NULL};
  sgd = tt_sgd_new(parameters, slow);
  adam = tt_adam_new(parameters, (AdamOptions){.lr = 0.1});
  source = tt_batches_new(x, tt_zeros(TT_SHAPE(2, 2)), (BatchOptions){.size = 1});
  op.name = "tt_own";
  trainer = (Trainer){.model = layer, .opt = sgd, .train = source,
                      .loss = tt_cross_entropy, .epochs = 1, .quiet = true};
}

// chapter 0
NEVER(tt_machine_now, "reads the clock")
BELOW(tt_machine_median, (NULL, 0))
BELOW(tt_machine_time, (NULL, NULL))
BELOW(tt_machine_random, (NULL))
BELOW(tt_machine_cycle, (NULL, 3, 1))
// chapter 1: errors and memory
BELOW(tt_try, (NULL, NULL, NULL))
WRONG(tt_scope_open, (tt_scope()))
BELOW(tt_scope_open, (NULL))
WRONG(tt_scope_close, (&other))
BELOW(tt_scope_close, (NULL))
WRONG(tt_clear, ())
NEVER(tt_scope, "reads a pointer")
BELOW(tt_move, (NULL, tt_scope()))
BELOW(tt_move, (x, NULL))
BELOW(tt_release, (NULL))
BELOW(tt_keep, (NULL))
NEVER(tt_memory_stats, "reads numbers")
NEVER(tt_reset_peak_memory, "writes a number")
NEVER(tt_memory_limit, "writes a number")
NEVER(tt_empty_pool, "frees what there is")
// tensors
BELOW(tt_shape_text, (TT_SHAPE(1), NULL))
WRONG(tt_empty, (TT_F32, TT_SHAPE(-1)))
WRONG(tt_empty, ((DType)99, TT_SHAPE(1)))
WRONG(tt_full, (TT_SHAPE(-1), 1))
WRONG(tt_zeros, (TT_SHAPE(-1)))
WRONG(tt_ones, (TT_SHAPE(-1)))
WRONG(tt_eye, (-1))
WRONG(tt_from, (TT_SHAPE(2), NULL))
WRONG(tt_from, (TT_SHAPE(-1), (Real[]){1}))
WRONG(tt_from_int, (TT_SHAPE(2), NULL))
WRONG(tt_from_int, (TT_SHAPE(-1), (int32_t[]){1}))
WRONG(tt_arange, (0, 1, 0))
WRONG(tt_linspace, (0, 1, -1))
NEVER(tt_manual_seed, "any seed will do")
NEVER(tt_generator, "NULL is the thread's")
WRONG(tt_rand, (TT_SHAPE(-1), NULL))
WRONG(tt_randn, (TT_SHAPE(-1), NULL))
WRONG(tt_randint, (2, 1, TT_SHAPE(1), NULL))
WRONG(tt_randperm, (-1, NULL))
BELOW(tt_numel, (NULL))
BELOW(tt_shape, (NULL))
BELOW(tt_is_contiguous, (NULL))
NEVER(tt_dtype_size, "0 for what is no type")
NEVER(tt_dtype_name, "\"?\" for what is no type")
WRONG(tt_get, (x, TT_INDEX(1)))
BELOW(tt_get, (NULL, TT_INDEX(1)))
WRONG(tt_item, (x))
BELOW(tt_item, (NULL))
BELOW(tt_allclose, (NULL, x, 0, 0))
BELOW(tt_allclose, (x, NULL, 0, 0))
BELOW(tt_print, (NULL))
BELOW(tt_print, (leaf->grad))
BELOW(tt_fprint, (NULL, x))
BELOW(tt_fprint, (stdout, NULL))
WRONG(tt_transpose, (x, 0, 2))
BELOW(tt_transpose, (NULL, 0, 1))
WRONG(tt_permute, (x, TT_SHAPE(0, 0)))
BELOW(tt_permute, (NULL, TT_SHAPE(0, 0)))
WRONG(tt_slice, (x, 0, 0, 1, 0))
BELOW(tt_slice, (NULL, 0, 0, 1, 1))
WRONG(tt_select, (x, 0, 2))
BELOW(tt_select, (NULL, 0, 0))
WRONG(tt_expand, (x, TT_SHAPE(2, 4)))
BELOW(tt_expand, (NULL, TT_SHAPE(2, 4)))
WRONG(tt_squeeze, (x, 2))
BELOW(tt_squeeze, (NULL, 0))
WRONG(tt_unsqueeze, (x, 3))
BELOW(tt_unsqueeze, (NULL, 0))
WRONG(tt_reshape, (x, TT_SHAPE(7)))
BELOW(tt_reshape, (NULL, TT_SHAPE(7)))
BELOW(tt_contiguous, (NULL))
BELOW(tt_clone, (NULL))
WRONG(tt_to, (x, (DType)99))
BELOW(tt_to, (NULL, TT_I32))
WRONG(tt_cat, (0, NULL, 0))
WRONG(tt_cat, (2, (Tensor *[]){x, y}, 0))
BELOW(tt_cat, (2, NULL, 0))
BELOW(tt_cat, (2, ((Tensor *[]){x, NULL}), 0))
BELOW(tt_stack, (0, NULL, 0))
WRONG(tt_stack, (2, (Tensor *[]){x, y}, 0))
BELOW(tt_stack, (2, NULL, 0))
BELOW(tt_stack, (2, ((Tensor *[]){NULL, x}), 0))
WRONG(tt_set_, (x, TT_INDEX(2, 0), 1))
BELOW(tt_set_, (NULL, TT_INDEX(2, 0), 1))
BELOW(tt_fill_, (NULL, 1))
WRONG(tt_copy_, (x, y))
BELOW(tt_copy_, (NULL, y))
BELOW(tt_copy_, (x, NULL))
WRONG(tt_add, (x, y))
BELOW(tt_add, (NULL, y))
BELOW(tt_add, (x, NULL))
WRONG(tt_sub, (x, y))
BELOW(tt_sub, (x, NULL))
WRONG(tt_mul, (x, y))
BELOW(tt_mul, (x, NULL))
WRONG(tt_div, (x, y))
BELOW(tt_div, (x, NULL))
WRONG(tt_pow, (x, y))
BELOW(tt_pow, (x, NULL))
WRONG(tt_maximum, (x, y))
BELOW(tt_maximum, (x, NULL))
WRONG(tt_minimum, (x, y))
BELOW(tt_minimum, (x, NULL))
WRONG(tt_eq, (x, y))
BELOW(tt_eq, (x, NULL))
WRONG(tt_ne, (x, y))
BELOW(tt_ne, (x, NULL))
WRONG(tt_lt, (x, y))
BELOW(tt_lt, (x, NULL))
WRONG(tt_le, (x, y))
BELOW(tt_le, (x, NULL))
WRONG(tt_gt, (x, y))
BELOW(tt_gt, (x, NULL))
WRONG(tt_ge, (x, y))
BELOW(tt_ge, (x, NULL))
WRONG(tt_where, (x, x, y))
BELOW(tt_where, (NULL, x, x))
WRONG(tt_neg, (ints))
BELOW(tt_neg, (NULL))
WRONG(tt_abs, (ints))
BELOW(tt_abs, (NULL))
WRONG(tt_exp, (ints))
BELOW(tt_exp, (NULL))
WRONG(tt_log, (ints))
BELOW(tt_log, (NULL))
WRONG(tt_sqrt, (ints))
BELOW(tt_sqrt, (NULL))
WRONG(tt_sin, (ints))
BELOW(tt_sin, (NULL))
WRONG(tt_cos, (ints))
BELOW(tt_cos, (NULL))
WRONG(tt_logical_not, (ints))
BELOW(tt_logical_not, (NULL))
WRONG(tt_add_scalar, (ints, 1))
BELOW(tt_add_scalar, (NULL, 1))
WRONG(tt_mul_scalar, (ints, 1))
BELOW(tt_mul_scalar, (NULL, 1))
WRONG(tt_clamp, (ints, 0, 1))
BELOW(tt_clamp, (NULL, 0, 1))
WRONG(tt_matmul, (x, y))
BELOW(tt_matmul, (NULL, y))
BELOW(tt_matmul, (x, NULL))
WRONG(tt_sum, (x, 2, false))
BELOW(tt_sum, (NULL, 0, false))
WRONG(tt_mean, (x, 2, false))
BELOW(tt_mean, (NULL, 0, false))
WRONG(tt_max, (none, 1, false))
BELOW(tt_max, (NULL, 0, false))
BELOW(tt_min, (none, 1, false))
BELOW(tt_min, (NULL, 0, false))
WRONG(tt_argmax, (none, 1, false))
WRONG(tt_argmax_last, (none, 1, false))
BELOW(tt_argmax, (NULL, 0, false))
BELOW(tt_argmax_last, (NULL, 0, false))
WRONG(tt_var, (x, 2, 1, false))
BELOW(tt_var, (NULL, 0, 1, false))
BELOW(tt_std, (x, 2, 1, false))
BELOW(tt_std, (NULL, 0, 1, false))
WRONG(tt_cumsum, (x, 2))
BELOW(tt_cumsum, (NULL, 0))
// for those who write operations and backends
BELOW(tt_walk, (TT_SHAPE(2), NULL, x, NULL, NULL))
WRONG(tt_backend_use, ("abacus"))
BELOW(tt_backend_use, (NULL))
NEVER(tt_backend_at, "NULL says that there are fewer")
NEVER(tt_handle, "an empty handle; no memory is tested elsewhere")
BELOW(tt_allocate, (NULL, 8))
BELOW(tt_alias, (NULL))
NEVER(tt_drop_storage, "NULL is no storage")
BELOW(tt_need_f32, ("mine", ints))
BELOW(tt_need_f32, (NULL, x))
BELOW(tt_map, (&op, 1, &ints, 0, 0))
BELOW(tt_change, ("mine", NULL, NULL))
BELOW(tt_map, (NULL, 1, &x, 0, 0))
BELOW(tt_map, (&op, 1, NULL, 0, 0))
BELOW(tt_running_sum, (&op, x, 2, false))
BELOW(tt_running_sum, (NULL, x, 0, false))
BELOW(tt_running_sum, (&op, NULL, 0, false))
// chapter 2
WRONG(tt_relu, (ints))
BELOW(tt_relu, (NULL))
WRONG(tt_leaky_relu, (ints, 1))
BELOW(tt_leaky_relu, (NULL, 1))
WRONG(tt_sigmoid, (ints))
BELOW(tt_sigmoid, (NULL))
WRONG(tt_tanh, (ints))
BELOW(tt_tanh, (NULL))
WRONG(tt_gelu, (ints))
BELOW(tt_gelu, (NULL))
WRONG(tt_gelu_tanh, (ints))
BELOW(tt_gelu_tanh, (NULL))
WRONG(tt_silu, (ints))
BELOW(tt_silu, (NULL))
WRONG(tt_softmax, (x, 2))
BELOW(tt_softmax, (NULL, 0))
WRONG(tt_log_softmax, (x, 2))
BELOW(tt_log_softmax, (NULL, 0))
// chapter 3
BELOW(tt_module_new, (NULL))
BELOW(tt_module_new_with, (NULL, 8))
BELOW(tt_module_keep, (NULL))
BELOW(tt_module_free, (NULL))
BELOW(tt_parameter, (NULL, TT_SHAPE(1)))
BELOW(tt_parameter, ("weight", TT_SHAPE(-1)))
WRONG(tt_module_walk, (NULL, see, NULL))
BELOW(tt_module_walk, (layer, NULL, NULL))
BELOW(tt_forward, (layer, y))
BELOW(tt_forward, (layer, NULL))
WRONG(tt_forward, (NULL, x))
BELOW(tt_module_train, (NULL))
BELOW(tt_module_eval, (NULL))
BELOW(tt_module_parameters, (NULL))
BELOW(tt_module_state_dict, (NULL))
BELOW(tt_module_count, (NULL))
WRONG(tt_module_load_state_dict, (layer, (StateDict){0}))
BELOW(tt_module_load_state_dict, (layer, hole))
BELOW(tt_module_load_state_dict, (layer, blank))
BELOW(tt_module_load_state_dict, (NULL, parameters))
BELOW(tt_module_print, (NULL))
BELOW(tt_module_fprint, (stdout, NULL))
BELOW(tt_module_fprint, (NULL, layer))
WRONG(tt_sequential_new, (-1, NULL))
BELOW(tt_sequential_new, (1, NULL))
WRONG(tt_sequential_new, (1, (void *[]){NULL}))
BELOW(tt_activation_new_named, (NULL, "none"))
BELOW(tt_activation_new_named, (relu_of, NULL))
NEVER(tt_flatten_new, "has no arguments")
WRONG(tt_dropout_new, (2, NULL))
WRONG(tt_linear_new, (0, 1, NULL))
WRONG(tt_linear_new_no_bias, (0, 1, NULL))
WRONG(tt_linear, (y, x, NULL))
BELOW(tt_linear, (NULL, x, NULL))
BELOW(tt_linear, (x, NULL, NULL))
WRONG(tt_dropout, (x, 2, true, NULL))
BELOW(tt_dropout, (NULL, 0, true, NULL))
WRONG(tt_kaiming_uniform_, (leaf, 0, NULL))
BELOW(tt_kaiming_uniform_, (NULL, 0, NULL))
WRONG(tt_kaiming_normal_, (leaf, 0, NULL))
BELOW(tt_kaiming_normal_, (NULL, 0, NULL))
WRONG(tt_xavier_uniform_, (leaf, 1, NULL))
BELOW(tt_xavier_uniform_, (NULL, 1, NULL))
WRONG(tt_xavier_normal_, (leaf, 1, NULL))
BELOW(tt_xavier_normal_, (NULL, 1, NULL))
WRONG(tt_uniform_, (x, 1, 0, NULL))
BELOW(tt_uniform_, (NULL, 0, 1, NULL))
WRONG(tt_normal_, (x, 0, -1, NULL))
BELOW(tt_normal_, (NULL, 0, 1, NULL))
// chapter 4
WRONG(tt_mse_loss, (x, y))
BELOW(tt_mse_loss, (x, NULL))
WRONG(tt_bce_loss, (x, y))
BELOW(tt_bce_loss, (NULL, y))
WRONG(tt_bce_with_logits, (x, y))
BELOW(tt_bce_with_logits, (NULL, y))
BELOW(tt_mse_loss_with, (x, y, TT_REDUCE_SUM))
BELOW(tt_bce_loss_with, (x, y, TT_REDUCE_SUM))
BELOW(tt_bce_with_logits_with, (x, y, TT_REDUCE_SUM))
WRONG(tt_nll_loss, (x, ints))
BELOW(tt_nll_loss, (x, NULL))
WRONG(tt_cross_entropy, (x, ints))
BELOW(tt_cross_entropy, (x, NULL))
BELOW(tt_nll_loss_with, (x, ints, (LabelOptions){.reduction = TT_REDUCE_SUM}))
BELOW(tt_cross_entropy_with, (x, ints, (LabelOptions){.reduction = TT_REDUCE_SUM}))
// chapter 5
NEVER(tt_autograd_enable, "once or twice, it is the same")
WRONG(tt_backward, (x))
BELOW(tt_backward, (NULL))
BELOW(tt_backward_with, (result, x))
BELOW(tt_backward_with, (result, NULL))
BELOW(tt_backward_with, (NULL, x))
WRONG(tt_requires_grad_, (ints, true))
BELOW(tt_requires_grad_, (NULL, true))
BELOW(tt_detach, (NULL))
BELOW(tt_zero_grad, (NULL))
BELOW(tt_module_zero_grad, (NULL))
BELOW(tt_no_grad_open, (NULL))
WRONG(tt_gradcheck, (identity, x, 1, (Tensor *[]){result}))
BELOW(tt_gradcheck, (NULL, x, 1, (Tensor *[]){leaf}))
BELOW(tt_gradcheck, (identity, x, 1, NULL))
BELOW(tt_gradcheck, (identity, x, 1, (Tensor *[]){NULL}))
BELOW(tt_graph, (NULL, result))
BELOW(tt_graph, (stdout, NULL))
NEVER(tt_tape_length, "reads a number")
NEVER(tt_tape_bytes, "reads a number")
NEVER(tt_on_step_back, "it takes any function")
BELOW(tt_op_backward, (NULL, backward, 0))
BELOW(tt_op_backward, (&op, NULL, 0))
BELOW(tt_elementwise_backward, (NULL))
BELOW(tt_node_wants, (node, 0))
BELOW(tt_node_shape, (node, 0))
BELOW(tt_node_saved, (node, 0))
BELOW(tt_accumulate, (node, 1, x))
BELOW(tt_accumulate, (result->node, 1, NULL))
// chapter 6
WRONG(tt_sgd_new, (parameters, (SgdOptions){0}))
BELOW(tt_sgd_new, (hole, slow))
BELOW(tt_sgd_new, (blank, slow))
WRONG(tt_rmsprop_new, (parameters, (RmsPropOptions){0}))
BELOW(tt_rmsprop_new, (hole, (RmsPropOptions){.lr = 1}))
WRONG(tt_adam_new, (parameters, (AdamOptions){0}))
BELOW(tt_adam_new, (hole, (AdamOptions){.lr = 1}))
WRONG(tt_adamw_new, (parameters, (AdamOptions){0}))
BELOW(tt_adamw_new, (hole, (AdamOptions){.lr = 1}))
WRONG(tt_sgd_add_group, (adam, parameters, slow))
BELOW(tt_sgd_add_group, (NULL, parameters, slow))
WRONG(tt_rmsprop_add_group, (adam, parameters, (RmsPropOptions){.lr = 1}))
BELOW(tt_rmsprop_add_group, (NULL, parameters, (RmsPropOptions){.lr = 1}))
WRONG(tt_adam_add_group, (sgd, parameters, (AdamOptions){.lr = 1}))
BELOW(tt_adam_add_group, (NULL, parameters, (AdamOptions){.lr = 1}))
BELOW(tt_optimizer_step, (NULL))
BELOW(tt_optimizer_zero_grad, (NULL))
BELOW(tt_optimizer_lr, (NULL))
WRONG(tt_optimizer_set_lr, (sgd, -1))
BELOW(tt_optimizer_set_lr, (NULL, 1))
BELOW(tt_optimizer_state_dict, (NULL))
BELOW(tt_optimizer_load_state_dict, (NULL, parameters))
WRONG(tt_optimizer_load_state_dict, (adam, parameters))
BELOW(tt_optimizer_load_state_dict, (adam, hole))
BELOW(tt_optimizer_keep, (NULL))
BELOW(tt_optimizer_free, (NULL))
// chapter 7
BELOW(tt_source_next, (NULL))
BELOW(tt_source_reset, (NULL))
WRONG(tt_batches_new, (x, y, (BatchOptions){.size = 1}))
BELOW(tt_batches_new, (NULL, y, (BatchOptions){.size = 1}))
WRONG(tt_schedule_constant, (-1))
WRONG(tt_schedule_step, (-1, 1, 1))
WRONG(tt_schedule_cosine, (-1, 0, 1))
WRONG(tt_schedule_warmup, (-1, 0, 1))
BELOW(tt_schedule_lr, (NULL, 0))
WRONG(tt_schedule_then, (tt_schedule_constant(1), 0, tt_schedule_constant(1)))
WRONG(tt_clip_grad_norm, (parameters, -1))
BELOW(tt_clip_grad_norm, (hole, 1))
WRONG(tt_clip_grad_value, (parameters, -1))
BELOW(tt_clip_grad_value, (hole, 1))
BELOW(tt_scale_grad, (hole, 1))
BELOW(tt_metadata_get, ((Metadata){0}, NULL))
BELOW(tt_metadata_get, ((Metadata){.n = 1}, "key"))
BELOW(tt_metadata_get, (((Metadata){.n = 1, .pair = &(MetaPair){NULL, "value"}}), "key"))
WRONG(tt_save_file, ("/no/such/folder/x", parameters, (Metadata){0}))
BELOW(tt_save_file, (NULL, parameters, (Metadata){0}))
BELOW(tt_save_file, ("x", hole, (Metadata){0}))
BELOW(tt_save_file, ("x", parameters, ((Metadata){.n = 1, .pair = &(MetaPair){"key", NULL}})))
WRONG(tt_load_file, ("/no/such/file"))
BELOW(tt_load_file, (NULL))
BELOW(tt_replace_file, (NULL, "x", fills, NULL))
WRONG(tt_replace_file, ("tt_replace_file", "/no/such/folder/x", fills, NULL))
BELOW(tt_load_file_with, ("/no/such/file", NULL))
BELOW(tt_load_file_with, (NULL, NULL))
BELOW(tt_state_dict_new, (-1))
BELOW(tt_state_dict_part, (parameters, NULL))
BELOW(tt_state_dict_part, (hole, ""))
BELOW(tt_checksum, (0, NULL, 1))
WRONG(tt_trainer_run, (&(Trainer){0}))
BELOW(tt_trainer_run, (&trainer))
BELOW(tt_trainer_run, (NULL))
BELOW(tt_evaluate, (NULL, source, tt_mse_loss, NULL))
BELOW(tt_evaluate, (layer, NULL, tt_mse_loss, NULL))
BELOW(tt_evaluate, (layer, source, NULL, NULL))
BELOW(tt_in_eval_mode, (NULL, idle, NULL))
BELOW(tt_in_eval_mode, (layer, NULL, NULL))
WRONG(tt_accuracy, (x, y))
BELOW(tt_accuracy, (NULL, y))
BELOW(tt_load_model, ("/no/such/file", layer))
BELOW(tt_load_model, (NULL, layer))
BELOW(tt_load_model, ("x", NULL))
BELOW(tt_checkpoint_save, (NULL, &trainer))
BELOW(tt_checkpoint_save, ("x", NULL))
BELOW(tt_checkpoint_save, ("x", &(Trainer){0}))
BELOW(tt_checkpoint_load, (NULL, &trainer))
BELOW(tt_checkpoint_load, ("x", NULL))
BELOW(tt_checkpoint_load, ("/no/such/file", &trainer))
#if __has_include("tt/data.h")
// chapter 8
static Dataset *set(void) {
  return tt_tensor_dataset_new(y, tt_zeros(TT_SHAPE(4)));
}
static const Dataset *no_set[] = {NULL};
WRONG(tt_tensor_dataset_new, (x, y))
BELOW(tt_tensor_dataset_new, (NULL, y))
BELOW(tt_tensor_dataset_new, (x, NULL))
WRONG(tt_dataset_get, (set(), 4, 0))
BELOW(tt_dataset_get, (NULL, 0, 0))
NEVER(tt_dataset_block, "gives zeros or there is no memory")
WRONG(tt_transformed_new, (set(), 1, (Transform[]){tt_cutout(1)}))
BELOW(tt_transformed_new, (NULL, 0, NULL))
WRONG(tt_normalize, (9, NULL, NULL))
WRONG(tt_random_horizontal_flip, (2))
WRONG(tt_random_crop, (-1))
WRONG(tt_cutout, (-1))
WRONG(tt_data_loader_new, (set(), (DataLoaderOptions){.size = 0}))
BELOW(tt_data_loader_new, (NULL, (DataLoaderOptions){.size = 1}))
WRONG(tt_subset_new, (set(), x))
BELOW(tt_subset_new, (NULL, ints))
BELOW(tt_subset_new, (set(), NULL))
WRONG(tt_concat_new, (0, no_set))
WRONG(tt_concat_new, (1, no_set))
WRONG(tt_one_hot_new, (set(), -1))
BELOW(tt_one_hot_new, (NULL, 2))
WRONG(tt_stratified_split, (set(), 2, 0))
BELOW(tt_stratified_split, (NULL, 0.5, 0))
WRONG(tt_weighted_sampler_new, (x, -1))
BELOW(tt_weighted_sampler_new, (NULL, 1))
WRONG(tt_mixup, (((Batch){ints, ints}), NULL, &(double){1}))
WRONG(tt_mixup, (((Batch){NULL, NULL}), NULL, &(double){1}))
BELOW(tt_read_bytes, ("/no/such/file"))
BELOW(tt_read_bytes, (NULL))
BELOW(tt_load_idx, ("/no/such/file"))
BELOW(tt_load_idx, (NULL))
BELOW(tt_load_cifar, ("/no/such/file", 10))
BELOW(tt_load_cifar, (NULL, 10))
WRONG(tt_cifar_files_new, (0, NULL, 10))
BELOW(tt_data_find, (NULL, NULL))
BELOW(tt_load_csv, ("/no/such/file", (CsvOptions){0}))
BELOW(tt_load_csv, (NULL, (CsvOptions){0}))
BELOW(tt_load_npy, ("/no/such/file"))
BELOW(tt_load_npy, (NULL))
BELOW(tt_save_npy, ("/no/such/folder/x", x))
BELOW(tt_save_npy, (NULL, x))
BELOW(tt_save_npy, ("x", NULL))
#endif
#if __has_include("tt/convolution.h")
// chapter 9
static const Conv2dOptions minus = {.groups = -1};
static const Pool2dOptions no_window;
WRONG(tt_conv2d, (x, y, NULL, (Conv2dOptions){0}))
BELOW(tt_conv2d, (NULL, y, NULL, (Conv2dOptions){0}))
BELOW(tt_conv2d, (x, NULL, NULL, (Conv2dOptions){0}))
WRONG(tt_conv_transpose2d, (x, y, NULL, 0, 0, (Conv2dOptions){0}))
BELOW(tt_conv_transpose2d, (NULL, y, NULL, 0, 0, (Conv2dOptions){0}))
WRONG(tt_max_pool2d, (x, no_window))
BELOW(tt_max_pool2d, (NULL, no_window))
WRONG(tt_avg_pool2d, (x, no_window))
BELOW(tt_avg_pool2d, (NULL, no_window))
WRONG(tt_adaptive_max_pool2d, (x, 1, 1))
BELOW(tt_adaptive_max_pool2d, (NULL, 1, 1))
WRONG(tt_adaptive_avg_pool2d, (x, 1, 1))
BELOW(tt_adaptive_avg_pool2d, (NULL, 1, 1))
WRONG(tt_batch_norm, (x, y, y, NULL, NULL, true, 0.1, 1e-5))
BELOW(tt_batch_norm, (NULL, NULL, NULL, NULL, NULL, true, 0.1, 1e-5))
WRONG(tt_conv2d_new, (1, 1, 3, minus, NULL))
WRONG(tt_conv_transpose2d_new, (1, 1, 3, 0, 0, minus, NULL))
WRONG(tt_max_pool2d_new, (no_window))
WRONG(tt_avg_pool2d_new, (no_window))
WRONG(tt_adaptive_max_pool2d_new, (0, 1))
WRONG(tt_adaptive_avg_pool2d_new, (0, 1))
WRONG(tt_batch_norm2d_new, (0))
BELOW(tt_residual_new, (NULL, NULL))
BELOW(tt_conv2d_shape, ("mine", x, y, NULL, &(Conv2dOptions){0}))
NEVER(tt_conv2d_definition, "a kernel")
NEVER(tt_naive_conv2d, "a kernel")
NEVER(tt_naive_conv2d_back_w, "a kernel")
NEVER(tt_naive_conv2d_back_x, "a kernel")
NEVER(tt_naive_pool2d, "a kernel")
NEVER(tt_naive_pool2d_back, "a kernel")
NEVER(tt_naive_channel_moments, "a kernel")
NEVER(tt_naive_batch_norm, "a kernel")
NEVER(tt_naive_batch_norm_back, "a kernel")
#endif
#if __has_include("tt/tokenization.h")
// chapter 10
static const BpeOptions small = {.size = 255};
static const char *const one_special[] = {"<e>"}, *const no_special[] = {""};
static Tokenizer *letters(void) { return tt_char_tokenizer_new("ab", -1); }
WRONG(tt_encode, (letters(), "abc", -1))
BELOW(tt_encode, (NULL, "a", -1))
BELOW(tt_encode, (letters(), NULL, -1))
WRONG(tt_encode_with, (letters(), "a", -1, (EncodeOptions){.limit = -1}))
BELOW(tt_encode_with, (NULL, "a", -1, (EncodeOptions){0}))
BELOW(tt_count_tokens, (letters(), "abc", -1, 0))
BELOW(tt_count_tokens, (NULL, "a", -1, 0))
WRONG(tt_decode, (letters(), x))
WRONG(tt_decode, (letters(), tt_from_int(TT_SHAPE(1), (int32_t[]){2})))
BELOW(tt_decode, (NULL, ints))
BELOW(tt_decode, (letters(), NULL))
WRONG(tt_token_offsets, (letters(), x))
BELOW(tt_token_offsets, (NULL, ints))
BELOW(tt_token_offsets, (letters(), NULL))
WRONG(tt_with_special, (letters(), 1, no_special))
BELOW(tt_with_special, (NULL, 1, one_special))
WRONG(tt_char_tokenizer_new, ("\xff", -1))
BELOW(tt_char_tokenizer_new, (NULL, 1))
WRONG(tt_bpe_train, ("a", -1, small))
BELOW(tt_bpe_train, (NULL, 1, small))
WRONG(tt_bpe_train_file, ("/no/such/file", (BpeOptions){.size = 256}))
BELOW(tt_bpe_train_file, (NULL, (BpeOptions){.size = 256}))
BELOW(tt_text_stream_new, (NULL))
WRONG(tt_stream_next, (tt_text_stream_new(letters()), 2))
BELOW(tt_stream_next, (NULL, 2))
BELOW(tt_stream_end, (NULL))
BELOW(tt_save_tokenizer, (NULL, letters()))
BELOW(tt_save_tokenizer, ("x", NULL))
BELOW(tt_load_tokenizer, (NULL))
BELOW(tt_load_tokenizer, ("/no/such/file"))
BELOW(tt_load_gpt2, (NULL, "x"))
BELOW(tt_load_gpt2, ("/no/such/file", "/no/such/file"))
WRONG(tt_save_gpt2, ("x", "y", letters()))
BELOW(tt_save_gpt2, ("x", "y", NULL))
BELOW(tt_load_tiktoken, (NULL))
BELOW(tt_load_tiktoken, ("/no/such/file"))
WRONG(tt_save_tiktoken, ("x", letters()))
BELOW(tt_save_tiktoken, ("x", NULL))
#endif
#if __has_include("tt/embeddings.h")
// chapter 11
static const EmbeddingOptions no_pad = {.padding_idx = 1};
WRONG(tt_embedding, (ints, x))
BELOW(tt_embedding, (NULL, x))
BELOW(tt_embedding, (ints, NULL))
BELOW(tt_embedding_with, (ints, y, no_pad))
BELOW(tt_embedding_with, (NULL, x, no_pad))
BELOW(tt_embedding_with, (ints, NULL, no_pad))
WRONG(tt_embedding_new, (0, 1, (EmbeddingOptions){0}, NULL))
WRONG(tt_embedding_new, (2, 1, no_pad, NULL))
WRONG(tt_positions, (-1, 2))
WRONG(tt_padded_positions, (x, 0))
BELOW(tt_padded_positions, (NULL, 0))
WRONG(tt_sinusoidal_positions, (0, 2, 3))
WRONG(tt_rotary, (x, ints, (RotaryOptions){0}))
WRONG(tt_rotary, (cube, ints, (RotaryOptions){0}))
BELOW(tt_rotary, (NULL, ints, (RotaryOptions){0}))
BELOW(tt_rotary, (cube, NULL, (RotaryOptions){0}))
WRONG(tt_multinomial, (x, 1, NULL))
BELOW(tt_multinomial, (NULL, 1, NULL))
WRONG(tt_pca, (x, 4, NULL))
BELOW(tt_pca, (NULL, 1, NULL))
WRONG(tt_index_select, (x, 2, ints))
WRONG(tt_index_select, (x, 0, ints))
BELOW(tt_index_select, (NULL, 0, ints))
BELOW(tt_index_select, (x, 0, NULL))
WRONG(tt_index_add_, (x, 0, ints, y))
BELOW(tt_index_add_, (NULL, 0, ints, y))
BELOW(tt_index_add_, (x, 0, NULL, y))
BELOW(tt_index_add_, (x, 0, ints, NULL))
WRONG(tt_one_hot, (ints, 7))
BELOW(tt_one_hot, (NULL, 7))
WRONG(tt_unique, (x, NULL))
BELOW(tt_unique, (NULL, NULL))
NEVER(tt_naive_gather, "a kernel")
NEVER(tt_naive_scatter_add, "a kernel")
NEVER(tt_naive_rotary, "a kernel")
#endif
#if __has_include("tt/attention.h")
// chapter 12
static const AttentionOptions free_to_read = {0};
static KeysValues kept(void) { return (KeysValues){cube, cube}; }
static MultiHeadAttention *heads_of(void) {
  return tt_multi_head_attention_new(4, 2, (MultiHeadOptions){0}, NULL);
}
WRONG(tt_scaled_dot_product_attention, (x, y, y, free_to_read))
BELOW(tt_scaled_dot_product_attention, (NULL, x, x, free_to_read))
BELOW(tt_scaled_dot_product_attention, (x, NULL, x, free_to_read))
BELOW(tt_scaled_dot_product_attention, (x, x, NULL, free_to_read))
WRONG(tt_scaled_dot_product_attention, (x, x, x, (AttentionOptions){.bias = y}))
WRONG(tt_attention_weights, (x, y, free_to_read))
BELOW(tt_attention_weights, (NULL, x, free_to_read))
BELOW(tt_attention_weights, (x, NULL, free_to_read))
WRONG(tt_masked_softmax, (x, y, false))
BELOW(tt_masked_softmax, (NULL, NULL, false))
WRONG(tt_tril, (leaf, 0))
BELOW(tt_tril, (NULL, 0))
WRONG(tt_triu, (leaf, 0))
BELOW(tt_triu, (NULL, 0))
WRONG(tt_multi_head_attention_new, (4, 3, (MultiHeadOptions){0}, NULL))
WRONG(tt_keys_values, (NULL, x, NULL))
WRONG(tt_keys_values, (heads_of(), y, NULL))
BELOW(tt_keys_values, (heads_of(), NULL, NULL))
WRONG(tt_queries, (NULL, x, NULL))
WRONG(tt_queries, (heads_of(), y, NULL))
BELOW(tt_queries, (heads_of(), NULL, NULL))
WRONG(tt_answers, (NULL, x))
WRONG(tt_answers, (heads_of(), y))
BELOW(tt_answers, (heads_of(), NULL))
WRONG(tt_attend, (NULL, x, kept(), free_to_read))
WRONG(tt_attend, (heads_of(), y, kept(), free_to_read))
BELOW(tt_attend, (heads_of(), NULL, kept(), free_to_read))
WRONG(tt_attend, (heads_of(), cube, (KeysValues){0}, free_to_read))
WRONG(tt_attend_weights, (NULL, x, kept(), free_to_read))
WRONG(tt_attend_weights, (heads_of(), y, kept(), free_to_read))
BELOW(tt_attend_weights, (heads_of(), NULL, kept(), free_to_read))
NEVER(tt_naive_masked_softmax, "a kernel")
#endif
#if __has_include("tt/transformers.h")
// chapter 13
#define TINY ((GptOptions){.vocab_size = 3, .context = 2, .dim = 4, .layers = 1, .heads = 2})
#define NO_SIZES ((GptOptions){0})
static Gpt *gpt_of(void) { return tt_gpt_new(TINY, NULL); }
WRONG(tt_layer_norm, (x, y, NULL, 1e-5))
BELOW(tt_layer_norm, (NULL, NULL, NULL, 1e-5))
WRONG(tt_rms_norm, (x, y, 1e-5))
BELOW(tt_rms_norm, (NULL, NULL, 1e-5))
WRONG(tt_layer_norm_new, (0, 0))
WRONG(tt_rms_norm_new, (0, 0))
BELOW(tt_block, (NULL, cube, (GptPass){0}, 0))
BELOW(tt_block, (gpt_of()->block[0], NULL, (GptPass){0}, 0))
NEVER(tt_llama_like, "sets options")
WRONG(tt_gpt_new, (NO_SIZES, NULL))
BELOW(tt_gpt_features, (gpt_of(), x, (GptPass){0}))
BELOW(tt_gpt_features, (NULL, x, (GptPass){0}))
BELOW(tt_gpt_features, (gpt_of(), NULL, (GptPass){0}))
BELOW(tt_gpt_logits, (NULL, x))
BELOW(tt_gpt_logits, (gpt_of(), x))
BELOW(tt_gpt_logits, (gpt_of(), NULL))
WRONG(tt_gpt_parameters, (NO_SIZES))
WRONG(tt_gpt_flops, (NO_SIZES, 1))
BELOW(tt_gpt_save, ("x", NULL, (Metadata){0}))
BELOW(tt_gpt_save, (NULL, gpt_of(), (Metadata){0}))
BELOW(tt_gpt_load, ("/no/such/file", NULL))
BELOW(tt_gpt_load, (NULL, NULL))
BELOW(tt_gpt_options, ("x", (Metadata){0}))
NEVER(tt_keep_metadata, "it copies what was read")
WRONG(tt_windows, (x, 1, 1, NULL))
BELOW(tt_windows, (NULL, 1, 1, NULL))
BELOW(tt_language_loss, (NULL, ints))
BELOW(tt_language_loss, (x, NULL))
WRONG(tt_gpt_loss, (gpt_of(), x))
BELOW(tt_gpt_loss, (NULL, ints))
BELOW(tt_gpt_loss, (gpt_of(), NULL))
WRONG(tt_topk, (x, 9, 0, true, NULL))
BELOW(tt_topk, (NULL, 1, 0, true, NULL))
NEVER(tt_naive_norm_rows, "a kernel")
NEVER(tt_naive_norm_rows_back, "a kernel")
#endif
#if __has_include("tt/generation.h")
static SamplingOptions plainly;
static GenerationOptions simply;
WRONG(tt_next_token, (x, NULL, plainly))
WRONG(tt_next_token, (leaf, x, plainly))
BELOW(tt_next_token, (NULL, NULL, plainly))
WRONG(tt_token_chances, (x, NULL, plainly))
BELOW(tt_token_chances, (NULL, NULL, plainly))
WRONG(tt_generate, (layer, x, 1, simply))
WRONG(tt_generate, (layer, ints, -1, simply))
BELOW(tt_generate, (layer, ints, 1, simply))
BELOW(tt_generate, (NULL, ints, 1, simply))
BELOW(tt_generate, (layer, NULL, 1, simply))
BELOW(tt_show_text, (NULL, (Piece){"a", 1}))
BELOW(tt_load_gpt2_weights, ("/no/such/file", 1))
BELOW(tt_load_gpt2_weights, (NULL, 1))
#endif
#if __has_include("tt/kvcache.h")
// chapter 15
static KvOptions pages_of_32;
static KvCache *cache_of(void) { return tt_kv_cache_new(gpt_of(), 2, pages_of_32); }
static KvRequest request, requests_none[1];
WRONG(tt_kv_cache_new, (NULL, 1, pages_of_32))
WRONG(tt_kv_cache_new, (gpt_of(), 0, pages_of_32))
NEVER(tt_kv_cache_free, "NULL is nothing to free")
WRONG(tt_kv_features, (NULL, 1, &(KvPart){0, ints}))
WRONG(tt_kv_features, (cache_of(), 1, &(KvPart){2, ints}))
WRONG(tt_kv_features, (cache_of(), 1, &(KvPart){0, x}))
WRONG(tt_kv_features, (cache_of(), 1, &(KvPart){0, NULL}))
BELOW(tt_kv_logits, (NULL, 1, &(KvPart){0, ints}))
BELOW(tt_kv_logits, (cache_of(), 0, NULL))
BELOW(tt_kv_next, (NULL, 0, ints))
BELOW(tt_kv_next, (cache_of(), 0, x))
WRONG(tt_kv_rollback, (NULL, 0, 0))
WRONG(tt_kv_rollback, (cache_of(), 0, 1))
WRONG(tt_kv_copy, (NULL, 0, 1))
WRONG(tt_kv_copy, (cache_of(), 0, 2))
WRONG(tt_kv_reorder, (NULL, 1, (int[]){0}))
WRONG(tt_kv_reorder, (cache_of(), 2, (int[]){0, 2}))
WRONG(tt_kv_reorder, (cache_of(), 3, (int[]){0, 1, 1}))
WRONG(tt_kv_common, (NULL, 0, ints))
WRONG(tt_kv_common, (cache_of(), 0, x))
BELOW(tt_kv_resume, (NULL, 0, ints))
BELOW(tt_kv_resume, (cache_of(), 0, NULL))
WRONG(tt_kv_bytes, (NULL))
WRONG(tt_kv_page_bytes, (NO_SIZES, pages_of_32))
WRONG(tt_kv_save, ("/no/such/file", NULL, 0))
BELOW(tt_kv_save, ("/no/such/file", cache_of(), 0))
WRONG(tt_kv_load, ("/no/such/file", NULL, 0))
BELOW(tt_kv_load, ("/no/such/file", cache_of(), 0))
WRONG(tt_generate_all, (gpt_of(), 1, requests_none, 1, pages_of_32))
BELOW(tt_generate_all, (NULL, 1, &request, 1, pages_of_32))
#endif
#if __has_include("tt/quantization.h")
static Module *stays(void *arg, const char *name, Module *old) {
  return (void)arg, (void)name, (void)old, NULL;
}
WRONG(tt_named, (NULL, NULL))
BELOW(tt_exchange, (NULL, NULL, stays, NULL))
#endif
#if __has_include("tt/compression.h")
static const LowRankOptions rank_of_one = {.rank = 1};
WRONG(tt_svd, (cube))
WRONG(tt_svd, (ints))
WRONG(tt_low_rank_linear_new, (layer, 99))
BELOW(tt_low_rank_linear_new, (NULL, 1))
WRONG(tt_low_rank, (layer, (LowRankOptions){0}))
BELOW(tt_low_rank, (NULL, rank_of_one))
WRONG(tt_distillation_loss, (x, y, ints, (DistillationOptions){0}))
WRONG(tt_distillation_loss, (x, x, ints, (DistillationOptions){.soft = 2}))
#endif
#if __has_include("tt/sparse.h")
static const SparseMatrix no_matrix;
WRONG(tt_sparse_from, (cube, TT_CSR))
WRONG(tt_sparse_from, (tt_ones(TT_SHAPE(2, 4)), TT_TWO_OF_FOUR))
NEVER(tt_naive_pairs, "a kernel")
BELOW(tt_sparse_dense, (NULL))
BELOW(tt_sparse_bytes, (NULL))
WRONG(tt_sparse_linear, (x, &no_matrix, NULL))
BELOW(tt_sparse_linear, (x, NULL, NULL))
WRONG(tt_sparse_mask, (cube, TT_CSR, 0.5))
WRONG(tt_sparse_mask, (x, TT_CSR, 2))
BELOW(tt_sparse_linear_new, (NULL, TT_CSR))
BELOW(tt_sparse_matrix, (NULL))
WRONG(tt_sparsify, (layer, (SparseOptions){.batch = -1}))
BELOW(tt_sparsify, (NULL, (SparseOptions){0}))
#endif
#if __has_include("tt/packing.h")
WRONG(tt_share_weights_, (x, 0))
WRONG(tt_share_weights_, (ints, 4))
BELOW(tt_packed_save, ("/no/such/file", parameters, (Metadata){0}))
WRONG(tt_packed_save, ("/no/such/file", hole, (Metadata){0}))
BELOW(tt_packed_load, ("/no/such/file", NULL))
BELOW(tt_packed_bits, (NULL))
BELOW(tt_packed_gaps, (NULL))
#endif
#if __has_include("tt/pruning.h")
// chapter 17: pruning
NEVER(tt_naive_pairs, "a kernel")
static const PruneOptions prune_all;
static const StructuredOptions narrow_all;
static const PruneSchedule falls = {.from = 1};
static MagnitudePruner *pruner_of(void) { return tt_magnitude_pruner_new(layer, prune_all); }
WRONG(tt_magnitude_pruner_new, (layer, (PruneOptions){.least = -1}))
BELOW(tt_magnitude_pruner_new, (NULL, prune_all))
WRONG(tt_prune, (NULL, 0.5))
WRONG(tt_prune, (pruner_of(), 2))
BELOW(tt_prune_to, (NULL, 0.5))
WRONG(tt_pruner_apply, (NULL))
WRONG(tt_pruner_sparsity, (NULL))
BELOW(tt_pruner_print, (NULL))
WRONG(tt_pruner_fprint, (stdout, NULL))
WRONG(tt_pruner_remember, (NULL))
WRONG(tt_pruner_rewind, (NULL))
WRONG(tt_pruner_rewind, (pruner_of()))
WRONG(tt_prune_schedule, (&falls, 0))
WRONG(tt_prune_schedule, (NULL, 0))
BELOW(tt_pruner_step, (NULL, &falls, 0))
WRONG(tt_structured_pruner_new, (layer, x, (StructuredOptions){.multiple = -1}))
BELOW(tt_structured_pruner_new, (NULL, x, narrow_all))
WRONG(tt_structured_choose, (NULL, 0.5))
WRONG(tt_structured_group, (NULL, x, 0, 0))
WRONG(tt_structured_mask, (NULL))
WRONG(tt_structured_remove, (NULL))
BELOW(tt_structured_print, (NULL))
WRONG(tt_structured_fprint, (stdout, NULL))
BELOW(tt_prune_channels, (NULL, x, 0.5, narrow_all))
BELOW(tt_load_pruned, ("/no/such/file", layer))
#endif
#if __has_include("tt/qconv.h")
NEVER(tt_to_f16, "every number has a half")
NEVER(tt_to_bf16, "every number has a half")
NEVER(tt_from_f16, "every half is a number")
NEVER(tt_from_bf16, "every half is a number")
NEVER(tt_naive_qgemm, "a kernel")
NEVER(tt_widen_rows, "a kernel")
static const QuantScheme per_row = {.sharing = TT_PER_CHANNEL};
static Quantized rows_of(void) { return tt_quantize_tensor(x, per_row); }
BELOW(tt_scale_of, (0, 1, per_row, NULL, NULL))
WRONG(tt_quantize_tensor, (ints, per_row))
WRONG(tt_quantize_tensor, (x, (QuantScheme){.bits = 5}))
WRONG(tt_quantize_with, (x, y, NULL, per_row))
NEVER(tt_dequantize, "what was quantized comes back")
NEVER(tt_round_rows, "a kernel")
WRONG(tt_qgemm, (x, NULL, x, NULL))
BELOW(tt_qgemm, (NULL, NULL, NULL, NULL))
WRONG(tt_pack, (x, (QuantFormat){.type = TT_I32}))
WRONG(tt_quant_linear, (y, rows_of(), NULL, false))
static const char *const not_there[] = {"not there", NULL};
WRONG(tt_quantize, (layer, (QuantizeOptions){.skip = not_there}))
BELOW(tt_quantize, (NULL, (QuantizeOptions){0}))
NEVER(tt_format_code, "any four numbers; no memory is tested elsewhere")
NEVER(tt_format_describe, "it prints")
NEVER(tt_refuse_gradient, "a rule of the tape; tt_backward has the place")
BELOW(tt_change_layers, (layer, NULL, (QuantizeOptions){0}))
BELOW(tt_change_layers, (layer, (LayerChange[]){{0}}, (QuantizeOptions){.skip = not_there}))
BELOW(tt_load_quantized, ("/no/such/file", layer))
BELOW(tt_load_quantized_gpt, ("/no/such/file", NULL))
WRONG(tt_observe, (&(Observer){0}, ints))
BELOW(tt_observe, (NULL, x))
WRONG(tt_observer_range, (&(Observer){0}, TT_MSE, 8))
WRONG(tt_observer_range, (&(Observer){.n = 1}, TT_MSE, 9))
WRONG(tt_multiplier, (-1))
NEVER(tt_requantized, "a kernel")
WRONG(tt_requantize, (x, NULL, 0, x, 0, TT_U8))
WRONG(tt_requantize, (ints, NULL, 0, tt_ones(TT_SHAPE(2)), 300, TT_U8))
static const Conv2dOptions plain_window;
WRONG(tt_qconv2d, (tt_zeros(TT_SHAPE(1, 1, 2, 2)), 0, tt_zeros(TT_SHAPE(1, 1, 1, 1)), NULL,
                   plain_window))
BELOW(tt_qconv2d, (x, 0, y, NULL, plain_window))
BELOW(tt_quant_conv2d_new, (NULL, NULL))
BELOW(tt_fold_batch_norm, (NULL))
WRONG(tt_fake_quantize, (x, leaf, 0, 1))
BELOW(tt_fake_quantize, (x, NULL, 0, 1))
BELOW(tt_prepare, (NULL, (QuantizeOptions){0}))
BELOW(tt_prepare, (layer, (QuantizeOptions){.skip = not_there}))
static void *blind(void) {
  return tt_prepare(tt_conv2d_new(1, 1, 1, plain_window, NULL), (QuantizeOptions){0});
}
WRONG(tt_calibrate, (blind(), TT_MSE))
BELOW(tt_calibrate, (NULL, TT_MSE))
BELOW(tt_round_forward, (NULL, true))
BELOW(tt_model_size, (NULL))
BELOW(tt_module_sizes, (NULL, 0, NULL))
BELOW(tt_model_size_print, (NULL, layer))
BELOW(tt_model_size_print, (stderr, NULL))
BELOW(tt_sensitivity, (layer, (QuantFormat){0}, NULL, x, 1, &(Sensitivity){.score = 0}))
static double two_numbers(void *model, void *arg) { return (void)model, tt_item(arg); }
BELOW(tt_sensitivity, (layer, (QuantFormat){0}, two_numbers, x, 1,
                       &(Sensitivity){.score = 0}))
#endif

// chapter 18
#if __has_include("tt/parallel.h")
BELOW(tt_parallel, (1, NULL, NULL))
NEVER(tt_get_num_threads, "the environment is wrong in a test of its own")
WRONG(tt_set_num_threads, (0))
WRONG(tt_backend_load, ("./not_there.so"))
BELOW(tt_backend_load, (NULL))
NEVER(tt_attention_in_one_pass, "tt_scaled_dot_product_attention has checked")
NEVER(tt_cross_entropy_in_one_pass, "tt_cross_entropy has checked")
NEVER(tt_runs_nowhere, "it asks the processor")
NEVER(tt_tiles_pay, "each shape has an answer")
NEVER(tt_runs_v3, "it asks the processor")
NEVER(tt_runs_v4, "it asks the processor")
NEVER(tt_runs_vnni, "it asks the processor")
NEVER(tt_chains_128, "it measures")
NEVER(tt_chains_256, "it measures")
NEVER(tt_chains_512, "it measures")
NEVER(tt_chains_vnni, "it measures")
NEVER(tt_backend_entry, "a plug-in has it")
NEVER(tt_scratch, "memory for kernels; no test uses up all of it")
#endif

// chapter 20
#if __has_include("tt/olympics.h")
static Sign signs[TT_SIGNS];
static Contestant absent;
BELOW(tt_digit_signs, (NULL))
BELOW(tt_new_signs, (NULL, NULL))
BELOW(tt_draw_sign, (NULL, NULL, (uint8_t *)ints->data))
WRONG(tt_draw_signs, (signs, 0, NULL))
BELOW(tt_draw_signs, (NULL, 1, NULL))
NEVER(tt_answer_state_text, "\"?\" for what is none")
BELOW(tt_contestant_start, (NULL))
BELOW(tt_read_until, (0, NULL, 1, 0))
BELOW(tt_ask, (NULL, (uint8_t *)ints->data, (float *)x->data, 1))
BELOW(tt_teach, (NULL, (Batch){x, x}, 0, 1))
BELOW(tt_ask_next, (NULL, 0, (float *)x->data, 1))
BELOW(tt_contestant_seconds, (NULL))
BELOW(tt_byte_loss, (NULL, 0))
BELOW(tt_contestant_pause, (NULL))
BELOW(tt_contestant_resume, (NULL))
BELOW(tt_contestant_end, (NULL))
BELOW(tt_answer_right, (1, NULL, 0))
WRONG(tt_share_interval, (2, 1))
BELOW(tt_ranks, (1, NULL, &absent.to))
BELOW(tt_fronts, (1, NULL, &absent.to))
BELOW(tt_volume, (NULL, 1))
BELOW(tt_sha256, (NULL, 1, (char *)x->data))
BELOW(tt_ledger_seal, (NULL, NULL, (char *)x->data))
BELOW(tt_ledger_check, (NULL))
WRONG(tt_ledger_append, ("/no/such/folder/ledger", "", (char *)y->data))
BELOW(tt_ledger_append, (NULL, "", (char *)y->data))
BELOW(tt_entry_main, (NULL, 0, NULL))
NEVER(tt_category_name, "\"?\" for what is none")
WRONG(tt_submission_read, ("/no/such/file"))
BELOW(tt_submission_read, (NULL))
#endif
#if __has_include("tt/distributed.h")
static ProcessGroup one_rank = {.size = 1};
static const StepCost no_step = {.bytes = 0};
static const Network no_network = {.latency = 0};
static void no_work(ProcessGroup *g, void *arg) { (void)g, (void)arg; }
WRONG(tt_thread_group_run, (0, no_work, NULL))
WRONG(tt_share, (5, 2, 2))
WRONG(tt_sharded_new, (set(), (BatchOptions){.size = 0}, &one_rank))
BELOW(tt_sharded_new, (NULL, (BatchOptions){.size = 1}, &one_rank))
WRONG(tt_data_parallel_new, (layer, &one_rank, (DataParallelOptions){.bucket = -1}))
BELOW(tt_data_parallel_new, (NULL, &one_rank, (DataParallelOptions){0}))
WRONG(tt_data_parallel_backward, (&(DataParallel){.group = &one_rank}, NULL, 0, 3))
BELOW(tt_data_parallel_backward, (NULL, NULL, 0, 0))
BELOW(tt_data_parallel_check, (NULL))
BELOW(tt_owned_parameters, (NULL))
BELOW(tt_owned_step, (&(DataParallel){.group = &one_rank}, NULL))
WRONG(tt_data_parallel_run, (&(Trainer){.epochs = 0}, &(DataParallel){.group = &one_rank}))
BELOW(tt_data_parallel_run, (NULL, NULL))
WRONG(tt_ring_all_reduce, (0, 0, NULL))
WRONG(tt_step_time, (no_network, 1, no_step, 1))
BELOW(tt_best_bucket, (no_network, 1, no_step))
NEVER(tt_all_reduce_time, "it is a formula")
#endif
// chapter 20
#if __has_include("tt/serve.h")
static void *loads_nothing(void *arg) { return (void)arg, NULL; }
static int64_t no_counts[2];
static const BatchRules no_rules = {.most = 0};
static const BatchWork no_batches = {.arg = NULL};
static const DriftOptions no_drift = {.window = 0};
NEVER(tt_batch_wait, "numbers")
NEVER(tt_batch_refusal, "numbers")
WRONG(tt_batcher_new, (no_rules, no_batches))
BELOW(tt_batcher_submit, (NULL, NULL))
BELOW(tt_batcher_cancel, (NULL, NULL))
BELOW(tt_batcher_close, (NULL))
BELOW(tt_batcher_free, (NULL))
BELOW(tt_batcher_stats, (NULL))
NEVER(tt_slot_new, "it takes nothing")
BELOW(tt_slot_load, (NULL, loads_nothing, NULL, NULL))
BELOW(tt_slot_rollback, (NULL))
BELOW(tt_slot_use, (NULL))
BELOW(tt_slot_return, (NULL, NULL))
BELOW(tt_slot_versions, (NULL))
BELOW(tt_slot_free, (NULL))
BELOW(tt_trigger_alarm, (NULL))
BELOW(tt_trigger_label, (NULL, true, true))
BELOW(tt_trigger_trained, (NULL, 1, 0))
NEVER(tt_sign_test, "numbers")
NEVER(tt_request_read, "what is wrong it says")
BELOW(tt_psi, (2, NULL, no_counts))
BELOW(tt_ks, (1, NULL, 1, NULL))
NEVER(tt_ks_p, "numbers")
NEVER(tt_chi2_p, "numbers")
WRONG(tt_drift_new, (x, NULL, no_drift))
BELOW(tt_drift_add, (NULL, NULL, 0))
#endif
#if __has_include("tt/profiler.h")
static const ProfilerOptions two_steps = {.active = 2};
WRONG(tt_profiler_new, (layer, (ProfilerOptions){.events = INT64_MAX / 8}))
BELOW(tt_profiler_start, (NULL))
BELOW(tt_profiler_step, (NULL))
BELOW(tt_profiler_stop, (NULL))
BELOW(tt_profile, (NULL, NULL, NULL, two_steps))
BELOW(tt_profile_forward_pass, (layer, NULL))
BELOW(tt_profile_forward_pass, (NULL, x))
BELOW(tt_profile_backward_pass, (layer, NULL))
BELOW(tt_count_parameters, (NULL))
BELOW(tt_count_flops, (NULL, x))
BELOW(tt_count_flops, (layer, NULL))
BELOW(tt_profile_add, (NULL, NULL))
BELOW(tt_profile_print, (NULL))
BELOW(tt_profile_fprint, (NULL, NULL))
BELOW(tt_profile_print_modules, (NULL))
BELOW(tt_profile_fprint_modules, (NULL, NULL))
BELOW(tt_quick_profile, (NULL, x))
BELOW(tt_quick_profile, (layer, NULL))
BELOW(tt_profile_difference, (NULL, NULL))
BELOW(tt_profile_difference_print, (NULL))
#endif
#if __has_include("tt/measure.h")
static double one_second[] = {1};
static const Roofline roof = {.gemm = 1};
static const Profile no_profile;
BELOW(tt_percentile, (1, NULL, 0.5))
WRONG(tt_latency_of, (0, one_second))
WRONG(tt_measure_work, (NULL, NULL, (LatencyOptions){0}))
WRONG(tt_measure_work, (idle, NULL, (LatencyOptions){.least = 9, .most = 1}))
BELOW(tt_measure_latency, (layer, NULL, (LatencyOptions){0}))
BELOW(tt_latency_noise, (NULL))
BELOW(tt_latency_print, (NULL, NULL))
WRONG(tt_measure_memory, (NULL, NULL, (MemoryOptions){0}))
NEVER(tt_memory_part_name, "one of an enum")
BELOW(tt_memory_print, (NULL, NULL))
NEVER(tt_roofline, "measures")
BELOW(tt_roofline_rate, (NULL, 1))
BELOW(tt_roofline_verdict, (NULL, 1, 1, 1))
NEVER(tt_bound_text, "one of an enum")
NEVER(tt_phase_name, "one of an enum")
BELOW(tt_roofline_print, (NULL, &roof))
BELOW(tt_bottlenecks_print, (NULL, &roof, &no_profile, 1))
WRONG(tt_hardware_counters, (NULL, NULL))
NEVER(tt_counter_scaled, "numbers")
NEVER(tt_counter_refusal, "any number has words")
BELOW(tt_counters_print, (NULL, NULL))
BELOW(tt_profiler_trace, (NULL, &no_profile))
BELOW(tt_profiler_flame, (NULL, &no_profile))
NEVER(tt_nested_or_apart, "numbers")
WRONG(tt_weight_stats, (ints))
BELOW(tt_weight_stats, (NULL))
BELOW(tt_analyze_weight_distribution, (NULL, 0, NULL))
BELOW(tt_sparsity, (NULL))
BELOW(tt_weights_print, (NULL, 0, NULL))
BELOW(tt_profile_scaling, (NULL, NULL, 0, NULL, NULL))
BELOW(tt_scaling_of, (0, NULL))
BELOW(tt_scaling_print, (NULL, 0, NULL))
#endif
#if __has_include("tt/scenario.h")
static const BootstrapOptions as_usual;
static const Contender nobody = {.name = "nobody"};
static const double zeros[] = {0, 0};
static const Comparison no_comparison;
static const ParetoPoint no_point;
static const ScenarioResult no_result = {.name = "none"};
static void answers(int64_t first, int64_t n, void *arg) { (void)first, (void)n, (void)arg; }
static void suits(void *what, void *who) { (void)what, (void)who; }
static const SuiteCase suit = {"suit", suits, NULL, 1};
static const SuiteContender suitor = {"suitor", NULL, NULL};
static SuiteTable *table_of(void) {
  return tt_suite_run("x", 1, &suit, 1, &suitor, (SuiteOptions){.bench = {.most = 10}});
}
NEVER(tt_room, "memory alone")
WRONG(tt_stat_mean, (0, zeros))
WRONG(tt_stat_std, (0, zeros))
WRONG(tt_stat_median, (0, zeros))
WRONG(tt_stat_mad, (0, zeros))
WRONG(tt_stat_quantile, (0, zeros, 0.5))
WRONG(tt_stat_quantile, (2, zeros, 2))
WRONG(tt_bootstrap, (0, zeros, tt_stat_mean, as_usual))
WRONG(tt_bootstrap, (2, zeros, NULL, as_usual))
WRONG(tt_bootstrap_ratio, (2, zeros, zeros, as_usual))
WRONG(tt_bootstrap_difference, (0, zeros, zeros, tt_stat_mean, as_usual))
WRONG(tt_bootstrap_apart, (2, zeros, 2, zeros, as_usual))
WRONG(tt_benchmark, ("x", NULL, NULL, (BenchmarkOptions){0}))
BELOW(tt_benchmark, ("x", idle, NULL, (BenchmarkOptions){.level = 2}))
BELOW(tt_benchmark_begin, (NULL, "x", (BenchmarkOptions){0}))
NEVER(tt_benchmark_next, "of the block")
NEVER(tt_benchmark_end, "of the block")
BELOW(tt_benchmark_print, (stdout, NULL))
WRONG(tt_compare, (nobody, nobody, (CompareOptions){0}))
WRONG(tt_compare_series, (2, zeros, zeros, (CompareOptions){.margin = -1}))
NEVER(tt_outcome, "NaN is no difference")
NEVER(tt_outcome_text, "one of an enum")
BELOW(tt_comparison_noise, (NULL))
BELOW(tt_comparison_print, (NULL, &nobody, &nobody, &no_comparison))
WRONG(tt_pairs_for, (-1, 1, 0.5))
NEVER(tt_machine_identity, "what the system says")
WRONG(tt_suite_run, ("x", 0, &suit, 1, &suitor, (SuiteOptions){0}))
BELOW(tt_suite_backends, ("x", 0, &suit, 1, (const char *const[]){"naive"}, (SuiteOptions){0}))
BELOW(tt_suite_forward, (x, NULL))
BELOW(tt_suite_print, (stdout, NULL))
BELOW(tt_suite_tsv, (stdout, NULL))
BELOW(tt_suite_html, (stdout, NULL))
WRONG(tt_baseline_save, ("/no/such/folder/x", table_of()))
WRONG(tt_baseline_compare, ("/no/such/folder/x", table_of(), 0, 0, NULL))
WRONG(tt_dominates, (NULL, &no_point))
BELOW(tt_pareto, (1, NULL))
BELOW(tt_pareto_print, (NULL, 1, &no_point))
BELOW(tt_pareto_tsv, (NULL, 1, &no_point))
WRONG(tt_single_stream, (answers, NULL, (ScenarioOptions){.queries = 1}))
WRONG(tt_offline, (NULL, NULL, (ScenarioOptions){0}))
WRONG(tt_server, (answers, NULL, (ScenarioOptions){0}))
WRONG(tt_queries_needed, (2, 2))
BELOW(tt_scenario_print, (NULL, &no_result))
#endif
#if __has_include("tt/tuner.h")
static double no_score(void *arg, const double *at, double share) {
  return (void)arg, at[0] + share;
}
static const SearchOptions no_search, one_try = {.n = 1, .budget = 1,
  .range = (SearchRange[]){{"x", 2, 1, false, false}}};
static const TuneOptions no_limits;
static const AdaptiveOptions no_rounds;
WRONG(tt_hyperparameter_search, (NULL, NULL, one_try))
WRONG(tt_hyperparameter_search, (no_score, NULL, no_search))
WRONG(tt_hyperparameter_search, (no_score, NULL, one_try))
WRONG(tt_gaussian_process_new, (0, 1, NULL, NULL))
WRONG(tt_gaussian_process_new, (1, 1, (double[]){0}, (double[]){(double)NAN}))
NEVER(tt_gaussian_process_at, "numbers of a process that was made")
NEVER(tt_cholesky, "says false")
NEVER(tt_expected_improvement, "numbers")
WRONG(tt_auto_optimize, (NULL, NULL, no_limits))
WRONG(tt_auto_optimize, (layer, NULL, no_limits))
WRONG(tt_tune_print, (stdout, NULL))
WRONG(tt_module_copy, (NULL))
NEVER(tt_tune_excess, "numbers")
BELOW(tt_tune_bytes, (NULL))
BELOW(tt_scores, (NULL, x, NULL, NULL))
BELOW(tt_tune_missed, (NULL, NULL))
BELOW(tt_tune_better, (NULL, NULL, NULL, TT_LEAST_BYTES))
WRONG(tt_tune_target, ((TargetKind)9))
BELOW(tt_optimization_pipeline, (layer, NULL, TT_PHONE, 0))
BELOW(tt_optimization_pipeline, (layer, NULL, (TargetKind)9, 0))
WRONG(tt_runs_within, (1, NULL, NULL))
WRONG(tt_adaptive_training, (NULL, y, no_rounds))
WRONG(tt_adaptive_training, (x, y, no_rounds))
WRONG(tt_margin, (cube))
WRONG(tt_margin, (ints))
#endif
// those that have no macro
NEVER(tt_at, "notes a line")
NEVER(tt_random, "any generator will do")
NEVER(tt_load, "one number")
NEVER(tt_store, "one number")
NEVER(tt_locale_begin, "called by the macro of the library's own files")
NEVER(tt_locale_end, "called by the macro of the library's own files")
NEVER(tt_naive_softmax, "a kernel")
NEVER(tt_naive_softmax_back, "a kernel")
NEVER(tt_naive_sgd, "a kernel")
NEVER(tt_naive_rmsprop, "a kernel")
NEVER(tt_naive_adam, "a kernel")

// ---- each is asked ----------------------------------------------------------
static int wrong;
static void complain(const Case *c, const char *what, const char *got) {
  fprintf(stderr, "%s:%d: %s: %s: %s\n", __FILE__, c->line, c->name, what, got);
  wrong++;
}

static bool begins(const char *message, const char *name) {
  size_t n = strlen(name);
  return strncmp(message, name, n) == 0 && strncmp(message + n, ": ", 2) == 0;
}

static void ask(const Case *c) {
  TensorError e = {0};
  if (tt_try(c->run, NULL, &e)) {
    complain(c, "does not fail", "");
    return;
  }
  if (!begins(e.message, c->name)) complain(c, "is not named", e.message);
  if (!e.file || strcmp(e.file, __FILE__) != 0 || e.line != c->line)
    complain(c, "is not the line", e.message);
  if (!c->bare) return;
  if ((tt_try)(c->bare, NULL, &e))
    complain(c, "does not fail without locate.h", "");
  if (!begins(e.message, c->name))
    complain(c, "is not named without locate.h", e.message);
  if (e.file) complain(c, "has a line without a call", e.message);
}

TT(locate, each_function_names_itself_and_your_line) {
  prepare();
  for (const Case *c = cases; c; c = c->next)
    if (c->run) ask(c);
  tt_expect(wrong == 0, "%d complaints", wrong);
}

static const char *const functions[] = {
#define TEXT(f) #f,
  TT_FUNCTIONS(TEXT) TT_FUNCTIONS_WITHOUT(TEXT)
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

TT(locate, each_function_has_a_case) {
  tt_expect(FUNCTIONS > 200, "%d functions", FUNCTIONS);
  for (int i = 0; i < FUNCTIONS; i++) {
    const Case *c = cases;
    while (c && strcmp(c->name, functions[i]) != 0) c = c->next;
    tt_expect(c, "%s: a new function; add a line that calls it wrongly to %s",
              functions[i], __FILE__);
  }
}

// ---- the call that runs -----------------------------------------------------
static int here;
static double spoiled(Tensor *output, Tensor *want) {
  tt_sum(output, 0, false);            // a call from another line
  (void)want;
  return 0;
}

static Tensor *calls_and_returns(Tensor *output, Tensor *want) {
  Tensor *loss = tt_mean(output, TT_ALL, false);
  spoiled(output, want);
  return tt_reshape(loss, TT_SHAPE(1));
}

static void runs(void *t) {
  here = __LINE__; tt_trainer_run(t);
}

static void expect_at(void (*f)(void *), void *arg, const char *message) {
  TensorError e;
  tt_expect(!tt_try(f, arg, &e), "it does not fail");
  tt_expect(strncmp(e.message, message, strlen(message)) == 0, "%s", e.message);
  tt_expect_text(e.file, __FILE__);
  tt_expect_int(e.line, here);
}

TT(locate, an_outer_call_is_named_after_an_inner_one_has_ended) {
  prepare();
  trainer.loss = tt_mse_loss;            // labels of another shape
  trainer.train = tt_batches_new(x, tt_zeros(TT_SHAPE(2)),
                                 (BatchOptions){.size = 1});
  expect_at(runs, &trainer, "tt_trainer_run: tt_mse_loss: ");
  TensorError e;
  trainer.loss = calls_and_returns;
  trainer.train = source;
  x->data = memcpy(tt_zeros(TT_SHAPE(2, 3))->data,
                   (Real[]){(Real)INFINITY, 0, 0, 0, 0, 0}, 6 * sizeof(Real));
  source = trainer.train = tt_batches_new(x, x, (BatchOptions){.size = 1});
  tt_expect(!tt_try(runs, &trainer, &e), "it does not fail");
  tt_expect(begins(e.message, "tt_trainer_run"), "%s", e.message);
  tt_expect_int(e.line, here);
}

static void loads(void *unused) {
  (void)unused;
  tt_ones(TT_SHAPE(2));
  here = __LINE__; tt_load_file("/nonexistent");
}

static Tensor *forward_of_mine(Module *m, Tensor *t) {
  (void)m;
  here = __LINE__; return tt_matmul(t, t);
}

static Tensor *forward_to_nothing(Module *m, Tensor *t) {
  (void)m, (void)t;
  return NULL;
}
static const ModuleField no_fields[] = {{0}};
static const ModuleType mine = {"Mine", sizeof(Module), no_fields,
                                forward_of_mine, NULL};
static const ModuleType nothing = {"Nothing", sizeof(Module), no_fields,
                                   forward_to_nothing, NULL};
static void goes_forward(void *m) {
  tt_forward(m, x);
}

static void goes_nowhere(void *m) {
  here = __LINE__; tt_forward(m, x);
}

static void fails_by_itself(void *unused) {
  (void)unused;
  here = __LINE__; tt_fail(TT_EVALUE, "mine: %d", tt_scope() == NULL);
}

static Tensor *picky(void *unused) {
  fails_by_itself(unused);
  return x;
}
static void checks(void *unused) {
  (void)unused;
  tt_gradcheck(picky, NULL, 1, &leaf);
}

TT(locate, the_innermost_call_of_a_program_is_named) {
  prepare();
  expect_at(loads, NULL, "tt_load_file: /nonexistent");
  expect_at(goes_forward, tt_module_new(&mine), "tt_matmul: ");
  expect_at(goes_nowhere, tt_module_new(&nothing),
            "tt_forward: the forward function of Nothing gives NULL");
  expect_at(fails_by_itself, NULL, "mine: 0");
  expect_at(checks, NULL, "mine: 0");
}

static void tries_and_fails(void *unused) {
  tt_try(loads, unused, NULL);
  here = __LINE__; tt_neg(ints);
}

static void matmul_by_pointer(void *unused) {
  (void)unused;
  Tensor *(*f)(Tensor *, Tensor *) = tt_matmul;
  f(x, y);
}
static void tries_by_pointer(void *unused) {
  TensorError e;
  here = __LINE__; bool done = tt_try(matmul_by_pointer, unused, &e);
  tt_expect(!done, "it does not fail");
  tt_fail(e.code, "%s (%d)", e.message, e.line);
}

TT(locate, a_failure_ends_its_calls) {
  prepare();
  expect_at(tries_and_fails, NULL, "tt_neg: ");
  TensorError e;
  tt_expect(!(tt_try)(loads, NULL, &e), "it does not fail");
  tt_expect(!tt_call, "a call is left");
  tt_expect(!(tt_try)(matmul_by_pointer, NULL, &e), "it does not fail");
  tt_expect(!e.file, "%s:%d", e.file, e.line);
  tt_expect(!tt_try(tries_by_pointer, NULL, &e), "it does not fail");
  char at[24];
  snprintf(at, sizeof at, "(%d)", here);
  tt_expect(strstr(e.message, at), "%s, not %s", e.message, at);
}

TT(locate, a_gradient_that_is_not_there) {
  prepare();
  tt_expect_fail(tt_print(leaf->grad), "tt_print: const Tensor *t is NULL; if it"
                 " is a gradient, the gradient is not there yet: call"
                 " tt_backward first");
  tt_expect_fail(tt_memory_limit(tt_memory_stats().live_bytes);
                 tt_rand(TT_SHAPE(1000), NULL), "tt_rand: memory limit");
}

// A message that fills its room is cut, also with a name before it.
static void long_message(void *text) {
  (tt_fail)(TT_EVALUE, "%s", (const char *)text);
}
TT(locate, a_long_message_is_cut) {
  char text[600];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = 0;
  TensorError e;
  tt_expect(!tt_try(long_message, text, &e), "it does not fail");
  tt_expect_int((int64_t)strlen(e.message), (int64_t)sizeof e.message - 1);
  tt_expect(begins(e.message, "tt_try"), "%s", e.message);
}
