// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// The kernels for x86-64-v3: AVX2 and FMA, vectors of 32 bytes.
#define TT_VECTOR 32
#define TT_TABLE tt_simd_256
#define TT_TABLE_NAME "simd-256"
#define TT_RUNS tt_runs_v3
#define TT_CHAINS tt_chains_256
#include "kernels.c"
