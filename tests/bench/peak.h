// GFLOP/s of one thread that multiplies and adds f32 in registers: the
// best of many short samples, and the median.
double bench_peak(double *median);
