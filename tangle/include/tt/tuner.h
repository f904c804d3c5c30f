// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// tt/tuner.h - which techniques a model needs to keep within limits, in
// which order, with which numbers: found by measuring.
#ifndef TT_TUNER_H
#define TT_TUNER_H
#include "tt/module.h"

TT_BEGIN
typedef struct TuneRun {           // how a model is run
  const char *backend;             // NULL: the one in use
  int     threads;                 // 0: as many as compute now
  int64_t batch;                   // examples at once; 0: 1
  bool    cache;                   // keys and values, of a Gpt
} TuneRun;
// of each of N examples, more is better: (N)
typedef Tensor *TuneScore(Tensor *output, Tensor *y);
typedef struct TuneData {
  Tensor *x, *y;                   // variants are compared on these ...
  Tensor *fresh_x, *fresh_y;       // and the winner judged. Or NULL
  Tensor *train_x, *train_y;       // to learn again; or NULL
  TuneScore *score;
  Tensor *(*loss)(Tensor *output, Tensor *y);    // a mean; to learn
  int64_t epochs;                  // of learning again; 0: 5
  double  lr;                      // 0: 1e-3
  int64_t tokens;                  // a run of a Gpt writes so many; 0:
                                   // it is a pass
} TuneData;
typedef struct TuneCost {
  double  lost, within;            // score; its standard error
  double  seconds, each;           // of a run; of an example in it
  int64_t bytes;                   // of weights, scales and the rest
  int64_t peak;                    // live at most, the model included
} TuneCost;
typedef struct TuneLimits {        // 0: no limit, but for .lost
  double  lost;
  double  seconds;
  int64_t bytes, peak;
} TuneLimits;
typedef struct TuneRecipe {        // the last is {0}
  const char *name;
  double value[4];                 // from mild to strong; 0: no more
  // changes a copy, which it may replace; 0: nothing; may fail
  int  (*apply)(Module **model, const TuneData *d, double value);
} TuneRecipe;
typedef enum {                     // what is to be as small as it can
  TT_LEAST_SECONDS,                // of a run
  TT_LEAST_EACH,                   // of an example: in batches
  TT_LEAST_BYTES, TT_LEAST_PEAK
} TuneGoal;
typedef void TuneMeasure(void *arg, void *model, const TuneRun *run,
                         TuneCost *c);
typedef struct TuneOptions {
  TuneLimits limits;
  TuneGoal   goal;
  const TuneRecipe *recipes;       // NULL: tt_tune_recipes
  int        runs;                 // 0: all that this machine offers
  const TuneRun *run;              // the first is that of the search
  int        depth;                // recipes after one another; 0: 3
  double     margin;               // a single recipe that is better by
                                   // more is taken instead; 0: 0.03
  TuneMeasure *measure;            // fills seconds and peak in place of
  void      *arg;                  // a clock; or NULL
  FILE      *log;                  // gets a line for each; or NULL
} TuneOptions;
enum { TT_TUNE_TRIALS = 512, TT_TUNE_NAME = 72 };
typedef struct TuneTrial {
  char     name[TT_TUNE_NAME];     // "narrow 0.5, int8"
  TuneRun  run;
  TuneCost cost;
  bool     kept;                   // something was built on it
  char     why[120];               // it was kept, or not
} TuneTrial;
typedef struct TuneResult {
  void    *model;                  // a new one in eval mode, or NULL
  char     name[TT_TUNE_NAME];     // what was done to it
  TuneRun  run;                    // with which it was best
  TuneCost before, after, single;  // the best with one recipe alone
  TuneCost fresh;                  // after, scored on fresh data; NaN:
                                   // there is none
  char     missed[200];            // which limit, by how much; or ""
  int      n;                      // trials, in order; more than
  TuneTrial *trial;                // TT_TUNE_TRIALS are left out
  Tensor  *block;                  // the memory it lies in
} TuneResult;
extern const TuneRecipe tt_tune_recipes[];
// recipes, one after the other and alone, in copies of the model, which
// stays as it is; then the ways to run it. Lives in the innermost
// scope, and so does the new model. .model is NULL if .missed
TuneResult *tt_auto_optimize(void *model, const TuneData *d,
                             TuneOptions o);
void tt_tune_print(FILE *f, const TuneResult *r);
// bytes of weights, scales and the rest, which TuneCost counts
int64_t tt_tune_bytes(void *model);
// f32 (N): of each example of x (N,..) the score of the model's answer,
// a hundred at once, in the mode in which the model is
Tensor *tt_scores(void *model, Tensor *x, Tensor *y /* or NULL */,
                  TuneScore *score);
// a model of its own with the same numbers and in the same mode, its
// shared parts shared; without gradients
void *tt_module_copy(void *m);
// by how much a value is above its limit: 0 if it is not, or if there
// is no limit (0), else value / limit - 1; infinite for NaN
double tt_tune_excess(double value, double limit);
// of all limits but that of .lost: the largest excess
double tt_tune_missed(const TuneCost *c, const TuneLimits *l);
// is a to be preferred? One that loses little (lost + within <= .lost)
// to one that loses more; then what misses less; then the goal. false
// of equals
bool tt_tune_better(const TuneCost *a, const TuneCost *b,
                    const TuneLimits *l, TuneGoal goal);
typedef enum {
  TT_THIS_MACHINE, TT_LAPTOP, TT_PHONE, TT_MICROCONTROLLER
} TargetKind;
typedef struct TuneTarget {
  const char *name;
  TuneLimits  limits;              // .lost is the caller's
  TuneGoal    goal;
  int         threads;             // at most; 0: all
  int         level;               // bits in its vectors, at most
} TuneTarget;
// of this machine: the cores it may use, and half of its memory
TuneTarget  tt_tune_target(TargetKind kind);
// the same for a machine of this kind, within `lost`; the backends that
// it lacks are not used. Where .peak is a limit, the winner has to run
// in a process that gets no more memory
TuneResult *tt_optimization_pipeline(void *model, const TuneData *d,
                                     TargetKind kind, double lost);
// work(arg) in a process of its own that may take so many bytes more
// than there are now, on one thread: did it end well?
bool tt_runs_within(int64_t bytes, void (*work)(void *), void *arg);
TT_END
#endif
