// Made from the other headers by tools/tangle: edit there.
// Calls of the library tell where they stand. It comes last: what it
// finds included has its functions here.
#ifndef TT_LOCATE_H
#define TT_LOCATE_H
#include "tt/error.h"

#ifdef TT_ACTIVATIONS_H
static inline Tensor *tt_relu_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_relu", file, line);
  if (!x) tt_missing("tt_relu", "Tensor *x");
  tt_alive("tt_relu", x);
  return tt_relu(x);
}
#define tt_relu(...) tt_relu_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_leaky_relu_at(const char *file, int line,
  Tensor *x, Real slope)
{
  TT_CALL("tt_leaky_relu", file, line);
  if (!x) tt_missing("tt_leaky_relu", "Tensor *x");
  tt_alive("tt_leaky_relu", x);
  return tt_leaky_relu(x, slope);
}
#define tt_leaky_relu(...) tt_leaky_relu_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sigmoid_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_sigmoid", file, line);
  if (!x) tt_missing("tt_sigmoid", "Tensor *x");
  tt_alive("tt_sigmoid", x);
  return tt_sigmoid(x);
}
#define tt_sigmoid(...) tt_sigmoid_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_tanh_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_tanh", file, line);
  if (!x) tt_missing("tt_tanh", "Tensor *x");
  tt_alive("tt_tanh", x);
  return tt_tanh(x);
}
#define tt_tanh(...) tt_tanh_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_gelu_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_gelu", file, line);
  if (!x) tt_missing("tt_gelu", "Tensor *x");
  tt_alive("tt_gelu", x);
  return tt_gelu(x);
}
#define tt_gelu(...) tt_gelu_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_gelu_tanh_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_gelu_tanh", file, line);
  if (!x) tt_missing("tt_gelu_tanh", "Tensor *x");
  tt_alive("tt_gelu_tanh", x);
  return tt_gelu_tanh(x);
}
#define tt_gelu_tanh(...) tt_gelu_tanh_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_silu_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_silu", file, line);
  if (!x) tt_missing("tt_silu", "Tensor *x");
  tt_alive("tt_silu", x);
  return tt_silu(x);
}
#define tt_silu(...) tt_silu_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_softmax_at(const char *file, int line,
  Tensor *x, int dim)
{
  TT_CALL("tt_softmax", file, line);
  if (!x) tt_missing("tt_softmax", "Tensor *x");
  tt_alive("tt_softmax", x);
  return tt_softmax(x, dim);
}
#define tt_softmax(...) tt_softmax_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_log_softmax_at(const char *file, int line,
  Tensor *x, int dim)
{
  TT_CALL("tt_log_softmax", file, line);
  if (!x) tt_missing("tt_log_softmax", "Tensor *x");
  tt_alive("tt_log_softmax", x);
  return tt_log_softmax(x, dim);
}
#define tt_log_softmax(...) tt_log_softmax_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_ADAPTIVE_H
static inline Adaptive tt_adaptive_training_at(const char *file, int line,
  Tensor *x, Tensor *y, AdaptiveOptions o)
{
  TT_CALL("tt_adaptive_training", file, line);
  if (!x) tt_missing("tt_adaptive_training", "Tensor *x");
  tt_alive("tt_adaptive_training", x);
  if (!y) tt_missing("tt_adaptive_training", "Tensor *y");
  tt_alive("tt_adaptive_training", y);
  return tt_adaptive_training(x, y, o);
}
#define tt_adaptive_training(...) tt_adaptive_training_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_margin_at(const char *file, int line,
  Tensor *logits)
{
  TT_CALL("tt_margin", file, line);
  if (!logits) tt_missing("tt_margin", "Tensor *logits");
  tt_alive("tt_margin", logits);
  return tt_margin(logits);
}
#define tt_margin(...) tt_margin_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_ATTENTION_H
static inline Tensor *tt_scaled_dot_product_attention_at(const char *file, int line,
  Tensor *q, Tensor *k, Tensor *v, AttentionOptions o)
{
  TT_CALL("tt_scaled_dot_product_attention", file, line);
  if (!q) tt_missing("tt_scaled_dot_product_attention", "Tensor *q");
  tt_alive("tt_scaled_dot_product_attention", q);
  if (!k) tt_missing("tt_scaled_dot_product_attention", "Tensor *k");
  tt_alive("tt_scaled_dot_product_attention", k);
  if (!v) tt_missing("tt_scaled_dot_product_attention", "Tensor *v");
  tt_alive("tt_scaled_dot_product_attention", v);
  return tt_scaled_dot_product_attention(q, k, v, o);
}
#define tt_scaled_dot_product_attention(...) tt_scaled_dot_product_attention_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_attention_weights_at(const char *file, int line,
  Tensor *q, Tensor *k, AttentionOptions o)
{
  TT_CALL("tt_attention_weights", file, line);
  if (!q) tt_missing("tt_attention_weights", "Tensor *q");
  tt_alive("tt_attention_weights", q);
  if (!k) tt_missing("tt_attention_weights", "Tensor *k");
  tt_alive("tt_attention_weights", k);
  return tt_attention_weights(q, k, o);
}
#define tt_attention_weights(...) tt_attention_weights_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_masked_softmax_at(const char *file, int line,
  Tensor *x, Tensor *mask, bool causal)
{
  TT_CALL("tt_masked_softmax", file, line);
  if (!x) tt_missing("tt_masked_softmax", "Tensor *x");
  tt_alive("tt_masked_softmax", x);
  tt_alive("tt_masked_softmax", mask);
  return tt_masked_softmax(x, mask, causal);
}
#define tt_masked_softmax(...) tt_masked_softmax_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_tril_at(const char *file, int line,
  Tensor *x, int64_t diagonal)
{
  TT_CALL("tt_tril", file, line);
  if (!x) tt_missing("tt_tril", "Tensor *x");
  tt_alive("tt_tril", x);
  return tt_tril(x, diagonal);
}
#define tt_tril(...) tt_tril_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_triu_at(const char *file, int line,
  Tensor *x, int64_t diagonal)
{
  TT_CALL("tt_triu", file, line);
  if (!x) tt_missing("tt_triu", "Tensor *x");
  tt_alive("tt_triu", x);
  return tt_triu(x, diagonal);
}
#define tt_triu(...) tt_triu_at(__FILE__, __LINE__, __VA_ARGS__)
static inline KeysValues tt_keys_values_at(const char *file, int line,
  MultiHeadAttention *m, Tensor *context, Tensor *places)
{
  TT_CALL("tt_keys_values", file, line);
  if (!m) tt_missing("tt_keys_values", "MultiHeadAttention *m");
  if (!context) tt_missing("tt_keys_values", "Tensor *context");
  tt_alive("tt_keys_values", context);
  tt_alive("tt_keys_values", places);
  return tt_keys_values(m, context, places);
}
#define tt_keys_values(...) tt_keys_values_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_attend_at(const char *file, int line,
  MultiHeadAttention *m, Tensor *x, KeysValues kv, AttentionOptions o)
{
  TT_CALL("tt_attend", file, line);
  if (!m) tt_missing("tt_attend", "MultiHeadAttention *m");
  if (!x) tt_missing("tt_attend", "Tensor *x");
  tt_alive("tt_attend", x);
  return tt_attend(m, x, kv, o);
}
#define tt_attend(...) tt_attend_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_attend_weights_at(const char *file, int line,
  MultiHeadAttention *m, Tensor *x, KeysValues kv, AttentionOptions o)
{
  TT_CALL("tt_attend_weights", file, line);
  if (!m) tt_missing("tt_attend_weights", "MultiHeadAttention *m");
  if (!x) tt_missing("tt_attend_weights", "Tensor *x");
  tt_alive("tt_attend_weights", x);
  return tt_attend_weights(m, x, kv, o);
}
#define tt_attend_weights(...) tt_attend_weights_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_queries_at(const char *file, int line,
  MultiHeadAttention *m, Tensor *x, Tensor *places)
{
  TT_CALL("tt_queries", file, line);
  if (!m) tt_missing("tt_queries", "MultiHeadAttention *m");
  if (!x) tt_missing("tt_queries", "Tensor *x");
  tt_alive("tt_queries", x);
  tt_alive("tt_queries", places);
  return tt_queries(m, x, places);
}
#define tt_queries(...) tt_queries_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_answers_at(const char *file, int line,
  MultiHeadAttention *m, Tensor *read)
{
  TT_CALL("tt_answers", file, line);
  if (!m) tt_missing("tt_answers", "MultiHeadAttention *m");
  if (!read) tt_missing("tt_answers", "Tensor *read");
  tt_alive("tt_answers", read);
  return tt_answers(m, read);
}
#define tt_answers(...) tt_answers_at(__FILE__, __LINE__, __VA_ARGS__)
static inline MultiHeadAttention *tt_multi_head_attention_new_at(const char *file, int line,
  int64_t embed, int heads, MultiHeadOptions o, Generator *g)
{
  TT_CALL("tt_multi_head_attention_new", file, line);
  return tt_multi_head_attention_new(embed, heads, o, g);
}
#define tt_multi_head_attention_new(...) tt_multi_head_attention_new_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_AUTOGRAD_H
static inline void tt_autograd_enable_at(const char *file, int line)
{
  TT_CALL("tt_autograd_enable", file, line);
  tt_autograd_enable();
}
#define tt_autograd_enable() tt_autograd_enable_at(__FILE__, __LINE__)
static inline void tt_backward_at(const char *file, int line,
  Tensor *y)
{
  TT_CALL("tt_backward", file, line);
  if (!y) tt_missing("tt_backward", "Tensor *y");
  tt_alive("tt_backward", y);
  tt_backward(y);
}
#define tt_backward(...) tt_backward_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_backward_with_at(const char *file, int line,
  Tensor *y, Tensor *gradient)
{
  TT_CALL("tt_backward_with", file, line);
  if (!y) tt_missing("tt_backward_with", "Tensor *y");
  tt_alive("tt_backward_with", y);
  if (!gradient) tt_missing("tt_backward_with", "Tensor *gradient");
  tt_alive("tt_backward_with", gradient);
  tt_backward_with(y, gradient);
}
#define tt_backward_with(...) tt_backward_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_requires_grad__at(const char *file, int line,
  Tensor *t, bool on)
{
  TT_CALL("tt_requires_grad_", file, line);
  if (!t) tt_missing("tt_requires_grad_", "Tensor *t");
  tt_alive("tt_requires_grad_", t);
  return tt_requires_grad_(t, on);
}
#define tt_requires_grad_(...) tt_requires_grad__at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_detach_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_detach", file, line);
  if (!x) tt_missing("tt_detach", "Tensor *x");
  tt_alive("tt_detach", x);
  return tt_detach(x);
}
#define tt_detach(...) tt_detach_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_zero_grad_at(const char *file, int line,
  Tensor *t)
{
  TT_CALL("tt_zero_grad", file, line);
  if (!t) tt_missing("tt_zero_grad", "Tensor *t");
  tt_alive("tt_zero_grad", t);
  tt_zero_grad(t);
}
#define tt_zero_grad(...) tt_zero_grad_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_no_grad_open_at(const char *file, int line,
  Scope *s)
{
  TT_CALL("tt_no_grad_open", file, line);
  if (!s) tt_missing("tt_no_grad_open", "Scope *s");
  tt_no_grad_open(s);
}
#define tt_no_grad_open(...) tt_no_grad_open_at(__FILE__, __LINE__, __VA_ARGS__)
static inline GradCheck tt_gradcheck_at(const char *file, int line,
  GradFunction *f, void *arg, int n, Tensor *const x[])
{
  TT_CALL("tt_gradcheck", file, line);
  if (!f) tt_missing("tt_gradcheck", "GradFunction *f");
  if (n > 0 && !x) tt_missing("tt_gradcheck", "Tensor *const x[]");
  tt_check_tensors("tt_gradcheck", n, x);
  return tt_gradcheck(f, arg, n, x);
}
#define tt_gradcheck(...) tt_gradcheck_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_graph_at(const char *file, int line,
  FILE *f, Tensor *y)
{
  TT_CALL("tt_graph", file, line);
  if (!f) tt_missing("tt_graph", "FILE *f");
  if (!y) tt_missing("tt_graph", "Tensor *y");
  tt_alive("tt_graph", y);
  tt_graph(f, y);
}
#define tt_graph(...) tt_graph_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_tape_length_at(const char *file, int line)
{
  TT_CALL("tt_tape_length", file, line);
  return tt_tape_length();
}
#define tt_tape_length() tt_tape_length_at(__FILE__, __LINE__)
static inline int64_t tt_tape_bytes_at(const char *file, int line)
{
  TT_CALL("tt_tape_bytes", file, line);
  return tt_tape_bytes();
}
#define tt_tape_bytes() tt_tape_bytes_at(__FILE__, __LINE__)
#endif

