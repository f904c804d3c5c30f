// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// The kernels for x86-64-v4 with VNNI: products of bytes, too.
#define TT_VECTOR 64
#define TT_VNNI
#define TT_TABLE tt_simd_vnni
#define TT_TABLE_NAME "simd-512-vnni"
#define TT_RUNS tt_runs_vnni
#define TT_CHAINS tt_chains_vnni
#include "kernels.c"
