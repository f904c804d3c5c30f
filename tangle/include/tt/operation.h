// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// tt/operation.h - for those who write operations: check, allocate,
// compute through tt_backend, record.
#ifndef TT_OPERATION_H
#define TT_OPERATION_H
#include "tt/backend.h"
#include "tt/error.h"
#include "tt/memory.h"

TT_BEGIN
typedef struct Attr { int64_t i[TT_MAX_RANK]; Real r[2]; } Attr;
extern Tensor *(*tt_recorder)(Op *op, Tensor *y, int n,
                              Tensor *const x[], const Attr *attr);
extern void (*tt_forgetter)(Tensor *t);  // before t is released;
                                   // NULL: the thread ends
extern void (*tt_guard)(const char *op, const Tensor *t,
                        const Tensor *from);   // before t is changed

// y, and a recorder hears that op made it of x
static inline Tensor *tt_record(Op *op, Tensor *y, int n,
                                Tensor *const x[], Attr attr)
{
  y->name = op->name;
  return tt_recorder ? tt_recorder(op, y, n, x, &attr) : y;
}

typedef enum {                     // a span, and what it is of
  TT_SPAN_MODULE, TT_SPAN_BACKWARD, TT_SPAN_UPDATE, TT_SPAN_NAMED
} SpanKind;        // a Module, a TapeNode, an Optimizer; else its name
typedef struct Watch {
  void (*memory)(const Storage *s, int64_t bytes); // < 0: given back
  void (*begin)(SpanKind kind, const void *what, Scope *s);
  void (*end)(Scope *s);           // s closes
} Watch;
extern const Watch *tt_watch;      // or NULL

// a span of what begins, and ends with the innermost scope
static inline void tt_span(SpanKind kind, const void *what)
{
  if (tt_watch) {
    tt_scope()->watched = true;
    tt_watch->begin(kind, what, tt_scope());
  }
}

Tensor *tt_handle(void);               // blank, in the innermost scope
void    tt_allocate(Tensor *t, size_t bytes);  // a storage of its own
Tensor *tt_alias(const Tensor *t);     // another handle on t's storage
void    tt_drop_storage(Storage *s /* or NULL */);  // a handle fewer
void    tt_need_f32(const char *op, const Tensor *t);  // or fails
void    tt_change(const char *op, Tensor *t,
                  const Tensor *from /* or NULL */);
                                   // before t is written to
Tensor *tt_map(Op *op, int n, Tensor *const x[], Real p, Real q);
                                   // op, element by element, of n
Tensor *tt_running_sum(Op *op, Tensor *x, int dim, bool from_end);
                                   // along dim
typedef Real Scalar(Real a, Real b, Real c, Real p, Real q);

// rows of f, vectors where the steps are constants
TT_INLINE void tt_loop(Scalar *f, const Operands *o, int64_t sy,
                       int64_t sa, int64_t sb, int64_t sc)
{
  Real p = o->p, q = o->q;
  for (int64_t r = 0, n = o->n; r < o->rows; r++) {
    Real *y = o->y + r * o->jump[0];
    const Real *a = o->x[0] + r * o->jump[1],
               *b = o->x[1] + r * o->jump[2],
               *c = o->x[2] + r * o->jump[3];
    for (int64_t i = 0; i < n; i++)
      y[i * sy] = f(a[i * sa], b[i * sb], c[i * sc], p, q);
  }
}

TT_INLINE void tt_row_2(Scalar *f, const Operands *o)  // of f(a, b)
{
  const int64_t *s = o->step;
  if (s[0] == 1 && s[1] == 1 && s[2] == 1)
    tt_loop(f, o, 1, 1, 1, 0);
  else if (s[0] == 1 && s[1] == 1 && s[2] == 0)
    tt_loop(f, o, 1, 1, 0, 0);
  else if (s[0] == 1 && s[1] == 0 && s[2] == 1)
    tt_loop(f, o, 1, 0, 1, 0);
  else
    tt_loop(f, o, s[0], s[1], s[2], 0);
}