#ifdef TT_BACKEND_H
static inline Walk tt_walk_at(const char *file, int line,
  Shape s, const Tensor *y, const Tensor *a, const Tensor *b, const Tensor *c)
{
  TT_CALL("tt_walk", file, line);
  if (!y) tt_missing("tt_walk", "const Tensor *y");
  tt_alive("tt_walk", y);
  tt_alive("tt_walk", a);
  tt_alive("tt_walk", b);
  tt_alive("tt_walk", c);
  return tt_walk(s, y, a, b, c);
}
#define tt_walk(...) tt_walk_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_naive_masked_softmax_at(const char *file, int line,
  const struct MaskedSoftmax *s)
{
  TT_CALL("tt_naive_masked_softmax", file, line);
  if (!s) tt_missing("tt_naive_masked_softmax", "const struct MaskedSoftmax *s");
  tt_naive_masked_softmax(s);
}
#define tt_naive_masked_softmax(...) tt_naive_masked_softmax_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_backend_use_at(const char *file, int line,
  const char *name)
{
  TT_CALL("tt_backend_use", file, line);
  if (!name) tt_missing("tt_backend_use", "const char *name");
  tt_backend_use(name);
}
#define tt_backend_use(...) tt_backend_use_at(__FILE__, __LINE__, __VA_ARGS__)
static inline const Backend *tt_backend_at_at(const char *file, int line,
  int i)
{
  TT_CALL("tt_backend_at", file, line);
  return tt_backend_at(i);
}
#define tt_backend_at(...) tt_backend_at_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_BATCHER_H
static inline double tt_batch_wait_at(const char *file, int line,
  const BatchRules *r, int waiting, double age , bool closing)
{
  TT_CALL("tt_batch_wait", file, line);
  if (!r) tt_missing("tt_batch_wait", "const BatchRules *r");
  return tt_batch_wait(r, waiting, age, closing);
}
#define tt_batch_wait(...) tt_batch_wait_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_batch_refusal_at(const char *file, int line,
  const BatchRules *r, int waiting, double rate , bool closing)
{
  TT_CALL("tt_batch_refusal", file, line);
  if (!r) tt_missing("tt_batch_refusal", "const BatchRules *r");
  return tt_batch_refusal(r, waiting, rate, closing);
}
#define tt_batch_refusal(...) tt_batch_refusal_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Batcher *tt_batcher_new_at(const char *file, int line,
  BatchRules r, BatchWork w)
{
  TT_CALL("tt_batcher_new", file, line);
  return tt_batcher_new(r, w);
}
#define tt_batcher_new(...) tt_batcher_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_batcher_submit_at(const char *file, int line,
  Batcher *b, Ticket *t)
{
  TT_CALL("tt_batcher_submit", file, line);
  if (!b) tt_missing("tt_batcher_submit", "Batcher *b");
  if (!t) tt_missing("tt_batcher_submit", "Ticket *t");
  return tt_batcher_submit(b, t);
}
#define tt_batcher_submit(...) tt_batcher_submit_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_batcher_cancel_at(const char *file, int line,
  Batcher *b, const Ticket *t)
{
  TT_CALL("tt_batcher_cancel", file, line);
  if (!b) tt_missing("tt_batcher_cancel", "Batcher *b");
  if (!t) tt_missing("tt_batcher_cancel", "const Ticket *t");
  return tt_batcher_cancel(b, t);
}
#define tt_batcher_cancel(...) tt_batcher_cancel_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_batcher_close_at(const char *file, int line,
  Batcher *b)
{
  TT_CALL("tt_batcher_close", file, line);
  if (!b) tt_missing("tt_batcher_close", "Batcher *b");
  tt_batcher_close(b);
}
#define tt_batcher_close(...) tt_batcher_close_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_batcher_free_at(const char *file, int line,
  Batcher *b)
{
  TT_CALL("tt_batcher_free", file, line);
  if (!b) tt_missing("tt_batcher_free", "Batcher *b");
  tt_batcher_free(b);
}
#define tt_batcher_free(...) tt_batcher_free_at(__FILE__, __LINE__, __VA_ARGS__)
static inline BatcherStats tt_batcher_stats_at(const char *file, int line,
  Batcher *b)
{
  TT_CALL("tt_batcher_stats", file, line);
  if (!b) tt_missing("tt_batcher_stats", "Batcher *b");
  return tt_batcher_stats(b);
}
#define tt_batcher_stats(...) tt_batcher_stats_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_BENCHMARK_H
static inline Benchmark tt_benchmark_at(const char *file, int line,
  const char *name, void (*work)(void *), void *arg, BenchmarkOptions o)
{
  TT_CALL("tt_benchmark", file, line);
  if (!name) tt_missing("tt_benchmark", "const char *name");
  if (!work) tt_missing("tt_benchmark", "void (*work)(void *)");
  return tt_benchmark(name, work, arg, o);
}
#define tt_benchmark(...) tt_benchmark_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_benchmark_print_at(const char *file, int line,
  FILE *f, const Benchmark *b)
{
  TT_CALL("tt_benchmark_print", file, line);
  if (!f) tt_missing("tt_benchmark_print", "FILE *f");
  if (!b) tt_missing("tt_benchmark_print", "const Benchmark *b");
  tt_benchmark_print(f, b);
}
#define tt_benchmark_print(...) tt_benchmark_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline BenchmarkLoop tt_benchmark_begin_at(const char *file, int line,
  Benchmark *b, const char *name, BenchmarkOptions o)
{
  TT_CALL("tt_benchmark_begin", file, line);
  if (!b) tt_missing("tt_benchmark_begin", "Benchmark *b");
  if (!name) tt_missing("tt_benchmark_begin", "const char *name");
  return tt_benchmark_begin(b, name, o);
}
#define tt_benchmark_begin(...) tt_benchmark_begin_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Comparison tt_compare_at(const char *file, int line,
  Contender a, Contender b, CompareOptions o)
{
  TT_CALL("tt_compare", file, line);
  return tt_compare(a, b, o);
}
#define tt_compare(...) tt_compare_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Comparison tt_compare_series_at(const char *file, int line,
  int64_t n, const double *a, const double *b, CompareOptions o)
{
  TT_CALL("tt_compare_series", file, line);
  if (!a) tt_missing("tt_compare_series", "const double *a");
  if (!b) tt_missing("tt_compare_series", "const double *b");
  return tt_compare_series(n, a, b, o);
}
#define tt_compare_series(...) tt_compare_series_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Outcome tt_outcome_at(const char *file, int line,
  Interval ratio, double margin)
{
  TT_CALL("tt_outcome", file, line);
  return tt_outcome(ratio, margin);
}
#define tt_outcome(...) tt_outcome_at(__FILE__, __LINE__, __VA_ARGS__)
static inline const char *tt_outcome_text_at(const char *file, int line,
  Outcome o)
{
  TT_CALL("tt_outcome_text", file, line);
  return tt_outcome_text(o);
}
#define tt_outcome_text(...) tt_outcome_text_at(__FILE__, __LINE__, __VA_ARGS__)
static inline const char *tt_comparison_noise_at(const char *file, int line,
  const Comparison *c)
{
  TT_CALL("tt_comparison_noise", file, line);
  if (!c) tt_missing("tt_comparison_noise", "const Comparison *c");
  return tt_comparison_noise(c);
}
#define tt_comparison_noise(...) tt_comparison_noise_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_comparison_print_at(const char *file, int line,
  FILE *f, const Contender *a, const Contender *b, const Comparison *c)
{
  TT_CALL("tt_comparison_print", file, line);
  if (!f) tt_missing("tt_comparison_print", "FILE *f");
  if (!a) tt_missing("tt_comparison_print", "const Contender *a");
  if (!b) tt_missing("tt_comparison_print", "const Contender *b");
  if (!c) tt_missing("tt_comparison_print", "const Comparison *c");
  tt_comparison_print(f, a, b, c);
}
#define tt_comparison_print(...) tt_comparison_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_pairs_for_at(const char *file, int line,
  double noise, double width, double level)
{
  TT_CALL("tt_pairs_for", file, line);
  return tt_pairs_for(noise, width, level);
}
#define tt_pairs_for(...) tt_pairs_for_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_CALIBRATION_H
static inline void tt_observe_at(const char *file, int line,
  Observer *o, Tensor *x)
{
  TT_CALL("tt_observe", file, line);
  if (!o) tt_missing("tt_observe", "Observer *o");
  if (!x) tt_missing("tt_observe", "Tensor *x");
  tt_alive("tt_observe", x);
  tt_observe(o, x);
}
#define tt_observe(...) tt_observe_at(__FILE__, __LINE__, __VA_ARGS__)
static inline QuantRange tt_observer_range_at(const char *file, int line,
  const Observer *o, RangeMethod method, int bits)
{
  TT_CALL("tt_observer_range", file, line);
  if (!o) tt_missing("tt_observer_range", "const Observer *o");
  return tt_observer_range(o, method, bits);
}
#define tt_observer_range(...) tt_observer_range_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_COMPRESSION_H
static inline Svd tt_svd_at(const char *file, int line,
  Tensor *a)
{
  TT_CALL("tt_svd", file, line);
  if (!a) tt_missing("tt_svd", "Tensor *a");
  tt_alive("tt_svd", a);
  return tt_svd(a);
}
#define tt_svd(...) tt_svd_at(__FILE__, __LINE__, __VA_ARGS__)
static inline LowRankLinear *tt_low_rank_linear_new_at(const char *file, int line,
  Linear *of, int64_t rank)
{
  TT_CALL("tt_low_rank_linear_new", file, line);
  if (!of) tt_missing("tt_low_rank_linear_new", "Linear *of");
  return tt_low_rank_linear_new(of, rank);
}
#define tt_low_rank_linear_new(...) tt_low_rank_linear_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_low_rank_at(const char *file, int line,
  void *m, LowRankOptions o)
{
  TT_CALL("tt_low_rank", file, line);
  if (!m) tt_missing("tt_low_rank", "void *m");
  return tt_low_rank(m, o);
}
#define tt_low_rank(...) tt_low_rank_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_distillation_loss_at(const char *file, int line,
  Tensor *student, Tensor *teacher, Tensor *labels, DistillationOptions o)
{
  TT_CALL("tt_distillation_loss", file, line);
  if (!student) tt_missing("tt_distillation_loss", "Tensor *student");
  tt_alive("tt_distillation_loss", student);
  if (!teacher) tt_missing("tt_distillation_loss", "Tensor *teacher");
  tt_alive("tt_distillation_loss", teacher);
  if (!labels) tt_missing("tt_distillation_loss", "Tensor *labels");
  tt_alive("tt_distillation_loss", labels);
  return tt_distillation_loss(student, teacher, labels, o);
}
#define tt_distillation_loss(...) tt_distillation_loss_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_CONVOLUTION_H
static inline Tensor *tt_conv2d_at(const char *file, int line,
  Tensor *x, Tensor *w, Tensor *b, Conv2dOptions o)
{
  TT_CALL("tt_conv2d", file, line);
  if (!x) tt_missing("tt_conv2d", "Tensor *x");
  tt_alive("tt_conv2d", x);
  if (!w) tt_missing("tt_conv2d", "Tensor *w");
  tt_alive("tt_conv2d", w);
  tt_alive("tt_conv2d", b);
  return tt_conv2d(x, w, b, o);
}
#define tt_conv2d(...) tt_conv2d_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_conv_transpose2d_at(const char *file, int line,
  Tensor *x, Tensor *w, Tensor *b, int bottom, int right, Conv2dOptions o)
{
  TT_CALL("tt_conv_transpose2d", file, line);
  if (!x) tt_missing("tt_conv_transpose2d", "Tensor *x");
  tt_alive("tt_conv_transpose2d", x);
  if (!w) tt_missing("tt_conv_transpose2d", "Tensor *w");
  tt_alive("tt_conv_transpose2d", w);
  tt_alive("tt_conv_transpose2d", b);
  return tt_conv_transpose2d(x, w, b, bottom, right, o);
}
#define tt_conv_transpose2d(...) tt_conv_transpose2d_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_max_pool2d_at(const char *file, int line,
  Tensor *x, Pool2dOptions o)
{
  TT_CALL("tt_max_pool2d", file, line);
  if (!x) tt_missing("tt_max_pool2d", "Tensor *x");
  tt_alive("tt_max_pool2d", x);
  return tt_max_pool2d(x, o);
}
#define tt_max_pool2d(...) tt_max_pool2d_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_avg_pool2d_at(const char *file, int line,
  Tensor *x, Pool2dOptions o)
{
  TT_CALL("tt_avg_pool2d", file, line);
  if (!x) tt_missing("tt_avg_pool2d", "Tensor *x");
  tt_alive("tt_avg_pool2d", x);
  return tt_avg_pool2d(x, o);
}
#define tt_avg_pool2d(...) tt_avg_pool2d_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_adaptive_max_pool2d_at(const char *file, int line,
  Tensor *x, int64_t h, int64_t w)
{
  TT_CALL("tt_adaptive_max_pool2d", file, line);
  if (!x) tt_missing("tt_adaptive_max_pool2d", "Tensor *x");
  tt_alive("tt_adaptive_max_pool2d", x);
  return tt_adaptive_max_pool2d(x, h, w);
}
#define tt_adaptive_max_pool2d(...) tt_adaptive_max_pool2d_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_adaptive_avg_pool2d_at(const char *file, int line,
  Tensor *x, int64_t h, int64_t w)
{
  TT_CALL("tt_adaptive_avg_pool2d", file, line);
  if (!x) tt_missing("tt_adaptive_avg_pool2d", "Tensor *x");
  tt_alive("tt_adaptive_avg_pool2d", x);
  return tt_adaptive_avg_pool2d(x, h, w);
}
#define tt_adaptive_avg_pool2d(...) tt_adaptive_avg_pool2d_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_batch_norm_at(const char *file, int line,
  Tensor *x, Tensor *mean, Tensor *var, Tensor *w, Tensor *b, bool training, double momentum, double eps)
{
  TT_CALL("tt_batch_norm", file, line);
  if (!x) tt_missing("tt_batch_norm", "Tensor *x");
  tt_alive("tt_batch_norm", x);
  tt_alive("tt_batch_norm", mean);
  tt_alive("tt_batch_norm", var);
  tt_alive("tt_batch_norm", w);
  tt_alive("tt_batch_norm", b);
  return tt_batch_norm(x, mean, var, w, b, training, momentum, eps);
}
#define tt_batch_norm(...) tt_batch_norm_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Conv2d *tt_conv2d_new_at(const char *file, int line,
  int64_t in, int64_t out, int kernel, Conv2dOptions o, Generator *g)
{
  TT_CALL("tt_conv2d_new", file, line);
  return tt_conv2d_new(in, out, kernel, o, g);
}
#define tt_conv2d_new(...) tt_conv2d_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline ConvTranspose2d *tt_conv_transpose2d_new_at(const char *file, int line,
  int64_t in, int64_t out, int kernel, int bottom, int right, Conv2dOptions o, Generator *g)
{
  TT_CALL("tt_conv_transpose2d_new", file, line);
  return tt_conv_transpose2d_new(in, out, kernel, bottom, right, o, g);
}
#define tt_conv_transpose2d_new(...) tt_conv_transpose2d_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Pool2d *tt_max_pool2d_new_at(const char *file, int line,
  Pool2dOptions o)
{
  TT_CALL("tt_max_pool2d_new", file, line);
  return tt_max_pool2d_new(o);
}
#define tt_max_pool2d_new(...) tt_max_pool2d_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Pool2d *tt_avg_pool2d_new_at(const char *file, int line,
  Pool2dOptions o)
{
  TT_CALL("tt_avg_pool2d_new", file, line);
  return tt_avg_pool2d_new(o);
}
#define tt_avg_pool2d_new(...) tt_avg_pool2d_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline AdaptivePool2d *tt_adaptive_max_pool2d_new_at(const char *file, int line,
  int64_t h, int64_t w)
{
  TT_CALL("tt_adaptive_max_pool2d_new", file, line);
  return tt_adaptive_max_pool2d_new(h, w);
}
#define tt_adaptive_max_pool2d_new(...) tt_adaptive_max_pool2d_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline AdaptivePool2d *tt_adaptive_avg_pool2d_new_at(const char *file, int line,
  int64_t h, int64_t w)
{
  TT_CALL("tt_adaptive_avg_pool2d_new", file, line);
  return tt_adaptive_avg_pool2d_new(h, w);
}
#define tt_adaptive_avg_pool2d_new(...) tt_adaptive_avg_pool2d_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline BatchNorm2d *tt_batch_norm2d_new_at(const char *file, int line,
  int64_t channels)
{
  TT_CALL("tt_batch_norm2d_new", file, line);
  return tt_batch_norm2d_new(channels);
}
#define tt_batch_norm2d_new(...) tt_batch_norm2d_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Residual *tt_residual_new_at(const char *file, int line,
  void *body, void *shortcut)
{
  TT_CALL("tt_residual_new", file, line);
  if (!body) tt_missing("tt_residual_new", "void *body");
  return tt_residual_new(body, shortcut);
}
#define tt_residual_new(...) tt_residual_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_conv2d_definition_at(const char *file, int line,
  const Conv2dShape *s, Real *y, const Real *x, const Real *w, const Real *b)
{
  TT_CALL("tt_conv2d_definition", file, line);
  if (!s) tt_missing("tt_conv2d_definition", "const Conv2dShape *s");
  if (!y) tt_missing("tt_conv2d_definition", "Real *y");
  if (!x) tt_missing("tt_conv2d_definition", "const Real *x");
  if (!w) tt_missing("tt_conv2d_definition", "const Real *w");
  tt_conv2d_definition(s, y, x, w, b);
}
#define tt_conv2d_definition(...) tt_conv2d_definition_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Conv2dShape tt_conv2d_shape_at(const char *file, int line,
  const char *op, const Tensor *x, const Tensor *w, const Tensor *b, Conv2dOptions *o)
{
  TT_CALL("tt_conv2d_shape", file, line);
  if (!op) tt_missing("tt_conv2d_shape", "const char *op");
  if (!x) tt_missing("tt_conv2d_shape", "const Tensor *x");
  tt_alive("tt_conv2d_shape", x);
  if (!w) tt_missing("tt_conv2d_shape", "const Tensor *w");
  tt_alive("tt_conv2d_shape", w);
  tt_alive("tt_conv2d_shape", b);
  if (!o) tt_missing("tt_conv2d_shape", "Conv2dOptions *o");
  return tt_conv2d_shape(op, x, w, b, o);
}
#define tt_conv2d_shape(...) tt_conv2d_shape_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_DATA_H
static inline Dataset *tt_tensor_dataset_new_at(const char *file, int line,
  Tensor *x, Tensor *y)
{
  TT_CALL("tt_tensor_dataset_new", file, line);
  if (!x) tt_missing("tt_tensor_dataset_new", "Tensor *x");
  tt_alive("tt_tensor_dataset_new", x);
  if (!y) tt_missing("tt_tensor_dataset_new", "Tensor *y");
  tt_alive("tt_tensor_dataset_new", y);
  return tt_tensor_dataset_new(x, y);
}
#define tt_tensor_dataset_new(...) tt_tensor_dataset_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Batch tt_dataset_get_at(const char *file, int line,
  const Dataset *d, int64_t i, uint64_t seed)
{
  TT_CALL("tt_dataset_get", file, line);
  if (!d) tt_missing("tt_dataset_get", "const Dataset *d");
  return tt_dataset_get(d, i, seed);
}
#define tt_dataset_get(...) tt_dataset_get_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void *tt_dataset_block_at(const char *file, int line,
  size_t bytes, void (*end)(void *block))
{
  TT_CALL("tt_dataset_block", file, line);
  return tt_dataset_block(bytes, end);
}
#define tt_dataset_block(...) tt_dataset_block_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Dataset *tt_transformed_new_at(const char *file, int line,
  const Dataset *d, int n, const Transform *t)
{
  TT_CALL("tt_transformed_new", file, line);
  if (!d) tt_missing("tt_transformed_new", "const Dataset *d");
  return tt_transformed_new(d, n, t);
}
#define tt_transformed_new(...) tt_transformed_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Transform tt_normalize_at(const char *file, int line,
  int channels, const Real *mean, const Real *std)
{
  TT_CALL("tt_normalize", file, line);
  if (!mean) tt_missing("tt_normalize", "const Real *mean");
  if (!std) tt_missing("tt_normalize", "const Real *std");
  return tt_normalize(channels, mean, std);
}
#define tt_normalize(...) tt_normalize_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Transform tt_random_horizontal_flip_at(const char *file, int line,
  double p)
{
  TT_CALL("tt_random_horizontal_flip", file, line);
  return tt_random_horizontal_flip(p);
}
#define tt_random_horizontal_flip(...) tt_random_horizontal_flip_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Transform tt_random_crop_at(const char *file, int line,
  int64_t padding)
{
  TT_CALL("tt_random_crop", file, line);
  return tt_random_crop(padding);
}
#define tt_random_crop(...) tt_random_crop_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Transform tt_cutout_at(const char *file, int line,
  int64_t size)
{
  TT_CALL("tt_cutout", file, line);
  return tt_cutout(size);
}
#define tt_cutout(...) tt_cutout_at(__FILE__, __LINE__, __VA_ARGS__)
static inline BatchSource *tt_data_loader_new_at(const char *file, int line,
  const Dataset *d, DataLoaderOptions o)
{
  TT_CALL("tt_data_loader_new", file, line);
  if (!d) tt_missing("tt_data_loader_new", "const Dataset *d");
  return tt_data_loader_new(d, o);
}
#define tt_data_loader_new(...) tt_data_loader_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Dataset *tt_subset_new_at(const char *file, int line,
  const Dataset *d, const Tensor *index)
{
  TT_CALL("tt_subset_new", file, line);
  if (!d) tt_missing("tt_subset_new", "const Dataset *d");
  if (!index) tt_missing("tt_subset_new", "const Tensor *index");
  tt_alive("tt_subset_new", index);
  return tt_subset_new(d, index);
}
#define tt_subset_new(...) tt_subset_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Dataset *tt_concat_new_at(const char *file, int line,
  int n, const Dataset *const d[])
{
  TT_CALL("tt_concat_new", file, line);
  if (n > 0 && !d) tt_missing("tt_concat_new", "const Dataset *const d[]");
  return tt_concat_new(n, d);
}
#define tt_concat_new(...) tt_concat_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Dataset *tt_one_hot_new_at(const char *file, int line,
  const Dataset *d, int64_t classes)
{
  TT_CALL("tt_one_hot_new", file, line);
  if (!d) tt_missing("tt_one_hot_new", "const Dataset *d");
  return tt_one_hot_new(d, classes);
}
#define tt_one_hot_new(...) tt_one_hot_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Split tt_stratified_split_at(const char *file, int line,
  const Dataset *d, double part, uint64_t seed)
{
  TT_CALL("tt_stratified_split", file, line);
  if (!d) tt_missing("tt_stratified_split", "const Dataset *d");
  return tt_stratified_split(d, part, seed);
}
#define tt_stratified_split(...) tt_stratified_split_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Sampler *tt_weighted_sampler_new_at(const char *file, int line,
  const Tensor *weight, int64_t n)
{
  TT_CALL("tt_weighted_sampler_new", file, line);
  if (!weight) tt_missing("tt_weighted_sampler_new", "const Tensor *weight");
  tt_alive("tt_weighted_sampler_new", weight);
  return tt_weighted_sampler_new(weight, n);
}
#define tt_weighted_sampler_new(...) tt_weighted_sampler_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Batch tt_mixup_at(const char *file, int line,
  Batch b, Generator *g, void *alpha)
{
  TT_CALL("tt_mixup", file, line);
  if (!alpha) tt_missing("tt_mixup", "void *alpha");
  return tt_mixup(b, g, alpha);
}
#define tt_mixup(...) tt_mixup_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_DISTRIBUTED_H
static inline void tt_thread_group_run_at(const char *file, int line,
  int size, void (*work)(ProcessGroup *g, void *arg), void *arg)
{
  TT_CALL("tt_thread_group_run", file, line);
  if (!work) tt_missing("tt_thread_group_run", "void (*work)(ProcessGroup *g, void *arg)");
  tt_thread_group_run(size, work, arg);
}
#define tt_thread_group_run(...) tt_thread_group_run_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Share tt_share_at(const char *file, int line,
  int64_t n, int rank, int size)
{
  TT_CALL("tt_share", file, line);
  return tt_share(n, rank, size);
}
#define tt_share(...) tt_share_at(__FILE__, __LINE__, __VA_ARGS__)
static inline BatchSource *tt_sharded_new_at(const char *file, int line,
  const Dataset *d, BatchOptions o, const ProcessGroup *g)
{
  TT_CALL("tt_sharded_new", file, line);
  if (!d) tt_missing("tt_sharded_new", "const Dataset *d");
  if (!g) tt_missing("tt_sharded_new", "const ProcessGroup *g");
  return tt_sharded_new(d, o, g);
}
#define tt_sharded_new(...) tt_sharded_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline DataParallel *tt_data_parallel_new_at(const char *file, int line,
  void *model, ProcessGroup *g, DataParallelOptions o)
{
  TT_CALL("tt_data_parallel_new", file, line);
  if (!model) tt_missing("tt_data_parallel_new", "void *model");
  if (!g) tt_missing("tt_data_parallel_new", "ProcessGroup *g");
  return tt_data_parallel_new(model, g, o);
}
#define tt_data_parallel_new(...) tt_data_parallel_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Metrics tt_data_parallel_backward_at(const char *file, int line,
  DataParallel *d, Tensor *loss, double metric, int64_t n)
{
  TT_CALL("tt_data_parallel_backward", file, line);
  if (!d) tt_missing("tt_data_parallel_backward", "DataParallel *d");
  tt_alive("tt_data_parallel_backward", loss);
  return tt_data_parallel_backward(d, loss, metric, n);
}
#define tt_data_parallel_backward(...) tt_data_parallel_backward_at(__FILE__, __LINE__, __VA_ARGS__)
static inline uint64_t tt_data_parallel_check_at(const char *file, int line,
  const DataParallel *d)
{
  TT_CALL("tt_data_parallel_check", file, line);
  if (!d) tt_missing("tt_data_parallel_check", "const DataParallel *d");
  return tt_data_parallel_check(d);
}
#define tt_data_parallel_check(...) tt_data_parallel_check_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_owned_parameters_at(const char *file, int line,
  const DataParallel *d)
{
  TT_CALL("tt_owned_parameters", file, line);
  if (!d) tt_missing("tt_owned_parameters", "const DataParallel *d");
  return tt_owned_parameters(d);
}
#define tt_owned_parameters(...) tt_owned_parameters_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_owned_step_at(const char *file, int line,
  DataParallel *d, Optimizer *o)
{
  TT_CALL("tt_owned_step", file, line);
  if (!d) tt_missing("tt_owned_step", "DataParallel *d");
  if (!o) tt_missing("tt_owned_step", "Optimizer *o");
  tt_owned_step(d, o);
}
#define tt_owned_step(...) tt_owned_step_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_data_parallel_run_at(const char *file, int line,
  Trainer *t, DataParallel *d)
{
  TT_CALL("tt_data_parallel_run", file, line);
  if (!t) tt_missing("tt_data_parallel_run", "Trainer *t");
  if (!d) tt_missing("tt_data_parallel_run", "DataParallel *d");
  tt_data_parallel_run(t, d);
}
#define tt_data_parallel_run(...) tt_data_parallel_run_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_ring_all_reduce_at(const char *file, int line,
  int ranks, int64_t n, Real *const x[])
{
  TT_CALL("tt_ring_all_reduce", file, line);
  if (!x) tt_missing("tt_ring_all_reduce", "Real *const x[]");
  return tt_ring_all_reduce(ranks, n, x);
}
#define tt_ring_all_reduce(...) tt_ring_all_reduce_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_step_time_at(const char *file, int line,
  Network w, int ranks, StepCost s, double bucket)
{
  TT_CALL("tt_step_time", file, line);
  return tt_step_time(w, ranks, s, bucket);
}
#define tt_step_time(...) tt_step_time_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_best_bucket_at(const char *file, int line,
  Network w, int ranks, StepCost s)
{
  TT_CALL("tt_best_bucket", file, line);
  return tt_best_bucket(w, ranks, s);
}
#define tt_best_bucket(...) tt_best_bucket_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_DRIFT_H
static inline double tt_psi_at(const char *file, int line,
  int bins, const int64_t *a, const int64_t *b)
{
  TT_CALL("tt_psi", file, line);
  if (!a) tt_missing("tt_psi", "const int64_t *a");
  if (!b) tt_missing("tt_psi", "const int64_t *b");
  return tt_psi(bins, a, b);
}
#define tt_psi(...) tt_psi_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_ks_at(const char *file, int line,
  int64_t n, const Real *a, int64_t m, const Real *b)
{
  TT_CALL("tt_ks", file, line);
  if (!a) tt_missing("tt_ks", "const Real *a");
  if (!b) tt_missing("tt_ks", "const Real *b");
  return tt_ks(n, a, m, b);
}
#define tt_ks(...) tt_ks_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_ks_p_at(const char *file, int line,
  double d, int64_t n, int64_t m)
{
  TT_CALL("tt_ks_p", file, line);
  return tt_ks_p(d, n, m);
}
#define tt_ks_p(...) tt_ks_p_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_chi2_p_at(const char *file, int line,
  double x, int degrees)
{
  TT_CALL("tt_chi2_p", file, line);
  return tt_chi2_p(x, degrees);
}
#define tt_chi2_p(...) tt_chi2_p_at(__FILE__, __LINE__, __VA_ARGS__)
static inline DriftMonitor *tt_drift_new_at(const char *file, int line,
  Tensor *x, Tensor *answers, DriftOptions o)
{
  TT_CALL("tt_drift_new", file, line);
  if (!x) tt_missing("tt_drift_new", "Tensor *x");
  tt_alive("tt_drift_new", x);
  tt_alive("tt_drift_new", answers);
  return tt_drift_new(x, answers, o);
}
#define tt_drift_new(...) tt_drift_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_drift_add_at(const char *file, int line,
  DriftMonitor *m, const Real *x, int32_t answer)
{
  TT_CALL("tt_drift_add", file, line);
  if (!m) tt_missing("tt_drift_add", "DriftMonitor *m");
  if (!x) tt_missing("tt_drift_add", "const Real *x");
  return tt_drift_add(m, x, answer);
}
#define tt_drift_add(...) tt_drift_add_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_EMBEDDINGS_H
static inline Tensor *tt_embedding_at(const char *file, int line,
  Tensor *ids, Tensor *weight)
{
  TT_CALL("tt_embedding", file, line);
  if (!ids) tt_missing("tt_embedding", "Tensor *ids");
  tt_alive("tt_embedding", ids);
  if (!weight) tt_missing("tt_embedding", "Tensor *weight");
  tt_alive("tt_embedding", weight);
  return tt_embedding(ids, weight);
}
#define tt_embedding(...) tt_embedding_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_embedding_with_at(const char *file, int line,
  Tensor *ids, Tensor *weight, EmbeddingOptions o)
{
  TT_CALL("tt_embedding_with", file, line);
  if (!ids) tt_missing("tt_embedding_with", "Tensor *ids");
  tt_alive("tt_embedding_with", ids);
  if (!weight) tt_missing("tt_embedding_with", "Tensor *weight");
  tt_alive("tt_embedding_with", weight);
  return tt_embedding_with(ids, weight, o);
}
#define tt_embedding_with(...) tt_embedding_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Embedding *tt_embedding_new_at(const char *file, int line,
  int64_t num, int64_t dim, EmbeddingOptions o, Generator *g)
{
  TT_CALL("tt_embedding_new", file, line);
  return tt_embedding_new(num, dim, o, g);
}
#define tt_embedding_new(...) tt_embedding_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_positions_at(const char *file, int line,
  int64_t from, int64_t n)
{
  TT_CALL("tt_positions", file, line);
  return tt_positions(from, n);
}
#define tt_positions(...) tt_positions_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_padded_positions_at(const char *file, int line,
  Tensor *ids, int32_t padding)
{
  TT_CALL("tt_padded_positions", file, line);
  if (!ids) tt_missing("tt_padded_positions", "Tensor *ids");
  tt_alive("tt_padded_positions", ids);
  return tt_padded_positions(ids, padding);
}
#define tt_padded_positions(...) tt_padded_positions_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sinusoidal_positions_at(const char *file, int line,
  int64_t from, int64_t n, int64_t dim)
{
  TT_CALL("tt_sinusoidal_positions", file, line);
  return tt_sinusoidal_positions(from, n, dim);
}
#define tt_sinusoidal_positions(...) tt_sinusoidal_positions_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_rotary_at(const char *file, int line,
  Tensor *x, Tensor *positions, RotaryOptions o)
{
  TT_CALL("tt_rotary", file, line);
  if (!x) tt_missing("tt_rotary", "Tensor *x");
  tt_alive("tt_rotary", x);
  if (!positions) tt_missing("tt_rotary", "Tensor *positions");
  tt_alive("tt_rotary", positions);
  return tt_rotary(x, positions, o);
}
#define tt_rotary(...) tt_rotary_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_index_select_at(const char *file, int line,
  Tensor *x, int dim, Tensor *index)
{
  TT_CALL("tt_index_select", file, line);
  if (!x) tt_missing("tt_index_select", "Tensor *x");
  tt_alive("tt_index_select", x);
  if (!index) tt_missing("tt_index_select", "Tensor *index");
  tt_alive("tt_index_select", index);
  return tt_index_select(x, dim, index);
}
#define tt_index_select(...) tt_index_select_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_index_add__at(const char *file, int line,
  Tensor *t, int dim, Tensor *index, Tensor *source)
{
  TT_CALL("tt_index_add_", file, line);
  if (!t) tt_missing("tt_index_add_", "Tensor *t");
  tt_alive("tt_index_add_", t);
  if (!index) tt_missing("tt_index_add_", "Tensor *index");
  tt_alive("tt_index_add_", index);
  if (!source) tt_missing("tt_index_add_", "Tensor *source");
  tt_alive("tt_index_add_", source);
  tt_index_add_(t, dim, index, source);
}
#define tt_index_add_(...) tt_index_add__at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_one_hot_at(const char *file, int line,
  Tensor *ids, int64_t classes)
{
  TT_CALL("tt_one_hot", file, line);
  if (!ids) tt_missing("tt_one_hot", "Tensor *ids");
  tt_alive("tt_one_hot", ids);
  return tt_one_hot(ids, classes);
}
#define tt_one_hot(...) tt_one_hot_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_unique_at(const char *file, int line,
  Tensor *ids, Tensor **inverse)
{
  TT_CALL("tt_unique", file, line);
  if (!ids) tt_missing("tt_unique", "Tensor *ids");
  tt_alive("tt_unique", ids);
  return tt_unique(ids, inverse);
}
#define tt_unique(...) tt_unique_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_multinomial_at(const char *file, int line,
  const Tensor *weights, int64_t n, Generator *g)
{
  TT_CALL("tt_multinomial", file, line);
  if (!weights) tt_missing("tt_multinomial", "const Tensor *weights");
  tt_alive("tt_multinomial", weights);
  return tt_multinomial(weights, n, g);
}
#define tt_multinomial(...) tt_multinomial_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_pca_at(const char *file, int line,
  Tensor *x, int64_t k, Tensor **variance)
{
  TT_CALL("tt_pca", file, line);
  if (!x) tt_missing("tt_pca", "Tensor *x");
  tt_alive("tt_pca", x);
  return tt_pca(x, k, variance);
}
#define tt_pca(...) tt_pca_at(__FILE__, __LINE__, __VA_ARGS__)
#endif
#define tt_fail(...) \
  (tt_at(__FILE__, __LINE__), tt_fail(__VA_ARGS__))

