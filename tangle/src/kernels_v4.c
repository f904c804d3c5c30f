// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// The kernels for x86-64-v4: AVX-512, vectors of 64 bytes.
#define TT_VECTOR 64
#define TT_TABLE tt_simd_512
#define TT_TABLE_NAME "simd-512"
#define TT_RUNS tt_runs_v4
#define TT_CHAINS tt_chains_512
#include "kernels.c"
