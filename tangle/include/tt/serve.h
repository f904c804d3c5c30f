// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// tt/serve.h - what a server is made of, without its network: versions
// of a model, the trigger that trains anew, and requests that are read
// as if they were hostile.
#ifndef TT_SERVE_H
#define TT_SERVE_H
#include "tt/error.h"
#include "tt/memory.h"
#include "tt/tokenization.h"

TT_BEGIN
typedef struct ModelVersion {
  int64_t number;                  // 1, 2, ..., never used twice
  void   *model;                   // what was loaded
  int     users;
  Scope   scope;                   // of all that the load made
  struct ModelVersion *next;       // an older one
} ModelVersion;
typedef struct ModelSlot ModelSlot;
ModelSlot *tt_slot_new(void);      // empty
// One thread loads, rolls back and frees. load(arg) makes a model in
// eval mode, in its innermost scope, and returns it; it becomes the
// current version. false: load failed, *e says why, and the version
// that was current still is
bool tt_slot_load(ModelSlot *s, void *(*load)(void *arg), void *arg,
                  TensorError *e /* or NULL */);
// the version before becomes the current one again, with its number;
// false: there is none
bool tt_slot_rollback(ModelSlot *s);
// the current version, which stays until it is returned; NULL: none
// was loaded. Any thread may call these
ModelVersion *tt_slot_use(ModelSlot *s);
void tt_slot_return(ModelSlot *s, ModelVersion *v);
// how many versions are in memory: at most two and those in use
int  tt_slot_versions(ModelSlot *s);
void tt_slot_free(ModelSlot *s);   // with nobody using it
typedef enum {
  TT_WATCH, TT_COLLECT, TT_TRAINING, TT_PROBATION
} TriggerPhase;
typedef enum { TT_NOTHING, TT_RETRAIN, TT_ROLL_BACK } TriggerAction;
typedef struct RetrainTrigger {
  int64_t need;                    // labels after an alarm, to train on
  int64_t probation;               // labels after a swap
  double  level;                   // of the sign tests
  TriggerPhase phase;
  int64_t labels, wins, losses;    // in this phase
} RetrainTrigger;
void tt_trigger_alarm(RetrainTrigger *t);   // the inputs have changed
// a label came: was the current version right? and the one before it,
// which counts in probation alone
TriggerAction tt_trigger_label(RetrainTrigger *t, bool now,
                               bool before);
// training is over: of held-out examples on which candidate and current
// version disagree it won and lost so many. true: swap
bool tt_trigger_trained(RetrainTrigger *t, int64_t wins,
                        int64_t losses);
// P(at least `wins` of wins + losses throws of a fair coin)
double tt_sign_test(int64_t wins, int64_t losses);
typedef enum {
  TT_FIELD_NUMBER, TT_FIELD_NUMBERS, TT_FIELD_TEXT
} BodyKind;
typedef struct RequestField {
  const char *name;
  BodyKind kind;
  bool    required;
  int64_t least, most;             // numbers, or bytes of text
  double  low, high;               // of each number
  Real   *numbers;                 // room for `most`, or for one
  char   *text;                    // room for `most` and a 0
  int64_t n;                       // came; -1: the field is not there
} RequestField;
// body, an object of JSON, into f; false: *why says what was expected,
// and at which byte. Not there is refused, too, if it is required, and
// what is there twice, or in no f
bool tt_request_read(Piece body, int n, RequestField f[],
                     char why[128]);
TT_END
#endif