#ifdef TT_ERROR_H
static inline bool tt_try_at(const char *file, int line,
  void (*f)(void *), void *arg, TensorError *e)
{
  TT_CALL("tt_try", file, line);
  if (!f) tt_missing("tt_try", "void (*f)(void *)");
  return tt_try(f, arg, e);
}
#define tt_try(...) tt_try_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_GENERATION_H
static inline TokenChoice tt_next_token_at(const char *file, int line,
  const Tensor *logits, const Tensor *seen, SamplingOptions o)
{
  TT_CALL("tt_next_token", file, line);
  if (!logits) tt_missing("tt_next_token", "const Tensor *logits");
  tt_alive("tt_next_token", logits);
  tt_alive("tt_next_token", seen);
  return tt_next_token(logits, seen, o);
}
#define tt_next_token(...) tt_next_token_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_token_chances_at(const char *file, int line,
  const Tensor *logits, const Tensor *seen, SamplingOptions o)
{
  TT_CALL("tt_token_chances", file, line);
  if (!logits) tt_missing("tt_token_chances", "const Tensor *logits");
  tt_alive("tt_token_chances", logits);
  tt_alive("tt_token_chances", seen);
  return tt_token_chances(logits, seen, o);
}
#define tt_token_chances(...) tt_token_chances_at(__FILE__, __LINE__, __VA_ARGS__)
static inline WrittenTokens tt_generate_at(const char *file, int line,
  void *model, const Tensor *prompt, int64_t n, GenerationOptions o)
{
  TT_CALL("tt_generate", file, line);
  if (!model) tt_missing("tt_generate", "void *model");
  if (!prompt) tt_missing("tt_generate", "const Tensor *prompt");
  tt_alive("tt_generate", prompt);
  return tt_generate(model, prompt, n, o);
}
#define tt_generate(...) tt_generate_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_show_text_at(const char *file, int line,
  void *to, Piece p)
{
  TT_CALL("tt_show_text", file, line);
  if (!to) tt_missing("tt_show_text", "void *to");
  tt_show_text(to, p);
}
#define tt_show_text(...) tt_show_text_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_GPT2_H
static inline Gpt *tt_load_gpt2_weights_at(const char *file, int line,
  const char *path, int64_t heads)
{
  TT_CALL("tt_load_gpt2_weights", file, line);
  if (!path) tt_missing("tt_load_gpt2_weights", "const char *path");
  return tt_load_gpt2_weights(path, heads);
}
#define tt_load_gpt2_weights(...) tt_load_gpt2_weights_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_GRADIENT_H
static inline void tt_op_backward_at(const char *file, int line,
  Op *op, void (*rule)(TapeNode *), unsigned saves)
{
  TT_CALL("tt_op_backward", file, line);
  if (!op) tt_missing("tt_op_backward", "Op *op");
  if (!rule) tt_missing("tt_op_backward", "void (*rule)(TapeNode *)");
  tt_op_backward(op, rule, saves);
}
#define tt_op_backward(...) tt_op_backward_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_elementwise_backward_at(const char *file, int line,
  TapeNode *k)
{
  TT_CALL("tt_elementwise_backward", file, line);
  if (!k) tt_missing("tt_elementwise_backward", "TapeNode *k");
  tt_elementwise_backward(k);
}
#define tt_elementwise_backward(...) tt_elementwise_backward_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_node_wants_at(const char *file, int line,
  const TapeNode *k, int i)
{
  TT_CALL("tt_node_wants", file, line);
  if (!k) tt_missing("tt_node_wants", "const TapeNode *k");
  return tt_node_wants(k, i);
}
#define tt_node_wants(...) tt_node_wants_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Shape tt_node_shape_at(const char *file, int line,
  const TapeNode *k, int i)
{
  TT_CALL("tt_node_shape", file, line);
  if (!k) tt_missing("tt_node_shape", "const TapeNode *k");
  return tt_node_shape(k, i);
}
#define tt_node_shape(...) tt_node_shape_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_node_saved_at(const char *file, int line,
  TapeNode *k, int i)
{
  TT_CALL("tt_node_saved", file, line);
  if (!k) tt_missing("tt_node_saved", "TapeNode *k");
  return tt_node_saved(k, i);
}
#define tt_node_saved(...) tt_node_saved_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_accumulate_at(const char *file, int line,
  TapeNode *k, int i, Tensor *g)
{
  TT_CALL("tt_accumulate", file, line);
  if (!k) tt_missing("tt_accumulate", "TapeNode *k");
  if (!g) tt_missing("tt_accumulate", "Tensor *g");
  tt_alive("tt_accumulate", g);
  tt_accumulate(k, i, g);
}
#define tt_accumulate(...) tt_accumulate_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_KVCACHE_H
static inline KvCache *tt_kv_cache_new_at(const char *file, int line,
  Gpt *m, int sequences, KvOptions o)
{
  TT_CALL("tt_kv_cache_new", file, line);
  if (!m) tt_missing("tt_kv_cache_new", "Gpt *m");
  return tt_kv_cache_new(m, sequences, o);
}
#define tt_kv_cache_new(...) tt_kv_cache_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_kv_cache_free_at(const char *file, int line,
  KvCache *c)
{
  TT_CALL("tt_kv_cache_free", file, line);
  if (!c) tt_missing("tt_kv_cache_free", "KvCache *c");
  tt_kv_cache_free(c);
}
#define tt_kv_cache_free(...) tt_kv_cache_free_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_kv_features_at(const char *file, int line,
  KvCache *c, int n, const KvPart part[])
{
  TT_CALL("tt_kv_features", file, line);
  if (!c) tt_missing("tt_kv_features", "KvCache *c");
  if (n > 0 && !part) tt_missing("tt_kv_features", "const KvPart part[]");
  return tt_kv_features(c, n, part);
}
#define tt_kv_features(...) tt_kv_features_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_kv_logits_at(const char *file, int line,
  KvCache *c, int n, const KvPart part[])
{
  TT_CALL("tt_kv_logits", file, line);
  if (!c) tt_missing("tt_kv_logits", "KvCache *c");
  if (n > 0 && !part) tt_missing("tt_kv_logits", "const KvPart part[]");
  return tt_kv_logits(c, n, part);
}
#define tt_kv_logits(...) tt_kv_logits_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_kv_next_at(const char *file, int line,
  KvCache *c, int sequence, Tensor *ids)
{
  TT_CALL("tt_kv_next", file, line);
  if (!c) tt_missing("tt_kv_next", "KvCache *c");
  if (!ids) tt_missing("tt_kv_next", "Tensor *ids");
  tt_alive("tt_kv_next", ids);
  return tt_kv_next(c, sequence, ids);
}
#define tt_kv_next(...) tt_kv_next_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_kv_rollback_at(const char *file, int line,
  KvCache *c, int sequence, int64_t n)
{
  TT_CALL("tt_kv_rollback", file, line);
  if (!c) tt_missing("tt_kv_rollback", "KvCache *c");
  tt_kv_rollback(c, sequence, n);
}
#define tt_kv_rollback(...) tt_kv_rollback_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_kv_reorder_at(const char *file, int line,
  KvCache *c, int n, const int from[])
{
  TT_CALL("tt_kv_reorder", file, line);
  if (!c) tt_missing("tt_kv_reorder", "KvCache *c");
  if (n > 0 && !from) tt_missing("tt_kv_reorder", "const int from[]");
  tt_kv_reorder(c, n, from);
}
#define tt_kv_reorder(...) tt_kv_reorder_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_kv_copy_at(const char *file, int line,
  KvCache *c, int to, int from)
{
  TT_CALL("tt_kv_copy", file, line);
  if (!c) tt_missing("tt_kv_copy", "KvCache *c");
  tt_kv_copy(c, to, from);
}
#define tt_kv_copy(...) tt_kv_copy_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_kv_common_at(const char *file, int line,
  const KvCache *c, int sequence, const Tensor *ids)
{
  TT_CALL("tt_kv_common", file, line);
  if (!c) tt_missing("tt_kv_common", "const KvCache *c");
  if (!ids) tt_missing("tt_kv_common", "const Tensor *ids");
  tt_alive("tt_kv_common", ids);
  return tt_kv_common(c, sequence, ids);
}
#define tt_kv_common(...) tt_kv_common_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_kv_resume_at(const char *file, int line,
  KvCache *c, int sequence, Tensor *ids)
{
  TT_CALL("tt_kv_resume", file, line);
  if (!c) tt_missing("tt_kv_resume", "KvCache *c");
  if (!ids) tt_missing("tt_kv_resume", "Tensor *ids");
  tt_alive("tt_kv_resume", ids);
  return tt_kv_resume(c, sequence, ids);
}
#define tt_kv_resume(...) tt_kv_resume_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_kv_bytes_at(const char *file, int line,
  const KvCache *c)
{
  TT_CALL("tt_kv_bytes", file, line);
  if (!c) tt_missing("tt_kv_bytes", "const KvCache *c");
  return tt_kv_bytes(c);
}
#define tt_kv_bytes(...) tt_kv_bytes_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_kv_page_bytes_at(const char *file, int line,
  GptOptions o, KvOptions k)
{
  TT_CALL("tt_kv_page_bytes", file, line);
  return tt_kv_page_bytes(o, k);
}
#define tt_kv_page_bytes(...) tt_kv_page_bytes_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_kv_save_at(const char *file, int line,
  const char *path, const KvCache *c, int sequence)
{
  TT_CALL("tt_kv_save", file, line);
  if (!path) tt_missing("tt_kv_save", "const char *path");
  if (!c) tt_missing("tt_kv_save", "const KvCache *c");
  tt_kv_save(path, c, sequence);
}
#define tt_kv_save(...) tt_kv_save_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_kv_load_at(const char *file, int line,
  const char *path, KvCache *c, int sequence)
{
  TT_CALL("tt_kv_load", file, line);
  if (!path) tt_missing("tt_kv_load", "const char *path");
  if (!c) tt_missing("tt_kv_load", "KvCache *c");
  tt_kv_load(path, c, sequence);
}
#define tt_kv_load(...) tt_kv_load_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_generate_all_at(const char *file, int line,
  Gpt *m, int n, KvRequest r[], int slots, KvOptions o)
{
  TT_CALL("tt_generate_all", file, line);
  if (!m) tt_missing("tt_generate_all", "Gpt *m");
  if (n > 0 && !r) tt_missing("tt_generate_all", "KvRequest r[]");
  tt_generate_all(m, n, r, slots, o);
}
#define tt_generate_all(...) tt_generate_all_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_LAYERS_H
static inline Sequential *tt_sequential_new_at(const char *file, int line,
  int n, void *const m[])
{
  TT_CALL("tt_sequential_new", file, line);
  if (n > 0 && !m) tt_missing("tt_sequential_new", "void *const m[]");
  return tt_sequential_new(n, m);
}
#define tt_sequential_new(...) tt_sequential_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Module *tt_activation_new_named_at(const char *file, int line,
  ActivationFunction *f, const char *name)
{
  TT_CALL("tt_activation_new_named", file, line);
  if (!f) tt_missing("tt_activation_new_named", "ActivationFunction *f");
  if (!name) tt_missing("tt_activation_new_named", "const char *name");
  return tt_activation_new_named(f, name);
}
#define tt_activation_new_named(...) tt_activation_new_named_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Flatten *tt_flatten_new_at(const char *file, int line)
{
  TT_CALL("tt_flatten_new", file, line);
  return tt_flatten_new();
}
#define tt_flatten_new() tt_flatten_new_at(__FILE__, __LINE__)
static inline Dropout *tt_dropout_new_at(const char *file, int line,
  double p, Generator *g)
{
  TT_CALL("tt_dropout_new", file, line);
  return tt_dropout_new(p, g);
}
#define tt_dropout_new(...) tt_dropout_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Linear *tt_linear_new_at(const char *file, int line,
  int64_t in, int64_t out, Generator *g)
{
  TT_CALL("tt_linear_new", file, line);
  return tt_linear_new(in, out, g);
}
#define tt_linear_new(...) tt_linear_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Linear *tt_linear_new_no_bias_at(const char *file, int line,
  int64_t in, int64_t out, Generator *g)
{
  TT_CALL("tt_linear_new_no_bias", file, line);
  return tt_linear_new_no_bias(in, out, g);
}
#define tt_linear_new_no_bias(...) tt_linear_new_no_bias_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_linear_at(const char *file, int line,
  Tensor *x, Tensor *w, Tensor *b)
{
  TT_CALL("tt_linear", file, line);
  if (!x) tt_missing("tt_linear", "Tensor *x");
  tt_alive("tt_linear", x);
  if (!w) tt_missing("tt_linear", "Tensor *w");
  tt_alive("tt_linear", w);
  tt_alive("tt_linear", b);
  return tt_linear(x, w, b);
}
#define tt_linear(...) tt_linear_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_dropout_at(const char *file, int line,
  Tensor *x, double p, bool training, Generator *g)
{
  TT_CALL("tt_dropout", file, line);
  if (!x) tt_missing("tt_dropout", "Tensor *x");
  tt_alive("tt_dropout", x);
  return tt_dropout(x, p, training, g);
}
#define tt_dropout(...) tt_dropout_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_kaiming_uniform__at(const char *file, int line,
  Tensor *w, double a, Generator *g)
{
  TT_CALL("tt_kaiming_uniform_", file, line);
  if (!w) tt_missing("tt_kaiming_uniform_", "Tensor *w");
  tt_alive("tt_kaiming_uniform_", w);
  tt_kaiming_uniform_(w, a, g);
}
#define tt_kaiming_uniform_(...) tt_kaiming_uniform__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_kaiming_normal__at(const char *file, int line,
  Tensor *w, double a, Generator *g)
{
  TT_CALL("tt_kaiming_normal_", file, line);
  if (!w) tt_missing("tt_kaiming_normal_", "Tensor *w");
  tt_alive("tt_kaiming_normal_", w);
  tt_kaiming_normal_(w, a, g);
}
#define tt_kaiming_normal_(...) tt_kaiming_normal__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_xavier_uniform__at(const char *file, int line,
  Tensor *w, double gain, Generator *g)
{
  TT_CALL("tt_xavier_uniform_", file, line);
  if (!w) tt_missing("tt_xavier_uniform_", "Tensor *w");
  tt_alive("tt_xavier_uniform_", w);
  tt_xavier_uniform_(w, gain, g);
}
#define tt_xavier_uniform_(...) tt_xavier_uniform__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_xavier_normal__at(const char *file, int line,
  Tensor *w, double gain, Generator *g)
{
  TT_CALL("tt_xavier_normal_", file, line);
  if (!w) tt_missing("tt_xavier_normal_", "Tensor *w");
  tt_alive("tt_xavier_normal_", w);
  tt_xavier_normal_(w, gain, g);
}
#define tt_xavier_normal_(...) tt_xavier_normal__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_uniform__at(const char *file, int line,
  Tensor *t, double low, double high, Generator *g)
{
  TT_CALL("tt_uniform_", file, line);
  if (!t) tt_missing("tt_uniform_", "Tensor *t");
  tt_alive("tt_uniform_", t);
  tt_uniform_(t, low, high, g);
}
#define tt_uniform_(...) tt_uniform__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_normal__at(const char *file, int line,
  Tensor *t, double mean, double std, Generator *g)
{
  TT_CALL("tt_normal_", file, line);
  if (!t) tt_missing("tt_normal_", "Tensor *t");
  tt_alive("tt_normal_", t);
  tt_normal_(t, mean, std, g);
}
#define tt_normal_(...) tt_normal__at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_LOSSES_H
static inline Tensor *tt_mse_loss_at(const char *file, int line,
  Tensor *x, Tensor *y)
{
  TT_CALL("tt_mse_loss", file, line);
  if (!x) tt_missing("tt_mse_loss", "Tensor *x");
  tt_alive("tt_mse_loss", x);
  if (!y) tt_missing("tt_mse_loss", "Tensor *y");
  tt_alive("tt_mse_loss", y);
  return tt_mse_loss(x, y);
}
#define tt_mse_loss(...) tt_mse_loss_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_bce_loss_at(const char *file, int line,
  Tensor *p, Tensor *y)
{
  TT_CALL("tt_bce_loss", file, line);
  if (!p) tt_missing("tt_bce_loss", "Tensor *p");
  tt_alive("tt_bce_loss", p);
  if (!y) tt_missing("tt_bce_loss", "Tensor *y");
  tt_alive("tt_bce_loss", y);
  return tt_bce_loss(p, y);
}
#define tt_bce_loss(...) tt_bce_loss_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_bce_with_logits_at(const char *file, int line,
  Tensor *z, Tensor *y)
{
  TT_CALL("tt_bce_with_logits", file, line);
  if (!z) tt_missing("tt_bce_with_logits", "Tensor *z");
  tt_alive("tt_bce_with_logits", z);
  if (!y) tt_missing("tt_bce_with_logits", "Tensor *y");
  tt_alive("tt_bce_with_logits", y);
  return tt_bce_with_logits(z, y);
}
#define tt_bce_with_logits(...) tt_bce_with_logits_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_mse_loss_with_at(const char *file, int line,
  Tensor *x, Tensor *y, Reduction r)
{
  TT_CALL("tt_mse_loss_with", file, line);
  if (!x) tt_missing("tt_mse_loss_with", "Tensor *x");
  tt_alive("tt_mse_loss_with", x);
  if (!y) tt_missing("tt_mse_loss_with", "Tensor *y");
  tt_alive("tt_mse_loss_with", y);
  return tt_mse_loss_with(x, y, r);
}
#define tt_mse_loss_with(...) tt_mse_loss_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_bce_loss_with_at(const char *file, int line,
  Tensor *p, Tensor *y, Reduction r)
{
  TT_CALL("tt_bce_loss_with", file, line);
  if (!p) tt_missing("tt_bce_loss_with", "Tensor *p");
  tt_alive("tt_bce_loss_with", p);
  if (!y) tt_missing("tt_bce_loss_with", "Tensor *y");
  tt_alive("tt_bce_loss_with", y);
  return tt_bce_loss_with(p, y, r);
}
#define tt_bce_loss_with(...) tt_bce_loss_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_bce_with_logits_with_at(const char *file, int line,
  Tensor *z, Tensor *y, Reduction r)
{
  TT_CALL("tt_bce_with_logits_with", file, line);
  if (!z) tt_missing("tt_bce_with_logits_with", "Tensor *z");
  tt_alive("tt_bce_with_logits_with", z);
  if (!y) tt_missing("tt_bce_with_logits_with", "Tensor *y");
  tt_alive("tt_bce_with_logits_with", y);
  return tt_bce_with_logits_with(z, y, r);
}
#define tt_bce_with_logits_with(...) tt_bce_with_logits_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_nll_loss_at(const char *file, int line,
  Tensor *logp, Tensor *target)
{
  TT_CALL("tt_nll_loss", file, line);
  if (!logp) tt_missing("tt_nll_loss", "Tensor *logp");
  tt_alive("tt_nll_loss", logp);
  if (!target) tt_missing("tt_nll_loss", "Tensor *target");
  tt_alive("tt_nll_loss", target);
  return tt_nll_loss(logp, target);
}
#define tt_nll_loss(...) tt_nll_loss_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_cross_entropy_at(const char *file, int line,
  Tensor *logits, Tensor *target)
{
  TT_CALL("tt_cross_entropy", file, line);
  if (!logits) tt_missing("tt_cross_entropy", "Tensor *logits");
  tt_alive("tt_cross_entropy", logits);
  if (!target) tt_missing("tt_cross_entropy", "Tensor *target");
  tt_alive("tt_cross_entropy", target);
  return tt_cross_entropy(logits, target);
}
#define tt_cross_entropy(...) tt_cross_entropy_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_nll_loss_with_at(const char *file, int line,
  Tensor *logp, Tensor *target, LabelOptions o)
{
  TT_CALL("tt_nll_loss_with", file, line);
  if (!logp) tt_missing("tt_nll_loss_with", "Tensor *logp");
  tt_alive("tt_nll_loss_with", logp);
  if (!target) tt_missing("tt_nll_loss_with", "Tensor *target");
  tt_alive("tt_nll_loss_with", target);
  return tt_nll_loss_with(logp, target, o);
}
#define tt_nll_loss_with(...) tt_nll_loss_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_cross_entropy_with_at(const char *file, int line,
  Tensor *logits, Tensor *target, LabelOptions o)
{
  TT_CALL("tt_cross_entropy_with", file, line);
  if (!logits) tt_missing("tt_cross_entropy_with", "Tensor *logits");
  tt_alive("tt_cross_entropy_with", logits);
  if (!target) tt_missing("tt_cross_entropy_with", "Tensor *target");
  tt_alive("tt_cross_entropy_with", target);
  return tt_cross_entropy_with(logits, target, o);
}
#define tt_cross_entropy_with(...) tt_cross_entropy_with_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_MACHINE_H
static inline double tt_machine_now_at(const char *file, int line)
{
  TT_CALL("tt_machine_now", file, line);
  return tt_machine_now();
}
#define tt_machine_now() tt_machine_now_at(__FILE__, __LINE__)
static inline double tt_machine_median_at(const char *file, int line,
  double *value, int n)
{
  TT_CALL("tt_machine_median", file, line);
  if (!value) tt_missing("tt_machine_median", "double *value");
  return tt_machine_median(value, n);
}
#define tt_machine_median(...) tt_machine_median_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_machine_time_at(const char *file, int line,
  void (*work)(void *), void *arg)
{
  TT_CALL("tt_machine_time", file, line);
  if (!work) tt_missing("tt_machine_time", "void (*work)(void *)");
  return tt_machine_time(work, arg);
}
#define tt_machine_time(...) tt_machine_time_at(__FILE__, __LINE__, __VA_ARGS__)
static inline uint64_t tt_machine_random_at(const char *file, int line,
  uint64_t *state)
{
  TT_CALL("tt_machine_random", file, line);
  if (!state) tt_missing("tt_machine_random", "uint64_t *state");
  return tt_machine_random(state);
}
#define tt_machine_random(...) tt_machine_random_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_machine_cycle_at(const char *file, int line,
  uint32_t *next, uint32_t n, uint64_t seed)
{
  TT_CALL("tt_machine_cycle", file, line);
  if (!next) tt_missing("tt_machine_cycle", "uint32_t *next");
  tt_machine_cycle(next, n, seed);
}
#define tt_machine_cycle(...) tt_machine_cycle_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_MEASURE_H
static inline double tt_percentile_at(const char *file, int line,
  int64_t n, const double *sorted, double share)
{
  TT_CALL("tt_percentile", file, line);
  if (!sorted) tt_missing("tt_percentile", "const double *sorted");
  return tt_percentile(n, sorted, share);
}
#define tt_percentile(...) tt_percentile_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Latency tt_latency_of_at(const char *file, int line,
  int64_t n, double *seconds)
{
  TT_CALL("tt_latency_of", file, line);
  if (!seconds) tt_missing("tt_latency_of", "double *seconds");
  return tt_latency_of(n, seconds);
}
#define tt_latency_of(...) tt_latency_of_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Latency tt_measure_work_at(const char *file, int line,
  void (*work)(void *), void *arg, LatencyOptions o)
{
  TT_CALL("tt_measure_work", file, line);
  if (!work) tt_missing("tt_measure_work", "void (*work)(void *)");
  return tt_measure_work(work, arg, o);
}
#define tt_measure_work(...) tt_measure_work_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Latency tt_measure_latency_at(const char *file, int line,
  void *m, Tensor *x, LatencyOptions o)
{
  TT_CALL("tt_measure_latency", file, line);
  if (!m) tt_missing("tt_measure_latency", "void *m");
  if (!x) tt_missing("tt_measure_latency", "Tensor *x");
  tt_alive("tt_measure_latency", x);
  return tt_measure_latency(m, x, o);
}
#define tt_measure_latency(...) tt_measure_latency_at(__FILE__, __LINE__, __VA_ARGS__)
static inline const char *tt_latency_noise_at(const char *file, int line,
  const Latency *l)
{
  TT_CALL("tt_latency_noise", file, line);
  if (!l) tt_missing("tt_latency_noise", "const Latency *l");
  return tt_latency_noise(l);
}
#define tt_latency_noise(...) tt_latency_noise_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_latency_print_at(const char *file, int line,
  FILE *f, const Latency *l)
{
  TT_CALL("tt_latency_print", file, line);
  if (!f) tt_missing("tt_latency_print", "FILE *f");
  if (!l) tt_missing("tt_latency_print", "const Latency *l");
  tt_latency_print(f, l);
}
#define tt_latency_print(...) tt_latency_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline MemoryUse tt_measure_memory_at(const char *file, int line,
  void (*work)(void *), void *arg, MemoryOptions o)
{
  TT_CALL("tt_measure_memory", file, line);
  if (!work) tt_missing("tt_measure_memory", "void (*work)(void *)");
  return tt_measure_memory(work, arg, o);
}
#define tt_measure_memory(...) tt_measure_memory_at(__FILE__, __LINE__, __VA_ARGS__)
static inline const char *tt_memory_part_name_at(const char *file, int line,
  MemoryPart part)
{
  TT_CALL("tt_memory_part_name", file, line);
  return tt_memory_part_name(part);
}
#define tt_memory_part_name(...) tt_memory_part_name_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_memory_print_at(const char *file, int line,
  FILE *f, const MemoryUse *u)
{
  TT_CALL("tt_memory_print", file, line);
  if (!f) tt_missing("tt_memory_print", "FILE *f");
  if (!u) tt_missing("tt_memory_print", "const MemoryUse *u");
  tt_memory_print(f, u);
}
#define tt_memory_print(...) tt_memory_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Roofline tt_roofline_at(const char *file, int line)
{
  TT_CALL("tt_roofline", file, line);
  return tt_roofline();
}
#define tt_roofline() tt_roofline_at(__FILE__, __LINE__)
static inline double tt_roofline_rate_at(const char *file, int line,
  const Roofline *r, double bytes)
{
  TT_CALL("tt_roofline_rate", file, line);
  if (!r) tt_missing("tt_roofline_rate", "const Roofline *r");
  return tt_roofline_rate(r, bytes);
}
#define tt_roofline_rate(...) tt_roofline_rate_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Verdict tt_roofline_verdict_at(const char *file, int line,
  const Roofline *r, double flops, double bytes, double seconds)
{
  TT_CALL("tt_roofline_verdict", file, line);
  if (!r) tt_missing("tt_roofline_verdict", "const Roofline *r");
  return tt_roofline_verdict(r, flops, bytes, seconds);
}
#define tt_roofline_verdict(...) tt_roofline_verdict_at(__FILE__, __LINE__, __VA_ARGS__)
static inline const char *tt_bound_text_at(const char *file, int line,
  Bound b)
{
  TT_CALL("tt_bound_text", file, line);
  return tt_bound_text(b);
}
#define tt_bound_text(...) tt_bound_text_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_roofline_print_at(const char *file, int line,
  FILE *f, const Roofline *r)
{
  TT_CALL("tt_roofline_print", file, line);
  if (!f) tt_missing("tt_roofline_print", "FILE *f");
  if (!r) tt_missing("tt_roofline_print", "const Roofline *r");
  tt_roofline_print(f, r);
}
#define tt_roofline_print(...) tt_roofline_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_bottlenecks_print_at(const char *file, int line,
  FILE *f, const Roofline *r, const Profile *p, int most)
{
  TT_CALL("tt_bottlenecks_print", file, line);
  if (!f) tt_missing("tt_bottlenecks_print", "FILE *f");
  if (!r) tt_missing("tt_bottlenecks_print", "const Roofline *r");
  if (!p) tt_missing("tt_bottlenecks_print", "const Profile *p");
  tt_bottlenecks_print(f, r, p, most);
}
#define tt_bottlenecks_print(...) tt_bottlenecks_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline CounterReport tt_hardware_counters_at(const char *file, int line,
  void (*work)(void *), void *arg)
{
  TT_CALL("tt_hardware_counters", file, line);
  if (!work) tt_missing("tt_hardware_counters", "void (*work)(void *)");
  return tt_hardware_counters(work, arg);
}
#define tt_hardware_counters(...) tt_hardware_counters_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_counter_scaled_at(const char *file, int line,
  uint64_t count, uint64_t enabled, uint64_t running)
{
  TT_CALL("tt_counter_scaled", file, line);
  return tt_counter_scaled(count, enabled, running);
}
#define tt_counter_scaled(...) tt_counter_scaled_at(__FILE__, __LINE__, __VA_ARGS__)
static inline const char *tt_counter_refusal_at(const char *file, int line,
  int error)
{
  TT_CALL("tt_counter_refusal", file, line);
  return tt_counter_refusal(error);
}
#define tt_counter_refusal(...) tt_counter_refusal_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_counters_print_at(const char *file, int line,
  FILE *f, const CounterReport *r)
{
  TT_CALL("tt_counters_print", file, line);
  if (!f) tt_missing("tt_counters_print", "FILE *f");
  if (!r) tt_missing("tt_counters_print", "const CounterReport *r");
  tt_counters_print(f, r);
}
#define tt_counters_print(...) tt_counters_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_profiler_trace_at(const char *file, int line,
  FILE *f, const Profile *p)
{
  TT_CALL("tt_profiler_trace", file, line);
  if (!f) tt_missing("tt_profiler_trace", "FILE *f");
  if (!p) tt_missing("tt_profiler_trace", "const Profile *p");
  tt_profiler_trace(f, p);
}
#define tt_profiler_trace(...) tt_profiler_trace_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_profiler_flame_at(const char *file, int line,
  FILE *f, const Profile *p)
{
  TT_CALL("tt_profiler_flame", file, line);
  if (!f) tt_missing("tt_profiler_flame", "FILE *f");
  if (!p) tt_missing("tt_profiler_flame", "const Profile *p");
  tt_profiler_flame(f, p);
}
#define tt_profiler_flame(...) tt_profiler_flame_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_nested_or_apart_at(const char *file, int line,
  int64_t from_a, int64_t to_a, int64_t from_b, int64_t to_b)
{
  TT_CALL("tt_nested_or_apart", file, line);
  return tt_nested_or_apart(from_a, to_a, from_b, to_b);
}
#define tt_nested_or_apart(...) tt_nested_or_apart_at(__FILE__, __LINE__, __VA_ARGS__)
static inline WeightStats tt_weight_stats_at(const char *file, int line,
  Tensor *w)
{
  TT_CALL("tt_weight_stats", file, line);
  if (!w) tt_missing("tt_weight_stats", "Tensor *w");
  tt_alive("tt_weight_stats", w);
  return tt_weight_stats(w);
}
#define tt_weight_stats(...) tt_weight_stats_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_analyze_weight_distribution_at(const char *file, int line,
  void *m, int n, WeightStats *s)
{
  TT_CALL("tt_analyze_weight_distribution", file, line);
  if (!m) tt_missing("tt_analyze_weight_distribution", "void *m");
  return tt_analyze_weight_distribution(m, n, s);
}
#define tt_analyze_weight_distribution(...) tt_analyze_weight_distribution_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_sparsity_at(const char *file, int line,
  void *m)
{
  TT_CALL("tt_sparsity", file, line);
  if (!m) tt_missing("tt_sparsity", "void *m");
  return tt_sparsity(m);
}
#define tt_sparsity(...) tt_sparsity_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_weights_print_at(const char *file, int line,
  FILE *f, int n, const WeightStats *s)
{
  TT_CALL("tt_weights_print", file, line);
  if (!f) tt_missing("tt_weights_print", "FILE *f");
  if (!s) tt_missing("tt_weights_print", "const WeightStats *s");
  tt_weights_print(f, n, s);
}
#define tt_weights_print(...) tt_weights_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_profile_scaling_at(const char *file, int line,
  LengthWork *work, void *arg, int n, const int64_t *length, ScalingPoint *p)
{
  TT_CALL("tt_profile_scaling", file, line);
  if (!work) tt_missing("tt_profile_scaling", "LengthWork *work");
  if (!length) tt_missing("tt_profile_scaling", "const int64_t *length");
  if (!p) tt_missing("tt_profile_scaling", "ScalingPoint *p");
  tt_profile_scaling(work, arg, n, length, p);
}
#define tt_profile_scaling(...) tt_profile_scaling_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Scaling tt_scaling_of_at(const char *file, int line,
  int n, const ScalingPoint *p)
{
  TT_CALL("tt_scaling_of", file, line);
  if (!p) tt_missing("tt_scaling_of", "const ScalingPoint *p");
  return tt_scaling_of(n, p);
}
#define tt_scaling_of(...) tt_scaling_of_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_scaling_print_at(const char *file, int line,
  FILE *f, int n, const ScalingPoint *p)
{
  TT_CALL("tt_scaling_print", file, line);
  if (!f) tt_missing("tt_scaling_print", "FILE *f");
  if (!p) tt_missing("tt_scaling_print", "const ScalingPoint *p");
  tt_scaling_print(f, n, p);
}
#define tt_scaling_print(...) tt_scaling_print_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_MEMORY_H
static inline void tt_scope_open_at(const char *file, int line,
  Scope *s)
{
  TT_CALL("tt_scope_open", file, line);
  if (!s) tt_missing("tt_scope_open", "Scope *s");
  tt_scope_open(s);
}
#define tt_scope_open(...) tt_scope_open_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_scope_close_at(const char *file, int line,
  Scope *s)
{
  TT_CALL("tt_scope_close", file, line);
  if (!s) tt_missing("tt_scope_close", "Scope *s");
  tt_scope_close(s);
}
#define tt_scope_close(...) tt_scope_close_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_clear_at(const char *file, int line)
{
  TT_CALL("tt_clear", file, line);
  tt_clear();
}
#define tt_clear() tt_clear_at(__FILE__, __LINE__)
static inline Scope *tt_scope_at(const char *file, int line)
{
  TT_CALL("tt_scope", file, line);
  return tt_scope();
}
#define tt_scope() tt_scope_at(__FILE__, __LINE__)
static inline void tt_move_at(const char *file, int line,
  Tensor *t, Scope *to)
{
  TT_CALL("tt_move", file, line);
  if (!t) tt_missing("tt_move", "Tensor *t");
  tt_alive("tt_move", t);
  if (!to) tt_missing("tt_move", "Scope *to");
  tt_move(t, to);
}
#define tt_move(...) tt_move_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_release_at(const char *file, int line,
  Tensor *t)
{
  TT_CALL("tt_release", file, line);
  if (!t) tt_missing("tt_release", "Tensor *t");
  tt_alive("tt_release", t);
  tt_release(t);
}
#define tt_release(...) tt_release_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_keep_at(const char *file, int line,
  Tensor *t)
{
  TT_CALL("tt_keep", file, line);
  if (!t) tt_missing("tt_keep", "Tensor *t");
  tt_alive("tt_keep", t);
  return tt_keep(t);
}
#define tt_keep(...) tt_keep_at(__FILE__, __LINE__, __VA_ARGS__)
static inline MemoryStats tt_memory_stats_at(const char *file, int line)
{
  TT_CALL("tt_memory_stats", file, line);
  return tt_memory_stats();
}
#define tt_memory_stats() tt_memory_stats_at(__FILE__, __LINE__)
static inline void tt_reset_peak_memory_at(const char *file, int line)
{
  TT_CALL("tt_reset_peak_memory", file, line);
  tt_reset_peak_memory();
}
#define tt_reset_peak_memory() tt_reset_peak_memory_at(__FILE__, __LINE__)
static inline void tt_memory_limit_at(const char *file, int line,
  int64_t bytes)
{
  TT_CALL("tt_memory_limit", file, line);
  tt_memory_limit(bytes);
}
#define tt_memory_limit(...) tt_memory_limit_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_empty_pool_at(const char *file, int line)
{
  TT_CALL("tt_empty_pool", file, line);
  tt_empty_pool();
}
#define tt_empty_pool() tt_empty_pool_at(__FILE__, __LINE__)
#endif

