// Made from chapters/17-compression.nw by tools/tangle: edit there.
// tt/compression.h - fewer bytes for what a model knows: products of
// low rank, and a smaller network that learns from a larger one.
#ifndef TT_COMPRESSION_H
#define TT_COMPRESSION_H
#include "tt/layers.h"

TT_BEGIN
typedef struct Svd { Tensor *u, *s, *vh; } Svd;
// a (M,N) is u (M,R) times s (R) times vh (R,N), R = min(M,N), s the
// largest first. Rows of vh, columns of u have length 1 and are
// orthogonal; those of an s that is 0 against the largest, to rounding,
// are 0. TT_EVALUE: a number is inf or NaN
Svd tt_svd(Tensor *a);
typedef struct LowRankLinear {     // y = (x down^T) weight^T + bias
  Linear  linear;                  // its weight is (out,rank)
  Tensor *down;                    // (rank,in)
} LowRankLinear;
extern const ModuleType tt_low_rank_linear_type;
// the nearest of this rank, 1 to min(in,out), with
// the same bias
LowRankLinear *tt_low_rank_linear_new(Linear *of, int64_t rank);
typedef struct LowRankOptions {
  double  energy;                  // share of the squares of s to keep
  int64_t rank;                    // or, if not 0, this rank for all
  const char *const *skip;         // names of modules, then NULL
} LowRankOptions;
// each Linear in m that has fewer numbers so; gives how many
int tt_low_rank(void *m, LowRankOptions o);
typedef struct DistillationOptions {
  double temperature;              // T; 0: 4
  double soft;                     // weight of the teacher, 0 to 1
} DistillationOptions;
// student and teacher (N,C), labels i32 (N): the mean over the N of
//   soft T^2 sum_c p_c (log p_c - log q_c)
//   + (1 - soft) (-log q'_label),
// p, q = softmax of teacher, student at temperature T; q' at 1
Tensor *tt_distillation_loss(Tensor *student, Tensor *teacher,
                             Tensor *labels, DistillationOptions o);
TT_END
#endif
