// Made from chapters/07-training.nw by tools/tangle: edit there.
// tt/training.h - training: batches, schedules, clipping, the loop,
// metrics, and checkpoints from which a run goes on.
#ifndef TT_TRAINING_H
#define TT_TRAINING_H
#include "tt/module.h"
#include "tt/optimizers.h"
#include "tt/safetensors.h"

TT_BEGIN
typedef struct Batch { Tensor *x, *y; } Batch;
typedef struct BatchSourceState {
  Generator shuffle;               // as it was when the epoch began
  int64_t   at;                    // examples taken since
} BatchSourceState;

typedef struct BatchSource {
  Batch (*next)(struct BatchSource *s); // .x is NULL: the epoch is over
  void  (*reset)(struct BatchSource *s);        // begin an epoch
  BatchSourceState (*state)(struct BatchSource *s); // where it stands
  void  (*restore)(struct BatchSource *s, BatchSourceState to);
  int64_t batches;                 // in an epoch
} BatchSource;

Batch tt_source_next (BatchSource *s);  // .x NULL: it is over
void  tt_source_reset(BatchSource *s);  // begin an epoch
typedef struct BatchOptions {
  int64_t  size;                   // examples in a batch
  bool     shuffle, drop_last;     // drop_last: only full batches
  uint64_t seed;
} BatchOptions;
// of x (N,..) and y (N,..); lives in the innermost scope
BatchSource *tt_batches_new(Tensor *x, Tensor *y, BatchOptions o);
typedef struct SchedulePart {
  double (*at)(const struct SchedulePart *s, int64_t t);
  double  lr, low, factor;
  int64_t steps;                   // of one stair; to the end
  int64_t length;                  // 0: the last part
} SchedulePart;
enum { TT_SCHEDULE_PARTS = 8 };
typedef struct Schedule {          // a value, to be copied freely
  int n;
  SchedulePart part[TT_SCHEDULE_PARTS];
} Schedule;
// all refuse rates below 0 and fewer steps than 1 (TT_EVALUE)
Schedule tt_schedule_constant(double lr);
// lr * factor^(t / every), the exponent rounded down
Schedule tt_schedule_step  (double lr, int64_t every, double factor);
// from lr down to low after `steps`, where it stays
Schedule tt_schedule_cosine(double lr, double low, int64_t steps);
// from lr * from up to lr after `steps`, where it stays
Schedule tt_schedule_warmup(double lr, double from, int64_t steps);
double   tt_schedule_lr(const Schedule *s, int64_t t); // of step t
// first for `length` steps in all, then next, which counts from 0
Schedule tt_schedule_then(Schedule first, int64_t length,
                          Schedule next);
// gives the norm of all gradients as it was; if that is larger than
// max, they are scaled to max; if it is infinite or NaN, left alone
double tt_clip_grad_norm (StateDict params, double max);
// each number by itself, to -limit..limit
void   tt_clip_grad_value(StateDict params, double limit);
void   tt_scale_grad     (StateDict params, double factor);
typedef struct Metrics { double loss, metric; int64_t n; } Metrics;

typedef struct TrainingProgress {
  int64_t epoch, step;             // finished
  int64_t batches;                 // of this epoch so far
  Metrics sum;                     // over its examples
  double  best;                    // lowest validation loss ...
  int64_t best_epoch;              // ... and when
} TrainingProgress;
typedef struct Trainer {
  void      *model;
  Optimizer *opt;
  BatchSource    *train, *valid;     // valid may be NULL
  Tensor  *(*loss)(Tensor *output, Tensor *y);     // a mean
  double   (*metric)(Tensor *output, Tensor *y);   // a mean, or NULL
  int64_t    epochs;
  const Schedule *schedule;          // of the learning rate, by steps
  double      clip;                  // longest gradient
  int64_t     accumulate;            // batches to a step
  int64_t     patience;              // epochs to wait for a better one
  const char *metrics, *checkpoint;  // files
  int64_t     every;                 // steps between checkpoints
  bool        resume;                // from the checkpoint, if any
  bool        quiet;                 // print nothing
  Generator  *generator;             // of loss, hooks; NULL: thread's
  void      (*after_step)(struct Trainer *t);
  void      (*after_epoch)(struct Trainer *t);   // may lower .epochs
  void       *user;                  // for the two
  TrainingProgress  at;
  double    step_loss, step_norm;  // of the last step
  Metrics   train_score, valid_score;  // of the last epoch
  StateDict parameters, state, best_state;
  int64_t   saved_step;            // of the last checkpoint
  bool      terminal;              // somebody watches
  double    drawn;                 // when the bar was last
} Trainer;
// until .epochs are done or .patience is over; with patience the model
// has the best weights then. TT_EVALUE: a loss that is inf or NaN
void    tt_trainer_run(Trainer *t);
// means over one epoch of s, in eval mode; then each module has the
// mode that it had. Without a metric, .metric is NaN
Metrics tt_evaluate(void *model, BatchSource *s,
                    Tensor *(*loss)(Tensor *, Tensor *),
                    double (*metric)(Tensor *, Tensor *) /* or NULL */);
// calls f(arg) with model in eval mode; then each of its modules has
// the mode that it had, also after an error
void    tt_in_eval_mode(void *model, void (*f)(void *), void *arg);
// the part of rows whose largest element stands at y[i]
double tt_accuracy(Tensor *logits, Tensor *y);   // (N,C), i32 (N)
// TT_EVALUE: a weight is inf or NaN, and the file is as it was
void tt_checkpoint_save(const char *path, Trainer *t);
// TT_EFILE, TT_EFORMAT: it is not there, or damaged, or no checkpoint;
// then nothing has changed.
// Any other error: it is of another run; do not go on with t
void tt_checkpoint_load(const char *path, Trainer *t);
// to use a model: weights from a checkpoint, the best ones if it has
// them, or from a file of a model's state dict; then in eval mode
void tt_load_model(const char *path, void *model);
TT_END
#endif