#ifdef TT_MODELSIZE_H
static inline ModelSize tt_model_size_at(const char *file, int line,
  void *model)
{
  TT_CALL("tt_model_size", file, line);
  if (!model) tt_missing("tt_model_size", "void *model");
  return tt_model_size(model);
}
#define tt_model_size(...) tt_model_size_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_module_sizes_at(const char *file, int line,
  void *model, int n, ModulePart *part)
{
  TT_CALL("tt_module_sizes", file, line);
  if (!model) tt_missing("tt_module_sizes", "void *model");
  return tt_module_sizes(model, n, part);
}
#define tt_module_sizes(...) tt_module_sizes_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_model_size_print_at(const char *file, int line,
  FILE *f, void *model)
{
  TT_CALL("tt_model_size_print", file, line);
  if (!f) tt_missing("tt_model_size_print", "FILE *f");
  if (!model) tt_missing("tt_model_size_print", "void *model");
  tt_model_size_print(f, model);
}
#define tt_model_size_print(...) tt_model_size_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_sensitivity_at(const char *file, int line,
  void *model, QuantFormat f, ModelScore *score, void *arg, int n, Sensitivity *s)
{
  TT_CALL("tt_sensitivity", file, line);
  if (!model) tt_missing("tt_sensitivity", "void *model");
  if (!score) tt_missing("tt_sensitivity", "ModelScore *score");
  return tt_sensitivity(model, f, score, arg, n, s);
}
#define tt_sensitivity(...) tt_sensitivity_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_MODULE_H
static inline void *tt_module_new_at(const char *file, int line,
  const ModuleType *type)
{
  TT_CALL("tt_module_new", file, line);
  if (!type) tt_missing("tt_module_new", "const ModuleType *type");
  return tt_module_new(type);
}
#define tt_module_new(...) tt_module_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void *tt_module_new_with_at(const char *file, int line,
  const ModuleType *type, size_t extra)
{
  TT_CALL("tt_module_new_with", file, line);
  if (!type) tt_missing("tt_module_new_with", "const ModuleType *type");
  return tt_module_new_with(type, extra);
}
#define tt_module_new_with(...) tt_module_new_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void *tt_module_keep_at(const char *file, int line,
  void *m)
{
  TT_CALL("tt_module_keep", file, line);
  if (!m) tt_missing("tt_module_keep", "void *m");
  return tt_module_keep(m);
}
#define tt_module_keep(...) tt_module_keep_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_free_at(const char *file, int line,
  void *m)
{
  TT_CALL("tt_module_free", file, line);
  if (!m) tt_missing("tt_module_free", "void *m");
  tt_module_free(m);
}
#define tt_module_free(...) tt_module_free_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_parameter_at(const char *file, int line,
  const char *name, Shape s)
{
  TT_CALL("tt_parameter", file, line);
  if (!name) tt_missing("tt_parameter", "const char *name");
  return tt_parameter(name, s);
}
#define tt_parameter(...) tt_parameter_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_walk_at(const char *file, int line,
  void *m, ModuleVisitor *see, void *arg)
{
  TT_CALL("tt_module_walk", file, line);
  if (!m) tt_missing("tt_module_walk", "void *m");
  if (!see) tt_missing("tt_module_walk", "ModuleVisitor *see");
  tt_module_walk(m, see, arg);
}
#define tt_module_walk(...) tt_module_walk_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_forward_at(const char *file, int line,
  void *m, Tensor *x)
{
  TT_CALL("tt_forward", file, line);
  if (!m) tt_missing("tt_forward", "void *m");
  if (!x) tt_missing("tt_forward", "Tensor *x");
  tt_alive("tt_forward", x);
  return tt_forward(m, x);
}
#define tt_forward(...) tt_forward_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_train_at(const char *file, int line,
  void *m)
{
  TT_CALL("tt_module_train", file, line);
  if (!m) tt_missing("tt_module_train", "void *m");
  tt_module_train(m);
}
#define tt_module_train(...) tt_module_train_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_eval_at(const char *file, int line,
  void *m)
{
  TT_CALL("tt_module_eval", file, line);
  if (!m) tt_missing("tt_module_eval", "void *m");
  tt_module_eval(m);
}
#define tt_module_eval(...) tt_module_eval_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_module_parameters_at(const char *file, int line,
  void *m)
{
  TT_CALL("tt_module_parameters", file, line);
  if (!m) tt_missing("tt_module_parameters", "void *m");
  return tt_module_parameters(m);
}
#define tt_module_parameters(...) tt_module_parameters_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_module_state_dict_at(const char *file, int line,
  void *m)
{
  TT_CALL("tt_module_state_dict", file, line);
  if (!m) tt_missing("tt_module_state_dict", "void *m");
  return tt_module_state_dict(m);
}
#define tt_module_state_dict(...) tt_module_state_dict_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_module_count_at(const char *file, int line,
  void *m)
{
  TT_CALL("tt_module_count", file, line);
  if (!m) tt_missing("tt_module_count", "void *m");
  return tt_module_count(m);
}
#define tt_module_count(...) tt_module_count_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_load_state_dict_at(const char *file, int line,
  void *m, StateDict from)
{
  TT_CALL("tt_module_load_state_dict", file, line);
  if (!m) tt_missing("tt_module_load_state_dict", "void *m");
  tt_check_state_dict("tt_module_load_state_dict", from);
  tt_module_load_state_dict(m, from);
}
#define tt_module_load_state_dict(...) tt_module_load_state_dict_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_print_at(const char *file, int line,
  void *m)
{
  TT_CALL("tt_module_print", file, line);
  if (!m) tt_missing("tt_module_print", "void *m");
  tt_module_print(m);
}
#define tt_module_print(...) tt_module_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_fprint_at(const char *file, int line,
  FILE *f, void *m)
{
  TT_CALL("tt_module_fprint", file, line);
  if (!f) tt_missing("tt_module_fprint", "FILE *f");
  if (!m) tt_missing("tt_module_fprint", "void *m");
  tt_module_fprint(f, m);
}
#define tt_module_fprint(...) tt_module_fprint_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_module_zero_grad_at(const char *file, int line,
  void *m)
{
  TT_CALL("tt_module_zero_grad", file, line);
  if (!m) tt_missing("tt_module_zero_grad", "void *m");
  tt_module_zero_grad(m);
}
#define tt_module_zero_grad(...) tt_module_zero_grad_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_OLYMPICS_H
static inline void tt_digit_signs_at(const char *file, int line,
  Sign sign[TT_SIGNS])
{
  TT_CALL("tt_digit_signs", file, line);
  if (!sign) tt_missing("tt_digit_signs", "Sign sign[TT_SIGNS]");
  tt_digit_signs(sign);
}
#define tt_digit_signs(...) tt_digit_signs_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_new_signs_at(const char *file, int line,
  Sign sign[TT_SIGNS], Generator *g)
{
  TT_CALL("tt_new_signs", file, line);
  if (!sign) tt_missing("tt_new_signs", "Sign sign[TT_SIGNS]");
  tt_new_signs(sign, g);
}
#define tt_new_signs(...) tt_new_signs_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_draw_sign_at(const char *file, int line,
  const Sign *s, Generator *g, uint8_t pixel[TT_SIGN_PIXELS])
{
  TT_CALL("tt_draw_sign", file, line);
  if (!s) tt_missing("tt_draw_sign", "const Sign *s");
  if (!pixel) tt_missing("tt_draw_sign", "uint8_t pixel[TT_SIGN_PIXELS]");
  tt_draw_sign(s, g, pixel);
}
#define tt_draw_sign(...) tt_draw_sign_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Batch tt_draw_signs_at(const char *file, int line,
  const Sign sign[TT_SIGNS], int64_t n, Generator *g)
{
  TT_CALL("tt_draw_signs", file, line);
  if (!sign) tt_missing("tt_draw_signs", "const Sign sign[TT_SIGNS]");
  return tt_draw_signs(sign, n, g);
}
#define tt_draw_signs(...) tt_draw_signs_at(__FILE__, __LINE__, __VA_ARGS__)
static inline const char *tt_answer_state_text_at(const char *file, int line,
  AnswerState s)
{
  TT_CALL("tt_answer_state_text", file, line);
  return tt_answer_state_text(s);
}
#define tt_answer_state_text(...) tt_answer_state_text_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Contestant tt_contestant_start_at(const char *file, int line,
  const char *command)
{
  TT_CALL("tt_contestant_start", file, line);
  if (!command) tt_missing("tt_contestant_start", "const char *command");
  return tt_contestant_start(command);
}
#define tt_contestant_start(...) tt_contestant_start_at(__FILE__, __LINE__, __VA_ARGS__)
static inline AnswerState tt_read_until_at(const char *file, int line,
  int fd, void *to, size_t n, double until)
{
  TT_CALL("tt_read_until", file, line);
  if (!to) tt_missing("tt_read_until", "void *to");
  return tt_read_until(fd, to, n, until);
}
#define tt_read_until(...) tt_read_until_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_ask_at(const char *file, int line,
  Contestant *c, const uint8_t *pixel, float score[TT_SIGNS], double limit)
{
  TT_CALL("tt_ask", file, line);
  if (!c) tt_missing("tt_ask", "Contestant *c");
  if (!pixel) tt_missing("tt_ask", "const uint8_t *pixel");
  if (!score) tt_missing("tt_ask", "float score[TT_SIGNS]");
  return tt_ask(c, pixel, score, limit);
}
#define tt_ask(...) tt_ask_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_teach_at(const char *file, int line,
  Contestant *c, Batch b, uint64_t seed, double limit)
{
  TT_CALL("tt_teach", file, line);
  if (!c) tt_missing("tt_teach", "Contestant *c");
  return tt_teach(c, b, seed, limit);
}
#define tt_teach(...) tt_teach_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_ask_next_at(const char *file, int line,
  Contestant *c, int byte, float score[TT_BYTES], double limit)
{
  TT_CALL("tt_ask_next", file, line);
  if (!c) tt_missing("tt_ask_next", "Contestant *c");
  if (!score) tt_missing("tt_ask_next", "float score[TT_BYTES]");
  return tt_ask_next(c, byte, score, limit);
}
#define tt_ask_next(...) tt_ask_next_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_contestant_seconds_at(const char *file, int line,
  const Contestant *c)
{
  TT_CALL("tt_contestant_seconds", file, line);
  if (!c) tt_missing("tt_contestant_seconds", "const Contestant *c");
  return tt_contestant_seconds(c);
}
#define tt_contestant_seconds(...) tt_contestant_seconds_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_contestant_pause_at(const char *file, int line,
  Contestant *c)
{
  TT_CALL("tt_contestant_pause", file, line);
  if (!c) tt_missing("tt_contestant_pause", "Contestant *c");
  tt_contestant_pause(c);
}
#define tt_contestant_pause(...) tt_contestant_pause_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_contestant_resume_at(const char *file, int line,
  Contestant *c)
{
  TT_CALL("tt_contestant_resume", file, line);
  if (!c) tt_missing("tt_contestant_resume", "Contestant *c");
  tt_contestant_resume(c);
}
#define tt_contestant_resume(...) tt_contestant_resume_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_contestant_end_at(const char *file, int line,
  Contestant *c)
{
  TT_CALL("tt_contestant_end", file, line);
  if (!c) tt_missing("tt_contestant_end", "Contestant *c");
  return tt_contestant_end(c);
}
#define tt_contestant_end(...) tt_contestant_end_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_answer_right_at(const char *file, int line,
  int n, const float *score, int label)
{
  TT_CALL("tt_answer_right", file, line);
  if (!score) tt_missing("tt_answer_right", "const float *score");
  return tt_answer_right(n, score, label);
}
#define tt_answer_right(...) tt_answer_right_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Interval tt_share_interval_at(const char *file, int line,
  int64_t right, int64_t n)
{
  TT_CALL("tt_share_interval", file, line);
  return tt_share_interval(right, n);
}
#define tt_share_interval(...) tt_share_interval_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_ranks_at(const char *file, int line,
  int n, const Interval *ratio, int *rank)
{
  TT_CALL("tt_ranks", file, line);
  if (!ratio) tt_missing("tt_ranks", "const Interval *ratio");
  if (!rank) tt_missing("tt_ranks", "int *rank");
  tt_ranks(n, ratio, rank);
}
#define tt_ranks(...) tt_ranks_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_fronts_at(const char *file, int line,
  int n, const ParetoPoint *p, int *front)
{
  TT_CALL("tt_fronts", file, line);
  if (!p) tt_missing("tt_fronts", "const ParetoPoint *p");
  if (!front) tt_missing("tt_fronts", "int *front");
  tt_fronts(n, p, front);
}
#define tt_fronts(...) tt_fronts_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_volume_at(const char *file, int line,
  const ParetoPoint *p, double reference)
{
  TT_CALL("tt_volume", file, line);
  if (!p) tt_missing("tt_volume", "const ParetoPoint *p");
  return tt_volume(p, reference);
}
#define tt_volume(...) tt_volume_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_byte_loss_at(const char *file, int line,
  const float score[TT_BYTES], int byte)
{
  TT_CALL("tt_byte_loss", file, line);
  if (!score) tt_missing("tt_byte_loss", "const float score[TT_BYTES]");
  return tt_byte_loss(score, byte);
}
#define tt_byte_loss(...) tt_byte_loss_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_sha256_at(const char *file, int line,
  const void *data, size_t n, char hex[TT_SEAL])
{
  TT_CALL("tt_sha256", file, line);
  if (!data) tt_missing("tt_sha256", "const void *data");
  if (!hex) tt_missing("tt_sha256", "char hex[TT_SEAL]");
  tt_sha256(data, n, hex);
}
#define tt_sha256(...) tt_sha256_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_ledger_seal_at(const char *file, int line,
  const char *before, const char *text, char seal[TT_SEAL])
{
  TT_CALL("tt_ledger_seal", file, line);
  if (!text) tt_missing("tt_ledger_seal", "const char *text");
  if (!seal) tt_missing("tt_ledger_seal", "char seal[TT_SEAL]");
  tt_ledger_seal(before, text, seal);
}
#define tt_ledger_seal(...) tt_ledger_seal_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_ledger_check_at(const char *file, int line,
  const char *ledger)
{
  TT_CALL("tt_ledger_check", file, line);
  if (!ledger) tt_missing("tt_ledger_check", "const char *ledger");
  return tt_ledger_check(ledger);
}
#define tt_ledger_check(...) tt_ledger_check_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_ledger_append_at(const char *file, int line,
  const char *path, const char *text, char seal[TT_SEAL])
{
  TT_CALL("tt_ledger_append", file, line);
  if (!path) tt_missing("tt_ledger_append", "const char *path");
  if (!text) tt_missing("tt_ledger_append", "const char *text");
  if (!seal) tt_missing("tt_ledger_append", "char seal[TT_SEAL]");
  tt_ledger_append(path, text, seal);
}
#define tt_ledger_append(...) tt_ledger_append_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_entry_main_at(const char *file, int line,
  const Entry *e, int argc, char **argv)
{
  TT_CALL("tt_entry_main", file, line);
  if (!e) tt_missing("tt_entry_main", "const Entry *e");
  if (!argv) tt_missing("tt_entry_main", "char **argv");
  return tt_entry_main(e, argc, argv);
}
#define tt_entry_main(...) tt_entry_main_at(__FILE__, __LINE__, __VA_ARGS__)
static inline const char *tt_category_name_at(const char *file, int line,
  Category c)
{
  TT_CALL("tt_category_name", file, line);
  return tt_category_name(c);
}
#define tt_category_name(...) tt_category_name_at(__FILE__, __LINE__, __VA_ARGS__)
static inline CompetitionSubmission tt_submission_read_at(const char *file, int line,
  const char *path)
{
  TT_CALL("tt_submission_read", file, line);
  if (!path) tt_missing("tt_submission_read", "const char *path");
  return tt_submission_read(path);
}
#define tt_submission_read(...) tt_submission_read_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_OPERATION_H
static inline Tensor *tt_handle_at(const char *file, int line)
{
  TT_CALL("tt_handle", file, line);
  return tt_handle();
}
#define tt_handle() tt_handle_at(__FILE__, __LINE__)
static inline void tt_allocate_at(const char *file, int line,
  Tensor *t, size_t bytes)
{
  TT_CALL("tt_allocate", file, line);
  if (!t) tt_missing("tt_allocate", "Tensor *t");
  tt_alive("tt_allocate", t);
  tt_allocate(t, bytes);
}
#define tt_allocate(...) tt_allocate_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_alias_at(const char *file, int line,
  const Tensor *t)
{
  TT_CALL("tt_alias", file, line);
  if (!t) tt_missing("tt_alias", "const Tensor *t");
  tt_alive("tt_alias", t);
  return tt_alias(t);
}
#define tt_alias(...) tt_alias_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_drop_storage_at(const char *file, int line,
  Storage *s)
{
  TT_CALL("tt_drop_storage", file, line);
  tt_drop_storage(s);
}
#define tt_drop_storage(...) tt_drop_storage_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_need_f32_at(const char *file, int line,
  const char *op, const Tensor *t)
{
  TT_CALL("tt_need_f32", file, line);
  if (!op) tt_missing("tt_need_f32", "const char *op");
  if (!t) tt_missing("tt_need_f32", "const Tensor *t");
  tt_alive("tt_need_f32", t);
  tt_need_f32(op, t);
}
#define tt_need_f32(...) tt_need_f32_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_change_at(const char *file, int line,
  const char *op, Tensor *t, const Tensor *from)
{
  TT_CALL("tt_change", file, line);
  if (!op) tt_missing("tt_change", "const char *op");
  if (!t) tt_missing("tt_change", "Tensor *t");
  tt_alive("tt_change", t);
  tt_alive("tt_change", from);
  tt_change(op, t, from);
}
#define tt_change(...) tt_change_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_map_at(const char *file, int line,
  Op *op, int n, Tensor *const x[], Real p, Real q)
{
  TT_CALL("tt_map", file, line);
  if (!op) tt_missing("tt_map", "Op *op");
  if (n > 0 && !x) tt_missing("tt_map", "Tensor *const x[]");
  tt_check_tensors("tt_map", n, x);
  return tt_map(op, n, x, p, q);
}
#define tt_map(...) tt_map_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_running_sum_at(const char *file, int line,
  Op *op, Tensor *x, int dim, bool from_end)
{
  TT_CALL("tt_running_sum", file, line);
  if (!op) tt_missing("tt_running_sum", "Op *op");
  if (!x) tt_missing("tt_running_sum", "Tensor *x");
  tt_alive("tt_running_sum", x);
  return tt_running_sum(op, x, dim, from_end);
}
#define tt_running_sum(...) tt_running_sum_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_OPTIMIZERS_H
static inline Optimizer *tt_sgd_new_at(const char *file, int line,
  StateDict params, SgdOptions s)
{
  TT_CALL("tt_sgd_new", file, line);
  tt_check_state_dict("tt_sgd_new", params);
  return tt_sgd_new(params, s);
}
#define tt_sgd_new(...) tt_sgd_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Optimizer *tt_rmsprop_new_at(const char *file, int line,
  StateDict params, RmsPropOptions s)
{
  TT_CALL("tt_rmsprop_new", file, line);
  tt_check_state_dict("tt_rmsprop_new", params);
  return tt_rmsprop_new(params, s);
}
#define tt_rmsprop_new(...) tt_rmsprop_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Optimizer *tt_adam_new_at(const char *file, int line,
  StateDict params, AdamOptions s)
{
  TT_CALL("tt_adam_new", file, line);
  tt_check_state_dict("tt_adam_new", params);
  return tt_adam_new(params, s);
}
#define tt_adam_new(...) tt_adam_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Optimizer *tt_adamw_new_at(const char *file, int line,
  StateDict params, AdamOptions s)
{
  TT_CALL("tt_adamw_new", file, line);
  tt_check_state_dict("tt_adamw_new", params);
  return tt_adamw_new(params, s);
}
#define tt_adamw_new(...) tt_adamw_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_sgd_add_group_at(const char *file, int line,
  Optimizer *o, StateDict params, SgdOptions s)
{
  TT_CALL("tt_sgd_add_group", file, line);
  if (!o) tt_missing("tt_sgd_add_group", "Optimizer *o");
  tt_check_state_dict("tt_sgd_add_group", params);
  tt_sgd_add_group(o, params, s);
}
#define tt_sgd_add_group(...) tt_sgd_add_group_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_rmsprop_add_group_at(const char *file, int line,
  Optimizer *o, StateDict params, RmsPropOptions s)
{
  TT_CALL("tt_rmsprop_add_group", file, line);
  if (!o) tt_missing("tt_rmsprop_add_group", "Optimizer *o");
  tt_check_state_dict("tt_rmsprop_add_group", params);
  tt_rmsprop_add_group(o, params, s);
}
#define tt_rmsprop_add_group(...) tt_rmsprop_add_group_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_adam_add_group_at(const char *file, int line,
  Optimizer *o, StateDict params, AdamOptions s)
{
  TT_CALL("tt_adam_add_group", file, line);
  if (!o) tt_missing("tt_adam_add_group", "Optimizer *o");
  tt_check_state_dict("tt_adam_add_group", params);
  tt_adam_add_group(o, params, s);
}
#define tt_adam_add_group(...) tt_adam_add_group_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_optimizer_step_at(const char *file, int line,
  Optimizer *o)
{
  TT_CALL("tt_optimizer_step", file, line);
  if (!o) tt_missing("tt_optimizer_step", "Optimizer *o");
  tt_optimizer_step(o);
}
#define tt_optimizer_step(...) tt_optimizer_step_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_optimizer_zero_grad_at(const char *file, int line,
  Optimizer *o)
{
  TT_CALL("tt_optimizer_zero_grad", file, line);
  if (!o) tt_missing("tt_optimizer_zero_grad", "Optimizer *o");
  tt_optimizer_zero_grad(o);
}
#define tt_optimizer_zero_grad(...) tt_optimizer_zero_grad_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_optimizer_lr_at(const char *file, int line,
  const Optimizer *o)
{
  TT_CALL("tt_optimizer_lr", file, line);
  if (!o) tt_missing("tt_optimizer_lr", "const Optimizer *o");
  return tt_optimizer_lr(o);
}
#define tt_optimizer_lr(...) tt_optimizer_lr_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_optimizer_set_lr_at(const char *file, int line,
  Optimizer *o, double lr)
{
  TT_CALL("tt_optimizer_set_lr", file, line);
  if (!o) tt_missing("tt_optimizer_set_lr", "Optimizer *o");
  tt_optimizer_set_lr(o, lr);
}
#define tt_optimizer_set_lr(...) tt_optimizer_set_lr_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_optimizer_state_dict_at(const char *file, int line,
  Optimizer *o)
{
  TT_CALL("tt_optimizer_state_dict", file, line);
  if (!o) tt_missing("tt_optimizer_state_dict", "Optimizer *o");
  return tt_optimizer_state_dict(o);
}
#define tt_optimizer_state_dict(...) tt_optimizer_state_dict_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_optimizer_load_state_dict_at(const char *file, int line,
  Optimizer *o, StateDict from)
{
  TT_CALL("tt_optimizer_load_state_dict", file, line);
  if (!o) tt_missing("tt_optimizer_load_state_dict", "Optimizer *o");
  tt_check_state_dict("tt_optimizer_load_state_dict", from);
  tt_optimizer_load_state_dict(o, from);
}
#define tt_optimizer_load_state_dict(...) tt_optimizer_load_state_dict_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Optimizer *tt_optimizer_keep_at(const char *file, int line,
  Optimizer *o)
{
  TT_CALL("tt_optimizer_keep", file, line);
  if (!o) tt_missing("tt_optimizer_keep", "Optimizer *o");
  return tt_optimizer_keep(o);
}
#define tt_optimizer_keep(...) tt_optimizer_keep_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_optimizer_free_at(const char *file, int line,
  Optimizer *o)
{
  TT_CALL("tt_optimizer_free", file, line);
  if (!o) tt_missing("tt_optimizer_free", "Optimizer *o");
  tt_optimizer_free(o);
}
#define tt_optimizer_free(...) tt_optimizer_free_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_PACKING_H
static inline int tt_share_weights__at(const char *file, int line,
  Tensor *w, int bits)
{
  TT_CALL("tt_share_weights_", file, line);
  if (!w) tt_missing("tt_share_weights_", "Tensor *w");
  tt_alive("tt_share_weights_", w);
  return tt_share_weights_(w, bits);
}
#define tt_share_weights_(...) tt_share_weights__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_packed_save_at(const char *file, int line,
  const char *path, StateDict sd, Metadata m)
{
  TT_CALL("tt_packed_save", file, line);
  if (!path) tt_missing("tt_packed_save", "const char *path");
  tt_check_state_dict("tt_packed_save", sd);
  tt_check_metadata("tt_packed_save", m);
  tt_packed_save(path, sd, m);
}
#define tt_packed_save(...) tt_packed_save_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_packed_load_at(const char *file, int line,
  const char *path, Metadata *m)
{
  TT_CALL("tt_packed_load", file, line);
  if (!path) tt_missing("tt_packed_load", "const char *path");
  return tt_packed_load(path, m);
}
#define tt_packed_load(...) tt_packed_load_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_packed_bits_at(const char *file, int line,
  Tensor *t)
{
  TT_CALL("tt_packed_bits", file, line);
  if (!t) tt_missing("tt_packed_bits", "Tensor *t");
  tt_alive("tt_packed_bits", t);
  return tt_packed_bits(t);
}
#define tt_packed_bits(...) tt_packed_bits_at(__FILE__, __LINE__, __VA_ARGS__)
static inline PackedGaps tt_packed_gaps_at(const char *file, int line,
  Tensor *t)
{
  TT_CALL("tt_packed_gaps", file, line);
  if (!t) tt_missing("tt_packed_gaps", "Tensor *t");
  tt_alive("tt_packed_gaps", t);
  return tt_packed_gaps(t);
}
#define tt_packed_gaps(...) tt_packed_gaps_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_PARALLEL_H
static inline void tt_parallel_at(const char *file, int line,
  int64_t chunks, ChunkWork *work, void *arg)
{
  TT_CALL("tt_parallel", file, line);
  if (!work) tt_missing("tt_parallel", "ChunkWork *work");
  tt_parallel(chunks, work, arg);
}
#define tt_parallel(...) tt_parallel_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_get_num_threads_at(const char *file, int line)
{
  TT_CALL("tt_get_num_threads", file, line);
  return tt_get_num_threads();
}
#define tt_get_num_threads() tt_get_num_threads_at(__FILE__, __LINE__)
static inline void tt_set_num_threads_at(const char *file, int line,
  int n)
{
  TT_CALL("tt_set_num_threads", file, line);
  tt_set_num_threads(n);
}
#define tt_set_num_threads(...) tt_set_num_threads_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_backend_load_at(const char *file, int line,
  const char *path)
{
  TT_CALL("tt_backend_load", file, line);
  if (!path) tt_missing("tt_backend_load", "const char *path");
  tt_backend_load(path);
}
#define tt_backend_load(...) tt_backend_load_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_PROFILER_H
static inline const char *tt_phase_name_at(const char *file, int line,
  Phase p)
{
  TT_CALL("tt_phase_name", file, line);
  return tt_phase_name(p);
}
#define tt_phase_name(...) tt_phase_name_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Profiler *tt_profiler_new_at(const char *file, int line,
  void *model, ProfilerOptions o)
{
  TT_CALL("tt_profiler_new", file, line);
  return tt_profiler_new(model, o);
}
#define tt_profiler_new(...) tt_profiler_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_profiler_start_at(const char *file, int line,
  Profiler *p)
{
  TT_CALL("tt_profiler_start", file, line);
  if (!p) tt_missing("tt_profiler_start", "Profiler *p");
  tt_profiler_start(p);
}
#define tt_profiler_start(...) tt_profiler_start_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_profiler_step_at(const char *file, int line,
  Profiler *p)
{
  TT_CALL("tt_profiler_step", file, line);
  if (!p) tt_missing("tt_profiler_step", "Profiler *p");
  tt_profiler_step(p);
}
#define tt_profiler_step(...) tt_profiler_step_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Profile *tt_profiler_stop_at(const char *file, int line,
  Profiler *p)
{
  TT_CALL("tt_profiler_stop", file, line);
  if (!p) tt_missing("tt_profiler_stop", "Profiler *p");
  return tt_profiler_stop(p);
}
#define tt_profiler_stop(...) tt_profiler_stop_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Profile *tt_profile_at(const char *file, int line,
  void (*step)(void *), void *arg, void *model, ProfilerOptions o)
{
  TT_CALL("tt_profile", file, line);
  if (!step) tt_missing("tt_profile", "void (*step)(void *)");
  return tt_profile(step, arg, model, o);
}
#define tt_profile(...) tt_profile_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Profile *tt_profile_forward_pass_at(const char *file, int line,
  void *model, Tensor *x)
{
  TT_CALL("tt_profile_forward_pass", file, line);
  if (!model) tt_missing("tt_profile_forward_pass", "void *model");
  if (!x) tt_missing("tt_profile_forward_pass", "Tensor *x");
  tt_alive("tt_profile_forward_pass", x);
  return tt_profile_forward_pass(model, x);
}
#define tt_profile_forward_pass(...) tt_profile_forward_pass_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Profile *tt_profile_backward_pass_at(const char *file, int line,
  void *model, Tensor *x)
{
  TT_CALL("tt_profile_backward_pass", file, line);
  if (!model) tt_missing("tt_profile_backward_pass", "void *model");
  if (!x) tt_missing("tt_profile_backward_pass", "Tensor *x");
  tt_alive("tt_profile_backward_pass", x);
  return tt_profile_backward_pass(model, x);
}
#define tt_profile_backward_pass(...) tt_profile_backward_pass_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_count_parameters_at(const char *file, int line,
  void *model)
{
  TT_CALL("tt_count_parameters", file, line);
  if (!model) tt_missing("tt_count_parameters", "void *model");
  return tt_count_parameters(model);
}
#define tt_count_parameters(...) tt_count_parameters_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_count_flops_at(const char *file, int line,
  void *model, Tensor *x)
{
  TT_CALL("tt_count_flops", file, line);
  if (!model) tt_missing("tt_count_flops", "void *model");
  if (!x) tt_missing("tt_count_flops", "Tensor *x");
  tt_alive("tt_count_flops", x);
  return tt_count_flops(model, x);
}
#define tt_count_flops(...) tt_count_flops_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_profile_add_at(const char *file, int line,
  ProfileCost *to, const ProfileCost *c)
{
  TT_CALL("tt_profile_add", file, line);
  if (!to) tt_missing("tt_profile_add", "ProfileCost *to");
  if (!c) tt_missing("tt_profile_add", "const ProfileCost *c");
  tt_profile_add(to, c);
}
#define tt_profile_add(...) tt_profile_add_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_profile_print_at(const char *file, int line,
  const Profile *p)
{
  TT_CALL("tt_profile_print", file, line);
  if (!p) tt_missing("tt_profile_print", "const Profile *p");
  tt_profile_print(p);
}
#define tt_profile_print(...) tt_profile_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_profile_fprint_at(const char *file, int line,
  FILE *f, const Profile *p)
{
  TT_CALL("tt_profile_fprint", file, line);
  if (!f) tt_missing("tt_profile_fprint", "FILE *f");
  if (!p) tt_missing("tt_profile_fprint", "const Profile *p");
  tt_profile_fprint(f, p);
}
#define tt_profile_fprint(...) tt_profile_fprint_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_profile_print_modules_at(const char *file, int line,
  const Profile *p)
{
  TT_CALL("tt_profile_print_modules", file, line);
  if (!p) tt_missing("tt_profile_print_modules", "const Profile *p");
  tt_profile_print_modules(p);
}
#define tt_profile_print_modules(...) tt_profile_print_modules_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_profile_fprint_modules_at(const char *file, int line,
  FILE *f, const Profile *p)
{
  TT_CALL("tt_profile_fprint_modules", file, line);
  if (!f) tt_missing("tt_profile_fprint_modules", "FILE *f");
  if (!p) tt_missing("tt_profile_fprint_modules", "const Profile *p");
  tt_profile_fprint_modules(f, p);
}
#define tt_profile_fprint_modules(...) tt_profile_fprint_modules_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_quick_profile_at(const char *file, int line,
  void *model, Tensor *x)
{
  TT_CALL("tt_quick_profile", file, line);
  if (!model) tt_missing("tt_quick_profile", "void *model");
  if (!x) tt_missing("tt_quick_profile", "Tensor *x");
  tt_alive("tt_quick_profile", x);
  tt_quick_profile(model, x);
}
#define tt_quick_profile(...) tt_quick_profile_at(__FILE__, __LINE__, __VA_ARGS__)
static inline ProfileDifference *tt_profile_difference_at(const char *file, int line,
  const Profile *before, const Profile *after)
{
  TT_CALL("tt_profile_difference", file, line);
  if (!before) tt_missing("tt_profile_difference", "const Profile *before");
  if (!after) tt_missing("tt_profile_difference", "const Profile *after");
  return tt_profile_difference(before, after);
}
#define tt_profile_difference(...) tt_profile_difference_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_profile_difference_print_at(const char *file, int line,
  const ProfileDifference *d)
{
  TT_CALL("tt_profile_difference_print", file, line);
  if (!d) tt_missing("tt_profile_difference_print", "const ProfileDifference *d");
  tt_profile_difference_print(d);
}
#define tt_profile_difference_print(...) tt_profile_difference_print_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_PRUNING_H
static inline MagnitudePruner *tt_magnitude_pruner_new_at(const char *file, int line,
  void *model, PruneOptions o)
{
  TT_CALL("tt_magnitude_pruner_new", file, line);
  if (!model) tt_missing("tt_magnitude_pruner_new", "void *model");
  return tt_magnitude_pruner_new(model, o);
}
#define tt_magnitude_pruner_new(...) tt_magnitude_pruner_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_prune_at(const char *file, int line,
  MagnitudePruner *p, double share)
{
  TT_CALL("tt_prune", file, line);
  if (!p) tt_missing("tt_prune", "MagnitudePruner *p");
  tt_prune(p, share);
}
#define tt_prune(...) tt_prune_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_prune_to_at(const char *file, int line,
  MagnitudePruner *p, double share)
{
  TT_CALL("tt_prune_to", file, line);
  if (!p) tt_missing("tt_prune_to", "MagnitudePruner *p");
  tt_prune_to(p, share);
}
#define tt_prune_to(...) tt_prune_to_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_pruner_apply_at(const char *file, int line,
  MagnitudePruner *p)
{
  TT_CALL("tt_pruner_apply", file, line);
  if (!p) tt_missing("tt_pruner_apply", "MagnitudePruner *p");
  tt_pruner_apply(p);
}
#define tt_pruner_apply(...) tt_pruner_apply_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_pruner_sparsity_at(const char *file, int line,
  const MagnitudePruner *p)
{
  TT_CALL("tt_pruner_sparsity", file, line);
  if (!p) tt_missing("tt_pruner_sparsity", "const MagnitudePruner *p");
  return tt_pruner_sparsity(p);
}
#define tt_pruner_sparsity(...) tt_pruner_sparsity_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_pruner_print_at(const char *file, int line,
  const MagnitudePruner *p)
{
  TT_CALL("tt_pruner_print", file, line);
  if (!p) tt_missing("tt_pruner_print", "const MagnitudePruner *p");
  tt_pruner_print(p);
}
#define tt_pruner_print(...) tt_pruner_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_pruner_fprint_at(const char *file, int line,
  FILE *f, const MagnitudePruner *p)
{
  TT_CALL("tt_pruner_fprint", file, line);
  if (!f) tt_missing("tt_pruner_fprint", "FILE *f");
  if (!p) tt_missing("tt_pruner_fprint", "const MagnitudePruner *p");
  tt_pruner_fprint(f, p);
}
#define tt_pruner_fprint(...) tt_pruner_fprint_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_pruner_remember_at(const char *file, int line,
  MagnitudePruner *p)
{
  TT_CALL("tt_pruner_remember", file, line);
  if (!p) tt_missing("tt_pruner_remember", "MagnitudePruner *p");
  tt_pruner_remember(p);
}
#define tt_pruner_remember(...) tt_pruner_remember_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_pruner_rewind_at(const char *file, int line,
  MagnitudePruner *p)
{
  TT_CALL("tt_pruner_rewind", file, line);
  if (!p) tt_missing("tt_pruner_rewind", "MagnitudePruner *p");
  tt_pruner_rewind(p);
}
#define tt_pruner_rewind(...) tt_pruner_rewind_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_prune_schedule_at(const char *file, int line,
  const PruneSchedule *s, int64_t step)
{
  TT_CALL("tt_prune_schedule", file, line);
  if (!s) tt_missing("tt_prune_schedule", "const PruneSchedule *s");
  return tt_prune_schedule(s, step);
}
#define tt_prune_schedule(...) tt_prune_schedule_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_pruner_step_at(const char *file, int line,
  MagnitudePruner *p, const PruneSchedule *s, int64_t step)
{
  TT_CALL("tt_pruner_step", file, line);
  if (!p) tt_missing("tt_pruner_step", "MagnitudePruner *p");
  if (!s) tt_missing("tt_pruner_step", "const PruneSchedule *s");
  return tt_pruner_step(p, s, step);
}
#define tt_pruner_step(...) tt_pruner_step_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StructuredPruner *tt_structured_pruner_new_at(const char *file, int line,
  void *model, Tensor *x, StructuredOptions o)
{
  TT_CALL("tt_structured_pruner_new", file, line);
  if (!model) tt_missing("tt_structured_pruner_new", "void *model");
  if (!x) tt_missing("tt_structured_pruner_new", "Tensor *x");
  tt_alive("tt_structured_pruner_new", x);
  return tt_structured_pruner_new(model, x, o);
}
#define tt_structured_pruner_new(...) tt_structured_pruner_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int32_t tt_structured_group_at(const char *file, int line,
  const StructuredPruner *p, const Tensor *t, int dim, int64_t at)
{
  TT_CALL("tt_structured_group", file, line);
  if (!p) tt_missing("tt_structured_group", "const StructuredPruner *p");
  if (!t) tt_missing("tt_structured_group", "const Tensor *t");
  tt_alive("tt_structured_group", t);
  return tt_structured_group(p, t, dim, at);
}
#define tt_structured_group(...) tt_structured_group_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_structured_choose_at(const char *file, int line,
  StructuredPruner *p, double share)
{
  TT_CALL("tt_structured_choose", file, line);
  if (!p) tt_missing("tt_structured_choose", "StructuredPruner *p");
  tt_structured_choose(p, share);
}
#define tt_structured_choose(...) tt_structured_choose_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_structured_mask_at(const char *file, int line,
  StructuredPruner *p)
{
  TT_CALL("tt_structured_mask", file, line);
  if (!p) tt_missing("tt_structured_mask", "StructuredPruner *p");
  tt_structured_mask(p);
}
#define tt_structured_mask(...) tt_structured_mask_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_structured_remove_at(const char *file, int line,
  StructuredPruner *p)
{
  TT_CALL("tt_structured_remove", file, line);
  if (!p) tt_missing("tt_structured_remove", "StructuredPruner *p");
  tt_structured_remove(p);
}
#define tt_structured_remove(...) tt_structured_remove_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_structured_print_at(const char *file, int line,
  const StructuredPruner *p)
{
  TT_CALL("tt_structured_print", file, line);
  if (!p) tt_missing("tt_structured_print", "const StructuredPruner *p");
  tt_structured_print(p);
}
#define tt_structured_print(...) tt_structured_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_structured_fprint_at(const char *file, int line,
  FILE *f, const StructuredPruner *p)
{
  TT_CALL("tt_structured_fprint", file, line);
  if (!f) tt_missing("tt_structured_fprint", "FILE *f");
  if (!p) tt_missing("tt_structured_fprint", "const StructuredPruner *p");
  tt_structured_fprint(f, p);
}
#define tt_structured_fprint(...) tt_structured_fprint_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_prune_channels_at(const char *file, int line,
  void *model, Tensor *x, double share, StructuredOptions o)
{
  TT_CALL("tt_prune_channels", file, line);
  if (!model) tt_missing("tt_prune_channels", "void *model");
  if (!x) tt_missing("tt_prune_channels", "Tensor *x");
  tt_alive("tt_prune_channels", x);
  tt_prune_channels(model, x, share, o);
}
#define tt_prune_channels(...) tt_prune_channels_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_load_pruned_at(const char *file, int line,
  const char *path, void *model)
{
  TT_CALL("tt_load_pruned", file, line);
  if (!path) tt_missing("tt_load_pruned", "const char *path");
  if (!model) tt_missing("tt_load_pruned", "void *model");
  tt_load_pruned(path, model);
}
#define tt_load_pruned(...) tt_load_pruned_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_QAT_H
static inline int tt_fold_batch_norm_at(const char *file, int line,
  void *model)
{
  TT_CALL("tt_fold_batch_norm", file, line);
  if (!model) tt_missing("tt_fold_batch_norm", "void *model");
  return tt_fold_batch_norm(model);
}
#define tt_fold_batch_norm(...) tt_fold_batch_norm_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_fake_quantize_at(const char *file, int line,
  Tensor *x, Tensor *scale, int32_t least, int32_t most)
{
  TT_CALL("tt_fake_quantize", file, line);
  if (!x) tt_missing("tt_fake_quantize", "Tensor *x");
  tt_alive("tt_fake_quantize", x);
  if (!scale) tt_missing("tt_fake_quantize", "Tensor *scale");
  tt_alive("tt_fake_quantize", scale);
  return tt_fake_quantize(x, scale, least, most);
}
#define tt_fake_quantize(...) tt_fake_quantize_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void *tt_prepare_at(const char *file, int line,
  void *model, QuantizeOptions o)
{
  TT_CALL("tt_prepare", file, line);
  if (!model) tt_missing("tt_prepare", "void *model");
  return tt_prepare(model, o);
}
#define tt_prepare(...) tt_prepare_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_calibrate_at(const char *file, int line,
  void *model, RangeMethod method)
{
  TT_CALL("tt_calibrate", file, line);
  if (!model) tt_missing("tt_calibrate", "void *model");
  return tt_calibrate(model, method);
}
#define tt_calibrate(...) tt_calibrate_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_round_forward_at(const char *file, int line,
  void *model, bool on)
{
  TT_CALL("tt_round_forward", file, line);
  if (!model) tt_missing("tt_round_forward", "void *model");
  tt_round_forward(model, on);
}
#define tt_round_forward(...) tt_round_forward_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_QCONV_H
static inline Multiplier tt_multiplier_at(const char *file, int line,
  double x)
{
  TT_CALL("tt_multiplier", file, line);
  return tt_multiplier(x);
}
#define tt_multiplier(...) tt_multiplier_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_requantized_at(const char *file, int line,
  int32_t sum, Multiplier by)
{
  TT_CALL("tt_requantized", file, line);
  return tt_requantized(sum, by);
}
#define tt_requantized(...) tt_requantized_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_requantize_at(const char *file, int line,
  Tensor *sums, Tensor *bias, int axis, Tensor *scale, int32_t zero, DType to)
{
  TT_CALL("tt_requantize", file, line);
  if (!sums) tt_missing("tt_requantize", "Tensor *sums");
  tt_alive("tt_requantize", sums);
  tt_alive("tt_requantize", bias);
  if (!scale) tt_missing("tt_requantize", "Tensor *scale");
  tt_alive("tt_requantize", scale);
  return tt_requantize(sums, bias, axis, scale, zero, to);
}
#define tt_requantize(...) tt_requantize_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_qconv2d_at(const char *file, int line,
  Tensor *x, int32_t x_zero, Tensor *w, Tensor *w_zero, Conv2dOptions o)
{
  TT_CALL("tt_qconv2d", file, line);
  if (!x) tt_missing("tt_qconv2d", "Tensor *x");
  tt_alive("tt_qconv2d", x);
  if (!w) tt_missing("tt_qconv2d", "Tensor *w");
  tt_alive("tt_qconv2d", w);
  tt_alive("tt_qconv2d", w_zero);
  return tt_qconv2d(x, x_zero, w, w_zero, o);
}
#define tt_qconv2d(...) tt_qconv2d_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Module *tt_quant_conv2d_new_at(const char *file, int line,
  Module *from, const QuantFormat *f)
{
  TT_CALL("tt_quant_conv2d_new", file, line);
  if (!from) tt_missing("tt_quant_conv2d_new", "Module *from");
  if (!f) tt_missing("tt_quant_conv2d_new", "const QuantFormat *f");
  return tt_quant_conv2d_new(from, f);
}
#define tt_quant_conv2d_new(...) tt_quant_conv2d_new_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_QUANTIZATION_H
static inline void tt_scale_of_at(const char *file, int line,
  double low, double high, QuantScheme s, double *scale, int32_t *zero)
{
  TT_CALL("tt_scale_of", file, line);
  if (!scale) tt_missing("tt_scale_of", "double *scale");
  if (!zero) tt_missing("tt_scale_of", "int32_t *zero");
  tt_scale_of(low, high, s, scale, zero);
}
#define tt_scale_of(...) tt_scale_of_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Quantized tt_quantize_tensor_at(const char *file, int line,
  Tensor *x, QuantScheme s)
{
  TT_CALL("tt_quantize_tensor", file, line);
  if (!x) tt_missing("tt_quantize_tensor", "Tensor *x");
  tt_alive("tt_quantize_tensor", x);
  return tt_quantize_tensor(x, s);
}
#define tt_quantize_tensor(...) tt_quantize_tensor_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Quantized tt_quantize_with_at(const char *file, int line,
  Tensor *x, Tensor *scale, Tensor *zero, QuantScheme s)
{
  TT_CALL("tt_quantize_with", file, line);
  if (!x) tt_missing("tt_quantize_with", "Tensor *x");
  tt_alive("tt_quantize_with", x);
  if (!scale) tt_missing("tt_quantize_with", "Tensor *scale");
  tt_alive("tt_quantize_with", scale);
  tt_alive("tt_quantize_with", zero);
  return tt_quantize_with(x, scale, zero, s);
}
#define tt_quantize_with(...) tt_quantize_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_dequantize_at(const char *file, int line,
  Quantized q)
{
  TT_CALL("tt_dequantize", file, line);
  return tt_dequantize(q);
}
#define tt_dequantize(...) tt_dequantize_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_qgemm_at(const char *file, int line,
  Tensor *a, Tensor *a_zero, Tensor *b, Tensor *b_zero)
{
  TT_CALL("tt_qgemm", file, line);
  if (!a) tt_missing("tt_qgemm", "Tensor *a");
  tt_alive("tt_qgemm", a);
  tt_alive("tt_qgemm", a_zero);
  if (!b) tt_missing("tt_qgemm", "Tensor *b");
  tt_alive("tt_qgemm", b);
  tt_alive("tt_qgemm", b_zero);
  return tt_qgemm(a, a_zero, b, b_zero);
}
#define tt_qgemm(...) tt_qgemm_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Quantized tt_pack_at(const char *file, int line,
  Tensor *w, QuantFormat f)
{
  TT_CALL("tt_pack", file, line);
  if (!w) tt_missing("tt_pack", "Tensor *w");
  tt_alive("tt_pack", w);
  return tt_pack(w, f);
}
#define tt_pack(...) tt_pack_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_quant_linear_at(const char *file, int line,
  Tensor *x, Quantized w, Tensor *bias, bool weight_only)
{
  TT_CALL("tt_quant_linear", file, line);
  if (!x) tt_missing("tt_quant_linear", "Tensor *x");
  tt_alive("tt_quant_linear", x);
  tt_alive("tt_quant_linear", bias);
  return tt_quant_linear(x, w, bias, weight_only);
}
#define tt_quant_linear(...) tt_quant_linear_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void *tt_quantize_at(const char *file, int line,
  void *model, QuantizeOptions o)
{
  TT_CALL("tt_quantize", file, line);
  if (!model) tt_missing("tt_quantize", "void *model");
  return tt_quantize(model, o);
}
#define tt_quantize(...) tt_quantize_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void *tt_load_quantized_at(const char *file, int line,
  const char *path, void *model)
{
  TT_CALL("tt_load_quantized", file, line);
  if (!path) tt_missing("tt_load_quantized", "const char *path");
  if (!model) tt_missing("tt_load_quantized", "void *model");
  return tt_load_quantized(path, model);
}
#define tt_load_quantized(...) tt_load_quantized_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void *tt_change_layers_at(const char *file, int line,
  void *model, const LayerChange *change, QuantizeOptions o)
{
  TT_CALL("tt_change_layers", file, line);
  if (!model) tt_missing("tt_change_layers", "void *model");
  if (!change) tt_missing("tt_change_layers", "const LayerChange *change");
  return tt_change_layers(model, change, o);
}
#define tt_change_layers(...) tt_change_layers_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_named_at(const char *file, int line,
  const char *name, const char *const *list)
{
  TT_CALL("tt_named", file, line);
  if (!name) tt_missing("tt_named", "const char *name");
  return tt_named(name, list);
}
#define tt_named(...) tt_named_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_exchange_at(const char *file, int line,
  void *m, const char *const *skip, LayerMaker *make, void *arg)
{
  TT_CALL("tt_exchange", file, line);
  if (!m) tt_missing("tt_exchange", "void *m");
  if (!make) tt_missing("tt_exchange", "LayerMaker *make");
  return tt_exchange(m, skip, make, arg);
}
#define tt_exchange(...) tt_exchange_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Gpt *tt_load_quantized_gpt_at(const char *file, int line,
  const char *path, Metadata *more)
{
  TT_CALL("tt_load_quantized_gpt", file, line);
  if (!path) tt_missing("tt_load_quantized_gpt", "const char *path");
  return tt_load_quantized_gpt(path, more);
}
#define tt_load_quantized_gpt(...) tt_load_quantized_gpt_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_READERS_H
static inline Tensor *tt_read_bytes_at(const char *file, int line,
  const char *path)
{
  TT_CALL("tt_read_bytes", file, line);
  if (!path) tt_missing("tt_read_bytes", "const char *path");
  return tt_read_bytes(path);
}
#define tt_read_bytes(...) tt_read_bytes_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_load_idx_at(const char *file, int line,
  const char *path)
{
  TT_CALL("tt_load_idx", file, line);
  if (!path) tt_missing("tt_load_idx", "const char *path");
  return tt_load_idx(path);
}
#define tt_load_idx(...) tt_load_idx_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Batch tt_load_cifar_at(const char *file, int line,
  const char *path, int classes)
{
  TT_CALL("tt_load_cifar", file, line);
  if (!path) tt_missing("tt_load_cifar", "const char *path");
  return tt_load_cifar(path, classes);
}
#define tt_load_cifar(...) tt_load_cifar_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Dataset *tt_cifar_files_new_at(const char *file, int line,
  int n, const char *const path[], int classes)
{
  TT_CALL("tt_cifar_files_new", file, line);
  if (n > 0 && !path) tt_missing("tt_cifar_files_new", "const char *const path[]");
  return tt_cifar_files_new(n, path, classes);
}
#define tt_cifar_files_new(...) tt_cifar_files_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_data_find_at(const char *file, int line,
  const char *name, char path[4096])
{
  TT_CALL("tt_data_find", file, line);
  if (!name) tt_missing("tt_data_find", "const char *name");
  if (!path) tt_missing("tt_data_find", "char path[4096]");
  return tt_data_find(name, path);
}
#define tt_data_find(...) tt_data_find_at(__FILE__, __LINE__, __VA_ARGS__)
static inline CsvTable tt_load_csv_at(const char *file, int line,
  const char *path, CsvOptions o)
{
  TT_CALL("tt_load_csv", file, line);
  if (!path) tt_missing("tt_load_csv", "const char *path");
  return tt_load_csv(path, o);
}
#define tt_load_csv(...) tt_load_csv_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_load_npy_at(const char *file, int line,
  const char *path)
{
  TT_CALL("tt_load_npy", file, line);
  if (!path) tt_missing("tt_load_npy", "const char *path");
  return tt_load_npy(path);
}
#define tt_load_npy(...) tt_load_npy_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_save_npy_at(const char *file, int line,
  const char *path, const Tensor *t)
{
  TT_CALL("tt_save_npy", file, line);
  if (!path) tt_missing("tt_save_npy", "const char *path");
  if (!t) tt_missing("tt_save_npy", "const Tensor *t");
  tt_alive("tt_save_npy", t);
  tt_save_npy(path, t);
}
#define tt_save_npy(...) tt_save_npy_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_SAFETENSORS_H
static inline const char *tt_metadata_get_at(const char *file, int line,
  Metadata m, const char *key)
{
  TT_CALL("tt_metadata_get", file, line);
  tt_check_metadata("tt_metadata_get", m);
  if (!key) tt_missing("tt_metadata_get", "const char *key");
  return tt_metadata_get(m, key);
}
#define tt_metadata_get(...) tt_metadata_get_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_save_file_at(const char *file, int line,
  const char *path, StateDict sd, Metadata m)
{
  TT_CALL("tt_save_file", file, line);
  if (!path) tt_missing("tt_save_file", "const char *path");
  tt_check_state_dict("tt_save_file", sd);
  tt_check_metadata("tt_save_file", m);
  tt_save_file(path, sd, m);
}
#define tt_save_file(...) tt_save_file_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_replace_file_at(const char *file, int line,
  const char *function, const char *path, bool (*fill)(int fd, const void *what), const void *what)
{
  TT_CALL("tt_replace_file", file, line);
  if (!function) tt_missing("tt_replace_file", "const char *function");
  if (!path) tt_missing("tt_replace_file", "const char *path");
  if (!fill) tt_missing("tt_replace_file", "bool (*fill)(int fd, const void *what)");
  tt_replace_file(function, path, fill, what);
}
#define tt_replace_file(...) tt_replace_file_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_load_file_at(const char *file, int line,
  const char *path)
{
  TT_CALL("tt_load_file", file, line);
  if (!path) tt_missing("tt_load_file", "const char *path");
  return tt_load_file(path);
}
#define tt_load_file(...) tt_load_file_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_load_file_with_at(const char *file, int line,
  const char *path, Metadata *m)
{
  TT_CALL("tt_load_file_with", file, line);
  if (!path) tt_missing("tt_load_file_with", "const char *path");
  return tt_load_file_with(path, m);
}
#define tt_load_file_with(...) tt_load_file_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_state_dict_new_at(const char *file, int line,
  int n)
{
  TT_CALL("tt_state_dict_new", file, line);
  return tt_state_dict_new(n);
}
#define tt_state_dict_new(...) tt_state_dict_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline StateDict tt_state_dict_part_at(const char *file, int line,
  StateDict all, const char *prefix)
{
  TT_CALL("tt_state_dict_part", file, line);
  tt_check_state_dict("tt_state_dict_part", all);
  if (!prefix) tt_missing("tt_state_dict_part", "const char *prefix");
  return tt_state_dict_part(all, prefix);
}
#define tt_state_dict_part(...) tt_state_dict_part_at(__FILE__, __LINE__, __VA_ARGS__)
static inline uint64_t tt_checksum_at(const char *file, int line,
  uint64_t h, const void *data, size_t n)
{
  TT_CALL("tt_checksum", file, line);
  if (!data) tt_missing("tt_checksum", "const void *data");
  return tt_checksum(h, data, n);
}
#define tt_checksum(...) tt_checksum_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_SCENARIO_H
static inline ScenarioResult tt_single_stream_at(const char *file, int line,
  QueryWork *work, void *arg, ScenarioOptions o)
{
  TT_CALL("tt_single_stream", file, line);
  if (!work) tt_missing("tt_single_stream", "QueryWork *work");
  return tt_single_stream(work, arg, o);
}
#define tt_single_stream(...) tt_single_stream_at(__FILE__, __LINE__, __VA_ARGS__)
static inline ScenarioResult tt_offline_at(const char *file, int line,
  QueryWork *work, void *arg, ScenarioOptions o)
{
  TT_CALL("tt_offline", file, line);
  if (!work) tt_missing("tt_offline", "QueryWork *work");
  return tt_offline(work, arg, o);
}
#define tt_offline(...) tt_offline_at(__FILE__, __LINE__, __VA_ARGS__)
static inline ScenarioResult tt_server_at(const char *file, int line,
  QueryWork *work, void *arg, ScenarioOptions o)
{
  TT_CALL("tt_server", file, line);
  if (!work) tt_missing("tt_server", "QueryWork *work");
  return tt_server(work, arg, o);
}
#define tt_server(...) tt_server_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_queries_needed_at(const char *file, int line,
  double share, double confidence)
{
  TT_CALL("tt_queries_needed", file, line);
  return tt_queries_needed(share, confidence);
}
#define tt_queries_needed(...) tt_queries_needed_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_scenario_print_at(const char *file, int line,
  FILE *f, const ScenarioResult *r)
{
  TT_CALL("tt_scenario_print", file, line);
  if (!f) tt_missing("tt_scenario_print", "FILE *f");
  if (!r) tt_missing("tt_scenario_print", "const ScenarioResult *r");
  tt_scenario_print(f, r);
}
#define tt_scenario_print(...) tt_scenario_print_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_SEARCH_H
static inline SearchResult *tt_hyperparameter_search_at(const char *file, int line,
  SearchScore *score, void *arg, SearchOptions o)
{
  TT_CALL("tt_hyperparameter_search", file, line);
  if (!score) tt_missing("tt_hyperparameter_search", "SearchScore *score");
  return tt_hyperparameter_search(score, arg, o);
}
#define tt_hyperparameter_search(...) tt_hyperparameter_search_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_cholesky_at(const char *file, int line,
  int n, double *a)
{
  TT_CALL("tt_cholesky", file, line);
  if (!a) tt_missing("tt_cholesky", "double *a");
  return tt_cholesky(n, a);
}
#define tt_cholesky(...) tt_cholesky_at(__FILE__, __LINE__, __VA_ARGS__)
static inline GaussianProcess *tt_gaussian_process_new_at(const char *file, int line,
  int n, int dim, const double *x, const double *y)
{
  TT_CALL("tt_gaussian_process_new", file, line);
  if (!x) tt_missing("tt_gaussian_process_new", "const double *x");
  if (!y) tt_missing("tt_gaussian_process_new", "const double *y");
  return tt_gaussian_process_new(n, dim, x, y);
}
#define tt_gaussian_process_new(...) tt_gaussian_process_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Forecast tt_gaussian_process_at_at(const char *file, int line,
  const GaussianProcess *g, const double *x)
{
  TT_CALL("tt_gaussian_process_at", file, line);
  if (!g) tt_missing("tt_gaussian_process_at", "const GaussianProcess *g");
  if (!x) tt_missing("tt_gaussian_process_at", "const double *x");
  return tt_gaussian_process_at(g, x);
}
#define tt_gaussian_process_at(...) tt_gaussian_process_at_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_expected_improvement_at(const char *file, int line,
  double mean, double std, double best)
{
  TT_CALL("tt_expected_improvement", file, line);
  return tt_expected_improvement(mean, std, best);
}
#define tt_expected_improvement(...) tt_expected_improvement_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_SERVE_H
static inline ModelSlot *tt_slot_new_at(const char *file, int line)
{
  TT_CALL("tt_slot_new", file, line);
  return tt_slot_new();
}
#define tt_slot_new() tt_slot_new_at(__FILE__, __LINE__)
static inline bool tt_slot_load_at(const char *file, int line,
  ModelSlot *s, void *(*load)(void *arg), void *arg, TensorError *e)
{
  TT_CALL("tt_slot_load", file, line);
  if (!s) tt_missing("tt_slot_load", "ModelSlot *s");
  if (!load) tt_missing("tt_slot_load", "void *(*load)(void *arg)");
  return tt_slot_load(s, load, arg, e);
}
#define tt_slot_load(...) tt_slot_load_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_slot_rollback_at(const char *file, int line,
  ModelSlot *s)
{
  TT_CALL("tt_slot_rollback", file, line);
  if (!s) tt_missing("tt_slot_rollback", "ModelSlot *s");
  return tt_slot_rollback(s);
}
#define tt_slot_rollback(...) tt_slot_rollback_at(__FILE__, __LINE__, __VA_ARGS__)
static inline ModelVersion *tt_slot_use_at(const char *file, int line,
  ModelSlot *s)
{
  TT_CALL("tt_slot_use", file, line);
  if (!s) tt_missing("tt_slot_use", "ModelSlot *s");
  return tt_slot_use(s);
}
#define tt_slot_use(...) tt_slot_use_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_slot_return_at(const char *file, int line,
  ModelSlot *s, ModelVersion *v)
{
  TT_CALL("tt_slot_return", file, line);
  if (!s) tt_missing("tt_slot_return", "ModelSlot *s");
  if (!v) tt_missing("tt_slot_return", "ModelVersion *v");
  tt_slot_return(s, v);
}
#define tt_slot_return(...) tt_slot_return_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_slot_versions_at(const char *file, int line,
  ModelSlot *s)
{
  TT_CALL("tt_slot_versions", file, line);
  if (!s) tt_missing("tt_slot_versions", "ModelSlot *s");
  return tt_slot_versions(s);
}
#define tt_slot_versions(...) tt_slot_versions_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_slot_free_at(const char *file, int line,
  ModelSlot *s)
{
  TT_CALL("tt_slot_free", file, line);
  if (!s) tt_missing("tt_slot_free", "ModelSlot *s");
  tt_slot_free(s);
}
#define tt_slot_free(...) tt_slot_free_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_trigger_alarm_at(const char *file, int line,
  RetrainTrigger *t)
{
  TT_CALL("tt_trigger_alarm", file, line);
  if (!t) tt_missing("tt_trigger_alarm", "RetrainTrigger *t");
  tt_trigger_alarm(t);
}
#define tt_trigger_alarm(...) tt_trigger_alarm_at(__FILE__, __LINE__, __VA_ARGS__)
static inline TriggerAction tt_trigger_label_at(const char *file, int line,
  RetrainTrigger *t, bool now, bool before)
{
  TT_CALL("tt_trigger_label", file, line);
  if (!t) tt_missing("tt_trigger_label", "RetrainTrigger *t");
  return tt_trigger_label(t, now, before);
}
#define tt_trigger_label(...) tt_trigger_label_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_trigger_trained_at(const char *file, int line,
  RetrainTrigger *t, int64_t wins, int64_t losses)
{
  TT_CALL("tt_trigger_trained", file, line);
  if (!t) tt_missing("tt_trigger_trained", "RetrainTrigger *t");
  return tt_trigger_trained(t, wins, losses);
}
#define tt_trigger_trained(...) tt_trigger_trained_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_sign_test_at(const char *file, int line,
  int64_t wins, int64_t losses)
{
  TT_CALL("tt_sign_test", file, line);
  return tt_sign_test(wins, losses);
}
#define tt_sign_test(...) tt_sign_test_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_request_read_at(const char *file, int line,
  Piece body, int n, RequestField f[], char why[128])
{
  TT_CALL("tt_request_read", file, line);
  if (n > 0 && !f) tt_missing("tt_request_read", "RequestField f[]");
  if (!why) tt_missing("tt_request_read", "char why[128]");
  return tt_request_read(body, n, f, why);
}
#define tt_request_read(...) tt_request_read_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_SPARSE_H
static inline SparseMatrix tt_sparse_from_at(const char *file, int line,
  Tensor *w, SparseFormat format)
{
  TT_CALL("tt_sparse_from", file, line);
  if (!w) tt_missing("tt_sparse_from", "Tensor *w");
  tt_alive("tt_sparse_from", w);
  return tt_sparse_from(w, format);
}
#define tt_sparse_from(...) tt_sparse_from_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sparse_dense_at(const char *file, int line,
  const SparseMatrix *s)
{
  TT_CALL("tt_sparse_dense", file, line);
  if (!s) tt_missing("tt_sparse_dense", "const SparseMatrix *s");
  return tt_sparse_dense(s);
}
#define tt_sparse_dense(...) tt_sparse_dense_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_sparse_bytes_at(const char *file, int line,
  const SparseMatrix *s)
{
  TT_CALL("tt_sparse_bytes", file, line);
  if (!s) tt_missing("tt_sparse_bytes", "const SparseMatrix *s");
  return tt_sparse_bytes(s);
}
#define tt_sparse_bytes(...) tt_sparse_bytes_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sparse_linear_at(const char *file, int line,
  Tensor *x, const SparseMatrix *w, Tensor *bias)
{
  TT_CALL("tt_sparse_linear", file, line);
  if (!x) tt_missing("tt_sparse_linear", "Tensor *x");
  tt_alive("tt_sparse_linear", x);
  if (!w) tt_missing("tt_sparse_linear", "const SparseMatrix *w");
  tt_alive("tt_sparse_linear", bias);
  return tt_sparse_linear(x, w, bias);
}
#define tt_sparse_linear(...) tt_sparse_linear_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sparse_mask_at(const char *file, int line,
  Tensor *w, SparseFormat format, double share)
{
  TT_CALL("tt_sparse_mask", file, line);
  if (!w) tt_missing("tt_sparse_mask", "Tensor *w");
  tt_alive("tt_sparse_mask", w);
  return tt_sparse_mask(w, format, share);
}
#define tt_sparse_mask(...) tt_sparse_mask_at(__FILE__, __LINE__, __VA_ARGS__)
static inline SparseLinear *tt_sparse_linear_new_at(const char *file, int line,
  Linear *of, SparseFormat format)
{
  TT_CALL("tt_sparse_linear_new", file, line);
  if (!of) tt_missing("tt_sparse_linear_new", "Linear *of");
  return tt_sparse_linear_new(of, format);
}
#define tt_sparse_linear_new(...) tt_sparse_linear_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline SparseMatrix tt_sparse_matrix_at(const char *file, int line,
  const SparseLinear *l)
{
  TT_CALL("tt_sparse_matrix", file, line);
  if (!l) tt_missing("tt_sparse_matrix", "const SparseLinear *l");
  return tt_sparse_matrix(l);
}
#define tt_sparse_matrix(...) tt_sparse_matrix_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_sparsify_at(const char *file, int line,
  void *m, SparseOptions o)
{
  TT_CALL("tt_sparsify", file, line);
  if (!m) tt_missing("tt_sparsify", "void *m");
  return tt_sparsify(m, o);
}
#define tt_sparsify(...) tt_sparsify_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_STATISTICS_H
static inline double tt_stat_mean_at(const char *file, int line,
  int64_t n, const double *x)
{
  TT_CALL("tt_stat_mean", file, line);
  if (!x) tt_missing("tt_stat_mean", "const double *x");
  return tt_stat_mean(n, x);
}
#define tt_stat_mean(...) tt_stat_mean_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_stat_std_at(const char *file, int line,
  int64_t n, const double *x)
{
  TT_CALL("tt_stat_std", file, line);
  if (!x) tt_missing("tt_stat_std", "const double *x");
  return tt_stat_std(n, x);
}
#define tt_stat_std(...) tt_stat_std_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_stat_median_at(const char *file, int line,
  int64_t n, const double *x)
{
  TT_CALL("tt_stat_median", file, line);
  if (!x) tt_missing("tt_stat_median", "const double *x");
  return tt_stat_median(n, x);
}
#define tt_stat_median(...) tt_stat_median_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_stat_mad_at(const char *file, int line,
  int64_t n, const double *x)
{
  TT_CALL("tt_stat_mad", file, line);
  if (!x) tt_missing("tt_stat_mad", "const double *x");
  return tt_stat_mad(n, x);
}
#define tt_stat_mad(...) tt_stat_mad_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_stat_quantile_at(const char *file, int line,
  int64_t n, const double *x, double share)
{
  TT_CALL("tt_stat_quantile", file, line);
  if (!x) tt_missing("tt_stat_quantile", "const double *x");
  return tt_stat_quantile(n, x, share);
}
#define tt_stat_quantile(...) tt_stat_quantile_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Interval tt_bootstrap_at(const char *file, int line,
  int64_t n, const double *x, Statistic *s, BootstrapOptions o)
{
  TT_CALL("tt_bootstrap", file, line);
  if (!x) tt_missing("tt_bootstrap", "const double *x");
  if (!s) tt_missing("tt_bootstrap", "Statistic *s");
  return tt_bootstrap(n, x, s, o);
}
#define tt_bootstrap(...) tt_bootstrap_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Interval tt_bootstrap_ratio_at(const char *file, int line,
  int64_t n, const double *x, const double *y, BootstrapOptions o)
{
  TT_CALL("tt_bootstrap_ratio", file, line);
  if (!x) tt_missing("tt_bootstrap_ratio", "const double *x");
  if (!y) tt_missing("tt_bootstrap_ratio", "const double *y");
  return tt_bootstrap_ratio(n, x, y, o);
}
#define tt_bootstrap_ratio(...) tt_bootstrap_ratio_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Interval tt_bootstrap_difference_at(const char *file, int line,
  int64_t n, const double *x, const double *y, Statistic *s, BootstrapOptions o)
{
  TT_CALL("tt_bootstrap_difference", file, line);
  if (!x) tt_missing("tt_bootstrap_difference", "const double *x");
  if (!y) tt_missing("tt_bootstrap_difference", "const double *y");
  if (!s) tt_missing("tt_bootstrap_difference", "Statistic *s");
  return tt_bootstrap_difference(n, x, y, s, o);
}
#define tt_bootstrap_difference(...) tt_bootstrap_difference_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Interval tt_bootstrap_apart_at(const char *file, int line,
  int64_t n, const double *x, int64_t m, const double *y, BootstrapOptions o)
{
  TT_CALL("tt_bootstrap_apart", file, line);
  if (!x) tt_missing("tt_bootstrap_apart", "const double *x");
  if (!y) tt_missing("tt_bootstrap_apart", "const double *y");
  return tt_bootstrap_apart(n, x, m, y, o);
}
#define tt_bootstrap_apart(...) tt_bootstrap_apart_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_SUITE_H
static inline MachineIdentity tt_machine_identity_at(const char *file, int line)
{
  TT_CALL("tt_machine_identity", file, line);
  return tt_machine_identity();
}
#define tt_machine_identity() tt_machine_identity_at(__FILE__, __LINE__)
static inline SuiteTable *tt_suite_run_at(const char *file, int line,
  const char *name, int n, const SuiteCase *c, int k, const SuiteContender *who, SuiteOptions o)
{
  TT_CALL("tt_suite_run", file, line);
  if (!name) tt_missing("tt_suite_run", "const char *name");
  if (!c) tt_missing("tt_suite_run", "const SuiteCase *c");
  if (!who) tt_missing("tt_suite_run", "const SuiteContender *who");
  return tt_suite_run(name, n, c, k, who, o);
}
#define tt_suite_run(...) tt_suite_run_at(__FILE__, __LINE__, __VA_ARGS__)
static inline SuiteTable *tt_suite_backends_at(const char *file, int line,
  const char *name, int n, const SuiteCase *c, int k, const char *const backend[], SuiteOptions o)
{
  TT_CALL("tt_suite_backends", file, line);
  if (!name) tt_missing("tt_suite_backends", "const char *name");
  if (!c) tt_missing("tt_suite_backends", "const SuiteCase *c");
  if (!backend) tt_missing("tt_suite_backends", "const char *const backend[]");
  return tt_suite_backends(name, n, c, k, backend, o);
}
#define tt_suite_backends(...) tt_suite_backends_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_suite_forward_at(const char *file, int line,
  void *x, void *model)
{
  TT_CALL("tt_suite_forward", file, line);
  if (!x) tt_missing("tt_suite_forward", "void *x");
  if (!model) tt_missing("tt_suite_forward", "void *model");
  tt_suite_forward(x, model);
}
#define tt_suite_forward(...) tt_suite_forward_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_suite_print_at(const char *file, int line,
  FILE *f, const SuiteTable *t)
{
  TT_CALL("tt_suite_print", file, line);
  if (!f) tt_missing("tt_suite_print", "FILE *f");
  if (!t) tt_missing("tt_suite_print", "const SuiteTable *t");
  tt_suite_print(f, t);
}
#define tt_suite_print(...) tt_suite_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_suite_tsv_at(const char *file, int line,
  FILE *f, const SuiteTable *t)
{
  TT_CALL("tt_suite_tsv", file, line);
  if (!f) tt_missing("tt_suite_tsv", "FILE *f");
  if (!t) tt_missing("tt_suite_tsv", "const SuiteTable *t");
  tt_suite_tsv(f, t);
}
#define tt_suite_tsv(...) tt_suite_tsv_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_suite_html_at(const char *file, int line,
  FILE *f, const SuiteTable *t)
{
  TT_CALL("tt_suite_html", file, line);
  if (!f) tt_missing("tt_suite_html", "FILE *f");
  if (!t) tt_missing("tt_suite_html", "const SuiteTable *t");
  tt_suite_html(f, t);
}
#define tt_suite_html(...) tt_suite_html_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_baseline_save_at(const char *file, int line,
  const char *path, const SuiteTable *t)
{
  TT_CALL("tt_baseline_save", file, line);
  if (!path) tt_missing("tt_baseline_save", "const char *path");
  if (!t) tt_missing("tt_baseline_save", "const SuiteTable *t");
  tt_baseline_save(path, t);
}
#define tt_baseline_save(...) tt_baseline_save_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_baseline_compare_at(const char *file, int line,
  const char *path, const SuiteTable *t, double margin , int n, BaselineChange *c)
{
  TT_CALL("tt_baseline_compare", file, line);
  if (!path) tt_missing("tt_baseline_compare", "const char *path");
  if (!t) tt_missing("tt_baseline_compare", "const SuiteTable *t");
  return tt_baseline_compare(path, t, margin, n, c);
}
#define tt_baseline_compare(...) tt_baseline_compare_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_dominates_at(const char *file, int line,
  const ParetoPoint *a, const ParetoPoint *b)
{
  TT_CALL("tt_dominates", file, line);
  if (!a) tt_missing("tt_dominates", "const ParetoPoint *a");
  if (!b) tt_missing("tt_dominates", "const ParetoPoint *b");
  return tt_dominates(a, b);
}
#define tt_dominates(...) tt_dominates_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int tt_pareto_at(const char *file, int line,
  int n, ParetoPoint *p)
{
  TT_CALL("tt_pareto", file, line);
  if (!p) tt_missing("tt_pareto", "ParetoPoint *p");
  return tt_pareto(n, p);
}
#define tt_pareto(...) tt_pareto_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_pareto_print_at(const char *file, int line,
  FILE *f, int n, const ParetoPoint *p)
{
  TT_CALL("tt_pareto_print", file, line);
  if (!f) tt_missing("tt_pareto_print", "FILE *f");
  if (!p) tt_missing("tt_pareto_print", "const ParetoPoint *p");
  tt_pareto_print(f, n, p);
}
#define tt_pareto_print(...) tt_pareto_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_pareto_tsv_at(const char *file, int line,
  FILE *f, int n, const ParetoPoint *p)
{
  TT_CALL("tt_pareto_tsv", file, line);
  if (!f) tt_missing("tt_pareto_tsv", "FILE *f");
  if (!p) tt_missing("tt_pareto_tsv", "const ParetoPoint *p");
  tt_pareto_tsv(f, n, p);
}
#define tt_pareto_tsv(...) tt_pareto_tsv_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_TENSOR_H
static inline const char *tt_shape_text_at(const char *file, int line,
  Shape s, char text[128])
{
  TT_CALL("tt_shape_text", file, line);
  if (!text) tt_missing("tt_shape_text", "char text[128]");
  return tt_shape_text(s, text);
}
#define tt_shape_text(...) tt_shape_text_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_empty_at(const char *file, int line,
  DType d, Shape s)
{
  TT_CALL("tt_empty", file, line);
  return tt_empty(d, s);
}
#define tt_empty(...) tt_empty_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_full_at(const char *file, int line,
  Shape s, Real value)
{
  TT_CALL("tt_full", file, line);
  return tt_full(s, value);
}
#define tt_full(...) tt_full_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_zeros_at(const char *file, int line,
  Shape s)
{
  TT_CALL("tt_zeros", file, line);
  return tt_zeros(s);
}
#define tt_zeros(...) tt_zeros_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_ones_at(const char *file, int line,
  Shape s)
{
  TT_CALL("tt_ones", file, line);
  return tt_ones(s);
}
#define tt_ones(...) tt_ones_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_eye_at(const char *file, int line,
  int64_t n)
{
  TT_CALL("tt_eye", file, line);
  return tt_eye(n);
}
#define tt_eye(...) tt_eye_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_from_at(const char *file, int line,
  Shape s, const Real *values)
{
  TT_CALL("tt_from", file, line);
  return tt_from(s, values);
}
#define tt_from(...) tt_from_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_from_int_at(const char *file, int line,
  Shape s, const int32_t *values)
{
  TT_CALL("tt_from_int", file, line);
  return tt_from_int(s, values);
}
#define tt_from_int(...) tt_from_int_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_arange_at(const char *file, int line,
  double start, double end, double step)
{
  TT_CALL("tt_arange", file, line);
  return tt_arange(start, end, step);
}
#define tt_arange(...) tt_arange_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_linspace_at(const char *file, int line,
  double start, double end, int64_t n)
{
  TT_CALL("tt_linspace", file, line);
  return tt_linspace(start, end, n);
}
#define tt_linspace(...) tt_linspace_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_manual_seed_at(const char *file, int line,
  Generator *g, uint64_t seed)
{
  TT_CALL("tt_manual_seed", file, line);
  tt_manual_seed(g, seed);
}
#define tt_manual_seed(...) tt_manual_seed_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Generator *tt_generator_at(const char *file, int line,
  Generator *g)
{
  TT_CALL("tt_generator", file, line);
  return tt_generator(g);
}
#define tt_generator(...) tt_generator_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_rand_at(const char *file, int line,
  Shape s, Generator *g)
{
  TT_CALL("tt_rand", file, line);
  return tt_rand(s, g);
}
#define tt_rand(...) tt_rand_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_randn_at(const char *file, int line,
  Shape s, Generator *g)
{
  TT_CALL("tt_randn", file, line);
  return tt_randn(s, g);
}
#define tt_randn(...) tt_randn_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_randint_at(const char *file, int line,
  int32_t low, int32_t high, Shape s, Generator *g)
{
  TT_CALL("tt_randint", file, line);
  return tt_randint(low, high, s, g);
}
#define tt_randint(...) tt_randint_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_randperm_at(const char *file, int line,
  int64_t n, Generator *g)
{
  TT_CALL("tt_randperm", file, line);
  return tt_randperm(n, g);
}
#define tt_randperm(...) tt_randperm_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_numel_at(const char *file, int line,
  const Tensor *t)
{
  TT_CALL("tt_numel", file, line);
  if (!t) tt_missing("tt_numel", "const Tensor *t");
  tt_alive("tt_numel", t);
  return tt_numel(t);
}
#define tt_numel(...) tt_numel_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Shape tt_shape_at(const char *file, int line,
  const Tensor *t)
{
  TT_CALL("tt_shape", file, line);
  if (!t) tt_missing("tt_shape", "const Tensor *t");
  tt_alive("tt_shape", t);
  return tt_shape(t);
}
#define tt_shape(...) tt_shape_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_is_contiguous_at(const char *file, int line,
  const Tensor *t)
{
  TT_CALL("tt_is_contiguous", file, line);
  if (!t) tt_missing("tt_is_contiguous", "const Tensor *t");
  tt_alive("tt_is_contiguous", t);
  return tt_is_contiguous(t);
}
#define tt_is_contiguous(...) tt_is_contiguous_at(__FILE__, __LINE__, __VA_ARGS__)
static inline size_t tt_dtype_size_at(const char *file, int line,
  DType d)
{
  TT_CALL("tt_dtype_size", file, line);
  return tt_dtype_size(d);
}
#define tt_dtype_size(...) tt_dtype_size_at(__FILE__, __LINE__, __VA_ARGS__)
static inline const char *tt_dtype_name_at(const char *file, int line,
  DType d)
{
  TT_CALL("tt_dtype_name", file, line);
  return tt_dtype_name(d);
}
#define tt_dtype_name(...) tt_dtype_name_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_get_at(const char *file, int line,
  const Tensor *t, Shape index)
{
  TT_CALL("tt_get", file, line);
  if (!t) tt_missing("tt_get", "const Tensor *t");
  tt_alive("tt_get", t);
  return tt_get(t, index);
}
#define tt_get(...) tt_get_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_item_at(const char *file, int line,
  const Tensor *t)
{
  TT_CALL("tt_item", file, line);
  if (!t) tt_missing("tt_item", "const Tensor *t");
  tt_alive("tt_item", t);
  return tt_item(t);
}
#define tt_item(...) tt_item_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_allclose_at(const char *file, int line,
  const Tensor *a, const Tensor *b, double rtol, double atol)
{
  TT_CALL("tt_allclose", file, line);
  if (!a) tt_missing("tt_allclose", "const Tensor *a");
  tt_alive("tt_allclose", a);
  if (!b) tt_missing("tt_allclose", "const Tensor *b");
  tt_alive("tt_allclose", b);
  return tt_allclose(a, b, rtol, atol);
}
#define tt_allclose(...) tt_allclose_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_print_at(const char *file, int line,
  const Tensor *t)
{
  TT_CALL("tt_print", file, line);
  if (!t) tt_missing("tt_print", "const Tensor *t");
  tt_alive("tt_print", t);
  tt_print(t);
}
#define tt_print(...) tt_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_fprint_at(const char *file, int line,
  FILE *f, const Tensor *t)
{
  TT_CALL("tt_fprint", file, line);
  if (!f) tt_missing("tt_fprint", "FILE *f");
  if (!t) tt_missing("tt_fprint", "const Tensor *t");
  tt_alive("tt_fprint", t);
  tt_fprint(f, t);
}
#define tt_fprint(...) tt_fprint_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_transpose_at(const char *file, int line,
  Tensor *t, int a, int b)
{
  TT_CALL("tt_transpose", file, line);
  if (!t) tt_missing("tt_transpose", "Tensor *t");
  tt_alive("tt_transpose", t);
  return tt_transpose(t, a, b);
}
#define tt_transpose(...) tt_transpose_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_permute_at(const char *file, int line,
  Tensor *t, Shape dims)
{
  TT_CALL("tt_permute", file, line);
  if (!t) tt_missing("tt_permute", "Tensor *t");
  tt_alive("tt_permute", t);
  return tt_permute(t, dims);
}
#define tt_permute(...) tt_permute_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_slice_at(const char *file, int line,
  Tensor *t, int dim, int64_t start, int64_t stop, int64_t step)
{
  TT_CALL("tt_slice", file, line);
  if (!t) tt_missing("tt_slice", "Tensor *t");
  tt_alive("tt_slice", t);
  return tt_slice(t, dim, start, stop, step);
}
#define tt_slice(...) tt_slice_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_select_at(const char *file, int line,
  Tensor *t, int dim, int64_t index)
{
  TT_CALL("tt_select", file, line);
  if (!t) tt_missing("tt_select", "Tensor *t");
  tt_alive("tt_select", t);
  return tt_select(t, dim, index);
}
#define tt_select(...) tt_select_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_expand_at(const char *file, int line,
  Tensor *t, Shape s)
{
  TT_CALL("tt_expand", file, line);
  if (!t) tt_missing("tt_expand", "Tensor *t");
  tt_alive("tt_expand", t);
  return tt_expand(t, s);
}
#define tt_expand(...) tt_expand_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_squeeze_at(const char *file, int line,
  Tensor *t, int dim)
{
  TT_CALL("tt_squeeze", file, line);
  if (!t) tt_missing("tt_squeeze", "Tensor *t");
  tt_alive("tt_squeeze", t);
  return tt_squeeze(t, dim);
}
#define tt_squeeze(...) tt_squeeze_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_unsqueeze_at(const char *file, int line,
  Tensor *t, int dim)
{
  TT_CALL("tt_unsqueeze", file, line);
  if (!t) tt_missing("tt_unsqueeze", "Tensor *t");
  tt_alive("tt_unsqueeze", t);
  return tt_unsqueeze(t, dim);
}
#define tt_unsqueeze(...) tt_unsqueeze_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_reshape_at(const char *file, int line,
  Tensor *t, Shape s)
{
  TT_CALL("tt_reshape", file, line);
  if (!t) tt_missing("tt_reshape", "Tensor *t");
  tt_alive("tt_reshape", t);
  return tt_reshape(t, s);
}
#define tt_reshape(...) tt_reshape_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_contiguous_at(const char *file, int line,
  Tensor *t)
{
  TT_CALL("tt_contiguous", file, line);
  if (!t) tt_missing("tt_contiguous", "Tensor *t");
  tt_alive("tt_contiguous", t);
  return tt_contiguous(t);
}
#define tt_contiguous(...) tt_contiguous_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_clone_at(const char *file, int line,
  Tensor *t)
{
  TT_CALL("tt_clone", file, line);
  if (!t) tt_missing("tt_clone", "Tensor *t");
  tt_alive("tt_clone", t);
  return tt_clone(t);
}
#define tt_clone(...) tt_clone_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_to_at(const char *file, int line,
  Tensor *t, DType d)
{
  TT_CALL("tt_to", file, line);
  if (!t) tt_missing("tt_to", "Tensor *t");
  tt_alive("tt_to", t);
  return tt_to(t, d);
}
#define tt_to(...) tt_to_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_cat_at(const char *file, int line,
  int n, Tensor *const t[], int dim)
{
  TT_CALL("tt_cat", file, line);
  if (n > 0 && !t) tt_missing("tt_cat", "Tensor *const t[]");
  tt_check_tensors("tt_cat", n, t);
  return tt_cat(n, t, dim);
}
#define tt_cat(...) tt_cat_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_stack_at(const char *file, int line,
  int n, Tensor *const t[], int dim)
{
  TT_CALL("tt_stack", file, line);
  if (n > 0 && !t) tt_missing("tt_stack", "Tensor *const t[]");
  tt_check_tensors("tt_stack", n, t);
  return tt_stack(n, t, dim);
}
#define tt_stack(...) tt_stack_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_set__at(const char *file, int line,
  Tensor *t, Shape index, double value)
{
  TT_CALL("tt_set_", file, line);
  if (!t) tt_missing("tt_set_", "Tensor *t");
  tt_alive("tt_set_", t);
  tt_set_(t, index, value);
}
#define tt_set_(...) tt_set__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_fill__at(const char *file, int line,
  Tensor *t, double value)
{
  TT_CALL("tt_fill_", file, line);
  if (!t) tt_missing("tt_fill_", "Tensor *t");
  tt_alive("tt_fill_", t);
  tt_fill_(t, value);
}
#define tt_fill_(...) tt_fill__at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_copy__at(const char *file, int line,
  Tensor *t, Tensor *from)
{
  TT_CALL("tt_copy_", file, line);
  if (!t) tt_missing("tt_copy_", "Tensor *t");
  tt_alive("tt_copy_", t);
  if (!from) tt_missing("tt_copy_", "Tensor *from");
  tt_alive("tt_copy_", from);
  tt_copy_(t, from);
}
#define tt_copy_(...) tt_copy__at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_add_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_add", file, line);
  if (!a) tt_missing("tt_add", "Tensor *a");
  tt_alive("tt_add", a);
  if (!b) tt_missing("tt_add", "Tensor *b");
  tt_alive("tt_add", b);
  return tt_add(a, b);
}
#define tt_add(...) tt_add_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sub_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_sub", file, line);
  if (!a) tt_missing("tt_sub", "Tensor *a");
  tt_alive("tt_sub", a);
  if (!b) tt_missing("tt_sub", "Tensor *b");
  tt_alive("tt_sub", b);
  return tt_sub(a, b);
}
#define tt_sub(...) tt_sub_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_mul_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_mul", file, line);
  if (!a) tt_missing("tt_mul", "Tensor *a");
  tt_alive("tt_mul", a);
  if (!b) tt_missing("tt_mul", "Tensor *b");
  tt_alive("tt_mul", b);
  return tt_mul(a, b);
}
#define tt_mul(...) tt_mul_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_div_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_div", file, line);
  if (!a) tt_missing("tt_div", "Tensor *a");
  tt_alive("tt_div", a);
  if (!b) tt_missing("tt_div", "Tensor *b");
  tt_alive("tt_div", b);
  return tt_div(a, b);
}
#define tt_div(...) tt_div_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_pow_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_pow", file, line);
  if (!a) tt_missing("tt_pow", "Tensor *a");
  tt_alive("tt_pow", a);
  if (!b) tt_missing("tt_pow", "Tensor *b");
  tt_alive("tt_pow", b);
  return tt_pow(a, b);
}
#define tt_pow(...) tt_pow_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_maximum_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_maximum", file, line);
  if (!a) tt_missing("tt_maximum", "Tensor *a");
  tt_alive("tt_maximum", a);
  if (!b) tt_missing("tt_maximum", "Tensor *b");
  tt_alive("tt_maximum", b);
  return tt_maximum(a, b);
}
#define tt_maximum(...) tt_maximum_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_minimum_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_minimum", file, line);
  if (!a) tt_missing("tt_minimum", "Tensor *a");
  tt_alive("tt_minimum", a);
  if (!b) tt_missing("tt_minimum", "Tensor *b");
  tt_alive("tt_minimum", b);
  return tt_minimum(a, b);
}
#define tt_minimum(...) tt_minimum_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_eq_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_eq", file, line);
  if (!a) tt_missing("tt_eq", "Tensor *a");
  tt_alive("tt_eq", a);
  if (!b) tt_missing("tt_eq", "Tensor *b");
  tt_alive("tt_eq", b);
  return tt_eq(a, b);
}
#define tt_eq(...) tt_eq_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_ne_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_ne", file, line);
  if (!a) tt_missing("tt_ne", "Tensor *a");
  tt_alive("tt_ne", a);
  if (!b) tt_missing("tt_ne", "Tensor *b");
  tt_alive("tt_ne", b);
  return tt_ne(a, b);
}
#define tt_ne(...) tt_ne_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_lt_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_lt", file, line);
  if (!a) tt_missing("tt_lt", "Tensor *a");
  tt_alive("tt_lt", a);
  if (!b) tt_missing("tt_lt", "Tensor *b");
  tt_alive("tt_lt", b);
  return tt_lt(a, b);
}
#define tt_lt(...) tt_lt_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_le_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_le", file, line);
  if (!a) tt_missing("tt_le", "Tensor *a");
  tt_alive("tt_le", a);
  if (!b) tt_missing("tt_le", "Tensor *b");
  tt_alive("tt_le", b);
  return tt_le(a, b);
}
#define tt_le(...) tt_le_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_gt_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_gt", file, line);
  if (!a) tt_missing("tt_gt", "Tensor *a");
  tt_alive("tt_gt", a);
  if (!b) tt_missing("tt_gt", "Tensor *b");
  tt_alive("tt_gt", b);
  return tt_gt(a, b);
}
#define tt_gt(...) tt_gt_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_ge_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_ge", file, line);
  if (!a) tt_missing("tt_ge", "Tensor *a");
  tt_alive("tt_ge", a);
  if (!b) tt_missing("tt_ge", "Tensor *b");
  tt_alive("tt_ge", b);
  return tt_ge(a, b);
}
#define tt_ge(...) tt_ge_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_where_at(const char *file, int line,
  Tensor *condition, Tensor *a, Tensor *b)
{
  TT_CALL("tt_where", file, line);
  if (!condition) tt_missing("tt_where", "Tensor *condition");
  tt_alive("tt_where", condition);
  if (!a) tt_missing("tt_where", "Tensor *a");
  tt_alive("tt_where", a);
  if (!b) tt_missing("tt_where", "Tensor *b");
  tt_alive("tt_where", b);
  return tt_where(condition, a, b);
}
#define tt_where(...) tt_where_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_neg_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_neg", file, line);
  if (!x) tt_missing("tt_neg", "Tensor *x");
  tt_alive("tt_neg", x);
  return tt_neg(x);
}
#define tt_neg(...) tt_neg_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_abs_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_abs", file, line);
  if (!x) tt_missing("tt_abs", "Tensor *x");
  tt_alive("tt_abs", x);
  return tt_abs(x);
}
#define tt_abs(...) tt_abs_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_exp_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_exp", file, line);
  if (!x) tt_missing("tt_exp", "Tensor *x");
  tt_alive("tt_exp", x);
  return tt_exp(x);
}
#define tt_exp(...) tt_exp_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_log_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_log", file, line);
  if (!x) tt_missing("tt_log", "Tensor *x");
  tt_alive("tt_log", x);
  return tt_log(x);
}
#define tt_log(...) tt_log_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sqrt_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_sqrt", file, line);
  if (!x) tt_missing("tt_sqrt", "Tensor *x");
  tt_alive("tt_sqrt", x);
  return tt_sqrt(x);
}
#define tt_sqrt(...) tt_sqrt_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sin_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_sin", file, line);
  if (!x) tt_missing("tt_sin", "Tensor *x");
  tt_alive("tt_sin", x);
  return tt_sin(x);
}
#define tt_sin(...) tt_sin_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_cos_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_cos", file, line);
  if (!x) tt_missing("tt_cos", "Tensor *x");
  tt_alive("tt_cos", x);
  return tt_cos(x);
}
#define tt_cos(...) tt_cos_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_logical_not_at(const char *file, int line,
  Tensor *x)
{
  TT_CALL("tt_logical_not", file, line);
  if (!x) tt_missing("tt_logical_not", "Tensor *x");
  tt_alive("tt_logical_not", x);
  return tt_logical_not(x);
}
#define tt_logical_not(...) tt_logical_not_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_add_scalar_at(const char *file, int line,
  Tensor *x, Real c)
{
  TT_CALL("tt_add_scalar", file, line);
  if (!x) tt_missing("tt_add_scalar", "Tensor *x");
  tt_alive("tt_add_scalar", x);
  return tt_add_scalar(x, c);
}
#define tt_add_scalar(...) tt_add_scalar_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_mul_scalar_at(const char *file, int line,
  Tensor *x, Real c)
{
  TT_CALL("tt_mul_scalar", file, line);
  if (!x) tt_missing("tt_mul_scalar", "Tensor *x");
  tt_alive("tt_mul_scalar", x);
  return tt_mul_scalar(x, c);
}
#define tt_mul_scalar(...) tt_mul_scalar_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_clamp_at(const char *file, int line,
  Tensor *x, Real low, Real high)
{
  TT_CALL("tt_clamp", file, line);
  if (!x) tt_missing("tt_clamp", "Tensor *x");
  tt_alive("tt_clamp", x);
  return tt_clamp(x, low, high);
}
#define tt_clamp(...) tt_clamp_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_matmul_at(const char *file, int line,
  Tensor *a, Tensor *b)
{
  TT_CALL("tt_matmul", file, line);
  if (!a) tt_missing("tt_matmul", "Tensor *a");
  tt_alive("tt_matmul", a);
  if (!b) tt_missing("tt_matmul", "Tensor *b");
  tt_alive("tt_matmul", b);
  return tt_matmul(a, b);
}
#define tt_matmul(...) tt_matmul_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_sum_at(const char *file, int line,
  Tensor *x, int dim, bool keepdim)
{
  TT_CALL("tt_sum", file, line);
  if (!x) tt_missing("tt_sum", "Tensor *x");
  tt_alive("tt_sum", x);
  return tt_sum(x, dim, keepdim);
}
#define tt_sum(...) tt_sum_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_mean_at(const char *file, int line,
  Tensor *x, int dim, bool keepdim)
{
  TT_CALL("tt_mean", file, line);
  if (!x) tt_missing("tt_mean", "Tensor *x");
  tt_alive("tt_mean", x);
  return tt_mean(x, dim, keepdim);
}
#define tt_mean(...) tt_mean_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_max_at(const char *file, int line,
  Tensor *x, int dim, bool keepdim)
{
  TT_CALL("tt_max", file, line);
  if (!x) tt_missing("tt_max", "Tensor *x");
  tt_alive("tt_max", x);
  return tt_max(x, dim, keepdim);
}
#define tt_max(...) tt_max_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_min_at(const char *file, int line,
  Tensor *x, int dim, bool keepdim)
{
  TT_CALL("tt_min", file, line);
  if (!x) tt_missing("tt_min", "Tensor *x");
  tt_alive("tt_min", x);
  return tt_min(x, dim, keepdim);
}
#define tt_min(...) tt_min_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_argmax_at(const char *file, int line,
  Tensor *x, int dim, bool keepdim)
{
  TT_CALL("tt_argmax", file, line);
  if (!x) tt_missing("tt_argmax", "Tensor *x");
  tt_alive("tt_argmax", x);
  return tt_argmax(x, dim, keepdim);
}
#define tt_argmax(...) tt_argmax_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_argmax_last_at(const char *file, int line,
  Tensor *x, int dim, bool keepdim)
{
  TT_CALL("tt_argmax_last", file, line);
  if (!x) tt_missing("tt_argmax_last", "Tensor *x");
  tt_alive("tt_argmax_last", x);
  return tt_argmax_last(x, dim, keepdim);
}
#define tt_argmax_last(...) tt_argmax_last_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_var_at(const char *file, int line,
  Tensor *x, int dim, int correction, bool keepdim)
{
  TT_CALL("tt_var", file, line);
  if (!x) tt_missing("tt_var", "Tensor *x");
  tt_alive("tt_var", x);
  return tt_var(x, dim, correction, keepdim);
}
#define tt_var(...) tt_var_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_std_at(const char *file, int line,
  Tensor *x, int dim, int correction, bool keepdim)
{
  TT_CALL("tt_std", file, line);
  if (!x) tt_missing("tt_std", "Tensor *x");
  tt_alive("tt_std", x);
  return tt_std(x, dim, correction, keepdim);
}
#define tt_std(...) tt_std_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_cumsum_at(const char *file, int line,
  Tensor *x, int dim)
{
  TT_CALL("tt_cumsum", file, line);
  if (!x) tt_missing("tt_cumsum", "Tensor *x");
  tt_alive("tt_cumsum", x);
  return tt_cumsum(x, dim);
}
#define tt_cumsum(...) tt_cumsum_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_TOKENIZATION_H
static inline Tensor *tt_encode_at(const char *file, int line,
  const Tokenizer *t, const char *text, int64_t n)
{
  TT_CALL("tt_encode", file, line);
  if (!t) tt_missing("tt_encode", "const Tokenizer *t");
  if (!text) tt_missing("tt_encode", "const char *text");
  return tt_encode(t, text, n);
}
#define tt_encode(...) tt_encode_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_decode_at(const char *file, int line,
  const Tokenizer *t, const Tensor *ids)
{
  TT_CALL("tt_decode", file, line);
  if (!t) tt_missing("tt_decode", "const Tokenizer *t");
  if (!ids) tt_missing("tt_decode", "const Tensor *ids");
  tt_alive("tt_decode", ids);
  return tt_decode(t, ids);
}
#define tt_decode(...) tt_decode_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_token_offsets_at(const char *file, int line,
  const Tokenizer *t, const Tensor *ids)
{
  TT_CALL("tt_token_offsets", file, line);
  if (!t) tt_missing("tt_token_offsets", "const Tokenizer *t");
  if (!ids) tt_missing("tt_token_offsets", "const Tensor *ids");
  tt_alive("tt_token_offsets", ids);
  return tt_token_offsets(t, ids);
}
#define tt_token_offsets(...) tt_token_offsets_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_encode_with_at(const char *file, int line,
  const Tokenizer *t, const char *text, int64_t n, EncodeOptions o)
{
  TT_CALL("tt_encode_with", file, line);
  if (!t) tt_missing("tt_encode_with", "const Tokenizer *t");
  if (!text) tt_missing("tt_encode_with", "const char *text");
  return tt_encode_with(t, text, n, o);
}
#define tt_encode_with(...) tt_encode_with_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tokenizer *tt_with_special_at(const char *file, int line,
  const Tokenizer *t, int n, const char *const text[])
{
  TT_CALL("tt_with_special", file, line);
  if (!t) tt_missing("tt_with_special", "const Tokenizer *t");
  if (n > 0 && !text) tt_missing("tt_with_special", "const char *const text[]");
  return tt_with_special(t, n, text);
}
#define tt_with_special(...) tt_with_special_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_count_tokens_at(const char *file, int line,
  const Tokenizer *t, const char *text, int64_t n, int64_t limit)
{
  TT_CALL("tt_count_tokens", file, line);
  if (!t) tt_missing("tt_count_tokens", "const Tokenizer *t");
  if (!text) tt_missing("tt_count_tokens", "const char *text");
  return tt_count_tokens(t, text, n, limit);
}
#define tt_count_tokens(...) tt_count_tokens_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tokenizer *tt_char_tokenizer_new_at(const char *file, int line,
  const char *text, int64_t n)
{
  TT_CALL("tt_char_tokenizer_new", file, line);
  if (!text) tt_missing("tt_char_tokenizer_new", "const char *text");
  return tt_char_tokenizer_new(text, n);
}
#define tt_char_tokenizer_new(...) tt_char_tokenizer_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tokenizer *tt_bpe_train_at(const char *file, int line,
  const char *text, int64_t n, BpeOptions o)
{
  TT_CALL("tt_bpe_train", file, line);
  if (!text) tt_missing("tt_bpe_train", "const char *text");
  return tt_bpe_train(text, n, o);
}
#define tt_bpe_train(...) tt_bpe_train_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tokenizer *tt_bpe_train_file_at(const char *file, int line,
  const char *path, BpeOptions o)
{
  TT_CALL("tt_bpe_train_file", file, line);
  if (!path) tt_missing("tt_bpe_train_file", "const char *path");
  return tt_bpe_train_file(path, o);
}
#define tt_bpe_train_file(...) tt_bpe_train_file_at(__FILE__, __LINE__, __VA_ARGS__)
static inline TextStream *tt_text_stream_new_at(const char *file, int line,
  const Tokenizer *t)
{
  TT_CALL("tt_text_stream_new", file, line);
  if (!t) tt_missing("tt_text_stream_new", "const Tokenizer *t");
  return tt_text_stream_new(t);
}
#define tt_text_stream_new(...) tt_text_stream_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Piece tt_stream_next_at(const char *file, int line,
  TextStream *s, int32_t id)
{
  TT_CALL("tt_stream_next", file, line);
  if (!s) tt_missing("tt_stream_next", "TextStream *s");
  return tt_stream_next(s, id);
}
#define tt_stream_next(...) tt_stream_next_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Piece tt_stream_end_at(const char *file, int line,
  TextStream *s)
{
  TT_CALL("tt_stream_end", file, line);
  if (!s) tt_missing("tt_stream_end", "TextStream *s");
  return tt_stream_end(s);
}
#define tt_stream_end(...) tt_stream_end_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_save_tokenizer_at(const char *file, int line,
  const char *path, const Tokenizer *t)
{
  TT_CALL("tt_save_tokenizer", file, line);
  if (!path) tt_missing("tt_save_tokenizer", "const char *path");
  if (!t) tt_missing("tt_save_tokenizer", "const Tokenizer *t");
  tt_save_tokenizer(path, t);
}
#define tt_save_tokenizer(...) tt_save_tokenizer_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tokenizer *tt_load_tokenizer_at(const char *file, int line,
  const char *path)
{
  TT_CALL("tt_load_tokenizer", file, line);
  if (!path) tt_missing("tt_load_tokenizer", "const char *path");
  return tt_load_tokenizer(path);
}
#define tt_load_tokenizer(...) tt_load_tokenizer_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tokenizer *tt_load_gpt2_at(const char *file, int line,
  const char *vocab, const char *merges)
{
  TT_CALL("tt_load_gpt2", file, line);
  if (!vocab) tt_missing("tt_load_gpt2", "const char *vocab");
  if (!merges) tt_missing("tt_load_gpt2", "const char *merges");
  return tt_load_gpt2(vocab, merges);
}
#define tt_load_gpt2(...) tt_load_gpt2_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_save_gpt2_at(const char *file, int line,
  const char *vocab, const char *merges, const Tokenizer *t)
{
  TT_CALL("tt_save_gpt2", file, line);
  if (!vocab) tt_missing("tt_save_gpt2", "const char *vocab");
  if (!merges) tt_missing("tt_save_gpt2", "const char *merges");
  if (!t) tt_missing("tt_save_gpt2", "const Tokenizer *t");
  tt_save_gpt2(vocab, merges, t);
}
#define tt_save_gpt2(...) tt_save_gpt2_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tokenizer *tt_load_tiktoken_at(const char *file, int line,
  const char *path)
{
  TT_CALL("tt_load_tiktoken", file, line);
  if (!path) tt_missing("tt_load_tiktoken", "const char *path");
  return tt_load_tiktoken(path);
}
#define tt_load_tiktoken(...) tt_load_tiktoken_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_save_tiktoken_at(const char *file, int line,
  const char *path, const Tokenizer *t)
{
  TT_CALL("tt_save_tiktoken", file, line);
  if (!path) tt_missing("tt_save_tiktoken", "const char *path");
  if (!t) tt_missing("tt_save_tiktoken", "const Tokenizer *t");
  tt_save_tiktoken(path, t);
}
#define tt_save_tiktoken(...) tt_save_tiktoken_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_TRAINING_H
static inline Batch tt_source_next_at(const char *file, int line,
  BatchSource *s)
{
  TT_CALL("tt_source_next", file, line);
  if (!s) tt_missing("tt_source_next", "BatchSource *s");
  return tt_source_next(s);
}
#define tt_source_next(...) tt_source_next_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_source_reset_at(const char *file, int line,
  BatchSource *s)
{
  TT_CALL("tt_source_reset", file, line);
  if (!s) tt_missing("tt_source_reset", "BatchSource *s");
  tt_source_reset(s);
}
#define tt_source_reset(...) tt_source_reset_at(__FILE__, __LINE__, __VA_ARGS__)
static inline BatchSource *tt_batches_new_at(const char *file, int line,
  Tensor *x, Tensor *y, BatchOptions o)
{
  TT_CALL("tt_batches_new", file, line);
  if (!x) tt_missing("tt_batches_new", "Tensor *x");
  tt_alive("tt_batches_new", x);
  if (!y) tt_missing("tt_batches_new", "Tensor *y");
  tt_alive("tt_batches_new", y);
  return tt_batches_new(x, y, o);
}
#define tt_batches_new(...) tt_batches_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Schedule tt_schedule_constant_at(const char *file, int line,
  double lr)
{
  TT_CALL("tt_schedule_constant", file, line);
  return tt_schedule_constant(lr);
}
#define tt_schedule_constant(...) tt_schedule_constant_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Schedule tt_schedule_step_at(const char *file, int line,
  double lr, int64_t every, double factor)
{
  TT_CALL("tt_schedule_step", file, line);
  return tt_schedule_step(lr, every, factor);
}
#define tt_schedule_step(...) tt_schedule_step_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Schedule tt_schedule_cosine_at(const char *file, int line,
  double lr, double low, int64_t steps)
{
  TT_CALL("tt_schedule_cosine", file, line);
  return tt_schedule_cosine(lr, low, steps);
}
#define tt_schedule_cosine(...) tt_schedule_cosine_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Schedule tt_schedule_warmup_at(const char *file, int line,
  double lr, double from, int64_t steps)
{
  TT_CALL("tt_schedule_warmup", file, line);
  return tt_schedule_warmup(lr, from, steps);
}
#define tt_schedule_warmup(...) tt_schedule_warmup_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_schedule_lr_at(const char *file, int line,
  const Schedule *s, int64_t t)
{
  TT_CALL("tt_schedule_lr", file, line);
  if (!s) tt_missing("tt_schedule_lr", "const Schedule *s");
  return tt_schedule_lr(s, t);
}
#define tt_schedule_lr(...) tt_schedule_lr_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Schedule tt_schedule_then_at(const char *file, int line,
  Schedule first, int64_t length, Schedule next)
{
  TT_CALL("tt_schedule_then", file, line);
  return tt_schedule_then(first, length, next);
}
#define tt_schedule_then(...) tt_schedule_then_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_clip_grad_norm_at(const char *file, int line,
  StateDict params, double max)
{
  TT_CALL("tt_clip_grad_norm", file, line);
  tt_check_state_dict("tt_clip_grad_norm", params);
  return tt_clip_grad_norm(params, max);
}
#define tt_clip_grad_norm(...) tt_clip_grad_norm_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_clip_grad_value_at(const char *file, int line,
  StateDict params, double limit)
{
  TT_CALL("tt_clip_grad_value", file, line);
  tt_check_state_dict("tt_clip_grad_value", params);
  tt_clip_grad_value(params, limit);
}
#define tt_clip_grad_value(...) tt_clip_grad_value_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_scale_grad_at(const char *file, int line,
  StateDict params, double factor)
{
  TT_CALL("tt_scale_grad", file, line);
  tt_check_state_dict("tt_scale_grad", params);
  tt_scale_grad(params, factor);
}
#define tt_scale_grad(...) tt_scale_grad_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_trainer_run_at(const char *file, int line,
  Trainer *t)
{
  TT_CALL("tt_trainer_run", file, line);
  if (!t) tt_missing("tt_trainer_run", "Trainer *t");
  tt_trainer_run(t);
}
#define tt_trainer_run(...) tt_trainer_run_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Metrics tt_evaluate_at(const char *file, int line,
  void *model, BatchSource *s, Tensor *(*loss)(Tensor *, Tensor *), double (*metric)(Tensor *, Tensor *))
{
  TT_CALL("tt_evaluate", file, line);
  if (!model) tt_missing("tt_evaluate", "void *model");
  if (!s) tt_missing("tt_evaluate", "BatchSource *s");
  if (!loss) tt_missing("tt_evaluate", "Tensor *(*loss)(Tensor *, Tensor *)");
  return tt_evaluate(model, s, loss, metric);
}
#define tt_evaluate(...) tt_evaluate_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_in_eval_mode_at(const char *file, int line,
  void *model, void (*f)(void *), void *arg)
{
  TT_CALL("tt_in_eval_mode", file, line);
  if (!model) tt_missing("tt_in_eval_mode", "void *model");
  if (!f) tt_missing("tt_in_eval_mode", "void (*f)(void *)");
  tt_in_eval_mode(model, f, arg);
}
#define tt_in_eval_mode(...) tt_in_eval_mode_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_accuracy_at(const char *file, int line,
  Tensor *logits, Tensor *y)
{
  TT_CALL("tt_accuracy", file, line);
  if (!logits) tt_missing("tt_accuracy", "Tensor *logits");
  tt_alive("tt_accuracy", logits);
  if (!y) tt_missing("tt_accuracy", "Tensor *y");
  tt_alive("tt_accuracy", y);
  return tt_accuracy(logits, y);
}
#define tt_accuracy(...) tt_accuracy_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_checkpoint_save_at(const char *file, int line,
  const char *path, Trainer *t)
{
  TT_CALL("tt_checkpoint_save", file, line);
  if (!path) tt_missing("tt_checkpoint_save", "const char *path");
  if (!t) tt_missing("tt_checkpoint_save", "Trainer *t");
  tt_checkpoint_save(path, t);
}
#define tt_checkpoint_save(...) tt_checkpoint_save_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_checkpoint_load_at(const char *file, int line,
  const char *path, Trainer *t)
{
  TT_CALL("tt_checkpoint_load", file, line);
  if (!path) tt_missing("tt_checkpoint_load", "const char *path");
  if (!t) tt_missing("tt_checkpoint_load", "Trainer *t");
  tt_checkpoint_load(path, t);
}
#define tt_checkpoint_load(...) tt_checkpoint_load_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_load_model_at(const char *file, int line,
  const char *path, void *model)
{
  TT_CALL("tt_load_model", file, line);
  if (!path) tt_missing("tt_load_model", "const char *path");
  if (!model) tt_missing("tt_load_model", "void *model");
  tt_load_model(path, model);
}
#define tt_load_model(...) tt_load_model_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_TRANSFORMERS_H
static inline Tensor *tt_layer_norm_at(const char *file, int line,
  Tensor *x, Tensor *w, Tensor *b, double eps)
{
  TT_CALL("tt_layer_norm", file, line);
  if (!x) tt_missing("tt_layer_norm", "Tensor *x");
  tt_alive("tt_layer_norm", x);
  tt_alive("tt_layer_norm", w);
  tt_alive("tt_layer_norm", b);
  return tt_layer_norm(x, w, b, eps);
}
#define tt_layer_norm(...) tt_layer_norm_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_rms_norm_at(const char *file, int line,
  Tensor *x, Tensor *w, double eps)
{
  TT_CALL("tt_rms_norm", file, line);
  if (!x) tt_missing("tt_rms_norm", "Tensor *x");
  tt_alive("tt_rms_norm", x);
  tt_alive("tt_rms_norm", w);
  return tt_rms_norm(x, w, eps);
}
#define tt_rms_norm(...) tt_rms_norm_at(__FILE__, __LINE__, __VA_ARGS__)
static inline LayerNorm *tt_layer_norm_new_at(const char *file, int line,
  int64_t dim, double eps)
{
  TT_CALL("tt_layer_norm_new", file, line);
  return tt_layer_norm_new(dim, eps);
}
#define tt_layer_norm_new(...) tt_layer_norm_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline RmsNorm *tt_rms_norm_new_at(const char *file, int line,
  int64_t dim, double eps)
{
  TT_CALL("tt_rms_norm_new", file, line);
  return tt_rms_norm_new(dim, eps);
}
#define tt_rms_norm_new(...) tt_rms_norm_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_block_at(const char *file, int line,
  TransformerBlock *m, Tensor *x , GptPass p, int layer)
{
  TT_CALL("tt_block", file, line);
  if (!m) tt_missing("tt_block", "TransformerBlock *m");
  if (!x) tt_missing("tt_block", "Tensor *x");
  tt_alive("tt_block", x);
  return tt_block(m, x, p, layer);
}
#define tt_block(...) tt_block_at(__FILE__, __LINE__, __VA_ARGS__)
static inline GptOptions tt_llama_like_at(const char *file, int line,
  GptOptions o)
{
  TT_CALL("tt_llama_like", file, line);
  return tt_llama_like(o);
}
#define tt_llama_like(...) tt_llama_like_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Gpt *tt_gpt_new_at(const char *file, int line,
  GptOptions o, Generator *g)
{
  TT_CALL("tt_gpt_new", file, line);
  return tt_gpt_new(o, g);
}
#define tt_gpt_new(...) tt_gpt_new_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_gpt_features_at(const char *file, int line,
  Gpt *m, Tensor *ids, GptPass p)
{
  TT_CALL("tt_gpt_features", file, line);
  if (!m) tt_missing("tt_gpt_features", "Gpt *m");
  if (!ids) tt_missing("tt_gpt_features", "Tensor *ids");
  tt_alive("tt_gpt_features", ids);
  return tt_gpt_features(m, ids, p);
}
#define tt_gpt_features(...) tt_gpt_features_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_gpt_logits_at(const char *file, int line,
  Gpt *m, Tensor *features)
{
  TT_CALL("tt_gpt_logits", file, line);
  if (!m) tt_missing("tt_gpt_logits", "Gpt *m");
  if (!features) tt_missing("tt_gpt_logits", "Tensor *features");
  tt_alive("tt_gpt_logits", features);
  return tt_gpt_logits(m, features);
}
#define tt_gpt_logits(...) tt_gpt_logits_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_gpt_parameters_at(const char *file, int line,
  GptOptions o)
{
  TT_CALL("tt_gpt_parameters", file, line);
  return tt_gpt_parameters(o);
}
#define tt_gpt_parameters(...) tt_gpt_parameters_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_gpt_flops_at(const char *file, int line,
  GptOptions o, int64_t tokens)
{
  TT_CALL("tt_gpt_flops", file, line);
  return tt_gpt_flops(o, tokens);
}
#define tt_gpt_flops(...) tt_gpt_flops_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_gpt_save_at(const char *file, int line,
  const char *path, Gpt *m, Metadata more)
{
  TT_CALL("tt_gpt_save", file, line);
  if (!path) tt_missing("tt_gpt_save", "const char *path");
  if (!m) tt_missing("tt_gpt_save", "Gpt *m");
  tt_check_metadata("tt_gpt_save", more);
  tt_gpt_save(path, m, more);
}
#define tt_gpt_save(...) tt_gpt_save_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Gpt *tt_gpt_load_at(const char *file, int line,
  const char *path, Metadata *more)
{
  TT_CALL("tt_gpt_load", file, line);
  if (!path) tt_missing("tt_gpt_load", "const char *path");
  return tt_gpt_load(path, more);
}
#define tt_gpt_load(...) tt_gpt_load_at(__FILE__, __LINE__, __VA_ARGS__)
static inline GptOptions tt_gpt_options_at(const char *file, int line,
  const char *path, Metadata m)
{
  TT_CALL("tt_gpt_options", file, line);
  if (!path) tt_missing("tt_gpt_options", "const char *path");
  tt_check_metadata("tt_gpt_options", m);
  return tt_gpt_options(path, m);
}
#define tt_gpt_options(...) tt_gpt_options_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Metadata tt_keep_metadata_at(const char *file, int line,
  Metadata m)
{
  TT_CALL("tt_keep_metadata", file, line);
  tt_check_metadata("tt_keep_metadata", m);
  return tt_keep_metadata(m);
}
#define tt_keep_metadata(...) tt_keep_metadata_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Batch tt_windows_at(const char *file, int line,
  Tensor *ids, int64_t n, int64_t t, Generator *g)
{
  TT_CALL("tt_windows", file, line);
  if (!ids) tt_missing("tt_windows", "Tensor *ids");
  tt_alive("tt_windows", ids);
  return tt_windows(ids, n, t, g);
}
#define tt_windows(...) tt_windows_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_language_loss_at(const char *file, int line,
  Tensor *logits, Tensor *targets)
{
  TT_CALL("tt_language_loss", file, line);
  if (!logits) tt_missing("tt_language_loss", "Tensor *logits");
  tt_alive("tt_language_loss", logits);
  if (!targets) tt_missing("tt_language_loss", "Tensor *targets");
  tt_alive("tt_language_loss", targets);
  return tt_language_loss(logits, targets);
}
#define tt_language_loss(...) tt_language_loss_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_gpt_loss_at(const char *file, int line,
  Gpt *m, Tensor *ids)
{
  TT_CALL("tt_gpt_loss", file, line);
  if (!m) tt_missing("tt_gpt_loss", "Gpt *m");
  if (!ids) tt_missing("tt_gpt_loss", "Tensor *ids");
  tt_alive("tt_gpt_loss", ids);
  return tt_gpt_loss(m, ids);
}
#define tt_gpt_loss(...) tt_gpt_loss_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_topk_at(const char *file, int line,
  Tensor *x, int64_t k, int dim, bool largest, Tensor **at)
{
  TT_CALL("tt_topk", file, line);
  if (!x) tt_missing("tt_topk", "Tensor *x");
  tt_alive("tt_topk", x);
  return tt_topk(x, k, dim, largest, at);
}
#define tt_topk(...) tt_topk_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef TT_TUNER_H
static inline TuneResult *tt_auto_optimize_at(const char *file, int line,
  void *model, const TuneData *d, TuneOptions o)
{
  TT_CALL("tt_auto_optimize", file, line);
  if (!model) tt_missing("tt_auto_optimize", "void *model");
  if (!d) tt_missing("tt_auto_optimize", "const TuneData *d");
  return tt_auto_optimize(model, d, o);
}
#define tt_auto_optimize(...) tt_auto_optimize_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void tt_tune_print_at(const char *file, int line,
  FILE *f, const TuneResult *r)
{
  TT_CALL("tt_tune_print", file, line);
  if (!f) tt_missing("tt_tune_print", "FILE *f");
  if (!r) tt_missing("tt_tune_print", "const TuneResult *r");
  tt_tune_print(f, r);
}
#define tt_tune_print(...) tt_tune_print_at(__FILE__, __LINE__, __VA_ARGS__)
static inline int64_t tt_tune_bytes_at(const char *file, int line,
  void *model)
{
  TT_CALL("tt_tune_bytes", file, line);
  if (!model) tt_missing("tt_tune_bytes", "void *model");
  return tt_tune_bytes(model);
}
#define tt_tune_bytes(...) tt_tune_bytes_at(__FILE__, __LINE__, __VA_ARGS__)
static inline Tensor *tt_scores_at(const char *file, int line,
  void *model, Tensor *x, Tensor *y, TuneScore *score)
{
  TT_CALL("tt_scores", file, line);
  if (!model) tt_missing("tt_scores", "void *model");
  if (!x) tt_missing("tt_scores", "Tensor *x");
  tt_alive("tt_scores", x);
  tt_alive("tt_scores", y);
  if (!score) tt_missing("tt_scores", "TuneScore *score");
  return tt_scores(model, x, y, score);
}
#define tt_scores(...) tt_scores_at(__FILE__, __LINE__, __VA_ARGS__)
static inline void *tt_module_copy_at(const char *file, int line,
  void *m)
{
  TT_CALL("tt_module_copy", file, line);
  if (!m) tt_missing("tt_module_copy", "void *m");
  return tt_module_copy(m);
}
#define tt_module_copy(...) tt_module_copy_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_tune_excess_at(const char *file, int line,
  double value, double limit)
{
  TT_CALL("tt_tune_excess", file, line);
  return tt_tune_excess(value, limit);
}
#define tt_tune_excess(...) tt_tune_excess_at(__FILE__, __LINE__, __VA_ARGS__)
static inline double tt_tune_missed_at(const char *file, int line,
  const TuneCost *c, const TuneLimits *l)
{
  TT_CALL("tt_tune_missed", file, line);
  if (!c) tt_missing("tt_tune_missed", "const TuneCost *c");
  if (!l) tt_missing("tt_tune_missed", "const TuneLimits *l");
  return tt_tune_missed(c, l);
}
#define tt_tune_missed(...) tt_tune_missed_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_tune_better_at(const char *file, int line,
  const TuneCost *a, const TuneCost *b, const TuneLimits *l, TuneGoal goal)
{
  TT_CALL("tt_tune_better", file, line);
  if (!a) tt_missing("tt_tune_better", "const TuneCost *a");
  if (!b) tt_missing("tt_tune_better", "const TuneCost *b");
  if (!l) tt_missing("tt_tune_better", "const TuneLimits *l");
  return tt_tune_better(a, b, l, goal);
}
#define tt_tune_better(...) tt_tune_better_at(__FILE__, __LINE__, __VA_ARGS__)
static inline TuneTarget tt_tune_target_at(const char *file, int line,
  TargetKind kind)
{
  TT_CALL("tt_tune_target", file, line);
  return tt_tune_target(kind);
}
#define tt_tune_target(...) tt_tune_target_at(__FILE__, __LINE__, __VA_ARGS__)
static inline TuneResult *tt_optimization_pipeline_at(const char *file, int line,
  void *model, const TuneData *d, TargetKind kind, double lost)
{
  TT_CALL("tt_optimization_pipeline", file, line);
  if (!model) tt_missing("tt_optimization_pipeline", "void *model");
  if (!d) tt_missing("tt_optimization_pipeline", "const TuneData *d");
  return tt_optimization_pipeline(model, d, kind, lost);
}
#define tt_optimization_pipeline(...) tt_optimization_pipeline_at(__FILE__, __LINE__, __VA_ARGS__)
static inline bool tt_runs_within_at(const char *file, int line,
  int64_t bytes, void (*work)(void *), void *arg)
{
  TT_CALL("tt_runs_within", file, line);
  if (!work) tt_missing("tt_runs_within", "void (*work)(void *)");
  return tt_runs_within(bytes, work, arg);
}
#define tt_runs_within(...) tt_runs_within_at(__FILE__, __LINE__, __VA_ARGS__)
#endif

