// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// What a tuner tries: the techniques of chapters 16 and 17 as recipes.
#include "tt/tuner.h"
#include "tt/autograd.h"
#include "tt/calibration.h"
#include "tt/compression.h"
#include "tt/error.h"
#include "tt/losses.h"
#include "tt/memory.h"
#include "tt/modelsize.h"
#include "tt/pruning.h"
#include "tt/qat.h"
#include "tt/sparse.h"
#include "tt/training.h"
#include <math.h>

// tt_quantize knows Linear, and passes over what is thin
static Module *as_two_layers(void *arg, const char *name, Module *old)
{
  LowRankLinear *thin = (LowRankLinear *)old;
  (void)arg, (void)name;
  if (old->type != &tt_low_rank_linear_type)
    return NULL;
  Linear *down = tt_module_new(&tt_linear_type);
  Linear *up = tt_module_new(&tt_linear_type);
  down->weight = thin->down;
  up->weight = thin->linear.weight, up->bias = thin->linear.bias;
  return &TT_SEQUENTIAL(down, up)->base;
}

static int with_format(Module **model, QuantFormat f)
{
  int64_t before = tt_tune_bytes(*model);
  tt_exchange(*model, NULL, as_two_layers, NULL);
  *model = tt_quantize(*model, (QuantizeOptions){ .format = f });
  return tt_tune_bytes(*model) != before;
}

static int halves(Module **model, const TuneData *d, double value)
{
  (void)d, (void)value;
  return with_format(model, (QuantFormat){ .type = TT_F16 });
}

static int bytes8(Module **model, const TuneData *d, double value)
{
  (void)d, (void)value;
  return with_format(model, (QuantFormat){0});
}

static int weights8(Module **model, const TuneData *d, double value)
{
  (void)d, (void)value;
  return with_format(model, (QuantFormat){ .weight_only = true });
}

static int weights4(Module **model, const TuneData *d, double value)
{
  (void)d;
  return with_format(model, (QuantFormat){ .bits = 4,
                                           .group = (int64_t)value });
}

static int fold(Module **model, const TuneData *d, double value)
{
  (void)d, (void)value;
  return tt_fold_batch_norm(*model);
}

static void look_at(Module *m, Tensor *x)
{
  TT_NO_GRAD;
  tt_forward(m, tt_slice(x, 0, 0, 100, 1));
}

// ranges of the inputs of convolutions from data, not from each image
static int calibrated8(Module **model, const TuneData *d, double value)
{
  (void)value;
  *model = tt_prepare(*model, (QuantizeOptions){0});
  look_at(*model, d->train_x ? d->train_x : d->x);
  return tt_calibrate(*model, TT_MIN_MAX) > 0
         && with_format(model, (QuantFormat){0});
}

static void need_lessons(const TuneData *d)
{
  if (!d->train_x || !d->train_y || !d->loss)
    tt_fail(TT_EVALUE, "it has to learn again, and there are no"
            " examples or no loss for it");
}

static void apply_masks(Trainer *t)
{
  tt_pruner_apply(t->user);
}

static void learn(Module *m, const TuneData *d, Tensor *y,
                  Tensor *(*loss)(Tensor *, Tensor *),
                  MagnitudePruner *masks /* or NULL */)
{
  TT_SCOPE;
  int64_t epochs = d->epochs ? d->epochs : 5;
  double lr = d->lr > 0 ? d->lr : 1e-3;
  BatchSource *data = tt_batches_new(d->train_x, y, (BatchOptions){
    .size = 32, .shuffle = true, .seed = 1 });
  Schedule fall = tt_schedule_cosine(lr, 0, epochs * data->batches);
  tt_module_train(m);
  tt_trainer_run(&(Trainer){
    .model = m, .loss = loss, .train = data, .schedule = &fall,
    .opt = tt_adam_new(tt_module_parameters(m),
                       (AdamOptions){ .lr = lr }),
    .epochs = epochs, .clip = 5, .quiet = true, .user = masks,
    .after_step = masks ? apply_masks : NULL });
  tt_module_zero_grad(m);
  tt_module_eval(m);
}

static void learn_again(Module *m, const TuneData *d,
                        MagnitudePruner *masks /* or NULL */)
{
  if (d->train_x)
    learn(m, d, d->train_y, d->loss, masks);
}

static int narrow(Module **model, const TuneData *d, double share)
{
  int64_t before = tt_module_count(*model);
  tt_prune_channels(*model, tt_slice(d->x, 0, 0, 2, 1), share,
                    (StructuredOptions){ .least = 2 });
  if (tt_module_count(*model) == before)
    return 0;
  learn_again(*model, d, NULL);
  return 1;
}

