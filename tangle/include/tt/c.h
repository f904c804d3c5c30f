// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// tt/c.h - what compilers of C and of C++ write in different ways.
#ifndef TT_C_H
#define TT_C_H
#ifdef __cplusplus
#define TT_BEGIN extern "C" {
#define TT_END }
#define TT_NORETURN [[noreturn]]
#else
#define TT_BEGIN
#define TT_END
#define TT_NORETURN _Noreturn
#endif
#define TT_INLINE static inline __attribute__((always_inline))
#endif
