// faults.h - memory that runs out. A test that includes this is linked
// with -Wl,--wrap=aligned_alloc: the library has one call of it, which is
// answered here.
#ifndef FAULTS_H
#define FAULTS_H
#include "tt_test.h"

// New memory is full of GUARD bytes, which as a Real are NaN.
enum { GUARD = 0xff };

// From now on the k-th answer is NULL, and those after it, n in all.
void fail_from(int k, int n);
int  stop_failing(void);             // how many were NULL
extern int answered;                 // with memory, since the start

// tt_try, with so many bytes beyond those that are live
bool try_within(int64_t bytes, void (*f)(void *), void *arg, TensorError *e);
// as many bytes and tensors live as before the k-th failure of this
void expect_as_before(const char *what, int64_t k, MemoryStats before);
// f, when all answers from the k-th on are NULL, for k = 1, 2, ... until
// it needs none of them: each time it succeeds or says TT_EMEM, and then
// all is as before.
void survive_each_fault(const char *what, void (*f)(void *), void *arg);
#endif
