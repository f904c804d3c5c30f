// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// tt/profiler.h - where the time of a program goes: by operation, by
// module, in events; and what was computed.
#ifndef TT_PROFILER_H
#define TT_PROFILER_H
#include "tt/module.h"
#include "tt/operation.h"

TT_BEGIN
typedef enum {                     // of an operation
  TT_FORWARD,                      // in a module, or on the tape
  TT_BACKWARD,                     // its step of tt_backward
  TT_OTHER, TT_PHASES              // a step of an optimizer, the rest
} Phase;

const char *tt_phase_name(Phase p);    // "forward", "backward" ..

typedef struct ProfileCost {       // of all calls together
  int64_t calls;
  double  seconds;                 // not counted in another row
  double  kernels;                 // seconds of it in kernels
  double  flops, bytes;            // of these kernels, exact
  double  memory;                  // bytes that its results took
} ProfileCost;

typedef struct ProfileRow {        // an operation in one phase
  const char *name;
  Phase       phase;
  ProfileCost cost;
} ProfileRow;

typedef struct ProfileModule {
  char        name[TT_NAME];       // its path; "" is the model
  const char *type;                // of a named span: NULL
  int         parent;              // -1: none
  ProfileCost self[TT_PHASES];     // without the modules in it
  ProfileCost total[TT_PHASES];    // with them
} ProfileModule;
typedef enum {
  TT_EVENT_OPERATION, TT_EVENT_KERNEL, TT_EVENT_SPAN, TT_EVENT_MEMORY
} EventKind;

typedef struct ProfileEvent {
  EventKind   kind;
  Phase       phase;
  SpanKind    span;                // of a span
  int         depth;               // spans around it
  int         module;              // in which it ran, or -1
  const char *name;
  double      start, seconds;      // since the first active step
  double      flops, bytes;        // bytes of memory: < 0: given back
  double      live;                // of memory: bytes after it
  const void *storage;             // of memory: which
  const char *call, *file;         // of memory: your call, or NULL
  int         line;
  int         shapes;              // of an operation: how many of its
  Shape       shape[3];            // result and two operands there are
} ProfileEvent;
typedef struct Profile {
  double  seconds;                 // of all active steps
  int64_t steps;
  int     n;                       // operations, the dearest first;
  ProfileRow *row;                 // one is the time between them
  int     modules;                 // as they are walked; 0 is the model
  ProfileModule *module;
  int64_t events, dropped;         // kept, and too many for the buffer
  ProfileEvent *event;             // by the time at which they ended
  double  peak_bytes;              // live at most
  double  span_seconds;            // that one span costs when measured
  const char *clock;
  Tensor *block;                   // the memory it lies in
} Profile;
typedef struct ProfilerOptions {
  int     wait, warmup;            // steps that are not counted
  int     active;                  // those that are; 0: until the stop
  int64_t events;                  // at most; 0: 20000, -1: none
  int64_t (*clock)(void);          // in nanoseconds; NULL: the fastest
} ProfilerOptions;
typedef struct Profiler Profiler;
// of the model's modules and of all that its thread does; no other may
// run at the same time, and backend and tape stay as they are meanwhile
Profiler *tt_profiler_new(void *model /* or NULL */, ProfilerOptions o);
void tt_profiler_start(Profiler *p);
void tt_profiler_step (Profiler *p);   // a step of the program ends
Profile *tt_profiler_stop(Profiler *p);    // in the innermost scope
// step(arg), as often as the options say, each time in a scope
Profile *tt_profile(void (*step)(void *), void *arg,
                    void *model /* or NULL */, ProfilerOptions o);
// of ten steps, after three; nothing is recorded, or the sum of the
// result goes back (gradients are NULL then)
Profile *tt_profile_forward_pass (void *model, Tensor *x);
Profile *tt_profile_backward_pass(void *model, Tensor *x);
int64_t tt_count_parameters(void *model);
double  tt_count_flops(void *model, Tensor *x);    // forward
// a scope with a name in profiles, until its block ends
#define TT_SPAN(name) TT_SCOPE; tt_span(TT_SPAN_NAMED, name)
void tt_profile_add(ProfileCost *to, const ProfileCost *c);
void tt_profile_print (const Profile *p);  // of a step, dearest first
void tt_profile_fprint(FILE *f, const Profile *p);
void tt_profile_print_modules (const Profile *p);
void tt_profile_fprint_modules(FILE *f, const Profile *p);
void tt_quick_profile(void *model, Tensor *x);     // one screen
typedef struct ProfileChange {     // of an operation in one phase
  const char *name;
  Phase       phase;
  ProfileCost before, after;       // of a step
} ProfileChange;

typedef struct ProfileDifference {
  double  before, after;           // seconds of a step
  int     n;
  ProfileChange *change;           // the largest first
  Tensor *block;                   // the memory it lies in
} ProfileDifference;
// of two profiles, by operation and by module, for each step
ProfileDifference *tt_profile_difference(const Profile *before,
                                         const Profile *after);
void tt_profile_difference_print(const ProfileDifference *d);
                                   // the largest changes first
TT_END
#endif
