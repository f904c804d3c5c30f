// Made from chapters/03-layers.nw by tools/tangle: edit there.
// tt/module.h - modules: structs that know their parameters by name,
// and what can be asked of them.
#ifndef TT_MODULE_H
#define TT_MODULE_H
#include "tt/tensor.h"

TT_BEGIN
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
                                   // see for each field
typedef struct StateEntry {
  char      name[TT_NAME];
  FieldKind kind;
  Tensor  **slot;                  // where the module keeps it
} StateEntry;
typedef struct StateDict { int n; StateEntry *entry; } StateDict;
// fails if a tensor is not there
void tt_check_state_dict(const char *function, StateDict d);
Tensor *tt_forward(void *m, Tensor *x);    // by m's type, in a scope
void tt_module_train(void *m);             // m and all in it
void tt_module_eval (void *m);             // to be used, not trained
StateDict tt_module_parameters(void *m);   // each once
StateDict tt_module_state_dict(void *m);   // buffers too, all names
                                   // lists: of the innermost scope
int64_t tt_module_count(void *m);          // numbers in parameters
void tt_module_load_state_dict(void *m, StateDict from);
                                   // names and shapes must agree
void tt_module_print(void *m);             // as PyTorch does
void tt_module_fprint(FILE *f, void *m);  // to f
void tt_module_zero_grad(void *m);     // of each parameter
TT_END
#endif
