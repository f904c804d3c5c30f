// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// tt/suite.h - cases times contenders as tables, baselines, and which
// models nothing else beats.
#ifndef TT_SUITE_H
#define TT_SUITE_H
#include "tt/benchmark.h"

TT_BEGIN
typedef struct MachineIdentity {
  char    cpu[96], system[96], compiler[96], build[96];
  int     cores;
  int64_t memory;                  // bytes
} MachineIdentity;
// of this machine and of the build that runs, asked anew each time
MachineIdentity tt_machine_identity(void);
typedef void SuiteWork(void *what, void *who);
typedef struct SuiteCase {
  const char *name;
  SuiteWork  *work;                // each call in a scope
  void       *what;
  double      items;               // of a call. 0: 1
} SuiteCase;
typedef struct SuiteContender {
  const char *name;
  void (*turn)(void *who);         // before its runs, not timed; NULL:
                                   // nothing
  void  *who;
} SuiteContender;
typedef struct SuiteOptions {
  BenchmarkOptions bench;          // of each cell
  CompareOptions   compare;        // with the first contender
} SuiteOptions;
typedef struct SuiteCell {
  double   seconds, low, high;     // of a call; NAN: it failed
  double   rate;                   // items a second
  Interval ratio;                  // of seconds, to the first's
  Outcome  outcome;                // against the first
  int64_t  pairs, bytes, peak;
  char     note[160];              // noise, or why it failed, or ""
} SuiteCell;
typedef struct SuiteTable {
  char   name[TT_NAME];
  MachineIdentity machine;
  int    cases, contenders;
  char (*case_name)[TT_NAME], (*contender)[TT_NAME];
  double *items;                   // of a call of each case
  SuiteCell *cell;                 // [cases][contenders]
} SuiteTable;
// each case with each contender; the others by turns with the first. A
// cell that fails says why, and the rest goes on. In this scope
SuiteTable *tt_suite_run(const char *name, int n, const SuiteCase *c,
                         int k, const SuiteContender *who,
                         SuiteOptions o);
// the contenders are backends; the one in use is used again afterwards
SuiteTable *tt_suite_backends(const char *name, int n,
                              const SuiteCase *c, int k,
                              const char *const backend[],
                              SuiteOptions o);
void tt_suite_forward(void *x, void *model);   // work of such a case
void tt_suite_print(FILE *f, const SuiteTable *t);
void tt_suite_tsv  (FILE *f, const SuiteTable *t);
void tt_suite_html (FILE *f, const SuiteTable *t);  // one file, alone
typedef struct BaselineChange {
  char    case_name[TT_NAME], contender[TT_NAME];
  double  before, now;             // seconds an item
  Outcome outcome;
} BaselineChange;
void tt_baseline_save(const char *path, const SuiteTable *t);  // the
                                   // old file or the new one
// cells that are faster or slower than the file says, the first n;
// how many there are. TT_EVALUE if another machine wrote the file
int  tt_baseline_compare(const char *path, const SuiteTable *t,
                         double margin /* 0: 0.1 */, int n,
                         BaselineChange *c /* or NULL */);
typedef struct ParetoPoint {       // a model
  char   name[TT_NAME];
  double accuracy;                 // larger is better
  double seconds, bytes, peak;     // smaller is better
  bool   front;                    // set by tt_pareto
} ParetoPoint;
// a is no worse in any and better in one; never with a NaN
bool tt_dominates(const ParetoPoint *a, const ParetoPoint *b);
// sets front of those that no other dominates; how many. A point with a
// NaN is never one
int  tt_pareto(int n, ParetoPoint *p);
void tt_pareto_print(FILE *f, int n, const ParetoPoint *p);
void tt_pareto_tsv  (FILE *f, int n, const ParetoPoint *p);
TT_END
#endif
