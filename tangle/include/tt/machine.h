// Made from chapters/00-setup.nw by tools/tangle: edit there.
// tt/machine.h - measuring what a piece of work costs
#ifndef TT_MACHINE_H
#define TT_MACHINE_H
#include <stdint.h>

double tt_machine_now(void);    // seconds since some fixed moment
double tt_machine_median(double *value, int n); // reorders value
double tt_machine_time(void (*work)(void *), void *arg); // seconds

uint64_t tt_machine_random(uint64_t *state);    // 64 bits
void tt_machine_cycle(uint32_t *next, uint32_t n, uint64_t seed);
                                // next leads through all n

#endif
