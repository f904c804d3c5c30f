// Made from chapters/02-activations.nw by tools/tangle: edit there.
// tt/scalar.h - functions of one number, fast enough for the inner loop
// of a kernel: for those who write kernels and operations.
#ifndef TT_SCALAR_H
#define TT_SCALAR_H
#include <math.h>
#include <string.h>
#include "tt/tensor.h"
TT_BEGIN
#include "tt/todo.h"
TT_END

static inline float tt_round(float x, int32_t *k)  // x as float and int
{
  const float big = 0x1.8p23f;       // 1.5 * 2^23
  float sum = x + big;
  uint32_t bits;
  memcpy(&bits, &sum, sizeof bits);
  *k = (int32_t)(bits - 0x4b400000); // the bits of big
  return sum - big;
}

static inline float tt_exp_split(float x, int32_t *k)  // x - k log 2
{
  float n = tt_round(x * 1.44269504f, k);
  return x - n * 0.693359375f + n * 2.12194440e-4f;
}

static inline float tt_exp_series(float r)    // e^r - 1
{
  float p = 1 / 5040.0f;
  p = p * r + 1 / 720.0f;
  p = p * r + 1 / 120.0f;
  p = p * r + 1 / 24.0f;
  p = p * r + 1 / 6.0f;
  p = p * r + 1 / 2.0f;
  return (p * r + 1) * r;
}

static inline float tt_bits_float(uint32_t bits)  // as they are
{
  float f;
  memcpy(&f, &bits, sizeof f);
  return f;
}

static inline float tt_pow2(int32_t k)        // k from -126 to 127
{
  return tt_bits_float((uint32_t)(k + 127) << 23);
}

typedef struct ExpParts { float p; int32_t k; } ExpParts;

static inline ExpParts tt_exp_parts(float x)  // e^x = (1 + p) 2^k
{
  ExpParts e;
  x = x > 89 ? 89 : x < -104 ? -104 : x;      // NaN stays
  e.p = tt_exp_series(tt_exp_split(x, &e.k));
  return e;
}

static inline Real tt_expf(Real x)  // e^x
{
  if (sizeof(Real) > sizeof(float))
    return (Real)exp((double)x);
  ExpParts e = tt_exp_parts((float)x);
  int32_t half = e.k >> 1;
  return (Real)((1 + e.p) * tt_pow2(half) * tt_pow2(e.k - half));
}

static inline Real tt_reluf(Real u)  // max(u, 0)
{
  return u < 0 ? 0 : u;
}

static inline Real tt_leaky_reluf(Real u, Real slope)  // slope u if < 0
{
  return u < 0 ? slope * u : u;
}

static inline Real tt_absf(Real u)  // |u|
{
  return sizeof(Real) > sizeof(float) ? (Real)fabs((double)u)
                                      : (Real)fabsf((float)u);
}

static inline Real tt_sigmoidf(Real u)  // 1 / (1 + e^-u)
{
  Real e = tt_expf(-tt_absf(u));
  return (u < 0 ? e : 1) / (1 + e);
}

static inline Real tt_tanhf(Real u)  // 2 sigmoid(2u) - 1
{
  if (sizeof(Real) > sizeof(float))
    return (Real)tanh((double)u);
  float a = fabsf((float)u), m;
  ExpParts e = tt_exp_parts(2 * (a > 10 ? 10 : a));  // tanh 10 is 1
  float s = tt_pow2(e.k);
  m = s * e.p + (s - 1);
  return (Real)copysignf(m / (m + 2), (float)u);
}

static inline Real tt_gatef(Real u, Real gate)  // u gate; 0 at -inf
{
  return (u < -800 ? -800 : u) * gate;
}

static inline Real tt_siluf(Real u)  // u sigmoid(u)
{
  return tt_gatef(u, tt_sigmoidf(u));
}

static inline Real tt_tailf(Real a)  // of the bell curve beyond a >= 0
{
  if (sizeof(Real) > sizeof(float))
    return (Real)(erfc((double)a * sqrt(0.5)) / 2);
  float t = 1 / (1 + 0.2316419f * (float)a);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  return (Real)(p * t / 2) * tt_expf(-a * a / 2);
}

static inline Real tt_geluf(Real u)  // u Phi(u)
{
  Real a = tt_absf(u);
  a = a > 40 ? 40 : a;               // infinity times 0 is NaN
  return tt_reluf(u) - a * tt_tailf(a);
}

static inline Real tt_gelu_tanhf(Real u)  // as GPT-2 has it
{
  const Real twice = (Real)1.5957691216057308;   // 2 sqrt(2 / pi)
  Real two_z = twice * (u + (Real)0.044715 * u * u * u);
  return tt_gatef(u, tt_sigmoidf(two_z));
}
#endif