#define TT_FUNCTIONS(F) \
  F(tt_relu) \
  F(tt_leaky_relu) \
  F(tt_sigmoid) \
  F(tt_tanh) \
  F(tt_gelu) \
  F(tt_gelu_tanh) \
  F(tt_silu) \
  F(tt_softmax) \
  F(tt_log_softmax) \
  F(tt_adaptive_training) \
  F(tt_margin) \
  F(tt_scaled_dot_product_attention) \
  F(tt_attention_weights) \
  F(tt_masked_softmax) \
  F(tt_tril) \
  F(tt_triu) \
  F(tt_keys_values) \
  F(tt_attend) \
  F(tt_attend_weights) \
  F(tt_queries) \
  F(tt_answers) \
  F(tt_multi_head_attention_new) \
  F(tt_autograd_enable) \
  F(tt_backward) \
  F(tt_backward_with) \
  F(tt_requires_grad_) \
  F(tt_detach) \
  F(tt_zero_grad) \
  F(tt_no_grad_open) \
  F(tt_gradcheck) \
  F(tt_graph) \
  F(tt_tape_length) \
  F(tt_tape_bytes) \
  F(tt_walk) \
  F(tt_naive_masked_softmax) \
  F(tt_backend_use) \
  F(tt_backend_at) \
  F(tt_batch_wait) \
  F(tt_batch_refusal) \
  F(tt_batcher_new) \
  F(tt_batcher_submit) \
  F(tt_batcher_cancel) \
  F(tt_batcher_close) \
  F(tt_batcher_free) \
  F(tt_batcher_stats) \
  F(tt_benchmark) \
  F(tt_benchmark_print) \
  F(tt_benchmark_begin) \
  F(tt_compare) \
  F(tt_compare_series) \
  F(tt_outcome) \
  F(tt_outcome_text) \
  F(tt_comparison_noise) \
  F(tt_comparison_print) \
  F(tt_pairs_for) \
  F(tt_observe) \
  F(tt_observer_range) \
  F(tt_svd) \
  F(tt_low_rank_linear_new) \
  F(tt_low_rank) \
  F(tt_distillation_loss) \
  F(tt_conv2d) \
  F(tt_conv_transpose2d) \
  F(tt_max_pool2d) \
  F(tt_avg_pool2d) \
  F(tt_adaptive_max_pool2d) \
  F(tt_adaptive_avg_pool2d) \
  F(tt_batch_norm) \
  F(tt_conv2d_new) \
  F(tt_conv_transpose2d_new) \
  F(tt_max_pool2d_new) \
  F(tt_avg_pool2d_new) \
  F(tt_adaptive_max_pool2d_new) \
  F(tt_adaptive_avg_pool2d_new) \
  F(tt_batch_norm2d_new) \
  F(tt_residual_new) \
  F(tt_conv2d_definition) \
  F(tt_conv2d_shape) \
  F(tt_tensor_dataset_new) \
  F(tt_dataset_get) \
  F(tt_dataset_block) \
  F(tt_transformed_new) \
  F(tt_normalize) \
  F(tt_random_horizontal_flip) \
  F(tt_random_crop) \
  F(tt_cutout) \
  F(tt_data_loader_new) \
  F(tt_subset_new) \
  F(tt_concat_new) \
  F(tt_one_hot_new) \
  F(tt_stratified_split) \
  F(tt_weighted_sampler_new) \
  F(tt_mixup) \
  F(tt_thread_group_run) \
  F(tt_share) \
  F(tt_sharded_new) \
  F(tt_data_parallel_new) \
  F(tt_data_parallel_backward) \
  F(tt_data_parallel_check) \
  F(tt_owned_parameters) \
  F(tt_owned_step) \
  F(tt_data_parallel_run) \
  F(tt_ring_all_reduce) \
  F(tt_step_time) \
  F(tt_best_bucket) \
  F(tt_psi) \
  F(tt_ks) \
  F(tt_ks_p) \
  F(tt_chi2_p) \
  F(tt_drift_new) \
  F(tt_drift_add) \
  F(tt_embedding) \
  F(tt_embedding_with) \
  F(tt_embedding_new) \
  F(tt_positions) \
  F(tt_padded_positions) \
  F(tt_sinusoidal_positions) \
  F(tt_rotary) \
  F(tt_index_select) \
  F(tt_index_add_) \
  F(tt_one_hot) \
  F(tt_unique) \
  F(tt_multinomial) \
  F(tt_pca) \
  F(tt_try) \
  F(tt_next_token) \
  F(tt_token_chances) \
  F(tt_generate) \
  F(tt_show_text) \
  F(tt_load_gpt2_weights) \
  F(tt_op_backward) \
  F(tt_elementwise_backward) \
  F(tt_node_wants) \
  F(tt_node_shape) \
  F(tt_node_saved) \
  F(tt_accumulate) \
  F(tt_kv_cache_new) \
  F(tt_kv_cache_free) \
  F(tt_kv_features) \
  F(tt_kv_logits) \
  F(tt_kv_next) \
  F(tt_kv_rollback) \
  F(tt_kv_reorder) \
  F(tt_kv_copy) \
  F(tt_kv_common) \
  F(tt_kv_resume) \
  F(tt_kv_bytes) \
  F(tt_kv_page_bytes) \
  F(tt_kv_save) \
  F(tt_kv_load) \
  F(tt_generate_all) \
  F(tt_sequential_new) \
  F(tt_activation_new_named) \
  F(tt_flatten_new) \
  F(tt_dropout_new) \
  F(tt_linear_new) \
  F(tt_linear_new_no_bias) \
  F(tt_linear) \
  F(tt_dropout) \
  F(tt_kaiming_uniform_) \
  F(tt_kaiming_normal_) \
  F(tt_xavier_uniform_) \
  F(tt_xavier_normal_) \
  F(tt_uniform_) \
  F(tt_normal_) \
  F(tt_mse_loss) \
  F(tt_bce_loss) \
  F(tt_bce_with_logits) \
  F(tt_mse_loss_with) \
  F(tt_bce_loss_with) \
  F(tt_bce_with_logits_with) \
  F(tt_nll_loss) \
  F(tt_cross_entropy) \
  F(tt_nll_loss_with) \
  F(tt_cross_entropy_with) \
  F(tt_machine_now) \
  F(tt_machine_median) \
  F(tt_machine_time) \
  F(tt_machine_random) \
  F(tt_machine_cycle) \
  F(tt_percentile) \
  F(tt_latency_of) \
  F(tt_measure_work) \
  F(tt_measure_latency) \
  F(tt_latency_noise) \
  F(tt_latency_print) \
  F(tt_measure_memory) \
  F(tt_memory_part_name) \
  F(tt_memory_print) \
  F(tt_roofline) \
  F(tt_roofline_rate) \
  F(tt_roofline_verdict) \
  F(tt_bound_text) \
  F(tt_roofline_print) \
  F(tt_bottlenecks_print) \
  F(tt_hardware_counters) \
  F(tt_counter_scaled) \
  F(tt_counter_refusal) \
  F(tt_counters_print) \
  F(tt_profiler_trace) \
  F(tt_profiler_flame) \
  F(tt_nested_or_apart) \
  F(tt_weight_stats) \
  F(tt_analyze_weight_distribution) \
  F(tt_sparsity) \
  F(tt_weights_print) \
  F(tt_profile_scaling) \
  F(tt_scaling_of) \
  F(tt_scaling_print) \
  F(tt_scope_open) \
  F(tt_scope_close) \
  F(tt_clear) \
  F(tt_scope) \
  F(tt_move) \
  F(tt_release) \
  F(tt_keep) \
  F(tt_memory_stats) \
  F(tt_reset_peak_memory) \
  F(tt_memory_limit) \
  F(tt_empty_pool) \
  F(tt_model_size) \
  F(tt_module_sizes) \
  F(tt_model_size_print) \
  F(tt_sensitivity) \
  F(tt_module_new) \
  F(tt_module_new_with) \
  F(tt_module_keep) \
  F(tt_module_free) \
  F(tt_parameter) \
  F(tt_module_walk) \
  F(tt_forward) \
  F(tt_module_train) \
  F(tt_module_eval) \
  F(tt_module_parameters) \
  F(tt_module_state_dict) \
  F(tt_module_count) \
  F(tt_module_load_state_dict) \
  F(tt_module_print) \
  F(tt_module_fprint) \
  F(tt_module_zero_grad) \
  F(tt_digit_signs) \
  F(tt_new_signs) \
  F(tt_draw_sign) \
  F(tt_draw_signs) \
  F(tt_answer_state_text) \
  F(tt_contestant_start) \
  F(tt_read_until) \
  F(tt_ask) \
  F(tt_teach) \
  F(tt_ask_next) \
  F(tt_contestant_seconds) \
  F(tt_contestant_pause) \
  F(tt_contestant_resume) \
  F(tt_contestant_end) \
  F(tt_answer_right) \
  F(tt_share_interval) \
  F(tt_ranks) \
  F(tt_fronts) \
  F(tt_volume) \
  F(tt_byte_loss) \
  F(tt_sha256) \
  F(tt_ledger_seal) \
  F(tt_ledger_check) \
  F(tt_ledger_append) \
  F(tt_entry_main) \
  F(tt_category_name) \
  F(tt_submission_read) \
  F(tt_handle) \
  F(tt_allocate) \
  F(tt_alias) \
  F(tt_drop_storage) \
  F(tt_need_f32) \
  F(tt_change) \
  F(tt_map) \
  F(tt_running_sum) \
  F(tt_sgd_new) \
  F(tt_rmsprop_new) \
  F(tt_adam_new) \
  F(tt_adamw_new) \
  F(tt_sgd_add_group) \
  F(tt_rmsprop_add_group) \
  F(tt_adam_add_group) \
  F(tt_optimizer_step) \
  F(tt_optimizer_zero_grad) \
  F(tt_optimizer_lr) \
  F(tt_optimizer_set_lr) \
  F(tt_optimizer_state_dict) \
  F(tt_optimizer_load_state_dict) \
  F(tt_optimizer_keep) \
  F(tt_optimizer_free) \
  F(tt_share_weights_) \
  F(tt_packed_save) \
  F(tt_packed_load) \
  F(tt_packed_bits) \
  F(tt_packed_gaps) \
  F(tt_parallel) \
  F(tt_get_num_threads) \
  F(tt_set_num_threads) \
  F(tt_backend_load) \
  F(tt_phase_name) \
  F(tt_profiler_new) \
  F(tt_profiler_start) \
  F(tt_profiler_step) \
  F(tt_profiler_stop) \
  F(tt_profile) \
  F(tt_profile_forward_pass) \
  F(tt_profile_backward_pass) \
  F(tt_count_parameters) \
  F(tt_count_flops) \
  F(tt_profile_add) \
  F(tt_profile_print) \
  F(tt_profile_fprint) \
  F(tt_profile_print_modules) \
  F(tt_profile_fprint_modules) \
  F(tt_quick_profile) \
  F(tt_profile_difference) \
  F(tt_profile_difference_print) \
  F(tt_magnitude_pruner_new) \
  F(tt_prune) \
  F(tt_prune_to) \
  F(tt_pruner_apply) \
  F(tt_pruner_sparsity) \
  F(tt_pruner_print) \
  F(tt_pruner_fprint) \
  F(tt_pruner_remember) \
  F(tt_pruner_rewind) \
  F(tt_prune_schedule) \
  F(tt_pruner_step) \
  F(tt_structured_pruner_new) \
  F(tt_structured_group) \
  F(tt_structured_choose) \
  F(tt_structured_mask) \
  F(tt_structured_remove) \
  F(tt_structured_print) \
  F(tt_structured_fprint) \
  F(tt_prune_channels) \
  F(tt_load_pruned) \
  F(tt_fold_batch_norm) \
  F(tt_fake_quantize) \
  F(tt_prepare) \
  F(tt_calibrate) \
  F(tt_round_forward) \
  F(tt_multiplier) \
  F(tt_requantized) \
  F(tt_requantize) \
  F(tt_qconv2d) \
  F(tt_quant_conv2d_new) \
  F(tt_scale_of) \
  F(tt_quantize_tensor) \
  F(tt_quantize_with) \
  F(tt_dequantize) \
  F(tt_qgemm) \
  F(tt_pack) \
  F(tt_quant_linear) \
  F(tt_quantize) \
  F(tt_load_quantized) \
  F(tt_change_layers) \
  F(tt_named) \
  F(tt_exchange) \
  F(tt_load_quantized_gpt) \
  F(tt_read_bytes) \
  F(tt_load_idx) \
  F(tt_load_cifar) \
  F(tt_cifar_files_new) \
  F(tt_data_find) \
  F(tt_load_csv) \
  F(tt_load_npy) \
  F(tt_save_npy) \
  F(tt_metadata_get) \
  F(tt_save_file) \
  F(tt_replace_file) \
  F(tt_load_file) \
  F(tt_load_file_with) \
  F(tt_state_dict_new) \
  F(tt_state_dict_part) \
  F(tt_checksum) \
  F(tt_single_stream) \
  F(tt_offline) \
  F(tt_server) \
  F(tt_queries_needed) \
  F(tt_scenario_print) \
  F(tt_hyperparameter_search) \
  F(tt_cholesky) \
  F(tt_gaussian_process_new) \
  F(tt_gaussian_process_at) \
  F(tt_expected_improvement) \
  F(tt_slot_new) \
  F(tt_slot_load) \
  F(tt_slot_rollback) \
  F(tt_slot_use) \
  F(tt_slot_return) \
  F(tt_slot_versions) \
  F(tt_slot_free) \
  F(tt_trigger_alarm) \
  F(tt_trigger_label) \
  F(tt_trigger_trained) \
  F(tt_sign_test) \
  F(tt_request_read) \
  F(tt_sparse_from) \
  F(tt_sparse_dense) \
  F(tt_sparse_bytes) \
  F(tt_sparse_linear) \
  F(tt_sparse_mask) \
  F(tt_sparse_linear_new) \
  F(tt_sparse_matrix) \
  F(tt_sparsify) \
  F(tt_stat_mean) \
  F(tt_stat_std) \
  F(tt_stat_median) \
  F(tt_stat_mad) \
  F(tt_stat_quantile) \
  F(tt_bootstrap) \
  F(tt_bootstrap_ratio) \
  F(tt_bootstrap_difference) \
  F(tt_bootstrap_apart) \
  F(tt_machine_identity) \
  F(tt_suite_run) \
  F(tt_suite_backends) \
  F(tt_suite_forward) \
  F(tt_suite_print) \
  F(tt_suite_tsv) \
  F(tt_suite_html) \
  F(tt_baseline_save) \
  F(tt_baseline_compare) \
  F(tt_dominates) \
  F(tt_pareto) \
  F(tt_pareto_print) \
  F(tt_pareto_tsv) \
  F(tt_shape_text) \
  F(tt_empty) \
  F(tt_full) \
  F(tt_zeros) \
  F(tt_ones) \
  F(tt_eye) \
  F(tt_from) \
  F(tt_from_int) \
  F(tt_arange) \
  F(tt_linspace) \
  F(tt_manual_seed) \
  F(tt_generator) \
  F(tt_rand) \
  F(tt_randn) \
  F(tt_randint) \
  F(tt_randperm) \
  F(tt_numel) \
  F(tt_shape) \
  F(tt_is_contiguous) \
  F(tt_dtype_size) \
  F(tt_dtype_name) \
  F(tt_get) \
  F(tt_item) \
  F(tt_allclose) \
  F(tt_print) \
  F(tt_fprint) \
  F(tt_transpose) \
  F(tt_permute) \
  F(tt_slice) \
  F(tt_select) \
  F(tt_expand) \
  F(tt_squeeze) \
  F(tt_unsqueeze) \
  F(tt_reshape) \
  F(tt_contiguous) \
  F(tt_clone) \
  F(tt_to) \
  F(tt_cat) \
  F(tt_stack) \
  F(tt_set_) \
  F(tt_fill_) \
  F(tt_copy_) \
  F(tt_add) \
  F(tt_sub) \
  F(tt_mul) \
  F(tt_div) \
  F(tt_pow) \
  F(tt_maximum) \
  F(tt_minimum) \
  F(tt_eq) \
  F(tt_ne) \
  F(tt_lt) \
  F(tt_le) \
  F(tt_gt) \
  F(tt_ge) \
  F(tt_where) \
  F(tt_neg) \
  F(tt_abs) \
  F(tt_exp) \
  F(tt_log) \
  F(tt_sqrt) \
  F(tt_sin) \
  F(tt_cos) \
  F(tt_logical_not) \
  F(tt_add_scalar) \
  F(tt_mul_scalar) \
  F(tt_clamp) \
  F(tt_matmul) \
  F(tt_sum) \
  F(tt_mean) \
  F(tt_max) \
  F(tt_min) \
  F(tt_argmax) \
  F(tt_argmax_last) \
  F(tt_var) \
  F(tt_std) \
  F(tt_cumsum) \
  F(tt_encode) \
  F(tt_decode) \
  F(tt_token_offsets) \
  F(tt_encode_with) \
  F(tt_with_special) \
  F(tt_count_tokens) \
  F(tt_char_tokenizer_new) \
  F(tt_bpe_train) \
  F(tt_bpe_train_file) \
  F(tt_text_stream_new) \
  F(tt_stream_next) \
  F(tt_stream_end) \
  F(tt_save_tokenizer) \
  F(tt_load_tokenizer) \
  F(tt_load_gpt2) \
  F(tt_save_gpt2) \
  F(tt_load_tiktoken) \
  F(tt_save_tiktoken) \
  F(tt_source_next) \
  F(tt_source_reset) \
  F(tt_batches_new) \
  F(tt_schedule_constant) \
  F(tt_schedule_step) \
  F(tt_schedule_cosine) \
  F(tt_schedule_warmup) \
  F(tt_schedule_lr) \
  F(tt_schedule_then) \
  F(tt_clip_grad_norm) \
  F(tt_clip_grad_value) \
  F(tt_scale_grad) \
  F(tt_trainer_run) \
  F(tt_evaluate) \
  F(tt_in_eval_mode) \
  F(tt_accuracy) \
  F(tt_checkpoint_save) \
  F(tt_checkpoint_load) \
  F(tt_load_model) \
  F(tt_layer_norm) \
  F(tt_rms_norm) \
  F(tt_layer_norm_new) \
  F(tt_rms_norm_new) \
  F(tt_block) \
  F(tt_llama_like) \
  F(tt_gpt_new) \
  F(tt_gpt_features) \
  F(tt_gpt_logits) \
  F(tt_gpt_parameters) \
  F(tt_gpt_flops) \
  F(tt_gpt_save) \
  F(tt_gpt_load) \
  F(tt_gpt_options) \
  F(tt_keep_metadata) \
  F(tt_windows) \
  F(tt_language_loss) \
  F(tt_gpt_loss) \
  F(tt_topk) \
  F(tt_auto_optimize) \
  F(tt_tune_print) \
  F(tt_tune_bytes) \
  F(tt_scores) \
  F(tt_module_copy) \
  F(tt_tune_excess) \
  F(tt_tune_missed) \
  F(tt_tune_better) \
  F(tt_tune_target) \
  F(tt_optimization_pipeline) \
  F(tt_runs_within) \