static int thin(Module **model, const TuneData *d, double energy)
{
  int n = tt_low_rank(*model, (LowRankOptions){ .energy = energy });
  if (n > 0)
    learn_again(*model, d, NULL);
  return n;
}

static bool takes_less(void *arg, Linear *dense, SparseLinear *sparse)
{
  (void)arg;
  SparseMatrix s = tt_sparse_matrix(sparse);
  return tt_sparse_bytes(&s) < tt_numel(dense->weight)
                               * (int64_t)sizeof(Real);
}

static int sparse(Module **model, const TuneData *d, double share)
{
  MagnitudePruner *p = tt_magnitude_pruner_new(*model,
                                               (PruneOptions){0});
  tt_prune_to(p, share);
  learn_again(*model, d, p);
  return tt_sparsify(*model, (SparseOptions){ .faster = takes_less });
}

// the weights that stay, two of each four in a row, and the mask
static void keep_two(void *arg, const char *name, FieldKind kind,
                     void *slot)
{
  (void)name;
  if (kind != TT_CHILD || (*(ChildModule *)slot)->type
                          != &tt_linear_type)
    return;
  Linear *l = *(void **)slot;
  if (l->weight->shape[1] % 4 != 0)
    return;
  TT_NO_GRAD;
  Tensor *mask = tt_to(tt_sparse_mask(l->weight, TT_TWO_OF_FOUR, 0),
                       TT_F32);
  tt_copy_(l->weight, tt_mul(l->weight, mask));
  ++*(int *)arg;
}

static void mask_zeros(MagnitudePruner *p)
{
  for (int i = 0; i < p->n; i++) {
    PrunedTensor *t = &p->tensor[i];
    const Real *w = (*t->slot)->data;
    t->kept = 0;
    for (int64_t j = 0; j < t->n; j++)
      t->kept += ((uint8_t *)t->mask->data)[j] = w[j] != 0;
  }
}

static int two_of_four(Module **model, const TuneData *d, double value)
{
  (void)value;
  int n = 0;
  tt_module_walk(*model, keep_two, &n);
  if (n == 0)
    return 0;
  MagnitudePruner *p = tt_magnitude_pruner_new(*model,
                                               (PruneOptions){0});
  mask_zeros(p);
  learn_again(*model, d, p);
  return tt_sparsify(*model, (SparseOptions){
    .format = TT_TWO_OF_FOUR, .faster = takes_less });
}

static Tensor *answers(Module *m, Tensor *x)   // in eval mode
{
  TT_NO_GRAD;
  Tensor *all = NULL;
  for (int64_t i = 0; i < x->shape[0]; i += 100) {
    TT_SCOPE;
    Tensor *some = tt_forward(m, tt_slice(x, 0, i, i + 100, 1));
    Shape s = tt_shape(some);
    s.dim[0] = x->shape[0];
    all = all ? all : tt_keep(tt_empty(some->dtype, s));
    tt_copy_(tt_slice(all, 0, i, i + 100, 1), some);
  }
  return tt_keep(all);
}

// narrow as above; it learns what the wide one answers
static int taught(Module **model, const TuneData *d, double share)
{
  need_lessons(d);
  int64_t before = tt_module_count(*model);
  Tensor *y = answers(*model, d->train_x);
  tt_prune_channels(*model, tt_slice(d->x, 0, 0, 2, 1), share,
                    (StructuredOptions){ .least = 2 });
  if (tt_module_count(*model) == before)
    return 0;
  learn(*model, d, y, tt_mse_loss, NULL);
  return 1;
}

static int trained8(Module **model, const TuneData *d, double value)
{
  (void)value;
  need_lessons(d);
  *model = tt_prepare(*model, (QuantizeOptions){0});
  tt_round_forward(*model, true);
  learn_again(*model, d, NULL);
  tt_calibrate(*model, TT_MIN_MAX);
  return with_format(model, (QuantFormat){0});
}

const TuneRecipe tt_tune_recipes[] = {
  { "folded", {0}, fold },
  { "f16", {0}, halves },
  { "int8", {0}, bytes8 },
  { "int8 weights", {0}, weights8 },
  { "int8 calibrated", {0}, calibrated8 },
  { "int8 trained", {0}, trained8 },
  { "int4", { 32 }, weights4 },
  { "narrow", { 0.25, 0.5, 0.75 }, narrow },
  { "taught", { 0.5, 0.75, 0.875 }, taught },
  { "thin", { 0.99, 0.95, 0.9 }, thin },
  { "sparse", { 0.8, 0.9, 0.95 }, sparse },
  { "2:4", {0}, two_of_four },
  {0}
};
