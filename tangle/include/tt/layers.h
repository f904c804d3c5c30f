// Made from chapters/03-layers.nw by tools/tangle: edit there.
// tt/layers.h - scopes in short, modules, the first layers
#ifndef TT_LAYERS_H
#define TT_LAYERS_H
#include "tt/tensors.h"

// Whatever is made after it in the same block goes when the block ends.
#define TT_SCOPE TT_SCOPE_AT(__LINE__)
#define TT_SCOPE_AT(line) TT_SCOPE_NAMED(line)
#define TT_SCOPE_NAMED(line) \
  __attribute__((cleanup(tt_scope_close))) Scope tt_scope_##line; \
  tt_scope_open(&tt_scope_##line)
Tensor *tt_keep(Tensor *t);        // t; if it is of the innermost
                                   // scope, it moves one scope out

typedef struct Module Module;
typedef enum {
  TT_PARAM = 1, TT_BUFFER, TT_CHILD, TT_CHILDREN, TT_GENERATOR
} FieldKind;

typedef struct ModuleField {
  const char *name;
  FieldKind   kind;
  size_t      offset, count;       // count: of CHILDREN, an int
} ModuleField;
typedef struct ModuleType {
  const char  *name;
  size_t       size;               // of the struct
  const ModuleField *fields;       // the last is {0}
  Tensor    *(*forward)(Module *m, Tensor *x);
  void       (*describe)(Module *m, FILE *f);  // its sizes, or NULL
} ModuleType;

struct Module {                    // every module begins with this
  const ModuleType *type;
  bool    training;                // see Dropout
  Tensor *block;                   // the memory it lies in
};
#define TT_PARAM(type, field) \
  { #field, TT_PARAM, offsetof(type, field), 0 }
#define TT_BUFFER(type, field) \
  { #field, TT_BUFFER, offsetof(type, field), 0 }
#define TT_CHILD(type, field) \
  { #field, TT_CHILD, offsetof(type, field), 0 }
#define TT_CHILDREN(type, field, n) \
  { #field, TT_CHILDREN, offsetof(type, field), offsetof(type, n) }
#define TT_GENERATOR(type, field) \
  { #field, TT_GENERATOR, offsetof(type, field), 0 }
void *tt_module_new(const ModuleType *type);   // zeros, training
void *tt_module_new_with(const ModuleType *type, size_t extra);
                                   // and so many bytes behind it
void *tt_module_keep(void *m);     // m; each part as by tt_keep
void  tt_module_free(void *m);     // all of it now, shared parts too
Tensor *tt_parameter(const char *name, Shape s);
                                   // values undefined; to be learned
enum { TT_NAME = 104 };            // bytes of an "encoder.0.weight"
typedef Module *ChildModule __attribute__((may_alias));
typedef void ModuleVisitor(void *arg, const char *name, FieldKind kind,
                           void *slot);  // Tensor **; of a child
                           // ChildModule *, of a generator itself
void tt_module_walk(void *m, ModuleVisitor *see, void *arg);
typedef struct StateEntry {
  char      name[TT_NAME];
  FieldKind kind;
  Tensor  **slot;                  // where the module keeps it
} StateEntry;
typedef struct StateDict { int n; StateEntry *entry; } StateDict;
Tensor *tt_forward(void *m, Tensor *x);    // by m's type, in a scope
void tt_module_train(void *m);             // m and all in it
void tt_module_eval (void *m);
StateDict tt_module_parameters(void *m);   // each once
StateDict tt_module_state_dict(void *m);   // buffers too, all names
                                   // lists: of the innermost scope
int64_t tt_module_count(void *m);          // numbers in parameters
void tt_module_load_state_dict(void *m, StateDict from);
                                   // names and shapes must agree
void tt_module_print(void *m);             // as PyTorch does
void tt_module_fprint(FILE *f, void *m);
typedef struct Linear {            // y = x weight^T + bias
  Module  base;
  Tensor *weight;                  // (out,in)
  Tensor *bias;                    // (out), or NULL
} Linear;
extern const ModuleType tt_linear_type;
typedef struct Sequential {        // one layer after the other
  Module   base;
  int      n;
  Module **layer;
} Sequential;
extern const ModuleType tt_sequential_type;
Sequential *tt_sequential_new(int n, void *const m[]);
#define TT_SEQUENTIAL(...) tt_sequential_new( \
  sizeof((void *[]){__VA_ARGS__}) / sizeof(void *), \
  (void *[]){__VA_ARGS__})
typedef Tensor *ActivationFunction(Tensor *x);
typedef struct Activation {        // y = f(x)
  Module      base;
  ActivationFunction   *f;
  const char *name;
} Activation;
extern const ModuleType tt_activation_type;
Module *tt_activation_new_named(ActivationFunction *f,
                                const char *name);
#define tt_activation_new(f) tt_activation_new_named(f, #f)
typedef struct Flatten { Module base; } Flatten;   // (N,..) to (N,*)
extern const ModuleType tt_flatten_type;
Flatten *tt_flatten_new(void);
typedef struct Dropout {           // 0 or x / (1 - p); in eval x
  Module    base;
  double    p;
  Generator random;
} Dropout;
extern const ModuleType tt_dropout_type;
Dropout *tt_dropout_new(double p, Generator *g);
// in, out >= 1; all numbers uniform from -1/sqrt(in) to 1/sqrt(in)
Linear *tt_linear_new(int64_t in, int64_t out, Generator *g);
Linear *tt_linear_new_no_bias(int64_t in, int64_t out, Generator *g);
// x (..,in), w (out,in), b (out) or NULL: x w^T + b, (..,out)
Tensor *tt_linear(Tensor *x, Tensor *w, Tensor *b);
// of each number 0 with probability p, else x / (1 - p), p from 0 to 1;
// x itself if not training or if p is 0
Tensor *tt_dropout(Tensor *x, double p, bool training, Generator *g);
extern Op tt_op_linear;

// w (out,in,..); fan-in: size 1, fan-out: size 0, times all behind
void tt_kaiming_uniform_(Tensor *w, double a, Generator *g);
void tt_kaiming_normal_ (Tensor *w, double a, Generator *g);
                                   // variance 2 / (1 + a^2) / fan-in
void tt_xavier_uniform_ (Tensor *w, double gain, Generator *g);
void tt_xavier_normal_  (Tensor *w, double gain, Generator *g);
                                   // gain^2 * 2 / (fan-in + fan-out)
void tt_uniform_(Tensor *t, double low, double high, Generator *g);
void tt_normal_ (Tensor *t, double mean, double std, Generator *g);
#endif