#define TT_FUNCTIONS_WITHOUT(F) \
  F(tt_attention_in_one_pass) \
  F(tt_naive_softmax) \
  F(tt_naive_softmax_back) \
  F(tt_naive_sgd) \
  F(tt_naive_rmsprop) \
  F(tt_naive_adam) \
  F(tt_naive_conv2d) \
  F(tt_naive_conv2d_back_x) \
  F(tt_naive_conv2d_back_w) \
  F(tt_naive_pool2d) \
  F(tt_naive_pool2d_back) \
  F(tt_naive_channel_moments) \
  F(tt_naive_batch_norm) \
  F(tt_naive_batch_norm_back) \
  F(tt_naive_gather) \
  F(tt_naive_scatter_add) \
  F(tt_naive_rotary) \
  F(tt_naive_norm_rows) \
  F(tt_naive_norm_rows_back) \
  F(tt_naive_qgemm) \
  F(tt_naive_pairs) \
  F(tt_cross_entropy_in_one_pass) \
  F(tt_benchmark_next) \
  F(tt_benchmark_end) \
  F(tt_all_reduce_time) \
  F(tt_at) \
  F(tt_on_step_back) \
  F(tt_locale_begin) \
  F(tt_locale_end) \
  F(tt_to_f16) \
  F(tt_to_bf16) \
  F(tt_from_f16) \
  F(tt_from_bf16) \
  F(tt_scratch) \
  F(tt_tiles_pay) \
  F(tt_runs_nowhere) \
  F(tt_runs_v3) \
  F(tt_runs_v4) \
  F(tt_runs_vnni) \
  F(tt_chains_128) \
  F(tt_chains_256) \
  F(tt_chains_512) \
  F(tt_chains_vnni) \
  F(tt_backend_entry) \
  F(tt_widen_rows) \
  F(tt_round_rows) \
  F(tt_format_code) \
  F(tt_format_describe) \
  F(tt_refuse_gradient) \
  F(tt_room) \
  F(tt_random) \
  F(tt_load) \
  F(tt_store) \

#endif
