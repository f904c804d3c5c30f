// Linked into the milestone of MLPerf with -Wl,--wrap=NAME: each of these does
// something else than the function of that name.
#include "tt/activations.h"
#include "tt/pruning.h"
#include "tt/layers.h"
#include "tt/quantization.h"
#include "sabotage-labels.h"

Tensor *__wrap_tt_relu(Tensor *x);
Tensor *__wrap_tt_relu(Tensor *x) { return x; }

// channels stay, however many are to go
void __wrap_tt_prune_channels(void *m, Tensor *x, double share, StructuredOptions o);
void __wrap_tt_prune_channels(void *m, Tensor *x, double share, StructuredOptions o) {
  (void)m, (void)x, (void)share, (void)o;
}

// what is left after it knows nothing
void *__wrap_tt_quantize(void *m, QuantizeOptions o);
void *__wrap_tt_quantize(void *m, QuantizeOptions o) {
  (void)o;
  StateDict d = tt_module_parameters(m);
  tt_uniform_(*d.entry[0].slot, -1, 1, NULL);
  return m;
}
