// Made from chapters/09-convolutional-networks.nw by tools/tangle: edit there.
// tt/convolution.h - convolutions, poolings, batch normalization, and
// the modules that networks for pictures are made of.
#ifndef TT_CONVOLUTION_H
#define TT_CONVOLUTION_H
#include "tt/module.h"
TT_BEGIN
typedef struct Conv2dOptions {
  int  stride[2];                  // down, right; 0: 1
  int  padding[4];                 // top, left, bottom, right
  int  dilation[2];                // down, right; 0: 1
  int  groups;                     // 0: 1
  bool same;                       // padded so that y is as large as x
  bool no_bias;                    // of a module
  int  kernel_width;               // of a module; 0: as its height
} Conv2dOptions;
#define TT_BOTH(n)  { (n), (n) }
#define TT_SIDES(n) { (n), (n), (n), (n) }
typedef struct Pool2dOptions {
  int  kernel[2];                  // rows, columns; [1] is 0: a square
  int  stride[2];                  // 0: as the kernel
  int  padding[4];                 // top, left, bottom, right
  int  dilation[2];                // of a maximum; 0: 1
  bool ceil;                       // a last window may hang over
  bool exclude_pad;                // not counted in an average
  int  divisor;                    // of the sum; 0: the window's size
} Pool2dOptions;
// x (N,C,H,W), w (out,C/groups,kh,kw), b (out) or NULL: (N,out,H',W')
Tensor *tt_conv2d(Tensor *x, Tensor *w, Tensor *b /* or NULL */,
                  Conv2dOptions o);
// x (N,in,H,W), w (in,out/groups,kh,kw): the gradient that tt_conv2d
// gives its x, and `bottom` rows and `right` columns more, from the
// sizes that lead to the same H, W
Tensor *tt_conv_transpose2d(Tensor *x, Tensor *w,
                            Tensor *b /* or NULL */, int bottom,
                            int right, Conv2dOptions o);
// of each window of (N,C,H,W), the largest (NaN if there is one), or
// the average
Tensor *tt_max_pool2d(Tensor *x, Pool2dOptions o);
Tensor *tt_avg_pool2d(Tensor *x, Pool2dOptions o);
// windows such that (N,C,h,w) results; 1, 1: of a whole map
Tensor *tt_adaptive_max_pool2d(Tensor *x, int64_t h, int64_t w);
Tensor *tt_adaptive_avg_pool2d(Tensor *x, int64_t h, int64_t w);
// x (N,C,..): (x - mean) / sqrt(var + eps) w + b for each channel; in
// training of this batch, and the running values move by momentum; in
// eval the running values. In training fewer than two values a channel
// are refused
Tensor *tt_batch_norm(Tensor *x, Tensor *mean /* or NULL */,
                      Tensor *var /* or NULL */,
                      Tensor *w /* or NULL */, Tensor *b /* or NULL */,
                      bool training, double momentum, double eps);
typedef struct Conv2d {            // y = conv2d(x, weight) + bias
  Module  base;
  Tensor *weight;                  // (out,in/groups,kh,kw)
  Tensor *bias;                    // (out), or NULL
  Conv2dOptions options;
} Conv2d;
extern const ModuleType tt_conv2d_type;

typedef struct ConvTranspose2d {
  Module  base;
  Tensor *weight;                  // (in,out/groups,kh,kw)
  Tensor *bias;                    // (out), or NULL
  Conv2dOptions options;
  int     bottom, right;           // added at the end of y
} ConvTranspose2d;
extern const ModuleType tt_conv_transpose2d_type;

typedef struct Pool2d { Module base; Pool2dOptions options; } Pool2d;
extern const ModuleType tt_max_pool2d_type, tt_avg_pool2d_type;

typedef struct AdaptivePool2d { Module base; int64_t h, w; }
  AdaptivePool2d;
extern const ModuleType tt_adaptive_max_pool2d_type;
extern const ModuleType tt_adaptive_avg_pool2d_type;
typedef struct BatchNorm2d {
  Module  base;
  Tensor *weight, *bias;           // (C)
  Tensor *running_mean, *running_var;   // (C), of evaluation
  Tensor *num_batches_tracked;     // i32, []
  double  eps, momentum;           // 1e-5, 0.1
} BatchNorm2d;
extern const ModuleType tt_batch_norm2d_type;

typedef struct Residual {          // y = body(x) + shortcut(x)
  Module  base;
  Module *body, *shortcut;         // shortcut NULL: x itself
} Residual;
extern const ModuleType tt_residual_type;
// numbers uniform between +-1/sqrt(fan-in), as of tt_linear_new
Conv2d *tt_conv2d_new(int64_t in, int64_t out, int kernel,
                      Conv2dOptions o, Generator *g);
ConvTranspose2d *tt_conv_transpose2d_new(int64_t in, int64_t out,
                                         int kernel, int bottom,
                                         int right, Conv2dOptions o,
                                         Generator *g);
Pool2d *tt_max_pool2d_new(Pool2dOptions o);
Pool2d *tt_avg_pool2d_new(Pool2dOptions o);
AdaptivePool2d *tt_adaptive_max_pool2d_new(int64_t h, int64_t w);
AdaptivePool2d *tt_adaptive_avg_pool2d_new(int64_t h, int64_t w);
BatchNorm2d *tt_batch_norm2d_new(int64_t channels);
Residual *tt_residual_new(void *body, void *shortcut /* or NULL */);
// for those who write kernels
typedef struct Conv2dShape {
  int64_t n, groups;
  int64_t in, h, w;                // x is (n,in,h,w)
  int64_t out, out_h, out_w;       // y is (n,out,out_h,out_w)
  int64_t kh, kw;                  // weight (out,in/groups,kh,kw)
  int64_t stride_h, stride_w, dilation_h, dilation_w, top, left;
} Conv2dShape;
typedef struct PoolSpan {          // from, from + step .. before to
  int64_t from, to;                // inside of the image
  int64_t size;                    // as the average counts
} PoolSpan;

typedef struct Pool2dShape {
  int64_t planes, h, w;            // x: images times channels
  int64_t out_h, out_w;            // y
  int64_t step_h, step_w;          // dilation
  int64_t divisor;                 // 0: the sizes of the spans
  const PoolSpan *down, *across;   // of each row, each column of y
} Pool2dShape;
void tt_conv2d_definition(const Conv2dShape *s, Real *y, const Real *x,
                          const Real *w, const Real *b /* or NULL */);
                                   // seven loops; no place
// checks what goes into a convolution, of any element types, and
// completes the options; fails in the name of that function
Conv2dShape tt_conv2d_shape(const char *op, const Tensor *x,
                            const Tensor *w,
                            const Tensor *b /* or NULL */,
                            Conv2dOptions *o);
TT_END
#endif
