// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// tt/c.h - what compilers of C and of C++ write in different ways.
#ifndef TT_C_H
#define TT_C_H
#ifdef __cplusplus
#include <initializer_list>
#include <tuple>
#define TT_BEGIN extern "C" { _Pragma("GCC diagnostic push") \
  _Pragma("GCC diagnostic ignored \"-Wpedantic\"")  // x[] in structs
#define TT_END _Pragma("GCC diagnostic pop") }
#define TT_NORETURN [[noreturn]]
#define TT_ARRAY(type, ...) \
  (std::initializer_list<type>{__VA_ARGS__}.begin())
#define TT_COUNT(type, ...) \
  (std::tuple_size<decltype(std::make_tuple(__VA_ARGS__))>::value)
#else
#define TT_BEGIN
#define TT_END
#define TT_NORETURN _Noreturn
#define TT_ARRAY(type, ...) ((type[]){__VA_ARGS__})
#define TT_COUNT(type, ...) \
  (sizeof((type[]){__VA_ARGS__}) / sizeof(type))
#endif
#define TT_INLINE static inline __attribute__((always_inline))
#if __has_attribute(retain)        // also from a linker that tidies up
#define TT_USED __attribute__((used, retain))
#else
#define TT_USED __attribute__((used))
#endif
#endif