TT_INLINE void tt_row_1(Scalar *f, const Operands *o)  // of f(a)
{
  const int64_t *s = o->step;
  if (s[0] == 1 && s[1] == 1)
    tt_loop(f, o, 1, 1, 0, 0);
  else
    tt_loop(f, o, s[0], s[1], 0, 0);
}

TT_INLINE void tt_row_3(Scalar *f, const Operands *o)  // of f(a, b, c)
{
  const int64_t *s = o->step;
  if (s[0] == 1 && s[1] == 1 && s[2] == 1 && s[3] == 1)
    tt_loop(f, o, 1, 1, 1, 1);
  else
    tt_loop(f, o, s[0], s[1], s[2], s[3]);
}

#define TT_ROW(id, many, a, b, c, p, q, ...) \
  TT_INLINE Real id##_of(Real a, Real b, Real c, Real p, Real q) \
  { \
    (void)a, (void)b, (void)c, (void)p, (void)q; \
    return __VA_ARGS__; \
  } \
  static void id##_row(const Operands *o) \
  { \
    tt_row_##many(id##_of, o); \
  }
#define TT_OP(id)  Op tt_op_##id = { .name = "tt_" #id };
#define TT_OP_BY_ROW(id) \
  Op tt_op_##id = { .name = "tt_" #id, .row = id##_row };
#define TT_BINARY(id, ...)       /* y = f(a, b), without c, p, q */ \
  TT_ROW(id, 2, a, b, c_, p_, q_, __VA_ARGS__) \
  TT_OP_BY_ROW(id) \
  Tensor *tt_##id(Tensor *a, Tensor *b) \
  { \
    return tt_map(&tt_op_##id, 2, (Tensor *[]){ a, b }, 0, 0); \
  }
#define TT_UNARY(id, ...)            /* y = f(x) */ \
  TT_ROW(id, 1, x, b_, c_, p_, q_, __VA_ARGS__) \
  TT_OP_BY_ROW(id) \
  Tensor *tt_##id(Tensor *x) \
  { \
    return tt_map(&tt_op_##id, 1, &x, 0, 0); \
  }
#define TT_UNARY_WITH(id, p, ...)    /* y = f(x, p), p a constant */ \
  TT_ROW(id, 1, x, b_, c_, p, q_, __VA_ARGS__) \
  TT_OP_BY_ROW(id) \
  Tensor *tt_##id(Tensor *x, Real p) \
  { \
    return tt_map(&tt_op_##id, 1, &x, p, 0); \
  }
#define TT_UNARY_BETWEEN(id, p, q, ...)      /* y = f(x, p, q) */ \
  TT_ROW(id, 1, x, b_, c_, p, q, __VA_ARGS__) \
  TT_OP_BY_ROW(id) \
  Tensor *tt_##id(Tensor *x, Real p, Real q) \
  { \
    return tt_map(&tt_op_##id, 1, &x, p, q); \
  }
#define TT_TERNARY(id, ...)          /* y = f(a, b, c) */ \
  TT_ROW(id, 3, a, b, c, p_, q_, __VA_ARGS__) \
  TT_OP_BY_ROW(id) \
  Tensor *tt_##id(Tensor *a, Tensor *b, Tensor *c) \
  { \
    return tt_map(&tt_op_##id, 3, (Tensor *[]){ a, b, c }, 0, 0); \
  }
// where element i is, counted in row-major order
static inline Shape tt_index_of(const Tensor *t, int64_t i)
{
  Shape at = tt_shape(t);
  for (int d = t->rank - 1; d >= 0; d--) {
    at.dim[d] = i % t->shape[d];
    i /= t->shape[d];
  }
  return at;
}

// to the nearest, ties to even; beyond the largest: infinity
uint16_t tt_to_f16 (double v);     // no place
uint16_t tt_to_bf16(double v);     // no place
float tt_from_f16 (uint16_t bits); // no place; exact
float tt_from_bf16(uint16_t bits); // no place
TT_END
#endif
